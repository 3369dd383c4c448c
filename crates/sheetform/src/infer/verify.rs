//! A draft held against the sheet it comes from: read with it, the same records must come out, without an error.
//! What stands in the way is given up, part by part.

use serde_json::{Map, Value};

use super::draft::{Draft, Part, Without, draft};
use super::groups;
use super::report::record;
use super::sheet::Sheet;
use super::tables::{Found, Table};
use crate::finding::{Code, Finding, Severity, Text};
use crate::form::Form;
use crate::grid::Source;
use crate::layout::Field;
use crate::read::{self, text_value};
use crate::validate::{Options, Subject, validate};

/// Records that are compared value by value.
const COMPARED: usize = 200;
/// Labels and columns that are given up one by one before whole parts are.
const MOST_SPOTS: usize = 40;

/// A draft that reads its sheet.
pub(crate) struct Checked {
    pub(crate) draft: Draft,
    pub(crate) form: Option<Form>,
    /// What was given up.
    pub(crate) without: Without,
    /// What still stands in the way; nothing where the sheet is read as it was reported.
    pub(crate) why: Option<Unlike>,
    /// Cells that no form reads: errors, formulas without a value.
    pub(crate) faulty: Vec<String>,
}

/// Why a sheet is not read as it was reported.
pub(crate) struct Unlike {
    pub(crate) text: Text,
    /// The draft is no form, or reading finds an error; else other records are read.
    error: bool,
    /// The property of a label, or those of a table and its column.
    spot: Vec<String>,
}

/// A draft being held against its sheet.
struct Trial<'a> {
    source: &'a dyn Source,
    sheet: &'a Sheet,
    found: &'a Found,
    main: Option<usize>,
}

/// Drafts a form, simpler and simpler until it reads the sheet; with groups where nothing more is lost for them.
pub(crate) fn checked(source: &dyn Source, sheet: &Sheet, found: &Found, main: Option<usize>) -> Checked {
    let trial = Trial { source, sheet, found, main };
    let has_groups = main.is_some_and(|main| !groups::of(sheet, &found.tables[main]).is_empty());
    let mut plain = Without::default();
    plain.parts.insert(Part::Groups);
    if !has_groups {
        let mut checked = trial.simplified(plain);
        checked.without.parts.remove(&Part::Groups);
        return checked;
    }
    let grouped = trial.simplified(Without::default());
    if grouped.why.is_none() && grouped.without.size() == 0 {
        return grouped;
    }
    let plain = trial.simplified(plain);
    let is_sound = grouped.why.is_none() && !grouped.without.parts.contains(&Part::Groups);
    if is_sound && (plain.why.is_some() || grouped.without.size() < plain.without.size()) { grouped } else { plain }
}

/// Gives up a label, or a part of what is said of a column; whether there was something to give up.
fn give_up(spot: &[String], without: &mut Without) -> bool {
    match spot {
        [label] => without.labels.insert(label.clone()),
        [table, column] => {
            let level = without.columns.entry((table.clone(), column.clone())).or_default();
            *level += 1;
            *level <= 4
        }
        _ => false,
    }
}

impl Trial<'_> {
    /// The fullest draft that reads the sheet.
    fn simplified(&self, mut without: Without) -> Checked {
        // Where nothing helps, the fullest draft without an error is the best, else the fullest.
        let mut sound: Option<Checked> = None;
        let mut full: Option<Checked> = None;
        let mut next = Part::ALL.iter();
        let mut spots = 0;
        loop {
            let checked = self.attempt(&without);
            let Some(why) = &checked.why else { return self.thinned(checked) };
            spots += 1;
            if spots < MOST_SPOTS && give_up(&why.spot, &mut without) {
                continue;
            }
            let Some(part) = next.next() else { break };
            if !why.error && sound.is_none() {
                sound = Some(checked);
            } else if full.is_none() && checked.form.is_some() {
                full = Some(checked);
            }
            without.parts.insert(*part);
        }
        sound.or(full).unwrap_or_else(|| self.attempt(&without))
    }

    fn attempt(&self, without: &Without) -> Checked {
        let draft = draft(self.sheet, self.found, self.main, without);
        let mut faulty = Vec::new();
        let (form, why) = hold(self.source, self.sheet, self.found, self.main, &draft, &mut faulty);
        Checked { draft, form, without: without.clone(), why, faulty }
    }

    /// Takes back each part that was given up for nothing.
    fn thinned(&self, mut best: Checked) -> Checked {
        for part in Part::ALL {
            if part == Part::Groups || !best.without.parts.contains(&part) {
                continue;
            }
            let mut without = best.without.clone();
            without.parts.remove(&part);
            let fuller = self.attempt(&without);
            if fuller.why.is_none() {
                best = fuller;
            }
        }
        best
    }
}

