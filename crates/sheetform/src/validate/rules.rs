//! Rules: what the rules engine found, put on its place.

use serde_json::Value;

use super::unreadable::Unreadable;
use super::{Check, Options, Profile};
use crate::finding::Finding;
use crate::form::Form;
use crate::rules::{Beside, Hit, Input, RuleSet, Stand};

/// Runs the rules of a form.
pub(super) fn check(check: &Check<'_>, findings: &mut Vec<Finding>) {
    let unreadable = |pointer: &str| check.unreadable.covers(pointer);
    let hits = run(check.form, check.options, check.form.rules(), &input(check, &unreadable));
    findings.extend(hits.into_iter().map(|hit| finding(check, hit)));
}

/// Runs some of the rules over a document of which all but `unreadable` could be read.
pub(super) fn run_alone(
    form: &Form,
    options: &Options,
    rules: &RuleSet,
    document: &Value,
    unreadable: Option<&dyn Fn(&str) -> bool>,
) -> Vec<Hit> {
    run(form, options, rules, &alone(form, options, document, unreadable))
}

/// What rules are given of such a document.
pub(super) fn alone<'a>(
    form: &'a Form,
    options: &'a Options,
    document: &'a Value,
    unreadable: Option<&'a dyn Fn(&str) -> bool>,
) -> Input<'a> {
    let today = options.today.as_deref();
    let final_profile = options.profile == Profile::Final;
    Input { schema: &form.schema, document, unreadable, beside: &[], today, final_profile }
}

fn run(form: &Form, options: &Options, rules: &RuleSet, input: &Input<'_>) -> Vec<Hit> {
    let of_given: Vec<Unreadable<'_>> = options.with.values().map(|given| Unreadable::new(&given.unreadable)).collect();
    let covered: Vec<_> = of_given.iter().map(|given| |pointer: &str| given.covers(pointer)).collect();
    let beside = options.with.iter().zip(of_given.iter().zip(&covered)).map(|((name, given), (unread, covers))| {
        let covers: &dyn Fn(&str) -> bool = covers;
        let beside = Beside { name, document: &given.document, schema: &form.schema, unreadable: Some(&|_| true) };
        match &given.form {
            Some(form) => Beside { schema: &form.schema, unreadable: (!unread.is_empty()).then_some(covers), ..beside },
            None => beside,
        }
    });
    let beside: Vec<Beside<'_>> = beside.collect();
    rules.run(&Input { beside: &beside, ..*input })
}

/// What rules and expressions are given.
pub(super) fn input<'a>(check: &'a Check<'_>, unreadable: &'a dyn Fn(&str) -> bool) -> Input<'a> {
    Input {
        schema: &check.form.schema,
        document: check.subject.document,
        unreadable: (!check.unreadable.is_empty()).then_some(unreadable),
        beside: &[],
        today: check.options.today.as_deref(),
        final_profile: check.options.profile == Profile::Final,
    }
}

pub(super) fn finding(check: &Check<'_>, hit: Hit) -> Finding {
    let places = check.subject.places;
    let mut finding = Finding::new(hit.code, hit.message).severity(hit.severity).rule(hit.rule);
    finding.hint = hit.hint;
    match hit.stand {
        Stand::Value(pointer) => {
            let value = scalar(check.subject.document, &pointer);
            Finding { value, ..finding.at(check.place(&pointer)).pointer(pointer) }
        }
        Stand::Heading { array, path, total } => {
            let of_total = if total { places.total(&array, &path) } else { None };
            let place = of_total.or_else(|| places.heading(&array, &path));
            finding.at(place.unwrap_or_else(|| check.place(&array))).pointer(array)
        }
    }
}

/// The value that a hit stands on.
pub(super) fn value_of(hit: &Hit, document: &Value) -> Option<Value> {
    match &hit.stand {
        Stand::Value(pointer) => scalar(document, pointer),
        Stand::Heading { .. } => None,
    }
}

fn scalar(document: &Value, pointer: &str) -> Option<Value> {
    let value = document.pointer(pointer)?;
    (!value.is_array() && !value.is_object() && !value.is_null()).then(|| value.clone())
}
