//! What was laid out is read back: every shipped form with its sample, and what is hard to tell apart.
#![allow(clippy::disallowed_methods, reason = "a test reads files")]

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::super::{template, to_grid, write};
use super::{form, shown};
use crate::form::Form;
use crate::read::{self, Options};
use crate::round_trip::lay_out;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn json_file(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Forms with a sample, by id.
fn shipped() -> Vec<(Form, Value)> {
    let folder = std::fs::read_dir(root().join("samples")).unwrap_or_else(|e| panic!("samples: {e}"));
    let mut ids: Vec<String> = folder
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| !name.contains(".faulty"))
        .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
        .collect();
    ids.sort();
    ids.into_iter()
        .map(|id| {
            let schema = json_file(&root().join("schemas").join(format!("{id}.schema.json")));
            (form(schema), json_file(&root().join("samples").join(format!("{id}.json"))))
        })
        .collect()
}

fn read_back(form: &Form, document: &Value) -> Value {
    let book = write(form, document).unwrap_or_else(|findings| panic!("{findings:?}"));
    let again = write(form, document).unwrap_or_else(|findings| panic!("{findings:?}"));
    assert_eq!(book, again, "the same document gives the same book");
    shown(&book);
    read::read(form, &to_grid(&book), &Options::default()).document.unwrap_or_default()
}

#[test]
fn shipped_forms() {
    let all = shipped();
    assert!(all.len() >= 13);
    for (form, document) in all {
        assert_eq!(read_back(&form, &document), document, "{}", form.id);
        let blank = template(&form).unwrap_or_else(|findings| panic!("{findings:?}"));
        shown(&blank);
        let reading = read::read(&form, &to_grid(&blank), &Options::default());
        assert_eq!(reading.records, 0, "{}", form.id);
    }
}

#[test]
fn absent_null_and_empty() {
    let text = json!({ "type": ["string", "null"] });
    let form = form(json!({ "title": "表", "type": "object", "required": ["name", "rows"], "properties": {
        "name": { "type": "string" },
        "a": text, "list": { "type": ["array", "null"], "items": { "type": "string" } },
        "rows": { "type": "array", "items": { "type": "object", "properties": {
            "p": { "type": "string" }, "q": text, "many": { "type": "array", "items": { "type": "string" } },
            "sub": { "type": "object", "properties": { "u": { "type": "integer" }, "v": { "type": "string" } } } } } } } }));
    for document in [
        json!({ "name": "n", "rows": [] }),
        json!({ "name": "", "a": null, "list": null, "rows": [{}] }),
        json!({ "name": "null", "a": "", "list": [], "rows": [{ "p": "" }, { "q": null }, { "many": [] }] }),
        json!({ "name": "n", "list": [""], "rows": [{ "sub": {} }, {}, { "sub": { "u": 1 } }, { "p": "{}" }] }),
    ] {
        assert_eq!(read_back(&form, &document), document);
    }
}

#[test]
fn what_has_no_place_in_the_bands_stands_on_child_sheets() {
    let form = form(json!({ "title": "{x}", "type": "object", "required": ["rows"],
        "x-sheet": { "title": "{subject}方案" },
        "properties": {
            "subject": { "type": "string", "x-sheet": { "place": "title" } },
            "n": { "type": "number" },
            "rows": { "type": "array", "items": { "type": "object", "properties": { "p": { "type": "string" } } } } } }));
    for (document, sheets) in [
        (json!({ "rows": [], "more": 1 }), 2),
        (json!({ "rows": [{ "p": "a", "q/r": 1 }] }), 2),
        (json!({ "rows": [{ "p": 5 }] }), 2),
        (json!({ "rows": [5] }), 2),
        (json!({ "rows": {} }), 1),
        (json!({ "n": "5", "rows": [] }), 2),
        (json!({ "rows": [], "subject": 5 }), 1),
        (json!({ "rows": [], "$schema": 5 }), 2),
        (json!([]), 1),
        (json!({ "rows": [{ "p": "字".repeat(40_000) }] }), 2),
    ] {
        let book = lay_out(&form, &document).unwrap_or_else(|findings| panic!("{document} {findings:?}"));
        assert_eq!(book.sheets.len(), sheets, "{document}");
        let back = read::read(&form, &to_grid(&book), &Options::default());
        assert_eq!(back.document, Some(document));
    }
    let book = write(&form, &json!({ "$schema": "urn:x", "rows": [] })).unwrap_or_else(|f| panic!("{f:?}"));
    assert_eq!(book.properties, [("sheetform-schema".to_owned(), "urn:x".to_owned())]);
}
