//! Values of `format` beyond those of JSON Schema: codes with check characters. They are asserted where `format` is, and
//! say what is wrong: the length, a character, the check character. What the check character should be is said and never
//! proposed as a fix, for any other character may be the wrong one.

mod checksum;
mod credit_code;
mod iban;
#[cfg(test)]
mod tests;

use crate::finding::Text;
use crate::report::{shown, shown_zh};
use checksum::{Hybrid, Pure};

/// What is wrong with a text.
pub(crate) struct Wrong {
    /// The rest of a sentence about it.
    pub(super) what: Text,
    /// Whether the mistake may be anywhere in it.
    pub(super) anywhere: bool,
}

/// A format of our own.
pub(crate) struct Known {
    /// As `format` names it.
    pub(crate) name: &'static str,
    /// What it is, as in "must be …".
    pub(super) what: (&'static str, &'static str),
    check: fn(&str) -> Result<(), Wrong>,
}

const DIGITS: &str = "0123456789";
const CAPITALS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// All of them.
pub(crate) static ALL: [Known; 8] = [
    Known { name: "iban", what: ("an IBAN (ISO 13616)", "国际银行账号 IBAN（ISO 13616）"), check: iban::check },
    Known {
        name: "iso7064-mod11-10",
        what: ("a code with a check digit by ISO 7064, MOD 11,10", "带 ISO 7064 MOD 11,10 校验码的代码"),
        check: |text| Hybrid { alphabet: DIGITS }.check(text),
    },
    Known {
        name: "iso7064-mod11-2",
        what: ("a code with a check character by ISO 7064, MOD 11-2", "带 ISO 7064 MOD 11-2 校验码的代码"),
        check: |text| Pure { alphabet: DIGITS, extra: 'X', modulus: 11 }.check(text),
    },
    Known {
        name: "iso7064-mod37-2",
        what: ("a code with a check character by ISO 7064, MOD 37-2", "带 ISO 7064 MOD 37-2 校验码的代码"),
        check: |text| Pure { alphabet: CAPITALS, extra: '*', modulus: 37 }.check(text),
    },
    Known {
        name: "iso7064-mod37-36",
        what: ("a code with a check character by ISO 7064, MOD 37,36", "带 ISO 7064 MOD 37,36 校验码的代码"),
        check: |text| Hybrid { alphabet: CAPITALS }.check(text),
    },
    Known {
        name: "iso7064-mod97-10",
        what: ("a code with two check digits by ISO 7064, MOD 97-10", "带 ISO 7064 MOD 97-10 两位校验码的代码"),
        check: checksum::mod97,
    },
    Known {
        name: "luhn",
        what: ("a number with a Luhn check digit (ISO/IEC 7812-1)", "带 Luhn 校验位的号码（ISO/IEC 7812-1）"),
        check: checksum::luhn,
    },
    Known {
        name: "unified-social-credit-code",
        what: ("a unified social credit code (GB 32100)", "统一社会信用代码（GB 32100）"),
        check: credit_code::check,
    },
];

/// The format of our own that is called so.
pub(crate) fn known(name: &str) -> Option<&'static Known> {
    ALL.iter().find(|known| known.name == name)
}

impl Known {
    /// Whether a text is of the format, and what is wrong with it.
    pub(crate) fn check(&self, text: &str) -> Result<(), Wrong> {
        (self.check)(text)
    }
}

/// The first character of a text that is not allowed at its place, from 0.
fn characters(text: &str, mut allowed: impl FnMut(usize, char) -> bool, which: (&str, &str)) -> Result<(), Wrong> {
    let Some((at, found)) = text.chars().enumerate().find(|(at, c)| !allowed(*at, *c)) else { return Ok(()) };
    let place = at + 1;
    let (what, what_zh) = match found {
        c if c.is_whitespace() => ("a blank".to_owned(), "空格".to_owned()),
        c => (shown(c.encode_utf8(&mut [0; 4])), shown_zh(c.encode_utf8(&mut [0; 4]))),
    };
    let half = char::from_u32((found as u32).wrapping_sub(0xFEE0)).filter(|_| ('！'..='～').contains(&found));
    let upper = found.to_ascii_uppercase();
    let (mean, mean_zh) = match (found, half) {
        (_, Some(half)) => (format!("; write it half-width: {half}"), format!("；请改为半角 {half}")),
        (c, _) if c.is_whitespace() => ("; it is written without blanks".to_owned(), "；其中不写空格".to_owned()),
        ('-' | '–' | '—', _) => ("; it is written without hyphens".to_owned(), "；其中不写连字符".to_owned()),
        (c, _) if c.is_ascii_lowercase() && allowed(at, upper) => {
            (format!("; its letters are capitals: {upper}"), format!("；字母须大写：{upper}"))
        }
        ('O' | 'o', _) if allowed(at, '0') => {
            ("; perhaps the digit 0 is meant".to_owned(), "；是否应为数字 0？".to_owned())
        }
        ('I' | 'l', _) if allowed(at, '1') => {
            ("; perhaps the digit 1 is meant".to_owned(), "；是否应为数字 1？".to_owned())
        }
        _ => (format!("; it may have {} there", which.0), format!("；此处可用{}", which.1)),
    };
    let what =
        Text::new(format!("its character {place} is {what}{mean}"), format!("第 {place} 位是{what_zh}{mean_zh}"));
    Err(Wrong { what, anywhere: false })
}

/// A text that has not the characters it should.
fn length(found: usize, wanted: &str, wanted_zh: &str) -> Wrong {
    let characters = if found == 1 { "character" } else { "characters" };
    let what =
        Text::new(format!("it has {found} {characters}, not {wanted}"), format!("有 {found} 位，应为 {wanted_zh} 位"));
    Wrong { what, anywhere: true }
}

/// A check character that is another than the rest of the text gives.
fn check_character(found: &str, expected: &str) -> Wrong {
    let digit = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let name = match expected.len() {
        1 if digit(found) && digit(expected) => "check digit is",
        1 => "check character is",
        _ => "check digits are",
    };
    let what = Text::new(
        format!("its {name} {found}, and the rest of it gives {expected}"),
        format!("校验码为 {found}，而按其余各位计算应为 {expected}"),
    );
    Wrong { what, anywhere: true }
}
