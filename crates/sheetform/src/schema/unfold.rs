//! From a schema document to nodes: references followed, `allOf` and a branch beside null folded in.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{Choice, Kind, Node, NodeId, PlacedRule, Types, join};
use crate::finding::{Code, Finding, Text};
use crate::vocabulary::Sheet;

/// How deep nodes may be nested before a form is refused.
const MAX_DEPTH: usize = 64;
/// How many nodes a form may have, references unfolded.
const MAX_NODES: usize = 20_000;

/// The nodes of a schema document, the root first.
pub(super) fn unfold(document: &Value, findings: &mut Vec<Finding>) -> Vec<Node> {
    let mut unfold = Unfold { document, ids: BTreeMap::new(), entered: BTreeMap::new(), nodes: Vec::new(), findings };
    collect_ids(document, "#", &mut unfold.ids, 0);
    unfold.node(document, "#", &mut vec!["#".to_owned()], 0);
    unfold.nodes
}

fn collect_ids(value: &Value, pointer: &str, ids: &mut BTreeMap<String, String>, depth: usize) {
    let Value::Object(map) = value else { return };
    if depth > MAX_DEPTH {
        return;
    }
    if let Some(Value::String(id)) = map.get("$id") {
        ids.insert(id.trim_end_matches('#').to_owned(), pointer.to_owned());
    }
    if let Some(Value::String(anchor)) = map.get("$anchor") {
        ids.insert(format!("#{anchor}"), pointer.to_owned());
    }
    for (key, inner) in map {
        match inner {
            Value::Object(_) => collect_ids(inner, &join(pointer, key), ids, depth + 1),
            Value::Array(list) if matches!(key.as_str(), "allOf" | "anyOf" | "oneOf" | "prefixItems") => {
                for (i, one) in list.iter().enumerate() {
                    collect_ids(one, &join(&join(pointer, key), &i.to_string()), ids, depth + 1);
                }
            }
            _ => {}
        }
    }
}

/// A schema being unfolded.
struct Unfold<'a> {
    document: &'a Value,
    /// `$id` and `#anchor` to pointer.
    ids: BTreeMap<String, String>,
    /// The node that a reference to this pointer led to, innermost.
    entered: BTreeMap<String, NodeId>,
    nodes: Vec<Node>,
    findings: &'a mut Vec<Finding>,
}

/// A subschema that applies to a node: its keywords and where it stands.
type Applied<'a> = (&'a Map<String, Value>, String);

