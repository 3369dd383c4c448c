//! Child sheets: where the parts of a document stand that have no place in the form's own bands. Only the words and the
//! shapes; `write` makes such sheets, `read` takes them in, and neither knows the other.
//!
//! A cell that should hold such a part shows a reference, `→ 7`, and the rows of the part begin with the same `→ 7`.
//! A child sheet says in the heading of its first column what its rows are, so that it is read without a form.

mod path;

pub(crate) use path::{Step, parse_path, show_path, show_quoted};

/// The heading of an outline: one row for each value of a part, with its path.
const OUTLINE: &str = "→";
/// The heading of a list: each row of a part is one of its items.
const LIST: &str = "→ []";
/// The heading of records: each part is one row.
const RECORD: &str = "→ {}";
/// The second heading of an outline.
pub(crate) const PATH: &str = "路径 path";
/// The third heading of an outline.
pub(crate) const VALUE: &str = "值 value";
/// In the path column: this row's text goes on with that of the row above.
pub(crate) const GOES_ON: &str = "…";
/// The column or label of the properties that the form does not declare.
pub(crate) const REST: &str = "…";

/// What the rows of a child sheet are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Values with their paths.
    Outline,
    /// The items of lists.
    List,
    /// One object each.
    Record,
}

impl Kind {
    /// The heading of the first column.
    pub(crate) fn heading(self) -> &'static str {
        match self {
            Self::Outline => OUTLINE,
            Self::List => LIST,
            Self::Record => RECORD,
        }
    }

    /// The kind of a sheet whose head has these texts, from its first column on.
    pub(crate) fn of_head(texts: &[&str]) -> Option<Self> {
        let first = texts.first()?.trim();
        match first {
            OUTLINE
                if texts.get(1).map(|t| t.trim()) == Some(PATH) && texts.get(2).map(|t| t.trim()) == Some(VALUE) =>
            {
                Some(Self::Outline)
            }
            LIST => Some(Self::List),
            RECORD => Some(Self::Record),
            _ => None,
        }
    }
}

/// What the rows of a part begin with, and what the cell shows that should hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// The whole document: it is in no cell.
    Root,
    /// A part.
    Part(u32),
}

impl Key {
    /// The key that a cell shows.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text == "$" {
            return Some(Self::Root);
        }
        let digits = text.strip_prefix('→')?.trim_start();
        let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| digits.parse().ok()).flatten().map(Self::Part)
    }

    /// The part that a value cell refers to.
    pub(crate) fn reference(text: &str) -> Option<u32> {
        match Self::parse(text) {
            Some(Self::Part(number)) => Some(number),
            _ => None,
        }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Root => f.write_str("$"),
            Self::Part(number) => write!(f, "→ {number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_go_both_ways() {
        for key in [Key::Root, Key::Part(0), Key::Part(12)] {
            assert_eq!(Key::parse(&key.to_string()), Some(key));
        }
        assert_eq!(Key::parse("→12"), Some(Key::Part(12)));
        for text in ["→", "→ x", "→ -1", "→ 1 2", "12", "", "→ 99999999999"] {
            assert_eq!(Key::parse(text), None, "{text}");
        }
        assert_eq!(Key::reference("$"), None);
    }

    #[test]
    fn heads_say_the_kind() {
        for kind in [Kind::Outline, Kind::List, Kind::Record] {
            assert_eq!(Kind::of_head(&[kind.heading(), PATH, VALUE]), Some(kind));
        }
        assert_eq!(Kind::of_head(&["→", "name"]), None);
        assert_eq!(Kind::of_head(&[]), None);
    }
}
