//! Opening what is given: a workbook or a JSON document, told apart by content. The ending of a name is a hint only. What
//! comes through a pipe is kept, in a temporary file where it is long.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use sheetform::finding::{Code, Finding, Place, Text};
use sheetform::form::Form;
use sheetform::grid::Source;
use sheetform::json_lines::{self, JsonLines};
use sheetform::json_text::{self, JsonText};
use sheetform::records::Records;
use sheetform_workbook::{Kind, Limits, Workbook, detect};

use crate::stop::io_text;

/// An opened file, and what is to be said of it as a whole.
pub(crate) struct Opened {
    pub(crate) input: Input,
    pub(crate) remark: Option<Finding>,
}

/// What a file holds.
pub(crate) enum Input {
    Book(Box<Workbook>),
    Json(Box<JsonText>),
    Lines(Box<JsonLines>),
}

/// The text that a document came from.
pub(crate) enum DocumentText {
    Json(Box<JsonText>),
    /// Its records, taken together as the form has them.
    Lines(Box<JsonLines>, Arc<Form>),
}

impl DocumentText {
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Json(text) => text.text(),
            Self::Lines(lines, _) => lines.text(),
        }
    }

    /// Where values stand, by JSON pointer.
    pub(crate) fn places(&self, pointers: &[&str]) -> Vec<Place> {
        match self {
            Self::Json(text) => text.places(pointers),
            Self::Lines(lines, form) => in_lines(lines, form, pointers, false),
        }
    }

    /// Where the keys of properties stand, by JSON pointer.
    pub(crate) fn key_places(&self, pointers: &[&str]) -> Vec<Place> {
        match self {
            Self::Json(text) => text.key_places(pointers),
            Self::Lines(lines, form) => in_lines(lines, form, pointers, true),
        }
    }
}

fn in_lines(lines: &JsonLines, form: &Form, pointers: &[&str], key: bool) -> Vec<Place> {
    let Ok(records) = Records::of(form) else { return vec![Place::default(); pointers.len()] };
    let place = |pointer: &&str| {
        let (index, inside) = records.place_of(pointer)?;
        Some(lines.place(index, &inside, key))
    };
    pointers.iter().map(|pointer| place(pointer).unwrap_or_default()).collect()
}

/// Opens a file, or standard input for `-`.
pub(crate) fn open(path: &Path) -> Result<Opened, Vec<Finding>> {
    let named = Some(path).filter(|path| path.as_os_str() != "-");
    let mut file = match Given::of(path).map_err(|error| cannot_read(&error))? {
        Given::Bytes(bytes) => return from_bytes(bytes, named),
        Given::File(file) => file,
    };
    let looked_at = file.try_clone().map_err(|error| cannot_read(&error))?;
    let kind = detect(looked_at).map_err(|finding| vec![finding])?;
    if is_json(kind, named.unwrap_or(Path::new(""))) {
        let mut bytes = Vec::new();
        let read = file.rewind().and_then(|()| file.read_to_end(&mut bytes));
        return read.map_err(|error| cannot_read(&error)).and_then(|_| json(&bytes, named));
    }
    book(Workbook::from_reader(file, Limits::default()), named)
}

/// What is given by a name, to be read from its beginning.
enum Given {
    File(File),
    Bytes(Arc<[u8]>),
}

/// What came through a pipe, which can be read only once.
enum Piped {
    Bytes(Arc<[u8]>),
    /// In a temporary file, for one reader at a time.
    File(File),
}

/// All that came so, by the names given.
static PIPED: Mutex<BTreeMap<PathBuf, Piped>> = Mutex::new(BTreeMap::new());

/// More than this of a pipe goes to a temporary file.
const PIPED_BYTES: u64 = 1 << 20;

impl Given {
    fn of(path: &Path) -> io::Result<Self> {
        let standard = path.as_os_str() == "-";
        if !standard {
            let metadata = std::fs::metadata(path)?;
            if metadata.is_dir() {
                return Err(io::ErrorKind::IsADirectory.into());
            }
            if metadata.is_file() {
                return File::open(path).map(Self::File);
            }
        }
        let mut all = PIPED.lock().unwrap_or_else(PoisonError::into_inner);
        // A pipe that was read to its end would be waited for.
        let piped = match all.entry(path.to_owned()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) if standard => new.insert(Piped::read(io::stdin().lock())?),
            Entry::Vacant(new) => new.insert(Piped::read(File::open(path)?)?),
        };
        match piped {
            Piped::Bytes(bytes) => Ok(Self::Bytes(Arc::clone(bytes))),
            Piped::File(file) => {
                let mut file = file.try_clone()?;
                file.rewind()?;
                Ok(Self::File(file))
            }
        }
    }
}

impl Piped {
    fn read(mut pipe: impl Read) -> io::Result<Self> {
        let mut bytes = Vec::new();
        (&mut pipe).take(PIPED_BYTES).read_to_end(&mut bytes)?;
        if (bytes.len() as u64) < PIPED_BYTES {
            return Ok(Self::Bytes(bytes.into()));
        }
        let mut file = tempfile::tempfile()?;
        file.write_all(&bytes)?;
        io::copy(&mut pipe, &mut file)?;
        Ok(Self::File(file))
    }
}

