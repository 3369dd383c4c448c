//! The same checks over the records of one table as they come, none of them kept but those that break the schema.
//!
//! Of keys only hashes are kept, of totals sums. Where a key may stand twice or a total differs, the records in question
//! are asked for once more, to say it of them. Where rules or keywords look at the table as a whole, it is not begun;
//! where a rule fails, the document has to be seen whole, and `gave_up` says so.

use std::collections::{BTreeMap, HashSet};

use bigdecimal::BigDecimal;
use foldhash::fast::RandomState;
use serde_json::{Map, Value};

use super::checker::{Checker, OfColumn, Records, has_only};
use super::records::pointer;
use super::serials::Serials;
use super::totals::{self, Sum};
use super::unreadable::Unreadable;
use super::{Check, Options, ReadTotal, Subject, equal, keys, once_a_merge, rules, schema};
use crate::finding::{Code, Finding};
use crate::form::Form;
use crate::layout::{Computed, Table, at_path};
use crate::rules::{Columns, Hit, OverColumns, Read, RuleSet, Stand};
use crate::schema::{NodeId, Schema};

/// Records that rules are run over at once.
const BATCH: usize = 512;

/// Keywords of a list that a single record cannot break, or that only count.
const OF_LISTS: [&str; 4] = ["type", "items", "minItems", "maxItems"];
/// Keywords of the objects around it that say nothing of what is in the list.
const OF_OBJECTS: [&str; 4] = ["type", "properties", "required", "additionalProperties"];
/// Keywords of a form as a document, which ask nothing either.
const OF_DOCUMENTS: [&str; 5] = ["$schema", "$id", "$defs", "definitions", "id"];

/// A record that is asked for its columns.
pub(crate) trait Cells: Columns {
    /// The value of a column.
    fn value(&self, column: usize) -> Option<&Value>;

    /// The record as JSON, with some of its columns or with all.
    fn to_value(&self, columns: Option<&[usize]>) -> Value;
}

/// A check under way.
pub(crate) struct OneByOne<'a> {
    form: &'a Form,
    options: &'a Options,
    table: &'a Table,
    records: &'a Records,
    /// The validator of each column, where a record is what its columns are.
    columns: Option<Vec<OfColumn>>,
    count: usize,
    keys: Vec<Key<'a>>,
    /// The columns of serials.
    serials: Vec<(usize, Serials)>,
    /// What the columns add up to, where totals are compared; none where something there is no number.
    sums: BTreeMap<usize, Option<Sum>>,
    /// By how much the totals of columns are off.
    off: Vec<(usize, BigDecimal)>,
    /// Records that break the schema, or of which something could not be read.
    odd: Vec<(usize, Value)>,
    rules: Option<OfRecords>,
    again: Again,
    gave_up: bool,
}

/// What comes of taking the records once more.
#[derive(Default)]
struct Again {
    count: usize,
    /// The records that a key or a total is about, with their numbers.
    sought: Vec<(usize, Value)>,
}

/// Columns that together tell records apart.
struct Key<'a> {
    columns: &'a [usize],
    /// The hashes of what stood there.
    seen: HashSet<u64, RandomState>,
    /// Those of them that were seen twice: alike, or two unlike keys with one hash.
    twice: HashSet<u64, RandomState>,
}

/// Rules of records.
struct OfRecords {
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
    /// The columns that they name; none where they take a record as a whole.
    columns: Option<Vec<usize>>,
    /// The same rules over columns, which tell of most records that there is nothing to say.
    over_columns: Option<OverColumns>,
}

