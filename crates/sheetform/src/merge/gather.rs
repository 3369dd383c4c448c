//! Tables appended, other values compared. Looks at no rule and no place.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value};

use super::form::MergedForm;
use crate::finding::{Code, Finding, Text};
use crate::layout::{Level, Table};
use crate::report::{shown, shown_zh};
use crate::schema::{NodeId, Schema};

/// What is known of a value outside the tables.
#[derive(Default)]
struct Beside {
    /// The value of the first document; later ones are compared with it.
    first: Option<Value>,
    /// Every value there was, as JSON.
    seen: HashSet<String>,
    /// How many documents have it.
    count: usize,
}

/// Documents being merged.
pub(super) struct Gathered<'f> {
    form: &'f MergedForm,
    /// For each table how many records there were.
    counts: Vec<usize>,
    /// For each table whether any document has it.
    there: Vec<bool>,
    /// For each table the number of the first record of each document.
    offsets: Vec<Vec<usize>>,
    /// What stands outside the tables, by path.
    beside: Vec<(Vec<String>, Beside)>,
    count: usize,
}

/// The document with empty tables, the first record of each part in each table, and what was left out.
pub(super) type Frame = (Value, Vec<Vec<usize>>, Vec<(Option<usize>, Finding)>);

impl<'f> Gathered<'f> {
    pub(super) fn new(form: &'f MergedForm) -> Self {
        let tables = form.keys.len();
        Self {
            form,
            counts: vec![0; tables],
            there: vec![false; tables],
            offsets: vec![Vec::new(); tables],
            beside: Vec::new(),
            count: 0,
        }
    }

    /// Begins a document.
    pub(super) fn begin(&mut self) {
        self.count += 1;
        for (offsets, count) in self.offsets.iter_mut().zip(&self.counts) {
            offsets.push(*count);
        }
    }

    /// Takes the next records of one of its tables; gives the number of the first in the document.
    pub(super) fn records(&mut self, table: usize, records: &mut [Value], source: &str) -> usize {
        let before = self.counts[table];
        for record in records.iter_mut().filter_map(Value::as_object_mut) {
            record.insert(self.form.column.clone(), source.into());
        }
        self.there[table] = true;
        self.counts[table] += records.len();
        before - self.offsets[table].last().copied().unwrap_or_default()
    }

    /// Takes the lists of the tables out of a document.
    pub(super) fn tables(&self, document: &mut Value) -> Vec<(usize, Vec<Value>)> {
        let list = |(number, table): (usize, &Table)| match taken(document, &table.path) {
            Some(Value::Array(records)) => Some((number, records)),
            _ => None,
        };
        self.form.keys.iter().enumerate().filter_map(list).collect()
    }

    /// What is left of a document once its tables are taken out.
    pub(super) fn rest(&mut self, value: Value, path: &mut Vec<String>) {
        let Value::Object(map) = value else { return };
        for (name, value) in map {
            if path.is_empty() && name == "$schema" {
                continue;
            }
            path.push(name);
            if self.form.keys.iter().any(|table| table.path.len() > path.len() && table.path.starts_with(path)) {
                self.rest(value, path);
            } else {
                let known = self.beside.iter().position(|(known, _)| known == path);
                let number = known.unwrap_or_else(|| {
                    self.beside.push((path.clone(), Beside::default()));
                    self.beside.len() - 1
                });
                let beside = &mut self.beside[number].1;
                beside.count += 1;
                beside.seen.insert(value.to_string());
                beside.first.get_or_insert(value);
            }
            path.pop();
        }
    }

