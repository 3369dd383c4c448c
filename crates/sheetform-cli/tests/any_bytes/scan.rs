//! The scanner against the parser: a sheet's XML gives the same rows and the same end, whichever reads it, and however
//! many bytes are at hand.

use sheetform_workbook::Limits;
use sheetform_workbook::ways::{Way, sheet};

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/// Bytes at hand at once: every place is once the end of what is at hand.
const CHUNKS: [usize; 4] = [64 << 10, 1, 7, 4096];

/// Bytes of the longest text: as short as must be for some of those tried to be too long.
const TEXT: usize = 1000;

/// The XML of a sheet, behind it that of the shared texts and that of the cell formats, NUL between them.
pub(crate) fn holds(bytes: &[u8]) -> bool {
    let strings = format!("<sst xmlns=\"{MAIN}\"><si><t>共享</t></si><si><t>b</t></si></sst>");
    let styles = format!(
        "<styleSheet xmlns=\"{MAIN}\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"49\"/></cellXfs></styleSheet>"
    );
    let mut parts = bytes.splitn(3, |byte| *byte == 0);
    let xml = parts.next().unwrap_or_default();
    let strings = parts.next().unwrap_or(strings.as_bytes());
    let styles = parts.next().unwrap_or(styles.as_bytes());
    let limits = Limits { text_bytes: TEXT, ..Limits::default() };
    let given = |scan, chunk| sheet(xml, strings, styles, &limits, Way { scan, chunk });
    let parser = given(false, CHUNKS[0]);
    // The parser looks for a byte order mark in what is first at hand; the bytes that its errors name are then counted
    // without it.
    let marked = [xml, strings, styles].iter().any(|part| part.starts_with(b"\xEF\xBB\xBF"));
    for chunk in CHUNKS.into_iter().filter(|chunk| *chunk >= 3 || !marked) {
        let scanner = given(true, chunk);
        assert!(scanner == parser, "{chunk} bytes at once\nscanner: {scanner:?}\nparser: {parser:?}");
    }
    let pieces = given(false, 7);
    assert!(pieces == parser, "the parser itself, in pieces: {pieces:?}\n{parser:?}");
    parser.end.is_ok()
}