impl<'a> OneByOne<'a> {
    /// None where the table has to be seen whole; `document` is what stands beside it. Of a `sheet` it is what stands
    /// above the table: rules that name what is not there wait for it, and totals are compared at the end.
    pub(crate) fn begin(
        form: &'a Form,
        options: &'a Options,
        table: &'a Table,
        document: &Value,
        sheet: bool,
    ) -> Option<Self> {
        let formats = form.assert_formats || options.assert_formats;
        let checker = form.checker(formats).ok()?;
        let records = checker.tables.iter().find(|records| records.pointer == table.pointer())?;
        let computed = || table.totals.iter().flat_map(|row| &row.cells).filter(|_| sheet);
        if computed().any(|(_, cell)| *cell != Computed::Sum) || !is_plain_list(form, &table.path) {
            return None;
        }
        let sums = computed().map(|(column, _)| (*column, Some(Sum::new()))).collect();
        let key = |columns| Key { columns, seen: HashSet::default(), twice: HashSet::default() };
        let serials = table.columns.iter().enumerate().filter(|(_, column)| column.serial);
        let mut rules = OfRecords::new(form, options, table, document)?;
        if let Some(rules) = &mut rules {
            let known = |name: &String| rules.beside.get(name).is_some_and(|value| !value.is_null());
            rules.waits = sheet && !rules.names.iter().all(known);
        }
        Some(Self {
            form,
            options,
            table,
            records,
            columns: Checker::columns(form, table, formats),
            count: 0,
            keys: table.keys.iter().map(|columns| key(columns.as_slice())).collect(),
            serials: serials.map(|(column, _)| (column, Serials::default())).collect(),
            sums,
            off: Vec::new(),
            odd: Vec::new(),
            rules,
            again: Again::default(),
            gave_up: false,
        })
    }

    pub(crate) fn gave_up(&self) -> bool {
        self.gave_up
    }

    /// Whether nothing is to be said of the records so far.
    pub(super) fn is_silent(&self) -> bool {
        let once = self.keys.iter().all(|key| key.twice.is_empty());
        let in_line = self.serials.iter().all(|(_, serials)| serials.in_line());
        !self.gave_up
            && self.odd.is_empty()
            && once
            && in_line
            && self.rules.as_ref().is_none_or(|rules| rules.hits.is_empty())
    }

    /// Whether the list may have as many records as it has.
    pub(super) fn count_fits(&self) -> bool {
        let (node, count) = (self.form.schema.node(self.table.node), self.count as f64);
        node.number("minItems").is_none_or(|least| count >= least)
            && node.number("maxItems").is_none_or(|most| count <= most)
    }

    /// Whether the form allows a value in a column. Where a record is more than its columns, `plain` asks again.
    pub(crate) fn allows(&self, column: usize, value: &Value) -> bool {
        self.columns.as_ref().is_none_or(|columns| columns[column].allows(value))
    }

    /// Takes a record whose values are all allowed by themselves and whose serial is in line.
    pub(crate) fn plain(&mut self, record: &dyn Cells) {
        let number = self.count;
        self.count += 1;
        self.over_all(number, record, false);
        if self.columns.is_none() {
            let whole = record.to_value(None);
            if !self.records.validator.is_valid(&whole) {
                self.odd.push((number, whole));
                return;
            }
        }
        if !self.waits() {
            self.rule(number, record);
        }
    }

    /// Takes a record; `unread` where something in it could not be read.
    pub(crate) fn whole(&mut self, record: &Value, unread: bool) {
        let number = self.count;
        self.count += 1;
        let cells = self.cells(record);
        self.over_all(number, &cells, true);
        if unread || !self.records.validator.is_valid(record) {
            self.odd.push((number, record.clone()));
        } else if !self.waits() {
            self.rule(number, &cells);
        }
    }

