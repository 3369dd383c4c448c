//! The records of a table, row by row: cells with their merges counted, records opened and closed level by level.

mod lines;
mod merged;
pub(crate) mod plain;
mod roles;
mod said;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

pub(super) use roles::{may_mark, may_mark_of};
pub(super) use said::{below_foot, unread};

use lines::Lines;
use roles::Role;
use said::filled_serial;

use super::assemble::{Cells, Part, parts, token_columns};
use super::heads::Head;
use super::merges::Merges;
use super::parts::{Asked, Children, Found, dangling};
use super::places::{ColumnPlace, TablePlaces};
use super::survey::Survey;
use super::value::{self, Context, Outcome};
use crate::child::Key;
use crate::finding::{Code, Finding, Place, Severity};
use crate::grid::{Cell, CellRef, Range, Row};
use crate::layout::{Field, FieldKind, Table};
use crate::text::{fold, without_brackets};
use crate::validate::ReadTotal;

/// Reads the rows of one table.
pub(super) struct Rows<'a> {
    table: &'a Table,
    head: &'a Head,
    merges: &'a Merges,
    context: Context<'a>,
    children: &'a Children,
    sheet: &'a str,
    parts: Vec<Vec<Part>>,
    tokens_at: Vec<bool>,
    /// Rows of the region, the last exclusive.
    end: u32,
    /// Fixed notes, folded.
    notes: BTreeSet<String>,
    /// The column of the sheet before which a total's label stands.
    total_before: u32,
    /// Columns of the sheet that an unknown heading stands over, or a caption at the side.
    ignored: BTreeSet<u32>,
    /// Columns of the sheet that belong to a table beside this one.
    elsewhere: BTreeSet<u32>,
    /// Cells beside the table that are accounted for: labels and their values.
    accounted: BTreeSet<CellRef>,
    /// Whether cells outside all columns are this table's to report.
    says_strays: bool,
    /// Merged cells of which something was said.
    said: BTreeSet<(CellRef, Code)>,
    /// The cell of a merge that reaches down from above, by column of the form.
    active: Vec<Option<(Range, Cell)>>,
    /// Records of each level that are not yet closed: their values and tokens.
    open: Vec<Option<Open>>,
    /// Records of the outermost level that nobody took yet.
    pub(super) records: Vec<Value>,
    /// Records of the outermost level so far.
    pub(super) closed: usize,
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
    /// What reading parts on child sheets gave.
    pub(super) found: Found,
    /// The list stands on a child sheet.
    pub(super) part: Option<Value>,
    /// The cell that says so.
    token: Option<(CellRef, Cell)>,
    serial_only: Option<(u32, u32)>,
    /// The last serial, after the number of its record in its level; by column of the form.
    serials: Vec<Option<(usize, u64)>>,
    /// The fields of columns that the sheet has another heading for, with that heading.
    renamed: Vec<Option<Field>>,
    unread: usize,
    /// Hidden rows that are records: the first, the last, and how many.
    hidden: Option<(u32, u32, usize)>,
    /// The last cell of each column of shared cells.
    shared: Vec<Option<Cell>>,
    /// Records of several rows: what is read of the next.
    lines: Lines,
    /// The row behind the record that is read.
    record_end: u32,
    /// Cells over several rows in each column, then single ones so far, and the row of the last of those.
    groups: Vec<(usize, usize, Option<u32>)>,
    /// The last row that was not blank, and whether it was a total.
    last_row: Option<(u32, bool)>,
    /// The last row that the label of a total is merged over.
    total_to: Option<u32>,
}

#[derive(Default)]
struct Open {
    values: Vec<Option<Value>>,
    tokens: Vec<Option<Value>>,
    inner: Vec<Value>,
    inner_empty: bool,
}

/// A text of the sheet that stands where the form has another name for a field: one of its other `names`, folded.
pub(super) fn another_name<'n>(label: &str, mut names: impl Iterator<Item = &'n String>, text: &str) -> Option<String> {
    let text = text.split([':', '：']).next().unwrap_or(text);
    // Blanks between Chinese characters only spread them.
    let between = if text.is_ascii() { " " } else { "" };
    let called: String = text.split_whitespace().collect::<Vec<_>>().join(between);
    let (folded, own) = (fold(&called), fold(label));
    let same = folded == own || without_brackets(&folded) == Some(&own) || without_brackets(&own) == Some(&folded);
    (!same && names.any(|name| *name == folded)).then_some(called)
}

