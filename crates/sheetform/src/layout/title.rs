//! The title row as a pattern: `{unit}{year}年{subject}工作方案`.

use std::borrow::Cow;
use std::fmt::Write;
use std::sync::OnceLock;

use regex::Regex;
use serde_json::{Map, Value};

use super::field::{Field, FieldKind, split_path};
use crate::finding::Text;
use crate::text::{has_edge_blank, string_literal, to_literal};

/// A title pattern.
#[derive(Clone, Debug)]
pub(crate) struct Title {
    /// Its parts, in order.
    pub parts: Vec<Part>,
    /// What matches it whatever its holes hold, compiled when first asked for: every cell above the heads is.
    free: OnceLock<Option<Regex>>,
}

/// A part of a title.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    /// Fixed text.
    Literal(String),
    /// A value.
    Hole(Hole),
}

/// A value in a title.
#[derive(Clone, Debug)]
pub(crate) struct Hole {
    /// Path of the property from the root.
    pub path: Vec<String>,
    /// What it is.
    pub kind: FieldKind,
    /// How a date or month is shown: `yyyy年M月`.
    pub format: Option<String>,
    /// Whether the title is the property's only place.
    pub lives_here: bool,
}

/// Gives the field at a path, and whether it lives in the title.
pub(super) type FieldAt<'a> = dyn Fn(&[String]) -> Option<(Field, bool)> + 'a;

impl Title {
    /// A title without holes.
    pub(crate) fn fixed(text: &str) -> Self {
        Self { parts: vec![Part::Literal(text.to_owned())], free: OnceLock::new() }
    }

