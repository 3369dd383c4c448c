//! References in the text of a formula, as files have it (A1, English names): moved with their rows, or written for
//! another cell. Everything else of the text stays as it is.

use sheetform::grid::{MAX_COLUMNS, MAX_ROWS, column_index, column_name};

use super::map::{Grow, RowMap};

/// Why a formula cannot be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stuck {
    /// It refers to several sheets at once.
    SeveralSheets,
    /// It would refer to a cell that no sheet has.
    OffSheet,
}

/// One end of a reference: `$C$7`, `$C` or `$7`.
#[derive(Clone, Copy)]
struct End {
    /// Column, and whether it is fixed.
    col: Option<(u32, bool)>,
    row: Option<(u32, bool)>,
}

impl End {
    fn parse(text: &str) -> Option<Self> {
        let (fixed_col, rest) = fixed(text);
        let letters = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
        let col = if letters > 0 { Some((column_index(&rest[..letters])?, fixed_col)) } else { None };
        let (fixed_row, digits) = if letters > 0 { fixed(&rest[letters..]) } else { (fixed_col, rest) };
        if digits.is_empty() {
            return (col.is_some() && !fixed_row).then_some(Self { col, row: None });
        }
        let sound = digits.len() <= 7 && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
        let row = digits.parse::<u32>().ok().filter(|row| sound && (1..=MAX_ROWS).contains(row))?;
        Some(Self { col, row: Some((row - 1, fixed_row)) })
    }

    fn show(self, out: &mut String) {
        if let Some((col, fixed)) = self.col {
            out.push_str(if fixed { "$" } else { "" });
            out.push_str(&column_name(col));
        }
        if let Some((row, fixed)) = self.row {
            out.push_str(if fixed { "$" } else { "" });
            out.push_str(&(row + 1).to_string());
        }
    }
}

fn fixed(text: &str) -> (bool, &str) {
    text.strip_prefix('$').map_or((false, text), |rest| (true, rest))
}

/// What a reference leads to: how it is qualified, and its ends.
struct Reference<'t> {
    /// The sheet's name, quotes taken off; none where it stands by itself.
    sheet: Option<String>,
    /// Of another workbook, or of several sheets.
    several: bool,
    external: bool,
    first: End,
    last: Option<End>,
    /// As it stands in the text.
    cells: &'t str,
}

/// The formula once rows have come in on the sheet `target`. `own` says that it stands on that sheet. `None` where
/// nothing in it moves.
pub(super) fn moved(
    text: &str,
    own: bool,
    target: &str,
    map: &RowMap<'_>,
    grow: Grow,
) -> Result<Option<String>, Stuck> {
    let folded = target.to_lowercase();
    each(text, |reference| {
        let here = match &reference.sheet {
            None => own,
            Some(sheet) => !reference.external && sheet.to_lowercase() == folded,
        };
        let mut ends = (reference.first, reference.last);
        match &mut ends {
            (first, None) => {
                if let (Some((row, _)), Some(_)) = (&mut first.row, first.col) {
                    *row = map.row(*row);
                }
            }
            (first, Some(last)) => {
                if let (Some((a, _)), Some((b, _))) = (&mut first.row, &mut last.row) {
                    let (above, below) = map.rows_of(*a.min(b), *a.max(b), grow);
                    (*a, *b) = if *a <= *b { (above, below) } else { (below, above) };
                }
            }
        }
        let mut shown = String::new();
        ends.0.show(&mut shown);
        if let Some(last) = ends.1 {
            shown.push(':');
            last.show(&mut shown);
        }
        let same = shown.eq_ignore_ascii_case(reference.cells);
        if reference.several && !reference.external && !same {
            return Err(Stuck::SeveralSheets);
        }
        Ok((here && !same).then_some(shown))
    })
}

/// The formula as it stands so many rows and columns further on: what is not fixed moves along.
pub(super) fn copied(text: &str, rows: i64, cols: i64) -> Result<String, Stuck> {
    let along = |end: End| -> Result<End, Stuck> {
        let step = |at: Option<(u32, bool)>, by: i64, limit: u32| match at {
            Some((at, false)) => {
                let to = u32::try_from(i64::from(at) + by).ok().filter(|to| *to < limit).ok_or(Stuck::OffSheet)?;
                Ok(Some((to, false)))
            }
            fixed => Ok(fixed),
        };
        Ok(End { col: step(end.col, cols, MAX_COLUMNS)?, row: step(end.row, rows, MAX_ROWS)? })
    };
    let changed = each(text, |reference| {
        let mut shown = String::new();
        along(reference.first)?.show(&mut shown);
        if let Some(last) = reference.last {
            shown.push(':');
            along(last)?.show(&mut shown);
        }
        Ok(Some(shown))
    })?;
    Ok(changed.unwrap_or_else(|| text.to_owned()))
}

