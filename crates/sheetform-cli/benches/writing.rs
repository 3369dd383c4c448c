//! What writing a long table costs: `cargo bench -p sheetform-cli --bench writing`.
//!
//! A register of 200,000 rows and 10 columns (texts, dates, money, ids, choices) is written from JSON by
//! `sheetform convert`, with everything that it does: checks, the sheet read back, formats, widths, drop-downs, totals.
//! Against it stands the least that any program must do for the same cells: read the JSON into typed records, and
//! write them with `rust_xlsxwriter` in constant memory. Both are whole programs, each run in turns; user CPU time, the
//! median of five. Then the memory of 1,048,000 rows against 100,000, and what each level of compression would cost.
//! It ends with an error where a bar is missed. `/usr/bin/time` measures the runs.
#![allow(clippy::print_stdout, clippy::expect_used, clippy::unwrap_used, reason = "a measurement shows its result")]

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read as _, Write as _};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use rust_xlsxwriter::{Format, Workbook};
use serde::Deserialize;
use zip::write::SimpleFileOptions;

const ROWS: usize = 200_000;
/// How often each program runs.
const TIMES: usize = 5;
/// User CPU time against that of the bare programs.
const BAR: f64 = 1.1;
/// Rows of the two runs whose memory is compared, how much it may grow, and how much it may be, in megabytes.
const LONG: [usize; 2] = [100_000, 1_048_000];
const GROWTH: f64 = 1.2;
const MEMORY: f64 = 80.0;

#[derive(Deserialize)]
struct Document {
    unit: String,
    updated_on: String,
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    serial: u32,
    asset_no: String,
    name: String,
    model: String,
    bought_on: String,
    cost: f64,
    status: String,
    location: String,
    owner: String,
    next_check: String,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["bare", json, xlsx] => {
            bare(json, xlsx);
            ExitCode::SUCCESS
        }
        ["levels", xlsx] => {
            levels(xlsx);
            ExitCode::SUCCESS
        }
        _ => measure(),
    }
}

