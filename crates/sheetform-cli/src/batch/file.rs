//! One file of a batch, from its bytes to its line in the journal and its output. Does not know which files there are.

use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use sheetform::finding::{Code, Finding, Severity, Text};
use sheetform::merge::SUFFIX;
use sheetform::report::FileReport;
use sheetform::stream::Sink;

use crate::annotate;
use crate::args::Documents;
use crate::batch::digest::Digest;
use crate::batch::journal::{FileLine, Span};
use crate::batch::outputs::{Claim, Outputs};
use crate::batch::submission::{Submission, Verdict, sent};
use crate::batch::walk::{Found, Unlisted};
use crate::check::Checked;
use crate::console::Console;
use crate::document_file::DocumentFile;
use crate::identify::version_mark;
use crate::output::Draft;
use crate::spool::Spool;
use crate::stop::{Stop, io_text, shown};

/// How often a file is read that changes under the reading, and the pause before the next time.
const ATTEMPTS: usize = 3;
const PAUSE: Duration = Duration::from_millis(100);
/// Bytes that a file's name may have; file systems that count characters take more.
const LONGEST_NAME: usize = 255;
/// Files larger than this are not read: one is held in memory while it is worked on.
const MOST_BYTES: u64 = 1 << 30;
/// Bytes from which the records of a file go to the disk one by one: in fewer there are too few to matter, and to find
/// out that a sheet is short would cost a reading.
const LONG: usize = 1 << 16;

/// What files are worked on with.
pub(crate) struct Work<'a> {
    /// Checks what a file of this name holds; its records may go to the sink.
    #[allow(clippy::type_complexity, reason = "a function, named where it is called")]
    pub(crate) check: &'a (dyn Fn(&Path, Vec<u8>, Option<&mut dyn Sink>) -> Checked + Sync),
    pub(crate) outputs: &'a Outputs,
    /// The form, the options and the program.
    pub(crate) with: Digest,
    /// Whether merged ledgers are what was asked for.
    pub(crate) ledgers: bool,
    /// What the documents of accepted files become.
    pub(crate) to: Documents,
    pub(crate) console: Console,
}

/// A file, done.
pub(crate) struct Done {
    pub(crate) is: Submission,
    /// What its bytes were.
    pub(crate) input: Digest,
    /// What was found; nothing where it stands in the journal alone.
    pub(crate) report: Option<FileReport>,
    pub(crate) at: Span,
    pub(crate) output: Option<Claim>,
    /// Whether an earlier run did it.
    pub(crate) reused: bool,
    /// Whether it is to be done again whatever it holds: it could not be opened, or its output could not be written.
    pub(crate) again: bool,
    /// Why its output is not there.
    pub(crate) stop: Option<Stop>,
}

