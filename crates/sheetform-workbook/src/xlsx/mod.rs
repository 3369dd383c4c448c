//! An xlsx workbook as a [`Source`]: what it says of itself is read on opening, rows when asked.

pub(crate) mod book;
pub(crate) mod builtin;
mod cell;
mod frame;
pub(crate) mod properties;
pub(crate) mod rels;
mod scan;
pub(crate) mod sheet;
mod stretch;
pub(crate) mod strings;
pub(crate) mod styles;
pub(crate) mod text;

use std::ops::ControlFlow;

use sheetform::finding::{Finding, Place};
use sheetform::grid::{BookInfo, Row, SheetFrame, Source};

use self::stretch::Stretch;
use self::strings::Strings;
use self::styles::Styles;
use crate::fault::no_sheet;
use crate::limits::Limits;
use crate::package::Package;

/// Bytes of a sheet's part, inflated, that are worth a thread.
const LARGE: u64 = 1 << 20;

/// An open xlsx workbook. Holds the shared texts and the cell formats; rows are read from the file each time.
pub(crate) struct Xlsx {
    package: Package,
    limits: Limits,
    info: BookInfo,
    /// The part of each sheet of `info`.
    parts: Vec<String>,
    strings: Strings,
    styles: Styles,
}

impl Xlsx {
    /// Opens the workbook in a package.
    pub(crate) fn open(package: Package, limits: Limits) -> Result<Self, Finding> {
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
            _ => Err(no_sheet(index)),
        }
    }

    fn context(&self) -> sheet::Context<'_> {
        sheet::Context {
            strings: &self.strings,
            styles: &self.styles,
            date1904: self.info.date1904,
            limits: &self.limits,
        }
    }
}

impl Source for Xlsx {
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
        let context = self.context();
        self.package
            .part(part, self.limits.part_bytes, |xml| sheet::read(xml, &context, each))
            .map_err(|finding| finding.at(Place::sheet(name)))
            .map(|_| ())
    }

    fn rows_and_frame(
        &self,
        sheet: usize,
        each: &mut dyn FnMut(Row) -> ControlFlow<()>,
    ) -> Result<Option<SheetFrame>, Finding> {
        let (name, part) = self.sheet(sheet)?;
        let context = self.context();
        let rows = |stretch: &mut Stretch, each: &mut dyn FnMut(&mut Stretch) -> ControlFlow<()>| {
            self.package.part(part, self.limits.part_bytes, |xml| sheet::read_into(stretch, xml, &context, each))
        };
        let ahead = self.limits.ahead && self.package.size(part) >= LARGE;
        let read = if ahead { stretch::ahead(&context, rows, each) } else { None };
        read.unwrap_or_else(|| rows(&mut Stretch::default(), &mut |stretch| stretch.drain(&context, each)))
            .map_err(|finding| finding.at(Place::sheet(name)))
    }
}

#[cfg(test)]
mod tests;