impl<'a> Rows<'a> {
    #[expect(clippy::too_many_arguments, reason = "all of them are what a table's rows depend on")]
    pub(super) fn new(
        table: &'a Table,
        head: &'a Head,
        merges: &'a Merges,
        context: Context<'a>,
        children: &'a Children,
        sheet: &'a str,
        end: u32,
        notes: &[String],
        side_caption: Option<Range>,
    ) -> Self {
        let mut ignored: BTreeSet<u32> = head.unknown.iter().flat_map(|(r, ..)| r.first.col..=r.last.col).collect();
        ignored.extend(head.ambiguous.iter().flat_map(|(_, list)| list.iter().flat_map(|r| r.first.col..=r.last.col)));
        let columns = table.columns.iter().enumerate().map(|(i, column)| ColumnPlace {
            level: column.level,
            path: column.field.path.clone(),
            col: head.columns[i].map(|(first, _)| first),
            line: head.line[i].0,
            heading: head.headings[i],
            called: None,
        });
        let free = CellRef::new(head.first, head.right() + 1);
        let places = TablePlaces {
            pointer: table.pointer(),
            columns: columns.collect(),
            rows: vec![Vec::new(); table.levels.len() + 1],
            firsts: vec![Vec::new(); table.levels.len()],
            paths: table.levels.iter().map(|l| l.path.clone()).collect(),
            next_row: head.below(),
            free,
            head: CellRef::new(head.first, head.left()),
            end,
            stop: end,
            token: None,
            lines: head.lines,
            bad: BTreeSet::new(),
            unstored: BTreeMap::new(),
            totals: BTreeMap::new(),
        };
        Self {
            renamed: vec![None; table.columns.len()],
            parts: (0..=table.levels.len()).map(|level| parts(context.schema, table, level)).collect(),
            tokens_at: token_columns(table),
            active: vec![None; table.columns.len()],
            open: (0..=table.levels.len()).map(|_| None).collect(),
            total_before: roles::total_before(table, head),
            notes: notes.iter().map(|n| fold(n)).collect(),
            table,
            head,
            merges,
            context,
            children,
            sheet,
            end,
            ignored,
            elsewhere: BTreeSet::new(),
            accounted: side_caption.iter().map(|range| range.first).collect(),
            says_strays: true,
            said: BTreeSet::new(),
            places,
            records: Vec::new(),
            closed: 0,
            count: 0,
            findings: Vec::new(),
            unreadable: BTreeSet::new(),
            totals: Vec::new(),
            empty_token: false,
            null_token: false,
            found: Found::default(),
            part: None,
            token: None,
            serial_only: None,
            serials: vec![None; table.columns.len()],
            unread: 0,
            hidden: None,
            shared: vec![None; head.columns.len()],
            lines: Lines::new(head),
            record_end: 0,
            groups: head.columns.iter().map(|at| (merged::merged_down(merges, head, *at, end), 0, None)).collect(),
            last_row: None,
            total_to: None,
        }
    }

    /// Leaves the columns of a table beside this one to it.
    pub(super) fn leave_to_others(&mut self, beside: &Head, says_strays: bool) {
        self.elsewhere.extend(beside.left()..=beside.right());
        self.says_strays &= !says_strays;
    }

    /// Leaves cells beside the table to the labels that take them.
    pub(super) fn leave_to_labels(&mut self, taken: &BTreeSet<CellRef>) {
        self.accounted.extend(taken.range(CellRef::new(self.head.last, 0)..));
    }

    /// Whether a row lies in this table's region.
    pub(super) fn covers(&self, row: u32) -> bool {
        row >= self.head.below() && row < self.end
    }

    /// Columns of the sheet that belong to the table.
    pub(super) fn owns(&self, col: u32) -> bool {
        self.ignored.contains(&col)
            || self.head.columns.iter().flatten().any(|(first, last)| (*first..=*last).contains(&col))
    }

    /// Where its rows end, once that is known.
    pub(super) fn ends(&mut self, end: u32) {
        self.end = end;
    }

    /// Ends the record that is open, as the next one would.
    pub(super) fn end_record(&mut self) {
        self.close(0);
    }

    /// Whether another, of which no row was read, would have read the rows up to `last` as this one did; then this one
    /// goes on as the other would.
    pub(super) fn becomes(&mut self, fresh: &Self, last: u32) -> bool {
        let above = |rows: &Self| rows.accounted.iter().filter(|at| at.row <= last).copied().collect::<Vec<_>>();
        let merged = |rows: &Self| rows.groups.iter().map(|(merged, ..)| *merged).collect::<Vec<_>>();
        let called = |rows: &Self| {
            let label = |field: &Option<Field>| field.as_ref().map(|field| field.label.clone());
            rows.renamed.iter().map(label).collect::<Vec<_>>()
        };
        let alike = self.head == fresh.head
            && above(self) == above(fresh)
            && self.ignored == fresh.ignored
            && self.elsewhere == fresh.elsewhere
            && self.says_strays == fresh.says_strays
            && self.total_before == fresh.total_before
            && merged(self) == merged(fresh)
            && called(self) == called(fresh);
        self.accounted.clone_from(&fresh.accounted);
        self.merges = fresh.merges;
        alike
    }

