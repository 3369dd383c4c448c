//! What a row of a table's region is: a record, or one of the rows that are none.

use std::collections::BTreeSet;

use super::Rows;
use crate::grid::{Cell, CellRef, Content, Row};
use crate::layout::{TOTAL_WORDS, Table, TotalRow};
use crate::read::heads::Head;
use crate::read::words::Words;
use crate::text::{fold, without_brackets};

/// A total's label is not longer, in bytes.
const LONGEST_TOTAL: usize = 200;

/// A cell alone so many rows below the last is no record.
const APART: u32 = 3;
/// Of the words for a total, those for a part of it.
const SUBTOTAL_WORDS: [&str; 2] = ["小计", "subtotal"];

/// What a row is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Record,
    Blank,
    SerialOnly,
    Total(Option<usize>),
    /// Another row that the label of a total is merged over.
    OfTotal,
    Subtotal,
    /// Looks like a total by its words and cells.
    LikeTotal,
    /// A share or rate below a total.
    Ratio,
    /// One cell far below the last row.
    Apart,
    Note,
    /// Says that nothing stands below: 以下空白.
    Closed,
    Section,
    Head,
    /// 甲 乙 1 2 3 directly below the head.
    Numbers,
}

impl Rows<'_> {
    /// What a row is, given whether it has the label of a total.
    pub(super) fn role(&self, row: &Row, cells: &[Option<Cell>], own: &[usize], total: Option<Role>) -> Role {
        let serial = self.table.serial();
        if own.is_empty() {
            return Role::Blank;
        }
        if let Some(total) = total {
            return total;
        }
        if self.total_to.is_some_and(|last| row.index <= last) {
            return Role::OfTotal;
        }
        let text = |i: usize| cells[i].as_ref().and_then(Cell::as_text);
        match self.unfilled(cells, own) {
            // What stands under a heading that could be one of two is not read, but it is there.
            Some(Role::SerialOnly) if self.has_unclear(row) => return Role::Record,
            Some(role) => return role,
            None => {}
        }
        // A merged cell is that of all its columns.
        let mut said = own.iter().filter(|&&i| Some(i) != serial).map(|&i| text(i));
        if let Some(Some(first)) = said.next()
            && said.all(|other| other == Some(first))
            && closes(&fold(first))
        {
            return Role::Closed;
        }
        if let Some(role) = self.figures_row(row, own, &text) {
            return role;
        }
        if own.len() == 1 && self.head.matched() > 1 && self.last_row.is_some_and(|(last, _)| row.index > last + APART)
        {
            return Role::Apart;
        }
        let fixed = |i: &usize| text(*i).is_some_and(|t| self.notes.contains(&fold(t)));
        if !self.notes.is_empty() && own.iter().all(fixed) {
            return Role::Note;
        }
        if self.distinct_cells(row, own) == 1
            && let Some(text) = text(own[0])
        {
            let folded = fold(text);
            let spans = own.len() * 5 >= self.head.matched() * 3 && own.len() > 1;
            let in_serial = own == [serial.unwrap_or(usize::MAX)];
            let first = own[0] == 0 || spans;
            // A blank row apart from the last record, or from the head of a table with nothing in it yet.
            let next = self.last_row.map_or(self.head.below(), |(last, _)| last + 1);
            let apart = own.len() == 1 && self.head.matched() > 1 && row.index > next;
            if first && is_note(&folded) && (spans || in_serial || apart || self.merges_wide(row, own[0])) {
                return Role::Note;
            }
            if spans || (in_serial && text.trim().parse::<f64>().is_err()) {
                return Role::Section;
            }
        }
        if self.last_row.is_none() && numbers_columns(cells, own) {
            return Role::Numbers;
        }
        if self.repeats_head(own, &text) { Role::Head } else { Role::Record }
    }

    /// Whether something stands under a heading that could be one of several.
    fn has_unclear(&self, row: &Row) -> bool {
        let mut columns = self.head.ambiguous.iter().flat_map(|(_, ranges)| ranges);
        columns.any(|range| {
            (range.first.col..=range.last.col).any(|col| row.get(col).is_some_and(|cell| !cell.is_empty()))
        })
    }

    /// Whether cells are those of a line not yet filled in.
    pub(super) fn unfilled(&self, cells: &[Option<Cell>], own: &[usize]) -> Option<Role> {
        let serial = self.table.serial();
        let text = |i: usize| cells[i].as_ref().and_then(Cell::as_text);
        // A cell with blanks alone is as good as empty; so is a number in a line not yet filled in.
        let mut solid = own.iter().copied().filter(|&i| !text(i).is_some_and(string_is_blank));
        match (solid.next(), solid.next()) {
            (None, _) => return Some(Role::Blank),
            (Some(only), None) if Some(only) == serial && cells[only].as_ref().is_some_and(is_count) => {
                return Some(Role::SerialOnly);
            }
            _ => {}
        }
        let idle = |i: &usize| cells[*i].as_ref().is_some_and(is_idle_formula);
        if own.iter().any(idle) && own.iter().all(|i| Some(*i) == serial || idle(i)) {
            return Some(if own.iter().any(|&i| Some(i) == serial) { Role::SerialOnly } else { Role::Blank });
        }
        None
    }

    /// Whether most of a row's cells say what stands above them.
    pub(super) fn repeats_head<'c>(&self, own: &[usize], text: &impl Fn(usize) -> Option<&'c str>) -> bool {
        let heading = |i: usize, t: &str| {
            let folded = fold(t);
            self.table.columns[i].paths.iter().any(|p| p.contains(&folded))
        };
        let texts: Vec<(usize, &str)> = own.iter().filter_map(|&i| Some((i, text(i)?))).collect();
        let mut possible = texts.len();
        for (i, t) in texts {
            // No comparing once too few are left, as in nearly every record.
            if possible < 2 || possible * 2 <= own.len() {
                return false;
            }
            possible -= usize::from(!heading(i, t));
        }
        possible >= 2 && possible * 2 > own.len()
    }

    fn merges_wide(&self, row: &Row, i: usize) -> bool {
        self.head.columns[i]
            .and_then(|(first, _)| self.merges.over(CellRef::new(row.index, first)))
            .is_some_and(|m| m.last.col > m.first.col)
    }

    /// How many cells, merges counted once, the filled columns are.
    fn distinct_cells(&self, row: &Row, own: &[usize]) -> usize {
        let cells: BTreeSet<CellRef> = own
            .iter()
            .filter_map(|&i| self.head.columns[i])
            .map(|(first, last)| {
                let filled = (first..=last).find(|col| row.get(*col).is_some_and(|c| !c.is_empty())).unwrap_or(first);
                self.merges.range(CellRef::new(row.index, filled)).first
            })
            .collect();
        cells.len()
    }

    /// A total row, where the row is one: its label stands left of what is added up.
    pub(super) fn total_row(&self, row: &Row) -> Option<Role> {
        self.total_label(row).map(|(_, role)| role)
    }

    /// The column of a total's label, and what the row is for it.
    pub(super) fn total_label(&self, row: &Row) -> Option<(u32, Role)> {
        let left = self.head.left();
        let mut texts = row.cells.iter().filter(|(col, _)| (left..self.total_before).contains(col));
        texts.find_map(|(col, cell)| {
            let text = cell.as_text().filter(|text| text.len() <= LONGEST_TOTAL)?;
            let folded = fold(text);
            let folded = total_label(&folded).to_owned();
            let declared = self.table.totals.iter().position(|t| t.names.contains(&folded));
            if SUBTOTAL_WORDS.contains(&folded.as_str())
                && declared.is_none_or(|d| !SUBTOTAL_WORDS.contains(&fold(&self.table.totals[d].label).as_str()))
            {
                return Some((*col, Role::Subtotal));
            }
            let known = declared.is_some() || TOTAL_WORDS.contains(&folded.as_str());
            known.then_some((*col, Role::Total(declared)))
        })
    }
}

