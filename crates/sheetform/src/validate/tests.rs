//! Small forms and documents; every place echoes its pointer.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Options, ReadTotal, Subject, validate};
use crate::finding::{Finding, Place, Severity};
use crate::form::Form;
use crate::places::Places;

/// Every part stands on the sheet called by its pointer; a key has `#` before it.
struct Echo;

impl Places for Echo {
    fn value(&self, pointer: &str) -> Option<Place> {
        Some(Place::sheet(pointer))
    }

    fn key(&self, pointer: &str) -> Option<Place> {
        Some(Place::sheet(&format!("#{pointer}")))
    }

    fn heading(&self, array: &str, path: &[String]) -> Option<Place> {
        Some(Place::sheet(&format!("{array}[]{}", path.join("."))))
    }
}

fn form(schema: &Value) -> Form {
    let (form, findings) = Form::compile(schema.clone());
    assert!(findings.iter().all(|f| f.severity != Severity::Error), "{findings:?}");
    form.unwrap()
}

fn findings(schema: &Value, document: &Value, unreadable: &[&str], totals: &[ReadTotal]) -> Vec<Finding> {
    let unreadable: BTreeSet<String> = unreadable.iter().map(|p| (*p).to_owned()).collect();
    let subject = Subject { document, places: &Echo, unreadable: &unreadable, totals };
    validate(&form(schema), &subject, &Options::default())
}

/// `code pointer rule` of every finding; the place is checked to be the pointer's.
fn told(schema: &Value, document: &Value, unreadable: &[&str]) -> Vec<String> {
    findings(schema, document, unreadable, &[])
        .iter()
        .map(|f| {
            let pointer = f.pointer.as_deref().unwrap();
            assert_eq!(f.place.sheet.as_deref().unwrap().trim_start_matches('#'), pointer);
            let rule = f.rule.as_deref().unwrap();
            assert!(schema.pointer(&rule[1..]).is_some(), "{rule} is no part of the form");
            format!("{} {pointer} {rule}", f.code)
        })
        .collect()
}

fn ledger() -> Value {
    json!({ "$id": "urn:x:ledger", "title": "台账", "type": "object", "additionalProperties": false,
      "x-sheet": { "version": 1 }, "required": ["unit", "entries"],
      "properties": {
        "unit": { "type": "string", "minLength": 1, "title": "单位" },
        "entries": { "type": "array", "minItems": 1, "x-sheet": { "totals": ["cost"], "key": ["name", "where"] },
          "items": { "$ref": "#/$defs/entry" } } },
      "$defs": { "entry": { "type": "object", "required": ["serial", "name", "due"], "additionalProperties": false,
        "properties": {
          "serial": { "type": "integer", "title": "序号" },
          "name": { "type": "string", "minLength": 2, "title": "名称" },
          "number": { "type": "string", "pattern": "^\\d+$", "title": "编号", "x-sheet": { "key": true } },
          "due": { "$ref": "#/$defs/date", "title": "完成时限" },
          "cost": { "type": "number", "minimum": 0, "multipleOf": 0.01, "title": "原值（元）" },
          "status": { "enum": ["在用", "停用"], "title": "状态" },
          "where": { "type": ["string", "null"] },
          "done": { "type": "number", "maximum": 1 },
          "units": { "type": "array", "items": { "type": "string", "minLength": 1 }, "uniqueItems": true, "title": "责任单位" },
          "holder": { "type": "object", "title": "责任", "required": ["owner"], "properties": {
            "owner": { "type": "string", "title": "责任人" } } } } },
        "date": { "type": "string", "format": "date" } } })
}

fn document(entries: &Value) -> Value {
    json!({ "$schema": "urn:x:ledger", "unit": "一分公司", "entries": entries })
}

