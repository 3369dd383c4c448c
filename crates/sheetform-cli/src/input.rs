//! Opening what is given: a workbook or a JSON document, told apart by content. The ending of a name is a hint only.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;

use sheetform::finding::{Code, Finding, Text};
use sheetform::grid::Source;
use sheetform::json_text::{self, JsonText};
use sheetform_workbook::{Kind, Limits, Workbook, detect};

use crate::stop::io_text;

/// An opened file.
pub(crate) enum Input {
    Book(Box<Workbook>),
    Json(Box<JsonText>),
}

/// Opens a file, or standard input for `-`.
pub(crate) fn open(path: &Path) -> Result<Input, Vec<Finding>> {
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map_err(|error| cannot_read(&error))?;
        return from_bytes(bytes);
    }
    let file = File::open(path).map_err(|error| cannot_read(&error))?;
    if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        return Err(cannot_read(&io::ErrorKind::IsADirectory.into()));
    }
    if !file.metadata().is_ok_and(|metadata| metadata.is_file()) {
        // A pipe cannot be read twice.
        let mut bytes = Vec::new();
        (&file).read_to_end(&mut bytes).map_err(|error| cannot_read(&error))?;
        return from_bytes(bytes);
    }
    let looked_at = file.try_clone().map_err(|error| cannot_read(&error))?;
    let kind = detect(looked_at).map_err(|finding| vec![finding])?;
    if is_json(kind, path) {
        return json(&std::fs::read(path).map_err(|error| cannot_read(&error))?);
    }
    match kind {
        Kind::Xlsx => book(Workbook::from_reader(file, Limits::default())),
        other => Err(vec![other.finding()]),
    }
}

/// Reads a file as JSON, whatever it looks like.
pub(crate) fn open_json(path: &Path) -> Result<JsonText, Vec<Finding>> {
    json_text::parse(&std::fs::read(path).map_err(|error| cannot_read(&error))?)
}

fn from_bytes(bytes: Vec<u8>) -> Result<Input, Vec<Finding>> {
    let kind = detect(Cursor::new(bytes.clone())).map_err(|finding| vec![finding])?;
    match kind {
        Kind::Xlsx => book(Workbook::from_bytes(bytes)),
        kind if is_json(kind, Path::new("")) => json(&bytes),
        other => Err(vec![other.finding()]),
    }
}

fn book(opened: Result<Workbook, Finding>) -> Result<Input, Vec<Finding>> {
    opened.map(|book| Input::Book(Box::new(book))).map_err(|finding| vec![finding])
}

fn json(bytes: &[u8]) -> Result<Input, Vec<Finding>> {
    json_text::parse(bytes).map(|text| Input::Json(Box::new(text)))
}

/// Text that a name calls JSON is read as JSON, so that what is wrong with it gets a line and column.
fn is_json(kind: Kind, path: &Path) -> bool {
    let named = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    kind == Kind::Json || named && matches!(kind, Kind::Csv | Kind::Text | Kind::Unknown | Kind::Empty)
}

fn cannot_read(error: &io::Error) -> Vec<Finding> {
    let Text { en, zh } = io_text(error);
    vec![Finding::new(Code::Unreadable, Text::new(format!("cannot be read: {en}"), format!("无法读取：{zh}")))]
}

impl Input {
    /// The names of its sheets, in order.
    pub(crate) fn sheets(&self) -> Vec<String> {
        match self {
            Self::Book(book) => book.info().sheets.iter().map(|sheet| sheet.name.clone()).collect(),
            Self::Json(_) => Vec::new(),
        }
    }
}