    /// Reads a pattern. `field` gives the field of a path and whether it lives in the title.
    pub(super) fn parse(pattern: &str, field: &FieldAt<'_>) -> Result<Self, Text> {
        let mut parts = Vec::new();
        let mut rest = pattern;
        while let Some(open) = rest.find('{') {
            if open > 0 {
                parts.push(Part::Literal(rest[..open].to_owned()));
            }
            let Some(close) = rest[open..].find('}') else {
                return Err(Text::new(
                    format!("title pattern {pattern:?}: a '{{' has no '}}'"),
                    format!("标题样式 {pattern:?}：“{{”没有对应的“}}”"),
                ));
            };
            let inside = &rest[open + 1..open + close];
            let (name, format) = inside.split_once(':').map_or((inside, None), |(n, f)| (n, Some(f.to_owned())));
            let path = split_path(name);
            let Some((field, lives_here)) = field(&path) else {
                return Err(Text::new(
                    format!("title pattern {pattern:?}: {name:?} is no scalar property of the form"),
                    format!("标题样式 {pattern:?}：表单没有可放进标题的属性 {name:?}"),
                ));
            };
            if format.is_some() && !matches!(field.kind, FieldKind::Date | FieldKind::Month) {
                return Err(Text::new(
                    format!(
                        "title pattern {pattern:?}: {{{inside}}} shows a date, and {name:?} is no date or month; \
                         for a month as 2026-03 add \"accepts\": \"month\" to its x-sheet"
                    ),
                    format!(
                        "标题样式 {pattern:?}：{{{inside}}} 用于日期，而“{name}”不是日期或月份；\
                         如为 2026-03 这样的月份，请在其 x-sheet 中加上 \"accepts\": \"month\""
                    ),
                ));
            }
            parts.push(Part::Hole(Hole { path, kind: field.kind, format, lives_here }));
            rest = &rest[open + close + 1..];
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        let title = Self { parts, free: OnceLock::new() };
        title.check(pattern)?;
        Ok(title)
    }

    /// Refuses what could not be read back: two free values side by side, or a date shown without its parts.
    fn check(&self, pattern: &str) -> Result<(), Text> {
        let mut free_before = false;
        for part in &self.parts {
            match part {
                Part::Literal(_) => free_before = false,
                Part::Hole(hole) if hole.lives_here => {
                    let dated = matches!(hole.kind, FieldKind::Date | FieldKind::Month);
                    let shows = |letter: &str| hole.format.as_ref().is_none_or(|f| f.contains(letter));
                    if dated && !(shows("yyyy") && shows("M") && (hole.kind == FieldKind::Month || shows("d"))) {
                        return Err(Text::new(
                            format!("title pattern {pattern:?}: the date shown cannot be read back whole"),
                            format!("标题样式 {pattern:?}：所示日期不完整，无法读回"),
                        ));
                    }
                    if free_before {
                        return Err(Text::new(
                            format!("title pattern {pattern:?} cannot be read back: two values stand side by side"),
                            format!("标题样式 {pattern:?} 无法读回：两个值紧挨着"),
                        ));
                    }
                    free_before = true;
                }
                // A value known from its label is looked for as it stands there.
                Part::Hole(_) => {}
            }
        }
        Ok(())
    }

    /// The title of a document; `None` where a value it needs is absent and it has no fixed text.
    pub(crate) fn render(&self, document: &Value) -> String {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(text) => out.push_str(text),
                Part::Hole(hole) => out.push_str(&hole.show(at_path(document, &hole.path))),
            }
        }
        out
    }

    /// Whether the text is this title, whatever its holes hold.
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.regex(&|_| None).is_some_and(|regex| regex.is_match(text))
    }

    /// The values that live in the title, where the text is this title with the known values as `known` gives them.
    /// With `known` giving nothing, every hole is free and all are returned.
    pub(crate) fn read(
        &self,
        text: &str,
        known: &dyn Fn(&Hole) -> Option<String>,
    ) -> Option<Vec<(Vec<String>, Value)>> {
        if self.is_filled(text, known) {
            return Some(Vec::new());
        }
        let regex = self.regex(known)?;
        let captures = regex.captures(text)?;
        let mut values = Vec::new();
        let free = self.holes().filter(|hole| known(hole).is_none());
        for (i, hole) in free.enumerate() {
            let found = captures.get(i + 1).map_or("", |m| m.as_str());
            if !found.is_empty() {
                values.push((hole.path.clone(), hole.value(found)?));
            }
        }
        Some(values)
    }

    /// Its holes, in order.
    pub(crate) fn holes(&self) -> impl Iterator<Item = &Hole> {
        self.parts.iter().filter_map(|part| match part {
            Part::Hole(hole) => Some(hole),
            Part::Literal(_) => None,
        })
    }

    /// Whether all values are known and the text has nothing else: what the pattern of this document would match, and
    /// most do, without compiling it for this one document.
    fn is_filled(&self, text: &str, known: &dyn Fn(&Hole) -> Option<String>) -> bool {
        let mut rest = text.trim_start();
        for part in &self.parts {
            let after = match part {
                Part::Literal(text) => {
                    let mut chars = text.chars().filter(|c| !c.is_whitespace());
                    chars.try_fold(rest, |rest, c| rest.trim_start().strip_prefix(c))
                }
                Part::Hole(hole) => known(hole).and_then(|value| rest.strip_prefix(value.as_str())),
            };
            let Some(after) = after else { return false };
            rest = after;
        }
        rest.is_empty() || rest.trim_start().is_empty() && matches!(self.parts.last(), Some(Part::Literal(_)))
    }

    fn regex(&self, known: &dyn Fn(&Hole) -> Option<String>) -> Option<Cow<'_, Regex>> {
        if self.holes().all(|hole| known(hole).is_none()) {
            return self.free.get_or_init(|| self.compiled(&|_| None)).as_ref().map(Cow::Borrowed);
        }
        self.compiled(known).map(Cow::Owned)
    }

    fn compiled(&self, known: &dyn Fn(&Hole) -> Option<String>) -> Option<Regex> {
        let mut pattern = String::from(r"(?s)^\s*?");
        for part in &self.parts {
            match part {
                // Office titles are stretched with blanks between their characters.
                Part::Literal(text) => {
                    for c in text.chars().filter(|c| !c.is_whitespace()) {
                        pattern.push_str(r"\s*?");
                        pattern.push_str(&regex::escape(&c.to_string()));
                    }
                }
                Part::Hole(hole) => match known(hole) {
                    Some(text) => pattern.push_str(&regex::escape(&text)),
                    None => pattern.push_str(hole.pattern()),
                },
            }
        }
        if matches!(self.parts.last(), Some(Part::Literal(_))) {
            pattern.push_str(r"\s*");
        }
        pattern.push('$');
        Regex::new(&pattern).ok()
    }
}

