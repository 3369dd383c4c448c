//! Workbooks of the old kind, made by hand.

use std::ops::ControlFlow;

use sheetform::finding::{Code, Finding};
use sheetform::grid::{CellRef, Content, FormatKind, Range, Source, Visibility};

use crate::{Kind, Workbook};

/// A compound file with this stream.
fn compound(mut stream: Vec<u8>) -> Vec<u8> {
    let length = stream.len().max(4096);
    stream.resize(length.next_multiple_of(512), 0);
    let sectors = stream.len() / 512;
    let mut header = crate::package::cfb::MAGIC.to_vec();
    header.resize(512, 0);
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(30, &9u16.to_le_bytes());
    put(32, &6u16.to_le_bytes());
    put(44, &1u32.to_le_bytes());
    put(48, &1u32.to_le_bytes());
    put(60, &0xFFFF_FFFEu32.to_le_bytes());
    put(68, &0xFFFF_FFFEu32.to_le_bytes());
    put(76, &0u32.to_le_bytes());
    (1..109).for_each(|index| put(76 + index * 4, &u32::MAX.to_le_bytes()));
    let mut table = vec![0xFFFF_FFFDu32, 0xFFFF_FFFE];
    table.extend((0..sectors as u32).map(|index| index + 3));
    *table.last_mut().unwrap() = 0xFFFF_FFFE;
    table.resize(128, u32::MAX);
    let entry = |name: &str, kind: u8, start: u32, length: u32| {
        let mut bytes: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let size = bytes.len() as u16 + 2;
        bytes.resize(128, 0);
        bytes[64..66].copy_from_slice(&size.to_le_bytes());
        bytes[66] = kind;
        bytes[116..120].copy_from_slice(&start.to_le_bytes());
        bytes[120..124].copy_from_slice(&length.to_le_bytes());
        bytes
    };
    let mut directory = entry("Root Entry", 5, 0xFFFF_FFFE, 0);
    directory.extend(entry("Workbook", 2, 2, length as u32));
    directory.resize(512, 0);
    let table: Vec<u8> = table.into_iter().flat_map(u32::to_le_bytes).collect();
    [header, table, directory, stream].concat()
}

fn record(id: u16, data: &[u8]) -> Vec<u8> {
    [&id.to_le_bytes(), &(data.len() as u16).to_le_bytes(), data].concat()
}

fn shorts(values: &[u16]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// A text as BIFF8 has it, its length in two bytes.
fn text(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    [&(units.len() as u16).to_le_bytes()[..], &[1], &shorts(&units)].concat()
}

/// A book of one sheet: records of the globals, then those of the sheet.
fn book(version: u16, globals: &[Vec<u8>], name: &[u8], sheet: &[Vec<u8>]) -> Vec<u8> {
    let begin = |kind: u16| record(0x0809, &shorts(&[version, kind, 0, 0]));
    let end = || record(0x000A, &[]);
    let head = [begin(5), globals.concat()].concat();
    let start = (head.len() + 4 + 6 + name.len() + 4) as u32;
    let listed = record(0x0085, &[&start.to_le_bytes()[..], &[1, 0], name].concat());
    compound([head, listed, end(), begin(0x10), sheet.concat(), end()].concat())
}

fn sample() -> Vec<u8> {
    let codes = [record(0x041E, &[shorts(&[200]), text("yyyy\"年\"m\"月\"")].concat())];
    let formats = [0u16, 14, 49, 200].map(|id| record(0x00E0, &shorts(&[0, id, 0, 0])));
    let texts = record(0x00FC, &[&2u32.to_le_bytes()[..], &2u32.to_le_bytes(), &text("甲"), &text("")].concat());
    let globals = [&codes[..], &formats, &[record(0x0022, &[1, 0]), texts]].concat();
    let formula = |row: u16, result: [u8; 8]| record(0x0006, &[&shorts(&[row, 0, 0])[..], &result, &[0; 8]].concat());
    let sheet = [
        record(0x007D, &shorts(&[2, 3, 0, 0, 1, 0])),
        record(0x0208, &shorts(&[1, 0, 9, 0, 0, 0, 0x20, 0])),
        record(0x00FD, &[&shorts(&[0, 0, 0])[..], &0u32.to_le_bytes()].concat()),
        record(0x00FD, &[&shorts(&[0, 1, 0])[..], &1u32.to_le_bytes()].concat()),
        record(0x00FD, &[&shorts(&[0, 2, 0])[..], &9u32.to_le_bytes()].concat()),
        record(0x0203, &[&shorts(&[1, 0, 0])[..], &110_101_199_003_071_234.0f64.to_le_bytes()].concat()),
        record(0x00BD, &[shorts(&[1, 1, 3, 0x00AA, 0, 1, 0x0006, 0]), shorts(&[2])].concat()),
        formula(2, [0, 0, 0, 0, 0, 0, 0xFF, 0xFF]),
        record(0x0207, &text("和")),
        formula(3, [1, 0, 1, 0, 0, 0, 0xFF, 0xFF]),
        formula(4, [2, 0, 0x2A, 0, 0, 0, 0xFF, 0xFF]),
        formula(5, [3, 0, 0, 0, 0, 0, 0xF0, 0xFF]),
        formula(6, 0.5f64.to_le_bytes()),
        // A chart inside of the sheet.
        [record(0x0809, &shorts(&[0x0600, 0x20])), record(0x0203, &[0; 14]), record(0x000A, &[])].concat(),
        record(0x0205, &[&shorts(&[7, 0, 0])[..], &[0, 0]].concat()),
        record(0x00E5, &shorts(&[1, 0, 1, 0, 1])),
    ];
    book(0x0600, &globals, &[2, 1, 0x68, 0x88, 0x26, 0x8D], &sheet)
}

/// Cells as `A1=…`; of formulas with a `=` more.
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
            let sign = if cell.formula.is_some() { "==" } else { "=" };
            found.push(format!("{name}{sign}{content}{}", if row.hidden { " hidden" } else { "" }));
        }
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

