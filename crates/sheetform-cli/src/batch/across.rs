//! What is found across the files of a batch, and which of them count. Put together from the list of submissions and the
//! merge; printed and summed up with the rest.

use std::collections::BTreeMap;
use std::path::PathBuf;

use sheetform::finding::{Finding, Severity, Text};
use sheetform::report::FileReport;
use sheetform::roster::{About, Line, Repeat};

use crate::batch::digest::Digest;
use crate::batch::merge::{Adding, Ledger, Wrote, add_up};
use crate::batch::outputs::Outputs;
use crate::batch::roster::{self, Roster};
use crate::batch::submission::{Counted, Submission, Verdict};
use crate::check::Checker;
use crate::console::Console;
use crate::stop::{Stop, shown};

/// Files that came twice are named, so many of them.
const NAMED: usize = 10;

/// What is found across files.
#[derive(Debug, Default)]
pub(crate) struct Across {
    /// For each file, whether it counts.
    pub(crate) counts: Vec<bool>,
    /// The numbers of the files in the order in which they are added up.
    pub(crate) order: Vec<usize>,
    /// The list that they were held against, and its lines.
    pub(crate) roster: Option<(String, Vec<Line>)>,
    /// What is to be said, a report a file.
    pub(crate) reports: Vec<FileReport>,
    /// What each file has on top of its own findings, by its number.
    of_files: BTreeMap<usize, Vec<Counted>>,
    /// The ledgers that were written.
    pub(crate) ledgers: Vec<Wrote>,
    /// Ledgers that stand beside them, of an earlier run.
    pub(crate) stale: Vec<PathBuf>,
    /// Files that are earlier ones once more, where nobody asks which counts.
    pub(crate) repeats: Vec<Repeat>,
    /// Why a ledger was not written, where nothing is wrong with what it was to hold.
    pub(crate) unwritten: Vec<Stop>,
}

/// What files are held against, and added up to; of neither, what came twice is said.
pub(crate) struct Between<'a> {
    pub(crate) roster: Option<&'a Roster>,
    pub(crate) ledger: Option<&'a Ledger>,
    pub(crate) checker: &'a Checker<'a>,
    pub(crate) outputs: &'a Outputs,
    pub(crate) console: Console,
}

impl Between<'_> {
    /// Holds the files against the list, and adds up those that count.
    pub(crate) fn across(&self, files: &[(&Submission, Digest)]) -> Result<Across, Stop> {
        let options = self.checker.options();
        let mut across = match self.roster {
            Some(roster) => roster.against(files, self.checker.asked_form(), options.today.as_deref()),
            None if self.ledger.is_some() => roster::alone(files),
            None => roster::repeated(files),
        };
        if let Some(ledger) = self.ledger {
            let organiser = self.roster.and_then(|roster| roster.organiser.as_deref());
            let (checker, outputs, console) = (self.checker, self.outputs, self.console);
            add_up(&Adding { ledger, organiser, options, checker, outputs, console }, files, &mut across)?;
        }
        if self.console.quiet {
            let loud = |finding: &Finding| finding.severity != Severity::Info;
            across.reports.iter_mut().for_each(|report| report.findings.retain(loud));
            across.reports.retain(|report| !report.findings.is_empty());
        }
        if self.checker.masks() {
            across.reports = across.reports.into_iter().map(FileReport::masked).collect();
        }
        Ok(across)
    }
}

impl Across {
    pub(crate) fn new(files: &[(&Submission, Digest)], counts: Vec<bool>) -> Self {
        Self { counts, order: (0..files.len()).collect(), ..Self::default() }
    }

    /// Adds what is said of files, each with its report.
    pub(crate) fn files(&mut self, files: &[(&Submission, Digest)], findings: Vec<(About, Finding)>) {
        let mut by_file: BTreeMap<usize, Vec<Finding>> = BTreeMap::new();
        for (about, finding) in findings {
            if let About::File(number) = about {
                by_file.entry(number).or_default().push(finding);
            }
        }
        for (number, findings) in by_file {
            let Some((is, _)) = files.get(number) else { continue };
            let counted = self.of_files.entry(number).or_default();
            for finding in findings.iter().filter(|finding| finding.severity != Severity::Info) {
                let same = |one: &&mut Counted| one.code == finding.code && one.severity == finding.severity;
                match counted.iter_mut().find(same) {
                    Some(one) => one.count += 1,
                    None => counted.push(Counted { code: finding.code, severity: finding.severity, count: 1 }),
                }
            }
            self.reports.push(FileReport {
                path: Some(is.path.clone()),
                form: is.form.clone(),
                title: is.title.clone().filter(|_| is.form.is_none()),
                version: is.version,
                records: is.records,
                told: Some(!matches!(is.verdict, Verdict::Rejected | Verdict::Unread)),
                ..FileReport::new(shown(&is.path), findings)
            });
        }
    }

    /// Puts the files that answer lines of a list in the order of the list, others behind them.
    pub(crate) fn order(&mut self, answers: &[Option<usize>]) {
        self.order.sort_by_key(|file| answers.get(*file).copied().flatten().unwrap_or(usize::MAX));
    }

    /// A file with what is found across files beside its own.
    pub(crate) fn whole(&self, number: usize, is: &Submission) -> Submission {
        let mut is = is.clone();
        is.codes.extend(self.of_files.get(&number).into_iter().flatten().copied());
        is.codes.sort_by_key(|one| (one.severity, std::cmp::Reverse(one.count), one.code));
        is
    }

    /// Says what was added up, and what came twice.
    pub(crate) fn say(&self, files: &[(&Submission, Digest)], console: Console) {
        let name = |number: usize| files.get(number).map(|(is, _)| shown(&is.path)).unwrap_or_default();
        for Repeat { file, first, identical } in self.repeats.iter().take(NAMED) {
            let (file, first) = (name(*file), name(*first));
            console.note(&match identical {
                true => Text::new(
                    format!("{file} is {first} once more, byte for byte"),
                    format!("{file} 与 {first} 完全相同"),
                ),
                false => Text::new(
                    format!("{file} and {first} are of the same sender, form and date"),
                    format!("{file} 与 {first} 的单位、表和日期都相同"),
                ),
            });
        }
        if let Some(more) = self.repeats.len().checked_sub(NAMED).filter(|more| *more > 0) {
            console.note(&Text::new(
                format!("{more} more files came twice; the summary names them"),
                format!("另有 {more} 个文件重复报送，见汇总"),
            ));
        }
        for Wrote { path, records, .. } in &self.ledgers {
            let name = shown(path);
            console.note(&Text::new(
                format!("wrote {name} with {records} records"),
                format!("已写出 {name}，共 {records} 条记录"),
            ));
        }
        for path in &self.stale {
            let name = shown(path);
            console.warning(&Text::new(
                format!("{name} is of an earlier run, and not of these files; it stays"),
                format!("{name} 是以前运行写出的，不是这些文件的合并结果；予以保留"),
            ));
        }
    }

    /// Whether something of it is an error.
    pub(crate) fn has_error(&self) -> bool {
        self.reports.iter().any(|report| !report.valid())
    }
}
