//! A document put into a workbook that is there already: which cells change, which rows come in. Where things stand,
//! reading says; what a cell holds, writing says; what both say of the document that is in the workbook and of the one
//! that is to be is compared, so that only what differs is touched.
//!
//! Opens no file and writes none: who knows the file makes the copy. Beside `round_trip` the only place that knows both
//! reading and writing.

mod labels;
mod rows;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use serde_json::Value;

use crate::finding::{Code, Finding, Place, Severity, Text};
use crate::fix::FormatWish;
use crate::form::Form;
use crate::grid::{CellRef, Range, Source};
use crate::layout::{Field, FieldKind};
use crate::new_book::NewContent;
use crate::read::{self, Marks, Reading};
use crate::report::{shown, shown_zh};
use crate::round_trip::{difference, quoted};
use crate::schema::Schema;
use crate::write::{self, Cells, format_of};

/// A workbook whose cells have formats, the empty ones too.
pub trait Styled: Source {
    /// The number of the format of each of these cells, or of the one it would have were it there. Two cells with the
    /// same number look alike.
    fn formats(&self, sheet: usize, cells: &BTreeSet<CellRef>) -> Result<BTreeMap<CellRef, u32>, Finding>;
}

/// What is to be done to a workbook: first the rows and merges, then the cells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// The sheet, by its index.
    pub sheet: usize,
    /// Rows that come in, from top to bottom.
    pub rows: Vec<NewRows>,
    /// Merges that go, as they stand before rows come in.
    pub unmerge: Vec<Range>,
    /// Merges that come, where they stand then.
    pub merge: Vec<Range>,
    /// Cells, where they stand then.
    pub cells: Vec<CellChange>,
}

/// Rows that come in, all alike. Row numbers are those from before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewRows {
    /// The row before which they stand.
    pub at: u32,
    /// How many, a multiple of `lines`.
    pub count: u32,
    /// The first of the rows they are like.
    pub like: u32,
    /// How many rows those are.
    pub lines: u32,
    /// First and last row of the table's records, those that are blank counted.
    pub table: (u32, u32),
}

/// A cell with what it is to hold.
#[derive(Clone, Debug, PartialEq)]
pub struct CellChange {
    /// The cell.
    pub at: CellRef,
    /// What it is to hold. Where a formula stands it stays, and this is the result stored with it.
    pub to: NewContent,
    /// The number format it needs.
    pub wish: FormatWish,
}

/// What came of it.
#[derive(Debug)]
pub struct Filled<B> {
    /// The workbook with the document; none where it held that document before.
    pub book: Option<B>,
    /// What is to be said of it.
    pub notes: Vec<Finding>,
}

/// Puts a document into the sheet of a workbook that fits the form. `make` gives the workbook with changes; it is read
/// back, and is handed out only where the document comes out equal.
///
/// `$schema` is no part of the sheet. Fails with `cannot-hold` for what has no cell there or could not be moved, and
/// with what reading finds where no sheet fits.
pub fn fill_in<B: Styled>(
    form: &Form,
    book: &B,
    document: &Value,
    sheet: Option<&str>,
    make: &mut dyn FnMut(&Changes) -> Result<B, Vec<Finding>>,
) -> Result<Filled<B>, Vec<Finding>> {
    let options = read::Options { sheet: sheet.map(str::to_owned) };
    let reading = read::read(form, book, &options);
    let Some(old) = &reading.document else {
        return Err(reading.findings.into_iter().filter(|finding| finding.severity == Severity::Error).collect());
    };
    let (old, document) = (bare(form, old), bare(form, document));
    let Some(pointer) = difference(&document, &old) else { return Ok(Filled { book: None, notes: Vec::new() }) };
    if read::is_whole(book).map_err(|finding| vec![finding])? && sheet.is_none() {
        return Err(vec![refuse(
            Text::new(
                "the workbook holds its document on child sheets, not on the form's own; those are not written into",
                "该工作簿的内容写在子表中，而不是表单自己的工作表；不能写入子表",
            ),
            pointer,
        )]);
    }
    let marks = Marks::new(form);
    let mut refused = Vec::new();
    for doubt in [Doubt::None, Doubt::Marks, Doubt::All] {
        let mistaken = |text: &str| match doubt {
            Doubt::None => false,
            Doubt::Marks => marks.may_mark(text),
            Doubt::All => true,
        };
        let planned = Planning { form, book, reading: &reading, marks: &marks, mistaken: &mistaken };
        let (changes, notes) = planned.plan(&old, &document)?;
        let copy = make(&changes)?;
        match unlike(form, &copy, &options, &document, &reading) {
            None => return Ok(Filled { book: Some(copy), notes }),
            Some(findings) => refused = findings,
        }
    }
    Err(refused)
}

/// Which texts are written as JSON string literals, so that they are not taken for something else.
#[derive(Clone, Copy)]
enum Doubt {
    None,
    Marks,
    All,
}

/// A document without what says its form.
fn bare(form: &Form, document: &Value) -> Value {
    let mut document = document.clone();
    if let Value::Object(map) = &mut document
        && form.schema.node(Schema::ROOT).property("$schema").is_none()
    {
        map.shift_remove("$schema");
    }
    document
}

