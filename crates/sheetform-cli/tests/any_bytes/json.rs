//! Any text as a document of a shipped form: JSON is what `serde_json` reads; checked record by record it is as sound as
//! checked whole; the laws of writing hold; as JSON Lines it is the same; and lines read one by one are what they are as
//! a whole.

use std::sync::OnceLock;

use serde_json::Value;
use sheetform::form::Form;
use sheetform::json_lines::LongLines;
use sheetform::json_text::Record;
use sheetform::records::Records;
use sheetform::validate::{LongCheck, Options};
use sheetform::{json_lines, json_text, round_trip};

use crate::checked::silent;
use crate::properties::{Outcome, Plan, check, errors};

/// Records from the beginning of a list that are known before it is checked one by one.
const FIRST: usize = 2;

/// The shipped forms, in their order.
pub(crate) fn forms() -> &'static [Form] {
    static FORMS: OnceLock<Vec<Form>> = OnceLock::new();
    FORMS.get_or_init(|| sheetform_forms::all().iter().map(|form| Form::known(form.schema().clone())).collect())
}

/// The number of a form and what is tried, `a` and on; behind it the text, JSON or JSON Lines.
pub(crate) fn holds(bytes: &[u8]) -> bool {
    let [which, plan, text @ ..] = bytes else { return false };
    let form = &forms()[usize::from(which.wrapping_sub(b'a')) % forms().len()];
    let plan = plan.wrapping_sub(b'a');
    let plan =
        Plan { bytes: plan & 1 != 0, twice: plan & 2 != 0, edits: (plan & 4 != 0).then_some(u64::from(plan >> 3)) };
    line_by_line(form, text);
    let lines = json_lines::parse(text).ok().and_then(|lines| Records::of(form).ok()?.document(lines.values).ok());
    let judge = serde_json::from_slice::<Value>(text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text));
    let whole = json_text::parse(text).ok().map(|text| text.value);
    if whole.is_some() {
        assert_eq!(whole, judge.ok());
    }
    let Some(document) = whole.or(lines) else { return false };
    one_by_one(form, &document);
    as_lines(form, &document);
    let valid = errors(form, &document).is_empty();
    match check(form, &document, valid, plan) {
        Ok(outcome) => matches!(outcome, Outcome::Held(_)),
        Err(loss) => panic!("{}: {} ({}: {document})", loss.law, loss.what, form.id),
    }
}

/// Where nothing is said of each record, nothing is said of the whole.
fn one_by_one(form: &Form, document: &Value) {
    let options = Options { today: Some("2026-11-26".to_owned()), ..Options::default() };
    for (name, list) in document.as_object().into_iter().flatten() {
        let Value::Array(list) = list else { continue };
        let mut first = document.clone();
        first[name] = list.iter().take(FIRST).cloned().collect();
        if !silent(form, &first, &options) {
            continue;
        }
        let path = [name.clone()];
        let Some(mut check) = LongCheck::new(form, &first, &path, &options) else { continue };
        if list.iter().all(|record| check.value(record)) && check.finish() {
            assert!(silent(form, document, &options), "{}: sound one by one and not as a whole: {document}", form.id);
        }
    }
}

/// Where lines are read one by one, they are the records that they are together.
fn line_by_line(form: &Form, text: &[u8]) {
    let Ok(records) = Records::of(form) else { return };
    let Ok(Some(long)) = LongLines::new(text, FIRST) else { return };
    let Ok(mut short) = records.document(long.short.values.clone()) else { return };
    let Some(list) = records.list_of(long) else { return };
    let options = Options::default();
    let Some(shape) = LongCheck::new(form, &short, &list.path, &options).and_then(|check| check.shape()) else {
        return;
    };
    let mut given = Vec::new();
    let mut each = |record: &Record| {
        given.push(record.to_value());
        true
    };
    if list.records(text, shape, &mut each).unwrap_or(false) {
        let lines = json_lines::parse(text).unwrap_or_else(|findings| panic!("{findings:?}"));
        let whole = records.document(lines.values).unwrap_or_else(|findings| panic!("{findings:?}"));
        *list.path.iter().try_fold(&mut short, |at, name| at.get_mut(name)).unwrap_or(&mut Value::Null) = given.into();
        assert_eq!(short, whole, "{}", form.id);
    }
}

/// A document taken apart into records, each a line of text; none where its form or its records cannot be.
pub(crate) fn lines_of(form: &Form, document: &Value) -> Option<String> {
    let records = Records::of(form).ok()?;
    let (root, items) = records.split(document).ok()?;
    let front = records.front(&root);
    if items.is_empty() || items.iter().enumerate().any(|(at, item)| records.fits(&front, item, at).is_err()) {
        return None;
    }
    let lines = items.iter().map(|item| format!("{}\n", records.joined(&front, item)));
    Some(lines.collect::<Vec<_>>().concat())
}

/// Lines are put together again as the document that they were made of.
fn as_lines(form: &Form, document: &Value) {
    let (Ok(records), Some(text)) = (Records::of(form), lines_of(form, document)) else { return };
    line_by_line(form, text.as_bytes());
    let Ok(lines) = json_lines::parse(text.as_bytes()) else { panic!("no JSON Lines: {text}") };
    let back = records.document(lines.values).unwrap_or_else(|findings| panic!("{findings:?}: {text}"));
    let mut whole = document.clone();
    if let Value::Object(map) = &mut whole {
        map.shift_remove("$schema");
    }
    assert_eq!(round_trip::difference(&whole, &back), None, "{}: {whole}\n{back}", form.id);
}
