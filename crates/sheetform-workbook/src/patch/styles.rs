//! The styles part: cell formats that differ from a cell's own in one thing are put after those that are there. What
//! stands in the part already is never changed, apart from the counts of its lists.

use std::collections::BTreeMap;

use sheetform::finding::Finding;
use sheetform::grid::NumberFormat;

use super::Fill;
use super::tokens::{Piece, Tag, Tokens, splice};
use crate::fault::{over_limit, unreadable};
use crate::formats;
use crate::xlsx::builtin;

/// Cell formats that Excel takes (its documented limit).
const FORMATS: usize = 65_490;

/// Marks of one shade that a changed format is compared with.
const MOST_ALIKE: usize = 64;

/// The lists that are added to, in the order in which they stand in the part.
const LISTS: [(&str, &str); 5] =
    [("numFmts", "numFmt"), ("fonts", "font"), ("fills", "fill"), ("borders", "border"), ("cellXfs", "xf")];

/// What follows a list that is missing.
const AFTER: [&str; 11] = [
    "fonts",
    "fills",
    "borders",
    "cellStyleXfs",
    "cellXfs",
    "cellStyles",
    "dxfs",
    "tableStyles",
    "colors",
    "extLst",
    "",
];

/// What every workbook has in its lists at least.
const LEAST: [&[&str]; 5] = [
    &[],
    &["<font><sz val=\"11\"/><name val=\"Calibri\"/></font>"],
    &["<fill><patternFill patternType=\"none\"/></fill>", "<fill><patternFill patternType=\"gray125\"/></fill>"],
    &["<border><left/><right/><top/><bottom/><diagonal/></border>"],
    &["<xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/>"],
];

const NUMBER_FORMATS: usize = 0;
const FONTS: usize = 1;
const FILLS: usize = 2;
const BORDERS: usize = 3;
const FORMATS_OF_CELLS: usize = 4;

/// A list of the part.
#[derive(Default)]
struct List {
    /// Its items as they stand, and those that are new.
    items: Vec<Vec<u8>>,
    /// How many were there.
    old: usize,
    /// Where its tag and, where it has one, its end tag stand.
    tag: Option<std::ops::Range<usize>>,
    end: Option<usize>,
}

/// How a cell of the list of findings looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ListLook {
    /// The title: bold and large.
    Title,
    /// Text above the table.
    Plain,
    /// A heading: bold, framed.
    Head,
    /// A cell of the table: framed, wrapped.
    Text,
    /// A cell of the table that leads to another cell.
    Link,
    /// In the colour of errors.
    Error,
    /// In the colour of warnings.
    Warning,
}

impl ListLook {
    /// Whether a long text goes on in the next line of its cell.
    pub(super) fn wraps(self) -> bool {
        !matches!(self, Self::Title | Self::Plain)
    }
}

/// The styles part of a workbook.
pub(super) struct Styles {
    xml: Vec<u8>,
    prefix: String,
    lists: [List; 5],
    /// Where children of the root begin, and where the root ends.
    children: Vec<(String, usize)>,
    end: usize,
    /// Fills of ours by their colour.
    fills: BTreeMap<String, u32>,
    /// Formats of marks, each with the one it was made from.
    made: BTreeMap<u32, u32>,
    /// The same the other way.
    marks: BTreeMap<(u32, Fill), u32>,
}

