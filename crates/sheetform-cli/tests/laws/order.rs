//! Whether the keys of a document that comes back are in the form's order, or in the document's own.

use serde_json::{Map, Value};

/// The pointer of the first object whose keys are in neither order.
pub(crate) fn broken(form: &Value, before: &Value, after: &Value) -> Option<String> {
    // `$schema` is no property; it comes first.
    let without = |document: &Value| {
        let mut document = document.clone();
        if let Value::Object(map) = &mut document {
            map.shift_remove("$schema");
        }
        document
    };
    at(form, Some(form), &without(before), &without(after))
}

fn at(form: &Value, node: Option<&Value>, before: &Value, after: &Value) -> Option<String> {
    let node = node.and_then(|node| resolved(form, node));
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            let nothing = Map::new();
            let declared = node.and_then(|node| node.get("properties")).and_then(Value::as_object).unwrap_or(&nothing);
            let own = || before.keys().eq(after.keys());
            // Whoever declares through branches has an order of its own.
            let known =
                node.is_some_and(|node| ["allOf", "anyOf", "oneOf", "if"].iter().all(|key| node.get(key).is_none()));
            if known && !own() && !in_order(declared, before, after) {
                return Some(String::new());
            }
            before.iter().find_map(|(name, inner)| {
                let rest = at(form, declared.get(name), inner, after.get(name)?)?;
                Some(format!("/{}{rest}", name.replace('~', "~0").replace('/', "~1")))
            })
        }
        (Value::Array(before), Value::Array(after)) => {
            let items = node.and_then(|node| node.get("items"));
            let mut pairs = before.iter().zip(after).enumerate();
            pairs.find_map(|(i, (a, b))| at(form, items, a, b).map(|rest| format!("/{i}{rest}")))
        }
        _ => None,
    }
}

/// Declared keys as the form declares them, or as the document has them. Others have no order of the form: in a table
/// they are columns, which all records share.
fn in_order(declared: &Map<String, Value>, before: &Map<String, Value>, after: &Map<String, Value>) -> bool {
    let is_declared = |name: &&String| declared.contains_key(*name);
    let in_form = declared.keys().filter(|name| after.contains_key(*name));
    let of_after = || after.keys().filter(is_declared);
    of_after().eq(in_form) || of_after().eq(before.keys().filter(is_declared))
}

fn resolved<'a>(form: &'a Value, node: &'a Value) -> Option<&'a Value> {
    let mut node = node;
    for _ in 0..8 {
        match node.get("$ref").and_then(Value::as_str) {
            Some(reference) if node.get("properties").is_none() => node = form.pointer(reference.strip_prefix('#')?)?,
            _ => return Some(node),
        }
    }
    None
}
