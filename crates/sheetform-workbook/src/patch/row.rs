//! One row of a sheet, held while cells of it are changed. Its other bytes stay as they are.

use std::collections::BTreeMap;

use sheetform::finding::{Code, Finding, Text};
use sheetform::grid::{CellRef, MAX_COLUMNS};

use super::CellValue;
use super::tokens::{Piece, Tag, Tokens, text};
use crate::fault::over_limit;

/// What one row may have at most, where a cell of it is changed: four times the cells of a sheet's row, and 64 MiB.
const MOST_ITEMS: usize = 4 * MAX_COLUMNS as usize;
const MOST_BYTES: usize = 64 << 20;

/// What becomes of a cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct CellPlan {
    /// Its cell format from now on.
    pub(super) style: Option<u32>,
    /// What it holds from now on.
    pub(super) value: Option<CellValue>,
    /// A formula there stays, and the value is its stored result.
    pub(super) keeps_formula: bool,
}

/// Cell formats to be put back, by the one that is there; and those that cells have where nothing is written.
pub(super) struct Restore<'a> {
    pub(super) formats: &'a BTreeMap<u32, u32>,
    /// Columns, first and last from 0, with their format.
    pub(super) columns: &'a [(u32, u32, u32)],
}

impl Restore<'_> {
    pub(super) fn column(&self, col: u32) -> u32 {
        column_format(self.columns, col)
    }
}

/// The format that a column gives to its cells.
pub(super) fn column_format(columns: &[(u32, u32, u32)], col: u32) -> u32 {
    columns.iter().find(|(first, last, _)| (*first..=*last).contains(&col)).map_or(0, |(.., format)| *format)
}

/// A row as it stands in the part.
#[derive(Clone)]
pub(super) struct Row {
    tag: Vec<u8>,
    items: Vec<Item>,
    close: Vec<u8>,
}

#[derive(Clone)]
enum Item {
    Cell(Cell),
    /// What stands between cells.
    Other(Vec<u8>),
}

/// A cell as it stands in its row.
#[derive(Clone)]
pub(super) struct Cell {
    pub(super) col: u32,
    pub(super) tag: Vec<u8>,
    pub(super) inner: Vec<u8>,
    pub(super) close: Vec<u8>,
}

impl Row {
    /// A row that is not there yet.
    pub(super) fn new(prefix: &str, index: u32) -> Self {
        let tag = format!("<{prefix}row r=\"{}\">", index + 1).into_bytes();
        Self { tag, items: Vec::new(), close: format!("</{prefix}row>").into_bytes() }
    }

    /// Takes the row whose tag is in hand.
    pub(super) fn read<R: std::io::Read>(
        tokens: &mut Tokens<'_, R>,
        piece: Piece,
        prefix: &[u8],
        row: u32,
    ) -> Result<Self, Finding> {
        let tag = tokens.raw().to_vec();
        let close = [b"</", tokens.tag().name(), b">"].concat();
        let mut read = Self { tag, items: Vec::new(), close };
        if piece == Piece::Empty {
            return Ok(read);
        }
        let (mut next, mut bytes) = (0, 0);
        loop {
            let piece = tokens.next()?;
            bytes += tokens.raw().len();
            if read.items.len() > MOST_ITEMS || bytes > MOST_BYTES {
                return Err(over_limit("bytes of one row", "一行的字节数", MOST_BYTES));
            }
            match piece {
                Piece::End => return Err(tokens.broken()),
                Piece::Close => {
                    read.close = tokens.raw().to_vec();
                    return Ok(read);
                }
                piece @ (Piece::Open | Piece::Empty) => {
                    if tokens.tag().local() == b"AlternateContent" {
                        return Err(alternatives());
                    }
                    let is_cell = tokens.tag().is(prefix, "c");
                    let col = column(tokens.tag(), row).unwrap_or(next);
                    let mut pieces = Vec::new();
                    tokens.element(piece, |raw| pieces.push(raw.to_vec()))?;
                    bytes += pieces.iter().map(Vec::len).sum::<usize>();
                    if !is_cell {
                        read.items.push(Item::Other(pieces.concat()));
                        continue;
                    }
                    next = (col + 1).min(MAX_COLUMNS - 1);
                    let close = if piece == Piece::Open { pieces.pop().unwrap_or_default() } else { Vec::new() };
                    let tag = pieces.first().cloned().unwrap_or_default();
                    let inner = pieces.get(1..).unwrap_or_default().concat();
                    read.items.push(Item::Cell(Cell { col, tag, inner, close }));
                }
                Piece::Text | Piece::Other => read.items.push(Item::Other(tokens.raw().to_vec())),
            }
        }
    }

