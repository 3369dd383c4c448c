//! Dates, times and the serial numbers that sheets keep them as. Reads no clock and no number format.
//!
//! In the 1900 system day 1 is 1900-01-01 and day 60 is 1900-02-29, a day that never was (kept by Excel from
//! Lotus 1-2-3); in the 1904 system day 0 is 1904-01-01. Both end with 9999-12-31.

use std::fmt;

/// Milliseconds of a day.
pub const DAY_MILLIS: u32 = 86_400_000;

/// A day of the Gregorian calendar, 0001-01-01 to 9999-12-31. Shown as `2026-03-03`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    /// Year, 1 to 9999.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u32,
    /// Day, from 1.
    pub day: u32,
}

impl Date {
    /// The day, where the calendar has it.
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        let known = (1..=9999).contains(&year) && (1..=days_in_month(year, month)).contains(&day);
        known.then_some(Self { year, month, day })
    }

    /// Reads `2026-03-03`, exactly that shape.
    pub fn parse_iso(text: &str) -> Option<Self> {
        let (year, rest) = text.split_once('-')?;
        let (month, day) = rest.split_once('-')?;
        Self::new(i32::try_from(digits(year, 4)?).ok()?, digits(month, 2)?, digits(day, 2)?)
    }

    /// Days since 0001-01-01.
    pub fn days(self) -> i32 {
        let before = self.year - 1;
        let months: u32 = (1..self.month).map(|month| days_in_month(self.year, month)).sum();
        before * 365 + before / 4 - before / 100 + before / 400 + (months + self.day - 1) as i32
    }

    /// The day so many days after 0001-01-01.
    pub fn from_days(days: i32) -> Option<Self> {
        if !(0..=DAYS_LAST).contains(&days) {
            return None;
        }
        // 400 years have 146,097 days; the guess is never late and at most a year early.
        let mut year = (i64::from(days) * 400 / 146_097) as i32 + 1;
        while year > 1 && first_of(year).days() > days {
            year -= 1;
        }
        while year < 9999 && first_of(year + 1).days() <= days {
            year += 1;
        }
        let mut rest = (days - first_of(year).days()) as u32;
        let mut month = 1;
        while rest >= days_in_month(year, month) {
            rest -= days_in_month(year, month);
            month += 1;
        }
        Self::new(year, month, rest + 1)
    }

    /// Day of the week, 1 (Monday) to 7 (Sunday).
    pub fn weekday(self) -> u32 {
        // 0001-01-01 was a Monday.
        (self.days() % 7) as u32 + 1
    }

    /// Its serial number; `None` before the system's first day.
    pub fn serial(self, date1904: bool) -> Option<f64> {
        let days = self.days();
        let serial = if date1904 {
            days - DAYS_1904
        } else if days < DAYS_1900_MARCH {
            days - DAYS_1900 + 1
        } else {
            days - DAYS_1900 + 2
        };
        (serial >= first_serial(date1904)).then(|| f64::from(serial))
    }

    /// The day and the millisecond of the day that a serial number means; `None` outside the system, for day 60 of
    /// the 1900 system, and below its day 1 (a time of day alone).
    pub fn from_serial(serial: f64, date1904: bool) -> Option<(Self, u32)> {
        if !(0.0..3_000_000.0).contains(&serial) {
            return None;
        }
        let whole = serial.floor();
        let mut day = whole as i32;
        let mut millis = ((serial - whole) * f64::from(DAY_MILLIS)).round() as u32;
        if millis == DAY_MILLIS {
            millis = 0;
            day += 1;
        }
        let days = match (date1904, day) {
            (true, _) => DAYS_1904 + day,
            (false, 1..=59) => DAYS_1900 + day - 1,
            (false, 61..) => DAYS_1900 + day - 2,
            (false, _) => return None,
        };
        Self::from_days(days).map(|date| (date, millis))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// Whether the year has a 29 February.
pub fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days of a month; 0 for a month that is none.
pub fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 0,
    }
}

/// A time of day as `08:30:00`, with `.250` where there are milliseconds.
pub fn time_iso(millis: u32) -> String {
    let (seconds, part) = (millis / 1000, millis % 1000);
    let text = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if part == 0 { text } else { format!("{text}.{part:03}") }
}

/// Reads `08:30`, `08:30:00` or `08:30:00.25` as milliseconds of the day; at most three digits of a second.
pub fn parse_time(text: &str) -> Option<u32> {
    let mut parts = text.split(':');
    let hours = digits(parts.next()?, 2).filter(|h| *h < 24)?;
    let minutes = digits(parts.next()?, 2).filter(|m| *m < 60)?;
    let (whole, part) = match parts.next() {
        Some(seconds) => seconds.split_once('.').unwrap_or((seconds, "0")),
        None => ("00", "0"),
    };
    if parts.next().is_some() || part.len() > 3 {
        return None;
    }
    let seconds = digits(whole, 2).filter(|s| *s < 60)?;
    let part = digits(part, part.len())? * 10_u32.pow(3 - part.len() as u32);
    Some(((hours * 60 + minutes) * 60 + seconds) * 1000 + part)
}

/// The date of a serial number as `2026-03-03`; its time of day, if any, is left out.
pub fn date_iso(serial: f64, date1904: bool) -> Option<String> {
    Date::from_serial(serial, date1904).map(|(date, _)| date.to_string())
}

/// The date and time of a serial number as `2026-03-03T08:30:00`.
pub fn datetime_iso(serial: f64, date1904: bool) -> Option<String> {
    Date::from_serial(serial, date1904).map(|(date, millis)| format!("{date}T{}", time_iso(millis)))
}

