//! Accepted documents of a batch added up to one ledger a form: which go in, where the ledger goes, and where in the
//! files what was found stands. What a merged document is, `sheetform::merge` says.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value};
use sheetform::finding::{Code, Finding, Place, Severity, Text};
use sheetform::form::Form;
use sheetform::grid::Source as _;
use sheetform::json_text::JsonText;
use sheetform::merge::{Merged, MergedForm, Merging, Part, SUFFIX, merge};
use sheetform::places::Places;
use sheetform::read::{self, SheetPlaces};
use sheetform::report::FileReport;
use sheetform::roster::About;
use sheetform::round_trip::{FIRST, lay_out};
use sheetform::stream::{Record, Sink};
use sheetform::validate::Options;
use sheetform_workbook::Workbook;

use crate::args::Kind;
use crate::batch::across::Across;
use crate::batch::digest::Digest;
use crate::batch::long_document;
use crate::batch::outputs::Outputs;
use crate::batch::roster::form_of;
use crate::batch::submission::{Submission, Verdict};
use crate::check::{Checked, Checker, nothing_was_written};
use crate::commands::long;
use crate::console::Console;
use crate::document_file::DocumentFile;
use crate::identify::FORM;
use crate::input::{self, Input};
use crate::output::Target;
use crate::records;
use crate::spool::{Item, Spool};
use crate::stop::{FINDINGS, Stop, shown};

/// How much of a JSON file is looked at to know it for a ledger.
const HEAD: u64 = 4096;
/// Bytes from which the document of a submission is not held, either.
const LONG: u64 = 1 << 18;

/// A ledger that was written.
#[derive(Clone, Debug)]
pub(crate) struct Wrote {
    pub(crate) path: PathBuf,
    pub(crate) form: String,
    pub(crate) records: usize,
}

/// Where ledgers go.
#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    path: PathBuf,
    kind: Kind,
}

impl Ledger {
    /// Refuses before any work what cannot be written.
    pub(crate) fn new(path: &Path) -> Result<Self, Stop> {
        let name = shown(path);
        let kind = Kind::of(path).ok_or_else(|| {
            Stop::new(
                format!(
                    "{name}: a ledger is written as .xlsx, .json, .jsonl, .csv, .tsv or .parquet; give --merge such a name"
                ),
                format!("{name}：台账写成 .xlsx、.json、.jsonl、.csv、.tsv 或 .parquet；请在 --merge 后给出这样的名称"),
            )
        })?;
        let ledger = Self { path: path.to_owned(), kind };
        ledger.target(path, None)?;
        Ok(ledger)
    }

    /// Refuses to write where something stands that is no ledger of a batch, as the output folder knows.
    pub(crate) fn check(&self, outputs: &Outputs) -> Result<(), Stop> {
        self.target(&self.path, Some(outputs)).map(|_| ())
    }

    /// Refuses a form whose documents cannot be added up, or not to a file of this kind.
    pub(crate) fn check_form(&self, form: &Form, console: Console) -> Result<(), Stop> {
        self.form_of(form).map(|_| ()).map_err(|findings| {
            let findings = findings.into_iter().map(without_pointer).collect();
            console.findings(&of_ledger(&self.path, &form.id, findings));
            nothing_was_written(console);
            Stop::said(FINDINGS)
        })
    }

    /// The form of the ledger.
    fn form_of(&self, form: &Form) -> Result<MergedForm, Vec<Finding>> {
        let merged = MergedForm::of(form)?;
        if let Some(format) = records::format_of(self.kind) {
            let hint = Text::new(
                "a ledger that is a workbook or JSON holds all tables: give --merge a name that ends with .xlsx or .json",
                "工作簿或 JSON 台账可以容纳全部表：请在 --merge 后给出以 .xlsx 或 .json 结尾的名称",
            );
            records::of(&merged.form, format).map_err(|finding| vec![finding.hint(hint)])?;
        }
        Ok(merged)
    }

