//! Totals read from a sheet against what their columns add up to, in exact decimal.

use std::str::FromStr;

use bigdecimal::{BigDecimal, RoundingMode, Signed, Zero};
use serde_json::{Number, Value};

use super::Check;
use super::ReadTotal;
use super::records::pointer;
use super::words::{quoted, quoted_zh};
use crate::decimal;
use crate::finding::{Code, Finding, Text};
use crate::layout::{Column, Computed, Table};
use crate::schema::join;

/// How many digits of a total count: what a double, and so a cell, holds for certain.
const DIGITS: i64 = 15;
/// How far a double may be from the next, as a share of itself: 2^-52.
const EPSILON: f64 = f64::EPSILON;

/// Adds a finding for each total that differs.
pub(super) fn check(check: &Check<'_>, findings: &mut Vec<Finding>) {
    check_against(check, &mut |table, column| sum(check, table, &table.columns[column]), findings);
}

/// The same, where it is known what the columns add up to: none for a column with something that is no number.
pub(super) fn check_against(
    check: &Check<'_>,
    sum: &mut dyn FnMut(&Table, usize) -> Option<Expected>,
    findings: &mut Vec<Finding>,
) {
    let unreadable = |pointer: &str| check.unreadable.covers(pointer);
    let input = super::rules::input(check, &unreadable);
    for total in check.subject.totals {
        let Some(table) = check.form.layout.tables().find(|table| table.pointer() == total.array) else { continue };
        let row = table.totals.get(total.row);
        let computed = row.and_then(|row| row.cells.iter().find(|(column, _)| *column == total.column));
        let (Some((_, computed)), Some(column), Some(found)) =
            (computed, table.columns.get(total.column), &total.value)
        else {
            continue;
        };
        let expected = match computed {
            Computed::Sum => sum(table, total.column),
            Computed::Expression(_) => check
                .form
                .expressions()
                .value(&input, &total.array, total.row, total.column)
                .and_then(|value| decimal(&value))
                .map(|value| Expected { largest: value.abs(), value, noise: BigDecimal::zero() }),
        };
        if let Some(expected) = expected
            && let Ok(found) = BigDecimal::from_str(found.trim())
            && !same(&expected, &found)
        {
            let mut finding = finding(check, table, total, column, &expected, &found);
            let is_sum = matches!(computed, Computed::Sum);
            finding.hint = swapped(&plain(&expected.value), &plain(&found))
                .or_else(|| one_row(check, table, column, &(&found - &expected.value)).filter(|_| is_sum));
            findings.push(finding);
        }
    }
}

/// What a total should be, with the size of the largest number in it, and how far a spreadsheet's own sum may be off.
pub(super) struct Expected {
    value: BigDecimal,
    largest: BigDecimal,
    noise: BigDecimal,
}

/// Numbers added up, exactly.
#[derive(Clone)]
pub(super) struct Sum {
    value: BigDecimal,
    largest: BigDecimal,
    /// What they are without their signs.
    size: BigDecimal,
    count: u64,
    /// The most decimals that one of them has.
    decimals: i64,
    /// The part of all this that is counted in units of the last decimal below.
    short: Short,
}

/// Sums of numbers with few decimals, in units of 10^-9.
#[derive(Clone, Default)]
struct Short {
    value: i128,
    largest: i128,
    size: i128,
}

/// Decimals of a short number.
const SHORT: usize = 9;

impl Sum {
    pub(super) fn new() -> Self {
        let zero = BigDecimal::zero;
        let short = Short::default();
        Self { value: zero(), largest: zero(), size: zero(), count: 0, decimals: 0, short }
    }

    /// Adds a number as its JSON text has it; `false` where it is none.
    pub(super) fn add_number(&mut self, number: &Number) -> bool {
        if let Some((units, decimals)) = short(number) {
            self.decimals = self.decimals.max(decimals);
            self.count += 1;
            self.short.value += units;
            self.short.size += units.abs();
            self.short.largest = self.short.largest.max(units.abs());
            return true;
        }
        BigDecimal::from_str(&number.to_string()).is_ok_and(|summand| {
            self.add(summand);
            true
        })
    }

