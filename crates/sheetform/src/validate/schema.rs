//! JSON Schema: the document without the records of its tables, then each table record by record.

use jsonschema::Validator;
use serde_json::Value;

use super::Check;
use super::checker::Records;
use super::looks::Looks;
use super::problem::{Problem, one_for_each};
use super::translate::Translator;
use crate::finding::{Code, Finding, Text};

/// The findings of JSON Schema. Values that are not what the form asks for count as unreadable from then on.
pub(super) fn check(check: &mut Check<'_>) -> Vec<Finding> {
    let (form, document) = (check.form, check.subject.document);
    let checker = match form.checker(form.assert_formats || check.options.assert_formats) {
        Ok(checker) => checker,
        Err(findings) => return findings.to_vec(),
    };
    let mut translator = translator(check);
    let mut findings = Vec::new();
    part(check, &translator, &checker.root, document, &mut findings);
    for table in &checker.tables {
        let records = document.pointer(&table.pointer).and_then(Value::as_array);
        for (i, record) in records.into_iter().flatten().enumerate() {
            if !table.validator.is_valid(record) {
                translator.prefix = format!("{}/{i}", table.pointer);
                part(check, &translator, &table.validator, record, &mut findings);
            }
        }
    }
    findings
}

/// The same for a document without the records of a table, and for some records of it, with their numbers.
pub(super) fn check_apart(check: &mut Check<'_>, table: &Records, records: &[(usize, Value)]) -> Vec<Finding> {
    let form = check.form;
    let Ok(checker) = form.checker(form.assert_formats || check.options.assert_formats) else { return Vec::new() };
    let mut translator = translator(check);
    let mut findings = Vec::new();
    part(check, &translator, &checker.root, check.subject.document, &mut findings);
    for (i, record) in records {
        translator.prefix = format!("{}/{i}", table.pointer);
        part(check, &translator, &table.validator, record, &mut findings);
    }
    findings
}

fn translator<'a>(check: &Check<'a>) -> Translator<'a> {
    let formats = check.form.assert_formats || check.options.assert_formats;
    let on_sheet = check.subject.places.value("").is_some_and(|place| place.sheet.is_some());
    Translator {
        form: Some(check.form),
        document: check.subject.document,
        prefix: String::new(),
        on_sheet,
        formats,
        places: check.subject.places,
        looks: Looks::default(),
    }
}

/// The findings of the document or of one record.
fn part(
    check: &mut Check<'_>,
    translator: &Translator<'_>,
    validator: &Validator,
    value: &Value,
    findings: &mut Vec<Finding>,
) {
    let mut problems = Vec::new();
    for error in validator.iter_errors(value) {
        translator.translate(&error, &mut problems);
    }
    // The document says its form there; that is never a property too many.
    problems.retain(|problem| problem.pointer != "/$schema" || !problem.at_key);
    problems.retain(|problem| !check.unreadable.touches(&problem.pointer));
    for problem in &problems {
        if matches!(problem.finding.code, Code::WrongType | Code::NotInList | Code::WrongFormat) {
            check.unreadable.add(problem.pointer.clone());
        }
    }
    findings.extend(one_for_each(problems).into_iter().map(|problem| placed(check, problem)));
}

fn placed(check: &Check<'_>, problem: Problem) -> Finding {
    let places = check.subject.places;
    let mut pointer = problem.finding.pointer.as_deref().unwrap_or_default();
    let mut place = if problem.at_key { places.key(pointer) } else { places.value(pointer) };
    // What has no place of its own stands where the part above it does.
    while place.is_none()
        && let Some((above, _)) = pointer.rsplit_once('/')
    {
        pointer = above;
        place = places.value(pointer);
    }
    let finding = problem.finding.at(place.unwrap_or_default());
    match problem.earlier.and_then(|pointer| places.value(&pointer)) {
        Some(earlier) => finding.related(earlier, Text::new("the first of them", "首次出现处")),
        None => finding,
    }
}
