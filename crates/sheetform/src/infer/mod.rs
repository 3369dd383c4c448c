//! What a sheet without a form holds: heads, columns, records, labels; and a form drafted from it.
//!
//! Everything here is a guess from the sheet alone. Nothing is read through a form, and no file is opened.

mod alone;
mod columns;
mod draft;
mod groups;
mod heads;
mod labels;
mod report;
mod rows;
mod sheet;
mod tables;
mod text;
mod types;
mod verify;
mod words;

use serde_json::{Map, Value, json};

use crate::finding::{Finding, Text};
use crate::form::Form;
use crate::grid::Source;

use sheet::Sheet;
use tables::Found;

/// Reports what is on a sheet, by its index.
pub fn report(source: &dyn Source, index: usize) -> Result<Map<String, Value>, Finding> {
    let sheet = Sheet::load(source, index)?;
    let found = tables::find(&sheet);
    Ok(report::of_sheet(&sheet, &found, main(&found)))
}

/// The table with most records; of equal ones the first.
fn main(found: &Found) -> Option<usize> {
    let counts: Vec<usize> = found.tables.iter().map(|table| table.records().count()).collect();
    let most = counts.iter().max()?;
    counts.iter().position(|count| count == most)
}

/// A form drafted from a sheet.
#[derive(Debug)]
pub struct Drafted {
    /// The form as JSON Schema, each guess with its confidence and reason.
    pub schema: Value,
    /// The form compiled.
    pub form: Option<Form>,
    /// The records of its main table.
    pub records: usize,
    /// Whether the sheet has no table, and labels are not most of it.
    pub is_empty: bool,
    /// What was left out, because the sheet is not read with it.
    pub dropped: Vec<Text>,
    /// Why the sheet is not read as it was reported; `None` where it is.
    pub unlike: Option<Text>,
    /// Cells that hold an error value or a formula without a value: no form reads them.
    pub faulty: Vec<String>,
}

/// Drafts a form from a sheet, by its index, and holds it against the sheet.
pub fn draft(source: &dyn Source, index: usize) -> Result<Drafted, Finding> {
    let sheet = Sheet::load(source, index)?;
    let found = tables::find(&sheet);
    let main = main(&found);
    let verify::Checked { draft, form, without, why, faulty } = verify::checked(source, &sheet, &found, main);
    let why = why.map(|why| why.text);
    let dropped = without.names();
    let mut comment = "drafted from a sheet by sheetform infer; every $comment says how sure a guess is".to_owned();
    if !dropped.is_empty() {
        comment = format!("{comment}; left out, because the sheet is not read with it: {}", in_english(&dropped));
    }
    if let Some(why) = &why {
        comment = format!("{comment}; the sheet is not read as it was reported: {}", why.en);
    }
    if let Some(first) = faulty.first() {
        let more = if faulty.len() > 1 { format!(" and {} more", faulty.len() - 1) } else { String::new() };
        comment = format!("{comment}; no form reads the cells without a value: {first}{more}");
    }
    let mut schema = Map::new();
    for (key, value) in draft.schema {
        let first = key == "$schema";
        schema.insert(key, value);
        if first {
            schema.insert("$comment".to_owned(), json!(comment));
        }
    }
    let records = main.map_or(0, |main| found.tables[main].records().count());
    // Labels alone are a form where they are most of what is there.
    let is_empty = found.tables.is_empty() && found.labels.len() * 4 < sheet.filled().max(1);
    Ok(Drafted { schema: Value::Object(schema), form, records, is_empty, dropped, unlike: why, faulty })
}

/// A draft is the same in any language.
fn in_english(texts: &[Text]) -> String {
    texts.iter().map(|text| text.en.as_str()).collect::<Vec<_>>().join(", ")
}

/// The sheet with most records, by its index; of equal ones the first, and one with labels before an empty one.
pub fn main_sheet(source: &dyn Source) -> Result<usize, Finding> {
    let mut best = (0, (0, 0));
    for index in 0..source.info().sheets.len() {
        let sheet = Sheet::load(source, index)?;
        let found = tables::find(&sheet);
        let records = main(&found).map_or(0, |main| found.tables[main].records().count());
        let size = (records, found.labels.len() + found.tables.len());
        if size > best.1 {
            best = (index, size);
        }
    }
    Ok(best.0)
}
