//! A sheet being laid out: cells, merges, and rows high enough for their texts.

use super::divide::Block;
use crate::grid::{CellRef, Range};
use crate::new_book::{Look, NewCell, NewContent, NewSheet, Role};
use crate::text;

/// Points of a line of text.
const LINE: f64 = 15.0;
/// Points above and below the text of a cell.
const PADDING: f64 = 6.0;
/// Characters that the margins inside a cell take.
const MARGIN: f64 = 0.7;
/// A text is a little narrower than its count of columns, unless it is bold.
const THIN: f64 = 0.95;
/// The highest row a sheet has.
pub(super) const MAX_HEIGHT: f64 = 409.0;

/// Rows and columns on a sheet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Area {
    pub row: u32,
    pub rows: u32,
    pub cols: Block,
}

impl Area {
    pub(super) fn new(row: u32, cols: Block) -> Self {
        Self { row, rows: 1, cols }
    }

    pub(super) fn tall(row: u32, rows: u32, cols: Block) -> Self {
        Self { row, rows, cols }
    }

    pub(super) fn range(self) -> Range {
        let last = CellRef::new(self.row + self.rows.max(1) - 1, self.cols.1.max(self.cols.0 + 1) - 1);
        Range { first: CellRef::new(self.row, self.cols.0), last }
    }
}

/// The height that a text needs in cells of some width.
pub(super) fn points(text: &str, width: f64, bold: bool) -> f64 {
    let room = (width - MARGIN) / if bold { 1.0 } else { THIN };
    text::lines(text, room) as f64 * LINE + PADDING
}

/// The sheet so far.
pub(super) struct Canvas {
    pub sheet: NewSheet,
    /// Height of each row, 0 where nothing asks for one.
    heights: Vec<f64>,
    /// Cells over several rows, and the height they need.
    tall: Vec<(u32, u32, f64)>,
}

impl Canvas {
    pub(super) fn new(widths: Vec<f64>) -> Self {
        Self { sheet: NewSheet { widths, ..NewSheet::default() }, heights: Vec::new(), tall: Vec::new() }
    }

    /// Writes one cell over an area.
    pub(super) fn put(&mut self, area: Area, content: NewContent, look: &Look) {
        self.grow(area, &content, look);
        self.cells(area, content, look);
        self.merge(area);
    }

    /// Writes the cells of an area, no more.
    pub(super) fn cells(&mut self, area: Area, content: NewContent, look: &Look) {
        let mut content = Some(content);
        for row in area.row..area.row + area.rows.max(1) {
            for col in area.cols.0..area.cols.1 {
                let content = content.take().unwrap_or_default();
                self.sheet.cells.push(NewCell { at: CellRef::new(row, col), content, look: look.clone() });
            }
        }
    }

    /// Merges an area, where it is more than a cell.
    pub(super) fn merge(&mut self, area: Area) {
        let range = area.range();
        if !range.is_cell() {
            self.sheet.merges.push(range);
        }
    }

    /// A row at least so high.
    pub(super) fn at_least(&mut self, row: u32, points: f64) {
        let row = row as usize;
        if self.heights.len() <= row {
            self.heights.resize(row + 1, 0.0);
        }
        self.heights[row] = self.heights[row].max(points);
    }

    pub(super) fn width(&self, cols: Block) -> f64 {
        self.sheet.widths.get(cols.0 as usize..cols.1 as usize).map_or(0.0, |widths| widths.iter().sum())
    }

    /// Makes room for a text that stands in an area.
    pub(super) fn grow(&mut self, area: Area, content: &NewContent, look: &Look) {
        let NewContent::Text(text) = content else { return };
        if !look.wrap {
            return;
        }
        let points = points(text, self.width(area.cols), !matches!(look.role, Role::Value | Role::Note));
        if area.rows <= 1 {
            self.at_least(area.row, points);
        } else {
            self.tall.push((area.row, area.rows, points));
        }
    }

    /// The finished sheet: cells in order, rows high enough.
    pub(super) fn finish(mut self) -> NewSheet {
        for (row, rows, points) in std::mem::take(&mut self.tall) {
            let sum: f64 =
                (row..row + rows).map(|r| self.heights.get(r as usize).copied().unwrap_or(0.0).max(LINE)).sum();
            if sum < points {
                let last = row + rows - 1;
                let own = self.heights.get(last as usize).copied().unwrap_or(0.0).max(LINE);
                self.at_least(last, own + points - sum);
            }
        }
        let mut sheet = self.sheet;
        sheet.cells.sort_by_key(|cell| cell.at);
        sheet.merges.sort_by_key(|range| range.first);
        sheet.heights = (0..)
            .zip(self.heights)
            .filter(|(_, height)| *height > 0.0)
            .map(|(row, height)| (row, height.min(MAX_HEIGHT)))
            .collect();
        sheet
    }
}
