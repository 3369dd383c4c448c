//! What a person types for a date, a month, a number, a yes or a choice.

use super::day;
use crate::finding::Text;
use crate::json_text::exact_number;
use crate::layout::Field;
use crate::schema::Choice;
use crate::serial::{Date, days_in_month};
use crate::text::{fold, string_literal};

/// The year that stands for dates written without one.
pub(crate) type Year = Option<i32>;

/// One of several values in a cell.
pub(super) struct Item<'t> {
    /// As it stands there.
    pub(super) text: &'t str,
    /// The text that it says, where it is a JSON string literal.
    pub(super) literal: Option<String>,
}

/// The values of a cell, parted by a separator or line breaks; those in quotes may hold either.
pub(super) fn items<'t>(text: &'t str, separator: &str) -> Vec<Item<'t>> {
    let mut items = Vec::new();
    let mut rest = text;
    loop {
        let own = rest.trim_start();
        let literal = literal_end(own).and_then(|end| {
            let (text, after) = own.split_at(end);
            let ends = |after: &str| after.is_empty() || after.starts_with(separator) || after.starts_with('\n');
            let after = if ends(after) { after } else { after.trim_start_matches([' ', '\u{3000}']) };
            ends(after).then_some((Item { text, literal: string_literal(text) }, after))
        });
        let after = match literal {
            Some((item, after)) if item.literal.is_some() => {
                items.push(item);
                after
            }
            _ => {
                let end = [rest.find(separator), rest.find('\n')].into_iter().flatten().min().unwrap_or(rest.len());
                let text = rest[..end].trim();
                if !text.is_empty() {
                    items.push(Item { text, literal: None });
                }
                &rest[end..]
            }
        };
        match after.strip_prefix(separator).or_else(|| after.strip_prefix('\n')) {
            Some(more) => rest = more,
            None => return items,
        }
    }
}

/// Where the JSON string literal ends with which a text begins.
fn literal_end(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('"')?;
    let mut escaped = false;
    let close = inner.char_indices().find(|(_, c)| match c {
        '"' if !escaped => true,
        c => {
            escaped = *c == '\\' && !escaped;
            false
        }
    });
    close.map(|(at, _)| at + 2)
}

/// Text with full-width letters and digits made narrow, without blanks at its ends.
pub(super) fn narrow(text: &str) -> String {
    text.trim()
        .chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            '\u{3000}' | '\u{a0}' => ' ',
            '−' => '-',
            c => c,
        })
        .collect()
}

/// A date as offices write it: `2026-1-5`, `2026/1/5`, `2026.1.5`, `2026年1月5日`, `20260105`; with the field's
/// leave also a month (`2026年3月`), a month's end (`12月底`) or a day without a year (`1月5日`), or the parts in another
/// order (`5/1/2026`). A weekday or time of day may stand behind it.
pub(crate) fn date(text: &str, field: &Field, year: Year) -> Day {
    let text = narrow(text).replace("月份", "月");
    let stem = day::stem(text.trim_end_matches([' ', '止', '前']).trim());
    match plain_text_date(stem.text, field, year) {
        Some(date) if stem.weekday.is_some_and(|day| day != date.weekday()) => Day::OtherWeekday(date),
        Some(date) => Day::Is(date),
        None => Day::Not(day::year_last_hint(stem.text)),
    }
}

impl Day {
    /// The date, where it is one.
    pub(crate) fn date(self) -> Option<Date> {
        match self {
            Self::Is(date) => Some(date),
            Self::OtherWeekday(_) | Self::Not(_) => None,
        }
    }
}

/// What a text is as a date.
pub(crate) enum Day {
    /// A date.
    Is(Date),
    /// A date with a weekday that is not its own.
    OtherWeekday(Date),
    /// None; and what to do about it, with the date meant where only one can be.
    Not(Option<(Text, Option<Date>)>),
}

/// `20260105`.
pub(super) fn compact_date(text: &str) -> Option<Date> {
    let plain = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| Date::new(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?)).flatten()
}

