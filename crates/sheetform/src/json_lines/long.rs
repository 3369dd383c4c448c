//! JSON Lines while they stream by, for a text with too many to be held.

use std::io::{self, BufRead as _, BufReader, Read};

use serde_json::Value;

use super::{JsonLines, parse};
use crate::json_text::Last;

/// How much is read at once.
const BLOCK: usize = 1 << 16;
/// A line longer than this is none of a long text.
const LONGEST: u64 = 1 << 24;

/// A text with too many lines to be held. [`Records::list_of`](crate::records::Records::list_of) says which list of a
/// document they are.
#[derive(Debug)]
pub struct LongLines {
    /// The first values, as if there were no more.
    pub short: JsonLines,
    /// The last [`LAST`](crate::round_trip::LAST), or all beyond the first where they are fewer.
    pub(crate) last: Vec<Value>,
    /// How many there are.
    pub(crate) count: usize,
}

impl LongLines {
    /// Looks a text over, of whose lines the `first` decide how a sheet of them looks
    /// ([`FIRST`](crate::round_trip::FIRST)). None where there are no more, or where one that is looked at cannot be read;
    /// what is wrong with it is for [`parse`] to say.
    pub fn new(text: impl Read, first: usize) -> io::Result<Option<Self>> {
        let (mut short, mut last, mut count): (Vec<u8>, _, _) = (Vec::new(), Last::default(), 0);
        let whole = lines(text, &mut |line| {
            if count < first {
                short.extend_from_slice(line);
                short.push(b'\n');
            } else {
                last.push(line);
            }
            count += 1;
            true
        })?;
        let (Ok(short), Some(last), true) = (parse(&short), last.values(), whole && count > first) else {
            return Ok(None);
        };
        Ok(Some(Self { short, last, count }))
    }
}

/// Gives the lines that are not blank, without their ends, and without a byte order mark before the first. False where
/// one is too long, or where `each` wants no more.
pub(crate) fn lines(text: impl Read, each: &mut dyn FnMut(&[u8]) -> bool) -> io::Result<bool> {
    let mut text = BufReader::with_capacity(BLOCK, text);
    let mut line = Vec::new();
    let mut first = true;
    loop {
        line.clear();
        if (&mut text).take(LONGEST).read_until(b'\n', &mut line)? == 0 {
            return Ok(true);
        }
        if line.last() == Some(&b'\n') {
            line.pop();
        } else if line.len() as u64 == LONGEST {
            return Ok(false);
        }
        let mark: &[u8] = if std::mem::take(&mut first) { b"\xEF\xBB\xBF" } else { b"" };
        let own = line.strip_prefix(mark).unwrap_or(&line);
        if !own.trim_ascii().is_empty() && !each(own) {
            return Ok(false);
        }
    }
}
