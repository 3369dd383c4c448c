//! Parts of a document that have no place in the form's own bands: each gets a key, and rows on a child sheet.
//!
//! What a part looks like is chosen from the data, and from the form where it describes the part. Reading does not
//! depend on the choice.

mod family;
mod outline;
mod shape;
mod sheets;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;

use serde_json::Value;

use super::refuse;
use super::value::{self, Mistaken};
use crate::child::{Key, Kind, REST, Step};
use crate::finding::Finding;
use crate::layout::{Field, FieldKind, part_columns};
use crate::new_book::{NewContent, NewSheet};
use crate::schema::{NodeId, Schema, Types};
use family::Family;

/// More child sheets are not made.
const MANY: usize = 100;

/// The parts of a document.
pub(super) struct Parts<'a> {
    schema: &'a Schema,
    /// Whether headings and cells follow the form where it describes a part.
    typed: bool,
    found: RefCell<Vec<Part<'a>>>,
    /// Where there are no child sheets: what no cell holds.
    refused: Option<RefCell<Vec<Finding>>>,
}

/// A part.
#[derive(Clone)]
struct Part<'a> {
    key: Key,
    value: Cow<'a, Value>,
    /// Its node in the form, where it has one.
    node: Option<NodeId>,
    /// What people call it; the name of its sheet.
    name: String,
    /// JSON pointer.
    pointer: String,
}

impl<'a> Parts<'a> {
    pub(super) fn new(schema: &'a Schema, typed: bool) -> Self {
        Self { schema, typed, found: RefCell::new(Vec::new()), refused: None }
    }

    /// No parts: every value stands in its cell, or is refused.
    pub(super) fn none(schema: &'a Schema) -> Self {
        Self { refused: Some(RefCell::default()), ..Self::new(schema, true) }
    }

    /// What no cell held, where there are no parts.
    pub(super) fn refused(self) -> Vec<Finding> {
        self.refused.map(RefCell::into_inner).unwrap_or_default()
    }

    /// The whole document as a part.
    pub(super) fn root(&self, document: &'a Value, name: &str) {
        let part = Part {
            key: Key::Root,
            value: Cow::Borrowed(document),
            node: Some(Schema::ROOT),
            name: name.to_owned(),
            pointer: String::new(),
        };
        self.found.borrow_mut().push(part);
    }

    /// The cell of a field: its value, or a reference to a part where no single cell holds it.
    pub(super) fn hold(
        &self,
        field: &Field,
        value: Option<Cow<'a, Value>>,
        mistaken: Mistaken<'_>,
        pointer: &dyn Fn() -> String,
    ) -> NewContent {
        let Some(value) = value else { return NewContent::Empty };
        if let Some(refused) = &self.refused {
            return value::hold(field, Some(&*value), mistaken).unwrap_or_else(|why| {
                refused.borrow_mut().push(refuse(why, pointer()));
                NewContent::Empty
            });
        }
        let described = field.described();
        if field.kind == FieldKind::Json && is_filled(&value) {
            return self.refer(value, described, &field.label, pointer());
        }
        // A list or text that is too long, or another value than the field is for.
        value::hold(field, Some(&*value), mistaken)
            .unwrap_or_else(|_| self.refer(value, described, &field.label, pointer()))
    }

    /// A part of this value; gives the cell that refers to it.
    pub(super) fn refer(&self, value: Cow<'a, Value>, node: Option<NodeId>, name: &str, pointer: String) -> NewContent {
        let mut found = self.found.borrow_mut();
        let whole = found.first().is_some_and(|first| first.key == Key::Root);
        let key = Key::Part((found.len() + usize::from(!whole)) as u32);
        // A node that says nothing of the part does not part its sheet from others of the same name.
        let node = node.filter(|id| self.typed && self.describes(*id)).map(|id| self.schema.whole(id));
        found.push(Part { key, value, node, name: name.to_owned(), pointer });
        NewContent::Text(key.to_string())
    }

    /// Whether the form says what stands inside a part of this node.
    fn describes(&self, id: NodeId) -> bool {
        let node = self.schema.node(self.schema.whole(id));
        let items = self.schema.items_of(id).map(|items| self.schema.node(self.schema.whole(items)));
        !node.properties.is_empty() || items.is_some_and(|items| !items.opaque && items.types != Types::ALL)
    }

