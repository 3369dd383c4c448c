//! The libraries alone, each as a process of its own.

use std::fs::File;
use std::io::{self, BufReader};
use std::process::ExitCode;

use calamine::{Reader as _, Xlsx};
use rust_xlsxwriter::{Format, Workbook};
use serde::Deserialize;

pub(super) fn run(work: &[&str]) -> ExitCode {
    match work {
        ["inflate", book] => inflate(book),
        ["calamine", book] => calamine(book),
        ["write", json, out] => write(json, out),
        _ => return ExitCode::FAILURE,
    }
    ExitCode::SUCCESS
}

fn inflate(book: &str) {
    let mut package = zip::ZipArchive::new(File::open(book).unwrap()).unwrap();
    for part in 0..package.len() {
        io::copy(&mut package.by_index(part).unwrap(), &mut io::sink()).unwrap();
    }
}

fn calamine(book: &str) {
    let mut book: Xlsx<_> = Xlsx::new(BufReader::new(File::open(book).unwrap())).unwrap();
    let name = book.sheet_names().remove(0);
    let mut cells = book.worksheet_cells_reader(&name).unwrap();
    let mut count = 0;
    while cells.next_cell().unwrap().is_some() {
        count += 1;
    }
    assert!(count > 0);
}

/// What the register's JSON holds, typed, and borrowed where that can be.
#[derive(Deserialize)]
struct Register<'a> {
    unit: &'a str,
    updated_on: &'a str,
    #[serde(borrow)]
    entries: Vec<Item<'a>>,
}

#[derive(Deserialize)]
struct Item<'a> {
    serial: u32,
    asset_no: &'a str,
    name: &'a str,
    model: Option<&'a str>,
    bought_on: &'a str,
    cost: f64,
    status: &'a str,
    location: &'a str,
    owner: &'a str,
    next_check: Option<&'a str>,
}

fn write(json: &str, out: &str) {
    let text = std::fs::read_to_string(json).unwrap();
    let register: Register<'_> = serde_json::from_str(&text).unwrap();
    let mut book = Workbook::new();
    let (plain, date) = (Format::new().set_num_format("@"), Format::new().set_num_format("yyyy-mm-dd"));
    let sheet = book.add_worksheet_with_constant_memory().unwrap();
    for (column, width) in (0..).zip([8.0, 14.0, 16.0, 14.0, 12.0, 14.0, 10.0, 14.0, 10.0, 14.0]) {
        sheet.set_column_width(column, width).unwrap();
    }
    sheet.write(0, 0, register.unit).unwrap().write(0, 1, register.updated_on).unwrap();
    let day = |text: &str| {
        let part = |range: std::ops::Range<usize>| text[range].parse::<u16>().unwrap();
        rust_xlsxwriter::ExcelDateTime::from_ymd(part(0..4), part(5..7) as u8, part(8..10) as u8).unwrap()
    };
    for (row, item) in (1..).zip(&register.entries) {
        sheet.write_number(row, 0, item.serial).unwrap();
        sheet.write_string_with_format(row, 1, item.asset_no, &plain).unwrap();
        sheet.write_string_with_format(row, 2, item.name, &plain).unwrap();
        sheet.write_string_with_format(row, 3, item.model.unwrap_or_default(), &plain).unwrap();
        sheet.write_datetime_with_format(row, 4, day(item.bought_on), &date).unwrap();
        sheet.write_number(row, 5, item.cost).unwrap();
        sheet.write_string_with_format(row, 6, item.status, &plain).unwrap();
        sheet.write_string_with_format(row, 7, item.location, &plain).unwrap();
        sheet.write_string_with_format(row, 8, item.owner, &plain).unwrap();
        if let Some(next) = item.next_check {
            sheet.write_datetime_with_format(row, 9, day(next), &date).unwrap();
        }
    }
    book.save(out).unwrap();
}
