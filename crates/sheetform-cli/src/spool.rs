//! The records of a long sheet on their way to a file: they wait in a temporary file until all was checked.

use std::borrow::Cow;
use std::io::{self, BufRead as _, BufReader, Seek as _, Write};

use serde_json::Value;
use sheetform::stream::{Record, Sink};

use crate::behind::Behind;
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
    file: Option<Behind>,
    text: Vec<u8>,
    failed: Option<io::Error>,
}

impl Spool {
    fn write(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(Behind::new(tempfile::tempfile()?, false)),
        };
        file.write_all(&self.text)
    }

    /// The records, one by one.
    pub(crate) fn into_records<'a>(self) -> Result<impl Iterator<Item = io::Result<Item<'a>>>, Stop> {
        let file = match (self.failed, self.file) {
            (Some(error), _) => Err(error),
            (None, None) => tempfile::tempfile(),
            (None, Some(file)) => file.into_file(),
        };
        let file = file.and_then(|mut file| file.rewind().map(|()| file)).map_err(|error| unwritten(&error))?;
        let item = |line: String| match line.strip_prefix(ODD) {
            Some(odd) => Ok(Item::Value(Cow::Owned(serde_json::from_str(odd)?))),
            None => Ok(Item::Text(line)),
        };
        Ok(BufReader::with_capacity(1 << 16, file).lines().map(move |line| item(line?)))
    }
}

fn unwritten(error: &io::Error) -> Stop {
    Stop::io(&std::env::temp_dir(), error)
}

impl Sink for Spool {
    fn begin(&mut self, _path: &[String], _likely: &Value) {}

    fn record(&mut self, record: Record<'_>) {
        if self.failed.is_some() {
            return;
        }
        self.text.clear();
        if !record.is_plain() {
            self.text.extend_from_slice(ODD.as_bytes());
        }
        record.write_line(&mut self.text);
        self.text.push(b'\n');
        self.failed = self.write().err();
    }

    fn forget(&mut self) {
        *self = Self::default();
    }
}
