//! Puts values together by their paths.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::child::Step;

/// A value being put together.
#[derive(Debug, Default)]
pub(super) enum Built {
    /// Nothing yet.
    #[default]
    Nothing,
    /// A value of its own.
    Leaf(Value),
    /// An object, in the order in which its properties came.
    Object(Map<String, Value>, BTreeMap<String, Built>),
    /// An array.
    Array(BTreeMap<usize, Built>),
}

impl Built {
    /// Puts a value at a path. Fails where another value stands there, on the way or inside.
    pub(super) fn put(&mut self, steps: &[Step], value: Value) -> Result<(), ()> {
        match (steps.split_first(), &mut *self) {
            (Some((Step::Rest, [])), _) => {
                let Value::Object(rest) = value else { return Err(()) };
                rest.into_iter().try_for_each(|(name, value)| self.put(&[Step::Name(name)], value))
            }
            (None, Self::Nothing) => {
                *self = Self::Leaf(value);
                Ok(())
            }
            (Some((Step::Name(name), rest)), Self::Object(order, inner)) => {
                order.entry(name.clone()).or_insert(Value::Null);
                inner.entry(name.clone()).or_default().put(rest, value)
            }
            (Some((Step::Index(index), rest)), Self::Array(inner)) => inner.entry(*index).or_default().put(rest, value),
            (Some((Step::Name(_), _)), Self::Nothing) => {
                *self = Self::Object(Map::new(), BTreeMap::new());
                self.put(steps, value)
            }
            (Some((Step::Index(_), _)), Self::Nothing) => {
                *self = Self::Array(BTreeMap::new());
                self.put(steps, value)
            }
            _ => Err(()),
        }
    }

    /// The text at a path, to be gone on with.
    pub(super) fn text_at(&mut self, steps: &[Step]) -> Option<&mut String> {
        match (steps.split_first(), self) {
            (None, Self::Leaf(Value::String(text))) => Some(text),
            (Some((Step::Name(name), rest)), Self::Object(_, inner)) => inner.get_mut(name)?.text_at(rest),
            (Some((Step::Index(index), rest)), Self::Array(inner)) => inner.get_mut(index)?.text_at(rest),
            _ => None,
        }
    }

    /// The value; and whether an array had gaps, which are closed.
    pub(super) fn finish(self) -> (Option<Value>, bool) {
        match self {
            Self::Nothing => (None, false),
            Self::Leaf(value) => (Some(value), false),
            Self::Object(order, mut inner) => {
                let mut gaps = false;
                let mut map = Map::new();
                for (name, _) in order {
                    let (value, gap) = inner.remove(&name).unwrap_or_default().finish();
                    gaps |= gap;
                    if let Some(value) = value {
                        map.insert(name, value);
                    }
                }
                (Some(Value::Object(map)), gaps)
            }
            Self::Array(inner) => {
                let mut gaps = inner.keys().last().is_some_and(|last| last + 1 != inner.len());
                let mut list = Vec::new();
                for one in inner.into_values() {
                    let (value, gap) = one.finish();
                    gaps |= gap;
                    list.extend(value);
                }
                (Some(Value::Array(list)), gaps)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_come_together_by_their_paths() {
        let mut built = Built::default();
        for (path, value) in [("b.c[1]", json!(2)), ("a", json!("x")), ("b.c[0].d", json!(null))] {
            let steps = crate::child::parse_path(path).unwrap();
            assert_eq!(built.put(&steps, value), Ok(()));
        }
        for path in ["a", "a.b", "b.c", "@", "b[0]"] {
            assert_eq!(built.put(&crate::child::parse_path(path).unwrap(), json!(0)), Err(()), "{path}");
        }
        built.text_at(&[Step::Name("a".to_owned())]).unwrap().push('y');
        let (value, gaps) = built.finish();
        assert_eq!(value.unwrap().to_string(), r#"{"b":{"c":[{"d":null},2]},"a":"xy"}"#);
        assert!(!gaps);
        let mut built = Built::default();
        built.put(&[Step::Index(2)], json!(1)).unwrap();
        assert_eq!(built.finish(), (Some(json!([1])), true));
    }
}
