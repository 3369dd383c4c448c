//! A long table checked record by record, without holding it: whether there is nothing to say of it.
//!
//! It says no more than that. Where there is something to say, or it cannot tell without the whole table,
//! [`validate`](super::validate) decides.

use serde_json::Value;

use super::Options;
use super::one_by_one::{Cells, OneByOne};
use crate::form::Form;
use crate::json_text::{Record, RecordShape};
use crate::layout::Table;
use crate::rules::{Columns, Read};
use crate::schema::Schema;

/// A long table while it is checked.
pub struct LongCheck<'f> {
    schema: &'f Schema,
    table: &'f Table,
    records: OneByOne<'f>,
    /// What a record must have; none where its schema is more than that and what its columns are.
    needs: Option<Needs>,
    serials: Vec<usize>,
    count: u64,
    /// For each column whether its texts are allowed, by their numbers.
    allowed: Vec<Vec<Option<bool>>>,
}

impl<'f> LongCheck<'f> {
    /// The check of the table at a path. `document` is what [`validate`](super::validate) found nothing in: the
    /// document with some records of the table, the first among them. None where more must be known than one record
    /// at a time.
    pub fn new(form: &'f Form, document: &Value, path: &[String], options: &'f Options) -> Option<Self> {
        let table = form.layout.tables().find(|table| table.path == path && table.levels.is_empty())?;
        if form.schema.node(table.node).number("maxItems").is_some() {
            return None;
        }
        let records = OneByOne::begin(form, options, table, document, false)?;
        let needs = records.is_its_columns().then(|| Needs::of(form, table)).flatten();
        let serials = (0..table.columns.len()).filter(|column| table.columns[*column].serial).collect();
        let allowed = vec![Vec::new(); table.columns.len()];
        Some(Self { schema: &form.schema, table, records, needs, serials, count: 0, allowed })
    }

    /// What its records are like; none where they are more than their columns.
    pub fn shape(&self) -> Option<RecordShape> {
        shape(self.table)
    }

    /// Whether there is nothing to say of the next record.
    pub fn record(&mut self, record: &Record) -> bool {
        self.count += 1;
        match &self.needs {
            Some(needs) => {
                let in_line = |column: &usize| {
                    let found = record.value(*column).filter(|found| found.is_number());
                    found.is_none_or(|found| found.as_f64() == Some(self.count as f64))
                };
                if !needs.are_there(record) || !self.serials.iter().all(in_line) || !self.allows(record) {
                    return false;
                }
                self.records.plain(&Taken { record, schema: self.schema, table: self.table });
            }
            None => self.records.whole(&record.to_value(), false),
        }
        self.records.is_silent()
    }

    /// The same for a record that is a JSON value.
    pub fn value(&mut self, record: &Value) -> bool {
        self.count += 1;
        self.records.whole(record, false);
        self.records.is_silent()
    }

    fn allows(&mut self, record: &Record) -> bool {
        self.allowed.iter_mut().enumerate().all(|(column, allowed)| {
            let Some(value) = record.value(column) else { return true };
            let Some(number) = record.number(column) else { return self.records.allows(column, value) };
            if allowed.len() <= number {
                allowed.resize(number + 1, None);
            }
            *allowed[number].get_or_insert_with(|| self.records.allows(column, value))
        })
    }

    /// Whether there is nothing to say of the table, once every record was checked.
    pub fn finish(mut self) -> bool {
        self.records.flush();
        self.records.is_silent() && self.records.count_fits()
    }
}

/// A record, asked for its columns.
struct Taken<'a> {
    record: &'a Record,
    schema: &'a Schema,
    table: &'a Table,
}

impl Cells for Taken<'_> {
    fn value(&self, column: usize) -> Option<&Value> {
        self.record.value(column)
    }

    fn to_value(&self, columns: Option<&[usize]>) -> Value {
        self.record.only(columns)
    }
}

impl Columns for Taken<'_> {
    fn read(&self, column: usize) -> Read<'_> {
        Read::of(self.record.value(column), self.schema.node(self.table.columns[column].field.node))
    }

    fn is_object(&self, path: &[String]) -> bool {
        self.record.has_object(path)
    }
}

fn shape(table: &Table) -> Option<RecordShape> {
    RecordShape::new(table.columns.iter().map(|column| column.field.path.as_slice()))
}

/// What must be there.
struct Needs {
    columns: Vec<usize>,
    objects: Vec<usize>,
    /// For each object inside a record what it must have.
    inside: Vec<Needs>,
}

impl Needs {
    /// None where something must be there that has no column.
    fn of(form: &Form, table: &Table) -> Option<Self> {
        let shape = shape(table)?;
        let one = |path: &[String]| {
            let node = path
                .iter()
                .try_fold(form.schema.node(table.node).items?, |id, name| form.schema.node(id).property(name))?;
            let mut needs = Self { columns: Vec::new(), objects: Vec::new(), inside: Vec::new() };
            for name in &form.schema.node(node).required {
                let path = [path, std::slice::from_ref(name)].concat();
                match shape.column(&path) {
                    Some(column) => needs.columns.push(column),
                    None => needs.objects.push(shape.object(&path)?),
                }
            }
            Some(needs)
        };
        let inside = shape.objects().iter().map(|path| one(path)).collect::<Option<_>>()?;
        Some(Self { inside, ..one(&[])? })
    }

    fn are_there(&self, record: &Record) -> bool {
        let objects = record.objects();
        let own = |needs: &Self| {
            needs.columns.iter().all(|column| record.has(*column))
                && needs.objects.iter().all(|number| objects[*number])
        };
        own(self) && self.inside.iter().zip(objects).all(|(needs, there)| !there || own(needs))
    }
}
