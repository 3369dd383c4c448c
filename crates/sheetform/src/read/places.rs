//! Where each part of the document stands on the sheet: kept small, a row number for each record.

use std::collections::{BTreeMap, BTreeSet};

use super::merges::Merges;
use super::parts::PartPlaces;
use crate::finding::Place;
use crate::grid::{CellRef, Range};
use crate::places::Places;
use crate::report::HeadRows;

/// Places of a document that was read from a sheet.
#[derive(Clone, Debug, Default)]
pub struct SheetPlaces {
    pub(super) sheet: String,
    pub(crate) merges: Merges,
    /// Labels that were found, by the pointer of their value.
    pub(crate) labels: BTreeMap<String, LabelPlace>,
    /// Cells of label values, of titles, and of labels that are missing, by pointer.
    pub(super) cells: BTreeMap<String, Range>,
    /// The title's cell, else the first cell.
    pub(crate) title: Option<Range>,
    pub(crate) tables: Vec<TablePlaces>,
    /// What the sheet calls label values that the form has another name for, by pointer.
    pub(super) called: BTreeMap<String, String>,
    /// Parts on child sheets, by pointer.
    pub(super) parts: BTreeMap<String, PartPlaces>,
}

/// A label and the cell of its value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LabelPlace {
    /// The label's cell.
    pub(crate) label: Range,
    /// The cell of the value; the label's own where both share it.
    pub(crate) value: Range,
    /// Where the label ends with a colon: which of the labels of its cell it is.
    pub(crate) order: Option<usize>,
    /// Whether the value's cell lies outside the form, so that a value would stand behind the colon.
    pub(crate) outside: bool,
    /// Whether what stands there could not be read.
    pub(crate) bad: bool,
}

/// Places of a table.
#[derive(Clone, Debug, Default)]
pub(crate) struct TablePlaces {
    /// JSON pointer of the array.
    pub(crate) pointer: String,
    /// Each column: its level, its path in the record, its column on the sheet, its lowest heading.
    pub(crate) columns: Vec<ColumnPlace>,
    /// For each level: the row of each record, all parents together.
    pub(crate) rows: Vec<Vec<u32>>,
    /// For each level after the first: for each parent the number of its first record.
    pub(crate) firsts: Vec<Vec<usize>>,
    /// For each level after the first: the path of its array in the record before.
    pub(crate) paths: Vec<Vec<String>>,
    /// The row where the next record would stand.
    pub(crate) next_row: u32,
    /// The first free cell of the head, where a missing column belongs.
    pub(crate) free: CellRef,
    /// The head's first cell.
    pub(crate) head: CellRef,
    /// The row after its last possible record.
    pub(crate) end: u32,
    /// The first row below the last record that is neither blank nor has a serial alone; `end` where there is none.
    pub(crate) stop: u32,
    /// The row of the cell that says the list is empty, or null, or stands elsewhere.
    pub(crate) token: Option<u32>,
    /// Rows of a record.
    pub(crate) lines: u32,
    /// Cells that hold what could not be read.
    pub(crate) bad: BTreeSet<CellRef>,
    /// Total cells whose formula has no result stored, by column.
    pub(crate) unstored: BTreeMap<usize, Range>,
    /// Total cells, by column.
    pub(crate) totals: BTreeMap<usize, Range>,
}

/// A column's place.
#[derive(Clone, Debug)]
pub(crate) struct ColumnPlace {
    pub(crate) level: usize,
    pub(crate) path: Vec<String>,
    pub(crate) col: Option<u32>,
    /// The row of the record.
    pub(crate) line: u32,
    pub(crate) heading: Option<Range>,
    /// Its heading, where the form has another name for it.
    pub(crate) called: Option<String>,
}

impl SheetPlaces {
    /// The sheet's name.
    pub fn sheet(&self) -> &str {
        &self.sheet
    }

