//! A record of a table straight from its text: what stands in each of its columns. No JSON value is made of the whole,
//! and none of a text that its column had before.
//!
//! Knows no form: a shape is names and columns. A record of another shape is none here; what is wrong with it is for
//! [`parse`](super::parse) to say.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use serde_json::{Map, Value};

use super::read::Reader;

/// Different texts of a column that are remembered.
const REMEMBERED: usize = 4096;
/// And of so many bytes at most.
const SHORT: usize = 256;
/// After so many different ones, most texts of a column must have come before, or no more are looked up.
const TRIED: u32 = REMEMBERED as u32;

/// Where the columns of a table stand in its records.
#[derive(Clone, Debug)]
pub struct RecordShape {
    root: Vec<Property>,
    columns: usize,
    /// The path of each object inside a record.
    objects: Vec<Vec<String>>,
    /// How many properties are the same in every record.
    front: usize,
}

#[derive(Clone, Debug)]
struct Property {
    name: String,
    /// The name as it mostly stands in a text.
    quoted: String,
    part: Part,
}

#[derive(Clone, Debug)]
enum Part {
    Column(usize),
    /// Its number.
    Object(usize, Vec<Property>),
    /// What is the same in every record: its number, the value, and a text as it mostly stands.
    Front(usize, Value, String),
}

impl RecordShape {
    /// None where a column stands in another.
    pub(crate) fn new<'a>(columns: impl Iterator<Item = &'a [String]>) -> Option<Self> {
        let mut shape = Self { root: Vec::new(), columns: 0, objects: Vec::new(), front: 0 };
        for path in columns {
            insert(&mut shape.root, path, 0, shape.columns, &mut shape.objects)?;
            shape.columns += 1;
        }
        Some(shape)
    }

    /// The same where every record has these properties too, with these values; none is one of its own.
    pub(super) fn behind(mut self, front: &[(String, Value)]) -> Self {
        let property = |(number, (name, value)): (usize, &(String, Value))| {
            let text = value.as_str().map(|_| value.to_string()).unwrap_or_default();
            Property::new(name, Part::Front(number, value.clone(), text))
        };
        self.root.splice(..0, front.iter().enumerate().map(property));
        self.front = front.len();
        self
    }

    /// The column at a path.
    pub(crate) fn column(&self, path: &[String]) -> Option<usize> {
        match self.part(path)? {
            Part::Column(column) => Some(*column),
            Part::Object(..) | Part::Front(..) => None,
        }
    }

    /// The number of the object at a path.
    pub(crate) fn object(&self, path: &[String]) -> Option<usize> {
        self.objects.iter().position(|at| at == path)
    }

    /// The paths of the objects inside a record, those around others first.
    pub(crate) fn objects(&self) -> &[Vec<String>] {
        &self.objects
    }

    fn part(&self, path: &[String]) -> Option<&Part> {
        let (last, before) = path.split_last()?;
        let mut parts = &self.root;
        for name in before {
            match parts.iter().find(|one| one.name == *name).map(|one| &one.part) {
                Some(Part::Object(_, inside)) => parts = inside,
                _ => return None,
            }
        }
        parts.iter().find(|one| one.name == *last).map(|one| &one.part)
    }
}

impl Property {
    fn new(name: &str, part: Part) -> Self {
        Self { name: name.to_owned(), quoted: Value::from(name).to_string(), part }
    }
}

fn insert(
    parts: &mut Vec<Property>,
    path: &[String],
    depth: usize,
    column: usize,
    objects: &mut Vec<Vec<String>>,
) -> Option<()> {
    let name = path.get(depth)?;
    let at = parts.iter().position(|one| one.name == *name);
    if depth + 1 == path.len() {
        if at.is_none() {
            parts.push(Property::new(name, Part::Column(column)));
        }
        return at.is_none().then_some(());
    }
    let at = at.unwrap_or_else(|| {
        objects.push(path[..=depth].to_vec());
        parts.push(Property::new(name, Part::Object(objects.len() - 1, Vec::new())));
        parts.len() - 1
    });
    let Part::Object(_, inside) = &mut parts[at].part else { return None };
    insert(inside, path, depth + 1, column, objects)
}

