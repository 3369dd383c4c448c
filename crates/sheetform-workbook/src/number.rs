//! Numbers and ISO dates as cells store them.

use sheetform::serial::{DAY_MILLIS, Date, datetime_serial, parse_time};

/// The number that a `<v>` means; `None` for what XML Schema does not call a finite double.
pub(crate) fn parse(text: &str) -> Option<f64> {
    // Whole numbers of up to fifteen digits, as most are: each is a double.
    if text.len() <= 15
        && let Some(whole) = text
            .bytes()
            .try_fold(0_u64, |number, b| b.is_ascii_digit().then(|| number * 10 + u64::from(b - b'0')))
            .filter(|_| !text.is_empty())
    {
        return Some(whole as f64);
    }
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E'));
    text.parse().ok().filter(|number: &f64| plain && number.is_finite())
}

/// The serial number of a cell of type `d`: a date, a date with a time, or a time of day.
pub(crate) fn iso_serial(text: &str, date1904: bool) -> Option<f64> {
    let text = text.strip_suffix('Z').unwrap_or(text);
    if let Some((date, time)) = text.split_once('T') {
        let time = parse_time(time)?;
        return match date {
            "" => Some(part_of_day(time)),
            _ => datetime_serial(Date::parse_iso(date)?, time, date1904),
        };
    }
    match Date::parse_iso(text) {
        Some(date) => date.serial(date1904),
        None => parse_time(text).map(part_of_day),
    }
}

/// The text of a number that a file holds as a double: its shortest digits, written as Excel writes them to a file.
pub(crate) fn raw(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 || (1e-5..1e15).contains(&size) { value.to_string() } else { format!("{value:E}") }
}

fn part_of_day(millis: u32) -> f64 {
    f64::from(millis) / f64::from(DAY_MILLIS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (text, number) in
            [("12", 12.0), ("-0.5", -0.5), ("1E-3", 0.001), ("1.10101199003071234E17", 110_101_199_003_071_234.0)]
        {
            assert_eq!(parse(text), Some(number));
        }
        for bad in ["", "NaN", "inf", "INF", "infinity", "1e999", "1,234", "0x10", "1 2", "½", "１２"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn doubles_as_text() {
        for (value, text) in
            [(12.0, "12"), (0.1, "0.1"), (-0.0, "-0"), (1.5e-7, "1.5E-7"), (999_999_999_999_999.0, "999999999999999")]
        {
            assert_eq!((raw(value).as_str(), parse(text).map(f64::to_bits)), (text, Some(f64::to_bits(value))));
        }
        assert_eq!(raw(110_101_199_003_071_234.0), "1.1010119900307123E17");
    }

    #[test]
    fn iso_dates() {
        assert_eq!(iso_serial("2023-03-15", false), Some(45_000.0));
        assert_eq!(iso_serial("2023-03-15T12:00:00.000", false), Some(45_000.5));
        assert_eq!(iso_serial("2023-03-15T12:00:00Z", true), Some(43_538.5));
        assert_eq!(iso_serial("T06:00:00", false), Some(0.25));
        assert_eq!(iso_serial("06:00", false), Some(0.25));
        for bad in ["1899-12-31", "2023-02-30", "T", "", "2023-03-15T12:00:00+08:00"] {
            assert_eq!(iso_serial(bad, false), None, "{bad}");
        }
    }
}
