//! `sheetform convert IN --into BOOK`: a document put into a copy of a workbook that is there. What changes, the library
//! decides; the writing is the workbook crate's.

use std::io::{BufWriter, Write as _};
use std::path::Path;

use serde_json::Value;
use sheetform::finding::{Code, Finding, Place, Severity, Text};
use sheetform::form::Form;
use sheetform::grid::Source as _;
use sheetform::into::{Filled, fill_in};
use sheetform_workbook::Workbook;

use crate::args::Kind;
use crate::check::{known_sheet, nothing_was_written, placed, stops_reading};
use crate::console::Console;
use crate::copies::{self, ENDINGS, Purpose};
use crate::identify::{self, Identified};
use crate::input::{self, DocumentText, Input, Opened};
use crate::output::Target;
use crate::stop::{COULD_NOT_RUN, FINDINGS, Stop, shown};

/// The workbook that is written into.
pub(crate) struct Book<'a> {
    path: &'a Path,
    opened: Box<Workbook>,
    /// Whether it was of another kind, and is a new one now.
    is_new: bool,
}

impl<'a> Book<'a> {
    /// Opens it; one of another kind than xlsx as a new one.
    pub(crate) fn open(path: &'a Path, console: Console) -> Result<Self, Stop> {
        let failed = |findings: Vec<Finding>| {
            console.failures(&placed(path, None, findings));
            Stop::said(COULD_NOT_RUN)
        };
        let Opened { input, .. } = input::open(path).map_err(failed)?;
        let Input::Book(book) = input else {
            let name = shown(path);
            return Err(Stop::new(
                format!("{name} is JSON; --into asks for a workbook"),
                format!("{name} 是 JSON；--into 需要工作簿"),
            ));
        };
        match Purpose::Fill.as_xlsx(&shown(path), &book, console)? {
            Some(new) => Ok(Self { path, opened: Box::new(new), is_new: true }),
            None => Ok(Self { path, opened: book, is_new: false }),
        }
    }

    /// Refuses a sheet that it has not.
    pub(crate) fn known_sheet(&self, sheet: &str, console: Console) -> Result<(), Stop> {
        let names: Vec<String> = self.opened.info().sheets.iter().map(|sheet| sheet.name.clone()).collect();
        known_sheet(sheet, &names).map_err(|findings| {
            console.failures(&placed(self.path, None, findings));
            Stop::said(COULD_NOT_RUN)
        })
    }

    /// The form that it says it is of, or that fits it best, else one drafted from it.
    pub(crate) fn form(&self, sheet: Option<&str>) -> Option<Identified> {
        identify::of_workbook(&self.opened, sheet)
    }

    /// Writes the copy with the document in it.
    pub(crate) fn write(
        &self,
        form: &Form,
        document: &Value,
        sheet: Option<&str>,
        (target, output): (&Target, &Path),
        console: Console,
    ) -> Result<(), FillStop> {
        let name = shown(self.path);
        let ending = self.opened.ending().map_err(|finding| FillStop::Findings(vec![finding]))?;
        let own = output.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
        if matches!(target, Target::File { .. }) && own != ending {
            let out = shown(output);
            return Err(FillStop::Stop(Stop::new(
                format!("{out}: a copy of {name} is a workbook of the kind .{ending}; give OUT that ending"),
                format!("{out}：{name} 的副本是 .{ending} 工作簿；请让输出名称以 .{ending} 结尾"),
            )));
        }
        let Filled { book, notes } =
            fill_in(form, &*self.opened, document, sheet, &mut |changes| self.opened.with_changes(changes))
                .map_err(FillStop::Findings)?;
        console.findings(&placed(self.path, None, notes));
        let changed = book.is_some();
        let copy = book.as_ref().unwrap_or(&self.opened);
        target
            .fill(|out| {
                let mut out = BufWriter::new(out);
                copy.copy_to(&mut out).and_then(|()| out.flush()).map_err(|error| Stop::io(output, &error))
            })
            .map_err(FillStop::Stop)?;
        if !matches!(target, Target::Stdout) {
            let out = shown(output);
            console.note(&if changed || self.is_new {
                Text::new(format!("wrote {out}"), format!("已写出 {out}"))
            } else {
                Text::new(
                    format!("wrote {out}: nothing differs, the same bytes as {name}"),
                    format!("已写出 {out}：内容没有变化，与 {name} 逐字节相同"),
                )
            });
        }
        if self.is_new {
            copies::say_new(&name, console);
        }
        Ok(())
    }
}

/// Why nothing was written.
pub(crate) enum FillStop {
    Findings(Vec<Finding>),
    Stop(Stop),
}

/// Says that a document was not put into a workbook, and how the command ends.
pub(crate) fn refused(file: &Path, text: Option<&DocumentText>, stop: FillStop, console: Console) -> Stop {
    match stop {
        FillStop::Stop(stop) => stop,
        FillStop::Findings(findings) => {
            let code =
                if findings.iter().any(|finding| stops_reading(finding.code)) { COULD_NOT_RUN } else { FINDINGS };
            console.findings(&placed(file, text, findings));
            nothing_was_written(console);
            Stop::said(code)
        }
    }
}

/// What `--into` does not go with.
pub(crate) fn check(input: &Path, book: &Path, output: Option<&Path>, to: Option<Kind>) -> Result<(), Stop> {
    if input.as_os_str() == "-" && book.as_os_str() == "-" {
        return Err(Stop::new("IN and --into cannot both be standard input", "IN 与 --into 不能同时使用标准输入"));
    }
    if to == Some(Kind::Json) {
        return Err(Stop::new("--into writes a workbook, not JSON", "--into 写出的是工作簿，不是 JSON"));
    }
    let output = output.filter(|output| output.as_os_str() != "-");
    let ending = output.map(|path| path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default());
    if let (Some(output), Some(ending)) = (output, ending)
        && !ENDINGS.contains(&ending.as_str())
        && !output.exists()
    {
        let name = shown(output);
        return Err(Stop::new(
            format!("{name}: --into writes an Excel workbook; give OUT the ending .xlsx (.xlsm where it has macros)"),
            format!("{name}：--into 写出 Excel 工作簿；请让输出名称以 .xlsx 结尾（含宏的用 .xlsm）"),
        ));
    }
    Ok(())
}

/// Whether the form of a document was only guessed.
pub(crate) fn is_guessed(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.code == Code::InferredForm && finding.severity == Severity::Info)
        || findings.iter().any(|finding| finding.code == Code::WrongForm && finding.place == Place::default())
}
