//! Values to cells.

use serde_json::{Value, json};

use super::super::value::{format_of, hold};
use super::form;
use crate::layout::{BandKind, Field};
use crate::new_book::NewContent;

/// The field of a form with this one property, which is required.
fn field(property: &Value) -> Field {
    let form = form(json!({ "type": "object", "required": ["x"], "properties": { "x": property } }));
    match &form.layout.bands[0].kind {
        BandKind::Labels(labels) => labels.fields().next().cloned().unwrap_or_else(|| panic!("no field")),
        BandKind::Table(_) => panic!("a table"),
    }
}

/// A cell as text: `"text"`, `number [format]`, `TRUE`, or nothing.
fn cell(field: &Field, value: Option<&Value>) -> String {
    match hold(field, value, &|_| false).map(|content| (content.clone(), format_of(field, &content))) {
        Err(message) => format!("refused: {}", message.en),
        Ok((NewContent::Text(text), Some(format))) if format == "@" => format!("<{text}>"),
        Ok((NewContent::Number(number), format)) => {
            format!("{number}{}", format.map(|f| format!(" {f}")).unwrap_or_default())
        }
        Ok((NewContent::Bool(truth), None)) => truth.to_string().to_uppercase(),
        Ok((NewContent::Empty, _)) => String::new(),
        other => panic!("{other:?}"),
    }
}

fn check(property: &Value, cases: &[(Value, &str)]) {
    let field = field(property);
    for (value, expected) in cases {
        assert_eq!(cell(&field, Some(value)), *expected, "{value} in {property}");
    }
    assert_eq!(cell(&field, None), "");
}

