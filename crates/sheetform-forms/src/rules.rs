//! A short way to write the rules of the shipped forms. Knows no form.

use serde::Serialize;
use sheetform::vocabulary::Rule;

/// A rule under construction; in the schema it is the rule.
#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct Must(Rule);

/// What must hold, in CEL, and what to say where it does not.
pub(crate) fn must(rule: impl Into<String>, message: &str) -> Must {
    Must(Rule { rule: rule.into(), message: Some(message.to_owned()), ..Rule::default() })
}

impl Must {
    /// Where the finding stands; without it, on the first property that the rule names.
    pub(crate) fn at(mut self, path: &str) -> Self {
        self.0.field_path = Some(path.to_owned());
        self
    }

    /// The list for whose every `it` it must hold.
    pub(crate) fn each(mut self, list: &str) -> Self {
        self.0.each = Some(list.to_owned());
        self
    }

    /// What to say, in CEL, instead of the plain message.
    pub(crate) fn saying(mut self, expression: &str) -> Self {
        self.0.message_expression = Some(expression.to_owned());
        self
    }
}

/// The rule of a period.
pub(crate) fn end_after_start() -> Must {
    must("self.end >= self.start", "结束日期不能早于开始日期")
}
