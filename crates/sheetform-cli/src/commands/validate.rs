//! `sheetform validate FILE...`

use std::path::Path;

use sheetform::report::Report;

use crate::annotate::Copies;
use crate::args::{Format, Validate};
use crate::check::{Checked, Checker, Found};
use crate::console::Console;
use crate::stop::{COULD_NOT_RUN, Stop, shown};

/// Checks every file and prints the report.
pub(crate) fn run(args: &Validate, console: Console) -> Result<u8, Stop> {
    let copies = args.annotate.as_ref().map(|out| Copies::new(&args.files, out, args.force)).transpose()?;
    let checker = Checker::new(&args.reading);
    let mut all: Vec<Checked> = Vec::new();
    let mut unmarked = false;
    for (index, file) in args.files.iter().enumerate() {
        // A document is not needed once its file is checked; many files must not add up.
        let mut one = Checked { document: None, text: None, ..checker.check(file) };
        if let (Some(copies), Some(book), false) = (&copies, one.book.take(), one.failed) {
            let written = copies.write(index, &one.report, &book, console);
            unmarked |= written.inspect_err(|stop| _ = console.stop(stop)).is_err();
        } else if copies.is_some() && one.found == Some(Found::Json) {
            unmarked = true;
            console.stop(&only_workbooks(file));
        }
        all.push(Checked { book: None, ..one });
    }
    let failed = unmarked || all.iter().any(|one| one.failed);
    match args.format {
        Format::Text => text(all, console),
        Format::Json => report(all, |report| Console::print(report.json(console.style()).as_bytes())),
        Format::Jsonl => report(all, |report| Console::print(report.jsonl(console.style()).as_bytes())),
    }
    .map(|code| if failed { COULD_NOT_RUN } else { code })
}

fn only_workbooks(file: &Path) -> Stop {
    let name = shown(file);
    Stop::new(format!("{name} is JSON, and only workbooks are marked"), format!("{name} 是 JSON；只有工作簿可以标记"))
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
