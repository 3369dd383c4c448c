//! One file, whole: opened, identified, read where it is a sheet, checked. What comes out is a report and a document.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use sheetform::finding::{Code, Finding, Place, Severity, Text};
use sheetform::fix::Mend;
use sheetform::form::Form;
use sheetform::grid::{Held, Source};
use sheetform::json_lines::JsonLines;
use sheetform::json_text::JsonText;
use sheetform::places::Places;
use sheetform::read::{self, SheetPlaces, read};
use sheetform::records::Records;
use sheetform::report::{FileReport, HeadRows, Style, shown as quoted, sort_findings};
use sheetform::stream::{self, Sink, Streamed};
use sheetform::validate::{Given, Options, Subject, serial_mends, validate};
use sheetform_workbook::Workbook;

use crate::args::{Reading, Refs};
use crate::console::Console;
use crate::forms::Shipped;
use crate::identify::{self, Identified};
use crate::input::{self, DocumentText, Input, Opened};
use crate::stop::{FINDINGS, Stop, shown};
use crate::with;

/// What a file turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Book,
    Json,
    Lines,
}

/// A file, checked.
pub(crate) struct Checked {
    pub(crate) report: FileReport,
    /// The document, as far as it could be read.
    pub(crate) document: Option<Value>,
    /// Where the records went to a sink one by one: names of the properties that lead to their list, which is empty in
    /// `document`.
    pub(crate) streamed: Option<Vec<String>>,
    pub(crate) form: Option<Arc<Form>>,
    pub(crate) found: Option<Found>,
    /// The JSON text it came from.
    pub(crate) text: Option<DocumentText>,
    /// The workbook it was read from.
    pub(crate) book: Option<Box<Workbook>>,
    /// What can be mended in its cells without asking; only where that was asked for.
    pub(crate) mends: Vec<(Place, Mend)>,
    /// Where its parts stand on the sheet; only where that was asked for.
    pub(crate) places: Option<SheetPlaces>,
    /// Whether the file could not be checked at all.
    pub(crate) failed: bool,
}

impl Checked {
    /// A file of which nothing is known yet.
    pub(crate) fn unread(path: &Path) -> Self {
        Self {
            report: FileReport { path: Some(path.to_owned()), ..FileReport::new(shown(path), Vec::new()) },
            document: None,
            streamed: None,
            form: None,
            found: None,
            text: None,
            book: None,
            mends: Vec::new(),
            places: None,
            failed: false,
        }
    }
}

/// Checks files with the same options, from any thread.
#[expect(clippy::struct_excessive_bools, reason = "how it checks, each by itself")]
pub(crate) struct Checker<'a> {
    options: &'a Reading,
    shipped: Shipped,
    /// The form asked for, or why it cannot be used.
    form: Option<Result<Arc<Form>, Text>>,
    /// Whether a file that no form fits is read and written as it is.
    infers: bool,
    /// Whether it checks a file of `--with`, which `--form` says nothing of.
    beside: bool,
    /// What rules look things up in.
    with: BTreeMap<String, Given>,
    /// The files of `--with`, checked.
    files: Vec<Checked>,
    /// The names that the forms of all files ask for.
    asked: Mutex<BTreeSet<String>>,
    /// How findings are drawn with the cells around them, if they are.
    draws: Option<Style>,
    /// Whether what can be mended is gathered.
    mends: bool,
    /// Whether places are kept.
    keeps: bool,
    /// Whether `--sheet` speaks of another file.
    any_sheet: bool,
}

impl<'a> Checker<'a> {
    /// Reads the files of `--with` too; `Err` where one is not given as it should be. With `draws` the cells around the
    /// findings that are shown in this style are kept.
    pub(crate) fn new(options: &'a Reading, draws: Option<Style>) -> Result<Self, Stop> {
        let named = with::parse(&options.with)?;
        let shipped = Shipped::default();
        let chosen = |name| shipped.choose(name, &options.refs).map_err(|stop: Stop| stop.text.unwrap_or_default());
        let form = match options.form.as_deref() {
            // Shipped forms refer to nothing.
            None if !options.refs.refs.is_empty() => Some(Err(Text::new(
                "--refs belongs to a form: give it with --form",
                "--refs 属于表单：请用 --form 给出表单",
            ))),
            name => name.map(chosen),
        };
        let mut checker = Self::plain(options, shipped, draws);
        checker.form = form;
        for (name, path) in named {
            let (given, file) = checker.given(&path);
            checker.with.insert(name, given);
            checker.files.push(file);
        }
        Ok(checker)
    }

