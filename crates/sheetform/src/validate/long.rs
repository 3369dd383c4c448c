//! A long table checked record by record, without holding it: whether there is nothing to say of it.
//!
//! It says no more than that. Where there is something to say, or it cannot tell without the whole table,
//! [`validate`](super::validate) decides.

use std::collections::HashSet;

use jsonschema::Validator;
use serde_json::Value;

use super::checker::has_only;
use super::serials::whole;
use super::{Options, Profile, equal};
use crate::form::Form;
use crate::layout::{Table, at_path};
use crate::rules::Input;

/// Keywords of a schema that ask nothing of an array's items together.
const OF_EACH: [&str; 4] = ["type", "items", "minItems", "$id"];
/// Keywords of a root that ask nothing of the items of the arrays in it.
const OF_ROOT: [&str; 10] = [
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "minItems",
    "$schema",
    "$id",
    "$defs",
    "definitions",
];
/// Records that rules are run over together.
const CHUNK: usize = 1000;

/// A long table while it is checked.
pub struct LongCheck<'f> {
    form: &'f Form,
    table: &'f Table,
    options: &'f Options,
    validator: &'f Validator,
    serials: Vec<usize>,
    keys: Vec<Key>,
    count: u64,
    /// The document with the records that rules are to be run over, where there are rules.
    chunk: Option<Value>,
}

/// Columns that together tell records apart, and the hashes of those that there were.
struct Key {
    columns: Vec<usize>,
    seen: HashSet<u64>,
}

impl<'f> LongCheck<'f> {
    /// The check of the table at a path. `document` is what [`validate`](super::validate) found nothing in: the
    /// document with some records of the table, the first among them. None where more must be known than one record
    /// at a time.
    pub fn new(form: &'f Form, document: &Value, path: &[String], options: &'f Options) -> Option<Self> {
        let table = form.layout.tables().find(|table| table.path == path)?;
        let checker = form.checker(form.assert_formats || options.assert_formats).ok()?;
        let validator = &checker.tables.iter().find(|one| one.pointer == table.pointer())?.validator;
        let array = match path {
            [] => None,
            [name] => Some(form.document.get("properties")?.get(name)?),
            _ => return None,
        };
        if !has_only(&form.document, &OF_ROOT) || array.is_some_and(|array| !has_only(array, &OF_EACH)) {
            return None;
        }
        let items = form.schema.node(table.node).items?;
        let list = path.first().map_or("", String::as_str);
        let chunk = match form.rules().is_empty() {
            true => None,
            false if form.rules().of_records_alone(&form.schema, items, list) && !path.is_empty() => {
                let mut around = document.clone();
                *around.get_mut(list)? = Value::Array(Vec::new());
                Some(around)
            }
            false => return None,
        };
        let keys =
            table.keys.iter().map(|columns| Key { columns: columns.clone(), seen: HashSet::default() }).collect();
        let serials = (0..table.columns.len()).filter(|column| table.columns[*column].serial).collect();
        let flat = table.levels.is_empty();
        flat.then_some(Self { form, table, options, validator, serials, keys, count: 0, chunk })
    }

    /// Whether there is nothing to say of the next record.
    pub fn record(&mut self, record: &Value) -> bool {
        self.count += 1;
        if !self.validator.is_valid(record) {
            return false;
        }
        let value = |column: usize| at_path(record, &self.table.columns[column].field.path).filter(|v| !v.is_null());
        let counted =
            |column: &usize| value(*column).and_then(whole).is_none_or(|found| found == i128::from(self.count));
        if !self.serials.iter().all(counted) {
            return false;
        }
        for key in &mut self.keys {
            let mut text = String::new();
            let whole = key.columns.iter().all(|column| {
                value(*column)
                    .inspect(|value| {
                        equal::write(value, &mut text);
                        text.push('\n');
                    })
                    .is_some()
            });
            // Two unlike keys with one hash are told apart by who compares them all.
            if whole && !key.seen.insert(hash(&text)) {
                return false;
            }
        }
        self.keep(record)
    }

    /// Whether there is nothing to say of the table, once every record was checked.
    pub fn finish(mut self) -> bool {
        self.rules()
    }

    /// Keeps a record for the rules.
    fn keep(&mut self, record: &Value) -> bool {
        let Some(list) = self.list() else { return true };
        list.push(record.clone());
        list.len() < CHUNK || self.rules()
    }

    fn list(&mut self) -> Option<&mut Vec<Value>> {
        self.chunk.as_mut()?.get_mut(self.table.path.first()?)?.as_array_mut()
    }

    /// Runs the rules over the records that are kept, which then are done with.
    fn rules(&mut self) -> bool {
        let Some(document) = &self.chunk else { return true };
        let input = Input {
            schema: &self.form.schema,
            document,
            unreadable: None,
            beside: &[],
            today: self.options.today.as_deref(),
            final_profile: self.options.profile == Profile::Final,
        };
        let silent = self.form.rules().run(&input).is_empty();
        if let Some(list) = self.list() {
            list.clear();
        }
        silent
    }
}

/// FNV-1a: the same on every machine.
fn hash(text: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, step)
}
