//! Tables: the head with its merges, the records, the total rows.

use bigdecimal::BigDecimal;

use super::canvas::{Area, Canvas};
use super::divide::Block;
use super::look::{self, Style};
use super::plan::Placed;
use super::records::Records;
use crate::decimal::{self, DECIMALS};
use crate::grid::{CellRef, Range};
use crate::layout::{Computed, Slot, Table, TotalRow, is_unheaded};
use crate::new_book::{Align, Look, NewContent};

/// Height of a row of the head, and of a record.
const HEAD: f64 = 24.0;
pub(super) const RECORD: f64 = 21.0;

/// Where the parts of a table came to stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stood {
    /// First row of the head.
    pub head: u32,
    /// First record.
    pub first: u32,
    /// The row behind the last record.
    pub end: u32,
    /// The row below the table.
    pub below: u32,
}

/// Puts a table from a row down.
pub(super) fn put(
    canvas: &mut Canvas,
    head: u32,
    table: &Table,
    records: &Records,
    placed: &Placed,
    open: bool,
) -> Stood {
    put_head(canvas, head, table, &placed.blocks);
    let first = head + table.head_rows as u32;
    put_records(canvas, first, table, records, &placed.blocks, open);
    let end = first + records.rows * table.lines;
    let mut below = end;
    for row in 0..table.totals.len() {
        below += put_total(canvas, below, row, table, records, &placed.blocks, (first, end));
    }
    Stood { head, first, end, below }
}

/// Headings: equal neighbours under the same headings share a cell, and the lowest one reaches down.
fn put_head(canvas: &mut Canvas, top: u32, table: &Table, blocks: &[Block]) {
    let levels = table.head_rows;
    for row in 0..levels {
        canvas.at_least(top + row as u32, HEAD);
    }
    if table.lines > 1 {
        return put_lines_head(canvas, top, table, blocks);
    }
    let mut col = 0;
    while col < table.columns.len() {
        // The columns from here on that share the first heading are laid together.
        let end = run(table, col, table.columns.len(), 0);
        head_part(canvas, top, table, blocks, (col, end), 0);
        col = end;
    }
}

/// Headings of records of several rows: each stands as its column does in a record.
fn put_lines_head(canvas: &mut Canvas, top: u32, table: &Table, blocks: &[Block]) {
    let levels = table.head_rows as u32;
    let slots = table.slots();
    for (i, slot) in slots.iter().enumerate() {
        let column = &table.columns[i];
        if slot.line > 0 && is_unheaded(column) {
            continue;
        }
        // A heading reaches down over the columns that have none.
        let next = (i + 1..slots.len()).take_while(|j| slots[*j].line > 0).find(|j| !is_unheaded(&table.columns[*j]));
        let end = next.map(|j| slots[j].line).filter(|line| *line > slot.line).unwrap_or(levels);
        let rows = if slot.line + slot.rows >= table.lines { levels } else { end } - slot.line;
        let text = column.heads.first().filter(|text| !text.is_empty());
        let content = text.map_or(NewContent::Empty, |text| NewContent::Text(text.clone()));
        canvas.put(Area::tall(top + slot.line, rows, blocks[i]), content, &look::head());
    }
}

/// The column behind those that share, with the column `from`, the headings down to a level that is not their last.
fn run(table: &Table, from: usize, limit: usize, level: usize) -> usize {
    let heads = &table.columns[from].heads;
    let inner = |heads: &[String]| heads.len() > level + 1;
    let shares = |at: &usize| {
        let other = &table.columns[*at].heads;
        inner(heads) && inner(other) && heads[..=level] == other[..=level]
    };
    from + 1 + (from + 1..limit).take_while(shares).count()
}

