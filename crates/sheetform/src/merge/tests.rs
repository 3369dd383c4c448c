//! Merged documents and what is found across them.
#![allow(clippy::unwrap_used)]

use serde_json::{Map, Value, json};

use super::{Merged, MergedForm, Part, merge};
use crate::finding::{Place, Severity};
use crate::form::Form;
use crate::grid::{CellRef, Range};
use crate::places::{Nowhere, Places};
use crate::validate::{Options, Subject, validate};
use crate::{read, round_trip, write};

/// Says a pointer as a cell: the sheet is the pointer, so that tests see which was asked for.
struct Echo;

impl Places for Echo {
    fn value(&self, pointer: &str) -> Option<Place> {
        Some(Place::on_sheet(pointer, Range::cell(CellRef::new(0, 0))))
    }
}

fn form(schema: &Value) -> Form {
    let (form, findings) = Form::compile(schema.clone());
    assert_eq!(findings, [], "{schema}");
    form.unwrap()
}

/// Equipment of a unit: a key over all units, one within a unit, a serial, a total, and a rule over all.
fn register() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:x:register", "title": "设备台账",
        "type": "object", "additionalProperties": false, "required": ["unit", "entries", "period"],
        "x-sheet": { "version": 2, "title": "{unit}设备台账", "sender": "unit" },
        "properties": {
            "unit": { "type": "string", "title": "单位" },
            "period": { "type": "object", "title": "期间", "required": ["start", "end"], "properties": {
                "start": { "type": "string", "format": "date", "title": "开始" },
                "end": { "type": "string", "format": "date", "title": "结束" } } },
            "entries": { "type": "array", "minItems": 1, "maxItems": 3, "x-sheet": { "totals": ["cost"] },
                "items": { "$ref": "#/$defs/entry" },
                "x-rules": [
                    { "rule": "sum(self.map(e, e.cost)) <= 100.0", "fieldPath": "[].cost", "message": "a unit has 100" },
                    { "rule": "self.all(e, e.cost <= 90.0)", "each": "self", "fieldPath": "it.cost", "message": "never" },
                    { "rule": "lookup(root.entries, 'no', it.part_of) != null", "each": "self", "fieldPath": "it.part_of",
                      "across": true, "message": "no such number in any unit" } ] },
            "head": { "type": "string", "title": "负责人" } },
        "$defs": { "entry": { "type": "object", "required": ["serial", "no"], "additionalProperties": false, "properties": {
            "serial": { "type": "integer", "title": "序号", "x-sheet": { "serial": true } },
            "no": { "type": "string", "title": "编号", "x-sheet": { "key": true, "across": true } },
            "name": { "type": "string", "title": "名称", "x-sheet": { "key": true, "across": false } },
            "tag": { "type": "string", "title": "标签", "x-sheet": { "key": true } },
            "part_of": { "type": "string", "title": "所属" },
            "cost": { "type": "number", "title": "原值" } } } }
    })
}

fn unit(name: &str, entries: &Value) -> Value {
    json!({ "unit": name, "period": { "start": "2026-01-01", "end": "2026-03-31" }, "entries": entries, "head": "张工" })
}

fn merged(schema: &Value, documents: &[Value]) -> (MergedForm, Merged) {
    let form = MergedForm::of(&form(schema)).unwrap();
    let part = |(number, document): (usize, &Value)| Part {
        name: format!("{number}.xlsx"),
        source: document["unit"].as_str().unwrap_or("?").to_owned(),
        document: document.clone(),
        places: Echo,
    };
    let parts = documents.iter().enumerate().map(part).collect();
    let merged = merge(&form, parts, &Map::new(), &Options::default());
    (form, merged)
}

/// `part severity[code] place: message`.
fn said(merged: &Merged) -> Vec<String> {
    let said = |(part, finding): &(Option<usize>, crate::finding::Finding)| {
        let part = part.map_or_else(|| "all".to_owned(), |part| part.to_string());
        let place = finding.place.sheet.as_deref().or(finding.pointer.as_deref()).unwrap_or_default();
        format!("{part} {}[{}] {place}: {}", finding.severity.name(), finding.code, finding.message.en)
    };
    merged.findings.iter().map(said).collect()
}

/// The merged document is valid under the merged form, and comes back from its sheet.
fn holds(form: &MergedForm, document: &Value) {
    let none = std::collections::BTreeSet::new();
    let subject = Subject { document, places: &Nowhere, unreadable: &none, totals: &[] };
    assert_eq!(validate(&form.form, &subject, &Options::default()), []);
    let book = round_trip::lay_out(&form.form, document).unwrap();
    let reading = read::read(&form.form, &write::to_grid(&book), &read::Options::default());
    assert_eq!(reading.findings, []);
    assert_eq!(reading.document.as_ref(), Some(document));
}

