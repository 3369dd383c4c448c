//! Records of a table that is there: which row each goes to, which rows come in, which cells differ.
//!
//! Records that are equal at the beginning and the end of both lists keep their rows; what is between is written row by
//! row. Further records take the blank rows of the table, then rows that come in; rows left over are emptied, never
//! taken out.

use std::collections::BTreeSet;

use serde_json::Value;

use super::rows::Row;
use super::{Cell, NewRows, Plan, Planning, Styled, refuse};
use crate::finding::{Finding, Text};
use crate::grid::{CellRef, Range};
use crate::layout::{Computed, Table, at_path};
use crate::new_book::NewContent;
use crate::read::TablePlaces;
use crate::write::{Cells, Records, total_of};

impl<B: Styled> Planning<'_, B> {
    pub(super) fn tables(
        &self,
        sheet: usize,
        (old_document, old): (&Value, &Cells<'_>),
        (new_document, new): (&Value, &Cells<'_>),
        plan: &mut Plan,
    ) -> Result<(), Finding> {
        for (number, table) in self.form.layout.tables().enumerate() {
            let (Some(before), Some(after)) = (old.tables.get(number), new.tables.get(number)) else { continue };
            let pointer = table.pointer();
            let Some(place) = self.reading.places.tables.iter().find(|place| place.pointer == pointer) else {
                if lines(before) != lines(after) || before.cells != after.cells {
                    plan.findings.push(no_table(table));
                }
                continue;
            };
            let blocks = |document: &Value, records: &Records| {
                let list = at_path(document, &table.path).and_then(Value::as_array);
                match list.filter(|list| !list.is_empty()) {
                    Some(list) => list.iter().map(|record| height(table, 0, record)).collect(),
                    None => vec![1; lines(records) as usize],
                }
            };
            let laying = Laying {
                planning: self,
                sheet,
                table,
                place,
                old: before,
                new: after,
                old_blocks: blocks(old_document, before),
                new_blocks: blocks(new_document, after),
            };
            laying.lay(plan)?;
            laying.totals(plan);
        }
        Ok(())
    }
}

/// Rows that a list takes; none where it is not there, or empty without a mark.
fn lines(records: &Records) -> u32 {
    if records.filled { records.rows } else { 0 }
}

/// Rows of a record.
fn height(table: &Table, level: usize, record: &Value) -> u32 {
    let Some(inner) = table.levels.get(level) else { return 1 };
    match at_path(record, &inner.path).and_then(Value::as_array) {
        Some(list) if !list.is_empty() => list.iter().map(|record| height(table, level + 1, record)).sum(),
        _ => 1,
    }
}

/// One table being laid over its place.
struct Laying<'a, 'p, B> {
    planning: &'a Planning<'p, B>,
    sheet: usize,
    table: &'a Table,
    place: &'a TablePlaces,
    old: &'a Records,
    new: &'a Records,
    /// Rows of each record of the list.
    old_blocks: Vec<u32>,
    new_blocks: Vec<u32>,
}

/// A row of the sheet that a row of records goes to.
#[derive(Clone, Copy)]
struct Slot {
    row: Row,
    /// The row of the old records that stands there.
    holds: Option<u32>,
}

impl<B: Styled> Laying<'_, '_, B> {
    fn lay(&self, plan: &mut Plan) -> Result<(), Finding> {
        let slots = self.slots();
        if slots.len() != lines(self.old) as usize {
            if self.old.cells != self.new.cells {
                plan.findings.push(self.unclear());
            }
            return Ok(());
        }
        let total = (lines(self.old), lines(self.new));
        let alike = self.old_blocks == self.new_blocks;
        let (mut top, mut bottom) = if alike { (0, 0) } else { self.ends() };
        if !alike {
            let window = |top: u32, bottom: u32| (total.0 - top - bottom, total.1 - top - bottom);
            if window(top, bottom).1 < window(top, bottom).0 {
                // What is left over is emptied at the end, not in the middle.
                bottom = 0;
            }
            (top, bottom) = self.apart_from_merges(&slots, top, bottom);
        }
        let (from, to) = (top as usize, slots.len() - bottom as usize);
        let mut window: Vec<Slot> =
            (from..to).map(|i| Slot { row: Row::Old(slots[i]), holds: Some(i as u32) }).collect();
        let wanted = (total.1 - top - bottom) as usize;
        if wanted > window.len() {
            let need = wanted - window.len();
            let Some(more) = self.more(&slots, from, to, need as u32, plan)? else { return Ok(()) };
            window.extend(more);
        }
        let regroups = !alike;
        let mut covered: BTreeSet<(usize, usize)> = BTreeSet::new();
        self.unmerge(&window, top, regroups, plan, &mut covered);
        for (at, slot) in window.iter().enumerate() {
            let new = (at < wanted).then_some(top + at as u32);
            self.row(*slot, new, regroups, &|column| covered.contains(&(at, column)), plan);
        }
        for (at, slot) in slots.iter().enumerate().skip(to) {
            self.serials(*slot, at as u32, at as u32 + total.1 - total.0, plan);
        }
        if regroups {
            self.merge(&window, top, wanted, plan);
        }
        Ok(())
    }

    /// The row of each row of the old records.
    fn slots(&self) -> Vec<u32> {
        match self.place.token {
            Some(row) => vec![row],
            None => self.place.rows.iter().flatten().copied().collect::<BTreeSet<u32>>().into_iter().collect(),
        }
    }

    /// Rows of records that are equal at the beginning and at the end of both lists.
    fn ends(&self) -> (u32, u32) {
        let bad: BTreeSet<u32> = self.place.bad.iter().map(|at| at.row).collect();
        let slots = self.slots();
        let same = |(old_at, old_rows): (u32, u32), (new_at, new_rows): (u32, u32)| {
            old_rows == new_rows
                && (0..old_rows).all(|row| {
                    !bad.contains(&slots[(old_at + row) as usize])
                        && (0..self.table.columns.len()).all(|column| {
                            self.table.columns[column].serial
                                || value(self.table, self.old, old_at + row, column)
                                    == value(self.table, self.new, new_at + row, column)
                        })
                })
        };
        let starts = |blocks: &[u32]| {
            let mut at = 0;
            let start = |rows: &u32| {
                at += rows;
                (at - rows, *rows)
            };
            blocks.iter().map(start).collect::<Vec<_>>()
        };
        let (old, new) = (starts(&self.old_blocks), starts(&self.new_blocks));
        let top = old.iter().zip(&new).take_while(|(a, b)| same(**a, **b)).count();
        let rest = (old.len().min(new.len())) - top;
        let bottom = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| same(**a, **b)).count();
        let rows = |blocks: &[(u32, u32)]| blocks.iter().map(|(_, rows)| rows).sum::<u32>();
        (rows(&old[..top]), rows(&old[old.len() - bottom..]))
    }

    /// Leaves no merge half in what is written anew: both ends give way to whole merges.
    fn apart_from_merges(&self, slots: &[u32], mut top: u32, mut bottom: u32) -> (u32, u32) {
        let merges = &self.planning.reading.places.merges;
        let cuts = |row: u32| {
            let over = |col: u32| merges.over(CellRef::new(row, col));
            self.columns().any(|(_, col, line)| line == 0 && over(col).is_some_and(|merge| merge.first.row < row))
        };
        while top > 0 && slots.get(top as usize).is_some_and(|row| cuts(*row)) {
            top -= 1;
        }
        while bottom > 0 && slots.get(slots.len() - bottom as usize).is_some_and(|row| cuts(*row)) {
            bottom -= 1;
        }
        (top, bottom)
    }

    /// Columns that are there: number, column of the sheet, row of the record.
    fn columns(&self) -> impl Iterator<Item = (usize, u32, u32)> + '_ {
        self.place.columns.iter().enumerate().filter_map(|(i, column)| Some((i, column.col?, column.line)))
    }

    /// Rows for further records: blank ones of the table where they follow its end, then such as come in.
    fn more(
        &self,
        slots: &[u32],
        from: usize,
        to: usize,
        need: u32,
        plan: &mut Plan,
    ) -> Result<Option<Vec<Slot>>, Finding> {
        let lines = self.place.lines;
        let mut out = Vec::new();
        let at_end = to == slots.len();
        let mut last = if to > from || at_end {
            to.checked_sub(1).map(|at| slots[at])
        } else {
            from.checked_sub(1).map(|at| slots[at])
        };
        let first = slots.first().copied().unwrap_or(self.place.next_row);
        if at_end {
            for row in self.blank_rows(last, need)? {
                out.push(Slot { row: Row::Old(row), holds: None });
                last = Some(row);
            }
        }
        let left = need - out.len() as u32;
        if left == 0 {
            return Ok(Some(out));
        }
        let next = slots.get(to).copied();
        let (at, like) = match (next, last) {
            (Some(next), last) => (next, last.unwrap_or(next)),
            (None, Some(last)) => (last + lines, last),
            (None, None) => {
                plan.findings.push(self.no_row());
                return Ok(None);
            }
        };
        if let Some(other) = self.beside(at) {
            plan.findings.push(other);
            return Ok(None);
        }
        let end = slots.last().copied().into_iter().chain(last).max().unwrap_or(like) + lines - 1;
        plan.rows.push(NewRows { at, count: left * lines, like, lines, table: (first, end) });
        out.extend((0..left).map(|i| Slot { row: Row::New { at, offset: i * lines }, holds: None }));
        Ok(Some(out))
    }

    /// Blank rows below the last record that look like one, at most `need`.
    fn blank_rows(&self, last: Option<u32>, need: u32) -> Result<Vec<u32>, Finding> {
        let lines = self.place.lines;
        let start = last.map_or(self.place.next_row, |last| last + lines);
        let stop = self.place.stop.min(self.place.end);
        let all = stop.saturating_sub(start) / lines;
        let room = all.min(need.saturating_add(1));
        let pattern = last.unwrap_or(start);
        if room == 0 {
            return Ok(Vec::new());
        }
        let columns: Vec<u32> = self.columns().filter(|(.., line)| *line == 0).map(|(_, col, _)| col).collect();
        let rows = || (0..room).map(|i| start + i * lines);
        let wanted = rows().chain([pattern]).flat_map(|row| columns.iter().map(move |col| CellRef::new(row, *col)));
        let formats = self.planning.book.formats(self.sheet, &wanted.collect())?;
        let look = |row: u32| -> Vec<u32> {
            columns.iter().map(|col| formats.get(&CellRef::new(row, *col)).copied().unwrap_or(0)).collect()
        };
        let own = look(pattern);
        // Where rows have no formats, the last one above what follows may only keep it apart; above a total all count.
        let plain = own.iter().all(|format| *format == 0);
        let total = self.place.totals.values().any(|range| range.first.row == stop);
        let apart = if plain && !total && stop != u32::MAX { all - 1 } else { all };
        let alike = |row: &u32| {
            last.is_none() && *row == start
                || *row < start + apart * lines
                    && own.iter().zip(look(*row)).filter(|(a, b)| **a == *b).count() * 2 > own.len()
        };
        let merges = &self.planning.reading.places.merges;
        // A cell that reaches down over several rows is none to fill in row by row.
        let single = |row: &u32| {
            columns.iter().all(|col| {
                merges.over(CellRef::new(*row, *col)).is_none_or(|merge| merge.last.row - merge.first.row < lines)
            })
        };
        Ok(rows().take_while(|row| alike(row) && single(row)).take(need as usize).collect())
    }

    /// Why no rows come in where another table shares them.
    fn beside(&self, at: u32) -> Option<Finding> {
        let others = self.planning.reading.places.tables.iter().filter(|other| other.pointer != self.place.pointer);
        let last = |other: &TablePlaces| other.rows.iter().flatten().copied().max().unwrap_or(other.head.row);
        let shared = others.into_iter().any(|other| {
            let (own_first, own_last) = (self.place.head.row, at.max(last(self.place)));
            other.head.row <= own_last && last(other) >= own_first
        });
        shared.then(|| {
            refuse(
                Text::new(
                    format!(
                        "the table {:?} has too few rows, and none can come in before row {}: another table stands beside it",
                        self.table.label,
                        at + 1
                    ),
                    format!("“{}”的行数不够，而第 {} 行处不能插入行：旁边还有另一张表", self.table.label, at + 1),
                )
                .open(),
                self.table.pointer(),
            )
        })
    }

    /// Takes merges over several records apart: all in rows that are grouped anew, else those whose records now differ.
    fn unmerge(
        &self,
        window: &[Slot],
        top: u32,
        regroups: bool,
        plan: &mut Plan,
        covered: &mut BTreeSet<(usize, usize)>,
    ) {
        let merges = &self.planning.reading.places.merges;
        let mut gone: BTreeSet<Range> = BTreeSet::new();
        for (column, col, line) in self.columns() {
            let mut at = 0;
            while at < window.len() {
                let Slot { row: Row::Old(row), .. } = window[at] else { break };
                let merge = merges
                    .over(CellRef::new(row + line, col))
                    .filter(|merge| merge.last.row - merge.first.row >= self.place.lines);
                let Some(merge) = merge else {
                    at += 1;
                    continue;
                };
                let inside = |slot: &&Slot| matches!(slot.row, Row::Old(row) if row <= merge.last.row);
                let end = at + window[at..].iter().take_while(inside).count();
                let values = (at..end).map(|i| value(self.table, self.new, top + i as u32, column));
                let values: Vec<Option<&NewContent>> = values.collect();
                let is_outer = self.table.columns[column].level < self.table.levels.len();
                let differ = !is_outer && values.windows(2).any(|pair| pair[0] != pair[1]);
                if regroups || differ {
                    gone.insert(merge);
                    if differ && !regroups {
                        self.runs(&window[at..end], &values, column, merge, plan);
                    }
                } else {
                    covered.extend((at + 1..end).map(|i| (i, column)));
                }
                at = end.max(at + 1);
            }
        }
        plan.unmerge.extend(gone);
    }

    /// Merges equal neighbours of what one merge held.
    fn runs(&self, slots: &[Slot], values: &[Option<&NewContent>], column: usize, merge: Range, plan: &mut Plan) {
        let lines = self.place.lines;
        let rest = self.table.slots()[column].rows.max(1).min(lines);
        let mut at = 0;
        while at < values.len() {
            let end = at + values[at..].iter().take_while(|value| **value == values[at]).count();
            if end - at > 1 && values[at].is_some_and(|value| *value != NewContent::Empty) {
                let line = self.place.columns[column].line;
                let (first, last) = (slots[at].row.down(line), slots[end - 1].row.down(line + rest - 1));
                plan.merge.push((first, last, merge.first.col, merge.last.col));
            }
            at = end;
        }
    }

    /// Writes one row of records, or empties it.
    fn row(&self, slot: Slot, new: Option<u32>, regroups: bool, covered: &dyn Fn(usize) -> bool, plan: &mut Plan) {
        for (column, spec) in self.table.columns.iter().enumerate() {
            let wanted = match new {
                Some(row) if regroups => Some(shown(self.new, row, column, self.joins(column), self.table)),
                Some(row) => value(self.table, self.new, row, column).cloned(),
                None => Some(NewContent::Empty),
            };
            let mut held = slot.holds.and_then(|row| value(self.table, self.old, row, column).cloned());
            let place = &self.place.columns[column];
            let Some(col) = place.col else {
                let lost = wanted.as_ref().is_some_and(|wanted| *wanted != NewContent::Empty);
                let finding = self.no_column(column, new.unwrap_or(0));
                if lost && !spec.serial && plan.findings.iter().all(|known| known.message != finding.message) {
                    plan.findings.push(finding);
                }
                continue;
            };
            if self.is_inside_merge(slot.row, col, place.line) && !covered(column) {
                // That merge goes, and only its first cell holds the value.
                held = None;
            }
            let at = self.cell_at(slot.row, col, place.line);
            let bad =
                matches!(slot.row, Row::Old(row) if self.place.bad.contains(&CellRef::new(row + place.line, col)));
            let Some(wanted) = wanted.filter(|_| !covered(column)) else { continue };
            let fresh = slot.holds.is_none() && matches!(slot.row, Row::Old(_)) && spec.serial;
            let same = held.unwrap_or_default() == wanted && !bad && !fresh;
            if !same {
                if let (Row::Old(row), true, NewContent::Empty) = (at.0, bad, &wanted) {
                    plan.notes.push(super::emptied(self.planning.reading, CellRef::new(row, at.1)));
                }
                plan.cell(at.0, at.1, &spec.field, wanted);
            }
        }
    }

    /// Whether a cell lies below the first of a merge over several records.
    fn is_inside_merge(&self, row: Row, col: u32, line: u32) -> bool {
        let Row::Old(row) = row else { return false };
        let merge = self.planning.reading.places.merges.over(CellRef::new(row + line, col));
        merge.is_some_and(|merge| merge.last.row - merge.first.row >= self.place.lines && merge.first.row < row)
    }

    /// The serial numbers of records that keep their rows.
    fn serials(&self, slot: u32, old: u32, new: u32, plan: &mut Plan) {
        for (column, spec) in self.table.columns.iter().enumerate().filter(|(_, spec)| spec.serial) {
            let (before, after) = (value(self.table, self.old, old, column), value(self.table, self.new, new, column));
            if let (Some(col), Some(after), true) = (self.place.columns[column].col, after, before != after) {
                let at = self.cell_at(Row::Old(slot), col, self.place.columns[column].line);
                plan.cell(at.0, at.1, &spec.field, after.clone());
            }
        }
    }

    /// The cell to write into: the first of the columns merged in that row.
    fn cell_at(&self, row: Row, col: u32, line: u32) -> (Row, u32) {
        let merges = &self.planning.reading.places.merges;
        let alike = match row {
            Row::Old(row) => Some(row),
            Row::New { .. } => None,
        };
        let over = alike.and_then(|row| merges.over(CellRef::new(row + line, col)));
        (row.down(line), over.map_or(col, |merge| merge.first.col))
    }

    /// Whether the cells of a column are merged over records here.
    fn joins(&self, column: usize) -> bool {
        let spec = &self.table.columns[column];
        if spec.level < self.table.levels.len() {
            return true;
        }
        let Some(col) = self.place.columns[column].col else { return false };
        let merges = &self.planning.reading.places.merges;
        let (first, end) = (self.place.head.row, self.place.next_row);
        spec.merge
            && merges.in_column(col).any(|merge| {
                merge.first.row > first && merge.last.row < end && merge.last.row - merge.first.row >= self.place.lines
            })
    }

    /// Merges the cells of rows that are grouped anew.
    fn merge(&self, window: &[Slot], top: u32, wanted: usize, plan: &mut Plan) {
        let lines = self.place.lines;
        for (column, col, line) in self.columns().filter(|(column, ..)| self.joins(*column)) {
            let spans = self.new.spans.get(column).map(Vec::as_slice).unwrap_or_default();
            for (first, rows) in
                spans.iter().filter(|(first, rows)| *first >= top && first + rows <= top + wanted as u32)
            {
                let from = (first - top) as usize;
                let Some(slots) = window.get(from..from + *rows as usize) else { continue };
                let [one, .., last] = slots else { continue };
                let follows = |pair: &[Slot]| match (pair[0].row, pair[1].row) {
                    (Row::Old(a), Row::Old(b) | Row::New { at: b, offset: 0 })
                    | (Row::New { offset: a, .. }, Row::New { offset: b, .. }) => a + lines == b,
                    _ => false,
                };
                if !slots.windows(2).all(follows) {
                    plan.findings.push(self.parted(one.row));
                    continue;
                }
                let (left, right) = self.width(col, line);
                plan.merge.push((one.row.down(line), last.row.down(lines - 1), left, right));
            }
        }
    }

    /// The columns that a cell of a record takes.
    fn width(&self, col: u32, line: u32) -> (u32, u32) {
        let merges = &self.planning.reading.places.merges;
        let row = self.slots().first().copied().unwrap_or(self.place.next_row);
        let range = merges.range(CellRef::new(row + line, col));
        (range.first.col, range.last.col)
    }

    /// Stored results of total rows.
    fn totals(&self, plan: &mut Plan) {
        let own = self.planning.reading.totals.iter().filter(|total| total.array == self.place.pointer);
        let read: Vec<(usize, usize, CellRef)> =
            own.filter_map(|total| Some((total.row, total.column, total.place.cell?))).collect();
        let mut all: Vec<(usize, usize, CellRef, bool)> =
            read.iter().map(|(row, column, at)| (*row, *column, *at, true)).collect();
        // Those were not read.
        for (column, range) in &self.place.unstored {
            let is_sum = |cells: &[(usize, Computed)]| cells.contains(&(*column, Computed::Sum));
            let row = self.table.totals.iter().position(|total| is_sum(&total.cells));
            if let Some(row) = row.filter(|_| read.iter().all(|(.., at)| *at != range.first)) {
                all.push((row, *column, range.first, false));
            }
        }
        for (row, column, at, known) in all {
            let before = total_of(self.table, row, column, self.old);
            let after = total_of(self.table, row, column, self.new);
            if let Some(value) = after.filter(|_| !known || before != after) {
                let to = NewContent::Number(value);
                let wish = super::wish(&self.table.columns[column].field, &to);
                plan.cells.push(Cell { row: Row::Old(at.row), col: at.col, to, wish, is_value: false });
            }
        }
    }

    fn unclear(&self) -> Finding {
        refuse(
            Text::new(
                format!(
                    "the rows of the table {:?} in the workbook do not match its records one by one",
                    self.table.label
                ),
                format!("该工作簿中“{}”的行与记录不能逐一对应", self.table.label),
            )
            .open(),
            self.table.pointer(),
        )
    }

    fn no_row(&self) -> Finding {
        let row = self.place.next_row + 1;
        refuse(
            Text::new(
                format!(
                    "the table {:?} has no row to write into: row {row} follows its head and is none of a record",
                    self.table.label
                ),
                format!("“{}”没有可写的行：表头下面的第 {row} 行不是记录行", self.table.label),
            )
            .open(),
            self.table.pointer(),
        )
    }

    fn no_column(&self, column: usize, row: u32) -> Finding {
        let spec = &self.table.columns[column];
        let heading = spec.heading();
        let pointer = if self.table.levels.is_empty() {
            format!("{}/{row}{}", self.table.pointer(), crate::layout::pointer_of(&spec.field.path))
        } else {
            self.table.pointer()
        };
        refuse(
            Text::new(
                format!("the workbook has no column {heading:?}, and the document has values for it"),
                format!("该工作簿没有“{heading}”列，而内容中有该列的值"),
            )
            .open(),
            pointer,
        )
    }

    fn parted(&self, row: Row) -> Finding {
        let row = match row {
            Row::Old(row) => row,
            Row::New { at, .. } => at,
        };
        refuse(
            Text::new(
                format!(
                    "the records of one group would stand on rows that do not follow one another, from row {}; they cannot be merged",
                    row + 1
                ),
                format!("同一组记录会落在不相连的行上（从第 {} 行起），无法合并单元格", row + 1),
            ),
            self.table.pointer(),
        )
    }
}