fn plain_text_date(text: &str, field: &Field, year: Year) -> Option<Date> {
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return compact_date(text);
    }
    let accepts = |word: &str| field.accepts.iter().any(|a| a == word);
    let [day_first, month_first] = day::year_last(text);
    let readings = [day_first.filter(|_| accepts("d/m/y")), month_first.filter(|_| accepts("m/d/y"))];
    match readings {
        [Some(a), Some(b)] if a != b => return None,
        [Some(date), _] | [None, Some(date)] => return Some(date),
        [None, None] => {}
    }
    if let Some([year, month, day]) = numbers(text, &["年月日", "年月号", "--", "//", ".."]).as_deref() {
        return plain_date(*year, *month, *day);
    }
    if accepts("month-end-text") {
        let (stem, _) = strip_end_word(text);
        if let Some((found_year, month)) = year_month(stem, year) {
            return Date::new(found_year, month, days_in_month(found_year, month));
        }
    }
    let year = year?;
    match numbers(text, &["月日", "月号", "月"])?.as_slice() {
        [month, day] => plain_date(year as u32, *month, *day),
        _ => None,
    }
}

/// A date printed to be filled in by hand: `年　月　日`.
pub(crate) fn is_blank_date(text: &str) -> bool {
    // `20__年__月__日` has its century printed.
    let text = text.strip_prefix("20").unwrap_or(text);
    text.contains(['年', '月']) && text.chars().all(|c| matches!(c, '年' | '月' | '日' | '_') || c.is_whitespace())
}

fn strip_end_word(text: &str) -> (&str, bool) {
    for word in ["月底前", "月底", "月末前", "月末", "底前", "末前", "底", "末"] {
        if let Some(stem) = text.strip_suffix(word) {
            return if word.starts_with('月') { (&text[..stem.len() + '月'.len_utf8()], true) } else { (stem, true) };
        }
    }
    (text, false)
}

fn year_month(text: &str, year: Year) -> Option<(i32, u32)> {
    if let Some(whole) = month(text) {
        return Some((whole[..4].parse().ok()?, whole[5..].parse().ok()?));
    }
    match numbers(text, &["月"])?.as_slice() {
        [month @ 1..=12] => Some((year?, *month)),
        _ => None,
    }
}

fn plain_date(year: u32, month: u32, day: u32) -> Option<Date> {
    (1000..=9999).contains(&year).then(|| Date::new(year as i32, month, day))?
}

/// A month: `2026-03`, `2026/3`, `2026.3`, `2026年3月`, `202603`.
pub(crate) fn month(text: &str) -> Option<String> {
    let text = narrow(text).replace("月份", "月");
    let (year, month) = if text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()) {
        (text[..4].parse().ok()?, text[4..].parse().ok()?)
    } else {
        match numbers(&text, &["年月", "-", "/", "."])?.as_slice() {
            [year, month] => (*year, *month),
            _ => return None,
        }
    };
    ((1..=12).contains(&month) && (1000..=9999).contains(&year)).then(|| format!("{year:04}-{month:02}"))
}

/// The whole numbers in a text whose separators, blanks left out, are one of `shapes`; a shape's last sign may be
/// left out, as in `1月5`.
fn numbers(text: &str, shapes: &[&str]) -> Option<Vec<u32>> {
    let mut numbers = Vec::new();
    let mut signs = String::new();
    let mut digits = String::new();
    for c in text.chars().chain([' ']) {
        if c.is_ascii_digit() {
            if digits.len() >= 4 {
                return None;
            }
            digits.push(c);
            continue;
        }
        if !digits.is_empty() {
            numbers.push(digits.parse().ok()?);
            digits.clear();
        }
        if c == ' ' {
            continue;
        }
        if numbers.is_empty() {
            return None;
        }
        signs.push(c);
    }
    let shape = shapes.iter().find(|shape| **shape == signs)?;
    let wanted = if shape.ends_with(['日', '号']) || **shape == *"年月" || **shape == *"月" {
        shape.chars().count()
    } else {
        shape.chars().count() + 1
    };
    (numbers.len() == wanted).then_some(numbers)
}

