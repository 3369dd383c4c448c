//! Rows that are records beyond doubt, read without a second look: one record a row, no merges, every cell in a known
//! column, with a value that reading takes as it is and that the form allows. Any other row is left to [`Rows::row`].
//!
//! This may not know better than the long way: what it takes must be what that would give, and nothing may have to be
//! said of it.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use foldhash::fast::RandomState;
use serde_json::{Map, Value};

use super::Rows;
use super::roles::{is_idle_formula, is_ratio, may_mark_of};
use crate::grid::{Cell, Content, Row};
use crate::layout::{FieldKind, Table};
use crate::read::assemble::Part;
use crate::read::merges::Merges;
use crate::read::value::{self, Outcome};
use crate::read::words::Words;
use crate::rules::{Columns, Read};
use crate::schema::Schema;
use crate::text::fold;
use crate::validate::one_by_one::Cells;

/// Texts and dates kept for each column.
const KEPT: usize = 4096;
/// Columns that a set of bits holds.
const COLUMNS: usize = 64;

/// A value that was read before.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) value: Value,
    /// Its JSON text, as it stands at the outermost level.
    pub(crate) json: Box<str>,
    /// Whether that has several lines.
    pub(crate) lines: bool,
    /// Whether rules can read it.
    read: bool,
}

/// What a plain record has in a column.
#[derive(Clone, Debug, Default)]
pub(crate) enum Plain {
    #[default]
    Absent,
    /// A value that comes again and again.
    Known(Rc<Known>),
    /// Any other.
    Value(Value),
}

impl Plain {
    fn value(&self) -> Option<&Value> {
        match self {
            Self::Absent => None,
            Self::Known(known) => Some(&known.value),
            Self::Value(value) => Some(value),
        }
    }
}

/// A plain record: what it has in each column of the form.
#[derive(Clone, Copy)]
pub(crate) struct PlainRecord<'a> {
    pub(crate) parts: &'a [Part],
    pub(crate) cells: &'a [Plain],
    table: &'a Table,
    schema: &'a Schema,
}

impl Columns for PlainRecord<'_> {
    fn read(&self, column: usize) -> Read<'_> {
        let value = match &self.cells[column] {
            Plain::Absent => None,
            Plain::Known(known) => match &known.value {
                Value::String(text) if known.read => return Read::text(text),
                value => Some(value),
            },
            Plain::Value(value) => Some(value),
        };
        Read::of(value, self.schema.node(self.table.columns[column].field.node))
    }

    fn is_object(&self, path: &[String]) -> bool {
        let mut parts = self.parts;
        path.iter().all(|wanted| {
            parts.iter().any(|part| match part {
                Part::Object { name, required, parts: inside } if name == wanted => {
                    parts = inside;
                    *required || self.fills(inside)
                }
                _ => false,
            })
        })
    }
}

impl Cells for PlainRecord<'_> {
    fn value(&self, column: usize) -> Option<&Value> {
        self.cells[column].value()
    }

    fn to_value(&self, columns: Option<&[usize]>) -> Value {
        Value::Object(self.object(self.parts, columns).0)
    }
}

impl PlainRecord<'_> {
    fn object(self, parts: &[Part], columns: Option<&[usize]>) -> (Map<String, Value>, bool) {
        let mut map = Map::new();
        let mut any = false;
        for part in parts {
            match part {
                Part::Leaf { name, column } => {
                    any |= !matches!(self.cells[*column], Plain::Absent);
                    let wanted = columns.is_none_or(|columns| columns.contains(column));
                    if let Some(value) = self.cells[*column].value().filter(|_| wanted) {
                        map.insert(name.clone(), value.clone());
                    }
                }
                Part::Object { name, required, parts } => {
                    let (inside, filled) = self.object(parts, columns);
                    any |= filled;
                    if filled || *required {
                        map.insert(name.clone(), Value::Object(inside));
                    }
                }
                Part::Inner { .. } | Part::Rest { .. } => {}
            }
        }
        (map, any)
    }

    /// Whether anything stands in these parts.
    pub(crate) fn fills(self, parts: &[Part]) -> bool {
        parts.iter().any(|part| match part {
            Part::Leaf { column, .. } => !matches!(self.cells[*column], Plain::Absent),
            Part::Object { parts, .. } => self.fills(parts),
            Part::Inner { .. } | Part::Rest { .. } => false,
        })
    }
}

/// Who says whether the form allows a value in a column.
pub(crate) type Allows<'a> = dyn FnMut(usize, &Value) -> bool + 'a;

/// What is known of the columns.
pub(in crate::read) struct PlainRows<'a> {
    words: &'a Words<'a>,
    /// The leftmost column of the sheet, and the form's column of each from there on.
    left: u32,
    at: Vec<Option<usize>>,
    columns: Vec<Column>,
    /// Columns that must be filled.
    required: u64,
    /// Objects that may be absent: their columns, and those that are filled where the object is there.
    objects: Vec<(u64, u64)>,
    /// Rows that merges reach over, none below the other.
    merged: Vec<(u32, u32)>,
    cells: Vec<Plain>,
}

