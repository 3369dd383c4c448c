//! What rules cost over a long table, a line a function: `cargo bench -p sheetform-cli --bench rules [-- NAME]`.
//!
//! Each rule is checked over 100,000 and 200,000 records, and the same form without it; the difference is the rule. Two
//! ratios say how it stands on any machine: the time for twice the rows (2 is linear), and the share of reading the
//! workbook with the same records. It ends with an error where a rule is not linear, or where one of the three that
//! have a bar (unique, sum, count in a period) takes more than a tenth of the reading.
#![allow(clippy::print_stdout, clippy::expect_used, clippy::unwrap_used, reason = "a measurement shows its result")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};
use sheetform::form::Form;
use sheetform::places::Nowhere;
use sheetform::validate::{Given, Options, Subject, validate};
use sheetform::{read, write};
use sheetform_workbook::{Workbook, save};

const ROWS: usize = 200_000;
/// How often each is measured; the least counts, for nothing but noise adds to it.
const TIMES: usize = 5;
/// A rule over twice the rows takes twice the time, and caches are missed a little more.
const LINEAR: f64 = 2.8;
/// The share of the reading that the first three may take.
const BAR: f64 = 0.10;
/// Less than this share of the reading is too little to tell whether it is linear.
const TELLING: f64 = 0.005;

