//! The judges of our reader of xlsx: on every workbook at hand the scanner, the XML parser without it and calamine give
//! the same cells. What calamine gives otherwise is one of the known differences below, and counted.

// A helper of a test may stop it, as the test itself may.
#![allow(clippy::unwrap_used, clippy::panic)]

mod at_hand;

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;

use calamine::{DataRef, Reader, SheetType, Xlsx};
use sheetform::finding::Finding;
use sheetform::grid::{Cell, CellRef, Content, FormatKind, Range, Row, SheetFrame, Source};
use sheetform::new_book::{Look, NewBook, NewCell, NewContent, NewSheet};
use sheetform_workbook::ways::{self, Way};
use sheetform_workbook::{Kind, Workbook, save};

/// Why the two readers may give different things for one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Difference {
    /// calamine gives nothing for a formula without a stored value.
    UncachedFormula,
    /// calamine gives the double; the file has digits that a double does not hold.
    LostDigits,
    /// calamine trims a text without `xml:space="preserve"`, run by run.
    TrimmedText,
    /// calamine sees a number where the format is a weekday, an era year, or a date in a later section.
    UnseenDate,
    /// calamine gives text, infinity or NaN for what is no number in a number cell; we give an error cell.
    NotANumber,
    /// calamine gives the first shared text for an index that is no number; we give an error cell.
    BadIndex,
    /// calamine stops the sheet at a cell it does not know; we give an error cell.
    StoppedAtOddCell,
}

#[derive(Default)]
struct Tally {
    files: usize,
    cells: usize,
    merges: usize,
    differences: BTreeMap<Difference, usize>,
}

#[test]
fn all_give_the_same_cells() {
    let files = at_hand::files(&["xlsx", "xlsm", "xltx", "xltm"]);
    let (mut tally, mut refused) = (Tally::default(), 0);
    for file in &files {
        let (name, bytes) = (file.display().to_string(), fs::read(file).unwrap());
        if is_sound(&name, &bytes) { judge(&name, bytes, &mut tally) } else { refused += 1 }
    }
    println!(
        "scanner, parser and calamine: {} files, {} cells, {} merges; {refused} are refused by scanner and parser; \
         calamine's differences: {:?}",
        tally.files, tally.cells, tally.merges, tally.differences
    );
    assert!(tally.files >= 30 && tally.cells > 5_000, "{} files, {} cells", tally.files, tally.cells);
}

/// Whether a file is a workbook that can be read; scanner and parser give the same of it, or refuse it alike.
fn is_sound(name: &str, bytes: &[u8]) -> bool {
    let open = |way| ways::open(bytes.to_vec(), way);
    let parser = match open(Way::PARSER) {
        Ok(parser) => parser,
        Err(finding) => {
            assert_eq!(open(Way::default()).err(), Some(finding), "{name}");
            return false;
        }
    };
    let sheets = 0..parser.info().sheets.len();
    let mut sound = parser.kind() == Kind::Xlsx;
    for chunk in [Way::PARSER.chunk, 4096, 7] {
        let scanner = open(Way { scan: true, chunk }).unwrap();
        for sheet in sheets.clone() {
            let judge = rows(&parser, sheet);
            assert!(rows(&scanner, sheet) == judge, "{name}: scanner and parser differ in sheet {sheet}");
            sound &= judge.1.is_ok();
        }
    }
    sound
}

/// The rows of a sheet, and what stands beside them or is wrong.
fn rows(book: &Workbook, sheet: usize) -> (Vec<Row>, Result<Option<SheetFrame>, Finding>) {
    let mut rows = Vec::new();
    let end = book.rows_and_frame(sheet, &mut |row| {
        rows.push(row);
        ControlFlow::Continue(())
    });
    (rows, end)
}

#[test]
fn calamine_reads_what_we_write() {
    let texts =
        ["=1+1", "0007", "110101199003071234", " 前后 ", "a\nb", "_x0041_", "\u{1}", "😀", "<r><t>x</t></r>", "&lt;"];
    let mut cells: Vec<NewCell> = texts
        .iter()
        .zip(0..)
        .map(|(text, row)| new_cell(row, 0, NewContent::Text((*text).to_owned()), Some("@")))
        .collect();
    let numbers = [0.1 + 0.2, -1e300, 5e-324, 45_000.5, 1_252.785_799_999_999_9];
    cells.extend(numbers.iter().zip(0..).map(|(n, row)| new_cell(row, 1, NewContent::Number(*n), None)));
    cells.push(new_cell(5, 1, NewContent::Number(45_000.0), Some("yyyy\"年\"m\"月\"d\"日\"")));
    cells.push(new_cell(6, 1, NewContent::Bool(false), None));
    cells.push(new_cell(7, 1, NewContent::Formula { text: "SUM(B1:B2)".into(), value: 3.5 }, None));
    let merge = Range::new(CellRef::new(20, 0), CellRef::new(22, 2));
    let sheet = NewSheet { name: "表 1".into(), cells, merges: vec![merge], ..NewSheet::default() };
    let bytes = save(&NewBook { sheets: vec![sheet], lists: vec![vec!["一".into()]], ..NewBook::default() }).unwrap();
    let mut tally = Tally::default();
    judge("our own", bytes, &mut tally);
    assert_eq!((tally.cells, tally.merges), (texts.len() + numbers.len() + 4, 1));
    assert_eq!(tally.differences, BTreeMap::new());
}

