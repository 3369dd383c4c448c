//! What stands around a date in a cell: a weekday, a time of day behind it; and its parts in another order.
//! Knows no form and no cell.

use crate::finding::Text;
use crate::serial::Date;

/// A date's text without what stands behind it.
pub(super) struct Stem<'t> {
    /// The date alone.
    pub(super) text: &'t str,
    /// The weekday that stands behind it, 1 for Monday.
    pub(super) weekday: Option<u32>,
}

const WEEKDAYS: [(&str, &str, &str); 7] = [
    ("一", "monday", "mon"),
    ("二", "tuesday", "tue"),
    ("三", "wednesday", "wed"),
    ("四", "thursday", "thu"),
    ("五", "friday", "fri"),
    ("六", "saturday", "sat"),
    ("日", "sunday", "sun"),
];
const PARTS_OF_DAY: [&str; 10] = ["上午", "下午", "早上", "晚上", "中午", "凌晨", "AM", "PM", "am", "pm"];

/// Takes weekdays and times of day off the end of a text in narrow letters.
pub(super) fn stem(text: &str) -> Stem<'_> {
    let mut stem = Stem { text: text.trim_end(), weekday: None };
    loop {
        let before = stem.text;
        let bare = before.strip_suffix(')').and_then(|inner| inner.rsplit_once('('));
        if let Some((rest, inner)) = bare
            && let Some((at, day)) = weekday(inner)
            && inner[..at].trim().is_empty()
        {
            stem = Stem { text: rest, weekday: Some(day) };
        } else if let Some((at, day)) = weekday(before) {
            stem = Stem { text: &before[..at], weekday: Some(day) };
        } else if let Some(rest) = time(before).or_else(|| PARTS_OF_DAY.iter().find_map(|p| before.strip_suffix(p))) {
            stem.text = rest;
        }
        stem.text = stem.text.trim_end_matches([' ', ',']);
        if stem.text.len() == before.len() || stem.text.is_empty() {
            return stem;
        }
    }
}

/// Where the weekday begins that ends a text, and which it is.
fn weekday(text: &str) -> Option<(usize, u32)> {
    let lower = text.to_ascii_lowercase();
    let named = |(number, (sign, long, short)): (u32, &(&str, &str, &str))| {
        let sign = if text.ends_with('天') && number == 7 { "天" } else { sign };
        let chinese = text
            .strip_suffix(sign)
            .and_then(|rest| ["星期", "礼拜", "周"].iter().find_map(|word| rest.strip_suffix(word)).map(str::len));
        // English words only after a blank or bracket: no letter goes before.
        let english = [long, short].into_iter().find_map(|word| lower.strip_suffix(word)).map(str::len);
        let english = english.filter(|at| !lower[..*at].ends_with(|c: char| c.is_ascii_alphabetic()));
        chinese.or(english).map(|at| (at, number))
    };
    (1..).zip(&WEEKDAYS).find_map(named)
}

/// A text without the time of day that ends it: `8:30`, `08:30:15`, `8时30分`.
fn time(text: &str) -> Option<&str> {
    let sign = |c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | '时' | '点' | '分' | '秒');
    let start = text.trim_end_matches(sign).len();
    let (before, time) = text.split_at(start);
    if !time.contains([':', '时', '点']) || !time.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (whole, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let parts: Vec<&str> = whole.split([':', '时', '点', '分', '秒']).filter(|part| !part.is_empty()).collect();
    let below = |part: &&str, end: u32| part.len() <= 2 && part.parse::<u32>().is_ok_and(|n| n < end);
    let sound = match parts.as_slice() {
        [hour] => below(hour, 24),
        [hour, rest @ ..] => rest.len() <= 2 && below(hour, 24) && rest.iter().all(|part| below(part, 60)),
        [] => false,
    };
    let sound = sound && !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit());
    sound.then(|| match before.strip_suffix('T') {
        Some(rest) if rest.ends_with(|c: char| c.is_ascii_digit()) => rest,
        _ => before,
    })
}

/// The dates that a text with its year last can mean, `3/4/2026`: day first, then month first.
pub(super) fn year_last(text: &str) -> [Option<Date>; 2] {
    let mut parts = text.split(['/', '-', '.']).map(str::trim);
    let plain = |part: Option<&str>, most: usize| {
        let part = part.filter(|p| (1..=most).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()))?;
        part.parse::<u32>().ok()
    };
    let found = (plain(parts.next(), 2), plain(parts.next(), 2), parts.next().filter(|year| year.len() == 4));
    let (Some(a), Some(b), Some(year), None) = (found.0, found.1, plain(found.2, 4), parts.next()) else {
        return [None, None];
    };
    let date = |month, day| (year >= 1000).then(|| Date::new(year as i32, month, day)).flatten();
    [date(b, a), date(a, b)]
}

/// What to do about a date with its year last that the form does not read; and the date meant, where only one can be.
pub(super) fn year_last_hint(text: &str) -> Option<(Text, Option<Date>)> {
    let [day_first, month_first] = year_last(text);
    match (day_first, month_first) {
        (Some(a), Some(b)) if a != b => Some((
            Text::new(
                format!("it could be {a} (day first) or {b} (month first): write the one that is meant"),
                format!("可能是 {a}（日在前），也可能是 {b}（月在前），请按实际改写"),
            ),
            None,
        )),
        (Some(date), _) | (None, Some(date)) => {
            Some((Text::new(format!("write it as {date}"), format!("请写成 {date}")), Some(date)))
        }
        (None, None) => None,
    }
}

/// What is said of a date whose weekday is another.
pub(super) fn weekday_hint(date: Date) -> Text {
    let (sign, long, _) = WEEKDAYS[(date.weekday() as usize + 6) % 7];
    let mut english = long.to_owned();
    english[..1].make_ascii_uppercase();
    Text::new(
        format!("{date} is a {english}: correct the date or the weekday"),
        format!("{date} 是星期{sign}，请核对日期与星期"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_behind_a_date() {
        for (text, date, day) in [
            ("2026-01-05", "2026-01-05", None),
            ("2026-01-05 星期一", "2026-01-05", Some(1)),
            ("2026年1月5日(周日)", "2026年1月5日", Some(7)),
            ("2026/1/5 Sunday", "2026/1/5", Some(7)),
            ("2026年1月5日 星期一 下午3:05", "2026年1月5日", Some(1)),
            ("2026年1月5日上午8时30分", "2026年1月5日", None),
            ("2026-01-05T08:30:15.250", "2026-01-05", None),
            ("2026-01-05 25:00", "2026-01-05 25:00", None),
            ("2026-01-05 8:30Z", "2026-01-05 8:30Z", None),
            ("5 sermon", "5 sermon", None),
        ] {
            let stem = stem(text);
            assert_eq!((stem.text, stem.weekday), (date, day), "{text}");
        }
    }

    #[test]
    fn parts_in_another_order() {
        let read = |text| year_last(text).map(|date| date.map(|date| date.to_string()).unwrap_or_default());
        assert_eq!(read("3/4/2026"), ["2026-04-03", "2026-03-04"]);
        assert_eq!(read("17.11.2026"), ["2026-11-17", ""]);
        assert_eq!(read("11-17-2026"), ["", "2026-11-17"]);
        for none in ["3/4/26", "2026/3/4", "31/2/2026", "3/4/2026/5", "3//2026", "+3/4/2026", "3/4/0206"] {
            assert_eq!(read(none), ["", ""], "{none}");
        }
    }
}
