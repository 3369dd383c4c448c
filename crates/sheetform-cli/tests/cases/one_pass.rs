//! What is read in one pass is what is read the long way: the same document, the same findings.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use sheetform::form::Form;
use sheetform::grid::Source;
use sheetform::read;
use sheetform::stream::{Lead, Record, Sink, check_from};
use sheetform::validate::Options;

use crate::case::{Outcome, sorted_lines};
use crate::laws;
use crate::read::Checked;

/// Sheets that were read in one pass.
pub(crate) static TAKEN: AtomicUsize = AtomicUsize::new(0);

/// Keeps what it is given, and its JSON texts.
#[derive(Default)]
struct Keep {
    records: Vec<Value>,
    text: Vec<u8>,
    lines: Vec<u8>,
}

impl Sink for Keep {
    fn begin(&mut self, _path: &[String], _: &Value) {}

    fn record(&mut self, record: Record<'_>) {
        self.records.push(record.to_value());
        record.write_pretty(&mut self.text);
        self.text.push(b'\n');
        record.write_line(&mut self.lines);
        self.lines.push(b'\n');
    }

    fn forget(&mut self) {
        *self = Self::default();
    }
}

/// Reads the sheet as if it were a long one from ever other rows on.
pub(crate) fn holds(
    form: &Form,
    source: &dyn Source,
    options: &read::Options,
    checks: &Options,
    known: &Checked,
) -> Outcome {
    let sheets: Vec<String> = source.info().sheets.iter().map(|sheet| sheet.name.clone()).collect();
    let mut any = false;
    for (rows, ahead) in [(2, 1), (4, 0), (5, 2), (7, 1), (14, 3)] {
        let mut kept = Keep::default();
        let streamed = check_from(form, source, options, checks, Lead { rows, ahead }, &mut kept);
        let Some(streamed) = streamed else {
            if kept.records.is_empty() {
                continue;
            }
            return Err("records of a sheet that is read the long way are kept".to_owned());
        };
        any = true;
        let way = format!("in one pass, {rows} rows at first");
        let mut document = streamed.reading.document.unwrap_or_default();
        let indent = format!("\n{}", "  ".repeat(streamed.path.len() + 1));
        let pretty = |record: &Value| format!("{record:#}").replace('\n', &indent) + "\n";
        let text = kept.records.iter().map(pretty).collect::<Vec<_>>().concat();
        laws::same(&format!("JSON text {way}"), &text, &String::from_utf8_lossy(&kept.text))?;
        let lines = kept.records.iter().map(|record| format!("{record}\n")).collect::<Vec<_>>().concat();
        laws::same(&format!("JSON Lines {way}"), &lines, &String::from_utf8_lossy(&kept.lines))?;
        if let Some(list) = streamed.path.iter().try_fold(&mut document, |at, name| at.get_mut(name)) {
            *list = kept.records.into();
        }
        let text = |document: &Value| format!("{document:#}\n");
        laws::same(&way, &known.document.as_ref().map(text).unwrap_or_default(), &text(&document))?;
        let mut found = streamed.reading.findings;
        found.extend(streamed.findings);
        laws::same(&way, &sorted_lines(known.findings.clone(), &sheets), &sorted_lines(found, &sheets))?;
        laws::same(&way, &known.records.to_string(), &streamed.reading.records.to_string())?;
        laws::same(&way, &format!("{:?}", known.heads), &format!("{:?}", streamed.reading.places.heads()))?;
    }
    TAKEN.fetch_add(usize::from(any), Ordering::Relaxed);
    Ok(())
}
