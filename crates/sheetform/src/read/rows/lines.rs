//! Records of several rows: which rows are one record, and each column's cell in them.
//!
//! A column that reaches down over all rows says where a record begins, by its merge or by its next value; without
//! one the rows are counted from the head, or from the last row that is no record.

use std::collections::BTreeSet;

use super::Rows;
use super::roles::{Role, string_is_blank};
use super::said::{MAX_UNREAD, unread};
use crate::finding::Severity;
use crate::grid::{Cell, CellRef, Range, Row};
use crate::read::heads::Head;

/// What is read of the next record.
#[derive(Default)]
pub(super) struct Lines {
    /// Where the next record begins, unless something says otherwise.
    next: u32,
    pending: Option<Pending>,
    /// The column that tells records apart: the first that reaches down over all rows of one.
    tall: Option<usize>,
}

/// Rows that belong together and are not all there yet.
struct Pending {
    first: u32,
    /// The row behind the last.
    end: u32,
    rows: Vec<Row>,
    /// The total that they are, by its number in the form.
    total: Option<usize>,
}

impl Lines {
    pub(super) fn new(head: &Head) -> Self {
        let tall = |i: &usize| head.columns[*i].is_some() && head.line[*i] == (0, head.lines);
        Self { next: head.below(), pending: None, tall: (0..head.columns.len()).find(tall) }
    }
}