/// What is read back otherwise; none where the document comes out, and no error that was not there before.
fn unlike(
    form: &Form,
    made: &dyn Source,
    options: &read::Options,
    document: &Value,
    before: &Reading,
) -> Option<Vec<Finding>> {
    let back = read::read(form, made, options);
    let read = bare(form, back.document.as_ref().unwrap_or(&Value::Null));
    let said =
        |finding: &Finding| before.findings.iter().any(|old| old.code == finding.code && same_words(old, finding));
    let new: Vec<Finding> = back
        .findings
        .into_iter()
        .filter(|finding| finding.severity == Severity::Error && !said(finding))
        .map(|finding| read_back(&finding))
        .collect();
    match difference(document, &read) {
        None if new.is_empty() => None,
        Some(pointer) if new.is_empty() => Some(vec![comes_out(document, &read, pointer)]),
        None | Some(_) => Some(new),
    }
}

fn same_words(a: &Finding, b: &Finding) -> bool {
    a.message.en == b.message.en
}

/// An error that reading finds in the copy.
fn read_back(finding: &Finding) -> Finding {
    let place = crate::report::place_text(None, &finding.place, None);
    let Text { en, zh, .. } = &finding.message;
    let message = Text::new(
        format!("the copy would be read with an error at {place}: {en}"),
        format!("写入后读取会在 {place} 出错：{zh}"),
    );
    let pointer = finding.pointer.clone().unwrap_or_default();
    refuse(message, pointer)
}

/// A value that is read back as another.
fn comes_out(document: &Value, read: &Value, pointer: String) -> Finding {
    let text = |value: Option<&Value>| value.map(crate::text::to_json);
    let (wanted, found) = (text(document.pointer(&pointer)), text(read.pointer(&pointer)));
    let (en, zh) = match (&wanted, &found) {
        (Some(_), Some(found)) => {
            (format!("it would be read back as {}", shown(found)), format!("读回后会成为{}", shown_zh(found)))
        }
        (Some(_), None) => ("it would not be read back".to_owned(), "读回后会没有该值".to_owned()),
        (None, Some(found)) => (
            format!("the document has nothing there, {} would be read", shown(found)),
            format!("文档此处没有值，读回后会有{}", shown_zh(found)),
        ),
        (None, None) => ("another document would be read back".to_owned(), "读回的内容不同".to_owned()),
    };
    let message =
        Text::new(format!("the workbook cannot hold this document: {en}"), format!("该工作簿无法保存这份内容：{zh}"));
    let value = document.pointer(&pointer).cloned();
    let finding = refuse(message.bare("the workbook cannot hold this document", "该工作簿无法保存这份内容"), pointer);
    match value {
        Some(value) => finding.value(value),
        None => finding,
    }
}

/// What could not be read, where the document has nothing.
fn emptied(reading: &Reading, at: CellRef) -> Finding {
    let message = Text::new(
        "what stood here could not be read, and the document has nothing for it: the cell is emptied",
        "此格原有内容无法读取，而要写入的内容中没有该项：已清空",
    );
    let place = Place::on_sheet(reading.places.sheet(), reading.places.merges.range(at));
    Finding::new(Code::UnreadCell, message).severity(Severity::Warning).at(place)
}

/// What cannot be done.
fn refuse(message: Text, pointer: String) -> Finding {
    Finding::new(Code::CannotHold, message).pointer(pointer)
}

/// What the plan is made from.
struct Planning<'a, B> {
    form: &'a Form,
    book: &'a B,
    reading: &'a Reading,
    marks: &'a Marks<'a>,
    mistaken: &'a dyn Fn(&str) -> bool,
}

/// The plan so far. Cells stand by the row they have before rows come in.
#[derive(Default)]
struct Plan {
    rows: Vec<NewRows>,
    unmerge: Vec<Range>,
    /// First and last row, first and last column.
    merge: Vec<(rows::Row, rows::Row, u32, u32)>,
    cells: Vec<Cell>,
    findings: Vec<Finding>,
    notes: Vec<Finding>,
}

impl Plan {
    /// A cell of a field.
    fn cell(&mut self, row: rows::Row, col: u32, field: &Field, to: NewContent) {
        let wish = wish(field, &to);
        self.cells.push(Cell { row, col, to, wish, is_value: true });
    }
}

/// A cell of the plan.
#[derive(Default)]
struct Cell {
    row: rows::Row,
    col: u32,
    to: NewContent,
    wish: FormatWish,
    /// Whether it is a value by itself, which may be quoted.
    is_value: bool,
}

fn wish(field: &Field, to: &NewContent) -> FormatWish {
    FormatWish {
        format: format_of(field, to).filter(|code| code != "@"),
        is_date: matches!(field.kind, FieldKind::Date | FieldKind::Month),
        is_month: field.kind == FieldKind::Month,
        in_percent: matches!(field.unit.as_deref(), Some("%" | "％")),
        as_text: false,
    }
}

