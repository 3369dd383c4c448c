//! Notes of a sheet (`comments` parts). Ours stand between two lines that tell them from what people write, in the same
//! note too; people's notes stay as they are, threaded ones are not touched.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use sheetform::finding::Finding;
use sheetform::grid::CellRef;

use super::tokens::{Piece, Tag, Tokens, splice, text};
use crate::fault::unreadable;

/// The line above what we say in a note. No letter of it may be one that programs write as a reference.
const BEGIN: &str = "----- sheetform -----";
/// The line below.
const END: &str = "---------------------";
/// Characters of a note, as UTF-16 counts them (Excel's documented limit of a cell's text).
const LENGTH: usize = 32_767;
const AUTHOR: &str = "sheetform";

/// What was done to the notes of a sheet.
#[derive(Default)]
pub(super) struct Notes {
    /// The part; `None` where no note is left in it.
    pub(super) xml: Option<Vec<u8>>,
    pub(super) changed: bool,
    /// Cells that have a note now and had none, and the other way.
    pub(super) new: Vec<CellRef>,
    pub(super) gone: BTreeSet<CellRef>,
    /// Cells whose thread of comments could not take a note.
    pub(super) refused: usize,
}

/// Whether a part holds a note of ours.
pub(super) fn has_ours(xml: &[u8]) -> bool {
    xml.windows(BEGIN.len()).any(|window| window == BEGIN.as_bytes())
}

/// Takes our notes out of a part and puts new ones in.
pub(super) fn change(xml: &[u8], part: &str, add: &BTreeMap<CellRef, String>) -> Result<Notes, Finding> {
    let mut out = Vec::with_capacity(xml.len());
    let mut notes = Notes::default();
    let mut tokens = Tokens::new(xml, part, xml.len().max(1));
    let mut prefix: Option<Vec<u8>> = None;
    let mut authors: Vec<String> = Vec::new();
    // Where a new author and new notes go.
    let (mut authors_end, mut list_end) = (None, None);
    let (mut left, mut taken) = (0, BTreeSet::new());
    loop {
        let piece = tokens.next()?;
        let own = prefix.clone().unwrap_or_default();
        match piece {
            Piece::End => break,
            Piece::Open if prefix.is_none() => prefix = Some(tokens.tag().prefix().to_vec()),
            Piece::Open | Piece::Empty if tokens.tag().is(&own, "author") => {
                let mut name = Vec::new();
                let at = out.len();
                tokens.element(piece, |raw| out.extend_from_slice(raw))?;
                name.extend_from_slice(out.get(at..).unwrap_or_default());
                authors.push(content(&name));
                continue;
            }
            Piece::Open | Piece::Empty if tokens.tag().is(&own, "comment") => {
                let tag = tokens.tag();
                let at = tag.attribute("ref").and_then(|name| CellRef::parse(&name));
                let author = tag.number("authorId").and_then(|index| authors.get(index as usize));
                let threaded = author.is_some_and(|author| author.starts_with("tc="));
                let mut raw = Vec::new();
                tokens.element(piece, |bytes| raw.extend_from_slice(bytes))?;
                let (bare, was_ours) = if has_ours(&raw) { without_ours(&raw) } else { (raw, false) };
                notes.changed |= was_ours;
                if was_ours && content(&bare).trim().is_empty() {
                    notes.gone.extend(at);
                    continue;
                }
                left += 1;
                let wanted = at.and_then(|at| add.get(&at).map(|note| (at, note)));
                match wanted {
                    Some((at, _)) if threaded => {
                        notes.refused += usize::from(taken.insert(at));
                        out.extend(bare);
                    }
                    Some((at, note)) if taken.insert(at) => {
                        notes.changed = true;
                        out.extend(appended(&bare, &own, note));
                    }
                    _ => out.extend(bare),
                }
                continue;
            }
            Piece::Close if tokens.tag().is(&own, "authors") => authors_end = Some(out.len()),
            Piece::Close if tokens.tag().is(&own, "commentList") => list_end = Some(out.len()),
            Piece::Empty if tokens.tag().is(&own, "authors") || tokens.tag().is(&own, "commentList") => {
                let name = tokens.tag().name();
                out.extend(tokens.tag().opened());
                let end = Some(out.len());
                if tokens.tag().local() == b"authors" {
                    authors_end = end;
                } else {
                    list_end = end;
                }
                out.extend_from_slice(&[b"</", name, b">"].concat());
                continue;
            }
            _ => {}
        }
        out.extend_from_slice(tokens.raw());
    }
    let (Some(authors_end), Some(list_end), Some(prefix)) = (authors_end, list_end, prefix) else {
        return Err(unreadable(part, "is not the XML it should be", "的 XML 有误"));
    };
    let prefix = String::from_utf8_lossy(&prefix).into_owned();
    let known = authors.iter().position(|author| author == AUTHOR);
    let author = known.unwrap_or(authors.len());
    let mut list = String::new();
    for (at, note) in add.iter().filter(|(at, _)| !taken.contains(at)) {
        let block = text(&block(note));
        _ = write!(
            list,
            "<{prefix}comment ref=\"{at}\" authorId=\"{author}\"><{prefix}text><{prefix}t xml:space=\"preserve\">{block}\
             </{prefix}t></{prefix}text></{prefix}comment>"
        );
        left += 1;
        if !notes.gone.remove(at) {
            notes.new.push(*at);
        }
    }
    if !list.is_empty() {
        notes.changed = true;
        out = splice(&out, list_end..list_end, list.as_bytes());
        if known.is_none() {
            let name = format!("<{prefix}author>{AUTHOR}</{prefix}author>");
            out = splice(&out, authors_end..authors_end, name.as_bytes());
        }
    } else if let (Some(index), true) = (known, notes.changed && left > 0) {
        out = without_author(&out, part, index)?;
    }
    notes.xml = (left > 0 || !notes.changed).then_some(out);
    Ok(notes)
}