impl Work<'_> {
    /// Does a file; nothing where it is there no more. Fails where the journal cannot be written.
    pub(crate) fn done(&self, found: &Found) -> Result<Option<Done>, Stop> {
        let bytes = match found.error.as_ref().map_or_else(|| read(&found.path), |error| Err(unlisted(error).into())) {
            Ok(bytes) => bytes,
            Err(Unread::Gone) => return Ok(None),
            Err(Unread::Finding(finding)) => {
                let report = FileReport::new(shown(&found.path), vec![*finding]);
                // Its bytes are not known, so it is like no other file.
                return self.unread(found, report, Digest::of_parts([&b"unread"[..], found.file.as_bytes()])).map(Some);
            }
        };
        let input = Digest::of(&bytes);
        if let Some(earlier) = self.outputs.journal.earlier(&found.file)
            && (earlier.input, earlier.with) == (input, self.with)
            && earlier.output.as_ref().is_none_or(|output| self.outputs.stands(output))
        {
            let is = Submission { path: found.path.clone(), ..earlier.is.clone() };
            let (at, output) = (earlier.at, earlier.output.clone());
            return Ok(Some(Done { is, input, report: None, at, output, reused: true, again: false, stop: None }));
        }
        // A mistake of ours in one file is that file's trouble alone; it was said as it happened.
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.checked(found, bytes)));
        let Ok((mut is, report, output)) = caught else {
            let report = FileReport::new(shown(&found.path), vec![our_mistake()]);
            return self.unread(found, report, input).map(Some);
        };
        let ready = match output {
            Some(Ok((name, Content::Whole(bytes)))) => self.outputs.ready(&name, &bytes).map(Some),
            Some(Ok((name, Content::Long(draft)))) => self.outputs.ready_long(&name, draft).map(Some),
            Some(Err(stop)) => Err(stop),
            None => Ok(None),
        };
        let (ready, mut stop) = match ready {
            Ok(ready) => (ready, None),
            Err(stop) => (None, Some(stop)),
        };
        let mut output = ready.as_ref().map(|ready| ready.claim.clone());
        if let Some(claim) = &output {
            let place = if is.verdict == Verdict::Accepted { &mut is.json } else { &mut is.marked };
            *place = Some(claim.path.clone());
        }
        let again = stop.is_some();
        let line = FileLine { is: &is, input, with: self.with, output: output.as_ref(), again, report: &report };
        let mut at = self.outputs.journal.add(&line)?;
        if let Some(ready) = ready
            && let Err(why) = self.outputs.appear(ready)
        {
            (is.json, is.marked, output, stop) = (None, None, None, Some(why));
            let line = FileLine { is: &is, input, with: self.with, output: None, again: true, report: &report };
            at = self.outputs.journal.add(&line)?;
        }
        Ok(Some(Done { is, input, report: Some(report), at, output, reused: false, again: stop.is_some(), stop }))
    }

    /// A file of which there is nothing but why.
    fn unread(&self, found: &Found, report: FileReport, input: Digest) -> Result<Done, Stop> {
        let is = Submission::new(found.file.clone(), found.path.clone(), &report, true);
        let line = FileLine { is: &is, input, with: self.with, output: None, again: true, report: &report };
        let at = self.outputs.journal.add(&line)?;
        Ok(Done { is, input, report: Some(report), at, output: None, reused: false, again: true, stop: None })
    }

    /// Reads and checks what a file holds, and makes its output.
    #[allow(clippy::type_complexity, reason = "an output is made, cannot be made, or is not asked for")]
    fn checked(
        &self,
        found: &Found,
        bytes: Vec<u8>,
    ) -> (Submission, FileReport, Option<Result<(String, Content), Stop>>) {
        let drafts = self.outputs.drafts();
        let (mut lines, mut file) = (Spool::default(), DocumentFile::new(&drafts, false));
        let sink: Option<&mut dyn Sink> = match self.to {
            _ if bytes.len() < LONG => None,
            Documents::Json => Some(&mut file),
            Documents::Jsonl => Some(&mut lines),
        };
        let Checked { mut report, document, streamed, form, book, failed, .. } = (self.check)(&found.path, bytes, sink);
        let ledger = report.form.clone().filter(|id| !failed && !self.ledgers && id.ends_with(SUFFIX));
        if let Some(id) = &ledger {
            // Nothing else is asked of it.
            report.findings = vec![is_a_ledger(id)];
        }
        let mut is = Submission::new(found.file.clone(), found.path.clone(), &report, failed);
        if ledger.is_some() {
            is.verdict = Verdict::Ledger;
        }
        is.made_with = book.as_ref().and_then(|book| version_mark(&**book));
        if let (Some(form), Some(document)) = (&form, &document) {
            (is.sender, is.dated) = sent(form, document);
            is.title = Some(form.name.clone());
        }
        let output = match (is.verdict, document, book) {
            (Verdict::Accepted, Some(document), _) => {
                let ending = if self.to == Documents::Jsonl { "jsonl" } else { "json" };
                let name = fitting(format!("accepted/{}.{ending}", found.file));
                let content = match (streamed, self.to) {
                    (Some(path), Documents::Json) => file.written(document, &path).map(Content::Long),
                    (Some(path), Documents::Jsonl) => drafts.draft().and_then(|mut draft| {
                        lines.into_line(document, &path, draft.file())?;
                        Ok(Content::Long(draft))
                    }),
                    (None, to) => whole(&document, to)
                        .map(Content::Whole)
                        .map_err(|error| Stop::io(&self.outputs.path(&name), &error)),
                };
                Some(content.map(|content| (name, content)))
            }
            (Verdict::Rejected, _, Some(book)) => {
                let copy = annotate::copy(&report, &book, self.console);
                let named = |ending| fitting(format!("rejected/{}", marked_name(&found.file, ending)));
                Some(copy.map(|(bytes, ending)| (named(ending), Content::Whole(bytes))))
            }
            _ => None,
        };
        (is, report, output)
    }
}

