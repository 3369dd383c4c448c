//! A part as an outline: a row for each value, with its path.

use std::borrow::Cow;

use serde_json::Value;

use super::family::{Family, Row};
use super::shape::is_table;
use super::{Part, Parts, children, is_filled, too_long};
use crate::child::{GOES_ON, Step, show_path};
use crate::finding::Finding;
use crate::layout::Field;
use crate::new_book::NewContent;
use crate::schema::NodeId;

/// Characters of a piece of a long text, as UTF-16 counts them, with room for quotes.
const PIECE: usize = 32_000;

/// Adds the rows of a part.
pub(super) fn add<'a>(parts: &Parts<'a>, part: &Part<'a>, family: &mut Family, findings: &mut Vec<Finding>) {
    let mut outline = Outline { parts, part, family, findings, steps: Vec::new() };
    outline.value(part.value.clone(), part.node, &part.pointer);
}

struct Outline<'f, 'a> {
    parts: &'f Parts<'a>,
    part: &'f Part<'a>,
    family: &'f mut Family,
    findings: &'f mut Vec<Finding>,
    steps: Vec<Step>,
}

impl<'a> Outline<'_, 'a> {
    fn value(&mut self, value: Cow<'a, Value>, node: Option<NodeId>, pointer: &str) {
        if !is_filled(&value) {
            return self.leaf(&value, pointer);
        }
        if let (Value::Array(list), false) = (&*value, self.steps.is_empty())
            && (is_table(list) || self.is_described(node))
        {
            let name = self.name();
            let reference = self.parts.refer(value, node, &name, pointer.to_owned());
            return self.line(&show_path(&self.steps), reference, pointer);
        }
        for (step, value) in children(value) {
            let schema = self.parts.schema;
            let child = match &step {
                Step::Name(name) => node.and_then(|id| schema.node(schema.whole(id)).property(name)),
                Step::Index(_) => node.and_then(|id| schema.items_of(id)),
                Step::Rest => None,
            };
            let pointer = crate::schema::join(pointer, &step.pointer_part());
            self.steps.push(step);
            self.value(value, child, &pointer);
            self.steps.pop();
        }
    }

    /// Whether the form describes the items of a list as records.
    fn is_described(&self, node: Option<NodeId>) -> bool {
        self.parts.typed && node.is_some_and(|id| self.parts.schema.records_of(id).is_some())
    }

    /// What people call the value: the last name on the way.
    fn name(&self) -> String {
        let last = self.steps.iter().rev().find_map(|step| match step {
            Step::Name(name) => Some(name.clone()),
            Step::Index(_) | Step::Rest => None,
        });
        last.unwrap_or_else(|| self.part.name.clone())
    }

    fn leaf(&mut self, value: &Value, pointer: &str) {
        let field = Field::anything("");
        let path = show_path(&self.steps);
        match (super::value::hold(&field, Some(value), &|_| false), value) {
            (Ok(content), _) => self.line(&path, content, pointer),
            (Err(_), Value::String(text)) => {
                for (i, piece) in pieces(text).into_iter().enumerate() {
                    let path = if i == 0 { path.as_str() } else { GOES_ON };
                    match super::value::hold(&field, Some(&piece.into()), &|_| false) {
                        Ok(content) => self.line(path, content, pointer),
                        Err(message) => self.findings.push(super::refuse(message, pointer.to_owned())),
                    }
                }
            }
            (Err(message), _) => self.findings.push(super::refuse(message, pointer.to_owned())),
        }
    }

    fn line(&mut self, path: &str, content: NewContent, pointer: &str) {
        if path.len() > super::value::MAX_TEXT && path.encode_utf16().count() > super::value::MAX_TEXT {
            self.findings.push(too_long(pointer));
        }
        let cells = vec![(0, NewContent::Text(path.to_owned())), (1, content)];
        self.family.rows.push(Row { key: self.part.key, cells });
    }
}

/// A long text in pieces; characters stay whole.
fn pieces(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (mut units, mut end) = (0, 0);
        for c in rest.chars() {
            // A character that a literal may have to escape takes six for each unit.
            let plain = c.is_alphanumeric() || c == ' ' || (c.is_ascii_punctuation() && !matches!(c, '"' | '\\' | '_'));
            units += c.len_utf16() * if plain { 1 } else { 6 };
            if units > PIECE {
                break;
            }
            end += c.len_utf8();
        }
        let (piece, after) = rest.split_at(end);
        out.push(piece);
        rest = after;
    }
    out
}
