//! A [`NewBook`] as the bytes of an xlsx. The same book gives the same bytes, whatever the clock says.

mod check;
mod lists;
mod long;
mod look;

use std::borrow::Cow;
use std::fmt::Write as _;

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, Formula, IgnoreError, ProtectionOptions, Url, Workbook, Worksheet, XlsxError,
};
use sheetform::finding::{Code, Finding, Place, Text};
use sheetform::grid::Range;
use sheetform::new_book::{NewBook, NewContent, NewSheet};

pub use self::long::LongSave;

use self::lists::Lists;
use self::look::Looks;
use crate::patch::MOST_LINKS;
use crate::xlsx::text::{escaped, half_escapes, short_escapes};

/// Paper of a sheet that names none: A4.
const A4: u8 = 9;

/// Writes a book, or says everything in it that a workbook cannot hold.
///
/// Text stays text whatever it begins with, and control characters survive. An empty text is an empty cell, as it is
/// in Excel. Help longer than Excel shows (255 characters) is cut with `…`.
pub fn save(book: &NewBook) -> Result<Vec<u8>, Vec<Finding>> {
    let findings = check::check(book);
    if !findings.is_empty() {
        return Err(findings);
    }
    write(book, None).map_err(|finding| vec![finding])
}

/// Writes a book; `first` are the numbers as text of its first sheet, where they are others than stand in it.
fn write(book: &NewBook, first: Option<&check::Marked>) -> Result<Vec<u8>, Finding> {
    let whole = |error: XlsxError| refused(&error, Place::default());
    let mut workbook = Workbook::new();
    // 18 and 72 pixels: a row and a column of Excel where this font is the default.
    workbook.set_default_format(&look::base(), 18, 72).map_err(whole)?;
    workbook.set_properties(&properties(book).map_err(whole)?);
    let mut lists = Lists::new(book);
    let mut looks = Looks::default();
    for (number, sheet) in book.sheets.iter().enumerate() {
        let worksheet = workbook.add_worksheet();
        let marked = match first.filter(|_| number == 0) {
            Some(marked) => marked.clone(),
            None => check::Marked::of(sheet),
        };
        write_sheet(sheet, &marked, worksheet, &mut lists, &mut looks)?;
    }
    lists.write(&mut workbook).map_err(whole)?;
    workbook.save_to_buffer().map_err(whole)
}

fn properties(book: &NewBook) -> Result<DocProperties, XlsxError> {
    // Any fixed day: the time of writing would make two equal books differ.
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    let mut properties = DocProperties::new().set_creation_datetime(&created);
    // The writer escapes plain cells, but neither properties nor rich texts.
    for (name, value) in &book.properties {
        properties = properties.set_custom_property(name, escaped(value).as_ref());
    }
    Ok(properties)
}

fn write_sheet(
    sheet: &NewSheet,
    marked: &check::Marked,
    worksheet: &mut Worksheet,
    lists: &mut Lists<'_>,
    looks: &mut Looks,
) -> Result<(), Finding> {
    let on_sheet = |error: XlsxError| refused(&error, Place::sheet(&sheet.name));
    worksheet.set_name(&sheet.name).map_err(on_sheet)?;
    page(sheet, worksheet).map_err(on_sheet)?;
    for merge in &sheet.merges {
        let look = sheet.cells.binary_search_by_key(&merge.first, |cell| cell.at).ok().map(|i| &sheet.cells[i].look);
        let format = looks.format(look.unwrap_or(&look::PLAIN));
        let (first, last) = (merge.first, merge.last);
        worksheet
            .merge_range(first.row, first.col as u16, last.row, last.col as u16, "", format)
            .map_err(|error| refused(&error, Place::on_sheet(&sheet.name, *merge)))?;
    }
    for cell in &sheet.cells {
        let (row, col, format) = (cell.at.row, cell.at.col as u16, looks.format(&cell.look));
        let written = match &cell.content {
            NewContent::Empty => worksheet.write_blank(row, col, format),
            NewContent::Text(text) => write_text(worksheet, row, col, text, format),
            NewContent::Number(number) => worksheet.write_number_with_format(row, col, *number, format),
            NewContent::Bool(truth) => worksheet.write_boolean_with_format(row, col, *truth, format),
            NewContent::Formula { text, value } => {
                let formula = Formula::new(text).set_result(value.to_string());
                worksheet.write_formula_with_format(row, col, formula, format)
            }
        };
        written.map_err(|error| refused(&error, Place::on_sheet(&sheet.name, Range::cell(cell.at))))?;
    }
    for (at, path) in sheet.links.iter().take(MOST_LINKS) {
        let Some(cell) = sheet.cells.binary_search_by_key(at, |cell| cell.at).ok().map(|index| &sheet.cells[index])
        else {
            continue;
        };
        let text = if let NewContent::Text(text) = &cell.content { text.as_str() } else { path };
        // A text as the cell has it, and a path that is no URL: `#` and `%` are characters of names.
        let url = Url::new(format!("file:///{}", target(path))).set_text(text);
        worksheet
            .write_url_with_format(at.row, at.col as u16, url, looks.format(&cell.look))
            .map_err(|error| refused(&error, Place::on_sheet(&sheet.name, Range::cell(*at))))?;
    }
    if let Some(Range { first, last }) = sheet.filter {
        worksheet.autofilter(first.row, first.col as u16, last.row, last.col as u16).map_err(on_sheet)?;
    }
    for (first, last, col) in marked.ranges() {
        worksheet
            .ignore_error_range(first, col as u16, last, col as u16, IgnoreError::NumberStoredAsText)
            .map_err(on_sheet)?;
    }
    for validation in &sheet.validations {
        let range = validation.range;
        let place = || Place::on_sheet(&sheet.name, range);
        let rule = lists.validation(validation).map_err(|error| refused(&error, place()))?;
        let (first, last) = (range.first, range.last);
        worksheet
            .add_data_validation(first.row, first.col as u16, last.row, last.col as u16, &rule)
            .map_err(|error| refused(&error, place()))?;
    }
    Ok(())
}

