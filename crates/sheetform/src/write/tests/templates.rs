//! Blank sheets: what may be typed where.

use serde_json::json;

use super::super::{template, write};
use super::{form, shown};
use crate::new_book::{Check, NewBook, Role};

fn checks(book: &NewBook) -> Vec<String> {
    let one = |v: &crate::new_book::Validation| {
        let prompt = v.prompt.as_ref().map(|(_, text)| format!(" ({text})")).unwrap_or_default();
        format!("{} {:?}{prompt}", v.range, v.check)
    };
    book.sheets[0].validations.iter().map(one).collect()
}

#[test]
fn inputs_are_open_and_checked() {
    let form = form(json!({ "$id": "urn:x:t", "title": "表", "type": "object", "x-sheet": { "version": 3 },
        "properties": {
            "day": { "type": "string", "format": "date", "title": "日期" },
            "year": { "type": "integer", "minimum": 1900, "exclusiveMaximum": 2100, "title": "年度" },
            "rows": { "type": "array", "x-sheet": { "blank_rows": 3 }, "items": { "type": "object", "properties": {
                "n": { "type": "integer", "title": "序号", "x-sheet": { "serial": true } },
                "state": { "enum": ["在用", "停用"], "title": "状态" },
                "long": { "enum": ["一, 二", "三"], "title": "类别" },
                "count": { "type": "number", "title": "数量", "minimum": 0 },
                "price": { "type": "number", "title": "单价", "x-sheet": { "note": "含税" } },
                "sum": { "type": "number", "title": "金额", "x-sheet": { "formula": "={count}*{price}" } } } } } } }));
    let book = template(&form).unwrap_or_else(|f| panic!("{f:?}"));
    assert_eq!(
        shown(&book),
        "1: 表 >F1\n\
         2: 日期 | . [yyyy-mm-dd] >C2 | 年度 | . >F2\n\
         3: 序号 | 状态 | 类别 | 数量 | 单价 | 金额\n\
         4: 1 | . | . | . | . | =D4*E4 0\n\
         5: 2 | . | . | . | . | =D5*E5 0\n\
         6: 3 | . | . | . | . | =D6*E6 0"
    );
    assert_eq!(
        checks(&book),
        [
            "B2:B2 Date(61.0, 2958465.0)",
            "E2:E2 Whole(Some(1900.0), Some(2099.0))",
            "B4:B6 List([\"在用\", \"停用\"])",
            "C4:C6 HiddenList(0)",
            "D4:D6 Decimal(Some(0.0), None)",
            "E4:E6 Any (含税)",
        ]
    );
    assert_eq!(book.lists, [["一, 二", "三"]]);
    let sheet = &book.sheets[0];
    assert!(sheet.protect);
    for cell in &sheet.cells {
        let formula = matches!(cell.content, crate::new_book::NewContent::Formula { .. });
        assert_eq!(cell.look.open, cell.look.role == Role::Value && !formula, "{}", cell.at);
    }
    assert_eq!(book.properties.len(), 2);
    let written = write(&form, &json!({ "rows": [{ "n": 1, "state": "在用" }] })).unwrap_or_else(|f| panic!("{f:?}"));
    assert_eq!(checks(&written), ["B4:B4 List([\"在用\", \"停用\"])", "C4:C4 HiddenList(0)"]);
    assert!(!written.sheets[0].protect);
    assert!(matches!(written.sheets[0].validations[0].check, Check::List(_)));
}

#[test]
fn a_cell_that_may_say_nothing_takes_that_text() {
    let form = form(json!({ "type": "object", "properties": {
        "a": { "enum": ["甲", "乙"], "x-sheet": { "none": ["无"] } },
        "b": { "type": "string", "format": "date", "x-sheet": { "none": ["无"] } } } }));
    let book = template(&form).unwrap_or_else(|f| panic!("{f:?}"));
    assert_eq!(checks(&book), ["B1:B1 List([\"甲\", \"乙\", \"无\"])"]);
}

#[test]
fn names_of_sheets() {
    let name = |title: &str| {
        let form = form(json!({ "title": title, "type": "object", "properties": { "a": { "type": "string" } } }));
        crate::layout::plain_name(&form)
    };
    assert_eq!(name("A/B:[C]*?\\表"), "ABC表");
    assert_eq!(name("'x'"), "x");
    assert_eq!(name("??"), "Sheet1");
    assert_eq!(name(&"长".repeat(40)), "长".repeat(31));
}
