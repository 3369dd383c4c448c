//! Books as a stream of rows: cells, cell names, merges. Knows no file format.
//!
//! A book is opened by another crate and seen here through [`Source`]; [`Grid`] is a book held in memory,
//! for tests and for reading back what was just laid out.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::ControlFlow;
use std::rc::Rc;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::finding::Finding;

/// The text of a number. Up to 23 bytes, as nearly every number has, need no memory of their own.
pub type Digits = smol_str::SmolStr;

/// Rows of a sheet (Excel's documented limit).
pub const MAX_ROWS: u32 = 1_048_576;
/// Columns of a sheet (Excel's documented limit).
pub const MAX_COLUMNS: u32 = 16_384;

/// A cell's place on its sheet; row and column count from 0. Shown as `C7`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CellRef {
    /// Row, from 0.
    pub row: u32,
    /// Column, from 0.
    pub col: u32,
}

impl CellRef {
    /// The cell in this row and column, both from 0.
    pub const fn new(row: u32, col: u32) -> Self {
        Self { row, col }
    }

    /// Reads `C7`; `None` unless it is a cell of a sheet (A1 to XFD1048576).
    pub fn parse(text: &str) -> Option<Self> {
        let split = text.find(|c: char| c.is_ascii_digit())?;
        let (letters, digits) = text.split_at(split);
        let col = column_index(letters)?;
        if digits.len() > 7 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let row: u32 = digits.parse().ok()?;
        (1..=MAX_ROWS).contains(&row).then(|| Self::new(row - 1, col))
    }
}

impl fmt::Display for CellRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", column_name(self.col), self.row + 1)
    }
}

/// The column called `letters` (A is 0); `None` past XFD.
pub fn column_index(letters: &str) -> Option<u32> {
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let mut index = 0;
    for byte in letters.bytes() {
        if !byte.is_ascii_alphabetic() {
            return None;
        }
        index = index * 26 + u32::from(byte.to_ascii_uppercase() - b'A') + 1;
    }
    (index <= MAX_COLUMNS).then(|| index - 1)
}

/// The letters of a column counted from 0.
pub fn column_name(col: u32) -> String {
    let mut rest = col + 1;
    let mut letters = Vec::new();
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

/// A rectangle of cells, both corners included. Shown as `C7:D9`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Range {
    /// Top left.
    pub first: CellRef,
    /// Bottom right.
    pub last: CellRef,
}

impl Range {
    /// The rectangle between two corners, in any order.
    pub fn new(a: CellRef, b: CellRef) -> Self {
        Self {
            first: CellRef::new(a.row.min(b.row), a.col.min(b.col)),
            last: CellRef::new(a.row.max(b.row), a.col.max(b.col)),
        }
    }

    /// One cell as a rectangle.
    pub fn cell(at: CellRef) -> Self {
        Self { first: at, last: at }
    }

    /// Reads `C7:D9` or `C7`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':') {
            Some((a, b)) => Some(Self::new(CellRef::parse(a)?, CellRef::parse(b)?)),
            None => CellRef::parse(text).map(Self::cell),
        }
    }

    /// Whether the cell lies inside.
    pub fn contains(&self, at: CellRef) -> bool {
        (self.first.row..=self.last.row).contains(&at.row) && (self.first.col..=self.last.col).contains(&at.col)
    }

    /// Whether it is a single cell.
    pub fn is_cell(&self) -> bool {
        self.first == self.last
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.first, self.last)
    }
}

/// What a cell holds.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum Content {
    /// Nothing.
    #[default]
    Empty,
    /// Text, rich runs joined, phonetic runs left out.
    Text(Arc<str>),
    /// A number; a date is a number whose format is a date format. `raw` is the number's text in the file
    /// (`110101199003071234` where the double has lost digits).
    Number {
        /// The double Excel would hold.
        value: f64,
        /// The text in the file.
        raw: Digits,
    },
    /// TRUE or FALSE.
    Bool(bool),
    /// An error value such as `#N/A`, or what could not be understood, as it stands in the file.
    Error(Arc<str>),
}

/// What a number format shows, told apart as far as reading needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum FormatKind {
    /// General, or digits of any look.
    #[default]
    Number,
    /// `@`: text.
    Text,
    /// A percentage.
    Percent,
    /// Year, month and day, or a part of a date that is no month.
    Date,
    /// Year and month without a day.
    Month,
    /// A date with a time of day.
    DateTime,
    /// A time of day alone.
    Time,
    /// Elapsed time, `[h]:mm`.
    Duration,
}

/// A cell's number format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberFormat {
    /// The code as the file has it: `yyyy"年"m"月"`.
    pub code: Arc<str>,
    /// What it shows.
    pub kind: FormatKind,
}

/// A formula behind a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formula {
    /// Its text without `=`; empty where the cell only shares another's.
    pub text: Arc<str>,
    /// Whether the file holds its value.
    pub cached: bool,
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Cell {
    /// What it holds.
    pub content: Content,
    /// Its number format, where it is not General.
    pub format: Option<Arc<NumberFormat>>,
    /// Its formula.
    pub formula: Option<Arc<Formula>>,
}

