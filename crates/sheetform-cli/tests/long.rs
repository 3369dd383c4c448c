//! Tables too long to be held: laid out record by record they must be the very workbook that the whole document gives,
//! whether they stand in JSON or in JSON Lines.
//!
//! The way that lays out the whole is the judge. Documents of the samples and cases have the records of each of their
//! lists repeated; others are made up, with awkward texts.
#![recursion_limit = "256"]
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, clippy::print_stdout, reason = "a test")]

#[path = "long/lines.rs"]
mod lines;
#[path = "long/package.rs"]
mod package;
#[path = "long/pipes.rs"]
mod pipes;

use std::collections::BTreeSet;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use sheetform::form::Form;
use sheetform::grid::CellRef;
use sheetform::json_text::{LongList, LongText, Record, RecordShape, parse};
use sheetform::new_book::{GapCell, GapRow, NewBook, NewCell, NewContent};
use sheetform::places::Nowhere;
use sheetform::round_trip::{FIRST, LAST, LongBook, lay_out};
use sheetform::validate::{LongCheck, Options, Subject, validate};
use sheetform_workbook::{LongSave, save};

/// As few records as make a long table, and some that are neither of the first nor of the last.
const LONG: usize = FIRST + LAST + 20;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read_json(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn form(schema: Value) -> Form {
    let (form, findings) = Form::compile(schema);
    form.unwrap_or_else(|| panic!("{findings:?}"))
}

/// A text with a long list: what stands around it with the first records, and the list.
fn open(bytes: &[u8]) -> (Value, LongList) {
    let LongText { short, list } = LongText::new(bytes).unwrap().expect("a long list");
    (short.value, list)
}

/// A book laid out record by record, its file, and how its records must be.
type LaidOut = (NewBook, Vec<u8>, RecordShape);

/// The book of a document whose list is long; none where it has to be laid out as a whole.
fn long(form: &Form, document: &Value) -> Option<LaidOut> {
    let bytes = document.to_string().into_bytes();
    let (short, list) = open(&bytes);
    laid_out(form, &short, &list, &bytes)
}

fn laid_out(form: &Form, short: &Value, list: &LongList, bytes: &[u8]) -> Option<LaidOut> {
    let mut book = LongBook::new(form, short, list)?;
    let (gap, shape, mut cells) = (book.gap().clone(), book.shape().clone(), Vec::new());
    let mut file = Cursor::new(Vec::new());
    let mut saved = LongSave::new(book.book(), &gap, &mut file).unwrap()?;
    let mut heights = Vec::new();
    let mut at = gap.first;
    let whole = list.records(bytes, shape.clone(), &mut |record| {
        let Some(row) = book.record(record) else { return false };
        assert!(saved.row(row).unwrap());
        heights.push((at, row.height));
        for (cell, col) in row.cells.iter().zip(&gap.cols) {
            let (content, look) = (cell.content.clone(), gap.looks[cell.look].clone());
            cells.push(NewCell { at: CellRef::new(at, *col), content, look });
        }
        at += 1;
        true
    });
    if !whole.unwrap() {
        return None;
    }
    let mut book = book.finish().unwrap();
    assert!(saved.finish(&book).unwrap());
    let sheet = &mut book.sheets[0];
    sheet.cells.extend(cells);
    sheet.cells.sort_by_key(|cell| cell.at);
    sheet.heights.extend(heights);
    sheet.heights.sort_by_key(|(row, _)| *row);
    Some((book, file.into_inner(), shape))
}

/// Whether a document is laid out record by record: then as it is as a whole.
fn agree(name: &str, form: &Form, document: &Value) -> bool {
    agreed(name, form, document).is_some()
}

/// The same, with what was laid out: as it is as a whole, in memory and in the file.
fn agreed(name: &str, form: &Form, document: &Value) -> Option<LaidOut> {
    let (book, bytes, shape) = long(form, document)?;
    let judge = lay_out(form, document).unwrap_or_else(|findings| panic!("{name}: {findings:?}"));
    let (left, right) = (&book.sheets[0], &judge.sheets[0]);
    let differs = left.cells.iter().zip(&right.cells).find(|(a, b)| a != b);
    assert!(differs.is_none(), "{name}: {differs:?}");
    assert!(book == judge, "{name}: more than cells differs\n{:?}\n{:?}", left.validations, right.validations);
    package::same(name, &bytes, &save(&judge).unwrap());
    if let Some((document, text)) = lines::of(form, document) {
        lines::same(name, (form, &shape), &document, &text);
    }
    Some((book, bytes, shape))
}

/// A document with the records of one of its root's lists repeated.
fn longer(document: &Value, name: Option<&str>) -> Option<Value> {
    let mut document = document.clone();
    let list = match name {
        Some(name) => document.get_mut(name)?,
        None => &mut document,
    };
    let records = list.as_array().filter(|list| !list.is_empty() && list.iter().all(Value::is_object))?.clone();
    *list = records.iter().cycle().take(LONG).cloned().collect();
    Some(document)
}

/// Every way to make a document long.
fn all_longer(document: &Value) -> Vec<Value> {
    let names = document.as_object().into_iter().flat_map(|map| map.keys());
    let names = names.map(|name| Some(name.as_str())).chain([None]);
    names.filter_map(|name| longer(document, name)).collect()
}

#[test]
fn samples_made_long() {
    let mut agreed = 0;
    for shipped in sheetform_forms::all() {
        let (id, form) = (shipped.id, form(shipped.schema().clone()));
        let document = read_json(&root().join(format!("samples/{id}.json")));
        agreed += all_longer(&document).iter().filter(|document| agree(id, &form, document)).count();
    }
    println!("{agreed} samples laid out record by record");
    assert!(agreed >= 3, "{agreed}");
}

#[test]
fn cases_made_long() {
    let (mut agreed, mut whole) = (0, 0);
    for area in std::fs::read_dir(root().join("tests/cases")).unwrap() {
        for case in std::fs::read_dir(area.unwrap().path()).into_iter().flatten() {
            let case = case.unwrap().path();
            let (schema, input) = (case.join("schema.json"), case.join("input.json"));
            let parse = |path: &Path| serde_json::from_str::<Value>(&std::fs::read_to_string(path).ok()?).ok();
            let (Some(schema), Some(document)) = (parse(&schema), parse(&input)) else { continue };
            let Some(form) = Form::compile(schema).0 else { continue };
            for document in all_longer(&document) {
                if agree(&case.display().to_string(), &form, &document) { agreed += 1 } else { whole += 1 }
            }
        }
    }
    println!("cases: {agreed} laid out record by record, {whole} as a whole");
    assert!(agreed >= 5, "{agreed}");
}

/// A form with columns of every kind that has a cell, a total, a foot and a list of choices.
fn of_every_kind() -> Value {
    json!({ "title": "台账", "type": "object", "x-sheet": { "page": { "orientation": "landscape" } }, "required": ["rows"],
        "properties": {
            "unit": { "type": "string", "title": "单位" },
            "rows": { "type": "array", "x-sheet": { "totals": ["amount", "hours"] }, "items": { "type": "object", "required": ["no"], "properties": {
                "no": { "type": "integer", "title": "序号" },
                "text": { "type": "string", "title": "事项" },
                "day": { "type": "string", "format": "date", "title": "日期" },
                "month": { "type": "string", "title": "月份", "x-sheet": { "accepts": "month" } },
                "at": { "type": "string", "format": "date-time", "title": "时刻" },
                "amount": { "type": "number", "title": "金额", "x-sheet": { "format": "#,##0.00" } },
                "share": { "type": "number", "title": "占用率", "x-sheet": { "format": "0.0%" } },
                "hours": { "type": "integer", "title": "工时", "x-sheet": { "unit": "小时" } },
                "done": { "type": "boolean", "title": "完成" },
                "kind": { "enum": ["甲类", "乙类", "丙类"], "title": "类别" },
                "level": { "enum": [1, 2, 3], "title": "级别" },
                "box": { "enum": ["是的", "不是"], "title": "选项", "x-sheet": { "as": "checks" } },
                "tags": { "type": "array", "items": { "type": "string" }, "title": "标签" },
                "none": { "type": ["string", "null"], "title": "备考", "x-sheet": { "none": ["无", "/"] } },
                "duty": { "type": "object", "title": "责任", "properties": {
                    "owner": { "type": "string", "title": "责任人" },
                    "by": { "type": "object", "title": "经办", "required": ["name"], "properties": {
                        "name": { "type": "string", "title": "姓名" } } } } } } } },
            "reviewer": { "type": "string", "title": "审核" } } })
}

/// Values of every column; which, by a number.
fn record(i: usize, texts: &[Value]) -> Value {
    // Numbers that do not repeat together.
    let pick = |of: usize, salt: usize| (i.wrapping_mul(2_654_435_761).wrapping_add(salt * 40_503) >> 7) % of;
    let mut record = json!({ "no": i + 1 });
    let mut put = |name: &str, value: Value| {
        if !value.is_null() || name == "none" {
            record[name] = value;
        }
    };
    put("text", if i.is_multiple_of(3) { texts[pick(texts.len(), 1)].clone() } else { json!(format!("第 {i} 件")) });
    let year = [1899, 2026, 1950, 9999][pick(4, 2)];
    put("day", json!(format!("{year:04}-{:02}-{:02}", 1 + pick(12, 3), 1 + pick(28, 4))));
    put("month", if i.is_multiple_of(5) { Value::Null } else { json!(format!("2026-{:02}", 1 + pick(12, 5))) });
    put("at", json!(format!("2026-01-05T08:{:02}:00Z", pick(60, 6))));
    put("amount", json!((pick(1_000_000, 7) as f64) / 100.0));
    put("share", json!((pick(1000, 8) as f64) / 1000.0));
    put("hours", if i.is_multiple_of(7) { json!(12_345_678_901_234_567_u64) } else { json!(pick(2000, 9)) });
    put("done", json!(i.is_multiple_of(2)));
    put("kind", json!(["甲类", "乙类", "丙类"][pick(3, 10)]));
    put("level", json!(1 + pick(3, 11)));
    put("box", json!(["是的", "不是"][pick(2, 12)]));
    put("tags", json!(["甲、乙", "a", "", "两 词"][..pick(5, 13)]));
    put("none", [json!("无"), Value::Null, json!(""), json!("值"), json!("{}")][pick(5, 14)].clone());
    match pick(4, 15) {
        0 => {}
        1 => put("duty", json!({})),
        2 => put("duty", json!({ "owner": "张工" })),
        _ => put("duty", json!({ "owner": "李工", "by": { "name": "王工" } })),
    }
    record
}

/// Texts that other programs change, that look like something else, or that are long.
fn texts() -> Vec<Value> {
    let mut texts = vec![
        "=1+1",
        "007",
        " 前后 ",
        "a\nb",
        "\"x\"",
        "_x0041_",
        "box_x1_x2_y",
        "<r>a</r>",
        "a&b<c>\"d\"",
        "\u{1}",
        "'q",
        "null",
        "[]",
        "{}",
        "→ 1",
        "123456789012345678",
        "1e5",
        "\u{feff}",
        "\u{3000}",
        "（必填）",
        "é\u{301}",
        "😀𠮷",
        "\t",
        "true",
        "2026-01-05",
        "50%",
    ]
    .into_iter()
    .map(Value::from)
    .collect::<Vec<_>>();
    texts.push("长文本需要换行。".repeat(40).into());
    texts
}

#[test]
fn every_kind_of_value() {
    let form = form(of_every_kind());
    let rows: Vec<Value> = (0..LONG + 300).map(|i| record(i, &texts())).collect();
    let document = json!({ "unit": "一分公司", "rows": rows, "reviewer": "赵工" });
    let (book, bytes, _) = agreed("every kind", &form, &document).unwrap();
    let (_, text) = lines::of(&form, &document).unwrap();
    let (short, list) = lines::open(&form, &text).unwrap();
    let of_lines = laid_out(&form, &short, &list, &text).unwrap();
    assert!(of_lines.0 == book && of_lines.1 == bytes, "lines make another book");
    // Without a total that adds up texts.
    let rows: Vec<Value> =
        rows.into_iter().filter(|row| row["hours"].as_u64().is_some_and(|hours| hours < 2000)).collect();
    let rows: Vec<Value> = rows.iter().cycle().take(LONG).cloned().collect();
    assert!(agree("live totals", &form, &json!({ "rows": rows })));
}

#[test]
fn what_is_not_plain_is_laid_out_as_a_whole() {
    // Of the columns those that the records have: each is laid out and read back some forty times.
    let mut schema = of_every_kind();
    schema["properties"]["rows"]["x-sheet"] = json!({});
    let columns = schema["properties"]["rows"]["items"]["properties"].as_object_mut().unwrap();
    columns.retain(|name, _| ["no", "text", "tags", "duty"].contains(&name.as_str()));
    let form = form(schema);
    let rows: Vec<Value> = (0..LONG).map(|i| json!({ "no": i + 1, "text": format!("第 {i} 件") })).collect();
    let with = |at: usize, record: Value| {
        let mut rows = rows.clone();
        rows[at] = record;
        json!({ "rows": rows })
    };
    for record in [
        json!({ "no": 1, "text": "平常" }),
        json!({ "no": 1 }),
        json!({ "no": 2, "duty": {} }),
        json!({ "no": 1, "tags": [["a"]] }),
    ] {
        assert!(agree("plain", &form, &with(FIRST + 7, record)));
    }
    for record in [
        // What stands for a part of the sheet, or for a row that is no record.
        json!({ "no": 1, "text": "责任人" }),
        json!({ "no": 1, "text": "合计" }),
        // A serial number that must be there would be filled in.
        json!({ "text": "无序号" }),
        json!({}),
        json!({ "text": "注：以上为准" }),
        json!({ "text": "单位：一分公司" }),
        // What has no cell of its own.
        json!({ "no": 1, "text": "x".repeat(40_000) }),
        json!({ "no": 1, "more": 1 }),
        json!({ "no": 1, "text": { "a": 1 } }),
        json!({ "no": 1, "duty": [] }),
    ] {
        for at in [FIRST + 7, 5, LONG - 2] {
            let document = with(at, record.clone());
            if long(&form, &document).is_some() {
                // At the edges the real reader may see that all is well.
                assert!(at != FIRST + 7, "{record}");
                assert!(agree("not plain", &form, &document));
            }
        }
    }
}

/// An entry of the shipped equipment register, and what may be wrong with one.
fn entry(i: usize) -> Value {
    json!({ "serial": i + 1, "asset_no": format!("{:08}", i * 7), "name": "离心泵", "bought_on": "2020-05-06", "cost": 12.5,
        "status": "在用", "location": "一号库房", "owner": "张工" })
}

type Fault = (&'static str, fn(&mut Value));

const FAULTS: [Fault; 7] = [
    ("not-in-list", |entry| entry["status"] = "丢失".into()),
    ("missing-value", |entry| drop(entry.as_object_mut().unwrap().remove("owner"))),
    ("duplicate-key", |entry| entry["asset_no"] = "00000007".into()),
    ("wrong-serial", |entry| entry["serial"] = 1.into()),
    // A rule that names another property of the root.
    ("rule", |entry| entry["bought_on"] = "2026-12-31".into()),
    ("unknown-property", |entry| entry["colour"] = "红".into()),
    ("wrong-format", |entry| entry["bought_on"] = "2020-02-30".into()),
];

fn register(entries: &[Value]) -> Value {
    json!({ "unit": "一分公司", "updated_on": "2026-06-30", "entries": entries })
}

#[test]
fn records_are_checked_as_the_whole_is() {
    let form = form(sheetform_forms::schema("equipment-register").unwrap().clone());
    let entries: Vec<Value> = (0..LONG).map(entry).collect();
    let options = Options::default();
    let silent = |entries: &[Value]| {
        let bytes = register(entries).to_string().into_bytes();
        let first = register(&entries[..FIRST]);
        let sound = |list: &LongList, bytes: &[u8]| {
            let mut check = LongCheck::new(&form, &first, &list.path, &options).unwrap();
            let shape = check.shape().unwrap();
            list.records(bytes, shape, &mut |entry| check.record(entry)).unwrap() && check.finish()
        };
        let (_, lines) = lines::of(&form, &register(entries)).unwrap();
        let (short, list) = lines::open(&form, &lines).unwrap();
        assert_eq!(short, first);
        let as_lines = sound(&list, &lines);
        assert_eq!(sound(&open(&bytes).1, &bytes), as_lines);
        as_lines
    };
    assert!(silent(&entries));
    for (code, fault) in FAULTS {
        let mut faulty = entries.clone();
        fault(&mut faulty[FIRST + 9]);
        let document = register(&faulty);
        let subject = Subject { document: &document, places: &Nowhere, unreadable: &BTreeSet::new(), totals: &[] };
        assert!(!validate(&form, &subject, &options).is_empty(), "{code}");
        assert!(!silent(&faulty), "{code}");
    }
    // What only the whole table can tell is not checked record by record.
    let with = |change: &dyn Fn(&mut Value)| {
        let mut schema = form.document.clone();
        change(&mut schema);
        let form = Form::compile(schema).0.unwrap();
        LongCheck::new(&form, &register(&entries[..FIRST]), &["entries".to_owned()], &options).is_some()
    };
    assert!(with(&|_| {}));
    let rule = |rule: &str| json!([{ "rule": rule }]);
    assert!(!with(&|schema| schema["properties"]["entries"]["uniqueItems"] = true.into()));
    assert!(!with(&|schema| schema["properties"]["entries"]["maxItems"] = 5000.into()));
    assert!(!with(&|schema| schema["if"] = json!({ "required": ["unit"] })));
    assert!(!with(&|schema| schema["x-rules"] = rule("size(self.entries) < 5000")));
    assert!(!with(&|schema| schema["properties"]["entries"]["x-rules"] = rule("self.all(e, e.cost > 0.0)")));
    assert!(!with(&|schema| schema["properties"]["entries"]["items"]["x-rules"] = rule("size(root.entries) < 5000")));
    assert!(with(&|schema| schema["properties"]["entries"]["items"]["x-rules"] = rule("root.unit != self.name")));
}

/// The records of a text as they are given one by one; none where the text is to be read whole.
fn one_by_one(list: &LongList, bytes: &[u8], shape: &RecordShape) -> Option<Value> {
    let mut records = Vec::new();
    let mut each = |record: &Record| {
        records.push(record.to_value());
        true
    };
    list.records(bytes, shape.clone(), &mut each).unwrap().then_some(records.into())
}

/// Whether records are given one by one, which then must be those that the whole text has.
fn given(bytes: &[u8], shape: &RecordShape, what: &str) -> bool {
    let Some(LongText { list, .. }) = LongText::new(bytes).unwrap() else { return false };
    let Some(records) = one_by_one(&list, bytes, shape) else { return false };
    let whole = parse(bytes).unwrap_or_else(|findings| panic!("{what}: {findings:?}")).value;
    assert!(records == whole[list.path.concat()], "{what}");
    true
}

/// A form with some columns, one of them in an object, and a long text.
fn text_of_records() -> (Form, RecordShape, Value) {
    let schema = json!({ "title": "台账", "type": "object", "properties": {
        "unit": { "type": "string", "title": "单位" }, "year": { "type": "integer", "title": "年度" },
        "rows": { "type": "array", "items": { "type": "object", "properties": {
            "no": { "type": "integer", "title": "序号" }, "text": { "type": "string", "title": "事项" },
            "any": { "title": "备考" }, "duty": { "type": "object", "title": "责任", "properties": {
                "owner": { "type": "string", "title": "责任人" } } } } } } } });
    let form = form(schema);
    let rows: Vec<Value> = (0..LONG).map(row).collect();
    let document = json!({ "unit": "一分公司", "year": 2026, "rows": rows });
    let (short, list) = open(document.to_string().as_bytes());
    let shape = LongBook::new(&form, &short, &list).unwrap().shape().clone();
    (form, shape, document)
}

fn row(i: usize) -> Value {
    json!({ "no": i + 1, "text": format!("第 {} 件", i % 9), "any": i as f64 / 4.0, "duty": { "owner": "张工" } })
}

#[test]
fn odd_texts_are_what_the_whole_reader_says() {
    let (_, shape, document) = text_of_records();
    let (shape, text) = (&shape, document.to_string());
    let at = row(FIRST + 7).to_string();
    let from = text.find(&at).unwrap();
    let with = |other: &str| text.replacen(&at, other, 1);
    for good in [
        r#"{"no":1}"#,
        "{}",
        r#"{ "duty" : { } , "any" : null , "no" : 1 }"#,
        r#"{"any":{"a":[1,{"b":[]}]},"text":"\"\\\u4e00\ud83d\ude00","no":-0.0}"#,
        "{\r\n\t\"\\u006eo\": 1.50e2,\r\n\t\"text\": \"}],[{\"\r\n}",
        r#"{"any":123456789012345678}"#,
    ] {
        assert!(given(with(good).as_bytes(), shape, good), "{good}");
    }
    let pretty = format!("{:#}", serde_json::from_str::<Value>(&text).unwrap());
    let lines = pretty.replace('\n', "\r\n");
    for good in [&text, &format!("\u{feff}{text}"), &pretty, &lines, &format!("\n \t{text}\r\n\n")] {
        assert!(given(good.as_bytes(), shape, "as a whole"));
    }
    let deep = |levels: usize| format!(r#"{{"any":{}{}}}"#, "[".repeat(levels), "]".repeat(levels));
    assert!(given(with(&deep(124)).as_bytes(), shape, "deep"));
    let long = format!(r#"{{"text":"{}"}}"#, "长".repeat(100_000));
    assert!(given(with(&long).as_bytes(), shape, "long"));
    for bad in [
        r#"{"no":1,"no":1}"#,
        r#"{"no":1,"\u006eo":1}"#,
        r#"{"duty":{"owner":"a"},"duty":{}}"#,
        r#"{"duty":{"owner":"a","owner":"b"}}"#,
        r#"{"any":{"a":1,"a":2}}"#,
        r#"{"more":1}"#,
        r#"{"duty":null}"#,
        r#"{"any":1e400}"#,
        r#"{"any":0.12345678901234567890123}"#,
        r#"{"any":123456789012345678901234567891}"#,
        r#"{"text":"\ud800"}"#,
        r#"{"text":"\x"}"#,
        "{\"text\":\"\t\"}",
        r#"{"no":01}"#,
        r#"{"no":1,}"#,
        r#"{"no" 1}"#,
        r"{no:1}",
        r#"{"no":1}}"#,
        r#"{"no":[1}"#,
        r#"{"no":1"#,
        r#"{"any":tru}"#,
        r#"{"any":NaN}"#,
        "1",
        "null",
        "[]",
        "\"x\"",
        "",
        "{},",
        &deep(125),
    ] {
        assert!(!given(with(bad).as_bytes(), shape, bad), "{bad}");
    }
    for end in (from..from + at.len()).chain([text.len() - 1, text.len() - 2, 1, 0]) {
        assert!(!given(&text.as_bytes()[..end], shape, "cut off"), "{end}");
    }
    for (bad, what) in [
        (format!("{text}x"), "more behind the end"),
        (text.replacen("\"rows\"", "\"unit\":1,\"rows\"", 1), "a key twice"),
        (text.replacen("\"unit\"", "\"rows\"", 1), "the list twice"),
        (format!("{},]}}", &text[..text.len() - 2]), "a comma too many"),
        (text.replacen("},{", "} {", 1), "no comma"),
    ] {
        assert!(!given(bad.as_bytes(), shape, what), "{what}");
    }
    let mut bytes = text.clone().into_bytes();
    bytes[from + at.find('第').unwrap()] = 0xFF;
    assert!(!given(&bytes, shape, "no UTF-8"));
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(!given(&wide, shape, "UTF-16"));
}

#[test]
fn changed_texts_are_what_the_whole_reader_says() {
    let (_, shape, document) = text_of_records();
    let same = changed(&document.to_string(), |bytes| given(bytes, &shape, "changed"));
    println!("{same} changed texts given record by record");
}

/// Changes bytes of a text, `SHEETFORM_LONG` times; how many of them hold.
fn changed(text: &str, holds: impl Fn(&[u8]) -> bool) -> usize {
    let count = std::env::var("SHEETFORM_LONG").ok().and_then(|count| count.parse().ok()).unwrap_or(40);
    let mut random = 88_172_645_463_325_252_u64;
    let mut pick = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % below as u64) as usize
    };
    let mut change = || {
        let mut bytes = text.as_bytes().to_vec();
        for _ in 0..=pick(3) {
            let at = pick(bytes.len());
            let put = b"\"\\{}[]:,0 1e.-n\ta\x00\xff\xe4"[pick(20)];
            match pick(3) {
                0 => bytes[at] = put,
                1 => bytes.insert(at, put),
                _ => drop(bytes.remove(at)),
            }
        }
        bytes
    };
    (0..count).filter(|_| holds(&change())).count()
}

/// Runs the program in a folder; its exit code and what it says.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let ran = Command::new(env!("CARGO_BIN_EXE_sheetform"))
        .args(arguments)
        .args(["--lang", "en"])
        .current_dir(folder)
        .output();
    let ran = ran.unwrap();
    (ran.status.code().unwrap(), String::from_utf8_lossy(&ran.stderr).into_owned())
}

/// What the program finds in a register.
fn listed(folder: &Path, name: &str) -> Value {
    let listed = Command::new(env!("CARGO_BIN_EXE_sheetform"))
        .args(["validate", name, "--format", "json", "--form", "equipment-register"])
        .current_dir(folder)
        .output();
    serde_json::from_slice(&listed.unwrap().stdout).unwrap()
}

#[test]
fn the_program_says_the_same_of_long_documents() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let entries: Vec<Value> = (0..LONG).map(entry).collect();
    let write = |name: &str, document: &Value| std::fs::write(at.join(name), format!("{document:#}\n")).unwrap();
    write("good.json", &register(&entries));
    let form = ["--form", "equipment-register"];
    assert_eq!(
        run(at, &[&["convert", "good.json", "-o", "good.xlsx"], &form[..]].concat()),
        (0, "wrote good.xlsx\n".to_owned())
    );
    // Checked as a short one is, but for what follows from its length.
    let listed = |name: &str| listed(at, name);
    write("few.json", &register(&entries[..3]));
    let mut few = listed("few.json");
    assert_eq!((&few["files"][0]["records"], &few["files"][0]["findings"]), (&json!(3), &json!([])));
    few["files"][0]["file"] = "good.json".into();
    few["files"][0]["records"] = LONG.into();
    assert_eq!(listed("good.json").to_string(), few.to_string());
    assert_eq!(run(at, &["convert", "good.xlsx", "-o", "back.json", "-q"]).0, 0);
    assert!(std::fs::read(at.join("good.json")).unwrap() == std::fs::read(at.join("back.json")).unwrap());
    for (code, fault) in FAULTS {
        let mut faulty = entries.clone();
        fault(&mut faulty[FIRST + 9]);
        write("bad.json", &register(&faulty));
        let (exit, said) = run(at, &[&["convert", "bad.json", "-o", "bad.xlsx"], &form[..]].concat());
        assert!(said.contains(code), "{code}: {said}");
        // A serial number out of line is a warning.
        let written = code == "wrong-serial";
        assert!(exit == i32::from(!written) && at.join("bad.xlsx").exists() == written, "{code}: {exit} {said}");
        std::fs::remove_file(at.join("bad.xlsx")).ok();
        let line = &listed("bad.json")["files"][0]["findings"][0]["line"];
        assert!(said.contains(&format!("bad.json:{line}")), "{code}: {line} {said}");
    }
    // The text ends in the middle: whoever reads the whole says where.
    let text = std::fs::read_to_string(at.join("good.json")).unwrap();
    std::fs::write(at.join("cut.json"), &text[..text.len() - 20]).unwrap();
    let (exit, said) = run(at, &[&["convert", "cut.json", "-o", "cut.xlsx"], &form[..]].concat());
    assert!(exit == 2 && !at.join("cut.xlsx").exists(), "{exit} {said}");
}

