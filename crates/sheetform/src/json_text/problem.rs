//! What is said about a text that is no JSON, or holds what a document cannot.

use super::places;
use super::read::{Failure, Refusal, RefusalKind, Syntax, SyntaxKind};
use crate::finding::{Code, Finding, Place, Text};
use crate::report::shown;

/// A text that is not UTF-8; `sound` is what stands before the first wrong byte.
pub(super) fn encoding(sound: &str, guess: Option<&str>) -> Finding {
    let message = match guess {
        Some(name) => {
            Text::new(format!("not UTF-8 text; it looks like {name}"), format!("文本不是 UTF-8 编码，看起来是 {name}"))
        }
        None => Text::new("not UTF-8 text", "文本不是 UTF-8 编码"),
    };
    let place = places::lines(sound, &[sound.len()]).pop().unwrap_or_default();
    Finding::new(Code::Unreadable, message)
        .at(place)
        .hint(Text::new("save the file again with the encoding UTF-8", "请用编辑器打开文件，另存为 UTF-8 编码"))
}

/// The findings of a text that has no value.
pub(super) fn findings(text: &str, failure: Failure) -> Vec<Finding> {
    match failure {
        Failure::Syntax(wrong) => vec![syntax(text, &wrong)],
        Failure::Refused { refusals, more } => {
            let mut findings = refused(text, refusals);
            if more > 0 {
                findings.push(Finding::new(
                    Code::CannotHold,
                    Text::new(
                        format!("{more} more repeated keys, numbers or texts that cannot be held, not listed"),
                        format!("另有 {more} 处无法保存的重复键、数字或文本，未逐一列出"),
                    ),
                ));
            }
            findings
        }
    }
}

fn refused(text: &str, refusals: Vec<Refusal>) -> Vec<Finding> {
    let mut offsets: Vec<usize> = refusals.iter().map(|refusal| refusal.at).collect();
    offsets.extend(refusals.iter().map(|refusal| match refusal.kind {
        RefusalKind::RepeatedKey { first, .. } => first,
        _ => refusal.at,
    }));
    let mut places = places::lines(text, &offsets);
    let firsts = places.split_off(refusals.len());
    let spots = places.into_iter().zip(firsts);
    refusals.into_iter().zip(spots).map(|(refusal, (place, first))| refusal.finding(place, first)).collect()
}

impl Refusal {
    fn finding(self, place: Place, first: Place) -> Finding {
        let finding = match self.kind {
            RefusalKind::RepeatedKey { key, .. } => {
                let name = shown(&key);
                let message = Text::new(
                    format!("the name {name} stands twice in one object"),
                    format!("同一对象中键名 {name} 出现了两次"),
                );
                Finding::new(Code::CannotHold, message)
                    .related(first, Text::new("it stands here first", "第一次出现在这里"))
                    .hint(Text::new("remove or rename one of the two", "请删去或改名其中一个"))
            }
            RefusalKind::Number(number) => {
                let digits = shown(&number);
                let message = Text::new(
                    format!("the number {digits} cannot be held without losing digits"),
                    format!("数字 {digits} 保存时会丢失数位"),
                );
                Finding::new(Code::CannotHold, message).value(number).hint(Text::new(
                    "if it is an identifier, write it as text in double quotes; else give fewer digits",
                    "如果是编号，请加双引号写成文本；否则请减少位数",
                ))
            }
            RefusalKind::Surrogate(escape) => {
                let message = Text::new(
                    format!("{escape} is half of a character, not a whole one"),
                    format!("{escape} 只是半个字符（不成对的代理码）"),
                );
                Finding::new(Code::CannotHold, message)
                    .value(escape)
                    .hint(Text::new("write the character itself", "请直接写出该字符"))
            }
        };
        finding.at(place).pointer(self.pointer)
    }
}

fn syntax(text: &str, wrong: &Syntax) -> Finding {
    let ends = wrong.at >= text.len();
    let found = Found::new(text, wrong.at);
    let (en, zh) = match wrong.kind {
        SyntaxKind::Nothing => ("there is nothing in it".to_owned(), "文件是空的".to_owned()),
        SyntaxKind::ControlInText if ends => (
            "the file ends inside a text: its closing quote is missing".to_owned(),
            "文件在一段文本中间结束：缺少右双引号".to_owned(),
        ),
        SyntaxKind::ControlInText => control(text, wrong.at),
        SyntaxKind::TrailingComma => ("a comma with nothing after it".to_owned(), "逗号后面没有内容".to_owned()),
        SyntaxKind::TooDeep => (
            format!("brackets nested more than {} deep", super::MAX_DEPTH - 1),
            format!("括号嵌套超过 {} 层", super::MAX_DEPTH - 1),
        ),
        SyntaxKind::Escape => (
            format!("after a backslash JSON knows no {}", found.after_backslash()),
            format!("反斜杠后面不能是 {}", found.after_backslash()),
        ),
        SyntaxKind::Number => (
            format!("{} is no number as JSON writes them", found.quoted()),
            format!("{} 不是合法的 JSON 数字", found.quoted()),
        ),
        SyntaxKind::MoreAfterEnd => (
            format!("the JSON is complete, yet {} follows", found.quoted()),
            format!("JSON 已经结束，后面却还有 {}", found.quoted()),
        ),
        kind => {
            let (en, zh) = expected(kind);
            if ends {
                (format!("the file ends where {en} is expected"), format!("文件在此结束，应有{zh}"))
            } else {
                (format!("expected {en}, found {}", found.quoted()), format!("应为{zh}，却是 {}", found.quoted()))
            }
        }
    };
    let code = if wrong.kind == SyntaxKind::TooDeep { Code::OverLimit } else { Code::Unreadable };
    let opened = wrong.opened.filter(|_| ends || wrong.kind == SyntaxKind::ControlInText);
    let mut places = places::lines(text, &[wrong.at, opened.unwrap_or_default()]).into_iter();
    let mut finding = Finding::new(code, Text::new(en, zh)).at(places.next().unwrap_or_default());
    if let (Some(_), Some(place)) = (opened, places.next()) {
        finding = finding.related(place, Text::new("what is not closed begins here", "未闭合的部分从这里开始"));
    }
    match hint(wrong.kind, &found) {
        Some((en, zh)) => finding.hint(Text::new(en, zh)),
        None => finding,
    }
}

