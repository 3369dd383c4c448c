//! `convert --into`: what cases cannot say. Shipped templates take their samples; everything below rows that come in
//! moves; what cannot be moved is refused, and nothing is written.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;

use rust_xlsxwriter as xlsx;
use serde_json::{Value, json};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn sheetform(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sheetform")).current_dir(folder).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn good(folder: &Path, arguments: &[&str]) -> Output {
    let output = sheetform(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    output
}

fn json_of(folder: &Path, name: &str, form: &str) -> Value {
    let output = good(folder, &["convert", name, "--form", form, "-q"]);
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The parts of a package.
fn parts(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes.to_vec())).unwrap();
    let mut parts = BTreeMap::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        parts.insert(entry.name().unwrap().into_owned(), String::from_utf8_lossy(&bytes).into_owned());
    }
    parts
}

fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook of one sheet, without styles and shared texts; `sheet` is what stands in its root.
fn plain(sheet: &str, calc_chain: bool) -> Vec<u8> {
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let main = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let chain_type = format!("<Override PartName=\"/xl/calcChain.xml\" ContentType=\"{main}.calcChain+xml\"/>");
    let chain_rel = format!("<Relationship Id=\"rId2\" Type=\"{office}/calcChain\" Target=\"calcChain.xml\"/>");
    let (chain_type, chain_rel) = if calc_chain { (chain_type, chain_rel) } else { (String::new(), String::new()) };
    let types = format!(
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
         <Override PartName=\"/xl/workbook.xml\" ContentType=\"{main}.sheet.main+xml\"/>\
         <Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"{main}.worksheet+xml\"/>{chain_type}</Types>"
    );
    let rels = |inner: &str| {
        format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{inner}</Relationships>"
        )
    };
    let roots = rels(&format!("<Relationship Id=\"a\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/>"));
    let own = rels(&format!(
        "<Relationship Id=\"rId1\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/>{chain_rel}"
    ));
    let book = format!(
        "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"{office}\">\
         <sheets><sheet name=\"表\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    );
    let sheet =
        format!("<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">{sheet}</worksheet>");
    let mut list = vec![
        ("[Content_Types].xml", types.as_str()),
        ("_rels/.rels", &roots),
        ("xl/workbook.xml", &book),
        ("xl/_rels/workbook.xml.rels", &own),
        ("xl/worksheets/sheet1.xml", &sheet),
    ];
    if calc_chain {
        list.push(("xl/calcChain.xml", "<calcChain xmlns=\"m\"><c r=\"C9\" i=\"1\"/></calcChain>"));
    }
    package(&list)
}

/// A form of a table with a total, and a foot.
fn form() -> Value {
    json!({ "title": "台账", "type": "object", "properties": {
        "items": { "type": "array", "x-sheet": { "totals": ["amount"] }, "items": { "type": "object", "properties": {
            "name": { "type": "string", "title": "名称" }, "count": { "type": "integer", "title": "数量" },
            "amount": { "type": "number", "title": "金额" }, "day": { "type": "string", "format": "date", "title": "日期" } } } },
        "by": { "type": "string", "title": "填报人" } } })
}

fn document(records: usize) -> Value {
    let one =
        |i: usize| json!({ "name": format!("第{i}项"), "count": i, "amount": i as f64 + 0.25, "day": "2026-03-01" });
    json!({ "items": (1..=records).map(one).collect::<Vec<_>>(), "by": "张工" })
}

fn text(at: &str, value: &str) -> String {
    format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{value}</t></is></c>")
}

/// The head of the table in row 1.
fn head() -> String {
    let cells = ["名称", "数量", "金额", "日期"].iter().zip(["A1", "B1", "C1", "D1"]).map(|(name, at)| text(at, name));
    format!("<row r=\"1\">{}</row>", cells.collect::<String>())
}

/// Puts a document into a workbook in a folder of its own; gives what was made and said.
fn into(book: &[u8], document: &Value) -> (tempfile::TempDir, Output) {
    let work = tempfile::tempdir().unwrap();
    fs::write(work.path().join("book.xlsx"), book).unwrap();
    fs::write(work.path().join("form.json"), form().to_string()).unwrap();
    fs::write(work.path().join("doc.json"), document.to_string()).unwrap();
    let output = sheetform(
        work.path(),
        &["convert", "doc.json", "--form", "form.json", "--into", "book.xlsx", "-o", "out.xlsx", "--lang", "en"],
    );
    (work, output)
}

/// The sheet of the copy, after it was read back.
fn filled(book: &[u8], document: &Value) -> BTreeMap<String, String> {
    let (work, output) = into(book, document);
    assert!(output.status.success(), "{}", said(&output));
    assert!(json_of(work.path(), "out.xlsx", "form.json") == *document, "read back otherwise");
    parts(&fs::read(work.path().join("out.xlsx")).unwrap())
}

fn refused(book: &[u8], document: &Value, why: &str) {
    let (work, output) = into(book, document);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains(why), "{}", said(&output));
    assert!(!work.path().join("out.xlsx").exists());
}

