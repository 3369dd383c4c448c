//! The language: against the crate's own interpreter, and where it differs.

use serde_json::{Value, json};

use super::super::{Expression, Input};
use super::Form;
use crate::finding::{Code, Severity};
use crate::schema::Schema;

/// What a constant rule comes to: `true`, `false`, or why not.
fn verdict(rule: &str) -> String {
    verdict_on(rule, &json!({ "type": "object" }), &json!({}))
}

fn verdict_on(rule: &str, schema: &Value, document: &Value) -> String {
    let mut schema = schema.clone();
    schema["x-rules"] = json!([{ "rule": rule }]);
    let form = Form::new(&schema);
    if let Some(finding) = form.findings.iter().find(|finding| finding.severity == Severity::Error) {
        return format!("bad: {}", finding.message.en);
    }
    match form.hits(document, &[], None).first() {
        None => "true".to_owned(),
        Some(hit) if hit.code == Code::Rule => "false".to_owned(),
        Some(hit) => format!("{}: {}", hit.code, hit.message.en),
    }
}

#[test]
fn agrees_with_the_interpreter_of_the_crate() {
    let rules = [
        "1 < 1.5",
        "1.0 == 1",
        "1 != 1.0",
        "2 in [1.0, 2.0]",
        "'a' in {'a': 1}",
        "1 + 2 * 3 == 7",
        "7 / 2 == 3",
        "-7 / 2 == -3",
        "-7 % 3 == -1",
        "7.5 - 0.5 == 7.0",
        "0.1 + 0.2 == 0.3",
        "-(1) < 0",
        "!(1 > 2)",
        "true || 1 / 0 == 1",
        "1 / 0 == 1 || true",
        "1 / 0 == 1 && false",
        "false && 1 / 0 == 1",
        "[0, 1].exists(x, 1 / x > 0)",
        "[1, 0].all(x, 1 / x > 1)",
        "[1, 2, 3].exists_one(x, x == 2)",
        "[1, 2, 3].filter(x, x > 1) == [2, 3]",
        "[1, 2, 3].map(x, x * x) == [1, 4, 9]",
        "[1, 2, 3].map(x, x > 1, x * 2) == [4, 6]",
        "[].all(x, false)",
        "[].exists(x, true)",
        "{'a': 1}.all(k, k == 'a')",
        "{'a': 1}.a == 1",
        "{'a': 1}['a'] == 1",
        "has({'a': 1}.a)",
        "has({'a': 1}.b)",
        "{1: 'x'}[1] == 'x'",
        "[[1, 2], [3]].map(x, x.map(y, y + 1)) == [[2, 3], [4]]",
        "size('中文') == 2",
        "size([1, 2]) == 2",
        "[1, 2].size() == 2",
        "'abc'.contains('b')",
        "'abc'.startsWith('ab')",
        "'abc'.endsWith('bc')",
        "'安〔2026〕3号'.matches('^安〔[0-9]{4}〕[0-9]+号$')",
        "'a' + 'b' == 'ab'",
        "[1] + [2] == [1, 2]",
        "int('5') == 5",
        "int(2.9) == 2",
        "double('1.5') == 1.5",
        "string(1.0) == '1'",
        "string(12) == '12'",
        "null == null",
        "null == 0",
        "'a' == 1",
        "[1, 'a'] == [1, 'a']",
        "{'a': [1]} == {'a': [1.0]}",
        "true > false",
        "'b' > 'a'",
        "true ? 1 == 1 : 1 / 0 == 0",
        "[1, 2][1] == 2",
        "[1, 2][1.0] == 2",
        "[1, 2, 3].map(x, [1, 2, 3].filter(y, y < x).size()) == [0, 1, 2]",
        "\"\"\"a'b\"\"\" == 'a\\'b'",
        "r'\\d' == '\\\\d'",
        "'\\u4e2d' == '中'",
        "1 == 1 ? false : true",
        "9223372036854775807 > 9.0e18",
    ];
    for rule in rules {
        let theirs = cel::Program::compile(rule).unwrap().execute(&cel::Context::default());
        let cel::Value::Bool(theirs) = theirs.unwrap() else { panic!("{rule} is no bool") };
        assert_eq!(verdict(rule), theirs.to_string(), "{rule}");
    }
}

