//! `work-plan` 工作方案: who leads, what is done by when, and how.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sheetform::vocabulary::{Page, Sheet, Where};

use crate::rules::{Must, end_after_start, must};
use crate::values::{Date, Period, Serial, Year, present, shipped};

/// A unit's plan for one subject of the year: the leading group, the tasks with their units and dates, the
/// requirements.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "工作方案",
    extend("$id" = "urn:sheetform:work-plan"),
    extend("x-sheet" = Sheet::new()
        .version(1_u32)
        .title("{unit}{year}年{subject}工作方案")
        .page(Page::landscape())
        .sender("unit")
        .dated("issued_on")),
    transform = shipped
)]
pub struct WorkPlan {
    /// What the plan is about; it stands in the title.
    #[schemars(title = "主题", extend("x-sheet" = Sheet::new().place(Where::Title)))]
    pub subject: String,
    /// Unit whose plan it is.
    #[schemars(title = "单位")]
    pub unit: String,
    /// Year of the plan.
    #[schemars(with = "Year")]
    pub year: u16,
    /// Number of the document.
    #[schemars(title = "文号")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub number: Option<String>,
    /// Day it was issued.
    #[schemars(title = "制定日期")]
    pub issued_on: Date,
    /// From when to when it is carried out.
    #[schemars(title = "实施期限", extend("x-rules" = [end_after_start()]))]
    pub period: Period,
    /// The people who lead.
    #[schemars(
        title = "领导小组",
        length(min = 1),
        extend("x-sheet" = Sheet::new().blank_rows(6_u32)),
        extend("x-rules" = one_head())
    )]
    pub leading_group: Vec<Member>,
    /// The tasks.
    #[schemars(title = "主要任务", length(min = 1), extend("x-sheet" = Sheet::new().blank_rows(15_u32)))]
    pub tasks: Vec<Task>,
    /// The requirements; there may be none.
    #[schemars(title = "工作要求", extend("x-sheet" = Sheet::new().blank_rows(5_u32)))]
    pub requirements: Vec<Requirement>,
    /// Who wrote it.
    #[schemars(title = "编制人")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub prepared_by: Option<String>,
    /// Who approved it.
    #[schemars(title = "审核人")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub approved_by: Option<String>,
    /// Day it was approved.
    #[schemars(title = "日期")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub approved_on: Option<Date>,
}

/// One of the leading group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Part in the group.
    #[schemars(title = "组内职务")]
    pub role: Role,
    /// Name.
    #[schemars(title = "姓名")]
    pub name: String,
    /// Department and post.
    #[schemars(title = "部门及职务")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub post: Option<String>,
}

/// Part in the leading group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Role {
    /// Leads; there is exactly one.
    #[serde(rename = "组长")]
    Head,
    /// Stands in for the head.
    #[serde(rename = "副组长")]
    Deputy,
    /// Any other member.
    #[serde(rename = "成员")]
    Member,
}

/// One task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-rules" = task_rules()))]
pub struct Task {
    /// Category; tasks of one category stand together.
    #[schemars(title = "任务类别", extend("x-sheet" = Sheet::new().merge(true)))]
    pub category: String,
    /// 1, 2, 3 … over the whole table.
    #[schemars(with = "Serial")]
    pub serial: u32,
    /// What is to be done.
    #[schemars(title = "工作任务", extend("x-sheet" = Sheet::new().width(28.0)))]
    pub task: String,
    /// How.
    #[schemars(title = "具体措施", extend("x-sheet" = Sheet::new().width(32.0)))]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub measures: Option<String>,
    /// Unit that leads.
    #[schemars(title = "牵头单位")]
    pub lead_unit: String,
    /// Other units that answer for it.
    #[schemars(
        title = "责任单位",
        length(min = 1),
        extend("x-sheet" = Sheet::new().width(16.0).note("多个单位之间用顿号（、）隔开，不含牵头单位"))
    )]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub responsible_units: Option<Vec<String>>,
    /// Day by which it is done.
    #[schemars(title = "完成时限")]
    pub due: Date,
    /// Remarks.
    #[schemars(title = "备注")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub remarks: Option<String>,
}

/// One requirement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// 1, 2, 3 …
    #[schemars(with = "Serial")]
    pub serial: u32,
    /// Its heading.
    #[schemars(title = "要求")]
    pub heading: String,
    /// Its text.
    #[schemars(title = "内容", extend("x-sheet" = Sheet::new().width(40.0)))]
    pub text: String,
}

fn one_head() -> [Must; 2] {
    [
        must("self.size() == 0 || self.exists(m, m.role == '组长')", "领导小组须有一名组长").at("[].role"),
        must("self[it].role != '组长' || indexOf(self, 'role', '组长') == it", "组长只能有一名，前面已有组长")
            .each("range(self.size())")
            .at("[it].role"),
    ]
}

fn task_rules() -> [Must; 2] {
    [
        // A period that ends before it starts has its own finding; no task can keep to it.
        must(
            "root.period.end < root.period.start || (self.due >= root.period.start && self.due <= root.period.end)",
            "完成时限须在实施期限之内",
        )
        .at(".due")
        .saying("'完成时限须在实施期限之内（' + root.period.start + ' 至 ' + root.period.end + '）'"),
        must("!(self.lead_unit in self.responsible_units)", "牵头单位不应再列为责任单位")
            .saying("'牵头单位“' + self.lead_unit + '”不应再列为责任单位'"),
    ]
}
