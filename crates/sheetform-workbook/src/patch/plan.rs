//! What becomes of each part, decided before anything is written. Sheets are looked at in a stream; the other parts
//! that change are small and are held.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

use sheetform::finding::{Code, Finding, Text};
use sheetform::grid::CellRef;

use super::book::{Book, NewSheet};
use super::lists::{self, NewRel};
use super::notes::{self, shapes};
use super::recalc;
use super::row::CellPlan;
use super::sheet::{self, Legacy, Seen, SheetPlan};
use super::styles::Styles;
use super::tokens::Tokens;
use super::{CellPatch, CellValue, Patch, main_namespace, relationships};
use crate::fault::unreadable;
use crate::limits::Limits;
use crate::package::Package;
use crate::xlsx::rels::{self, Rel};

const SHEET: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml";
const COMMENTS: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml";
const DRAWING: &str = "application/vnd.openxmlformats-officedocument.vmlDrawing";
const STYLES: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml";
const TYPES: &str = "[Content_Types].xml";

/// What becomes of a part.
pub(super) enum Change {
    /// These bytes.
    Bytes(Vec<u8>),
    /// The sheet with changes, streamed.
    Sheet { plan: SheetPlan, columns: Vec<(u32, u32, u32)>, strict: bool },
    /// It goes.
    Drop,
}

/// What becomes of a package.
pub(super) struct Plan<'a> {
    package: &'a Package,
    limits: &'a Limits,
    /// Changed and new parts, by their names in lower case.
    pub(super) changes: BTreeMap<String, Change>,
    /// Cell formats to be put back.
    pub(super) restore: BTreeMap<u32, u32>,
    pub(super) notes_refused: usize,
    /// New parts with their names and types.
    new: Vec<(String, &'static str)>,
    gone: BTreeSet<String>,
    /// Blocks of ids for drawings that show notes.
    block: usize,
}

/// A sheet of the workbook.
struct Sheet {
    name: String,
    part: String,
    is_cells: bool,
    selected: Option<bool>,
}

