//! The records of a BIFF stream, with what continues them; and the values and texts in them. Every reading past the end
//! is `None`.

use encoding_rs::Encoding;

const CONTINUE: u16 = 0x3C;

/// A record: its number and its bytes, piece by piece, as no record holds more than 8,224.
pub(crate) struct Record<'a> {
    pub(crate) id: u16,
    pieces: Vec<&'a [u8]>,
}

/// Reads records one after another.
pub(crate) struct Records<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Records<'a> {
    pub(crate) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    /// The next record; `None` where the stream is cut off.
    pub(crate) fn next(&mut self) -> Option<Record<'a>> {
        let (id, first) = self.one()?;
        let mut record = Record { id, pieces: vec![first] };
        while self.bytes.get(self.at..self.at + 2) == Some(&CONTINUE.to_le_bytes()) {
            record.pieces.push(self.one()?.1);
        }
        Some(record)
    }

    fn one(&mut self) -> Option<(u16, &'a [u8])> {
        let head = self.bytes.get(self.at..self.at + 4)?;
        let (id, length) =
            (u16::from_le_bytes([head[0], head[1]]), usize::from(u16::from_le_bytes([head[2], head[3]])));
        let data = self.bytes.get(self.at + 4..self.at + 4 + length)?;
        self.at += 4 + length;
        Some((id, data))
    }
}

impl<'a> Record<'a> {
    /// Its first piece, which holds the whole of a short record.
    pub(crate) fn first(&self) -> &'a [u8] {
        self.pieces.first().copied().unwrap_or_default()
    }

    pub(crate) fn values(&self) -> Values<'_, 'a> {
        Values { record: self, piece: 0, at: 0 }
    }
}

/// Reads values out of a record, on into what continues it.
pub(crate) struct Values<'r, 'a> {
    record: &'r Record<'a>,
    piece: usize,
    at: usize,
}

impl Values<'_, '_> {
    fn byte(&mut self) -> Option<u8> {
        loop {
            let piece = self.record.pieces.get(self.piece)?;
            if let Some(byte) = piece.get(self.at) {
                self.at += 1;
                return Some(*byte);
            }
            self.piece += 1;
            self.at = 0;
        }
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.byte()
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        Some(u32::from(self.u16()?) | u32::from(self.u16()?) << 16)
    }

    pub(crate) fn f64(&mut self) -> Option<f64> {
        Some(f64::from_bits(u64::from(self.u32()?) | u64::from(self.u32()?) << 32))
    }

    pub(crate) fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let mut out = [0; N];
        for byte in &mut out {
            *byte = self.byte()?;
        }
        Some(out)
    }

    pub(crate) fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > 0 {
            let left = self.record.pieces.get(self.piece)?.len().saturating_sub(self.at);
            if count <= left {
                self.at += count;
                return Some(());
            }
            count -= left;
            self.piece += 1;
            self.at = 0;
        }
        Some(())
    }

    /// A text of so many characters whose flags come first (BIFF8); rich runs and phonetic text are left out.
    pub(crate) fn text(&mut self, length: usize) -> Option<String> {
        let flags = self.u8()?;
        let runs = if flags & 8 == 0 { 0 } else { usize::from(self.u16()?) };
        let phonetic = if flags & 4 == 0 { 0 } else { self.u32()? as usize };
        let mut units: Vec<u16> = Vec::with_capacity(length.min(8224));
        let mut wide = flags & 1 != 0;
        while units.len() < length {
            let piece = self.record.pieces.get(self.piece)?;
            if self.at >= piece.len() {
                // A text goes on behind flags of its own.
                self.piece += 1;
                self.at = 0;
                wide = self.u8()? & 1 != 0;
                continue;
            }
            units.push(if wide { self.u16()? } else { u16::from(self.u8()?) });
        }
        self.skip(runs * 4)?;
        self.skip(phonetic)?;
        Some(String::from_utf16_lossy(&units))
    }

    /// A text of so many bytes in a code page (BIFF5).
    pub(crate) fn narrow(&mut self, length: usize, encoding: &'static Encoding) -> Option<String> {
        let mut bytes = Vec::with_capacity(length.min(8224));
        for _ in 0..length {
            bytes.push(self.byte()?);
        }
        Some(encoding.decode_without_bom_handling(&bytes).0.into_owned())
    }
}

/// A number packed into four bytes.
pub(crate) fn packed(rk: u32) -> f64 {
    let value = match rk & 2 {
        0 => f64::from_bits(u64::from(rk & !3) << 32),
        _ => f64::from((rk as i32) >> 2),
    };
    if rk & 1 == 0 { value } else { value / 100.0 }
}

/// An error value by its number.
pub(crate) fn error(code: u8) -> String {
    match code {
        0x00 => "#NULL!".to_owned(),
        0x07 => "#DIV/0!".to_owned(),
        0x0F => "#VALUE!".to_owned(),
        0x17 => "#REF!".to_owned(),
        0x1D => "#NAME?".to_owned(),
        0x24 => "#NUM!".to_owned(),
        0x2A => "#N/A".to_owned(),
        0x2B => "#GETTING_DATA".to_owned(),
        other => format!("error {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_numbers() {
        for (rk, value) in [(0x3FF0_0000, 1.0), (0x0000_0006, 1.0), (0xFFFF_FFFE, -1.0), (0x0000_04D3, 3.08)] {
            assert_eq!(packed(rk).to_bits(), f64::to_bits(value), "{rk:x}");
        }
    }

    #[test]
    fn a_text_goes_on_in_the_next_record() {
        // Three narrow characters, then two wide ones; then a rich run.
        let bytes = [
            0xFC, 0, 8, 0, 5, 0, 8, 1, 0, b'a', b'b', b'c', 0x3C, 0, 9, 0, 1, 0x2D, 0x4E, 0x87, 0x65, 0, 0, 0,
            0, //
        ];
        let mut records = Records::new(&bytes, 0);
        let record = records.next().unwrap();
        let mut values = record.values();
        let length = usize::from(values.u16().unwrap());
        assert_eq!(values.text(length).as_deref(), Some("abc中文"));
        assert!(values.u8().is_none() && records.next().is_none());
    }
}
