//! What people call a part of a document: its heading or label, the record, the list.

use serde_json::Value;

use crate::finding::Text;
use crate::form::Form;
use crate::schema::{Kind, Node, NodeId, Schema, unescape};

/// A part of a document as messages name it.
pub(super) struct Name {
    /// The name, in quotation marks.
    pub(super) text: Text,
    /// Its node, where the form declares it.
    pub(super) node: Option<NodeId>,
    /// Its place among the properties of the form, for putting findings in the order of the sheet.
    pub(super) order: Vec<usize>,
}

/// Names a part of a form itself: its keyword.
pub(super) fn keyword(pointer: &str) -> Name {
    let word = pointer.rsplit('/').find(|part| part.parse::<usize>().is_err()).unwrap_or_default();
    let word = unescape(word);
    let text = if word.is_empty() {
        Text::new("the form", "表单")
    } else {
        Text::new(format!("\"{word}\""), format!("“{word}”"))
    };
    Name { text, node: None, order: Vec::new() }
}

/// Names the part of a document at a JSON pointer.
pub(super) fn name(form: &Form, pointer: &str) -> Name {
    let mut node = Some(Schema::ROOT);
    let mut order = Vec::new();
    // The texts since the last record, and the item of a list, if it is one.
    let mut texts: Vec<String> = Vec::new();
    let mut list = if form.name.is_empty() { form.id.clone() } else { form.name.clone() };
    let mut item = None;
    let mut in_table = false;
    for part in pointer.split('/').skip(1) {
        let part = unescape(part);
        let here = node.map(|id| form.schema.node(id));
        let index = here.and_then(|n| n.items).and_then(|items| Some((items, part.parse::<usize>().ok()?)));
        let property = here.and_then(|n| n.properties.iter().position(|(name, _)| *name == part));
        match (here, property, index) {
            (Some(n), Some(at), _) => {
                node = Some(n.properties[at].1);
                order.push(at);
                texts.extend(heads(form.schema.node(n.properties[at].1), &part, in_table));
            }
            (_, _, Some((items, at))) => {
                node = Some(items);
                order.push(at);
                if let Some(last) = texts.last() {
                    list.clone_from(last);
                }
                item = Some(at + 1);
                if form.schema.node(items).types.single() == Some(Kind::Object) {
                    texts.clear();
                    in_table = true;
                }
                continue;
            }
            _ => {
                node = None;
                order.push(usize::MAX);
                texts.push(part);
            }
        }
        item = None;
    }
    let own = texts.join(" / ");
    let quoted = |text: &str| (Value::from(text).to_string(), format!("“{text}”"));
    let text = match (item, own.is_empty()) {
        (Some(n), true) if list.is_empty() => Text::new(format!("record {n}"), format!("第 {n} 条")),
        (Some(n), true) => {
            let (en, zh) = quoted(&list);
            Text::new(format!("record {n} of {en}"), format!("{zh}第 {n} 条"))
        }
        (Some(n), false) => {
            let (en, zh) = quoted(&own);
            Text::new(format!("value {n} of {en}"), format!("{zh}第 {n} 项"))
        }
        (None, true) => Text::new("the document", "文档"),
        (None, false) => {
            let (en, zh) = quoted(&own);
            Text::new(en, zh)
        }
    };
    Name { text, node, order }
}

/// The texts a property adds: those above its column, else its label.
fn heads(node: &Node, name: &str, in_table: bool) -> Vec<String> {
    match (&node.sheet.head, in_table) {
        (Some(heads), true) if !heads.is_empty() || node.types.single() == Some(Kind::Object) => heads.clone(),
        _ => vec![label(node, name).to_owned()],
    }
}

/// The text a person sees for a node.
pub(super) fn label<'a>(node: &'a Node, name: &'a str) -> &'a str {
    node.sheet.label.as_deref().or(node.title.as_deref()).unwrap_or(name)
}
