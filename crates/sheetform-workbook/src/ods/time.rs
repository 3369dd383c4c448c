//! Dates, times and durations as OpenDocument writes them, and the serial numbers that mean the same.

use sheetform::serial::{Date, parse_time};

const DAY_NANOS: f64 = 86_400e9;

/// The day from which the file counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Epoch(Date);

impl Epoch {
    /// The day 0 of a null date; another than the three that programs know counts as the usual one.
    pub(crate) fn new(null_date: Option<&str>) -> Self {
        let named = null_date.and_then(Date::parse_iso);
        Self(named.filter(|date| matches!((date.year, date.month, date.day), (1904 | 1900, 1, 1))).unwrap_or(USUAL))
    }

    /// Whether serial numbers count from 1904.
    pub(crate) fn date1904(self) -> bool {
        self.0.year == 1904
    }

    /// The serial number of a date or of a date with a time; `None` for what is none. Before the first day of the
    /// serial numbers it is the date that stands for itself.
    pub(crate) fn date(self, text: &str) -> Option<Result<f64, Date>> {
        let text = text.strip_suffix('Z').unwrap_or(text);
        let (day, time) = text.split_once('T').unwrap_or((text, ""));
        let day = Date::parse_iso(day)?;
        let nanos = if time.is_empty() { 0 } else { time_of_day(time)? };
        Some(match day.serial(self.date1904()) {
            Some(serial) => Ok(serial + nanos as f64 / DAY_NANOS),
            None => Err(day),
        })
    }

    /// The serial number, as Excel counts, of a number that this file shows as a date; `None` where they are the same.
    pub(crate) fn shown(self, number: f64) -> Option<f64> {
        let whole = number.floor();
        // Below 61 Excel counts a day that never was.
        if self.date1904() || (self.0 == USUAL && whole >= 61.0) || !(0.0..3_000_000.0).contains(&whole) {
            return None;
        }
        let day = Date::from_days(self.0.days().checked_add(whole as i32)?)?;
        day.serial(false).map(|serial| serial + (number - whole))
    }
}

const USUAL: Date = Date { year: 1899, month: 12, day: 30 };

/// Nanoseconds of `08:30:00.123456789`; digits beyond are left out.
fn time_of_day(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    Some(u64::from(parse_time(whole)?) * 1_000_000 + fraction(part)?)
}

/// A decimal part of a second, in nanoseconds.
fn fraction(digits: &str) -> Option<u64> {
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let kept = digits.get(..9).unwrap_or(digits);
    format!("{kept:0<9}").parse().ok()
}

/// The part of a day, or the days, that a duration such as `PT08H30M00S` takes.
pub(crate) fn duration(text: &str) -> Option<f64> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let text = text.strip_prefix('P')?;
    let (date, time) = text.split_once('T').unwrap_or((text, ""));
    let mut nanos: u64 = 0;
    let mut seen = false;
    for (part, units) in
        [(date, [('D', 86_400), ('D', 0), ('D', 0)].as_slice()), (time, [('H', 3600), ('M', 60), ('S', 1)].as_slice())]
    {
        let mut rest = part;
        let mut units = units.iter();
        while !rest.is_empty() {
            let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
            let letter = char::from(rest.as_bytes()[end]);
            let seconds = units.find(|(unit, _)| *unit == letter).map(|(_, seconds)| *seconds)?;
            let (whole, part) = rest[..end].split_once(['.', ',']).unwrap_or((&rest[..end], ""));
            if (seconds != 1 && !part.is_empty()) || whole.is_empty() || !whole.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            let whole: u64 = whole.parse().ok()?;
            let own = whole.checked_mul(seconds)?.checked_mul(1_000_000_000)?.checked_add(fraction(part)?)?;
            nanos = nanos.checked_add(own)?;
            seen = true;
            rest = &rest[end + 1..];
        }
    }
    let days = nanos as f64 / DAY_NANOS;
    seen.then_some(if negative { -days } else { days })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, hours) in [
            ("PT08H30M00S", 8.5),
            ("PT36H00M00S", 36.0),
            ("PT0S", 0.0),
            ("P1DT1H", 25.0),
            ("PT1M", 1.0 / 60.0),
            ("-PT12H00M00S", -12.0),
            ("PT00H00M00.500000000S", 0.5 / 3600.0),
            ("PT00H00M00,25S", 0.25 / 3600.0),
        ] {
            assert!((duration(text).unwrap() * 24.0 - hours).abs() < 1e-12, "{text}");
        }
        for bad in
            ["", "P", "PT", "08:30", "PT1H1H", "PT1S1M", "P1M", "P1Y", "PTH", "PT1.5H", "PT99999999999999H", "PT1"]
        {
            assert_eq!(duration(bad), None, "{bad}");
        }
    }

    #[test]
    fn dates() {
        let usual = Epoch::new(None);
        assert_eq!(usual.date("2023-03-15"), Some(Ok(45_000.0)));
        assert_eq!(usual.date("2023-03-15T12:00:00.000000000"), Some(Ok(45_000.5)));
        assert_eq!(usual.date("2023-03-15T08:30:00.12"), Some(Ok(45_000.0 + 30_600_120.0 / 86_400_000.0)));
        assert_eq!(usual.date("1900-01-15"), Some(Ok(15.0)));
        assert_eq!(usual.date("9999-12-31"), Some(Ok(2_958_465.0)));
        assert_eq!(usual.date("0001-01-01"), Some(Err(Date { year: 1, month: 1, day: 1 })));
        assert_eq!(Epoch::new(Some("1904-01-01")).date("2023-03-15"), Some(Ok(43_538.0)));
        for bad in ["", "2023-02-29", "1900-02-29", "2023-03-15T24:00:00", "2016-12-31T23:59:60", "T12:00:00", "45000"]
        {
            assert_eq!(usual.date(bad), None, "{bad}");
        }
    }

    #[test]
    fn numbers_that_are_shown_as_dates() {
        let (usual, star, mac) = (Epoch::new(None), Epoch::new(Some("1900-01-01")), Epoch::new(Some("1904-01-01")));
        // 1900-01-01 is 2 from 1899-12-30 and 0 from itself; Excel has it as 1.
        assert_eq!((usual.shown(2.25), star.shown(0.25)), (Some(1.25), Some(1.25)));
        assert_eq!((usual.shown(45_000.5), star.shown(44_998.5)), (None, Some(45_000.5)));
        assert_eq!(
            (usual.shown(1.0), mac.shown(5.0), star.shown(-1.0), star.shown(f64::NAN)),
            (None, None, None, None)
        );
        assert_eq!(Epoch::new(Some("nonsense")), usual);
    }
}
