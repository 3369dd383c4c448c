//! The workbook part: a sheet put first or taken out, with what that moves: names of one sheet, the sheet that is shown.
//!
//! The sheet of findings is known by a hidden name of the workbook that leads to its hidden columns. Programs keep such
//! a name right when the sheet is renamed or moved, and drop it with the sheet.

use std::collections::BTreeSet;

use sheetform::finding::Finding;
use sheetform::grid::Range;

use super::tokens::{Piece, Tag, Tokens, text};
use crate::fault::unreadable;
use crate::xlsx;

/// The name that leads to the sheet of findings.
pub(crate) const FINDINGS: &str = "sheetform_findings";

/// The sheet and the cells that the text of a name leads to.
pub(crate) fn leads_to(text: &str) -> Option<(String, Option<Range>)> {
    let (sheet, cells) = text.trim().trim_start_matches('=').rsplit_once('!')?;
    let quoted = sheet.strip_prefix('\'').and_then(|sheet| sheet.strip_suffix('\''));
    let sheet = quoted.map_or_else(|| sheet.to_owned(), |sheet| sheet.replace("''", "'"));
    Some((sheet.trim_start_matches('$').to_owned(), Range::parse(&cells.replace('$', ""))))
}

/// A sheet's name as formulas have it.
pub(super) fn quoted(name: &str) -> String {
    format!("'{}'", name.replace('\'', "''"))
}

/// A sheet as the workbook lists it.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) id: u32,
    pub(super) rel: String,
}

/// What the workbook part says.
pub(super) struct Book {
    xml: Vec<u8>,
    part: String,
    pub(super) sheets: Vec<Entry>,
    /// The sheet of findings of an earlier round: its place in `sheets`, its hidden cells, and what was shown before.
    pub(super) earlier: Option<(usize, Option<Range>, Shown)>,
    /// The name is there, and leads to no sheet: someone deleted it.
    pub(super) dangling: bool,
    shown: Shown,
    pub(super) strict: bool,
}

/// Which sheets are shown; places are those among all sheets but that of findings. `None` where it is not said.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Shown {
    active: Option<u32>,
    first: Option<u32>,
    pub(super) selected: BTreeSet<u32>,
}

impl Shown {
    fn write(&self) -> String {
        let number = |key: &str, value: Option<u32>| value.map(|value| format!("{key}={value};")).unwrap_or_default();
        let selected: Vec<String> = self.selected.iter().map(u32::to_string).collect();
        format!("{}{}s={}", number("a", self.active), number("f", self.first), selected.join(","))
    }

    fn read(text: &str) -> Self {
        let mut shown = Self::default();
        for (key, value) in text.split(';').filter_map(|pair| pair.split_once('=')) {
            match key {
                "a" => shown.active = value.parse().ok(),
                "f" => shown.first = value.parse().ok(),
                "s" => shown.selected = value.split(',').filter_map(|number| number.parse().ok()).collect(),
                _ => {}
            }
        }
        shown
    }
}

/// A sheet to be put first.
pub(super) struct NewSheet<'a> {
    pub(super) name: &'a str,
    pub(super) rel: &'a str,
    /// Its hidden cells.
    pub(super) legend: Range,
}

impl Book {
    pub(super) fn read(xml: Vec<u8>, part: &str) -> Result<Self, Finding> {
        let mut tokens = Tokens::new(xml.as_slice(), part, xml.len().max(1));
        let mut prefix: Option<Vec<u8>> = None;
        let (mut sheets, mut name, mut shown) = (Vec::new(), None, None);
        let (mut strict, mut named) = (false, false);
        loop {
            let piece = tokens.next()?;
            let own = prefix.clone().unwrap_or_default();
            match piece {
                Piece::End => break,
                Piece::Open if prefix.is_none() => {
                    prefix = Some(tokens.tag().prefix().to_vec());
                    strict = tokens.tag().is_strict();
                }
                Piece::Open | Piece::Empty if tokens.tag().is(&own, "sheet") => {
                    let tag = tokens.tag();
                    let rel = tag.attributes().find(|attribute| attribute.name.ends_with(b":id"));
                    sheets.push(Entry {
                        name: xlsx::text::unescape(tag.attribute("name").unwrap_or_default()),
                        id: tag.number("sheetId").unwrap_or(0),
                        rel: rel.map(|id| String::from_utf8_lossy(id.value).into_owned()).unwrap_or_default(),
                    });
                }
                Piece::Open | Piece::Empty if shown.is_none() && tokens.tag().is(&own, "workbookView") => {
                    let (active, first) = (tokens.tag().number("activeTab"), tokens.tag().number("firstSheet"));
                    shown = Some(Shown { active, first, selected: BTreeSet::new() });
                }
                Piece::Open if is_findings(tokens.tag(), &own) => {
                    let state = Shown::read(&tokens.tag().attribute("comment").unwrap_or_default());
                    let mut raw = Vec::new();
                    tokens.element(piece, |bytes| raw.extend_from_slice(bytes))?;
                    named = true;
                    name = leads_to(&element_text(&raw)).map(|(sheet, cells)| (sheet, cells, state));
                }
                _ => {}
            }
        }
        let earlier = name.and_then(|(name, cells, state)| {
            let at = sheets.iter().position(|sheet| sheet.name.to_lowercase() == name.to_lowercase())?;
            (sheets.len() > 1).then_some((at, cells, state))
        });
        let dangling = named && earlier.is_none();
        Ok(Self { xml, part: part.to_owned(), sheets, earlier, dangling, shown: shown.unwrap_or_default(), strict })
    }

