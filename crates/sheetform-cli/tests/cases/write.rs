//! A case with a document: what is found in it, and the sheet that it makes.

use std::collections::BTreeSet;

use sheetform::finding::{Place, Severity};
use sheetform::json_text::{self, JsonText};
use sheetform::places::Places;
use sheetform::round_trip::lay_out;
use sheetform::validate::{Options, Subject, validate};
use sheetform::write::to_grid;

use crate::case::{Case, Outcome, sorted_lines};
use crate::{laws, masked, sheet_text};

pub(crate) fn run(case: &Case) -> Outcome {
    let form = case.form()?;
    let text = match json_text::parse(case.text("input.json")?.as_bytes()) {
        Ok(text) => text,
        Err(findings) => return case.expect("expected.findings", &sorted_lines(findings, &[])),
    };
    let subject = Subject { document: &text.value, places: &InText(&text), unreadable: &BTreeSet::new(), totals: &[] };
    let mut findings =
        validate(&form, &subject, &Options { today: case.today()?.map(|date| date.to_string()), ..Options::default() });
    let good = findings.iter().all(|finding| finding.severity != Severity::Error);
    let written = if good { Some(lay_out(&form, &text.value)) } else { None };
    match written {
        Some(Err(refused)) => findings.extend(refused),
        Some(Ok(book)) => {
            laws::holds(&form, &text.value)?;
            if case.has("expected.sheet") {
                case.expect("expected.sheet", &sheet_text::render(&to_grid(&book)))?;
            }
        }
        None => {}
    }
    masked::of_document(&form, &findings, &text.value)?;
    case.expect("expected.findings", &sorted_lines(findings, &[]))
}

/// Places in JSON text, looked up one by one.
struct InText<'a>(&'a JsonText);

impl Places for InText<'_> {
    fn value(&self, pointer: &str) -> Option<Place> {
        Some(self.0.place(pointer))
    }

    fn key(&self, pointer: &str) -> Option<Place> {
        Some(self.0.key_place(pointer))
    }
}