/// The time of day of a serial number, whatever its day, as `08:30:00`; `None` below zero.
pub fn time_of_serial(serial: f64) -> Option<String> {
    if !serial.is_finite() || serial < 0.0 {
        return None;
    }
    let millis = ((serial - serial.floor()) * f64::from(DAY_MILLIS)).round() as u32;
    Some(time_iso(millis % DAY_MILLIS))
}

/// The serial number of a date with a time of day; [`Date::from_serial`] gives both back.
pub fn datetime_serial(date: Date, millis: u32, date1904: bool) -> Option<f64> {
    if millis >= DAY_MILLIS {
        return None;
    }
    date.serial(date1904).map(|day| day + f64::from(millis) / f64::from(DAY_MILLIS))
}

const DAYS_1900: i32 = 693_595;
const DAYS_1900_MARCH: i32 = DAYS_1900 + 59;
const DAYS_1904: i32 = DAYS_1900 + 1_460;
const DAYS_LAST: i32 = 3_652_058;

fn first_serial(date1904: bool) -> i32 {
    i32::from(!date1904)
}

fn first_of(year: i32) -> Date {
    Date { year, month: 1, day: 1 }
}

fn digits(text: &str, length: usize) -> Option<u32> {
    let plain = !text.is_empty() && text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        Date::parse_iso(text).unwrap()
    }

    #[test]
    fn every_day_goes_to_days_and_back() {
        for days in 0..=DAYS_LAST {
            assert_eq!(Date::from_days(days).map(Date::days), Some(days));
        }
        assert_eq!(Date::from_days(0), Some(date("0001-01-01")));
        assert_eq!(Date::from_days(DAYS_LAST), Some(date("9999-12-31")));
        assert_eq!((Date::from_days(-1), Date::from_days(DAYS_LAST + 1)), (None, None));
    }

    #[test]
    fn serials_go_to_a_date_and_back() {
        for date1904 in [false, true] {
            let mut before = None;
            // Two rounds of the calendar of 400 years and the last years day by day, every seventh day between.
            let between = (292_194..2_957_000).step_by(7);
            for serial in (0..292_194).chain(between).chain(2_957_000..2_958_470) {
                let Some((date, millis)) = Date::from_serial(f64::from(serial), date1904) else { continue };
                assert_eq!((date.serial(date1904), millis), (Some(f64::from(serial)), 0), "{date}");
                assert!(before < Some(date));
                before = Some(date);
            }
            assert_eq!(before, Some(date("9999-12-31")));
        }
    }

    #[test]
    fn known_serials() {
        let iso = |serial, date1904| date_iso(serial, date1904).unwrap_or_default();
        assert_eq!(iso(1.0, false), "1900-01-01");
        assert_eq!(iso(59.0, false), "1900-02-28");
        assert_eq!(iso(60.0, false), "");
        assert_eq!(iso(60.5, false), "");
        assert_eq!(iso(61.0, false), "1900-03-01");
        assert_eq!(iso(45_000.0, false), "2023-03-15");
        assert_eq!(iso(2_958_465.0, false), "9999-12-31");
        assert_eq!(iso(2_958_466.0, false), "");
        assert_eq!(iso(0.0, true), "1904-01-01");
        assert_eq!(iso(43_538.0, true), "2023-03-15");
        assert_eq!(iso(0.5, false), "");
        for bad in [-1.0, f64::NAN, f64::INFINITY, 1e300] {
            assert_eq!((iso(bad, false), iso(bad, true)), (String::new(), String::new()));
        }
        assert_eq!(date("1899-12-31").serial(false), None);
        assert_eq!(date("1903-12-31").serial(true), None);
    }

    #[test]
    fn times_of_day() {
        assert_eq!(datetime_iso(45_000.5, false).as_deref(), Some("2023-03-15T12:00:00"));
        assert_eq!(datetime_iso(45_000.999_999_999_99, false).as_deref(), Some("2023-03-16T00:00:00"));
        assert_eq!(time_of_serial(0.75).as_deref(), Some("18:00:00"));
        assert_eq!(time_of_serial(45_000.25).as_deref(), Some("06:00:00"));
        assert_eq!(time_of_serial(-0.25), None);
        for millis in (0..DAY_MILLIS).step_by(997) {
            assert_eq!(parse_time(&time_iso(millis)), Some(millis));
            let serial = datetime_serial(date("9999-12-31"), millis, false).unwrap();
            assert_eq!(Date::from_serial(serial, false), Some((date("9999-12-31"), millis)));
        }
        assert_eq!(parse_time("08:30"), Some(30_600_000));
        for bad in ["", "8:30", "24:00", "08:60", "08:30:60", "08:30:00.", "08:30:00.1234", "08:30:00:00", "+8:30"] {
            assert_eq!(parse_time(bad), None, "{bad}");
        }
    }

    #[test]
    fn weekdays_and_the_calendar() {
        assert_eq!(date("2026-03-02").weekday(), 1);
        assert_eq!(date("2024-02-29").weekday(), 4);
        assert_eq!(date("2000-01-01").weekday(), 6);
        assert_eq!(date("1900-01-07").weekday(), 7);
        assert!(is_leap(2000) && is_leap(2024) && !is_leap(1900) && !is_leap(2023));
        assert_eq!((days_in_month(2024, 2), days_in_month(2023, 2), days_in_month(2023, 13)), (29, 28, 0));
        for bad in ["2023-02-29", "2023-13-01", "2023-00-01", "2023-1-01", "20230101", "+023-01-01", "2023-01-01 ", ""]
        {
            assert_eq!(Date::parse_iso(bad), None, "{bad}");
        }
    }
}
