//! A part's XML as nested elements of the part's own vocabulary. Foreign elements are passed over, compatibility
//! alternatives resolved; knows no element of its own.

use std::borrow::Cow;
use std::io::{self, BufRead, Read};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use sheetform::finding::Finding;

use super::namespaces::is_own;
use super::part_finding;
use super::scan::{self, Metered, Spent};
use super::window::Window;
use crate::fault::{over_limit, unreadable};

/// Elements inside one another; the vocabulary itself needs about ten.
const DEPTH: usize = 256;

/// Bytes that are taken past the parser at once at most: longer elements go to it, piece by piece.
const WIDEST: usize = 1 << 20;

/// The XML of a part. [`Xml::child`] goes into the next child of the element it stands in.
pub(crate) struct Xml<R: BufRead> {
    reader: Reader<Metered<R>>,
    buffer: Vec<u8>,
    part: String,
    text_bytes: usize,
    /// The element last entered, as it stands between `<` and `>`.
    tag: String,
    name_length: usize,
    local_start: usize,
    /// Open elements; whether each is looked through, as if its children stood in its parent.
    open: Vec<bool>,
    /// Whether the element last entered has no content.
    empty: bool,
    /// Prefixes of the own vocabulary; `None` takes every element as own.
    prefixes: Option<Vec<String>>,
    /// Bytes that were taken past the parser.
    scanned: u64,
}

impl<R: BufRead> Xml<R> {
    /// The XML that `reader` gives; `text_bytes` bounds every text and tag.
    pub(crate) fn new(reader: R, part: &str, text_bytes: usize) -> Self {
        Self {
            reader: Reader::from_reader(Metered::new(reader, text_bytes)),
            buffer: Vec::new(),
            part: part.to_owned(),
            text_bytes,
            tag: String::new(),
            name_length: 0,
            local_start: 0,
            open: Vec::new(),
            empty: false,
            prefixes: None,
            scanned: 0,
        }
    }

    /// The XML that follows the start tag of an element, without that tag.
    pub(crate) fn inside(reader: R, part: &str, text_bytes: usize) -> Self {
        let mut xml = Self::new(reader, part, text_bytes);
        // The parser has not seen the element that is open.
        xml.reader.config_mut().check_end_names = false;
        xml.reader.config_mut().allow_unmatched_ends = true;
        xml.open.push(false);
        xml
    }

    /// Enters the root, which must be called `name`. Where it declares a spreadsheet namespace, elements of others
    /// are passed over from here on.
    pub(crate) fn root(&mut self, name: &str) -> Result<(), Finding> {
        if !self.child()? {
            return Err(self.broken());
        }
        if self.name() != name {
            let (en, zh) = (format!("does not begin with <{name}>"), format!("不以 <{name}> 开头"));
            return Err(unreadable(&self.part, &en, &zh));
        }
        let mut prefixes = Vec::new();
        is_own(Some(&mut prefixes), &self.tag, self.name_length);
        self.prefixes = (!prefixes.is_empty()).then_some(prefixes);
        Ok(())
    }

    /// Enters the next child of the element it stands in; `false` leaves that element.
    pub(crate) fn child(&mut self) -> Result<bool, Finding> {
        loop {
            match self.event()? {
                Seen::Start => {
                    let own = is_own(self.prefixes.as_mut(), &self.tag, self.name_length);
                    let local = self.name();
                    if own && local != "AlternateContent" {
                        self.open.push(false);
                        return Ok(true);
                    }
                    // Of a choice between vocabularies the fallback is the one everyone reads.
                    let through = local == "AlternateContent" || local == "Fallback";
                    self.open.push(through);
                    if !through {
                        self.skip()?;
                    }
                }
                Seen::End => match self.open.pop() {
                    Some(true) => {}
                    Some(false) => return Ok(false),
                    None => return Err(self.broken()),
                },
                Seen::Text => {}
                Seen::Eof if self.open.is_empty() => return Ok(false),
                Seen::Eof => return Err(part_finding(&self.part, &io::ErrorKind::UnexpectedEof.into())),
            }
        }
    }

    /// Leaves the element it stands in, unread.
    pub(crate) fn skip(&mut self) -> Result<(), Finding> {
        let depth = self.open.len();
        while self.open.len() >= depth && depth > 0 {
            match self.event()? {
                Seen::Start => self.open.push(false),
                Seen::End => {
                    self.open.pop();
                }
                Seen::Text => {}
                Seen::Eof => return Err(part_finding(&self.part, &io::ErrorKind::UnexpectedEof.into())),
            }
        }
        Ok(())
    }

    /// Leaves the element it stands in, adding the text that stands directly in it to `out`.
    pub(crate) fn text(&mut self, out: &mut String) -> Result<(), Finding> {
        loop {
            match self.next_event(Some(out))? {
                Seen::Start => {
                    self.open.push(false);
                    self.skip()?;
                }
                Seen::End => {
                    self.open.pop();
                    return Ok(());
                }
                Seen::Text if out.len() > self.text_bytes => return Err(too_long(self.text_bytes)),
                Seen::Text => {}
                Seen::Eof => return Err(part_finding(&self.part, &io::ErrorKind::UnexpectedEof.into())),
            }
        }
    }

