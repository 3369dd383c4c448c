//! The laws of the design as properties of one form and one document. Makes nothing up; what it tries is given.

use std::collections::BTreeSet;

use serde_json::Value;
use sheetform::finding::{Code, Finding, Severity};
use sheetform::form::Form;
use sheetform::grid::{Grid, Source};
use sheetform::new_book::{NewBook, NewContent, Role};
use sheetform::places::Nowhere;
use sheetform::read::{self, Reading, read};
use sheetform::round_trip::{self, lay_out};
use sheetform::validate::{Options, Subject, validate};
use sheetform::write::to_grid;
use sheetform_workbook::{Workbook, save};

use crate::edits;
use crate::order;
use crate::places::nowhere;

/// What is tried with a document beside the round trip in memory.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Plan {
    /// Through the bytes of a workbook.
    pub(crate) bytes: bool,
    /// Everything a second time.
    pub(crate) twice: bool,
    /// Changes made to the sheet, chosen by this seed.
    pub(crate) edits: Option<u64>,
}

impl Plan {
    /// All of it.
    pub(crate) const ALL: Self = Self { bytes: true, twice: true, edits: Some(1) };
}

/// What came of a document.
pub(crate) enum Outcome {
    /// Every law held.
    Held(Held),
    /// It was refused before anything was written: the groups of the reasons.
    Refused(Vec<String>),
}

/// How a document was held.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Held {
    /// Scalars and empty lists and objects of the document.
    pub(crate) leaves: usize,
    /// Those of them that stand as JSON text in a cell.
    pub(crate) as_json: usize,
}

/// A law that did not hold.
#[derive(Clone, Debug)]
pub(crate) struct Loss {
    /// Which.
    pub(crate) law: &'static str,
    /// What was seen.
    pub(crate) what: String,
    /// The sheet on which it was seen, where someone had changed it.
    pub(crate) sheet: Option<Grid>,
}

impl Loss {
    pub(crate) fn new(law: &'static str, what: impl Into<String>) -> Self {
        Self { law, what: what.into(), sheet: None }
    }

    /// Seen on a sheet that was changed.
    pub(crate) fn on(self, sheet: &Grid) -> Self {
        Self { sheet: Some(sheet.clone()), ..self }
    }

    /// What tells it from others: without names, texts and numbers.
    pub(crate) fn group(&self) -> String {
        format!("{}: {}", self.law, bare(&self.what))
    }
}

/// Findings of a document by its form, severity error only.
pub(crate) fn errors(form: &Form, document: &Value) -> Vec<Finding> {
    let subject = Subject { document, places: &Nowhere, unreadable: &BTreeSet::new(), totals: &[] };
    let mut findings = validate(form, &subject, &Options::default());
    findings.retain(|finding| finding.severity == Severity::Error);
    findings
}

/// Tries the laws on a document. `valid` says whether it has no error by its form.
pub(crate) fn check(form: &Form, document: &Value, valid: bool, plan: Plan) -> Result<Outcome, Loss> {
    let book = match lay_out(form, document) {
        Ok(book) => book,
        Err(findings) => return refused(document, &findings),
    };
    let grid = to_grid(&book);
    let reading = read(form, &grid, &read::Options::default());
    same(form, document, &reading, "in memory")?;
    if let Some(what) = nowhere(&reading.findings, &grid) {
        return Err(Loss::new("places", what));
    }
    if valid {
        let found = checked(form, &reading);
        // Draft 4 tells 1 from 1.0, which for a sheet are one number.
        let draft4 = form.document.get("$schema").and_then(Value::as_str).is_some_and(|uri| uri.contains("draft-04"));
        let error = found.iter().find(|finding| finding.severity == Severity::Error && !draft4);
        if let Some(finding) = error {
            return Err(Loss::new("round trip", format!("valid, and read back with {}", said(finding))));
        }
        if let Some(what) = nowhere(&found, &grid) {
            return Err(Loss::new("places", what));
        }
    }
    if plan.twice && lay_out(form, document).as_ref() != Ok(&book) {
        return Err(Loss::new("same input, same bytes", "laid out otherwise the second time"));
    }
    if plan.bytes {
        match save(&book) {
            Err(findings) => return refused(document, &findings),
            Ok(bytes) => through_bytes(form, document, &reading, &book, bytes, plan.twice)?,
        }
    }
    if let Some(seed) = plan.edits {
        edits::check(form, &grid, &reading, seed)?;
    }
    Ok(Outcome::Held(held(document, &book)))
}

fn refused(document: &Value, findings: &[Finding]) -> Result<Outcome, Loss> {
    if let Some(finding) = findings.iter().find(|finding| {
        let pointer = finding.pointer.as_deref().unwrap_or_default();
        // A value that must be there and is not has the pointer of where it belongs.
        let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
        document.pointer(pointer).is_none() && document.pointer(parent).is_none()
    }) {
        return Err(Loss::new("places", format!("refused with a pointer that is not there: {}", said(finding))));
    }
    let mut groups: Vec<String> = findings
        .iter()
        .map(|finding| {
            let value = finding.pointer.as_deref().and_then(|pointer| document.pointer(pointer));
            format!("[{}] {} ({})", finding.code, bare(&finding.message.en), type_name(value))
        })
        .collect();
    groups.sort();
    groups.dedup();
    Ok(Outcome::Refused(groups))
}

