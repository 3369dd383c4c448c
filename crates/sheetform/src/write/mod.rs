//! From a document to a sheet, as an office would have made it; and the blank sheet that people fill in.
//!
//! Nothing is written that no cell could hold: such a value is refused with its JSON pointer. Whether a text would be
//! taken for a heading or label where it stands is the caller's to try, by reading [`to_grid`].

mod canvas;
mod checks;
mod cover;
mod divide;
mod grid;
mod labels;
mod look;
mod measure;
mod number;
mod objects;
mod plan;
mod records;
mod table;
#[cfg(test)]
mod tests;
mod titles;
mod value;

use serde_json::Value;

pub use grid::to_grid;
pub use titles::plain_name;
pub use value::cell_content;

use crate::finding::{Code, Finding, Text};
use crate::form::Form;
use crate::grid::{MAX_COLUMNS, MAX_ROWS};
use crate::layout::{BandKind, Field, Layout, at_path, pointer_of};
use crate::new_book::{Check, NewBook, NewContent, NewSheet, Validation};
use crate::schema::Schema;
use canvas::{Area, Canvas};
use look::Style;
use objects::{Leaf, OBJECT, Objects};
use plan::{Filled, Part, Placed, Plan};

/// Rows of a blank table, where the form does not say how many.
const BLANK_ROWS: u32 = 10;
/// Height of the title's row.
const TITLE: f64 = 34.0;
/// Height of a row with a caption or note.
const LINE: f64 = 22.0;
/// A table with more records than this keeps its head in sight.
const FREEZE: u32 = 20;

/// Lays out a document on a sheet.
///
/// Fails with `cannot-hold` for each value that could not be read back, and `over-limit` for a table with more rows or
/// columns than a sheet has.
pub fn write(form: &Form, document: &Value) -> Result<NewBook, Vec<Finding>> {
    let mut book = build(form, Some(document))?;
    if let Some(schema) = document.get("$schema").and_then(Value::as_str)
        && !form.layout.bands.is_empty()
    {
        book.properties.push(("sheetform-schema".to_owned(), schema.to_owned()));
    }
    Ok(book)
}

/// Lays out the blank sheet: rows to fill in, drop-downs, checks and help, everything else locked.
///
/// Fails with `over-limit` for a form with more rows or columns than a sheet has.
pub fn template(form: &Form) -> Result<NewBook, Vec<Finding>> {
    build(form, None)
}

fn build(form: &Form, document: Option<&Value>) -> Result<NewBook, Vec<Finding>> {
    let layout = &form.layout;
    let mut findings = document.map(|document| cover::check(layout, document)).unwrap_or_default();
    if !findings.is_empty() {
        return Err(findings);
    }
    let title = titles::title(layout, document, &mut findings);
    let name = titles::sheet_name(form, document, &mut findings);
    let parts = fill(form, document, &mut findings);
    if !findings.is_empty() {
        return Err(findings);
    }
    let plan = Plan::new(&form.schema, layout, &parts);
    check_size(&plan, &parts)?;
    let mut book = NewBook::default();
    let sheet = lay(form, document.is_none(), title, &parts, &plan, &mut book.lists);
    if let Some(row) = sheet.cells.last().map(|cell| cell.at.row).filter(|row| *row >= MAX_ROWS) {
        return Err(vec![over_limit(u64::from(row) + 1, "rows", "行", MAX_ROWS, longest(&parts))]);
    }
    book.sheets.push(NewSheet { name, ..sheet });
    if !form.id.is_empty() {
        book.properties.push(("sheetform-form".to_owned(), form.id.clone()));
    }
    if let Some(version) = form.version {
        book.properties.push(("sheetform-version".to_owned(), version.to_string()));
    }
    Ok(book)
}

/// The cells of every band.
fn fill<'a>(form: &'a Form, document: Option<&Value>, findings: &mut Vec<Finding>) -> Vec<Part<'a>> {
    let layout = &form.layout;
    let mut labels = label_cells(layout, document, findings);
    let mut parts: Vec<Part<'_>> = Vec::new();
    let mut shown = Vec::new();
    for band in &layout.bands {
        let filled = match &band.kind {
            BandKind::Labels(band) => Filled::Labels(band, labels.drain(..band.fields().count()).collect()),
            BandKind::Table(table) => {
                let records = match document {
                    Some(document) => records::lay(&form.schema, table, document, findings),
                    None => {
                        let rows = if table.blank_rows == 0 { BLANK_ROWS } else { table.blank_rows };
                        records::blank(table, rows.min(MAX_ROWS))
                    }
                };
                shown.push(records.filled);
                Filled::Table(table, records)
            }
        };
        parts.push(Part { band, filled });
    }
    if let Some(document) = document {
        mark_objects(form, document, &shown, &mut parts, findings);
    }
    parts
}