/// The part of a sheet that has no notes yet.
pub(super) fn empty(namespace: &str) -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
         <comments xmlns=\"{namespace}\"><authors></authors><commentList></commentList></comments>"
    )
    .into_bytes()
}

/// A note between its lines.
fn block(note: &str) -> String {
    format!("{BEGIN}\n{}\n{END}", cut(note, LENGTH - BEGIN.len() - END.len() - 2))
}

/// A text of at most so many characters, as UTF-16 counts them.
pub(super) fn cut(text: &str, limit: usize) -> String {
    if text.len() <= limit || text.encode_utf16().count() <= limit {
        return text.to_owned();
    }
    let mut left = limit - 1;
    let fits = |c: &char| {
        let fits = c.len_utf16() <= left;
        left = left.saturating_sub(c.len_utf16());
        fits
    };
    let mut short: String = text.chars().take_while(fits).collect();
    short.push('…');
    short
}

/// A person's note with ours below it, in the last of its texts.
fn appended(comment: &[u8], prefix: &[u8], note: &str) -> Vec<u8> {
    let left = LENGTH.saturating_sub(content(comment).encode_utf16().count() + BEGIN.len() + END.len() + 3);
    if left < 20 {
        return comment.to_vec();
    }
    let ours = text(&format!("\n{BEGIN}\n{}\n{END}", cut(note, left)));
    let own = String::from_utf8_lossy(prefix);
    let (last_text, last_end) = (format!("</{own}t>"), format!("</{own}text>"));
    let rfind = |word: &str| comment.windows(word.len()).rposition(|window| window == word.as_bytes());
    match (rfind(&last_text), rfind(&last_end)) {
        (Some(at), _) => splice(comment, at..at, ours.as_bytes()),
        (None, Some(at)) => {
            let run = format!("<{own}r><{own}t xml:space=\"preserve\">{}</{own}t></{own}r>", ours.trim_start());
            splice(comment, at..at, run.as_bytes())
        }
        (None, None) => comment.to_vec(),
    }
}