#[test]
fn records_are_appended_with_their_source_and_numbered_anew() {
    let (form, merged) = merged(
        &register(),
        &[
            unit("一队", &json!([{ "serial": 1, "no": "A", "cost": 40 }, { "serial": 2, "no": "B", "cost": 50.5 }])),
            unit("二队", &json!([{ "serial": 1, "no": "C", "part_of": "A", "cost": 60 }])),
        ],
    );
    assert_eq!(form.form.id, "register+source");
    assert_eq!((form.form.version, form.form.name.as_str()), (Some(2), "设备台账"));
    assert_eq!(
        merged.document,
        json!({ "period": { "start": "2026-01-01", "end": "2026-03-31" }, "entries": [
            { "serial": 1, "no": "A", "cost": 40, "source": "一队" },
            { "serial": 2, "no": "B", "cost": 50.5, "source": "一队" },
            { "serial": 3, "no": "C", "part_of": "A", "cost": 60, "source": "二队" } ], "head": "张工" })
    );
    assert_eq!(merged.records, 3);
    // Together they cost more than one unit may; that rule is asked of one unit only.
    assert_eq!(
        said(&merged),
        [
            "all info[not-merged] /unit: \"单位\" has 2 different values in 2 documents; the merged document leaves it empty"
        ]
    );
    holds(&form, &merged.document);
}

#[test]
fn what_is_alike_across_documents_stands_in_the_later_one() {
    let one = |no: &str, name: &str, tag: &str| {
        json!([{ "serial": 1, "no": "X", "cost": 1 },
        { "serial": 2, "no": no, "name": name, "tag": tag }])
    };
    let (_, merged) = merged(&register(), &[unit("一队", &one("A", "泵", "t")), unit("一队", &one("A", "泵", "t"))]);
    assert_eq!(
        said(&merged),
        [
            "1 error[duplicate-key] /entries/0/no: \"编号\" must not repeat in any of the files: \"X\" stands already in \
             0.xlsx:'/entries/0/no'!A1",
            "1 error[duplicate-key] /entries/1/no: \"编号\" must not repeat in any of the files: \"A\" stands already in \
             0.xlsx:'/entries/1/no'!A1",
            "1 warning[duplicate-key] /entries/1/tag: \"标签\" must not repeat in any of the files: \"t\" stands already in \
             0.xlsx:'/entries/1/tag'!A1",
        ]
    );
    assert!(merged.findings.iter().all(|(_, finding)| finding.message.without_values().is_some()));
}

#[test]
fn rules_across_stand_in_the_document_of_the_record() {
    let entry = |no: &str, part_of: &str| json!([{ "serial": 1, "no": no, "part_of": part_of }]);
    let documents = [unit("一队", &entry("A", "C")), unit("二队", &entry("B", "Z")), unit("三队", &entry("C", "A"))];
    let (_, merged) = merged(&register(), &documents);
    assert_eq!(said(&merged)[1..], ["1 error[rule] /entries/0/part_of: no such number in any unit".to_owned()]);
    // Of one document nobody asks for it.
    let form = form(&register());
    let none = std::collections::BTreeSet::new();
    let subject = Subject { document: &documents[1], places: &Nowhere, unreadable: &none, totals: &[] };
    assert_eq!(validate(&form, &subject, &Options::default()), []);
}

#[test]
fn several_tables_and_lists_in_records() {
    let schema = json!({ "title": "计划", "type": "object", "required": ["plan"], "properties": {
        "unit": { "type": "string", "title": "单位" },
        "plan": { "type": "array", "title": "计划", "items": { "type": "object", "properties": {
            "topic": { "type": "string", "title": "主题" },
            "steps": { "type": "array", "x-sheet": { "anchor": "topic" }, "items": { "type": "object", "properties": {
                "no": { "type": "integer", "title": "步骤", "x-sheet": { "serial": true } },
                "what": { "type": "string", "title": "内容" } } } } } } },
        "records": { "type": "array", "title": "记录", "items": { "type": "object", "properties": {
            "source": { "type": "string", "title": "来源" }, "day": { "type": "string", "format": "date", "title": "日期" } } } } } });
    let steps = |list: &[&str]| -> Value {
        list.iter().enumerate().map(|(at, what)| json!({ "no": at + 1, "what": what })).collect()
    };
    let one = json!({ "unit": "一队", "plan": [{ "topic": "甲", "steps": steps(&["a", "b"]) }, { "topic": "乙", "steps": steps(&["c"]) }] });
    let one = {
        let mut one = one;
        one["plan"][1]["steps"][0]["no"] = 3.into();
        one
    };
    let two = json!({ "unit": "二队", "plan": [{ "topic": "丙", "steps": steps(&["d"]) }],
        "records": [{ "source": "文件", "day": "2026-03-01" }, { "source": "电话", "day": "2026-03-02" }] });
    let (form, merged) = merged(&schema, &[one, two]);
    // The form has a column of that name and one of that heading.
    assert_eq!(form.column, "merged_from");
    let document = &merged.document;
    assert_eq!(
        document["plan"][2],
        json!({ "topic": "丙", "steps": [{ "no": 4, "what": "d" }], "merged_from": "二队" })
    );
    assert_eq!(document["records"][1], json!({ "source": "电话", "day": "2026-03-02", "merged_from": "二队" }));
    assert_eq!(merged.records, 6);
    holds(&form, document);
}

