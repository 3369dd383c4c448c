//! Records into files that hold nothing else: JSON Lines, csv, tsv, Parquet. Which records and columns there are, the
//! core says ([`sheetform::records`]); this is their bytes.
//!
//! Records are handed over one by one and written as they come. Parquet keeps those of one row group in memory, packed.

mod parquet;
#[cfg(test)]
mod tests;
mod text;

use std::io::{self, BufRead as _, BufReader, Read, Seek, Write};

use serde_json::{Map, Value};
use sheetform::finding::{Code, Finding, Severity, Text};
use sheetform::records::{Lines, Records, Typed};

/// A kind of file that holds records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A JSON value a line.
    JsonLines,
    /// Fields between commas (RFC 4180), UTF-8 without a mark, a line of headings first.
    Csv,
    /// The same between tabs.
    Tsv,
    /// Apache Parquet, typed columns, packed with Snappy.
    Parquet,
}

/// Writes records one after another.
pub struct Writer<'f, W: Write + Send> {
    records: Records<'f>,
    /// What stands in front of every record.
    front: Map<String, Value>,
    /// Whether a record with declared properties alone has its place behind that.
    plain_names: bool,
    count: usize,
    into: Into<'f, W>,
}

enum Into<'f, W: Write + Send> {
    /// With the text of what stands in front, and for a line.
    Json {
        out: W,
        front: Vec<u8>,
        line: Vec<u8>,
    },
    Text {
        lines: Lines<'f>,
        delimiter: u8,
        out: W,
    },
    Parquet {
        typed: Typed<'f>,
        out: Box<parquet::Columns<W>>,
    },
}

impl<'f, W: Write + Send> Writer<'f, W> {
    /// `root` is what the document says outside of its table ([`Records::split`]). Findings are of what has no place.
    pub fn new(
        format: Format,
        records: Records<'f>,
        root: &Value,
        mut out: W,
        findings: &mut Vec<Finding>,
    ) -> io::Result<Self> {
        let front = records.front(root);
        let into = match format {
            Format::JsonLines => {
                let mut text = serde_json::to_vec(&front)?;
                text.pop();
                Into::Json { out, front: text, line: Vec::new() }
            }
            Format::Csv | Format::Tsv => {
                let delimiter = if format == Format::Csv { b',' } else { b'\t' };
                let lines = Lines::new(records, root, findings);
                text::line(&mut out, lines.headings().iter().map(String::as_str), delimiter)?;
                Into::Text { lines, delimiter, out }
            }
            Format::Parquet => {
                let typed = Typed::new(records, &front);
                let columns = parquet::Columns::new(out, typed.columns())?;
                Into::Parquet { typed, out: Box::new(columns) }
            }
        };
        Ok(Self { plain_names: records.have_plain_names(), records, front, count: 0, into })
    }

    /// Writes a record. Where there are findings, it or a part of it is left out.
    pub fn record(&mut self, record: &Value, findings: &mut Vec<Finding>) -> io::Result<()> {
        let index = self.count;
        self.count += 1;
        if let Into::Text { lines, delimiter, out } = &mut self.into {
            let mut lines = lines.of(record, index, findings).into_iter();
            return lines.try_for_each(|line| text::line(out, line.iter().map(String::as_str), *delimiter));
        }
        if let Err(finding) = self.records.fits(&self.front, record, index) {
            findings.push(finding);
            return Ok(());
        }
        match &mut self.into {
            Into::Json { out, front, line } => {
                line.clear();
                match record {
                    // What stands in front is text already.
                    Value::Object(_) if front.len() > 1 => {
                        serde_json::to_writer(&mut *line, record)?;
                        out.write_all(front)?;
                        out.write_all(if line.len() > 2 { b"," } else { b"" })?;
                        line.push(b'\n');
                        out.write_all(line.get(1..).unwrap_or_default())
                    }
                    _ => {
                        serde_json::to_writer(&mut *line, &self.records.joined(&self.front, record))?;
                        line.push(b'\n');
                        out.write_all(line)
                    }
                }
            }
            Into::Parquet { typed, out } => {
                let joined = self.records.joined(&self.front, record);
                out.push(&typed.of(&joined, index, findings))
            }
            Into::Text { .. } => Ok(()),
        }
    }

    /// Writes a record that is JSON text already, an object in one line with no properties but those that the form
    /// declares for it.
    pub fn text(&mut self, record: &str, findings: &mut Vec<Finding>) -> io::Result<()> {
        if self.plain_names && self.plain(record)? {
            self.count += 1;
            return Ok(());
        }
        self.record(&serde_json::from_str(record)?, findings)
    }

    /// Writes it straight from its text; false where something has to be known of it first.
    fn plain(&mut self, record: &str) -> io::Result<bool> {
        match &mut self.into {
            Into::Json { out, front, .. } => {
                let record = record.as_bytes();
                if front.len() > 1 {
                    out.write_all(front)?;
                    out.write_all(if record.len() > 2 { b"," } else { b"" })?;
                    out.write_all(record.get(1..).unwrap_or_default())?;
                } else {
                    out.write_all(record)?;
                }
                out.write_all(b"\n")?;
            }
            Into::Text { lines, delimiter, out } => {
                let Some(line) = lines.plain(record) else { return Ok(false) };
                text::line(out, line, *delimiter)?;
            }
            Into::Parquet { typed, out } => {
                let Some(cells) = typed.plain(record) else { return Ok(false) };
                out.push_cells(cells)?;
            }
        }
        Ok(true)
    }

    /// Ends the file. Findings, of severity info, are of what it does not tell.
    pub fn finish(self, findings: &mut Vec<Finding>) -> io::Result<()> {
        if self.count == 0 && !self.front.is_empty() {
            findings.push(info(Text::new(
                "the table has no records: what stands outside of it is left out",
                "表中没有记录：表外的内容未写出",
            )));
        }
        match self.into {
            Into::Json { mut out, .. } | Into::Text { mut out, .. } => out.flush(),
            Into::Parquet { typed, out } => {
                if typed.nulls() > 0 {
                    let count = typed.nulls();
                    findings.push(info(Text::new(
                        format!("{count} values are null, which Parquet does not tell from absent"),
                        format!("有 {count} 个空值（null）；Parquet 不区分空值与缺失"),
                    )));
                }
                out.finish()
            }
        }
    }
}

fn info(message: Text) -> Finding {
    Finding::new(Code::CannotHold, message.open()).severity(Severity::Info)
}

/// Records that wait in a file until all is known that is written with them.
pub struct Spool<F: Write> {
    file: io::BufWriter<F>,
}

impl<F: Read + Write + Seek> Spool<F> {
    /// `file` is empty.
    pub fn new(file: F) -> Self {
        Self { file: io::BufWriter::new(file) }
    }

    /// Puts a record behind those that wait.
    pub fn record(&mut self, record: &Value) -> io::Result<()> {
        serde_json::to_writer(&mut self.file, record)?;
        self.file.write_all(b"\n")
    }

    /// Hands all of them on, in their order.
    pub fn drain(self, each: &mut dyn FnMut(Value) -> io::Result<()>) -> io::Result<()> {
        let mut file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        let mut reader = BufReader::new(file);
        let mut line = String::new();
        loop {
            line.clear();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            each(serde_json::from_str(&line)?)?;
        }
    }
}
