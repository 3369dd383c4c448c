//! The whole engine on packages made by hand: what changes, what stays, and that marks taken out leave the original.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::ops::ControlFlow;

use sheetform::finding::Code;
use sheetform::grid::{CellRef, Source};
use zip::ZipArchive;

use super::*;
use crate::made::{self, MAIN};
use crate::{Workbook, made::zip as package};

fn at(name: &str) -> CellRef {
    CellRef::parse(name).unwrap()
}

fn mark(cell: &str, note: &str) -> CellPatch {
    CellPatch { at: at(cell), fill: Some(Fill::Error), note: Some(note.to_owned()), ..CellPatch::default() }
}

fn value(cell: &str, value: CellValue) -> CellPatch {
    CellPatch { at: at(cell), value: Some(value), ..CellPatch::default() }
}

fn list() -> FirstSheet {
    let cell = |text: &str, to| ListCell { value: CellValue::Text(text.into()), look: ListLook::Text, to };
    FirstSheet {
        name: "检查结果".into(),
        widths: vec![10.0, 40.0],
        rows: vec![vec![cell("单元格", None)], vec![cell("A1", Some((0, at("A1")))), cell("=不是公式", None)]],
        head: 0,
    }
}

fn patched(bytes: &[u8], patch: &Patch) -> Result<(Vec<u8>, Patched), PatchError> {
    let mut out = Cursor::new(Vec::new());
    let done = Workbook::from_bytes(bytes.to_vec())?.patch(patch, &mut out)?;
    Ok((out.into_inner(), done))
}

fn done(bytes: &[u8], patch: &Patch) -> Vec<u8> {
    patched(bytes, patch).unwrap().0
}

fn parts(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut parts = BTreeMap::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        parts.insert(entry.name().unwrap().into_owned(), text);
    }
    parts
}

fn sheet(bytes: &[u8]) -> String {
    parts(bytes)["xl/worksheets/sheet1.xml"].clone()
}

fn sheet_of(rows: &str) -> String {
    format!("<worksheet xmlns=\"{MAIN}\"><dimension ref=\"A1:B2\"/><sheetData>{rows}</sheetData></worksheet>")
}

#[test]
fn cells_rows_and_sheet_data_are_made_where_they_are_missing() {
    let marks = Patch { cells: vec![mark("C2", "错"), mark("A5", "错"), mark("A1", "错")], first: None };
    for (rows, expected) in [
        (
            "",
            "<row r=\"1\"><c s=\"4\" r=\"A1\"></c></row><row r=\"2\"><c s=\"4\" r=\"C2\"></c></row><row r=\"5\"><c s=\"4\" r=\"A5\"></c></row>",
        ),
        (
            "<row><c><v>1</v></c><c t=\"s\"><v>0</v></c></row><row/><row r=\"9\"/>",
            "<row><c s=\"4\"><v>1</v></c><c t=\"s\"><v>0</v></c></row><row><c s=\"4\" r=\"C2\"></c></row>\
             <row r=\"5\"><c s=\"4\" r=\"A5\"></c></row><row r=\"9\"/>",
        ),
        (
            "\n <row r=\"1\" spans=\"2:2\" ht=\"9\"> <c r=\"B1\" s=\"1\"/> </row><!-- <row r=\"2\"/> -->\
             <row r='2' spans='1:9'><c r='A2'/><c r='D2'/></row>\n",
            "\n <row r=\"1\" spans=\"1:2\" ht=\"9\"> <c s=\"4\" r=\"A1\"></c><c r=\"B1\" s=\"1\"/> </row><!-- <row r=\"2\"/> -->\
             <row r='2' spans='1:9'><c r='A2'/><c s=\"4\" r=\"C2\"></c><c r='D2'/></row><row r=\"5\"><c s=\"4\" r=\"A5\"></c></row>\n",
        ),
    ] {
        // Where there is nothing to go before, a row stands at the end.
        let expected = if rows.ends_with('\n') {
            expected.replace(
                "<row r=\"5\"><c s=\"4\" r=\"A5\"></c></row>\n",
                "\n<row r=\"5\"><c s=\"4\" r=\"A5\"></c></row>",
            )
        } else {
            expected.to_owned()
        };
        let out = sheet(&done(&made::sheet(&sheet_of(rows)), &marks));
        let whole = sheet_of(&expected).replace("A1:B2", "A1:C5");
        let whole = whole.replace("</sheetData>", "</sheetData><legacyDrawing xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" r:id=\"rId2\"/>");
        assert_eq!(out, whole);
    }
    let bare = format!("<x:worksheet xmlns:x=\"{MAIN}\"><x:sheetData/><x:tableParts/></x:worksheet>");
    let out = sheet(&done(&made::sheet(&bare), &Patch { cells: vec![mark("B1", "x")], first: None }));
    assert!(
        out.contains("<x:sheetData><x:row r=\"1\"><x:c s=\"4\" r=\"B1\"></x:c></x:row></x:sheetData><x:legacyDrawing "),
        "{out}"
    );
    assert!(out.ends_with("<x:tableParts/></x:worksheet>"), "{out}");
}

