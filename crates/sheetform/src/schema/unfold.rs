//! From a schema document to nodes: references followed, `allOf` and a branch beside null folded in.
//!
//! What cannot be followed makes a node opaque. A form is never refused for its depth or size.

use std::collections::{BTreeMap, BTreeSet};

use referencing::{Draft, Resolver, ResourceRef, uri};
use serde_json::{Map, Value};

use super::documents::Documents;
use super::{Choice, Kind, Node, NodeId, PlacedRule, Types, Width, join};
use crate::finding::{Code, Finding, Text};
use crate::references::old;
use crate::text::fold;
use crate::vocabulary::Sheet;

/// How deep nodes may be nested, tried one after another: a form that branches widely is unfolded less deeply.
const DEPTHS: [usize; 9] = [64, 24, 12, 8, 6, 4, 3, 2, 1];
/// How many nodes a form may have, references unfolded.
const MAX_NODES: usize = 20_000;

/// The nodes of a form, the root first. `form` is what is unfolded of the form in `documents`.
pub(super) fn unfold(form: &Value, documents: &Documents, findings: &mut Vec<Finding>) -> Vec<Node> {
    let registry = documents.registry(form);
    let resolver = registry.as_ref().ok().zip(uri::from_str(documents.base()).ok()).map(|(r, base)| r.resolver(base));
    let Some(resolver) = resolver else {
        // Why is said where the form is compiled; without references only the root itself is known.
        return vec![Unfold::fold(&Gathered { opaque: true, ..Gathered::default() }, "#").0];
    };
    let mut nodes = Vec::new();
    for depth in DEPTHS {
        let mut unfold = Unfold::new(form, depth);
        let (pointer, draft) = ("#".to_owned(), documents.draft());
        let root = Place { value: form, pointer, resolver: resolver.clone(), draft };
        unfold.node(&root, &mut vec![address(form)], 0);
        nodes = unfold.nodes;
        if nodes.len() < MAX_NODES || depth == 1 {
            let broken = if unfold.broken { documents.broken() } else { Vec::new() };
            for finding in unfold.findings.into_iter().chain(broken) {
                if !findings.contains(&finding) {
                    findings.push(finding);
                }
            }
            break;
        }
    }
    nodes
}

/// A subschema, where it stands, and what its references are taken from.
#[derive(Clone)]
struct Place<'r> {
    value: &'r Value,
    /// A JSON pointer fragment of the form; in another document that of the reference which leads there, and further
    /// on from it, `#/properties/a/$ref/properties/b`.
    pointer: String,
    resolver: Resolver<'r>,
    draft: Draft,
}

impl<'r> Place<'r> {
    /// A subschema of this one.
    fn part(&self, value: &'r Value, pointer: String) -> Self {
        let draft = detect(self.draft, value);
        let resolver = self.resolver.in_subresource(ResourceRef::new(value, draft));
        Self { value, pointer, resolver: resolver.unwrap_or(self.resolver.clone()), draft }
    }
}

/// The draft of a subschema.
fn detect(draft: Draft, value: &Value) -> Draft {
    match draft.detect(value) {
        Draft::Unknown => draft,
        detected => detected,
    }
}

/// A schema being unfolded.
struct Unfold<'r> {
    form: &'r Value,
    max_depth: usize,
    /// Where the values of the form stand, once a reference was followed.
    places: Option<BTreeMap<usize, String>>,
    nodes: Vec<Node>,
    /// The node that a reference to this schema led to, innermost.
    entered: BTreeMap<usize, NodeId>,
    findings: Vec<Finding>,
    /// Whether a reference leads to nothing.
    broken: bool,
}

/// A subschema that applies to a node.
struct Applied<'r> {
    map: &'r Map<String, Value>,
    place: Place<'r>,
    /// Whether a reference hides it but for what says no more than how it looks.
    hidden: bool,
}

/// What says nothing about which documents are right by JSON Schema, and so holds beside a `$ref` of any draft.
const BESIDE: [&str; 4] = ["title", "description", "x-sheet", "x-rules"];

impl<'r> Unfold<'r> {
    fn new(form: &'r Value, max_depth: usize) -> Self {
        let (nodes, entered, findings) = (Vec::new(), BTreeMap::new(), Vec::new());
        Self { form, max_depth, places: None, nodes, entered, findings, broken: false }
    }

