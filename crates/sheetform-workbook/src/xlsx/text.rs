//! Texts of cells: rich runs joined, phonetic runs left out, escapes resolved. Blanks stay as they stand.

use std::borrow::Cow;
use std::io::BufRead;

use sheetform::finding::Finding;

use crate::package::xml::Xml;

/// Leaves `<si>` or `<is>`, giving its text.
pub(crate) fn item<R: BufRead>(xml: &mut Xml<R>) -> Result<String, Finding> {
    let mut out = String::new();
    while xml.child()? {
        match xml.name() {
            "t" => piece(xml, &mut out)?,
            "r" => {
                while xml.child()? {
                    match xml.name() {
                        "t" => piece(xml, &mut out)?,
                        _ => xml.skip()?,
                    }
                }
            }
            // rPh: how the text is pronounced, not the text.
            _ => xml.skip()?,
        }
    }
    Ok(out)
}

/// Leaves a `<t>`; escapes do not reach from one run into the next.
fn piece<R: BufRead>(xml: &mut Xml<R>, out: &mut String) -> Result<(), Finding> {
    let mut text = String::new();
    xml.text(&mut text)?;
    let text = unescape(text);
    if out.is_empty() {
        *out = text;
    } else {
        out.push_str(&text);
    }
    Ok(())
}

/// Resolves `_x000D_` (ECMA-376 part 1, 22.9.2.19); what is no character is left as it stands.
pub(crate) fn unescape(text: String) -> String {
    if !text.contains("_x") {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("_x") {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let (found, length) = match unit(from) {
            // Characters past U+FFFF are written as two units.
            Some(high @ 0xD800..=0xDBFF) => (from.get(7..).and_then(unit).and_then(|low| pair(high, low)), 14),
            Some(code) => (char::from_u32(u32::from(code)), 7),
            None => (None, 0),
        };
        if let Some(found) = found {
            out.push(found);
            rest = &from[length..];
        } else {
            out.push_str("_x");
            rest = &from[2..];
        }
    }
    out.push_str(rest);
    out
}

/// Whether something in the text would be resolved as an escape.
pub(crate) fn has_escape(text: &str) -> bool {
    text.match_indices("_x").any(|(at, _)| unit(&text[at..]).is_some())
}

/// A literal `_x0041_` as `_x005F_x0041_`.
pub(crate) fn escaped(text: &str) -> Cow<'_, str> {
    if has_escape(text) { Cow::Owned(text.replace("_x", "_x005F_x")) } else { Cow::Borrowed(text) }
}

/// Where a character that files escape stands behind `_x000D`: its escape begins with the `_` that makes that one, too.
pub(crate) fn half_escapes(text: &str) -> Vec<usize> {
    let is_escaped = |c: char| (c < ' ' && !matches!(c, '\t' | '\n')) || matches!(c, '\u{FFFE}' | '\u{FFFF}');
    let before = |at: usize| text.get(at.wrapping_sub(6)..at).is_some_and(|half| unit(&format!("{half}_")).is_some());
    text.char_indices().filter(|(at, c)| is_escaped(*c) && before(*at)).map(|(at, _)| at).collect()
}

/// Where the `_` stands that ends something like `_x1_`: no escape, but `LibreOffice` takes it for that of a control
/// character.
pub(crate) fn short_escapes(text: &str) -> Vec<usize> {
    let end = |at: usize| {
        let hex = text.get(at + 2..).unwrap_or_default();
        let digits = hex.bytes().take(4).take_while(u8::is_ascii_hexdigit).count();
        let is_control = u8::from_str_radix(hex.get(..digits)?, 16).is_ok_and(|code| code < b' ');
        (digits < 4 && is_control && hex[digits..].starts_with('_')).then_some(at + 2 + digits)
    };
    text.match_indices("_x").filter_map(|(at, _)| end(at)).collect()
}

/// The unit of a leading `_xHHHH_`.
fn unit(text: &str) -> Option<u16> {
    let bytes = text.as_bytes().get(..7)?;
    let [b'_', b'x', hex @ .., b'_'] = bytes else { return None };
    if !hex.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u16::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()
}

fn pair(high: u16, low: u16) -> Option<char> {
    char::decode_utf16([high, low]).next().and_then(Result::ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_escapes_end_where_a_text_is_cut() {
        assert_eq!(short_escapes("box_x1_x2_y"), [6, 9]);
        assert_eq!(short_escapes("_x01_ _x00D_"), [4, 11]);
        for text in ["_x_", "_x1", "_x20_", "_x001F_", "_x00001_", "_X1_", "_x中_", "_xG_"] {
            assert_eq!(short_escapes(text), [0; 0], "{text}");
        }
    }

    #[test]
    fn escapes() {
        for (text, meant) in [
            ("a_x000D_b", "a\rb"),
            ("_x005F_x0041_", "_x0041_"),
            ("_x0041", "_x0041"),
            ("_x00zz_", "_x00zz_"),
            ("_x_x000a_", "_x\n"),
            ("_xD83D__xDE00_", "😀"),
            ("_xD83D_中_", "_xD83D_中_"),
            ("_x中文中_", "_x中文中_"),
            ("__x000D__", "_\r_"),
        ] {
            assert_eq!(unescape(text.to_owned()), meant);
        }
    }
}
