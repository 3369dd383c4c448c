//! A book with more rows than are held, written while they are given.
//!
//! The workbook around the rows is written by [`write`](super::write), with no row in the gap but some that show how
//! its cells may look; its sheet is cut open there, and the rows go in as they come. Where something else comes out
//! of it than a sheet that can be cut so, there is no long workbook.

use std::collections::HashMap;
use std::io::{self, Cursor, Read as _, Seek, Write};

use sheetform::decimal;
use sheetform::grid::{CellRef, column_name};
use sheetform::new_book::{Gap, GapRow, NewBook, NewCell, NewContent};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::check::{self, Marked, is_held, would_be_marked};
use crate::patch::cell_text;
use crate::xlsx::text::short_escapes;

/// The sheet with the rows, and the texts that its cells share.
const SHEET: &str = "xl/worksheets/sheet1.xml";
const STRINGS: &str = "xl/sharedStrings.xml";
/// How hard the sheet is compressed (BENCHMARKS.md has what each level costs).
const LEVEL: i64 = 5;
/// Bytes of XML that are gathered before they are compressed.
const BLOCK: usize = 1 << 16;
/// Texts that cells share, and their bytes; further ones stand in their cells.
const SHARED: usize = 50_000;
const SHARED_BYTES: usize = 4 << 20;
/// After so many different texts of a column, most of its texts must have come before, or no more of them are shared.
const TRIED: u32 = 4096;
/// Cells of a column that are kept.
const SAME: usize = 4096;
/// Cells whose XML might not fit in the four gigabytes of a plain entry.
const MANY: u64 = 40_000_000;

/// A workbook while its rows are given.
pub struct LongSave<W: Write + Seek> {
    zip: ZipWriter<W>,
    gap: Gap,
    columns: Vec<Column>,
    looks: Vec<Look>,
    strings: Strings,
    marked: Marked,
    /// The row that comes next.
    next: u32,
    xml: Vec<u8>,
    /// The number of the row, and its height with what is said with it.
    number: Vec<u8>,
    height: (f64, String),
    /// What was written of the sheet before the rows.
    before: String,
}

struct Look {
    /// The attribute with its style, and what stands before it.
    style: String,
    is_text: bool,
}

struct Column {
    /// A cell's XML up to the number of its row.
    start: String,
    /// Cells that may come again.
    again: Vec<Option<Again>>,
    /// Texts that were new, and those that were not.
    new: u32,
    known: u32,
}

/// A cell that may come again.
struct Again {
    /// Its XML behind the number of its row.
    xml: Box<[u8]>,
    is_shared: bool,
    is_marked: bool,
}

/// Texts that cells share.
#[derive(Default)]
struct Strings {
    numbers: HashMap<String, u32>,
    /// Their XML.
    items: Vec<u8>,
    /// Those of the book itself.
    of_book: u32,
    /// How often they are used.
    uses: u64,
}

/// A workbook that is written, and its sheet cut open.
struct Frame {
    package: ZipArchive<Cursor<Vec<u8>>>,
    before: String,
    after: String,
    strings: String,
    looks: Vec<u32>,
}

impl<W: Write + Seek> LongSave<W> {
    /// Begins a workbook. None where it cannot be written so: then [`save`](super::save) says what it cannot hold.
    pub fn new(book: &NewBook, gap: &Gap, to: W) -> io::Result<Option<Self>> {
        let Some(mut frame) = Frame::new(book, gap, &Marked::default())? else { return Ok(None) };
        let Some(of_book) = attribute(&frame.strings, "uniqueCount") else { return Ok(None) };
        let mut zip = ZipWriter::new(to);
        for part in frame.parts().take_while(|name| name != SHEET).collect::<Vec<_>>() {
            zip.raw_copy_file(frame.package.by_name(&part)?)?;
        }
        let large = u64::from(gap.end - gap.first) * gap.cols.len() as u64 > MANY;
        zip.start_file(SHEET, options().large_file(large))?;
        let look = |number: usize, style: u32| Look {
            style: format!("\" s=\"{style}\""),
            is_text: gap.looks[number].format.as_deref() == Some("@"),
        };
        Ok(Some(Self {
            zip,
            columns: gap.cols.iter().map(|col| Column::new(*col)).collect(),
            looks: frame.looks.iter().enumerate().map(|(number, style)| look(number, *style)).collect(),
            strings: Strings { of_book, ..Strings::default() },
            marked: Marked::default(),
            next: gap.first,
            xml: frame.before.clone().into_bytes(),
            number: Vec::new(),
            height: (f64::NAN, String::new()),
            before: frame.before,
            gap: gap.clone(),
        }))
    }

