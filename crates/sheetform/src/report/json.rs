//! A report as JSON, and as one finding a line.

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::show::{push_unit_escapes, steers};
use super::{Counts, FileReport, Report, Style};

pub(super) fn report(report: &Report, style: Style) -> String {
    let valid = report.files.iter().filter(|file| file.valid()).count();
    let mut counts = Counts::default();
    for file in &report.files {
        counts.add(file.shown_counts(style));
    }
    let run = Run {
        files: Each(|| report.files.iter().map(|file| of_file(file, style))),
        summary: summary(report.files.len(), valid, counts),
    };
    pretty(&run)
}

/// What sums up a run.
pub(super) fn summary(files: usize, valid: usize, counts: Counts) -> Value {
    json!({
        "files": files,
        "valid": valid,
        "invalid": files - valid,
        "errors": counts.errors,
        "warnings": counts.warnings,
        "infos": counts.infos,
    })
}

pub(super) fn lines(report: &Report, style: Style) -> String {
    report.files.iter().map(|file| lines_of(file, style)).collect()
}

/// The lines of a file.
pub(super) fn lines_of(file: &FileReport, style: Style) -> String {
    let mut out = String::new();
    for finding in file.shown_findings(style) {
        let line = finding.to_json(file.file.as_deref(), style.lang).to_string();
        out.push_str(&terminal_safe(&line));
        out.push('\n');
    }
    out
}

#[derive(Serialize)]
struct Run<F> {
    files: F,
    summary: Value,
}

/// A file as the design has it; what is not known is absent.
#[derive(Serialize)]
struct OfFile<'a, F> {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
    valid: bool,
    records: u64,
    findings: F,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixes: Option<Vec<Value>>,
}

pub(super) fn of_file(file: &FileReport, style: Style) -> impl Serialize {
    let name = file.file.as_deref();
    OfFile {
        file: name,
        form: file.form.as_deref(),
        version: file.version,
        valid: file.valid(),
        records: file.records,
        findings: Each(move || file.shown_findings(style).map(move |finding| finding.to_json(name, style.lang))),
        fixes: file.fixes.as_ref().map(|fixes| fixes.iter().map(super::fixes::json).collect()),
    }
}

/// A list whose items are made one by one, so that a long report costs no more than its text.
pub(super) struct Each<F>(pub(super) F);

impl<F: Fn() -> I, I: Iterator<Item: Serialize>> Serialize for Each<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0())
    }
}

/// The text of a report, indented, with a line break at its end.
pub(super) fn pretty(report: &impl Serialize) -> String {
    // What only makes values of JSON cannot fail.
    terminal_safe(&serde_json::to_string_pretty(report).unwrap_or_default()) + "\n"
}

/// The same JSON with the characters escaped that steer a terminal. They stand in its strings only: the one control
/// character outside is the line break.
fn terminal_safe(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for character in json.chars() {
        if character != '\n' && steers(character) {
            push_unit_escapes(&mut out, character);
        } else {
            out.push(character);
        }
    }
    out
}