#[test]
fn each_keyword_has_its_code() {
    let cases = [
        (json!({ "due": 5 }), vec!["wrong-type /entries/0/due #/$defs/date/type"]),
        (json!({ "due": "31/02/2026" }), vec!["wrong-format /entries/0/due #/$defs/date/format"]),
        (json!({ "name": "x" }), vec!["wrong-length /entries/0/name #/$defs/entry/properties/name/minLength"]),
        (json!({ "name": null }), vec!["wrong-type /entries/0/name #/$defs/entry/properties/name/type"]),
        (json!({ "number": "A1" }), vec!["wrong-format /entries/0/number #/$defs/entry/properties/number/pattern"]),
        (json!({ "cost": -1 }), vec!["out-of-range /entries/0/cost #/$defs/entry/properties/cost/minimum"]),
        (json!({ "cost": 0.125 }), vec!["out-of-range /entries/0/cost #/$defs/entry/properties/cost/multipleOf"]),
        (json!({ "status": "在用。" }), vec!["not-in-list /entries/0/status #/$defs/entry/properties/status/enum"]),
        (json!({ "where": 1 }), vec!["wrong-type /entries/0/where #/$defs/entry/properties/where/type"]),
        (json!({ "stauts": 1 }), vec!["unknown-property /entries/0/stauts #/$defs/entry/additionalProperties"]),
        (
            json!({ "holder": {} }),
            vec!["missing-value /entries/0/holder/owner #/$defs/entry/properties/holder/required"],
        ),
        (
            json!({ "units": ["a", "", "a"] }),
            vec![
                "wrong-length /entries/0/units/1 #/$defs/entry/properties/units/items/minLength",
                "duplicate-key /entries/0/units/2 #/$defs/entry/properties/units/uniqueItems",
            ],
        ),
        // Several at once, in the order of the sheet.
        (
            json!({ "done": 85, "cost": "x", "due": "", "name": 1 }),
            vec![
                "wrong-type /entries/0/name #/$defs/entry/properties/name/type",
                "wrong-format /entries/0/due #/$defs/date/format",
                "wrong-type /entries/0/cost #/$defs/entry/properties/cost/type",
                "out-of-range /entries/0/done #/$defs/entry/properties/done/maximum",
            ],
        ),
    ];
    for (change, expected) in cases {
        let mut entry = json!({ "serial": 1, "name": "灭火器", "due": "2026-03-31" });
        entry.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(told(&ledger(), &document(&json!([entry])), &[]), expected, "{change}");
    }
}

#[test]
fn around_the_table() {
    for (document, expected) in [
        (
            json!({ "unit": "", "entries": [] }),
            vec![
                "wrong-length /unit #/properties/unit/minLength",
                "missing-value /entries/0 #/properties/entries/minItems",
            ],
        ),
        (json!({ "unit": "x" }), vec!["missing-value /entries #/required"]),
        (
            json!({ "unit": "x", "entries": {}, "more": 1 }),
            vec!["wrong-type /entries #/properties/entries/type", "unknown-property /more #/additionalProperties"],
        ),
        (json!([]), vec!["wrong-type  #/type"]),
    ] {
        assert_eq!(told(&ledger(), &document, &[]), expected, "{document}");
    }
}

#[test]
fn messages_say_name_expected_and_found() {
    let entry =
        json!([{ "serial": 1, "name": "灭火器", "due": "2026/2/30", "status": "在用。", "done": 85, "cost": 1.234 }]);
    let found = findings(&ledger(), &document(&entry), &[], &[]);
    let messages: Vec<(&str, &str)> = found.iter().map(|f| (f.message.en.as_str(), f.message.zh.as_str())).collect();
    assert_eq!(
        messages,
        [
            (
                "\"完成时限\" must be a date such as 2026-01-31, found \"2026/2/30\"",
                "“完成时限”应为日期（如 2026-01-31），实际为“2026/2/30”"
            ),
            ("\"原值（元）\" must have at most 2 decimals, found 1.234", "“原值（元）”最多 2 位小数，实际为 1.234"),
            ("\"状态\" must be one of 在用, 停用, found \"在用。\"", "“状态”应为下列之一：在用、停用，实际为“在用。”"),
            ("\"done\" must be at most 1, found 85", "“done”不得大于 1，实际为 85"),
        ]
    );
    let hints: Vec<Option<&str>> = found.iter().map(|f| f.hint.as_ref().map(|h| h.en.as_str())).collect();
    assert_eq!(
        hints,
        [
            Some("2026-02 has only 28 days"),
            None,
            Some("did you mean \"在用\"?"),
            Some("if 85 percent is meant, write 85%"),
        ]
    );
    assert_eq!(found[0].expected.as_deref(), Some("date"));
    assert_eq!(found[0].value, Some(json!("2026/2/30")));
}

