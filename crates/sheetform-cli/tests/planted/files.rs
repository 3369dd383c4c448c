//! Faults of whole files and of JSON documents: what no cell can have.

use std::io::{Cursor, Write};
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::build;
use crate::campaign;
use crate::place::Finding;
use crate::plan::{Looks, Plan};
use crate::random::Random;
use crate::run::{self, Difference};

/// Every fault of a file.
const FILES: [&str; 12] = [
    "page named a workbook",
    "picture named a workbook",
    "archive without a workbook",
    "empty file",
    "encrypted",
    "cut off",
    "rows beyond the last",
    "form with a wrong key",
    "unknown property",
    "none of the shapes",
    "number that no double holds",
    "JSON cut off",
];

/// A file, and what must be said of it.
pub(crate) struct Made {
    pub(crate) fault: &'static str,
    name: String,
    bytes: Vec<u8>,
    form: &'static str,
    pub(crate) expected: Finding,
}

/// As many files as asked, all faults in turn, with what came out otherwise.
pub(crate) fn run(folder: &Path, seed: u64, count: u64) -> Vec<(Made, Difference)> {
    let made: Vec<Made> = (0..count).filter_map(|number| make(seed, number)).collect();
    let forms = [("form.json", form()), ("wrong.json", wrong_form())];
    let mut out = Vec::new();
    for (name, schema) in &forms {
        let _ = std::fs::write(folder.join(name), schema.to_string());
    }
    for one in &made {
        let _ = std::fs::write(folder.join(&one.name), &one.bytes);
    }
    let mut answers = Vec::new();
    for (form, _) in &forms {
        let files: Vec<&String> = made.iter().filter(|one| one.form == *form).map(|one| &one.name).collect();
        if files.is_empty() {
            continue;
        }
        let mut command = Command::new(env!("CARGO_BIN_EXE_sheetform"));
        command.current_dir(folder).args(["validate", "--format", "json", "--lang", "en", "--form", form]).args(files);
        let text = command.output().map(|out| String::from_utf8_lossy(&out.stdout).into_owned()).unwrap_or_default();
        let answer: Value = serde_json::from_str(&text).unwrap_or_default();
        answers.extend(answer["files"].as_array().into_iter().flatten().cloned());
    }
    for one in made {
        let answer = answers.iter().find(|answer| answer["file"] == *one.name);
        let difference = match answer {
            Some(answer) => run::compare(std::slice::from_ref(&one.expected), &answer["findings"]),
            None => Difference { broken: Some(format!("{}: no answer", one.name)), ..Difference::default() },
        };
        out.push((one, difference));
    }
    out
}

fn make(seed: u64, number: u64) -> Option<Made> {
    let random = &mut Random::new(seed, &[9, number]);
    let fault = FILES[number as usize % FILES.len()];
    let book = |number: u64| build::build(&campaign::plan(seed, number)).book.bytes().ok();
    let whole = |code: &str| Finding { code: code.to_owned(), severity: "error".to_owned(), sheet: None, cell: None };
    let (bytes, expected) = match fault {
        "page named a workbook" => {
            let mut bytes = b"%PDF-1.7\n".to_vec();
            bytes.extend((0..random.below(900) + 20).map(|_| random.below(256) as u8));
            (bytes, whole("not-a-workbook"))
        }
        "picture named a workbook" => {
            let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
            bytes.extend((0..random.below(900) + 20).map(|_| random.below(256) as u8));
            (bytes, whole("not-a-workbook"))
        }
        "archive without a workbook" => {
            let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
            archive.start_file("readme.txt", zip::write::SimpleFileOptions::default()).ok()?;
            archive.write_all(b"none").ok()?;
            (archive.finish().ok()?.into_inner(), whole("not-a-workbook"))
        }
        "empty file" => (Vec::new(), whole("not-a-workbook")),
        "encrypted" => {
            let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/bad-input/encrypted/input.xlsx");
            (std::fs::read(kept).ok()?, whole("encrypted"))
        }
        "cut off" => {
            let mut bytes = book(random.below(100_000) as u64)?;
            let end = random.between(bytes.len() as i64 / 4, bytes.len() as i64 - 40);
            bytes.truncate(end as usize);
            (bytes, whole("unreadable"))
        }
        "rows beyond the last" => {
            let plan = campaign::plan(seed, random.below(100_000) as u64);
            let mut book = build::build(&Plan { looks: Looks::default(), faults: Vec::new(), ..plan }).book;
            book.sheets.truncate(1);
            let sheet = book.sheets.first().map(|sheet| sheet.name.clone());
            let bytes = book.bytes().ok()?;
            let rows = "<row r=\"1048576\"/><row><c><v>1</v></c></row></sheetData>";
            let change = |text: String| {
                text.replace("</sheetData>", rows).replace("<sheetData/>", &format!("<sheetData>{rows}"))
            };
            (crate::sheet::rewrite(&bytes, change).ok()?, Finding { sheet, ..whole("over-limit") })
        }
        "form with a wrong key" => (book(random.below(100_000) as u64)?, whole("bad-form")),
        _ => document(fault, random),
    };
    let ending =
        if ["unknown property", "none of the shapes", "number that no double holds", "JSON cut off"].contains(&fault) {
            "json"
        } else {
            "xlsx"
        };
    let form = if fault == "form with a wrong key" { "wrong.json" } else { "form.json" };
    Some(Made { fault, name: format!("file-{number}.{ending}"), bytes, form, expected })
}

