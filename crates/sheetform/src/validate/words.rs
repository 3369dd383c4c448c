//! How values, types and formats are called in messages.

use std::cmp::Ordering;

use jsonschema::JsonType;
use serde_json::Value;

use super::formats;
use crate::finding::Text;
use crate::schema::Kind;

/// How long a value may be in a message.
const SHOWN: usize = 60;
/// How many allowed values a message lists.
const LISTED: usize = 12;

/// What was asked for: in a sentence, and in a word or two that need no language.
pub(super) struct Wanted {
    pub(super) text: Text,
    pub(super) word: String,
}

impl Wanted {
    fn new(en: &str, zh: &str, word: &str) -> Self {
        Self { text: Text::new(en.to_owned(), zh.to_owned()), word: word.to_owned() }
    }
}

/// A JSON type.
pub(super) fn of_type(kind: JsonType, on_sheet: bool) -> Wanted {
    match kind {
        JsonType::Boolean if on_sheet => Wanted::new("yes or no", "是或否", "boolean"),
        JsonType::Null if on_sheet => Wanted::new("empty", "空", "null"),
        JsonType::Array => Wanted::new("a list", "清单", "array"),
        JsonType::Boolean => Wanted::new("true or false", "是或否（true 或 false）", "boolean"),
        JsonType::Integer => Wanted::new("a whole number", "整数", "integer"),
        JsonType::Null => Wanted::new("empty (null)", "空（null）", "null"),
        JsonType::Number => Wanted::new("a number", "数字", "number"),
        JsonType::Object => Wanted::new("a group of named values", "一组带名称的值", "object"),
        JsonType::String => Wanted::new("text", "文本", "string"),
    }
}

/// Any of several types; null beside another is not worth a word.
pub(super) fn of_types(types: &[JsonType], on_sheet: bool) -> Wanted {
    let mut all: Vec<Wanted> = Vec::new();
    for kind in types.iter().filter(|kind| **kind != JsonType::Null || types.len() == 1) {
        let wanted = of_type(*kind, on_sheet);
        if all.iter().all(|other| other.word != wanted.word) {
            all.push(wanted);
        }
    }
    let join = |part: fn(&Wanted) -> &str, with: &str| all.iter().map(part).collect::<Vec<_>>().join(with);
    Wanted {
        text: Text::new(join(|w| &w.text.en, " or "), join(|w| &w.text.zh, "或")),
        word: join(|w| &w.word, " or "),
    }
}

/// A node's only type.
pub(super) fn of_kind(kind: Kind) -> Wanted {
    let kind = match kind {
        Kind::Boolean => JsonType::Boolean,
        Kind::Integer => JsonType::Integer,
        Kind::Number => JsonType::Number,
        Kind::String => JsonType::String,
        Kind::Array => JsonType::Array,
        Kind::Object => JsonType::Object,
    };
    of_type(kind, false)
}

/// A `format`, with an example where people write it by hand.
pub(super) fn of_format(format: &str) -> Wanted {
    match format {
        "date" => Wanted::new("a date such as 2026-01-31", "日期（如 2026-01-31）", "date"),
        "date-time" => Wanted::new(
            "a date and time such as 2026-01-31T08:30:00+08:00",
            "日期时间（如 2026-01-31T08:30:00+08:00）",
            "date-time",
        ),
        "time" => Wanted::new("a time such as 08:30:00+08:00", "时间（如 08:30:00+08:00）", "time"),
        "duration" => Wanted::new("a duration such as P3D", "时长（如 P3D）", "duration"),
        "email" | "idn-email" => Wanted::new("an e-mail address", "电子邮件地址", "email"),
        "uri" | "iri" => Wanted::new("a web address with its scheme (https://…)", "完整网址（https://…）", "uri"),
        "hostname" | "idn-hostname" => Wanted::new("a host name", "主机名", "hostname"),
        "ipv4" => Wanted::new("an IPv4 address", "IPv4 地址", "ipv4"),
        "ipv6" => Wanted::new("an IPv6 address", "IPv6 地址", "ipv6"),
        "uuid" => Wanted::new("a UUID", "UUID", "uuid"),
        "regex" => Wanted::new("a regular expression", "正则表达式", "regex"),
        other if formats::known(other).is_some() => {
            let (en, zh) = formats::known(other).map(|known| known.what).unwrap_or_default();
            Wanted::new(en, zh, other)
        }
        other => Wanted::new(&format!("a text of the format {other:?}"), &format!("{other} 格式的文本"), other),
    }
}

