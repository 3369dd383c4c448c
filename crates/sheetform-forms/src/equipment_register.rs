//! `equipment-register` 设备台账: every piece of equipment, its cost, place and next check.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sheetform::vocabulary::{Page, Sheet};

use crate::rules::{Must, must};
use crate::values::{Date, Serial, present, shipped, texts};

/// A unit's register of equipment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "设备台账",
    extend("$id" = "urn:sheetform:equipment-register"),
    extend("x-sheet" = Sheet::new()
        .version(1_u32)
        .page(Page::landscape())
        .sender("unit")
        .dated("updated_on")),
    transform = shipped
)]
pub struct EquipmentRegister {
    /// Unit that keeps the register.
    #[schemars(title = "单位")]
    pub unit: String,
    /// Day the register was brought up to date.
    #[schemars(title = "更新日期")]
    pub updated_on: Date,
    /// The equipment.
    #[schemars(length(min = 1), extend("x-sheet" = Sheet::new().totals(texts(["cost"])).blank_rows(20_u32)))]
    pub entries: Vec<Entry>,
    /// Who made the register.
    #[schemars(title = "制表人")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub prepared_by: Option<String>,
    /// Who reviewed.
    #[schemars(title = "审核")]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub reviewer: Option<String>,
}

/// One piece of equipment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-rules" = entry_rules()))]
pub struct Entry {
    /// 1, 2, 3 …
    #[schemars(with = "Serial")]
    pub serial: u32,
    /// Its number, a text: leading zeros count. No two alike.
    #[schemars(title = "资产编号", extend("x-sheet" = Sheet::new()
        .key(true)
        .across(true)
        .aliases(texts(["资产编码"]))
        .width(14.0)
        .note("按文本填写，保留前面的 0")))]
    pub asset_no: String,
    /// What it is.
    #[schemars(title = "设备名称", extend("x-sheet" = Sheet::new().width(18.0)))]
    pub name: String,
    /// Make and model.
    #[schemars(title = "规格型号", extend("x-sheet" = Sheet::new().width(16.0)))]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub model: Option<String>,
    /// Day it was bought.
    #[schemars(title = "购置日期")]
    pub bought_on: Date,
    /// What it cost in yuan, with at most two decimals.
    #[schemars(
        title = "原值（元）",
        range(min = 0),
        extend("multipleOf" = 0.01),
        extend("x-sheet" = Sheet::new().format("#,##0.00").width(14.0))
    )]
    pub cost: f64,
    /// Whether it is in use.
    #[schemars(title = "使用状态")]
    pub status: Status,
    /// Where it stands.
    #[schemars(title = "存放地点", extend("x-sheet" = Sheet::new().width(16.0)))]
    pub location: String,
    /// Who answers for it.
    #[schemars(title = "责任人")]
    pub owner: String,
    /// Day of the next check.
    #[schemars(title = "下次检验日期", extend("x-sheet" = Sheet::new().none(texts(["无", "/"]))))]
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub next_check: Option<Date>,
}

/// Whether equipment is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Status {
    /// In use.
    #[serde(rename = "在用")]
    InUse,
    /// Out of use.
    #[serde(rename = "停用")]
    OutOfUse,
    /// Scrapped.
    #[serde(rename = "报废")]
    Scrapped,
}

fn entry_rules() -> [Must; 2] {
    [
        must("self.next_check >= self.bought_on", "下次检验日期不能早于购置日期"),
        must("self.bought_on <= root.updated_on", "购置日期不能晚于更新日期")
            .saying("'购置日期不能晚于更新日期 ' + root.updated_on"),
    ]
}
