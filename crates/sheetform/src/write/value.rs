//! One value as one cell: what the reader takes back exactly. Knows no place on a sheet.

use serde_json::Value;

use super::number;
use crate::child::Key;
use crate::finding::Text;
use crate::layout::{Field, FieldKind};
use crate::new_book::NewContent;
use crate::schema::Choice;
use crate::serial::Date;
use crate::text::{TOKENS, by_other_signs, fold, is_fragile, is_prompt, string_literal, to_json, to_literal};

/// Characters of a cell, as UTF-16 counts them (Excel's documented limit).
pub(super) const MAX_TEXT: usize = 32_767;
/// 1900-03-01: before it sheets disagree, for some count a day that never was.
const FIRST_SERIAL: f64 = 61.0;
const DATE_FORMAT: &str = "yyyy-mm-dd";
const MONTH_FORMAT: &str = "yyyy\"年\"m\"月\"";

/// Whether a text would be taken for something else where it stands.
pub(crate) type Mistaken<'a> = &'a dyn Fn(&str) -> bool;

/// A value as the cell of a field; or why no cell holds it. A list whose text is mistaken is written as JSON.
pub(crate) fn hold(field: &Field, value: Option<&Value>, mistaken: Mistaken<'_>) -> Result<NewContent, Text> {
    let texts = Texts { none: &field.none, note: field.note.as_deref(), mistaken };
    let content = match value {
        None => NewContent::Empty,
        Some(Value::Null) => NewContent::Text(null_text(field)),
        Some(value) => one(&field.kind, value, &texts)?,
    };
    match &content {
        NewContent::Text(text) if text.len() > MAX_TEXT && text.encode_utf16().count() > MAX_TEXT => Err(Text::new(
            format!("a cell holds at most {MAX_TEXT} characters"),
            format!("一个单元格最多容纳 {MAX_TEXT} 个字符"),
        )),
        _ => Ok(content),
    }
}

/// The number format of a cell of a field, from what it holds; of an empty one, from what it will hold.
pub(crate) fn format_of(field: &Field, content: &NewContent) -> Option<String> {
    let own = || field.format.clone();
    let of_number = || match &field.kind {
        FieldKind::Date => own().or_else(|| Some(DATE_FORMAT.to_owned())),
        FieldKind::Month => own().or_else(|| Some(MONTH_FORMAT.to_owned())),
        FieldKind::Integer => own().or_else(|| field.unit.as_ref().map(|unit| format!("0{}", quoted(unit)))),
        FieldKind::Number => own().or_else(|| field.unit.as_ref().map(|unit| format!("General{}", quoted(unit)))),
        _ => own().filter(|code| code != "@"),
    };
    match content {
        NewContent::Text(_) => Some("@".to_owned()),
        NewContent::Bool(_) => None,
        NewContent::Number(_) | NewContent::Formula { .. } => of_number(),
        NewContent::Empty => match &field.kind {
            FieldKind::Date | FieldKind::Month | FieldKind::Integer | FieldKind::Number => of_number(),
            FieldKind::Boolean | FieldKind::Json => own(),
            FieldKind::Choice(choices) if choices.iter().all(|c| native(c).is_some()) => own(),
            _ => Some("@".to_owned()),
        },
    }
}

/// Fixed text inside a number format.
fn quoted(text: &str) -> String {
    text.split('"').map(|part| format!("\"{part}\"")).collect::<Vec<_>>().join("\\\"")
}

/// What the texts of a field must not be taken for: nothing, or another value.
struct Texts<'a> {
    none: &'a [String],
    note: Option<&'a str>,
    mistaken: Mistaken<'a>,
}

impl Texts<'_> {
    fn is_none(&self, text: &str) -> bool {
        !self.none.is_empty() && {
            let folded = fold(text);
            self.none.iter().any(|none| fold(none) == folded)
        }
    }

    /// Whether a text could be taken for something else than itself, be mended, or be changed by another program.
    fn is_doubtful(&self, text: &str) -> bool {
        let trimmed = text.trim();
        trimmed.len() != text.len()
            || trimmed.is_empty()
            || TOKENS.contains(&trimmed)
            || string_literal(trimmed).is_some()
            || self.is_none(text)
            || Key::reference(trimmed).is_some()
            || is_fragile(text)
            || is_prompt(text, self.note)
    }

    fn plain(&self, text: &str) -> NewContent {
        NewContent::Text(match text {
            "" => "\"\"".to_owned(),
            _ if self.is_doubtful(text) => to_literal(text),
            _ => text.to_owned(),
        })
    }
}

