//! Finding values in lists without walking them each time: a list that is asked often gets an index, so that a rule
//! which looks something up for every row stays linear.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use super::eval::Machine;
use super::stop::{Outcome, Stop};
use super::value::{Got, Str, Val, whole};

/// Lists shorter than this are walked.
const SMALL: usize = 16;
/// How many lists made by rules have an index at once.
const RECENT: usize = 4;

/// A value as an index knows it: equal numbers are one key, whatever their type.
#[derive(Debug)]
enum Key<'d> {
    Null,
    Bool(bool),
    Int(i64),
    Double(u64),
    Text(Str<'d>),
}

impl<'d> Key<'d> {
    /// Lists and maps have no key; they are compared one by one.
    fn of(value: &Val<'d>) -> Option<Self> {
        Some(match value {
            Val::Null => Self::Null,
            Val::Bool(on) => Self::Bool(*on),
            Val::Int(number) => Self::Int(*number),
            Val::Double(number) => whole(*number).map_or_else(|| Self::Double(number.to_bits()), Self::Int),
            Val::Text(text) => Self::Text(text.clone()),
            _ => return None,
        })
    }
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Double(a), Self::Double(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a.get() == b.get(),
            _ => false,
        }
    }
}

impl Eq for Key<'_> {}

impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Null => 0_u8.hash(state),
            Self::Bool(on) => on.hash(state),
            Self::Int(number) => number.hash(state),
            Self::Double(bits) => bits.hash(state),
            Self::Text(text) => text.get().hash(state),
        }
    }
}

/// Where values stand in a list, or those of one field of its items.
struct Index<'d> {
    field: Option<String>,
    /// The first place of each value, and how often it is there.
    places: HashMap<Key<'d>, (usize, i64)>,
    /// Why some item has no value to compare.
    stop: Option<Stop>,
    /// Whether some value is a list or map, which has no key.
    containers: bool,
}

/// The indexes of a run.
#[derive(Default)]
pub(super) struct Indexes<'d> {
    /// By the address of the document's array.
    document: HashMap<usize, Vec<Rc<Index<'d>>>>,
    /// Of lists made by rules, which are held so that their address stays theirs.
    made: Vec<(Val<'d>, Rc<Index<'d>>)>,
}

impl<'d> Machine<'d> {
    /// The first item of a list that is the value, or whose field is.
    pub(super) fn find(&self, list: &Val<'d>, field: Option<&str>, value: &Val<'d>) -> Outcome<Option<usize>> {
        self.located(list, field, value, true).map(|(first, _)| first)
    }

    /// How many items of a list are the value, or have it in their field.
    pub(super) fn count(&self, list: &Val<'d>, field: Option<&str>, value: &Val<'d>) -> Outcome<i64> {
        self.located(list, field, value, false).map(|(_, count)| count)
    }

    fn located(
        &self,
        list: &Val<'d>,
        field: Option<&str>,
        value: &Val<'d>,
        first: bool,
    ) -> Outcome<(Option<usize>, i64)> {
        let Some(len) = list.len() else {
            return Err(super::eval::wrong("a search", "查找", "a list", "列表", list));
        };
        let key = Key::of(value).filter(|_| len >= SMALL && !matches!(list, Val::Range(..)));
        if let Some(key) = key {
            let index = self.index(list, field, len)?;
            if !index.containers {
                let found = index.places.get(&key).copied();
                return match (found, &index.stop) {
                    (Some((at, count)), None) => Ok((Some(at), count)),
                    (Some((at, count)), Some(_)) if first => Ok((Some(at), count)),
                    (_, Some(stop)) => Err(stop.clone()),
                    (None, None) => Ok((None, 0)),
                };
            }
        }
        let (mut found, mut count, mut pending, mut absent) = (None, 0, None::<Stop>, 0);
        for at in 0..len {
            let equal = match self.field(list, at, field) {
                Ok(Some(item)) => self.equal(&item, value, 0),
                Ok(None) => {
                    absent += 1;
                    Ok(false)
                }
                Err(stop) => Err(stop),
            };
            match equal {
                Ok(true) if first => return Ok((Some(at), 1)),
                Ok(true) => {
                    found = found.or(Some(at));
                    count += 1;
                }
                Ok(false) => {}
                Err(Stop::Budget) => return Err(Stop::Budget),
                Err(stop) => pending = Some(pending.map_or(stop.clone(), |before| before.or(stop))),
            }
        }
        if len > 0 && absent == len {
            return Err(Self::none_has(list, field));
        }
        pending.map_or(Ok((found, count)), Err)
    }