#[test]
fn what_could_not_be_read_is_not_told_again() {
    let entries = json!([{ "serial": 1, "name": "甲甲" }, { "serial": 2, "name": "乙乙", "due": 1, "cost": "x" }]);
    assert_eq!(told(&ledger(), &document(&entries), &["/entries/*/due", "/entries/1/cost"]), Vec::<String>::new());
    assert_eq!(told(&ledger(), &document(&json!([])), &["/entries/*/due"]).len(), 1);
}

#[test]
fn keys_and_serials() {
    let row = |serial: i64, name: &str, number: &str, place: Option<&str>| {
        let mut row = json!({ "serial": serial, "name": name, "number": number, "due": "2026-01-01" });
        if let Some(place) = place {
            row["where"] = place.into();
        }
        row
    };
    let entries = json!([
        row(1, "甲甲", "1", Some("x")),
        row(2, "甲甲", "2", None),
        row(4, "乙乙", "1", Some("x")),
        row(5, "甲甲", "3", Some("x")),
        row(6, "丙丙", "A", None),
        row(6, "丙丙", "A", None),
    ]);
    let found = findings(&ledger(), &document(&entries), &[], &[]);
    let told: Vec<String> = found
        .iter()
        .map(|f| format!("{} {} {}", f.code, f.pointer.as_deref().unwrap(), f.rule.as_deref().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            "wrong-format /entries/4/number #/$defs/entry/properties/number/pattern",
            "wrong-format /entries/5/number #/$defs/entry/properties/number/pattern",
            "duplicate-key /entries/2/number #/$defs/entry/properties/number/x-sheet/key",
            "duplicate-key /entries/3/name #/properties/entries/x-sheet/key",
            "wrong-serial /entries/2/serial #/$defs/entry/properties/serial/x-sheet/serial",
        ]
    );
    assert_eq!(found[2].related[0].place, Place::sheet("/entries/0/number"));
    assert_eq!(found[2].message.en, "\"编号\" must not repeat: \"1\" stands already");
    assert_eq!(found[4].fix.as_ref().map(|f| (f.value.clone(), f.safe)), Some((json!(3), true)));
    assert_eq!(found[4].message.en, "\"序号\" must be 3 here, found 4; 3 records in a row are off by 1");
}

#[test]
fn totals_in_exact_decimal() {
    let total = |value: Option<&str>| ReadTotal {
        array: "/entries".into(),
        row: 0,
        column: 4,
        value: value.map(str::to_owned),
        place: Place::sheet("total"),
    };
    let entry = |cost: Value| json!({ "serial": 1, "name": "灭火器", "due": "2026-03-31", "cost": cost });
    let mut entries = vec![entry(json!(0.1)), entry(json!(0.2)), entry(json!(1000))];
    for (i, one) in entries.iter_mut().enumerate() {
        one["serial"] = (i + 1).into();
        one["name"] = format!("灭火器{i}").into();
    }
    let told = |entries: &[Value], value: Option<&str>| {
        let found = findings(&ledger(), &document(&entries.into()), &[], &[total(value)]);
        found.into_iter().filter(|f| f.code.name() == "total-mismatch").collect::<Vec<_>>()
    };
    for good in [Some("1000.3"), Some("1.0003E3"), Some("1000.3000000000001"), None] {
        assert_eq!(told(&entries, good), [], "{good:?}");
    }
    let found = told(&entries, Some("1100"));
    assert_eq!(found[0].message.en, "\"合计\" of \"原值（元）\" must be 1000.3, found 1100 (99.7 more)");
    assert_eq!(found[0].message.zh, "“原值（元）”的“合计”应为 1000.3，实际为 1100（多 99.7）");
    assert_eq!(found[0].rule.as_deref(), Some("#/properties/entries/x-sheet/totals"));
    assert_eq!(found[0].place, Place::sheet("total"));
    entries[1]["cost"] = "x".into();
    assert_eq!(told(&entries, Some("1100")), [], "a summand could not be read");
}