fn has(part: &str, pieces: &[&str]) {
    for piece in pieces {
        assert!(part.contains(piece), "{piece} is not in {part}");
    }
}

#[test]
fn templates_take_their_samples_and_samples_stay() {
    let work = tempfile::tempdir().unwrap();
    let folder = work.path();
    let samples = root().join("samples");
    let mut count = 0;
    for entry in fs::read_dir(&samples).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        let Some(id) = name.strip_suffix(".json").filter(|id| !id.contains('.')) else { continue };
        for file in [format!("{id}.json"), format!("{id}.xlsx")] {
            fs::copy(samples.join(&file), folder.join(&file)).unwrap();
        }
        let (json, own) = (format!("{id}.json"), format!("{id}.xlsx"));
        let (blank, out, same) = (format!("{id}.blank.xlsx"), format!("{id}.out.xlsx"), format!("{id}.same.xlsx"));
        good(folder, &["template", id, "-o", &blank, "-q"]);
        good(folder, &["convert", &json, "--form", id, "--into", &blank, "-o", &out, "-q"]);
        let wanted: Value = serde_json::from_slice(&fs::read(folder.join(&json)).unwrap()).unwrap();
        let mut back = json_of(folder, &out, id);
        if let (Some(schema), Value::Object(map)) = (wanted.get("$schema"), &mut back) {
            map.shift_insert(0, "$schema".to_owned(), schema.clone());
        }
        assert_eq!(back, wanted, "{id}");
        good(folder, &["validate", &out, "-q"]);
        good(folder, &["convert", &json, "--form", id, "--into", &own, "-o", &same, "-q"]);
        assert_eq!(fs::read(folder.join(&own)).unwrap(), fs::read(folder.join(&same)).unwrap(), "{id}");
        count += 1;
    }
    assert!(count > 10);
}

#[test]
fn sheets_of_the_corpus_take_their_own_documents_byte_for_byte() {
    let corpus = root().join("../shared/corpus");
    if !corpus.is_dir() {
        println!("not run: the corpus is not at hand");
        return;
    }
    let work = tempfile::tempdir().unwrap();
    let folder = work.path();
    let mut books: Vec<PathBuf> = fs::read_dir(&corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
    books.retain(|path| path.extension().is_some_and(|ending| ending == "xlsx"));
    assert!(books.len() > 20);
    let one = |(number, path): (usize, &PathBuf)| {
        let book = path.to_string_lossy().into_owned();
        let (json, out) = (format!("{number}.json"), format!("{number}.xlsx"));
        sheetform(folder, &["convert", &book, "-o", &json, "--partial", "-q"]);
        let output = sheetform(folder, &["convert", &json, "--into", &book, "-o", &out, "--partial", "-q"]);
        assert!(folder.join(&out).exists(), "{book}: {}", said(&output));
        assert_eq!(fs::read(path).unwrap(), fs::read(folder.join(&out)).unwrap(), "{book}");
    };
    let next = Mutex::new(books.iter().enumerate());
    let take = || next.lock().unwrap().next();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(book) = take() {
                    one(book);
                }
            });
        }
    });
}

