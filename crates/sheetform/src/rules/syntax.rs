//! Says what is wrong with the text of a rule that does not parse: where, what stands there, and what was likely meant.

use crate::finding::Text;
use crate::report::{shown, shown_zh};

/// From the first error of the parser: its line and column, from 1, and its message.
pub(super) fn problem(text: &str, line: isize, column: isize, message: &str) -> Text {
    let (at, at_zh) = if text.trim_end().contains('\n') {
        (format!("line {line}, column {column}"), format!("第 {line} 行第 {column} 列"))
    } else {
        (format!("column {column}"), format!("第 {column} 列"))
    };
    let Text { en, zh, .. } = what(message, text);
    Text::new(
        format!("syntax error in the expression {}, {at}: {en}", shown(text)),
        format!("表达式{}有语法错误，{at_zh}：{zh}", shown_zh(text)),
    )
}

fn what(message: &str, text: &str) -> Text {
    // The parser's messages: `… input 'X' expecting {…}`, `token recognition error at: 'X'`, `missing ')' at 'X'`.
    let before = message.split(" expecting ").next().unwrap_or_default();
    if let Some((missing, found)) = before.split_once("missing ").and_then(|(_, rest)| rest.split_once(" at ")) {
        let (missing, found) = (bare(missing), bare(found));
        let (before, before_zh) = match found {
            END => ("at its end".to_owned(), "末尾".to_owned()),
            found => (format!("before {}", shown(found)), format!("{}之前", shown_zh(found))),
        };
        return Text::new(
            format!("{} is missing {before}", shown(missing)),
            format!("{before_zh}缺少{}", shown_zh(missing)),
        );
    }
    let found =
        [" input ", " at: ", " at "].iter().find_map(|mark| before.split_once(mark)).map(|(_, found)| bare(found));
    match found {
        Some(END) if text.trim().is_empty() => Text::new("it is empty", "表达式是空的"),
        Some(END) => Text::new("it ends where a value must follow", "表达式到此结束，后面还应有内容"),
        Some(found) => {
            let found = found.trim();
            let Text { en, zh, .. } = meant(found);
            Text::new(format!("{} cannot stand here{en}", shown(found)), format!("此处不能是{}{zh}", shown_zh(found)))
        }
        None => Text::new("it is not complete", "表达式不完整"),
    }
}

/// How the parser calls the end of the text.
const END: &str = "<EOF>";

fn bare(quoted: &str) -> &str {
    let quoted = quoted.trim();
    quoted.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or(quoted)
}

/// What is written otherwise in other languages, or by a Chinese keyboard.
fn meant(found: &str) -> Text {
    let (word, en, zh) = match found {
        "and" | "AND" | "且" | "并" => ("&&", "for \"and\"", "表示“且”"),
        "or" | "OR" | "或" => ("||", "for \"or\"", "表示“或”"),
        "not" | "NOT" | "非" => ("!", "for \"not\"", "表示“非”"),
        _ => match found.chars().next() {
            Some('=') => ("==", "to compare", "来比较"),
            Some('“' | '”' | '‘' | '’') => ("\"", "as the quotation mark", "作引号"),
            Some('，' | '（' | '）' | '：' | '；' | '＝' | '＞' | '＜' | '！' | '。') => {
                return Text::new("; write the half-width character", "；请改用半角字符");
            }
            Some('≥') => (">=", "for \"at least\"", "表示“不小于”"),
            Some('≤') => ("<=", "for \"at most\"", "表示“不大于”"),
            Some('≠') => ("!=", "for \"not equal\"", "表示“不等于”"),
            Some(c) if c.is_alphabetic() && !c.is_ascii() => {
                let word = "self[\"名称\"]";
                return Text::new(
                    "; a property with such a name is written self[\"…\"]",
                    format!("；这样的属性名请写成 {word}"),
                );
            }
            _ => return Text::default(),
        },
    };
    Text::new(format!("; write {word} {en}"), format!("；请用 {word} {zh}"))
}
