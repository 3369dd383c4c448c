//! `reporting-schedule` 报告事项安排: what is reported to whom how often, and what was sent.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sheetform::vocabulary::{Page, Sheet};

use crate::rules::{Must, must};
use crate::values::{Date, Serial, Year, present, shipped};

/// A unit's reports of a year: what is due in which cycle, and the record of those sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "年度报告事项安排",
    extend("$id" = "urn:sheetform:reporting-schedule"),
    extend("x-sheet" = Sheet::new()
        .version(1_u32)
        .title("{year}年度报告事项安排")
        .page(Page::landscape())
        .today("as_of")
        .sender("unit")
        .dated("as_of")),
    transform = shipped
)]
pub struct ReportingSchedule {
    /// Unit that reports.
    #[schemars(title = "单位")]
    pub unit: String,
    /// Year of the schedule.
    #[schemars(with = "Year")]
    pub year: u16,
    /// Day up to which the records are complete.
    #[schemars(title = "截止日期")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub as_of: Option<Date>,
    /// What is to be reported.
    #[schemars(title = "报告事项", length(min = 1), extend("x-sheet" = Sheet::new().blank_rows(10_u32)))]
    pub items: Vec<Item>,
    /// What was sent; there may be nothing yet.
    #[schemars(title = "报送记录", extend("x-sheet" = Sheet::new().blank_rows(20_u32)))]
    pub records: Vec<Record>,
    /// Who reviewed.
    #[schemars(title = "审核")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub reviewer: Option<String>,
}

/// One item to be reported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-rules" = item_rules()))]
pub struct Item {
    /// 1, 2, 3 …
    #[schemars(with = "Serial")]
    pub serial: u32,
    /// What is reported; no two alike.
    #[schemars(title = "事项", extend("x-sheet" = Sheet::new().key(true).across(false).width(26.0)))]
    pub item: String,
    /// How often.
    #[schemars(title = "周期")]
    pub cycle: Cycle,
    /// Reports in each cycle at least.
    #[schemars(title = "最少次数", range(min = 1))]
    pub at_least: u32,
    /// To whom.
    #[schemars(title = "报送对象", extend("x-sheet" = Sheet::new().width(18.0)))]
    pub recipient: String,
    /// Department that reports.
    #[schemars(title = "责任部门")]
    pub department: String,
}

/// How often something is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Cycle {
    /// Every month.
    #[serde(rename = "每月")]
    Month,
    /// Every quarter.
    #[serde(rename = "每季度")]
    Quarter,
    /// Every half year.
    #[serde(rename = "每半年")]
    HalfYear,
    /// Every year.
    #[serde(rename = "每年")]
    Year,
}

/// One report sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-rules" = record_rules()))]
pub struct Record {
    /// 1, 2, 3 …
    #[schemars(with = "Serial")]
    pub serial: u32,
    /// Day; it lies in the year.
    #[schemars(title = "报送日期")]
    pub date: Date,
    /// One of the items.
    #[schemars(title = "事项", extend("x-sheet" = Sheet::new().width(26.0).note("须与报告事项中的事项一致")))]
    pub item: String,
    /// Who sent it.
    #[schemars(title = "报送人")]
    pub reporter: String,
    /// What went along, one a line.
    #[schemars(
        title = "附件",
        length(min = 1),
        extend("x-sheet" = Sheet::new().separator("\n").width(24.0).note("每行一个附件"))
    )]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub attachments: Option<Vec<String>>,
}

/// One finding for every cycle that is over and lacks a report.
fn item_rules() -> [Must; 1] {
    [must(
        "root.records.filter(r, r.item == self.item).filter(r, r.date >= it.start && r.date <= it.end).size() \
         >= self.at_least",
        "本周期报送次数不足",
    )
    .each(
        "periods(root.year, {'每月': 12, '每季度': 4, '每半年': 2, '每年': 1}[self.cycle]).filter(p, p.end < today)",
    )
    .at(".item")
    .saying(
        "string(root.year) + '年' + {'每月': string(month(it.start)) + '月', \
         '每季度': '第' + string(quarter(it.start)) + '季度', \
         '每半年': half(it.start) == 1 ? '上半年' : '下半年', '每年': ''}[self.cycle] \
         + '“' + self.item + '”至少应报送 ' + string(self.at_least) + ' 次，记录只有 ' \
         + string(root.records.filter(r, r.item == self.item).filter(r, r.date >= it.start && r.date <= it.end).size()) \
         + ' 次'",
    )]
}

fn record_rules() -> [Must; 2] {
    [
        must("self.item in root.items.map(i, i.item)", "事项不在报告事项之中")
            .saying("'报告事项中没有“' + self.item + '”'"),
        must("year(self.date) == root.year", "报送日期须在年度之内")
            .saying("'报送日期须在 ' + string(root.year) + ' 年之内'"),
    ]
}
