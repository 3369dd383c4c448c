//! A piece of a sheet drawn in plain text: column letters, row numbers, cells, the marked ones underlined. Clear without
//! colour, and no wider than asked. Knows no findings; which cells are shown is for the caller to say.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::show::escaped;
use crate::grid::{CellRef, Range, column_name};

/// The narrowest that a column with more to show is made, in columns of the terminal.
const NARROWEST: usize = 8;
/// What stands for rows and columns left out, and for the rest of a text that is cut.
const LEFT_OUT: &str = "...";

/// The cells that are shown. Rows and columns may jump, as from a heading to a row far below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The columns from left to right, counted from 0.
    pub columns: Vec<u32>,
    /// The rows from top to bottom: the number, counted from 0, and a text for each column.
    pub rows: Vec<(u32, Vec<String>)>,
    /// Whether these rows have more cells to the left and to the right.
    pub more: (bool, bool),
}

impl Piece {
    /// Rows of texts from a cell on, to the right and down. A short row ends in empty cells.
    pub(crate) fn from_rows<T: Into<String>>(first: CellRef, rows: impl IntoIterator<Item = Vec<T>>) -> Self {
        let texts = |row: Vec<T>| row.into_iter().map(Into::into).collect::<Vec<String>>();
        let rows: Vec<(u32, Vec<String>)> = (first.row..).zip(rows.into_iter().map(texts)).collect();
        let columns = rows.iter().map(|(_, cells)| cells.len()).max().unwrap_or_default();
        Self { columns: (first.col..).take(columns).collect(), rows, more: (false, false) }
    }

    /// The lines of the drawing, without line breaks. Every row of `marked` has `>` before its number, and its cells
    /// are underlined below the last of them. Texts are cut where the lines would be wider than `width`.
    pub(crate) fn lines(&self, marked: Option<Range>, width: usize) -> Vec<String> {
        let rows: Vec<(u32, Vec<String>)> = self
            .rows
            .iter()
            .map(|(row, cells)| {
                let cell = |at: usize| cells.get(at).map(|text| as_shown(text)).unwrap_or_default();
                (*row, (0..self.columns.len()).map(cell).collect())
            })
            .collect();
        let gutter = rows.iter().map(|(row, _)| digits(*row)).max().unwrap_or(1).max(2) + 2;
        let widths = self.widths(&rows, marked, width.saturating_sub(gutter));
        let mut out = vec![self.line(&" ".repeat(gutter), &widths, |at| column_name(self.columns[at]))];
        for (at, (row, cells)) in rows.iter().enumerate() {
            if at > 0 && rows[at - 1].0 + 1 != *row {
                out.push(format!("{LEFT_OUT:>gutter$}"));
            }
            let is_marked = marked.is_some_and(|range| (range.first.row..=range.last.row).contains(row));
            let arrow = if is_marked { ">" } else { " " };
            let number = format!("{arrow}{:>1$} ", row + 1, gutter - 2);
            out.push(self.line(&number, &widths, |column| cut(&cells[column], widths[column])));
            let next_is = |range: Range| rows.get(at + 1).is_some_and(|(next, _)| *next <= range.last.row);
            if let Some(range) = marked.filter(|range| is_marked && !next_is(*range)) {
                out.push(self.underline(gutter, &widths, range));
            }
        }
        out
    }

    fn line(&self, gutter: &str, widths: &[usize], cell: impl Fn(usize) -> String) -> String {
        let mut out = gutter.to_owned();
        for (at, width) in widths.iter().enumerate() {
            out.push_str(&self.before(at));
            let text = cell(at);
            out.push_str(&text);
            out.push_str(&" ".repeat(width.saturating_sub(text.width()) + 1));
        }
        if self.more.1 {
            out.push_str(LEFT_OUT);
        }
        out.truncate(out.trim_end().len());
        out
    }

    fn underline(&self, gutter: usize, widths: &[usize], marked: Range) -> String {
        let mut out = " ".repeat(gutter);
        for (at, width) in widths.iter().enumerate() {
            let is_marked = (marked.first.col..=marked.last.col).contains(&self.columns[at]);
            let sign = if is_marked { "^" } else { " " };
            out.push_str(&" ".repeat(self.before(at).len()));
            out.push_str(&sign.repeat(*width));
            out.push(' ');
        }
        out.truncate(out.trim_end().len());
        out
    }

    /// Whether columns are left out before a column.
    pub(super) fn jumps(&self, at: usize) -> bool {
        if at == 0 { self.more.0 } else { self.columns[at - 1] + 1 != self.columns[at] }
    }

    /// What stands before the column: its edge, and a sign where columns are left out.
    fn before(&self, at: usize) -> String {
        if self.jumps(at) { format!("{LEFT_OUT} | ") } else { "| ".to_owned() }
    }

