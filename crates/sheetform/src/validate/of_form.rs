//! The same sentences for a form that breaks the schema of forms.

use jsonschema::ValidationError;
use serde_json::Value;

use super::looks::Looks;
use super::problem::one_for_each;
use super::translate::Translator;
use crate::finding::{Code, Finding};
use crate::places::Nowhere;

/// A form's problem.
pub(crate) struct FormProblem {
    /// What it would be in a document.
    pub(crate) code: Code,
    /// Where the broken keyword stands in the schema of forms.
    pub(crate) rule: String,
    /// The finding; its pointer is from the form's root.
    pub(crate) finding: Finding,
}

/// The problems of a form, or of its part at `prefix`, from the errors of the schema engine.
pub(crate) fn of_form<'e>(
    form: &Value,
    prefix: &str,
    errors: impl Iterator<Item = ValidationError<'e>>,
) -> Vec<FormProblem> {
    let translator = Translator {
        form: None,
        document: form,
        prefix: prefix.to_owned(),
        on_sheet: false,
        formats: true,
        places: &Nowhere,
        looks: Looks::default(),
    };
    let mut problems = Vec::new();
    for error in errors {
        translator.translate(&error, &mut problems);
    }
    let one = |problem: super::problem::Problem| {
        let mut finding = problem.finding;
        let rule = finding.rule.take().unwrap_or_default();
        let code = std::mem::replace(&mut finding.code, Code::BadForm);
        FormProblem { code, rule, finding }
    };
    one_for_each(problems).into_iter().map(one).collect()
}
