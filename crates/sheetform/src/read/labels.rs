//! Finds the labels of label bands between the heads, and the cell that holds each one's value.

use std::collections::{BTreeMap, BTreeSet};

use super::heads::Head;
use super::rows;
use super::survey::Survey;
use super::text_value;
use super::words::Words;
use crate::grid::{Cell, CellRef, Content, FormatKind, Range, Row};
use crate::layout::{FieldKind, Table};
use crate::text::{fold, without_brackets};

/// Rows from the end of the sheet in which a label is one though its row could be a record.
const FOOT_GAP: u32 = 3;
/// Characters a label that the form does not know may have.
const LONGEST_LABEL: usize = 12;

/// A label's cell and its value.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// The label's cell.
    pub(super) label: Range,
    /// The cell of the value; the label's own where both share it.
    pub(super) value: Range,
    /// The value, where it shares the label's cell; else what stands in the value's cell.
    pub(super) cell: Option<Cell>,
    /// The label as written, where it has a unit or remark in brackets that the form does not have.
    pub(super) nearly: Option<String>,
    /// Where the label ends with a colon: which of the labels of its cell it is.
    pub(super) order: Option<usize>,
    /// Whether the value's cell lies outside the form, so that a value would stand behind the colon.
    pub(super) outside: bool,
}

/// Rows between two heads.
#[derive(Clone, Copy, Debug)]
pub(super) struct Region {
    pub(super) first: u32,
    /// Exclusive.
    pub(super) end: u32,
    /// First column.
    pub(super) left: u32,
    /// Columns from this one on belong to others.
    pub(super) right: u32,
}

/// A cell that holds a label.
#[derive(Clone, Debug)]
struct Hit {
    range: Range,
    name: String,
    /// The text behind the colon in the same cell.
    inside: Option<String>,
    /// Which of several labels in the cell it is.
    order: usize,
    /// Whether another label follows in the cell.
    followed: bool,
    /// The label as written, where it has a unit or remark in brackets that the form does not have.
    nearly: Option<String>,
}

/// The labels of one region.
pub(super) struct Labels {
    /// For each want of the form, where it was found.
    pub(super) found: BTreeMap<usize, Found>,
    /// First row with a label, or with one that is not known.
    pub(super) first_row: Option<u32>,
    /// Rows of the foot whose label is not known while some of the form's are missing.
    pub(super) strange: Vec<u32>,
}

/// Finds the wants numbered `wants` in a region. `above` is the table whose records may stand there.
pub(super) fn find(
    survey: &Survey,
    words: &Words<'_>,
    wants: &[usize],
    region: Region,
    above: Option<(&Table, &Head)>,
    form_right: u32,
) -> Labels {
    let mut hits = hits(survey, words, wants, region);
    if let Some((table, head)) = above {
        foot_only(survey, words, wants, region, &mut hits, table, head);
    }
    let chosen = choose(words, wants, &hits);
    let taken: BTreeSet<CellRef> = chosen.values().map(|&h| hits[h].range.first).collect();
    let mut found = BTreeMap::new();
    for (&want, &h) in &chosen {
        found.insert(want, value_of(survey, &hits[h], &taken, region, form_right));
    }
    let first_row = found.values().map(|f| f.label.first.row).min();
    let lacking = wants.iter().filter(|w| lacks(words, &found, **w)).count();
    let end = first_row.unwrap_or(region.end).min(region.end);
    let strange = match above {
        Some((table, head)) => strange_rows(survey, Region { end, ..region }, table, head, lacking),
        None => Vec::new(),
    };
    Labels { found, first_row: strange.last().copied().or(first_row), strange }
}

/// Whether a label that must be there is missing; not so where its group's cell holds `A至B`.
pub(super) fn lacks(words: &Words<'_>, found: &BTreeMap<usize, Found>, want: usize) -> bool {
    let group = words.wants[want].group;
    words.wants[want].field.is_some_and(|field| field.required)
        && !found.contains_key(&want)
        && !group.is_some_and(|g| found.contains_key(&g))
}

/// The lines above the foot that are no records but labels which the form does not know, lowest first; never more
/// than labels are missing.
fn strange_rows(survey: &Survey, region: Region, table: &Table, head: &Head, mut lacking: usize) -> Vec<u32> {
    let mut strange = Vec::new();
    let end = region.end.min(survey.last_row + 1);
    let mut below = end;
    for (&index, row) in survey.rows.range(region.first..end.max(region.first)).rev() {
        let filled: Vec<&(u32, Cell)> = row.cells.iter().filter(|(_, cell)| !cell.is_empty()).collect();
        let Some((col, first)) = filled.first() else { continue };
        let is_short = first.as_text().is_some_and(|t| t.chars().count() <= LONGEST_LABEL && !rows::may_mark(t));
        // Merged over the whole table it leaves no room for a value.
        let range = survey.merges.range(CellRef::new(index, *col));
        let is_wide = !range.is_cell() && range.last.col >= head.right();
        let is_label = is_short && *col <= head.left() && !is_wide;
        let pairs = filled.len().div_ceil(2);
        if !is_label
            || pairs > lacking
            || below - index > FOOT_GAP
            || !is_misfit(row, table, head)
            || is_head_again(row, table, head)
        {
            break;
        }
        lacking -= pairs;
        below = index;
        strange.push(index);
    }
    strange
}

