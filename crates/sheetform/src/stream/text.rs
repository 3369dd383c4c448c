//! The JSON text of plain records: all that is the same in each is made once.

use crate::read::assemble::Part;
use crate::read::rows::plain::{Plain, PlainRecord};

/// An object of a record.
pub(super) struct Object {
    members: Vec<Member>,
    /// What stands before its end, where anything is in it.
    end: String,
    /// The level of its properties, where each has a line.
    level: Option<usize>,
}

/// A property.
struct Member {
    /// All that stands before its value, from a comma on.
    text: String,
    value: Of,
}

enum Of {
    Column(usize),
    Object { required: bool, parts: Vec<Part>, object: Object },
}

impl Object {
    /// One that stands at a level, a property a line; without a level in one line.
    pub(super) fn new(parts: &[Part], level: Option<usize>) -> Self {
        let inside = level.map(|level| level + 1);
        let member = |part: &Part| {
            let (name, value) = match part {
                Part::Leaf { name, column } => (name, Of::Column(*column)),
                Part::Object { name, required, parts } => {
                    let object = Self::new(parts, inside);
                    (name, Of::Object { required: *required, parts: parts.clone(), object })
                }
                // No record with these is plain.
                Part::Inner { .. } | Part::Rest { .. } => return None,
            };
            let name = serde_json::Value::from(name.as_str());
            let between = if level.is_some() { " " } else { "" };
            Some(Member { text: format!(",{}{name}:{between}", line(inside)), value })
        };
        Self { members: parts.iter().filter_map(member).collect(), end: line(level), level: inside }
    }

    /// Adds its text.
    pub(super) fn write(&self, record: PlainRecord<'_>, out: &mut Vec<u8>) {
        out.push(b'{');
        // The first has no comma before it.
        let mut from = 1;
        for Member { text, value } in &self.members {
            let before = text.as_bytes().get(from..).unwrap_or_default();
            match value {
                Of::Column(column) => match &record.cells[*column] {
                    Plain::Absent => continue,
                    Plain::Known(known) => {
                        out.extend_from_slice(before);
                        match self.level {
                            Some(level) if known.lines => indented(&known.json, level, out),
                            // Writing to memory does not fail.
                            None if known.lines => _ = serde_json::to_writer(&mut *out, &known.value),
                            _ => out.extend_from_slice(known.json.as_bytes()),
                        }
                    }
                    Plain::Value(value) => {
                        out.extend_from_slice(before);
                        match self.level {
                            Some(level) if value.is_array() || value.is_object() => {
                                indented(&format!("{value:#}"), level, out);
                            }
                            _ => _ = serde_json::to_writer(&mut *out, value),
                        }
                    }
                },
                Of::Object { required, parts, object } => {
                    if !*required && !record.fills(parts) {
                        continue;
                    }
                    out.extend_from_slice(before);
                    object.write(record, out);
                }
            }
            from = 0;
        }
        if from == 0 {
            out.extend_from_slice(self.end.as_bytes());
        }
        out.push(b'}');
    }
}

/// The beginning of a line at a level.
fn line(level: Option<usize>) -> String {
    level.map_or_else(String::new, |level| format!("\n{}", "  ".repeat(level)))
}

/// A JSON text at another level.
pub(super) fn indented(json: &str, level: usize, out: &mut Vec<u8>) {
    let start = line(Some(level));
    let mut lines = json.split('\n');
    out.extend_from_slice(lines.next().unwrap_or_default().as_bytes());
    for rest in lines {
        out.extend_from_slice(start.as_bytes());
        out.extend_from_slice(rest.as_bytes());
    }
}
