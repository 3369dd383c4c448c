//! Reads and checks a long sheet in one pass, handing its records on one by one: memory does not grow with them.
//!
//! Takes a sheet with one table of plain records whose rules look at one record at a time. Anything else is for [`read`]
//! and [`validate`](crate::validate::validate), which say the same of whatever both take. Where keys stand twice or a
//! total differs, the sheet is read once more, to say which records they are.

use serde_json::Value;

use crate::finding::Finding;
use crate::form::Form;
use crate::grid::Source;
use crate::read::assemble::Part;
use crate::read::rows::plain::{Plain, PlainRecord};
pub use crate::read::stream::Lead;
use crate::read::stream::{Take, stream};
use crate::read::{self, Reading};
use crate::validate::one_by_one::OneByOne;
use crate::validate::{Options, Subject};

/// Takes the records of the table, in their order.
pub trait Sink {
    /// Says where the records belong: names of the properties that lead to their list.
    fn begin(&mut self, path: &[String]);

    /// Takes the next record.
    fn record(&mut self, record: Record<'_>);

    /// Forgets the records taken so far: the sheet has to be read the long way, after all.
    fn forget(&mut self);
}

/// A sink that keeps nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nothing;

impl Sink for Nothing {
    fn begin(&mut self, _path: &[String]) {}

    fn record(&mut self, _record: Record<'_>) {}

    fn forget(&mut self) {}
}

/// A record on its way.
#[derive(Clone, Copy)]
pub struct Record<'a>(Inner<'a>);

#[derive(Clone, Copy)]
enum Inner<'a> {
    Plain(PlainRecord<'a>),
    Whole(&'a Value),
}

impl Record<'_> {
    /// The record as JSON.
    pub fn to_value(&self) -> Value {
        match self.0 {
            Inner::Plain(record) => record.to_value(),
            Inner::Whole(value) => value.clone(),
        }
    }

    /// Adds its JSON text, a property a line, set off by two blanks a level; the record itself stands at `level`.
    pub fn write_pretty(&self, level: usize, out: &mut Vec<u8>) {
        match self.0 {
            Inner::Plain(record) => object(record, record.parts, level, out),
            Inner::Whole(value) => indented(&format!("{value:#}"), level, out),
        }
    }
}

/// What came of it.
#[derive(Debug)]
pub struct Streamed {
    /// As [`read::read`] gives it, but for the records of the table, in whose place an empty list stands.
    pub reading: Reading,
    /// What checking found.
    pub findings: Vec<Finding>,
    /// Names of the properties that lead to the list of the records.
    pub path: Vec<String>,
}

/// Reads and checks the sheet that fits the form; none where that has to be done the long way.
pub fn check(
    form: &Form,
    source: &dyn Source,
    options: &read::Options,
    checks: &Options,
    sink: &mut dyn Sink,
) -> Option<Streamed> {
    check_from(form, source, options, checks, Lead::default(), sink)
}

/// The same where another stretch of rows makes a sheet a long one.
pub fn check_from(
    form: &Form,
    source: &dyn Source,
    options: &read::Options,
    checks: &Options,
    lead: Lead,
    sink: &mut dyn Sink,
) -> Option<Streamed> {
    let mut taking = Taking { form, checks, checking: None, path: Vec::new(), sink };
    let streamed = taking.through(source, options, lead);
    if streamed.is_none() {
        taking.sink.forget();
    }
    streamed
}

struct Taking<'a> {
    form: &'a Form,
    checks: &'a Options,
    checking: Option<OneByOne<'a>>,
    path: Vec<String>,
    sink: &'a mut dyn Sink,
}

impl Taking<'_> {
    fn through(&mut self, source: &dyn Source, options: &read::Options, lead: Lead) -> Option<Streamed> {
        let reading = stream(self.form, source, options, lead, self)?;
        let document = reading.document.as_ref()?;
        let subject =
            Subject { document, places: &reading.places, unreadable: &reading.unreadable, totals: &reading.totals };
        let again = |checking: &OneByOne<'_>| {
            let mut seeking = Seeking { checking, count: 0, found: Vec::new() };
            stream(self.form, source, options, lead, &mut seeking)?;
            Some(seeking.found)
        };
        let findings = self.checking.take()?.finish(&subject, again)?;
        Some(Streamed { reading, findings, path: std::mem::take(&mut self.path) })
    }
}