impl<B: Styled> Planning<'_, B> {
    fn plan(&self, old: &Value, document: &Value) -> Result<(Changes, Vec<Finding>), Vec<Finding>> {
        let places = &self.reading.places;
        let info = self.book.info();
        let sheet = info.sheets.iter().position(|sheet| sheet.name == places.sheet()).unwrap_or(0);
        let new = write::cells(self.form, document, self.mistaken)?;
        let old_cells = write::cells(self.form, old, self.mistaken)?;
        let mut plan = Plan::default();
        self.elsewhere(&old_cells, &new, old, document, &mut plan.findings);
        self.labels(sheet, &old_cells, &new, &mut plan).map_err(|finding| vec![finding])?;
        self.tables(sheet, (old, &old_cells), (document, &new), &mut plan).map_err(|finding| vec![finding])?;
        if !plan.findings.is_empty() {
            return Err(plan.findings);
        }
        plan.rows.sort_by_key(|rows| rows.at);
        let formulas = self.formulas(sheet, &plan).map_err(|finding| vec![finding])?;
        plan.notes.extend(formulas);
        let place = |row: &rows::Row| row.after(&plan.rows);
        let shift_dates = if info.date1904 { 1_462.0 } else { 0.0 };
        let cells = plan.cells.iter().map(|cell| {
            let to = match &cell.to {
                NewContent::Text(text) if cell.is_value => match quoted(text, self.mistaken) {
                    Some(quoted) => NewContent::Text(quoted),
                    None => cell.to.clone(),
                },
                // That book counts its days from another one.
                NewContent::Number(days) if cell.wish.is_date => NewContent::Number(days - shift_dates),
                other => other.clone(),
            };
            CellChange { at: CellRef::new(place(&cell.row), cell.col), to, wish: cell.wish.clone() }
        });
        let cells = cells.collect();
        let merge = plan.merge.iter().map(|(first, last, left, right)| Range {
            first: CellRef::new(place(first), *left),
            last: CellRef::new(place(last), *right),
        });
        let merge = merge.collect();
        Ok((Changes { sheet, rows: plan.rows, unmerge: plan.unmerge, merge, cells }, plan.notes))
    }

    /// What is to be said of values that are written where formulas stand; totals are computed in any case.
    fn formulas(&self, sheet: usize, plan: &Plan) -> Result<Option<Finding>, Finding> {
        let values = plan.cells.iter().filter(|cell| cell.is_value && cell.to != NewContent::Empty);
        let place = |cell: &Cell| match cell.row {
            rows::Row::Old(row) => Some((CellRef::new(row, cell.col), CellRef::new(row, cell.col))),
            rows::Row::New { at, offset } => {
                let new = plan.rows.iter().find(|new| new.at == at)?;
                let after = CellRef::new(cell.row.after(&plan.rows), cell.col);
                Some((CellRef::new(new.like + offset % new.lines, cell.col), after))
            }
        };
        let mut like: BTreeMap<CellRef, Vec<CellRef>> = BTreeMap::new();
        for (own, after) in values.filter_map(place) {
            like.entry(own).or_default().push(after);
        }
        let (mut count, mut first) = (0, None);
        self.book.rows(sheet, &mut |row| {
            for (col, _) in row.cells.iter().filter(|(_, cell)| cell.formula.is_some()) {
                if let Some(cells) = like.get(&CellRef::new(row.index, *col)) {
                    count += cells.len();
                    first = first.min(cells.iter().min().copied()).or(first).or(cells.iter().min().copied());
                }
            }
            ControlFlow::Continue(())
        })?;
        Ok(first.map(|first| {
            let message = Text::new(
                format!(
                    "formulas stay where values were to be written ({count} cells): the values are stored as their \
                     results, and a program works them out anew on opening"
                ),
                format!("要写入的单元格中有公式（{count} 格），公式保留：写入的值存为其结果，打开时会重新计算"),
            );
            let place = Place::on_sheet(self.reading.places.sheet(), Range::cell(first));
            Finding::new(Code::Converted, message.open()).severity(Severity::Info).at(place)
        }))
    }

    /// What stands neither in a label's cell nor in a table.
    fn elsewhere(&self, old: &Cells<'_>, new: &Cells<'_>, before: &Value, after: &Value, findings: &mut Vec<Finding>) {
        if old.further != new.further {
            findings.push(refuse(
                Text::new(
                    "a part of this document stands on a child sheet, and those are not written into",
                    "这份内容有一部分写在子表中，不能写入已有的工作簿",
                ),
                difference(after, before).unwrap_or_default(),
            ));
        }
        if let Some(field) = self.form.layout.name_field.as_ref().filter(|_| old.name != new.name) {
            let name = new.name.as_str();
            findings.push(refuse(
                Text::new(
                    format!(
                        "{:?} is the name of the sheet, which stays: rename the sheet to {}",
                        field.label,
                        shown(name)
                    ),
                    format!("“{}”是工作表的名称，不作改动；请先把工作表改名为{}", field.label, shown_zh(name)),
                )
                .bare("this value is the name of the sheet, which stays", "该值是工作表的名称，不作改动"),
                crate::layout::pointer_of(&field.path),
            ));
        }
    }
}
