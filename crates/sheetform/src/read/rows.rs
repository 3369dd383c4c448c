//! The records of a table, row by row: which row is one, which is a total, a note, a section.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::assemble::{Cells, Part, parts, token_columns};
use super::heads::Head;
use super::merges::Merges;
use super::places::{ColumnPlace, TablePlaces};
use super::value::{self, Context, Outcome};
use crate::finding::{Code, Finding, Place, Severity, Text};
use crate::grid::{Cell, CellRef, Content, Range, Row};
use crate::layout::{Computed, FieldKind, TOTAL_WORDS, Table};
use crate::report::{shown, shown_zh};
use crate::text::fold;
use crate::validate::ReadTotal;

/// Unread cells reported one by one; the rest is counted.
const MAX_UNREAD: usize = 50;

/// Reads the rows of one table.
pub(super) struct Rows<'a> {
    table: &'a Table,
    head: &'a Head,
    merges: &'a Merges,
    context: Context<'a>,
    sheet: &'a str,
    parts: Vec<Vec<Part>>,
    tokens_at: Vec<bool>,
    /// Rows of the region, the last exclusive.
    end: u32,
    /// Fixed notes, folded.
    notes: BTreeSet<String>,
    /// Columns of the sheet that an unknown heading stands over, or a caption at the side.
    ignored: BTreeSet<u32>,
    /// Columns of the sheet that belong to a table beside this one.
    elsewhere: BTreeSet<u32>,
    /// Whether cells outside all columns are this table's to report.
    says_strays: bool,
    /// Merged cells of which something was said.
    said: BTreeSet<(CellRef, Code)>,
    /// The cell of a merge that reaches down from above, by column of the form.
    active: Vec<Option<(Range, Cell)>>,
    /// Records of each level that are not yet closed: their values and tokens.
    open: Vec<Option<Open>>,
    /// Records of the outermost level.
    pub(super) records: Vec<Value>,
    /// Rows that are records.
    pub(super) count: usize,
    pub(super) places: TablePlaces,
    pub(super) findings: Vec<Finding>,
    pub(super) unreadable: BTreeSet<String>,
    pub(super) totals: Vec<ReadTotal>,
    /// The list is said to be `[]`.
    pub(super) empty_token: bool,
    /// The list is said to be `null`.
    pub(super) null_token: bool,
    serial_only: Option<(u32, u32)>,
    unread: usize,
}

#[derive(Default)]
struct Open {
    values: Vec<Option<Value>>,
    tokens: Vec<Option<Value>>,
    inner: Vec<Value>,
    inner_empty: bool,
}

/// What a row is.
enum Role {
    Record,
    Blank,
    SerialOnly,
    Total(Option<usize>),
    Note,
    Section,
    Head,
}

impl<'a> Rows<'a> {
    #[expect(clippy::too_many_arguments, reason = "all of them are what a table's rows depend on")]
    pub(super) fn new(
        table: &'a Table,
        head: &'a Head,
        merges: &'a Merges,
        context: Context<'a>,
        sheet: &'a str,
        end: u32,
        notes: &[String],
        side_caption: Option<Range>,
    ) -> Self {
        let mut ignored: BTreeSet<u32> = head.unknown.iter().flat_map(|(r, ..)| r.first.col..=r.last.col).collect();
        ignored.extend(head.ambiguous.iter().flat_map(|(_, list)| list.iter().flat_map(|r| r.first.col..=r.last.col)));
        ignored.extend(side_caption.iter().flat_map(|r| r.first.col..=r.last.col));
        let columns = table.columns.iter().enumerate().map(|(i, column)| ColumnPlace {
            level: column.level,
            path: column.field.path.clone(),
            col: head.columns[i].map(|(first, _)| first),
            heading: head.headings[i],
        });
        let free = CellRef::new(head.first, head.right() + 1);
        let places = TablePlaces {
            pointer: table.pointer(),
            columns: columns.collect(),
            rows: vec![Vec::new(); table.levels.len() + 1],
            firsts: vec![Vec::new(); table.levels.len()],
            paths: table.levels.iter().map(|l| l.path.clone()).collect(),
            next_row: head.last + 1,
            free,
            head: CellRef::new(head.first, head.left()),
            totals: BTreeMap::new(),
        };
        Self {
            parts: (0..=table.levels.len()).map(|level| parts(context.schema, table, level)).collect(),
            tokens_at: token_columns(table),
            active: vec![None; table.columns.len()],
            open: (0..=table.levels.len()).map(|_| None).collect(),
            notes: notes.iter().map(|n| fold(n)).collect(),
            table,
            head,
            merges,
            context,
            sheet,
            end,
            ignored,
            elsewhere: BTreeSet::new(),
            says_strays: true,
            said: BTreeSet::new(),
            places,
            records: Vec::new(),
            count: 0,
            findings: Vec::new(),
            unreadable: BTreeSet::new(),
            totals: Vec::new(),
            empty_token: false,
            null_token: false,
            serial_only: None,
            unread: 0,
        }
    }

