//! A table too long to be laid out and read back as a whole: each record is read back as it is laid out.
//!
//! The sheet around the records, with the first and the last of them, is read back as any other. For the others it is
//! enough that each cell is read as its value and that no text may mark anything: then a row is a record wherever it
//! stands. Where that does not hold there is no long book, and [`lay_out`](super::lay_out) decides.

use std::sync::Arc;

use serde_json::{Number, Value};

use super::{difference, differs, same_number};
use crate::form::Form;
use crate::grid::{FormatKind, NumberFormat};
use crate::json_text::{LongList, Record, RecordShape};
use crate::new_book::{Gap, GapRow, NewBook, NewContent};
use crate::read::Alone;
use crate::write::{self, Long, Sound};

/// Records from the beginning of a table that [`LongBook::new`] asks for.
pub const FIRST: usize = write::FIRST;
/// And from its end.
pub const LAST: usize = 4;

/// A book with a long table while its records are laid out.
pub struct LongBook<'f> {
    long: Long<'f>,
    back: Back<'f>,
}

/// Cells as they are read back.
struct Back<'f> {
    alone: Alone<'f>,
    /// The number formats of the looks of the cells.
    formats: Vec<Option<Arc<NumberFormat>>>,
}

impl<'f> LongBook<'f> {
    /// The book of a document with a long list; `document` has the first [`FIRST`] records of it. None where it has to be
    /// laid out as a whole.
    pub fn new(form: &'f Form, document: &Value, list: &LongList) -> Option<Self> {
        let LongList { path, last, count, .. } = list;
        if !write::has_bands(form) || write::is_lost(form, document) {
            return None;
        }
        let mut whole = document.clone();
        path.iter().try_fold(&mut whole, |at, name| at.get_mut(name))?.as_array_mut()?.extend_from_slice(last);
        let document = &whole;
        let long = Long::new(form, document, path, *count, &|book| differs(form, book, document).is_none())?;
        let format = |look: &crate::new_book::Look| look.format.as_deref().map(write::grid_format);
        let formats = long.gap.looks.iter().map(format).collect();
        Some(Self { back: Back { alone: Alone::new(form, long.table), formats }, long })
    }

    /// How its records must be.
    pub fn shape(&self) -> &RecordShape {
        &self.long.shape
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
    pub fn record(&mut self, record: &Record) -> Option<&GapRow> {
        self.long.record(record, &self.back)?;
        let (filled, marked) = (&self.long.filled, &self.long.marked);
        self.back.alone.is_record(record, filled, marked).then(|| self.long.row())
    }

    /// The book with its totals, once every record was laid out.
    pub fn finish(self) -> Option<NewBook> {
        self.long.finish()
    }
}

impl Sound for Back<'_> {
    fn cell(&self, column: usize, value: &Value, content: &NewContent, look: usize) -> bool {
        let cell = write::grid_cell(content, self.formats[look].clone());
        self.alone.value(column, &cell).is_some_and(|read| difference(value, &read).is_none())
    }

    fn number(&self, column: usize, value: &Number, content: f64, look: usize) -> bool {
        let format = self.formats[look].as_ref().map_or(FormatKind::Number, |format| format.kind);
        match self.alone.number(column, content, format) {
            Some(read) => same_number(value, &read),
            None => self.cell(column, &Value::Number(value.clone()), &NewContent::Number(content), look),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::json_text::LongText;
    use crate::new_book::GapCell;
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
        let text = json!({ "rows": vec![&record; FIRST + LAST] }).to_string();
        let LongText { list, .. } = LongText::new(text.as_bytes()).unwrap().unwrap();
        let mut book = LongBook::new(&form, &document, &list).unwrap();
        let (shape, mut row) = (book.shape().clone(), GapRow::default());
        let each = &mut |record: &Record| {
            row.clone_from(book.record(record).unwrap());
            true
        };
        assert!(list.records(text.as_bytes(), shape, each).unwrap());
        let reads = |column: usize, value: &Value, content: &NewContent, look: usize| {
            let cell = book.back.cell(column, value, content, look);
            // Numbers are told without a cell, and must be told the same.
            if let (Value::Number(number), NewContent::Number(content)) = (value, content) {
                assert_eq!(book.back.number(column, number, *content, look), cell, "{value}");
            }
            cell
        };
        for number in [json!(0), json!(-0.0), json!(7), json!(0.1), json!(1e-7), json!(-12.75), json!(123_456_789.125)]
        {
            assert!(reads(2, &number, &NewContent::Number(number.as_f64().unwrap()), row.cells[2].look), "{number}");
        }
        for (column, value) in record.as_object().unwrap().values().enumerate() {
            let GapCell { content, look, .. } = &row.cells[column];
            assert!(reads(column, value, content, *look), "{value}");
            for wrong in [
                NewContent::Empty,
                NewContent::Text("另".to_owned()),
                NewContent::Text("名称".to_owned()),
                NewContent::Text("合计".to_owned()),
                NewContent::Number(46_028.0),
                NewContent::Number(1.51),
                NewContent::Bool(false),
            ] {
                assert!(!reads(column, value, &wrong, *look), "{value} {wrong:?}");
            }
        }
    }
}
