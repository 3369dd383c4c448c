//! Packages made by hand, for tests: what no program writes, and what a hostile one would.

use std::io::{Cursor, Write};
use std::ops::ControlFlow;

use sheetform::finding::Finding;
use sheetform::grid::{Row, Source};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::{Limits, Workbook};

pub(crate) const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/// A zip with these parts, not compressed, so that tests may change bytes of their text.
pub(crate) fn zip(parts: &[(&str, &str)]) -> Vec<u8> {
    packed(parts, CompressionMethod::Stored)
}

/// A zip with these parts.
pub(crate) fn packed(parts: &[(&str, &str)], method: CompressionMethod) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The parts of a workbook of one sheet, with this XML as its sheet.
pub(crate) fn parts(sheet: &str) -> Vec<(&'static str, String)> {
    let rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let list = "http://schemas.openxmlformats.org/package/2006/relationships";
    vec![
        ("[Content_Types].xml", "<Types><Override ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>".into()),
        ("_rels/.rels", format!("<Relationships xmlns=\"{list}\"><Relationship Id=\"a\" Type=\"{rel}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>")),
        ("xl/workbook.xml", format!("<workbook xmlns=\"{MAIN}\" xmlns:r=\"{rel}\"><sheets><sheet name=\"表\" sheetId=\"1\" r:id=\"s\"/></sheets></workbook>")),
        ("xl/_rels/workbook.xml.rels", format!(
            "<Relationships xmlns=\"{list}\"><Relationship Id=\"s\" Type=\"{rel}/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
             <Relationship Id=\"t\" Type=\"{rel}/sharedStrings\" Target=\"sharedStrings.xml\"/>\
             <Relationship Id=\"y\" Type=\"{rel}/styles\" Target=\"styles.xml\"/></Relationships>")),
        ("xl/sharedStrings.xml", format!("<sst xmlns=\"{MAIN}\"><si><t>一</t></si><si><t>二</t></si></sst>")),
        ("xl/styles.xml", format!(
            "<styleSheet xmlns=\"{MAIN}\"><numFmts><numFmt numFmtId=\"200\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;\"/></numFmts>\
             <cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"49\"/><xf numFmtId=\"200\"/></cellXfs></styleSheet>")),
        ("xl/worksheets/sheet1.xml", sheet.to_owned()),
    ]
}

/// A workbook of parts, some replaced.
pub(crate) fn with(parts: &[(&'static str, String)], others: &[(&'static str, &str)]) -> Vec<u8> {
    let mut all: Vec<(&str, &str)> = parts.iter().map(|(name, text)| (*name, text.as_str())).collect();
    for (name, text) in others {
        match all.iter_mut().find(|(known, _)| known == name) {
            Some(part) => part.1 = text,
            None => all.push((name, text)),
        }
    }
    zip(&all)
}

/// A workbook of one sheet with these rows.
pub(crate) fn book(rows: &str) -> Vec<u8> {
    sheet(&format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>"))
}

/// A workbook of one sheet with this XML.
pub(crate) fn sheet(xml: &str) -> Vec<u8> {
    with(&parts(xml), &[])
}

/// The namespaces of an OpenDocument part, with the usual prefixes.
pub(crate) const ODF: &str = "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
    xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
    xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" xmlns:number=\"urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0\" \
    xmlns:meta=\"urn:oasis:names:tc:opendocument:xmlns:meta:1.0\" \
    xmlns:calcext=\"urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0\"";

/// The content part of an OpenDocument spreadsheet.
pub(crate) fn content(styles: &str, sheets: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content {ODF}><office:automatic-styles>{styles}</office:automatic-styles>\
         <office:body><office:spreadsheet>{sheets}</office:spreadsheet></office:body></office:document-content>"
    )
}

/// An OpenDocument spreadsheet with this content part and others.
pub(crate) fn ods_of(content: &str, others: &[(&str, &str)]) -> Vec<u8> {
    let mut parts = vec![("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content)];
    parts.extend(others);
    zip(&parts)
}

/// An OpenDocument spreadsheet of one sheet with this in it.
pub(crate) fn ods(sheet: &str) -> Vec<u8> {
    ods_of(&content("", &format!("<table:table table:name=\"表\">{sheet}</table:table>")), &[])
}

/// All rows of the first sheet.
pub(crate) fn rows(bytes: Vec<u8>) -> Result<Vec<Row>, Finding> {
    rows_within(bytes, Limits::default())
}

/// All rows of the first sheet, within limits.
pub(crate) fn rows_within(bytes: Vec<u8>, limits: Limits) -> Result<Vec<Row>, Finding> {
    let book = Workbook::from_reader(Cursor::new(bytes), limits)?;
    let mut rows = Vec::new();
    book.rows(0, &mut |row| {
        rows.push(row);
        ControlFlow::Continue(())
    })?;
    Ok(rows)
}

/// Numbers that look random and are the same each time (xorshift).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % count.max(1) as u64) as usize
    }
}
