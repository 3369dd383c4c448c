//! A form with the documents that its references lead to, directly or through one another. Knows no nodes.

use std::collections::BTreeSet;
use std::sync::Arc;

use referencing::{Draft, Error, Registry, ResourceRef, SPECIFICATIONS, uri};
use serde_json::Value;

use super::search::{Search, draft_of};
use super::{join, parts, percent_decode};
use crate::finding::{Code, Finding, Text};
use crate::references::{NOWHERE, References, escaped, id, resolve};

/// How deep schemas may be nested before the rest is left unseen.
pub(super) const MAX_DEPTH: usize = 200;
/// Keywords whose value is a reference or a name that others refer to.
const URIS: [&str; 5] = ["$ref", "$dynamicRef", "$recursiveRef", "$id", "$schema"];
/// The vocabulary in which `format` is no annotation.
const ASSERTED: &str = "https://json-schema.org/draft/2020-12/vocab/format-assertion";
/// What stands for a document that was not given, so that the rest of the form can still be looked at.
static ANYTHING: Value = Value::Bool(true);

/// A form with its documents.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    /// The form first; its references are in the characters of a URI.
    pub(super) all: Vec<Document>,
    pub(super) references: Vec<Reference>,
    /// URIs that are referred to and that no document has.
    pub(super) missing: BTreeSet<String>,
}

/// The form, or a document that it refers to.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) uri: String,
    pub(crate) value: Arc<Value>,
    pub(crate) draft: Draft,
}

/// A reference somewhere in them, or an `$id` that is no URI.
#[derive(Debug)]
pub(super) struct Reference {
    pub(super) document: usize,
    /// JSON pointer of the keyword.
    pub(super) pointer: String,
    pub(super) text: String,
    /// The base that it is taken from.
    pub(super) base: String,
    /// The resource it names; none where it is no URI.
    pub(super) uri: Option<String>,
}

impl Documents {
    /// The form, and of `references` what it leads to.
    pub(crate) fn of(form: &Value, references: &References) -> Self {
        let detected = Draft::default().detect(form);
        let mut form = form.clone();
        escape(&mut form);
        let base = id(detected, &form).and_then(|id| resolve(NOWHERE, id));
        let base = base.map_or_else(|| NOWHERE.to_owned(), |uri| uri.as_str().to_owned());
        let given = references.by_uri(&base, detected);
        let draft = draft_of(&form, Draft::default(), &given);
        let mut search = Search::new(given);
        search.add(base, Arc::new(form), draft);
        search.run();
        search.found
    }

    /// The form, its references in the characters of a URI.
    pub(crate) fn form(&self) -> &Value {
        self.all.first().map_or(&ANYTHING, |form| &form.value)
    }

    /// The draft of the form.
    pub(crate) fn draft(&self) -> Draft {
        self.all.first().map_or(Draft::default(), |form| form.draft)
    }

    /// Where the form stands.
    pub(crate) fn base(&self) -> &str {
        self.all.first().map_or(NOWHERE, |form| &form.uri)
    }

