//! Where rows and ranges of a sheet are once rows have come in, as Excel moves them: a cell moves down with its row, a
//! range that the new rows come into grows. Beyond that, a range over all rows of a table goes on being that.

use sheetform::grid::{CellRef, MAX_ROWS, Range};
use sheetform::into::NewRows;

/// How a range takes rows in that come right below or above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grow {
    /// Not at all.
    Never,
    /// Where it holds all rows of the table.
    Table,
    /// Where it holds the row that the new ones are like.
    Look,
}

/// The rows that come in, from top to bottom.
pub(super) struct RowMap<'a>(&'a [NewRows]);

impl<'a> RowMap<'a> {
    pub(super) fn new(rows: &'a [NewRows]) -> Self {
        Self(rows)
    }

    pub(super) fn rows(&self) -> &'a [NewRows] {
        self.0
    }

    /// A row, where it is then. What reaches to the end of the sheet goes on doing so.
    pub(super) fn row(&self, row: u32) -> u32 {
        if row >= MAX_ROWS - 1 {
            return row;
        }
        row + self.0.iter().filter(|new| new.at <= row).map(|new| new.count).sum::<u32>()
    }

    /// The first of the rows that come in, where they are then.
    pub(super) fn first(&self, new: &NewRows) -> u32 {
        new.at + self.0.iter().filter(|other| other.at < new.at).map(|other| other.count).sum::<u32>()
    }

    /// First and last row of a range.
    pub(super) fn rows_of(&self, first: u32, last: u32, grow: Grow) -> (u32, u32) {
        let (mut above, mut below) = (self.row(first), self.row(last));
        for new in self.0 {
            let takes = match grow {
                Grow::Never => false,
                Grow::Table => first <= new.table.0 && last >= new.table.1,
                Grow::Look => (first..=last).contains(&new.like),
            };
            if takes && last + 1 == new.at {
                below = self.first(new) + new.count - 1;
            }
            if takes && first == new.at {
                above = self.first(new);
            }
        }
        (above, below.min(MAX_ROWS - 1))
    }

    pub(super) fn range(&self, range: Range, grow: Grow) -> Range {
        let (first, last) = self.rows_of(range.first.row, range.last.row, grow);
        Range { first: CellRef::new(first, range.first.col), last: CellRef::new(last, range.last.col) }
    }

    /// A list of ranges as attributes have it: `A1:B3 D5`; `None` where nothing moves, or where it is no such list.
    pub(super) fn list(&self, text: &str, grow: Grow) -> Option<String> {
        let one = |text: &str| {
            let plain = text.replace('$', "");
            let range = Range::parse(&plain)?;
            let moved = self.range(range, grow);
            let shown =
                if text.contains(':') || !moved.is_cell() { moved.to_string() } else { moved.first.to_string() };
            Some(if moved == range { text.to_owned() } else { shown })
        };
        let moved = text.split_ascii_whitespace().map(one).collect::<Option<Vec<_>>>()?.join(" ");
        (moved != text).then_some(moved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_grow_as_they_should() {
        // Three rows come in below a table in rows 4 to 6, and one into the middle of another in rows 10 to 12.
        let rows = [
            NewRows { at: 6, count: 3, like: 5, lines: 1, table: (3, 5) },
            NewRows { at: 10, count: 1, like: 9, lines: 1, table: (9, 11) },
        ];
        let map = RowMap::new(&rows);
        for (old, grow, new) in [
            ("A1", Grow::Table, "A1"),
            ("A6", Grow::Table, "A6"),
            ("A7", Grow::Table, "A10"),
            ("A4:A6", Grow::Table, "A4:A9"),
            ("A1:A6", Grow::Table, "A1:A9"),
            ("A5:A6", Grow::Table, "A5:A6"),
            ("A5:A6", Grow::Look, "A5:A9"),
            ("A4:A6", Grow::Never, "A4:A6"),
            ("A4:A7", Grow::Never, "A4:A10"),
            ("A10:A12", Grow::Table, "A13:A16"),
            ("A1:A1048576", Grow::Table, "A1:A1048576"),
            ("B2 A6:C7", Grow::Never, "B2 A6:C10"),
        ] {
            assert_eq!(map.list(old, grow).as_deref().unwrap_or(old), new, "{old}");
        }
        assert_eq!(map.list("A1:B3", Grow::Table), None);
        let top = [NewRows { at: 3, count: 2, like: 3, lines: 1, table: (3, 5) }];
        assert_eq!(RowMap::new(&top).list("A4:A6", Grow::Table).as_deref(), Some("A4:A8"));
        assert_eq!(RowMap::new(&top).list("A4", Grow::Table).as_deref(), Some("A6"));
    }
}
