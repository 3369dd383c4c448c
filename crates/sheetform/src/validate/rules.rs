//! Rules: what the rules engine found, put on its place.

use serde_json::Value;

use super::unreadable::Unreadable;
use super::{Check, Profile};
use crate::finding::Finding;
use crate::rules::{Beside, Hit, Input, Stand};

/// Runs the rules of a form.
pub(super) fn check(check: &Check<'_>, findings: &mut Vec<Finding>) {
    let unreadable = |pointer: &str| check.unreadable.covers(pointer);
    let of_given: Vec<Unreadable<'_>> =
        check.options.with.values().map(|given| Unreadable::new(&given.unreadable)).collect();
    let covered: Vec<_> = of_given.iter().map(|given| |pointer: &str| given.covers(pointer)).collect();
    let beside =
        check.options.with.iter().zip(of_given.iter().zip(&covered)).map(|((name, given), (unread, covers))| {
            let covers: &dyn Fn(&str) -> bool = covers;
            let beside =
                Beside { name, document: &given.document, schema: &check.form.schema, unreadable: Some(&|_| true) };
            match &given.form {
                Some(form) => {
                    Beside { schema: &form.schema, unreadable: (!unread.is_empty()).then_some(covers), ..beside }
                }
                None => beside,
            }
        });
    let beside: Vec<Beside<'_>> = beside.collect();
    let hits = check.form.rules().run(&Input { beside: &beside, ..input(check, &unreadable) });
    findings.extend(hits.into_iter().map(|hit| finding(check, hit)));
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

fn finding(check: &Check<'_>, hit: Hit) -> Finding {
    let places = check.subject.places;
    let mut finding = Finding::new(hit.code, hit.message).severity(hit.severity).rule(hit.rule);
    finding.hint = hit.hint;
    match hit.stand {
        Stand::Value(pointer) => {
            let value = check.subject.document.pointer(&pointer).filter(|value| is_scalar(value));
            let mut finding = finding.at(check.place(&pointer)).pointer(pointer);
            finding.value = value.cloned();
            finding
        }
        Stand::Heading { array, path, total } => {
            let of_total = if total { places.total(&array, &path) } else { None };
            let place = of_total.or_else(|| places.heading(&array, &path));
            finding.at(place.unwrap_or_else(|| check.place(&array))).pointer(array)
        }
    }
}

fn is_scalar(value: &Value) -> bool {
    !value.is_array() && !value.is_object() && !value.is_null()
}
