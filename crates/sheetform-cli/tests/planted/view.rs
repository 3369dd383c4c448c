//! A document as rules see it: what is read, what is not there, and what could not be read.

use crate::doc::{Doc, Held, V};
use crate::form::Form;

/// A place that a rule's finding stands on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Spot {
    Label(usize),
    /// Table, row and column.
    Cell(usize, usize, usize),
    Heading(usize, usize),
    /// The total of a column, else its heading.
    Total(usize, usize),
    /// The first cell of a record.
    Record(usize, usize),
}

pub(crate) struct View<'a> {
    pub(crate) form: &'a Form,
    pub(crate) doc: &'a Doc,
    /// The day that the command is given for today.
    pub(crate) today: Option<i64>,
    /// Columns that stand there twice: which is meant is not known.
    pub(crate) doubled: &'a [(usize, usize)],
}

/// What a rule gets to see. A rule that meets `None` is skipped.
impl View<'_> {
    pub(crate) fn label(&self, name: &str) -> Option<&V> {
        let held = self.form.label(name).map(|number| &self.doc.labels[number])?;
        held.value.as_ref().filter(|_| !held.unread)
    }

    pub(crate) fn table(&self, name: &str) -> Table<'_> {
        let number = self.form.table(name).unwrap_or_default();
        Table { view: self, number }
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Table<'a> {
    view: &'a View<'a>,
    pub(crate) number: usize,
}

impl<'a> Table<'a> {
    pub(crate) fn rows(&self) -> std::ops::Range<usize> {
        0..self.view.doc.tables[self.number].len()
    }

    fn column(&self, name: &str) -> usize {
        self.view.form.tables[self.number].column(name).unwrap_or_default()
    }

    fn held(&self, row: usize, column: usize) -> &'a Held {
        &self.view.doc.tables[self.number][row].cells[column]
    }

    /// A value; `None` where the rule that asks is skipped.
    pub(crate) fn get(&self, row: usize, name: &str) -> Option<&'a V> {
        let held = self.held(row, self.column(name));
        held.value.as_ref().filter(|_| !held.unread && !self.doubled(name))
    }

    fn doubled(&self, name: &str) -> bool {
        self.view.doubled.contains(&(self.number, self.column(name)))
    }

    /// Whether it is there; `None` where that cannot be known.
    pub(crate) fn has(&self, row: usize, name: &str) -> Option<bool> {
        let held = self.held(row, self.column(name));
        (!held.unread && !self.doubled(name)).then_some(held.value.is_some())
    }

    /// The values of a column; `None` where one cannot be read.
    pub(crate) fn all(&self, name: &str) -> Option<Vec<&'a V>> {
        self.rows().map(|row| self.get(row, name)).collect()
    }

    pub(crate) fn cell(&self, row: usize, name: &str) -> Spot {
        Spot::Cell(self.number, row, self.column(name))
    }

    pub(crate) fn heading(&self, name: &str) -> Spot {
        Spot::Heading(self.number, self.column(name))
    }

    pub(crate) fn total(&self, name: &str) -> Spot {
        Spot::Total(self.number, self.column(name))
    }
}

impl V {
    pub(crate) fn day(&self) -> Option<i64> {
        if let Self::Day(day) = self { Some(*day) } else { None }
    }

    pub(crate) fn cents(&self) -> Option<i64> {
        if let Self::Cents(cents) = self { Some(*cents) } else { None }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(crate) fn is(&self, text: &str) -> bool {
        self.text() == Some(text)
    }
}
