//! Binary workbooks, made by hand.

use std::io::{Cursor, Write};
use std::ops::ControlFlow;

use sheetform::finding::Finding;
use sheetform::grid::{CellRef, Content, FormatKind, Range, Source, Visibility};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::{Kind, Workbook};

fn record(id: u16, data: &[u8]) -> Vec<u8> {
    let mut out = if id < 128 { vec![id as u8] } else { vec![(id & 0x7F) as u8 | 0x80, (id >> 7) as u8] };
    let mut size = data.len();
    while size > 127 {
        out.push((size & 0x7F) as u8 | 0x80);
        size >>= 7;
    }
    out.push(size as u8);
    out.extend_from_slice(data);
    out
}

fn words(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn text(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    [words(&[units.len() as u32]), units.iter().flat_map(|unit| unit.to_le_bytes()).collect()].concat()
}

fn book(sheet: &[Vec<u8>]) -> Vec<u8> {
    let rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let list = |rels: &[(&str, &str)]| {
        let one = |(kind, target): &(&str, &str)| {
            format!("<Relationship Id=\"{kind}\" Type=\"{rel}/{kind}\" Target=\"{target}\"/>")
        };
        format!("<Relationships>{}</Relationships>", rels.iter().map(one).collect::<String>()).into_bytes()
    };
    let inner = [("worksheet", "sheet1.bin"), ("styles", "styles.bin"), ("sharedStrings", "sharedStrings.bin")];
    let format = |id: u16| record(47, &[[0, 0], id.to_le_bytes()].concat());
    let parts = [
        ("_rels/.rels", list(&[("officeDocument", "xl/workbook.bin")])),
        ("xl/_rels/workbook.bin.rels", list(&inner)),
        (
            "xl/workbook.bin",
            [record(153, &words(&[1])), record(156, &[words(&[1, 1]), text("worksheet"), text("台账")].concat())]
                .concat(),
        ),
        (
            "xl/styles.bin",
            [
                record(44, &[&200u16.to_le_bytes()[..], &text("yyyy\"年\"m\"月\"")].concat()),
                format(14),
                record(617, &words(&[2])),
                format(0),
                format(200),
                record(618, &[]),
            ]
            .concat(),
        ),
        ("xl/sharedStrings.bin", record(19, &[vec![0], text("甲")].concat())),
        ("xl/sheet1.bin", [record(145, &[]), sheet.concat(), record(146, &[])].concat()),
    ];
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in parts {
        zip.start_file(name, plain).unwrap();
        zip.write_all(&bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn row(index: u32, hidden: bool) -> Vec<u8> {
    record(0, &[words(&[index, 0]), vec![0, 0, 0, if hidden { 0x10 } else { 0 }]].concat())
}

fn cell(id: u16, column: u32, style: u32, value: &[u8]) -> Vec<u8> {
    record(id, &[&words(&[column, style])[..], value].concat())
}

fn sample() -> Vec<Vec<u8>> {
    vec![
        record(60, &[&words(&[1, 2, 0, 0])[..], &[1, 0]].concat()),
        row(0, false),
        cell(7, 0, 0, &words(&[0])),
        cell(7, 1, 0, &words(&[7])),
        cell(1, 2, 0, &[]),
        row(4, true),
        cell(5, 0, 1, &45_000.0f64.to_le_bytes()),
        cell(2, 1, 0, &words(&[0x0000_04D3])),
        record(13, &words(&[0, 0x0000_0006])),
        cell(4, 3, 0, &[1]),
        cell(3, 4, 0, &[0x07]),
        cell(8, 5, 0, &text("和")),
        cell(6, 6, 0, &text("")),
        record(176, &words(&[0, 1, 0, 1])),
    ]
}

fn read(book: &Workbook) -> Result<Vec<String>, Finding> {
    let mut found = Vec::new();
    book.rows(0, &mut |row| {
        for (column, cell) in &row.cells {
            let name = CellRef::new(row.index, *column);
            let content = match &cell.content {
                Content::Text(text) => text.to_string(),
                Content::Number { raw, .. } if cell.kind() == FormatKind::Number => raw.to_string(),
                Content::Number { raw, .. } => format!("{raw} {:?}", cell.kind()),
                Content::Bool(on) => on.to_string(),
                Content::Error(text) => format!("!{text}"),
                Content::Empty => "nothing".to_owned(),
            };
            found.push(format!("{name}={content}{}", if row.hidden { " hidden" } else { "" }));
        }
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

#[test]
fn cells_formats_and_merges() {
    let book = Workbook::from_bytes(book(&sample())).unwrap();
    assert_eq!(book.kind(), Kind::Xlsb);
    assert!(book.info().date1904);
    assert_eq!((book.info().sheets[0].name.as_str(), book.info().sheets[0].visibility), ("台账", Visibility::Hidden));
    assert_eq!(
        read(&book).unwrap(),
        [
            "A1=甲",
            "B1=!shared text 7",
            "A5=45000 Month hidden",
            "B5=3.08 hidden",
            "C5=1 hidden",
            "D5=true hidden",
            "E5=!#DIV/0! hidden",
            "F5=和 hidden"
        ]
    );
    let frame = book.frame(0).unwrap();
    assert_eq!(frame.merges.iter().map(Range::to_string).collect::<Vec<_>>(), ["A1:B2"]);
    assert_eq!(frame.hidden_columns, [(1, 2)]);
}

#[test]
fn impossible_places_are_findings() {
    for sheet in [
        vec![row(1_048_576, false)],
        vec![row(1, false), row(1, false)],
        vec![row(0, false), cell(4, 16_384, 0, &[1])],
        vec![row(0, false), cell(4, 1, 0, &[1]), cell(4, 1, 0, &[1])],
        vec![vec![7, 0xFF, 0xFF, 0xFF, 0x7F]],
        vec![row(0, false), vec![5, 200, 1, 0]],
    ] {
        assert!(read(&Workbook::from_bytes(book(&sheet)).unwrap()).is_err(), "{sheet:?}");
    }
}

#[test]
fn a_wrong_checksum_is_seen() {
    let mut bytes = book(&sample());
    let text: Vec<u8> = "和".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let number = 45_000.0f64.to_le_bytes();
    let at = bytes.windows(8).position(|window| window == number).unwrap();
    assert!(bytes[at..].windows(2).any(|window| window == text));
    bytes[at] ^= 1;
    assert!(read(&Workbook::from_bytes(bytes).unwrap()).is_err());
}

#[test]
fn whatever_is_damaged_ends_in_cells_or_a_finding() {
    let whole = sample().concat();
    for at in 0..whole.len() {
        for value in [0, 1, 0x7F, 0xFF] {
            let mut sheet = whole.clone();
            sheet[at] = value;
            let book = Workbook::from_bytes(book(&[sheet])).unwrap();
            let _ = read(&book);
            let _ = book.frame(0);
        }
    }
}
