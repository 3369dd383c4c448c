//! `sheetform validate FILE...`

use sheetform::report::Report;
use sheetform::stream::Nothing;

use crate::annotate;
use crate::args::{Format, Validate};
use crate::check::{Checked, Checker, Found};
use crate::commands::long;
use crate::console::Console;
use crate::copies::{Copies, Purpose};
use crate::fix::Fixing;
use crate::stop::{COULD_NOT_RUN, Stop};

/// Checks every file and prints the report.
pub(crate) fn run(args: &Validate, console: Console) -> Result<u8, Stop> {
    let copies = copies(args)?;
    let purpose = if args.fix.is_some() { Purpose::Mend } else { Purpose::Mark };
    let (style, draws) = console.style(args.showing);
    let mends = args.fix.is_some();
    let checker = Checker::new(&args.reading, draws.then_some(style))?.mending(mends);
    let mut all: Vec<Checked> = Vec::new();
    let mut uncopied = false;
    for (index, file) in args.files.iter().enumerate() {
        // A document is not needed once its file is checked; many files must not add up.
        let long = if mends || copies.is_some() { None } else { long::check(file, &checker) };
        let whole = match long {
            Some(sound) => sound,
            None if mends => checker.check(file),
            None => checker.check_into(file, &mut Nothing),
        };
        let mut one = Checked { document: None, text: None, ..whole };
        let result = match (one.book.take(), &copies) {
            _ if one.failed => Ok(()),
            (Some(book), _) if mends => {
                let fixing = Fixing { checker: &checker, copies: copies.as_ref(), mask: args.reading.mask, console };
                fixing.write(index, file, &mut one, *book)
            }
            (Some(book), Some(copies)) => annotate::write(copies, index, &one.report, &book, console),
            (None, copies) if one.found == Some(Found::Json) && (mends || copies.is_some()) => {
                Err(purpose.only_workbooks(file))
            }
            _ => Ok(()),
        };
        uncopied |= result.inspect_err(|stop| _ = console.stop(stop)).is_err();
        all.push(one);
    }
    if let Some(text) = checker.unused().filter(|_| !all.iter().any(|one| one.failed)) {
        console.warning(&text);
    }
    // Text is for people: what could be checked is the result, why a file could not be is said beside it.
    let apart = matches!(args.showing.format, Format::Text | Format::Full);
    let unread = if apart { all.iter().filter(|one| one.failed).count() } else { 0 };
    all.extend(checker.into_files(console.quiet));
    let failed = uncopied || all.iter().any(|one| one.failed);
    let (beside, shown): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| apart && one.failed);
    let report = Report { files: shown.into_iter().map(|one| one.report).collect(), unread };
    if !(apart && report.files.is_empty()) {
        console.report(&report, args.showing)?;
    }
    for one in &beside {
        console.failures(&one.report);
    }
    Ok(if failed { COULD_NOT_RUN } else { report.exit_code() })
}

/// Where the copies go, if any are written.
fn copies(args: &Validate) -> Result<Option<Copies>, Stop> {
    let (purpose, out) = match (&args.annotate, &args.fix) {
        (Some(out), _) => (Purpose::Mark, out),
        (None, Some(_)) if args.dry_run => return Ok(None),
        (None, Some(Some(out))) => (Purpose::Mend, out),
        (None, Some(None)) => {
            return Err(Stop::new(
                "--fix: say where the mended copy goes, --fix OUT.xlsx; or add --dry-run to list only",
                "--fix：请给出修正副本的位置，如 --fix OUT.xlsx；只想查看请加 --dry-run",
            ));
        }
        (None, None) => return Ok(None),
    };
    Copies::new(purpose, &args.files, out, args.force).map(Some)
}