/// A note without what stands between our lines, and whether there was any.
fn without_ours(comment: &[u8]) -> (Vec<u8>, bool) {
    let mut out = Vec::with_capacity(comment.len());
    let mut tokens = Tokens::new(comment, "", comment.len());
    let (mut inside, mut was_ours) = (false, false);
    loop {
        match tokens.next() {
            Ok(Piece::End) | Err(_) => return (out, was_ours),
            Ok(Piece::Text) => {
                let text = String::from_utf8_lossy(tokens.raw()).into_owned();
                let mut rest = text.as_str();
                while !rest.is_empty() {
                    let mark = if inside { END } else { BEGIN };
                    let found = rest.find(mark);
                    let (before, after) = match found {
                        Some(at) => (&rest[..at], &rest[at + mark.len()..]),
                        None => (rest, ""),
                    };
                    if !inside {
                        let kept = if found.is_some() { without_break(before) } else { before };
                        out.extend_from_slice(kept.as_bytes());
                    }
                    was_ours |= !inside && found.is_some();
                    inside ^= found.is_some();
                    rest = after;
                }
            }
            Ok(_) => out.extend_from_slice(tokens.raw()),
        }
    }
}

/// A text without the line break at its end, however it is written.
fn without_break(text: &str) -> &str {
    let plain = ["\n", "&#10;", "&#xA;", "&#xa;", "_x000a_", "_x000A_"].iter().find_map(|end| text.strip_suffix(end));
    let plain = plain.unwrap_or(text);
    ["\r", "&#13;", "&#xD;", "_x000D_", "_x000d_"].iter().find_map(|end| plain.strip_suffix(end)).unwrap_or(plain)
}

/// The text of an element.
fn content(element: &[u8]) -> String {
    let mut tokens = Tokens::new(element, "", element.len());
    let mut out = String::new();
    loop {
        match tokens.next() {
            Ok(Piece::End) | Err(_) => break,
            Ok(Piece::Text) => out.push_str(&String::from_utf8_lossy(tokens.raw())),
            Ok(_) => {}
        }
    }
    quick_xml::escape::unescape(&out).map(std::borrow::Cow::into_owned).unwrap_or(out)
}

/// A part without our author, where he is the last and no note is his.
fn without_author(xml: &[u8], part: &str, index: usize) -> Result<Vec<u8>, Finding> {
    let mut tokens = Tokens::new(xml, part, xml.len());
    let (mut at, mut count, mut found) = (0, 0, None);
    loop {
        let piece = tokens.next()?;
        let start = at;
        match piece {
            Piece::End => break,
            Piece::Open | Piece::Empty if tokens.tag().local() == b"author" => {
                let mut length = 0;
                tokens.element(piece, |raw| length += raw.len())?;
                at += length;
                if count == index {
                    found = Some(start..at);
                }
                count += 1;
                continue;
            }
            Piece::Open | Piece::Empty
                if tokens.tag().local() == b"comment" && tokens.tag().number("authorId") == Some(index as u32) =>
            {
                found = None;
                break;
            }
            _ => {}
        }
        at += tokens.raw().len();
    }
    Ok(found.filter(|_| count == index + 1).map_or_else(|| xml.to_vec(), |range| splice(xml, range, b"")))
}

/// Shapes of a drawing that shows notes.
pub(super) mod shapes {
    use super::{BTreeMap, BTreeSet, CellRef, Finding, Piece, Tag, Tokens, content, splice};
    use crate::fault::unreadable;
    use sheetform::grid::{MAX_COLUMNS, MAX_ROWS};

    const NAMESPACES: &str = "xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:o=\"urn:schemas-microsoft-com:office:office\" \
                              xmlns:x=\"urn:schemas-microsoft-com:office:excel\"";

