//! A sheet: its columns and rows with their groups and repeats, and the filled rows as a stream. What is repeated and
//! empty costs nothing; what is repeated and filled counts for each time.

use std::io::BufRead;
use std::ops::ControlFlow;
use std::sync::Arc;

use sheetform::finding::Finding;
use sheetform::grid::{Cell, MAX_COLUMNS, MAX_ROWS, NumberFormat, Row};

use super::cell::Raw;
use super::spaces::{Space, Spaces};
use super::styles::Formats;
use super::time::Epoch;
use crate::fault::over_limit;
use crate::limits::Limits;
use crate::package::xml::Xml;

/// What the cells of a sheet refer to.
pub(crate) struct Context<'a> {
    pub(crate) spaces: &'a Spaces,
    pub(crate) formats: &'a Formats,
    pub(crate) epoch: &'a Epoch,
    pub(crate) limits: &'a Limits,
}

/// Columns as the sheet declares them.
#[derive(Default)]
pub(crate) struct Columns {
    /// First, last and number format of cells that name no style.
    formats: Vec<(u32, u32, Arc<NumberFormat>)>,
    /// First and last of those hidden, rising.
    pub(crate) hidden: Vec<(u32, u32)>,
    next: u32,
}

/// A row before its cells are read.
pub(crate) struct Head {
    /// From 0; [`MAX_ROWS`] for all below the last.
    pub(crate) index: u32,
    /// How often it stands there.
    pub(crate) repeat: u64,
    pub(crate) hidden: bool,
    /// The number format of cells that name no style.
    format: Option<Arc<NumberFormat>>,
}

impl Head {
    /// The indices of the rows; past the last of a sheet is a finding.
    pub(crate) fn rows(&self) -> Result<std::ops::Range<u32>, Finding> {
        match u64::from(self.index) + self.repeat {
            end if end > u64::from(MAX_ROWS) => Err(over_limit("rows of a sheet", "工作表的行数", MAX_ROWS)),
            end => Ok(self.index..end as u32),
        }
    }
}

/// What is done with each row; it leaves the row.
pub(crate) type EachRow<'a, R> = &'a mut dyn FnMut(&mut Xml<R>, &Head, &Columns) -> Result<ControlFlow<()>, Finding>;

