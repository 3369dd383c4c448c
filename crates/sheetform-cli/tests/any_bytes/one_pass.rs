//! Long sheets with odd rows among plain ones: reading them in one pass gives what reading them the long way gives. Which
//! ledger it is, and what is done to it, the bytes say.

use std::sync::OnceLock;

use serde_json::{Value, json};
use sheetform::finding::{Finding, Lang};
use sheetform::form::Form;
use sheetform::grid::{Cell, CellRef, Content, FormatKind, Formula, Grid, NumberFormat, Range, Source as _};
use sheetform::read::{self, read};
use sheetform::report::{place_text, sort_findings};
use sheetform::round_trip::lay_out;
use sheetform::stream::{Lead, Record, Sink, check_from};
use sheetform::validate::{Options, Subject, validate};
use sheetform::write::to_grid;

/// Choices that bytes make, one or two bytes for each; the first of all where there are none left.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    fn below(&mut self, end: usize) -> usize {
        let (taken, rest) = self.0.split_at(self.0.len().min(if end > 256 { 2 } else { 1 }));
        self.0 = rest;
        taken.iter().fold(0, |number, byte| number << 8 | usize::from(*byte)) % end
    }
}

#[derive(Default)]
struct Keep(Vec<Value>);

impl Sink for Keep {
    fn begin(&mut self, _path: &[String], _: &Value) {}

    fn record(&mut self, record: Record<'_>) {
        let mut text = Vec::new();
        record.write_pretty(&mut text);
        let value: Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(value, record.to_value());
        text.clear();
        record.write_line(&mut text);
        assert_eq!(String::from_utf8_lossy(&text), value.to_string());
        self.0.push(value);
    }

    fn forget(&mut self) {
        self.0.clear();
    }
}

/// A long document of a shipped form: the records of its sample over and over, keys and serials their own.
fn long(id: &str, sample: &str, list: &str, keys: &[&str], records: usize) -> (Form, Value) {
    let form = Form::compile(sheetform_forms::schema(id).unwrap().clone()).0.unwrap();
    let mut document: Value = serde_json::from_str(sample).unwrap();
    let some = document[list].as_array().unwrap().clone();
    let record = |at: usize| {
        let mut record = some[at % some.len()].clone();
        if record.get("serial").is_some() {
            record["serial"] = (at + 1).into();
        }
        for key in keys {
            let own = record[*key].as_str().map(|text| format!("{text}{at}"));
            record[*key] = own.unwrap().into();
        }
        record
    };
    document[list] = (0..records).map(record).collect();
    (form, document)
}

/// A form of values of every kind, with a total.
fn supplies(records: usize) -> (Form, Value) {
    let form = Form::compile(json!({
        "$id": "urn:test:supplies", "title": "物资领用登记", "type": "object", "required": ["unit", "entries"],
        "properties": {
            "unit": { "type": "string", "title": "单位" },
            "entries": { "type": "array", "x-sheet": { "totals": true, "blank_rows": 3 }, "items": { "type": "object",
                "required": ["serial", "item", "count", "price"],
                // The keeper stands below the table.
                "x-rules": [{ "rule": "self.count < 40 || root.keeper == '张工'", "message": "40 needs another keeper" }],
                "properties": {
                    "serial": { "type": "integer", "title": "序号" },
                    "item": { "type": "string", "title": "物资名称", "minLength": 2, "maxLength": 12 },
                    "count": { "type": "integer", "title": "数量", "minimum": 1, "maximum": 5000 },
                    "price": { "type": "number", "title": "金额", "x-sheet": { "unit": "元" } },
                    "returned": { "type": "boolean", "title": "是否归还" },
                    "month": { "type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$", "title": "所属月份" },
                    "kind": { "enum": ["工具", "耗材", null], "title": "类别", "x-sheet": { "none": ["/"] } },
                    "taken": { "type": "object", "title": "领用", "required": ["on"], "properties": {
                        "on": { "type": "string", "format": "date", "title": "领用日期" },
                        "by": { "type": "string", "title": "领用人" } } },
                    "tags": { "type": "array", "items": { "type": "string" }, "title": "标签" } } } },
            "keeper": { "type": "string", "title": "保管人" } } }))
    .0
    .unwrap();
    let record = |at: usize| {
        let mut record = json!({ "serial": at + 1, "item": (["手套", "扳手", "滤芯"][at % 3]), "count": 1 + at % 40,
            "price": at as f64 / 4.0, "returned": at.is_multiple_of(2), "month": format!("2026-{:02}", 1 + at % 12),
            "kind": (["工具", "耗材"][at % 2]), "taken": { "on": format!("2026-03-{:02}", 1 + at % 28) } });
        if at.is_multiple_of(3) {
            record["taken"]["by"] = "张工".into();
        }
        if at.is_multiple_of(5) {
            record["tags"] = json!(["急用", "外借"]);
        }
        if at.is_multiple_of(7) {
            record["kind"] = Value::Null;
        }
        record
    };
    let document =
        json!({ "unit": "第一分公司", "entries": (0..records).map(record).collect::<Vec<_>>(), "keeper": "李工" });
    (form, document)
}

