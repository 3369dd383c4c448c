//! Laws 1, 2 and 7 on a sheet that someone changed: an edit is what is read, nothing goes silently, nothing panics.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use sheetform::finding::{Finding, Severity};
use sheetform::form::Form;
use sheetform::grid::{Cell, CellRef, Content, Grid, Range, Row};
use sheetform::places::Places as _;
use sheetform::read::{self, Reading, read};
use sheetform::round_trip::difference;

use crate::places::{nowhere, reach};
use crate::properties::{Loss, checked, type_name};
use crate::random::Random;

/// A text that no form has anywhere.
const NEW: &str = "改动7";

/// Changes a sheet in several ways, one after the other, each from the sheet as written.
pub(crate) fn check(form: &Form, grid: &Grid, reading: &Reading, seed: u64) -> Result<(), Loss> {
    let random = &mut Random::new(seed, &[]);
    for way in [value_changed, cell_filled, moved, mangled] {
        let mut changed = grid.clone();
        way(form, &mut changed, reading, random).map_err(|loss| loss.on(&changed))?;
    }
    Ok(())
}

fn again(form: &Form, grid: &Grid) -> (Reading, Vec<Finding>) {
    let reading = read(form, grid, &read::Options::default());
    let findings = checked(form, &reading);
    (reading, findings)
}

/// Another value in one cell: exactly that value changes, or a finding stands on the cell.
fn value_changed(form: &Form, grid: &mut Grid, reading: &Reading, random: &mut Random) -> Result<(), Loss> {
    let Some(document) = &reading.document else { return Ok(()) };
    let cells = cells_of(form, document, reading, grid);
    if cells.is_empty() {
        return Ok(());
    }
    let number = random.below(cells.len());
    let Some(((sheet, at), pointer)) = cells.into_iter().nth(number) else { return Ok(()) };
    let Some(cell) = cell_mut(grid, sheet, at) else { return Ok(()) };
    let was = cell.content.clone();
    match &was {
        Content::Text(text) => cell.content = Content::Text(format!("{text}{NEW}").into()),
        Content::Number { value, .. } => {
            // A number that does not change when 1 is added is halved.
            let other = if value.abs() > 1e15 { value / 2.0 } else { value + 1.0 };
            cell.content = Content::Number { value: other, raw: format!("{other}").into() };
        }
        Content::Bool(on) => cell.content = Content::Bool(!on),
        _ => return Ok(()),
    }
    let (now, findings) = again(form, grid);
    let name = &grid.info.sheets[sheet].name;
    if findings.iter().any(|finding| stands_on(finding, name, at)) {
        return Ok(());
    }
    let kind = format!("{} {pointer:?} (edited at {:?})", type_name(document.pointer(&pointer)), at.to_string());
    let Some(mut after) = now.document else {
        return Err(Loss::new(
            "an edit is read",
            format!("after one value, {kind}, nothing is read, and not said there"),
        ));
    };
    let mut before = document.clone();
    if before.pointer(&pointer) == after.pointer(&pointer) {
        return Err(Loss::new("an edit is read", format!("{kind} is not what is read, and no finding says so")));
    }
    match (before.pointer_mut(&pointer), after.pointer_mut(&pointer)) {
        (Some(before), Some(after)) => {
            *before = Value::Null;
            *after = Value::Null;
        }
        _ => return Err(Loss::new("an edit is read", format!("{kind} is gone, and no finding says so"))),
    }
    let loud = |pointer: &str| {
        let place = now.places.value(pointer).unwrap_or_default();
        findings.iter().any(|finding| finding.severity != Severity::Info && finding.place == place)
    };
    match difference(&before, &after) {
        // What it is tied to, as a title is to the labels in it, may be read no more where that is said.
        Some(other) if loud(&other) => Ok(()),
        Some(other) => Err(Loss::new("an edit is read", format!("with {kind} another value changed, {other:?}"))),
        None => Ok(()),
    }
}