#[test]
fn the_known_differences_are_there() {
    use Difference::{BadIndex, LostDigits, NotANumber, StoppedAtOddCell, TrimmedText, UncachedFormula, UnseenDate};
    let styles = "<numFmts><numFmt numFmtId=\"200\" formatCode=\"[$-804]aaaa\"/><numFmt numFmtId=\"201\" formatCode=\"e&quot;年&quot;\"/>\
                  <numFmt numFmtId=\"202\" formatCode=\"[=0]0;yyyy\"/></numFmts><cellXfs><xf numFmtId=\"0\"/>\
                  <xf numFmtId=\"200\"/><xf numFmtId=\"201\"/><xf numFmtId=\"202\"/></cellXfs>";
    for (row, difference, count) in [
        ("<c><f>1+1</f></c><c><f>1</f><v></v></c>", UncachedFormula, 2),
        ("<c><v>110101199003071234</v></c><c><v>007</v></c>", LostDigits, 2),
        ("<c t=\"inlineStr\"><is><r><t>a</t></r><r><t> b</t></r></is></c>", TrimmedText, 1),
        ("<c s=\"1\"><v>1</v></c><c s=\"2\"><v>1</v></c><c s=\"3\"><v>1</v></c>", UnseenDate, 3),
        ("<c t=\"e\"><v>#SPILL!</v></c><c><v>1</v></c>", StoppedAtOddCell, 1),
        ("<c t=\"b\"><v>2</v></c>", StoppedAtOddCell, 1),
        ("<c t=\"n\"><v>text</v></c>", StoppedAtOddCell, 1),
        ("<c><v>text</v></c><c><v>NaN</v></c><c><v>1e999</v></c><c><v>1,234</v></c>", NotANumber, 4),
        ("<c t=\"s\"><v>abc</v></c><c t=\"s\"><v>-1</v></c>", BadIndex, 2),
    ] {
        let mut tally = Tally::default();
        judge(row, made_by_hand(row, styles), &mut tally);
        assert_eq!(tally.differences, BTreeMap::from([(difference, count)]), "{row}");
    }
}

/// A workbook with one row.
fn made_by_hand(row: &str, styles: &str) -> Vec<u8> {
    let main = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    let rels = |rels: &[(&str, &str)]| {
        let rel = |(kind, target): &(&str, &str)| {
            format!(
                "<Relationship Id=\"{kind}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}\" Target=\"{target}\"/>"
            )
        };
        let list = rels.iter().map(rel).collect::<Vec<_>>().concat();
        format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{list}</Relationships>"
        )
    };
    let book = "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"s\" sheetId=\"1\" r:id=\"worksheet\"/></sheets>";
    let inner = [("worksheet", "sheet.xml"), ("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")];
    let parts = [
        ("_rels/.rels", rels(&[("officeDocument", "xl/workbook.xml")])),
        ("xl/workbook.xml", format!("<workbook {main} {book}</workbook>")),
        ("xl/_rels/workbook.xml.rels", rels(&inner)),
        ("xl/styles.xml", format!("<styleSheet {main}>{styles}</styleSheet>")),
        ("xl/sharedStrings.xml", format!("<sst {main}><si><t>first</t></si></sst>")),
        ("xl/sheet.xml", format!("<worksheet {main}><sheetData><row>{row}</row></sheetData></worksheet>")),
    ];
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn new_cell(row: u32, col: u32, content: NewContent, format: Option<&str>) -> NewCell {
    let look = Look { format: format.map(str::to_owned), ..Look::default() };
    NewCell { at: CellRef::new(row, col), content, look }
}

