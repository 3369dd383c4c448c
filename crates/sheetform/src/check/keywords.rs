//! Keywords misspelt by a letter or two: the schema engine would pass over them in silence.

use serde_json::{Map, Value};

use crate::finding::{Code, Finding, Severity, Text};
use crate::schema::join;

/// Keywords of JSON Schema, those of earlier drafts included, and our own.
const KNOWN: [&str; 66] = [
    "$anchor",
    "$comment",
    "$defs",
    "$dynamicAnchor",
    "$dynamicRef",
    "$id",
    "$recursiveAnchor",
    "$recursiveRef",
    "$ref",
    "$schema",
    "$vocabulary",
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "default",
    "definitions",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "deprecated",
    "description",
    "else",
    "enum",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "id",
    "if",
    "items",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "patternProperties",
    "prefixItems",
    "properties",
    "propertyNames",
    "readOnly",
    "required",
    "then",
    "title",
    "type",
    "unevaluatedItems",
    "unevaluatedProperties",
    "uniqueItems",
    "writeOnly",
    "x-rules",
    "x-sheet",
    "$async",
];

/// Adds a warning for each keyword of a schema that looks like a misspelt one.
pub(super) fn check(schema: &Map<String, Value>, pointer: &str, findings: &mut Vec<Finding>) {
    for key in schema.keys().filter(|key| !KNOWN.contains(&key.as_str())) {
        let Some(meant) = meant(key).filter(|meant| !schema.contains_key(*meant)) else { continue };
        let message = Text::new(
            format!("{key:?} is no keyword of JSON Schema and says nothing"),
            format!("“{key}”不是 JSON Schema 的关键字，不起作用"),
        );
        let hint = Text::new(format!("did you mean {meant:?}?"), format!("是否应为“{meant}”？"));
        findings.push(
            Finding::new(Code::BadForm, message).severity(Severity::Warning).pointer(join(pointer, key)).hint(hint),
        );
    }
}

/// The keyword that is at most a letter or two away; short ones are too near to ordinary words.
fn meant(key: &str) -> Option<&'static str> {
    let near = |known: &str| {
        let allowed = match known.len() {
            0..=3 => 0,
            4..=5 => 1,
            _ => 2,
        };
        let distance = if key.eq_ignore_ascii_case(known) { 0 } else { strsim::damerau_levenshtein(key, known) };
        (distance <= allowed).then_some(distance)
    };
    KNOWN.iter().filter_map(|known| Some((near(known)?, *known))).min_by_key(|(distance, _)| *distance).map(|(_, k)| k)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_keyword() {
        for (key, expected) in [
            ("minimun", Some("minimum")),
            ("titel", Some("title")),
            ("requried", Some("required")),
            ("propertys", Some("properties")),
            ("maxlength", Some("maxLength")),
            ("x-sheets", Some("x-sheet")),
            ("x_sheet", Some("x-sheet")),
            ("item", Some("items")),
            ("unit", None),
            ("note", None),
            ("formula", None),
            ("x-order", None),
            ("nullable", None),
        ] {
            assert_eq!(meant(key), expected, "{key}");
        }
    }
}
