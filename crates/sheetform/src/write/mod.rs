//! From a document to a sheet, as an office would have made it; and the blank sheet that people fill in.
//!
//! Nothing is written that no cell could hold: such a value is refused with its JSON pointer. Whether a text would be
//! taken for a heading or label where it stands is the caller's to try, by reading [`to_grid`].

mod canvas;
mod checks;
mod cover;
mod divide;
mod fill;
mod flat;
mod formulas;
mod grid;
mod labels;
mod long;
mod look;
mod measure;
mod number;
mod objects;
mod parts;
mod plan;
mod records;
mod sheet;
mod table;
#[cfg(test)]
mod tests;
mod titles;
mod value;

use serde_json::Value;

pub(crate) use flat::Flat;
pub use grid::to_grid;
pub(crate) use grid::{cell as grid_cell, format as grid_format};
pub(crate) use long::{FIRST, Long, Sound};
pub(crate) use records::Records;
pub(crate) use table::total_of;
pub(crate) use value::{format_of, hold};

use crate::finding::{Code, Finding, Text};
use crate::form::Form;
use crate::grid::{MAX_COLUMNS, MAX_ROWS};
use crate::layout::{BandKind, Field, FieldKind, Layout, is_table, plain_name, pointer_of};
use crate::new_book::{NewBook, NewContent, NewSheet};
use crate::schema::Schema;
use parts::Parts;
use plan::{Filled, Part, Plan};
use table::Stood;

/// A sheet of more labels and tables than this has to be filled, or it is not worth its room.
const MANY_BANDS: usize = 40;
/// It has to be filled by more than one in so many.
const FILLED: usize = 8;

/// Lays out a document on a sheet.
///
/// Fails with `cannot-hold` for each value that could not be read back, and `over-limit` for a table with more rows or
/// columns than a sheet has.
pub fn write(form: &Form, document: &Value) -> Result<NewBook, Vec<Finding>> {
    write_doubtful(form, document, &|_| false)
}

/// As `write`; lists whose text is `mistaken` for something else are written as JSON.
pub(crate) fn write_doubtful(
    form: &Form,
    document: &Value,
    mistaken: &dyn Fn(&str) -> bool,
) -> Result<NewBook, Vec<Finding>> {
    let rest = cover::undeclared(&form.schema, document);
    let open = (!rest.is_empty()).then(|| form.with_rest(&|pattern| rest.contains(pattern)));
    let form = open.as_ref().unwrap_or(form);
    let findings = cover::check(&form.layout, document, &rest);
    if !findings.is_empty() {
        return Err(findings);
    }
    let mut book = build(form, Some(document), mistaken)?;
    mark_schema(form, document, &mut book);
    Ok(book)
}

/// Keeps what the document says of its form.
fn mark_schema(form: &Form, document: &Value, book: &mut NewBook) {
    if let Some(schema) = document.get("$schema").and_then(Value::as_str)
        && form.schema.node(Schema::ROOT).property("$schema").is_none()
        && !form.layout.bands.is_empty()
    {
        book.properties.push(("sheetform-schema".to_owned(), schema.to_owned()));
    }
}

/// Whether a form has bands of its own: it says more than that there is a value.
pub(crate) fn has_bands(form: &Form) -> bool {
    let root = form.schema.node(Schema::ROOT);
    root.is_section() || is_table(&form.schema, Schema::ROOT) || FieldKind::of(&form.schema, root) != FieldKind::Json
}

/// Whether a document would be lost on the form's own sheet: many labels and tables that no `x-sheet` arranges, nearly
/// all of them empty. On child sheets only what is there takes room.
pub(crate) fn is_lost(form: &Form, document: &Value) -> bool {
    let (mut all, mut filled) = (0, 0);
    let mut count = |path: &[String]| {
        all += 1;
        filled += usize::from(document.pointer(&pointer_of(path)).is_some());
    };
    for band in &form.layout.bands {
        match &band.kind {
            BandKind::Labels(labels) => labels.fields().for_each(|field| count(&field.path)),
            BandKind::Table(table) => count(&table.path),
        }
    }
    all > MANY_BANDS && filled > 0 && filled * FILLED < all && !form.schema.is_arranged()
}

/// Lays out a document as child sheets only: what the form's own bands cannot hold. With `typed`, headings and cells
/// follow the form where it describes what stands there.
pub(crate) fn write_whole(form: &Form, document: &Value, typed: bool) -> Result<NewBook, Vec<Finding>> {
    let mut findings = Vec::new();
    let parts = Parts::new(&form.schema, typed);
    parts.root(document, &plain_name(form));
    let mut book = NewBook { sheets: parts.sheets(&[], &mut findings), ..NewBook::default() };
    mark(form, &mut book);
    if findings.is_empty() { Ok(book) } else { Err(findings) }
}

