//! A report as text for people: `ledger.xlsx:台账!C7: error[wrong-type]: …`, short or with the cells around.

use std::fmt::Write as _;

use super::fold::{Folded, Item, fold};
use super::show::escaped;
use super::{Counts, FileReport, Report, Style};
use crate::finding::{Finding, Lang, Place, Related, Severity, Text};
use crate::grid::CellRef;

/// How wide the cells around a finding are drawn.
const WIDTH: usize = 80;
/// Runs of cells that are named.
const RUNS: usize = 10;

/// Each finding on a line; `full` with the cells around it.
pub(super) fn report(report: &Report, style: Style, full: bool) -> String {
    let mut out = String::new();
    let mut counts = Counts::default();
    for file in &report.files {
        out.push_str(&self::file(file, style, full));
        counts.add(file.shown_counts(style));
    }
    let files = report.files.len() + report.unread;
    if files > 1 {
        let valid = report.files.iter().filter(|file| file.valid()).count();
        out.push_str(&run_summary(files, valid, counts, style.lang));
    }
    out
}

/// A file: its findings, and what sums them up.
pub(super) fn file(file: &FileReport, style: Style, full: bool) -> String {
    let mut out = findings(file, style, full);
    out.push_str(&file_summary(file, file.shown_counts(style), style.lang));
    super::fixes::push(&mut out, file, style);
    out
}

/// The findings of a file, without what sums them up.
pub(super) fn findings(file: &FileReport, style: Style, full: bool) -> String {
    let most = if full { style.most_drawn() } else { style.most.unwrap_or(Style::LINES) };
    let Folded { items, rest } = fold(file, style, most);
    let mut out = String::new();
    for item in &items {
        push_item(&mut out, file, item, style, full);
    }
    if rest != Counts::default() {
        out.push_str(&rest_line(rest, style.lang));
    }
    out
}

fn push_item(out: &mut String, file: &FileReport, item: &Item<'_>, style: Style, full: bool) {
    let (name, finding) = (file.file.as_deref(), item.finding());
    if item.count() == 1 && !full {
        out.push_str(&line(name, finding, style));
        return;
    }
    let place = item_place(name, item, style.lang);
    push_first_line(out, &place, finding, item.message().get(style.lang), style);
    if let Some(first) = item.first() {
        let first = escaped(first.get(style.lang));
        let _ = match style.lang {
            Lang::En => writeln!(out, "  the first: {first}"),
            Lang::Zh => writeln!(out, "  首处：{first}"),
        };
    }
    if full {
        let lines = match (file.nearby.piece(item), file.nearby.line(&finding.place)) {
            (Some((piece, marked)), _) => piece.lines(Some(marked), WIDTH - 2),
            (None, Some(line)) => line.lines().to_vec(),
            (None, None) => Vec::new(),
        };
        for line in lines {
            let _ = writeln!(out, "  {line}");
        }
    }
    let related = if item.count() == 1 { finding.related.as_slice() } else { &[] };
    push_rest(out, name, related, item.hint().as_ref(), style.lang);
    if full {
        out.push('\n');
    }
}

/// The place of an item; of several in a column all their cells, and how many they are.
pub(super) fn item_place(file: Option<&str>, item: &Item<'_>, lang: Lang) -> String {
    let finding = item.finding();
    let mut out = place_text(file, &finding.place, finding.pointer.as_deref());
    if item.count() == 1 {
        return out;
    }
    let runs = item.runs();
    let (comma, stop) = match lang {
        Lang::En => (", ", ", "),
        Lang::Zh => ("、", "，"),
    };
    for (at, run) in runs.iter().take(RUNS).enumerate() {
        let _ = match (at, run.is_cell()) {
            (0, true) => Ok(()),
            (0, false) => write!(out, ":{}", run.last),
            (_, true) => write!(out, "{comma}{}", run.first),
            (_, false) => write!(out, "{comma}{run}"),
        };
    }
    let (rest, cells) = (runs.len().saturating_sub(RUNS), item.cells().count());
    let _ = match (lang, rest) {
        (Lang::En, 0) => write!(out, "{stop}{cells} cells"),
        (Lang::En, _) => write!(out, "{stop}{rest} more {}, {cells} cells", if rest == 1 { "range" } else { "ranges" }),
        (Lang::Zh, 0) => write!(out, "{stop}{cells} 格"),
        (Lang::Zh, _) => write!(out, "{stop}另 {rest} 处，共 {cells} 格"),
    };
    out
}

