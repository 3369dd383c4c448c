//! The tables of a sheet: where each head stands, what belongs to each, and the labels around them.

use super::alone;
use super::columns::{self, Column};
use super::heads::{self, Head, Leaf};
use super::labels::{Band, Label, of_row};
use super::rows::{Body, Role, Walk};
use super::sheet::{Kind, Sheet, Slot};
use super::words::{heading_weight, is_serial};
use crate::text::fold;

/// Rows of a region in which a head is looked for.
const WINDOW: usize = 300;
/// A head scores at least this much.
const ENOUGH: f64 = 3.0;
/// One that stands above a better head scores more, else it is a label block.
const ENOUGH_ABOVE: f64 = 5.0;
/// One without rows below has only its words.
const ENOUGH_EMPTY: f64 = 2.0;
/// English words are less often known.
const ENOUGH_ENGLISH: f64 = 1.2;
/// One of two columns, with a number in each row, may be a list of labels too.
const ENOUGH_TWO: f64 = 4.4;

/// A table.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) head: Head,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<(u32, Role)>,
    /// The first row below that is none of its own.
    pub(crate) end: u32,
    /// Labels above and below it.
    pub(crate) block: Vec<Label>,
    pub(crate) foot: Vec<Label>,
    /// Texts alone above it: its title and notes.
    pub(crate) above: Vec<String>,
    /// Texts alone below it.
    pub(crate) below: Vec<String>,
}

impl Table {
    /// The rows that begin a record.
    pub(crate) fn records(&self) -> impl Iterator<Item = u32> {
        self.rows.iter().filter(|(_, role)| *role == Role::Record).map(|(row, _)| *row)
    }

    /// The first and the last line of its records.
    pub(crate) fn data_rows(&self) -> Option<(u32, u32)> {
        let first = self.records().next()?;
        let is_data = |role: Role| matches!(role, Role::Record | Role::Continued);
        let last = self.rows.iter().rev().find(|(_, role)| is_data(*role)).map(|(row, _)| *row)?;
        Some((first, last))
    }
}

/// What a sheet has: its tables from top to bottom, or labels alone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    pub(crate) tables: Vec<Table>,
    /// Labels of a sheet without a table.
    pub(crate) labels: Vec<Label>,
    pub(crate) texts: Vec<String>,
}

/// Finds the tables of a sheet.
pub(crate) fn find(sheet: &Sheet) -> Found {
    let (Some(all), Some(first), Some(last)) = (sheet.columns, sheet.first_row(), sheet.last_row()) else {
        return Found::default();
    };
    let mut tables = Vec::new();
    search(sheet, all, (first, last + 1), &mut tables, None);
    if tables.is_empty() {
        tables.extend(alone::list(sheet));
    }
    tables.sort_by_key(|table| (table.head.top, table.columns.first().map_or(0, |column| column.first)));
    let mut found = Found { tables, ..Found::default() };
    if found.tables.is_empty() {
        let (labels, texts) = around(sheet, all, (first, last + 1), &[], Band::Form);
        found.labels = labels;
        found.texts = texts;
    } else {
        bands(sheet, all, (first, last + 1), &mut found.tables);
    }
    found
}

fn search(sheet: &Sheet, all: (u32, u32), (from, to): (u32, u32), out: &mut Vec<Table>, above: Option<&Head>) {
    let mut from = from;
    while from < to {
        let Some(head) = best(sheet, all, (from, to), above) else { return };
        if head.top > from {
            search(sheet, all, (from, head.top), out, Some(&head));
        }
        let end = add(sheet, all, &head, (from, to), out);
        from = end.max(head.bottom + 1);
    }
}

/// The best head of a region; of about equal ones the first.
fn best(sheet: &Sheet, all: (u32, u32), (from, to): (u32, u32), above: Option<&Head>) -> Option<Head> {
    let mut candidates: Vec<Head> = Vec::new();
    let mut row = from;
    let mut seen = 0;
    while let Some(next) = sheet.next_filled(row).filter(|next| *next < to && seen < WINDOW) {
        candidates.extend(
            heads::at(sheet, next, all, to).filter(|head| head.bottom < to && is_enough(sheet, head, to, above)),
        );
        row = next + 1;
        seen += 1;
    }
    let top = candidates.iter().map(|head| head.score).fold(f64::MIN, f64::max);
    candidates.into_iter().find(|head| head.score >= top - 0.2)
}

