//! Files of records, as `convert` and `--merge` write them. What a record is, `sheetform::records` says.

use std::io::{self, Write};

use serde_json::Value;
use sheetform::finding::Finding;
use sheetform::form::Form;
use sheetform::records::Records;
use sheetform_workbook::records::{Format, Writer};

use crate::args::Kind;
use crate::spool::Item;

/// The file of records that a kind is.
pub(crate) fn format_of(kind: Kind) -> Option<Format> {
    match kind {
        Kind::Json | Kind::Xlsx => None,
        Kind::Jsonl => Some(Format::JsonLines),
        Kind::Csv => Some(Format::Csv),
        Kind::Tsv => Some(Format::Tsv),
        Kind::Parquet => Some(Format::Parquet),
    }
}

/// The records of a form; fails where such a file cannot hold them, whatever the document.
pub(crate) fn of(form: &Form, format: Format) -> Result<Records<'_>, Finding> {
    let records = Records::of(form)?;
    if format == Format::JsonLines { Ok(records) } else { records.in_columns() }
}

/// Writes records; findings are of what is left out.
pub(crate) fn write<'v>(
    format: Format,
    records: Records<'_>,
    root: &Value,
    items: impl Iterator<Item = io::Result<Item<'v>>>,
    out: &mut (dyn Write + Send),
    findings: &mut Vec<Finding>,
) -> io::Result<()> {
    let mut writer = Writer::new(format, records, root, out, findings)?;
    for item in items {
        match item? {
            Item::Value(record) => writer.record(&record, findings)?,
            Item::Text(record) => writer.text(&record, findings)?,
        }
    }
    writer.finish(findings)
}
