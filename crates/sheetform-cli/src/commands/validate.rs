//! `sheetform validate FILE...`

use sheetform::report::Report;

use crate::args::{Format, Validate};
use crate::check::{Checked, Checker};
use crate::console::Console;
use crate::stop::{COULD_NOT_RUN, Stop};

/// Checks every file and prints the report.
pub(crate) fn run(args: &Validate, console: Console) -> Result<u8, Stop> {
    let (style, draws) = console.style(args.showing);
    let checker = Checker::new(&args.reading, draws.then_some(style))?;
    // A document is not needed once its file is checked; many files must not add up.
    let mut all: Vec<Checked> =
        args.files.iter().map(|file| Checked { document: None, text: None, ..checker.check(file) }).collect();
    if let Some(text) = checker.unused().filter(|_| !all.iter().any(|one| one.failed)) {
        console.warning(&text);
    }
    all.extend(checker.into_files(console.quiet));
    let failed = all.iter().any(|one| one.failed);
    // Text is for people: what could be checked is the result, why a file could not be is said beside it.
    let apart = matches!(args.showing.format, Format::Text | Format::Full);
    let (beside, shown): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| apart && one.failed);
    let report = Report { files: shown.into_iter().map(|one| one.report).collect() };
    if !(apart && report.files.is_empty()) {
        console.report(&report, args.showing)?;
    }
    for one in &beside {
        console.failures(&one.report);
    }
    Ok(if failed { COULD_NOT_RUN } else { report.exit_code() })
}
