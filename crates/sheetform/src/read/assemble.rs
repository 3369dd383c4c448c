//! Puts values read from cells together as objects: which are there, which are empty, which are absent.

use serde_json::{Map, Value};

use crate::child::REST;
use crate::layout::{FieldKind, Table};
use crate::schema::{NodeId, Schema};

/// A part of a record.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    /// The value of a column.
    Leaf { name: String, column: usize },
    /// An object inside the record.
    Object { name: String, required: bool, parts: Vec<Part> },
    /// The records of the next level.
    Inner { name: String, required: bool },
    /// The properties that the form does not declare.
    Rest { column: usize },
}

/// The parts of the records of a level, in the order of the schema.
pub(super) fn parts(schema: &Schema, table: &Table, level: usize) -> Vec<Part> {
    let array = if level == 0 { table.node } else { table.levels[level - 1].node };
    match schema.node(array).items {
        Some(items) => of_object(schema, table, level, items, &mut Vec::new()),
        None => Vec::new(),
    }
}

fn of_object(schema: &Schema, table: &Table, level: usize, id: NodeId, path: &mut Vec<String>) -> Vec<Part> {
    let node = schema.node(id);
    let mut out = Vec::new();
    for (name, child) in &node.properties {
        path.push(name.clone());
        let required = node.required.contains(name);
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        if let Some(column) = table.column_at(level, &names) {
            out.push(Part::Leaf { name: name.clone(), column });
        } else if table.levels.get(level).is_some_and(|inner| inner.path == *path) {
            out.push(Part::Inner { name: name.clone(), required });
        } else {
            let parts = of_object(schema, table, level, *child, path);
            if !parts.is_empty() {
                out.push(Part::Object { name: name.clone(), required, parts });
            }
        }
        path.pop();
    }
    path.push(REST.to_owned());
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    let rest = table.column_at(level, &names).filter(|column| table.columns[*column].field.rest);
    out.extend(rest.map(|column| Part::Rest { column }));
    path.pop();
    out
}

/// What the cells of a record hold.
pub(super) struct Cells<'a> {
    /// The value of each column; taken when used.
    pub(super) values: &'a mut [Option<Value>],
    /// The token `{}` or `null` of an object, by the column it stands in.
    pub(super) tokens: &'a [Option<Value>],
    /// The records of the next level, where there are any or their list is said to be empty.
    pub(super) inner: Option<Vec<Value>>,
}

impl Cells<'_> {
    /// The object of these parts, and whether anything is in it.
    pub(super) fn object(&mut self, parts: &[Part]) -> (Map<String, Value>, bool) {
        let mut map = Map::new();
        // `{}` in a cell says that every object around it is there.
        let mut any = false;
        for part in parts {
            match part {
                Part::Leaf { name, column } => {
                    any |= self.tokens[*column].is_some();
                    if let Some(value) = self.values[*column].take() {
                        any = true;
                        map.insert(name.clone(), value);
                    }
                }
                Part::Object { name, required, parts } => {
                    let (inside, filled) = self.object(parts);
                    any |= filled;
                    if filled || *required {
                        map.insert(name.clone(), Value::Object(inside));
                    }
                }
                Part::Inner { name, required } => match self.inner.take() {
                    Some(records) => {
                        any = true;
                        map.insert(name.clone(), records.into());
                    }
                    None if *required => {
                        map.insert(name.clone(), Value::Array(Vec::new()));
                    }
                    None => {}
                },
                Part::Rest { column } => match self.values[*column].take() {
                    Some(Value::Object(rest)) => {
                        any = true;
                        map.extend(rest);
                    }
                    Some(other) => {
                        any = true;
                        map.insert(REST.to_owned(), other);
                    }
                    None => {}
                },
            }
        }
        (map, any)
    }
}

/// The columns in which the token of an object, or of a record, can stand.
pub(super) fn token_columns(table: &Table) -> Vec<bool> {
    table.columns.iter().map(|c| c.field.kind != FieldKind::Json).collect()
}

/// Makes the objects of a path of property names, where they are not there.
pub(super) fn open(root: &mut Value, path: &[String]) {
    let mut at = root;
    for name in path {
        if !at.is_object() {
            *at = Value::Object(Map::new());
        }
        let Value::Object(map) = at else { return };
        at = map.entry(name.clone()).or_insert_with(|| Value::Object(Map::new()));
    }
}
