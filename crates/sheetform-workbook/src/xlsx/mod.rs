//! An xlsx workbook as a [`Source`]: what it says of itself is read on opening, rows when asked.

pub(crate) mod book;
pub(crate) mod builtin;
mod cell;
mod frame;
pub(crate) mod properties;
pub(crate) mod rels;
mod scan;
mod sheet;
mod strings;
mod styles;
pub(crate) mod text;

use std::ops::ControlFlow;

use sheetform::finding::{Finding, Place};
use sheetform::grid::{BookInfo, Row, SheetFrame, Source};

use self::strings::Strings;
use self::styles::Styles;
use crate::fault::no_sheet;
use crate::limits::Limits;
use crate::package::Package;

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
            Some(part) => package.whole_part(part, limits.part_bytes, |xml| Strings::read(xml, &limits))?,
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
            scan: true,
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
        self.package
            .whole_part(part, self.limits.part_bytes, |xml| sheet::read(xml, &context, each))
            .map_err(|finding| finding.at(Place::sheet(name)))
    }
}

#[cfg(test)]
mod tests;
