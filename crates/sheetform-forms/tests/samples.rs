//! Every sample is a document of its form, and survives its Rust type.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::PathBuf;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sheetform_forms::{
    AssessmentSheet, CommitmentLetter, DutyRoster, EquipmentRegister, IncidentResponsePlan, InspectionLedger,
    RectificationLedger, ReportingSchedule, ResponsibilityAgreement, ResponsibilityList, SubmissionRoster,
    TrainingPlan, WorkPlan, WorkReport, all, schema,
};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../samples")
}

fn sample(id: &str) -> Value {
    let text = std::fs::read_to_string(folder().join(format!("{id}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn problems(id: &str, document: &Value) -> Vec<String> {
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .should_ignore_unknown_formats(false)
        .build(schema(id).unwrap())
        .unwrap();
    validator.iter_errors(document).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

/// Numbers by value: 100 is 100.0.
fn by_value(value: &Value) -> Value {
    match value {
        Value::Array(list) => list.iter().map(by_value).collect(),
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), by_value(value))).collect(),
        Value::Number(number) => json!(number.as_f64()),
        other => other.clone(),
    }
}

fn survives<T: Serialize + DeserializeOwned>(id: &str) {
    let document = sample(id);
    let typed: T = serde_json::from_value(document.clone()).unwrap_or_else(|e| panic!("{id}: {e}"));
    let back = serde_json::to_value(&typed).unwrap();
    assert_eq!(by_value(&back), by_value(&document), "{id}");
    // Equality of objects does not look at their order; the texts do.
    assert_eq!(by_value(&back).to_string(), by_value(&document).to_string(), "{id}: keys in another order");
}

#[test]
fn samples_survive_their_types() {
    survives::<WorkPlan>("work-plan");
    survives::<ResponsibilityList>("responsibility-list");
    survives::<InspectionLedger>("inspection-ledger");
    survives::<RectificationLedger>("rectification-ledger");
    survives::<ResponsibilityAgreement>("responsibility-agreement");
    survives::<IncidentResponsePlan>("incident-response-plan");
    survives::<TrainingPlan>("training-plan");
    survives::<AssessmentSheet>("assessment-sheet");
    survives::<ReportingSchedule>("reporting-schedule");
    survives::<DutyRoster>("duty-roster");
    survives::<EquipmentRegister>("equipment-register");
    survives::<WorkReport>("work-report");
    survives::<CommitmentLetter>("commitment-letter");
    survives::<SubmissionRoster>("submission-roster");
}

#[test]
fn samples_validate() {
    for form in all() {
        assert_eq!(problems(form.id, &sample(form.id)), Vec::<String>::new(), "{}", form.id);
    }
}

/// Every choice and every optional property of a table is there in one record, the latter absent in another: else a
/// sample proves little.
#[test]
fn samples_show_every_property() {
    let mut missing = Vec::new();
    for form in all() {
        unseen(form.schema(), &[&sample(form.id)], form.id, false, &mut missing);
    }
    // Either every duty has points, or none; and so with the serials of a list that may do without.
    let all_or_none = ["responsibility-agreement/duties/points", "submission-roster/entries/serial"];
    missing.retain(|one| !all_or_none.iter().any(|at| *one == format!("{at} is everywhere")));
    assert_eq!(missing, Vec::<String>::new());
}

fn unseen(schema: &Value, values: &[&Value], at: &str, in_table: bool, missing: &mut Vec<String>) {
    if let Some(items) = schema.get("items") {
        let inner: Vec<&Value> = values.iter().flat_map(|v| v.as_array().unwrap()).collect();
        return unseen(items, &inner, at, true, missing);
    }
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
    for (name, node) in properties {
        let at = format!("{at}/{name}");
        let inner: Vec<&Value> = values.iter().filter_map(|v| v.get(name)).collect();
        let required = schema["required"].as_array().unwrap().iter().any(|r| r == name);
        if in_table && inner.is_empty() {
            missing.push(format!("{at} is nowhere"));
        } else if in_table && !required && inner.len() == values.len() {
            missing.push(format!("{at} is everywhere"));
        }
        if let Some(list) = node.get("enum").and_then(Value::as_array) {
            for choice in list.iter().filter(|c| !inner.contains(c)) {
                missing.push(format!("{at}: {choice} is nowhere"));
            }
        }
        unseen(node, &inner, &at, in_table, missing);
    }
}

#[test]
fn null_is_refused_by_schema_and_type() {
    let mut document = sample("commitment-letter");
    document["post"] = Value::Null;
    assert_eq!(problems("commitment-letter", &document).len(), 1);
    assert!(serde_json::from_value::<CommitmentLetter>(document).is_err());
}

#[test]
fn an_unknown_property_is_refused_by_schema_and_type() {
    let mut document = sample("commitment-letter");
    document["entries"][0]["remark"] = json!("x");
    assert_eq!(problems("commitment-letter", &document).len(), 1);
    assert!(serde_json::from_value::<CommitmentLetter>(document).is_err());
}

#[test]
fn dates_and_months_are_of_the_calendar() {
    let date = |text: &str| text.parse::<sheetform_forms::Date>().is_ok();
    assert!(date("2024-02-29") && date("2026-12-31") && date("2000-02-29"));
    for wrong in ["2026-02-29", "1900-02-29", "2026-04-31", "2026-00-10", "2026-13-01", "2026-1-1", "2026/01/01", ""] {
        assert!(!date(wrong), "{wrong}");
    }
    assert!(!date("2026-01-011") && !date("+026-01-01") && !date("2026-01-0１"));
    let month = |text: &str| text.parse::<sheetform_forms::YearMonth>().is_ok();
    assert!(month("2026-02") && !month("2026-13") && !month("2026-2") && !month("2026-02-01"));
}