    /// Takes the next row.
    pub(super) fn row(&mut self, row: &Row) {
        if self.head.lines > 1 { self.line(row) } else { self.whole(row) }
    }

    /// Takes a row that is a record by itself, or none.
    fn whole(&mut self, row: &Row) {
        let cells = self.cells(row);
        let own: Vec<usize> = (0..cells.len()).filter(|&i| self.is_own(row, i)).collect();
        let total = self.total_label(row);
        let role = self.role(row, &cells, &own, total.map(|(_, role)| role));
        if let Some((col, _)) = total {
            self.total_to = self.merges.over(CellRef::new(row.index, col)).map(|range| range.last.row);
        }
        if !matches!(role, Role::SerialOnly | Role::Blank) {
            self.flush_serials();
        }
        if matches!(role, Role::Record | Role::Total(Some(_)) | Role::SerialOnly | Role::Blank) {
            self.unread_cells(row);
        }
        if !matches!(role, Role::Blank | Role::Apart) {
            let is_total =
                matches!(role, Role::Total(_) | Role::OfTotal | Role::Subtotal | Role::LikeTotal | Role::Ratio);
            self.last_row = Some((row.index, is_total));
        }
        self.of_role(role, row, &cells);
    }

    fn of_role(&mut self, role: Role, row: &Row, cells: &[Option<Cell>]) {
        if !matches!(role, Role::Record | Role::Blank | Role::SerialOnly) {
            self.places.stop = self.places.stop.min(row.index);
        }
        match role {
            Role::OfTotal => self.skipped(row, ("a further line of a total", "合计的另一行")),
            Role::Subtotal => self.skipped(row, ("a subtotal", "小计行")),
            Role::LikeTotal => self.doubtful(row, ("looks like a total", "像是合计行")),
            Role::Ratio => self.doubtful(row, ("looks like a ratio of the totals", "像是合计的比率行")),
            Role::Apart => self.doubtful(row, ("stands apart below the table", "与上面的表相隔较远")),
            Role::Blank => {}
            Role::SerialOnly => {
                let first = self.serial_only.map_or(row.index, |(first, _)| first);
                self.serial_only = Some((first, row.index));
            }
            Role::Total(which) => self.total(std::slice::from_ref(row), which),
            Role::Note => self.skipped(row, ("a note", "备注说明")),
            Role::Closed => self.skipped(row, ("the end of the list", "表格到此结束的说明")),
            Role::Section => self.skipped(row, ("a section heading", "分节标题")),
            Role::Head => self.skipped(row, ("the head once more", "重复的表头")),
            Role::Numbers => self.skipped(row, ("the numbers of the columns", "栏次编号")),
            Role::Record => self.record(row, cells),
        }
    }

