//! A form's validators: one for the document without the records of its tables, one for the records of each table.
//!
//! A table of any length is so checked record by record.

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::{Map, Value, json};

use super::formats;
use super::numbers::Numbers;
use super::of_form::of_form;
use crate::finding::{Code, Finding, Text};
use crate::form::Form;
use crate::layout::{Column, Layout, Table};
use crate::schema::{Documents, join};

/// The address of the form while its parts are compiled.
const HERE: &str = "urn:sheetform:form-being-compiled";
/// How often a pattern may go back over a text before it is given up.
const BACKTRACKS: usize = 100_000;

/// Keywords that ask nothing of a value.
const REMARKS: [&str; 10] = [
    "title",
    "description",
    "$comment",
    "default",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "x-sheet",
    "x-rules",
];
/// Keywords of an object that say nothing beyond what its properties are and which must be there.
const OF_RECORDS: [&str; 5] = ["type", "properties", "required", "additionalProperties", "$defs"];

/// Whether a schema has only these keywords, and remarks.
pub(super) fn has_only(schema: &Value, known: &[&str]) -> bool {
    let is_known = |key: &String| known.contains(&key.as_str()) || REMARKS.contains(&key.as_str());
    schema.as_object().is_some_and(|map| map.keys().all(is_known))
}

/// Compiled validators.
pub(crate) struct Checker {
    /// For everything but the records of `tables`.
    pub(super) root: Validator,
    /// For the records of tables that are reached by plain properties.
    pub(super) tables: Vec<Records>,
}

/// What the values of a column must be.
pub(super) struct OfColumn {
    numbers: Option<Numbers>,
    validator: Validator,
}

impl OfColumn {
    /// Whether a value is allowed.
    pub(super) fn allows(&self, value: &Value) -> bool {
        self.numbers.as_ref().is_some_and(|numbers| numbers.have(value)) || self.validator.is_valid(value)
    }
}

/// The validator of a table's records.
pub(super) struct Records {
    /// JSON pointer of the array.
    pub(super) pointer: String,
    pub(super) validator: Validator,
}

impl Checker {
    /// Compiles a form's validators; what cannot be compiled is a problem of the form.
    pub(crate) fn compile(documents: &Documents, layout: &Layout, formats: bool) -> Result<Self, Vec<Finding>> {
        let document = documents.form();
        let mut whole = document.clone();
        let mut found: Vec<(String, String)> = Vec::new();
        if only_refers_to_definitions(document) {
            for table in layout.tables() {
                if let Some(items) = take_items(&mut whole, &table.path) {
                    found.push((table.pointer(), items));
                }
            }
        }
        let options = || options(formats).with_draft(documents.draft());
        let unusable = |error: ValidationError<'static>| unusable(documents, error);
        let registry = documents.registry(&whole).map_err(|error| unusable(error.into()))?;
        let root = options().with_registry(&registry).with_base_uri(documents.base()).build(&whole);
        let root = root.map_err(unusable)?;
        let mut tables = Vec::new();
        if !found.is_empty() {
            let given = documents.registry(document).map_err(|error| unusable(error.into()))?;
            let here = given.add(HERE, documents.draft().create_resource_ref(document));
            let registry = here.and_then(|here| here.draft(documents.draft()).prepare());
            let registry = registry.map_err(|error| unusable(error.into()))?;
            for (pointer, items) in found {
                let mut schema = json!({ "$ref": format!("{HERE}#{}", percent_encode(&items)) });
                if let Some(draft) = document.get("$schema") {
                    schema["$schema"] = draft.clone();
                }
                let validator = options().with_registry(&registry).build(&schema);
                tables.push(Records { pointer, validator: validator.map_err(unusable)? });
            }
        }
        Ok(Self { root, tables })
    }

    /// A validator for each column of a table whose records are one row each: together they say all that the schema
    /// says of a record that has what it must have. None where it says more.
    pub(super) fn columns(form: &Form, table: &Table, formats: bool) -> Option<Vec<OfColumn>> {
        let documents = form.documents();
        let document = documents.form();
        let given = documents.registry(document).ok()?;
        let here = given.add(HERE, documents.draft().create_resource_ref(document)).ok()?;
        let registry = here.draft(documents.draft()).prepare().ok()?;
        let items = form.schema.node(form.schema.node(table.node).items?);
        let column = |column: &Column| {
            let mut pointer = items.pointer.strip_prefix('#')?.to_owned();
            for name in &column.field.path {
                if !has_only(document.pointer(&pointer)?, &OF_RECORDS) {
                    return None;
                }
                pointer = join(&join(&pointer, "properties"), name);
            }
            let numbers = Numbers::of(document, document.pointer(&pointer)?);
            let mut schema = json!({ "$ref": format!("{HERE}#{}", percent_encode(&pointer)) });
            if let Some(draft) = document.get("$schema") {
                schema["$schema"] = draft.clone();
            }
            let options = options(formats).with_draft(documents.draft()).with_registry(&registry);
            Some(OfColumn { numbers, validator: options.build(&schema).ok()? })
        };
        table.columns.iter().map(column).collect()
    }
}

