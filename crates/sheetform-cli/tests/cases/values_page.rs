//! `docs/values.md`: what is read from what, made from the cases of `tests/cases/value`, so that it cannot drift.
//!
//! Must not say anything that no case shows.

use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::Path;

use serde_json::Value;
use sheetform::grid::{Cell, Content, FormatKind, Source};

use crate::case::{Outcome, difference};
use crate::sheet_text;

const ABOUT: &str = "# What is read from what\n\n\
A cell is read by what the form says of its column, whatever the cell's own type is. Nothing is guessed in silence: what \
is changed is said by a finding of severity `info` (`--quiet` hides those), and what cannot be read is an `error` with a \
hint. A text column keeps its text as it stands.\n\n\
This page is made from the cases in `tests/cases/value`; a test compares it with what the reader does. In the tables a \
text stands as it is, and in quotation marks where blanks at its ends matter.\n";

/// The parts of the page: a heading, and the cases that show it.
const PARTS: [(&str, &[&str]); 9] = [
    (
        "Dates",
        &[
            "date-spellings",
            "date-weekday-or-time",
            "date-parts-swapped",
            "date-day-first",
            "date-month-first",
            "date-year",
            "date-general",
            "date-and-time",
            "month-end",
        ],
    ),
    ("Months", &["month", "month-as-number"]),
    ("Yes and no", &["yes-no-words"]),
    (
        "One of a list",
        &["choice", "letters-as-choices", "yes-as-choices", "marks-as-choices", "have-as-choices", "check-boxes"],
    ),
    (
        "Numbers, money, percentages",
        &["numbers", "money", "money-ten-thousand", "unit-unknown", "percent-as-text", "percent-unit"],
    ),
    (
        "Ids and other texts in number cells",
        &["id-in-number-cell", "leading-zeros", "text-from-cells", "text-as-shown"],
    ),
    (
        "Several values in a cell",
        &["list", "list-other-signs", "list-by-semicolon", "list-of-choices", "list-of-numbers"],
    ),
    ("Nothing", &["none-words", "none-words-typed", "none-words-unsaid"]),
    (
        "Prompts, formulas, errors",
        &["prompts", "prompts-typed", "prompts-in-lists", "uncached", "errors", "equals-sign", "edge-blanks"],
    ),
];

/// Compares the page with the cases; `UPDATE=1` writes it.
pub(crate) fn run(root: &Path) -> Outcome {
    let made = page(root)?;
    let path = root.join("docs/values.md");
    if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
        return std::fs::write(&path, made).map_err(|error| error.to_string());
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    if kept == made { Ok(()) } else { Err(difference("docs/values.md", &kept, &made)) }
}

fn page(root: &Path) -> Result<String, String> {
    let mut out = ABOUT.to_owned();
    for (heading, cases) in PARTS {
        let _ = write!(out, "\n## {heading}\n");
        for case in cases {
            let folder = root.join("tests/cases/value").join(case);
            part(&folder, &mut out).map_err(|problem| format!("{case}: {problem}"))?;
        }
    }
    Ok(out)
}

/// One case as a table.
fn part(folder: &Path, out: &mut String) -> Outcome {
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).map_err(|error| format!("{name}: {error}"));
    let about: toml::Table = text("case.toml")?.parse().map_err(|error| format!("{error}"))?;
    let why = about.get("why").and_then(toml::Value::as_str).unwrap_or_default();
    let schema: Value = serde_json::from_str(&text("schema.json")?).map_err(|error| error.to_string())?;
    let column = schema.pointer("/properties/entries/items/properties/v").ok_or("the form has no column v")?;
    let document: Value = serde_json::from_str(&text("expected.json")?).map_err(|error| error.to_string())?;
    let findings = text("expected.findings").unwrap_or_default();
    let grid = sheet_text::parse(&text("input.sheet")?)?;
    let mut letters = why.chars();
    let why = letters.next().map(char::to_uppercase).into_iter().flatten().chain(letters).collect::<String>();
    let _ = write!(out, "\n{why}. The form says `{column}`.\n\n| cell | holds | read as | said |\n|---|---|---|---|\n");
    let mut records = document["entries"].as_array().into_iter().flatten();
    let mut in_records = false;
    let mut lines = String::new();
    let walked = grid.rows(0, &mut |row| {
        let first = row.get(0).and_then(Cell::as_text).unwrap_or_default();
        if in_records {
            let value = records.next().and_then(|record| record.get("v"));
            let said = said(&findings, row.index + 1);
            let read = match (value, said.contains("error `")) {
                (_, true) if value.is_none() => "not read".to_owned(),
                (None, _) => "nothing".to_owned(),
                (Some(value), _) => code(&value.to_string()),
            };
            let (cell, kind) = shown(row.get(1));
            let _ = writeln!(lines, "| {cell} | {kind} | {read} | {said} |");
        }
        in_records |= first == "名称";
        ControlFlow::Continue(())
    });
    walked.map_err(|finding| finding.message.en)?;
    out.push_str(&lines);
    Ok(())
}

/// What a cell of column B shows, and what it is.
fn shown(cell: Option<&Cell>) -> (String, &'static str) {
    let Some(cell) = cell else { return (String::new(), "empty") };
    if let (Some(formula), Content::Empty) = (&cell.formula, &cell.content) {
        return (code(&format!("={}", formula.text)), "formula");
    }
    match &cell.content {
        Content::Empty => (String::new(), "empty"),
        Content::Text(text) => {
            let edges = text.trim() != &**text;
            let plain = text.escape_debug().to_string().replace("\\\"", "\"").replace("\\'", "'");
            (code(&if edges { format!("\"{plain}\"") } else { plain }), "text")
        }
        Content::Bool(on) => (code(if *on { "TRUE" } else { "FALSE" }), "logical value"),
        Content::Error(text) => (code(text), "error value"),
        Content::Number { raw, .. } => {
            let format = cell.format.as_ref().map(|format| format!(" as {}", format.code)).unwrap_or_default();
            let kind = match cell.kind() {
                FormatKind::Percent => "percentage",
                FormatKind::Date | FormatKind::DateTime | FormatKind::Month => "date",
                _ => "number",
            };
            (code(&format!("{raw}{format}")), kind)
        }
    }
}

/// What the findings of a case say of the cell of column B in a row.
fn said(findings: &str, row: u32) -> String {
    let mut said: Vec<String> = Vec::new();
    let mut here = false;
    for line in findings.lines() {
        if let Some(hint) = line.strip_prefix("  hint: ").filter(|_| here) {
            if let Some(last) = said.last_mut() {
                let _ = write!(last, ": {}", escaped(hint));
            }
            continue;
        }
        if line.starts_with(' ') {
            continue;
        }
        let place = line.split_once('!').and_then(|(_, rest)| rest.split_once(": "));
        here = place.is_some_and(|(cell, _)| cell == format!("B{row}"));
        let code = place.filter(|_| here).and_then(|(_, rest)| rest.split_once("]: ")).map(|(code, _)| code);
        if let Some((severity, code)) = code.and_then(|code| code.split_once('[')) {
            said.push(format!("{severity} `{code}`"));
        }
    }
    said.join("; ")
}

fn code(text: &str) -> String {
    format!("`{}`", escaped(text))
}

fn escaped(text: &str) -> String {
    text.replace('|', "\\|")
}
