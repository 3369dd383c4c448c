//! A book to be written: cells with their look, as data. Another crate turns it into a file.

use crate::finding::Finding;
use crate::grid::{CellRef, Range};

/// A new workbook.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewBook {
    /// Its sheets, in order.
    pub sheets: Vec<NewSheet>,
    /// Custom document properties, in order.
    pub properties: Vec<(String, String)>,
    /// Items of drop-down lists that are too long, or hold a comma; each list becomes a column of a hidden sheet.
    pub lists: Vec<Vec<String>>,
    /// What whoever made it should know: what stands elsewhere than the form says.
    pub notes: Vec<Finding>,
}

/// A new sheet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewSheet {
    /// Its name.
    pub name: String,
    /// Cells, in reading order, each place once. Every cell of a merge appears, the covered ones
    /// [`NewContent::Empty`] with the look of the first.
    pub cells: Vec<NewCell>,
    /// Merged cells.
    pub merges: Vec<Range>,
    /// Column widths in characters, from column A.
    pub widths: Vec<f64>,
    /// Row heights in points, where not the default.
    pub heights: Vec<(u32, f64)>,
    /// Drop-downs and checks.
    pub validations: Vec<Validation>,
    /// Whether the page lies on its side.
    pub landscape: bool,
    /// Paper, as Excel numbers it (9 is A4).
    pub paper: u8,
    /// Rows repeated at the top of each printed page, first and last.
    pub repeat_rows: Option<(u32, u32)>,
    /// The row below the frozen part, where there is one.
    pub freeze_below: Option<u32>,
    /// Cells that lead to files: a path from the workbook's own folder, with `/` between. A sheet has at most 65,530
    /// links (Excel); further cells stay without.
    pub links: Vec<(CellRef, String)>,
    /// Rows that can be filtered, their head first.
    pub filter: Option<Range>,
    /// Whether locked cells are protected (without a password).
    pub protect: bool,
}

/// A new cell.
#[derive(Clone, Debug, PartialEq)]
pub struct NewCell {
    /// Where.
    pub at: CellRef,
    /// What it holds.
    pub content: NewContent,
    /// How it looks.
    pub look: Look,
}

/// What a new cell holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum NewContent {
    /// Nothing, but a look.
    #[default]
    Empty,
    /// Text, written as text whatever it begins with.
    Text(String),
    /// A number; a date is a serial number with a date format.
    Number(f64),
    /// TRUE or FALSE.
    Bool(bool),
    /// A formula without `=`, and its value.
    Formula {
        /// The formula, English function names, without `=`.
        text: String,
        /// The value stored with it.
        value: f64,
    },
}

/// How a cell looks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Look {
    /// What the cell is for; decides font, fill and border.
    pub role: Role,
    /// Where its text stands.
    pub align: Align,
    /// Number format code; `None` is General, `@` is text.
    pub format: Option<String>,
    /// Whether text wraps.
    pub wrap: bool,
    /// Whether a person may change it on a protected sheet.
    pub open: bool,
}

/// What a cell is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Role {
    /// The title: large, bold, centred, no border.
    Title,
    /// A caption over or beside a table: bold, left, no border.
    Caption,
    /// A label: bold, light fill, border.
    Label,
    /// A heading of a table: bold, centred, light fill, border.
    Head,
    /// A value: border.
    #[default]
    Value,
    /// A total: bold, border.
    Total,
    /// A fixed note: no border.
    Note,
    /// A value that is as it should be: light green.
    Good,
    /// A value that someone should look at: light yellow.
    Doubtful,
    /// A value that must be mended: light red.
    Bad,
    /// A value that leads elsewhere: blue, underlined.
    Link,
}

/// Where a cell's content stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Align {
    /// As Excel has it for the kind of value.
    #[default]
    General,
    /// Left.
    Left,
    /// Centred.
    Center,
    /// Right.
    Right,
}

/// A check that Excel makes while someone types.
#[derive(Clone, Debug, PartialEq)]
pub struct Validation {
    /// The cells.
    pub range: Range,
    /// What is allowed.
    pub check: Check,
    /// Title and text shown when the cell is chosen.
    pub prompt: Option<(String, String)>,
    /// Text shown when something else is typed.
    pub error: Option<String>,
}

/// What a validated cell allows.
#[derive(Clone, Debug, PartialEq)]
pub enum Check {
    /// Anything: only the prompt is shown.
    Any,
    /// One of these; short and without a comma (at most 255 characters together).
    List(Vec<String>),
    /// One of the list with this index in [`NewBook::lists`].
    HiddenList(usize),
    /// A date, serial numbers included at both ends.
    Date(f64, f64),
    /// A whole number in these bounds, both included.
    Whole(Option<f64>, Option<f64>),
    /// A number in these bounds, both included.
    Decimal(Option<f64>, Option<f64>),
}

/// Rows of a book's first sheet that are not in it: more of them than are held at once. They are given one by one
/// while the book is saved.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gap {
    /// The first of them.
    pub first: u32,
    /// The row behind the last.
    pub end: u32,
    /// The column of each of their cells, rising.
    pub cols: Vec<u32>,
    /// How their cells may look.
    pub looks: Vec<Look>,
}

/// A row of a [`Gap`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GapRow {
    /// Its height in points.
    pub height: f64,
    /// One for each of [`Gap::cols`].
    pub cells: Vec<GapCell>,
}

/// A cell of a [`Gap`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GapCell {
    /// What it holds.
    pub content: NewContent,
    /// The number of its look in [`Gap::looks`].
    pub look: usize,
    /// Cells of a column with the same number hold the same and look the same.
    pub same: Option<usize>,
}