/// Whether a formula refers to a sheet by its name.
pub(super) fn mentions(text: &str, target: &str) -> bool {
    let folded = target.to_lowercase();
    let mut found = false;
    // Nothing is changed, so nothing can be stuck.
    _ = each(text, |reference| {
        found |= reference.several || reference.sheet.is_some_and(|sheet| sheet.to_lowercase() == folded);
        Ok(None)
    });
    found
}

/// Gives each reference, and puts what comes back in its place.
fn each(
    text: &str,
    mut change: impl FnMut(Reference<'_>) -> Result<Option<String>, Stuck>,
) -> Result<Option<String>, Stuck> {
    let bytes = text.as_bytes();
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
    let mut out = String::with_capacity(text.len() + 8);
    let (mut at, mut done, mut changed) = (0, 0, false);
    while at < bytes.len() {
        match byte(at) {
            b'"' => at = past_quote(bytes, at, b'"'),
            b'[' => at = past_brackets(bytes, at),
            // An error value: #REF!
            b'#' => {
                at += 1;
                while byte(at).is_ascii_alphanumeric() || matches!(byte(at), b'/' | b'!' | b'?') {
                    at += 1;
                }
            }
            b'\'' => {
                let end = past_quote(bytes, at, b'\'');
                if byte(end) != b'!' {
                    at = end;
                    continue;
                }
                let name = text.get(at + 1..end - 1).unwrap_or_default().replace("''", "'");
                at = end + 1;
                let external = name.contains('[');
                let several = name.contains(':');
                if let Some((first, last, end)) = cells(text, at) {
                    let cells = &text[at..end];
                    let reference = Reference { sheet: Some(name), several, external, first, last, cells };
                    if let Some(shown) = change(reference)? {
                        out.push_str(&text[done..at]);
                        out.push_str(&shown);
                        (done, changed) = (end, true);
                    }
                    at = end;
                }
            }
            _ if is_word(text, at) => {
                let start = at;
                let external = start > 0 && byte(start - 1) == b']';
                let end = past_word(text, at);
                // A name, or two of them as ends of a row of sheets.
                let second = if byte(end) == b':' && is_word(text, end + 1) { past_word(text, end + 1) } else { end };
                let qualified = [(end, false), (second, second > end)].into_iter().find(|(end, _)| byte(*end) == b'!');
                let (from, sheet, several) = match qualified {
                    Some((end, several)) => (end + 1, Some(text[start..end].to_owned()), several),
                    None => (start, None, false),
                };
                let Some((first, last, end)) = cells(text, from) else {
                    // A name after a sheet is passed with it.
                    at = from.max(end);
                    continue;
                };
                let cells = &text[from..end];
                let reference = Reference { sheet, several, external, first, last, cells };
                if let Some(shown) = change(reference)? {
                    out.push_str(&text[done..from]);
                    out.push_str(&shown);
                    (done, changed) = (end, true);
                }
                at = end;
            }
            _ => at += text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8),
        }
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Ok(changed.then_some(out))
}

/// The cells that a text refers to from a place on, and where they end: `A1`, `$A$1:B2`, `A:C`, `3:7`.
fn cells(text: &str, at: usize) -> Option<(End, Option<End>, usize)> {
    let byte = |at: usize| text.as_bytes().get(at).copied().unwrap_or(0);
    let end = past_word(text, at);
    let first = End::parse(text.get(at..end)?)?;
    let single = first.col.is_some() && first.row.is_some();
    if matches!(byte(end), b'(' | b'!') || byte(end) == b'[' {
        return None;
    }
    if byte(end) == b':' {
        let second = past_word(text, end + 1);
        let last =
            text.get(end + 1..second).and_then(End::parse).filter(|_| !matches!(byte(second), b'(' | b'!' | b'['));
        if let Some(last) =
            last.filter(|last| last.col.is_some() == first.col.is_some() && last.row.is_some() == first.row.is_some())
        {
            return Some((first, Some(last), second));
        }
    }
    single.then_some((first, None, end))
}

fn is_word(text: &str, at: usize) -> bool {
    text.get(at..).and_then(|rest| rest.chars().next()).is_some_and(is_of_word)
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '$' | '\\' | '?') || !c.is_ascii()
}

