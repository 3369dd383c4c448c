//! What kind of values a column holds, guessed from all of them, with how sure that is and why.

use serde_json::Value;

use super::sheet::Kind;
use super::words::is_unit;
use crate::layout::Field;
use crate::read::text_value;
use crate::text::fold;

/// Texts that say that there is nothing.
const NONE: [&str; 12] = ["无", "/", "\\", "-", "—", "--", "——", "－", "N/A", "n/a", "NA", "暂无"];
/// An enum has no more values.
const MOST_CHOICES: usize = 8;

/// The kind of a column's values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Type {
    /// Whole numbers 1, 2, 3 … in the order of the records.
    Serial,
    Integer,
    Number,
    Date,
    Month,
    Boolean,
    /// One of the labels beside its boxes.
    Checks(Vec<String>),
    /// A number with this unit in the cell or heading; whether it is whole.
    United(String, bool),
    Enum(Vec<String>),
    /// Several texts in a cell.
    List(&'static str),
    Text,
    /// Numbers and texts in one column.
    Any,
}

/// A guess about a column.
#[derive(Clone, Debug)]
pub(crate) struct Guess {
    pub(crate) r#type: Type,
    /// 0 to 1.
    pub(crate) confidence: f64,
    pub(crate) reason: String,
    /// Texts that mean nothing.
    pub(crate) none: Vec<String>,
    /// Whether every record has a value.
    pub(crate) required: bool,
    /// Something a person should look at.
    pub(crate) hint: Option<String>,
}

