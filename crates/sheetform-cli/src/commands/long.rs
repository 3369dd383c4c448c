//! JSON whose list is too long to be held, or as many JSON Lines, checked or made a sheet: record by record, in memory
//! that does not depend on their number.
//!
//! Only what is sound and plain is written so. Everything else, what is wrong with a document above all, is left to
//! the way that reads it whole; what was begun then is thrown away.

use std::fs::File;
use std::io::{self, BufWriter, Seek as _, Write as _};
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;
use sheetform::finding::{Finding, Place, Severity};
use sheetform::form::Form;
use sheetform::json_lines::LongLines;
use sheetform::json_text::{LongList, LongText};
use sheetform::records::Records;
use sheetform::report::FileReport;
use sheetform::round_trip::{FIRST, LongBook};
use sheetform::validate::LongCheck;
use sheetform_workbook::LongSave;

use crate::check::{Checked, Checker};
use crate::input;
use crate::output::Target;
use crate::stop::Stop;

/// A file of fewer bytes has no list so long.
const SHORT: u64 = 20_000;

/// A file with a long document.
struct Long {
    file: File,
    list: LongList,
    /// The check of the document without most of its records, in which nothing was found that stands somewhere.
    found: Checked,
    document: Value,
    form: Arc<Form>,
}

impl Long {
    /// None where it is to be read whole.
    fn open(path: &Path, checker: &Checker<'_>) -> Result<Option<Self>, Stop> {
        let Some((mut file, in_lines)) = input::json_file(path) else { return Ok(None) };
        let unread = |error: io::Error| Stop::io(path, &error);
        if file.metadata().map_err(unread)?.len() < SHORT {
            return Ok(None);
        }
        let looked_at = if in_lines {
            let Some(lines) = LongLines::new(&file, FIRST).map_err(unread)? else { return Ok(None) };
            let found = checker.check_lines(path, lines.short.clone());
            let list = found.form.as_ref().and_then(|form| Records::of(form).ok()?.list_of(lines));
            list.map(|list| (list, found))
        } else {
            let Some(LongText { short, list }) = LongText::new(&file).map_err(unread)? else { return Ok(None) };
            Some((list, checker.check_json(path, short)))
        };
        file.rewind().map_err(unread)?;
        let Some((list, mut found)) = looked_at else { return Ok(None) };
        // What stands somewhere stands elsewhere in the whole text.
        let nowhere = |one: &Finding| one.severity != Severity::Error && one.place == Place::default();
        if found.failed || !found.report.findings.iter().all(nowhere) {
            return Ok(None);
        }
        let (Some(document), Some(form)) = (found.document.take(), found.form.clone()) else { return Ok(None) };
        let records = list.path.iter().try_fold(&document, |at, name| at.get(name));
        let held = records.and_then(Value::as_array).map_or(0, Vec::len);
        found.report.records += (list.count - held) as u64;
        Ok(Some(Self { file, list, found, document, form }))
    }
}

/// Checks a file with a long document in which nothing is to be found; None where it is to be read whole, or cannot be
/// read, which that says.
pub(super) fn check(path: &Path, checker: &Checker<'_>) -> Option<Checked> {
    let Long { file, list, found, document, form } = Long::open(path, checker).ok()??;
    let options = checker.options();
    let mut check = LongCheck::new(&form, &document, &list.path, &options)?;
    drop(document);
    let whole = list.records(&file, check.shape()?, &mut |record| check.record(record));
    (whole.ok()? && check.finish()).then_some(found)
}

/// Writes a file's long document as a workbook, called `output`; gives what was found in it. None where it is to be
/// read whole.
pub(super) fn convert(
    path: &Path,
    checker: &Checker<'_>,
    (target, output): (&Target, &Path),
) -> Result<Option<FileReport>, Stop> {
    let Some(Long { file, list, found, document, form }) = Long::open(path, checker)? else { return Ok(None) };
    let options = checker.options();
    let Some(check) = LongCheck::new(&form, &document, &list.path, &options) else { return Ok(None) };
    let Some(book) = LongBook::new(&form, &document, &list) else { return Ok(None) };
    drop(document);
    let make = |to: &mut File| write((path, &file), &list, Some(check), book, (output, to));
    let written = target.fill_if(make, |written| *written)?;
    Ok(written.then_some(found.report))
}

/// Writes a document that is known already, and stands in a file as JSON, as a workbook called `output`; `claim` sees
/// it before it appears. False where it is to be laid out whole.
pub(crate) fn write_known(
    form: &Form,
    (path, file): (&Path, &mut File),
    (target, output): (&Target, &Path),
    claim: &dyn Fn(&mut File) -> Result<(), Stop>,
) -> Result<bool, Stop> {
    let unread = |error: io::Error| Stop::io(path, &error);
    file.rewind().map_err(unread)?;
    let Some(LongText { short, list }) = LongText::new(&*file).map_err(unread)? else { return Ok(false) };
    let Some(book) = LongBook::new(form, &short.value, &list) else { return Ok(false) };
    file.rewind().map_err(unread)?;
    let make = |to: &mut File| {
        let written = write((path, &*file), &list, None, book, (output, &mut *to))?;
        if written {
            claim(to)?;
        }
        Ok(written)
    };
    target.fill_if(make, |written| *written)
}

/// Writes the workbook, checking what is not known yet; false where the document is to be read whole.
fn write(
    (path, file): (&Path, &File),
    list: &LongList,
    mut check: Option<LongCheck<'_>>,
    mut book: LongBook<'_>,
    (output, to): (&Path, &mut File),
) -> Result<bool, Stop> {
    let failed = |error: io::Error| Stop::io(output, &error);
    let mut to = BufWriter::new(to);
    let Some(mut save) = LongSave::new(book.book(), book.gap(), &mut to).map_err(failed)? else { return Ok(false) };
    let mut broken = None;
    let whole = list
        .records(file, book.shape().clone(), &mut |record| {
            check.as_mut().is_none_or(|check| check.record(record))
                && book.record(record).is_some_and(|row| match save.row(row) {
                    Ok(fits) => fits,
                    Err(error) => {
                        broken = Some(error);
                        false
                    }
                })
        })
        .map_err(|error| Stop::io(path, &error))?;
    if let Some(error) = broken {
        return Err(failed(error));
    }
    if !whole || !check.is_none_or(LongCheck::finish) {
        return Ok(false);
    }
    let Some(book) = book.finish() else { return Ok(false) };
    Ok(save.finish(&book).map_err(failed)? && to.flush().map(|()| true).map_err(failed)?)
}
