//! What a file is, and which packages are refused before anything in them is read.

use std::io::{Cursor, Read, Seek};

use sheetform::finding::{Code, Finding};
use zip::CompressionMethod;

use super::detect::{Kind, detect};
use crate::made::{self, Dice, book, parts, with, zip};
use crate::{Limits, Workbook};

fn kind(bytes: &[u8]) -> Kind {
    detect(Cursor::new(bytes.to_vec())).unwrap()
}

fn refused(bytes: Vec<u8>) -> Finding {
    Workbook::from_bytes(bytes).err().unwrap()
}

/// A compound file with these names in its directory.
fn compound(names: &[&str]) -> Vec<u8> {
    let mut bytes = vec![0; 512];
    bytes[..8].copy_from_slice(&super::cfb::MAGIC);
    bytes[30] = 9;
    bytes[76..80].copy_from_slice(&0u32.to_le_bytes());
    bytes[48..52].copy_from_slice(&1u32.to_le_bytes());
    // Sector 0: the allocation table; the directory is sectors 1 and 2.
    let mut table = vec![0xFF; 512];
    table[4..8].copy_from_slice(&2u32.to_le_bytes());
    table[8..12].copy_from_slice(&0xFFFF_FFFEu32.to_le_bytes());
    bytes.extend(table);
    let mut directory = vec![0; 1024];
    for (entry, name) in directory.chunks_exact_mut(128).zip(names) {
        let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        entry[..units.len()].copy_from_slice(&units);
        entry[64..66].copy_from_slice(&(units.len() as u16 + 2).to_le_bytes());
    }
    bytes.extend(directory);
    bytes
}

#[test]
fn files_are_known_by_their_content() {
    let xml_spreadsheet = "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"/>";
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain("a\tb\r\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let types = |main: &str| zip(&[("[Content_Types].xml", &format!("<Types ContentType=\"{main}\"/>"))]);
    for (bytes, expected) in [
        (book(""), Kind::Xlsx),
        (Vec::new(), Kind::Empty),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), Kind::Picture),
        (b"%PDF-1.7\n".to_vec(), Kind::Pdf),
        (b"  <!DOCTYPE html><html></html>".to_vec(), Kind::WebPage),
        (b"<table><tr><td>1</td></tr></table>".to_vec(), Kind::Html),
        (xml_spreadsheet.into(), Kind::XmlSpreadsheet),
        (b"<?xml version=\"1.0\"?><a/>".to_vec(), Kind::Xml),
        ("序号,名称\n1,打印机\n".into(), Kind::Csv),
        (b"\xD0\xF2\xBA\xC5,\xC3\xFB\xB3\xC6\r\n".to_vec(), Kind::Csv),
        (utf16, Kind::Csv),
        (b"{\"a\": 1}".to_vec(), Kind::Json),
        (b"hello".to_vec(), Kind::Text),
        (b"Dear all, please read this.\nIt is short, but good.\n".to_vec(), Kind::Text),
        (b" \r\n".to_vec(), Kind::Text),
        (b"[a],b\n1,2\n".to_vec(), Kind::Csv),
        ("编号\n0012\n0013\n".into(), Kind::Csv),
        ("您好，\n请查收。\n".into(), Kind::Text),
        (b"[1, 2]".to_vec(), Kind::Json),
        (b"{\\rtf1 a, b}".to_vec(), Kind::Rtf),
        (b"Rar!\x1A\x07\x01\0".to_vec(), Kind::Archive),
        (b"7z\xBC\xAF\x27\x1C\0\x04".to_vec(), Kind::Archive),
        (b"a,b\0\0\0c".to_vec(), Kind::Unknown),
        (b"\0\x01\x02".to_vec(), Kind::Unknown),
        (compound(&["Root Entry", "Workbook"]), Kind::Xls),
        (compound(&["Root Entry", "a", "b", "c", "EncryptedPackage"]), Kind::Encrypted),
        (compound(&["Root Entry", "WordDocument"]), Kind::Doc),
        (super::cfb::MAGIC.to_vec(), Kind::BrokenOffice),
        (compound(&["Root Entry", "VisioDocument"]), Kind::OldOffice),
        (zip(&[("a.txt", "a")]), Kind::Zip),
        (zip(&[]), Kind::Zip),
        (zip(&[("xl/workbook.bin", "")]), Kind::Xlsb),
        (zip(&[("mimetype", "application/vnd.oasis.opendocument.spreadsheet")]), Kind::Ods),
        (zip(&[("mimetype", "application/epub+zip")]), Kind::Zip),
        (types("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"), Kind::Docx),
        (types("application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"), Kind::Pptx),
        (types("application/vnd.ms-excel.sheet.macroEnabled.main+xml"), Kind::Xlsx),
        (b"PK\x03\x04 and no more".to_vec(), Kind::BrokenZip),
    ] {
        assert_eq!(kind(&bytes), expected);
    }
}