#[derive(Default)]
struct Column {
    texts: HashMap<Arc<str>, Option<Rc<Known>>, RandomState>,
    dates: HashMap<(u64, u8), Option<Rc<Known>>, RandomState>,
    /// Texts that had come before, and those that had not.
    again: usize,
    new: usize,
}

impl Column {
    /// Whether another text is not likely to be one of those kept.
    fn is_full(&self) -> bool {
        self.texts.len() >= KEPT && self.new > 2 * self.again
    }
}

impl<'a> PlainRows<'a> {
    /// None where the table's rows are not so simple.
    pub(in crate::read) fn new(rows: &Rows<'_>, words: &'a Words<'a>, merges: &Merges) -> Option<Self> {
        let (table, head) = (rows.table, rows.head);
        let plain = table.levels.is_empty() && head.lines == 1 && table.columns.len() <= COLUMNS;
        let shared = rows.context.plain_text && table.columns.iter().any(|column| column.merge);
        let dated = table.columns.iter().any(|column| column.field.year_from.is_some());
        if !plain || shared || dated || !head.ambiguous.is_empty() || rows.groups.iter().any(|(merged, ..)| *merged > 0)
        {
            return None;
        }
        let left = head.left();
        let mut at = vec![None; (head.right() - left) as usize + 1];
        for (i, columns) in head.columns.iter().enumerate() {
            let (first, last) = columns.unwrap_or((1, 0));
            for col in first..=last {
                *at.get_mut((col - left) as usize)? = Some(i);
            }
        }
        let mut needs = Needs::default();
        needs.of(&rows.parts[0], &|column| table.columns[column].field.required, rows, true)?;
        Some(Self {
            words,
            left,
            at,
            columns: table.columns.iter().map(|_| Column::default()).collect(),
            required: needs.required,
            objects: needs.objects,
            merged: merges.spans(head.below()),
            cells: vec![Plain::Absent; table.columns.len()],
        })
    }

    /// The record of the row that was found plain last.
    pub(in crate::read) fn record<'r>(&'r self, rows: &'r Rows<'_>) -> PlainRecord<'r> {
        PlainRecord { parts: &rows.parts[0], cells: &self.cells, table: rows.table, schema: rows.context.schema }
    }

    fn is_merged(&self, row: u32) -> bool {
        let next = self.merged.partition_point(|(_, last)| *last < row);
        self.merged.get(next).is_some_and(|(first, _)| *first <= row)
    }
}

/// Which columns must be filled.
#[derive(Default)]
struct Needs {
    required: u64,
    objects: Vec<(u64, u64)>,
}

impl Needs {
    /// The columns of these parts, and those of them that are filled where anything is.
    fn of(
        &mut self,
        parts: &[Part],
        always: &dyn Fn(usize) -> bool,
        rows: &Rows<'_>,
        root: bool,
    ) -> Option<(u64, u64)> {
        let (mut all, mut must) = (0, 0);
        for part in parts {
            match part {
                Part::Leaf { column, .. } => {
                    all |= 1 << column;
                    let field = &rows.table.columns[*column].field;
                    let own = field.path.last()?;
                    let object = rows.context.schema.node(rows.object_of(*column)?);
                    must |= u64::from(object.required.contains(own)) << column;
                    self.required |= u64::from(always(*column)) << column;
                }
                Part::Object { required, parts, .. } => {
                    let (inside, needed) = self.of(parts, always, rows, false)?;
                    all |= inside;
                    // A required object is there whenever the one around it is.
                    if *required {
                        must |= needed;
                    }
                }
                Part::Inner { .. } | Part::Rest { .. } => return None,
            }
        }
        if !root {
            self.objects.push((all, must));
        }
        Some((all, must))
    }
}