impl Cell {
    /// A cell of text.
    pub fn text(text: &str) -> Self {
        Self { content: Content::Text(text.into()), ..Self::default() }
    }

    /// What its number format shows.
    pub fn kind(&self) -> FormatKind {
        self.format.as_ref().map_or(FormatKind::Number, |format| format.kind)
    }

    /// Its text, where it holds text.
    pub fn as_text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether nothing is in it: no value and no formula.
    pub fn is_empty(&self) -> bool {
        matches!(self.content, Content::Empty) && self.formula.is_none()
    }
}

/// A row with its filled cells, left to right. Cells that are only styled do not appear.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// Row, from 0.
    pub index: u32,
    /// Whether the row is hidden.
    pub hidden: bool,
    /// Column and cell, columns rising.
    pub cells: Vec<(u32, Cell)>,
}

impl Row {
    /// The cell in a column.
    pub fn get(&self, col: u32) -> Option<&Cell> {
        self.cells.binary_search_by_key(&col, |(c, _)| *c).ok().map(|i| &self.cells[i].1)
    }
}

/// Whether a sheet is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Visibility {
    /// Shown.
    #[default]
    Visible,
    /// Hidden; a user can show it.
    Hidden,
    /// Hidden for programs only.
    VeryHidden,
}

/// What a book says of a sheet before its rows are read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SheetInfo {
    /// Its name.
    pub name: String,
    /// Whether it is shown.
    pub visibility: Visibility,
}

/// What a book says of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BookInfo {
    /// Its sheets, in order.
    pub sheets: Vec<SheetInfo>,
    /// Custom document properties.
    pub properties: BTreeMap<String, String>,
    /// Whether serial dates count from 1904.
    pub date1904: bool,
    /// Whether the format knows only text, so that a number or date written plainly is no text by mistake.
    pub plain_text: bool,
}

/// What a sheet says beside its rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SheetFrame {
    /// Merged cells.
    pub merges: Vec<Range>,
    /// Hidden columns, first and last.
    pub hidden_columns: Vec<(u32, u32)>,
}

/// A book that can be read, sheet by sheet and row by row, as often as asked.
pub trait Source {
    /// Names, properties, date system.
    fn info(&self) -> &BookInfo;

    /// Merges and hidden columns of a sheet, by its index.
    fn frame(&self, sheet: usize) -> Result<SheetFrame, Finding>;

    /// Gives every filled row of a sheet, top to bottom, until `each` breaks.
    fn rows(&self, sheet: usize, each: &mut dyn FnMut(Row) -> ControlFlow<()>) -> Result<(), Finding>;

    /// The same, and what [`Source::frame`] gives, in one pass where the format allows it; `None` where `each` broke.
    fn rows_and_frame(
        &self,
        sheet: usize,
        each: &mut dyn FnMut(Row) -> ControlFlow<()>,
    ) -> Result<Option<SheetFrame>, Finding> {
        let mut broke = false;
        self.rows(sheet, &mut |row| {
            let flow = each(row);
            broke = flow.is_break();
            flow
        })?;
        if broke { Ok(None) } else { self.frame(sheet).map(Some) }
    }
}

/// A book whose short sheets stay in memory once they were asked for, so that what is read several times is unpacked and
/// parsed once. Long sheets come from the book each time.
pub struct Held<'a> {
    book: &'a dyn Source,
    sheets: RefCell<BTreeMap<usize, Rc<GridSheet>>>,
}

impl<'a> Held<'a> {
    /// Cells and rows of a sheet that is short.
    const MOST_CELLS: usize = 4_000;

    /// Nothing is held yet.
    pub fn new(book: &'a dyn Source) -> Self {
        Self { book, sheets: RefCell::default() }
    }

    fn held(&self, sheet: usize) -> Option<Rc<GridSheet>> {
        self.sheets.borrow().get(&sheet).cloned()
    }
}

impl Source for Held<'_> {
    fn info(&self) -> &BookInfo {
        self.book.info()
    }

    fn frame(&self, sheet: usize) -> Result<SheetFrame, Finding> {
        self.held(sheet).map_or_else(|| self.book.frame(sheet), |held| Ok(held.frame.clone()))
    }

    fn rows(&self, sheet: usize, each: &mut dyn FnMut(Row) -> ControlFlow<()>) -> Result<(), Finding> {
        self.rows_and_frame(sheet, each).map(|_| ())
    }

    fn rows_and_frame(
        &self,
        sheet: usize,
        each: &mut dyn FnMut(Row) -> ControlFlow<()>,
    ) -> Result<Option<SheetFrame>, Finding> {
        if let Some(held) = self.held(sheet) {
            let whole = held.rows.iter().try_for_each(|row| each(row.clone())).is_continue();
            return Ok(whole.then(|| held.frame.clone()));
        }
        let (mut rows, mut cells, mut broke) = (Vec::new(), 0, false);
        let seen = self.book.rows_and_frame(sheet, &mut |row| {
            cells += row.cells.len() + 1;
            if cells > Self::MOST_CELLS {
                rows = Vec::new();
                return if broke { ControlFlow::Break(()) } else { each(row) };
            }
            rows.push(row.clone());
            broke = broke || each(row).is_break();
            ControlFlow::Continue(())
        });
        // What comes behind the row at which the reading was to end is nothing to it.
        let frame = if broke { seen.unwrap_or_default() } else { seen? };
        if let Some(frame) = frame.as_ref().filter(|_| cells <= Self::MOST_CELLS) {
            let held = GridSheet { frame: frame.clone(), rows };
            self.sheets.borrow_mut().insert(sheet, Rc::new(held));
        }
        Ok(frame.filter(|_| !broke))
    }
}

