//! The columns of a table: those of its head, split or joined by what stands below, and those without a heading.

use super::heads::{Head, Leaf};
use super::sheet::{Kind, Sheet, Slot};
use super::words::is_serial;
use crate::read::text_value;

/// Rows below a head that tell its columns.
const SAMPLE: usize = 300;

/// A column with what its first cells say.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) first: u32,
    pub(crate) last: u32,
    pub(crate) path: Vec<String>,
    /// Whether most of its cells are numbers or dates.
    pub(crate) is_value: bool,
    /// Whether it counts the records.
    pub(crate) serial: bool,
}

impl Column {
    /// Its heading; empty where it has none.
    pub(crate) fn name(&self) -> String {
        self.path.join(" / ")
    }

    pub(crate) fn holds(&self, col: u32) -> bool {
        (self.first..=self.last).contains(&col)
    }
}

/// The columns under a head, from the rows down to `to`.
pub(crate) fn of(sheet: &Sheet, head: &Head, all: (u32, u32), to: u32) -> Vec<Column> {
    let rows = sample(sheet, head, all, to);
    let mut leaves: Vec<Leaf> = head.leaves.iter().flat_map(|leaf| split(leaf, &rows)).collect();
    leaves.extend(without_heading(sheet, head, &rows, all));
    leaves.sort_by_key(|leaf| leaf.first);
    drop_empty_ends(&mut leaves, &rows);
    let column = |(i, leaf): (usize, Leaf)| {
        let cells: Vec<&Slot<'_>> =
            rows.iter().flatten().filter(|slot| (leaf.first..=leaf.last).contains(&slot.first_col())).collect();
        let text = leaf.path.last().map(String::as_str).unwrap_or_default();
        let counted = cells.iter().filter(|slot| is_count(slot)).count();
        let serial = is_serial(text) || i == 0 && text == "编号" && !cells.is_empty() && counted == cells.len();
        Column {
            is_value: are_values(cells.iter().copied()),
            serial,
            first: leaf.first,
            last: leaf.last,
            path: leaf.path,
        }
    };
    leaves.into_iter().enumerate().map(column).collect()
}

fn sample<'s>(sheet: &'s Sheet, head: &Head, all: (u32, u32), to: u32) -> Vec<Vec<Slot<'s>>> {
    let mut rows = Vec::new();
    let mut row = head.bottom;
    while let Some(next) = sheet.next_filled(row + 1).filter(|next| *next < to) {
        if rows.len() == SAMPLE || next - row > 6 {
            break;
        }
        row = next;
        let slots = sheet.begun(row, all);
        if slots.len() > 1 || !sheet.reaching(row, all).is_empty() {
            rows.push(slots);
        }
    }
    rows
}

/// Whether most cells of a column are values.
pub(super) fn are_values<'s>(cells: impl ExactSizeIterator<Item = &'s Slot<'s>>) -> bool {
    let all = cells.len();
    all > 0 && cells.filter(|slot| is_value(slot)).count() * 10 >= all * 6
}

/// Whether it holds no text, or one that is a number.
pub(super) fn is_value(slot: &Slot<'_>) -> bool {
    slot.kind() != Kind::Text || slot.text().is_some_and(|text| text_value::number(text, None).is_some())
}

/// Whether it holds a text that is no number.
pub(super) fn is_words(slot: &Slot<'_>) -> bool {
    slot.text().is_some() && !is_value(slot)
}

fn is_count(slot: &Slot<'_>) -> bool {
    match slot.text() {
        Some(text) => text.parse::<u32>().is_ok(),
        None => slot.kind() == Kind::Number,
    }
}

