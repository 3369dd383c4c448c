//! Which form a file is of: the one asked for, its own mark, its `$schema`, or the one that fits best.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;
use sheetform::finding::{Code, Finding, Severity, Text};
use sheetform::form::{Fit, Form, id_of};
use sheetform::grid::{Grid, GridSheet, Row, SheetFrame, Source};
use sheetform::infer;
use sheetform::json_lines::JsonLines;
use sheetform::merge::{MergedForm, base_id};
use sheetform::read;
use sheetform::records::Records;
use sheetform::report::{shown as quoted, shown_zh as quoted_zh};
use sheetform_workbook::Workbook;

use crate::forms::Shipped;
use crate::input::Input;
use crate::stop::shown;

/// Workbook property: the form's id.
pub(crate) const FORM: &str = "sheetform-form";
/// Workbook property: the form's version.
const VERSION: &str = "sheetform-version";
/// Workbook property: the document's `$schema`.
const SCHEMA: &str = "sheetform-schema";

/// Rows of each sheet that are looked at first.
const TOP_ROWS: usize = 500;

/// What to do where several forms fit, or none.
const SAY_WHICH: (&str, &str) = ("; say which it is with --form", "；请用 --form 指定");
const GIVE_FORM: (&str, &str) = ("; give the form with --form", "；请用 --form 给出表单");

/// What was said of a file whose form `--form` does not name: that option is no way out.
pub(crate) fn not_by_option(finding: &mut Finding) {
    if matches!(finding.code, Code::WrongForm | Code::InferredForm) {
        let (which, which_zh) = ("; its own mark or $schema must say which", "；须由文件自身的标记或 $schema 说明");
        let Text { en, zh, .. } = &mut finding.message;
        *en = en.replace(SAY_WHICH.0, which).replace(GIVE_FORM.0, "");
        *zh = zh.replace(SAY_WHICH.1, which_zh).replace(GIVE_FORM.1, "");
        finding.hint.take_if(|hint| hint.en.contains("--form"));
    }
}

/// The version of its form that a workbook says it was made with.
pub(crate) fn version_mark(book: &dyn Source) -> Option<u32> {
    book.info().properties.get(VERSION)?.trim().parse().ok()
}

/// A file's form, and what there is to say about how it was found.
pub(crate) struct Identified {
    pub(crate) form: Arc<Form>,
    pub(crate) findings: Vec<Finding>,
    /// The sheet that it was inferred from.
    pub(crate) sheet: Option<String>,
    /// What it was told from, where not all of that is known yet.
    pub(crate) doubt: Option<Doubt>,
}

impl Identified {
    fn new(form: Arc<Form>, findings: Vec<Finding>) -> Self {
        Self { form, findings, sheet: None, doubt: None }
    }
}

/// The upper part of a book with one long sheet, of which it is not known what stands beside its rows: that stands
/// behind them in the file, and to read it first is to read the file twice.
pub(crate) struct Doubt {
    top: Grid,
    long: usize,
}

impl Doubt {
    /// Whether it is the same form once that is known.
    pub(crate) fn settles(mut self, form: &Form, frame: SheetFrame, shipped: &Shipped) -> bool {
        if frame == SheetFrame::default() {
            return true;
        }
        if let Some(sheet) = self.top.sheets.get_mut(self.long) {
            sheet.frame = frame;
        }
        candidates(&self.top, shipped).is_ok_and(|all| decide(&all).is_ok_and(|found| found.id == form.id))
    }
}

/// Why a file has no form.
pub(crate) struct Unidentified {
    pub(crate) finding: Finding,
    /// Whether none fits, so that one could be inferred.
    pub(crate) none_fits: bool,
}

impl From<Finding> for Unidentified {
    fn from(finding: Finding) -> Self {
        Self { finding, none_fits: false }
    }
}

