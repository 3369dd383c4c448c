//! A case with a sheet and no form: what `infer` reports of it. The form drafted from it must read it so.

use std::fmt::Write as _;
use std::iter::once;
use std::path::Path;

use libtest_mimic::Trial;
use serde_json::{Value, json};
use sheetform::grid::Source;
use sheetform::infer;
use sheetform_workbook::Workbook;

use crate::case::{Case, Outcome, difference, files_below};
use crate::{name_of, sheet_text};

pub(crate) fn run(case: &Case) -> Outcome {
    let grid = sheet_text::parse(&case.text("input.sheet")?)?;
    let sheets = 0..grid.info().sheets.len();
    let report = |index| infer::report(&grid, index).map(Value::Object).map_err(|finding| finding.message.en);
    let reports: Vec<Value> = sheets.clone().map(report).collect::<Result<_, _>>()?;
    let value = match reports.as_slice() {
        [one] => one.clone(),
        _ => json!({ "sheets": reports }),
    };
    case.expect("expected.infer.json", &format!("{value:#}\n"))?;
    let mut unlike = String::new();
    for index in sheets.filter(|index| reports[*index].get("empty").is_none()) {
        if let Err(why) = reads(&grid, index) {
            let _ = writeln!(unlike, "{why}");
        }
    }
    // What the form language cannot say yet stands here.
    case.expect("expected.unlike", &unlike)
}

/// The draft compiles, and reading the sheet with it gives the records of the report without an error.
pub(crate) fn reads(source: &dyn Source, index: usize) -> Outcome {
    let drafted = infer::draft(source, index).map_err(|finding| finding.message.en)?;
    match drafted.unlike {
        Some(why) => Err(format!("the draft of sheet {} does not read it: {}", index + 1, why.en)),
        None if drafted.form.is_none() => Err(format!("the draft of sheet {} does not compile", index + 1)),
        None => Ok(()),
    }
}

/// What `infer` finds in the real files at hand, in plain numbers, held against `tests/corpus/infer.txt`.
pub(crate) fn corpus(root: &Path) -> Option<Trial> {
    let corpus = root.join("../shared/corpus");
    if !corpus.is_dir() {
        println!("not run: infer over the corpus, which is not at hand (../shared/corpus)");
        return None;
    }
    let path = root.join("tests/corpus/infer.txt");
    Some(Trial::test("corpus/infer", move || {
        let mut lines = "# file, sheet: head rows, columns, records; then those of other tables; draft\n".to_owned();
        let mut count = 0;
        for file in files_below(&corpus)?.iter().filter(|file| file.extension().is_some_and(|ending| ending != "md")) {
            count += 1;
            lines.push_str(&of_file(file));
        }
        println!("infer: {count} files of the corpus are read");
        if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
            return std::fs::write(&path, &lines).map_err(Into::into);
        }
        let expected = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        if expected == lines { Ok(()) } else { Err(difference("infer.txt", &expected, &lines).into()) }
    }))
}

fn of_file(file: &Path) -> String {
    let name = name_of(file);
    let book = match Workbook::open(file) {
        Ok(book) => book,
        Err(finding) => return format!("{name}: {}\n", finding.code),
    };
    let sheet = |index: usize| match infer::report(&book, index) {
        Err(finding) => format!("{name}, {}: {}\n", index + 1, finding.code),
        Ok(report) if report.contains_key("empty") => format!("{name}, {}: empty\n", index + 1),
        Ok(report) => {
            let others = report.get("other_tables").and_then(Value::as_array).into_iter().flatten();
            let tables: Vec<String> = once(&Value::Object(report.clone())).chain(others).map(numbers).collect();
            let draft = if reads(&book, index).is_ok() { "reads" } else { "does not read" };
            format!("{name}, {}: {}; {draft}\n", index + 1, tables.join("; "))
        }
    };
    (0..book.info().sheets.len()).map(sheet).collect()
}

fn numbers(table: &Value) -> String {
    let rows = table["header_rows"].as_array().map(|rows| format!("{}-{}", rows[0], rows[1]));
    let columns = table["columns"].as_array().map_or(0, Vec::len);
    format!("{}, {columns}, {}", rows.unwrap_or_else(|| "none".to_owned()), table["row_count"])
}
