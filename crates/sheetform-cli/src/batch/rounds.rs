//! The rounds of a batch: one, or with `--watch` one after another. Each looks for files, does what is new or changed,
//! prints what was found, and brings the summary up to date.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use sheetform::finding::Lang;
use sheetform::report::{FileReport, Pieces, Report, Stream};

use crate::args::{Batch, Format};
use crate::batch::across::{Across, Between};
use crate::batch::digest::Digest;
use crate::batch::file::{Done, Work};
use crate::batch::journal::Span;
use crate::batch::note;
use crate::batch::outputs::Claim;
use crate::batch::progress::Progress;
use crate::batch::submission::{Submission, Verdict};
use crate::batch::summary::{self, Counts};
use crate::batch::walk::{Filter, Found, Walked, walk};
use crate::batch::workers::{Heard, in_order};
use crate::console::Console;
use crate::stop::{COULD_NOT_RUN, FINDINGS, GOOD, Stop};

/// Results that may wait for an earlier one with all that was found in them; of others it is read from the journal.
const WAITING: usize = 256;

/// How the rounds ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Done,
    /// Told to stop before all was done.
    CutOff,
}

/// What tells whether a file has changed without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    fn of(found: &Found) -> Option<Self> {
        let metadata = fs::metadata(&found.path).ok()?;
        Some(Self { length: metadata.len(), modified: metadata.modified().ok() })
    }

    /// Whether nobody has written to it for so long. A time to come says nothing.
    fn is_still(self, pause: Duration) -> bool {
        self.modified.and_then(|modified| modified.elapsed().ok()).is_some_and(|since| since >= pause)
    }
}

/// A file that is done.
struct Entry {
    is: Submission,
    /// What its bytes were: two files of the same are one submission sent twice.
    input: Digest,
    stamp: Option<Stamp>,
    at: Span,
    output: Option<Claim>,
    /// Whether an output was made and could not be written.
    unwritten: bool,
}

pub(crate) struct Rounds<'a> {
    args: &'a Batch,
    work: &'a Work<'a>,
    filter: &'a Filter,
    console: Console,
    jobs: usize,
    /// Files by the parts of their names, so that folders stay together.
    entries: BTreeMap<Vec<String>, Entry>,
    /// Stamps of files that were not still yet.
    moving: BTreeMap<String, Stamp>,
    printed: Printed,
    /// Whether the summary could not be written.
    unwritten: bool,
    /// How many files an earlier run did.
    reused: usize,
    /// What files are held against and added up to, and what that gave.
    pub(crate) between: Option<Between<'a>>,
    across: Across,
    counts: Counts,
}

/// The report on standard output.
enum Printed {
    /// As it comes.
    Stream(Option<Stream>),
    /// At the end, from the journal.
    Later,
}

fn key(file: &str) -> Vec<String> {
    file.split('/').map(str::to_owned).collect()
}

impl<'a> Rounds<'a> {
    pub(crate) fn new(args: &'a Batch, work: &'a Work<'a>, filter: &'a Filter, console: Console, jobs: usize) -> Self {
        let pieces = pieces(args, console).filter(|pieces| args.watch.is_none() || *pieces != Pieces::Json);
        let (style, _) = console.style(args.showing);
        let printed = pieces.map_or(Printed::Later, |pieces| Printed::Stream(Some(Stream::new(pieces, style))));
        let (entries, moving) = (BTreeMap::new(), BTreeMap::new());
        Self {
            args,
            work,
            filter,
            console,
            jobs,
            entries,
            moving,
            printed,
            unwritten: false,
            reused: 0,
            between: None,
            across: Across::default(),
            counts: Counts::default(),
        }
    }