    /// The form, and the documents that it refers to.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Value> {
        self.all.iter().map(|one| &*one.value)
    }

    /// The documents that the form refers to.
    pub(crate) fn others(&self) -> &[Document] {
        self.all.get(1..).unwrap_or_default()
    }

    /// The schema that the form names as its `$schema`, where that is one of the documents.
    pub(crate) fn meta_schema(&self) -> Option<&Document> {
        let uri = self.form().get("$schema").and_then(Value::as_str)?;
        let uri = resolve(self.base(), uri.trim_end_matches('#'))?;
        self.others().iter().find(|other| other.uri == uri.as_str())
    }

    /// Whether its meta-schema says that `format` is asserted.
    pub(crate) fn assert_formats(&self) -> bool {
        let vocabularies = self.meta_schema().and_then(|own| own.value.get("$vocabulary"));
        vocabularies.is_some_and(|all| all.get(ASSERTED).is_some())
    }

    /// They once more, as who compiles a form gives them.
    pub(crate) fn references(&self) -> References {
        let mut out = References::new();
        for one in self.all.iter().filter(|one| one.uri != NOWHERE) {
            // They were given once, so that none is refused.
            let _ = out.add(&one.uri, Value::clone(&one.value), &one.uri);
        }
        out
    }

    /// A registry of all of them, with `form` for the form.
    pub(crate) fn registry<'r>(&'r self, form: &'r Value) -> Result<Registry<'r>, Error> {
        let own = std::iter::once((self.base(), self.draft().create_resource_ref(form)));
        let others =
            self.others().iter().map(|other| (other.uri.as_str(), ResourceRef::new(&other.value, other.draft)));
        let missing = self.missing.iter().map(|uri| (uri.as_str(), self.draft().create_resource_ref(&ANYTHING)));
        SPECIFICATIONS.extend(own.chain(others).chain(missing))?.draft(self.draft()).prepare()
    }

    /// URIs that are referred to and that no document has.
    pub(crate) fn missing(&self) -> impl Iterator<Item = &str> {
        self.missing.iter().map(String::as_str)
    }

    /// A finding for each reference to a document that was not given, or that is no URI.
    pub(crate) fn not_given(&self) -> Vec<Finding> {
        let lacks = |one: &&Reference| one.uri.as_ref().is_none_or(|uri| self.missing.contains(uri));
        self.references.iter().filter(lacks).map(|one| self.unresolved(one)).collect()
    }

    /// A finding for each reference to nothing.
    pub(crate) fn broken(&self) -> Vec<Finding> {
        let Ok(registry) = self.registry(self.form()) else { return Vec::new() };
        let leads_nowhere = |one: &&Reference| {
            uri::from_str(&one.base).is_ok_and(|base| registry.resolver(base).lookup(&one.text).is_err())
        };
        self.references.iter().filter(leads_nowhere).map(|one| self.unresolved(one)).collect()
    }

    fn unresolved(&self, one: &Reference) -> Finding {
        // As it is written, not as it is compared.
        let written = &self.all[one.document].value;
        let written = written.pointer(&one.pointer).and_then(Value::as_str).unwrap_or(&one.text);
        let (written, local) = (readable(written), one.text.starts_with('#'));
        let (mut en, mut zh, hint) = match &one.uri {
            Some(uri) if self.missing.contains(uri) => (
                format!("unresolved reference {written:?}: no document that was given is called so"),
                format!("无法解析引用“{written}”：给出的文档中没有它"),
                Some(Text::new(
                    "give the document with --refs URI=FILE, or its folder with --refs DIR; nothing is ever fetched",
                    "请用 --refs URI=文件 给出该文档，或用 --refs 文件夹 给出其所在文件夹；程序从不联网获取",
                )),
            ),
            None if one.pointer.ends_with("id") => (
                format!("{written:?} is no URI that a schema may have"),
                format!("“{written}”不能作为模式的 URI"),
                None,
            ),
            None => (
                format!("unresolved reference {written:?}: this is no URI that could be resolved"),
                format!("无法解析引用“{written}”：不是可解析的 URI"),
                None,
            ),
            Some(_) if local && one.document == 0 => (
                format!("unresolved reference {written:?}: nothing in this form is called so"),
                format!("无法解析引用“{written}”：表单内没有它"),
                None,
            ),
            Some(_) => (
                format!("unresolved reference {written:?}: the document has no such part"),
                format!("无法解析引用“{written}”：该文档没有这一部分"),
                None,
            ),
        };
        if one.document > 0 {
            let (uri, pointer) = (shown(&self.all[one.document].uri), &one.pointer);
            en = format!("{en} (in {uri}#{pointer})");
            zh = format!("{zh}（位于 {uri}#{pointer}）");
        }
        let mut finding = Finding::new(Code::BadForm, Text::new(en, zh));
        finding.hint = hint;
        if one.document == 0 { finding.pointer(one.pointer.as_str()) } else { finding.pointer("") }
    }
}

/// A URI as people know it: without the address of what has none.
pub(crate) fn shown(uri: &str) -> String {
    readable(uri.strip_prefix(NOWHERE).unwrap_or(uri))
}

/// A reference with the letters that [`escaped`] hides.
fn readable(reference: &str) -> String {
    let decoded = percent_decode(reference);
    if escaped(&decoded) == reference { decoded } else { reference.to_owned() }
}

/// Puts the references of a schema into the characters of a URI.
pub(crate) fn escape(form: &mut Value) {
    let mut found = Vec::new();
    let mut look = |value: &Value, pointer: &str| {
        for key in URIS.iter().chain(&["id"]) {
            if let Some(text) = value.get(*key).and_then(Value::as_str)
                && escaped(text) != text
            {
                found.push((join(pointer, key), escaped(text)));
            }
        }
    };
    each_schema(form, "", 0, &mut look);
    for (pointer, text) in found {
        if let Some(value) = form.pointer_mut(&pointer) {
            *value = Value::String(text);
        }
    }
}

fn each_schema(value: &Value, pointer: &str, depth: usize, each: &mut dyn FnMut(&Value, &str)) {
    if let (Value::Object(map), true) = (value, depth < MAX_DEPTH) {
        each(value, pointer);
        parts(map, pointer, &mut |one, at| each_schema(one, &at, depth + 1, each));
    }
}

/// Whether a part of a document is a schema that says its own draft, with its pointer.
pub(crate) fn embedded(form: &Value, draft: Draft) -> Vec<(String, Draft)> {
    let mut found: Vec<(String, Draft)> = Vec::new();
    each_schema(form, "", 0, &mut |schema, pointer| {
        let own = draft.detect(schema);
        let inside = found.iter().any(|(above, _)| pointer.starts_with(&format!("{above}/")));
        if !pointer.is_empty() && schema.get("$schema").is_some() && own != Draft::Unknown && !inside {
            found.push((pointer.to_owned(), own));
        }
    });
    found
}

/// The reference in a form that a pointer goes on from, into another document.
pub(crate) fn reference_on(form: &Value, pointer: &str) -> Option<String> {
    let mut ends = pointer.match_indices('/').map(|(at, _)| at).skip(1);
    ends.find(|at| form.pointer(&pointer[..*at]).is_some_and(Value::is_string)).map(|at| pointer[..at].to_owned())
}