    /// The item at a place of a list, or its field; none where a record given beside the document has no such field,
    /// which no finding would say.
    fn field(&self, list: &Val<'d>, at: usize, field: Option<&str>) -> Outcome<Option<Val<'d>>> {
        self.tick(2)?;
        let item = list.at(at).unwrap_or(Val::Unread);
        match (field, item) {
            (_, Val::Unread) => Err(Stop::Skip),
            (None, item) => Ok(Some(item)),
            (Some(field), Val::Object(record)) if record.of.name.is_some() => match record.property(field) {
                Got::Value(value) => Ok(Some(value)),
                Got::Unread => Err(Stop::Skip),
                Got::Absent { known: false } => Err(Stop::no_such_property(field, record.names())),
                Got::Absent { known: true } if record.known().is_some_and(|node| node.required.contains(field)) => {
                    Err(Stop::Skip)
                }
                Got::Absent { known: true } => Ok(None),
            },
            (Some(field), item) => item.entry(field).map(Some),
        }
    }

    /// A list of records that all lack the field that is asked for: its name is wrong.
    fn none_has(list: &Val<'d>, field: Option<&str>) -> Stop {
        let first = list.at(0);
        let names = match &first {
            Some(Val::Object(record)) => record.names(),
            _ => Vec::new(),
        };
        Stop::none_has(field.unwrap_or_default(), names)
    }

    fn index(&self, list: &Val<'d>, field: Option<&str>, len: usize) -> Outcome<Rc<Index<'d>>> {
        let known = {
            let indexes = self.indexes.borrow();
            let of_field = |index: &&Rc<Index<'d>>| index.field.as_deref() == field;
            match list {
                Val::Array(at) => {
                    let address = std::ptr::from_ref(at.value).addr();
                    indexes.document.get(&address).and_then(|all| all.iter().find(of_field)).cloned()
                }
                Val::List(items) => indexes
                    .made
                    .iter()
                    .filter(|(held, _)| matches!(held, Val::List(held) if Rc::ptr_eq(held, items)))
                    .map(|(_, index)| index)
                    .find(of_field)
                    .cloned(),
                _ => None,
            }
        };
        if let Some(known) = known {
            return Ok(known);
        }
        let mut index =
            Index { field: field.map(str::to_owned), places: HashMap::new(), stop: None, containers: false };
        let mut absent = 0;
        for at in 0..len {
            match self.field(list, at, field) {
                Ok(None) => absent += 1,
                Ok(Some(value)) => match Key::of(&value) {
                    Some(key) => index.places.entry(key).or_insert((at, 0)).1 += 1,
                    None => index.containers = true,
                },
                Err(Stop::Budget) => return Err(Stop::Budget),
                Err(stop) => index.stop = Some(index.stop.map_or(stop.clone(), |before| before.or(stop))),
            }
        }
        if absent == len {
            index.stop = Some(Self::none_has(list, field));
        }
        let index = Rc::new(index);
        let mut indexes = self.indexes.borrow_mut();
        if let Val::Array(at) = list {
            let address = std::ptr::from_ref(at.value).addr();
            indexes.document.entry(address).or_default().push(Rc::clone(&index));
        } else {
            if indexes.made.len() >= RECENT {
                indexes.made.remove(0);
            }
            indexes.made.push((list.clone(), Rc::clone(&index)));
        }
        Ok(index)
    }

    /// A list without what has been there before.
    pub(super) fn distinct(&self, list: &Val<'d>) -> Outcome<Val<'d>> {
        let Some(len) = list.len() else {
            return Err(super::eval::wrong("`distinct`", "distinct", "a list", "列表", list));
        };
        let mut seen = std::collections::HashSet::new();
        let (mut others, mut out) = (Vec::<Val<'d>>::new(), Vec::new());
        for at in 0..len {
            let item = self.field(list, at, None)?.unwrap_or(Val::Null);
            let new = if let Some(key) = Key::of(&item) {
                seen.insert(key)
            } else {
                let mut new = true;
                for other in &others {
                    new = new && !self.equal(other, &item, 0)?;
                }
                if new {
                    others.push(item.clone());
                }
                new
            };
            if new {
                self.make(1)?;
                out.push(item);
            }
        }
        Ok(Val::list(out))
    }
}
