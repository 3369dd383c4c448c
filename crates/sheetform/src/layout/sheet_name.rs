//! The name of a form's sheet, where no value gives it.

use crate::form::Form;

/// Characters of a sheet's name, as UTF-16 counts them (Excel's documented limit).
const MAX_NAME: usize = 31;
/// Characters that no sheet's name may have.
const FORBIDDEN: [char; 7] = ['[', ']', ':', '*', '?', '/', '\\'];

/// The name of a sheet that has no value in its name.
pub(crate) fn plain_name(form: &Form) -> String {
    let chosen = form.layout.name.as_deref().unwrap_or(&form.name);
    let mut name: String = chosen.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    name.retain(|c| !FORBIDDEN.contains(&c));
    while name.encode_utf16().count() > MAX_NAME {
        name.pop();
    }
    let name = name.trim_matches(|c: char| c == '\'' || c.is_whitespace());
    if is_name(name) { name.to_owned() } else { "Sheet1".to_owned() }
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
        && !name.eq_ignore_ascii_case("history")
}