    fn plain(options: &'a Reading, shipped: Shipped, draws: Option<Style>) -> Self {
        Self {
            options,
            shipped,
            form: None,
            infers: false,
            beside: false,
            with: BTreeMap::new(),
            files: Vec::new(),
            asked: Mutex::default(),
            draws,
            mends: false,
            keeps: false,
            any_sheet: false,
        }
    }

    /// Reads and checks a file of `--with`, with those given before it. The form of `--form` is one that it may be of.
    fn given(&self, path: &Path) -> (Given, Checked) {
        let Reading { as_of, profile, assert_formats, mask, .. } = *self.options;
        let refs = Refs { refs: Vec::new(), refs_base: None };
        let options = Reading { form: None, refs, sheet: None, as_of, profile, with: Vec::new(), assert_formats, mask };
        let also = self.form.as_ref().and_then(|form| form.as_ref().ok()).map(Arc::clone);
        let checker = Checker {
            infers: true,
            beside: true,
            with: self.with.clone(),
            ..Checker::plain(&options, Shipped::and(also), self.draws)
        };
        let mut unreadable = BTreeSet::new();
        let mut file = checker.checked(path, || input::open(path), &mut unreadable, None);
        // Looked things up in, never marked; an open workbook is not needed.
        file.book = None;
        self.ask(checker.asked());
        (with::given(&mut file, unreadable), file)
    }

    /// The files of `--with` of which there is something to say; `quiet` where infos are nothing.
    pub(crate) fn into_files(self, quiet: bool) -> Vec<Checked> {
        let said = |finding: &Finding| !quiet || finding.severity != Severity::Info;
        self.files.into_iter().filter(|one| one.failed || one.report.findings.iter().any(said)).collect()
    }

    /// The form that was asked for, where it can be used.
    pub(crate) fn asked_form(&self) -> Option<&Form> {
        self.form.as_ref().and_then(|form| form.as_ref().ok()).map(|form| &**form)
    }

    /// Why the form that was asked for cannot be used.
    pub(crate) fn no_form(&self) -> Option<&Text> {
        self.form.as_ref().and_then(|form| form.as_ref().err())
    }

    /// The sheet that was asked for.
    pub(crate) fn asked_sheet(&self) -> Option<&str> {
        self.options.sheet.as_deref()
    }

    /// Whether findings are shown without values.
    pub(crate) fn masks(&self) -> bool {
        self.options.mask
    }

    /// What `--with` gives and no rule asks for.
    pub(crate) fn unused(&self) -> Option<Text> {
        with::unused(self.with.keys(), &self.asked())
    }

