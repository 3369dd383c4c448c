//! A Rust value from a sheet, and a sheet from a Rust value: forms, reading, checking and writing in one call each.

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sheetform::finding::{Code, Finding, Findings, Severity, Text};
use sheetform::form::Form;
use sheetform::grid::Source;
use sheetform::new_book::NewBook;
use sheetform::places::{Nowhere, Places};
use sheetform::validate::{Options, ReadTotal, Subject, validate};
use sheetform::{read, round_trip};

use crate::schema_of;

/// The form of a type, compiled.
///
/// Fails with `bad-form` where the type's schema or vocabulary cannot be laid out.
pub fn form_of<T: JsonSchema>() -> Result<Form, Findings> {
    let (form, findings) = Form::compile(schema_of::<T>());
    form.ok_or(Findings(findings))
}

/// Reads a value from an open workbook.
///
/// Fails with every finding of the sheet where one of them is an error: the value is whole, or it is not there.
pub fn from_book<T: JsonSchema + DeserializeOwned>(book: &dyn Source) -> Result<T, Findings> {
    let form = form_of::<T>()?;
    let reading = read::read(&form, book, &read::Options::default());
    let mut findings = reading.findings;
    let Some(mut document) = reading.document else { return Err(Findings(findings)) };
    findings.extend(check(&form, &document, &reading.places, &reading.unreadable, &reading.totals));
    if findings.iter().any(|f| f.severity == Severity::Error) {
        return Err(Findings(findings));
    }
    if let Value::Object(map) = &mut document {
        // A document may carry `$schema`; a type has no field for it.
        map.shift_remove("$schema");
    }
    serde_json::from_value(document).map_err(|error| not_the_type(&error).into())
}

/// Lays a value out as the workbook of its form, ready to be saved.
///
/// Fails with the findings where the value breaks its own form, or where the sheet could not hold it without loss.
pub fn to_book<T: JsonSchema + Serialize>(value: &T) -> Result<NewBook, Findings> {
    let form = form_of::<T>()?;
    let document = serde_json::to_value(value).map_err(|error| not_the_type(&error))?;
    let findings = check(&form, &document, &Nowhere, &std::collections::BTreeSet::new(), &[]);
    if findings.iter().any(|f| f.severity == Severity::Error) {
        return Err(Findings(findings));
    }
    round_trip::lay_out(&form, &document).map_err(Findings)
}

fn check(
    form: &Form,
    document: &Value,
    places: &dyn Places,
    unreadable: &std::collections::BTreeSet<String>,
    totals: &[ReadTotal],
) -> Vec<Finding> {
    validate(form, &Subject { document, places, unreadable, totals }, &Options::default())
}

fn not_the_type(error: &serde_json::Error) -> Finding {
    Finding::new(
        Code::WrongShape,
        Text::new(
            format!("the document fits the form, but not the Rust type: {error}"),
            format!("文档符合表单，但与 Rust 类型不符：{error}"),
        ),
    )
}
