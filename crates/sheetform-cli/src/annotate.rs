//! Marked copies: what is said in them. Where they go is for `copies`; the marking itself is the workbook crate's.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Cursor;
use std::path::Path;

use sheetform::finding::{Finding, Lang, Severity, Text};
use sheetform::grid::{CellRef, Source as _, Visibility};
use sheetform::report::{FileReport, escaped};
use sheetform_workbook::{
    CellPatch, CellValue, Fill, FirstSheet, ListCell, ListLook, MOST_LINKS, Patch, PatchError, Workbook,
};

use crate::console::Console;
use crate::copies::{self, Copies, Purpose};
use crate::stop::Stop;

/// Notes of a copy. Programs get slow with more; the other cells have their colour and stand in the list.
const MOST_NOTES: usize = 10_000;
/// Findings that the list names: as many as a sheet has links. The report has them all.
const MOST_LISTED: usize = MOST_LINKS;
/// Width of each column of the list, in characters.
const WIDTHS: [f64; 7] = [7.0, 8.0, 16.0, 10.0, 62.0, 46.0, 18.0];

/// Writes the marked copy of a file.
pub(crate) fn write(
    copies: &Copies,
    index: usize,
    report: &FileReport,
    book: &Workbook,
    console: Console,
) -> Result<(), Stop> {
    let file = report.file.as_deref().unwrap_or_default();
    let names: Vec<String> = book.info().sheets.iter().map(|sheet| sheet.name.clone()).collect();
    let marks = Marks { report, names: &names, book, lang: console.lang, quiet: console.quiet }.patch();
    let new = Purpose::Mark.as_xlsx(file, book, console)?;
    let Some((name, done)) = copies.write(index, file, new.as_ref().unwrap_or(book), &marks, console)? else {
        return Ok(());
    };
    say(&name, marks.first.is_some(), done.changed && new.is_none(), console);
    if new.is_some() {
        copies::say_new(file, console);
    }
    if done.notes_refused > 0 {
        let count = done.notes_refused;
        console.note(&Text::new(
            format!("{file}: {count} cells have threaded comments, so no note was added there"),
            format!("{file}：有 {count} 个单元格带有会话批注，未再添加批注"),
        ));
    }
    Ok(())
}

/// The marked copy of a workbook as bytes, and the ending of its name.
pub(crate) fn copy(report: &FileReport, book: &Workbook, console: Console) -> Result<(Vec<u8>, &'static str), Stop> {
    let file = report.file.as_deref().unwrap_or_default();
    let names: Vec<String> = book.info().sheets.iter().map(|sheet| sheet.name.clone()).collect();
    let marks = Marks { report, names: &names, book, lang: console.lang, quiet: console.quiet }.patch();
    let new = Purpose::Mark.as_xlsx(file, book, console)?;
    let book = new.as_ref().unwrap_or(book);
    let refused = |finding: &Finding| Purpose::Mark.refused(file, Some(finding), console.lang);
    let ending = book.ending().map_err(|finding| refused(&finding))?;
    let mut out = Cursor::new(Vec::new());
    match book.patch(&marks, &mut out) {
        Ok(_) => Ok((out.into_inner(), ending)),
        Err(PatchError::Finding(finding)) => Err(refused(&finding)),
        Err(PatchError::Output(error)) => Err(Stop::io(Path::new(file), &error)),
    }
}

fn say(name: &str, marked: bool, unmarked: bool, console: Console) {
    console.note(&match (marked, unmarked) {
        (true, _) => Text::new(format!("wrote {name}, marked"), format!("已写出 {name}（已标记）")),
        (false, true) => Text::new(
            format!("wrote {name}: nothing to mark, the earlier marks are gone"),
            format!("已写出 {name}：没有需要标记的问题，原有标记已去除"),
        ),
        (false, false) => {
            Text::new(format!("wrote {name}: nothing to mark"), format!("已写出 {name}：没有需要标记的问题"))
        }
    });
}

/// What is said in a copy.
struct Marks<'a> {
    report: &'a FileReport,
    names: &'a [String],
    book: &'a Workbook,
    lang: Lang,
    quiet: bool,
}

