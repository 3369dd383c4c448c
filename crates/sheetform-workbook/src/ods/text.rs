//! Texts of cells: paragraphs and what may stand in them. Blanks stay as they stand, as LibreOffice shows them.

use std::io::BufRead;

use sheetform::finding::Finding;

use super::spaces::{Space, Spaces};
use crate::package::xml::{Piece, Xml, too_long};

/// Leaves a paragraph, or a part of one, adding its text to `out`, which holds at most `limit` bytes.
pub(crate) fn paragraph<R: BufRead>(
    xml: &mut Xml<R>,
    spaces: &Spaces,
    limit: usize,
    out: &mut String,
) -> Result<(), Finding> {
    loop {
        match xml.piece(out)? {
            Piece::Text => continue,
            Piece::End => return Ok(()),
            Piece::Child => {}
        }
        match spaces.name(xml) {
            (Space::Text, "s") => {
                let count = spaces.attribute(xml, Space::Text, "c")?.map_or(Ok(1), |count| count.trim().parse());
                let count: usize = count.unwrap_or(1);
                if out.len().saturating_add(count) > limit {
                    return Err(too_long(limit));
                }
                out.extend(std::iter::repeat_n(' ', count));
                xml.skip()?;
            }
            (Space::Text, "tab") => {
                out.push('\t');
                xml.skip()?;
            }
            (Space::Text, "line-break") => {
                out.push('\n');
                xml.skip()?;
            }
            // How the text is pronounced, and what stands at the foot of a page, is not the text.
            (Space::Text, "ruby-text" | "note") => xml.skip()?,
            // Spans, links, and fields with what they show.
            (Space::Text, _) => paragraph(xml, spaces, limit, out)?,
            _ => xml.skip()?,
        }
    }
}
