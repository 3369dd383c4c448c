//! What holds for every workbook that a document is put into: its own document changes nothing; a value changed there
//! changes its cell and what is computed from it; a record more or less is read back, and nothing else is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use serde_json::{Value, json};
use sheetform::finding::{Code, Finding, Severity};
use sheetform::form::Form;
use sheetform::grid::{Cell, CellRef, Content, Source};
use sheetform::into::{Filled, fill_in};
use sheetform::places::Places;
use sheetform::read::{self, read};
use sheetform::round_trip::difference;
use sheetform_workbook::{Kind, Workbook};

use crate::case::{Outcome, lines};

/// Values of a document that are tried.
const VALUES: usize = 4;

/// The workbook with a document; the reason where it was refused.
fn filled(
    form: &Form,
    book: &Workbook,
    document: &Value,
    sheet: Option<&str>,
) -> Result<Option<Workbook>, Vec<Finding>> {
    let Filled { book, .. } = fill_in(form, book, document, sheet, &mut |changes| book.with_changes(changes))?;
    Ok(book)
}

pub(crate) fn holds(form: &Form, book: &Workbook, sheet: Option<&str>) -> Outcome {
    let rebuilt;
    let book = if book.kind() == Kind::Xlsx {
        book
    } else {
        rebuilt = book.rebuilt().map_err(|findings| lines(&findings))?.0;
        &rebuilt
    };
    let options = read::Options { sheet: sheet.map(str::to_owned) };
    let reading = read(form, book, &options);
    let Some(document) = &reading.document else { return Ok(()) };
    match filled(form, book, document, sheet) {
        Ok(None) => {}
        Ok(Some(_)) => return Err("its own document changes the workbook".to_owned()),
        Err(findings) => return Err(format!("its own document is refused:\n{}", lines(&findings))),
    }
    let read_back = |made: &Workbook, wanted: &Value, what: &str| {
        let back = read(form, made, &options).document.unwrap_or_default();
        match difference(wanted, &back) {
            None => Ok(()),
            Some(pointer) => Err(format!("{what}: read back otherwise at {pointer}")),
        }
    };
    let before = cells(book)?;
    for pointer in spread(&scalars(document), VALUES) {
        let mut wanted = document.clone();
        let Some(value) = wanted.pointer_mut(&pointer) else { continue };
        *value = another(value);
        let made = match filled(form, book, &wanted, sheet) {
            Ok(Some(made)) => made,
            Ok(None) => return Err(format!("{pointer}: a change that is not seen")),
            Err(findings) if refused(&findings) => continue,
            Err(findings) => return Err(format!("{pointer} is refused:\n{}", lines(&findings))),
        };
        read_back(&made, &wanted, &pointer)?;
        let after = cells(&made)?;
        let name = reading.places.sheet();
        let index = book.info().sheets.iter().position(|sheet| sheet.name == name).unwrap_or(0);
        let mut allowed: BTreeSet<(usize, CellRef)> = BTreeSet::new();
        allowed.extend(reading.places.value(&pointer).and_then(|place| Some((index, place.cell?))));
        allowed.extend(reading.places.value("").and_then(|place| Some((index, place.cell?))));
        allowed.extend(reading.totals.iter().filter_map(|total| Some((index, total.place.cell?))));
        // What could not be read is no part of the document.
        let errors = reading.findings.iter().filter(|finding| finding.severity == Severity::Error);
        allowed.extend(errors.filter_map(|finding| Some((index, finding.place.cell?))));
        let frames = |book: &Workbook| book.frame(index).map(|frame| frame.merges).unwrap_or_default();
        let split = frames(book) != frames(&made);
        let differ = before.keys().chain(after.keys()).collect::<BTreeSet<_>>();
        for at in differ.into_iter().filter(|at| before.get(at) != after.get(at)) {
            if !allowed.contains(at) && !split {
                return Err(format!("{pointer}: the cell {} differs too", at.1));
            }
        }
    }
    for pointer in lists(document) {
        for more in [true, false] {
            let mut wanted = document.clone();
            let Some(Value::Array(list)) = wanted.pointer_mut(&pointer) else { continue };
            if more {
                list.extend(list.last().cloned());
            } else {
                list.pop();
            }
            match filled(form, book, &wanted, sheet) {
                Ok(Some(made)) => {
                    read_back(&made, &wanted, &pointer)?;
                    // A round there and back gives every value of the original.
                    match filled(form, &made, document, sheet) {
                        Ok(Some(again)) => read_back(&again, document, "there and back")?,
                        Ok(None) => return Err("the first document is read from the second".to_owned()),
                        Err(findings) if refused(&findings) => {}
                        Err(findings) => return Err(format!("back is refused:\n{}", lines(&findings))),
                    }
                }
                Ok(None) => return Err(format!("{pointer}: a change that is not seen")),
                Err(findings) if refused(&findings) => {}
                Err(findings) => return Err(format!("{pointer} is refused:\n{}", lines(&findings))),
            }
        }
    }
    Ok(())
}

