//! Texts that mean something on the form's sheet: headings, labels, captions, totals. Data that reads like one of
//! them is written as a JSON string literal, so that it is not taken for it.

use std::collections::BTreeSet;

use crate::layout::{Band, BandKind, LabelItem, Layout, TOTAL_WORDS};
use crate::text::{fold, without_brackets};

/// The words of a form's sheet, folded.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    whole: BTreeSet<String>,
    labels: BTreeSet<String>,
    /// Bytes of the longest; a much longer text is none of them.
    longest: usize,
}

impl Words {
    /// The words of a layout.
    pub(super) fn of(layout: &Layout) -> Self {
        let mut words = Self::default();
        words.whole.extend(TOTAL_WORDS.iter().map(|word| (*word).to_owned()));
        for band in &layout.bands {
            words.band(band);
        }
        words.whole.retain(|word| !word.is_empty());
        words.labels.retain(|word| !word.is_empty());
        words.longest = words.whole.iter().chain(&words.labels).map(String::len).max().unwrap_or(0);
        words
    }

    fn band(&mut self, band: &Band) {
        let texts = band.caption.iter().chain(&band.caption_aliases).chain(&band.before).chain(&band.after);
        self.whole.extend(texts.map(|text| fold(text)));
        match &band.kind {
            BandKind::Labels(labels) => {
                self.whole.extend(labels.heads.iter().flatten().map(|head| fold(head)));
                for item in &labels.items {
                    let names = match item {
                        LabelItem::Field(field) => &field.names,
                        LabelItem::Group(group) => &group.names,
                    };
                    self.labels.extend(names.iter().cloned());
                }
                self.labels.extend(labels.fields().flat_map(|field| field.names.iter().cloned()));
            }
            BandKind::Table(table) => {
                for column in &table.columns {
                    self.whole.extend(column.heads.iter().map(|head| fold(head)));
                    self.whole.extend(column.paths.iter().flatten().cloned());
                }
                self.whole.extend(table.totals.iter().flat_map(|row| row.names.iter().cloned()));
            }
        }
    }

    /// Whether a text reads like one of the words, or like a label with its value behind a colon.
    pub(super) fn reserved(&self, text: &str) -> bool {
        if self.longest == 0 {
            return false;
        }
        let is_label = |text: &str| text.len() <= self.longest * 4 && self.labels.contains(&fold(text));
        if text.find([':', '：']).is_some_and(|colon| is_label(&text[..colon])) {
            return true;
        }
        if text.len() > self.longest * 4 {
            return false;
        }
        let folded = fold(text);
        let known = |word: &str| self.whole.contains(word) || self.labels.contains(word);
        known(&folded) || without_brackets(&folded).is_some_and(known)
    }
}
