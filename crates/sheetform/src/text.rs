//! Text as it is compared and measured; never how it is stored.

use std::fmt::Write as _;

use unicode_normalization::UnicodeNormalization;
use unicode_width::UnicodeWidthChar;

/// A heading or label as it is compared: width and case folded, blanks and line breaks removed, brackets and colons
/// of one kind, a colon (or the semicolon typed for one) or required mark at the end left out.
pub(crate) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut take = |c: char| match c {
        c if is_common_han(c) => out.push(c),
        c if c.is_whitespace() || is_invisible(c) => {}
        '[' | '{' | '【' | '〔' | '「' | '《' | '〈' => out.push('('),
        ']' | '}' | '】' | '〕' | '」' | '》' | '〉' => out.push(')'),
        c if c.is_ascii() => out.push(c.to_ascii_lowercase()),
        c => out.extend(c.to_lowercase()),
    };
    if text.chars().all(|c| normal(c).is_some()) {
        text.chars().filter_map(normal).for_each(&mut take);
    } else {
        text.nfkc().for_each(&mut take);
    }
    loop {
        let bare = out.trim_end_matches([':', ';', '*', '※']);
        let remark = if bare.ends_with(')') { REMARKS.iter().find_map(|r| bare.strip_suffix(r)) } else { None };
        let shorter = remark.unwrap_or(bare);
        if shorter.len() == out.len() {
            break;
        }
        out.truncate(shorter.len());
    }
    let start = out.len() - out.trim_start_matches(['*', '※']).len();
    out.drain(..start);
    out
}

/// What normalising (NFKC) makes of a character, where that does not depend on those beside it and is quickly told: most
/// texts have no others.
fn normal(c: char) -> Option<char> {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
        '\u{3000}' => Some(' '),
        '、' | '。' | '〈'..='】' | '〔' | '〕' | '“' | '”' | '‘' | '’' => Some(c),
        c if c.is_ascii() || is_common_han(c) => Some(c),
        _ => None,
    }
}

/// Remarks behind a heading on how it is filled in, folded.
const REMARKS: [&str; 11] = [
    "(必填)",
    "(选填)",
    "(必选)",
    "(可选)",
    "(可不填)",
    "(可为空)",
    "(下拉选择)",
    "(单选)",
    "(多选)",
    "(required)",
    "(optional)",
];

/// A folded heading without a unit or note in brackets at its end; `None` where there is none.
pub(crate) fn without_brackets(folded: &str) -> Option<&str> {
    let open = folded.rfind('(')?;
    (open > 0 && folded.ends_with(')')).then(|| &folded[..open])
}

/// Whether it is of the first block of Chinese characters, which no normalisation changes.
pub(crate) fn is_common_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}

/// Whether it takes no room on a sheet.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Whether a text begins or ends with blanks of any kind.
pub(crate) fn has_edge_blank(text: &str) -> bool {
    text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace)
}

/// Whether a text is no value but what a form says for help, left in its place: its own note, `（从下拉框选择）`,
/// `（必填）`, `XXX`, `××`, `{{name}}`.
pub(crate) fn is_prompt(text: &str, note: Option<&str>) -> bool {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST_PROMPT && note.is_none() {
        return false;
    }
    // Another first letter is another text.
    let first = |text: &str| text.chars().next().filter(|c| c.is_ascii_alphanumeric() || is_common_han(*c));
    let unlike =
        |note: &str| first(note).zip(first(text)).is_some_and(|(note, text)| !note.eq_ignore_ascii_case(&text));
    if note.is_some_and(|note| !unlike(note) && fold(note) == fold(text)) {
        return true;
    }
    // What every prompt has one of; most values have none.
    if !text.contains(['×', 'X', 'x', 'Ｘ', 'ｘ', '{', '(', '（', '[', '【', '<', '〈', '请', '点', '下']) {
        return false;
    }
    let bracketed =
        text.starts_with(['(', '（', '[', '【', '<', '〈']) && text.ends_with([')', '）', ']', '】', '>', '〉']);
    let asks = ["选择", "填写", "必填", "选填", "下拉", "点击", "输入", "select", "choose", "required"];
    let inside = text.trim_matches(|c: char| !c.is_alphanumeric());
    let signs = ["公章", "盖章", "印章", "签章", "签字", "签名"].iter().any(|word| inside.ends_with(word));
    let tag = text.find("{{").is_some_and(|at| text[at..].contains("}}"));
    let short = text.len() <= LONGEST_PROMPT;
    let lower = text.to_ascii_lowercase();
    let begins = ["请选择", "请填写", "请输入", "点击选择", "下拉选择"];
    short && (tag || has_crosses(text) || (bracketed && (signs || asks.iter().any(|word| lower.contains(word)))))
        || begins.iter().any(|word| text.strip_prefix(word).is_some_and(|rest| rest.chars().count() <= 6))
}

