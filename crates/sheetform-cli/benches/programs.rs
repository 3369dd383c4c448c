//! Whole programs over one workload, as ratios in one run: `cargo bench -p sheetform-cli --bench programs`.
//!
//!     -- [NAME…]         only those whose name has one of these in it
//!     -- --rows N        of the workload (200,000)
//!     -- --times N       runs of each, the median counts (5)
//!     -- --memory        peak memory of 1,048,000 rows against 100,000 too
//!
//! The workload is an equipment register that `rust_xlsxwriter` writes (`examples/ledger`), and the JSON that sheetform
//! makes of it. Every figure is user CPU, and the time on the clock, of a process from its start to its end, against a
//! process that only inflates the parts of the workbook through the `zip` crate, run just before it. Reading stands against calamine alone, writing against
//! `rust_xlsxwriter` alone with a bare typed parse of the JSON.
//!
//! What people use instead runs where it is installed: python packages (with `SHEETFORM_PYTHON`, else `python3`) and
//! node packages (where `NODE_PATH` leads to them). What is not installed is said.
#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a measurement shows its result"
)]

#[path = "../../sheetform-workbook/examples/ledger/make.rs"]
mod make;
#[path = "programs/others.rs"]
mod others;
#[path = "programs/own.rs"]
mod own;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};

/// Other programs that take more seconds than this run once.
const SLOW: f64 = 5.0;

/// A run of a process.
struct Run {
    /// Seconds of user CPU.
    user: f64,
    /// Seconds on the clock.
    wall: f64,
    /// Peak memory in MB.
    memory: f64,
}

/// What is measured: its name, and the command.
struct Work {
    name: String,
    command: Vec<String>,
}

impl Work {
    fn new(name: &str, command: &[&str]) -> Self {
        Self { name: name.to_owned(), command: command.iter().map(|part| (*part).to_owned()).collect() }
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let parts: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["--measure", command @ ..] => measure(command),
        ["--do", work @ ..] => own::run(work),
        _ => bench(&parts),
    }
}