/// A cell for each field of the label bands, in order.
fn label_cells(layout: &Layout, document: Option<&Value>, findings: &mut Vec<Finding>) -> Vec<NewContent> {
    let one = |field: &Field| match document {
        Some(document) => value::hold(field, at_path(document, &field.path)).unwrap_or_else(|message| {
            findings.push(refuse(message, pointer_of(&field.path)));
            NewContent::Empty
        }),
        None => value::open_boxes(&field.kind).map_or(NewContent::Empty, NewContent::Text),
    };
    label_fields(layout).map(one).collect()
}

fn label_fields(layout: &Layout) -> impl Iterator<Item = &Field> {
    layout.bands.iter().flat_map(|band| match &band.kind {
        BandKind::Labels(labels) => labels.fields().collect::<Vec<_>>(),
        BandKind::Table(_) => Vec::new(),
    })
}

/// Marks the optional objects of the document that are there but have nothing on the sheet.
fn mark_objects(form: &Form, document: &Value, shown: &[bool], parts: &mut [Part<'_>], findings: &mut Vec<Finding>) {
    let layout = &form.layout;
    let mut leaves: Vec<Leaf<'_>> = label_fields(layout).map(|field| Leaf { field, markable: true }).collect();
    let labels = leaves.len();
    let elsewhere = layout.title_fields.iter().chain(&layout.name_field);
    leaves.extend(elsewhere.map(|field| Leaf { field, markable: false }));
    let lists: Vec<&[String]> = layout.tables().map(|table| table.path.as_slice()).collect();
    let objects = Objects::new(&form.schema, Schema::ROOT, &leaves, &lists, false);
    let mut cells: Vec<&mut NewContent> = Vec::with_capacity(labels);
    for part in parts {
        if let Filled::Labels(_, contents) = &mut part.filled {
            cells.extend(contents.iter_mut());
        }
    }
    let mut filled: Vec<bool> = cells.iter().map(|cell| **cell != NewContent::Empty).collect();
    filled.extend(leaves[labels..].iter().map(|leaf| at_path(document, &leaf.field.path).is_some()));
    match objects.marks(document, &mut filled, shown) {
        Ok(marks) => marks.into_iter().for_each(|mark| *cells[mark] = NewContent::Text(OBJECT.to_owned())),
        Err(path) => findings.push(refuse(records::empty_object(), pointer_of(&path))),
    }
}

fn check_size(plan: &Plan, parts: &[Part<'_>]) -> Result<(), Vec<Finding>> {
    let columns = plan.widths.len() as u64;
    if columns > u64::from(MAX_COLUMNS) {
        return Err(vec![over_limit(columns, "columns", "列", MAX_COLUMNS, longest(parts))]);
    }
    Ok(())
}

/// The pointer of the largest table.
fn longest(parts: &[Part<'_>]) -> String {
    let tables = parts.iter().filter_map(|part| match &part.filled {
        Filled::Table(table, records) => Some((records.cells.len(), table.pointer())),
        Filled::Labels(..) => None,
    });
    tables.max_by_key(|(cells, _)| *cells).map(|(_, pointer)| pointer).unwrap_or_default()
}

/// Lays the bands below the title, one strip below the other.
fn lay(
    form: &Form,
    blank: bool,
    title: Option<String>,
    parts: &[Part<'_>],
    plan: &Plan,
    lists: &mut Vec<Vec<String>>,
) -> NewSheet {
    let layout = &form.layout;
    let mut canvas = Canvas::new(plan.widths.clone());
    let mut next = 0;
    if let Some(text) = title {
        put_title(&mut canvas, layout, blank, text, plan);
        next = 1;
    }
    let mut sheet = Laid { form, blank, canvas, lists, heads: Vec::new() };
    for &(first, end) in &plan.strips {
        let below = (first..end).map(|at| sheet.band(next, &parts[at], &plan.placed[at])).max();
        next = below.unwrap_or(next);
    }
    let Laid { canvas, heads, .. } = sheet;
    let mut sheet = canvas.finish();
    sheet.landscape = layout.landscape;
    sheet.paper = layout.paper;
    sheet.protect = blank;
    // With several tables no head fits every page, and none may stand over another's records.
    if let [(head, first, records)] = heads.as_slice()
        && first > head
    {
        sheet.repeat_rows = Some((*head, first - 1));
        sheet.freeze_below = (*records > FREEZE).then_some(*first);
    }
    sheet
}

fn put_title(canvas: &mut Canvas, layout: &Layout, blank: bool, text: String, plan: &Plan) {
    let lives: Vec<String> = layout.title_fields.iter().map(|field| field.label.clone()).collect();
    let area = Area::new(0, plan.all());
    let content = if text.is_empty() { NewContent::Empty } else { NewContent::Text(text) };
    canvas.at_least(0, TITLE);
    canvas.cells(area, content, &look::title(blank && !lives.is_empty()));
    canvas.merge(area);
    if blank && !lives.is_empty() {
        let pattern = layout.title.as_ref().map(|title| pattern(title, layout)).unwrap_or_default();
        canvas.sheet.validations.push(Validation {
            range: crate::grid::Range::cell(area.range().first),
            check: Check::Any,
            prompt: Some((lives.join("、"), pattern)),
            error: None,
        });
    }
}

/// A title pattern with the labels of its holes: `{单位}工作方案`.
fn pattern(title: &crate::layout::Title, layout: &Layout) -> String {
    let label = |path: &[String]| {
        let mut fields = layout.title_fields.iter().chain(label_fields(layout)).chain(&layout.name_field);
        fields.find(|field| field.path == path).map_or_else(|| path.join("."), |field| field.label.clone())
    };
    title
        .parts
        .iter()
        .map(|part| match part {
            crate::layout::Part::Literal(text) => text.clone(),
            crate::layout::Part::Hole(hole) => format!("{{{}}}", label(&hole.path)),
        })
        .collect()
}

/// A sheet with some of its bands.
struct Laid<'a> {
    form: &'a Form,
    blank: bool,
    canvas: Canvas,
    lists: &'a mut Vec<Vec<String>>,
    /// For each table the first row of its head, that of its records, and how many they are.
    heads: Vec<(u32, u32, u32)>,
}

impl Laid<'_> {
    /// Puts a band from a row down; gives the row below it.
    fn band(&mut self, first: u32, part: &Part<'_>, placed: &Placed) -> u32 {
        let band = part.band;
        let mut next = first;
        for note in &band.before {
            self.line(&mut next, note, placed, &look::note());
        }
        let caption = band.caption.as_ref();
        if let Some(text) = caption.filter(|_| placed.side.is_none()) {
            self.line(&mut next, text, placed, &look::caption());
        }
        let begin = next;
        next = match &part.filled {
            Filled::Labels(labels, contents) => {
                let style = Style { column: false, open: self.blank };
                let (below, areas) = labels::put(&mut self.canvas, begin, labels, contents, placed, style);
                for (field, area) in labels.fields().zip(areas) {
                    self.check(field, area);
                }
                below
            }
            Filled::Table(table, records) => {
                let stood = table::put(&mut self.canvas, begin, table, records, placed, self.blank);
                let rows = stood.end - stood.first;
                for (column, block) in table.columns.iter().zip(&placed.blocks) {
                    if !column.serial {
                        self.check(&column.field, Area::tall(stood.first, rows, (block.0, block.0 + 1)));
                    }
                }
                self.heads.push((stood.head, stood.first, rows));
                stood.below
            }
        };
        if let (Some(cols), Some(text)) = (placed.side, caption) {
            let area = Area::tall(begin, next.saturating_sub(begin).max(1), cols);
            self.canvas.put(area, NewContent::Text(text.clone()), &look::side());
        }
        for note in &band.after {
            self.line(&mut next, note, placed, &look::note());
        }
        next
    }

    /// A line of text over a band.
    fn line(&mut self, row: &mut u32, text: &str, placed: &Placed, look: &crate::new_book::Look) {
        self.canvas.at_least(*row, LINE);
        self.canvas.put(Area::new(*row, placed.cols), NewContent::Text(text.to_owned()), look);
        *row += 1;
    }

    fn check(&mut self, field: &Field, area: Area) {
        let range = area.range();
        let range = if area.rows > 1 { range } else { crate::grid::Range::cell(range.first) };
        let check = if self.blank {
            checks::all(&self.form.schema, field, range, self.lists)
        } else {
            checks::drop_down(field, range, self.lists)
        };
        self.canvas.sheet.validations.extend(check);
    }
}

/// A value that could not be read back.
fn refuse(message: Text, pointer: String) -> Finding {
    Finding::new(Code::CannotHold, message).pointer(pointer)
}

fn over_limit(found: u64, en: &str, zh: &str, limit: u32, pointer: String) -> Finding {
    let message = Text::new(
        format!("{found} {en}, and a sheet has {limit}"),
        format!("共 {found} {zh}，超过一张工作表的上限 {limit} {zh}"),
    );
    Finding::new(Code::OverLimit, message).pointer(pointer)
}
