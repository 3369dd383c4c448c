//! The records of a long sheet on their way to a file: they wait in a temporary file until all was checked.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Seek as _, Write};

use serde_json::Value;
use sheetform::stream::{Record, Sink};

use crate::stop::Stop;

/// A record on its way to a file of records.
pub(crate) enum Item<'a> {
    Value(Cow<'a, Value>),
    /// JSON text of an object with no properties but those that the form declares.
    Text(String),
}

/// Stands before a record that may have other properties.
const ODD: &str = " ";

/// Records as they stand in the list that holds them; its file is made when the first comes.
#[derive(Default)]
pub(crate) struct Spool {
    file: Option<BufWriter<File>>,
    /// Whether they are wanted one by one again, not as a piece of their document.
    apart: bool,
    /// How many properties lead to the list.
    depth: usize,
    records: usize,
    text: Vec<u8>,
    failed: Option<io::Error>,
}

impl Spool {
    /// With `apart` the records are for [`Spool::into_records`], else for [`Spool::into_document`].
    pub(crate) fn new(apart: bool) -> Self {
        Self { apart, ..Self::default() }
    }

    fn write(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(BufWriter::with_capacity(1 << 16, tempfile::tempfile()?)),
        };
        file.write_all(&self.text)
    }

    /// Writes the document with the records in their list, as its own JSON text would have them.
    pub(crate) fn into_document(self, document: Value, path: &[String], out: &mut File) -> Result<(), Stop> {
        if let Some(error) = self.failed {
            return Err(unwritten(&error));
        }
        let (text, mark) = marked(document, path, |document| format!("{document:#}\n"));
        let (before, after) = text.split_once(&mark).unwrap_or((&text, ""));
        let copy = |out: &mut File| -> io::Result<()> {
            out.write_all(before.as_bytes())?;
            out.write_all(b"[")?;
            if let Some(file) = self.file {
                let mut file = file.into_inner()?;
                file.rewind()?;
                io::copy(&mut file, out)?;
            }
            let indent = "  ".repeat(path.len());
            out.write_all(format!("\n{indent}]{after}").as_bytes())
        };
        copy(out).map_err(|error| unwritten(&error))
    }

    /// The same on one line; the records were to be had one by one.
    pub(crate) fn into_line(self, document: Value, path: &[String], out: &mut File) -> Result<(), Stop> {
        let (text, mark) = marked(document, path, |document| document.to_string());
        let (before, after) = text.split_once(&mark).unwrap_or((&text, ""));
        let records = self.into_records()?;
        let write = || -> io::Result<()> {
            let mut out = BufWriter::new(out);
            out.write_all(before.as_bytes())?;
            for (number, record) in records.enumerate() {
                out.write_all(if number == 0 { b"[" } else { b"," })?;
                match record? {
                    Item::Value(record) => serde_json::to_writer(&mut out, &record)?,
                    Item::Text(record) => out.write_all(record.as_bytes())?,
                }
            }
            out.write_all(b"]")?;
            out.write_all(after.as_bytes())?;
            out.write_all(b"\n")?;
            out.flush()
        };
        write().map_err(|error| unwritten(&error))
    }

    /// The records, one by one.
    pub(crate) fn into_records<'a>(self) -> Result<impl Iterator<Item = io::Result<Item<'a>>>, Stop> {
        let file = match (self.failed, self.file) {
            (Some(error), _) => Err(error),
            (None, None) => tempfile::tempfile(),
            (None, Some(file)) => file.into_inner().map_err(io::IntoInnerError::into_error),
        };
        let file = file.and_then(|mut file| file.rewind().map(|()| file)).map_err(|error| unwritten(&error))?;
        let item = |line: String| match line.strip_prefix(ODD) {
            Some(odd) => Ok(Item::Value(Cow::Owned(serde_json::from_str(odd)?))),
            None => Ok(Item::Text(line)),
        };
        Ok(BufReader::with_capacity(1 << 16, file).lines().map(move |line| item(line?)))
    }
}

/// The text of a document with a mark in the place of a list, which it has nowhere else; and the mark.
fn marked(mut document: Value, path: &[String], text: impl Fn(&Value) -> String) -> (String, String) {
    let mut mark = "records".to_owned();
    while document.to_string().contains(&mark) {
        mark.push('-');
    }
    if let Some(list) = path.iter().try_fold(&mut document, |at, name| at.get_mut(name)) {
        *list = mark.as_str().into();
    }
    (text(&document), format!("\"{mark}\""))
}

fn unwritten(error: &io::Error) -> Stop {
    Stop::io(&std::env::temp_dir(), error)
}

impl Sink for Spool {
    fn begin(&mut self, path: &[String]) {
        self.depth = path.len();
    }

    fn record(&mut self, record: Record<'_>) {
        if self.failed.is_some() {
            return;
        }
        self.text.clear();
        if self.apart {
            if !record.is_plain() {
                self.text.extend_from_slice(ODD.as_bytes());
            }
            record.write_line(&mut self.text);
            self.text.push(b'\n');
            self.failed = self.write().err();
            return;
        }
        self.text.extend_from_slice(if self.records == 0 { b"\n" } else { b",\n" });
        self.text.resize(self.text.len() + 2 * (self.depth + 1), b' ');
        record.write_pretty(&mut self.text);
        self.records += 1;
        self.failed = self.write().err();
    }

    fn forget(&mut self) {
        *self = Self::new(self.apart);
    }
}