    /// Leaves the columns of a table beside this one to it.
    pub(super) fn leave_to_others(&mut self, beside: &Head, says_strays: bool) {
        self.elsewhere.extend(beside.left()..=beside.right());
        self.says_strays &= !says_strays;
    }

    /// Whether a row lies in this table's region.
    pub(super) fn covers(&self, row: u32) -> bool {
        row > self.head.last && row < self.end
    }

    /// Columns of the sheet that belong to the table.
    pub(super) fn owns(&self, col: u32) -> bool {
        self.ignored.contains(&col)
            || self.head.columns.iter().flatten().any(|(first, last)| (*first..=*last).contains(&col))
    }

    /// Takes the next row.
    pub(super) fn row(&mut self, row: &Row) {
        let cells = self.cells(row);
        let own: Vec<usize> = (0..cells.len()).filter(|&i| self.is_own(row, i)).collect();
        let role = self.role(row, &cells, &own);
        if !matches!(role, Role::SerialOnly | Role::Blank) {
            self.flush_serials();
        }
        if matches!(role, Role::Record | Role::Total(Some(_)) | Role::SerialOnly | Role::Blank) {
            self.unread_cells(row);
        }
        match role {
            Role::Blank => {}
            Role::SerialOnly => {
                let first = self.serial_only.map_or(row.index, |(first, _)| first);
                self.serial_only = Some((first, row.index));
            }
            Role::Total(which) => self.total(row, which),
            Role::Note => self.skipped(row, ("a note", "备注说明")),
            Role::Section => self.skipped(row, ("a section heading", "分节标题")),
            Role::Head => self.skipped(row, ("the head once more", "重复的表头")),
            Role::Record => self.record(row, &cells),
        }
    }

    /// Closes the last record.
    pub(super) fn finish(&mut self) {
        self.flush_serials();
        self.close(0);
    }

    /// Each column's cell in a row, merges counted.
    fn cells(&mut self, row: &Row) -> Vec<Option<Cell>> {
        let mut out = Vec::with_capacity(self.head.columns.len());
        for (i, at) in self.head.columns.iter().enumerate() {
            let Some((first, last)) = *at else {
                out.push(None);
                continue;
            };
            if let Some((range, cell)) = &self.active[i] {
                if range.last.row >= row.index {
                    out.push(Some(cell.clone()));
                    continue;
                }
                self.active[i] = None;
            }
            let mut found = (first..=last).find_map(|col| row.get(col).filter(|c| !c.is_empty())).cloned();
            if let Some(range) = self.merges.over(CellRef::new(row.index, first))
                && range.first.row == row.index
            {
                if found.is_none() {
                    found = row.get(range.first.col).filter(|c| !c.is_empty()).cloned();
                }
                if range.last.row > row.index {
                    let cell = row.get(range.first.col).cloned().unwrap_or_default();
                    self.active[i] = Some((range, cell));
                }
            }
            out.push(found.filter(|c| !c.is_empty()));
        }
        out
    }

