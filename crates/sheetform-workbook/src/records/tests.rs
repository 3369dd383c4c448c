//! Records written and read back: by the crate that wrote the columns, and through a spool.

use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use ::parquet::file::metadata::RowGroupMetaData;
use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Int64Type};
use arrow_array::{Array as _, RecordBatch};
use serde_json::json;
use sheetform::form::Form;

use super::*;

fn form() -> Form {
    let (form, findings) = Form::compile(json!({ "type": "object", "properties": {
        "unit": { "type": "string" },
        "rows": { "type": "array", "items": { "type": "object", "properties": {
            "n": { "type": "integer" }, "day": { "type": "string", "format": "date" },
            "who": { "type": "object", "properties": { "name": { "type": "string" } } },
            "tags": { "type": "array", "items": { "type": "string" } },
            "steps": { "type": "array", "items": { "type": "object", "properties": { "hours": { "type": "number" } } } },
            "free": {} } } } } }));
    assert_eq!(findings, []);
    form.unwrap()
}

fn read_back(document: &Value) -> (Vec<RecordBatch>, Vec<Finding>) {
    let form = form();
    let records = Records::of(&form).unwrap();
    let (root, items) = records.split(document).unwrap();
    let mut file = tempfile::tempfile().unwrap();
    let mut findings = Vec::new();
    let mut writer = Writer::new(Format::Parquet, records, &root, &mut file, &mut findings).unwrap();
    for item in items {
        writer.record(item, &mut findings).unwrap();
    }
    writer.finish(&mut findings).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().with_batch_size(1 << 20).build().unwrap();
    (reader.map(Result::unwrap).collect(), findings)
}

#[test]
fn columns_hold_what_was_given() {
    let (batches, findings) = read_back(&json!({ "unit": "甲", "rows": [
        { "n": 7, "day": "1969-12-31", "who": { "name": "张" }, "tags": ["a", "b"], "steps": [{ "hours": 1.5 }, {}], "free": { "x": [1] } },
        { "n": null, "who": {}, "tags": [], "steps": [], "free": "text" },
        {}
    ] }));
    let [batch] = batches.as_slice() else { panic!("one batch") };
    let column = |name: &str| batch.column_by_name(name).unwrap();
    assert_eq!(column("unit").as_string::<i32>().iter().collect::<Vec<_>>(), [Some("甲"); 3]);
    assert_eq!(column("n").as_primitive::<Int64Type>().iter().collect::<Vec<_>>(), [Some(7), None, None]);
    assert_eq!(column("day").as_primitive::<Date32Type>().iter().collect::<Vec<_>>(), [Some(-1), None, None]);
    let who = column("who").as_struct();
    assert_eq!((who.is_null(0), who.is_null(1), who.is_null(2)), (false, false, true));
    let tags = column("tags").as_list::<i32>();
    assert_eq!((tags.value_length(0), tags.value_length(1), tags.is_null(1), tags.is_null(2)), (2, 0, false, true));
    assert_eq!(column("steps").as_list::<i32>().value(0).len(), 2);
    let free = column("free").as_string::<i32>();
    assert_eq!(free.iter().collect::<Vec<_>>(), [Some("{\"x\":[1]}"), Some("\"text\""), None]);
    // What was null is absent now, and that is said.
    assert_eq!(findings.iter().map(|finding| finding.severity).collect::<Vec<_>>(), [Severity::Info]);
}

#[test]
fn more_records_than_are_turned_at_once() {
    let rows: Vec<Value> = (0..10_000).map(|n| json!({ "n": n, "tags": vec!["x"; n % 3] })).collect();
    let (batches, findings) = read_back(&json!({ "rows": rows }));
    assert_eq!(findings, []);
    let numbers = batches
        .iter()
        .flat_map(|batch| batch.column_by_name("n").unwrap().as_primitive::<Int64Type>().values().to_vec());
    assert!(numbers.eq(0..10_000_i64));
}

/// Memory does not grow with the texts of a hundred thousand records.
#[test]
fn long_texts_make_shorter_row_groups() {
    let mut random = 88_172_645_463_325_252_u64;
    let mut letter = || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        char::from(b'a' + (random % 26) as u8)
    };
    let form = form();
    let records = Records::of(&form).unwrap();
    let mut file = tempfile::tempfile().unwrap();
    let mut findings = Vec::new();
    let mut writer = Writer::new(Format::Parquet, records, &json!({}), &mut file, &mut findings).unwrap();
    let text: String = (0..1 << 20).map(|_| letter()).collect();
    for n in 0..40 {
        writer.text(&format!("{{\"n\":{n},\"free\":\"{n}{text}\"}}"), &mut findings).unwrap();
    }
    writer.finish(&mut findings).unwrap();
    assert_eq!(findings, []);
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let groups: Vec<i64> = reader.metadata().row_groups().iter().map(RowGroupMetaData::num_rows).collect();
    assert!(groups.len() > 1 && groups.iter().all(|rows| *rows < 40), "{groups:?}");
    assert_eq!(groups.iter().sum::<i64>(), 40);
}

#[test]
fn what_no_column_holds_is_said_at_its_place() {
    let (_, findings) =
        read_back(&json!({ "rows": [{ "n": 1 }, { "n": 9_300_000_000_000_000_000_u64, "day": "2026-02-30", "extra": 1,
        "who": { "age": 3 }, "tags": ["a", 5] }] }));
    let pointers: Vec<&str> = findings.iter().filter_map(|finding| finding.pointer.as_deref()).collect();
    assert_eq!(pointers, ["/rows/1/n", "/rows/1/day", "/rows/1/who/age", "/rows/1/tags/1", "/rows/1/extra"]);
}

#[test]
fn a_spool_gives_back_what_it_was_given() {
    let mut spool = Spool::new(tempfile::tempfile().unwrap());
    let records = [json!({ "a": "两\n行" }), json!({ "a": 0.1, "b": 18_446_744_073_709_551_615_u64 }), json!([null])];
    for record in &records {
        spool.record(record).unwrap();
    }
    let mut back = Vec::new();
    spool
        .drain(&mut |record| {
            back.push(record);
            Ok(())
        })
        .unwrap();
    assert_eq!(back, records);
}