fn null_text(field: &Field) -> String {
    let shown = field.none.first().filter(|text| field.nullable && !text.trim().is_empty());
    shown.cloned().unwrap_or_else(|| "null".to_owned())
}

fn one(kind: &FieldKind, value: &Value, texts: &Texts<'_>) -> Result<NewContent, Text> {
    match (kind, value) {
        (FieldKind::Json, _) => Ok(json(value, texts)),
        (FieldKind::Choice(choices), _) => choice(choices, value, texts),
        (FieldKind::Checks(choices), _) => checks(choices, value),
        (FieldKind::Integer, Value::Number(n)) => Ok(number::whole(n)),
        (FieldKind::Number, Value::Number(n)) => Ok(number::any(n)),
        (FieldKind::Boolean, Value::Bool(truth)) => Ok(NewContent::Bool(*truth)),
        (FieldKind::Text | FieldKind::DateTime | FieldKind::Time, Value::String(text)) => Ok(texts.plain(text)),
        (FieldKind::Date, Value::String(text)) => Ok(date(text, Date::parse_iso(text), texts)),
        (FieldKind::Month, Value::String(text)) => Ok(date(text, Date::parse_iso(&format!("{text}-01")), texts)),
        (FieldKind::List { item, separator }, Value::Array(items)) => {
            Ok(NewContent::Text(list(items, item, separator, texts)))
        }
        _ => Err(mismatch(kind, value)),
    }
}

/// A real day as its serial number; any other text is no date, and a literal keeps the reader from mending it.
fn date(text: &str, day: Option<Date>, texts: &Texts<'_>) -> NewContent {
    match day {
        Some(day) => match day.serial(false).filter(|serial| *serial >= FIRST_SERIAL) {
            Some(serial) => NewContent::Number(serial),
            None => texts.plain(text),
        },
        None if text.is_empty() => texts.plain(text),
        None => NewContent::Text(to_literal(text)),
    }
}

/// A number or truth value that a choice shows as itself.
fn native(choice: &Choice) -> Option<NewContent> {
    match &choice.value {
        Value::Number(n) if choice.text == n.to_string() => Some(number::any(n)),
        Value::Bool(truth) if choice.text == truth.to_string() => Some(NewContent::Bool(*truth)),
        _ => None,
    }
}

fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => number::equal(a, b),
        _ => a == b,
    }
}

fn choice(choices: &[Choice], value: &Value, texts: &Texts<'_>) -> Result<NewContent, Text> {
    let also_shown = |text: &str| {
        let folded = fold(text);
        choices.iter().any(|c| !same(&c.value, value) && fold(&c.text) == folded)
    };
    let ambiguous = |text: &str| {
        Text::new(format!("another value of the list is shown as {text:?}"), format!("列表中另一个值也显示为“{text}”"))
    };
    match (choices.iter().find(|c| same(&c.value, value)), value) {
        (Some(found), _) if also_shown(&found.text) => Err(ambiguous(&found.text)),
        (Some(found), _) => Ok(native(found).unwrap_or_else(|| texts.plain(&found.text))),
        (None, Value::String(text)) if also_shown(text) => Err(ambiguous(text)),
        (None, Value::String(text)) => Ok(texts.plain(text)),
        (None, _) => Err(mismatch(&FieldKind::Choice(Vec::new()), value)),
    }
}

/// The options on lines of their own, the chosen one marked.
fn checks(choices: &[Choice], value: &Value) -> Result<NewContent, Text> {
    if choices.iter().filter(|c| same(&c.value, value)).count() == 1 {
        Ok(NewContent::Text(check_lines(choices, Some(value))))
    } else {
        Err(Text::new(format!("{value} is none of the boxes that can be ticked"), format!("{value} 不是可勾选的选项")))
    }
}

/// The options of a field of boxes, none ticked.
pub(super) fn open_boxes(kind: &FieldKind) -> Option<String> {
    match kind {
        FieldKind::Checks(choices) => Some(check_lines(choices, None)),
        _ => None,
    }
}

