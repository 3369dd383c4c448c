//! XML as its raw pieces, one after another: each byte of the part belongs to exactly one. Understands no element, and
//! never holds more than one piece. What is not well-formed may pass unseen: who reads a part checks it.

use std::fmt::Write as _;
use std::io::{BufRead as _, Read};

use sheetform::finding::Finding;

use crate::fault::{over_limit, unreadable};
use crate::package::part_finding;
use crate::package::window::Window;

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text between tags, or a part of it.
    Text,
    /// `<name …>`
    Open,
    /// `<name …/>`
    Empty,
    /// `</name>`
    Close,
    /// A comment, a processing instruction or a CDATA section.
    Other,
    /// The end of the part.
    End,
}

/// The pieces of a part.
pub(super) struct Tokens<'p, R> {
    window: Window<R>,
    part: &'p str,
    /// Bytes of one tag or comment at most.
    limit: usize,
    /// Bytes of the piece in hand, the first of the window.
    length: usize,
    /// Whether the window has all that is left.
    ended: bool,
}

impl<'p, R: Read> Tokens<'p, R> {
    pub(super) fn new(reader: R, part: &'p str, limit: usize) -> Self {
        Self::of(Window::new(reader), part, limit)
    }

    /// The pieces of what is left of a part that is being read.
    pub(super) fn of(window: Window<R>, part: &'p str, limit: usize) -> Self {
        Self { window, part, limit, length: 0, ended: false }
    }

    /// Takes the next piece in hand.
    pub(super) fn next(&mut self) -> Result<Piece, Finding> {
        self.window.consume(self.length);
        self.length = 0;
        loop {
            let rest = self.window.stretch();
            match measure(rest, self.ended) {
                Found::Piece(piece, length) => {
                    self.length = length;
                    return Ok(piece);
                }
                Found::Doctype => return Err(unreadable(self.part, "holds a DOCTYPE", "含有 DOCTYPE")),
                Found::Short if self.ended => return Err(self.broken()),
                Found::Short if rest.len() > self.limit => {
                    return Err(over_limit("bytes of one text", "单个文本的字节数", self.limit));
                }
                Found::Short => {
                    self.ended = !self.window.grow(usize::MAX).map_err(|error| part_finding(self.part, &error))?;
                }
            }
        }
    }

    /// The piece in hand.
    pub(super) fn raw(&self) -> &[u8] {
        self.window.stretch().get(..self.length).unwrap_or_default()
    }

    /// The tag in hand.
    pub(super) fn tag(&self) -> Tag<'_> {
        Tag(self.raw())
    }

    /// Passes an element whose start tag is in hand, giving each of its pieces, the tags at both ends too.
    pub(super) fn element(&mut self, piece: Piece, mut each: impl FnMut(&[u8])) -> Result<(), Finding> {
        each(self.raw());
        let mut depth = usize::from(piece == Piece::Open);
        while depth > 0 {
            match self.next()? {
                Piece::Open => depth += 1,
                Piece::Close => depth -= 1,
                Piece::End => return Err(self.broken()),
                Piece::Empty | Piece::Text | Piece::Other => {}
            }
            each(self.raw());
        }
        Ok(())
    }

    pub(super) fn broken(&self) -> Finding {
        unreadable(self.part, "is not the XML it should be", "的 XML 有误")
    }
}

enum Found {
    Piece(Piece, usize),
    Doctype,
    /// More bytes are needed.
    Short,
}

/// The piece at the beginning of some bytes.
fn measure(bytes: &[u8], ended: bool) -> Found {
    match bytes {
        [] if ended => Found::Piece(Piece::End, 0),
        [] | [b'<'] => Found::Short,
        [b'<', b'!', rest @ ..] => match rest {
            [b'-', b'-', ..] => closed(bytes, 4, b"-->"),
            [b'[', ..] => closed(bytes, 3, b"]]>"),
            [] | [b'-'] => Found::Short,
            _ => Found::Doctype,
        },
        [b'<', b'?', ..] => closed(bytes, 2, b"?>"),
        [b'<', second, ..] => {
            let mut quote = None;
            for (index, byte) in bytes.iter().enumerate() {
                match (quote, byte) {
                    (None, b'>') => {
                        let piece = match (second, bytes.get(index - 1)) {
                            (b'/', _) => Piece::Close,
                            (_, Some(b'/')) => Piece::Empty,
                            _ => Piece::Open,
                        };
                        return Found::Piece(piece, index + 1);
                    }
                    (None, b'"' | b'\'') => quote = Some(*byte),
                    (Some(open), byte) if open == *byte => quote = None,
                    _ => {}
                }
            }
            Found::Short
        }
        _ => Found::Piece(Piece::Text, bytes.iter().position(|byte| *byte == b'<').unwrap_or(bytes.len())),
    }
}

