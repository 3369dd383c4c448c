//! Any bytes as a file: they end in cells or in an error, and the cells are the same without the scanner.

use std::ops::ControlFlow;

use sheetform::finding::Finding;
use sheetform::grid::{Row, SheetFrame, Source};
use sheetform_workbook::ways::{self, Way};
use sheetform_workbook::{Kind, Workbook};

use crate::package;

/// Rows of a sheet that are looked at.
const ROWS: usize = 5_000;
/// Sheets that are looked at.
const SHEETS: usize = 50;

/// A file, or the parts of one as [`package`] keeps them.
pub(crate) fn holds(bytes: &[u8]) -> bool {
    let bytes = package::packed(bytes);
    let book = Workbook::from_bytes(bytes.clone());
    let parsed = ways::open(bytes, Way::PARSER);
    let (book, parsed) = match (book, parsed) {
        (Ok(book), Ok(parsed)) => (book, parsed),
        (book, parsed) => {
            assert_eq!(book.err(), parsed.err(), "what is wrong with it");
            return false;
        }
    };
    assert_eq!(book.info(), parsed.info());
    (0..book.info().sheets.len().min(SHEETS)).all(|sheet| {
        let given = rows(&book, sheet);
        if book.kind() == Kind::Xlsx {
            assert!(given == rows(&parsed, sheet), "the scanner gives other rows than the parser: {given:?}");
        }
        let frame = book.frame(sheet);
        if let (Ok(frame), Ok(Some(seen))) = (&frame, &given.1) {
            assert_eq!(frame, seen, "what stands beside the rows, with them and alone");
        }
        given.1.is_ok() && frame.is_ok()
    })
}

type Given = (Vec<Row>, Result<Option<SheetFrame>, Finding>);

/// The first rows of a sheet, and what came then.
fn rows(book: &Workbook, sheet: usize) -> Given {
    let mut rows: Vec<Row> = Vec::new();
    let end = book.rows_and_frame(sheet, &mut |row| {
        assert!(rows.last().is_none_or(|last| last.index < row.index), "rows rise");
        assert!(row.cells.is_sorted_by(|a, b| a.0 < b.0), "cells rise");
        rows.push(row);
        if rows.len() < ROWS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    (rows, end)
}
