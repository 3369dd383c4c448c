//! One cell: what it holds, as an xlsx would have it. A cell that makes no sense becomes an error cell with what stands
//! there.

use std::io::BufRead;
use std::sync::Arc;

use sheetform::finding::Finding;
use sheetform::grid::{Cell, Content, FormatKind, Formula, NumberFormat};

use super::sheet::{Context, times};
use super::spaces::Space;
use super::{text, time};
use crate::number;
use crate::package::xml::Xml;

/// What a cell says it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
enum Kind {
    /// Nothing is said: what is shown tells.
    #[default]
    Unsaid,
    Number,
    Percent,
    Date,
    Time,
    Bool,
    Text,
    Error,
    Unknown,
}

/// A cell as its XML has it; used again for each cell, so that its texts need no new memory.
#[derive(Default)]
pub(crate) struct Raw {
    kind: Kind,
    /// The value in an attribute.
    value: String,
    has_value: bool,
    /// What is shown: the paragraphs.
    shown: String,
    has_shown: bool,
    formula: Option<String>,
    format: Option<Arc<NumberFormat>>,
    has_style: bool,
}

impl Raw {
    /// Leaves a cell, giving how often it stands side by side.
    pub(crate) fn read<R: BufRead>(&mut self, xml: &mut Xml<R>, context: &Context<'_>) -> Result<u64, Finding> {
        let (mut value, mut shown) = (std::mem::take(&mut self.value), std::mem::take(&mut self.shown));
        value.clear();
        shown.clear();
        *self = Self { value, shown, ..Self::default() };
        let (mut repeat, mut is_error) = (1, false);
        for attribute in xml.attributes() {
            let (key, value) = attribute?;
            match context.spaces.split(key) {
                (Space::Office, "value-type") => self.kind = kind(&value),
                (Space::Office, "value" | "date-value" | "time-value" | "boolean-value" | "string-value") => {
                    self.has_value = true;
                    self.value.clear();
                    self.value.push_str(&value);
                }
                (Space::Calc, "value-type") => is_error = value == "error",
                (Space::Table, "number-columns-repeated") => repeat = times(&value),
                (Space::Table, "style-name") => {
                    self.has_style = true;
                    self.format = context.formats.get(&value);
                }
                (Space::Table, "formula") => self.formula = Some(value.into_owned()),
                _ => {}
            }
        }
        if is_error {
            self.kind = Kind::Error;
        }
        while xml.child()? {
            if !matches!(context.spaces.name(xml), (Space::Text, "p" | "h")) {
                // Notes, drawings and what else is attached to a cell.
                xml.skip()?;
                continue;
            }
            if self.has_shown {
                self.shown.push('\n');
            }
            self.has_shown = true;
            text::paragraph(xml, context.spaces, context.limits.text_bytes, &mut self.shown)?;
        }
        Ok(repeat)
    }

    /// The cell; `None` where nothing but a look is there. `own` gives the format of one that names no style.
    pub(crate) fn cell(&mut self, book: &Context<'_>, own: impl FnOnce() -> Option<Arc<NumberFormat>>) -> Option<Cell> {
        if self.kind == Kind::Unsaid && !self.has_shown && self.formula.is_none() {
            return None;
        }
        let formula = self.formula.take().map(|text| formula_text(&text).to_owned());
        let mut format = if self.has_style { self.format.take() } else { own() };
        let content = self.content(book, formula.as_deref(), format.as_ref());
        if content == Content::Empty && formula.is_none() {
            return None;
        }
        if let (Content::Number { value, .. }, Some(code)) = (&content, self.code(format.as_ref())) {
            let code = if code == DATE && value.fract() != 0.0 { DATE_TIME } else { code };
            format = Some(Arc::new(NumberFormat { code: code.into(), kind: crate::formats::kind(code) }));
        }
        let cached = content != Content::Empty || self.has_shown || self.kind != Kind::Unsaid;
        let formula = formula.map(|text| Arc::new(Formula { text: text.into(), cached }));
        Some(Cell { content, format, formula })
    }