#[test]
fn every_other_kind_says_what_it_is_and_what_to_do() {
    let pdf = refused(b"%PDF-1.7\n".to_vec());
    assert_eq!(pdf.code, Code::NotAWorkbook);
    assert!(pdf.message.en.contains("PDF") && pdf.message.zh.contains("PDF"), "{pdf:?}");
    assert!(pdf.hint.unwrap().en.contains("the workbook"));
    assert_eq!(refused(compound(&["EncryptedPackage"])).code, Code::Encrypted);
    assert_eq!(refused(compound(&["Book"])).code, Code::Unreadable);
    assert_eq!(refused(Vec::new()).code, Code::NotAWorkbook);
    let mut short = book("<row><c><v>1</v></c></row>");
    short.truncate(short.len() - 30);
    assert_eq!(refused(short).code, Code::Unreadable);
}

#[test]
fn missing_files_and_folders_are_findings() {
    let missing = Workbook::open("no/such/file.xlsx").err().unwrap();
    assert_eq!((missing.code, missing.message.en.contains("no such file")), (Code::Unreadable, true));
    let folder = Workbook::open(env!("CARGO_MANIFEST_DIR")).err().unwrap();
    assert!(folder.message.en.contains("folder"), "{folder:?}");
}

#[test]
fn names_that_differ_only_in_case_are_refused() {
    let finding = refused(with(&parts("<worksheet/>"), &[("XL/Workbook.xml", "<workbook/>")]));
    assert!(finding.code == Code::Unreadable && finding.message.en.contains("twice"), "{finding:?}");
}

#[test]
fn limits_are_asked_before_anything_is_read() {
    let bytes = book("");
    let open = |limits| Workbook::from_reader(Cursor::new(bytes.clone()), limits).err().map(|finding| finding.code);
    assert_eq!(open(Limits::default()), None);
    assert_eq!(open(Limits { entries: 3, ..Limits::default() }), Some(Code::OverLimit));
    assert_eq!(open(Limits { package_bytes: 100, ..Limits::default() }), Some(Code::OverLimit));
    assert_eq!(open(Limits { part_bytes: 100, ..Limits::default() }), Some(Code::OverLimit));
    assert_eq!(open(Limits { small_part_bytes: 100, ..Limits::default() }), Some(Code::OverLimit));
}

#[test]
fn a_directory_that_claims_too_many_entries_is_refused() {
    let mut bytes = book("");
    let end = bytes.len() - 22;
    bytes[end + 8..end + 12].copy_from_slice(&[0x30, 0x75, 0x30, 0x75]);
    assert_eq!(refused(bytes).code, Code::OverLimit);
}

#[test]
fn damage_names_the_part() {
    let text = "<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>原文</t></is></c></row></sheetData></worksheet>";
    let sound = made::sheet(text);
    let at = sound.windows(6).position(|bytes| bytes == "原文".as_bytes()).unwrap();
    let mut wrong_sum = sound.clone();
    wrong_sum[at] ^= 1;
    let finding = made::rows(wrong_sum).unwrap_err();
    assert_eq!((finding.code, finding.place.sheet.as_deref()), (Code::Unreadable, Some("表")));
    assert!(finding.message.en.contains("xl/worksheets/sheet1.xml"), "{finding:?}");

    let others: Vec<_> = parts(text).into_iter().filter(|(name, _)| !name.contains("sharedStrings")).collect();
    let finding = refused(with(&others, &[]));
    assert!(finding.message.en.contains("xl/sharedStrings.xml is missing"), "{finding:?}");
}

#[test]
fn a_part_that_says_it_is_small_and_is_not_is_refused() {
    let text = format!("<worksheet>{}</worksheet>", " ".repeat(100_000));
    let all = parts(&text);
    let all: Vec<(&str, &str)> = all.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let mut bytes = made::packed(&all, CompressionMethod::Deflated);
    let size = (text.len() as u32).to_le_bytes();
    let places: Vec<usize> = (0..bytes.len() - 4).filter(|at| bytes[*at..at + 4] == size).collect();
    assert_eq!(places.len(), 2);
    for at in places {
        bytes[at..at + 4].copy_from_slice(&50u32.to_le_bytes());
    }
    assert_eq!(made::rows(bytes).unwrap_err().code, Code::Unreadable);
}

/// A reader that fails after so many bytes.
struct Failing(Cursor<Vec<u8>>, usize);

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.0.read(buffer)?;
        self.1 = self.1.checked_sub(count).ok_or(std::io::ErrorKind::Other)?;
        Ok(count)
    }
}

