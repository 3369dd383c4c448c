//! The records of one sheet: rows as a stream, merges and hidden columns.

use std::io::BufRead;
use std::ops::ControlFlow;
use std::sync::Arc;

use sheetform::finding::Finding;
use sheetform::grid::{Cell, CellRef, Content, Formula, MAX_COLUMNS, MAX_ROWS, NumberFormat, Range, Row, SheetFrame};

use super::records::{Records, Values};
use crate::fault::{over_limit, unreadable};
use crate::limits::Limits;
use crate::number;
use crate::ranges::{disjoint, joined};
use crate::xls::records::{error, packed};

/// What the cells of a sheet refer to.
pub(crate) struct Context<'a> {
    pub(crate) texts: &'a [Arc<str>],
    pub(crate) formats: &'a [Option<Arc<NumberFormat>>],
    pub(crate) limits: &'a Limits,
    pub(crate) part: &'a str,
}

/// Merges and hidden columns.
pub(crate) fn frame<R: BufRead>(mut records: Records<'_, R>, limits: &Limits) -> Result<SheetFrame, Finding> {
    let (mut merges, mut hidden) = (Vec::new(), Vec::new());
    while let Some((id, mut values)) = records.next()? {
        let mut next = || values.u32();
        match id {
            176 => {
                let corners = (next(), next(), next(), next());
                let (Some(top), Some(bottom), Some(left), Some(right)) = corners else { continue };
                if top.max(bottom) < MAX_ROWS && left.max(right) < MAX_COLUMNS {
                    merges.push(Range::new(CellRef::new(top, left), CellRef::new(bottom, right)));
                }
                if merges.len() > limits.merges {
                    return Err(over_limit("merged ranges of a sheet", "工作表的合并区域数", limits.merges));
                }
            }
            60 => {
                let (first, last, _, _) = (next(), next(), next(), next());
                if let (Some(first), Some(last), Some(flags)) = (first, last, values.u16())
                    && flags & 1 == 1
                    && first <= last
                    && first < MAX_COLUMNS
                {
                    hidden.push((first, last.min(MAX_COLUMNS - 1)));
                }
                if hidden.len() > MAX_COLUMNS as usize {
                    return Err(over_limit("hidden columns of a sheet", "工作表的隐藏列数", MAX_COLUMNS));
                }
            }
            _ => {}
        }
    }
    Ok(SheetFrame { merges: disjoint(merges), hidden_columns: joined(hidden) })
}

/// Gives the filled rows, rising, until `each` breaks.
pub(crate) fn rows<R: BufRead>(
    mut records: Records<'_, R>,
    context: &Context<'_>,
    each: &mut dyn FnMut(Row) -> ControlFlow<()>,
) -> Result<(), Finding> {
    let mut row = Row::default();
    // The row after the last one begun, and the column after the last cell.
    let (mut next_row, mut next_column) = (0, 0);
    let (mut inside, mut count) = (false, 0);
    while let Some((id, mut values)) = records.next()? {
        match id {
            // What follows the cells is read too, so that a wrong checksum is seen.
            145 | 146 => inside = id == 145,
            0 if inside => {
                if !row.cells.is_empty() && each(std::mem::take(&mut row)).is_break() {
                    return Ok(());
                }
                let index = values.u32().unwrap_or(u32::MAX);
                if index < next_row || index >= MAX_ROWS {
                    return Err(unreadable(context.part, "has rows in an impossible order", "的行次序有误"));
                }
                // Format and height stand between; then flags, of which one says that the height is nothing.
                let flags = values.u32().and_then(|_| values.u16()).and_then(|_| values.u16()).unwrap_or(0);
                row = Row { index, hidden: flags & 0x1000 != 0, cells: Vec::new() };
                next_row = index + 1;
                next_column = 0;
            }
            1..=18 | 62 if inside && next_row > 0 => {
                count += 1;
                if count > context.limits.cells {
                    return Err(over_limit("cells of a sheet", "工作表的单元格数", context.limits.cells));
                }
                // A short one stands in the next column.
                let column = if (12..=18).contains(&id) { Some(next_column) } else { values.u32() };
                let Some(column) = column.filter(|column| (next_column..MAX_COLUMNS).contains(column)) else {
                    return Err(unreadable(context.part, "has cells in an impossible order", "的单元格次序有误"));
                };
                next_column = column + 1;
                let cell = values.u32().and_then(|style| cell(id, &mut values, style & 0x00FF_FFFF, context));
                row.cells.extend(cell.map(|cell| (column, cell)));
            }
            _ => {}
        }
    }
    if !row.cells.is_empty() {
        let _ = each(row);
    }
    Ok(())
}

/// The cell of a record; `None` where nothing but a look is there.
fn cell(id: u16, values: &mut Values<'_>, style: u32, book: &Context<'_>) -> Option<Cell> {
    let is_formula = (8..=11).contains(&id);
    let content = match id {
        2 | 13 => number(packed(values.u32()?)),
        3 | 11 | 14 => Content::Error(error(values.u8()?).into()),
        4 | 10 | 15 => Content::Bool(values.u8()? != 0),
        5 | 9 | 16 => number(values.f64()?),
        6 | 8 | 17 => Content::Text(values.text()?.into()),
        62 => {
            values.u8()?;
            Content::Text(values.text()?.into())
        }
        7 | 18 => {
            let index = values.u32()?;
            match book.texts.get(index as usize) {
                Some(text) => Content::Text(Arc::clone(text)),
                None => Content::Error(format!("shared text {index}").into()),
            }
        }
        _ => return None,
    };
    if !is_formula && content == Content::Text("".into()) {
        return None;
    }
    let formula = is_formula.then(|| Arc::new(Formula { text: "".into(), cached: true }));
    let format = book.formats.get(style as usize).cloned().flatten();
    Some(Cell { content, format, formula })
}

fn number(value: f64) -> Content {
    if value.is_finite() {
        Content::Number { value, raw: number::raw(value).into() }
    } else {
        Content::Error("#NUM!".into())
    }
}