fn form() -> Value {
    let text = json!({ "type": "string" });
    let shape = |name: &str| json!({ "type": "object", "required": [name], "properties": { name: text } });
    json!({ "title": "登记表", "type": "object", "required": ["unit", "rows"], "additionalProperties": false, "properties": {
        "unit": text,
        "rows": { "type": "array", "items": { "type": "object", "required": ["name"], "additionalProperties": false,
            "properties": { "name": text, "amount": { "type": "number" } } } },
        "contact": { "oneOf": [shape("phone"), shape("mail")] } } })
}

fn wrong_form() -> Value {
    let mut form = form();
    form["x-sheet"] = json!({ "titel": "登记表" });
    form
}

/// A document as text, a member or a record a line, with a fault at a line and column.
fn document(fault: &str, random: &mut Random) -> (Vec<u8>, Finding) {
    let records = random.below(8) + 2;
    let at = random.below(records);
    let mut lines = vec!["{".to_owned(), "  \"unit\": \"第一分公司\",".to_owned(), "  \"rows\": [".to_owned()];
    let mut place = (0, 0);
    for number in 0..records {
        let comma = if number + 1 < records { "," } else { "" };
        let line = format!("    {{ \"name\": \"第{number}项\", \"amount\": {number} }}{comma}");
        let line = match fault {
            "unknown property" if number == at => {
                place = (lines.len() + 1, 22);
                format!("    {{ \"name\": \"第{number}项\", \"amuont\": {number} }}{comma}")
            }
            "number that no double holds" if number == at => {
                place = (lines.len() + 1, 32);
                line.replace(&format!("\"amount\": {number}"), "\"amount\": 622202123456789012345")
            }
            _ => line,
        };
        lines.push(line);
    }
    lines.push("  ],".to_owned());
    let code = match fault {
        "unknown property" => "unknown-property",
        "none of the shapes" => "wrong-shape",
        "number that no double holds" => "cannot-hold",
        _ => "unreadable",
    };
    if fault == "none of the shapes" {
        place = (lines.len() + 1, 14);
        lines.push("  \"contact\": { \"fax\": \"1\" }".to_owned());
    } else {
        lines.push("  \"contact\": { \"phone\": \"1\" }".to_owned());
    }
    lines.push("}".to_owned());
    if fault == "JSON cut off" {
        lines.truncate(4 + at);
        let last = lines.last().map_or(0, |line| line.chars().count());
        place = (lines.len(), last + 1);
    }
    let finding = Finding {
        code: code.to_owned(),
        severity: "error".to_owned(),
        sheet: None,
        cell: Some(format!("{}:{}", place.0, place.1)),
    };
    (lines.join("\n").into_bytes(), finding)
}
