//! A case with a form alone: what `forms check` finds in it.

use sheetform::form::Form;

use crate::case::{Case, Outcome, lines};

pub(crate) fn run(case: &Case) -> Outcome {
    let document = serde_json::from_str(&case.text("schema.json")?).map_err(|error| format!("schema.json: {error}"))?;
    let (_, findings) = Form::compile_with(document, &case.references()?);
    for finding in &findings {
        if finding.pointer.is_none() {
            return Err(format!("a finding about a form has a pointer: {}", lines(std::slice::from_ref(finding))));
        }
    }
    case.expect("expected.findings", &lines(&findings))
}