impl Rows<'_> {
    /// A row of one text, and numbers or nothing, without a serial, whose text says that they are computed.
    fn figures_row<'c>(&self, row: &Row, own: &[usize], text: &impl Fn(usize) -> Option<&'c str>) -> Option<Role> {
        let mut texts = own.iter().filter_map(|&i| Some((i, text(i)?))).filter(|(_, text)| !string_is_blank(text));
        let (label, said) = texts.next().filter(|_| texts.next().is_none())?;
        let numbers = self.distinct_cells(row, own) > 1 && self.table.serial().is_none_or(|i| !own.contains(&i));
        let col = self.head.columns[label].map_or(u32::MAX, |(first, _)| first);
        // Without its numbers a total is one too, in a form not yet filled in.
        let lone = own.len() == 1;
        if !(numbers || lone) || col >= self.total_before || said.len() > LONGEST_TOTAL {
            return None;
        }
        let folded = fold(said);
        if is_like_total(&folded) {
            return Some(Role::LikeTotal);
        }
        let after_total = self.last_row.is_some_and(|(_, is_total)| is_total);
        (numbers && after_total && is_ratio(&folded)).then_some(Role::Ratio)
    }
}

/// Whether the first row below the head gives columns their letters, then numbers from 1 on: 甲 乙 1 2 3.
fn numbers_columns(cells: &[Option<Cell>], own: &[usize]) -> bool {
    let letters = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛"];
    let texts = || own.iter().filter_map(|&i| cells[i].as_ref());
    let lettered = letters
        .iter()
        .zip(texts())
        .take_while(|(letter, cell)| cell.as_text().is_some_and(|text| text.trim() == **letter))
        .count();
    let number = |cell: &Cell| match &cell.content {
        Content::Number { value, .. } => Some(*value),
        Content::Text(text) => text.trim().parse().ok(),
        _ => None,
    };
    let counted = texts().skip(lettered).enumerate().all(|(i, cell)| number(cell) == Some(i as f64 + 1.0));
    // Two numbers at least: 甲 乙 1 may be a record.
    lettered > 1 && own.len() > lettered + 1 && counted
}

