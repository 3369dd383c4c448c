//! An explanation as `sheetform explain CODE` prints it.

use std::fmt::Write as _;

use super::{At, Page, entry};
use crate::finding::{Code, Finding, Lang, Place, Text};
use crate::grid::{CellRef, Range};
use crate::report::grid::Piece;
use crate::report::{Style, line, severity_word};

/// The width of a terminal as it is without being asked.
const WIDTH: usize = 80;

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
        At::Cell(_) | At::Sheet => push_grid(&mut out, page, entry.at),
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
fn push_grid(out: &mut String, page: &Page, at: At) {
    let rows = page.example.iter().map(|row| row.split('|').map(str::trim).collect());
    let marked = if let At::Cell(name) = at { Range::parse(name) } else { None };
    for line in Piece::from_rows(CellRef::default(), rows).lines(marked, WIDTH) {
        out.push_str(&line);
        out.push('\n');
    }
}

fn push_lines(out: &mut String, page: &Page) {
    for (number, text) in page.example.iter().enumerate() {
        let _ = writeln!(out, "  {:<2}| {text}", number + 1);
    }
}
