//! The list of submissions in a batch: read once, and held against the files. What that gives, `sheetform::roster` says.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sheetform::finding::Finding;
use sheetform::form::Form;
use sheetform::places::{Nowhere, Places};
use sheetform::report::FileReport;
use sheetform::roster::{About, Expected, KnownForm, Line, Sent, check, copies, expected, repeats};

use crate::args::{Reading, Refs};
use crate::batch::across::Across;
use crate::batch::digest::Digest;
use crate::batch::submission::{Submission, Verdict};
use crate::check::{Checked, Checker, placed};
use crate::console::Console;
use crate::identify::not_by_option;
use crate::input::DocumentText;
use crate::stop::{COULD_NOT_RUN, FINDINGS, Stop, shown};

/// The form of a list.
const FORM: &str = "submission-roster";

/// The list, read.
pub(crate) struct Roster {
    pub(crate) path: PathBuf,
    lines: Vec<Expected>,
    /// Who made the list.
    pub(crate) organiser: Option<String>,
    report: FileReport,
    /// The JSON text it came from.
    text: Option<DocumentText>,
}

impl Roster {
    /// Reads a list; one with errors is said, and nothing is held against it.
    pub(crate) fn open(path: &Path, options: &Reading, console: Console) -> Result<Self, Stop> {
        let refs = Refs { refs: Vec::new(), refs_base: None };
        let Reading { as_of, profile, assert_formats, mask, .. } = *options;
        let with = Vec::new();
        let options =
            Reading { form: Some(FORM.into()), refs, sheet: None, as_of, profile, with, assert_formats, mask };
        let checker = Checker::new(&options, console.style_of_notes())?.keeping(true);
        let Checked { mut report, document, text, places, failed, .. } = checker.check(path);
        // Nobody asked for its form.
        report.findings.iter_mut().for_each(not_by_option);
        let Some(document) = document.filter(|_| !failed && report.valid()) else {
            if failed {
                console.failures(&report);
                return Err(Stop::said(COULD_NOT_RUN));
            }
            console.findings(&report);
            return Err(Stop {
                code: FINDINGS,
                ..Stop::new(
                    format!("{}: a list with errors is held against nothing; correct it first", shown(path)),
                    format!("{}：名单有错误，不与文件核对；请先改正", shown(path)),
                )
            });
        };
        console.findings(&report);
        let places: &dyn Places = places.as_ref().map_or(&Nowhere, |places| places);
        let lines = expected(&document, places);
        let organiser = document.get("organiser").and_then(Value::as_str).map(str::to_owned);
        Ok(Self { path: path.to_owned(), lines, organiser, report, text })
    }

    /// Holds the list against the files.
    pub(crate) fn against(&self, files: &[(&Submission, Digest)], own: Option<&Form>, as_of: Option<&str>) -> Across {
        let outcome = check(&self.lines, &sent(files), &forms(own), as_of);
        let mut across = Across::new(files, outcome.counts.clone());
        let (of_list, of_files): (Vec<_>, Vec<_>) =
            outcome.findings.iter().cloned().partition(|(about, _)| *about == About::Roster);
        let of_list: Vec<Finding> = of_list.into_iter().map(|(_, finding)| finding).collect();
        let found = placed(&self.path, self.text.as_ref(), of_list);
        if !found.findings.is_empty() {
            let FileReport { form, version, records, .. } = self.report.clone();
            across.reports.push(FileReport { path: Some(self.path.clone()), form, version, records, ..found });
        }
        across.files(files, of_files);
        across.order(&outcome.answers);
        across.roster = Some((shown(&self.path), outcome.lines));
        across
    }
}

/// The files that came twice, where there is neither a list nor a ledger.
pub(crate) fn repeated(files: &[(&Submission, Digest)]) -> Across {
    let mut across = Across::new(files, vec![true; files.len()]);
    across.repeats = repeats(&sent(files));
    across
}

/// What is said of files that came more than once, where they are merged without a list.
pub(crate) fn alone(files: &[(&Submission, Digest)]) -> Across {
    let copied = copies(&sent(files));
    let mut across = Across::new(files, copied.counts);
    across.files(files, copied.findings);
    across
}

fn sent(files: &[(&Submission, Digest)]) -> Vec<Sent> {
    let one = |(is, input): &(&Submission, Digest)| Sent {
        file: shown(Path::new(&is.file)),
        form: form_of(is),
        sender: is.sender.clone(),
        dated: is.dated.clone(),
        // Only a document gives the form's title.
        read: is.title.is_some(),
        accepted: !matches!(is.verdict, Verdict::Rejected | Verdict::Unread),
        old_version: is.made_with.zip(is.version).is_some_and(|(made, now)| i64::from(made) < now),
        content: Some(input.to_string()),
    };
    files.iter().map(one).collect()
}

/// What a file's form is known by: its id, else its title.
pub(crate) fn form_of(is: &Submission) -> Option<String> {
    let named = is.form.clone().or_else(|| is.title.clone());
    named.filter(|name| !matches!(is.verdict, Verdict::Unread | Verdict::Ledger) && !name.is_empty())
}

/// The forms that a list may name: those that are shipped, and the one that was asked for.
fn forms(own: Option<&Form>) -> Vec<KnownForm> {
    let own = own.map(|form| KnownForm {
        id: if form.id.is_empty() { form.name.clone() } else { form.id.clone() },
        title: form.name.clone(),
        has_sender: form.says_origin().0,
    });
    let shipped = sheetform_forms::all().iter().map(|form| KnownForm {
        id: form.id.to_owned(),
        title: form.title.to_owned(),
        has_sender: form.schema().pointer("/x-sheet/sender").is_some(),
    });
    let is_own = |form: &KnownForm| own.as_ref().is_some_and(|own| own.id == form.id);
    let others: Vec<KnownForm> = shipped.filter(|form| !is_own(form)).collect();
    own.into_iter().chain(others).collect()
}

/// The lines of a list as JSON, and what they come to.
pub(crate) fn json_of(file: &str, lines: &[Line], files: &[&Submission]) -> Value {
    let name = |number: &usize| files.get(*number).map(|is| is.file.as_str());
    let line = |line: &Line| {
        let mut one = json!({ "unit": line.unit, "form": line.form.as_deref().unwrap_or(&line.called), "state": line.state.name() });
        let mut put = |key: &str, value: Option<Value>| {
            if let (Some(value), Some(one)) = (value, one.as_object_mut()) {
                one.insert(key.to_owned(), value);
            }
        };
        put("due", line.due.clone().map(Value::from));
        put("file", line.file.as_ref().and_then(name).map(Value::from));
        let others: Vec<&str> = line.others.iter().filter_map(name).collect();
        put("others", (!others.is_empty()).then(|| others.into()));
        let perhaps: Vec<&str> = line.perhaps.iter().filter_map(name).collect();
        put("perhaps", (!perhaps.is_empty()).then(|| perhaps.into()));
        put("late", line.late.then(|| true.into()));
        put("old_version", line.old_version.then(|| true.into()));
        one
    };
    let mut states = serde_json::Map::new();
    for line in lines {
        let count = states.get(line.state.name()).and_then(Value::as_u64).unwrap_or_default();
        states.insert(line.state.name().to_owned(), (count + 1).into());
    }
    json!({ "file": file, "lines": lines.iter().map(line).collect::<Vec<_>>(), "states": states })
}