/// What a record has in its columns; the same one takes every record of a list in turn.
#[derive(Debug)]
pub struct Record {
    shape: RecordShape,
    cells: Vec<Cell>,
    /// Which objects are there.
    objects: Vec<bool>,
    /// Which of the properties that are the same everywhere.
    front: Vec<bool>,
    known: Vec<Known>,
    /// How many lists and objects stand around a record.
    depth: usize,
}

#[derive(Clone, Debug)]
enum Cell {
    Absent,
    /// A text that the column had before: its number.
    Again(u32),
    Value(Value),
}

/// The texts of a column.
#[derive(Debug, Default)]
struct Known {
    numbers: HashMap<Box<str>, u32, RandomState>,
    values: Vec<Value>,
    new: u32,
    again: u32,
}

impl Known {
    fn cell(&mut self, text: &str) -> Cell {
        if text.len() <= SHORT && (self.new < TRIED || self.again > self.new) {
            if let Some(number) = self.numbers.get(text) {
                self.again = self.again.saturating_add(1);
                return Cell::Again(*number);
            }
            self.new += 1;
            if self.values.len() < REMEMBERED {
                let number = self.values.len() as u32;
                self.numbers.insert(text.into(), number);
                self.values.push(text.into());
                return Cell::Again(number);
            }
        }
        Cell::Value(text.into())
    }
}

impl Record {
    /// One that has nothing yet; `depth` lists and objects stand around it.
    pub(crate) fn new(shape: RecordShape, depth: usize) -> Self {
        Self {
            cells: vec![Cell::Absent; shape.columns],
            objects: vec![false; shape.objects.len()],
            front: vec![false; shape.front],
            known: (0..shape.columns).map(|_| Known::default()).collect(),
            shape,
            depth,
        }
    }

    /// Takes a record's text; none where it has another shape, is no JSON or cannot be held.
    pub(crate) fn take(&mut self, text: &str) -> Option<()> {
        self.cells.fill(Cell::Absent);
        self.objects.fill(false);
        self.front.fill(false);
        let mut reader = Reader::inside(text, self.depth);
        let Self { shape, cells, objects, front, known, .. } = self;
        let mut taker = Taker { reader: &mut reader, cells, objects, front, known };
        if taker.reader.next_byte() != Some(b'{') {
            return None;
        }
        taker.object(&shape.root)?;
        let all = self.front.iter().all(|there| *there);
        (all && reader.next_byte().is_none() && reader.is_sound()).then_some(())
    }

    /// What stands in a column.
    pub(crate) fn value(&self, column: usize) -> Option<&Value> {
        match &self.cells[column] {
            Cell::Absent => None,
            Cell::Again(number) => self.known[column].values.get(*number as usize),
            Cell::Value(value) => Some(value),
        }
    }

    /// The number of a column's text among those that are remembered: the same text has the same one.
    pub(crate) fn number(&self, column: usize) -> Option<usize> {
        match &self.cells[column] {
            Cell::Again(number) => Some(*number as usize),
            Cell::Absent | Cell::Value(_) => None,
        }
    }

    /// Whether something stands in a column.
    pub(crate) fn has(&self, column: usize) -> bool {
        !matches!(self.cells[column], Cell::Absent)
    }

    /// Which of the [objects](RecordShape::objects) are there.
    pub(crate) fn objects(&self) -> &[bool] {
        &self.objects
    }

    /// Whether there is an object at a path.
    pub(crate) fn has_object(&self, path: &[String]) -> bool {
        self.shape.object(path).is_some_and(|number| self.objects[number])
    }