/// One finding with its hint and related places, each on a line of its own.
pub fn line(file: Option<&str>, finding: &Finding, style: Style) -> String {
    let mut out = String::new();
    let place = place_text(file, &finding.place, finding.pointer.as_deref());
    push_first_line(&mut out, &place, finding, finding.message.get(style.lang), style);
    push_rest(&mut out, file, &finding.related, finding.hint.as_ref(), style.lang);
    out
}

fn push_first_line(out: &mut String, place: &str, finding: &Finding, message: &str, style: Style) {
    if !place.is_empty() {
        let _ = write!(out, "{place}: ");
    }
    let (color, reset) = match (style.color, finding.severity) {
        (false, _) => ("", ""),
        (true, Severity::Error) => ("\x1b[1;31m", "\x1b[0m"),
        (true, Severity::Warning) => ("\x1b[33m", "\x1b[0m"),
        (true, Severity::Info) => ("\x1b[36m", "\x1b[0m"),
    };
    let severity = severity_word(finding.severity, style.lang);
    let _ = writeln!(out, "{color}{severity}[{}]{reset}: {}", finding.code, escaped(message));
}

fn push_rest(out: &mut String, file: Option<&str>, related: &[Related], hint: Option<&Text>, lang: Lang) {
    for related in related {
        let place = place_text(file, &related.place, None);
        let message = escaped(related.message.get(lang));
        let _ = match lang {
            Lang::En => writeln!(out, "  see {place}: {message}"),
            Lang::Zh => writeln!(out, "  参见 {place}: {message}"),
        };
    }
    if let Some(hint) = hint {
        let hint = escaped(hint.get(lang));
        let _ = match lang {
            Lang::En => writeln!(out, "  hint: {hint}"),
            Lang::Zh => writeln!(out, "  建议：{hint}"),
        };
    }
}

/// How many findings are not shown, and how to see them.
fn rest_line(rest: Counts, lang: Lang) -> String {
    match lang {
        Lang::En => format!("not shown: {}; validate --max-findings 0 shows all\n", counted(rest, lang)),
        Lang::Zh => format!("未显示：{}；用 validate --max-findings 0 显示全部\n", counted(rest, lang)),
    }
}

/// A place as one writes it: `ledger.xlsx:台账!C7`, `doc.json:12:5`; the pointer where nothing else is known.
pub fn place_text(file: Option<&str>, place: &Place, pointer: Option<&str>) -> String {
    let mut parts = Vec::new();
    parts.extend(file.map(escaped));
    match (&place.sheet, place.cell, place.line) {
        (Some(sheet), Some(cell), _) => parts.push(format!("{}!{cell}", sheet_text(sheet))),
        (Some(sheet), None, _) => parts.push(sheet_text(sheet)),
        (None, Some(cell), _) => parts.push(cell.to_string()),
        (None, None, Some(line)) => {
            parts.push(line.to_string());
            parts.extend(place.column.map(|column| column.to_string()));
        }
        (None, None, None) => parts.extend(pointer.filter(|pointer| !pointer.is_empty()).map(escaped)),
    }
    parts.join(":")
}

/// A sheet's name, quoted as in a formula where it must be: blanks, marks, a digit first, or a name like a cell's.
pub(super) fn sheet_text(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'))
        && name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && CellRef::parse(name).is_none()
        && !is_row_column(name);
    if plain { name.to_owned() } else { format!("'{}'", escaped(&name.replace('\'', "''"))) }
}