/// Whether each filled cell of a row under a heading has that heading's text, and several have.
fn is_head_again(row: &Row, table: &Table, head: &Head) -> bool {
    let cells = table.columns.iter().zip(&head.columns).filter_map(|(column, at)| {
        let cell = row.get((*at)?.0).filter(|cell| !cell.is_empty())?;
        Some(cell.as_text().is_some_and(|text| {
            let text = fold(text);
            column.paths.iter().any(|path| path.last() == Some(&text))
        }))
    });
    let (same, other): (Vec<bool>, Vec<bool>) = cells.partition(|same| *same);
    same.len() > 1 && other.is_empty()
}

/// Whether a row has values where the table wants numbers, dates or a choice, and none of them is one.
fn is_misfit(row: &Row, table: &Table, head: &Head) -> bool {
    let columns = table.columns.iter().zip(&head.columns).zip(&head.line).filter(|(_, (line, _))| *line == 0);
    let typed = columns.map(|(column, _)| column).filter(|(column, _)| column.field.kind.is_typed());
    let cells =
        typed.filter_map(|(column, at)| Some((&column.field.kind, row.get((*at)?.0).filter(|c| !c.is_empty())?)));
    let fitting: Vec<bool> = cells.map(|(kind, cell)| fits(kind, cell)).collect();
    !fitting.is_empty() && !fitting.contains(&true)
}

fn hits(survey: &Survey, words: &Words<'_>, wants: &[usize], region: Region) -> Vec<Hit> {
    let by_name = words.by_name();
    let wanted = |name: &str| by_name.get(name).is_some_and(|list| list.iter().any(|w| wants.contains(w)));
    let mut hits = Vec::new();
    for (&index, row) in survey.marked_rows(region.first..region.end.max(region.first)) {
        for (col, cell) in &row.cells {
            let Some(text) = cell.as_text() else { continue };
            let range = survey.merges.range(CellRef::new(index, *col));
            if range.first != CellRef::new(index, *col) || *col < region.left || *col >= region.right {
                continue;
            }
            let folded = fold(text);
            if wanted(&folded) {
                hits.push(Hit { range, name: folded, inside: None, order: 0, followed: false, nearly: None });
                continue;
            }
            // The form says nothing in brackets there, so it is no other unit than its own.
            let says = |w: &usize| words.wants[*w].names.iter().any(|name| without_brackets(name).is_some());
            let open = |name: &str| by_name.get(name).is_some_and(|list| !list.iter().any(says));
            if let Some(name) = without_brackets(&folded).filter(|short| wanted(short) && open(short)) {
                let nearly = Some(text.trim().to_owned());
                hits.push(Hit { range, name: name.to_owned(), inside: None, order: 0, followed: false, nearly });
                continue;
            }
            let inside = words.labels_in(text);
            let last = inside.len().saturating_sub(1);
            for (order, (name, value, nearly)) in inside.into_iter().enumerate() {
                if wanted(&name) && (nearly.is_none() || open(&name)) {
                    hits.push(Hit { range, name, inside: Some(value), order, followed: order < last, nearly });
                }
            }
        }
    }
    // One that is right wins; of several that are nearly right none is taken.
    let names: Vec<String> = hits.iter().map(|hit| hit.name.clone()).collect();
    hits.retain(|hit| hit.nearly.is_none() || names.iter().filter(|name| **name == hit.name).count() == 1);
    drop_decor(survey, words, wants, &mut hits);
    hits
}

/// A title or caption may have the text of a label: where there is one hit more than labels, it is the first.
fn drop_decor(survey: &Survey, words: &Words<'_>, wants: &[usize], hits: &mut Vec<Hit>) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for hit in hits.iter() {
        *seen.entry(hit.name.clone()).or_default() += 1;
    }
    hits.retain(|hit| {
        let wanted = wants.iter().filter(|w| words.wants[**w].names.contains(&hit.name)).count();
        let decor = hit.inside.is_none()
            && survey.cell(hit.range.first).1.and_then(Cell::as_text).is_some_and(|text| words.is_decor(text));
        match seen.get_mut(&hit.name).filter(|n| decor && **n > wanted) {
            Some(n) => {
                *n -= 1;
                false
            }
            None => true,
        }
    });
}

