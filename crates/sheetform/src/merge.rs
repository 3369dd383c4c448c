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

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::finding::{Finding, Place};
use crate::form::rows;
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
    let mut tables: Vec<Vec<Value>> = vec![Vec::new(); form.keys.len()];
    let mut merging = Merging::new(form);
    for part in parts {
        merging.add(part, &mut |table, record| tables[table].push(record));
    }
    let (Merged { mut document, mut findings, records }, sources, offsets) = merging.ended(fixed);
    for (table, records) in form.keys.iter().zip(tables).filter(|(_, records)| !records.is_empty()) {
        gather::put(&mut document, &table.path, Value::Array(records));
    }
    rules::check(&Origins { form, sources: &sources, offsets: &offsets }, &document, options, &mut findings);
    Merged { document, findings, records }
}

/// Documents that are merged one after the other, their records handed on; of records only their keys are kept.
///
/// Rules that are asked of merged documents as a whole are not: where [`MergedForm::list`] is none, [`merge`] is for it.
pub struct Merging<'f, P> {
    form: &'f MergedForm,
    gathered: gather::Gathered<'f>,
    keys: keys::Keys<'f>,
    /// For each table the last serials, by column.
    serials: Vec<BTreeMap<usize, u64>>,
    sources: Vec<Source<P>>,
    /// What the source column says of the records of the document that was begun.
    source: String,
    records: usize,
}

impl<'f, P: Places> Merging<'f, P> {
    /// Nothing is merged yet.
    pub fn new(form: &'f MergedForm) -> Self {
        let (gathered, keys) = (gather::Gathered::new(form), keys::Keys::new(form));
        let serials = vec![BTreeMap::new(); form.keys.len()];
        Self { form, gathered, keys, serials, sources: Vec::new(), source: String::new(), records: 0 }
    }

    /// Adds a document; gives its records as they stand in the merged one, each with the number of its table.
    pub fn add(&mut self, part: Part<P>, take: &mut dyn FnMut(usize, Value)) {
        let Part { name, source, document, places } = part;
        self.begin(name, source, places);
        self.end(document, take);
    }

    /// Begins a document: what to call it, what the source column says of its records, and where its parts stand.
    pub fn begin(&mut self, name: String, source: String, places: P) {
        self.sources.push(Source { name, places });
        self.source = source;
        self.gathered.begin();
    }

    /// Adds the next records of the table that [`MergedForm::list`] names to the document that was begun.
    pub fn records(&mut self, records: Vec<Value>, take: &mut dyn FnMut(usize, Value)) {
        self.stretch(0, records, take);
    }

    /// Ends the document that was begun with what else it has.
    pub fn end(&mut self, mut document: Value, take: &mut dyn FnMut(usize, Value)) {
        for (table, records) in self.gathered.tables(&mut document) {
            self.stretch(table, records, take);
        }
        self.gathered.rest(document, &mut Vec::new());
    }

    fn stretch(&mut self, number: usize, mut records: Vec<Value>, take: &mut dyn FnMut(usize, Value)) {
        let Some(table) = self.form.form.layout.tables().nth(number) else { return };
        let first = self.gathered.records(number, &mut records, &self.source);
        gather::number(table, &mut records, &mut self.serials[number]);
        self.records += records.iter().map(|record| rows(record, &table.levels)).sum::<usize>();
        let list = Value::Array(records);
        self.keys.take(&self.sources, (number, table), (first, &list));
        if let Value::Array(records) = list {
            for record in records {
                take(number, record);
            }
        }
    }

    /// The document without its records: where a table has some, an empty list stands.
    pub fn finish(self, fixed: &Map<String, Value>) -> Merged {
        self.ended(fixed).0
    }

    fn ended(self, fixed: &Map<String, Value>) -> (Merged, Vec<Source<P>>, Vec<Vec<usize>>) {
        let (document, offsets, mut findings) = self.gathered.finish(fixed);
        findings.extend(self.keys.finish());
        (Merged { document, findings, records: self.records }, self.sources, offsets)
    }
}

/// A document that was merged.
struct Source<P> {
    name: String,
    places: P,
}

impl<P: Places> Source<P> {
    /// Where a value of it stands.
    fn place(&self, pointer: &str) -> Place {
        self.places.value(pointer).unwrap_or_default()
    }
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
                let place = self.sources[part].place(&own);
                (Some(part), finding.at(place).pointer(own))
            }
            None => (None, finding.pointer(pointer)),
        }
    }
}
