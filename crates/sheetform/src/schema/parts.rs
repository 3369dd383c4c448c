//! Which keywords of a schema hold schemas, whatever its draft.

use serde_json::{Map, Value};

use super::join;

/// Keywords whose value is one schema.
const ONE: [&str; 12] = [
    "additionalProperties",
    "unevaluatedProperties",
    "propertyNames",
    "items",
    "additionalItems",
    "unevaluatedItems",
    "contains",
    "not",
    "if",
    "then",
    "else",
    "contentSchema",
];
/// Keywords whose value is a list of schemas.
const LIST: [&str; 5] = ["allOf", "anyOf", "oneOf", "prefixItems", "items"];
/// Keywords whose value names schemas.
const NAMED: [&str; 6] =
    ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"];

/// Gives every schema that stands directly in a schema, with its pointer, in their order.
pub(crate) fn parts<'a>(schema: &'a Map<String, Value>, pointer: &str, each: &mut dyn FnMut(&'a Value, String)) {
    for (key, inner) in schema {
        let key = key.as_str();
        match inner {
            Value::Object(members) if NAMED.contains(&key) => {
                let at = join(pointer, key);
                members.iter().for_each(|(name, one)| each(one, join(&at, name)));
            }
            Value::Array(list) if LIST.contains(&key) => {
                let at = join(pointer, key);
                list.iter().enumerate().for_each(|(i, one)| each(one, join(&at, &i.to_string())));
            }
            one if ONE.contains(&key) => each(one, join(pointer, key)),
            _ => {}
        }
    }
}