fn expected(kind: SyntaxKind) -> (&'static str, &'static str) {
    match kind {
        SyntaxKind::Key => ("a name in double quotes", "双引号括起的键名"),
        SyntaxKind::Colon => ("a colon after the name", "键名后的冒号"),
        SyntaxKind::CommaOrBracket => ("a comma or \"]\"", "逗号或 \"]\""),
        SyntaxKind::CommaOrBrace => ("a comma or \"}\"", "逗号或 \"}\""),
        _ => ("a value", "一个值"),
    }
}

fn control(text: &str, at: usize) -> (String, String) {
    match text.as_bytes().get(at) {
        Some(b'\n' | b'\r') => (
            "the line ends inside a text: its closing quote is missing, or the line break must be written \\n"
                .to_owned(),
            "文本中间换行了：缺少右双引号，或换行应写作 \\n".to_owned(),
        ),
        Some(b'\t') => ("a tab inside a text must be written \\t".to_owned(), "文本中的制表符应写作 \\t".to_owned()),
        other => {
            let code = other.copied().unwrap_or_default();
            (
                format!("a control character inside a text must be written \\u{code:04x}"),
                format!("文本中的控制字符应写作 \\u{code:04x}"),
            )
        }
    }
}

fn hint(kind: SyntaxKind, found: &Found<'_>) -> Option<(&'static str, &'static str)> {
    if kind == SyntaxKind::TrailingComma {
        return Some(("remove the comma", "请删去这个逗号"));
    }
    if kind == SyntaxKind::Escape {
        return Some(("write \\\\ for a backslash", "反斜杠本身应写作 \\\\"));
    }
    if matches!(kind, SyntaxKind::ControlInText | SyntaxKind::TooDeep | SyntaxKind::Nothing) {
        return None;
    }
    let hint = match (found.word, found.character?) {
        ("True" | "TRUE", _) => ("write true", "请写作 true"),
        ("False" | "FALSE", _) => ("write false", "请写作 false"),
        ("None" | "NULL" | "Null" | "NaN" | "undefined", _) => ("write null, or leave it out", "请写作 null，或不写"),
        (_, '，' | '：' | '、' | '“' | '”' | '‘' | '’' | '｛' | '｝' | '［' | '］' | '【' | '】') => {
            ("type JSON's marks with an English keyboard: , : \" { } [ ]", "请用英文（半角）标点：, : \" { } [ ]")
        }
        (_, '\'' | '`') => ("JSON quotes with \" only", "JSON 只用英文双引号 \""),
        (_, '/' | '#') => ("JSON has no comments", "JSON 不能写注释"),
        (_, '{' | '[') if kind == SyntaxKind::MoreAfterEnd => (
            "several documents belong in an array, or one to a line in a .jsonl file",
            "多个文档应放进一个数组，或存为每行一个的 .jsonl 文件",
        ),
        (_, '"' | '{' | '[') if matches!(kind, SyntaxKind::CommaOrBrace | SyntaxKind::CommaOrBracket) => (
            "a comma is missing before it, or a quote inside the text needs a backslash",
            "前面缺少逗号，或文本中的双引号未写作 \\\"",
        ),
        (_, letter) if letter.is_alphabetic() && matches!(kind, SyntaxKind::Value | SyntaxKind::Key) => {
            ("put it in double quotes", "请加英文双引号")
        }
        (_, '+' | '-' | '.' | '0'..='9') if kind == SyntaxKind::Number => (
            "a number looks like 7, -0.5 or 1e3; else put it in double quotes",
            "数字应形如 7、-0.5 或 1e3；编号请加英文双引号",
        ),
        _ => return None,
    };
    Some(hint)
}

/// What stands at a place: a word or number, or one character.
struct Found<'a> {
    word: &'a str,
    character: Option<char>,
    next: Option<char>,
}

impl<'a> Found<'a> {
    fn new(text: &'a str, at: usize) -> Self {
        let rest = text.get(at..).unwrap_or_default();
        let mut characters = rest.chars();
        let (character, next) = (characters.next(), characters.next());
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '+' | '-');
        let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len()).max(character.map_or(0, char::len_utf8));
        Self { word: rest.get(..length).unwrap_or_default(), character, next }
    }

    fn quoted(&self) -> String {
        if self.word == "\"" { "'\"'".to_owned() } else { shown(self.word) }
    }

    fn after_backslash(&self) -> String {
        shown(&self.next.map(String::from).unwrap_or_default())
    }
}
