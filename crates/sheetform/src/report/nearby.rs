//! What stands near findings: cells of a book as texts, taken by a pass over it once the findings are known, or lines of
//! JSON text. Only the rows that are shown are kept. Knows no form: the rows of a head are given.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{ControlFlow, RangeInclusive};

use serde::{Deserialize, Serialize};

use super::excerpt::{self, Excerpt, Excerpts};
use super::fold::Item;
use super::grid::Piece;
use crate::finding::Place;
use crate::grid::{Cell, Content, FormatKind, Range, Row, Source};
use crate::serial::{date_iso, datetime_iso, time_of_serial};

/// Columns shown on each side of the cell.
const BESIDE: u32 = 2;
/// Cells of a folded finding that are shown.
const SHOWN: usize = 3;
/// Rows of other places that are shown.
const RELATED: usize = 2;
/// Rows of a head that are shown.
const HEAD: u32 = 4;
/// Characters of a cell that are kept.
const KEPT: usize = 200;
/// What stands for a value that is masked.
const MASKED: &str = "***";

/// Where the head of a table stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadRows {
    /// The sheet.
    pub sheet: String,
    /// First row, from 0.
    pub first: u32,
    /// Last row.
    pub last: u32,
    /// The last row of the table: what stands below is not under the head.
    pub end: u32,
    /// The columns whose headings the form knows, rising.
    pub columns: Vec<u32>,
}

/// What was taken of a row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Taken {
    /// Columns with their texts, rising.
    cells: Vec<(u32, String)>,
    /// The first and the last filled column of the whole row.
    ends: Option<(u32, u32)>,
}

/// Cells near the findings of a file, and the heads above them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Nearby {
    heads: Vec<HeadRows>,
    /// By sheet and row.
    rows: BTreeMap<String, BTreeMap<u32, Taken>>,
    #[serde(with = "pairs")]
    lines: Excerpts,
}

