//! A JSON text with one long list of records: what a sheet's layout depends on, and the records one by one.

use std::collections::VecDeque;
use std::io::{self, Read};

use serde_json::Value;

use super::pieces::{Piece, cut};
use super::{JsonText, parse, read};
use crate::round_trip::{FIRST, LAST};

/// A text whose list is too long to be held.
#[derive(Debug)]
pub struct LongText {
    /// The text with the first [`FIRST`] records of the list alone. Lines and columns of what stands behind the first
    /// of them are not those of the whole text.
    pub short: JsonText,
    /// The last [`LAST`] records.
    pub last: Vec<Value>,
    /// The property of the root that is the list; none where the text itself is.
    pub property: Option<String>,
    /// How many records it has.
    pub count: usize,
    /// Which of the text's lists it is.
    list: usize,
}

impl LongText {
    /// Looks a text over. None where it is not of this shape or not JSON at all, or has no list so long or several;
    /// what is wrong with it is for [`parse`] to say.
    pub fn new(text: impl Read) -> io::Result<Option<Self>> {
        let mut short: Vec<u8> = Vec::new();
        let mut counts: Vec<usize> = Vec::new();
        let mut last: VecDeque<Vec<u8>> = VecDeque::new();
        let shaped = cut(text, &mut |piece| {
            match piece {
                Piece::Around(bytes) => short.extend_from_slice(bytes),
                Piece::Record(list, bytes) => {
                    counts.resize(list + 1, 0);
                    let count = counts[list];
                    counts[list] += 1;
                    if count < FIRST {
                        if count > 0 {
                            short.push(b',');
                        }
                        short.extend_from_slice(bytes);
                    } else {
                        let mut kept =
                            if last.len() < LAST { Vec::new() } else { last.pop_front().unwrap_or_default() };
                        kept.clear();
                        kept.extend_from_slice(bytes);
                        last.push_back(kept);
                    }
                }
            }
            true
        })?;
        let mut long = (0..counts.len()).filter(|list| counts[*list] > FIRST + LAST);
        let (Some(list), None, true) = (long.next(), long.next(), shaped) else { return Ok(None) };
        let Ok(short) = parse(&short) else { return Ok(None) };
        let Some(last) = last.iter().map(|bytes| record(bytes)).collect() else { return Ok(None) };
        let is_list = |value: &Value| value.get(0).is_some_and(Value::is_object);
        let property = match &short.value {
            Value::Object(map) => {
                map.iter().filter(|(_, value)| is_list(value)).nth(list).map(|(name, _)| name.clone())
            }
            _ => None,
        };
        Ok(Some(Self { short, last, property, count: counts[list], list }))
    }

    /// Gives the records of the list, in the same text read again from its beginning. False where one cannot be held,
    /// where `each` wants no more, or where it is another text.
    pub fn records(&self, text: impl Read, each: &mut dyn FnMut(&Value) -> bool) -> io::Result<bool> {
        let mut count = 0;
        let whole = cut(text, &mut |piece| match piece {
            Piece::Record(list, bytes) if list == self.list => {
                count += 1;
                record(bytes).is_some_and(|record| each(&record))
            }
            Piece::Record(..) | Piece::Around(_) => true,
        })?;
        Ok(whole && count == self.count)
    }

    /// The path of the list from the root.
    pub fn path(&self) -> Vec<String> {
        self.property.iter().cloned().collect()
    }
}

/// A record; none where it is no JSON, or cannot be held.
fn record(bytes: &[u8]) -> Option<Value> {
    read::document(std::str::from_utf8(bytes).ok()?).ok()
}
