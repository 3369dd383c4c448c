//! Child sheets: a head, and below it the rows of parts.

use std::collections::BTreeSet;

use super::family::{Column, Family, Row};
use crate::child::{Kind, PATH, VALUE};
use crate::grid::{CellRef, MAX_ROWS};
use crate::layout::{Field, free_name};
use crate::new_book::{Align, Look, NewCell, NewContent, NewSheet, Role};
use crate::text;
use crate::write::look;
use crate::write::measure::shown;
use crate::write::value::format_of;

/// Widths, in characters.
const KEY: f64 = 8.0;
const NARROWEST: f64 = 8.0;
const WIDEST: f64 = 48.0;
/// Rows looked at for the widths.
const SAMPLE: usize = 500;
/// More rows than this go without borders around empty cells.
const BORDERED: usize = 5000;
/// Up to so many columns those of the form are shown though they are empty.
const ALL_COLUMNS: usize = 24;
/// Paper: A4.
const A4: u8 = 9;

/// Rows ready to fill in on a blank sheet.
const BLANK_ROWS: u32 = 20;

/// A sheet for each family, with rows to fill in.
pub(super) fn blank(families: Vec<Family>, taken: &[String]) -> Vec<NewSheet> {
    let mut names: BTreeSet<String> = taken.iter().map(|name| name.to_lowercase()).collect();
    let mut sheets = Vec::new();
    for family in families.into_iter().map(with_columns) {
        let mut sheet = sheet(free_name(&family.name, &mut names), &family, Vec::new(), widths(&family, &[]));
        let anything = Field::anything("");
        for row in 1..=BLANK_ROWS {
            let key = key();
            let fields = family.columns.iter().map(|column| column.field.as_ref().unwrap_or(&anything));
            let looks = fields.map(|field| Look { format: format_of(field, &NewContent::Empty), ..Look::default() });
            for (col, look) in std::iter::once(key).chain(looks).enumerate() {
                let at = CellRef::new(row, col as u32);
                sheet.cells.push(NewCell { at, content: NewContent::Empty, look });
            }
        }
        sheets.push(sheet);
    }
    sheets
}

/// An outline has two columns, whatever it holds.
fn with_columns(mut family: Family) -> Family {
    if family.kind == Kind::Outline {
        let of = |heading: &str| Column { heading: heading.to_owned(), field: None };
        family.columns = vec![of(PATH), of(VALUE)];
    }
    family
}

/// The look of the first column.
fn key() -> Look {
    Look { role: Role::Label, align: Align::Center, format: Some("@".to_owned()), ..Look::default() }
}

/// The sheets of all families, in order.
pub(super) fn lay(families: Vec<Family>, taken: &[String]) -> Vec<NewSheet> {
    let mut names: BTreeSet<String> = taken.iter().map(|name| name.to_lowercase()).collect();
    let mut sheets = Vec::new();
    for mut family in families.into_iter().map(with_columns) {
        let name = free_name(&family.name, &mut names);
        let mut rows = std::mem::take(&mut family.rows);
        if family.columns.len() > ALL_COLUMNS {
            drop_empty(&mut family.columns, &mut rows);
        }
        let widths = widths(&family, &rows);
        let mut rows = rows.into_iter().peekable();
        let mut number = 1;
        while rows.peek().is_some() {
            let name = if number == 1 { name.clone() } else { free_name(&format!("{name} ({number})"), &mut names) };
            let part: Vec<Row> = rows.by_ref().take(MAX_ROWS as usize - 1).collect();
            sheets.push(sheet(name, &family, part, widths.clone()));
            number += 1;
        }
    }
    sheets
}

/// Leaves out the columns of the form that no row fills.
fn drop_empty(columns: &mut Vec<Column>, rows: &mut [Row]) {
    let mut filled = vec![false; columns.len()];
    for (at, content) in rows.iter().flat_map(|row| &row.cells) {
        filled[*at] |= *content != NewContent::Empty;
    }
    let mut kept = 0;
    let places: Vec<Option<usize>> = filled
        .iter()
        .map(|filled| {
            kept += usize::from(*filled);
            filled.then(|| kept - 1)
        })
        .collect();
    for row in rows {
        let cells = std::mem::take(&mut row.cells);
        row.cells = cells.into_iter().filter_map(|(at, content)| Some((places[at]?, content))).collect();
    }
    let mut filled = filled.into_iter();
    columns.retain(|_| filled.next().unwrap_or(true));
}

fn widths(family: &Family, rows: &[Row]) -> Vec<f64> {
    let anything = Field::anything("");
    let mut widths = vec![KEY];
    widths.extend(family.columns.iter().map(|column| text::width(&column.heading) as f64 + 2.0));
    for row in rows.iter().take(SAMPLE) {
        for (at, content) in &row.cells {
            let field = family.columns[*at].field.as_ref().unwrap_or(&anything);
            widths[at + 1] = widths[at + 1].max(shown(field, content) + 2.0);
        }
    }
    for width in &mut widths[1..] {
        *width = width.clamp(NARROWEST, WIDEST).ceil();
    }
    widths
}

fn sheet(name: String, family: &Family, rows: Vec<Row>, widths: Vec<f64>) -> NewSheet {
    let anything = Field::anything("");
    let mut sheet = NewSheet {
        name,
        landscape: widths.iter().sum::<f64>() > 90.0,
        paper: A4,
        repeat_rows: Some((0, 0)),
        freeze_below: Some(1),
        ..NewSheet::default()
    };
    let text = |text: &str| NewContent::Text(text.to_owned());
    let headings = std::iter::once(family.kind.heading()).chain(family.columns.iter().map(|c| c.heading.as_str()));
    for (col, heading) in headings.enumerate() {
        sheet.cells.push(NewCell { at: CellRef::new(0, col as u32), content: text(heading), look: look::head() });
    }
    let key = key();
    let bordered = rows.len() <= BORDERED;
    for (index, row) in rows.into_iter().enumerate() {
        let at = |col: usize| CellRef::new(index as u32 + 1, col as u32);
        let height = height(&row, &widths);
        if height > 1 {
            sheet.heights.push((index as u32 + 1, (height as f64 * 15.0 + 4.0).min(409.0)));
        }
        sheet.cells.push(NewCell { at: at(0), content: text(&row.key.to_string()), look: key.clone() });
        let mut cells = row.cells.into_iter().peekable();
        for (col, column) in family.columns.iter().enumerate() {
            let content = cells.next_if(|(c, _)| *c == col).map_or(NewContent::Empty, |(_, content)| content);
            if content == NewContent::Empty && !bordered {
                continue;
            }
            let field = column.field.as_ref().unwrap_or(&anything);
            let look = Look {
                role: Role::Value,
                align: if matches!(content, NewContent::Text(_)) { Align::Left } else { Align::General },
                format: format_of(field, &content),
                wrap: matches!(content, NewContent::Text(_)),
                open: false,
            };
            sheet.cells.push(NewCell { at: at(col + 1), content, look });
        }
    }
    sheet.widths = widths;
    sheet
}

/// The lines of a row's longest text, wrapped.
fn height(row: &Row, widths: &[f64]) -> usize {
    let lines = row.cells.iter().map(|(at, content)| match content {
        NewContent::Text(text) => text::lines(text, widths[at + 1] - 1.0),
        _ => 1,
    });
    lines.max().unwrap_or(1)
}