/// Keeps the labels of the foot: below the last record, in one block at the bottom.
fn foot_only(
    survey: &Survey,
    words: &Words<'_>,
    wants: &[usize],
    region: Region,
    hits: &mut Vec<Hit>,
    table: &Table,
    head: &Head,
) {
    let is_again = |row: u32| survey.rows.get(&row).is_some_and(|row| is_head_again(row, table, head));
    let mut rows: BTreeMap<u32, Vec<&Hit>> = BTreeMap::new();
    for hit in hits.iter().filter(|hit| !is_again(hit.range.first.row)) {
        rows.entry(hit.range.first.row).or_default().push(hit);
    }
    // How often each label is still looked for: going up, a row belongs to the foot while it has one of them.
    let mut lacking: BTreeMap<&str, usize> = BTreeMap::new();
    for name in wants.iter().flat_map(|&w| words.wants[w].names) {
        *lacking.entry(name).or_default() += 1;
    }
    let last = survey.last_row_up_to(head.right());
    let bottom = last.min(region.end.saturating_sub(1));
    let mut foot: BTreeSet<u32> = BTreeSet::new();
    for (&row, labels) in rows.iter().rev() {
        let names = || labels.iter().map(|hit| hit.name.as_str());
        let below = foot.first().copied().unwrap_or(bottom + 1);
        let wanted = names().any(|name| lacking.get(name).is_some_and(|n| *n > 0));
        // A record may hold the text of a label; right above the foot, or at the very end, a label it is.
        let doubtful = below.saturating_sub(row) > if foot.is_empty() { FOOT_GAP } else { 1 };
        if !wanted || (doubtful && is_record(survey, row, labels, table, head)) {
            continue;
        }
        for name in names() {
            if let Some(n) = lacking.get_mut(name) {
                *n = n.saturating_sub(1);
            }
        }
        foot.insert(row);
    }
    hits.retain(|hit| foot.contains(&hit.range.first.row));
}

/// Whether a row with labels in it is a record all the same.
fn is_record(survey: &Survey, index: u32, labels: &[&Hit], table: &Table, head: &Head) -> bool {
    // A label with its value behind a colon is no value.
    let with_value = |col: u32| labels.iter().any(|hit| hit.inside.is_some() && hit.range.first.col == col);
    let Some(row) = survey.rows.get(&index) else { return false };
    let mut typed = 0;
    let mut fitting = 0;
    let mut filled = 0;
    let of_line = table.columns.iter().zip(&head.line).filter(|(_, (line, _))| *line == 0);
    let needed = of_line.filter(|(column, _)| column.field.required).count();
    let mut there = 0;
    for ((column, at), (line, _)) in table.columns.iter().zip(&head.columns).zip(&head.line) {
        let Some((first, _)) = at.filter(|_| *line == 0) else { continue };
        let Some(cell) = row.get(first).filter(|c| !c.is_empty()) else { continue };
        filled += 1;
        there += usize::from(column.field.required);
        if column.field.kind.is_typed() {
            typed += 1;
            fitting += usize::from(!with_value(first) && fits(&column.field.kind, cell));
        }
    }
    // Little of what a record needs is a label with its value; so are several, one behind the other.
    let of_label = |col: u32| labels.iter().any(|l| (l.range.first.col..=l.range.last.col + 1).contains(&col));
    let pairs = labels.len() > 1 && row.cells.iter().all(|(col, cell)| cell.is_empty() || of_label(*col));
    if pairs || there * 2 <= needed && filled <= labels.len() * 2 {
        return false;
    }
    if typed > 0 { fitting * 2 > typed } else { labels.len() * 2 < filled && filled > 2 }
}

/// Whether a row below the foot is a record all the same: half of what a record needs is there, and all of it fits.
pub(super) fn is_like_record(row: &Row, table: &Table, head: &Head) -> bool {
    let places = table.columns.iter().zip(&head.columns).zip(&head.line).filter(|(_, (line, _))| *line == 0);
    let cells: Vec<_> = places
        .map(|(column, _)| column)
        .filter_map(|(column, at)| Some((column, row.get((*at)?.0).filter(|cell| !cell.is_empty())?)))
        .collect();
    let typed = || cells.iter().filter(|(column, _)| column.field.kind.is_typed());
    let needed = table.columns.iter().filter(|column| column.field.required).count();
    let there = cells.iter().filter(|(column, _)| column.field.required).count();
    there > 1
        && there * 2 > needed
        && typed().count() > 0
        && typed().all(|(column, cell)| fits(&column.field.kind, cell))
}