#[test]
fn values_that_are_given_stand_whatever_the_parts_say() {
    let form = MergedForm::of(&form(&register())).unwrap();
    let entry = json!([{ "serial": 1, "no": "A" }]);
    let part = Part { name: "a".to_owned(), source: "a".to_owned(), document: unit("一队", &entry), places: Nowhere };
    let fixed = Map::from_iter([("unit".to_owned(), Value::from("安全管理部"))]);
    let merged = merge(&form, vec![part], &fixed, &Options::default());
    assert_eq!(merged.document["unit"], "安全管理部");
    assert_eq!(merged.document.as_object().unwrap().keys().collect::<Vec<_>>(), ["unit", "period", "entries", "head"]);
    assert!(merged.findings.is_empty());
}

#[test]
fn forms_that_admit_nothing_unknown_let_the_column_in() {
    let closed = |items: Value| {
        json!({ "title": "Keys", "type": "object", "properties": {
        "keys": { "type": "array", "items": items } },
        "$defs": { "base": { "type": "object", "additionalProperties": false, "properties": {
            "no": { "type": "string", "title": "Number" } } } } })
    };
    for items in [
        json!({ "$ref": "#/$defs/base" }),
        json!({ "$ref": "#/$defs/base", "title": "Key" }),
        json!({ "allOf": [{ "$ref": "#/$defs/base" }] }),
        json!({ "type": "object", "unevaluatedProperties": false, "properties": { "no": { "type": "string" } } }),
    ] {
        let (form, merged) = merged(&closed(items), &[json!({ "unit": "x", "keys": [{ "no": "1" }] })]);
        assert_eq!(merged.document["keys"], json!([{ "no": "1", "source": "x" }]));
        let heading = form
            .form
            .layout
            .tables()
            .next()
            .unwrap()
            .columns
            .iter()
            .map(crate::layout::Column::heading)
            .collect::<Vec<_>>();
        assert!(heading.contains(&"Source".to_owned()), "{heading:?}");
        holds(&form, &json!({ "keys": [{ "no": "1", "source": "x" }] }));
    }
    // A list that is the whole document.
    let list = json!({ "title": "Keys", "type": "array", "items": { "type": "object", "properties": {
        "no": { "type": "string", "title": "Number" } } } });
    let (form, merged) = merged(&list, &[json!([{ "no": "1" }]), json!([{ "no": "2" }])]);
    assert_eq!(merged.document, json!([{ "no": "1", "source": "?" }, { "no": "2", "source": "?" }]));
    holds(&form, &merged.document);
}

#[test]
fn a_form_without_a_table_has_nothing_to_add_up() {
    let why = MergedForm::of(&form(&json!({ "title": "x", "type": "object", "properties": {
        "unit": { "type": "string" } } })))
    .unwrap_err();
    assert_eq!(why[0].message.en, "a form without a table has nothing to add up");
    assert_eq!(why[0].severity, Severity::Error);
}

/// Every shipped form can be merged, and the merged samples are valid and come back from their sheets.
#[test]
// Only tests look at the shipped files; the crate itself opens none.
#[allow(clippy::disallowed_methods)]
fn shipped_forms() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let read = |path: String| -> Value { serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap() };
    let mut forms = 0;
    for entry in std::fs::read_dir(format!("{root}/schemas")).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let Some(id) = file.strip_suffix(".schema.json").filter(|id| *id != "vocabulary") else { continue };
        let sample = read(format!("{root}/samples/{id}.json"));
        let schema = read(format!("{root}/schemas/{file}"));
        let (form, merged) = merged(&schema, &[sample.clone(), sample.clone()]);
        let found: Vec<&str> = merged.findings.iter().map(|(_, finding)| finding.code.name()).collect();
        assert!(found.iter().all(|code| *code == "duplicate-key"), "{id}: {found:?}");
        let single = Form::compile(schema).0.unwrap().records(&sample);
        assert_eq!(merged.records, 2 * single, "{id}");
        forms += 1;
        // The second sample repeats every key of the first, so that only one is held against the form.
        let part = Part { name: id.to_owned(), source: id.to_owned(), document: sample, places: Nowhere };
        let alone = merge(&form, vec![part], &Map::new(), &Options::default());
        let none = std::collections::BTreeSet::new();
        let subject = Subject { document: &alone.document, places: &Nowhere, unreadable: &none, totals: &[] };
        let options = Options { today: Some("2026-12-31".to_owned()), ..Options::default() };
        assert_eq!(validate(&form.form, &subject, &options), [], "{id}");
        let book = round_trip::lay_out(&form.form, &alone.document).unwrap();
        let reading = crate::read::read(&form.form, &write::to_grid(&book), &crate::read::Options::default());
        assert_eq!(reading.document.as_ref(), Some(&alone.document), "{id}");
        assert_eq!(reading.findings, [], "{id}");
    }
    assert_eq!(forms, 14);
}
