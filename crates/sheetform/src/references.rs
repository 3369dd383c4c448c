//! Documents that the references (`$ref`) of a form name, given by whoever compiles it.
//!
//! Opens no file and fetches nothing: what is not given here is an unresolved reference.

use std::collections::BTreeMap;
use std::sync::Arc;

use referencing::{Draft, Uri, uri};
use serde_json::Value;

use crate::finding::Text;

/// Where a document without an address stands.
pub(crate) const NOWHERE: &str = "json-schema:///";

/// JSON documents, each under the URIs it may be called by.
#[derive(Clone, Debug, Default)]
pub struct References {
    given: Vec<Given>,
    /// Which of `given` has a URI, taken from [`NOWHERE`].
    taken: BTreeMap<String, usize>,
}

/// A document that was given.
#[derive(Clone, Debug)]
struct Given {
    uri: String,
    document: Arc<Value>,
    source: String,
}

impl References {
    /// No documents.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a document under a URI and under its own `$id`. `source` is what messages call it, the name of its file.
    ///
    /// A URI without a scheme is taken from where the form stands: beside the form's `$id`. Two documents that differ
    /// and have the same URI are refused.
    pub fn add(&mut self, uri: &str, document: Value, source: &str) -> Result<(), Text> {
        let given = Given { uri: escaped(uri), document: Arc::new(document), source: source.to_owned() };
        let Some(names) = given.names(NOWHERE, Draft::default()) else {
            return Err(Text::new(
                format!("{source}: {uri:?} is no URI that a document may have"),
                format!("{source}：“{uri}”不能作为文档的 URI"),
            ));
        };
        for name in &names {
            if let Some(other) = self.taken.get(name).map(|other| &self.given[*other])
                && other.document != given.document
            {
                let shown = name.strip_prefix(NOWHERE).unwrap_or(name);
                return Err(Text::new(
                    format!("two documents are called {shown:?}: {} and {source}", other.source),
                    format!("两个文档都名为“{shown}”：{} 与 {source}", other.source),
                ));
            }
        }
        for name in names {
            self.taken.entry(name).or_insert(self.given.len());
        }
        self.given.push(given);
        Ok(())
    }

    /// The documents by every URI they may be called by from a form that stands at `base`.
    pub(crate) fn by_uri(&self, base: &str, draft: Draft) -> BTreeMap<String, Arc<Value>> {
        let mut by_uri = BTreeMap::new();
        for given in &self.given {
            for name in given.names(base, draft).into_iter().flatten() {
                by_uri.entry(name).or_insert_with(|| Arc::clone(&given.document));
            }
        }
        by_uri
    }
}

impl Given {
    /// The URI it was given and that of its `$id`; none where the first is no URI of a document.
    fn names(&self, base: &str, draft: Draft) -> Option<Vec<String>> {
        let own = resolve(base, &self.uri).filter(|own| !own.has_fragment())?;
        let id = id(draft.detect(&self.document), &self.document);
        let id = id.and_then(|id| resolve(own.as_str(), &escaped(id))).filter(|id| !id.has_fragment());
        let mut names = vec![own.as_str().to_owned()];
        names.extend(id.map(|id| id.as_str().to_owned()));
        Some(names)
    }
}

/// The `$id` of a schema (`id` in draft 4), where it names the whole of it.
pub(crate) fn id(draft: Draft, schema: &Value) -> Option<&str> {
    let id = schema.get(draft.id_keyword()).and_then(Value::as_str)?;
    let hidden = old(draft) && schema.get("$ref").is_some_and(Value::is_string);
    let id = id.trim_end_matches('#');
    (!id.is_empty() && !hidden && !id.starts_with('#')).then_some(id)
}

/// Whether `$ref` hides what stands beside it.
pub(crate) fn old(draft: Draft) -> bool {
    matches!(draft, Draft::Draft4 | Draft::Draft6 | Draft::Draft7)
}

/// A URI taken from a base.
pub(crate) fn resolve(base: &str, reference: &str) -> Option<Uri<String>> {
    let base = uri::from_str(base).ok()?;
    let base = Uri::parse(base.as_str()).ok()?;
    uri::resolve_against(&base, reference).ok()
}

/// A reference as people write it, in the characters a URI may have: `地址.json#/$defs/市 区` is a reference too.
pub(crate) fn escaped(reference: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(reference.len());
    // Brackets stand around an address before the path, never in the fragment.
    let fragment = reference.find('#').unwrap_or(reference.len());
    for (at, byte) in reference.bytes().enumerate() {
        let bracket = at > fragment && matches!(byte, b'[' | b']');
        if byte.is_ascii_graphic() && !bracket && !b"\"<>\\^`{|}".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.extend([b'%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]].map(char::from));
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn documents_have_the_names_they_may_be_called_by() {
        let mut references = References::new();
        references.add("parts/地址.json", json!({ "$id": "https://example.org/a#", "type": "string" }), "a").unwrap();
        references
            .add("urn:x:b", json!({ "$schema": "http://json-schema.org/draft-04/schema", "id": "c" }), "b")
            .unwrap();
        references.add("old.json", json!({ "$ref": "#/x", "$id": "https://example.org/hidden" }), "old").unwrap();
        let of = |base: &str, draft| references.by_uri(base, draft).into_keys().collect::<Vec<_>>();
        assert_eq!(
            of("https://example.org/forms/plan.json", Draft::Draft202012),
            [
                "https://example.org/a",
                "https://example.org/forms/old.json",
                "https://example.org/forms/parts/%E5%9C%B0%E5%9D%80.json",
                "https://example.org/hidden",
                "urn:x:b",
            ]
        );
        // In draft 7 a reference hides the name beside it; beside a URN nothing stands.
        assert_eq!(of("urn:x:plan", Draft::Draft7), ["urn:x:b"]);
    }

    #[test]
    fn two_documents_with_one_name() {
        let mut references = References::new();
        let told = |done: Result<(), Text>| done.err().map(|text| text.en);
        assert_eq!(told(references.add("a.json", json!({ "$id": "urn:x" }), "one")), None);
        assert_eq!(told(references.add("b.json", json!({ "$id": "urn:x" }), "the same again")), None);
        let expected = "two documents are called \"urn:x\": one and two";
        assert_eq!(told(references.add("c.json", json!({ "$id": "urn:x", "title": "x" }), "two")).unwrap(), expected);
        let expected = "two documents are called \"a.json\": one and three";
        assert_eq!(told(references.add("a.json", json!(true), "three")).unwrap(), expected);
        for wrong in ["a#b", "http://[x", "100%"] {
            let expected = format!("four: {wrong:?} is no URI that a document may have");
            assert_eq!(told(references.add(wrong, json!(true), "four")).unwrap(), expected);
        }
    }
}