    fn content(&self, context: &Context<'_>, formula: Option<&str>, format: Option<&Arc<NumberFormat>>) -> Content {
        let shown = self.shown.as_str();
        let value = self.value.trim_matches([' ', '\t', '\r', '\n']);
        if self.kind == Kind::Error || (formula.is_some() && is_error(shown)) {
            return odd(if shown.is_empty() { "?" } else { shown });
        }
        let text = if self.has_value { self.value.as_str() } else { shown };
        match self.kind {
            Kind::Text | Kind::Unsaid if text.is_empty() && !(formula.is_some() && self.has_shown) => Content::Empty,
            Kind::Text | Kind::Unsaid => Content::Text(text.into()),
            Kind::Number if value == "1" && formula == Some("TRUE()") => Content::Bool(true),
            Kind::Number if value == "0" && formula == Some("FALSE()") => Content::Bool(false),
            Kind::Number | Kind::Percent => match number::parse(value) {
                Some(number) => {
                    // LibreOffice writes a date as a number where only one section of its format is a date.
                    let dated = format.is_some_and(|format| is_date(format.kind));
                    match context.epoch.shown(number).filter(|_| dated) {
                        Some(serial) => serial_number(serial),
                        None => Content::Number { value: number, raw: value.into() },
                    }
                }
                None => odd(text),
            },
            Kind::Date => match context.epoch.date(value) {
                Some(Ok(serial)) => serial_number(serial),
                Some(Err(before)) => Content::Text(before.to_string().into()),
                None => odd(text),
            },
            Kind::Time => time::duration(value).map_or_else(|| odd(text), serial_number),
            Kind::Bool => match value {
                "true" => Content::Bool(true),
                "false" => Content::Bool(false),
                _ => odd(text),
            },
            Kind::Error | Kind::Unknown => odd(text),
        }
    }

    /// The format code of a cell whose own format does not show what it holds.
    fn code(&self, format: Option<&Arc<NumberFormat>>) -> Option<&'static str> {
        let kind = format.map_or(FormatKind::Number, |format| format.kind);
        match self.kind {
            Kind::Date if !is_date(kind) => Some(DATE),
            Kind::Time if !is_date(kind) && !matches!(kind, FormatKind::Time | FormatKind::Duration) => Some(TIME),
            Kind::Percent if kind != FormatKind::Percent => Some("0%"),
            _ => None,
        }
    }
}

const DATE: &str = "yyyy/m/d";
const DATE_TIME: &str = "yyyy/m/d h:mm:ss";
const TIME: &str = "[h]:mm:ss";

fn kind(name: &str) -> Kind {
    match name {
        "float" | "currency" => Kind::Number,
        "percentage" => Kind::Percent,
        "date" => Kind::Date,
        "time" => Kind::Time,
        "boolean" => Kind::Bool,
        "string" => Kind::Text,
        "" | "void" => Kind::Unsaid,
        _ => Kind::Unknown,
    }
}

/// A formula without the name of its language and without `=`.
fn formula_text(text: &str) -> &str {
    let stem = text.split_once('=').filter(|(before, _)| {
        before.is_empty()
            || before.strip_suffix(':').is_some_and(|name| name.bytes().all(|b| b.is_ascii_alphanumeric()))
    });
    stem.map_or(text, |(_, formula)| formula)
}

/// Whether a formula's result is shown as an error; LibreOffice before version 4 says it no other way.
fn is_error(shown: &str) -> bool {
    const ERRORS: [&str; 7] = ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"];
    let number = shown.strip_prefix("Err:");
    ERRORS.contains(&shown) || number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

fn is_date(kind: FormatKind) -> bool {
    matches!(kind, FormatKind::Date | FormatKind::Month | FormatKind::DateTime)
}

fn serial_number(value: f64) -> Content {
    Content::Number { value, raw: value.to_string().into() }
}

fn odd(text: &str) -> Content {
    Content::Error(text.into())
}