#[test]
fn fails_where_the_interpreter_of_the_crate_fails() {
    let rules = [
        "1 / 0 == 1",
        "1 % 0 == 1",
        "[1, 0].all(x, 1 / x > 0)",
        "[0].map(x, 1 / x) == []",
        "{'a': 1}.b == 1",
        "'a' < 1",
        "null < 1",
        "[1][5] == 1",
        "9223372036854775807 + 1 > 0",
        "1 ? true : false",
        "!1",
        "'a' + 1 == 'a1'",
        "1 && true",
        "{1: 1, 1: 2}.size() == 1",
        "'a'.matches('(' + '')",
        "int('x') == 1",
        "[1].all(x, x)",
        "-'a' == 'b'",
        "5.all(x, true)",
    ];
    for rule in rules {
        assert!(cel::Program::compile(rule).unwrap().execute(&cel::Context::default()).is_err(), "{rule}");
        assert!(verdict(rule).starts_with("rule-failed"), "{rule}: {}", verdict(rule));
    }
}

#[test]
fn differs_from_the_crate_where_sheets_ask_for_it() {
    for (rule, expected) in [
        ("1 + 1.5 == 2.5", "true"),
        ("3 * 0.5 == 1.5", "true"),
        ("9007199254740993 == 9007199254740992.0", "false"),
        ("null.a == 1", "true"),
        ("has(null.a)", "false"),
        ("1.0 / 0.0 > 1.0", "rule-failed: the rule \"1.0 / 0.0 > 1.0\" could not be worked out: division by zero"),
        (
            "[1][0]",
            "rule-failed: the rule \"[1][0]\" could not be worked out: a rule asks for a yes or no, found a whole number",
        ),
    ] {
        assert_eq!(verdict(rule), expected, "{rule}");
    }
}

#[test]
fn functions() {
    for rule in [
        "sum([]) == 0",
        "sum([1, 2]) == 3",
        "sum([0.1, 0.2]) == 0.3",
        "sum([1, 0.5]) == 1.5",
        "sum(range(1, 101)) == 5050",
        "sum([1e22, 1.0, -1e22]) == 1.0",
        "[1, 2].sum() == 3",
        "count([1, 2]) == 2",
        "count([1, 2, 1.0], 1) == 2",
        "count([{'a': 1}, {'a': 2}], 'a', 2) == 1",
        "distinct(['a', 'b', 'a']) == ['a', 'b']",
        "distinct([[1], [1.0]]) == [[1]]",
        "distinct([1, 1.0]).size() == 1",
        "isSorted([])",
        "isSorted([1, 1, 2.5])",
        "!isSorted(['b', 'a'])",
        "range(3) == [0, 1, 2]",
        "range(1, 3) == [1, 2]",
        "range(3, 1) == []",
        "range(0).size() == 0",
        "max([1, 2.5]) == 2.5",
        "min(['b', 'a']) == 'a'",
        "max([]) == null",
        "lookup([{'a': 1, 'b': 2}], 'a', 1).b == 2",
        "lookup([{'a': 1}], 'a', 3) == null",
        "indexOf(['一般', '较大'], '较大') == 1",
        "indexOf(['a'], 'b') == -1",
        "indexOf([{'a': 5}], 'a', 5) == 0",
        "year('2026-05-03') == 2026",
        "half('2026-06-30') == 1",
        "half('2026-07') == 2",
        "quarter('2026-09-30') == 3",
        "month('2026-12') == 12",
        "day('2026-12-05') == 5",
        "weekday('2026-01-05') == 1",
        "weekday('2026-01-11') == 7",
        "days('2024-02').size() == 29",
        "days('2026-02')[27] == '2026-02-28'",
        "periods(2026, 4)[1] == {'start': '2026-04-01', 'end': '2026-06-30'}",
        "periods(2024, 12)[1].end == '2024-02-29'",
        "periods(2026, 1)[0].start == '2026-01-01'",
        "addDays('2026-02-28', 1) == '2026-03-01'",
        "addDays('2026-01-01', -1) == '2025-12-31'",
        "addMonths('2026-01-31', 1) == '2026-02-28'",
        "addMonths('2026-01-31', -2) == '2025-11-30'",
        "daysBetween('2026-01-01', '2026-12-31') == 364",
        "daysBetween('2026-01-02', '2026-01-01') == -1",
        "year('2026-05-03T08:00:00') == 2026",
        "decimals(1.25) == 2",
        "decimals(3) == 0",
        "decimals(0.1) == 1",
        "decimals(1e-7) == 7",
        "decimals(2.0) == 0",
        "join(['a', 'b'], '、') == 'a、b'",
        "['a'].join() == 'a'",
        "double(2) == 2.0",
        "'a'.size() == 1",
    ] {
        assert_eq!(verdict(rule), "true", "{rule}");
    }
    for rule in [
        "sum(['a']) == 1",
        "sum(1) == 1",
        "periods(2026, 5).size() == 5",
        "periods(2026, 0).size() == 0",
        "year('五月') == 2026",
        "day('2026-05') == 1",
        "days('2026-13').size() == 0",
        "addDays('9999-12-31', 1) == ''",
        "addDays('2026-01-01', 9223372036854775807) == ''",
        "addMonths('0001-01-01', -1) == ''",
        "weekday(5) == 1",
        "range(10000000).size() == 1",
        "range(-9223372036854775807, 9223372036854775807).size() == 1",
        "isSorted([1, 'a'])",
        "lookup([1], 'a', 1) == null",
        "sum([9223372036854775807, 1]) == 0",
    ] {
        assert!(verdict(rule).starts_with("rule-failed"), "{rule}: {}", verdict(rule));
    }
}