#[test]
fn texts() {
    check(
        &json!({ "type": "string" }),
        &[
            (json!("一号楼"), "<一号楼>"),
            (json!("=1+1"), "<=1+1>"),
            (json!("007"), "<007>"),
            (json!(" 边 "), r#"<" 边 ">"#),
            (json!("'边"), r#"<"'边">"#),
            (json!("边\r\n界"), r#"<"边\r\n界">"#),
            (json!("_x000D_"), r#"<"\u005fx000D_">"#),
            (json!("边\t界's _x_"), "<边\t界's _x_>"),
            (json!("a\nb"), "<a\nb>"),
            (json!(""), r#"<"">"#),
            (json!("  "), r#"<"  ">"#),
            (json!("null"), r#"<"null">"#),
            (json!(" [] "), r#"<" [] ">"#),
            (json!("{}"), r#"<"{}">"#),
            (json!(r#""quoted""#), r#"<"\"quoted\"">"#),
            (json!(r#""not closed"#), r#"<"not closed>"#),
            (json!("{1}"), "<{1}>"),
            (json!(null), "<null>"),
            (json!(5), "refused: the form has a text here; a number could not be read back"),
        ],
    );
    let none = json!({ "type": ["string", "null"], "x-sheet": { "none": ["无", "/"] } });
    check(
        &none,
        &[(json!(null), "<无>"), (json!("无"), r#"<"无">"#), (json!("／"), r#"<"／">"#), (json!("无人"), "<无人>")],
    );
}

#[test]
fn numbers() {
    check(
        &json!({ "type": "integer", "x-sheet": { "unit": "年" } }),
        &[
            (json!(2026), "2026 0\"年\""),
            (json!(3.0), "3 0\"年\""),
            (json!(-5), "-5 0\"年\""),
            (json!(999_999_999_999_999_i64), "999999999999999 0\"年\""),
            (json!(1_000_000_000_000_000_i64), "<1000000000000000>"),
            (json!(u64::MAX), "<18446744073709551615>"),
            (json!(i64::MIN), "<-9223372036854775808>"),
            (json!(1e21), "<1000000000000000000000>"),
            (json!("5"), "refused: the form has a whole number here; a text could not be read back"),
        ],
    );
    check(
        &json!({ "type": "number", "x-sheet": { "unit": "元" } }),
        &[
            (json!(0.1), "0.1 General\"元\""),
            (json!(-0.0), "0 General\"元\""),
            (json!(9_007_199_254_740_993_i64), "<9007199254740993>"),
            (json!(9_007_199_254_740_994_i64), "<9007199254740994>"),
            (json!(1_000_000_000_000_000_000_i64), "1000000000000000000 General\"元\""),
            (json!(0.123_456_789_012_345), "0.123456789012345 General\"元\""),
            (json!(0.300_000_000_000_000_04), "<0.30000000000000004>"),
            (json!(1e15), "1000000000000000 General\"元\""),
            (json!(5e-324), "<5e-324>"),
        ],
    );
    check(&json!({ "type": "number", "x-sheet": { "format": "0%", "unit": "x" } }), &[(json!(0.85), "0.85 0%")]);
    check(&json!({ "type": "number", "x-sheet": { "unit": "\"" } }), &[(json!(1), "1 General\"\"\\\"\"\"")]);
}

#[test]
fn dates() {
    check(
        &json!({ "type": "string", "format": "date" }),
        &[
            (json!("2026-03-03"), "46084 yyyy-mm-dd"),
            (json!("1900-03-01"), "61 yyyy-mm-dd"),
            (json!("9999-12-31"), "2958465 yyyy-mm-dd"),
            (json!("1900-02-28"), "<1900-02-28>"),
            (json!("1850-01-01"), "<1850-01-01>"),
            (json!("2026-02-30"), r#"<"2026-02-30">"#),
            (json!("2026-3-3"), r#"<"2026-3-3">"#),
            (json!("12月底"), r#"<"12月底">"#),
            (json!(""), r#"<"">"#),
        ],
    );
    let month = json!({ "type": "string", "x-sheet": { "accepts": "month" } });
    check(
        &month,
        &[
            (json!("2026-03"), "46082 yyyy\"年\"m\"月\""),
            (json!("1900-02"), "<1900-02>"),
            (json!("2026-13"), r#"<"2026-13">"#),
        ],
    );
    check(&json!({ "type": "string", "format": "time" }), &[(json!("08:30:00Z"), "<08:30:00Z>")]);
}

#[test]
fn choices() {
    check(
        &json!({ "enum": ["a", 2, true, null], "x-sheet": { "labels": { "a": "甲" } } }),
        &[
            (json!("a"), "<甲>"),
            (json!(2), "2"),
            (json!(2.0), "2"),
            (json!(true), "TRUE"),
            (json!(null), "<null>"),
            (json!("b"), "<b>"),
            (json!("甲"), "refused: another value of the list is shown as \"甲\""),
            (json!(3), "refused: the form has one of a list here; a number could not be read back"),
        ],
    );
    check(
        &json!({ "enum": ["好", "差"], "x-sheet": { "as": "checks" } }),
        &[(json!("差"), "<□ 好\n■ 差>"), (json!("无"), "refused: \"无\" is none of the boxes that can be ticked")],
    );
    check(&json!({ "type": "boolean" }), &[(json!(false), "FALSE")]);
}

#[test]
fn lists() {
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    check(
        &texts,
        &[
            (json!([]), "<[]>"),
            (json!(["甲"]), "<甲>"),
            (json!(["甲", "乙，丙"]), "<甲、乙，丙>"),
            (json!(["a、b", "c"]), r#"<"a、b"、c>"#),
            (json!(["a\nb"]), r#"<"a\nb">"#),
            (json!(["a", ""]), r#"<a、"">"#),
            (json!([" a"]), r#"<" a">"#),
            (json!(["[1]"]), r#"<"[1]">"#),
            (json!(["null"]), r#"<"null">"#),
            (json!(["a", null]), r#"<["a",null]>"#),
            (json!("a"), "refused: the form has a list here; a text could not be read back"),
        ],
    );
    let lines = json!({ "type": "array", "items": { "type": "string" }, "x-sheet": { "separator": "\n" } });
    check(&lines, &[(json!(["一", "二、三"]), "<一\n二、三>")]);
    let numbers = json!({ "type": "array", "items": { "type": "number" } });
    check(&numbers, &[(json!([1, 2.5]), "<1、2.5>"), (json!([1e30]), "<[1e+30]>")]);
    let dates = json!({ "type": "array", "items": { "type": "string", "format": "date" } });
    check(
        &dates,
        &[(json!(["2026-03-03", "1800-01-01"]), "<2026-03-03、1800-01-01>"), (json!(["3月"]), r#"<["3月"]>"#)],
    );
}

#[test]
fn anything() {
    check(
        &json!({}),
        &[
            (json!(1.5), "1.5"),
            (json!(true), "TRUE"),
            (json!("甲"), "<甲>"),
            (json!("12"), r#"<"12">"#),
            (json!(" true"), r#"<" true">"#),
            (json!(null), "<null>"),
            (json!({ "b": 1, "a": [] }), r#"<{"b":1,"a":[]}>"#),
            (json!([[1]]), "<[[1]]>"),
            (json!(u64::MAX), "<18446744073709551615>"),
        ],
    );
}

#[test]
fn long_texts_are_refused() {
    let field = field(&json!({ "type": "string" }));
    assert!(cell(&field, Some(&Value::from("字".repeat(32_767)))).len() > 32_767);
    assert!(cell(&field, Some(&Value::from("😀".repeat(16_384)))).starts_with("refused"));
}
