//! JSON to sheet where a list is too long to be held: record by record, in memory that does not depend on their number.
//!
//! Only what is sound and plain is written so. Everything else, what is wrong with a document above all, is left to
//! the way that reads it whole; what was begun then is thrown away.

use std::fs::File;
use std::io::{self, BufWriter, Seek as _, Write as _};
use std::path::Path;

use sheetform::finding::{Place, Severity};
use sheetform::form::Form;
use sheetform::json_text::LongText;
use sheetform::report::FileReport;
use sheetform::round_trip::LongBook;
use sheetform::validate::LongCheck;
use sheetform_workbook::LongSave;

use crate::check::{Checked, Checker};
use crate::input;
use crate::output::Target;
use crate::stop::Stop;

/// A file of fewer bytes has no list so long.
const SHORT: u64 = 20_000;

/// Writes a file's long document as a workbook, called `output`; gives what was found in it. None where it is to be
/// read whole.
pub(super) fn convert(
    path: &Path,
    checker: &Checker<'_>,
    (target, output): (&Target, &Path),
) -> Result<Option<FileReport>, Stop> {
    let Some(mut file) = input::json_file(path) else { return Ok(None) };
    let unread = |error: io::Error| Stop::io(path, &error);
    if file.metadata().map_err(unread)?.len() < SHORT {
        return Ok(None);
    }
    let Some(text) = LongText::new(&file).map_err(unread)? else { return Ok(None) };
    let Checked { report, document, form, failed, .. } = checker.check_json(path, text.short.clone());
    // What stands somewhere stands elsewhere in the whole text.
    let nowhere = report.findings.iter().all(|one| one.severity != Severity::Error && one.place == Place::default());
    let (Some(document), Some(form), true, false) = (document, form, nowhere, failed) else { return Ok(None) };
    let (options, at) = (checker.options(), text.path());
    let Some(check) = LongCheck::new(&form, &document, &at, &options) else { return Ok(None) };
    let Some(book) = LongBook::new(&form, &document, &at, &text.last, text.count) else { return Ok(None) };
    drop(document);
    file.rewind().map_err(unread)?;
    let make = |to: &mut File| write((path, &file), &text, Some(check), book, (output, to));
    let written = target.fill_if(make, |written| *written)?;
    Ok(written.then_some(report))
}

/// Writes a document that is known already, and stands in a file as JSON, as a workbook called `output`. False where it
/// is to be laid out whole.
pub(crate) fn write_known(
    form: &Form,
    (path, file): (&Path, &mut File),
    (target, output): (&Target, &Path),
) -> Result<bool, Stop> {
    let unread = |error: io::Error| Stop::io(path, &error);
    file.rewind().map_err(unread)?;
    let Some(text) = LongText::new(&*file).map_err(unread)? else { return Ok(false) };
    let at = text.path();
    let Some(book) = LongBook::new(form, &text.short.value, &at, &text.last, text.count) else { return Ok(false) };
    file.rewind().map_err(unread)?;
    target.fill_if(|to| write((path, &*file), &text, None, book, (output, to)), |written| *written)
}

/// Writes the workbook, checking what is not known yet; false where the document is to be read whole.
fn write(
    (path, file): (&Path, &File),
    text: &LongText,
    mut check: Option<LongCheck<'_>>,
    mut book: LongBook<'_>,
    (output, to): (&Path, &mut File),
) -> Result<bool, Stop> {
    let failed = |error: io::Error| Stop::io(output, &error);
    let mut to = BufWriter::new(to);
    let Some(mut save) = LongSave::new(book.book(), book.gap(), &mut to).map_err(failed)? else { return Ok(false) };
    let mut broken = None;
    let whole = text
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
