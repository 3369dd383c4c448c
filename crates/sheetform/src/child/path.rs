//! The path of a value inside a part, as RFC 9535 (`JSONPath`) writes it after its `$`: `servers[0].name`, `['a.b']`; `@`
//! is the part itself.

use std::fmt::Write as _;

use super::REST;

use crate::text::{begins_escape, has_escape, is_hidden, push_escape};

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// Into a property (section 2.3.1).
    Name(String),
    /// Into an item, counted from 0 (section 2.3.3).
    Index(usize),
    /// The properties of the object that have no column of their own, together: `…`. No step of `JSONPath`.
    Rest,
}

impl Step {
    /// The step as a part of a JSON pointer, not yet escaped; the rest of an object is none.
    pub(crate) fn pointer_part(&self) -> String {
        match self {
            Self::Name(name) => name.clone(),
            Self::Index(index) => index.to_string(),
            Self::Rest => String::new(),
        }
    }
}

/// The rest of an object inside the part.
const DOT_REST: &str = ".…";
/// The path that names the part itself (section 2.3.5).
const SELF: &str = "@";

/// A path as text.
pub(crate) fn show_path(steps: &[Step]) -> String {
    let mut out = String::new();
    for step in steps {
        match step {
            Step::Index(index) => {
                let _ = write!(out, "[{index}]");
            }
            Step::Rest => out.push_str(if out.is_empty() { REST } else { DOT_REST }),
            Step::Name(name) if is_shorthand(name) => {
                if !out.is_empty() {
                    out.push('.');
                }
                out.push_str(name);
            }
            Step::Name(name) => quoted(&mut out, name),
        }
    }
    if out.is_empty() { SELF.to_owned() } else { out }
}

/// A path whose last step is in quotes, where the plain one would be taken for something else.
pub(crate) fn show_quoted(steps: &[Step]) -> String {
    let mut out = String::new();
    for step in steps {
        match step {
            Step::Index(index) => {
                let _ = write!(out, "[{index}]");
            }
            Step::Name(name) => quoted(&mut out, name),
            Step::Rest => out.push_str(if out.is_empty() { REST } else { DOT_REST }),
        }
    }
    if out.is_empty() { SELF.to_owned() } else { out }
}

/// Whether a name may follow a dot: letters, digits and `_`, no digit first (section 2.5.1.1, member-name-shorthand).
fn is_shorthand(name: &str) -> bool {
    let first = name.chars().next();
    first.is_some_and(|c| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || c == '_')
        && !has_escape(name)
}

/// A normalized name (section 2.7).
fn quoted(out: &mut String, name: &str) {
    out.push_str("['");
    for (at, c) in name.char_indices() {
        match c {
            '\'' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if is_hidden(c) || begins_escape(&name[at..]) => push_escape(out, c),
            c => out.push(c),
        }
    }
    out.push_str("']");
}

/// Reads a path; `None` where it is none.
pub(crate) fn parse_path(text: &str) -> Option<Vec<Step>> {
    let text = text.trim_matches(' ');
    let mut rest = text.strip_prefix(SELF).unwrap_or(text);
    let mut steps = Vec::new();
    if rest.is_empty() {
        return (text == SELF).then_some(steps);
    }
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix("['").or_else(|| rest.strip_prefix("[\"")) {
            let (name, after) = quoted_name(inner, if rest.starts_with("['") { '\'' } else { '"' })?;
            steps.push(Step::Name(name));
            rest = after;
        } else if let Some(inner) = rest.strip_prefix('[') {
            let (digits, after) = inner.split_once(']')?;
            let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            steps.push(Step::Index(plain.then(|| digits.parse().ok()).flatten()?));
            rest = after;
        } else {
            let name = match rest.strip_prefix('.') {
                Some(after) => after,
                None if steps.is_empty() && !text.starts_with(SELF) => rest,
                None => return None,
            };
            let end = name.find(['.', '[']).unwrap_or(name.len());
            if end == 0 {
                return None;
            }
            steps.push(if name[..end] == *REST { Step::Rest } else { Step::Name(name[..end].to_owned()) });
            rest = &name[end..];
        }
    }
    Some(steps)
}

/// A unit of UTF-16 in four hexadecimal digits.
fn unit(chars: &mut std::str::CharIndices<'_>) -> Option<u16> {
    let digits: String = chars.by_ref().take(4).map(|(_, c)| c).collect();
    u16::from_str_radix(&digits, 16).ok()
}

/// The name up to the closing quote, and what follows its bracket.
fn quoted_name(text: &str, quote: char) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        if c == quote {
            return Some((name, text[at + 1..].strip_prefix(']')?));
        }
        if c != '\\' {
            name.push(c);
            continue;
        }
        match chars.next()?.1 {
            'n' => name.push('\n'),
            'r' => name.push('\r'),
            't' => name.push('\t'),
            'b' => name.push('\u{8}'),
            'f' => name.push('\u{c}'),
            'u' => {
                let first = unit(&mut chars)?;
                // A character past U+FFFF is written as two units.
                let second = match first {
                    0xD800..0xDC00 if (chars.next()?.1, chars.next()?.1) == ('\\', 'u') => Some(unit(&mut chars)?),
                    _ => None,
                };
                name.push(char::decode_utf16([first].into_iter().chain(second)).next()?.ok()?);
            }
            other => name.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_go_both_ways() {
        let name = |text: &str| Step::Name(text.to_owned());
        for (steps, text) in [
            (vec![], "@"),
            (vec![name("a")], "a"),
            (vec![name("名称"), Step::Index(0), name("b_1")], "名称[0].b_1"),
            (vec![name("a.b"), name("c")], "['a.b'].c"),
            (vec![Step::Index(2), Step::Index(0)], "[2][0]"),
            (vec![name("")], "['']"),
            (vec![name("it's \\ \n\u{1}")], "['it\\'s \\\\ \\n\\u0001']"),
            (vec![name(" a "), name("→ 3"), name("…")], "[' a ']['→ 3']['…']"),
            (vec![Step::Rest], "…"),
            (vec![name("a"), Step::Rest], "a.…"),
            (vec![name("1"), name("\u{feff}\u{a0}")], "['1']['\\ufeff\\u00a0']"),
            (vec![name("_x000D_"), name("\u{1ffff}")], "['\\u005fx000D_']['\\ud83f\\udfff']"),
        ] {
            assert_eq!(show_path(&steps), text);
            assert_eq!(parse_path(text).as_ref(), Some(&steps), "{text}");
            if !steps.is_empty() {
                assert_eq!(parse_path(&show_quoted(&steps)), Some(steps));
            }
        }
        for text in [
            "",
            ".",
            "a..b",
            "a[",
            "a[x]",
            "a['b",
            "a b]",
            "[-1]",
            "@a",
            r"['\ud83f']",
            r"['\ud83f\u0041']",
            r"['\u00']",
        ] {
            let loose = text == "a b]";
            assert_eq!(parse_path(text).is_some(), loose, "{text}");
        }
    }
}