/// Whether a head is one; `above` is the better head below it, where there is one.
fn is_enough(sheet: &Sheet, head: &Head, to: u32, above: Option<&Head>) -> bool {
    let below = has_rows(sheet, head, to);
    let n = head.leaves.len();
    let named =
        head.leaves.iter().filter(|leaf| leaf.path.last().is_some_and(|text| heading_weight(text) >= 0.6)).count();
    let rows = if n == 2 { counts(sheet, head, to) } else { 0 };
    let counts = (named > 0 || rows > 7) && head.score >= if rows > 7 { ENOUGH } else { ENOUGH_TWO } && rows > 2;
    let counts = counts || n == 2 && named > 0 && head.score >= ENOUGH && lists(sheet, head, to);
    if n == 2 && !counts && (named == 0 || named == 1 && head.score < ENOUGH + 2.0) {
        return false;
    }
    match (below, above) {
        (true, Some(other)) if is_like(other, head) => head.score >= ENOUGH,
        (true, Some(_)) => {
            let serial = || head.leaves.first().and_then(|leaf| leaf.path.last()).is_some_and(|text| is_serial(text));
            head.score >= ENOUGH_ABOVE && n > 2 || counts || n > 3 && head.score >= ENOUGH_EMPTY && serial()
        }
        (false, Some(_)) => false,
        (false, None) => head.score >= ENOUGH_EMPTY && n > 2 || head.score >= ENOUGH_ENGLISH && n > 3 && is_ascii(head),
        (true, None) => head.score >= ENOUGH || head.score >= ENOUGH_EMPTY + 0.3 && n > 4,
    }
}

/// Whether a row below has more than one cell, or the next one a narrow one.
fn has_rows(sheet: &Sheet, head: &Head, to: u32) -> bool {
    let mut row = head.bottom;
    while let Some(next) = sheet.next_filled(row + 1).filter(|next| *next < to) {
        let slots = sheet.begun(next, head.columns());
        let first = next == head.bottom + 1 && slots.iter().any(|slot| slot.first_col() == slot.last_col());
        if slots.len() > 1 || first {
            return true;
        }
        row = next;
    }
    false
}

/// How many rows the two columns of a head hold numbers in, and what they are numbers of; none where many do not.
fn counts(sheet: &Sheet, head: &Head, to: u32) -> usize {
    let (mut left_counts, mut right_counts, mut rows) = (0, 0, 0);
    let mut row = head.bottom + 1;
    while rows < 30 && row < to {
        let slots = sheet.begun(row, head.columns());
        let [left, right] = slots.as_slice() else { break };
        let kinds = (left.kind() != Kind::Text, right.kind() != Kind::Text);
        left_counts += usize::from(kinds == (true, false));
        right_counts += usize::from(kinds == (false, true));
        rows += 1;
        row += 1;
    }
    let most = left_counts.max(right_counts);
    if most * 10 >= rows * 9 { most } else { 0 }
}

/// Whether many lines of two texts follow, the first of which are no headings: no labels with their values.
fn lists(sheet: &Sheet, head: &Head, to: u32) -> bool {
    let (mut rows, mut labels) = (0, 0);
    let mut row = head.bottom + 1;
    while rows < 30 && row < to {
        let slots = sheet.begun(row, head.columns());
        let [left, right] = slots.as_slice() else { break };
        if left.kind() != Kind::Text || right.kind() != Kind::Text {
            break;
        }
        labels += usize::from(left.text().is_some_and(|text| heading_weight(text) > 0.5));
        rows += 1;
        row += 1;
    }
    rows > 7 && labels * 5 <= rows
}

fn is_ascii(head: &Head) -> bool {
    head.leaves.iter().filter_map(|leaf| leaf.path.last()).all(|text| text.is_ascii())
}

/// Whether most columns of two heads have the same names.
fn is_like(a: &Head, b: &Head) -> bool {
    let (a, b) = (names(a), names(b));
    let same = a.iter().filter(|name| b.contains(name)).count();
    same >= 2 && same * 10 >= a.len().max(b.len()) * 6
}

fn names(head: &Head) -> Vec<String> {
    head.leaves.iter().map(|leaf| fold(&leaf.name())).collect()
}

