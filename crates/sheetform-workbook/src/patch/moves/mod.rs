//! Rows that come into a sheet, and merges that come and go: every part that says where a cell stands is moved along.
//! What is not known to be safe is refused with its place, before anything is handed out. Values are not touched.

mod formula;
mod map;
mod parts;
mod sheet;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read as _, Seek, Write};

use self::formula::Stuck;
use self::map::RowMap;
use self::sheet::{Sheet, Site};
use super::tokens::Tokens;
use super::{Fate, PatchError, copied};
use crate::limits::Limits;
use crate::package::Package;
use crate::xlsx::rels::{self, Rel};
use sheetform::finding::{Code, Finding, Text};
use sheetform::into::Changes;

/// Parts of a sheet that say nothing of where its cells are.
const STILL: [&str; 9] = [
    "hyperlink",
    "image",
    "printerSettings",
    "customProperty",
    "externalLinkPath",
    "slicer",
    "timeline",
    "persons",
    "person",
];

/// Whether rows or merges are asked for.
pub(crate) fn are_asked(changes: &Changes) -> bool {
    !(changes.rows.is_empty() && changes.merge.is_empty() && changes.unmerge.is_empty())
}

/// What becomes of a part.
enum Change {
    Bytes(Vec<u8>),
    /// A sheet, streamed; whether it is the one with new rows.
    Sheet(bool),
    Drop,
}

/// Writes the package with the rows and merges of `changes`.
pub(crate) fn make(
    package: &Package,
    limits: &Limits,
    changes: &Changes,
    out: &mut (impl Write + Seek),
) -> Result<(), PatchError> {
    let moving = Moving::new(package, limits, changes)?;
    let parts = moving.plan()?;
    let fate = |part: &str| match parts.get(part) {
        None => Fate::Stays,
        Some(Change::Drop) => Fate::Goes,
        Some(change) => Fate::Changes(change),
    };
    let zip = copied(package, out, fate, |part, change, zip| {
        match change {
            Change::Bytes(bytes) => zip.write_all(bytes)?,
            Change::Sheet(own) => _ = moving.sheet(part, *own, zip)?,
            Change::Drop => {}
        }
        Ok(())
    })?;
    zip.finish()?;
    Ok(())
}

/// A package with the rows that come into one of its sheets.
struct Moving<'a> {
    package: &'a Package,
    limits: &'a Limits,
    changes: &'a Changes,
    map: RowMap<'a>,
    /// The sheet's name and part.
    name: String,
    part: String,
    /// The part of the workbook, and what it leads to.
    main: String,
    rels: Vec<Rel>,
}

impl<'a> Moving<'a> {
    fn new(package: &'a Package, limits: &'a Limits, changes: &'a Changes) -> Result<Self, Finding> {
        let found = crate::xlsx::book::find(package, limits)?;
        let sheets = found.info.sheets.iter().zip(&found.parts).nth(changes.sheet);
        let (info, part) = sheets.ok_or_else(|| crate::fault::no_sheet(changes.sheet))?;
        let roots = rels::of(package, "", limits)?;
        let main = roots.iter().find(|rel| rel.kind == "officeDocument");
        let main = main.map_or_else(|| "xl/workbook.xml".to_owned(), |rel| rel.target.clone());
        let rels = rels::of(package, &main, limits)?;
        let map = RowMap::new(&changes.rows);
        Ok(Self { package, limits, changes, map, name: info.name.clone(), part: part.clone(), main, rels })
    }

