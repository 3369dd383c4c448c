//! The summary as a workbook for an office: the files, the problems by kind, and what was not looked at.

use std::collections::BTreeMap;

use sheetform::catalogue;
use sheetform::finding::{Code, Lang, Severity};
use sheetform::grid::{CellRef, Range};
use sheetform::new_book::{Align, Look, NewBook, NewCell, NewContent, NewSheet, Role};
use sheetform::report::escaped;
use sheetform::roster::{Line, Repeat, State};

use super::Counts;
use super::words::{self, Words, say};
use crate::batch::submission::{Submission, Verdict};
use crate::batch::walk::Skipped;

/// Kinds of problems that are named of a file.
const NAMED: usize = 4;
/// Height of a line, in points.
const LINE: f64 = 16.0;

pub(super) fn make(
    list: &[&Submission],
    skipped: &[Skipped],
    (counts, roster): (&Counts, Option<&[Line]>),
    repeats: &[Repeat],
    lang: Lang,
) -> NewBook {
    let mut sheets = vec![files(list, counts, repeats, lang)];
    // Who is missing is what is asked first.
    if let Some(lines) = roster {
        sheets.insert(0, roster_lines(lines, list, lang));
    }
    if !counts.codes.is_empty() {
        sheets.push(codes(counts, lang));
    }
    if !skipped.is_empty() {
        sheets.push(not_looked_at(skipped, lang));
    }
    NewBook { sheets, ..NewBook::default() }
}

/// A sheet that is filled from above: a title, notes, and a table.
struct Sheet {
    new: NewSheet,
    columns: usize,
    lang: Lang,
    row: u32,
    head: u32,
}

impl Sheet {
    fn new(name: Words, title: Words, columns: &[(Words, f64)], notes: &[String], lang: Lang) -> Self {
        let new = NewSheet {
            name: say(name, lang).to_owned(),
            widths: columns.iter().map(|(_, width)| *width).collect(),
            landscape: true,
            ..NewSheet::default()
        };
        let mut sheet = Self { new, columns: columns.len(), lang, row: 0, head: 0 };
        sheet.across(say(title, lang), Role::Title, Align::Center, 32.0);
        for note in notes {
            sheet.across(note, Role::Note, Align::Left, 20.0);
        }
        sheet.head = sheet.row;
        let head = |(words, _): &(Words, f64)| (NewContent::Text(say(*words, lang).to_owned()), look(Role::Head));
        sheet.line(columns.iter().map(head).collect(), 1);
        sheet.new.freeze_below = Some(sheet.row);
        sheet.new.repeat_rows = Some((sheet.head, sheet.head));
        sheet
    }

    /// A text over all columns.
    fn across(&mut self, text: &str, role: Role, align: Align, height: f64) {
        let look = Look { role, align, wrap: true, ..Look::default() };
        let last = CellRef::new(self.row, self.columns as u32 - 1);
        for col in 0..self.columns as u32 {
            let content = if col == 0 { NewContent::Text(text.to_owned()) } else { NewContent::Empty };
            self.new.cells.push(NewCell { at: CellRef::new(self.row, col), content, look: look.clone() });
        }
        self.new.merges.push(Range::new(CellRef::new(self.row, 0), last));
        self.new.heights.push((self.row, height));
        self.row += 1;
    }

    fn line(&mut self, cells: Vec<(NewContent, Look)>, lines: usize) {
        for (col, (content, look)) in (0..).zip(cells) {
            self.new.cells.push(NewCell { at: CellRef::new(self.row, col), content, look });
        }
        self.new.heights.push((self.row, LINE * lines.max(1) as f64 + 4.0));
        self.row += 1;
    }

    fn done(mut self) -> NewSheet {
        let first = CellRef::new(self.head, 0);
        if self.row > self.head + 1 {
            self.new.filter = Some(Range::new(first, CellRef::new(self.row - 1, self.columns as u32 - 1)));
        }
        self.new
    }