#[test]
fn everything_below_moves() {
    let mut book = xlsx::Workbook::new();
    let bold = xlsx::Format::new().set_bold().set_border(xlsx::FormatBorder::Thin);
    let framed = xlsx::Format::new().set_border(xlsx::FormatBorder::Thin).set_num_format("yyyy/m/d");
    let money = xlsx::Format::new().set_border(xlsx::FormatBorder::Thin).set_num_format("#,##0.00");
    let sheet = book.add_worksheet().set_name("表 1").unwrap();
    for (col, heading) in ["名称", "数量", "金额", "日期"].iter().enumerate() {
        sheet.write_with_format(0, col as u16, *heading, &bold).unwrap();
    }
    for row in 1..=2 {
        sheet.set_row_height(row, 30).unwrap();
        for col in 0..2 {
            sheet.write_blank(row, col, &bold).unwrap();
        }
        sheet.write_blank(row, 2, &money).unwrap();
        sheet.write_blank(row, 3, &framed).unwrap();
        sheet.write_formula(row, 5, xlsx::Formula::new(format!("=B{}*2", row + 1)).set_result("0")).unwrap();
    }
    sheet.merge_range(1, 6, 1, 7, "", &bold).unwrap();
    sheet.merge_range(2, 6, 2, 7, "", &bold).unwrap();
    sheet.write(3, 0, "合计").unwrap();
    sheet.write_formula(3, 2, xlsx::Formula::new("=SUM(C2:C3)").set_result("0")).unwrap();
    sheet.write(5, 0, "填报人").unwrap();
    sheet.merge_range(7, 0, 8, 3, "下面", &bold).unwrap();
    sheet.write_url(9, 0, "internal:'表 1'!A8").unwrap();
    sheet.insert_note(9, 1, &xlsx::Note::new("批注")).unwrap();
    sheet.set_print_area(0, 0, 9, 7).unwrap();
    sheet.set_page_breaks(&[6]).unwrap();
    let rule =
        xlsx::ConditionalFormatCell::new().set_rule(xlsx::ConditionalFormatCellRule::GreaterThan(5)).set_format(&bold);
    sheet.add_conditional_format(1, 1, 2, 1, &rule).unwrap();
    let check = xlsx::DataValidation::new().allow_whole_number(xlsx::DataValidationRule::LessThan(99));
    sheet.add_data_validation(1, 1, 2, 1, &check).unwrap();
    let mut chart = xlsx::Chart::new(xlsx::ChartType::Column);
    chart.add_series().set_categories(("表 1", 1, 0, 2, 0)).set_values(("表 1", 1, 1, 2, 1));
    sheet.insert_chart(11, 0, &chart).unwrap();
    sheet.add_table(30, 0, 32, 1, &xlsx::Table::new()).unwrap();
    let other = book.add_worksheet().set_name("另").unwrap();
    other.write_formula(0, 0, "='表 1'!C4+SUM('表 1'!C2:C3)").unwrap();
    other.write_formula(1, 0, "=A8").unwrap();
    book.define_name("总额", "='表 1'!$C$4").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let made = filled(&bytes, &document(5));
    let sheet = &made["xl/worksheets/sheet1.xml"];
    has(
        sheet,
        &[
            "<f>SUM(C2:C6)</f><v>16.25</v>",
            "<f>B6*2</f>",
            "r=\"6\"",
            "<mergeCell ref=\"A11:D12\"/>",
            "<mergeCell ref=\"G4:H4\"/>",
            "<mergeCell ref=\"G6:H6\"/>",
            "<conditionalFormatting sqref=\"B2:B6\">",
            "sqref=\"B2:B6\"",
            "<hyperlink ref=\"A13\"",
            "表 1&apos;!A11\"",
            "<brk id=\"9\"",
        ],
    );
    assert_eq!(sheet.matches("ht=\"30\"").count(), 5, "{sheet}");
    has(&made["xl/worksheets/sheet2.xml"], &["'表 1'!C7+SUM('表 1'!C2:C6)", "<f>A8</f>"]);
    has(&made["xl/workbook.xml"], &["'表 1'!$C$7", "'表 1'!$A$1:$H$13", "fullCalcOnLoad=\"1\""]);
    has(&made["xl/charts/chart1.xml"], &["'表 1'!$A$2:$A$6", "'表 1'!$B$2:$B$6"]);
    has(&made["xl/drawings/drawing1.xml"], &["<xdr:row>14</xdr:row>"]);
    has(&made["xl/tables/table1.xml"], &["ref=\"A34:B36\""]);
    has(&made["xl/comments1.xml"], &["ref=\"B13\""]);
    has(&made["xl/drawings/vmlDrawing1.vml"], &["<x:Row>12</x:Row>"]);
    let before = parts(&bytes);
    for (name, text) in &before {
        let moves =
            ["sheet1.xml", "sheet2.xml", "workbook.xml", "chart1", "drawing1", "table1", "comments1", "vmlDrawing1"];
        let styled = name == "xl/styles.xml" || moves.iter().any(|part| name.ends_with(part) || name.contains(part));
        assert!(styled || made[name] == *text, "{name} differs");
    }
}

