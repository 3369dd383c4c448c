//! Long tables in JSON Lines: what is read line by line must be what the lines are read as a whole.

use std::fs;

use serde_json::{Value, json};
use sheetform::form::Form;
use sheetform::json_lines::{self, LongLines};
use sheetform::json_text::{LongList, RecordShape};
use sheetform::records::Records;
use sheetform::round_trip::{FIRST, lay_out};
use sheetform::validate::{LongCheck, Options};

use super::{FAULTS, LONG, changed, entry, laid_out, listed, one_by_one, register, row, run, text_of_records};

/// What stands in lines beside their list, with the first records, and the list; none where they have to be read whole.
pub(crate) fn open(form: &Form, bytes: &[u8]) -> Option<(Value, LongList)> {
    let lines = LongLines::new(bytes, FIRST).unwrap()?;
    let records = Records::of(form).unwrap();
    let short = records.document(lines.short.values.clone()).ok()?;
    Some((short, records.list_of(lines)?))
}

/// A document in lines, which has no `$schema` then; none where its form or records cannot be.
pub(crate) fn of(form: &Form, document: &Value) -> Option<(Value, Vec<u8>)> {
    let mut document = document.clone();
    if let Value::Object(map) = &mut document {
        map.shift_remove("$schema");
    }
    let records = Records::of(form).ok()?;
    let (root, items) = records.split(&document).ok().filter(|(_, items)| items.len() > FIRST)?;
    let front = records.front(&root);
    let mut text = Vec::new();
    for (at, item) in items.iter().enumerate() {
        records.fits(&front, item, at).ok()?;
        text.extend_from_slice(format!("{}\n", records.joined(&front, item)).as_bytes());
    }
    Some((document, text))
}

/// Fails where the lines of a document give a long book anything else than its JSON does: what stands around the
/// records, the last of them, or one of them.
pub(crate) fn same(name: &str, (form, shape): (&Form, &RecordShape), document: &Value, text: &[u8]) {
    let json = document.to_string().into_bytes();
    let (around, long) = super::open(&json);
    let (short, list) = open(form, text).unwrap_or_else(|| panic!("{name}: lines are read whole"));
    assert!(short == around, "{name}: another document around the records");
    assert!((&list.path, list.count, &list.last) == (&long.path, long.count, &long.last), "{name}: another list");
    let records = one_by_one(&list, text, shape);
    assert!(records.is_some() && records == one_by_one(&long, &json, shape), "{name}: other records");
}

/// Whether records are given one by one, which then must be those that all lines together have.
fn given(bytes: &[u8], (form, shape): (&Form, &RecordShape), what: &str) -> bool {
    let Some((short, list)) = open(form, bytes) else { return false };
    let Some(records) = one_by_one(&list, bytes, shape) else { return false };
    let lines = json_lines::parse(bytes).unwrap_or_else(|findings| panic!("{what}: {findings:?}"));
    let whole = Records::of(form).unwrap().document(lines.values);
    let whole = whole.unwrap_or_else(|findings| panic!("{what}: {findings:?}"));
    let mut own = short;
    own[list.path.concat()] = records;
    assert!(own == whole, "{what}");
    true
}

