//! Where schemas stand inside a schema, so that a keyword is told from a property or a value of the same name.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::schema::{join, parts};

/// How deep schemas may be nested before the rest is left unseen; nodes so deep are opaque.
const MAX_DEPTH: usize = 100;

/// Gives every schema of a form that is an object, with its JSON pointer, each once and in their order.
pub(crate) fn schemas<'a>(form: &'a Value, each: &mut dyn FnMut(&'a Map<String, Value>, &str)) {
    let mut walk = Walk { seen: BTreeSet::new(), targets: Vec::new(), each };
    walk.schema(form, "", 0);
    // A reference may lead to where no keyword puts schemas.
    while let Some(target) = walk.targets.pop() {
        if let Some(value) = form.pointer(&target) {
            walk.schema(value, &target, 0);
        }
    }
}

struct Walk<'a, 'e> {
    seen: BTreeSet<String>,
    /// Pointers that references name.
    targets: Vec<String>,
    each: &'e mut dyn FnMut(&'a Map<String, Value>, &str),
}

impl<'a> Walk<'a, '_> {
    fn schema(&mut self, value: &'a Value, pointer: &str, depth: usize) {
        let Value::Object(map) = value else { return };
        if depth > MAX_DEPTH || !self.seen.insert(pointer.to_owned()) {
            return;
        }
        (self.each)(map, pointer);
        if let Some(target) = map.get("$ref").and_then(Value::as_str) {
            self.targets.extend(target.strip_prefix('#').filter(|t| t.starts_with('/')).map(str::to_owned));
        }
        parts(map, pointer, &mut |one, at| self.schema(one, &at, depth + 1));
    }
}

/// Where a key of `x-sheet` of the node at `pointer` (a fragment) stands; through `$ref`, in its target.
pub(crate) fn sheet_key(form: &Value, pointer: &str, key: &str) -> String {
    let mut at = pointer.to_owned();
    for _ in 0..16 {
        let Some(here) = form.pointer(at.trim_start_matches('#')) else { break };
        if here.get("x-sheet").and_then(|sheet| sheet.get(key)).is_some() {
            return join(&join(&at, "x-sheet"), key);
        }
        match here.get("$ref").and_then(Value::as_str) {
            Some(target) if target.starts_with("#/") => target.clone_into(&mut at),
            // Its target is in another document, or has a name.
            Some(_) => return join(&at, "$ref"),
            _ => break,
        }
    }
    join(&join(pointer, "x-sheet"), key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn schemas_and_not_what_looks_like_one() {
        let form = json!({
            "properties": { "properties": { "items": { "title": "a" } }, "b": { "$ref": "#/elsewhere/x" } },
            "enum": [{ "title": "no" }], "default": { "items": {} }, "anyOf": [true, { "not": {} }],
            "elsewhere": { "x": { "prefixItems": [{}] } }
        });
        let mut found = Vec::new();
        schemas(&form, &mut |_, pointer| found.push(pointer.to_owned()));
        assert_eq!(
            found,
            [
                "",
                "/properties/properties",
                "/properties/properties/items",
                "/properties/b",
                "/anyOf/1",
                "/anyOf/1/not",
                "/elsewhere/x",
                "/elsewhere/x/prefixItems/0",
            ]
        );
    }
}