    /// The last of the blocks of 1,024 ids that so many shapes take, from this block on.
    pub(in super::super) fn last_block(block: usize, shapes: usize) -> usize {
        (block * 1024 + shapes) / 1024
    }

    /// The drawing of a sheet that has none, for so many shapes; `block` tells them from those of other sheets.
    pub(in super::super) fn empty(block: usize, shapes: usize) -> Vec<u8> {
        let blocks: Vec<String> = (block..=last_block(block, shapes)).map(|block| block.to_string()).collect();
        let blocks = blocks.join(",");
        format!(
            "<xml {NAMESPACES}><o:shapelayout v:ext=\"edit\"><o:idmap v:ext=\"edit\" data=\"{blocks}\"/></o:shapelayout>\
             <v:shapetype id=\"_x0000_t202\" coordsize=\"21600,21600\" o:spt=\"202\" path=\"m,l,21600r21600,l21600,xe\">\
             <v:stroke joinstyle=\"miter\"/><v:path gradientshapeok=\"t\" o:connecttype=\"rect\"/></v:shapetype></xml>"
        )
        .into_bytes()
    }

    /// Takes the shapes of some cells out and puts those of others in. `None` where no shape is left.
    pub(in super::super) fn change(
        xml: &[u8],
        part: &str,
        gone: &BTreeSet<CellRef>,
        new: &BTreeMap<CellRef, usize>,
        block: usize,
    ) -> Result<Option<Vec<u8>>, Finding> {
        let mut out = Vec::with_capacity(xml.len() + new.len() * 1_200);
        let mut tokens = Tokens::new(xml, part, xml.len().max(1));
        let (mut end, mut left, mut taken) = (None, 0, false);
        let mut last = block * 1024;
        loop {
            let piece = tokens.next()?;
            match piece {
                Piece::End => break,
                Piece::Open | Piece::Empty if tokens.tag().local() == b"shape" => {
                    let id = tokens.tag().attribute("id");
                    let number =
                        id.as_deref().and_then(|id| id.strip_prefix("_x0000_s")).and_then(|id| id.parse().ok());
                    let mut shape = tokens.raw().to_vec();
                    // Texts in it may be HTML as old programs write it: only its own end tag counts.
                    let mut open = piece == Piece::Open;
                    while open {
                        let inner = tokens.next()?;
                        shape.extend_from_slice(tokens.raw());
                        open = !(inner == Piece::Close && tokens.tag().local() == b"shape");
                        if inner == Piece::End {
                            return Err(tokens.broken());
                        }
                    }
                    if cell(&shape).is_some_and(|at| gone.contains(&at)) {
                        taken = true;
                        continue;
                    }
                    left += 1;
                    last = last.max(number.unwrap_or(0));
                    out.extend(shape);
                    continue;
                }
                Piece::Close => end = Some(out.len()),
                _ => {}
            }
            out.extend_from_slice(tokens.raw());
        }
        let Some(end) = end else { return Err(unreadable(part, "is not the XML it should be", "的 XML 有误")) };
        if left == 0 && new.is_empty() && taken {
            return Ok(None);
        }
        let shapes: String = new.iter().zip(last + 1..).map(|((at, lines), id)| shape(*at, *lines, id)).collect();
        Ok(Some(splice(&out, end..end, shapes.as_bytes())))
    }

    /// The cell whose note a shape shows.
    fn cell(shape: &[u8]) -> Option<CellRef> {
        let mut tokens = Tokens::new(shape, "", shape.len());
        let (mut row, mut col, mut note) = (None, None, false);
        loop {
            let piece = tokens.next().ok()?;
            match piece {
                Piece::End => return Some(CellRef::new(row.filter(|_| note)?, col?)),
                Piece::Open if tokens.tag().local() == b"ClientData" => {
                    note = tokens.tag().attribute("ObjectType").as_deref() == Some("Note");
                }
                Piece::Open if matches!(tokens.tag().local(), b"Row" | b"Column") => {
                    let is_row = tokens.tag().local() == b"Row";
                    let mut raw = Vec::new();
                    tokens.element(piece, |bytes| raw.extend_from_slice(bytes)).ok()?;
                    let number = content(&raw).trim().parse().ok();
                    if is_row { row = number } else { col = number }
                }
                _ => {}
            }
        }
    }

