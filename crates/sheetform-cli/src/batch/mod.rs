//! `sheetform batch`: a whole folder of submissions, each checked, converted or marked, and a summary of all. This file
//! holds the course of a run; its pieces know nothing of each other.

mod across;
mod digest;
mod file;
mod journal;
mod long_document;
mod merge;
mod outputs;
mod progress;
mod roster;
mod rounds;
mod submission;
mod summary;
mod walk;
mod workers;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use sheetform::finding::Text;
use sheetform::merge::SUFFIX;
use sheetform::stream::Sink;

use crate::args::{Batch, Reading};
use crate::batch::across::Between;
use crate::batch::digest::Digest;
use crate::batch::file::Work;
use crate::batch::merge::Ledger;
use crate::batch::outputs::Outputs;
use crate::batch::roster::Roster;
use crate::batch::rounds::{Ended, Rounds};
use crate::batch::walk::{Filter, walk};
use crate::check::Checker;
use crate::console::Console;
use crate::stop::{COULD_NOT_RUN, Stop};

/// Does a folder, and goes on with it where that was asked for.
pub(crate) fn run(args: &Batch, console: Console) -> Result<u8, Stop> {
    // What was given is looked at before anything is made.
    let walked = walk(&args.inputs, &filter(args, None)?)?;
    // Of an empty folder a list says who is missing.
    if walked.found.is_empty() && args.watch.is_none() && args.roster.is_none() {
        return Err(nothing_to_read(args));
    }
    let ledger = args.merge.as_deref().map(Ledger::new).transpose()?;
    let roster = args.roster.as_deref().map(|path| Roster::open(path, &args.reading, console)).transpose()?;
    let (style, draws) = console.style(args.showing);
    let checker = Checker::new(&args.reading, draws.then_some(style))?;
    // Else no file could be read, and the outputs of the last run would go for a mistyped name.
    if let Some(Text { en, zh, .. }) = checker.no_form() {
        return Err(Stop::new(en, zh));
    }
    if let Some((ledger, form)) = ledger.as_ref().zip(checker.asked_form()) {
        ledger.check_form(form, console)?;
    }
    let outputs = Outputs::open(&args.output, args.resume, console)?;
    outputs.check(summary::JSON)?;
    outputs.check(summary::BOOK)?;
    ledger.as_ref().map_or(Ok(()), |ledger| ledger.check(&outputs))?;
    let stop = stopped_by_signal()?;
    let with = fingerprint(args, &checker, console)?;
    let check = |path: &Path, bytes, sink: Option<&mut dyn Sink>| checker.check_bytes(path, bytes, sink);
    let ledgers = checker.asked_form().is_some_and(|form| form.id.ends_with(SUFFIX));
    let work = Work { check: &check, outputs: &outputs, with, ledgers, to: args.to, console };
    // Now that the output folder is there, it is known by its place.
    let filter = filter(args, Some(&outputs))?;
    let mut rounds = Rounds::new(args, &work, &filter, console, jobs(args));
    let (roster, ledger) = (roster.as_ref(), ledger.as_ref());
    rounds.between = Some(Between { roster, ledger, checker: &checker, outputs: &outputs, console });
    let ended = rounds.run(&stop)?;
    let code = rounds.end(ended)?;
    if let Some(text) = checker.unused().filter(|_| code != COULD_NOT_RUN) {
        console.warning(&text);
    }
    let unread = checker.into_files(console.quiet);
    for one in &unread {
        if one.failed { console.failures(&one.report) } else { console.findings(&one.report) }
    }
    let beside = unread.iter().map(|one| if one.failed { 2 } else { u8::from(!one.report.valid()) }).max();
    match ended {
        Ended::Done => Ok(code.max(beside.unwrap_or_default())),
        Ended::CutOff => Ok(COULD_NOT_RUN),
    }
}