    /// A whole record, asked for its columns.
    fn cells<'r>(&self, record: &'r Value) -> Whole<'r>
    where
        'a: 'r,
    {
        Whole { record, table: self.table, schema: &self.form.schema }
    }

    /// What is asked of the table as a whole.
    fn over_all(&mut self, number: usize, record: &dyn Cells, any_serial: bool) {
        for (column, serials) in &mut self.serials {
            if (any_serial || !serials.in_line())
                && let Some(found) = record.value(*column)
            {
                let at = || Some(pointer(self.table, &[number], &self.table.columns[*column]));
                serials.next(number as u64 + 1, found, at);
            }
        }
        for (column, sum) in &mut self.sums {
            if let Some(adding) = sum
                && let Some(found) = record.value(*column).filter(|found| !found.is_null())
                && !found.as_number().is_some_and(|number| adding.add_number(number))
            {
                *sum = None;
            }
        }
        for key in &mut self.keys {
            if let Some(hash) = key.hash(record)
                && !key.seen.insert(hash)
            {
                key.twice.insert(hash);
            }
        }
    }

    /// Begins to take the records once more.
    pub(crate) fn begin_again(&mut self) {
        self.again = Again::default();
        if let Some(rules) = self.rules.as_mut().filter(|rules| rules.waits) {
            (rules.first, rules.batch, rules.hits) = (0, Vec::new(), Vec::new());
        }
    }

    /// Takes the next record once more.
    pub(crate) fn plain_again(&mut self, record: &dyn Cells) {
        let number = self.again.count;
        self.again.count += 1;
        if self.is_sought(record) {
            self.again.sought.push((number, record.to_value(None)));
        }
        if self.waits() && self.odd.binary_search_by_key(&number, |(number, _)| *number).is_err() {
            self.rule(number, record);
        }
    }

    /// The same for a whole record.
    pub(crate) fn whole_again(&mut self, record: &Value) {
        let cells = self.cells(record);
        self.plain_again(&cells);
    }

    /// Whether the rules wait until the records are taken once more.
    fn waits(&self) -> bool {
        self.rules.as_ref().is_some_and(|rules| rules.waits)
    }

    /// Whether a key that was seen twice or a total that is off may be about this record.
    fn is_sought(&self, record: &dyn Cells) -> bool {
        let is = |column: usize, off: &BigDecimal| record.value(column).and_then(totals::decimal).as_ref() == Some(off);
        self.keys.iter().any(|key| key.hash(record).is_some_and(|hash| key.twice.contains(&hash)))
            || self.off.iter().any(|(column, off)| is(*column, off))
    }

    fn rule(&mut self, number: usize, record: &dyn Cells) {
        let Some(of_records) = &mut self.rules else { return };
        if of_records.over_columns.as_ref().is_some_and(|rules| rules.is_silent(&self.form.schema, record)) {
            return;
        }
        // A record that was put aside, or of which there is nothing to say, leaves a hole.
        if of_records.first + of_records.batch.len() != number {
            self.flush();
        }
        let Some(of_records) = &mut self.rules else { return };
        if of_records.batch.is_empty() {
            of_records.first = number;
        }
        of_records.batch.push(record.to_value(of_records.columns.as_deref()));
        if of_records.batch.len() >= BATCH {
            self.flush();
        }
    }

    /// Runs the rules over the records that wait.
    pub(super) fn flush(&mut self) {
        let Some(of_records) = self.rules.as_mut().filter(|rules| !rules.batch.is_empty()) else { return };
        let batch = std::mem::take(&mut of_records.batch);
        let mut document = std::mem::take(&mut of_records.beside);
        let count = batch.len();
        put(&mut document, &self.table.path, Value::Array(batch));
        let hits = rules::run_alone(self.form, self.options, &of_records.set, &document, None);
        let (pointer, first) = (self.table.pointer(), of_records.first);
        // What a rule cannot do it says once, of the first record that it could not do it for.
        self.gave_up |= hits.iter().any(|hit| hit.code == Code::RuleFailed);
        of_records.keep(hits, &document, &pointer, &|index| index + first);
        put(&mut document, &self.table.path, Value::Null);
        of_records.beside = document;
        of_records.first += count;
    }

    /// The findings of the document, of which everything but the records is in `subject`; none where it has to be seen
    /// whole. `again` takes the records once more, where that is needed.
    pub(crate) fn finish(
        mut self,
        subject: &Subject<'_>,
        again: impl FnOnce(&mut Self) -> Option<()>,
    ) -> Option<Vec<Finding>> {
        self.flush();
        let (form, options, table) = (self.form, self.options, self.table);
        if self.gave_up || !self.count_fits() {
            return None;
        }
        // As many as the list must have; what they are is told apart from it.
        let filler = form.schema.node(table.node).number("minItems").map_or(0, |least| least.max(0.0) as usize);
        let mut document = subject.document.clone();
        put(&mut document, &table.path, vec![Value::Null; filler].into());
        let of_schema = Subject { document: &document, ..*subject };
        let unreadable = Unreadable::new(subject.unreadable);
        let mut check = Check { form, subject: &of_schema, options, unreadable, only: None };
        let mut findings = schema::check_apart(&mut check, self.records, &self.odd);
        once_a_merge(&mut findings);
        self.compare(&check, subject.totals);
        let waits = self.waits();
        if waits {
            let beside = subject.document;
            self.rules = OfRecords::new(form, options, table, beside)?.map(|rules| OfRecords { waits, ..rules });
        }
        if waits || !self.off.is_empty() || self.keys.iter().any(|key| !key.twice.is_empty()) {
            again(&mut self)?;
            self.flush();
            if self.gave_up {
                return None;
            }
        }
        let (only, sought): (Vec<usize>, Vec<Value>) = std::mem::take(&mut self.again.sought).into_iter().unzip();
        let mut some = document.clone();
        put(&mut some, &table.path, sought.into());
        let of_all = Subject { document: &some, ..*subject };
        let check = Check { subject: &of_all, unreadable: check.unreadable, only: Some(&only), ..check };
        keys::check(&check, table, &mut findings);
        for (column, serials) in std::mem::take(&mut self.serials) {
            // What could not be read makes no stretch.
            if serials.turns().any(|at| check.unreadable.touches(at)) {
                return None;
            }
            serials.findings(&check, table, &table.columns[column], &mut findings);
        }
        let mut sum = |_: &Table, column: usize| self.sums.get(&column)?.clone().map(Sum::expected);
        totals::check_against(&check, &mut sum, &mut findings);
        let check = Check { subject: &of_schema, only: None, ..check };
        if let Some(of_records) = &mut self.rules {
            let unread = |name: &String| check.unreadable.touches(&format!("/{name}"));
            let changed = |name: &String| document.get(name) != of_records.beside.get(name);
            if of_records.names.iter().any(|name| unread(name) || changed(name)) {
                return None;
            }
            let (numbers, records): (Vec<usize>, Vec<Value>) = std::mem::take(&mut self.odd).into_iter().unzip();
            let mut apart = document.clone();
            put(&mut apart, &table.path, Value::Array(records));
            let (pointer, beside) = (table.pointer(), |at: &str| check.unreadable.covers(at));
            let unreadable =
                |at: &str| beside(&moved(at, &pointer, |index| numbers.get(index).copied().unwrap_or(index)));
            let hits = rules::run_alone(form, options, &of_records.set, &apart, Some(&unreadable));
            if hits.iter().any(|hit| hit.code == Code::RuleFailed) {
                return None;
            }
            of_records.keep(hits, &apart, &pointer, &|index| numbers.get(index).copied().unwrap_or(index));
            let hits = std::mem::take(&mut of_records.hits);
            findings.extend(hits.into_iter().map(|(hit, value)| Finding { value, ..rules::finding(&check, hit) }));
        }
        rules::check(&check, &mut findings);
        Some(findings)
    }

    /// Holds the totals that were read against what their columns add up to.
    fn compare(&mut self, check: &Check<'_>, read: &[ReadTotal]) {
        let table = self.table;
        for (column, sum) in &mut self.sums {
            // Where one of the summands could not be read, there is nothing to compare.
            let unread = |number: usize| check.unreadable.touches(&pointer(table, &[number], &table.columns[*column]));
            if !check.unreadable.is_empty() && self.odd.iter().map(|(number, _)| *number).chain([0]).any(unread) {
                *sum = None;
            }
        }
        let of_table = table.pointer();
        for total in read.iter().filter(|total| total.array == of_table) {
            let found = total.value.as_deref().and_then(|text| text.trim().parse().ok());
            let sum = self.sums.get(&total.column).and_then(Option::as_ref);
            let off = found.and_then(|found: BigDecimal| sum?.off_by(&found));
            self.off.extend(off.map(|off| (total.column, off)));
        }
    }
}

