//! A report as JSON, and as one finding a line.

use serde_json::{Map, Value, json};

use super::show::{push_unit_escapes, steers};
use super::{Counts, FileReport, Report, Style};

pub(super) fn report(report: &Report, style: Style) -> String {
    let valid = report.files.iter().filter(|file| file.valid()).count();
    let mut counts = Counts::default();
    for file in &report.files {
        counts.add(file.shown_counts(style));
    }
    let value = json!({
        "files": report.files.iter().map(|file| file_json(file, style)).collect::<Vec<_>>(),
        "summary": {
            "files": report.files.len(),
            "valid": valid,
            "invalid": report.files.len() - valid,
            "errors": counts.errors,
            "warnings": counts.warnings,
            "infos": counts.infos,
        },
    });
    terminal_safe(&format!("{value:#}\n"))
}

pub(super) fn lines(report: &Report, style: Style) -> String {
    let mut out = String::new();
    for file in &report.files {
        for finding in file.shown_findings(style) {
            let line = finding.to_json(file.file.as_deref(), style.lang).to_string();
            out.push_str(&terminal_safe(&line));
            out.push('\n');
        }
    }
    out
}

fn file_json(file: &FileReport, style: Style) -> Value {
    let mut out = Map::new();
    if let Some(name) = &file.file {
        out.insert("file".into(), name.as_str().into());
    }
    if let Some(form) = &file.form {
        out.insert("form".into(), form.as_str().into());
    }
    if let Some(version) = file.version {
        out.insert("version".into(), version.into());
    }
    out.insert("valid".into(), file.valid().into());
    out.insert("records".into(), file.records.into());
    let findings = file.shown_findings(style).map(|finding| finding.to_json(file.file.as_deref(), style.lang));
    out.insert("findings".into(), findings.collect());
    Value::Object(out)
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