#[test]
fn a_new_cell_has_the_look_of_its_row_or_column() {
    let xml = format!(
        "<worksheet xmlns=\"{MAIN}\"><cols><col min=\"2\" max=\"3\" style=\"2\"/></cols><sheetData>\
         <row r=\"1\" s=\"1\" customFormat=\"1\"/><row r=\"2\" s=\"1\"/></sheetData></worksheet>"
    );
    let cells = vec![mark("B1", "x"), mark("B2", "x"), mark("B3", "x"), mark("E9", "x")];
    let all = parts(&done(&made::sheet(&xml), &Patch { cells, first: None }));
    let style = |cell: &str| {
        let text = &all["xl/worksheets/sheet1.xml"];
        let end = text.find(&format!("\" r=\"{cell}\"")).unwrap();
        let number: usize = text[..end].rsplit('"').next().unwrap().parse().unwrap();
        let xfs = all["xl/styles.xml"].split("<cellXfs").nth(1).unwrap();
        xfs.split("<xf ").nth(number + 1).unwrap().split(' ').next().unwrap().to_owned()
    };
    assert_eq!(
        ["B1", "B2", "B3", "E9"].map(style),
        ["numFmtId=\"14\"", "numFmtId=\"49\"", "numFmtId=\"49\"", "numFmtId=\"0\""]
    );
}

#[test]
fn values_are_set_and_formulas_are_not_overwritten() {
    let rows = "<row r=\"1\"><c r=\"A1\" s=\"2\" t=\"s\"><v>0</v></c><c r=\"B1\"><f>1+1</f><v>2</v></c></row>";
    let text = "=1+1 <&> _x0041_\u{1}\n二 ";
    let cells = vec![
        value("A1", CellValue::Text(text.into())),
        value("C1", CellValue::Number(0.1)),
        value("D1", CellValue::Bool(true)),
        CellPatch { number_format: Some("yyyy-mm-dd".into()), ..value("E1", CellValue::Number(45_000.0)) },
        value("F1", CellValue::Empty),
    ];
    let out = done(&made::sheet(&sheet_of(rows)), &Patch { cells, first: None });
    assert!(sheet(&out).contains("<c r=\"B1\"><f>1+1</f><v>2</v></c>"));
    let recalc = |xml: &str| String::from_utf8(super::recalc::on_opening(xml.as_bytes(), "workbook").unwrap()).unwrap();
    for (before, after) in [
        ("<w><sheets/></w>", "<w><sheets/><calcPr fullCalcOnLoad=\"1\"/></w>"),
        ("<x:w><x:sheets/><x:extLst/></x:w>", "<x:w><x:sheets/><x:calcPr fullCalcOnLoad=\"1\"/><x:extLst/></x:w>"),
        ("<w><calcPr calcId=\"1\"/><extLst/></w>", "<w><calcPr calcId=\"1\" fullCalcOnLoad=\"1\"/><extLst/></w>"),
    ] {
        assert_eq!(recalc(before), after);
    }
    let read = made::rows(out).unwrap();
    let cell = |col| read[0].get(col).unwrap();
    assert_eq!(cell(0).as_text(), Some(text));
    assert_eq!(cell(0).kind(), sheetform::grid::FormatKind::Text);
    assert!(matches!(cell(2).content, sheetform::grid::Content::Number { value: 0.1, .. }));
    assert_eq!(cell(3).content, sheetform::grid::Content::Bool(true));
    assert_eq!(cell(4).kind(), sheetform::grid::FormatKind::Date);
    assert_eq!(read[0].get(5), None);
    for wrong in [value("B1", CellValue::Empty), value("A1", CellValue::Number(f64::NAN))] {
        match patched(&made::sheet(&sheet_of(rows)), &Patch { cells: vec![wrong], first: None }) {
            Err(PatchError::Finding(finding)) => assert_eq!(finding.code, Code::CannotHold),
            other => panic!("{other:?}"),
        }
    }
    let elsewhere = CellPatch { sheet: 1, ..mark("A1", "x") };
    assert!(patched(&made::sheet(&sheet_of(rows)), &Patch { cells: vec![elsewhere], first: None }).is_err());
}

