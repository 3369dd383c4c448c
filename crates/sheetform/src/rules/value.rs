//! The values rules compute with. What comes from the document stays there: a value is read when a rule asks for it,
//! by its schema's type, and remembers its path, so that a finding can stand on it.

use std::cell::RefCell;
use std::rc::Rc;

use serde_json::Value;

use crate::schema::{Node, NodeId, Schema};
use crate::serial::Date;

use super::stop::{Outcome, Stop};
use super::{Beside, Input};

/// A text of the document or of a rule, or one a rule has made.
#[derive(Clone, Debug)]
pub(super) enum Str<'d> {
    Lent(&'d str),
    Made(Rc<str>),
}

impl Str<'_> {
    pub(super) fn get(&self) -> &str {
        match self {
            Self::Lent(text) => text,
            Self::Made(text) => text,
        }
    }
}

/// A value while a rule runs.
#[derive(Clone, Debug)]
pub(super) enum Val<'d> {
    Null,
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(Str<'d>),
    /// A list made by a rule.
    List(Rc<Vec<Val<'d>>>),
    /// The whole numbers from the first up to, without, the second.
    Range(i64, i64),
    /// A map made by a rule, in the order written.
    Map(Rc<Vec<(Val<'d>, Val<'d>)>>),
    /// An object of the document.
    Object(At<'d>),
    /// An array of the document.
    Array(At<'d>),
    /// A list item that could not be read: whatever uses it stops.
    Unread,
}

impl<'d> Val<'d> {
    pub(super) fn text(text: impl Into<Rc<str>>) -> Self {
        Self::Text(Str::Made(text.into()))
    }

    pub(super) fn list(items: Vec<Val<'d>>) -> Self {
        Self::List(Rc::new(items))
    }

    /// What kind of value it is, in words people know.
    pub(super) fn kind(&self) -> (&'static str, &'static str) {
        match self {
            Self::Null => ("null", "空值"),
            Self::Bool(_) => ("a yes or no", "真假值"),
            Self::Int(_) => ("a whole number", "整数"),
            Self::Double(_) => ("a decimal", "小数"),
            Self::Text(_) => ("a text", "文本"),
            Self::List(_) | Self::Range(..) | Self::Array(_) => ("a list", "列表"),
            Self::Map(_) | Self::Object(_) => ("a group of values", "对象"),
            Self::Unread => ("unread", "未读出的值"),
        }
    }

    /// How many items a list has; `None` where it is none.
    pub(super) fn len(&self) -> Option<usize> {
        match self {
            Self::List(items) => Some(items.len()),
            Self::Range(from, to) => usize::try_from(to - from).ok(),
            Self::Array(at) => at.value.as_array().map(Vec::len),
            _ => None,
        }
    }

    /// The JSON pointer of an object or array of the document that is checked.
    pub(super) fn pointer(&self) -> Option<String> {
        match self {
            Self::Object(at) | Self::Array(at) if at.of.name.is_none() => Some(at.path.pointer()),
            _ => None,
        }
    }
}

/// Where a value of the document stands: a chain from the value up to the root.
#[derive(Clone, Debug)]
pub(super) struct Path<'d>(Option<Rc<Link<'d>>>);

#[derive(Debug)]
struct Link<'d> {
    up: Path<'d>,
    step: Step<'d>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Step<'d> {
    Name(&'d str),
    Index(usize),
}

impl<'d> Path<'d> {
    pub(super) const ROOT: Self = Self(None);

    pub(super) fn join(&self, step: Step<'d>) -> Self {
        Self(Some(Rc::new(Link { up: self.clone(), step })))
    }

    pub(super) fn pointer(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        if let Some(link) = &self.0 {
            link.up.write(out);
            write_step(link.step, out);
        }
    }
}

fn write_step(step: Step<'_>, out: &mut String) {
    use std::fmt::Write as _;
    out.push('/');
    match step {
        Step::Index(index) => {
            // Writing to a String does not fail.
            let _ = write!(out, "{index}");
        }
        Step::Name(name) if name.contains(['~', '/']) => out.push_str(&name.replace('~', "~0").replace('/', "~1")),
        Step::Name(name) => out.push_str(name),
    }
}

/// A document that rules read: the one that is checked, or one given beside it.
pub(super) struct Document<'d> {
    /// What it is called in rules, where it is given beside the one that is checked.
    pub(super) name: Option<&'d str>,
    pub(super) value: &'d Value,
    pub(super) schema: &'d Schema,
    /// Whether the caller could not read the value at a pointer; none where all was read.
    pub(super) unreadable: Option<&'d dyn Fn(&str) -> bool>,
    /// Pointers are built here, one at a time.
    pub(super) buffer: RefCell<String>,
}

impl std::fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Document")
    }
}

