//! A sheet part, streamed twice: once to see what the cells to be changed are like, once to write it with the changes.
//! Only the row being changed is held.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};

use sheetform::finding::Finding;
use sheetform::grid::{CellRef, MAX_ROWS, Range};

use super::PatchError;
use super::row::{CellPlan, Restore, Row, alternatives, column_format, row_format};
use super::tokens::{Piece, Tag, Tokens};

/// Elements that stand after `legacyDrawing` (ECMA-376 part 1, 18.3.1.99).
const AFTER_LEGACY: [&str; 8] =
    ["legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst"];

/// What is known of a sheet part after it was looked at.
#[derive(Default)]
pub(super) struct Seen {
    /// The format of each cell that was asked for, or the one it would have.
    pub(super) formats: BTreeMap<CellRef, u32>,
    /// Columns, first and last from 0, with the format they give.
    pub(super) columns: Vec<(u32, u32, u32)>,
    /// The relationship of the drawing that shows notes.
    pub(super) legacy: Option<String>,
    /// Whether the sheet is shown as chosen.
    pub(super) selected: Option<bool>,
    /// Cells, rows and columns whose format is to be put back.
    pub(super) restorable: usize,
    /// The namespace is that of the strict variant.
    pub(super) strict: bool,
}

/// What becomes of a sheet part.
#[derive(Default)]
pub(super) struct SheetPlan {
    pub(super) cells: BTreeMap<CellRef, CellPlan>,
    pub(super) legacy: Legacy,
    pub(super) selected: Option<bool>,
    /// Formats are to be put back.
    pub(super) restores: bool,
}

/// What becomes of the drawing that shows notes.
#[derive(Default, PartialEq)]
pub(super) enum Legacy {
    #[default]
    Keep,
    /// Put in, with this relationship.
    Put(String),
    Drop,
}

impl SheetPlan {
    pub(super) fn is_empty(&self) -> bool {
        self.cells.is_empty() && self.legacy == Legacy::Keep && self.selected.is_none() && !self.restores
    }
}

/// Looks at a sheet part. With `head_only` it ends where the rows begin.
pub(super) fn look<R: Read>(
    mut tokens: Tokens<'_, R>,
    wanted: &BTreeSet<CellRef>,
    restore: &BTreeMap<u32, u32>,
    head_only: bool,
) -> Result<Seen, Finding> {
    let mut seen = Seen::default();
    let prefix = root(&mut tokens, &mut |_| {})?;
    seen.strict = tokens.tag().is_strict();
    let mut depth = 1;
    loop {
        let piece = tokens.next()?;
        match piece {
            Piece::End => return Ok(seen),
            Piece::Close if depth == 0 => return Err(tokens.broken()),
            Piece::Close => depth -= 1,
            Piece::Open | Piece::Empty => {
                let tag = tokens.tag();
                let local = String::from_utf8_lossy(tag.name().strip_prefix(prefix.as_slice()).unwrap_or_default());
                match (depth, local.as_ref()) {
                    (1, "sheetData") if head_only => return Ok(seen),
                    (1, "sheetData") => {
                        rows(&mut tokens, piece, &prefix, &mut Looking { seen: &mut seen, wanted, restore })?;
                        continue;
                    }
                    (1, "legacyDrawing") => {
                        let id = tag.attributes().find(|attribute| attribute.name.ends_with(b":id"));
                        seen.legacy = id.map(|id| String::from_utf8_lossy(id.value).into_owned());
                    }
                    (2, "sheetView") => {
                        let selected = tag.attribute("tabSelected").map(|_| tag.flag("tabSelected"));
                        seen.selected = seen.selected.or(selected);
                    }
                    (2, "col") => {
                        if let (Some(first), Some(last)) = (tag.number("min"), tag.number("max")) {
                            let format = tag.number("style").unwrap_or(0);
                            seen.restorable += usize::from(restore.contains_key(&format));
                            seen.columns.push((first.saturating_sub(1), last.saturating_sub(1), format));
                        }
                    }
                    _ => {}
                }
                depth += usize::from(piece == Piece::Open);
            }
            Piece::Text | Piece::Other => {}
        }
    }
}

