//! Reads and checks a long sheet in one pass, handing its records on one by one: memory does not grow with them.
//!
//! Takes a sheet with one table of plain records whose rules look at one record at a time. Anything else is for [`read`]
//! and [`validate`](crate::validate::validate), which say the same of whatever both take. Where keys stand twice or a
//! total differs, the sheet is read once more, to say which records they are.

mod text;

use serde_json::Value;

use crate::finding::Finding;
use crate::form::Form;
use crate::grid::{SheetFrame, Source};
use crate::read::rows::plain::PlainRecord;
pub use crate::read::stream::Lead;
use crate::read::stream::{Take, stream};
use crate::read::{self, Reading};
use crate::validate::one_by_one::{Cells as _, OneByOne};
use crate::validate::{Options, Subject};

/// Takes the records of the table, in their order.
pub trait Sink {
    /// Says where the records belong: names of the properties that lead to their list, and what their document will
    /// probably be, with an empty list in their place.
    fn begin(&mut self, path: &[String], likely: &Value);

    /// Takes the next record.
    fn record(&mut self, record: Record<'_>);

    /// Forgets the records taken so far: the sheet has to be read the long way, after all.
    fn forget(&mut self);
}

/// A sink that keeps nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nothing;

impl Sink for Nothing {
    fn begin(&mut self, _path: &[String], _likely: &Value) {}

    fn record(&mut self, _record: Record<'_>) {}

    fn forget(&mut self) {}
}

/// A record on its way.
#[derive(Clone, Copy)]
pub struct Record<'a>(Inner<'a>);

#[derive(Clone, Copy)]
enum Inner<'a> {
    Plain(PlainRecord<'a>, &'a Prepared),
    Whole(&'a Value, usize),
}

impl Record<'_> {
    /// The record as JSON.
    pub fn to_value(&self) -> Value {
        match self.0 {
            Inner::Plain(record, _) => record.to_value(None),
            Inner::Whole(value, _) => value.clone(),
        }
    }

    /// Adds its JSON text as it stands in that of its document, a property a line, two blanks a level.
    pub fn write_pretty(&self, out: &mut Vec<u8>) {
        match self.0 {
            Inner::Plain(record, prepared) => prepared.pretty.write(record, out),
            Inner::Whole(value, level) => text::indented(&format!("{value:#}"), level, out),
        }
    }

    /// Adds its JSON text in one line.
    pub fn write_line(&self, out: &mut Vec<u8>) {
        match self.0 {
            Inner::Plain(record, prepared) => prepared.line.write(record, out),
            // Writing to memory does not fail.
            Inner::Whole(value, _) => _ = serde_json::to_writer(out, value),
        }
    }

    /// Whether it has no properties but those that the form declares.
    pub fn is_plain(&self) -> bool {
        matches!(self.0, Inner::Plain(..))
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
    /// What stands beside the rows of the sheet.
    pub frame: SheetFrame,
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
    let mut taking = Taking { form, checks, checking: None, path: Vec::new(), prepared: None, sink };
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
    prepared: Option<Prepared>,
    sink: &'a mut dyn Sink,
}

/// What the texts of all plain records have in common.
struct Prepared {
    pretty: text::Object,
    line: text::Object,
}

impl Prepared {
    fn new(record: PlainRecord<'_>, level: usize) -> Self {
        Self { pretty: text::Object::new(record.parts, Some(level)), line: text::Object::new(record.parts, None) }
    }
}

impl Taking<'_> {
    fn through(&mut self, source: &dyn Source, options: &read::Options, lead: Lead) -> Option<Streamed> {
        let (reading, frame) = stream(self.form, source, options, lead, self)?;
        let document = reading.document.as_ref()?;
        let subject =
            Subject { document, places: &reading.places, unreadable: &reading.unreadable, totals: &reading.totals };
        let again = |checking: &mut OneByOne<'_>| {
            stream(self.form, source, options, lead, &mut TakingAgain(checking)).map(|_| ())
        };
        let findings = self.checking.take()?.finish(&subject, again)?;
        Some(Streamed { reading, findings, path: std::mem::take(&mut self.path), frame })
    }
}

impl Take for Taking<'_> {
    fn begin(&mut self, table: usize, document: &Value, likely: &Value) -> bool {
        if self.checking.is_some() {
            // Once more from the start.
            self.sink.forget();
        }
        let Some(table) = self.form.layout.tables().nth(table) else { return false };
        let checking = OneByOne::begin(self.form, self.checks, table, document, true);
        self.checking = checking.filter(|_| !table.path.is_empty());
        self.path.clone_from(&table.path);
        self.prepared = None;
        self.sink.begin(&self.path, likely);
        self.checking.is_some()
    }

    fn allows(&mut self, column: usize, value: &Value) -> bool {
        self.checking.as_ref().is_some_and(|checking| checking.allows(column, value))
    }

    fn plain(&mut self, record: PlainRecord<'_>) {
        if let Some(checking) = &mut self.checking {
            checking.plain(&record);
        }
        let prepared = self.prepared.get_or_insert_with(|| Prepared::new(record, self.path.len() + 1));
        self.sink.record(Record(Inner::Plain(record, prepared)));
    }

    fn whole(&mut self, record: Value, unread: bool) {
        if let Some(checking) = &mut self.checking {
            checking.whole(&record, unread);
        }
        self.sink.record(Record(Inner::Whole(&record, self.path.len() + 1)));
    }

    fn gave_up(&self) -> bool {
        self.checking.as_ref().is_none_or(OneByOne::gave_up)
    }
}

/// Takes the records once more, for a check that has seen them all.
struct TakingAgain<'c, 'a>(&'c mut OneByOne<'a>);

impl Take for TakingAgain<'_, '_> {
    fn begin(&mut self, _table: usize, _document: &Value, _likely: &Value) -> bool {
        self.0.begin_again();
        true
    }

    fn allows(&mut self, column: usize, value: &Value) -> bool {
        self.0.allows(column, value)
    }

    fn plain(&mut self, record: PlainRecord<'_>) {
        self.0.plain_again(&record);
    }

    fn whole(&mut self, record: Value, _unread: bool) {
        self.0.whole_again(&record);
    }

    fn gave_up(&self) -> bool {
        self.0.gave_up()
    }
}
