//! What a table's head lacks, has too much, or has twice.

use std::collections::BTreeSet;

use super::Reading;
use super::heads::Head;
use crate::finding::{Code, Finding, Severity, Text};
use crate::grid::{CellRef, Range};
use crate::layout::{Field, Table, pointer_of};
use crate::text::{fold, without_brackets};

fn often(times: usize) -> String {
    match times {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{n} times"),
    }
}

/// Adds the findings of a head, and the columns that cannot be read.
pub(super) fn check(table: &Table, head: &Head, reading: &mut Reading) {
    let places = &reading.places;
    let mut unknown: Vec<&(Range, String, String)> = head.unknown.iter().collect();
    let mut findings = Vec::new();
    let mut unreadable = BTreeSet::new();
    for (i, text) in &head.nearly {
        let column = &table.columns[*i];
        let range = head.headings[*i].unwrap_or(Range::cell(CellRef::new(head.first, head.left())));
        findings.push(taken(text, &column.heading(), &column.field).at(places.range(range)));
    }
    let ambiguous: BTreeSet<usize> = head.ambiguous.iter().flat_map(|(forms, _)| forms.iter().copied()).collect();
    for (forms, ranges) in &head.ambiguous {
        let heading = table.columns[forms[0]].heading();
        let (times, in_form) = (ranges.len(), forms.len());
        let hint = if times > in_form {
            Text::new(
                "write the headings in full as in the form, or delete the column that is there twice",
                "请按表单写全表头，或删去重复的列",
            )
        } else {
            Text::new("put back the heading that is missing", "请补上缺少的那个表头")
        };
        let mut finding = Finding::new(
            Code::AmbiguousHeading,
            Text::new(
                format!(
                    "the heading {heading:?} is on the sheet {} and in the form {}: which is which cannot be told",
                    often(times),
                    often(in_form)
                ),
                format!("表头“{heading}”在表上出现 {times} 次，表单中有 {in_form} 列，无法对应"),
            )
            .open(),
        )
        .hint(hint)
        .at(places.range(ranges[0]));
        for range in &ranges[1..] {
            finding = finding.related(places.range(*range), Text::new("the same heading", "相同的表头"));
        }
        findings.push(finding);
    }
    for (i, column) in table.columns.iter().enumerate().filter(|(i, _)| head.columns[*i].is_none()) {
        // Without undeclared properties there is no column for them.
        if column.field.rest {
            continue;
        }
        let pointer = wildcard(table, column.level, &column.field.path);
        if ambiguous.contains(&i) {
            unreadable.insert(pointer);
            continue;
        }
        let heading = column.heading();
        let near = unknown
            .iter()
            .enumerate()
            .map(|(k, (_, _, path))| (k, near_path(path, &column.paths)))
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .filter(|(_, score)| *score >= 0.5)
            .map(|(k, _)| (k, Text::new("a heading that is nearly right", "相近的表头")))
            .or_else(|| {
                in_its_place(head, i, &unknown).then(|| (0, Text::new("the heading in its place", "此列位置上的表头")))
            });
        let at = CellRef::new(head.first, head.right() + 1);
        // Without an optional column its values are absent; under another heading they may be there all the same.
        let lost = near.is_some() || column.field.required;
        if lost {
            unreadable.insert(pointer);
        }
        let mut finding = Finding::new(
            Code::MissingColumn,
            Text::new(format!("the column {heading:?} is missing"), format!("缺少“{heading}”列")).open(),
        )
        .severity(if lost && !column.serial { Severity::Error } else { Severity::Warning })
        .at(places.at(at))
        .pointer(table.pointer());
        if let Some((k, what)) = near {
            // A renamed heading is one cause: it is named here, and not again as unknown.
            let (range, text, _) = unknown.remove(k);
            let (text, at) = (text.trim(), range.first);
            let folded = fold(text);
            // In brackets stands another unit: the numbers differ too.
            let own = fold(&heading);
            let in_own = without_brackets(&own).map(|bare| own[bare.len()..].trim_matches(['(', ')']));
            let unit = column.field.unit.as_deref().or(in_own).filter(|_| column.field.kind.is_numeric());
            let hint = match (unit, without_brackets(&folded)) {
                (Some(unit), Some(_)) => Text::new(
                    format!("{at} says {text:?}, the form counts in {unit}: convert the numbers and write {heading:?}"),
                    format!("{at} 写的是“{text}”，表单以“{unit}”为单位：请换算后把表头改为“{heading}”"),
                ),
                _ => Text::new(
                    format!("{at} says {text:?}; write {heading:?} if that column is meant"),
                    format!("{at} 写的是“{text}”；如果就是这一列，请改为“{heading}”"),
                ),
            };
            finding = finding.hint(hint).related(places.range(*range), what);
        }
        findings.push(finding);
    }
    for (range, text, _) in unknown {
        let text = text.trim();
        findings.push(
            Finding::new(
                Code::UnknownColumn,
                Text::new(
                    format!("the form has no column {text:?}; it is not read"),
                    format!("表单没有“{text}”列，未读取"),
                )
                .bare("the form has no such column; it is not read", "表单没有这一列，未读取"),
            )
            .at(places.range(*range))
            .value(text),
        );
    }
    reading.findings.append(&mut findings);
    reading.unreadable.append(&mut unreadable);
}

