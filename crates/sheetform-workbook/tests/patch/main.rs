//! Marks on workbooks as programs write them: only the parts that must change do, and in the sheets only the cells that
//! were marked; taken out again they leave the original. Those of the corpus beside the workspace, the samples, and some
//! made here with all that a workbook may have.

#![allow(clippy::unwrap_used, clippy::panic)]

mod compare;
mod programs;

use std::path::{Path, PathBuf};

use rust_xlsxwriter as xlsx;
use sheetform_workbook::{Kind, Workbook};

use crate::compare::{check, parts};

fn png() -> Vec<u8> {
    // One grey pixel.
    let hex = "89504e470d0a1a0a0000000d4948445200000001000000010800000000 3a7e9b550000000a4944415478da6368000000820081 77cd72b60000000049454e44ae426082";
    let hex: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    hex.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// A workbook with about everything that the writer can write.
fn rich() -> Vec<u8> {
    let mut book = xlsx::Workbook::new();
    let bold = xlsx::Format::new().set_bold().set_background_color(xlsx::Color::Green);
    let money = xlsx::Format::new().set_num_format("#,##0.00");
    let text = xlsx::Format::new().set_num_format("@").set_text_wrap();
    let sheet = book.add_worksheet().set_name("数据 'A' 1").unwrap();
    for row in 0..60u32 {
        sheet.write_with_format(row, 0, row, &money).unwrap();
        sheet.write_with_format(row, 1, format!("第{row}项"), &text).unwrap();
        sheet
            .write_formula(row, 2, xlsx::Formula::new(format!("A{}*2", row + 1)).set_result((row * 2).to_string()))
            .unwrap();
    }
    sheet.set_column_width(1, 33).unwrap().set_row_height(3, 40).unwrap();
    sheet.set_column_format(5, &money).unwrap().set_row_format(63, &bold).unwrap();
    sheet.merge_range(0, 6, 2, 8, "合并", &bold).unwrap();
    sheet.add_conditional_format(0, 0, 59, 0, &xlsx::ConditionalFormatDataBar::new()).unwrap();
    let rule = xlsx::DataValidation::new().allow_list_strings(&["是", "否"]).unwrap();
    sheet.add_data_validation(0, 9, 59, 9, &rule).unwrap();
    sheet.insert_note(4, 1, &xlsx::Note::new("人的批注")).unwrap();
    sheet.add_sparkline(0, 10, &xlsx::Sparkline::new().set_range(("数据 'A' 1", 0, 0, 59, 0))).unwrap();
    let mut chart = xlsx::Chart::new(xlsx::ChartType::Column);
    chart.add_series().set_values(("数据 'A' 1", 0, 0, 59, 0));
    sheet.insert_chart(5, 12, &chart).unwrap();
    sheet.insert_image(20, 12, &xlsx::Image::new_from_buffer(&png()).unwrap()).unwrap();
    sheet.set_header("&L页眉").set_landscape().set_print_area(0, 0, 59, 3).unwrap().set_repeat_rows(0, 0).unwrap();
    sheet.set_freeze_panes(1, 1).unwrap().protect();
    let sheet = book.add_worksheet().set_name("表").unwrap();
    sheet.write_column(0, 0, ["标题", "一", "二"]).unwrap();
    sheet.write_column(0, 1, ["数", "1", "2"]).unwrap();
    sheet.add_table(0, 0, 2, 1, &xlsx::Table::new()).unwrap();
    sheet.write_url(5, 0, "https://example.com/").unwrap();
    sheet.set_active(true);
    let chart_only = book.add_chartsheet();
    let mut chart = xlsx::Chart::new(xlsx::ChartType::Pie);
    chart.add_series().set_values(("表", 1, 1, 2, 1));
    chart_only.insert_chart(0, 0, &chart).unwrap();
    book.add_worksheet().set_name("隐藏").unwrap().set_very_hidden(true).write(0, 0, 1).unwrap();
    book.define_name("税率", "=0.05").unwrap();
    book.define_name("表!本地", "=表!$A$1").unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_with_everything_keeps_it() {
    let (differ, new) = check("rich", &rich());
    assert_eq!(
        differ,
        [
            "[Content_Types].xml",
            "xl/_rels/workbook.xml.rels",
            "xl/comments1.xml",
            "xl/drawings/vmlDrawing1.vml",
            "xl/styles.xml",
            "xl/workbook.xml",
            "xl/worksheets/_rels/sheet2.xml.rels",
            "xl/worksheets/sheet1.xml",
            "xl/worksheets/sheet2.xml",
            "xl/worksheets/sheet3.xml",
        ]
    );
    assert_eq!(
        new,
        [
            "xl/comments2.xml",
            "xl/comments3.xml",
            "xl/drawings/vmlDrawing2.vml",
            "xl/drawings/vmlDrawing3.vml",
            "xl/worksheets/_rels/sheet3.xml.rels",
            "xl/worksheets/sheet4.xml",
        ]
    );
}

#[test]
fn three_hundred_sheets_are_marked() {
    let mut book = xlsx::Workbook::new();
    for number in 0..300 {
        book.add_worksheet().set_name(format!("第{number}页")).unwrap().write(0, 0, number).unwrap();
    }
    check("300 sheets", &book.save_to_buffer().unwrap());
}

fn folder(from_root: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(from_root)
}

fn books(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "xlsx" || ending == "xlsm"));
    files.sort();
    files
}

#[test]
fn the_samples_keep_all_but_their_marks() {
    let files = books(&folder("samples"));
    assert!(files.len() > 20);
    for file in files {
        check(&file.display().to_string(), &std::fs::read(&file).unwrap());
    }
}

#[test]
fn the_corpus_keeps_all_but_its_marks() {
    let corpus = std::env::var_os("SHEETFORM_CORPUS").map_or_else(|| folder("../shared/corpus"), PathBuf::from);
    if !corpus.is_dir() {
        println!("not run: the corpus is not there");
        return;
    }
    let mut count = 0;
    for file in books(&corpus) {
        let bytes = std::fs::read(&file).unwrap();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        match Workbook::from_bytes(bytes.clone()) {
            Ok(book) if book.kind() == Kind::Xlsx => {
                let (differ, new) = check(&name, &bytes);
                println!("{name}: of {} parts {differ:?} differ; new: {new:?}", parts(&bytes).len());
                count += 1;
            }
            Ok(book) => println!("{name}: is {:?}", book.kind()),
            Err(finding) => println!("{name}: {finding}"),
        }
    }
    println!("marked {count} files of the corpus");
}
