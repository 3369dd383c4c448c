//! `sheetform convert IN [-o OUT]`

use std::path::Path;

use sheetform::round_trip::lay_out;

use crate::args::{Convert, Kind};
use crate::check::{Checked, Checker, Found, nothing_was_written, placed, refused};
use crate::commands::wrote;
use crate::console::Console;
use crate::output::Target;
use crate::spool::Spool;
use crate::stop::{COULD_NOT_RUN, FINDINGS, GOOD, Stop, shown};

/// Reads, checks and writes; where there are errors nothing is written, unless `--partial`.
pub(crate) fn run(args: &Convert, console: Console) -> Result<u8, Stop> {
    let asked = asked_kind(args)?;
    let target = Target::new(args.output.as_deref().unwrap_or(Path::new("-")), args.force)?;
    if target.is(&args.input) {
        let name = shown(&args.input);
        return Err(Stop::new(
            format!("{name} is to be read and written; give another name for the output"),
            format!("{name} 既是输入又是输出；请换一个输出名称"),
        ));
    }
    let checker = Checker::new(&args.reading, console.style_of_notes())?.inferring();
    let mut spool = Spool::default();
    let checked = checker.check_into(&args.input, &mut spool);
    let Checked { report, document, streamed, form, failed, found, text, .. } = checked;
    if let Some(text) = checker.unused().filter(|_| !failed) {
        console.warning(&text);
    }
    let beside = checker.into_files(console.quiet);
    if failed || beside.iter().any(|one| one.failed) {
        if failed {
            console.failures(&report);
        }
        for one in beside.iter().filter(|one| one.failed) {
            console.failures(&one.report);
        }
        return Ok(COULD_NOT_RUN);
    }
    let kind = match found {
        Some(Found::Book) => Kind::Json,
        _ => Kind::Xlsx,
    };
    if let Some(asked) = asked.filter(|asked| *asked != kind) {
        return Err(same_kind(&args.input, asked));
    }
    let target = target.fit_for(kind)?;
    console.findings(&report);
    for one in &beside {
        console.findings(&one.report);
    }
    let valid = report.valid() && beside.iter().all(|one| one.report.valid());
    let code = if valid { GOOD } else { FINDINGS };
    let (Some(document), Some(form), true) = (document, form, code == GOOD || args.partial) else {
        nothing_was_written(console);
        return Ok(FINDINGS);
    };
    if let (Kind::Json, Some(path)) = (kind, &streamed) {
        target.fill(|file| spool.finish(document, path, file))?;
        if let (Some(output), false) = (&args.output, matches!(target, Target::Stdout)) {
            wrote(output, console);
        }
        return Ok(code);
    }
    let bytes = match kind {
        Kind::Json => format!("{document:#}\n").into_bytes(),
        Kind::Xlsx => {
            let saved = lay_out(&form, &document).and_then(|book| Ok((sheetform_workbook::save(&book)?, book.notes)));
            let (bytes, notes) = saved.map_err(|findings| refused(&args.input, text.as_deref(), findings, console))?;
            console.findings(&placed(&args.input, text.as_deref(), notes));
            bytes
        }
    };
    target.write(&bytes)?;
    if let (Some(output), false) = (&args.output, matches!(target, Target::Stdout)) {
        wrote(output, console);
    }
    Ok(code)
}

/// The kind that `--to` or the ending of OUT asks for.
fn asked_kind(args: &Convert) -> Result<Option<Kind>, Stop> {
    let Some(output) = args.output.as_deref().filter(|output| output.as_os_str() != "-") else { return Ok(args.to) };
    let ending = output.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let by_ending = match ending.as_deref() {
        Some("json") => Some(Kind::Json),
        Some("xlsx") => Some(Kind::Xlsx),
        Some(ending @ ("csv" | "tsv" | "parquet" | "jsonl" | "xlsm" | "xls" | "xlsb" | "ods")) => {
            let ending = format!(".{ending}");
            return Err(Stop::new(
                format!("{}: writing {ending} is not built; .json and .xlsx are", shown(output)),
                format!("{}：不能写出 {ending}；可写 .json 和 .xlsx", shown(output)),
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
        _ => None,
    };
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
        Kind::Json => Stop::new(
            format!("{name} is JSON already; it is written as a workbook: -o OUT.xlsx"),
            format!("{name} 已是 JSON；请写成工作簿：-o OUT.xlsx"),
        ),
        Kind::Xlsx => Stop::new(
            format!("{name} is a workbook already; it is written as JSON: -o OUT.json"),
            format!("{name} 已是工作簿；请写成 JSON：-o OUT.json"),
        ),
    }
}
