//! Findings put in order, counted and rendered. Pure: a report becomes a string, and someone else writes it.

mod excerpt;
mod fixes;
mod fold;
pub(crate) mod grid;
mod html;
mod json;
mod nearby;
mod order;
mod sarif;
mod show;
mod stream;
#[cfg(test)]
mod tests;
mod text;

pub use nearby::{HeadRows, Nearby};
pub use order::sort_findings;
pub use show::{escaped, shown, shown_zh};
pub use stream::{Pieces, Stream};
pub(crate) use text::severity_word;
pub use text::{line, place_text};

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::finding::{Finding, Lang, Severity};
use crate::fix::Fixed;
use crate::grid::Source;

/// What was found in one file.
///
/// As data (serde) it is what a program keeps between two runs of itself, without [`FileReport::path`] and
/// [`FileReport::fixes`]; [`Report::json`] is for others.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FileReport {
    /// The file as the caller named it; none for what stands in no file.
    pub file: Option<String>,
    /// The file itself, where the name is not all of it: line breaks, and bytes that are no text.
    #[serde(skip)]
    pub path: Option<PathBuf>,
    /// The id of its form.
    pub form: Option<String>,
    /// The title of a form that has no id, shown to people in its place; empty where it has neither.
    pub title: Option<String>,
    /// The version of its form.
    pub version: Option<i64>,
    /// The rows of all its tables.
    pub records: u64,
    /// What was found, in order.
    pub findings: Vec<Finding>,
    /// The cells that were mended in a copy, or would be; none where that was not asked for.
    #[serde(skip)]
    pub fixes: Option<Vec<Fixed>>,
    /// Where it was told before, and this is what more there is to say: whether it was valid then.
    #[serde(skip)]
    pub told: Option<bool>,
    /// What stands near it, for [`Report::full`] and [`Report::html`].
    #[serde(skip_serializing_if = "Nearby::is_empty")]
    pub nearby: Nearby,
}

impl FileReport {
    /// A file of which nothing is known but its findings.
    pub fn new(file: impl Into<String>, findings: Vec<Finding>) -> Self {
        Self { file: Some(file.into()), findings, ..Self::default() }
    }

    /// Whether no finding is an error, nor was one told of it before.
    pub fn valid(&self) -> bool {
        self.told != Some(false) && self.findings.iter().all(|finding| finding.severity != Severity::Error)
    }

    /// Its findings by severity.
    pub fn counts(&self) -> Counts {
        Counts::of(&self.findings)
    }

    /// Takes from a book the cells that [`Report::full`] and [`Report::html`] draw, in one more pass over the sheets with
    /// findings. Masked, values are not taken.
    pub fn look_at_book(&mut self, source: &dyn Source, heads: Vec<HeadRows>, style: Style, masked: bool) {
        let nearby = Nearby::gather(source, heads, &fold::fold(self, style, style.most_drawn()).items, masked);
        self.nearby = nearby;
    }

    /// Takes from a JSON text the lines that are drawn.
    pub fn look_at_text(&mut self, text: &str, style: Style) {
        let nearby = Nearby::of_text(text, &fold::fold(self, style, style.most_drawn()).items);
        self.nearby = nearby;
    }

    /// Its findings for people, without what sums them up; `full` with the cells around each.
    pub fn lines(&self, style: Style, full: bool) -> String {
        text::findings(self, style, full)
    }

    /// The same report with places and no values. What stands near a finding is masked where it is taken.
    #[must_use]
    pub fn masked(self) -> Self {
        let fixes = self.fixes.map(|fixes| fixes.into_iter().map(Fixed::masked).collect());
        Self { findings: self.findings.into_iter().map(Finding::masked).collect(), fixes, ..self }
    }

    /// What people know its form by; empty for one without a name, none where no form is known.
    fn form_name(&self) -> Option<&str> {
        self.form.as_deref().or(self.title.as_deref())
    }

    fn shown_findings(&self, style: Style) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| !(style.quiet && finding.severity == Severity::Info))
    }

    fn shown_counts(&self, style: Style) -> Counts {
        Counts::of(self.shown_findings(style))
    }
}

/// What was found in all files of one run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// One for each file, in the order they were given.
    pub files: Vec<FileReport>,
    /// How many more were given that could not be checked, and are said elsewhere.
    pub unread: usize,
}

impl Report {
    /// Whether no finding of any file is an error.
    pub fn valid(&self) -> bool {
        self.files.iter().all(FileReport::valid)
    }

    /// The exit code that the findings ask for: 0, or 1 with an error among them.
    pub fn exit_code(&self) -> u8 {
        u8::from(!self.valid())
    }

    /// One object for the whole run, as `validate --format json` prints it; ends with a line break.
    pub fn json(&self, style: Style) -> String {
        json::report(self, style)
    }

    /// One finding a line, each with its file.
    pub fn jsonl(&self, style: Style) -> String {
        json::lines(self, style)
    }

    /// Short lines for people, with a summary line a file.
    pub fn text(&self, style: Style) -> String {
        text::report(self, style, false)
    }

    /// The same with the cells around each finding, as the sheet shows them.
    pub fn full(&self, style: Style) -> String {
        text::report(self, style, true)
    }

    /// A SARIF 2.1.0 log, for programs that gather results.
    pub fn sarif(&self, style: Style) -> String {
        sarif::report(self, style)
    }

    /// One page for people that needs nothing else: to be read in a browser and printed.
    pub fn html(&self, style: Style) -> String {
        html::report(self, style)
    }
}

/// How a report is rendered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// The language of messages.
    pub lang: Lang,
    /// Leaves findings of severity info out, of counts too.
    pub quiet: bool,
    /// Colours severities for a terminal.
    pub color: bool,
    /// How many findings of a file people are shown, folded ones counting as one: [`Style::LINES`] or [`Style::DRAWN`]
    /// unless said. Renderings for programs give all.
    pub most: Option<usize>,
}

impl Style {
    /// How many short lines are shown of a file.
    pub const LINES: usize = 1000;
    /// How many findings of a file are shown with the cells around them.
    pub const DRAWN: usize = 200;

    fn most_drawn(self) -> usize {
        self.most.unwrap_or(Self::DRAWN)
    }
}

/// Findings by severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// What was done on the way.
    pub infos: usize,
}

impl Counts {
    /// How many of each there are.
    pub fn of<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Self {
        let mut counts = Self::default();
        for finding in findings {
            match finding.severity {
                Severity::Error => counts.errors += 1,
                Severity::Warning => counts.warnings += 1,
                Severity::Info => counts.infos += 1,
            }
        }
        counts
    }

    fn add(&mut self, other: Self) {
        self.errors += other.errors;
        self.warnings += other.warnings;
        self.infos += other.infos;
    }
}