impl Styles {
    pub(super) fn read(xml: Vec<u8>, part: &str) -> Result<Self, Finding> {
        let mut lists: [List; 5] = Default::default();
        let mut children = Vec::new();
        let mut tokens = Tokens::new(xml.as_slice(), part, xml.len());
        let (mut at, mut prefix, mut end) = (0, None, None);
        loop {
            let piece = tokens.next()?;
            let start = at;
            at += tokens.raw().len();
            match (piece, &prefix) {
                (Piece::End, _) | (Piece::Empty, None) => break,
                (Piece::Open, None) => prefix = Some(tokens.tag().prefix().to_vec()),
                (Piece::Open | Piece::Empty, Some(own)) => {
                    let local = tokens.tag().name().strip_prefix(own.as_slice()).unwrap_or_default().to_vec();
                    let local = String::from_utf8(local).unwrap_or_default();
                    let list = LISTS.iter().position(|(name, _)| *name == local).map(|index| (index, LISTS[index].1));
                    children.push((local, start));
                    let Some((index, item)) = list else {
                        let mut length = 0;
                        tokens.element(piece, |raw| length += raw.len())?;
                        at = start + length;
                        continue;
                    };
                    let list = &mut lists[index];
                    list.tag = Some(start..at);
                    let mut open = piece == Piece::Open;
                    while open {
                        let inner = tokens.next()?;
                        match inner {
                            Piece::Close => {
                                list.end = Some(at);
                                at += tokens.raw().len();
                                open = false;
                            }
                            Piece::Open | Piece::Empty => {
                                let counts = tokens.tag().is(own, item);
                                let mut raw = Vec::new();
                                tokens.element(inner, |bytes| raw.extend_from_slice(bytes))?;
                                at += raw.len();
                                if counts {
                                    list.items.push(raw);
                                }
                            }
                            Piece::End => return Err(tokens.broken()),
                            Piece::Text | Piece::Other => at += tokens.raw().len(),
                        }
                    }
                    list.old = list.items.len();
                }
                (Piece::Close, _) => end = Some(start),
                _ => {}
            }
        }
        let (Some(prefix), Some(end)) = (prefix, end) else {
            return Err(unreadable(part, "is not the XML it should be", "的 XML 有误"));
        };
        let prefix = String::from_utf8(prefix).unwrap_or_default();
        for (list, least) in lists.iter_mut().zip(LEAST) {
            for item in least.iter().skip(list.items.len()) {
                list.items.push(prefixed(item, &prefix));
            }
        }
        Ok(Self {
            xml,
            prefix,
            lists,
            children,
            end,
            fills: BTreeMap::new(),
            made: BTreeMap::new(),
            marks: BTreeMap::new(),
        })
    }

    /// A part for a workbook that has none.
    pub(super) fn empty(namespace: &str) -> Self {
        let head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
        let xml = format!("{head}<styleSheet xmlns=\"{namespace}\"></styleSheet>").into_bytes();
        let lists: [List; 5] = LEAST.map(|least| List {
            items: least.iter().map(|item| item.as_bytes().to_vec()).collect(),
            ..List::default()
        });
        let end = xml.len() - "</styleSheet>".len();
        Self {
            xml,
            prefix: String::new(),
            lists,
            children: Vec::new(),
            end,
            fills: BTreeMap::new(),
            made: BTreeMap::new(),
            marks: BTreeMap::new(),
        }
    }

    /// A cell format like another, with a fill of ours.
    pub(super) fn filled(&mut self, base: u32, fill: Fill) -> Result<u32, Finding> {
        if let Some(mark) = self.marks.get(&(base, fill)) {
            return Ok(*mark);
        }
        let xf = self.format(base);
        let own = Tag(first_tag(&xf)).number("fillId").unwrap_or(0) as u8 % Fill::SHADES;
        let mut shades = (own..own + Fill::SHADES).map(|shade| shade % Fill::SHADES);
        let mark = loop {
            // Past as many formats alike as there are shades two share a mark, and the first is what comes back.
            let (shade, last) = shades.next().map_or((own, true), |shade| (shade, false));
            let with = self.mark_fill(fill, shade).to_string();
            let mark = change_tag(&xf, |tag| Tag(&Tag(tag).with("fillId", &with)).with("applyFill", "1"));
            let mark = self.put_format(mark)?;
            if last || *self.made.entry(mark).or_insert(base) == base {
                break mark;
            }
        };
        self.marks.insert((base, fill), mark);
        Ok(mark)
    }

