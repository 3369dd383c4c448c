//! Forms and sheets as text, for the tests of writing.

mod round_trip;
mod sheets;
mod templates;
mod values;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;

use crate::form::Form;
use crate::grid::{CellRef, Range, column_name};
use crate::new_book::{NewBook, NewContent};

/// A form, which must be sound.
fn form(schema: Value) -> Form {
    let (form, findings) = Form::compile(schema);
    form.unwrap_or_else(|| panic!("{findings:?}"))
}

/// The first sheet: a line a row, its cells with the last cell of their merge; checks that cells stand in order, once
/// each, and that every cell of a merge is there with the look of the first.
fn shown(book: &NewBook) -> String {
    let sheet = &book.sheets[0];
    assert!(sheet.cells.windows(2).all(|pair| pair[0].at < pair[1].at), "cells in order, each once");
    let mut covered = BTreeSet::new();
    for merge in &sheet.merges {
        let look = |at: CellRef| sheet.cells.binary_search_by_key(&at, |c| c.at).map(|i| &sheet.cells[i].look).ok();
        for row in merge.first.row..=merge.last.row {
            for col in merge.first.col..=merge.last.col {
                let at = CellRef::new(row, col);
                assert_eq!(look(at), look(merge.first), "{at} in {merge}");
                assert!(at == merge.first || covered.insert(at), "{at} lies in two merges");
            }
        }
    }
    let mut out = String::new();
    let (mut row, mut next) = (u32::MAX, 0);
    for cell in sheet.cells.iter().filter(|cell| !covered.contains(&cell.at)) {
        if cell.at.row == row {
            out.push_str(" | ");
        } else {
            (row, next) = (cell.at.row, 0);
            let _ = write!(out, "{}{}: ", if out.is_empty() { "" } else { "\n" }, row + 1);
        }
        // A cell that does not follow on the one before says its column.
        if cell.at.col != next {
            let _ = write!(out, "{}=", column_name(cell.at.col));
        }
        let _ = match &cell.content {
            NewContent::Empty => write!(out, "."),
            NewContent::Text(text) => write!(out, "{}", text.replace('\n', "\\n")),
            NewContent::Number(value) => write!(out, "{value}"),
            NewContent::Bool(truth) => write!(out, "{truth}"),
            NewContent::Formula { text, value } => write!(out, "={text} {value}"),
        };
        if let Some(format) = cell.look.format.as_ref().filter(|format| *format != "@") {
            let _ = write!(out, " [{format}]");
        }
        next = cell.at.col + 1;
        if let Some(Range { last, .. }) = sheet.merges.iter().find(|merge| merge.first == cell.at) {
            let _ = write!(out, " >{last}");
            next = last.col + 1;
        }
    }
    out
}
