//! What to do about a wrong value, where its likely cause is known.

use serde_json::Value;

use super::words::number;
use crate::finding::Text;
use crate::schema::Node;
use crate::serial::Date;

/// The form's own help for who fills in.
pub(crate) fn note(node: Option<&Node>) -> Option<Text> {
    node?.sheet.note.as_ref().map(|note| Text::plain(note.as_str()).open())
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
    let text = match value {
        Value::Number(number) => number.to_string(),
        _ => value.as_str()?.trim().to_owned(),
    };
    let parts = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    let parts: Vec<&str> = parts.collect();
    let tail = text.trim_end_matches(|c: char| !c.is_ascii_digit()).len();
    let ends_with_month = matches!(text[tail..].trim(), "" | "月" | "月底" | "月末");
    let number = |part: &str| part.parse::<u32>().ok();
    match *parts.as_slice() {
        [year] if year.len() == 4 && matches!(text[tail..].trim(), "" | "年" | "年底" | "年末" | "年内") => {
            Some(Text::new("its month and day are missing", "缺少“月”和“日”"))
        }
        [year, month] if year.len() == 4 && month.len() <= 2 && ends_with_month => {
            let day_missing = Text::new("the day is missing", "缺少“日”");
            Some(no_month(number(month)?).unwrap_or(day_missing))
        }
        [month, day] if month.len() <= 2 && day.len() <= 2 && value.is_string() => {
            let (m, d) = (number(month)?, number(day)?);
            let named = text.contains('月');
            let plausible = (1..=12).contains(&m) && (1..=31).contains(&d);
            if !(named || plausible) {
                return None;
            }
            // In a leap year February is longest.
            let none = no_month(m).or_else(|| no_day(None, m, d)).filter(|_| named);
            Some(none.unwrap_or_else(|| Text::new("its year is missing", "缺少年份")))
        }
        [year, month, day] if year.len() == 4 && month.len() <= 2 && day.len() <= 2 => {
            let (y, m, d) = (number(year)?, number(month)?, number(day)?);
            let write = format!("{y:04}-{m:02}-{d:02}");
            let swapped = Date::new(y as i32, d, m).filter(|_| m > 12);
            if let Some(date) = swapped {
                return Some(Text::new(
                    format!("there is no month {m}; if month and day are swapped, write {date}"),
                    format!("没有 {m} 月；如果月、日写反了，请写成 {date}"),
                ));
            }
            let none = no_month(m).or_else(|| no_day(Some(y), m, d));
            Some(none.unwrap_or_else(|| Text::new(format!("write it as {write}"), format!("请写成 {write}"))))
        }
        [first, second, year] if year.len() == 4 && first.len() <= 2 && second.len() <= 2 => {
            let (first, second) = (number(first)?, number(second)?);
            // Which of them is the month is plain where the other can be none.
            let (month, day) = if second > 12 { (first, second) } else { (second, first) };
            let plain = first > 12 || second > 12;
            if plain { no_month(month).or(no_day(Some(number(year)?), month, day)) } else { None }
        }
        [year, month, day]
            if ((3..=5).contains(&year.len()) || [year, month, day].iter().all(|part| part.len() <= 2))
                && (1..=12).contains(&number(month)?)
                && (1..=31).contains(&number(day)?) =>
        {
            Some(Text::new("write the year with four digits, as in 2026-01-31", "年份请写四位，如 2026-01-31"))
        }
        _ => None,
    }
}

fn no_month(month: u32) -> Option<Text> {
    (!(1..=12).contains(&month)).then(|| Text::new(format!("there is no month {month}"), format!("没有 {month} 月")))
}

/// What is said of a day that its month has not; without a year, that no year has.
fn no_day(year: Option<u32>, month: u32, day: u32) -> Option<Text> {
    let days = match month {
        2 if year.is_none_or(|y| y % 4 == 0 && (y % 100 != 0 || y % 400 == 0)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    (day == 0 || day > days).then(|| match year {
        Some(year) => Text::new(
            format!("{year:04}-{month:02} has only {days} days"),
            format!("{year} 年 {month} 月只有 {days} 天"),
        ),
        None => Text::new(format!("month {month} has {days} days at most"), format!("{month} 月最多 {days} 天")),
    })
}

/// A percentage where a share of one is meant.
pub(super) fn share_hint(sign: &str, limit: &Value, value: &Value, on_sheet: bool) -> Option<Text> {
    let found = value.as_f64().filter(|v| sign == "<=" && limit.as_f64() == Some(1.0) && (2.0..=100.0).contains(v))?;
    let part = number(found / 100.0);
    Some(if on_sheet {
        Text::new(
            format!("if {value} percent is meant, write {value}%"),
            format!("如果指百分之 {value}，请写成 {value}%"),
        )
    } else {
        Text::new(format!("if {value} percent is meant, write {part}"), format!("如果指百分之 {value}，请写成 {part}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn dates() {
        for (text, hint) in [
            ("2026/3/5", Some("write it as 2026-03-05")),
            ("2026年2月30日", Some("2026-02 has only 28 days")),
            ("2026-13-01", Some("there is no month 13; if month and day are swapped, write 2026-01-13")),
            ("2026-13-13", Some("there is no month 13")),
            ("2026年", Some("its month and day are missing")),
            ("2026年1", Some("the day is missing")),
            ("31/02/2026", Some("2026-02 has only 28 days")),
            ("5月20日", Some("its year is missing")),
            ("2026年1月五日", None),
            ("soon", None),
            ("2026年3月", Some("the day is missing")),
            ("2026.03", Some("the day is missing")),
            ("26.3.10", Some("write the year with four digits, as in 2026-01-31")),
            ("3/24", Some("its year is missing")),
            ("24/30", None),
            ("206-01-05", Some("write the year with four digits, as in 2026-01-31")),
            ("2月29日", Some("its year is missing")),
            ("2月30日", Some("month 2 has 29 days at most")),
            ("13月1日", Some("there is no month 13")),
            ("0000-00-00", Some("there is no month 0")),
        ] {
            assert_eq!(date_hint("date", &json!(text)).map(|t| t.en).as_deref(), hint, "{text}");
        }
        assert_eq!(date_hint("date", &json!(2026.9)).map(|t| t.en).as_deref(), Some("the day is missing"));
        assert_eq!(date_hint("date", &json!(12.5)), None);
        assert!(share_hint("<=", &json!(1), &json!(85), false).is_some_and(|hint| hint.zh.contains("0.85")));
    }
}
