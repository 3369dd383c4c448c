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
    let (style, draws) = console.style(args.showing);
    let checker = Checker::new(&args.reading, draws.then_some(style))?;
    let mut all: Vec<Checked> = Vec::new();
    let mut unmarked = false;
    for (index, file) in args.files.iter().enumerate() {
        // A document is not needed once its file is checked; many files must not add up.
        let mut one = Checked { document: None, text: None, ..checker.check(file) };
        let book = one.book.take();
        match (&copies, book, one.failed) {
            (Some(copies), Some(book), false) => {
                let written = copies.write(index, &one.report, &book, console);
                unmarked |= written.inspect_err(|stop| _ = console.stop(stop)).is_err();
            }
            (Some(_), ..) if one.found == Some(Found::Json) => {
                unmarked = true;
                console.stop(&only_workbooks(file));
            }
            _ => {}
        }
        all.push(one);
    }
    if let Some(text) = checker.unused().filter(|_| !all.iter().any(|one| one.failed)) {
        console.warning(&text);
    }
    // Text is for people: what could be checked is the result, why a file could not be is said beside it.
    let apart = matches!(args.showing.format, Format::Text | Format::Full);
    let unread = if apart { all.iter().filter(|one| one.failed).count() } else { 0 };
    all.extend(checker.into_files(console.quiet));
    let failed = unmarked || all.iter().any(|one| one.failed);
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

fn only_workbooks(file: &Path) -> Stop {
    let name = shown(file);
    Stop::new(format!("{name} is JSON, and only workbooks are marked"), format!("{name} 是 JSON；只有工作簿可以标记"))
}
