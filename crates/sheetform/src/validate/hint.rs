//! What to do about a wrong value, where its likely cause is known.

use serde_json::Value;

use super::words::number;
use crate::finding::Text;
use crate::schema::Node;

/// The form's own help for who fills in.
pub(crate) fn note(node: Option<&Node>) -> Option<Text> {
    node?.sheet.note.as_ref().map(|note| Text::plain(note.as_str()))
}

/// A JSON value written as another type.
pub(super) fn type_hint(value: &Value, node: Option<&Node>) -> Option<Text> {
    let types = node?.types;
    match value {
        Value::Null if !types.null => {
            Some(Text::new("leave the property out where there is no value", "没有值时请省略该属性"))
        }
        Value::String(text) if (types.number || types.integer) && text.trim().parse::<f64>().is_ok() => {
            Some(Text::new("write the number without quotation marks", "数字不要加引号"))
        }
        Value::Number(_) if types.string && node?.format.is_none() => {
            Some(Text::new("write it as text, in quotation marks", "请写成文本，加上引号"))
        }
        _ => None,
    }
}

/// A date that is written another way, lacks its year, or that no calendar has.
pub(crate) fn date_hint(format: &str, value: &Value) -> Option<Text> {
    if format != "date" {
        return None;
    }
    let text = value.as_str()?.trim();
    let parts = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    let parts: Vec<&str> = parts.collect();
    if let [month, _] = parts.as_slice()
        && month.len() <= 2
        && text.contains('月')
    {
        return Some(Text::new("its year is missing", "缺少年份"));
    }
    let [year, month, day] = parts.as_slice() else { return None };
    let (y, m, d): (u32, u32, u32) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    if year.len() != 4 {
        return None;
    }
    let days = match m {
        2 if y % 4 == 0 && (y % 100 != 0 || y % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return Some(Text::new(format!("there is no month {m}"), format!("没有 {m} 月"))),
    };
    Some(if d == 0 || d > days {
        Text::new(format!("{y:04}-{m:02} has {days} days"), format!("{y} 年 {m} 月只有 {days} 天"))
    } else {
        Text::new(format!("write it as {y:04}-{m:02}-{d:02}"), format!("请写成 {y:04}-{m:02}-{d:02}"))
    })
}

/// A percentage where a share of one is meant.
pub(super) fn share_hint(sign: &str, limit: &Value, value: &Value) -> Option<Text> {
    let found = value.as_f64().filter(|v| sign == "<=" && limit.as_f64() == Some(1.0) && (2.0..=100.0).contains(v))?;
    let part = number(found / 100.0);
    Some(Text::new(
        format!("if {value} percent is meant, write {value}% on a sheet and {part} in JSON"),
        format!("如果指百分之 {value}，表中写 {value}%，JSON 中写 {part}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn dates() {
        for (text, hint) in [
            ("2026/3/5", Some("write it as 2026-03-05")),
            ("2026年2月30日", Some("2026-02 has 28 days")),
            ("2026-13-01", Some("there is no month 13")),
            ("31/02/2026", None),
            ("5月20日", Some("its year is missing")),
            ("2026年1月五日", None),
            ("soon", None),
        ] {
            assert_eq!(date_hint("date", &json!(text)).map(|t| t.en).as_deref(), hint, "{text}");
        }
        assert!(share_hint("<=", &json!(1), &json!(85)).is_some_and(|hint| hint.zh.contains("0.85")));
    }
}
