//! A document as records: one for each line of JSON Lines, or row of a csv or Parquet file; and back from JSON Lines.
//!
//! | form | its records |
//! |---|---|
//! | with one table | those of the table, one of an outer list each; what the document says outside of it is joined to every record |
//! | with none | the document itself, one record |
//! | of anything | the items of the document, where that is a list |
//! | with several | none: they would be mixed up, so this is refused |
//!
//! Records can be handed over one by one, so that a document of any length needs no memory of its own ([`Records::joined`],
//! [`Lines`], [`Typed`]). `$schema` names the form and is no value: it is not written. Knows no file format.

mod lines;
mod plain;
mod typed;

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::finding::{Code, Finding, Text};
use crate::form::Form;
use crate::json_lines::LongLines;
use crate::json_text::LongList;
use crate::layout::{Table, pointer_of};
use crate::schema::{Node, Schema, join, unescape};

pub use lines::Lines;
pub use plain::Cell;
pub use typed::{Column, Kind, Typed};

/// How the documents of a form are taken apart into records.
#[derive(Clone, Copy, Debug)]
pub struct Records<'f> {
    form: &'f Form,
    table: Option<&'f Table>,
    /// Whether the document is a list of anything.
    list: bool,
}

impl<'f> Records<'f> {
    /// Fails with `cannot-hold` for a form of several tables, or one that has neither an object nor a list.
    pub fn of(form: &'f Form) -> Result<Self, Finding> {
        let tables: Vec<&Table> = form.layout.tables().collect();
        let root = form.schema.node(Schema::ROOT);
        match tables.as_slice() {
            [] if root.is_record() => Ok(Self { form, table: None, list: false }),
            [table] => Ok(Self { form, table: Some(table), list: false }),
            [] if root.types.array => Ok(Self { form, table: None, list: true }),
            [] => Err(no_records(Text::new("the form has no records", "表单没有记录"))),
            several => {
                let names = |quote: (&str, &str), between: &str| {
                    let names = several.iter().map(|table| format!("{}{}{}", quote.0, table.label, quote.1));
                    names.collect::<Vec<_>>().join(between)
                };
                let count = several.len();
                let (en, zh) = (names(("\"", "\""), ", "), names(("“", "”"), "、"));
                Err(no_records(Text::new(
                    format!("the form has {count} tables, {en}: their records do not go into one"),
                    format!("表单有 {count} 张表：{zh}，无法并为一张"),
                )))
            }
        }
    }

    /// The same, where the records have columns.
    ///
    /// Fails with `cannot-hold` where the form says nothing of what is in them.
    pub fn in_columns(self) -> Result<Self, Finding> {
        if self.list {
            return Err(no_records(Text::new("no form says which columns there are", "没有表单说明有哪些列")));
        }
        Ok(self)
    }

