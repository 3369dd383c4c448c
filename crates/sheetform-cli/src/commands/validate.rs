//! `sheetform validate FILE...`

use sheetform::report::Report;

use crate::args::{Format, Validate};
use crate::check::{Checked, Checker};
use crate::console::Console;
use crate::stop::{COULD_NOT_RUN, Stop};

/// Checks every file and prints the report.
pub(crate) fn run(args: &Validate, console: Console) -> Result<u8, Stop> {
    let checker = Checker::new(&args.reading)?;
    // A document is not needed once its file is checked; many files must not add up.
    let mut all: Vec<Checked> =
        args.files.iter().map(|file| Checked { document: None, text: None, ..checker.check(file) }).collect();
    if let Some(text) = checker.unused().filter(|_| !all.iter().any(|one| one.failed)) {
        console.warning(&text);
    }
    all.extend(checker.into_files(console.quiet));
    let failed = all.iter().any(|one| one.failed);
    match args.format {
        Format::Text => text(all, console),
        Format::Json => report(all, |report| Console::print(report.json(console.style()).as_bytes())),
        Format::Jsonl => report(all, |report| Console::print(report.jsonl(console.style()).as_bytes())),
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
        if report.files.is_empty() { Ok(()) } else { Console::print(report.text(console.style()).as_bytes()) }
    })?;
    for one in &failed {
        console.failures(&one.report);
    }
    Ok(code)
}