/// A function and a rule that uses it; on the table, on each record, or with `each` beside it.
enum Rule {
    /// `key` on a column.
    Key,
    /// A rule on the array.
    Table(&'static str),
    /// A rule on the array that is asked for each `it`.
    Each(&'static str, &'static str),
    /// A rule on each record.
    Record(&'static str),
}

use Rule::{Each, Key, Record, Table};

const RULES: &[(&str, Rule)] = &[
    ("unique (key)", Key),
    ("sum", Table("sum(self.map(r, r.amount)) > 0.0")),
    ("count in a period", Table("self.filter(r, r.day >= '2026-04-01' && r.day <= '2026-06-30').size() > 0")),
    ("unique (distinct)", Table("distinct(self.map(r, r.id)).size() == self.size()")),
    ("sum of whole numbers", Table("sum(self.map(r, r.hours)) > 0")),
    (
        "count in each period",
        Each("periods(2026, 4)", "self.filter(r, r.day >= it.start && r.day <= it.end).size() > 0"),
    ),
    ("count(list, value)", Table("count(self.map(r, r.kind), '甲') > 0")),
    ("count(list, field, value) a record", Record("count(root.rows, 'id', self.id) == 1")),
    ("lookup in the table a record", Record("lookup(root.rows, 'id', self.up) != null")),
    ("lookup in another file a record", Record("lookup(codes, 'id', self.up) != null")),
    ("indexOf a record", Record("indexOf(root.rows, 'id', self.up) >= 0")),
    ("in a record", Record("self.id in root.rows.map(r, r.id)")),
    ("isSorted", Table("isSorted(self.map(r, r.id))")),
    ("max", Table("max(self.map(r, r.amount)) > 0.0")),
    ("min", Table("min(self.map(r, r.day)) > ''")),
    ("range: each with the one before", Each("range(1, self.size())", "self[it].id > self[it - 1].id")),
    ("all", Table("self.all(r, r.hours >= 0)")),
    ("exists_one", Table("self.exists_one(r, r.id == 'R0000007')")),
    ("comparison a record", Record("self.hours <= 24")),
    ("year a record", Record("year(self.day) == 2026")),
    ("quarter a record", Record("quarter(self.day) <= 4")),
    ("half a record", Record("half(self.day) <= 2")),
    ("month a record", Record("month(self.day) <= 12")),
    ("day a record", Record("day(self.day) <= 31")),
    ("weekday a record", Record("weekday(self.day) <= 7")),
    ("days a record", Record("days('2026-02').size() == 28")),
    ("periods a record", Record("periods(2026, 12).size() == 12")),
    ("addDays a record", Record("addDays(self.day, 30) > self.day")),
    ("addMonths a record", Record("addMonths(self.day, 1) > self.day")),
    ("daysBetween a record", Record("daysBetween('2025-01-01', self.day) > 0")),
    ("matches a record", Record("self.id.matches('^R[0-9]{7}$')")),
    ("startsWith a record", Record("self.id.startsWith('R')")),
    ("contains a record", Record("self.id.contains('R')")),
    ("endsWith a record", Record("!self.id.endsWith('x')")),
    ("size a record", Record("size(self.id) == 8")),
    ("decimals a record", Record("decimals(self.amount) <= 2")),
    ("join a record", Record("[self.id, self.kind].join('-').size() > 0")),
    ("string a record", Record("string(self.hours) != ''")),
    ("int a record", Record("int(self.hours) >= 0")),
    ("double a record", Record("double(self.hours) >= 0.0")),
    ("has a record", Record("has(self.id)")),
];

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let (half, whole) = (document(ROWS / 2), document(ROWS));
    let plain = form(None);
    let reading = reading(&plain, &whole);
    let without = (checking(&plain, &half), checking(&plain, &whole));
    println!(
        "{ROWS} records of 6 columns, CPU time, the least of {TIMES}; reading the workbook = 1 ({reading:.2} s)\n"
    );
    println!("| rule | of the reading | 200,000 : 100,000 |\n|---|---|---|");
    let mut good = true;
    for (number, (name, rule)) in RULES.iter().enumerate() {
        if !wanted.is_empty() && !wanted.iter().any(|part| name.contains(part.as_str())) {
            continue;
        }
        let form = form(Some(rule));
        let (small, large) = (checking(&form, &half) - without.0, checking(&form, &whole) - without.1);
        let (share, growth) = (large / reading, large / small);
        let bad = growth > LINEAR && share > TELLING || number < 3 && share > BAR;
        good &= !bad;
        let growth = if share > TELLING { format!("{growth:.1}") } else { "–".to_owned() };
        println!("| {name} | {:.1} % | {growth} |{}", 100.0 * share, if bad { " too slow" } else { "" });
    }
    println!("\nThe checks of JSON Schema beside it: {:.1} % of the reading.", 100.0 * without.1 / reading);
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The form, with a rule.
fn form(rule: Option<&Rule>) -> Form {
    let mut schema = json!({ "type": "object", "title": "台账", "properties": { "rows": { "type": "array",
        "items": { "type": "object", "properties": {
            "id": { "type": "string", "title": "编号" }, "day": { "type": "string", "format": "date", "title": "日期" },
            "amount": { "type": "number", "title": "金额" }, "hours": { "type": "integer", "title": "工时" },
            "kind": { "type": "string", "title": "类别" }, "up": { "type": "string", "title": "上级" } } } } } });
    let rows = &mut schema["properties"]["rows"];
    match rule {
        None => {}
        Some(Key) => rows["items"]["properties"]["id"]["x-sheet"] = json!({ "key": true }),
        Some(Table(rule)) => rows["x-rules"] = json!([{ "rule": rule }]),
        Some(Each(each, rule)) => rows["x-rules"] = json!([{ "each": each, "rule": rule }]),
        Some(Record(rule)) => rows["items"]["x-rules"] = json!([{ "rule": rule }]),
    }
    Form::compile(schema).0.expect("a sound form")
}

fn document(rows: usize) -> Value {
    let kinds = ["甲", "乙", "丙"];
    let row = |i: usize| {
        json!({ "id": format!("R{i:07}"), "day": format!("2026-{:02}-{:02}", 1 + i % 12, 1 + i % 28),
            "amount": (i % 100_000) as f64 + 0.25, "hours": i % 24, "kind": kinds[i % 3],
            "up": format!("R{:07}", rows - 1 - i) })
    };
    json!({ "rows": (0..rows).map(row).collect::<Vec<_>>() })
}

/// The seconds that reading the workbook takes, opening it included.
fn reading(form: &Form, document: &Value) -> f64 {
    let book = write::write(form, document).expect("a sheet");
    let bytes = save(&book).expect("a workbook");
    drop(book);
    least(|| {
        let workbook = Workbook::from_bytes(bytes.clone()).expect("a workbook");
        let reading = read::read(form, &workbook, &read::Options::default());
        assert_eq!(reading.records, ROWS);
    })
}

/// The seconds that checking a document takes.
fn checking(form: &Form, document: &Value) -> f64 {
    let subject = Subject { document, places: &Nowhere, unreadable: &BTreeSet::new(), totals: &[] };
    // The other file has the same records.
    let codes = Given {
        form: Some(Arc::new(form.clone())),
        document: Arc::new(if form.asks().is_empty() { Value::Null } else { document.clone() }),
        unreadable: Arc::default(),
    };
    let options = Options { with: BTreeMap::from([("codes".to_owned(), codes)]), ..Options::default() };
    least(|| {
        let findings = validate(form, &subject, &options);
        assert_eq!(findings, [], "every rule is kept by every record");
    })
}

fn least(mut work: impl FnMut()) -> f64 {
    let one = |_| {
        let (before, clock) = (cpu(), Instant::now());
        work();
        match (before, cpu()) {
            (Some(before), Some(after)) => after - before,
            _ => clock.elapsed().as_secs_f64(),
        }
    };
    (0..TIMES).map(one).fold(f64::INFINITY, f64::min)
}

/// The seconds that this thread has run, where the system tells; a machine that is shared does not disturb it.
fn cpu() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(text.split_whitespace().next()?.parse::<u64>().ok()? as f64 / 1e9)
}