impl<'a> Plan<'a> {
    pub(super) fn make(package: &'a Package, limits: &'a Limits, patch: &Patch) -> Result<Self, Finding> {
        let mut plan = Self {
            package,
            limits,
            changes: BTreeMap::new(),
            restore: BTreeMap::new(),
            notes_refused: 0,
            new: Vec::new(),
            gone: BTreeSet::new(),
            block: 0,
        };
        let roots = rels::of(package, "", limits)?;
        let main = roots.iter().find(|rel| rel.kind == "officeDocument");
        let main = main.map_or_else(|| "xl/workbook.xml".to_owned(), |rel| rel.target.clone());
        let rels = rels::of(package, &main, limits)?;
        let book = Book::read(plan.bytes(&main)?, &main)?;
        let earlier = book.earlier.as_ref().map(|(at, legend, _)| (*at, *legend));
        let find = |id: &str| rels.iter().find(|rel| rel.id == id);
        let mut sheets = Vec::new();
        for (at, entry) in book.sheets.iter().enumerate() {
            if let (Some(rel), true) = (find(&entry.rel), earlier.is_none_or(|(earlier, _)| earlier != at)) {
                let (name, part) = (entry.name.clone(), rel.target.clone());
                sheets.push(Sheet { name, part, is_cells: rel.kind == "worksheet", selected: None });
            }
        }
        let earlier_sheet = earlier.and_then(|(at, _)| find(&book.sheets.get(at)?.rel));

        let styles_part = rels.iter().find(|rel| rel.kind == "styles").map(|rel| rel.target.clone());
        let namespace = main_namespace(book.strict);
        let mut styles = match &styles_part {
            Some(part) => Styles::read(plan.bytes(part)?, part)?,
            None => Styles::empty(namespace),
        };
        let legend = match (earlier_sheet, earlier.and_then(|(_, legend)| legend)) {
            (Some(rel), Some(legend)) => plan.legend(&rel.target, legend)?,
            _ => BTreeMap::new(),
        };
        plan.restore = styles.marks(&legend)?;

        let marks = plan.sheets(&mut sheets, patch, &mut styles, earlier.is_some())?;

        let adds = patch.first.as_ref().filter(|first| !first.rows.is_empty() && !first.widths.is_empty());
        let chosen = |sheet: &(usize, &Sheet)| sheet.1.selected == Some(true);
        let selected = sheets.iter().enumerate().filter(chosen).map(|(at, _)| at as u32).collect();
        let before = book.shown_before(selected);
        if adds.is_some() || earlier.is_some() {
            plan.select(&sheets, |at, now| match (adds, now) {
                (Some(_), Some(true)) => Some(false),
                (None, Some(false)) if before.selected.contains(&at) => Some(true),
                _ => None,
            });
        }
        let main_rels = rels_name(&main);
        let mut ids = plan.ids(&main_rels)?;
        let (mut rels_gone, mut rels_new) = (BTreeSet::new(), Vec::new());
        if let Some(rel) = earlier_sheet {
            plan.drop_part(&rels_name(&rel.target));
            if adds.is_none() {
                plan.drop_part(&rel.target);
                rels_gone.insert(rel.id.clone());
            }
        }
        if let Some(first) = adds {
            let name = free_name(&first.name, &sheets);
            let names: Vec<String> =
                sheets.iter().filter(|sheet| sheet.is_cells).map(|sheet| sheet.name.clone()).collect();
            let xml = first.write(namespace, &names, &mut styles, &marks)?;
            // The sheet of an earlier round gives its place to the new one.
            let rel = if let Some(rel) = earlier_sheet {
                plan.put(&rel.target, xml);
                rel.id.clone()
            } else {
                let (part, id) = (plan.free_part("xl/worksheets/sheet", "xml"), lists::free_id(&mut ids));
                plan.put_new(&part, xml, SHEET);
                rels_new.push(new_rel(&id, "worksheet", &part, book.strict));
                id
            };
            let new = NewSheet { name: &name, rel: &rel, legend: first.legend(marks.len()) };
            plan.put(&main, book.write(Some(&new), &before)?);
        } else if earlier.is_some() || book.dangling {
            plan.put(&main, book.write(None, &before)?);
        }
        if patch.cells.iter().any(|cell| cell.value.is_some()) {
            let xml = match plan.changes.get(&main.to_lowercase()) {
                Some(Change::Bytes(xml)) => xml.clone(),
                _ => plan.bytes(&main)?,
            };
            plan.put(&main, recalc::on_opening(&xml, &main)?);
        }
        // Formats that nothing uses are no reason to write the part.
        if styles.changed() && !plan.changes.is_empty() {
            let part = styles_part.clone().unwrap_or_else(|| plan.free_part("xl/styles", "xml"));
            if styles_part.is_none() {
                let rel = lists::free_id(&mut ids);
                plan.new.push((part.clone(), STYLES));
                rels_new.push(new_rel(&rel, "styles", &part, book.strict));
            }
            plan.put(&part, styles.write());
        }
        plan.put_rels(&main_rels, &rels_gone, &rels_new)?;
        plan.put_types()?;
        Ok(plan)
    }

    /// The name of a new part as it is written.
    pub(super) fn name(&self, part: &str) -> String {
        let known = self.new.iter().find(|(name, _)| name.to_lowercase() == part);
        known.map_or_else(|| part.to_owned(), |(name, _)| name.clone())
    }

    /// Each format of a mark of an earlier round with its own.
    fn legend(&self, part: &str, legend: sheetform::grid::Range) -> Result<BTreeMap<u32, u32>, Finding> {
        let rows = legend.first.row..=legend.last.row.min(legend.first.row + self.limits.styles as u32);
        let wanted: BTreeSet<CellRef> = rows
            .clone()
            .flat_map(|row| [legend.first.col, legend.last.col].map(|col| CellRef::new(row, col)))
            .collect();
        let seen = self.look(part, &wanted, &BTreeMap::new(), false)?;
        let format = |row, col| seen.formats.get(&CellRef::new(row, col)).copied();
        Ok(rows.filter_map(|row| Some((format(row, legend.first.col)?, format(row, legend.last.col)?))).collect())
    }