/// Writes a sheet part with changes.
pub(super) fn write<R: Read>(
    mut tokens: Tokens<'_, R>,
    plan: &SheetPlan,
    restore: &Restore<'_>,
    strict: bool,
    out: &mut dyn Write,
) -> Result<(), PatchError> {
    let mut writing = Writing { out, failed: None, plan, restore, prefix: String::new(), done: 0 };
    let prefix = root(&mut tokens, &mut |raw| writing.put(raw))?;
    writing.prefix = String::from_utf8_lossy(&prefix).into_owned();
    let mut legacy = match &plan.legacy {
        Legacy::Put(id) => Some(legacy_drawing(&writing.prefix, id, strict)),
        _ => None,
    };
    let mut depth = 1;
    loop {
        let piece = tokens.next()?;
        match piece {
            Piece::End => break,
            Piece::Close if depth == 0 => return Err(tokens.broken().into()),
            Piece::Close => {
                depth -= 1;
                if depth == 0 {
                    writing.put(&legacy.take().unwrap_or_default());
                }
                writing.put(tokens.raw());
            }
            Piece::Open | Piece::Empty => {
                let tag = tokens.tag();
                let local = String::from_utf8_lossy(tag.name().strip_prefix(prefix.as_slice()).unwrap_or_default());
                if depth == 1 && AFTER_LEGACY.contains(&local.as_ref()) {
                    writing.put(&legacy.take().unwrap_or_default());
                }
                let changed = match (depth, local.as_ref()) {
                    (1, "sheetData") => {
                        rows(&mut tokens, piece, &prefix, &mut writing)?;
                        continue;
                    }
                    (1, "legacyDrawing") if plan.legacy == Legacy::Drop => {
                        tokens.element(piece, |_| {})?;
                        continue;
                    }
                    (1, "dimension") => wider(tag, &plan.cells),
                    (2, "sheetView") => plan
                        .selected
                        .filter(|_| tag.attribute("tabSelected").is_some())
                        .map(|selected| tag.with("tabSelected", if selected { "1" } else { "0" })),
                    (2, "col") => tag
                        .number("style")
                        .and_then(|format| restore.formats.get(&format))
                        .map(|format| tag.with("style", &format.to_string())),
                    _ => None,
                };
                match changed {
                    Some(changed) => writing.put(&changed),
                    None => writing.put(tokens.raw()),
                }
                depth += usize::from(piece == Piece::Open);
            }
            Piece::Text | Piece::Other => writing.put(tokens.raw()),
        }
    }
    if writing.done < u32::MAX && !plan.cells.is_empty() {
        return Err(tokens.broken().into());
    }
    writing.failed.map_or(Ok(()), |error| Err(PatchError::Output(error)))
}

/// Takes the root in hand and gives its prefix.
pub(super) fn root<R: Read>(tokens: &mut Tokens<'_, R>, each: &mut dyn FnMut(&[u8])) -> Result<Vec<u8>, Finding> {
    loop {
        let piece = tokens.next()?;
        each(tokens.raw());
        match piece {
            Piece::Open => return Ok(tokens.tag().prefix().to_vec()),
            Piece::Text | Piece::Other => {}
            Piece::Empty | Piece::Close | Piece::End => return Err(tokens.broken()),
        }
    }
}

fn legacy_drawing(prefix: &str, id: &str, strict: bool) -> Vec<u8> {
    let namespace = super::relationships(strict);
    format!("<{prefix}legacyDrawing xmlns:r=\"{namespace}\" r:id=\"{id}\"/>").into_bytes()
}

/// The dimension with the cells that lie outside it.
fn wider(tag: Tag<'_>, cells: &BTreeMap<CellRef, CellPlan>) -> Option<Vec<u8>> {
    let old = Range::parse(&tag.attribute("ref")?)?;
    let new = cells.keys().fold(old, |range, at| Range {
        first: CellRef::new(range.first.row.min(at.row), range.first.col.min(at.col)),
        last: CellRef::new(range.last.row.max(at.row), range.last.col.max(at.col)),
    });
    (new != old).then(|| tag.with("ref", &new.to_string()))
}

/// What is done with the rows of a sheet.
pub(super) trait Rows {
    /// Whether this row must be taken apart.
    fn wants(&self, row: u32) -> bool;
    fn row(&mut self, index: u32, row: Row) -> Result<(), Finding>;
    /// What stands between rows, and rows that are not wanted.
    fn raw(&mut self, raw: &[u8]);
    /// Rows before this one that are not there.
    fn before(&mut self, index: u32) -> Result<(), Finding>;
    /// A row tag that is not taken apart.
    fn tag(&mut self, _tag: Tag<'_>) {}
}

/// Passes `sheetData`, whose tag is in hand.
pub(super) fn rows<R: Read>(
    tokens: &mut Tokens<'_, R>,
    piece: Piece,
    prefix: &[u8],
    each: &mut dyn Rows,
) -> Result<(), Finding> {
    if piece == Piece::Empty {
        let (tag, name) = (tokens.tag(), tokens.tag().name());
        if each.wants(u32::MAX) {
            each.raw(&tag.opened());
            each.before(u32::MAX)?;
            each.raw(&[b"</", name, b">"].concat());
        } else {
            each.raw(tag.0);
        }
        return Ok(());
    }
    each.raw(tokens.raw());
    let mut next = 0;
    loop {
        match tokens.next()? {
            Piece::End => return Err(tokens.broken()),
            Piece::Close => {
                each.before(u32::MAX)?;
                each.raw(tokens.raw());
                return Ok(());
            }
            piece @ (Piece::Open | Piece::Empty) => {
                let tag = tokens.tag();
                if tag.local() == b"AlternateContent" {
                    return Err(alternatives());
                }
                if !tag.is(prefix, "row") {
                    tokens.element(piece, |raw| each.raw(raw))?;
                    continue;
                }
                let index = match tag.attribute("r") {
                    Some(number) => number.trim().parse::<u32>().ok().and_then(|number| number.checked_sub(1)),
                    None => Some(next),
                };
                let index = index.filter(|index| (next..MAX_ROWS).contains(index)).ok_or_else(|| tokens.broken())?;
                next = index + 1;
                each.before(index)?;
                if each.wants(index) {
                    each.row(index, Row::read(tokens, piece, prefix, index)?)?;
                } else {
                    each.tag(tag);
                    tokens.element(piece, |raw| each.raw(raw))?;
                }
            }
            Piece::Text | Piece::Other => each.raw(tokens.raw()),
        }
    }
}

struct Looking<'a> {
    seen: &'a mut Seen,
    wanted: &'a BTreeSet<CellRef>,
    restore: &'a BTreeMap<u32, u32>,
}

