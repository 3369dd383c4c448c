//! Records as typed values, for a file of columns.

use serde_json::{Map, Number, Value};

use super::plain::{Cell, Plain};
use super::{Records, SCHEMA};
use crate::finding::{Code, Finding, Text};
use crate::layout::FieldKind;
use crate::schema::{Kind as JsonKind, Node, NodeId, Schema, join};
use crate::serial::Date;
use crate::text::to_json;

/// A column. Every one may be without a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The property's name, as in a joined record.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
}

/// What a column holds, and how [`Typed::of`] gives it.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// True or false.
    Bool,
    /// A whole number of 64 bits.
    Int,
    /// A double.
    Double,
    /// A day, as the number of days since 1970-01-01.
    Date,
    /// Text.
    Text,
    /// Any JSON value, as its text.
    Json,
    /// A list.
    List(Box<Kind>),
    /// An object of declared properties.
    Struct(Vec<Column>),
}

/// [`Date::days`] of 1970-01-01.
const EPOCH: i32 = 719_162;
/// How deep lists and objects may stand in one another before the rest is JSON text.
const MAX_DEPTH: usize = 16;

/// Makes typed values from joined records.
pub struct Typed<'f> {
    records: Records<'f>,
    columns: Vec<Column>,
    nulls: usize,
    plain: Option<Plain>,
}

impl<'f> Typed<'f> {
    /// The columns of a form's records, with what stands [in front](Records::front) of each.
    pub fn new(records: Records<'f>, front: &Map<String, Value>) -> Self {
        let schema = &records.form.schema;
        let properties = |id: NodeId| schema.node(id).properties.iter();
        let root = properties(Schema::ROOT).filter(|(name, _)| name != SCHEMA);
        let (mut columns, mut outer) = (Vec::new(), 0);
        match records.table {
            None => columns.extend(root.map(|(name, id)| Column { name: name.clone(), kind: kind(schema, *id, 0) })),
            Some(table) => {
                for (name, id) in root {
                    if let Some(kind) = outside(schema, *id, name, &table.path) {
                        columns.push(Column { name: records.name_of(name), kind });
                    }
                }
                outer = columns.len();
                let record = schema.node(table.node).items;
                let own = record.map(properties).into_iter().flatten();
                columns.extend(own.map(|(name, id)| Column { name: name.clone(), kind: kind(schema, *id, 0) }));
            }
        }
        let plain = Plain::new(records, front, &columns, outer);
        Self { records, columns, nulls: 0, plain }
    }

    /// The columns, left to right.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// How many values were null, which a column does not tell from absent.
    pub fn nulls(&self) -> usize {
        self.nulls
    }

    /// A joined record as values of the columns' kinds: a whole number for a date, text for JSON. What is null or absent
    /// is null. Findings are of values that have no column or are not of its kind; they are left out.
    pub fn of(&mut self, joined: &Value, index: usize, findings: &mut Vec<Finding>) -> Map<String, Value> {
        let mut at = At { records: self.records, index, path: String::new(), nulls: 0, findings };
        let values = if let Value::Object(map) = joined {
            at.object(&self.columns, map)
        } else {
            at.refuse(joined);
            Map::new()
        };
        self.nulls += at.nulls;
        values
    }

    /// The same of a record that is JSON text, an object without what stands in front: the columns depth first, a group
    /// before those in it. None where [`of`](Self::of) has to be asked.
    pub fn plain(&mut self, record: &str) -> Option<impl Iterator<Item = Cell<'_>>> {
        let plain = self.plain.as_mut()?;
        self.nulls += plain.take(self.records, record)?;
        Some(plain.cells())
    }
}

/// What is outside of the table in a property of the root; none where that is nothing.
fn outside(schema: &Schema, id: NodeId, name: &str, path: &[String]) -> Option<Kind> {
    let Some((_, rest)) = path.split_first().filter(|(first, _)| *first == name) else {
        return Some(kind(schema, id, 0));
    };
    if rest.is_empty() {
        return None;
    }
    let inside = schema.node(id).properties.iter();
    let columns: Vec<Column> = inside
        .filter_map(|(name, id)| Some(Column { name: name.clone(), kind: outside(schema, *id, name, rest)? }))
        .collect();
    (!columns.is_empty()).then_some(Kind::Struct(columns))
}

fn kind(schema: &Schema, id: NodeId, depth: usize) -> Kind {
    let node = schema.node(id);
    if node.again.is_some() || depth > MAX_DEPTH {
        return Kind::Json;
    }
    if node.is_record() {
        let columns = node.properties.iter();
        let column = |(name, id): &(String, NodeId)| Column { name: name.clone(), kind: kind(schema, *id, depth + 1) };
        return Kind::Struct(columns.map(column).collect());
    }
    match FieldKind::of(schema, node) {
        FieldKind::Boolean => Kind::Bool,
        FieldKind::Integer => Kind::Int,
        FieldKind::Number => Kind::Double,
        FieldKind::Date => Kind::Date,
        FieldKind::Text | FieldKind::Month | FieldKind::DateTime | FieldKind::Time => Kind::Text,
        FieldKind::Choice(choices) | FieldKind::Checks(choices) => of_values(choices.iter().map(|one| &one.value)),
        FieldKind::List { .. } | FieldKind::Json => match items(schema, node) {
            Some(items) => Kind::List(Box::new(kind(schema, items, depth + 1))),
            None => Kind::Json,
        },
    }
}

