//! Who should have sent what, and who did: a list of expected documents held against the files that came.
//!
//! Knows no file, no clock and no form: what is known of each file is given. "When" is a document's own date, never the
//! time of a file. [`copies`] says which of several files of one sender counts; [`check`] holds all against the list;
//! [`repeats`] only finds what came twice.

mod copies;
mod say;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::finding::{Finding, Place};
use crate::places::Places;
use crate::text::fold;
use crate::validate::words::nearest;

pub use copies::{Copied, Repeat, copies, repeats};

/// Files that do not say who sent them are named with each unit that is missing, if there are no more.
const FEW: usize = 3;

/// The property names of the shipped form `submission-roster`.
const ENTRIES: &str = "entries";

/// A document that is waited for: a line of the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expected {
    /// Who should send it.
    pub unit: String,
    /// The form, by its id or title.
    pub form: String,
    /// The day by which it is due, an ISO date.
    pub due: Option<String>,
    /// JSON pointer of the line in the list.
    pub pointer: String,
    /// Where the unit stands in the list, and the form.
    pub places: (Place, Place),
}

/// The lines of a document of the form `submission-roster`; what is not there is left out.
pub fn expected(document: &Value, places: &dyn Places) -> Vec<Expected> {
    let lines = document.get(ENTRIES).and_then(Value::as_array).into_iter().flatten().enumerate();
    let line = |(index, line): (usize, &Value)| {
        let text = |name: &str| line.get(name).and_then(Value::as_str).map(str::to_owned);
        let pointer = format!("/{ENTRIES}/{index}");
        let place = |name: &str| places.value(&format!("{pointer}/{name}")).unwrap_or_default();
        let (unit, form) = (text("unit")?, text("form")?);
        Some(Expected { unit, form, due: text("due"), places: (place("unit"), place("form")), pointer })
    };
    lines.filter_map(line).collect()
}

/// A form that files may be of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownForm {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Whether it says which property names the sender.
    pub has_sender: bool,
}

/// What is known of a file that came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Its name.
    pub file: String,
    /// The id of its form; none where it could not be read, or is of no form.
    pub form: Option<String>,
    /// Who sent it, as the document says.
    pub sender: Option<String>,
    /// The document's own day, month or year.
    pub dated: Option<String>,
    /// Whether there is a document, so that a sender who is not known is one that it does not say.
    pub read: bool,
    /// Whether it was taken: it has no errors.
    pub accepted: bool,
    /// Whether it was made with an older version of its form.
    pub old_version: bool,
    /// Equal for files of equal content; none where that is not known.
    pub content: Option<String>,
}

/// What became of a line of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It came and was taken.
    Sent,
    /// It came with errors.
    Rejected,
    /// It came several times, and which counts cannot be told.
    Undecided,
    /// Its unit sent a form that nobody asked it for, and not this one.
    WrongForm,
    /// It did not come.
    Missing,
    /// It did not come, and there is time yet.
    NotDue,
    /// Nobody can tell: the form is not known, or does not say who sent a document.
    Unknown,
}

impl State {
    /// `sent`, `rejected`, `undecided`, `wrong-form`, `missing`, `not-due` or `unknown`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Rejected => "rejected",
            Self::Undecided => "undecided",
            Self::WrongForm => "wrong-form",
            Self::Missing => "missing",
            Self::NotDue => "not-due",
            Self::Unknown => "unknown",
        }
    }
}

/// A line of the list and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Who should send it, as the list has it.
    pub unit: String,
    /// The form's id, where the form is known.
    pub form: Option<String>,
    /// The form as the list has it.
    pub called: String,
    /// The day by which it is due.
    pub due: Option<String>,
    /// What became of it.
    pub state: State,
    /// The file that counts, or the one that was sent in its place: its number.
    pub file: Option<usize>,
    /// The other files that its unit sent of this form.
    pub others: Vec<usize>,
    /// Where nothing came: the files that may be it. Of those that do not say who sent them the ones whose names have the
    /// unit's in them, and those of a sender who is not on the list and whose name is nearest to it; else, where few files
    /// of its form do not say who sent them, these.
    pub perhaps: Vec<usize>,
    /// Whether the document bears a day after the one it was due.
    pub late: bool,
    /// Whether it was made with an older version of the form.
    pub old_version: bool,
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The list; the finding has a place in it.
    Roster,
    /// A file, by its number.
    File(usize),
}

