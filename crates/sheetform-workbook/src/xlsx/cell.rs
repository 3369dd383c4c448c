//! One `<c>`: its place and what it holds. A cell that makes no sense becomes an error cell with what stands there.

use std::io::BufRead;
use std::sync::Arc;

use sheetform::finding::Finding;
use sheetform::grid::{Cell, Content, FormatKind, Formula, MAX_COLUMNS, NumberFormat};

use super::sheet::Context;
use super::{number, text};
use crate::package::xml::Xml;

/// Where a cell says it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Nothing: it follows the cell before.
    Next,
    /// In this column of its row.
    Column(u32),
    /// Nowhere in its row.
    Odd(String),
}

/// A cell as its XML has it.
#[derive(Default)]
pub(crate) struct Raw {
    kind: String,
    style: Option<usize>,
    value: Option<String>,
    inline: Option<String>,
    formula: Option<String>,
}

/// Leaves a `<c>` of the row (from 0), giving its place and what stands in it.
pub(crate) fn read<R: BufRead>(xml: &mut Xml<R>, row: u32) -> Result<(Place, Raw), Finding> {
    let mut raw = Raw::default();
    let mut place = Place::Next;
    for attribute in xml.attributes() {
        let (key, value) = attribute?;
        match key {
            "r" => place = column(&value, row).map_or_else(|| Place::Odd(value.into_owned()), Place::Column),
            "s" => raw.style = value.trim().parse().ok(),
            "t" => raw.kind = value.into_owned(),
            _ => {}
        }
    }
    while xml.child()? {
        match xml.name() {
            "v" => xml.text(raw.value.get_or_insert_default())?,
            "f" => xml.text(raw.formula.get_or_insert_default())?,
            "is" => raw.inline = Some(text::item(xml)?),
            _ => xml.skip()?,
        }
    }
    Ok((place, raw))
}

/// The column of a name such as `C7`, where its row is this one.
fn column(name: &str, row: u32) -> Option<u32> {
    let mut column: u32 = 0;
    let mut bytes = name.bytes();
    let mut digits = None;
    for byte in bytes.by_ref() {
        if byte.is_ascii_alphabetic() && column < MAX_COLUMNS {
            column = column * 26 + u32::from(byte.to_ascii_uppercase() - b'A') + 1;
        } else {
            digits = Some(byte);
            break;
        }
    }
    let mut number: u32 = 0;
    for byte in digits.into_iter().chain(bytes) {
        if !byte.is_ascii_digit() || number > row + 1 {
            return None;
        }
        number = number * 10 + u32::from(byte - b'0');
    }
    (number == row + 1 && (1..=MAX_COLUMNS).contains(&column)).then(|| column - 1)
}

impl Raw {
    /// The cell; `None` where nothing but a look is there.
    pub(crate) fn cell(self, book: &Context<'_>) -> Option<Cell> {
        let content = self.content(book);
        let has_text_result = self.kind == "str" && self.value.is_some();
        let cached = content != Content::Empty || has_text_result;
        let mut format = self.style.and_then(|style| book.styles.get(style));
        if self.kind == "d" && !format.as_ref().is_some_and(|format| is_date(format.kind)) {
            format = Some(Arc::new(NumberFormat { code: "yyyy/m/d".into(), kind: FormatKind::Date }));
        }
        let formula = self.formula.map(|text| Arc::new(Formula { text: text.into(), cached }));
        (content != Content::Empty || formula.is_some()).then_some(Cell { content, format, formula })
    }

    fn content(&self, context: &Context<'_>) -> Content {
        if let Some(inline) = &self.inline {
            return Content::Text(inline.as_str().into());
        }
        let Some(value) = &self.value else { return Content::Empty };
        let trimmed = value.trim_matches([' ', '\t', '\r', '\n']);
        match self.kind.as_str() {
            // A formula whose result is "" holds a text; an empty text that no formula gives is nothing.
            "str" if !value.is_empty() || self.formula.is_some() => Content::Text(text::unescape(value.clone()).into()),
            "inlineStr" if !value.is_empty() => Content::Text(text::unescape(value.clone()).into()),
            _ if trimmed.is_empty() => Content::Empty,
            "" | "n" => match number::parse(trimmed) {
                Some(value) => Content::Number { value, raw: trimmed.into() },
                None => odd(value),
            },
            "s" => match index(trimmed).and_then(|index| context.strings.get(index)) {
                Some(text) => Content::Text(text),
                None => odd(&format!("shared text {trimmed}")),
            },
            "b" => match trimmed {
                "1" | "true" => Content::Bool(true),
                "0" | "false" => Content::Bool(false),
                _ => odd(value),
            },
            "d" => match number::iso_serial(trimmed, context.date1904) {
                Some(value) => Content::Number { value, raw: value.to_string().into() },
                None => odd(value),
            },
            _ => odd(value),
        }
    }
}

fn odd(text: &str) -> Content {
    Content::Error(text.into())
}

fn index(text: &str) -> Option<usize> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn is_date(kind: FormatKind) -> bool {
    !matches!(kind, FormatKind::Number | FormatKind::Text | FormatKind::Percent)
}

/// Two cells that stand in the same place: one where they are alike, else an error cell with both.
pub(crate) fn both(first: Cell, second: Cell) -> Cell {
    if first == second {
        return first;
    }
    let text = format!("{} / {}", shown(&first.content), shown(&second.content));
    Cell { content: Content::Error(text.into()), format: first.format, formula: first.formula.or(second.formula) }
}

/// A cell that says it stands elsewhere: an error cell with what it says.
pub(crate) fn misplaced(name: &str, cell: &Cell) -> Cell {
    let text = format!("{name}: {}", shown(&cell.content));
    Cell { content: Content::Error(text.into()), ..cell.clone() }
}

fn shown(content: &Content) -> String {
    match content {
        Content::Empty => String::new(),
        Content::Text(text) | Content::Error(text) | Content::Number { raw: text, .. } => text.to_string(),
        Content::Bool(true) => "TRUE".to_owned(),
        Content::Bool(false) => "FALSE".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_give_columns_of_their_own_row() {
        for (name, row, expected) in [
            ("A1", 0, Some(0)),
            ("xfd1048576", 1_048_575, Some(16_383)),
            ("AA10", 9, Some(26)),
            ("A2", 0, None),
            ("XFE1", 0, None),
            ("ZZZZZZZZZZZ1", 0, None),
            ("A99999999999", 0, None),
            ("A", 0, None),
            ("1", 0, None),
            ("", 0, None),
            ("A1B", 0, None),
            ("$A$1", 0, None),
            ("中1", 0, None),
        ] {
            assert_eq!(column(name, row), expected, "{name}");
        }
    }
}
