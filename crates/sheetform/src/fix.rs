//! What can be mended in a workbook without asking: cells with what they would hold from now on. Whether a cell still
//! holds what was read from it is looked up here; writing is someone else's.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use serde_json::Value;

use crate::finding::{Finding, Place};
use crate::grid::{Cell, CellRef, Content, FormatKind, NumberFormat, Source};
use crate::new_book::NewContent;
use crate::serial::{date_iso, datetime_iso};

/// What a cell would hold from now on.
#[derive(Clone, Debug, PartialEq)]
pub struct Mend {
    /// What was read. A cell that holds anything else (a label with its value, two values) is left.
    pub from: Content,
    /// What it would hold.
    pub to: NewContent,
    /// The number format that it needs.
    pub(crate) wish: FormatWish,
}

/// The number format that a value needs, where the one of its cell would show it, or have it read, as something else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "what the value is, each by itself")]
pub struct FormatWish {
    /// The number format that the form has for it.
    pub(crate) format: Option<String>,
    pub(crate) is_date: bool,
    pub(crate) is_month: bool,
    pub(crate) in_percent: bool,
    /// Whether a text is to stand in a cell of text, as what was a number does.
    pub(crate) as_text: bool,
}

impl FormatWish {
    /// The number format to give to a cell that has this one; `None` where its own will do.
    pub fn on(&self, to: &NewContent, own: Option<&NumberFormat>) -> Option<String> {
        let code = own.map_or("General", |format| &format.code);
        match to {
            NewContent::Text(_) => (self.as_text && code != "@").then(|| "@".to_owned()),
            NewContent::Number(_) => {
                let plain = code == "@" || code.eq_ignore_ascii_case("General");
                let kept = match own.map_or(FormatKind::Number, |format| format.kind) {
                    FormatKind::Date | FormatKind::DateTime => self.is_date,
                    FormatKind::Month => self.is_month,
                    FormatKind::Time | FormatKind::Duration => false,
                    FormatKind::Percent => !self.is_date && !self.in_percent,
                    FormatKind::Number | FormatKind::Text => !self.is_date && !plain,
                };
                let own = || self.format.clone().or_else(|| (code != "General").then(|| "General".to_owned()));
                if kept { None } else { own() }
            }
            NewContent::Empty | NewContent::Bool(_) | NewContent::Formula { .. } => None,
        }
    }
}

impl Mend {
    /// A serial number in its place.
    pub(crate) fn serial(number: u64, from: Content) -> Self {
        let to = NewContent::Number(number as f64);
        let wish = FormatWish { as_text: !matches!(from, Content::Text(_)), ..FormatWish::default() };
        Self { from, to, wish }
    }

    fn fits(&self, cell: &Cell) -> bool {
        match (&self.from, &cell.content) {
            (Content::Number { value, .. }, Content::Number { value: there, .. }) => value.total_cmp(there).is_eq(),
            (from, there) => from == there,
        }
    }

    /// The number format that the cell needs for it, where its own would show or be read as something else.
    fn format_on(&self, cell: &Cell) -> Option<String> {
        self.wish.on(&self.to, cell.format.as_deref())
    }
}

/// A cell that was mended, or would be.
#[derive(Clone, Debug, PartialEq)]
pub struct Fixed {
    /// The cell.
    pub place: Place,
    /// What it held, and what it holds; none in a report without values.
    pub values: Option<(Value, Value)>,
    /// Whether what it holds now is a date, written `2026-03-01`.
    pub is_date: bool,
}

impl Fixed {
    /// The same without values.
    #[must_use]
    pub fn masked(self) -> Self {
        Self { values: None, ..self }
    }
}

/// A cell with what is to be put there.
#[derive(Clone, Debug, PartialEq)]
pub struct CellFix {
    /// The sheet, by its index.
    pub sheet: usize,
    /// The cell.
    pub at: CellRef,
    /// What it is to hold.
    pub to: NewContent,
    /// The number format it needs, where not its own.
    pub format: Option<String>,
}