    pub(super) fn add(&mut self, summand: BigDecimal) {
        // What is beyond the digits of a double is noise, no decimal of its own.
        let own = summand.with_prec(DIGITS.unsigned_abs()).normalized().fractional_digit_count();
        self.decimals = self.decimals.max(own);
        self.count += 1;
        self.size += summand.abs();
        self.largest = self.largest.clone().max(summand.abs());
        self.value += summand;
    }

    /// By how much a total is off, without its sign; none where it is not.
    pub(super) fn off_by(&self, found: &BigDecimal) -> Option<BigDecimal> {
        let expected = self.clone().expected();
        (!same(&expected, found)).then(|| (found - expected.value).abs())
    }

    /// A spreadsheet adds doubles one by one, and each step rounds: the bound of the error grows with their count. It
    /// never reaches half a unit of the last decimal, so a total that is off by a cent is always told.
    pub(super) fn expected(mut self) -> Expected {
        let units = |units: i128| BigDecimal::new(units.into(), SHORT as i64);
        self.value += units(self.short.value);
        self.size += units(self.short.size);
        self.largest = self.largest.max(units(self.short.largest));
        let epsilon = BigDecimal::try_from(EPSILON).unwrap_or_default();
        let bound = epsilon * self.size * BigDecimal::from(self.count);
        let half_unit = BigDecimal::new(5.into(), self.decimals + 1);
        // Strictly below.
        let most = half_unit * BigDecimal::new(999.into(), 3);
        Expected { value: self.value, largest: self.largest, noise: bound.min(most) }
    }
}

/// A number of at most fifteen digits, nine of them decimals, in units of 10^-9; and how many decimals it has.
fn short(number: &Number) -> Option<(i128, i64)> {
    if let Some(whole) = number.as_i64() {
        return (whole.unsigned_abs() < 1_000_000_000_000_000).then(|| (i128::from(whole) * 1_000_000_000, 0));
    }
    let (units, decimals) = decimal::units(number.as_f64()?, SHORT as u32)?;
    Some((i128::from(units) * 10_i128.pow(SHORT as u32 - decimals), i64::from(decimals)))
}

/// The sum of a column; none where one of its cells could not be read.
fn sum(check: &Check<'_>, table: &Table, column: &Column) -> Option<Expected> {
    let mut sum = Sum::new();
    let mut readable = true;
    check.records(table, column.level, &mut |record| {
        if !readable {
            return;
        }
        if !check.unreadable.is_empty() && check.unreadable.touches(&pointer(table, record.indices, column)) {
            readable = false;
        } else if let Some(value) = record.get(column) {
            readable = value.as_number().is_some_and(|number| sum.add_number(number));
        }
    });
    readable.then(|| sum.expected())
}

/// A number as the decimal that is written for it: the shortest that gives the same double.
pub(super) fn decimal(value: &Value) -> Option<BigDecimal> {
    BigDecimal::from_str(&value.as_number()?.to_string()).ok()
}

/// Equal to fifteen significant digits, or but for the noise of adding doubles. What should be nothing may be off by as much as its largest summand allows.
fn same(expected: &Expected, found: &BigDecimal) -> bool {
    let difference = (&expected.value - found).abs();
    if difference <= expected.noise {
        return true;
    }
    let size = if expected.value.is_zero() { expected.largest.clone() } else { expected.value.abs() };
    if size.is_zero() {
        return false;
    }
    // The place of its last significant digit, as a power of ten.
    let (digits, scale) = size.normalized().into_bigint_and_exponent();
    let last = digits.to_string().len() as i64 - scale - DIGITS;
    difference <= BigDecimal::new(5.into(), 1 - last)
}

