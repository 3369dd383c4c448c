//! Changes of what bytes stand for: a value of a JSON text, a word of a rule. So more of what is tried gets far.

use serde_json::Value;
use sheetform::vocabulary::SCHEMA;

use crate::bytes;
use crate::random::Random;

/// Words of rules.
const WORDS: [&str; 48] = [
    "self",
    "root",
    "today",
    "it",
    "r",
    "x",
    ".",
    ".",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "?",
    "&&",
    "||",
    "!",
    "==",
    "!=",
    "<",
    ">=",
    "+",
    "-",
    "*",
    "/",
    "%",
    "in",
    "has",
    "size",
    "all",
    "exists",
    "map",
    "filter",
    "sum",
    "distinct",
    "days",
    "range",
    "lookup",
    "string",
    "matches",
    "0",
    "9223372036854775807",
    "-1",
    "1.5",
    "'甲'",
];

/// Changes a document behind the two bytes that say how it is tried.
pub(crate) fn document(random: &mut Random, bytes: &mut Vec<u8>) {
    if random.once_in(4) || bytes.len() < 2 {
        return bytes::change(random, bytes);
    }
    let text = bytes.split_off(2);
    bytes.extend(value_changed(random, &text, &[]));
}

/// Changes a schema, or the document behind it.
pub(crate) fn form(random: &mut Random, bytes: &mut Vec<u8>) {
    if random.once_in(4) {
        return bytes::change(random, bytes);
    }
    let mut words = Vec::new();
    names(&serde_json::from_str(SCHEMA).unwrap(), &mut words);
    let nul = bytes.iter().position(|byte| *byte == 0);
    let behind = random.below(4) == 0;
    let document = nul.map(|at| bytes.split_off(at));
    if let (Some(document), true) = (&document, behind) {
        bytes.push(0);
        bytes.extend(value_changed(random, &document[1..], &[]));
    } else {
        *bytes = value_changed(random, bytes, &words);
        bytes.extend(document.unwrap_or_default());
    }
}

/// Changes some words of a rule.
pub(crate) fn rule(random: &mut Random, bytes: &mut Vec<u8>) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let mut words = words(&text);
    if random.once_in(4) || words.is_empty() {
        return bytes::change(random, bytes);
    }
    for _ in 0..=random.below(3) {
        let (at, from) = (random.below(words.len()), random.below(words.len()));
        let own = words.get(from).copied().unwrap_or_default();
        let word = if random.once_in(2) { own } else { *random.pick(&WORDS) };
        match random.below(4) {
            0 if at < words.len() => drop(words.remove(at)),
            1 => words.insert(at, word),
            2 => words.splice(at..at, words[from..words.len().min(from + 6)].to_vec()).for_each(drop),
            _ if at < words.len() => words[at] = word,
            _ => {}
        }
    }
    *bytes = words.concat().into_bytes();
}

/// The words, numbers, blanks and signs of a text.
fn words(text: &str) -> Vec<&str> {
    let kind = |c: char| if c.is_alphanumeric() || c == '_' { 0 } else { c as u32 };
    let mut words = Vec::new();
    let mut start = 0;
    let mut last = None;
    for (at, c) in text.char_indices() {
        if last.is_some_and(|last| last != kind(c)) {
            words.push(&text[start..at]);
            start = at;
        }
        last = Some(kind(c));
    }
    if start < text.len() {
        words.push(&text[start..]);
    }
    words
}

/// A JSON text with some of its values changed; `words` are names that properties may get beside those of the text.
fn value_changed(random: &mut Random, text: &[u8], words: &[String]) -> Vec<u8> {
    let Ok(mut value) = serde_json::from_slice::<Value>(text) else {
        let mut text = text.to_vec();
        bytes::change(random, &mut text);
        return text;
    };
    let mut own = Vec::new();
    names(&value, &mut own);
    for _ in 0..=random.below(3) {
        let count = nodes(&value);
        let other = at(&mut value, random.below(count)).map(|other| other.clone());
        let all = if random.once_in(2) || own.is_empty() { words } else { &own };
        let name = if all.is_empty() { random.key() } else { random.pick(all).clone() };
        let made = match other {
            Some(other) if random.once_in(2) => other,
            _ => random.any(2),
        };
        let Some(node) = at(&mut value, random.below(count)) else { continue };
        match node {
            Value::Object(map) if random.below(4) > 0 => {
                let key = map.keys().nth(random.below(map.len())).cloned().unwrap_or_default();
                match random.below(3) {
                    0 => drop(map.shift_remove(&key)),
                    1 => drop(map.insert(name, made)),
                    _ => {
                        let value = map.shift_remove(&key).unwrap_or(made);
                        map.insert(name, value);
                    }
                }
            }
            Value::Array(list) if random.below(4) > 0 => {
                let place = random.below(list.len());
                match random.below(3) {
                    0 if !list.is_empty() => drop(list.remove(place)),
                    1 if !list.is_empty() => list.push(list[place].clone()),
                    _ => list.insert(place, made),
                }
            }
            Value::String(text) if random.once_in(2) => *text = format!("{text}{}", random.text()),
            node => *node = made,
        }
    }
    value.to_string().into_bytes()
}

/// How many values there are in a value, itself counted.
fn nodes(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(nodes).sum(),
        Value::Object(map) => map.values().map(nodes).sum::<usize>(),
        _ => 0,
    }
}

/// One of them by its number.
fn at(value: &mut Value, mut number: usize) -> Option<&mut Value> {
    if number == 0 {
        return Some(value);
    }
    number -= 1;
    let inner: Vec<&mut Value> = match value {
        Value::Array(list) => list.iter_mut().collect(),
        Value::Object(map) => map.values_mut().collect(),
        _ => Vec::new(),
    };
    for one in inner {
        let count = nodes(one);
        if number < count {
            return at(one, number);
        }
        number -= count;
    }
    None
}

/// The names of all properties.
fn names(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Array(list) => list.iter().for_each(|inner| names(inner, out)),
        Value::Object(map) => map.iter().for_each(|(name, inner)| {
            out.push(name.clone());
            names(inner, out);
        }),
        _ => {}
    }
}