fn odd(choices: &mut Choices<'_>, grid: &Grid) -> Cell {
    let sheet = &grid.sheets[0];
    let texts = [
        "合计",
        "小计",
        " ",
        "/",
        "无",
        "abc",
        "12",
        "2026-02-30",
        "2026/3/1",
        "注：略",
        "比率",
        "{}",
        "null",
        "[]",
        "=1",
        "甲 ",
        "85%",
    ];
    let number = |value: f64| Content::Number { value, raw: value.to_string().into() };
    let content = match choices.below(9) {
        0 | 1 => Content::Text(texts[choices.below(texts.len())].into()),
        2 => {
            // A text that stands elsewhere on the sheet: a heading, a label, another value.
            let row = &sheet.rows[choices.below(sheet.rows.len())];
            row.cells[choices.below(row.cells.len())].1.content.clone()
        }
        3 => number([0.0, 1.0, -3.0, 12.5, 46_000.0, 1e15, 20.499_999_999_999_996][choices.below(7)]),
        4 => Content::Bool(choices.below(2) == 0),
        5 => Content::Error("#N/A".into()),
        _ => Content::Empty,
    };
    let formula = |text: &str, cached| Some(Formula { text: text.into(), cached }.into());
    let formula = match choices.below(6) {
        0 => formula("A1", content != Content::Empty),
        _ => None,
    };
    let date = || Some(NumberFormat { code: "yyyy-mm-dd".into(), kind: FormatKind::Date }.into());
    Cell { content, format: if choices.below(3) == 0 { date() } else { None }, formula }
}

fn spoil(choices: &mut Choices<'_>, grid: &mut Grid) {
    let rows = grid.sheets[0].rows.len();
    // More often far from the head and the foot.
    let at = if choices.below(3) == 0 { choices.below(rows) } else { rows / 8 + choices.below(rows / 2) };
    match choices.below(12) {
        0 => grid.sheets[0].rows[at].hidden = true,
        // A gap in the serials.
        1 | 6 => grid.sheets[0].rows[at].cells.clear(),
        2 => {
            let kept = 1 + choices.below(3);
            grid.sheets[0].rows[at].cells.truncate(kept);
        }
        3 => {
            let (row, col) = (grid.sheets[0].rows[at].index, choices.below(6) as u32);
            let (down, right) = (choices.below(3) as u32, choices.below(3) as u32);
            let range = Range::new(CellRef::new(row, col), CellRef::new(row + down, col + right));
            let apart = |other: &Range| {
                other.last.row < range.first.row
                    || range.last.row < other.first.row
                    || other.last.col < range.first.col
                    || range.last.col < other.first.col
            };
            if grid.sheets[0].frame.merges.iter().all(apart) {
                grid.sheets[0].frame.merges.push(range);
            }
        }
        4 => {
            let cell = odd(choices, grid);
            let row = &mut grid.sheets[0].rows[at];
            let col = row.cells.last().map_or(0, |(col, _)| col + 1 + 2);
            row.cells.push((col, cell));
        }
        5 => {
            // The value of another row: a key twice, a total that differs.
            let other = choices.below(rows);
            let from = grid.sheets[0].rows[other].cells.clone();
            let row = &mut grid.sheets[0].rows[at];
            if !row.cells.is_empty() {
                let col = choices.below(row.cells.len());
                if let Some((_, cell)) = from.into_iter().find(|(other, _)| *other == row.cells[col].0) {
                    row.cells[col].1 = cell;
                }
            }
        }
        _ => {
            let cell = odd(choices, grid);
            let row = &mut grid.sheets[0].rows[at];
            if !row.cells.is_empty() {
                let col = choices.below(row.cells.len());
                row.cells[col].1 = cell;
            }
        }
    }
    grid.sheets[0].rows.retain(|row| !row.cells.is_empty());
}