fn judge(file: &str, bytes: Vec<u8>, tally: &mut Tally) {
    // Only a package that our own checks let through is given to calamine.
    let ours = Workbook::from_bytes(bytes.clone()).unwrap_or_else(|finding| panic!("{file}: {finding:?}"));
    let mut theirs: Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
    let sheets: Vec<_> = theirs.sheets_metadata().iter().filter(|s| s.typ == SheetType::WorkSheet).cloned().collect();
    let names: Vec<&str> = ours.info().sheets.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, sheets.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), "{file}");
    tally.files += 1;
    for (index, name) in names.iter().enumerate() {
        let place = |at: &CellRef| format!("{file} {name}!{at}");
        let mut left: BTreeMap<CellRef, Cell> = BTreeMap::new();
        ours.rows(index, &mut |row| {
            left.extend(row.cells.into_iter().map(|(col, cell)| (CellRef::new(row.index, col), cell)));
            ControlFlow::Continue(())
        })
        .unwrap_or_else(|finding| panic!("{file}: {finding:?}"));
        tally.cells += left.len();
        let mut reader = theirs.worksheet_cells_reader(name).unwrap();
        let stopped = loop {
            let cell = match reader.next_cell() {
                Ok(Some(cell)) => cell,
                Ok(None) => break false,
                Err(_) => break true,
            };
            let (row, col) = cell.get_position();
            let at = CellRef::new(row, col);
            match (left.remove(&at), cell.get_value()) {
                (None, DataRef::Empty) => {}
                (None, value) => panic!("{}: only calamine has {value:?}", place(&at)),
                (Some(ours), theirs) => {
                    if let Some(difference) = compare(&ours, theirs).unwrap_or_else(|()| {
                        panic!("{}: we read {ours:?}, calamine {theirs:?}", place(&at));
                    }) {
                        *tally.differences.entry(difference).or_default() += 1;
                    }
                }
            }
        };
        drop(reader);
        if stopped {
            assert!(left.values().any(|cell| matches!(cell.content, Content::Error(_))), "{file}");
            *tally.differences.entry(Difference::StoppedAtOddCell).or_default() += 1;
        } else {
            assert!(left.is_empty(), "{file}: only we have {left:?}");
        }
        let frame = ours.frame(index).unwrap();
        let mut merges: Vec<_> = theirs
            .merge_cells_by_sheet_name(name)
            .unwrap()
            .into_iter()
            .filter(|m| m.start != m.end)
            .map(|m| (m.start, m.end))
            .collect();
        merges.sort_unstable();
        let found: Vec<_> =
            frame.merges.iter().map(|m| ((m.first.row, m.first.col), (m.last.row, m.last.col))).collect();
        assert_eq!(found, merges, "{file} {name}");
        tally.merges += found.len();
    }
}

/// Whether the two are the same, alike but for a known difference, or different.
fn compare(ours: &Cell, theirs: &DataRef<'_>) -> Result<Option<Difference>, ()> {
    let is_date = !matches!(ours.kind(), FormatKind::Number | FormatKind::Text | FormatKind::Percent);
    let same = |yes: bool| yes.then_some(None).ok_or(());
    let number = |value: f64, raw: &str, theirs: f64, date: bool| {
        if value.to_bits() != theirs.to_bits() {
            Err(())
        } else if date != is_date {
            if is_date { Ok(Some(Difference::UnseenDate)) } else { Err(()) }
        } else if raw.bytes().all(|b| b.is_ascii_digit()) && raw != value.to_string() {
            Ok(Some(Difference::LostDigits))
        } else {
            Ok(None)
        }
    };
    match (&ours.content, theirs) {
        (Content::Empty, DataRef::Empty) if ours.formula.as_ref().is_some_and(|f| !f.cached) => {
            Ok(Some(Difference::UncachedFormula))
        }
        (Content::Number { value, raw }, DataRef::Float(theirs)) => number(*value, raw, *theirs, false),
        (Content::Number { value, raw }, DataRef::Int(theirs)) => number(*value, raw, *theirs as f64, false),
        (Content::Number { value, raw }, DataRef::DateTime(theirs)) => number(*value, raw, theirs.as_f64(), true),
        (Content::Text(ours), DataRef::String(theirs)) => text(ours, theirs),
        (Content::Text(ours), DataRef::SharedString(theirs)) => text(ours, theirs),
        (Content::Text(ours), DataRef::Empty) => same(ours.is_empty()),
        (Content::Bool(ours), DataRef::Bool(theirs)) => same(ours == theirs),
        (Content::Error(ours), DataRef::Error(theirs)) => same(**ours == theirs.to_string()),
        (Content::Error(_), DataRef::Float(theirs)) if !theirs.is_finite() => Ok(Some(Difference::NotANumber)),
        (Content::Error(ours), DataRef::String(theirs)) if **ours == **theirs => Ok(Some(Difference::NotANumber)),
        (Content::Error(ours), DataRef::SharedString(_)) if ours.starts_with("shared text") => {
            Ok(Some(Difference::BadIndex))
        }
        _ => Err(()),
    }
}

fn text(ours: &str, theirs: &str) -> Result<Option<Difference>, ()> {
    if ours == theirs {
        return Ok(None);
    }
    let solid = |text: &str| text.chars().filter(|c| !c.is_ascii_whitespace()).collect::<String>();
    (solid(ours) == solid(theirs)).then_some(Some(Difference::TrimmedText)).ok_or(())
}
