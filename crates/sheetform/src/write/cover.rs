//! Whether every property of a document has a place on the form's sheet. Looks at shapes, never at values in cells.

use std::collections::BTreeMap;

use serde_json::Value;

use super::refuse;
use super::value::type_name;
use crate::finding::{Finding, Text};
use crate::layout::{BandKind, Layout, Table, pointer_of};

/// What a layout has at a path.
enum Cover {
    /// One cell, whatever it holds.
    Cell,
    Object(BTreeMap<String, Cover>),
    List(Box<Cover>),
}

/// Everything in a document that the layout has no place for.
pub(super) fn check(layout: &Layout, document: &Value) -> Vec<Finding> {
    let mut root = Cover::Object(BTreeMap::new());
    for field in layout.title_fields.iter().chain(&layout.name_field) {
        root.insert(&field.path, Cover::Cell);
    }
    for band in &layout.bands {
        match &band.kind {
            BandKind::Labels(labels) => labels.fields().for_each(|field| root.insert(&field.path, Cover::Cell)),
            BandKind::Table(table) => root.insert(&table.path, Cover::List(Box::new(record(table, 0)))),
        }
    }
    let mut walk = Walk { path: Vec::new(), findings: Vec::new() };
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

struct Walk {
    path: Vec<String>,
    findings: Vec<Finding>,
}

impl Walk {
    fn value(&mut self, cover: &Cover, value: &Value) {
        match (cover, value) {
            // A null list has a token of its own.
            (Cover::Cell, _) | (Cover::List(_), Value::Null) => {}
            (Cover::Object(children), Value::Object(map)) => {
                for (name, inner) in map {
                    self.path.push(name.clone());
                    match children.get(name) {
                        Some(child) => self.value(child, inner),
                        None if self.path.len() == 1 && name == "$schema" && inner.is_string() => {}
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
                for (i, inner) in items.iter().enumerate() {
                    self.path.push(i.to_string());
                    self.value(item, inner);
                    self.path.pop();
                }
            }
            (Cover::Object(_), found) => self.other("an object", "对象", found),
            (Cover::List(_), found) => self.other("a list of records", "记录列表", found),
        }
    }

    fn other(&mut self, en: &str, zh: &str, found: &Value) {
        let (found_en, found_zh) = type_name(found);
        self.findings.push(refuse(
            Text::new(
                format!("the form has {en} here; {found_en} has no cell"),
                format!("表单此处是{zh}；{found_zh}没有可放的单元格"),
            ),
            pointer_of(&self.path),
        ));
    }
}