impl<'a> Unfold<'a> {
    fn bad(&mut self, pointer: &str, message: Text) {
        let finding = Finding::new(Code::BadForm, message).pointer(pointer.trim_start_matches('#'));
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    fn resolve(&self, reference: &str) -> Option<(&'a Value, String)> {
        let pointer = if let Some(rest) = reference.strip_prefix('#') {
            if rest.is_empty() || rest.starts_with('/') {
                reference.to_owned()
            } else {
                self.ids.get(reference)?.clone()
            }
        } else {
            let (base, fragment) = reference.split_once('#').unwrap_or((reference, ""));
            let base = self.ids.get(base).or_else(|| {
                // A reference relative to the root's `$id`.
                self.ids.iter().find(|(id, _)| id.rsplit(['/', ':']).next() == Some(base)).map(|(_, p)| p)
            })?;
            format!("{base}{fragment}")
        };
        let path = percent_decode(&pointer[1..]);
        Some((self.document.pointer(&path)?, format!("#{path}")))
    }

    /// Gathers the keyword maps that apply at once: the node itself, its `$ref`, its `allOf`, the node's own first.
    fn gather(
        &mut self,
        value: &'a Value,
        pointer: &str,
        refs: &mut Vec<String>,
        out: &mut Gathered<'a>,
        depth: usize,
    ) {
        let map = match value {
            Value::Object(map) => map,
            Value::Bool(true) => return,
            Value::Bool(false) => {
                out.opaque = true;
                return;
            }
            _ => {
                self.bad(pointer, Text::new("a schema must be an object or a boolean", "模式必须是对象或布尔值"));
                return;
            }
        };
        if depth > MAX_DEPTH {
            self.bad(pointer, Text::new("nested too deeply", "嵌套过深"));
            return;
        }
        out.maps.push((map, pointer.to_owned()));
        if let Some(reference) = map.get("$ref").or_else(|| map.get("$dynamicRef")).and_then(Value::as_str) {
            match self.resolve(reference) {
                Some((_, target)) if refs.contains(&target) => {
                    out.opaque = true;
                    // Nothing but the reference: the same node once more.
                    let alone = map.keys().all(|key| matches!(key.as_str(), "$ref" | "title" | "description"));
                    out.again = self.entered.get(&target).copied().filter(|_| alone && out.maps.len() == 1);
                }
                Some((value, target)) => {
                    refs.push(target.clone());
                    self.gather(value, &target, refs, out, depth + 1);
                }
                None => self.bad(
                    &join(pointer, "$ref"),
                    Text::new(
                        format!("unresolved reference {reference:?}: nothing in this form is called so"),
                        format!("无法解析引用 {reference:?}：表单内没有它"),
                    ),
                ),
            }
        }
        if let Some(Value::Array(all)) = map.get("allOf") {
            for (i, one) in all.iter().enumerate() {
                self.gather(one, &join(&join(pointer, "allOf"), &i.to_string()), refs, out, depth + 1);
            }
        }
        for key in ["anyOf", "oneOf"] {
            if let Some((index, branch)) = map.get(key).and_then(Value::as_array).and_then(|list| one_or_null(list)) {
                out.nullable = true;
                self.gather(branch, &join(&join(pointer, key), &index.to_string()), refs, out, depth + 1);
            }
        }
    }

    fn node(&mut self, value: &'a Value, pointer: &str, refs: &mut Vec<String>, depth: usize) -> NodeId {
        let id = self.nodes.len();
        let depth_refs = if id == 0 { 0 } else { refs.len() };
        let mut gathered = Gathered { maps: Vec::new(), opaque: false, nullable: false, again: None };
        if depth > MAX_DEPTH || id >= MAX_NODES {
            gathered.opaque = true;
            if id == MAX_NODES {
                self.bad(pointer, Text::new("the form has too many parts", "表单的部分过多"));
            }
        } else {
            self.gather(value, pointer, refs, &mut gathered, depth);
            // Only a plain reference leads to the node of what it names.
            if gathered.maps.len() == 2 || id == 0 {
                self.entered.extend(refs[depth_refs..].iter().map(|target| (target.clone(), id)));
            }
        }
        let node = Self::fold(&gathered, pointer);
        let own = node.pointer.clone();
        self.nodes.push(node);

        let mut properties: Vec<(String, &'a Value, String)> = Vec::new();
        let mut items = None;
        for (map, at) in &gathered.maps {
            declared(map, at, &mut properties);
            if items.is_none()
                && let Some(value @ (Value::Object(_) | Value::Bool(true))) = map.get("items")
            {
                items = Some((value, join(at, "items")));
            }
        }
        let branches = self.branches(&gathered, refs, depth, &mut properties);
        let node = &mut self.nodes[id];
        // Free keys and unlike shapes leave an object its declared properties; without any it has no shape.
        let object = node.types.single() == Some(Kind::Object) || node.untyped;
        node.opaque |= node.loose && !(object && branches && !properties.is_empty());
        for (name, value, at) in properties {
            let child = self.node(value, &at, refs, depth + 1);
            self.nodes[id].properties.push((name, child));
        }
        if let Some((value, at)) = items {
            let child = self.node(value, &at, refs, depth + 1);
            self.nodes[id].items = Some(child);
        }
        debug_assert_eq!(own, self.nodes[id].pointer);
        refs.truncate(depth_refs);
        id
    }

    /// Adds the properties that only some shapes of an object declare; gives whether all its shapes are objects.
    fn branches(
        &mut self,
        gathered: &Gathered<'a>,
        refs: &mut Vec<String>,
        depth: usize,
        properties: &mut Vec<(String, &'a Value, String)>,
    ) -> bool {
        let mut found: Vec<(&'a Value, String)> = Vec::new();
        let mut choices = 0;
        for (map, at) in &gathered.maps {
            for key in ["oneOf", "anyOf"] {
                if let Some(Value::Array(list)) = map.get(key)
                    && one_or_null(list).is_none()
                {
                    let inner = list.iter().enumerate().map(|(i, one)| (one, join(&join(at, key), &i.to_string())));
                    found.extend(inner);
                }
            }
        }
        let unlike = found.len();
        for (map, at) in &gathered.maps {
            found.extend(["then", "else"].iter().filter_map(|key| Some((map.get(*key)?, join(at, key)))));
            if let Some(Value::Object(schemas)) = map.get("dependentSchemas") {
                found.extend(schemas.iter().map(|(name, one)| (one, join(&join(at, "dependentSchemas"), name))));
            }
        }
        let mut more: Vec<(String, &'a Value, String)> = Vec::new();
        for (number, (branch, at)) in found.into_iter().enumerate() {
            let mut inner = Gathered { maps: Vec::new(), opaque: false, nullable: false, again: None };
            let seen = refs.len();
            self.gather(branch, &at, refs, &mut inner, depth + 1);
            refs.truncate(seen);
            let mut own = Vec::new();
            for (map, at) in &inner.maps {
                declared(map, at, &mut own);
            }
            let types = inner.maps.iter().map(|(map, _)| Types::declared(map)).fold(Types::ALL, Types::and);
            let only_adds = types == Types::ALL && !inner.opaque && !inner.nullable;
            choices += usize::from(number < unlike && (types.single() == Some(Kind::Object) && !types.null || only_adds));
            for (name, value, at) in own {
                match more.iter_mut().find(|(n, ..)| *n == name) {
                    // Two shapes see it otherwise: it may be anything.
                    Some(twice) if twice.1 != value => twice.1 = &ANY,
                    Some(_) => {}
                    None => more.push((name, value, at)),
                }
            }
        }
        let known = properties.len();
        more.retain(|(name, ..)| properties[..known].iter().all(|(n, ..)| n != name));
        let objects = choices == unlike;
        if objects {
            properties.extend(more);
        }
        objects
    }

    fn fold(gathered: &Gathered<'a>, pointer: &str) -> Node {
        let mut keywords = Map::new();
        let mut types = Types::ALL;
        let mut sheet = Map::new();
        let mut rules = Vec::new();
        let mut required = BTreeSet::new();
        let mut choices: Option<Vec<Choice>> = None;
        let (mut opaque, mut open, mut loose, mut untyped) = (gathered.opaque, true, false, !gathered.nullable);
        for (map, at) in &gathered.maps {
            types = types.and(Types::declared(map));
            untyped &= !map.contains_key("type");
            for (key, value) in *map {
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
                    ("if" | "not" | "then" | "else", _) => {}
                    ("additionalProperties" | "unevaluatedProperties" | "patternProperties", Value::Object(_))
                    | ("additionalProperties" | "unevaluatedProperties", Value::Bool(true)) => loose = true,
                    ("prefixItems", _) => opaque = true,
                    ("oneOf" | "anyOf", Value::Array(list)) if one_or_null(list).is_some() => {}
                    ("oneOf" | "anyOf", Value::Array(list)) => match constants(list) {
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
        types.null |= gathered.nullable;
        let text = |key: &str| keywords.get(key).and_then(Value::as_str).map(str::to_owned);
        Node {
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
            loose,
            untyped,
            keywords,
        }
    }
}

/// A schema that allows anything.
static ANY: Value = Value::Bool(true);

/// Adds the properties that a schema declares. Declared twice, the constraints of all are checked, but only the first is
/// laid out.
fn declared<'a>(map: &'a Map<String, Value>, at: &str, properties: &mut Vec<(String, &'a Value, String)>) {
    for (name, value) in map.get("properties").and_then(Value::as_object).into_iter().flatten() {
        if properties.iter().all(|(n, ..)| n != name) {
            properties.push((name.clone(), value, join(&join(at, "properties"), name)));
        }
    }
}

struct Gathered<'a> {
    maps: Vec<Applied<'a>>,
    opaque: bool,
    /// The node around it that it is once more.
    again: Option<NodeId>,
    /// Whether a branch beside it allows null.
    nullable: bool,
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

fn percent_decode(text: &str) -> String {
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
