//! `x-sheet` and `x-rules` against the schema of the vocabulary.

use std::sync::OnceLock;

use jsonschema::Validator;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::finding::{Code, Finding, Text};
use crate::schema::{join, unescape};
use crate::validate::of_form;
use crate::validate::words::nearest;
use crate::vocabulary::{Rule, SCHEMA, Sheet};

/// The vocabulary's schema with its validators.
struct Vocabulary {
    schema: Value,
    sheet: Validator,
    rules: Validator,
}

/// Compiled once; none if the schema that ships with the program were broken, which a test rules out.
fn vocabulary() -> Option<&'static Vocabulary> {
    static ONCE: OnceLock<Option<Vocabulary>> = OnceLock::new();
    ONCE.get_or_init(|| {
        let schema: Value = serde_json::from_str(SCHEMA).ok()?;
        let part = |name: &str| {
            let one = json!({ "$ref": format!("#/$defs/{name}"), "$defs": schema["$defs"] });
            jsonschema::options().offline().build(&one).ok()
        };
        Some(Vocabulary { sheet: part("sheet")?, rules: part("rules")?, schema })
    })
    .as_ref()
}

/// Adds a finding for each key or value of the `x-sheet` and `x-rules` of the schema at `pointer` that is wrong.
pub(super) fn check(form: &Value, pointer: &str, key: &str, value: &Value, findings: &mut Vec<Finding>) {
    let Some(vocabulary) = vocabulary() else { return };
    let validator = if key == "x-sheet" { &vocabulary.sheet } else { &vocabulary.rules };
    let at = join(pointer, key);
    let known_findings = findings.len();
    for mut problem in of_form(form, &at, validator.iter_errors(value)) {
        if problem.code == Code::UnknownProperty {
            unknown(&mut problem.finding, key, &known(&vocabulary.schema, &problem.rule));
        }
        findings.push(problem.finding);
    }
    if findings.len() == known_findings
        && let Some(why) = unheld(key, value)
    {
        let message = Text::new(format!("{key} cannot be taken: {why}"), format!("{key} 无法采用：{why}"));
        findings.push(Finding::new(Code::BadForm, message).pointer(at));
    }
}

/// Why a value that the schema allows does not fit our types, such as a version of twenty digits.
fn unheld(key: &str, value: &Value) -> Option<String> {
    let problem =
        if key == "x-sheet" { Sheet::deserialize(value).err() } else { Vec::<Rule>::deserialize(value).err() };
    problem.map(|problem| problem.to_string())
}

/// The keys that are known where the keyword at `rule` forbids others.
fn known<'v>(schema: &'v Value, rule: &str) -> Vec<&'v str> {
    let parent = rule.trim_start_matches('#').rsplit_once('/').map_or("", |(parent, _)| parent);
    let properties = schema.pointer(parent).and_then(|node| node.get("properties")).and_then(Value::as_object);
    properties.into_iter().flatten().map(|(name, _)| name.as_str()).collect()
}

fn unknown(finding: &mut Finding, of: &str, known: &[&str]) {
    let pointer = finding.pointer.as_deref().unwrap_or_default();
    let name = unescape(pointer.rsplit('/').next().unwrap_or_default());
    finding.message = Text::new(format!("{of} has no key {name:?} here"), format!("{of} 此处没有键“{name}”"));
    finding.value = None;
    finding.hint = Some(match nearest(&name, known.iter().copied()) {
        Some(near) => Text::new(format!("did you mean {near:?}?"), format!("是否应为“{near}”？")),
        None => Text::new(format!("known are {}", known.join(", ")), format!("可用的键：{}", known.join("、"))),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vocabulary_compiles() {
        assert!(vocabulary().is_some());
    }
}