/// The label or column that a finding is about: `/日期`, `/records/3/金额`.
fn spot(pointer: Option<&str>, draft: &Draft) -> Vec<String> {
    let parts: Vec<String> =
        pointer.unwrap_or_default().split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).collect();
    match parts.as_slice() {
        [label] if draft.schema["properties"][label]["type"] != "array" => vec![label.clone()],
        [table, .., column] => vec![table.clone(), column.clone()],
        _ => Vec::new(),
    }
}

/// Compiles a draft and reads the sheet with it; what is wrong, in one line.
fn hold(
    source: &dyn Source,
    sheet: &Sheet,
    found: &Found,
    main: Option<usize>,
    draft: &Draft,
    faulty: &mut Vec<String>,
) -> (Option<Form>, Option<Unlike>) {
    let (form, findings) = Form::compile(Value::Object(draft.schema.clone()));
    let Some(form) = form else {
        let why = findings.first().map(|finding| finding.message.clone()).unwrap_or_default();
        return (None, Some(Unlike { text: why, error: true, spot: Vec::new() }));
    };
    let reading = read::read(&form, source, &read::Options { sheet: Some(sheet.name.clone()) });
    let mut findings = reading.findings;
    if let Some(document) = &reading.document {
        let subject =
            Subject { document, places: &reading.places, unreadable: &reading.unreadable, totals: &reading.totals };
        findings.extend(validate(&form, &subject, &Options::default()));
    }
    // A cell without a value is the file's error, not the draft's.
    let is_faulty = |finding: &Finding| matches!(finding.code, Code::ErrorCell | Code::UncachedFormula);
    faulty.extend(
        findings
            .iter()
            .filter(|finding| is_faulty(finding))
            .filter_map(|finding| finding.place.cell)
            .map(|cell| cell.to_string()),
    );
    let error = |finding: &&Finding| finding.severity == Severity::Error && !is_faulty(finding);
    if let Some(finding) = findings.iter().find(error) {
        let (cell, cell_zh) =
            finding.place.cell.map(|cell| (format!("{cell}: "), format!("{cell}："))).unwrap_or_default();
        let spot = spot(finding.pointer.as_deref(), draft);
        let Text { en, zh, .. } = &finding.message;
        let text = Text::new(format!("{cell}{en}"), format!("{cell_zh}{zh}"));
        return (Some(form), Some(Unlike { text, error: true, spot }));
    }
    let Some(document) = reading.document else {
        let text = Text::new("the sheet is not read", "未能读取该表");
        return (Some(form), Some(Unlike { text, error: true, spot: Vec::new() }));
    };
    let why = main.and_then(|main| differs(sheet, &found.tables[main], draft, &document));
    (Some(form), why)
}