    /// Goes on until all is done, or until told to stop.
    pub(crate) fn run(&mut self, stop: &AtomicBool) -> Result<Ended, Stop> {
        let pause = self.args.watch.map(|seconds| Duration::from_secs(seconds.into()));
        // Whether the summary says less than is known.
        let mut behind = true;
        // What kept a round from its end is said once, and tried again: a drive that is gone, a summary that is open.
        let mut said = None;
        loop {
            let round = self.once(pause, stop, &mut behind);
            let Some(pause) = pause else { return round };
            match round {
                Ok(_) => said = None,
                Err(stop) if said.as_ref() == Some(&stop) => {}
                Err(stop) => {
                    self.console.stop(&stop);
                    said = Some(stop);
                }
            }
            let begun = Instant::now();
            while begun.elapsed() < pause && !stop.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(50));
            }
            if stop.load(Ordering::Relaxed) {
                self.unwritten |= said.is_some();
                return Ok(Ended::Done);
            }
        }
    }

    fn once(&mut self, pause: Option<Duration>, stop: &AtomicBool, behind: &mut bool) -> Result<Ended, Stop> {
        let mut walked = walk(&self.args.inputs, self.filter)?;
        let changed = match pause {
            None => std::mem::take(&mut walked.found).into_iter().map(|found| (found, None)).collect(),
            Some(pause) => {
                *behind |= self.forget_gone(&walked);
                self.changed(&walked, pause)
            }
        };
        *behind |= !changed.is_empty();
        let ended = self.round(&changed, stop)?;
        if ended == Ended::CutOff && pause.is_none() {
            return Ok(ended);
        }
        if *behind {
            self.sum_up(&walked)?;
            *behind = false;
        }
        Ok(ended)
    }

    /// The files to do in this round, with their stamps.
    fn changed(&mut self, walked: &Walked, pause: Duration) -> Vec<(Found, Option<Stamp>)> {
        let mut moving = BTreeMap::new();
        let mut out = Vec::new();
        for found in &walked.found {
            let stamp = Stamp::of(found);
            if self.entries.get(&key(&found.file)).is_some_and(|entry| entry.stamp == stamp) {
                continue;
            }
            match stamp {
                Some(stamp) if !stamp.is_still(pause) && self.moving.get(&found.file) != Some(&stamp) => {
                    moving.insert(found.file.clone(), stamp);
                }
                _ => out.push((found.clone(), stamp)),
            }
        }
        self.moving = moving;
        out
    }

    /// Takes out files that are there no more; says whether there were any.
    fn forget_gone(&mut self, walked: &Walked) -> bool {
        let there: BTreeSet<&str> = walked.found.iter().map(|found| found.file.as_str()).collect();
        let before = self.entries.len();
        self.entries.retain(|_, entry| there.contains(entry.is.file.as_str()));
        self.entries.len() != before
    }

    /// Does these files, and prints what is found in them.
    fn round(&mut self, files: &[(Found, Option<Stamp>)], stop: &AtomicBool) -> Result<Ended, Stop> {
        let mut progress = Progress::new(files.len(), self.args.progress, self.console);
        let (work, jobs) = (self.work, self.jobs);
        let halt = AtomicBool::new(false);
        let mut failed = None;
        let mut taken = 0;
        let each = |heard: Heard<Result<Option<Done>, Stop>>| {
            match heard {
                Heard::Next(_) if failed.is_some() => {}
                Heard::Next(Ok(done)) => {
                    let (found, stamp) = &files[taken];
                    taken += 1;
                    progress.clear();
                    if let Err(stop) = self.take(found, *stamp, done, &mut progress) {
                        failed = Some(stop);
                    }
                }
                Heard::Next(Err(stop)) => failed = Some(stop),
                Heard::Made => progress.one(),
                Heard::Tick => {}
            }
            if failed.is_some() {
                halt.store(true, Ordering::Relaxed);
            }
            progress.show();
        };
        let run = in_order(
            files.len(),
            jobs,
            || stop.load(Ordering::Relaxed) || halt.load(Ordering::Relaxed),
            |index, taken| {
                let mut done = work.done(&files[index].0);
                if let Ok(Some(done)) = &mut done
                    && taken.ahead(index) > WAITING
                {
                    done.report = None;
                }
                done
            },
            each,
        );
        progress.clear();
        if let Some(stop) = failed {
            return Err(stop);
        }
        run.map_err(|error| Stop::io(std::path::Path::new("batch"), &error))?;
        Ok(if taken < files.len() { Ended::CutOff } else { Ended::Done })
    }

    fn take(
        &mut self,
        found: &Found,
        stamp: Option<Stamp>,
        done: Option<Done>,
        progress: &mut Progress,
    ) -> Result<(), Stop> {
        let Some(Done { is, input, report, at, output, reused, again, stop }) = done else {
            let name = crate::stop::shown(&found.path);
            note(self.console, format!("{name}: gone before it was read"), format!("{name}：读取前已不存在"));
            self.entries.remove(&key(&found.file));
            return Ok(());
        };
        if reused {
            progress.one_reused();
            self.reused += 1;
        }
        // What could not be opened or written may be so the next time it is looked for; said again if that is news.
        let stamp = stamp.filter(|_| !again);
        let entry = Entry { is, input, stamp, at, output, unwritten: stop.is_some() };
        let known = again && self.entries.get(&key(&found.file)).is_some_and(|known| known.is == entry.is);
        if let Some(stop) = stop.filter(|_| !known) {
            self.console.stop(&stop);
        }
        if let (Printed::Stream(Some(_)), false) = (&self.printed, known) {
            let report = match report {
                Some(report) => report,
                None => self.report(&entry)?,
            };
            self.print(&entry.is, &report)?;
        }
        self.entries.insert(key(&found.file), entry);
        Ok(())
    }

    /// Prints what was found across files, behind what was found in them.
    fn print_across(&mut self, reports: &[FileReport]) -> Result<(), Stop> {
        if let Printed::Stream(Some(stream)) = &mut self.printed {
            for report in reports {
                Console::print(stream.more(report).as_bytes())?;
            }
        }
        Ok(())
    }

    fn report(&self, entry: &Entry) -> Result<FileReport, Stop> {
        let path = entry.is.path.clone();
        let report = self.work.outputs.journal.report(entry.at)?;
        Ok(FileReport { file: Some(crate::stop::shown(&path)), path: Some(path), ..report })
    }

    fn print(&mut self, is: &Submission, report: &FileReport) -> Result<(), Stop> {
        let Printed::Stream(Some(stream)) = &mut self.printed else { return Ok(()) };
        // Text is for people: why a file could not be checked is said beside what was checked.
        if is.verdict == Verdict::Unread && matches!(self.args.showing.format, Format::Text | Format::Full) {
            self.console.failures(report);
            return Ok(());
        }
        Console::print(stream.file(report).as_bytes())
    }

    /// Writes the summary, takes away what is there no more, and puts the journal in order.
    fn sum_up(&mut self, walked: &Walked) -> Result<(), Stop> {
        let outputs = self.work.outputs;
        let files: Vec<(&Submission, Digest)> = self.entries.values().map(|entry| (&entry.is, entry.input)).collect();
        let across = self.between.as_ref().map(|between| between.across(&files)).transpose()?.unwrap_or_default();
        let whole: Vec<Submission> =
            files.iter().enumerate().map(|(number, (is, _))| across.whole(number, is)).collect();
        let list: Vec<(&Submission, Digest)> = whole.iter().zip(&files).map(|(is, (_, input))| (is, *input)).collect();
        self.counts = Counts::of(&whole);
        let made = summary::make(&list, &walked.skipped, &self.counts, &across, self.console.lang);
        across.say(&files, self.console);
        let before = std::mem::replace(&mut self.across, across);
        for stop in self.across.unwritten.iter().filter(|stop| !before.unwritten.contains(stop)) {
            self.console.stop(stop);
        }
        if self.args.watch.is_some() {
            let new: Vec<FileReport> =
                self.across.reports.iter().filter(|report| !before.reports.contains(report)).cloned().collect();
            self.print_across(&new)?;
        }
        let mut wrote = Vec::new();
        for (name, bytes) in made? {
            wrote.push(outputs.put(name, &bytes)?);
        }
        let claims = self.entries.values().filter_map(|entry| entry.output.as_ref()).chain(&wrote);
        let kept: BTreeSet<&str> = claims.map(|claim| claim.path.as_str()).collect();
        for left in outputs.remove_all_but(&kept)? {
            let name = crate::stop::shown(&outputs.path(&left));
            note(
                self.console,
                format!("{name} is of an earlier run and was changed since; it stays"),
                format!("{name} 是以前运行的输出，之后被改动过；予以保留"),
            );
        }
        let lines: Vec<Span> = self.entries.values().map(|entry| entry.at).collect();
        let spans = outputs.settle(&wrote, &lines)?;
        for (entry, span) in self.entries.values_mut().zip(spans) {
            entry.at = span;
        }
        Ok(())
    }

    /// Prints what is left to print; gives the exit code that the files ask for.
    pub(crate) fn end(&mut self, ended: Ended) -> Result<u8, Stop> {
        let apart = matches!(self.args.showing.format, Format::Text | Format::Full);
        let worst = self.entries.values().map(|entry| entry.is.verdict).max();
        let unread = self.entries.values().filter(|entry| entry.is.verdict == Verdict::Unread).count();
        if self.args.watch.is_none() {
            let across = std::mem::take(&mut self.across.reports);
            self.print_across(&across)?;
            self.across.reports = across;
        }
        match &mut self.printed {
            Printed::Stream(stream) => {
                // While watching, a file may have been printed several times.
                if let Some(stream) = stream.take().filter(|_| self.args.watch.is_none()) {
                    Console::print(stream.end(if apart { unread } else { 0 }).as_bytes())?;
                }
            }
            Printed::Later => {
                let mut files: Vec<FileReport> =
                    self.entries.values().map(|entry| self.report(entry)).collect::<Result<_, _>>()?;
                files.extend(self.across.reports.iter().cloned());
                self.console.report(&Report { files, unread: 0 }, self.args.showing)?;
            }
        }
        self.say_end(ended);
        Ok(match worst {
            _ if self.unwritten || !self.across.unwritten.is_empty() => COULD_NOT_RUN,
            _ if self.entries.values().any(|entry| entry.unwritten) => COULD_NOT_RUN,
            Some(Verdict::Unread) => COULD_NOT_RUN,
            Some(Verdict::Rejected) => FINDINGS,
            _ if self.across.has_error() => FINDINGS,
            _ => GOOD,
        })
    }

    fn say_end(&self, ended: Ended) {
        let files = self.entries.len();
        let out = crate::stop::shown(&self.args.output.join(summary::BOOK));
        if self.reused > 0 {
            let reused = self.reused;
            note(
                self.console,
                format!("{reused} files are as an earlier run left them"),
                format!("{reused} 个文件沿用以前的结果"),
            );
        }
        match ended {
            Ended::Done => note(
                self.console,
                format!("{}; see {out}", self.counts.say(Lang::En)),
                format!("{}；见 {out}", self.counts.say(Lang::Zh)),
            ),
            Ended::CutOff => note(
                self.console,
                format!("stopped after {files} files, without a summary; go on with --resume"),
                format!("已停止，完成 {files} 个文件，未写汇总；可用 --resume 继续"),
            ),
        }
    }
}

/// How the report is rendered, where it comes in pieces.
fn pieces(args: &Batch, console: Console) -> Option<Pieces> {
    let (_, draws) = console.style(args.showing);
    match args.showing.format {
        Format::Text | Format::Full if draws => Some(Pieces::Full),
        Format::Text | Format::Full => Some(Pieces::Text),
        Format::Json => Some(Pieces::Json),
        Format::Jsonl => Some(Pieces::Jsonl),
        Format::Sarif | Format::Html => None,
    }
}