/// A heading over several columns of the sheet is one column where its cells below are merged alike or stand alone.
fn split(leaf: &Leaf, rows: &[Vec<Slot<'_>>]) -> Vec<Leaf> {
    if leaf.first == leaf.last {
        return vec![leaf.clone()];
    }
    let within = |slot: &&Slot<'_>| (leaf.first..=leaf.last).contains(&slot.first_col());
    let several = rows.iter().filter(|row| row.iter().filter(within).count() > 1).count();
    let some = rows.iter().filter(|row| row.iter().any(|slot| within(&slot))).count();
    if several == 0 || several * 10 < some * 3 {
        return vec![leaf.clone()];
    }
    let mut starts: Vec<u32> = rows.iter().flatten().filter(within).map(Slot::first_col).collect();
    starts.push(leaf.first);
    starts.sort_unstable();
    starts.dedup();
    let end = |i: usize| starts.get(i + 1).map_or(leaf.last, |next| next - 1);
    starts.iter().enumerate().map(|(i, first)| Leaf { first: *first, last: end(i), path: leaf.path.clone() }).collect()
}

/// Columns with values and no heading: within the head, or directly beside it and filled in most rows.
fn without_heading(sheet: &Sheet, head: &Head, rows: &[Vec<Slot<'_>>], all: (u32, u32)) -> Vec<Leaf> {
    let (first, last) = head.columns();
    let bare = |col: u32| Leaf { first: col, last: col, path: Vec::new() };
    let filled = |col: u32| rows.iter().flatten().filter(|slot| slot.first_col() == col).count();
    let covered = |col: u32| -> u32 {
        let of = |slot: &Slot<'_>| slot.area.last.row - slot.area.first.row + 1;
        rows.iter().flatten().filter(|slot| slot.first_col() == col).map(of).sum()
    };
    let is_side = |col: u32| {
        let own =
            head.cells.iter().any(|area| area.first.col <= col && area.last.col >= col && area.last.row > head.bottom);
        let begun: Vec<&Slot<'_>> = rows.iter().flatten().filter(|slot| slot.first_col() == col).collect();
        own || begun.len() == 1 && begun[0].area.last.row > begun[0].area.first.row
    };
    let mut found: Vec<Leaf> = (first..=last)
        .filter(|col| head.leaf_at(*col).is_none() && filled(*col) > 0 && !is_side(*col))
        .filter(|col| filled(*col) * 5 >= rows.len() || filled(*col) > 1)
        .map(bare)
        .collect();
    let dense = |col: u32| covered(col) as usize * 2 >= rows.len().max(1) && filled(col) >= 1 && rows.len() > 1;
    let mut col = first;
    while col > all.0 && dense(col - 1) && !is_side(col - 1) && sheet.slot(head.bottom, col - 1).is_none() {
        col -= 1;
        found.push(bare(col));
    }
    // Names of the lines may stand before a gap.
    let begins = |col: u32| {
        let own = rows.iter().filter(|row| row.iter().any(|slot| slot.first_col() == col));
        rows.len() > 2 && own.count() * 10 >= rows.len() * 8
    };
    if let Some(name) = (all.0..col).rev().take(8).find(|col| begins(*col) && sheet.slot(head.bottom, *col).is_none()) {
        found.extend((name..col).filter(|col| *col == name || filled(*col) * 5 >= rows.len()).map(bare));
    }
    let mut col = last;
    while col < all.1 && dense(col + 1) && !is_side(col + 1) && sheet.slot(head.bottom, col + 1).is_none() {
        col += 1;
        found.push(bare(col));
    }
    found
}

/// Columns at the ends without heading and values are none.
fn drop_empty_ends(leaves: &mut Vec<Leaf>, rows: &[Vec<Slot<'_>>]) {
    let is_empty = |leaf: &Leaf| {
        leaf.path.iter().all(String::is_empty)
            && rows.iter().flatten().all(|slot| !(leaf.first..=leaf.last).contains(&slot.first_col()))
    };
    leaves.retain(|leaf| !is_empty(leaf));
    // So is one heading of nothing behind a gap, where the others have none.
    let filled = |leaf: &Leaf| rows.iter().flatten().any(|slot| (leaf.first..=leaf.last).contains(&slot.first_col()));
    let parted: Vec<usize> = (1..leaves.len()).filter(|i| leaves[*i].first > leaves[i - 1].last + 1).collect();
    if parted == [leaves.len().wrapping_sub(1)]
        && leaves.len() > 3
        && rows.len() > 1
        && !leaves.last().is_some_and(filled)
    {
        leaves.pop();
    }
}