impl Rows<'_> {
    /// The object that a column's value is a property of.
    fn object_of(&self, column: usize) -> Option<crate::schema::NodeId> {
        let schema = self.context.schema;
        let path = &self.table.columns[column].field.path;
        let (_, objects) = path.split_last()?;
        objects.iter().try_fold(schema.node(self.table.node).items?, |id, name| schema.node(id).property(name))
    }

    /// Whether a row is a plain record; then its cells are in `plain`.
    pub(in crate::read) fn is_plain(&self, row: &Row, plain: &mut PlainRows<'_>, allows: &mut Allows<'_>) -> bool {
        if row.hidden
            || self.last_row.is_none()
            || self.serial_only.is_some()
            || self.total_to.is_some_and(|last| row.index <= last)
            || plain.is_merged(row.index)
        {
            return false;
        }
        plain.cells.fill(Plain::Absent);
        let mut filled: u64 = 0;
        for (col, cell) in &row.cells {
            if cell.is_empty() {
                continue;
            }
            let at = col.checked_sub(plain.left).and_then(|at| plain.at.get(at as usize));
            let Some(i) = at.copied().flatten().filter(|i| filled & (1 << i) == 0) else { return false };
            let Some(read) = self.plain_cell(i, cell, plain, allows) else { return false };
            filled |= 1 << i;
            plain.cells[i] = read;
        }
        let number = self.places.rows[0].len() as u64 + 1;
        for (i, _) in self.table.columns.iter().enumerate().filter(|(_, column)| column.serial) {
            match &plain.cells[i] {
                Plain::Value(found) if *found == number => {}
                Plain::Absent if self.head.columns[i].is_none() => {
                    plain.cells[i] = Plain::Value(number.into());
                    filled |= 1 << i;
                }
                _ => return false,
            }
        }
        let lacks = |all: u64, must: u64| filled & all != 0 && filled & must != must;
        // A record has two cells at least that say something.
        (filled & !self.serial_bits()).count_ones() >= 2
            && filled & plain.required == plain.required
            && !plain.objects.iter().any(|(all, must)| lacks(*all, *must))
    }

    fn serial_bits(&self) -> u64 {
        self.table.columns.iter().enumerate().filter(|(_, column)| column.serial).fold(0, |bits, (i, _)| bits | 1 << i)
    }

    /// Takes a row that is a plain record.
    pub(in crate::read) fn take_plain(&mut self, row: &Row) {
        let number = self.places.rows[0].len();
        for i in 0..self.table.columns.len() {
            if self.table.columns[i].serial && self.head.columns[i].is_some() {
                self.serials[i] = Some((number, number as u64 + 1));
            }
        }
        self.places.rows[0].push(row.index);
        self.places.next_row = row.index + 1;
        self.count += 1;
        self.closed += 1;
        self.last_row = Some((row.index, false));
    }

    /// What a cell gives, where nothing is to be said of it.
    fn plain_cell(&self, i: usize, cell: &Cell, plain: &mut PlainRows<'_>, allows: &mut Allows<'_>) -> Option<Plain> {
        let kind = &self.table.columns[i].field.kind;
        if cell.formula.is_some() && is_idle_formula(cell) {
            return None;
        }
        match &cell.content {
            Content::Text(text) => {
                // A number or date format says nothing of a text.
                let column = &mut plain.columns[i];
                let again = if column.is_full() { None } else { column.texts.get(text) };
                if let Some(known) = again {
                    column.again += 1;
                    return known.as_ref().map(|known| Plain::Known(Rc::clone(known)));
                }
                column.new += 1;
                let value = if self.marks_nothing(text, plain.words) { self.allowed(i, cell, allows) } else { None };
                if plain.columns[i].texts.len() >= KEPT {
                    return value.map(Plain::Value);
                }
                let known = value.and_then(|value| self.known(i, value));
                plain.columns[i].texts.insert(Arc::clone(text), known.clone());
                known.map(Plain::Known)
            }
            Content::Number { value, .. } if matches!(kind, FieldKind::Date | FieldKind::Month) => {
                let key = (value.to_bits(), cell.kind() as u8);
                if let Some(known) = plain.columns[i].dates.get(&key) {
                    return known.as_ref().map(|known| Plain::Known(Rc::clone(known)));
                }
                let value = self.allowed(i, cell, allows);
                if plain.columns[i].dates.len() >= KEPT {
                    return value.map(Plain::Value);
                }
                let known = value.and_then(|value| self.known(i, value));
                plain.columns[i].dates.insert(key, known.clone());
                known.map(Plain::Known)
            }
            Content::Number { .. } | Content::Bool(_) => self.allowed(i, cell, allows).map(Plain::Value),
            Content::Empty | Content::Error(_) => None,
        }
    }

    fn read_silently(&self, i: usize, cell: &Cell) -> Option<Value> {
        let field = self.renamed[i].as_ref().unwrap_or(&self.table.columns[i].field);
        match value::read(field, Some(cell), self.context) {
            Outcome::Value(value, None) => Some(value),
            _ => None,
        }
    }

    /// A value of which there is nothing to say, and that the form allows.
    fn allowed(&self, i: usize, cell: &Cell, allows: &mut Allows<'_>) -> Option<Value> {
        self.read_silently(i, cell).filter(|value| allows(i, value))
    }

    fn known(&self, i: usize, value: Value) -> Option<Rc<Known>> {
        let json = serde_json::to_string_pretty(&value).ok()?;
        let node = self.context.schema.node(self.table.columns[i].field.node);
        let read = !Read::of(Some(&value), node).is_unread();
        Some(Rc::new(Known { value, lines: json.contains('\n'), json: json.into(), read }))
    }

    /// Whether a text can say nothing but the value of its cell.
    fn marks_nothing(&self, text: &str, words: &Words<'_>) -> bool {
        let token = matches!(text.trim(), "" | "{}" | "[]" | "null");
        // No word that marks a row is made of digits alone.
        let number =
            self.notes.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'-') && self.total_words();
        !token
            && if number {
                !words.hit(text)
            } else {
                !may_mark_of(text, words, &self.notes, &self.table.totals) && !is_ratio(&fold(text))
            }
    }

    /// Whether the labels of totals are words.
    fn total_words(&self) -> bool {
        let mut names = self.table.totals.iter().flat_map(|total| &total.names);
        names.all(|name| name.chars().any(char::is_alphabetic))
    }
}