    /// The row's own format, where it gives one to its cells.
    pub(super) fn format(&self) -> Option<u32> {
        row_format(Tag(&self.tag))
    }

    /// Cells and their formats, in the order of the part.
    pub(super) fn formats(&self) -> impl Iterator<Item = (u32, u32)> {
        self.items.iter().filter_map(|item| match item {
            Item::Cell(Cell { col, tag, .. }) => Some((*col, Tag(tag).number("s").unwrap_or(0))),
            Item::Other(_) => None,
        })
    }

    pub(super) fn cells(&self) -> impl Iterator<Item = &Cell> {
        self.items.iter().filter_map(|item| match item {
            Item::Cell(cell) => Some(cell),
            Item::Other(_) => None,
        })
    }

    pub(super) fn change_cells(&mut self, mut change: impl FnMut(&mut Cell)) {
        for item in &mut self.items {
            if let Item::Cell(cell) = item {
                change(cell);
            }
        }
    }

    /// Says which row it is from now on.
    pub(super) fn set_number(&mut self, number: u32) {
        self.tag = Tag(&self.tag).with("r", &(number + 1).to_string());
    }

    pub(super) fn drop_attribute(&mut self, name: &str) {
        self.tag = Tag(&self.tag).without(name);
    }

    /// Puts formats back. A cell that was put in for its mark alone is taken out; `false` where that leaves a row of ours
    /// empty.
    pub(super) fn restore(&mut self, restore: &Restore<'_>) -> bool {
        let mut taken = false;
        let own = self.format();
        if let Some(format) = Tag(&self.tag).number("s").and_then(|format| restore.formats.get(&format)) {
            self.tag = Tag(&self.tag).with("s", &format.to_string());
        }
        let default = |col| own.unwrap_or_else(|| restore.column(col));
        self.items.retain_mut(|item| {
            let Item::Cell(Cell { col, tag, inner, close }) = item else { return true };
            let Some(format) = Tag(tag).number("s").and_then(|format| restore.formats.get(&format)) else {
                return true;
            };
            // A format that stands before all else was put there by us.
            let ours = Tag(tag).attributes().next().is_some_and(|first| first.name == b"s");
            let bare = inner.is_empty() && Tag(tag).attributes().all(|attribute| matches!(attribute.name, b"r" | b"s"));
            if ours && bare && !close.is_empty() && *format == default(*col) {
                taken = true;
                return false;
            }
            *tag = if ours && *format == 0 { Tag(tag).without("s") } else { Tag(tag).with("s", &format.to_string()) };
            true
        });
        let only_number = Tag(&self.tag).attributes().all(|attribute| attribute.name == b"r");
        !(taken && only_number && self.items.is_empty())
    }

    /// Changes cells, and puts in those that are missing.
    pub(super) fn apply(&mut self, prefix: &str, row: u32, plans: &[(u32, &CellPlan)]) -> Result<(), Finding> {
        for (col, plan) in plans {
            let mut found = false;
            for item in &mut self.items {
                if let Item::Cell(Cell { col: at, tag, inner, close }) = item
                    && at == col
                {
                    change(tag, inner, close, plan, prefix, CellRef::new(row, *col))?;
                    found = true;
                }
            }
            if !found {
                self.insert(*col, plan, prefix, CellRef::new(row, *col))?;
            }
        }
        Ok(())
    }

    fn insert(&mut self, col: u32, plan: &CellPlan, prefix: &str, at: CellRef) -> Result<(), Finding> {
        let style = plan.style.map(|style| format!(" s=\"{style}\"")).unwrap_or_default();
        // With an end tag although nothing is in it: that tells it from a bare cell that was there.
        let mut tag = format!("<{prefix}c{style} r=\"{at}\">").into_bytes();
        let (mut inner, mut close) = (Vec::new(), format!("</{prefix}c>").into_bytes());
        change(&mut tag, &mut inner, &mut close, plan, prefix, at)?;
        let is_later = |item: &Item| matches!(item, Item::Cell(cell) if cell.col > col);
        let after_last = self.items.iter().rposition(|item| matches!(item, Item::Cell(_))).map_or(0, |at| at + 1);
        let place = self.items.iter().position(is_later).unwrap_or(after_last);
        self.items.insert(place, Item::Cell(Cell { col, tag, inner, close }));
        if let Some(spans) = Tag(&self.tag).attribute("spans").and_then(|spans| widened(&spans, col + 1)) {
            self.tag = Tag(&self.tag).with("spans", &spans);
        }
        Ok(())
    }

