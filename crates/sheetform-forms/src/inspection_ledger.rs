//! `inspection-ledger` 自查台账: what was looked at, what was found, how it is mended.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sheetform::vocabulary::{Page, Sheet};

use crate::rules::{Must, must};
use crate::values::{Date, Serial, present, shipped, texts};

/// A unit's ledger of one self-inspection: each place, the result, and for a problem the measures and the day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "自查台账",
    extend("$id" = "urn:sheetform:inspection-ledger"),
    extend("x-sheet" = Sheet::new()
        .version(1_u32)
        .title("{unit}自查台账")
        .page(Page::landscape())
        .sender("unit")
        .dated("date")),
    transform = shipped
)]
pub struct InspectionLedger {
    /// Unit that was inspected.
    #[schemars(title = "单位")]
    pub unit: String,
    /// Round of inspection, in words.
    #[schemars(title = "检查周期")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub period: Option<String>,
    /// The places looked at.
    #[schemars(length(min = 1), extend("x-sheet" = Sheet::new().blank_rows(20_u32)))]
    pub entries: Vec<Entry>,
    /// Who inspected.
    #[schemars(title = "检查人")]
    pub inspector: String,
    /// Who reviewed.
    #[schemars(title = "审核")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub reviewer: Option<String>,
    /// Day of the inspection.
    #[schemars(title = "日期")]
    pub date: Date,
}

/// One place looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-rules" = entry_rules()))]
pub struct Entry {
    /// 1, 2, 3 …
    #[schemars(with = "Serial")]
    pub serial: u32,
    /// Place.
    #[schemars(title = "自查部位", extend("x-sheet" = Sheet::new().aliases(texts(["检查部位"])).width(18.0)))]
    pub site: String,
    /// Whether there is a problem.
    #[schemars(title = "自查情况", extend("x-sheet" = Sheet::new()
        .aliases(texts(["检查情况"]))
        .note("有问题的，须填写具体问题、整改措施和完成时限；无问题的不填")))]
    pub result: Outcome,
    /// What the problem is.
    #[schemars(title = "具体问题", extend("x-sheet" = Sheet::new().none(texts(["无", "/"])).width(28.0)))]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub problem: Option<String>,
    /// How it is mended.
    #[schemars(title = "整改措施", extend("x-sheet" = Sheet::new().none(texts(["无", "/"])).width(28.0)))]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub measures: Option<String>,
    /// Day by which it is mended.
    #[schemars(title = "完成时限", extend("x-sheet" = Sheet::new().none(texts(["无", "/"]))))]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub due: Option<Date>,
    /// Remarks.
    #[schemars(title = "备注")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub remarks: Option<String>,
}

/// What an inspection of a place found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Outcome {
    /// All is well.
    #[serde(rename = "无问题")]
    Clean,
    /// Something must be mended.
    #[serde(rename = "有问题")]
    Problem,
}

fn entry_rules() -> [Must; 7] {
    [
        must("self.result != '有问题' || has(self.problem)", "自查情况为“有问题”的，须填具体问题").at(".problem"),
        must("self.result != '有问题' || has(self.measures)", "自查情况为“有问题”的，须填整改措施").at(".measures"),
        must("self.result != '有问题' || has(self.due)", "自查情况为“有问题”的，须填完成时限").at(".due"),
        must("self.result != '无问题' || !has(self.problem)", "自查情况为“无问题”的，不填具体问题").at(".problem"),
        must("self.result != '无问题' || !has(self.measures)", "自查情况为“无问题”的，不填整改措施").at(".measures"),
        must("self.result != '无问题' || !has(self.due)", "自查情况为“无问题”的，不填完成时限").at(".due"),
        must("self.result == '无问题' || self.due >= root.date", "完成时限不能早于检查日期")
            .at(".due")
            .saying("'完成时限不能早于检查日期 ' + root.date"),
    ]
}
