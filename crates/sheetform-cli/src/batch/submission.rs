//! What became of one file of a batch: what the summary, the roster and the merge work from. Decides nothing.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sheetform::finding::{Code, Severity};
use sheetform::form::Form;
use sheetform::report::FileReport;

/// One file and what became of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Submission {
    /// Its name in every output: its path below the folder that holds all that was given, with `/` between.
    pub(crate) file: String,
    /// Where it is read from, as it was given.
    #[serde(skip)]
    pub(crate) path: PathBuf,
    pub(crate) verdict: Verdict,
    /// The id of its form; none where none was found, or it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) form: Option<String>,
    /// What its form is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    /// The version of the form that it was read with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<i64>,
    /// The version of the form that the workbook says it was made with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) made_with: Option<u32>,
    /// Who sent it, and its date: what stands in the properties that the form's `sender` and `dated` name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sender: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) dated: Option<String>,
    /// The rows of all its tables.
    pub(crate) records: u64,
    /// Its findings, counted, errors first; infos are not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) codes: Vec<Counted>,
    /// The document as JSON, below the output folder; of an accepted file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) json: Option<String>,
    /// The marked copy, below the output folder; of a rejected workbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) marked: Option<String>,
}

/// How a file came out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    /// It is no submission: a ledger that a batch merged.
    Ledger,
    /// No finding is an error.
    Accepted,
    /// Some are.
    Rejected,
    /// It could not be checked at all: unreadable, encrypted, no workbook, of no known form.
    #[default]
    Unread,
}

/// How many findings there are of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counted {
    pub(crate) code: Code,
    pub(crate) severity: Severity,
    pub(crate) count: usize,
}

impl Submission {
    /// What a report says of a file. Its outputs are not known yet.
    pub(crate) fn new(file: String, path: PathBuf, report: &FileReport, failed: bool) -> Self {
        let verdict = match (failed, report.valid()) {
            (true, _) => Verdict::Unread,
            (false, true) => Verdict::Accepted,
            (false, false) => Verdict::Rejected,
        };
        let mut codes: Vec<Counted> = Vec::new();
        for finding in report.findings.iter().filter(|finding| finding.severity != Severity::Info) {
            let same = |one: &&mut Counted| one.code == finding.code && one.severity == finding.severity;
            match codes.iter_mut().find(same) {
                Some(one) => one.count += 1,
                None => codes.push(Counted { code: finding.code, severity: finding.severity, count: 1 }),
            }
        }
        codes.sort_by_key(|one| (one.severity, std::cmp::Reverse(one.count), one.code));
        Self {
            file,
            path,
            verdict,
            form: report.form.clone(),
            version: report.version,
            records: report.records,
            codes,
            ..Self::default()
        }
    }

    /// Whether it is right by itself, and not with the other files or by the list; its findings are those of both.
    pub(crate) fn is_accepted_alone(&self) -> bool {
        self.verdict == Verdict::Accepted && self.count(Severity::Error) > 0
    }

    /// How many findings of a severity there are.
    pub(crate) fn count(&self, severity: Severity) -> usize {
        self.codes.iter().filter(|one| one.severity == severity).map(|one| one.count).sum()
    }
}

/// Who sent a document, and its date, where its form says which properties those are.
pub(crate) fn sent(form: &Form, document: &Value) -> (Option<String>, Option<String>) {
    (form.sender(document), form.dated(document))
}
