//! Records as lines of cells with one heading each: what a text with columns holds. Knows no sheet and no file.
//!
//! A cell holds what the sheet's cell would hold, as text. What the document says outside of its table stands in front
//! of every record. Nothing goes to a child sheet: a value that no cell holds stands as JSON text, or is refused.

use serde_json::Value;

use super::cover::Covers;
use super::fill::{label_fields, value_of};
use super::objects::{Leaf, OBJECT, Objects};
use super::records::{RowMaker, empty_object};
use super::refuse;
use super::value::{hold, type_name};
use crate::finding::{Finding, Text};
use crate::form::Form;
use crate::json_text::{Record, RecordShape};
use crate::layout::{Column, Field, FieldKind, Table, pointer_of};
use crate::new_book::NewContent;
use crate::schema::Schema;
use crate::serial::date_iso;

/// Makes the lines of one record after another.
pub(crate) struct Flat<'f> {
    form: &'f Form,
    table: Option<&'f Table>,
    /// What stands outside of the table, in the order of the form.
    fields: Vec<&'f Field>,
    covers: Covers,
    rows: Option<RowMaker<'f>>,
    plain: Option<Plain<'f>>,
}

impl<'f> Flat<'f> {
    /// For the records of a table of the form; without one the document is the record.
    pub(crate) fn new(form: &'f Form, table: Option<&'f Table>) -> Self {
        let layout = &form.layout;
        let mut fields: Vec<&Field> =
            label_fields(layout).chain(&layout.title_fields).chain(&layout.name_field).collect();
        let root = form.schema.node(Schema::ROOT);
        let order = |field: &&Field| root.properties.iter().position(|(name, _)| Some(name) == field.path.first());
        fields.sort_by_key(order);
        let rows = table.map(|table| RowMaker::new(&form.schema, table));
        let plain = table.and_then(|table| Plain::new(&form.schema, table));
        Self { form, table, fields, covers: Covers::new(layout, table), rows, plain }
    }

    /// The headings, left to right: the lowest text over a column, in full where two columns would have the same; the
    /// property's path, and false, where no heading of the form is its own.
    pub(crate) fn headings(&self) -> Vec<(String, bool)> {
        let columns: &[Column] = self.table.map_or(&[], |table| &table.columns);
        let labels = self.fields.iter().map(|field| (vec![field.label.clone()], &field.path));
        let heads = columns.iter().map(|column| (column.heads.clone(), &column.field.path));
        let all: Vec<(Vec<String>, &Vec<String>)> = labels.chain(heads).collect();
        let lowest = |heads: &[String]| heads.last().filter(|head| !head.trim().is_empty()).cloned();
        let full = |heads: &[String]| heads.join(" / ");
        let heading = |(heads, path): &(Vec<String>, &Vec<String>)| {
            let short = lowest(heads);
            let is_alone = all.iter().filter(|(other, _)| lowest(other) == short).count() == 1;
            let in_full = all.iter().filter(|(other, _)| full(other) == full(heads)).count() == 1;
            match short {
                Some(short) if is_alone => (short, true),
                Some(_) if in_full => (full(heads), true),
                _ => (path.join("."), false),
            }
        };
        all.iter().map(heading).collect()
    }

    /// The cells of what stands outside of the table; `root` is the document without it.
    pub(crate) fn root(&self, root: &Value, findings: &mut Vec<Finding>) -> Vec<String> {
        findings.extend(self.covers.of_root(root));
        empty_objects(root, &mut Vec::new(), findings);
        let cell = |field: &&Field| {
            let value = value_of(&self.form.schema, field, root);
            let content = hold(field, value.as_deref(), &|_| false).unwrap_or_else(|why| {
                findings.push(refuse(why, pointer_of(&field.path)));
                NewContent::Empty
            });
            shown(field, &content)
        };
        self.fields.iter().map(cell).collect()
    }

    /// The cells of the one line of a record that is JSON text, an object; none where it has other lines, or something
    /// has to be said of it, as [`lines`](Self::lines) does.
    pub(crate) fn plain(&mut self, record: &str) -> Option<impl Iterator<Item = &str>> {
        let plain = self.plain.as_mut()?;
        plain.take(record)?;
        Some(plain.cells())
    }

    /// The lines of a record, the cells of `root` in front of each; the record is item `index` of its table.
    pub(crate) fn lines(
        &mut self,
        root: &[String],
        record: &Value,
        index: usize,
        findings: &mut Vec<Finding>,
    ) -> Vec<Vec<String>> {
        let (Some(table), Some(rows)) = (self.table, &mut self.rows) else { return vec![root.to_vec()] };
        let at = || format!("{}/{index}", table.pointer());
        if !rows.fits(record) {
            let (en, zh) = type_name(record);
            let message = Text::new(
                format!("this is no record that lines could hold, but {en}"),
                format!("不是可以成行的记录，而是{zh}"),
            );
            findings.push(refuse(message, at()));
            return Vec::new();
        }
        findings.extend(self.covers.of_record(record, &at()));
        let cells = rows.make(record, index, findings);
        let line = |row: &[NewContent]| {
            let own = table.columns.iter().zip(row).map(|(column, content)| shown(&column.field, content));
            root.iter().cloned().chain(own).collect()
        };
        cells.chunks(table.columns.len().max(1)).map(line).collect()
    }
}

