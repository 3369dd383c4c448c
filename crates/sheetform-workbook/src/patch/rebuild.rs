//! A workbook of another kind as a new xlsx: the same cells, merges and number formats. What the rows of a book do not
//! tell (fonts, widths, formulas behind values) is not in it.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sheetform::finding::Finding;
use sheetform::grid::{CellRef, Content, FormatKind, Source};
use sheetform::new_book::{Look, NewBook, NewCell, NewContent, NewSheet, Role};

use super::notes::cut;
use super::wide;
use crate::{Workbook, save};

/// Characters of a cell, as UTF-16 counts them.
const TEXT: usize = 32_767;
/// Characters of a sheet name.
const NAME: usize = 31;
/// Column widths in characters, by what stands in them.
const WIDTHS: (usize, usize) = (8, 40);

impl Workbook {
    /// The same cells as a new xlsx, and how many texts were cut because a cell holds no more.
    ///
    /// Values, merges, number formats and sheet names come over as far as an xlsx takes them; formulas as their values.
    pub fn rebuilt(&self) -> Result<(Self, usize), Vec<Finding>> {
        let (book, cuts) = new_book(self).map_err(|finding| vec![finding])?;
        let bytes = save(&book)?;
        Ok((Self::from_bytes(bytes).map_err(|finding| vec![finding])?, cuts))
    }
}

fn new_book(source: &Workbook) -> Result<(NewBook, usize), Finding> {
    let mut book = NewBook::default();
    let mut names = BTreeSet::new();
    let mut cuts = 0;
    for (index, info) in source.info().sheets.iter().enumerate() {
        let mut sheet = NewSheet { name: sheet_name(&info.name, &mut names), ..NewSheet::default() };
        sheet.merges = source.frame(index)?.merges.into_iter().filter(|merge| !merge.is_cell()).collect();
        let mut widths: Vec<usize> = Vec::new();
        let date1904 = source.info().date1904;
        source.rows(index, &mut |row| {
            for (col, cell) in row.cells {
                let look = Look {
                    role: Role::Note,
                    format: cell.format.as_ref().map(|format| format.code.to_string()),
                    ..Look::default()
                };
                let content = match &cell.content {
                    Content::Empty => NewContent::Empty,
                    Content::Text(text) | Content::Error(text) => {
                        let short = cut(text, TEXT);
                        cuts += usize::from(short.len() != text.len());
                        NewContent::Text(short)
                    }
                    Content::Bool(value) => NewContent::Bool(*value),
                    Content::Number { value, .. } => {
                        let is_date =
                            !matches!(cell.kind(), FormatKind::Number | FormatKind::Percent | FormatKind::Duration);
                        // A new book counts from 1900: 1,462 days earlier.
                        NewContent::Number(if date1904 && is_date { value + 1_462.0 } else { *value })
                    }
                };
                let width = match &content {
                    NewContent::Text(text) => text.lines().map(wide).max().unwrap_or(0),
                    _ => 10,
                };
                let at = col as usize;
                if widths.len() <= at && at < 1_000 {
                    widths.resize(at + 1, WIDTHS.0);
                }
                if let Some(known) = widths.get_mut(at) {
                    *known = (*known).max(width + 2).min(WIDTHS.1);
                }
                sheet.cells.push(NewCell { at: CellRef::new(row.index, col), content, look });
            }
            ControlFlow::Continue(())
        })?;
        sheet.widths = widths.into_iter().map(|width| width as f64).collect();
        book.sheets.push(sheet);
    }
    book.properties = source.info().properties.clone().into_iter().collect();
    Ok((book, cuts))
}

/// A name that an xlsx takes and no other sheet has.
fn sheet_name(name: &str, taken: &mut BTreeSet<String>) -> String {
    let clean: String = name.chars().map(|c| if "[]:*?/\\".contains(c) || c.is_control() { '_' } else { c }).collect();
    let clean = match clean.trim_matches('\'') {
        "" => "Sheet".to_owned(),
        clean => cut(clean, NAME),
    };
    let mut out = clean.clone();
    let mut number = 2;
    while !taken.insert(out.to_lowercase()) {
        out = format!("{} {number}", cut(&clean, NAME - 5));
        number += 1;
    }
    out
}