/// What is to be done to a workbook.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// The cells, by sheet and row.
    pub cells: Vec<CellFix>,
    /// The same for people, in the same order.
    pub fixed: Vec<Fixed>,
    /// Cells left because a formula stands there.
    pub formulas: usize,
}

/// Plans mends. Of two for one cell the later counts, where what it is for is a number of its own.
///
/// Fails where a sheet cannot be read.
pub fn plan(source: &dyn Source, mends: Vec<(Place, Mend)>) -> Result<Plan, Finding> {
    let info = source.info();
    let mut sheets: BTreeMap<usize, BTreeMap<CellRef, (Place, Mend)>> = BTreeMap::new();
    for (place, mend) in mends {
        let index = place.sheet.as_ref().and_then(|name| info.sheets.iter().position(|sheet| sheet.name == *name));
        let (Some(index), Some(at)) = (index, place.cell) else { continue };
        let cells = sheets.entry(index).or_default();
        match cells.get_mut(&at) {
            // A serial that was read from text, or filled in, and is out of line besides.
            Some((_, known)) => known.to = mend.to,
            None => _ = cells.insert(at, (place, mend)),
        }
    }
    let mut plan = Plan::default();
    for (sheet, mut cells) in sheets {
        let mut add = |at: CellRef, cell: &Cell, place: Place, mend: Mend| {
            if cell.formula.is_some() {
                plan.formulas += 1;
            } else if mend.fits(cell) {
                let format = mend.format_on(cell);
                if format.is_none() && same(&cell.content, &mend.to) {
                    return;
                }
                let is_date = mend.wish.is_date && matches!(mend.to, NewContent::Number(_));
                let values = (held(cell, info.date1904), holds(&mend, info.date1904));
                plan.fixed.push(Fixed { place, values: Some(values), is_date });
                plan.cells.push(CellFix { sheet, at, to: mend.to, format });
            }
        };
        source.rows(sheet, &mut |row| {
            let next = CellRef::new(row.index.saturating_add(1), 0);
            let later = cells.split_off(&next);
            for (at, (place, mend)) in std::mem::replace(&mut cells, later) {
                let here = row.cells.iter().find(|(col, _)| at.row == row.index && *col == at.col);
                add(at, here.map_or(&Cell::default(), |(_, cell)| cell), place, mend);
            }
            if cells.is_empty() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        for (at, (place, mend)) in cells {
            add(at, &Cell::default(), place, mend);
        }
    }
    Ok(plan)
}

fn same(there: &Content, to: &NewContent) -> bool {
    match (there, to) {
        (Content::Number { value, .. }, NewContent::Number(to)) => value.total_cmp(to).is_eq(),
        (Content::Text(text), NewContent::Text(to)) => **text == **to,
        (Content::Bool(on), NewContent::Bool(to)) => on == to,
        _ => false,
    }
}

/// What a cell holds, as people see it.
fn held(cell: &Cell, date1904: bool) -> Value {
    match &cell.content {
        Content::Empty => Value::Null,
        Content::Text(text) | Content::Error(text) => (**text).into(),
        Content::Bool(on) => (*on).into(),
        Content::Number { value, raw } => {
            let date = match cell.kind() {
                FormatKind::Date | FormatKind::Month => date_iso(*value, date1904),
                FormatKind::DateTime => datetime_iso(*value, date1904),
                _ => None,
            };
            date.map_or_else(|| number(*value, raw), Value::from)
        }
    }
}

fn number(value: f64, raw: &str) -> Value {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        return (value as i64).into();
    }
    serde_json::Number::from_f64(value).map_or_else(|| raw.into(), Value::from)
}

fn holds(mend: &Mend, date1904: bool) -> Value {
    match &mend.to {
        NewContent::Empty => Value::Null,
        NewContent::Text(text) => text.as_str().into(),
        NewContent::Bool(on) => (*on).into(),
        NewContent::Number(value) | NewContent::Formula { value, .. } => {
            let mut date = mend.wish.is_date.then(|| date_iso(*value, date1904)).flatten();
            if let (Some(date), true) = (&mut date, mend.wish.is_month) {
                date.truncate("2026-03".len());
            }
            date.map_or_else(|| number(*value, ""), Value::from)
        }
    }
}
