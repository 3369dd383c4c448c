//! The cells of every band, from a document or for a blank sheet. Knows no place on a sheet.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::cover::is_schema;
use super::objects::{Leaf, OBJECT, Objects};
use super::parts::Parts;
use super::plan::{Filled, Part};
use super::{records, refuse, value};
use crate::finding::Finding;
use crate::form::Form;
use crate::grid::MAX_ROWS;
use crate::layout::{BandKind, Field, Layout, Table, at_path, pointer_of};
use crate::new_book::NewContent;
use crate::rules::Input;
use crate::schema::Schema;

/// Rows of a blank table, where the form does not say how many.
const BLANK_ROWS: u32 = 10;

/// The cells of every band.
pub(super) fn fill<'a>(
    form: &'a Form,
    document: Option<&'a Value>,
    children: &Parts<'a>,
    mistaken: value::Mistaken<'_>,
    findings: &mut Vec<Finding>,
) -> Vec<Part<'a>> {
    let layout = &form.layout;
    let mut labels = label_cells(form, document, children, mistaken);
    let mut parts: Vec<Part<'_>> = Vec::new();
    let mut shown = Vec::new();
    for band in &layout.bands {
        let filled = match &band.kind {
            BandKind::Labels(band) => Filled::Labels(band, labels.drain(..band.fields().count()).collect()),
            BandKind::Table(table) => {
                let records = if let Some(document) = document {
                    let computed = computed(form, table, document);
                    records::Records { computed, ..records::lay(form, table, document, children, mistaken, findings) }
                } else {
                    let rows = if table.blank_rows == 0 { BLANK_ROWS } else { table.blank_rows };
                    records::blank(table, rows.min(MAX_ROWS / table.lines))
                };
                shown.push(records.filled);
                Filled::Table(table, records)
            }
        };
        parts.push(Part { band, filled });
    }
    if let Some(document) = document {
        mark_objects(form, document, &shown, &mut parts, findings);
    }
    parts
}

/// What the expressions of a table's computed rows give, by row and column.
fn computed(form: &Form, table: &Table, document: &Value) -> BTreeMap<(usize, usize), f64> {
    let input =
        Input { schema: &form.schema, document, unreadable: None, beside: &[], today: None, final_profile: true };
    let mut values = BTreeMap::new();
    for (row, total) in table.totals.iter().enumerate() {
        for (column, _) in &total.cells {
            let value = form.expressions().value(&input, &table.pointer(), row, *column);
            if let Some(value) = value.as_ref().and_then(Value::as_f64).filter(|value| value.is_finite()) {
                values.insert((row, *column), value);
            }
        }
    }
    values
}

/// A cell for each field of the label bands, in order.
fn label_cells<'a>(
    form: &Form,
    document: Option<&'a Value>,
    children: &Parts<'a>,
    mistaken: value::Mistaken<'_>,
) -> Vec<NewContent> {
    let one = |field: &Field| match document {
        Some(document) => {
            let value = value_of(&form.schema, field, document);
            children.hold(field, value, mistaken, &|| pointer_of(&field.path))
        }
        None => value::open_boxes(&field.kind).map_or(NewContent::Empty, NewContent::Text),
    };
    label_fields(&form.layout).map(one).collect()
}

/// What a field holds in a record, or in the document.
pub(super) fn value_of<'a>(schema: &Schema, field: &Field, record: &'a Value) -> Option<Cow<'a, Value>> {
    if !field.rest {
        return at_path(record, &field.path).map(Cow::Borrowed);
    }
    let (_, object) = field.path.split_last()?;
    let node = schema.node(field.node);
    let is_rest = |name: &str, value: &Value| {
        let form = object.is_empty() && field.node == Schema::ROOT && is_schema(name, value);
        node.property(name).is_none() && !form
    };
    let all = at_path(record, object)?.as_object()?;
    let rest: Map<String, Value> = all
        .iter()
        .filter(|(name, value)| is_rest(name, value))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    (!rest.is_empty()).then(|| Cow::Owned(Value::Object(rest)))
}

pub(super) fn label_fields(layout: &Layout) -> impl Iterator<Item = &Field> {
    layout.bands.iter().flat_map(|band| match &band.kind {
        BandKind::Labels(labels) => labels.fields().collect::<Vec<_>>(),
        BandKind::Table(_) => Vec::new(),
    })
}

/// Marks the optional objects of the document that are there but have nothing on the sheet.
fn mark_objects(form: &Form, document: &Value, shown: &[bool], parts: &mut [Part<'_>], findings: &mut Vec<Finding>) {
    let layout = &form.layout;
    let mut leaves: Vec<Leaf<'_>> = label_fields(layout).map(|field| Leaf { field, markable: true }).collect();
    let labels = leaves.len();
    let elsewhere = layout.title_fields.iter().chain(&layout.name_field);
    leaves.extend(elsewhere.map(|field| Leaf { field, markable: false }));
    let lists: Vec<&[String]> = layout.tables().map(|table| table.path.as_slice()).collect();
    let objects = Objects::new(&form.schema, Schema::ROOT, &leaves, &lists, false);
    let mut cells: Vec<&mut NewContent> = Vec::with_capacity(labels);
    for part in parts {
        if let Filled::Labels(_, contents) = &mut part.filled {
            cells.extend(contents.iter_mut());
        }
    }
    let mut filled: Vec<bool> = cells.iter().map(|cell| **cell != NewContent::Empty).collect();
    filled.extend(leaves[labels..].iter().map(|leaf| at_path(document, &leaf.field.path).is_some()));
    match objects.marks(document, &mut filled, shown) {
        Ok(marks) => marks.into_iter().for_each(|mark| *cells[mark] = NewContent::Text(OBJECT.to_owned())),
        Err(path) => findings.push(refuse(records::empty_object(), pointer_of(&path))),
    }
}