/// Lines know no list: it may stand anywhere, also where JSON is not cut.
#[test]
fn a_list_stands_where_the_form_has_it() {
    let rows = json!({ "type": "array", "title": "明细", "items": { "type": "object", "properties": {
        "no": { "type": "integer", "title": "序号" }, "text": { "type": "string", "title": "事项" } } } });
    let unit = json!({ "type": "string", "title": "单位" });
    let plan = json!({ "type": "object", "title": "计划", "properties": { "unit": unit, "rows": rows } });
    let list: Vec<Value> = (0..LONG).map(|i| json!({ "no": i + 1, "text": format!("第 {} 件", i % 9) })).collect();
    for (schema, document) in [
        (rows.clone(), json!(list)),
        (plan.clone(), json!({ "unit": "一分公司", "rows": list })),
        (
            json!({ "type": "object", "title": "计划", "properties": { "year": { "type": "integer" }, "plan": plan } }),
            json!({ "year": 2026, "plan": { "unit": "一分公司", "rows": list } }),
        ),
    ] {
        let form = super::form(schema);
        let (document, text) = of(&form, &document).unwrap();
        let (short, list) = open(&form, &text).unwrap();
        let judge = lay_out(&form, &document).unwrap();
        match laid_out(&form, &short, &list, &text) {
            Some((book, ..)) => assert!(book == judge, "{:?}", list.path),
            None => panic!("{:?} is laid out as a whole", list.path),
        }
        let options = Options::default();
        let mut check = LongCheck::new(&form, &short, &list.path, &options).unwrap();
        let shape = check.shape().unwrap();
        assert!(list.records(text.as_slice(), shape, &mut |record| check.record(record)).unwrap());
        assert!(check.finish());
    }
}