    /// Writes the next row of the gap. False where it does not belong there, or no cell holds what is in it: the
    /// workbook is then worth nothing.
    pub fn row(&mut self, row: &GapRow) -> io::Result<bool> {
        if self.next >= self.gap.end || row.cells.len() != self.columns.len() {
            return Ok(false);
        }
        self.number.clear();
        decimal::push_whole(i64::from(self.next) + 1, &mut self.number);
        if row.height.to_bits() != self.height.0.to_bits() {
            // As Excel counts, in pixels of three quarters of a point.
            let points = (row.height * 4.0 / 3.0).round() * 0.75;
            self.height = (row.height, format!("\" ht=\"{points}\" customHeight=\"1\">"));
        }
        let xml = &mut self.xml;
        push(xml, &[b"<row r=\"", &self.number, self.height.1.as_bytes()]);
        for ((cell, column), col) in row.cells.iter().zip(&mut self.columns).zip(&self.gap.cols) {
            push(xml, &[column.start.as_bytes(), &self.number]);
            let again = cell.same.and_then(|same| column.again.get(same)?.as_ref());
            let is_marked = if let Some(again) = again {
                xml.extend_from_slice(&again.xml);
                self.strings.uses += u64::from(again.is_shared);
                column.known = column.known.saturating_add(1);
                again.is_marked
            } else {
                let (content, from, uses) = (&cell.content, xml.len(), self.strings.uses);
                let Some(look) = self.looks.get(cell.look).filter(|_| is_held(content)) else { return Ok(false) };
                if !column.cell(content, look, &mut self.strings, xml) {
                    return Ok(false);
                }
                let is_marked = would_be_marked(content, look.is_text.then_some("@"));
                let is_shared = self.strings.uses > uses;
                column.keep(cell.same, || Again { xml: xml[from..].into(), is_shared, is_marked });
                is_marked
            };
            if is_marked {
                self.marked.add(self.next, *col);
            }
        }
        xml.extend_from_slice(b"</row>");
        self.next += 1;
        if self.xml.len() >= BLOCK {
            self.zip.write_all(&self.xml)?;
            self.xml.clear();
        }
        Ok(true)
    }

    /// Ends the workbook, whose book may now have other values than at the beginning. False where that makes it
    /// another workbook, or rows are missing.
    pub fn finish(mut self, book: &NewBook) -> io::Result<bool> {
        let Some(mut frame) = Frame::new(book, &self.gap, &self.marked)? else { return Ok(false) };
        if self.next != self.gap.end || frame.before != self.before {
            return Ok(false);
        }
        self.zip.write_all(&self.xml)?;
        self.zip.write_all(frame.after.as_bytes())?;
        let Some(strings) = self.strings.part(&frame.strings) else { return Ok(false) };
        for part in frame.parts().skip_while(|name| name != SHEET).skip(1).collect::<Vec<_>>() {
            if part == STRINGS {
                self.zip.start_file(STRINGS, options())?;
                self.zip.write_all(&strings)?;
            } else {
                self.zip.raw_copy_file(frame.package.by_name(&part)?)?;
            }
        }
        self.zip.finish()?;
        Ok(true)
    }
}

/// How a part is packed; the day of a plain entry is always the same.
fn options() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).compression_level(Some(LEVEL))
}

