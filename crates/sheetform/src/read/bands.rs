//! A sheet's bands: where each one is, then reading them into one document.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use serde_json::{Map, Value};

use super::Reading;
use super::assemble::insert;
use super::columns;
use super::heads::{self, Head};
use super::labels::{self, Found, Labels, Region};
use super::rows::{self, Rows};
use super::survey::Survey;
use super::title;
use super::value::{self, Context, Outcome};
use super::words::Words;
use crate::finding::{Code, Finding, Place, Text};
use crate::form::Form;
use crate::grid::{Cell, CellRef, Content, Range, Source};
use crate::layout::{Band, BandKind, Field, FieldKind, Layout, Table, pointer_of};
use crate::schema::{NodeId, Schema};
use crate::text::fold;

/// Stray cells outside the tables that are reported one by one.
const MAX_STRAY: usize = 50;

/// Where the bands of a form stand on a sheet.
pub(super) struct Located {
    heads: Vec<Option<Head>>,
    labels: BTreeMap<usize, Found>,
    /// For each label band, rows with a label that is not known.
    strange: BTreeMap<usize, Vec<u32>>,
    /// For each table found, the row after its last possible record.
    ends: Vec<u32>,
    form_right: u32,
    /// For each table, where something looks like its head.
    alike: Vec<Vec<CellRef>>,
}

/// Headings and labels of a form.
pub(super) fn marks(form: &Form) -> usize {
    let labels = |band: &BandKind| match band {
        BandKind::Table(table) => table.columns.len(),
        BandKind::Labels(labels) => labels.fields().count(),
    };
    form.layout.bands.iter().map(|band| labels(&band.kind)).sum()
}

impl Located {
    pub(super) fn find(survey: &Survey, form: &Form, words: &Words<'_>) -> Self {
        let layout = &form.layout;
        let heads::Heads { found: heads, alike, lone_captions } = heads::find(survey, layout);
        let right = heads.iter().flatten().map(Head::right).max();
        let title_right = survey.merges.range(CellRef::new(0, 0)).last.col;
        let form_right = right.unwrap_or(survey.last_col.max(1)).max(title_right);
        let ends = vec![u32::MAX; heads.len()];
        let (labels, strange) = (BTreeMap::new(), BTreeMap::new());
        let mut located = Self { ends, heads, labels, strange, form_right, alike };
        located.find_labels(survey, layout, words);
        located.stop_at_marks(layout, &lone_captions);
        located
    }

    /// A table ends at another band's caption, and at what looks like another table's head.
    fn stop_at_marks(&mut self, layout: &Layout, lone_captions: &[(u32, Vec<usize>)]) {
        let is_table = |(_, band): &(usize, &Band)| matches!(band.kind, BandKind::Table(_));
        for (i, (number, _)) in layout.bands.iter().enumerate().filter(is_table).enumerate() {
            let Some(head) = &self.heads[i] else { continue };
            let captions = lone_captions.iter().filter(|(_, bands)| !bands.contains(&number)).map(|(row, _)| *row);
            let others = self.alike.iter().flatten().filter(|at| !self.alike[i].contains(at)).map(|at| at.row);
            let stop = captions.chain(others).filter(|row| *row > head.last).min();
            self.ends[i] = self.ends[i].min(stop.unwrap_or(u32::MAX));
        }
    }

    /// Whether a table that was found could as well be another with the same head, which is missing: no caption
    /// tells.
    fn is_unclear(&self, form: &Form, table: usize) -> bool {
        let tables: Vec<&Table> = form.layout.tables().collect();
        self.heads[table].as_ref().is_some_and(|head| head.caption.is_none())
            && (0..tables.len()).any(|other| self.heads[other].is_none() && same_head(tables[table], tables[other]))
    }

