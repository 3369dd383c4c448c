//! Numbers without loss: a number is taken only if what is stored gives back the decimal value that was written.

use serde_json::Number;

/// The most characters in which no number without exponent has more than 15 digits, which a double always holds.
const SURELY_EXACT: usize = 16;

/// The number a JSON number text says; `None` if neither i64, u64 nor the shortest decimal of its double says it.
///
/// `text` must be a number by the grammar of JSON. Cost is linear in its length, however large the exponent.
pub(crate) fn exact(text: &str) -> Option<Number> {
    let plain = !text.contains(['.', 'e', 'E']);
    if plain && let Some(number) = integer(text) {
        return Some(number);
    }
    let double: f64 = text.parse().ok().filter(|double: &f64| double.is_finite())?;
    if text.len() <= SURELY_EXACT && !text.contains(['e', 'E']) {
        return Number::from_f64(double);
    }
    let written = Decimal::new(text);
    if written == Decimal::new(&format!("{double:e}")) {
        return Number::from_f64(double);
    }
    written.whole().and_then(|digits| integer(&digits))
}

fn integer(text: &str) -> Option<Number> {
    text.parse::<i64>().map(Number::from).or_else(|_| text.parse::<u64>().map(Number::from)).ok()
}

/// A decimal value in one form only: 0.`digits` times ten to the `point`, without zeros at either end.
#[derive(PartialEq)]
struct Decimal {
    negative: bool,
    digits: String,
    point: i64,
}

impl Decimal {
    fn new(text: &str) -> Self {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (negative, mantissa) = mantissa.strip_prefix('-').map_or((false, mantissa), |rest| (true, rest));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        let significant = all.trim_start_matches('0');
        let leading = (all.len() - significant.len()) as i64;
        let digits = significant.trim_end_matches('0');
        if digits.is_empty() {
            return Self { negative: false, digits: String::new(), point: 0 };
        }
        let point = (whole.len() as i64 - leading).saturating_add(exponent_value(exponent));
        Self { negative, digits: digits.to_owned(), point }
    }

    /// Its digits as an integer, where it is one of no more digits than u64 has.
    fn whole(&self) -> Option<String> {
        let length = usize::try_from(self.point).ok().filter(|length| (self.digits.len()..=20).contains(length))?;
        let sign = if self.negative { "-" } else { "" };
        Some(format!("{sign}{:0<length$}", self.digits))
    }
}

/// The exponent, kept within bounds that no text is long enough to make up for.
fn exponent_value(text: &str) -> i64 {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let value = digits
        .trim_start_matches('+')
        .bytes()
        .fold(0_i64, |value, digit| value.saturating_mul(10).saturating_add(i64::from(digit.wrapping_sub(b'0'))));
    if negative { -value } else { value }
}