    /// Whether the row itself fills the column (a merge from above does not).
    fn is_own(&self, row: &Row, i: usize) -> bool {
        self.head.columns[i].is_some_and(|(first, last)| {
            if self.merges.over(CellRef::new(row.index, first)).is_some_and(|m| m.first.row < row.index) {
                return false;
            }
            (first..=last).any(|col| row.get(col).is_some_and(|c| !c.is_empty()))
                || self
                    .merges
                    .over(CellRef::new(row.index, first))
                    .is_some_and(|m| m.first.row == row.index && row.get(m.first.col).is_some_and(|c| !c.is_empty()))
        })
    }

    fn role(&self, row: &Row, cells: &[Option<Cell>], own: &[usize]) -> Role {
        let serial = self.table.serial();
        if own.is_empty() {
            return Role::Blank;
        }
        if let Some(which) = self.total_row(row) {
            return Role::Total(which);
        }
        let text = |i: usize| cells[i].as_ref().and_then(Cell::as_text);
        // A cell with blanks alone is as good as empty; so is a number in a line not yet filled in.
        let mut solid = own.iter().copied().filter(|&i| !text(i).is_some_and(string_is_blank));
        match (solid.next(), solid.next()) {
            (None, _) => return Role::Blank,
            (Some(only), None) if Some(only) == serial && cells[only].as_ref().is_some_and(is_count) => {
                return Role::SerialOnly;
            }
            _ => {}
        }
        let idle = |i: &usize| cells[*i].as_ref().is_some_and(is_idle_formula);
        if own.iter().any(idle) && own.iter().all(|i| Some(*i) == serial || idle(i)) {
            return if own.iter().any(|&i| Some(i) == serial) { Role::SerialOnly } else { Role::Blank };
        }
        let fixed = |i: &usize| text(*i).is_some_and(|t| self.notes.contains(&fold(t)));
        if own.iter().all(fixed) {
            return Role::Note;
        }
        if self.distinct_cells(row, own) == 1
            && let Some(text) = text(own[0])
        {
            let folded = fold(text);
            let spans = own.len() * 5 >= self.head.matched() * 3 && own.len() > 1;
            let in_serial = own == [serial.unwrap_or(usize::MAX)];
            let first = own[0] == 0 || spans;
            if first && is_note(&folded) && (spans || in_serial || self.merges_wide(row, own[0])) {
                return Role::Note;
            }
            if spans || (in_serial && text.trim().parse::<f64>().is_err()) {
                return Role::Section;
            }
        }
        let repeated = own.iter().filter(|&&i| {
            text(i).is_some_and(|t| {
                let folded = fold(t);
                self.table.columns[i].paths.iter().any(|p| p.contains(&folded))
            })
        });
        let repeated = repeated.count();
        if repeated >= 2 && repeated * 2 > own.len() { Role::Head } else { Role::Record }
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

    /// The declared total row that a row is, or `Some(None)` for one the form does not declare.
    fn total_row(&self, row: &Row) -> Option<Option<usize>> {
        let sums = self.table.totals.iter().flat_map(|t| t.cells.iter().map(|(i, _)| *i)).collect::<BTreeSet<_>>();
        let numbers = || {
            (0..self.table.columns.len())
                .filter(|&i| self.table.columns[i].field.kind.is_numeric() && !self.table.columns[i].serial)
        };
        let of = |list: &mut dyn Iterator<Item = usize>| list.filter_map(|i| self.head.columns[i]).map(|c| c.0).min();
        let limit = if sums.is_empty() { of(&mut numbers()) } else { of(&mut sums.into_iter()) };
        // Without numbers only the first column, or the one after a serial, can hold a total's label.
        let limit = limit.unwrap_or(self.head.left() + 1 + u32::from(self.table.serial().is_some()));
        let left = self.head.left();
        let mut texts = row.cells.iter().filter(|(col, _)| *col >= left && *col < limit.max(left + 1));
        texts.find_map(|(_, cell)| {
            let folded = fold(cell.as_text()?);
            let declared = self.table.totals.iter().position(|t| t.names.contains(&folded));
            match declared {
                Some(which) => Some(Some(which)),
                None => TOTAL_WORDS.contains(&folded.as_str()).then_some(None),
            }
        })
    }

    fn total(&mut self, row: &Row, which: Option<usize>) {
        let Some(which) = which else { return self.skipped(row, ("a total", "合计行")) };
        let merges = self.merges;
        self.other_numbers(row, which);
        for (column, computed) in &self.table.totals[which].cells {
            let Some((first, last)) = self.head.columns[*column] else { continue };
            let range = merges.range(CellRef::new(row.index, first));
            let cell = (first..=last)
                .find_map(|c| row.get(c).filter(|c| !c.is_empty()))
                .or_else(|| row.get(range.first.col).filter(|c| range.first.row == row.index && !c.is_empty()));
            let place = Place::on_sheet(self.sheet, range);
            let number = match cell.map(|c| &c.content) {
                Some(Content::Number { raw, .. }) => Some(raw.to_string()),
                Some(Content::Text(text)) => super::text_value::number(text, None),
                Some(Content::Error(_)) => {
                    self.findings.push(unchecked_total(Code::ErrorCell, &self.table.columns[*column].heading(), place));
                    continue;
                }
                Some(Content::Empty) => {
                    let code = Code::UncachedFormula;
                    self.findings.push(unchecked_total(code, &self.table.columns[*column].heading(), place));
                    continue;
                }
                _ => None,
            };
            if *computed == Computed::Sum {
                self.places.totals.insert(*column, range);
            }
            self.totals.push(ReadTotal {
                array: self.places.pointer.clone(),
                row: which,
                column: *column,
                value: number,
                place,
            });
        }
    }

    /// Numbers in a total row that the form does not compute are not read; that is said.
    fn other_numbers(&mut self, row: &Row, which: usize) {
        let table = self.table;
        for (i, at) in self.head.columns.iter().enumerate() {
            let computed = table.totals[which].cells.iter().any(|(column, _)| *column == i);
            let Some((first, last)) = at.filter(|_| !computed && !table.columns[i].serial) else { continue };
            let number = |col: &u32| row.get(*col).is_some_and(|c| matches!(c.content, Content::Number { .. }));
            let Some(col) = (first..=last).find(number) else { continue };
            let range = self.merges.range(CellRef::new(row.index, col));
            // A merge may reach from here to the column that is added up.
            let of_computed = table.totals[which].cells.iter().filter_map(|(column, _)| self.head.columns[*column]);
            if !of_computed.into_iter().any(|(first, _)| range.contains(CellRef::new(row.index, first)))
                && let Some(cell) = row.get(col)
            {
                self.findings.push(unread(self.sheet, range, cell));
            }
        }
    }

    fn skipped(&mut self, row: &Row, what: (&str, &str)) {
        let first = row.cells.iter().find(|(col, c)| !c.is_empty() && self.owns(*col)).or(row.cells.first());
        let Some((col, cell)) = first else { return };
        let folded = cell.as_text().map(fold).unwrap_or_default();
        if self.notes.contains(&folded) {
            return;
        }
        let text = cell.as_text().unwrap_or_default();
        self.findings.push(
            Finding::new(
                Code::SkippedRow,
                Text::new(
                    format!("row {} is {}, no record: {}", row.index + 1, what.0, shown(text)),
                    format!("第 {} 行是{}，不是记录：{}", row.index + 1, what.1, shown_zh(text)),
                ),
            )
            .at(Place::on_sheet(self.sheet, self.merges.range(CellRef::new(row.index, *col)))),
        );
    }

    fn flush_serials(&mut self) {
        let Some((first, last)) = self.serial_only.take() else { return };
        let Some(col) = self.table.serial().and_then(|i| self.head.columns[i]).map(|(first, _)| first) else { return };
        let range = Range::new(CellRef::new(first, col), CellRef::new(last, col));
        self.findings.push(
            Finding::new(
                Code::SkippedRow,
                match last - first {
                    0 => Text::new(
                        format!("row {} has nothing but its serial number: it is no record", first + 1),
                        format!("第 {} 行只有序号、未填内容，不算记录", first + 1),
                    ),
                    _ => Text::new(
                        format!(
                            "rows {} to {} have nothing but serial numbers: they are no records",
                            first + 1,
                            last + 1
                        ),
                        format!("第 {} 至 {} 行只有序号、未填内容，不算记录", first + 1, last + 1),
                    ),
                },
            )
            .at(Place::on_sheet(self.sheet, range)),
        );
    }

    fn record(&mut self, row: &Row, cells: &[Option<Cell>]) {
        let text = |i: usize| cells[i].as_ref().and_then(Cell::as_text).map(str::trim);
        let filled: Vec<usize> = (0..cells.len()).filter(|&i| cells[i].is_some()).collect();
        if let ([only], true) = (filled.as_slice(), self.records.is_empty() && self.open[0].is_none())
            && (text(*only) == Some("[]")
                || (text(*only) == Some("null") && self.context.schema.node(self.table.node).types.null))
            && self.may_say_empty(*only)
        {
            self.empty_token = true;
            self.null_token = text(*only) == Some("null");
            return;
        }
        // The outermost level whose group begins in this row.
        let from = self
            .table
            .levels
            .iter()
            .position(|level| {
                let (first, last) = self.head.columns[level.anchor].unwrap_or((0, 0));
                let begun = self.is_own(row, level.anchor);
                begun && (first <= last)
            })
            .unwrap_or(self.table.levels.len());
        let from = if self.open[0].is_none() { 0 } else { from };
        self.close(from);
        let levels = self.table.levels.len();
        for level in from..=levels {
            self.begin(level, row, cells);
        }
        self.extra_outer_cells(row, from);
        self.count += 1;
        self.places.next_row = row.index + 1;
    }

    /// Whether `[]` in a column speaks of the list of records: it cannot be the column's own value.
    fn may_say_empty(&self, column: usize) -> bool {
        !matches!(self.table.columns[column].field.kind, FieldKind::List { .. } | FieldKind::Json)
    }

    /// Begins a record of a level in this row.
    fn begin(&mut self, level: usize, row: &Row, cells: &[Option<Cell>]) {
        let levels = self.table.levels.len();
        let columns = self.table.columns.len();
        let of_level = |i: usize| self.table.columns[i].level == level;
        let empty = (0..columns).filter(|&i| of_level(i)).all(|i| cells[i].is_none());
        if level > 0 {
            let mut filled = (0..columns).filter(|&i| of_level(i) && cells[i].is_some());
            let only = filled.next().filter(|_| filled.next().is_none()).filter(|&i| self.may_say_empty(i));
            let token = only.and_then(|i| cells[i].as_ref()).and_then(Cell::as_text).is_some_and(|t| t.trim() == "[]");
            if token || empty {
                if let Some(open) = &mut self.open[level - 1] {
                    open.inner_empty |= token;
                }
                return;
            }
            if self.open[level - 1].is_none() {
                return;
            }
        }
        let number = self.places.rows[level].len();
        self.places.rows[level].push(row.index);
        if level < levels {
            let next = self.places.rows[level + 1].len();
            self.places.firsts[level].push(next);
        }
        let mut open = Open { values: vec![None; columns], tokens: vec![None; columns], ..Open::default() };
        let pointer = |this: &Self, path: &[String]| this.pointer(level, number, path);
        for i in (0..columns).filter(|&i| of_level(i)) {
            let column = &self.table.columns[i];
            let cell = cells[i].as_ref();
            if column.serial && cell.is_none() {
                if self.head.columns[i].is_some() && column.field.required {
                    open.values[i] = Some((number + 1).into());
                    let finding = filled_serial(number + 1, &column.heading());
                    self.say(row.index, i, finding, pointer(self, &column.field.path));
                } else if self.head.columns[i].is_none() {
                    open.values[i] = Some((number + 1).into());
                }
                continue;
            }
            let token = cell.and_then(Cell::as_text).map(str::trim).filter(|_| self.tokens_at[i]);
            if token == Some("{}") {
                open.tokens[i] = Some(Value::Object(serde_json::Map::new()));
                continue;
            }
            match value::read(&column.field, cell, self.context) {
                Outcome::Absent => {}
                Outcome::Value(value, finding) => {
                    if let Some(finding) = finding {
                        self.say(row.index, i, *finding, pointer(self, &column.field.path));
                    }
                    open.values[i] = Some(value);
                }
                Outcome::Bad(finding) => {
                    let pointer = pointer(self, &column.field.path);
                    self.say(row.index, i, *finding, pointer.clone());
                    self.unreadable.insert(pointer);
                }
            }
        }
        self.open[level] = Some(open);
    }

    /// Says something of a column's cell; of a cell merged over several it is said once.
    fn say(&mut self, row: u32, column: usize, finding: Finding, pointer: String) {
        let place = self.place(row, column);
        if let (Some(range), code) = (place.range, finding.code)
            && !self.said.insert((range.first, code))
        {
            return;
        }
        self.findings.push(finding.at(place).pointer(pointer));
    }

    /// Ends the records of this level and below.
    fn close(&mut self, from: usize) {
        for level in (from..self.open.len()).rev() {
            let Some(mut open) = self.open[level].take() else { continue };
            let inner = (!open.inner.is_empty() || open.inner_empty).then(|| std::mem::take(&mut open.inner));
            let mut cells = Cells { values: &mut open.values, tokens: &open.tokens, inner };
            let (map, _) = cells.object(&self.parts[level]);
            match level.checked_sub(1) {
                None => self.records.push(Value::Object(map)),
                Some(outer) => {
                    if let Some(outer) = &mut self.open[outer] {
                        outer.inner.push(Value::Object(map));
                    }
                }
            }
        }
    }

    /// Values of outer columns in a row that goes on with the same group are not read; that is said.
    fn extra_outer_cells(&mut self, row: &Row, from: usize) {
        for i in 0..self.table.columns.len() {
            if self.table.columns[i].level < from && self.is_own(row, i) {
                let heading = self.table.columns[i].heading();
                self.findings.push(
                    Finding::new(
                        Code::UnreadCell,
                        Text::new(
                            format!("{heading:?} stands in a row that goes on with the record above: it is not read"),
                            format!("“{heading}”：本行是上一条记录的续行，此格未读取"),
                        ),
                    )
                    .severity(Severity::Warning)
                    .at(self.place(row.index, i)),
                );
            }
        }
    }

    fn unread_cells(&mut self, row: &Row) {
        for (col, cell) in &row.cells {
            if cell.is_empty() || self.elsewhere.contains(col) || self.unread >= MAX_UNREAD {
                continue;
            }
            if self.owns(*col) {
                self.second_value(row, *col, cell);
                continue;
            }
            let range = self.merges.range(CellRef::new(row.index, *col));
            let strange = self.says_strays && !cell.as_text().is_some_and(|t| self.notes.contains(&fold(t)));
            if !strange
                || range.first.col != *col
                || string_is_blank(cell.as_text().unwrap_or("-"))
                || (range.first.col..=range.last.col).any(|c| self.owns(c))
            {
                continue;
            }
            self.unread += 1;
            self.findings.push(unread(self.sheet, range, cell));
        }
    }

    /// Of several filled cells under one heading the first is read; the others are said.
    fn second_value(&mut self, row: &Row, col: u32, cell: &Cell) {
        let under = self.head.columns.iter().flatten().find(|(first, last)| (*first..=*last).contains(&col));
        let earlier =
            |(first, _): &(u32, u32)| (*first..col).any(|before| row.get(before).is_some_and(|cell| !cell.is_empty()));
        if under.is_some_and(earlier) {
            self.unread += 1;
            let at = Range::cell(CellRef::new(row.index, col));
            self.findings.push(unread(self.sheet, at, cell).severity(Severity::Warning));
        }
    }

    fn place(&self, row: u32, column: usize) -> Place {
        let col = self.head.columns[column].map_or(self.places.free.col, |(first, _)| first);
        Place::on_sheet(self.sheet, self.merges.range(CellRef::new(row, col)))
    }

    /// JSON pointer of a value in the record with this number in its level.
    fn pointer(&self, level: usize, number: usize, path: &[String]) -> String {
        let mut index = number;
        let mut tail = crate::layout::pointer_of(path);
        for l in (0..level).rev() {
            let firsts = &self.places.firsts[l];
            let parent = firsts.partition_point(|first| *first <= index).saturating_sub(1);
            let inner = index - firsts.get(parent).copied().unwrap_or(0);
            tail = format!("{}/{inner}{tail}", crate::layout::pointer_of(&self.table.levels[l].path));
            index = parent;
        }
        format!("{}/{index}{tail}", self.places.pointer)
    }
}

/// A filled cell that nothing of the form takes.
pub(super) fn unread(sheet: &str, range: Range, cell: &Cell) -> Finding {
    let plain = match &cell.content {
        Content::Text(text) | Content::Error(text) => Err(text),
        Content::Number { raw, .. } => Ok(raw.to_string()),
        Content::Bool(on) => Ok(on.to_string().to_uppercase()),
        Content::Empty => Ok(String::new()),
    };
    let with = |quoted: fn(&str) -> String| plain.clone().unwrap_or_else(|text| quoted(text));
    Finding::new(
        Code::UnreadCell,
        Text::new(
            format!("nothing in the form takes this cell: {}", with(shown)),
            format!("表单没有对应此格的项目，未读取：{}", with(shown_zh)),
        ),
    )
    .at(Place::on_sheet(sheet, range))
}

fn unchecked_total(code: Code, heading: &str, place: Place) -> Finding {
    Finding::new(
        code,
        Text::new(
            format!("the total of {heading:?} has no value and was not checked"),
            format!("“{heading}”的合计没有数值，未核对"),
        ),
    )
    .severity(Severity::Info)
    .at(place)
}

fn filled_serial(number: usize, heading: &str) -> Finding {
    Finding::new(
        Code::Converted,
        Text::new(
            format!("{heading:?} is empty; {number} was filled in"),
            format!("“{heading}”为空，已按顺序补为 {number}"),
        ),
    )
    .value(number)
    .fix(number, true)
}

/// Whether a text may mark a row that is no record.
pub(super) fn may_mark(text: &str) -> bool {
    let folded = fold(text);
    TOTAL_WORDS.contains(&folded.as_str()) || is_note(&folded)
}

fn is_note(folded: &str) -> bool {
    ["注:", "注1", "说明:", "备注:", "填表说明", "填报说明", "note:", "notes:", "source:"]
        .iter()
        .any(|start| folded.starts_with(start))
        || folded == "注"
}

/// Whether a cell is a formula that found nothing to compute with: a line of the blank form not yet filled in.
fn is_idle_formula(cell: &Cell) -> bool {
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

fn string_is_blank(text: &str) -> bool {
    text.trim().is_empty()
}
