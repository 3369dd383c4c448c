//! Sentences broken into lines of a width: between words, between Chinese characters, and never before a mark that
//! closes or after one that opens.

use unicode_width::UnicodeWidthChar;

const CLOSING: &str = "。，、；：？！）”’》】…)]},.;:?!%";
const OPENING: &str = "（“‘《【([{";

/// The text in lines of at most `width` columns; a word that is wider stands alone.
pub(super) fn lines(text: &str, width: usize) -> Vec<String> {
    let mut out = Vec::new();
    let mut line = String::new();
    let mut taken = 0;
    for piece in pieces(text) {
        let wide = width_of(piece.trim_end());
        if taken > 0 && taken + wide > width {
            out.push(line.trim_end().to_owned());
            line.clear();
            taken = 0;
        }
        line.push_str(piece);
        taken += width_of(piece);
    }
    if !line.is_empty() {
        out.push(line.trim_end().to_owned());
    }
    out
}

/// The parts that stay together, each with the blanks behind it.
fn pieces(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        if before.is_some_and(|before| may_break(before, c)) {
            out.push(&text[start..at]);
            start = at;
        }
        before = Some(c);
    }
    out.push(&text[start..]);
    out
}

fn may_break(before: char, after: char) -> bool {
    if after == ' ' || CLOSING.contains(after) || OPENING.contains(before) {
        return false;
    }
    before == ' ' || is_wide(before) || is_wide(after)
}

fn is_wide(c: char) -> bool {
    c.width() == Some(2) || matches!(c, '“' | '”' | '‘' | '’' | '…')
}

fn width_of(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_in_lines() {
        assert_eq!(lines("one two, three. four", 9), ["one two,", "three.", "four"]);
        assert_eq!(lines("请改正公式，或直接填写。", 10), ["请改正公", "式，或直接", "填写。"]);
        assert_eq!(lines("写成 2026-03-31（星期二）。", 12), ["写成", "2026-03-31", "（星期二）。"]);
        assert_eq!(lines("averyverylongword b", 5), ["averyverylongword", "b"]);
        assert_eq!(lines("", 5), Vec::<String>::new());
    }
}