/// A heading or label that is not quite the form's and was taken all the same. Money by the ten thousand is another
/// number.
pub(super) fn taken(text: &str, own: &str, field: &Field) -> Finding {
    let text = text.trim();
    let folded = fold(text);
    let unit = without_brackets(&folded).map_or("", |short| &folded[short.len()..]);
    let message = Text::new(format!("{text:?} is taken for {own:?}"), format!("“{text}”按“{own}”读取"));
    let finding = Finding::new(Code::Converted, message).value(text);
    if !field.kind.is_numeric() || !SCALES.iter().any(|scale| unit.starts_with(scale)) {
        return finding;
    }
    finding.severity(Severity::Warning).hint(Text::new(
        "the form does not say its unit: make sure that the numbers are meant so",
        "表单没有写明单位：请确认数字确为此单位",
    ))
}

/// Columns of a table that are hidden: they are read, and that is said.
pub(super) fn hidden(table: &Table, head: &Head, columns: &[(u32, u32)], reading: &mut Reading) {
    for (i, column) in table.columns.iter().enumerate() {
        let Some((first, last)) = head.columns[i] else { continue };
        if !(first..=last).all(|col| columns.iter().any(|(a, b)| (*a..=*b).contains(&col))) {
            continue;
        }
        let (heading, at) = (column.heading(), CellRef::new(head.last, first));
        reading.findings.push(
            Finding::new(
                Code::HiddenCells,
                Text::new(
                    format!("the column {heading:?} is hidden; it is read as all others"),
                    format!("“{heading}”列是隐藏的，与其他列一样读取"),
                ),
            )
            .at(reading.places.range(head.headings[i].unwrap_or(Range::cell(at)))),
        );
    }
}

/// How a unit begins that counts by more than one, folded.
const SCALES: [&str; 7] = ["(万", "(亿", "(千元", "(千人", "(千万", "(百万", "(十万"];

/// Whether the only missing column's place is taken by the only unknown heading.
fn in_its_place(head: &Head, missing: usize, unknown: &[&(Range, String, String)]) -> bool {
    let [(range, ..)] = unknown else { return false };
    let lone = head.lines == 1 && head.columns.iter().filter(|at| at.is_none()).count() == 1;
    let before = head.columns[..missing].iter().flatten().last();
    let after = head.columns[missing + 1..].iter().flatten().next();
    let fits_before = before.is_none_or(|(_, last)| last + 1 == range.first.col);
    let fits_after = after.is_none_or(|(first, _)| range.last.col + 1 == *first);
    lone && fits_before && fits_after && (before.is_some() || after.is_some())
}

fn near_path(folded: &str, paths: &[Vec<String>]) -> f64 {
    // The same but for a unit or note in brackets.
    let bare = |text: &str| without_brackets(text).unwrap_or(text).to_owned();
    if paths.iter().any(|p| bare(&p.join("/")) == bare(folded)) {
        return 1.0;
    }
    let leaf = |text: &str| text.rsplit('/').next().unwrap_or(text).to_owned();
    paths
        .iter()
        .map(|p| {
            let whole = strsim::normalized_damerau_levenshtein(folded, &p.join("/"));
            let leaves = strsim::normalized_damerau_levenshtein(&leaf(folded), p.last().map_or("", String::as_str));
            whole.max(leaves)
        })
        .fold(0.0, f64::max)
}

/// The pointer of a column's values with `*` for every index.
fn wildcard(table: &Table, level: usize, path: &[String]) -> String {
    let mut pointer = format!("{}/*", table.pointer());
    for inner in &table.levels[..level] {
        pointer = format!("{pointer}{}/*", pointer_of(&inner.path));
    }
    pointer + &pointer_of(path)
}