    /// Takes a document apart: what it says outside of the table, and the records.
    ///
    /// Fails with `cannot-hold` for a document that is no object where the form has one, or whose table is no list.
    pub fn split<'d>(&self, document: &'d Value) -> Result<(Value, &'d [Value]), Finding> {
        let path: &[String] = self.table.map_or(&[], |table| &table.path);
        match (self.has_list(), crate::layout::at_path(document, path)) {
            (true, Some(Value::Array(records))) if path.is_empty() => Ok((Value::Object(Map::new()), records)),
            (_, _) if !document.is_object() => Err(not_here(String::new())),
            (false, _) => Ok((Value::Object(Map::new()), std::slice::from_ref(document))),
            (true, _) if path.is_empty() => Err(not_here(String::new())),
            (true, list) => {
                let records = match list {
                    Some(Value::Array(records)) => records.as_slice(),
                    None => &[],
                    Some(_) => return Err(not_here(pointer_of(path))),
                };
                Ok((without(document, path), records))
            }
        }
    }

    /// What stands in front of every record: what a document says outside of its table.
    ///
    /// A name is that of the property; where records may have one of that name, or the form does not declare it, it is
    /// its JSON pointer, `/note`.
    pub fn front(&self, root: &Value) -> Map<String, Value> {
        let named = |(name, value): (&String, &Value)| (self.name_of(name), value.clone());
        root.as_object().into_iter().flatten().map(named).collect()
    }

    /// Fails where a record, which is item `index`, has no place behind what stands in front, or has a property that would
    /// be taken for a part of that.
    pub fn fits(&self, front: &Map<String, Value>, record: &Value, index: usize) -> Result<(), Finding> {
        let Some(own) = record.as_object() else {
            return if front.is_empty() { Ok(()) } else { Err(not_here(self.at(index, ""))) };
        };
        if self.at_root() || !self.has_list() {
            return Ok(());
        }
        match own.keys().find(|name| name.starts_with('/') || self.is_outside(name)) {
            None => Ok(()),
            Some(name) => {
                let message = Text::new(
                    format!("the property {name:?} of a record would be taken for one of the whole document"),
                    format!("记录的属性“{name}”会被当作整个文档的属性"),
                );
                Err(Finding::new(Code::CannotHold, message).pointer(self.at(index, &join("", name))))
            }
        }
    }

    /// Whether none of the properties that the form declares for a record has a name that is for what stands in front.
    pub fn have_plain_names(&self) -> bool {
        self.record().is_some_and(|record| record.properties.iter().all(|(name, _)| !name.starts_with('/')))
    }

    /// A record with what stands in front of it. A document that is its own record is without its `$schema`.
    pub fn joined<'v>(&self, front: &Map<String, Value>, record: &'v Value) -> Cow<'v, Value> {
        let Some(own) = record.as_object() else { return Cow::Borrowed(record) };
        if front.is_empty() && (self.has_list() || !own.contains_key(SCHEMA)) {
            return Cow::Borrowed(record);
        }
        let front = front.iter().map(|(name, value)| (name.clone(), value.clone()));
        let own = own.iter().filter(|(name, _)| self.has_list() || *name != SCHEMA);
        Cow::Owned(Value::Object(front.chain(own.map(|(name, value)| (name.clone(), value.clone()))).collect()))
    }

    /// The JSON pointer in a document of a pointer in a record, or in a joined record, which is item `index`.
    pub fn pointer_of(&self, index: usize, joined: &str) -> String {
        let (name, rest) = joined.strip_prefix('/').map_or(("", ""), cut);
        match unescape(name).strip_prefix('/') {
            _ if !self.has_list() => joined.to_owned(),
            Some(outside) if !self.at_root() => format!("{}{rest}", join("", &unescape(outside))),
            None if !name.is_empty() && !self.at_root() && self.is_outside(&unescape(name)) => joined.to_owned(),
            _ => self.at(index, joined),
        }
    }

    /// A record's JSON pointer, and on from it.
    fn at(&self, index: usize, rest: &str) -> String {
        format!("{}/{index}{rest}", self.pointer())
    }

    /// Whether the document is the list.
    fn at_root(&self) -> bool {
        self.list || self.table.is_some_and(|table| table.path.is_empty())
    }

    /// Whether the records are items of a list of the document, or the document itself.
    fn has_list(&self) -> bool {
        self.list || self.table.is_some()
    }

    /// Whether documents may say something outside of their table.
    pub fn has_outside(&self) -> bool {
        let root = self.form.schema.node(Schema::ROOT);
        let in_path =
            |name: &String| self.table.is_some_and(|table| table.path.as_slice() == std::slice::from_ref(name));
        self.table.is_some() && !self.at_root() && (root.open || root.properties.iter().any(|(name, _)| !in_path(name)))
    }

    /// Puts a document together from joined records.
    ///
    /// Each finding has the index of its record. Fails where what the document says outside of its table is not the same
    /// in all of them, or where a form without a table has more than one record.
    pub fn document(&self, lines: Vec<Value>) -> Result<Value, Vec<(usize, Finding)>> {
        if self.list {
            return Ok(Value::Array(lines));
        }
        let Some(table) = self.table else {
            let mut lines = lines.into_iter();
            let first = lines.next().unwrap_or_else(|| Value::Object(Map::new()));
            let message = Text::new(
                "a document of this form is one record, and this is another",
                "此表单的文档只有一条记录，而这里还有一条",
            );
            return match lines.next() {
                None => Ok(first),
                Some(_) => Err(vec![(1, Finding::new(Code::CannotHold, message))]),
            };
        };
        let mut outside: Option<Map<String, Value>> = None;
        let mut records = Vec::with_capacity(lines.len());
        let mut findings = Vec::new();
        for (index, line) in lines.into_iter().enumerate() {
            let (root, record) = self.parted(line);
            records.push(record);
            match &outside {
                None => outside = Some(root),
                Some(first) => findings.extend(self.unlike(first, &root).map(|finding| (index, finding))),
            }
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        Ok(self.put(outside.unwrap_or_default(), Value::Array(records), &table.path))
    }

    /// The list of a document whose records stand in lines. None where they are more than that: then they are read whole,
    /// by [`document`](Self::document).
    ///
    /// What a document says outside of its list is asked of every line when [they are given](LongList::records).
    pub fn list_of(&self, lines: LongLines) -> Option<LongList> {
        let table = self.table?;
        let outside = |name: &str| !self.at_root() && (name.starts_with('/') || self.is_outside(name));
        let first = lines.short.values.into_iter().next()?;
        let front = match first {
            Value::Object(first) => first.into_iter().filter(|(name, _)| outside(name)).collect(),
            _ => return None,
        };
        let last = lines.last.into_iter().map(|line| self.parted(line).1).collect();
        let plain = self.at_root() || self.have_plain_names();
        plain.then(|| LongList::of_lines(table.path.clone(), last, lines.count, front))
    }

    /// Where a JSON pointer in a document leads to: the joined record, and the pointer in it.
    pub fn place_of(&self, pointer: &str) -> Option<(usize, String)> {
        if !self.has_list() {
            return Some((0, pointer.to_owned()));
        }
        if let Some(inside) = pointer.strip_prefix(&self.pointer()).and_then(|rest| rest.strip_prefix('/')) {
            let (index, rest) = cut(inside);
            return Some((index.parse().ok()?, rest.to_owned()));
        }
        // Outside of the table: the first record says it too.
        let (name, rest) = cut(pointer.strip_prefix('/')?);
        Some((0, format!("{}{rest}", join("", &self.name_of(&unescape(name))))))
    }

    /// The name in a joined record of a property outside of the table.
    fn name_of(&self, name: &str) -> String {
        if self.is_outside(name) { name.to_owned() } else { join("", name) }
    }

    /// Whether a name alone says that a property is one of the whole document.
    fn is_outside(&self, name: &str) -> bool {
        let root = self.form.schema.node(Schema::ROOT);
        let table = self.table.filter(|table| matches!(table.path.as_slice(), [only] if only == name));
        root.property(name).is_some() && table.is_none() && self.record().is_none_or(|one| one.property(name).is_none())
    }

    fn record(&self) -> Option<&'f Node> {
        let items = self.form.schema.node(self.table?.node).items?;
        Some(self.form.schema.node(items))
    }

    fn pointer(&self) -> String {
        self.table.map(Table::pointer).unwrap_or_default()
    }

    /// What a joined record says of the whole document, and the record.
    fn parted(&self, line: Value) -> (Map<String, Value>, Value) {
        let Value::Object(line) = line else { return (Map::new(), line) };
        let (at_root, mut root, mut record) = (self.at_root(), Map::new(), Map::new());
        for (name, value) in line {
            match name.strip_prefix('/') {
                Some(outside) if !at_root => root.insert(unescape(outside), value),
                None if !at_root && self.is_outside(&name) => root.insert(name, value),
                _ => record.insert(name, value),
            };
        }
        (root, Value::Object(record))
    }

    /// What is not the same as in the first record.
    fn unlike(&self, first: &Map<String, Value>, root: &Map<String, Value>) -> Option<Finding> {
        let names = first.keys().chain(root.keys());
        let name = names.into_iter().find(|name| first.get(*name) != root.get(*name))?;
        let shown = self.name_of(name);
        let message = Text::new(
            format!("{shown:?} belongs to the whole document, and is not the same as in the first line"),
            format!("“{shown}”属于整个文档，却与第一行不一致"),
        );
        let hint = Text::new(
            "give it the same value in every line, or make a file of each document",
            "请在每一行写成同一个值，或将不同的文档分成不同的文件",
        );
        Some(Finding::new(Code::CannotHold, message.open()).hint(hint).pointer(join("", &shown)))
    }

    /// A document with its records at a path, its properties in the order of the form.
    fn put(&self, mut outside: Map<String, Value>, records: Value, path: &[String]) -> Value {
        let Some((name, rest)) = path.split_first() else { return records };
        let inner = match outside.remove(name) {
            Some(Value::Object(inner)) if !rest.is_empty() => inner,
            _ => Map::new(),
        };
        let value = if rest.is_empty() { records } else { self.put(inner, records, rest) };
        outside.insert(name.clone(), value);
        let root = self.form.schema.node(Schema::ROOT);
        let mut ordered = Map::with_capacity(outside.len());
        for (name, _) in &root.properties {
            if let Some(value) = outside.shift_remove(name) {
                ordered.insert(name.clone(), value);
            }
        }
        ordered.extend(outside);
        Value::Object(ordered)
    }
}

