//! A sheet part, streamed: rows get their new numbers, rows that come in are written like the one they are like, and
//! every reference is moved. On other sheets only formulas that lead to this one change.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};

use sheetform::finding::Finding;
use sheetform::grid::{CellRef, MAX_ROWS, Range};
use sheetform::into::{Changes, NewRows};

use super::super::PatchError;
use super::super::row::{Row, formula};
use super::super::sheet::{Rows, root, rows};
use super::super::tokens::{Piece, Tag, Tokens, text};
use super::formula::{copied, mentions, moved};
use super::map::{Grow, RowMap};
use super::{refuse, stuck};

/// Elements that stand after `mergeCells` (ECMA-376 part 1, 18.3.1.99).
const AFTER_MERGES: [&str; 24] = [
    "phoneticPr",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "customProperties",
    "cellWatches",
    "ignoredErrors",
    "smartTags",
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
];

/// Elements whose text is a formula.
const FORMULAS: [&str; 4] = ["formula", "formula1", "formula2", "f"];
/// Things that lead to cells in ways that are not followed.
const UNKNOWN: [&str; 4] = ["oleObjects", "controls", "dataConsolidate", "scenarios"];

/// What is asked of a sheet part.
pub(super) struct Site<'a> {
    /// The sheet with new rows.
    pub(super) name: &'a str,
    /// Whether it is this one.
    pub(super) own: bool,
    pub(super) map: &'a RowMap<'a>,
    pub(super) changes: &'a Changes,
    pub(super) part: &'a str,
}

/// What is known of a part after it was looked at.
#[derive(Default)]
pub(super) struct Seen {
    /// Formulas that others share, by their number: where each stands, and its text.
    shared: BTreeMap<u32, (CellRef, String)>,
    /// Rows that new ones are like.
    patterns: BTreeMap<u32, Row>,
}

impl Site<'_> {
    fn row(&self) -> u32 {
        self.map.rows().first().map_or(0, |new| new.at) + 1
    }

    /// Looks at the formulas that are shared, and at the rows that new ones are like.
    pub(super) fn look<R: Read>(&self, mut tokens: Tokens<'_, R>) -> Result<Seen, Finding> {
        let mut seen = Seen::default();
        let mut wanted = BTreeSet::new();
        if self.own {
            wanted.extend(self.map.rows().iter().flat_map(|new| new.like..new.like + new.lines));
        }
        let prefix = root(&mut tokens, &mut |_| {})?;
        let mut depth = 1;
        loop {
            let piece = tokens.next()?;
            match piece {
                Piece::End => return Ok(seen),
                Piece::Close => depth -= 1,
                Piece::Open | Piece::Empty if depth == 1 && tokens.tag().is(&prefix, "sheetData") => {
                    let all = !self.map.rows().is_empty();
                    let mut looking = Looking { site: self, seen: &mut seen, wanted: &wanted, prefix: &prefix, all };
                    rows(&mut tokens, piece, &prefix, &mut looking)?;
                }
                Piece::Open => depth += 1,
                _ => {}
            }
            if depth == 0 {
                return Ok(seen);
            }
        }
    }
}

struct Looking<'a> {
    site: &'a Site<'a>,
    seen: &'a mut Seen,
    wanted: &'a BTreeSet<u32>,
    prefix: &'a [u8],
    all: bool,
}

impl Rows for Looking<'_> {
    fn wants(&self, row: u32) -> bool {
        row < MAX_ROWS && (self.all || self.wanted.contains(&row))
    }

    fn row(&mut self, index: u32, row: Row) -> Result<(), Finding> {
        let prefix = String::from_utf8_lossy(self.prefix).into_owned();
        for cell in row.cells() {
            let Some(raw) = formula(&cell.inner, &prefix) else { continue };
            let (tag, body) = split(&raw);
            let at = CellRef::new(index, cell.col);
            match tag.attribute("t").as_deref() {
                Some("shared") if !body.is_empty() => {
                    if let Some(number) = tag.number("si") {
                        self.seen.shared.entry(number).or_insert((at, unescaped(body)));
                    }
                }
                Some("array" | "dataTable") if self.site.own => {
                    let range = tag.attribute("ref").and_then(|range| Range::parse(&range)).unwrap_or(Range::cell(at));
                    let cut = |new: &NewRows| range.first.row < new.at && new.at <= range.last.row;
                    if let Some(new) = self.site.map.rows().iter().find(|new| cut(new)) {
                        return Err(refuse(
                            &format!("the array formula in {range} would be taken apart"),
                            &format!("{range} 的数组公式会被拆开"),
                            new.at + 1,
                        ));
                    }
                }
                _ => {}
            }
        }
        if self.wanted.contains(&index) {
            self.seen.patterns.insert(index, row);
        }
        Ok(())
    }

    fn raw(&mut self, _raw: &[u8]) {}

    fn before(&mut self, _index: u32) -> Result<(), Finding> {
        Ok(())
    }
}