    /// The next piece of the element it stands in; text is added to `out`.
    pub(crate) fn piece(&mut self, out: &mut String) -> Result<Piece, Finding> {
        match self.next_event(Some(out))? {
            Seen::Start => {
                self.open.push(false);
                Ok(Piece::Child)
            }
            Seen::End => {
                self.open.pop();
                Ok(Piece::End)
            }
            Seen::Text if out.len() > self.text_bytes => Err(too_long(self.text_bytes)),
            Seen::Text => Ok(Piece::Text),
            Seen::Eof => Err(part_finding(&self.part, &io::ErrorKind::UnexpectedEof.into())),
        }
    }

    /// Reads to the end of the part, which also checks its sum. Nothing may follow the root.
    pub(crate) fn finish(mut self) -> Result<(), Finding> {
        while !self.open.is_empty() {
            self.skip()?;
        }
        if self.child()? { Err(self.broken()) } else { Ok(()) }
    }

    /// The local name of the element last entered.
    pub(crate) fn name(&self) -> &str {
        self.tag.get(self.local_start..self.name_length).unwrap_or_default()
    }

    /// The name of the element last entered with its prefix, as it stands.
    pub(crate) fn full_name(&self) -> &str {
        self.tag.get(..self.name_length).unwrap_or_default()
    }

    /// Whether the element last entered was written as `<name/>`.
    pub(crate) fn is_empty(&self) -> bool {
        self.empty
    }

    /// Bytes of the part up to here.
    pub(crate) fn position(&self) -> u64 {
        self.reader.get_ref().given()
    }

    /// The attributes of the element last entered, with their names as they stand.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = Result<(&str, Cow<'_, str>), Finding>> {
        let rest = self.tag.get(self.name_length..).unwrap_or_default();
        let mut attributes = quick_xml::events::attributes::Attributes::new(rest, 0);
        attributes.with_checks(false);
        attributes.map(|attribute| {
            let attribute = attribute.map_err(|_| self.broken())?;
            let value = match attribute.value {
                Cow::Borrowed(plain) if !plain.bytes().any(|b| matches!(b, b'&' | b'\n' | b'\r' | b'\t')) => {
                    Cow::Borrowed(plain)
                }
                _ => Cow::Owned(
                    attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| self.broken())?.into_owned(),
                ),
            };
            Ok((attribute.key.0, value))
        })
    }

    /// An attribute of the element last entered; `name` without a prefix does not match one with.
    pub(crate) fn attribute(&self, name: &str) -> Result<Option<Cow<'_, str>>, Finding> {
        for attribute in self.attributes() {
            let (key, value) = attribute?;
            if key == name {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// An attribute that says yes or no; no where it is absent.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Finding> {
        Ok(self.attribute(name)?.is_some_and(|value| value == "1" || value == "true" || value == "on"))
    }

    /// The finding for XML that makes no sense.
    pub(crate) fn broken(&self) -> Finding {
        let at = self.reader.buffer_position() + self.scanned;
        unreadable(
            &self.part,
            &format!("is not the XML it should be (near byte {at})"),
            &format!("的 XML 有误（约在第 {at} 字节处）"),
        )
    }

    /// The part's name.
    pub(crate) fn part(&self) -> &str {
        &self.part
    }

    fn event(&mut self) -> Result<Seen, Finding> {
        self.next_event(None)
    }

    fn next_event(&mut self, mut out: Option<&mut String>) -> Result<Seen, Finding> {
        if self.empty {
            self.empty = false;
            return Ok(Seen::End);
        }
        self.buffer.clear();
        self.reader.get_mut().refill();
        let event = match self.reader.read_event_into(&mut self.buffer) {
            Ok(event) => event,
            Err(error) => {
                let at = self.reader.buffer_position() + self.scanned;
                return Err(xml_finding(&error, &self.part, self.text_bytes, at));
            }
        };
        let mut add = |text: &str| {
            if let Some(out) = out.as_mut() {
                out.push_str(text);
            }
        };
        let broken = || unreadable(&self.part, "is not the XML it should be", "的 XML 有误");
        match event {
            Event::Start(start) => {
                (self.name_length, self.local_start) = enter(&mut self.tag, &start);
            }
            Event::Empty(start) => {
                (self.name_length, self.local_start) = enter(&mut self.tag, &start);
                self.empty = true;
            }
            Event::End(_) => return Ok(Seen::End),
            Event::Text(text) => {
                add(&text.xml10_content());
                return Ok(Seen::Text);
            }
            Event::CData(text) => {
                add(&text.xml10_content());
                return Ok(Seen::Text);
            }
            Event::GeneralRef(reference) => {
                let resolved = scan::referred(&reference).ok_or_else(broken)?;
                add(resolved.encode_utf8(&mut [0; 4]));
                return Ok(Seen::Text);
            }
            // Entities of its own making are what such a declaration is for; Office forbids it.
            Event::DocType(_) => return Err(unreadable(&self.part, "holds a DOCTYPE", "含有 DOCTYPE")),
            Event::Decl(declaration) => {
                let encoding = declaration.encoding().and_then(Result::ok);
                let known = ["utf-8", "utf8", "us-ascii", "ascii"];
                if encoding.is_some_and(|name| !known.contains(&name.to_ascii_lowercase().as_str())) {
                    return Err(unreadable(&self.part, "is not in UTF-8", "不是 UTF-8 编码"));
                }
                return Ok(Seen::Text);
            }
            Event::Comment(_) | Event::PI(_) => return Ok(Seen::Text),
            Event::Eof => return Ok(Seen::Eof),
        }
        if self.open.len() >= DEPTH {
            return Err(over_limit("elements inside one another", "XML 嵌套层数", DEPTH));
        }
        Ok(Seen::Start)
    }
}