/// An object or array of a document with its schema node, where it has one.
#[derive(Clone, Debug)]
pub(super) struct At<'d> {
    pub(super) of: &'d Document<'d>,
    pub(super) value: &'d Value,
    pub(super) node: Option<NodeId>,
    pub(super) path: Path<'d>,
}

/// What asking an object for a property gives.
pub(super) enum Got<'d> {
    Value(Val<'d>),
    /// Not there or null; whether the form knows it.
    Absent {
        known: bool,
    },
    /// There, but not readable: it has a finding of its own.
    Unread,
}

impl<'d> Document<'d> {
    /// The one that is checked.
    pub(super) fn new(input: &Input<'d>) -> Self {
        let (value, schema, unreadable) = (input.document, input.schema, input.unreadable);
        Self { name: None, value, schema, unreadable, buffer: RefCell::default() }
    }

    /// Those given beside it.
    pub(super) fn beside(input: &Input<'d>) -> Vec<Self> {
        let one = |beside: &Beside<'d>| {
            let Beside { name, document, schema, unreadable } = *beside;
            Self { name: Some(name), value: document, schema, unreadable, buffer: RefCell::default() }
        };
        input.beside.iter().map(one).collect()
    }

    /// The whole of it, as a value of its root node.
    pub(super) fn root(&'d self) -> Val<'d> {
        if self.unreadable.is_some_and(|unreadable| unreadable("")) {
            return Val::Unread;
        }
        self.typed(self.value, Some(Schema::ROOT), || Path::ROOT)
    }

    /// Whether the caller could not read the value at this step below `path`.
    pub(super) fn is_unreadable(&self, path: &Path<'d>, step: Step<'_>) -> bool {
        let Some(unreadable) = self.unreadable else { return false };
        let mut buffer = self.buffer.take();
        buffer.clear();
        path.write(&mut buffer);
        write_step(step, &mut buffer);
        let unreadable = unreadable(&buffer);
        self.buffer.replace(buffer);
        unreadable
    }

    /// One of which rules are given nothing but the columns of a record.
    pub(super) fn of_columns(schema: &'d Schema) -> Self {
        Self { name: None, value: &Value::Null, schema, unreadable: None, buffer: RefCell::default() }
    }

    /// A value by its schema's type.
    pub(super) fn typed(&'d self, value: &'d Value, node: Option<NodeId>, path: impl FnOnce() -> Path<'d>) -> Val<'d> {
        let known = node.map(|id| self.schema.node(id));
        if !is_choice(value, known) {
            return Val::Unread;
        }
        match value {
            Value::Array(_) if known.is_none_or(|node| node.types.array) => {
                Val::Array(At { of: self, value, node, path: path() })
            }
            Value::Object(_) if known.is_none_or(|node| node.types.object) => {
                Val::Object(At { of: self, value, node, path: path() })
            }
            _ => of_type(value, known),
        }
    }
}

/// A value that is no list and no object, by its schema's type.
pub(super) fn scalar<'d>(value: &'d Value, known: Option<&Node>) -> Val<'d> {
    if is_choice(value, known) { of_type(value, known) } else { Val::Unread }
}

/// Whether a value is one of those allowed. What is not in the list says nothing that a rule could rest on.
fn is_choice(value: &Value, known: Option<&Node>) -> bool {
    let choices = known.and_then(|node| node.choices.as_ref()).filter(|_| !value.is_null());
    choices.is_none_or(|choices| choices.iter().any(|choice| same(&choice.value, value)))
}

/// Whole numbers are ints, others doubles, never unsigned.
fn of_type<'d>(value: &'d Value, known: Option<&Node>) -> Val<'d> {
    let allows = |pick: fn(&crate::schema::Types) -> bool| known.is_none_or(|node| pick(&node.types));
    match value {
        Value::Null if allows(|t| t.null) => Val::Null,
        Value::Bool(on) if allows(|t| t.boolean) => Val::Bool(*on),
        Value::Number(number) if allows(|t| t.number || t.integer) => {
            let whole = number.as_i64().or_else(|| number.as_f64().and_then(whole));
            let says = known.filter(|node| node.keywords.contains_key("type"));
            match (says, whole) {
                (Some(node), _) if node.types.number => number.as_f64().map_or(Val::Unread, Val::Double),
                (Some(_), Some(whole)) => Val::Int(whole),
                (Some(_), None) if number.is_u64() => number.as_f64().map_or(Val::Unread, Val::Double),
                (Some(_), None) => Val::Unread,
                (None, Some(whole)) if !number.is_f64() => Val::Int(whole),
                (None, _) => number.as_f64().map_or(Val::Unread, Val::Double),
            }
        }
        Value::String(text) if allows(|t| t.string) => {
            let date = known.is_some_and(|node| node.format.as_deref() == Some("date"));
            if date && Date::parse_iso(text).is_none() { Val::Unread } else { Val::Text(Str::Lent(text)) }
        }
        _ => Val::Unread,
    }
}