    fn bad(&mut self, pointer: &str, message: Text) {
        let finding = Finding::new(Code::BadForm, message).pointer(pointer.trim_start_matches('#'));
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    /// What the reference of a keyword leads to; nothing where that is not known.
    fn follow(&mut self, from: &Place<'r>, keyword: &str) -> Option<Place<'r>> {
        let reference = from.value.get(keyword)?.as_str()?;
        let found = match keyword {
            "$recursiveRef" => from.resolver.lookup_recursive_ref(),
            _ => from.resolver.lookup(reference),
        };
        let Ok(found) = found else {
            self.broken = true;
            return None;
        };
        let (value, resolver, draft) = found.into_inner();
        let form = self.form;
        let places = self.places.get_or_insert_with(|| {
            let mut places = BTreeMap::new();
            addresses(form, "#", &mut places);
            places
        });
        let place = places.get(&address(value)).cloned();
        let pointer = place.unwrap_or_else(|| join(&from.pointer, keyword));
        let draft = if draft == Draft::Unknown { from.draft } else { detect(draft, value) };
        Some(Place { value, pointer, resolver, draft })
    }

    /// Gathers the keyword maps that apply at once: the node itself, its `$ref`, its `allOf`, the node's own first.
    fn gather(&mut self, place: &Place<'r>, refs: &mut Vec<usize>, out: &mut Gathered<'r>, depth: usize) {
        let map = match place.value {
            Value::Object(map) => map,
            Value::Bool(true) => return,
            Value::Bool(false) => {
                out.opaque = true;
                return;
            }
            _ => {
                let message = Text::new("a schema must be an object or a boolean", "模式必须是对象或布尔值");
                self.bad(&place.pointer, message);
                return;
            }
        };
        if depth > self.max_depth.max(16) {
            out.opaque = true;
            return;
        }
        let draft = place.draft;
        let hidden = old(draft) && map.get("$ref").is_some_and(Value::is_string);
        out.maps.push(Applied { map, place: place.clone(), hidden });
        let keywords: &[&str] = match draft {
            Draft::Draft201909 => &["$ref", "$recursiveRef"],
            _ if old(draft) => &["$ref"],
            _ => &["$ref", "$dynamicRef"],
        };
        for keyword in keywords {
            if !map.get(*keyword).is_some_and(Value::is_string) {
                continue;
            }
            let Some(target) = self.follow(place, keyword) else {
                out.opaque = true;
                continue;
            };
            let address = address(target.value);
            if out.maps.iter().any(|one| std::ptr::eq(one.place.value, target.value)) {
                // It applies already.
            } else if refs.contains(&address) {
                out.opaque = true;
                // Nothing but the reference: the same node once more.
                let alone = map
                    .keys()
                    .all(|key| matches!(key.as_str(), "$ref" | "title" | "description" | "x-sheet" | "$comment"));
                out.again = self.entered.get(&address).copied().filter(|_| alone && out.maps.len() == 1);
            } else {
                refs.push(address);
                self.gather(&target, refs, out, depth + 1);
            }
        }
        if hidden {
            return;
        }
        if let Some(Value::Array(all)) = map.get("allOf") {
            for (i, one) in all.iter().enumerate() {
                let pointer = join(&join(&place.pointer, "allOf"), &i.to_string());
                self.gather(&place.part(one, pointer), refs, out, depth + 1);
            }
        }
        for key in ["anyOf", "oneOf"] {
            if let Some((index, branch)) = map.get(key).and_then(Value::as_array).and_then(|list| one_or_null(list)) {
                out.nullable = true;
                let pointer = join(&join(&place.pointer, key), &index.to_string());
                self.gather(&place.part(branch, pointer), refs, out, depth + 1);
            }
        }
    }

    fn node(&mut self, place: &Place<'r>, refs: &mut Vec<usize>, depth: usize) -> NodeId {
        let id = self.nodes.len();
        let depth_refs = if id == 0 { 0 } else { refs.len() };
        let mut gathered = Gathered::default();
        if depth > self.max_depth || id >= MAX_NODES {
            gathered.opaque = true;
        } else {
            self.gather(place, refs, &mut gathered, 0);
            // Only a plain reference leads to the node of what it names.
            if gathered.maps.len() == 2 || id == 0 {
                self.entered.extend(refs[depth_refs..].iter().map(|target| (*target, id)));
            }
        }
        let (node, loose) = Self::fold(&gathered, &place.pointer);
        self.nodes.push(node);

        let mut properties: Vec<(&'r String, Place<'r>)> = Vec::new();
        let mut items = None;
        for Applied { map, place, .. } in gathered.maps.iter().filter(|one| !one.hidden) {
            declared(map, place, &mut properties);
            if items.is_none()
                && let Some(value @ (Value::Object(_) | Value::Bool(true))) = map.get("items")
            {
                items = Some(place.part(value, join(&place.pointer, "items")));
            }
        }
        let branches = self.branches(&gathered, refs, &mut properties);
        let node = &mut self.nodes[id];
        // Free keys and unlike shapes leave an object its declared properties; without any it has no shape.
        let object = node.types.single() == Some(Kind::Object) || node.untyped;
        node.opaque |= loose && !(object && branches && !properties.is_empty());
        for (name, place) in properties {
            if self.is_full() {
                break;
            }
            let child = self.node(&place, refs, depth + 1);
            self.nodes[id].properties.push((name.clone(), child));
        }
        if let Some(place) = items.filter(|_| !self.is_full()) {
            let child = self.node(&place, refs, depth + 1);
            self.nodes[id].items = Some(child);
        }
        refs.truncate(depth_refs);
        id
    }

    /// Adds the properties that only some shapes of an object declare; gives whether all its shapes are objects.
    fn branches(
        &mut self,
        gathered: &Gathered<'r>,
        refs: &mut Vec<usize>,
        properties: &mut Vec<(&'r String, Place<'r>)>,
    ) -> bool {
        let mut shapes = Vec::new();
        let mut conditions = Vec::new();
        for Applied { map, place, .. } in gathered.maps.iter().filter(|one| !one.hidden) {
            let at = |key: &str, inner: &str| join(&join(&place.pointer, key), inner);
            for key in ["oneOf", "anyOf"] {
                if let Some(Value::Array(list)) = map.get(key)
                    && one_or_null(list).is_none()
                {
                    shapes.extend(list.iter().enumerate().map(|(i, one)| place.part(one, at(key, &i.to_string()))));
                }
            }
            for key in ["then", "else"].into_iter().filter(|key| known(place.draft, key)) {
                conditions.extend(map.get(key).map(|one| place.part(one, join(&place.pointer, key))));
            }
            if let Some(Value::Object(schemas)) =
                map.get("dependentSchemas").filter(|_| known(place.draft, "dependentSchemas"))
            {
                conditions.extend(schemas.iter().map(|(name, one)| place.part(one, at("dependentSchemas", name))));
            }
        }
        let mut objects = true;
        let mut more: Vec<(&'r String, Place<'r>)> = Vec::new();
        let unlike = shapes.len();
        for (number, branch) in shapes.into_iter().chain(conditions).enumerate() {
            let mut inner = Gathered::default();
            let seen = refs.len();
            self.gather(&branch, refs, &mut inner, 1);
            refs.truncate(seen);
            let mut own = Vec::new();
            let applied = || inner.maps.iter().filter(|one| !one.hidden);
            applied().for_each(|one| declared(one.map, &one.place, &mut own));
            let types = applied().map(|one| Types::declared(one.map)).fold(Types::ALL, Types::and);
            let only_adds = types == Types::ALL && !inner.opaque && !inner.nullable;
            let is_object = types.single() == Some(Kind::Object) && !types.null;
            objects &= number >= unlike || is_object || only_adds;
            for (name, place) in own {
                match more.iter_mut().find(|(n, _)| *n == name) {
                    // Two shapes see it otherwise: it may be anything.
                    Some((_, twice)) if twice.value != place.value => twice.value = &ANY,
                    Some(_) => {}
                    None => more.push((name, place)),
                }
            }
        }
        if objects {
            more.retain(|(name, _)| properties.iter().all(|(n, _)| n != name));
            properties.extend(more);
        }
        objects
    }

    /// Whether it is to be unfolded again, less deeply.
    fn is_full(&self) -> bool {
        self.max_depth > 1 && self.nodes.len() >= MAX_NODES
    }

    /// The node, and whether it has free keys or unlike shapes.
    fn fold(gathered: &Gathered<'_>, pointer: &str) -> (Node, bool) {
        let mut keywords = Map::new();
        let mut types = Types::ALL;
        let mut sheet = Map::new();
        let mut rules = Vec::new();
        let mut required = BTreeSet::new();
        let mut choices: Option<Vec<Choice>> = None;
        let (mut opaque, mut open, mut loose, mut untyped) = (gathered.opaque, true, false, !gathered.nullable);
        for Applied { map, place: Place { pointer: at, draft, .. }, hidden } in &gathered.maps {
            if !hidden {
                types = types.and(Types::declared(map));
                untyped &= !map.contains_key("type");
            }
            for (key, value) in *map {
                if !known(*draft, key) || *hidden && !BESIDE.contains(&key.as_str()) {
                    continue;
                }
                match (key.as_str(), value) {
                    ("x-sheet", Value::Object(own)) => {
                        for (k, v) in own {
                            sheet.entry(k.clone()).or_insert_with(|| v.clone());
                        }
                    }
                    ("x-rules", Value::Array(list)) => {
                        for (i, one) in list.iter().enumerate() {
                            if let Ok(rule) = serde_json::from_value(one.clone()) {
                                rules.push(PlacedRule { pointer: join(&join(at, "x-rules"), &i.to_string()), rule });
                            }
                        }
                    }
                    ("required", Value::Array(names)) => {
                        required.extend(names.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    ("additionalProperties" | "unevaluatedProperties", Value::Bool(false)) => open = false,
                    // The last have nodes of their own, or are gathered.
                    ("if" | "not" | "then" | "else" | "properties" | "$defs" | "definitions" | "allOf", _) => {}
                    ("additionalProperties" | "unevaluatedProperties" | "patternProperties", Value::Object(_))
                    | ("additionalProperties" | "unevaluatedProperties", Value::Bool(true)) => loose = true,
                    ("prefixItems", _) | ("items", Value::Array(_)) => opaque = true,
                    ("oneOf" | "anyOf", Value::Array(list)) if one_or_null(list).is_some() => {}
                    ("oneOf" | "anyOf", Value::Array(list)) => match constants(list).filter(|_| known(*draft, "const"))
                    {
                        Some(found) => choices = choices.or(Some(found)),
                        None => loose |= !same_shape(list),
                    },
                    _ => {
                        keywords.entry(key.clone()).or_insert_with(|| value.clone());
                    }
                }
            }
        }
        let sheet: Sheet = serde_json::from_value(Value::Object(sheet)).unwrap_or_default();
        for value in [keywords.get("const").cloned().map(|v| vec![v]), keyword_list(&keywords, "enum")] {
            if let (None, Some(list)) = (&choices, value) {
                choices = Some(list.into_iter().map(|value| Choice { text: plain_text(&value), value }).collect());
            }
        }
        if choices.is_none() && sheet.labels.is_some() && types.single() == Some(Kind::Boolean) {
            let texts = [true, false].map(|on| Choice { value: on.into(), text: on.to_string() });
            choices = Some(texts.to_vec());
        }
        if let Some(list) = &mut choices {
            let of_values = list.iter().map(|c| Types::of_value(&c.value)).fold(Types::NONE, Types::or);
            types = types.and(of_values);
            list.retain(|choice| !choice.value.is_null());
            if let Some(labels) = &sheet.labels {
                for choice in list.iter_mut() {
                    if let Some(text) = labels.get(&plain_text(&choice.value)) {
                        choice.text.clone_from(text);
                    }
                }
            }
        }
        if sheet.labels.is_none() {
            choices = choices.and_then(told_apart);
        }
        types.null |= gathered.nullable;
        let text = |key: &str| keywords.get(key).and_then(Value::as_str).map(str::to_owned);
        let node = Node {
            pointer: pointer.to_owned(),
            types,
            title: text("title"),
            format: text("format"),
            sheet,
            rules,
            properties: Vec::new(),
            required,
            items: None,
            choices,
            opaque,
            again: gathered.again,
            open: open || loose,
            untyped,
            width: Width::Fits,
            keywords,
        };
        (node, loose)
    }
}

/// What applies to a node at once.
#[derive(Default)]
struct Gathered<'r> {
    maps: Vec<Applied<'r>>,
    opaque: bool,
    /// The node around it that it is once more.
    again: Option<NodeId>,
    /// Whether a branch beside it allows null.
    nullable: bool,
}

/// A schema that allows anything.
static ANY: Value = Value::Bool(true);

/// Adds the properties that a schema declares. Declared twice, the constraints of all are checked, but only the first is
/// laid out.
fn declared<'r>(map: &'r Map<String, Value>, place: &Place<'r>, properties: &mut Vec<(&'r String, Place<'r>)>) {
    for (name, value) in map.get("properties").and_then(Value::as_object).into_iter().flatten() {
        if properties.iter().all(|(n, _)| *n != name) {
            properties.push((name, place.part(value, join(&join(&place.pointer, "properties"), name))));
        }
    }
}

/// Whether a draft has a keyword that would restrict a node; those that it lacks say nothing there.
fn known(draft: Draft, keyword: &str) -> bool {
    match keyword {
        "const" | "contains" | "propertyNames" => draft != Draft::Draft4,
        "if" | "then" | "else" => !matches!(draft, Draft::Draft4 | Draft::Draft6),
        "unevaluatedProperties" | "unevaluatedItems" | "dependentSchemas" | "dependentRequired" => !old(draft),
        "prefixItems" => draft == Draft::Draft202012,
        _ => true,
    }
}

/// What tells a value from every other while the documents are not moved.
fn address(value: &Value) -> usize {
    std::ptr::from_ref(value).addr()
}

/// Where the values of a document stand that can be schemas.
fn addresses(value: &Value, pointer: &str, out: &mut BTreeMap<usize, String>) {
    match value {
        Value::Object(map) => {
            out.insert(address(value), pointer.to_owned());
            map.iter().for_each(|(key, inner)| addresses(inner, &join(pointer, key), out));
        }
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(i, inner)| addresses(inner, &join(pointer, &i.to_string()), out));
        }
        Value::Bool(_) => {
            out.insert(address(value), pointer.to_owned());
        }
        _ => {}
    }
}

