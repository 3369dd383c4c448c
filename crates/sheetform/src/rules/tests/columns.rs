//! Rules over the columns of a record say that there is nothing to say just where the record's document has no hits.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Form;
use crate::layout::at_path;
use crate::rules::{Columns, OverColumns, Read};
use crate::schema::{NodeId, Schema};

/// A record as JSON, asked for its columns.
struct Record<'a> {
    value: &'a Value,
    schema: &'a Schema,
    columns: &'a [(Vec<String>, NodeId)],
}

impl Columns for Record<'_> {
    fn read(&self, column: usize) -> Read<'_> {
        let (path, node) = &self.columns[column];
        Read::of(at_path(self.value, path), self.schema.node(*node))
    }

    fn is_object(&self, path: &[String]) -> bool {
        at_path(self.value, path).is_some_and(Value::is_object)
    }
}

/// The scalars below a node.
fn columns(schema: &Schema, id: NodeId, path: &mut Vec<String>, out: &mut Vec<(Vec<String>, NodeId)>) {
    for (name, child) in &schema.node(id).properties {
        path.push(name.clone());
        if schema.node(*child).types.object {
            columns(schema, *child, path, out);
        } else {
            out.push((path.clone(), *child));
        }
        path.pop();
    }
}

/// Whether there is nothing to say of each record, by its columns; none where the rules do not run so.
fn silent(form: &Form, beside: &Value, records: &[Value]) -> Option<Vec<bool>> {
    let list = form.schema.node(Schema::ROOT).property("rows").unwrap();
    let items = form.schema.node(list).items.unwrap();
    let mut all = Vec::new();
    columns(&form.schema, items, &mut Vec::new(), &mut all);
    let at: Vec<_> = all.iter().map(|(path, node)| (path.as_slice(), *node)).collect();
    let rules = OverColumns::new(&form.rules, &form.input(beside), items, &at)?;
    let one = |value| rules.is_silent(&form.schema, &Record { value, schema: &form.schema, columns: &all });
    Some(records.iter().map(one).collect())
}

/// The same by the record's own document.
fn without_hits(form: &Form, beside: &Value, record: &Value) -> bool {
    let mut document = beside.clone();
    document["rows"] = json!([record]);
    form.run(&form.input(&document)).is_empty()
}

struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.below(of.len())]
    }

    /// An expression, of no type in particular; its own object is `o` where `inside`.
    fn expr(&mut self, depth: usize, inside: bool) -> String {
        if depth == 0 || self.below(5) == 0 {
            let own: &[&str] = if inside {
                &["self.x", "self.y", "self.d"]
            } else {
                &[
                    "self.n", "self.p", "self.t", "self.u", "self.d", "self.e", "self.k", "self.b", "self.o.x",
                    "self.o.y",
                ]
            };
            let known: &[&str] = &[
                "0",
                "1",
                "2.5",
                "-3",
                "'甲'",
                "''",
                "'2026-03-01'",
                "'在用'",
                "true",
                "false",
                "null",
                "root.limit",
                "root.day",
                "root.names",
                "root.names.size()",
                "['在用', '停用']",
                "[1, 2.0, null]",
                "root.nothing",
            ];
            return if self.below(5) < 3 { self.one(own) } else { self.one(known) }.to_owned();
        }
        let next = |random: &mut Self| random.expr(depth - 1, inside);
        match self.below(16) {
            0..=5 => {
                let operator = self.one(&["==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "in"]);
                format!("({} {operator} {})", next(self), next(self))
            }
            6..=8 => format!("({} {} {})", next(self), self.one(&["&&", "||"]), next(self)),
            9 => format!("!{}", next(self)),
            10 => format!("({} ? {} : {})", next(self), next(self), next(self)),
            11 | 12 => {
                let of = if inside { ["self.x", "self.y", "self.d"] } else { ["self.n", "self.u", "self.o.x"] };
                format!("has({})", self.one(&of))
            }
            13 => {
                let function = self.one(&["size", "year", "month", "weekday", "int", "double", "string", "decimals"]);
                format!("{function}({})", next(self))
            }
            14 => {
                let function =
                    self.one(&["startsWith", "contains", "endsWith", "addDays", "daysBetween", "indexOf", "count"]);
                format!("{function}({}, {})", next(self), next(self))
            }
            _ => format!("{}[{}]", next(self), next(self)),
        }
    }

    fn value(&mut self, name: &str) -> Option<Value> {
        let values: &[Value] = &match name {
            "n" | "x" => [json!(0), json!(1), json!(-7), json!(2.0), json!(i64::MAX), json!("1")],
            "p" => [json!(0), json!(2.5), json!(-0.1), json!(1e300), json!(3), json!(null)],
            "d" | "e" => {
                [json!("2026-03-01"), json!("2025-12-31"), json!("2026-02-30"), json!(""), json!(3), json!(null)]
            }
            "k" => [json!("在用"), json!("停用"), json!("别的"), json!(null), json!(1), json!("报废")],
            "b" => [json!(true), json!(false), json!(null), json!("true"), json!(true), json!(false)],
            _ => [json!("甲"), json!("乙丙"), json!(""), json!("2026-03-01"), json!(null), json!(5)],
        };
        match self.below(4) {
            0 => None,
            // Oddities are seldom.
            1 => Some(values[self.below(values.len())].clone()),
            _ => Some(values[self.below(2)].clone()),
        }
    }

    fn record(&mut self) -> Value {
        let mut record = json!({});
        for name in ["n", "p", "t", "u", "d", "e", "k", "b"] {
            if let Some(value) = self.value(name) {
                record[name] = value;
            }
        }
        if self.below(3) > 0 {
            record["o"] = json!({});
            for name in ["x", "y", "d"] {
                if let Some(value) = self.value(name) {
                    record["o"][name] = value;
                }
            }
        }
        record
    }
}

/// A form with a rule on its records, and one on the object in them.
fn form(rule: &str, inside: &str) -> Form {
    let date = json!({ "type": "string", "format": "date" });
    Form::new(&json!({ "type": "object", "properties": {
        "day": date, "limit": { "type": "integer" }, "nothing": { "type": "string" },
        "names": { "type": "array", "items": { "type": "string" } },
        "rows": { "type": "array", "items": { "type": "object", "x-rules": [{ "rule": rule }], "properties": {
            "n": { "type": "integer" }, "p": { "type": ["number", "null"] }, "t": { "type": "string" },
            "u": { "type": ["string", "null"] }, "d": date, "e": date,
            "k": { "enum": ["在用", "停用", "报废", null] }, "b": { "type": "boolean" },
            "o": { "type": "object", "x-rules": [{ "rule": inside }],
                "properties": { "x": { "type": "integer" }, "y": { "type": "string" }, "d": date } } } } } } }))
}

#[test]
fn silence_over_columns_is_that_of_the_document() {
    let beside = json!({ "day": "2026-01-15", "limit": 2, "names": ["甲", "在用", "2026-03-01"] });
    let mut random = Random(0x5eed_1234_9876_fedc);
    let (mut rules, mut counts) = (0, BTreeMap::new());
    let records: Vec<Value> = (0..60).map(|_| random.record()).collect();
    for round in 0..4000 {
        let (rule, inside) = (random.expr(1 + round % 4, false), random.expr(1 + round % 3, true));
        let form = form(&rule, &inside);
        // Some of the records, others for the next rule.
        let records = &records[round % 3 * 20..][..20];
        let Some(silent) = silent(&form, &beside, records) else { continue };
        rules += usize::from(!form.rules.is_empty());
        for (record, silent) in records.iter().zip(silent) {
            assert_eq!(silent, without_hits(&form, &beside, record), "{rule}\n{inside}\n{record}");
            *counts.entry(silent).or_insert(0) += 1;
        }
    }
    assert!(rules > 1000 && counts[&true] > 10_000 && counts[&false] > 10_000, "{rules} {counts:?}");
}

#[test]
fn what_looks_further_than_a_record_is_left_to_its_document() {
    let beside = json!({ "limit": 2, "names": ["甲"] });
    for (rule, taken) in [
        ("self.d >= self.e", true),
        ("self.t in root.names", true),
        ("root.names.exists(n, n == '甲') && has(self.t)", true),
        ("self.o.x > root.limit", true),
        ("!has(self.o.x)", false),
        ("has(self.o)", false),
        ("self == self", false),
        ("root.names.exists(n, n == self.t)", false),
        ("self.t.matches(self.u)", false),
        ("self.t.matches('^[A-Z]+$')", true),
        ("self.d <= today", false),
        ("self.t == root.nothing", false),
    ] {
        let form = form(rule, "true");
        assert!(form.findings.is_empty(), "{rule}: {:?}", form.findings);
        assert_eq!(silent(&form, &beside, &[]).is_some(), taken, "{rule}");
    }
}

#[test]
#[allow(clippy::disallowed_methods, reason = "a test reads files")]
fn records_of_shipped_forms_run_over_columns() {
    let folder = format!("{}/../..", env!("CARGO_MANIFEST_DIR"));
    let mut left = Vec::new();
    for (id, list) in
        [("equipment-register", "entries"), ("inspection-ledger", "entries"), ("rectification-ledger", "entries")]
    {
        let read = |path: String| -> Value { serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap() };
        let schema = read(format!("{folder}/schemas/{id}.schema.json"));
        let sample = read(format!("{folder}/samples/{id}.json"));
        let form = Form::new(&schema);
        let items = form.schema.node(form.schema.node(Schema::ROOT).property(list).unwrap()).items.unwrap();
        let mut all = Vec::new();
        columns(&form.schema, items, &mut Vec::new(), &mut all);
        let at: Vec<_> = all.iter().map(|(path, node)| (path.as_slice(), *node)).collect();
        let Some(rules) = OverColumns::new(&form.rules, &form.input(&sample), items, &at) else {
            left.push(id);
            continue;
        };
        for value in sample[list].as_array().unwrap() {
            assert!(rules.is_silent(&form.schema, &Record { value, schema: &form.schema, columns: &all }), "{value}");
        }
    }
    assert_eq!(left, [""; 0]);
}