    /// The ledger, and those that stand there already; they are no submissions. Which are a batch's own, the output folder
    /// may have to say.
    pub(crate) fn all(&self, outputs: Option<&Outputs>) -> Vec<PathBuf> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let (stem, ending) = self.stem();
        let is_ledger = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let of_form =
                name.strip_prefix(&format!("{stem}.")).is_some_and(|rest| rest.ends_with(&format!(".{ending}")));
            of_form && self.is_ours(path, outputs) == Some(true)
        };
        // Named as it is written, so that they can be told to be the same.
        let beside = |entry: fs::DirEntry| self.path.with_file_name(entry.file_name());
        let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(beside);
        let mut of_forms: Vec<PathBuf> = entries.filter(is_ledger).collect();
        of_forms.sort();
        std::iter::once(self.path.clone()).chain(of_forms).collect()
    }

    fn stem(&self) -> (String, String) {
        let text = |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
        (text(self.path.file_stem()), text(self.path.extension()))
    }

    /// The ledger of a form: the name that was given, with the form's where there are several.
    fn of_form(&self, form: &str, several: bool) -> PathBuf {
        if !several {
            return self.path.clone();
        }
        let (stem, ending) = self.stem();
        let plain: String =
            form.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { '_' }).collect();
        self.path.with_file_name(format!("{stem}.{plain}.{ending}"))
    }

    /// A ledger that a batch of this output folder wrote, and nobody changed since, is replaced, and nothing else. Without
    /// the folder only what can be no ledger at all is refused.
    fn target(&self, path: &Path, outputs: Option<&Outputs>) -> Result<Target, Stop> {
        let may_be_replaced = || match outputs {
            Some(outputs) => is_as_written(path, outputs),
            None => self.is_ours(path, None) != Some(false),
        };
        if path.is_file() && !may_be_replaced() {
            let name = shown(path);
            return Err(match self.is_ours(path, None) {
                Some(true) => Stop::new(
                    format!(
                        "{name} is a ledger that was changed since a batch wrote it, or is of another output folder; it is not overwritten: move it away, or give another name"
                    ),
                    format!(
                        "{name} 是批量处理写出的台账，但之后被改动过，或属于另一个输出文件夹；不会覆盖，请先移走，或换一个名称"
                    ),
                ),
                Some(false) => Stop::new(
                    format!(
                        "{name} exists already and is no ledger of a batch; it is not overwritten: give another name"
                    ),
                    format!("{name} 已存在，且不是批量处理写出的台账，不会覆盖；请换一个名称"),
                ),
                None => Stop::new(
                    format!(
                        "{name} exists already and is no ledger of a batch, or was changed since; it is not overwritten: give another name"
                    ),
                    format!("{name} 已存在，且不是批量处理写出的台账，或之后被改动过，不会覆盖；请换一个名称"),
                ),
            });
        }
        Target::new(path, true)
    }

    /// Whether such a ledger says itself that it is one.
    fn bears_mark(&self) -> bool {
        records::format_of(self.kind).is_none()
    }

    /// Whether a file is the ledger of a batch: by its mark, where it bears one; else the output folder knows what was
    /// written, and nothing can be said without it.
    fn is_ours(&self, path: &Path, outputs: Option<&Outputs>) -> Option<bool> {
        if !self.bears_mark() {
            return outputs.map(|outputs| is_as_written(path, outputs));
        }
        let mut head = Vec::new();
        let read = File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
        if read.is_ok() && head.starts_with(b"{") {
            let head = String::from_utf8_lossy(&head);
            let line = head.lines().find(|line| line.trim_start().starts_with("\"$schema\""));
            let end = format!("{SUFFIX}\"");
            return Some(line.is_some_and(|line| line.trim_end().trim_end_matches(',').ends_with(&end)));
        }
        let form = Workbook::open(path).ok().and_then(|book| book.info().properties.get(FORM).cloned());
        Some(form.is_some_and(|form| form.trim().ends_with(SUFFIX)))
    }

    /// Writes a ledger; findings of severity error are why it is not written.
    fn write(
        &self,
        path: &Path,
        form: &MergedForm,
        content: Content,
        records: usize,
        outputs: &Outputs,
    ) -> Result<Vec<Finding>, Stop> {
        let target = self.target(path, Some(outputs))?;
        // By this it is known again.
        let claim = |file: &mut File| {
            let hash = file.rewind().and_then(|()| Digest::of_reader(file));
            outputs.claim_ledger(path, hash.map_err(|error| Stop::io(path, &error))?)
        };
        if let Some(format) = records::format_of(self.kind) {
            let (document, lines) = match content {
                Content::Lines(document, lines) => (document, Some(lines)),
                content => (content.into_document()?, None),
            };
            let split = records::of(&form.form, format).and_then(|all| all.split(&document).map(|parts| (all, parts)));
            let (all, (root, items)) = match split {
                Ok(split) => split,
                Err(finding) => return Ok(vec![finding]),
            };
            let items: Box<dyn Iterator<Item = io::Result<Item<'_>>>> = match lines {
                Some(lines) => Box::new(lines.into_records()?),
                None => Box::new(items.iter().map(|record| Ok(Item::Value(Cow::Borrowed(record))))),
            };
            let make = |file: &mut File| {
                let unwritten = |error: io::Error| Stop::io(path, &error);
                let mut findings = Vec::new();
                let mut out = BufWriter::new(&mut *file);
                records::write(format, all, &root, items, &mut out, &mut findings).map_err(unwritten)?;
                out.flush().map_err(unwritten)?;
                drop(out);
                if written(&findings) {
                    claim(file)?;
                }
                Ok(findings)
            };
            return target.fill_if(make, |findings| written(findings));
        }
        if self.kind == Kind::Json {
            return target.fill(|file| content.write(form, file, path).and_then(|()| claim(file))).map(|()| Vec::new());
        }
        let document = if records > FIRST {
            // Long enough to be laid out record by record, which reads them from a file.
            let temporary = std::env::temp_dir();
            let (mut file, held) = content.into_text()?;
            if long::write_known(&form.form, (&temporary, &mut file), (&target, path), &claim)? {
                return Ok(Vec::new());
            }
            held.map_or_else(|| parsed(&mut file), Ok)?
        } else {
            content.into_document()?
        };
        let book = match lay_out(&form.form, &document) {
            Ok(book) => book,
            Err(findings) => return Ok(findings),
        };
        drop(document);
        match sheetform_workbook::save(&book) {
            Ok(bytes) => {
                outputs.claim_ledger(path, Digest::of(&bytes))?;
                target.write(&bytes).map(|()| book.notes)
            }
            Err(findings) => Ok(findings),
        }
    }
}

