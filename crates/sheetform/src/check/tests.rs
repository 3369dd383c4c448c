//! Wrong forms and what is said of them.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use crate::finding::{Code, Finding, Severity};
use crate::form::Form;

/// Every finding about a form, those of compiling it included.
fn check(form: &Value) -> Vec<Finding> {
    Form::compile(form.clone()).1
}

/// `severity pointer: message (hint)` of every finding.
fn told(form: &Value) -> Vec<String> {
    let findings = check(form);
    let usable = Form::compile(form.clone()).0.is_some();
    assert_eq!(usable, findings.iter().all(|f| f.severity != Severity::Error));
    findings
        .iter()
        .map(|f| {
            assert_eq!(f.code, Code::BadForm);
            let pointer = f.pointer.as_deref().unwrap();
            let there = form.pointer(pointer).is_some();
            assert!(there, "{pointer} is no part of the form: {}", f.message.en);
            assert!(!f.message.zh.is_empty() && f.message.zh != f.message.en, "{}", f.message.en);
            let hint = f.hint.as_ref().map(|h| format!(" ({})", h.en)).unwrap_or_default();
            format!("{} {pointer}: {}{hint}", f.severity.name(), f.message.en)
        })
        .collect()
}

/// A form of a label and a table with these changes, each a pointer and a value.
fn form(changes: &[(&str, Value)]) -> Value {
    let mut form = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:x:y", "title": "台账", "type": "object",
        "x-sheet": { "version": 1 },
        "properties": {
            "unit": { "type": "string", "title": "单位", "x-sheet": {} },
            "date": { "type": "string", "format": "date", "title": "日期", "x-sheet": {} },
            "entries": { "type": "array", "x-sheet": {}, "items": { "type": "object", "properties": {
                "n": { "type": "integer", "title": "序号", "x-sheet": {} },
                "name": { "type": "string", "title": "名称", "x-sheet": {} },
                "cost": { "type": "number", "title": "原值", "x-sheet": {} },
                "status": { "enum": ["在用", "停用"], "title": "状态", "x-sheet": {} },
                "units": { "type": "array", "items": { "type": "string" }, "title": "单位", "x-sheet": {} } } } } } });
    for (pointer, value) in changes {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        form.pointer_mut(parent).unwrap()[key] = value.clone();
    }
    form
}

const UNIT: &str = "/properties/unit";
const DATE: &str = "/properties/date";
const TABLE: &str = "/properties/entries";
const COLUMN: &str = "/properties/entries/items/properties";

#[test]
fn a_good_form_has_nothing_to_say() {
    assert_eq!(told(&form(&[])), Vec::<String>::new());
    assert_eq!(told(&json!(true)), Vec::<String>::new());
    assert_eq!(told(&json!({ "type": "string" })), Vec::<String>::new());
    assert_eq!(check(&json!(5))[0].pointer.as_deref(), Some(""));
}

#[test]
fn wrong_json_schema() {
    for (change, value, expected) in [
        (
            format!("{UNIT}/type"),
            json!("strong"),
            "error /properties/unit/type: \"type\" must be one of array, boolean, integer, null, number, object, string, \
             found \"strong\" (did you mean \"string\"?)",
        ),
        (
            format!("{UNIT}/minLength"),
            json!("1"),
            "error /properties/unit/minLength: \"minLength\" must be a whole number, found \"1\"",
        ),
        (
            format!("{UNIT}/pattern"),
            json!("(("),
            "error /properties/unit/pattern: \"pattern\" must be a regular expression, found \"((\"",
        ),
        (
            format!("{UNIT}/minLenght"),
            json!(1),
            "warning /properties/unit/minLenght: \"minLenght\" is no keyword of JSON Schema and says nothing \
             (did you mean \"minLength\"?)",
        ),
        (
            format!("{UNIT}/format"),
            json!("data"),
            "warning /properties/unit/format: the format \"data\" is not known and is not checked \
             (did you mean \"date\"?)",
        ),
        (
            "/$schema".to_owned(),
            json!("urn:x"),
            "error /$schema: \"urn:x\" is no draft of JSON Schema that is known here \
             (https://json-schema.org/draft/2020-12/schema is one; a meta-schema of your own is given with --refs)",
        ),
        (
            format!("{UNIT}/$ref"),
            json!("#/$defs/none"),
            "error /properties/unit/$ref: unresolved reference \"#/$defs/none\": nothing in this form is called so",
        ),
    ] {
        assert_eq!(told(&form(&[(&change, value)])), [expected], "{change}");
    }
}