#[test]
fn every_function_is_tried_above_by_its_usage() {
    for function in super::super::function::Function::ALL {
        let name = function.name();
        assert_eq!(super::super::function::Function::named(name), Some(*function));
        assert!(function.usage().contains(name), "{name}");
        assert!(include_str!("language.rs").contains(&format!("{name}(")), "{name} is not tried");
        let page = include_str!("../../../../../docs/rules.md");
        assert!(page.contains(&format!("{name}(")) || page.contains(&format!("`{name}`")), "{name} is not explained");
    }
}

fn row_schema() -> Value {
    json!({ "type": "object", "properties": {
        "year": { "type": "integer" },
        "rows": { "type": "array", "items": { "type": "object", "properties": {
            "name": { "type": "string" }, "n": { "type": "integer" }, "x": { "type": "number" },
            "day": { "type": "string", "format": "date" }, "o": { "type": "object", "properties": { "p": { "type": "string" } } }
        } } }
    } })
}

#[test]
fn what_is_absent_or_unreadable_stops_a_rule_in_silence() {
    let schema = row_schema();
    let document = json!({ "year": 2026, "rows": [
        { "name": "a", "n": 1, "x": 1, "day": "2026-01-01" },
        { "name": "b", "n": null, "x": "1,5", "day": "下周", "o": {} }
    ] });
    for (rule, expected) in [
        ("self.rows[1].n == 5", "true"),
        ("has(self.rows[1].n)", "false"),
        ("has(self.rows[0].n)", "true"),
        // A wrong type or a date that is none stops even `has`.
        ("has(self.rows[1].x) && 1 == 2", "false"),
        ("has(self.rows[1].x) && 1 == 1", "true"),
        ("!has(self.rows[1].day)", "true"),
        ("self.rows[1].day < '2026-01-01'", "true"),
        ("sum(self.rows.map(r, r.n)) == 99", "true"),
        ("sum(self.rows.filter(r, has(r.n)).map(r, r.n)) == 99", "false"),
        ("self.rows.all(r, r.n == 1)", "true"),
        ("self.rows.all(r, r.n == 2)", "false"),
        ("self.rows.exists(r, r.n == 2)", "true"),
        ("self.rows[1].n == 5 || self.year == 2025", "true"),
        ("self.rows[1].n == 5 && self.year == 2025", "false"),
        ("self.rows[1].o.p == 'x'", "true"),
        ("self.rows[0].o.p == 'x'", "true"),
        ("self.rows[0].x == 1", "true"),
        ("self.rows[0].n / 2 == 0", "true"),
        ("self.rows[0].x / 2 == 0.5", "true"),
        ("lookup(self.rows, 'name', 'b').name == 'a'", "false"),
        ("count(self.rows, 'n', 1) == 7", "true"),
        ("self.rows[0] == self.rows[1]", "false"),
        (
            "self.rows.nothing == 1",
            "rule-failed: the rule \"self.rows.nothing == 1\" could not be worked out: a list has no property \"nothing\"",
        ),
        (
            "self.other == 1",
            "rule-failed: the rule \"self.other == 1\" could not be worked out: no such property: \"other\"; there are \"year\", \"rows\"",
        ),
        ("has(self.other)", "false"),
        ("1 / 0 == 1 && self.rows[1].n == 1", "true"),
    ] {
        assert_eq!(verdict_on(rule, &schema, &document), expected, "{rule}");
    }
}

