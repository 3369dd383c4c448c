//! XML Spreadsheets 2003, opened as a user's file is.

use std::ops::ControlFlow;

use sheetform::finding::{Code, Finding};
use sheetform::grid::{CellRef, Content, FormatKind, Range, Source, Visibility};

use crate::{Kind, Workbook};

const HEAD: &str = "<?xml version=\"1.0\"?>\n<?mso-application progid=\"Excel.Sheet\"?>\n<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\" xmlns:x=\"urn:schemas-microsoft-com:office:excel\">";

fn open(body: &str) -> Result<Workbook, Finding> {
    Workbook::from_bytes(format!("{HEAD}{body}</Workbook>").into_bytes())
}

/// Cells as `A1=text`, then merges.
fn read(book: &Workbook, sheet: usize) -> (Vec<String>, Vec<String>) {
    let mut found = Vec::new();
    book.rows(sheet, &mut |row| {
        found.extend(row.cells.iter().map(|(column, cell)| {
            let name = CellRef::new(row.index, *column);
            match &cell.content {
                Content::Text(text) => format!("{name}={text}"),
                Content::Number { raw, .. } if cell.kind() == FormatKind::Number => format!("{name}={raw}"),
                Content::Number { raw, .. } => format!("{name}={raw} {:?}", cell.kind()),
                Content::Bool(on) => format!("{name}={on}"),
                Content::Error(text) => format!("{name}!{text}"),
                Content::Empty => format!("{name}=formula"),
            }
        }));
        ControlFlow::Continue(())
    })
    .unwrap();
    (found, book.frame(sheet).unwrap().merges.iter().map(Range::to_string).collect())
}

#[test]
fn sheets_cells_and_merges() {
    let book = open(
        "<Styles><Style ss:ID=\"d\"><NumberFormat ss:Format=\"Short Date\"/></Style>\
         <Style ss:ID=\"p\"><NumberFormat ss:Format=\"0%\"/></Style></Styles>\
         <Worksheet ss:Name=\"台账\"><Table><Column ss:Index=\"3\" ss:Hidden=\"1\"/>\
         <Row><Cell ss:MergeAcross=\"2\" ss:MergeDown=\"1\"><Data ss:Type=\"String\">自查&#10;台账</Data>\
         <Comment><ss:Data>批注</ss:Data></Comment></Cell><Cell><Data ss:Type=\"Number\">110101199003071234</Data></Cell></Row>\
         <Row ss:Index=\"4\"><Cell ss:Index=\"2\" ss:StyleID=\"d\"><Data ss:Type=\"DateTime\">2026-01-05T00:00:00.000</Data></Cell>\
         <Cell><Data ss:Type=\"DateTime\">2026-01-05T12:00:00.000</Data></Cell>\
         <Cell ss:StyleID=\"p\"><Data ss:Type=\"Number\">0.85</Data></Cell></Row>\
         <Row><Cell><Data ss:Type=\"Boolean\">1</Data></Cell><Cell ss:Formula=\"=1/0\"><Data ss:Type=\"Error\">#DIV/0!</Data></Cell>\
         <Cell ss:Formula=\"=A1\"/><Cell><ss:Data ss:Type=\"String\" xmlns=\"http://www.w3.org/TR/REC-html40\">a<B>b</B></ss:Data></Cell></Row>\
         </Table></Worksheet><Worksheet ss:Name=\"藏\"><Table/><WorksheetOptions xmlns=\"urn:schemas-microsoft-com:office:excel\">\
         <Visible>SheetHidden</Visible></WorksheetOptions></Worksheet>",
    )
    .unwrap();
    assert_eq!(book.kind(), Kind::XmlSpreadsheet);
    let (cells, merges) = read(&book, 0);
    assert_eq!(
        cells,
        [
            "A1=自查\n台账",
            "D1=110101199003071234",
            "B4=46027 Date",
            "C4=46027.5 DateTime",
            "D4=0.85 Percent",
            "A5=true",
            "B5!#DIV/0!",
            "C5=formula",
            "D5=ab"
        ]
    );
    assert_eq!(merges, ["A1:C2"]);
    assert_eq!(book.frame(0).unwrap().hidden_columns, [(2, 2)]);
    assert_eq!(book.info().sheets[1].visibility, Visibility::Hidden);
    let remark = book.remark(Some(std::path::Path::new("a.xls"))).unwrap();
    assert!(remark.message.en.contains("XML Spreadsheet 2003"));
}

#[test]
fn broken_ones_are_findings() {
    for (body, code) in [
        ("<Worksheet><Table><Row ss:Index=\"0\"/>", Code::Unreadable),
        ("<Worksheet><Table><Row ss:Index=\"9999999\"/></Table></Worksheet>", Code::Unreadable),
        (
            "<Worksheet><Table><Row><Cell ss:Index=\"2\"/><Cell ss:Index=\"1\"/></Row></Table></Worksheet>",
            Code::Unreadable,
        ),
    ] {
        assert_eq!(open(body).err().unwrap().code, code, "{body}");
    }
    let book = open("<Worksheet><Table><Row><Cell ss:MergeAcross=\"999999999\" ss:MergeDown=\"4294967295\"><Data ss:Type=\"Number\">x</Data></Cell></Row></Table></Worksheet>").unwrap();
    assert_eq!(read(&book, 0), (vec!["A1!x".to_owned()], vec!["A1:XFD1048576".to_owned()]));
}