    /// The number format of a cell format; none where it is General.
    pub(super) fn number_format(&self, base: u32) -> Option<NumberFormat> {
        let xf = self.lists[FORMATS_OF_CELLS].items.get(base as usize)?;
        let id = Tag(first_tag(xf)).number("numFmtId")?;
        let own = self.lists[NUMBER_FORMATS].items.iter().find(|item| Tag(item).number("numFmtId") == Some(id));
        let code = own.and_then(|item| Tag(item).attribute("formatCode"));
        let code = code.or_else(|| builtin::code(id).map(str::to_owned))?;
        let kind = formats::kind(&code);
        (!formats::is_general(&code)).then(|| NumberFormat { code: code.into(), kind })
    }

    /// A cell format like another, with a number format.
    pub(super) fn with_number_format(&mut self, base: u32, code: &str) -> Result<u32, Finding> {
        let known = |item: &&Vec<u8>| Tag(item).attribute("formatCode").as_deref() == Some(code);
        let built_in = (1..50).find(|id| builtin::code(*id) == Some(code));
        let id = match (built_in, self.lists[NUMBER_FORMATS].items.iter().find(known)) {
            (_, Some(item)) => Tag(item).number("numFmtId").unwrap_or(0),
            (Some(id), None) => id,
            (None, None) => {
                let ids = self.lists[NUMBER_FORMATS].items.iter().filter_map(|item| Tag(item).number("numFmtId"));
                // 164: the first id that is free for a workbook's own formats.
                let id = ids.max().unwrap_or(0).max(163) + 1;
                let tag = Tag(b"<numFmt/>").with("numFmtId", &id.to_string());
                self.put(NUMBER_FORMATS, Tag(&tag).with("formatCode", code));
                id
            }
        };
        let xf = self.format(base);
        let xf = change_tag(&xf, |tag| Tag(&Tag(tag).with("numFmtId", &id.to_string())).with("applyNumberFormat", "1"));
        self.put_format(xf)
    }

    /// The cell format of a cell of the list of findings.
    pub(super) fn list(&mut self, look: ListLook) -> Result<u32, Finding> {
        let name = self.default_font();
        let font = |inner: &str, size: u32| format!("<font>{inner}<sz val=\"{size}\"/>{name}</font>");
        let font = match look {
            ListLook::Title => font("<b/>", 14),
            ListLook::Head => font("<b/>", 11),
            ListLook::Link => font("<u/>", 11).replace("/><name", "/><color rgb=\"FF0563C1\"/><name"),
            _ => font("", 11),
        };
        let font = self.put(FONTS, font.into_bytes());
        let side = |side: &str| format!("<{side} style=\"thin\"><color auto=\"1\"/></{side}>");
        let sides = ["left", "right", "top", "bottom"].map(side).concat();
        let border = match look {
            ListLook::Title | ListLook::Plain => 0,
            _ => self.put(BORDERS, format!("<border>{sides}<diagonal/></border>").into_bytes()),
        };
        let fill = match look {
            ListLook::Error => self.mark_fill(Fill::Error, 0),
            ListLook::Warning => self.mark_fill(Fill::Warning, 0),
            ListLook::Head => self.put(FILLS, solid("FFE4EBF3")),
            _ => 0,
        };
        let across = match look {
            ListLook::Head | ListLook::Error | ListLook::Warning => " horizontal=\"center\"",
            _ => "",
        };
        let wrap = if look.wraps() { " wrapText=\"1\"" } else { "" };
        let format = |fill: u32| {
            let xf = format!(
                "<xf numFmtId=\"0\" fontId=\"{font}\" fillId=\"{fill}\" borderId=\"{border}\" xfId=\"0\" applyFont=\"1\" \
                 applyFill=\"1\" applyBorder=\"1\" applyAlignment=\"1\">\
                 <alignment{across} vertical=\"center\"{wrap}/></xf>"
            );
            xf.into_bytes()
        };
        if matches!(look, ListLook::Error | ListLook::Warning) {
            // What the next round takes it for without its fill: there already, so that it writes the same bytes.
            self.put_format(format(0))?;
        }
        self.put_format(format(fill))
    }