/// Whether a cell looks like a value of a kind.
pub(super) fn fits(kind: &FieldKind, cell: &Cell) -> bool {
    let dated = matches!(cell.kind(), FormatKind::Date | FormatKind::DateTime | FormatKind::Month);
    match (&cell.content, kind) {
        (Content::Number { .. }, FieldKind::Integer | FieldKind::Number) => !dated,
        (Content::Number { .. }, FieldKind::Date | FieldKind::Month) | (Content::Bool(_), FieldKind::Boolean) => true,
        (Content::Text(text), FieldKind::Integer | FieldKind::Number) => text_value::number(text, None).is_some(),
        (Content::Text(text), FieldKind::Date | FieldKind::Month) => text.trim_start().starts_with(char::is_numeric),
        (Content::Text(text), FieldKind::Boolean) => text_value::boolean(text).is_some(),
        (Content::Text(text), FieldKind::Choice(choices)) => text_value::choice(text, choices).is_some(),
        (Content::Text(text), FieldKind::Checks(choices)) => {
            text_value::boxes(text, choices).is_some() || text_value::choice(text, choices).is_some()
        }
        _ => false,
    }
}

/// Gives each want a hit: in the order of the form where it can be, a group's fields beside their group.
fn choose(words: &Words<'_>, wants: &[usize], hits: &[Hit]) -> BTreeMap<usize, usize> {
    let place = |h: usize| (hits[h].range.first, hits[h].order);
    let mut chosen: BTreeMap<usize, usize> = BTreeMap::new();
    let mut used: BTreeSet<usize> = BTreeSet::new();
    let mut last = None;
    for &w in wants {
        let want = &words.wants[w];
        let fits = |h: &usize| !used.contains(h) && want.names.contains(&hits[*h].name);
        let group = want.group.and_then(|g| chosen.get(&g)).map(|&h| hits[h].range);
        let beside = |h: &usize| {
            group.is_none_or(|g| {
                let at = hits[*h].range.first;
                (g.first.row..=g.last.row).contains(&at.row) && at.col > g.last.col
                    || at.row > g.last.row && at.col >= g.first.col && at.row <= g.last.row + 1
            })
        };
        let all: Vec<usize> = (0..hits.len()).filter(|h| fits(h) && beside(h)).collect();
        let found = all.iter().copied().find(|&h| last.is_none_or(|l| place(h) > l)).or_else(|| all.first().copied());
        if let Some(h) = found {
            used.insert(h);
            last = Some(place(h));
            chosen.insert(w, h);
        }
    }
    chosen
}

/// The cell of a label's value: its own behind the colon, else the next, else the one below.
fn value_of(survey: &Survey, hit: &Hit, taken: &BTreeSet<CellRef>, region: Region, form_right: u32) -> Found {
    let (label, nearly) = (hit.range, hit.nearly.clone());
    let order = hit.inside.as_ref().map(|_| hit.order);
    match &hit.inside {
        Some(inside) if !inside.is_empty() => {
            return Found { label, value: label, cell: Some(Cell::text(inside)), nearly, order, outside: false };
        }
        Some(_) if hit.followed => return Found { label, value: label, cell: None, nearly, order, outside: false },
        _ => {}
    }
    let beside = CellRef::new(label.first.row, label.last.col + 1);
    let below = CellRef::new(label.last.row + 1, label.first.col);
    let (range, _) = survey.cell(beside);
    // A row of labels may be wider than the tables.
    let row = survey.rows.get(&beside.row);
    let outside = beside.col > form_right
        && row.is_none_or(|row| row.cells.iter().all(|(col, cell)| *col < beside.col || cell.is_empty()));
    let (under, _) = survey.cell(below);
    // The cell below is no value of this label where it stands beside another.
    let of_another = under.first.col.checked_sub(1).is_some_and(|left| {
        let beside = survey.merges.range(CellRef::new(under.first.row, left));
        taken.contains(&beside.first)
    });
    let has_below = below.row < region.end && !taken.contains(&under.first) && !of_another;
    let value = if (taken.contains(&range.first) || outside) && has_below { under } else { range };
    let (_, cell) = survey.cell(value.first);
    let outside = outside && cell.is_none_or(Cell::is_empty);
    Found { label, value, cell: cell.cloned(), nearly, order, outside }
}

/// The two halves of `2026-01-08至2026-12-31`.
pub(super) fn halves(text: &str) -> Option<(&str, &str)> {
    for sign in ["至", "～", "~", "—", "到", " - ", "–"] {
        if let Some((a, b)) = text.split_once(sign) {
            let b = b.trim_start_matches(['—', '-', '～']);
            return Some((a.trim(), b.trim()));
        }
    }
    None
}