impl Frame {
    /// Writes the book and cuts its first sheet open; none where it cannot be written, or cut.
    fn new(book: &NewBook, gap: &Gap, marked: &Marked) -> io::Result<Option<Self>> {
        let mut marked = marked.clone();
        let Some(sheet) = book.sheets.first() else { return Ok(None) };
        let shown = gap.looks.len().div_ceil(gap.cols.len().max(1)) as u32;
        if !check::check(book).is_empty() || gap.end < gap.first + shown || shown == 0 {
            return Ok(None);
        }
        // What shows the looks is no cell of the book.
        marked.take(sheet);
        let mut whole = book.clone();
        let rows = (gap.end - shown..gap.end).flat_map(|row| gap.cols.iter().map(move |col| CellRef::new(row, *col)));
        let looks = gap.looks.iter().chain(std::iter::repeat(&gap.looks[0]));
        let cells = rows.zip(looks).map(|(at, look)| NewCell { at, content: NewContent::Empty, look: look.clone() });
        whole.sheets[0].cells.extend(cells);
        whole.sheets[0].cells.sort_by_key(|cell| cell.at);
        let Ok(bytes) = super::write(&whole, Some(&marked)) else { return Ok(None) };
        let mut package = ZipArchive::new(Cursor::new(bytes))?;
        let (mut xml, mut strings) = (String::new(), String::new());
        package.by_name(SHEET)?.read_to_string(&mut xml)?;
        match package.by_name(STRINGS) {
            Ok(mut part) => part.read_to_string(&mut strings)?,
            Err(_) => return Ok(None),
        };
        let Some((from, to)) = cut(&xml, gap) else { return Ok(None) };
        let styles = |cell: &str| attribute(cell.split('>').next().unwrap_or_default(), "s").unwrap_or(0);
        let looks: Vec<u32> = xml[from..to].split("<c ").skip(1).map(styles).take(gap.looks.len()).collect();
        let (before, after) = (xml[..from].to_owned(), xml[to..].to_owned());
        Ok((looks.len() == gap.looks.len()).then_some(Self { package, before, after, strings, looks }))
    }

    /// The names of the parts, in order.
    fn parts(&self) -> impl Iterator<Item = String> + use<'_> {
        (0..self.package.len()).filter_map(|part| Some(self.package.name_for_index(part)?.ok()?.into_owned()))
    }
}

/// Where the rows of the gap begin in a sheet, and where they end.
fn cut(xml: &str, gap: &Gap) -> Option<(usize, usize)> {
    let end = xml.find("</sheetData>")?;
    let rows = || xml[..end].match_indices("<row ").map(|(at, _)| at);
    let number = |at: &usize| attribute(&xml[*at..], "r").unwrap_or_default();
    let from = rows().find(|at| number(at) > gap.first)?;
    let to = rows().find(|at| number(at) > gap.end).unwrap_or(end);
    (from < to).then_some((from, to))
}

/// The number that an attribute of the tag has with which a text begins.
fn attribute(xml: &str, name: &str) -> Option<u32> {
    let (_, value) = xml.split_once(&format!(" {name}=\""))?;
    value.split('"').next()?.parse().ok()
}

impl Strings {
    /// The number of a text that cells share; none where it is to stand in its cell.
    fn number(&mut self, text: &str, column: &mut Column) -> Option<u32> {
        // In a column of texts that are nearly all different, looking one up is wasted.
        let repeats = column.new < TRIED || column.known > column.new;
        if !repeats {
            return None;
        }
        if let Some(number) = self.numbers.get(text) {
            column.known = column.known.saturating_add(1);
            self.uses += 1;
            return Some(*number);
        }
        column.new += 1;
        if self.numbers.len() >= SHARED || self.items.len() >= SHARED_BYTES {
            return None;
        }
        let number = self.of_book + self.numbers.len() as u32;
        self.items.extend_from_slice(b"<si>");
        push_text(&mut self.items, text);
        self.items.extend_from_slice(b"</si>");
        self.numbers.insert(text.to_owned(), number);
        self.uses += 1;
        Some(number)
    }