    /// The child sheets that a blank workbook offers: a head for each list and object that needs one, and those inside.
    pub(super) fn blank(&self, fields: &[&Field], taken: &[String]) -> Vec<NewSheet> {
        let mut families: Vec<Family> = Vec::new();
        let mut asked: Vec<(String, NodeId)> = fields.iter().filter_map(|field| self.blank_part(field)).collect();
        let mut next = 0;
        while next < asked.len() && families.len() < MANY {
            let (name, id) = asked[next].clone();
            next += 1;
            let node = self.schema.node(id);
            let (kind, record) = match self.schema.records_of(id) {
                Some(items) => (Kind::List, Some(items)),
                None if node.is_record() => (Kind::Record, Some(id)),
                None => (Kind::Outline, None),
            };
            families.push(Family::new(self, &name, Some(id), kind));
            for column in record.map(|id| part_columns(self.schema, id)).unwrap_or_default() {
                asked.extend(self.blank_part(&column.field).filter(|part| !asked.contains(part)));
            }
        }
        sheets::blank(families, taken)
    }

    /// The part that a field holds, where it holds nothing else.
    fn blank_part(&self, field: &Field) -> Option<(String, NodeId)> {
        let id = self.schema.whole(field.node);
        let types = self.schema.node(id).types;
        let scalar = types.boolean || types.integer || types.number || types.string;
        (field.kind == FieldKind::Json && !field.rest && !scalar).then(|| (field.label.clone(), id))
    }

    /// The child sheets of all parts, those that the parts themselves ask for too. `taken` are names of sheets.
    pub(super) fn sheets(&self, taken: &[String], findings: &mut Vec<Finding>) -> Vec<NewSheet> {
        let mut families: Vec<Family> = Vec::new();
        let mut seen = 0;
        let mut pending: BTreeMap<(Option<NodeId>, String), Vec<usize>> = BTreeMap::new();
        for at in 0.. {
            // Parts of one kind are looked at together, so that they get the same columns.
            let round: Vec<Part<'a>> = {
                let found = self.found.borrow();
                for (new, part) in found.iter().enumerate().skip(seen) {
                    pending.entry((part.node, part.name.clone())).or_default().push(new);
                }
                seen = found.len();
                let Some(first) = found.get(at) else { break };
                let same = pending.remove(&(first.node, first.name.clone())).unwrap_or_default();
                same.into_iter().map(|at| found[at].clone()).collect()
            };
            if !round.is_empty() {
                self.round(&round, &mut families, findings);
            }
        }
        sheets::lay(families, taken)
    }

    fn round(&self, round: &[Part<'a>], families: &mut Vec<Family>, findings: &mut Vec<Finding>) {
        let shapes = shape::Shapes::of_round(self, round);
        for part in round {
            let mut kind = shapes.kind(part);
            let mut found = families.iter().position(|f| f.is_of(&part.name, part.node, kind));
            if found.is_none() && families.len() >= MANY {
                // More sheets than a person looks through: the rest stands on one.
                kind = Kind::Outline;
                found = families.iter().position(|f| f.is_of(REST, None, kind));
            }
            let at = found.unwrap_or_else(|| {
                let (name, node) = if families.len() >= MANY { (REST, None) } else { (&*part.name, part.node) };
                families.push(Family::new(self, name, node, kind));
                families.len() - 1
            });
            // Rows ask for further parts, never for families.
            let family = &mut families[at];
            match kind {
                Kind::Outline => outline::add(self, part, family, findings),
                Kind::List | Kind::Record => family.add(self, part, shapes.of(kind), findings),
            }
        }
    }
}

/// The values of an object or array, with the step to each.
fn children(value: Cow<'_, Value>) -> Vec<(Step, Cow<'_, Value>)> {
    match value {
        Cow::Borrowed(Value::Object(map)) => {
            map.iter().map(|(name, v)| (Step::Name(name.clone()), Cow::Borrowed(v))).collect()
        }
        Cow::Owned(Value::Object(map)) => map.into_iter().map(|(name, v)| (Step::Name(name), Cow::Owned(v))).collect(),
        Cow::Borrowed(Value::Array(list)) => {
            list.iter().enumerate().map(|(i, v)| (Step::Index(i), Cow::Borrowed(v))).collect()
        }
        Cow::Owned(Value::Array(list)) => {
            list.into_iter().enumerate().map(|(i, v)| (Step::Index(i), Cow::Owned(v))).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a value is an object or array with something in it.
fn is_filled(value: &Value) -> bool {
    match value {
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
        _ => false,
    }
}

/// A path that no cell holds.
fn too_long(pointer: &str) -> Finding {
    refuse(
        crate::finding::Text::new(
            "a cell holds at most 32767 characters, and this name is longer",
            "一个单元格最多容纳 32767 个字符，而该名称更长",
        ),
        pointer.to_owned(),
    )
}
