//! A table of any length, record by record: the same cells as [`write`](super::write) lays out, without holding them.
//!
//! The sheet around the records is laid out from the first of them, which decide its columns, and from the last. Only
//! plain tables are laid out so: a row a record, each value in one cell. For all others there is no [`Long`].

use serde_json::{Number, Value};

use super::canvas::{MAX_HEIGHT, points};
use super::look::{self, Style};
use super::measure::SAMPLE;
use super::objects::{Leaf, OBJECT, Objects};
use super::plan::Filled;
use super::records::MOST_ROWS;
use super::table::{RECORD, Stood, Sum, first_sum, short};
use super::{cover, hold, mark_schema};
use crate::form::Form;
use crate::grid::{CellRef, Range};
use crate::json_text::{Record, RecordShape};
use crate::layout::{Computed, FieldKind, Table, at_path};
use crate::new_book::{Gap, GapCell, GapRow, Look, NewBook, NewContent, NewSheet};

/// Records from the beginning of a table that decide how its sheet looks: one more than are measured, and enough to
/// tell a long table from a short one.
pub(crate) const FIRST: usize = SAMPLE + 1;
/// A long table while its records are laid out.
pub(crate) struct Long<'f> {
    /// The table.
    pub(crate) table: &'f Table,
    /// The book without the records.
    pub(crate) book: NewBook,
    /// Where they belong.
    pub(crate) gap: Gap,
    /// Where the columns' values stand in a record.
    pub(crate) shape: RecordShape,
    columns: Vec<Place<'f>>,
    objects: Objects,
    row: GapRow,
    /// Which cells of the row hold something, and which of them mark an object.
    pub(crate) filled: Vec<bool>,
    pub(crate) marked: Vec<usize>,
    /// The total rows, and where they stand.
    totals: Vec<(usize, u32)>,
    count: u32,
}

/// A column.
struct Place<'f> {
    field: &'f crate::layout::Field,
    width: f64,
    /// The numbers of its looks: empty, text, number, truth value.
    looks: [usize; 4],
    /// What it adds up to, where a total row asks for it.
    sum: Option<Sum>,
    /// Cells of texts that came before, by their numbers.
    known: Vec<Option<Held>>,
}

/// A cell, and the height that its row needs for it.
struct Held {
    content: NewContent,
    look: usize,
    points: f64,
}

/// Who says whether a cell is read as the value it was made of.
pub(crate) trait Sound {
    /// A cell of a column, with the number of its look.
    fn cell(&self, column: usize, value: &Value, content: &NewContent, look: usize) -> bool;

    /// A cell of a column with a number.
    fn number(&self, column: usize, value: &Number, content: f64, look: usize) -> bool;
}

