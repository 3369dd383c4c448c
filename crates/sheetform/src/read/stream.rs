//! Reads a long sheet in one pass and hands its records on, so that neither the sheet nor its records are held.
//!
//! Where heads and labels stand is taken from the first rows. Rows that may mark a place are held back, with all behind
//! them, until the end of the sheet; then the whole survey must say what the first rows said. Where it does not, or
//! where the sheet is not of this kind, nothing is given, and the sheet is read the long way.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use serde_json::Value;

use super::bands::Bands;
use super::locate::Located;
use super::parts::Children;
use super::rows::Rows;
use super::rows::plain::{PlainRecord, PlainRows};
use super::survey::{Looking, Survey, is_marked};
use super::words::Words;
use super::{Options, Reading, SheetFit, candidates, pick};
use crate::form::Form;
use crate::grid::{Row, SheetFrame, Source};

/// How far a sheet is looked at before what is found there is taken for known.
#[derive(Clone, Copy, Debug)]
pub struct Lead {
    /// Rows from which the places of heads and labels are taken.
    pub rows: usize,
    /// Rows looked at behind one that is no plain record, before it is read: the foot may begin there.
    pub ahead: usize,
}

impl Default for Lead {
    fn default() -> Self {
        Self { rows: 256, ahead: 64 }
    }
}

/// Rows held back at most.
const HELD: usize = 4096;

/// Takes the records of the one table.
pub(crate) trait Take {
    /// Whether records of this table (its number in the layout) can be taken one by one, given what is known of the
    /// document beside them; `likely` is what the document will probably be without them.
    fn begin(&mut self, table: usize, document: &Value, likely: &Value) -> bool;
    /// Whether the form allows a value in a column.
    fn allows(&mut self, column: usize, value: &Value) -> bool;
    /// Takes a record of which there is nothing to say.
    fn plain(&mut self, record: PlainRecord<'_>);
    /// Takes a record; `unread` where something in it could not be read.
    fn whole(&mut self, record: Value, unread: bool);
    /// Whether it has to see the document whole, after all.
    fn gave_up(&self) -> bool;
}

/// Why one pass gave nothing.
enum Not {
    /// The sheet has to be read the long way.
    Plain,
    /// What stands beside the rows, merged cells above all, has to be known first.
    Framed,
}

/// Reads the sheet that fits the form, and what stands beside its rows; `None` where it has to be read the long way.
pub(crate) fn stream(
    form: &Form,
    source: &dyn Source,
    options: &Options,
    lead: Lead,
    take: &mut dyn Take,
) -> Option<(Reading, SheetFrame)> {
    let children = Children::open(source).ok().filter(Children::is_empty)?;
    let words = Words::new(&form.layout);
    let sheets = candidates(source, options, &children).ok()?;
    let (long, short): (Vec<usize>, Vec<usize>) =
        sheets.into_iter().partition(|sheet| first_rows(source, *sheet, lead.rows + lead.ahead).is_none());
    let [sheet] = long[..] else { return None };
    let long = Long { form, source, options, lead, words: &words, children: &children, sheet, short: &short };
    // Merges stand behind the rows: to know them first is a pass of its own.
    match long.read(None, take) {
        Ok(reading) => Some(reading),
        Err(Not::Plain) => None,
        Err(Not::Framed) => long.read(Some(source.frame(sheet).ok()?), take).ok(),
    }
}

/// A long sheet.
struct Long<'a> {
    form: &'a Form,
    source: &'a dyn Source,
    options: &'a Options,
    lead: Lead,
    words: &'a Words<'a>,
    children: &'a Children,
    sheet: usize,
    /// The other sheets that may be meant.
    short: &'a [usize],
}

