//! Single cells and rows of a table, read outside of a sheet: for who writes a table too long to be read back whole.
//!
//! A text that might mark anything on a sheet is not read so; of every other row it does not matter what stands above
//! and below it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::assemble::{Cells, Part, parts, token_columns};
use super::bands::fixed_texts;
use super::rows::may_mark_of;
use super::value::{self, Context, Outcome};
use super::words::Words;
use crate::child::Key;
use crate::finding::Severity;
use crate::form::Form;
use crate::grid::Cell;
use crate::layout::Table;
use crate::text::fold;

/// A table whose records are single rows, each value in a cell of its own.
pub(crate) struct Alone<'a> {
    table: &'a Table,
    context: Context<'a>,
    words: Words<'a>,
    notes: BTreeSet<String>,
    parts: Vec<Part>,
    tokens_at: Vec<bool>,
}

impl<'a> Alone<'a> {
    pub(crate) fn new(form: &'a Form, table: &'a Table) -> Self {
        let context = Context {
            schema: &form.schema,
            date1904: false,
            plain_text: false,
            year: None,
            assert_formats: form.assert_formats,
        };
        Self {
            table,
            context,
            words: Words::new(&form.layout),
            notes: fixed_texts(&form.layout).iter().map(|text| fold(text)).collect(),
            parts: parts(&form.schema, table, 0),
            tokens_at: token_columns(table),
        }
    }

    /// What is read of a column's cell; none where it may say something of its row, or where there is more to be said
    /// of it than an info.
    pub(crate) fn value(&self, column: usize, cell: &Cell) -> Option<Value> {
        let may_mark = |text: &str| may_mark_of(text, &self.words, &self.notes, &self.table.totals);
        if cell.as_text().is_some_and(|text| may_mark(text) || self.is_mark(column, text)) {
            return None;
        }
        match value::read(&self.table.columns[column].field, Some(cell), self.context) {
            Outcome::Value(value, finding) => {
                finding.is_none_or(|finding| finding.severity == Severity::Info).then_some(value)
            }
            Outcome::Absent | Outcome::Nothing(_) | Outcome::Bad(_) => None,
        }
    }

    /// Whether a text marks an object, or refers to a part of the document.
    fn is_mark(&self, column: usize, text: &str) -> bool {
        let text = text.trim();
        (self.tokens_at[column] && text == "{}") || Key::reference(text).is_some()
    }

    /// Whether a row with values in these columns, and marks `{}` in those, is read as a record with the objects that
    /// `record` has.
    pub(crate) fn is_record(&self, record: &Value, filled: &[bool], marked: &[usize]) -> bool {
        let columns = || self.table.columns.iter().zip(filled);
        // A line with a serial number alone is no record; a number that must be there is filled in.
        let says = columns().any(|(column, filled)| *filled && !column.serial);
        if !says || columns().any(|(column, filled)| !*filled && column.serial && column.field.required) {
            return false;
        }
        let flat = self.parts.iter().all(|part| matches!(part, Part::Leaf { .. }));
        flat && marked.is_empty() || {
            let empty = || Value::Object(serde_json::Map::new());
            let mut values: Vec<Option<Value>> = filled.iter().map(|filled| filled.then_some(Value::Null)).collect();
            let mut tokens = vec![None; values.len()];
            for column in marked.iter().filter(|column| self.tokens_at[**column]) {
                values[*column] = None;
                tokens[*column] = Some(empty());
            }
            let mut cells = Cells { values: &mut values, tokens: &tokens, inner: None };
            same_objects(&Value::Object(cells.object(&self.parts).0), record)
        }
    }
}

/// Whether the same properties are there, whatever their values are.
fn same_objects(read: &Value, record: &Value) -> bool {
    match (read, record) {
        (Value::Object(read), Value::Object(record)) => {
            read.len() == record.len()
                && read.iter().all(|(name, inner)| record.get(name).is_some_and(|other| same_objects(inner, other)))
        }
        // A value that a cell holds, which may be an object as JSON.
        (Value::Null, _) => true,
        _ => false,
    }
}