    /// What becomes of each part, by its name in lower case.
    fn plan(&self) -> Result<BTreeMap<String, Change>, PatchError> {
        let mut parts = BTreeMap::new();
        let own = self.part.to_lowercase();
        parts.insert(own.clone(), Change::Sheet(true));
        if self.changes.rows.is_empty() {
            return Ok(parts);
        }
        // All of it is tried before anything is written.
        self.sheet(&own, true, &mut io::sink())?;
        if let Some(rel) = self.rels.iter().find(|rel| matches!(&*rel.kind, "revisionHeaders" | "volatileDependencies"))
        {
            return Err(self.refused(&rel.target).into());
        }
        for rel in self.rels.iter().filter(|rel| rel.kind == "worksheet") {
            let part = rel.target.to_lowercase();
            if part != own && self.sheet(&part, false, &mut io::sink())? {
                parts.insert(part, Change::Sheet(false));
            }
        }
        let mut put = |part: &str, bytes: Option<Vec<u8>>| {
            if let Some(bytes) = bytes {
                parts.insert(part.to_lowercase(), Change::Bytes(bytes));
            }
        };
        put(&self.main, self.names()?);
        for rel in rels::of(self.package, &self.part, self.limits)? {
            let target = &rel.target;
            match &*rel.kind {
                "comments" | "threadedComment" | "table" | "pivotTable" => put(target, self.cells(target)?),
                "vmlDrawing" => put(target, self.notes(target)?),
                "drawing" => put(target, self.drawing(target)?),
                kind if STILL.contains(&kind) => {}
                _ => return Err(self.refused(target).into()),
            }
        }
        for part in self.others() {
            put(&part, self.formulas(&part)?);
        }
        // Programs make it anew.
        if let Some(rel) = self.rels.iter().find(|rel| rel.kind == "calcChain") {
            let (types, list) = ("[Content_Types].xml", super::plan::rels_name(&self.main));
            let gone = BTreeSet::from([rel.target.to_lowercase()]);
            let xml = super::lists::content_types(&self.bytes(types)?, types, &gone, &[])?;
            put(types, Some(xml));
            let xml =
                super::lists::relationships(Some(&self.bytes(&list)?), &list, &BTreeSet::from([rel.id.clone()]), &[])?;
            put(&list, Some(xml));
            parts.insert(rel.target.to_lowercase(), Change::Drop);
        }
        Ok(parts)
    }

    /// Parts beside sheets whose formulas may lead to one: charts, the sources of pivot tables.
    fn others(&self) -> Vec<String> {
        let archive = self.package.archive();
        let names = archive.file_names().filter_map(Result::ok).map(|name| crate::package::plain_name(&name));
        let is_other = |name: &String| {
            (name.contains("/charts/") || name.contains("/chartex") || name.contains("/pivotcache/"))
                && std::path::Path::new(name).extension().is_some_and(|ending| ending == "xml")
                && !name.contains("pivotcacherecords")
        };
        names.filter(is_other).collect()
    }

    /// Writes a sheet with its references moved, and says whether anything differs.
    fn sheet(&self, part: &str, own: bool, out: &mut dyn Write) -> Result<bool, PatchError> {
        let site = Site { name: &self.name, own, map: &self.map, changes: self.changes, part };
        let mut result = Ok(false);
        let seen = self.package.bytes(part, self.limits.part_bytes, |reader| {
            site.look(Tokens::of(reader, part, self.limits.text_bytes))
        })?;
        self.package.bytes(part, self.limits.part_bytes, |reader| {
            result = Sheet::new(&site, &seen, out).write(Tokens::of(reader, part, self.limits.text_bytes));
            Ok(())
        })?;
        result
    }

    fn bytes(&self, part: &str) -> Result<Vec<u8>, Finding> {
        self.package.bytes(part, self.limits.small_part_bytes, |mut reader| {
            let mut bytes = Vec::new();
            reader.read_to_end(&mut bytes).map_err(|error| crate::package::part_finding(part, &error))?;
            Ok(bytes)
        })
    }

    /// A part that may say where cells are, in a way that is not known.
    fn refused(&self, part: &str) -> Finding {
        let row = self.changes.rows.first().map_or(0, |rows| rows.at) + 1;
        refuse(
            &format!("the part {part} may lead to cells below, in a way that is not known"),
            &format!("部件 {part} 可能引用了下面的单元格，无法确定如何调整"),
            row,
        )
    }
}

/// Rows that cannot come in.
fn refuse(en: &str, zh: &str, row: u32) -> Finding {
    Finding::new(
        Code::CannotHold,
        Text::new(
            format!("the table has too few rows, and none can come in before row {row}: {en}"),
            format!("表格行数不够，而第 {row} 行处不能插入行：{zh}"),
        )
        .open(),
    )
    .hint(Text::new(
        "put enough blank rows into the table of the workbook, then try again",
        "请先在该工作簿的表中留出足够的空行，再重试",
    ))
}

/// A formula that cannot be moved.
fn stuck(why: Stuck, place: &str, row: u32) -> Finding {
    match why {
        Stuck::SeveralSheets => refuse(
            &format!("the formula in {place} refers to several sheets at once"),
            &format!("{place} 的公式同时引用多张工作表"),
            row,
        ),
        Stuck::OffSheet => refuse(
            &format!("the formula in {place} would refer to a cell that no sheet has"),
            &format!("{place} 的公式会引用不存在的单元格"),
            row,
        ),
    }
}
