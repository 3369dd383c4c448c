//! A buffered reader whose buffer grows on request, so that a whole element can be looked at in one stretch.

use std::io::{self, BufRead, Read};

use crate::ways::Way;

/// Bytes read at once.
pub(crate) const CHUNK: usize = 64 << 10;

/// Bytes of a part, some of them at hand.
pub(crate) struct Window<R> {
    reader: R,
    way: Way,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl<R: Read> Window<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self::by(reader, Way::default())
    }

    /// A window through which a part is read in another way than the usual one.
    pub(crate) fn by(reader: R, way: Way) -> Self {
        Self { reader, way, buffer: vec![0; way.chunk], start: 0, end: 0 }
    }

    /// Whether its bytes may be taken past the parser.
    pub(crate) fn scans(&self) -> bool {
        self.way.scan
    }

    /// The bytes at hand.
    pub(crate) fn stretch(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Has more bytes at hand; `false` at the end, and where there are `most` already. As many more as there were or a
    /// chunk, so that looking at all of them again each time stays cheap.
    pub(crate) fn grow(&mut self, most: usize) -> io::Result<bool> {
        let held = self.end - self.start;
        if held >= most {
            return Ok(false);
        }
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, held);
        let wanted = (2 * held).max(self.way.chunk);
        if self.buffer.len() < wanted {
            self.buffer.resize(wanted, 0);
        }
        while self.end < wanted {
            match self.reader.read(&mut self.buffer[self.end..wanted]) {
                Ok(0) => break,
                Ok(count) => self.end += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.end > held)
    }
}

impl<R: Read> Read for Window<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(out)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Window<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            self.end = self.reader.read(&mut self.buffer)?;
        }
        Ok(self.stretch())
    }

    fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_only_as_far_as_there_is_something() {
        let text: Vec<u8> = (0..300_000_u32).map(|at| at as u8).collect();
        let mut window = Window::new(text.as_slice());
        assert_eq!(window.fill_buf().unwrap().len(), CHUNK);
        window.consume(5);
        assert!(window.grow(usize::MAX).unwrap());
        assert_eq!(window.stretch(), &text[5..5 + 2 * (CHUNK - 5)]);
        while window.grow(usize::MAX).unwrap() {}
        assert_eq!(window.stretch(), &text[5..]);
        window.consume(text.len());
        assert!(window.fill_buf().unwrap().is_empty() && !window.grow(usize::MAX).unwrap());
    }

    #[test]
    fn stops_growing_where_told() {
        const WIDEST: usize = 1 << 20;
        let mut window = Window::new(io::repeat(b'a'));
        while window.grow(WIDEST).unwrap() {}
        assert_eq!(window.stretch().len(), WIDEST);
        assert_eq!(window.fill_buf().unwrap().len(), WIDEST);
    }
}