fn filter(args: &Batch, outputs: Option<&Outputs>) -> Result<Filter, Stop> {
    let with = args.reading.with.iter().filter_map(|one| Some(one.to_str()?.split_once('=')?.1));
    let refs = args.reading.refs.refs.iter().map(|one| {
        let file = one.to_str().and_then(|one| Some(one.rsplit_once('=')?.1)).map(Path::new);
        file.unwrap_or(one)
    });
    let ledgers =
        args.merge.as_deref().map(Ledger::new).transpose()?.map(|ledger| ledger.all(outputs)).unwrap_or_default();
    let ledgers = ledgers.iter().map(std::path::PathBuf::as_path).chain(args.roster.as_deref());
    let with = with.map(Path::new);
    let by_option: Vec<&Path> =
        args.reading.form.as_deref().into_iter().chain(with).chain(refs).chain(ledgers).collect();
    Filter::new(&args.include, &args.exclude, &args.output, &by_option)
}

fn nothing_to_read(args: &Batch) -> Stop {
    let names: Vec<String> = args.inputs.iter().map(|one| crate::stop::shown(one)).collect();
    Stop::new(
        format!("there is nothing to read in {}: no spreadsheet and no JSON document", names.join(", ")),
        format!("{} 中没有可读取的文件：没有表格，也没有 JSON 文档", names.join("、")),
    )
}

/// Files worked on at a time.
fn jobs(args: &Batch) -> usize {
    let of_environment = || std::env::var("RAYON_NUM_THREADS").ok()?.parse().ok().filter(|jobs| *jobs > 0);
    let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    args.jobs.map(usize::from).or_else(of_environment).unwrap_or_else(cores)
}

/// Set by Ctrl-C, and by what else asks a program to end. The second time it ends at once.
fn stopped_by_signal() -> Result<Arc<AtomicBool>, Stop> {
    let stop = Arc::new(AtomicBool::new(false));
    let (set, asked) = (Arc::clone(&stop), AtomicUsize::new(0));
    let heard = move || {
        set.store(true, Ordering::Relaxed);
        if asked.fetch_add(1, Ordering::Relaxed) > 0 {
            #[allow(clippy::exit, reason = "asked for a second time; what is on disk is whole")]
            std::process::exit(i32::from(COULD_NOT_RUN));
        }
    };
    ctrlc::set_handler(heard).map_err(|error| {
        let text = error.to_string();
        Stop::new(format!("Ctrl-C cannot be heard: {text}"), format!("无法接收 Ctrl-C：{text}"))
    })?;
    Ok(stop)
}

/// What must be the same for a file that an earlier run did to be taken over.
fn fingerprint(args: &Batch, checker: &Checker<'_>, console: Console) -> Result<Digest, Stop> {
    let Reading { form, refs, sheet, as_of, profile, with, assert_formats, mask } = &args.reading;
    let (style, draws) = console.style(args.showing);
    let style = draws.then_some((style.lang == sheetform::finding::Lang::Zh, style.quiet, style.most));
    let options = format!(
        "{} {form:?} {refs:?} {sheet:?} {as_of:?} {profile:?} {with:?} {assert_formats} {mask} {:?} {:?} {} {style:?}",
        env!("CARGO_PKG_VERSION"),
        args.to,
        console.lang,
        console.quiet,
    );
    let mut parts = vec![options.into_bytes()];
    parts.extend(checker.asked_form().map(|form| form.document.to_string().into_bytes()));
    if !refs.refs.is_empty() {
        parts.push(format!("{:?}", crate::refs::load(refs)?).into_bytes());
    }
    for (_, path) in crate::with::parse(with)? {
        parts.push(std::fs::read(&path).unwrap_or_default());
    }
    Ok(Digest::of_parts(parts.iter().map(Vec::as_slice)))
}

/// Says on stderr what an organiser should know and no finding says.
fn note(console: Console, en: String, zh: String) {
    console.note(&Text::new(en, zh));
}