/// A merged ledger that lies among submissions: last month's, more often than not.
fn is_a_ledger(id: &str) -> Finding {
    let message = Text::new(
        "it is a ledger that was merged from submissions, and no submission; it counts for nothing here",
        "这是由各单位报送合并而成的台账，不是报送材料；此处不计",
    );
    let hint = Text::new(
        format!("take it out of the folder; to do a folder of ledgers: --form {id}"),
        format!("请把它移出文件夹；如要处理台账文件夹，请用 --form {id}"),
    );
    Finding::new(Code::WrongForm, message).severity(Severity::Warning).hint(hint)
}

/// What an output is to hold.
enum Content {
    Whole(Vec<u8>),
    /// It stands on the disk already.
    Long(Draft),
}

/// A document as it is written.
fn whole(document: &Value, to: Documents) -> io::Result<Vec<u8>> {
    let mut text = match to {
        Documents::Jsonl => serde_json::to_vec(document)?,
        Documents::Json => serde_json::to_vec_pretty(document)?,
    };
    text.push(b'\n');
    Ok(text)
}

/// What a marked copy is called: as its file where that has the ending of what it is. No two files give one name.
fn marked_name(file: &str, ending: &str) -> String {
    let lower = file.to_lowercase();
    let plain = lower.strip_suffix(ending).and_then(|stem| stem.strip_suffix('.'));
    match plain {
        Some(stem) if !stem.ends_with(".marked") => file.to_owned(),
        _ => format!("{file}.marked.{ending}"),
    }
}

/// The name of an output, where its last part is longer than file systems take: cut, and told apart by a hash of the whole.
fn fitting(name: String) -> String {
    let (folder, last) = name.rsplit_once('/').unwrap_or(("", &name));
    if last.len() <= LONGEST_NAME {
        return name;
    }
    let (stem, ending) = last.rsplit_once('.').unwrap_or((last, ""));
    let hash = Digest::of(last.as_bytes()).to_string();
    let end = format!("~{}.{ending}", hash.get(..8).unwrap_or_default());
    let stem = stem.get(..stem.floor_char_boundary(LONGEST_NAME.saturating_sub(end.len()))).unwrap_or_default();
    format!("{folder}/{stem}{end}")
}

enum Unread {
    /// Removed or renamed since its folder was listed.
    Gone,
    Finding(Box<Finding>),
}

impl From<Finding> for Unread {
    fn from(finding: Finding) -> Self {
        Self::Finding(Box::new(finding))
    }
}

/// What a file holds, as it was at one moment.
fn read(path: &Path) -> Result<Vec<u8>, Unread> {
    for attempt in 0..ATTEMPTS {
        if attempt > 0 {
            std::thread::sleep(PAUSE);
        }
        match read_once(path) {
            Ok(Some(bytes)) => return Ok(bytes),
            Ok(None) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Unread::Gone),
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => return Err(too_large().into()),
            Err(error) => {
                let Text { en, zh, .. } = io_text(&error);
                let message = Text::new(format!("cannot be read: {en}"), format!("无法读取：{zh}"));
                return Err(Finding::new(Code::Unreadable, message.open()).into());
            }
        }
    }
    let message = Text::new("it changed each time it was read", "每次读取时文件都在变化");
    let hint = Text::new("run again when whoever writes it is done", "请等写入完成后再运行");
    Err(Finding::new(Code::Unreadable, message).hint(hint).into())
}

