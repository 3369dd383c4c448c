//! Which numbers a cell's double holds without loss, and the digits of the others.

use serde_json::Number;

use crate::decimal::{self, DECIMALS};
use crate::new_book::NewContent;

/// From here on a sheet shows a whole number rounded: it shows 15 digits.
const WHOLE_LIMIT: f64 = 1e15;

/// Digits that every program keeps: `LibreOffice` saves no more, and Excel shows no more.
const DIGITS: usize = 15;

/// A whole number as a cell: a number while all its digits are shown, else its digits as text.
pub(super) fn whole(number: &Number) -> NewContent {
    let small = |value: f64| value.abs() < WHOLE_LIMIT;
    match (number.as_i64(), number.as_f64()) {
        (Some(n), Some(value)) if small(value) => NewContent::Number(n as f64),
        (Some(n), _) => NewContent::Text(n.to_string()),
        (None, Some(value)) if number.is_f64() && value.fract() != 0.0 => any(number),
        (None, Some(value)) if number.is_f64() && small(value) => NewContent::Number(positive_zero(value)),
        (None, Some(value)) if number.is_f64() => NewContent::Text(format!("{value}")),
        _ => NewContent::Text(number.to_string()),
    }
}

/// Any number as a cell: a number where the double is that number and other programs keep it, else its digits as text.
pub(super) fn any(number: &Number) -> NewContent {
    if let Some(value) = number.as_f64().filter(|_| number.is_f64())
        && decimal::units(value, DECIMALS).is_some()
    {
        return NewContent::Number(positive_zero(value));
    }
    let exact = match (number.as_i64(), number.as_u64()) {
        (Some(n), _) => (n as f64) as i128 == i128::from(n),
        (None, Some(n)) => (n as f64) as u128 == u128::from(n),
        // Sheets take a number below the smallest normal double for 0.
        (None, None) => number.as_f64().is_some_and(|value| value == 0.0 || value.is_normal()),
    };
    match number.as_f64() {
        Some(value) if exact && significant_digits(&number.to_string()) <= DIGITS => {
            NewContent::Number(positive_zero(value))
        }
        _ => NewContent::Text(number.to_string()),
    }
}

/// Digits from the first to the last that is not 0.
fn significant_digits(text: &str) -> usize {
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').len()
}

/// -0 is 0: JSON has one zero, and so has a sheet.
fn positive_zero(value: f64) -> f64 {
    if value == 0.0 { 0.0 } else { value }
}

/// Whether two JSON numbers are the same number.
pub(super) fn equal(a: &Number, b: &Number) -> bool {
    match (a.as_i64(), b.as_i64(), a.as_u64(), b.as_u64()) {
        (Some(a), Some(b), ..) => a == b,
        (_, _, Some(a), Some(b)) => a == b,
        _ => a.as_f64() == b.as_f64() && (a.is_f64() || b.is_f64()),
    }
}
