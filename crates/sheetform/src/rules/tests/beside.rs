//! Documents given beside the one that is checked.

use serde_json::{Value, json};

use super::super::{Beside, Input};
use super::Form;

fn rows() -> Value {
    json!({ "type": "array", "items": { "type": "object", "properties": {
        "id": { "type": "string" }, "up": { "type": "string" }, "n": { "type": "integer" } } } })
}

/// What a rule says of a document whose `rows` are checked, with a document of a schema beside it as `list`.
fn said(rule: &str, schema: &Value, list: &Value, unreadable: &[&str]) -> Vec<String> {
    let form = Form::new(&json!({ "type": "object", "properties": { "rows": rows(), "n": { "type": "integer" } },
        "x-rules": [{ "rule": rule }] }));
    let of_list = Form::new(schema);
    let document = json!({ "n": 2, "rows": [{ "id": "a", "n": 1 }, { "id": "z" }] });
    let covers = |pointer: &str| unreadable.contains(&pointer);
    let unread: Option<&dyn Fn(&str) -> bool> = if unreadable.is_empty() { None } else { Some(&covers) };
    let beside = [Beside { name: "list", document: list, schema: &of_list.schema, unreadable: unread }];
    form.run(&Input { beside: &beside, ..form.input(&document) })
        .iter()
        .map(|hit| format!("{}: {}", hit.code, hit.message.en.rsplit("worked out: ").next().unwrap_or_default()))
        .collect()
}

#[test]
fn its_records_and_the_whole_of_it() {
    let one = json!({ "type": "object", "required": ["rows"], "properties": { "year": { "type": "integer" }, "rows": rows(),
        "note": { "type": "string" } } });
    let document = json!({ "year": 2026, "rows": [{ "id": "a", "n": 5 }, { "id": "b" }, { "n": 2 }] });
    let two = json!({ "type": "object", "properties": { "rows": rows(), "more": rows() } });
    let untyped = json!(true);
    let codes = json!([{ "code": "a" }, { "code": "b", "n": null }]);
    for (rule, schema, list, expected) in [
        ("lookup(list, 'id', 'a').n == 5", &one, &document, ""),
        ("lookup(list.rows, 'id', 'a') != null", &one, &document, ""),
        ("list.year == 2026 && list['year'] == 2026 && has(list.year) && !has(list.note)", &one, &document, ""),
        ("list[1].id == 'b' && list.size() == 3 && list.exists(r, r.id == 'b')", &one, &document, ""),
        ("'b' in list.filter(r, has(r.id)).map(r, r.id)", &one, &document, ""),
        ("sum(list.filter(r, has(r.n)).map(r, r.n)) == 7", &one, &document, ""),
        // The third record has no id, and no finding says so: it is passed over.
        (
            "lookup(list, 'id', 'c') == null && indexOf(list, 'id', 'b') == 1 && count(list, 'id', 'a') == 1",
            &one,
            &document,
            "",
        ),
        ("lookup(list, 'id', 'c') != null", &one, &document, "rule"),
        (
            "lookup(list, 'name', 'a') == null",
            &one,
            &document,
            "no such property: \"name\"; there are \"n\", \"id\", \"up\"",
        ),
        ("list.rows.size() == 0", &one, &json!({}), "nothing"),
        ("list.size() == 0 && lookup(list, 'id', 'a') == null", &one, &json!({}), ""),
        (
            "lookup(list, 'id', 'a') == null",
            &two,
            &json!({ "rows": [], "more": [] }),
            "a search asks for a list, found a group of values",
        ),
        ("lookup(list, 'code', 'b') != null && list[1].code == 'b'", &untyped, &codes, ""),
        (
            "lookup(list, 'kode', 'b') == null",
            &untyped,
            &codes,
            "no record has a property \"kode\"; there are \"code\"",
        ),
        ("count(list, 'kode', 'b') == 0", &untyped, &codes, "no record has a property \"kode\"; there are \"code\""),
        ("self.n in list", &untyped, &json!([1, 2, 3]), ""),
        ("list == 'x'", &untyped, &json!("x"), ""),
    ] {
        let said = said(rule, schema, list, &[]);
        let right = match expected {
            "" | "nothing" => said.is_empty(),
            "rule" => said.len() == 1 && said[0].starts_with("rule: "),
            failed => said == [format!("rule-failed: {failed}")],
        };
        assert!(right, "{rule}: {said:?}, expected {expected:?}");
    }
}

#[test]
fn what_could_not_be_read_there_stops_rules_in_silence() {
    let schema = json!({ "type": "object", "properties": { "rows": rows() } });
    let list = json!({ "rows": [{ "id": "a", "n": "five" }, { "id": "b" }] });
    for (rule, unreadable, quiet) in [
        ("lookup(list, 'id', 'a').n == 6", &[][..], true),
        ("lookup(list, 'id', 'x') != null", &["/rows/1/id"], true),
        ("lookup(list, 'id', 'a') == null", &["/rows/1/id"], false),
        ("list.rows.size() == 5", &["/rows"], true),
    ] {
        assert_eq!(said(rule, &schema, &list, unreadable).is_empty(), quiet, "{rule} {unreadable:?}");
    }
    // A file of which nothing could be read is no reason to say that all is well.
    for rule in ["lookup(list, 'id', 'x') != null || self.n == 5", "list.rows.size() == 5"] {
        let said = said(rule, &schema, &list, &[""]);
        assert!(matches!(said.as_slice(), [one] if one.contains("could not be read")), "{rule}: {said:?}");
    }
    let required = json!({ "type": "object", "properties": { "rows": { "type": "array", "items": { "type": "object",
        "required": ["id"], "properties": { "id": { "type": "string" } } } } } });
    // Its absence is an error in its own file.
    assert_eq!(said("lookup(list, 'id', 'x') != null", &required, &json!({ "rows": [{}] }), &[]), [""; 0]);
}

#[test]
fn long_lists_beside_long_tables_stay_linear() {
    let schema = json!({ "type": "object", "properties": { "rows": rows() } });
    let mut checked = schema.clone();
    checked["properties"]["rows"]["items"]["x-rules"] = json!([
        { "rule": "lookup(list, 'id', self.up) != null" }, { "rule": "indexOf(list, 'up', self.id) >= 0" },
        { "rule": "self.id in list.map(r, r.id)" }]);
    let form = Form::new(&checked);
    let row = |i: usize| json!({ "id": format!("R{i}"), "up": format!("R{}", 39_999 - i), "n": i });
    let document = json!({ "rows": (0..40_000).map(row).collect::<Vec<_>>() });
    let beside = [Beside { name: "list", document: &document, schema: &form.schema, unreadable: None }];
    // In tests a rule has 4 million steps and 200 a row; walking would take 1,600 million.
    let hits = form.run(&Input { beside: &beside, ..form.input(&document) });
    assert_eq!(hits, []);
    // A finding never stands in the other document.
    let each = Form::new(&json!({ "type": "object", "properties": { "rows": rows() }, "x-rules": [
        { "each": "list.filter(r, r.n < 1)", "rule": "it.n > 5", "fieldPath": "it.n" },
        { "each": "list.map(r, r.n).filter(n, n < 1)", "rule": "it > 5", "fieldPath": "it" }] }));
    let of_list = [Beside { name: "list", document: &document, schema: &form.schema, unreadable: None }];
    let hits = each.run(&Input { beside: &of_list, ..each.input(&json!({ "rows": [] })) });
    assert_eq!(hits.iter().map(super::line).collect::<Vec<_>>(), ["", ""]);
}