/// The list held against the files.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The lines of the list, in order.
    pub lines: Vec<Line>,
    /// For each file, which line it answers; none where the list has none for it.
    pub answers: Vec<Option<usize>>,
    /// For each file, whether it counts: it was asked for, and no other takes its place.
    pub counts: Vec<bool>,
    /// What is wrong.
    pub findings: Vec<(About, Finding)>,
}

/// Holds the list against the files. `as_of` is the day that stands for today, an ISO date.
///
/// Names are compared as headings are: width, case, blanks and brackets do not count. A name that is merely like
/// another is not taken for it; it is a hint.
pub fn check(roster: &[Expected], sent: &[Sent], forms: &[KnownForm], as_of: Option<&str>) -> Outcome {
    let copied = copies(sent);
    let mut findings = copied.findings;
    let mut lines: Vec<Line> = Vec::new();
    let mut by_key: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut twins: Vec<(usize, usize)> = Vec::new();
    for (number, expected) in roster.iter().enumerate() {
        let form = match form_of(&expected.form, forms) {
            Ok(form) => Some(form),
            Err(near) => {
                findings.push((About::Roster, say::unknown_form(expected, near)));
                None
            }
        };
        lines.push(Line {
            unit: expected.unit.clone(),
            form: form.map(|form| form.id.clone()),
            called: expected.form.clone(),
            due: expected.due.clone(),
            state: State::Unknown,
            file: None,
            others: Vec::new(),
            perhaps: Vec::new(),
            late: false,
            old_version: false,
        });
        let Some(form) = form else { continue };
        let first = *by_key.entry((name_key(&expected.unit), form.id.clone())).or_insert(number);
        if first != number {
            twins.push((number, first));
            // Told where the list itself is checked, if they are the same to the letter.
            if roster[first].unit != expected.unit || roster[first].form != expected.form {
                findings.push((About::Roster, say::twice_on_roster(expected, &roster[first])));
            }
        }
    }
    let (near, answers) = (BTreeMap::new(), vec![None; sent.len()]);
    let mut check = Check { roster, sent, forms, as_of, lines, by_key, near, findings, answers };
    check.answer(&copied.counts);
    check.unasked();
    check.absent();
    check.nameless();
    for (line, first) in twins {
        let Expected { unit, form, due, .. } = roster[line].clone();
        let said = Line { unit, called: form, due, ..check.lines[first].clone() };
        check.lines[line] = said;
    }
    check.findings.sort_by_key(|(about, finding)| match about {
        About::Roster => (0, finding.pointer.as_deref().map_or(0, index_of)),
        About::File(number) => (1, *number),
    });
    // A file of a form that does not say who sent it is waited for where its form is.
    let waited = |file: &Sent| {
        let form = file.form.as_deref().and_then(|id| check.form(id)).filter(|form| !form.has_sender);
        form.is_some_and(|form| check.lines.iter().any(|line| line.form.as_ref() == Some(&form.id)))
    };
    let asked = |file: usize| check.answers[file].is_some() || waited(&sent[file]);
    let counts = (0..sent.len()).map(|file| copied.counts[file] && asked(file)).collect();
    Outcome { lines: check.lines, answers: check.answers, counts, findings: check.findings }
}

/// Words behind a unit's name that say where its stamp goes, folded.
const STAMPS: [&str; 7] = ["(盖章)", "(章)", "(公章)", "(加盖公章)", "(签章)", "(印章)", "(seal)"];

/// A unit's name as it is compared: as headings are, and without a word for its stamp behind it.
fn name_key(name: &str) -> String {
    let mut folded = fold(name);
    if let Some(bare) = STAMPS.iter().find_map(|stamp| folded.strip_suffix(stamp)).filter(|bare| !bare.is_empty()) {
        folded.truncate(bare.len());
    }
    folded
}

/// The form that a list means; where there is none, the title nearest to it.
fn form_of<'f>(called: &str, forms: &'f [KnownForm]) -> Result<&'f KnownForm, Option<&'f str>> {
    let folded = fold(called);
    let exact = forms.iter().find(|form| form.id == called.trim());
    let found = exact.or_else(|| forms.iter().find(|form| fold(&form.title) == folded || fold(&form.id) == folded));
    found.ok_or_else(|| nearest(called, forms.iter().flat_map(|form| [form.title.as_str(), form.id.as_str()])))
}