    fn say(&self, words: Words) -> NewContent {
        NewContent::Text(say(words, self.lang).to_owned())
    }
}

fn look(role: Role) -> Look {
    Look { role, wrap: true, ..Look::default() }
}

fn centred(role: Role) -> Look {
    Look { align: Align::Center, ..look(role) }
}

fn text(text: &str) -> (NewContent, Look) {
    (NewContent::Text(text.to_owned()), Look { align: Align::Left, ..look(Role::Value) })
}

fn number(number: u64) -> (NewContent, Look) {
    (NewContent::Number(number as f64), centred(Role::Value))
}

/// How many; nothing for none, in red or yellow for some.
fn some(count: usize, role: Role) -> (NewContent, Look) {
    match count {
        0 => (NewContent::Empty, centred(Role::Value)),
        count => (NewContent::Number(count as f64), centred(role)),
    }
}

fn files(list: &[&Submission], counts: &Counts, repeats: &[Repeat], lang: Lang) -> NewSheet {
    let Counts { records, errors, warnings, .. } = counts;
    let files = counts.say(lang);
    let summed = match lang {
        Lang::En => format!("{files}. {records} records, {errors} errors, {warnings} warnings."),
        Lang::Zh => format!("共 {files}；记录 {records} 条，错误 {errors} 处，警告 {warnings} 处。"),
    };
    let mut notes = vec![summed];
    if list.iter().any(|one| one.marked.is_some()) {
        notes.push(say(words::HOW, lang).to_owned());
    }
    let mut sheet = Sheet::new(words::FILES, words::TITLE, &words::FILE_COLUMNS, &notes, lang);
    for (index, one) in list.iter().enumerate() {
        let role = match one.verdict {
            // What only others of the files show stands among its problems.
            Verdict::Accepted if one.is_accepted_alone() => Role::Doubtful,
            Verdict::Accepted => Role::Good,
            Verdict::Rejected => Role::Bad,
            Verdict::Unread | Verdict::Ledger => Role::Doubtful,
        };
        let mut problems = problems(one, lang);
        let repeat = repeats.binary_search_by_key(&index, |repeat| repeat.file).ok().and_then(|at| repeats.get(at));
        if let Some((repeat, first)) = repeat.and_then(|repeat| Some((repeat, list.get(repeat.first)?))) {
            let words = if repeat.identical { words::SAME } else { words::ALIKE };
            let comma = if problems.is_empty() { "" } else { say(words::SEMICOLON, lang) };
            problems.extend([comma, say(words, lang), &escaped(&first.file)]);
        }
        let copy = one.marked.as_ref().map_or_else(|| text(""), |_| (sheet.say(words::OPEN), look(Role::Link)));
        if let Some(path) = &one.marked {
            sheet.new.links.push((CellRef::new(sheet.row, words::FILE_COLUMNS.len() as u32 - 1), path.clone()));
        }
        // Of a file that is of another form than was asked for, what it is stands among its problems.
        let title = one.title.as_deref().unwrap_or_default();
        let lines = [(one.sender.as_deref().unwrap_or_default(), 1), (title, 3), (&one.file, 5), (&problems, 10)];
        let lines = lines.iter().map(|(text, column)| lines_of(text, words::FILE_COLUMNS[*column].1)).max();
        let cells = vec![
            number(index as u64 + 1),
            text(one.sender.as_deref().unwrap_or_default()),
            (text(one.dated.as_deref().unwrap_or_default()).0, centred(Role::Value)),
            text(title),
            (text(&version(one, lang)).0, centred(Role::Value)),
            text(&escaped(&one.file)),
            (sheet.say(words::verdict(one)), centred(role)),
            if matches!(one.verdict, Verdict::Accepted | Verdict::Rejected) {
                number(one.records)
            } else {
                some(0, Role::Value)
            },
            some(one.count(Severity::Error), Role::Bad),
            some(one.count(Severity::Warning), Role::Doubtful),
            text(&problems),
            copy,
        ];
        sheet.line(cells, lines.unwrap_or(1));
    }
    sheet.done()
}

