//! An existing xlsx edited by splicing bytes: values, fills and notes of cells, and a sheet put first. Every part that
//! need not change is copied as it is compressed; of those that must, every byte but what is edited stays.
//!
//! Marks (fills of two colours, notes between two lines, the sheet put first) are known again and taken out before new
//! ones come in, so that they never pile up. Sheets are streamed; a row is held at most. Knows nothing of findings.

pub(crate) mod book;
mod list;
mod lists;
pub(crate) mod moves;
mod notes;
mod plan;
mod rebuild;
mod recalc;
mod row;
mod sheet;
mod styles;
#[cfg(test)]
mod tests;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Seek, Write};

use sheetform::finding::Finding;
use sheetform::fix::{CellFix, FormatWish};
use sheetform::grid::CellRef;
use sheetform::into::Changes;
use sheetform::new_book::NewContent;
use zip::ZipWriter;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;

use self::plan::{Change, Plan};
use self::row::Restore;
use self::tokens::Tokens;
use crate::limits::Limits;
use crate::package::Package;
use crate::package::namespaces::OWN;

pub use list::{FirstSheet, ListCell, MOST_LINKS};
pub use styles::ListLook;
pub(crate) use tokens::text as cell_text;

/// How hard changed parts are compressed: between speed and size, a sheet grows by about a tenth.
const LEVEL: i64 = 3;

/// What is to be changed in a workbook. Marks that are there already are taken out in any case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Patch {
    /// Cells, in any order. What is said of one cell twice is joined; of two fills or values the later counts.
    pub cells: Vec<CellPatch>,
    /// A sheet to be put before all others.
    pub first: Option<FirstSheet>,
}

/// What is to be changed in a cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CellPatch {
    /// The sheet, by its index in [`sheetform::grid::BookInfo::sheets`].
    pub sheet: usize,
    /// The cell.
    pub at: CellRef,
    /// What it holds from now on. A formula is not overwritten: that is an error, unless it is kept.
    pub value: Option<CellValue>,
    /// Whether a formula there stays, the value being the result that is stored with it.
    pub keeps_formula: bool,
    /// Its number format from now on, all else of its look staying.
    pub number_format: Option<String>,
    /// The number format that the value needs, where the cell's own would not do.
    pub wish: Option<FormatWish>,
    /// A fill that marks it, all else of its look staying.
    pub fill: Option<Fill>,
    /// A note, put below what people wrote there. Threaded comments take none.
    pub note: Option<String>,
}

impl From<CellFix> for CellPatch {
    fn from(fix: CellFix) -> Self {
        let value = Some(fix.to.into());
        Self { sheet: fix.sheet, at: fix.at, value, number_format: fix.format, ..Self::default() }
    }
}

impl From<NewContent> for CellValue {
    fn from(content: NewContent) -> Self {
        match content {
            NewContent::Empty => Self::Empty,
            NewContent::Text(text) => Self::Text(text),
            NewContent::Number(value) | NewContent::Formula { value, .. } => Self::Number(value),
            NewContent::Bool(on) => Self::Bool(on),
        }
    }
}

impl From<&CellValue> for NewContent {
    fn from(value: &CellValue) -> Self {
        match value {
            CellValue::Empty => Self::Empty,
            CellValue::Text(text) => Self::Text(text.clone()),
            CellValue::Number(value) => Self::Number(*value),
            CellValue::Bool(on) => Self::Bool(*on),
        }
    }
}

/// What a changed cell holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum CellValue {
    /// Nothing.
    #[default]
    Empty,
    /// Text, whatever it begins with.
    Text(String),
    /// A number, which must be finite.
    Number(f64),
    /// TRUE or FALSE.
    Bool(bool),
}

/// The fill of a mark. No one else uses just these colours, so that they are known again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fill {
    /// Red; a middle grey where colours are not printed.
    Error,
    /// Light yellow; nearly white where colours are not printed.
    Warning,
}

impl Fill {
    /// Shades of each colour, alike to the eye. Two formats that differ in nothing but their fill get two shades, so
    /// that each mark leads back to its own format after any program has put equal formats together.
    const SHADES: u8 = 32;

