//! Dates in rules: ISO texts in, ISO texts out, so that they compare and print as they stand.

use crate::report::{shown, shown_zh};
use crate::serial::{Date, days_in_month};

use super::function::Function;
use super::stop::{Outcome, Stop};

/// A full date, or the date of a date and time.
fn date(text: &str) -> Outcome<Date> {
    let day = match text.split_once('T') {
        Some((day, _)) => day,
        None => text,
    };
    Date::parse_iso(day)
        .ok_or_else(|| Stop::fail(format!("{} is no date", shown(text)), format!("{}不是日期", shown_zh(text))))
}

/// A month, `2026-02`, as its first day.
fn month(text: &str) -> Option<Date> {
    (text.len() == 7).then(|| Date::parse_iso(&format!("{text}-01")))?
}

fn out_of_range() -> Stop {
    Stop::fail("the date lies outside the years 1 to 9999", "日期超出 1 至 9999 年")
}

/// The year, half (1 or 2), quarter, month or day of a date; all but the day also of a month.
pub(super) fn part(function: Function, text: &str) -> Outcome<i64> {
    let date = match month(text) {
        Some(first) if function != Function::Day => first,
        _ => date(text)?,
    };
    Ok(match function {
        Function::Year => i64::from(date.year),
        Function::Half => i64::from(date.month.div_ceil(6)),
        Function::Quarter => i64::from(date.month.div_ceil(3)),
        Function::Month => i64::from(date.month),
        _ => i64::from(date.day),
    })
}

/// 1 for Monday to 7 for Sunday.
pub(super) fn weekday(text: &str) -> Outcome<i64> {
    Ok(i64::from(date(text)?.weekday()))
}

/// Every day of a month.
pub(super) fn days(text: &str) -> Outcome<Vec<String>> {
    let first = month(text)
        .ok_or_else(|| Stop::fail(format!("{} is no month", shown(text)), format!("{}不是月份", shown_zh(text))))?;
    let last = days_in_month(first.year, first.month);
    Ok((1..=last).filter_map(|day| Date::new(first.year, first.month, day)).map(|day| day.to_string()).collect())
}

/// The first and last day of each of `n` equal parts of a year.
pub(super) fn periods(year: i64, n: i64) -> Outcome<Vec<(String, String)>> {
    if !(1..=12).contains(&n) || 12 % n != 0 {
        return Err(Stop::fail(
            format!("a year has no {n} equal periods of whole months"),
            format!("一年不能分成 {n} 个整月的周期"),
        ));
    }
    let year = i32::try_from(year).ok().filter(|year| (1..=9999).contains(year)).ok_or_else(out_of_range)?;
    let (count, months) = (n as u32, 12 / n as u32);
    let period = |at: u32| {
        let (first, last) = (at * months + 1, (at + 1) * months);
        let start = Date::new(year, first, 1)?;
        let end = Date::new(year, last, days_in_month(year, last))?;
        Some((start.to_string(), end.to_string()))
    };
    Ok((0..count).filter_map(period).collect())
}

pub(super) fn add_days(text: &str, n: i64) -> Outcome<String> {
    let days = i64::from(date(text)?.days()).checked_add(n).and_then(|days| i32::try_from(days).ok());
    days.and_then(Date::from_days).map(|date| date.to_string()).ok_or_else(out_of_range)
}

/// The same day some months on, or the last day of that month where it is shorter.
pub(super) fn add_months(text: &str, n: i64) -> Outcome<String> {
    let date = date(text)?;
    let months = (i64::from(date.year) * 12 + i64::from(date.month) - 1).checked_add(n).ok_or_else(out_of_range)?;
    let year = i32::try_from(months.div_euclid(12)).map_err(|_| out_of_range())?;
    let month = months.rem_euclid(12) as u32 + 1;
    let day = date.day.min(days_in_month(year, month));
    Date::new(year, month, day).map(|date| date.to_string()).ok_or_else(out_of_range)
}

/// How many days later the second date is.
pub(super) fn between(from: &str, to: &str) -> Outcome<i64> {
    Ok(i64::from(date(to)?.days()) - i64::from(date(from)?.days()))
}