/// The node of the items of an array that is nothing but an array of them.
fn items(schema: &Schema, node: &Node) -> Option<NodeId> {
    let array = node.types.single() == Some(JsonKind::Array) && !node.opaque && node.choices.is_none();
    node.items.filter(|items| array && !schema.node(*items).types.null)
}

/// The kind that holds all of these values.
fn of_values<'v>(values: impl Iterator<Item = &'v Value> + Clone) -> Kind {
    let mut values = values.filter(|value| !value.is_null());
    let all = |is: fn(&Value) -> bool| values.clone().all(is);
    if all(Value::is_string) {
        Kind::Text
    } else if all(Value::is_boolean) {
        Kind::Bool
    } else if all(Value::is_i64) {
        Kind::Int
    } else if values.all(Value::is_number) {
        Kind::Double
    } else {
        Kind::Json
    }
}

/// A place in a joined record.
pub(super) struct At<'a, 'f> {
    pub(super) records: Records<'f>,
    pub(super) index: usize,
    pub(super) path: String,
    pub(super) nulls: usize,
    pub(super) findings: &'a mut Vec<Finding>,
}

impl At<'_, '_> {
    pub(super) fn object(&mut self, columns: &[Column], map: &Map<String, Value>) -> Map<String, Value> {
        let depth = self.path.len();
        let mut out = Map::with_capacity(columns.len());
        for column in columns {
            match map.get(&column.name) {
                None => {}
                Some(Value::Null) => self.nulls += 1,
                Some(value) => {
                    self.path = join(&self.path[..depth], &column.name);
                    out.insert(column.name.clone(), self.value(&column.kind, value));
                }
            }
        }
        for name in map.keys().filter(|name| columns.iter().all(|column| column.name != **name)) {
            self.path = join(&self.path[..depth], name);
            self.no_column(name);
        }
        self.path.truncate(depth);
        out
    }

    pub(super) fn value(&mut self, kind: &Kind, value: &Value) -> Value {
        let held = match (kind, value) {
            (Kind::Json, _) => Some(Value::String(to_json(value))),
            (Kind::Bool, Value::Bool(_)) | (Kind::Text, Value::String(_)) => Some(value.clone()),
            (Kind::Int, Value::Number(number)) => whole(number).map(Value::from),
            (Kind::Double, Value::Number(number)) => double(number).map(Value::from),
            (Kind::Date, Value::String(text)) => Date::parse_iso(text).map(|day| Value::from(day.days() - EPOCH)),
            (Kind::Struct(columns), Value::Object(map)) => return Value::Object(self.object(columns, map)),
            (Kind::List(item), Value::Array(list)) => {
                let depth = self.path.len();
                let mut out = Vec::with_capacity(list.len());
                for (i, one) in list.iter().enumerate() {
                    self.path = join(&self.path[..depth], &i.to_string());
                    out.push(self.value(item, one));
                }
                self.path.truncate(depth);
                return Value::Array(out);
            }
            _ => None,
        };
        held.unwrap_or_else(|| {
            self.refuse(value);
            Value::Null
        })
    }

    fn refuse(&mut self, value: &Value) {
        let (en, zh) = (format!("its column cannot hold {value}"), format!("该列无法容纳 {value}"));
        self.push(Text::new(en, zh).bare("its column cannot hold this value", "该列无法容纳此值"));
    }

    fn no_column(&mut self, name: &str) {
        let message = Text::new(
            format!("the form does not declare the property {name:?}, so there is no column for it"),
            format!("表单没有声明属性“{name}”，因此没有对应的列"),
        );
        self.push(message);
    }

    fn push(&mut self, message: Text) {
        let pointer = self.records.pointer_of(self.index, &self.path);
        self.findings.push(Finding::new(Code::CannotHold, message).pointer(pointer));
    }
}

/// A number as a whole one of 64 bits, if it is one.
fn whole(number: &Number) -> Option<i64> {
    number.as_i64().or_else(|| {
        let double = number.as_f64().filter(|double| double.fract() == 0.0 && double.abs() < 9.0e18)?;
        (!number.is_u64()).then_some(double as i64)
    })
}

/// A number as a double, if none of its digits is lost.
fn double(number: &Number) -> Option<f64> {
    let double = number.as_f64()?;
    match (number.as_i64(), number.as_u64()) {
        (Some(whole), _) => (double.abs() < 9.2e18 && double as i64 == whole).then_some(double),
        (None, Some(whole)) => (double < 1.8e19 && double as u64 == whole).then_some(double),
        (None, None) => Some(double),
    }
}
