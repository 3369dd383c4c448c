//! The records of a table as rows of cells: inner records under their outer one, equal neighbours in one cell.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::fill::value_of;
use super::objects::{LIST, Leaf, NULL, OBJECT, Objects, is_certain};
use super::parts::Parts;
use super::refuse;
use super::value::Mistaken;
use crate::finding::{Finding, Text};
use crate::form::Form;
use crate::grid::MAX_ROWS;
use crate::layout::{Computed, FieldKind, Table, at_path, pointer_of};
use crate::new_book::NewContent;
use crate::schema::Schema;

/// A table with more rows goes to child sheets; what stands around it has the rest.
pub(super) const MOST_ROWS: u32 = MAX_ROWS - 500;

/// A table's rows.
#[derive(Debug, Default)]
pub(crate) struct Records {
    /// Cells, row by row.
    pub cells: Vec<NewContent>,
    /// For each column the runs of rows that share a cell: first row and number of rows, from 0, rising.
    pub spans: Vec<Vec<(u32, u32)>>,
    /// How many rows; an empty table has one, to write into.
    pub rows: u32,
    /// Whether there is a record, or a mark that says there is a list.
    pub filled: bool,
    /// What the cells of computed rows hold, by row and column.
    pub computed: BTreeMap<(usize, usize), f64>,
}

/// Empty rows, the serial numbers written in.
pub(super) fn blank(table: &Table, rows: u32) -> Records {
    let columns = table.columns.len();
    let mut records = Records { spans: vec![Vec::new(); columns], rows, ..Records::default() };
    for row in 0..rows {
        records.cells.extend(std::iter::repeat_n(NewContent::Empty, columns));
        if let Some(serial) = table.serial() {
            records.cells[row as usize * columns + serial] = NewContent::Number(f64::from(row) + 1.0);
        }
    }
    records
}

/// The rows of the list at the table's path.
///
/// A list that is no list of records, or longer than a sheet, becomes a part on a child sheet.
pub(super) fn lay<'a>(
    form: &'a Form,
    table: &'a Table,
    document: &'a Value,
    children: &Parts<'a>,
    mistaken: Mistaken<'_>,
    findings: &mut Vec<Finding>,
) -> Records {
    let schema = &form.schema;
    let levels = (0..=table.levels.len()).map(|level| Shape::new(schema, table, level)).collect();
    let blocks = vec![Vec::new(); table.levels.len() + 1];
    let path = table.path.clone();
    let mut lay = Lay { schema, table, levels, blocks, children, mistaken, findings, path, out: Records::default() };
    let list = at_path(document, &table.path);
    match list {
        Some(value) if !holds_records(table, value) => lay.part(value),
        _ => lay.list(list),
    }
    lay.merge();
    lay.out
}

/// Whether a list, or null, can stand as the records of a table.
fn holds_records(table: &Table, value: &Value) -> bool {
    match value {
        Value::Array(records) => {
            let mut rows = 0;
            let objects = objects_in(table);
            records.iter().all(|record| fits(record, table, 0, &objects, &mut rows)) && rows <= MOST_ROWS / table.lines
        }
        other => other.is_null(),
    }
}

/// For each level, the paths of the objects in its records.
fn objects_in(table: &Table) -> Vec<BTreeSet<&[String]>> {
    let mut objects = vec![BTreeSet::new(); table.levels.len() + 1];
    let inner = table.levels.iter().enumerate().map(|(level, inner)| (level, &inner.path));
    let columns = table.columns.iter().map(|column| (column.level, &column.field.path));
    for (level, path) in columns.chain(inner) {
        objects[level].extend((1..path.len()).map(|end| &path[..end]));
    }
    objects
}