/// A number as offices write it, as decimal text: thousands commas, ¥, full-width digits, the unit behind it, `%`.
pub(crate) fn number(text: &str, unit: Option<&str>) -> Option<String> {
    let text = narrow(text);
    let text = text.trim();
    let (minus, text) = match text.strip_prefix('-') {
        Some(rest) if money_sign(rest.trim_start()).is_some() => (true, rest.trim_start()),
        _ => (false, text),
    };
    let sign = money_sign(text);
    let text = sign.map_or(text, |sign| text[sign.len()..].trim_start());
    let narrow_unit = unit.map(narrow);
    let without_unit = narrow_unit.as_deref().and_then(|unit| text.strip_suffix(unit)).map(str::trim_end);
    // Money of another kind is another number.
    if sign.is_some_and(|sign| !sign_fits(sign, unit, without_unit.is_some())) {
        return None;
    }
    let text = without_unit.unwrap_or(text);
    if minus && text.starts_with(['-', '+']) {
        return None;
    }
    let signed = minus.then(|| format!("-{text}"));
    let text = signed.as_deref().unwrap_or(text);
    let (text, percent) = match text.strip_suffix('%') {
        Some(rest) => (rest.trim_end(), true),
        None => (text, false),
    };
    let plain = without_commas(text)?;
    if !is_decimal(&plain) {
        return None;
    }
    match percent {
        true if plain.contains(['e', 'E']) => None,
        true => Some(shift_two(&plain)),
        false => Some(plain),
    }
}

/// The money sign that begins a text.
fn money_sign(text: &str) -> Option<&'static str> {
    ["¥", "￥", "$", "RMB", "CNY"].into_iter().find(|sign| text.starts_with(sign))
}

/// Whether a money sign may stand before a number with this unit. ¥ alone says 元, so a form that counts in 万元 needs
/// its unit in the cell too.
fn sign_fits(sign: &str, unit: Option<&str>, unit_in_cell: bool) -> bool {
    let Some(unit) = unit else { return true };
    if sign == "$" {
        return ["美元", "$", "USD"].contains(&unit);
    }
    let yuan = unit.starts_with('元') || ["圆", "人民币", "¥", "￥", "RMB", "CNY"].contains(&unit);
    yuan || (unit_in_cell && ["万元", "千元", "百万元", "亿元"].contains(&unit))
}