    /// A yellow box beside the cell, hidden until the pointer is over it, high enough for so many lines.
    fn shape(at: CellRef, lines: usize, id: usize) -> String {
        let CellRef { row, col } = at;
        let left = (col + 1).min(MAX_COLUMNS - 5);
        let top = row.saturating_sub(1).min(MAX_ROWS - 32);
        let (right, bottom) = (left + 4, top + lines.clamp(3, 24) as u32 + 1);
        // Each shape says its namespaces: some programs declare them elsewhere than on the root.
        let tag = Tag(b"<v:shape>").with("id", &format!("_x0000_s{id}"));
        let tag = String::from_utf8_lossy(&tag).replace("<v:shape", &format!("<v:shape {NAMESPACES}"));
        let tag = tag.trim_end_matches('>');
        format!(
            "{tag} type=\"#_x0000_t202\" style=\"position:absolute;margin-left:60pt;margin-top:2pt;width:220pt;height:{}pt;\
             z-index:1;visibility:hidden\" fillcolor=\"#ffffe1\" o:insetmode=\"auto\"><v:fill color2=\"#ffffe1\"/>\
             <v:shadow on=\"t\" color=\"black\" obscured=\"t\"/><v:path o:connecttype=\"none\"/>\
             <v:textbox style=\"mso-direction-alt:auto\"><div style=\"text-align:left\"></div></v:textbox>\
             <x:ClientData ObjectType=\"Note\"><x:MoveWithCells/><x:SizeWithCells/>\
             <x:Anchor>{left}, 15, {top}, 10, {right}, 15, {bottom}, 4</x:Anchor><x:AutoFill>False</x:AutoFill>\
             <x:Row>{row}</x:Row><x:Column>{col}</x:Column></x:ClientData></v:shape>",
            lines.clamp(3, 24) * 15
        )
    }
}

/// How many lines a note takes in its box of about 40 narrow characters.
pub(super) fn lines(note: &str) -> usize {
    note.lines().map(|line| super::wide(line).div_ceil(38).max(1)).sum::<usize>() + 2
}

#[cfg(test)]
mod tests {
    use super::*;

    const NS: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

    fn at(name: &str) -> CellRef {
        CellRef::parse(name).unwrap()
    }

    fn changed(xml: &[u8], add: &[(&str, &str)]) -> (Notes, String) {
        let add = add.iter().map(|(cell, note)| (at(cell), (*note).to_owned())).collect();
        let notes = change(xml, "xl/comments1.xml", &add).unwrap();
        let text = String::from_utf8(notes.xml.clone().unwrap_or_default()).unwrap();
        (notes, text)
    }

    #[test]
    fn notes_are_put_in_and_taken_out_again() {
        let before = format!(
            "<comments xmlns=\"{NS}\"><authors><author>王</author><author>tc={{1}}</author></authors><commentList>\
             <comment ref=\"B2\" authorId=\"0\"><text><r><t>请看</t></r><r><t xml:space=\"preserve\"> 附件</t></r></text></comment>\
             <comment ref=\"B3\" authorId=\"1\"><text><t>[Threaded comment]</t></text></comment>\
             <comment ref=\"B4\" authorId=\"0\"><text/></comment></commentList></comments>"
        );
        let (notes, after) = changed(before.as_bytes(), &[("B2", "错 <1>"), ("B3", "x"), ("C9", "y")]);
        assert_eq!((notes.new, notes.refused, notes.gone.len()), (vec![at("C9")], 1, 0));
        assert!(
            after.contains(&format!("<t xml:space=\"preserve\"> 附件\n{BEGIN}\n错 &lt;1&gt;\n{END}</t>")),
            "{after}"
        );
        assert!(after.contains("<author>tc={1}</author><author>sheetform</author></authors>"), "{after}");
        assert!(after.contains(&format!(
            "<comment ref=\"C9\" authorId=\"2\"><text><t xml:space=\"preserve\">{BEGIN}\ny\n{END}</t>"
        )));
        let (notes, again) = changed(after.as_bytes(), &[("B2", "二"), ("C9", "z")]);
        assert_eq!((notes.new.len(), notes.gone.len()), (0, 0));
        assert!(!again.contains("错") && again.contains("二") && again.matches("C9").count() == 1, "{again}");
        let (notes, bare) = changed(again.as_bytes(), &[]);
        assert_eq!(bare, before);
        assert_eq!(notes.gone, BTreeSet::from([at("C9")]));
        let (notes, same) = changed(before.as_bytes(), &[]);
        assert!(!notes.changed && same == before);
    }

