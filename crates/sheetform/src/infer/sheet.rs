//! A sheet held in memory as inference looks at it: filled cells, merges, slots. Knows no heads, rows or labels.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use serde_json::Value;

use crate::finding::Finding;
use crate::grid::{Cell, CellRef, Content, FormatKind, Range, Row, Source};
use crate::read::text_value::json_number;
use crate::serial::{Date, time_iso, time_of_serial};

/// Rows that merges may be looked up in, all merges together.
const MOST_COVERED: usize = 4_000_000;

/// A sheet in memory.
pub(crate) struct Sheet {
    pub(crate) name: String,
    /// Rows with a filled cell, rising; cells with blanks alone are left out.
    rows: Vec<Row>,
    merges: Vec<Range>,
    /// For each column the merges over it, by their first row.
    by_column: BTreeMap<u32, Vec<usize>>,
    /// For each row the filled merges that reach into it from above.
    from_above: BTreeMap<u32, Vec<usize>>,
    date1904: bool,
    /// The first and last column with a filled cell.
    pub(crate) columns: Option<(u32, u32)>,
}

/// A filled cell with the area that it covers.
#[derive(Clone, Copy)]
pub(crate) struct Slot<'s> {
    pub(crate) cell: &'s Cell,
    pub(crate) area: Range,
}

/// What a cell holds, as far as guessing needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Number,
    /// A number that its cell shows with zeros before it: 007.
    Padded,
    Date,
    Bool,
}

impl<'s> Slot<'s> {
    /// Its text without blanks at its ends, where it holds text.
    pub(crate) fn text(&self) -> Option<&'s str> {
        self.cell.as_text().map(str::trim)
    }

    pub(crate) fn kind(&self) -> Kind {
        kind(self.cell)
    }

    pub(crate) fn first_col(&self) -> u32 {
        self.area.first.col
    }

    pub(crate) fn last_col(&self) -> u32 {
        self.area.last.col
    }
}

impl Sheet {
    /// Reads a sheet of a book.
    pub(crate) fn load(source: &dyn Source, index: usize) -> Result<Self, Finding> {
        let mut rows = Vec::new();
        source.rows(index, &mut |mut row| {
            row.cells.retain(|(_, cell)| !is_blank(cell));
            if !row.cells.is_empty() {
                rows.push(row);
            }
            ControlFlow::Continue(())
        })?;
        let info = source.info();
        let mut sheet = Self {
            name: info.sheets.get(index).map(|sheet| sheet.name.clone()).unwrap_or_default(),
            rows,
            merges: source.frame(index)?.merges,
            by_column: BTreeMap::new(),
            from_above: BTreeMap::new(),
            date1904: info.date1904,
            columns: None,
        };
        sheet.index();
        Ok(sheet)
    }

    fn index(&mut self) {
        let first = self.rows.iter().filter_map(|row| row.cells.first()).map(|(col, _)| *col).min();
        let last = self.rows.iter().filter_map(|row| row.cells.last()).map(|(col, _)| *col).max();
        self.columns = first.zip(last);
        let last_row = self.last_row().unwrap_or_default();
        let Some((_, last_col)) = self.columns else { return };
        self.merges.retain(|m| !m.is_cell() && m.first.col <= last_col && m.first.row <= last_row);
        self.merges.sort();
        let mut covered = 0;
        for (number, merge) in self.merges.iter().enumerate() {
            let (wide, tall) = (merge.last.col.min(last_col + 64), merge.last.row.min(last_row + 16));
            covered += (wide - merge.first.col + tall - merge.first.row) as usize;
            if covered > MOST_COVERED {
                break;
            }
            for col in merge.first.col..=wide {
                self.by_column.entry(col).or_default().push(number);
            }
            if self.own(merge.first.row, merge.first.col).is_some() {
                for row in merge.first.row + 1..=tall {
                    self.from_above.entry(row).or_default().push(number);
                }
            }
        }
    }

    /// The rows that hold a cell or lie under a merge, rising.
    pub(crate) fn last_row(&self) -> Option<u32> {
        self.rows.last().map(|row| row.index)
    }

    pub(crate) fn first_row(&self) -> Option<u32> {
        self.rows.first().map(|row| row.index)
    }

    /// How many cells are filled.
    pub(crate) fn filled(&self) -> usize {
        self.rows.iter().map(|row| row.cells.len()).sum()
    }

    /// The next row from here on with a cell of its own.
    pub(crate) fn next_filled(&self, from: u32) -> Option<u32> {
        let at = self.rows.partition_point(|row| row.index < from);
        self.rows.get(at).map(|row| row.index)
    }

