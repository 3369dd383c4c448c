//! The rules of the records of one table, run over the records as they come.
//!
//! Where rules look further than a record and named properties of the root, they are not run so.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::one_by_one::Cells;
use super::{Check, Options, rules};
use crate::finding::{Code, Finding};
use crate::form::Form;
use crate::layout::{Table, put_at_path};
use crate::rules::{Hit, OverColumns, RuleSet, Stand};
use crate::schema::{NodeId, Schema};

/// Records that rules are run over at once.
const BATCH: usize = 512;

/// The rules under way.
pub(super) struct RecordRules<'a> {
    form: &'a Form,
    options: &'a Options,
    table: &'a Table,
    set: RuleSet,
    /// The properties of the root that they name.
    names: Vec<String>,
    /// What the document has beside the table.
    beside: Value,
    /// Whether something of it is not known before the end: then they are run when the records are taken once more.
    waits: bool,
    batch: Vec<Value>,
    /// The number of the first record in the batch.
    first: usize,
    hits: Vec<(Hit, Option<Value>)>,
    /// Whether one of them came to no end. That is said once, of the first record of all.
    failed: bool,
    /// The columns that they name; none where they take a record as a whole.
    columns: Option<Vec<usize>>,
    /// The same rules over columns, which tell of most records that there is nothing to say.
    over_columns: Option<OverColumns>,
}

impl<'a> RecordRules<'a> {
    /// The outer option is none where they look further than a record. `document` is what stands beside the table; of a
    /// `sheet` what stands above it.
    #[expect(clippy::option_option, reason = "no rules at all, and rules that cannot be run one by one")]
    pub(super) fn new(
        form: &'a Form,
        options: &'a Options,
        table: &'a Table,
        document: &Value,
        sheet: bool,
    ) -> Option<Option<Self>> {
        let schema = &form.schema;
        let items = schema.node(table.node).items?;
        let inside = below(schema, items);
        let mut names: Vec<String> = Vec::new();
        let mut of_records: Vec<&str> = Vec::new();
        // An index over another document is made anew for each batch, and a list that is the root has no name.
        let list = match table.path.first() {
            Some(name) if form.rules().asks.is_empty() => name,
            _ if form.rules().is_empty() => return Some(None),
            _ => return None,
        };
        for (id, node) in schema.nodes.iter().enumerate() {
            for placed in &node.rules {
                let rule = &placed.rule;
                if rule.across == Some(true) {
                    continue;
                }
                let texts = [Some(&rule.rule), rule.each.as_ref(), rule.message_expression.as_ref()];
                for text in texts.into_iter().flatten() {
                    if inside.contains(&id) {
                        of_records.push(text);
                        names.extend(of_root(text)?);
                        if text.contains("today") {
                            names.extend(form.layout.today.as_ref().and_then(|path| path.first().cloned()));
                        }
                    } else if id == table.node || text.contains(list.as_str()) || of_root(text).is_none() {
                        return None;
                    }
                }
            }
        }
        if names.contains(list) {
            return None;
        }
        if of_records.is_empty() {
            return Some(None);
        }
        let set = form.rules().clone().only(schema, |node, _| inside.contains(&node));
        let beside = if document.is_object() { document.clone() } else { Value::Object(Map::new()) };
        let columns: Vec<_> = table.columns.iter().map(|at| (at.field.path.as_slice(), at.field.node)).collect();
        let over_columns = OverColumns::new(&set, &rules::alone(form, options, &beside, None), items, &columns);
        let is_known = |name: &String| beside.get(name).is_some_and(|value| !value.is_null());
        Some(Some(Self {
            form,
            options,
            table,
            set,
            waits: sheet && !names.iter().all(is_known),
            names,
            beside,
            batch: Vec::new(),
            first: 0,
            hits: Vec::new(),
            failed: false,
            columns: named_columns(table, &of_records),
            over_columns,
        }))
    }

    /// Whether they wait for what stands below the table.
    pub(super) fn waits(&self) -> bool {
        self.waits
    }

    /// Whether the document has to be seen whole, after all.
    pub(super) fn failed(&self) -> bool {
        self.failed
    }

    /// Whether nothing was found in the records they were run over.
    pub(super) fn is_silent(&self) -> bool {
        self.hits.is_empty() && !self.failed
    }

    /// The same rules where all that is beside the table is known, if they waited for it.
    pub(super) fn with(self, document: &Value) -> Option<Self> {
        let Self { form, options, table, waits, .. } = self;
        if waits { Some(Self { waits, ..Self::new(form, options, table, document, false)?? }) } else { Some(self) }
    }

    /// Begins to take the records once more.
    pub(super) fn begin_again(&mut self) {
        if self.waits {
            (self.first, self.batch, self.hits) = (0, Vec::new(), Vec::new());
        }
    }

    /// Takes a record that the schema allows.
    pub(super) fn take(&mut self, number: usize, record: &dyn Cells) {
        if self.over_columns.as_ref().is_some_and(|rules| rules.is_silent(&self.form.schema, record)) {
            return;
        }
        // A record that was put aside, or of which there is nothing to say, leaves a hole.
        if self.first + self.batch.len() != number {
            self.flush();
        }
        if self.batch.is_empty() {
            self.first = number;
        }
        self.batch.push(record.to_value(self.columns.as_deref()));
        if self.batch.len() >= BATCH {
            self.flush();
        }
    }