fn finding(
    check: &Check<'_>,
    table: &Table,
    total: &ReadTotal,
    column: &Column,
    expected: &Expected,
    found: &BigDecimal,
) -> Finding {
    let row = &table.totals[total.row];
    let name = check.column_name(table, column);
    let difference = found - &expected.value;
    let (wanted, found) = (plain(&expected.value), plain(found));
    let size = plain(&difference.abs());
    let (more, more_zh) = if difference.is_negative() { ("less", "少") } else { ("more", "多") };
    let message = Text::new(
        format!("{} of {} must be {wanted}, found {found} ({size} {more})", quoted(&row.label), quoted(&name)),
        format!("{}的{}应为 {wanted}，实际为 {found}（{more_zh} {size}）", quoted_zh(&name), quoted_zh(&row.label)),
    )
    .bare(
        format!("{} of {} differs from what its column adds up to", quoted(&row.label), quoted(&name)),
        format!("{}的{}与该列之和不符", quoted_zh(&name), quoted_zh(&row.label)),
    );
    let declared = check.form.schema.node(table.node).sheet.rows.as_ref().map_or(0, Vec::len);
    let rule = match total.row.checked_sub(table.totals.len().saturating_sub(declared)) {
        Some(index) => join(&check.sheet_rule(table.node, "rows"), &index.to_string()),
        None => check.sheet_rule(table.node, "totals"),
    };
    Finding::new(Code::TotalMismatch, message)
        .at(total.place.clone())
        .pointer(total.array.as_str())
        .rule(rule)
        .value(Number::from_str(&found).map_or(Value::Null, Value::Number))
        .expected(wanted)
}

/// What is said where two digits beside each other are swapped.
fn swapped(wanted: &str, found: &str) -> Option<Text> {
    let (wanted, found) = (wanted.as_bytes(), found.as_bytes());
    let first = wanted.iter().zip(found).position(|(a, b)| a != b).filter(|_| wanted.len() == found.len())?;
    let pair = |digits: &[u8]| Some([*digits.get(first)?, *digits.get(first + 1)?]);
    let (right, wrong) = (pair(wanted)?, pair(found)?);
    let only = wanted.get(first + 2..) == found.get(first + 2..);
    (only && right[0] == wrong[1] && right[1] == wrong[0])
        .then(|| Text::new("are two of its digits the wrong way round?", "是否有两位数字写颠倒了？"))
}

/// What is said where one row alone makes the difference: it was left out, or counted twice.
fn one_row(check: &Check<'_>, table: &Table, column: &Column, difference: &BigDecimal) -> Option<Text> {
    let size = difference.abs();
    let mut rows = Vec::new();
    check.records(table, column.level, &mut |record| {
        if rows.len() < 2 && record.get(column).and_then(decimal).is_some_and(|value| value == size) {
            rows.push(pointer(table, record.indices, column));
        }
    });
    let [row] = rows.as_slice() else { return None };
    let cell = check.place(row).cell?;
    Some(if difference.is_negative() {
        Text::new(
            format!("the difference is the value in {cell}: was it left out?"),
            format!("差额正好是 {cell} 的值，是否漏算了这一行？"),
        )
    } else {
        Text::new(
            format!("the difference is the value in {cell}: was it counted twice?"),
            format!("差额正好是 {cell} 的值，是否重复算了这一行？"),
        )
    })
}

