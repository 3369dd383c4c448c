//! The title row and the sheet's name, and the values that live in them.

use serde_json::Value;

use super::refuse;
use super::value::MAX_TEXT;
use crate::finding::{Finding, Text};
use crate::form::Form;
use crate::layout::{FieldKind, Layout, at_path, is_name, plain_name, pointer_of};

/// The title of a document (of none: with its holes empty). Values that could not be read back from it are refused.
pub(super) fn title(layout: &Layout, document: Option<&Value>, findings: &mut Vec<Finding>) -> Option<String> {
    let title = layout.title.as_ref()?;
    let Some(document) = document else { return Some(title.render(&Value::Null)) };
    let text = title.render(document);
    if text.encode_utf16().count() > MAX_TEXT {
        let longest = title.holes().max_by_key(|hole| hole.show(at_path(document, &hole.path)).len());
        findings.push(refuse(
            Text::new(
                format!("the title would be longer than a cell holds ({MAX_TEXT} characters)"),
                format!("标题超过一个单元格的上限（{MAX_TEXT} 个字符）"),
            ),
            pointer_of(longest.map_or(&[], |hole| &hole.path)),
        ));
        return Some(text);
    }
    let known = |hole: &crate::layout::Hole| (!hole.lives_here).then(|| hole.show(at_path(document, &hole.path)));
    let read = title.read(&text, &known);
    for hole in title.holes().filter(|hole| hole.lives_here) {
        let value = at_path(document, &hole.path);
        let back = read.as_ref().and_then(|values| values.iter().find(|(path, _)| *path == hole.path));
        if value != back.map(|(_, value)| value) {
            findings.push(refuse(
                Text::new(
                    format!("this value could not be read back from the title {text:?}"),
                    format!("该值无法从标题“{text}”中读回"),
                ),
                pointer_of(&hole.path),
            ));
        }
    }
    Some(text)
}

/// The sheet's name for a document.
pub(super) fn sheet_name(form: &Form, document: Option<&Value>, findings: &mut Vec<Finding>) -> String {
    let plain = plain_name(form);
    let (Some(field), Some(document)) = (&form.layout.name_field, document) else { return plain };
    let name = match (at_path(document, &field.path), &field.kind) {
        (None, _) => return plain,
        (Some(value), FieldKind::Choice(choices)) => {
            choices.iter().find(|c| c.value == *value).map(|c| c.text.clone()).unwrap_or_default()
        }
        (Some(Value::String(text)), _) => text.clone(),
        (Some(Value::Number(number)), _) => number.to_string(),
        (Some(_), _) => String::new(),
    };
    // The plain name says that there is no value.
    if is_name(&name) && name != plain {
        return name;
    }
    findings.push(refuse(
        Text::new(
            "this value cannot be the name of a sheet (1 to 31 characters, none of [ ] : * ? / \\, not the form's name)",
            "该值不能作工作表名（1 至 31 个字符，不含 [ ] : * ? / \\，且不是表单名）",
        ),
        pointer_of(&field.path),
    ));
    plain
}
