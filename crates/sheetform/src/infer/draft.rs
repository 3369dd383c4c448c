//! A form drafted from what was found on a sheet: a JSON Schema whose every guess has its confidence and reason.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::columns::Column;
use super::groups::{self, Level};
use super::labels::unique;
use super::rows::Role;
use super::sheet::{Kind, Sheet, is_padded};
use super::tables::{Found, Table};
use super::text::heading;
use super::types::{Guess, Type, guess, is_date_of};
use crate::finding::Text;
use crate::grid::Content;
use crate::layout::TOTAL_WORDS;
use crate::text::fold;

/// Texts below a table, each alone in its row, that are taken up.
const MOST_BELOW: usize = 12;

/// What a draft says; each can be given up where the sheet is not read with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Groups,
    Serial,
    Totals,
    SumRows,
    Lists,
    Enums,
    Required,
    Types,
    Notes,
    Foot,
    Block,
    Title,
    OtherTables,
}

impl Part {
    /// In the order in which they are given up.
    pub(crate) const ALL: [Self; 13] = [
        Self::Groups,
        Self::Totals,
        Self::Serial,
        Self::Lists,
        Self::Enums,
        Self::Required,
        Self::Types,
        Self::OtherTables,
        Self::Foot,
        Self::Block,
        Self::Notes,
        Self::Title,
        Self::SumRows,
    ];

    /// What it is called.
    fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::Groups => ("groups", "分组"),
            Self::Serial => ("serial numbers", "序号"),
            Self::Totals => ("totals", "合计"),
            Self::SumRows => ("other rows of sums", "其他合计行"),
            Self::Lists => ("lists in a cell", "一格多值"),
            Self::Enums => ("enums", "可选值"),
            Self::Required => ("required columns", "必填"),
            Self::Types => ("types", "类型"),
            Self::Notes => ("notes and sections", "备注和分节"),
            Self::Foot => ("labels below", "表下方的栏目"),
            Self::Block => ("labels above", "表上方的栏目"),
            Self::Title => ("the title", "标题"),
            Self::OtherTables => ("other tables", "其他表"),
        }
    }
}

/// What is left out of a draft.
#[derive(Clone, Debug, Default)]
pub(crate) struct Without {
    /// Parts of the whole.
    pub(crate) parts: BTreeSet<Part>,
    /// Labels, by their property.
    pub(crate) labels: BTreeSet<String>,
    /// Columns, by the property of their table and their own: 1 is without a choice, 2 without a type, 3 a text; 4 leaves
    /// out one without a heading.
    pub(crate) columns: BTreeMap<(String, String), u8>,
}

impl Without {
    /// How much it leaves out.
    pub(crate) fn size(&self) -> usize {
        self.parts.len() + self.labels.len() + self.columns.len()
    }

    /// What was left out, as it is told.
    pub(crate) fn names(&self) -> Vec<Text> {
        let part = |part: &Part| {
            let (en, zh) = part.name();
            Text::new(en, zh)
        };
        let parts = self.parts.iter().map(part);
        let labels =
            self.labels.iter().map(|label| Text::new(format!("the label {label}"), format!("“{label}”这一项")));
        let columns = self.columns.iter().map(|((_, column), level)| match level {
            1 => Text::new(format!("what is required of {column}"), format!("“{column}”的要求")),
            4 if column.starts_with("column") => {
                Text::new(format!("the {column} without a heading"), format!("没有表头的列 {column}"))
            }
            _ => Text::new(format!("the type of {column}"), format!("“{column}”的类型")),
        });
        parts.chain(labels).chain(columns).collect()
    }
}

/// A draft, and where its main table stands in it.
pub(crate) struct Draft {
    pub(crate) schema: Map<String, Value>,
    /// The property that holds the records of the main table; none where the sheet has no table.
    pub(crate) records: Option<String>,
    /// The property of each column, in their order.
    pub(crate) columns: Vec<String>,
    /// The properties that hold the records within groups, outermost first.
    pub(crate) inner: Vec<String>,
}

