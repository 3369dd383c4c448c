//! Any text as a form: it compiles or it is said why not, the same each time and where the form has it; and a form that
//! compiles holds a document or refuses it.

use serde_json::{Value, json};
use sheetform::form::Form;
use sheetform::json_text;

use crate::properties::{Plan, check, errors, said};

/// A JSON Schema as text; behind it, after a NUL, a document.
pub(crate) fn holds(bytes: &[u8]) -> bool {
    let mut parts = bytes.splitn(2, |byte| *byte == 0);
    let parsed = |text: Option<&[u8]>| Some(json_text::parse(text?).ok()?.value);
    let (Some(schema), document) = (parsed(parts.next()), parsed(parts.next())) else { return false };
    let (form, findings) = Form::compile(schema.clone());
    for finding in &findings {
        let pointer = finding.pointer.as_deref().unwrap_or_default();
        // A key that must be there and is not has the pointer of where it belongs.
        let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
        let is_there = schema.pointer(pointer).is_some() || schema.pointer(parent).is_some();
        assert!(is_there, "{pointer:?} is not there: {} in {schema}", said(finding));
    }
    let Some(form) = form else { return false };
    let again = Form::compile(schema.clone()).1;
    assert!(findings == again, "something else is said the second time: {findings:?}\n{again:?}");
    for document in [document.unwrap_or(Value::Null), json!({})] {
        let valid = errors(&form, &document).is_empty();
        if let Err(loss) = check(&form, &document, valid, Plan { bytes: false, twice: true, edits: None }) {
            panic!("{}: {} ({document} under {schema})", loss.law, loss.what);
        }
    }
    true
}
