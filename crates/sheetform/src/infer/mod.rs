//! What a sheet without a form holds: heads, columns, records, labels; and a form drafted from it.
//!
//! Everything here is a guess from the sheet alone. Nothing is read through a form, and no file is opened.

mod columns;
mod heads;
mod labels;
mod report;
mod rows;
mod sheet;
mod tables;
mod text;
mod words;

use serde_json::{Map, Value};

use crate::finding::Finding;
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
