//! The sheet: title, bands, checks, page.

use super::canvas::{Area, Canvas};
use super::fill::label_fields;
use super::formulas::Formulas;
use super::look::{self, Style};
use super::plan::{Filled, Part, Placed, Plan};
use super::table::{self, Stood};
use super::{checks, labels};
use crate::form::Form;
use crate::grid::Range;
use crate::layout::{Field, Layout, Part as TitlePart, Title};
use crate::new_book::{Check, Look, NewContent, NewSheet, Validation};

/// Height of the title's row.
const TITLE: f64 = 34.0;
/// Height of a row with a caption or note.
const LINE: f64 = 22.0;
/// Records of several rows whose cells are checked one by one.
const CHECKED: usize = 500;
/// A table with more records than this keeps its head in sight.
const FREEZE: u32 = 20;

/// Lays the bands below the title, one strip below the other; gives where each table came to stand, too.
pub(super) fn lay(
    form: &Form,
    blank: bool,
    title: Option<String>,
    parts: &[Part<'_>],
    plan: &Plan,
    lists: &mut Vec<Vec<String>>,
) -> (NewSheet, Vec<Stood>) {
    let layout = &form.layout;
    let mut canvas = Canvas::new(plan.widths.clone());
    let mut next = 0;
    if let Some(text) = title {
        put_title(&mut canvas, layout, blank, text, plan);
        next = 1;
    }
    let mut sheet = Laid { form, blank, canvas, lists, tables: Vec::new(), formulas: Formulas::default() };
    for &(first, end) in &plan.strips {
        let below = (first..end).map(|at| sheet.band(next, &parts[at], &plan.placed[at])).max();
        next = below.unwrap_or(next);
    }
    let Laid { canvas, tables, formulas, .. } = sheet;
    let mut sheet = canvas.finish();
    formulas.put(&mut sheet);
    sheet.landscape = layout.landscape;
    sheet.paper = layout.paper;
    sheet.protect = blank;
    // With several tables no head fits every page, and none may stand over another's records.
    if let [Stood { head, first, end, .. }] = tables.as_slice()
        && first > head
    {
        sheet.repeat_rows = Some((*head, first - 1));
        sheet.freeze_below = (end - first > FREEZE).then_some(*first);
    }
    (sheet, tables)
}

fn put_title(canvas: &mut Canvas, layout: &Layout, blank: bool, text: String, plan: &Plan) {
    let holes = layout.title.iter().flat_map(Title::holes).count() > 0;
    let area = Area::new(0, plan.all());
    let content = if text.is_empty() { NewContent::Empty } else { NewContent::Text(text) };
    canvas.at_least(0, TITLE);
    canvas.cells(area, content, &look::title(blank && holes));
    canvas.merge(area);
    if blank && holes {
        let pattern = layout.title.as_ref().map(|title| pattern(title, layout)).unwrap_or_default();
        canvas.sheet.validations.push(Validation {
            range: Range::cell(area.range().first),
            check: Check::Any,
            prompt: Some((String::new(), pattern)),
            error: None,
        });
    }
}

/// A title pattern with the labels of its holes: `{单位}工作方案`.
fn pattern(title: &Title, layout: &Layout) -> String {
    let label = |path: &[String]| {
        let mut fields = layout.title_fields.iter().chain(label_fields(layout)).chain(&layout.name_field);
        fields.find(|field| field.path == path).map_or_else(|| path.join("."), |field| field.label.clone())
    };
    title
        .parts
        .iter()
        .map(|part| match part {
            TitlePart::Literal(text) => text.clone(),
            TitlePart::Hole(hole) => format!("{{{}}}", label(&hole.path)),
        })
        .collect()
}

/// A sheet with some of its bands.
struct Laid<'a> {
    form: &'a Form,
    blank: bool,
    canvas: Canvas,
    lists: &'a mut Vec<Vec<String>>,
    /// Where each table stands.
    tables: Vec<Stood>,
    formulas: Formulas,
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
                    if self.blank {
                        self.formulas.label(field, area.range().first);
                    }
                }
                below
            }
            Filled::Table(table, records) => {
                let stood = table::put(&mut self.canvas, begin, table, records, placed, self.blank);
                let rows = stood.end - stood.first;
                for ((column, block), slot) in table.columns.iter().zip(&placed.blocks).zip(table.slots()) {
                    let cols = (block.0, block.0 + 1);
                    if !column.serial && slot.rows == table.lines {
                        self.check(&column.field, Area::tall(stood.first, rows, cols));
                    } else if !column.serial {
                        let records = (stood.first..stood.end).step_by(table.lines as usize).take(CHECKED);
                        records.for_each(|row| self.check(&column.field, Area::new(row + slot.line, cols)));
                    }
                }
                if self.blank {
                    self.formulas.table(table, &placed.blocks, stood.first, stood.end);
                }
                self.tables.push(stood);
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
    fn line(&mut self, row: &mut u32, text: &str, placed: &Placed, look: &Look) {
        self.canvas.at_least(*row, LINE);
        self.canvas.put(Area::new(*row, placed.cols), NewContent::Text(text.to_owned()), look);
        *row += 1;
    }

    fn check(&mut self, field: &Field, area: Area) {
        let range = area.range();
        let range = if area.rows > 1 { range } else { Range::cell(range.first) };
        let check = if self.blank {
            checks::all(&self.form.schema, field, range, self.lists)
        } else {
            checks::drop_down(field, range, self.lists)
        };
        self.canvas.sheet.validations.extend(check);
    }
}