/// Workbooks whose marks, taken out, must leave every part but the styles as it was.
fn books() -> Vec<(&'static str, Vec<u8>)> {
    let rows = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" s=\"1\"><v>1</v></c></row><row r=\"2\" s=\"2\" customFormat=\"1\"><c r=\"A2\" s=\"2\"/></row>";
    let sheet = format!(
        "<worksheet xmlns=\"{MAIN}\" xmlns:r=\"r\"><dimension ref=\"A1:F9\"/><sheetViews><sheetView tabSelected=\"1\" workbookViewId=\"0\"/></sheetViews>\
         <cols><col min=\"4\" max=\"4\" style=\"3\"/></cols><sheetData>{rows}</sheetData><legacyDrawing r:id=\"v\"/><extLst/></worksheet>"
    );
    let rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let rels = format!(
        "<Relationships xmlns=\"x\"><Relationship Id=\"v\" Type=\"{rel}/vmlDrawing\" Target=\"../drawings/a.vml\"/>\
         <Relationship Id=\"c\" Type=\"{rel}/comments\" Target=\"/xl/notes.xml\"/></Relationships>"
    );
    let notes = format!(
        "<comments xmlns=\"{MAIN}\"><authors><author>王</author></authors><commentList><comment ref=\"A1\" authorId=\"0\">\
         <text><t>旧</t></text></comment></commentList></comments>"
    );
    let vml = "<xml xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><v:shape xmlns:v=\"v\" id=\"a\"><x:ClientData ObjectType=\"Note\"><x:Row>0</x:Row><x:Column>0</x:Column></x:ClientData></v:shape></xml>";
    let with_notes = made::with(
        &made::parts(&sheet),
        &[
            ("xl/worksheets/_rels/sheet1.xml.rels", &rels),
            ("xl/notes.xml", &notes),
            ("xl/drawings/a.vml", vml),
            ("xl/other.bin", "\u{1}"),
        ],
    );
    let plain = sheet.replace("<legacyDrawing r:id=\"v\"/>", "");
    vec![
        ("plain", made::sheet(&plain)),
        ("with notes", with_notes),
        (
            "prefixes",
            made::sheet(
                &plain
                    .replace("</", "</x:")
                    .replace('<', "<x:")
                    .replace("<x:/x:", "</x:")
                    .replace("xmlns=", "xmlns:x="),
            ),
        ),
    ]
}

#[test]
fn marks_taken_out_leave_the_original() {
    let cells = vec![
        mark("A1", "一"),
        mark("B1", "二"),
        mark("A2", "三"),
        mark("D4", "四"),
        mark("B2", "五"),
        mark("F9", "六"),
    ];
    let marks = Patch { cells, first: Some(list()) };
    for (name, original) in books() {
        let marked = done(&original, &marks);
        assert_ne!(parts(&marked), parts(&original), "{name}");
        let twice = done(&marked, &marks);
        for (part, text) in parts(&twice) {
            assert_eq!(text, parts(&marked)[&part], "{name}: {part}");
        }
        assert!(twice == marked, "{name}");
        let other = Patch { cells: vec![mark("E5", "七")], first: Some(list()) };
        for round in [marked.clone(), done(&marked, &other)] {
            let (bare, said) = patched(&round, &Patch::default()).unwrap();
            assert!(said.changed);
            let (mut before, mut after) = (parts(&original), parts(&bare));
            before.remove("xl/styles.xml");
            after.remove("xl/styles.xml");
            assert_eq!(before, after, "{name}");
            assert!(!patched(&bare, &Patch::default()).unwrap().1.changed, "{name}");
        }
        let (same, said) = patched(&original, &Patch::default()).unwrap();
        assert!(same == original && !said.changed, "{name}");
    }
}

#[test]
fn the_sheet_put_first_is_not_read() {
    let (name, original) = books().remove(0);
    let marked = done(&original, &Patch { cells: vec![mark("A1", "一")], first: Some(list()) });
    let (before, after) = (Workbook::from_bytes(original).unwrap(), Workbook::from_bytes(marked.clone()).unwrap());
    assert_eq!(before.info(), after.info(), "{name}");
    let rows = |book: &Workbook| {
        let mut rows = Vec::new();
        book.rows(0, &mut |row| {
            rows.push(row);
            ControlFlow::Continue(())
        })
        .unwrap();
        rows
    };
    assert_eq!(rows(&before), rows(&after));
    let all = parts(&marked);
    assert!(
        all["xl/worksheets/sheet2.xml"]
            .contains("<hyperlink ref=\"A2\" location=\"&apos;表&apos;!A1\" display=\"A1\"/>")
    );
    assert!(all["xl/worksheets/sheet1.xml"].contains("tabSelected=\"0\""));
}

