//! An own struct works like a shipped form: to a workbook and back, with no registration.
#![allow(clippy::unwrap_used, reason = "a test")]

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sheetform::finding::Code;
use sheetform::vocabulary::Sheet;
use sheetform_forms::{from_book, to_book};
use sheetform_workbook::{Workbook, save};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "钥匙领用登记", extend("x-sheet" = Sheet::new().version(2_u32)))]
struct KeyLog {
    #[schemars(title = "保管部门")]
    department: String,
    #[schemars(title = "领用记录", length(min = 1))]
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Entry {
    #[schemars(title = "序号")]
    serial: u32,
    #[schemars(title = "钥匙编号", extend("x-sheet" = Sheet::new().key(true).width(14.0)))]
    key_no: String,
    #[schemars(title = "领用情况")]
    taken: Taken,
    #[schemars(title = "归还人")]
    returned_by: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Taken {
    #[schemars(title = "领用人")]
    by: String,
    #[schemars(title = "次数", range(min = 1))]
    times: u32,
}

fn log() -> KeyLog {
    let entry = |serial, key_no: &str, by: &str, returned_by: Option<&str>| Entry {
        serial,
        key_no: key_no.to_owned(),
        taken: Taken { by: by.to_owned(), times: serial },
        returned_by: returned_by.map(str::to_owned),
    };
    KeyLog {
        department: "档案室".to_owned(),
        entries: vec![entry(1, "007", "张工", None), entry(2, "008", "李工", Some("李工"))],
    }
}

#[test]
fn a_value_comes_back_through_a_workbook() {
    let bytes = save(&to_book(&log()).unwrap()).unwrap();
    let again: KeyLog = from_book(&Workbook::from_bytes(bytes).unwrap()).unwrap();
    assert_eq!(again, log());
}

#[test]
fn a_value_that_breaks_its_form_is_refused() {
    let mut twice = log();
    twice.entries[1].key_no = "007".to_owned();
    let findings = to_book(&twice).unwrap_err().0;
    assert_eq!(findings.iter().map(|f| f.code).collect::<Vec<_>>(), [Code::DuplicateKey]);
    assert_eq!(findings[0].pointer.as_deref(), Some("/entries/1/key_no"));
}
