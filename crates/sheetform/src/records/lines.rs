//! Records as lines of cells with one heading each, for a text with columns.

use serde_json::Value;

use super::Records;
use crate::finding::Finding;
use crate::write::Flat;

/// Makes lines of cells from records.
///
/// A cell holds what the sheet's cell would: dates are ISO dates, lists stand in one cell with the form's separator, a
/// list or object without columns of its own is JSON text. An inner list has a line for each of its records; the cells
/// of the record around them are filled in its first line, as on a sheet.
pub struct Lines<'f> {
    flat: Flat<'f>,
    root: Vec<String>,
}

impl<'f> Lines<'f> {
    /// `root` is what the document says outside of its table; findings are of what has no column or cell.
    pub fn new(records: Records<'f>, root: &Value, findings: &mut Vec<Finding>) -> Self {
        let flat = Flat::new(records.form, records.table);
        let root = if records.table.is_some() { flat.root(root, findings) } else { Vec::new() };
        Self { flat, root }
    }

    /// The headings: the form's own, the lowest one over a column, in full where two columns would have the same.
    pub fn headings(&self) -> Vec<String> {
        self.flat.headings().into_iter().map(|(heading, _)| heading).collect()
    }

    /// Whether each heading is one of the form, so that the lines can be read by it.
    pub fn have_own_headings(&self) -> bool {
        self.flat.headings().iter().all(|(_, own)| *own)
    }

    /// The lines of a record, which is item `index`; findings, with pointers, are of what has no column or cell.
    pub fn of(&mut self, record: &Value, index: usize, findings: &mut Vec<Finding>) -> Vec<Vec<String>> {
        self.flat.lines(&self.root, record, index, findings)
    }

    /// The same line as [`of`](Self::of) gives of a record that is JSON text, cell by cell; none where there is not just
    /// one, or something has to be said of it.
    pub fn plain(&mut self, record: &str) -> Option<impl Iterator<Item = &str>> {
        let own = self.flat.plain(record)?;
        Some(self.root.iter().map(String::as_str).chain(own))
    }
}