fn closed(bytes: &[u8], from: usize, end: &[u8]) -> Found {
    let rest = bytes.get(from..).unwrap_or_default();
    let found = rest.windows(end.len()).position(|window| window == end);
    found.map_or(Found::Short, |at| Found::Piece(Piece::Other, from + at + end.len()))
}

/// A tag as it stands, with its brackets.
#[derive(Clone, Copy)]
pub(super) struct Tag<'a>(pub(super) &'a [u8]);

impl<'a> Tag<'a> {
    /// The name with its prefix.
    pub(super) fn name(self) -> &'a [u8] {
        let from = 1 + usize::from(self.0.get(1) == Some(&b'/'));
        let rest = self.0.get(from..).unwrap_or_default();
        let end = rest.iter().position(|b| b.is_ascii_whitespace() || matches!(b, b'/' | b'>')).unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    }

    /// The name without its prefix.
    pub(super) fn local(self) -> &'a [u8] {
        self.name().rsplit(|b| *b == b':').next().unwrap_or_default()
    }

    /// The prefix with its colon; empty where there is none.
    pub(super) fn prefix(self) -> &'a [u8] {
        let name = self.name();
        name.get(..name.len() - self.local().len()).unwrap_or_default()
    }

    /// Whether it is called `local`, with this prefix.
    pub(super) fn is(self, prefix: &[u8], local: &str) -> bool {
        self.name().strip_prefix(prefix) == Some(local.as_bytes())
    }

    /// Names and values of the attributes with the bytes each takes, the blank before it too.
    pub(super) fn attributes(self) -> impl Iterator<Item = Attribute<'a>> {
        let mut at = 1 + self.name().len();
        std::iter::from_fn(move || {
            let tag = self.0;
            let byte = |at: usize| tag.get(at).copied().unwrap_or(b'>');
            let start = at;
            while byte(at).is_ascii_whitespace() {
                at += 1;
            }
            let name = at;
            while !byte(at).is_ascii_whitespace() && !matches!(byte(at), b'=' | b'>' | b'/') {
                at += 1;
            }
            let name = name..at;
            while byte(at).is_ascii_whitespace() || byte(at) == b'=' {
                at += 1;
            }
            let quote = byte(at);
            if name.is_empty() || !matches!(quote, b'"' | b'\'') {
                return None;
            }
            let value = at + 1;
            let length = tag.get(value..)?.iter().position(|b| *b == quote)?;
            at = value + length + 1;
            Some(Attribute {
                name: tag.get(name)?,
                value: tag.get(value..value + length)?,
                whole: start..at,
                value_at: value,
            })
        })
    }

    /// The value of an attribute, references resolved.
    pub(super) fn attribute(self, name: &str) -> Option<String> {
        let found = self.attributes().find(|attribute| attribute.name == name.as_bytes())?;
        let text = std::str::from_utf8(found.value).ok()?;
        quick_xml::escape::unescape(text).map(std::borrow::Cow::into_owned).ok()
    }

    /// An attribute that is a number.
    pub(super) fn number(self, name: &str) -> Option<u32> {
        let found = self.attributes().find(|attribute| attribute.name == name.as_bytes())?;
        std::str::from_utf8(found.value).ok()?.trim().parse().ok()
    }

    /// Whether it declares namespaces of the strict variant of the format.
    pub(super) fn is_strict(self) -> bool {
        self.attributes().any(|attribute| attribute.value.starts_with(b"http://purl.oclc.org/"))
    }

    /// Whether an attribute says yes.
    pub(super) fn flag(self, name: &str) -> bool {
        self.attribute(name).is_some_and(|value| matches!(value.trim(), "1" | "true" | "on"))
    }

    /// The tag with an attribute set: in its place, or as the last one.
    pub(super) fn with(self, name: &str, value: &str) -> Vec<u8> {
        let value = quick_xml::escape::escape(value);
        if let Some(found) = self.attributes().find(|attribute| attribute.name == name.as_bytes()) {
            return splice(self.0, found.value_at..found.value_at + found.value.len(), value.as_bytes());
        }
        let end = self.0.len().saturating_sub(if self.0.ends_with(b"/>") { 2 } else { 1 });
        splice(self.0, end..end, format!(" {name}=\"{value}\"").as_bytes())
    }

    /// The tag without an attribute.
    pub(super) fn without(self, name: &str) -> Vec<u8> {
        match self.attributes().find(|attribute| attribute.name == name.as_bytes()) {
            Some(found) => splice(self.0, found.whole, b""),
            None => self.0.to_vec(),
        }
    }

    /// `<a/>` as `<a>`.
    pub(super) fn opened(self) -> Vec<u8> {
        match self.0.strip_suffix(b"/>") {
            Some(start) => [start.trim_ascii_end(), b">"].concat(),
            None => self.0.to_vec(),
        }
    }
}