/// Runs a command and prints what it took: the children of this process are that one alone.
fn measure(command: &[&str]) -> ExitCode {
    let [program, arguments @ ..] = command else { return ExitCode::FAILURE };
    let clock = Instant::now();
    let status = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let wall = clock.elapsed().as_secs_f64();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the system tells");
    let user = usage.user_time();
    let user = user.tv_sec() as f64 + user.tv_usec() as f64 / 1e6;
    println!("{user} {wall} {}", usage.max_rss() as f64 / 1024.0);
    if status.is_ok_and(|status| status.success()) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run(command: &[String]) -> Option<Run> {
    let own = std::env::current_exe().expect("this program");
    let output = Command::new(own).arg("--measure").args(command).output().expect("this program");
    let text = String::from_utf8_lossy(&output.stdout);
    let mut numbers = text.split_whitespace().filter_map(|number| number.parse().ok());
    let run = Run { user: numbers.next()?, wall: numbers.next()?, memory: numbers.next()? };
    output.status.success().then_some(run)
}

/// A run against the inflating that ran just before it: machines change their pace from second to second.
struct Against {
    run: Run,
    user: f64,
    wall: f64,
}

/// The medians of both ratios; the run is the one with the median of the first.
fn median(command: &[String], base: &[String], times: usize) -> Option<Against> {
    let against = |_| {
        let (base, run) = (run(base)?, run(command)?);
        Some(Against { user: run.user / base.user, wall: run.wall / base.wall, run })
    };
    let mut runs = (0..times).map(against).collect::<Option<Vec<Against>>>()?;
    let middle = runs.len() / 2;
    runs.sort_by(|a, b| a.wall.total_cmp(&b.wall));
    let wall = runs.get(middle)?.wall;
    runs.sort_by(|a, b| a.user.total_cmp(&b.user));
    Some(Against { wall, ..runs.swap_remove(middle) })
}

fn bench(arguments: &[&str]) -> ExitCode {
    let number = |name: &str, otherwise: usize| {
        let at = arguments.iter().position(|argument| *argument == name);
        at.and_then(|at| arguments.get(at + 1)?.parse().ok()).unwrap_or(otherwise)
    };
    let (rows, times) = (number("--rows", 200_000), number("--times", 5));
    let numbered = |at: usize| at > 0 && matches!(arguments[at - 1], "--rows" | "--times");
    let wanted: Vec<&str> = (0..arguments.len())
        .filter(|at| !arguments[*at].starts_with('-') && !numbered(*at))
        .map(|at| arguments[at])
        .collect();
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let sheetform = env!("CARGO_BIN_EXE_sheetform");
    let (book, json, lines) = (path("big.xlsx"), path("big.json"), path("big.jsonl"));
    make::make(rows as u32, &book).expect("a workbook");
    for to in [&json, &lines] {
        let made = Command::new(sheetform).args(["convert", "-q", &book, "-o", to]).status().expect("sheetform runs");
        assert!(made.success(), "the workload is read without an error");
    }
    let own = std::env::current_exe().expect("this program").to_string_lossy().into_owned();
    let itself = |name: &str, work: &[&str]| Work::new(name, &[&[own.as_str(), "--do"], work].concat());
    let of = |name: &str, arguments: &[&str]| Work::new(name, &[&[sheetform], arguments].concat());
    let convert = |name: &str, from: &str, to: &str| of(name, &["convert", "-q", "--force", from, "-o", &path(to)]);
    let inflate = itself("inflate its parts", &["inflate", &book]);
    let works = vec![
        of("sheetform validate", &["validate", "-q", &book]),
        convert("sheetform xlsx to json", &book, "out.json"),
        convert("sheetform xlsx to jsonl", &book, "out.jsonl"),
        convert("sheetform xlsx to csv", &book, "out.csv"),
        convert("sheetform xlsx to parquet", &book, "out.parquet"),
        of("sheetform validate json", &["validate", "-q", &json]),
        of("sheetform validate jsonl", &["validate", "-q", &lines]),
        convert("sheetform json to xlsx", &json, "out.xlsx"),
        convert("sheetform jsonl to xlsx", &lines, "out2.xlsx"),
        itself("calamine, cells alone", &["calamine", &book]),
        itself("rust_xlsxwriter, bare, with a typed parse", &["write", &json, &path("bare.xlsx")]),
    ];
    println!("{rows} rows, whole processes against the inflating just before each, median of {times}; inflate = 1\n");
    println!("| work | user CPU | wall | user s | wall s | peak MB |\n|---|---|---|---|---|---|");
    let against = |work: &Work, times: usize| median(&work.command, &inflate.command, times);
    let show = |name: &str, against: Against| {
        let Against { run, user, wall } = against;
        println!("| {name} | {user:.1} | {wall:.1} | {:.2} | {:.2} | {:.0} |", run.user, run.wall, run.memory);
    };
    show(&inflate.name, against(&inflate, times).expect("the parts are inflated"));
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|part| name.contains(part));
    let mut good = true;
    for work in works.iter().filter(|work| is_wanted(&work.name)) {
        if let Some(run) = against(work, times) {
            show(&work.name, run);
        } else {
            println!("| {} | failed | | | |", work.name);
            good = false;
        }
    }
    let mut missing = Vec::new();
    for other in others::all(folder.path(), Path::new(&book), Path::new(&json)) {
        match other {
            Ok(work) if is_wanted(&work.name) => match against(&work, 1) {
                Some(one) if one.run.wall > SLOW => show(&format!("{} (once)", work.name), one),
                Some(one) => show(&work.name, against(&work, times).unwrap_or(one)),
                None => missing.push(format!("{}: it failed", work.name)),
            },
            Err(name) if is_wanted(&name) => missing.push(format!("{name}: not installed")),
            Ok(_) | Err(_) => {}
        }
    }
    for line in &missing {
        println!("\n{line}");
    }
    if arguments.contains(&"--memory") {
        memory(folder.path(), sheetform);
    }
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Peak memory of a long sheet, and of long JSON Lines, against shorter ones.
fn memory(folder: &Path, sheetform: &str) {
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    println!("\n| peak memory | 100,000 rows | 1,048,000 rows | ratio |\n|---|---|---|---|");
    let made = [100_000_u32, 1_048_000].map(|rows| {
        let (book, lines) = (path(&format!("{rows}.xlsx")), path(&format!("{rows}.jsonl")));
        make::make(rows, &book).expect("a workbook");
        let made = Command::new(sheetform).args(["convert", "-q", &book, "-o", &lines]).status();
        assert!(made.expect("sheetform runs").success(), "the workload is read without an error");
        (book, lines)
    });
    for (name, of_lines, to) in [
        ("validate", false, None),
        ("xlsx to json", false, Some("memory.json")),
        ("xlsx to jsonl", false, Some("memory.jsonl")),
        ("xlsx to csv", false, Some("memory.csv")),
        ("xlsx to parquet", false, Some("memory.parquet")),
        ("validate jsonl", true, None),
        ("jsonl to xlsx", true, Some("memory.xlsx")),
    ] {
        let run = |(book, lines): &(String, String)| {
            let from = if of_lines { lines } else { book };
            let out = to.map(path);
            let command = match &out {
                None => vec![sheetform, "validate", "-q", from],
                Some(out) => vec![sheetform, "convert", "-q", "--force", from, "-o", out],
            };
            run(&command.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>())
        };
        match made.iter().map(run).collect::<Option<Vec<Run>>>().as_deref() {
            Some([short, long]) => {
                let (a, b) = (short.memory, long.memory);
                println!("| {name} | {a:.0} MB | {b:.0} MB | {:.2} |", b / a);
            }
            _ => println!("| {name} | failed | | |"),
        }
    }
}

/// A file beside the workload.
fn beside(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("a file is written");
    path
}
