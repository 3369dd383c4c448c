//! Typed values of records straight from their JSON text: what a text gives that its column had before is known.
//!
//! Says nothing: where something is to be said of a record, [`Typed::of`](super::Typed::of) does.

use serde_json::{Map, Value};

use super::Records;
use super::typed::{At, Column, Kind};
use crate::json_text::{Record, RecordShape};

/// What a record has in a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Whether a group is there.
    Group(bool),
    /// The value of any other column, as [`Typed::of`](super::Typed::of) gives it; none where it is null or absent.
    Value(Option<&'a Value>),
}

/// Takes one record after another.
pub(super) struct Plain {
    record: Record,
    /// The columns depth first.
    parts: Vec<Part>,
    /// Those of the record that are no groups.
    leaves: Vec<Leaf>,
    /// How many values in front of a record are null.
    nulls: usize,
}

enum Part {
    /// Stands in front, and is the same in all records.
    Front(Option<Value>),
    FrontGroup(bool),
    /// Which of the record's.
    Leaf(usize),
    /// Which of the record's objects; none where no record that is taken can have it.
    Group(Option<usize>),
}

struct Leaf {
    kind: Kind,
    /// What its texts give, by their numbers.
    known: Vec<Option<Value>>,
    held: Held,
}

enum Held {
    Nothing,
    /// What the record has, as it is.
    Same,
    Known(usize),
    Value(Value),
}

impl Plain {
    /// The first `outer` columns are for what stands in front. None where something has to be said of that.
    pub(super) fn new(
        records: Records<'_>,
        front: &Map<String, Value>,
        columns: &[Column],
        outer: usize,
    ) -> Option<Self> {
        let (outer, own) = columns.split_at(outer);
        let mut findings = Vec::new();
        let mut at = At { records, index: 0, path: String::new(), nulls: 0, findings: &mut findings };
        let (front, mut parts) = (at.object(outer, front), Vec::new());
        let nulls = at.nulls;
        in_front(outer, Some(&front), &mut parts);
        let (mut leaves, mut paths) = (Vec::new(), Vec::new());
        leaves_of(own, &mut Vec::new(), &mut leaves, &mut paths);
        let shape = RecordShape::new(paths.iter().map(Vec::as_slice))?;
        of_record(own, &mut Vec::new(), &shape, &mut 0, &mut parts);
        findings.is_empty().then(|| Self { record: Record::new(shape, 0), parts, leaves, nulls })
    }

    /// Takes a record; gives how many values are null.
    pub(super) fn take(&mut self, records: Records<'_>, text: &str) -> Option<usize> {
        self.record.take(text)?;
        let mut findings = Vec::new();
        let mut at = At { records, index: 0, path: String::new(), nulls: self.nulls, findings: &mut findings };
        for (index, leaf) in self.leaves.iter_mut().enumerate() {
            leaf.held = match (self.record.value(index), self.record.number(index)) {
                (None, _) => Held::Nothing,
                (Some(Value::Null), _) => {
                    at.nulls += 1;
                    Held::Nothing
                }
                (Some(Value::String(_)), _) if leaf.kind == Kind::Text => Held::Same,
                (Some(_), Some(number)) if leaf.known.get(number).is_some_and(Option::is_some) => Held::Known(number),
                (Some(value), number) => {
                    let value = at.value(&leaf.kind, value);
                    if !at.findings.is_empty() {
                        return None;
                    }
                    match number {
                        None => Held::Value(value),
                        Some(number) => {
                            if leaf.known.len() <= number {
                                leaf.known.resize(number + 1, None);
                            }
                            leaf.known[number] = Some(value);
                            Held::Known(number)
                        }
                    }
                }
            };
        }
        Some(at.nulls)
    }

    pub(super) fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        let leaf = |index: usize| match &self.leaves[index].held {
            Held::Nothing => None,
            Held::Same => self.record.value(index),
            Held::Known(number) => self.leaves[index].known[*number].as_ref(),
            Held::Value(value) => Some(value),
        };
        self.parts.iter().map(move |part| match part {
            Part::Front(value) => Cell::Value(value.as_ref()),
            Part::FrontGroup(there) => Cell::Group(*there),
            Part::Leaf(index) => Cell::Value(leaf(*index)),
            Part::Group(object) => Cell::Group(object.is_some_and(|object| self.record.objects()[object])),
        })
    }
}

fn in_front(columns: &[Column], values: Option<&Map<String, Value>>, parts: &mut Vec<Part>) {
    for column in columns {
        let value = values.and_then(|values| values.get(&column.name));
        if let Kind::Struct(inside) = &column.kind {
            let group = value.and_then(Value::as_object);
            parts.push(Part::FrontGroup(group.is_some()));
            in_front(inside, group, parts);
        } else {
            parts.push(Part::Front(value.cloned()));
        }
    }
}

/// The columns that are no groups, and their paths.
fn leaves_of(columns: &[Column], at: &mut Vec<String>, leaves: &mut Vec<Leaf>, paths: &mut Vec<Vec<String>>) {
    for column in columns {
        at.push(column.name.clone());
        if let Kind::Struct(inside) = &column.kind {
            leaves_of(inside, at, leaves, paths);
        } else {
            leaves.push(Leaf { kind: column.kind.clone(), known: Vec::new(), held: Held::Nothing });
            paths.push(at.clone());
        }
        at.pop();
    }
}

