//! The samples keep every rule of their forms, and a mistake in one breaks the rule it should, where it should.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::{Value, json};
use sheetform::finding::{Code, Place};
use sheetform::form::Form;
use sheetform::places::Places;
use sheetform::validate::{Options, Subject, validate};
use sheetform_forms::{all, schema};

fn sample(id: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../../samples/{id}.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Places that only say what was asked for.
struct Asked;

impl Places for Asked {
    fn value(&self, pointer: &str) -> Option<Place> {
        Some(Place::sheet(pointer))
    }

    fn heading(&self, array: &str, path: &[String]) -> Option<Place> {
        Some(Place::sheet(&format!("{array}[].{}", path.join("."))))
    }
}

/// Every broken rule as the rule's pointer and where it stands.
fn hits(id: &str, document: &Value) -> Vec<(String, String)> {
    let (form, findings) = Form::compile(schema(id).unwrap().clone());
    assert!(findings.is_empty(), "{id}: {findings:?}");
    let subject = Subject { document, places: &Asked, unreadable: &BTreeSet::new(), totals: &[] };
    validate(&form.unwrap(), &subject, &Options::default())
        .into_iter()
        .filter(|finding| finding.code == Code::Rule)
        .map(|finding| (finding.rule.unwrap(), finding.place.sheet.unwrap()))
        .collect()
}

/// One mistake: where, the value put there (null takes it away), and the places of the findings.
type Mistake = (&'static str, Value, &'static [&'static str]);

fn mistakes() -> Vec<(&'static str, Vec<Mistake>)> {
    let mut swapped = sample("duty-roster")["entries"].take();
    swapped.as_array_mut().unwrap().swap(15, 16);
    vec![
        (
            "work-plan",
            vec![
                ("/period/end", json!("2026-01-01"), &["/period/end"]),
                ("/leading_group/0/role", json!("成员"), &["/leading_group[].role"]),
                ("/leading_group/1/role", json!("组长"), &["/leading_group/1/role"]),
                ("/tasks/4/due", json!("2027-03-31"), &["/tasks/4/due"]),
                ("/tasks/3/lead_unit", json!("安全部"), &["/tasks/3/lead_unit"]),
            ],
        ),
        (
            "inspection-ledger",
            vec![
                ("/entries/1/problem", Value::Null, &["/entries/1/problem"]),
                ("/entries/1/measures", Value::Null, &["/entries/1/measures"]),
                ("/entries/1/due", Value::Null, &["/entries/1/due"]),
                ("/entries/0/problem", json!("地面湿滑"), &["/entries/0/problem"]),
                ("/entries/0/measures", json!("擦干"), &["/entries/0/measures"]),
                ("/entries/0/due", json!("2026-03-01"), &["/entries/0/due"]),
                ("/entries/4/due", json!("2026-03-24"), &["/entries/4/due"]),
            ],
        ),
        (
            "rectification-ledger",
            vec![
                ("/entries/0/rectification/done_on", Value::Null, &["/entries/0/rectification/done_on"]),
                ("/entries/1/rectification/done_on", json!("2026-05-10"), &["/entries/1/rectification/done_on"]),
                ("/entries/2/rectification/due", json!("2026-05-15"), &["/entries/2/rectification/status"]),
            ],
        ),
        (
            "responsibility-agreement",
            vec![
                ("/term/end", json!("2025-12-31"), &["/term/end"]),
                ("/term/end", json!("2027-01-31"), &["/term/end"]),
                ("/term/start", json!("2025-12-31"), &["/term/start"]),
                ("/duties/2/points", Value::Null, &["/duties/2/points"]),
                ("/duties/3/points", json!(15), &["/duties[].points"]),
            ],
        ),
        (
            "incident-response-plan",
            vec![
                ("/levels/2/level", json!("一般"), &[]),
                ("/levels/0/level", json!("重大"), &["/levels/1/level"]),
                ("/levels/1/affected/max", Value::Null, &["/levels/1/affected/max"]),
                ("/levels/1/affected/min", json!(110), &["/levels/1/affected/min"]),
                ("/levels/2/report_within_hours", json!(8), &["/levels/2/report_within_hours"]),
                ("/levels/0/affected/min", json!(100), &["/levels/0/affected/max"]),
                ("/steps/1/role", json!("技术组"), &["/steps/1/role"]),
            ],
        ),
        (
            "training-plan",
            vec![
                ("/plan/1/times_per_year", json!(2), &["/plan/1/topic"]),
                ("/as_of", json!("2026-12-31"), &[]),
                ("/records/0/topic", json!("消防器材的使用"), &["/plan/0/topic", "/records/0/topic"]),
                ("/records/1/date", json!("2025-03-18"), &["/records/1/date"]),
            ],
        ),
        (
            "assessment-sheet",
            vec![
                ("/entries/6/weight", json!(12), &["/entries[].weight"]),
                ("/entries/0/self_score", json!(10.5), &["/entries/0/self_score"]),
                ("/entries/0/score", json!(12), &["/entries/0/score"]),
                ("/entries/1/deduction", Value::Null, &["/entries/1/deduction"]),
            ],
        ),
        (
            "reporting-schedule",
            vec![
                ("/items/2/at_least", json!(2), &["/items/2/item", "/items/2/item"]),
                ("/as_of", json!("2026-08-01"), &["/items/0/item"]),
                ("/as_of", json!("2026-07-31"), &[]),
                ("/records/1/item", json!("安全生产周报"), &["/items/0/item", "/records/1/item"]),
                ("/records/11/date", json!("2025-07-03"), &["/records/11/date"]),
            ],
        ),
        (
            "duty-roster",
            vec![
                ("/entries/3", Value::Null, &["/entries/3/date"]),
                ("/entries/27", Value::Null, &["/entries[].date"]),
                ("/entries/0", Value::Null, &["/entries/0/date"]),
                ("/entries/23/date", json!("2026-02-02"), &["/entries/24/date"]),
                ("/entries/9/date", json!("2026-03-10"), &["/entries/10/date", "/entries/9/date"]),
                ("/entries", swapped, &["/entries/16/date"]),
                ("/entries/5/weekday", json!("四"), &["/entries/5/weekday"]),
            ],
        ),
        (
            "equipment-register",
            vec![
                ("/entries/6/next_check", json!("2020-01-01"), &["/entries/6/next_check"]),
                ("/entries/7/bought_on", json!("2026-07-07"), &["/entries/7/bought_on"]),
            ],
        ),
        (
            "work-report",
            vec![
                ("/period/end", json!("2026-03-01"), &["/period/end"]),
                ("/problems/0/due", json!("2026-06-30"), &["/problems/0/due"]),
                ("/next_steps/0/due", json!("2026-06-30"), &["/next_steps/0/due"]),
            ],
        ),
    ]
}

#[test]
fn samples_keep_every_rule() {
    for form in all() {
        assert_eq!(hits(form.id, &sample(form.id)), [], "{}", form.id);
    }
}

#[test]
fn a_mistake_breaks_its_rule_at_its_place() {
    let mut broken: BTreeSet<(String, String)> = BTreeSet::new();
    for (id, mistakes) in mistakes() {
        for (at, value, expected) in mistakes {
            let mut document = sample(id);
            put(&mut document, at, &value);
            let hits = hits(id, &document);
            let places: Vec<&str> = hits.iter().map(|(_, place)| place.as_str()).collect();
            assert_eq!(places, expected, "{id}: {at} = {value}");
            broken.extend(hits.into_iter().map(|(rule, _)| (id.to_owned(), rule)));
        }
    }
    let never: Vec<_> = all().iter().flat_map(|form| rules_of(form.id)).filter(|r| !broken.contains(r)).collect();
    assert_eq!(never, [], "rules that no mistake breaks");
}

fn put(document: &mut Value, at: &str, value: &Value) {
    let (parent, name) = at.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap() {
        Value::Object(map) if value.is_null() => drop(map.shift_remove(name)),
        Value::Object(map) => drop(map.insert(name.to_owned(), value.clone())),
        Value::Array(list) if value.is_null() => drop(list.remove(name.parse().unwrap())),
        other => panic!("{at}: nothing can be put into {other}"),
    }
}

/// A form's id with the pointer of each of its rules.
fn rules_of(id: &str) -> Vec<(String, String)> {
    fn walk(node: &Value, at: &str, found: &mut Vec<String>) {
        let Value::Object(map) = node else { return };
        for (key, inner) in map {
            match (key.as_str(), inner) {
                ("x-rules", Value::Array(list)) => found.extend((0..list.len()).map(|i| format!("{at}/x-rules/{i}"))),
                (_, inner) => walk(inner, &format!("{at}/{key}"), found),
            }
        }
    }
    let mut found = Vec::new();
    walk(schema(id).unwrap(), "#", &mut found);
    found.into_iter().map(|pointer| (id.to_owned(), pointer)).collect()
}