/// Guesses the type of a column from the values of its records.
pub(crate) fn guess(name: &str, serial: bool, values: &[(Value, Kind)]) -> Guess {
    let filled: Vec<&(Value, Kind)> = values.iter().filter(|(value, _)| !value.is_null()).collect();
    let is_none = |value: &Value| value.as_str().is_some_and(|text| NONE.contains(&text.trim()));
    let solid: Vec<&(Value, Kind)> = filled.iter().copied().filter(|(value, _)| !is_none(value)).collect();
    let mut none: Vec<String> = Vec::new();
    for text in filled.iter().filter(|(value, _)| is_none(value)).filter_map(|(value, _)| value.as_str()) {
        let text = text.trim().to_owned();
        if !none.contains(&text) {
            none.push(text);
        }
    }
    let required = !values.is_empty() && filled.len() == values.len() && none.is_empty();
    let (r#type, confidence, reason) = of_values(name, serial, &solid, values.len());
    // In a column of texts 无 is a text; a stroke is none.
    if matches!(r#type, Type::Text | Type::List(_) | Type::Any | Type::Enum(_) | Type::Checks(_) | Type::Boolean) {
        none.retain(|text| !matches!(text.as_str(), "无" | "暂无"));
    }
    let hint = hint(&r#type, &solid);
    Guess { r#type, confidence, reason, none, required, hint }
}

fn of_values(name: &str, serial: bool, solid: &[&(Value, Kind)], records: usize) -> (Type, f64, String) {
    let n = solid.len();
    if n == 0 && serial {
        return (Type::Serial, 0.6, "the heading says so; no record is filled in".to_owned());
    }
    if n == 0 {
        return (Type::Text, 0.3, "no value to judge by".to_owned());
    }
    let count = |test: &dyn Fn(&(Value, Kind)) -> bool| solid.iter().filter(|one| test(one)).count();
    let said = |what: &str, of: usize| format!("{of} of {n} values are {what}");
    let sure = |n: usize| if n >= 3 { 0.9 } else { 0.6 };
    let numbers = count(&|(value, kind)| value.is_number() && matches!(kind, Kind::Number | Kind::Padded));
    let dates = count(&|(_, kind)| *kind == Kind::Date);
    let whole = count(&|(value, _)| value.is_i64() || value.is_u64());
    if serial
        && whole == n
        && n == records
        && solid.iter().enumerate().all(|(i, (value, _))| value.as_u64() == Some(i as u64 + 1))
    {
        return (Type::Serial, 0.95, "the values are 1, 2, 3 … and the heading says so".to_owned());
    }
    // Of a quantity the number is all that counts.
    let padded = count(&|(_, kind)| *kind == Kind::Padded);
    if padded > 0 && dates == 0 && unit_of_heading(name).is_none() {
        return (Type::Text, sure(n) - 0.1, said("numbers shown with zeros before them", padded));
    }
    if numbers == n {
        return match (unit_of_heading(name), whole == n) {
            (Some(unit), is_whole) => {
                let reason = format!("{}, in {unit} by the heading", said("numbers", n));
                (Type::United(unit, is_whole), sure(n), reason)
            }
            (None, true) => (Type::Integer, sure(n), said("whole numbers", n)),
            (None, false) => (Type::Number, sure(n), said("numbers", n)),
        };
    }
    if count(&|(value, _)| value.is_boolean()) == n {
        return (Type::Boolean, sure(n), said("TRUE or FALSE", n));
    }
    let date = |(value, kind): &(Value, Kind)| {
        let text = value.as_str().unwrap_or_default();
        if *kind == Kind::Date { text.len() == 10 } else { is_date_of(name, text) }
    };
    if count(&date) == n {
        return (Type::Date, sure(n), said("dates", n));
    }
    let texts: Vec<&str> =
        solid.iter().filter(|(_, kind)| *kind == Kind::Text).filter_map(|(value, _)| value.as_str()).collect();
    if texts.len() < n {
        if dates == n {
            return (Type::Text, sure(n) - 0.1, said("dates with a time of day, or times", n));
        }
        let reason = format!("{}, {} of {n} are texts", said("numbers", numbers), texts.len());
        return if dates > 0 {
            (Type::Text, 0.4, format!("dates and texts are mixed: {} of {n} are texts", texts.len()))
        } else {
            (Type::Any, 0.4, reason)
        };
    }
    of_texts(name, &texts, &said, sure(n))
}

fn of_texts(name: &str, texts: &[&str], said: &dyn Fn(&str, usize) -> String, sure: f64) -> (Type, f64, String) {
    let n = texts.len();
    let all = |test: &dyn Fn(&str) -> bool| texts.iter().all(|text| test(text));
    let tick = |text: &str| matches!(text.trim(), "√" | "×" | "✓" | "✗" | "✔" | "✘");
    let yes = |text: &str| matches!(text.trim(), "是" | "否") || tick(text);
    if all(&yes) {
        return (Type::Boolean, sure, said("是 or 否, √ or ×", n));
    }
    if let Some(choices) = choices_of_boxes(texts) {
        return (Type::Checks(choices), sure, said("choices to tick", n));
    }
    if let Some((unit, whole)) = unit_of_cells(texts) {
        return (Type::United(unit.to_owned(), whole), sure - 0.1, said(&format!("numbers with {unit} behind"), n));
    }
    // 2015.10 may be the number of a part, unless the heading speaks of time.
    let month = |text: &str| {
        let read = text_value::month(text).filter(|_| text.trim().len() > 6);
        read.is_some_and(|read| read == text.trim() || text.contains('年') || names_a_time(name))
    };
    if all(&month) {
        return (Type::Month, sure, said("months as text", n));
    }
    // Of a quantity the number is all that counts; elsewhere 3.10 may be the tenth and 3.1 the first.
    let quantity = unit_of_heading(name).is_some() || texts.iter().any(|text| text.contains(MONEY));
    let plain = |text: &str| if quantity { is_quantity(text) } else { comes_back(text.trim()) };
    if !names_an_id(name) && all(&plain) {
        return (Type::Number, sure - 0.2, said("numbers stored as text", n));
    }
    let mut distinct: Vec<&str> = Vec::new();
    for text in texts {
        if distinct.len() > MOST_CHOICES {
            break;
        }
        if !distinct.iter().any(|other| fold(other) == fold(text)) {
            distinct.push(text);
        }
    }
    let short = |text: &str| text.chars().count() <= 12 && text.trim() == text && !text.contains('\n');
    let exact = texts.iter().all(|text| distinct.contains(text));
    if n >= 6 && distinct.len() <= MOST_CHOICES && distinct.len() * 3 <= n && all(&short) && exact {
        let choices = distinct.iter().map(|text| (*text).to_owned()).collect();
        return (Type::Enum(choices), 0.7, format!("{n} values are {} texts that come again", distinct.len()));
    }
    let listed = texts.iter().filter(|text| text.contains('、')).count();
    let piece = |piece: &str| (1..=10).contains(&piece.trim().chars().count()) && piece.trim() == piece;
    let pieces = all(&|text| text.split('、').all(piece) && !text.contains(['。', '，', '\n', '"']));
    if listed * 3 >= n && listed > 1 && pieces {
        return (Type::List("、"), 0.6, format!("{listed} of {n} values have 、 between short texts"));
    }
    (Type::Text, if n >= 3 { 0.8 } else { 0.5 }, said("texts", n))
}

/// What only quantities are written with.
const MONEY: [char; 5] = [',', '，', '¥', '￥', '$'];

/// Whether a text is a number of which no digit gets lost.
fn is_quantity(text: &str) -> bool {
    let bare = text.trim().trim_start_matches('-');
    let padded = bare.len() > 1 && bare.starts_with('0') && !bare.starts_with("0.");
    text_value::number(text, None).is_some()
        && !padded
        && !bare.starts_with('+')
        && bare.len() < 16
        && !bare.ends_with('%')
}

/// Whether a number with this text is written as the same text again.
fn comes_back(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite() && digits < 16);
    number.is_some_and(|number| number.to_string() == text && text != "-0")
}

/// Whether a text says that there is nothing.
pub(crate) fn is_none(text: &str) -> bool {
    NONE.contains(&text.trim())
}

/// Whether a text is a whole date in one of the spellings that are read, and nothing but that: a weekday follows from
/// the date, a time of day or 前 does not.
pub(crate) fn is_date(text: &str) -> bool {
    const SIGNS: &str = "年月日号-/.－／．星期礼拜周一二三四五六天()（）";
    let is_sign = |c: char| c.is_numeric() || c.is_whitespace() || SIGNS.contains(c);
    text.len() < 40 && text.chars().all(is_sign) && text_value::date(text, &Field::anything(""), None).date().is_some()
}

/// Whether a text under this name is a date: 20260101 is none where the name is that of an id.
pub(crate) fn is_date_of(name: &str, text: &str) -> bool {
    is_date(text) && !(names_an_id(name) && text.trim().chars().all(char::is_numeric))
}

/// Whether a heading names digits that are no quantity.
fn names_an_id(name: &str) -> bool {
    let folded = fold(name);
    let bare = folded.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')).map_or(&*folded, |(before, _)| before);
    ["号", "号码", "编码", "代码", "电话", "手机", "账户", "邮编", "id", "no", "no.", "code", "phone"]
        .iter()
        .any(|end| bare.ends_with(end))
}

/// Whether a heading speaks of time.
fn names_a_time(name: &str) -> bool {
    let folded = fold(name);
    ["年", "月", "日期", "时间", "期", "month", "date", "period"].iter().any(|word| folded.contains(word))
}

/// The unit in brackets behind a heading: 金额（元）. A percentage is none: its cells may hold shares of one.
fn unit_of_heading(name: &str) -> Option<String> {
    let last = name.rsplit(" / ").next()?;
    let inner = last.strip_suffix(['）', ')'])?;
    let at = inner.rfind(['（', '('])?;
    let unit = inner[at..].trim_start_matches(['（', '(']).trim();
    (at > 0 && is_unit(unit) && !unit.contains(['%', '％', '‰'])).then(|| unit.to_owned())
}

/// The unit behind the number in each text, and whether all numbers are whole.
fn unit_of_cells<'t>(texts: &[&'t str]) -> Option<(&'t str, bool)> {
    let split = |text: &'t str| {
        let text = text.trim();
        let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
        let unit = text[digits.len()..].trim_start();
        let number = text_value::number(digits, None)?;
        let short = unit.chars().count() <= 4 && !unit.contains(['%', '％', '-', '/', '+', '(', '（']);
        let kept = if is_unit(unit) { is_quantity(digits) } else { comes_back(digits) };
        (short && kept && !unit.is_empty()).then_some((unit, !number.contains('.')))
    };
    let (unit, _) = split(texts.first()?)?;
    // 月, 日 and 年 behind digits are dates more often.
    let dated = matches!(unit, "月" | "日" | "年" | "号" | "点" | "时" | "季度" | "月份" | "班" | "级" | "楼" | "层");
    let parts: Option<Vec<(&str, bool)>> = texts.iter().map(|text| split(text)).collect();
    let parts = parts.filter(|parts| !dated && parts.len() > 1 && parts.iter().all(|(other, _)| *other == unit))?;
    Some((unit, parts.iter().all(|(_, whole)| *whole)))
}

