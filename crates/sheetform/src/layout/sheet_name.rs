//! The name of a form's sheet, where no value gives it.

use std::collections::BTreeSet;

use crate::form::Form;

/// Characters of a sheet's name, as UTF-16 counts them (Excel's documented limit).
const MAX_NAME: usize = 31;
/// Characters that no sheet's name may have.
const FORBIDDEN: [char; 7] = ['[', ']', ':', '*', '?', '/', '\\'];

/// The name of a sheet that has no value in its name.
pub(crate) fn plain_name(form: &Form) -> String {
    near_name(form.layout.name.as_deref().unwrap_or(&form.name), MAX_NAME).unwrap_or_else(|| "Sheet1".to_owned())
}

/// A name for a further sheet: near a text, and none of `taken` (in lower case), to which it is added.
pub(crate) fn free_name(wish: &str, taken: &mut BTreeSet<String>) -> String {
    let mut name = near_name(wish, MAX_NAME).unwrap_or_else(|| "…".to_owned());
    let mut number = 1;
    while !taken.insert(name.to_lowercase()) {
        number += 1;
        let suffix = format!(" {number}");
        name = near_name(wish, MAX_NAME - suffix.len()).unwrap_or_else(|| "…".to_owned()) + &suffix;
    }
    name
}

/// The longest name of a sheet that a text gives.
fn near_name(text: &str, most: usize) -> Option<String> {
    let mut name: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    name.retain(|c| !FORBIDDEN.contains(&c) && !matches!(c, '\u{fffe}' | '\u{ffff}'));
    while name.encode_utf16().count() > most {
        name.pop();
    }
    let name = name.trim_matches(|c: char| c == '\'' || c.is_whitespace());
    is_name(name).then(|| name.to_owned())
}

/// Whether a sheet can be called so.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.encode_utf16().count() <= MAX_NAME
        && !name.contains(|c: char| FORBIDDEN.contains(&c) || c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}'))
        && !name.starts_with('\'')
        && !name.ends_with('\'')
        && !name.starts_with(char::is_whitespace)
        && !name.ends_with(char::is_whitespace)
        && !has_escape(name)
        && !name.eq_ignore_ascii_case("history")
}

/// Whether a name has what stands for a character in the file: `_x0041_` (ECMA-376 part 1, 22.4.2.4).
fn has_escape(name: &str) -> bool {
    name.match_indices("_x").any(|(at, _)| {
        let digits = name.as_bytes().get(at + 2..at + 6);
        digits.is_some_and(|d| d.iter().all(u8::is_ascii_hexdigit)) && name.as_bytes().get(at + 6) == Some(&b'_')
    })
}
