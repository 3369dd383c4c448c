//! The shipped forms compile without a finding, and their samples are valid documents of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;
use sheetform::finding::Place;
use sheetform::form::Form;
use sheetform::places::Places;
use sheetform::validate::{Options, Subject, validate};
use sheetform_forms::all;

struct Nowhere;

impl Places for Nowhere {
    fn value(&self, _: &str) -> Option<Place> {
        None
    }
}

#[test]
fn forms_compile_and_samples_are_valid() {
    for shipped in all() {
        let (form, findings) = Form::compile(shipped.schema().clone());
        assert_eq!(findings, [], "{}", shipped.id);
        let form = form.unwrap();
        assert_eq!((form.id.as_str(), form.version), (shipped.id, Some(1)));
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../../samples/{}.json", shipped.id));
        let document: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let unreadable = BTreeSet::new();
        let subject = Subject { document: &document, places: &Nowhere, unreadable: &unreadable, totals: &[] };
        assert_eq!(validate(&form, &subject, &Options::default()), [], "{}", shipped.id);
    }
}