/// What a ledger holds.
enum Content {
    Whole(Value),
    /// Its records wait on the disk, one by one.
    Lines(Value, Spool),
    /// All of it stands on the disk, as JSON.
    Text(File),
}

impl Content {
    /// Writes it as the JSON of a ledger; `path` is for messages.
    fn write(self, form: &MergedForm, to: &mut File, path: &Path) -> Result<(), Stop> {
        let written = if let Self::Text(mut file) = self {
            file.rewind().and_then(|()| io::copy(&mut file, to)).map(|_| ())
        } else {
            let mut document = self.into_document()?;
            name(form, &mut document);
            in_json(&document, to)
        };
        written.map_err(|error| Stop::io(path, &error))
    }

    /// A file with it as JSON; and it, where it was held.
    fn into_text(self) -> Result<(File, Option<Value>), Stop> {
        if let Self::Text(file) = self {
            return Ok((file, None));
        }
        let document = self.into_document()?;
        let file = tempfile::tempfile().and_then(|mut file| in_json(&document, &mut file).map(|()| file));
        Ok((file.map_err(|error| Stop::io(&std::env::temp_dir(), &error))?, Some(document)))
    }

    /// It as JSON; of lines what stands around them.
    fn into_document(self) -> Result<Value, Stop> {
        match self {
            Self::Whole(document) | Self::Lines(document, _) => Ok(document),
            Self::Text(mut file) => parsed(&mut file),
        }
    }
}

/// Whether what was found keeps nothing from being written.
fn written(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| finding.severity != Severity::Error)
}

/// Where the parts of a submission stand: it is read once more when they are asked for.
struct SubmissionPlaces {
    path: PathBuf,
    form: Arc<Form>,
    /// The sheet that was asked for.
    sheet: Option<String>,
    again: OnceCell<Option<Again>>,
}

/// A file read once more.
enum Again {
    Sheet(Box<SheetPlaces>),
    Text(Box<JsonText>),
}

impl SubmissionPlaces {
    fn again(&self) -> Option<&Again> {
        let read = || match input::open(&self.path).ok()?.input {
            Input::Book(book) => {
                let reading = read::read(&self.form, &*book, &read::Options { sheet: self.sheet.clone() });
                Some(Again::Sheet(Box::new(reading.places)))
            }
            Input::Json(text) => Some(Again::Text(text)),
            // A line is a record and no whole document.
            Input::Lines(_) => None,
        };
        self.again.get_or_init(read).as_ref()
    }
}

impl Places for SubmissionPlaces {
    fn value(&self, pointer: &str) -> Option<Place> {
        match self.again()? {
            Again::Sheet(sheet) => sheet.value(pointer),
            Again::Text(text) => Some(text.place(pointer)),
        }
    }
}

