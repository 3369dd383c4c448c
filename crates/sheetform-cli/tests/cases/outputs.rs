//! What `convert` writes as records gives the document back.

use serde_json::Value;
use sheetform::finding::{Finding, Severity};
use sheetform::form::Form;
use sheetform::json_lines;
use sheetform::read::{self, read};
use sheetform::records::{Lines, Records};
use sheetform::round_trip;
use sheetform_workbook::Workbook;
use sheetform_workbook::records::{Format, Writer};

use crate::case::{Outcome, difference, lines};

/// Through JSON Lines wherever there are records, through csv and tsv where nothing stands outside of the table and every
/// column has its own heading; or what does not come back is refused. Every kind of file is the same the second time.
pub(crate) fn holds(form: &Form, document: &Value) -> Outcome {
    let Ok(records) = Records::of(form) else { return Ok(()) };
    let Ok((root, items)) = records.split(document) else { return Ok(()) };
    if items.is_empty() {
        return Ok(());
    }
    let mut whole = document.clone();
    if let Value::Object(map) = &mut whole {
        map.shift_remove("$schema");
    }
    if let Some(bytes) = written(Format::JsonLines, records, &root, items)? {
        let lines = json_lines::parse(&bytes).map_err(|findings| format!("no JSON Lines:\n{}", lines(&findings)))?;
        let back = records.document(lines.values);
        let back = back.map_err(|all| {
            format!("no document:\n{}", self::lines(&all.into_iter().map(|one| one.1).collect::<Vec<_>>()))
        })?;
        same(&whole, &back, "JSON Lines")?;
    }
    let Ok(records) = records.in_columns() else { return Ok(()) };
    written(Format::Parquet, records, &root, items)?;
    let outside = root.as_object().is_some_and(|root| !root.is_empty()) || std::ptr::eq(document, items.as_ptr());
    let outside = outside || !Lines::new(records, &root, &mut Vec::new()).have_own_headings();
    for (format, name) in [(Format::Csv, "csv"), (Format::Tsv, "tsv")] {
        if let (Some(bytes), false) = (written(format, records, &root, items)?, outside) {
            read_back(form, &whole, bytes, name)?;
        }
    }
    Ok(())
}

/// What is written; none where it is refused. Columns are the same from the text of the records.
fn written(format: Format, records: Records<'_>, root: &Value, items: &[Value]) -> Result<Option<Vec<u8>>, String> {
    let once = |from_text: bool| -> Result<(Vec<u8>, Vec<Finding>), String> {
        let (mut bytes, mut findings) = (Vec::new(), Vec::new());
        let failed = |error: std::io::Error| format!("{format:?} was not written: {error}");
        let mut writer = Writer::new(format, records, root, &mut bytes, &mut findings).map_err(failed)?;
        for item in items {
            let text = from_text.then(|| item.to_string());
            let written = match &text {
                Some(text) => writer.text(text, &mut findings),
                None => writer.record(item, &mut findings),
            };
            written.map_err(failed)?;
        }
        writer.finish(&mut findings).map_err(failed)?;
        Ok((bytes, findings))
    };
    let first = once(false)?;
    if first != once(false)? {
        return Err(format!("the same document gives another {format:?} file the second time"));
    }
    if format != Format::JsonLines && first != once(true)? {
        return Err(format!("the same document gives another {format:?} file from the text of its records"));
    }
    let (bytes, findings) = first;
    Ok(findings.iter().all(|finding| finding.severity != Severity::Error).then_some(bytes))
}

fn read_back(form: &Form, document: &Value, bytes: Vec<u8>, name: &str) -> Outcome {
    let shown = String::from_utf8_lossy(&bytes).into_owned();
    let book =
        Workbook::from_bytes(bytes).map_err(|finding| format!("{name} not read: {}\n{shown}", finding.message.en))?;
    let reading = read(form, &book, &read::Options::default());
    let loud: Vec<Finding> =
        reading.findings.iter().filter(|finding| finding.severity == Severity::Error).cloned().collect();
    if !loud.is_empty() {
        return Err(format!("{name} is read with errors:\n{}{shown}", lines(&loud)));
    }
    same(document, &reading.document.unwrap_or_default(), name)
}

fn same(document: &Value, back: &Value, way: &str) -> Outcome {
    match round_trip::difference(document, back) {
        None => Ok(()),
        Some(_) => Err(difference(&format!("the round trip ({way})"), &format!("{document:#}"), &format!("{back:#}"))),
    }
}
