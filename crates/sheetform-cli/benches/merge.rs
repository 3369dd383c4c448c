//! What merging costs: `cargo bench -p sheetform-cli --bench merge [-- --files N] [--records N]`.
//!
//! It makes workbooks of the form `equipment-register` in memory, reads and checks them, merges their documents and writes
//! the ledger, and prints the whole against reading and writing alone, measured in the same run. It ends with an error
//! where the bar is not met.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::panic, reason = "a measurement shows its result")]

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::Instant;

use serde_json::{Map, Value, json};
use sheetform::form::Form;
use sheetform::merge::{MergedForm, Part, merge};
use sheetform::places::Places as _;
use sheetform::read::{self, Reading, read};
use sheetform::round_trip::lay_out;
use sheetform::validate::{Options, Subject, validate};
use sheetform_workbook::{Workbook, save};

/// The whole against reading all files and writing the ledger.
const MOST: f64 = 1.3;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)?.parse::<usize>().ok()
    };
    let (files, records) = (number("--files").unwrap_or(600), number("--records").unwrap_or(200_000));
    let form = Form::compile(sheetform_forms::schema("equipment-register").unwrap().clone()).0.unwrap();
    let merged_form = MergedForm::of(&form).unwrap();
    let each = records.div_ceil(files);
    let books: Vec<Vec<u8>> =
        (0..files).map(|unit| save(&lay_out(&form, &register(unit, each)).unwrap()).unwrap()).collect();
    println!("{files} files of {each} records\n");

    let begun = Instant::now();
    let mut parts = Vec::new();
    for (unit, bytes) in books.into_iter().enumerate() {
        let Reading { document, places, unreadable, totals, findings, .. } =
            read(&form, &Workbook::from_bytes(bytes).unwrap(), &read::Options::default());
        let document = document.unwrap();
        let subject = Subject { document: &document, places: &places, unreadable: &unreadable, totals: &totals };
        assert!(findings.is_empty() && validate(&form, &subject, &Options::default()).is_empty());
        let source = form.sender(&document).unwrap();
        parts.push(Part { name: format!("{unit}.xlsx"), source, document, places });
    }
    let reading = begun.elapsed().as_secs_f64();

    let begun = Instant::now();
    let merged = merge(&merged_form, parts, &Map::new(), &Options::default());
    let merging = begun.elapsed().as_secs_f64();
    assert_eq!(merged.records, each * files);

    let begun = Instant::now();
    let bytes = save(&lay_out(&merged_form.form, &merged.document).unwrap()).unwrap();
    let writing = begun.elapsed().as_secs_f64();

    let ratio = (reading + merging + writing) / (reading + writing);
    println!("| work | seconds |\n|---|---|");
    println!("| read and check all files | {reading:.2} |");
    println!("| merge | {merging:.2} |");
    println!("| write the ledger ({} MB) | {writing:.2} |", bytes.len() >> 20);
    println!("| all against reading and writing | {ratio:.2} times |");

    // What is found is found where it stands.
    let mut twice = vec![register(0, each), register(1, each)];
    twice[1]["entries"][each - 1]["asset_no"] = twice[0]["entries"][0]["asset_no"].clone();
    let parts = twice.into_iter().enumerate().map(|(unit, document)| {
        let book = Workbook::from_bytes(save(&lay_out(&form, &document).unwrap()).unwrap()).unwrap();
        let places = read(&form, &book, &read::Options::default()).places;
        Part { name: format!("{unit}.xlsx"), source: unit.to_string(), document, places }
    });
    let parts: Vec<_> = parts.collect();
    let expected = parts[1].places.value(&format!("/entries/{}/asset_no", each - 1));
    let found = merge(&merged_form, parts, &Map::new(), &Options::default()).findings;
    let errors: BTreeSet<Option<usize>> =
        found.iter().filter(|(part, _)| part.is_some()).map(|(part, _)| *part).collect();
    assert_eq!(errors, BTreeSet::from([Some(1)]));
    assert!(found.iter().any(|(_, finding)| Some(&finding.place) == expected.as_ref()));
    if ratio <= MOST { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A unit's register.
fn register(unit: usize, records: usize) -> Value {
    let entry = |record: usize| {
        json!({ "serial": record + 1, "asset_no": format!("{unit:04}-{record:05}"), "name": "离心泵", "model": format!("P-{}", record % 40),
            "bought_on": format!("20{:02}-{:02}-{:02}", 10 + record % 15, 1 + record % 12, 1 + record % 28),
            "cost": (record * 1250 + 999) as f64 / 100.0, "status": (["在用", "停用", "报废"])[record % 3],
            "location": format!("{}号泵房", record % 9 + 1), "owner": "张工" })
    };
    json!({ "unit": format!("第{unit}分公司"), "updated_on": "2026-03-31",
        "entries": (0..records).map(entry).collect::<Vec<_>>(), "prepared_by": "李工" })
}