#[test]
fn wrong_keys_and_values_of_the_vocabulary() {
    for (change, value, expected) in [
        (
            format!("{UNIT}/x-sheet/widht"),
            json!(5),
            vec!["error /properties/unit/x-sheet/widht: x-sheet has no key \"widht\" here (did you mean \"width\"?)"],
        ),
        (
            format!("{UNIT}/x-sheet/width"),
            json!("wide"),
            vec!["error /properties/unit/x-sheet/width: \"width\" must be a number, found \"wide\""],
        ),
        (
            format!("{UNIT}/x-sheet"),
            json!("wide"),
            vec!["error /properties/unit/x-sheet: \"x-sheet\" must be a group of named values, found \"wide\""],
        ),
        (
            format!("{TABLE}/x-sheet/caption"),
            json!("abov"),
            vec![
                "error /properties/entries/x-sheet/caption: \"caption\" must be one of above, side, none, found \"abov\" \
                 (did you mean \"above\"?)",
            ],
        ),
        (
            format!("{TABLE}/x-sheet/totals"),
            json!("cost"),
            vec![
                "error /properties/entries/x-sheet/totals: \"totals\" must be true or false or a list, found \"cost\"",
            ],
        ),
        (
            "/x-sheet/page".to_owned(),
            json!({ "size": "A4" }),
            vec!["error /x-sheet/page/size: x-sheet has no key \"size\" here (known are orientation, paper)"],
        ),
        (
            "/x-rules".to_owned(),
            json!([{ "rule": "true", "mesage": "x" }, { "message": "no rule" }]),
            vec![
                "error /x-rules/0/mesage: x-rules has no key \"mesage\" here (did you mean \"message\"?)",
                "error /x-rules/1: \"rule\" is missing",
            ],
        ),
    ] {
        let form = form(&[(&change, value)]);
        if change == "/x-rules" {
            let told: Vec<String> = check(&form).iter().map(|f| f.pointer.clone().unwrap()).collect();
            assert_eq!(told, ["/x-rules/0/mesage", "/x-rules/1/rule"]);
            continue;
        }
        assert_eq!(told(&form), expected, "{change}");
    }
}

#[test]
fn keys_that_do_not_fit_their_node() {
    for (at, key, value, expected) in [
        (format!("{COLUMN}/name"), "serial", json!(true), "only for an integer column of a table"),
        (UNIT.to_owned(), "serial", json!(true), "only for an integer column of a table"),
        (UNIT.to_owned(), "anchor", json!("x"), "only for a list of records inside the records of a table"),
        (UNIT.to_owned(), "key", json!(true), "only for a column of a table, where it is true or false"),
        (format!("{COLUMN}/name"), "key", json!(["n"]), "only for a table, where it lists columns"),
        (UNIT.to_owned(), "totals", json!(true), "only for a table (an array of objects)"),
        (TABLE.to_owned(), "totals", json!(["name"]), "holds no numbers to add up"),
        (TABLE.to_owned(), "totals", json!(["none"]), "is no column of this table"),
        (TABLE.to_owned(), "key", json!(["none"]), "is no column of this table"),
        (DATE.to_owned(), "year_from", json!("unit"), "is no property with a year"),
        (UNIT.to_owned(), "year_from", json!("date"), "only for a date or month"),
        (String::new(), "today", json!("unit"), "is no date property"),
        (UNIT.to_owned(), "today", json!("date"), "only for the root of the form"),
        (String::new(), "sender", json!("none"), "is no property that names a sender"),
        (String::new(), "sender", json!("entries"), "is no property that names a sender"),
        (String::new(), "sender", json!("entries.name"), "is no property that names a sender"),
        (String::new(), "sender", json!("date"), "is no property that names a sender"),
        (UNIT.to_owned(), "sender", json!("unit"), "only for the root of the form"),
        (format!("{COLUMN}/name"), "across", json!(true), "only for what has a \"key\""),
        (String::new(), "dated", json!("unit"), "is no property with a date"),
        (String::new(), "dated", json!("entries.n"), "is no property with a date"),
        (UNIT.to_owned(), "dated", json!("date"), "only for the root of the form"),
        (String::new(), "name", json!("a/b"), "no sheet can be called"),
        (UNIT.to_owned(), "labels", json!({ "a": "b" }), "only for a choice (an enum)"),
        (format!("{COLUMN}/name"), "separator", json!(";"), "only for a list that stands in one cell"),
        (format!("{COLUMN}/name"), "place", json!("title"), "only for a property outside the tables"),
        (UNIT.to_owned(), "place", json!("title"), "lives in the title, but the title pattern has no {unit}"),
        (DATE.to_owned(), "head", json!(["x"]), "only for what stands in a table"),
        (format!("{COLUMN}/n"), "heads", json!(["a", "b"]), "only for the first property of a run of labels"),
        (format!("{COLUMN}/n"), "accepts", json!("month"), "only for a date or month"),
        (format!("{COLUMN}/name"), "accepts", json!("percent"), "only for a number"),
        (format!("{COLUMN}/status"), "none", json!("停用"), "means nothing and is a value of the choice too"),
        (UNIT.to_owned(), "caption", json!("above"), "only for a table, or an object outside the tables"),
        (UNIT.to_owned(), "merge", json!(true), "only for a column of a table"),
        (UNIT.to_owned(), "as", json!("table"), "only for a table (an array of objects)"),
        (UNIT.to_owned(), "as", json!("checks"), "only for a choice (an enum)"),
        (format!("{COLUMN}/name"), "aliases", json!(["原值"]), "is the heading of another column"),
    ] {
        let pointer = format!("{at}/x-sheet/{key}");
        let told = told(&form(&[(&pointer, value)]));
        let found = told.iter().any(|t| t.starts_with(&format!("error {pointer}: ")) && t.contains(expected));
        assert!(found && told.len() == 1, "{pointer}: {told:?}");
    }
}