impl Key<'_> {
    /// The hash of what a record has there; none where it has not all of it.
    fn hash(&self, record: &dyn Cells) -> Option<u64> {
        let mut hash = Hash::default();
        for column in self.columns {
            hash.add(record.value(*column).filter(|value| !value.is_null())?);
        }
        Some(hash.0)
    }
}

impl OfRecords {
    /// The rules of the records of a table; the outer option is none where they look further than a record.
    #[expect(clippy::option_option, reason = "no rules at all, and rules that cannot be run one by one")]
    fn new(form: &Form, options: &Options, table: &Table, document: &Value) -> Option<Option<Self>> {
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
        Some(Some(Self {
            set,
            names,
            beside,
            waits: false,
            batch: Vec::new(),
            first: 0,
            hits: Vec::new(),
            columns: named_columns(table, &of_records),
            over_columns,
        }))
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

/// Whether nothing in the form looks at what is in the list but the schema of its records.
fn is_plain_list(form: &Form, path: &[String]) -> bool {
    let mut value = &form.document;
    let mut documents: &[&str] = &OF_DOCUMENTS;
    for name in path {
        if !has_only(value, &[&OF_OBJECTS, documents].concat()) {
            return false;
        }
        match value.get("properties").and_then(|properties| properties.get(name)) {
            Some(inner) => (value, documents) = (inner, &[]),
            None => return false,
        }
    }
    has_only(value, &[&OF_LISTS, documents].concat())
}

/// A record as JSON, asked for its columns.
struct Whole<'a> {
    record: &'a Value,
    table: &'a Table,
    schema: &'a Schema,
}

impl Cells for Whole<'_> {
    fn value(&self, column: usize) -> Option<&Value> {
        at_path(self.record, &self.table.columns[column].field.path)
    }