    #[test]
    fn what_a_person_adds_to_our_note_stays() {
        let (_, ours) = changed(&empty(NS), &[("A1", "错")]);
        let typed = ours.replace("</t>", "\n已改</t>");
        let (notes, after) = changed(typed.as_bytes(), &[]);
        assert!(notes.gone.is_empty() && after.contains("\n已改</t>") && !has_ours(after.as_bytes()), "{after}");
        let (notes, _) = changed(ours.as_bytes(), &[]);
        assert!(notes.xml.is_none() && notes.gone.len() == 1);
    }

    #[test]
    fn a_block_over_several_runs_is_taken_out_whole() {
        let (_, ours) = changed(&empty(NS), &[("A1", "一\n二")]);
        let cut = ours.replace("一", "</t><t>");
        let (notes, _) = changed(cut.as_bytes(), &[]);
        assert!(notes.xml.is_none());
    }

    #[test]
    fn long_notes_are_cut() {
        let note = "😀".repeat(40_000);
        let (_, xml) = changed(&empty(NS), &[("A1", &note)]);
        assert_eq!(content(xml.as_bytes()).trim().trim_start_matches("sheetform").encode_utf16().count(), LENGTH);
        let full = ours_in(&"字".repeat(LENGTH));
        assert_eq!(String::from_utf8(appended(&full, b"", "x")).unwrap().as_bytes(), full);
        assert_eq!(cut("一二三", 2), "一…");
    }

    fn ours_in(text: &str) -> Vec<u8> {
        format!("<comment ref=\"A1\"><text><t>{text}</t></text></comment>").into_bytes()
    }

    #[test]
    fn shapes_come_and_go() {
        let other = "<xml><v:shape id='_x0000_s2050'><v:textbox><div>a<br>b</div></v:textbox><x:ClientData ObjectType=\"Button\"><x:Row>6</x:Row><x:Column>1</x:Column></x:ClientData></v:shape></xml>";
        let new = BTreeMap::from([(at("B7"), 3), (at("XFD1048576"), 90)]);
        let made = shapes::change(other.as_bytes(), "p", &BTreeSet::new(), &new, 1).unwrap().unwrap();
        let text = String::from_utf8(made.clone()).unwrap();
        assert!(text.contains("id=\"_x0000_s2051\"") && text.contains("id=\"_x0000_s2052\""), "{text}");
        let gone = new.keys().copied().collect();
        let back = shapes::change(&made, "p", &gone, &BTreeMap::new(), 1).unwrap().unwrap();
        assert_eq!(String::from_utf8(back).unwrap(), other);
        let own = shapes::change(&shapes::empty(3, 1_100), "p", &BTreeSet::new(), &new, 3).unwrap().unwrap();
        assert!(String::from_utf8(own.clone()).unwrap().contains("_x0000_s3073"));
        assert!(String::from_utf8(own.clone()).unwrap().contains("data=\"3,4\""));
        assert!(shapes::change(&own, "p", &gone, &BTreeMap::new(), 3).unwrap().is_none());
    }
}