/// Law 1: an equal document, its keys in order, nothing loud.
fn same(form: &Form, document: &Value, reading: &Reading, way: &str) -> Result<(), Loss> {
    // Blanks at the edges are the document's own.
    let loud = |finding: &&Finding| finding.severity != Severity::Info && finding.code != Code::EdgeBlank;
    if let Some(finding) = reading.findings.iter().find(loud) {
        return Err(Loss::new("round trip", format!("{way}, read back with {}", said(finding))));
    }
    let Some(back) = &reading.document else {
        return Err(Loss::new("round trip", format!("{way}, nothing is read back")));
    };
    if let Some(pointer) = round_trip::difference(document, back) {
        let (was, is) = (document.pointer(&pointer), back.pointer(&pointer));
        return Err(Loss::new(
            "round trip",
            format!("{way}, {} comes back as {} at {pointer:?}", type_name(was), type_name(is)),
        ));
    }
    match order::broken(&form.document, document, back) {
        Some(pointer) => Err(Loss::new("round trip", format!("{way}, keys in another order at {pointer:?}"))),
        None => Ok(()),
    }
}

fn through_bytes(
    form: &Form,
    document: &Value,
    in_memory: &Reading,
    book: &NewBook,
    bytes: Vec<u8>,
    twice: bool,
) -> Result<(), Loss> {
    if twice && save(book).as_ref() != Ok(&bytes) {
        return Err(Loss::new("same input, same bytes", "the same book gives other bytes the second time"));
    }
    let opened = match Workbook::from_bytes(bytes) {
        Ok(opened) => opened,
        Err(finding) => {
            return Err(Loss::new("round trip", format!("what was saved is not opened: {}", said(&finding))));
        }
    };
    let reading = read(form, &opened, &read::Options::default());
    same(form, document, &reading, "through bytes")?;
    let codes = |reading: &Reading| {
        let mut all: Vec<_> = reading
            .findings
            .iter()
            .map(|finding| (finding.code, finding.place.cell, finding.message.en.clone()))
            .collect();
        all.sort();
        all
    };
    if codes(&reading) != codes(in_memory) {
        let (a, b) = (codes(in_memory), codes(&reading));
        let only = a.iter().find(|one| !b.contains(one)).or_else(|| b.iter().find(|one| !a.contains(one)));
        return Err(Loss::new("round trip", format!("other findings through bytes than in memory: {only:?}")));
    }
    let sheets = opened.info().sheets.len();
    if sheets < book.sheets.len() {
        return Err(Loss::new("round trip", format!("{sheets} sheets of {}", book.sheets.len())));
    }
    Ok(())
}

/// All findings of what was read: those of reading, and those of checking the document.
pub(crate) fn checked(form: &Form, reading: &Reading) -> Vec<Finding> {
    let mut findings = reading.findings.clone();
    if let Some(document) = &reading.document {
        let subject =
            Subject { document, places: &reading.places, unreadable: &reading.unreadable, totals: &reading.totals };
        findings.extend(validate(form, &subject, &Options::default()));
    }
    findings
}

/// How many leaves a document has, and how many of them a cell holds as JSON text.
fn held(document: &Value, book: &NewBook) -> Held {
    let mut texts = BTreeSet::new();
    let leaves = leaves(document, &mut texts);
    let mut as_json = 0;
    for cell in book.sheets.iter().flat_map(|sheet| &sheet.cells) {
        if let (Role::Value, NewContent::Text(text)) = (cell.look.role, &cell.content)
            && text.starts_with(['[', '{'])
            && !texts.contains(text.as_str())
            && let Ok(value @ (Value::Array(_) | Value::Object(_))) = serde_json::from_str(text)
            && value != Value::Array(Vec::new())
            && value != Value::Object(serde_json::Map::new())
        {
            as_json += self::leaves(&value, &mut BTreeSet::new());
        }
    }
    Held { leaves, as_json: as_json.min(leaves) }
}

fn leaves<'a>(value: &'a Value, texts: &mut BTreeSet<&'a str>) -> usize {
    match value {
        Value::Array(items) if !items.is_empty() => items.iter().map(|item| leaves(item, texts)).sum(),
        Value::Object(map) if !map.is_empty() => map.values().map(|inner| leaves(inner, texts)).sum(),
        Value::String(text) => {
            if text.starts_with(['[', '{']) {
                texts.insert(text);
            }
            1
        }
        _ => 1,
    }
}

/// A finding in a line.
pub(crate) fn said(finding: &Finding) -> String {
    let cell = finding.place.cell.map(|cell| format!(" on {cell}")).unwrap_or_default();
    format!("[{}]{cell}: {}", finding.code, finding.message.en)
}

/// A message without what it quotes and its numbers.
pub(crate) fn bare(text: &str) -> String {
    let mut out = String::new();
    let mut quoted = false;
    let mut escaped = false;
    for c in text.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => {
                quoted = !quoted;
                if !quoted {
                    out.push('…');
                }
            }
            _ if quoted => {}
            '0'..='9' if out.ends_with('#') => {}
            '0'..='9' => out.push('#'),
            _ => out.push(c),
        }
    }
    out.chars().take(160).collect()
}

/// What kind of value it is.
pub(crate) fn type_name(value: Option<&Value>) -> &'static str {
    match value {
        None => "nothing",
        Some(Value::Null) => "null",
        Some(Value::Bool(_)) => "a truth value",
        Some(Value::Number(_)) => "a number",
        Some(Value::String(text)) if text.is_empty() => "an empty text",
        Some(Value::String(_)) => "a text",
        Some(Value::Array(list)) if list.is_empty() => "an empty list",
        Some(Value::Array(_)) => "a list",
        Some(Value::Object(map)) if map.is_empty() => "an empty object",
        Some(Value::Object(_)) => "an object",
    }
}