impl<'f> Long<'f> {
    /// The sheet of a document whose table has `count` records, of which `document` holds the first [`FIRST`] and the
    /// last few, or all. None where it cannot be laid out record by record.
    ///
    /// `sound` is asked whether the sheet of `document` itself is read back.
    pub(crate) fn new(
        form: &'f Form,
        document: &Value,
        path: &[String],
        count: usize,
        sound: &dyn Fn(&NewBook) -> bool,
    ) -> Option<Self> {
        let table = form.layout.tables().find(|table| table.path == path)?;
        let number = form.layout.tables().position(|other| other.path == path)?;
        let held = at_path(document, path)?.as_array()?.len() as u32;
        let count = u32::try_from(count).ok().filter(|count| *count <= MOST_ROWS && *count >= held)?;
        let plain = table.levels.is_empty()
            && table.lines == 1
            && table
                .columns
                .iter()
                .all(|column| !column.merge && !column.field.rest && column.field.year_from.is_none())
            && table.totals.iter().flat_map(|total| &total.cells).all(|(_, computed)| *computed == Computed::Sum);
        let rest = cover::undeclared(&form.schema, document);
        let covered = rest.is_empty() && cover::check(&form.layout, document, &rest).is_empty();
        if !plain || held < FIRST as u32 || !covered {
            return None;
        }
        let super::Built { mut book, parts, plan, stood } = super::built(form, Some(document), &|_| false).ok()?;
        mark_schema(form, document, &mut book);
        if !sound(&book) {
            return None;
        }
        let at = parts.iter().position(|part| matches!(&part.filled, Filled::Table(one, _) if one.path == path))?;
        let (part, placed, stood) = (&parts[at], &plan.placed[at], stood[number]);
        let Filled::Table(_, records) = &part.filled else { return None };
        let alone = plan.strips.iter().any(|strip| *strip == (at, at + 1)) && placed.side.is_none();
        let single = placed.blocks.iter().all(|block| block.1 == block.0 + 1);
        if !alone || !single || records.rows != held || book.sheets.len() != 1 {
            return None;
        }
        let cols: Vec<u32> = placed.blocks.iter().map(|block| block.0).collect();
        let gap = Gap { first: stood.first, end: stood.first + count, cols, looks: Vec::new() };
        let sheet = book.sheets.pop()?;
        book.sheets.push(without(sheet, stood, gap.end)?);
        let summed = |column: usize| table.totals.iter().flat_map(|total| &total.cells).any(|(at, _)| *at == column);
        let mut long = Self {
            table,
            gap,
            columns: Vec::new(),
            shape: RecordShape::new(table.columns.iter().map(|column| column.field.path.as_slice()))?,
            objects: Objects::default(),
            row: GapRow::default(),
            filled: vec![false; table.columns.len()],
            marked: Vec::new(),
            totals: Vec::new(),
            count: 0,
            book,
        };
        for (index, short) in short(table, records).into_iter().enumerate() {
            let field = &table.columns[index].field;
            let looks =
                [NewContent::Empty, NewContent::Text(String::new()), NewContent::Number(0.0), NewContent::Bool(false)];
            let looks = looks.map(|content| {
                let look = look::value(field, &content, Style { column: true, open: false }, short);
                long.look(look)
            });
            let block = placed.blocks[index];
            let width = plan.widths_of(block).iter().sum();
            let sum = summed(index).then(Sum::default);
            long.columns.push(Place { field, width, looks, sum, known: Vec::new() });
        }
        long.row.cells = vec![GapCell::default(); table.columns.len()];
        let leaves: Vec<Leaf<'_>> =
            table.columns.iter().map(|column| Leaf { field: &column.field, markable: !column.serial }).collect();
        let record = form.schema.node(table.node).items.unwrap_or(table.node);
        long.objects = Objects::new(&form.schema, record, &leaves, &[], true);
        let rows = (0..table.totals.len()).filter(|number| first_sum(&table.totals[*number], &placed.blocks).is_some());
        long.totals = rows.zip(long.gap.end..).collect();
        Some(long)
    }

    fn look(&mut self, look: Look) -> usize {
        let looks = &mut self.gap.looks;
        looks.iter().position(|one| *one == look).unwrap_or_else(|| {
            looks.push(look);
            looks.len() - 1
        })
    }

    /// Lays out the [row](Self::row) of the next record; none where it is not as plain as the others. `sound` is asked
    /// of each new cell.
    pub(crate) fn record(&mut self, record: &Record, sound: &dyn Sound) -> Option<()> {
        if self.count >= self.gap.end - self.gap.first {
            return None;
        }
        self.count += 1;
        let mut height = RECORD;
        for (index, (place, cell)) in self.columns.iter_mut().zip(&mut self.row.cells).enumerate() {
            height = height.max(place.hold(index, record, cell, sound)?);
            if let Some(sum) = &mut place.sum {
                sum.add(&cell.content);
            }
            self.filled[index] = cell.content != NewContent::Empty;
        }
        let is_there = |path: &[String]| path.is_empty() || record.has_object(path);
        self.marked = self.objects.marks_where(&is_there, &mut self.filled, &[]).ok()?;
        for &mark in &self.marked {
            let content = NewContent::Text(OBJECT.to_owned());
            self.row.cells[mark] = GapCell { content, look: self.columns[mark].looks[1], same: None };
        }
        self.row.height = height.min(MAX_HEIGHT);
        Some(())
    }

    /// The row of the record that was laid out last.
    pub(crate) fn row(&self) -> &GapRow {
        &self.row
    }

