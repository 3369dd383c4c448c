//! `commitment-letter` 承诺书: what one person promises for a unit.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sheetform::vocabulary::{Sheet, Where};

use crate::values::{Date, Serial, present, shipped};

/// A letter of commitments on one subject, signed by one person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "承诺书",
    extend("$id" = "urn:sheetform:commitment-letter"),
    extend("x-sheet" = Sheet::new()
        .version(1_u32)
        .title("{subject}承诺书")
        .sender("unit")
        .dated("signed_on")),
    transform = shipped
)]
pub struct CommitmentLetter {
    /// What it is about; it stands in the title.
    #[schemars(title = "主题", extend("x-sheet" = Sheet::new().place(Where::Title)))]
    pub subject: String,
    /// Unit for which it is given.
    #[schemars(title = "单位")]
    pub unit: String,
    /// The commitments.
    #[schemars(length(min = 1), extend("x-sheet" = Sheet::new().blank_rows(10_u32)))]
    pub entries: Vec<Entry>,
    /// Who signed.
    #[schemars(title = "承诺人")]
    pub signed_by: String,
    /// Post of who signed.
    #[schemars(title = "职务")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub post: Option<String>,
    /// Day it was signed.
    #[schemars(title = "日期")]
    pub signed_on: Date,
}

/// One commitment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// 1, 2, 3 …
    #[schemars(with = "Serial")]
    pub serial: u32,
    /// What is promised.
    #[schemars(title = "承诺内容", extend("x-sheet" = Sheet::new().width(64.0)))]
    pub commitment: String,
}
