//! A finding on its way: what it says and which part of the document it is about, but not yet where that stands.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde_json::Value;

use super::name::{Name, keyword, name};
use super::words;
use crate::finding::{Code, Finding, Text};
use crate::form::Form;
use crate::schema::Node;

/// A finding that has no place yet.
pub(super) struct Problem {
    /// With the pointer of where it stands.
    pub(super) finding: Finding,
    /// The part of the document it is about; for an empty table the table, though it stands in its first record.
    pub(super) pointer: String,
    /// Whether it stands on the name of a property and not on its value.
    pub(super) at_key: bool,
    /// Whether the value there is an object or a list, which may have several problems.
    pub(super) on_container: bool,
    /// An earlier value that it collides with.
    pub(super) earlier: Option<String>,
    /// Its place among the properties of the form.
    pub(super) order: Vec<usize>,
}

impl Problem {
    pub(super) fn expected(mut self, word: impl Into<String>) -> Self {
        self.finding.expected = Some(word.into());
        self
    }

    pub(super) fn hint(mut self, hint: Option<Text>) -> Self {
        self.finding.hint = hint;
        self
    }

    /// How near it is to the cause: of several problems of one value the lowest is told.
    pub(super) fn rank(&self) -> u8 {
        match self.finding.code {
            Code::WrongType | Code::MissingValue | Code::UnknownProperty => 0,
            Code::NotInList => 1,
            Code::WrongFormat => 2,
            Code::OutOfRange | Code::WrongLength => 3,
            _ => 4,
        }
    }
}

/// Of several problems of one value the one nearest to the cause, in the order of the form.
pub(super) fn one_for_each(problems: Vec<Problem>) -> Vec<Problem> {
    let mut best: BTreeMap<(String, Option<String>), Problem> = BTreeMap::new();
    for problem in problems {
        // Unlike shapes of one object are problems of their own.
        let own = problem.on_container && problem.finding.code == Code::WrongShape;
        let rule = if own { problem.finding.rule.clone() } else { None };
        match best.entry((problem.pointer.clone(), rule)) {
            Entry::Occupied(mut kept) => {
                if problem.rank() < kept.get().rank() {
                    kept.insert(problem);
                }
            }
            Entry::Vacant(free) => {
                free.insert(problem);
            }
        }
    }
    let mut kept: Vec<Problem> = best.into_values().collect();
    kept.sort_by(|a, b| a.order.cmp(&b.order));
    kept
}

/// A part of a document that breaks a keyword.
pub(super) struct Spot<'e> {
    /// Its JSON pointer.
    pub(super) at: String,
    /// What people call it.
    pub(super) name: Name,
    /// What is there.
    pub(super) value: &'e Value,
    /// Where the keyword stands in the form.
    pub(super) rule: &'e str,
    /// Its node, where the form declares it.
    pub(super) node: Option<&'e Node>,
    /// Whether it came from a sheet.
    pub(super) on_sheet: bool,
}

impl<'e> Spot<'e> {
    /// Without a form, a part of a form itself.
    pub(super) fn new(form: Option<&'e Form>, at: String, value: &'e Value, rule: &'e str) -> Self {
        let name = form.map_or_else(|| keyword(&at), |form| name(form, &at));
        let node = form.and_then(|form| Some(form.schema.node(name.node?)));
        Self { at, name, value, rule, node, on_sheet: false }
    }

    /// The value as a message shows it: on a sheet there is neither null nor true.
    pub(super) fn found(&self) -> Text {
        match self.value {
            Value::Null if self.on_sheet => Text::new("nothing", "空"),
            Value::Bool(true) if self.on_sheet => Text::new("yes", "“是”"),
            Value::Bool(false) if self.on_sheet => Text::new("no", "“否”"),
            value => words::found(value),
        }
    }

    /// A problem here; `en` and `zh` say the rest of the sentence, `{}` in them is the name.
    pub(super) fn problem(&self, code: Code, en: &'static str, zh: &'static str) -> Problem {
        self.problem_with(code, (en, zh), (en, zh))
    }

    /// A problem here whose sentence holds values; `bare` is the sentence without them.
    pub(super) fn problem_with(&self, code: Code, says: (&str, &str), bare: (&str, &str)) -> Problem {
        let named = |(en, zh): (&str, &str)| {
            (en.replacen("{}", &self.name.text.en, 1), zh.replacen("{}", &self.name.text.zh, 1))
        };
        let (en, zh) = named(says);
        let mut message = Text::new(en, zh);
        // The name of what the form does not declare is the document's.
        if self.name.node.is_some() {
            let (en, zh) = named(bare);
            message = message.bare(en, zh);
        }
        let on_container = self.value.is_array() || self.value.is_object();
        let mut finding = Finding::new(code, message).pointer(self.at.as_str()).rule(self.rule);
        if !on_container {
            finding.value = Some(self.value.clone());
        }
        Problem {
            finding,
            pointer: self.at.clone(),
            at_key: false,
            on_container,
            earlier: None,
            order: self.name.order.clone(),
        }
    }
}
