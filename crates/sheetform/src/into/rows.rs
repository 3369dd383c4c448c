//! Rows of a sheet before and after others come in.

use super::NewRows;

/// A row: one that is there, or one that comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// With its number from before.
    Old(u32),
    /// Before the row `at`, this many below the first new one.
    New { at: u32, offset: u32 },
}

impl Default for Row {
    fn default() -> Self {
        Self::Old(0)
    }
}

impl Row {
    /// Some rows further down.
    pub(super) fn down(self, lines: u32) -> Self {
        match self {
            Self::Old(row) => Self::Old(row + lines),
            Self::New { at, offset } => Self::New { at, offset: offset + lines },
        }
    }

    /// Its number once all rows have come in.
    pub(super) fn after(self, rows: &[NewRows]) -> u32 {
        let before = |limit: u32| rows.iter().filter(|new| new.at < limit).map(|new| new.count).sum::<u32>();
        match self {
            Self::Old(row) => row + before(row.saturating_add(1)),
            Self::New { at, offset } => at + before(at) + offset,
        }
    }
}