    /// Cell formats with a fill of ours, each with the format it was made from as far as can be told.
    ///
    /// `legend` says it. Where a program or a person changed the format since, the same with the fill that marks of this
    /// shade stand over; where nothing is known of the shade, one that differs only in the fill, without one at best.
    pub(super) fn marks(&mut self, legend: &BTreeMap<u32, u32>) -> Result<BTreeMap<u32, u32>, Finding> {
        let colors: Vec<Option<String>> =
            self.lists[FILLS].items.iter().map(|fill| color(fill).filter(|color| Fill::of(color).is_some())).collect();
        let fill_of = |xf: &[u8]| Tag(first_tag(xf)).number("fillId").unwrap_or(0);
        let shade_of = |xf: &[u8]| colors.get(fill_of(xf) as usize).and_then(Option::as_ref);
        let unfilled = |xf: &[u8]| change_tag(xf, |tag| Tag(&Tag(tag).without("fillId")).without("applyFill"));
        let formats = self.lists[FORMATS_OF_CELLS].items.clone();
        let format = |index: u32| formats.get(index as usize).map(Vec::as_slice).unwrap_or_default();
        let legend: BTreeMap<u32, u32> = legend
            .iter()
            .map(|(mark, own)| (*mark, *own))
            .filter(|(_, own)| shade_of(format(*own)).is_none())
            .collect();
        let mut found = BTreeMap::new();
        if !formats.iter().any(|xf| shade_of(xf).is_some()) {
            return Ok(found);
        }
        let mut alike: BTreeMap<Vec<u8>, Vec<(u32, u32)>> = BTreeMap::new();
        for (at, xf) in (0..).zip(&formats).filter(|(_, xf)| shade_of(xf).is_none()) {
            alike.entry(unfilled(xf)).or_default().push((fill_of(xf), at));
        }
        let mut of_shade: BTreeMap<&String, Vec<u32>> = BTreeMap::new();
        for mark in legend.keys() {
            if let Some(shade) = shade_of(format(*mark)) {
                of_shade.entry(shade).or_default().push(*mark);
            }
        }
        for (index, xf) in (0..).zip(&formats) {
            let Some(shade) = shade_of(xf) else { continue };
            if let Some(own) = legend.get(&index) {
                found.insert(index, *own);
                continue;
            }
            let alike = alike.get(&unfilled(xf)).map(Vec::as_slice).unwrap_or_default();
            let nearest = of_shade.get(shade).and_then(|marks| {
                // A look at some is enough: all marks of a shade mostly stand over one fill.
                marks.iter().take(MOST_ALIKE).max_by_key(|mark| likeness(format(**mark), xf))
            });
            let fill = nearest.and_then(|mark| legend.get(mark)).map(|own| fill_of(format(*own)));
            let own = match fill {
                Some(fill) => alike.iter().find(|(other, _)| *other == fill),
                None => alike.iter().min_by_key(|(fill, at)| (*fill != 0, *at)),
            };
            let own = if let Some((_, at)) = own {
                *at
            } else {
                let fill = fill.unwrap_or(0).to_string();
                self.put_format(change_tag(xf, |tag| Tag(tag).with("fillId", &fill)))?
            };
            found.insert(index, own);
        }
        Ok(found)
    }

    /// Whether something was added.
    pub(super) fn changed(&self) -> bool {
        self.lists.iter().zip(LEAST).any(|(list, least)| list.items.len() > list.old.max(least.len()))
    }

