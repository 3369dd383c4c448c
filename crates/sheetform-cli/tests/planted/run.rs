//! Runs the built program over planted workbooks, many files a process, and compares what it says with what was planted.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::build::{self, Planted};
use crate::forms;
use crate::place::Finding;
use crate::plan::{FormOf, Plan};
use crate::shipped::TODAY;

/// What came out otherwise than it was planted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Difference {
    pub(crate) lacking: Vec<Finding>,
    /// With their messages.
    pub(crate) extra: Vec<(Finding, String)>,
    /// The program gave no answer for this file.
    pub(crate) broken: Option<String>,
}

impl Difference {
    pub(crate) fn is_none(&self) -> bool {
        self.lacking.is_empty() && self.extra.is_empty() && self.broken.is_none()
    }

    /// The kind of difference, apart from its places.
    pub(crate) fn kind(&self) -> String {
        let codes =
            |list: &mut dyn Iterator<Item = &Finding>| list.map(|one| one.code.clone()).collect::<Vec<_>>().join(" ");
        let lacking = codes(&mut self.lacking.iter());
        let extra = codes(&mut self.extra.iter().map(|(finding, _)| finding));
        format!("lacks [{lacking}], extra [{extra}]{}", self.broken.as_deref().unwrap_or_default())
    }
}

/// The findings for each plan, as `validate` gives them.
pub(crate) fn validate(folder: &Path, plans: &[Plan], planted: &[Planted]) -> Vec<Difference> {
    let name = |index: usize| format!("{index}.xlsx");
    for (index, one) in planted.iter().enumerate() {
        if let Err(error) = one.book.save(&folder.join(name(index))) {
            return vec![
                Difference { broken: Some(format!("not saved: {error}")), ..Difference::default() };
                plans.len()
            ];
        }
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_sheetform"));
    command.current_dir(folder).args(["validate", "--format", "json", "--lang", "en"]);
    if plans[0].day {
        command.args(["--as-of", &format!("{:04}-{:02}-{:02}", TODAY.0, TODAY.1, TODAY.2)]);
    }
    match &plans[0].form {
        FormOf::Shipped(_) if !plans[0].named => &mut command,
        FormOf::Shipped(id) => command.args(["--form", id]),
        FormOf::Random(seed) => {
            let text = serde_json::to_string_pretty(&forms::made(*seed).form.schema).unwrap_or_default();
            if let Err(error) = std::fs::write(folder.join("form.json"), text) {
                let broken = Some(format!("form not written: {error}"));
                return vec![Difference { broken, ..Difference::default() }; plans.len()];
            }
            command.args(["--form", "form.json"])
        }
    };
    command.args((0..planted.len()).map(name));
    let output = command.output();
    let text = output.as_ref().map(|out| String::from_utf8_lossy(&out.stdout).into_owned()).unwrap_or_default();
    let answer: Value = serde_json::from_str(&text).unwrap_or_default();
    let files: BTreeMap<&str, &Value> = answer["files"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|file| Some((file["file"].as_str()?, &file["findings"])))
        .collect();
    let stderr = output.map(|out| String::from_utf8_lossy(&out.stderr).into_owned()).unwrap_or_default();
    let one = |(index, one): (usize, &Planted)| match files.get(name(index).as_str()) {
        Some(found) => compare(&one.expected, found),
        None => Difference { broken: Some(format!("no answer: {stderr}")), ..Difference::default() },
    };
    planted.iter().enumerate().map(one).collect()
}

pub(crate) fn compare(expected: &[Finding], found: &Value) -> Difference {
    let mut left: Vec<Finding> = expected.to_vec();
    let mut extra = Vec::new();
    for one in found.as_array().into_iter().flatten() {
        let text = |key: &str| one[key].as_str().map(str::to_owned);
        let finding = Finding {
            code: text("code").unwrap_or_default(),
            severity: text("severity").unwrap_or_default(),
            sheet: text("sheet"),
            cell: text("cell").or_else(|| Some(format!("{}:{}", one["line"].as_u64()?, one["column"].as_u64()?))),
        };
        match left.iter().position(|planted| *planted == finding) {
            Some(at) => {
                left.swap_remove(at);
            }
            None => extra.push((finding, text("message").unwrap_or_default())),
        }
    }
    Difference { lacking: left, extra, broken: None }
}

/// One plan alone.
pub(crate) fn alone(folder: &Path, plan: &Plan) -> Difference {
    let planted = build::build(plan);
    validate(folder, std::slice::from_ref(plan), &[planted]).pop().unwrap_or_default()
}