struct Drafting<'a> {
    sheet: &'a Sheet,
    without: &'a Without,
    properties: Map<String, Value>,
    required: Vec<String>,
}

/// Drafts a form without some parts.
pub(crate) fn draft(sheet: &Sheet, found: &Found, main: Option<usize>, without: &Without) -> Draft {
    let mut drafting = Drafting { sheet, without, properties: Map::new(), required: Vec::new() };
    let mut records = None;
    let mut columns = Vec::new();
    let mut inner = Vec::new();
    let title = title(found).filter(|_| drafting.keeps(Part::Title));
    if let Some(main) = main {
        let wanted = |i: usize| i == main || drafting.keeps(Part::OtherTables);
        let tables: Vec<usize> = (0..found.tables.len()).filter(|i| wanted(*i)).collect();
        for i in &tables {
            let table = &found.tables[*i];
            let block =
                if *i == main && *i > 0 && !tables.contains(&0) { &found.tables[0].block } else { &table.block };
            drafting.labels(block, Part::Block, &table.columns);
            let beside = *i > 0 && tables.contains(&(i - 1)) && found.tables[i - 1].head.top == table.head.top;
            let drafted = drafting.table(table, title.as_deref(), tables.len() > 1, beside);
            if *i == main {
                records = Some(drafted.name);
                columns = drafted.columns;
                inner = drafted.inner;
            }
            drafting.labels(&table.foot, Part::Foot, &table.columns);
        }
    } else {
        drafting.labels(&found.labels, Part::Block, &[]);
    }
    let Drafting { properties, required, .. } = drafting;
    let mut root = Map::new();
    root.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    if let Some(title) = &title {
        root.insert("title".to_owned(), json!(title));
    }
    root.insert("type".to_owned(), json!("object"));
    let mut of_sheet = json!({ "name": sheet.name });
    if let (Some(title), Some(of_sheet)) = (title.filter(|title| !title.contains(['{', '}'])), of_sheet.as_object_mut())
    {
        of_sheet.insert("title".to_owned(), json!(title));
    }
    root.insert("x-sheet".to_owned(), of_sheet);
    if !required.is_empty() {
        root.insert("required".to_owned(), json!(required));
    }
    root.insert("properties".to_owned(), Value::Object(properties));
    Draft { schema: root, records, columns, inner }
}

/// The text over everything: the first that stands alone, unless it is long.
fn title(found: &Found) -> Option<String> {
    let texts = found.tables.first().map_or(&found.texts, |table| &table.above);
    let first = texts.first().map(|text| heading(text))?;
    (first.chars().count() <= 60).then_some(first)
}

/// The properties of a table.
struct Drafted {
    name: String,
    columns: Vec<String>,
    inner: Vec<String>,
}