    /// Red and green, and the most of blue.
    fn color(self) -> (u32, u8) {
        match self {
            Self::Error => (0xFFF1_9C00, 0x99),
            Self::Warning => (0xFFFF_F300, 0xB1),
        }
    }

    /// A shade as styles have it.
    fn shade(self, shade: u8) -> String {
        let (color, blue) = self.color();
        format!("{:08X}", color + u32::from(blue - shade % Self::SHADES))
    }

    /// The fill that has this colour.
    fn of(color: &str) -> Option<Self> {
        let color = u32::from_str_radix(color, 16).ok()?;
        [Self::Error, Self::Warning].into_iter().find(|fill| {
            let (known, blue) = fill.color();
            color & 0xFFFF_FF00 == known
                && (0..Self::SHADES.into()).contains(&u32::from(blue).wrapping_sub(color & 0xFF))
        })
    }
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Patched {
    /// Whether anything differs from the original; where not, the output is the same bytes.
    pub changed: bool,
    /// Cells whose threaded comments took no note.
    pub notes_refused: usize,
}

/// Why a workbook was not edited.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "once a file; its size costs nothing that could be measured")]
pub enum PatchError {
    /// What is in the workbook forbids it.
    Finding(Finding),
    /// The output could not be written.
    Output(io::Error),
}

impl From<Finding> for PatchError {
    fn from(finding: Finding) -> Self {
        Self::Finding(finding)
    }
}

impl From<io::Error> for PatchError {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<ZipError> for PatchError {
    fn from(error: ZipError) -> Self {
        match error {
            ZipError::Io(error) => Self::Output(error),
            other => Self::Output(io::Error::other(other)),
        }
    }
}

/// The ending of a file with this package, by the type of its workbook part.
pub(crate) fn ending(package: &Package, limits: &Limits) -> Result<&'static str, Finding> {
    let types = package.bytes("[Content_Types].xml", limits.small_part_bytes, |mut reader| {
        let mut text = String::new();
        io::Read::read_to_string(&mut reader, &mut text)
            .map_err(|error| crate::package::part_finding("[Content_Types].xml", &error))?;
        Ok(text)
    })?;
    let endings = [
        ("ms-excel.sheet.macroEnabled.main+xml", "xlsm"),
        ("ms-excel.template.macroEnabled.main+xml", "xltm"),
        ("spreadsheetml.template.main+xml", "xltx"),
    ];
    Ok(endings.iter().find(|(word, _)| types.contains(word)).map_or("xlsx", |(_, ending)| ending))
}

impl Patch {
    /// The cells of a document that is put into a workbook.
    pub(crate) fn of_changes(changes: &Changes) -> Self {
        let cells = changes.cells.iter().map(|cell| CellPatch {
            sheet: changes.sheet,
            at: cell.at,
            value: Some(cell.to.clone().into()),
            keeps_formula: true,
            wish: Some(cell.wish.clone()),
            ..CellPatch::default()
        });
        Self { cells: cells.collect(), first: None }
    }
}

/// The format of each of some cells of a sheet, or of the one it would have.
pub(crate) fn formats(
    package: &Package,
    limits: &Limits,
    sheet: usize,
    cells: &BTreeSet<CellRef>,
) -> Result<BTreeMap<CellRef, u32>, Finding> {
    let found = crate::xlsx::book::find(package, limits)?;
    let part = found.parts.get(sheet).ok_or_else(|| crate::fault::no_sheet(sheet))?;
    package.bytes(part, limits.part_bytes, |reader| {
        let none = BTreeMap::new();
        Ok(sheet::look(Tokens::of(reader, part, limits.text_bytes), cells, &none, false)?.formats)
    })
}

/// Writes the package with changes.
pub(crate) fn patch(
    package: &Package,
    limits: &Limits,
    patch: &Patch,
    out: &mut (impl Write + Seek),
) -> Result<Patched, PatchError> {
    let plan = Plan::make(package, limits, patch)?;
    let done = Patched { changed: !plan.changes.is_empty(), notes_refused: plan.notes_refused };
    if !done.changed {
        io::copy(&mut package.file(), out)?;
        return Ok(done);
    }
    let fate = |part: &str| match plan.changes.get(part) {
        None => Fate::Stays,
        Some(Change::Drop) => Fate::Goes,
        Some(change) => Fate::Changes(change),
    };
    let mut zip =
        copied(package, out, fate, |part, change, zip| write_part(package, limits, &plan, part, change, zip))?;
    for (part, change) in plan.changes.iter().filter(|(part, _)| !package.has(part)) {
        let options = packed(SimpleFileOptions::default());
        zip.start_file(plan.name(part), options)?;
        write_part(package, limits, &plan, part, change, &mut zip)?;
    }
    zip.finish()?;
    Ok(done)
}

/// What becomes of a part.
enum Fate<'c, C> {
    /// It is copied as it is packed.
    Stays,
    Goes,
    Changes(&'c C),
}

/// The package with its parts, those that change written by `write`; more can be added behind them.
fn copied<'c, C: 'c, W: Write + Seek>(
    package: &Package,
    out: W,
    fate: impl Fn(&str) -> Fate<'c, C>,
    mut write: impl FnMut(&str, &C, &mut ZipWriter<Gate<W>>) -> Result<(), PatchError>,
) -> Result<ZipWriter<Gate<W>>, PatchError> {
    let mut zip = ZipWriter::new(Gate { out, failed: false });
    let mut archive = package.archive();
    zip.set_raw_comment(archive.comment().into())?;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index)?;
        let (name, options) = (entry.name()?.into_owned(), entry.options());
        let part = crate::package::plain_name(&name);
        match fate(&part) {
            Fate::Stays => zip.raw_copy_file(entry)?,
            Fate::Goes => {}
            Fate::Changes(change) => {
                drop(entry);
                zip.start_file(name, packed(options))?;
                write(&part, change, &mut zip)?;
            }
        }
    }
    Ok(zip)
}

