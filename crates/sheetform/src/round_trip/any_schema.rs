//! Documents of every shape that JSON Schema allows: each comes back equal, and without a finding worse than an info.

use serde_json::{Value, json};

use super::{difference, lay_out};
use crate::finding::Severity;
use crate::form::Form;
use crate::new_book::{NewBook, NewContent};
use crate::{read, write};

/// The form's book of a document, which must come back equal.
fn book(schema: &Value, document: &Value) -> NewBook {
    let (form, findings) = Form::compile(schema.clone());
    let form = form.unwrap_or_else(|| panic!("{schema}: {findings:?}"));
    let book = lay_out(&form, document).unwrap_or_else(|findings| panic!("{document}: {findings:?}"));
    let back = read::read(&form, &write::to_grid(&book), &read::Options::default());
    let wrong: Vec<_> = back.findings.iter().filter(|f| f.severity != Severity::Info).collect();
    assert!(wrong.is_empty(), "{document}: {wrong:?}");
    assert_eq!(difference(document, &back.document.unwrap_or(Value::Null)), None, "{document}\n{}", shown(&book));
    book
}

/// A book as text: a line a row, ` | ` between cells.
fn shown(book: &NewBook) -> String {
    let mut lines = Vec::new();
    for sheet in &book.sheets {
        lines.push(format!("@sheet {}", sheet.name));
        for row in sheet.cells.chunk_by(|a, b| a.at.row == b.at.row) {
            let cells = row.iter().map(|cell| match &cell.content {
                NewContent::Empty => String::new(),
                NewContent::Text(text) => text.chars().take(60).collect(),
                NewContent::Number(n) => n.to_string(),
                NewContent::Bool(b) => b.to_string(),
                NewContent::Formula { text, .. } => format!("={text}"),
            });
            lines.push(cells.collect::<Vec<_>>().join(" | ").trim_end_matches([' ', '|']).to_owned());
        }
    }
    lines.join("\n")
}

#[test]
fn roots_of_every_kind() {
    let any = json!(true);
    for document in [
        json!(null),
        json!(true),
        json!(1.5),
        json!(""),
        json!("→ 1"),
        json!("$"),
        json!([]),
        json!({}),
        json!([[], {}, null, ""]),
        json!([1, "1", null, [2, [3]], { "a": { "b": [] } }]),
        json!([{ "a": 1, "b": "x" }, { "a": 2 }]),
        json!({ "": 1, " ": 2, "a.b": { "c[0]": "…", "@": "@", "$schema": 7 }, "→ 1": "→ 1", "…": {}, "路径 path": "值 value" }),
        json!({ "name": "x", "list": [{ "id": 1, "tags": ["a", "b"] }, { "id": 2, "tags": [] }], "free": { "k": [1, 2] } }),
        json!({ "tree": { "name": "r", "children": [{ "name": "a", "children": [{ "name": "b" }] }, { "name": "c" }] } }),
        json!({ "matrix": [[1, 2, 3], [4, 5, 6]], "polygon": [[[0, 0], [1, 0], [1, 1]], [[2, 2], [3, 3]]] }),
    ] {
        for schema in [&any, &json!({}), &json!({ "type": ["object", "array", "string", "number", "boolean", "null"] })]
        {
            book(schema, &document);
        }
    }
    for (schema, document) in [
        (json!({ "type": "null" }), json!(null)),
        (json!({ "type": ["string", "null"] }), json!(null)),
        (json!({ "type": "string" }), json!("")),
        (json!({ "type": "array", "items": { "type": "integer" } }), json!([])),
        (json!({ "type": "array", "items": { "type": "integer" } }), json!([1, 2, 3])),
        (
            json!({ "type": "array", "items": { "type": "array", "items": { "type": "string" } } }),
            json!([["a"], [], ["b", ""]]),
        ),
        (json!({ "type": "array", "items": { "properties": { "a": {} } } }), json!([{ "a": [] }, { "a": null }, 5])),
        (json!({ "type": "object", "additionalProperties": { "type": "number" } }), json!({ "x": 1, "y": 2.5 })),
    ] {
        book(&schema, &document);
    }
}

#[test]
fn parts_of_records() {
    let schema = json!({ "title": "订单", "type": "object", "properties": {
        "unit": { "type": "string", "title": "单位" },
        "extra": { "title": "附加", "type": "object", "additionalProperties": true },
        "orders": { "type": "array", "title": "订单", "items": { "type": "object", "required": ["id"], "properties": {
            "id": { "type": "string", "title": "编号" },
            "lines": { "type": "array", "title": "明细", "items": { "type": "object", "properties": {
                "item": { "type": "string", "title": "物品" }, "count": { "type": "integer", "title": "数量" } } } },
            "payments": { "type": "array", "title": "付款", "items": { "type": "object", "properties": {
                "on": { "type": "string", "format": "date", "title": "日期" },
                "by": { "type": "object", "title": "经办", "properties": { "name": { "type": "string", "title": "姓名" }, "unit": { "type": "string", "title": "单位" } } },
                "notes": { "type": "array", "title": "说明", "items": { "type": "object", "properties": { "text": { "type": "string", "title": "内容" } } } } } } },
            "meta": { "title": "其他", "type": "object", "additionalProperties": true },
            "any": { "title": "任意", "oneOf": [{ "type": "string" }, { "type": "array" }, { "type": "object" }] } } } } } });
    let document = json!({ "unit": "甲", "extra": { "a": 1, "b": { "c": [true, null] } }, "more": "x",
        "orders": [
            { "id": "1", "lines": [{ "item": "a", "count": 1 }, { "item": "b" }],
              "payments": [{ "on": "2026-01-05", "by": { "name": "张工" }, "notes": [{ "text": "t" }] }, { "by": { "unit": "乙", "x": 1 } }, {}],
              "meta": { "k": "v" }, "any": "text", "color": "red" },
            { "id": "2", "payments": [], "meta": {}, "any": [1, [2]] },
            { "id": "3", "lines": [{ "item": "c", "z": null }], "payments": [{ "notes": [] }], "any": { "q": "=1+1" } } ] });
    let book = book(&schema, &document);
    let names: Vec<&str> = book.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    assert_eq!(names, ["订单", "附加", "…", "付款", "其他", "任意", "任意 2", "说明"]);
}