    /// The record as JSON, properties in the order of the columns.
    pub fn to_value(&self) -> Value {
        self.only(None)
    }

    /// The same with some of its columns.
    pub(crate) fn only(&self, columns: Option<&[usize]>) -> Value {
        self.part(&self.shape.root, columns)
    }

    fn part(&self, parts: &[Property], columns: Option<&[usize]>) -> Value {
        let mut map = Map::new();
        for Property { name, part, .. } in parts {
            let value = match part {
                Part::Column(column) if columns.is_some_and(|columns| !columns.contains(column)) => None,
                Part::Column(column) => self.value(*column).cloned(),
                Part::Object(number, inside) => self.objects[*number].then(|| self.part(inside, columns)),
                Part::Front(..) => None,
            };
            if let Some(value) = value {
                map.insert(name.clone(), value);
            }
        }
        Value::Object(map)
    }
}

struct Taker<'r, 't> {
    reader: &'r mut Reader<'t>,
    cells: &'r mut [Cell],
    objects: &'r mut [bool],
    front: &'r mut [bool],
    known: &'r mut [Known],
}

impl Taker<'_, '_> {
    /// The object whose brace is here.
    fn object(&mut self, parts: &[Property]) -> Option<()> {
        self.reader.at += 1;
        self.reader.outside += 1;
        if self.reader.next_byte()? == b'}' {
            self.close();
            return Some(());
        }
        let mut next = 0;
        loop {
            let at = self.key(parts, next)?;
            next = at + 1;
            if self.reader.next_byte()? != b':' {
                return None;
            }
            self.reader.at += 1;
            match (&parts[at].part, self.reader.next_byte()?) {
                (Part::Column(column), byte) => self.value(*column, byte)?,
                (Part::Object(number, inside), b'{') => {
                    // A key stands once.
                    if std::mem::replace(&mut self.objects[*number], true) {
                        return None;
                    }
                    self.object(inside)?;
                }
                (Part::Object(..), _) => return None,
                (Part::Front(number, value, text), _) => {
                    let same = !text.is_empty() && self.reader.steps_over(text)
                        || self.reader.value().ok().is_some_and(|found| found == *value);
                    if !same || std::mem::replace(&mut self.front[*number], true) {
                        return None;
                    }
                }
            }
            match self.reader.next_byte()? {
                b',' => self.reader.at += 1,
                b'}' => {
                    self.close();
                    return Some(());
                }
                _ => return None,
            }
        }
    }

    fn close(&mut self) {
        self.reader.at += 1;
        self.reader.outside -= 1;
    }

    /// Steps over the key here; gives which of the parts it names. Keys mostly come in the form's order.
    fn key(&mut self, parts: &[Property], next: usize) -> Option<usize> {
        if self.reader.next_byte()? != b'"' {
            return None;
        }
        if parts.get(next).is_some_and(|one| self.reader.steps_over(&one.quoted)) {
            return Some(next);
        }
        let key = self.reader.string().ok()?;
        parts.iter().position(|one| one.name == key)
    }