/// The cells that hold values, not merged, each with the pointer of what stands there.
fn cells_of(form: &Form, document: &Value, reading: &Reading, grid: &mut Grid) -> BTreeMap<(usize, CellRef), String> {
    let mut found: BTreeMap<(usize, CellRef), String> = BTreeMap::new();
    let in_name: Vec<String> = form
        .document
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter(|(_, node)| node.pointer("/x-sheet/place").is_some_and(|place| place == "name"))
        .map(|(name, _)| format!("/{name}"))
        .collect();
    let mut pointers = Vec::new();
    leaves(document, String::new(), &mut pointers);
    let stands = |pointer: &String, cell: &Cell| match document.pointer(pointer) {
        // What is empty often stands for itself by its heading alone.
        Some(Value::Null) => cell.as_text() == Some("null"),
        Some(Value::Array(_) | Value::Object(_)) => false,
        // `$schema`, and a value in the sheet's name, stand on no cell.
        _ => pointer != "/$schema" && !in_name.contains(pointer),
    };
    for pointer in &pointers {
        let Some(place) = reading.places.value(pointer) else { continue };
        let (Some(name), Some(cell), None) = (&place.sheet, place.cell, place.range) else { continue };
        let Some(sheet) = grid.info.sheets.iter().position(|sheet| sheet.name == *name) else { continue };
        if !cell_mut(grid, sheet, cell).is_some_and(|cell| stands(pointer, cell)) {
            continue;
        }
        found
            .entry((sheet, cell))
            .and_modify(|known| {
                let parts = known.split('/').zip(pointer.split('/')).take_while(|(a, b)| a == b);
                *known = parts.map(|(a, _)| a).collect::<Vec<_>>().join("/");
            })
            .or_insert_with(|| pointer.clone());
    }
    // A cell that holds all of an object or list may become something else as a whole.
    for ((_, cell), pointer) in &mut found {
        let all_here = |parent: &str| {
            let inside = format!("{parent}/");
            let mut inner = pointers.iter().filter(|one| one.starts_with(&inside));
            inner.all(|one| reading.places.value(one).and_then(|place| place.cell) == Some(*cell))
        };
        while let Some((parent, _)) = pointer.rsplit_once('/')
            && all_here(parent)
        {
            *pointer = parent.to_owned();
        }
    }
    found
}

