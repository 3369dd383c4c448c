//! `responsibility-agreement` 目标管理责任书: the duties one party takes on towards another for a year.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sheetform::vocabulary::Sheet;

use crate::rules::{Must, end_after_start, must};
use crate::values::{Date, Period, Serial, Year, present, shipped, texts};

/// A year's agreement between two parties: duties with points, and what follows when they are not met.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "年度目标管理责任书",
    extend("$id" = "urn:sheetform:responsibility-agreement"),
    extend("x-sheet" = Sheet::new()
        .version(1_u32)
        .title("{year}年度目标管理责任书")
        .sender("party_b")
        .dated("signed_on")),
    transform = shipped
)]
pub struct ResponsibilityAgreement {
    /// Who sets the duties.
    #[schemars(title = "甲方")]
    pub party_a: String,
    /// Who takes them on.
    #[schemars(title = "乙方")]
    pub party_b: String,
    /// Year of the agreement.
    #[schemars(with = "Year")]
    pub year: u16,
    /// Term that is assessed; it lies in the year.
    #[schemars(title = "考核期", extend("x-rules" = term_rules()))]
    pub term: Period,
    /// The duties.
    #[schemars(
        title = "责任事项",
        length(min = 1),
        extend("x-sheet" = Sheet::new().totals(texts(["points"])).blank_rows(10_u32)),
        extend("x-rules" = points_rules())
    )]
    pub duties: Vec<Duty>,
    /// What follows when they are not met.
    #[schemars(title = "责任追究", length(min = 1), extend("x-sheet" = Sheet::new().blank_rows(5_u32)))]
    pub sanctions: Vec<Sanction>,
    /// Who signed for the first party.
    #[schemars(title = "甲方签字")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub signed_a: Option<String>,
    /// Who signed for the second party.
    #[schemars(title = "乙方签字")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub signed_b: Option<String>,
    /// Day it was signed.
    #[schemars(title = "日期")]
    pub signed_on: Date,
}

/// One duty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Duty {
    /// 1, 2, 3 …
    #[schemars(with = "Serial")]
    pub serial: u32,
    /// What the duty is.
    #[schemars(title = "责任事项", extend("x-sheet" = Sheet::new().width(24.0)))]
    pub duty: String,
    /// What is asked.
    #[schemars(title = "具体要求", extend("x-sheet" = Sheet::new().width(40.0)))]
    pub requirement: String,
    /// Points it counts for.
    #[schemars(title = "考核分值", range(min = 0), extend("x-sheet" = Sheet::new().note("要么全部填写，合计 100 分；要么全部不填")))]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub points: Option<f64>,
}

/// One case of a duty not met.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sanction {
    /// 1, 2, 3 …
    #[schemars(with = "Serial")]
    pub serial: u32,
    /// The case.
    #[schemars(title = "情形", extend("x-sheet" = Sheet::new().width(40.0)))]
    pub circumstance: String,
    /// What follows.
    #[schemars(title = "处理方式", extend("x-sheet" = Sheet::new().width(24.0)))]
    pub action: String,
}

fn term_rules() -> [Must; 3] {
    let in_year = |rule: &str| must(rule, "考核期须在年度之内").saying("'考核期须在 ' + string(root.year) + ' 年之内'");
    [
        end_after_start(),
        in_year("year(self.start) == root.year"),
        in_year("year(self.end) == root.year || self.end < self.start"),
    ]
}

fn points_rules() -> [Must; 2] {
    [
        must("!self.exists(d, has(d.points))", "其他责任事项已填考核分值，本项也须填")
            .each("self.filter(d, !has(d.points))")
            .at("it.points"),
        must(
            "self.size() == 0 || !self.all(d, has(d.points)) || sum(self.map(d, d.points)) == 100",
            "考核分值合计须为 100",
        )
        .at("[].points")
        .saying("'考核分值合计须为 100，现为 ' + string(sum(self.map(d, d.points)))"),
    ]
}
