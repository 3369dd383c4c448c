//! A long ledger to measure with: `make ROWS FILE` writes an equipment register, `inflate FILE` inflates its parts and
//! does nothing else, so that other work can be given as a ratio to it. `rows FILE` reads every cell, and no more;
//! `mark COUNT FILE OUT` marks so many cells, evenly spread, with a fill and a note, and lists them in front.
#![allow(clippy::print_stdout, reason = "an example shows its result")]

use std::error::Error;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::ops::ControlFlow;

use sheetform::grid::{CellRef, Source};
use sheetform_workbook::{CellPatch, CellValue, Fill, FirstSheet, ListCell, ListLook, Patch};

mod make;

use make::make;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["make", rows, file] => make(rows.parse()?, file),
        ["inflate", file] => inflate(file),
        ["rows", file] => rows(file),
        ["mark", count, file, out] => mark(count.parse()?, file, out),
        _ => Err("make ROWS FILE | inflate FILE | rows FILE | mark COUNT FILE OUT".into()),
    }
}

fn inflate(file: &str) -> Result<(), Box<dyn Error>> {
    let mut package = zip::ZipArchive::new(File::open(file)?)?;
    let mut bytes = 0;
    for part in 0..package.len() {
        bytes += io::copy(&mut package.by_index(part)?, &mut io::sink())?;
    }
    println!("{bytes} bytes");
    Ok(())
}

fn rows(file: &str) -> Result<(), Box<dyn Error>> {
    let book = sheetform_workbook::Workbook::open(file).map_err(|finding| finding.message.en)?;
    let mut cells = 0;
    for sheet in 0..book.info().sheets.len() {
        book.rows(sheet, &mut |row| {
            cells += row.cells.len();
            ControlFlow::Continue(())
        })
        .map_err(|finding| finding.message.en)?;
    }
    println!("{cells} cells");
    Ok(())
}

fn mark(count: u32, file: &str, out: &str) -> Result<(), Box<dyn Error>> {
    // What `make` writes: rows from the fourth, ten columns.
    const ROWS: u32 = 200_000;
    let book = sheetform_workbook::Workbook::open(file)?;
    let cells = (0..count).map(|number| CellPatch {
        at: CellRef::new(3 + (u64::from(number) * u64::from(ROWS) / u64::from(count)) as u32, number % 10),
        fill: Some(if number % 4 == 0 { Fill::Warning } else { Fill::Error }),
        note: Some(format!("错误：第 {number} 处\n怎么改：请核对")),
        ..CellPatch::default()
    });
    let cells: Vec<CellPatch> = cells.collect();
    let row = |cell: &CellPatch| {
        let value = CellValue::Text(cell.note.clone().unwrap_or_default());
        vec![ListCell { value, look: ListLook::Text, to: Some((0, cell.at)) }]
    };
    let rows = cells.iter().map(row).collect();
    let first = Some(FirstSheet { name: "检查结果".into(), widths: vec![60.0], rows, head: 0 });
    let mut to = BufWriter::new(File::create(out)?);
    book.patch(&Patch { cells, first }, &mut to).map_err(|error| format!("{error:?}"))?;
    to.flush()?;
    Ok(())
}