/// Goes through the rows of the element it stands in, a sheet or a group of it.
pub(crate) fn walk<R: BufRead>(
    xml: &mut Xml<R>,
    context: &Context<'_>,
    hidden: bool,
    (columns, next): (&mut Columns, &mut u32),
    each: EachRow<'_, R>,
) -> Result<ControlFlow<()>, Finding> {
    let spaces = context.spaces;
    while xml.child()? {
        let (space, name) = spaces.name(xml);
        if space != Space::Table {
            xml.skip()?;
            continue;
        }
        match name {
            "table-row" => {
                let head = head(xml, context, *next, hidden)?;
                *next = u32::try_from(head.repeat.saturating_add(u64::from(*next))).unwrap_or(MAX_ROWS).min(MAX_ROWS);
                if each(xml, &head, columns)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            "table-column" => columns.add(xml, context, hidden)?,
            "table-rows"
            | "table-header-rows"
            | "table-row-group"
            | "table-columns"
            | "table-header-columns"
            | "table-column-group" => {
                let folded = spaces.attribute(xml, Space::Table, "display")?.is_some_and(|shown| shown == "false");
                if walk(xml, context, hidden || folded, (&mut *columns, &mut *next), &mut *each)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            _ => xml.skip()?,
        }
    }
    Ok(ControlFlow::Continue(()))
}

fn head<R: BufRead>(xml: &Xml<R>, context: &Context<'_>, index: u32, hidden: bool) -> Result<Head, Finding> {
    let mut head = Head { index, repeat: 1, hidden, format: None };
    for attribute in xml.attributes() {
        let (key, value) = attribute?;
        match context.spaces.split(key) {
            (Space::Table, "number-rows-repeated") => head.repeat = times(&value),
            (Space::Table, "visibility") => head.hidden |= value == "collapse" || value == "filter",
            (Space::Table, "default-cell-style-name") => head.format = context.formats.get(&value),
            _ => {}
        }
    }
    Ok(head)
}

/// How often something is repeated; once where that makes no sense.
pub(crate) fn times(text: &str) -> u64 {
    text.trim().parse().ok().filter(|times| *times > 0).unwrap_or(1)
}

impl Columns {
    fn add<R: BufRead>(&mut self, xml: &mut Xml<R>, context: &Context<'_>, folded: bool) -> Result<(), Finding> {
        let (mut repeat, mut hidden, mut format) = (1, folded, None);
        for attribute in xml.attributes() {
            let (key, value) = attribute?;
            match context.spaces.split(key) {
                (Space::Table, "number-columns-repeated") => repeat = times(&value),
                (Space::Table, "visibility") => hidden |= value == "collapse" || value == "filter",
                (Space::Table, "default-cell-style-name") => format = context.formats.get(&value),
                _ => {}
            }
        }
        let end = repeat.saturating_add(u64::from(self.next)).min(u64::from(MAX_COLUMNS)) as u32;
        if self.next < end {
            let stretch = (self.next, end - 1);
            self.formats.extend(format.map(|format| (stretch.0, stretch.1, format)));
            self.hidden.extend(hidden.then_some(stretch));
            self.next = end;
        }
        xml.skip()
    }

    fn format(&self, column: u32) -> Option<Arc<NumberFormat>> {
        let at = self.formats.partition_point(|(_, last, _)| *last < column);
        self.formats.get(at).filter(|(first, ..)| *first <= column).map(|(.., format)| Arc::clone(format))
    }
}

/// Gives the filled rows, rising, until `each` breaks.
pub(crate) fn read<R: BufRead>(
    xml: &mut Xml<R>,
    context: &Context<'_>,
    each: &mut dyn FnMut(Row) -> ControlFlow<()>,
) -> Result<(), Finding> {
    let mut count = Count { cells: 0, text: 0, limits: context.limits };
    let mut raw = Raw::default();
    let mut row = |xml: &mut Xml<R>, head: &Head, columns: &Columns| {
        let cells = cells(xml, context, (head, columns), &mut raw, &mut count)?;
        if cells.is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        let rows = head.rows()?;
        let again = head.repeat - 1;
        count.add(again.saturating_mul(cells.len() as u64))?;
        count.add_text(again, cells.iter().map(|(_, cell)| cell))?;
        let mut cells = Some(cells);
        for index in rows.clone() {
            let cells = if index + 1 == rows.end { cells.take() } else { cells.clone() };
            if each(Row { index, hidden: head.hidden, cells: cells.unwrap_or_default() }).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    };
    let _ = walk(xml, context, false, (&mut Columns::default(), &mut 0), &mut row)?;
    Ok(())
}

/// What a sheet has given so far.
struct Count<'a> {
    cells: u64,
    /// Bytes of texts that stand in the file once and on the sheet again.
    text: u64,
    limits: &'a Limits,
}

impl Count<'_> {
    fn add(&mut self, cells: u64) -> Result<(), Finding> {
        self.cells = self.cells.saturating_add(cells);
        if self.cells > self.limits.cells {
            return Err(over_limit("cells of a sheet", "工作表的单元格数", self.limits.cells));
        }
        Ok(())
    }

    fn add_text<'c>(&mut self, again: u64, cells: impl Iterator<Item = &'c Cell>) -> Result<(), Finding> {
        let bytes: usize = cells.filter_map(Cell::as_text).map(str::len).sum();
        self.text = self.text.saturating_add(again.saturating_mul(bytes as u64));
        if self.text > self.limits.string_bytes as u64 {
            return Err(over_limit("bytes of repeated texts", "重复文本的字节数", self.limits.string_bytes));
        }
        Ok(())
    }
}

/// Leaves a row, giving its filled cells.
fn cells<R: BufRead>(
    xml: &mut Xml<R>,
    context: &Context<'_>,
    (head, columns): (&Head, &Columns),
    raw: &mut Raw,
    count: &mut Count<'_>,
) -> Result<Vec<(u32, Cell)>, Finding> {
    let mut cells = Vec::new();
    let mut next: u64 = 0;
    while xml.child()? {
        if !matches!(context.spaces.name(xml), (Space::Table, "table-cell" | "covered-table-cell")) {
            xml.skip()?;
            continue;
        }
        count.add(1)?;
        let repeat = raw.read(xml, context)?;
        let first = next;
        next = next.saturating_add(repeat);
        let own = || head.format.clone().or_else(|| columns.format(first.min(u64::from(MAX_COLUMNS)) as u32));
        let Some(cell) = raw.cell(context, own) else { continue };
        if next > u64::from(MAX_COLUMNS) {
            return Err(over_limit("columns of a sheet", "工作表的列数", MAX_COLUMNS));
        }
        count.add(repeat - 1)?;
        count.add_text(repeat - 1, std::iter::once(&cell))?;
        for column in first as u32..next as u32 - 1 {
            cells.push((column, cell.clone()));
        }
        cells.push((next as u32 - 1, cell));
    }
    Ok(cells)
}