impl Drafting<'_> {
    fn keeps(&self, part: Part) -> bool {
        !self.without.parts.contains(&part)
    }

    /// A name that no property has yet.
    fn free(taken: &Map<String, Value>, wanted: &str) -> String {
        let wanted = if wanted.is_empty() { "column" } else { wanted };
        let mut name = wanted.to_owned();
        let mut number = 2;
        while taken.contains_key(&name) {
            name = format!("{wanted} {number}");
            number += 1;
        }
        name
    }

    fn labels(&mut self, labels: &[super::labels::Label], part: Part, columns: &[Column]) {
        if !self.keeps(part) {
            return;
        }
        let place = if part == Part::Foot { "below the table" } else { "above the table" };
        for (text, value) in unique(labels.to_vec()) {
            // A second label of one name could not be told from the first.
            if text.ends_with(')') && labels.iter().all(|label| label.text != text) {
                continue;
            }
            let mut node = Map::new();
            let (kind, confidence, reason) = match &value {
                Value::Number(number) if number.is_f64() => (json!({ "type": "number" }), 0.7, "its value is a number"),
                Value::Number(_) => (json!({ "type": "integer" }), 0.7, "its value is a whole number"),
                Value::String(value) if is_date_of(&text, value) => {
                    (json!({ "type": "string", "format": "date" }), 0.8, "its value is a date")
                }
                Value::Null => (json!({ "type": "string" }), 0.4, "nothing is filled in"),
                _ => (json!({ "type": "string" }), 0.6, "its value is a text"),
            };
            let kind = if self.keeps(Part::Types) { kind } else { json!({}) };
            node.insert("title".to_owned(), json!(text));
            if let Value::Object(kind) = kind {
                node.extend(kind);
            }
            let as_column = columns.iter().any(|column| fold(&column.name()) == fold(&text));
            let also = if as_column { "; a column has the same name" } else { "" };
            node.insert(
                "$comment".to_owned(),
                json!(format!("confidence {confidence}: a label {place}, {reason}{also}")),
            );
            let name = Self::free(&self.properties, &text);
            if !self.without.labels.contains(&name) {
                self.properties.insert(name, Value::Object(node));
            }
        }
    }

    fn table(&mut self, table: &Table, title: Option<&str>, several: bool, beside: bool) -> Drafted {
        let caption = table.above.iter().rev().map(|text| heading(text)).find(|text| Some(text.as_str()) != title);
        let caption = caption.filter(|caption| several && caption.chars().count() <= 40);
        let wanted = caption.clone().unwrap_or_else(|| "records".to_owned());
        let name = Self::free(&self.properties, &wanted);
        let rows: Vec<u32> = table.records().collect();
        let levels = if self.keeps(Part::Groups) { groups::of(self.sheet, table) } else { Vec::new() };
        let mut nodes: Vec<(String, Value, bool)> = Vec::new();
        let mut taken = Map::new();
        let mut guesses = Vec::new();
        let mut names: Vec<String> = Vec::new();
        for (i, column) in table.columns.iter().enumerate() {
            // A cell of a group counts once.
            let starts = levels.iter().find(|level| i < level.columns).map(|level| &level.starts);
            let own: Vec<u32> = starts.map_or_else(|| rows.clone(), |starts| starts.iter().map(|i| rows[*i]).collect());
            let values: Vec<(Value, Kind)> = own.iter().map(|row| self.value(column, *row)).collect();
            let guess = guess(&column.name(), column.serial, &values);
            let own = Self::free(&taken, &column_property(&column.path));
            let relaxed = self.without.columns.get(&(name.clone(), own.clone())).copied().unwrap_or_default();
            let required = guess.required && self.keeps(Part::Required) && relaxed == 0;
            taken.insert(own.clone(), Value::Null);
            // A column without a heading may not be found by a form.
            let is_left_out = relaxed > 3 && column.path.is_empty() && levels.is_empty();
            names.push(if is_left_out { String::new() } else { own.clone() });
            if !is_left_out {
                nodes.push((own, self.column(column, &guess, relaxed), required));
            }
            guesses.push(guess);
        }
        let (items, inner) = nested(nodes, &levels);
        let mut of_sheet = Map::new();
        if inner.is_empty() {
            self.totals(table, &names, &guesses, &mut of_sheet);
        }
        self.notes(table, title, &mut of_sheet);
        if several && caption.is_none() {
            of_sheet.insert("caption".to_owned(), json!("none"));
        }
        if beside {
            of_sheet.insert("beside".to_owned(), json!(true));
        }
        let confidence = (table.head.score / 8.0).clamp(0.3, 0.95);
        let head = format!("rows {} to {}", table.head.top + 1, table.head.bottom + 1);
        let mut node = json!({
            "title": caption.unwrap_or_else(|| name.clone()),
            "$comment": format!(
                "confidence {confidence:.2}: the head stands in {head}, {} columns fit the {} records below",
                table.columns.len(),
                rows.len()
            ),
            "type": "array",
        });
        if let Some(node) = node.as_object_mut() {
            if !of_sheet.is_empty() {
                node.insert("x-sheet".to_owned(), Value::Object(of_sheet));
            }
            node.insert("items".to_owned(), items);
        }
        self.properties.insert(name.clone(), node);
        Drafted { name, columns: names, inner }
    }

    fn value(&self, column: &Column, row: u32) -> (Value, Kind) {
        let slot = (column.first..=column.last).find_map(|col| self.sheet.slot(row, col));
        // An error value is none.
        let slot = slot.filter(|slot| !matches!(slot.cell.content, Content::Error(_)));
        slot.map_or((Value::Null, Kind::Text), |slot| {
            let kind = if is_padded(slot.cell) { Kind::Padded } else { slot.kind() };
            (self.sheet.json(slot.cell), kind)
        })
    }

    fn column(&self, column: &Column, guess: &Guess, relaxed: u8) -> Value {
        let mut node = Map::new();
        let mut of_sheet = Map::new();
        node.insert("title".to_owned(), json!(column.path.last().cloned().unwrap_or_default()));
        let r#type = match &guess.r#type {
            _ if relaxed > 2 => &Type::Text,
            Type::Serial if relaxed > 0 || !self.keeps(Part::Serial) => &Type::Integer,
            Type::Enum(_) | Type::Checks(_) if relaxed > 0 || !self.keeps(Part::Enums) => &Type::Text,
            Type::United(..) if relaxed > 0 => &Type::Number,
            Type::List(_) if relaxed > 0 || !self.keeps(Part::Lists) => &Type::Text,
            other => other,
        };
        let plain = relaxed == 2 || !self.keeps(Part::Types) && !matches!(r#type, Type::Date | Type::Text);
        let mut put = |key: &str, value: Value| node.insert(key.to_owned(), value);
        match if plain { &Type::Any } else { r#type } {
            Type::Serial => {
                put("type", json!("integer"));
                of_sheet.insert("serial".to_owned(), json!(true));
            }
            Type::Integer => {
                put("type", json!("integer"));
                if column.serial {
                    of_sheet.insert("serial".to_owned(), json!(false));
                }
            }
            Type::Number => {
                put("type", json!("number"));
            }
            Type::Date => {
                put("type", json!("string"));
                put("format", json!("date"));
            }
            Type::Month => {
                put("type", json!("string"));
                of_sheet.insert("accepts".to_owned(), json!("month"));
            }
            Type::Boolean => {
                put("type", json!("boolean"));
            }
            Type::Enum(choices) => {
                put("enum", json!(choices));
            }
            Type::Checks(choices) => {
                put("enum", json!(choices));
                of_sheet.insert("as".to_owned(), json!("checks"));
            }
            Type::United(unit, whole) => {
                put("type", json!(if *whole { "integer" } else { "number" }));
                of_sheet.insert("unit".to_owned(), json!(unit));
            }
            Type::List(separator) => {
                put("type", json!("array"));
                put("items", json!({ "type": "string" }));
                of_sheet.insert("separator".to_owned(), json!(separator));
            }
            Type::Text => {
                put("type", json!("string"));
            }
            Type::Any => {}
        }
        if column.path.len() > 1 || column.path.is_empty() {
            let head = if column.path.is_empty() { Vec::new() } else { column.path.clone() };
            of_sheet.insert("head".to_owned(), json!(head));
        }
        if !guess.none.is_empty() {
            of_sheet.insert("none".to_owned(), json!(guess.none));
            // What says that there is nothing is not the same as an empty cell.
            if let Some(kind) = node.get_mut("type") {
                *kind = json!([kind.take(), "null"]);
            } else if let Some(choices) = node.get_mut("enum").and_then(Value::as_array_mut) {
                choices.push(Value::Null);
            }
        }
        if !of_sheet.is_empty() {
            node.insert("x-sheet".to_owned(), Value::Object(of_sheet));
        }
        let hint = guess.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
        node.insert("$comment".to_owned(), json!(format!("confidence {}: {}{hint}", guess.confidence, guess.reason)));
        Value::Object(node)
    }

    /// Rows with sums: the plain total where it is called so, others by their label with what stands in them.
    fn totals(&self, table: &Table, names: &[String], guesses: &[Guess], of_sheet: &mut Map<String, Value>) {
        let mut rows: Vec<Value> = Vec::new();
        let mut seen: Vec<String> = Vec::new();
        let mut plain = 0;
        let mut summed: Vec<String> = Vec::new();
        for (row, role) in &table.rows {
            let section = *role == Role::Section;
            if !section && !role.is_sum() {
                continue;
            }
            let texts = self.texts(table, *row);
            let is_sum = |text: &str| super::words::sum(text).or_else(|| super::words::figure(text)).is_some();
            let label = texts.iter().find(|text| section || is_sum(text));
            let Some(label) = label else { continue };
            let folded = fold(label);
            if TOTAL_WORDS.contains(&folded.as_str()) {
                plain += usize::from(*role == Role::Total);
                summed = self.computed(table, *row, names, guesses).keys().cloned().collect();
            } else if !seen.contains(&folded) {
                seen.push(folded);
                let cells = self.computed(table, *row, names, guesses);
                if !cells.is_empty() {
                    rows.push(json!({ "label": heading(label), "cells": cells }));
                }
            }
        }
        if self.keeps(Part::Totals) && plain == 1 && !table.rows.iter().any(|(_, role)| *role == Role::Subtotal) {
            // A number before the label is not added up.
            let first = guesses.first().is_some_and(|guess| matches!(guess.r#type, Type::Integer | Type::Number));
            let totals = if first && !summed.is_empty() { json!(summed) } else { json!(true) };
            of_sheet.insert("totals".to_owned(), totals);
        }
        if self.keeps(Part::SumRows) && !rows.is_empty() {
            of_sheet.insert("rows".to_owned(), json!(rows));
        }
    }

    /// The cells of a row of sums: a sum, a share of a sum, else the number that stands there.
    fn computed(&self, table: &Table, row: u32, names: &[String], guesses: &[Guess]) -> Map<String, Value> {
        let numeric = |i: &usize| {
            matches!(guesses[*i].r#type, Type::Integer | Type::Number | Type::United(..))
                && !names[*i].contains(['\'', '\\'])
                && !names[*i].is_empty()
        };
        let columns: Vec<usize> = (0..names.len()).filter(numeric).collect();
        let number = |column: &Column, row: u32| {
            let (value, kind) = self.value(column, row);
            value.as_f64().filter(|_| matches!(kind, Kind::Number | Kind::Padded))
        };
        let sums: Vec<f64> =
            columns.iter().map(|i| table.records().filter_map(|row| number(&table.columns[*i], row)).sum()).collect();
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1e-9);
        let found: Vec<(usize, f64)> = columns
            .iter()
            .enumerate()
            .filter_map(|(k, i)| number(&table.columns[*i], row).map(|value| (k, value)))
            .collect();
        let share_of = |base: usize| found.iter().all(|(k, value)| near(*value, sums[*k] / sums[base]));
        let base = (0..sums.len()).rev().find(|base| sums[*base] != 0.0 && found.len() > 1 && share_of(*base));
        let sum_of = |k: usize| format!("sum(self.map(r, r['{}']))", names[columns[k]]);
        let cell = |(k, value): &(usize, f64)| {
            let text = match base {
                _ if near(*value, sums[*k]) => "sum".to_owned(),
                Some(base) => format!("double({}) / double({})", sum_of(*k), sum_of(base)),
                None => format!("{value:?}"),
            };
            (names[columns[*k]].clone(), Value::from(text))
        };
        found.iter().map(cell).collect()
    }

    /// Texts between and below the records that are no records.
    fn notes(&self, table: &Table, title: Option<&str>, of_sheet: &mut Map<String, Value>) {
        if !self.keeps(Part::Notes) {
            return;
        }
        let mut after: Vec<String> = Vec::new();
        for (row, role) in &table.rows {
            let numberless = || {
                let label = self.texts(table, *row);
                let is_plain = label.iter().any(|text| TOTAL_WORDS.contains(&fold(text).as_str()));
                !is_plain && self.numbers(table, *row) == 0
            };
            let sum = role.is_sum() && numberless();
            let section = *role == Role::Section && self.numbers(table, *row) == 0;
            if sum || section || *role == Role::Note {
                let texts = self.texts(table, *row).into_iter().map(str::to_owned);
                after.extend(texts.filter(|text| Some(text.as_str()) != title));
            }
        }
        // Scratch below, where it is texts, is said to be no record.
        let short = |text: &&String| text.chars().count() <= 60;
        if table.below.len() <= MOST_BELOW {
            after.extend(table.below.iter().filter(short).map(|text| text.trim().to_owned()));
        }
        after.dedup();
        if !after.is_empty() {
            of_sheet.insert("text".to_owned(), json!({ "after": after }));
        }
    }

    fn numbers(&self, table: &Table, row: u32) -> usize {
        table.columns.iter().filter(|column| self.value(column, row).1 != Kind::Text).count()
    }

    fn texts(&self, table: &Table, row: u32) -> Vec<&str> {
        let span = (
            table.columns.first().map_or(0, |column| column.first),
            table.columns.iter().map(|column| column.last).max().unwrap_or_default(),
        );
        self.sheet.begun(row, span).iter().filter_map(super::sheet::Slot::text).collect()
    }
}

/// The property of a column: its levels joined by `_`, which also stands for what parts the names in a key.
fn column_property(path: &[String]) -> String {
    let level = |text: &String| {
        let parts: Vec<&str> = text.split(['/', '.']).map(str::trim).filter(|part| !part.is_empty()).collect();
        parts.join("_")
    };
    path.iter().map(level).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("_")
}

/// The items of a table: its columns, those within groups in a list of each group.
fn nested(mut nodes: Vec<(String, Value, bool)>, levels: &[Level]) -> (Value, Vec<String>) {
    let mut inner: Vec<String> = Vec::new();
    let mut within: Option<(String, Value)> = None;
    let mut cuts: Vec<usize> = levels.iter().map(|level| level.columns).collect();
    cuts.insert(0, 0);
    for (depth, from) in cuts.iter().enumerate().rev() {
        let (mut properties, mut required) = (Map::new(), Vec::new());
        for (name, node, is_required) in nodes.split_off(*from) {
            if is_required {
                required.push(name.clone());
            }
            properties.insert(name, node);
        }
        if let Some((name, list)) = within.take() {
            required.push(name.clone());
            properties.insert(name, list);
        }
        let mut items = Map::new();
        items.insert("type".to_owned(), json!("object"));
        if !required.is_empty() {
            items.insert("required".to_owned(), json!(required));
        }
        items.insert("properties".to_owned(), Value::Object(properties));
        let items = Value::Object(items);
        if depth == 0 {
            inner.reverse();
            return (items, inner);
        }
        let anchor = nodes.get(cuts[depth - 1]).map(|(name, ..)| name.clone()).unwrap_or_default();
        let taken: Map<String, Value> = nodes.iter().map(|(name, ..)| (name.clone(), Value::Null)).collect();
        let name = Drafting::free(&taken, if depth == 1 { "lines" } else { "details" });
        let list = json!({
            "title": name,
            "$comment": format!("confidence 0.8: cells of {anchor} stand for several lines"),
            "type": "array",
            "x-sheet": { "anchor": anchor, "head": [] },
            "items": items,
        });
        inner.push(name.clone());
        within = Some((name, list));
    }
    (json!({ "type": "object" }), inner)
}
