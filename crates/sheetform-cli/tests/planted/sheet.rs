//! A workbook as the planter sees it, and its bytes. Knows cells and merges, no forms.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read, Write};
use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Formula, Workbook, XlsxError};

/// What a cell shows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shown {
    Text(String),
    Number(f64),
    /// A serial day, with the look of the cell.
    Date(f64, &'static str),
    Flag(bool),
    /// A formula with its stored value.
    Formula(String),
    Uncached,
    Error(&'static str),
}

/// A row and a column, from 0.
pub(crate) type At = (u32, u32);

/// A cell as people write it, `C7`.
pub(crate) fn a1((row, column): At) -> String {
    let mut letters = String::new();
    let mut left = column + 1;
    while left > 0 {
        letters.insert(0, char::from(b'A' + ((left - 1) % 26) as u8));
        left = (left - 1) / 26;
    }
    format!("{letters}{}", row + 1)
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Sheet {
    pub(crate) name: String,
    pub(crate) cells: BTreeMap<At, Shown>,
    /// The first and the last cell of each.
    pub(crate) merges: Vec<(At, At)>,
    pub(crate) hidden_rows: BTreeSet<u32>,
    pub(crate) hidden_columns: BTreeSet<u32>,
    pub(crate) hidden: bool,
}

impl Sheet {
    pub(crate) fn text(&mut self, at: At, text: impl Into<String>) {
        self.cells.insert(at, Shown::Text(text.into()));
    }

    /// The first cell of the merge that a cell lies in, else the cell.
    pub(crate) fn first_of(&self, at: At) -> At {
        let within = |((row, column), (last_row, last_column)): &&(At, At)| {
            (*row..=*last_row).contains(&at.0) && (*column..=*last_column).contains(&at.1)
        };
        self.merges.iter().find(within).map_or(at, |(first, _)| *first)
    }

    /// Makes one cell of several; of a single one nothing.
    pub(crate) fn merge(&mut self, first: At, last: At) {
        if first != last {
            self.merges.push((first, last));
        }
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Book {
    pub(crate) sheets: Vec<Sheet>,
    /// The form's mark: id and version.
    pub(crate) mark: Option<(String, String)>,
}

/// Stands for a formula's value where there is none, until the file is made.
const NO_VALUE: &str = "NO-VALUE-STORED";

impl Book {
    pub(crate) fn save(&self, path: &Path) -> Result<(), String> {
        let bytes = self.bytes().map_err(|error| error.to_string())?;
        let uncached = self.sheets.iter().any(|sheet| sheet.cells.values().any(|cell| *cell == Shown::Uncached));
        let bytes = if uncached { without_values(&bytes).map_err(|error| error.to_string())? } else { bytes };
        std::fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
    }

    pub(crate) fn bytes(&self) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        let mut properties = DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2026, 1, 1)?);
        if let Some((id, version)) = &self.mark {
            properties = properties.set_custom_property("sheetform-form", id.as_str());
            properties = properties.set_custom_property("sheetform-version", version.as_str());
        }
        workbook.set_properties(&properties);
        for sheet in &self.sheets {
            let page = workbook.add_worksheet();
            page.set_name(&sheet.name)?.set_hidden(sheet.hidden);
            for ((row, column), (last_row, last_column)) in &sheet.merges {
                page.merge_range(*row, *column as u16, *last_row, *last_column as u16, "", &Format::new())?;
            }
            for (&(row, column), shown) in &sheet.cells {
                let column = column as u16;
                match shown {
                    Shown::Text(text) => page.write_string(row, column, text)?,
                    Shown::Number(number) => page.write_number(row, column, *number)?,
                    Shown::Date(day, look) => {
                        page.write_number_with_format(row, column, *day, &Format::new().set_num_format(*look))?
                    }
                    Shown::Flag(flag) => page.write_boolean(row, column, *flag)?,
                    Shown::Formula(value) => {
                        page.write_formula(row, column, Formula::new("SUM(1,2)").set_result(value))?
                    }
                    Shown::Uncached => {
                        page.write_formula(row, column, Formula::new("SUM(1,2)").set_result(NO_VALUE))?
                    }
                    Shown::Error(error) => page.write_formula(row, column, Formula::new("NA()").set_result(*error))?,
                };
            }
            for row in &sheet.hidden_rows {
                page.set_row_hidden(*row)?;
            }
            for column in &sheet.hidden_columns {
                page.set_column_hidden(*column as u16)?;
            }
        }
        if let Some(first) = self.sheets.iter().position(|sheet| !sheet.hidden) {
            workbook.worksheet_from_index(first)?.set_active(true);
        }
        workbook.save_to_buffer()
    }
}

/// The same package, its formulas marked so without a stored value, as programs write them that do not calculate.
fn without_values(bytes: &[u8]) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let stored = format!(" t=\"str\"><f>SUM(1,2)</f><v>{NO_VALUE}</v>");
    rewrite(bytes, |text| text.replace(&stored, "><f>SUM(1,2)</f>"))
}

/// The same package with the text of its sheets changed.
pub(crate) fn rewrite(bytes: &[u8], change: impl Fn(String) -> String) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut from = zip::ZipArchive::new(Cursor::new(bytes))?;
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..from.len() {
        let mut part = from.by_index(index)?;
        let mut content = Vec::new();
        part.read_to_end(&mut content)?;
        let name = part.name()?.into_owned();
        if name.starts_with("xl/worksheets/sheet") {
            content = change(String::from_utf8(content)?).into_bytes();
        }
        to.start_file(name, zip::write::SimpleFileOptions::default())?;
        to.write_all(&content)?;
    }
    Ok(to.finish()?.into_inner())
}