fn head_part(
    canvas: &mut Canvas,
    top: u32,
    table: &Table,
    blocks: &[Block],
    (from, end): (usize, usize),
    level: usize,
) {
    let heads = &table.columns[from].heads;
    let cols = (blocks[from].0, blocks[end - 1].1);
    let row = top + level as u32;
    if heads.len() <= level + 1 {
        let text = heads.get(level).filter(|text| !text.is_empty());
        let content = text.map_or(NewContent::Empty, |text| NewContent::Text(text.clone()));
        let rows = (table.head_rows - level) as u32;
        canvas.put(Area::tall(row, rows, cols), content, &look::head());
        return;
    }
    canvas.put(Area::new(row, cols), NewContent::Text(heads[level].clone()), &look::head());
    let mut col = from;
    while col < end {
        let next = run(table, col, end, level + 1);
        head_part(canvas, top, table, blocks, (col, next), level + 1);
        col = next;
    }
}

/// The columns whose values stand in the middle. Cells over several rows do, and so does all of their column.
pub(super) fn short(table: &Table, records: &Records) -> Vec<bool> {
    let one = |i: usize| {
        let column = &table.columns[i];
        column.merge || column.level < table.levels.len() || super::measure::is_short(table, records, i)
    };
    (0..table.columns.len()).map(one).collect()
}

fn put_records(canvas: &mut Canvas, top: u32, table: &Table, records: &Records, blocks: &[Block], open: bool) {
    let width = table.columns.len();
    let mut cells = records.cells.iter();
    let mut spans: Vec<_> = records.spans.iter().map(|spans| spans.iter().peekable()).collect();
    // The look of a cell over several rows, and the row behind it.
    let mut held: Vec<Option<(Look, u32)>> = vec![None; width];
    let slots = table.slots();
    let lines = table.lines;
    // A column's cell, over so many records from one on.
    let area = |record: u32, records: u32, index: usize| {
        let Slot { line, rows, .. } = slots[index];
        Area::tall(top + record * lines + line, rows + (records - 1) * lines, blocks[index])
    };
    let short = short(table, records);
    for row in 0..records.rows {
        for line in 0..lines {
            canvas.at_least(top + row * lines + line, RECORD);
        }
        for (index, column) in table.columns.iter().enumerate() {
            let content = cells.next().cloned().unwrap_or_default();
            if let Some((look, end)) = &held[index] {
                if row < *end {
                    canvas.cells(area(row, 1, index), NewContent::Empty, look);
                    continue;
                }
                held[index] = None;
            }
            let style = look::value(&column.field, &content, Style { column: true, open }, short[index]);
            let span = spans[index].next_if(|(first, _)| *first == row).copied();
            if let Some((_, rows)) = span {
                let whole = area(row, rows, index);
                canvas.grow(whole, &content, &style);
                canvas.merge(whole);
                canvas.cells(area(row, 1, index), content, &style);
                held[index] = Some((style, row + rows));
            } else {
                canvas.put(area(row, 1, index), content, &style);
            }
        }
    }
}

/// The column of the sheet left of which the label of a total row stands; none where there is no room for it.
pub(super) fn first_sum(total: &TotalRow, blocks: &[Block]) -> Option<u32> {
    let left = total.cells.iter().map(|(column, _)| blocks[*column].0).min();
    left.filter(|left| *left > blocks[0].0)
}