#[test]
fn recursive_and_branching() {
    let tree = json!({ "$ref": "#/$defs/node", "$defs": { "node": { "type": "object", "title": "节点", "required": ["name"], "properties": {
        "name": { "type": "string" }, "children": { "type": "array", "items": { "$ref": "#/$defs/node" } } } } } });
    let document = json!({ "name": "a", "children": [{ "name": "b", "children": [{ "name": "c" }, { "name": "d", "children": [] }] }, { "name": "e" }] });
    let sheets = "@sheet 节点\n节点\nname | a | children | → 1\n@sheet children\n→ [] | name | children\n\
        → 1 | b | → 2\n→ 1 | e\n→ 2 | c\n→ 2 | d | []";
    assert_eq!(shown(&book(&tree, &document)), sheets);
    let shapes = json!({ "type": "object", "properties": { "shapes": { "type": "array", "items": { "oneOf": [
        { "type": "object", "required": ["kind", "r"], "properties": { "kind": { "const": "circle" }, "r": { "type": "number" } } },
        { "type": "object", "required": ["kind", "w"], "properties": { "kind": { "const": "box" }, "w": { "type": "number" }, "h": { "type": "number" } } } ] } } } });
    let document = json!({ "shapes": [{ "kind": "circle", "r": 1.5 }, { "kind": "box", "w": 1, "h": 2, "z": [] }] });
    let sheets = "@sheet Sheet1\nkind | r | w | h | …\ncircle | 1.5\nbox |  | 1 | 2 | → 1\n@sheet …\n\
        → | 路径 path | 值 value\n→ 1 | z | []";
    assert_eq!(shown(&book(&shapes, &document)), sheets);
    let keys =
        json!({ "type": "object", "properties": { "name": { "type": "string" } }, "patternProperties": { "^x-": {} } });
    book(&keys, &json!({ "name": "a", "x-b": { "c": 1 }, "x-d": [1, 2, 3] }));
    let branch = json!({ "type": "object", "properties": { "a": { "type": "string" } }, "if": { "required": ["a"] },
        "then": { "properties": { "b": { "type": "integer" } } }, "else": { "properties": { "b": { "type": "string" } } } });
    book(&branch, &json!({ "a": "x", "b": 5 }));
    book(&branch, &json!({ "b": "5" }));
}

#[test]
fn texts_of_every_length() {
    let schema = json!({ "type": "object", "properties": { "t": { "type": "string" },
        "rows": { "type": "array", "items": { "type": "object", "properties": { "t": { "type": "string" } } } } } });
    for text in [
        "x".repeat(32_767),
        "x".repeat(32_768),
        "\"\u{1}😀".repeat(20_000),
        format!("{}→ 1", " ".repeat(40_000)),
        "长".repeat(100_000),
    ] {
        book(&schema, &json!({ "t": text, "rows": [{ "t": text }, { "t": "→ 1" }] }));
        book(&json!(true), &json!([text]));
    }
}

#[test]
fn what_campaigns_found() {
    let place = |what: &str| {
        json!({ "type": "object", "x-sheet": { "title": "关于{a}" }, "properties": {
        "a": { "type": "string", "x-sheet": { "place": what } }, "b": { "type": "string" } } })
    };
    let by_place = |items: Value| {
        let list = json!({ "prefixItems": [{}], "items": items });
        json!({ "properties": { "a": { "items": { "properties": { "b": list } } } } })
    };
    for (schema, document) in [
        (json!({}), json!({ "from": -6.446_641_730_464_75e17, "to": 9_007_199_254_740_993_u64 })),
        (by_place(json!({ "type": "integer" })), json!({ "a": [{ "b": [] }, { "b": [null] }] })),
        (
            by_place(json!({ "const": 3 })),
            json!({ "a": [{ "b": [[], null], "小计": ["["] }, { "小计": [], "b": [null] }] }),
        ),
        (
            json!({ "properties": { "a": { "items": { "type": "object", "properties": { "…": {} } } } } }),
            json!({ "a": [{}, { "…": true }, { "…": false }, { "_x总计": true }, { "…": true }] }),
        ),
        (place("title"), json!({ "a": "x".repeat(40_000) })),
    ] {
        book(&schema, &document);
    }
    let named = json!({ "type": "object", "properties": {
        "a": { "type": "string", "x-sheet": { "place": "name" } }, "b": { "type": "string" } } });
    for name in ["_x0041_", "XXX", "a"] {
        book(&named, &json!({ "a": name, "b": "c" }));
    }
}
