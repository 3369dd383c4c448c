//! The examples of the catalogue: what is run, what is seen, and what is said of it. A test runs each of them through
//! the program, so that none says what is not so.

use unicode_width::UnicodeWidthStr;

use crate::grid::{CellRef, Range};
use crate::report::grid::Piece;

const SECTIONS: [&str; 7] = ["@form", "@run", "@beside", "@book", "@text", "@copy", "@says"];

/// An example, as its file in `catalogue/examples` has it: sections that begin with `@form`, `@run`, `@beside`, `@book`,
/// `@text`, `@copy` and `@says`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Example {
    /// The form, as JSON; none where the file itself says which it is.
    pub form: Option<&'static str>,
    /// The arguments of the program; without them `validate FILE --form form.json`.
    pub run: Option<&'static str>,
    /// The file's name.
    pub file: &'static str,
    /// What it holds.
    pub input: Input,
    /// Workbooks that lie beside it, each with its name and the text of it; they are not shown.
    pub beside: [Option<(&'static str, &'static str)>; 2],
    /// The finding, as `validate` prints it: its line, and those of its hint and of related places.
    pub says: &'static str,
}

/// What the file of an example holds.
#[derive(Clone, Copy, Debug)]
pub enum Input {
    /// A workbook as text, in the format of the test cases.
    Book(&'static str),
    /// The text of a file. A line `...` stands for as many like the one before it as no sheet holds.
    Text(&'static str),
    /// Nothing that can be shown: a file of this repository.
    Copy(&'static str),
}

impl Default for Input {
    fn default() -> Self {
        Self::Text("")
    }
}

impl Example {
    pub(super) fn parse(text: &'static str) -> Self {
        let mut starts: Vec<usize> = text.match_indices('@').map(|(at, _)| at).collect();
        starts.retain(|at| {
            let word = text[*at..].split(char::is_whitespace).next();
            (*at == 0 || text[..*at].ends_with('\n')) && word.is_some_and(|word| SECTIONS.contains(&word))
        });
        let ends = starts.iter().skip(1).copied().chain([text.len()]);
        let mut example = Self::default();
        for (start, end) in starts.iter().zip(ends) {
            let section = &text[*start..end];
            let (head, body) = section.split_once('\n').unwrap_or((section, ""));
            let (word, name) = head.split_once(' ').unwrap_or((head, ""));
            match word {
                "@form" => example.form = Some(body),
                "@run" => example.run = Some(name),
                "@beside" => {
                    if let Some(free) = example.beside.iter_mut().find(|one| one.is_none()) {
                        *free = Some((name, body));
                    }
                }
                "@book" => (example.file, example.input) = (name, Input::Book(body)),
                "@text" => (example.file, example.input) = (name, Input::Text(body)),
                "@copy" => (example.file, example.input) = (name, Input::Copy(body.trim_end())),
                _ => example.says = body.trim_end_matches('\n'),
            }
        }
        example
    }

    /// What stands in the file, drawn as people see it, with the place of the finding marked.
    pub(super) fn drawn(&self, width: usize) -> Vec<String> {
        match self.input {
            Input::Book(text) => {
                let (sheet, marked) = self.place();
                let mut rows = rows(text, sheet);
                // A finding may stand on a cell behind the last one.
                if let (Some(first), Some(range)) = (rows.first_mut(), marked) {
                    first.resize(first.len().max(range.last.col as usize + 1), String::new());
                }
                Piece::from_rows(CellRef::default(), rows).lines(marked, width)
            }
            Input::Text(text) => lines(text, self.line()),
            Input::Copy(_) => Vec::new(),
        }
    }

    /// The sheet and cells that the finding names.
    fn place(&self) -> (Option<&'static str>, Option<Range>) {
        let place =
            self.says.strip_prefix(self.file).and_then(|rest| rest.split_once(": ")).map_or("", |(place, _)| place);
        let place = place.trim_start_matches(':');
        let (sheet, cell) = place.rsplit_once('!').map_or((place, None), |(sheet, cell)| (sheet, Range::parse(cell)));
        (Some(sheet.trim_matches('\'')).filter(|sheet| !sheet.is_empty()), cell)
    }

    /// The line and column that the finding names.
    fn line(&self) -> Option<(usize, usize)> {
        let mut parts = self.says.strip_prefix(self.file)?.split(':').skip(1);
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    }
}

/// The cells of a sheet of the book, as people see them; of its first one where none is named.
fn rows(text: &str, sheet: Option<&str>) -> Vec<Vec<String>> {
    let first = text.lines().find_map(|line| line.strip_prefix("@sheet "));
    let wanted = sheet.or(first);
    let mut current = None;
    let mut out = Vec::new();
    for line in text.lines() {
        match line.strip_prefix("@sheet ") {
            Some(name) => current = Some(name),
            None if line.starts_with('@') || current != wanted => {}
            None => out.push(fields(line).into_iter().map(shown).collect()),
        }
    }
    out
}

/// Splits at `|` outside of quotes.
fn fields(line: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let (mut start, mut quoted) = (0, false);
    for (at, c) in line.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '|' if !quoted => {
                out.push(&line[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    out.push(&line[start..]);
    out
}

/// A cell as people see it: a quoted field is its text, a formula its value, or itself where it has none.
fn shown(field: &str) -> String {
    let field = field.trim();
    let value = field.split_once(" -> ").filter(|_| field.starts_with('=')).map_or(field, |(_, value)| value);
    crate::text::string_literal(value).unwrap_or_else(|| value.to_owned())
}

/// Lines of text with their numbers, and a mark below the column that is named.
fn lines(text: &str, at: Option<(usize, usize)>) -> Vec<String> {
    let mut out = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let marked = at.filter(|(row, _)| *row == number);
        if line == "..." {
            out.push("  ...".to_owned());
            continue;
        }
        out.push(format!("{}{number:>2} | {line}", if marked.is_some() { ">" } else { " " }));
        if let Some((_, column)) = marked {
            let before: String = line.chars().take(column.saturating_sub(1)).collect();
            out.push(format!("      {}^", " ".repeat(before.width())));
        }
    }
    out
}
