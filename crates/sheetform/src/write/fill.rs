//! The cells of every band, from a document or for a blank sheet. Knows no place on a sheet.

use std::collections::BTreeMap;

use serde_json::Value;

use super::objects::{Leaf, OBJECT, Objects};
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
    document: Option<&Value>,
    mistaken: value::Mistaken<'_>,
    findings: &mut Vec<Finding>,
) -> Vec<Part<'a>> {
    let layout = &form.layout;
    let mut labels = label_cells(layout, document, mistaken, findings);
    let mut parts: Vec<Part<'_>> = Vec::new();
    let mut shown = Vec::new();
    for band in &layout.bands {
        let filled = match &band.kind {
            BandKind::Labels(band) => Filled::Labels(band, labels.drain(..band.fields().count()).collect()),
            BandKind::Table(table) => {
                let records = if let Some(document) = document {
                    let computed = computed(form, table, document);
                    records::Records { computed, ..records::lay(&form.schema, table, document, mistaken, findings) }
                } else {
                    let rows = if table.blank_rows == 0 { BLANK_ROWS } else { table.blank_rows };
                    records::blank(table, rows.min(MAX_ROWS))
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
    let input = Input { schema: &form.schema, document, unreadable: &|_| false, today: None, final_profile: true };
    let mut values = BTreeMap::new();
    for (row, total) in table.totals.iter().enumerate() {
        for (column, _) in &total.cells {
            let value = form.expressions.value(&input, &table.pointer(), row, *column);
            if let Some(value) = value.as_ref().and_then(Value::as_f64).filter(|value| value.is_finite()) {
                values.insert((row, *column), value);
            }
        }
    }
    values
}

/// A cell for each field of the label bands, in order.
fn label_cells(
    layout: &Layout,
    document: Option<&Value>,
    mistaken: value::Mistaken<'_>,
    findings: &mut Vec<Finding>,
) -> Vec<NewContent> {
    let one = |field: &Field| match document {
        Some(document) => value::hold(field, at_path(document, &field.path), mistaken).unwrap_or_else(|message| {
            findings.push(refuse(message, pointer_of(&field.path)));
            NewContent::Empty
        }),
        None => value::open_boxes(&field.kind).map_or(NewContent::Empty, NewContent::Text),
    };
    label_fields(layout).map(one).collect()
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