/// A sheet part being written.
pub(super) struct Sheet<'a> {
    site: &'a Site<'a>,
    seen: &'a Seen,
    out: &'a mut dyn Write,
    failed: Option<std::io::Error>,
    prefix: String,
    changed: bool,
    /// Rows that came in already.
    done: usize,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(site: &'a Site<'a>, seen: &'a Seen, out: &'a mut dyn Write) -> Self {
        Self { site, seen, out, failed: None, prefix: String::new(), changed: false, done: 0 }
    }

    fn put(&mut self, bytes: &[u8]) {
        if self.failed.is_none() {
            self.failed = self.out.write_all(bytes).err();
        }
    }

    /// Writes it, and says whether anything differs.
    pub(super) fn write<R: Read>(mut self, mut tokens: Tokens<'_, R>) -> Result<bool, PatchError> {
        let mut head = Vec::new();
        let prefix = root(&mut tokens, &mut |raw| head.extend_from_slice(raw))?;
        self.put(&head);
        self.prefix = String::from_utf8_lossy(&prefix).into_owned();
        let mut path: Vec<String> = Vec::new();
        let mut merged = !self.site.own;
        loop {
            let piece = tokens.next()?;
            match piece {
                Piece::End => break,
                Piece::Close => {
                    if path.pop().is_none() && !merged {
                        self.merges(b"")?;
                        merged = true;
                    }
                    self.put(tokens.raw());
                }
                Piece::Open | Piece::Empty => {
                    let tag = tokens.tag();
                    let local = String::from_utf8_lossy(tag.local()).into_owned();
                    if path.is_empty() && local == "sheetData" {
                        rows(&mut tokens, piece, &prefix, &mut self)?;
                        continue;
                    }
                    if path.is_empty() && self.site.own {
                        if local == "mergeCells" {
                            let mut raw = Vec::new();
                            tokens.element(piece, |bytes| raw.extend_from_slice(bytes))?;
                            self.merges(&raw)?;
                            merged = true;
                            continue;
                        }
                        if !merged && AFTER_MERGES.contains(&&*local) {
                            self.merges(b"")?;
                            merged = true;
                        }
                        if UNKNOWN.contains(&&*local) && !self.site.map.rows().is_empty() {
                            let (en, zh) = (
                                format!("the sheet has {local}, which may lead to cells below"),
                                format!("工作表含有 {local}，可能引用了下面的单元格"),
                            );
                            return Err(refuse(&en, &zh, self.site.row()).into());
                        }
                    }
                    if FORMULAS.contains(&&*local) || (local == "sqref" && self.site.own) {
                        let mut raw = Vec::new();
                        tokens.element(piece, |bytes| raw.extend_from_slice(bytes))?;
                        let place = path.join("/");
                        let new = self.text(&raw, &local, &place)?;
                        self.put(new.as_deref().unwrap_or(&raw));
                        continue;
                    }
                    let new = self.attributes(tag, &local, path.last().map_or("", String::as_str))?;
                    let raw = tokens.raw().to_vec();
                    self.put(new.as_deref().unwrap_or(&raw));
                    if piece == Piece::Open {
                        path.push(local);
                    }
                }
                Piece::Text | Piece::Other => self.put(tokens.raw()),
            }
        }
        match self.failed {
            Some(error) => Err(PatchError::Output(error)),
            None => Ok(self.changed),
        }
    }

    /// The text of an element as a formula, or as a list of ranges.
    fn text(&mut self, raw: &[u8], local: &str, place: &str) -> Result<Option<Vec<u8>>, Finding> {
        let (tag, body) = split(raw);
        let old = unescaped(body);
        let new = if local == "sqref" { self.site.map.list(old.trim(), Grow::Look) } else { self.moved(&old, place)? };
        self.changed |= new.is_some();
        Ok(new.map(|new| {
            let close = [b"</", tag.name(), b">"].concat();
            [tag.opened(), text(&new).into_bytes(), close].concat()
        }))
    }

    fn moved(&self, text: &str, place: &str) -> Result<Option<String>, Finding> {
        let Site { name, own, map, .. } = self.site;
        moved(text, *own, name, map, Grow::Table).map_err(|why| stuck(why, place, self.site.row()))
    }

    /// A tag outside the rows with what it says of cells moved.
    fn attributes(&mut self, tag: Tag<'_>, local: &str, parent: &str) -> Result<Option<Vec<u8>>, Finding> {
        let map = self.site.map;
        let mut new: Option<Vec<u8>> = None;
        if self.site.own && !map.rows().is_empty() {
            let names: &[(&str, Grow)] = match local {
                "dimension" | "autoFilter" | "sortState" => &[("ref", Grow::Look)],
                "conditionalFormatting" | "dataValidation" | "protectedRange" | "ignoredError" => {
                    &[("sqref", Grow::Look)]
                }
                "sheetView" | "pane" => &[("topLeftCell", Grow::Never)],
                "selection" => &[("activeCell", Grow::Never), ("sqref", Grow::Never)],
                "hyperlink" | "sortCondition" => &[("ref", Grow::Never)],
                "cellWatch" | "cellSmartTags" => &[("r", Grow::Never)],
                _ => &[],
            };
            for (name, grow) in names {
                let bytes = new.as_deref().unwrap_or(tag.0);
                let moved = Tag(bytes).attribute(name).and_then(|old| map.list(old.trim(), *grow));
                if let Some(moved) = moved {
                    new = Some(Tag(bytes).with(name, &moved));
                }
            }
            if local == "brk"
                && parent == "rowBreaks"
                && let Some(id) = tag.number("id").filter(|id| map.row(*id) != *id)
            {
                new = Some(tag.with("id", &map.row(id).to_string()));
            }
        }
        if local == "hyperlink" {
            let bytes = new.as_deref().unwrap_or(tag.0);
            if let Some(location) = Tag(bytes).attribute("location")
                && let Some(moved) = self.moved(&location, "hyperlink")?
            {
                new = Some(Tag(bytes).with("location", &moved));
            }
        }
        self.changed |= new.is_some();
        Ok(new)
    }

    /// Merges moved, some without, and new ones. `raw` is the element as it stands, empty where there is none.
    fn merges(&mut self, raw: &[u8]) -> Result<(), Finding> {
        let Changes { unmerge, merge, .. } = self.site.changes;
        let map = self.site.map;
        let mut tokens = Tokens::new(raw, self.site.part, raw.len().max(1));
        let mut ranges = Vec::new();
        let mut inside = Vec::new();
        let mut open = Vec::new();
        loop {
            let piece = tokens.next()?;
            match piece {
                Piece::End => break,
                Piece::Open | Piece::Empty if tokens.tag().local() == b"mergeCell" => {
                    let tag = tokens.tag();
                    let range = tag.attribute("ref").and_then(|range| Range::parse(&range.replace('$', "")));
                    let raw = tag.0.to_vec();
                    let mut all = Vec::new();
                    tokens.element(piece, |bytes| all.extend_from_slice(bytes))?;
                    let Some(range) = range else {
                        inside.extend(all);
                        continue;
                    };
                    ranges.push(range);
                    if !unmerge.contains(&range) {
                        let moved = map.range(range, Grow::Table);
                        if moved == range {
                            inside.extend(all);
                        } else {
                            inside.extend(Tag(&raw).with("ref", &moved.to_string()));
                            inside.extend(all.get(raw.len()..).unwrap_or_default());
                        }
                    }
                }
                Piece::Open | Piece::Empty if open.is_empty() => open = tokens.raw().to_vec(),
                Piece::Close => {}
                _ => inside.extend_from_slice(tokens.raw()),
            }
        }
        let kept = ranges.iter().filter(|range| !unmerge.contains(range)).count();
        let mut new: Vec<Range> = merge.clone();
        for rows in map.rows() {
            let of_pattern = |range: &&Range| range.first.row >= rows.like && range.last.row < rows.like + rows.lines;
            let patterns: Vec<Range> =
                ranges.iter().filter(of_pattern).filter(|range| !unmerge.contains(range)).copied().collect();
            for block in 0..rows.count / rows.lines {
                let down = map.first(rows) + block * rows.lines;
                let at = |cell: CellRef| CellRef::new(cell.row - rows.like + down, cell.col);
                new.extend(patterns.iter().map(|range| Range { first: at(range.first), last: at(range.last) }));
            }
        }
        let prefix = self.prefix.clone();
        for range in &new {
            inside.extend(format!("<{prefix}mergeCell ref=\"{range}\"/>").into_bytes());
        }
        let count = kept + new.len();
        if count == 0 {
            return Ok(());
        }
        let tag = if open.is_empty() { format!("<{prefix}mergeCells>").into_bytes() } else { Tag(&open).opened() };
        let tag = if open.is_empty() || Tag(&tag).attribute("count").is_some() {
            Tag(&tag).with("count", &count.to_string())
        } else {
            tag
        };
        self.put(&[tag, inside, format!("</{prefix}mergeCells>").into_bytes()].concat());
        Ok(())
    }

    /// The formula of a cell, moved; one that others share stands by itself from now on. `None` where it stays.
    fn formula(&self, raw: &[u8], at: CellRef) -> Result<Option<Vec<u8>>, Finding> {
        let (tag, body) = split(raw);
        let place = at.to_string();
        let kind = tag.attribute("t");
        let range = |tag: Tag<'_>| {
            let range = tag.attribute("ref").filter(|_| self.site.own)?;
            self.site.map.list(&range, Grow::Never)
        };
        if kind.as_deref() == Some("dataTable") {
            let mut bytes = tag.0.to_vec();
            for name in ["ref", "r1", "r2"] {
                let moved = Tag(&bytes).attribute(name).filter(|_| self.site.own);
                if let Some(moved) = moved.and_then(|cell| self.site.map.list(&cell, Grow::Never)) {
                    bytes = Tag(&bytes).with(name, &moved);
                }
            }
            let rest = raw.get(tag.0.len()..).unwrap_or_default();
            return Ok((bytes != tag.0).then(|| [&bytes, rest].concat()));
        }
        if kind.as_deref() == Some("shared") {
            let Some((master, text)) = tag.number("si").and_then(|number| self.seen.shared.get(&number)) else {
                return Ok(None);
            };
            if !self.site.own && !mentions(text, self.site.name) {
                return Ok(None);
            }
            let own = self.expanded(*master, text, at)?;
            let own = self.moved(&own, &place)?.unwrap_or(own);
            return Ok(Some(Self::plain(tag, &own)));
        }
        let new = self.moved(&unescaped(body), &place)?;
        let ranged = range(tag);
        if new.is_none() && ranged.is_none() {
            return Ok(None);
        }
        let tag = ranged.map_or_else(|| tag.0.to_vec(), |range| tag.with("ref", &range));
        let body = new.map_or_else(|| body.to_vec(), |new| text(&new).into_bytes());
        let close = [b"</", Tag(&tag).name(), b">"].concat();
        Ok(Some([Tag(&tag).opened(), body, close].concat()))
    }

    /// The formula that a cell shares, as it stands there.
    fn expanded(&self, master: CellRef, text: &str, at: CellRef) -> Result<String, Finding> {
        let (rows, cols) = (i64::from(at.row) - i64::from(master.row), i64::from(at.col) - i64::from(master.col));
        copied(text, rows, cols).map_err(|why| stuck(why, &at.to_string(), self.site.row()))
    }

    /// A formula by itself.
    fn plain(tag: Tag<'_>, formula: &str) -> Vec<u8> {
        let mut out = tag.opened();
        for name in ["t", "ref", "si"] {
            out = Tag(&out).without(name);
        }
        [out, text(formula).into_bytes(), [b"</", tag.name(), b">"].concat()].concat()
    }

    /// The rows that come in before one.
    fn come_in(&mut self, index: u32) -> Result<(), Finding> {
        while let Some(new) = self.site.map.rows().get(self.done).filter(|new| self.site.own && new.at <= index) {
            let first = self.site.map.first(new);
            if first + new.count > MAX_ROWS {
                return Err(refuse("a sheet has no more rows", "工作表已到最后一行", new.at + 1));
            }
            for offset in 0..new.count {
                let like = new.like + offset % new.lines;
                if let Some(pattern) = self.seen.patterns.get(&like) {
                    let row = self.like(pattern, like, first + offset)?;
                    let mut bytes = Vec::new();
                    row.write(&mut bytes);
                    self.put(&bytes);
                }
            }
            self.done += 1;
            self.changed = true;
        }
        Ok(())
    }

    /// A row like another: formats, height and formulas, no values.
    fn like(&self, pattern: &Row, like: u32, number: u32) -> Result<Row, Finding> {
        let mut row = pattern.clone();
        row.set_number(number);
        for name in ["hidden", "collapsed"] {
            row.drop_attribute(name);
        }
        let here = self.site.map.row(like);
        let mut failed = None;
        row.change_cells(|cell| {
            let at = CellRef::new(like, cell.col);
            let old = formula(&cell.inner, &self.prefix);
            let new = old.map(|raw| self.formula_like(&raw, at, i64::from(number) - i64::from(here)));
            cell.inner = match new {
                None => Vec::new(),
                Some(Ok(formula)) => formula,
                Some(Err(finding)) => {
                    failed.get_or_insert(finding);
                    Vec::new()
                }
            };
            for name in ["t", "cm", "vm"] {
                cell.tag = Tag(&cell.tag).without(name);
            }
            cell.tag = Tag(&cell.tag).with("r", &CellRef::new(number, cell.col).to_string());
            if cell.inner.is_empty() {
                if !cell.close.is_empty() || !cell.tag.ends_with(b"/>") {
                    cell.tag = Tag(&cell.tag).opened();
                    cell.close = format!("</{}c>", self.prefix).into_bytes();
                }
            } else {
                cell.tag = Tag(&cell.tag).opened();
                cell.close = format!("</{}c>", self.prefix).into_bytes();
            }
        });
        failed.map_or(Ok(row), Err)
    }

    /// The formula of a row that another is like, as it stands so many rows below; none of an array over several cells.
    fn formula_like(&self, raw: &[u8], at: CellRef, down: i64) -> Result<Vec<u8>, Finding> {
        let (tag, body) = split(raw);
        let kind = tag.attribute("t");
        let own = match kind.as_deref() {
            Some("shared") => match tag.number("si").and_then(|number| self.seen.shared.get(&number)) {
                Some((master, text)) => self.expanded(*master, text, at)?,
                None => return Ok(Vec::new()),
            },
            Some("dataTable" | "array") => {
                return Err(refuse(
                    &format!("{at}, in the row that new ones would be like, holds an array formula"),
                    &format!("作为样式的一行中，{at} 是数组公式"),
                    self.site.row(),
                ));
            }
            _ => unescaped(body),
        };
        let place = at.to_string();
        let own = self.moved(&own, &place)?.unwrap_or(own);
        let new = copied(&own, down, 0).map_err(|why| stuck(why, &place, self.site.row()))?;
        Ok(Self::plain(tag, &new))
    }
}