    /// The part with what was added.
    pub(super) fn write(&self) -> Vec<u8> {
        let mut edits: Vec<(std::ops::Range<usize>, Vec<u8>)> = Vec::new();
        if !self.changed() {
            return self.xml.clone();
        }
        for (list, (name, _)) in self.lists.iter().zip(LISTS) {
            let new: Vec<u8> = list.items.get(list.old..).unwrap_or_default().concat();
            if new.is_empty() {
                continue;
            }
            let count = list.items.len().to_string();
            let close = format!("</{}{name}>", self.prefix).into_bytes();
            let Some(tag) = &list.tag else {
                let after = AFTER.iter().position(|after| *after == name).map_or(0, |at| at + 1);
                let later = AFTER.get(after..).unwrap_or_default();
                let place = self.children.iter().find(|(child, _)| later.contains(&child.as_str()));
                let at = place.map_or(self.end, |(_, at)| *at);
                let open = format!("<{}{name} count=\"{count}\">", self.prefix).into_bytes();
                edits.push((at..at, [open, new, close].concat()));
                continue;
            };
            let head = Tag(self.xml.get(tag.clone()).unwrap_or_default()).with("count", &count);
            if let Some(end) = list.end {
                edits.extend([(tag.clone(), head), (end..end, new)]);
            } else {
                edits.push((tag.clone(), [Tag(&head).opened(), new, close].concat()));
            }
        }
        // Lists that are missing stand at one place in their order; a stable sort keeps it.
        edits.sort_by_key(|(range, _)| range.start);
        let mut xml = self.xml.clone();
        for (range, bytes) in edits.into_iter().rev() {
            xml = splice(&xml, range, &bytes);
        }
        xml
    }

    fn format(&self, index: u32) -> Vec<u8> {
        let formats = &self.lists[FORMATS_OF_CELLS].items;
        formats.get(index as usize).or(formats.first()).cloned().unwrap_or_default()
    }

    fn put_format(&mut self, xf: Vec<u8>) -> Result<u32, Finding> {
        let index = self.put(FORMATS_OF_CELLS, xf);
        if self.lists[FORMATS_OF_CELLS].items.len() > FORMATS {
            return Err(over_limit("cell formats with those of the marks", "加上标记后的单元格格式数", FORMATS));
        }
        Ok(index)
    }

    /// A fill of ours.
    fn mark_fill(&mut self, fill: Fill, shade: u8) -> u32 {
        let wanted = fill.shade(shade);
        if let Some(at) = self.fills.get(&wanted) {
            return *at;
        }
        let found = self.lists[FILLS]
            .items
            .iter()
            .position(|item| color(item).is_some_and(|color| color.eq_ignore_ascii_case(&wanted)));
        let at = found.map_or_else(|| self.put(FILLS, solid(&wanted)), |at| at as u32);
        self.fills.insert(wanted, at);
        at
    }

    /// The index of an item, which is added where it is not there.
    fn put(&mut self, list: usize, item: Vec<u8>) -> u32 {
        let item = match std::str::from_utf8(&item) {
            // Copied items have their prefixes already.
            Ok(text) if list != FORMATS_OF_CELLS || !text.contains(':') => prefixed(text, &self.prefix),
            _ => item,
        };
        let items = &mut self.lists[list].items;
        let found = items.iter().position(|known| *known == item);
        found.unwrap_or_else(|| {
            items.push(item);
            items.len() - 1
        }) as u32
    }

    /// The name of the first font.
    fn default_font(&self) -> String {
        let name = self.lists[FONTS].items.first().and_then(|font| {
            let mut tokens = Tokens::new(font.as_slice(), "", font.len());
            loop {
                match tokens.next().ok()? {
                    Piece::End => return None,
                    Piece::Empty if tokens.tag().local() == b"name" => return tokens.tag().attribute("val"),
                    _ => {}
                }
            }
        });
        let tag = Tag(b"<name/>").with("val", name.as_deref().unwrap_or("Calibri"));
        String::from_utf8(tag).unwrap_or_default()
    }
}

fn solid(color: &str) -> Vec<u8> {
    format!("<fill><patternFill patternType=\"solid\"><fgColor rgb=\"{color}\"/><bgColor indexed=\"64\"/></patternFill></fill>")
        .into_bytes()
}

/// The colour of a solid fill, where it is given as one.
fn color(fill: &[u8]) -> Option<String> {
    let mut tokens = Tokens::new(fill, "", fill.len());
    let mut is_solid = false;
    loop {
        match tokens.next().ok()? {
            Piece::End => return None,
            Piece::Open | Piece::Empty => match tokens.tag().local() {
                b"patternFill" => is_solid = tokens.tag().attribute("patternType").as_deref() == Some("solid"),
                b"fgColor" if is_solid => return tokens.tag().attribute("rgb"),
                _ => {}
            },
            _ => {}
        }
    }
}

