//! `rectification-ledger` 问题整改台账: every known problem, who mends it, by when, how far.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sheetform::vocabulary::{Page, Sheet};

use crate::rules::{Must, must};
use crate::values::{Date, Serial, present, shipped, texts};

/// A unit's ledger of problems found and mended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "问题整改台账",
    extend("$id" = "urn:sheetform:rectification-ledger"),
    extend("x-sheet" = Sheet::new()
        .version(1_u32)
        .page(Page::landscape())
        .sender("unit")
        .dated("updated_on")),
    transform = shipped
)]
pub struct RectificationLedger {
    /// Unit that keeps the ledger.
    #[schemars(title = "单位")]
    pub unit: String,
    /// Day the ledger was brought up to date.
    #[schemars(title = "更新日期")]
    pub updated_on: Date,
    /// The problems.
    #[schemars(length(min = 1), extend("x-sheet" = Sheet::new().blank_rows(20_u32)))]
    pub entries: Vec<Entry>,
    /// Who reports.
    #[schemars(title = "填报人")]
    pub reporter: String,
    /// Who is in charge.
    #[schemars(title = "负责人")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub head: Option<String>,
}

/// One problem.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// 1, 2, 3 …
    #[schemars(with = "Serial")]
    pub serial: u32,
    /// What the problem is; no two alike.
    #[schemars(title = "问题描述", extend("x-sheet" = Sheet::new().key(true).width(30.0)))]
    pub problem: String,
    /// How it became known.
    #[schemars(title = "问题来源")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub source: Option<String>,
    /// Who answers for it.
    #[schemars(title = "责任")]
    pub responsibility: Responsibility,
    /// How it is mended.
    #[schemars(title = "整改")]
    pub rectification: Rectification,
    /// What followed for those who answer for it.
    #[schemars(title = "处理方式")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub action: Option<Action>,
    /// Remarks.
    #[schemars(title = "备注")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub remarks: Option<String>,
}

/// Who answers for a problem.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Responsibility {
    /// Unit.
    #[schemars(title = "责任单位", extend("x-sheet" = Sheet::new().aliases(texts(["牵头单位"]))))]
    pub unit: String,
    /// Person.
    #[schemars(title = "责任人")]
    pub owner: String,
}

/// How a problem is mended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-rules" = rectification_rules()))]
pub struct Rectification {
    /// What is done.
    #[schemars(title = "整改措施", extend("x-sheet" = Sheet::new().width(30.0)))]
    pub measures: String,
    /// Day by which it is mended.
    #[schemars(title = "整改时限", extend("x-sheet" = Sheet::new().aliases(texts(["整改期限"]))))]
    pub due: Date,
    /// Day it was mended.
    #[schemars(title = "完成日期", extend("x-sheet" = Sheet::new().none(texts(["无", "/"])).note("状态为已完成的填写，其余不填")))]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub done_on: Option<Date>,
    /// How far it is.
    #[schemars(title = "状态")]
    pub status: Status,
}

/// How far the mending is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Status {
    /// Nothing done yet.
    #[serde(rename = "未开始")]
    Open,
    /// At work.
    #[serde(rename = "整改中")]
    InProgress,
    /// Mended.
    #[serde(rename = "已完成")]
    Done,
    /// Not mended in time.
    #[serde(rename = "逾期")]
    Overdue,
}

/// What followed for those who answer for a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Action {
    /// Reminded.
    #[serde(rename = "提醒")]
    Reminder,
    /// Called to a talk.
    #[serde(rename = "约谈")]
    Talk,
    /// Made known.
    #[serde(rename = "通报")]
    Notice,
}

fn rectification_rules() -> [Must; 2] {
    [
        must("(self.status == '已完成') == has(self.done_on)", "已完成的须填完成日期，未完成的不填").at(".done_on").saying(
            "self.status == '已完成' ? '状态为“已完成”的，须填完成日期' : '状态为“' + self.status + '”的，不填完成日期'",
        ),
        must("self.status != '逾期' || self.due < root.updated_on", "整改时限早于更新日期的才算逾期").saying(
            "'整改时限 ' + self.due + ' 到更新日期 ' + root.updated_on + ' 尚未超过，状态不应为“逾期”'",
        ),
    ]
}
