//! What the reader makes of OpenDocument cells, rows and sheets, the odd and hostile ones above all.

use sheetform::finding::Code;
use sheetform::grid::{Cell, CellRef, Content, FormatKind, Range, Source, Visibility};

use super::Ods;
use crate::made::{ODF, content, ods, ods_of, rows, rows_within};
use crate::package::Package;
use crate::{Limits, Workbook};

/// Cells as `A1=text`, in the order they come.
fn shown(bytes: Vec<u8>) -> String {
    let rows = rows(bytes).unwrap();
    let cells = rows.iter().flat_map(|row| row.cells.iter().map(|(col, cell)| (CellRef::new(row.index, *col), cell)));
    cells.map(|(at, cell)| format!("{at}={}", value(cell))).collect::<Vec<_>>().join(" ")
}

fn value(cell: &Cell) -> String {
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

/// One row of these cells.
fn row(cells: &str) -> String {
    format!(
        "<table:table-row>{}</table:table-row>",
        cells.replace("<c", "<table:table-cell").replace("</c", "</table:table-cell")
    )
}

#[test]
fn cells_of_every_type() {
    let xml = row(
        "<c office:value-type=\"string\"><text:p>文</text:p></c><c office:value-type=\"float\" office:value=\"110101199003071234\"/>\
         <c office:value-type=\"percentage\" office:value=\"0.85\"/><c office:value-type=\"currency\" office:value=\"-1.5E-3\"/>\
         <c office:value-type=\"date\" office:date-value=\"2023-03-15\"/><c office:value-type=\"time\" office:time-value=\"PT36H00M00S\"/>\
         <c office:value-type=\"boolean\" office:boolean-value=\"false\"/><c office:value-type=\"string\" office:string-value=\"值\"><text:p>shown</text:p></c>\
         <c office:value-type=\"date\" office:date-value=\"1850-05-05\"/><c><text:p>5</text:p></c><c office:value-type=\"void\"/>\
         <c office:value-type=\"string\"><text:p/></c><c table:style-name=\"x\"/>",
    );
    assert_eq!(
        shown(ods(&xml)),
        "A1=\"文\" B1=110101199003071234 C1=0.85 D1=-1.5E-3 E1=45000 F1=1.5 G1=false H1=\"值\" I1=\"1850-05-05\" J1=\"5\""
    );
    let rows = rows(ods(&xml)).unwrap();
    let kinds: Vec<_> = [2, 3, 4, 5].map(|col| rows[0].get(col).unwrap().kind()).to_vec();
    assert_eq!(kinds, [FormatKind::Percent, FormatKind::Number, FormatKind::Date, FormatKind::Duration]);
}

#[test]
fn odd_cells_do_not_stop_the_sheet() {
    let xml = row(
        "<c office:value-type=\"float\" office:value=\"1,234\"/><c office:value-type=\"float\"><text:p>a</text:p></c>\
         <c office:value-type=\"float\" office:value=\"INF\"/><c office:value-type=\"date\" office:date-value=\"gestern\"/>\
         <c office:value-type=\"boolean\" office:boolean-value=\"2\"/><c office:value-type=\"time\" office:time-value=\"08:30\"/>\
         <c office:value-type=\"matrix\" office:value=\"7\"/><c office:value-type=\"string\" calcext:value-type=\"error\"/>\
         <c table:number-columns-repeated=\"-2\" office:value-type=\"float\" office:value=\"1\"/>",
    );
    assert_eq!(shown(ods(&xml)), "A1=!1,234 B1=!a C1=!INF D1=!gestern E1=!2 F1=!08:30 G1=!7 H1=!? I1=1");
}

#[test]
fn texts_stand_as_they_are() {
    for (xml, text) in [
        ("<text:p>a</text:p><text:p/><text:p>b</text:p>", "a\n\nb"),
        ("<text:p> a  b <text:s text:c=\"3\"/><text:s/></text:p>", " a  b     "),
        ("<text:p>a<text:tab/>b<text:line-break/>c&#13;&#9;&amp;<![CDATA[<d>]]></text:p>", "a\tb\nc\r\t&<d>"),
        (
            "<text:p><text:span>粗</text:span><text:a>链<text:span>接</text:span></text:a><text:date>今</text:date></text:p>",
            "粗链接今",
        ),
        (
            "<text:p><text:ruby><text:ruby-base>東京</text:ruby-base><text:ruby-text>とう</text:ruby-text></text:ruby></text:p>",
            "東京",
        ),
        (
            "<office:annotation><text:p>note</text:p></office:annotation><text:p>a<office:annotation><text:p>b</text:p></office:annotation></text:p>",
            "a",
        ),
        ("<text:p>a<text:note><text:note-body><text:p>b</text:p></text:note-body></text:note>c</text:p>", "ac"),
        ("<draw:frame><text:p>a</text:p></draw:frame><text:h>b</text:h>", "b"),
    ] {
        let bytes = ods(&row(&format!("<c office:value-type=\"string\">{xml}</c>")));
        assert_eq!(rows(bytes).unwrap()[0].cells[0].1.as_text(), Some(text), "{xml}");
    }
}

#[test]
fn formulas_with_and_without_a_stored_value() {
    let xml = row(
        "<c table:formula=\"of:=SUM([.A1:.B1])\" office:value-type=\"float\" office:value=\"3\"/><c table:formula=\"of:=[.A1]\"/>\
         <c table:formula=\"of:=&quot;&quot;\"><text:p/></c><c table:formula=\"of:=&quot;&quot;\" office:value-type=\"string\"><text:p/></c>\
         <c table:formula=\"of:=1/0\" office:value-type=\"string\" office:string-value=\"\" calcext:value-type=\"error\"><text:p>#DIV/0!</text:p></c>\
         <c table:formula=\"oooc:=1/0\" office:value-type=\"float\" office:value=\"0\"><text:p>Err:503</text:p></c>\
         <c table:formula=\"of:=TRUE()\" office:value-type=\"float\" office:value=\"1\"/><c table:formula=\"=A1\" office:value-type=\"float\" office:value=\"0\"/>\
         <c office:value-type=\"string\"><text:p>#N/A</text:p></c><c table:formula=\"a=b\"/>",
    );
    assert_eq!(
        shown(ods(&xml)),
        "A1=3[=SUM([.A1:.B1])] B1=[=[.A1]?] C1=\"\"[=\"\"] D1=\"\"[=\"\"] E1=!#DIV/0![=1/0] F1=!Err:503[=1/0] \
         G1=true[=TRUE()] H1=0[=A1] I1=\"#N/A\" J1=[=a=b?]"
    );
}

#[test]
fn repeats_count_only_where_something_is() {
    let xml = format!(
        "<table:table-row table:number-rows-repeated=\"3\"><table:table-cell table:number-columns-repeated=\"2\"/>\
         <table:table-cell table:number-columns-repeated=\"2\" office:value-type=\"float\" office:value=\"7\"/>\
         <table:table-cell table:number-columns-repeated=\"4294967296\"/></table:table-row>\
         <table:table-row table:number-rows-repeated=\"1048570\">{}</table:table-row>{}\
         <table:table-row table:number-rows-repeated=\"18446744073709551615\"><table:table-cell/></table:table-row>",
        "<table:table-cell table:number-columns-repeated=\"16384\"/>",
        row("<c table:number-columns-repeated=\"16383\"/><c office:value-type=\"float\" office:value=\"1\"/>")
    );
    assert_eq!(shown(ods(&xml)), "C1=7 D1=7 C2=7 D2=7 C3=7 D3=7 XFD1048574=1");
}

#[test]
fn hostile_repeats_end_at_a_limit() {
    let cell = |repeat: &str| {
        format!(
            "<table:table-cell table:number-columns-repeated=\"{repeat}\" office:value-type=\"float\" office:value=\"1\"/>"
        )
    };
    let rows = |repeat: &str, cells: &str| {
        format!("<table:table-row table:number-rows-repeated=\"{repeat}\">{cells}</table:table-row>")
    };
    for xml in [
        rows("999999999", &cell("999999999")),
        rows("999999999", &cell("1")),
        rows("1", &cell("16385")),
        rows("1048577", &cell("1")),
        rows("1048576", &cell("16384")),
        rows("18446744073709551615", &cell("18446744073709551615")),
        rows("1048576", "<table:table-cell/>") + &rows("1", &cell("1")),
    ] {
        let finding = rows_of(&xml).unwrap_err();
        assert_eq!((finding.code, finding.place.sheet.as_deref()), (Code::OverLimit, Some("表")), "{xml}");
    }
    let spanned =
        rows("1048576", "<table:table-cell table:number-columns-spanned=\"2\" table:number-columns-repeated=\"9\"/>");
    let book = Workbook::from_bytes(ods(&spanned)).unwrap();
    assert_eq!(book.frame(0).unwrap_err().code, Code::OverLimit);
    let blanks = row("<c office:value-type=\"string\"><text:p>a<text:s text:c=\"999999999999\"/></text:p></c>");
    assert_eq!(rows_of(&blanks).unwrap_err().code, Code::OverLimit);
    let deep = row(&format!("<c office:value-type=\"string\"><text:p>{}</text:p></c>", "<text:span>".repeat(300)));
    assert_eq!(Workbook::from_bytes(ods(&deep)).err().unwrap().code, Code::OverLimit);
    let long = format!(
        "<table:table-cell office:value-type=\"string\"><text:p>{}</text:p></table:table-cell>",
        "x".repeat(100_000)
    );
    assert_eq!(rows_of(&rows("3000", &long)).unwrap_err().code, Code::OverLimit);
    let few = Limits { cells: 5, ..Limits::default() };
    assert_eq!(rows_within(ods(&rows("2", &cell("3"))), few).unwrap_err().code, Code::OverLimit);
}

fn rows_of(xml: &str) -> Result<Vec<sheetform::grid::Row>, sheetform::finding::Finding> {
    rows(ods(xml))
}

#[test]
fn merges_and_what_is_hidden() {
    let xml = format!(
        "<table:table-column/><table:table-column table:visibility=\"collapse\" table:number-columns-repeated=\"2\"/>\
         <table:table-column-group table:display=\"false\"><table:table-column table:number-columns-repeated=\"99999\"/></table:table-column-group>\
         <table:table-header-rows>{}</table:table-header-rows><table:table-row table:visibility=\"filter\"><table:covered-table-cell table:number-columns-repeated=\"2\"/>\
         <table:table-cell office:value-type=\"float\" office:value=\"2\"/></table:table-row>\
         <table:table-row-group table:display=\"false\"><table:table-rows>{}</table:table-rows></table:table-row-group>{}",
        row(
            "<c table:number-columns-spanned=\"2\" table:number-rows-spanned=\"2\" office:value-type=\"float\" office:value=\"1\"/><table:covered-table-cell/>"
        ),
        row(
            "<c office:value-type=\"float\" office:value=\"3\"/><c table:number-columns-spanned=\"99999\" table:number-rows-spanned=\"1\"/>"
        ),
        row("<c office:value-type=\"float\" office:value=\"4\"/>")
    );
    let frame = Workbook::from_bytes(ods(&xml)).unwrap().frame(0).unwrap();
    assert_eq!(frame.merges, [Range::parse("A1:B2").unwrap(), Range::parse("B3:XFD3").unwrap()]);
    assert_eq!(frame.hidden_columns, [(1, 16_383)]);
    let hidden: Vec<_> = rows(ods(&xml)).unwrap().iter().map(|row| (row.index, row.hidden)).collect();
    assert_eq!(hidden, [(0, false), (1, true), (2, true), (3, false)]);
}

const STYLES: &str = "<number:date-style style:name=\"D\"><number:year number:style=\"long\"/><number:text>年</number:text><number:month/>\
    <number:text>月</number:text></number:date-style>\
    <number:time-style style:name=\"T\" number:truncate-on-overflow=\"false\"><number:hours/><number:text>:</number:text>\
    <number:minutes number:style=\"long\"/></number:time-style><number:time-style style:name=\"M\"><number:minutes/></number:time-style>\
    <number:number-style style:name=\"G\"><number:number number:min-integer-digits=\"1\"/></number:number-style>\
    <number:number-style style:name=\"N\"><number:number number:decimal-places=\"2\" number:min-integer-digits=\"1\" number:grouping=\"true\"/>\
    <number:text>\"元\"</number:text><style:map style:condition=\"value()&gt;=0\" style:apply-style-name=\"G\"/></number:number-style>\
    <number:percentage-style style:name=\"P\"><number:number number:decimal-places=\"0\" number:min-integer-digits=\"1\"/><number:text> %</number:text></number:percentage-style>\
    <number:text-style style:name=\"A\"><number:text-content/></number:text-style>\
    <style:style style:name=\"d\" style:family=\"table-cell\" style:data-style-name=\"D\"/><style:style style:name=\"e\" style:family=\"table-cell\" style:parent-style-name=\"d\"/>\
    <style:style style:name=\"t\" style:family=\"table-cell\" style:data-style-name=\"T\"/><style:style style:name=\"m\" style:family=\"table-cell\" style:data-style-name=\"M\"/>\
    <style:style style:name=\"g\" style:family=\"table-cell\" style:data-style-name=\"G\"/><style:style style:name=\"n\" style:family=\"table-cell\" style:data-style-name=\"N\"/>\
    <style:style style:name=\"p\" style:family=\"table-cell\" style:data-style-name=\"P\"/><style:style style:name=\"a\" style:family=\"table-cell\" style:data-style-name=\"A\"/>\
    <style:style style:name=\"l\" style:family=\"table-cell\" style:parent-style-name=\"l\"/><style:style style:name=\"h\" style:family=\"table\"><style:table-properties table:display=\"false\"/></style:style>";

#[test]
fn number_formats_come_from_cell_row_and_column() {
    use FormatKind::{Duration, Month, Number, Percent, Text, Time};
    let float = |style: &str| {
        format!("<table:table-cell table:style-name=\"{style}\" office:value-type=\"float\" office:value=\"1\"/>")
    };
    let cells: String = ["d", "e", "t", "m", "g", "n", "p", "a", "l", "unknown"].map(float).concat();
    let plain = "<table:table-cell office:value-type=\"float\" office:value=\"1\"/>";
    let sheet = format!(
        "<table:table table:name=\"表\"><table:table-column table:default-cell-style-name=\"a\"/><table:table-column table:number-columns-repeated=\"2\"/>\
         <table:table-column table:default-cell-style-name=\"p\" table:number-columns-repeated=\"2\"/><table:table-row>{cells}</table:table-row>\
         <table:table-row>{}</table:table-row><table:table-row table:default-cell-style-name=\"d\">{plain}</table:table-row></table:table>",
        plain.repeat(6)
    );
    let rows = rows(ods_of(&content(STYLES, &sheet), &[])).unwrap();
    let kinds = |row: usize| rows[row].cells.iter().map(|(_, cell)| cell.kind()).collect::<Vec<_>>();
    assert_eq!(kinds(0), [Month, Month, Duration, Time, Number, Number, Percent, Text, Number, Number]);
    assert_eq!(kinds(1), [Text, Number, Number, Percent, Percent, Number]);
    assert_eq!(kinds(2), [Month]);
    let code = |col| rows[0].get(col).unwrap().format.as_ref().map(|format| format.code.to_string());
    assert_eq!(code(0).as_deref(), Some("yyyy\"年\"m\"月\""));
    assert_eq!(code(2).as_deref(), Some("[h]:mm"));
    assert_eq!((code(4), code(5).as_deref()), (None, Some("General;#,##0.00\\\"\"元\"\\\"")));
    assert_eq!(code(6).as_deref(), Some("0 %"));
}

#[test]
fn both_date_systems() {
    let cells = "<table:table-row><table:table-cell office:value-type=\"date\" office:date-value=\"2023-03-15\"/>\
                 <table:table-cell table:style-name=\"d\" office:value-type=\"float\" office:value=\"2\"/></table:table-row>";
    let sheet = |null: &str| {
        let settings = format!(
            "<table:calculation-settings><table:null-date table:date-value=\"{null}\"/></table:calculation-settings>"
        );
        let book = content(STYLES, &format!("{settings}<table:table table:name=\"表\">{cells}</table:table>"));
        let bytes = ods_of(&book, &[]);
        (Workbook::from_bytes(bytes.clone()).unwrap().info().date1904, shown(bytes))
    };
    assert_eq!(sheet("1904-01-01"), (true, "A1=43538 B1=2".to_owned()));
    assert_eq!(sheet("1899-12-30"), (false, "A1=45000 B1=1".to_owned()));
    assert_eq!(sheet("1900-01-01"), (false, "A1=45000 B1=3".to_owned()));
}

#[test]
fn sheets_and_properties() {
    let sheets = "<table:tracked-changes><table:table-cell/></table:tracked-changes><table:table table:name=\"甲 &amp; 乙\" table:style-name=\"h\"/>\
                  <table:table table:name=\"丙\"><table:shapes><table:table table:name=\"inner\"><table:table-row><table:table-cell office:value-type=\"float\" office:value=\"9\"/>\
                  </table:table-row></table:table></table:shapes><table:table-row><table:table-cell office:value-type=\"float\" office:value=\"1\"/></table:table-row></table:table>\
                  <table:table table:name=\"丁\"><table:table-row><table:table-cell office:value-type=\"float\" office:value=\"2\"/></table:table-row></table:table>";
    let meta = format!(
        "<office:document-meta {ODF}><office:meta><meta:generator>x</meta:generator><meta:user-defined meta:name=\"sheetform-form\">a_x0041_</meta:user-defined>\
         <meta:user-defined meta:name=\"n\" meta:value-type=\"float\">3</meta:user-defined></office:meta></office:document-meta>"
    );
    // A byte order mark, which the parser leaves out, must not move the sheets.
    for mark in ["", "\u{FEFF}"] {
        let book = Workbook::from_bytes(ods_of(&(mark.to_owned() + &content(STYLES, sheets)), &[("meta.xml", &meta)]))
            .unwrap();
        let names: Vec<_> = book.info().sheets.iter().map(|sheet| (sheet.name.as_str(), sheet.visibility)).collect();
        let expected = [("甲 & 乙", Visibility::Hidden), ("丙", Visibility::Visible), ("丁", Visibility::Visible)];
        assert_eq!(names, expected);
        assert_eq!(book.info().properties["sheetform-form"], "a_x0041_");
        assert_eq!(book.info().properties["n"], "3");
        let values = |sheet: usize| {
            let mut values = Vec::new();
            book.rows(sheet, &mut |row| {
                values.extend(row.cells.iter().map(|(_, cell)| value(cell)));
                std::ops::ControlFlow::Continue(())
            })
            .unwrap();
            values
        };
        assert_eq!((values(0), values(1), values(2)), (vec![], vec!["1".to_owned()], vec!["2".to_owned()]));
        assert_eq!(book.frame(9).unwrap_err().code, Code::Unreadable);
    }
}

#[test]
fn other_prefixes_mean_the_same() {
    let text = content(
        "",
        &format!(
            "<table:table table:name=\"表\">{}</table:table>",
            row("<c office:value-type=\"string\"><text:p>a</text:p></c>")
        ),
    );
    let other =
        text.replace("table:", "t:").replace(":table=", ":t=").replace("office:", "o:").replace(":office=", ":o=");
    // The namespaces themselves have the words as well.
    let other = other.replace("xmlns:o:1.0", "xmlns:office:1.0").replace("xmlns:t:1.0", "xmlns:table:1.0");
    assert_eq!(shown(ods_of(&other, &[])), "A1=\"a\"");
    let foreign = text.replace("xmlns:text:1.0", "xmlns:other:1.0");
    assert_eq!(shown(ods_of(&foreign, &[])), "");
}

#[test]
fn encrypted_and_damaged_files_are_refused() {
    let manifest = "<!DOCTYPE x><m:manifest xmlns:m=\"u\"><m:file-entry m:full-path=\"content.xml\"><m:encryption-data m:checksum=\"a\">\
                    </m:encryption-data></m:file-entry></m:manifest>";
    let refused = |bytes: Vec<u8>| Workbook::from_bytes(bytes).err().unwrap().code;
    assert_eq!(refused(ods_of("\u{1}\u{2}", &[("META-INF/manifest.xml", manifest)])), Code::Encrypted);
    let named = "<manifest><file-entry full-path=\"encryption-data\"/></manifest>";
    let sheet = content("", "<table:table table:name=\"表\"/>");
    assert_eq!(rows(ods_of(&sheet, &[("META-INF/manifest.xml", named)])).unwrap(), []);
    for text in [
        "",
        "<other/>",
        "<office:document-content><a>",
        "<!DOCTYPE a><office:document-content/>",
        &sheet[..sheet.len() - 9],
    ] {
        assert_eq!(refused(ods_of(text, &[])), Code::Unreadable, "{text}");
    }
    let mut bytes = ods(&row("<c office:value-type=\"string\"><text:p>原文</text:p></c>"));
    let at = bytes.windows(6).position(|part| part == "原文".as_bytes()).unwrap();
    bytes[at] ^= 1;
    assert_eq!(refused(bytes), Code::Unreadable);
}

#[test]
fn sheets_are_reached_by_inflating_what_stands_before_them() {
    let row = |value: &str| row(&format!("<c office:value-type=\"string\"><text:p>{value}</text:p></c>"));
    let sheet = |name: &str| format!("<table:table table:name=\"{name}\">{}</table:table>", row(name));
    let bytes = ods_of(&content("", &["甲", "乙", "丙"].map(sheet).concat()), &[]);
    let limits = Limits::default();
    let package = Package::examine(std::io::Cursor::new(bytes), &limits).unwrap().package;
    let book = Ods::open_keeping(package.unwrap(), limits, 0).unwrap();
    assert!(book.kept.is_none());
    for index in [2, 0, 1, 1] {
        let mut found = Vec::new();
        book.rows(index, &mut |row| {
            found.extend(row.cells);
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
        assert_eq!(found, [(0, Cell::text(&book.info().sheets[index].name))]);
        assert_eq!(book.frame(index).unwrap().merges, []);
    }
}
