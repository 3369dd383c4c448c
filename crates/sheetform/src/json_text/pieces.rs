//! A JSON text cut into pieces while it streams by: the records of long lists one by one, and what stands around them.
//!
//! Knows brackets, braces and quotes, no more: each piece is read by [`parse`](super::parse) and the reader behind it,
//! so that nothing is taken for JSON here that is none. A text of another shape is not cut at all.

use std::io::{self, Read};

use memchr::memchr2;

/// How much is read at once.
const BLOCK: usize = 1 << 16;
/// A record longer than this is none of a long list.
const LONGEST: usize = 1 << 24;

/// A piece of a text.
pub(crate) enum Piece<'a> {
    /// What stands around the records, a stretch of it.
    Around(&'a [u8]),
    /// A record: an object in an array that is the text's value or a property of it. The number of the array, from 0.
    Record(usize, &'a [u8]),
}

/// Cuts a text. Gives false where it has another shape than an array of objects, or an object with such arrays; what
/// was given until then is worth nothing.
pub(crate) fn cut<R: Read>(text: R, each: &mut dyn FnMut(Piece<'_>) -> bool) -> io::Result<bool> {
    let mut window = Window { text, bytes: Vec::new(), at: 0, ended: false };
    let mut cutter = Cutter { window: &mut window, each, list: 0 };
    match cutter.whole() {
        Ok(()) => Ok(true),
        Err(Stop::Shape) => Ok(false),
        Err(Stop::Read(error)) => Err(error),
    }
}

enum Stop {
    Shape,
    Read(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Read(error)
    }
}

/// A stretch of the text that moves along it.
struct Window<R> {
    text: R,
    bytes: Vec<u8>,
    /// What comes before is done with.
    at: usize,
    ended: bool,
}

impl<R: Read> Window<R> {
    /// Reads on, so that there is more behind `at`; false at the end of the text.
    fn more(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        self.bytes.drain(..self.at);
        self.at = 0;
        let length = self.bytes.len();
        self.bytes.resize(length + BLOCK, 0);
        let read = loop {
            match self.text.read(&mut self.bytes[length..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.bytes.truncate(length + read);
        self.ended = read == 0;
        Ok(read > 0)
    }

    /// The byte so far behind `at`.
    fn byte(&mut self, ahead: usize) -> Result<u8, Stop> {
        while self.bytes.len() <= self.at + ahead {
            if !self.more()? {
                return Err(Stop::Shape);
            }
        }
        Ok(self.bytes[self.at + ahead])
    }

    /// The length of the value here: an object, an array, a text, or a word.
    fn value(&mut self) -> Result<usize, Stop> {
        match self.byte(0)? {
            b'"' => return Ok(self.string(0)? + 1),
            b'{' | b'[' => {}
            _ => return self.find(0, |byte| matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t')),
        }
        let (mut ahead, mut open, mut quoted) = (0, 0_usize, false);
        loop {
            let block = self.bytes.get(self.at + ahead..).unwrap_or_default();
            let mut at = 0;
            while let Some(rest) = block.get(at..) {
                let found = if quoted {
                    memchr2(b'"', b'\\', rest)
                } else {
                    rest.iter().position(|byte| matches!(byte, b'"' | b'{' | b'}' | b'[' | b']'))
                };
                let Some(found) = found else {
                    at = block.len();
                    break;
                };
                at += found + 1;
                match rest[found] {
                    b'"' => quoted = !quoted,
                    // Behind a backslash a quote ends nothing; it may not be there yet.
                    b'\\' => at += 1,
                    b'{' | b'[' => open += 1,
                    _ => {
                        open -= 1;
                        if open == 0 {
                            return Ok(ahead + at);
                        }
                    }
                }
            }
            ahead += at;
            if ahead > LONGEST || !self.more()? {
                return Err(Stop::Shape);
            }
        }
    }

    /// Where the next byte of a kind stands, from `ahead` on.
    fn find(&mut self, mut ahead: usize, is: impl Fn(u8) -> bool) -> Result<usize, Stop> {
        loop {
            let rest = self.bytes.get(self.at + ahead..).unwrap_or_default();
            if let Some(found) = rest.iter().position(|byte| is(*byte)) {
                return Ok(ahead + found);
            }
            ahead = ahead.max(self.bytes.len() - self.at);
            if ahead > LONGEST || !self.more()? {
                return Err(Stop::Shape);
            }
        }
    }

    /// Where the text ends that begins with the quote here.
    fn string(&mut self, quote: usize) -> Result<usize, Stop> {
        let mut ahead = quote + 1;
        loop {
            ahead = self.find(ahead, |byte| matches!(byte, b'"' | b'\\'))?;
            if self.byte(ahead)? == b'"' {
                return Ok(ahead);
            }
            // Behind a backslash a quote ends nothing.
            ahead += 2;
        }
    }
}

struct Cutter<'w, 'e, R> {
    window: &'w mut Window<R>,
    each: &'e mut dyn FnMut(Piece<'_>) -> bool,
    /// The number of the next array with records.
    list: usize,
}

impl<R: Read> Cutter<'_, '_, R> {
    fn whole(&mut self) -> Result<(), Stop> {
        if self.window.byte(0)? == 0xEF {
            self.around(3)?;
        }
        match self.next()? {
            b'[' => self.array()?,
            b'{' => self.object()?,
            _ => return Err(Stop::Shape),
        }
        // What follows is said by who reads the whole.
        loop {
            let rest = self.window.bytes.len() - self.window.at;
            self.around(rest)?;
            if !self.window.more()? {
                return Ok(());
            }
        }
    }

    fn object(&mut self) -> Result<(), Stop> {
        self.around(1)?;
        if self.next()? == b'}' {
            return self.around(1);
        }
        loop {
            if self.next()? != b'"' {
                return Err(Stop::Shape);
            }
            let key = self.window.value()?;
            self.around(key)?;
            if self.next()? != b':' {
                return Err(Stop::Shape);
            }
            self.around(1)?;
            if self.next()? == b'[' {
                self.array()?;
            } else {
                let value = self.window.value()?;
                self.around(value)?;
            }
            match self.next()? {
                b',' => self.around(1)?,
                b'}' => return self.around(1),
                _ => return Err(Stop::Shape),
            }
        }
    }

    /// An array: its records, where its first item is one.
    fn array(&mut self) -> Result<(), Stop> {
        let mut ahead = 1;
        while matches!(self.window.byte(ahead)?, b' ' | b'\n' | b'\r' | b'\t') {
            ahead += 1;
        }
        if self.window.byte(ahead)? != b'{' {
            let all = self.window.value()?;
            return self.around(all);
        }
        self.around(ahead)?;
        let list = self.list;
        self.list += 1;
        loop {
            if self.next()? != b'{' {
                return Err(Stop::Shape);
            }
            let length = self.window.value()?;
            let (from, to) = (self.window.at, self.window.at + length);
            if !(self.each)(Piece::Record(list, &self.window.bytes[from..to])) {
                return Err(Stop::Shape);
            }
            self.window.at = to;
            // Blanks and commas between records are not given.
            match self.blanks()? {
                b',' => self.window.at += 1,
                b']' => return self.around(1),
                _ => return Err(Stop::Shape),
            }
            self.blanks()?;
        }
    }

    /// Steps over blanks; gives the byte behind them, not yet stepped over.
    fn blanks(&mut self) -> Result<u8, Stop> {
        loop {
            match self.window.byte(0)? {
                b' ' | b'\n' | b'\r' | b'\t' => self.window.at += 1,
                other => return Ok(other),
            }
        }
    }

    /// Gives blanks; and the byte behind them, not yet stepped over.
    fn next(&mut self) -> Result<u8, Stop> {
        loop {
            match self.window.byte(0)? {
                b' ' | b'\n' | b'\r' | b'\t' => self.around(1)?,
                other => return Ok(other),
            }
        }
    }

    fn around(&mut self, length: usize) -> Result<(), Stop> {
        if length > 0 {
            self.window.byte(length - 1)?;
            let (from, to) = (self.window.at, self.window.at + length);
            if !(self.each)(Piece::Around(&self.window.bytes[from..to])) {
                return Err(Stop::Shape);
            }
            self.window.at = to;
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// One byte at a time: every piece crosses the ends of what is read.
    struct Drops<'a>(&'a [u8]);

    impl Read for Drops<'_> {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
            to[0] = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    fn pieces(text: &str) -> Option<(String, Vec<(usize, String)>)> {
        let one = |read: &mut dyn Read| {
            let (mut around, mut records) = (String::new(), Vec::new());
            let shaped = cut(read, &mut |piece| {
                match piece {
                    Piece::Around(bytes) => around.push_str(std::str::from_utf8(bytes).unwrap()),
                    Piece::Record(list, bytes) => records.push((list, std::str::from_utf8(bytes).unwrap().to_owned())),
                }
                true
            });
            shaped.unwrap().then_some((around, records))
        };
        let whole = one(&mut text.as_bytes());
        assert_eq!(whole, one(&mut Drops(text.as_bytes())), "{text}");
        whole
    }

    #[test]
    fn records_and_what_is_around_them() {
        let list = |records: &[(usize, &str)]| records.iter().map(|(at, one)| (*at, (*one).to_owned())).collect();
        for (text, around, records) in [
            ("[{\"a\": \"]}\\\"\"} , {}]\n", "[]\n", list(&[(0, "{\"a\": \"]}\\\"\"}"), (0, "{}")])),
            (
                " { \"a\": [{\"x\": [1, {}]}], \"b\": \"\\\\\", \"c\": [ {} ,{}], \"d\": [1, {}], \"e\": -1 }",
                " { \"a\": [], \"b\": \"\\\\\", \"c\": [ ], \"d\": [1, {}], \"e\": -1 }",
                list(&[(0, "{\"x\": [1, {}]}"), (1, "{}"), (1, "{}")]),
            ),
            ("{}", "{}", list(&[])),
            ("{\"a\": [], \"b\": null}", "{\"a\": [], \"b\": null}", list(&[])),
            ("\u{feff}[{}] x", "\u{feff}[] x", list(&[(0, "{}")])),
        ] {
            assert_eq!(pieces(text), Some((around.to_owned(), records)), "{text}");
        }
        for text in
            ["", "1", "[{},]", "[{}, 1]", "[{} {}]", "{\"a\": [{}}", "{\"a\": [{}", "{a: 1}", "[{}", "\"x", "{\"a\" 1}"]
        {
            assert_eq!(pieces(text), None, "{text}");
        }
    }
}