/// What the cells of a form's bands hold for a document, wherever they stand.
pub(crate) struct Cells<'a> {
    /// Values of the label bands with their fields.
    pub(crate) labels: Vec<(&'a Field, NewContent)>,
    /// The rows of each table, in the order of the form.
    pub(crate) tables: Vec<Records>,
    /// The title row.
    pub(crate) title: Option<String>,
    /// The name of the sheet.
    pub(crate) name: String,
    /// Child sheets.
    pub(crate) further: Vec<NewSheet>,
}

/// The cells of a document, without a place; lists whose text is `mistaken` for something else as JSON.
///
/// Fails with `cannot-hold` for what has no cell in the form's bands, or could not be read back from one.
pub(crate) fn cells<'a>(
    form: &'a Form,
    document: &'a Value,
    mistaken: &dyn Fn(&str) -> bool,
) -> Result<Cells<'a>, Vec<Finding>> {
    let mut findings = cover::check(&form.layout, document, &std::collections::BTreeSet::new());
    let title = titles::title(&form.layout, Some(document), &mut findings);
    let name = titles::sheet_name(form, Some(document), &mut findings);
    let children = Parts::new(&form.schema, true);
    let parts = fill::fill(form, Some(document), &children, mistaken, &mut findings);
    let further = children.sheets(std::slice::from_ref(&name), &mut findings);
    if !findings.is_empty() {
        return Err(findings);
    }
    let mut out = Cells { labels: Vec::new(), tables: Vec::new(), title, name, further };
    for part in parts {
        match part.filled {
            Filled::Labels(band, contents) => out.labels.extend(band.fields().zip(contents)),
            Filled::Table(_, records) => out.tables.push(records),
        }
    }
    Ok(out)
}

/// Lays out the blank sheet: rows to fill in, drop-downs, checks and help, everything else locked.
///
/// Fails with `over-limit` for a form with more rows or columns than a sheet has.
pub fn template(form: &Form) -> Result<NewBook, Vec<Finding>> {
    build(form, None, &|_| false)
}

fn build(form: &Form, document: Option<&Value>, mistaken: &dyn Fn(&str) -> bool) -> Result<NewBook, Vec<Finding>> {
    built(form, document, mistaken).map(|built| built.book)
}

/// A book, and how its form's own sheet came to be.
struct Built<'a> {
    book: NewBook,
    parts: Vec<Part<'a>>,
    plan: Plan,
    /// One for each table.
    stood: Vec<Stood>,
}

fn built<'a>(
    form: &'a Form,
    document: Option<&'a Value>,
    mistaken: &dyn Fn(&str) -> bool,
) -> Result<Built<'a>, Vec<Finding>> {
    let layout = &form.layout;
    let mut findings = Vec::new();
    let title = titles::title(layout, document, &mut findings);
    let name = titles::sheet_name(form, document, &mut findings);
    let children = Parts::new(&form.schema, true);
    let parts = fill::fill(form, document, &children, mistaken, &mut findings);
    if !findings.is_empty() {
        return Err(findings);
    }
    let plan = Plan::new(&form.schema, layout, &parts);
    check_size(&plan, &parts)?;
    let mut book = NewBook::default();
    let (sheet, stood) = sheet::lay(form, document.is_none(), title, &parts, &plan, &mut book.lists);
    if let Some(row) = sheet.cells.last().map(|cell| cell.at.row).filter(|row| *row >= MAX_ROWS) {
        return Err(vec![over_limit(u64::from(row) + 1, "rows", "行", MAX_ROWS, longest(&parts))]);
    }
    let taken = std::slice::from_ref(&name);
    let further = match document {
        Some(_) => children.sheets(taken, &mut findings),
        None => children.blank(&fields(layout), taken),
    };
    if !findings.is_empty() {
        return Err(findings);
    }
    book.sheets.push(NewSheet { name, ..sheet });
    book.sheets.extend(further);
    mark(form, &mut book);
    Ok(Built { book, parts, plan, stood })
}

/// Every field of a layout that stands in a band.
fn fields(layout: &Layout) -> Vec<&Field> {
    let columns = layout.tables().flat_map(|table| &table.columns).map(|column| &column.field);
    fill::label_fields(layout).chain(columns).collect()
}

/// Says the form in the book's properties.
fn mark(form: &Form, book: &mut NewBook) {
    if !form.id.is_empty() {
        book.properties.push(("sheetform-form".to_owned(), form.id.clone()));
    }
    if let Some(version) = form.version {
        book.properties.push(("sheetform-version".to_owned(), version.to_string()));
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