    fn to_value(&self, _columns: Option<&[usize]>) -> Value {
        self.record.clone()
    }
}

impl Columns for Whole<'_> {
    fn read(&self, column: usize) -> Read<'_> {
        Read::of(self.value(column), self.schema.node(self.table.columns[column].field.node))
    }

    fn is_object(&self, path: &[String]) -> bool {
        at_path(self.record, path).is_some_and(Value::is_object)
    }
}

/// FNV-1a: the same on every machine, for what is written may depend on whether two keys look alike.
struct Hash(u64);

impl Default for Hash {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hash {
    /// Adds a value: equal ones add the same, whatever way a number is written.
    fn add(&mut self, value: &Value) {
        if let Value::String(text) = value {
            self.bytes(text.as_bytes());
        } else {
            let mut text = String::new();
            equal::write(value, &mut text);
            self.bytes(text.as_bytes());
            // No text of a document ends so.
            self.bytes(&[0xff]);
        }
        self.bytes(&[0xff]);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        self.0 = bytes.iter().fold(self.0, step);
    }
}

/// Puts a value at a path of objects.
fn put(document: &mut Value, path: &[String], value: Value) {
    let mut at = document;
    for name in path {
        if !at.is_object() {
            *at = Value::Object(Map::new());
        }
        let Value::Object(map) = at else { return };
        at = map.entry(name.as_str()).or_insert(Value::Null);
    }
    *at = value;
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
