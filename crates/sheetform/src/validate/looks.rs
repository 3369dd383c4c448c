//! How a text of a pattern or format looks: an example of it, and whether another text is one. For messages only.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use jsonschema::Validator;
use regex_syntax::hir::{Class, Hir, HirKind, Look};
use serde_json::{Value, json};

/// No example is longer, in characters.
const LONGEST: usize = 40;

/// What is known of the patterns and formats that were met.
#[derive(Default)]
pub(super) struct Looks {
    known: RefCell<BTreeMap<String, Rc<Pattern>>>,
}

/// A keyword with a text that follows it.
pub(super) struct Pattern {
    validator: Option<Validator>,
    /// A text that follows it.
    pub(super) example: Option<String>,
}

impl Looks {
    /// What is known of `pattern` or `format` with this value.
    pub(super) fn of(&self, keyword: &str, value: &str) -> Rc<Pattern> {
        let key = format!("{keyword} {value}");
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        let validator = super::checker::options(true).build(&json!({ keyword: value })).ok();
        let mut pattern = Pattern { validator, example: None };
        let example = if keyword == "pattern" { example(value) } else { None };
        pattern.example = example.filter(|text| pattern.is(text));
        let pattern = Rc::new(pattern);
        self.known.borrow_mut().insert(key, pattern.clone());
        pattern
    }
}

impl Pattern {
    /// Whether a text follows it.
    pub(super) fn is(&self, text: &str) -> bool {
        self.validator.as_ref().is_some_and(|validator| validator.is_valid(&Value::from(text)))
    }
}

/// A text that a pattern describes from its beginning to its end: letters and digits as they come, `AB-1234`.
fn example(pattern: &str) -> Option<String> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let HirKind::Concat(parts) = hir.kind() else { return None };
    let whole = |part: Option<&Hir>, look: Look| part.is_some_and(|part| *part.kind() == HirKind::Look(look));
    if !whole(parts.first(), Look::Start) || !whole(parts.last(), Look::End) {
        return None;
    }
    let mut maker = Maker::default();
    maker.push(&hir)?;
    (!maker.out.is_empty()).then_some(maker.out)
}

#[derive(Default)]
struct Maker {
    out: String,
    letters: u32,
    digits: u32,
}

impl Maker {
    fn push(&mut self, hir: &Hir) -> Option<()> {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => self.out.push_str(std::str::from_utf8(&literal.0).ok()?),
            HirKind::Class(class) => {
                let c = self.one_of(class)?;
                self.out.push(c);
            }
            HirKind::Repetition(repetition) => {
                for _ in 0..repetition.min {
                    self.push(&repetition.sub)?;
                }
            }
            HirKind::Capture(capture) => self.push(&capture.sub)?,
            HirKind::Concat(parts) => {
                for part in parts {
                    self.push(part)?;
                }
            }
            HirKind::Alternation(ways) => self.push(ways.first()?)?,
        }
        (self.out.chars().count() <= LONGEST).then_some(())
    }

    /// The next letter or digit of the class, so that an example shows what may differ.
    fn one_of(&mut self, class: &Class) -> Option<char> {
        let Class::Unicode(class) = class else { return None };
        let has = |c: char| class.iter().any(|range| (range.start()..=range.end()).contains(&c));
        let next = |from: u8, number: u32, of: u32| char::from(from + (number % of) as u8);
        for (from, count) in [(b'A', 26), (b'a', 26)] {
            let letter = next(from, self.letters, count);
            if has(letter) {
                self.letters += 1;
                return Some(letter);
            }
        }
        let digit = next(b'0', self.digits + 1, 10);
        if has(digit) {
            self.digits += 1;
            return Some(digit);
        }
        class.iter().map(regex_syntax::hir::ClassUnicodeRange::start).find(|c| !c.is_control() && !c.is_whitespace())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_by_example() {
        let looks = Looks::default();
        for (pattern, text) in [
            ("^[A-Z]{2}-[0-9]{4}$", Some("AB-1234")),
            ("^[0-9]{6}$", Some("123456")),
            (r"^\d{3,4}-\d{7,8}$", Some("123-4567890")),
            ("^(甲|乙)[0-9]+$", Some("乙1")),
            ("^1[3-9][0-9]{9}$", Some("13123456789")),
            ("^[A-Z]", None),
            ("^(?=x)y$", None),
            ("(", None),
            ("^[0-9]{200}$", None),
        ] {
            assert_eq!(looks.of("pattern", pattern).example.as_deref(), text, "{pattern}");
        }
        assert!(looks.of("pattern", "^[0-9]{6}$").is("000001"));
        assert!(!looks.of("format", "email").is("nobody"));
    }
}
