//! From a sheet to a document, with the place of every value.
//!
//! A sheet is looked over once for heads and labels, then read row by row; no part holds the whole sheet. Reading
//! goes on past every problem, and says each one.

mod alone;
pub(crate) mod assemble;
mod bands;
mod columns;
mod day;
mod heads;
mod hints;
mod labels;
mod locate;
mod merges;
mod missing;
mod parts;
mod places;
pub(crate) mod rows;
mod shown;
pub(crate) mod stream;
mod survey;
pub(crate) mod text_value;
mod title;
mod value;
mod words;

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use serde_json::Value;

pub(crate) use alone::Alone;
pub use missing::empty_book;
pub use places::SheetPlaces;
pub(crate) use places::{LabelPlace, TablePlaces};

use crate::child::{Key, REST};
use crate::finding::{Code, Finding, Place, Text};
use crate::form::{Fit, Form};
use crate::grid::{Source, Visibility};
use crate::report::{shown, shown_zh};
use crate::schema::Schema;
use crate::validate::ReadTotal;
use locate::Located;
use parts::Children;
use survey::Survey;
use words::Words;

/// How to read.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The sheet to read, where not the one that fits.
    pub sheet: Option<String>,
}

/// What reading gave.
#[derive(Debug, Default)]
pub struct Reading {
    /// The document; absent where no sheet fits the form. Where there are findings of severity error it is what
    /// could be read.
    pub document: Option<Value>,
    /// Where its parts stand.
    pub places: SheetPlaces,
    /// What was found, in no order.
    pub findings: Vec<Finding>,
    /// JSON pointers of values that are there but could not be read; `*` stands for every index.
    pub unreadable: BTreeSet<String>,
    /// Total cells.
    pub totals: Vec<ReadTotal>,
    /// Rows of all tables that are records.
    pub records: usize,
}

/// The texts by which a form's parts are found on a sheet.
pub(crate) struct Marks<'a>(Words<'a>);

impl<'a> Marks<'a> {
    pub(crate) fn new(form: &'a Form) -> Self {
        Self(Words::new(&form.layout))
    }

    /// Whether a value with this text may be taken for a heading, a label, a total or a note.
    pub(crate) fn may_mark(&self, text: &str) -> bool {
        self.0.hit(text) || rows::may_mark(text)
    }

    /// The text of a cell with the value behind one of its labels; `None` where that label is not in it.
    pub(crate) fn with_value(&self, text: &str, order: usize, value: &str) -> Option<String> {
        self.0.with_value(text, order, value)
    }
}

/// How well a form's heads and labels fit the best sheet of a book.
pub fn fit(form: &Form, source: &dyn Source) -> Result<Fit, Finding> {
    Ok(fits(&[form], source)?.remove(0))
}

/// How well the heads and labels of each of several forms fit the best sheet of a book. The book is read once.
pub fn fits(forms: &[&Form], source: &dyn Source) -> Result<Vec<Fit>, Finding> {
    let words: Vec<Words<'_>> = forms.iter().map(|form| Words::new(&form.layout)).collect();
    let any = Words::of_any(&words);
    let none = |form: &&Form| Fit { found: 0, of: locate::marks(form), whole: false };
    let mut best: Vec<Fit> = forms.iter().map(none).collect();
    for sheet in 0..source.info().sheets.len() {
        let survey = Survey::new(source, sheet, &any)?;
        for ((form, words), best) in forms.iter().zip(&words).zip(&mut best) {
            let located = Located::find(&survey, form, words);
            let (found, whole) = (located.found(), located.whole(form));
            if (whole, found) > (best.whole, best.found) {
                *best = Fit { found, whole, ..*best };
            }
        }
    }
    Ok(best)
}

