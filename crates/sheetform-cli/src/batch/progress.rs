//! How far a batch is: a bar on a terminal, else plain lines. Says nothing of what was found.

use std::io::{self, IsTerminal as _};
use std::time::{Duration, Instant};

use sheetform::finding::{Lang, Text};

use crate::args::ProgressKind;
use crate::console::Console;

/// How often the bar is drawn anew.
const REDRAW: Duration = Duration::from_millis(200);
/// How often a line is written where it was asked for, and where nobody watches.
const ASKED: Duration = Duration::from_secs(1);
const UNASKED: Duration = Duration::from_secs(10);
/// Parts of the bar.
const PARTS: usize = 24;

/// What is shown, and when last.
pub(crate) struct Progress {
    console: Console,
    kind: ProgressKind,
    every: Duration,
    begun: Instant,
    last: Instant,
    /// Whether a bar stands on the last line.
    drawn: bool,
    of: usize,
    made: usize,
    /// Those that an earlier run did: they say nothing of the pace.
    reused: usize,
}

impl Progress {
    pub(crate) fn new(of: usize, asked: Option<ProgressKind>, console: Console) -> Self {
        let terminal = io::stderr().is_terminal();
        let kind = match asked {
            _ if console.quiet => ProgressKind::None,
            Some(ProgressKind::Auto) | None if terminal => ProgressKind::Bar,
            Some(ProgressKind::Auto) | None => ProgressKind::Lines,
            Some(kind) => kind,
        };
        let every = match (kind, asked) {
            (ProgressKind::Bar, _) => REDRAW,
            (_, Some(_)) => ASKED,
            (_, None) => UNASKED,
        };
        let now = Instant::now();
        Self { console, kind, every, begun: now, last: now, drawn: false, of, made: 0, reused: 0 }
    }

    /// One more is done.
    pub(crate) fn one(&mut self) {
        self.made += 1;
    }

    /// One of them was done by an earlier run.
    pub(crate) fn one_reused(&mut self) {
        self.reused += 1;
    }

    /// Shows it where it is time.
    pub(crate) fn show(&mut self) {
        if self.last.elapsed() < self.every || self.made >= self.of {
            return;
        }
        self.last = Instant::now();
        let text = self.text();
        match self.kind {
            ProgressKind::Bar => {
                Console::draw(&text);
                self.drawn = true;
            }
            ProgressKind::Lines => self.console.note(&Text::plain(text)),
            ProgressKind::Auto | ProgressKind::None => {}
        }
    }

    /// Makes room for what is printed.
    pub(crate) fn clear(&mut self) {
        if std::mem::take(&mut self.drawn) {
            Console::draw("");
        }
    }

    fn text(&self) -> String {
        let Self { made, of, .. } = *self;
        let seconds = self.begun.elapsed().as_secs_f64();
        let pace = (made.saturating_sub(self.reused)) as f64 / seconds.max(0.001);
        let share = made as f64 / of.max(1) as f64;
        let bar = match self.kind {
            ProgressKind::Bar => {
                let full = (share * PARTS as f64) as usize;
                format!("[{}{}] ", "=".repeat(full), " ".repeat(PARTS - full.min(PARTS)))
            }
            _ => String::new(),
        };
        let left = if pace > 0.0 { Some((of - made.min(of)) as f64 / pace) } else { None };
        let left = left.map(|left| clock(left.ceil() as u64));
        let percent = (share * 100.0) as u64;
        let pace = if pace < 10.0 { format!("{pace:.1}") } else { format!("{pace:.0}") };
        match (self.console.lang, left) {
            (Lang::En, Some(left)) => format!("{bar}{made}/{of} files, {percent}%, {pace}/s, {left} left"),
            (Lang::En, None) => format!("{bar}{made}/{of} files, {percent}%"),
            (Lang::Zh, Some(left)) => format!("{bar}{made}/{of} 个文件，{percent}%，每秒 {pace} 个，剩余 {left}"),
            (Lang::Zh, None) => format!("{bar}{made}/{of} 个文件，{percent}%"),
        }
    }
}

fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}
