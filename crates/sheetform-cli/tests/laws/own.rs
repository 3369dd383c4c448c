//! Tests of the tester: what it makes is what it should be, and it does see a loss.

use std::time::Duration;

use libtest_mimic::{Failed, Trial};
use serde_json::{Value, json};
use sheetform::form::Form;

use crate::campaign;
use crate::looks;
use crate::order;
use crate::properties::{self, Plan, bare};
use crate::random::Random;
use crate::shrink::{self, Pair};
use crate::texts::PATTERNS;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("own/patterns", patterns),
        Trial::test("own/order", key_order),
        Trial::test("own/shrink", small),
        Trial::test("own/groups", groups),
        Trial::test("own/vocabulary", vocabulary),
    ]
}

fn patterns() -> Result<(), Failed> {
    for pattern in PATTERNS {
        let (form, _) = Form::compile(json!({ "type": "string", "pattern": pattern }));
        let form = form.ok_or("a form")?;
        let random = &mut Random::new(1, &[]);
        for _ in 0..50 {
            let text: Value = random.for_pattern(pattern).into();
            if !properties::errors(&form, &text).is_empty() {
                return Err(format!("{pattern} does not take {text}").into());
            }
        }
    }
    Ok(())
}

fn key_order() -> Result<(), Failed> {
    let form = json!({ "type": "object", "properties": {
        "a": {}, "b": { "properties": { "c": {}, "d": {}, "e": {} } } } });
    let document = json!({ "z": 1, "b": { "d": 1, "e": 3, "c": 2 }, "a": 1, "y": 2 });
    for (back, expected) in [
        (json!({ "a": 1, "b": { "c": 2, "d": 1, "e": 3 }, "z": 1, "y": 2 }), None),
        (document.clone(), None),
        (json!({ "y": 2, "b": { "c": 2, "d": 1, "e": 3 }, "z": 1, "a": 1 }), None),
        (json!({ "a": 1, "b": { "e": 3, "d": 1, "c": 2 } }), Some("/b")),
    ] {
        if order::broken(&form, &document, &back).as_deref() != expected {
            return Err(format!("{back}").into());
        }
    }
    Ok(())
}

/// A loss that is made up: any document with a text that has "x" in `/list/0/name`.
fn small() -> Result<(), Failed> {
    let schema = json!({ "title": "t", "type": "object", "required": ["other"], "properties": {
        "other": { "type": "integer" },
        "list": { "type": "array", "items": { "type": "object", "properties": { "name": { "type": "string" } } } } } });
    let document = json!({ "other": 12, "list": [{ "name": "b" }, { "name": "abcxyz" }, {}] });
    let still = |pair: &Pair| {
        let (form, _) = Form::compile(pair.schema.clone());
        let valid = form.is_some_and(|form| properties::errors(&form, &pair.document).is_empty());
        valid
            && pair.document["list"]
                .as_array()
                .is_some_and(|list| list.iter().any(|one| one["name"].as_str().is_some_and(|name| name.contains('x'))))
    };
    let found = shrink::shrink(Pair { schema, document }, Duration::from_secs(20), &still);
    let expected = Pair { schema: json!({}), document: json!({ "list": [{ "name": "x" }] }) };
    if found == expected { Ok(()) } else { Err(format!("{found:?}").into()) }
}

/// A sheet that is read with findings, and a broken law's name, are seen.
fn groups() -> Result<(), Failed> {
    let plain = bare("\"a \\\" b\": expected 12 or 1.5, found \"x\"");
    if plain != "…: expected # or #.#, found …" {
        return Err(plain.into());
    }
    let (form, _) = Form::compile(json!({ "type": "object", "properties": { "a": { "type": "integer" } } }));
    let form = form.ok_or("a form")?;
    match properties::check(&form, &json!({ "a": 1 }), true, Plan::ALL) {
        Ok(properties::Outcome::Held(held)) if held.leaves == 1 && held.as_json == 0 => Ok(()),
        Ok(_) => Err("not held".into()),
        Err(loss) => Err(loss.group().into()),
    }
}

/// Every key of the vocabulary is said in some form that is tried.
fn vocabulary() -> Result<(), Failed> {
    let known: Value = serde_json::from_str(sheetform::vocabulary::SCHEMA)?;
    let keys = known.pointer("/$defs/sheet/properties").and_then(Value::as_object).ok_or("keys")?;
    let mut left: Vec<&String> = keys.keys().collect();
    for number in 0..2000 {
        if left.is_empty() {
            return Ok(());
        }
        let said = campaign::schema(1, number).to_string();
        if left.iter().any(|key| said.contains(&format!("\"{key}\":")))
            && let Ok((_, schema)) = looks::compile(campaign::schema(1, number))
        {
            left.retain(|key| !says(&schema, key));
        }
    }
    Err(format!("never said: {left:?}").into())
}

fn says(schema: &Value, key: &str) -> bool {
    match schema {
        Value::Object(map) => {
            map.get("x-sheet").is_some_and(|sheet| sheet.get(key).is_some())
                || map.values().any(|inner| says(inner, key))
        }
        Value::Array(items) => items.iter().any(|item| says(item, key)),
        _ => false,
    }
}
