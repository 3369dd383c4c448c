//! Child sheets as they are read: which sheets they are, and the rows of each part. Kept in memory, for a part is asked
//! for where a cell refers to it.

mod build;
mod places;
mod value;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use crate::child::{Key, Kind, PATH, Step, VALUE, parse_path};
use crate::finding::{Code, Finding, Place, Severity, Text};
use crate::grid::{Cell, CellRef, Range, Row, Source};
use crate::text::fold;

pub(super) use places::PartPlaces;
pub(super) use value::{Asked, Found, dangling};

/// Cells outside all columns that are reported one by one.
const MAX_STRAY: usize = 50;

/// The child sheets of a book.
#[derive(Debug, Default)]
pub(super) struct Children {
    sheets: BTreeMap<usize, ChildSheet>,
    parts: BTreeMap<Key, Part>,
    /// Parts that a cell refers to.
    used: RefCell<BTreeSet<Key>>,
    /// How many cells outside all columns were named.
    strays: usize,
    /// What was found wrong with the sheets themselves.
    pub(super) findings: Vec<Finding>,
}

/// A child sheet.
#[derive(Debug)]
struct ChildSheet {
    name: String,
    kind: Kind,
    head: u32,
    /// The column of the keys.
    key: u32,
    columns: Vec<Column>,
}

/// A column behind that of the keys.
#[derive(Debug)]
struct Column {
    col: u32,
    heading: String,
    folded: String,
    /// The path that the heading is, where it is one.
    steps: Option<Vec<Step>>,
    /// Whether nothing stands below the heading.
    empty: bool,
}

/// The rows of a part.
#[derive(Debug)]
struct Part {
    kind: Kind,
    rows: Vec<(usize, Row)>,
}

impl Children {
    /// Takes in the child sheets of a book.
    pub(super) fn open(source: &dyn Source) -> Result<Self, Finding> {
        let mut children = Self::default();
        for index in 0..source.info().sheets.len() {
            let mut sheet: Option<ChildSheet> = None;
            let (mut last, mut filled) = (None, BTreeSet::new());
            source.rows(index, &mut |row| {
                match &sheet {
                    None => {
                        sheet = head(&source.info().sheets[index].name, &row);
                        if let Some(sheet) = &sheet {
                            children.unread(sheet, &row);
                        }
                        if sheet.is_none() && row.cells.iter().any(|(_, cell)| !cell.is_empty()) {
                            return ControlFlow::Break(());
                        }
                    }
                    Some(sheet) => {
                        filled.extend(row.cells.iter().filter(|(_, cell)| !cell.is_empty()).map(|(col, _)| *col));
                        children.unread(sheet, &row);
                        children.row(index, sheet, row, &mut last);
                    }
                }
                ControlFlow::Continue(())
            })?;
            if let Some(mut sheet) = sheet {
                sheet.columns.iter_mut().for_each(|column| column.empty = !filled.contains(&column.col));
                children.sheets.insert(index, sheet);
            }
        }
        Ok(children)
    }

    /// Adds a row to its part.
    fn row(&mut self, index: usize, sheet: &ChildSheet, row: Row, last: &mut Option<Key>) {
        let filled = row.cells.iter().any(|(_, cell)| !cell.is_empty());
        if !filled {
            return;
        }
        let cell = row.get(sheet.key).filter(|cell| !cell.is_empty());
        let key = match cell {
            // As in a merged cell, or left out by who added the row.
            None => *last,
            Some(cell) => cell.as_text().and_then(Key::parse),
        };
        let said =
            |code, en: String, zh: String| Finding::new(code, Text::new(en, zh)).at(sheet.place(row.index, sheet.key));
        let Some(key) = key else {
            self.findings.push(
                said(
                    Code::WrongType,
                    "this row does not say to which cell it belongs".to_owned(),
                    "此行没有写明属于哪个单元格".to_owned(),
                )
                .expected("→ and a number")
                .hint(Text::new(
                    "write in its first cell what the cell shows that it belongs to, such as → 7",
                    "请在首格填写所属单元格中的编号，如 → 7",
                )),
            );
            return;
        };
        *last = Some(key);
        let part = self.parts.entry(key).or_insert_with(|| Part { kind: sheet.kind, rows: Vec::new() });
        if part.kind == sheet.kind {
            part.rows.push((index, row));
        } else {
            self.findings.push(said(
                Code::DuplicateKey,
                format!("{key} is already on a sheet of another kind"),
                format!("{key} 已出现在另一种子表中"),
            ));
        }
    }

