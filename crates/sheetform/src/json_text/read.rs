//! The grammar of JSON: text to value in one pass, with what must be refused on the way. Says nothing to people.

use std::borrow::Cow;

use serde_json::map::Entry;
use serde_json::{Map, Value};

use super::{MAX_DEPTH, number};

/// How many refusals are told one by one.
const MAX_REFUSALS: usize = 1_000;
/// How much room their pointers may take together: keys can be as long as the text.
const MAX_POINTER_BYTES: usize = 4 << 20;

/// Why a text has no value; offsets are bytes.
pub(super) enum Failure {
    /// It is no JSON.
    Syntax(Syntax),
    /// It is JSON, but holds what a document cannot; in the order of the text.
    Refused {
        refusals: Vec<Refusal>,
        /// How many more there are.
        more: usize,
    },
}

/// The first place where the text is no JSON.
pub(super) struct Syntax {
    pub(super) at: usize,
    pub(super) kind: SyntaxKind,
    /// Where that began which stands open: a bracket, a brace or a quote.
    pub(super) opened: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SyntaxKind {
    Nothing,
    Value,
    Key,
    Colon,
    CommaOrBracket,
    CommaOrBrace,
    TrailingComma,
    Number,
    Escape,
    ControlInText,
    MoreAfterEnd,
    TooDeep,
}

/// Something a document cannot hold.
pub(super) struct Refusal {
    pub(super) at: usize,
    pub(super) pointer: String,
    pub(super) kind: RefusalKind,
}

pub(super) enum RefusalKind {
    /// A key that its object has already, and where it has it first.
    RepeatedKey { key: String, first: usize },
    /// A number that would not come back, as written.
    Number(String),
    /// An escape that is half a surrogate pair, as written.
    Surrogate(String),
}

/// The value of a whole text.
pub(super) fn document(text: &str) -> Result<Value, Failure> {
    let mut reader = Reader::new(text);
    let value = reader.whole().map_err(Failure::Syntax)?;
    if reader.refusals.is_empty() {
        return Ok(value);
    }
    let mut refusals = reader.refusals;
    refusals.sort_by_key(|refusal| refusal.at);
    Err(Failure::Refused { refusals, more: reader.more })
}

#[derive(Clone, Copy)]
enum Step {
    /// The offset of the key's quote.
    Key(usize),
    Item(usize),
}

/// A place in a JSON text, moving forward.
pub(super) struct Reader<'a> {
    text: &'a str,
    pub(super) at: usize,
    path: Vec<Step>,
    /// How many lists and objects stand around the text.
    pub(super) outside: usize,
    /// The offsets of the keys of every object that stands open, one after the other.
    keys: Vec<usize>,
    refusals: Vec<Refusal>,
    pointer_bytes: usize,
    more: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self::inside(text, 0)
    }

    /// A reader of a part of a text, with so many lists and objects around it.
    pub(super) fn inside(text: &'a str, outside: usize) -> Self {
        let (path, keys, refusals) = (Vec::new(), Vec::new(), Vec::new());
        Self { text, at: 0, path, outside, keys, refusals, pointer_bytes: 0, more: 0 }
    }

    /// Whether nothing was refused.
    pub(super) fn is_sound(&self) -> bool {
        self.refusals.is_empty() && self.more == 0
    }

    fn whole(&mut self) -> Result<Value, Syntax> {
        if self.next_byte().is_none() {
            return Err(self.wrong(SyntaxKind::Nothing));
        }
        let value = self.value()?;
        match self.next_byte() {
            None => Ok(value),
            Some(_) => Err(self.wrong(SyntaxKind::MoreAfterEnd)),
        }
    }

    pub(super) fn value(&mut self) -> Result<Value, Syntax> {
        match self.next_byte() {
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b'"') => Ok(Value::String(self.string()?.into_owned())),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => {
                for (word, value) in [("null", Value::Null), ("true", Value::Bool(true)), ("false", Value::Bool(false))]
                {
                    if self.rest().starts_with(word) {
                        self.at += word.len();
                        return Ok(value);
                    }
                }
                Err(self.wrong(SyntaxKind::Value))
            }
        }
    }

    fn object(&mut self) -> Result<Value, Syntax> {
        let opened = self.open()?;
        let mut map = Map::new();
        let keys = self.keys.len();
        let mut comma = None;
        loop {
            match (self.next_byte(), comma) {
                (Some(b'"'), _) => {}
                (Some(b'}'), None) => break,
                (Some(b'}'), Some(at)) => return Err(Syntax { at, kind: SyntaxKind::TrailingComma, opened: None }),
                _ => return Err(self.wrong_in(SyntaxKind::Key, opened)),
            }
            let key_at = self.at;
            let key = self.string()?.into_owned();
            if self.next_byte() != Some(b':') {
                return Err(self.wrong_in(SyntaxKind::Colon, opened));
            }
            self.at += 1;
            self.path.push(Step::Key(key_at));
            let value = self.value().map_err(|syntax| syntax.within(opened))?;
            match map.entry(key) {
                Entry::Vacant(entry) => {
                    entry.insert(value);
                    self.keys.push(key_at);
                }
                Entry::Occupied(entry) => {
                    let key = entry.key().clone();
                    let index = map.keys().position(|known| *known == key).unwrap_or_default();
                    let first = self.keys.get(keys + index).copied();
                    self.refuse(key_at, RefusalKind::RepeatedKey { key, first: first.unwrap_or(opened) });
                }
            }
            self.path.pop();
            match self.next_byte() {
                Some(b',') => comma = Some(self.at),
                Some(b'}') => break,
                _ => return Err(self.wrong_in(SyntaxKind::CommaOrBrace, opened)),
            }
            self.at += 1;
        }
        self.at += 1;
        self.keys.truncate(keys);
        Ok(Value::Object(map))
    }

    fn array(&mut self) -> Result<Value, Syntax> {
        let opened = self.open()?;
        let mut items = Vec::new();
        let mut comma = None;
        loop {
            match (self.next_byte(), comma) {
                (Some(b']'), None) => break,
                (Some(b']'), Some(at)) => return Err(Syntax { at, kind: SyntaxKind::TrailingComma, opened: None }),
                _ => {}
            }
            self.path.push(Step::Item(items.len()));
            items.push(self.value().map_err(|syntax| syntax.within(opened))?);
            self.path.pop();
            match self.next_byte() {
                Some(b',') => comma = Some(self.at),
                Some(b']') => break,
                _ => return Err(self.wrong_in(SyntaxKind::CommaOrBracket, opened)),
            }
            self.at += 1;
        }
        self.at += 1;
        Ok(Value::Array(items))
    }

    /// Steps over the bracket or brace here; gives where it is.
    fn open(&mut self) -> Result<usize, Syntax> {
        if self.outside + self.path.len() + 1 >= MAX_DEPTH {
            return Err(self.wrong(SyntaxKind::TooDeep));
        }
        self.at += 1;
        Ok(self.at - 1)
    }

    fn number(&mut self) -> Result<Value, Syntax> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        let whole = self.at;
        let mut sound = self.digits() && (self.at - whole == 1 || self.text.as_bytes().get(whole) != Some(&b'0'));
        if self.peek() == Some(b'.') {
            self.at += 1;
            sound &= self.digits();
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            sound &= self.digits();
        }
        let text = &self.text[start..self.at];
        if !sound || matches!(self.peek(), Some(b'.' | b'_' | b'+' | b'-' | b'a'..=b'z' | b'A'..=b'Z')) {
            return Err(Syntax { at: start, kind: SyntaxKind::Number, opened: None });
        }
        if let Some(number) = number::exact(text) {
            return Ok(Value::Number(number));
        }
        self.refuse(start, RefusalKind::Number(text.to_owned()));
        Ok(Value::Null)
    }

    /// Steps over digits; whether there was one.
    fn digits(&mut self) -> bool {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        self.at > start
    }

    /// The text that begins with the quote here.
    pub(super) fn string(&mut self) -> Result<Cow<'a, str>, Syntax> {
        let quote = self.at;
        self.at += 1;
        let mut plain = self.at;
        let mut decoded: Option<String> = None;
        loop {
            let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
            self.at += rest.iter().position(|b| matches!(b, b'"' | b'\\' | 0..0x20)).unwrap_or(rest.len());
            match self.peek() {
                Some(b'"') => {
                    let run = &self.text[plain..self.at];
                    self.at += 1;
                    return Ok(match decoded {
                        None => Cow::Borrowed(run),
                        Some(text) => Cow::Owned(text + run),
                    });
                }
                Some(b'\\') => {
                    let text = decoded.get_or_insert_default();
                    text.push_str(&self.text[plain..self.at]);
                    let character = self.escape(quote)?;
                    text.push(character);
                    plain = self.at;
                }
                _ => return Err(self.wrong_in(SyntaxKind::ControlInText, quote)),
            }
        }
    }

    /// The character that the escape here says; half a pair is refused and U+FFFD stands for it.
    fn escape(&mut self, quote: usize) -> Result<char, Syntax> {
        let start = self.at;
        let Some(&letter) = self.text.as_bytes().get(start + 1) else {
            self.at = self.text.len();
            return Err(self.wrong_in(SyntaxKind::ControlInText, quote));
        };
        self.at += 2;
        let character = match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let unit = self.hex().ok_or(Syntax { at: start, kind: SyntaxKind::Escape, opened: None })?;
                return Ok(self.paired(start, unit));
            }
            _ => return Err(Syntax { at: start, kind: SyntaxKind::Escape, opened: None }),
        };
        Ok(character)
    }

    fn paired(&mut self, start: usize, unit: u32) -> char {
        let after = self.at;
        if (0xD800..0xDC00).contains(&unit) && self.rest().starts_with("\\u") {
            self.at += 2;
            if let Some(low @ 0xDC00..0xE000) = self.hex() {
                return char::from_u32(0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00)).unwrap_or('\u{FFFD}');
            }
            self.at = after;
        }
        char::from_u32(unit).unwrap_or_else(|| {
            self.refuse(start, RefusalKind::Surrogate(self.text[start..after].to_owned()));
            '\u{FFFD}'
        })
    }

    /// Four hexadecimal digits.
    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4)?;
        let unit = digits.iter().try_fold(0, |unit, digit| Some(unit * 16 + char::from(*digit).to_digit(16)?))?;
        self.at += 4;
        Some(unit)
    }

    fn refuse(&mut self, at: usize, kind: RefusalKind) {
        if self.refusals.len() >= MAX_REFUSALS || self.pointer_bytes >= MAX_POINTER_BYTES {
            self.more += 1;
            return;
        }
        let mut pointer = String::new();
        for step in &self.path {
            pointer.push('/');
            match step {
                Step::Item(index) => pointer.push_str(&index.to_string()),
                Step::Key(at) => {
                    let mut key = Reader::new(self.text);
                    key.at = *at;
                    let key = key.string().unwrap_or_default();
                    pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
                }
            }
        }
        self.pointer_bytes += pointer.len();
        self.refusals.push(Refusal { at, pointer, kind });
    }

    /// The next byte that is no blank, not yet stepped over.
    pub(super) fn next_byte(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
        self.peek()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Steps over a text, if it stands here.
    pub(super) fn steps_over(&mut self, text: &str) -> bool {
        let is = self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(text.as_bytes()));
        self.at += if is { text.len() } else { 0 };
        is
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn wrong(&self, kind: SyntaxKind) -> Syntax {
        Syntax { at: self.at, kind, opened: None }
    }

    fn wrong_in(&self, kind: SyntaxKind, opened: usize) -> Syntax {
        Syntax { at: self.at, kind, opened: Some(opened) }
    }
}

impl Syntax {
    /// Within what stands open, unless something nearer does.
    fn within(mut self, opened: usize) -> Self {
        self.opened = self.opened.or(Some(opened));
        self
    }
}