    /// Closes the last record.
    pub(super) fn finish(&mut self) {
        self.flush_lines(u32::MAX);
        self.flush_serials();
        self.close(0);
        self.flush_hidden();
        // A list with records is no empty one, whatever was written before them.
        if let (false, Some((at, cell))) = (self.closed == 0, self.token.take()) {
            self.null_token = false;
            self.findings.push(said::unread(self.sheet, self.merges.range(at), &cell, self.context.date1904));
        }
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

    /// Takes the headings of the sheet for what people call its columns.
    pub(super) fn called_as(&mut self, survey: &Survey) {
        for (i, heading) in self.head.headings.iter().enumerate() {
            let column = &self.table.columns[i];
            let text = heading.and_then(|range| survey.text(range.first).1);
            let names = column.paths.iter().filter_map(|path| path.last());
            if let Some(called) = text.and_then(|text| another_name(&column.field.label, names, &text)) {
                self.renamed[i] = Some(Field { label: called.clone(), ..column.field.clone() });
                self.places.columns[i].called = Some(called);
            }
        }
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

    fn record(&mut self, row: &Row, cells: &[Option<Cell>]) {
        let cells = &*self.shared_from_above(row.index, cells);
        let text = |i: usize| cells[i].as_ref().and_then(Cell::as_text).map(str::trim);
        let filled: Vec<usize> = (0..cells.len()).filter(|&i| cells[i].is_some()).collect();
        let first = self.closed == 0 && self.open[0].is_none() && self.part.is_none();
        if let ([only], true) = (filled.as_slice(), first)
            && let Some(number) = text(*only).and_then(|text| self.children.reference(text))
            && self.may_say_empty(*only)
            && self.children.is_list(number)
        {
            let pointer = self.places.pointer.clone();
            let node = Some(self.table.node);
            let asked = Asked { key: Key::Part(number), node, pointer: &pointer, rest: false };
            self.part = self.refer(row.index, *only, asked);
            self.places.token = Some(row.index);
            self.count += self.part.as_ref().and_then(Value::as_array).map_or(0, Vec::len);
            return;
        }
        if let ([only], true) = (filled.as_slice(), first)
            && (text(*only) == Some("[]")
                || (text(*only) == Some("null") && self.context.schema.node(self.table.node).types.null))
            && self.may_say_empty(*only)
        {
            self.empty_token = true;
            self.null_token = text(*only) == Some("null");
            self.places.token = Some(row.index);
            let col = self.head.columns[*only].map_or(self.head.left(), |(first, _)| first);
            self.token = cells[*only].clone().map(|cell| (CellRef::new(row.index, col), cell));
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
        self.not_merged(row, cells);
        self.count += 1;
        if row.hidden {
            let (first, _, count) = self.hidden.unwrap_or((row.index, row.index, 0));
            self.hidden = Some((first, row.index, count + 1));
        }
        self.places.next_row = row.index + self.head.lines;
        self.places.stop = self.end;
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
                // Nothing says to which record it belongs.
                for i in (0..columns).filter(|&i| of_level(i)) {
                    if let (Some(cell), Some((col, _))) = (&cells[i], self.head.columns[i]) {
                        let range = self.merges.range(CellRef::new(row.index, col));
                        self.findings
                            .push(unread(self.sheet, range, cell, self.context.date1904).severity(Severity::Warning));
                    }
                }
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
                    // Counted on from the serial above, so that none is given twice where counting began elsewhere.
                    let on = |(at, last): (usize, u64)| last.checked_add((number - at) as u64);
                    let next = self.serials[i].and_then(on).unwrap_or(number as u64 + 1);
                    self.serials[i] = Some((number, next));
                    open.values[i] = Some(next.into());
                    let finding = filled_serial(next, &column.heading());
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
            let reference = cell.and_then(Cell::as_text).and_then(|text| self.children.reference(text));
            if let Some(part) = reference {
                let node = column.field.described();
                let mut path = column.field.path.clone();
                if column.field.rest {
                    path.pop();
                }
                let pointer = pointer(self, &path);
                let asked = Asked { key: Key::Part(part), node, pointer: &pointer, rest: column.field.rest };
                open.values[i] = self.refer(row.index, i, asked);
                continue;
            }
            match value::read(self.renamed[i].as_ref().unwrap_or(&column.field), cell, self.context) {
                Outcome::Absent => {}
                Outcome::Nothing(finding) => self.say(row.index, i, *finding, pointer(self, &column.field.path)),
                Outcome::Value(value, finding) => {
                    self.serials[i] = value.as_u64().map(|serial| (number, serial)).or(self.serials[i]);
                    if let Some(across) = self.merged_across(row, i) {
                        self.say(row.index, i, across, pointer(self, &column.field.path));
                    }
                    if let Some(finding) = finding {
                        self.say(row.index, i, *finding, pointer(self, &column.field.path));
                    }
                    open.values[i] = Some(value);
                }
                Outcome::Bad(mut finding) => {
                    if let Some(at) = self.place(row.index, i).cell {
                        self.places.bad.insert(at);
                    }
                    let pointer = pointer(self, &column.field.path);
                    // The form's own help knows no cause.
                    let help = crate::validate::note(Some(self.context.schema.node(column.field.node)));
                    if finding.hint.is_none() || finding.hint == help {
                        finding.hint = self.of_neighbour(cells, i).or(finding.hint);
                    }
                    self.say(row.index, i, *finding, pointer.clone());
                    self.unreadable.insert(pointer);
                    // What could not be read is there all the same, so the objects around it are.
                    open.tokens[i] = Some(Value::Object(serde_json::Map::new()));
                }
            }
        }
        self.open[level] = Some(open);
    }

    /// The part that a column's cell refers to.
    fn refer(&mut self, row: u32, column: usize, asked: Asked<'_>) -> Option<Value> {
        let value = self.children.value(asked, self.context, &mut self.found);
        if value.is_none() {
            self.say(row, column, dangling(&asked.key.to_string()), asked.pointer.to_owned());
            self.unreadable.insert(asked.pointer.to_owned());
        }
        value
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
                None => {
                    self.closed += 1;
                    self.records.push(Value::Object(map));
                }
                Some(outer) => {
                    if let Some(outer) = &mut self.open[outer] {
                        outer.inner.push(Value::Object(map));
                    }
                }
            }
        }
    }

    fn place(&self, row: u32, column: usize) -> Place {
        let col = self.head.columns[column].map_or(self.places.free.col, |(first, _)| first);
        let line = self.head.line[column].0;
        let row = if self.head.lines > 1 && row + line < self.record_end { row + line } else { row };
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
