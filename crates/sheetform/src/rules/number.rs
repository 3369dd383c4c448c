//! Arithmetic on ints and doubles, which mix; sums are exact in decimal.

use std::cmp::Ordering;
use std::str::FromStr;

use bigdecimal::BigDecimal;

use super::expr::Operator;
use super::stop::{Outcome, Stop};
use super::value::{Val, whole};

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

/// An exact decimal sum: an int where all are ints, else the double nearest to it.
pub(super) struct Total {
    ints: i128,
    decimals: Option<BigDecimal>,
}

impl Total {
    pub(super) fn new() -> Self {
        Self { ints: 0, decimals: None }
    }

    pub(super) fn add(&mut self, value: &Val<'_>) -> Outcome<()> {
        match value {
            // No list is long enough to carry this out of 128 bits.
            Val::Int(number) => self.ints += i128::from(*number),
            Val::Double(number) => {
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
        match self.decimals {
            None => i64::try_from(self.ints).map(Val::Int).map_err(|_| overflow()),
            Some(decimals) => {
                let sum = decimals + BigDecimal::from(self.ints);
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