/// Reads the sheet that fits the form.
pub fn read(form: &Form, source: &dyn Source, options: &Options) -> Reading {
    let children = match Children::open(source) {
        Ok(children) => children,
        Err(finding) => return Reading { findings: vec![finding], ..Reading::default() },
    };
    if children.has_root() && options.sheet.is_none() {
        return whole(form, source, &children);
    }
    // Undeclared properties stand on child sheets, so without any there is no column for them.
    let open = has_rest(source, &children).then(|| form.with_rest(&|_| true));
    let form = open.as_ref().unwrap_or(form);
    let words = Words::new(&form.layout);
    match choose(form, source, options, &words, &children) {
        Ok(Chosen { sheet, survey, located, others }) => {
            let mut reading = bands::read(form, source, sheet, &survey, &located, &words, &children);
            reading.findings.extend(others);
            reading.findings.extend(children.unused());
            reading.findings.extend(children.findings);
            reading
        }
        Err(findings) => Reading { findings, ..Reading::default() },
    }
}

/// Whether a sheet has a column or label for undeclared properties.
fn has_rest(source: &dyn Source, children: &Children) -> bool {
    let mut found = false;
    for sheet in (0..source.info().sheets.len()).filter(|sheet| !children.is_empty() && !children.has_sheet(*sheet)) {
        // What keeps a sheet from being read is said by who reads it.
        let _ = source.rows(sheet, &mut |row| {
            found |= row.cells.iter().any(|(_, cell)| cell.as_text().is_some_and(|text| text.starts_with(REST)));
            if found { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
    }
    found
}

/// Whether a document stands on the child sheets of a book, so that it is read without a form.
pub fn is_whole(source: &dyn Source) -> Result<bool, Finding> {
    parts::has_root(source)
}

/// Reads a document that stands on child sheets only.
fn whole(form: &Form, source: &dyn Source, children: &Children) -> Reading {
    let context = value::Context {
        schema: &form.schema,
        date1904: source.info().date1904,
        plain_text: source.info().plain_text,
        year: None,
        assert_formats: form.assert_formats,
    };
    let mut found = parts::Found::default();
    let asked = parts::Asked { key: Key::Root, node: Some(Schema::ROOT), pointer: "", rest: false };
    let mut document = children.value(asked, context, &mut found);
    if let Some(document) = &mut document {
        bands::order(&form.schema, Schema::ROOT, document);
    }
    let parts::Found { mut findings, unreadable, places, .. } = found;
    findings.extend(children.unused());
    findings.extend(children.findings.iter().cloned());
    let records = document.as_ref().map_or(0, |document| form.records(document));
    let places = SheetPlaces { parts: places, ..SheetPlaces::default() };
    Reading { document, places, findings, unreadable, totals: Vec::new(), records }
}

/// The sheet that is read.
struct Chosen {
    sheet: usize,
    survey: Survey,
    located: Located,
    /// What is said of the sheets that are not.
    others: Vec<Finding>,
}

/// A sheet that was looked over, and how well it fits.
pub(crate) struct SheetFit {
    score: usize,
    sheet: usize,
    survey: Survey,
    located: Located,
}

impl SheetFit {
    fn new(form: &Form, source: &dyn Source, sheet: usize, words: &Words<'_>) -> Result<Self, Finding> {
        Survey::new(source, sheet, words).map(|survey| Self::of(form, survey, sheet, words))
    }

    fn of(form: &Form, survey: Survey, sheet: usize, words: &Words<'_>) -> Self {
        let located = Located::find(&survey, form, words);
        Self { score: located.score(form), sheet, survey, located }
    }
}

/// The sheet that fits best, looked over; or why there is none.
fn choose(
    form: &Form,
    source: &dyn Source,
    options: &Options,
    words: &Words<'_>,
    children: &Children,
) -> Result<Chosen, Vec<Finding>> {
    let mut found: Vec<SheetFit> = Vec::new();
    let mut findings = Vec::new();
    for sheet in candidates(source, options, children)? {
        match SheetFit::new(form, source, sheet, words) {
            Ok(fit) => found.push(fit),
            Err(finding) => findings.push(finding),
        }
    }
    if findings.is_empty() { pick(form, source, options, words, found) } else { Err(findings) }
}

/// The sheets that may be meant.
fn candidates(source: &dyn Source, options: &Options, children: &Children) -> Result<Vec<usize>, Vec<Finding>> {
    let info = source.info();
    if let Some(name) = &options.sheet
        && !info.sheets.iter().any(|s| s.name == *name)
    {
        let names = info.sheets.iter().map(|s| s.name.as_str()).collect::<Vec<_>>().join(", ");
        return Err(vec![Finding::new(
            Code::WrongForm,
            Text::new(
                format!("there is no sheet {name:?}; the sheets are: {names}"),
                format!("没有名为“{name}”的工作表；现有工作表：{names}"),
            ),
        )]);
    }
    let meant = |(number, sheet): &(usize, &crate::grid::SheetInfo)| {
        let named = options.sheet.as_ref().is_none_or(|name| *name == sheet.name);
        named && !children.has_sheet(*number) && (options.sheet.is_some() || sheet.visibility == Visibility::Visible)
    };
    Ok(info.sheets.iter().enumerate().filter(meant).map(|(number, _)| number).collect())
}

/// Of the sheets that may be meant the one that fits best.
fn pick(
    form: &Form,
    source: &dyn Source,
    options: &Options,
    words: &Words<'_>,
    mut found: Vec<SheetFit>,
) -> Result<Chosen, Vec<Finding>> {
    found.sort_by_key(|fit| fit.sheet);
    let best = found.iter().map(|fit| fit.score).max().unwrap_or(0);
    let fits = |fit: &&SheetFit| fit.score == best && best > 0;
    let equal: Vec<String> = found.iter().filter(fits).map(|fit| fit.survey.name.clone()).collect();
    if equal.len() > 1 {
        let list = equal.iter().map(|name| shown(name)).collect::<Vec<_>>().join(", ");
        let list_zh = equal.iter().map(|name| shown_zh(name)).collect::<Vec<_>>().join("、");
        let finding = Finding::new(
            Code::AmbiguousSheet,
            Text::new(
                format!("the sheets {list} fit the form {:?} equally", form.name),
                format!("工作表{list_zh}与表单“{}”同样相符，无法确定读哪一张", form.name),
            )
            .open(),
        )
        .at(Place::sheet(&equal[0]))
        .hint(Text::new(
            format!("name the one that is meant: --sheet {}", shown(&equal[0])),
            format!("请指定其中一张，如 --sheet {}", shown(&equal[0])),
        ));
        let unfit = found.iter().filter(|fit| fit.score < best && fit.survey.filled_rows > 0);
        let others = unfit.map(|fit| missing::left_out(&fit.survey.name, fit.score > 0));
        return Err(std::iter::once(finding).chain(others).collect());
    }
    let chosen = found.iter().position(|fit| fits(&fit));
    if let Some(at) = chosen {
        let SheetFit { sheet, survey, located, .. } = found.remove(at);
        let filled = found.iter().filter(|fit| fit.survey.filled_rows > 0);
        let others = filled.map(|fit| missing::left_out(&fit.survey.name, fit.score > 0)).collect();
        return Ok(Chosen { sheet, survey, located, others });
    }
    let finding = missing::no_head(form, found.iter().map(|fit| &fit.survey));
    let hidden = if options.sheet.is_none() { hidden(form, source, words) } else { None };
    let empty = found.iter().all(|fit| fit.survey.filled_rows == 0);
    Err(vec![match hidden {
        Some((survey, fits)) if fits || empty => missing::in_hidden(finding, &survey.name, fits, empty),
        _ => finding,
    }])
}

/// The hidden sheet that fits best, else one that is filled; and whether it fits.
fn hidden(form: &Form, source: &dyn Source, words: &Words<'_>) -> Option<(Survey, bool)> {
    let sheets = source.info().sheets.iter().enumerate();
    let hidden = sheets.filter(|(_, sheet)| sheet.visibility != Visibility::Visible);
    let surveys = hidden.filter_map(|(number, _)| Survey::new(source, number, words).ok());
    let scored = surveys.filter(|survey| survey.filled_rows > 0).map(|survey| {
        let score = Located::find(&survey, form, words).score(form);
        (survey, score)
    });
    // Of equal ones the first.
    let best = scored.reduce(|best, other| if other.1 > best.1 { other } else { best });
    best.map(|(survey, score)| (survey, score > 0))
}
