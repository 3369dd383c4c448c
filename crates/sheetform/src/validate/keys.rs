//! Keys: no two records of a table alike in the columns that must tell them apart. Linear in the records.

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;
use serde_json::Value;

use super::Check;
use super::one_by_one::Cells;
use super::records::{Record, pointer};
use super::{equal, words};
use crate::finding::{Code, Finding, Text};
use crate::layout::Table;

/// Adds a finding for each record that repeats an earlier one, on the later cell.
pub(super) fn check(check: &Check<'_>, table: &Table, findings: &mut Vec<Finding>) {
    for columns in &table.keys {
        let Some(level) = columns.iter().filter_map(|c| table.columns.get(*c)).map(|c| c.level).max() else { continue };
        // Nearly always no two are alike, and hashes tell so for less than the keys themselves.
        let mut hashes = Hashes::default();
        let hash = |record: &Record<'_, '_>| hash(columns, |column| record.get(&table.columns[column]));
        check.records(table, level, &mut |record| hashes.take(hash(record)));
        if hashes.all_differ() {
            continue;
        }
        let mut seen: HashMap<String, Box<[usize]>> = HashMap::new();
        check.records(table, level, &mut |record| {
            if !hashes.is_twice(hash(record)) {
                return;
            }
            let mut key = String::new();
            for column in columns.iter().map(|c| &table.columns[*c]) {
                let Some(value) = record.get(column) else { return };
                if !check.unreadable.is_empty() && check.unreadable.touches(&pointer(table, record.indices, column)) {
                    return;
                }
                equal::write(value, &mut key);
                key.push('\n');
            }
            if let Some(earlier) = seen.get(&key) {
                let values = columns.iter().filter_map(|c| record.get(&table.columns[*c])).collect::<Vec<_>>();
                findings.push(finding(check, table, columns, &values, [earlier, record.indices]));
            } else {
                seen.insert(key, record.indices.into());
            }
        });
    }
}

fn finding(
    check: &Check<'_>,
    table: &Table,
    columns: &[usize],
    values: &[&Value],
    [earlier, later]: [&[usize]; 2],
) -> Finding {
    let first = &table.columns[columns[0]];
    let (here, there) = (pointer(table, later, first), pointer(table, earlier, first));
    let names: Vec<String> = columns.iter().map(|c| check.column_name(table, &table.columns[*c])).collect();
    let shown: Vec<Text> = values.iter().map(|value| words::found(value)).collect();
    let quoted = |quote: fn(&str) -> String, with: &str| names.iter().map(|n| quote(n)).collect::<Vec<_>>().join(with);
    let text = |part: fn(&Text) -> &str, with: &str| shown.iter().map(part).collect::<Vec<_>>().join(with);
    let earlier_place = check.subject.places.value(&there).unwrap_or_default();
    let (en_at, zh_at) =
        earlier_place.cell.map_or_else(Default::default, |cell| (format!(" in {cell}"), format!("在 {cell} ")));
    let together = if columns.len() > 1 { (" together", "合起来") } else { ("", "") };
    let message = Text::new(
        format!(
            "{} must not repeat{}: {} stands already{en_at}",
            quoted(words::quoted, " and "),
            together.0,
            text(|t| &t.en, ", ")
        ),
        format!("{}{}不能重复：{}已{zh_at}出现过", quoted(words::quoted_zh, "、"), together.1, text(|t| &t.zh, "、")),
    )
    .bare(
        format!("{} must differ from record to record{}", quoted(words::quoted, " and "), together.0),
        format!("{}{}不能重复", quoted(words::quoted_zh, "、"), together.1),
    );
    let node = if columns.len() > 1 { table.node } else { first.field.node };
    let mut finding = Finding::new(Code::DuplicateKey, message)
        .at(check.place(&here))
        .pointer(here)
        .rule(check.sheet_rule(node, "key"))
        .expected("unique")
        .related(earlier_place, Text::new("the first of them", "首次出现处"));
    if let [value] = values {
        finding.value = Some((*value).clone());
    }
    finding
}

/// The columns of a key while records come one by one.
pub(super) struct Key<'a> {
    columns: &'a [usize],
    hashes: Hashes,
}

impl<'a> Key<'a> {
    pub(super) fn new(columns: &'a [usize]) -> Self {
        Self { columns, hashes: Hashes::default() }
    }

    pub(super) fn take(&mut self, record: &dyn Cells) {
        let hash = self.hash(record);
        self.hashes.take(hash);
    }

    /// Whether no two records can be alike.
    pub(super) fn is_unique(&self) -> bool {
        self.hashes.all_differ()
    }

    /// Whether a record may be one of those that are alike.
    pub(super) fn is_twice(&self, record: &dyn Cells) -> bool {
        !self.is_unique() && self.hashes.is_twice(self.hash(record))
    }

    fn hash(&self, record: &dyn Cells) -> Option<u64> {
        hash(self.columns, |column| record.value(column).filter(|value| !value.is_null()))
    }
}

/// The hashes of keys.
#[derive(Default)]
struct Hashes {
    seen: HashSet<u64, RandomState>,
    /// Those of them that were seen twice: alike, or two unlike keys with one hash.
    twice: HashSet<u64, RandomState>,
}

impl Hashes {
    fn take(&mut self, hash: Option<u64>) {
        if let Some(hash) = hash
            && !self.seen.insert(hash)
        {
            self.twice.insert(hash);
        }
    }

    fn all_differ(&self) -> bool {
        self.twice.is_empty()
    }

    fn is_twice(&self, hash: Option<u64>) -> bool {
        hash.is_some_and(|hash| self.twice.contains(&hash))
    }
}

/// The hash of what stands in the columns of a key; none where one of them is empty.
fn hash<'v>(columns: &[usize], get: impl Fn(usize) -> Option<&'v Value>) -> Option<u64> {
    let mut hash = Hash::default();
    for column in columns {
        hash.add(get(*column)?);
    }
    Some(hash.0)
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