fn without_commas(text: &str) -> Option<String> {
    if !text.contains(',') {
        return Some(text.to_owned());
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let groups: Vec<&str> = whole.trim_start_matches(['-', '+']).split(',').collect();
    let sound = groups.iter().enumerate().all(|(i, g)| {
        g.bytes().all(|b| b.is_ascii_digit()) && if i == 0 { (1..=3).contains(&g.len()) } else { g.len() == 3 }
    });
    (sound && !fraction.contains(',')).then(|| text.replace(',', ""))
}

/// Whether a text is a decimal number as JSON has it, a plus sign and leading zeros allowed.
pub(crate) fn is_decimal(text: &str) -> bool {
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match body.split_once(['e', 'E']) {
        Some((m, e)) => (m, Some(e.strip_prefix(['-', '+']).unwrap_or(e))),
        None => (body, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((w, f)) => (w, Some(f)),
        None => (mantissa, None),
    };
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    digits(whole) && fraction.is_none_or(digits) && exponent.is_none_or(digits)
}

/// Whether a text is a number as JSON writes it: no plus sign, no zeros before it.
pub(super) fn is_json_decimal(text: &str) -> bool {
    is_decimal(text) && as_json(text) == text
}

/// Whether a text is how Excel shows a number of twelve digits or more: `1.10101E+17`.
pub(super) fn is_long_number_shown_short(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once("E+") else { return false };
    is_decimal(text) && mantissa.len() <= 7 && exponent.parse().is_ok_and(|exponent: u32| (11..=30).contains(&exponent))
}

/// A decimal text divided by a hundred, exactly.
fn shift_two(text: &str) -> String {
    let (sign, body) = match text.strip_prefix('-') {
        Some(body) => ("-", body),
        None => ("", text.trim_start_matches('+')),
    };
    let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
    let whole = format!("{whole:0>3}");
    let (high, low) = whole.split_at(whole.len() - 2);
    let high = high.trim_start_matches('0');
    let fraction = format!("{low}{fraction}");
    let fraction = fraction.trim_end_matches('0');
    let high = if high.is_empty() { "0" } else { high };
    if fraction.is_empty() { format!("{sign}{high}") } else { format!("{sign}{high}.{fraction}") }
}

/// A decimal text a hundred times, exactly.
pub(super) fn times_hundred(text: &str) -> String {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = format!("{fraction:0<2}");
    let (two, rest) = fraction.split_at(2);
    if rest.is_empty() { format!("{whole}{two}") } else { format!("{whole}{two}.{rest}") }
}

/// Whether a number in JSON keeps the value of a decimal text.
pub(super) fn is_held(decimal: &str) -> bool {
    exact_number(&as_json(decimal)).is_some()
}

/// A decimal text as JSON writes it: no plus sign, no zeros before it.
fn as_json(text: &str) -> String {
    let body = text.strip_prefix('+').unwrap_or(text);
    let (sign, digits) = body.strip_prefix('-').map_or(("", body), |d| ("-", d));
    let zeros = digits.len() - digits.trim_start_matches('0').len();
    let digits = if digits[zeros..].starts_with(|c: char| c.is_ascii_digit()) {
        &digits[zeros..]
    } else {
        &digits[zeros.saturating_sub(1)..]
    };
    format!("{sign}{digits}")
}

/// A JSON number from decimal text; whole ones as integers. `None` where a JSON number would lose digits.
pub(crate) fn json_number(text: &str) -> Option<serde_json::Number> {
    let number: serde_json::Number = serde_json::from_str(&as_json(text)).ok()?;
    match number.as_f64() {
        Some(value) if number.is_f64() => {
            if value.fract() == 0.0 && value.abs() < 1e15 {
                return Some((value as i64).into());
            }
            value.is_finite().then_some(number)
        }
        _ => Some(number),
    }
}

/// 是/否 and its like.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match fold(text).as_str() {
        "是" | "有" | "对" | "√" | "✓" | "✔" | "☑" | "■" | "y" | "yes" | "true" | "1" => Some(true),
        "否" | "无" | "错" | "×" | "✗" | "✘" | "n" | "no" | "false" | "0" => Some(false),
        _ => None,
    }
}

/// The choice that a text means as a yes or a no: `Y` where the form has 是 and 否, `✓` where it has √ and ×.
fn choice_of_two<'a>(text: &str, choices: &'a [Choice]) -> Option<&'a Choice> {
    let word = |text: &str| match fold(text).as_str() {
        // A digit may be a code, and a box alone may be one not yet ticked.
        "1" | "0" | "■" => None,
        _ => boolean(text),
    };
    let sign = |on: bool| {
        let mut same = choices.iter().filter(|c| word(&c.text) == Some(on));
        same.next().filter(|_| same.next().is_none())
    };
    let (yes, no) = (sign(true)?, sign(false)?);
    match word(text) {
        Some(true) => Some(yes),
        Some(false) => Some(no),
        None => (fold(text) == "x" && fold(&no.text) == "×").then_some(no),
    }
}

/// The choice a text means: exactly, or once folded.
pub(super) fn choice<'a>(text: &str, choices: &'a [Choice]) -> Option<&'a Choice> {
    let trimmed = text.trim();
    let value_text = |c: &Choice| match &c.value {
        serde_json::Value::String(s) => s.clone(),
        other => other.to_string(),
    };
    choices.iter().find(|c| c.text == trimmed).or_else(|| choices.iter().find(|c| value_text(c) == trimmed)).or_else(
        || {
            let folded = fold(text);
            let mut same = choices.iter().filter(|c| fold(&c.text) == folded);
            let found = same.next();
            if same.next().is_some() { None } else { found.or_else(|| choice_of_two(text, choices)) }
        },
    )
}

