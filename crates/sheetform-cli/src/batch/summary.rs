//! The summary of a batch: who sent what, and what became of it, as JSON and as a workbook. Writes no file.

mod book;
mod words;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sheetform::finding::{Code, Lang, Severity};

use crate::batch::across::Across;
use crate::batch::digest::Digest;
use crate::batch::merge::Wrote;
use crate::batch::roster;
use crate::batch::submission::{Submission, Verdict};
use crate::batch::walk::Skipped;
use crate::stop::{Stop, shown};

pub(crate) const JSON: &str = "summary.json";
pub(crate) const BOOK: &str = "summary.xlsx";

/// All that is counted.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) files: usize,
    pub(crate) accepted: usize,
    /// Of these: right by themselves, and not with the others or by the list.
    pub(crate) accepted_alone: usize,
    pub(crate) rejected: usize,
    pub(crate) unread: usize,
    /// Merged ledgers, which are no submissions.
    pub(crate) ledgers: usize,
    pub(crate) records: u64,
    pub(crate) errors: usize,
    pub(crate) warnings: usize,
    /// By severity and code: findings, and files that have some.
    pub(crate) codes: BTreeMap<(Severity, Code), (usize, usize)>,
}

impl Counts {
    pub(crate) fn of(list: &[Submission]) -> Self {
        let mut counts = Self { files: list.len(), ..Self::default() };
        for one in list {
            *match one.verdict {
                Verdict::Accepted => &mut counts.accepted,
                Verdict::Rejected => &mut counts.rejected,
                Verdict::Unread => &mut counts.unread,
                Verdict::Ledger => &mut counts.ledgers,
            } += 1;
            counts.accepted_alone += usize::from(one.is_accepted_alone());
            counts.records += if one.verdict == Verdict::Ledger { 0 } else { one.records };
            counts.errors += one.count(Severity::Error);
            counts.warnings += one.count(Severity::Warning);
            for counted in &one.codes {
                let (findings, files) = counts.codes.entry((counted.severity, counted.code)).or_default();
                *findings += counted.count;
                *files += 1;
            }
        }
        counts
    }

    /// `3 files: 2 accepted, 1 rejected, 0 not read; 1 of the accepted have errors with the other files, or by the list`
    pub(crate) fn say(&self, lang: Lang) -> String {
        let Self { files, accepted, accepted_alone: alone, rejected, unread, ledgers, .. } = self;
        let text = |count: &usize, en: &str, zh: &str| match (count, lang) {
            (0, _) => String::new(),
            (_, Lang::En) => en.replace('#', &count.to_string()),
            (_, Lang::Zh) => zh.replace('#', &count.to_string()),
        };
        let alone = text(
            alone,
            "; # of the accepted have errors with the other files, or by the list",
            "；通过的文件中有 # 个与其他文件或名单合看有错误",
        );
        let ledgers = text(ledgers, ", # merged ledgers, which are no submissions", "，合并台账 # 个（不是报送材料）");
        match lang {
            Lang::En => {
                format!("{files} files: {accepted} accepted, {rejected} rejected, {unread} not read{ledgers}{alone}")
            }
            Lang::Zh => {
                format!("{files} 个文件：通过 {accepted} 个，退回 {rejected} 个，未能读取 {unread} 个{ledgers}{alone}")
            }
        }
    }
}

/// The files of the summary with what they hold.
pub(crate) fn make(
    list: &[(&Submission, Digest)],
    skipped: &[Skipped],
    counts: &Counts,
    across: &Across,
    lang: Lang,
) -> Result<[(&'static str, Vec<u8>); 2], Stop> {
    let (list, inputs): (Vec<&Submission>, Vec<Digest>) = list.iter().copied().unzip();
    let list = list.as_slice();
    // All files are done, and their cores have nothing else to do.
    let (json, book) = std::thread::scope(|scope| {
        let json = || format!("{:#}\n", json(list, &inputs, skipped, counts, across)).into_bytes();
        let beside = std::thread::Builder::new().spawn_scoped(scope, json);
        let book = book(list, skipped, counts, across, lang);
        let json = beside.map_or_else(|_| Ok(json()), std::thread::ScopedJoinHandle::join);
        (json.unwrap_or_else(|panic| std::panic::resume_unwind(panic)), book)
    });
    Ok([(JSON, json), (BOOK, book?)])
}

fn json(list: &[&Submission], inputs: &[Digest], skipped: &[Skipped], counts: &Counts, across: &Across) -> Value {
    let mut files: Vec<Value> = list.iter().zip(inputs).map(|(one, input)| of_file(one, *input)).collect();
    for repeat in &across.repeats {
        if let (Some(file), Some(first)) = (files.get_mut(repeat.file), list.get(repeat.first)) {
            file["repeats"] = first.file.as_str().into();
        }
    }
    let mut json = json!({
        "files": files,
        "skipped": skipped,
        "codes": counts.codes.iter().map(|((severity, code), (findings, files))| json!({
            "code": code, "severity": severity, "findings": findings, "files": files,
        })).collect::<Vec<_>>(),
        "summary": {
            "files": counts.files,
            "accepted": counts.accepted,
            "accepted_alone": counts.accepted_alone,
            "rejected": counts.rejected,
            "unread": counts.unread,
            "ledgers": counts.ledgers,
            "records": counts.records,
            "errors": counts.errors,
            "warnings": counts.warnings,
            "skipped": skipped.len(),
        },
    });
    if let (Some((file, lines)), Some(fields)) = (&across.roster, json.as_object_mut()) {
        fields.insert("roster".to_owned(), roster::json_of(file, lines, list));
    }
    if let (false, Some(fields)) = (across.ledgers.is_empty(), json.as_object_mut()) {
        let ledger = |one: &Wrote| json!({ "file": shown(&one.path), "form": one.form, "records": one.records });
        fields.insert("ledgers".to_owned(), across.ledgers.iter().map(ledger).collect());
    }
    json
}

fn book(
    list: &[&Submission],
    skipped: &[Skipped],
    counts: &Counts,
    across: &Across,
    lang: Lang,
) -> Result<Vec<u8>, Stop> {
    let lines = across.roster.as_ref().map(|(_, lines)| lines.as_slice());
    let book = book::make(list, skipped, (counts, lines), &across.repeats, lang);
    sheetform_workbook::save(&book).map_err(|findings| {
        let why = findings.first().map(|finding| finding.message.clone()).unwrap_or_default();
        Stop::new(format!("{BOOK}: {}", why.en), format!("{BOOK}：{}", why.zh))
    })
}

fn of_file(one: &Submission, input: Digest) -> Value {
    let mut value = serde_json::to_value(one).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        if one.verdict != Verdict::Unread {
            fields.insert("sha256".into(), input.to_string().into());
        }
        fields.insert("errors".into(), one.count(Severity::Error).into());
        fields.insert("warnings".into(), one.count(Severity::Warning).into());
    }
    value
}
