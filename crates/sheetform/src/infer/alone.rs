//! A list of one column: a heading, its lines, and nothing else on the sheet. What has more beside or around it is not
//! looked at here.

use super::columns::{Column, are_values};
use super::heads::{Head, Leaf};
use super::labels::in_cell;
use super::rows::Role;
use super::sheet::{Sheet, Slot};
use super::tables::Table;
use super::text::heading;
use super::words::{figure, heading_weight, is_heading, is_note, is_section, is_serial, sum};

/// A list has so many lines below its heading at least; and so many where the heading is surely one.
const FEWEST: usize = 3;
const FEWEST_SURE: usize = 2;
/// A line is not longer: longer ones are sentences.
const LONGEST: usize = 40;
/// How sure it is, as the score of a head: there is nothing beside it to tell.
const SCORE: f64 = 4.0;

/// The list that is all of a sheet.
pub(crate) fn list(sheet: &Sheet) -> Option<Table> {
    let (col, right) = sheet.columns?;
    let (top, last) = (sheet.first_row()?, sheet.last_row()?);
    // One cell in each row.
    if col != right || sheet.filled() != (last - top + 1) as usize {
        return None;
    }
    let slots: Vec<Slot<'_>> = (top..=last).flat_map(|row| sheet.begun(row, (col, col))).collect();
    let (head, lines) = slots.split_first()?;
    let text = head.text()?;
    let whole = slots.len() == sheet.filled() && slots.iter().all(|slot| slot.area.is_cell());
    if lines.len() < if is_heading(text) { FEWEST_SURE } else { FEWEST } {
        return None;
    }
    if !whole || heading_weight(text) < 0.6 || !in_cell(text).is_empty() || !lines.iter().all(is_line) {
        return None;
    }
    // Labels one below the other are a form to be filled in.
    let labels = lines.iter().filter_map(Slot::text).filter(|text| is_heading(text)).count();
    if labels * 5 > lines.len() {
        return None;
    }
    let path = vec![heading(text)];
    let leaf = Leaf { first: col, last: col, path: path.clone() };
    let is_value = are_values(lines.iter());
    Some(Table {
        head: Head { top, bottom: top, leaves: vec![leaf], score: SCORE, cells: vec![head.area] },
        columns: vec![Column { first: col, last: col, path, is_value, serial: is_serial(text) }],
        rows: (top + 1..=last).map(|row| (row, Role::Record)).collect(),
        end: last + 1,
        block: Vec::new(),
        foot: Vec::new(),
        above: Vec::new(),
        below: Vec::new(),
    })
}

/// Whether a cell can be a line of a list: no sentence, no label with its value, no note, section or total.
fn is_line(slot: &Slot<'_>) -> bool {
    let Some(text) = slot.text() else { return true };
    text.chars().count() <= LONGEST
        && !text.contains(['。', '；', '？', '！', '\n'])
        && in_cell(text).is_empty()
        && !is_note(text)
        && !is_section(text)
        && sum(text).is_none()
        && figure(text).is_none()
}
