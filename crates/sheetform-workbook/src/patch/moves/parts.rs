//! Parts beside sheets that say where cells are: names, notes and their drawing, pictures, lists, charts.

use sheetform::finding::Finding;

use super::super::tokens::{Piece, Tag, Tokens, text};
use super::formula::moved;
use super::map::Grow;
use super::sheet::unescaped;
use super::{Moving, stuck};

/// Names of ranges that mean the table itself, and grow with its looks.
const OF_TABLE: [&str; 2] = ["_xlnm.Print_Area", "_xlnm._FilterDatabase"];

impl Moving<'_> {
    fn row(&self) -> u32 {
        self.changes.rows.first().map_or(0, |new| new.at) + 1
    }

    /// The names of the workbook; none where nothing moves.
    pub(super) fn names(&self) -> Result<Option<Vec<u8>>, Finding> {
        self.elements(&self.main, |tag, body| {
            if tag.local() != b"definedName" {
                return Ok(None);
            }
            let name = tag.attribute("name").unwrap_or_default();
            let grow = if OF_TABLE.iter().any(|own| name.eq_ignore_ascii_case(own)) { Grow::Look } else { Grow::Table };
            self.formula(&unescaped(body), false, grow, &name)
        })
    }

    /// Formulas of charts, and the ranges that pivot tables are made from.
    pub(super) fn formulas(&self, part: &str) -> Result<Option<Vec<u8>>, Finding> {
        let moved = self.elements(part, |tag, body| {
            if tag.local() != b"f" {
                return Ok(None);
            }
            self.formula(&unescaped(body), false, Grow::Table, part)
        })?;
        let bytes = match &moved {
            Some(bytes) => bytes.clone(),
            None => self.bytes(part)?,
        };
        let of_sheet = |tag: Tag<'_>| {
            tag.local() == b"worksheetSource"
                && tag.attribute("sheet").is_some_and(|sheet| sheet.to_lowercase() == self.name.to_lowercase())
        };
        let tags = Self::tags(&bytes, part, |tag| {
            if !of_sheet(tag) {
                return None;
            }
            let range = self.map.list(&tag.attribute("ref")?, Grow::Look)?;
            Some(tag.with("ref", &range))
        })?;
        Ok(tags.or(moved))
    }

    fn formula(&self, text: &str, own: bool, grow: Grow, place: &str) -> Result<Option<String>, Finding> {
        moved(text, own, &self.name, &self.map, grow).map_err(|why| stuck(why, place, self.row()))
    }

    /// Notes, lists and pivot tables of the sheet: the cells they name, and formulas of list columns.
    pub(super) fn cells(&self, part: &str) -> Result<Option<Vec<u8>>, Finding> {
        let moved = self.elements(part, |tag, body| match tag.local() {
            b"calculatedColumnFormula" | b"totalsRowFormula" => self.formula(&unescaped(body), true, Grow::Table, part),
            _ => Ok(None),
        })?;
        let bytes = match &moved {
            Some(bytes) => bytes.clone(),
            None => self.bytes(part)?,
        };
        let tags = Self::tags(&bytes, part, |tag| {
            let grow = match tag.local() {
                b"table" | b"autoFilter" | b"sortState" => Grow::Look,
                b"comment" | b"threadedComment" | b"sortCondition" | b"location" => Grow::Never,
                _ => return None,
            };
            let range = self.map.list(&tag.attribute("ref")?, grow)?;
            Some(tag.with("ref", &range))
        })?;
        Ok(tags.or(moved))
    }

    /// The drawing that shows notes: the row of each, and where it is drawn.
    pub(super) fn notes(&self, part: &str) -> Result<Option<Vec<u8>>, Finding> {
        self.elements(part, |tag, body| {
            let old = unescaped(body);
            let new = match tag.local() {
                b"Row" => old.trim().parse::<u32>().ok().map(|row| self.map.row(row).to_string()),
                b"Anchor" => {
                    let mut numbers: Vec<i64> = old.split(',').map_while(|number| number.trim().parse().ok()).collect();
                    match numbers.as_mut_slice() {
                        [_, _, top, _, _, _, bottom, _] => {
                            let row = u32::try_from(*top).unwrap_or(0);
                            let down = i64::from(self.map.row(row)) - i64::from(row);
                            (*top, *bottom) = (*top + down, *bottom + down);
                            let shown: Vec<String> = numbers.iter().map(i64::to_string).collect();
                            (down > 0).then(|| shown.join(", "))
                        }
                        _ => None,
                    }
                }
                _ => None,
            };
            Ok(new.filter(|new| *new != old.trim()))
        })
    }

    /// Pictures, charts and shapes: where they are anchored. One that does not move with cells stays.
    pub(super) fn drawing(&self, part: &str) -> Result<Option<Vec<u8>>, Finding> {
        let bytes = self.bytes(part)?;
        let mut tokens = Tokens::new(bytes.as_slice(), part, bytes.len().max(1));
        let mut out = Vec::with_capacity(bytes.len() + 64);
        let (mut changed, mut stays, mut sized) = (false, false, true);
        let mut end = "";
        let mut down = 0;
        loop {
            let piece = tokens.next()?;
            let tag = tokens.tag();
            match (piece, tag.local()) {
                (Piece::End, _) => return Ok(changed.then_some(out)),
                (Piece::Open, b"twoCellAnchor" | b"oneCellAnchor") => {
                    let edit = tag.attribute("editAs");
                    stays = edit.as_deref() == Some("absolute");
                    sized = edit.as_deref() != Some("oneCell");
                }
                (Piece::Open, b"from") => end = "from",
                (Piece::Open, b"to") => end = "to",
                (Piece::Close, b"from" | b"to") => end = "",
                (Piece::Open, b"row") if !end.is_empty() && !stays => {
                    let mut raw = Vec::new();
                    tokens.element(piece, |bytes| raw.extend_from_slice(bytes))?;
                    let (open, body) = element(&raw);
                    let Ok(row) = unescaped(body).trim().parse::<u32>() else {
                        out.extend(raw);
                        continue;
                    };
                    let moved = if end == "to" && !sized { row + down } else { self.map.row(row) };
                    if end == "from" {
                        down = moved - row;
                    }
                    changed |= moved != row;
                    let close = [b"</", Tag(open).name(), b">"].concat();
                    out.extend([open, moved.to_string().as_bytes(), &close].concat());
                    continue;
                }
                _ => {}
            }
            out.extend_from_slice(tokens.raw());
        }
    }

    /// A part whose elements get another text; none where none does.
    fn elements(
        &self,
        part: &str,
        change: impl Fn(Tag<'_>, &[u8]) -> Result<Option<String>, Finding>,
    ) -> Result<Option<Vec<u8>>, Finding> {
        let bytes = self.bytes(part)?;
        let mut tokens = Tokens::new(bytes.as_slice(), part, bytes.len().max(1));
        let mut out = Vec::with_capacity(bytes.len() + 64);
        let mut changed = false;
        // The tag that is open, with what stands in it so far; an element with others in it has no text of its own.
        let mut open: Option<(Vec<u8>, Vec<u8>)> = None;
        loop {
            let piece = tokens.next()?;
            let raw = tokens.raw();
            match (piece, open.take()) {
                (Piece::End, held) => {
                    flush(&mut out, held);
                    return Ok(changed.then_some(out));
                }
                (Piece::Open, held) => {
                    flush(&mut out, held);
                    open = Some((raw.to_vec(), Vec::new()));
                }
                (Piece::Text, Some((tag, mut body))) => {
                    body.extend_from_slice(raw);
                    open = Some((tag, body));
                }
                (Piece::Close, Some((tag, body))) => {
                    let new = change(Tag(&tag), &body)?;
                    changed |= new.is_some();
                    out.extend(&tag);
                    out.extend(new.map_or(body, |new| text(&new).into_bytes()));
                    out.extend_from_slice(raw);
                }
                (_, held) => {
                    flush(&mut out, held);
                    out.extend_from_slice(raw);
                }
            }
        }
    }

    /// A part whose tags are changed; none where none is.
    fn tags(bytes: &[u8], part: &str, change: impl Fn(Tag<'_>) -> Option<Vec<u8>>) -> Result<Option<Vec<u8>>, Finding> {
        let mut tokens = Tokens::new(bytes, part, bytes.len().max(1));
        let mut out = Vec::with_capacity(bytes.len() + 64);
        let mut changed = false;
        loop {
            let piece = tokens.next()?;
            let new = match piece {
                Piece::End => return Ok(changed.then_some(out)),
                Piece::Open | Piece::Empty => change(tokens.tag()),
                _ => None,
            };
            changed |= new.is_some();
            out.extend_from_slice(new.as_deref().unwrap_or(tokens.raw()));
        }
    }
}

fn flush(out: &mut Vec<u8>, held: Option<(Vec<u8>, Vec<u8>)>) {
    if let Some((tag, body)) = held {
        out.extend(tag);
        out.extend(body);
    }
}

/// The tag of an element and its text.
fn element(raw: &[u8]) -> (&[u8], &[u8]) {
    let open = raw.iter().position(|byte| *byte == b'>').map_or(raw.len(), |at| at + 1);
    let close = raw.windows(2).rposition(|window| window == b"</").unwrap_or(raw.len());
    (raw.get(..open).unwrap_or_default(), raw.get(open..close.max(open)).unwrap_or_default())
}
