//! Operators on two values: what is equal, what comes first, what holds what.

use std::cmp::Ordering;

use serde_json::Value;

use super::eval::Machine;
use super::expr::Operator;
use super::number;
use super::stop::{Outcome, Stop};
use super::value::{Got, Str, Val};

/// How deep lists and maps are compared.
const DEPTH: usize = 200;

impl<'d> Machine<'d> {
    #[inline(never)]
    pub(super) fn binary(&self, operator: Operator, a: &Val<'d>, b: &Val<'d>) -> Outcome<Val<'d>> {
        let ordered = |is: fn(Ordering) -> bool| compare(a, b).map(|order| Val::Bool(is(order)));
        match operator {
            Operator::Equal => self.equal(a, b, 0).map(Val::Bool),
            Operator::Unequal => self.equal(a, b, 0).map(|equal| Val::Bool(!equal)),
            Operator::Less => ordered(Ordering::is_lt),
            Operator::LessEqual => ordered(Ordering::is_le),
            Operator::Greater => ordered(Ordering::is_gt),
            Operator::GreaterEqual => ordered(Ordering::is_ge),
            Operator::In => self.contains(b, a).map(Val::Bool),
            Operator::Add => match (a, b) {
                (Val::Text(a), Val::Text(b)) => self.text(format!("{}{}", a.get(), b.get())),
                _ => match (a.len(), b.len()) {
                    (Some(first), Some(second)) => {
                        self.make(first + second)?;
                        let item = |list: &Val<'d>, at| list.at(at).unwrap_or(Val::Unread);
                        let all = (0..first).map(|at| item(a, at)).chain((0..second).map(|at| item(b, at)));
                        Ok(Val::list(all.collect()))
                    }
                    _ => number::arithmetic(operator, a, b),
                },
            },
            Operator::Subtract | Operator::Multiply | Operator::Divide | Operator::Remainder => {
                number::arithmetic(operator, a, b)
            }
        }
    }

    fn contains(&self, list: &Val<'d>, value: &Val<'d>) -> Outcome<bool> {
        match list {
            Val::Map(entries) => {
                self.tick(entries.len())?;
                for (key, _) in entries.iter() {
                    if self.equal(key, value, 0)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Val::Object(at) => match value {
                Val::Text(name) => match at.property(name.get()) {
                    Got::Value(_) => Ok(true),
                    Got::Absent { .. } => Ok(false),
                    Got::Unread => Err(Stop::Skip),
                },
                _ => Ok(false),
            },
            _ => Ok(self.find(list, None, value)?.is_some()),
        }
    }

    /// The entries of a map or object, nulls left out.
    pub(super) fn entries(&self, map: &Val<'d>) -> Outcome<Vec<(Val<'d>, Val<'d>)>> {
        match map {
            Val::Map(entries) => {
                self.make(entries.len())?;
                Ok(entries.to_vec())
            }
            Val::Object(at) => {
                let names = at.value.as_object().into_iter().flatten().filter(|(_, value)| **value != Value::Null);
                let mut out = Vec::new();
                for (name, _) in names {
                    self.make(1)?;
                    match at.property(name) {
                        Got::Value(value) => out.push((Val::Text(Str::Lent(name)), value)),
                        Got::Absent { .. } => {}
                        Got::Unread => out.push((Val::Text(Str::Lent(name)), Val::Unread)),
                    }
                }
                Ok(out)
            }
            _ => Ok(Vec::new()),
        }
    }

    /// Whether two values are equal: numbers by value whatever their type, lists and maps by what they hold.
    pub(super) fn equal(&self, a: &Val<'d>, b: &Val<'d>, depth: usize) -> Outcome<bool> {
        self.tick(1)?;
        if depth > DEPTH {
            return Err(Stop::fail("values are nested too deeply", "值的嵌套过深"));
        }
        match (a, b) {
            (Val::Unread, _) | (_, Val::Unread) => Err(Stop::Skip),
            (Val::Null, Val::Null) => Ok(true),
            (Val::Bool(a), Val::Bool(b)) => Ok(a == b),
            (Val::Text(a), Val::Text(b)) => Ok(a.get() == b.get()),
            (Val::Int(_) | Val::Double(_), Val::Int(_) | Val::Double(_)) => {
                Ok(number::compare(a, b) == Some(Ordering::Equal))
            }
            (Val::Map(_) | Val::Object(_), Val::Map(_) | Val::Object(_)) => {
                let (a, b) = (self.entries(a)?, self.entries(b)?);
                if a.len() != b.len() {
                    return Ok(false);
                }
                for (key, value) in &a {
                    self.tick(b.len())?;
                    let mut found = false;
                    for (other, of_other) in &b {
                        if self.equal(key, other, depth + 1)? {
                            found = self.equal(value, of_other, depth + 1)?;
                            break;
                        }
                    }
                    if !found {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            _ => match (a.len(), b.len()) {
                (Some(first), Some(second)) if first == second => {
                    for at in 0..first {
                        let (a, b) = (a.at(at), b.at(at));
                        if !self.equal(&a.unwrap_or(Val::Unread), &b.unwrap_or(Val::Unread), depth + 1)? {
                            return Ok(false);
                        }
                    }
                    Ok(true)
                }
                _ => Ok(false),
            },
        }
    }
}

/// The order of two numbers, texts or bools. Dates are texts, and their order as texts is their order in time.
pub(super) fn compare(a: &Val<'_>, b: &Val<'_>) -> Outcome<Ordering> {
    let order = match (a, b) {
        (Val::Unread, _) | (_, Val::Unread) => return Err(Stop::Skip),
        (Val::Text(a), Val::Text(b)) => Some(a.get().cmp(b.get())),
        (Val::Bool(a), Val::Bool(b)) => Some(a.cmp(b)),
        _ => number::compare(a, b),
    };
    order.ok_or_else(|| {
        let ((a_en, a_zh), (b_en, b_zh)) = (a.kind(), b.kind());
        Stop::fail(format!("{a_en} cannot be compared to {b_en}"), format!("{a_zh}不能与{b_zh}比较大小"))
    })
}
