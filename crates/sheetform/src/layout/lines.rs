//! Records of several rows: which columns share a place of the sheet, one below the other.
//!
//! A column that says `row: 2` stands below the column before it that says nothing; several such stand side by side
//! below that one. The other columns reach down over all rows of a record.

use super::compile::Compiler;
use super::{Column, Table};
use crate::finding::Text;
use crate::text::fold;

/// Rows that a record may have.
pub(super) const MOST: u32 = 4;

/// Where a column stands in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    /// First place from the left, and the one behind the last.
    pub places: (usize, usize),
    /// First row of the record.
    pub line: u32,
    /// How many rows it reaches down.
    pub rows: u32,
}

impl Table {
    /// Where each column stands; with one row a record each has a place of its own.
    pub(crate) fn slots(&self) -> Vec<Slot> {
        let mut slots: Vec<Slot> = Vec::with_capacity(self.columns.len());
        let mut from = 0;
        let mut place = 0;
        while from < self.columns.len() {
            let end = from + self.columns[from..].iter().skip(1).take_while(|column| column.line > 0).count() + 1;
            let stack = &self.columns[from..end];
            let of = |line: u32| stack.iter().filter(|column| column.line == line).count();
            let width = (0..self.lines).map(of).max().unwrap_or(1).max(1);
            let mut before = vec![0; self.lines as usize];
            for column in stack {
                let count = of(column.line);
                let at = &mut before[column.line as usize];
                // The last of a row takes what is left.
                let next = if *at + 1 == count { width } else { *at + 1 };
                let below = stack.iter().map(|other| other.line).filter(|line| *line > column.line).min();
                let rows = below.unwrap_or(self.lines) - column.line;
                slots.push(Slot { places: (place + *at, place + next), line: column.line, rows });
                *at += 1;
            }
            place += width;
            from = end;
        }
        slots
    }

    /// Places from left to right.
    pub(crate) fn places(&self) -> usize {
        self.slots().iter().map(|slot| slot.places.1).max().unwrap_or(0)
    }

    /// The column right above one without a heading, whose heading stands for both.
    pub(crate) fn above(&self, column: usize) -> Option<usize> {
        let own = self.columns[column].line.checked_sub(1)?;
        (0..column).rev().take_while(|i| self.columns[*i].line <= own).find(|i| self.columns[*i].line == own)
    }
}

/// Whether a column has no heading of its own.
pub(crate) fn is_unheaded(column: &Column) -> bool {
    column.heads.iter().all(|text| fold(text).is_empty())
}

impl Compiler<'_> {
    /// How many rows a record has; what cannot be laid out so is a finding, and the record has one row.
    pub(super) fn lines(&mut self, table: &mut Table) {
        table.lines = table.columns.iter().map(|column| column.line + 1).max().unwrap_or(1);
        if table.lines == 1 {
            return;
        }
        let before = self.findings.len();
        for i in 0..table.columns.len() {
            let (column, line) = (&table.columns[i], table.columns[i].line);
            let heading = column.heading();
            let stacked = line > 0 || table.columns.get(i + 1).is_some_and(|next| next.line > 0);
            let last = i.checked_sub(1).map(|last| table.columns[last].line);
            if column.heads.len() > 1 && table.levels.is_empty() {
                let message = Text::new(
                    format!(
                        "{heading:?} has two headings, but in records of several rows a column has one; give the object around it \"head\": []"
                    ),
                    format!("“{heading}”有两级表头；一条记录占多行时，每列只能有一级表头，请给外层对象写 \"head\": []"),
                );
                self.bad(column.field.node, "head", message);
            } else if line > 0 && !table.levels.is_empty() {
                let message = Text::new(
                    "a record that holds a list of records has one row: its lines are those of the list",
                    "记录内含有清单时，只能占一行：各行属于该清单",
                );
                self.bad(column.field.node, "row", message);
            } else if line > 0 && last.is_none() {
                let message = Text::new(
                    format!("{heading:?} is the first column: no column stands above it"),
                    format!("“{heading}”是第一列，上面没有列"),
                );
                self.bad(column.field.node, "row", message);
            } else if line > 0 && last.is_some_and(|last| last > line || last + 1 < line) {
                let message = Text::new(
                    format!(
                        "{heading:?} says row {}, and the column before it row {}: rows go down one by one",
                        line + 1,
                        last.unwrap_or(0) + 1
                    ),
                    format!(
                        "“{heading}”写的是第 {} 行，前一列是第 {} 行：行号须逐行递增",
                        line + 1,
                        last.unwrap_or(0) + 1
                    ),
                );
                self.bad(column.field.node, "row", message);
            } else if column.merge && stacked {
                let message = Text::new(
                    format!("{heading:?} shares its place with another column, so its cells cannot be merged down"),
                    format!("“{heading}”与其他列上下同位，不能向下合并"),
                );
                self.bad(column.field.node, "merge", message);
            }
        }
        if self.findings.len() > before {
            table.lines = 1;
            table.columns.iter_mut().for_each(|column| column.line = 0);
        }
    }
}
