//! What the functions do with texts, numbers and lists; each is linear in what it is given.

use std::cmp::Ordering;

use super::compare::compare;
use super::date;
use super::eval::{Machine, wrong};
use super::function::Function;
use super::number::{Total, decimals};
use super::stop::{Outcome, Stop};
use super::value::{Str, Val};

/// How many numbers `range` gives at most.
const MAX_RANGE: i64 = 1_000_000;
/// How many patterns are kept compiled.
const PATTERNS: usize = 64;

impl<'d> Machine<'d> {
    #[inline(never)]
    pub(super) fn call(&self, function: Function, count: usize, given: &[Val<'d>; 3]) -> Outcome<Val<'d>> {
        let [a, b, c] = given;
        match function {
            Function::Size => self.size(a),
            Function::Contains => self.texts(function, a, b, |text, part| text.contains(part)),
            Function::StartsWith => self.texts(function, a, b, |text, part| text.starts_with(part)),
            Function::EndsWith => self.texts(function, a, b, |text, part| text.ends_with(part)),
            Function::Matches => self.matches(a, b),
            Function::Join => self.join(a, if count == 2 { Some(b) } else { None }),
            Function::ToInt => to_int(a),
            Function::ToDouble => to_double(a),
            Function::ToText => match a {
                Val::Text(_) => Ok(a.clone()),
                Val::Bool(on) => self.text(on.to_string()),
                Val::Int(number) => self.text(number.to_string()),
                Val::Double(number) => self.text(number.to_string()),
                other => Err(wrong("`string`", "string", "a scalar", "单个值", other)),
            },
            Function::Decimals => decimals(a),
            Function::Sum => {
                let mut total = Total::new();
                self.each(function, a, |item| total.add(item))?;
                total.value()
            }
            Function::Max => self.extreme(function, a, Ordering::Greater),
            Function::Min => self.extreme(function, a, Ordering::Less),
            Function::Count => match count {
                1 => self.size(a),
                2 => self.count(a, None, b).map(Val::Int),
                _ => self.count(a, Some(text(function, b)?), c).map(Val::Int),
            },
            Function::Distinct => self.distinct(a),
            Function::IsSorted => {
                let (mut last, mut sorted) = (None::<Val<'d>>, true);
                self.each(function, a, |item| {
                    if let Some(last) = &last {
                        sorted = sorted && compare(last, item)?.is_le();
                    }
                    if matches!(item, Val::Unread) {
                        return Err(Stop::Skip);
                    }
                    last = Some(item.clone());
                    Ok(())
                })?;
                Ok(Val::Bool(sorted))
            }
            Function::Range => {
                let (from, to) =
                    if count == 2 { (int(function, a)?, int(function, b)?) } else { (0, int(function, a)?) };
                let to = to.max(from);
                match to.checked_sub(from) {
                    Some(len) if len <= MAX_RANGE => Ok(Val::Range(from, to)),
                    _ => Err(Stop::fail(
                        format!("range gives at most {MAX_RANGE} numbers"),
                        format!("range 最多给出 {MAX_RANGE} 个数"),
                    )),
                }
            }
            Function::Lookup => match self.find(a, Some(text(function, b)?), c)? {
                Some(at) => match a.at(at) {
                    None | Some(Val::Unread) => Err(Stop::Skip),
                    Some(item) => Ok(item),
                },
                None => Ok(Val::Null),
            },
            Function::IndexOf => {
                let found =
                    if count == 3 { self.find(a, Some(text(function, b)?), c)? } else { self.find(a, None, b)? };
                Ok(Val::Int(found.map_or(-1, |at| at as i64)))
            }
            Function::Year | Function::Half | Function::Quarter | Function::Month | Function::Day => {
                date::part(function, text(function, a)?).map(Val::Int)
            }
            Function::Weekday => date::weekday(text(function, a)?).map(Val::Int),
            Function::Days => {
                let days = date::days(text(function, a)?)?;
                self.make(days.len())?;
                Ok(Val::list(days.into_iter().map(Val::text).collect()))
            }
            Function::Periods => {
                let periods = date::periods(int(function, a)?, int(function, b)?)?;
                self.make(4 * periods.len())?;
                let entry = |name, day: String| (Val::Text(Str::Lent(name)), Val::text(day));
                let period = |(start, end)| Val::Map(std::rc::Rc::new(vec![entry("start", start), entry("end", end)]));
                Ok(Val::list(periods.into_iter().map(period).collect()))
            }
            Function::AddDays => self.text(date::add_days(text(function, a)?, int(function, b)?)?),
            Function::AddMonths => self.text(date::add_months(text(function, a)?, int(function, b)?)?),
            Function::DaysBetween => date::between(text(function, a)?, text(function, b)?).map(Val::Int),
        }
    }

    fn size(&self, of: &Val<'d>) -> Outcome<Val<'d>> {
        let size = match of {
            Val::Text(text) => {
                self.tick(text.get().len() / 16)?;
                text.get().chars().count()
            }
            Val::Map(entries) => entries.len(),
            Val::Object(at) => at.value.as_object().map_or(0, |all| all.values().filter(|one| !one.is_null()).count()),
            other => match other.len() {
                Some(len) => len,
                None => return Err(wrong("`size`", "size", "a list or a text", "列表或文本", other)),
            },
        };
        Ok(Val::Int(size as i64))
    }

    fn texts(&self, function: Function, a: &Val<'d>, b: &Val<'d>, is: fn(&str, &str) -> bool) -> Outcome<Val<'d>> {
        let (text, part) = (text(function, a)?, text(function, b)?);
        self.tick((text.len() + part.len()) / 16)?;
        Ok(Val::Bool(is(text, part)))
    }

    fn matches(&self, a: &Val<'d>, b: &Val<'d>) -> Outcome<Val<'d>> {
        let (text, pattern) = (text(Function::Matches, a)?, text(Function::Matches, b)?);
        self.tick(text.len())?;
        let mut patterns = self.patterns.borrow_mut();
        if !patterns.contains_key(pattern) {
            // Compiling costs far more than matching.
            self.tick(1000 + 100 * pattern.len())?;
            if patterns.len() >= PATTERNS {
                patterns.clear();
            }
            patterns.insert(pattern.to_owned(), super::pattern::compile(pattern).map_err(std::rc::Rc::new));
        }
        match patterns.get(pattern) {
            Some(Ok(compiled)) => Ok(Val::Bool(compiled.is_match(text))),
            Some(Err(why)) => Err(Stop::Fail(std::rc::Rc::clone(why))),
            None => Err(Stop::Budget),
        }
    }

    /// `matches` with a pattern that the form spells out.
    pub(super) fn matches_known(&self, text_of: &Val<'d>, pattern: &regex::Regex) -> Outcome<Val<'d>> {
        let text = text(Function::Matches, text_of)?;
        self.tick(text.len())?;
        Ok(Val::Bool(pattern.is_match(text)))
    }

    fn join(&self, list: &Val<'d>, separator: Option<&Val<'d>>) -> Outcome<Val<'d>> {
        let separator = separator.map_or(Ok(""), |one| text(Function::Join, one))?;
        let mut out = String::new();
        let mut first = true;
        self.each(Function::Join, list, |item| {
            if !std::mem::take(&mut first) {
                out.push_str(separator);
            }
            out.push_str(text(Function::Join, item)?);
            self.tick(out.len() / 1024)
        })?;
        self.text(out)
    }

    fn extreme(&self, function: Function, list: &Val<'d>, wanted: Ordering) -> Outcome<Val<'d>> {
        let mut best = None::<Val<'d>>;
        self.each(function, list, |item| {
            if matches!(item, Val::Unread) {
                return Err(Stop::Skip);
            }
            if best.as_ref().map_or(Ok(true), |best| compare(item, best).map(|order| order == wanted))? {
                best = Some(item.clone());
            }
            Ok(())
        })?;
        // Of nothing there is neither, as `lookup` finds nothing.
        Ok(best.unwrap_or(Val::Null))
    }

    /// Does something with each item of a list.
    fn each(&self, function: Function, list: &Val<'d>, mut with: impl FnMut(&Val<'d>) -> Outcome<()>) -> Outcome<()> {
        let Some(len) = list.len() else {
            return Err(wrong(&format!("`{}`", function.name()), function.name(), "a list", "列表", list));
        };
        for at in 0..len {
            self.tick(1)?;
            with(&list.at(at).unwrap_or(Val::Unread))?;
        }
        Ok(())
    }
}

fn text<'a>(function: Function, value: &'a Val<'_>) -> Outcome<&'a str> {
    match value {
        Val::Text(text) => Ok(text.get()),
        other => Err(wrong(&format!("`{}`", function.name()), function.name(), "a text", "文本", other)),
    }
}

fn int(function: Function, value: &Val<'_>) -> Outcome<i64> {
    let found = match value {
        Val::Int(number) => Some(*number),
        Val::Double(number) => super::value::whole(*number),
        _ => None,
    };
    found.ok_or_else(|| wrong(&format!("`{}`", function.name()), function.name(), "a whole number", "整数", value))
}

fn to_int<'d>(value: &Val<'_>) -> Outcome<Val<'d>> {
    let found = match value {
        Val::Int(number) => Some(*number),
        Val::Double(number) => super::value::whole(number.trunc()),
        Val::Text(text) => text.get().parse().ok(),
        _ => None,
    };
    found.map(Val::Int).ok_or_else(|| wrong("`int`", "int", "a number or its text", "数或数的文本", value))
}

fn to_double<'d>(value: &Val<'_>) -> Outcome<Val<'d>> {
    let found = match value {
        Val::Int(number) => Some(*number as f64),
        Val::Double(number) => Some(*number),
        Val::Text(text) => text.get().parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    };
    found.map(Val::Double).ok_or_else(|| wrong("`double`", "double", "a number or its text", "数或数的文本", value))
}