impl Seek for Failing {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn a_failing_disk_is_a_finding() {
    let bytes = book("<row><c><v>1</v></c></row>");
    for allowed in (0..12_000).step_by(100) {
        let reader = Failing(Cursor::new(bytes.clone()), allowed);
        if let Err(finding) = Workbook::from_reader(reader, Limits::default()) {
            assert_eq!(finding.code, Code::Unreadable);
        }
    }
}

#[test]
fn no_bytes_make_it_panic() {
    let text = format!(
        "<x:worksheet xmlns:x=\"{}\"><x:cols><x:col min=\"2\" max=\"3\" hidden=\"1\"/></x:cols><x:sheetData>\
         <x:row r=\"1\"><x:c r=\"A1\" t=\"s\"><x:v>0</x:v></x:c><x:c r=\"B1\" s=\"1\"><x:f t=\"shared\" si=\"0\">A1&amp;\"x\"</x:f>\
         <x:v>45000.5</x:v></x:c></x:row><x:row r=\"3\" hidden=\"1\"><x:c t=\"inlineStr\"><x:is><x:t>_x000D_</x:t></x:is></x:c>\
         <x:c t=\"d\"><x:v>2024-02-29T12:00:00</x:v></x:c><x:c t=\"b\"><x:v>1</x:v></x:c><x:c t=\"e\"><x:v>#N/A</x:v></x:c>\
         </x:row></x:sheetData><x:mergeCells><x:mergeCell ref=\"A1:B2\"/></x:mergeCells></x:worksheet>",
        made::MAIN
    );
    let all = parts(&text);
    let all: Vec<(&str, &str)> = all.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let mut dice = Dice(0x5EED);
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let sound = made::packed(&all, method);
        read_all(sound.clone()).unwrap();
        for _ in 0..500 {
            let mut bytes = sound.clone();
            for _ in 0..=dice.below(4) {
                let at = dice.below(bytes.len());
                bytes[at] = dice.below(256) as u8;
            }
            if dice.below(4) == 0 {
                bytes.truncate(dice.below(bytes.len()));
            }
            let _ = read_all(bytes);
        }
    }
    let content = made::content(
        "<number:date-style style:name=\"D\"><number:year/><number:text>\"</number:text></number:date-style>\
         <style:style style:name=\"d\" style:family=\"table-cell\" style:data-style-name=\"D\"/>",
        "<table:table table:name=\"a\"><table:table-column table:number-columns-repeated=\"3\" table:visibility=\"collapse\"/>\
         <table:table-row table:number-rows-repeated=\"2\"><table:table-cell table:number-columns-spanned=\"2\" table:formula=\"of:=1\"\
         office:value-type=\"float\" office:value=\"1\"/><table:covered-table-cell/><table:table-cell table:number-columns-repeated=\"9\" table:style-name=\"d\"\
         office:value-type=\"date\" office:date-value=\"2024-02-29T12:00:00\"/></table:table-row><table:table-row-group table:display=\"false\"><table:table-row>\
         <table:table-cell office:value-type=\"time\" office:time-value=\"PT1H2M3.5S\"/><table:table-cell office:value-type=\"string\"><text:p>a<text:s text:c=\"3\"/>\
         <text:span>b</text:span></text:p></table:table-cell></table:table-row></table:table-row-group></table:table><table:table table:name=\"b\"/>",
    );
    let ods = [("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content.as_str())];
    read_all(zip(&ods)).unwrap();
    // Changed before it is packed, so that its sum is right and the change is really read.
    for (round, of_kind) in [all.as_slice(), ods.as_slice()].into_iter().cycle().enumerate().take(3_000) {
        let changed: Vec<(&str, String)> = of_kind
            .iter()
            .map(|(name, text)| {
                let mut bytes = text.as_bytes().to_vec();
                // A part that says what the file is stays as it is.
                if (round % 2 == 0 && dice.below(3) == 0) || (round % 2 == 1 && *name == "content.xml") {
                    let marks = b"<>&/\"'=!-?:;019Aexv \x00\xFF";
                    let at = dice.below(bytes.len());
                    match dice.below(3) {
                        0 => bytes[at] = marks[dice.below(marks.len())],
                        1 => bytes.insert(at, marks[dice.below(marks.len())]),
                        _ => drop(bytes.remove(at)),
                    }
                }
                (*name, String::from_utf8_lossy(&bytes).into_owned())
            })
            .collect();
        let changed: Vec<(&str, &str)> = changed.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let _ = read_all(zip(&changed));
    }
}

/// Reads everything a workbook has.
fn read_all(bytes: Vec<u8>) -> Result<(), Finding> {
    use sheetform::grid::Source;
    let book = Workbook::from_bytes(bytes)?;
    for sheet in 0..book.info().sheets.len() {
        let frame = book.frame(sheet);
        let mut last = None;
        let rows = book.rows(sheet, &mut |row| {
            assert!(last < Some(row.index) && row.cells.windows(2).all(|pair| pair[0].0 < pair[1].0));
            last = Some(row.index);
            std::ops::ControlFlow::Continue(())
        });
        frame?;
        rows?;
    }
    Ok(())
}
