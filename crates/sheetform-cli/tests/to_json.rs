//! The JSON of a long sheet, which is written while the sheet is read, is the text of its document: wherever its other
//! values stand, in a file and on standard output, and over a file that was there.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Map, Value, json};

/// More rows than are looked at before the first is taken.
const ROWS: usize = 700;

/// A form whose root has these properties in this order.
fn form(order: &[&str]) -> Value {
    let rows = json!({ "type": "array", "items": { "type": "object", "properties": {
        "no": { "type": "integer", "title": "序号" }, "name": { "type": "string", "title": "名称" },
        "count": { "type": "integer", "title": "数量" } } } });
    let properties: Map<String, Value> = order
        .iter()
        .map(|name| {
            let property = match *name {
                "unit" => json!({ "type": "string", "title": "填报单位" }),
                "reviewer" => json!({ "type": "string", "title": "审核" }),
                "part" => json!({ "type": "object", "title": "明细", "properties": { "rows": rows } }),
                _ => rows.clone(),
            };
            ((*name).to_owned(), property)
        })
        .collect();
    json!({ "title": "库存台账", "type": "object", "properties": properties })
}

fn document(order: &[&str]) -> Value {
    // What would mark the place of the records in a text.
    let row = |i: usize| json!({ "no": i + 1, "name": format!("records {i}"), "count": i * 3 });
    let rows: Value = (0..ROWS).map(row).collect();
    let properties: Map<String, Value> = order
        .iter()
        .map(|name| {
            let value = match *name {
                "unit" => "records".into(),
                "reviewer" => "records-".into(),
                "part" => json!({ "rows": rows }),
                _ => rows.clone(),
            };
            ((*name).to_owned(), value)
        })
        .collect();
    properties.into()
}

fn sheetform(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(env!("CARGO_BIN_EXE_sheetform")).current_dir(folder).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn a_long_sheet_is_the_text_of_its_document() {
    for order in [["unit", "rows", "reviewer"], ["unit", "reviewer", "rows"], ["reviewer", "part", "unit"]] {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, value: Value| fs::write(folder.path().join(name), value.to_string()).unwrap();
        put("form.json", form(&order));
        put("in.json", document(&order));
        sheetform(folder.path(), &["convert", "in.json", "--form", "form.json", "-o", "a.xlsx"]);
        let expected = format!("{:#}\n", document(&order)).into_bytes();
        let convert = ["convert", "a.xlsx", "--form", "form.json", "-o"];
        for _ in 0..2 {
            sheetform(folder.path(), &[&convert[..], &["out.json", "--force"]].concat());
            assert!(fs::read(folder.path().join("out.json")).unwrap() == expected, "{order:?}");
        }
        assert!(sheetform(folder.path(), &[&convert[..], &["-", "--to", "json"]].concat()) == expected);
        let names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        assert_eq!(names.filter(|name| name.to_string_lossy().starts_with('.')).count(), 0);
    }
}