    /// The heads that stand beside a table's own.
    fn beside(&self, table: usize) -> impl Iterator<Item = (usize, &Head)> {
        let rows = self.heads[table].as_ref().map(|head| head.first..=head.last);
        let others = self.heads.iter().enumerate().filter(move |(other, _)| *other != table);
        others.filter_map(|(other, head)| head.as_ref().map(|head| (other, head))).filter(move |(_, head)| {
            rows.as_ref().is_some_and(|rows| head.first <= *rows.end() && head.last >= *rows.start())
        })
    }

    /// Where the head of a missing table stands all the same: not in the form's order.
    fn out_of_order(&self, table: usize) -> Option<CellRef> {
        let used = |row: u32| self.heads.iter().flatten().any(|head| head.first == row);
        self.alike[table].iter().copied().find(|at| !used(at.row))
    }

    /// Whether a missing table could be one that was found.
    fn may_be_another(&self, form: &Form, table: usize) -> bool {
        let tables: Vec<&Table> = form.layout.tables().collect();
        (0..tables.len()).any(|other| self.is_unclear(form, other) && same_head(tables[table], tables[other]))
    }

    /// Looks for the labels of each gap between tables.
    fn find_labels(&mut self, survey: &Survey, layout: &Layout, words: &Words<'_>) {
        // Bands in order; each gap ends at the next table that was found.
        let mut table = 0;
        let mut above: Option<usize> = None;
        let mut wants: Vec<usize> = Vec::new();
        let mut tables: Vec<&Table> = Vec::new();
        for (number, band) in layout.bands.iter().enumerate() {
            match &band.kind {
                BandKind::Labels(_) => wants.extend((0..words.wants.len()).filter(|w| words.wants[*w].band == number)),
                BandKind::Table(spec) => {
                    tables.push(spec);
                    if let Some(head) = &self.heads[table] {
                        let begin = head.caption.map_or(head.first, |c| c.first.row.min(head.first));
                        let beside = above.and_then(|a| self.heads[a].as_ref()).is_some_and(|a| a.last >= head.first);
                        self.gap(survey, words, &wants, above, &tables, begin);
                        if beside {
                            self.ends[table] = u32::MAX;
                        }
                        wants.clear();
                        above = Some(table);
                    }
                    table += 1;
                }
            }
        }
        self.gap(survey, words, &wants, above, &tables, u32::MAX);
    }

    fn gap(
        &mut self,
        survey: &Survey,
        words: &Words<'_>,
        wants: &[usize],
        above: Option<usize>,
        tables: &[&Table],
        end: u32,
    ) {
        let upper = above.and_then(|a| self.heads[a].as_ref().map(|head| (tables[a], head)));
        let region = Region { first: upper.map_or(0, |(_, head)| head.last + 1), end };
        let labels = labels::find(survey, words, wants, region, upper, self.form_right);
        let Labels { found, first_row, strange } = labels;
        if let Some(want) = wants.iter().find(|w| labels::lacks(words, &found, **w)) {
            self.strange.insert(words.wants[*want].band, strange);
        }
        if above.is_some() {
            let stop = first_row.unwrap_or(end).min(end);
            // Tables side by side end at the same row.
            for (i, head) in self.heads.iter().enumerate() {
                if head.as_ref().is_some_and(|h| h.last < stop) && self.ends[i] == u32::MAX {
                    self.ends[i] = stop;
                }
            }
        }
        self.labels.extend(found);
    }

    /// Headings and labels found.
    pub(super) fn found(&self) -> usize {
        self.heads.iter().flatten().map(Head::matched).sum::<usize>() + self.labels.len()
    }

    /// Whether every table that must be there is.
    pub(super) fn whole(&self, form: &Form) -> bool {
        form.layout.tables().zip(&self.heads).all(|(table, head)| match head {
            Some(head) => head.columns.iter().zip(&table.columns).all(|(at, c)| at.is_some() || !c.field.required),
            None => !is_required(form, &table.path),
        })
    }

