//! `sheetform convert IN [-o OUT]`

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use sheetform::finding::{Finding, Severity};
use sheetform::report::FileReport;
use sheetform::round_trip::lay_out;
use sheetform::stream::Sink;

use crate::args::{Convert, Kind};
use crate::check::{Checked, Checker, Found, nothing_was_written, placed, refused};
use crate::commands::{long, wrote};
use crate::console::Console;
use crate::document_file::DocumentFile;
use crate::into::{self, Book};
use crate::output::Target;
use crate::records;
use crate::spool::{Item, Spool};
use crate::stop::{COULD_NOT_RUN, FINDINGS, GOOD, Stop, shown};

/// Reads, checks and writes; where there are errors nothing is written, unless `--partial`.
pub(crate) fn run(args: &Convert, console: Console) -> Result<u8, Stop> {
    if let Some(book) = &args.into {
        return fill(args, book, console);
    }
    let asked = asked_kind(args)?;
    let output = args.output.as_deref().unwrap_or(Path::new("-"));
    let target = Target::new(output, args.force)?;
    if target.is(&args.input) {
        return Err(both(&args.input));
    }
    let checker = Checker::new(&args.reading, console.style_of_notes())?.inferring();
    let to_book = asked.is_none_or(|asked| asked == Kind::Xlsx) && target.is_fit_for(Kind::Xlsx);
    if to_book
        && args.reading.with.is_empty()
        && let Some(report) = long::convert(&args.input, &checker, (&target, output))?
    {
        console.findings(&report);
        return Ok(done(args, &target, GOOD, console));
    }
    let apart = asked.is_some_and(|kind| records::format_of(kind).is_some());
    let (mut spool, mut file) = (Spool::default(), DocumentFile::new(&target, true));
    let sink: &mut dyn Sink = if apart { &mut spool } else { &mut file };
    let Checked { report, document, streamed, form, failed, found, text, .. } = checker.check_into(&args.input, sink);
    if let Some(text) = checker.unused().filter(|_| !failed) {
        console.warning(&text);
    }
    let beside = checker.into_files(console.quiet);
    if could_not_run(&report, failed, &beside, console) {
        return Ok(COULD_NOT_RUN);
    }
    let kind = asked.unwrap_or(match found {
        Some(Found::Book) => Kind::Json,
        _ => Kind::Xlsx,
    });
    if let (Some(Found::Book), Kind::Xlsx) | (Some(Found::Json), Kind::Json) | (Some(Found::Lines), Kind::Jsonl) =
        (found, kind)
    {
        return Err(same_kind(&args.input, kind));
    }
    target.fit_for(kind)?;
    let code = found_in(&report, &beside, console);
    let (Some(document), Some(form), true) = (document, form, code == GOOD || args.partial) else {
        nothing_was_written(console);
        return Ok(FINDINGS);
    };
    let refuse = |findings| refused(&args.input, text.as_ref(), findings, console);
    let mut code = code;
    match records::format_of(kind) {
        Some(format) => {
            let apart = records::of(&form, format).and_then(|all| all.split(&document).map(|apart| (all, apart)));
            let (all, (root, items)) = apart.map_err(|finding| refuse(vec![finding]))?;
            let items: Box<dyn Iterator<Item = io::Result<Item<'_>>>> = match streamed {
                Some(_) => Box::new(spool.into_records()?),
                None => Box::new(items.iter().map(|record| Ok(Item::Value(Cow::Borrowed(record))))),
            };
            let left_out = target.pour(args.partial, |out| {
                let mut findings = Vec::new();
                let written = records::write(format, all, &root, items, out, &mut findings);
                written.map_err(|error| Stop::io(&shown_output(args), &error))?;
                let is_error = |finding: &Finding| finding.severity == Severity::Error;
                if !args.partial && findings.iter().any(is_error) { Err(refuse(findings)) } else { Ok(findings) }
            })?;
            if left_out.iter().any(|finding| finding.severity == Severity::Error) {
                code = FINDINGS;
            }
            console.findings(&placed(&args.input, text.as_ref(), left_out));
        }
        None if kind == Kind::Json
            && let Some(path) = streamed =>
        {
            file.finish(document, &path)?;
        }
        None if kind == Kind::Json => target.write(format!("{document:#}\n").as_bytes())?,
        None => {
            let saved = lay_out(&form, &document).and_then(|book| Ok((sheetform_workbook::save(&book)?, book.notes)));
            let (bytes, notes) = saved.map_err(refuse)?;
            console.findings(&placed(&args.input, text.as_ref(), notes));
            target.write(&bytes)?;
        }
    }
    Ok(done(args, &target, code, console))
}

/// Says why a file could not be checked, where one could not.
fn could_not_run(report: &FileReport, failed: bool, beside: &[Checked], console: Console) -> bool {
    if failed {
        console.failures(report);
    }
    for one in beside.iter().filter(|one| one.failed) {
        console.failures(&one.report);
    }
    failed || beside.iter().any(|one| one.failed)
}

