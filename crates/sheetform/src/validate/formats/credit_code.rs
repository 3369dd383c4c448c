//! The unified social credit code of organisations (GB 32100-2015).

use super::checksum::value;
use super::{Wrong, characters, check_character, length};

/// Digits and capitals without I, O, S, V and Z (GB 32100-2015, table of characters).
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const LENGTH: usize = 18;
/// The division where it is registered stands in digits, in the characters 3 to 8.
const DIVISION: std::ops::Range<usize> = 2..8;

/// Its length, its characters, and the 18th, which the 17 before it give: each weighs a power of 3, modulo 31.
pub(super) fn check(text: &str) -> Result<(), Wrong> {
    let allowed = |at, c: char| if DIVISION.contains(&at) { c.is_ascii_digit() } else { ALPHABET.contains(c) };
    let which = ("a digit, or a capital letter other than I, O, S, V and Z", "数字或 I、O、S、V、Z 以外的大写字母");
    let digits = ("a digit, for the characters 3 to 8 name a place", "数字（第 3 至 8 位是行政区划码）");
    let first = text.chars().enumerate().position(|(at, c)| !allowed(at, c));
    characters(text, allowed, if first.is_some_and(|at| DIVISION.contains(&at)) { digits } else { which })?;
    if text.len() != LENGTH {
        return Err(length(text.len(), "18", "18"));
    }
    let (rest, found) = text.split_at(LENGTH - 1);
    let weigh = |(sum, weight), c| ((sum + value(ALPHABET, c) * weight) % 31, weight * 3 % 31);
    let (sum, _) = rest.chars().fold((0, 1), weigh);
    let expected = ALPHABET.chars().nth((31 - sum as usize) % 31).map(String::from).unwrap_or_default();
    if found == expected { Ok(()) } else { Err(check_character(found, &expected)) }
}