fn of_record(columns: &[Column], at: &mut Vec<String>, shape: &RecordShape, leaf: &mut usize, parts: &mut Vec<Part>) {
    for column in columns {
        at.push(column.name.clone());
        if let Kind::Struct(inside) = &column.kind {
            parts.push(Part::Group(shape.object(at)));
            of_record(inside, at, shape, leaf, parts);
        } else {
            parts.push(Part::Leaf(*leaf));
            *leaf += 1;
        }
        at.pop();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::form::Form;
    use crate::records::{Lines, Typed};

    fn form() -> Form {
        let group = json!({ "type": "object", "properties": { "name": { "type": "string" },
            "by": { "type": "object", "properties": { "day": { "type": "string", "format": "date" } } } } });
        let rows = json!({ "type": "object", "properties": {
            "text": { "type": "string" }, "day": { "type": "string", "format": "date" }, "sum": { "type": "number" },
            "count": { "type": "integer" }, "done": { "type": "boolean" }, "kind": { "enum": ["a", "b"] },
            "level": { "enum": [1, 2] }, "tags": { "type": "array", "items": { "type": "string" } },
            "who": group, "none": { "type": ["string", "null"] }, "free": {} } });
        let schema = json!({ "type": "object", "properties": { "unit": { "type": "string" },
            "day": { "type": "string", "format": "date" }, "rows": { "type": "array", "items": rows } } });
        Form::compile(schema).0.unwrap()
    }

    /// The cells of typed values, a group before those of its members.
    fn cells(columns: &[Column], values: Option<&Map<String, Value>>, out: &mut Vec<(bool, Option<Value>)>) {
        for column in columns {
            let value = values.and_then(|values| values.get(&column.name));
            if let Kind::Struct(inside) = &column.kind {
                out.push((value.is_some(), None));
                cells(inside, value.and_then(Value::as_object), out);
            } else {
                out.push((false, value.filter(|value| !value.is_null()).cloned()));
            }
        }
    }

    const PLAIN: [&str; 9] = [
        "{}",
        r#"{"text":"x","day":"2026-01-05","sum":1.5,"count":7,"done":true,"kind":"a","level":2}"#,
        r#"{"level":1,"kind":"b","done":false,"count":-7.0,"sum":10,"day":"1969-12-31","text":""}"#,
        r#"{"text":"x","day":"2026-01-05","who":{}}"#,
        r#"{"who":{"name":"x","by":{}}}"#,
        r#"{"who":{"by":{"day":"2026-01-05"}},"free":"x"}"#,
        r#"{"tags":["x","y"],"free":{"a":[1]},"none":null}"#,
        r#"{"tags":[],"free":null,"none":"x"}"#,
        r#"{"free":"x","none":"null"}"#,
    ];

    #[test]
    fn cells_are_those_of_the_values() {
        let form = form();
        let records = Records::of(&form).unwrap();
        let front = records.front(&json!({ "unit": "甲", "day": "2026-01-05" }));
        let (mut typed, mut judge) = (Typed::new(records, &front), Typed::new(records, &front));
        // Once more, when all texts are known.
        for text in PLAIN.iter().chain(&PLAIN) {
            let (mut expected, mut findings) = (Vec::new(), Vec::new());
            let record = serde_json::from_str(text).unwrap();
            let values = judge.of(&records.joined(&front, &record), 0, &mut findings);
            assert_eq!(findings, []);
            cells(judge.columns(), Some(&values), &mut expected);
            let found = typed.plain(text).unwrap();
            let found = found.map(|cell| match cell {
                Cell::Group(there) => (there, None),
                Cell::Value(value) => (false, value.cloned()),
            });
            assert_eq!(found.collect::<Vec<_>>(), expected, "{text}");
        }
        assert_eq!((typed.nulls(), judge.nulls()), (4, 4));
    }

    #[test]
    fn what_has_to_be_said_is_not_plain() {
        let form = form();
        let records = Records::of(&form).unwrap();
        let front = Map::new();
        let mut typed = Typed::new(records, &front);
        for text in [
            r#"{"day":"2026-02-30"}"#,
            r#"{"day":5}"#,
            r#"{"count":9300000000000000000}"#,
            r#"{"tags":["x",5]}"#,
            r#"{"who":null}"#,
            r#"{"who":{"age":3}}"#,
            r#"{"more":1}"#,
            "[]",
        ] {
            for _ in 0..2 {
                assert!(typed.plain(text).is_none(), "{text}");
            }
        }
        assert!(typed.plain("{}").is_some());
        let front = records.front(&json!({ "day": "today" }));
        assert!(Typed::new(records, &front).plain("{}").is_none());
    }

    #[test]
    fn a_line_is_the_one_of_the_record() {
        let form = form();
        let records = Records::of(&form).unwrap();
        let mut findings = Vec::new();
        let root = json!({ "unit": "甲", "day": "2026-01-05" });
        let mut lines = Lines::new(records, &root, &mut findings);
        for text in PLAIN.iter().chain(&PLAIN) {
            let record = serde_json::from_str(text).unwrap();
            let expected = lines.of(&record, 0, &mut findings);
            let found: Vec<String> = lines.plain(text).unwrap().map(str::to_owned).collect();
            assert_eq!([found], *expected, "{text}");
        }
        assert_eq!(findings, []);
        for text in [r#"{"more":1}"#.to_owned(), format!("{{\"text\":\"{}\"}}", "x".repeat(40_000)), "[]".to_owned()] {
            assert!(lines.plain(&text).is_none(), "{text}");
        }
    }
}
