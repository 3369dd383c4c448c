//! A table too long to be laid out and read back as a whole: each record is read back as it is laid out.
//!
//! The sheet around the records, with the first and the last of them, is read back as any other. For the others it is
//! enough that each cell is read as its value and that no text may mark anything: then a row is a record wherever it
//! stands. Where that does not hold there is no long book, and [`lay_out`](super::lay_out) decides.

use std::sync::Arc;

use serde_json::Value;

use super::{difference, differs};
use crate::form::Form;
use crate::grid::{Cell, NumberFormat};
use crate::new_book::{Gap, GapRow, NewBook, NewContent};
use crate::read::Alone;
use crate::text::TOKENS;
use crate::write::{self, Long};

/// Records from the beginning of a table that [`LongBook::new`] asks for.
pub const FIRST: usize = write::FIRST;
/// And from its end.
pub const LAST: usize = 4;

/// A book with a long table while its records are laid out.
pub struct LongBook<'f> {
    long: Long<'f>,
    alone: Alone<'f>,
    /// The number formats of the looks of its cells.
    formats: Vec<Option<Arc<NumberFormat>>>,
}

impl<'f> LongBook<'f> {
    /// The book of a document whose table at `path` has `count` records; `document` has the first [`FIRST`] of them,
    /// `last` are the last few. None where it has to be laid out as a whole.
    pub fn new(form: &'f Form, document: &Value, path: &[String], last: &[Value], count: usize) -> Option<Self> {
        if !write::has_bands(form) || write::is_lost(form, document) {
            return None;
        }
        let mut whole = document.clone();
        path.iter().try_fold(&mut whole, |at, name| at.get_mut(name))?.as_array_mut()?.extend_from_slice(last);
        let document = &whole;
        let long = Long::new(form, document, path, count, &|book| differs(form, book, document).is_none())?;
        let format = |look: &crate::new_book::Look| look.format.as_deref().map(write::grid_format);
        let formats = long.gap.looks.iter().map(format).collect();
        Some(Self { alone: Alone::new(form, long.table), long, formats })
    }

    /// The book without the records. What its totals hold comes with [`finish`](Self::finish).
    pub fn book(&self) -> &NewBook {
        &self.long.book
    }

    /// Where the records belong.
    pub fn gap(&self) -> &Gap {
        &self.long.gap
    }

    /// The row of the next record, which is read back as this record. None where the document has to be laid out as a
    /// whole.
    pub fn record(&mut self, record: &Value) -> Option<&GapRow> {
        let (alone, formats) = (&self.alone, &self.formats);
        let row = self.long.record(record, &mut |column, value, content, look| {
            reads(alone, column, value, &write::grid_cell(content, formats[look].clone()))
        })?;
        let is_mark = |content: &NewContent| matches!(content, NewContent::Text(text) if text == TOKENS[3]);
        let marked: Vec<usize> = (0..row.cells.len()).filter(|i| is_mark(&row.cells[*i].0)).collect();
        let filled = row.cells.iter().map(|(content, _)| *content != NewContent::Empty).collect::<Vec<_>>();
        alone.is_record(record, &filled, &marked).then_some(row)
    }

    /// The book with its totals, once every record was laid out.
    pub fn finish(self) -> Option<NewBook> {
        self.long.finish()
    }

    #[cfg(test)]
    fn reads(&self, column: usize, value: &Value, content: &NewContent, look: usize) -> bool {
        reads(&self.alone, column, value, &write::grid_cell(content, self.formats[look].clone()))
    }
}

/// Whether a column's cell is read as a value, and as nothing else.
fn reads(alone: &Alone<'_>, column: usize, value: &Value, cell: &Cell) -> bool {
    alone.value(column, cell).is_some_and(|read| difference(value, &read).is_none())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A mistake of the writer: each cell is held against the value it was made of, whoever made it.
    #[test]
    fn a_wrong_cell_is_caught() {
        let schema = json!({ "title": "台账", "type": "object", "properties": { "rows": { "type": "array", "items": { "type": "object",
            "properties": { "name": { "type": "string", "title": "名称" }, "day": { "type": "string", "format": "date", "title": "日期" },
                "sum": { "type": "number", "title": "金额" }, "on": { "type": "boolean", "title": "启用" },
                "kind": { "enum": ["甲", "乙"], "title": "类别" } } } } } });
        let form = Form::compile(schema).0.unwrap();
        let record = json!({ "name": "泵", "day": "2026-01-05", "sum": 1.5, "on": true, "kind": "甲" });
        let rows: Vec<Value> = vec![record.clone(); FIRST];
        let document = json!({ "rows": rows });
        let path = ["rows".to_owned()];
        let mut book = LongBook::new(&form, &document, &path, &rows[..LAST], FIRST + LAST).unwrap();
        let row = book.record(&record).unwrap().clone();
        for (column, value) in record.as_object().unwrap().values().enumerate() {
            let (content, look) = &row.cells[column];
            assert!(book.reads(column, value, content, *look), "{value}");
            for wrong in [
                NewContent::Empty,
                NewContent::Text("另".to_owned()),
                NewContent::Text("名称".to_owned()),
                NewContent::Text("合计".to_owned()),
                NewContent::Number(46_028.0),
                NewContent::Number(1.51),
                NewContent::Bool(false),
            ] {
                assert!(!book.reads(column, value, &wrong, *look), "{value} {wrong:?}");
            }
        }
    }
}