/// A prompt is not longer, in bytes.
const LONGEST_PROMPT: usize = 60;

/// Whether a text has a run of crosses for what is to be filled in: `××项目`, `XXX`; `XXXL` and `abcxxx` have none.
fn has_crosses(text: &str) -> bool {
    let run = |c: char| matches!(c, '×' | 'X' | 'x' | 'Ｘ' | 'ｘ');
    text.split(|c: char| !run(c) && !c.is_ascii_alphanumeric()).any(|word| {
        let first = word.chars().next().unwrap_or_default();
        run(first) && word.chars().all(|c| c == first) && word.chars().count() >= if first == '×' { 2 } else { 3 }
    })
}

/// The values of a list that other signs part than the form's; `None` where nothing does. A comma or slash inside
/// Latin words or numbers (`1,200`, `km/h`) parts nothing.
pub(crate) fn by_other_signs<'t>(text: &'t str, separator: &str) -> Option<Vec<&'t str>> {
    if separator.is_empty() || text.contains(separator) || text.contains('\n') {
        return None;
    }
    let inside = |at: usize, c: char| {
        let word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        c.is_ascii() && word(text[..at].chars().next_back()) && word(text[at + 1..].chars().next())
    };
    let signs = text
        .char_indices()
        .filter(|(at, c)| matches!(c, '、' | '，' | '；' | ',' | ';' | '/' | '／') && !inside(*at, *c));
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, sign) in signs {
        parts.push(text[from..at].trim());
        from = at + sign.len_utf8();
    }
    parts.push(text[from..].trim());
    // A sign at the end parts nothing more.
    if parts.len() > 2 && parts.last().is_some_and(|last| last.is_empty()) {
        parts.pop();
    }
    (parts.len() > 1 && parts.iter().all(|part| !part.is_empty())).then_some(parts)
}

/// The columns a text takes on a sheet, its longest line counted: a CJK character takes two.
pub(crate) fn width(text: &str) -> usize {
    text.lines().map(|line| line.chars().map(|c| c.width().unwrap_or(0)).sum()).max().unwrap_or(0)
}

/// The lines a text takes in a column of `columns`, wrapped.
pub(crate) fn lines(text: &str, columns: f64) -> usize {
    let columns = columns.max(1.0);
    text.split('\n').map(|line| ((width(line) as f64 / columns).ceil() as usize).max(1)).sum()
}

/// A text that is itself a JSON string literal, read as its text.
pub(crate) fn string_literal(text: &str) -> Option<String> {
    (text.len() >= 2 && text.starts_with('"') && text.ends_with('"')).then(|| serde_json::from_str(text).ok())?
}

/// A text as a JSON string literal.
pub(crate) fn to_literal(text: &str) -> String {
    to_json(&serde_json::Value::from(text))
}

/// A value as JSON in a cell. What nobody sees, and what other programs drop or change, stands in it as an escape.
pub(crate) fn to_json(value: &serde_json::Value) -> String {
    let json = value.to_string();
    let mut out = String::with_capacity(json.len());
    for (at, c) in json.char_indices() {
        // Outside its strings JSON has no such character.
        if is_hidden(c) || begins_escape(&json[at..]) { push_escape(&mut out, c) } else { out.push(c) }
    }
    out
}

/// A character as JSON and JSON paths escape it, in UTF-16.
pub(crate) fn push_escape(out: &mut String, c: char) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        let _ = write!(out, "\\u{unit:04x}");
    }
}

/// Whether a character shows nothing of its own, or is none.
pub(crate) fn is_hidden(c: char) -> bool {
    match c {
        ' '..='~' | '\u{3000}' => false,
        '\u{feff}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' => true,
        _ => c.is_control() || c.is_whitespace() || is_no_character(c),
    }
}

/// A code point that Unicode keeps free for ever.
fn is_no_character(c: char) -> bool {
    matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe
}