/// The form of a file that no known form fits: drafted from its sheet, or the plain layout of what is written as it is.
///
/// `finding` says that none fits.
pub(crate) fn inferred(input: &Input, finding: &Finding, sheet: Option<&str>) -> Result<Option<Identified>, Finding> {
    let Text { en, zh, .. } = &finding.message;
    let (form, sheet, en, zh) = match input {
        Input::Book(book) if !read::is_whole(&**book)? => {
            let names = &book.info().sheets;
            let asked = sheet.and_then(|asked| names.iter().position(|sheet| sheet.name == asked));
            let index = asked.map_or_else(|| infer::main_sheet(&**book), Ok)?;
            let drafted = infer::draft(&**book, index)?;
            if drafted.is_empty {
                return Ok(None);
            }
            let name = names.get(index).map(|sheet| sheet.name.clone());
            let sheet = quoted(name.as_deref().unwrap_or_default());
            let en = format!("{en}; read by a form inferred from the sheet {sheet}, which `sheetform infer` shows");
            (drafted.form, name, en, format!("{zh}；按由工作表 {sheet} 推断的表单读取，可用 `sheetform infer` 查看"))
        }
        _ => {
            let plain = Form::compile(Value::Bool(true)).0;
            (plain, None, format!("{en}; a plain layout is taken"), format!("{zh}；按通用布局处理"))
        }
    };
    let findings = vec![Finding::new(Code::InferredForm, Text::new(en, zh))];
    Ok(form.map(|form| Identified { sheet, ..Identified::new(Arc::new(form), findings) }))
}

/// The form of a workbook that a document is put into: its own or the one that fits, else one drafted from its sheet.
pub(crate) fn of_workbook(book: &Workbook, sheet: Option<&str>) -> Option<Identified> {
    let shipped = Shipped::default();
    if let Ok(found) = of_book(book, None, &shipped, true) {
        return Some(found);
    }
    let names = &book.info().sheets;
    let asked = sheet.and_then(|asked| names.iter().position(|sheet| sheet.name == asked));
    let index = asked.map_or_else(|| infer::main_sheet(book), Ok).ok()?;
    let drafted = infer::draft(book, index).ok().filter(|drafted| !drafted.is_empty)?;
    let name = names.get(index).map(|sheet| sheet.name.clone());
    Some(Identified { sheet: name, ..Identified::new(Arc::new(drafted.form?), Vec::new()) })
}

/// Finds the form of a file; where there is none, why.
///
/// `asked` is the form that was asked for, with what it was called. Unless `surely`, there may be a doubt.
pub(crate) fn identify(
    input: &Input,
    asked: Option<(&Arc<Form>, &Path)>,
    shipped: &Shipped,
    surely: bool,
) -> Result<Identified, Unidentified> {
    match input {
        Input::Book(book) => of_book(&**book, asked, shipped, surely),
        Input::Json(text) => of_document(&text.value, asked.map(|(form, _)| form), shipped),
        Input::Lines(lines) => of_lines(lines, asked.map(|(form, _)| form), shipped),
    }
}

fn of_book(
    book: &dyn Source,
    asked: Option<(&Arc<Form>, &Path)>,
    shipped: &Shipped,
    surely: bool,
) -> Result<Identified, Unidentified> {
    let properties = &book.info().properties;
    let mark = properties.get(FORM).map(|id| id.trim()).filter(|id| !id.is_empty());
    let version = properties.get(VERSION).map(|version| version.trim());
    let schema = properties.get(SCHEMA).map(|uri| id_of(uri)).filter(|id| !id.is_empty());
    if let Some((form, name)) = asked
        && let Some(ledger) = mark.and_then(|mark| ledger_of(form, mark))
    {
        return Ok(with_version(ledger, version, &shown(name)));
    }
    match (asked, mark) {
        (Some((form, _)), Some(mark)) if !form.id.is_empty() && mark != form.id => {
            let finding = another_form(mark, &form.id);
            let fits = read::fit(form, &top(book, true)?.grid)?.whole;
            // A mark can be wrong; who asks for a form whose heads are there shall have it.
            let finding = if fits { Finding { hint: None, ..finding.severity(Severity::Warning) } } else { finding };
            Ok(Identified::new(Arc::clone(form), vec![finding]))
        }
        (Some((form, name)), mark) => Ok(with_version(Arc::clone(form), mark.and(version), &shown(name))),
        (None, mark) => {
            if let Some(form) = mark.and_then(|id| shipped.get(id)) {
                let name = form.id.clone();
                return Ok(with_version(form, version, &name));
            }
            let named = schema.and_then(|id| shipped.get(&id));
            let found = match named {
                Some(form) => Ok((form, None)),
                // There are no heads to be held against.
                None if read::is_whole(book)? => Err(no_form(None)),
                None => best_fit(book, shipped, surely),
            };
            match (mark, found) {
                (None, found) => found.map(|(form, doubt)| Identified { doubt, ..Identified::new(form, Vec::new()) }),
                (Some(mark), Ok((form, doubt))) => {
                    let findings = vec![unknown_mark(mark, &form.id)];
                    Ok(Identified { doubt, ..Identified::new(form, findings) })
                }
                (Some(mark), Err(finding)) => Err(marked_but_unknown(mark, finding)),
            }
        }
    }
}