/// The one branch that is not `null` beside one that is.
fn one_or_null(list: &[Value]) -> Option<(usize, &Value)> {
    let is_null = |one: &Value| one.get("type").and_then(Value::as_str) == Some("null");
    let mut others = list.iter().enumerate().filter(|(_, one)| !is_null(one));
    let found = others.next()?;
    (list.len() > 1 && others.next().is_none() && found.1.get("const").is_none()).then_some(found)
}

fn keyword_list(keywords: &Map<String, Value>, key: &str) -> Option<Vec<Value>> {
    keywords.get(key).and_then(Value::as_array).cloned()
}

/// `oneOf` of `const` and `title` (and null): a choice.
fn constants(list: &[Value]) -> Option<Vec<Choice>> {
    let mut choices = Vec::new();
    for one in list {
        if one.get("type").and_then(Value::as_str) == Some("null") {
            choices.push(Choice { value: Value::Null, text: String::new() });
            continue;
        }
        let value = one.get("const")?.clone();
        let text = one.get("title").and_then(Value::as_str).map_or_else(|| plain_text(&value), str::to_owned);
        choices.push(Choice { value, text });
    }
    (!choices.is_empty()).then_some(choices)
}

/// A choice whose values a cell can tell apart, by the texts of the form or else by the values themselves; none where
/// that cannot be: such a value is written as any other of its type.
fn told_apart(mut choices: Vec<Choice>) -> Option<Vec<Choice>> {
    let clash = |choices: &[Choice]| {
        let mut seen = BTreeSet::new();
        choices.iter().enumerate().any(|(i, choice)| {
            // A value that is listed twice is one value.
            !seen.insert(fold(&choice.text)) && choices[..i].iter().all(|other| other.value != choice.value)
        })
    };
    if clash(&choices) {
        for choice in &mut choices {
            choice.text = plain_text(&choice.value);
        }
    }
    (!clash(&choices)).then_some(choices)
}

/// Whether every branch only adds constraints (no branch has a shape of its own).
fn same_shape(list: &[Value]) -> bool {
    list.iter().all(|one| {
        one.as_object().is_some_and(|map| {
            !["properties", "items", "type", "$ref", "prefixItems", "enum", "const", "allOf", "anyOf", "oneOf"]
                .iter()
                .any(|key| map.contains_key(*key))
        })
    })
}

/// A scalar as a person would type it.
fn plain_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
