//! What a cell would hold were it as the form asks: the value that was read from it, in the cell's own place. Only
//! where nothing is lost and nobody need be asked; else none.

use serde_json::Value;

use super::Reader;
use crate::fix::Mend;
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
    /// Left as they are: yes and no in words, which people read better than TRUE; times, whose cells are right; dates
    /// with a time of day, which would be lost; ticked boxes, whose text is the form's.
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
                if self.loses_days() {
                    return None;
                }
                match self.held(value)? {
                    NewContent::Number(days) if self.context.date1904 => {
                        NewContent::Number(Some(days - YEARS_1904).filter(|days| *days >= 0.0)?)
                    }
                    to => to,
                }
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
        Some(Box::new(Mend {
            from: self.cell.content.clone(),
            format: format_of(self.field, &to).filter(|code| code != "@"),
            is_date,
            is_month: self.field.kind == FieldKind::Month,
            in_percent: matches!(self.field.unit.as_deref(), Some("%" | "％")),
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