#[test]
fn formulas_that_others_share_stand_by_themselves() {
    let shared = |at: &str, master: bool| {
        let formula =
            if master { "<f t=\"shared\" ref=\"F2:F3\" si=\"0\">B2*$B$6</f>" } else { "<f t=\"shared\" si=\"0\"/>" };
        format!("<c r=\"{at}\">{formula}<v>0</v></c>")
    };
    let sheet = format!(
        "<dimension ref=\"A1:F6\"/><sheetData>{}<row r=\"2\">{}</row><row r=\"3\" hidden=\"1\">{}</row><row r=\"5\">{}</row>\
         <row r=\"6\"><c r=\"B6\"><f t=\"array\" ref=\"B6:B7\">A6:A7*1</f><v>2</v></c></row></sheetData>\
         <sheetProtection sheet=\"1\"/>",
        head(),
        shared("F2", true),
        shared("F3", false),
        text("A5", "填报人"),
    );
    let made = filled(&plain(&sheet, true), &document(4));
    let after = &made["xl/worksheets/sheet1.xml"];
    has(
        after,
        &[
            "<f>B2*$B$8</f>",
            "<f>B3*$B$8</f>",
            "<f>B4*$B$8</f>",
            "<f>B5*$B$8</f>",
            "<f t=\"array\" ref=\"B8:B9\">A8:A9*1</f>",
            "<row r=\"3\" hidden=\"1\">",
            "<sheetProtection sheet=\"1\"/>",
            "<dimension ref=\"A1:F8\"/>",
        ],
    );
    assert!(!after.contains("shared") && after.matches("hidden").count() == 1, "{after}");
    assert!(!made.contains_key("xl/calcChain.xml"));
    assert!(!made["[Content_Types].xml"].contains("calcChain"));
    assert!(!made["xl/_rels/workbook.xml.rels"].contains("calcChain"));
}

#[test]
fn what_cannot_be_moved_is_refused_with_its_place() {
    let row = |inner: &str| format!("<sheetData>{}<row r=\"2\"/>{inner}</sheetData>", head());
    let foot = format!("<row r=\"4\">{}</row>", text("A4", "填报人"));
    // An array that reaches over the place where rows come in.
    let array = "<row r=\"3\"><c r=\"G3\"/></row>";
    let across = format!(
        "<sheetData>{}<row r=\"2\"><c r=\"G2\"><f t=\"array\" ref=\"G2:G4\">B2:B4</f><v>0</v></c></row>{array}{foot}</sheetData>",
        head()
    );
    refused(&plain(&across, false), &document(3), "the array formula in G2:G4 would be taken apart");
    let controls = format!("{}<controls/>", row(&foot));
    refused(&plain(&controls, false), &document(3), "the sheet has controls");
    let several = row(&format!("{foot}<row r=\"9\"><c r=\"A9\"><f>SUM(甲:丙!A7)</f><v>0</v></c></row>"));
    refused(&plain(&several, false), &document(3), "the formula in A9 refers to several sheets at once");
    // Where no row has to come in, none of it is in the way.
    let one = document(1);
    filled(&plain(&across, false), &one);
    filled(&plain(&controls, false), &one);
    filled(&plain(&several, false), &one);
    // A head with the foot right below has no row to be like.
    let none = format!("<sheetData>{}<row r=\"2\">{}</row></sheetData>", head(), text("A2", "填报人"));
    refused(&plain(&none, false), &document(1), "has no row to write into");
}

