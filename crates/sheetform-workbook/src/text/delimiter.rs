//! What stands between the columns of a text, told from its first lines; and whether it has columns at all.

use std::collections::BTreeMap;

use super::records::Records;

/// A delimiter and how many columns most rows have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Columns {
    pub(crate) delimiter: u8,
    pub(crate) width: usize,
}

/// In the order in which they win where all else is equal: a comma is the one most likely to stand in a text.
const DELIMITERS: [u8; 4] = [b'\t', b';', b'|', b','];

/// Rows that are looked at.
const ROWS: usize = 1000;

/// The columns of a text; `None` where it reads like prose. `whole` says whether the text ends here.
pub(crate) fn sniff(text: &str, whole: bool) -> Option<Columns> {
    let mut best: Option<(u64, Columns)> = None;
    for delimiter in DELIMITERS {
        let Some((share, columns)) = columns(text, whole, delimiter) else { continue };
        if best.is_none_or(|(most, _)| share > most) {
            best = Some((share, columns));
        }
    }
    best.map(|(_, columns)| columns)
}

/// How many of a thousand rows have the same number of columns, at least two.
fn columns(text: &str, whole: bool, delimiter: u8) -> Option<(u64, Columns)> {
    let mut records = Records::new(text.as_bytes(), delimiter, 0, usize::MAX, usize::MAX);
    let (mut rows, mut fields): (Vec<usize>, Vec<String>) = (Vec::new(), Vec::new());
    let (mut characters, mut pieces) = (0, 0);
    // A quote that is not closed is said when the rows are read.
    while rows.len() < ROWS && matches!(records.next(&mut fields), Ok(true)) {
        if fields.iter().any(|field| !field.trim().is_empty()) {
            rows.push(fields.len());
            if fields.len() > 1 {
                characters += fields.iter().map(|field| field.chars().count()).sum::<usize>();
                pieces += fields.len();
            }
        }
    }
    if !whole && rows.len() > 1 && rows.len() < ROWS {
        // Its end is not there.
        rows.pop();
    }
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for width in rows.iter().filter(|width| **width > 1) {
        *counts.entry(*width).or_default() += 1;
    }
    let (width, hits) = counts.into_iter().max_by_key(|(width, hits)| (*hits, *width))?;
    let enough = delimiter == b'\t' || hits > 1 || rows.len() == 1;
    if !enough || (delimiter != b'\t' && is_prose(text, delimiter, characters / pieces.max(1))) {
        return None;
    }
    let share = hits as u64 * 1000 / rows.len().max(1) as u64;
    Some((share, Columns { delimiter, width }))
}

/// Sentences: a blank follows each comma, and lines are long or end as sentences do.
fn is_prose(text: &str, delimiter: u8, length: usize) -> bool {
    let delimiter = char::from(delimiter);
    let (mut all, mut spaced) = (0, 0);
    for (at, _) in text.match_indices(delimiter) {
        all += 1;
        spaced += usize::from(text[at + 1..].starts_with([' ', '\n', '\r']));
    }
    let lines = || text.lines().map(str::trim_end).filter(|line| !line.is_empty());
    let ended = lines().filter(|line| line.ends_with(['.', '!', '?', '。', '！', '？'])).count();
    spaced * 2 > all && (length > 30 || ended * 3 >= lines().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_by_content() {
        for (text, expected) in [
            ("a,b,c\n1,2,3\n", Some((b',', 3))),
            ("a\tb\n1,5\t2,5\n", Some((b'\t', 2))),
            ("a;b\n1,5;2,5\n3,5;4\n", Some((b';', 2))),
            ("a|b|c\n1|2|3\n", Some((b'|', 3))),
            ("序号,说明\n1,甲；乙\n2,\"丙;丁\n戊\"\n", Some((b',', 2))),
            ("导出信息：\n---\n起始时间：[a]\n共2笔\n单号,金额,备注\n1,2,3\n4,5,6\n", Some((b',', 3))),
            ("a,b,c", Some((b',', 3))),
            ("name, age, city\nTom, 5, Rome\n", Some((b',', 3))),
            ("Dear all, please find the list below.\nIt is long, and old.\n", None),
            ("一行文字，没有分隔。\n又一行。\n", None),
            ("序号\n1\n2\n", None),
            ("", None),
        ] {
            let found = sniff(text, true).map(|columns| (columns.delimiter, columns.width));
            assert_eq!(found, expected, "{text:?}");
        }
    }
}