/// What is merged with.
pub(crate) struct Adding<'a> {
    pub(crate) ledger: &'a Ledger,
    /// Who made the list of submissions, for whom the ledger is.
    pub(crate) organiser: Option<&'a str>,
    pub(crate) options: Options,
    pub(crate) checker: &'a Checker<'a>,
    pub(crate) outputs: &'a Outputs,
    pub(crate) console: Console,
}

impl Adding<'_> {
    /// The form of a submission.
    fn form(&self, is: &Submission) -> Result<Arc<Form>, Stop> {
        self.checker.known(is.form.as_deref()).ok_or_else(|| not_there(is))
    }

    /// The document of a submission: as it was written; where it could not be, from its file once more.
    fn document(&self, is: &Submission) -> Result<Value, Stop> {
        if let Some(json) = &is.json {
            let path = self.outputs.path(json);
            let bytes = fs::read(&path).map_err(|error| Stop::io(&path, &error))?;
            return serde_json::from_slice(&bytes).map_err(|error| Stop::io(&path, &error.into()));
        }
        let Checked { report, document, .. } = self.checker.check(&is.path);
        let same = report.valid() && report.form == is.form;
        document.filter(|_| same).ok_or_else(|| not_there(is))
    }

    /// What is known of a submission beside its document.
    fn part(&self, is: &Submission, form: &Arc<Form>, document: Value) -> Part<SubmissionPlaces> {
        let sheet = self.checker.asked_sheet().map(str::to_owned);
        let places = SubmissionPlaces { path: is.path.clone(), form: Arc::clone(form), sheet, again: OnceCell::new() };
        let source = is.sender.clone().unwrap_or_else(|| is.file.clone());
        Part { name: shown(&is.path), source, document, places }
    }

    /// The file with the document of a submission, where that is long.
    fn long(&self, is: &Submission) -> Option<(File, PathBuf)> {
        let path = self.outputs.path(is.json.as_ref()?);
        let file = File::open(&path).ok()?;
        file.metadata().is_ok_and(|metadata| metadata.len() >= LONG).then_some((file, path))
    }

    /// Merges submissions of a form. Their records go to the disk one by one, where nothing is asked of all together.
    fn merged<'f>(
        &self,
        merged: &MergedForm,
        form: &Arc<Form>,
        files: impl Iterator<Item = &'f Submission>,
    ) -> Result<(Merged, Content), Stop> {
        let kind = self.ledger.kind;
        let fixed = fixed(form, self.organiser);
        let mut parts = files.map(|is| (is, self.part(is, form, Value::Null)));
        let Some(list) = merged.list() else {
            let parts = parts.map(|(is, part)| Ok(Part { document: self.document(is)?, ..part }));
            let mut whole = merge(merged, parts.collect::<Result<_, _>>()?, &fixed, &self.options);
            let document = std::mem::take(&mut whole.document);
            return Ok((whole, Content::Whole(document)));
        };
        // What is on its way to standard output waits in a file without a name.
        let temporary = Target::Stdout;
        let (mut lines, mut text) = (Spool::default(), DocumentFile::new(&temporary, false));
        let as_lines = records::format_of(kind).is_some();
        let sink: &mut dyn Sink = if as_lines { &mut lines } else { &mut text };
        sink.begin(list, &Value::Null);
        let (mut merging, mut any) = (Merging::new(merged), false);
        let mut take = |_, record| {
            any = true;
            sink.record(Record::of(&record, list.len() + 1));
        };
        parts.try_for_each(|(is, part)| {
            let Some((file, path)) = self.long(is) else {
                merging.add(Part { document: self.document(is)?, ..part }, &mut take);
                return Ok(());
            };
            let Part { name, source, places, .. } = part;
            merging.begin(name, source, places);
            let mut each = |records| merging.records(records, &mut take);
            let rest = long_document::read(BufReader::new(file), list, &mut each);
            merging.end(rest.map_err(|error| Stop::io(&path, &error))?, &mut take);
            Ok(())
        })?;
        let mut whole = merging.finish(&fixed);
        let mut document = std::mem::take(&mut whole.document);
        let content = if !any {
            Content::Whole(document)
        } else if as_lines {
            Content::Lines(document, lines)
        } else {
            if kind == Kind::Json {
                name(merged, &mut document);
            }
            Content::Text(text.written(document, list)?.into_file())
        };
        Ok((whole, content))
    }
}

/// Writes a document as JSON.
fn in_json(document: &Value, file: &mut File) -> io::Result<()> {
    let mut out = BufWriter::new(file);
    serde_json::to_writer_pretty(&mut out, document)?;
    out.write_all(b"\n")?;
    out.flush()
}

