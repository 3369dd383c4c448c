//! Documents of one form added up to one: the records of all, in order, each with where it comes from.
//!
//! Knows no file. [`MergedForm`] is the form with a column for the source; [`merge`] appends the tables, numbers
//! serials anew, keeps the other values where all documents have the same, and checks what holds across documents: keys,
//! and rules that are asked `across`. Each finding stands in the document that it comes from.

mod form;
mod gather;
mod keys;
mod rules;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use crate::finding::{Finding, Place};
use crate::layout::Table;
use crate::places::Places;
use crate::schema::{join, unescape};
use crate::validate::Options;

pub use form::{MergedForm, SUFFIX, base_id};

/// A document to be merged.
#[derive(Debug)]
pub struct Part<P> {
    /// What to call the document: the name of its file.
    pub name: String,
    /// What the source column says of its records.
    pub source: String,
    /// The document, without errors.
    pub document: Value,
    /// Where its parts stand.
    pub places: P,
}

/// What merging gave.
#[derive(Debug)]
pub struct Merged {
    /// The document; it is of the form [`MergedForm::form`].
    pub document: Value,
    /// What was found: with the number of the part in which it stands, or about the whole.
    pub findings: Vec<(Option<usize>, Finding)>,
    /// The rows of all its tables.
    pub records: usize,
}

/// Merges documents, in their order; each is taken apart, so that no record is copied.
///
/// `fixed` are values of the whole: they stand in the document whatever the parts say, such as who made the ledger. Of
/// `options` the day that stands for today, the profile and what rules look things up in are taken.
pub fn merge<P: Places>(
    form: &MergedForm,
    parts: Vec<Part<P>>,
    fixed: &Map<String, Value>,
    options: &Options,
) -> Merged {
    let mut gathered = gather::Gathered::new(form, parts.len());
    let mut sources = Vec::with_capacity(parts.len());
    for Part { name, source, document, places } in parts {
        gathered.add(document, &source);
        sources.push(Source { name, places });
    }
    let (mut document, offsets, mut findings) = gathered.finish(fixed);
    for table in form.form.layout.tables() {
        gather::number(table, &mut document);
    }
    let origins = Origins { form, sources: &sources, offsets: &offsets };
    keys::check(&origins, &document, &mut findings);
    rules::check(&origins, &document, options, &mut findings);
    Merged { records: form.form.records(&document), document, findings }
}

/// A document that was merged.
struct Source<P> {
    name: String,
    places: P,
}

/// Where the records of a merged document come from.
struct Origins<'a, P> {
    form: &'a MergedForm,
    sources: &'a [Source<P>],
    /// For each table: the number of the first record of each part.
    offsets: &'a [Vec<usize>],
}

impl<P: Places> Origins<'_, P> {
    /// The part that a record of a table comes from, and its number there.
    fn part(&self, table: usize, record: usize) -> (usize, usize) {
        let offsets = &self.offsets[table];
        // Of parts without records, which begin where the next does, the last: the one that has it.
        let part = offsets.partition_point(|first| *first <= record).saturating_sub(1);
        (part, record - offsets.get(part).copied().unwrap_or_default())
    }

    /// The part and the pointer in it of a value in a table of the merged document.
    fn origin(&self, pointer: &str) -> Option<(usize, String)> {
        let mut tables = self.form.form.layout.tables().enumerate();
        let within = |(number, table): (usize, &Table)| {
            let array = table.pointer();
            let rest = pointer.strip_prefix(&array)?.strip_prefix('/')?;
            let (index, rest) = rest.split_once('/').map_or((rest, None), |(index, rest)| (index, Some(rest)));
            let (part, own) = self.part(number, unescape(index).parse().ok()?);
            let record = join(&array, &own.to_string());
            Some((part, rest.map_or_else(|| record.clone(), |rest| format!("{record}/{rest}"))))
        };
        tables.find_map(within)
    }

    /// A finding in the part that has what it is about.
    fn placed(&self, finding: Finding, pointer: &str) -> (Option<usize>, Finding) {
        match self.origin(pointer) {
            Some((part, own)) => {
                let place = self.place(part, &own);
                (Some(part), finding.at(place).pointer(own))
            }
            None => (None, finding.pointer(pointer)),
        }
    }

    /// Where a value of a part stands.
    fn place(&self, part: usize, pointer: &str) -> Place {
        self.sources[part].places.value(pointer).unwrap_or_default()
    }
}
