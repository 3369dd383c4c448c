//! JSON Lines: one JSON value a line, read as exactly as [`crate::json_text`] reads. Blank lines count for nothing.

mod long;

use serde_json::Value;

pub use long::LongLines;
pub(crate) use long::lines;

use crate::finding::{Finding, Place};
use crate::json_text::{self, JsonText};

/// Findings before the rest of a text is left unread.
const MANY: usize = 1_000;

/// The values of a text in lines.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonLines {
    /// A value for each line that is not blank.
    pub values: Vec<Value>,
    text: String,
    /// Number and bytes of each line that has a value.
    lines: Vec<(u32, usize, usize)>,
}

/// Reads UTF-8 text in lines; a byte order mark before it is accepted. Every line is read, whatever is wrong in others.
///
/// Codes as of [`json_text::parse`].
pub fn parse(bytes: &[u8]) -> Result<JsonLines, Vec<Finding>> {
    let text = json_text::utf8(bytes).map_err(|finding| vec![*finding])?;
    let (mut values, mut lines, mut findings) = (Vec::new(), Vec::new(), Vec::new());
    let mut start = 0;
    for (number, line) in (1_u32..).zip(text.split('\n')) {
        let end = start + line.len();
        if !line.trim_ascii().is_empty() && findings.len() < MANY {
            match json_text::parse(line.as_bytes()) {
                Ok(JsonText { value, .. }) => {
                    values.push(value);
                    lines.push((number, start, end));
                }
                Err(of_line) => findings.extend(of_line.into_iter().map(|finding| on_line(finding, number))),
            }
        }
        start = end + 1;
    }
    if findings.is_empty() { Ok(JsonLines { values, text: text.to_owned(), lines }) } else { Err(findings) }
}

/// Whether a text is more than one JSON value, each on a line of its own; looks at its first two lines.
pub fn is_lines(text: &str) -> bool {
    let mut lines = text.split('\n').map(str::trim_ascii).filter(|line| !line.is_empty());
    let is_object = |line: &str| line.starts_with('{') && json_text::parse(line.as_bytes()).is_ok();
    lines.next().is_some_and(is_object) && lines.next().is_some_and(|line| line.starts_with('{'))
}

fn on_line(mut finding: Finding, number: u32) -> Finding {
    put(&mut finding.place, number);
    finding.related.iter_mut().for_each(|related| put(&mut related.place, number));
    finding
}

fn put(place: &mut Place, number: u32) {
    if let Some(line) = &mut place.line {
        *line = number;
    }
}

impl JsonLines {
    /// The text, without a byte order mark.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where a JSON pointer in the value with this index leads to; with `key`, to the key of the property there.
    pub fn place(&self, index: usize, pointer: &str, key: bool) -> Place {
        let Some((number, start, end)) = self.lines.get(index).copied() else { return Place::default() };
        let mut place = json_text::place_in(&self.text[start..end], pointer, key);
        put(&mut place, number);
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_and_their_places() {
        let lines = parse("\u{feff}{\"a\": 1}\r\n\n  {\"a\": 2, \"b\": 1.50}\n".as_bytes()).unwrap();
        assert_eq!(lines.values, [json!({ "a": 1 }), json!({ "a": 2, "b": 1.5 })]);
        assert_eq!(lines.place(1, "/b", false), Place::text(3, 17));
        assert_eq!(lines.place(1, "/b", true), Place::text(3, 12));
        assert_eq!(lines.place(2, "/b", false), Place::default());
    }

    #[test]
    fn every_line_is_read() {
        let findings = parse(b"{\"a\": }\n{}\n{\"a\": 1, \"a\": 2}\n").unwrap_err();
        assert_eq!(findings.iter().map(|f| f.place.line).collect::<Vec<_>>(), [Some(1), Some(3)]);
        assert!(is_lines("{}\n\n{\"a\": 1}\n"));
        assert!(!is_lines("{\n  \"a\": 1\n}\n"));
        assert!(!is_lines("{}\n"));
    }
}
