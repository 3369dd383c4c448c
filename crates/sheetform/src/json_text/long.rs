//! A text with one long list of records, JSON or JSON Lines: what a sheet's layout depends on, and the records one by
//! one.

use std::collections::VecDeque;
use std::io::{self, Read};

use serde_json::Value;

use super::pieces::{Piece, cut};
use super::record::{Record, RecordShape};
use super::{JsonText, parse, read};
use crate::json_lines::lines;
use crate::round_trip::{FIRST, LAST};

/// A text whose list is too long to be held.
#[derive(Debug)]
pub struct LongText {
    /// The text with the first [`FIRST`] records of the list alone. Lines and columns of what stands behind the first
    /// of them are not those of the whole text.
    pub short: JsonText,
    /// The list.
    pub list: LongList,
}

/// A list of records that stay where they are, in a text.
#[derive(Debug)]
pub struct LongList {
    /// Names of the properties that lead to the list; none where the document is the list.
    pub path: Vec<String>,
    /// The last [`LAST`] records, or all beyond the first where they are fewer.
    pub last: Vec<Value>,
    /// How many records it has.
    pub count: usize,
    stands: Stands,
}

/// Where the records of a list stand.
#[derive(Debug)]
enum Stands {
    /// In an array: which of the text's it is.
    Array(usize),
    /// Each in a line, with these properties, which belong to the whole document.
    Lines(Vec<(String, Value)>),
}

impl LongText {
    /// Looks a text over. None where it is not of this shape or not JSON at all, or has no list so long or several;
    /// what is wrong with it is for [`parse`] to say.
    pub fn new(text: impl Read) -> io::Result<Option<Self>> {
        let mut short: Vec<u8> = Vec::new();
        let mut counts: Vec<usize> = Vec::new();
        let mut last = Last::default();
        let shaped = cut(text, &mut |piece| {
            match piece {
                Piece::Around(bytes) => short.extend_from_slice(bytes),
                Piece::Record(number, bytes) => {
                    counts.resize(number + 1, 0);
                    let count = counts[number];
                    counts[number] += 1;
                    if count < FIRST {
                        if count > 0 {
                            short.push(b',');
                        }
                        short.extend_from_slice(bytes);
                    } else {
                        last.push(bytes);
                    }
                }
            }
            true
        })?;
        // Of a list that has more, `short` has not all; there must be no second one.
        let mut long = (0..counts.len()).filter(|number| counts[*number] > FIRST);
        let (Some(number), None, true) = (long.next(), long.next(), shaped) else { return Ok(None) };
        let Ok(short) = parse(&short) else { return Ok(None) };
        let Some(last) = last.values() else { return Ok(None) };
        let is_list = |value: &Value| value.get(0).is_some_and(Value::is_object);
        let property = match &short.value {
            Value::Object(map) => {
                map.iter().filter(|(_, value)| is_list(value)).nth(number).map(|(name, _)| name.clone())
            }
            _ => None,
        };
        let path = property.into_iter().collect();
        Ok(Some(Self { short, list: LongList { path, last, count: counts[number], stands: Stands::Array(number) } }))
    }
}

impl LongList {
    /// One whose records stand in lines, with the properties of `front` in each.
    pub(crate) fn of_lines(path: Vec<String>, last: Vec<Value>, count: usize, front: Vec<(String, Value)>) -> Self {
        Self { path, last, count, stands: Stands::Lines(front) }
    }

    /// Gives the records of the list, in the same text read again from its beginning. False where one has another shape
    /// or cannot be held, where `each` wants no more, or where it is another text.
    pub fn records(
        &self,
        text: impl Read,
        shape: RecordShape,
        each: &mut dyn FnMut(&Record) -> bool,
    ) -> io::Result<bool> {
        let mut count = 0;
        let mut record = match &self.stands {
            // The list, and the objects around it.
            Stands::Array(_) => Record::new(shape, 1 + self.path.len()),
            Stands::Lines(front) => Record::new(shape.behind(front), 0),
        };
        let mut take = |bytes: &[u8]| {
            count += 1;
            let taken = std::str::from_utf8(bytes).ok().and_then(|text| record.take(text));
            taken.is_some() && each(&record)
        };
        let whole = match &self.stands {
            Stands::Array(list) => cut(text, &mut |piece| match piece {
                Piece::Record(number, bytes) if number == *list => take(bytes),
                Piece::Record(..) | Piece::Around(_) => true,
            })?,
            Stands::Lines(_) => lines(text, &mut take)?,
        };
        Ok(whole && count == self.count)
    }
}

/// The last records that were given.
#[derive(Default)]
pub(crate) struct Last(VecDeque<Vec<u8>>);

impl Last {
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let mut kept = if self.0.len() < LAST { Vec::new() } else { self.0.pop_front().unwrap_or_default() };
        kept.clear();
        kept.extend_from_slice(bytes);
        self.0.push_back(kept);
    }

    /// None where one is no JSON, or cannot be held.
    pub(crate) fn values(&self) -> Option<Vec<Value>> {
        self.0.iter().map(|bytes| read::document(std::str::from_utf8(bytes).ok()?).ok()).collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn no_record_of_any_list_is_left_out() {
        let list = |count: usize| (0..count).map(|i| json!({ "a": i })).collect::<Vec<_>>();
        let look = |document: &Value| LongText::new(document.to_string().as_bytes()).unwrap();
        for more in [1, LAST, LAST + 1, 50] {
            let document = json!({ "x": list(FIRST), "y": 1, "rows": list(FIRST + more), "z": [] });
            let text = look(&document).unwrap();
            assert_eq!((text.list.path.concat(), text.list.count), ("rows".to_owned(), FIRST + more));
            assert_eq!((&text.short.value["x"], &text.short.value["y"]), (&document["x"], &json!(1)));
            assert_eq!(text.short.value["rows"], Value::from(list(FIRST)));
            assert_eq!(text.list.last, list(FIRST + more)[(FIRST + more).saturating_sub(LAST).max(FIRST)..]);
            let mut records = Vec::new();
            let each = &mut |record: &Record| {
                records.push(record.to_value());
                true
            };
            let (path, other) = (["a".to_owned()], ["b".to_owned()]);
            let shape = RecordShape::new([&path[..], &other[..]].into_iter()).unwrap();
            assert!(text.list.records(document.to_string().as_bytes(), shape.clone(), each).unwrap());
            assert_eq!(records, list(FIRST + more));
            let other = json!({ "x": list(FIRST), "y": 1, "rows": list(FIRST + more + 1) });
            assert!(!text.list.records(other.to_string().as_bytes(), shape, &mut |_| true).unwrap());
        }
        assert!(look(&json!({ "rows": list(FIRST) })).is_none());
        assert!(look(&json!({ "x": list(FIRST + 1), "rows": list(FIRST + 50) })).is_none());
        assert!(look(&json!({ "x": list(FIRST + 50), "rows": list(FIRST + 1) })).is_none());
        assert_eq!(look(&json!(list(FIRST + 1))).unwrap().list.path, [""; 0]);
    }
}