#[test]
fn what_the_caller_could_not_read_counts_too() {
    let mut schema = row_schema();
    schema["properties"]["rows"]["x-rules"] = json!([
        { "rule": "sum(self.map(r, r.n)) == 3", "fieldPath": "[].n" },
        { "rule": "self.filter(r, has(r.n)).size() == 3", "fieldPath": "[].n" },
        { "rule": "self.size() == 3", "fieldPath": "[].n" }
    ]);
    let form = Form::new(&schema);
    assert!(form.findings.is_empty(), "{:?}", form.findings);
    let document = json!({ "rows": [{ "n": 1 }, { "n": 1 }] });
    assert_eq!(form.lines(&document, &[], None), ["/rows[].n+", "/rows[].n", "/rows[].n"]);
    let partial = json!({ "rows": [{ "n": 1 }, {}] });
    assert_eq!(form.lines(&partial, &["/rows/1/n"], None), ["/rows[].n"]);
    assert!(form.lines(&partial, &["/rows"], None).is_empty());
    assert_eq!(form.lines(&document, &["/rows/1"], None), ["/rows[].n"]);
}

#[test]
fn bad_rules_are_findings_with_their_pointer() {
    let deep = format!("{}1{}", "(".repeat(2000), ")".repeat(2000));
    let long = format!("1 == {}", "1".repeat(20_000));
    for (rule, expected) in [
        (json!({ "rule": "1 ==" }), "syntax error"),
        (json!({ "rule": deep }), "nested more than 64 deep"),
        (json!({ "rule": long }), "too long"),
        (json!({ "rule": "slef.year == 1" }), "unknown name \"slef\"; did you mean self?"),
        (json!({ "rule": "Today > '2026'" }), "did you mean today?"),
        (json!({ "rule": "year == 1" }), "unknown name \"year\"; did you mean self.year?"),
        (json!({ "rule": "n == 1", "each": "self.rows" }), "did you mean it.n?"),
        (json!({ "rule": "lookup == 1" }), "is a function"),
        (json!({ "rule": "'a'.matches('(')" }), "no pattern that can be used: unclosed group"),
        (json!({ "rule": "'a'.matches('(?=b)')" }), "look-around"),
        (json!({ "rule": "'a'.matches('(a{500}){500}')" }), "it is too large"),
        (json!({ "rule": "it == 1" }), "only known in a rule with `each`"),
        (json!({ "rule": "lokup(self.rows, 'n', 1) == null" }), "unknown function \"lokup\""),
        (json!({ "rule": "timestamp('x') == 1" }), "unknown function \"timestamp\""),
        (json!({ "rule": "sum(1, 2) == 3" }), "sum takes sum(list)"),
        (json!({ "rule": "self.rows.all(1, true)" }), "must be a name"),
        (json!({ "rule": "self.rows.all(it, true)" }), "cannot be the name of a loop"),
        (json!({ "rule": "has(self)" }), "asks for a property"),
        (json!({ "rule": "1u == 1" }), "unsigned"),
        (json!({ "rule": "1" }), "true or false, and \"1\" is a number"),
        (json!({ "rule": "self.rows" }), "true or false, and \"self.rows\" is a list"),
        (json!({ "rule": "b'a' == 'a'" }), "bytes"),
        (json!({ "rule": "self.?year == 1" }), "syntax error"),
        (json!({ "rule": "true", "messageExpression": "'a' +" }), "syntax error"),
        (json!({ "rule": "true", "each": "[1" }), "syntax error"),
        (json!({ "rule": "true", "fieldPath": ".yaer" }), "no property"),
        (json!({ "rule": "true", "fieldPath": "year" }), "no path"),
        (json!({ "rule": "true", "fieldPath": "" }), "no path"),
        (json!({ "rule": "true", "fieldPath": ".rows[].m" }), "no property"),
        (json!({ "rule": "true", "fieldPath": "[].year" }), "no list"),
        (json!({ "rule": "true", "fieldPath": "it.n" }), "needs `it`"),
        (json!({ "rule": "true", "each": "self.rows", "fieldPath": "it.m" }), "no property"),
        (json!({ "rule": "true", "each": "self.rows.filter(r, r.n > 1)", "fieldPath": "it.m" }), "no property"),
    ] {
        let mut schema = row_schema();
        schema["x-rules"] = json!([rule]);
        let form = Form::new(&schema);
        let [finding] = form.findings.as_slice() else { panic!("{rule}: {:?}", form.findings) };
        assert_eq!((finding.code, finding.pointer.as_deref()), (Code::BadForm, Some("/x-rules/0")), "{rule}");
        assert_eq!(finding.severity, Severity::Error);
        assert!(finding.message.en.contains(expected), "{rule}: {}", finding.message.en);
        assert_ne!(finding.message.en, finding.message.zh);
        assert!(form.rules.rules.is_empty());
    }
    let on_scalar = json!({ "type": "string", "x-rules": [{ "rule": "true" }] });
    assert_eq!(Form::new(&on_scalar).findings.len(), 1);
}

