//! The rows of a sheet, one at a time; only the row being read is in memory.

use std::io::{BufRead, Read};
use std::ops::ControlFlow;

use sheetform::finding::Finding;
use sheetform::grid::{Cell, MAX_COLUMNS, MAX_ROWS, Row, SheetFrame};

use super::cell::{self, Place, Raw};
use super::frame::Frame;
use super::scan;
use super::stretch::{Found, Stretch};
use super::strings::Strings;
use super::styles::Styles;
use crate::fault::{over_limit, unreadable};
use crate::limits::Limits;
use crate::package::scan::Stop;
use crate::package::window::Window;
use crate::package::xml::Xml;

/// What the cells of a sheet refer to.
pub(crate) struct Context<'a> {
    pub(crate) strings: &'a Strings,
    pub(crate) styles: &'a Styles,
    pub(crate) date1904: bool,
    pub(crate) limits: &'a Limits,
}

/// Gives the filled rows, rising, until `each` breaks. Reads on to the part's end, so that a wrong checksum is seen, and
/// gives what stands beside the rows.
pub(crate) fn read<R: Read>(
    xml: Xml<Window<R>>,
    context: &Context<'_>,
    each: &mut dyn FnMut(Row) -> ControlFlow<()>,
) -> Result<Option<SheetFrame>, Finding> {
    read_into(&mut Stretch::default(), xml, context, &mut |stretch| stretch.drain(context, each))
}

/// The same; `each` is called when a row was added to the stretch.
pub(crate) fn read_into<R: Read>(
    stretch: &mut Stretch,
    mut xml: Xml<Window<R>>,
    context: &Context<'_>,
    each: &mut dyn FnMut(&mut Stretch) -> ControlFlow<()>,
) -> Result<Option<SheetFrame>, Finding> {
    xml.root("worksheet")?;
    let mut frame = Frame::default();
    let mut next = 0;
    let mut state = State::default();
    while xml.child()? {
        if xml.name() != "sheetData" {
            frame.take(&mut xml, context.limits)?;
            continue;
        }
        loop {
            let (index, hidden) = match plain_row(&mut xml, next, context, &mut state, stretch)? {
                Some(row) => row,
                None if !xml.child()? => break,
                None if xml.name() != "row" => {
                    xml.skip()?;
                    continue;
                }
                None => {
                    let (index, hidden) = row_attributes(&xml, next)?;
                    let cells = cells(&mut xml, index, context, &mut state)?;
                    stretch.cells().extend(cells.into_iter().map(|(column, cell)| Found::whole(column, cell)));
                    (index, hidden)
                }
            };
            next = index + 1;
            if stretch.end_row(index, hidden) && each(stretch).is_break() {
                return Ok(None);
            }
        }
    }
    xml.finish()?;
    Ok(Some(frame.finish()))
}

/// What goes on from row to row.
#[derive(Default)]
struct State {
    /// Cells so far.
    count: u64,
    raw: Raw,
}

/// The next row, where the scanner understands it: its index and whether it is hidden.
fn plain_row<R: Read>(
    xml: &mut Xml<Window<R>>,
    next: u32,
    context: &Context<'_>,
    state: &mut State,
    stretch: &mut Stretch,
) -> Result<Option<(u32, bool)>, Finding> {
    let left = context.limits.cells - state.count;
    let taken = xml.scan(|bytes| {
        stretch.forget();
        match scan::row(bytes, next, context, stretch.cells())? {
            (_, row) if row.count > left => Err(Stop::Odd),
            taken => Ok(taken),
        }
    })?;
    let Some(row) = taken else {
        stretch.forget();
        return Ok(None);
    };
    state.count += row.count;
    Ok(Some((row.index, row.hidden)))
}

/// The row's index and whether it is hidden; `next` is the first index it may have.
fn row_attributes<R: BufRead>(xml: &Xml<R>, next: u32) -> Result<(u32, bool), Finding> {
    let mut index = next;
    let mut hidden = false;
    for attribute in xml.attributes() {
        let (key, value) = attribute?;
        match key {
            "r" => {
                let number: Option<u32> = value.trim().parse().ok();
                index = number.filter(|number| (1..=MAX_ROWS).contains(number)).map(|number| number - 1).ok_or_else(
                    || {
                        unreadable(
                            xml.part(),
                            &format!("has a row with the impossible number {value}"),
                            &format!("有一行的行号不可能存在：{value}"),
                        )
                    },
                )?;
            }
            "hidden" => hidden = value == "1" || value == "true",
            _ => {}
        }
    }
    if index < next {
        return Err(unreadable(
            xml.part(),
            &format!("has row {} after row {next}", index + 1),
            &format!("的第 {} 行排在第 {next} 行之后", index + 1),
        ));
    }
    if index >= MAX_ROWS {
        return Err(over_limit("rows of a sheet", "工作表的行数", MAX_ROWS));
    }
    Ok((index, hidden))
}

fn cells<R: BufRead>(
    xml: &mut Xml<R>,
    row: u32,
    context: &Context<'_>,
    state: &mut State,
) -> Result<Vec<(u32, Cell)>, Finding> {
    let State { count, raw } = state;
    let mut cells: Vec<(u32, Cell)> = Vec::new();
    let mut next = 0;
    let mut rising = true;
    while xml.child()? {
        if xml.name() != "c" {
            xml.skip()?;
            continue;
        }
        *count += 1;
        if *count > context.limits.cells {
            return Err(over_limit("cells of a sheet", "工作表的单元格数", context.limits.cells));
        }
        let place = cell::read(xml, row, raw)?;
        let column = match place {
            Place::Column(column) => column,
            Place::Next | Place::Odd(_) => next,
        };
        next = (column + 1).min(MAX_COLUMNS - 1);
        let Some(mut cell) = raw.cell(context) else { continue };
        if let Place::Odd(name) = &place {
            cell = cell::misplaced(name, &cell);
        }
        rising &= cells.last().is_none_or(|(last, _)| *last < column);
        cells.push((column, cell));
    }
    if !rising {
        cells = in_order(cells);
    }
    Ok(cells)
}

/// Columns rising, each once.
fn in_order(mut cells: Vec<(u32, Cell)>) -> Vec<(u32, Cell)> {
    cells.sort_by_key(|(column, _)| *column);
    let mut out: Vec<(u32, Cell)> = Vec::with_capacity(cells.len());
    for (column, cell) in cells {
        match out.pop() {
            Some((last, before)) if last == column => out.push((column, cell::both(before, cell))),
            before => {
                out.extend(before);
                out.push((column, cell));
            }
        }
    }
    out
}