/// Whether a record and the objects in it are objects, and the lists inside it hold such records; counts its rows.
fn fits(record: &Value, table: &Table, level: usize, objects: &[BTreeSet<&[String]>], rows: &mut u32) -> bool {
    let is_object = |path: &&[String]| at_path(record, path).is_none_or(Value::is_object);
    if !record.is_object() || !objects[level].iter().all(is_object) {
        return false;
    }
    let Some(inner) = table.levels.get(level) else {
        *rows += 1;
        return true;
    };
    match at_path(record, &inner.path) {
        Some(Value::Array(list)) if !list.is_empty() => {
            list.iter().all(|one| fits(one, table, level + 1, objects, rows))
        }
        None | Some(Value::Array(_) | Value::Null) => {
            *rows += 1;
            true
        }
        Some(_) => false,
    }
}

/// Makes the rows of one record after another, each value in a cell of its own; nothing is shared or refers elsewhere.
pub(super) struct RowMaker<'f> {
    schema: &'f Schema,
    table: &'f Table,
    levels: Vec<Shape>,
    objects: Vec<BTreeSet<&'f [String]>>,
}

impl<'f> RowMaker<'f> {
    pub(super) fn new(schema: &'f Schema, table: &'f Table) -> Self {
        let levels = (0..=table.levels.len()).map(|level| Shape::new(schema, table, level)).collect();
        Self { schema, table, levels, objects: objects_in(table) }
    }

    /// Whether a value can stand as a record.
    pub(super) fn fits(&self, record: &Value) -> bool {
        fits(record, self.table, 0, &self.objects, &mut 0)
    }

    /// The cells of a record, row by row; it is item `index` of the table.
    pub(super) fn make(&mut self, record: &Value, index: usize, findings: &mut Vec<Finding>) -> Vec<NewContent> {
        let children = Parts::none(self.schema);
        let path = self.table.path.iter().cloned().chain([index.to_string()]).collect();
        let mut lay = Lay {
            schema: self.schema,
            table: self.table,
            levels: std::mem::take(&mut self.levels),
            blocks: vec![Vec::new(); self.table.levels.len() + 1],
            children: &children,
            mistaken: &|_| false,
            findings,
            path,
            out: Records::default(),
        };
        let row = lay.new_row();
        lay.record(0, record, row, 0);
        let Lay { levels, out, .. } = lay;
        self.levels = levels;
        findings.extend(children.refused());
        out.cells
    }
}

/// What the records of one level are made of.
struct Shape {
    columns: Vec<usize>,
    objects: Objects,
}

impl Shape {
    fn new(schema: &Schema, table: &Table, level: usize) -> Self {
        let columns: Vec<usize> = (0..table.columns.len()).filter(|&i| table.columns[i].level == level).collect();
        let list = if level == 0 { table.node } else { table.levels[level - 1].node };
        let record = schema.node(list).items.unwrap_or(list);
        let leaves: Vec<Leaf<'_>> = columns
            .iter()
            .map(|&i| Leaf { field: &table.columns[i].field, markable: !table.columns[i].serial })
            .collect();
        let lists: Vec<&[String]> = table.levels.get(level).map(|inner| inner.path.as_slice()).into_iter().collect();
        Self { objects: Objects::new(schema, record, &leaves, &lists, true), columns }
    }
}

/// The rows that one record takes.
#[derive(Clone, Copy, Debug)]
struct Block {
    row: u32,
    rows: u32,
    /// First row of the record around it.
    parent: u32,
}

struct Lay<'l, 'a> {
    schema: &'a Schema,
    table: &'a Table,
    levels: Vec<Shape>,
    blocks: Vec<Vec<Block>>,
    children: &'l Parts<'a>,
    mistaken: Mistaken<'l>,
    findings: &'l mut Vec<Finding>,
    path: Vec<String>,
    out: Records,
}

