//! An open workbook of any kind that is read. What kind it is, its content says and never its name.

use std::fs::File;
use std::io::{Cursor, Read, Seek};
use std::ops::ControlFlow;
use std::path::Path;

use sheetform::finding::Finding;
use sheetform::grid::{BookInfo, Row, SheetFrame, Source};

use crate::limits::Limits;
use crate::ods::Ods;
use crate::package::detect::Kind;
use crate::package::{Package, open_finding};
use crate::xlsx::Xlsx;

/// An open workbook, xlsx or ods. Rows are read from the file each time they are asked for.
pub struct Workbook {
    source: Box<dyn Source + Send + Sync>,
}

impl Workbook {
    /// Opens a file. Whatever is no readable workbook is a finding that says what it is and what to do.
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
        let source: Box<dyn Source + Send + Sync> = match Package::examine(reader, &limits)? {
            (Kind::Xlsx, Some(package)) => Box::new(Xlsx::open(package, limits)?),
            (Kind::Ods, Some(package)) => Box::new(Ods::open(package, limits)?),
            (kind, _) => return Err(kind.finding()),
        };
        Ok(Self { source })
    }
}

impl Source for Workbook {
    fn info(&self) -> &BookInfo {
        self.source.info()
    }

    fn frame(&self, sheet: usize) -> Result<SheetFrame, Finding> {
        self.source.frame(sheet)
    }

    fn rows(&self, sheet: usize, each: &mut dyn FnMut(Row) -> ControlFlow<()>) -> Result<(), Finding> {
        self.source.rows(sheet, each)
    }
}
