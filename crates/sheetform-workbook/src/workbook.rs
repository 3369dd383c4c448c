//! An open workbook of any kind that is read. What kind it is, its content says and never its name.

use std::fs::File;
use std::io::{Cursor, Read, Seek, Write};
use std::ops::ControlFlow;
use std::path::Path;

use sheetform::finding::{Finding, Text};
use sheetform::grid::{BookInfo, Row, SheetFrame, Source};

use crate::limits::Limits;
use crate::ods::Ods;
use crate::package::detect::Kind;
use crate::package::handle::Handle;
use crate::package::{Examined, Package, open_finding};
use crate::patch::{Patch, PatchError, Patched};
use crate::text::Csv;
use crate::xls::Xls;
use crate::xlsb::Xlsb;
use crate::xlsx::Xlsx;

/// An open workbook of any kind. Rows are read from the file each time they are asked for.
pub struct Workbook {
    source: Box<dyn Source + Send + Sync>,
    kind: Kind,
    /// The encoding of a text, and what stands between its columns.
    detail: Option<Text>,
    file: Handle,
    limits: Limits,
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
        let Examined { kind, package, file } = Package::examine(reader, &limits)?;
        let (whole, within) = (file.clone(), limits.clone());
        let mut detail = None;
        let source: Box<dyn Source + Send + Sync> = match (kind, package) {
            (Kind::Xlsx, Some(package)) => Box::new(Xlsx::open(package, limits)?),
            (Kind::Ods, Some(package)) => Box::new(Ods::open(package, limits)?),
            (Kind::Xlsb, Some(package)) => Box::new(Xlsb::open(package, limits)?),
            (Kind::Xls, _) => Box::new(Xls::open(file, limits)?),
            (Kind::Csv, _) => {
                let csv = Csv::open(file, limits)?;
                detail = Some(csv.detail());
                Box::new(csv)
            }
            (Kind::Html, _) => Box::new(crate::html::open(&file, &limits)?),
            (Kind::XmlSpreadsheet, _) => Box::new(crate::xml2003::open(&file, &limits)?),
            (kind, _) => return Err(kind.finding()),
        };
        Ok(Self { source, kind, detail, file: whole, limits: within })
    }

    /// What the file really is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Writes a copy with changes, and without the marks of an earlier round. Every part of the package that need not
    /// change stays as it is, byte for byte; where nothing is to be changed, so does the whole file.
    ///
    /// Only an xlsx can be edited so: of another kind [`Workbook::rebuilt`] makes one.
    pub fn patch(&self, patch: &Patch, out: &mut (impl Write + Seek)) -> Result<Patched, PatchError> {
        let examined = Package::examine(self.file.rewound(), &self.limits)?;
        match (examined.kind, examined.package) {
            (Kind::Xlsx, Some(package)) => crate::patch::patch(&package, &self.limits, patch, out),
            (kind, _) => Err(PatchError::Finding(kind.finding())),
        }
    }

    /// The ending that a copy of it must have, so that Excel opens it: `xlsx`, `xlsm`, `xltx` or `xltm`.
    pub fn ending(&self) -> Result<&'static str, Finding> {
        let examined = Package::examine(self.file.rewound(), &self.limits)?;
        match (examined.kind, examined.package) {
            (Kind::Xlsx, Some(package)) => crate::patch::ending(&package, &self.limits),
            (kind, _) => Err(kind.finding()),
        }
    }

    /// What is to be said of the file as a whole, of severity info: what it really is where the name it was given
    /// says otherwise, and how a text was understood.
    pub fn remark(&self, name: Option<&Path>) -> Option<Finding> {
        let ending = name.and_then(Path::extension).and_then(std::ffi::OsStr::to_str);
        self.kind.remark(ending, self.detail.as_ref())
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
