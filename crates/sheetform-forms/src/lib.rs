//! The forms that sheetform ships, as Rust types: the source from which `schemas/*.schema.json` is generated.
//!
//! | id | type | what it is |
//! |---|---|---|
//! | `work-plan` | [`WorkPlan`] | 工作方案: a year's tasks for one subject |
//! | `responsibility-list` | [`ResponsibilityList`] | 责任清单: duties, measures, dates |
//! | `inspection-ledger` | [`InspectionLedger`] | 自查台账: places looked at and what was found |
//! | `rectification-ledger` | [`RectificationLedger`] | 问题整改台账: problems and how they are mended |
//! | `responsibility-agreement` | [`ResponsibilityAgreement`] | 目标管理责任书: duties with points between two parties |
//! | `incident-response-plan` | [`IncidentResponsePlan`] | 应急预案: posts, levels, steps |
//! | `training-plan` | [`TrainingPlan`] | 培训计划: trainings planned and held |
//! | `assessment-sheet` | [`AssessmentSheet`] | 考核评价表: points by indicator |
//! | `reporting-schedule` | [`ReportingSchedule`] | 报告事项安排: reports due and sent |
//! | `duty-roster` | [`DutyRoster`] | 值班表: who is on duty each day of a month |
//! | `equipment-register` | [`EquipmentRegister`] | 设备台账: equipment, cost, next check |
//! | `work-report` | [`WorkReport`] | 工作情况汇报: work done, problems, next steps |
//! | `commitment-letter` | [`CommitmentLetter`] | 承诺书: what one person promises |
//! | `submission-roster` | [`SubmissionRoster`] | 报送名单: who should send which form, and by when |
//!
//! A typed document from a workbook, and back, in three lines:
//!
//! ```
//! use sheetform::finding::Findings;
//! use sheetform_forms::{InspectionLedger, from_book, to_book};
//! use sheetform_workbook::{Workbook, save};
//!
//! # fn main() -> Result<(), Findings> {
//! # let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../samples/inspection-ledger.xlsx");
//! let ledger: InspectionLedger = from_book(&Workbook::open(path)?)?;
//! let bytes = save(&to_book(&ledger)?)?;
//! let again: InspectionLedger = from_book(&Workbook::from_bytes(bytes)?)?;
//! assert_eq!(again, ledger);
//! # Ok(())
//! # }
//! ```
//!
//! The same types are the documents' JSON: dates cannot be wrong, choices are enums, and an unknown or null property is
//! refused.
//!
//! An own struct is as good as a shipped one, with no registration: [`from_book`] and [`to_book`] take any type that
//! derives `Serialize`, `Deserialize` and `JsonSchema`; [`schema_of`] shows its form and says how an own `Option` behaves.
#![forbid(unsafe_code)]

pub mod assessment_sheet;
pub mod commitment_letter;
pub mod duty_roster;
pub mod equipment_register;
pub mod incident_response_plan;
pub mod inspection_ledger;
pub mod rectification_ledger;
pub mod reporting_schedule;
pub mod responsibility_agreement;
pub mod responsibility_list;
pub mod submission_roster;
pub mod training_plan;
pub mod work_plan;
pub mod work_report;

mod own;
mod pretty;
mod rules;
mod typed;
mod values;

use std::sync::OnceLock;

use schemars::JsonSchema;
use serde_json::Value;

pub use assessment_sheet::AssessmentSheet;
pub use commitment_letter::CommitmentLetter;
pub use duty_roster::DutyRoster;
pub use equipment_register::EquipmentRegister;
pub use incident_response_plan::IncidentResponsePlan;
pub use inspection_ledger::InspectionLedger;
pub use own::{options_are_absent, schema_of};
pub use pretty::pretty;
pub use rectification_ledger::RectificationLedger;
pub use reporting_schedule::ReportingSchedule;
pub use responsibility_agreement::ResponsibilityAgreement;
pub use responsibility_list::ResponsibilityList;
pub use submission_roster::SubmissionRoster;
pub use training_plan::TrainingPlan;
pub use typed::{form_of, from_book, to_book};
pub use values::{Date, NoSuchDay, Period, YearMonth};
pub use work_plan::WorkPlan;
pub use work_report::WorkReport;

/// A shipped form. Its schema is read once, when it is first asked for.
pub struct ShippedForm {
    /// What `--form` takes, `work-plan`.
    pub id: &'static str,
    /// A plain name, `工作方案`.
    pub title: &'static str,
    /// `schemas/<id>.schema.json`: a test says where it is not what the type says.
    text: &'static str,
    made: fn() -> Value,
    schema: OnceLock<Value>,
}

impl ShippedForm {
    const fn new<T: JsonSchema>(id: &'static str, title: &'static str, text: &'static str) -> Self {
        Self { id, title, text, made: schema_of::<T>, schema: OnceLock::new() }
    }

    /// Its JSON Schema, as in `schemas/<id>.schema.json`: to read it is a fraction of the work of making it.
    pub fn schema(&self) -> &Value {
        // A form that is being added has an empty file.
        self.schema.get_or_init(|| serde_json::from_str(self.text).unwrap_or_else(|_| self.made()))
    }

    /// Its JSON Schema, made from its type.
    pub fn made(&self) -> Value {
        (self.made)()
    }
}

macro_rules! shipped {
    ($type:ty, $id:literal, $title:literal) => {
        ShippedForm::new::<$type>($id, $title, include_str!(concat!("../../../schemas/", $id, ".schema.json")))
    };
}

static ALL: [ShippedForm; 14] = [
    shipped!(WorkPlan, "work-plan", "工作方案"),
    shipped!(ResponsibilityList, "responsibility-list", "责任清单"),
    shipped!(InspectionLedger, "inspection-ledger", "自查台账"),
    shipped!(RectificationLedger, "rectification-ledger", "问题整改台账"),
    shipped!(ResponsibilityAgreement, "responsibility-agreement", "年度目标管理责任书"),
    shipped!(IncidentResponsePlan, "incident-response-plan", "应急预案"),
    shipped!(TrainingPlan, "training-plan", "年度培训计划"),
    shipped!(AssessmentSheet, "assessment-sheet", "年度考核评价表"),
    shipped!(ReportingSchedule, "reporting-schedule", "年度报告事项安排"),
    shipped!(DutyRoster, "duty-roster", "值班表"),
    shipped!(EquipmentRegister, "equipment-register", "设备台账"),
    shipped!(WorkReport, "work-report", "工作情况汇报"),
    shipped!(CommitmentLetter, "commitment-letter", "承诺书"),
    shipped!(SubmissionRoster, "submission-roster", "报送名单"),
];

/// The shipped forms, always in the same order.
pub fn all() -> &'static [ShippedForm] {
    &ALL
}

/// The schema of the shipped form with this id.
pub fn schema(id: &str) -> Option<&'static Value> {
    ALL.iter().find(|form| form.id == id).map(ShippedForm::schema)
}