#[test]
fn undeclared_properties_are_warnings() {
    for rule in [
        "self.yaer == 1",
        "self.rows.all(r, r.m == 1)",
        "self.rows[0].m == 1",
        "root.rows.map(r, r.o).all(o, o.q == 'x')",
        "self['yaer'] == 1",
        "has(self.yaer)",
        "lookup(self.rows, 'm', 1) == null",
        "self.rows.n == 1",
        "self.year.x == 1",
        "distinct(self.rows)[0].m == 1",
        "lookup(self.rows, 'n', 1).m == 1",
    ] {
        let mut schema = row_schema();
        schema["x-rules"] = json!([{ "rule": rule }]);
        let form = Form::new(&schema);
        let [finding] = form.findings.as_slice() else { panic!("{rule}: {:?}", form.findings) };
        assert_eq!((finding.code, finding.severity), (Code::BadForm, Severity::Warning), "{rule}");
        assert!(!form.rules.rules.is_empty());
    }
}

#[test]
fn places() {
    let rules = json!([
        { "rule": "self.rows.all(r, r.n > 5)" },
        { "rule": "root.year > 5000 || self.rows.size() > 9" },
        { "rule": "root.year > 5000" },
        { "rule": "'self.name' == 'x' || self.rows[0].name == 'x'" },
        { "rule": "1 == 2" },
        { "rule": "it.n > 5", "each": "self.rows" },
        { "rule": "it.n > 5", "each": "self.rows.filter(r, r.n == 2)", "fieldPath": "it.o.p" },
        { "rule": "root.rows[it].n > 5", "each": "range(1)", "fieldPath": ".rows[it].o" },
        { "rule": "self.rows.all(r, r.n > 5)", "fieldPath": ".rows[].n" },
        { "rule": "it == ''", "each": "self.list" },
        { "rule": "it == ''", "each": "self.list", "fieldPath": "it" }
    ]);
    let mut schema = row_schema();
    schema["properties"]["list"] = json!({ "type": "array", "items": { "type": "string" } });
    schema["x-rules"] = rules;
    schema["properties"]["rows"]["x-rules"] =
        json!([{ "rule": "self.all(r, has(r.n) && r.n > 5)" }, { "rule": "self[it].n > 5", "each": "range(1, 2)" }]);
    let form = Form::new(&schema);
    assert!(form.findings.is_empty(), "{:?}", form.findings);
    let document = json!({ "year": 1, "rows": [{ "n": 1, "name": "a" }, { "n": 2 }], "list": ["a"] });
    assert_eq!(
        form.lines(&document, &[], None),
        [
            "/rows",
            "/rows",
            "/year",
            "/rows/0/name",
            "",
            "/rows/0/n",
            "/rows/1/n",
            "/rows/1/o/p",
            "/rows/0/o",
            "/rows[].n",
            "",
            "/list/0",
            "/rows[].n",
            "/rows/1/n"
        ]
    );
}

