//! Makes a case small: parts of schema and document are taken away, together and alone, while what was seen stays.
//! Writes the result as a case folder. Knows nothing of what was seen.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Map, Value};

/// A schema and a document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pair {
    pub(crate) schema: Value,
    pub(crate) document: Value,
}

/// The smallest pair that can be found in a given time for which `still` holds.
pub(crate) fn shrink(mut pair: Pair, time: Duration, still: &dyn Fn(&Pair) -> bool) -> Pair {
    let end = Instant::now() + time;
    loop {
        let before = pair.clone();
        for step in [names_gone, document_smaller, schema_smaller, names_plain] {
            let mut at = 0;
            while Instant::now() < end {
                let Some(next) = step(&pair, at) else { break };
                if next != pair && still(&next) {
                    pair = next;
                } else {
                    at += 1;
                }
            }
        }
        if pair == before || Instant::now() >= end {
            return pair;
        }
    }
}

/// Writes a case folder and gives its path. The input is the document, or the sheet that came of it.
pub(crate) fn write(folder: &Path, pair: &Pair, sheet: Option<String>, why: &str) -> std::io::Result<PathBuf> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    let why: String = why.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    std::fs::write(folder.join("schema.json"), format!("{:#}\n", pair.schema))?;
    match sheet {
        Some(sheet) => {
            std::fs::write(folder.join("input.sheet"), sheet)?;
            // Beside the case, which has one input.
            std::fs::write(folder.with_extension("document.json"), format!("{:#}\n", pair.document))?;
        }
        None => std::fs::write(folder.join("input.json"), format!("{:#}\n", pair.document))?,
    }
    std::fs::write(folder.join("case.toml"), format!("why = {}\n", Value::from(why)))?;
    Ok(folder.to_owned())
}

/// The pair without the property with this number, wherever it is.
fn names_gone(pair: &Pair, at: usize) -> Option<Pair> {
    let name = names(&pair.schema).into_iter().nth(at)?;
    let mut next = pair.clone();
    each(&mut next.schema, &mut |map| {
        if let Some(Value::Object(properties)) = map.get_mut("properties") {
            properties.shift_remove(&name);
        }
        if let Some(Value::Array(required)) = map.get_mut("required") {
            required.retain(|one| *one != name);
        }
    });
    each(&mut next.document, &mut |map| {
        map.shift_remove(&name);
    });
    Some(next)
}

/// The pair with a plain name for the property with this number.
fn names_plain(pair: &Pair, at: usize) -> Option<Pair> {
    let names = names(&pair.schema);
    let name = names.iter().nth(at)?;
    let plain = (b'a'..=b'z').map(|c| char::from(c).to_string()).find(|plain| !names.contains(plain));
    let plain = plain.filter(|_| name.len() != 1 || !name.starts_with(|c: char| c.is_ascii_lowercase()));
    let mut next = pair.clone();
    if let Some(plain) = plain {
        each(&mut next.schema, &mut |map| {
            if let Some(Value::Object(properties)) = map.get_mut("properties") {
                rename(properties, name, &plain);
            }
            for key in ["required", "key", "totals"] {
                if let Some(Value::Array(list)) = map.get_mut(key) {
                    list.iter_mut().filter(|one| *one == name).for_each(|one| *one = plain.as_str().into());
                }
            }
            for key in ["anchor", "today"] {
                if let Some(value) = map.get_mut(key).filter(|value| *value == name) {
                    *value = plain.as_str().into();
                }
            }
        });
        each(&mut next.document, &mut |map| rename(map, name, &plain));
    }
    Some(next)
}

fn rename(map: &mut Map<String, Value>, from: &str, to: &str) {
    if map.contains_key(from) {
        let old = std::mem::take(map);
        *map = old.into_iter().map(|(key, value)| (if key == from { to.to_owned() } else { key }, value)).collect();
    }
}

/// The names of all declared properties.
fn names(schema: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut schema = schema.clone();
    each(&mut schema, &mut |map| {
        if let Some(Value::Object(properties)) = map.get("properties") {
            names.extend(properties.keys().cloned());
        }
    });
    names
}

/// Every object of a value.
fn each(value: &mut Value, act: &mut dyn FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(map) => {
            act(map);
            map.values_mut().for_each(|inner| each(inner, act));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each(item, act)),
        _ => {}
    }
}

fn document_smaller(pair: &Pair, at: usize) -> Option<Pair> {
    let document = smaller(&pair.document, at)?;
    Some(Pair { document, ..pair.clone() })
}

fn schema_smaller(pair: &Pair, at: usize) -> Option<Pair> {
    let schema = smaller(&pair.schema, at)?;
    Some(Pair { schema, ..pair.clone() })
}

/// The value with its change number `at`; changes of the outer parts come first.
fn smaller(value: &Value, at: usize) -> Option<Value> {
    let mut places = vec![String::new()];
    let mut left = at;
    let mut next = 0;
    while let Some(place) = places.get(next).cloned() {
        let here = value.pointer(&place)?;
        let changes = changes(here);
        if left < changes.len() {
            let mut out = value.clone();
            *out.pointer_mut(&place)? = changes.into_iter().nth(left)?;
            return Some(out);
        }
        left -= changes.len();
        match here {
            Value::Object(map) => {
                places.extend(map.keys().map(|name| format!("{place}/{}", name.replace('~', "~0").replace('/', "~1"))));
            }
            Value::Array(items) => places.extend((0..items.len()).map(|number| format!("{place}/{number}"))),
            _ => {}
        }
        next += 1;
    }
    None
}

/// What one part may become.
fn changes(value: &Value) -> Vec<Value> {
    match value {
        Value::Object(map) => {
            let without = |name: &String| {
                let mut less = map.clone();
                less.shift_remove(name);
                Value::Object(less)
            };
            map.keys().map(without).collect()
        }
        Value::Array(items) => {
            let mut out = Vec::new();
            let half = items.len() / 2;
            if half > 1 {
                out.push(items[..half].to_vec().into());
                out.push(items[half..].to_vec().into());
            }
            // Of a long list the halves will do first.
            for number in (0..items.len()).take(40) {
                let mut less = items.clone();
                less.remove(number);
                out.push(less.into());
            }
            out
        }
        Value::String(text) => {
            let chars: Vec<char> = text.chars().collect();
            let half = chars.len() / 2;
            let mut out: Vec<String> = vec![String::new(), "a".to_owned()];
            if half > 0 {
                out.push(chars[..half].iter().collect());
                out.push(chars[half..].iter().collect());
            }
            if chars.len() > 1 {
                out.push(chars[1..].iter().collect());
                out.push(chars[..chars.len() - 1].iter().collect());
            }
            out.retain(|other| (other.chars().count(), other.len()) < (chars.len(), text.len()));
            out.into_iter().map(Value::from).collect()
        }
        Value::Number(number) if number.to_string().len() > 1 => vec![0.into(), 1.into()],
        _ => Vec::new(),
    }
}