/// Records of one line each, straight from their JSON text: what a text shows that its column had before is known.
struct Plain<'f> {
    table: &'f Table,
    record: Record,
    objects: Objects,
    /// For each column what is shown of its texts, by their numbers.
    known: Vec<Vec<Option<Cell>>>,
    cells: Vec<Shown>,
    filled: Vec<bool>,
}

/// A cell of a text that is known.
struct Cell {
    text: Box<str>,
    filled: bool,
}

/// A cell of the line.
#[derive(Clone)]
enum Shown {
    Known(usize),
    Text(String),
}

impl<'f> Plain<'f> {
    /// None where records are more than a line, or have properties that no column is for.
    fn new(schema: &Schema, table: &'f Table) -> Option<Self> {
        if !table.levels.is_empty() || table.columns.iter().any(|column| column.field.rest) {
            return None;
        }
        let shape = RecordShape::new(table.columns.iter().map(|column| column.field.path.as_slice()))?;
        let leaf = |column: &'f Column| Leaf { field: &column.field, markable: !column.serial };
        let leaves: Vec<Leaf<'_>> = table.columns.iter().map(leaf).collect();
        let record = schema.node(table.node).items.unwrap_or(table.node);
        let count = table.columns.len();
        Some(Self {
            table,
            record: Record::new(shape, 0),
            objects: Objects::new(schema, record, &leaves, &[], true),
            known: (0..count).map(|_| Vec::new()).collect(),
            cells: vec![Shown::Text(String::new()); count],
            filled: vec![false; count],
        })
    }

    /// Takes a record; none where it is not as plain, or something has to be said of it.
    fn take(&mut self, text: &str) -> Option<()> {
        self.record.take(text)?;
        for (index, column) in self.table.columns.iter().enumerate() {
            let (field, known) = (&column.field, &mut self.known[index]);
            let number = self.record.number(index);
            if let Some((number, cell)) = number.and_then(|number| Some((number, known.get(number)?.as_ref()?))) {
                self.cells[index] = Shown::Known(number);
                self.filled[index] = cell.filled;
                continue;
            }
            let content = hold(field, self.record.value(index), &|_| false).ok()?;
            let (text, filled) = (shown(field, &content), content != NewContent::Empty);
            self.filled[index] = filled;
            self.cells[index] = match number {
                None => Shown::Text(text),
                Some(number) => {
                    if known.len() <= number {
                        known.resize_with(number + 1, || None);
                    }
                    known[number] = Some(Cell { text: text.into(), filled });
                    Shown::Known(number)
                }
            };
        }
        let is_there = |path: &[String]| path.is_empty() || self.record.has_object(path);
        for mark in self.objects.marks_where(&is_there, &mut self.filled, &[]).ok()? {
            self.cells[mark] = Shown::Text(OBJECT.to_owned());
        }
        Some(())
    }

    fn cells(&self) -> impl Iterator<Item = &str> {
        self.cells.iter().zip(&self.known).map(|(cell, known)| match cell {
            Shown::Text(text) => text.as_str(),
            Shown::Known(number) => known[*number].as_ref().map_or("", |cell| &cell.text),
        })
    }
}

/// What a cell shows, written so that it is read back as it is.
fn shown(field: &Field, content: &NewContent) -> String {
    match content {
        NewContent::Empty | NewContent::Formula { .. } => String::new(),
        NewContent::Text(text) => text.clone(),
        NewContent::Bool(truth) => truth.to_string(),
        NewContent::Number(number) => match &field.kind {
            FieldKind::Date => date_iso(*number, false).unwrap_or_default(),
            FieldKind::Month => {
                date_iso(*number, false).and_then(|day| day.get(..7).map(str::to_owned)).unwrap_or_default()
            }
            _ => number.to_string(),
        },
    }
}

/// Objects outside of the table that are there but empty: no column says so.
fn empty_objects(value: &Value, path: &mut Vec<String>, findings: &mut Vec<Finding>) {
    let Value::Object(map) = value else { return };
    if map.is_empty() && !path.is_empty() {
        findings.push(refuse(empty_object(), pointer_of(path)));
    }
    for (name, inner) in map {
        path.push(name.clone());
        empty_objects(inner, path, findings);
        path.pop();
    }
}
