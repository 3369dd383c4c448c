//! The records of one sheet: cells, hidden rows and columns, merges.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sheetform::finding::Finding;
use sheetform::grid::{Cell, CellRef, Content, Formula, MAX_COLUMNS, Range, Row, SheetFrame};

use super::records::{Record, Records, Values, error, packed};
use super::{Globals, cut};
use crate::fault::over_limit;
use crate::limits::Limits;
use crate::number;
use crate::ranges::{disjoint, joined};

const BEGIN: u16 = 0x0809;
const END: u16 = 0x000A;

/// Gives the records of the sheet itself; those of a chart inside it have their own beginning and end.
fn each<'a>(mut records: Records<'a>, mut give: impl FnMut(&Record<'a>) -> Result<(), Finding>) -> Result<(), Finding> {
    let mut depth = 0;
    loop {
        let record = records.next().ok_or_else(cut)?;
        match record.id {
            BEGIN => depth += 1,
            END if depth <= 1 => return Ok(()),
            END => depth -= 1,
            // A sheet begins with its beginning.
            _ if depth == 0 => return Err(cut()),
            _ if depth == 1 => give(&record)?,
            _ => {}
        }
    }
}

/// Merges and hidden columns.
pub(crate) fn frame(records: Records<'_>, limits: &Limits) -> Result<SheetFrame, Finding> {
    let (mut merges, mut hidden) = (Vec::new(), Vec::new());
    each(records, |record| {
        match record.id {
            0x00E5 => {
                let mut values = record.values();
                for _ in 0..values.u16().unwrap_or(0) {
                    let corners = (values.u16(), values.u16(), values.u16(), values.u16());
                    let (Some(top), Some(bottom), Some(left), Some(right)) = corners else { break };
                    let at = |row: u16, col: u16| CellRef::new(u32::from(row), u32::from(col).min(MAX_COLUMNS - 1));
                    merges.push(Range::new(at(top, left), at(bottom, right)));
                }
                if merges.len() > limits.merges {
                    return Err(over_limit("merged ranges of a sheet", "工作表的合并区域数", limits.merges));
                }
            }
            0x007D => {
                let mut values = record.values();
                let (first, last) = (values.u16(), values.u16());
                let flags = values.u32().and_then(|_| values.u16());
                if let (Some(first), Some(last), Some(flags)) = (first, last, flags)
                    && flags & 1 == 1
                    && first <= last
                {
                    hidden.push((u32::from(first), u32::from(last)));
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(SheetFrame { merges: disjoint(merges), hidden_columns: joined(hidden) })
}

/// The filled rows, rising.
pub(crate) fn rows(records: Records<'_>, globals: &Globals, limits: &Limits) -> Result<Vec<Row>, Finding> {
    let mut cells = Cells { globals, rows: BTreeMap::new(), hidden: BTreeSet::new(), count: 0, waiting: None };
    each(records, |record| {
        // A record of a cell that is too short holds nothing that could be shown.
        let _ = cells.record(record);
        if cells.count > limits.cells {
            return Err(over_limit("cells of a sheet", "工作表的单元格数", limits.cells));
        }
        Ok(())
    })?;
    let Cells { rows, hidden, .. } = cells;
    let row = |(index, cells): (u32, BTreeMap<u32, Cell>)| Row {
        index,
        hidden: hidden.contains(&index),
        cells: cells.into_iter().collect(),
    };
    Ok(rows.into_iter().map(row).collect())
}

struct Cells<'a> {
    globals: &'a Globals,
    rows: BTreeMap<u32, BTreeMap<u32, Cell>>,
    hidden: BTreeSet<u32>,
    count: u64,
    /// The cell of a formula whose text comes in a record of its own.
    waiting: Option<(u16, u16, u16)>,
}

impl Cells<'_> {
    fn record(&mut self, record: &Record<'_>) -> Option<()> {
        let mut values = record.values();
        match record.id {
            // Texts.
            0x00FD => {
                let (at, index) = (place(&mut values)?, values.u32()?);
                let content = match self.globals.texts.get(index as usize) {
                    Some(text) if text.is_empty() => return Some(()),
                    Some(text) => Content::Text(Arc::clone(text)),
                    None => Content::Error(format!("shared text {index}").into()),
                };
                self.put(at, content, false);
            }
            0x0204 | 0x00D6 => {
                let at = place(&mut values)?;
                let text = self.text(&mut values)?;
                self.put(at, Content::Text(text.into()), false);
            }
            // Numbers.
            0x0203 => {
                let at = place(&mut values)?;
                let content = number(values.f64()?);
                self.put(at, content, false);
            }
            0x027E => {
                let at = place(&mut values)?;
                let content = number(packed(values.u32()?));
                self.put(at, content, false);
            }
            0x00BD => {
                let (row, first) = (values.u16()?, values.u16()?);
                let mut columns = first..;
                // Behind the last number stands its column again.
                while let (Some(format), Some(rk)) = (values.u16(), values.u32()) {
                    self.put((row, columns.next()?, format), number(packed(rk)), false);
                }
            }
            0x0205 => {
                let at = place(&mut values)?;
                let (value, is_error) = (values.u8()?, values.u8()?);
                self.put(at, truth(value, is_error != 0), false);
            }
            0x0006 => {
                let at = place(&mut values)?;
                self.waiting = None;
                let result: [u8; 8] = values.bytes()?;
                match result {
                    [0, .., 0xFF, 0xFF] => self.waiting = Some(at),
                    [1, _, value, .., 0xFF, 0xFF] => self.put(at, truth(value, false), true),
                    [2, _, value, .., 0xFF, 0xFF] => self.put(at, truth(value, true), true),
                    [3, .., 0xFF, 0xFF] => self.put(at, Content::Text("".into()), true),
                    // What is no number was never worked out: some writers leave the working out to Excel.
                    bytes => match f64::from_le_bytes(bytes) {
                        value if value.is_finite() => self.put(at, number(value), true),
                        _ => self.put(at, Content::Empty, true),
                    },
                }
            }
            0x0207 => {
                let at = self.waiting.take()?;
                let text = self.text(&mut values)?;
                self.put(at, Content::Text(text.into()), true);
            }
            0x0208 => {
                let row = values.u16()?;
                values.skip(10)?;
                if values.u16()? & 0x20 != 0 {
                    self.hidden.insert(u32::from(row));
                }
            }
            _ => {}
        }
        Some(())
    }

    fn text(&self, values: &mut Values<'_, '_>) -> Option<String> {
        let length = usize::from(values.u16()?);
        if self.globals.unicode { values.text(length) } else { values.narrow(length, self.globals.encoding) }
    }

    fn put(&mut self, (row, column, format): (u16, u16, u16), content: Content, is_formula: bool) {
        self.count += 1;
        if u32::from(column) >= MAX_COLUMNS || (!is_formula && content == Content::Text("".into())) {
            return;
        }
        let cached = content != Content::Empty;
        let formula = is_formula.then(|| Arc::new(Formula { text: "".into(), cached }));
        let format = self.globals.formats.get(usize::from(format)).cloned().flatten();
        let cell = Cell { content, format, formula };
        self.rows.entry(u32::from(row)).or_default().insert(u32::from(column), cell);
    }
}

fn place(values: &mut Values<'_, '_>) -> Option<(u16, u16, u16)> {
    Some((values.u16()?, values.u16()?, values.u16()?))
}

fn number(value: f64) -> Content {
    if value.is_finite() {
        Content::Number { value, raw: number::raw(value).into() }
    } else {
        Content::Error("#NUM!".into())
    }
}

fn truth(value: u8, is_error: bool) -> Content {
    if is_error { Content::Error(error(value).into()) } else { Content::Bool(value != 0) }
}
