//! `sheetform validate FILE...`

use sheetform::report::Report;

use crate::args::{Format, Validate};
use crate::check::{Checked, Checker};
use crate::console::Console;
use crate::stop::{COULD_NOT_RUN, Stop};

/// Checks every file and prints the report.
pub(crate) fn run(args: &Validate, console: Console) -> Result<u8, Stop> {
    let checker = Checker::new(&args.reading);
    // Whatever is given up on the way, only what the report says of a file is kept.
    let checked: Vec<Checked> =
        args.files.iter().map(|file| Checked { document: None, ..checker.check(file) }).collect();
    let failed = checked.iter().any(|one| one.failed);
    match args.format {
        Format::Text => text(checked, console),
        Format::Json => report(checked, |report| console.print(report.json(console.style()).as_bytes())),
        Format::Jsonl => report(checked, |report| console.print(report.jsonl(console.style()).as_bytes())),
    }
    .map(|code| if failed { COULD_NOT_RUN } else { code })
}

fn report(checked: Vec<Checked>, print: impl FnOnce(&Report) -> Result<(), Stop>) -> Result<u8, Stop> {
    let report = Report { files: checked.into_iter().map(|one| one.report).collect() };
    print(&report)?;
    Ok(report.exit_code())
}

/// What could be checked is the result; why a file could not be is said beside it.
fn text(checked: Vec<Checked>, console: Console) -> Result<u8, Stop> {
    let (failed, done): (Vec<_>, Vec<_>) = checked.into_iter().partition(|one| one.failed);
    let code = report(done, |report| {
        if report.files.is_empty() { Ok(()) } else { console.print(report.text(console.style()).as_bytes()) }
    })?;
    failed.iter().for_each(|one| console.failures(&one.report));
    Ok(code)
}
