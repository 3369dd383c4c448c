//! JSON text read exactly: a value, where each part of it stands, and what cannot be held refused by line and column.
//!
//! The reader is our own because law 1 needs what a general one drops: repeated keys, the digits of a number, the
//! place of every value. A test holds it against `serde_json`.

mod long;
mod number;
mod pieces;
mod places;
mod problem;
mod read;
mod record;
#[cfg(test)]
mod tests;

pub(crate) use long::Last;
pub use long::{LongList, LongText};
pub(crate) use number::exact as exact_number;
pub use record::{Record, RecordShape};
use serde_json::Value;

use crate::finding::{Finding, Place};

/// How deep arrays and objects may stand in one another: up to, but not including, this many (as `serde_json`).
const MAX_DEPTH: usize = 128;

/// A JSON text and the value it says.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonText {
    /// The value. Keys keep their order; every number has the decimal value that the text gives.
    pub value: Value,
    text: String,
}

/// Reads one JSON value from UTF-8 text; a byte order mark before it is accepted.
///
/// Codes: `unreadable` (not UTF-8, or a syntax error: one finding), `over-limit` (nested too deep), `cannot-hold`
/// (a repeated key, a number that would lose digits, half a surrogate pair: all of them).
pub fn parse(bytes: &[u8]) -> Result<JsonText, Vec<Finding>> {
    let text = utf8(bytes).map_err(|finding| vec![*finding])?;
    match read::document(text) {
        Ok(value) => Ok(JsonText { value, text: text.to_owned() }),
        Err(failure) => Err(problem::findings(text, failure)),
    }
}

impl JsonText {
    /// The text, without a byte order mark.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where the value at a JSON pointer begins; for one that is not there, its nearest ancestor.
    pub fn place(&self, pointer: &str) -> Place {
        self.places(&[pointer]).pop().unwrap_or_default()
    }

    /// Where the key of the property at a JSON pointer begins; [`place`](Self::place) where it has no key.
    pub fn key_place(&self, pointer: &str) -> Place {
        self.key_places(&[pointer]).pop().unwrap_or_default()
    }

    /// [`place`](Self::place) of many pointers, in their order, with a single pass over the text.
    pub fn places(&self, pointers: &[&str]) -> Vec<Place> {
        places::find(&self.text, pointers, places::Part::Value)
    }

    /// [`key_place`](Self::key_place) of many pointers, in their order, with a single pass over the text.
    pub fn key_places(&self, pointers: &[&str]) -> Vec<Place> {
        places::find(&self.text, pointers, places::Part::Key)
    }
}

/// Where the value, or the key, at a JSON pointer begins in a JSON text.
pub(crate) fn place_in(text: &str, pointer: &str, key: bool) -> Place {
    let part = if key { places::Part::Key } else { places::Part::Value };
    places::find(text, &[pointer], part).pop().unwrap_or_default()
}

pub(crate) fn utf8(bytes: &[u8]) -> Result<&str, Box<Finding>> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    // JSON never holds a NUL, and UTF-16 of a brace or quote always does.
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") || bytes.iter().take(4).any(|b| *b == 0) {
        return Err(Box::new(problem::encoding("", Some("UTF-16"))));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let sound = bytes.get(..error.valid_up_to()).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or_default();
        Box::new(problem::encoding(sound, looks_like_gbk(bytes).then_some("GBK")))
    })
}

/// Whether every byte above ASCII begins a double byte of GBK, or a four-byte character of GB 18030.
fn looks_like_gbk(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    loop {
        rest = match rest {
            [] => return true,
            [0x00..=0x7F, rest @ ..]
            | [0x81..=0xFE, 0x40..=0x7E | 0x80..=0xFE, rest @ ..]
            | [0x81..=0xFE, b'0'..=b'9', 0x81..=0xFE, b'0'..=b'9', rest @ ..] => rest,
            _ => return false,
        };
    }
}