/// A path as the target of a link: the characters of ASCII that no URI has are escaped, others stay as Excel writes them.
fn target(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for character in path.chars() {
        if character.is_ascii() && !character.is_ascii_alphanumeric() && !"/-._~!$&'()*+,;=@".contains(character) {
            _ = write!(out, "%{:02X}", character as u32);
        } else {
            out.push(character);
        }
    }
    out
}

fn write_text<'a>(
    worksheet: &'a mut Worksheet,
    row: u32,
    col: u16,
    text: &str,
    format: &Format,
) -> Result<&'a mut Worksheet, XlsxError> {
    // The writer keeps rich texts as their XML and takes a plain text of that shape for one.
    let mut cuts = if text.starts_with("<r>") && text.ends_with("</r>") { vec![3] } else { Vec::new() };
    // It does not see that the escape of a character completes what looks like one before it.
    cuts.extend(half_escapes(text));
    cuts.extend(short_escapes(text));
    cuts.sort_unstable();
    if !cuts.is_empty() {
        let starts = std::iter::once(0).chain(cuts.iter().copied());
        let ends = cuts.iter().copied().chain([text.len()]);
        let texts: Vec<Cow<'_, str>> = starts.zip(ends).map(|(start, end)| escaped(&text[start..end])).collect();
        let runs: Vec<(&Format, &str)> = texts.iter().map(|text| (format, text.as_ref())).collect();
        return worksheet.write_rich_string_with_format(row, col, &runs, format);
    }
    worksheet.write_string_with_format(row, col, text, format)
}

fn page(sheet: &NewSheet, worksheet: &mut Worksheet) -> Result<(), XlsxError> {
    worksheet.set_paper_size(if sheet.paper == 0 { A4 } else { sheet.paper });
    if sheet.landscape {
        worksheet.set_landscape();
    }
    // As wide as the page, as long as it gets.
    worksheet.set_print_fit_to_pages(1, 0);
    worksheet.set_print_center_horizontally(true);
    worksheet.set_margins(0.5, 0.5, 0.6, 0.6, 0.3, 0.3);
    worksheet.set_footer("&C&P / &N");
    for (col, width) in sheet.widths.iter().enumerate() {
        worksheet.set_column_width(col as u16, *width)?;
    }
    for (row, height) in &sheet.heights {
        worksheet.set_row_height(*row, *height)?;
    }
    if let Some((first, last)) = sheet.repeat_rows {
        worksheet.set_repeat_rows(first, last)?;
    }
    if let Some(row) = sheet.freeze_below {
        worksheet.set_freeze_panes(row, 0)?;
    }
    if sheet.protect {
        worksheet.protect_with_options(&ProtectionOptions {
            format_columns: true,
            format_rows: true,
            insert_rows: true,
            ..ProtectionOptions::new()
        });
    }
    Ok(())
}

/// What the writer refuses beside what was checked before.
fn refused(error: &XlsxError, place: Place) -> Finding {
    let message =
        Text::new(format!("the workbook cannot hold this: {error}"), format!("工作簿无法保存此内容：{error}"));
    Finding::new(Code::CannotHold, message).at(place)
}

#[cfg(test)]
mod tests;
