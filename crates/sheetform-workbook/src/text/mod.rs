//! Text with columns (CSV, TSV and their like) as a `Source`: one sheet, rows decoded and split as they are asked for.
//! Every field is text; what it means, the form says.

mod delimiter;
pub(crate) mod encoding;
mod records;

use std::io::{self, BufReader, Read};
use std::ops::ControlFlow;

use sheetform::finding::{Code, Finding, Place, Text};
use sheetform::grid::{
    BookInfo, Cell, CellRef, Content, MAX_COLUMNS, MAX_ROWS, Range, Row, SheetFrame, SheetInfo, Source,
};

use self::delimiter::Columns;
pub(crate) use self::delimiter::sniff;
use self::encoding::{Found, Utf8};
use self::records::{Fault, Records};
use crate::fault::{no_sheet, over_limit};
use crate::limits::Limits;
use crate::package::handle::Handle;
use crate::package::io_finding;

/// The name of the sheet of a file that names none.
pub(crate) const SHEET: &str = "Sheet1";

/// Bytes that the delimiter is told from.
const SAMPLE: u64 = 256 << 10;

/// A text with columns.
pub(crate) struct Csv {
    file: Handle,
    found: Found,
    columns: Columns,
    info: BookInfo,
    limits: Limits,
}

impl Csv {
    /// Opens a text: its encoding is told from all of it, its columns from the beginning.
    pub(crate) fn open(file: Handle, limits: Limits) -> Result<Self, Finding> {
        let found = encoding::find(&file)?;
        let mut sample = Vec::new();
        let reader = Utf8::new(&file, found.encoding).map_err(|error| io_finding(&error))?;
        reader.take(SAMPLE).read_to_end(&mut sample).map_err(|error| io_finding(&error))?;
        let text = String::from_utf8_lossy(&sample);
        // One column of text has no delimiter.
        let columns = sniff(&text, (sample.len() as u64) < SAMPLE).unwrap_or(Columns { delimiter: b',', width: 1 });
        let sheets = vec![SheetInfo { name: SHEET.to_owned(), ..SheetInfo::default() }];
        let info = BookInfo { sheets, plain_text: true, ..BookInfo::default() };
        Ok(Self { file, found, columns, info, limits })
    }

    /// What was found out: the encoding, and what stands between columns.
    pub(crate) fn detail(&self) -> Text {
        let (en, zh) = match self.columns.delimiter {
            _ if self.columns.width < 2 => ("one column", "只有一列"),
            b'\t' => ("separated by tabs", "以制表符分隔"),
            b';' => ("separated by semicolons", "以分号分隔"),
            b'|' => ("separated by vertical bars", "以竖线分隔"),
            _ => ("separated by commas", "以逗号分隔"),
        };
        let name = self.found.name();
        Text::new(format!("{name}, {en}"), format!("{name}，{zh}"))
    }

    fn cell(&self, field: String) -> Cell {
        // A character that was damaged on the way would otherwise be taken for the text.
        if self.found.damaged && field.contains('\u{FFFD}') {
            return Cell { content: Content::Error(field.into()), ..Cell::default() };
        }
        let text = unwrapped(&field).unwrap_or(field);
        Cell { content: Content::Text(text.into()), ..Cell::default() }
    }
}

/// The text of a field written as a formula to keep its zeros: `="0012"`.
fn unwrapped(field: &str) -> Option<String> {
    let inner = field.trim().strip_prefix("=\"")?.strip_suffix('"')?;
    let text = inner.replace("\"\"", "\"");
    let quotes = inner.matches('"').count();
    (inner.matches("\"\"").count() * 2 == quotes).then_some(text)
}

impl Source for Csv {
    fn info(&self) -> &BookInfo {
        &self.info
    }

    fn frame(&self, sheet: usize) -> Result<SheetFrame, Finding> {
        if sheet == 0 { Ok(SheetFrame::default()) } else { Err(no_sheet(sheet)) }
    }