impl<R: Read> Xml<Window<R>> {
    /// Leaves the element it stands in without parsing what is inside: many times faster than [`Xml::skip`].
    pub(crate) fn skip_fast(mut self) -> Result<Self, Finding> {
        if self.empty {
            self.skip()?;
            return Ok(self);
        }
        let name = self.full_name().to_owned();
        let mut rest = self.reader.into_inner();
        if let Err(error) = scan::leap_past_end_tag(&mut rest, &name) {
            return Err(io_error(&error, &self.part, self.text_bytes));
        }
        self.open.pop();
        let mut reader = Reader::from_reader(rest);
        // The new parser has not seen the elements that are still open.
        reader.config_mut().check_end_names = false;
        reader.config_mut().allow_unmatched_ends = true;
        Ok(Self { reader, ..self })
    }

    /// Takes the next bytes past the parser, where they are plain enough: `take` is given those at hand and says how
    /// many of them it understood, which must be whole elements; `None` where it needs the parser after all.
    pub(crate) fn scan<T>(
        &mut self,
        mut take: impl FnMut(&[u8]) -> Result<(usize, T), scan::Stop>,
    ) -> Result<Option<T>, Finding> {
        let plain = self.prefixes.as_ref().is_none_or(|prefixes| prefixes.iter().any(String::is_empty));
        if self.empty || !plain || !self.reader.get_mut().get_mut().scans() {
            return Ok(None);
        }
        loop {
            let reader = self.reader.get_mut();
            let stretch = reader.get_mut().stretch();
            // Within so many bytes no text is longer than what is read.
            let whole = stretch.len() < self.text_bytes;
            match take(&stretch[..stretch.len().min(self.text_bytes)]) {
                Ok((count, taken)) => {
                    reader.refill();
                    reader.consume(count);
                    self.scanned += count as u64;
                    return Ok(Some(taken));
                }
                Err(scan::Stop::Odd) => return Ok(None),
                Err(scan::Stop::More) if !whole => return Ok(None),
                Err(scan::Stop::More) => match reader.get_mut().grow(WIDEST) {
                    Ok(true) => {}
                    Ok(false) => return Ok(None),
                    Err(error) => return Err(io_error(&error, &self.part, self.text_bytes)),
                },
            }
        }
    }
}

/// What an element consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Text.
    Text,
    /// An element, which was entered.
    Child,
    /// Its end: it was left.
    End,
}

enum Seen {
    Start,
    End,
    Text,
    Eof,
}

/// Keeps a tag; gives the length of its name and where the local part of that begins.
fn enter(tag: &mut String, start: &BytesStart<'_>) -> (usize, usize) {
    tag.clear();
    tag.push_str(start);
    let name = start.name().0;
    (name.len(), name.bytes().position(|b| b == b':').map_or(0, |colon| colon + 1))
}

/// A text that is longer than what is read.
pub(crate) fn too_long(limit: usize) -> Finding {
    over_limit("bytes of one text", "单个文本的字节数", limit)
}

fn xml_finding(error: &quick_xml::Error, part: &str, text_bytes: usize, at: u64) -> Finding {
    match error {
        quick_xml::Error::Io(error) => io_error(error, part, text_bytes),
        quick_xml::Error::Encoding(_) => unreadable(
            part,
            &format!("is not in UTF-8 (near byte {at})"),
            &format!("不是 UTF-8 编码（约在第 {at} 字节处）"),
        ),
        _ => unreadable(
            part,
            &format!("is not the XML it should be (near byte {at})"),
            &format!("的 XML 有误（约在第 {at} 字节处）"),
        ),
    }
}

fn io_error(error: &io::Error, part: &str, text_bytes: usize) -> Finding {
    let spent = error.get_ref().is_some_and(|inner| inner.downcast_ref::<Spent>().is_some());
    if spent { too_long(text_bytes) } else { part_finding(part, error) }
}
