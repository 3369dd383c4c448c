//! `training-plan` 培训计划: what is trained how often, and what was held.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sheetform::vocabulary::Sheet;

use crate::rules::{Must, must};
use crate::values::{Date, Serial, Year, present, shipped};

/// A unit's trainings of a year: the plan, and the record of those held.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "年度培训计划",
    extend("$id" = "urn:sheetform:training-plan"),
    extend("x-sheet" = Sheet::new()
        .version(1_u32)
        .title("{year}年度培训计划")
        .today("as_of")
        .sender("unit")
        .dated("as_of")),
    transform = shipped
)]
pub struct TrainingPlan {
    /// Unit that trains.
    #[schemars(title = "单位")]
    pub unit: String,
    /// Year of the plan.
    #[schemars(with = "Year")]
    pub year: u16,
    /// Who answers for it.
    #[schemars(title = "负责人")]
    pub owner: String,
    /// Day up to which the records are complete.
    #[schemars(title = "截止日期")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub as_of: Option<Date>,
    /// The planned trainings.
    #[schemars(title = "培训计划", length(min = 1), extend("x-sheet" = Sheet::new().blank_rows(10_u32)))]
    pub plan: Vec<Planned>,
    /// The trainings held; there may be none yet.
    #[schemars(title = "培训记录", extend("x-sheet" = Sheet::new().blank_rows(20_u32)))]
    pub records: Vec<Held>,
    /// Who reviewed.
    #[schemars(title = "审核")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub reviewer: Option<String>,
    /// Day of the review.
    #[schemars(title = "日期")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub reviewed_on: Option<Date>,
}

/// One planned training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-rules" = planned_rules()))]
pub struct Planned {
    /// 1, 2, 3 …
    #[schemars(with = "Serial")]
    pub serial: u32,
    /// Topic; no two alike.
    #[schemars(title = "培训主题", extend("x-sheet" = Sheet::new().key(true).across(false).width(26.0)))]
    pub topic: String,
    /// Who is trained.
    #[schemars(title = "培训对象", extend("x-sheet" = Sheet::new().width(18.0)))]
    pub audience: String,
    /// Hours each time.
    #[schemars(title = "学时", extend("exclusiveMinimum" = 0))]
    pub hours: f64,
    /// How often in the year.
    #[schemars(title = "每年次数", range(min = 1))]
    pub times_per_year: u32,
    /// Who trains.
    #[schemars(title = "讲师")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub trainer: Option<String>,
}

/// One training held.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-rules" = held_rules()))]
pub struct Held {
    /// 1, 2, 3 …
    #[schemars(with = "Serial")]
    pub serial: u32,
    /// Day; it lies in the year.
    #[schemars(title = "日期")]
    pub date: Date,
    /// One of the planned topics.
    #[schemars(title = "培训主题", extend("x-sheet" = Sheet::new().width(26.0).note("须与培训计划中的培训主题一致")))]
    pub topic: String,
    /// How many came.
    #[schemars(title = "参加人数", range(min = 1))]
    pub attendees: u32,
    /// Hours it took.
    #[schemars(title = "学时", extend("exclusiveMinimum" = 0))]
    pub hours: f64,
    /// Who recorded it.
    #[schemars(title = "记录人")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub recorder: Option<String>,
}

fn planned_rules() -> [Must; 1] {
    [must(
        "today <= periods(root.year, 1)[0].end || count(root.records, 'topic', self.topic) >= self.times_per_year",
        "年度已过，培训次数不足",
    )
    .at(".topic")
    .saying(
        "'“' + self.topic + '”' + string(root.year) + ' 年应培训 ' + string(self.times_per_year) \
         + ' 次，培训记录只有 ' + string(count(root.records, 'topic', self.topic)) + ' 次'",
    )]
}

fn held_rules() -> [Must; 2] {
    [
        must("self.topic in root.plan.map(p, p.topic)", "培训主题不在培训计划中")
            .saying("'培训计划中没有“' + self.topic + '”'"),
        must("year(self.date) == root.year", "日期须在年度之内").saying("'日期须在 ' + string(root.year) + ' 年之内'"),
    ]
}
