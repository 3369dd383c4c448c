//! Rows and shared texts that are written as most programs write them, taken from the bytes without an XML parser.
//!
//! Whatever is not plain is left to the parser, element by element: prefixes, comments, CDATA, rich text, entities of
//! another kind, cells that stand in no column, blanks in odd places. So this knows little, and may not guess: what it
//! takes must be what the parser would give. `tests` hold the two against each other.

use std::borrow::Cow;

use quick_xml::events::BytesRef;
use sheetform::decimal;
use sheetform::grid::{Content, MAX_COLUMNS, MAX_ROWS};

use super::cell::{Kind, Parts};
use super::sheet::Context;
use super::stretch::{Found, Holds};
use super::text;
use crate::number;
use crate::package::scan::{Stop, referred};

/// What a row says of itself, and how many cells it has, empty ones counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) index: u32,
    pub(crate) hidden: bool,
    pub(crate) count: u64,
}

/// Takes a `<row>` that stands at the beginning, and adds its cells; `next` is the first index it may have. Where it
/// cannot be taken, some of its cells may have been added.
pub(crate) fn row(
    bytes: &[u8],
    next: u32,
    context: &Context<'_>,
    cells: &mut Vec<Found>,
) -> Result<(usize, Taken), Stop> {
    let mut scan = Scan { bytes, at: 0 };
    scan.blanks();
    scan.expect(b"<row")?;
    let mut row = Taken { index: next, hidden: false, count: 0 };
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
    if !scan.ends_empty()? {
        let mut next = 0;
        let mut name = Vec::with_capacity(8);
        decimal::push_whole(i64::from(row.index) + 1, &mut name);
        name.push(b'"');
        loop {
            scan.blanks();
            if scan.peek(1)? != b'c' {
                scan.expect(b"</row>")?;
                break;
            }
            row.count += 1;
            if let Some(column) = scan.common(&name, context, next, cells) {
                next = column + 1;
                continue;
            }
            let (column, cell) = scan.cell(row.index, next, context)?;
            // Two cells in one place, or out of order, are for the parser.
            if column < next {
                return Err(Stop::Odd);
            }
            next = column + 1;
            cells.extend(cell);
        }
    }
    Ok((scan.at, row))
}

/// Takes an `<si>` of one plain text that stands at the beginning.
pub(crate) fn shared(bytes: &[u8]) -> Result<(usize, Cow<'_, str>), Stop> {
    if let Some(text) = plain_shared(bytes) {
        return Ok((b"<si><t></t></si>".len() + text.len(), text.into()));
    }
    let mut scan = Scan { bytes, at: 0 };
    scan.blanks();
    scan.expect(b"<si>")?;
    let text = scan.item(b"</si>")?;
    Ok((scan.at, text))
}

