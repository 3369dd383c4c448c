//! Faults of every code, planted at known cells of generated workbooks; `validate` must report the planted cells and no others:
//! `cargo test -p sheetform-cli --test planted`. What it is and its figures: `docs/planted-faults.md`.
//!
//! A campaign is `cargo test --release -p sheetform-cli --test planted -- generated --cases 10000 --seed 7`. The planter shares
//! no code with the reader, the writer or the layout of sheetform: it knows the design, and the program as a process.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a campaign shows its figures")]

#[path = "../laws/arguments.rs"]
mod arguments;
mod build;
mod campaign;
mod doc;
mod expect;
mod faults;
mod files;
mod form;
mod forms;
mod made;
mod orders;
mod own;
mod place;
mod plan;
#[path = "../laws/random.rs"]
#[allow(dead_code, reason = "the laws choose in more ways")]
mod random;
mod run;
mod sheet;
mod shipped;
mod shrink;
mod tables;
mod view;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

use crate::campaign::Settings;

/// Workbooks of a plain `cargo test`: some seconds in a build for debugging.
const FEW: u64 = 200;
/// From so many on every code must have been planted.
const MANY: u64 = 5_000;
/// Kinds of failures that are made small and shown.
const SHOWN: usize = 12;

fn main() -> ExitCode {
    let mut settings = Settings {
        cases: FEW,
        seed: 7,
        threads: std::thread::available_parallelism().map_or(2, usize::from),
        only: None,
        into: Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/planted"),
    };
    let rest = match take(&mut settings, std::env::args().collect()) {
        Ok(rest) => rest,
        Err(wrong) => {
            eprintln!("error: {wrong}");
            return ExitCode::from(2);
        }
    };
    let arguments = Arguments::from_iter(rest);
    let trials = vec![
        Trial::test("own/a-difference-is-seen", own::difference),
        Trial::test("own/valid-documents-break-no-rule", own::valid),
        Trial::test("own/calendar", own::calendar),
        Trial::test("generated", move || generated(&settings)),
    ];
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Takes the arguments of a campaign out of all.
fn take(settings: &mut Settings, all: Vec<String>) -> Result<Vec<String>, String> {
    let (own, rest) = arguments::take(all, &["--cases", "--seed", "--threads", "--only", "--into"])?;
    for (name, value) in own {
        let number = |text: &str| arguments::number(&name, text);
        match name.as_str() {
            "--cases" => settings.cases = number(&value)?,
            "--seed" => settings.seed = number(&value)?,
            "--threads" => settings.threads = number(&value)? as usize,
            "--only" => settings.only = Some(number(&value)?),
            _ => settings.into = PathBuf::from(value),
        }
    }
    Ok(rest)
}

fn generated(settings: &Settings) -> Result<(), Failed> {
    if let Some(number) = settings.only {
        println!("{}", campaign::plan(settings.seed, number));
        println!("{}", campaign::keep(settings, number));
        return Ok(());
    }
    let started = std::time::Instant::now();
    let mut tally = campaign::run(settings);
    let folder = tempfile::tempdir()?;
    for (made, difference) in files::run(folder.path(), settings.seed, settings.cases / 40) {
        tally.file(made.fault, &made.expected, &difference);
    }
    println!(
        "generated: --cases {} --seed {}, {:.0} seconds",
        settings.cases,
        settings.seed,
        started.elapsed().as_secs_f64()
    );
    print!("{}", tally.report());
    let missed = tally.missed();
    if settings.cases >= MANY && !missed.is_empty() {
        return Err(format!("never planted: {}", missed.join(", ")).into());
    }
    if tally.wrong.is_empty() && tally.wrong_files.is_empty() {
        return Ok(());
    }
    let mut kinds: Vec<_> = tally.wrong.iter().collect();
    kinds.sort_by_key(|(_, (count, number))| (std::cmp::Reverse(*count), *number));
    let shown = kinds
        .iter()
        .take(SHOWN)
        .map(|(kind, (count, number))| format!("{count} × {kind}\n{}", campaign::keep(settings, *number)));
    let shown: Vec<String> = shown.chain(tally.wrong_files.iter().take(SHOWN).cloned()).collect();
    let all: u64 = kinds.iter().map(|(_, (count, _))| count).sum();
    Err(format!("{all} workbooks differ, in {} ways\n{}", kinds.len(), shown.join("\n")).into())
}