impl Rows<'_> {
    /// Takes a row of a record of several.
    pub(super) fn line(&mut self, row: &Row) {
        if let Some(pending) = &self.lines.pending {
            let inside = row.index < pending.end && (pending.total.is_some() || !self.begins(row));
            if let Some(pending) = self.lines.pending.as_mut().filter(|_| inside) {
                pending.rows.push(row.clone());
                return;
            }
            self.flush_lines(row.index);
        }
        let lines = self.head.lines;
        let counted = match row.index.checked_sub(self.lines.next) {
            Some(ahead) => row.index - ahead % lines,
            None => row.index,
        };
        let first = self.merged_from(row).unwrap_or(counted);
        // Only the first row of a record can have a value there.
        let first = if self.begins(row) { row.index } else { first };
        let line = row.index - first;
        let cells = self.line_cells(row, 0);
        let own: Vec<usize> = (0..cells.len()).filter(|&i| cells[i].is_some()).collect();
        let role = match self.total_row(row) {
            Some(role) => role,
            None if self.repeats_line(row) => Role::Head,
            None if line == 0 => self.role(row, &cells, &own, None),
            None => Role::Record,
        };
        if let Role::Total(Some(which)) = role {
            let cells = &self.table.totals[which].cells;
            let height = cells.iter().map(|(column, _)| self.head.line[*column].0 + 1).max().unwrap_or(1);
            self.lines.next = row.index + height;
            let end = row.index + height;
            self.lines.pending = Some(Pending { first: row.index, end, rows: vec![row.clone()], total: Some(which) });
        } else if matches!(role, Role::Record | Role::SerialOnly | Role::Blank | Role::Apart) {
            self.lines.next = first + lines;
            self.lines.pending = Some(Pending { first, end: first + lines, rows: vec![row.clone()], total: None });
        } else {
            self.flush_serials();
            let is_total = matches!(role, Role::Total(_) | Role::Subtotal | Role::LikeTotal | Role::Ratio);
            self.last_row = Some((row.index, is_total));
            self.lines.next = row.index + 1;
            self.of_role(role, row, &cells);
        }
    }

    /// Reads the rows gathered so far; `next` is the row that begins what follows.
    pub(super) fn flush_lines(&mut self, next: u32) {
        let Some(Pending { first, end, rows, total }) = self.lines.pending.take() else { return };
        let Some(last) = rows.last() else { return };
        if let Some(which) = total {
            self.flush_serials();
            self.last_row = Some((last.index, true));
            self.places.stop = self.places.stop.min(first);
            for row in &rows {
                self.strays(row);
            }
            return self.total(&rows, Some(which));
        }
        self.record_end = end.min(next);
        self.lines.next = self.lines.next.min(next);
        let hidden = rows.iter().any(|row| row.hidden);
        let mut used = BTreeSet::new();
        let (cells, own) = self.gathered(first, &rows, &mut used);
        let apart = own.len() == 1 && self.last_row.is_some_and(|(last, _)| first > last + self.head.lines + 2);
        let role = self.unfilled(&cells, &own).unwrap_or(if apart { Role::Apart } else { Role::Record });
        if !matches!(role, Role::SerialOnly | Role::Blank) {
            self.flush_serials();
        }
        for row in &rows {
            self.unread_line(row, row.index - first, &used);
        }
        if matches!(role, Role::Record) {
            self.last_row = Some((last.index, false));
        }
        match role {
            Role::Apart => self.doubtful(last, ("stands apart below the table", "与上面的表相隔较远")),
            role => self.of_role(role, &Row { index: first, hidden, cells: Vec::new() }, &cells),
        }
    }

    /// Whether a record begins in this row: the column that tells records apart has a value of its own here.
    fn begins(&self, row: &Row) -> bool {
        let Some((first, last)) = self.lines.tall.and_then(|i| self.head.columns[i]) else { return false };
        let filled =
            |col| row.get(col).is_some_and(|cell| !cell.is_empty() && !cell.as_text().is_some_and(string_is_blank));
        let covered = self.merges.over(CellRef::new(row.index, first)).is_some_and(|merge| merge.first.row < row.index);
        !covered && (first..=last).any(filled) || self.total_row(row).is_some_and(|_| !covered)
    }

    /// The first row of the record, where a merge as tall as a record says so.
    fn merged_from(&self, row: &Row) -> Option<u32> {
        let (first, _) = self.lines.tall.and_then(|i| self.head.columns[i])?;
        let merge = self.merges.over(CellRef::new(row.index, first))?;
        (merge.last.row - merge.first.row + 1 == self.head.lines).then_some(merge.first.row)
    }

    /// What the columns of one row of a record have in this row.
    fn line_cells(&self, row: &Row, line: u32) -> Vec<Option<Cell>> {
        let one = |i: usize| {
            let (first, last) = self.head.columns[i].filter(|_| self.head.line[i].0 == line)?;
            (first..=last).find_map(|col| row.get(col).filter(|cell| !cell.is_empty())).cloned()
        };
        (0..self.head.columns.len()).map(one).collect()
    }

    /// Whether a row is one of the head's, once more.
    fn repeats_line(&self, row: &Row) -> bool {
        (0..self.head.lines).any(|line| {
            let cells = self.line_cells(row, line);
            let own: Vec<usize> = (0..cells.len()).filter(|&i| cells[i].is_some()).collect();
            self.repeats_head(&own, &|i| cells[i].as_ref().and_then(Cell::as_text))
        })
    }

    /// Each column's cell in the rows of a record, and the columns that these rows fill themselves.
    fn gathered(&mut self, first: u32, rows: &[Row], used: &mut BTreeSet<CellRef>) -> (Vec<Option<Cell>>, Vec<usize>) {
        let (mut cells, mut own) = (Vec::new(), Vec::new());
        let last = self.record_end.saturating_sub(1).max(first);
        for i in 0..self.head.columns.len() {
            let (line, reach) = self.head.line[i];
            let Some((left, right)) = self.head.columns[i].filter(|_| first + line <= last) else {
                cells.push(None);
                continue;
            };
            if let Some((range, cell)) = self.active[i].take_if(|(range, _)| range.last.row >= first + line) {
                cells.push(Some(cell.clone()));
                self.active[i] = Some((range, cell));
                continue;
            }
            let lines = first + line..(first + line + reach).min(last + 1);
            let find = |at: CellRef| {
                let row = rows.iter().find(|row| row.index == at.row)?;
                row.get(at.col).filter(|cell| !cell.is_empty()).cloned()
            };
            let places = lines.flat_map(|row| (left..=right).map(move |col| CellRef::new(row, col)));
            // A covered cell has its merge's value, also that of a merge which begins in the row above.
            let found = places.clone().find_map(|at| find(at).map(|cell| (at, cell))).or_else(|| {
                let merge = self.merges.over(CellRef::new(first + line, left))?;
                find(merge.first).map(|cell| (merge.first, cell))
            });
            if let Some((at, cell)) = &found {
                used.insert(*at);
                own.push(i);
                let range = self.merges.over(*at).unwrap_or(Range::cell(*at));
                self.active[i] = (range.last.row > last).then(|| (range, cell.clone()));
            }
            cells.push(found.map(|(_, cell)| cell));
        }
        (cells, own)
    }

    /// Cells of a row outside the table's columns.
    fn strays(&mut self, row: &Row) {
        for (col, cell) in row.cells.iter().filter(|(_, cell)| !cell.is_empty()) {
            if !self.owns(*col) && !self.elsewhere.contains(col) {
                self.stray(row, *col, cell);
            }
        }
    }

    /// Cells of a row that no column took are not read; that is said.
    fn unread_line(&mut self, row: &Row, line: u32, used: &BTreeSet<CellRef>) {
        self.strays(row);
        let unknown = self.head.unknown.iter().map(|(range, ..)| range);
        let ranges: Vec<Range> =
            unknown.chain(self.head.ambiguous.iter().flat_map(|(_, list)| list)).copied().collect();
        for (col, cell) in &row.cells {
            let at = CellRef::new(row.index, *col);
            let under = |range: &Range| {
                (range.first.col..=range.last.col).contains(col)
                    && range.first.row.saturating_sub(self.head.first) <= line
            };
            if self.unread >= MAX_UNREAD {
                break;
            }
            let blank = cell.is_empty() || cell.as_text().is_some_and(string_is_blank);
            if blank
                || used.contains(&at)
                || !self.owns(*col)
                || self.elsewhere.contains(col)
                || ranges.iter().any(under)
            {
                continue;
            }
            self.unread += 1;
            self.findings.push(
                unread(self.sheet, self.merges.range(at), cell, self.context.date1904).severity(Severity::Warning),
            );
        }
    }
}