#[test]
fn who_sent_it_and_when() {
    let period = json!({ "type": "object", "title": "期间", "properties": {
        "by": { "enum": ["甲", "乙"], "title": "报送" }, "month": { "type": "string", "title": "月份",
        "x-sheet": { "accepts": "month" } }, "year": { "type": "integer", "title": "年度" } } });
    for (sender, dated) in [("unit", "date"), ("period.by", "period.month"), ("period/by", "period/year")] {
        let form = form(&[
            ("/properties/period", period.clone()),
            ("/x-sheet/sender", json!(sender)),
            ("/x-sheet/dated", json!(dated)),
        ]);
        assert_eq!(told(&form), Vec::<String>::new(), "{sender} {dated}");
    }
}

#[test]
fn texts_that_cannot_be_read_back() {
    let labels = format!("{COLUMN}/status/x-sheet/labels");
    assert_eq!(
        told(&form(&[(&labels, json!({ "在用": "用", "停": "停" }))])),
        [
            "error /properties/entries/items/properties/status/x-sheet/labels/停: \"停\" is no value of this choice; its values \
         are 在用, 停用"
        ]
    );
    assert_eq!(
        told(&form(&[(&labels, json!({ "在用": "用", "停用": "用" }))])),
        [
            "error /properties/entries/items/properties/status/x-sheet/labels: two values are shown as \"用\"; a cell could \
         not be read back"
        ]
    );
}

#[test]
fn two_values_of_one_text_are_no_choice() {
    let status = format!("{COLUMN}/status");
    let titles = json!([{ "const": 1, "title": "好" }, { "const": 2, "title": "好" }]);
    for status_of in [json!({ "enum": [1, "1"] }), json!({ "enum": ["a", "A"] }), json!({ "oneOf": titles })] {
        assert_eq!(told(&form(&[(&status, status_of)])), Vec::<String>::new());
    }
}

#[test]
fn rules_and_expressions_that_do_not_compile() {
    let told = told(&form(&[
        ("/x-rules", json!([{ "rule": "self.unit == " }])),
        (
            &format!("{TABLE}/x-sheet/rows"),
            json!([
            { "label": "平均", "cells": { "cost": "sum(self.map(e, e.cost" } },
            { "label": "合计", "cells": { "name": "sum" } } ]),
        ),
    ]));
    let starts = [
        "error /properties/entries/x-sheet/rows/1/cells/name: column \"名称\" holds no numbers",
        "error /x-rules/0: ",
        "error /properties/entries/x-sheet/rows/0/cells/cost: ",
    ];
    assert_eq!(told.len(), 3, "{told:?}");
    for (one, start) in told.iter().zip(starts) {
        assert!(one.starts_with(start), "{one}");
    }
}

#[test]
fn a_version_no_program_counts_to() {
    let told = told(&form(&[("/x-sheet/version", json!(5_000_000_000_u64))]));
    assert!(told[0].starts_with("error /x-sheet: x-sheet cannot be taken"), "{told:?}");
}
