//! Reads the bands of a sheet, once their places are known, into one document.

mod labels;

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use serde_json::{Map, Value};

use super::Reading;
use super::columns;
use super::labels::{Found, is_like_record};
use super::locate::{Located, is_required};
use super::missing::{missing_table, unclear_table};
use super::parts::{Children, Found as PartsFound};
use super::rows::{self, Rows};
use super::survey::Survey;
use super::title;
use super::value::Context;
use super::words::Words;
use crate::form::Form;
use crate::grid::{Cell, CellRef, Range, Row, Source};
use crate::layout::{BandKind, Field, Layout, plain_name, pointer_of, put_at_path};
use crate::schema::{NodeId, Schema};
use crate::text::fold;

/// Stray cells outside the tables that are reported one by one.
const MAX_STRAY: usize = 50;

/// Reads the bands of a sheet into a document.
pub(super) fn read(
    form: &Form,
    source: &dyn Source,
    sheet: usize,
    survey: &Survey,
    located: &Located,
    words: &Words<'_>,
    children: &Children,
) -> Reading {
    let mut bands = Bands::new(form, source, survey, located, words, children);
    let mut reading = bands.begin();
    let mut open = bands.open(&mut reading);
    let outcome = source.rows(sheet, &mut |row| {
        bands.row(&mut open, &row, &mut reading);
        ControlFlow::Continue(())
    });
    reading.findings.extend(outcome.err());
    bands.close(open, &mut reading);
    bands.finish(source, reading)
}

/// The bands of a sheet, being read.
pub(super) struct Bands<'a> {
    form: &'a Form,
    survey: &'a Survey,
    located: &'a Located,
    words: &'a Words<'a>,
    children: &'a Children,
    /// What reading parts on child sheets gave.
    parts: PartsFound,
    document: Value,
    /// Cells outside the tables that are accounted for.
    taken: BTreeSet<CellRef>,
    /// Cells outside the tables that were said to be so.
    stray: usize,
    date1904: bool,
    plain_text: bool,
}

impl<'a> Bands<'a> {
    pub(super) fn new(
        form: &'a Form,
        source: &dyn Source,
        survey: &'a Survey,
        located: &'a Located,
        words: &'a Words<'a>,
        children: &'a Children,
    ) -> Self {
        Self {
            form,
            survey,
            located,
            words,
            children,
            parts: PartsFound::default(),
            document: Value::Null,
            taken: BTreeSet::new(),
            stray: 0,
            date1904: source.info().date1904,
            plain_text: source.info().plain_text,
        }
    }

    /// What does not stand in tables.
    pub(super) fn begin(&mut self) -> Reading {
        let mut reading = Reading::default();
        reading.places.sheet.clone_from(&self.survey.name);
        reading.places.merges = self.survey.merges.clone();
        self.labels(&mut reading);
        self.name(&mut reading);
        self.title(&mut reading);
        reading
    }

    /// The document as far as it was read.
    pub(super) fn so_far(&self) -> &Value {
        &self.document
    }

    /// The document as it is likely to be in the end, but for the records of a table.
    pub(super) fn likely(&self, source: &dyn Source, table: usize) -> Value {
        let mut document = self.document.clone();
        if let Some(table) = self.form.layout.tables().nth(table) {
            put_at_path(&mut document, &table.path, Value::Array(Vec::new()));
        }
        self.completed(source, document)
    }

    /// The document, whole.
    pub(super) fn finish(mut self, source: &dyn Source, mut reading: Reading) -> Reading {
        let PartsFound { findings, mut unreadable, places, .. } = std::mem::take(&mut self.parts);
        reading.findings.extend(findings);
        reading.unreadable.append(&mut unreadable);
        reading.places.parts = places;
        let document = std::mem::take(&mut self.document);
        reading.document = Some(self.completed(source, document));
        reading
    }

    fn completed(&self, source: &dyn Source, mut document: Value) -> Value {
        complete(&self.form.schema, Schema::ROOT, &mut document);
        if !self.children.is_empty() {
            order(&self.form.schema, Schema::ROOT, &mut document);
        }
        if let Some(schema) = source.info().properties.get("sheetform-schema")
            && let Value::Object(map) = &mut document
        {
            map.shift_insert(0, "$schema".to_owned(), schema.as_str().into());
        }
        document
    }