    /// How well a sheet fits; 0 where it does not.
    pub(super) fn score(&self, form: &Form) -> usize {
        let tables = form.layout.tables().count();
        let heads = self.heads.iter().flatten().count();
        let labels = self.labels.len();
        let wanted = marks(form);
        let enough = if tables > 0 { heads > 0 } else { labels > 0 && labels * 2 >= wanted.min(2) };
        if enough { self.heads.iter().flatten().map(|h| h.matched() * 10).sum::<usize>() + labels } else { 0 }
    }
}

/// Whether two tables have the same headings.
fn same_head(a: &Table, b: &Table) -> bool {
    let headings = |table: &Table| table.columns.iter().map(|c| fold(&c.heading())).collect::<BTreeSet<_>>();
    headings(a) == headings(b)
}

/// Whether a value at a path, and every object it lies in, is required.
fn is_required(form: &Form, path: &[String]) -> bool {
    let mut id = Schema::ROOT;
    for name in path {
        let node = form.schema.node(id);
        match node.property(name) {
            Some(next) if node.required.contains(name) => id = next,
            _ => return false,
        }
    }
    true
}

/// The finding that no sheet has the form's head, with the nearest row.
pub(super) fn no_head<'a>(form: &Form, surveys: impl Iterator<Item = &'a Survey>) -> Finding {
    let wanted: Vec<String> = form
        .layout
        .bands
        .iter()
        .flat_map(|band| match &band.kind {
            BandKind::Table(table) => table.columns.iter().filter_map(|c| c.heads.last().cloned()).collect::<Vec<_>>(),
            BandKind::Labels(labels) => labels.fields().map(|f| f.label.clone()).collect(),
        })
        .collect();
    let mut nearest: Option<(f64, String, CellRef, String, String)> = None;
    let mut any = false;
    for survey in surveys {
        any |= survey.filled_rows > 0;
        for (&index, row) in &survey.rows {
            for (col, cell) in &row.cells {
                let Some(text) = cell.as_text().filter(|t| t.chars().count() <= 40) else { continue };
                let folded = fold(text);
                for want in &wanted {
                    let score = strsim::normalized_damerau_levenshtein(&folded, &fold(want));
                    // What is right is not what is wrong.
                    if score > 0.5 && score < 1.0 && nearest.as_ref().is_none_or(|(best, ..)| score > *best) {
                        let at = CellRef::new(index, *col);
                        nearest = Some((score, survey.name.clone(), at, text.to_owned(), want.clone()));
                    }
                }
            }
        }
    }
    if !any {
        return Finding::new(
            Code::WrongForm,
            Text::new("the workbook is empty: no sheet has a filled cell", "工作簿是空的：没有任何内容"),
        );
    }
    let list: Vec<&str> = wanted.iter().take(8).map(String::as_str).collect();
    let finding = Finding::new(
        Code::WrongForm,
        Text::new(
            format!("no sheet has the head of the form {:?}; its headings are: {}", form.name, list.join(", ")),
            format!("没有工作表含有表单“{}”的表头；其表头为：{}", form.name, list.join("、")),
        ),
    );
    match nearest {
        Some((_, sheet, at, text, want)) => finding.at(Place::on_sheet(&sheet, Range::cell(at))).hint(Text::new(
            format!("the nearest heading is {:?} in {at}; the form has {want:?}", text.trim()),
            format!("最接近的是 {at} 的“{}”，表单中是“{want}”", text.trim()),
        )),
        None => finding
            .hint(Text::new("is it another form? give its name with --form", "是否是另一种表单？请用 --form 指定")),
    }
}

/// Reads the bands of a sheet into a document.
pub(super) fn read(
    form: &Form,
    source: &dyn Source,
    sheet: usize,
    survey: &Survey,
    located: Located,
    words: &Words<'_>,
) -> Reading {
    let mut reading = Reading::default();
    reading.places.sheet.clone_from(&survey.name);
    reading.places.merges = survey.merges.clone();
    let mut bands = Bands {
        form,
        survey,
        located: &located,
        words,
        document: Value::Null,
        taken: BTreeSet::new(),
        date1904: source.info().date1904,
    };
    bands.labels(&mut reading);
    bands.name(&mut reading);
    bands.title(&mut reading);
    bands.tables(source, sheet, &mut reading);
    let mut document = std::mem::take(&mut bands.document);
    complete(&form.schema, Schema::ROOT, &mut document);
    if let Some(schema) = source.info().properties.get("sheetform-schema")
        && let Value::Object(map) = &mut document
    {
        map.shift_insert(0, "$schema".to_owned(), schema.as_str().into());
    }
    reading.document = Some(document);
    reading
}

