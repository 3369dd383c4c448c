//! What every code means and how to mend it, in plain sentences for those who fill in sheets.

mod content;
mod example;
mod files;
mod folders;
mod layout;
mod pages;
mod render;
#[cfg(test)]
mod tests;
mod values;
mod wrap;

pub use example::{Example, Input};
pub use pages::page;
pub use render::render;

use crate::finding::{Code, Lang};

/// The explanation of a code.
#[derive(Debug)]
pub struct Entry {
    /// In English.
    pub en: Page,
    /// In Chinese.
    pub zh: Page,
}

impl Entry {
    /// The explanation in a language.
    pub fn page(&self, lang: Lang) -> &Page {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }
}

/// The explanation of a code in one language. Its texts are whole sentences.
#[derive(Debug)]
pub struct Page {
    /// The problem in a few words.
    pub title: &'static str,
    /// What it means.
    pub means: &'static str,
    /// Why it matters.
    pub matters: &'static str,
    /// How to mend it.
    pub mend: &'static str,
    example: &'static str,
}

impl Page {
    /// A small file with the finding.
    pub fn example(&self) -> Example {
        Example::parse(self.example)
    }
}

/// The explanation of a code.
pub fn entry(code: Code) -> &'static Entry {
    match code {
        Code::WrongType => &values::WRONG_TYPE,
        Code::MissingValue => &values::MISSING_VALUE,
        Code::NotInList => &values::NOT_IN_LIST,
        Code::OutOfRange => &values::OUT_OF_RANGE,
        Code::WrongFormat => &values::WRONG_FORMAT,
        Code::WrongLength => &values::WRONG_LENGTH,
        Code::DuplicateKey => &values::DUPLICATE_KEY,
        Code::UnknownProperty => &values::UNKNOWN_PROPERTY,
        Code::WrongShape => &values::WRONG_SHAPE,
        Code::Rule => &values::RULE,
        Code::RuleFailed => &values::RULE_FAILED,
        Code::TotalMismatch => &content::TOTAL_MISMATCH,
        Code::WrongSerial => &content::WRONG_SERIAL,
        Code::MissingColumn => &layout::MISSING_COLUMN,
        Code::UnknownColumn => &layout::UNKNOWN_COLUMN,
        Code::AmbiguousHeading => &layout::AMBIGUOUS_HEADING,
        Code::AmbiguousSheet => &layout::AMBIGUOUS_SHEET,
        Code::InferredForm => &layout::INFERRED_FORM,
        Code::MissingLabel => &layout::MISSING_LABEL,
        Code::UnreadCell => &layout::UNREAD_CELL,
        Code::TitleMismatch => &layout::TITLE_MISMATCH,
        Code::DamagedNumber => &content::DAMAGED_NUMBER,
        Code::UncachedFormula => &content::UNCACHED_FORMULA,
        Code::ErrorCell => &content::ERROR_CELL,
        Code::Converted => &content::CONVERTED,
        Code::SkippedRow => &layout::SKIPPED_ROW,
        Code::SkippedSheet => &layout::SKIPPED_SHEET,
        Code::HiddenCells => &layout::HIDDEN_CELLS,
        Code::EdgeBlank => &content::EDGE_BLANK,
        Code::PromptLeft => &content::PROMPT_LEFT,
        Code::NotChecked => &content::NOT_CHECKED,
        Code::WrongForm => &files::WRONG_FORM,
        Code::OldVersion => &files::OLD_VERSION,
        Code::NewerVersion => &files::NEWER_VERSION,
        Code::MissingSubmission => &folders::MISSING_SUBMISSION,
        Code::DuplicateSubmission => &folders::DUPLICATE_SUBMISSION,
        Code::NotOnRoster => &folders::NOT_ON_ROSTER,
        Code::LateSubmission => &folders::LATE_SUBMISSION,
        Code::NoSender => &folders::NO_SENDER,
        Code::NotMerged => &folders::NOT_MERGED,
        Code::NotAWorkbook => &files::NOT_A_WORKBOOK,
        Code::Encrypted => &files::ENCRYPTED,
        Code::Unreadable => &files::UNREADABLE,
        Code::OverLimit => &files::OVER_LIMIT,
        Code::CannotHold => &files::CANNOT_HOLD,
        Code::BadForm => &files::BAD_FORM,
    }
}

/// The code that a mistyped name most likely means: `did you mean wrong-type?`
pub fn nearest(name: &str) -> Option<Code> {
    // No code is nearly as long, and comparing takes time by the product of the lengths.
    if name.len() > 40 {
        return None;
    }
    let name = kebab(name);
    let distance = |code: &Code| strsim::damerau_levenshtein(&name, code.name());
    let near = Code::ALL.iter().copied().min_by_key(distance).filter(|code| distance(code) * 3 <= code.name().len());
    let part = || Code::ALL.iter().copied().find(|code| name.len() >= 4 && code.name().contains(&name));
    near.or_else(part)
}

/// `WrongType`, `wrong_type` and `wrong type` as `wrong-type`.
fn kebab(name: &str) -> String {
    let mut out = String::new();
    let mut after_lower = false;
    for character in name.trim().chars() {
        if after_lower && character.is_uppercase() {
            out.push('-');
        }
        after_lower = character.is_lowercase();
        match character {
            ' ' | '_' => out.push('-'),
            character => out.extend(character.to_lowercase()),
        }
    }
    out
}
