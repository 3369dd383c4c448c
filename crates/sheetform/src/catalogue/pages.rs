//! The catalogue as a page of the documents: every code with its explanation and example.

use std::fmt::Write as _;

use super::{entry, render};
use crate::finding::{Code, Lang};
use crate::report::severity_word;

/// The page in a language, as Markdown.
pub fn page(lang: Lang) -> String {
    let mut out = String::new();
    let (title, about, [code, weight, problem]) = match lang {
        Lang::En => (
            "# Findings",
            "What each finding means, why it matters and how to mend it; `sheetform explain CODE` prints the same. \
             Every example is run by a test.\n\n[中文](findings.zh-CN.md)",
            ["code", "severity", "problem"],
        ),
        Lang::Zh => (
            "# 检查结果说明",
            "每一种检查结果的含义、为什么要紧、怎样改正；`sheetform explain 代码 --lang zh` 显示同样的内容。\
             每个示例都由测试实际运行。\n\n[English](findings.md)",
            ["代码", "级别", "问题"],
        ),
    };
    let _ = writeln!(out, "{title}\n\n{about}\n\n| {code} | {weight} | {problem} |\n|---|---|---|");
    for code in Code::ALL {
        let severity = severity_word(code.severity(), lang);
        let _ = writeln!(out, "| [{code}](#{code}) | {severity} | {} |", entry(*code).page(lang).title);
    }
    for code in Code::ALL {
        section(&mut out, *code, lang);
    }
    out
}

fn section(out: &mut String, code: Code, lang: Lang) {
    let page = entry(code).page(lang);
    let [means, matters, mend, _] = render::headings(lang);
    let severity = severity_word(code.severity(), lang);
    let _ = match lang {
        Lang::En => writeln!(out, "\n## {code}\n\n{} ({severity}).", page.title),
        Lang::Zh => writeln!(out, "\n## {code}\n\n{}（{severity}）。", page.title),
    };
    for (heading, text) in [(means, page.means), (matters, page.matters), (mend, page.mend)] {
        let _ = match lang {
            Lang::En => writeln!(out, "\n**{heading}.** {text}"),
            Lang::Zh => writeln!(out, "\n**{heading}：**{text}"),
        };
    }
    let example = page.example();
    out.push_str("\n```text\n");
    for line in example.drawn(100) {
        let _ = writeln!(out, "{line}");
    }
    let _ = writeln!(out, "{}\n```", example.says);
}
