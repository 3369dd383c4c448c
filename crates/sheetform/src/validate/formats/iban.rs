//! The international bank account number in its electronic form (ISO 13616-1).

use crate::finding::Text;

use super::checksum::check_digits;
use super::{CAPITALS, Wrong, characters, check_character, length};

/// How long an IBAN is, by its country (the register that ISO 13616-2 keeps, as of 2025). Of a country that is not here
/// the check digits are checked alone.
const COUNTRIES: [(&str, usize); 89] = [
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BI", 27),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DJ", 27),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FK", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HN", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("LY", 25),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MN", 20),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NI", 28),
    ("NL", 18),
    ("NO", 15),
    ("OM", 23),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("RU", 33),
    ("SA", 24),
    ("SC", 31),
    ("SD", 18),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("SO", 23),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
    ("VG", 24),
    ("XK", 20),
    ("YE", 30),
];
/// The longest one that the standard allows.
const LONGEST: usize = 34;

/// Its characters, its length, and the two check digits after the country's letters.
pub(super) fn check(text: &str) -> Result<(), Wrong> {
    let allowed = |at, c: char| match at {
        0 | 1 => c.is_ascii_uppercase(),
        2 | 3 => c.is_ascii_digit(),
        _ => CAPITALS.contains(c),
    };
    let first = text.chars().enumerate().position(|(at, c)| !allowed(at, c));
    let which = match first {
        Some(0 | 1) => ("a capital letter, for it begins with its country", "大写字母（前两位是国家代码）"),
        Some(2 | 3) => ("a digit, for the check digits stand there", "数字（第 3、4 位是校验码）"),
        _ => ("a digit or a capital letter", "数字或大写字母"),
    };
    characters(text, allowed, which)?;
    // All are ASCII by now.
    let country = text.get(..2).unwrap_or_default();
    match COUNTRIES.iter().find(|(known, _)| *known == country) {
        Some((_, wanted)) if text.len() != *wanted => {
            let mut wrong = length(text.len(), &wanted.to_string(), &wanted.to_string());
            let Text { en, zh, .. } = &wrong.what;
            wrong.what = Text::new(format!("{en} as for {country}"), format!("{zh}（{country}）"));
            return Err(wrong);
        }
        None if !(5..=LONGEST).contains(&text.len()) => {
            return Err(length(text.len(), "5 to 34", "5 至 34"));
        }
        _ => {}
    }
    let (head, account) = text.split_at(4);
    let expected = check_digits(&format!("{account}{country}"));
    let found = &head[2..];
    if found == expected { Ok(()) } else { Err(check_character(found, &expected)) }
}