    /// Plans the sheets that have cells; gives each format of a mark with the one it was made from.
    fn sheets(
        &mut self,
        sheets: &mut [Sheet],
        patch: &Patch,
        styles: &mut Styles,
        marked: bool,
    ) -> Result<Vec<(u32, u32)>, Finding> {
        let mut wanted: BTreeMap<usize, BTreeMap<CellRef, CellPatch>> = BTreeMap::new();
        for cell in &patch.cells {
            let known = wanted.entry(cell.sheet).or_default().entry(cell.at);
            known.and_modify(|known| join(known, cell)).or_insert_with(|| cell.clone());
        }
        let mut marks = BTreeSet::new();
        let mut index = 0;
        for sheet in sheets {
            let cells = if sheet.is_cells { wanted.remove(&index).unwrap_or_default() } else { BTreeMap::new() };
            index += usize::from(sheet.is_cells);
            let whole = sheet.is_cells && (!cells.is_empty() || !self.restore.is_empty());
            if !whole && patch.first.is_none() && !marked {
                self.notes(sheet, &cells, &Seen::default(), &mut SheetPlan::default())?;
                continue;
            }
            let at: BTreeSet<CellRef> = cells.keys().copied().collect();
            let seen = self.look(&sheet.part, &at, &self.restore, !whole)?;
            sheet.selected = seen.selected;
            let mut plan = SheetPlan { restores: seen.restorable > 0, ..SheetPlan::default() };
            for (at, cell) in &cells {
                let own = seen.formats.get(at).copied().unwrap_or(0);
                let mut style = own;
                if let Some(code) = &cell.number_format {
                    style = styles.with_number_format(style, code)?;
                }
                if let (Some(wish), Some(value)) = (&cell.wish, &cell.value)
                    && let Some(code) = wish.on(&value.into(), styles.number_format(own).as_ref())
                {
                    style = styles.with_number_format(style, &code)?;
                }
                if let Some(fill) = cell.fill {
                    let base = style;
                    style = styles.filled(base, fill)?;
                    marks.insert((style, base));
                }
                if matches!(cell.value, Some(CellValue::Number(number)) if !number.is_finite()) {
                    return Err(no_number(*at));
                }
                if style != own || cell.value.is_some() {
                    let style = (style != own || own != 0).then_some(style);
                    let (value, keeps_formula) = (cell.value.clone(), cell.keeps_formula);
                    plan.cells.insert(*at, CellPlan { style, value, keeps_formula });
                }
            }
            self.notes(sheet, &cells, &seen, &mut plan)?;
            let change = Change::Sheet { plan, columns: seen.columns, strict: seen.strict };
            if matches!(&change, Change::Sheet { plan, .. } if !plan.is_empty()) {
                let before = self.changes.insert(sheet.part.to_lowercase(), change);
                if matches!(before, Some(Change::Sheet { plan, .. }) if !plan.cells.is_empty()) {
                    let part = &sheet.part;
                    return Err(unreadable(part, "is used for two sheets", "被两张工作表共用"));
                }
            }
        }
        if let Some((sheet, _)) = wanted.first_key_value() {
            return Err(crate::fault::no_sheet(*sheet));
        }
        Ok(marks.into_iter().collect())
    }

    fn look(
        &self,
        part: &str,
        wanted: &BTreeSet<CellRef>,
        restore: &BTreeMap<u32, u32>,
        head_only: bool,
    ) -> Result<Seen, Finding> {
        self.package.bytes(part, self.limits.part_bytes, |reader| {
            sheet::look(Tokens::of(reader, part, self.limits.text_bytes), wanted, restore, head_only)
        })
    }