    /// The heads of its tables, for who shows a piece of the sheet.
    pub fn heads(&self) -> Vec<HeadRows> {
        let head = |table: &TablePlaces| {
            let headings: Vec<Range> = table.columns.iter().filter_map(|column| column.heading).collect();
            let last = headings.iter().map(|heading| heading.last.row).max()?;
            let mut columns: Vec<u32> = headings.iter().flat_map(|range| range.first.col..=range.last.col).collect();
            columns.sort_unstable();
            columns.dedup();
            // It goes on as far as the next part of the form: rows that are still blank are its own.
            let below =
                table.totals.values().map(|total| total.last.row + 1).fold(table.next_row.max(last + 1), u32::max);
            let next = self.cells.values().map(|cell| cell.first.row).filter(|row| *row >= below).min();
            let end = next.map_or(u32::MAX, |next| next - 1);
            Some(HeadRows { sheet: self.sheet.clone(), first: table.head.row.min(last), last, end, columns })
        };
        self.tables.iter().filter_map(head).collect()
    }

    pub(super) fn at(&self, at: CellRef) -> Place {
        Place::on_sheet(&self.sheet, self.merges.range(at))
    }

    pub(super) fn range(&self, range: Range) -> Place {
        Place::on_sheet(&self.sheet, range)
    }

    /// The place of a value inside a part on a child sheet.
    fn in_part(&self, pointer: &str) -> Option<Place> {
        let mut end = pointer.len();
        while !self.parts.is_empty() {
            let whole = end == pointer.len() && end > 0;
            let part = self.parts.get(&pointer[..end]).filter(|_| !whole);
            if let Some(place) = part.and_then(|part| part.place(&pointer[end..])) {
                return Some(place);
            }
            end = pointer[..end].rfind('/')?;
        }
        None
    }

    fn fallback(&self) -> Place {
        self.range(self.title.unwrap_or(Range::cell(CellRef::new(0, 0))))
    }

    fn table(&self, parts: &[String]) -> Option<(&TablePlaces, usize)> {
        self.tables
            .iter()
            .map(|table| (table, split(&table.pointer)))
            .filter(|(_, path)| parts.len() >= path.len() && parts[..path.len()] == path[..])
            .max_by_key(|(_, path)| path.len())
            .map(|(table, path)| (table, path.len()))
    }
}

impl TablePlaces {
    /// Row and column for what follows the array's pointer.
    fn locate(&self, parts: &[String]) -> CellRef {
        let mut level = 0;
        let mut parent: Option<usize> = None;
        let mut row = self.head.row;
        let mut rest = parts;
        loop {
            let Some((index, tail)) = rest.split_first() else { return CellRef::new(row, self.left(level)) };
            let Ok(index) = index.parse::<usize>() else { return CellRef::new(row, self.left(level)) };
            let rows = self.rows.get(level).map(Vec::as_slice).unwrap_or_default();
            let (first, end) = match parent {
                Some(parent) => {
                    let firsts = &self.firsts[level - 1];
                    (firsts.get(parent).copied().unwrap_or(0), firsts.get(parent + 1).copied().unwrap_or(rows.len()))
                }
                None => (0, rows.len()),
            };
            let number = first + index;
            row = match rows.get(number).filter(|_| number < end) {
                Some(row) => *row,
                None if level == 0 => self.next_row,
                // An inner list that is empty stands in the outer record's row.
                None => rows.get(end.wrapping_sub(1)).filter(|_| end > first).map_or(row, |last| last + 1),
            };
            rest = tail;
            match self.paths.get(level) {
                Some(path) if rest.len() > path.len() && rest[..path.len()] == path[..] => {
                    rest = &rest[path.len()..];
                    parent = Some(number);
                    level += 1;
                }
                _ => break,
            }
        }
        let Some(column) = self.column(level, rest) else { return CellRef::new(row, self.left(level)) };
        // A record that lacks its lower rows ends where the next begins.
        let rows = self.rows.get(level).map(Vec::as_slice).unwrap_or_default();
        let next = rows.get(rows.partition_point(|begin| *begin <= row)).copied().unwrap_or(u32::MAX);
        let line = if row + column.line < next { column.line } else { 0 };
        CellRef::new(row + line, column.col.unwrap_or(self.free.col))
    }