struct Bands<'a> {
    form: &'a Form,
    survey: &'a Survey,
    located: &'a Located,
    words: &'a Words<'a>,
    document: Value,
    /// Cells outside the tables that are accounted for.
    taken: BTreeSet<CellRef>,
    date1904: bool,
}

impl Bands<'_> {
    fn context(&self, field: &Field) -> Context<'_> {
        let year = field.year_from.as_ref().and_then(|path| {
            let value = path.iter().try_fold(&self.document, |v, name| v.get(name))?;
            match value {
                Value::String(text) => text.get(..4)?.parse().ok(),
                other => other.as_i64().and_then(|y| i32::try_from(y).ok()),
            }
        });
        Context { schema: &self.form.schema, date1904: self.date1904, year, assert_formats: self.form.assert_formats }
    }

    fn labels(&mut self, reading: &mut Reading) {
        let words = self.words;
        self.taken.extend(self.located.labels.values().flat_map(|found| [found.label.first, found.value.first]));
        for (w, want) in words.wants.iter().enumerate() {
            let found = self.located.labels.get(&w);
            match want.field {
                Some(field) if self.is_unclear_label(w) => self.unclear_label(field, found, reading),
                Some(field) => match found {
                    Some(found) => self.value(field, found, reading),
                    None => self.missing_label(w, field, reading),
                },
                None => self.group(w, want.members, reading),
            }
        }
    }

    /// Whether a label is one of several equal ones in its band of which not all are there.
    fn is_unclear_label(&self, want: usize) -> bool {
        let wants = &self.words.wants;
        let own = &wants[want];
        let equal = |other: &usize| {
            let other = &wants[*other];
            let both_alone = own.group.is_none() && other.group.is_none() && other.field.is_some();
            both_alone && other.band == own.band && other.names.first() == own.names.first()
        };
        let is_found = |w: &usize| self.located.labels.contains_key(w);
        let (there, missing): (Vec<usize>, Vec<usize>) = (0..wants.len()).filter(equal).partition(is_found);
        !there.is_empty() && !missing.is_empty()
    }

    fn unclear_label(&self, field: &Field, found: Option<&Found>, reading: &mut Reading) {
        let pointer = pointer_of(&field.path);
        if let Some(found) = found {
            reading.findings.push(
                Finding::new(
                    Code::AmbiguousHeading,
                    Text::new(
                        format!(
                            "the form has the label {:?} more often than the sheet: which is which cannot be told",
                            field.label
                        ),
                        format!("表单中“{}”不止一项，表上缺少其中一项，无法对应", field.label),
                    ),
                )
                .at(reading.places.range(found.label))
                .pointer(pointer.as_str()),
            );
            reading.places.cells.insert(pointer.clone(), found.value);
        }
        reading.unreadable.insert(pointer);
    }

    fn value(&mut self, field: &Field, found: &Found, reading: &mut Reading) {
        let pointer = pointer_of(&field.path);
        reading.places.cells.insert(pointer.clone(), found.value);
        let place = reading.places.range(found.value);
        // A label with a colon and nothing behind it holds no value.
        let cell = found.cell.as_ref();
        // `{}` says that the objects around this cell are there, and the cell's own value is not.
        if field.kind != FieldKind::Json && cell.and_then(Cell::as_text).is_some_and(|text| text.trim() == "{}") {
            if let Some((_, object)) = field.path.split_last().filter(|(_, object)| !object.is_empty())
                && super::super::layout::at_path(&self.document, object).is_none()
            {
                insert(&mut self.document, object, Value::Object(Map::new()));
            }
            return;
        }
        let outcome = value::read(field, cell, self.context(field));
        match outcome {
            Outcome::Absent => {}
            Outcome::Value(value, finding) => {
                reading.findings.extend(finding.map(|f| f.at(place).pointer(pointer)));
                insert(&mut self.document, &field.path, value);
            }
            Outcome::Bad(finding) => {
                reading.findings.push(finding.at(place).pointer(pointer.as_str()));
                reading.unreadable.insert(pointer);
            }
        }
    }

    /// `A至B` beside the label of an object with two dates, where its own labels are not there.
    fn group(&mut self, want: usize, members: usize, reading: &mut Reading) {
        let Some(found) = self.located.labels.get(&want) else { return };
        let own: Vec<usize> = (want + 1..=want + members).collect();
        if own.iter().any(|w| self.located.labels.contains_key(w)) {
            return;
        }
        let text = match found.cell.as_ref().map(|c| &c.content) {
            Some(Content::Text(text)) => text.to_string(),
            _ => String::new(),
        };
        let halves = labels::halves(&text);
        let dated = |w: &usize| {
            self.words.wants[*w].field.is_some_and(|f| matches!(f.kind, FieldKind::Date | FieldKind::Month))
        };
        let fields: Vec<&Field> = own.iter().filter(|w| dated(w)).filter_map(|w| self.words.wants[*w].field).collect();
        if let (Some((a, b)), [first, second]) = (halves, fields.as_slice()) {
            for (field, half) in [(*first, a), (*second, b)] {
                let found = Found { cell: Some(Cell::text(half)), ..found.clone() };
                self.value(field, &found, reading);
            }
        } else if text.trim() == "{}" {
            insert(&mut self.document, self.words.wants[want].path, Value::Object(Map::new()));
        }
    }

    fn missing_label(&mut self, want: usize, field: &Field, reading: &mut Reading) {
        let pointer = pointer_of(&field.path);
        if reading.places.cells.contains_key(&pointer) {
            return; // Read from `A至B` beside its group's label.
        }
        let band = self.words.wants[want].band;
        let of_band = self.located.labels.iter().filter(|(w, _)| self.words.wants[**w].band == band);
        let strange = self.located.strange.get(&band).map_or(&[][..], Vec::as_slice);
        let lacking = (0..self.words.wants.len())
            .filter(|w| self.words.wants[*w].band == band && labels::lacks(self.words, &self.located.labels, *w));
        let alone = strange.len() == 1 && lacking.count() == 1;
        let near = self
            .near_label(field)
            .or_else(|| self.first_text(strange.first().copied().filter(|_| alone)?))
            .filter(|_| field.required);
        let rows = of_band.map(|(_, f)| f.label.first.row).chain(strange.iter().copied());
        let row = rows.chain(near.as_ref().map(|(_, at)| at.row)).min();
        let at = match row {
            Some(row) => {
                let first = self.survey.rows.get(&row).and_then(|r| r.cells.iter().find(|(_, c)| !c.is_empty()));
                CellRef::new(row, first.map_or(0, |(col, _)| *col))
            }
            None => self.title_cell().map_or(CellRef::new(0, 0), |r| r.first),
        };
        let range = self.survey.merges.range(at);
        reading.places.cells.insert(pointer.clone(), range);
        if !field.required {
            return;
        }
        let mut finding = Finding::new(
            Code::MissingLabel,
            Text::new(
                format!("the label {:?} is not on the sheet", field.label),
                format!("表上没有“{}”这一项", field.label),
            ),
        )
        .at(reading.places.range(range))
        .pointer(pointer.as_str());
        if let Some((text, at)) = near {
            // A label that is nearly right is one cause: neither it nor the cell beside it is said again.
            let label = self.survey.merges.range(at);
            self.taken.insert(label.first);
            self.taken.insert(self.survey.merges.range(CellRef::new(at.row, label.last.col + 1)).first);
            finding = finding.hint(Text::new(
                format!("{at} says {text:?}; the form has {:?}", field.label),
                format!("{at} 写的是“{text}”，表单中是“{}”", field.label),
            ));
        }
        reading.findings.push(finding);
        reading.unreadable.insert(pointer);
    }

    /// A text outside the tables that is nearly the label.
    fn near_label(&self, field: &Field) -> Option<(String, CellRef)> {
        let outside = |row: u32| {
            self.located
                .heads
                .iter()
                .zip(&self.located.ends)
                .all(|(head, end)| head.as_ref().is_none_or(|h| row < h.first || row >= *end))
        };
        let mut best: Option<(f64, String, CellRef)> = None;
        for (&index, row) in self.survey.rows.iter().filter(|(row, _)| outside(**row)) {
            for (col, cell) in &row.cells {
                let at = CellRef::new(index, *col);
                let Some(text) = cell.as_text().filter(|_| !self.taken.contains(&at)) else { continue };
                let label = text.split([':', '：']).next().unwrap_or(text);
                let score = field.names.iter().map(|n| strsim::normalized_damerau_levenshtein(&fold(label), n));
                let score = score.fold(0.0, f64::max);
                if score >= 0.5 && best.as_ref().is_none_or(|(b, ..)| score > *b) {
                    best = Some((score, label.trim().to_owned(), at));
                }
            }
        }
        best.map(|(_, text, at)| (text, at))
    }

    fn first_text(&self, row: u32) -> Option<(String, CellRef)> {
        let (col, cell) = self.survey.rows.get(&row)?.cells.iter().find(|(_, cell)| !cell.is_empty())?;
        Some((cell.as_text()?.trim().to_owned(), CellRef::new(row, *col)))
    }

    fn name(&mut self, reading: &mut Reading) {
        let Some(field) = &self.form.layout.name_field else { return };
        let found = Found {
            label: Range::cell(CellRef::new(0, 0)),
            value: Range::cell(CellRef::new(0, 0)),
            cell: Some(Cell::text(&self.survey.name)),
        };
        self.value(field, &found, reading);
        reading.places.cells.remove(&pointer_of(&field.path));
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

    fn tables(&mut self, source: &dyn Source, sheet: usize, reading: &mut Reading) {
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
        let mut open: Vec<(usize, Rows<'_>)> = Vec::new();
        for (number, table) in self.form.layout.tables().enumerate() {
            match &self.located.heads[number] {
                Some(head) if self.located.is_unclear(self.form, number) => {
                    unclear_table(self.form, table, head, reading);
                }
                None if self.located.may_be_another(self.form, number) => {
                    reading.unreadable.insert(table.pointer());
                }
                Some(head) => {
                    columns::check(table, head, reading);
                    let year = table.columns.iter().find(|c| c.field.year_from.is_some());
                    let context =
                        year.map_or_else(|| self.context(&table.columns[0].field), |c| self.context(&c.field));
                    let side = head.caption.filter(|c| c.last.row > head.first);
                    let end = self.located.ends[number];
                    let merges = &self.survey.merges;
                    let mut rows = Rows::new(table, head, merges, context, &self.survey.name, end, &notes, side);
                    for (other, beside) in self.located.beside(number) {
                        rows.leave_to_others(beside, other < number);
                    }
                    open.push((number, rows));
                }
                None => {
                    let elsewhere = self.located.out_of_order(number);
                    missing_table(self.form, table, elsewhere, reading);
                }
            }
        }
        let in_head = |at: CellRef| {
            let heads = self.located.heads.iter().flatten();
            heads.into_iter().any(|h| (h.first..=h.last).contains(&at.row) && (h.left()..=h.right()).contains(&at.col))
        };
        let mut stray = 0;
        let outcome = source.rows(sheet, &mut |row| {
            let mut inside = false;
            for (_, rows) in &mut open {
                if rows.covers(row.index) {
                    rows.row(&row);
                    inside = true;
                }
            }
            if !inside {
                for (col, cell) in &row.cells {
                    let range = self.survey.merges.range(CellRef::new(row.index, *col));
                    if stray < MAX_STRAY
                        && !cell.is_empty()
                        && !in_head(range.first)
                        && range.first == CellRef::new(row.index, *col)
                        && !self.taken.contains(&range.first)
                        && cell.as_text().is_none_or(|t| !t.trim().is_empty())
                    {
                        stray += 1;
                        reading.findings.push(rows::unread(&self.survey.name, range, cell));
                    }
                }
            }
            ControlFlow::Continue(())
        });
        if let Err(finding) = outcome {
            reading.findings.push(finding);
        }
        let mut arrays: Vec<(Vec<String>, Value)> = Vec::new();
        for (number, mut rows) in open {
            rows.finish();
            reading.records += rows.count;
            reading.findings.append(&mut rows.findings);
            reading.unreadable.append(&mut rows.unreadable);
            reading.totals.append(&mut rows.totals);
            reading.places.tables.push(rows.places);
            let table = self.form.layout.tables().nth(number);
            let path = table.map(|t| t.path.clone()).unwrap_or_default();
            if !rows.records.is_empty() || rows.empty_token || is_required(self.form, &path) || path.is_empty() {
                arrays.push((path, if rows.null_token { Value::Null } else { rows.records.into() }));
            }
        }
        for (path, array) in arrays {
            insert(&mut self.document, &path, array);
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
fn fixed_texts(layout: &Layout) -> Vec<String> {
    let heads = |band: &BandKind| match band {
        BandKind::Labels(labels) => labels.heads.iter().flatten().cloned().collect(),
        BandKind::Table(_) => Vec::new(),
    };
    layout.bands.iter().flat_map(|b| b.before.iter().chain(&b.after).cloned().chain(heads(&b.kind))).collect()
}

/// A head that could be that of one table as well as of another.
fn unclear_table(form: &Form, table: &Table, head: &Head, reading: &mut Reading) {
    let labels: Vec<&str> = form.layout.tables().filter(|t| same_head(t, table)).map(|t| t.label.as_str()).collect();
    let at = CellRef::new(head.first, head.left());
    reading.findings.push(
        Finding::new(
            Code::AmbiguousHeading,
            Text::new(
                format!("this is the head of {}: which of them it is cannot be told", labels.join(" and of ")),
                format!("{}的表头相同，无法确定这是哪一张表", labels.join("、")),
            ),
        )
        .at(reading.places.at(at))
        .pointer(table.pointer())
        .hint(Text::new("write the table's caption above it", "请在表头上方写明表名")),
    );
    reading.unreadable.insert(table.pointer());
}

fn missing_table(form: &Form, table: &Table, elsewhere: Option<CellRef>, reading: &mut Reading) {
    let pointer = table.pointer();
    if let Some(at) = elsewhere {
        // Its head is there, and out of the form's order.
        let label = &table.label;
        reading.findings.push(
            Finding::new(
                Code::MissingColumn,
                Text::new(
                    format!("the table {label:?} stands here, out of the form's order: it is not read"),
                    format!("“{label}”这张表在此处，与表单的先后次序不符，未读取"),
                ),
            )
            .at(reading.places.at(at))
            .pointer(pointer.as_str()),
        );
    } else if is_required(form, &table.path) {
        let heads: Vec<String> = table.columns.iter().map(crate::layout::Column::heading).collect();
        let place = reading.places.title.unwrap_or(Range::cell(CellRef::new(0, 0)));
        reading.findings.push(
            Finding::new(
                Code::MissingColumn,
                Text::new(
                    format!("the table {:?} is missing: no row has its headings {}", table.label, heads.join(", ")),
                    format!("缺少“{}”这张表：没有一行含有它的表头 {}", table.label, heads.join("、")),
                ),
            )
            .at(reading.places.range(place))
            .pointer(pointer.as_str()),
        );
    }
    reading.unreadable.insert(pointer);
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