#[test]
fn shapes() {
    let one = |schema: Value, value: Value| {
        let form = json!({ "type": "object", "x-sheet": {}, "properties": { "v": schema } });
        told(&form, &json!({ "v": value }), &[]).join("; ")
    };
    for (schema, value, expected) in [
        (
            json!({ "anyOf": [{ "type": "string", "format": "date" }, { "type": "null" }] }),
            json!("x"),
            "wrong-format /v #/properties/v/anyOf/0/format",
        ),
        (
            json!({ "oneOf": [{ "const": "a", "title": "甲" }, { "const": "b", "title": "乙" }] }),
            json!("c"),
            "not-in-list /v #/properties/v/oneOf",
        ),
        (
            json!({ "anyOf": [{ "type": "string", "maxLength": 1 }, { "type": "integer" }] }),
            json!("xx"),
            "wrong-length /v #/properties/v/anyOf/0/maxLength",
        ),
        (
            json!({ "anyOf": [{ "type": "string" }, { "type": "integer" }] }),
            json!(true),
            "wrong-type /v #/properties/v/anyOf",
        ),
        (
            json!({ "oneOf": [
                { "type": "object", "required": ["a"], "properties": { "kind": { "const": "x" } } },
                { "type": "object", "required": ["b"], "properties": { "kind": { "const": "y" } } }] }),
            json!({ "kind": "y" }),
            "missing-value /v/b #/properties/v/oneOf/1/required",
        ),
        (
            json!({ "anyOf": [{ "minLength": 5 }, { "pattern": "^b" }] }),
            json!("a"),
            "wrong-shape /v #/properties/v/anyOf",
        ),
        (json!({ "not": { "type": "string" } }), json!("a"), "wrong-shape /v #/properties/v/not"),
        (
            json!({ "type": "object", "dependentRequired": { "a": ["b"] } }),
            json!({ "a": 1 }),
            "missing-value /v/b #/properties/v/dependentRequired",
        ),
        (
            json!({ "properties": { "a": false } }),
            json!({ "a": 1 }),
            "unknown-property /v/a #/properties/v/properties/a",
        ),
        (
            json!({ "type": "array", "prefixItems": [true], "items": false }),
            json!([1, 2]),
            "wrong-length /v/1 #/properties/v/items",
        ),
        (
            json!({ "propertyNames": { "maxLength": 1 } }),
            json!({ "ab": 1 }),
            "unknown-property /v/ab #/properties/v/propertyNames/maxLength",
        ),
        (json!({ "const": 5 }), json!(6), "not-in-list /v #/properties/v/const"),
        (json!({ "type": "string", "pattern": "^(?=a)" }), json!("b"), "wrong-format /v #/properties/v/pattern"),
        (
            json!({ "if": { "type": "string" }, "then": { "minLength": 3 } }),
            json!("a"),
            "wrong-length /v #/properties/v/then/minLength",
        ),
    ] {
        assert_eq!(one(schema.clone(), value), expected, "{schema}");
    }
}

#[test]
fn formats_are_asserted_when_the_form_is_ours_or_asked_for() {
    let schema = json!({ "type": "object", "properties": { "d": { "type": "string", "format": "date" } } });
    let document = json!({ "d": "x" });
    let none = BTreeSet::new();
    let subject = Subject { document: &document, places: &Echo, unreadable: &none, totals: &[] };
    let form = form(&schema);
    assert_eq!(validate(&form, &subject, &Options::default()), []);
    assert_eq!(validate(&form, &subject, &Options { assert_formats: true, ..Options::default() }).len(), 1);
}

#[test]
fn a_reference_into_a_table_leaves_it_whole() {
    let schema = json!({ "type": "object", "x-sheet": {}, "properties": {
        "a": { "type": "array", "items": { "type": "object", "required": ["x"], "properties": { "x": { "type": "string" } } } },
        "b": { "type": "array", "items": { "$ref": "#/properties/a/items" } } } });
    let document = json!({ "a": [{ "x": 1 }], "b": [{}] });
    assert_eq!(
        told(&schema, &document, &[]),
        [
            "wrong-type /a/0/x #/properties/a/items/properties/x/type",
            "missing-value /b/0/x #/properties/a/items/required",
        ]
    );
}

