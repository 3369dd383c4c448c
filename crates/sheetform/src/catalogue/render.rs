//! An explanation as `sheetform explain CODE` prints it.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use super::{At, Page, entry};
use crate::finding::{Code, Finding, Lang, Place, Text};
use crate::grid::{CellRef, Range, column_name};
use crate::report::{Style, line, severity_word};

/// The explanation of a code in a language, ending with a line break.
pub fn render(code: Code, lang: Lang) -> String {
    let entry = entry(code);
    let page = entry.page(lang);
    let [means, matters, mend, example] = match lang {
        Lang::En => ["What it means", "Why it matters", "How to mend it", "Example"],
        Lang::Zh => ["含义", "为什么要紧", "怎样改正", "示例"],
    };
    let mut out = String::new();
    let severity = severity_word(code.severity(), lang);
    let _ = match lang {
        Lang::En => writeln!(out, "{code} ({severity}): {}", page.title),
        Lang::Zh => writeln!(out, "{code}（{severity}）：{}", page.title),
    };
    for (heading, text) in [(means, page.means), (matters, page.matters), (mend, page.mend)] {
        let _ = writeln!(out, "\n{heading}\n  {text}");
    }
    let _ = writeln!(out, "\n{example}");
    match entry.at {
        At::Cell(_) | At::Sheet => push_grid(&mut out, page),
        At::Text(..) | At::File(_) => push_lines(&mut out, page),
    }
    let (file, place) = place(entry.at, lang);
    let finding = Finding::new(code, Text::plain(page.says)).at(place);
    let _ = write!(out, "  {}", line(Some(file), &finding, Style { lang, ..Style::default() }));
    out
}

fn place(at: At, lang: Lang) -> (&'static str, Place) {
    let (book, sheet) = match lang {
        Lang::En => ("ledger.xlsx", "Ledger"),
        Lang::Zh => ("台账.xlsx", "台账"),
    };
    match at {
        At::Cell(name) => {
            let place = CellRef::parse(name).map(|cell| Place::on_sheet(sheet, Range::cell(cell)));
            (book, place.unwrap_or_default())
        }
        At::Sheet => (book, Place::sheet(sheet)),
        At::Text(file, line, column) => (file, Place::text(line, column)),
        At::File(file) => (file, Place::default()),
    }
}

/// The example as a sheet shows it, with column letters and row numbers.
fn push_grid(out: &mut String, page: &Page) {
    let rows: Vec<Vec<&str>> = page.example.iter().map(|row| row.split('|').map(str::trim).collect()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let mut lines = vec![(0..columns).map(|column| column_name(column as u32)).collect::<Vec<_>>()];
    lines.extend(rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()));
    let width = |column: usize| lines.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or_default()).collect();
    for (number, row) in lines.iter().enumerate() {
        let mut text = if number == 0 { "    ".to_owned() } else { format!("  {number:<2}") };
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(text, "| {cell}{} ", " ".repeat(width.saturating_sub(cell.width())));
        }
        out.push_str(text.trim_end());
        out.push('\n');
    }
}

fn push_lines(out: &mut String, page: &Page) {
    for (number, text) in page.example.iter().enumerate() {
        let _ = writeln!(out, "  {:<2}| {text}", number + 1);
    }
}