#[test]
fn messages_and_severities() {
    let schema = json!({ "type": "object", "properties": { "n": { "type": "integer" } }, "x-rules": [
        { "rule": "self.n > 5", "messageExpression": "'n 是 ' + string(self.n)", "message": "n 太小" },
        { "rule": "self.n > 5", "messageExpression": "1 + 1", "message": "n 太小", "severity": "warning" },
        { "rule": "self.n > 5", "severity": { "draft": "info", "final": "error" } },
    ] });
    let form = Form::new(&schema);
    let hits = form.hits(&json!({ "n": 1 }), &[], None);
    let said: Vec<_> = hits.iter().map(|hit| (hit.message.en.as_str(), hit.severity)).collect();
    assert_eq!(
        said,
        [
            ("n 是 1", Severity::Error),
            ("n 太小", Severity::Warning),
            ("the rule \"self.n > 5\" is not met", Severity::Error)
        ]
    );
    assert_eq!(hits[2].message.zh, "不符合规则“self.n > 5”");
    assert_eq!(hits[0].rule, "#/x-rules/0");
    let draft = form.run(&Input { final_profile: false, ..form.input(&json!({ "n": 1 })) });
    assert_eq!(draft[2].severity, Severity::Info);
}

#[test]
fn today_comes_from_the_root_or_the_caller() {
    let schema = json!({ "type": "object", "x-sheet": { "today": "as_of" }, "properties": {
        "as_of": { "type": "string", "format": "date" },
        "rows": { "type": "array", "items": { "type": "object", "properties": { "due": { "type": "string", "format": "date" } },
            "x-rules": [{ "rule": "self.due >= today" }] } },
        "plan": { "type": "array", "items": { "type": "object", "properties": { "topic": { "type": "string" } } } }
    }, "x-rules": [{ "rule": "it.topic == ''", "each": "self.plan.filter(p, today > '2026')", "fieldPath": "it.topic" }] });
    let form = Form::new(&schema);
    assert!(form.findings.is_empty(), "{:?}", form.findings);
    let rows = json!([{ "due": "2026-01-01" }, {}, { "due": "2026-03-01" }]);
    let document = json!({ "rows": rows, "plan": [{ "topic": "a" }] });
    assert_eq!(form.lines(&document, &[], None), ["not-checked /plan[].topic", "not-checked /rows/0/due"]);
    assert_eq!(form.lines(&document, &[], Some("2026-02-01")), ["/plan/0/topic", "/rows/0/due"]);
    let own = json!({ "as_of": "2026-04-01", "rows": rows });
    assert_eq!(form.lines(&own, &[], Some("2026-01-01")), ["/rows/0/due", "/rows/2/due"]);
    let unread = json!({ "as_of": "四月", "rows": rows });
    assert!(form.lines(&unread, &[], Some("2027-01-01")).is_empty());
}

