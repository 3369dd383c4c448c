//! An Excel workbook of before 2007 (BIFF8, and BIFF5 of Excel 95) as a `Source`. The stream with the workbook is held
//! in memory; a sheet's cells are taken from it when asked for.

mod compound;
mod properties;
pub(crate) mod records;
mod sheet;

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::sync::Arc;

use encoding_rs::Encoding;
use sheetform::finding::{Finding, Place};
use sheetform::grid::{BookInfo, NumberFormat, Row, SheetFrame, SheetInfo, Source, Visibility};

use self::records::{Record, Records};
use crate::fault::{no_sheet, open_and_save, over_limit, unreadable_file};
use crate::formats;
use crate::limits::Limits;
use crate::package::detect::Kind;
use crate::package::handle::Handle;
use crate::package::io_finding;
use crate::xlsx::builtin;

/// Bytes of a file: eight times what Excel writes for a full sheet of 65,536 rows.
const FILE: u64 = 256 << 20;

/// An open workbook.
pub(crate) struct Xls {
    stream: Vec<u8>,
    globals: Globals,
    limits: Limits,
}

/// What stands before the sheets.
pub(crate) struct Globals {
    info: BookInfo,
    /// Where the records of each sheet begin.
    starts: Vec<usize>,
    pub(crate) texts: Vec<Arc<str>>,
    /// The number format of each cell format; `None` is General.
    pub(crate) formats: Vec<Option<Arc<NumberFormat>>>,
    /// Whether texts are Unicode (BIFF8).
    pub(crate) unicode: bool,
    pub(crate) encoding: &'static Encoding,
}

impl Xls {
    pub(crate) fn open(mut file: Handle, limits: Limits) -> Result<Self, Finding> {
        if file.length() > FILE {
            return Err(over_limit("bytes of the file", "文件的字节数", FILE));
        }
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0)).map_err(|error| io_finding(&error))?;
        file.read_to_end(&mut bytes).map_err(|error| io_finding(&error))?;
        let stream = compound::stream(&bytes, &["Workbook", "Book"]).ok_or_else(cut)?;
        let mut globals = Globals::read(&stream, &limits)?;
        if let Some(summary) = compound::stream(&bytes, &["\u{5}DocumentSummaryInformation"]) {
            globals.info.properties = properties::read(&summary, limits.properties);
        }
        Ok(Self { stream, globals, limits })
    }

    fn sheet(&self, index: usize) -> Result<(&str, Records<'_>), Finding> {
        match (self.globals.info.sheets.get(index), self.globals.starts.get(index)) {
            (Some(info), Some(start)) => Ok((&info.name, Records::new(&self.stream, *start))),
            _ => Err(no_sheet(index)),
        }
    }
}

impl Source for Xls {
    fn info(&self) -> &BookInfo {
        &self.globals.info
    }

    fn frame(&self, sheet: usize) -> Result<SheetFrame, Finding> {
        let (name, records) = self.sheet(sheet)?;
        sheet::frame(records, &self.limits).map_err(|finding| finding.at(Place::sheet(name)))
    }