impl Nearby {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Takes the rows around these findings from a book. What cannot be read again is not shown. Masked, only headings
    /// that the form knows keep their text.
    pub(super) fn gather(source: &dyn Source, heads: Vec<HeadRows>, items: &[Item<'_>], masked: bool) -> Self {
        let mut nearby = Self { heads, ..Self::default() };
        // Of a row only the columns that are shown: a row may have thousands.
        let mut wanted: BTreeMap<&str, BTreeMap<u32, BTreeSet<u32>>> = BTreeMap::new();
        for item in items {
            let place = &item.finding().place;
            let (Some(sheet), Some(cells)) = (place.sheet.as_deref(), marked(item)) else { continue };
            let columns = columns(cells, nearby.head(place), u32::MAX);
            let of_sheet = wanted.entry(sheet).or_default();
            nearby.rows_of(item).into_iter().for_each(|row| of_sheet.entry(row).or_default().extend(&columns));
        }
        let info = source.info();
        for (sheet, wanted) in wanted {
            let Some(index) = info.sheets.iter().position(|one| one.name == sheet) else { continue };
            let mut kept = BTreeMap::new();
            let last = wanted.keys().last().copied().unwrap_or_default();
            let _ = source.rows(index, &mut |mut row| {
                if let Some(columns) = wanted.get(&row.index) {
                    let mut filled = row.cells.iter().filter(|(_, cell)| is_filled(cell)).map(|(col, _)| *col);
                    let first = filled.next();
                    let ends = first.map(|first| (first, filled.next_back().unwrap_or(first)));
                    row.cells.retain(|(col, _)| columns.contains(col));
                    let head = |col| nearby.heads.iter().any(|head| head.sheet == sheet && head.holds(row.index, col));
                    let cells = texts(&row, info.date1904, &|col| !masked || head(col));
                    kept.insert(row.index, Taken { cells, ends });
                }
                if row.index >= last { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
            nearby.rows.insert(sheet.to_owned(), kept);
        }
        nearby
    }

    /// Takes the lines of these findings from a JSON text.
    pub(super) fn of_text(text: &str, items: &[Item<'_>]) -> Self {
        Self { lines: excerpt::gather(text, items), ..Self::default() }
    }

    /// The line of JSON text that a finding stands in.
    pub(super) fn line(&self, place: &Place) -> Option<&Excerpt> {
        self.lines.get(&excerpt::at(place)?)
    }

    /// The piece of the sheet around a finding, and the cells in it to mark.
    pub(super) fn piece(&self, item: &Item<'_>) -> Option<(Piece, Range)> {
        let place = &item.finding().place;
        let rows = self.rows.get(place.sheet.as_deref()?)?;
        let marked = marked(item)?;
        let wanted = self.rows_of(item);
        let head = self.head(place);
        let filled = |row: &u32| rows.get(row).map(|row| row.cells.as_slice()).unwrap_or_default();
        let right = wanted.iter().filter_map(|row| filled(row).last()).map(|(col, _)| *col).max().unwrap_or_default();
        let columns = columns(marked, head, right);
        let ends = || wanted.iter().filter_map(|row| rows.get(row)?.ends);
        let (left, right) = (columns.first().copied(), columns.last().copied());
        let more = (ends().any(|(first, _)| Some(first) < left), ends().any(|(_, last)| Some(last) > right));
        let text = |row: u32, col: u32| {
            let cells = filled(&row);
            cells.binary_search_by_key(&col, |(col, _)| *col).map(|at| cells[at].1.clone()).unwrap_or_default()
        };
        let rows = wanted.iter().map(|row| (*row, columns.iter().map(|col| text(*row, *col)).collect())).collect();
        Some((Piece { columns, rows, more }, marked))
    }

    /// The rows of the head above a place; no row where there is none.
    pub(super) fn head_rows(&self, place: &Place) -> RangeInclusive<u32> {
        self.head(place).map_or(RangeInclusive::new(1, 0), |head| head.first..=head.last)
    }

    /// The rows that show a finding: the head above it, its row between its neighbours, those of other places; folded,
    /// its first cells.
    fn rows_of(&self, item: &Item<'_>) -> BTreeSet<u32> {
        let mut rows = BTreeSet::new();
        let Some(marked) = marked(item) else { return rows };
        if let Some(head) = self.head(&item.finding().place) {
            rows.extend((head.first..=head.last).take(HEAD as usize));
        }
        if item.count() > 1 {
            rows.extend(item.cells().take(SHOWN).map(|cell| cell.row));
        } else {
            let first = marked.first.row;
            rows.extend(first.saturating_sub(1)..=(marked.last.row.min(first + 2) + 1));
            let place = &item.finding().place;
            let related = item.finding().related.iter().filter(|related| related.place.sheet == place.sheet);
            rows.extend(related.filter_map(|related| related.place.cell).map(|cell| cell.row).take(RELATED));
        }
        rows
    }

    /// The last head that begins above a place in its table and has its column, else the last above it.
    fn head(&self, place: &Place) -> Option<&HeadRows> {
        let cell = place.cell?;
        let above = || {
            let of_sheet = self.heads.iter().filter(|head| Some(&head.sheet) == place.sheet.as_ref());
            of_sheet.filter(|head| (head.first..=head.end).contains(&cell.row))
        };
        let over = |head: &&HeadRows| {
            let (first, last) = (head.columns.first(), head.columns.last());
            first.zip(last).is_some_and(|(first, last)| (*first..=*last).contains(&cell.col))
        };
        above().filter(over).max_by_key(|head| head.first).or_else(|| above().max_by_key(|head| head.first))
    }
}

impl HeadRows {
    fn holds(&self, row: u32, col: u32) -> bool {
        (self.first..=self.last).contains(&row) && self.columns.contains(&col)
    }
}

/// The cells to mark: the place, or the first cells of a folded finding.
fn marked(item: &Item<'_>) -> Option<Range> {
    let place = &item.finding().place;
    let cell = place.cell?;
    if item.count() == 1 {
        return Some(place.range.unwrap_or(Range::cell(cell)));
    }
    let last = item.cells().take(SHOWN).last()?;
    Some(Range::new(cell, last))
}

/// The first column of the table, then those around the marked ones; of many marked ones the first.
fn columns(marked: Range, head: Option<&HeadRows>, right: u32) -> Vec<u32> {
    let last = marked.last.col.min(marked.first.col + BESIDE);
    let beside = if last > marked.first.col { 1 } else { BESIDE };
    let around = marked.first.col.saturating_sub(beside)..=(last + beside).min(right.max(last));
    let first = head.and_then(|head| head.columns.first().copied()).filter(|first| *first < *around.start());
    first.into_iter().chain(around).collect()
}

fn is_filled(cell: &Cell) -> bool {
    cell.formula.is_some() || !matches!(&cell.content, Content::Empty)
}

fn texts(row: &Row, date1904: bool, open: &dyn Fn(u32) -> bool) -> Vec<(u32, String)> {
    let text = |(col, cell): &(u32, Cell)| {
        let text = shown(cell, date1904);
        (*col, if text.is_empty() || open(*col) { text } else { MASKED.to_owned() })
    };
    row.cells.iter().map(text).collect()
}

/// A cell as the sheet shows it, as far as its number format is known: dates, times and percentages are told apart.
fn shown(cell: &Cell, date1904: bool) -> String {
    match &cell.content {
        Content::Empty => cell.formula.as_ref().map(|formula| format!("={}", kept(&formula.text))).unwrap_or_default(),
        Content::Text(text) | Content::Error(text) => kept(text),
        Content::Bool(on) => on.to_string().to_uppercase(),
        Content::Number { value, raw } => {
            let dated = match cell.kind() {
                FormatKind::Date => date_iso(*value, date1904),
                FormatKind::Month => date_iso(*value, date1904).map(|date| date[..7].to_owned()),
                FormatKind::DateTime => datetime_iso(*value, date1904).map(|text| text.replace('T', " ")),
                FormatKind::Time => time_of_serial(*value),
                FormatKind::Percent => Some(format!("{}%", (value * 1e12).round() / 1e10)),
                FormatKind::Number | FormatKind::Text | FormatKind::Duration => None,
            };
            dated.unwrap_or_else(|| kept(raw))
        }
    }
}

fn kept(text: &str) -> String {
    text.chars().take(KEPT).collect()
}

/// A map whose keys are no texts, as a list of pairs.
mod pairs {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{Excerpt, Excerpts};

    pub(super) fn serialize<S: Serializer>(map: &Excerpts, to: S) -> Result<S::Ok, S::Error> {
        map.iter().collect::<Vec<_>>().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Excerpts, D::Error> {
        Ok(Vec::<((u32, u32), Excerpt)>::deserialize(from)?.into_iter().collect())
    }
}