/// The version that a file was made with, and the one it was read as where that is another.
fn version(one: &Submission, lang: Lang) -> String {
    match (one.made_with, one.version, lang) {
        (Some(made), Some(now), Lang::En) if i64::from(made) != now => format!("{made} (now {now})"),
        (Some(made), Some(now), Lang::Zh) if i64::from(made) != now => format!("{made}（现为 {now}）"),
        (Some(made), ..) => made.to_string(),
        (None, Some(now), _) => now.to_string(),
        (None, None, _) => String::new(),
    }
}

/// The kinds of problems of a file, the gravest and most frequent first.
fn problems(one: &Submission, lang: Lang) -> String {
    let named = one.codes.iter().take(NAMED).map(|counted| {
        let title = catalogue::entry(counted.code).page(lang).title;
        match (counted.count, lang) {
            (1, _) => title.to_owned(),
            (count, Lang::En) => format!("{title} (×{count})"),
            (count, Lang::Zh) => format!("{title}（{count} 处）"),
        }
    });
    let mut parts: Vec<String> = named.collect();
    match (one.codes.len().saturating_sub(NAMED), lang) {
        (0, _) => {}
        (more, Lang::En) => parts.push(format!("{more} more kinds")),
        (more, Lang::Zh) => parts.push(format!("另有 {more} 类问题")),
    }
    parts.join(match lang {
        Lang::En => "; ",
        Lang::Zh => "；",
    })
}

/// The lines of the list and what became of each.
fn roster_lines(lines: &[Line], list: &[&Submission], lang: Lang) -> NewSheet {
    let states = [
        State::Missing,
        State::WrongForm,
        State::Undecided,
        State::Rejected,
        State::NotDue,
        State::Unknown,
        State::Sent,
    ];
    let of = |state: State| lines.iter().filter(|line| line.state == state).count();
    let counted = states.iter().filter(|state| of(**state) > 0).map(|state| match lang {
        Lang::En => format!("{} {}", of(*state), say(words::state(*state), lang).to_lowercase()),
        Lang::Zh => format!("{} {} 项", say(words::state(*state), lang), of(*state)),
    });
    let counted: Vec<String> = counted.collect();
    let note = match lang {
        Lang::En => format!("{} lines: {}.", lines.len(), counted.join(", ")),
        Lang::Zh => format!("名单共 {} 项：{}。", lines.len(), counted.join("，")),
    };
    // A file that could not be read is nobody's, though someone sent it; so is one that does not say who did.
    let nameless = |one: &Submission| one.codes.iter().any(|counted| counted.code == Code::NoSender);
    let of_nobody = list.iter().filter(|one| one.verdict == Verdict::Unread || nameless(one)).count();
    let of_nobody = (of_nobody > 0).then(|| match lang {
        Lang::En => format!(
            "Not known whose they are: {of_nobody} files that could not be read, or do not say who sent them. See them before you call a unit missing."
        ),
        Lang::Zh => {
            format!("另有 {of_nobody} 个文件未能读取或没有写明单位，无法得知是谁报送的；催报前请先查看这些文件。")
        }
    });
    let notes: Vec<String> = std::iter::once(note).chain(of_nobody).collect();
    let mut sheet = Sheet::new(words::ROSTER, words::ROSTER_TITLE, &words::ROSTER_COLUMNS, &notes, lang);
    // A form is called by its title, whether the list gives that or the id.
    let shipped = sheetform_forms::all().iter().map(|form| (form.id, form.title));
    let known = list.iter().filter_map(|one| Some((one.form.as_deref()?, one.title.as_deref()?)));
    let titles: BTreeMap<&str, &str> = shipped.chain(known).collect();
    let name = |number: &usize| list.get(*number).map(|is| escaped(&is.file)).unwrap_or_default();
    for (index, line) in lines.iter().enumerate() {
        let role = match line.state {
            State::Sent => Role::Good,
            State::Missing | State::Rejected | State::WrongForm | State::Undecided => Role::Bad,
            State::NotDue | State::Unknown => Role::Doubtful,
        };
        let is = line.file.and_then(|file| list.get(file));
        let mut remarks = Vec::new();
        remarks.extend(line.late.then(|| say(words::LATE, lang).to_owned()));
        remarks.extend(line.old_version.then(|| say(words::OLD, lang).to_owned()));
        for (words, files) in [(words::OTHERS, &line.others), (words::PERHAPS, &line.perhaps)] {
            if !files.is_empty() {
                let files: Vec<String> = files.iter().map(name).collect();
                remarks.push(format!("{}{}", say(words, lang), files.join(say(words::COMMA, lang))));
            }
        }
        let remarks = remarks.join(say(words::SEMICOLON, lang));
        let file = line.file.as_ref().map(name).unwrap_or_default();
        let title = line.form.as_deref().and_then(|form| titles.get(form).copied()).unwrap_or(&line.called);
        let tall = [(line.unit.as_str(), 1), (title, 2), (&file, 6), (&remarks, 7)];
        let tall = tall.iter().map(|(text, column)| lines_of(text, words::ROSTER_COLUMNS[*column].1)).max();
        let cells = vec![
            number(index as u64 + 1),
            text(&line.unit),
            text(title),
            (text(line.due.as_deref().unwrap_or_default()).0, centred(Role::Value)),
            (sheet.say(words::state(line.state)), centred(role)),
            (text(is.and_then(|is| is.dated.as_deref()).unwrap_or_default()).0, centred(Role::Value)),
            text(&file),
            text(&remarks),
        ];
        sheet.line(cells, tall.unwrap_or(1));
    }
    sheet.done()
}

