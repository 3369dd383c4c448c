//! Whether every property of a document has a place on the form's sheet. Looks at shapes, never at values in cells.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::refuse;
use super::value::type_name;
use crate::child::REST;
use crate::finding::{Finding, Text};
use crate::layout::{BandKind, Layout, Pattern, Table, is_table, pointer_of};
use crate::schema::{NodeId, Schema};

/// What a layout has at a path.
enum Cover {
    /// One cell, whatever it holds.
    Cell,
    Object(BTreeMap<String, Cover>),
    List(Box<Cover>),
}

/// The objects of a document that have properties which the form does not declare, where they may have some.
pub(super) fn undeclared(schema: &Schema, document: &Value) -> BTreeSet<Pattern> {
    let mut found = BTreeSet::new();
    collect(schema, Schema::ROOT, document, &mut Vec::new(), &mut found);
    found
}

fn collect(schema: &Schema, id: NodeId, value: &Value, at: &mut Pattern, found: &mut BTreeSet<Pattern>) {
    let node = schema.node(id);
    match value {
        Value::Object(map) if node.is_section() => {
            for (name, inner) in map {
                match node.property(name) {
                    Some(child) => {
                        at.push(Some(name.clone()));
                        collect(schema, child, inner, at, found);
                        at.pop();
                    }
                    None if at.is_empty() && is_schema(name, inner) => {}
                    None if node.open && node.property(REST).is_none() => {
                        found.insert(at.clone());
                    }
                    None => {}
                }
            }
        }
        Value::Array(list) => {
            let Some(items) = node.items.filter(|_| is_table(schema, id)) else { return };
            at.push(None);
            for inner in list {
                collect(schema, items, inner, at, found);
            }
            at.pop();
        }
        _ => {}
    }
}

/// Whether a property of the root says the document's form.
pub(super) fn is_schema(name: &str, value: &Value) -> bool {
    name == "$schema" && value.is_string()
}

/// What a layout has for the document around a table, and for the table's records.
pub(super) struct Covers {
    root: Cover,
    record: Cover,
}

impl Covers {
    pub(super) fn new(layout: &Layout, table: Option<&Table>) -> Self {
        let mut root = labels(layout);
        for table in layout.tables() {
            root.insert(&table.path, Cover::Cell);
        }
        Self { root, record: table.map_or(Cover::Cell, |table| record(table, 0)) }
    }

    /// What the layout has no place for around the table.
    pub(super) fn of_root(&self, root: &Value) -> Vec<Finding> {
        uncovered(&self.root, root, Vec::new(), Vec::new())
    }

    /// What the layout has no place for in a record at a JSON pointer.
    pub(super) fn of_record(&self, record: &Value, pointer: &str) -> Vec<Finding> {
        let path = pointer.split('/').skip(1).map(crate::schema::unescape).collect();
        uncovered(&self.record, record, path, vec![None])
    }
}

fn uncovered(cover: &Cover, value: &Value, path: Vec<String>, at: Pattern) -> Vec<Finding> {
    let rest = BTreeSet::new();
    let mut walk = Walk { path, at, rest: &rest, findings: Vec::new() };
    walk.value(cover, value);
    walk.findings
}

/// The cells of a layout outside of its tables.
fn labels(layout: &Layout) -> Cover {
    let mut root = Cover::Object(BTreeMap::new());
    for field in layout.title_fields.iter().chain(&layout.name_field) {
        root.insert(&field.path, Cover::Cell);
    }
    for band in &layout.bands {
        if let BandKind::Labels(labels) = &band.kind {
            labels.fields().for_each(|field| root.insert(&field.path, Cover::Cell));
        }
    }
    root
}

/// Everything in a document that the layout has no place for; `rest` are the objects whose undeclared properties have
/// one.
pub(super) fn check(layout: &Layout, document: &Value, rest: &BTreeSet<Pattern>) -> Vec<Finding> {
    let mut root = labels(layout);
    for table in layout.tables() {
        root.insert(&table.path, Cover::List(Box::new(record(table, 0))));
    }
    let mut walk = Walk { path: Vec::new(), at: Vec::new(), rest, findings: Vec::new() };
    walk.value(&root, document);
    walk.findings
}

fn record(table: &Table, level: usize) -> Cover {
    let mut cover = Cover::Object(BTreeMap::new());
    for column in table.columns.iter().filter(|column| column.level == level) {
        cover.insert(&column.field.path, Cover::Cell);
    }
    if let Some(inner) = table.levels.get(level) {
        cover.insert(&inner.path, Cover::List(Box::new(record(table, level + 1))));
    }
    cover
}

impl Cover {
    fn insert(&mut self, path: &[String], what: Cover) {
        match (path.split_first(), &mut *self) {
            (None, _) => *self = what,
            (Some((name, rest)), Self::Object(children)) => {
                children.entry(name.clone()).or_insert_with(|| Self::Object(BTreeMap::new())).insert(rest, what);
            }
            (Some(_), _) => {}
        }
    }
}

struct Walk<'a> {
    path: Vec<String>,
    at: Pattern,
    rest: &'a BTreeSet<Pattern>,
    findings: Vec<Finding>,
}

impl Walk<'_> {
    fn value(&mut self, cover: &Cover, value: &Value) {
        match (cover, value) {
            (Cover::Object(children), Value::Object(map)) => {
                for (name, inner) in map {
                    self.path.push(name.clone());
                    match children.get(name) {
                        Some(child) => {
                            self.at.push(Some(name.clone()));
                            self.value(child, inner);
                            self.at.pop();
                        }
                        None if self.at.is_empty() && is_schema(name, inner) => {}
                        None if self.rest.contains(&self.at) => {}
                        None => self.findings.push(refuse(
                            Text::new(
                                format!("the form has no place for property {name:?}"),
                                format!("表单没有放置属性“{name}”的位置"),
                            ),
                            pointer_of(&self.path),
                        )),
                    }
                    self.path.pop();
                }
            }
            (Cover::List(item), Value::Array(items)) => {
                self.at.push(None);
                for (i, inner) in items.iter().enumerate() {
                    self.path.push(i.to_string());
                    self.value(item, inner);
                    self.path.pop();
                }
                self.at.pop();
            }
            (Cover::Object(_), found) if !self.at.contains(&None) => {
                let (found_en, found_zh) = type_name(found);
                self.findings.push(refuse(
                    Text::new(
                        format!("the form has an object here; {found_en} has no cell"),
                        format!("表单此处是对象；{found_zh}没有可放的单元格"),
                    ),
                    pointer_of(&self.path),
                ));
            }
            // One cell holds anything; a list that is no list of records becomes a part.
            _ => {}
        }
    }
}