impl Take for Taking<'_> {
    fn begin(&mut self, table: usize, document: &Value) -> bool {
        if self.checking.is_some() {
            // Once more from the start.
            self.sink.forget();
        }
        let Some(table) = self.form.layout.tables().nth(table) else { return false };
        let checking = OneByOne::begin(self.form, self.checks, table, document, true);
        self.checking = checking.filter(|checking| !table.path.is_empty() && !checking.waits());
        self.path.clone_from(&table.path);
        self.sink.begin(&self.path);
        self.checking.is_some()
    }

    fn allows(&mut self, column: usize, value: &Value) -> bool {
        self.checking.as_ref().is_some_and(|checking| checking.allows(column, value))
    }

    fn plain(&mut self, record: PlainRecord<'_>) {
        if let Some(checking) = &mut self.checking {
            let seen = match checking.looks_at() {
                Some([]) => Value::Null,
                columns => record.only(columns),
            };
            checking.plain(&mut |column| record.cells.get(column)?.value(), seen);
        }
        self.sink.record(Record(Inner::Plain(record)));
    }

    fn whole(&mut self, record: Value, unread: bool) {
        if let Some(checking) = &mut self.checking {
            checking.whole(&record, unread);
        }
        self.sink.record(Record(Inner::Whole(&record)));
    }

    fn gave_up(&self) -> bool {
        self.checking.as_ref().is_none_or(OneByOne::gave_up)
    }
}

/// Keeps the records that a check wants to see once more.
struct Seeking<'a> {
    checking: &'a OneByOne<'a>,
    count: usize,
    found: Vec<(usize, Value)>,
}

impl Seeking<'_> {
    fn take(&mut self, value: &mut dyn FnMut(usize) -> Option<Value>, record: impl FnOnce() -> Value) {
        if self.checking.is_sought(value) {
            self.found.push((self.count, record()));
        }
        self.count += 1;
    }
}

impl Take for Seeking<'_> {
    fn begin(&mut self, _table: usize, _document: &Value) -> bool {
        (self.count, self.found) = (0, Vec::new());
        true
    }

    fn allows(&mut self, column: usize, value: &Value) -> bool {
        self.checking.allows(column, value)
    }

    fn plain(&mut self, record: PlainRecord<'_>) {
        self.take(&mut |column| record.cells.get(column)?.value(), || record.to_value());
    }

    fn whole(&mut self, record: Value, _unread: bool) {
        let checking = self.checking;
        self.take(&mut |column| checking.value(&record, column), || record.clone());
    }

    fn gave_up(&self) -> bool {
        false
    }
}

fn object(record: PlainRecord<'_>, parts: &[Part], level: usize, out: &mut Vec<u8>) {
    out.push(b'{');
    let mut any = false;
    for part in parts {
        match part {
            Part::Leaf { name, column } => {
                let json = match &record.cells[*column] {
                    Plain::Absent => continue,
                    other => other,
                };
                key(name, level + 1, &mut any, out);
                match json {
                    Plain::Known(known) => indented(&known.json, level + 1, out),
                    Plain::Number(number) => out.extend_from_slice(number.to_string().as_bytes()),
                    Plain::Absent => {}
                }
            }
            Part::Object { name, required, parts } => {
                if *required || record.fills(parts) {
                    key(name, level + 1, &mut any, out);
                    object(record, parts, level + 1, out);
                }
            }
            Part::Inner { .. } | Part::Rest { .. } => {}
        }
    }
    if any {
        line(level, out);
    }
    out.push(b'}');
}

fn key(name: &str, level: usize, any: &mut bool, out: &mut Vec<u8>) {
    if std::mem::replace(any, true) {
        out.push(b',');
    }
    line(level, out);
    // Writing to memory does not fail.
    let _ = serde_json::to_writer(&mut *out, name);
    out.extend_from_slice(b": ");
}

fn line(level: usize, out: &mut Vec<u8>) {
    out.push(b'\n');
    for _ in 0..level {
        out.extend_from_slice(b"  ");
    }
}

/// A JSON text at another level.
fn indented(json: &str, level: usize, out: &mut Vec<u8>) {
    let mut lines = json.split('\n');
    out.extend_from_slice(lines.next().unwrap_or_default().as_bytes());
    for rest in lines {
        line(level, out);
        out.extend_from_slice(rest.as_bytes());
    }
}
