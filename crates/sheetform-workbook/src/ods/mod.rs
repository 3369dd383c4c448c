//! An OpenDocument spreadsheet as a `Source`: what it says of itself is read on opening, rows when asked.
//!
//! All sheets stand in one part, so opening notes where each begins. What a cell gives is what an xlsx would: a date is
//! a serial number with a date format.

mod cell;
mod code;
mod content;
mod frame;
mod meta;
mod sheet;
mod spaces;
mod styles;
mod text;
mod time;

use std::io::{BufRead, Cursor, Read};
use std::ops::ControlFlow;

use sheetform::finding::{Finding, Place};
use sheetform::grid::{BookInfo, Row, SheetFrame, Source};

use self::content::Sheet;
use self::spaces::Spaces;
use self::styles::Formats;
use crate::fault::{no_sheet, over_limit};
use crate::limits::Limits;
use crate::package::xml::Xml;
use crate::package::{Package, part_finding};

const CONTENT: &str = "content.xml";
const STYLES: &str = "styles.xml";
const META: &str = "meta.xml";

/// Bytes of a content part that is kept, so that its sheets can be reached without inflating those before them.
const KEPT: u64 = 64 << 20;
/// Bytes inflated, at most, to read every sheet of a larger one once.
const INFLATED: u64 = 64 << 30;

/// An open OpenDocument spreadsheet.
pub(crate) struct Ods {
    package: Package,
    limits: Limits,
    info: BookInfo,
    /// One for each sheet of `info`.
    sheets: Vec<Sheet>,
    spaces: Spaces,
    formats: Formats,
    epoch: time::Epoch,
    /// The content part, where it is small.
    kept: Option<Vec<u8>>,
}

impl Ods {
    /// Opens the spreadsheet in a package.
    pub(crate) fn open(package: Package, limits: Limits) -> Result<Self, Finding> {
        Self::open_keeping(package, limits, KEPT)
    }

    /// Opens it; a content part of at most `most` bytes is kept.
    fn open_keeping(package: Package, limits: Limits, most: u64) -> Result<Self, Finding> {
        let mut info = BookInfo::default();
        let mut styles = styles::Styles::default();
        if package.has(STYLES) {
            package.part(STYLES, limits.small_part_bytes, |xml| styles.read_part(xml, &limits))?;
        }
        if package.has(META) {
            info.properties = package.part(META, limits.small_part_bytes, |xml| meta::read(xml, &limits))?;
        }
        let found = package.part(CONTENT, limits.part_bytes, |xml| content::read(xml, styles, &limits))?;
        let size = package.size(CONTENT);
        let inflated = size.saturating_mul(found.sheets.len() as u64);
        if size > most && inflated > INFLATED {
            return Err(over_limit("sheets in so large a file", "大文件中的工作表数", INFLATED / size));
        }
        let kept = if size <= most {
            Some(package.bytes(CONTENT, most, |mut reader| {
                let mut bytes = Vec::new();
                reader.read_to_end(&mut bytes).map_err(|error| part_finding(CONTENT, &error))?;
                Ok(bytes)
            })?)
        } else {
            None
        };
        info.sheets = found.infos;
        info.date1904 = found.epoch.date1904();
        let (sheets, spaces, formats, epoch) = (found.sheets, found.spaces, found.formats, found.epoch);
        Ok(Self { package, limits, info, sheets, spaces, formats, epoch, kept })
    }

    /// Reads a sheet from behind its start tag.
    fn sheet<T>(
        &self,
        index: usize,
        read: impl FnOnce(Xml<&mut dyn BufRead>, &sheet::Context<'_>) -> Result<T, Finding>,
    ) -> Result<T, Finding>
    where
        T: Default,
    {
        let (Some(sheet), Some(info)) = (self.sheets.get(index), self.info.sheets.get(index)) else {
            return Err(no_sheet(index));
        };
        let Some(start) = sheet.start else { return Ok(T::default()) };
        let context =
            sheet::Context { spaces: &self.spaces, formats: &self.formats, epoch: &self.epoch, limits: &self.limits };
        let inside = |reader: &mut dyn BufRead| read(Xml::inside(reader, CONTENT, self.limits.text_bytes), &context);
        let result = match &self.kept {
            Some(bytes) => inside(&mut Cursor::new(bytes.get(start as usize..).unwrap_or_default())),
            None => self.package.bytes(CONTENT, self.limits.part_bytes, |mut reader| {
                std::io::copy(&mut reader.by_ref().take(start), &mut std::io::sink())
                    .map_err(|error| part_finding(CONTENT, &error))?;
                inside(&mut reader)
            }),
        };
        result.map_err(|finding| finding.at(Place::sheet(&info.name)))
    }
}

impl Source for Ods {
    fn info(&self) -> &BookInfo {
        &self.info
    }

    fn frame(&self, sheet: usize) -> Result<SheetFrame, Finding> {
        self.sheet(sheet, |mut xml, context| frame::read(&mut xml, context))
    }

    fn rows(&self, sheet: usize, each: &mut dyn FnMut(Row) -> ControlFlow<()>) -> Result<(), Finding> {
        self.sheet(sheet, |mut xml, context| sheet::read(&mut xml, context, each))
    }
}

#[cfg(test)]
mod tests;
