//! Serial columns: 1, 2, 3 … over the whole table.

use serde_json::Value;

use super::records::{pointer, records};
use super::words::{quoted, quoted_zh};
use super::{Check, Subject};
use crate::finding::{Code, Finding, Place, Text};
use crate::fix::Mend;
use crate::grid::Content;
use crate::layout::{Column, Table};

/// A stretch of serials that are all off by the same.
struct Run {
    /// Found less expected.
    off: i128,
    expected: u64,
    found: Value,
    pointer: String,
    records: usize,
}

/// The serials of a column as they come.
#[derive(Default)]
pub(super) struct Serials {
    runs: Vec<Run>,
}

impl Serials {
    /// Whether a serial that is in line goes on with what came before.
    pub(super) fn in_line(&self) -> bool {
        self.runs.last().is_none_or(|run| run.off == 0)
    }

    /// Takes the next one; where a stretch begins, `pointer` says where, or that this one does not count.
    pub(super) fn next(&mut self, expected: u64, value: &Value, pointer: impl FnOnce() -> Option<String>) {
        let Some(found) = whole(value) else { return };
        let off = found - i128::from(expected);
        match self.runs.last_mut() {
            Some(open) if open.off == off => open.records += 1,
            // The common case, without building a pointer.
            None if off == 0 => {}
            _ => {
                let run = |pointer| Run { off, expected, found: value.clone(), pointer, records: 1 };
                self.runs.extend(pointer().map(run));
            }
        }
    }

    /// Where each stretch begins.
    pub(super) fn turns(&self) -> impl Iterator<Item = &str> {
        self.runs.iter().map(|run| run.pointer.as_str())
    }

    /// A finding for each stretch of serials that are off by the same, on its first cell.
    pub(super) fn findings(self, check: &Check<'_>, table: &Table, column: &Column, findings: &mut Vec<Finding>) {
        let off = self.runs.into_iter().filter(|run| run.off != 0);
        findings.extend(off.map(|run| finding(check, table, column, run)));
    }
}

/// Adds a finding for each stretch of serials that are off by the same, on its first cell.
pub(super) fn check(check: &Check<'_>, table: &Table, findings: &mut Vec<Finding>) {
    for column in table.columns.iter().filter(|column| column.serial) {
        let mut expected = 0;
        let mut serials = Serials::default();
        check.records(table, column.level, &mut |record| {
            expected += 1;
            if let Some(value) = record.get(column) {
                let at = || Some(pointer(table, record.indices, column)).filter(|at| !check.unreadable.touches(at));
                serials.next(expected, value, at);
            }
        });
        serials.findings(check, table, column, findings);
    }
}

/// What mends each serial that is out of line, in the order of the document.
pub(super) fn mends(table: &Table, subject: &Subject<'_>) -> Vec<(Place, Mend)> {
    let mut mends = Vec::new();
    for column in table.columns.iter().filter(|column| column.serial) {
        let mut expected = 0;
        records(table, subject.document, column.level, &mut |record| {
            expected += 1;
            let Some(value) = record.get(column) else { return };
            if whole(value).is_none_or(|found| found == i128::from(expected)) {
                return;
            }
            if let Some(place) = subject.places.value(&pointer(table, record.indices, column)) {
                let value_as_read = value.as_f64().unwrap_or_default();
                let from = Content::Number { value: value_as_read, raw: value.to_string().into() };
                mends.push((place, Mend::serial(expected, from)));
            }
        });
    }
    mends
}

pub(super) fn whole(value: &Value) -> Option<i128> {
    let number = value.as_number()?;
    let integer = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    integer.or_else(|| number.as_f64().filter(|f| f.fract() == 0.0 && f.abs() < 1e18).map(|f| f as i128))
}

fn finding(check: &Check<'_>, table: &Table, column: &Column, run: Run) -> Finding {
    let name = check.column_name(table, column);
    let (expected, found) = (run.expected, &run.found);
    let (more, more_zh) = match run.records {
        1 => (String::new(), String::new()),
        n => (
            format!("; {n} records in a row are off by {}", run.off.abs()),
            format!("；连续 {n} 条相差 {}", run.off.abs()),
        ),
    };
    let message = Text::new(
        format!("{} must be {expected} here, found {found}{more}", quoted(&name)),
        format!("{}此处应为 {expected}，实际为 {found}{more_zh}", quoted_zh(&name)),
    )
    .bare(format!("{} is out of line", quoted(&name)), format!("{}不连续", quoted_zh(&name)));
    Finding::new(Code::WrongSerial, message)
        .at(check.place(&run.pointer))
        .pointer(run.pointer)
        .rule(check.sheet_rule(column.field.node, "serial"))
        .value(run.found)
        .expected(expected.to_string())
        .fix(expected, true)
}
