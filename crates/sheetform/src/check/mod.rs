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

use referencing::Draft;
use serde_json::Value;

use crate::finding::{Code, Finding, Severity, Text};
use crate::layout::Layout;
use crate::schema::documents::{embedded, reference_on, shown as shown_uri};
use crate::schema::{Documents, Schema, unescape};
use crate::validate::of_form;

pub(crate) use walk::{schemas, sheet_key};

/// What can be said of a form before it is compiled, and the form without the keys of `x-sheet` that are wrong, so
/// that one wrong key is told once.
pub(crate) fn before(document: &Value, documents: &Documents) -> (Vec<Finding>, Value) {
    // With its references in the characters of a URI, which many public schemas do not keep to.
    let mut findings = meta(documents.form(), documents);
    let wrong = words(document, &mut findings);
    for other in documents.others() {
        let mut of_other = of_meta(&other.value, other.draft);
        words(&other.value, &mut of_other);
        findings.extend(of_other.into_iter().map(|finding| elsewhere(finding, &other.uri)));
    }
    findings.extend(documents.not_given());
    let mut sound = documents.form().clone();
    for pointer in wrong {
        remove(&mut sound, &pointer);
    }
    (findings, sound)
}

/// The vocabulary and the keywords of every schema; gives the pointers of what is wrong in the vocabulary.
fn words(document: &Value, findings: &mut Vec<Finding>) -> Vec<String> {
    let mut wrong = Vec::new();
    schemas(document, &mut |schema, pointer| {
        for key in ["x-sheet", "x-rules"] {
            if let Some(value) = schema.get(key) {
                let known = findings.len();
                vocabulary::check(document, pointer, key, value, findings);
                wrong.extend(findings[known..].iter().filter_map(|f| f.pointer.clone()));
            }
        }
        keywords::check(schema, pointer, findings);
    });
    wrong
}

/// A finding about a document that the form refers to: it stands on the form as a whole.
fn elsewhere(mut finding: Finding, uri: &str) -> Finding {
    let at = format!("{}#{}", shown_uri(uri), finding.pointer.as_deref().unwrap_or_default());
    let Text { en, zh, .. } = finding.message;
    finding.message = Text::new(format!("{en} (in {at})"), format!("{zh}（位于 {at}）"));
    finding.pointer("")
}

/// Puts findings on what the form has: those on nodes of other documents onto the reference that leads there, those on a
/// key that is lacking, with the object it belongs in, onto the nearest value around it.
pub(crate) fn placed(findings: &mut [Finding], form: &Value) {
    for finding in findings {
        let Some(pointer) = finding.pointer.as_deref() else { continue };
        if let Some(reference) = reference_on(form, pointer) {
            finding.pointer = Some(reference);
            continue;
        }
        let around = |pointer: &str| pointer.rsplit_once('/').map_or(0, |(around, _)| around.len());
        let is_there = |pointer: &str| form.pointer(pointer).is_some();
        let mut length = pointer.len();
        if !is_there(pointer) && !is_there(&pointer[..around(pointer)]) {
            while !is_there(&pointer[..length]) {
                length = around(&pointer[..length]);
            }
        }
        finding.pointer = Some(pointer[..length].to_owned());
    }
}

/// What can be said of a form once its nodes and bands are known.
pub(crate) fn after(document: &Value, schema: &Schema, layout: &Layout, findings: &mut Vec<Finding>) {
    keys::check(document, schema, layout, findings);
}

/// The form against the meta-schema of its draft.
fn meta(document: &Value, documents: &Documents) -> Vec<Finding> {
    if Draft::default().detect(document) != Draft::Unknown {
        return of_meta(document, documents.draft());
    }
    let Some(own) = documents.meta_schema() else {
        let found = document.get("$schema").map(ToString::to_string).unwrap_or_default();
        let message = Text::new(
            format!("{found} is no draft of JSON Schema that is known here"),
            format!("{found} 不是已知的 JSON Schema 版本"),
        );
        let hint = Text::new(
            "https://json-schema.org/draft/2020-12/schema is one; a meta-schema of your own is given with --refs",
            "例如 https://json-schema.org/draft/2020-12/schema；自己的元模式请用 --refs 给出",
        );
        return vec![Finding::new(Code::BadForm, message).pointer("/$schema").hint(hint)];
    };
    let Ok(registry) = documents.registry(documents.form()) else { return Vec::new() };
    let options = jsonschema::options().offline().with_draft(own.draft).with_registry(&registry);
    match options.with_base_uri(own.uri.as_str()).build(&own.value) {
        Ok(validator) => told(document, "", validator.iter_errors(document)),
        Err(error) => {
            let message =
                Text::new(format!("the meta-schema cannot be used: {error}"), format!("元模式无法使用：{error}"));
            vec![Finding::new(Code::BadForm, message).pointer("/$schema")]
        }
    }
}

/// A schema against the meta-schema of its draft; parts that say another draft, against that of theirs.
fn of_meta(document: &Value, draft: Draft) -> Vec<Finding> {
    let embedded = embedded(document, draft);
    if embedded.is_empty() {
        let Ok(validator) = jsonschema::meta::validator_for(&of_draft(draft)) else { return Vec::new() };
        return told(document, "", validator.iter_errors(document));
    }
    let mut around = document.clone();
    let mut findings = Vec::new();
    for (pointer, own) in embedded {
        if let Some(part) = around.pointer_mut(&pointer).map(Value::take) {
            let inside = of_meta(&part, own);
            findings.extend(inside.into_iter().map(|finding| {
                let pointer = format!("{pointer}{}", finding.pointer.as_deref().unwrap_or_default());
                finding.pointer(pointer)
            }));
            if let Some(place) = around.pointer_mut(&pointer) {
                *place = Value::Object(serde_json::Map::new());
            }
        }
    }
    let mut all = of_meta(&around, draft);
    all.extend(findings);
    all
}

fn told<'e>(form: &Value, prefix: &str, errors: impl Iterator<Item = jsonschema::ValidationError<'e>>) -> Vec<Finding> {
    of_form(form, prefix, errors).into_iter().map(|problem| problem.finding).collect()
}

/// A schema that only says its draft.
fn of_draft(draft: Draft) -> Value {
    let uri = match draft {
        Draft::Draft4 => "http://json-schema.org/draft-04/schema#",
        Draft::Draft6 => "http://json-schema.org/draft-06/schema#",
        Draft::Draft7 => "http://json-schema.org/draft-07/schema#",
        Draft::Draft201909 => "https://json-schema.org/draft/2019-09/schema",
        _ => "https://json-schema.org/draft/2020-12/schema",
    };
    serde_json::json!({ "$schema": uri })
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
