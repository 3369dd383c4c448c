//! The text that stands for a number in a column of texts: what its cell shows, as far as that keeps all of it.

use super::Reader;
use super::digits::significant_digits;
use crate::grid::FormatKind;
use crate::read::shown;
use crate::serial::{Date, date_iso, time_iso};

/// Digits that Excel keeps of a number, and those that tell every double from its neighbours.
const KEPT: usize = 15;
const TELLING: usize = 17;
const DAY_SECONDS: f64 = 86_400.0;

impl Reader<'_> {
    /// None where the number's own digits are its text, or where digits are lost.
    pub(super) fn shown_text(&self, value: f64, raw: &str) -> Option<String> {
        let code = self.cell.format.as_ref().map_or("", |format| &*format.code);
        match self.cell.kind() {
            FormatKind::Date => date_iso(value, self.context.date1904),
            FormatKind::Month => shown::shown(self.cell, self.context.date1904).map(|text| text.to_string()),
            FormatKind::Time if (0.0..1.0).contains(&value) => {
                let seconds = (value * DAY_SECONDS).round();
                let hours = if code.to_ascii_lowercase().contains("hh") { 2 } else { 1 };
                (seconds < DAY_SECONDS).then(|| clock(seconds, hours))
            }
            FormatKind::DateTime | FormatKind::Time => {
                let (date, millis) = Date::from_serial(value, self.context.date1904)?;
                let time = time_iso(millis);
                let time = time.strip_suffix(":00").unwrap_or(&time);
                Some(if millis == 0 { date.to_string() } else { format!("{date} {time}") })
            }
            FormatKind::Duration => (value >= 0.0).then(|| clock((value * DAY_SECONDS).round(), 1)),
            // Digits beyond what Excel keeps are lost, whatever is shown.
            FormatKind::Number | FormatKind::Percent | FormatKind::Text if value.abs() < 1e15 => {
                let text = shown::shown(self.cell, self.context.date1904)?;
                if says(&text, value) {
                    return Some(text.to_string());
                }
                let noise = value.fract() != 0.0 && (KEPT + 1..=TELLING).contains(&significant_digits(raw));
                let rounded: f64 = format!("{value:.*e}", KEPT - 1).parse().ok()?;
                (noise && rounded.abs() > 1e-10).then(|| rounded.to_string())
            }
            FormatKind::Number | FormatKind::Percent | FormatKind::Text => None,
        }
    }

    /// Whether the cell shows a time of day or a stretch of time.
    pub(super) fn is_timed(&self) -> bool {
        matches!(self.cell.kind(), FormatKind::Time | FormatKind::Duration)
    }
}

/// Hours of so many digits at least, and seconds where there are any.
fn clock(seconds: f64, hours: usize) -> String {
    let all = seconds as u64;
    let (hour, minute, second) = (all / 3600, all / 60 % 60, all % 60);
    let text = format!("{hour:0hours$}:{minute:02}");
    if second == 0 { text } else { format!("{text}:{second:02}") }
}

/// Whether a text has all digits of a number, and no others.
fn says(text: &str, value: f64) -> bool {
    let digits: String = text.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | '-')).collect();
    let hundreds = if text.contains('%') { 100.0 } else { 1.0 };
    let told = digits.parse::<f64>().map(|told| told / hundreds);
    told.is_ok_and(|told| (told - value).abs() <= value.abs() * f64::EPSILON)
}
