//! A JSON Schema as a tree of nodes: `$ref` and `allOf` folded in, the vocabulary typed. Knows no sheet.

pub(crate) mod documents;
mod parts;
mod search;
mod types;
mod unfold;
mod wide;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

pub(crate) use documents::Documents;
pub(crate) use parts::parts;
pub(crate) use types::{Kind, Types};

use crate::finding::Finding;
use crate::vocabulary::{Rule, Sheet};

/// A node's number in its [`Schema`].
pub(crate) type NodeId = usize;

/// A rule with its place in the form.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PlacedRule {
    /// JSON pointer fragment of the rule, `#/x-rules/0`.
    pub pointer: String,
    /// The rule.
    pub rule: Rule,
}

/// One allowed value of a choice.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Choice {
    /// The value in JSON.
    pub value: Value,
    /// The text a sheet shows for it.
    pub text: String,
}

/// Whether the cells of an object belong in one place of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    /// They do.
    Fits,
    /// There are too many.
    Wide,
}

/// A node with everything that applies to it.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// JSON pointer fragment of the node as used, `#/properties/entries/items`; through `$ref`, of its target.
    pub pointer: String,
    /// Its keywords, those of `$ref` and `allOf` folded in, the node's own first.
    pub keywords: Map<String, Value>,
    /// The types it allows.
    pub types: Types,
    /// `title`.
    pub title: Option<String>,
    /// `x-sheet`.
    pub sheet: Sheet,
    /// `x-rules`, in order.
    pub rules: Vec<PlacedRule>,
    /// Declared properties, in order.
    pub properties: Vec<(String, NodeId)>,
    /// Names in `required`.
    pub required: BTreeSet<String>,
    /// `items`.
    pub items: Option<NodeId>,
    /// `enum`, `const`, or a `oneOf`/`anyOf` of `const`: every allowed value but null, with its text.
    pub choices: Option<Vec<Choice>>,
    /// `format`.
    pub format: Option<String>,
    /// Whether it is more than its `properties` or `items` say: free-form keys, unlike shapes, `prefixItems`,
    /// recursion. Such a node has no place in a table.
    pub opaque: bool,
    /// Whether properties that are not declared may be there too.
    pub open: bool,
    /// Inside itself: the node that it is once more.
    pub again: Option<NodeId>,
    /// Whether the schema says nothing of its type.
    pub untyped: bool,
    /// Whether its cells belong in one place.
    pub width: Width,
}

impl Node {
    /// A keyword that is a number.
    pub(crate) fn number(&self, keyword: &str) -> Option<f64> {
        self.keywords.get(keyword).and_then(Value::as_f64)
    }

    /// Whether it is an object that can be laid out property by property.
    pub(crate) fn is_section(&self) -> bool {
        self.is_record() && self.width == Width::Fits && (self.untyped || !self.types.null)
    }

    /// Whether its values are objects of declared properties, or null.
    pub(crate) fn is_record(&self) -> bool {
        let object = self.untyped && self.items.is_none() || self.types.single() == Some(Kind::Object);
        !self.opaque && object && !self.properties.is_empty() && self.choices.is_none()
    }

    /// The node of a property.
    pub(crate) fn property(&self, name: &str) -> Option<NodeId> {
        self.properties.iter().find(|(n, _)| n == name).map(|(_, id)| *id)
    }
}

/// A schema's nodes.
#[derive(Clone, Debug)]
pub(crate) struct Schema {
    /// All nodes; the first is the root.
    pub nodes: Vec<Node>,
}

impl Schema {
    /// The root node's number.
    pub(crate) const ROOT: NodeId = 0;

    /// Unfolds a form; `form` is what is taken of the one in `documents`. Problems of it are added to `findings`.
    pub(crate) fn unfold(form: &Value, documents: &Documents, findings: &mut Vec<Finding>) -> Self {
        let mut nodes = unfold::unfold(form, documents, findings);
        wide::mark(&mut nodes);
        Self { nodes }
    }

    /// Whether it says with `x-sheet` how its sheet is to look.
    pub(crate) fn is_arranged(&self) -> bool {
        wide::is_arranged(&self.nodes)
    }

    /// The node with this number.
    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id]
    }

    /// The node, or the one around it that it is once more.
    pub(crate) fn whole(&self, id: NodeId) -> NodeId {
        self.nodes[id].again.unwrap_or(id)
    }

    /// The node of the items of an array, where they are objects of declared properties.
    pub(crate) fn records_of(&self, id: NodeId) -> Option<NodeId> {
        let items = self.whole(self.items_of(id)?);
        self.nodes[items].is_record().then_some(items)
    }

    /// The node of every item of an array; none where items differ by their place.
    pub(crate) fn items_of(&self, id: NodeId) -> Option<NodeId> {
        let node = &self.nodes[self.whole(id)];
        node.items.filter(|_| !node.opaque)
    }

    /// The node at a path of property names from another; arrays are entered through `items`.
    pub(crate) fn descend(&self, from: NodeId, path: &[&str]) -> Option<NodeId> {
        let mut id = from;
        for name in path {
            while self.nodes[id].properties.is_empty() {
                id = self.nodes[id].items?;
            }
            id = self.nodes[id].property(name)?;
        }
        Some(id)
    }
}

/// A JSON pointer fragment's next part.
pub(crate) fn join(pointer: &str, part: &str) -> String {
    let mut joined = String::with_capacity(pointer.len() + 1 + part.len());
    joined.push_str(pointer);
    joined.push('/');
    for (at, text) in part.split_inclusive(['~', '/']).map(|text| (text.len() - 1, text)) {
        match text.as_bytes().last() {
            Some(b'~') => joined.extend([&text[..at], "~0"]),
            Some(b'/') => joined.extend([&text[..at], "~1"]),
            _ => joined.push_str(text),
        }
    }
    joined
}

/// The name that a part of a JSON pointer stands for (RFC 6901, section 4).
pub(crate) fn unescape(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

/// A fragment of a URI without its percent signs.
pub(crate) fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|h| std::str::from_utf8(h).ok()).and_then(|h| u8::from_str_radix(h, 16).ok());
        if let (b'%', Some(decoded)) = (byte, hex) {
            bytes.push(decoded);
            rest = &tail[2..];
        } else {
            bytes.push(byte);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
