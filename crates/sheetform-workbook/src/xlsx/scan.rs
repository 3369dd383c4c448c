//! Rows and shared texts that are written as most programs write them, taken from the bytes without an XML parser.
//!
//! Whatever is not plain is left to the parser, element by element: prefixes, comments, CDATA, rich text, entities of
//! another kind, cells that stand in no column, blanks in odd places. So this knows little, and may not guess: what it
//! takes must be what the parser would give. `tests` hold the two against each other.

use std::borrow::Cow;

use quick_xml::events::BytesRef;
use sheetform::grid::{Cell, MAX_COLUMNS, MAX_ROWS, Row};

use super::cell::{Kind, Parts};
use super::sheet::Context;
use super::text;
use crate::package::scan::{Stop, referred};

/// A row and how many cells it has, empty ones counted.
pub(crate) type Counted = (Row, u64);

/// Takes a `<row>` that stands at the beginning; `next` is the first index it may have.
pub(crate) fn row(bytes: &[u8], next: u32, width: usize, context: &Context<'_>) -> Result<(usize, Counted), Stop> {
    let mut scan = Scan { bytes, at: 0 };
    scan.blanks();
    scan.expect(b"<row")?;
    let mut row = Row { index: next, ..Row::default() };
    while let Some((name, value)) = scan.attribute()? {
        match name {
            b"r" => row.index = number(value).filter(|n| (1..=MAX_ROWS).contains(n)).ok_or(Stop::Odd)? - 1,
            b"hidden" => row.hidden = value == b"1" || value == b"true",
            _ => {}
        }
    }
    if row.index < next || row.index >= MAX_ROWS {
        return Err(Stop::Odd);
    }
    let mut count = 0;
    if !scan.ends_empty()? {
        row.cells.reserve(width);
        let mut next = 0;
        let name = (row.index + 1).to_string();
        loop {
            scan.blanks();
            if scan.peek(1)? != b'c' {
                scan.expect(b"</row>")?;
                break;
            }
            let (column, cell) = match scan.common(name.as_bytes(), context) {
                Some(taken) => taken,
                None => scan.cell(row.index, next, context)?,
            };
            count += 1;
            // Two cells in one place, or out of order, are for the parser.
            if column < next {
                return Err(Stop::Odd);
            }
            next = column + 1;
            row.cells.extend(cell.map(|cell| (column, cell)));
        }
    }
    Ok((scan.at, (row, count)))
}

/// Takes an `<si>` of one plain text that stands at the beginning.
pub(crate) fn shared(bytes: &[u8]) -> Result<(usize, Cow<'_, str>), Stop> {
    let mut scan = Scan { bytes, at: 0 };
    scan.blanks();
    scan.expect(b"<si>")?;
    let text = scan.item(b"</si>")?;
    Ok((scan.at, text))
}