    fn rows(&self, sheet: usize, each: &mut dyn FnMut(Row) -> ControlFlow<()>) -> Result<(), Finding> {
        let (name, records) = self.sheet(sheet)?;
        let rows = sheet::rows(records, &self.globals, &self.limits);
        for row in rows.map_err(|finding| finding.at(Place::sheet(name)))? {
            if each(row).is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// A stream that ends before what it announces.
pub(crate) fn cut() -> Finding {
    unreadable_file("it is cut off or damaged", "内容不完整或已损坏").hint(open_and_save())
}

impl Globals {
    fn read(stream: &[u8], limits: &Limits) -> Result<Self, Finding> {
        let mut records = Records::new(stream, 0);
        let begin = records.next().filter(|record| record.id == 0x0809).ok_or_else(cut)?;
        let version = begin.values().u16();
        if !matches!(version, Some(0x0600 | 0x0500)) {
            return Err(
                unreadable_file("it is of a version before Excel 95", "其版本早于 Excel 95").hint(open_and_save())
            );
        }
        let mut globals = Self {
            info: BookInfo::default(),
            starts: Vec::new(),
            texts: Vec::new(),
            formats: Vec::new(),
            unicode: version == Some(0x0600),
            encoding: encoding_rs::WINDOWS_1252,
        };
        let (mut codes, mut ids, mut names) = (BTreeMap::new(), Vec::new(), Vec::new());
        loop {
            let record = records.next().ok_or_else(cut)?;
            match record.id {
                // The end of the globals.
                0x000A => break,
                // A password.
                0x002F => return Err(Kind::Encrypted.finding()),
                0x0042 => globals.encoding = code_page(record.values().u16().unwrap_or(0)),
                0x0022 => globals.info.date1904 = record.values().u16() == Some(1),
                0x0085 => {
                    if names.len() >= limits.sheets {
                        return Err(over_limit("sheets", "工作表数", limits.sheets));
                    }
                    names.push(record);
                }
                0x00FC => globals.texts = texts(&record, limits)?,
                0x041E => {
                    let mut values = record.values();
                    if let Some((id, code)) = values.u16().zip(globals.format_code(&mut values)) {
                        codes.insert(id, code);
                    }
                }
                0x00E0 => ids.push(record.first().get(2..4).map_or(0, |id| u16::from_le_bytes([id[0], id[1]]))),
                _ => {}
            }
            if codes.len().max(ids.len()) > limits.styles {
                return Err(over_limit("cell formats", "单元格格式数", limits.styles));
            }
        }
        for record in &names {
            globals.add_sheet(record).ok_or_else(cut)?;
        }
        let mut known: BTreeMap<u16, Option<Arc<NumberFormat>>> = BTreeMap::new();
        let formats =
            ids.into_iter().map(|id: u16| known.entry(id).or_insert_with(|| number_format(id, &codes)).clone());
        globals.formats = formats.collect();
        Ok(globals)
    }

    fn format_code(&self, values: &mut records::Values<'_, '_>) -> Option<String> {
        if self.unicode {
            let length = usize::from(values.u16()?);
            return values.text(length);
        }
        let length = usize::from(values.u8()?);
        values.narrow(length, self.encoding)
    }

    fn add_sheet(&mut self, record: &Record<'_>) -> Option<()> {
        let mut values = record.values();
        let (start, visibility, kind) = (values.u32()?, values.u8()?, values.u8()?);
        let length = usize::from(values.u8()?);
        let name = if self.unicode { values.text(length)? } else { values.narrow(length, self.encoding)? };
        // Charts and macros hold no cells.
        if kind == 0 {
            let visibility = match visibility & 3 {
                0 => Visibility::Visible,
                1 => Visibility::Hidden,
                _ => Visibility::VeryHidden,
            };
            self.info.sheets.push(SheetInfo { name, visibility });
            self.starts.push(start as usize);
        }
        Some(())
    }
}

/// The texts that cells share. Where their record is cut, cells that name a later one are error cells.
fn texts(record: &Record<'_>, limits: &Limits) -> Result<Vec<Arc<str>>, Finding> {
    let mut values = record.values();
    let (_, count) = (values.u32(), values.u32().unwrap_or(0));
    let (mut texts, mut bytes) = (Vec::new(), 0);
    for _ in 0..count {
        let Some(text) = values.u16().and_then(|length| values.text(usize::from(length))) else { break };
        bytes += text.len() + 32;
        if bytes > limits.string_bytes {
            return Err(over_limit("bytes of shared texts", "共享文本的字节数", limits.string_bytes));
        }
        texts.push(text.into());
    }
    Ok(texts)
}

fn number_format(id: u16, codes: &BTreeMap<u16, String>) -> Option<Arc<NumberFormat>> {
    let code = codes.get(&id).map(String::as_str).or_else(|| builtin::code(u32::from(id)))?;
    (!formats::is_general(code)).then(|| Arc::new(NumberFormat { code: code.into(), kind: formats::kind(code) }))
}

/// The encoding of a Windows code page.
fn code_page(number: u16) -> &'static Encoding {
    match number {
        932 => encoding_rs::SHIFT_JIS,
        936 => encoding_rs::GB18030,
        949 => encoding_rs::EUC_KR,
        950 => encoding_rs::BIG5,
        65_001 => encoding_rs::UTF_8,
        874 | 1250..=1258 => {
            Encoding::for_label(format!("windows-{number}").as_bytes()).unwrap_or(encoding_rs::WINDOWS_1252)
        }
        10_000 => encoding_rs::MACINTOSH,
        _ => encoding_rs::WINDOWS_1252,
    }
}

#[cfg(test)]
mod tests;
