//! Checks a form itself: its JSON Schema, the keys and values of the vocabulary, what its sheet could not say.
//!
//! Every finding has the code `bad-form` and a JSON pointer into the form. An error makes the form unusable.

mod keys;
mod keywords;
mod roles;
#[cfg(test)]
mod tests;
mod vocabulary;
mod walk;

use serde_json::Value;

use crate::finding::{Code, Finding, Severity, Text};
use crate::layout::Layout;
use crate::schema::{Schema, unescape};
use crate::validate::of_form;

pub(crate) use walk::{schemas, sheet_key};

/// What can be said of a form before it is compiled, and the form without the keys of `x-sheet` that are wrong, so
/// that one wrong key is told once.
pub(crate) fn before(document: &Value) -> (Vec<Finding>, Value) {
    let mut findings = meta(document);
    let mut wrong = Vec::new();
    schemas(document, &mut |schema, pointer| {
        for key in ["x-sheet", "x-rules"] {
            if let Some(value) = schema.get(key) {
                let known = findings.len();
                vocabulary::check(document, pointer, key, value, &mut findings);
                wrong.extend(findings[known..].iter().filter_map(|f| f.pointer.clone()));
            }
        }
        keywords::check(schema, pointer, &mut findings);
    });
    let mut sound = document.clone();
    for pointer in wrong {
        remove(&mut sound, &pointer);
    }
    (findings, sound)
}

/// What can be said of a form once its nodes and bands are known.
pub(crate) fn after(document: &Value, schema: &Schema, layout: &Layout, findings: &mut Vec<Finding>) {
    keys::check(document, schema, layout, findings);
}

/// The form against the meta-schema of its draft.
fn meta(document: &Value) -> Vec<Finding> {
    let Ok(validator) = jsonschema::meta::validator_for(document) else {
        let found = document.get("$schema").map(ToString::to_string).unwrap_or_default();
        let message = Text::new(
            format!("{found} is no draft of JSON Schema that is known here"),
            format!("{found} 不是已知的 JSON Schema 版本"),
        );
        let hint = Text::plain("https://json-schema.org/draft/2020-12/schema");
        return vec![Finding::new(Code::BadForm, message).pointer("/$schema").hint(hint)];
    };
    of_form(document, "", validator.iter_errors(document)).into_iter().map(|problem| problem.finding).collect()
}

/// Takes a wrong key out of its `x-sheet`; rules that are wrong are left out one by one when they are compiled.
fn remove(form: &mut Value, pointer: &str) {
    let Some((above, inside)) = pointer.rsplit_once("/x-sheet/") else {
        if let Some(sheet) = form.pointer_mut(pointer).filter(|_| pointer.ends_with("/x-sheet")) {
            *sheet = Value::Object(serde_json::Map::new());
        }
        return;
    };
    let key = unescape(inside.split('/').next().unwrap_or_default());
    if let Some(Value::Object(sheet)) = form.pointer_mut(&format!("{above}/x-sheet")) {
        sheet.shift_remove(&key);
    }
}

/// Whether any of them makes a form unusable.
pub(crate) fn has_error(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}
