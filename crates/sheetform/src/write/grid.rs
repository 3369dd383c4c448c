//! A new book as a book in memory, to be read back without a file.

use std::sync::Arc;

use crate::grid::{
    BookInfo, Cell, Content, FormatKind, Formula, Grid, GridSheet, NumberFormat, Row, SheetFrame, SheetInfo, Visibility,
};
use crate::new_book::{NewBook, NewContent, NewSheet};

/// What a reader would find in the file of a new book. The hidden sheet of drop-down items is left out.
pub fn to_grid(book: &NewBook) -> Grid {
    let sheets = book.sheets.iter().map(|s| SheetInfo { name: s.name.clone(), visibility: Visibility::Visible });
    Grid {
        info: BookInfo {
            sheets: sheets.collect(),
            properties: book.properties.iter().cloned().collect(),
            date1904: false,
            plain_text: false,
        },
        sheets: book.sheets.iter().map(sheet).collect(),
    }
}

fn sheet(new: &NewSheet) -> GridSheet {
    let mut rows: Vec<Row> = Vec::new();
    for cell in new.cells.iter().filter(|cell| cell.content != NewContent::Empty) {
        if rows.last().is_none_or(|row| row.index != cell.at.row) {
            rows.push(Row { index: cell.at.row, ..Row::default() });
        }
        if let Some(row) = rows.last_mut() {
            let format = cell.look.format.as_deref().map(format);
            row.cells.push((cell.at.col, self::cell(&cell.content, format)));
        }
    }
    GridSheet { frame: SheetFrame { merges: new.merges.clone(), hidden_columns: Vec::new() }, rows }
}

/// What a reader would find in a cell.
pub(crate) fn cell(content: &NewContent, format: Option<Arc<NumberFormat>>) -> Cell {
    let number = |value: f64| Content::Number { value, raw: format!("{value}").into() };
    let (content, formula) = match content {
        NewContent::Empty => (Content::Empty, None),
        NewContent::Text(text) => (Content::Text(text.as_str().into()), None),
        NewContent::Number(value) => (number(*value), None),
        NewContent::Bool(truth) => (Content::Bool(*truth), None),
        NewContent::Formula { text, value } => {
            (number(*value), Some(Arc::new(Formula { text: text.as_str().into(), cached: true })))
        }
    };
    Cell { content, format, formula }
}

/// A number format as a reader has it.
pub(crate) fn format(code: &str) -> Arc<NumberFormat> {
    Arc::new(NumberFormat { code: code.into(), kind: kind(code) })
}

/// What a number format shows, as far as the writer uses formats.
fn kind(code: &str) -> FormatKind {
    let bare: String = code.split('"').step_by(2).collect::<String>().to_lowercase();
    let has = |c: char| bare.contains(c);
    match () {
        () if bare == "@" => FormatKind::Text,
        () if has('%') => FormatKind::Percent,
        () if bare.contains("general") => FormatKind::Number,
        () if has('y') && has('m') && !has('d') => FormatKind::Month,
        () if (has('y') || has('d')) && has('h') => FormatKind::DateTime,
        () if has('y') || has('d') => FormatKind::Date,
        () if has('h') || has('s') => FormatKind::Time,
        () => FormatKind::Number,
    }
}
