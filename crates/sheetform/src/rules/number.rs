//! Arithmetic on ints and doubles, which mix; sums are exact in decimal.

use std::cmp::Ordering;
use std::str::FromStr;

use bigdecimal::BigDecimal;

use super::expr::Operator;
use super::stop::{Outcome, Stop};
use super::value::{Val, whole};
use crate::decimal;

/// The order of two numbers by value; `None` where one is no number.
pub(super) fn compare(a: &Val<'_>, b: &Val<'_>) -> Option<Ordering> {
    match (a, b) {
        (Val::Int(a), Val::Int(b)) => Some(a.cmp(b)),
        (Val::Double(a), Val::Double(b)) => a.partial_cmp(b),
        (Val::Int(a), Val::Double(b)) => mixed(*a, *b),
        (Val::Double(a), Val::Int(b)) => mixed(*b, *a).map(Ordering::reverse),
        _ => None,
    }
}

/// An int beside a double, without rounding the int.
fn mixed(int: i64, double: f64) -> Option<Ordering> {
    match whole(double.floor()) {
        Some(floor) if double.fract() == 0.0 => Some(int.cmp(&floor)),
        Some(floor) => Some(int.cmp(&floor).then(Ordering::Less)),
        None => 0.0.partial_cmp(&double),
    }
}

pub(super) fn negate<'d>(value: &Val<'d>) -> Outcome<Val<'d>> {
    match value {
        Val::Int(number) => number.checked_neg().map(Val::Int).ok_or_else(overflow),
        Val::Double(number) => Ok(Val::Double(-number)),
        other => Err(super::eval::wrong("`-`", "负号", "a number", "数", other)),
    }
}

pub(super) fn arithmetic<'d>(operator: Operator, a: &Val<'_>, b: &Val<'_>) -> Outcome<Val<'d>> {
    let (a, b) = match (a, b) {
        (Val::Int(a), Val::Int(b)) => return ints(operator, *a, *b),
        (Val::Double(a), Val::Double(b)) => (*a, *b),
        (Val::Int(a), Val::Double(b)) => (*a as f64, *b),
        (Val::Double(a), Val::Int(b)) => (*a, *b as f64),
        _ => {
            let ((a_en, a_zh), (b_en, b_zh)) = (a.kind(), b.kind());
            let sign = sign(operator);
            return Err(Stop::fail(
                format!("`{sign}` does not go with {a_en} and {b_en}"),
                format!("{a_zh}与{b_zh}不能用“{sign}”运算"),
            ));
        }
    };
    let result = match operator {
        Operator::Add => a + b,
        Operator::Subtract => a - b,
        Operator::Multiply => a * b,
        // CEL gives infinity here; what a sheet means by it is a mistake, as it is between ints.
        Operator::Divide | Operator::Remainder if b == 0.0 => return Err(division_by_zero()),
        Operator::Divide => a / b,
        _ => a % b,
    };
    if result.is_finite() { Ok(Val::Double(result)) } else { Err(overflow()) }
}

fn ints<'d>(operator: Operator, a: i64, b: i64) -> Outcome<Val<'d>> {
    let result = match operator {
        Operator::Add => a.checked_add(b),
        Operator::Subtract => a.checked_sub(b),
        Operator::Multiply => a.checked_mul(b),
        Operator::Divide | Operator::Remainder if b == 0 => return Err(division_by_zero()),
        Operator::Divide => a.checked_div(b),
        _ => a.checked_rem(b),
    };
    result.map(Val::Int).ok_or_else(overflow)
}

fn sign(operator: Operator) -> &'static str {
    match operator {
        Operator::Add => "+",
        Operator::Subtract => "-",
        Operator::Multiply => "*",
        Operator::Divide => "/",
        _ => "%",
    }
}

fn overflow() -> Stop {
    Stop::fail("a number is too large", "数值过大")
}

fn division_by_zero() -> Stop {
    Stop::fail("division by zero", "除数为零")
}

/// How many decimals of a sum are kept in [`Total::scaled`].
const PLACES: u32 = 6;

/// An exact decimal sum: an int where all are ints, else the double nearest to it.
pub(super) struct Total {
    ints: i128,
    /// Doubles of everyday size, in units of its last place; none where there are none.
    scaled: Option<i128>,
    /// All others.
    decimals: Option<BigDecimal>,
}

