//! The title row: found above all else, compared with the cells below, and read where values live in it.

use serde_json::Value;

use super::survey::Survey;
use crate::finding::{Code, Finding, Place, Text};
use crate::form::Form;
use crate::grid::{CellRef, Range};
use crate::layout::{Title, pointer_of, put_at_path};
use crate::report::{shown, shown_zh};
use crate::text::fold;

/// The title's cell and text.
pub(super) struct FoundTitle {
    pub(super) range: Range,
    pub(super) text: String,
    /// Whether the text follows the form's pattern.
    pub(super) matches: bool,
}

/// Looks for the title above row `end`: a text that follows the pattern, else the first lone text.
pub(super) fn find(survey: &Survey, form: &Form, end: u32, taken: &dyn Fn(CellRef) -> bool) -> Option<FoundTitle> {
    let title = form.layout.title.as_ref()?;
    let mut first: Option<FoundTitle> = None;
    for (&index, row) in survey.rows.range(..end) {
        for (col, cell) in &row.cells {
            let at = CellRef::new(index, *col);
            let range = survey.merges.range(at);
            let Some(text) = cell.as_text().filter(|t| !t.trim().is_empty()) else { continue };
            if range.first != at || taken(at) {
                continue;
            }
            let matches = title.matches(text);
            let found = FoundTitle { range, text: text.to_owned(), matches };
            if matches {
                return Some(found);
            }
            let alone = row.cells.iter().filter(|(_, c)| !c.is_empty()).count() == 1;
            if first.is_none() && alone && text.chars().count() <= 60 {
                first = Some(found);
            }
        }
    }
    first
}

/// Reads the values that live in the title into the document, and compares the others.
pub(super) fn read(form: &Form, found: &FoundTitle, document: &mut Value, sheet: &str, findings: &mut Vec<Finding>) {
    let Some(title) = &form.layout.title else { return };
    let place = Place::on_sheet(sheet, found.range);
    let known = |hole: &crate::layout::Hole| {
        let value = hole.path.iter().try_fold(&*document, |v, name| v.get(name));
        (!hole.lives_here && value.is_some()).then(|| hole.show(value))
    };
    let values = title.read(&found.text, &known);
    match values {
        Some(values) => {
            let lives_here = |path: &[String]| title.holes().any(|hole| hole.path == path && hole.lives_here);
            for (path, value) in values.iter().filter(|(path, _)| !lives_here(path)) {
                findings.push(only_in_title(value, &place).pointer(pointer_of(path)));
            }
            take(form, values, document);
        }
        None if found.matches => {
            for (path, value) in title.read(&found.text, &|_| None).unwrap_or_default() {
                compare(title, &path, &value, document, &place, found, findings);
            }
            let free = title.read(&found.text, &|_| None).unwrap_or_default();
            take(form, free, document);
        }
        None if fold(&found.text) == fold(&title.render(&Value::Null)) => {} // A blank form's title, not filled in.
        None => {
            let expected = title.render(document);
            findings.push(mismatch(&found.text, &expected, place));
        }
    }
}

fn take(form: &Form, values: Vec<(Vec<String>, Value)>, document: &mut Value) {
    for (path, value) in values {
        if form.layout.title_fields.iter().any(|f| f.path == path) {
            put_at_path(document, &path, value);
        }
    }
}

fn compare(
    title: &Title,
    path: &[String],
    value: &Value,
    document: &Value,
    place: &Place,
    found: &FoundTitle,
    findings: &mut Vec<Finding>,
) {
    let Some(hole) = title.holes().find(|h| h.path == path && !h.lives_here) else { return };
    let below = path.iter().try_fold(document, |v, name| v.get(name));
    let (in_title, in_cell) = (hole.show(Some(value)), hole.show(below));
    // A number is the same however many of its digits are shown.
    let same = value.as_f64().is_some() && value.as_f64() == below.and_then(Value::as_f64);
    if below.is_some() && in_title != in_cell && !same {
        findings.push(
            Finding::new(
                Code::TitleMismatch,
                Text::new(
                    format!("the title says {}, the cell below says {}", shown(&in_title), shown(&in_cell)),
                    format!("标题写的是{}，下面的单元格是{}", shown_zh(&in_title), shown_zh(&in_cell)),
                )
                .bare("the title says something else than the cell below", "标题与下面的单元格不一致"),
            )
            .at(place.clone())
            .pointer(pointer_of(path))
            .value(found.text.as_str())
            .expected(in_cell),
        );
    }
}

/// What a title says though the cell for it is empty.
fn only_in_title(value: &Value, place: &Place) -> Finding {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Finding::new(
        Code::UnreadCell,
        Text::new(
            format!("the title says {}, the cell for it is empty; it is not read from the title", shown(&text)),
            format!("标题写有{}，对应的单元格为空；不从标题读取", shown_zh(&text)),
        )
        .bare(
            "the cell for a part of the title is empty; it is not read from the title",
            "标题中某项对应的单元格为空；不从标题读取",
        ),
    )
    .at(place.clone())
    .value(value.clone())
}

fn mismatch(text: &str, expected: &str, place: Place) -> Finding {
    Finding::new(
        Code::TitleMismatch,
        Text::new(
            format!("the title is {}; the form's is {}", shown(text), shown(expected)),
            format!("标题是{}，按表单应为{}", shown_zh(text), shown_zh(expected)),
        )
        .bare("the title is another than the form's", "标题与表单的不同"),
    )
    .at(place)
    .value(text)
    .expected(expected)
}
