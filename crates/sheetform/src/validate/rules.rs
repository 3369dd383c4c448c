//! Rules: what the rules engine found, put on its place.

use serde_json::Value;

use super::{Check, Profile};
use crate::finding::{Code, Finding, Text};
use crate::rules::{Hit, Input, Stand};

/// Runs the rules of a form.
pub(super) fn check(check: &Check<'_>, findings: &mut Vec<Finding>) {
    let unreadable = |pointer: &str| check.unreadable.covers(pointer);
    let hits = check.form.rules.run(&input(check, &unreadable));
    findings.extend(hits.into_iter().map(|hit| finding(check, hit)));
}

/// What rules and expressions are given.
pub(super) fn input<'a>(check: &'a Check<'_>, unreadable: &'a dyn Fn(&str) -> bool) -> Input<'a> {
    Input {
        schema: &check.form.schema,
        document: check.subject.document,
        unreadable,
        today: check.options.today.as_deref(),
        final_profile: check.options.profile == Profile::Final,
    }
}

fn finding(check: &Check<'_>, hit: Hit) -> Finding {
    let places = check.subject.places;
    let mut finding = Finding::new(hit.code, hit.message).severity(hit.severity).rule(hit.rule);
    if finding.code == Code::NotChecked {
        finding.hint = Some(Text::new(
            "say which day counts as today, as in --as-of 2026-03-31",
            "请指定哪一天算今天，如 --as-of 2026-03-31",
        ));
    }
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
