//! What people are shown of many findings: equal problems down a column as one, and of very many the gravest. Renderings
//! for programs take every finding as it is.

use std::collections::HashMap;

use super::{Counts, FileReport, Style};
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

    /// Their cells, top to bottom.
    pub(super) fn cells(&self) -> impl Iterator<Item = CellRef> {
        self.findings.iter().filter_map(|finding| finding.place.cell)
    }

    /// From the first cell to the last, where there are several.
    pub(super) fn range(&self) -> Option<Range> {
        let last = self.findings.last().filter(|_| self.count() > 1)?;
        Some(Range::new(self.finding().place.cell?, last.place.cell?))
    }

    /// The sentence for all of them: their own where they say the same, else without what differs.
    pub(super) fn message(&self) -> Text {
        let message = &self.finding().message;
        if self.same() { message.clone() } else { message.without_values().unwrap_or_else(|| message.clone()) }
    }

    /// What the first of several says that differ.
    pub(super) fn first(&self) -> Option<&'a Text> {
        (!self.same()).then_some(&self.finding().message)
    }

    /// The hint, where all have the same.
    pub(super) fn hint(&self) -> Option<&'a Text> {
        let hint = self.finding().hint.as_ref();
        hint.filter(|_| self.findings.iter().all(|finding| finding.hint.as_ref() == hint))
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
    message: String,
}

impl<'a> Key<'a> {
    fn of(finding: &'a Finding) -> Option<Self> {
        let message = finding.message.without_values();
        Some(Self {
            code: finding.code,
            severity: finding.severity,
            sheet: finding.place.sheet.as_deref()?,
            column: finding.place.cell?.col,
            rule: finding.rule.as_deref(),
            message: message.as_ref().unwrap_or(&finding.message).en.clone(),
        })
    }
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
    for finding in file.shown_findings(style) {
        let group = Key::of(finding).and_then(|key| alike.get(&key)).filter(|group| group.len() >= FOLDED);
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
