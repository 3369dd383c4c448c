//! Adds `x-sheet` to a schema, every key of the vocabulary where it is of use; what a form may not say is taken out again.

use serde_json::{Map, Value, json};
use sheetform::finding::{Finding, Severity};
use sheetform::form::Form;

use crate::random::Random;

const TEXTS: &[&str] = &["注：本表一式两份", "填表说明", "备注", "一、", "合计", "note", "本表由单位填写：", "x"];

/// A form of the schema, without the keys of its `x-sheet` that do not fit; else why there is none.
pub(crate) fn compile(mut schema: Value) -> Result<(Form, Value), Vec<Finding>> {
    for _ in 0..24 {
        let (form, findings) = Form::compile(schema.clone());
        if let Some(form) = form {
            return Ok((form, schema));
        }
        let errors = || findings.iter().filter(|finding| finding.severity == Severity::Error);
        let mended =
            errors().filter(|finding| mend(&mut schema, finding.pointer.as_deref().unwrap_or_default())).count();
        if mended == 0 {
            return Err(errors().cloned().collect());
        }
    }
    Err(Vec::new())
}

/// Takes out the key of an `x-sheet` that a pointer names, or `labels` where it names their node.
fn mend(schema: &mut Value, pointer: &str) -> bool {
    let (node, key) = match pointer.rfind("/x-sheet/") {
        Some(at) => {
            let key = pointer[at + "/x-sheet/".len()..].split('/').next().unwrap_or_default();
            (&pointer[..at], key)
        }
        None => (pointer, "labels"),
    };
    if key == "head" {
        // In records of several rows a column has one heading: its own where that is the only one, else its group's.
        return bare(schema, node);
    }
    let sheet = schema.pointer_mut(node).and_then(|node| node.get_mut("x-sheet")).and_then(Value::as_object_mut);
    sheet.is_some_and(|sheet| sheet.shift_remove(key).is_some())
}

/// Takes the headings of a node out; where it has none any more, the rows that its table's columns say.
fn bare(schema: &mut Value, node: &str) -> bool {
    let Some(map) = schema.pointer_mut(node).and_then(Value::as_object_mut) else { return false };
    let sheet = map.entry("x-sheet").or_insert_with(|| json!({}));
    if sheet["head"] != json!([]) {
        sheet["head"] = json!([]);
        return true;
    }
    let Some((table, _)) = node.split_once("/items/") else { return false };
    schema.pointer_mut(table).is_some_and(one_row)
}

/// Takes every `row` out of a node and what is in it; whether there was one.
fn one_row(node: &mut Value) -> bool {
    match node {
        Value::Object(map) => {
            let sheet = map.get_mut("x-sheet").and_then(Value::as_object_mut);
            let found = sheet.is_some_and(|sheet| sheet.shift_remove("row").is_some());
            map.values_mut().fold(found, |found, inner| one_row(inner) || found)
        }
        Value::Array(list) => list.iter_mut().filter_map(|inner| one_row(inner).then_some(())).count() > 0,
        _ => false,
    }
}

/// Where a node stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    Root,
    /// Below the root, outside of tables.
    Labels,
    /// An item of a table, or in one.
    Table,
}

/// Adds a look.
pub(crate) fn decorate(schema: &mut Value, random: &mut Random) {
    let often = *random.pick(&[10, 30, 60]);
    let before = schema.clone();
    let mut look = Look { random, often, root: &before, left: Vec::new() };
    look.node(schema, Where::Root);
    if let Some(Value::Object(defs)) = schema.get_mut("$defs") {
        for node in defs.values_mut() {
            look.node(node, Where::Labels);
        }
    }
    look.title(schema);
}

struct Look<'a> {
    random: &'a mut Random,
    /// How often in a hundred a key is said.
    often: usize,
    root: &'a Value,
    /// Names of the columns on the left in the same record.
    left: Vec<Value>,
}

