//! `assessment-sheet` 考核评价表: points by indicator, as the unit sees itself and as it is seen.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sheetform::vocabulary::{Page, Sheet};

use crate::rules::{Must, must};
use crate::values::{Date, Serial, Year, present, shipped, texts};

/// A year's assessment of a unit: indicators with their points, its own score and the assessor's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "年度考核评价表",
    extend("$id" = "urn:sheetform:assessment-sheet"),
    extend("x-sheet" = Sheet::new()
        .version(1_u32)
        .title("{year}年度考核评价表")
        .page(Page::landscape())
        .sender("unit")
        .dated("date")),
    transform = shipped
)]
pub struct AssessmentSheet {
    /// Unit that is assessed.
    #[schemars(title = "被考核单位")]
    pub unit: String,
    /// Year that is assessed.
    #[schemars(with = "Year")]
    pub year: u16,
    /// Day of the assessment.
    #[schemars(title = "考核日期")]
    pub date: Date,
    /// The indicators.
    #[schemars(
        length(min = 1),
        extend("x-sheet" = Sheet::new().totals(texts(["weight", "self_score", "score"])).blank_rows(20_u32)),
        extend("x-rules" = weight_rules())
    )]
    pub entries: Vec<Entry>,
    /// Who assessed.
    #[schemars(title = "考核人")]
    pub assessor: String,
    /// Head of the unit.
    #[schemars(title = "被考核单位负责人")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub head: Option<String>,
}

/// One indicator of the second level.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-rules" = entry_rules()))]
pub struct Entry {
    /// Indicator of the first level; equal ones stand together.
    #[schemars(title = "一级指标", extend("x-sheet" = Sheet::new().merge(true)))]
    pub indicator: String,
    /// 1, 2, 3 … over the whole table.
    #[schemars(with = "Serial")]
    pub serial: u32,
    /// Indicator of the second level.
    #[schemars(title = "二级指标", extend("x-sheet" = Sheet::new().width(20.0)))]
    pub sub_indicator: String,
    /// Points at most.
    #[schemars(title = "分值", range(min = 0))]
    pub weight: f64,
    /// How points are given.
    #[schemars(title = "评分标准", extend("x-sheet" = Sheet::new().width(36.0)))]
    pub standard: String,
    /// Points the unit gives itself.
    #[schemars(title = "自评分", range(min = 0))]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub self_score: Option<f64>,
    /// Points the assessor gives.
    #[schemars(title = "考评分", range(min = 0))]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub score: Option<f64>,
    /// Why points were taken off.
    #[schemars(title = "扣分原因", extend("x-sheet" = Sheet::new()
        .none(texts(["无", "/"]))
        .width(24.0)
        .note("考评分低于分值的，须填写扣分原因")))]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub deduction: Option<String>,
}

fn weight_rules() -> [Must; 1] {
    [must("self.size() == 0 || sum(self.map(e, e.weight)) == 100", "分值合计须为 100")
        .at("[].weight")
        .saying("'分值合计须为 100，现为 ' + string(sum(self.map(e, e.weight)))")]
}

fn entry_rules() -> [Must; 3] {
    [
        must("self.self_score <= self.weight", "自评分不能高于分值")
            .saying("'自评分不能高于分值 ' + string(self.weight)"),
        must("self.score <= self.weight", "考评分不能高于分值").saying("'考评分不能高于分值 ' + string(self.weight)"),
        must("self.score >= self.weight || has(self.deduction)", "考评分低于分值的，须填扣分原因").at(".deduction"),
    ]
}
