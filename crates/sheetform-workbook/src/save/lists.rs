//! Drop-downs and checks; lists too long for a rule stand on a sheet that only programs can show.

use std::borrow::Cow;

use rust_xlsxwriter::{DataValidation, DataValidationRule, Formula, Workbook, XlsxError};
use sheetform::grid::column_name;
use sheetform::new_book::{Check, NewBook, Validation};

use super::look;

/// Characters of a list inside a rule, and of help, as UTF-16 counts them.
const TEXT: usize = 255;
/// Characters of the title of help.
const TITLE: usize = 32;

/// The lists of a book and the sheet they stand on.
pub(super) struct Lists<'a> {
    sheet: String,
    lists: Vec<Cow<'a, [String]>>,
}

impl<'a> Lists<'a> {
    pub(super) fn new(book: &'a NewBook) -> Self {
        let taken = |name: &str| book.sheets.iter().any(|sheet| sheet.name.eq_ignore_ascii_case(name));
        let mut sheet = "lists".to_owned();
        while taken(&sheet) {
            sheet.push('_');
        }
        Self { sheet, lists: book.lists.iter().map(|list| Cow::Borrowed(list.as_slice())).collect() }
    }

    /// The rule of a validation.
    pub(super) fn validation(&mut self, validation: &Validation) -> Result<DataValidation, XlsxError> {
        let rule = DataValidation::new();
        let mut rule = match &validation.check {
            Check::Any => rule.allow_any_value(),
            Check::List(items) if fits_rule(items) => rule.allow_list_strings(items)?,
            Check::List(items) => {
                self.lists.push(Cow::Owned(items.clone()));
                rule.allow_list_formula(self.reference(self.lists.len() - 1))
            }
            Check::HiddenList(index) => rule.allow_list_formula(self.reference(*index)),
            Check::Date(first, last) => {
                rule.allow_date_formula(DataValidationRule::Between(number(*first), number(*last)))
            }
            Check::Whole(least, most) => rule.allow_whole_number_formula(bounds(*least, *most)),
            Check::Decimal(least, most) => rule.allow_decimal_number_formula(bounds(*least, *most)),
        };
        if let Some((title, text)) = &validation.prompt {
            rule = rule.set_input_title(cut(title, TITLE))?.set_input_message(cut(text, TEXT))?;
        }
        if let Some(text) = &validation.error {
            rule = rule.set_error_message(cut(text, TEXT))?;
        }
        Ok(rule)
    }

    fn reference(&self, index: usize) -> Formula {
        let column = column_name(index as u32);
        let last = self.lists.get(index).map_or(1, |list| list.len().max(1));
        Formula::new(format!("'{}'!${column}$1:${column}${last}", self.sheet))
    }

    /// Adds the sheet of lists, where there are any.
    pub(super) fn write(&self, workbook: &mut Workbook) -> Result<(), XlsxError> {
        if self.lists.is_empty() {
            return Ok(());
        }
        let text = look::text(look::base());
        let worksheet = workbook.add_worksheet();
        worksheet.set_name(&self.sheet)?.set_very_hidden(true);
        for (col, list) in self.lists.iter().enumerate() {
            for (row, item) in list.iter().enumerate() {
                super::write_text(worksheet, row as u32, col as u16, item, &text)?;
            }
        }
        Ok(())
    }
}

/// Whether a list can stand in the rule itself: Excel splits it at commas and trims the items.
fn fits_rule(items: &[String]) -> bool {
    let length: usize = items.iter().map(|item| item.encode_utf16().count() + 1).sum();
    let plain = |item: &String| !item.is_empty() && item.trim() == item && !item.contains([',', '"', '\n', '\r']);
    !items.is_empty() && length <= TEXT && items.iter().all(plain)
}

fn number(value: f64) -> Formula {
    Formula::new(value.to_string())
}

/// A rule for bounds of which either may be missing; without both, any number Excel can hold.
fn bounds(least: Option<f64>, most: Option<f64>) -> DataValidationRule<Formula> {
    match (least, most) {
        (Some(least), Some(most)) => DataValidationRule::Between(number(least), number(most)),
        (Some(least), None) => DataValidationRule::GreaterThanOrEqualTo(number(least)),
        (None, Some(most)) => DataValidationRule::LessThanOrEqualTo(number(most)),
        (None, None) => DataValidationRule::GreaterThanOrEqualTo(Formula::new("-9.99E+307")),
    }
}

/// A text as help shows it: no control characters but line breaks, and not longer than Excel takes.
fn cut(text: &str, limit: usize) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect();
    if plain.encode_utf16().count() <= limit {
        return plain;
    }
    let mut length = 1;
    let kept = plain.chars().take_while(|c| {
        length += c.len_utf16();
        length <= limit
    });
    kept.chain(['…']).collect()
}