/// The form of a ledger that says it was merged from documents of this form.
fn ledger_of(form: &Form, id: &str) -> Option<Arc<Form>> {
    base_id(id).filter(|base| *base == form.id)?;
    MergedForm::of(form).ok().map(|merged| Arc::new(merged.form))
}

/// The form, and what the version in the workbook says. `name` is what to call the form in a command.
fn with_version(form: Arc<Form>, marked: Option<&str>, name: &str) -> Identified {
    let number = marked.and_then(|marked| marked.parse::<u32>().ok());
    let finding = match (number, form.version) {
        (None, Some(known)) => marked.map(|marked| unclear_version(marked, known, name)),
        (Some(marked), Some(known)) if marked > known => Some(
            Finding::new(
                Code::NewerVersion,
                Text::new(
                    format!("made with version {marked} of the form {}; version {known} is known here", form.id),
                    format!("由表单 {} 的第 {marked} 版制作；此处只有第 {known} 版", form.id),
                )
                .open(),
            )
            .hint(Text::new(
                "use a newer sheetform, or give the newer form with --form",
                "请使用更新的 sheetform，或用 --form 给出新版表单",
            )),
        ),
        (Some(marked), Some(known)) if marked < known => Some(
            Finding::new(
                Code::OldVersion,
                Text::new(
                    format!("made with version {marked} of the form {}; the current one is {known}", form.id),
                    format!("由表单 {} 的第 {marked} 版制作；当前为第 {known} 版", form.id),
                )
                .open(),
            )
            .hint(
                Text::new(
                    format!("to get the current blank workbook: sheetform template {name}"),
                    format!("取得当前的空白表：sheetform template {name}"),
                )
                .open(),
            ),
        ),
        _ => None,
    };
    Identified::new(form, finding.into_iter().collect())
}

fn unclear_version(marked: &str, known: u32, name: &str) -> Finding {
    let (marked, marked_zh) = (quoted(marked), quoted_zh(marked));
    Finding::new(
        Code::OldVersion,
        Text::new(
            format!("the file says it was made with version {marked}, which is no number; taken as version {known}"),
            format!("文件标明的版本{marked_zh}不是版本号；按第 {known} 版读取"),
        ),
    )
    .hint(Text::new(
        format!("to get the current blank workbook: sheetform template {name}"),
        format!("取得当前的空白表：sheetform template {name}"),
    ))
}

fn another_form(found: &str, asked: &str) -> Finding {
    let found = quoted(found);
    Finding::new(
        Code::WrongForm,
        Text::new(
            format!("the file says it is of the form {found}; asked for was \"{asked}\""),
            format!("文件标明的表单是 {found}，要求的是 \"{asked}\""),
        ),
    )
    .hint(Text::new(
        "give the right file; if it is the right one, leave --form out to take its own form",
        "请换成正确的文件；如果文件没有错，请去掉 --form，按文件自己的表单检查",
    ))
}

