//! Where the values of a part stand.

use std::collections::BTreeMap;

use crate::finding::Place;
use crate::grid::{CellRef, Range};

/// The places of a part. Pointers are JSON pointers from the part.
#[derive(Clone, Debug, Default)]
pub(crate) struct PartPlaces {
    /// Names of the sheets.
    pub(super) sheets: BTreeMap<usize, String>,
    /// The cell where the part begins.
    pub(super) first: (usize, CellRef),
    /// Of an outline: the cell of each value.
    pub(super) cells: BTreeMap<String, (usize, CellRef)>,
    /// Of a list: the row of each item; of a record its one row.
    pub(super) rows: Vec<(usize, u32)>,
    /// Whether it holds only some of the values below its pointer.
    pub(super) is_rest: bool,
    /// Whether each row is an item.
    pub(super) is_list: bool,
    /// Of a list or record: the column of each path.
    pub(super) columns: BTreeMap<String, u32>,
}

impl PartPlaces {
    /// The place of a value, else of what is around it in the part.
    pub(crate) fn place(&self, pointer: &str) -> Option<Place> {
        let mut at = pointer;
        while !at.is_empty() {
            if let Some(found) = self.exact(at).or_else(|| self.inside(at)) {
                return Some(self.on_sheet(found));
            }
            at = at.rsplit_once('/').map_or("", |(above, _)| above);
        }
        (!self.is_rest).then(|| self.first())
    }

    /// The place of the part.
    pub(crate) fn first(&self) -> Place {
        self.on_sheet(self.exact("").or_else(|| self.inside("")).unwrap_or(self.first))
    }

    fn exact(&self, pointer: &str) -> Option<(usize, CellRef)> {
        if !self.cells.is_empty() {
            return self.cells.get(pointer).copied();
        }
        let (row, rest) = self.row(pointer)?;
        let col = self.columns.get(rest)?;
        Some((row.0, CellRef::new(row.1, *col)))
    }

    /// The first value inside an object or array.
    fn inside(&self, pointer: &str) -> Option<(usize, CellRef)> {
        if !self.cells.is_empty() {
            let inside = format!("{pointer}/");
            let range = self.cells.range(inside.clone()..).take_while(|(p, _)| p.starts_with(&inside));
            return range.map(|(_, at)| *at).min();
        }
        let (row, rest) = self.row(pointer)?;
        let within = self
            .columns
            .iter()
            .filter(|(path, _)| path.strip_prefix(rest).is_some_and(|tail| tail.is_empty() || tail.starts_with('/')));
        within.map(|(_, col)| (row.0, CellRef::new(row.1, *col))).min()
    }

    /// The row of an item, and the pointer inside it.
    fn row<'p>(&self, pointer: &'p str) -> Option<((usize, u32), &'p str)> {
        if !self.is_list {
            return Some((*self.rows.first()?, pointer));
        }
        let tail = pointer.strip_prefix('/')?;
        let end = tail.find('/').unwrap_or(tail.len());
        let index: usize = tail[..end].parse().ok()?;
        Some((*self.rows.get(index)?, &tail[end..]))
    }

    fn on_sheet(&self, (sheet, at): (usize, CellRef)) -> Place {
        Place::on_sheet(self.sheets.get(&sheet).map_or("", String::as_str), Range::cell(at))
    }
}