    /// The place of a sheet among all but that of findings.
    pub(super) fn place(&self, at: u32) -> Option<u32> {
        match &self.earlier {
            Some((earlier, ..)) if *earlier as u32 == at => None,
            Some((earlier, ..)) if (*earlier as u32) < at => Some(at - 1),
            _ => Some(at),
        }
    }

    /// What was shown before there was a sheet of findings. `selected` are the sheets that are chosen now.
    pub(super) fn shown_before(&self, selected: BTreeSet<u32>) -> Shown {
        let active = self.shown.active.unwrap_or(0);
        match &self.earlier {
            Some((at, _, state)) if *at as u32 == active => {
                let most = (self.sheets.len() as u32).saturating_sub(2);
                let fits = |place: u32| place.min(most);
                let mut state = state.clone();
                state.active = state.active.map(fits).or(self.shown.active.map(|_| 0));
                state.first = state.first.map(fits).or(self.shown.first.map(|_| 0));
                state.selected.extend(selected);
                state
            }
            _ => Shown {
                active: self.shown.active.map(|at| self.place(at).unwrap_or(0)),
                first: self.shown.first.map(|at| self.place(at).unwrap_or(0)),
                selected,
            },
        }
    }

    /// The part without the sheet of an earlier round, and with a new one. `before` is what to show when it is gone.
    pub(super) fn write(&self, new: Option<&NewSheet<'_>>, before: &Shown) -> Result<Vec<u8>, Finding> {
        let mut tokens = Tokens::new(self.xml.as_slice(), &self.part, self.xml.len().max(1));
        let mut out = Vec::with_capacity(self.xml.len() + 600);
        let mut prefix: Option<Vec<u8>> = None;
        let (mut depth, mut sheet, mut views) = (0, 0, 0);
        let (mut past_sheets, mut named) = (false, false);
        loop {
            let piece = tokens.next()?;
            let own = prefix.clone().unwrap_or_default();
            let tag = tokens.tag();
            match piece {
                Piece::End => break,
                Piece::Open if prefix.is_none() => {
                    prefix = Some(tag.prefix().to_vec());
                    depth = 1;
                }
                Piece::Open | Piece::Empty if tag.is(&own, "definedNames") => {
                    let mut raw = Vec::new();
                    tokens.element(piece, |bytes| raw.extend_from_slice(bytes))?;
                    out.extend(self.names(&raw, &own, new, before)?);
                    named = true;
                    continue;
                }
                Piece::Open | Piece::Empty => {
                    let follows = !tag.is(&own, "functionGroups") && !tag.is(&own, "externalReferences");
                    if depth == 1 && past_sheets && !named && follows {
                        out.extend(self.names(b"", &own, new, before)?);
                        named = true;
                    }
                    if tag.is(&own, "sheet") {
                        let gone = self.earlier.as_ref().is_some_and(|(at, ..)| *at == sheet);
                        sheet += 1;
                        tokens.element(piece, |raw| {
                            if !gone {
                                out.extend_from_slice(raw);
                            }
                        })?;
                        continue;
                    }
                    if tag.is(&own, "workbookView") {
                        out.extend(self.view(tag, views, new.is_some(), before));
                        views += 1;
                        depth += usize::from(piece == Piece::Open);
                        continue;
                    }
                    if let (true, Piece::Open, Some(new)) = (tag.is(&own, "sheets"), piece, new) {
                        out.extend_from_slice(tag.0);
                        out.extend(self.entry(new, &own));
                        depth += 1;
                        continue;
                    }
                    depth += usize::from(piece == Piece::Open);
                }
                Piece::Close => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 && !named {
                        out.extend(self.names(b"", &own, new, before)?);
                        named = true;
                    }
                    past_sheets |= tag.is(&own, "sheets");
                }
                Piece::Text | Piece::Other => {}
            }
            out.extend_from_slice(tokens.raw());
        }
        if past_sheets { Ok(out) } else { Err(unreadable(&self.part, "lists no sheets", "没有列出工作表")) }
    }

    fn entry(&self, new: &NewSheet<'_>, prefix: &[u8]) -> Vec<u8> {
        let earlier = self.earlier.as_ref().map(|(at, ..)| *at);
        let others = self.sheets.iter().enumerate().filter(|(at, _)| Some(*at) != earlier);
        let id = others.map(|(_, sheet)| sheet.id).max().unwrap_or(0).saturating_add(1);
        let tag = [b"<", prefix, b"sheet/>"].concat();
        let tag = Tag(&tag).with("name", &xlsx::text::escaped(new.name));
        let tag = Tag(&tag).with("sheetId", &id.to_string());
        let tag = Tag(&tag).with("xmlns:r", super::relationships(self.strict));
        Tag(&tag).with("r:id", new.rel)
    }

    fn view(&self, tag: Tag<'_>, index: usize, adds: bool, before: &Shown) -> Vec<u8> {
        let shift = |key: &str, first_view: Option<u32>| {
            let old = tag.number(key)?;
            let kept = if index == 0 { first_view.unwrap_or(0) } else { self.place(old).unwrap_or(0) };
            Some(match (adds, index) {
                (true, 0) => 0,
                (true, _) => kept + 1,
                (false, _) => kept,
            })
        };
        let mut out = tag.0.to_vec();
        for (key, wanted) in [("activeTab", before.active), ("firstSheet", before.first)] {
            if let Some(value) = shift(key, wanted) {
                out = Tag(&out).with(key, &value.to_string());
            }
        }
        out
    }

    /// The names, each of a sheet with its new place.
    fn names(&self, raw: &[u8], prefix: &[u8], new: Option<&NewSheet<'_>>, before: &Shown) -> Result<Vec<u8>, Finding> {
        let own = String::from_utf8_lossy(prefix);
        let mut tokens = Tokens::new(raw, &self.part, raw.len().max(1));
        let (mut kept, mut left, mut dropped) = (Vec::new(), 0, false);
        loop {
            let piece = tokens.next()?;
            match piece {
                Piece::End => break,
                Piece::Open | Piece::Empty if tokens.tag().is(prefix, "definedName") => {
                    let tag = tokens.tag();
                    let local = tag.number("localSheetId");
                    let place = local.map(|at| self.place(at).map(|at| at + u32::from(new.is_some())));
                    let changed = match place {
                        Some(Some(at)) if Some(at) != local => tag.with("localSheetId", &at.to_string()),
                        _ => tag.0.to_vec(),
                    };
                    let gone = is_findings(tag, prefix) || place == Some(None);
                    let mut pieces = Vec::new();
                    tokens.element(piece, |bytes| pieces.push(bytes.to_vec()))?;
                    dropped |= gone;
                    if !gone {
                        left += 1;
                        kept.extend(changed);
                        kept.extend(pieces.get(1..).unwrap_or_default().concat());
                    }
                    continue;
                }
                Piece::Close if tokens.tag().is(prefix, "definedNames") => break,
                _ => {}
            }
            kept.extend_from_slice(tokens.raw());
        }
        if let Some(new) = new {
            let tag = format!("<{own}definedName name=\"{FINDINGS}\" hidden=\"1\">");
            let tag = Tag(tag.as_bytes()).with("comment", &before.write());
            let (first, last) = (absolute(new.legend.first), absolute(new.legend.last));
            let to = text(&format!("{}!{first}:{last}", quoted(new.name)));
            if raw.is_empty() {
                kept.extend(format!("<{own}definedNames>").into_bytes());
            } else if raw.ends_with(b"/>") && left == 0 && Tag(raw).is(prefix, "definedNames") {
                kept = Tag(raw).opened();
            }
            kept.extend(tag);
            kept.extend(format!("{to}</{own}definedName></{own}definedNames>").into_bytes());
            return Ok(kept);
        }
        if raw.is_empty() || (left == 0 && dropped) {
            return Ok(Vec::new());
        }
        if tokens.raw().starts_with(b"</") {
            kept.extend_from_slice(tokens.raw());
        }
        Ok(kept)
    }
}

