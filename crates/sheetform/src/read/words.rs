//! The texts of a form that mark places on a sheet, and where a cell holds one.

use std::collections::{BTreeMap, BTreeSet};

use crate::layout::{BandKind, Field, LabelItem, Layout, Title};
use crate::text::{fold, is_common_han, is_invisible, without_brackets};

/// What a label band wants to find, in order.
#[derive(Clone, Debug)]
pub(super) struct Want<'a> {
    pub(super) names: &'a [String],
    pub(super) field: Option<&'a Field>,
    /// Number of the group's own want, for a field of a group.
    pub(super) group: Option<usize>,
    /// For a group: its fields' wants follow it, this many.
    pub(super) members: usize,
    /// Path of the field, or of the group's object.
    pub(super) path: &'a [String],
    /// Number of its band in the layout.
    pub(super) band: usize,
}

/// Everything a sheet is searched for.
pub(super) struct Words<'a> {
    /// Folded texts of heads, captions and labels.
    marks: BTreeSet<String>,
    /// First characters of the marks, for a quick no.
    first: BTreeSet<char>,
    /// Label names, to find several in one cell.
    labels: BTreeSet<&'a str>,
    longest: usize,
    /// Folded captions.
    captions: BTreeSet<String>,
    title: Option<&'a Title>,
    /// Wants of the label bands.
    pub(super) wants: Vec<Want<'a>>,
}

impl<'a> Words<'a> {
    fn new_empty() -> Self {
        Self {
            captions: BTreeSet::new(),
            title: None,
            marks: BTreeSet::new(),
            first: BTreeSet::new(),
            labels: BTreeSet::new(),
            longest: 0,
            wants: Vec::new(),
        }
    }

    pub(super) fn new(layout: &'a Layout) -> Self {
        let mut words = Self { title: layout.title.as_ref(), ..Self::new_empty() };
        for (number, band) in layout.bands.iter().enumerate() {
            for text in band.caption.iter().chain(&band.caption_aliases) {
                words.captions.insert(fold(text));
                words.mark(fold(text));
            }
            match &band.kind {
                BandKind::Table(table) => {
                    for path in table.columns.iter().flat_map(|c| &c.paths) {
                        for text in path {
                            words.mark(text.clone());
                        }
                    }
                }
                BandKind::Labels(labels) => {
                    for item in &labels.items {
                        words.want(item, number);
                    }
                }
            }
        }
        let names: Vec<&String> = words.wants.iter().flat_map(|want| want.names).collect();
        for name in names {
            words.mark(name.clone());
        }
        words
    }

    /// What marks a place for any of several forms: good for [`Self::hit`] alone.
    pub(super) fn of_any(all: &[Self]) -> Self {
        let mut any = Self::new_empty();
        for words in all {
            any.marks.extend(words.marks.iter().cloned());
            any.first.extend(&words.first);
            any.labels.extend(&words.labels);
            any.longest = any.longest.max(words.longest);
        }
        any
    }

    fn mark(&mut self, folded: String) {
        if let Some(first) = folded.chars().next() {
            self.first.insert(first);
            self.longest = self.longest.max(folded.len());
            self.marks.insert(folded);
        }
    }