/// Only texts and numbers stand in the rows that are given one by one.
#[test]
fn rows_that_do_not_belong_are_refused() {
    let form = form(of_every_kind());
    let rows: Vec<Value> = (0..LONG).map(|i| json!({ "no": i + 1, "text": "a" })).collect();
    let bytes = json!({ "rows": rows }).to_string().into_bytes();
    let (short, list) = open(&bytes);
    let mut book = LongBook::new(&form, &short, &list).unwrap();
    let gap = book.gap().clone();
    let (shape, mut row) = (book.shape().clone(), GapRow::default());
    let mut first = |record: &_| {
        row.clone_from(book.record(record).unwrap());
        false
    };
    assert!(!list.records(bytes.as_slice(), shape, &mut first).unwrap());
    let begun = || LongSave::new(&NewBook::default(), &gap, Cursor::new(Vec::new())).unwrap();
    assert!(begun().is_none(), "no sheet to cut");
    let begun = || LongSave::new(book.book(), &gap, Cursor::new(Vec::new())).unwrap().unwrap();
    assert!(begun().row(&row).unwrap());
    for content in [NewContent::Number(f64::NAN), NewContent::Text("x".repeat(32_768))] {
        let mut bad = row.clone();
        bad.cells[0] = GapCell { content, ..GapCell::default() };
        assert!(!begun().row(&bad).unwrap());
    }
    let mut bad = row.clone();
    bad.cells.pop();
    assert!(!begun().row(&bad).unwrap());
    assert!(!begun().finish(book.book()).unwrap(), "rows are missing");
}