    /// The last row before this one with a cell of its own.
    pub(crate) fn previous_filled(&self, before: u32) -> Option<u32> {
        let at = self.rows.partition_point(|row| row.index < before);
        at.checked_sub(1).and_then(|at| self.rows.get(at)).map(|row| row.index)
    }

    fn own(&self, row: u32, col: u32) -> Option<&Cell> {
        let at = self.rows.binary_search_by_key(&row, |row| row.index).ok()?;
        self.rows[at].get(col)
    }

    /// The merge over a cell, else the cell alone.
    pub(crate) fn area(&self, row: u32, col: u32) -> Range {
        let at = CellRef::new(row, col);
        let merges = self.by_column.get(&col).map(Vec::as_slice).unwrap_or_default();
        let end = merges.partition_point(|i| self.merges[*i].first.row <= row);
        let found = merges[..end].iter().rev().map(|i| self.merges[*i]).find(|merge| merge.contains(at));
        found.unwrap_or_else(|| Range::cell(at))
    }

    /// The cell that is shown at a place: its own, or that of the merge over it.
    pub(crate) fn slot(&self, row: u32, col: u32) -> Option<Slot<'_>> {
        let area = self.area(row, col);
        self.own(area.first.row, area.first.col).map(|cell| Slot { cell, area })
    }

    /// The slots that begin in a row, left to right, within these columns.
    pub(crate) fn begun(&self, row: u32, (first, last): (u32, u32)) -> Vec<Slot<'_>> {
        let Ok(at) = self.rows.binary_search_by_key(&row, |row| row.index) else { return Vec::new() };
        let mut slots = Vec::new();
        for (col, cell) in &self.rows[at].cells {
            if (first..=last).contains(col) {
                let area = self.area(row, *col);
                if area.first == CellRef::new(row, *col) {
                    slots.push(Slot { cell, area });
                }
            }
        }
        slots
    }

    /// The slots that reach into a row from above, within these columns.
    pub(crate) fn reaching(&self, row: u32, (first, last): (u32, u32)) -> Vec<Slot<'_>> {
        let merges = self.from_above.get(&row).map(Vec::as_slice).unwrap_or_default();
        let within = merges.iter().map(|i| self.merges[*i]).filter(|m| m.first.col <= last && m.last.col >= first);
        within.filter_map(|area| self.own(area.first.row, area.first.col).map(|cell| Slot { cell, area })).collect()
    }

    /// A cell as JSON: dates as ISO text, numbers exactly, text as it stands; null for an error or an uncached formula.
    pub(crate) fn json(&self, cell: &Cell) -> Value {
        match &cell.content {
            Content::Empty => Value::Null,
            Content::Text(text) | Content::Error(text) => Value::from(&**text),
            Content::Bool(value) => Value::Bool(*value),
            Content::Number { value, raw } => {
                let moment = || Date::from_serial(*value, self.date1904);
                let iso = match cell.kind() {
                    FormatKind::Date | FormatKind::Month | FormatKind::DateTime => moment().map(|(date, millis)| {
                        if millis == 0 { date.to_string() } else { format!("{date}T{}", time_iso(millis)) }
                    }),
                    FormatKind::Time => time_of_serial(*value),
                    _ => None,
                };
                let number = || json_number(raw).map_or_else(|| Value::from(*value), Value::Number);
                iso.map_or_else(number, Value::from)
            }
        }
    }
}

pub(crate) fn kind(cell: &Cell) -> Kind {
    match &cell.content {
        Content::Text(_) | Content::Empty | Content::Error(_) => Kind::Text,
        Content::Bool(_) => Kind::Bool,
        Content::Number { .. } => match cell.kind() {
            FormatKind::Date | FormatKind::Month | FormatKind::DateTime | FormatKind::Time => Kind::Date,
            _ => Kind::Number,
        },
    }
}

/// Whether a cell shows a whole number with zeros before it: its format is a row of zeros, longer than the number.
pub(crate) fn is_padded(cell: &Cell) -> bool {
    let (Content::Number { value, .. }, FormatKind::Number) = (&cell.content, cell.kind()) else { return false };
    let code = cell.format.as_ref().map_or("", |format| &*format.code);
    let zeros = code.trim_end_matches(";@").trim_end_matches("_ ");
    let short = value.fract() == 0.0 && (0.0..1e15).contains(value) && format!("{value}").len() < zeros.len();
    short && zeros.bytes().all(|b| b == b'0')
}

fn is_blank(cell: &Cell) -> bool {
    match &cell.content {
        Content::Empty => true,
        Content::Text(text) => text.trim().is_empty(),
        _ => false,
    }
}

/// Whether a formula found nothing to compute with: a line of a blank form.
pub(crate) fn is_idle(cell: &Cell) -> bool {
    cell.formula.is_some() && matches!(&cell.content, Content::Number { value, .. } if *value == 0.0)
}