    /// Runs the rules over the records that wait.
    pub(super) fn flush(&mut self) {
        let (batch, first) = (std::mem::take(&mut self.batch), self.first);
        if !batch.is_empty() {
            self.first += batch.len();
            self.run(batch, None, &|index| index + first);
        }
    }

    /// Runs them over some records, whose own numbers `to` gives.
    fn run(&mut self, records: Vec<Value>, unreadable: Option<&dyn Fn(&str) -> bool>, to: &dyn Fn(usize) -> usize) {
        let mut document = std::mem::take(&mut self.beside);
        put_at_path(&mut document, &self.table.path, Value::Array(records));
        let hits = rules::run_alone(self.form, self.options, &self.set, &document, unreadable);
        self.failed |= hits.iter().any(|hit| hit.code == Code::RuleFailed);
        self.keep(hits, &document, &self.table.pointer(), to);
        put_at_path(&mut document, &self.table.path, Value::Null);
        self.beside = document;
    }

    /// The findings, with those of the records that were put aside; none where the document has to be seen whole.
    pub(super) fn finish(mut self, check: &Check<'_>, aside: Vec<(usize, Value)>) -> Option<Vec<Finding>> {
        let unread = |name: &String| check.unreadable.touches(&format!("/{name}"));
        let changed = |name: &String| check.subject.document.get(name) != self.beside.get(name);
        if self.names.iter().any(|name| unread(name) || changed(name)) {
            return None;
        }
        self.flush();
        let (numbers, records): (Vec<usize>, Vec<Value>) = aside.into_iter().unzip();
        let to = |index: usize| numbers.get(index).copied().unwrap_or(index);
        let pointer = self.table.pointer();
        let unreadable = |at: &str| check.unreadable.covers(&moved(at, &pointer, to));
        self.run(records, Some(&unreadable), &to);
        let finding = |(hit, value)| Finding { value, ..rules::finding(check, hit) };
        (!self.failed).then(|| self.hits.into_iter().map(finding).collect())
    }

    /// Keeps what a run over some records gave, with the values it is about, and the records' own numbers.
    fn keep(&mut self, hits: Vec<Hit>, document: &Value, table: &str, to: &dyn Fn(usize) -> usize) {
        for mut hit in hits {
            // What is not known is said once.
            if hit.code == Code::NotChecked && self.hits.iter().any(|(other, _)| other.rule == hit.rule) {
                continue;
            }
            let value = rules::value_of(&hit, document);
            if let Stand::Value(pointer) = &mut hit.stand {
                *pointer = moved(pointer, table, to);
            }
            self.hits.push((hit, value));
        }
    }
}

/// The properties of the root that a rule names; none where it takes the root as a whole.
fn of_root(text: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let word = |c: char| c.is_alphanumeric() || c == '_';
    for (at, _) in text.match_indices("root") {
        if text[..at].ends_with(|c| word(c) || c == '.') || text[at + 4..].starts_with(word) {
            continue;
        }
        let name = text[at + 4..].strip_prefix('.')?;
        let end = name.find(|c| !word(c)).unwrap_or(name.len());
        names.push(name[..end].to_owned());
    }
    Some(names)
}

/// The columns whose names stand in some rules; none where a rule may look at more than it names.
fn named_columns(table: &Table, texts: &[&str]) -> Option<Vec<usize>> {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let bare = |text: &&str| {
        text.match_indices("self").any(|(at, found)| {
            let own = !text[..at].ends_with(|c| word(c) || c == '.');
            let name = text[at + found.len()..].strip_prefix('.').map(|rest| rest.trim_start_matches(word));
            // What is called on it may look at all of it.
            own && name.is_none_or(|rest| rest.trim_start().starts_with('('))
        })
    };
    let named = |i: &usize| {
        texts.iter().any(|text| table.columns[*i].field.path.iter().any(|name| text.contains(name.as_str())))
    };
    (!texts.iter().any(bare)).then(|| (0..table.columns.len()).filter(named).collect())
}

/// A node and all below it.
fn below(schema: &Schema, id: NodeId) -> HashSet<NodeId> {
    let mut found = HashSet::new();
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        if found.insert(id) {
            let node = schema.node(id);
            open.extend(node.properties.iter().map(|(_, child)| *child).chain(node.items));
        }
    }
    found
}

/// A pointer with the number of its record changed.
fn moved(pointer: &str, table: &str, to: impl Fn(usize) -> usize) -> String {
    let rest = pointer.strip_prefix(table).and_then(|rest| rest.strip_prefix('/'));
    let index = rest.map(|rest| rest.split_once('/').map_or((rest, None), |(index, tail)| (index, Some(tail))));
    match index.and_then(|(index, tail)| Some((index.parse().ok()?, tail))) {
        Some((index, Some(tail))) => format!("{table}/{}/{tail}", to(index)),
        Some((index, None)) => format!("{table}/{}", to(index)),
        None => pointer.to_owned(),
    }
}
