//! `incident-response-plan` 应急预案: posts, levels and steps for when something goes wrong.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sheetform::vocabulary::{Page, Sheet, Where};

use crate::rules::{Must, must};
use crate::values::{Date, Serial, present, shipped};

/// A plan for one kind of incident: who is called, how grave it is, what is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "应急预案",
    extend("$id" = "urn:sheetform:incident-response-plan"),
    extend("x-sheet" = Sheet::new()
        .version(1_u32)
        .title("{subject}应急预案")
        .page(Page::landscape())
        .dated("approved_on")),
    transform = shipped
)]
pub struct IncidentResponsePlan {
    /// Kind of incident; it stands in the title.
    #[schemars(title = "主题", extend("x-sheet" = Sheet::new().place(Where::Title)))]
    pub subject: String,
    /// Where it applies.
    #[schemars(title = "适用范围")]
    pub scope: String,
    /// Principles, one a line.
    #[schemars(title = "工作原则", length(min = 1), extend("x-sheet" = Sheet::new().separator("\n").note("每行一条")))]
    pub principles: Vec<String>,
    /// Who commands.
    #[schemars(title = "总指挥")]
    pub commander: String,
    /// Telephone of the command.
    #[schemars(title = "联系电话")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub phone: Option<String>,
    /// The posts.
    #[schemars(title = "应急机构", length(min = 1), extend("x-sheet" = Sheet::new().blank_rows(6_u32)))]
    pub posts: Vec<Post>,
    /// The levels, in rising order.
    #[schemars(
        title = "分级标准",
        length(min = 1),
        extend("x-sheet" = Sheet::new().blank_rows(4_u32)),
        extend("x-rules" = level_rules())
    )]
    pub levels: Vec<Level>,
    /// The steps.
    #[schemars(title = "处置流程", length(min = 1), extend("x-sheet" = Sheet::new().blank_rows(10_u32)))]
    pub steps: Vec<Step>,
    /// Who approved it.
    #[schemars(title = "批准人")]
    pub approved_by: String,
    /// Day it was approved.
    #[schemars(title = "日期")]
    pub approved_on: Date,
}

/// One post.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// Name of the post; no two alike.
    #[schemars(title = "岗位", extend("x-sheet" = Sheet::new().key(true).across(false)))]
    pub role: String,
    /// Who holds it.
    #[schemars(title = "姓名")]
    pub name: String,
    /// What it is for.
    #[schemars(title = "职责", extend("x-sheet" = Sheet::new().width(36.0)))]
    pub duties: String,
    /// Telephone.
    #[schemars(title = "电话")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub phone: Option<String>,
}

/// One level of incidents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// How grave; no two alike.
    #[schemars(title = "等级", extend("x-sheet" = Sheet::new().key(true).across(false)))]
    pub level: Gravity,
    /// When an incident is of this level.
    #[schemars(title = "判定标准", extend("x-sheet" = Sheet::new().width(30.0)))]
    pub criterion: String,
    /// How many are affected.
    #[schemars(title = "影响数量")]
    pub affected: Affected,
    /// Hours within which it is reported.
    #[schemars(title = "上报时限（小时）", extend("exclusiveMinimum" = 0))]
    pub report_within_hours: f64,
    /// Department in charge.
    #[schemars(title = "负责部门")]
    pub department: String,
    /// What is done.
    #[schemars(title = "处置措施", extend("x-sheet" = Sheet::new().width(30.0)))]
    pub response: String,
}

/// How grave an incident is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Gravity {
    /// Minor.
    #[serde(rename = "一般")]
    Minor,
    /// Larger.
    #[serde(rename = "较大")]
    Larger,
    /// Major.
    #[serde(rename = "重大")]
    Major,
    /// Extreme.
    #[serde(rename = "特别重大")]
    Extreme,
}

/// A range of whole numbers, both ends included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-rules" = [must("self.max >= self.min", "上限不能小于下限")]))]
pub struct Affected {
    /// Least.
    #[schemars(title = "下限", range(min = 0))]
    pub min: u32,
    /// Most; open only in the last level.
    #[schemars(title = "上限", range(min = 0), extend("x-sheet" = Sheet::new().note("含本数；只有最后一级可以不填")))]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub max: Option<u32>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-rules" = step_rules()))]
pub struct Step {
    /// 1, 2, 3 …
    #[schemars(with = "Serial", title = "步骤")]
    pub step: u32,
    /// Name of the step.
    #[schemars(title = "名称")]
    pub name: String,
    /// What is done.
    #[schemars(title = "内容", extend("x-sheet" = Sheet::new().width(36.0)))]
    pub text: String,
    /// Post that does it.
    #[schemars(title = "责任岗位", extend("x-sheet" = Sheet::new().note("须是应急机构中的岗位")))]
    pub role: String,
    /// Hours within which it is done.
    #[schemars(title = "时限（小时）", extend("exclusiveMinimum" = 0))]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub within_hours: Option<f64>,
}

/// Each level against the one before it. A level that is there twice or out of order has one finding, not three.
fn level_rules() -> [Must; 4] {
    let rank = |at: &str| format!("indexOf(['一般', '较大', '重大', '特别重大'], self[{at}].level)");
    let (this, before) = (rank("it"), rank("it - 1"));
    [
        must(
            format!("indexOf(self, 'level', self[it].level) < it || {this} > {before}"),
            "等级须由轻到重排列：一般、较大、重大、特别重大",
        )
        .each("range(1, self.size())")
        .at("[it].level"),
        must("has(self[it].affected.max)", "只有最后一级可以不填上限")
            .each("range(0, self.size() - 1)")
            .at("[it].affected.max"),
        must(
            format!("{this} <= {before} || self[it].affected.min == self[it - 1].affected.max + 1"),
            "下限须紧接上一级的上限",
        )
        .each("range(1, self.size())")
        .at("[it].affected.min")
        .saying("'下限须紧接上一级的上限，应为 ' + string(self[it - 1].affected.max + 1)"),
        must(
            format!("{this} <= {before} || self[it].report_within_hours < self[it - 1].report_within_hours"),
            "等级越重，上报时限须越短",
        )
        .each("range(1, self.size())")
        .at("[it].report_within_hours")
        .saying("'等级越重，上报时限须越短：应少于上一级的 ' + string(self[it - 1].report_within_hours) + ' 小时'"),
    ]
}

fn step_rules() -> [Must; 1] {
    [must("self.role in root.posts.map(p, p.role)", "责任岗位不在应急机构的岗位之中")
        .saying("'责任岗位“' + self.role + '”不在应急机构的岗位之中'")]
}
