//! One `<c>`: its place and what it holds. A cell that makes no sense becomes an error cell with what stands there.

use std::io::BufRead;
use std::sync::Arc;

use sheetform::finding::Finding;
use sheetform::grid::{Cell, Content, FormatKind, Formula, MAX_COLUMNS, NumberFormat};

use super::sheet::Context;
use super::stretch::{Found, Holds};
use super::text;
use crate::number;
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

/// What a cell says it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Kind {
    #[default]
    Number,
    Shared,
    Inline,
    /// The text a formula gives.
    Result,
    Bool,
    Error,
    IsoDate,
    Unknown,
}

impl Kind {
    /// The kind that the attribute `t` names.
    pub(crate) fn named(name: &str) -> Self {
        match name {
            "n" | "" => Self::Number,
            "s" => Self::Shared,
            "inlineStr" => Self::Inline,
            "str" => Self::Result,
            "b" => Self::Bool,
            "e" => Self::Error,
            "d" => Self::IsoDate,
            _ => Self::Unknown,
        }
    }
}

/// What stands in a `<c>`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parts<'a> {
    pub(crate) kind: Kind,
    pub(crate) style: Option<usize>,
    /// The text of `<v>`, where there is one.
    pub(crate) value: Option<&'a str>,
    /// The text of `<is>`, escapes resolved.
    pub(crate) inline: Option<&'a str>,
    pub(crate) formula: Option<&'a str>,
}

/// A cell as its XML has it; used again for each cell, so that its texts need no new memory.
#[derive(Default)]
pub(crate) struct Raw {
    kind: Kind,
    style: Option<usize>,
    has_value: bool,
    value: String,
    inline: Option<String>,
    formula: Option<String>,
}

/// Leaves a `<c>` of the row (from 0), giving its place; what stands in it goes to `raw`.
pub(crate) fn read<R: BufRead>(xml: &mut Xml<R>, row: u32, raw: &mut Raw) -> Result<Place, Finding> {
    raw.value.clear();
    *raw = Raw { value: std::mem::take(&mut raw.value), ..Raw::default() };
    let mut place = Place::Next;
    for attribute in xml.attributes() {
        let (key, value) = attribute?;
        match key {
            "r" => place = column(&value, row).map_or_else(|| Place::Odd(value.into_owned()), Place::Column),
            "s" => raw.style = value.trim().parse().ok(),
            "t" => raw.kind = Kind::named(&value),
            _ => {}
        }
    }
    while xml.child()? {
        match xml.name() {
            "v" => {
                raw.has_value = true;
                xml.text(&mut raw.value)?;
            }
            "f" => xml.text(raw.formula.get_or_insert_default())?,
            "is" => raw.inline = Some(text::item(xml)?),
            _ => xml.skip()?,
        }
    }
    Ok(place)
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
    pub(crate) fn cell(&self, book: &Context<'_>) -> Option<Cell> {
        Parts {
            kind: self.kind,
            style: self.style,
            value: self.has_value.then_some(&self.value),
            inline: self.inline.as_deref(),
            formula: self.formula.as_deref(),
        }
        .cell(book)
    }
}

impl Parts<'_> {
    /// The cell, what it refers to not looked up where it need not be; `None` where nothing but a look is there.
    pub(crate) fn found(&self, column: u32, book: &Context<'_>) -> Option<Found> {
        let style = self.style.and_then(|style| u32::try_from(style).ok()).unwrap_or(Found::NO_STYLE);
        let plain = self.formula.is_none() && self.inline.is_none();
        let shared = self.value.filter(|_| plain && self.kind == Kind::Shared);
        let holds = if let Some(number) = shared.and_then(index).and_then(|index| book.strings.number(index as u64)) {
            Holds::Shared(number)
        } else if self.formula.is_none() && self.kind != Kind::IsoDate {
            Holds::Content(Some(self.content(book)).filter(|content| *content != Content::Empty)?)
        } else {
            return Some(Found::whole(column, self.cell(book)?));
        };
        Some(Found { column, style, holds })
    }

    /// The cell; `None` where nothing but a look is there.
    pub(crate) fn cell(&self, book: &Context<'_>) -> Option<Cell> {
        let content = self.content(book);
        let formula = self.formula.map(|text| {
            let cached = content != Content::Empty || (self.kind == Kind::Result && self.value.is_some());
            Arc::new(Formula { text: text.into(), cached })
        });
        if content == Content::Empty && formula.is_none() {
            return None;
        }
        let mut format = self.style.and_then(|style| book.styles.get(style));
        if self.kind == Kind::IsoDate && !format.as_ref().is_some_and(|format| is_date(format.kind)) {
            format = Some(Arc::new(NumberFormat { code: "yyyy/m/d".into(), kind: FormatKind::Date }));
        }
        Some(Cell { content, format, formula })
    }

    fn content(&self, context: &Context<'_>) -> Content {
        if let Some(inline) = self.inline {
            return Content::Text(inline.into());
        }
        let value = self.value.unwrap_or_default();
        let trimmed = value.trim_matches([' ', '\t', '\r', '\n']);
        match self.kind {
            // A formula whose result is "" holds a text; an empty text that no formula gives is nothing.
            Kind::Result if !value.is_empty() || (self.value.is_some() && self.formula.is_some()) => escaped(value),
            Kind::Inline if !value.is_empty() => escaped(value),
            _ if trimmed.is_empty() => Content::Empty,
            Kind::Number => match number::parse(trimmed) {
                Some(value) => Content::Number { value, raw: trimmed.into() },
                None => odd(value),
            },
            Kind::Shared => match index(trimmed).and_then(|index| context.strings.get(index)) {
                Some(text) => Content::Text(text),
                None => odd(&format!("shared text {trimmed}")),
            },
            Kind::Bool => match trimmed {
                "1" | "true" => Content::Bool(true),
                "0" | "false" => Content::Bool(false),
                _ => odd(value),
            },
            Kind::IsoDate => match number::iso_serial(trimmed, context.date1904) {
                Some(value) => Content::Number { value, raw: value.to_string().into() },
                None => odd(value),
            },
            Kind::Error | Kind::Unknown | Kind::Result | Kind::Inline => odd(value),
        }
    }
}

fn escaped(text: &str) -> Content {
    Content::Text(text::unescape(text.to_owned()).into())
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
        Content::Text(text) | Content::Error(text) => text.to_string(),
        Content::Number { raw, .. } => raw.to_string(),
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