/// An output that takes everything, and drops it, once it has failed: a zip that is given up writes its end all the
/// same, and would speak of it on standard error.
struct Gate<W> {
    out: W,
    failed: bool,
}

impl<W> Gate<W> {
    fn pass<T>(&mut self, instead: T, act: impl FnOnce(&mut W) -> io::Result<T>) -> io::Result<T> {
        if self.failed {
            return Ok(instead);
        }
        act(&mut self.out).inspect_err(|error| self.failed = error.kind() != io::ErrorKind::Interrupted)
    }
}

impl<W: Write> Write for Gate<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pass(bytes.len(), |out| out.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pass((), Write::flush)
    }
}

impl<W: Seek> Seek for Gate<W> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.pass(0, |out| out.seek(to))
    }
}

fn packed(options: SimpleFileOptions) -> SimpleFileOptions {
    options.compression_method(zip::CompressionMethod::Deflated).compression_level(Some(LEVEL))
}

fn write_part(
    package: &Package,
    limits: &Limits,
    plan: &Plan,
    part: &str,
    change: &Change,
    out: &mut dyn Write,
) -> Result<(), PatchError> {
    match change {
        Change::Drop => Ok(()),
        Change::Bytes(bytes) => Ok(out.write_all(bytes)?),
        Change::Sheet { plan: sheet, columns, strict } => {
            let restore = Restore { formats: &plan.restore, columns };
            let mut result = Ok(());
            package.bytes(part, limits.part_bytes, |reader| {
                result = sheet::write(Tokens::of(reader, part, limits.text_bytes), sheet, &restore, *strict, out);
                Ok(())
            })?;
            result
        }
    }
}

/// The namespace of relationships, as the variant of the format has it.
fn relationships(strict: bool) -> &'static str {
    if strict {
        "http://purl.oclc.org/ooxml/officeDocument/relationships"
    } else {
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    }
}

/// The namespace of spreadsheet parts, as the variant of the format has it.
fn main_namespace(strict: bool) -> &'static str {
    let [transitional, own_strict] = OWN;
    if strict { own_strict } else { transitional }
}

/// How many characters of a column a line takes: one beyond ASCII takes two.
fn wide(line: &str) -> usize {
    line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

fn escape_attribute(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}
