//! Any text as a rule: it compiles or it is said why not; one that compiles ends, and says the same each time.

use serde_json::{Value, json};
use sheetform::form::Form;
use sheetform::validate::Options;

use crate::checked::findings;

/// A rule as text; behind it, NUL between them, a message expression and the path of a field.
pub(crate) fn holds(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let mut parts = text.splitn(3, '\0');
    let mut rule = json!({ "rule": parts.next() });
    for (key, value) in ["messageExpression", "fieldPath"].into_iter().zip(parts) {
        if !value.is_empty() {
            rule[key] = value.into();
        }
    }
    let mut schema = form();
    schema["x-rules"] = json!([rule]);
    let (Some(form), said) = Form::compile(schema) else { return false };
    let document = document();
    let options = Options { today: Some("2026-11-26".to_owned()), ..Options::default() };
    let first = findings(&form, &document, &options);
    assert_eq!(first, findings(&form, &document, &options), "{text:?}, {said:?}");
    true
}

/// A form with a property of every type.
fn form() -> Value {
    json!({ "type": "object", "properties": {
        "text": { "type": "string" }, "count": { "type": "integer" }, "price": { "type": "number" },
        "done": { "type": "boolean" }, "on": { "type": "string", "format": "date" }, "month": { "type": "string" },
        "none": { "type": ["string", "null"] }, "kind": { "enum": ["a", "b", 1, null] },
        "tags": { "type": "array", "items": { "type": "string" } },
        "owner": { "type": "object", "properties": { "name": { "type": "string" }, "age": { "type": "integer" } } },
        "rows": { "type": "array", "items": { "type": "object", "properties": {
            "no": { "type": "integer" }, "name": { "type": "string" }, "due": { "type": "string", "format": "date" },
            "cost": { "type": "number" } } } } } })
}

fn document() -> Value {
    json!({ "text": "ab 甲", "count": 3, "price": 12.5, "done": true, "on": "2026-02-28", "month": "2026-02", "none": null,
        "kind": "a", "tags": ["x", "y", "x"], "owner": { "name": "n", "age": -1 },
        "rows": [{ "no": 1, "name": "甲", "due": "2026-03-01", "cost": 0.1 }, { "no": 2, "name": "乙", "cost": 0.2 },
                 { "no": 9_007_199_254_740_993_i64, "name": "", "due": "2024-02-29", "cost": 1e300 }] })
}