#[test]
fn odd_lines_are_what_the_whole_reader_says() {
    let (form, shape, document) = text_of_records();
    let of_form = (&form, &shape);
    let (_, text) = of(&form, &document).unwrap();
    let text = String::from_utf8(text).unwrap();
    let front = r#"{"unit":"一分公司","year":2026,"#;
    let at = front.to_owned() + &row(FIRST + 7).to_string()[1..];
    assert!(text.contains(&at));
    let with = |other: &str| text.replacen(&at, other, 1);
    for good in [
        r#"{"unit":"一分公司","year":2026}"#,
        r#"{"year":2026,"no":1,"unit":"一分公司"}"#,
        " { \"no\" : 1 , \"unit\" : \"\\u4e00分公司\" , \"\\u0079ear\" : 2026 } \r",
        r#"{"unit":"一分公司","year":2026,"any":{"a":[1,{"b":[]}]},"text":"\"\\\u4e00\ud83d\ude00","no":-0.0}"#,
        "\n \t\r\n{\"unit\":\"一分公司\",\"year\":2026}\n\n",
    ] {
        assert!(given(with(good).as_bytes(), of_form, good), "{good}");
    }
    let lines = text.replace('\n', "\r\n");
    for good in
        [&text, &format!("\u{feff}{text}"), &lines, &format!("\n\n{text}\n\n"), &text[..text.len() - 1].to_owned()]
    {
        assert!(given(good.as_bytes(), of_form, "as a whole"));
    }
    let deep = |levels: usize| format!("{front}\"any\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
    assert!(given(with(&deep(126)).as_bytes(), of_form, "deep"));
    for bad in [
        // What belongs to the whole document is lacking, another value, or said twice.
        r"{}",
        r#"{"no":1}"#,
        r#"{"unit":"一分公司","no":1}"#,
        r#"{"unit":"二分公司","year":2026}"#,
        r#"{"unit":"一分公司","year":2027}"#,
        r#"{"unit":"一分公司","year":2026.0}"#,
        r#"{"unit":"一分公司","year":20260}"#,
        r#"{"unit":"一分公司","year":"2026"}"#,
        r#"{"unit":"一分公司","year":2026,"unit":"一分公司"}"#,
        r#"{"unit":"一分公司","year":2026,"\u0075nit":"一分公司"}"#,
        // More of it.
        r#"{"unit":"一分公司","year":2026,"/note":1}"#,
        r#"{"unit":"一分公司","year":2026,"rows":[]}"#,
        r#"{"unit":"一分公司","year":2026,"no":1,"no":1}"#,
        r#"{"unit":"一分公司","year":2026,"duty":null}"#,
        r#"{"unit":"一分公司","year":2026,"any":1e400}"#,
        r#"{"unit":"一分公司","year":2026,"text":"\ud800"}"#,
        r#"{"unit":"一分公司","year":2026,}"#,
        r#"{"unit":"一分公司","year":2026}}"#,
        r#"{"unit":"一分公司","year":2026} {}"#,
        r#"{"unit":"一分公司","year":2026},"#,
        "{\"unit\":\"一分公司\",\"year\":2026,\n\"no\":1}",
        "1",
        "null",
        "[]",
        "\u{feff}{\"unit\":\"一分公司\",\"year\":2026}",
        &deep(127),
    ] {
        assert!(!given(with(bad).as_bytes(), of_form, bad), "{bad}");
    }
    let mut bytes = text.clone().into_bytes();
    let middle = text.find(&at).unwrap() + at.find('第').unwrap();
    bytes[middle] = 0xFF;
    assert!(!given(&bytes, of_form, "no UTF-8"));
    assert!(!given(&text.as_bytes()[..text.len() - 9], of_form, "cut off"));
    let few: String = text.split_inclusive('\n').take(FIRST).collect();
    assert!(!given(few.as_bytes(), of_form, "not long"));
}

#[test]
fn changed_lines_are_what_the_whole_reader_says() {
    let (form, shape, document) = text_of_records();
    let (_, text) = of(&form, &document).unwrap();
    let text = String::from_utf8(text).unwrap();
    let same = changed(&text, |bytes| given(bytes, (&form, &shape), "changed"));
    println!("{same} changed texts given line by line");
}

#[test]
fn the_program_says_the_same_of_long_lines() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let form = Form::known(sheetform_forms::schema("equipment-register").unwrap().clone());
    let lines = |entries: &[Value]| of(&form, &register(entries)).unwrap().1;
    let entries: Vec<Value> = (0..LONG).map(entry).collect();
    fs::write(at.join("good.jsonl"), lines(&entries)).unwrap();
    // Told by their content, too.
    fs::write(at.join("good.txt"), lines(&entries)).unwrap();
    fs::write(at.join("good.json"), register(&entries).to_string()).unwrap();
    let chosen = ["--form", "equipment-register"];
    for name in ["good.jsonl", "good.txt", "good.json"] {
        let out = format!("{name}.xlsx");
        let ran = run(at, &[&["convert", name, "-o", &out], &chosen[..]].concat());
        assert_eq!(ran, (0, format!("wrote {out}\n")));
        let mut found = listed(at, name);
        assert_eq!(found["files"][0]["file"].take(), name);
        let mut of_json = listed(at, "good.json");
        of_json["files"][0]["file"].take();
        assert_eq!(found, of_json);
        assert!(fs::read(at.join(&out)).unwrap() == fs::read(at.join("good.jsonl.xlsx")).unwrap(), "{name}");
    }
    // One of the schema, of the key, of the serial numbers and of a rule.
    for &(code, fault) in &FAULTS[1..5] {
        let mut faulty = entries.clone();
        fault(&mut faulty[FIRST + 9]);
        fs::write(at.join("bad.jsonl"), lines(&faulty)).unwrap();
        let (exit, said) = run(at, &[&["convert", "bad.jsonl", "-o", "bad.xlsx", "--force"], &chosen[..]].concat());
        assert!(said.contains(code) && said.contains(&format!("bad.jsonl:{}:", FIRST + 10)), "{code}: {said}");
        assert_eq!(exit, i32::from(code != "wrong-serial"), "{code}: {said}");
        let findings = &listed(at, "bad.jsonl")["files"][0]["findings"];
        assert_eq!((&findings[0]["code"], &findings[0]["line"]), (&json!(code), &json!(FIRST + 10)));
    }
    let mut other = String::from_utf8(lines(&entries)).unwrap();
    let last = other.trim_end().rfind('\n').unwrap();
    other.replace_range(last.., &other[last..].replace("一分公司", "二分公司"));
    fs::write(at.join("other.jsonl"), &other).unwrap();
    let (exit, _) = run(at, &[&["validate", "other.jsonl"], &chosen[..]].concat());
    assert_eq!(exit, 1);
    assert_eq!(listed(at, "other.jsonl")["files"][0]["findings"][0]["line"], LONG);
}