/// Whether it reads as a reference of the other style: `R1C1`, `R`, `C2`.
fn is_row_column(name: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let upper = name.to_ascii_uppercase();
    let (row, rest) = upper.strip_prefix('R').map_or((false, upper.as_str()), |rest| (true, rest));
    match rest.split_once('C') {
        Some((between, after)) => digits(between) && digits(after) && (row || between.is_empty()),
        None => row && digits(rest),
    }
}

pub(crate) fn severity_word(severity: Severity, lang: Lang) -> &'static str {
    match (lang, severity) {
        (Lang::En, severity) => severity.name(),
        (Lang::Zh, Severity::Error) => "错误",
        (Lang::Zh, Severity::Warning) => "警告",
        (Lang::Zh, Severity::Info) => "提示",
    }
}

fn file_summary(file: &FileReport, shown: Counts, lang: Lang) -> String {
    let name = file.file.as_deref().map(escaped).unwrap_or_default();
    let about = about(file, lang);
    let counted = counted(shown, lang);
    match lang {
        Lang::En => {
            let verdict = match (file.valid(), counted.is_empty()) {
                (true, true) => "ok".to_owned(),
                (true, false) => format!("ok, {counted}"),
                (false, _) => counted,
            };
            let joint = if verdict == "ok" { ": " } else { " in " };
            let name = if name.is_empty() { name } else { format!("{joint}{name}") };
            let about = if about.is_empty() { about } else { format!(" ({about})") };
            format!("{verdict}{name}{about}\n")
        }
        Lang::Zh => {
            let verdict = match (file.valid(), counted.is_empty()) {
                (true, true) => "通过".to_owned(),
                (true, false) => format!("通过，{counted}"),
                (false, _) => counted,
            };
            let name = if name.is_empty() { name } else { format!("{name}：") };
            let about = if about.is_empty() { about } else { format!("（{about}）") };
            format!("{name}{verdict}{about}\n")
        }
    }
}

/// The form, where it has a name, and the number of records.
pub(super) fn about(file: &FileReport, lang: Lang) -> String {
    let Some(form) = file.form_name().map(escaped) else { return String::new() };
    let (comma, records) = match lang {
        Lang::En => (", ", many(file.records, "record")),
        Lang::Zh => ("，", format!("{} 条记录", file.records)),
    };
    match (form.is_empty(), file.records) {
        (true, 0) => String::new(),
        (true, _) => records,
        (false, _) => format!("{form}{comma}{records}"),
    }
}

pub(super) fn run_summary(files: usize, valid: usize, counts: Counts, lang: Lang) -> String {
    let counted = counted(counts, lang);
    match lang {
        Lang::En if counted.is_empty() => format!("{valid} of {files} files ok\n"),
        Lang::En => format!("{valid} of {files} files ok; {counted}\n"),
        Lang::Zh if counted.is_empty() => format!("{files} 个文件中 {valid} 个通过\n"),
        Lang::Zh => format!("{files} 个文件中 {valid} 个通过；{counted}\n"),
    }
}

/// `3 errors, 1 warning`; what there is none of is left out.
pub(super) fn counted(counts: Counts, lang: Lang) -> String {
    let numbers = [
        (counts.errors, "error", Severity::Error),
        (counts.warnings, "warning", Severity::Warning),
        (counts.infos, "info", Severity::Info),
    ];
    let parts = numbers.iter().filter(|(number, ..)| *number > 0).map(|(number, word, severity)| match lang {
        Lang::En => many(*number as u64, word),
        Lang::Zh => format!("{number} 个{}", severity_word(*severity, lang)),
    });
    let separator = match lang {
        Lang::En => ", ",
        Lang::Zh => "，",
    };
    parts.collect::<Vec<_>>().join(separator)
}

fn many(number: u64, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}
