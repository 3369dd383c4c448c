//! Single cells and rows of a table, read outside of a sheet: for who writes a table too long to be read back whole.
//!
//! A text that might mark anything on a sheet is not read so; of every other row it does not matter what stands above
//! and below it.

use std::collections::BTreeSet;

use serde_json::{Number, Value};

use super::assemble::{Part, parts, token_columns};
use super::bands::fixed_texts;
use super::rows::may_mark_of;
use super::value::{self, Context, Outcome};
use super::words::Words;
use crate::child::Key;
use crate::finding::Severity;
use crate::form::Form;
use crate::grid::{Cell, FormatKind};
use crate::json_text::{Record, RecordShape};
use crate::layout::Table;
use crate::text::fold;

/// A table whose records are single rows, each value in a cell of its own.
pub(crate) struct Alone<'a> {
    table: &'a Table,
    context: Context<'a>,
    words: Words<'a>,
    notes: BTreeSet<String>,
    /// The objects inside a record, those around others first; none where a record has another shape.
    objects: Option<Vec<Object>>,
    tokens_at: Vec<bool>,
}

/// An object inside a record.
struct Object {
    /// Its number in the shape of the records.
    number: usize,
    /// The one around it in the same list.
    around: Option<usize>,
    required: bool,
    /// The columns in it and in the objects inside.
    columns: Vec<usize>,
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
            objects: objects(&parts(&form.schema, table, 0), table),
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

    /// What is read of a number in a column's cell whose format shows numbers of this kind; none where
    /// [`value`](Self::value) has to look closer.
    pub(crate) fn number(&self, column: usize, value: f64, format: FormatKind) -> Option<Number> {
        value::plain_number(&self.table.columns[column].field.kind, value, format)
    }

    /// Whether a row with something in these columns, marks `{}` in those of them, is read as a record with the
    /// properties and objects that `record` has.
    pub(crate) fn is_record(&self, record: &Record, filled: &[bool], marked: &[usize]) -> bool {
        let columns = || self.table.columns.iter().zip(filled);
        // A line with a serial number alone is no record; a number that must be there is filled in.
        let says = columns().any(|(column, filled)| *filled && !column.serial);
        if !says || columns().any(|(column, filled)| !*filled && column.serial && column.field.required) {
            return false;
        }
        let is_token = |column: usize| marked.contains(&column) && self.tokens_at[column];
        let same = |column: usize| record.has(column) == (filled[column] && !is_token(column));
        let Some(objects) = &self.objects else { return false };
        // Which of the objects are read.
        let mut there: Vec<bool> = Vec::new();
        (0..filled.len()).all(same)
            && objects.iter().all(|object| {
                let read = object.around.is_none_or(|around| there[around])
                    && (object.required || object.columns.iter().any(|column| filled[*column]));
                there.push(read);
                record.objects()[object.number] == read
            })
    }
}

/// The objects in the parts of a table's records.
fn objects(parts: &[Part], table: &Table) -> Option<Vec<Object>> {
    let shape = RecordShape::new(table.columns.iter().map(|column| column.field.path.as_slice()))?;
    let mut found = Vec::new();
    inside(parts, None, &mut Vec::new(), &shape, &mut found)?;
    (found.len() == shape.objects().len()).then_some(found)
}

/// Adds the objects in some parts; gives the columns of these.
fn inside(
    parts: &[Part],
    around: Option<usize>,
    path: &mut Vec<String>,
    shape: &RecordShape,
    found: &mut Vec<Object>,
) -> Option<Vec<usize>> {
    let mut columns = Vec::new();
    for part in parts {
        match part {
            Part::Leaf { column, .. } => columns.push(*column),
            Part::Object { name, required, parts } => {
                path.push(name.clone());
                let at = found.len();
                found.push(Object { number: shape.object(path)?, around, required: *required, columns: Vec::new() });
                let inner = inside(parts, Some(at), path, shape, found)?;
                columns.extend(&inner);
                found[at].columns = inner;
                path.pop();
            }
            Part::Inner { .. } | Part::Rest { .. } => return None,
        }
    }
    Some(columns)
}