#[test]
fn expressions_of_computed_rows() {
    let schema = Form::new(&row_schema()).schema;
    let rows = schema.node(Schema::ROOT).property("rows").unwrap();
    let value = |text: &str, document: &Value| {
        let expression = Expression::compile(&schema, rows, text).unwrap();
        let input =
            Input { schema: &schema, document, unreadable: None, beside: &[], today: None, final_profile: true };
        expression.evaluate(&input, "/rows")
    };
    let document = json!({ "rows": [{ "n": 1, "x": 0.1 }, { "n": 2, "x": 0.2 }] });
    assert_eq!(value("sum(self.map(r, r.x))", &document), Ok(Some(json!(0.3))));
    assert_eq!(value("sum(self.map(r, r.n)) / self.size()", &document), Ok(Some(json!(1))));
    assert_eq!(value("sum(self.map(r, r.x))", &json!({ "rows": [{}] })), Ok(None));
    assert_eq!(value("sum(self.map(r, r.x))", &json!({})), Ok(None));
    assert!(value("1 / 0", &document).is_err());
    assert!(value("self", &document).is_err());
    assert_eq!(Expression::compile(&schema, rows, "sum(self.map(r, r.y)) + z").unwrap_err().len(), 2);
}

#[test]
fn a_rule_that_fails_says_so_once() {
    let schema = json!({ "type": "array", "items": { "type": "object", "properties": { "n": { "type": "integer" } },
        "x-rules": [{ "rule": "10 / self.n > 5" }] } });
    let form = Form::new(&schema);
    let document = json!([{ "n": 0 }, { "n": 5 }, { "n": 0 }, {}]);
    assert_eq!(form.lines(&document, &[], None), ["rule-failed /0", "/1/n"]);
}

#[test]
fn rules_reached_through_references_run_at_each_place() {
    let schema = json!({ "type": "object", "properties": { "a": { "$ref": "#/$defs/p" }, "b": { "$ref": "#/$defs/p" },
        "c": { "type": "array", "items": { "$ref": "#/$defs/p" } } },
        "$defs": { "p": { "type": "object", "properties": { "start": { "type": "string" }, "end": { "type": "string" } },
            "x-rules": [{ "rule": "self.end >= self.start" }, { "rule": "slef" }] } } });
    let form = Form::new(&schema);
    assert_eq!(form.findings.len(), 1);
    let bad = json!({ "start": "b", "end": "a" });
    let document = json!({ "a": bad, "b": { "start": "a" }, "c": [bad, "text", bad] });
    assert_eq!(form.lines(&document, &[], None), ["/a/end", "/c/0/end", "/c/2/end"]);
}

#[test]
fn long_tables_stay_linear_and_runaways_end() {
    let schema = json!({ "type": "object", "properties": { "rows": { "type": "array", "items": { "type": "object",
        "properties": { "id": { "type": "string" }, "n": { "type": "integer" }, "up": { "type": "string" } },
        "x-rules": [{ "rule": "lookup(root.rows, 'id', self.up) != null" },
            { "rule": "self.id in root.rows.map(r, r.id)" }, { "rule": "self.n <= sum(root.rows.map(r, r.n))" }] },
        "x-rules": [{ "rule": "distinct(self.map(r, r.id)).size() == self.size()" },
            { "rule": "count(self, 'up', it.up) == 1", "each": "self.filter(r, r.n >= 0)" },
            { "rule": "self[it].n > self[it - 1].n", "each": "range(1, self.size())" }] } } });
    let form = Form::new(&schema);
    assert!(form.findings.is_empty(), "{:?}", form.findings);
    let document = |rows: usize| {
        let row = |i: usize| json!({ "id": format!("R{i}"), "n": i, "up": format!("R{}", rows - 1 - i) });
        json!({ "rows": (0..rows).map(row).collect::<Vec<_>>() })
    };
    // In tests a rule has 4 million steps and 200 a row: any of these by walking would take 1,600 million.
    assert_eq!(form.lines(&document(40_000), &[], None), [""; 0]);

    for runaway in [
        "self.rows.all(a, self.rows.all(b, self.rows.all(c, a.n + b.n + c.n >= 0)))",
        "range(1000000).all(a, range(1000000).all(b, range(1000000).all(c, a + b + c >= 0)))",
        "range(1000000).map(a, range(1000000).map(b, a + b)).size() == 1",
        "['aaaaaaaaaaaaaaaa'].map(s, s + s + s + s + s + s + s + s).map(s, s + s + s + s + s + s + s + s).map(s, s + s + s + \
         s + s + s + s + s).map(s, s + s + s + s + s + s + s + s).map(s, s + s + s + s + s + s + s + s).map(s, s + s + s + s \
         + s + s + s + s).map(s, s + s + s + s + s + s + s + s).size() == 1",
    ] {
        let mut schema = schema.clone();
        schema["properties"]["rows"] = row_schema()["properties"]["rows"].clone();
        schema["x-rules"] = json!([{ "rule": runaway }]);
        let form = Form::new(&schema);
        assert_eq!(form.lines(&document(2000), &[], None), ["rule-failed "], "{runaway}");
    }
}