    fn value(&mut self, column: usize, byte: u8) -> Option<()> {
        if !matches!(self.cells[column], Cell::Absent) {
            return None;
        }
        self.cells[column] = match byte {
            b'"' => self.known[column].cell(&self.reader.string().ok()?),
            _ => Cell::Value(self.reader.value().ok()?),
        };
        Some(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::json_text::{MAX_DEPTH, read};

    fn record() -> Record {
        let paths =
            ["a", "o.b", "o.i.c", "d", "o.e"].map(|path| path.split('.').map(str::to_owned).collect::<Vec<_>>());
        Record::new(RecordShape::new(paths.iter().map(Vec::as_slice)).unwrap(), 2)
    }

    /// What is taken is what the reader of whole texts reads.
    #[test]
    fn a_record_is_what_is_read() {
        let mut record = record();
        for text in [
            "{}",
            r#"{"a":1,"d":"x"}"#,
            r#" { "d" : "x" , "a" : "x\n\u00e9" } "#,
            r#"{"o":{"i":{}}}"#,
            r#"{"o":{"e":null,"i":{"c":[1,{"z":2.50}]},"b":true},"a":-0.0}"#,
            r#"{"a":"x","\u0064":"x","o":{}}"#,
            r#"{"a":1e5,"d":12345678901234567890}"#,
            "{\"a\":\"\u{feff}𠮷\"}",
        ] {
            let read = read::document(text).ok().unwrap();
            for _ in 0..2 {
                record.take(text).unwrap();
                assert_eq!(record.to_value(), read, "{text}");
            }
            assert_eq!(record.only(Some(&[0])).get("a"), read.get("a"));
        }
        let paths = ["a", "o.i.c", "o.x"].map(|path| path.split('.').map(str::to_owned).collect::<Vec<_>>());
        let shape = &record.shape;
        assert_eq!(paths.each_ref().map(|path| shape.column(path)), [Some(0), Some(2), None]);
        assert_eq!(shape.object(&paths[1][..2]), Some(1));
        assert!(RecordShape::new([&paths[0][..], &paths[0][..]].into_iter()).is_none());
        assert!(RecordShape::new([&paths[1][..], &paths[1][..2]].into_iter()).is_none());
        assert!(RecordShape::new([&paths[1][..2], &paths[1][..]].into_iter()).is_none());
    }

    #[test]
    fn what_is_otherwise_is_not_taken() {
        let mut record = record();
        for text in [
            "",
            "1",
            "[]",
            "{",
            r#"{"a":1"#,
            r#"{"a":1,}"#,
            r#"{"a":1}x"#,
            r#"{"a" 1}"#,
            r#"{"x":1}"#,
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":1}"#,
            r#"{"o":{},"o":{}}"#,
            r#"{"o":1}"#,
            r#"{"o":{"a":1}}"#,
            r#"{"a":1e400}"#,
            r#"{"a":0.1234567890123456789012}"#,
            r#"{"a":01}"#,
            r#"{"a":"\ud800"}"#,
            r#"{"a":[{"x":1,"x":2}]}"#,
            "{\"a\":\"\u{1}\"}",
            "{\"a\":\"x",
            r#"{"a":nul}"#,
        ] {
            assert!(record.take(text).is_none(), "{text}");
        }
        // As deep as the whole text may go, and no deeper.
        for (levels, taken, before, behind) in [
            (MAX_DEPTH - 4, true, "{\"a\":", "}"),
            (MAX_DEPTH - 3, false, "{\"a\":", "}"),
            (MAX_DEPTH - 6, true, "{\"o\":{\"i\":{\"c\":", "}}}"),
            (MAX_DEPTH - 5, false, "{\"o\":{\"i\":{\"c\":", "}}}"),
        ] {
            let text = format!("{before}{}{}{behind}", "[".repeat(levels), "]".repeat(levels));
            assert_eq!(record.take(&text).is_some(), taken);
            assert_eq!(read::document(&format!("{{\"rows\":[{text}]}}")).is_ok(), taken);
        }
    }

    #[test]
    fn texts_are_known_again() {
        let mut record = record();
        let mut numbers = Vec::new();
        for text in ["x", "y", "x"] {
            record.take(&format!("{{\"a\":\"{text}\",\"d\":\"x\"}}")).unwrap();
            numbers.push((record.number(0), record.number(3)));
        }
        assert_eq!(numbers, [(Some(0), Some(0)), (Some(1), Some(0)), (Some(0), Some(0))]);
        for i in 0..2 * REMEMBERED {
            record.take(&format!("{{\"a\":\"{i}\",\"d\":\"x\"}}")).unwrap();
            assert_eq!((record.value(0), record.number(3)), (Some(&i.to_string().into()), Some(0)));
        }
        // They no longer repeat.
        assert_eq!(record.number(0), None);
    }
}