/// Puts a total row, and gives the rows it takes; none where it has no room for its label, which stands left of the
/// first sum.
fn put_total(
    canvas: &mut Canvas,
    row: u32,
    number: usize,
    table: &Table,
    records: &Records,
    blocks: &[Block],
    (first, end): (u32, u32),
) -> u32 {
    let total = &table.totals[number];
    let slots = table.slots();
    let Some(left) = first_sum(total, blocks) else { return 0 };
    let lines = total.cells.iter().map(|(column, _)| slots[*column].line + 1).max().unwrap_or(1);
    for line in 0..lines {
        canvas.at_least(row + line, RECORD);
    }
    let label = Area::tall(row, lines, (blocks[0].0, left));
    canvas.put(label, NewContent::Text(total.label.clone()), &look::total(None, Align::Center));
    for (index, column) in table.columns.iter().enumerate() {
        let Slot { line, rows, .. } = slots[index];
        if blocks[index].0 < left || line >= lines {
            continue;
        }
        let computed = total.cells.iter().find(|(at, _)| *at == index).map(|(_, computed)| computed);
        let content = match computed {
            Some(Computed::Sum) => sum_of(index, records, table, blocks[index].0, first + line, end),
            Some(Computed::Expression(_)) => {
                records.computed.get(&(number, index)).map_or(NewContent::Empty, |value| NewContent::Number(*value))
            }
            None => NewContent::Empty,
        };
        let number = NewContent::Number(0.0);
        let like = look::value(&column.field, &number, Style { column: true, open: false }, true);
        let look = look::total(like.format.filter(|_| computed.is_some()), like.align);
        canvas.put(Area::tall(row + line, rows.min(lines - line), blocks[index]), content, &look);
    }
    lines
}

fn sum_of(index: usize, records: &Records, table: &Table, col: u32, first: u32, end: u32) -> NewContent {
    let sum = sum(index, records, table);
    // Of several rows of a record one is added up.
    let lines = if table.slots()[index].rows < table.lines { table.lines } else { 1 };
    sum.content(col, first, end, lines)
}

fn sum(index: usize, records: &Records, table: &Table) -> Sum {
    let mut sum = Sum::default();
    records.cells.iter().skip(index).step_by(table.columns.len().max(1)).for_each(|content| sum.add(content));
    sum
}

/// What a column adds up to, exactly.
#[derive(Clone, Debug, Default)]
pub(super) struct Sum {
    value: BigDecimal,
    /// The part of it that few decimals say, in units of the last of [`DECIMALS`].
    short: i128,
    /// Whether a number stands as text.
    dead: bool,
}

impl Sum {
    pub(super) fn add(&mut self, content: &NewContent) {
        if let NewContent::Number(value) = content
            && let Some((units, decimals)) = decimal::units(*value, DECIMALS)
        {
            self.short += i128::from(units) * 10_i128.pow(DECIMALS - decimals);
            return;
        }
        let decimal = match content {
            NewContent::Number(value) => format!("{value:e}").parse::<BigDecimal>().ok(),
            NewContent::Text(text) => text.parse::<BigDecimal>().ok().inspect(|_| self.dead = true),
            _ => None,
        };
        if let Some(decimal) = decimal {
            self.value += decimal;
        }
    }

    /// The sum, where a cell holds it.
    fn value(&self) -> Option<f64> {
        let value = &self.value + BigDecimal::new(self.short.into(), i64::from(DECIMALS));
        value.to_string().parse::<f64>().ok().filter(|value| value.is_finite())
    }

    /// A live sum with its exact value over rows of a column, each record `lines` of them; the value alone where a
    /// number stands as text, which a formula would pass over.
    pub(super) fn content(&self, col: u32, first: u32, end: u32, lines: u32) -> NewContent {
        let Some(value) = self.value() else { return NewContent::Empty };
        let range = Range::new(CellRef::new(first, col), CellRef::new(end.max(first + 1) - 1, col));
        if self.dead {
            NewContent::Number(value)
        } else if lines > 1 {
            let rows = format!("MOD(ROW({range})-{},{lines})=0", first + 1);
            NewContent::Formula { text: format!("SUMPRODUCT(--({rows}),{range})"), value }
        } else {
            NewContent::Formula { text: format!("SUM({}:{})", range.first, range.last), value }
        }
    }
}

/// What a cell of a computed row holds; `None` where nothing can be computed.
pub(crate) fn total_of(table: &Table, row: usize, column: usize, records: &Records) -> Option<f64> {
    let (_, computed) = table.totals.get(row)?.cells.iter().find(|(at, _)| *at == column)?;
    match computed {
        Computed::Sum => sum(column, records, table).value(),
        Computed::Expression(_) => records.computed.get(&(row, column)).copied(),
    }
}
