//! The form of a merged document: the form of its parts with a column for the source in each table.
//!
//! What holds for one document only is left out of it: who must say what outside the tables, the title made of such
//! values, rules on a table or on the whole, keys within one document.

use serde_json::{Map, Value, json};

use crate::finding::{Code, Finding, Text};
use crate::form::{Form, id_of};
use crate::layout::{BandKind, Layout, Table};
use crate::rules::RuleSet;
use crate::schema::{NodeId, Schema};
use crate::text::fold;

/// What the id of a merged form ends with.
pub const SUFFIX: &str = "+source";

/// Names that the source column may have, and its headings; the first that the form does not use is taken.
const NAMES: [&str; 4] = ["source", "merged_from", "source_file", "sheetform_source"];
const HEADINGS: [[&str; 2]; 3] = [["来源", "Source"], ["报送来源", "Merged from"], ["来源（合并）", "Source (merged)"]];
/// Keywords that say something of one document, and nothing of several together.
const OF_ONE: [&str; 8] =
    ["dependentRequired", "dependentSchemas", "dependencies", "if", "then", "else", "minProperties", "maxProperties"];
const OF_ONE_TABLE: [&str; 5] = ["maxItems", "uniqueItems", "contains", "minContains", "maxContains"];
/// How deep references are followed to where a column is put.
const MAX_DEPTH: usize = 32;

/// A form for documents that are merged.
#[derive(Clone, Debug)]
pub struct MergedForm {
    /// The form: its id ends with [`SUFFIX`].
    pub form: Form,
    /// The property that says where a record comes from.
    pub column: String,
    /// The rules that are asked of merged documents.
    pub(super) across: RuleSet,
    /// The tables of the form that it is made of, with their keys.
    pub(super) keys: Vec<Table>,
}

impl MergedForm {
    /// Makes the form of what is merged from documents of a form.
    ///
    /// Fails with `bad-form` where the form has no table, or no column can be added to one.
    pub fn of(form: &Form) -> Result<Self, Vec<Finding>> {
        let tables: Vec<Table> = form.layout.tables().cloned().collect();
        if tables.is_empty() {
            return Err(vec![bad("a form without a table has nothing to add up", "表单没有表，无从合并")]);
        }
        let column = free_name(form, &tables);
        let heading = free_heading(form);
        let mut made = Made { document: form.document.clone(), column, heading };
        made.root(&tables);
        let Made { document, column, .. } = made;
        let (derived, findings) = Form::compile_with(document, &form.references());
        let Some(mut derived) = derived else { return Err(findings) };
        let has_column = |table: &Table| table.column_at(0, &[&column]).is_some();
        if derived.layout.tables().count() != tables.len() || !derived.layout.tables().all(has_column) {
            return Err(vec![bad(
                "a column for the source could not be added to its tables",
                "无法在表中加入来源一列",
            )]);
        }
        let all = RuleSet::compile(&derived.schema).0;
        let records = records(&derived.schema, &derived.layout);
        let rules = all.clone().only(&derived.schema, |node, across| across || records.contains(&node));
        derived.set_rules(rules);
        let across = all.only(&derived.schema, |_, across| across);
        only_across(&mut derived);
        Ok(Self { form: derived, column, across, keys: tables })
    }

    /// Names of the properties that lead to the list of its records, where it has one table and asks nothing of merged
    /// documents as a whole: then [`Merging`](super::Merging) needs none of them twice.
    pub fn list(&self) -> Option<&[String]> {
        match self.keys.as_slice() {
            [table] if self.across.is_empty() && !table.path.is_empty() => Some(&table.path),
            _ => None,
        }
    }
}

fn bad(en: &'static str, zh: &'static str) -> Finding {
    Finding::new(Code::BadForm, Text::new(en, zh)).pointer("")
}