fn codes(counts: &Counts, lang: Lang) -> NewSheet {
    let mut sheet = Sheet::new(words::CODES, words::CODES_TITLE, &words::CODE_COLUMNS, &[], lang);
    let mut codes: Vec<_> = counts.codes.iter().collect();
    codes.sort_by_key(|((severity, code), (findings, _))| (*severity, std::cmp::Reverse(*findings), *code));
    for (index, ((severity, code), (findings, files))) in codes.into_iter().enumerate() {
        let page = catalogue::entry(*code).page(lang);
        let role = if *severity == Severity::Error { Role::Bad } else { Role::Doubtful };
        let cells = vec![
            number(index as u64 + 1),
            (sheet.say(words::severity(*severity)), centred(role)),
            text(page.title),
            number(*findings as u64),
            number(*files as u64),
            text(page.mend),
            text(code.name()),
        ];
        sheet.line(
            cells,
            lines_of(page.mend, words::CODE_COLUMNS[5].1).max(lines_of(page.title, words::CODE_COLUMNS[2].1)),
        );
    }
    sheet.done()
}

fn not_looked_at(skipped: &[Skipped], lang: Lang) -> NewSheet {
    let notes = [say(words::SKIPPED_HOW, lang).to_owned()];
    let mut sheet = Sheet::new(words::SKIPPED, words::SKIPPED, &words::SKIPPED_COLUMNS, &notes, lang);
    for (index, one) in skipped.iter().enumerate() {
        let why = say(words::why(one.why), lang);
        let cells = vec![number(index as u64 + 1), text(&escaped(&one.file)), text(why)];
        sheet.line(cells, lines_of(&one.file, words::SKIPPED_COLUMNS[1].1));
    }
    sheet.done()
}

/// Lines that a text takes in a column so wide; a character of Chinese is two wide.
fn lines_of(text: &str, width: f64) -> usize {
    let wide: usize = text.chars().map(|character| if character as u32 >= 0x2E80 { 2 } else { 1 }).sum();
    ((wide as f64 + 2.0) / width).ceil().max(1.0) as usize
}