struct Check<'a> {
    roster: &'a [Expected],
    sent: &'a [Sent],
    forms: &'a [KnownForm],
    as_of: Option<&'a str>,
    lines: Vec<Line>,
    /// Which line waits for a form of a unit.
    by_key: BTreeMap<(String, String), usize>,
    /// By unit and form: files whose sender is on no list, and has a name like that of a unit that sent nothing.
    near: BTreeMap<(String, String), Vec<usize>>,
    findings: Vec<(About, Finding)>,
    answers: Vec<Option<usize>>,
}

impl<'a> Check<'a> {
    fn form(&self, id: &str) -> Option<&'a KnownForm> {
        let forms = self.forms;
        forms.iter().find(|form| form.id == id)
    }

    /// Files that the list waits for.
    fn answer(&mut self, counts: &[bool]) {
        for (number, file) in self.sent.iter().enumerate() {
            let (Some(sender), Some(form)) = (&file.sender, &file.form) else { continue };
            let Some(&at) = self.by_key.get(&(name_key(sender), form.clone())) else { continue };
            self.answers[number] = Some(at);
            let line = &mut self.lines[at];
            if !counts[number] {
                line.others.push(number);
                if line.file.is_none() {
                    line.state = State::Undecided;
                }
                continue;
            }
            line.file = Some(number);
            line.state = if file.accepted { State::Sent } else { State::Rejected };
            line.old_version = file.old_version;
            let day = file.dated.as_deref().filter(|dated| dated.len() == "2026-03-31".len());
            if let (Some(day), Some(due)) = (day, &line.due)
                && day > due.as_str()
            {
                line.late = true;
                self.findings.push((About::File(number), say::late(file, day, due, &self.roster[at])));
            }
        }
    }

    /// Files that the list does not wait for.
    fn unasked(&mut self) {
        for (number, file) in self.sent.iter().enumerate() {
            let (Some(sender), Some(form), None) = (&file.sender, &file.form, self.answers[number]) else { continue };
            let unit = name_key(sender);
            let title = self.form(form).map_or(form.as_str(), |form| &form.title);
            let of_unit = |line: &&usize| name_key(&self.lines[**line].unit) == unit;
            let own: Vec<usize> = self.by_key.values().filter(of_unit).copied().collect();
            let open = own.iter().copied().find(|line| {
                let line = &self.lines[*line];
                line.file.is_none() && line.state == State::Unknown && self.sends(line)
            });
            if own.is_empty() {
                let near = self.nearest(sender, form).map(|(name, missing)| (name.to_owned(), missing));
                if let Some((name, true)) = &near {
                    self.near.entry((name_key(name), form.clone())).or_default().push(number);
                }
                let near = near.as_ref().map(|(name, missing)| (name.as_str(), *missing));
                self.findings.push((About::File(number), say::not_on_roster(sender, near)));
            } else if let Some(line) = open {
                (self.lines[line].state, self.lines[line].file) = (State::WrongForm, Some(number));
                self.findings.push((About::File(number), say::wrong_form(sender, title, &self.roster[line])));
            } else {
                let asked: Vec<&str> = own.iter().map(|line| self.lines[*line].called.as_str()).collect();
                self.findings.push((About::File(number), say::not_asked(sender, title, &asked)));
            }
        }
    }

    /// Whether files of the line's form say who sent them.
    fn sends(&self, line: &Line) -> bool {
        line.form.as_deref().and_then(|id| self.form(id)).is_some_and(|form| form.has_sender)
    }

    /// The name on the list that is nearest to one that is not, and what is to be said of it: one that this form is
    /// missing from comes before the others.
    fn nearest(&self, sender: &str, form: &str) -> Option<(&str, bool)> {
        let waits = |line: &&Line| line.form.as_deref() == Some(form) && line.file.is_none();
        let names = |wanted: &dyn Fn(&&Line) -> bool| {
            let mut names: Vec<&str> = self.lines.iter().filter(wanted).map(|line| line.unit.as_str()).collect();
            names.sort_unstable();
            names.dedup();
            names
        };
        let missing = nearest(sender, names(&waits)).map(|name| (name, true));
        missing.or_else(|| nearest(sender, names(&|_| true)).map(|name| (name, false)))
    }

    /// Lines that nothing came for.
    fn absent(&mut self) {
        let named = self.named();
        let is_named = |number: &usize| named.values().any(|files| files.contains(number));
        for (key, &at) in &self.by_key {
            let line = &self.lines[at];
            if line.state != State::Unknown || !self.sends(line) {
                continue;
            }
            let ahead = self.as_of.zip(line.due.as_deref()).is_some_and(|(today, due)| due >= today);
            let state = if ahead { State::NotDue } else { State::Missing };
            self.lines[at].state = state;
            let of_form = |number: &usize| self.sent[*number].form.as_ref().is_none_or(|form| *form == key.1);
            let named = named.get(&key.0).into_iter().flatten().copied().filter(of_form);
            let mut perhaps: Vec<usize> = named.chain(self.near.get(key).into_iter().flatten().copied()).collect();
            if perhaps.is_empty() {
                let of_nobody = |number: &usize| {
                    let file = &self.sent[*number];
                    file.sender.is_none() && file.form.as_ref() == Some(&key.1) && !is_named(number)
                };
                let of_nobody: Vec<usize> = (0..self.sent.len()).filter(of_nobody).collect();
                // Of many, each line would name all.
                perhaps.extend(Some(of_nobody).filter(|files| files.len() <= FEW).into_iter().flatten());
            }
            perhaps.sort_unstable();
            self.lines[at].perhaps = perhaps;
            let perhaps: Vec<&str> = self.lines[at].perhaps.iter().map(|file| self.sent[*file].file.as_str()).collect();
            self.findings.push((About::Roster, say::missing(&self.roster[at], self.as_of, &perhaps)));
        }
    }

    /// By the units of the list: the files that do not say who sent them, and whose names have the unit's in them.
    fn named(&self) -> BTreeMap<String, Vec<usize>> {
        let units: BTreeSet<String> = self.lines.iter().map(|line| name_key(&line.unit)).collect();
        let mut named: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (number, file) in self.sent.iter().enumerate().filter(|(_, file)| file.sender.is_none() && !file.accepted) {
            let name = fold(&file.file);
            let found: Vec<&String> = units.iter().filter(|unit| has_name(&name, unit)).collect();
            for unit in &found {
                // Of a unit and one within it, whose name is longer, the latter is meant.
                if !found.iter().any(|longer| longer.len() > unit.len() && longer.contains(unit.as_str())) {
                    named.entry((*unit).clone()).or_default().push(number);
                }
            }
        }
        named
    }

    /// Forms and files that do not say who sent them.
    fn nameless(&mut self) {
        let forms = self.forms;
        let has_sender = |id: &str| forms.iter().find(|form| form.id == id).is_none_or(|form| form.has_sender);
        for &at in self.by_key.values() {
            let Some(id) = self.lines[at].form.as_deref().filter(|id| !has_sender(id)) else { continue };
            let of_form = self.sent.iter().filter(|file| file.form.as_deref() == Some(id));
            let files: Vec<&str> = of_form.map(|file| file.file.as_str()).collect();
            self.findings.push((About::Roster, say::no_sender_on_roster(&self.roster[at], &files)));
        }
        for (number, file) in self.sent.iter().enumerate() {
            let Some(id) = file.form.as_deref().filter(|_| file.sender.is_none() && file.read) else { continue };
            let title = self.form(id).map_or(id, |form| form.title.as_str());
            let on_list = self.lines.iter().any(|line| line.form.as_deref() == Some(id));
            if has_sender(id) {
                self.findings.push((About::File(number), say::no_sender(None)));
            } else if !on_list && file.accepted {
                self.findings.push((About::File(number), say::no_sender(Some(title))));
            }
        }
    }
}

/// Whether a text has a name in it that is no part of a longer number: unit 1 is not in unit 11.
fn has_name(text: &str, name: &str) -> bool {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit() || "〇零一二三四五六七八九十百".contains(c));
    let apart = |at: usize| {
        let (before, rest) = text.split_at(at);
        let starts = digit(before.chars().next_back()) && digit(name.chars().next());
        let ends = digit(name.chars().next_back()) && digit(rest[name.len()..].chars().next());
        !starts && !ends
    };
    // One character says nothing.
    name.chars().nth(1).is_some() && text.match_indices(name).any(|(at, _)| apart(at))
}

/// The number of a line, from its pointer.
fn index_of(pointer: &str) -> usize {
    pointer.split('/').nth(2).and_then(|index| index.parse().ok()).unwrap_or_default()
}
