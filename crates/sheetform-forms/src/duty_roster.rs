//! `duty-roster` 值班表: who is on duty on each day of a month.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sheetform::vocabulary::{Page, Sheet};

use crate::rules::{Must, must};
use crate::values::{Date, YearMonth, present, shipped};

/// A month's roster: for each day the day shift, the night shift and the leader on duty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "值班表",
    extend("$id" = "urn:sheetform:duty-roster"),
    extend("x-sheet" = Sheet::new()
        .version(1_u32)
        .title("{month:yyyy年M月}值班表")
        .page(Page::landscape())
        .sender("unit")
        .dated("month")),
    transform = shipped
)]
pub struct DutyRoster {
    /// Unit on duty.
    #[schemars(title = "单位")]
    pub unit: String,
    /// Month of the roster.
    #[schemars(title = "月份")]
    pub month: YearMonth,
    /// The days, each once and in order.
    #[schemars(
        length(min = 1),
        extend("x-sheet" = Sheet::new().blank_rows(31_u32)),
        extend("x-rules" = calendar_rules())
    )]
    pub entries: Vec<Entry>,
    /// Who made the roster.
    #[schemars(title = "制表人")]
    pub prepared_by: String,
}

/// One day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-rules" = entry_rules()))]
pub struct Entry {
    /// The day.
    #[schemars(title = "日期", extend("x-sheet" = Sheet::new().key(true).across(false)))]
    pub date: Date,
    /// Its day of the week.
    #[schemars(title = "星期")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub weekday: Option<Weekday>,
    /// Day shift.
    #[schemars(title = "白班")]
    pub day: Shift,
    /// Night shift.
    #[schemars(title = "夜班")]
    pub night: Shift,
    /// Leader on duty.
    #[schemars(title = "带班领导")]
    pub leader: String,
    /// Remarks.
    #[schemars(title = "备注")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub remarks: Option<String>,
}

/// One shift.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    /// Who is on duty.
    #[schemars(title = "值班人员", length(min = 1), extend("x-sheet" = Sheet::new().width(16.0).note("多人之间用顿号（、）隔开")))]
    pub staff: Vec<String>,
    /// Telephone.
    #[schemars(title = "电话", extend("x-sheet" = Sheet::new().width(15.0)))]
    pub phone: String,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Weekday {
    /// Monday.
    #[serde(rename = "一")]
    Monday,
    /// Tuesday.
    #[serde(rename = "二")]
    Tuesday,
    /// Wednesday.
    #[serde(rename = "三")]
    Wednesday,
    /// Thursday.
    #[serde(rename = "四")]
    Thursday,
    /// Friday.
    #[serde(rename = "五")]
    Friday,
    /// Saturday.
    #[serde(rename = "六")]
    Saturday,
    /// Sunday.
    #[serde(rename = "日")]
    Sunday,
}

/// Every day of the month once, in order. A day that is there twice, or of another month, has its own finding.
fn calendar_rules() -> [Must; 3] {
    [
        must(
            "self[it].date > self[it - 1].date || indexOf(self, 'date', self[it].date) < it \
             || !self[it].date.startsWith(root.month) || !self[it - 1].date.startsWith(root.month)",
            "日期须按先后排列",
        )
        .each("range(1, self.size())")
        .at("[it].date")
        .saying("'日期须按先后排列：' + self[it].date + ' 不应排在 ' + self[it - 1].date + ' 之后'"),
        must(
            "day(self[it].date) == 1 || !self[it].date.startsWith(root.month) \
             || indexOf(self, 'date', self[it].date) < it || addDays(self[it].date, -1) in self.map(e, e.date)",
            "前面缺一天或几天的值班安排",
        )
        .each("range(self.size())")
        .at("[it].date")
        .saying("'前面缺 ' + addDays(self[it].date, -1) + ' 的值班安排'"),
        must(
            "self.size() == 0 || days(root.month)[days(root.month).size() - 1] in self.map(e, e.date)",
            "值班表须排到月底",
        )
        .at("[].date")
        .saying("'值班表须排到月底：缺 ' + days(root.month)[days(root.month).size() - 1]"),
    ]
}

fn entry_rules() -> [Must; 2] {
    [
        must("self.date.startsWith(root.month)", "日期须在值班月份之内").saying("'日期须在 ' + root.month + ' 之内'"),
        must("['一', '二', '三', '四', '五', '六', '日'][weekday(self.date) - 1] == self.weekday", "星期与日期不符")
            .at(".weekday")
            .saying("self.date + ' 是星期' + ['一', '二', '三', '四', '五', '六', '日'][weekday(self.date) - 1]"),
    ]
}