/// Whether a key holds over merged documents: `true` and `false` where the form says so.
pub(super) fn across(schema: &Schema, table: &Table, key: &[usize]) -> Option<bool> {
    let of_column = match key {
        [column] => table.columns.get(*column).and_then(|column| schema.node(column.field.node).sheet.across),
        _ => None,
    };
    of_column.or(schema.node(table.node).sheet.across)
}

/// Takes out the keys that need not hold across documents.
fn only_across(form: &mut Form) {
    let schema = &form.schema;
    for band in &mut form.layout.bands {
        if let BandKind::Table(table) = &mut band.kind {
            let keys = std::mem::take(&mut table.keys);
            table.keys = keys.into_iter().filter(|key| across(schema, table, key) == Some(true)).collect();
        }
    }
}

/// The nodes of records, and of what is in them.
fn records(schema: &Schema, layout: &Layout) -> Vec<NodeId> {
    let mut inside = vec![false; schema.nodes.len()];
    for table in layout.tables() {
        if let Some(items) = schema.node(table.node).items {
            inside[items] = true;
        }
    }
    // A node's children come after it.
    for id in 0..inside.len() {
        let node = schema.node(id);
        if inside[id] {
            node.properties.iter().map(|(_, child)| *child).chain(node.items).for_each(|child| inside[child] = true);
        }
    }
    inside.iter().enumerate().filter(|(_, inside)| **inside).map(|(id, _)| id).collect()
}

fn free_name(form: &Form, tables: &[Table]) -> String {
    let items = || tables.iter().filter_map(|table| form.schema.node(table.node).items);
    let free = |name: &&str| items().all(|items| form.schema.node(items).property(name).is_none());
    NAMES.into_iter().find(free).unwrap_or("sheetform_source").to_owned()
}

fn free_heading(form: &Form) -> String {
    let mut texts: Vec<&str> = vec![&form.name];
    for band in &form.layout.bands {
        texts.extend(band.caption.as_deref());
        match &band.kind {
            BandKind::Table(table) => {
                texts.extend(table.columns.iter().flat_map(|column| column.heads.iter().map(String::as_str)));
            }
            BandKind::Labels(labels) => texts.extend(labels.fields().map(|field| field.label.as_str())),
        }
    }
    let han = texts.iter().any(|text| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)));
    let used: Vec<String> = texts.iter().map(|text| fold(text)).collect();
    let mut choice = HEADINGS.iter().map(|both| if han { both[0] } else { both[1] });
    choice.clone().find(|heading| !used.contains(&fold(heading))).or(choice.next_back()).unwrap_or_default().to_owned()
}

/// A form being changed, as JSON.
struct Made {
    document: Value,
    column: String,
    heading: String,
}

impl Made {
    fn root(&mut self, tables: &[Table]) {
        if let Some(id) = self.document.get("$id").and_then(Value::as_str).map(merged_id) {
            self.document["$id"] = id.into();
        }
        let paths: Vec<&[String]> = tables.iter().map(|table| table.path.as_slice()).collect();
        let whole = self.document.clone();
        let mut root = self.document.take();
        section(&whole, &mut root, &paths, self, MAX_DEPTH);
        if let Some(sheet) = root.get_mut("x-sheet").and_then(Value::as_object_mut) {
            sheet.shift_remove("title");
        }
        self.document = root;
    }

    /// Puts the column into the records of a table.
    fn table(&self, whole: &Value, table: &mut Value) {
        inline(whole, table, MAX_DEPTH);
        let Some(node) = table.as_object_mut() else { return };
        for keyword in OF_ONE_TABLE {
            node.shift_remove(keyword);
        }
        // Up to draft 2019-09 items may be called otherwise; a table has them under this name.
        if let Some(items) = node.get_mut("items") {
            inline(whole, items, MAX_DEPTH);
            let Some(items) = items.as_object_mut() else { return };
            let column = json!({ "type": "string", "title": self.heading, "x-sheet": { "width": 16 } });
            let properties = items.entry("properties").or_insert_with(|| Value::Object(Map::new()));
            if let Some(properties) = properties.as_object_mut() {
                properties.insert(self.column.clone(), column);
            }
            self.let_in(whole, items, MAX_DEPTH);
        }
    }