fn measure() -> ExitCode {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (json, ours, theirs) = (path("rows.json"), path("ours.xlsx"), path("theirs.xlsx"));
    make(ROWS, &json);
    let own = std::env::current_exe().expect("this program").to_string_lossy().into_owned();
    let sheetform = env!("CARGO_BIN_EXE_sheetform");
    let convert = |json: &str| {
        vec![
            sheetform.to_owned(),
            "convert".into(),
            json.into(),
            "-o".into(),
            ours.clone(),
            "--force".into(),
            "-q".into(),
        ]
    };
    let (mut bare, mut whole): (Vec<Run>, Vec<Run>) = Default::default();
    for _ in 0..TIMES {
        bare.push(run(&[own.clone(), "bare".into(), json.clone(), theirs.clone()]));
        whole.push(run(&convert(&json)));
    }
    let (bare, whole) = (median(bare), median(whole));
    let ratio = whole.user / bare.user;
    let size = |path: &str| std::fs::metadata(path).map_or(0.0, |file| file.len() as f64 / 1e6);
    println!("{ROWS} rows of 10 columns, {:.0} MB of JSON; user CPU, the median of {TIMES}\n", size(&json));
    println!("| work | CPU | ratio | wall | peak memory | file |\n|---|---|---|---|---|---|");
    let line = |work: &str, run: &Run, ratio: f64, size: f64| {
        println!(
            "| {work} | {:.2} s | {ratio:.2} | {:.2} s | {:.0} MB | {size:.1} MB |",
            run.user, run.wall, run.memory
        );
    };
    line("typed parse and rust_xlsxwriter in constant memory, bare", &bare, 1.0, size(&theirs));
    line("sheetform convert: checked, laid out, read back, written", &whole, ratio, size(&ours));
    let memory = LONG.map(|rows| {
        make(rows, &json);
        run(&convert(&json)).memory
    });
    let growth = memory[1] / memory[0];
    println!("\nPeak memory: {} rows {:.0} MB, {} rows {:.0} MB ({growth:.2})", LONG[0], memory[0], LONG[1], memory[1]);
    make(ROWS, &json);
    run(&convert(&json));
    levels(&ours);
    let kept = ratio <= BAR && growth <= GROWTH && memory[1] <= MEMORY;
    if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What a run took: seconds of the processor, seconds by the clock, megabytes.
struct Run {
    user: f64,
    wall: f64,
    memory: f64,
}

fn run(command: &[String]) -> Run {
    let started = Instant::now();
    let ran = Command::new("/usr/bin/time").args(["-f", "%U %M"]).args(command).output().expect("/usr/bin/time");
    let wall = started.elapsed().as_secs_f64();
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(ran.status.success(), "{command:?}: {said}");
    let mut numbers =
        said.lines().last().unwrap_or_default().split(' ').map(|word| word.parse::<f64>().expect("a number"));
    Run { user: numbers.next().unwrap(), memory: numbers.next().unwrap() / 1000.0, wall }
}

fn median(mut runs: Vec<Run>) -> Run {
    runs.sort_by(|one, other| one.user.total_cmp(&other.user));
    runs.swap_remove(TIMES / 2)
}

/// A register as JSON.
fn make(rows: usize, path: &str) {
    let mut out = BufWriter::new(File::create(path).expect("a file"));
    let head =
        r#"{"$schema":"urn:sheetform:equipment-register","unit":"第一分公司","updated_on":"2026-06-30","entries":["#;
    out.write_all(head.as_bytes()).unwrap();
    let mut text = String::new();
    for i in 0..rows {
        text.clear();
        let name = ["离心泵", "配电柜", "灭火器", "叉车", "空气压缩机"][i % 5];
        let (status, owner) = (["在用", "停用", "报废"][i % 3], ["张工", "李工", "王工"][i % 3]);
        write!(
            text,
            r#"{}{{"serial":{},"asset_no":"{:010}","name":"{name}","model":"型号-{}","bought_on":"{}-{:02}-{:02}","cost":{},"status":"{status}","location":"{} 号库房","owner":"{owner}","next_check":"2027-{:02}-15"}}"#,
            if i == 0 { "\n" } else { ",\n" },
            i + 1,
            i * 7919,
            i % 500,
            2015 + i % 10,
            1 + i % 12,
            1 + i % 28,
            (i % 100_000) as f64 + 0.25,
            i % 40,
            1 + i % 12,
        )
        .unwrap();
        out.write_all(text.as_bytes()).unwrap();
    }
    out.write_all(b"\n]}\n").unwrap();
    out.flush().unwrap();
}

/// The bare programs: nothing is checked, and nothing read back.
fn bare(json: &str, xlsx: &str) {
    let document: Document = serde_json::from_reader(BufReader::new(File::open(json).unwrap())).unwrap();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory().unwrap();
    let value = Format::new().set_border(rust_xlsxwriter::FormatBorder::Thin);
    let formats = (
        value.clone().set_num_format("@"),
        value.clone().set_num_format("yyyy-mm-dd"),
        value.clone().set_num_format("#,##0.00"),
    );
    let (text, date, money) = &formats;
    for (col, width) in [10.0, 14.0, 18.0, 16.0, 12.0, 14.0, 10.0, 16.0, 12.0, 14.0].into_iter().enumerate() {
        sheet.set_column_width(col as u16, width).unwrap();
    }
    sheet.write_string(0, 0, "设备台账").unwrap();
    sheet.write_string(1, 0, &document.unit).unwrap();
    sheet.write_string(1, 1, &document.updated_on).unwrap();
    for (row, entry) in (3..).zip(&document.entries) {
        sheet.set_row_height(row, 21).unwrap();
        sheet.write_number_with_format(row, 0, entry.serial, &value).unwrap();
        sheet.write_string_with_format(row, 1, &entry.asset_no, text).unwrap();
        sheet.write_string_with_format(row, 2, &entry.name, text).unwrap();
        sheet.write_string_with_format(row, 3, &entry.model, text).unwrap();
        sheet.write_number_with_format(row, 4, serial(&entry.bought_on), date).unwrap();
        sheet.write_number_with_format(row, 5, entry.cost, money).unwrap();
        sheet.write_string_with_format(row, 6, &entry.status, text).unwrap();
        sheet.write_string_with_format(row, 7, &entry.location, text).unwrap();
        sheet.write_string_with_format(row, 8, &entry.owner, text).unwrap();
        sheet.write_number_with_format(row, 9, serial(&entry.next_check), date).unwrap();
    }
    book.save(Path::new(xlsx)).unwrap();
}

/// The serial number of an ISO date.
fn serial(text: &str) -> f64 {
    let number = |at: std::ops::Range<usize>| text[at].parse::<i64>().unwrap();
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    (365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 + 60 - 693_961 + 1) as f64
}

/// The sheet's XML compressed at each level.
fn levels(xlsx: &str) {
    let mut xml = Vec::new();
    let mut package = zip::ZipArchive::new(File::open(xlsx).unwrap()).unwrap();
    package.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_end(&mut xml).unwrap();
    println!(
        "\nThe sheet's {:.0} MB of XML compressed:\n\n| level | CPU | size |\n|---|---|---|",
        xml.len() as f64 / 1e6
    );
    for level in 1..=9 {
        let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_level(Some(level));
        let before = cpu();
        out.start_file("sheet1.xml", options).unwrap();
        out.write_all(&xml).unwrap();
        let size = out.finish().unwrap().into_inner().len();
        println!("| {level} | {:.2} s | {:.1} MB |", cpu() - before, size as f64 / 1e6);
    }
}

/// The seconds that this thread has run.
fn cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split_whitespace().next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok()).unwrap_or_default() / 1e9
}
