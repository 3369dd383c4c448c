//! A draft held against the sheet it comes from: read with it, the same records must come out, without an error.
//! What stands in the way is given up, part by part.

use std::collections::BTreeSet;

use serde_json::Value;

use super::draft::{Draft, Part, draft};
use super::report::record;
use super::sheet::Sheet;
use super::tables::{Found, Table};
use crate::finding::{Finding, Severity};
use crate::form::Form;
use crate::grid::Source;
use crate::layout::Field;
use crate::read::{self, text_value};
use crate::validate::{Options, Subject, validate};

/// Records that are compared value by value.
const COMPARED: usize = 200;

/// A draft that reads its sheet.
pub(crate) struct Checked {
    pub(crate) draft: Draft,
    pub(crate) form: Option<Form>,
    /// What was given up.
    pub(crate) without: BTreeSet<Part>,
    /// What still stands in the way; nothing where the sheet is read as it was reported.
    pub(crate) why: Option<Unlike>,
}

/// Why a sheet is not read as it was reported.
pub(crate) enum Unlike {
    /// The draft is no form, or reading finds an error.
    Error(String),
    /// Other records are read.
    Records(String),
}

impl Unlike {
    pub(crate) fn text(self) -> String {
        match self {
            Self::Error(text) | Self::Records(text) => text,
        }
    }
}

/// Drafts a form, simpler and simpler until it reads the sheet.
pub(crate) fn checked(source: &dyn Source, sheet: &Sheet, found: &Found, main: Option<usize>) -> Checked {
    let mut without = BTreeSet::new();
    // Where the records differ whatever is given up, the fullest draft without an error is the best.
    let mut sound: Option<Checked> = None;
    let mut next = Part::ALL.iter();
    loop {
        let checked = attempt(source, sheet, found, main, &without);
        match &checked.why {
            None => return thinned(source, sheet, found, main, checked),
            Some(Unlike::Records(_)) if sound.is_none() => sound = Some(checked),
            _ if next.len() == 0 => return sound.unwrap_or(checked),
            _ => {}
        }
        match next.next() {
            Some(part) => without.insert(*part),
            None => return sound.unwrap_or_else(|| attempt(source, sheet, found, main, &without)),
        };
    }
}

fn attempt(
    source: &dyn Source,
    sheet: &Sheet,
    found: &Found,
    main: Option<usize>,
    without: &BTreeSet<Part>,
) -> Checked {
    let draft = draft(sheet, found, main, without);
    let (form, why) = hold(source, sheet, found, main, &draft);
    Checked { draft, form, without: without.clone(), why }
}

/// Takes back each part that was given up for nothing.
fn thinned(source: &dyn Source, sheet: &Sheet, found: &Found, main: Option<usize>, mut best: Checked) -> Checked {
    for part in Part::ALL {
        if !best.without.contains(&part) {
            continue;
        }
        let mut without = best.without.clone();
        without.remove(&part);
        let fuller = attempt(source, sheet, found, main, &without);
        if fuller.why.is_none() {
            best = fuller;
        }
    }
    best
}

/// Compiles a draft and reads the sheet with it; what is wrong, in one line.
fn hold(
    source: &dyn Source,
    sheet: &Sheet,
    found: &Found,
    main: Option<usize>,
    draft: &Draft,
) -> (Option<Form>, Option<Unlike>) {
    let (form, findings) = Form::compile(Value::Object(draft.schema.clone()));
    let Some(form) = form else {
        let why = findings.first().map(|finding| finding.message.en.clone()).unwrap_or_default();
        return (None, Some(Unlike::Error(why)));
    };
    let reading = read::read(&form, source, &read::Options { sheet: Some(sheet.name.clone()) });
    let mut findings = reading.findings;
    if let Some(document) = &reading.document {
        let subject =
            Subject { document, places: &reading.places, unreadable: &reading.unreadable, totals: &reading.totals };
        findings.extend(validate(&form, &subject, &Options::default()));
    }
    let error = |finding: &&Finding| finding.severity == Severity::Error;
    if let Some(finding) = findings.iter().find(error) {
        let cell = finding.place.cell.map(|cell| format!("{cell}: ")).unwrap_or_default();
        return (Some(form), Some(Unlike::Error(format!("{cell}{}", finding.message.en))));
    }
    let Some(document) = reading.document else {
        return (Some(form), Some(Unlike::Error("the sheet is not read".to_owned())));
    };
    let why = main.and_then(|main| differs(sheet, &found.tables[main], draft, &document));
    (Some(form), why.map(Unlike::Records))
}

/// Where the records read differ from those reported.
fn differs(sheet: &Sheet, table: &Table, draft: &Draft, document: &Value) -> Option<String> {
    let name = draft.records.as_deref()?;
    let read = document.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let rows: Vec<u32> = table.records().collect();
    if rows.len() != read.len() {
        return Some(format!("{} records were found and {} are read", rows.len(), read.len()));
    }
    for (row, read) in rows.iter().zip(read).take(COMPARED) {
        let reported = record(sheet, table, *row);
        for (value, name) in reported.as_array().into_iter().flatten().zip(&draft.columns) {
            let other = read.get(name).unwrap_or(&Value::Null);
            if !same(value, other) {
                return Some(format!("row {}, {name}: {value} was found and {other} is read", row + 1));
            }
        }
    }
    None
}

/// Whether a value read is what its cell says, in the type that the draft gives it.
fn same(cell: &Value, read: &Value) -> bool {
    if cell == read {
        return true;
    }
    let text = match cell {
        Value::String(text) => text.trim().to_owned(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    match read {
        Value::Null => text.is_empty() || super::types::is_none(&text),
        Value::String(other) => {
            let date = text_value::date(&text, &Field::anything(""), None).map(|date| date.to_string());
            other.trim().eq_ignore_ascii_case(&text)
                || date.as_deref() == Some(other)
                || text_value::month(&text).as_deref() == Some(other)
        }
        Value::Number(other) => {
            let number = text_value::number(&text, None).and_then(|text| text_value::json_number(&text));
            number.as_ref().is_some_and(|number| number == other || number.as_f64() == other.as_f64())
        }
        Value::Bool(other) => text_value::boolean(&text) == Some(*other),
        Value::Array(items) => {
            let joined: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            joined.join("、") == text
        }
        Value::Object(_) => false,
    }
}
