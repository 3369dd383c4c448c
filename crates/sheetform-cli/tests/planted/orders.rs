//! What is done to the sheet itself, apart from the document: columns taken away, lines put in, cells written beside.

use std::collections::BTreeMap;

use crate::place::Placed;
use crate::sheet::{At, Shown};

/// Where a cell stands that no part of the form takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Beside {
    /// Right of a record, a column away.
    Record(usize, usize),
    /// Below everything, so many rows away.
    Below(u32),
}

impl Beside {
    pub(crate) fn of(self, placed: &Placed) -> At {
        let right = placed.extent.1 + 1;
        match self {
            Self::Record(table, row) => {
                let at = placed.cells.iter().find(|((t, r, _), _)| (*t, *r) == (table, row)).map(|(_, at)| *at);
                (at.unwrap_or_default().0, right)
            }
            Self::Below(rows) => (placed.extent.3 + rows, right),
        }
    }
}

/// A line in a table that is no record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Line {
    Note,
    Section,
    /// Nothing but a serial number, so many lines of it.
    Serials(u32),
    HeadAgain,
}

/// A column that the form does not know.
#[derive(Clone, Debug)]
pub(crate) struct Extra {
    pub(crate) table: usize,
    /// The place among the columns, from 0; beyond them the last.
    pub(crate) place: usize,
    pub(crate) heading: String,
}

/// What is done to the workbook as a whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Whole {
    /// Marked as made with the version before.
    OlderMark,
    /// Marked as made with a version to come.
    NewerMark,
    /// Marked as of another form.
    AnotherMark,
    /// The sheet stands there twice: nothing else is said.
    Copy,
    /// A sheet of notes beside it.
    Notes,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Orders {
    pub(crate) whole: Option<Whole>,
    /// Tables that are not on the sheet.
    pub(crate) no_table: Vec<usize>,
    /// A record of the last table that stands once more, below the foot.
    pub(crate) below_foot: Option<usize>,
    /// Columns that are not on the sheet, by table and column.
    pub(crate) gone: Vec<(usize, usize)>,
    /// Headings with another text.
    pub(crate) renamed: BTreeMap<(usize, usize), String>,
    pub(crate) extra: Vec<Extra>,
    /// Columns that stand there twice.
    pub(crate) doubled: Vec<(usize, usize)>,
    pub(crate) no_label: Vec<usize>,
    /// Lines before a record of a table; the number of records for the end.
    pub(crate) lines: Vec<(usize, usize, Line)>,
    pub(crate) strays: Vec<(Beside, String)>,
    /// The title row of the document before any fault.
    pub(crate) title: String,
    /// Another title, one that contradicts the labels.
    pub(crate) wrong_title: Option<String>,
    /// Another total than the sum, with what is said of it.
    pub(crate) totals: BTreeMap<(usize, usize), (Shown, &'static str, &'static str)>,
}

impl Orders {
    /// Columns whose cells are not read.
    pub(crate) fn unread_columns(&self) -> Vec<(usize, usize)> {
        self.gone.iter().chain(&self.doubled).chain(self.renamed.keys()).copied().collect()
    }

    /// Whether something of the form is not on the sheet.
    pub(crate) fn lacks(&self) -> bool {
        !(self.unread_columns().is_empty() && self.no_label.is_empty() && self.no_table.is_empty())
    }

    /// Whether the head of a table has a fault already.
    pub(crate) fn head_touched(&self, table: usize) -> bool {
        self.no_table.contains(&table)
            || self.unread_columns().iter().any(|(of, _)| *of == table)
            || self.extra.iter().any(|extra| extra.table == table)
    }
}
