//! What the reader makes of cells, rows and sheets, the odd ones above all.

use sheetform::finding::{Code, Severity};
use sheetform::grid::{Cell, CellRef, Content, FormatKind, Range, Source, Visibility};

use crate::made::{self, MAIN, book, parts, rows, rows_within, sheet, with};
use crate::{Limits, Workbook, fault};

/// Cells as `A1=text`, in the order they come.
fn shown(xml: &str) -> String {
    let rows = rows(book(xml)).unwrap();
    let cells = rows.iter().flat_map(|row| row.cells.iter().map(|(col, cell)| (CellRef::new(row.index, *col), cell)));
    cells.map(|(at, cell)| format!("{at}={}", content(cell))).collect::<Vec<_>>().join(" ")
}

fn content(cell: &Cell) -> String {
    let formula = cell.formula.as_ref().map(|f| format!("[={}{}]", f.text, if f.cached { "" } else { "?" }));
    let value = match &cell.content {
        Content::Empty => String::new(),
        Content::Text(text) => format!("{text:?}"),
        Content::Number { raw, .. } => raw.to_string(),
        Content::Bool(truth) => truth.to_string(),
        Content::Error(text) => format!("!{text}"),
    };
    value + &formula.unwrap_or_default()
}

#[test]
fn cells_of_every_type() {
    let xml = "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>1</v></c><c r=\"B2\"><v> 110101199003071234 </v></c>\
               <c r=\"C2\" t=\"b\"><v>1</v></c><c r=\"D2\" t=\"e\"><v>#N/A</v></c><c r=\"E2\" t=\"str\"><v> a_x000D_ </v></c>\
               <c r=\"F2\" t=\"inlineStr\"><is><r><t>粗</t></r><r><t xml:space=\"preserve\"> 体</t></r><rPh><t>cu</t></rPh></is></c>\
               <c r=\"G2\" s=\"1\"/><c r=\"H2\" t=\"d\"><v>2023-03-15</v></c><c r=\"I2\"><v><![CDATA[7]]></v></c>\
               <c r=\"J2\"><v>1&#50;</v></c></row>";
    assert_eq!(
        shown(xml),
        "A2=\"二\" B2=110101199003071234 C2=true D2=!#N/A E2=\" a\\r \" F2=\"粗 体\" H2=45000 I2=7 J2=12"
    );
}

#[test]
fn odd_cells_do_not_stop_the_sheet() {
    let xml = "<row><c t=\"s\"><v>9</v></c><c t=\"s\"><v>-1</v></c><c t=\"x\"><v>a</v></c><c><v>text</v></c>\
               <c t=\"b\"><v>2</v></c><c t=\"e\"><v>#SPILL!</v></c><c><v>1,234</v></c><c><v>1e999</v></c><c><v>NaN</v></c>\
               <c t=\"d\"><v>gestern</v></c><c r=\"C9\"><v>1</v></c><c r=\"ZZZZ1\"><v>2</v></c><c><v>3</v></c></row>";
    assert_eq!(
        shown(xml),
        "A1=!shared text 9 B1=!shared text -1 C1=!a D1=!text E1=!2 F1=!#SPILL! G1=!1,234 H1=!1e999 I1=!NaN \
         J1=!gestern K1=!C9: 1 L1=!ZZZZ1: 2 M1=3"
    );
}

#[test]
fn nothing_but_a_look_is_no_cell() {
    let xml = "<row><c s=\"1\"/><c t=\"s\"/><c><v></v></c><c t=\"str\"><v></v></c><c t=\"n\"><v> </v></c></row><row/>";
    assert_eq!(rows(book(xml)).unwrap(), []);
}

#[test]
fn formulas_with_and_without_a_stored_value() {
    let xml = "<row><c><f>SUM(A2)</f><v>3</v></c><c><f>A1</f></c><c><f>A1</f><v></v></c>\
               <c t=\"str\"><f>\"\"</f><v></v></c><c><f t=\"shared\" si=\"0\" ref=\"E1:F1\">B1+1</f><v>4</v></c>\
               <c><f t=\"shared\" si=\"0\"/><v>5</v></c><c><f t=\"array\" ref=\"G1\">{1}</f><v>1</v></c>\
               <c t=\"e\"><f>1/0</f><v>#DIV/0!</v></c></row>";
    assert_eq!(
        shown(xml),
        "A1=3[=SUM(A2)] B1=[=A1?] C1=[=A1?] D1=\"\"[=\"\"] E1=4[=B1+1] F1=5[=] G1=1[={1}] H1=!#DIV/0![=1/0]"
    );
}