fn absolute(at: sheetform::grid::CellRef) -> String {
    format!("${}${}", sheetform::grid::column_name(at.col), at.row + 1)
}

fn is_findings(tag: Tag<'_>, prefix: &[u8]) -> bool {
    tag.is(prefix, "definedName")
        && tag.attribute("name").is_some_and(|name| name.eq_ignore_ascii_case(FINDINGS))
        && tag.number("localSheetId").is_none()
}

fn element_text(element: &[u8]) -> String {
    let mut tokens = Tokens::new(element, "", element.len());
    let mut out = String::new();
    while let Ok(piece) = tokens.next() {
        match piece {
            Piece::End => break,
            Piece::Text => out.push_str(&String::from_utf8_lossy(tokens.raw())),
            _ => {}
        }
    }
    quick_xml::escape::unescape(&out).map(std::borrow::Cow::into_owned).unwrap_or(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOK: &str = "<workbook xmlns=\"m\" xmlns:r=\"r\"><bookViews><workbookView activeTab=\"2\"/></bookViews><sheets>\
        <sheet name=\"一\" sheetId=\"3\" r:id=\"a\"/><sheet name=\"it&apos;s\" sheetId=\"7\" state=\"veryHidden\" r:id=\"b\"/>\
        <sheet name=\"三\" sheetId=\"1\" r:id=\"c\"/></sheets><externalReferences/><definedNames>\
        <definedName name=\"_xlnm.Print_Titles\" localSheetId=\"0\">'一'!$1:$2</definedName>\
        <definedName name=\"x\" localSheetId=\"2\">'三'!$A$1</definedName><definedName name=\"y\">1</definedName></definedNames><calcPr/></workbook>";

    fn book(xml: &str) -> Book {
        Book::read(xml.as_bytes().to_vec(), "xl/workbook.xml").unwrap()
    }

    fn marked(xml: &str) -> String {
        let book = book(xml);
        let legend = Range::parse("K1:L2").unwrap();
        let new = NewSheet { name: "检查'结果", rel: "rId9", legend };
        let before = book.shown_before(BTreeSet::from([2]));
        String::from_utf8(book.write(Some(&new), &before).unwrap()).unwrap()
    }

    fn bare(xml: &str) -> String {
        let book = book(xml);
        let before = book.shown_before(BTreeSet::new());
        String::from_utf8(book.write(None, &before).unwrap()).unwrap()
    }

    #[test]
    fn a_sheet_put_first_moves_what_counts_sheets() {
        let after = marked(BOOK);
        for part in [
            "<sheets><sheet name=\"检查'结果\" sheetId=\"8\" xmlns:r=",
            "r:id=\"rId9\"/><sheet name=\"一\"",
            "activeTab=\"0\"",
            "localSheetId=\"1\">'一'!$1:$2<",
            "localSheetId=\"3\">'三'!$A$1<",
            "<definedName name=\"sheetform_findings\" hidden=\"1\" comment=\"a=2;s=2\">'检查''结果'!$K$1:$L$2</definedName></definedNames><calcPr/>",
        ] {
            assert!(after.replace("&apos;", "'").contains(part), "{part} is not in {after}");
        }
        let again = book(&after);
        let (at, cells, shown) = again.earlier.clone().unwrap();
        assert_eq!((at, cells, shown.active), (0, Range::parse("K1:L2"), Some(2)));
        assert_eq!(marked(&after), after);
        assert_eq!(bare(&after), BOOK);
        assert_eq!(bare(BOOK), BOOK);
    }

    #[test]
    fn names_are_begun_where_there_are_none() {
        for (plain, names) in [
            (
                "<w xmlns=\"m\"><sheets><sheet name=\"一\" r:id=\"a\"/></sheets></w>",
                "</sheets><definedNames><definedName",
            ),
            (
                "<w><sheets><sheet name=\"一\" r:id=\"a\"/></sheets><externalReferences/><calcPr/></w>",
                "<externalReferences/><definedNames>",
            ),
            (
                "<p:w xmlns:p=\"m\"><p:sheets><p:sheet name=\"一\" r:id=\"a\"/></p:sheets></p:w>",
                "</p:sheets><p:definedNames><p:definedName",
            ),
            (
                "<w><sheets><sheet name=\"一\" r:id=\"a\"/></sheets><definedNames/><calcPr/></w>",
                "<definedNames><definedName",
            ),
        ] {
            let after = marked(plain);
            assert!(after.contains(names), "{after}");
            assert_eq!(book(&after).earlier.unwrap().0, 0);
            assert_eq!(bare(&after), plain.replace("<definedNames/>", ""));
        }
    }

    #[test]
    fn a_name_whose_sheet_was_deleted_goes() {
        let gone = "<definedName name=\"sheetform_findings\" hidden=\"1\">#REF!</definedName>";
        let with = BOOK.replace("</definedNames>", &format!("{gone}</definedNames>"));
        assert!(book(&with).dangling && book(&with).earlier.is_none() && !book(BOOK).dangling);
        assert_eq!(bare(&with), BOOK);
    }

    #[test]
    fn names_lead_to_a_sheet() {
        let range = Range::parse("A1");
        for (text, sheet) in [("'检查''结果'!$A$1", "检查'结果"), ("表!$A$1", "表"), ("$表.x!A1", "表.x")] {
            assert_eq!(leads_to(text), Some((sheet.to_owned(), range)));
        }
        assert_eq!(leads_to("#REF!"), Some(("#REF".to_owned(), None)));
        assert_eq!(leads_to("1+1"), None);
    }
}
