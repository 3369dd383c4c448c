//! Dates, months and times mean the same in both date systems, from xlsx and from ods. Serial numbers are written by hand.

// A helper of a test may stop it, as the test itself may.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{Cursor, Write};

use serde_json::{Value, json};
use sheetform::finding::Severity;
use sheetform::form::Form;
use sheetform::grid::Source;
use sheetform::read::{Options, read};
use sheetform_workbook::Workbook;
use zip::write::SimpleFileOptions;

/// Headings, JSON names and formats of the columns.
const COLUMNS: [(&str, &str, &str); 4] =
    [("日期", "day", "date"), ("月份", "month", "month"), ("时刻", "moment", "date-time"), ("时间", "time", "time")];

fn form() -> Form {
    let column = |(title, name, format): (&str, &str, &str)| {
        let mut node = json!({ "type": "string", "title": title });
        match format {
            "month" => node["x-sheet"] = json!({ "accepts": ["month"] }),
            _ => node["format"] = format.into(),
        }
        (name.to_owned(), node)
    };
    let mut columns: serde_json::Map<String, Value> = COLUMNS.into_iter().map(column).collect();
    columns["month"]["format"] = "year-month".into();
    let schema = json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "日期表", "type": "object", "x-sheet": {},
        "properties": { "rows": { "type": "array", "items": { "type": "object", "properties": columns } } } });
    let (form, findings) = Form::compile(schema);
    form.unwrap_or_else(|| panic!("{findings:?}"))
}

fn packed(parts: &[(&str, String)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A row of a date, a month, a moment and a time as serial numbers, below their headings.
fn xlsx(date1904: bool, numbers: [f64; 4]) -> Vec<u8> {
    let main = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let heads = COLUMNS.map(|(title, ..)| format!("<c t=\"inlineStr\"><is><t>{title}</t></is></c>")).concat();
    let cells =
        numbers.iter().zip(1..).map(|(n, style)| format!("<c s=\"{style}\"><v>{n}</v></c>")).collect::<Vec<_>>();
    packed(&[
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"a\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook {main} xmlns:r=\"{office}\"><workbookPr date1904=\"{date1904}\"/><sheets><sheet name=\"日期表\" sheetId=\"1\" r:id=\"s\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"s\" Type=\"{office}/worksheet\" Target=\"sheet.xml\"/>\
             <Relationship Id=\"y\" Type=\"{office}/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/styles.xml",
            format!(
                "<styleSheet {main}><numFmts><numFmt numFmtId=\"200\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;\"/></numFmts>\
             <cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"200\"/><xf numFmtId=\"22\"/><xf numFmtId=\"21\"/></cellXfs></styleSheet>"
            ),
        ),
        (
            "xl/sheet.xml",
            format!(
                "<worksheet {main}><sheetData><row>{heads}</row><row>{}</row></sheetData></worksheet>",
                cells.concat()
            ),
        ),
    ])
}

/// The same as OpenDocument; the date system changes nothing there but the null date.
fn ods(null_date: &str, values: [&str; 4]) -> Vec<u8> {
    let spaces = ["office", "table", "text", "style"]
        .map(|name| format!("xmlns:{name}=\"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0\""))
        .join(" ");
    let heads = COLUMNS
        .map(|(title, ..)| {
            format!("<table:table-cell office:value-type=\"string\"><text:p>{title}</text:p></table:table-cell>")
        })
        .concat();
    let cell = |(value, style): (&&str, &str)| match value.strip_prefix("PT") {
        Some(_) => format!("<table:table-cell office:value-type=\"time\" office:time-value=\"{value}\"/>"),
        None => format!(
            "<table:table-cell table:style-name=\"{style}\" office:value-type=\"date\" office:date-value=\"{value}\"/>"
        ),
    };
    let cells = values.iter().zip(["", "month", "", ""]).map(cell).collect::<Vec<_>>().concat();
    packed(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet".to_owned()),
        (
            "content.xml",
            format!(
                "<office:document-content {spaces} xmlns:number=\"urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0\"><office:automatic-styles>\
             <number:date-style style:name=\"m\"><number:year/><number:text>-</number:text><number:month/></number:date-style>\
             <style:style style:family=\"table-cell\" style:name=\"month\" style:data-style-name=\"m\"/></office:automatic-styles>\
             <office:body><office:spreadsheet><table:calculation-settings><table:null-date table:date-value=\"{null_date}\"/></table:calculation-settings>\
             <table:table table:name=\"日期表\"><table:table-row>{heads}</table:table-row><table:table-row>{cells}</table:table-row></table:table>\
             </office:spreadsheet></office:body></office:document-content>"
            ),
        ),
    ])
}

fn read_row(bytes: Vec<u8>, date1904: bool) -> Value {
    let book = Workbook::from_bytes(bytes).unwrap_or_else(|finding| panic!("{finding:?}"));
    assert_eq!(book.info().date1904, date1904);
    let reading = read(&form(), &book, &Options::default());
    let bad: Vec<_> = reading.findings.iter().filter(|finding| finding.severity != Severity::Info).collect();
    assert!(bad.is_empty(), "{bad:?}");
    reading.document.unwrap()["rows"][0].take()
}

#[test]
fn dates_months_and_times_are_right_in_both_systems() {
    let expected =
        json!({ "day": "2024-02-29", "month": "2024-02", "moment": "2024-02-29T06:30:00", "time": "18:45:30" });
    let time = (18.0 * 3600.0 + 45.0 * 60.0 + 30.0) / 86_400.0;
    let moment = 6.5 / 24.0;
    assert_eq!(read_row(xlsx(false, [45_351.0, 45_323.0, 45_351.0 + moment, time]), false), expected);
    // 1,462 days less: four years and the day that never was.
    assert_eq!(read_row(xlsx(true, [43_889.0, 43_861.0, 43_889.0 + moment, time]), true), expected);
    let values = ["2024-02-29", "2024-02-01", "2024-02-29T06:30:00", "PT18H45M30S"];
    assert_eq!(read_row(ods("1899-12-30", values), false), expected);
    assert_eq!(read_row(ods("1904-01-01", values), true), expected);
    assert_eq!(read_row(ods("1900-01-01", values), false), expected);
}

#[test]
fn the_first_and_the_last_day_of_each_system() {
    let row =
        |day: &str| json!({ "day": day, "month": day[..7], "moment": format!("{day}T00:00:00"), "time": "00:00:00" });
    assert_eq!(read_row(xlsx(true, [0.0, 0.0, 0.0, 0.0]), true), row("1904-01-01"));
    assert_eq!(read_row(xlsx(false, [1.0, 1.0, 1.0, 0.0]), false), row("1900-01-01"));
    let last = read_row(xlsx(true, [2_957_003.0, 2_957_003.0, 2_957_003.0, 0.0]), true);
    assert_eq!(last, read_row(xlsx(false, [2_958_465.0, 2_958_465.0, 2_958_465.0, 0.0]), false));
    assert_eq!(last, row("9999-12-31"));
}
