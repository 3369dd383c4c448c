//! Long sheets, whose records are never held: outputs and ledgers are those of reading the sheet whole.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value};
use sheetform::form::Form;
use sheetform::merge::{MergedForm, Part, merge};
use sheetform::places::Nowhere;
use sheetform::read::{Options, read};
use sheetform::round_trip::lay_out;
use sheetform_workbook::{Workbook, save};

use crate::planter::{FORM, document};
use crate::program::Place;

/// Bytes from which a file is taken for long.
const LONG: usize = 1 << 16;
/// Records of a long file, and how many a short one has.
const MANY: usize = 700;
const FEW: usize = 3;

fn form() -> Form {
    Form::compile(sheetform_forms::schema(FORM).unwrap().clone()).0.unwrap()
}

fn saved(document: &Value) -> Vec<u8> {
    save(&lay_out(&form(), document).unwrap()).unwrap()
}

/// A document with texts that no packing makes short, so that few records are a long file.
fn long(number: usize) -> Value {
    let mut document = document(number, MANY, 20);
    let mut state = number as u64;
    for problem in document["entries"].as_array_mut().unwrap().iter_mut().filter_map(|entry| entry.get_mut("problem")) {
        let digits = (0..60).map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            format!("{state:020}")
        });
        *problem = digits.collect::<String>().into();
    }
    document
}

/// A long workbook, a short one and another long one.
fn planted() -> Place {
    let place = Place::new();
    for (number, document) in [long(0), document(1, FEW, 20), long(2)].iter().enumerate() {
        let bytes = saved(document);
        assert_eq!(bytes.len() >= LONG, number != 1, "{} bytes", bytes.len());
        place.write(&format!("in/{number}.xlsx"), &bytes);
    }
    place
}

/// What a workbook holds, read whole.
fn whole(path: &Path) -> Value {
    read(&form(), &Workbook::open(path).unwrap(), &Options::default()).document.unwrap()
}

/// The JSON of accepted files, a document in lines or on one; and the report and marked copy of a rejected one.
pub(crate) fn outputs() {
    let place = planted();
    let mut faulty = long(7);
    faulty["entries"][MANY - 3]["due"] = "2026-02-30".into();
    faulty["entries"][MANY / 2].as_object_mut().unwrap().remove("site");
    place.write("in/faulty.xlsx", &saved(&faulty));
    for (to, text) in [("json", format_pretty as fn(&Value) -> String), ("jsonl", Value::to_string)] {
        let ran = place.run(&format!("in -o {to} --to {to} --form {FORM}"));
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        for number in 0..3 {
            let expected = format!("{}\n", text(&whole(&place.path(&format!("in/{number}.xlsx")))));
            let found = fs::read_to_string(place.path(&format!("{to}/accepted/{number}.xlsx.{to}"))).unwrap();
            assert!(found == expected, "{to}, {number}");
        }
        let file = place.file(to, "faulty.xlsx");
        assert_eq!((&file["records"], &file["errors"]), (&MANY.into(), &2.into()), "{file}");
        let marked = Workbook::open(place.path(&format!("{to}/rejected/faulty.xlsx"))).unwrap();
        assert_eq!(read(&form(), &marked, &Options::default()).records, MANY);
        // Taken over where they stand as they were written, and found to be the same where all is done anew.
        for arguments in ["--resume", "--quiet"] {
            let before = place.outputs(to);
            place.run(&format!("in -o {to} --to {to} --form {FORM} {arguments}"));
            assert!(place.outputs(to).keys().eq(before.keys()));
            for number in 0..3 {
                let name = format!("accepted/{number}.xlsx.{to}");
                assert!(place.outputs(to)[&name] == before[&name], "{name}");
            }
        }
    }
}

fn format_pretty(document: &Value) -> String {
    format!("{document:#}")
}

/// A ledger of them is what merging the whole documents gives.
pub(crate) fn ledgers() {
    let place = planted();
    let merged = MergedForm::of(&form()).unwrap();
    assert!(merged.list().is_some(), "its records go one by one");
    let part = |number: usize| {
        let name = format!("{number}.xlsx");
        let document = whole(&place.path(&format!("in/{name}")));
        Part { name, source: document["unit"].as_str().unwrap().to_owned(), document, places: Nowhere }
    };
    let parts = (0..3).map(part).collect();
    let expected = merge(&merged, parts, &Map::new(), &sheetform::validate::Options::default()).document;
    let ledger = |name: &str, more: &str| {
        let ran = place.run(format!("in -o out --form {FORM} --merge {name} {more}").trim_end());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        fs::read(place.path(name)).unwrap()
    };
    let mut found: Value = serde_json::from_slice(&ledger("ledger.json", "")).unwrap();
    assert!(found.as_object_mut().unwrap().shift_remove("$schema").is_some());
    assert!(found == expected);
    let lines = String::from_utf8(ledger("ledger.jsonl", "")).unwrap();
    let records = expected["entries"].as_array().unwrap();
    assert_eq!((lines.lines().count(), records.len()), (2 * MANY + FEW, 2 * MANY + FEW));
    for (line, record) in lines.lines().zip(records) {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(record.as_object().unwrap().iter().all(|(name, value)| line[name] == *value), "{line} {record}");
    }
    let first = ledger("ledger.xlsx", "");
    let book = Workbook::open(place.path("ledger.xlsx")).unwrap();
    assert!(read(&merged.form, &book, &Options::default()).document.unwrap() == found_with(&expected, &merged));
    assert!(ledger("ledger.xlsx", "--resume") == first, "from what stands there");
    // Where an output cannot be written, its document goes in all the same.
    fs::write(place.path("out/accepted/2.xlsx.json"), "of someone").unwrap();
    let ran = place.run(&format!("in -o out --form {FORM} --merge ledger.xlsx"));
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(fs::read(place.path("ledger.xlsx")).unwrap() == first);
}

/// The merged document as it is read back: its properties in the order of the form.
fn found_with(document: &Value, merged: &MergedForm) -> Value {
    let path = tempfile::NamedTempFile::new().unwrap();
    fs::write(path.path(), save(&lay_out(&merged.form, document).unwrap()).unwrap()).unwrap();
    read(&merged.form, &Workbook::open(path.path()).unwrap(), &Options::default()).document.unwrap()
}
