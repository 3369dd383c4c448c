//! Texts with columns, opened as a user's file is.

use std::io::Cursor;
use std::ops::ControlFlow;

use sheetform::finding::{Code, Finding};
use sheetform::grid::{Content, Source};

use crate::{Kind, Limits, Workbook};

fn book(bytes: impl Into<Vec<u8>>) -> Result<Workbook, Finding> {
    Workbook::from_bytes(bytes.into())
}

/// Cells as `A1=text`; an error cell with a `!`.
fn cells(book: &Workbook) -> Result<Vec<String>, Finding> {
    let mut found = Vec::new();
    book.rows(0, &mut |row| {
        for (column, cell) in row.cells {
            let name = sheetform::grid::CellRef::new(row.index, column);
            found.push(match cell.content {
                Content::Text(text) => format!("{name}={text}"),
                other => format!("{name}!{other:?}"),
            });
        }
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

#[test]
fn every_field_is_text_as_it_stands() {
    let text = "单号,金额,备注\r\n\"=\"\"0012\"\"\",12.50, 前后 \r\n=\"0013\"\t,,=1+1\r\n\r\n007,\"甲\n乙\",\"\"\r\n";
    let book = book(text).unwrap();
    assert!(book.info().plain_text);
    assert_eq!(
        cells(&book).unwrap(),
        [
            "A1=单号",
            "B1=金额",
            "C1=备注",
            "A2=0012",
            "B2=12.50",
            "C2= 前后 ",
            "A3=0013",
            "C3==1+1",
            "A5=007",
            "B5=甲\n乙"
        ]
    );
    // As often as asked.
    assert_eq!(cells(&book).unwrap().len(), 10);
}

#[test]
fn what_was_found_is_said() {
    let (gbk, _, _) = encoding_rs::GBK.encode("序号\t名称\r\n1\t打印机\r\n");
    for (bytes, name, expected) in [
        (
            gbk.to_vec(),
            "a.xls",
            "the name ends in .xls, but this is a text with columns (GB18030, separated by tabs); it is read as that",
        ),
        (b"a;b\n1;2\n".to_vec(), "a.csv", "read as a text with columns (UTF-8, separated by semicolons)"),
        (b"\xEF\xBB\xBFa,b\n1,2\n".to_vec(), "a", "read as a text with columns (UTF-8 with BOM, separated by commas)"),
    ] {
        let book = book(bytes).unwrap();
        assert_eq!(book.kind(), Kind::Csv);
        let remark = book.remark(Some(std::path::Path::new(name))).unwrap();
        assert_eq!((remark.code, remark.message.en.as_str()), (Code::Converted, expected));
    }
}

#[test]
fn a_quote_that_is_not_closed_names_its_cell_and_line() {
    let finding = cells(&book("a,b\n\"x\ny\",1\n2,\"z\n3,4\n").unwrap()).unwrap_err();
    assert_eq!(finding.code, Code::Unreadable);
    assert_eq!(finding.place.cell.map(|cell| cell.to_string()).as_deref(), Some("B3"));
    assert!(finding.message.en.contains("line 4"), "{finding}");
}

#[test]
fn damaged_characters_are_error_cells() {
    let mut bytes = "序号,名称,名称,名称\n1,打印机打印机打印机,打印机打印机打印机打印机,打印机\n".as_bytes().to_vec();
    let at = bytes.windows(3).position(|b| b == "机".as_bytes()).unwrap();
    bytes[at] = 0xFF;
    let found = cells(&book(bytes).unwrap()).unwrap();
    assert_eq!(found.iter().filter(|cell| cell.contains('!')).count(), 1, "{found:?}");
}

#[test]
fn limits_hold() {
    let limits = Limits { cells: 3, ..Limits::default() };
    let book = Workbook::from_reader(Cursor::new(b"a,b\n1,2\n".to_vec()), limits).unwrap();
    assert_eq!(cells(&book).unwrap_err().code, Code::OverLimit);
    // As many rows as a sheet has pass one by one, and no more.
    for (more, ends) in [(0, None), (1, Some(Code::OverLimit))] {
        let book = Workbook::from_bytes("序号,b\n".repeat(1_048_576 + more).into_bytes()).unwrap();
        let mut rows = 0;
        let end = book.rows(0, &mut |row| {
            rows += usize::from(row.cells.len() == 2);
            ControlFlow::Continue(())
        });
        assert_eq!((rows, end.err().map(|finding| finding.code)), (1_048_576, ends));
    }
    let wide =
        Workbook::from_bytes(format!("{}\n{}\n", "a,".repeat(17_000), "b,".repeat(17_000)).into_bytes()).unwrap();
    assert_eq!(cells(&wide).unwrap_err().code, Code::OverLimit);
}
