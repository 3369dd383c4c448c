//! What to do about a cell that could not be read, where its likely cause is known. Never changes a value.

use super::text_value::{self, is_decimal, narrow};
use crate::finding::Text;
use crate::layout::{Field, FieldKind};
use crate::slip;

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
        FieldKind::Integer | FieldKind::Number => {
            let is_number = |text: &str| text_value::number(text, field.unit.as_deref()).is_some();
            let slip = || slip::meant(&text, is_number).map(|(_, hint)| hint);
            // An O is no unit, an l may be one.
            let letter = || if text.contains(['O', 'o']) { slip() } else { None };
            letter().or_else(|| number(field, &text)).or_else(|| comma(&text)).or_else(slip).or_else(|| in_words(&text))
        }
        FieldKind::Date => {
            let is_date = |text: &str| text_value::date(text, field, None).date().is_some();
            slip::meant(&text, is_date).map(|(_, hint)| hint).or_else(|| date_in_words(&text, "2026-03-31"))
        }
        FieldKind::Month => {
            let slip = || slip::meant(&text, |text| text_value::month(text).is_some()).map(|(_, hint)| hint);
            month(&text).or_else(slip).or_else(|| date_in_words(&text, "2026-03"))
        }
        FieldKind::Boolean => Some(Text::new("write 是 (yes) or 否 (no)", "请填“是”或“否”")),
        _ => None,
    }
}

/// A comma where the point of a decimal stands.
fn comma(text: &str) -> Option<Text> {
    let point = text.replace([',', '。', '．'], ".");
    (point != text && point.matches('.').count() == 1 && is_decimal(&point)).then(|| {
        Text::new(format!("write {point} if that is meant, with a point"), format!("如为小数，请写成 {point}"))
    })
}

const NUMERALS: &str = "零〇一二三四五六七八九十百千万亿两壹贰叁肆伍陆柒捌玖拾佰仟点";

/// A number written in Chinese numerals.
fn in_words(text: &str) -> Option<Text> {
    let all = !text.is_empty() && text.chars().all(|c| NUMERALS.contains(c) || matches!(c, '元' | '整' | '圆'));
    all.then(|| Text::new("write the number in digits", "请用阿拉伯数字填写"))
}

/// A date whose parts are words: `三月底前`, `end of March`.
fn date_in_words(text: &str, example: &str) -> Option<Text> {
    let part = |at: usize| text[..at].chars().next_back().is_some_and(|c| NUMERALS.contains(c));
    let chinese = text.char_indices().any(|(at, c)| matches!(c, '年' | '月' | '日' | '号') && part(at));
    let lower = text.to_ascii_lowercase();
    let english = lower
        .split(|c: char| !c.is_ascii_alphabetic())
        .any(|word| word.len() >= 3 && MONTHS.iter().any(|month| *month == word || month.get(..3) == Some(word)));
    (chinese || english)
        .then(|| Text::new(format!("write it in digits, as in {example}"), format!("请用数字填写，如 {example}")))
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A number in a cell that is formatted as a date.
pub(super) fn date_format() -> Text {
    Text::new(
        "if a number is meant, format the cell as a number and type it again",
        "如为数字，请把单元格格式改为“常规”后重新输入",
    )
}

/// Why a cell shows an error value, behind its name.
pub(super) fn of_error(error: &str) -> (&'static str, &'static str) {
    match error {
        "#DIV/0!" => (": its formula divides by zero or by an empty cell", "：公式的除数为零或空白"),
        "#REF!" => (": a cell that its formula refers to was deleted", "：公式引用的单元格已被删除"),
        "#N/A" => (": its formula looks up what is not there", "：公式没有查到对应的内容"),
        "#NAME?" => (": its formula has a name that is not known", "：公式中有无法识别的名称"),
        "#VALUE!" => (": its formula reckons with a text", "：公式用到了不能计算的文本"),
        "#NUM!" => (": its formula gives no number that can be shown", "：公式的结果不是有效数字"),
        "#NULL!" => (": its formula asks for cells that ranges do not share", "：公式引用的区域没有交集"),
        _ => ("", ""),
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
