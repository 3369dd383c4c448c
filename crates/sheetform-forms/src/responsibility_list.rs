//! `responsibility-list` 责任清单: what one person or unit answers for, how, and by when.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sheetform::vocabulary::Sheet;

use crate::values::{Date, Serial, present, shipped};

/// A unit's list of duties, each with its measures and the day by which it is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "责任清单",
    extend("$id" = "urn:sheetform:responsibility-list"),
    extend("x-sheet" = Sheet::new()
        .version(1_u32)
        .title("{unit}责任清单")
        .sender("unit")
        .dated("date")),
    transform = shipped
)]
pub struct ResponsibilityList {
    /// Unit whose list it is.
    #[schemars(title = "单位")]
    pub unit: String,
    /// Day of the list; its year holds for every `due` that names none.
    #[schemars(title = "日期")]
    pub date: Date,
    /// The duties.
    #[schemars(length(min = 1), extend("x-sheet" = Sheet::new().blank_rows(15_u32)))]
    pub entries: Vec<Entry>,
    /// Who answers for them.
    #[schemars(title = "责任人")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub owner: Option<String>,
}

/// One duty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// 1, 2, 3 …
    #[schemars(with = "Serial")]
    pub serial: u32,
    /// What the duty is.
    #[schemars(title = "责任内容", extend("x-sheet" = Sheet::new().width(32.0)))]
    pub duty: String,
    /// How it is met.
    #[schemars(title = "工作措施", extend("x-sheet" = Sheet::new().width(36.0)))]
    pub measures: String,
    /// Day by which it is done. A cell with a month only, or 12月底, reads as the last day of that month.
    #[schemars(title = "完成时限", extend("x-sheet" = Sheet::new()
        .accepts("month-end-text")
        .year_from("date")
        .note("填写日期；只填月份（如12月底）的，按当年该月最后一天计")))]
    pub due: Date,
    /// Remarks.
    #[schemars(title = "备注")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub remarks: Option<String>,
}