fn lines(mut findings: Vec<Finding>, grid: &Grid) -> String {
    let sheets: Vec<String> = grid.info().sheets.iter().map(|sheet| sheet.name.clone()).collect();
    sort_findings(&mut findings, &sheets);
    let line = |finding: &Finding| {
        let place = place_text(None, &finding.place, finding.pointer.as_deref());
        format!(
            "{place} {:?} {:?} {} {:?}\n",
            finding.pointer,
            finding.code,
            finding.message.get(Lang::En),
            finding.value
        )
    };
    findings.iter().map(line).collect()
}

/// The ledgers, each with its form.
fn ledgers() -> &'static [(Form, Grid)] {
    static LEDGERS: OnceLock<Vec<(Form, Grid)>> = OnceLock::new();
    LEDGERS.get_or_init(|| {
        let register = include_str!("../../../../samples/equipment-register.json");
        let ledger = include_str!("../../../../samples/rectification-ledger.json");
        let all = [
            long("equipment-register", register, "entries", &["asset_no"], 150),
            long("rectification-ledger", ledger, "entries", &["problem"], 130),
            supplies(140),
            supplies(60),
        ];
        let laid_out = all.into_iter().map(|(form, document)| {
            let grid = to_grid(&lay_out(&form, &document).unwrap());
            (form, grid)
        });
        laid_out.collect()
    })
}

/// How many ledgers there are; the first byte chooses one.
pub(crate) const LEDGERS: usize = 4;

/// Choices: a ledger, the stretch of rows that is read first, and what is done to the sheet.
pub(crate) fn holds(bytes: &[u8]) -> bool {
    let choices = &mut Choices(bytes);
    let (form, grid) = &ledgers()[choices.below(LEDGERS)];
    let lead = Lead { rows: 12 + choices.below(30), ahead: choices.below(12) };
    let mut grid = grid.clone();
    for _ in 0..choices.below(6) {
        spoil(choices, &mut grid);
    }
    let options = Options { today: Some("2026-11-26".to_owned()), ..Options::default() };
    let mut kept = Keep::default();
    let how = read::Options::default();
    let Some(streamed) = check_from(form, &grid, &how, &options, lead, &mut kept) else {
        assert!(kept.0.is_empty());
        return false;
    };
    let reading = read(form, &grid, &how);
    let document = reading.document.unwrap();
    let subject = Subject {
        document: &document,
        places: &reading.places,
        unreadable: &reading.unreadable,
        totals: &reading.totals,
    };
    let mut findings = reading.findings;
    findings.extend(validate(form, &subject, &options));
    let mut other = streamed.reading.document.unwrap();
    *streamed.path.iter().try_fold(&mut other, |at, name| at.get_mut(name)).unwrap() = kept.0.into();
    let mut found = streamed.reading.findings;
    found.extend(streamed.findings);
    assert_eq!(format!("{document:#}"), format!("{other:#}"), "{}", form.id);
    assert_eq!(lines(findings, &grid), lines(found, &grid), "{}", form.id);
    assert_eq!(reading.records, streamed.reading.records, "{}", form.id);
    true
}