/// A decimal without an exponent or needless zeros.
fn plain(value: &BigDecimal) -> String {
    let rounded = value.with_scale_round(value.fractional_digit_count().clamp(0, 20), RoundingMode::HalfEven);
    let text = rounded.to_plain_string();
    if !text.contains('.') {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn fifteen_digits() {
        let of = |value: &str, largest: &str| Expected {
            value: BigDecimal::from_str(value).unwrap(),
            largest: BigDecimal::from_str(largest).unwrap(),
            noise: BigDecimal::zero(),
        };
        for (expected, largest, found, equal) in [
            ("0.3", "0.2", "0.30000000000000004", true),
            ("0.3", "0.2", "0.300000000000002", false),
            ("0", "0.2", "5.5511151231257827E-17", true),
            ("0", "0.2", "0.01", false),
            ("0", "0", "1", false),
            ("1250.50", "1000", "1250.5", true),
            ("123456789012345", "1", "123456789012346", false),
            ("123456789012345.4", "1", "123456789012345", true),
            ("1E3", "1E3", "1000", true),
        ] {
            assert_eq!(
                same(&of(expected, largest), &BigDecimal::from_str(found).unwrap()),
                equal,
                "{expected} {found}"
            );
        }
        assert!(swapped("420.5", "402.5").is_some() && swapped("12", "21").is_some());
        assert!(swapped("420.5", "402.6").is_none() && swapped("12", "12").is_none() && swapped("12", "2").is_none());
        assert_eq!(plain(&BigDecimal::from_str("1250.50").unwrap()), "1250.5");
        assert_eq!(plain(&BigDecimal::from_str("1E3").unwrap()), "1000");
    }

    #[test]
    fn short_numbers_are_what_their_text_says() {
        let mut seed = 88_172_645_463_325_252_u64;
        for round in 0..20_000 {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            let number = match round % 4 {
                0 => (seed % 100_000_000) as f64 / 100.0,
                1 => -((seed % 1_000_000_000_000) as f64) / 1e6,
                2 => f64::from_bits(seed),
                _ => (seed % 1000) as f64 * 10_f64.powi((seed % 20) as i32 - 10),
            };
            let Some(number) = Number::from_f64(number) else { continue };
            let exact = BigDecimal::from_str(&number.to_string()).unwrap().normalized();
            if let Some((units, decimals)) = short(&number) {
                assert_eq!(BigDecimal::new(units.into(), SHORT as i64), exact, "{number}");
                assert_eq!(decimals, exact.fractional_digit_count().max(0), "{number}");
            } else {
                assert!(
                    exact.fractional_digit_count() > 9
                        || exact.digits() > 15
                        || exact.abs() >= 1_000_000_000_000_000_i64
                );
            }
        }
        assert_eq!(short(&Number::from_f64(-1250.5).unwrap()), Some((-1_250_500_000_000, 1)));
    }

    #[test]
    fn the_noise_of_adding_doubles() {
        let of = |values: &[&str]| {
            let mut sum = Sum::new();
            for value in values {
                sum.add(BigDecimal::from_str(value).unwrap());
            }
            sum.expected()
        };
        let same = |expected: &Expected, found: &str| same(expected, &BigDecimal::from_str(found).unwrap());
        let amounts = ["4107.27"; 21];
        // Added as a spreadsheet adds them: 86252.67000000006.
        let double: f64 = amounts.iter().map(|value| value.parse::<f64>().unwrap()).sum();
        let exact = of(&amounts);
        assert!(same(&exact, &double.to_string()));
        let digits_alone = Expected { noise: BigDecimal::zero(), ..of(&amounts) };
        assert!(!same(&digits_alone, &double.to_string()), "no noise beyond fifteen digits: {double}");
        for off in ["0.01", "0.005", "0.001", "0.0000001"] {
            let off = BigDecimal::from_str(off).unwrap();
            assert!(!same(&exact, &(&exact.value + &off).to_string()), "{off}");
            assert!(!same(&exact, &(&exact.value - &off).to_string()), "{off}");
        }
        // Where the bound is wider than a unit of the last decimal, the unit stands.
        let many = of(&vec!["4000000.25"; 20_000]);
        assert!(same(&many, "80000005000.004") && !same(&many, "80000005000.005"));
        // Noise in a value is no decimal of the column.
        let noisy = of(&["0.30000000000000004", "0.1"]);
        assert_eq!(noisy.value, BigDecimal::from_str("0.40000000000000004").unwrap());
        assert!(same(&noisy, "0.4") && !same(&noisy, "0.41"));
    }
}
