//! A layout with a column or label for the properties that the form does not declare, where they may be there.
//!
//! Reading looks for them only in a book that has child sheets; writing takes those that a document needs.

use super::{Band, BandKind, Column, Field, LabelBand, LabelItem, Layout, Table};
use crate::child::REST;
use crate::schema::{NodeId, Schema};
use crate::text::fold;

/// Where an object stands in a document: property names, and `None` for each index of an array.
pub(crate) type Pattern = Vec<Option<String>>;

/// The layout with what `wanted` asks for. Columns keep their numbers: those of the rest follow them.
pub(crate) fn with_rest(schema: &Schema, layout: &Layout, wanted: &dyn Fn(&Pattern) -> bool) -> Layout {
    let mut out = layout.clone();
    for band in &mut out.bands {
        if let BandKind::Table(table) = &mut band.kind {
            columns(schema, table, wanted);
        }
    }
    let mut fields = Vec::new();
    if schema.node(Schema::ROOT).is_section() {
        labels(schema, Schema::ROOT, &mut Vec::new(), &mut Vec::new(), wanted, &mut fields);
    }
    if !fields.is_empty() {
        let items = fields.into_iter().map(LabelItem::Field).collect();
        out.bands.push(Band {
            caption: None,
            caption_at_side: false,
            caption_aliases: Vec::new(),
            before: Vec::new(),
            after: Vec::new(),
            beside: false,
            kind: BandKind::Labels(LabelBand { items, pairs: 2, heads: None }),
        });
    }
    out
}

/// The columns of the objects in the records of each level.
fn columns(schema: &Schema, table: &mut Table, wanted: &dyn Fn(&Pattern) -> bool) {
    let mut before: Pattern = table.path.iter().cloned().map(Some).collect();
    let lists = std::iter::once(table.node).chain(table.levels.iter().map(|level| level.node)).enumerate();
    let lists: Vec<(usize, NodeId)> = lists.collect();
    for (level, list) in lists {
        if let Some(inner) = level.checked_sub(1).map(|outer| &table.levels[outer]) {
            before.extend(inner.path.iter().cloned().map(Some));
        }
        before.push(None);
        let Some(record) = schema.node(list).items else { return };
        let heads = heads_of_level(schema, table, level);
        let mut found = Vec::new();
        let mut names = Vec::new();
        objects(schema, record, &mut names, &mut heads.clone(), &mut |id, path, heads| {
            let pattern = before.iter().cloned().chain(path.iter().cloned().map(Some)).collect();
            if wanted(&pattern) {
                found.push((rest_field(id, path, REST), heads.to_vec()));
            }
        });
        for (field, mut heads) in found {
            heads.push(REST.to_owned());
            let folded = heads.iter().map(|h| fold(h)).filter(|h| !h.is_empty()).collect();
            table.columns.push(Column {
                field,
                heads,
                paths: vec![folded],
                level,
                merge: false,
                serial: false,
                line: 0,
            });
        }
    }
    table.head_rows = super::table::head_rows(table);
}

/// The headings that the array of a level puts above its columns.
fn heads_of_level(schema: &Schema, table: &Table, level: usize) -> Vec<String> {
    let Some(inner) = level.checked_sub(1).map(|outer| &table.levels[outer]) else { return Vec::new() };
    let node = schema.node(inner.node);
    let name = inner.path.last().map_or("", String::as_str);
    node.sheet.head.clone().unwrap_or_else(|| vec![super::field::label_of(node, name)])
}

/// What is done with an object: its node, its path, the titles on the way.
type Each<'e> = dyn FnMut(NodeId, &[String], &[String]) + 'e;

/// Every object of declared properties in a record, itself first, down to arrays.
fn objects(schema: &Schema, id: NodeId, path: &mut Vec<String>, heads: &mut Vec<String>, each: &mut Each<'_>) {
    if has_rest(schema, id) {
        each(id, path, heads);
    }
    for (name, child) in &schema.node(id).properties {
        let node = schema.node(*child);
        if node.is_section() {
            let depth = heads.len();
            heads.extend(node.sheet.head.clone().unwrap_or_else(|| vec![super::field::label_of(node, name)]));
            path.push(name.clone());
            objects(schema, *child, path, heads, each);
            path.pop();
            heads.truncate(depth);
        }
    }
}

fn labels(
    schema: &Schema,
    id: NodeId,
    path: &mut Vec<String>,
    titles: &mut Vec<String>,
    wanted: &dyn Fn(&Pattern) -> bool,
    out: &mut Vec<Field>,
) {
    objects(schema, id, path, titles, &mut |id, path, titles| {
        let label = if titles.is_empty() { REST.to_owned() } else { format!("{REST} {}", titles.join(" / ")) };
        if wanted(&path.iter().cloned().map(Some).collect()) {
            out.push(rest_field(id, path, &label));
        }
    });
}

/// Whether properties that are not declared may be there, and can be told from those that are.
fn has_rest(schema: &Schema, id: NodeId) -> bool {
    let node = schema.node(id);
    node.open && node.property(REST).is_none()
}

fn rest_field(object: NodeId, path: &[String], label: &str) -> Field {
    let path = path.iter().cloned().chain([REST.to_owned()]).collect();
    let names = vec![fold(label)];
    Field { node: object, path, names, rest: true, nullable: false, ..Field::anything(label) }
}