fn unknown_mark(mark: &str, taken: &str) -> Finding {
    let mark = quoted(mark);
    Finding::new(
        Code::WrongForm,
        Text::new(
            format!("the file says it is of the form {mark}, which is not known here; taken as {taken}, which fits"),
            format!("文件标明的表单 {mark} 未知；按相符的 {taken} 读取"),
        ),
    )
    .severity(Severity::Warning)
    .hint(Text::new("give its form with --form", "请用 --form 给出其表单"))
}

fn marked_but_unknown(mark: &str, why: Unidentified) -> Unidentified {
    let mark = quoted(mark);
    let Text { en, zh, .. } = why.finding.message;
    let message = Text::new(
        format!("the file says it is of the form {mark}, which is not known here; {en}"),
        format!("文件标明的表单 {mark} 未知；{zh}"),
    );
    Unidentified { finding: Finding { message, ..why.finding }, ..why }
}

/// A form and how well it fits.
struct Candidate {
    form: Arc<Form>,
    /// What of the form was found.
    found: usize,
    /// What there is to find.
    of: usize,
    /// Whether it is enough to be taken for it.
    fits: bool,
}

impl Candidate {
    /// Fits better: at all, then more of its whole, then more.
    fn order(&self, other: &Self) -> std::cmp::Ordering {
        let share = (self.found * other.of).cmp(&(other.found * self.of));
        self.fits.cmp(&other.fits).then(share).then(self.found.cmp(&other.found))
    }
}

fn best_fit(book: &dyn Source, shipped: &Shipped, surely: bool) -> Result<(Arc<Form>, Option<Doubt>), Unidentified> {
    let Top { grid, whole, long } = top(book, surely)?;
    if whole && long.is_none() && grid.sheets.iter().all(|sheet| sheet.rows.iter().all(is_blank)) {
        return Err(Unidentified { finding: read::empty_book(), none_fits: true });
    }
    match decide(&candidates(&grid, shipped)?) {
        Err(_) if long.is_some() => best_fit(book, shipped, true),
        // Heads that stand further down than the top reaches.
        Err(_) if !whole => decide(&candidates(book, shipped)?).map(|form| (form, None)),
        decided => decided.map(|form| (form, long.map(|long| Doubt { top: grid, long }))),
    }
}

fn is_blank(row: &Row) -> bool {
    row.cells.iter().all(|(_, cell)| cell.is_empty())
}

fn candidates(book: &dyn Source, shipped: &Shipped) -> Result<Vec<Candidate>, Finding> {
    let forms: Vec<Arc<Form>> = shipped.all().collect();
    let fits = read::fits(&forms.iter().map(|form| &**form).collect::<Vec<_>>(), book)?;
    let candidate = |(form, fit): (Arc<Form>, Fit)| {
        // A form of the user's may ask for nothing.
        let enough = fit.whole && (!shipped.is_own(&form) || fit.found > 0 && fit.found * 2 >= fit.of);
        Candidate { form, found: fit.found, of: fit.of, fits: enough }
    };
    Ok(forms.into_iter().zip(fits).map(candidate).collect())
}

/// The upper part of a book in memory, as every form is held against it.
struct Top {
    grid: Grid,
    /// Whether that is all of it.
    whole: bool,
    /// A sheet of which it is not known what stands beside its rows.
    long: Option<usize>,
}

/// Unless `surely`, that is left open of the one sheet that is long.
fn top(book: &dyn Source, surely: bool) -> Result<Top, Finding> {
    let mut top = Top { grid: Grid { info: book.info().clone(), sheets: Vec::new() }, whole: true, long: None };
    let mut long = Vec::new();
    for index in 0..top.grid.info.sheets.len() {
        let mut sheet = GridSheet::default();
        let mut all = true;
        book.rows(index, &mut |row| {
            all = sheet.rows.len() < TOP_ROWS;
            if !all {
                return ControlFlow::Break(());
            }
            sheet.rows.push(row);
            ControlFlow::Continue(())
        })?;
        if all {
            sheet.frame = book.frame(index)?;
        } else {
            long.push(index);
        }
        top.whole &= all;
        top.grid.sheets.push(sheet);
    }
    if let ([only], false) = (long.as_slice(), surely) {
        top.long = Some(*only);
        return Ok(top);
    }
    for index in long {
        if let Some(sheet) = top.grid.sheets.get_mut(index) {
            sheet.frame = book.frame(index)?;
        }
    }
    Ok(top)
}

