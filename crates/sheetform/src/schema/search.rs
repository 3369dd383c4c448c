//! The search for what a form refers to: from the form through its references to documents, and on through theirs.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use referencing::{Draft, SPECIFICATIONS};
use serde_json::Value;

use super::documents::{Document, Documents, MAX_DEPTH, Reference, escape};
use super::{join, parts, percent_decode};
use crate::references::{NOWHERE, id, old, resolve};

/// A search for what a form refers to.
pub(super) struct Search {
    given: BTreeMap<String, Arc<Value>>,
    pub(super) found: Documents,
    /// What has a URI: a document, or a part of one.
    resources: BTreeMap<String, (usize, String)>,
    /// Schemas that were looked at.
    seen: BTreeSet<(usize, String)>,
    /// Schemas to be looked at, with their base and draft.
    queue: VecDeque<(usize, String, String, Draft)>,
    /// References and names with their URIs in full, by document and pointer.
    full: Vec<(usize, String, String)>,
}

impl Search {
    /// A search among the documents that were given.
    pub(super) fn new(given: BTreeMap<String, Arc<Value>>) -> Self {
        let found = Documents::default();
        let (resources, seen) = (BTreeMap::new(), BTreeSet::new());
        Self { given, found, resources, seen, queue: VecDeque::new(), full: Vec::new() }
    }

    pub(super) fn add(&mut self, uri: String, value: Arc<Value>, draft: Draft) {
        let index = self.found.all.len();
        self.resources.insert(uri.clone(), (index, String::new()));
        self.queue.push_back((index, String::new(), uri.clone(), draft));
        self.found.all.push(Document { uri, value, draft });
    }

    pub(super) fn run(&mut self) {
        let mut done = 0;
        loop {
            while let Some((document, pointer, base, draft)) = self.queue.pop_front() {
                let value = Arc::clone(&self.found.all[document].value);
                if let Some(schema) = value.pointer(&pointer) {
                    self.schema(document, schema, &pointer, &base, draft, 0);
                }
            }
            // All that has a name by now is known: what still lacks a document is looked for among those given.
            let Some(reference) = self.found.references.get(done) else { break };
            done += 1;
            let (text, uri) = (reference.text.clone(), reference.uri.clone());
            if let Some(uri) = uri {
                self.follow(&uri, &text);
            }
        }
        // The resolver takes the references of a document from the URI that it was found by, though its `$id` says
        // another; in full they lead to the same from both.
        for (document, pointer, uri) in std::mem::take(&mut self.full) {
            if let Some(text) = Arc::make_mut(&mut self.found.all[document].value).pointer_mut(&pointer) {
                *text = Value::String(uri);
            }
        }
    }

    fn follow(&mut self, uri: &str, text: &str) {
        if !self.resources.contains_key(uri) {
            if SPECIFICATIONS.contains_resource(uri) {
                return;
            }
            let Some(value) = self.given.get(uri).cloned() else {
                self.found.missing.insert(uri.to_owned());
                return;
            };
            let draft = draft_of(&value, self.found.draft(), &self.given);
            let mut value = value;
            escape(Arc::make_mut(&mut value));
            self.add(uri.to_owned(), value, draft);
        }
        // A pointer may lead to where no keyword puts schemas.
        if let (Some((document, above)), Some((_, pointer))) = (self.resources.get(uri), text.split_once('#'))
            && pointer.starts_with('/')
        {
            let (document, at) = (*document, format!("{above}{}", percent_decode(pointer)));
            let Document { value, draft, .. } = &self.found.all[document];
            let named = if above.is_empty() { id(*draft, value).and_then(|id| resolve(uri, id)) } else { None };
            let base = named.map_or_else(|| uri.to_owned(), |named| named.as_str().to_owned());
            let draft = *draft;
            if !self.seen.contains(&(document, at.clone())) {
                self.queue.push_back((document, at, base, draft));
            }
        }
    }

    fn schema(&mut self, document: usize, value: &Value, pointer: &str, base: &str, draft: Draft, depth: usize) {
        let Value::Object(map) = value else { return };
        if depth > MAX_DEPTH || !self.seen.insert((document, pointer.to_owned())) {
            return;
        }
        let draft = draft_of(value, draft, &self.given);
        let mut base = base.to_owned();
        let named = id(draft, value);
        if let (Some(text), None) = (named, named.and_then(|named| resolve(&base, named))) {
            let (text, base, pointer) = (text.to_owned(), base.clone(), join(pointer, draft.id_keyword()));
            self.found.references.push(Reference { document, pointer, text, base, uri: None });
        }
        if let Some(own) = named.and_then(|named| resolve(&base, named)) {
            own.as_str().clone_into(&mut base);
            self.resources.entry(base.clone()).or_insert_with(|| (document, pointer.to_owned()));
            self.found.missing.remove(&base);
            if document > 0 {
                self.full.push((document, join(pointer, draft.id_keyword()), base.clone()));
            }
        }
        for key in ["$ref", "$dynamicRef"] {
            if let Some(Value::String(text)) = map.get(key).filter(|_| key == "$ref" || !old(draft)) {
                let resource = text.split_once('#').map_or(text.as_str(), |(resource, _)| resource);
                let uri = if resource.is_empty() {
                    resolve(&base, text).map(|_| base.clone())
                } else {
                    resolve(&base, text).and_then(|_| resolve(&base, resource)).map(|uri| uri.as_str().to_owned())
                };
                let pointer = join(pointer, key);
                let (mut text, base) = (text.clone(), base.clone());
                if let Some(uri) = uri.as_ref().filter(|_| document > 0 && !resource.is_empty()) {
                    text = format!("{uri}{}", &text[resource.len()..]);
                    self.full.push((document, pointer.clone(), text.clone()));
                }
                self.found.references.push(Reference { document, pointer, text, base, uri });
            }
        }
        if let Some(uri) = map.get("$schema").and_then(Value::as_str).and_then(|uri| resolve(&base, uri)) {
            let uri = uri.as_str().trim_end_matches('#').to_owned();
            if self.given.contains_key(&uri) {
                self.follow(&uri, "");
            }
        }
        parts(map, pointer, &mut |one, at| self.schema(document, one, &at, &base, draft, depth + 1));
    }
}

/// The draft of a document; a meta-schema of its own says it through the meta-schema of that.
pub(super) fn draft_of(document: &Value, otherwise: Draft, given: &BTreeMap<String, Arc<Value>>) -> Draft {
    let mut document = document;
    let mut detected = otherwise.detect(document);
    for _ in 0..16 {
        if detected != Draft::Unknown {
            return detected;
        }
        let uri = document.get("$schema").and_then(Value::as_str).unwrap_or_default();
        let uri = resolve(NOWHERE, uri.trim_end_matches('#'));
        let Some(next) = uri.and_then(|uri| given.get(uri.as_str())) else { break };
        document = next;
        detected = Draft::default().detect(document);
    }
    Draft::default()
}