impl Long<'_> {
    fn read(&self, frame: Option<SheetFrame>, take: &mut dyn Take) -> Result<(Reading, SheetFrame), Not> {
        let framed = frame.is_some();
        let Self { form, source, options, lead, words, children, sheet, .. } = *self;
        let mut looking = Looking::new(source, sheet);
        if let Some(frame) = frame {
            looking.frame(frame);
        }
        let survey = lead_of(source, sheet, lead.rows, &looking, words).ok_or(Not::Plain)?;
        let located = Located::find(&survey, form, words);
        let simple = located.whole(form) && located.heads.iter().flatten().all(|head| head.first == head.last);
        if !framed && !simple {
            return Err(Not::Framed);
        }
        let unlike = if framed { Not::Plain } else { Not::Framed };
        let mut bands = Bands::new(form, source, &survey, &located, words, children);
        let mut said = bands.begin();
        let mut open = bands.open(&mut said);
        let (number, rows) = open.pop().filter(|_| open.is_empty()).ok_or(Not::Plain)?;
        let below = located.heads.iter().flatten().map(super::heads::Head::below).max().ok_or(Not::Plain)?;
        let mut plain = PlainRows::new(&rows, words, &survey.merges).ok_or(Not::Plain)?;
        if located.ends[number] <= survey.last_row || !take.begin(number, bands.so_far(), &bands.likely(source, number))
        {
            return Err(Not::Plain);
        }
        let mut pass = Pass {
            words,
            rows,
            take,
            looking,
            above: Vec::new(),
            ahead: VecDeque::new(),
            held: Vec::new(),
            most_ahead: lead.ahead,
            last: 0,
            unread: false,
        };
        let frame = source.rows_and_frame(sheet, &mut |row| {
            if row.index < below { pass.above(row) } else { pass.next(row, &mut plain) }
        });
        let Pass { mut rows, take, mut looking, above, ahead, mut held, last, unread, .. } = pass;
        let Some(frame) = frame.ok().flatten().filter(|_| !take.gave_up() && held.len() <= HELD) else {
            return Err(Not::Plain);
        };
        looking.frame(frame.clone());
        held.extend(ahead.into_iter().map(|(row, _)| row));
        for row in &held {
            looking.take(row.clone(), is_marked(row, words));
        }
        let whole = SheetFit::of(form, looking.finish(), sheet, words);
        let short = self.short.iter().map(|number| SheetFit::new(form, source, *number, words));
        let mut found: Vec<SheetFit> = short.collect::<Result<_, _>>().map_err(|_| Not::Plain)?;
        found.push(whole);
        let chosen = pick(form, source, options, words, found).ok().filter(|chosen| chosen.sheet == sheet);
        let Some(chosen) = chosen else { return Err(unlike) };
        let inside = |row: u32| row >= below && row <= last;
        let merged = |(first, _): &(u32, u32)| *first <= last;
        if chosen.located.heads != located.heads
            || !framed && chosen.survey.merges.spans(below).iter().any(merged)
            || chosen.located.ends[number] <= last
            || chosen
                .located
                .labels
                .values()
                .any(|label| inside(label.label.first.row) || inside(label.value.first.row))
        {
            return Err(unlike);
        }
        let mut bands = Bands::new(form, source, &chosen.survey, &chosen.located, words, children);
        let mut reading = bands.begin();
        let fresh = bands.open(&mut reading);
        if fresh.len() != 1 || !rows.becomes(&fresh[0].1, last) {
            return Err(unlike);
        }
        rows.ends(chosen.located.ends[number]);
        let mut unread = unread;
        let mut open = vec![(number, rows)];
        for row in above.iter().chain(&held) {
            let before = open[0].1.unreadable.len();
            bands.row(&mut open, row, &mut reading);
            hand_on(&mut open[0].1, take, &mut unread, before);
        }
        open[0].1.finish();
        let before = open[0].1.unreadable.len();
        hand_on(&mut open[0].1, take, &mut unread, before);
        if open[0].1.count == 0 || open[0].1.empty_token || open[0].1.part.is_some() {
            return Err(Not::Plain);
        }
        bands.close(open, &mut reading);
        let mut reading = bands.finish(source, reading);
        reading.findings.extend(chosen.others);
        Ok((reading, frame))
    }
}

/// The rows of a sheet, where they are no more than so many.
fn first_rows(source: &dyn Source, sheet: usize, most: usize) -> Option<usize> {
    let mut count = 0;
    let read = source.rows(sheet, &mut |_| {
        count += 1;
        if count > most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    read.ok().map(|()| count).filter(|count| *count <= most)
}

/// A survey of the first rows.
fn lead_of(source: &dyn Source, sheet: usize, rows: usize, looking: &Looking, words: &Words<'_>) -> Option<Survey> {
    let mut looking = looking.clone();
    let mut count = 0;
    let read = source.rows(sheet, &mut |row| {
        let marked = is_marked(&row, words);
        looking.take(row, marked);
        count += 1;
        if count >= rows { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    read.ok().map(|()| looking.finish())
}

/// Hands on the records that were ended by what was read since `before` cells could not be.
fn hand_on(rows: &mut Rows<'_>, take: &mut dyn Take, unread: &mut bool, before: usize) {
    for record in std::mem::take(&mut rows.records) {
        take.whole(record, std::mem::take(unread));
    }
    *unread |= rows.unreadable.len() > before;
}

/// The pass over the rows.
struct Pass<'a, 't> {
    words: &'a Words<'a>,
    rows: Rows<'a>,
    take: &'t mut dyn Take,
    looking: Looking,
    /// Rows of the head and above it.
    above: Vec<Row>,
    /// Rows not yet read, with whether they may mark a place, where that is known.
    ahead: VecDeque<(Row, Option<bool>)>,
    most_ahead: usize,
    /// Rows from the first that may mark a place.
    held: Vec<Row>,
    /// The last row that was read.
    last: u32,
    /// Whether something in the record that is open could not be read.
    unread: bool,
}

impl Pass<'_, '_> {
    fn above(&mut self, row: Row) -> ControlFlow<()> {
        self.looking.take(row.clone(), is_marked(&row, self.words));
        self.above.push(row);
        ControlFlow::Continue(())
    }

    fn next(&mut self, row: Row, plain: &mut PlainRows<'_>) -> ControlFlow<()> {
        if !self.held.is_empty() {
            self.held.push(row);
            return if self.held.len() > HELD { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        }
        self.ahead.push_back((row, None));
        if self.ahead.len() <= self.most_ahead {
            return ControlFlow::Continue(());
        }
        let Some((row, known)) = self.ahead.pop_front() else { return ControlFlow::Continue(()) };
        let take = &mut *self.take;
        if known != Some(true) && self.rows.is_plain(&row, plain, &mut |column, value| take.allows(column, value)) {
            self.rows.end_record();
            hand_on(&mut self.rows, self.take, &mut self.unread, usize::MAX);
            self.unread = false;
            self.rows.take_plain(&row);
            self.take.plain(plain.record(&self.rows));
        } else if self.may_end(&row, known) {
            self.held.push(row);
            self.held.extend(self.ahead.drain(..).map(|(row, _)| row));
            return ControlFlow::Continue(());
        } else {
            let before = self.rows.unreadable.len();
            self.rows.row(&row);
            hand_on(&mut self.rows, self.take, &mut self.unread, before);
        }
        self.last = row.index;
        self.looking.take(row, false);
        if self.take.gave_up() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Whether the table may end at this row: it, or one of those behind it, may mark a place.
    fn may_end(&mut self, row: &Row, known: Option<bool>) -> bool {
        let words = self.words;
        let own = known.unwrap_or_else(|| is_marked(row, words));
        own || self.ahead.iter_mut().any(|(row, known)| *known.get_or_insert_with(|| is_marked(row, words)))
    }
}