/// `YYYY-MM`.
pub(super) fn month() -> Wanted {
    Wanted::new("a month such as 2026-01", "月份（如 2026-01）", "month")
}

/// One of a list of texts.
pub(super) fn of_list(texts: &[String]) -> Wanted {
    if let [one] = texts {
        return Wanted::new(&quoted(one), &quoted_zh(one), one);
    }
    let shown = &texts[..texts.len().min(LISTED)];
    let (more, more_zh) = match texts.len() {
        n if n > LISTED => (format!(", … ({n} in all)"), format!("……（共 {n} 个）")),
        _ => (String::new(), String::new()),
    };
    let text =
        Text::new(format!("one of {}{more}", shown.join(", ")), format!("下列之一：{}{more_zh}", shown.join("、")));
    Wanted { word: text.en.clone(), text }
}

/// A value as a message shows it.
pub(crate) fn found(value: &Value) -> Text {
    match value {
        Value::String(text) if text.is_empty() => Text::new("an empty text", "空文本"),
        Value::String(text) => Text::new(quoted(text), quoted_zh(text)),
        Value::Null => Text::new("null", "空值（null）"),
        Value::Array(list) => Text::new(format!("a list of {}", list.len()), format!("含 {} 项的清单", list.len())),
        Value::Object(_) => Text::new("a group of named values", "一组带名称的值"),
        other => Text::plain(other.to_string()),
    }
}

/// Text in quotation marks, cut where it is long.
pub(crate) fn quoted(text: &str) -> String {
    Value::from(cut(text)).to_string()
}

/// Text in Chinese quotation marks, cut where it is long.
pub(crate) fn quoted_zh(text: &str) -> String {
    format!("“{}”", cut(text))
}

/// A scalar as a person would type it.
pub(crate) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A double without the digits that only the binary system has.
pub(super) fn number(value: f64) -> String {
    let rounded = (value * 1e12).round() / 1e12;
    if rounded.is_finite() && rounded != 0.0 { rounded.to_string() } else { value.to_string() }
}

/// How many decimals a step of 1, 0.1, 0.01 … allows.
pub(super) fn decimals(step: &str) -> Option<usize> {
    match step.split_once('.') {
        None => (step == "1").then_some(0),
        Some(("0", rest)) => (rest.trim_start_matches('0') == "1").then_some(rest.len()),
        Some(_) => None,
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The nearest of some texts, where one is near enough to be what was meant, and no other is as near.
pub(crate) fn nearest<'a>(text: &str, among: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let text = text.trim();
    let near = |other: &str| {
        let inside = !text.is_empty() && !other.is_empty() && (text.contains(other) || other.contains(text));
        strsim::normalized_damerau_levenshtein(text, other).max(if inside { 0.6 } else { 0.0 })
    };
    let mut best: Option<(f64, &str)> = None;
    let mut alone = true;
    for other in among {
        let score = near(other);
        match best.map_or(0.5, |(most, _)| most).total_cmp(&score) {
            Ordering::Less => (best, alone) = (Some((score, other)), true),
            Ordering::Equal => (best, alone) = (best.or(Some((score, other))), best.is_none()),
            Ordering::Greater => {}
        }
    }
    best.filter(|_| alone).map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn nearest_is_no_guess_between_two() {
        assert_eq!(nearest("没问题", ["无问题", "有问题"]), None);
        assert_eq!(nearest("没开始", ["未开始", "整改中"]), Some("未开始"));
        assert_eq!(nearest("每季", ["每月", "每季度", "每年"]), Some("每季度"));
        assert_eq!(nearest("完成", ["未开始"]), None);
    }
}
