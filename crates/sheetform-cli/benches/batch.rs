//! What a batch costs: `cargo bench -p sheetform-cli --bench batch [-- --files N] [--many N]`.
//!
//! It makes its own folder of small forms of 30 rows, and prints ratios of one run: how much faster two jobs are than one;
//! what a file costs against the bare opening, inflating and scanning of its rows; and with `--many`, memory of that many
//! files against the first. It ends with an error where a bar is not met.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::panic, reason = "a measurement shows its result")]

#[path = "../tests/batch/planter.rs"]
#[allow(dead_code, reason = "the tests plant in more ways")]
mod planter;

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use sheetform::grid::Source as _;
use sheetform_workbook::Workbook;

use planter::{FORM, Planter};

/// How often each is measured; the least counts, for nothing but noise adds to it.
const TIMES: usize = 5;
/// How much faster two jobs are.
const FASTER: f64 = 1.8;
/// What a file costs against opening, inflating and scanning it.
const COST: f64 = 3.0;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)?.parse::<usize>().ok()
    };
    let files = number("--files").unwrap_or(1000);
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    plant(folder, 0, files);
    println!("{files} forms of 30 rows\n");
    let (mut one, mut two, mut user, mut bare) = (f64::INFINITY, f64::INFINITY, f64::INFINITY, f64::INFINITY);
    let mut memory = 0;
    for time in 0..TIMES {
        let (wall, ran, peak) = batch(folder, &format!("one-{time}"), 1);
        (one, user, memory) = (one.min(wall), user.min(ran), memory.max(peak));
        two = two.min(batch(folder, &format!("two-{time}"), 2).0);
        bare = bare.min(scan(folder, files));
    }
    let (faster, cost) = (one / two, user / bare);
    println!("| work | seconds | ratio |\n|---|---|---|");
    println!("| open, inflate and scan each, user CPU | {bare:.2} | 1 |");
    println!("| batch --jobs 1, user CPU | {user:.2} | {cost:.2} |");
    println!("| batch --jobs 1, wall | {one:.2} | 1 |");
    println!("| batch --jobs 2, wall | {two:.2} | {faster:.2} times faster |");
    println!("| batch --jobs 1, peak memory | {} MB | |", memory >> 10);
    if let Some(many) = number("--many").filter(|many| *many > files) {
        plant(folder, files, many);
        let more = batch(folder, "many", 1).2;
        let each = (more.saturating_sub(memory) << 10) / (many - files) as u64;
        println!("| {many} files, peak memory | {} MB | {each} bytes for each more file |", more >> 10);
    }
    if faster >= FASTER && cost <= COST { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn plant(folder: &Path, from: usize, to: usize) {
    let planter = Planter::new();
    for number in from..to {
        planter::write(&folder.join("in").join(planter::name(number)), &planter.clean(number));
    }
}

/// Seconds and user CPU of a run, and its peak memory in KiB. Each run has an output folder of its own: for half a minute
/// after files were removed, ext4 searches long for the place of a new one, and lets one thread at a time do it.
fn batch(folder: &Path, out: &str, jobs: usize) -> (f64, f64, u64) {
    let (before, clock) = (children(), Instant::now());
    let mut command = Command::new(env!("CARGO_BIN_EXE_sheetform"));
    command.current_dir(folder).args(["batch", "in", "-o", out, "-q", "--form", FORM, "--jobs", &jobs.to_string()]);
    let mut run = command.stdout(Stdio::null()).spawn().unwrap();
    let mut peak = 0;
    let status = loop {
        let said = fs::read_to_string(format!("/proc/{}/status", run.id())).unwrap_or_default();
        let line = said.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = peak.max(line.and_then(|line| line.trim().split(' ').next()?.parse().ok()).unwrap_or(0));
        match run.try_wait().unwrap() {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    let wall = clock.elapsed().as_secs_f64();
    assert!(status.success());
    (wall, children() - before, peak)
}

/// User CPU of opening each file and reading all its rows.
fn scan(folder: &Path, files: usize) -> f64 {
    let before = stat(13);
    for number in 0..files {
        let book = Workbook::open(folder.join("in").join(planter::name(number))).unwrap();
        for sheet in 0..book.info().sheets.len() {
            let mut rows = 0;
            book.rows(sheet, &mut |_| {
                rows += 1;
                ControlFlow::Continue(())
            })
            .unwrap();
            assert!(rows > 30);
        }
    }
    stat(13) - before
}

/// User CPU of all programs that were waited for.
fn children() -> f64 {
    stat(15)
}

/// A time of this process, in seconds; the system counts in hundredths.
fn stat(field: usize) -> f64 {
    let text = fs::read_to_string("/proc/self/stat").unwrap();
    let rest = text.rsplit(") ").next().unwrap();
    rest.split(' ').nth(field - 2).unwrap().parse::<f64>().unwrap() / 100.0
}