/// The labels beside boxes, where each text is a row of the same ones.
fn choices_of_boxes(texts: &[&str]) -> Option<Vec<String>> {
    let mut choices: Vec<String> = Vec::new();
    for text in texts {
        let labels = boxes(text);
        if labels.len() < 2 || !text.trim_start().starts_with(BOXES) {
            return None;
        }
        for (_, label) in labels {
            if label.is_empty() || label.chars().count() > 12 {
                return None;
            }
            if !choices.contains(&label) {
                choices.push(label);
            }
        }
    }
    (2..=MOST_CHOICES).contains(&choices.len()).then_some(choices)
}

const BOXES: [char; 8] = ['■', '□', '☑', '☐', '☒', '√', '●', '○'];

/// The labels behind the boxes of a text, each with whether it is ticked.
pub(crate) fn boxes(text: &str) -> Vec<(bool, String)> {
    let mut found: Vec<(bool, String)> = Vec::new();
    for c in text.chars() {
        if BOXES.contains(&c) {
            found.push((matches!(c, '■' | '☑' | '√' | '☒' | '●'), String::new()));
        } else if let Some((_, label)) = found.last_mut() {
            label.push(c);
        }
    }
    found.into_iter().map(|(ticked, label)| (ticked, label.trim().to_owned())).collect()
}

fn hint(r#type: &Type, solid: &[&(Value, Kind)]) -> Option<String> {
    let texts = || solid.iter().filter_map(|(value, _)| value.as_str());
    if *r#type != Type::Text {
        return None;
    }
    if solid.len() > 1 && texts().filter(|text| text.contains(['■', '□', '☑', '☐'])).count() * 2 > solid.len() {
        return Some("choices to tick: an enum with x-sheet as \"checks\" may fit".to_owned());
    }
    let united = texts().filter(|text| {
        let digits = text.trim().trim_end_matches(|c: char| !c.is_ascii_digit());
        digits.len() < text.trim().len() && text_value::number(digits, None).is_some()
    });
    if united.count() * 2 > solid.len() {
        return Some("numbers with their unit in the cell: type number with x-sheet unit may fit".to_owned());
    }
    None
}