impl Looking<'_> {
    fn wanted(&self, row: u32) -> impl Iterator<Item = CellRef> + use<'_> {
        self.wanted.range(CellRef::new(row, 0)..=CellRef::new(row, u32::MAX)).copied()
    }

    fn own(&self, format: u32) -> u32 {
        self.restore.get(&format).copied().unwrap_or(format)
    }
}

impl Rows for Looking<'_> {
    fn wants(&self, row: u32) -> bool {
        row == u32::MAX || !self.restore.is_empty() || self.wanted(row).next().is_some()
    }

    fn row(&mut self, index: u32, row: Row) -> Result<(), Finding> {
        let whole = row.format().map(|format| self.own(format));
        for at in self.wanted(index).collect::<Vec<_>>() {
            let format = whole.unwrap_or_else(|| self.own(column_format(&self.seen.columns, at.col)));
            self.seen.formats.insert(at, format);
        }
        for (col, format) in row.formats() {
            self.seen.restorable += usize::from(self.restore.contains_key(&format));
            let own = self.own(format);
            if let Some(known) = self.seen.formats.get_mut(&CellRef::new(index, col)) {
                *known = own;
            }
        }
        self.seen.restorable += usize::from(row.format().is_some_and(|format| self.restore.contains_key(&format)));
        Ok(())
    }

    fn raw(&mut self, _raw: &[u8]) {}

    fn before(&mut self, index: u32) -> Result<(), Finding> {
        if index < u32::MAX {
            return Ok(());
        }
        // What stands in a row that is not there has the column's format.
        for at in self.wanted {
            if !self.seen.formats.contains_key(at) {
                let format = self.own(column_format(&self.seen.columns, at.col));
                self.seen.formats.insert(*at, format);
            }
        }
        Ok(())
    }

    fn tag(&mut self, tag: Tag<'_>) {
        self.seen.restorable += usize::from(row_format(tag).is_some_and(|format| self.restore.contains_key(&format)));
    }
}

struct Writing<'a> {
    out: &'a mut dyn Write,
    /// The first error of the target.
    failed: Option<std::io::Error>,
    plan: &'a SheetPlan,
    restore: &'a Restore<'a>,
    prefix: String,
    /// Rows up to here are written.
    done: u32,
}

impl<'a> Writing<'a> {
    fn put(&mut self, bytes: &[u8]) {
        if self.failed.is_none() {
            self.failed = self.out.write_all(bytes).err();
        }
    }

    /// Cells of a row, or of those from one row up to another.
    fn plans(&self, from: u32, to: u32) -> Vec<(CellRef, &'a CellPlan)> {
        let range = CellRef::new(from, 0)..CellRef::new(to, 0);
        self.plan.cells.range(range).map(|(at, plan)| (*at, plan)).collect()
    }
}

impl Rows for Writing<'_> {
    fn wants(&self, row: u32) -> bool {
        let restores = self.plan.restores && row < MAX_ROWS;
        restores || if row == u32::MAX { !self.plan.cells.is_empty() } else { !self.plans(row, row + 1).is_empty() }
    }

    fn row(&mut self, index: u32, mut row: Row) -> Result<(), Finding> {
        let plans: Vec<(u32, &CellPlan)> =
            self.plans(index, index + 1).into_iter().map(|(at, plan)| (at.col, plan)).collect();
        let mut stays = true;
        if self.plan.restores {
            stays = row.restore(self.restore);
        }
        row.apply(&self.prefix, index, &plans)?;
        let mut bytes = Vec::new();
        if stays || !plans.is_empty() {
            row.write(&mut bytes);
        }
        self.put(&bytes);
        Ok(())
    }

    fn raw(&mut self, raw: &[u8]) {
        self.put(raw);
    }

    fn before(&mut self, index: u32) -> Result<(), Finding> {
        let plans = self.plans(self.done, index);
        for group in plans.chunk_by(|(a, _), (b, _)| a.row == b.row) {
            let Some((CellRef { row: number, .. }, _)) = group.first().copied() else { continue };
            let mut row = Row::new(&self.prefix, number);
            let cells: Vec<(u32, &CellPlan)> = group.iter().map(|(at, plan)| (at.col, *plan)).collect();
            row.apply(&self.prefix, number, &cells)?;
            let mut bytes = Vec::new();
            row.write(&mut bytes);
            self.put(&bytes);
        }
        self.done = index.saturating_add(1);
        Ok(())
    }
}
