//! Merged cells of a sheet, asked by cell.

use std::collections::BTreeSet;

use crate::grid::{CellRef, Range, SheetFrame};

/// A merge taller than this is kept apart, so that looking upwards stays short.
const TALL: u32 = 64;

/// The merges of a sheet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Merges {
    /// By first row.
    short: Vec<Range>,
    tall: Vec<Range>,
}

impl Merges {
    pub(crate) fn new(frame: &SheetFrame) -> Self {
        let mut all: Vec<Range> = frame.merges.iter().copied().filter(|m| !m.is_cell()).collect();
        all.sort();
        let (tall, short) = all.into_iter().partition(|m| m.last.row - m.first.row > TALL);
        Self { short, tall }
    }

    /// Whether nothing is merged.
    pub(crate) fn is_empty(&self) -> bool {
        self.short.is_empty() && self.tall.is_empty()
    }

    /// The merge over a cell.
    pub(crate) fn over(&self, at: CellRef) -> Option<Range> {
        if let Some(found) = self.tall.iter().find(|m| m.contains(at)) {
            return Some(*found);
        }
        let from = self.short.partition_point(|m| m.first.row + TALL < at.row);
        self.short[from..].iter().take_while(|m| m.first.row <= at.row).find(|m| m.contains(at)).copied()
    }

    /// The merge over a cell, or the cell alone.
    pub(crate) fn range(&self, at: CellRef) -> Range {
        self.over(at).unwrap_or(Range::cell(at))
    }

    /// The merges over a column that reach down over several rows.
    pub(crate) fn in_column(&self, col: u32) -> impl Iterator<Item = &Range> {
        let over = move |range: &&Range| (range.first.col..=range.last.col).contains(&col);
        self.short.iter().chain(&self.tall).filter(over).filter(|range| range.last.row > range.first.row)
    }

    /// The rows from `first` on that merges reach over, as stretches that rise and do not touch.
    pub(crate) fn spans(&self, first: u32) -> Vec<(u32, u32)> {
        let rows = self.short.iter().chain(&self.tall).map(|range| (range.first.row, range.last.row));
        let mut rows: Vec<(u32, u32)> = rows.filter(|(_, last)| *last >= first).collect();
        rows.sort_unstable();
        let mut spans: Vec<(u32, u32)> = Vec::new();
        for (first, last) in rows {
            match spans.last_mut() {
                Some(open) if open.1 >= first => open.1 = open.1.max(last),
                _ => spans.push((first, last)),
            }
        }
        spans
    }

    /// The columns that a merge of this row touches.
    pub(crate) fn columns_in(&self, row: u32) -> BTreeSet<u32> {
        let from = self.short.partition_point(|m| m.first.row + TALL < row);
        let short = self.short[from..].iter().take_while(|m| m.first.row <= row);
        short
            .chain(&self.tall)
            .filter(|m| (m.first.row..=m.last.row).contains(&row))
            .flat_map(|m| m.first.col..=m.last.col.min(m.first.col + 400))
            .collect()
    }
}
