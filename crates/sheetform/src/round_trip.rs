//! Lays a document out and reads it back before anyone else sees it: law 1 is checked on every write.
//!
//! The only place that knows both reading and writing.

#[cfg(test)]
mod any_schema;
mod long;

use serde_json::{Number, Value};

pub use long::{FIRST, LAST, LongBook};

use crate::child::Key;
use crate::finding::{Code, Finding, Severity, Text};
use crate::form::Form;
use crate::new_book::{NewBook, NewContent, Role};
use crate::read::{self, Marks};
use crate::text::{string_literal, to_literal};
use crate::write;

/// The workbook of a document, from which exactly this document is read again.
///
/// Where a text would be taken for a heading, a label or a total, it is written as a JSON string literal, a list as
/// JSON. Parts without a place in the form's own bands stand on child sheets; where the bands cannot hold a document at
/// all, the whole of it does. Codes: `cannot-hold`, `over-limit`.
pub fn lay_out(form: &Form, document: &Value) -> Result<NewBook, Vec<Finding>> {
    let mut refused = Vec::new();
    if write::has_bands(form) && !write::is_lost(form, document) {
        refused = match in_bands(form, document) {
            Ok(Ok(book)) => return Ok(book),
            Ok(Err(pointer)) => vec![cannot_hold(document, &pointer)],
            Err(findings) => findings,
        };
    }
    // The form's own sheet is given up only with a word.
    let notes = refused.iter().map(|finding| instead(finding.clone())).collect::<Vec<_>>();
    for typed in [true, false] {
        match write::write_whole(form, document, typed) {
            Ok(book) => match differs(form, &book, document) {
                None => return Ok(NewBook { notes, ..book }),
                Some(pointer) => refused = vec![cannot_hold(document, &pointer)],
            },
            Err(findings) => refused = findings,
        }
    }
    Err(refused)
}

/// The document in the form's own bands; else the pointer of what is read back otherwise.
fn in_bands(form: &Form, document: &Value) -> Result<Result<NewBook, String>, Vec<Finding>> {
    let mut book = write::write(form, document)?;
    let mut difference = differs(form, &book, document);
    let marks = Marks::new(form);
    for all in [false, true] {
        if difference.is_none() {
            return Ok(Ok(book));
        }
        let mistaken = |text: &str| all || marks.may_mark(text);
        book = write::write_doubtful(form, document, &mistaken)?;
        quote(&mut book, mistaken);
        difference = differs(form, &book, document);
    }
    Ok(difference.map_or(Ok(book), Err))
}

/// Why the document stands on child sheets instead of the form's own.
fn instead(finding: Finding) -> Finding {
    let Text { en, zh, .. } = finding.message;
    let message = Text::new(
        format!("{en}; so the whole document stands on child sheets, not on the form's own"),
        format!("{zh}；因此整份文档写在子表中，而不是表单自己的工作表"),
    );
    Finding { message, hint: None, ..finding }.severity(Severity::Warning)
}

fn cannot_hold(document: &Value, pointer: &str) -> Finding {
    Finding::new(
        Code::CannotHold,
        Text::new(
            "the sheet of this form cannot hold this value: it would be read back as another",
            "此表单的工作表无法保存该值：读回后会不同",
        ),
    )
    .pointer(pointer)
    .hint(Text::new(
        "the text stands for a part of the sheet (a heading, a label, a total), or the form has no cell for this value",
        "这段文字与表中的表头、标签或合计行相同，或者表单没有存放该值的单元格",
    ))
    .value(document.pointer(pointer).cloned().unwrap_or(Value::Null))
}

/// The pointer of the first part that is read back otherwise.
fn differs(form: &Form, book: &NewBook, document: &Value) -> Option<String> {
    let reading = read::read(form, &write::to_grid(book), &read::Options::default());
    // A sheet that reads with an error would be refused by whoever gets it; one that reads with a warning says
    // something of the document that is not so.
    let doubtful = reading.findings.iter().filter(|finding| finding.severity != Severity::Info);
    let pointer =
        doubtful.min_by_key(|finding| finding.severity).map(|finding| finding.pointer.clone().unwrap_or_default());
    difference(document, &reading.document.unwrap_or(Value::Null)).or(pointer)
}

/// Writes texts as JSON string literals.
fn quote(book: &mut NewBook, which: impl Fn(&str) -> bool) {
    for cell in book.sheets.iter_mut().flat_map(|sheet| &mut sheet.cells) {
        if let (Role::Value, NewContent::Text(text)) = (cell.look.role, &mut cell.content)
            && let Some(quoted) = quoted(text, &which)
        {
            *text = quoted;
        }
    }
}

/// A text as a JSON string literal; `None` where it is to stay as it is.
pub(crate) fn quoted(text: &str, which: impl Fn(&str) -> bool) -> Option<String> {
    let plain = string_literal(text).is_none()
        && !crate::text::TOKENS.contains(&text)
        && !is_json(text)
        && Key::reference(text).is_none();
    (plain && which(text)).then(|| to_literal(text))
}

/// Whether a text is a list or object in JSON, which in quotes would be a text.
fn is_json(text: &str) -> bool {
    text.starts_with(['[', '{']) && serde_json::from_str::<Value>(text).is_ok()
}

/// The pointer of the first part in which two documents differ; numbers are compared by value (1 = 1.0, -0 = 0).
pub fn difference(a: &Value, b: &Value) -> Option<String> {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            for (name, inner) in a {
                let pointer = crate::schema::join("", name);
                match b.get(name) {
                    Some(other) => {
                        if let Some(rest) = difference(inner, other) {
                            return Some(pointer + &rest);
                        }
                    }
                    None => return Some(pointer),
                }
            }
            b.keys().find(|name| !a.contains_key(*name)).map(|name| crate::schema::join("", name))
        }
        (Value::Array(a), Value::Array(b)) => {
            let inner = a.iter().zip(b).enumerate();
            let mut found = inner.filter_map(|(i, (x, y))| difference(x, y).map(|rest| format!("/{i}{rest}")));
            found.next().or_else(|| (a.len() != b.len()).then(|| format!("/{}", a.len().min(b.len()))))
        }
        (Value::Number(a), Value::Number(b)) => (!same_number(a, b)).then(String::new),
        _ => (a != b).then(String::new),
    }
}

fn same_number(a: &Number, b: &Number) -> bool {
    let whole = |n: &Number| {
        n.as_i64()
            .map(i128::from)
            .or_else(|| n.as_u64().map(i128::from))
            .or_else(|| n.as_f64().filter(|f| f.fract() == 0.0 && f.abs() < 1e30).map(|f| f as i128))
    };
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => a == b,
        (None, None) => a.as_f64() == b.as_f64(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn differences_have_a_pointer() {
        for (a, b, pointer) in [
            (json!({ "a": [1, 2.0] }), json!({ "a": [1.0, 2] }), None),
            (json!({ "a": [1, 2] }), json!({ "a": [1] }), Some("/a/1")),
            (json!({ "a/b": { "c": null } }), json!({ "a/b": {} }), Some("/a~1b/c")),
            (json!({}), json!({ "x": 1 }), Some("/x")),
            (json!(-0.0), json!(0), None),
            (json!(9_007_199_254_740_993_u64), json!(9_007_199_254_740_992.0), Some("")),
        ] {
            assert_eq!(difference(&a, &b).as_deref(), pointer, "{a} {b}");
        }
    }
}
