//! The digits of a number as the file has them, and of a month.

use crate::read::text_value;
use crate::serial;

pub(super) fn significant_digits(text: &str) -> usize {
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_start_matches('0').trim_end_matches('0').len()
}

pub(super) fn whole_digits(text: &str) -> usize {
    let whole = text.trim_start_matches('-').split('.').next().unwrap_or_default();
    whole.trim_start_matches('0').len()
}

pub(super) fn is_whole(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// A number's text without an exponent.
pub(super) fn plain_digits(raw: &str) -> Option<String> {
    if !raw.contains(['e', 'E']) {
        return text_value::is_decimal(raw).then(|| raw.to_owned());
    }
    let value: f64 = raw.parse().ok()?;
    (value.is_finite() && value.abs() < 1e20 && (value == 0.0 || value.abs() > 1e-10)).then(|| value.to_string())
}

pub(super) fn month_text(date: serial::Date) -> String {
    format!("{:04}-{:02}", date.year, date.month)
}

pub(super) fn iso_month(text: &str) -> Option<String> {
    serial::Date::parse_iso(&format!("{text}-01")).map(|_| text.to_owned())
}

pub(super) fn before_excel(date: serial::Date) -> bool {
    (date.year, date.month) < (1900, 3)
}
