//! Checks a document against its form: JSON Schema, keys and serials, totals, rules. Every finding gets its place.
//!
//! Knows neither sheets nor JSON text; [`Places`] tells where things stand.

mod checker;
pub(crate) mod equal;
pub(crate) mod formats;
mod hint;
mod keys;
mod long;
mod looks;
mod name;
mod numbers;
mod of_form;
pub(crate) mod one_by_one;
mod problem;
pub(crate) mod records;
mod rules;
mod schema;
mod serials;
mod shape;
#[cfg(test)]
mod tests;
mod totals;
mod translate;
mod unreadable;
pub(crate) mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

pub(crate) use checker::Checker;
pub(crate) use hint::{date_hint, note};
pub use long::LongCheck;
pub(crate) use of_form::of_form;

use crate::check::sheet_key;
use crate::finding::{Finding, Place, Text};
use crate::fix::Mend;
use crate::form::Form;
use crate::layout::{Column, Table};
use crate::places::Places;
use crate::schema::NodeId;
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
    /// Documents that rules look things up in, by the names they have there ([`unusable_name`] says which cannot be).
    pub with: BTreeMap<String, Given>,
}

/// A document given beside the one that is checked: a roster, a code list.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// Its form; none where it could not be read: rules that rest on it are not checked.
    pub form: Option<Arc<Form>>,
    /// The document.
    pub document: Arc<Value>,
    /// JSON pointers of the values in it that could not be read, as in [`Subject::unreadable`].
    pub unreadable: Arc<BTreeSet<String>>,
}

/// Why no document can be given under a name; none where one can.
pub fn unusable_name(name: &str) -> Option<Text> {
    crate::rules::unusable_name(name)
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
    /// Which of the table's total rows, from 0.
    pub row: usize,
    /// Which column, from 0.
    pub column: usize,
    /// The number there as decimal text; none for an empty cell.
    pub value: Option<String>,
    /// Its cell.
    pub place: Place,
}

/// Checks a document. Findings come in the order JSON Schema, keys and serials, totals, rules.
pub fn validate(form: &Form, subject: &Subject<'_>, options: &Options) -> Vec<Finding> {
    let mut check = Check { form, subject, options, unreadable: Unreadable::new(subject.unreadable), only: None };
    let mut findings = schema::check(&mut check);
    once_a_merge(&mut findings);
    for table in form.layout.tables() {
        keys::check(&check, table, &mut findings);
        serials::check(&check, table, &mut findings);
    }
    totals::check(&check, &mut findings);
    rules::check(&check, &mut findings);
    findings
}

/// What mends the serials of a document that was read from a sheet: each of those that are out of line.
pub fn serial_mends(form: &Form, subject: &Subject<'_>) -> Vec<(Place, Mend)> {
    form.layout.tables().flat_map(|table| serials::mends(table, subject)).collect()
}

/// What is wrong with a cell that is merged over several records is said once.
fn once_a_merge(findings: &mut Vec<Finding>) {
    let mut said = BTreeSet::new();
    findings.retain(|finding| match finding.place.range {
        Some(range) => {
            said.insert((finding.place.sheet.clone(), range.first, finding.code, finding.message.en.clone()))
        }
        None => true,
    });
}

/// A check under way.
struct Check<'a> {
    form: &'a Form,
    subject: &'a Subject<'a>,
    options: &'a Options,
    unreadable: Unreadable<'a>,
    /// The numbers of the records, where the one table has only some of them.
    only: Option<&'a [usize]>,
}

impl Check<'_> {
    /// Gives every record of a level of a table.
    fn records(&self, table: &Table, level: usize, each: &mut dyn FnMut(&records::Record<'_, '_>)) {
        records::some_records(table, self.subject.document, level, self.only, each);
    }

    /// Where a value stands.
    fn place(&self, pointer: &str) -> Place {
        self.subject.places.value(pointer).unwrap_or_default()
    }

    /// What people call a column: its heading on the sheet, else in the form.
    fn column_name(&self, table: &Table, column: &Column) -> String {
        let first = records::pointer(table, &vec![0; column.level + 1], column);
        match (self.subject.places.called(&first), column.heading()) {
            (Some(called), _) => called.to_owned(),
            (None, heading) if heading.is_empty() => column.field.label.clone(),
            (None, heading) => heading,
        }
    }

    /// Where a key of a node's `x-sheet` stands in the form.
    fn sheet_rule(&self, node: NodeId, key: &str) -> String {
        sheet_key(&self.form.document, &self.form.schema.node(node).pointer, key)
    }
}
