//! A case with a sheet and no form: what `infer` reports of it.

use serde_json::{Value, json};
use sheetform::grid::Source;
use sheetform::infer;

use crate::case::{Case, Outcome};
use crate::sheet_text;

pub(crate) fn run(case: &Case) -> Outcome {
    let grid = sheet_text::parse(&case.text("input.sheet")?)?;
    let sheets = grid.info().sheets.len();
    let report = |index| infer::report(&grid, index).map(Value::Object).map_err(|finding| finding.message.en);
    let reports: Vec<Value> = (0..sheets).map(report).collect::<Result<_, _>>()?;
    let value = match reports.as_slice() {
        [one] => one.clone(),
        _ => json!({ "sheets": reports }),
    };
    case.expect("expected.infer.json", &format!("{value:#}\n"))
}