/// Where the records read differ from those reported.
fn differs(sheet: &Sheet, table: &Table, draft: &Draft, document: &Value) -> Option<Unlike> {
    let name = draft.records.as_deref()?;
    let read = flat(document.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default(), &draft.inner);
    let once = !draft.inner.is_empty();
    let mut last: Vec<Value> = vec![Value::Null; draft.columns.len()];
    let rows: Vec<u32> = table.records().collect();
    if rows.len() != read.len() {
        let (found, read) = (rows.len(), read.len());
        let text = Text::new(
            format!("{found} records were found and {read} are read"),
            format!("找到 {found} 条记录，读出 {read} 条"),
        );
        return Some(Unlike { text, error: false, spot: Vec::new() });
    }
    for (row, read) in rows.iter().zip(read).take(COMPARED) {
        let reported = record(sheet, table, *row);
        for (i, (value, name)) in reported.as_array().into_iter().flatten().zip(&draft.columns).enumerate() {
            if name.is_empty() {
                continue;
            }
            let other = read.get(name).unwrap_or(&Value::Null);
            // What is filled in once for a group is that of all its lines.
            let group = once && value.is_null() && same(&last[i], other);
            if !value.is_null() {
                last[i] = value.clone();
            }
            if !group && !same(value, other) {
                let row = row + 1;
                let text = Text::new(
                    format!("row {row}, {name}: {value} was found and {other} is read"),
                    format!("第 {row} 行“{name}”：表上是 {value}，读出 {other}"),
                );
                return Some(Unlike { text, error: false, spot: vec![draft.records.clone()?, name.clone()] });
            }
        }
    }
    None
}

/// Records with those of their groups, each as one.
fn flat(records: &[Value], inner: &[String]) -> Vec<Map<String, Value>> {
    let mut out = Vec::new();
    for record in records {
        let Some(own) = record.as_object() else { continue };
        let lines = inner.first().and_then(|name| own.get(name)).and_then(Value::as_array);
        let Some((lines, name)) = lines.zip(inner.first()) else {
            out.push(own.clone());
            continue;
        };
        for mut line in flat(lines, &inner[1..]) {
            line.extend(own.iter().filter(|(key, _)| *key != name).map(|(key, value)| (key.clone(), value.clone())));
            out.push(line);
        }
    }
    out
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
    let number = |text: &str| text_value::number(text, None).and_then(|text| text_value::json_number(&text));
    match read {
        Value::Null => {
            let boxes = super::types::boxes(&text);
            let unticked = !boxes.is_empty() && boxes.iter().all(|(ticked, _)| !ticked);
            text.is_empty() || super::types::is_none(&text) || is_error(&text) || unticked
        }
        Value::String(other) if super::types::boxes(&text).contains(&(true, other.clone())) => true,
        Value::String(other) => {
            let date = || text_value::date(&text, &Field::anything(""), None).date().map(|date| date.to_string());
            other.trim().eq_ignore_ascii_case(&text)
                || is_moment(&text, other)
                || cell.is_number() && number(other).as_ref().is_some_and(|other| cell.as_f64() == other.as_f64())
                || super::types::is_date(&text) && date().as_deref() == Some(other)
                || text_value::month(&text).as_deref() == Some(other)
        }
        Value::Number(other) => {
            let bare = text.trim_end_matches(|c: char| !c.is_ascii_digit());
            let found = number(&text).or_else(|| number(bare));
            found.as_ref().is_some_and(|found| found == other || found.as_f64() == other.as_f64())
        }
        Value::Bool(other) => text_value::boolean(&text) == Some(*other),
        Value::Array(items) => {
            let joined: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            joined.join("、") == text
        }
        Value::Object(_) => false,
    }
}

/// Whether a text is how a column of texts has this moment, `2026-03-01T08:00:00` or `08:00:00`: `2026-03-01 08:00`,
/// `8:00`.
fn is_moment(iso: &str, text: &str) -> bool {
    let iso = iso.replacen('T', " ", 1);
    let short = iso.strip_suffix(":00").filter(|rest| rest.contains(':')).unwrap_or(&iso);
    short == text || short.strip_prefix('0') == Some(text)
}

/// Whether a text is that of an error cell.
fn is_error(text: &str) -> bool {
    text.starts_with('#')
        && text.len() < 16
        && text.chars().skip(1).all(|c| c.is_ascii_uppercase() || "/!?0_".contains(c))
}