impl<'d> At<'d> {
    /// Its schema node.
    pub(super) fn known(&self) -> Option<&'d Node> {
        self.node.map(|id| self.of.schema.node(id))
    }

    /// The property of an object.
    pub(super) fn property(&self, name: &str) -> Got<'d> {
        if self.of.is_unreadable(&self.path, Step::Name(name)) {
            return Got::Unread;
        }
        let node = self.known();
        let child = node.and_then(|node| node.property(name));
        match self.value.as_object().and_then(|object| object.get_key_value(name)) {
            None | Some((_, Value::Null)) => {
                let known = child.is_some() || node.is_none_or(|node| node.opaque || node.properties.is_empty());
                Got::Absent { known }
            }
            Some((name, value)) => match self.of.typed(value, child, || self.path.join(Step::Name(name))) {
                Val::Unread => Got::Unread,
                found => Got::Value(found),
            },
        }
    }

    /// The names of the properties that it may have, and those that it has.
    pub(super) fn names(&self) -> Vec<&str> {
        let known = self.known().map(|node| node.properties.as_slice()).unwrap_or_default();
        let mut names: Vec<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
        let own = self.value.as_object().into_iter().flat_map(|object| object.keys());
        for name in own.map(String::as_str) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// An item of an array.
    pub(super) fn item(&self, index: usize) -> Option<Val<'d>> {
        let value = self.value.get(index)?;
        let step = Step::Index(index);
        if self.of.is_unreadable(&self.path, step) {
            return Some(Val::Unread);
        }
        let node = self.known().filter(|node| !node.opaque).and_then(|node| node.items);
        Some(self.of.typed(value, node, || self.path.join(step)))
    }
}

impl Val<'_> {
    /// The item of a list, whatever kind of list it is.
    pub(super) fn at(&self, index: usize) -> Option<Self> {
        match self {
            Self::List(items) => items.get(index).cloned(),
            Self::Range(from, to) => i64::try_from(index).ok().map(|i| from + i).filter(|i| i < to).map(Val::Int),
            Self::Array(at) => at.item(index),
            _ => None,
        }
    }

    /// The entry of a map or object, as a rule outside `has` reads it.
    pub(super) fn entry(&self, name: &str) -> Outcome<Self> {
        match self {
            Self::Object(at) => match at.property(name) {
                Got::Value(value) => Ok(value),
                Got::Absent { known: false } => Err(Stop::no_such_property(name, at.names())),
                Got::Absent { known: true } | Got::Unread => Err(Stop::Skip),
            },
            Self::Map(entries) => {
                let found = entries.iter().find(|(key, _)| matches!(key, Val::Text(key) if key.get() == name));
                match found {
                    Some((_, Val::Unread)) => Err(Stop::Skip),
                    Some((_, value)) => Ok(value.clone()),
                    None => {
                        let name_of = |(key, _): &'_ (Val<'_>, Val<'_>)| match key {
                            Val::Text(key) => Some(key.get().to_owned()),
                            _ => None,
                        };
                        let names: Vec<String> = entries.iter().filter_map(name_of).collect();
                        Err(Stop::no_such_property(name, names.iter().map(String::as_str).collect()))
                    }
                }
            }
            // What `lookup` did not find has no properties either: its absence is another rule's finding.
            Self::Null | Self::Unread => Err(Stop::Skip),
            other => {
                let (en, zh) = other.kind();
                Err(Stop::fail(format!("{en} has no property {name:?}"), format!("{zh}没有属性“{name}”")))
            }
        }
    }
}

/// Whether two JSON values are the same, numbers by value.
fn same(a: &Value, b: &Value) -> bool {
    a == b || (a.is_number() && b.is_number() && a.as_f64() == b.as_f64())
}

/// A double that is a whole number within the range of `i64`, as one.
pub(super) fn whole(number: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    (number.fract() == 0.0 && (-LIMIT..LIMIT).contains(&number)).then_some(number as i64)
}
