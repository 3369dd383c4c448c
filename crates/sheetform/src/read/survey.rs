//! One quick look over a sheet: the rows that may mark a place, the merges, how far it reaches.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::{ControlFlow, RangeBounds};
use std::sync::Arc;

use super::merges::Merges;
use super::shown;
use super::words::Words;
use crate::finding::Finding;
use crate::grid::{Cell, CellRef, Range, Row, SheetFrame, Source};

/// Filled rows at the top that are kept whatever they hold.
const TOP_ROWS: usize = 40;
/// Rows kept below a row with a mark: a head has up to four rows, a value may stand below its label.
const ROWS_BELOW: u32 = 4;
/// Rows kept above a row with a mark, and at the end: a label there may be misspelt.
const ROWS_ABOVE: usize = 3;
/// Rows with marks kept from the top, and as many from the bottom, so that memory stays bounded.
const KEPT: usize = 2_000;

/// What a look over a sheet gave.
#[derive(Clone)]
pub(super) struct Survey {
    pub(super) name: String,
    pub(super) rows: BTreeMap<u32, Row>,
    /// Those of `rows` of which a text may mark a place.
    marked: BTreeSet<u32>,
    pub(super) merges: Merges,
    /// The last row with a filled cell.
    pub(super) last_row: u32,
    /// By the column of its first filled cell: the last row that begins there.
    begins: BTreeMap<u32, u32>,
    /// The last column with a filled cell.
    pub(super) last_col: u32,
    pub(super) filled_rows: usize,
    /// Hidden columns, first and last.
    pub(super) hidden_columns: Vec<(u32, u32)>,
    date1904: bool,
}

/// A survey under way.
#[derive(Clone)]
pub(super) struct Looking {
    survey: Survey,
    late: VecDeque<(Row, bool)>,
    passed: VecDeque<Row>,
    keep_until: u32,
}

impl Looking {
    pub(super) fn new(source: &dyn Source, sheet: usize) -> Self {
        let name = source.info().sheets.get(sheet).map(|s| s.name.clone()).unwrap_or_default();
        let (merges, hidden_columns) = (Merges::default(), Vec::new());
        let date1904 = source.info().date1904;
        let (rows, marked, begins) = (BTreeMap::new(), BTreeSet::new(), BTreeMap::new());
        let (last_row, last_col, filled_rows) = (0, 0, 0);
        let survey =
            Survey { name, rows, marked, merges, last_row, begins, last_col, filled_rows, hidden_columns, date1904 };
        Self { survey, late: VecDeque::new(), passed: VecDeque::new(), keep_until: 0 }
    }

    /// Takes what stands beside the rows, before or after them.
    pub(super) fn frame(&mut self, frame: SheetFrame) {
        self.survey.merges = Merges::new(&frame);
        self.survey.hidden_columns = frame.hidden_columns;
    }

    /// Takes the next row; `marked` where one of its texts may mark a place.
    pub(super) fn take(&mut self, row: Row, marked: bool) {
        let Self { survey, late, passed, keep_until } = self;
        let is_filled = |(_, cell): &&(u32, Cell)| !cell.is_empty();
        let ends = (row.cells.iter().find(is_filled), row.cells.iter().rfind(is_filled));
        let (Some(&(first, _)), Some(&(last, _))) = ends else { return };
        survey.last_row = row.index;
        survey.begins.insert(first, row.index);
        survey.last_col = survey.last_col.max(last);
        survey.filled_rows += 1;
        if marked {
            *keep_until = row.index + ROWS_BELOW;
            passed.drain(..).for_each(|row| survey.keep(row, false, late));
        }
        if marked || survey.filled_rows <= TOP_ROWS || row.index < *keep_until {
            survey.keep(row, marked, late);
        } else {
            passed.push_back(row);
            if passed.len() > ROWS_ABOVE {
                passed.pop_front();
            }
        }
    }

    pub(super) fn finish(self) -> Survey {
        let Self { mut survey, late, passed, .. } = self;
        survey.marked.extend(late.iter().filter(|(_, marked)| *marked).map(|(row, _)| row.index));
        survey.rows.extend(late.into_iter().map(|(row, _)| row).chain(passed).map(|row| (row.index, row)));
        survey
    }
}

/// Whether one of a row's texts may mark a place.
pub(super) fn is_marked(row: &Row, words: &Words<'_>) -> bool {
    row.cells.iter().any(|(_, cell)| cell.as_text().is_some_and(|text| words.hit(text)))
}

impl Survey {
    pub(super) fn new(source: &dyn Source, sheet: usize, words: &Words<'_>) -> Result<Self, Finding> {
        let mut looking = Looking::new(source, sheet);
        let frame = source.rows_and_frame(sheet, &mut |row| {
            let marked = is_marked(&row, words);
            looking.take(row, marked);
            ControlFlow::Continue(())
        })?;
        looking.frame(frame.unwrap_or_default());
        Ok(looking.finish())
    }

    /// Those of some rows of which a text may mark a place.
    pub(super) fn marked_rows(&self, of: impl RangeBounds<u32>) -> impl Iterator<Item = (&u32, &Row)> {
        self.marked.range(of).filter_map(|row| self.rows.get_key_value(row))
    }

    /// The last row that has something in a column up to `right`: what stands apart beyond it does not count.
    pub(super) fn last_row_up_to(&self, right: u32) -> u32 {
        self.begins.range(..=right).map(|(_, row)| *row).max().unwrap_or(0)
    }

    fn keep(&mut self, row: Row, marked: bool, late: &mut VecDeque<(Row, bool)>) {
        if self.rows.len() < KEPT {
            if marked {
                self.marked.insert(row.index);
            }
            self.rows.insert(row.index, row);
        } else {
            late.push_back((row, marked));
            if late.len() > KEPT {
                late.pop_front();
            }
        }
    }

    /// The merge over a cell, or the cell alone, and what stands in it.
    pub(super) fn cell(&self, at: CellRef) -> (Range, Option<&Cell>) {
        let range = self.merges.range(at);
        let cell = self.rows.get(&range.first.row).and_then(|row| row.get(range.first.col)).filter(|c| !c.is_empty());
        (range, cell)
    }

    /// The text over a cell as it is shown, its merge counted: a heading such as 1月 may be a number or date.
    pub(super) fn text(&self, at: CellRef) -> (Range, Option<Arc<str>>) {
        let (range, cell) = self.cell(at);
        (range, cell.and_then(|cell| shown::shown(cell, self.date1904)))
    }

    /// The text over a cell with a number written plainly.
    pub(super) fn plain(&self, at: CellRef) -> Option<Arc<str>> {
        self.cell(at).1.and_then(|cell| shown::plain(cell, self.date1904))
    }
}
