//! An explanation as `sheetform explain CODE` prints it, in the width of a terminal.

use std::fmt::Write as _;

use super::{entry, wrap};
use crate::finding::{Code, Lang};
use crate::report::severity_word;

/// The width of a terminal that was never made wider.
const WIDTH: usize = 80;

/// The explanation of a code in a language, ending with a line break.
///
/// No line is wider than 80 columns, so that no terminal breaks a drawing or a word.
pub fn render(code: Code, lang: Lang) -> String {
    let page = entry(code).page(lang);
    let example = page.example();
    let [means, matters, mend, shown] = headings(lang);
    let mut out = format!("{}\n", heading(code, lang));
    for (heading, text) in [(means, page.means), (matters, page.matters), (mend, page.mend)] {
        let _ = writeln!(out, "\n{heading}");
        for line in wrap::lines(text, WIDTH - 2) {
            let _ = writeln!(out, "  {line}");
        }
    }
    let _ = writeln!(out, "\n{shown}");
    for line in example.drawn(WIDTH - 2) {
        let _ = writeln!(out, "  {line}");
    }
    for line in example.says.lines() {
        let indent = line.len() - line.trim_start().len() + 2;
        for (number, part) in wrap::lines(line.trim_start(), WIDTH - indent - 2).iter().enumerate() {
            let more = if number > 0 { 2 } else { 0 };
            let _ = writeln!(out, "{:1$}{part}", "", indent + more);
        }
    }
    out
}

/// `wrong-type (error): A value of another type than the form asks for`.
pub(super) fn heading(code: Code, lang: Lang) -> String {
    let (severity, title) = (severity_word(code.severity(), lang), entry(code).page(lang).title);
    match lang {
        Lang::En => format!("{code} ({severity}): {title}"),
        Lang::Zh => format!("{code}（{severity}）：{title}"),
    }
}

/// What it means, why it matters, how to mend it, an example.
pub(super) fn headings(lang: Lang) -> [&'static str; 4] {
    match lang {
        Lang::En => ["What it means", "Why it matters", "How to mend it", "Example"],
        Lang::Zh => ["含义", "为什么要紧", "怎样改正", "示例"],
    }
}