/// The property that names a document's form.
const SCHEMA: &str = "$schema";

/// A copy of a document without its table, and without the objects that held nothing else.
fn without(document: &Value, path: &[String]) -> Value {
    let (Value::Object(map), Some((name, rest))) = (document, path.split_first()) else { return document.clone() };
    let mut copy = Map::new();
    for (key, value) in map.iter().filter(|(key, _)| *key != SCHEMA) {
        if key != name {
            copy.insert(key.clone(), value.clone());
        } else if !rest.is_empty() {
            let inner = without(value, rest);
            if inner.as_object().is_none_or(|map| !map.is_empty()) {
                copy.insert(key.clone(), inner);
            }
        }
    }
    Value::Object(copy)
}

/// The first part of a JSON pointer without its slash, and the rest with one.
fn cut(pointer: &str) -> (&str, &str) {
    pointer.find('/').map_or((pointer, ""), |at| pointer.split_at(at))
}

fn no_records(message: Text) -> Finding {
    Finding::new(Code::CannotHold, message.open())
        .hint(Text::new("JSON holds the whole document: --to json", "JSON 可以容纳整个文档：--to json"))
}

fn not_here(pointer: String) -> Finding {
    let message = Text::new("records were expected here", "此处应为记录");
    Finding::new(Code::CannotHold, message).pointer(pointer)
}
