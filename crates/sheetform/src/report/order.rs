//! The order of findings: as the eye goes over the file.

use std::collections::{HashMap, HashSet};

use crate::finding::{Code, Finding, Place, Severity, Text};

/// Puts findings in the order of their places and takes out what is said twice.
///
/// First what concerns the whole file; then what has only a pointer, in the order it was found; then sheet by sheet
/// as in `sheets` (others after them), whole sheet first, by row and column; then by line and column of JSON text.
/// At one place errors come first, then by code; what is still equal keeps its order. Two findings are the same if
/// code, place, pointer, rule and message are: two broken rules on one cell both stay.
pub fn sort_findings(findings: &mut Vec<Finding>, sheets: &[String]) {
    let mut seen = HashSet::new();
    let is_new: Vec<bool> = findings.iter().map(|finding| seen.insert(Identity::of(finding))).collect();
    let mut is_new = is_new.into_iter();
    findings.retain(|_| is_new.next().unwrap_or(true));
    let ranks: HashMap<&str, usize> = sheets.iter().enumerate().rev().map(|(i, name)| (name.as_str(), i)).collect();
    findings.sort_by(|a, b| Key::of(a, &ranks).cmp(&Key::of(b, &ranks)));
}

#[derive(PartialEq, Eq, Hash)]
struct Identity<'a> {
    code: Code,
    place: &'a Place,
    pointer: Option<&'a str>,
    rule: Option<&'a str>,
    message: &'a str,
}

impl<'a> Identity<'a> {
    fn of(finding: &'a Finding) -> Self {
        let Text { en: message, .. } = &finding.message;
        Self {
            code: finding.code,
            place: &finding.place,
            pointer: finding.pointer.as_deref(),
            rule: finding.rule.as_deref(),
            message,
        }
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    File(Severity, Code),
    Pointer,
    Sheet { rank: usize, name: &'a str, cell: Option<(u32, u32)>, severity: Severity, code: Code },
    Line { line: u32, column: Option<u32>, severity: Severity, code: Code },
}

impl<'a> Key<'a> {
    fn of(finding: &'a Finding, ranks: &HashMap<&str, usize>) -> Self {
        let Finding { code, severity, .. } = *finding;
        let Place { sheet, cell, line, column, .. } = &finding.place;
        if let Some(name) = sheet.as_deref() {
            let rank = ranks.get(name).copied().unwrap_or(usize::MAX);
            Self::Sheet { rank, name, cell: cell.map(|cell| (cell.row, cell.col)), severity, code }
        } else if let Some(line) = *line {
            Self::Line { line, column: *column, severity, code }
        } else if finding.pointer.is_some() {
            Self::Pointer
        } else {
            Self::File(severity, code)
        }
    }
}
