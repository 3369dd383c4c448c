//! Bytes under the XML parser: a reader that bounds what one tag or text may take, and a way past a long element
//! that nobody asked for.

use std::io::{self, BufRead, Read};

use memchr::memmem;
use quick_xml::events::BytesRef;

use super::window::Window;

/// Reads to just after the end tag called `name` (its local name), minding comments and CDATA.
///
/// In well-formed XML a `<` stands only where markup begins, so hopping from one to the next is enough.
pub(crate) fn past_end_tag<R: BufRead>(reader: &mut Metered<R>, name: &str) -> io::Result<()> {
    let mut piece = Vec::new();
    loop {
        // Text between tags needs no bound, as it is not kept.
        reader.left = usize::MAX;
        if reader.skip_until(b'<')? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        reader.refill();
        piece.clear();
        reader.read_until(b'>', &mut piece)?;
        let closing: Option<&[u8]> = match piece.as_slice() {
            [b'!', b'-', b'-', ..] => Some(b"-->"),
            [b'!', b'[', ..] => Some(b"]]>"),
            _ => None,
        };
        if let Some(closing) = closing {
            while !piece.ends_with(closing) {
                reader.refill();
                piece.clear();
                if reader.read_until(b'>', &mut piece)? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
        } else if is_end_of(&piece, name) {
            return Ok(());
        }
    }
}

/// As [`past_end_tag`], in great leaps, as long as there is neither comment nor CDATA. `name` is the whole name.
pub(crate) fn leap_past_end_tag<R: Read>(reader: &mut Metered<Window<R>>, name: &str) -> io::Result<()> {
    let end = format!("</{name}");
    let (end, other) = (memmem::Finder::new(&end), memmem::Finder::new("<!"));
    let kept = end.needle().len();
    loop {
        reader.refill();
        let stretch = reader.get_mut().stretch();
        if let Some(at) = end.find(stretch) {
            if other.find(&stretch[..at]).is_none() {
                reader.consume(at);
            }
            return past_end_tag(reader, local(name));
        }
        if other.find(stretch).is_some() {
            return past_end_tag(reader, local(name));
        }
        let passed = stretch.len().saturating_sub(kept);
        reader.consume(passed);
        if !reader.get_mut().grow(usize::MAX)? {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

/// The character that a reference stands for (XML 1.0, 4.1 and 4.6); none where it is no character and no entity that
/// every document has.
pub(crate) fn referred(reference: &BytesRef<'_>) -> Option<char> {
    Some(match &**reference {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "apos" => '\'',
        "quot" => '"',
        _ => reference.resolve_char_ref().ok().flatten()?,
    })
}

/// Whether `piece`, which stands after `<`, is `/name>` or `/prefix:name>`.
fn is_end_of(piece: &[u8], name: &str) -> bool {
    let [b'/', rest @ .., b'>'] = piece else { return false };
    let rest = rest.trim_ascii_end();
    let local = rest.rsplit(|b| *b == b':').next().unwrap_or_default();
    local == name.as_bytes()
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// A reader that gives only so many bytes between two refills: the XML reader collects a whole tag or text.
pub(crate) struct Metered<R> {
    inner: R,
    left: usize,
    limit: usize,
    given: u64,
}

impl<R> Metered<R> {
    pub(crate) fn new(inner: R, limit: usize) -> Self {
        Self { inner, left: limit, limit, given: 0 }
    }

    /// Bytes given so far; the parser's own count leaves out a byte order mark.
    pub(crate) fn given(&self) -> u64 {
        self.given
    }

    /// The reader below.
    pub(crate) fn get_mut(&mut self) -> &mut R {
        &mut self.inner
    }

    /// Allows the full count again.
    pub(crate) fn refill(&mut self) {
        self.left = self.limit;
    }
}

/// Why a stretch of bytes could not be taken past the parser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It ends too early.
    More,
    /// It is not as plain as it would have to be.
    Odd,
}

/// The error of a reader whose count is used up.
#[derive(Debug)]
pub(crate) struct Spent;

impl std::fmt::Display for Spent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("text too long")
    }
}

impl std::error::Error for Spent {}

impl<R: BufRead> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Metered<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::other(Spent));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.left = self.left.saturating_sub(count);
        self.given += count as u64;
        self.inner.consume(count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaps_end_where_hops_end() {
        let filled = "<row><c><v>1</v></c></row>".repeat(9_000);
        for name in ["d", "x:d"] {
            for inside in
                [String::new(), filled.clone(), "<!-- </d></x:d> -->".into(), "<![CDATA[</d></x:d>]]></dd></xd>".into()]
            {
                let rest = format!("{inside}</{name} ><e/>");
                let mut hop = Metered::new(Window::new(rest.as_bytes()), 1 << 20);
                past_end_tag(&mut hop, "d").unwrap();
                let mut leap = Metered::new(Window::new(rest.as_bytes()), 1 << 20);
                leap_past_end_tag(&mut leap, name).unwrap();
                assert_eq!((leap.given(), hop.given()), (rest.len() as u64 - 4, rest.len() as u64 - 4));
                let mut cut = Metered::new(Window::new(&rest.as_bytes()[..rest.len() - 6]), 1 << 20);
                assert!(leap_past_end_tag(&mut cut, name).is_err());
            }
        }
    }
}