fn past_word(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.find(|c| !is_of_word(c)).unwrap_or(rest.len())
}

/// Past a text in quotes, in which a quote stands twice.
fn past_quote(bytes: &[u8], at: usize, quote: u8) -> usize {
    let mut end = at + 1;
    while end < bytes.len() {
        if bytes[end] == quote {
            if bytes.get(end + 1) != Some(&quote) {
                return end + 1;
            }
            end += 1;
        }
        end += 1;
    }
    bytes.len()
}

/// Past brackets and those in them: columns of a list object, the number of a workbook.
fn past_brackets(bytes: &[u8], at: usize) -> usize {
    let (mut depth, mut end) = (0usize, at);
    while end < bytes.len() {
        match bytes[end] {
            // An escaped sign in the name of a column.
            b'\'' => end += 1,
            b'[' => depth += 1,
            b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return end + 1;
                }
            }
            _ => {}
        }
        end += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sheetform::into::NewRows;

    fn after(text: &str, own: bool) -> Result<String, Stuck> {
        let rows = [NewRows { at: 6, count: 3, like: 5, lines: 1, table: (3, 5) }];
        moved(text, own, "台账 1", &RowMap::new(&rows), Grow::Table).map(|new| new.unwrap_or_else(|| text.to_owned()))
    }

    #[test]
    fn references_move_and_nothing_else_does() {
        for (old, new) in [
            ("A1+A6+A7", "A1+A6+A10"),
            ("SUM(D4:D6)", "SUM(D4:D9)"),
            ("SUM($D$4:$D$6)*$A$7", "SUM($D$4:$D$9)*$A$10"),
            ("SUM(D4:D20)", "SUM(D4:D23)"),
            ("SUM(A:B)+SUM(7:9)+SUM($6:$8)", "SUM(A:B)+SUM(10:12)+SUM($6:$11)"),
            ("\"A7 \"\"A7\"\"\"&A7", "\"A7 \"\"A7\"\"\"&A10"),
            ("LOG10(A7)+TEN7X+A7.5", "LOG10(A10)+TEN7X+A7.5"),
            ("'台账 1'!A7+'别的'!A7+别的!A7", "'台账 1'!A10+'别的'!A7+别的!A7"),
            ("[1]台账!A7+'[1]台账 1'!A7", "[1]台账!A7+'[1]台账 1'!A7"),
            ("表1[[#This Row],[A7]]*A7+表1[A7]", "表1[[#This Row],[A7]]*A10+表1[A7]"),
            ("A1:INDEX(A7:A9,2)", "A1:INDEX(A10:A12,2)"),
            ("#REF!+A7#", "#REF!+A10#"),
            ("IF(B7=\"\",0,7)", "IF(B10=\"\",0,7)"),
            ("A10:A7", "A13:A10"),
            ("合计A7+甲乙", "合计A7+甲乙"),
        ] {
            assert_eq!(after(old, true).as_deref(), Ok(new), "{old}");
        }
        assert_eq!(after("A7+'台账 1'!A7:B8", false).as_deref(), Ok("A7+'台账 1'!A10:B11"));
        assert_eq!(after("SUM('台账 1:台账 3'!A7)", false), Err(Stuck::SeveralSheets));
        assert_eq!(after("SUM(甲:丙!A7)", false), Err(Stuck::SeveralSheets));
        assert_eq!(after("SUM(甲:丙!A1)", false).as_deref(), Ok("SUM(甲:丙!A1)"));
        assert!(mentions("'台账 1'!A1", "台账 1") && !mentions("A1+甲!A1", "台账 1"));
    }

    #[test]
    fn formulas_are_copied_down() {
        assert_eq!(copied("B5*$C$5+C$5+$D5+甲!B5+SUM(B:B)", 2, 0).as_deref(), Ok("B7*$C$5+C$5+$D7+甲!B7+SUM(B:B)"));
        assert_eq!(copied("B5*C5", 0, 1).as_deref(), Ok("C5*D5"));
        assert_eq!(copied("A1", -1, 0), Err(Stuck::OffSheet));
    }
}
