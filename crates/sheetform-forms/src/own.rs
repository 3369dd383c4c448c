//! The schema of a Rust type: for the shipped forms, and for any own struct. Knows no sheet.

use schemars::generate::SchemaSettings;
use schemars::transform::transform_subschemas;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value};

/// The form that a Rust type describes: JSON Schema 2020-12 in one piece, properties in the order of the fields.
///
/// Number formats such as `uint32`, which say nothing to a clerk, are left out. An enum of plain variants is an
/// `enum` in the order of its variants, with or without doc comments on them, as long as all or none have one.
///
/// # An `Option` field
///
/// schemars makes it `["T", "null"]`, so it is nullable: an empty cell is absent, and null is written as the first
/// `none` text, or as the token `null`. An `Option` that is absent and never null says so twice:
/// `#[serde(default, skip_serializing_if = "Option::is_none")]` on the field, for writing, and
/// `#[schemars(transform = options_are_absent)]` on the struct, for the schema.
///
/// ```
/// use schemars::JsonSchema;
/// use serde::{Deserialize, Serialize};
/// use sheetform::vocabulary::Sheet;
/// use sheetform_forms::{options_are_absent, schema_of};
///
/// #[derive(Serialize, Deserialize, JsonSchema)]
/// #[schemars(title = "钥匙领用登记", transform = options_are_absent)]
/// struct KeyLog {
///     #[schemars(title = "领用记录", length(min = 1), extend("x-sheet" = Sheet::new().blank_rows(20_u32)))]
///     entries: Vec<Entry>,
/// }
///
/// #[derive(Serialize, Deserialize, JsonSchema)]
/// struct Entry {
///     #[schemars(title = "钥匙编号", extend("x-sheet" = Sheet::new().key(true)))]
///     key_no: String,
///     #[schemars(title = "归还人")]
///     #[serde(default, skip_serializing_if = "Option::is_none")]
///     returned_by: Option<String>,
/// }
///
/// let form = schema_of::<KeyLog>();
/// let entry = &form["properties"]["entries"]["items"];
/// assert_eq!(entry["properties"]["returned_by"]["type"], "string");
/// assert_eq!(entry["required"], serde_json::json!(["key_no"]));
/// ```
pub fn schema_of<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    plain_numbers(&mut schema);
    choices_in_order(&mut schema);
    let mut value = schema.to_value();
    order_keywords(&mut value);
    whole_numbers(&mut value);
    value
}

/// Makes every optional property absent or a value, never null.
///
/// A function for `#[schemars(transform = options_are_absent)]`. It reaches everything inside the type; only a type that
/// contains itself, which becomes a `$ref`, needs the attribute of its own.
pub fn options_are_absent(schema: &mut Schema) {
    transform_subschemas(&mut options_are_absent, schema);
    let Some(map) = schema.as_object_mut() else { return };
    if let Some(Value::Array(types)) = map.get_mut("type") {
        types.retain(|t| t != "null");
        if let [one] = types.as_slice() {
            let one = one.clone();
            map.insert("type".to_owned(), one);
        }
    }
    if let Some(Value::Array(values)) = map.get_mut("enum") {
        values.retain(|v| !v.is_null());
    }
    for key in ["anyOf", "oneOf"] {
        let Some(Value::Array(branches)) = map.get_mut(key) else { continue };
        branches.retain(|b| b.get("type").is_none_or(|t| t != "null"));
        if let [Value::Object(only)] = branches.as_slice() {
            let only = only.clone();
            map.remove(key);
            for (keyword, value) in only {
                map.entry(keyword).or_insert(value);
            }
        }
    }
}

/// Drops the number formats that only say how wide the Rust type is.
fn plain_numbers(schema: &mut Schema) {
    const WIDTHS: [&str; 12] =
        ["int8", "int16", "int32", "int64", "int128", "uint8", "uint16", "uint32", "uint64", "uint", "float", "double"];
    if schema.get("format").and_then(Value::as_str).is_some_and(|f| WIDTHS.contains(&f)) {
        schema.remove("format");
    }
    transform_subschemas(&mut plain_numbers, schema);
}

/// Turns the `oneOf` that schemars makes of documented variants back into an `enum`. Variants with a `title` stay:
/// the sheet shows that.
fn choices_in_order(schema: &mut Schema) {
    transform_subschemas(&mut choices_in_order, schema);
    let Some(map) = schema.as_object_mut() else { return };
    let Some(Value::Array(branches)) = map.get("oneOf") else { return };
    let plain = |branch: &Value| {
        let branch = branch.as_object()?;
        let known = branch.keys().all(|k| ["type", "const", "description"].contains(&k.as_str()));
        known.then(|| branch.get("const")).flatten().filter(|v| v.is_string()).cloned()
    };
    if let Some(values) = branches.iter().map(plain).collect::<Option<Vec<_>>>() {
        map.remove("oneOf");
        map.insert("type".to_owned(), "string".into());
        map.insert("enum".to_owned(), values.into());
    }
}

/// The order in which a person reads a node: what it is, how it looks, what it holds, what must be true of it.
const KEYWORDS: [&str; 25] = [
    "$ref",
    "type",
    "enum",
    "const",
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "exclusiveMinimum",
    "maximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "title",
    "description",
    "x-sheet",
    "required",
    "additionalProperties",
    "properties",
    "items",
    "x-rules",
    "$defs",
    "$schema",
    "$id",
];

/// The root begins with its names.
const ROOT: [&str; 4] = ["$schema", "$id", "title", "description"];

fn order_keywords(value: &mut Value) {
    let Value::Object(map) = value else { return };
    let root: &[&str] = if map.contains_key("$schema") { &ROOT } else { &[] };
    let rank = |key: &str| root.iter().chain(&KEYWORDS).position(|k| *k == key).unwrap_or(usize::MAX);
    let mut entries: Vec<(String, Value)> = std::mem::take(map).into_iter().collect();
    entries.sort_by_key(|(key, _)| rank(key));
    for (key, value) in &mut entries {
        match (key.as_str(), value) {
            ("properties" | "$defs", Value::Object(inner)) => inner.values_mut().for_each(order_keywords),
            ("items" | "additionalProperties", inner) => order_keywords(inner),
            ("anyOf" | "oneOf" | "allOf", Value::Array(list)) => list.iter_mut().for_each(order_keywords),
            _ => {}
        }
    }
    *map = entries.into_iter().collect::<Map<_, _>>();
}

/// 30.0 from a Rust number becomes 30, as a person writes it.
fn whole_numbers(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(whole_numbers),
        Value::Object(map) => map.values_mut().for_each(whole_numbers),
        Value::Number(number) if number.is_f64() => {
            if let Some(whole) = number.as_f64().filter(|f| f.fract() == 0.0 && f.abs() < 1e9) {
                *value = (whole as i64).into();
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
