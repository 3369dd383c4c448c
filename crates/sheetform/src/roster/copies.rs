//! Which of several files of one sender and form counts: the newer one, by the documents' own dates. Guesses nothing.

use std::collections::BTreeMap;

use super::{About, Sent, name_key, say};
use crate::finding::Finding;

/// What is known of files that came more than once.
#[derive(Clone, Debug, Default)]
pub struct Copied {
    /// For each file, whether it counts: no other takes its place.
    pub counts: Vec<bool>,
    /// What is said of those that do not.
    pub findings: Vec<(About, Finding)>,
}

/// Finds files that one sender sent of one form. Of those
///
/// - the one with the latest date counts, where all have a date and one is the latest;
/// - of several with that date the only one without errors counts;
/// - of several that are the same to the byte the first counts;
/// - else none counts, and that is an error: which is meant cannot be told.
///
/// A file that does not say who sent it counts by itself.
pub fn copies(sent: &[Sent]) -> Copied {
    let mut groups: BTreeMap<(String, &str), Vec<usize>> = BTreeMap::new();
    for (number, file) in sent.iter().enumerate() {
        if let (Some(sender), Some(form)) = (&file.sender, &file.form) {
            groups.entry((name_key(sender), form)).or_default().push(number);
        }
    }
    let mut out = Copied { counts: vec![true; sent.len()], findings: Vec::new() };
    for group in groups.into_values().filter(|group| group.len() > 1) {
        settle(sent, &group, &mut out);
    }
    out.findings.sort_by_key(|(about, _)| match about {
        About::Roster => 0,
        About::File(number) => *number,
    });
    out
}

/// A file that is an earlier one once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// Its number.
    pub file: usize,
    /// The number of the earlier one.
    pub first: usize,
    /// Whether they are the same to the byte; else they are of one sender, form and date.
    pub identical: bool,
}

/// Finds what came twice, where nobody asks which counts.
pub fn repeats(sent: &[Sent]) -> Vec<Repeat> {
    let mut contents: BTreeMap<&str, usize> = BTreeMap::new();
    let mut dates: BTreeMap<(String, &str, &str), usize> = BTreeMap::new();
    let mut out = Vec::new();
    for (number, file) in sent.iter().enumerate() {
        let Some(form) = file.form.as_deref() else { continue };
        let mut first = file.content.as_deref().map(|content| *contents.entry(content).or_insert(number));
        let identical = first.is_some_and(|first| first != number);
        if let (false, Some(sender), Some(dated)) = (identical, &file.sender, file.dated.as_deref()) {
            first = Some(*dates.entry((name_key(sender), form, dated)).or_insert(number));
        }
        if let Some(first) = first.filter(|first| *first != number) {
            out.push(Repeat { file: number, first, identical });
        }
    }
    out
}

fn settle(sent: &[Sent], group: &[usize], out: &mut Copied) {
    // Only one of each content is looked at.
    let mut distinct: Vec<usize> = Vec::new();
    for &number in group {
        let same = |other: &&usize| sent[**other].content.is_some() && sent[**other].content == sent[number].content;
        match distinct.iter().find(same) {
            Some(&first) => drop_one(out, number, say::same(&sent[number], &sent[first])),
            None => distinct.push(number),
        }
    }
    if distinct.len() == 1 {
        return;
    }
    let date = |number: &usize| sent[*number].dated.as_deref();
    // Dates of one form are written alike, so that texts compare as days do.
    let latest = distinct.iter().filter_map(date).max();
    let width = latest.map(str::len);
    let comparable = distinct.iter().all(|number| date(number).map(str::len) == width);
    let newest: Vec<usize> = distinct.iter().filter(|number| !comparable || date(number) == latest).copied().collect();
    let accepted: Vec<usize> = newest.iter().filter(|number| sent[**number].accepted).copied().collect();
    let counting = match (newest.as_slice(), accepted.as_slice()) {
        ([one], _) | (_, [one]) if comparable => Some(*one),
        _ => None,
    };
    for &number in &distinct {
        if Some(number) == counting {
            continue;
        }
        let finding = match counting {
            Some(other) if date(&number) == date(&other) => say::only_one_good(&sent[number], &sent[other]),
            Some(other) => say::older(&sent[number], &sent[other]),
            None if newest.contains(&number) => {
                let others: Vec<&Sent> = newest.iter().filter(|other| **other != number).map(|at| &sent[*at]).collect();
                say::cannot_tell(&sent[number], &others, comparable)
            }
            None => say::older(&sent[number], &sent[newest[0]]),
        };
        drop_one(out, number, finding);
    }
}

fn drop_one(out: &mut Copied, number: usize, finding: Finding) {
    out.counts[number] = false;
    out.findings.push((About::File(number), finding));
}
