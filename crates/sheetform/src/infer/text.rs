//! Headings and labels as the report shows them. Compares nothing.

/// A heading on one line: line breaks and blanks between CJK characters left out, other runs of blanks one blank.
pub(crate) fn heading(text: &str) -> String {
    let chars: Vec<char> = text.trim().chars().filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}')).collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        if !c.is_whitespace() {
            out.push(c);
            at += 1;
            continue;
        }
        let end = chars[at..].iter().position(|c| !c.is_whitespace()).map_or(chars.len(), |n| at + n);
        let breaks = chars[at..end].iter().any(|c| matches!(c, '\n' | '\r'));
        let (before, after) = (out.chars().last(), chars.get(end).copied());
        let cjk = |c: Option<char>| c.is_some_and(is_cjk);
        let glued = if breaks { cjk(before) || cjk(after) } else { cjk(before) && cjk(after) };
        if !glued && before.is_some() && after.is_some() {
            out.push(' ');
        }
        at = end;
    }
    out
}

/// Whether a character is written without blanks around it: Han, kana, full-width signs.
pub(crate) fn is_cjk(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_on_one_line() {
        for (text, expected) in [
            ("合  计", "合计"),
            ("项目\n经理", "项目经理"),
            ("检查方式\n(提问)", "检查方式(提问)"),
            ("Due\nDate", "Due Date"),
            ("数量 (个)", "数量 (个)"),
            ("目标 （概述）", "目标（概述）"),
            ("  *姓名 ", "*姓名"),
            ("序　号", "序号"),
        ] {
            assert_eq!(heading(text), expected, "{text:?}");
        }
    }
}
