//! Check characters by ISO/IEC 7064 and by Luhn.

use super::{CAPITALS, DIGITS, Wrong, characters, check_character, length};

const IN_DIGITS: (&str, &str) = ("a digit", "数字");
const IN_CAPITALS: (&str, &str) = ("a digit or a capital letter", "数字或大写字母");

fn which(alphabet: &str) -> (&'static str, &'static str) {
    if alphabet == DIGITS { IN_DIGITS } else { IN_CAPITALS }
}

/// The place of a character in an alphabet.
pub(super) fn value(alphabet: &str, c: char) -> u32 {
    alphabet.chars().position(|one| one == c).unwrap_or_default() as u32
}

fn character(alphabet: &str, extra: Option<char>, value: u32) -> String {
    alphabet.chars().chain(extra).nth(value as usize).map(String::from).unwrap_or_default()
}

/// A text without its last character, and that.
fn split(text: &str) -> Option<(&str, &str)> {
    let (at, _) = text.char_indices().next_back()?;
    (at > 0).then(|| text.split_at(at))
}

/// A pure system with one check character, radix 2 (ISO/IEC 7064:2003, clauses 6 and 7).
pub(super) struct Pure {
    pub(super) alphabet: &'static str,
    /// The check character that is not in the alphabet.
    pub(super) extra: char,
    pub(super) modulus: u32,
}

impl Pure {
    pub(super) fn check(&self, text: &str) -> Result<(), Wrong> {
        let last = text.chars().count().saturating_sub(1);
        let allowed = |at, c| self.alphabet.contains(c) || (c == self.extra && at == last);
        characters(text, allowed, which(self.alphabet))?;
        let Some((rest, found)) = split(text) else { return Err(too_short(text, 2)) };
        let sum = rest.chars().fold(0, |sum, c| (sum + value(self.alphabet, c)) * 2 % self.modulus);
        let expected = character(self.alphabet, Some(self.extra), (self.modulus + 1 - sum) % self.modulus);
        if found == expected { Ok(()) } else { Err(check_character(found, &expected)) }
    }
}

/// A hybrid system, modulus M + 1 and M for an alphabet of M characters (ISO/IEC 7064:2003, clauses 8 and 9).
pub(super) struct Hybrid {
    pub(super) alphabet: &'static str,
}

impl Hybrid {
    pub(super) fn check(&self, text: &str) -> Result<(), Wrong> {
        characters(text, |_, c| self.alphabet.contains(c), which(self.alphabet))?;
        let Some((rest, found)) = split(text) else { return Err(too_short(text, 2)) };
        let m = self.alphabet.len() as u32;
        let product = rest.chars().fold(m, |product, c| {
            let sum = (product + value(self.alphabet, c)) % m;
            (if sum == 0 { m } else { sum }) * 2 % (m + 1)
        });
        let expected = character(self.alphabet, None, (m + 1 - product) % m);
        if found == expected { Ok(()) } else { Err(check_character(found, &expected)) }
    }
}

/// MOD 97-10: two digits at the end (ISO/IEC 7064:2003, clause 7). Letters count from A = 10 to Z = 35, as ISO 17442 and
/// ISO 13616 have them.
pub(super) fn mod97(text: &str) -> Result<(), Wrong> {
    let last = text.chars().count().saturating_sub(2);
    let allowed = |at, c| (if at < last { CAPITALS } else { DIGITS }).contains(c);
    characters(text, allowed, which(CAPITALS))?;
    // All are ASCII by now.
    let Some((rest, found)) = text.len().checked_sub(2).filter(|at| *at > 0).map(|at| text.split_at(at)) else {
        return Err(too_short(text, 3));
    };
    let expected = check_digits(rest);
    if found == expected { Ok(()) } else { Err(check_character(found, &expected)) }
}

/// The two digits that go with a text of digits and capitals.
pub(super) fn check_digits(rest: &str) -> String {
    let append = |sum: u32, c| {
        let value = value(CAPITALS, c);
        (sum * if value < 10 { 10 } else { 100 } + value) % 97
    };
    format!("{:02}", 98 - rest.chars().chain(['0', '0']).fold(0, append))
}

/// The formula of Luhn (ISO/IEC 7812-1:2017, annex B).
pub(super) fn luhn(text: &str) -> Result<(), Wrong> {
    characters(text, |_, c| c.is_ascii_digit(), IN_DIGITS)?;
    let Some((rest, found)) = split(text) else { return Err(too_short(text, 2)) };
    let sum: u32 = rest
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, digit)| {
            let double = u32::from(digit - b'0') * if i % 2 == 0 { 2 } else { 1 };
            double / 10 + double % 10
        })
        .fold(0, |sum, digit| (sum + digit) % 10);
    let expected = ((10 - sum) % 10).to_string();
    if found == expected { Ok(()) } else { Err(check_character(found, &expected)) }
}

fn too_short(text: &str, least: usize) -> Wrong {
    length(text.chars().count(), &format!("at least {least}"), &format!("至少 {least}"))
}
