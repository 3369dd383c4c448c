//! The same checks over the records of one table as they come, none of them kept but those that break the schema.
//!
//! Of keys only hashes are kept, of totals sums. Where a key may stand twice or a total differs, the records in question
//! are asked for once more, to say it of them. Where rules or keywords look at the table as a whole, it is not begun;
//! where a rule comes to no end, the document has to be seen whole, and `gave_up` says so.

use std::collections::BTreeMap;

use bigdecimal::BigDecimal;
use serde_json::Value;

use super::checker::{Checker, OfColumn, Records, has_only};
use super::keys::{self, Key};
use super::record_rules::RecordRules;
use super::records::pointer;
use super::serials::Serials;
use super::totals::{self, Sum};
use super::unreadable::Unreadable;
use super::{Check, Options, ReadTotal, Subject, once_a_merge, rules, schema};
use crate::finding::Finding;
use crate::form::Form;
use crate::layout::{Computed, Table, at_path, put_at_path};
use crate::rules::{Columns, Read};
use crate::schema::Schema;

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
    rules: Option<RecordRules<'a>>,
    again: Again,
}

/// What comes of taking the records once more.
#[derive(Default)]
struct Again {
    count: usize,
    /// The records that a key or a total is about, with their numbers.
    sought: Vec<(usize, Value)>,
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
        let serials = table.columns.iter().enumerate().filter(|(_, column)| column.serial);
        Some(Self {
            form,
            options,
            table,
            records,
            columns: Checker::columns(form, table, formats),
            count: 0,
            keys: table.keys.iter().map(|columns| Key::new(columns)).collect(),
            serials: serials.map(|(column, _)| (column, Serials::default())).collect(),
            sums,
            off: Vec::new(),
            odd: Vec::new(),
            rules: RecordRules::new(form, options, table, document, sheet)?,
            again: Again::default(),
        })
    }

    pub(crate) fn gave_up(&self) -> bool {
        self.rules.as_ref().is_some_and(RecordRules::failed)
    }

    /// Whether a record is allowed where each of its columns is, and it has what it must have.
    pub(super) fn is_its_columns(&self) -> bool {
        self.columns.is_some()
    }

    /// Whether nothing is to be said of the records so far.
    pub(super) fn is_silent(&self) -> bool {
        let once = self.keys.iter().all(Key::is_unique);
        let in_line = self.serials.iter().all(|(_, serials)| serials.in_line());
        self.odd.is_empty() && once && in_line && self.rules.as_ref().is_none_or(RecordRules::is_silent)
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
        self.rule(number, record);
    }

    /// Takes a record; `unread` where something in it could not be read.
    pub(crate) fn whole(&mut self, record: &Value, unread: bool) {
        let number = self.count;
        self.count += 1;
        let cells = self.cells(record);
        self.over_all(number, &cells, true);
        if unread || !self.records.validator.is_valid(record) {
            self.odd.push((number, record.clone()));
        } else {
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
            key.take(record);
        }
    }

    fn rule(&mut self, number: usize, record: &dyn Cells) {
        if let Some(rules) = self.rules.as_mut().filter(|rules| !rules.waits()) {
            rules.take(number, record);
        }
    }

    /// Runs the rules over the records that wait.
    pub(super) fn flush(&mut self) {
        if let Some(rules) = &mut self.rules {
            rules.flush();
        }
    }

    /// Begins to take the records once more.
    pub(crate) fn begin_again(&mut self) {
        self.again = Again::default();
        if let Some(rules) = &mut self.rules {
            rules.begin_again();
        }
    }

    /// Takes the next record once more.
    pub(crate) fn plain_again(&mut self, record: &dyn Cells) {
        let number = self.again.count;
        self.again.count += 1;
        if self.is_sought(record) {
            self.again.sought.push((number, record.to_value(None)));
        }
        let is_odd = self.odd.binary_search_by_key(&number, |(number, _)| *number).is_ok();
        if let Some(rules) = self.rules.as_mut().filter(|rules| rules.waits() && !is_odd) {
            rules.take(number, record);
        }
    }

    /// The same for a whole record.
    pub(crate) fn whole_again(&mut self, record: &Value) {
        let cells = self.cells(record);
        self.plain_again(&cells);
    }

    /// Whether a key that was seen twice or a total that is off may be about this record.
    fn is_sought(&self, record: &dyn Cells) -> bool {
        let is = |column: usize, off: &BigDecimal| record.value(column).and_then(totals::decimal).as_ref() == Some(off);
        self.keys.iter().any(|key| key.is_twice(record)) || self.off.iter().any(|(column, off)| is(*column, off))
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
        if self.gave_up() || !self.count_fits() {
            return None;
        }
        // As many as the list must have; what they are is told apart from it.
        let filler = form.schema.node(table.node).number("minItems").map_or(0, |least| least.max(0.0) as usize);
        let mut document = subject.document.clone();
        put_at_path(&mut document, &table.path, vec![Value::Null; filler].into());
        let of_schema = Subject { document: &document, ..*subject };
        let unreadable = Unreadable::new(subject.unreadable);
        let mut check = Check { form, subject: &of_schema, options, unreadable, only: None };
        let mut findings = schema::check_apart(&mut check, self.records, &self.odd);
        once_a_merge(&mut findings);
        self.compare(&check, subject.totals);
        if let Some(rules) = self.rules.take() {
            self.rules = Some(rules.with(subject.document)?);
        }
        let waits = self.rules.as_ref().is_some_and(RecordRules::waits);
        if waits || !self.off.is_empty() || !self.keys.iter().all(Key::is_unique) {
            again(&mut self)?;
        }
        let (only, sought): (Vec<usize>, Vec<Value>) = std::mem::take(&mut self.again.sought).into_iter().unzip();
        let mut some = document.clone();
        put_at_path(&mut some, &table.path, sought.into());
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
        if let Some(rules) = self.rules {
            findings.extend(rules.finish(&check, self.odd)?);
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