    /// The book with its totals, once all records were laid out.
    pub(crate) fn finish(mut self) -> Option<NewBook> {
        if self.count != self.gap.end - self.gap.first {
            return None;
        }
        let sheet = self.book.sheets.first_mut()?;
        for (number, row) in &self.totals {
            for (column, _) in &self.table.totals[*number].cells {
                let col = self.gap.cols[*column];
                let at = sheet.cells.binary_search_by_key(&CellRef::new(*row, col), |cell| cell.at).ok()?;
                let sum = self.columns[*column].sum.as_ref()?;
                sheet.cells[at].content = sum.content(col, self.gap.first, self.gap.end, 1);
            }
        }
        Some(self.book)
    }
}

impl Place<'_> {
    /// Puts a record's value into its cell; gives the height that the row needs for it.
    fn hold(&mut self, column: usize, record: &Record, cell: &mut GapCell, sound: &dyn Sound) -> Option<f64> {
        let number = record.number(column);
        if let Some(held) = number.and_then(|number| self.known.get(number)?.as_ref()) {
            if cell.same != number {
                put(&held.content, cell);
                (cell.look, cell.same) = (held.look, number);
            }
            return Some(held.points);
        }
        cell.same = number;
        let Some(value) = record.value(column) else {
            (cell.content, cell.look) = (NewContent::Empty, self.looks[0]);
            return Some(0.0);
        };
        // What a part on a child sheet would hold.
        let part = self.field.kind == FieldKind::Json && (value.is_array() || value.is_object());
        let content = if part { None } else { hold(self.field, Some(value), &|_| false).ok() }?;
        let look = self.look(&content);
        let is_sound = match (value, &content) {
            (Value::Number(value), NewContent::Number(content)) => sound.number(column, value, *content, look),
            _ => sound.cell(column, value, &content, look),
        };
        if !is_sound {
            return None;
        }
        // A value in one cell is text where it wraps.
        let points = match &content {
            NewContent::Text(text) => points(text, self.width, false),
            _ => 0.0,
        };
        put(&content, cell);
        cell.look = look;
        if let Some(number) = number {
            if self.known.len() <= number {
                self.known.resize_with(number + 1, || None);
            }
            self.known[number] = Some(Held { content, look, points });
        }
        Some(points)
    }

    fn look(&self, content: &NewContent) -> usize {
        self.looks[match content {
            NewContent::Empty => 0,
            NewContent::Text(_) => 1,
            NewContent::Number(_) | NewContent::Formula { .. } => 2,
            NewContent::Bool(_) => 3,
        }]
    }
}

/// Copies what a cell holds, into the room that it has already.
fn put(content: &NewContent, cell: &mut GapCell) {
    match (&mut cell.content, content) {
        (NewContent::Text(to), NewContent::Text(text)) => to.clone_from(text),
        (to, content) => *to = content.clone(),
    }
}

/// A sheet without the rows of its records, which then end in row `end`; none where something reaches into them that
/// cannot be moved.
fn without(sheet: NewSheet, Stood { first, end: last, below, .. }: Stood, end: u32) -> Option<NewSheet> {
    let down = |row: u32| if row < last { row } else { row - last + end };
    let inside = |row: u32| (first..last).contains(&row);
    let moved = |range: &Range| {
        // A check over all records, or what lies apart from them.
        let whole = range.first.row == first && range.last.row + 1 == last;
        let apart = range.last.row < first || range.first.row >= last;
        let to = CellRef::new(if whole { end - 1 } else { down(range.last.row) }, range.last.col);
        (whole || apart).then(|| Range { first: CellRef::new(down(range.first.row), range.first.col), last: to })
    };
    let mut cells = sheet.cells;
    cells.retain(|cell| !inside(cell.at.row));
    for cell in &mut cells {
        // The formula of a table below names rows that move.
        if matches!(cell.content, NewContent::Formula { .. }) && cell.at.row >= below {
            return None;
        }
        cell.at.row = down(cell.at.row);
    }
    let mut validations = sheet.validations;
    for validation in &mut validations {
        validation.range = moved(&validation.range)?;
    }
    let heights = sheet.heights.into_iter().filter(|(row, _)| !inside(*row)).map(|(row, height)| (down(row), height));
    Some(NewSheet {
        cells,
        validations,
        merges: sheet.merges.iter().map(moved).collect::<Option<_>>()?,
        heights: heights.collect(),
        ..sheet
    })
}