    fn ask(&self, names: impl IntoIterator<Item = String>) {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).extend(names);
    }

    fn asked(&self) -> BTreeSet<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes a file that no form fits as it is.
    pub(crate) fn inferring(self) -> Self {
        Self { infers: true, ..self }
    }

    /// Leaves `--sheet` to another file.
    pub(crate) fn any_sheet(self, any_sheet: bool) -> Self {
        Self { any_sheet, ..self }
    }

    /// Takes a form that was not asked for by name.
    pub(crate) fn of_form(self, form: Arc<Form>) -> Self {
        Self { form: Some(Ok(form)), ..self }
    }

    /// Gathers what can be mended.
    pub(crate) fn mending(self, mends: bool) -> Self {
        Self { mends, ..self }
    }

    /// Keeps where the parts of documents stand.
    pub(crate) fn keeping(self, keeps: bool) -> Self {
        Self { keeps, ..self }
    }

    /// A form that files may be of: the one asked for, or a shipped one.
    pub(crate) fn known(&self, id: Option<&str>) -> Option<Arc<Form>> {
        let asked = self.form.as_ref().and_then(|form| form.as_ref().ok());
        let asked = asked.filter(|form| id.map_or(form.id.is_empty(), |id| form.id == id)).map(Arc::clone);
        asked.or_else(|| self.shipped.get(id?))
    }

    /// Opens, identifies, reads and checks a file.
    pub(crate) fn check(&self, path: &Path) -> Checked {
        self.checked(path, || input::open(path), &mut BTreeSet::new(), None)
    }

    /// The same; records of a long sheet may go to the sink, one by one, instead of into the document.
    pub(crate) fn check_into(&self, path: &Path, sink: &mut dyn Sink) -> Checked {
        self.checked(path, || input::open(path), &mut BTreeSet::new(), Some(sink))
    }

    /// Identifies, reads and checks a workbook made of a file.
    pub(crate) fn check_book(&self, path: &Path, book: Workbook) -> Checked {
        let opened = Opened { input: Input::Book(Box::new(book)), remark: None };
        self.checked(path, || Ok(opened), &mut BTreeSet::new(), None)
    }

    /// Identifies and checks a JSON text made of a file.
    pub(crate) fn check_json(&self, path: &Path, text: JsonText) -> Checked {
        self.checked(path, || Ok(input::of_json(text, Some(path))), &mut BTreeSet::new(), None)
    }

    /// Identifies and checks JSON Lines of a file.
    pub(crate) fn check_lines(&self, path: &Path, lines: JsonLines) -> Checked {
        let opened = Opened { input: Input::Lines(Box::new(lines)), remark: None };
        self.checked(path, || Ok(opened), &mut BTreeSet::new(), None)
    }

    /// Identifies, reads and checks what a file holds; its name is a hint only. Records of a long sheet may go to the
    /// sink, where there is one.
    pub(crate) fn check_bytes(&self, path: &Path, bytes: Vec<u8>, sink: Option<&mut dyn Sink>) -> Checked {
        self.checked(path, || input::from_bytes(bytes, Some(path)), &mut BTreeSet::new(), sink)
    }

    fn checked(
        &self,
        path: &Path,
        open: impl FnOnce() -> Result<Opened, Vec<Finding>>,
        unreadable: &mut BTreeSet<String>,
        sink: Option<&mut dyn Sink>,
    ) -> Checked {
        let mut checked = Checked::unread(path);
        let mut heads = Vec::new();
        let sheets = match self.fill(open, &mut checked, unreadable, &mut heads, sink) {
            Ok(sheets) => sheets,
            Err(findings) => {
                checked.failed |= findings.iter().any(|finding| could_not_run(finding.code));
                checked.report.findings.extend(findings);
                Vec::new()
            }
        };
        if self.beside {
            // What its own rules would ask for is not what was asked.
            checked.report.findings.retain(|finding| finding.code != Code::NotChecked);
            checked.report.findings.iter_mut().for_each(identify::not_by_option);
        }
        // A part of the file that breaks off while its rows are read is no finding about a value.
        checked.failed |= checked.report.findings.iter().any(|finding| stops_reading(finding.code));
        sort_findings(&mut checked.report.findings, &sheets);
        if self.options.mask {
            checked.report = checked.report.masked();
        }
        match (self.draws, &checked.book, &checked.text) {
            (Some(style), Some(book), _) => checked.report.look_at_book(&**book, heads, style, self.options.mask),
            (Some(style), None, Some(text)) if !self.options.mask => checked.report.look_at_text(text.text(), style),
            _ => {}
        }
        checked
    }

    fn fill(
        &self,
        open: impl FnOnce() -> Result<Opened, Vec<Finding>>,
        out: &mut Checked,
        unreadable: &mut BTreeSet<String>,
        heads: &mut Vec<HeadRows>,
        mut sink: Option<&mut dyn Sink>,
    ) -> Result<Vec<String>, Vec<Finding>> {
        let form = match &self.form {
            Some(Ok(form)) => Some(form),
            Some(Err(text)) => return Err(vec![Finding::new(Code::BadForm, text.clone())]),
            None => None,
        };
        let Opened { input, remark } = open()?;
        out.report.findings.extend(remark);
        let sheets = input.sheets();
        let asked_sheet = self.options.sheet.as_ref().filter(|_| !self.any_sheet);
        if let (Some(sheet), Input::Book(_)) = (asked_sheet, &input) {
            known_sheet(sheet, &sheets).inspect_err(|_| out.failed = true)?;
        }
        if let (Some(_), Input::Json(_) | Input::Lines(_)) = (asked_sheet, &input) {
            out.failed = true;
            let message =
                Text::new("--sheet is only for workbooks, and this is JSON", "--sheet 只用于工作簿，而这是 JSON");
            return Err(vec![Finding::new(Code::WrongForm, message)]);
        }
        let asked = form.map(|form| (form, self.options.form.as_deref().unwrap_or(Path::new(""))));
        let identified = |surely| {
            identify::identify(&input, asked, &self.shipped, surely).or_else(|why| {
                let wanted = asked_sheet.map(String::as_str);
                let inferred = if why.none_fits && self.infers {
                    identify::inferred(&input, &why.finding, wanted).map_err(|finding| vec![finding])?
                } else {
                    None
                };
                inferred.ok_or_else(|| vec![why.finding])
            })
        };
        let mut found = identified(sink.is_none()).inspect_err(|_| out.failed = true)?;
        let mut streamed = None;
        if let (Some(doubt), Input::Book(book), Some(into)) = (found.doubt.take(), &input, sink.as_deref_mut()) {
            let options = read::Options { sheet: asked_sheet.cloned() };
            streamed = stream::check(&found.form, &**book, &options, &self.options(), into);
            let settled = |one: &Streamed| doubt.settles(&found.form, one.frame.clone(), &self.shipped);
            let (any, settled) = (streamed.is_some(), streamed.as_ref().is_some_and(settled));
            if !settled {
                into.forget();
                streamed = None;
                let other = identified(true).inspect_err(|_| out.failed = true)?;
                // What could not be read in one pass cannot be now.
                if !any && other.form.id == found.form.id {
                    sink = None;
                }
                found = other;
            }
        }
        let Identified { form, findings, sheet, .. } = found;
        if self.beside || !self.with.is_empty() {
            self.ask(form.asks().iter().cloned());
        }
        out.report.form = (!form.id.is_empty()).then(|| form.id.clone());
        out.report.title = form.id.is_empty().then(|| form.name.clone());
        out.report.version = form.version.map(i64::from);
        let mismatch =
            findings.iter().any(|finding| finding.code == Code::WrongForm && finding.severity == Severity::Error);
        out.report.findings.extend(findings);
        out.found = Some(match &input {
            Input::Book(_) => Found::Book,
            Input::Json(_) => Found::Json,
            Input::Lines(_) => Found::Lines,
        });
        if mismatch {
            if let Input::Book(book) = input {
                out.book = Some(book);
            }
            return Ok(sheets);
        }
        match input {
            Input::Book(book) => {
                let options = read::Options { sheet: asked_sheet.cloned().or(sheet) };
                let streamed = streamed.or_else(|| stream::check(&form, &*book, &options, &self.options(), sink?));
                (*heads, *unreadable) = self.book(&form, &*book, &options, streamed, out);
                out.book = Some(book);
            }
            Input::Json(text) => {
                let document = text.value.clone();
                out.text = Some(self.json(&form, document, DocumentText::Json(text), out));
            }
            Input::Lines(mut lines) => {
                let values = std::mem::take(&mut lines.values);
                let records = Records::of(&form).map_err(|finding| vec![finding])?;
                match records.document(values) {
                    Ok(document) => {
                        let text = DocumentText::Lines(lines, Arc::clone(&form));
                        out.text = Some(self.json(&form, document, text, out));
                    }
                    Err(findings) => {
                        let placed = |(index, finding): (usize, Finding)| {
                            let pointer = finding.pointer.clone().unwrap_or_default();
                            finding.at(lines.place(index, &pointer, false))
                        };
                        out.report.findings.extend(findings.into_iter().map(placed));
                    }
                }
            }
        }
        out.form = Some(form);
        Ok(sheets)
    }

    /// Reads and checks a workbook, unless that was done in one pass; gives its heads, and the pointers of what could not
    /// be read.
    fn book(
        &self,
        form: &Form,
        source: &dyn Source,
        options: &read::Options,
        streamed: Option<Streamed>,
        out: &mut Checked,
    ) -> (Vec<HeadRows>, BTreeSet<String>) {
        if let Some(Streamed { reading, findings, path, .. }) = streamed {
            out.report.records = reading.records as u64;
            out.report.findings.extend(reading.findings);
            out.report.findings.extend(findings);
            (out.document, out.streamed) = (reading.document, Some(path));
            return (reading.places.heads(), reading.unreadable);
        }
        let reading = read(form, &Held::new(source), options);
        if let Some(finding) = identify::other_form(source, form, &reading.findings, &self.shipped) {
            out.report.findings.push(finding);
            return (Vec::new(), BTreeSet::new());
        }
        out.report.records = reading.records as u64;
        out.report.findings.extend(reading.findings);
        if let Some(document) = &reading.document {
            let subject =
                Subject { document, places: &reading.places, unreadable: &reading.unreadable, totals: &reading.totals };
            out.report.findings.extend(validate(form, &subject, &self.options()));
            if self.mends {
                let mend = |finding: &mut Finding| Some((finding.place.clone(), *finding.mend.take()?));
                out.mends = out.report.findings.iter_mut().filter_map(mend).collect();
                out.mends.extend(serial_mends(form, &subject));
            }
        }
        out.document = reading.document;
        let heads = reading.places.heads();
        out.places = self.keeps.then_some(reading.places);
        (heads, reading.unreadable)
    }

    /// Checks a document; gives back its text.
    fn json(&self, form: &Form, document: Value, text: DocumentText, out: &mut Checked) -> DocumentText {
        let later = LaterPlaces::default();
        let subject = Subject { document: &document, places: &later, unreadable: &BTreeSet::new(), totals: &[] };
        out.report.findings.extend(validate(form, &subject, &self.options()));
        later.settle(&mut out.report.findings, &text);
        out.report.records = form.records(&document) as u64;
        out.document = Some(document);
        text
    }

    /// What documents are checked with.
    pub(crate) fn options(&self) -> Options {
        let today = self.options.as_of.map(|date| date.to_string());
        let Reading { assert_formats, profile, .. } = *self.options;
        Options { today, assert_formats, profile: profile.into(), with: self.with.clone() }
    }
}

