//! Every code explained in both languages, with an example whose place is in it.
#![allow(clippy::unwrap_used, clippy::panic)]

use unicode_width::UnicodeWidthStr;

use super::{Page, entry, nearest, page, render};
use crate::finding::{Code, Lang};

fn texts(page: &Page) -> [&'static str; 4] {
    [page.title, page.means, page.matters, page.mend]
}

#[test]
fn every_code_is_explained_in_both_languages() {
    for code in Code::ALL {
        let entry = entry(*code);
        for (en, zh) in texts(&entry.en).into_iter().zip(texts(&entry.zh)) {
            assert!(!en.is_empty() && !zh.is_empty(), "{code}");
            assert!(en.is_ascii(), "{code}: {en}");
            assert!(zh.chars().any(|c| ('\u{4e00}'..'\u{a000}').contains(&c)), "{code}: {zh}");
        }
        for page in [&entry.en, &entry.zh] {
            let [title, means, matters, mend] = texts(page);
            let stops = [means, matters, mend].join("").chars().filter(|c| ['.', '。'].contains(c)).count();
            assert!(stops >= 3, "{code}: whole sentences");
            for text in [means, matters, mend] {
                assert!(text.ends_with(['.', '。']) && text.trim() == text, "{code}: {text}");
                assert!(!text.contains('\n'), "{code}: {text}");
            }
            assert!(!title.ends_with(['.', '。']), "{code}");
        }
        let sentences: Vec<&str> = [&entry.en, &entry.zh].into_iter().flat_map(texts).collect();
        assert!(sentences.iter().all(|s| !s.contains("  ")), "{code}");
    }
}

#[test]
fn every_explanation_is_its_own() {
    for lang in [Lang::En, Lang::Zh] {
        let mut seen = std::collections::BTreeMap::new();
        for code in Code::ALL {
            for text in texts(entry(*code).page(lang)) {
                assert_eq!(seen.insert(text, code), None, "{text}");
            }
        }
    }
}

#[test]
fn every_example_has_a_file_and_a_finding() {
    for code in Code::ALL {
        for lang in [Lang::En, Lang::Zh] {
            let example = entry(*code).page(lang).example();
            // A run may say it of what it wrote.
            let of_file = example.says.starts_with(example.file) || example.run.is_some();
            assert!(of_file && !example.file.is_empty(), "{code}");
            assert!(example.says.contains(&format!("[{code}]: ")), "{code}");
            assert_eq!(example.says.is_ascii(), lang == Lang::En, "{code}");
        }
    }
}

#[test]
fn an_explanation_as_it_is_printed() {
    let expected = "\
missing-value (error): A required value is not there

What it means
  The form asks for a value here, and the cell is empty.

Why it matters
";
    assert!(render(Code::MissingValue, Lang::En).starts_with(expected), "{}", render(Code::MissingValue, Lang::En));
    let grid = "\
示例
      | A    | B        | C
    1 | 序号 | 自查部位 | 自查情况
    2 | 1    | 档案室   | 无问题
  > 3 | 2    | 配电间   |
                          ^^^^^^^^
  台账.xlsx:台账!C3: 错误[missing-value]: ";
    assert!(render(Code::MissingValue, Lang::Zh).contains(grid), "{}", render(Code::MissingValue, Lang::Zh));
}

#[test]
fn an_explanation_fits_a_terminal() {
    for code in Code::ALL {
        for lang in [Lang::En, Lang::Zh] {
            let explained = render(*code, lang);
            let wide: Vec<&str> = explained.lines().filter(|line| line.width() > 80).collect();
            assert!(wide.is_empty(), "{code}: {wide:#?}");
            assert!(explained.lines().all(|line| line.trim_end() == line), "{code}");
        }
    }
}

#[test]
fn a_place_is_marked_where_there_is_one() {
    let marked = |code: Code| render(code, Lang::En).lines().filter(|line| line.trim_start().starts_with('^')).count();
    for code in [Code::MissingColumn, Code::UnreadCell, Code::Unreadable, Code::TotalMismatch] {
        assert_eq!(marked(code), 1, "{code}");
    }
    for code in [Code::Encrypted, Code::SkippedSheet, Code::OldVersion] {
        assert_eq!(marked(code), 0, "{code}");
    }
    assert!(render(Code::SkippedSheet, Lang::En).contains("1 | How to fill in this form"));
}

#[test]
fn a_page_has_a_section_for_every_code() {
    for lang in [Lang::En, Lang::Zh] {
        let page = page(lang);
        let sections: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert!(sections.iter().copied().eq(Code::ALL.iter().map(|code| code.name())));
    }
}

#[test]
fn near_misses_are_guessed() {
    let cases = [
        ("wrong-typ", Some(Code::WrongType)),
        ("WrongType", Some(Code::WrongType)),
        ("not_in_list", Some(Code::NotInList)),
        ("Missing value", Some(Code::MissingValue)),
        ("not-a-workbok", Some(Code::NotAWorkbook)),
        ("serial", Some(Code::WrongSerial)),
        ("column", Some(Code::MissingColumn)),
        ("rule", Some(Code::Rule)),
        ("bananas", None),
        ("", None),
    ];
    for (name, code) in cases {
        assert_eq!(nearest(name), code, "{name}");
    }
    assert_eq!(nearest(&"x".repeat(10_000_000)), None);
}