impl<'a> Lay<'_, 'a> {
    fn refuse(&mut self, message: Text) {
        self.findings.push(refuse(message, pointer_of(&self.path)));
    }

    /// The list as a part: the first row refers to it.
    fn part(&mut self, value: &'a Value) {
        self.new_row();
        let node = Some(self.table.node);
        let cell = self.children.refer(Cow::Borrowed(value), node, &self.table.label, pointer_of(&self.path));
        if let NewContent::Text(reference) = cell {
            self.mark_list(0, 0, &reference);
        }
        self.out.filled = true;
    }

    fn list(&mut self, value: Option<&'a Value>) {
        match value {
            Some(Value::Array(records)) if !records.is_empty() => {
                self.out.filled = true;
                for (i, record) in records.iter().enumerate() {
                    let row = self.new_row();
                    self.path.push(i.to_string());
                    self.record(0, record, row, 0);
                    self.path.pop();
                }
            }
            Some(Value::Array(_)) => {
                self.new_row();
                // A required list is there anyway, unless what holds it may be absent.
                if !is_certain(self.schema, Schema::ROOT, &self.table.path) {
                    self.mark_list(0, 0, LIST);
                    self.out.filled = true;
                }
            }
            Some(Value::Null) => {
                self.new_row();
                self.mark_list(0, 0, NULL);
                self.out.filled = true;
            }
            _ => {
                self.new_row();
            }
        }
    }

    fn new_row(&mut self) -> u32 {
        self.out.cells.extend(std::iter::repeat_n(NewContent::Empty, self.table.columns.len()));
        self.out.rows += 1;
        self.out.rows - 1
    }

    fn cell(&mut self, row: u32, column: usize) -> &mut NewContent {
        &mut self.out.cells[row as usize * self.table.columns.len() + column]
    }

    /// Lays a record that begins in a row, and those inside it; gives the number of rows.
    fn record(&mut self, level: usize, record: &'a Value, row: u32, parent: u32) -> u32 {
        let table = self.table;
        let mut filled = Vec::with_capacity(self.levels[level].columns.len());
        for at in 0..self.levels[level].columns.len() {
            let column = self.levels[level].columns[at];
            let field = &table.columns[column].field;
            let value = value_of(self.schema, field, record);
            let pointer = || pointer_of(&self.path.iter().chain(&field.path).cloned().collect::<Vec<_>>());
            let content = self.children.hold(field, value, self.mistaken, &pointer);
            filled.push(content != NewContent::Empty);
            *self.cell(row, column) = content;
        }
        let (rows, shown) = self.inner(level, record, row);
        match self.levels[level].objects.marks(record, &mut filled, &[shown]) {
            Ok(marks) => {
                for mark in marks {
                    let column = self.levels[level].columns[mark];
                    *self.cell(row, column) = NewContent::Text(OBJECT.to_owned());
                }
            }
            Err(path) => {
                let path: Vec<String> = self.path.iter().chain(&path).cloned().collect();
                self.findings.push(refuse(empty_object(), pointer_of(&path)));
            }
        }
        self.anchor(level, record, row);
        self.blocks[level].push(Block { row, rows, parent });
        rows
    }

    /// Lays the records inside a record; gives the rows they take and whether there is anything.
    fn inner(&mut self, level: usize, record: &'a Value, row: u32) -> (u32, bool) {
        let table = self.table;
        let Some(inner) = table.levels.get(level) else { return (1, false) };
        let depth = self.path.len();
        self.path.extend(inner.path.iter().cloned());
        let result = match at_path(record, &inner.path) {
            Some(Value::Array(records)) if !records.is_empty() => {
                if records.len() > 1 && self.levels[level + 1].columns.is_empty() {
                    self.refuse(Text::new(
                        "these records have no column of their own; only one of them can be told apart",
                        "这些记录没有自己的列，超过一条就无法区分",
                    ));
                }
                let mut rows = 0;
                for (i, one) in records.iter().enumerate() {
                    let at = if i == 0 { row } else { self.new_row() };
                    self.path.push(i.to_string());
                    rows += self.record(level + 1, one, at, row);
                    self.path.pop();
                }
                (rows, true)
            }
            Some(Value::Array(_)) => {
                let list = if level == 0 { table.node } else { table.levels[level - 1].node };
                let record = self.schema.node(list).items.unwrap_or(list);
                let certain = is_certain(self.schema, record, &inner.path);
                if !certain {
                    self.mark_list(level + 1, row, LIST);
                }
                (1, !certain)
            }
            Some(Value::Null) => {
                self.mark_list(level + 1, row, NULL);
                (1, true)
            }
            _ => (1, false),
        };
        self.path.truncate(depth);
        result
    }

    /// Marks a list that is empty or null, in a column where the mark cannot be that column's own value.
    fn mark_list(&mut self, level: usize, row: u32, mark: &str) {
        let table = self.table;
        let found = self.levels[level].columns.iter().copied().find(|&i| {
            let (column, field) = (&table.columns[i], &table.columns[i].field);
            !column.serial
                && match (&field.kind, mark) {
                    (FieldKind::Json, _) => false,
                    (_, NULL) => !field.nullable,
                    (kind, _) => !matches!(kind, FieldKind::List { .. }),
                }
        });
        match found {
            Some(column) => *self.cell(row, column) = NewContent::Text(mark.to_owned()),
            None => self.refuse(Text::new(
                format!("no cell can show that this list is {mark}"),
                format!("没有单元格能表示该列表为 {mark}"),
            )),
        }
    }

    /// An outer record begins where the cell of its anchor is filled.
    fn anchor(&mut self, level: usize, record: &Value, row: u32) {
        let table = self.table;
        let Some(inner) = table.levels.get(level) else { return };
        let column = &table.columns[inner.anchor];
        if column.level != level || *self.cell(row, inner.anchor) != NewContent::Empty {
            return;
        }
        let path = &column.field.path;
        let inside = (1..path.len()).all(|end| at_path(record, &path[..end]).is_some());
        if inside && column.field.kind != FieldKind::Json {
            *self.cell(row, inner.anchor) = NewContent::Text(OBJECT.to_owned());
        } else {
            let heading = column.heading();
            self.refuse(Text::new(
                format!("{heading:?} begins a group and cannot be empty"),
                format!("“{heading}”是分组的起始列，不能为空"),
            ));
        }
    }

    /// Joins rows into shared cells: outer records over their inner ones, equal neighbours in a column that merges.
    fn merge(&mut self) {
        let table = self.table;
        let width = table.columns.len();
        let summed: BTreeSet<usize> = table
            .totals
            .iter()
            .flat_map(|row| row.cells.iter())
            .filter(|(_, computed)| *computed == Computed::Sum)
            .map(|(column, _)| *column)
            .collect();
        // Where the last column that merges begins a new cell; a cell to its right does not reach across.
        let mut breaks: Vec<Option<BTreeSet<u32>>> = vec![None; self.blocks.len()];
        for (index, column) in table.columns.iter().enumerate() {
            let anchors = table.levels.iter().any(|inner| inner.anchor == index);
            // A formula adds up a shared cell once.
            let merges = column.merge && !anchors && !summed.contains(&index);
            let mut spans: Vec<(u32, u32)> = Vec::new();
            let mut starts = BTreeSet::new();
            let mut before: Option<Block> = None;
            for block in &self.blocks[column.level] {
                let at = |row: u32| row as usize * width + index;
                let joined = before.is_some_and(|first| {
                    let content = &self.out.cells[at(block.row)];
                    let mark = matches!(content, NewContent::Text(text) if text == OBJECT);
                    merges
                        && first.parent == block.parent
                        && *content != NewContent::Empty
                        && !mark
                        && *content == self.out.cells[at(first.row)]
                        && breaks[column.level].as_ref().is_none_or(|rows| !rows.contains(&block.row))
                });
                match (&mut before, spans.last_mut()) {
                    (Some(first), Some(span)) if joined => {
                        first.rows += block.rows;
                        span.1 = first.rows;
                        self.out.cells[at(block.row)] = NewContent::Empty;
                    }
                    _ => {
                        before = Some(*block);
                        starts.insert(block.row);
                        spans.push((block.row, block.rows));
                    }
                }
            }
            if merges {
                breaks[column.level] = Some(starts);
            }
            spans.retain(|(_, rows)| *rows > 1);
            self.out.spans.push(spans);
        }
    }
}

/// An object without anything in it, and no cell to say so.
pub(super) fn empty_object() -> Text {
    Text::new("no cell can show that this object is there but empty", "没有单元格能表示该对象存在但为空")
}
