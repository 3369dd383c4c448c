//! The records of a binary part, one at a time, and the values in them. Every reading past the end of one is `None`.

use std::io::{self, BufRead, Read};

use sheetform::finding::Finding;

use crate::package::part_finding;
use crate::package::xml::too_long;

/// Reads records one after another.
pub(crate) struct Records<'p, R> {
    reader: R,
    part: &'p str,
    limit: usize,
    bytes: Vec<u8>,
}

impl<'p, R: BufRead> Records<'p, R> {
    pub(crate) fn new(reader: R, part: &'p str, limit: usize) -> Self {
        Self { reader, part, limit, bytes: Vec::new() }
    }

    /// The next record's number and bytes; `None` at the end of the part.
    pub(crate) fn next(&mut self) -> Result<Option<(u16, Values<'_>)>, Finding> {
        let broken = |error: &io::Error| part_finding(self.part, error);
        let cut = || part_finding(self.part, &io::ErrorKind::UnexpectedEof.into());
        let Some(first) = byte(&mut self.reader).map_err(|error| broken(&error))? else { return Ok(None) };
        let mut id = u16::from(first & 0x7F);
        if first & 0x80 != 0 {
            let second = byte(&mut self.reader).map_err(|error| broken(&error))?.ok_or_else(cut)?;
            id |= u16::from(second & 0x7F) << 7;
        }
        let mut size: usize = 0;
        for step in 0..4 {
            let next = byte(&mut self.reader).map_err(|error| broken(&error))?.ok_or_else(cut)?;
            size |= usize::from(next & 0x7F) << (step * 7);
            if next & 0x80 == 0 {
                break;
            }
        }
        if size > self.limit {
            return Err(too_long(self.limit));
        }
        self.bytes.clear();
        let count = (&mut self.reader).take(size as u64).read_to_end(&mut self.bytes);
        if count.map_err(|error| broken(&error))? < size {
            return Err(cut());
        }
        Ok(Some((id, Values { rest: &self.bytes })))
    }
}

fn byte(reader: &mut impl BufRead) -> io::Result<Option<u8>> {
    let mut one = [0];
    match reader.read(&mut one)? {
        0 => Ok(None),
        _ => Ok(Some(one[0])),
    }
}

/// The bytes of a record that were not read yet.
#[derive(Clone, Copy)]
pub(crate) struct Values<'a> {
    rest: &'a [u8],
}

impl Values<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.rest.split_first_chunk::<N>()?;
        self.rest = rest;
        Some(*first)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.take().map(u8::from_le_bytes)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.take().map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    pub(crate) fn f64(&mut self) -> Option<f64> {
        self.take().map(f64::from_le_bytes)
    }

    /// A text whose length in UTF-16 units stands before it; empty where it is said to be none.
    pub(crate) fn text(&mut self) -> Option<String> {
        let length = self.u32()?;
        if length == u32::MAX {
            return Some(String::new());
        }
        let bytes = self.rest.get(..(length as usize).checked_mul(2)?)?;
        self.rest = &self.rest[bytes.len()..];
        let units: Vec<u16> = bytes.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect();
        Some(String::from_utf16_lossy(&units))
    }
}
