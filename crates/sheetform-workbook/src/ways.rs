//! Other ways of reading than the usual one, for tests: without the scanner, and from bytes that come in other pieces.
//! Each must give the same. No part of the public interface.

use std::io::Cursor;
use std::ops::ControlFlow;

use sheetform::finding::Finding;
use sheetform::grid::{Row, SheetFrame};

use crate::package::window::{CHUNK, Window};
use crate::package::xml::Xml;
use crate::xlsx::sheet::{self, Context};
use crate::xlsx::strings::Strings;
use crate::xlsx::styles::Styles;
use crate::{Limits, Workbook};

/// How the bytes of a part are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// Whether what is plain is taken past the XML parser.
    pub scan: bool,
    /// Bytes at hand, as long as no more are asked for; at least one.
    pub chunk: usize,
}

impl Way {
    /// The XML parser alone.
    pub const PARSER: Self = Self { scan: false, chunk: CHUNK };
}

impl Default for Way {
    fn default() -> Self {
        Self { scan: true, chunk: CHUNK }
    }
}

/// Opens a workbook held in memory, its parts read in this way; with the scanner large sheets are read ahead.
pub fn open(bytes: Vec<u8>, way: Way) -> Result<Workbook, Finding> {
    Workbook::by(Cursor::new(bytes), Limits { ahead: way.scan, ..Limits::default() }, way)
}

/// What came of a sheet's XML.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// The rows, up to what ended them.
    pub rows: Vec<Row>,
    /// What stands beside the rows, or what is wrong.
    pub end: Result<Option<SheetFrame>, Finding>,
}

/// Reads the XML of a sheet, with that of the shared texts and of the cell formats, without a package around them.
pub fn sheet(xml: &[u8], strings: &[u8], styles: &[u8], limits: &Limits, way: Way) -> Given {
    let part = |bytes, name| Xml::new(Window::by(bytes, way), name, limits.text_bytes);
    let mut rows = Vec::new();
    let end = Strings::read(part(strings, "strings"), limits).and_then(|strings| {
        let styles = Styles::read(part(styles, "styles"), limits)?;
        let context = Context { strings: &strings, styles: &styles, date1904: false, limits };
        sheet::read(part(xml, "sheet"), &context, &mut |row| {
            rows.push(row);
            ControlFlow::Continue(())
        })
    });
    Given { rows, end }
}
