//! The scanner against the parser: on whatever bytes, both must give the same rows and end the same way.

use std::io::{self, Read};
use std::ops::ControlFlow;

use sheetform::finding::Code;
use sheetform::grid::Row;

use super::super::strings::Strings;
use super::super::styles::Styles;
use super::*;
use crate::Limits;
use crate::package::window::Window;
use crate::package::xml::Xml;
use crate::xlsx::sheet;

const HEAD: &str = "<?xml version=\"1.0\"?>\n<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
                    xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\"><dimension ref=\"A1\"/><sheetData>";
const TAIL: &str = "</sheetData><mergeCells><mergeCell ref=\"A1:B1\"/></mergeCells></worksheet>";

/// Rows as programs write them, and as none should.
const ROWS: [&str; 16] = [
    "<row r=\"1\" spans=\"1:3\" ht=\"15.5\" x14ac:dyDescent=\"0.2\"><c r=\"A1\" s=\"1\" t=\"s\"><v>0</v></c><c r=\"C1\"><v>-1.5E3</v></c></row>",
    "<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t xml:space=\"preserve\"> a &amp; b_x000D_ </t></is></c><c r=\"B2\" s=\"2\"/></row>",
    "<row r=\"3\" hidden=\"1\"><c r=\"A3\"><f>SUM(A1:A2)</f><v>3</v></c><c r=\"B3\" t=\"str\"><f t=\"shared\" si=\"0\"/><v></v></c></row>",
    "<row r=\"4\"/><row/>\n  <row >\n <c ><v>1</v></c>\n </row>",
    "<row r=\"9\"><c r=\"A9\" t=\"b\"><v>1</v></c><c t=\"e\"><v>#N/A</v></c><c t=\"d\"><v>2026-01-31</v></c><c t=\"s\"><v>7</v></c></row>",
    "<row r=\"10\"><c r=\"A10\" t=\"inlineStr\"><is><r><t>粗</t></r><r><t>体</t></r><rPh><t>cu</t></rPh></is></c></row>",
    "<row r=\"11\"><c r=\"B11\"><v>1</v></c><c r=\"A11\"><v>2</v></c><c r=\"B11\"><v>3</v></c><c r=\"A12\"><v>4</v></c></row>",
    "<row r=\"12\"><!-- </row> --><c r=\"A12\"><v><![CDATA[7</v>]]></v></c></row><!-- <row r=\"1\"/> -->",
    "<row r=\"13\"><c r=\"A13\" xmlns=\"urn:x\"><v>1</v></c><x:c xmlns:x=\"urn:x\"><v>2</v></x:c><c><v>3</v><v>4</v></c></row>",
    "<row r=\"14\"><mc:AlternateContent><mc:Choice Requires=\"x\"><c><v>1</v></c></mc:Choice><mc:Fallback><c><v>2</v></c></mc:Fallback></mc:AlternateContent></row>",
    "<row r=\"15\"><c r=\"XFD15\"><v>1</v></c><c><v>2</v></c><c r=\"XFE15\"><v>3</v></c><c r=\"a15\"><v>4</v></c></row>",
    "<row r=\"16\"><c t=\"str\"><v>行\r\n&#x4E2D;&#10;&quot;</v></c><c t=\"n\"><v> 12 </v></c><c t=\"zz\"><v>1</v></c><c t=\"inlineStr\"><v>x</v></c></row>",
    "<row r=\"17\"><c r=\"A17\"><v>1</v><extLst><ext/></extLst></c><c><is/></c><c><f/></c><c><v/></c><c t=\"str\"><f>\"\"</f><v/></c></row>",
    "<row r=\"18\"><c r=\"A18\"><v>110101199003071234</v></c><c r=\"B18\"><v>1e999</v></c><c r=\"C18\"><v>007</v></c><c r='D18'><v>1</v></c></row>",
    "<row r=\"1048576\" customFormat=\"1\"><c r=\"A1048576\"><v>1</v></c></row>",
    "<row r=\"5\"><c r=\"A5\"><v>1</v></c></row><row r=\"1048577\"/>",
];

/// What a mutation puts in.
const PIECES: [&str; 30] = [
    "<",
    ">",
    "/",
    "\"",
    "'",
    "=",
    " ",
    "\n",
    "\r\n",
    "&",
    "&amp;",
    "&lt;",
    "&#0;",
    "&x;",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?p ?>",
    "</row>",
    "</c>",
    "<v>",
    "</v>",
    "<is>",
    "<t>",
    "<c r=\"B7\">",
    "<row r=\"7\">",
    " xmlns=\"urn:x\"",
    "_x000A_",
    "é",
];

#[derive(Debug, PartialEq)]
struct Given {
    rows: Vec<Row>,
    end: Option<Code>,
}

/// A reader that gives few bytes at a time, so that every place is once the end of what is at hand.
struct Dribble<'a>(&'a [u8], usize);

impl Read for Dribble<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.1.min(self.0.len()).min(out.len());
        let (now, later) = self.0.split_at(count);
        out[..count].copy_from_slice(now);
        self.0 = later;
        Ok(count)
    }
}