/// How files of JSON Lines end.
const LINES: [&str; 2] = ["jsonl", "ndjson"];

/// Reads a form's file as JSON, whatever its name.
pub(crate) fn open_json(path: &Path) -> Result<JsonText, Vec<Finding>> {
    let bytes = std::fs::read(path).map_err(|error| cannot_read(&error))?;
    json_text::parse(&bytes).map_err(|findings| match detect(Cursor::new(bytes)) {
        Ok(Kind::Json | Kind::Csv | Kind::Text | Kind::Empty | Kind::Unknown) => findings,
        Ok(kind) if kind.is_book() => vec![no_form("a workbook", "工作簿")],
        _ => vec![no_form("another file", "其他文件")],
    })
}

fn no_form(en: &str, zh: &str) -> Finding {
    let message = Text::new(
        format!("a form is a JSON Schema (a .json file), and this is {en}"),
        format!("表单是 JSON Schema（.json 文件），而这是{zh}"),
    );
    Finding::new(Code::Unreadable, message)
}

/// Opens what a file holds; its name is a hint only.
pub(crate) fn from_bytes(bytes: impl Into<Arc<[u8]>>, path: Option<&Path>) -> Result<Opened, Vec<Finding>> {
    let bytes: Arc<[u8]> = bytes.into();
    // A package is no JSON; what else it is, opening it tells.
    if !bytes.starts_with(b"PK\x03\x04") {
        let kind = detect(Cursor::new(Arc::clone(&bytes))).map_err(|finding| vec![finding])?;
        if is_json(kind, path.unwrap_or(Path::new(""))) {
            return json(&bytes, path);
        }
    }
    book(Workbook::from_reader(Cursor::new(bytes), Limits::default()), path)
}

fn book(opened: Result<Workbook, Finding>, path: Option<&Path>) -> Result<Opened, Vec<Finding>> {
    let book = opened.map_err(|finding| vec![finding])?;
    Ok(Opened { remark: book.remark(path), input: Input::Book(Box::new(book)) })
}

fn json(bytes: &[u8], path: Option<&Path>) -> Result<Opened, Vec<Finding>> {
    if is_named_lines(path) || std::str::from_utf8(bytes).is_ok_and(json_lines::is_lines) {
        return Ok(Opened { remark: None, input: Input::Lines(Box::new(json_lines::parse(bytes)?)) });
    }
    Ok(of_json(json_text::parse(bytes)?, path))
}

fn is_named_lines(path: Option<&Path>) -> bool {
    let ending = path.and_then(Path::extension);
    ending.is_some_and(|ending| LINES.iter().any(|lines| ending.eq_ignore_ascii_case(lines)))
}

/// A JSON text that a file holds.
pub(crate) fn of_json(text: JsonText, path: Option<&Path>) -> Opened {
    let ending = path.and_then(Path::extension).and_then(std::ffi::OsStr::to_str);
    Opened { remark: Kind::Json.remark(ending, None), input: Input::Json(Box::new(text)) }
}

/// How much of a text is looked at to tell whether it is JSON Lines; where its first line is longer it is taken for JSON.
const HEAD: u64 = 1 << 16;

/// A file that holds JSON, to be read from its beginning, and whether it is JSON Lines; none where it is something else,
/// or short enough to be held.
pub(crate) fn json_file(path: &Path) -> Option<(File, bool)> {
    let Given::File(mut file) = Given::of(path).ok()? else { return None };
    let path = Some(path).filter(|path| path.as_os_str() != "-");
    if !is_json(detect(file.try_clone().ok()?).ok()?, path.unwrap_or(Path::new(""))) {
        return None;
    }
    let mut head = Vec::new();
    file.rewind().ok()?;
    (&file).take(HEAD).read_to_end(&mut head).ok()?;
    // It may end within a character.
    let whole = head.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    let in_lines = is_named_lines(path) || json_lines::is_lines(whole);
    file.rewind().ok()?;
    Some((file, in_lines))
}

/// Text that a name calls JSON is read as JSON, so that what is wrong with it gets a line and column.
fn is_json(kind: Kind, path: &Path) -> bool {
    let endings = ["json"].iter().chain(&LINES);
    let named = path.extension().is_some_and(|own| endings.into_iter().any(|ending| own.eq_ignore_ascii_case(ending)));
    kind == Kind::Json || named && matches!(kind, Kind::Csv | Kind::Text | Kind::Unknown | Kind::Empty)
}

fn cannot_read(error: &io::Error) -> Vec<Finding> {
    let Text { en, zh, .. } = io_text(error);
    vec![Finding::new(Code::Unreadable, Text::new(format!("cannot be read: {en}"), format!("无法读取：{zh}")).open())]
}

impl Input {
    /// The names of its sheets, in order.
    pub(crate) fn sheets(&self) -> Vec<String> {
        match self {
            Self::Book(book) => book.info().sheets.iter().map(|sheet| sheet.name.clone()).collect(),
            Self::Json(_) | Self::Lines(_) => Vec::new(),
        }
    }
}