fn check_lines(choices: &[Choice], chosen: Option<&Value>) -> String {
    let line = |c: &Choice| {
        let mark = if chosen.is_some_and(|value| same(&c.value, value)) { '■' } else { '□' };
        format!("{mark} {}", c.text)
    };
    choices.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn json(value: &Value, texts: &Texts<'_>) -> NewContent {
    match value {
        Value::Number(n) => number::any(n),
        Value::Bool(truth) => NewContent::Bool(*truth),
        Value::String(text) if serde_json::from_str::<Value>(text.trim()).is_ok() => NewContent::Text(to_literal(text)),
        Value::String(text) => texts.plain(text),
        other => NewContent::Text(to_json(other)),
    }
}

/// Items with the separator between them; an item that would not be taken for itself as a JSON string literal, or the
/// whole list as JSON where an item is no text.
fn list(items: &[Value], kind: &FieldKind, separator: &str, texts: &Texts<'_>) -> String {
    let as_json = || to_json(&Value::from(items.to_vec()));
    if items.is_empty() || separator.is_empty() || separator.contains('"') {
        return as_json();
    }
    let mut parts = Vec::with_capacity(items.len());
    for value in items {
        let Some(part) = item(kind, value) else { return as_json() };
        let splits = part.contains(separator)
            || (items.len() == 1 && by_other_signs(&part, separator).is_some())
            || part.contains(['\n', '\r'])
            || (!separator.trim().is_empty() && part.contains(separator.trim()));
        let doubtful = part.trim() != part
            || part.is_empty()
            || part.starts_with('"')
            || splits
            || texts.is_none(&part)
            || is_prompt(&part, texts.note);
        parts.push(if doubtful { to_literal(&part) } else { part });
    }
    let whole = parts.join(separator);
    let is_json =
        serde_json::from_str::<Value>(&whole).is_ok_and(|v| !v.is_number() && !v.is_boolean() && !v.is_string());
    let quoted = parts.first().is_some_and(|first| first.starts_with('"'));
    if is_json || (texts.is_doubtful(&whole) && !(parts.len() == 1 && quoted)) || (texts.mistaken)(&whole) {
        let quote = |part: &String| if part.starts_with('"') { part.clone() } else { to_literal(part) };
        return parts.iter().map(quote).collect::<Vec<_>>().join(separator);
    }
    whole
}

/// An item as a person writes it between separators; `None` where only JSON keeps it.
fn item(kind: &FieldKind, value: &Value) -> Option<String> {
    match (kind, value) {
        (FieldKind::Text | FieldKind::DateTime | FieldKind::Time, Value::String(text)) => Some(text.clone()),
        (FieldKind::Date, Value::String(text)) => Date::parse_iso(text).map(|day| day.to_string()),
        (FieldKind::Month, Value::String(text)) => {
            Date::parse_iso(&format!("{text}-01")).is_some().then(|| text.clone())
        }
        (FieldKind::Integer, Value::Number(n)) => (!n.is_f64()).then(|| n.to_string()),
        (FieldKind::Number, Value::Number(n)) => Some(n.to_string()).filter(|text| !text.contains(['e', 'E'])),
        (FieldKind::Choice(choices), Value::String(_)) => {
            let found = choices.iter().find(|c| c.value == *value)?;
            let folded = fold(&found.text);
            let alone = choices.iter().filter(|c| fold(&c.text) == folded).count() == 1;
            alone.then(|| found.text.clone())
        }
        _ => None,
    }
}

fn mismatch(kind: &FieldKind, value: &Value) -> Text {
    let (en, zh) = match kind {
        FieldKind::Text => ("a text", "文本"),
        FieldKind::Integer => ("a whole number", "整数"),
        FieldKind::Number => ("a number", "数字"),
        FieldKind::Boolean => ("true or false", "是或否"),
        FieldKind::Date => ("a date", "日期"),
        FieldKind::Month => ("a month", "月份"),
        FieldKind::DateTime => ("a date and time", "日期时间"),
        FieldKind::Time => ("a time", "时间"),
        FieldKind::Choice(_) | FieldKind::Checks(_) => ("one of a list", "列表中的一项"),
        FieldKind::List { .. } => ("a list", "列表"),
        FieldKind::Json => ("any value", "任意值"),
    };
    let (found_en, found_zh) = type_name(value);
    Text::new(
        format!("the form has {en} here; {found_en} could not be read back"),
        format!("表单此处是{zh}；{found_zh}写入后无法读回"),
    )
}

/// The type of a JSON value, for people.
pub(super) fn type_name(value: &Value) -> (&'static str, &'static str) {
    match value {
        Value::Null => ("null", "null "),
        Value::Bool(_) => ("true or false", "布尔值"),
        Value::Number(_) => ("a number", "数字"),
        Value::String(_) => ("a text", "文本"),
        Value::Array(_) => ("a list", "数组"),
        Value::Object(_) => ("an object", "对象"),
    }
}
