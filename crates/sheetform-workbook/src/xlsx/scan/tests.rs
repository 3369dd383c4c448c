//! The scanner against the parser: both must give the same rows and end the same way. Rows changed by chance are tried
//! in the test `any_bytes` of `sheetform-cli`.

use sheetform::finding::Code;

use super::super::strings::Strings;
use super::super::styles::Styles;
use super::*;
use crate::Limits;
use crate::ways::{self, Given, Way};

mod rows;
use rows::{HEAD, ROWS, TAIL};

/// What comes of a sheet's XML within this length of a text.
fn read(xml: &[u8], text_bytes: usize, way: Way) -> Given {
    let strings = "<sst><si><t>共享</t></si><si><t>b</t></si></sst>";
    let limits = Limits { text_bytes, ..Limits::default() };
    ways::sheet(xml, strings.as_bytes(), b"<styleSheet/>", &limits, way)
}

fn same(xml: &[u8]) {
    let parser = read(xml, 1000, Way::PARSER);
    for chunk in [64 << 10, 1, 7] {
        let scanner = read(xml, 1000, Way { scan: true, chunk });
        assert!(scanner == parser, "{chunk}: {}\n{scanner:?}\n{parser:?}", String::from_utf8_lossy(xml));
    }
}

#[test]
fn plain_rows_are_taken_and_odd_ones_left() {
    let strings = Strings::default();
    let (styles, limits) = (Styles::default(), Limits::default());
    let context = Context { strings: &strings, styles: &styles, date1904: false, limits: &limits };
    let taken =
        |xml: &str| row(xml.as_bytes(), 0, &context, &mut Vec::new()).map(|(count, row)| (count, row.index, row.count));
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
        let parser = read(xml.as_bytes(), text_bytes, Way::PARSER);
        assert_eq!(
            parser.end.as_ref().err().map(|finding| finding.code),
            (text_bytes == 1000).then_some(Code::OverLimit)
        );
        assert!(read(xml.as_bytes(), text_bytes, Way { scan: true, chunk: 5000 }) == parser, "{text_bytes}");
    }
}