/// Whether a text ends like the label of a total: `费用合计`, `本页小计（元）`, `A+B总计`.
fn is_like_total(folded: &str) -> bool {
    let bare = without_brackets(folded).unwrap_or(folded);
    bare.ends_with("合计")
        || bare.ends_with("总计")
        || bare.ends_with("小计")
        || bare.ends_with("共计")
        || ["汇总", "累计", "grandtotal", "sub-total", "totals", "sum"].contains(&bare)
}

pub(super) fn is_ratio(folded: &str) -> bool {
    let bare = without_brackets(folded).unwrap_or(folded);
    bare.ends_with('率') || ["占比", "比例", "比重", "同比", "环比"].iter().any(|word| bare.ends_with(word))
}

/// The column of the sheet before which a total's label stands: the first that is added up.
pub(super) fn total_before(table: &Table, head: &Head) -> u32 {
    let sums: BTreeSet<usize> = table.totals.iter().flat_map(|t| t.cells.iter().map(|(i, _)| *i)).collect();
    let is_number = |i: &usize| table.columns[*i].field.kind.is_numeric() && !table.columns[*i].serial;
    let numbers = (0..table.columns.len()).filter(|i| if sums.is_empty() { is_number(i) } else { sums.contains(i) });
    // A number in the very first column, an unlike serial or a year, is not added up: no label stands left of it.
    let is_summed = |first: &u32| !sums.is_empty() || *first > head.left();
    let first = numbers.filter_map(|i| head.columns[i]).map(|(first, _)| first).filter(is_summed).min();
    // Without numbers only the first column, or the one after a serial, can hold a total's label.
    let last = first.unwrap_or(head.left() + 1 + u32::from(table.serial().is_some()));
    last.max(head.left() + 1)
}

/// Whether a text may mark a row that is no record.
pub(in crate::read) fn may_mark(text: &str) -> bool {
    marks(&fold(text))
}

/// Whether a text may say something of its row or its place: it is a mark of the form, one of its notes, the label of a
/// total, or looks like any of them.
pub(in crate::read) fn may_mark_of(
    text: &str,
    words: &Words<'_>,
    notes: &BTreeSet<String>,
    totals: &[TotalRow],
) -> bool {
    if words.hit(text) {
        return true;
    }
    let folded = fold(text);
    let label = total_label(&folded);
    marks(&folded) || notes.contains(&folded) || totals.iter().any(|total| total.names.iter().any(|name| name == label))
}

fn marks(folded: &str) -> bool {
    TOTAL_WORDS.contains(&total_label(folded)) || is_note(folded) || is_like_total(folded) || closes(folded)
}

/// Whether a text says that nothing stands below it.
fn closes(folded: &str) -> bool {
    let bare = folded.trim_matches(|c: char| !c.is_alphanumeric());
    ["以下空白", "以下为空白", "以下无正文", "以下无内容", "nothingfollows", "nothingbelow", "blankbelow"]
        .contains(&bare)
}

/// The label of a total row, whose cell may hold more behind a colon: `合计：（大写）`.
pub(in crate::read) fn total_label(folded: &str) -> &str {
    folded.split_once(':').map_or(folded, |(label, _)| label)
}

fn is_note(folded: &str) -> bool {
    ["注:", "注1", "说明:", "备注:", "填表说明", "填报说明", "note:", "notes:", "source:"]
        .iter()
        .any(|start| folded.starts_with(start))
        || folded == "注"
}

/// Whether a cell is a formula that found nothing to compute with: a line of the blank form not yet filled in.
pub(super) fn is_idle_formula(cell: &Cell) -> bool {
    cell.formula.is_some()
        && match &cell.content {
            Content::Number { value, .. } => *value == 0.0,
            Content::Text(text) => text.is_empty(),
            _ => false,
        }
}

/// Whether a cell holds a serial number.
fn is_count(cell: &Cell) -> bool {
    match &cell.content {
        Content::Number { .. } => true,
        Content::Text(text) => text.trim().parse::<u32>().is_ok(),
        _ => false,
    }
}

pub(super) fn string_is_blank(text: &str) -> bool {
    text.trim().is_empty()
}
