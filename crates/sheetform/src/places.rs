//! Where the parts of a document stand in the file they came from.

use crate::finding::Place;

/// Answers where a part of a document stands. Pointers are JSON pointers.
pub trait Places {
    /// The value's place; for a value that is absent, the empty place where it belongs.
    fn value(&self, pointer: &str) -> Option<Place>;

    /// The place of a property's name, for one that should not be there.
    fn key(&self, pointer: &str) -> Option<Place> {
        self.value(pointer)
    }

    /// The heading of a column of the array at `array`; the path is from the record.
    fn heading(&self, array: &str, path: &[String]) -> Option<Place> {
        let _ = path;
        self.value(array)
    }

    /// What the sheet itself calls a value, in its heading or label, where the form has another name for it.
    fn called(&self, pointer: &str) -> Option<&str> {
        let _ = pointer;
        None
    }

    /// The total cell of a column, where the sheet has one.
    fn total(&self, array: &str, path: &[String]) -> Option<Place> {
        let _ = (array, path);
        None
    }
}

/// The places of a document that came from no file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nowhere;

impl Places for Nowhere {
    fn value(&self, _pointer: &str) -> Option<Place> {
        None
    }
}