#[test]
fn no_text_and_no_document_ends_the_process() {
    let tokens = [
        "self",
        ".rows",
        ".n",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "?",
        "1",
        "1.5",
        "'x'",
        "\"y",
        "'",
        "+",
        "-",
        "*",
        "/",
        "%",
        "!",
        "==",
        "<",
        "&&",
        "||",
        " in ",
        "null",
        "true",
        "has(",
        ".all(r, ",
        ".map(r, ",
        "r",
        "\\",
        "中",
        "1u",
        "b'",
        "r'",
        "`",
        "\n",
        "//",
        ";",
        "@",
        "99999999999999999999",
        "'\\ud800'",
        "'\\x4'",
        "\u{0}",
        "1e999",
        "'''",
        "sum(",
        "range(",
        "lookup(",
        "it",
        "root",
        "today",
        "periods(",
        "9223372036854775807",
        "0",
    ];
    let mut seed = 88_172_645_463_325_252_u64;
    let mut next = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below as u64) as usize
    };
    let document = json!({ "year": 1, "rows": [{ "n": 1 }, { "n": "x" }, 5, null] });
    for _ in 0..4000 {
        let count = 1 + next(12);
        let rule: String = (0..count).map(|_| tokens[next(tokens.len())]).collect();
        let mut schema = row_schema();
        schema["x-rules"] = json!([{ "rule": rule, "each": "self.rows", "fieldPath": rule }, { "rule": rule }]);
        Form::new(&schema).hits(&document, &[], None);
    }
}

#[test]
fn the_deepest_texts_fit_a_small_stack() {
    let body = || {
        let chains = [
            "+1",
            "*1",
            "==1",
            ".a",
            "[0]",
            "&&x",
            "||true",
            " in [1]",
            ".size()",
            "?x:1",
            ".map(r,r)",
            ".filter(r,r)",
        ];
        let nests = [
            ("(", ")"),
            ("[", "]"),
            ("!", ""),
            ("-", ""),
            ("size(", ")"),
            ("{1:", "}"),
            ("1+(", ")"),
            ("[1].all(x,", ")"),
        ];
        for count in [63, 130, 190, 390, 4000] {
            for chain in chains {
                super::super::guard::check(&chain.repeat(count)).ok();
                verdict(&format!("self{}", chain.repeat(count)));
                // What looks like the inside of a string to one reader and not to another.
                verdict(&format!("'\\q{}'", chain.repeat(count)));
                verdict(&format!("'\n{}'", chain.repeat(count)));
                verdict(&format!("'''a' + self{}", chain.repeat(count)));
            }
            for (open, close) in nests {
                verdict(&format!("{}true{}", open.repeat(count), close.repeat(count)));
                let chain = "1+".repeat(5) + open;
                verdict(&format!("{}true{}", chain.repeat(count), close.repeat(count)));
            }
        }
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(body).unwrap().join().unwrap();
}