fn read(xml: &[u8], scan: bool, at_once: usize) -> Given {
    within(xml, scan, at_once, 1000)
}

fn within(xml: &[u8], scan: bool, at_once: usize, text_bytes: usize) -> Given {
    let limits = Limits::default();
    let sst = "<sst><si><t>共享</t></si><si><t>b</t></si></sst>";
    let strings = Strings::read(Xml::new(Window::new(sst.as_bytes()), "sst", 100), &limits).unwrap();
    let context = Context { strings: &strings, styles: &Styles::default(), date1904: false, limits: &limits, scan };
    let mut rows = Vec::new();
    let result = sheet::read(Xml::new(Window::new(Dribble(xml, at_once)), "sheet", text_bytes), &context, &mut |row| {
        rows.push(row);
        ControlFlow::Continue(())
    });
    Given { rows, end: result.err().map(|finding| finding.code) }
}

fn same(xml: &[u8]) {
    let parser = read(xml, false, usize::MAX);
    for at_once in [usize::MAX, 1, 7] {
        assert_eq!(read(xml, true, at_once), parser, "{at_once}: {}", String::from_utf8_lossy(xml));
    }
}

#[test]
fn plain_rows_are_taken_and_odd_ones_left() {
    let strings = Strings::default();
    let (styles, limits) = (Styles::default(), Limits::default());
    let context = Context { strings: &strings, styles: &styles, date1904: false, limits: &limits, scan: true };
    let taken = |xml: &str| row(xml.as_bytes(), 0, 0, &context).map(|(count, (row, cells))| (count, row.index, cells));
    assert_eq!(taken(ROWS[0]), Ok((ROWS[0].len(), 0, 2)));
    assert_eq!(taken(ROWS[1]), Ok((ROWS[1].len(), 1, 2)));
    assert_eq!(taken(ROWS[2]), Ok((ROWS[2].len(), 2, 2)));
    for cut in 0..ROWS[2].len() {
        assert_eq!(taken(&ROWS[2][..cut]), Err(Stop::More), "{cut}");
    }
    for odd in [5, 6, 7, 8, 9, 10, 15] {
        assert_eq!(taken(ROWS[odd].split_inclusive("</row>").last().unwrap_or_default()), Err(Stop::Odd), "{odd}");
    }
}

#[test]
fn rows_as_the_parser_gives_them() {
    for rows in ROWS {
        same(format!("{HEAD}{rows}{TAIL}").as_bytes());
    }
    same(format!("{HEAD}{}{TAIL}", ROWS[..15].concat()).as_bytes());
    same(format!("{HEAD}{}{TAIL}", ROWS[0].repeat(2)).as_bytes());
    same(HEAD.replace("<sheetData>", "<sheetData/></worksheet>").as_bytes());
    // Prefixed elements, and plain ones of another vocabulary beside them.
    let prefixed = format!("{HEAD}{}{TAIL}", ROWS[0]).replace("xmlns=", "xmlns:s=").replace("</", "</s:");
    same(prefixed.replace("s:s:", "s:").as_bytes());
    same(format!("{HEAD}{}{TAIL}", ROWS[0]).replace("xmlns=", "xmlns:s=").as_bytes());
}

#[test]
fn wide_rows_go_beyond_a_chunk() {
    let cells: Vec<String> = (0..16_000).map(|n| format!("<c><v>{n}</v></c>")).collect();
    let cells = cells.concat();
    let text = "长".repeat(20_000);
    let rows = format!("<row>{cells}</row><row><c t=\"str\"><v>{text}</v></c></row><row>{cells}</row>");
    let xml = format!("{HEAD}{rows}{TAIL}");
    for text_bytes in [1000, 100_000, 4 << 20] {
        let parser = within(xml.as_bytes(), false, usize::MAX, text_bytes);
        assert_eq!(parser.end, (text_bytes == 1000).then_some(Code::OverLimit));
        assert!(within(xml.as_bytes(), true, 5000, text_bytes) == parser, "{text_bytes}");
    }
}

#[test]
fn whatever_the_bytes_both_give_the_same() {
    // A small generator of its own, so that a failure can be run again.
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let count = std::env::var("SHEETFORM_SCANS").ok().and_then(|count| count.parse().ok()).unwrap_or(8_000);
    for _ in 0..count {
        let rows: String = (0..=random(3)).map(|_| ROWS[random(ROWS.len())]).collect();
        let mut xml = format!("{HEAD}{rows}{TAIL}").into_bytes();
        for _ in 0..=random(3) {
            let at = HEAD.len() + random(xml.len() - HEAD.len());
            let until = (at + random(6)).min(xml.len());
            match random(4) {
                0 => drop(xml.drain(at..until)),
                1 => drop(xml.splice(at..at, PIECES[random(PIECES.len())].bytes())),
                2 => drop(xml.splice(at..until, PIECES[random(PIECES.len())].bytes())),
                _ => xml[at] = random(256) as u8,
            }
        }
        same(&xml);
    }
}