    fn rows(&self, sheet: usize, each: &mut dyn FnMut(Row) -> ControlFlow<()>) -> Result<(), Finding> {
        if sheet != 0 {
            return Err(no_sheet(sheet));
        }
        let reader = Utf8::new(&self.file, self.found.encoding).map_err(|error| io_finding(&error))?;
        let Columns { delimiter, width } = self.columns;
        let mut records = Records::new(
            BufReader::with_capacity(64 << 10, reader),
            delimiter,
            width,
            self.limits.text_bytes,
            MAX_COLUMNS as usize,
        );
        let mut fields = Vec::new();
        let mut count = 0;
        for index in 0.. {
            match records.next(&mut fields) {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(fault) => return Err(said(&fault, index, &self.limits)),
            }
            if index >= MAX_ROWS {
                return Err(over_limit("rows of a sheet", "工作表的行数", MAX_ROWS).at(Place::sheet(SHEET)));
            }
            let filled = fields.drain(..).zip(0..).filter(|(field, _)| !field.is_empty());
            let cells: Vec<(u32, Cell)> = filled.map(|(field, column)| (column, self.cell(field))).collect();
            count += cells.len() as u64;
            if count > self.limits.cells {
                return Err(over_limit("cells of a sheet", "工作表的单元格数", self.limits.cells));
            }
            if !cells.is_empty() && each(Row { index, hidden: false, cells }).is_break() {
                return Ok(());
            }
        }
        Ok(())
    }
}

fn said(fault: &Fault, row: u32, limits: &Limits) -> Finding {
    match fault {
        Fault::Io(error) => io_finding(error),
        Fault::TooLong => crate::package::xml::too_long(limits.text_bytes).at(Place::sheet(SHEET)),
        Fault::TooWide => over_limit("columns of a sheet", "工作表的列数", MAX_COLUMNS).at(Place::sheet(SHEET)),
        Fault::Quote { column, line } => {
            let message = Text::new(
                format!(
                    "the quote that opens this field, in line {line} of the file, is not closed where it should be: the rows below cannot be told apart"
                ),
                format!("该字段开头的引号（文件第 {line} 行）没有正确闭合，无法区分其后的各行"),
            );
            let hint = Text::new(
                "close the quote, or write a quote that is part of the text twice: \"\"",
                "请补上引号；属于文字本身的引号要写两遍：\"\"",
            );
            let at = Range::cell(CellRef::new(row.min(MAX_ROWS - 1), *column as u32));
            Finding::new(Code::Unreadable, message).hint(hint).at(Place::on_sheet(SHEET, at))
        }
    }
}

/// A whole text as UTF-8, in the encoding that `label` names, else by content; whether some of it was damaged.
pub(crate) fn whole(
    file: &Handle,
    label: impl Fn(&str) -> Option<String>,
    limit: u64,
) -> Result<(String, Found), Finding> {
    if file.length() > limit {
        return Err(over_limit("bytes of the file", "文件的字节数", limit));
    }
    let mut found = encoding::find(file)?;
    let read = |found: &Found| -> io::Result<String> {
        let mut bytes = Vec::new();
        Utf8::new(file, found.encoding)?.read_to_end(&mut bytes)?;
        Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    };
    let text = read(&found).map_err(|error| io_finding(&error))?;
    // A label that contradicts valid UTF-8, or a mark, is wrong; pages are often saved anew.
    let is_sure = found.marked || (found.encoding == encoding_rs::UTF_8 && !found.damaged) || text.is_ascii();
    let named = label(&text).and_then(|label| encoding::by_label(&label));
    match named {
        Some(named) if !is_sure && named != found.encoding => {
            found.encoding = named;
            let text = read(&found).map_err(|error| io_finding(&error))?;
            Ok((text, found))
        }
        _ => Ok((text, found)),
    }
}

#[cfg(test)]
mod tests;