/// What to say of a sheet in which the form's heads were not found, where the heads of another form stand.
///
/// `found` is what reading gave; it stays where the form fits after all, or no other does.
pub(crate) fn other_form(book: &dyn Source, form: &Form, found: &[Finding], shipped: &Shipped) -> Option<Finding> {
    let lacks_heads = |finding: &Finding| matches!(finding.code, Code::MissingColumn | Code::WrongForm);
    if !found.iter().any(lacks_heads) || read::fit(form, book).ok()?.whole {
        return None;
    }
    let (other, _) = best_fit(book, shipped, true).ok()?;
    (other.id != form.id).then(|| {
        let (other, form) = (quoted(&other.id), quoted(if form.id.is_empty() { &form.name } else { &form.id }));
        Finding::new(
            Code::WrongForm,
            Text::new(
                format!("the headings are those of the form {other}, not of {form}"),
                format!("表头是表单 {other} 的，不是 {form} 的"),
            )
            .open(),
        )
        .hint(
            Text::new(
                format!("give the right file; if it is the right one: --form {}", other.trim_matches('"')),
                format!("请换成正确的文件；如果文件没有错，请用 --form {}", other.trim_matches('"')),
            )
            .open(),
        )
    })
}

fn of_document(document: &Value, asked: Option<&Arc<Form>>, shipped: &Shipped) -> Result<Identified, Unidentified> {
    let schema = document.get("$schema").and_then(Value::as_str);
    let named = schema.map(id_of).and_then(|id| shipped.get(&id));
    let plain = |form: &Arc<Form>| Identified::new(Arc::clone(form), Vec::new());
    let ledger = asked.zip(schema.map(id_of)).and_then(|(form, id)| ledger_of(form, &id));
    match (ledger.as_ref().or(asked), named) {
        (Some(form), Some(named)) if !form.id.is_empty() && named.id != form.id => {
            Ok(Identified::new(Arc::clone(form), vec![another_form(&named.id, &form.id)]))
        }
        (Some(form), _) => Ok(plain(form)),
        (None, Some(form)) => Ok(plain(&form)),
        (None, None) if schema.is_some_and(|uri| uri.contains("json-schema.org/")) => Err(Finding::new(
            Code::WrongForm,
            Text::new(
                "this is a JSON Schema, so a form and no document; check it with sheetform forms check",
                "这是 JSON Schema，即表单而非文档；请用 sheetform forms check 检查",
            ),
        )
        .into()),
        (None, None) => {
            let candidates: Vec<Candidate> = shipped.all().map(|form| fit_document(form, document)).collect();
            let Some(uri) = schema else { return decide(&candidates).map(|form| plain(&form)) };
            match decide(&candidates) {
                Ok(form) => {
                    let findings = vec![unknown_schema(uri, &form.id)];
                    Ok(Identified::new(form, findings))
                }
                Err(why) => {
                    let (name, Text { en, zh, .. }) = (quoted(uri), why.finding.message);
                    let message = Text::new(
                        format!("the $schema {name} is no form that is known here; {en}"),
                        format!("文档的 $schema {name} 不是已知的表单；{zh}"),
                    );
                    let finding = Finding { message, ..why.finding }.pointer("/$schema");
                    Err(Unidentified { finding, ..why })
                }
            }
        }
    }
}