    /// Plans the notes of a sheet: their part, the drawing that shows them, and how the sheet leads to both.
    fn notes(
        &mut self,
        sheet: &Sheet,
        cells: &BTreeMap<CellRef, CellPatch>,
        seen: &Seen,
        plan: &mut SheetPlan,
    ) -> Result<(), Finding> {
        let add: BTreeMap<CellRef, String> =
            cells.iter().filter_map(|(at, cell)| Some((*at, cell.note.clone()?))).collect();
        let rels = rels::of(self.package, &sheet.part, self.limits)?;
        let comments = rels.iter().find(|rel| rel.kind == "comments");
        if comments.is_none() && add.is_empty() {
            return Ok(());
        }
        let xml = match comments {
            Some(rel) => self.bytes(&rel.target)?,
            None => notes::empty(main_namespace(seen.strict)),
        };
        if add.is_empty() && !notes::has_ours(&xml) {
            return Ok(());
        }
        // The drawing is known only by the sheet itself.
        let seen_again;
        let seen = if seen.legacy.is_none() && add.is_empty() {
            seen_again = self.look(&sheet.part, &BTreeSet::new(), &BTreeMap::new(), false)?;
            &seen_again
        } else {
            seen
        };
        let part = comments.map_or("", |rel| rel.target.as_str());
        let changed = notes::change(&xml, part, &add)?;
        self.notes_refused += changed.refused;
        if !changed.changed {
            return Ok(());
        }
        let list = rels_name(&sheet.part);
        let mut ids = self.ids(&list)?;
        let (mut rels_gone, mut rels_new) = (BTreeSet::new(), Vec::new());
        match (changed.xml, comments) {
            (Some(xml), Some(rel)) => self.put(&rel.target.clone(), xml),
            (Some(xml), None) => {
                let part = self.free_part("xl/comments", "xml");
                let rel = lists::free_id(&mut ids);
                self.put_new(&part, xml, COMMENTS);
                rels_new.push(new_rel(&rel, "comments", &part, seen.strict));
            }
            (None, Some(rel)) => {
                self.drop_part(&rel.target.clone());
                rels_gone.insert(rel.id.clone());
            }
            (None, None) => {}
        }
        let drawing = rels.iter().find(|rel| Some(&rel.id) == seen.legacy.as_ref());
        let new: BTreeMap<CellRef, usize> =
            changed.new.iter().map(|at| (*at, add.get(at).map_or(3, |note| notes::lines(note)))).collect();
        if let Some(Rel { id, target, .. }) = drawing {
            let old = self.bytes(target)?;
            match shapes::change(&old, target, &changed.gone, &new, 1)? {
                Some(xml) if xml != old => self.put(&target.clone(), xml),
                Some(_) => {}
                None => {
                    self.drop_part(&target.clone());
                    rels_gone.insert(id.clone());
                    plan.legacy = Legacy::Drop;
                }
            }
        } else if !new.is_empty() {
            let block = self.block + 1;
            self.block = shapes::last_block(block, new.len());
            let empty = shapes::empty(block, new.len());
            let xml = shapes::change(&empty, "", &BTreeSet::new(), &new, block)?.unwrap_or(empty);
            let part = self.free_part("xl/drawings/vmlDrawing", "vml");
            let rel = lists::free_id(&mut ids);
            self.put_new(&part, xml, DRAWING);
            rels_new.push(new_rel(&rel, "vmlDrawing", &part, seen.strict));
            plan.legacy = Legacy::Put(rel);
        }
        if plan.legacy == Legacy::Drop && cells.is_empty() {
            // Nothing else is planned for a sheet that was not looked at.
            let drop = SheetPlan { legacy: Legacy::Drop, ..SheetPlan::default() };
            let change = Change::Sheet { plan: drop, columns: Vec::new(), strict: seen.strict };
            self.changes.entry(sheet.part.to_lowercase()).or_insert(change);
        }
        self.put_rels(&list, &rels_gone, &rels_new)
    }

    /// Says of sheets whether they are shown as chosen.
    fn select(&mut self, sheets: &[Sheet], wanted: impl Fn(u32, Option<bool>) -> Option<bool>) {
        for (at, sheet) in sheets.iter().enumerate() {
            let Some(selected) = wanted(at as u32, sheet.selected) else { continue };
            let fresh = || Change::Sheet { plan: SheetPlan::default(), columns: Vec::new(), strict: false };
            if let Change::Sheet { plan, .. } = self.changes.entry(sheet.part.to_lowercase()).or_insert_with(fresh) {
                plan.selected = Some(selected);
            }
        }
    }

    fn ids(&self, list: &str) -> Result<BTreeSet<String>, Finding> {
        if self.package.has(list) { lists::ids(&self.bytes(list)?, list) } else { Ok(BTreeSet::new()) }
    }