/// Adds the table under a head, or those side by side under it; gives the row after them.
fn add(sheet: &Sheet, all: (u32, u32), head: &Head, (from, to): (u32, u32), out: &mut Vec<Table>) -> u32 {
    let title = title_above(sheet, all, from, head.top);
    let parts = side_by_side(sheet, head);
    let mut end = head.bottom + 1;
    for part in parts {
        let span = if part.leaves.len() == head.leaves.len() { all } else { part.columns() };
        // The first walk tells where the table ends, the second knows its columns.
        let rough = columns::of(sheet, &part, span, to);
        let walk =
            |columns: &[Column], to: u32| Walk { sheet, head: &part, columns, all, title: title.clone() }.down(to);
        let first = walk(&rough, to);
        let columns = columns::of(sheet, &part, span, first.end.max(part.bottom + 1));
        let Body { rows, end: own_end } = walk(&columns, to);
        end = end.max(own_end);
        out.push(Table {
            head: part,
            columns,
            rows,
            end: own_end,
            block: Vec::new(),
            foot: Vec::new(),
            above: Vec::new(),
            below: Vec::new(),
        });
    }
    end
}

/// The text that stands alone in a row above a head.
fn title_above(sheet: &Sheet, all: (u32, u32), from: u32, top: u32) -> Option<String> {
    let mut row = sheet.previous_filled(top)?;
    while row >= from {
        let slots = sheet.begun(row, all);
        if let ([only], true) = (slots.as_slice(), slots.len() == 1)
            && let Some(text) = only.text()
        {
            return Some(text.to_owned());
        }
        row = sheet.previous_filled(row)?;
    }
    None
}

/// A head whose second half says the same as its first is that of two tables; so is one with a gap between equals.
fn side_by_side(sheet: &Sheet, head: &Head) -> Vec<Head> {
    let names: Vec<String> = head.leaves.iter().map(|leaf| fold(&leaf.name())).collect();
    let n = names.len();
    let part = |leaves: &[Leaf]| Head { leaves: leaves.to_vec(), ..head.clone() };
    for count in (2..=4).rev() {
        if !n.is_multiple_of(count) || n / count < 2 {
            continue;
        }
        let size = n / count;
        let same = |k: usize| (0..size).filter(|i| names[*i] == names[k * size + i]).count();
        // A balance sheet: only what is listed has another name.
        let but_one =
            |k: usize| size > 2 && same(k) + 1 == size && names[0] != names[k * size] && sheet_text(sheet, head);
        if (1..count).all(|k| same(k) == size || but_one(k)) {
            return head.leaves.chunks(size).map(part).collect();
        }
    }
    let parted =
        |pair: &[Leaf]| pair[1].first > pair[0].last + 1 && is_gap(sheet, head, pair[0].last + 1, pair[1].first);
    // Several, each behind a gap and alike.
    let mut groups: Vec<&[Leaf]> = Vec::new();
    let mut from = 0;
    for at in (1..n).filter(|at| parted(&head.leaves[at - 1..=*at])) {
        groups.push(&head.leaves[from..at]);
        from = at;
    }
    groups.push(&head.leaves[from..]);
    let begins = |leaves: &[Leaf]| leaves[0].path.last().is_some_and(|text| is_serial(text));
    if groups.len() > 2 && groups.iter().all(|group| group.len() > 1 && group.len() == groups[0].len() && begins(group))
    {
        return groups.into_iter().map(part).collect();
    }
    if let Some(at) = head.leaves.windows(2).position(parted).filter(|at| *at > 0 && n > at + 2) {
        let (left, right) = head.leaves.split_at(at + 1);
        let shared = names[at + 1..].iter().filter(|name| names[..=at].contains(name)).count();
        let serial = right.iter().any(|leaf| leaf.path.last().is_some_and(|text| is_serial(text)));
        let captions = common(left).zip(common(right)).is_some_and(|(a, b)| a != b);
        if shared * 2 >= right.len() || serial || captions || other_length(sheet, head, left, right) {
            let strip = |leaves: &[Leaf]| {
                let mut own = part(leaves);
                if captions {
                    own.top += 1;
                    own.leaves.iter_mut().for_each(|leaf| drop(leaf.path.remove(0)));
                }
                own
            };
            return vec![strip(left), strip(right)];
        }
    }
    vec![head.clone()]
}

fn sheet_text(_: &Sheet, head: &Head) -> bool {
    head.leaves.iter().all(|leaf| leaf.path.len() < 3)
}

/// The first level that all columns of a part share, over others.
fn common(leaves: &[Leaf]) -> Option<&String> {
    let first = leaves.first()?.path.first()?;
    leaves.iter().all(|leaf| leaf.path.len() > 1 && leaf.path.first() == Some(first)).then_some(first)
}

