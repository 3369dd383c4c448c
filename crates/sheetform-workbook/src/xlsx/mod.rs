//! An xlsx workbook as a [`Source`]: what it says of itself is read on opening, rows when asked.

mod book;
mod builtin;
mod cell;
mod formats;
mod frame;
mod number;
mod properties;
mod rels;
mod sheet;
mod strings;
mod styles;
pub(crate) mod text;

use std::fs::File;
use std::io::{Cursor, Read, Seek};
use std::ops::ControlFlow;
use std::path::Path;

use sheetform::finding::{Finding, Place};
use sheetform::grid::{BookInfo, Row, SheetFrame, Source};

use self::strings::Strings;
use self::styles::Styles;
use crate::fault::unreadable_file;
use crate::limits::Limits;
use crate::package::{Package, open_finding};

/// An open xlsx workbook. Holds the shared texts and the cell formats; rows are read from the file each time.
pub struct Workbook {
    package: Package,
    limits: Limits,
    info: BookInfo,
    /// The part of each sheet of `info`.
    parts: Vec<String>,
    strings: Strings,
    styles: Styles,
}

impl Workbook {
    /// Opens a file. Whatever is no readable xlsx is a finding that says what it is and what to do.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Finding> {
        Self::open_within(path, Limits::default())
    }

    /// Opens a file within other limits than the default ones.
    pub fn open_within(path: impl AsRef<Path>, limits: Limits) -> Result<Self, Finding> {
        let file = File::open(path.as_ref()).map_err(|error| open_finding(&error))?;
        if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
            return Err(open_finding(&std::io::ErrorKind::IsADirectory.into()));
        }
        Self::from_reader(file, limits)
    }

    /// Opens a workbook held in memory.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, Finding> {
        Self::from_reader(Cursor::new(bytes), Limits::default())
    }

    /// Opens a workbook from anything that can be read and sought.
    pub fn from_reader(reader: impl Read + Seek + Send + 'static, limits: Limits) -> Result<Self, Finding> {
        let package = Package::open(reader, &limits)?;
        let found = book::find(&package, &limits)?;
        let strings = match &found.strings {
            Some(part) => package.part(part, limits.part_bytes, |xml| Strings::read(xml, &limits))?,
            None => Strings::default(),
        };
        let styles = match &found.styles {
            Some(part) => package.part(part, limits.small_part_bytes, |xml| Styles::read(xml, &limits))?,
            None => Styles::default(),
        };
        Ok(Self { package, info: found.info, parts: found.parts, strings, styles, limits })
    }

    fn sheet(&self, index: usize) -> Result<(&str, &str), Finding> {
        match (self.info.sheets.get(index), self.parts.get(index)) {
            (Some(sheet), Some(part)) => Ok((&sheet.name, part)),
            _ => Err(unreadable_file(
                &format!("it has no sheet {}", index + 1),
                &format!("没有第 {} 张工作表", index + 1),
            )),
        }
    }
}

impl Source for Workbook {
    fn info(&self) -> &BookInfo {
        &self.info
    }

    fn frame(&self, sheet: usize) -> Result<SheetFrame, Finding> {
        let (name, part) = self.sheet(sheet)?;
        self.package
            .part(part, self.limits.part_bytes, |xml| frame::read(xml, &self.limits))
            .map_err(|finding| finding.at(Place::sheet(name)))
    }

    fn rows(&self, sheet: usize, each: &mut dyn FnMut(Row) -> ControlFlow<()>) -> Result<(), Finding> {
        let (name, part) = self.sheet(sheet)?;
        let context = sheet::Context {
            strings: &self.strings,
            styles: &self.styles,
            date1904: self.info.date1904,
            limits: &self.limits,
        };
        self.package
            .part(part, self.limits.part_bytes, |xml| sheet::read(xml, &context, each))
            .map_err(|finding| finding.at(Place::sheet(name)))
    }
}

#[cfg(test)]
mod tests;
