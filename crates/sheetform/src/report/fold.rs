//! What people are shown of many findings: equal problems down a column as one, and of very many the gravest. Renderings
//! for programs take every finding as it is.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::{Counts, FileReport, Style, shown};
use crate::finding::{Code, Finding, Severity, Text};
use crate::grid::{CellRef, Range};

/// From so many equal problems in a column on they are one line; two are told apart better.
const FOLDED: usize = 3;

/// One finding, or several equal ones in a column.
pub(super) struct Item<'a> {
    findings: Vec<&'a Finding>,
}

impl<'a> Item<'a> {
    /// The first of them.
    pub(super) fn finding(&self) -> &'a Finding {
        self.findings[0]
    }

    /// How many they are.
    pub(super) fn count(&self) -> usize {
        self.findings.len()
    }

    /// Their cells, top to bottom, each once.
    pub(super) fn cells(&self) -> impl Iterator<Item = CellRef> {
        cells(&self.findings).into_iter()
    }

    /// Where several stand: runs of cells, top to bottom. No other cell is in them.
    pub(super) fn runs(&self) -> Vec<Range> {
        let mut runs: Vec<Range> = Vec::new();
        for cell in self.cells() {
            match runs.last_mut() {
                Some(run) if run.last.row + 1 == cell.row => run.last = cell,
                _ => runs.push(Range::cell(cell)),
            }
        }
        runs
    }

    /// The sentence for all of them: their own where they say the same, else without what differs.
    pub(super) fn message(&self) -> Text {
        self.alike(&self.finding().message, |finding| Some(&finding.message))
    }

    /// What the first of several says that differ.
    pub(super) fn first(&self) -> Option<&'a Text> {
        (!self.same()).then_some(&self.finding().message)
    }

    /// What to do, for all of them.
    pub(super) fn hint(&self) -> Option<Text> {
        Some(self.alike(self.finding().hint.as_ref()?, |finding| finding.hint.as_ref()))
    }

    /// A sentence of the first as it is where all say it, else without the values that differ.
    fn alike(&self, first: &'a Text, of: impl Fn(&'a Finding) -> Option<&'a Text>) -> Text {
        let same = self.findings.iter().all(|finding| of(finding) == Some(first));
        if same { first.clone() } else { first.without_values().unwrap_or_else(|| first.clone()) }
    }

    fn same(&self) -> bool {
        self.findings.iter().all(|finding| finding.message == self.finding().message)
    }
}

/// What is shown of a file.
pub(super) struct Folded<'a> {
    /// In the order of the file.
    pub(super) items: Vec<Item<'a>>,
    /// The findings that are not shown.
    pub(super) rest: Counts,
}

/// Equal problems down a column of a sheet.
#[derive(PartialEq, Eq, Hash)]
struct Key<'a> {
    code: Code,
    severity: Severity,
    sheet: &'a str,
    column: u32,
    rule: Option<&'a str>,
    bare: Option<String>,
    said: String,
    hint: Option<String>,
}

impl<'a> Key<'a> {
    fn of(finding: &'a Finding) -> Option<Self> {
        let bare = |text: &Text| text.without_values().map(|text| text.en);
        let hint = finding.hint.as_ref();
        Some(Self {
            code: finding.code,
            severity: finding.severity,
            sheet: finding.place.sheet.as_deref()?,
            column: finding.place.cell?.col,
            rule: finding.rule.as_deref(),
            bare: bare(&finding.message),
            said: said(finding),
            hint: hint.map(|hint| bare(hint).unwrap_or_else(|| hint.en.clone())),
        })
    }
}

/// What a finding says apart from its value: where that differs, so does what is wrong. What is no fault is told by its
/// bare sentence alone, as what was read as another type. A rule's own message stands as it is, since the bare one is
/// not always a sentence; so does a message that does not know its bare one.
fn said(finding: &Finding) -> String {
    let message = &finding.message.en;
    match (finding.message.without_values(), &finding.value) {
        (Some(_), _) if finding.code == Code::Rule => message.clone(),
        (Some(bare), _) if finding.severity == Severity::Info => bare.en,
        (Some(_), Some(value)) => without(message, value).unwrap_or_else(|| message.clone()),
        _ => message.clone(),
    }
}

/// A message with a sign in the place of the value, where it stands last; none where it does not stand there.
fn without(message: &str, value: &Value) -> Option<String> {
    let texts = match value {
        Value::String(text) => vec![shown(text), text.clone()],
        value => vec![value.to_string()],
    };
    let (at, length) = texts.iter().find_map(|text| Some((last(message, text)?, text.len())))?;
    Some(format!("{}\0{}", &message[..at], &message[at + length..]))
}

/// Where a text stands last, and not as a part of a longer word or number.
fn last(message: &str, text: &str) -> Option<usize> {
    let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let is_part = |at: usize| {
        let (before, after) = (&message[..at], &message[at + text.len()..]);
        (word(text.chars().next()) && word(before.chars().next_back()))
            || (word(text.chars().next_back()) && word(after.chars().next()))
    };
    message.rmatch_indices(text).map(|(at, _)| at).find(|at| !text.is_empty() && !is_part(*at))
}

/// The cells of findings, top to bottom.
fn cells(findings: &[&Finding]) -> BTreeSet<CellRef> {
    findings.iter().filter_map(|finding| finding.place.cell).collect()
}

/// Folds the findings of a file and keeps at most `most` of what comes out: errors first, then warnings.
pub(super) fn fold(file: &FileReport, style: Style, most: usize) -> Folded<'_> {
    let mut items: Vec<Item<'_>> = Vec::new();
    let mut alike: HashMap<Key<'_>, Vec<&Finding>> = HashMap::new();
    for finding in file.shown_findings(style) {
        if let Some(key) = Key::of(finding) {
            alike.entry(key).or_default().push(finding);
        }
    }
    // A cell may have several: a list.
    alike.retain(|_, group| group.len() >= FOLDED && cells(group).len() >= FOLDED);
    for finding in file.shown_findings(style) {
        let group = Key::of(finding).and_then(|key| alike.get(&key));
        match group {
            Some(group) if std::ptr::eq(group[0], finding) => items.push(Item { findings: group.clone() }),
            Some(_) => {}
            None => items.push(Item { findings: vec![finding] }),
        }
    }
    let mut rest = Counts::default();
    if items.len() > most {
        let mut gravest: Vec<usize> = (0..items.len()).collect();
        gravest.sort_by_key(|at| items[*at].finding().severity);
        let mut keeps = vec![false; items.len()];
        gravest[..most].iter().for_each(|at| keeps[*at] = true);
        let mut keeps = keeps.into_iter();
        items.retain(|item| {
            let keep = keeps.next().unwrap_or(true);
            if !keep {
                rest.add(Counts::of(item.findings.iter().copied()));
            }
            keep
        });
    }
    Folded { items, rest }
}
