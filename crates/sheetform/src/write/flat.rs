//! Records as lines of cells with one heading each: what a text with columns holds. Knows no sheet and no file.
//!
//! A cell holds what the sheet's cell would hold, as text. What the document says outside of its table stands in front
//! of every record. Nothing goes to a child sheet: a value that no cell holds stands as JSON text, or is refused.

use serde_json::Value;

use super::cover::Covers;
use super::fill::{label_fields, value_of};
use super::records::{RowMaker, empty_object};
use super::refuse;
use super::value::{hold, type_name};
use crate::finding::{Finding, Text};
use crate::form::Form;
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
        Self { form, table, fields, covers: Covers::new(layout, table), rows }
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
