//! Numbers of few digits as whole numbers of a decimal unit: exact, and quicker than their text.

/// What one is divided by for each number of decimals that is tried.
const SCALES: [f64; 10] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
/// The most decimals of a number that [`push`] writes without the standard library.
pub const DECIMALS: u32 = 4;
/// Fifteen digits: no two decimals of so many are one double.
const LIMIT: f64 = 1e15;

/// A number of at most fifteen digits, so many of them decimals (9 at most), in units of the last one. None for any
/// other.
///
/// Units and scale are exact, so that their quotient is the double nearest to this decimal; and as no other decimal of
/// fifteen digits has the same double, it is the shortest that says the number.
#[expect(clippy::float_cmp, reason = "the very same number, or none")]
pub fn units_of(value: f64, decimals: u32) -> Option<i64> {
    let scale = *SCALES.get(decimals as usize)?;
    let units = (value * scale).round();
    (units.abs() < LIMIT && units / scale == value).then_some(units as i64)
}

/// The same with as few decimals as it has, and how many: 12.5 is 125 units with one decimal.
pub fn units(value: f64, most_decimals: u32) -> Option<(i64, u32)> {
    (0..=most_decimals).find_map(|decimals| Some((units_of(value, decimals)?, decimals)))
}

/// Adds the text of a whole number.
pub fn push_whole(value: i64, out: &mut Vec<u8>) {
    if value < 0 {
        out.push(b'-');
    }
    push_digits(value.unsigned_abs(), 1, out);
}

/// Adds the shortest decimal text of a number, without an exponent.
pub fn push(value: f64, out: &mut Vec<u8>) {
    let Some((units, decimals)) = units(value, DECIMALS) else {
        return out.extend_from_slice(format!("{value}").as_bytes());
    };
    if units < 0 {
        out.push(b'-');
    }
    let scale = 10_u64.pow(decimals);
    push_digits(units.unsigned_abs() / scale, 1, out);
    if decimals > 0 {
        out.push(b'.');
        push_digits(units.unsigned_abs() % scale, decimals as usize, out);
    }
}

/// Adds a number's digits, zeros before them where they are fewer than `least`.
fn push_digits(mut value: u64, least: usize, out: &mut Vec<u8>) {
    let mut digits = [b'0'; 20];
    let mut at = digits.len();
    while value > 0 {
        at -= 1;
        digits[at] += (value % 10) as u8;
        value /= 10;
    }
    out.extend_from_slice(&digits[at.min(digits.len() - least)..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: f64) -> String {
        let mut out = Vec::new();
        push(value, &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn units_of_their_last_decimal() {
        for (value, found) in [
            (0.0, Some((0, 0))),
            (-0.0, Some((0, 0))),
            (12.5, Some((125, 1))),
            (-0.0001, Some((-1, 4))),
            (0.1 + 0.2, None),
            (1e15, None),
            (999_999_999_999_999.0, Some((999_999_999_999_999, 0))),
            (1e11 + 0.0001, None),
            (f64::NAN, None),
            (f64::INFINITY, None),
            (5e-324, None),
        ] {
            assert_eq!(units(value, DECIMALS), found, "{value}");
        }
    }

    /// The text is the standard library's, of whatever number.
    #[test]
    fn the_shortest_text() {
        let mut bits: u64 = 1;
        for i in 0..200_000_u64 {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let decimals = 10_f64.powi((i % 7) as i32);
            let near = (bits >> (i % 60)) as i64 as f64 / decimals;
            for value in [f64::from_bits(bits), near, -near, near.next_up(), near.next_down()] {
                if value.is_finite() && value != 0.0 {
                    assert_eq!(text(value), format!("{value}"));
                }
            }
            let mut out = Vec::new();
            push_whole(bits as i64, &mut out);
            assert_eq!(out, (bits as i64).to_string().as_bytes());
        }
        assert_eq!(text(-0.0), "0");
    }
}