#[test]
fn missing_references_are_counted_up() {
    let xml = "<row><c><v>1</v></c><c r=\"D1\"><v>2</v></c><c><v>3</v></c></row><row r=\"5\"><c><v>4</v></c></row><row><c><v>5</v></c></row>";
    assert_eq!(shown(xml), "A1=1 D1=2 E1=3 A5=4 A6=5");
}

#[test]
fn cells_out_of_order_are_sorted_and_made_one() {
    let xml = "<row r=\"1\"><c r=\"C1\"><v>3</v></c><c r=\"A1\"><v>1</v></c><c r=\"C1\"><v>3</v></c><c r=\"A1\"><v>2</v></c></row>";
    assert_eq!(shown(xml), "A1=!1 / 2 C1=3");
}

#[test]
fn rows_out_of_order_are_refused_by_number() {
    for (xml, en) in [
        ("<row r=\"7\"/><row r=\"5\"/>", "row 5 after row 7"),
        ("<row r=\"7\"/><row r=\"7\"/>", "row 7 after row 7"),
        ("<row r=\"1048577\"/>", "impossible number 1048577"),
        ("<row r=\"0\"/>", "impossible number 0"),
        ("<row r=\"4294967297\"/>", "impossible number"),
    ] {
        let finding = rows(book(xml)).unwrap_err();
        assert_eq!((finding.code, finding.place.sheet.as_deref()), (Code::Unreadable, Some("表")));
        assert!(finding.message.en.contains(en), "{finding:?}");
    }
    assert_eq!(rows(book("<row r=\"1048576\"/><row/>")).unwrap_err().code, Code::OverLimit);
}

#[test]
fn the_farthest_cell_costs_one_cell() {
    let xml = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>2</v></c></row>";
    assert_eq!(shown(xml), "A1=1 XFD1048576=2");
}

#[test]
fn prefixes_and_foreign_elements() {
    let xml = format!(
        "<x:worksheet xmlns:x=\"{MAIN}\" xmlns:mc=\"m\" xmlns:o=\"urn:other\"><o:sheetData><o:row><o:c><o:v>9</o:v></o:c></o:row></o:sheetData>\
         <x:sheetData><x:row r=\"1\"><o:c><x:v>8</x:v></o:c><x:c r=\"A1\"><x:v>1</x:v><o:v>2</o:v></x:c></x:row>\
         <mc:AlternateContent><mc:Choice><x:row r=\"2\"><x:c><x:v>7</x:v></x:c></x:row></mc:Choice>\
         <mc:Fallback><x:row r=\"2\"><x:c><x:v>3</x:v></x:c></x:row></mc:Fallback></mc:AlternateContent>\
         <row xmlns=\"{MAIN}\" r=\"3\"><c><v>4</v></c></row>\
         <x:row r=\"4\" xmlns:y=\"{MAIN}\"><y:c><y:v>5</y:v></y:c><x:c xmlns:x=\"urn:other\"><v>6</v></x:c></x:row></x:sheetData></x:worksheet>"
    );
    let found = rows(sheet(&xml)).unwrap();
    let found: Vec<_> = found.iter().map(|row| (row.index, content(&row.cells[0].1))).collect();
    assert_eq!(found, [(0, "1".into()), (1, "3".into()), (2, "4".into()), (3, "5".into())]);
    let plain = "<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>";
    assert_eq!(rows(sheet(plain)).unwrap().len(), 1);
}

#[test]
fn shared_texts() {
    let strings = format!(
        "<sst xmlns=\"{MAIN}\" count=\"99999999999\" uniqueCount=\"18446744073709551615\"><si/><si><t/></si>\
         <si><r><rPr><b/></rPr><t>bold</t></r><r><t> plain</t></r></si><si><t>東京</t><rPh sb=\"0\" eb=\"2\"><t>トウキョウ</t></rPh></si>\
         <si><t xml:space=\"preserve\">  　</t></si><si><t>_x005F_x0041_&#10;𠮷&lt;</t></si></sst>"
    );
    let xml = [0, 1, 2, 3, 4, 5].map(|i| format!("<c t=\"s\"><v>{i}</v></c>")).concat();
    let bytes = with(
        &parts(&format!("<worksheet><sheetData><row>{xml}</row></sheetData></worksheet>")),
        &[("xl/sharedStrings.xml", &strings)],
    );
    let texts: Vec<_> =
        rows(bytes).unwrap()[0].cells.iter().map(|(_, cell)| cell.as_text().unwrap().to_owned()).collect();
    assert_eq!(texts, ["", "", "bold plain", "東京", "  　", "_x0041_\n𠮷<"]);
}

