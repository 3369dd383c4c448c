//! A report file by file, for runs that do not hold all that they find. Together the pieces are what [`super::Report`]
//! renders.

use serde_json::Value;

use super::{Counts, FileReport, Style, json, text};

/// How a report is rendered that comes in pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pieces {
    /// As [`super::Report::text`].
    Text,
    /// As [`super::Report::full`].
    Full,
    /// As [`super::Report::json`].
    Json,
    /// As [`super::Report::jsonl`].
    Jsonl,
}

/// A report that is being rendered.
#[derive(Clone, Debug)]
pub struct Stream {
    pieces: Pieces,
    style: Style,
    files: usize,
    valid: usize,
    counts: Counts,
}

impl Stream {
    /// Nothing rendered yet.
    pub fn new(pieces: Pieces, style: Style) -> Self {
        Self { pieces, style, files: 0, valid: 0, counts: Counts::default() }
    }

    /// What stands of the next file.
    pub fn file(&mut self, file: &FileReport) -> String {
        let first = self.files == 0;
        self.files += 1;
        self.valid += usize::from(file.valid());
        self.counts.add(file.shown_counts(self.style));
        match self.pieces {
            Pieces::Text => text::file(file, self.style, false),
            Pieces::Full => text::file(file, self.style, true),
            Pieces::Jsonl => json::lines_of(file, self.style),
            Pieces::Json => {
                let begin = if first { "{\n  \"files\": [\n" } else { ",\n" };
                let piece = json::pretty(&json::of_file(file, self.style));
                format!("{begin}    {}", piece.trim_end().replace('\n', "\n    "))
            }
        }
    }

    /// What more there is to say of a file that has been told, or of one that is none of those that were given: it is not
    /// counted. One that was told to be valid, and is not now, is no longer counted so.
    pub fn more(&mut self, file: &FileReport) -> String {
        let no_more = file.told == Some(true) && !file.valid();
        let before = (self.files, self.valid.saturating_sub(usize::from(no_more)));
        let text = self.file(file);
        if before.0 > 0 {
            (self.files, self.valid) = before;
        }
        text
    }

    /// What stands at the end; `unread` as in [`super::Report::unread`].
    pub fn end(self, unread: usize) -> String {
        let files = self.files + unread;
        match self.pieces {
            Pieces::Text | Pieces::Full if files > 1 && self.files > 0 => {
                text::run_summary(files, self.valid, self.counts, self.style.lang)
            }
            Pieces::Text | Pieces::Full | Pieces::Jsonl => String::new(),
            Pieces::Json => {
                let begin = if self.files == 0 { "{\n  \"files\": [" } else { "\n  " };
                let summary: Value = json::summary(self.files, self.valid, self.counts);
                let summary = json::pretty(&summary);
                format!("{begin}],\n  \"summary\": {}\n}}\n", summary.trim_end().replace('\n', "\n  "))
            }
        }
    }
}
