//! What a book holds after it was written, and what is refused before.

use std::ops::ControlFlow;

use sheetform::finding::Code;
use sheetform::grid::{CellRef, Content, FormatKind, Range, Source, Visibility};
use sheetform::new_book::{Check, Look, NewBook, NewCell, NewContent, NewSheet, Validation};

use super::save;
use crate::Workbook;

fn cell(name: &str, content: NewContent) -> NewCell {
    NewCell { at: CellRef::parse(name).unwrap(), content, look: Look::default() }
}

fn text(name: &str, text: &str) -> NewCell {
    cell(name, NewContent::Text(text.into()))
}

fn book(cells: Vec<NewCell>) -> NewBook {
    NewBook { sheets: vec![NewSheet { name: "表".into(), cells, ..NewSheet::default() }], ..NewBook::default() }
}

/// The codes of the findings that refuse a book, each with its cell.
fn refused(book: &NewBook) -> Vec<(Code, String)> {
    let findings = save(book).unwrap_err();
    let place = |cell: Option<CellRef>| cell.map(|cell| cell.to_string()).unwrap_or_default();
    findings.iter().map(|finding| (finding.code, place(finding.place.cell))).collect()
}

#[test]
fn texts_come_back_to_the_code_point() {
    let long = "字".repeat(32_767);
    let texts = [
        "=1+1",
        "+1",
        "-",
        "@x",
        "'0007",
        "0007",
        "110101199003071234",
        "1e5",
        "TRUE",
        "#N/A",
        " 前后 ",
        "\t",
        "　",
        "a\nb",
        "a\r\nb",
        "\r",
        "_x0041_",
        "_x005F_x0041_",
        "\u{1}\u{8}\u{1F}",
        "\u{7F}\u{85}\u{FFFE}\u{FFFF}",
        "𠮷😀",
        "<r><t>x</t></r>",
        "<r></r>",
        "&amp;<b>",
        "]]>",
        "http://example.org",
        "null",
        "\"\"",
        &long,
    ];
    let cells = texts.iter().enumerate().map(|(row, t)| text(&format!("B{}", row + 1), t)).collect();
    let back = Workbook::from_bytes(save(&book(cells)).unwrap()).unwrap();
    let mut found = Vec::new();
    back.rows(0, &mut |row| {
        found.extend(row.cells.iter().map(|(_, cell)| cell.as_text().unwrap().to_owned()));
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(found, texts);
}

#[test]
fn numbers_come_back_to_the_bit() {
    let numbers = [
        0.0,
        -0.0,
        0.1 + 0.2,
        1.0 / 3.0,
        1e300,
        5e-324,
        f64::MAX,
        f64::MIN,
        9_007_199_254_740_993.0,
        1_252.785_799_999_999_9,
    ];
    let cells =
        numbers.iter().enumerate().map(|(row, n)| cell(&format!("A{}", row + 1), NewContent::Number(*n))).collect();
    let back = Workbook::from_bytes(save(&book(cells)).unwrap()).unwrap();
    let mut found = Vec::new();
    back.rows(0, &mut |row| {
        if let Content::Number { value, .. } = row.cells[0].1.content {
            found.push(value.to_bits());
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(found, numbers.map(f64::to_bits));
}

#[test]
fn what_a_workbook_cannot_hold_is_said_all_at_once() {
    let mut wrong = book(vec![
        cell("A1", NewContent::Number(f64::NAN)),
        cell("A2", NewContent::Number(f64::INFINITY)),
        cell("A3", NewContent::Formula { text: "1/0".into(), value: f64::NAN }),
        text("A4", &"😀".repeat(16_384)),
        text("A5", "fine"),
    ]);
    wrong.sheets[0].cells.push(NewCell { at: CellRef::new(1_048_576, 0), ..text("A1", "x") });
    wrong.sheets[0].cells.push(NewCell { at: CellRef::new(0, 16_384), ..text("A1", "x") });
    let (hold, limit) = (Code::CannotHold, Code::OverLimit);
    let expected = [(hold, "A1"), (hold, "A2"), (hold, "A3"), (hold, "A4"), (limit, ""), (limit, "")];
    assert_eq!(refused(&wrong), expected.map(|(code, cell)| (code, cell.to_owned())));
}

#[test]
fn sheet_names_are_checked() {
    for name in [
        "",
        "a/b",
        "[a]",
        "'a",
        "_x0041_",
        "a\u{1}b",
        "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二",
    ] {
        let book =
            NewBook { sheets: vec![NewSheet { name: name.into(), ..NewSheet::default() }], ..NewBook::default() };
        assert_eq!(save(&book).unwrap_err()[0].code, Code::CannotHold, "{name}");
    }
    let named = |name: &str| NewSheet { name: name.into(), ..NewSheet::default() };
    let twice = NewBook { sheets: vec![named("a"), named("A")], ..NewBook::default() };
    assert_eq!(save(&twice).unwrap_err()[0].code, Code::CannotHold);
}

#[test]
fn merges_that_overlap_are_refused() {
    let mut wrong = book(vec![text("A1", "a")]);
    wrong.sheets[0].merges = ["A1:B2", "B2:C3"].iter().filter_map(|range| Range::parse(range)).collect();
    assert_eq!(refused(&wrong), [(Code::CannotHold, "B2".to_owned())]);
}

#[test]
fn checks_are_checked() {
    for check in [Check::HiddenList(0), Check::Date(f64::NAN, 1.0), Check::Decimal(None, Some(f64::INFINITY))] {
        let mut wrong = book(Vec::new());
        let range = Range::parse("B2:B9").unwrap();
        wrong.sheets[0].validations = vec![Validation { range, check, prompt: None, error: None }];
        assert_eq!(refused(&wrong), [(Code::CannotHold, "B2".to_owned())]);
    }
}

#[test]
fn the_same_book_gives_the_same_bytes() {
    let made = || {
        let mut made = book(vec![text("A1", "甲"), cell("B2", NewContent::Number(1.5))]);
        made.lists = vec![vec!["一,二".into()]];
        made.properties = vec![("sheetform-form".into(), "x".into())];
        save(&made).unwrap()
    };
    let first = made();
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    assert!(first == made());
}

#[test]
fn the_rest_of_a_book_comes_back() {
    let mut made = book(vec![
        text("A1", "题"),
        cell("B1", NewContent::Empty),
        NewCell {
            look: Look { format: Some("yyyy-mm".into()), ..Look::default() },
            ..cell("A2", NewContent::Number(45_000.0))
        },
        NewCell { look: Look { format: Some("@".into()), ..Look::default() }, ..text("B2", "0007") },
        cell("A3", NewContent::Formula { text: "SUM(A2)".into(), value: 45_000.0 }),
        cell("B3", NewContent::Bool(true)),
        text("C3", ""),
    ]);
    made.sheets[0].merges = vec![Range::parse("A1:B1").unwrap()];
    made.sheets[0].validations = [
        Check::Any,
        Check::List(vec!["是".into(), "否".into()]),
        Check::List(vec!["有,逗号".into()]),
        Check::List(vec!["长".repeat(200), "长".repeat(100)]),
        Check::HiddenList(0),
        Check::Date(36_526.0, 73_050.0),
        Check::Whole(Some(1.0), None),
        Check::Whole(None, None),
        Check::Decimal(None, Some(0.5)),
        Check::Decimal(Some(-1.5), Some(1e10)),
    ]
    .into_iter()
    .enumerate()
    .map(|(row, check)| Validation {
        range: Range::cell(CellRef::new(row as u32 + 9, 0)),
        check,
        prompt: Some(("标题".repeat(40), "说明\u{1}".repeat(400))),
        error: Some("错".repeat(400)),
    })
    .collect();
    made.lists = vec![vec!["<r>一</r>".into(), String::new()]];
    made.properties = vec![("sheetform-schema".into(), "urn:_x0041_ & \u{1}".into()), ("n".into(), String::new())];
    let back = Workbook::from_bytes(save(&made).unwrap()).unwrap();
    let info = back.info();
    let sheets: Vec<_> = info.sheets.iter().map(|sheet| (sheet.name.as_str(), sheet.visibility)).collect();
    assert_eq!(sheets, [("表", Visibility::Visible), ("lists", Visibility::VeryHidden)]);
    let properties: Vec<_> = info.properties.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(properties, [("n", ""), ("sheetform-schema", "urn:_x0041_ & \u{1}")]);
    assert_eq!(back.frame(0).unwrap().merges, made.sheets[0].merges);
    let mut rows = Vec::new();
    back.rows(0, &mut |row| {
        rows.push(row);
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(rows.iter().map(|row| row.cells.len()).collect::<Vec<_>>(), [1, 2, 2]);
    assert_eq!(rows[1].get(0).unwrap().kind(), FormatKind::Month);
    assert_eq!(rows[1].get(1).unwrap().kind(), FormatKind::Text);
    let total = rows[2].get(0).unwrap();
    let formula = total.formula.as_ref().unwrap();
    assert_eq!((&*formula.text, formula.cached), ("SUM(A2)", true));
    assert!(matches!(total.content, Content::Number { value: 45_000.0, .. }));
}