#[test]
fn number_formats_and_hidden_rows() {
    let xml = "<row hidden=\"1\"><c s=\"0\"><v>1</v></c><c s=\"1\"><v>2</v></c><c s=\"2\"><v>3</v></c><c s=\"3\"><v>4</v></c><c s=\"99\"><v>5</v></c></row>";
    let rows = rows(book(xml)).unwrap();
    assert!(rows[0].hidden);
    let kinds: Vec<_> = rows[0].cells.iter().map(|(_, cell)| cell.kind()).collect();
    assert_eq!(kinds, [FormatKind::Number, FormatKind::Date, FormatKind::Text, FormatKind::Month, FormatKind::Number]);
    assert_eq!(&*rows[0].cells[3].1.format.as_ref().unwrap().code, "yyyy\"年\"m\"月\"");
}

#[test]
fn sheets_properties_and_the_date_system() {
    let rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let workbook = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:rr=\"{rel}\"><workbookPr date1904=\"1\"/><sheets><sheet name=\"图\" sheetId=\"1\" rr:id=\"c\"/>\
         <sheet name=\"甲 &amp; 乙\" sheetId=\"9\" state=\"hidden\" rr:id=\"s\"/><sheet name=\"表\" sheetId=\"3\" state=\"veryHidden\" rr:id=\"u\"/></sheets></workbook>"
    );
    let rels = format!(
        "<Relationships><Relationship Id=\"c\" Type=\"{rel}/chartsheet\" Target=\"chart.xml\"/>\
         <Relationship Id=\"s\" Type=\"{rel}/worksheet\" Target=\"/XL/worksheets/sheet1.xml\"/>\
         <Relationship Id=\"u\" Type=\"http://purl.oclc.org/ooxml/officeDocument/relationships/worksheet\" Target=\"../other/b.xml\"/></Relationships>"
    );
    let roots = format!(
        "<Relationships><Relationship Id=\"a\" Type=\"{rel}/officeDocument\" Target=\"/xl/workbook.xml\"/>\
         <Relationship Id=\"b\" Type=\"{rel}/custom-properties\" Target=\"docProps/custom.xml\"/></Relationships>"
    );
    let custom = "<Properties xmlns:vt=\"v\"><property name=\"sheetform-form\"><vt:lpwstr>a_x005F_x0041_</vt:lpwstr></property>\
                  <property name=\"n\"><vt:i4>3</vt:i4></property></Properties>";
    let bytes = with(
        &parts("<worksheet><sheetData/></worksheet>"),
        &[
            ("xl/workbook.xml", &workbook),
            ("xl/_rels/workbook.xml.rels", &rels),
            ("_rels/.rels", &roots),
            ("docProps\\custom.xml", custom),
            ("other/b.xml", "<worksheet/>"),
        ],
    );
    let book = Workbook::from_bytes(bytes).unwrap();
    let info = book.info();
    assert!(info.date1904);
    let sheets: Vec<_> = info.sheets.iter().map(|sheet| (sheet.name.as_str(), sheet.visibility)).collect();
    assert_eq!(sheets, [("甲 & 乙", Visibility::Hidden), ("表", Visibility::VeryHidden)]);
    assert_eq!(info.properties["sheetform-form"], "a_x0041_");
    assert_eq!(info.properties["n"], "3");
    assert_eq!(book.frame(1).unwrap().merges, []);
    assert_eq!(book.frame(2).unwrap_err().code, Code::Unreadable);
}

