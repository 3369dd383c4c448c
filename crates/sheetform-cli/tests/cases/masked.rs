//! What holds for every case: a masked report says places and no values, in any rendering and language.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use serde_json::Value;
use sheetform::finding::{Finding, Lang, Text};
use sheetform::form::Form;
use sheetform::grid::{Content, Source};
use sheetform::report::{FileReport, HeadRows, Report, Style};

use crate::case::Outcome;

/// Shorter values stand in sentences by chance.
const SHORTEST: usize = 3;
/// Values of cases that stand in a sentence of ours or of the form as well.
const BY_CHANCE: [&str; 7] = ["123456", "→ 7", "2026", "水, 电", "水、电", "2026年3月", "26年3月"];

type Render = fn(&Report, Style) -> String;

/// The findings about a book, with the heads of its tables.
pub(crate) fn of_book(form: &Form, findings: &[Finding], source: &dyn Source, heads: &[HeadRows]) -> Outcome {
    let mut values = BTreeSet::new();
    for (index, sheet) in source.info().sheets.iter().enumerate() {
        let is_heading = |row: u32, col: u32| {
            let of_sheet = heads.iter().filter(|head| head.sheet == sheet.name);
            of_sheet.into_iter().any(|head| (head.first..=head.last).contains(&row) && head.columns.contains(&col))
        };
        let each = &mut |row: sheetform::grid::Row| {
            for (_, cell) in row.cells.iter().filter(|(col, _)| !is_heading(row.index, *col)) {
                match &cell.content {
                    Content::Text(text) => keep(&mut values, text.trim()),
                    Content::Number { raw, .. } if raw.len() > SHORTEST => keep(&mut values, raw),
                    _ => {}
                }
            }
            ControlFlow::Continue(())
        };
        source.rows(index, each).map_err(|finding| finding.message.en)?;
    }
    let names: Vec<&str> = source.info().sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    values.retain(|value| !names.iter().any(|name| name.contains(value.as_str())));
    let mut file = FileReport::new("input", findings.to_vec()).masked();
    file.look_at_book(source, heads.to_vec(), Style::default(), true);
    holds(form, file, values)
}

/// The findings about a document.
pub(crate) fn of_document(form: &Form, findings: &[Finding], document: &Value) -> Outcome {
    let mut values = BTreeSet::new();
    leaves(document, &mut values);
    holds(form, FileReport::new("input", findings.to_vec()).masked(), values)
}

fn keep(values: &mut BTreeSet<String>, text: &str) {
    if text.chars().count() >= SHORTEST {
        values.insert(text.to_owned());
    }
}

fn leaves(value: &Value, out: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => keep(out, text),
        Value::Number(number) if number.to_string().len() > SHORTEST => keep(out, &number.to_string()),
        Value::Array(list) => list.iter().for_each(|item| leaves(item, out)),
        Value::Object(map) => map.values().for_each(|item| leaves(item, out)),
        _ => {}
    }
}

fn holds(form: &Form, file: FileReport, mut values: BTreeSet<String>) -> Outcome {
    // What the form says may be shown, and a pointer is a place.
    let form = form.document.to_string();
    let pointers: Vec<String> = file.findings.iter().filter_map(|finding| finding.pointer.clone()).collect();
    values.retain(|value| {
        let is_known = form.contains(value.as_str()) || BY_CHANCE.contains(&value.as_str());
        !is_known && !pointers.iter().any(|at| at.contains(value.as_str()))
    });
    // The same codes saying nothing: what is left is ours.
    let silent = file.findings.iter().map(|finding| Finding::new(finding.code, Text::default()));
    let bare = Report { files: vec![FileReport::new("input", silent.collect())], unread: 0 };
    let report = Report { files: vec![file], unread: 0 };
    for lang in [Lang::En, Lang::Zh] {
        let style = Style { lang, ..Style::default() };
        let all: [(&str, Render); 6] = [
            ("text", Report::text),
            ("full", Report::full),
            ("json", Report::json),
            ("jsonl", Report::jsonl),
            ("sarif", Report::sarif),
            ("html", Report::html),
        ];
        for (name, render) in all {
            let (text, frame) = (render(&report, style), render(&bare, style));
            if let Some(value) = values.iter().find(|value| text.contains(*value) && !frame.contains(*value)) {
                let line = text.lines().find(|line| line.contains(value)).unwrap_or_default();
                return Err(format!("masked, {name} still says {value:?}:\n{line}"));
            }
        }
    }
    Ok(())
}