#[test]
fn rules_stand_where_they_say() {
    let schema = json!({ "type": "object", "properties": {
        "start": { "type": "string", "format": "date" }, "end": { "type": "string", "format": "date" },
        "entries": { "type": "array", "items": { "type": "object", "properties": {
            "role": { "type": "string", "title": "职务" }, "points": { "type": "number" } } },
          "x-rules": [
            { "rule": "self.exists(e, e.role == '组长')", "fieldPath": "[].role", "message": "缺少组长" },
            { "rule": "sum(self.map(e, e.points)) == 100", "fieldPath": "[].points", "message": "应为 100",
              "severity": { "draft": "warning", "final": "error" } }] } },
      "x-rules": [{ "rule": "self.end >= self.start", "message": "终止早于开始" }] });
    let document = json!({ "start": "2026-02-01", "end": "2026-01-01", "entries": [{ "role": "成员", "points": 5 }] });
    let found = findings(&schema, &document, &[], &[]);
    let told: Vec<String> = found
        .iter()
        .map(|f| {
            format!("{} {} {} {}", f.code, f.place.sheet.as_deref().unwrap(), f.rule.as_deref().unwrap(), f.message.en)
        })
        .collect();
    assert_eq!(
        told,
        [
            "rule /end #/x-rules/0 终止早于开始",
            "rule /entries[]role #/properties/entries/x-rules/0 缺少组长",
            "rule /entries[]points #/properties/entries/x-rules/1 应为 100",
        ]
    );
    let wrong = json!({ "start": "soon", "end": "2026-01-01", "entries": [{ "role": "组长", "points": 100 }] });
    assert_eq!(told_codes(&findings(&schema, &wrong, &[], &[])), ["wrong-format"]);
}

fn told_codes(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|f| f.code.name()).collect()
}

#[test]
fn computed_rows() {
    let schema = json!({ "type": "object", "properties": { "entries": { "type": "array",
        "x-sheet": { "rows": [{ "label": "平均", "cells": { "cost": "sum(self.map(e, e.cost)) / size(self)" } }] },
        "items": { "type": "object", "properties": { "cost": { "type": "number", "title": "原值" } } } } } });
    let document = json!({ "entries": [{ "cost": 1.5 }, { "cost": 2.0 }] });
    let total = |value| ReadTotal {
        array: "/entries".into(),
        row: 0,
        column: 0,
        value: Some(str::to_owned(value)),
        place: Place::sheet("average"),
    };
    assert_eq!(findings(&schema, &document, &[], &[total("1.75")]), []);
    let found = findings(&schema, &document, &[], &[total("2")]);
    assert_eq!(found[0].message.en, "\"平均\" of \"原值\" must be 1.75, found 2 (0.25 more)");
    assert_eq!(found[0].rule.as_deref(), Some("#/properties/entries/x-sheet/rows/0"));
    assert_eq!(findings(&schema, &document, &["/entries/0/cost"], &[total("2")]), []);
}

/// The shipped forms and their samples have nothing to find.
#[test]
// Only this test looks at the shipped files; the crate itself opens none.
#[allow(clippy::disallowed_methods)]
fn shipped_forms_and_samples() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let read = |path: String| -> Value { serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap() };
    let mut forms = 0;
    for entry in std::fs::read_dir(format!("{root}/schemas")).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let Some(id) = file.strip_suffix(".schema.json").filter(|id| *id != "vocabulary") else { continue };
        let (form, findings) = Form::compile(read(format!("{root}/schemas/{file}")));
        assert_eq!(findings, [], "{id}");
        let document = read(format!("{root}/samples/{id}.json"));
        let none = BTreeSet::new();
        let subject = Subject { document: &document, places: &Echo, unreadable: &none, totals: &[] };
        let options = Options { today: Some("2026-12-31".to_owned()), ..Options::default() };
        assert_eq!(validate(&form.unwrap(), &subject, &options), [], "{id}");
        forms += 1;
    }
    assert_eq!(forms, 14);
}
