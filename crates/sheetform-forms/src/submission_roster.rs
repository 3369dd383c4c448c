//! `submission-roster` 报送名单: who should send which form, and by when.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sheetform::vocabulary::Sheet;

use crate::values::{Date, Serial, present, shipped, texts};

/// What an organiser waits for: each unit with the form that it should send, and the day by which it is due. It is
/// what `sheetform batch --roster` takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "报送名单",
    extend("$id" = "urn:sheetform:submission-roster"),
    extend("x-sheet" = Sheet::new().version(1_u32).sender("organiser").dated("issued_on")),
    transform = shipped
)]
pub struct SubmissionRoster {
    /// Unit that collects the forms.
    #[schemars(title = "组织单位")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub organiser: Option<String>,
    /// Day of the list.
    #[schemars(title = "制表日期")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub issued_on: Option<Date>,
    /// What is waited for; no unit twice with the same form.
    #[schemars(length(min = 1), extend("x-sheet" = Sheet::new().key(texts(["unit", "form"])).blank_rows(20_u32)))]
    pub entries: Vec<Entry>,
}

/// One document that is waited for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// 1, 2, 3 … A list that another program keeps often has none.
    #[schemars(with = "Serial")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub serial: Option<u32>,
    /// Who should send it, as its documents name it.
    #[schemars(title = "单位", extend("x-sheet" = Sheet::new()
        .aliases(texts(["报送单位"]))
        .width(24.0)
        .note("写法与所报表格中的单位一致")))]
    pub unit: String,
    /// The form: its title or its id.
    #[schemars(title = "表", extend("x-sheet" = Sheet::new()
        .aliases(texts(["表单", "报表", "报送表格"]))
        .width(24.0)
        .note("填写表单的名称（如 问题整改台账）或编号（如 rectification-ledger）")))]
    pub form: String,
    /// Day by which it is due.
    #[schemars(title = "截止日期", extend("x-sheet" = Sheet::new().width(14.0)))]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub due: Option<Date>,
    /// Remarks.
    #[schemars(title = "备注")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub remarks: Option<String>,
}
