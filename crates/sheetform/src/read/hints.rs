//! What to do about a cell that could not be read, where its likely cause is known. Never changes a value.

use super::text_value::{is_decimal, narrow};
use crate::finding::Text;
use crate::layout::{Field, FieldKind};

/// Words that people write for nothing.
const NOTHING: [&str; 14] =
    ["无", "/", "-", "—", "——", "－", "n/a", "na", "none", "nil", "不适用", "没有", "暂无", "待定"];
/// Units of money, of which one is many of another.
const SCALES: [&str; 7] = ["万元", "亿元", "千元", "百万元", "万", "亿", "千"];

/// The hint for a text in a typed cell.
pub(super) fn of_text(field: &Field, text: &str) -> Option<Text> {
    let text = narrow(text);
    if crate::text::is_prompt(&text, field.note.as_deref()) {
        return Some(Text::new(
            "this is what the form says for help: write the value in its place",
            "这是提示文字，请改填实际内容",
        ));
    }
    if NOTHING.contains(&text.to_lowercase().as_str()) {
        return Some(Text::new("leave the cell empty where there is nothing to fill in", "没有内容时请留空"));
    }
    match field.kind {
        FieldKind::Integer | FieldKind::Number => number(field, &text),
        FieldKind::Month => month(&text),
        FieldKind::Boolean => Some(Text::new("write 是 or 否", "请填“是”或“否”")),
        _ => None,
    }
}

/// A number with a unit or sign that the form does not have.
fn number(field: &Field, text: &str) -> Option<Text> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let behind = text[digits.len()..].trim();
    let plain = digits.replace(',', "");
    if let Some(inner) = text.strip_prefix('(').and_then(|t| t.strip_suffix(')'))
        && is_decimal(inner)
    {
        let write = format!("-{inner}");
        return Some(Text::new(
            format!("write {write} if a negative number is meant"),
            format!("如为负数，请写成 {write}"),
        ));
    }
    let has_word = behind.contains(|c: char| c.is_alphabetic() || matches!(c, '%' | '‰'));
    if !has_word || !is_decimal(&plain) {
        return money(field, text);
    }
    Some(match &field.unit {
        Some(unit) if behind == format!("{unit}整") => {
            Text::new(format!("write the number alone: {plain}"), format!("请只填数字：{plain}"))
        }
        Some(unit) => Text::new(
            format!("the form counts in {unit}, the cell says {behind}: write the number of {unit} alone"),
            format!("表单以“{unit}”为单位，单元格写的是“{behind}”，请换算后只填数字"),
        ),
        None if SCALES.contains(&behind) || matches!(behind, "%" | "‰") => Text::new(
            format!("write the number in full, without {behind}"),
            format!("请写出完整的数字，不要用“{behind}”"),
        ),
        None => Text::new(
            format!("write the number alone, without {behind}: {plain}"),
            format!("请只填数字，不要带“{behind}”：{plain}"),
        ),
    })
}

/// Money of another kind than the form's.
fn money(field: &Field, text: &str) -> Option<Text> {
    let unit = field.unit.as_ref()?;
    text.trim_start_matches('-').starts_with(['¥', '￥', '$']).then(|| {
        Text::new(
            format!("the form counts in {unit}: write the number of {unit} alone"),
            format!("表单以“{unit}”为单位，请换算后只填数字"),
        )
    })
}

/// A month without its year, with a short year, or that no year has.
fn month(text: &str) -> Option<Text> {
    let parts: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    match *parts.as_slice() {
        [year, month] if year.len() == 4 && month.parse::<u32>().is_ok_and(|m| m == 0 || m > 12) => {
            Some(Text::new(format!("there is no month {month}"), format!("没有 {month} 月")))
        }
        [year, _] if year.len() < 4 => {
            Some(Text::new("write the year with four digits, as in 2026-01", "年份请写四位，如 2026-01"))
        }
        [month] if month.len() <= 2 && text.contains('月') => Some(Text::new("its year is missing", "缺少年份")),
        _ => None,
    }
}

/// A month stored as a number ends in .1: January and October look alike.
pub(super) fn first_or_tenth(year: &str) -> Text {
    Text::new(
        format!("as a number 2026.10 is 2026.1: write {year}-01 or {year}-10, in a cell formatted as text"),
        format!("数字 2026.10 与 2026.1 无法区分：请以文本填写 {year}-01 或 {year}-10"),
    )
}