pub(super) fn options<'r>(formats: bool) -> jsonschema::ValidationOptions<'r> {
    let options = jsonschema::options()
        .offline()
        .should_validate_formats(formats)
        .with_pattern_options(jsonschema::PatternOptions::fancy_regex().backtrack_limit(BACKTRACKS));
    let ours = formats::ALL.iter();
    ours.fold(options, |options, known| options.with_format(known.name, |text: &str| known.check(text).is_ok()))
}

/// Whether no reference could reach the records of a table by way of the document around them.
fn only_refers_to_definitions(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.iter().all(|(key, inner)| match (key.as_str(), inner) {
            ("$ref", Value::String(to)) => to.starts_with("#/$defs/") || to.starts_with("#/definitions/"),
            ("$dynamicRef" | "$recursiveRef", _) => false,
            _ => only_refers_to_definitions(inner),
        }),
        Value::Array(list) => list.iter().all(only_refers_to_definitions),
        _ => true,
    }
}

/// Takes the `items` of the array at a path of plain properties out of a schema; gives where they stood.
fn take_items(schema: &mut Value, path: &[String]) -> Option<String> {
    let mut pointer = String::new();
    let mut node = plain(schema)?;
    for name in path {
        pointer = join(&join(&pointer, "properties"), name);
        node = plain(node.get_mut("properties")?.get_mut(name)?)?;
    }
    let items = node.get_mut("items").filter(|items| items.is_object() && !names_itself(items))?;
    *items = Value::Object(Map::new());
    Some(join(&pointer, "items"))
}

/// A schema that is nothing but its own keywords.
fn plain(schema: &mut Value) -> Option<&mut Map<String, Value>> {
    let map = schema.as_object_mut()?;
    let more = ["$ref", "allOf", "prefixItems", "additionalItems", "unevaluatedItems"];
    more.iter().all(|key| !map.contains_key(*key)).then_some(map)
}

/// Whether something inside can be referred to by a name of its own.
fn names_itself(value: &Value) -> bool {
    match value {
        Value::Object(map) => {
            ["$id", "id", "$anchor", "$dynamicAnchor"].iter().any(|key| map.get(*key).is_some_and(Value::is_string))
                || map.values().any(names_itself)
        }
        Value::Array(list) => list.iter().any(names_itself),
        _ => false,
    }
}

/// A JSON pointer as the fragment of an address.
fn percent_encode(pointer: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::new();
    for byte in pointer.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~$".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.extend([b'%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]].map(char::from));
        }
    }
    out
}

/// What keeps a form from being compiled; what is wrong in one place is said as for any value.
fn unusable(documents: &Documents, error: ValidationError<'static>) -> Vec<Finding> {
    let (pointer, why) = (error.instance_path().as_str().to_owned(), error.to_string());
    if matches!(error.kind(), ValidationErrorKind::Referencing(_)) {
        let broken = documents.broken();
        return if broken.is_empty() { vec![refused("", &why)] } else { broken };
    }
    if pointer.is_empty() {
        return vec![refused(&pointer, &why)];
    }
    let first = of_form(documents.form(), "", std::iter::once(error)).into_iter().next();
    vec![first.map_or_else(|| refused(&pointer, &why), |problem| problem.finding)]
}

fn refused(pointer: &str, why: &str) -> Finding {
    let message = Text::new(format!("this is no usable JSON Schema: {why}"), format!("不是可用的 JSON Schema：{why}"));
    Finding::new(Code::BadForm, message).pointer(pointer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_tables_are_taken_out() {
        let schema = json!({ "type": "object", "properties": {
            "a": { "type": "array", "items": { "type": "object" } },
            "b": { "properties": { "c": { "type": "array", "items": { "$ref": "#/$defs/x" } } } },
            "d": { "$ref": "#/$defs/list", "items": { "type": "object" } },
            "e": { "type": "array", "items": { "$anchor": "row" } } } });
        let taken = |path: &[&str]| {
            let path: Vec<String> = path.iter().map(|p| (*p).to_owned()).collect();
            take_items(&mut schema.clone(), &path)
        };
        assert_eq!(taken(&["a"]).as_deref(), Some("/properties/a/items"));
        assert_eq!(taken(&["b", "c"]).as_deref(), Some("/properties/b/properties/c/items"));
        assert_eq!(taken(&["d"]), None);
        assert_eq!(taken(&["e"]), None);
        assert_eq!(percent_encode("/properties/期~1 限"), "/properties/%E6%9C%9F~1%20%E9%99%90");
    }
}