/// The text of an `<si>` as nearly all are written.
fn plain_shared(bytes: &[u8]) -> Option<&str> {
    let rest = bytes.strip_prefix(b"<si><t>")?;
    let text = &rest[..memchr::memchr(b'<', rest)?];
    let plain = rest[text.len()..].starts_with(b"</t></si>") && memchr::memchr3(b'&', b'\r', b'_', text).is_none();
    std::str::from_utf8(text).ok().filter(|_| plain)
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
        let of_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_');
        let name = self.up_to(b'=', of_name)?;
        // Another vocabulary may begin here.
        if name.is_empty() || name.starts_with(b"xmlns") {
            return Err(Stop::Odd);
        }
        self.expect(b"\"")?;
        let of_value = |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'&' | b'<');
        Ok(Some((name, self.up_to(b'"', of_value)?)))
    }

    /// Leaves bytes that `may` stand there and the `end` behind them; gives the former.
    fn up_to(&mut self, end: u8, may: impl Fn(&u8) -> bool) -> Result<&'a [u8], Stop> {
        let bytes: &'a [u8] = self.bytes;
        let rest = bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|byte| *byte == end || !may(byte)).ok_or(Stop::More)?;
        if rest[length] != end {
            return Err(Stop::Odd);
        }
        self.at += length + 1;
        Ok(&rest[..length])
    }

    /// Leaves a tag; whether it ends as `/>`.
    fn ends_empty(&mut self) -> Result<bool, Stop> {
        let empty = self.peek(0)? == b'/';
        self.expect(if empty { b"/>" } else { b">" })?;
        Ok(empty)
    }

    /// The cell in nearly every place: its name, at most a style and a kind, and one number. Whatever differs is left
    /// where it is. `row` is the row's number with the quote behind it, `next` the first column it may stand in.
    fn common(&mut self, row: &[u8], book: &Context<'_>, next: u32, cells: &mut Vec<Found>) -> Option<u32> {
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
        rest = rest.strip_prefix(row)?;
        let mut style = Found::NO_STYLE;
        if let Some(after) = rest.strip_prefix(b" s=\"") {
            let end = after.iter().take(10).position(|byte| *byte == b'"')?;
            style = number(&after[..end])?;
            rest = &after[end + 1..];
        }
        let shared = rest.strip_prefix(b" t=\"s\"");
        let value = shared.unwrap_or(rest).strip_prefix(b"><v>")?;
        let digits = Digits::of(value)?;
        let (value, after) = value.split_at(digits.end);
        let after = after.strip_prefix(b"</v></c>")?;
        let holds = if shared.is_some() {
            Holds::Shared(book.strings.number(digits.whole()?)?)
        } else {
            let text = std::str::from_utf8(value).ok()?;
            let value = digits.value().or_else(|| number::parse(text))?;
            Holds::Content(Content::Number { value, raw: text.into() })
        };
        let column = column.checked_sub(1).filter(|column| *column >= next)?;
        self.at += bytes.len() - after.len();
        cells.push(Found { column, style, holds });
        Some(column)
    }

    fn cell(&mut self, row: u32, next: u32, context: &Context<'_>) -> Result<(u32, Option<Found>), Stop> {
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
            return Ok((column, parts.found(column, context)));
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
        Ok((column, parts.found(column, context)))
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

/// The digits of a number, up to a `<`.
struct Digits {
    /// All of them as one whole number, where they are no more than [`Digits::MOST`].
    all: u64,
    /// How many stand behind the point, where there is one.
    decimals: Option<usize>,
    /// Whether there is nothing else, and at least one.
    plain: bool,
    /// Where the `<` is.
    end: usize,
}

impl Digits {
    /// As many, without their point, are less than 2^53.
    const MOST: usize = 15;

    /// None where something stands there that is in no number, and for a long one.
    fn of(bytes: &[u8]) -> Option<Self> {
        let (mut all, mut point, mut plain) = (0_u64, None, true);
        for (at, byte) in bytes.iter().take(24).enumerate() {
            let digit = byte.wrapping_sub(b'0');
            if digit < 10 {
                all = all.wrapping_mul(10).wrapping_add(u64::from(digit));
                continue;
            }
            match byte {
                b'<' => {
                    let decimals = point.map(|point| at - point - 1);
                    plain &= (1..=Self::MOST).contains(&(at - usize::from(point.is_some())));
                    return (at > 0).then_some(Self { all, decimals, plain, end: at });
                }
                b'.' if point.is_none() && at > 0 => point = Some(at),
                b'.' | b'-' | b'+' | b'E' | b'e' => plain = false,
                _ => return None,
            }
        }
        None
    }

    /// The whole number.
    fn whole(&self) -> Option<u64> {
        (self.plain && self.decimals.is_none()).then_some(self.all)
    }

    /// The double nearest to it: both numbers divided are doubles, so that it is rounded once.
    fn value(&self) -> Option<f64> {
        const TENS: [f64; Digits::MOST + 1] =
            [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
        let tens = TENS.get(self.decimals.unwrap_or(0))?;
        self.plain.then(|| self.all as f64 / tens)
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