/// Says what was found in the file and those beside it; gives the exit code.
fn found_in(report: &FileReport, beside: &[Checked], console: Console) -> u8 {
    console.findings(report);
    for one in beside {
        console.findings(&one.report);
    }
    let valid = report.valid() && beside.iter().all(|one| one.report.valid());
    if valid { GOOD } else { FINDINGS }
}

/// Says what was written.
fn done(args: &Convert, target: &Target, code: u8, console: Console) -> u8 {
    if let (Some(output), false) = (&args.output, matches!(target, Target::Stdout)) {
        wrote(output, console);
    }
    code
}

/// Where the result goes, for messages.
fn shown_output(args: &Convert) -> PathBuf {
    args.output.clone().unwrap_or_else(|| PathBuf::from("-"))
}

/// `--into`: the document of IN goes into a copy of a workbook.
fn fill(args: &Convert, book: &Path, console: Console) -> Result<u8, Stop> {
    into::check(&args.input, book, args.output.as_deref(), args.to)?;
    let output = args.output.as_deref().unwrap_or(Path::new("-"));
    let target = Target::new(output, args.force)?;
    target.fit_for(Kind::Xlsx)?;
    if target.is(&args.input) {
        return Err(both(&args.input));
    }
    let mut sheet = args.reading.sheet.clone();
    let book = Book::open(book, console)?;
    if let Some(sheet) = &sheet {
        book.known_sheet(sheet, console)?;
    }
    let plain = || Ok::<_, Stop>(Checker::new(&args.reading, console.style_of_notes())?.inferring().any_sheet(true));
    let mut checker = plain()?;
    let mut input = checker.check(&args.input);
    if args.reading.form.is_none() && input.found != Some(Found::Book) && into::is_guessed(&input.report.findings) {
        // A document that does not say its form is of that of the workbook.
        if let Some(found) = book.form(sheet.as_deref()) {
            sheet = sheet.or(found.sheet);
            checker = plain()?.of_form(found.form);
            input = checker.check(&args.input);
        }
    }
    let Checked { report, document, form, failed, text, .. } = input;
    if let Some(text) = checker.unused().filter(|_| !failed) {
        console.warning(&text);
    }
    let beside = checker.into_files(console.quiet);
    if could_not_run(&report, failed, &beside, console) {
        return Ok(COULD_NOT_RUN);
    }
    let code = found_in(&report, &beside, console);
    let (Some(document), Some(form), true) = (document, form, code == GOOD || args.partial) else {
        nothing_was_written(console);
        return Ok(FINDINGS);
    };
    book.write(&form, &document, sheet.as_deref(), (&target, output), console)
        .map_err(|stop| into::refused(&args.input, text.as_ref(), stop, console))?;
    Ok(code)
}

fn both(input: &Path) -> Stop {
    let name = shown(input);
    Stop::new(
        format!("{name} is to be read and written; give another name for the output"),
        format!("{name} 既是输入又是输出；请换一个输出名称"),
    )
}

/// The kind that `--to` or the ending of OUT asks for.
fn asked_kind(args: &Convert) -> Result<Option<Kind>, Stop> {
    let Some(output) = args.output.as_deref().filter(|output| output.as_os_str() != "-") else { return Ok(args.to) };
    let by_ending = Kind::of(output);
    if by_ending.is_none() {
        let ending = output.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        match ending.as_deref() {
            Some(ending @ ("xlsm" | "xls" | "xlsb" | "ods")) => {
                let ending = format!(".{ending}");
                return Err(Stop::new(
                    format!("{}: writing {ending} is not built; .xlsx is", shown(output)),
                    format!("{}：不能写出 {ending}；可写 .xlsx", shown(output)),
                ));
            }
            Some(ending) if args.to.is_none() => {
                return Err(Stop::new(
                    format!(
                        "{}: the ending .{ending} does not say what to write; use .json or .xlsx, or --to",
                        shown(output)
                    ),
                    format!("{}：扩展名 .{ending} 不能说明要写什么；请用 .json 或 .xlsx，或加 --to", shown(output)),
                ));
            }
            _ => {}
        }
    }
    match (args.to, by_ending) {
        (Some(to), Some(ending)) if to != ending => Err(Stop::new(
            format!("--to and the ending of {} say different things", shown(output)),
            format!("--to 与 {} 的扩展名不一致", shown(output)),
        )),
        (to, ending) => Ok(to.or(ending)),
    }
}

fn same_kind(input: &Path, kind: Kind) -> Stop {
    let name = shown(input);
    match kind {
        Kind::Xlsx => Stop::new(
            format!("{name} is a workbook already; it is written as JSON: -o OUT.json"),
            format!("{name} 已是工作簿；请写成 JSON：-o OUT.json"),
        ),
        Kind::Jsonl => Stop::new(
            format!("{name} is JSON Lines already; it is written as a workbook: -o OUT.xlsx"),
            format!("{name} 已是 JSON Lines；请写成工作簿：-o OUT.xlsx"),
        ),
        _ => Stop::new(
            format!("{name} is JSON already; it is written as a workbook: -o OUT.xlsx"),
            format!("{name} 已是 JSON；请写成工作簿：-o OUT.xlsx"),
        ),
    }
}
