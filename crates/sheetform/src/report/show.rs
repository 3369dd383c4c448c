//! Values of a file as they may be shown: never long, and never a character that steers the terminal.

use std::fmt::Write as _;

/// How many characters of a value a message shows.
const MAX_SHOWN: usize = 60;

/// A value for a message: in double quotes, control characters escaped, cut after 60 characters with `…`.
///
/// Every message builder uses it for what comes from a file.
pub fn shown(value: &str) -> String {
    quoted(value, '"', '"')
}

/// The same in Chinese quotation marks.
pub fn shown_zh(value: &str) -> String {
    quoted(value, '“', '”')
}

fn quoted(value: &str, open: char, close: char) -> String {
    let mut out = String::from(open);
    let mut characters = value.chars();
    if value.chars().nth(MAX_SHOWN).is_some() {
        characters.by_ref().take(MAX_SHOWN - 1).for_each(|character| push_escaped(&mut out, character));
        out.push('…');
    } else {
        characters.for_each(|character| push_escaped(&mut out, character));
    }
    out.push(close);
    out
}

/// A text in which no character steers the terminal: line breaks, escapes and marks of direction become `\n`, `\u001b`.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|character| push_escaped(&mut out, character));
    out
}

fn push_escaped(out: &mut String, character: char) {
    match character {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        character if steers(character) => push_unit_escapes(out, character),
        character => out.push(character),
    }
}

/// The `\u` escape of JSON, two of them past U+FFFF.
pub(super) fn push_unit_escapes(out: &mut String, character: char) {
    for unit in character.encode_utf16(&mut [0; 2]) {
        let _ = write!(out, "\\u{unit:04x}");
    }
}

/// Whether a character acts on the terminal or on its neighbours, or cannot be seen, instead of showing itself.
pub(super) fn steers(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{61C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{206F}'
            | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}
