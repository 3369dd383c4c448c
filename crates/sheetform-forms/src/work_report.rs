//! `work-report` 工作情况汇报: what was done in a period, what is wrong, what comes next.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sheetform::vocabulary::Sheet;

use crate::rules::{Must, end_after_start, must};
use crate::values::{Date, Period, Serial, present, shipped};

/// A unit's report on its work in a period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "工作情况汇报",
    extend("$id" = "urn:sheetform:work-report"),
    extend("x-sheet" = Sheet::new()
        .version(1_u32)
        .title("{unit}工作情况汇报")
        .sender("unit")
        .dated("date")),
    transform = shipped
)]
pub struct WorkReport {
    /// Unit that reports.
    #[schemars(title = "单位")]
    pub unit: String,
    /// Period it reports on.
    #[schemars(title = "期间", extend("x-rules" = [end_after_start()]))]
    pub period: Period,
    /// Day of the report.
    #[schemars(title = "报送日期")]
    pub date: Date,
    /// The work done.
    #[schemars(title = "主要工作", length(min = 1), extend("x-sheet" = Sheet::new().blank_rows(10_u32)))]
    pub work: Vec<Work>,
    /// Problems; there may be none.
    #[schemars(title = "存在问题", extend("x-sheet" = Sheet::new().blank_rows(10_u32)))]
    pub problems: Vec<Problem>,
    /// What comes next; there may be nothing.
    #[schemars(title = "下一步打算", extend("x-sheet" = Sheet::new().blank_rows(10_u32)))]
    pub next_steps: Vec<NextStep>,
    /// Who reports.
    #[schemars(title = "报告人")]
    pub reporter: String,
    /// Who reviewed.
    #[schemars(title = "审核")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub reviewer: Option<String>,
}

/// One piece of work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Work {
    /// 1, 2, 3 …
    #[schemars(with = "Serial")]
    pub serial: u32,
    /// What it is.
    #[schemars(title = "工作内容", extend("x-sheet" = Sheet::new().width(28.0)))]
    pub work: String,
    /// How it goes.
    #[schemars(title = "进展情况", extend("x-sheet" = Sheet::new().width(36.0)))]
    pub progress: String,
    /// How much of it is done, from 0 to 1.
    #[schemars(
        title = "完成比例",
        range(min = 0, max = 1),
        extend("x-sheet" = Sheet::new().format("0%").note("填写百分比，如 85%"))
    )]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub done: Option<f64>,
}

/// One problem.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-rules" = due_after_period()))]
pub struct Problem {
    /// 1, 2, 3 …
    #[schemars(with = "Serial")]
    pub serial: u32,
    /// What it is.
    #[schemars(title = "问题", extend("x-sheet" = Sheet::new().width(28.0)))]
    pub problem: String,
    /// Why.
    #[schemars(title = "原因", extend("x-sheet" = Sheet::new().width(24.0)))]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub cause: Option<String>,
    /// How it is mended.
    #[schemars(title = "改进措施", extend("x-sheet" = Sheet::new().width(28.0)))]
    pub measures: String,
    /// Day by which it is mended; after the period.
    #[schemars(title = "完成时限")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub due: Option<Date>,
}

/// One thing that comes next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-rules" = due_after_period()))]
pub struct NextStep {
    /// 1, 2, 3 …
    #[schemars(with = "Serial")]
    pub serial: u32,
    /// What it is.
    #[schemars(title = "事项", extend("x-sheet" = Sheet::new().width(40.0)))]
    pub item: String,
    /// Day by which it is done; after the period.
    #[schemars(title = "完成时限")]
    pub due: Date,
}

fn due_after_period() -> [Must; 1] {
    [must("self.due > root.period.end", "完成时限须晚于报告期末").saying("'完成时限须晚于报告期末 ' + root.period.end")]
}
