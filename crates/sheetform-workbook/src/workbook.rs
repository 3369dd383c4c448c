//! An open workbook of any kind that is read. What kind it is, its content says and never its name.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Cursor, Read, Seek, Write};
use std::ops::ControlFlow;
use std::path::Path;

use sheetform::finding::{Finding, Text};
use sheetform::grid::{BookInfo, CellRef, Row, SheetFrame, Source};
use sheetform::into::{Changes, Styled};

use crate::limits::Limits;
use crate::ods::Ods;
use crate::package::detect::Kind;
use crate::package::handle::Handle;
use crate::package::{Examined, Package, io_finding, open_finding};
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

    /// Opens a workbook held in memory. It is read by the thread that asks alone.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, Finding> {
        Self::from_reader(Cursor::new(bytes), Limits { ahead: false, ..Limits::default() })
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

    /// The same bytes.
    pub fn copy_to(&self, out: &mut impl Write) -> std::io::Result<()> {
        std::io::copy(&mut self.file.rewound(), out).map(|_| ())
    }

    /// The workbook with a document put into it, in memory: rows come in, references to cells below them move, and
    /// cells get their values. All else is as it was; marks of an earlier round go.
    ///
    /// Only an xlsx can be edited so: of another kind [`Workbook::rebuilt`] makes one. Fails with `cannot-hold` where
    /// something would be broken by rows that come in.
    pub fn with_changes(&self, changes: &Changes) -> Result<Self, Vec<Finding>> {
        self.changed(changes).map_err(|finding| vec![finding])
    }

    fn changed(&self, changes: &Changes) -> Result<Self, Finding> {
        let package = |file: Handle| match Package::examine(file, &self.limits)? {
            Examined { kind: Kind::Xlsx, package: Some(package), .. } => Ok(package),
            Examined { kind, .. } => Err(kind.finding()),
        };
        let memory = |error| match error {
            PatchError::Finding(finding) => finding,
            PatchError::Output(error) => io_finding(&error),
        };
        let mut file = self.file.rewound();
        if crate::patch::moves::are_asked(changes) {
            let mut out = Cursor::new(Vec::new());
            crate::patch::moves::make(&package(file)?, &self.limits, changes, &mut out).map_err(memory)?;
            file = Handle::new(Cursor::new(out.into_inner())).map_err(|error| io_finding(&error))?;
        }
        let mut out = Cursor::new(Vec::new());
        let patch = Patch::of_changes(changes);
        crate::patch::patch(&package(file)?, &self.limits, &patch, &mut out).map_err(memory)?;
        Self::from_reader(Cursor::new(out.into_inner()), self.limits.clone())
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

impl Styled for Workbook {
    fn formats(&self, sheet: usize, cells: &BTreeSet<CellRef>) -> Result<BTreeMap<CellRef, u32>, Finding> {
        let examined = Package::examine(self.file.rewound(), &self.limits)?;
        match (examined.kind, examined.package) {
            (Kind::Xlsx, Some(package)) => crate::patch::formats(&package, &self.limits, sheet, cells),
            (kind, _) => Err(kind.finding()),
        }
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

    fn rows_and_frame(
        &self,
        sheet: usize,
        each: &mut dyn FnMut(Row) -> ControlFlow<()>,
    ) -> Result<Option<SheetFrame>, Finding> {
        self.source.rows_and_frame(sheet, each)
    }
}