/// What a temporary file holds as JSON.
fn parsed(file: &mut File) -> Result<Value, Stop> {
    let mut read = || -> io::Result<Value> {
        file.rewind()?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        Ok(serde_json::from_slice(&text)?)
    };
    read().map_err(|error| Stop::io(&std::env::temp_dir(), &error))
}

/// Lets a ledger say of which form it is.
fn name(form: &MergedForm, document: &mut Value) {
    let id = form.form.document.get("$id").cloned();
    if let (Some(map), Some(id)) = (document.as_object_mut(), id) {
        map.shift_insert(0, "$schema".to_owned(), id);
    }
}

fn not_there(is: &Submission) -> Stop {
    let name = shown(&is.path);
    Stop::new(
        format!("{name}: its document was not written, so it cannot be merged"),
        format!("{name}：其文档未能写出，无法合并"),
    )
}

/// Adds up the files that count, a ledger a form, and says what is found across them.
pub(crate) fn add_up(adding: &Adding<'_>, files: &[(&Submission, Digest)], across: &mut Across) -> Result<(), Stop> {
    let mut forms: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for &number in &across.order {
        let is = files[number].0;
        let Some(form) = form_of(is).filter(|form| !form.ends_with(SUFFIX)) else { continue };
        if is.verdict == Verdict::Accepted && across.counts[number] {
            forms.entry(form).or_default().push(number);
        }
    }
    if forms.is_empty() {
        let name = shown(&adding.ledger.path);
        adding.console.warning(&Text::new(
            format!("{name}: no file counts, so no ledger is written"),
            format!("{name}：没有可合并的文件，未写出台账"),
        ));
    }
    let several = forms.len() > 1;
    let mut tried = BTreeSet::new();
    for (name, numbers) in forms {
        let path = adding.ledger.of_form(&name, several);
        let Some(first) = numbers.first() else { continue };
        let form = adding.form(files[*first].0)?;
        let merged_form = match adding.ledger.form_of(&form) {
            Ok(form) => form,
            Err(findings) => {
                across.reports.push(of_ledger(&path, &name, findings.into_iter().map(without_pointer).collect()));
                continue;
            }
        };
        let these = numbers.iter().map(|number| files[*number].0);
        let (Merged { findings, records, .. }, content) = adding.merged(&merged_form, &form, these)?;
        let mut of_ledger_itself = Vec::new();
        let mut of_files = Vec::new();
        for (part, finding) in findings {
            match part.and_then(|part| numbers.get(part)) {
                Some(number) => of_files.push((About::File(*number), finding)),
                None => of_ledger_itself.push(without_pointer(finding)),
            }
        }
        across.files(files, of_files);
        let of_writing = match adding.ledger.write(&path, &merged_form, content, records, adding.outputs) {
            Ok(findings) => findings,
            Err(stop) => {
                across.unwritten.push(stop);
                tried.insert(path);
                continue;
            }
        };
        let wrote = written(&of_writing);
        of_ledger_itself.extend(of_writing);
        if !of_ledger_itself.is_empty() {
            across.reports.push(FileReport {
                version: form.version.map(i64::from),
                records: records as u64,
                ..of_ledger(&path, &merged_form.form.id, of_ledger_itself)
            });
        }
        if wrote {
            tried.insert(path.clone());
            across.ledgers.push(Wrote { path, form: name, records });
        }
    }
    let there = adding.ledger.all(Some(adding.outputs)).into_iter();
    across.stale = there.filter(|path| path.is_file() && !tried.contains(path)).collect();
    Ok(())
}

/// What is said of the ledger as a whole stands on no value of it.
fn without_pointer(finding: Finding) -> Finding {
    if matches!(finding.code, Code::NotMerged | Code::BadForm) { Finding { pointer: None, ..finding } } else { finding }
}

/// Whether a file is a ledger as a batch of this output folder wrote it.
fn is_as_written(path: &Path, outputs: &Outputs) -> bool {
    Digest::of_file(path).is_ok_and(|there| outputs.is_ledger(there))
}

fn of_ledger(path: &Path, form: &str, findings: Vec<Finding>) -> FileReport {
    let form = (!form.is_empty()).then(|| form.to_owned());
    FileReport { path: Some(path.to_owned()), form, ..FileReport::new(shown(path), findings) }
}

/// The values of a ledger that are the organiser's.
fn fixed(form: &Form, organiser: Option<&str>) -> Map<String, Value> {
    let sender = form.sender_property();
    sender.zip(organiser).map(|(name, organiser)| (name.to_owned(), organiser.into())).into_iter().collect()
}
