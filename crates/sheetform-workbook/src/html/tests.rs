//! Web pages, opened as a user's file is.

use std::ops::ControlFlow;

use sheetform::finding::Code;
use sheetform::grid::{CellRef, Content, Range, Source};

use crate::{Kind, Workbook};

/// Cells as `A1=text`, then merges.
fn read(text: &str) -> (Vec<String>, Vec<String>) {
    let book = Workbook::from_bytes(text.into()).unwrap();
    assert_eq!(book.kind(), Kind::Html);
    let mut found = Vec::new();
    book.rows(0, &mut |row| {
        found.extend(row.cells.iter().map(|(column, cell)| {
            let text = if let Content::Text(text) = &cell.content { text } else { "?" };
            format!("{}={text}", CellRef::new(row.index, *column))
        }));
        ControlFlow::Continue(())
    })
    .unwrap();
    (found, book.frame(0).unwrap().merges.iter().map(Range::to_string).collect())
}

#[test]
fn tables_with_spans() {
    let page = "<html><head><title>no</title><style>td {}</style></head><body><h1>自查 台账</h1>
        <table border=1><caption>甲</caption>
        <thead><tr><th rowspan=2>序号<th colspan=\"2\">部位</tr>
        <tr><td>楼<br>层</td><td>房&nbsp;间</td></tr></thead>
        <tr><td>1</td><td rowspan=9><p>一</p><p>层</p></td><td>  前  后 </td></tr>
        <tr><td>2<td>&lt;乙&gt;</tr></table>
        <table><tr><td>&nbsp;</td><td>合计</td></tr></table>注：完</body></html>";
    let (cells, merges) = read(page);
    assert_eq!(
        cells,
        [
            "A1=自查 台账",
            "A2=甲",
            "A3=序号",
            "B3=部位",
            "B4=楼\n层",
            "C4=房 间",
            "A5=1",
            "B5=一\n层",
            "C5=前 后",
            "A6=2",
            "C6=<乙>",
            "B8=合计",
            "A9=注：完"
        ]
    );
    assert_eq!(merges, ["A3:A4", "B3:C3", "B5:B6"]);
}

#[test]
fn numbers_are_those_behind_what_is_shown() {
    let page = "<table><tr><td sdval=\"0.125\">13%</td><td x:num=\"1234.567\">1,234.57</td><td sdval=\"46027\">2026-01-05</td>\
                <td x:num>12</td><td x:num=\"45\">45 件</td></tr></table>";
    let book = Workbook::from_bytes(page.into()).unwrap();
    let mut found = Vec::new();
    book.rows(0, &mut |row| {
        found.extend(row.cells.into_iter().map(|(_, cell)| match cell.content {
            Content::Number { raw, .. } => format!("{raw} {:?}", cell.format.map(|format| format.kind)),
            other => format!("{other:?}"),
        }));
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(
        found,
        ["0.125 Some(Percent)", "1234.567 None", "Text(\"2026-01-05\")", "Text(\"12\")", "Text(\"45 件\")"]
    );
}

#[test]
fn the_charset_may_be_named() {
    let page =
        "<meta http-equiv=Content-Type content=\"text/html; charset=gb2312\"><table><tr><td>甲</td></tr></table>";
    let (bytes, _, _) = encoding_rs::GBK.encode(page);
    let book = Workbook::from_bytes(bytes.into_owned()).unwrap();
    let mut text = None;
    book.rows(0, &mut |row| {
        text = row.cells[0].1.as_text().map(str::to_owned);
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(text.as_deref(), Some("甲"));
    let remark = book.remark(Some(std::path::Path::new("报表.XLS"))).unwrap();
    assert!(remark.message.zh.contains("扩展名为 .xls，但实际是含表格的网页（HTML）"), "{remark:?}");
    assert_eq!(book.remark(Some(std::path::Path::new("a.html"))), None);
}

#[test]
fn hostile_pages_end() {
    let rows = "<table><tr><td rowspan=99999999 colspan=9999>1</table>";
    assert_eq!(read(rows).1, ["A1:NTO1"]);
    let wide = format!("<table><tr>{}</table>", "<td colspan=9999>1</td>".repeat(3));
    assert_eq!(Workbook::from_bytes(wide.into_bytes()).err().unwrap().code, Code::OverLimit);
    let deep = "<table><tr><td>".repeat(20_000);
    assert_eq!(read(&deep).0.len(), 0);
    assert_eq!(Workbook::from_bytes(b"<html><body>404".to_vec()).err().unwrap().code, Code::NotAWorkbook);
    let page = "<table><tr><td>一</td></tr><tr><td rowspan='2'>二</td><td>三</table>";
    for at in (0..page.len()).filter(|at| page.is_char_boundary(*at)) {
        drop(Workbook::from_bytes(page.as_bytes()[..at].to_vec()));
    }
}
