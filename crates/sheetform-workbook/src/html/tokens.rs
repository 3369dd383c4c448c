//! HTML as tags and texts, entities resolved. Forgives what browsers forgive; knows no element but those whose content
//! is no text.

use std::collections::BTreeMap;

/// A start tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    /// Its name in lower case.
    pub(crate) name: String,
    /// Attributes, names in lower case; of two of one name the first.
    pub(crate) attributes: BTreeMap<String, String>,
}

/// A piece of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    Text(String),
    Open(Tag),
    /// The name in lower case.
    Close(String),
}

/// Elements whose content is passed over.
const UNSEEN: [&str; 7] = ["script", "style", "title", "xml", "noscript", "template", "select"];

/// The pieces of a page.
pub(crate) struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    fn skip_to(&mut self, end: &str) {
        self.rest = self.rest.find(end).map_or("", |at| &self.rest[at + end.len()..]);
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            if let Some(after) = self.rest.strip_prefix("<!--") {
                self.rest = after;
                self.skip_to("-->");
            } else if self.rest.starts_with("<!") || self.rest.starts_with("<?") {
                self.skip_to(">");
            } else if let Some(after) = self.rest.strip_prefix("</").filter(|rest| begins_name(rest)) {
                let end = after.find('>').unwrap_or(after.len());
                let name = after[..end].trim().to_ascii_lowercase();
                self.rest = after.get(end + 1..).unwrap_or_default();
                return Some(Token::Close(name));
            } else if let Some(after) = self.rest.strip_prefix('<').filter(|rest| begins_name(rest)) {
                let (tag, rest) = tag(after);
                self.rest = rest;
                if UNSEEN.contains(&tag.name.as_str()) && !after[..after.len() - rest.len()].ends_with("/>") {
                    self.skip_past(&tag.name);
                    continue;
                }
                return Some(Token::Open(tag));
            } else {
                // A `<` that begins no tag is text.
                let mut marks = self.rest.char_indices().skip(1).filter(|(_, c)| *c == '<');
                let end = marks.next().map_or(self.rest.len(), |(at, _)| at);
                let text = resolved(&self.rest[..end]);
                self.rest = &self.rest[end..];
                return Some(Token::Text(text));
            }
        }
    }
}

impl Tokens<'_> {
    /// Goes behind the end tag of an element whose content is no text.
    fn skip_past(&mut self, name: &str) {
        loop {
            self.skip_to("</");
            if self.rest.is_empty() {
                return;
            }
            if self.rest.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
                return self.skip_to(">");
            }
        }
    }
}

fn begins_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// The tag whose name begins here, and what follows it.
fn tag(text: &str) -> (Tag, &str) {
    let end = text.find(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/').unwrap_or(text.len());
    let mut tag = Tag { name: text[..end].to_ascii_lowercase(), attributes: BTreeMap::new() };
    let mut rest = &text[end..];
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return (tag, rest);
        }
        if let Some(after) = rest.strip_prefix('>') {
            return (tag, after);
        }
        // The first character belongs to the name, whatever it is.
        let ends = |c: char| c.is_ascii_whitespace() || "=>/".contains(c);
        let end = rest.char_indices().skip(1).find(|(_, c)| ends(*c)).map_or(rest.len(), |(at, _)| at);
        let name = rest[..end].to_ascii_lowercase();
        rest = rest[end..].trim_start();
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            (value, rest) = match after.chars().next() {
                Some(quote @ ('"' | '\'')) => match after[1..].find(quote) {
                    Some(close) => (&after[1..=close], &after[close + 2..]),
                    None => (&after[1..], ""),
                },
                _ => after.split_at(after.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(after.len())),
            };
        }
        tag.attributes.entry(name).or_insert_with(|| resolved(value));
    }
}

/// A text with its entities resolved; what is none stays as it is.
fn resolved(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let name = rest[1..].split(|c: char| !(c.is_ascii_alphanumeric() || c == '#')).next().unwrap_or_default();
        if let Some(c) = entity(name) {
            out.push(c);
            rest = &rest[1 + name.len()..];
            rest = rest.strip_prefix(';').unwrap_or(rest);
        } else {
            out.push('&');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|c| *c != '\0');
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{A0}',
        "ensp" => '\u{2002}',
        "emsp" => '\u{2003}',
        "yen" => '¥',
        "euro" => '€',
        "pound" => '£',
        "cent" => '¢',
        "middot" => '·',
        "bull" => '•',
        "hellip" => '…',
        "mdash" => '—',
        "ndash" => '–',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "laquo" => '«',
        "raquo" => '»',
        "times" => '×',
        "divide" => '÷',
        "plusmn" => '±',
        "deg" => '°',
        "permil" => '‰',
        "micro" => 'µ',
        "sup2" => '²',
        "sup3" => '³',
        "copy" => '©',
        "reg" => '®',
        "trade" => '™',
        "radic" => '√',
        "le" => '≤',
        "ge" => '≥',
        "ne" => '≠',
        "rarr" => '→',
        "larr" => '←',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_texts_and_entities() {
        let text = "<!-- <td> --><?x?><TD colspan=2 Rowspan='3' a=\"x>y\" nowrap>a &lt; b&nbsp;&#20013;&#x6587;&unknown; < 3<br/><style>td{}</style></td >&amp";
        let tokens: Vec<Token> = Tokens::new(text).collect();
        let attributes = [("colspan", "2"), ("rowspan", "3"), ("a", "x>y"), ("nowrap", "")];
        let attributes = attributes.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect();
        assert_eq!(
            tokens,
            [
                Token::Open(Tag { name: "td".into(), attributes }),
                Token::Text("a < b\u{A0}中文&unknown; ".into()),
                Token::Text("< 3".into()),
                Token::Open(Tag { name: "br".into(), attributes: BTreeMap::new() }),
                Token::Close("td".into()),
                Token::Text("&".into()),
            ]
        );
    }

    #[test]
    fn what_is_cut_off_ends() {
        let text = "<td a='中' 中=\"<b>文</b>\">x</td><script>let a = '</td>';</script>&#20013;";
        for (at, _) in text.char_indices() {
            assert!(Tokens::new(&text[..at]).count() < 10);
        }
    }
}