    /// The part with the texts of the book and these.
    fn part(&self, of_book: &str) -> Option<Vec<u8>> {
        let (count, unique) = (attribute(of_book, "count")?, attribute(of_book, "uniqueCount")?);
        let (head, items) = of_book.strip_suffix("</sst>")?.split_once("uniqueCount=\"")?;
        let (_, items) = items.split_once('>')?;
        let (head, _) = head.rsplit_once(" count=\"")?;
        let (count, unique) = (u64::from(count) + self.uses, unique as usize + self.numbers.len());
        let mut part = format!("{head} count=\"{count}\" uniqueCount=\"{unique}\">{items}").into_bytes();
        part.extend_from_slice(&self.items);
        part.extend_from_slice(b"</sst>");
        Some(part)
    }
}

impl Column {
    fn new(col: u32) -> Self {
        Self { start: format!("<c r=\"{}", column_name(col)), again: Vec::new(), new: 0, known: 0 }
    }

    /// Adds what follows the number of a cell's row; false where it cannot stand there.
    fn cell(&mut self, content: &NewContent, look: &Look, strings: &mut Strings, xml: &mut Vec<u8>) -> bool {
        xml.extend_from_slice(look.style.as_bytes());
        match content {
            NewContent::Empty => xml.extend_from_slice(b"/>"),
            NewContent::Number(value) => {
                xml.extend_from_slice(b"><v>");
                decimal::push(*value, xml);
                xml.extend_from_slice(b"</v></c>");
            }
            NewContent::Bool(truth) => push(xml, &[b" t=\"b\"><v>", if *truth { b"1" } else { b"0" }, b"</v></c>"]),
            NewContent::Text(text) => {
                if let Some(number) = strings.number(text, self) {
                    xml.extend_from_slice(b" t=\"s\"><v>");
                    decimal::push_whole(number.into(), xml);
                    xml.extend_from_slice(b"</v></c>");
                } else {
                    xml.extend_from_slice(b" t=\"inlineStr\"><is>");
                    push_text(xml, text);
                    xml.extend_from_slice(b"</is></c>");
                }
            }
            // The records of a long table have none.
            NewContent::Formula { .. } => return false,
        }
        true
    }

    /// Keeps a cell that may come again.
    fn keep(&mut self, same: Option<usize>, again: impl FnOnce() -> Again) {
        if let Some(same) = same.filter(|same| *same < SAME) {
            if self.again.len() <= same {
                self.again.resize_with(same + 1, || None);
            }
            self.again[same] = Some(again());
        }
    }
}

fn push(xml: &mut Vec<u8>, parts: &[&[u8]]) {
    for part in parts {
        xml.extend_from_slice(part);
    }
}

/// A text as a cell or the shared texts have it.
fn push_text(xml: &mut Vec<u8>, text: &str) {
    let cuts = if text.contains("_x") { short_escapes(text) } else { Vec::new() };
    if cuts.is_empty() {
        return piece(xml, text);
    }
    // In one piece some programs would take it for an escape.
    let starts = std::iter::once(0).chain(cuts.iter().copied());
    for (start, end) in starts.zip(cuts.iter().copied().chain([text.len()])) {
        xml.extend_from_slice(b"<r>");
        piece(xml, &text[start..end]);
        xml.extend_from_slice(b"</r>");
    }
}

fn piece(xml: &mut Vec<u8>, text: &str) {
    let space = text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace);
    xml.extend_from_slice(if space { b"<t xml:space=\"preserve\">" } else { b"<t>" });
    let special = |byte| matches!(byte, b'&' | b'<' | b'>' | b'_' | 0..0x20);
    if text.bytes().any(special) || text.contains(['\u{FFFE}', '\u{FFFF}']) {
        xml.extend_from_slice(cell_text(text).as_bytes());
    } else {
        xml.extend_from_slice(text.as_bytes());
    }
    xml.extend_from_slice(b"</t>");
}