impl Hole {
    fn pattern(&self) -> &'static str {
        match self.kind {
            // A hole without a value is empty.
            FieldKind::Integer => r"(-?\d+|)",
            FieldKind::Number => r"(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|)",
            FieldKind::Date | FieldKind::Month => r"(\d[^\p{Han}\s]*(?:\s*[年月日]\s*\d*)*|)",
            _ => "(.*?)",
        }
    }

    /// How a value is shown.
    pub(crate) fn show(&self, value: Option<&Value>) -> String {
        match value {
            Some(Value::String(text)) => match (&self.format, &self.kind) {
                (Some(format), FieldKind::Date | FieldKind::Month) => {
                    show_date(text, format).unwrap_or_else(|| text.clone())
                }
                (_, FieldKind::Choice(choices)) => choices
                    .iter()
                    .find(|c| c.value.as_str() == Some(text))
                    .map_or_else(|| text.clone(), |c| c.text.clone()),
                _ if needs_quotes(text) => to_literal(text),
                _ => text.clone(),
            },
            Some(Value::Null) | None => String::new(),
            // A whole number has the same digits whatever holds it.
            Some(Value::Number(number)) => match number.as_f64() {
                Some(value) if number.is_f64() && value.fract() == 0.0 && value.abs() < 1e19 => format!("{value:.0}"),
                _ => number.to_string(),
            },
            Some(other) => other.to_string(),
        }
    }

    fn value(&self, text: &str) -> Option<Value> {
        match &self.kind {
            FieldKind::Integer => text.parse::<i64>().ok().map(Value::from),
            FieldKind::Number => serde_json::from_str(text).ok(),
            FieldKind::Date | FieldKind::Month => {
                let numbers: Vec<u32> =
                    text.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect();
                match (&self.kind, numbers.as_slice()) {
                    (FieldKind::Month, [year, month]) => Some(format!("{year:04}-{month:02}").into()),
                    (FieldKind::Date, [year, month, day]) => Some(format!("{year:04}-{month:02}-{day:02}").into()),
                    _ => None,
                }
            }
            FieldKind::Choice(choices) => {
                choices.iter().find(|c| c.text == text).map(|c| c.value.clone()).or_else(|| Some(text.into()))
            }
            _ => Some(string_literal(text).unwrap_or_else(|| text.to_owned()).into()),
        }
    }
}

/// Whether a text in a title would be read back otherwise, or be taken for a label, and so stands as a JSON string
/// literal.
fn needs_quotes(text: &str) -> bool {
    text.is_empty()
        || has_edge_blank(text)
        || text.contains([':', '：'])
        || text.contains(char::is_control)
        || string_literal(text).is_some()
}

/// An ISO date or month in a format of `yyyy`, `MM`, `M`, `dd`, `d` and fixed text.
fn show_date(iso: &str, format: &str) -> Option<String> {
    let mut parts = iso.split('-');
    let year = parts.next()?;
    let month: u32 = parts.next()?.parse().ok()?;
    let day: u32 = parts.next().unwrap_or("1").parse().ok()?;
    let mut out = String::new();
    let mut rest = format;
    while let Some(c) = rest.chars().next() {
        let run = rest.chars().take_while(|&x| x == c).count();
        match (c, run) {
            ('y', 4) => out.push_str(year),
            ('M' | 'm', 1) => out.push_str(&month.to_string()),
            ('M' | 'm', 2) => write!(out, "{month:02}").ok()?,
            ('d', 1) => out.push_str(&day.to_string()),
            ('d', 2) => write!(out, "{day:02}").ok()?,
            ('y' | 'M' | 'm' | 'd', _) => return None,
            _ => out.extend(std::iter::repeat_n(c, run)),
        }
        rest = &rest[run * c.len_utf8()..];
    }
    Some(out)
}

/// Puts a value at a path of property names, making objects on the way.
pub(crate) fn put_at_path(root: &mut Value, path: &[String], value: Value) {
    let mut at = root;
    for name in path {
        if !at.is_object() {
            *at = Value::Object(Map::new());
        }
        let Value::Object(map) = at else { return };
        at = map.entry(name.as_str()).or_insert(Value::Null);
    }
    *at = value;
}

/// The value at a path of property names.
pub(crate) fn at_path<'a>(value: &'a Value, path: &[String]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, name| value.get(name))
}