#[test]
fn a_taken_name_gets_a_number_and_a_workbook_without_styles_gets_some() {
    let mut all = made::parts(&sheet_of("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>"));
    all.retain(|(name, _)| *name != "xl/styles.xml");
    for (_, text) in &mut all {
        *text = text.replace("name=\"表\"", "name=\"检查结果\"").replace(
            &format!("<Relationship Id=\"y\" Type=\"{}/styles\" Target=\"styles.xml\"/>", relationships(false)),
            "",
        );
    }
    let listed: Vec<(&str, &str)> = all.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let marked = done(&package(&listed), &Patch { cells: vec![mark("A1", "一")], first: Some(list()) });
    let all = parts(&marked);
    assert!(all["xl/workbook.xml"].contains("<sheet name=\"检查结果 2\""), "{}", all["xl/workbook.xml"]);
    assert!(all["xl/styles1.xml"].contains("FFF19C99"));
    assert!(all["[Content_Types].xml"].contains("PartName=\"/xl/styles1.xml\""));
    assert_eq!(Workbook::from_bytes(marked).unwrap().info().sheets[0].name, "检查结果");
}

#[test]
fn the_strict_variant_stays_strict() {
    let strict =
        |text: &str| text.replace(MAIN, main_namespace(true)).replace(relationships(false), relationships(true));
    let all = made::parts(&sheet_of("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>"));
    let all: Vec<(&str, String)> = all.iter().map(|(name, text)| (*name, strict(text))).collect();
    let listed: Vec<(&str, &str)> = all.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let marked = done(&package(&listed), &Patch { cells: vec![mark("A1", "一")], first: Some(list()) });
    for (name, text) in parts(&marked) {
        assert!(!text.contains(MAIN) && !text.contains(relationships(false)), "{name}: {text}");
    }
}

#[test]
fn alternatives_among_rows_are_refused() {
    let rows = "<mc:AlternateContent xmlns:mc=\"mc\"><mc:Fallback><row r=\"1\"/></mc:Fallback></mc:AlternateContent>";
    let book = made::sheet(&sheet_of(rows));
    assert!(matches!(
        patched(&book, &Patch { cells: vec![mark("A1", "x")], first: None }),
        Err(PatchError::Finding(finding)) if finding.code == Code::CannotHold
    ));
}

#[test]
fn a_row_that_no_sheet_has_is_refused() {
    let rows = format!("<row r=\"1\">{}</row>", "<c r=\"A1\"/>".repeat(70_000));
    assert!(matches!(
        patched(&made::sheet(&sheet_of(&rows)), &Patch { cells: vec![mark("A1", "x")], first: None }),
        Err(PatchError::Finding(finding)) if finding.code == Code::OverLimit
    ));
}

#[test]
fn a_part_that_two_sheets_share_is_refused() {
    let mut all = made::parts(&sheet_of("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>"));
    for (_, text) in &mut all {
        let sheet = "<sheet name=\"表\" sheetId=\"1\" r:id=\"s\"/>";
        *text = text.replace(sheet, &format!("{sheet}<sheet name=\"二\" sheetId=\"2\" r:id=\"s\"/>"));
    }
    let listed: Vec<(&str, &str)> = all.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let second = CellPatch { sheet: 1, ..mark("B1", "x") };
    assert!(matches!(
        patched(&package(&listed), &Patch { cells: vec![mark("A1", "x"), second], first: None }),
        Err(PatchError::Finding(finding)) if finding.code == Code::Unreadable
    ));
}

#[test]
fn an_output_that_takes_nothing_is_said() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    impl std::io::Seek for Full {
        fn seek(&mut self, _: std::io::SeekFrom) -> std::io::Result<u64> {
            Ok(0)
        }
    }
    let book = Workbook::from_bytes(books().remove(0).1).unwrap();
    for patch in [Patch::default(), Patch { cells: vec![mark("A1", "x")], first: None }] {
        let failed = book.patch(&patch, &mut Full);
        assert!(matches!(failed, Err(PatchError::Output(error)) if error.kind() == std::io::ErrorKind::StorageFull));
    }
}

/// Damaged packages end in an error or in a workbook, never in a panic.
#[test]
fn damaged_packages_end() {
    let mut dice = made::Dice(7);
    let marks = Patch { cells: vec![mark("A1", "一"), mark("D4", "四")], first: Some(list()) };
    for (_, original) in books() {
        let marked = done(&original, &marks);
        for _ in 0..400 {
            let mut bytes = if dice.below(2) == 0 { original.clone() } else { marked.clone() };
            for _ in 0..=dice.below(3) {
                let at = dice.below(bytes.len());
                bytes[at] = b"<>/\"'= 09a&\0"[dice.below(12)];
            }
            if let Ok(book) = Workbook::from_bytes(bytes) {
                let _ = book.patch(&marks, &mut Cursor::new(Vec::new()));
            }
        }
    }
}
