//! The piece of a line of JSON text around a finding, taken in one pass over the text once the findings are known.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use unicode_width::UnicodeWidthStr;

use super::fold::Item;
use super::show::escaped;
use crate::finding::Place;

/// Characters shown before the place.
const BEFORE: u32 = 30;
/// Characters shown in all.
const SHOWN: usize = 70;
/// What stands for the rest of the line.
const LEFT_OUT: &str = "...";

/// A line of text, or as much of it as is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Excerpt {
    /// Line, from 1.
    pub(super) line: u32,
    /// What is shown of it; nothing in it steers the terminal.
    pub(super) text: String,
    /// Where the mark stands, in columns of the terminal.
    pub(super) mark: usize,
}

/// Pieces of lines, by line and column.
pub(super) type Excerpts = BTreeMap<(u32, u32), Excerpt>;

/// Takes the pieces around these findings.
pub(super) fn gather(text: &str, items: &[Item<'_>]) -> Excerpts {
    let mut wanted: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for (line, column) in items.iter().filter_map(|item| at(&item.finding().place)) {
        wanted.entry(line).or_default().insert(column);
    }
    let last = wanted.keys().last().copied().unwrap_or_default();
    let mut out = Excerpts::new();
    for (line, text) in (1..=last).zip(text.split('\n')) {
        let Some(columns) = wanted.get(&line) else { continue };
        let text = text.strip_suffix('\r').unwrap_or(text);
        // One walk over a line that may be the whole file.
        let mut characters = text.char_indices().map(|(at, _)| at).chain([text.len()]).zip(1..);
        let mut here = characters.next().unwrap_or_default();
        for column in columns {
            let first = column.saturating_sub(BEFORE).max(1);
            while here.1 < first {
                let Some(next) = characters.next() else { break };
                here = next;
            }
            out.insert((line, *column), excerpt(line, &text[here.0..], column - first, first > 1));
        }
    }
    out
}

/// The line and column of a place in JSON text.
pub(super) fn at(place: &Place) -> Option<(u32, u32)> {
    place.line.zip(place.column.filter(|column| *column > 0))
}

fn excerpt(line: u32, rest: &str, before: u32, cut: bool) -> Excerpt {
    let start = if cut { LEFT_OUT } else { "" };
    let split = rest.char_indices().nth(before as usize).map_or(rest.len(), |(at, _)| at);
    let end = rest.char_indices().nth(SHOWN).map(|(at, _)| at);
    let left = escaped(&rest[..split]);
    let right = escaped(&rest[split..end.unwrap_or(rest.len()).max(split)]);
    let mark = start.len() + left.width();
    let after = if end.is_some() { LEFT_OUT } else { "" };
    Excerpt { line, text: format!("{start}{left}{right}{after}"), mark }
}

impl Excerpt {
    /// The line, and a sign below the place.
    pub(super) fn lines(&self) -> [String; 2] {
        let number = self.line.to_string();
        let gutter = number.len().max(4);
        [format!("{number:>gutter$} | {}", self.text), format!("{:gutter$} | {:2$}^", "", "", self.mark)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Code, Finding, Text};
    use crate::report::FileReport;
    use crate::report::fold::fold;

    fn shown(text: &str, places: &[(u32, u32)]) -> Vec<String> {
        let finding =
            |(line, column): &(u32, u32)| Finding::new(Code::Rule, Text::plain("")).at(Place::text(*line, *column));
        let file = FileReport::new("a.json", places.iter().map(finding).collect());
        let folded = fold(&file, crate::report::Style::default(), usize::MAX);
        gather(text, &folded.items).values().flat_map(Excerpt::lines).collect()
    }

    #[test]
    fn the_place_is_marked_below_its_line() {
        let text = "{\r\n  \"单位\": 7,\n\"a\u{1b}\": 1 }";
        assert_eq!(shown(text, &[(2, 9)]), ["   2 |   \"单位\": 7,", "     |           ^"]);
        assert_eq!(shown(text, &[(3, 6)])[0], "   3 | \"a\\u001b\": 1 }");
        assert_eq!(shown(text, &[(9, 1)]), [""; 0]);
        assert_eq!(shown(text, &[(3, 900)])[0], "   3 | ...");
    }

    #[test]
    fn of_a_long_line_a_piece_is_shown() {
        let text = "x".repeat(500) + "!" + &"y".repeat(500);
        let lines = shown(&text, &[(1, 1), (1, 501), (1, 1001)]);
        assert_eq!(lines[0], format!("   1 | {}...", "x".repeat(70)));
        assert_eq!(lines[2], format!("   1 | ...{}!{}...", "x".repeat(30), "y".repeat(39)));
        assert_eq!(lines[2].find('!'), lines[3].find('^'));
        assert_eq!(lines[4], format!("   1 | ...{}", "y".repeat(31)));
    }
}
