//! The JSON document of a long sheet on its way to its file: its records are written as they come, where they are to
//! stand.
//!
//! What stands before them in the text is known once the head of the sheet was read, as a rule. Where the end of the
//! sheet says otherwise, the records are copied behind it.

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};

use serde_json::Value;
use sheetform::stream::{Record, Sink};

use crate::behind::Behind;
use crate::output::{Draft, Target};
use crate::stop::Stop;

/// Takes the records of a document that is to become a file.
pub(crate) struct DocumentFile<'t> {
    target: &'t Target,
    /// Whether the disk must have it in the end.
    synced: bool,
    /// What stands before the list.
    before: String,
    /// How many properties lead to the list.
    depth: usize,
    records: usize,
    text: Vec<u8>,
    /// Made when the first record comes.
    file: Option<Result<(Draft, Behind), Stop>>,
}

impl<'t> DocumentFile<'t> {
    /// With `synced` the disk gets it while it is written, for it must have all of it before it appears.
    pub(crate) fn new(target: &'t Target, synced: bool) -> Self {
        Self { target, synced, before: String::new(), depth: 0, records: 0, text: Vec::new(), file: None }
    }

    /// Writes the document with the records in their list, as its own JSON text would have them; nothing appears unless
    /// all of it was written.
    pub(crate) fn finish(self, document: Value, path: &[String]) -> Result<(), Stop> {
        let target = self.target;
        target.publish(self.written(document, path)?)
    }

    /// The same for who has more to do before it appears.
    pub(crate) fn written(self, document: Value, path: &[String]) -> Result<Draft, Stop> {
        let target = self.target;
        let (before, after) = around(document, path, pretty);
        let after = format!("\n{}]{after}", "  ".repeat(path.len()));
        let written = self.file.transpose()?;
        let whole = |error: io::Error| target.failed(&error);
        let draft = if let Some((mut draft, behind)) = written {
            behind.into_file().map_err(whole)?;
            if before == self.before {
                draft.file().write_all(after.as_bytes()).map_err(whole)?;
                draft
            } else {
                copied(target, draft, self.before.len() as u64, (&before, &after))?
            }
        } else {
            let mut draft = target.draft()?;
            draft.file().write_all(format!("{before}{after}").as_bytes()).map_err(whole)?;
            draft
        };
        Ok(draft)
    }

    fn started(&self) -> Result<(Draft, Behind), Stop> {
        let mut draft = self.target.draft()?;
        let file = draft.file().try_clone().map_err(|error| self.target.failed(&error))?;
        let mut behind = Behind::new(file, self.synced && matches!(draft, Draft::Named(_)));
        behind.write_all(self.before.as_bytes()).map_err(|error| self.target.failed(&error))?;
        Ok((draft, behind))
    }
}

/// The records of a draft, which begin at a byte of it, with other text around them.
fn copied(target: &Target, mut draft: Draft, from: u64, (before, after): (&str, &str)) -> Result<Draft, Stop> {
    let mut other = target.draft()?;
    let copy = |draft: &mut File, other: &mut File| {
        draft.seek(SeekFrom::Start(from))?;
        other.write_all(before.as_bytes())?;
        io::copy(draft, other)?;
        other.write_all(after.as_bytes())
    };
    copy(draft.file(), other.file()).map_err(|error| target.failed(&error))?;
    Ok(other)
}

fn pretty(document: &Value) -> String {
    format!("{document:#}\n")
}

/// The text of a document before the records of a list, its bracket included, and behind that of its end.
pub(crate) fn around(mut document: Value, path: &[String], text: impl FnOnce(&Value) -> String) -> (String, String) {
    let mut mark = "records".to_owned();
    while document.to_string().contains(&mark) {
        mark.push('-');
    }
    if let Some(list) = path.iter().try_fold(&mut document, |at, name| at.get_mut(name)) {
        *list = mark.as_str().into();
    }
    let text = text(&document);
    match text.split_once(&format!("\"{mark}\"")) {
        Some((before, after)) => (format!("{before}["), after.to_owned()),
        None => (text, String::new()),
    }
}

impl Sink for DocumentFile<'_> {
    fn begin(&mut self, path: &[String], likely: &Value) {
        self.depth = path.len();
        self.before = around(likely.clone(), path, pretty).0;
    }

    fn record(&mut self, record: Record<'_>) {
        let file = match self.file.take() {
            Some(file) => file,
            None => self.started(),
        };
        self.text.clear();
        self.text.extend_from_slice(if self.records == 0 { b"\n" } else { b",\n" });
        self.text.resize(self.text.len() + 2 * (self.depth + 1), b' ');
        record.write_pretty(&mut self.text);
        self.records += 1;
        self.file = Some(file.and_then(|(draft, mut behind)| match behind.write_all(&self.text) {
            Ok(()) => Ok((draft, behind)),
            Err(error) => Err(self.target.failed(&error)),
        }));
    }

    fn forget(&mut self) {
        *self = Self::new(self.target, self.synced);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use sheetform::form::Form;
    use sheetform::{read, stream, validate, write};
    use sheetform_workbook::{Workbook, save};

    use super::*;

    /// Says that the document will be another one.
    struct Mistaken<'t>(DocumentFile<'t>);

    impl Sink for Mistaken<'_> {
        fn begin(&mut self, path: &[String], _likely: &Value) {
            self.0.begin(path, &json!({ "unit": "其他单位", "rows": [], "more": [] }));
        }

        fn record(&mut self, record: Record<'_>) {
            self.0.record(record);
        }

        fn forget(&mut self) {
            self.0.forget();
        }
    }

    #[test]
    fn what_was_not_foreseen_is_written_all_the_same() {
        let record = json!({ "type": "object", "properties": {
            "no": { "type": "integer", "title": "序号" }, "name": { "type": "string", "title": "名称" } } });
        let form = Form::compile(json!({ "title": "台账", "type": "object", "properties": {
            "unit": { "type": "string", "title": "填报单位" }, "rows": { "type": "array", "items": record } } }));
        let form = form.0.unwrap();
        let rows: Value = (0..700).map(|i| json!({ "no": i + 1, "name": format!("名称 {i}") })).collect();
        let document = json!({ "unit": "一分公司", "rows": rows });
        let book = Workbook::from_bytes(save(&write::write(&form, &document).unwrap()).unwrap()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.json");
        let target = Target::new(&path, false).unwrap();
        let mut sink = Mistaken(DocumentFile::new(&target, true));
        let (reading, checks) = (read::Options::default(), validate::Options::default());
        let streamed = stream::check(&form, &book, &reading, &checks, &mut sink).unwrap();
        sink.0.finish(streamed.reading.document.unwrap(), &streamed.path).unwrap();
        assert_eq!(std::fs::read_to_string(path).unwrap(), format!("{document:#}\n"));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