fn leaves(value: &Value, pointer: String, out: &mut Vec<String>) {
    match value {
        Value::Array(items) if !items.is_empty() => {
            for (number, item) in items.iter().enumerate() {
                leaves(item, format!("{pointer}/{number}"), out);
            }
        }
        Value::Object(map) if !map.is_empty() => {
            for (name, inner) in map {
                leaves(inner, format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1")), out);
            }
        }
        _ => out.push(pointer),
    }
}

/// A text in a cell that was empty: it is read, or a finding stands there.
fn cell_filled(form: &Form, grid: &mut Grid, reading: &Reading, random: &mut Random) -> Result<(), Loss> {
    let sheet = random.below(grid.sheets.len());
    let reach = reach(grid, sheet);
    let at = CellRef::new(random.below(reach.row as usize + 2) as u32, random.below(reach.col as usize + 2) as u32);
    // What a merge covers is not seen: the covered cell has the merge's value.
    if cell_mut(grid, sheet, at).is_some() || covered(grid, sheet, at) {
        return Ok(());
    }
    put(grid, sheet, at, Cell::text(NEW));
    let (now, findings) = again(form, grid);
    if let Some(what) = nowhere(&findings, grid) {
        return Err(Loss::new("places", format!("with a text more at {:?}, {what}", at.to_string())));
    }
    let name = &grid.info.sheets[sheet].name;
    // What is wrong with a whole row is said on its first cell.
    let in_row = |finding: &Finding| {
        finding.place.sheet.as_ref() == Some(name) && finding.place.cell.is_some_and(|cell| cell.row == at.row)
    };
    let said = findings.iter().any(|finding| stands_on(finding, name, at) || in_row(finding));
    let read = match (&reading.document, &now.document) {
        (Some(before), Some(after)) => difference(before, after).is_some(),
        (_, None) => !findings.is_empty(),
        (None, _) => true,
    };
    if said || read {
        return Ok(());
    }
    Err(Loss::new("nothing silent", format!("a text in an empty cell, {:?}, is dropped", at.to_string())))
}

/// Blank rows above and a blank column on the left change places only.
fn moved(form: &Form, grid: &mut Grid, reading: &Reading, random: &mut Random) -> Result<(), Loss> {
    let (down, right) = (random.below(3) as u32, random.below(2) as u32);
    for sheet in &mut grid.sheets {
        for row in &mut sheet.rows {
            row.index += down;
            row.cells.iter_mut().for_each(|(col, _)| *col += right);
        }
        for merge in &mut sheet.frame.merges {
            let shift = |at: CellRef| CellRef::new(at.row + down, at.col + right);
            *merge = Range::new(shift(merge.first), shift(merge.last));
        }
    }
    let now = read(form, grid, &read::Options::default());
    let (Some(before), Some(after)) = (&reading.document, &now.document) else {
        return if reading.document.is_some() {
            Err(Loss::new("moved", "the sheet is no longer found"))
        } else {
            Ok(())
        };
    };
    if let Some(pointer) = difference(before, after) {
        let what = format!(
            "{} comes back as {} at {pointer:?} when everything stands {down} lower and {right} to the right",
            type_name(before.pointer(&pointer)),
            type_name(after.pointer(&pointer))
        );
        return Err(Loss::new("moved", what));
    }
    if now.findings.len() > reading.findings.len() {
        return Err(Loss::new("moved", format!("more findings, {down} lower, {right} to the right")));
    }
    Ok(())
}

/// Rows, columns and cells deleted, doubled and moved about: it is read or said why not.
fn mangled(form: &Form, changed: &mut Grid, _: &Reading, random: &mut Random) -> Result<(), Loss> {
    for _ in 0..=random.below(4) {
        let sheet = random.below(changed.sheets.len());
        let reach = reach(changed, sheet);
        let row = random.below(reach.row as usize) as u32;
        let col = random.below(reach.col as usize) as u32;
        let to = CellRef::new(random.below(reach.row as usize + 1) as u32, random.below(reach.col as usize + 1) as u32);
        let rows = &mut changed.sheets[sheet].rows;
        match random.below(9) {
            0 => rows.retain(|one| one.index != row),
            1 => rows.iter_mut().filter(|one| one.index >= row).for_each(|one| one.index += 1),
            2 => rows.iter_mut().for_each(|one| one.cells.retain(|(at, _)| *at != col)),
            3 => {
                rows.iter_mut()
                    .flat_map(|one| &mut one.cells)
                    .filter(|(at, _)| *at >= col)
                    .for_each(|(at, _)| *at += 1);
            }
            4 => {
                let double = rows.iter().find(|one| one.index == row).map(|one| one.cells.clone());
                rows.iter_mut().filter(|one| one.index > row).for_each(|one| one.index += 1);
                let at = rows.partition_point(|one| one.index <= row);
                if let Some(cells) = double {
                    rows.insert(at, Row { index: row + 1, hidden: false, cells });
                }
            }
            5 => changed.sheets[sheet].frame.merges.clear(),
            6 => changed.sheets[sheet].frame.merges.push(Range::new(CellRef::new(row, col), to)),
            7 => {
                let taken = cell_mut(changed, sheet, CellRef::new(row, col)).map(std::mem::take);
                if let Some(cell) = taken {
                    put(changed, sheet, to, cell);
                }
            }
            _ => {
                let junk = [
                    Content::Error("#N/A".into()),
                    Content::Text(random.text().into()),
                    Content::Number { value: f64::NAN, raw: "NaN".into() },
                    Content::Number { value: 1e300, raw: "1e300".into() },
                    Content::Bool(true),
                    Content::Empty,
                ];
                let content = random.pick(&junk).clone();
                let formula = random.chance(20).then(|| {
                    Arc::new(sheetform::grid::Formula { text: "A1".into(), cached: content != Content::Empty })
                });
                put(changed, sheet, to, Cell { content, formula, ..Cell::default() });
            }
        }
    }
    let (_, findings) = again(form, changed);
    match nowhere(&findings, changed) {
        Some(what) => Err(Loss::new("places", format!("in a mangled sheet, {what}"))),
        None => Ok(()),
    }
}

fn stands_on(finding: &Finding, sheet: &str, at: CellRef) -> bool {
    let places = std::iter::once(&finding.place).chain(finding.related.iter().map(|related| &related.place));
    places.into_iter().any(|place| {
        place.sheet.as_deref() == Some(sheet)
            && (place.cell == Some(at) || place.range.is_some_and(|range| range.contains(at)))
    })
}

fn covered(grid: &Grid, sheet: usize, at: CellRef) -> bool {
    grid.sheets[sheet].frame.merges.iter().any(|range| range.contains(at))
}

fn cell_mut(grid: &mut Grid, sheet: usize, at: CellRef) -> Option<&mut Cell> {
    let row = grid.sheets.get_mut(sheet)?.rows.iter_mut().find(|row| row.index == at.row)?;
    row.cells.iter_mut().find(|(col, _)| *col == at.col).map(|(_, cell)| cell)
}

fn put(grid: &mut Grid, sheet: usize, at: CellRef, cell: Cell) {
    let rows = &mut grid.sheets[sheet].rows;
    let number = rows.partition_point(|row| row.index < at.row);
    if rows.get(number).is_none_or(|row| row.index != at.row) {
        rows.insert(number, Row { index: at.row, ..Row::default() });
    }
    let cells = &mut rows[number].cells;
    let number = cells.partition_point(|(col, _)| *col < at.col);
    match cells.get_mut(number) {
        Some((col, known)) if *col == at.col => *known = cell,
        _ => cells.insert(number, (at.col, cell)),
    }
}