/// The value of a row in a column; none in a row that an outer record's cell reaches down over.
fn value<'r>(table: &Table, records: &'r Records, row: u32, column: usize) -> Option<&'r NewContent> {
    let width = table.columns.len();
    let spans = records.spans.get(column).map(Vec::as_slice).unwrap_or_default();
    let before = spans.partition_point(|(first, _)| *first <= row);
    let span = before.checked_sub(1).and_then(|at| spans.get(at)).filter(|(first, rows)| row < first + rows);
    let first = match span {
        Some((first, _)) if *first < row && table.columns[column].level < table.levels.len() => return None,
        Some((first, _)) => *first,
        None => row,
    };
    records.cells.get(first as usize * width + column)
}

/// What a cell holds where cells are grouped anew: the first of a shared one has the value.
fn shown(records: &Records, row: u32, column: usize, joins: bool, table: &Table) -> NewContent {
    if joins {
        return records.cells.get(row as usize * table.columns.len() + column).cloned().unwrap_or_default();
    }
    value(table, records, row, column).cloned().unwrap_or_default()
}

fn no_table(table: &Table) -> Finding {
    refuse(
        Text::new(
            format!("the workbook has no table {:?}: its head is not there", table.label),
            format!("该工作簿没有“{}”的表头，没有可写的地方", table.label),
        )
        .open(),
        table.pointer(),
    )
}
