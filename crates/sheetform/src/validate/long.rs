//! A long table checked record by record, without holding it: whether there is nothing to say of it.
//!
//! It says no more than that. Where there is something to say, or it cannot tell without the whole table,
//! [`validate`](super::validate) decides.

use serde_json::Value;

use super::Options;
use super::one_by_one::OneByOne;
use crate::form::Form;

/// A long table while it is checked.
pub struct LongCheck<'f>(OneByOne<'f>);

impl<'f> LongCheck<'f> {
    /// The check of the table at a path. `document` is what [`validate`](super::validate) found nothing in: the
    /// document with some records of the table, the first among them. None where more must be known than one record
    /// at a time.
    pub fn new(form: &'f Form, document: &Value, path: &[String], options: &'f Options) -> Option<Self> {
        let table = form.layout.tables().find(|table| table.path == path && table.levels.is_empty())?;
        if form.schema.node(table.node).number("maxItems").is_some() {
            return None;
        }
        OneByOne::begin(form, options, table, document, false).map(Self)
    }

    /// Whether there is nothing to say of the next record.
    pub fn record(&mut self, record: &Value) -> bool {
        self.0.whole(record, false);
        self.0.is_silent()
    }

    /// Whether there is nothing to say of the table, once every record was checked.
    pub fn finish(mut self) -> bool {
        self.0.flush();
        self.0.is_silent() && self.0.count_fits()
    }
}