/// What stands in a cell of boxes to tick.
#[derive(Debug, Default)]
pub(super) struct Boxes<'a> {
    /// The ticked choices.
    pub(super) ticked: Vec<&'a Choice>,
    /// A ticked label that is no choice, empty for a tick without a label; or a label that may or may not be ticked.
    pub(super) unclear: Option<String>,
    /// A label beside the ticked ones that is no choice.
    pub(super) strange: Option<String>,
    /// The marks stand behind their labels: `符合√`.
    pub(super) behind: bool,
}

/// The choices ticked in a text such as `■ 符合 □ 不符合`; `None` where it has no marks.
pub(super) fn boxes<'a>(text: &str, choices: &'a [Choice]) -> Option<Boxes<'a>> {
    const ON: [char; 8] = ['■', '☑', '☒', '√', '✓', '✔', '●', '◉'];
    const OFF: [char; 4] = ['□', '☐', '○', '◯'];
    let is_mark = |c: char| ON.contains(&c) || OFF.contains(&c);
    if !text.contains(is_mark) || choices.iter().any(|c| c.text == text.trim()) {
        return None;
    }
    let marks: Vec<bool> = text.chars().filter(|c| is_mark(*c)).map(|c| ON.contains(&c)).collect();
    // The text before the first mark, then what follows each mark.
    let labels: Vec<&str> = text.split(is_mark).map(str::trim).collect();
    let (lead, after) = labels.split_first()?;
    let (last, inner) = after.split_last()?;
    // Each label has one mark, behind it.
    let behind = last.is_empty() && !lead.is_empty() && inner.iter().all(|label| !label.is_empty());
    let mut out = Boxes { behind, ..Boxes::default() };
    let of_marks = if behind { &labels[..marks.len()] } else { after };
    for (on, label) in marks.into_iter().zip(of_marks) {
        let found = choice(label, choices).or_else(|| choice(label.trim_end_matches(['_', '＿']), choices));
        match found {
            Some(choice) if on => out.ticked.push(choice),
            None if on => out.unclear = out.unclear.or_else(|| Some((*label).to_owned())),
            None if !label.is_empty() => out.strange = out.strange.or_else(|| Some((*label).to_owned())),
            _ => {}
        }
    }
    if !behind && !lead.is_empty() {
        let lead = Some((*lead).to_owned());
        if choice(labels[0], choices).is_some() {
            out.unclear = out.unclear.or(lead);
        } else {
            out.strange = out.strange.or(lead);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_typed() {
        for (text, expected) in [
            ("12", Some("12")),
            ("１２．５", Some("12.5")),
            ("1,234,567.80", Some("1234567.80")),
            ("12,34", None),
            ("¥28.16", Some("28.16")),
            ("85%", Some("0.85")),
            ("8.5%", Some("0.085")),
            ("100%", Some("1")),
            ("-5%", Some("-0.05")),
            ("5.5千克", None),
            ("abc", None),
            ("", None),
            ("1.", None),
        ] {
            assert_eq!(number(text, None).as_deref(), expected, "{text}");
        }
        assert_eq!(number("2026年", Some("年")).as_deref(), Some("2026"));
        assert_eq!(json_number("007").map(|n| n.to_string()).as_deref(), Some("7"));
        assert_eq!(json_number("0.50").map(|n| n.to_string()).as_deref(), Some("0.5"));
        assert_eq!(json_number("1.0").map(|n| n.to_string()).as_deref(), Some("1"));
        assert_eq!(json_number("-0").map(|n| n.to_string()).as_deref(), Some("0"));
    }

    #[test]
    fn months() {
        for (text, expected) in [
            ("2026年3月", Some("2026-03")),
            ("2026年3月份", Some("2026-03")),
            ("2026.3", Some("2026-03")),
            ("202613", None),
            ("2026-3-1", None),
        ] {
            assert_eq!(month(text).as_deref(), expected, "{text}");
        }
    }
}