    fn put_rels(&mut self, list: &str, gone: &BTreeSet<String>, new: &[NewRel]) -> Result<(), Finding> {
        if gone.is_empty() && new.is_empty() {
            return Ok(());
        }
        let old = if self.package.has(list) { Some(self.bytes(list)?) } else { None };
        let left = old.as_deref().map_or(Ok(BTreeSet::new()), |old| lists::ids(old, list))?;
        if new.is_empty() && left.is_subset(gone) {
            self.drop_part(list);
            return Ok(());
        }
        if old.is_none() {
            self.new.push((list.to_owned(), ""));
        }
        let xml = lists::relationships(old.as_deref(), list, gone, new)?;
        self.put(list, xml);
        Ok(())
    }

    fn put_types(&mut self) -> Result<(), Finding> {
        if self.gone.is_empty() && self.new.is_empty() {
            return Ok(());
        }
        let new = self.new.iter().filter(|(_, kind)| !kind.is_empty());
        let new: Vec<(String, &str)> = new.map(|(name, kind)| (name.clone(), *kind)).collect();
        let xml = lists::content_types(&self.bytes(TYPES)?, TYPES, &self.gone, &new)?;
        self.put(TYPES, xml);
        Ok(())
    }

    fn put(&mut self, part: &str, xml: Vec<u8>) {
        self.changes.insert(part.to_lowercase(), Change::Bytes(xml));
    }

    fn put_new(&mut self, part: &str, xml: Vec<u8>, kind: &'static str) {
        self.put(part, xml);
        self.new.push((part.to_owned(), kind));
    }

    fn drop_part(&mut self, part: &str) {
        if self.package.has(part) {
            self.changes.insert(part.to_lowercase(), Change::Drop);
            self.gone.insert(part.to_lowercase());
        }
    }

    /// A name for a new part. One that goes is not given again: its content type goes with it.
    fn free_part(&self, start: &str, ending: &str) -> String {
        let names = (1..=self.limits.entries + self.new.len() + 1).map(|number| format!("{start}{number}.{ending}"));
        let free = |name: &String| !self.package.has(name) && !self.changes.contains_key(&name.to_lowercase());
        let mut names = names.filter(free);
        names.next().unwrap_or_else(|| format!("{start}.{ending}"))
    }

    fn bytes(&self, part: &str) -> Result<Vec<u8>, Finding> {
        self.package.bytes(part, self.limits.small_part_bytes, |mut reader| {
            let mut bytes = Vec::new();
            reader.read_to_end(&mut bytes).map_err(|error| crate::package::part_finding(part, &error))?;
            Ok(bytes)
        })
    }
}

fn new_rel(id: &str, kind: &str, part: &str, strict: bool) -> NewRel {
    NewRel { id: id.to_owned(), kind: format!("{}/{kind}", relationships(strict)), target: part.to_owned() }
}

/// The list of relationships of a part.
pub(super) fn rels_name(part: &str) -> String {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    if folder.is_empty() { format!("_rels/{name}.rels") } else { format!("{folder}/_rels/{name}.rels") }
}

/// A name that no sheet has.
fn free_name(wanted: &str, sheets: &[Sheet]) -> String {
    let taken = |name: &str| sheets.iter().any(|sheet| sheet.name.to_lowercase() == name.to_lowercase());
    let mut name = wanted.to_owned();
    let mut number = 2;
    while taken(&name) {
        name = format!("{wanted} {number}");
        number += 1;
    }
    name
}

/// Two patches of one cell as one.
fn join(known: &mut CellPatch, other: &CellPatch) {
    let CellPatch { value, number_format, fill, note, .. } = other;
    if value.is_some() {
        known.keeps_formula = other.keeps_formula;
        known.wish.clone_from(&other.wish);
    }
    known.value = value.clone().or(known.value.take());
    known.number_format = number_format.clone().or(known.number_format.take());
    known.fill = fill.or(known.fill);
    known.note = match (known.note.take(), note) {
        (Some(known), Some(other)) => Some(format!("{known}\n{other}")),
        (known, other) => known.or_else(|| other.clone()),
    };
}

fn no_number(at: CellRef) -> Finding {
    let message = Text::new(
        format!("the cell {at} cannot hold a number that is infinite or none"),
        format!("单元格 {at} 无法保存无穷大或非数值"),
    );
    Finding::new(Code::CannotHold, message)
}
