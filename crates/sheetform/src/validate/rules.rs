//! Rules: what the rules engine found, put on its place.

use serde_json::Value;

use super::{Check, Profile};
use crate::finding::Finding;
use crate::rules::{Hit, Input, RuleSet, Stand};
use crate::schema::Schema;

/// Runs the rules of a form.
pub(super) fn check(check: &Check<'_>, findings: &mut Vec<Finding>) {
    let hits = run(check, &check.form.rules, &check.form.schema);
    findings.extend(hits.into_iter().map(|hit| finding(check, hit)));
}

/// Runs any rules over the document.
pub(super) fn run(check: &Check<'_>, rules: &RuleSet, schema: &Schema) -> Vec<Hit> {
    rules.run(&Input {
        schema,
        document: check.subject.document,
        unreadable: &|pointer| check.unreadable.covers(pointer),
        today: check.options.today.as_deref(),
        final_profile: check.options.profile == Profile::Final,
    })
}

fn finding(check: &Check<'_>, hit: Hit) -> Finding {
    let places = check.subject.places;
    let finding = Finding::new(hit.code, hit.message).severity(hit.severity).rule(hit.rule);
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
