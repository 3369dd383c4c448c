//! What a cell would hold were it as the form asks: the value that was read from it, in the cell's own place. Only
//! where nothing is lost and nobody need be asked; else none.

use serde_json::Value;

use super::Reader;
use crate::fix::{FormatWish, Mend};
use crate::grid::Content;
use crate::layout::FieldKind;
use crate::new_book::NewContent;
use crate::read::text_value;
use crate::serial;
use crate::text::fold;
use crate::write::{format_of, hold};

/// Days from 1900 to 1904, by which the two date systems differ.
const YEARS_1904: f64 = 1_462.0;

impl Reader<'_> {
    /// For a value that was read as another type than the cell has.
    ///
    /// Left as they are: yes and no in words, which people read better than TRUE; times, whose cells are right; ticked
    /// boxes, whose text is the form's; and what says more than the value: a date with a time of day or `前`, an amount
    /// with a currency that the form has not.
    pub(super) fn mend(&self, value: &Value) -> Option<Box<Mend>> {
        let kind = &self.field.kind;
        let to = match kind {
            FieldKind::Boolean | FieldKind::DateTime | FieldKind::Time | FieldKind::Json => return None,
            FieldKind::Checks(choices) => {
                let text = self.cell.as_text().unwrap_or_default();
                if text_value::boxes(text, choices).is_some() {
                    return None;
                }
                NewContent::Text(choices.iter().find(|choice| choice.value == *value)?.text.clone())
            }
            FieldKind::Date | FieldKind::Month => {
                if self.loses_days() || !self.cell.as_text().is_none_or(is_bare_date) {
                    return None;
                }
                match self.held(value)? {
                    NewContent::Number(days) if self.context.date1904 => {
                        NewContent::Number(Some(days - YEARS_1904).filter(|days| *days >= 0.0)?)
                    }
                    to => to,
                }
            }
            FieldKind::Integer | FieldKind::Number
                if self.field.unit.is_none() && !self.cell.as_text().is_none_or(is_bare_number) =>
            {
                return None;
            }
            _ => self.held(value)?,
        };
        self.becomes(to)
    }

    /// For a text with blanks at its edges. One of blanks alone is none at all without them: that is left.
    pub(super) fn trimmed(&self, text: &str) -> Option<Box<Mend>> {
        let to = NewContent::Text(text.trim().to_owned());
        if text.trim().is_empty() || self.held(&text.trim().into())? != to {
            return None;
        }
        self.becomes(to)
    }

    /// For the form's word for nothing in another width or case.
    pub(super) fn as_nothing(&self, text: &str) -> Option<Box<Mend>> {
        let folded = fold(text.trim());
        let own = self.field.none.iter().find(|none| fold(none) == folded)?;
        self.becomes(NewContent::Text(own.trim().to_owned()))
    }

    fn held(&self, value: &Value) -> Option<NewContent> {
        hold(self.field, Some(value), &|_| false).ok()
    }

    fn becomes(&self, to: NewContent) -> Option<Box<Mend>> {
        let is_date = matches!(self.field.kind, FieldKind::Date | FieldKind::Month);
        let text = self.cell.as_text();
        // Quoted or as JSON it would be right, and no person would write it so.
        let strange = |text: &str| text.starts_with(['"', '[', '{']);
        if matches!((&to, text), (NewContent::Text(to), Some(text)) if strange(to) && !strange(text.trim())) {
            return None;
        }
        let percent = text.filter(|_| self.field.unit.is_none()).and_then(percent_format);
        Some(Box::new(Mend {
            from: self.cell.content.clone(),
            wish: FormatWish {
                format: format_of(self.field, &to).filter(|code| code != "@").or(percent),
                is_date,
                is_month: self.field.kind == FieldKind::Month,
                in_percent: matches!(self.field.unit.as_deref(), Some("%" | "％")),
                as_text: !matches!(self.cell.content, Content::Text(_)),
            },
            to,
        }))
    }

    /// Whether a date cell holds more than the field takes: a time of day, or a day where a month is asked for.
    fn loses_days(&self) -> bool {
        let Content::Number { value, .. } = self.cell.content else { return false };
        if !self.is_dated() {
            return false;
        }
        let day = serial::Date::from_serial(value, self.context.date1904);
        day.is_none_or(|(date, rest)| rest != 0 || (self.field.kind == FieldKind::Month && date.day != 1))
    }
}

/// Whether a text is a day or month and no more: not `3月1日前`, nor one with a time of day other than midnight.
fn is_bare_date(text: &str) -> bool {
    const WORDS: &str = "年月日号底末星期周天〇零一二三四五六七八九十,、;";
    let folded = fold(text);
    let (date, time) = match folded.find(':') {
        Some(colon) => {
            let hour = folded[..colon].trim_end_matches(|c: char| c.is_ascii_digit()).len();
            // Folded, the blank between day and hour is gone: two digits are the hour's.
            folded.split_at(hour.max(colon.saturating_sub(2)))
        }
        None => (folded.as_str(), ""),
    };
    date.chars().all(|c| c.is_ascii_alphanumeric() || "-/.()".contains(c) || WORDS.contains(c))
        && time.chars().all(|c| "0:.z".contains(c))
}

/// Whether a text is digits and their signs alone.
fn is_bare_number(text: &str) -> bool {
    fold(text).chars().all(|c| c.is_ascii_digit() || "+-.,%'e".contains(c))
}

/// The format that shows a number as the percentage that a text was: with as many decimals.
fn percent_format(text: &str) -> Option<String> {
    let folded = fold(text);
    let digits = folded.strip_suffix('%')?;
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    Some(if decimals == 0 { "0%".to_owned() } else { format!("0.{}%", "0".repeat(decimals)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_more_than_a_date_is_left() {
        for text in
            ["2026.3.1", "２０２６－０１－０５", "2026年1月5日（星期一）", "3月末", "2026-03-23 00:00:00", "5 Jan 2026"]
        {
            assert!(is_bare_date(text), "{text}");
        }
        for text in [
            "2026年1月5日前",
            "12月底前",
            "2026年1月5日 上午",
            "2026-01-05 08:30:15",
            "2026-01-05T08:30:00",
            "2026-01-05 10:00",
        ] {
            assert!(!is_bare_date(text), "{text}");
        }
    }

    #[test]
    fn a_percentage_keeps_its_look() {
        assert_eq!(percent_format("８５％").as_deref(), Some("0%"));
        assert_eq!(percent_format("8.50 %").as_deref(), Some("0.00%"));
        assert_eq!(percent_format("85"), None);
        assert!(is_bare_number("１，２３４.5") && !is_bare_number("¥5"));
    }
}