#[test]
fn a_table_at_the_end_goes_on_below_it() {
    let mut items = form();
    items["properties"].as_object_mut().unwrap().shift_remove("by");
    let work = tempfile::tempdir().unwrap();
    let folder = work.path();
    fs::write(folder.join("form.json"), items.to_string()).unwrap();
    let styled = "<row r=\"2\" ht=\"33\" customHeight=\"1\"><c r=\"A2\"/><c r=\"B2\"/></row>";
    fs::write(folder.join("book.xlsx"), plain(&format!("<sheetData>{}{styled}</sheetData>", head()), false)).unwrap();
    for records in [0, 1, 1_000] {
        let document = json!({ "items": document(records)["items"] });
        fs::write(folder.join("doc.json"), document.to_string()).unwrap();
        let arguments =
            ["convert", "doc.json", "--form", "form.json", "--into", "book.xlsx", "-o", "out.xlsx", "--force"];
        good(folder, &arguments);
        let back = json_of(folder, "out.xlsx", "form.json");
        assert_eq!(back.get("items").and_then(Value::as_array).map_or(0, Vec::len), records);
        if records > 0 {
            assert!(back == document, "{records} records are read back otherwise");
        }
    }
}

#[test]
fn ten_thousand_records_go_into_ten_rows() {
    let row = |row| format!("<row r=\"{row}\" ht=\"20\"><c r=\"A{row}\"/></row>");
    let rows = (2..=11).map(row).collect::<Vec<_>>().concat();
    let total = "<row r=\"12\"><c r=\"A12\" t=\"inlineStr\"><is><t>合计</t></is></c><c r=\"C12\"><f>SUM(C2:C11)</f><v>0</v></c></row>";
    let sheet = format!("<sheetData>{}{rows}{total}<row r=\"14\">{}</row></sheetData>", head(), text("A14", "填报人"));
    let made = filled(&plain(&sheet, false), &document(10_000));
    has(&made["xl/worksheets/sheet1.xml"], &["<f>SUM(C2:C10001)</f>", "r=\"10004\""]);
}

#[test]
fn other_kinds_come_out_as_a_new_workbook() {
    let work = tempfile::tempdir().unwrap();
    let folder = work.path();
    fs::write(folder.join("form.json"), form().to_string()).unwrap();
    fs::write(folder.join("doc.json"), document(2).to_string()).unwrap();
    fs::write(folder.join("book.csv"), "名称,数量,金额,日期\n,,,\n填报人,,,\n").unwrap();
    let arguments =
        ["convert", "doc.json", "--form", "form.json", "--into", "book.csv", "-o", "out.xlsx", "--lang", "en"];
    let output = good(folder, &arguments);
    assert!(said(&output).contains("book.csv is no .xlsx: the copy is a new workbook"), "{}", said(&output));
    assert_eq!(json_of(folder, "out.xlsx", "form.json"), document(2));
    // A workbook in, and one out to standard output.
    good(folder, &["convert", "doc.json", "--form", "form.json", "-o", "own.xlsx"]);
    let output = good(folder, &["convert", "own.xlsx", "--form", "form.json", "--into", "book.csv", "-o", "-"]);
    fs::write(folder.join("piped.xlsx"), &output.stdout).unwrap();
    assert_eq!(json_of(folder, "piped.xlsx", "form.json"), document(2));
}

#[test]
fn marks_go_and_the_dates_of_1904_stay() {
    let body = format!("<sheetData>{}<row r=\"2\"/><row r=\"4\">{}</row></sheetData>", head(), text("A4", "填报人"));
    let bytes = plain(&body, false);
    let mut all = parts(&bytes);
    let book = all.get_mut("xl/workbook.xml").unwrap();
    *book = book.replace("<sheets>", "<workbookPr date1904=\"1\"/><sheets>");
    let list: Vec<(&str, &str)> = all.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let made = filled(&package(&list), &document(1));
    // 2026-03-01, counted from 1904.
    has(&made["xl/worksheets/sheet1.xml"], &["<v>44620</v>"]);
    let work = tempfile::tempdir().unwrap();
    let folder = work.path();
    let faulty = root().join("samples/inspection-ledger.faulty.xlsx");
    fs::copy(root().join("samples/inspection-ledger.json"), folder.join("doc.json")).unwrap();
    sheetform(folder, &["validate", &faulty.to_string_lossy(), "--annotate", "marked.xlsx", "-q"]);
    let form = "inspection-ledger";
    good(folder, &["convert", "doc.json", "--form", form, "--into", "marked.xlsx", "-o", "out.xlsx", "-q"]);
    let made = parts(&fs::read(folder.join("out.xlsx")).unwrap());
    assert!(!made["xl/workbook.xml"].contains("sheetform_findings"));
}