    /// What stands around the records.
    pub(super) fn finish(self, fixed: &Map<String, Value>) -> Frame {
        let Self { form, there, offsets, beside, count, .. } = self;
        let mut findings = Vec::new();
        let mut document = Value::Object(Map::new());
        for (path, beside) in beside {
            if matches!(path.as_slice(), [name] if fixed.contains_key(name)) {
                continue;
            }
            match beside.first {
                Some(value) if beside.count == count && beside.seen.len() == 1 => put(&mut document, &path, value),
                _ => findings.push((None, left_out(form, &path, &beside.seen, beside.count, count))),
            }
        }
        for (name, value) in fixed {
            put(&mut document, std::slice::from_ref(name), value.clone());
        }
        for (table, _) in form.keys.iter().zip(there).filter(|(_, there)| *there) {
            put(&mut document, &table.path, Value::Array(Vec::new()));
        }
        order(&form.form.schema, Schema::ROOT, &mut document);
        (document, offsets, findings)
    }
}

/// Takes the value at a path out of a document.
fn taken(document: &mut Value, path: &[String]) -> Option<Value> {
    match path {
        [] => Some(document.take()),
        [last] => document.as_object_mut()?.remove(last),
        [first, rest @ ..] => taken(document.get_mut(first)?, rest),
    }
}

/// Puts a value at a path into a document.
pub(super) fn put(document: &mut Value, path: &[String], value: Value) {
    match path {
        [] => *document = value,
        [first, rest @ ..] => {
            if let Value::Object(map) = document {
                put(map.entry(first.clone()).or_insert_with(|| Value::Object(Map::new())), rest, value);
            }
        }
    }
}

/// Puts the properties of an object, and of those around tables, in the form's order.
fn order(schema: &Schema, id: NodeId, value: &mut Value) {
    let Value::Object(map) = value else { return };
    let mut rest = std::mem::take(map);
    for (name, child) in &schema.node(id).properties {
        if let Some(mut value) = rest.remove(name) {
            order(schema, *child, &mut value);
            map.insert(name.clone(), value);
        }
    }
    map.extend(rest);
}

fn left_out(form: &MergedForm, path: &[String], seen: &HashSet<String>, there: usize, count: usize) -> Finding {
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    let schema = &form.form.schema;
    let title = schema.descend(Schema::ROOT, &names).and_then(|id| schema.node(id).title.clone());
    let name = title.unwrap_or_else(|| path.join("."));
    let values = seen.len();
    let (en, zh) = if there == count {
        (
            format!("{} has {values} different values in {count} documents", shown(&name)),
            format!("{}在 {count} 份文档中有 {values} 种不同的值", shown_zh(&name)),
        )
    } else {
        (
            format!("{} is there in {there} of {count} documents", shown(&name)),
            format!("{count} 份文档中只有 {there} 份填写了{}", shown_zh(&name)),
        )
    };
    let message = Text::new(format!("{en}; the merged document leaves it empty"), format!("{zh}，合并后留空")).open();
    Finding::new(Code::NotMerged, message).pointer(crate::layout::pointer_of(path))
}

/// Numbers the serials of a table anew, behind those before: 1, 2, 3 … over all records of their level. `last` are the
/// last numbers, by column.
pub(super) fn number(table: &Table, records: &mut [Value], last: &mut BTreeMap<usize, u64>) {
    for (number, column) in table.columns.iter().enumerate().filter(|(_, column)| column.serial) {
        let path: Vec<&str> = column.field.path.iter().map(String::as_str).collect();
        let levels = &table.levels[..column.level.min(table.levels.len())];
        renumber(records, levels, &path, last.entry(number).or_default());
    }
}

fn renumber(records: &mut [Value], levels: &[Level], path: &[&str], next: &mut u64) {
    for record in records {
        match levels {
            [] => {
                *next += 1;
                let place = path.iter().try_fold(record, |value, name| value.get_mut(name));
                if let Some(place) = place.filter(|value| value.is_number()) {
                    *place = (*next).into();
                }
            }
            [level, rest @ ..] => {
                if let Some(Value::Array(inner)) = at_mut(record, &level.path) {
                    renumber(inner, rest, path, next);
                }
            }
        }
    }
}

fn at_mut<'v>(value: &'v mut Value, path: &[String]) -> Option<&'v mut Value> {
    path.iter().try_fold(value, |value, name| value.get_mut(name))
}