    /// The level of the array whose pointer goes on so behind the table's own.
    fn level_of(&self, rest: &[String]) -> usize {
        rest.iter().filter(|part| part.parse::<usize>().is_ok()).count().min(self.paths.len())
    }

    fn left(&self, level: usize) -> u32 {
        let of_level = self.columns.iter().filter(|c| c.level == level).filter_map(|c| c.col).min();
        of_level.unwrap_or(self.head.col)
    }

    /// The column of a path: its own, its list's, or its object's first.
    fn column(&self, level: usize, path: &[String]) -> Option<&ColumnPlace> {
        let of_level = || self.columns.iter().filter(move |c| c.level >= level);
        let exact = of_level().find(|c| c.level == level && c.path == path);
        let inside = || of_level().filter(|c| c.level == level).find(|c| path.starts_with(&c.path));
        let first = || of_level().filter(|c| c.level == level && c.path.starts_with(path)).find(|c| c.col.is_some());
        let inner = || {
            let named = self.paths.get(level).is_some_and(|p| p.starts_with(path) || path.starts_with(p));
            of_level().filter(|c| named && c.level > level).find(|c| c.col.is_some())
        };
        exact.or_else(inside).or_else(first).or_else(inner)
    }
}

impl Places for SheetPlaces {
    fn value(&self, pointer: &str) -> Option<Place> {
        if let Some(place) = self.in_part(pointer) {
            return Some(place);
        }
        let parts = split(pointer);
        let mut end = parts.len();
        // A value, or what it is part of, in a label band.
        loop {
            if let Some(range) = self.cells.get(&joined(&parts[..end])) {
                return Some(self.range(*range));
            }
            if end == 0 {
                break;
            }
            end -= 1;
        }
        if parts.is_empty() {
            return Some(self.fallback());
        }
        // An object of label values: the first of them.
        let inside = format!("{pointer}/");
        let within = self.cells.range(inside.clone()..).take_while(|(p, _)| p.starts_with(&inside));
        if let Some(range) = within.map(|(_, range)| *range).min() {
            return Some(self.range(range));
        }
        match self.table(&parts) {
            Some((table, used)) if parts.len() > used => Some(self.at(table.locate(&parts[used..]))),
            Some((table, _)) => Some(self.at(table.head)),
            None => Some(self.fallback()),
        }
    }

    fn heading(&self, array: &str, path: &[String]) -> Option<Place> {
        if let Some(part) = self.parts.get(array) {
            return Some(part.first());
        }
        let parts = split(array);
        let (table, used) = self.table(&parts)?;
        let level = table.level_of(&parts[used..]);
        let column = table.columns.iter().find(|c| c.level == level && c.path.starts_with(path))?;
        Some(match column.heading {
            Some(range) => self.range(range),
            None => self.at(table.free),
        })
    }

    fn called(&self, pointer: &str) -> Option<&str> {
        if let Some(called) = self.called.get(pointer) {
            return Some(called);
        }
        if self.tables.iter().all(|table| table.columns.iter().all(|column| column.called.is_none())) {
            return None;
        }
        let parts = split(pointer);
        let (table, used) = self.table(&parts)?;
        let rest = &parts[used..];
        let record = rest.iter().rposition(|part| part.parse::<usize>().is_ok())?;
        let level = table.level_of(&rest[..record]);
        table.columns.iter().find(|c| c.level == level && c.path == rest[record + 1..])?.called.as_deref()
    }

    fn total(&self, array: &str, path: &[String]) -> Option<Place> {
        let parts = split(array);
        let (table, used) = self.table(&parts)?;
        let level = table.level_of(&parts[used..]);
        let column = table.columns.iter().position(|c| c.level == level && c.path == path)?;
        table.totals.get(&column).map(|range| self.range(*range))
    }
}

fn split(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(crate::schema::unescape).collect()
}

fn joined(parts: &[String]) -> String {
    crate::layout::pointer_of(parts)
}