/// By the names in the first record.
fn of_lines(lines: &JsonLines, asked: Option<&Arc<Form>>, shipped: &Shipped) -> Result<Identified, Unidentified> {
    let candidate = |form: Arc<Form>| {
        let first = lines.values.first().cloned().into_iter().collect();
        let document = Records::of(&form).ok()?.document(first).ok()?;
        Some(fit_document(form, &document))
    };
    let form = match asked {
        Some(form) => Arc::clone(form),
        None => decide(&shipped.all().filter_map(candidate).collect::<Vec<_>>())?,
    };
    Ok(Identified::new(form, Vec::new()))
}

fn unknown_schema(uri: &str, taken: &str) -> Finding {
    let uri = quoted(uri);
    Finding::new(
        Code::WrongForm,
        Text::new(
            format!("the $schema {uri} is no form that is known here; taken as {taken}, which fits"),
            format!("文档的 $schema {uri} 不是已知的表单；按相符的 {taken} 读取"),
        ),
    )
    .severity(Severity::Warning)
    .pointer("/$schema")
    .hint(Text::new("give its form with --form", "请用 --form 给出其表单"))
}

fn fit_document(form: Arc<Form>, document: &Value) -> Candidate {
    let fit = form.fit(document);
    Candidate { form, found: fit.found, of: fit.of, fits: fit.found > 0 && fit.found * 2 >= fit.of }
}

/// The one form that fits best.
fn decide(candidates: &[Candidate]) -> Result<Arc<Form>, Unidentified> {
    let Some(best) = candidates.iter().max_by(|a, b| a.order(b)) else { return Err(no_form(None)) };
    if !best.fits {
        // One word in common says nothing.
        let nearest = candidates.iter().max_by_key(|one| one.found).filter(|one| one.found > 1);
        return Err(no_form(nearest));
    }
    let equal: Vec<&Candidate> = candidates.iter().filter(|one| one.order(best).is_eq()).collect();
    if let [one] = equal.as_slice() {
        return Ok(Arc::clone(&one.form));
    }
    let ids: Vec<&str> = equal.iter().map(|one| one.form.id.as_str()).collect();
    Err(Finding::new(
        Code::WrongForm,
        Text::new(
            format!("{} fit equally well{}", ids.join(" and "), SAY_WHICH.0),
            format!("{} 同样相符{}", ids.join(" 与 "), SAY_WHICH.1),
        )
        .open(),
    )
    .into())
}

fn no_form(nearest: Option<&Candidate>) -> Unidentified {
    let (near_en, near_zh) = nearest.map_or_else(Default::default, |near| {
        let Candidate { form, found, of, .. } = near;
        (
            format!("; the nearest is {} with {found} of {of} headings and labels", form.id),
            format!("；最接近的是 {}（{of} 个标题中符合 {found} 个）", form.id),
        )
    });
    let finding = Finding::new(
        Code::WrongForm,
        Text::new(
            format!("no shipped form fits{near_en}{}", GIVE_FORM.0),
            format!("没有相符的表单{near_zh}{}", GIVE_FORM.1),
        )
        .open(),
    );
    Unidentified { finding, none_fits: true }
}

#[cfg(test)]
mod tests {
    use sheetform::grid::Range;

    use super::*;

    #[test]
    fn a_doubt_settles_by_what_stands_beside_the_rows() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/instructions/ledger.xlsx");
        let (book, shipped) = (Workbook::open(path).unwrap(), Shipped::default());
        let settled = |merge: Option<&str>| {
            let Ok(Identified { form, doubt, .. }) = of_book(&book, None, &shipped, false) else { return None };
            let merges = merge.map(|merge| Range::parse(merge).unwrap()).into_iter().collect();
            let frame = SheetFrame { merges, ..SheetFrame::default() };
            Some((form.id.clone(), doubt?.settles(&form, frame, &shipped)))
        };
        let register = |settled| Some(("equipment-register".to_owned(), settled));
        assert_eq!(settled(None), register(true));
        assert_eq!(settled(Some("A1:J1")), register(true));
        // One cell over all headings: the others are covered.
        assert_eq!(settled(Some("A3:J3")), register(false));
        let surely = of_book(&book, None, &shipped, true);
        assert!(surely.is_ok_and(|found| found.doubt.is_none()));
    }
}