#[test]
fn cells_formats_and_merges() {
    let book = Workbook::from_bytes(sample()).unwrap();
    assert_eq!(book.kind(), Kind::Xls);
    assert!(book.info().date1904);
    assert_eq!(book.info().sheets[0].name, "表账");
    assert_eq!(book.info().sheets[0].visibility, Visibility::Hidden);
    assert_eq!(
        read(&book).unwrap(),
        [
            "A1=甲",
            "C1=!shared text 9",
            "A2=1.1010119900307123E17 hidden",
            "B2=42 Month hidden",
            "C2=1 Date hidden",
            "A3==和",
            "A4==true",
            "A5==!#N/A",
            "A6==nothing",
            "A7==0.5",
            "A8=false"
        ]
    );
    let frame = book.frame(0).unwrap();
    assert_eq!(frame.merges.iter().map(Range::to_string).collect::<Vec<_>>(), ["A1:B2"]);
    assert_eq!(frame.hidden_columns, [(2, 3)]);
}

#[test]
fn an_older_book_has_texts_in_a_code_page() {
    let label = |bytes: &[u8]| record(0x0204, &[&shorts(&[0, 0, 0, bytes.len() as u16])[..], bytes].concat());
    let sheet = [label(b"\xD0\xF2\xBA\xC5")];
    let bytes = book(0x0500, &[record(0x0042, &shorts(&[936]))], b"\x04\xD5\xCB\xB1\xED", &sheet);
    let book = Workbook::from_bytes(bytes).unwrap();
    assert_eq!((book.info().sheets[0].name.as_str(), read(&book).unwrap()), ("账表", vec!["A1=序号".to_owned()]));
}

#[test]
fn a_password_and_a_version_too_old_are_said() {
    let locked = book(0x0600, &[record(0x002F, &[1, 0, 1, 0])], &[1, 0, b'a'], &[]);
    assert_eq!(Workbook::from_bytes(locked).err().unwrap().code, Code::Encrypted);
    let old = book(0x0400, &[], &[1, 0, b'a'], &[]);
    assert_eq!(Workbook::from_bytes(old).err().unwrap().code, Code::Unreadable);
}

#[test]
fn whatever_is_damaged_ends_in_cells_or_a_finding() {
    let whole = sample();
    let try_out = |bytes: Vec<u8>| match Workbook::from_bytes(bytes) {
        Ok(book) => {
            for sheet in 0..book.info().sheets.len() {
                let _ = book.rows(sheet, &mut |_| ControlFlow::Continue(()));
                let _ = book.frame(sheet);
            }
        }
        Err(finding) => assert!(finding.hint.is_some() || finding.code == Code::Unreadable, "{finding:?}"),
    };
    for end in (0..whole.len()).step_by(97) {
        try_out(whole[..end].to_vec());
    }
    for at in (0..1536).chain(1536..2600) {
        for value in [0, 1, 0x7F, 0xFF] {
            let mut bytes = whole.clone();
            bytes[at] = value;
            try_out(bytes);
        }
    }
}