impl Marks<'_> {
    /// Errors and warnings are marked; what was done on the way is listed with them. A workbook without either is bare.
    fn patch(&self) -> Patch {
        let findings = &self.report.findings;
        if findings.iter().all(|finding| finding.severity == Severity::Info) {
            return Patch::default();
        }
        let mut cells: BTreeMap<(usize, CellRef), (Fill, String)> = BTreeMap::new();
        let mut notes = BTreeSet::new();
        for finding in findings.iter().filter(|finding| finding.severity != Severity::Info) {
            let Some(place) = self.cell(finding) else { continue };
            let fill = if finding.severity == Severity::Error { Fill::Error } else { Fill::Warning };
            let (known, note) = cells.entry(place).or_insert((fill, String::new()));
            *known = (*known).min(fill);
            if notes.contains(&place) || notes.len() < MOST_NOTES {
                notes.insert(place);
                let text = self.note(finding);
                note.push_str(if note.is_empty() { "" } else { "\n" });
                note.push_str(&text);
            }
        }
        let cells = cells.into_iter().map(|((sheet, at), (fill, note))| CellPatch {
            sheet,
            at,
            fill: Some(fill),
            note: (!note.is_empty()).then_some(note),
            ..CellPatch::default()
        });
        Patch { cells: cells.collect(), first: Some(self.list()) }
    }

    fn cell(&self, finding: &Finding) -> Option<(usize, CellRef)> {
        let sheet = finding.place.sheet.as_ref()?;
        let index = self.names.iter().position(|name| name == sheet)?;
        Some((index, finding.place.cell?))
    }

    fn say<'t>(&self, en: &'t str, zh: &'t str) -> &'t str {
        match self.lang {
            Lang::En => en,
            Lang::Zh => zh,
        }
    }

    fn severity(&self, severity: Severity) -> &'static str {
        match (severity, self.lang) {
            (Severity::Error, Lang::En) => "Error",
            (Severity::Error, Lang::Zh) => "错误",
            (Severity::Warning, Lang::En) => "Warning",
            (Severity::Warning, Lang::Zh) => "警告",
            (Severity::Info, Lang::En) => "Note",
            (Severity::Info, Lang::Zh) => "提示",
        }
    }

    fn note(&self, finding: &Finding) -> String {
        let (colon, hint) = (self.say(": ", "："), self.say("To do: ", "怎么改："));
        let mut note = format!("{}{colon}{}", self.severity(finding.severity), self.problem(finding));
        if let Some(text) = &finding.hint {
            _ = write!(note, "\n{hint}{}", escaped(text.get(self.lang)));
        }
        note
    }

    /// The message, and what other places have to do with it.
    fn problem(&self, finding: &Finding) -> String {
        let mut text = escaped(finding.message.get(self.lang));
        for related in &finding.related {
            let place = sheetform::report::place_text(None, &related.place, None);
            let message = escaped(related.message.get(self.lang));
            _ = match self.lang {
                Lang::En => write!(text, "\nSee {place}: {message}"),
                Lang::Zh => write!(text, "\n参见 {place}：{message}"),
            };
        }
        text
    }

    fn list(&self) -> FirstSheet {
        let cell = |text: &str, look| ListCell { value: CellValue::Text(text.to_owned()), look, to: None };
        let shown: Vec<&Finding> =
            self.report.findings.iter().filter(|one| !(self.quiet && one.severity == Severity::Info)).collect();
        let file = self.report.file.as_deref().filter(|file| *file != "-").unwrap_or_default();
        let file = file.rsplit(['/', '\\']).next().unwrap_or_default();
        let title = match (self.lang, file) {
            (Lang::En, "") => "Findings".to_owned(),
            (Lang::Zh, "") => "检查结果".to_owned(),
            (Lang::En, file) => format!("Findings in {file}"),
            (Lang::Zh, file) => format!("检查结果：{file}"),
        };
        let mut rows = vec![
            vec![cell(&title, ListLook::Title)],
            vec![cell(&self.summary(), ListLook::Plain)],
            vec![
                cell(self.severity(Severity::Error), ListLook::Error),
                cell("", ListLook::Plain),
                cell(self.say("must be corrected", "必须改正"), ListLook::Plain),
            ],
            vec![
                cell(self.severity(Severity::Warning), ListLook::Warning),
                cell("", ListLook::Plain),
                cell(self.say("please check", "请核对"), ListLook::Plain),
            ],
            vec![cell(
                self.say(
                    "Click a cell's name to go there. Correct the cells, save, and hand the workbook in again; this sheet, colours and notes go away or are renewed when it is checked again.",
                    "点击“单元格”一列可跳到该处。改好后保存，重新提交即可；再次检查时，本表、颜色和批注会自动去掉或更新。",
                ),
                ListLook::Plain,
            )],
        ];
        if shown.len() > MOST_LISTED {
            let more = shown.len() - MOST_LISTED;
            let text = match self.lang {
                Lang::En => format!("The first {MOST_LISTED} findings are listed; {more} more are in the report."),
                Lang::Zh => format!("只列出前 {MOST_LISTED} 项；另有 {more} 项，见检查报告。"),
            };
            rows.push(vec![cell(&text, ListLook::Plain)]);
        }
        let head = rows.len();
        let heads = [
            ("No.", "序号"),
            ("Level", "级别"),
            ("Sheet", "工作表"),
            ("Cell", "单元格"),
            ("Problem", "问题"),
            ("What to do", "怎么改"),
            ("Code", "代码"),
        ];
        rows.push(heads.iter().map(|(en, zh)| cell(self.say(en, zh), ListLook::Head)).collect());
        for (index, finding) in shown.into_iter().take(MOST_LISTED).enumerate() {
            rows.push(self.row(index + 1, finding));
        }
        FirstSheet { name: self.say("Findings", "检查结果").to_owned(), widths: WIDTHS.to_vec(), rows, head }
    }

    fn row(&self, number: usize, finding: &Finding) -> Vec<ListCell> {
        let look = match finding.severity {
            Severity::Error => ListLook::Error,
            Severity::Warning => ListLook::Warning,
            Severity::Info => ListLook::Text,
        };
        let plain = |text: &str, look| ListCell { value: CellValue::Text(text.to_owned()), look, to: None };
        let to = self.cell(finding);
        let sheet = match &finding.place.sheet {
            None => self.say("(whole file)", "（整个文件）").to_owned(),
            Some(name) if self.hidden(name) => format!("{}{}", escaped(name), self.say(" (hidden)", "（隐藏）")),
            Some(name) => escaped(name),
        };
        let at = finding.place.cell.map(|cell| cell.to_string()).unwrap_or_default();
        let place = ListCell { to, ..plain(&at, if to.is_some() { ListLook::Link } else { ListLook::Text }) };
        let hint = finding.hint.as_ref().map(|hint| escaped(hint.get(self.lang))).unwrap_or_default();
        vec![
            ListCell { value: CellValue::Number(number as f64), ..plain("", ListLook::Text) },
            plain(self.severity(finding.severity), look),
            plain(&sheet, ListLook::Text),
            place,
            plain(&self.problem(finding), ListLook::Text),
            plain(&hint, ListLook::Text),
            plain(finding.code.name(), ListLook::Text),
        ]
    }

    fn hidden(&self, name: &str) -> bool {
        let sheets = &self.book.info().sheets;
        sheets.iter().any(|sheet| sheet.name == name && sheet.visibility != Visibility::Visible)
    }

    fn summary(&self) -> String {
        let counts = self.report.counts();
        let form = self.report.form.as_deref().unwrap_or_default();
        let records = self.report.records;
        let many = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
        let mut text = match self.lang {
            Lang::En => format!("{}, {}", many(counts.errors, "error"), many(counts.warnings, "warning")),
            Lang::Zh => format!("{} 个错误，{} 个警告", counts.errors, counts.warnings),
        };
        if !form.is_empty() {
            _ = match self.lang {
                Lang::En => write!(text, "; form {form}, {}", many(records as usize, "record")),
                Lang::Zh => write!(text, "；表单 {form}，{records} 条记录"),
            };
        }
        text
    }
}