    /// The width of each column: its longest text, less where all do not fit, from the widest on.
    fn widths(&self, rows: &[(u32, Vec<String>)], marked: Option<Range>, room: usize) -> Vec<usize> {
        let width_of = |(at, column): (usize, &u32)| {
            let texts = rows.iter().map(|(_, cells)| cells[at].width()).max().unwrap_or_default();
            let is_marked = marked.is_some_and(|range| (range.first.col..=range.last.col).contains(column));
            // An empty cell has something to underline all the same.
            texts.max(column_name(*column).len()).max(if is_marked { 3 } else { 0 })
        };
        let mut widths: Vec<usize> = self.columns.iter().enumerate().map(width_of).collect();
        let edges: usize = (0..widths.len()).map(|at| self.before(at).len() + 1).sum();
        let edges = edges + if self.more.1 { LEFT_OUT.len() } else { 0 };
        let room = room.saturating_sub(edges);
        while widths.iter().sum::<usize>() > room {
            match widths.iter_mut().max() {
                Some(widest) if *widest > NARROWEST => *widest -= 1,
                _ => break,
            }
        }
        widths
    }
}

fn digits(row: u32) -> usize {
    (row + 1).to_string().len()
}

/// A cell's text on one line: a line break is `⏎`, a blank at an end `␣`, and nothing steers the terminal.
pub(crate) fn as_shown(text: &str) -> String {
    let inner = text.trim_matches(is_blank);
    let start = text.len() - text.trim_start_matches(is_blank).len();
    let (before, rest) = if inner.is_empty() { (text, "") } else { text.split_at(start) };
    let after = &rest[inner.len()..];
    let signs = |blanks: &str| blanks.chars().map(|c| "␣".repeat(c.width().unwrap_or(1))).collect::<String>();
    let inner: Vec<String> = inner.lines().map(escaped).collect();
    format!("{}{}{}", signs(before), inner.join("⏎"), signs(after))
}

/// A blank that takes room on the line; a line break does not.
fn is_blank(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\n' | '\r')
}

/// The text, cut to a width.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut taken = LEFT_OUT.len();
    for c in text.chars() {
        taken += c.width().unwrap_or(0);
        if taken > width {
            break;
        }
        out.push(c);
    }
    out + LEFT_OUT
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(name: &str) -> Option<Range> {
        Range::parse(name)
    }

    fn drawn(piece: &Piece, marked: Option<Range>, width: usize) -> String {
        let lines = piece.lines(marked, width);
        assert!(lines.iter().all(|line| line.trim_end() == line), "{lines:#?}");
        lines.join("\n")
    }

    #[test]
    fn an_empty_cell_is_underlined() {
        let rows = vec![vec!["序号", "自查部位", "自查情况"], vec!["1", "档案室", "无问题"], vec!["2", "配电间"]];
        let expected = "    | A    | B        | C
  1 | 序号 | 自查部位 | 自查情况
  2 | 1    | 档案室   | 无问题
> 3 | 2    | 配电间   |
                        ^^^^^^^^";
        let piece = Piece::from_rows(CellRef::new(0, 0), rows);
        assert_eq!(drawn(&piece, cell("C3"), 80), expected);
        assert_eq!(drawn(&piece, None, 80).lines().count(), 4);
    }

    #[test]
    fn what_is_left_out_is_shown() {
        let texts = |row: [&str; 2]| row.map(str::to_owned).to_vec();
        let rows = vec![(4, texts(["编号", "状态"])), (998, texts(["A-7", "办结"])), (999, texts(["A-8", "办结"]))];
        let piece = Piece { columns: vec![0, 27], rows, more: (false, false) };
        let expected = "      | A    ... | AB
    5 | 编号 ... | 状态
   ...
> 999 | A-7  ... | 办结
>1000 | A-8  ... | 办结
                   ^^^^";
        assert_eq!(drawn(&piece, cell("AB999:AB1000"), 80), expected);
        let piece = Piece { more: (true, true), ..piece };
        let expected = "      ... | A    ... | AB   ...
    5 ... | 编号 ... | 状态 ...
   ...
> 999 ... | A-7  ... | 办结 ...
>1000 ... | A-8  ... | 办结 ...
                       ^^^^";
        assert_eq!(drawn(&piece, cell("AB999:AB1000"), 80), expected);
    }

    #[test]
    fn wide_texts_are_cut_from_the_widest_on() {
        let long = "一二三四五六七八九十".repeat(9);
        let piece = Piece::from_rows(CellRef::new(1, 1), vec![vec!["short", &long, &long]]);
        for width in [40, 60, 80] {
            let out = drawn(&piece, cell("C2"), width);
            assert!(out.lines().all(|line| line.width() <= width), "{out}");
            assert!(out.contains("| short | 一") && out.contains("..."), "{out}");
        }
        let narrow = drawn(&Piece::from_rows(CellRef::new(0, 0), vec![vec![long.as_str(); 30]]), None, 40);
        assert_eq!(narrow.lines().last().map(|line| line.matches("一二...").count()), Some(30));
    }

    #[test]
    fn blanks_and_breaks_are_seen() {
        for (text, shown) in [
            ("张工 ", "张工␣"),
            ("　张工", "␣␣张工"),
            ("   ", "␣␣␣"),
            ("外\n观", "外⏎观"),
            ("a b", "a b"),
            ("a\u{1b}[31m\u{202e}", "a\\u001b[31m\\u202e"),
            ("", ""),
        ] {
            assert_eq!(as_shown(text), shown);
        }
    }
}
