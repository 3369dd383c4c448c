//! `schemas/` is what the Rust types say. Update it with `UPDATE=1 cargo test -p sheetform-forms schemas`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::PathBuf;

use sheetform_forms::{all, pretty, schema, schema_of};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../schemas")
}

#[test]
fn schemas_are_as_the_types_say() {
    let mut files: Vec<(String, String)> =
        all().iter().map(|form| (format!("{}.schema.json", form.id), pretty(&form.made()))).collect();
    files.push(("vocabulary.schema.json".to_owned(), sheetform::vocabulary::SCHEMA.to_owned()));
    files.sort();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(folder()).unwrap();
        for (name, text) in &files {
            std::fs::write(folder().join(name), text).unwrap();
        }
    }
    let mut present: Vec<String> =
        std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    present.sort();
    assert_eq!(present, files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>(), "other files in schemas/");
    for (name, text) in &files {
        let kept = std::fs::read_to_string(folder().join(name)).unwrap();
        assert!(kept == *text, "{name} is out of date: run UPDATE=1 cargo test -p sheetform-forms schemas");
    }
}

#[test]
fn schemas_bear_the_ids_and_titles_of_the_list() {
    for form in all() {
        assert_eq!(form.schema()["$id"], format!("urn:sheetform:{}", form.id));
        assert_eq!(form.schema()["title"], form.title);
        assert_eq!(form.schema()["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(schema(form.id), Some(form.schema()));
        assert_eq!(*form.schema(), form.made());
    }
    assert_eq!(schema_of::<sheetform_forms::WorkPlan>(), *schema("work-plan").unwrap());
    assert_eq!(schema("no-such-form"), None);
}
