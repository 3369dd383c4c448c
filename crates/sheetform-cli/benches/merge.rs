//! What merging costs: `cargo bench -p sheetform-cli --bench merge [-- --files N] [--records N]`.
//!
//! It makes a folder of workbooks of the form `equipment-register` and runs the program on it: `batch` alone, which reads
//! and checks them all; `batch --merge`; and `convert` of the same ledger from JSON, which is what writing it takes. It
//! prints user CPU and peak memory, and ends with an error where merging costs more than the other two and the bar.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::panic, reason = "a measurement shows its result")]

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use sheetform::form::Form;
use sheetform::round_trip::lay_out;
use sheetform_workbook::save;

const FORM: &str = "equipment-register";
/// The whole against reading all files and writing the ledger.
const MOST: f64 = 1.3;
/// How often each is measured; the least counts, for nothing but noise adds to it.
const TIMES: usize = 3;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)?.parse::<usize>().ok()
    };
    let (files, records) = (number("--files").unwrap_or(600), number("--records").unwrap_or(200_000));
    let form = Form::compile(sheetform_forms::schema(FORM).unwrap().clone()).0.unwrap();
    let each = records.div_ceil(files);
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::create_dir(folder.join("in")).unwrap();
    for unit in 0..files {
        let bytes = save(&lay_out(&form, &register(unit, each)).unwrap()).unwrap();
        fs::write(folder.join(format!("in/{unit:04}.xlsx")), bytes).unwrap();
    }
    println!("{files} files of {each} records\n");
    let batch = format!("batch in -o out -q --jobs 1 --form {FORM}");
    run(folder, &format!("{batch} --merge ledger.json"));
    let commands = [
        ("read and check all files", batch.clone()),
        ("the same, and merge", format!("{batch} --merge ledger.xlsx")),
        ("write the ledger", format!("convert ledger.json -o written.xlsx --form {FORM}+source --force")),
    ];
    let mut least = [(f64::INFINITY, 0); 3];
    for _ in 0..TIMES {
        for (least, (_, command)) in least.iter_mut().zip(&commands) {
            let _ = fs::remove_dir_all(folder.join("out"));
            let (user, peak) = run(folder, command);
            *least = (least.0.min(user), least.1.max(peak));
        }
    }
    println!("| work | user CPU, seconds | peak memory |\n|---|---|---|");
    for ((user, peak), (work, _)) in least.iter().zip(&commands) {
        println!("| {work} | {user:.2} | {} MB |", peak >> 10);
    }
    let ratio = least[1].0 / (least[0].0 + least[2].0);
    println!("\nmerging is {ratio:.2} times reading and writing");
    if ratio <= MOST { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// User CPU of a run, in seconds, and its peak memory in KiB.
fn run(folder: &Path, command: &str) -> (f64, u64) {
    let before = children();
    let mut program = Command::new(env!("CARGO_BIN_EXE_sheetform"));
    program.current_dir(folder).args(command.split(' ')).stdout(Stdio::null()).stderr(Stdio::null());
    let mut run = program.spawn().unwrap();
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
    assert!(status.success(), "{command}");
    (children() - before, peak)
}

/// User CPU of all programs that were waited for; the system counts in hundredths of a second.
fn children() -> f64 {
    let text = fs::read_to_string("/proc/self/stat").unwrap();
    let rest = text.rsplit(") ").next().unwrap();
    rest.split(' ').nth(13).unwrap().parse::<f64>().unwrap() / 100.0
}

/// A unit's register.
fn register(unit: usize, records: usize) -> Value {
    let entry = |record: usize| {
        json!({ "serial": record + 1, "asset_no": format!("{unit:04}-{record:05}"), "name": "离心泵", "model": format!("P-{}", record % 40),
            "bought_on": format!("20{:02}-{:02}-{:02}", 10 + record % 15, 1 + record % 12, 1 + record % 28),
            "cost": (record * 1250 + 999) as f64 / 100.0, "status": (["在用", "停用", "报废"])[record % 3],
            "location": format!("{}号泵房", record % 9 + 1), "owner": "张工" })
    };
    json!({ "unit": format!("第{unit}分公司"), "updated_on": "2026-03-31",
        "entries": (0..records).map(entry).collect::<Vec<_>>(), "prepared_by": "李工" })
}