impl Look<'_> {
    fn node(&mut self, node: &mut Value, place: Where) {
        let Some(map) = node.as_object_mut() else { return };
        let is = |name: &str| match map.get("type") {
            Some(Value::String(one)) => one == name,
            Some(Value::Array(all)) => all.iter().any(|one| one == name),
            _ => false,
        };
        let table = is("array") && map.get("items").is_some_and(|items| items.get("properties").is_some());
        let mut sheet = Map::new();
        if place == Where::Root {
            self.of_root(&mut sheet);
        }
        if table {
            let columns = map["items"]["properties"].as_object().cloned().unwrap_or_default();
            self.of_table(&mut sheet, &columns, place);
        } else if is("object") {
            self.say(&mut sheet, 6, "caption", &[json!("above"), json!("side"), json!("none")]);
        } else {
            self.of_value(&mut sheet, map, place);
        }
        if place == Where::Table {
            self.of_column(&mut sheet, is("integer"));
        }
        self.say(&mut sheet, 8, "aliases", &[json!(["责任"]), json!(["别名"]), json!(["number", "No."])]);
        if !sheet.is_empty() {
            map.insert("x-sheet".to_owned(), sheet.into());
        }
        let inner = if table || place == Where::Table { Where::Table } else { Where::Labels };
        if let Some(Value::Object(properties)) = map.get_mut("properties") {
            for (number, name) in properties.keys().cloned().collect::<Vec<_>>().into_iter().enumerate() {
                self.left = properties.keys().take(number).map(|name| name.as_str().into()).collect();
                self.node(&mut properties[&name], inner);
            }
        }
        if let Some(items @ Value::Object(_)) = map.get_mut("items") {
            let inner = if table { Where::Table } else { place };
            if table {
                self.node(items, inner);
            }
        }
    }

    fn say(&mut self, sheet: &mut Map<String, Value>, part: usize, key: &str, values: &[Value]) {
        if self.random.chance(self.often) && self.random.once_in(part) {
            sheet.insert(key.to_owned(), self.random.pick(values).clone());
        }
    }

    fn of_root(&mut self, sheet: &mut Map<String, Value>) {
        self.say(sheet, 2, "version", &[json!(1), json!(7)]);
        self.say(sheet, 2, "name", &[json!("台账"), json!("Sheet1"), json!("  a"), json!("'x'"), json!("年 表")]);
        self.say(sheet, 3, "page", &[json!({ "orientation": "landscape" }), json!({ "paper": "A3" })]);
    }

    fn of_table(&mut self, sheet: &mut Map<String, Value>, columns: &Map<String, Value>, place: Where) {
        if place == Where::Table {
            let left = std::mem::take(&mut self.left);
            if !left.is_empty() {
                self.say(sheet, 2, "anchor", &left);
            }
            self.say(sheet, 5, "as", &[json!("cell"), json!("table")]);
            return;
        }
        let numbers: Vec<&String> = columns
            .iter()
            .filter(|(_, node)| node["type"] == "integer" || node["type"] == "number")
            .map(|(name, _)| name)
            .collect();
        self.say(sheet, 3, "caption", &[json!("above"), json!("side"), json!("none")]);
        self.say(sheet, 3, "blank_rows", &[json!(0), json!(1), json!(5)]);
        self.say(sheet, 10, "as", &[json!("table"), json!("cell"), json!("blocks"), json!("sheets")]);
        self.bands(sheet);
        if let Some(first) = numbers.first() {
            self.say(sheet, 3, "totals", &[json!(true), json!([first])]);
            let sum = json!([{ "label": "平均", "cells": { *first: "sum" } }]);
            let count = json!([{ "label": "本页小计", "cells": { *first: "count(self)" } }]);
            self.say(sheet, 4, "rows", &[sum, count]);
        }
        if columns.len() > 1 && self.random.once_in(6) {
            let names: Vec<&String> = columns.keys().take(2).collect();
            self.say(sheet, 1, "key", &[json!(names)]);
        }
        self.across(sheet);
    }

    fn across(&mut self, sheet: &mut Map<String, Value>) {
        if sheet.contains_key("key") {
            self.say(sheet, 2, "across", &[json!(true), json!(false)]);
        }
    }

    fn bands(&mut self, sheet: &mut Map<String, Value>) {
        let note = *self.random.pick(TEXTS);
        self.say(sheet, 6, "text", &[json!({ "before": note }), json!({ "after": [note, "第二行"] })]);
        self.say(sheet, 8, "beside", &[json!(true)]);
    }

    fn of_value(&mut self, sheet: &mut Map<String, Value>, map: &Map<String, Value>, place: Where) {
        if place != Where::Table {
            self.bands(sheet);
            self.say(sheet, 8, "pairs", &[json!(1), json!(3), json!(16)]);
            self.say(sheet, 12, "heads", &[json!(["项目", "内容"])]);
            self.say(sheet, 4, "label", &[json!("标签"), json!("单位："), json!("label (x)"), json!("名称")]);
        }
        self.say(sheet, 5, "none", &[json!("无"), json!(["/", "无"]), json!(["—"]), json!(" ")]);
        self.say(sheet, 6, "note", &[json!("请如实填写"), json!("a\nb")]);
        self.say(sheet, 6, "width", &[json!(4), json!(12.5), json!(60)]);
        match map.get("type").and_then(Value::as_str) {
            Some("integer" | "number") => {
                self.say(sheet, 3, "unit", &[json!("元"), json!("%"), json!("年"), json!("\"x"), json!("m²")]);
                self.say(sheet, 5, "format", &[json!("0.00"), json!("#,##0"), json!("0%"), json!("0")]);
                self.say(sheet, 8, "accepts", &[json!("percent")]);
                self.say(sheet, 12, "formula", &[json!("1+1")]);
            }
            Some("string") if map.get("format").is_some_and(|format| format == "date") => {
                self.say(
                    sheet,
                    3,
                    "format",
                    &[json!("yyyy年m月d日"), json!("yyyy/m/d"), json!("yyyy-mm"), json!("m月d日")],
                );
                self.say(sheet, 6, "accepts", &[json!("month-end-text"), json!("month")]);
                let years = self.root.get("properties").and_then(Value::as_object).into_iter().flatten();
                let years = years.filter(|(_, node)| node["type"] == "integer" || node["format"] == "date");
                let years: Vec<Value> = years.map(|(name, _)| name.as_str().into()).collect();
                if !years.is_empty() {
                    self.say(sheet, 2, "year_from", &years);
                }
            }
            Some("string") if map.get("pattern").is_some_and(|pattern| pattern.as_str().is_some_and(is_month)) => {
                self.say(sheet, 1, "accepts", &[json!("month")]);
            }
            Some("array") => {
                self.say(
                    sheet,
                    3,
                    "separator",
                    &[json!("，"), json!("; "), json!("\n"), json!(" "), json!("/"), json!("-")],
                );
                self.say(sheet, 10, "as", &[json!("cell")]);
            }
            Some("boolean") => {
                self.say(sheet, 2, "labels", &[json!({ "true": "有", "false": "没有" }), json!({ "true": "√" })]);
            }
            _ => {}
        }
        if let Some(Value::Array(list)) = map.get("enum") {
            self.say(sheet, 4, "as", &[json!("checks")]);
            if let Some(first) = list.first() {
                let text = first.as_str().map_or_else(|| first.to_string(), str::to_owned);
                self.say(sheet, 3, "labels", &[json!({ text.clone(): "首项" }), json!({ text: "乙" })]);
            }
        }
    }

    fn of_column(&mut self, sheet: &mut Map<String, Value>, integer: bool) {
        self.say(sheet, 5, "head", &[json!([]), json!(["责任"]), json!(["上层", "下层"]), json!(["上层", "另一"])]);
        self.say(sheet, 5, "merge", &[json!(true)]);
        if !self.left.is_empty() {
            self.say(sheet, 5, "row", &[json!(2), json!(2), json!(2), json!(3), json!(4)]);
        }
        self.say(sheet, 8, "key", &[json!(true)]);
        self.across(sheet);
        if integer {
            self.say(sheet, 2, "serial", &[json!(true), json!(false)]);
        }
    }

    /// A title pattern with some of the root's scalars, which live there or are only shown.
    fn title(&mut self, schema: &mut Value) {
        if !self.random.chance(self.often) || !self.random.once_in(3) {
            return;
        }
        let plain = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let scalar = |node: &Value| matches!(node["type"].as_str(), Some("string" | "integer" | "number"));
        let Some(properties) = self.root.get("properties").and_then(Value::as_object) else { return };
        let mut names: Vec<&String> =
            properties.iter().filter(|(name, node)| plain(name) && scalar(node)).map(|(name, _)| name).collect();
        self.random.shuffle(&mut names);
        if let (Some(name), true) = (names.pop(), self.random.once_in(4)) {
            put(schema, name, "place", json!("name"));
        }
        let mut title = String::new();
        for name in names.iter().take(1 + self.random.below(2)) {
            title.push_str(self.random.pick::<&str>(&["", "关于", "第", "《"]));
            let dated = properties[*name].get("format").is_some_and(|format| format == "date");
            let hole = if dated && self.random.chance(60) {
                format!("{{{name}:yyyy年M月d日}}")
            } else {
                format!("{{{name}}}")
            };
            title.push_str(&hole);
            title.push_str(self.random.pick::<&str>(&["年工作方案", "台账", "-", " ", "》"]));
            if self.random.chance(60) {
                put(schema, name, "place", json!("title"));
            }
        }
        let Some(map) = schema.as_object_mut() else { return };
        let sheet = map.entry("x-sheet").or_insert_with(|| json!({}));
        if !title.is_empty() {
            sheet["title"] = title.into();
        }
        let date = properties.iter().find(|(name, node)| plain(name) && node["format"] == "date");
        if let Some((name, _)) = date {
            sheet["today"] = name.as_str().into();
            sheet["dated"] = name.as_str().into();
        }
        let text = properties.iter().find(|(name, node)| plain(name) && scalar(node) && node.get("format").is_none());
        if let Some((name, _)) = text {
            sheet["sender"] = name.as_str().into();
        }
    }
}

fn put(schema: &mut Value, name: &str, key: &str, value: Value) {
    let Some(map) = schema["properties"][name].as_object_mut() else { return };
    map.entry("x-sheet").or_insert_with(|| json!({}))[key] = value;
}

fn is_month(pattern: &str) -> bool {
    pattern.starts_with("^[0-9]{4}-(0")
}