#[test]
fn the_frame_is_found_behind_the_rows() {
    let xml = format!(
        "<worksheet xmlns=\"{MAIN}\"><cols><col min=\"2\" max=\"2\" hidden=\"1\"/><col min=\"3\" max=\"99999\" hidden=\"true\"/><col min=\"1\" max=\"1\"/></cols>\
         <sheetData><row><c t=\"inlineStr\"><is><t><![CDATA[</sheetData> > ]]>x</t></is></c></row><!-- </sheetData> --> </sheetData>\
         <mergeCells count=\"4294967295\"><mergeCell ref=\"B2:A1\"/><mergeCell ref=\"B2:C3\"/><mergeCell ref=\"nonsense\"/></mergeCells></worksheet>"
    );
    let frame = Workbook::from_bytes(sheet(&xml)).unwrap().frame(0).unwrap();
    assert_eq!(frame.merges, [Range::parse("A1:B2").unwrap()]);
    assert_eq!(frame.hidden_columns, [(1, 16_383)]);
    for (xml, sound) in [
        ("<worksheet><sheetData/><mergeCells><mergeCell ref=\"A1:B2\"/></mergeCells></worksheet>", true),
        ("<x:worksheet xmlns:x=\"u\"><x:sheetData></x:sheetData ></x:worksheet>", true),
        ("<worksheet><sheetData><row>", false),
        ("<worksheet><sheetData></sheetData>", false),
        ("<worksheet><sheetData><!-- </sheetData></worksheet>", false),
    ] {
        assert_eq!(Workbook::from_bytes(sheet(xml)).unwrap().frame(0).is_ok(), sound, "{xml}");
    }
}

#[test]
fn xml_that_makes_no_sense_is_refused() {
    for xml in [
        "",
        "<other/>",
        "<worksheet><sheetData><row></sheetData></worksheet>",
        "<worksheet><sheetData><row><c><v>1</v>",
        "<worksheet/><worksheet/>",
        "<worksheet><sheetData><row><c t=\"str\"><v>&unknown;</v></c></row></sheetData></worksheet>",
        "<!DOCTYPE a [<!ENTITY b \"c\">]><worksheet/>",
        "<?xml version=\"1.0\" encoding=\"GB2312\"?><worksheet/>",
    ] {
        let finding = rows(sheet(xml)).unwrap_err();
        assert_eq!((finding.code, finding.severity), (Code::Unreadable, Severity::Error), "{xml}");
        assert!(finding.message.en.contains("sheet1.xml") && finding.message.zh.contains("sheet1.xml"), "{finding:?}");
    }
}

#[test]
fn every_limit_is_a_finding() {
    let over = |xml: &str, limits: Limits| rows_within(sheet(xml), limits).unwrap_err().code;
    let rows = "<worksheet><sheetData><row><c/><c/><c/></row></sheetData></worksheet>";
    assert_eq!(over(rows, Limits { cells: 2, ..Limits::default() }), Code::OverLimit);
    assert_eq!(over(rows, Limits { string_bytes: 40, ..Limits::default() }), Code::OverLimit);
    assert_eq!(over(rows, Limits { styles: 3, ..Limits::default() }), Code::OverLimit);
    assert_eq!(over(rows, Limits { sheets: 0, ..Limits::default() }), Code::OverLimit);
    let deep = format!("<worksheet>{}", "<a>".repeat(300));
    assert_eq!(over(&deep, Limits::default()), Code::OverLimit);
    let text_bytes = Limits { text_bytes: 100_000, ..Limits::default() };
    let long = format!(
        "<worksheet><sheetData><row><c t=\"str\"><v>{}</v></c></row></sheetData></worksheet>",
        "x".repeat(300_000)
    );
    assert_eq!(over(&long, text_bytes.clone()), Code::OverLimit);
    let pieces = long.replace("xxxxxxxxxx", "x&#120;");
    assert_eq!(over(&pieces, Limits { text_bytes: 20_000, ..Limits::default() }), Code::OverLimit);
    let comment = format!("<worksheet><!--{}--></worksheet>", " ".repeat(300_000));
    assert_eq!(over(&comment, text_bytes), Code::OverLimit);
    let merges = "<worksheet><mergeCells><mergeCell ref=\"A1:B1\"/><mergeCell ref=\"A2:B2\"/></mergeCells></worksheet>";
    let limits = Limits { merges: 1, ..Limits::default() };
    let book = Workbook::from_reader(std::io::Cursor::new(sheet(merges)), limits).unwrap();
    assert_eq!(book.frame(0).unwrap_err().code, Code::OverLimit);
    assert_eq!(fault::over_limit("a", "b", 1).code, Code::OverLimit);
}

#[test]
fn a_reader_may_stop_and_start_again() {
    let book = Workbook::from_bytes(made::book("<row><c><v>1</v></c></row><row><c><v>2</v></c></row>")).unwrap();
    for _ in 0..3 {
        let mut seen = 0;
        book.rows(0, &mut |row| {
            seen += 1;
            // The frame may be asked for while rows are read.
            assert!(row.index == 0 && book.frame(0).is_ok());
            std::ops::ControlFlow::Break(())
        })
        .unwrap();
        assert_eq!(seen, 1);
    }
}
