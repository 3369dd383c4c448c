//! Parts of a document that could not be read, and were reported when they were met: nothing more is said of them.

use std::collections::BTreeSet;

/// The pointers of such parts. `*` stands for every index of an array.
pub(super) struct Unreadable<'a> {
    given: &'a BTreeSet<String>,
    /// The given ones that hold a `*`, part by part.
    patterns: Vec<Vec<&'a str>>,
    /// Those found on the way: values of a wrong type, outside their list, of a wrong format.
    found: BTreeSet<String>,
}

impl<'a> Unreadable<'a> {
    pub(super) fn new(given: &'a BTreeSet<String>) -> Self {
        let patterns = given.iter().filter(|pointer| pointer.split('/').any(|part| part == "*"));
        Self { given, patterns: patterns.map(|p| p.split('/').skip(1).collect()).collect(), found: BTreeSet::new() }
    }

    pub(super) fn add(&mut self, pointer: String) {
        self.found.insert(pointer);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.given.is_empty() && self.found.is_empty()
    }

    /// Whether the part itself, or what it lies in, could not be read.
    pub(super) fn covers(&self, pointer: &str) -> bool {
        if self.is_empty() {
            return false;
        }
        let ends = pointer.match_indices('/').map(|(i, _)| i).chain([pointer.len()]);
        if ends.map(|end| &pointer[..end]).any(|above| self.given.contains(above) || self.found.contains(above)) {
            return true;
        }
        self.patterns.iter().any(|pattern| {
            let mut parts = pointer.split('/').skip(1);
            pattern.iter().all(|one| parts.next().is_some_and(|part| fits(one, part)))
        })
    }

    /// Whether the part, what it lies in, or something in it could not be read.
    pub(super) fn touches(&self, pointer: &str) -> bool {
        self.covers(pointer) || self.lies_below(pointer)
    }

    fn lies_below(&self, pointer: &str) -> bool {
        if self.is_empty() {
            return false;
        }
        let inside = format!("{pointer}/");
        let first_in =
            |set: &BTreeSet<String>| set.range(inside.clone()..).next().is_some_and(|p| p.starts_with(&inside));
        if first_in(self.given) && !self.only_columns_below(&inside) || first_in(&self.found) {
            return true;
        }
        let depth = pointer.split('/').count() - 1;
        self.patterns.iter().any(|pattern| {
            // A missing column lies in every record, but is no part of the list itself.
            pattern.get(depth).is_some_and(|next| *next != "*")
                && pointer.split('/').skip(1).zip(pattern).all(|(part, one)| fits(one, part))
        })
    }

    /// Whether all given parts below are missing columns of the list there.
    fn only_columns_below(&self, inside: &str) -> bool {
        let below = self.given.range(inside.to_owned()..).take_while(|p| p.starts_with(inside));
        below.into_iter().all(|p| p[inside.len()..].split('/').next() == Some("*"))
    }
}

fn fits(pattern: &str, part: &str) -> bool {
    pattern == part || (pattern == "*" && !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_covered() {
        let given: BTreeSet<String> =
            ["/entries/3/due", "/entries/*/责任/owner", "/a/0", "/groups/*/items/*/x"].map(str::to_owned).into();
        let unreadable = Unreadable::new(&given);
        for (pointer, covers, touches) in [
            ("/entries/3/due", true, true),
            ("/entries/3/due/0", true, true),
            ("/entries/3", false, true),
            ("/entries/4", false, true),
            ("/entries/4/due", false, false),
            ("/entries/12/责任/owner", true, true),
            ("/entries/12/责任", false, true),
            ("/entries/x/责任/owner", false, false),
            ("/groups/1/items", false, false),
            ("/groups/1/items/7/x", true, true),
            ("/a", false, true),
            ("/a/01", false, false),
            ("", false, true),
        ] {
            assert_eq!(unreadable.covers(pointer), covers, "{pointer} covered");
            assert_eq!(unreadable.touches(pointer), touches, "{pointer} touched");
        }
        let columns: BTreeSet<String> = ["/entries/*/due".to_owned()].into();
        assert!(!Unreadable::new(&columns).touches("/entries"), "an empty table is a problem of its own");
    }
}