    fn want(&mut self, item: &'a LabelItem, band: usize) {
        let mut push = |names: &'a [String], field, group, members, path| {
            for name in names {
                self.labels.insert(name);
            }
            self.wants.push(Want { names, field, group, members, path, band });
        };
        match item {
            LabelItem::Field(field) => push(&field.names, Some(field), None, 0, &field.path),
            LabelItem::Group(group) => {
                push(&group.names, None, None, group.fields.len(), &group.path);
                let own = self.wants.len() - 1;
                for field in &group.fields {
                    for name in &field.names {
                        self.labels.insert(name);
                    }
                    self.wants.push(Want {
                        names: &field.names,
                        field: Some(field),
                        group: Some(own),
                        members: 0,
                        path: &field.path,
                        band,
                    });
                }
            }
        }
    }

    /// Whether a cell's text may mark a place: it is a mark, or has a label before a colon. Only where it may, heads,
    /// captions and labels are looked for.
    pub(super) fn hit(&self, text: &str) -> bool {
        let longest = self.longest * 4 + 16;
        if (text.len() <= longest || text.trim().len() <= longest)
            && self.first_fits(text)
            && self.marks.contains(&fold(text))
        {
            return true;
        }
        // A label may have a unit behind it that the form does not have, and a sign behind that.
        let bare = text.trim_end_matches(|c: char| c.is_whitespace() || "*＊※:：;；".contains(c));
        let closed = bare.ends_with([')', '）', ']', '］', '}', '｝', '】', '〕', '」', '》', '〉']);
        if closed && without_brackets(&fold(text)).is_some_and(|t| self.labels.contains(t)) {
            return true;
        }
        text.contains([':', '：']) && !self.labels_in(text).is_empty()
    }

    fn first_fits(&self, text: &str) -> bool {
        use unicode_normalization::UnicodeNormalization;
        if let Some(plain) = text.chars().next().filter(|c| is_common_han(*c)) {
            // Folding leaves it as it is.
            return self.first.contains(&plain);
        }
        if let Some(plain) = text.bytes().next().filter(u8::is_ascii_alphanumeric) {
            return self.first.contains(&char::from(plain.to_ascii_lowercase()));
        }
        let skipped = |c: char| c.is_whitespace() || is_invisible(c) || matches!(c, '*' | '＊' | '※');
        text.trim_start_matches(skipped).chars().next().is_some_and(|c| {
            std::iter::once(c).nfkc().flat_map(char::to_lowercase).any(|c| self.first.contains(&c))
                || matches!(c, '【' | '〔' | '[' | '「' | '《' | '〈' | '{')
        })
    }

    /// Whether a text may be the title or a caption.
    pub(super) fn is_decor(&self, text: &str) -> bool {
        self.captions.contains(&fold(text)) || self.title.is_some_and(|title| title.matches(text))
    }

    /// Labels with a colon in a text, each with its value: `编制人：李工  审核人：`; and as it is written where
    /// only what stands in brackets behind it makes it another.
    pub(super) fn labels_in(&self, text: &str) -> Vec<(String, String, Option<String>)> {
        let one = |(name, nearly, value): (String, Option<String>, std::ops::Range<usize>)| {
            (name, text[value].trim().to_owned(), nearly)
        };
        self.spans_in(text).into_iter().map(one).collect()
    }

    /// A text with another value behind one of its labels; `None` where it has no such label.
    ///
    /// Blanks that keep labels apart stay, as far as the value leaves them room.
    pub(super) fn with_value(&self, text: &str, order: usize, value: &str) -> Option<String> {
        let spans = self.spans_in(text);
        let (.., span) = spans.get(order)?;
        let old = &text[span.clone()];
        let (lead, trail) = if old.trim().is_empty() || super::text_value::is_blank_date(old.trim()) {
            let kept = old.chars().count().saturating_sub(value.chars().count());
            let apart = if order + 1 < spans.len() { kept.max(2) } else { 0 };
            ("", " ".repeat(apart))
        } else {
            let end = old.trim_end().len();
            (&old[..old.len() - old.trim_start().len()], old[end..].to_owned())
        };
        Some([&text[..span.start], lead, value, &trail, &text[span.end..]].concat())
    }

    /// Labels with a colon in a text, with the bytes of the value behind each.
    fn spans_in(&self, text: &str) -> Vec<(String, Option<String>, std::ops::Range<usize>)> {
        let mut found: Vec<((String, Option<String>), usize, usize)> = Vec::new();
        let mut from = 0;
        for (at, colon) in text.match_indices([':', '：']) {
            if let Some((name, nearly, start)) = self.label_before(&text[from..at]) {
                found.push(((name, nearly), from + start, at + colon.len()));
                from = at + colon.len();
            }
        }
        // A text that begins with something else is no label cell.
        let before_first = found.first().map_or("", |(_, start, _)| &text[..*start]);
        if !before_first.trim().is_empty() {
            return Vec::new();
        }
        let ends: Vec<usize> = found.iter().skip(1).map(|(_, start, _)| *start).chain([text.len()]).collect();
        let found = found.into_iter().zip(ends);
        found.map(|(((name, nearly), _, value), end)| (name, nearly, value..end)).collect()
    }

    /// The longest label that ends a text after a blank or at its start, and where it begins.
    fn label_before(&self, text: &str) -> Option<(String, Option<String>, usize)> {
        let mut starts: Vec<usize> = vec![text.len() - text.trim_start().len()];
        let mut blank = false;
        for (at, c) in text.char_indices() {
            if !c.is_whitespace() && blank {
                starts.push(at);
            }
            blank = c.is_whitespace();
        }
        starts.into_iter().find_map(|start| {
            let folded = fold(&text[start..]);
            if self.labels.contains(folded.as_str()) {
                return Some((folded, None, start));
            }
            let short = without_brackets(&folded).filter(|short| self.labels.contains(short))?;
            Some((short.to_owned(), Some(text[start..].trim().to_owned()), start))
        })
    }

    /// Names accepted for a label, by folded text.
    pub(super) fn by_name(&self) -> BTreeMap<&'a str, Vec<usize>> {
        let mut map: BTreeMap<&'a str, Vec<usize>> = BTreeMap::new();
        for (i, want) in self.wants.iter().enumerate() {
            for name in want.names {
                map.entry(name).or_default().push(i);
            }
        }
        map
    }
}
