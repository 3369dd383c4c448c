//! Several values in one cell: parted by the form's sign, or by another, which is said.

use serde_json::Value;

use super::{Outcome, Reader};
use crate::layout::FieldKind;
use crate::read::text_value;
use crate::text::by_other_signs;

impl Reader<'_> {
    pub(super) fn list(&self, item: &FieldKind, separator: &str, text: &str, literal: bool) -> Outcome {
        let trimmed = text.trim();
        if !literal
            && trimmed.starts_with('[')
            && let Ok(list @ Value::Array(_)) = serde_json::from_str(trimmed)
        {
            return Outcome::Value(list, None);
        }
        // A JSON string literal is one text, and so one item.
        if literal {
            return match self.text_as(item, text, true) {
                Outcome::Value(one, finding) => Outcome::Value(vec![one].into(), finding),
                other => other,
            };
        }
        if let Some(parted) = self.parted_otherwise(item, separator, text) {
            return parted;
        }
        let mut values = Vec::new();
        let parts = text_value::items(text, separator);
        let mut changed = parts.iter().map(|part| part.text).collect::<Vec<_>>().join(separator) != text;
        let mut prompt = false;
        for part in &parts {
            let literal = part.literal.as_deref();
            prompt |= literal.is_none() && *item == FieldKind::Text && self.is_prompt(part.text);
            match self.text_as(item, literal.unwrap_or(part.text), literal.is_some()) {
                Outcome::Value(value, finding) => {
                    // The digits of a number in a list are text anyhow.
                    let own = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    changed |= finding.is_some() && own != part.text && literal.is_none();
                    values.push(value);
                }
                Outcome::Absent | Outcome::Nothing(_) => changed = true,
                bad @ Outcome::Bad(_) => return bad,
            }
        }
        if prompt {
            return Outcome::Value(values.into(), Some(Box::new(self.prompt_left(text))));
        }
        // Another sign between the items, a blank around one: said, for free text is never trimmed in silence.
        if changed { self.converted(values.into(), text) } else { Outcome::Value(values.into(), None) }
    }

    /// A list whose values another sign parts than the form's; `None` where none does, or the whole is one value.
    fn parted_otherwise(&self, item: &FieldKind, separator: &str, text: &str) -> Option<Outcome> {
        let parts = by_other_signs(text, separator)?;
        if *item != FieldKind::Text && matches!(self.text_as(item, text.trim(), false), Outcome::Value(..)) {
            return None;
        }
        let mut values = Vec::new();
        let mut prompt = false;
        for part in parts {
            prompt |= *item == FieldKind::Text && self.is_prompt(part);
            match self.text_as(item, part, false) {
                Outcome::Value(value, _) => values.push(value),
                Outcome::Absent | Outcome::Nothing(_) => {}
                Outcome::Bad(_) => return None,
            }
        }
        Some(if prompt {
            Outcome::Value(values.into(), Some(Box::new(self.prompt_left(text))))
        } else {
            self.converted(values.into(), text)
        })
    }
}