    /// Lets the column pass where parts of the schema admit no property that they do not know.
    fn let_in(&self, whole: &Value, items: &mut Map<String, Value>, depth: usize) {
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for part in items.get_mut(keyword).and_then(Value::as_array_mut).into_iter().flatten() {
                inline(whole, part, depth);
                let Some(part) = part.as_object_mut() else { continue };
                if part.get("additionalProperties") == Some(&Value::Bool(false)) {
                    let properties = part.entry("properties").or_insert_with(|| Value::Object(Map::new()));
                    if let Some(properties) = properties.as_object_mut() {
                        properties.insert(self.column.clone(), Value::Bool(true));
                    }
                }
                if depth > 0 {
                    self.let_in(whole, part, depth - 1);
                }
            }
        }
    }
}

/// An object around tables: of what stands beside them nothing is required.
fn section(whole: &Value, node: &mut Value, paths: &[&[String]], made: &Made, depth: usize) {
    if paths.iter().any(|path| path.is_empty()) {
        return made.table(whole, node);
    }
    inline(whole, node, depth);
    let Some(map) = node.as_object_mut() else { return };
    for keyword in OF_ONE {
        map.shift_remove(keyword);
    }
    if let Some(required) = map.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| paths.iter().any(|path| name.as_str() == path.first().map(String::as_str)));
    }
    if let Some(properties) = map.get_mut("properties").and_then(Value::as_object_mut) {
        for (name, property) in properties {
            let below: Vec<&[String]> = paths.iter().filter(|path| path[0] == *name).map(|path| &path[1..]).collect();
            if !below.is_empty() {
                section(whole, property, &below, made, depth);
            } else if let Some(sheet) = property.get_mut("x-sheet").and_then(Value::as_object_mut) {
                // The title is that of the form.
                sheet.shift_remove("place");
            }
        }
    }
    if depth > 0 {
        for part in map.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
            section(whole, part, paths, made, depth - 1);
        }
    }
}

/// Puts the target of a reference within the form in its place; what stands beside the reference wins.
fn inline(whole: &Value, node: &mut Value, depth: usize) {
    for _ in 0..depth {
        let Some(map) = node.as_object() else { return };
        let Some(pointer) = map.get("$ref").and_then(Value::as_str).and_then(|uri| uri.strip_prefix('#')) else {
            return;
        };
        let pointer = unescape_uri(pointer);
        let Some(Value::Object(target)) = whole.pointer(&pointer) else { return };
        let mut merged = target.clone();
        for (key, value) in map.iter().filter(|(key, _)| *key != "$ref") {
            match (merged.get_mut(key), value) {
                (Some(Value::Object(sheet)), Value::Object(own)) if key == "x-sheet" => {
                    sheet.extend(own.iter().map(|(key, value)| (key.clone(), value.clone())));
                }
                _ => {
                    merged.insert(key.clone(), value.clone());
                }
            }
        }
        *node = Value::Object(merged);
    }
}

/// A pointer in the fragment of a URI, as a pointer.
fn unescape_uri(fragment: &str) -> String {
    if fragment.contains('%') { crate::schema::percent_decode(fragment) } else { fragment.to_owned() }
}

/// The `$id` of the merged form: its last part with the suffix.
fn merged_id(id: &str) -> String {
    let own = id_of(id);
    let at = id.rfind(&own).unwrap_or(id.len()) + own.len();
    format!("{}{SUFFIX}{}", &id[..at], &id[at..])
}

/// The id of the form that a merged form is made of; none where it is none.
pub fn base_id(id: &str) -> Option<&str> {
    id.strip_suffix(SUFFIX).filter(|base| !base.is_empty())
}