pub(crate) fn known_sheet(name: &str, sheets: &[String]) -> Result<(), Vec<Finding>> {
    if sheets.iter().any(|sheet| sheet == name) {
        return Ok(());
    }
    let all: Vec<String> = sheets.iter().map(|sheet| quoted(sheet)).collect();
    let name = quoted(name);
    let message = Text::new(
        format!("there is no sheet {name}; the sheets are {}", all.join(", ")),
        format!("没有工作表 {name}；现有工作表：{}", all.join("、")),
    );
    Err(vec![Finding::new(Code::WrongForm, message)])
}

/// Whether a file with such a finding about the whole of it could not be checked.
fn could_not_run(code: Code) -> bool {
    stops_reading(code) || code == Code::BadForm
}

pub(crate) fn stops_reading(code: Code) -> bool {
    matches!(code, Code::Unreadable | Code::Encrypted | Code::NotAWorkbook | Code::OverLimit)
}

/// Findings about a document, with the places that they have in its JSON text.
pub(crate) fn placed(file: &Path, text: Option<&DocumentText>, mut findings: Vec<Finding>) -> FileReport {
    if let Some(text) = text {
        LaterPlaces::default().settle(&mut findings, text);
    }
    let mut report = FileReport::new(shown(file), findings);
    sort_findings(&mut report.findings, &[]);
    report
}

