//! Every character that Unicode has or may have comes back, from a cell of a new workbook and from a document; and so do
//! the carriage return and what looks like an escape, in every neighbourhood.

// A helper of a test may stop it, as the test itself may.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::ops::ControlFlow;

use serde_json::{Value, json};
use sheetform::form::Form;
use sheetform::grid::{CellRef, Source};
use sheetform::new_book::{Look, NewBook, NewCell, NewContent, NewSheet};
use sheetform::read::{Options, read};
use sheetform::round_trip::{difference, lay_out};
use sheetform_workbook::{Workbook, save};

/// All scalar values, 1,000 in a text, so that each stands within, some at either end.
fn every_character() -> Vec<String> {
    let all: Vec<char> = ('\0'..=char::MAX).collect();
    assert_eq!(all.len(), 1_112_064);
    all.chunks(1_000).map(|chunk| chunk.iter().collect()).collect()
}

/// All texts of up to so many of these pieces.
fn neighbourhoods(most: usize) -> Vec<String> {
    const PIECES: [&str; 8] = ["\r", "\n", "_", "x", "_x", "000D", "_x005F_", " "];
    let mut texts = vec![String::new()];
    let mut last = texts.clone();
    for _ in 0..most {
        last = last.iter().flat_map(|text| PIECES.map(|piece| format!("{text}{piece}"))).collect();
        texts.extend_from_slice(&last);
    }
    texts.retain(|text| !text.is_empty());
    texts
}

#[test]
fn cells_keep_every_character() {
    let texts: Vec<String> = [every_character(), neighbourhoods(5)].concat();
    let cell = |(text, row): (&String, u32)| NewCell {
        at: CellRef::new(row, 0),
        content: NewContent::Text(text.clone()),
        look: Look::default(),
    };
    let cells = texts.iter().zip(0..).map(cell).collect();
    let sheet = NewSheet { name: "表".to_owned(), cells, ..NewSheet::default() };
    let bytes = save(&NewBook { sheets: vec![sheet], ..NewBook::default() }).unwrap();
    let book = Workbook::from_bytes(bytes).unwrap_or_else(|finding| panic!("{finding:?}"));
    let mut read = Vec::new();
    book.rows(0, &mut |row| {
        read.extend(row.cells.iter().map(|(_, cell)| cell.as_text().unwrap_or_default().to_owned()));
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(read.len(), texts.len());
    for (read, text) in read.iter().zip(&texts) {
        assert!(read == text, "{:.60?}: {}", text, first_difference(text, read));
    }
}

#[test]
fn documents_keep_every_character() {
    let schema = json!({ "title": "文字", "type": "object", "properties": { "rows": { "type": "array", "items": {
        "type": "object", "required": ["n", "text"], "properties": {
            "n": { "type": "integer", "title": "序号" }, "text": { "type": "string", "title": "文本" } } } } } });
    let (form, findings) = Form::compile(schema);
    let form = form.unwrap_or_else(|| panic!("{findings:?}"));
    let texts: Vec<String> = [every_character(), neighbourhoods(3)].concat();
    let rows: Vec<Value> = texts.iter().zip(1..).map(|(text, n)| json!({ "n": n, "text": text })).collect();
    let document = json!({ "rows": rows });
    let book = lay_out(&form, &document).unwrap_or_else(|findings| panic!("{findings:?}"));
    let book = Workbook::from_bytes(save(&book).unwrap()).unwrap_or_else(|finding| panic!("{finding:?}"));
    let back = read(&form, &book, &Options::default()).document.unwrap();
    assert_eq!(difference(&document, &back), None);
}

fn first_difference(a: &str, b: &str) -> String {
    match a.chars().zip(b.chars()).find(|(a, b)| a != b) {
        Some((a, b)) => format!("{a:?} became {b:?}"),
        None => format!("{} characters became {}", a.chars().count(), b.chars().count()),
    }
}