/// An attribute as it stands in its tag.
pub(super) struct Attribute<'a> {
    pub(super) name: &'a [u8],
    pub(super) value: &'a [u8],
    whole: std::ops::Range<usize>,
    value_at: usize,
}

/// Some bytes with a stretch of them replaced.
pub(super) fn splice(bytes: &[u8], range: std::ops::Range<usize>, with: &[u8]) -> Vec<u8> {
    let (before, after) = (bytes.get(..range.start).unwrap_or_default(), bytes.get(range.end..).unwrap_or_default());
    [before, with, after].concat()
}

/// Text as it stands between tags: what XML or Excel would take for something else is written in their ways.
pub(crate) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let bytes = text.as_bytes();
    for (at, c) in text.char_indices() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // ECMA-376 part 1, 22.9.2.19; the closing _ may come from the escape of the next character.
            '_' if bytes.get(at + 1) == Some(&b'x')
                && bytes.get(at + 2..at + 6).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)) =>
            {
                out.push_str("_x005F_");
            }
            c if (c < ' ' && !matches!(c, '\t' | '\n')) || matches!(c, '\u{FFFE}' | '\u{FFFF}') => {
                _ = write!(out, "_x{:04X}_", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(xml: &str) -> Vec<(Piece, String)> {
        let mut tokens = Tokens::new(xml.as_bytes(), "p", 1 << 20);
        let mut out = Vec::new();
        loop {
            let piece = tokens.next().unwrap();
            if piece == Piece::End {
                return out;
            }
            out.push((piece, String::from_utf8(tokens.raw().to_vec()).unwrap()));
        }
    }

    #[test]
    fn every_byte_belongs_to_one_piece() {
        use Piece::{Close, Empty, Open, Other, Text};
        let xml = "\u{feff}<?xml a=\"?\"?><a b='>' c=\"/>\"><!-- <a> --> x<b/><![CDATA[</a>]]></a >\n";
        let found = pieces(xml);
        assert_eq!(found.iter().map(|(_, raw)| raw.as_str()).collect::<String>(), xml);
        assert_eq!(
            found.iter().map(|(piece, _)| *piece).collect::<Vec<_>>(),
            [Text, Other, Open, Other, Text, Empty, Other, Close, Text]
        );
    }

    #[test]
    fn pieces_longer_than_the_window_are_held_whole() {
        let long = format!("<a b=\"{}\">{}</a>", "x".repeat(300_000), "y".repeat(300_000));
        assert_eq!(pieces(&long)[0].1.len(), 300_008);
        assert!(Tokens::new(long.as_bytes(), "p", 1_000).next().is_err());
    }

    #[test]
    fn what_breaks_off_is_said() {
        for xml in ["<a", "<!-- ", "<![CDATA[ ]]", "<?x", "<", "<a b=\">", "<!DOCTYPE a>"] {
            let mut tokens = Tokens::new(xml.as_bytes(), "p", 1 << 20);
            assert!(tokens.next().is_err(), "{xml}");
        }
    }

    #[test]
    fn tags_are_changed_where_needed() {
        let tag = Tag(b"<x:c  r = \"A1\" s='3'\n t=\"a&amp;b\" />");
        assert_eq!((tag.name(), tag.local(), tag.prefix()), (&b"x:c"[..], &b"c"[..], &b"x:"[..]));
        assert_eq!((tag.attribute("t").as_deref(), tag.number("s")), (Some("a&b"), Some(3)));
        let shown = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        assert_eq!(shown(tag.with("s", "12")), "<x:c  r = \"A1\" s='12'\n t=\"a&amp;b\" />");
        assert_eq!(shown(tag.with("u", "<")), "<x:c  r = \"A1\" s='3'\n t=\"a&amp;b\"  u=\"&lt;\"/>");
        assert_eq!(shown(tag.without("s")), "<x:c  r = \"A1\"\n t=\"a&amp;b\" />");
        assert_eq!(shown(Tag(b"<a/>").opened()), "<a>");
        assert_eq!(shown(Tag(b"<a>").with("b", "1")), "<a b=\"1\">");
    }

    #[test]
    fn texts_come_back() {
        for plain in ["a<b>&c", "_x0041_", "_x000D\u{1}", "\u{b}\u{ffff}", "_x_", "两行\n字"] {
            let written = quick_xml::escape::unescape(&text(plain)).unwrap().into_owned();
            assert_eq!(crate::xlsx::text::unescape(written), plain);
        }
    }
}