fn refused(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| matches!(finding.code, Code::CannotHold | Code::OverLimit))
}

fn cells(book: &Workbook) -> Result<BTreeMap<(usize, CellRef), Cell>, String> {
    let mut cells = BTreeMap::new();
    for sheet in 0..book.info().sheets.len() {
        book.rows(sheet, &mut |row| {
            for (col, cell) in row.cells.into_iter().filter(|(_, cell)| cell.content != Content::Empty) {
                cells.insert((sheet, CellRef::new(row.index, col)), cell);
            }
            ControlFlow::Continue(())
        })
        .map_err(|finding| finding.message.en)?;
    }
    Ok(cells)
}

/// Another value of the same kind.
fn another(value: &Value) -> Value {
    match value {
        Value::Bool(on) => json!(!on),
        Value::Number(number) => match number.as_i64().and_then(|number| number.checked_add(1)) {
            Some(number) => json!(number),
            None => json!(number.as_f64().unwrap_or(0.0) / 2.0 + 0.25),
        },
        Value::String(text) => match text.strip_suffix("-01") {
            Some(start) => json!(format!("{start}-02")),
            None if text.len() == 10 && text.starts_with("20") && text.as_bytes()[7] == b'-' => {
                json!(format!("{}01", &text[..8]))
            }
            None => json!(format!("{text}改")),
        },
        _ => json!("改"),
    }
}

fn scalars(value: &Value) -> Vec<String> {
    let escape = |name: &String| name.replace('~', "~0").replace('/', "~1");
    let below = |step: String, inner: &Value| {
        scalars(inner).into_iter().map(move |rest| format!("/{step}{rest}")).collect::<Vec<_>>()
    };
    match value {
        Value::Object(map) => map.iter().flat_map(|(name, inner)| below(escape(name), inner)).collect(),
        Value::Array(list) => list.iter().enumerate().flat_map(|(i, inner)| below(i.to_string(), inner)).collect(),
        Value::Null => Vec::new(),
        _ => vec![String::new()],
    }
}

/// Lists of records.
fn lists(value: &Value) -> Vec<String> {
    let Value::Object(map) = value else { return Vec::new() };
    let escape = |name: &String| name.replace('~', "~0").replace('/', "~1");
    let one = |(name, inner): (&String, &Value)| match inner {
        Value::Array(list) if list.first().is_some_and(Value::is_object) => vec![format!("/{}", escape(name))],
        Value::Object(_) => lists(inner).into_iter().map(|rest| format!("/{}{rest}", escape(name))).collect(),
        _ => Vec::new(),
    };
    map.iter().flat_map(one).collect()
}

fn spread(all: &[String], most: usize) -> Vec<String> {
    let step = all.len().div_ceil(most).max(1);
    all.iter().step_by(step).cloned().collect()
}
