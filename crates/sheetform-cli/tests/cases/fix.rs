//! What holds of every workbook that is mended: the document is the same, nothing new is wrong, what was mended is no
//! longer said, and a second round changes no byte.

use std::collections::BTreeSet;
use std::io::Cursor;

use serde_json::Value;
use sheetform::finding::{Code, Finding, Place, Severity};
use sheetform::fix::{Plan, plan};
use sheetform::form::Form;
use sheetform::round_trip;
use sheetform_workbook::{Patch, PatchError, Workbook};

use crate::case::{Case, Outcome, difference, lines};
use crate::read::{Checked, checked};

pub(crate) fn holds(case: &Case, form: &Form, book: &Workbook) -> Outcome {
    let before = checked(case, form, book)?;
    let first = planned(book, &before)?;
    let bytes = patched(book, &first)?;
    let fixed = Workbook::from_bytes(bytes.clone()).map_err(|finding| finding.message.en)?;
    let after = checked(case, form, &fixed)?;
    let second = planned(&fixed, &after)?;
    if !second.cells.is_empty() {
        return Err(format!("mended twice:\n{:#?}", second.cells));
    }
    if patched(&fixed, &second)? != bytes {
        return Err("the second round gives other bytes".to_owned());
    }
    let mended: BTreeSet<String> = first.fixed.iter().map(|fixed| where_it_is(&fixed.place)).collect();
    let soft = [Code::Converted, Code::EdgeBlank, Code::WrongSerial];
    let is_mended = |finding: &&Finding| soft.contains(&finding.code) && mended.contains(&where_it_is(&finding.place));
    let left: Vec<Finding> = after.findings.iter().filter(is_mended).cloned().collect();
    if !left.is_empty() {
        return Err(format!("mended, and said all the same:\n{}", lines(&left)));
    }
    // What has a safe mend is mended, but for formulas and cells that hold more than the value.
    let serials = after.findings.iter().filter(|finding| finding.code == Code::WrongSerial).count();
    if first.formulas == 0 && serials > 0 {
        return Err(format!("{serials} stretches of serials are out of line"));
    }
    let known: BTreeSet<String> = before.findings.iter().filter_map(loud).collect();
    let new: Vec<String> = after.findings.iter().filter_map(loud).filter(|one| !known.contains(one)).collect();
    if !new.is_empty() {
        return Err(format!("mending brought up:\n{}", new.join("\n")));
    }
    let (old, new) = (document(&before, &before), document(&after, &before));
    if round_trip::difference(&old, &new).is_some() {
        return Err(difference("the document of the mended book", &format!("{old:#}"), &format!("{new:#}")));
    }
    Ok(())
}

fn planned(book: &Workbook, checked: &Checked) -> Result<Plan, String> {
    let mend = |finding: &Finding| Some((finding.place.clone(), *finding.mend.clone()?));
    let mut mends: Vec<_> = checked.findings.iter().filter_map(mend).collect();
    mends.extend(checked.serials.iter().cloned());
    plan(book, mends).map_err(|finding| finding.message.en)
}

fn patched(book: &Workbook, plan: &Plan) -> Result<Vec<u8>, String> {
    let mut out = Cursor::new(Vec::new());
    let patch = Patch { cells: plan.cells.iter().cloned().map(Into::into).collect(), first: None };
    match book.patch(&patch, &mut out) {
        Ok(_) => Ok(out.into_inner()),
        Err(PatchError::Finding(finding)) => Err(finding.message.en),
        Err(PatchError::Output(error)) => Err(error.to_string()),
    }
}

fn loud(finding: &Finding) -> Option<String> {
    let words = format!("{} {} {}", where_it_is(&finding.place), finding.code, finding.message.en);
    (finding.severity == Severity::Error).then_some(words)
}

fn where_it_is(place: &Place) -> String {
    format!("{:?}!{:?}", place.sheet, place.cell)
}

/// The document, but for what mending is to change in it: blanks at edges, and serials out of line.
fn document(of: &Checked, before: &Checked) -> Value {
    let mut document = of.document.clone().unwrap_or_default();
    let found = |code| before.findings.iter().filter(move |finding| finding.code == code && finding.mend.is_some());
    let trims = found(Code::EdgeBlank).filter_map(|finding| finding.value.as_ref()?.as_str());
    let trims: BTreeSet<String> = trims.map(str::to_owned).collect();
    let serials = before.findings.iter().filter(|finding| finding.code == Code::WrongSerial);
    let serials = serials.filter_map(|finding| finding.pointer.as_deref()?.rsplit('/').next());
    settle(&mut document, &trims, &serials.map(str::to_owned).collect());
    document
}

fn settle(value: &mut Value, trims: &BTreeSet<String>, serials: &BTreeSet<String>) {
    match value {
        Value::String(text) if trims.contains(text) => *text = text.trim().to_owned(),
        Value::Array(items) => items.iter_mut().for_each(|item| settle(item, trims, serials)),
        Value::Object(members) => {
            members.retain(|key, _| !serials.contains(key));
            members.values_mut().for_each(|member| settle(member, trims, serials));
        }
        _ => {}
    }
}