/// Nothing where it changed meanwhile.
fn read_once(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut file = File::open(path)?;
    let before = file.metadata()?;
    if before.len() > MOST_BYTES {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut bytes = Vec::with_capacity(before.len() as usize + 1);
    // One that grows without end is not followed.
    (&mut file).take(before.len() + 1).read_to_end(&mut bytes)?;
    let same = |a: &Metadata, b: &Metadata| a.len() == b.len() && a.modified().ok() == b.modified().ok();
    let still = bytes.len() as u64 == before.len() && same(&before, &file.metadata()?);
    // By its name too: who saves a workbook anew puts another file there.
    Ok((still && same(&before, &fs::metadata(path)?)).then_some(bytes))
}

fn unlisted(error: &Unlisted) -> Finding {
    let message = match error {
        Unlisted::Folder(kind) => {
            let Text { en, zh, .. } = io_text(&(*kind).into());
            Text::new(format!("the folder cannot be listed: {en}"), format!("无法列出文件夹：{zh}"))
        }
        Unlisted::Alike => Text::new(
            "its name is no text in UTF-8, and reads like that of another file",
            "文件名不是 UTF-8 文本，且与另一文件的名称写法相同",
        ),
    };
    Finding::new(Code::Unreadable, message.open())
}

fn too_large() -> Finding {
    Finding::new(Code::OverLimit, Text::new("the file has more than 1 GiB", "文件超过 1 GiB"))
}

fn our_mistake() -> Finding {
    let message = Text::new(
        "could not be checked: an internal mistake in sheetform, please report it",
        "无法检查：sheetform 内部错误，请报告",
    );
    Finding::new(Code::Unreadable, message)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;
    use crate::batch::walk::{Filter, walk};

    #[test]
    fn no_two_files_have_one_marked_copy() {
        let names = [
            ("a.xlsx", "xlsx", "a.xlsx"),
            ("a.XLSX", "xlsx", "a.XLSX"),
            ("d/a.xls", "xlsx", "d/a.xls.marked.xlsx"),
            // With macros, whatever its name says.
            ("a.xlsx", "xlsm", "a.xlsx.marked.xlsm"),
            ("a.xls.marked.xlsx", "xlsx", "a.xls.marked.xlsx.marked.xlsx"),
            ("xlsx", "xlsx", "xlsx.marked.xlsx"),
        ];
        for (file, ending, marked) in names {
            assert_eq!(marked_name(file, ending), marked);
        }
    }

    #[test]
    fn a_name_that_is_too_long_is_cut() {
        let long = |end: &str| format!("accepted/{}{end}", "台".repeat(83));
        assert_eq!(fitting(long(".json")), long(".json"));
        let (one, other) = (fitting(long("a.xlsx.json")), fitting(long("b.xlsx.json")));
        for name in [&one, &other] {
            let last = name.strip_prefix("accepted/").unwrap();
            assert!(last.starts_with("台台") && last.len() <= LONGEST_NAME, "{last}");
            assert_eq!(last.rsplit('.').next(), Some("json"));
        }
        assert_ne!(one, other);
        assert_eq!(fitting(format!("rejected/d/{}", "x".repeat(300))).len(), "rejected/d/".len() + 255);
    }

    #[test]
    fn a_file_that_changes_all_the_time_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.xlsx");
        fs::write(&path, b"0").unwrap();
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut length = 0;
                while !stop.load(Ordering::Relaxed) {
                    length = (length + 1) % 1000;
                    fs::write(&path, vec![b'x'; 5_000_000 + length]).unwrap();
                }
            });
            while fs::metadata(&path).unwrap().len() < 5_000_000 {
                std::thread::yield_now();
            }
            // It may lie still for a moment; what is read is whole then.
            for _ in 0..3 {
                match read(&path) {
                    Ok(bytes) => assert!(bytes.iter().all(|byte| *byte == b'x')),
                    Err(Unread::Finding(finding)) => {
                        assert_eq!(finding.message.en, "it changed each time it was read");
                    }
                    Err(Unread::Gone) => panic!("it is there"),
                }
            }
            stop.store(true, Ordering::Relaxed);
        });
        fs::remove_file(&path).unwrap();
        assert!(matches!(read(&path), Err(Unread::Gone)));
    }

    #[test]
    fn a_mistake_of_ours_is_one_files_trouble() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.csv", "b.csv", "c.csv"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        let out = folder.path().join("out");
        let filter = Filter::new(&[], &[], &out, &[]).unwrap();
        let walked = walk(&[folder.path().to_owned()], &filter).unwrap();
        let outputs = Outputs::open(&out, false, Console::silent()).unwrap();
        let check = |path: &Path, _, _: Option<&mut dyn Sink>| {
            assert!(!path.ends_with("b.csv"), "planted");
            Checked { failed: true, ..Checked::unread(path) }
        };
        let (with, to) = (Digest::of(b""), Documents::Json);
        let work = Work { check: &check, outputs: &outputs, with, ledgers: false, to, console: Console::silent() };
        let done: Vec<Done> = walked.found.iter().map(|found| work.done(found).unwrap().unwrap()).collect();
        let codes = |done: &Done| done.report.as_ref().unwrap().findings.iter().map(|one| one.code).collect::<Vec<_>>();
        assert_eq!(done.iter().map(codes).collect::<Vec<_>>(), [vec![], vec![Code::Unreadable], vec![]]);
        assert!(done.iter().all(|done| done.is.verdict == Verdict::Unread && done.output.is_none()));
    }
}