impl Rows for Sheet<'_> {
    fn wants(&self, row: u32) -> bool {
        let more = self.site.own && self.done < self.site.map.rows().len();
        if row >= MAX_ROWS { more } else { !self.site.map.rows().is_empty() }
    }

    fn row(&mut self, index: u32, mut row: Row) -> Result<(), Finding> {
        let number = if self.site.own { self.site.map.row(index) } else { index };
        if number >= MAX_ROWS {
            return Err(refuse("a sheet has no more rows", "工作表已到最后一行", self.site.row()));
        }
        if number != index {
            row.set_number(number);
        }
        let mut failed = None;
        let mut changed = number != index;
        row.change_cells(|cell| {
            if number != index && Tag(&cell.tag).attribute("r").is_some() {
                cell.tag = Tag(&cell.tag).with("r", &CellRef::new(number, cell.col).to_string());
            }
            let Some(raw) = formula(&cell.inner, &self.prefix) else { return };
            match self.formula(&raw, CellRef::new(index, cell.col)) {
                Ok(Some(new)) => {
                    if let Some(start) = cell.inner.windows(raw.len()).position(|window| window == raw) {
                        cell.inner = super::super::tokens::splice(&cell.inner, start..start + raw.len(), &new);
                        changed = true;
                    }
                }
                Ok(None) => {}
                Err(finding) => _ = failed.get_or_insert(finding),
            }
        });
        if let Some(finding) = failed {
            return Err(finding);
        }
        self.changed |= changed;
        let mut bytes = Vec::new();
        row.write(&mut bytes);
        self.put(&bytes);
        Ok(())
    }

    fn raw(&mut self, raw: &[u8]) {
        self.put(raw);
    }

    fn before(&mut self, index: u32) -> Result<(), Finding> {
        self.come_in(index)
    }
}

/// The tag of an element and what stands in it.
fn split(raw: &[u8]) -> (Tag<'_>, &[u8]) {
    let mut tokens = Tokens::new(raw, "", raw.len().max(1));
    let length = if tokens.next().is_ok() { tokens.raw().len() } else { 0 };
    let (tag, rest) = raw.split_at(length.min(raw.len()));
    let end = rest.windows(2).rposition(|window| window == b"</").unwrap_or(0);
    (Tag(tag), rest.get(..end).unwrap_or_default())
}

/// Text as it stands between tags, references resolved.
pub(super) fn unescaped(raw: &[u8]) -> String {
    let text = String::from_utf8_lossy(raw);
    match quick_xml::escape::unescape(&text) {
        Ok(text) => text.into_owned(),
        Err(_) => text.into_owned(),
    }
}