/// A sheet held in memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GridSheet {
    /// Merges and hidden columns.
    pub frame: SheetFrame,
    /// Filled rows, rising.
    pub rows: Vec<Row>,
}

/// A book held in memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grid {
    /// Names, properties, date system.
    pub info: BookInfo,
    /// One for each sheet of `info`.
    pub sheets: Vec<GridSheet>,
}

impl Source for Grid {
    fn info(&self) -> &BookInfo {
        &self.info
    }

    fn frame(&self, sheet: usize) -> Result<SheetFrame, Finding> {
        Ok(self.sheets.get(sheet).map(|s| s.frame.clone()).unwrap_or_default())
    }

    fn rows(&self, sheet: usize, each: &mut dyn FnMut(Row) -> ControlFlow<()>) -> Result<(), Finding> {
        for row in self.sheets.get(sheet).map(|s| s.rows.as_slice()).unwrap_or_default() {
            if each(row.clone()).is_break() {
                break;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cell_names_go_both_ways() {
        for name in ["A1", "Z9", "AA10", "XFD1048576"] {
            assert_eq!(CellRef::parse(name).map(|c| c.to_string()).as_deref(), Some(name));
        }
        for name in ["", "A", "1", "A0", "XFE1", "A1048577", "A99999999999", "ZZZZ1", "A1B"] {
            assert_eq!(CellRef::parse(name), None, "{name}");
        }
    }

    /// A book that counts how often its rows are read, and is damaged behind its second row if it shall.
    struct Counted {
        grid: Grid,
        read: RefCell<usize>,
        damaged: bool,
    }

    impl Source for Counted {
        fn info(&self) -> &BookInfo {
            self.grid.info()
        }

        fn frame(&self, sheet: usize) -> Result<SheetFrame, Finding> {
            self.grid.frame(sheet)
        }

        fn rows(&self, sheet: usize, each: &mut dyn FnMut(Row) -> ControlFlow<()>) -> Result<(), Finding> {
            *self.read.borrow_mut() += 1;
            let mut broke = false;
            self.grid.rows(sheet, &mut |row| {
                broke = self.damaged && row.index == 2 || each(row).is_break();
                if broke { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })?;
            let message = crate::finding::Text::new("damaged", "已损坏");
            if self.damaged { Err(Finding::new(crate::finding::Code::Unreadable, message)) } else { Ok(()) }
        }
    }

    fn counted(rows: u32, damaged: bool) -> Counted {
        let row = |index| Row { index, hidden: false, cells: vec![(0, Cell::text("甲")), (1, Cell::text("乙"))] };
        let merges = vec![Range::parse("A1:B1").unwrap()];
        let frame = SheetFrame { merges, ..SheetFrame::default() };
        let sheets = vec![GridSheet { frame, rows: (0..rows).map(row).collect() }];
        let info = BookInfo { sheets: vec![SheetInfo::default()], ..BookInfo::default() };
        Counted { grid: Grid { info, sheets }, read: RefCell::new(0), damaged }
    }

    /// What a pass over the first sheet gives, broken off at a row.
    fn pass(book: &dyn Source, end: u32) -> (Vec<Row>, Result<Option<SheetFrame>, Finding>) {
        let mut rows = Vec::new();
        let frame = book.rows_and_frame(0, &mut |row| {
            let flow = if row.index == end { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
            rows.push(row);
            flow
        });
        (rows, frame)
    }

    #[test]
    fn a_short_sheet_is_read_once_and_gives_the_same() {
        for (rows, times) in [(0, 1), (40, 1), (5_000, 5)] {
            let (plain, book) = (counted(rows, false), counted(rows, false));
            let held = Held::new(&book);
            for end in [0, 3, rows.saturating_sub(1), u32::MAX, 1] {
                assert_eq!(pass(&held, end), pass(&plain, end), "{rows} rows, to {end}");
            }
            assert_eq!(*book.read.borrow(), times, "{rows} rows");
            assert_eq!(held.frame(0).unwrap(), plain.frame(0).unwrap());
        }
    }

    #[test]
    fn what_is_damaged_further_down_is_said_where_it_is_reached() {
        let book = counted(40, true);
        let held = Held::new(&book);
        let (rows, frame) = pass(&held, 1);
        assert_eq!((rows.len(), frame), (2, Ok(None)));
        let (rows, frame) = pass(&held, u32::MAX);
        assert!(rows.len() == 2 && frame.is_err());
        assert_eq!(*book.read.borrow(), 2);
    }
}