/// Whether some program that saves a sheet, or a person who only goes through the cell, changes a text that stands plain:
/// control characters are dropped, a line break with CR becomes one without, `_x000D_` is taken for an escape, and a
/// leading apostrophe for the mark of a text.
pub(crate) fn is_fragile(text: &str) -> bool {
    text.starts_with('\'')
        || text.chars().any(|c| (c.is_control() && c != '\t' && c != '\n') || is_no_character(c))
        || has_escape(text)
}

/// Whether a text has something like `_x000D_`.
pub(crate) fn has_escape(text: &str) -> bool {
    text.match_indices(['_', 'x']).any(|(at, _)| begins_escape(&text[at..]))
}

/// Whether a text begins like `_x000D_`, by which xlsx files escape characters (ECMA-376 part 1, 22.9.2.19), or like
/// what `openpyxl` takes out of every text.
pub(crate) fn begins_escape(text: &str) -> bool {
    match text.as_bytes() {
        [b'_', b'x', a, b, c, d, b'_', ..] => [a, b, c, d].into_iter().all(u8::is_ascii_hexdigit),
        bytes => bytes.starts_with(b"x005F_"),
    }
}

/// The texts that stand for null, "", [] and {} where the form leaves a doubt.
pub(crate) const TOKENS: [&str; 4] = ["null", "\"\"", "[]", "{}"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_show_what_is_hidden() {
        for (text, literal) in [
            ("a b　c", "\"a b　c\""),
            (" \t\r\n\u{1}\u{7f}\u{85}\u{a0}", r#"" \t\r\n\u0001\u007f\u0085\u00a0""#),
            ("\u{fffe}\u{1ffff}\u{fdd0}\u{feff}\u{202e}", r#""\ufffe\ud83f\udfff\ufdd0\ufeff\u202e""#),
            ("_x005F_ x005F_ax005f_", r#""\u005f\u0078005F_ \u0078005F_ax005f_""#),
            ("_x000D_x000a_ _x20_ __x0041_", r#""\u005fx000D\u005fx000a_ _x20_ _\u005fx0041_""#),
            ("👨\u{200d}👩 e\u{301} '\"\\", "\"👨\u{200d}👩 e\u{301} '\\\"\\\\\""),
        ] {
            assert_eq!(to_literal(text), literal);
            assert_eq!(string_literal(literal).as_deref(), Some(text));
            assert!(!is_fragile(literal));
        }
    }

    #[test]
    fn fragile_texts() {
        for text in ["'a", "a\rb", "\u{1}", "\u{9f}", "\u{ffff}", "\u{10fffe}", "a_x000D_", "_x005F_x000D_", "x005F_"] {
            assert!(is_fragile(text), "{text:?}");
        }
        for text in [
            "",
            "a'",
            "a\tb\nc",
            "a_x1_b",
            "_x0D_",
            "_x00000_",
            "_x000G_",
            "_X000D_",
            "_x0041",
            "_x中文中_",
            "\u{200d}\u{fe0f}",
            "=1+1",
            "007",
        ] {
            assert!(!is_fragile(text), "{text:?}");
        }
    }

    #[test]
    fn what_is_quickly_normalised_is_normalised() {
        for c in (0..=0xFFFF_u32).filter_map(char::from_u32) {
            if let Some(quickly) = normal(c) {
                assert_eq!(c.nfkc().collect::<Vec<_>>(), [quickly], "{c:?}");
                // Nothing before it changes it, and it changes nothing.
                assert_eq!(unicode_normalization::char::canonical_combining_class(quickly), 0, "{c:?}");
            }
        }
        assert_eq!(fold("当日清理，张贴标识（Ａ）　"), "当日清理,张贴标识(a)");
    }

    #[test]
    fn folding() {
        for (a, b) in [
            ("序  号", "序号"),
            ("合　 计：", "合计"),
            ("原值（元）*", "原值(元)"),
            ("项目\n经理", "项目经理"),
            ("Ｎａｍｅ", "name"),
            ("单位：", "单位"),
            ("金额【元】", "金额(元)"),
            ("姓名（必填）", "姓名"),
            ("*姓名", "姓名"),
            ("※姓名【选填】*", "姓名"),
            ("电话（可不填）：", "电话"),
            ("", ""),
        ] {
            assert_eq!(fold(a), b, "{a:?}");
        }
        assert_eq!(without_brackets("原值(元)"), Some("原值"));
        assert_eq!(width("合计a"), 5);
        assert_eq!(lines("一二三四五", 4.0), 3);
    }
}