/// How many things two formats have in common.
fn likeness(a: &[u8], b: &[u8]) -> usize {
    let pairs = |xf: &[u8]| -> Vec<(Vec<u8>, Vec<u8>)> {
        Tag(first_tag(xf)).attributes().map(|one| (one.name.to_vec(), one.value.to_vec())).collect()
    };
    let (pairs_a, pairs_b) = (pairs(a), pairs(b));
    let rest = |xf: &[u8]| xf.get(first_tag(xf).len()..).unwrap_or_default().to_vec();
    pairs_a.iter().filter(|pair| pairs_b.contains(pair)).count() + 4 * usize::from(rest(a) == rest(b))
}

/// The start tag of an element.
fn first_tag(element: &[u8]) -> &[u8] {
    let mut tokens = Tokens::new(element, "", element.len());
    match tokens.next() {
        Ok(_) => {
            let length = tokens.raw().len();
            element.get(..length).unwrap_or_default()
        }
        Err(_) => element,
    }
}

/// An element with its start tag changed.
fn change_tag(element: &[u8], change: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let tag = first_tag(element);
    [change(tag), element.get(tag.len()..).unwrap_or_default().to_vec()].concat()
}

/// XML of ours with the prefix of the part.
pub(super) fn prefixed(xml: &str, prefix: &str) -> Vec<u8> {
    if prefix.is_empty() {
        return xml.as_bytes().to_vec();
    }
    let close = format!("</{prefix}");
    let open = format!("<{prefix}");
    xml.replace("</", "\u{0}").replace('<', &open).replace('\u{0}', &close).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NS: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

    fn shown(styles: &Styles) -> String {
        String::from_utf8(styles.write()).unwrap()
    }

    fn read(xml: &str) -> Styles {
        Styles::read(xml.as_bytes().to_vec(), "xl/styles.xml").unwrap()
    }

    #[test]
    fn a_format_differs_from_its_own_in_the_fill_alone() {
        let xml = format!(
            "<styleSheet xmlns=\"{NS}\"><fonts count=\"1\"><font/></fonts><fills count=\"2\"><fill/><fill/></fills>\
             <cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\" fillId=\"1\" borderId=\"3\"><alignment wrapText=\"1\"/></xf></cellXfs>\
             <dxfs><dxf><fill/></dxf></dxfs></styleSheet>"
        );
        let mut styles = read(&xml);
        assert!(!styles.changed());
        assert_eq!(shown(&styles), xml);
        assert_eq!(styles.filled(1, Fill::Error).unwrap(), 2);
        assert_eq!(styles.filled(1, Fill::Error).unwrap(), 2);
        assert_eq!(styles.filled(9, Fill::Warning).unwrap(), 3);
        let written = shown(&styles);
        assert!(written.contains("<cellXfs count=\"4\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\" fillId=\"1\" borderId=\"3\"><alignment wrapText=\"1\"/></xf><xf numFmtId=\"14\" fillId=\"2\" borderId=\"3\" applyFill=\"1\"><alignment wrapText=\"1\"/></xf><xf numFmtId=\"0\" fillId=\"3\" applyFill=\"1\"/></cellXfs>"), "{written}");
        assert!(written.contains("<fills count=\"4\"><fill/><fill/><fill>"), "{written}");
        // Read again, ours are found, and nothing is added twice.
        let mut again = read(&written);
        let marks = again.marks(&BTreeMap::from([(2, 1)])).unwrap();
        assert_eq!(marks, BTreeMap::from([(2, 1), (3, 0)]));
        again.filled(1, Fill::Error).unwrap();
        assert!(!again.changed());
    }

    #[test]
    fn formats_that_differ_in_their_fill_alone_get_marks_of_their_own() {
        let xfs: Vec<String> = (0..40).map(|fill| format!("<xf numFmtId=\"0\" fillId=\"{fill}\"/>")).collect();
        let xfs = xfs.concat();
        let fills = "<fill/>".repeat(40);
        let xml = format!("<styleSheet xmlns=\"{NS}\"><fills>{fills}</fills><cellXfs>{xfs}</cellXfs></styleSheet>");
        let mut styles = read(&xml);
        let made: Vec<u32> = (0..40).map(|base| styles.filled(base, Fill::Error).unwrap()).collect();
        assert_eq!(made[..32], (40..72).collect::<Vec<_>>());
        // More fills than shades: two share a mark.
        assert_eq!(made[32], made[0]);
        let colors = [Fill::Error.shade(0), Fill::Error.shade(31), Fill::Warning.shade(1)];
        assert_eq!(colors, ["FFF19C99", "FFF19C7A", "FFFFF3B0"]);
        assert_eq!(colors.map(|color| Fill::of(&color)), [Some(Fill::Error), Some(Fill::Error), Some(Fill::Warning)]);
        assert_eq!(["FFF19C79", "FFF19C9A", "FFF29C99", "x"].map(Fill::of), [None; 4]);
    }

    #[test]
    fn a_format_that_nothing_leads_back_to_is_made_without_a_fill() {
        let mut styles = read(&format!(
            "<styleSheet xmlns=\"{NS}\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"9\" fillId=\"2\"/></cellXfs></styleSheet>"
        ));
        styles.mark_fill(Fill::Error, 0);
        assert_eq!(styles.marks(&BTreeMap::new()).unwrap(), BTreeMap::from([(1, 2)]));
        assert_eq!(String::from_utf8(styles.format(2)).unwrap(), "<xf numFmtId=\"9\" fillId=\"0\"/>");
    }

    #[test]
    fn a_format_that_was_changed_since_gets_the_fill_of_its_shade() {
        let shade = String::from_utf8(solid(&Fill::Warning.shade(5))).unwrap();
        let xml = format!(
            "<styleSheet xmlns=\"{NS}\"><fills><fill/><fill/><fill><a/></fill>{shade}</fills><cellXfs><xf numFmtId=\"0\" fillId=\"2\"/>\
             <xf numFmtId=\"0\" fillId=\"3\"/><xf numFmtId=\"14\" fillId=\"3\"/><xf numFmtId=\"9\" fillId=\"3\"/><xf numFmtId=\"9\" fillId=\"2\"/></cellXfs></styleSheet>"
        );
        let mut styles = read(&xml);
        assert_eq!(styles.marks(&BTreeMap::from([(1, 0)])).unwrap(), BTreeMap::from([(1, 0), (2, 5), (3, 4)]));
        assert_eq!(String::from_utf8(styles.format(5)).unwrap(), "<xf numFmtId=\"14\" fillId=\"2\"/>");
    }

    #[test]
    fn missing_lists_come_in_their_order_and_with_the_prefix_of_the_part() {
        let mut styles = read(&format!("<x:styleSheet xmlns:x=\"{NS}\"><x:cellXfs/><x:dxfs/></x:styleSheet>"));
        styles.filled(0, Fill::Error).unwrap();
        styles.with_number_format(0, "yyyy\"年\"").unwrap();
        let written = shown(&styles);
        let at = |word: &str| written.find(word).unwrap_or_else(|| panic!("{word} is not in {written}"));
        assert!(
            at("<x:numFmts") < at("<x:fonts") && at("<x:fonts") < at("<x:fills") && at("<x:fills") < at("<x:borders")
        );
        assert!(at("<x:borders") < at("<x:cellXfs") && at("<x:cellXfs") < at("<x:dxfs"));
        assert!(written.contains("<x:cellXfs count=\"3\"><x:xf "), "{written}");
        assert!(!written.replace("</x:", "").contains("</"), "{written}");
        let mut none = Styles::empty(NS);
        assert_eq!(none.filled(0, Fill::Warning).unwrap(), 1);
        assert!(read(&shown(&none)).lists[FILLS].items.len() == 3);
    }
}