/// Whether the right part is a full table that ends before the left one.
fn other_length(sheet: &Sheet, head: &Head, left: &[Leaf], right: &[Leaf]) -> bool {
    let (left, _) = extent(sheet, head, left);
    let (rows, filled) = extent(sheet, head, right);
    rows > 1 && rows < left && filled * 10 >= rows * right.len() * 8
}

/// How many rows a part has, down to its first blank one, and how many cells are filled there.
fn extent(sheet: &Sheet, head: &Head, leaves: &[Leaf]) -> (usize, usize) {
    let span = (leaves.first().map_or(0, |leaf| leaf.first), leaves.last().map_or(0, |leaf| leaf.last));
    let (mut rows, mut filled) = (0, 0);
    let mut row = head.bottom + 1;
    while rows < 1000 {
        let cells = sheet.begun(row, span).len() + sheet.reaching(row, span).len();
        if cells == 0 {
            break;
        }
        rows += 1;
        filled += cells;
        row += 1;
    }
    (rows, filled)
}

fn is_gap(sheet: &Sheet, head: &Head, first: u32, end: u32) -> bool {
    let mut row = head.bottom;
    for _ in 0..40 {
        let Some(next) = sheet.next_filled(row + 1) else { break };
        row = next;
        if !sheet.begun(row, (first, end - 1)).is_empty() {
            return false;
        }
    }
    true
}

/// The labels and texts above and below each table.
fn bands(sheet: &Sheet, all: (u32, u32), (first, end): (u32, u32), tables: &mut [Table]) {
    let mut from = first;
    let mut i = 0;
    while i < tables.len() {
        let top = tables[i].head.top;
        // Tables side by side share their bands.
        let group = tables[i..].iter().take_while(|table| table.head.top == top).count();
        let bottom = tables[i].head.bottom;
        let cells: Vec<crate::grid::Range> =
            tables[i..i + group].iter().flat_map(|table| table.head.cells.clone()).collect();
        let from_here = if i == 0 { from } else { parted(sheet, all, from, top) };
        if i > 0 {
            let (labels, texts) = around(sheet, all, (from, from_here), &[], Band::Foot);
            tables[i - 1].foot = labels;
            tables[i - 1].below = texts;
        }
        let (labels, texts) = around(sheet, all, (from_here, bottom + 1), &cells, Band::Block);
        tables[i].block = labels;
        tables[i].above = texts;
        from = tables[i..i + group].iter().map(|table| table.end).max().unwrap_or(bottom + 1);
        i += group;
    }
    if let Some(last) = tables.last_mut() {
        let (labels, texts) = around(sheet, all, (from, end), &[], Band::Foot);
        last.foot = labels;
        last.below = texts;
    }
}

/// Between two tables: the row from which on it belongs to the lower one.
fn parted(sheet: &Sheet, all: (u32, u32), from: u32, top: u32) -> u32 {
    let mut row = from;
    let mut last_signed = from;
    while let Some(next) = sheet.next_filled(row).filter(|next| *next < top) {
        let slots = sheet.begun(next, all);
        let signed = slots.iter().filter_map(Slot::text).any(|text| {
            super::words::is_signed(text)
                || super::labels::in_cell(text).iter().any(|(label, _)| super::words::is_signed(label))
        });
        if signed {
            last_signed = next + 1;
        } else if slots.len() == 1 {
            return next;
        }
        row = next + 1;
    }
    last_signed
}

/// The labels and the lone texts of some rows, cells of a head left out.
fn around(
    sheet: &Sheet,
    all: (u32, u32),
    (from, to): (u32, u32),
    head: &[crate::grid::Range],
    band: Band,
) -> (Vec<Label>, Vec<String>) {
    let (mut labels, mut texts) = (Vec::new(), Vec::new());
    let mut row = from;
    while let Some(next) = sheet.next_filled(row).filter(|next| *next < to) {
        let slots: Vec<Slot<'_>> =
            sheet.begun(next, all).into_iter().filter(|slot| !head.contains(&slot.area)).collect();
        let below = band == Band::Foot && slots.len() > 1;
        let found = of_row(sheet, &slots, if below { Band::Below } else { band });
        if found.is_empty() {
            texts.extend(slots.iter().filter_map(Slot::text).map(str::to_owned));
        }
        labels.extend(found);
        row = next + 1;
    }
    (labels, texts)
}