    /// Says which cells of a row stand in no column.
    fn unread(&mut self, sheet: &ChildSheet, row: &Row) {
        let stray = |col: u32| col != sheet.key && sheet.columns.iter().all(|column| column.col != col);
        for (col, _) in row.cells.iter().filter(|(col, cell)| !cell.is_empty() && stray(*col)) {
            if self.strays == MAX_STRAY {
                return;
            }
            self.strays += 1;
            let message = Text::new("this cell stands in no column; it is not read", "此单元格不在任何列中，未读取");
            self.findings.push(Finding::new(Code::UnreadCell, message).at(sheet.place(row.index, *col)));
        }
    }

    /// Whether a sheet is a child sheet.
    pub(super) fn has_sheet(&self, index: usize) -> bool {
        self.sheets.contains_key(&index)
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.sheets.is_empty()
    }

    /// Whether the whole document stands on child sheets.
    pub(super) fn has_root(&self) -> bool {
        self.parts.contains_key(&Key::Root)
    }

    /// The part that a cell refers to, where the book has child sheets.
    pub(super) fn reference(&self, text: &str) -> Option<u32> {
        if self.sheets.is_empty() { None } else { Key::reference(text) }
    }

    /// Whether a part is a list of records.
    pub(super) fn is_list(&self, number: u32) -> bool {
        self.parts.get(&Key::Part(number)).is_some_and(|part| part.kind == Kind::List)
    }

    /// What is said of rows that nothing refers to.
    pub(super) fn unused(&self) -> Vec<Finding> {
        let used = self.used.borrow();
        let unused = self.parts.iter().filter(|(key, _)| !used.contains(key));
        unused
            .filter_map(|(key, part)| {
                let (sheet, row) = part.rows.first()?;
                let sheet = self.sheets.get(sheet)?;
                let finding = Finding::new(
                    Code::UnreadCell,
                    Text::new(
                        format!("no cell refers to {key}; its rows are not read"),
                        format!("没有单元格引用 {key}，这些行未读取"),
                    ),
                );
                Some(finding.severity(Severity::Warning).at(sheet.place(row.index, sheet.key)))
            })
            .collect()
    }
}

impl ChildSheet {
    fn place(&self, row: u32, col: u32) -> Place {
        Place::on_sheet(&self.name, Range::cell(CellRef::new(row, col)))
    }
}

/// Whether a whole document stands on the child sheets of a book. Keeps no row, and stops at the first that says so.
pub(super) fn has_root(source: &dyn Source) -> Result<bool, Finding> {
    let mut found = false;
    for index in 0..source.info().sheets.len() {
        let mut sheet: Option<ChildSheet> = None;
        source.rows(index, &mut |row| {
            match &sheet {
                None => {
                    sheet = head("", &row);
                    if sheet.is_none() && row.cells.iter().any(|(_, cell)| !cell.is_empty()) {
                        return ControlFlow::Break(());
                    }
                }
                Some(sheet) => {
                    let key = row.get(sheet.key).and_then(Cell::as_text).and_then(Key::parse);
                    if key == Some(Key::Root) {
                        found = true;
                        return ControlFlow::Break(());
                    }
                }
            }
            ControlFlow::Continue(())
        })?;
        if found {
            break;
        }
    }
    Ok(found)
}

/// The head of a child sheet, where a sheet's first row is one.
fn head(name: &str, row: &Row) -> Option<ChildSheet> {
    let filled: Vec<(u32, &str)> = row.cells.iter().filter_map(|(col, cell)| Some((*col, cell.as_text()?))).collect();
    let texts: Vec<&str> = filled.iter().map(|(_, text)| *text).collect();
    let kind = Kind::of_head(&texts)?;
    let column = |(col, text): &(u32, &str)| Column {
        col: *col,
        heading: text.trim().to_owned(),
        folded: fold(text),
        steps: parse_path(text.trim()),
        empty: false,
    };
    let is_read = |(_, text): &&(u32, &str)| kind != Kind::Outline || matches!(text.trim(), PATH | VALUE);
    let columns = filled[1..].iter().filter(is_read).map(column).collect();
    Some(ChildSheet { name: name.to_owned(), kind, head: row.index, key: filled[0].0, columns })
}

/// The cell of a row in a column, where it is filled.
fn filled(row: &Row, col: u32) -> Option<&Cell> {
    row.get(col).filter(|cell| !cell.is_empty())
}
