//! Every code explained in both languages, with an example whose place is in it.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::{At, Page, entry, nearest, render};
use crate::finding::{Code, Lang, Place};
use crate::grid::CellRef;

fn texts(page: &Page) -> [&'static str; 5] {
    [page.title, page.means, page.matters, page.mend, page.says]
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
            let [title, means, matters, mend, says] = texts(page);
            let stops = [means, matters, mend].join("").chars().filter(|c| ['.', '。'].contains(c)).count();
            assert!(stops >= 3, "{code}: whole sentences");
            for text in [means, matters, mend] {
                assert!(text.ends_with(['.', '。']) && text.trim() == text, "{code}: {text}");
                assert!(!text.contains('\n'), "{code}: {text}");
            }
            assert!(!title.ends_with(['.', '。']) && !says.ends_with(['.', '。']), "{code}");
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
fn the_place_of_an_example_is_in_it() {
    for code in Code::ALL {
        let entry = entry(*code);
        for page in [&entry.en, &entry.zh] {
            match entry.at {
                At::Cell(name) => {
                    let cell = CellRef::parse(name).unwrap();
                    let row = page.example.get(cell.row as usize).unwrap_or_else(|| panic!("{code}: no row of {name}"));
                    assert!(row.split('|').count() > cell.col as usize, "{code}: no column of {name}");
                }
                At::Text(_, line, column) => {
                    let line = page.example.get(line as usize - 1).unwrap();
                    assert!(line.chars().count() >= column as usize, "{code}");
                }
                At::Sheet => assert!(!page.example.is_empty(), "{code}"),
                At::File(_) => {}
            }
        }
        assert_eq!(entry.en.example.len(), entry.zh.example.len(), "{code}");
    }
}

#[test]
fn examples_of_json_say_what_is_really_said() {
    for code in [Code::Unreadable, Code::CannotHold] {
        let entry = entry(code);
        for lang in [Lang::En, Lang::Zh] {
            let page = entry.page(lang);
            let found = crate::json_text::parse(page.example.join("\n").as_bytes()).unwrap_err();
            assert_eq!(found[0].message.get(lang), page.says);
            let Place { line, column, .. } = found[0].place;
            assert_eq!(Some(entry.at), line.zip(column).map(|(l, c)| At::Text("ledger.json", l, c)));
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