/// The shortest decimal that gives a double back, in units of the last place kept; none where that has more than 15
/// digits or 6 decimals.
fn scaled(number: f64) -> Option<i128> {
    let (units, places) = decimal::units(number, PLACES)?;
    Some(i128::from(units) * 10_i128.pow(PLACES - places))
}

impl Total {
    pub(super) fn new() -> Self {
        Self { ints: 0, scaled: None, decimals: None }
    }

    pub(super) fn add(&mut self, value: &Val<'_>) -> Outcome<()> {
        match value {
            // No list is long enough to carry this out of 128 bits.
            Val::Int(number) => self.ints += i128::from(*number),
            Val::Double(number) => {
                if let Some(scaled) = scaled(*number)
                    && let Some(sum) = self.scaled.unwrap_or(0).checked_add(scaled)
                {
                    self.scaled = Some(sum);
                    return Ok(());
                }
                let exact = BigDecimal::from_str(&format!("{number:e}")).map_err(|_| overflow())?;
                self.decimals = Some(match self.decimals.take() {
                    Some(sum) => sum + exact,
                    None => exact,
                });
            }
            Val::Unread => return Err(Stop::Skip),
            other => return Err(super::eval::wrong("`sum`", "sum", "numbers", "数", other)),
        }
        Ok(())
    }

    pub(super) fn value<'d>(self) -> Outcome<Val<'d>> {
        match (self.scaled, self.decimals) {
            (None, None) => i64::try_from(self.ints).map(Val::Int).map_err(|_| overflow()),
            (scaled, decimals) => {
                let scaled = BigDecimal::new(scaled.unwrap_or(0).into(), i64::from(PLACES));
                let sum = decimals.unwrap_or_default() + scaled + BigDecimal::from(self.ints);
                let nearest = sum.to_scientific_notation().parse().ok().filter(|sum: &f64| sum.is_finite());
                nearest.map(Val::Double).ok_or_else(overflow)
            }
        }
    }
}

/// How many digits a number has after the point, in the shortest text that gives it back.
pub(super) fn decimals<'d>(value: &Val<'_>) -> Outcome<Val<'d>> {
    match value {
        Val::Int(_) => Ok(Val::Int(0)),
        Val::Double(number) => {
            let text = format!("{number}");
            Ok(Val::Int(text.split_once('.').map_or(0, |(_, after)| after.len() as i64)))
        }
        other => Err(super::eval::wrong("`decimals`", "decimals", "a number", "数", other)),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_the_double_nearest_to_the_exact_one() {
        let mut seed = 88_172_645_463_325_252_u64;
        let mut next = || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed
        };
        for round in 0..2000 {
            let number = |bits: u64| match round % 4 {
                0 => (bits % 10_000_000) as f64 / 100.0,
                1 => (bits as i64 as f64) / 1e6,
                2 => Some(f64::from_bits(bits)).filter(|one| one.is_finite() && one.abs() < 1e300).unwrap_or(0.1),
                _ => (bits % 1000) as f64 * 10_f64.powi((bits % 40) as i32 - 20),
            };
            let numbers: Vec<f64> = (0..20).map(|_| number(next())).collect();
            let mut total = Total::new();
            let mut exact = BigDecimal::from(0);
            for one in &numbers {
                total.add(&Val::Double(*one)).unwrap();
                exact += BigDecimal::from_str(&format!("{one:e}")).unwrap();
            }
            let nearest: f64 = exact.to_scientific_notation().parse().unwrap();
            let Ok(Val::Double(found)) = total.value() else { panic!("{numbers:?}") };
            assert!(
                found.total_cmp(&nearest).is_eq() || found.abs() + nearest.abs() < f64::MIN_POSITIVE,
                "{numbers:?}: {found} {nearest}"
            );
        }
        for (number, expected) in [(0.1, 100_000), (-2.5, -2_500_000), (0.0, 0), (1e7, 10_i128.pow(13)), (-0.0, 0)] {
            assert_eq!(scaled(number), Some(expected));
        }
        for number in [1e-7, 1.1e27, 0.1 + 0.2, 5e-324, f64::MAX, 1e15] {
            assert_eq!(scaled(number), None, "{number}");
        }
    }
}
