//! Keywords that say nothing or contradict each other: the schema engine would pass over them in silence.

use serde_json::{Map, Value};

use crate::finding::{Code, Finding, Severity, Text};
use crate::report::{shown, shown_zh};
use crate::schema::join;
use crate::validate::formats;
use crate::validate::words::nearest;

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

/// Values of `format` that JSON Schema knows; our own are beside them.
const FORMATS: [&str; 19] = [
    "date",
    "date-time",
    "duration",
    "email",
    "hostname",
    "idn-email",
    "idn-hostname",
    "ipv4",
    "ipv6",
    "iri",
    "iri-reference",
    "json-pointer",
    "regex",
    "relative-json-pointer",
    "time",
    "uri",
    "uri-reference",
    "uri-template",
    "uuid",
];

/// Adds a warning for each keyword of a schema, and a `format`, that looks like a misspelt one.
pub(super) fn check(schema: &Map<String, Value>, pointer: &str, findings: &mut Vec<Finding>) {
    let known = || FORMATS.into_iter().chain(formats::ALL.iter().map(|known| known.name));
    if let Some(format) =
        schema.get("format").and_then(Value::as_str).filter(|format| known().all(|one| one != *format))
        && let Some(meant) = meant(format, known())
    {
        let message = Text::new(
            format!("the format {format:?} is not known and is not checked"),
            format!("格式“{format}”未知，不会检查"),
        );
        findings.push(warning(message, join(pointer, "format"), meant));
    }
    required(schema, pointer, findings);
    for key in schema.keys().filter(|key| !KNOWN.contains(&key.as_str())) {
        let Some(meant) = meant(key, KNOWN).filter(|meant| !schema.contains_key(*meant)) else { continue };
        let message = Text::new(
            format!("{key:?} is no keyword of JSON Schema and says nothing"),
            format!("“{key}”不是 JSON Schema 的关键字，不起作用"),
        );
        findings.push(warning(message, join(pointer, key), meant));
    }
}

/// Adds a warning for each property that must be there and may not: `required`, undeclared, and
/// `additionalProperties` is false. No document could be right.
fn required(schema: &Map<String, Value>, pointer: &str, findings: &mut Vec<Finding>) {
    let closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
    if !closed || schema.contains_key("patternProperties") {
        return;
    }
    let declared = schema.get("properties").and_then(Value::as_object);
    let is_declared = |name: &str| declared.is_some_and(|declared| declared.contains_key(name));
    let names = schema.get("required").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for (i, name) in names.iter().enumerate() {
        let Some(name) = name.as_str().filter(|name| !is_declared(name)) else { continue };
        let message = Text::new(
            format!("{} is required, but it is not declared and \"additionalProperties\" is false", shown(name)),
            format!("{}为必填，却没有声明，而 additionalProperties 为 false", shown_zh(name)),
        );
        let at = join(&join(pointer, "required"), &i.to_string());
        let finding = Finding::new(Code::BadForm, message).severity(Severity::Warning).pointer(at);
        let free = declared.into_iter().flat_map(Map::keys).map(String::as_str);
        findings.push(match nearest(name, free) {
            Some(meant) => finding.hint(did_you_mean(meant)),
            None => finding.hint(Text::new(
                "nothing can meet both: declare it under \"properties\", or take it out of \"required\"",
                "两者无法同时满足：请在 properties 中声明它，或从 required 中删去",
            )),
        });
    }
}

fn did_you_mean(meant: &str) -> Text {
    Text::new(format!("did you mean {meant:?}?"), format!("是否应为“{meant}”？"))
}

fn warning(message: Text, pointer: String, meant: &str) -> Finding {
    Finding::new(Code::BadForm, message).severity(Severity::Warning).pointer(pointer).hint(did_you_mean(meant))
}

/// The word that is at most a letter or two away; short ones are too near to ordinary words.
fn meant(key: &str, known: impl IntoIterator<Item = &'static str>) -> Option<&'static str> {
    let near = |known: &str| {
        let allowed = match known.len() {
            0..=3 => 0,
            4..=5 => 1,
            _ => 2,
        };
        let distance = if key.eq_ignore_ascii_case(known) { 0 } else { strsim::damerau_levenshtein(key, known) };
        (distance <= allowed).then_some(distance)
    };
    let found = known.into_iter().filter_map(|known| Some((near(known)?, known)));
    found.min_by_key(|(distance, _)| *distance).map(|(_, meant)| meant)
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
            assert_eq!(meant(key, KNOWN), expected, "{key}");
        }
    }
}
