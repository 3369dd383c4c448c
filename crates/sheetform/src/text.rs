//! Text as it is compared and measured; never how it is stored.

use unicode_normalization::UnicodeNormalization;
use unicode_width::UnicodeWidthChar;

/// A heading or label as it is compared: width and case folded, blanks and line breaks removed, brackets and colons
/// of one kind, a colon or required mark at the end left out.
pub(crate) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut take = |c: char| match c {
        c if c.is_whitespace() || is_invisible(c) => {}
        '[' | '{' | '【' | '〔' | '「' | '《' | '〈' => out.push('('),
        ']' | '}' | '】' | '〕' | '」' | '》' | '〉' => out.push(')'),
        c if c.is_ascii() => out.push(c.to_ascii_lowercase()),
        c => out.extend(c.to_lowercase()),
    };
    if text.is_ascii() {
        text.chars().for_each(&mut take);
    } else {
        text.nfkc().for_each(&mut take);
    }
    loop {
        let shorter = out.trim_end_matches([':', '*']).trim_end_matches("(必填)");
        if shorter.len() == out.len() {
            break;
        }
        out.truncate(shorter.len());
    }
    let start = out.len() - out.trim_start_matches('*').len();
    out.split_off(start)
}

/// A folded heading without a unit or note in brackets at its end; `None` where there is none.
pub(crate) fn without_brackets(folded: &str) -> Option<&str> {
    let open = folded.rfind('(')?;
    (open > 0 && folded.ends_with(')')).then(|| &folded[..open])
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Whether a text begins or ends with blanks of any kind.
pub(crate) fn has_edge_blank(text: &str) -> bool {
    text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace)
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
    serde_json::Value::from(text).to_string()
}

/// The texts that stand for null, "", [] and {} where the form leaves a doubt.
pub(crate) const TOKENS: [&str; 4] = ["null", "\"\"", "[]", "{}"];

#[cfg(test)]
mod tests {
    use super::*;

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
            ("", ""),
        ] {
            assert_eq!(fold(a), b, "{a:?}");
        }
        assert_eq!(without_brackets("原值(元)"), Some("原值"));
        assert_eq!(width("合计a"), 5);
        assert_eq!(lines("一二三四五", 4.0), 3);
    }
}
