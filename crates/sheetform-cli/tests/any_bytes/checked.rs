//! What is said of a document that stands nowhere.

use std::collections::BTreeSet;

use serde_json::Value;
use sheetform::finding::Finding;
use sheetform::form::Form;
use sheetform::places::Nowhere;
use sheetform::validate::{Options, Subject, validate};

/// What checking finds in it.
pub(crate) fn findings(form: &Form, document: &Value, options: &Options) -> Vec<Finding> {
    let subject = Subject { document, places: &Nowhere, unreadable: &BTreeSet::new(), totals: &[] };
    validate(form, &subject, options)
}

/// Whether it finds nothing.
pub(crate) fn silent(form: &Form, document: &Value, options: &Options) -> bool {
    findings(form, document, options).is_empty()
}
