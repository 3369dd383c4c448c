//! Tests of the rules engine; those of the shipped forms' rules are in `forms`.

mod beside;
mod columns;
mod forms;
mod language;

use serde_json::Value;

use super::{Hit, Input, RuleSet, Stand};
use crate::finding::{Code, Finding};
use crate::references::References;
use crate::schema::{Documents, Schema};

/// A form and what its rules say about documents.
pub(super) struct Form {
    pub(super) schema: Schema,
    pub(super) rules: RuleSet,
    pub(super) findings: Vec<Finding>,
}

impl Form {
    pub(super) fn new(document: &Value) -> Self {
        let mut findings = Vec::new();
        let documents = Documents::of(document, &References::new());
        let schema = Schema::unfold(document, &documents, &mut findings);
        let (rules, of_rules) = RuleSet::compile(&schema);
        findings.extend(of_rules);
        Self { schema, rules, findings }
    }

    pub(super) fn hits(&self, document: &Value, unreadable: &[&str], today: Option<&str>) -> Vec<Hit> {
        let unreadable = |pointer: &str| unreadable.contains(&pointer);
        self.run(&Input { unreadable: Some(&unreadable), today, ..self.input(document) })
    }

    pub(super) fn input<'a>(&'a self, document: &'a Value) -> Input<'a> {
        let schema = &self.schema;
        Input { schema, document, unreadable: None, beside: &[], today: None, final_profile: true }
    }

    pub(super) fn run(&self, input: &Input<'_>) -> Vec<Hit> {
        self.rules.run(input)
    }

    /// Hits as lines: a pointer, or `array[].column`, with `+` where the total cell is meant; other codes than `rule`
    /// stand before it.
    pub(super) fn lines(&self, document: &Value, unreadable: &[&str], today: Option<&str>) -> Vec<String> {
        self.hits(document, unreadable, today).iter().map(line).collect()
    }
}

fn line(hit: &Hit) -> String {
    let place = match &hit.stand {
        Stand::Value(pointer) => pointer.clone(),
        Stand::Heading { array, path, total } => {
            format!("{array}[].{}{}", path.join("."), if *total { "+" } else { "" })
        }
    };
    match hit.code {
        Code::Rule => place,
        code => format!("{code} {place}"),
    }
}