    /// The bytes of the row.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        if self.items.is_empty() && self.tag.ends_with(b"/>") {
            out.extend_from_slice(&self.tag);
            return;
        }
        out.extend(Tag(&self.tag).opened());
        for item in &self.items {
            match item {
                Item::Cell(Cell { tag, inner, close, .. }) => {
                    for bytes in [tag, inner, close] {
                        out.extend_from_slice(bytes);
                    }
                }
                Item::Other(bytes) => out.extend_from_slice(bytes),
            }
        }
        out.extend_from_slice(&self.close);
    }
}

/// The format that a row gives to its cells.
pub(super) fn row_format(tag: Tag<'_>) -> Option<u32> {
    tag.flag("customFormat").then(|| tag.number("s")).flatten()
}

/// The column of a cell of this row; `None` where it says none, or one elsewhere: then it follows the cell before.
fn column(tag: Tag<'_>, row: u32) -> Option<u32> {
    let name = tag.attributes().find(|attribute| attribute.name == b"r")?;
    CellRef::parse(std::str::from_utf8(name.value).ok()?).filter(|at| at.row == row).map(|at| at.col)
}

fn change(
    tag: &mut Vec<u8>,
    inner: &mut Vec<u8>,
    close: &mut Vec<u8>,
    plan: &CellPlan,
    prefix: &str,
    at: CellRef,
) -> Result<(), Finding> {
    if let Some(style) = plan.style {
        *tag = if Tag(tag).number("s").is_some() {
            Tag(tag).with("s", &style.to_string())
        } else {
            // Before all others: that tells, when it is put back, that there was none.
            let name = 1 + Tag(tag).name().len();
            super::tokens::splice(tag, name..name, format!(" s=\"{style}\"").as_bytes())
        };
    }
    let Some(value) = &plan.value else { return Ok(()) };
    let formula = formula(inner, prefix);
    if formula.is_some() && !plan.keeps_formula {
        return Err(over_formula(at));
    }
    let (kind, xml) = match value {
        CellValue::Empty if formula.is_some() => (Some("str"), format!("<{prefix}v></{prefix}v>")),
        CellValue::Text(value) if formula.is_some() => (Some("str"), format!("<{prefix}v>{}</{prefix}v>", text(value))),
        CellValue::Empty => (None, String::new()),
        CellValue::Text(value) => (
            Some("inlineStr"),
            format!("<{prefix}is><{prefix}t xml:space=\"preserve\">{}</{prefix}t></{prefix}is>", text(value)),
        ),
        CellValue::Number(value) => (None, format!("<{prefix}v>{}</{prefix}v>", digits(*value))),
        CellValue::Bool(value) => (Some("b"), format!("<{prefix}v>{}</{prefix}v>", u8::from(*value))),
    };
    // Metadata of a value (`vm`) goes with the value.
    let mut bare = Tag(&Tag(tag).without("vm")).without("t");
    if let Some(kind) = kind {
        bare = Tag(&bare).with("t", kind);
    }
    *tag = Tag(&bare).opened();
    *inner = formula.unwrap_or_default();
    inner.extend(xml.into_bytes());
    *close = format!("</{prefix}c>").into_bytes();
    Ok(())
}

/// The formula of a cell as it stands.
pub(super) fn formula(inner: &[u8], prefix: &str) -> Option<Vec<u8>> {
    let mut tokens = Tokens::new(inner, "", inner.len());
    loop {
        match tokens.next() {
            Ok(piece @ (Piece::Open | Piece::Empty)) if tokens.tag().is(prefix.as_bytes(), "f") => {
                let mut raw = Vec::new();
                tokens.element(piece, |bytes| raw.extend_from_slice(bytes)).ok()?;
                return Some(raw);
            }
            Ok(Piece::End) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

/// `3:7` with a column more, where it lies outside.
fn widened(spans: &str, col: u32) -> Option<String> {
    let (first, last) = spans.split_once(':').filter(|(_, last)| !last.contains(' '))?;
    let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
    (!(first..=last).contains(&col)).then(|| format!("{}:{}", first.min(col), last.max(col)))
}

/// A number as programs write it: 12, not 12.0.
fn digits(value: f64) -> String {
    if value.abs() < 1e15 { value.to_string() } else { format!("{value:?}") }
}

/// A value is put over no formula: others may count on it.
fn over_formula(at: CellRef) -> Finding {
    Finding::new(
        Code::CannotHold,
        Text::new(
            format!("the cell {at} holds a formula, which is not overwritten"),
            format!("单元格 {at} 中是公式，不予覆盖"),
        ),
    )
}

pub(super) fn alternatives() -> Finding {
    Finding::new(
        Code::CannotHold,
        Text::new(
            "the sheet holds alternative rows for different programs, which cannot be edited",
            "工作表为不同程序存有不同的行，无法编辑",
        ),
    )
}