    fn context(&self, field: &Field) -> Context<'a> {
        let year = field.year_from.as_ref().and_then(|path| {
            let value = path.iter().try_fold(&self.document, |v, name| v.get(name))?;
            match value {
                Value::String(text) => text.get(..4)?.parse().ok(),
                other => other.as_i64().and_then(|y| i32::try_from(y).ok()),
            }
        });
        Context {
            schema: &self.form.schema,
            date1904: self.date1904,
            plain_text: self.plain_text,
            year,
            assert_formats: self.form.assert_formats,
        }
    }

    fn name(&mut self, reading: &mut Reading) {
        let Some(field) = &self.form.layout.name_field else { return };
        if self.survey.name == plain_name(self.form) {
            return; // The form's own name: no value was given.
        }
        let found = Found {
            label: Range::cell(CellRef::new(0, 0)),
            value: Range::cell(CellRef::new(0, 0)),
            cell: Some(Cell::text(&self.survey.name)),
            nearly: None,
            order: None,
            outside: false,
        };
        self.value(field, &found, reading);
        reading.places.cells.remove(&pointer_of(&field.path));
        reading.places.labels.remove(&pointer_of(&field.path));
    }

    /// Whether a row below a table's end is like its records. A line of the foot is none, whatever stands in its cells.
    fn is_below_foot(&self, row: &Row) -> bool {
        let of_foot = |label: &Found| (label.label.first.row..=label.label.last.row).contains(&row.index);
        if self.located.labels.values().any(of_foot) {
            return false;
        }
        let tables = self.form.layout.tables().zip(&self.located.heads).zip(&self.located.ends);
        let above = tables.filter_map(|((table, head), end)| Some((table, head.as_ref()?, *end)));
        above.filter(|(_, _, end)| row.index >= *end).any(|(table, head, _)| is_like_record(row, table, head))
    }

    fn first_band_row(&self) -> u32 {
        let heads = self.located.heads.iter().flatten().map(|h| h.first);
        heads.chain(self.located.labels.values().map(|f| f.label.first.row)).min().unwrap_or(u32::MAX)
    }

    fn found_title(&self) -> Option<title::FoundTitle> {
        let captions: BTreeSet<CellRef> =
            self.located.heads.iter().flatten().filter_map(|h| h.caption).map(|c| c.first).collect();
        let taken = |at: CellRef| self.taken.contains(&at) || captions.contains(&at);
        title::find(self.survey, self.form, self.first_band_row(), &taken)
    }

    fn title_cell(&self) -> Option<Range> {
        self.found_title().map(|found| found.range)
    }

    fn title(&mut self, reading: &mut Reading) {
        if let Some(found) = self.found_title() {
            reading.places.title = Some(found.range);
            self.taken.insert(found.range.first);
            title::read(self.form, &found, &mut self.document, &self.survey.name, &mut reading.findings);
        }
        let range = reading.places.title.unwrap_or(Range::cell(CellRef::new(0, 0)));
        for field in &self.form.layout.title_fields {
            reading.places.cells.insert(pointer_of(&field.path), range);
        }
    }

    /// The tables that were found, none of their rows read yet.
    pub(super) fn open(&mut self, reading: &mut Reading) -> Vec<(usize, Rows<'a>)> {
        let (form, located, survey) = (self.form, self.located, self.survey);
        let notes = fixed_texts(&self.form.layout);
        for note in &notes {
            self.take_text(&fold(note));
        }
        for band in &self.form.layout.bands {
            for text in band.caption.iter().chain(&band.caption_aliases) {
                self.take_text(&fold(text));
            }
        }
        for head in self.located.heads.iter().flatten() {
            self.taken.extend(head.headings.iter().flatten().map(|range| range.first));
        }
        let mut open: Vec<(usize, Rows<'a>)> = Vec::new();
        for (number, table) in form.layout.tables().enumerate() {
            match &located.heads[number] {
                Some(head) if located.is_unclear(form, number) => {
                    unclear_table(form, table, head, reading);
                }
                None if located.may_be_another(form, number) => {
                    reading.unreadable.insert(table.pointer());
                }
                Some(head) => {
                    columns::check(table, head, reading);
                    columns::hidden(table, head, &survey.hidden_columns, reading);
                    let year = table.columns.iter().find(|c| c.field.year_from.is_some());
                    let context =
                        year.map_or_else(|| self.context(&table.columns[0].field), |c| self.context(&c.field));
                    let side = head.caption.filter(|c| c.last.row > head.first);
                    let end = located.ends[number];
                    let merges = &survey.merges;
                    let mut rows =
                        Rows::new(table, head, merges, context, self.children, &survey.name, end, &notes, side);
                    rows.called_as(survey);
                    rows.leave_to_labels(&self.taken);
                    for (other, beside) in located.beside(number) {
                        rows.leave_to_others(beside, other < number);
                    }
                    open.push((number, rows));
                }
                None => {
                    let elsewhere = located.out_of_order(number);
                    missing_table(form, table, elsewhere, reading);
                }
            }
        }
        open
    }

    /// Takes the next row of the sheet.
    pub(super) fn row(&mut self, open: &mut [(usize, Rows<'a>)], row: &Row, reading: &mut Reading) {
        let in_head = |at: CellRef| {
            let heads = self.located.heads.iter().flatten();
            heads.into_iter().any(|h| (h.first..=h.last).contains(&at.row) && (h.left()..=h.right()).contains(&at.col))
        };
        let mut inside = false;
        for (_, rows) in open {
            if rows.covers(row.index) {
                rows.row(row);
                inside = true;
            }
        }
        let lost = !inside && self.stray < MAX_STRAY && self.is_below_foot(row);
        if lost {
            self.stray += 1;
            reading.findings.push(rows::below_foot(&self.survey.name, row));
        }
        if !inside && !lost {
            for (col, cell) in &row.cells {
                let range = self.survey.merges.range(CellRef::new(row.index, *col));
                if self.stray < MAX_STRAY
                    && !cell.is_empty()
                    && !in_head(range.first)
                    && range.first == CellRef::new(row.index, *col)
                    && !self.taken.contains(&range.first)
                    && cell.as_text().is_none_or(|t| !t.trim().is_empty())
                {
                    self.stray += 1;
                    reading.findings.push(rows::unread(&self.survey.name, range, cell, self.date1904));
                }
            }
        }
    }

    /// Puts the records of the tables into the document.
    pub(super) fn close(&mut self, open: Vec<(usize, Rows<'a>)>, reading: &mut Reading) {
        let mut arrays: Vec<(Vec<String>, Value)> = Vec::new();
        let mut parts = PartsFound::default();
        for (number, mut rows) in open {
            rows.finish();
            reading.records += rows.count;
            reading.findings.append(&mut rows.findings);
            reading.unreadable.append(&mut rows.unreadable);
            reading.totals.append(&mut rows.totals);
            parts.append(rows.found);
            reading.places.tables.push(rows.places);
            let table = self.form.layout.tables().nth(number);
            let path = table.map(|t| t.path.clone()).unwrap_or_default();
            if let Some(part) = rows.part {
                arrays.push((path, part));
            } else if rows.closed > 0 || rows.empty_token || is_required(self.form, &path) || path.is_empty() {
                arrays.push((path, if rows.null_token { Value::Null } else { rows.records.into() }));
            }
        }
        self.parts.append(parts);
        for (path, array) in arrays {
            put_at_path(&mut self.document, &path, array);
        }
    }

    /// Accounts for the cells with a fixed text.
    fn take_text(&mut self, folded: &str) {
        for (&index, row) in &self.survey.rows {
            for (col, cell) in &row.cells {
                if cell.as_text().is_some_and(|t| fold(t) == folded) {
                    self.taken.insert(CellRef::new(index, *col));
                }
            }
        }
    }
}

/// Texts that the form itself puts on the sheet: notes around bands, headings over label lists.
pub(super) fn fixed_texts(layout: &Layout) -> Vec<String> {
    let heads = |band: &BandKind| match band {
        BandKind::Labels(labels) => labels.heads.iter().flatten().cloned().collect(),
        BandKind::Table(_) => Vec::new(),
    };
    layout.bands.iter().flat_map(|b| b.before.iter().chain(&b.after).cloned().chain(heads(&b.kind))).collect()
}

/// Puts the properties of every object in the form's order, those that it does not declare behind them.
pub(super) fn order(schema: &Schema, id: NodeId, value: &mut Value) {
    let node = schema.node(schema.whole(id));
    match value {
        Value::Object(map) => {
            let mut ordered = Map::new();
            for (name, child) in &node.properties {
                if let Some(mut inner) = map.shift_remove(name) {
                    order(schema, *child, &mut inner);
                    ordered.insert(name.clone(), inner);
                }
            }
            ordered.append(map);
            *map = ordered;
        }
        Value::Array(list) => {
            if let Some(items) = node.items {
                for one in list {
                    order(schema, items, one);
                }
            }
        }
        _ => {}
    }
}

/// Makes required objects that have nothing in them, and puts properties in the form's order.
fn complete(schema: &Schema, id: NodeId, value: &mut Value) {
    let node = schema.node(id);
    if node.properties.is_empty() || node.opaque {
        return;
    }
    if value.is_null() && id == Schema::ROOT {
        *value = Value::Object(Map::new());
    }
    let Value::Object(map) = value else { return };
    let mut ordered = Map::new();
    for (name, child) in &node.properties {
        let kind = schema.node(*child);
        let section = !kind.properties.is_empty() && !kind.opaque && !kind.types.null && !kind.types.array;
        let mut inner = match map.shift_remove(name) {
            Some(inner) => inner,
            None if section && node.required.contains(name) => Value::Object(Map::new()),
            None => continue,
        };
        if section {
            complete(schema, *child, &mut inner);
        }
        ordered.insert(name.clone(), inner);
    }
    ordered.append(map);
    *map = ordered;
}
