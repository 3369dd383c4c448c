//! Bounds on the text of a rule, checked before any parser sees it: the parser and the evaluation descend by recursion,
//! and a text made to be deep would end the process.

use crate::finding::Text;

/// How long one expression may be, in bytes.
const MAX_LENGTH: usize = 16 * 1024;
/// How deep brackets may be nested.
const MAX_BRACKETS: usize = 64;
/// How many operators may stand in one chain, those of the brackets around it included.
const MAX_CHAIN: usize = 400;

/// Whether the text is short and flat enough to be parsed, and every string in it ends.
pub(super) fn check(text: &str) -> Result<(), Text> {
    if text.len() > MAX_LENGTH {
        return Err(Text::new(
            format!("the expression is too long: {} bytes, at most {MAX_LENGTH}", text.len()),
            format!("表达式过长：{} 字节，最多 {MAX_LENGTH}", text.len()),
        ));
    }
    let mut chars = Chars { rest: text };
    // Operators so far: of the current level, and for each level outside it.
    let (mut here, mut outer) = (0_usize, Vec::<usize>::new());
    let mut deepest = 0;
    let mut raw = false;
    while let Some(c) = chars.next() {
        match c {
            '"' | '\'' => chars.string(c, raw)?,
            '/' if chars.rest.starts_with('/') => chars.line(),
            '(' | '[' | '{' => {
                outer.push(here);
                here = 0;
                if outer.len() > MAX_BRACKETS {
                    return Err(Text::new(
                        format!("brackets are nested more than {MAX_BRACKETS} deep"),
                        format!("括号嵌套超过 {MAX_BRACKETS} 层"),
                    ));
                }
            }
            // A call or an index is one more link of the chain it ends.
            ')' | ']' | '}' => here = outer.pop().map_or(here, |before| before + 1),
            ',' => here = 0,
            '+' | '-' | '*' | '/' | '%' | '!' | '<' | '>' | '=' | '&' | '|' | '?' | ':' | '.' => here += 1,
            // The operator `in` is a word; every word counts, for it costs nothing to be strict.
            c if c.is_whitespace() => here += usize::from(chars.rest.starts_with("in")),
            _ => {}
        }
        raw = matches!(c, 'r' | 'R');
        deepest = deepest.max(here + outer.iter().sum::<usize>());
        if deepest > MAX_CHAIN {
            return Err(Text::new(
                format!("more than {MAX_CHAIN} operators in one chain"),
                format!("一串运算超过 {MAX_CHAIN} 个运算符"),
            ));
        }
    }
    Ok(())
}

struct Chars<'t> {
    rest: &'t str,
}

impl Chars<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn line(&mut self) {
        self.rest = self.rest.find(['\n', '\r']).map_or("", |end| &self.rest[end..]);
    }

    /// Passes over a string whose first quote has been read. It is stricter than CEL about escapes: what the parser
    /// takes for the end of a string must be what was taken for it here.
    fn string(&mut self, quote: char, raw: bool) -> Result<(), Text> {
        let triple: String = std::iter::repeat_n(quote, 2).collect();
        let long = self.rest.starts_with(&triple);
        if long {
            self.rest = &self.rest[2..];
            // `''` not followed by a third quote is an empty string.
            if !self.rest.starts_with(quote) {
                return Ok(());
            }
            self.rest = &self.rest[1..];
        }
        while let Some(c) = self.next() {
            match c {
                '\\' if !raw => self.escape()?,
                '\n' | '\r' if !long => break,
                c if c == quote && !long => return Ok(()),
                c if c == quote && self.rest.starts_with(&triple) => {
                    self.rest = &self.rest[2..];
                    return Ok(());
                }
                _ => {}
            }
        }
        Err(Text::new("a text does not end", "文本缺少结束的引号"))
    }

    fn escape(&mut self) -> Result<(), Text> {
        let digits = match self.next() {
            Some('\\' | '\'' | '"' | '`' | '?' | 'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v') => 0,
            Some('x' | 'X') => 2,
            Some('u') => 4,
            Some('U') => 8,
            Some('0'..='3') => return self.digits(2, |c| matches!(c, '0'..='7')),
            _ => return Err(unknown_escape()),
        };
        self.digits(digits, |c| c.is_ascii_hexdigit())
    }

    fn digits(&mut self, count: usize, allowed: fn(char) -> bool) -> Result<(), Text> {
        for _ in 0..count {
            if !self.next().is_some_and(allowed) {
                return Err(unknown_escape());
            }
        }
        Ok(())
    }
}

fn unknown_escape() -> Text {
    Text::new("a text holds a backslash that is no known escape", "文本中有无法识别的反斜杠转义")
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn bounds_are_met_before_parsing() {
        for good in
            ["self.a > 1 && self.b.size() == 2", "'(((' + \"a\\\"b\" + r'\\d'", "''", "'''a'b''' == \"\"", "// ((("]
        {
            assert!(check(good).is_ok(), "{good}");
        }
        let deep = "(".repeat(65);
        let chain = "x".to_owned() + &".a".repeat(401);
        let calls = "x".to_owned() + &".f()".repeat(401);
        let shared = format!("{}1{}", "1+1+1+1+1+1+1+(".repeat(60), ")".repeat(60));
        for bad in [&deep, &chain, &calls, &shared, "'a", "'a\nb'", "'\\q'", "'\\u12'", "\"\"\"a\""] {
            assert!(check(bad).is_err(), "{bad}");
        }
        assert!(check(&" ".repeat(20_000)).is_err());
    }
}