/// The name and value of an attribute.
type Attribute<'a> = (&'a [u8], &'a [u8]);

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    /// The byte so many behind the next one.
    fn peek(&self, ahead: usize) -> Result<u8, Stop> {
        self.bytes.get(self.at + ahead).copied().ok_or(Stop::More)
    }

    fn expect(&mut self, literal: &[u8]) -> Result<(), Stop> {
        let rest = &self.bytes[self.at..];
        if rest.starts_with(literal) {
            self.at += literal.len();
            Ok(())
        } else if rest.len() < literal.len() && literal.starts_with(rest) {
            Err(Stop::More)
        } else {
            Err(Stop::Odd)
        }
    }

    fn blanks(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    /// The next attribute of a tag; `None` in front of its `>` or `/>`.
    fn attribute(&mut self) -> Result<Option<Attribute<'a>>, Stop> {
        if matches!(self.peek(0)?, b'>' | b'/') {
            return Ok(None);
        }
        self.expect(b" ")?;
        if matches!(self.peek(0)?, b'>' | b'/') {
            return Ok(None);
        }
        let bytes: &'a [u8] = self.bytes;
        let start = self.at;
        let name = loop {
            match self.peek(0)? {
                b'=' => break &bytes[start..self.at],
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b':' | b'_' => self.at += 1,
                _ => return Err(Stop::Odd),
            }
        };
        // Another vocabulary may begin here.
        if name.is_empty() || name.starts_with(b"xmlns") {
            return Err(Stop::Odd);
        }
        self.at += 1;
        self.expect(b"\"")?;
        let start = self.at;
        loop {
            match self.peek(0)? {
                b'"' => break,
                b' '..=b'~' if !matches!(bytes[self.at], b'&' | b'<') => self.at += 1,
                _ => return Err(Stop::Odd),
            }
        }
        let value = &bytes[start..self.at];
        self.at += 1;
        Ok(Some((name, value)))
    }

    /// Leaves a tag; whether it ends as `/>`.
    fn ends_empty(&mut self) -> Result<bool, Stop> {
        let empty = self.peek(0)? == b'/';
        self.expect(if empty { b"/>" } else { b">" })?;
        Ok(empty)
    }

    /// The cell in nearly every place: its name, at most a style and a kind, and one value without references.
    /// Whatever differs is left where it is.
    fn common(&mut self, row: &[u8], context: &Context<'_>) -> Option<(u32, Option<Cell>)> {
        let bytes: &'a [u8] = self.bytes.get(self.at..)?;
        let mut rest = bytes.strip_prefix(b"<c r=\"")?;
        let mut column: u32 = 0;
        while let [letter @ b'A'..=b'Z', after @ ..] = rest {
            column = column * 26 + u32::from(letter - b'A') + 1;
            rest = after;
            if column > MAX_COLUMNS {
                return None;
            }
        }
        rest = rest.strip_prefix(row)?.strip_prefix(b"\"")?;
        let mut parts = Parts::default();
        if let Some(after) = rest.strip_prefix(b" s=\"") {
            let end = after.iter().take(10).position(|byte| *byte == b'"')?;
            parts.style = Some(number(&after[..end])? as usize);
            rest = &after[end + 1..];
        }
        if let Some(after) = rest.strip_prefix(b" t=\"s\"") {
            parts.kind = Kind::Shared;
            rest = after;
        }
        let value = rest.strip_prefix(b"><v>")?;
        // Digits, as a rule: a long value is for the other way.
        let end = value.iter().take(24).position(|byte| *byte == b'<')?;
        let (value, after) = value.split_at(end);
        let after = after.strip_prefix(b"</v></c>")?;
        let plain = |byte: &u8| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'E' | b'e');
        if value.is_empty() || !value.iter().all(plain) {
            return None;
        }
        parts.value = Some(std::str::from_utf8(value).ok()?);
        self.at += bytes.len() - after.len();
        Some((column.checked_sub(1)?, parts.cell(context)))
    }

    fn cell(&mut self, row: u32, next: u32, context: &Context<'_>) -> Result<(u32, Option<Cell>), Stop> {
        self.expect(b"<c")?;
        let mut column = next;
        let mut parts = Parts::default();
        while let Some((name, value)) = self.attribute()? {
            match name {
                b"r" => column = place(value, row).ok_or(Stop::Odd)?,
                b"s" => parts.style = Some(number(value).ok_or(Stop::Odd)? as usize),
                b"t" => parts.kind = Kind::named(std::str::from_utf8(value).map_err(|_| Stop::Odd)?),
                _ => {}
            }
        }
        if column >= MAX_COLUMNS {
            return Err(Stop::Odd);
        }
        if self.ends_empty()? {
            return Ok((column, parts.cell(context)));
        }
        let (mut value, mut inline, mut formula) = (None, None, None);
        loop {
            self.blanks();
            self.expect(b"<")?;
            match self.peek(0)? {
                b'v' if value.is_none() => value = Some(self.element(b"v", b"</v>")?),
                b'f' if formula.is_none() => formula = Some(self.element(b"f", b"</f>")?),
                b'i' if inline.is_none() => {
                    self.expect(b"is>")?;
                    inline = Some(self.item(b"</is>")?);
                }
                _ => {
                    self.expect(b"/c>")?;
                    break;
                }
            }
        }
        parts.value = value.as_deref();
        parts.inline = inline.as_deref();
        parts.formula = formula.as_deref();
        Ok((column, parts.cell(context)))
    }

    /// The one plain text of an `<is>` or `<si>`, up to its end tag.
    fn item(&mut self, end: &[u8]) -> Result<Cow<'a, str>, Stop> {
        self.blanks();
        self.expect(b"<")?;
        let piece = self.element(b"t", b"</t>")?;
        self.blanks();
        self.expect(end)?;
        Ok(if piece.contains("_x") { text::unescape(piece.into_owned()).into() } else { piece })
    }

    /// The text of an element, from its name on.
    fn element(&mut self, name: &[u8], end: &[u8]) -> Result<Cow<'a, str>, Stop> {
        self.expect(name)?;
        while self.attribute()?.is_some() {}
        if self.ends_empty()? {
            return Ok(Cow::Borrowed(""));
        }
        let bytes: &'a [u8] = self.bytes;
        let start = self.at;
        let length = memchr::memchr(b'<', &bytes[start..]).ok_or(Stop::More)?;
        self.at += length;
        self.expect(end)?;
        let text = std::str::from_utf8(&bytes[start..start + length]).map_err(|_| Stop::Odd)?;
        if memchr::memchr2(b'&', b'\r', text.as_bytes()).is_some() {
            return resolved(text).map(Cow::Owned);
        }
        Ok(Cow::Borrowed(text))
    }
}

/// A text with its references resolved.
fn resolved(text: &str) -> Result<String, Stop> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, from)) = rest.split_once('&') {
        let (name, after) = from.split_once(';').ok_or(Stop::Odd)?;
        out.push_str(before);
        out.push(referred(&BytesRef::new(name)).ok_or(Stop::Odd)?);
        rest = after;
    }
    out.push_str(rest);
    // Line ends are the parser's: a `\r` that a reference gives stays, another does not.
    if text.contains('\r') { Err(Stop::Odd) } else { Ok(out) }
}

/// A number of plain digits, nine at most.
fn number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    digits.iter().try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))
}

/// The column of a name such as `C7` in capitals, where its row is this one.
fn place(name: &[u8], row: u32) -> Option<u32> {
    let letters = name.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    let (letters, digits) = name.split_at(letters);
    if !(1..=3).contains(&letters.len()) || digits.first() == Some(&b'0') || number(digits)? != row + 1 {
        return None;
    }
    let column = letters.iter().fold(0, |column, byte| column * 26 + u32::from(byte - b'A') + 1);
    (column <= MAX_COLUMNS).then(|| column - 1)
}

#[cfg(test)]
mod tests;