/// Says what refused the writing, where in the JSON text it stands, and how the command ends.
pub(crate) fn refused(file: &Path, text: Option<&DocumentText>, findings: Vec<Finding>, console: Console) -> Stop {
    console.findings(&placed(file, text, findings));
    nothing_was_written(console);
    Stop::said(FINDINGS)
}

pub(crate) fn nothing_was_written(console: Console) {
    console.note(&Text::new("nothing was written", "未写出任何文件"));
}

/// Places in JSON text, asked for one by one and looked up together, in a single pass over the text.
///
/// Until then a place carries its number in the list as its line, and column 0, which no text has.
#[derive(Default)]
struct LaterPlaces {
    asked: RefCell<Vec<(String, Part)>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Value,
    Key,
}

impl LaterPlaces {
    fn ask(&self, pointer: &str, part: Part) -> Place {
        let mut asked = self.asked.borrow_mut();
        asked.push((pointer.to_owned(), part));
        Place::text(asked.len() as u32, 0)
    }

    /// Puts the real places into the findings.
    fn settle(&self, findings: &mut [Finding], text: &DocumentText) {
        for finding in findings.iter_mut() {
            if let (Some(pointer), true) = (&finding.pointer, finding.place == Place::default()) {
                let part = if finding.code == Code::UnknownProperty { Part::Key } else { Part::Value };
                finding.place = self.ask(pointer, part);
            }
        }
        let asked = self.asked.borrow();
        let find = |part| {
            let pointers = asked.iter().filter(|(_, p)| *p == part).map(|(pointer, _)| pointer.as_str());
            pointers.collect::<Vec<_>>()
        };
        let mut values = text.places(&find(Part::Value)).into_iter();
        let mut keys = text.key_places(&find(Part::Key)).into_iter();
        let next = |(_, part): &(String, Part)| match part {
            Part::Value => values.next(),
            Part::Key => keys.next(),
        };
        let found: Vec<Option<Place>> = asked.iter().map(next).collect();
        let put = |place: &mut Place| {
            if let (Some(number), Some(0)) = (place.line, place.column) {
                *place = found.get(number as usize - 1).cloned().flatten().unwrap_or_default();
            }
        };
        for finding in findings {
            put(&mut finding.place);
            finding.related.iter_mut().for_each(|related| put(&mut related.place));
        }
    }
}

impl Places for LaterPlaces {
    fn value(&self, pointer: &str) -> Option<Place> {
        Some(self.ask(pointer, Part::Value))
    }

    fn key(&self, pointer: &str) -> Option<Place> {
        Some(self.ask(pointer, Part::Key))
    }
}
