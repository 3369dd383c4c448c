//! The workbook part with the wish that programs work out every formula on opening: those over cells that got other
//! values hold results that are no longer right.

use sheetform::finding::Finding;

use super::tokens::{Piece, Tag, Tokens};

/// Elements that stand after `calcPr` (ECMA-376 part 1, 18.2.27).
const AFTER: [&str; 9] = [
    "oleSize",
    "customWorkbookViews",
    "pivotCaches",
    "smartTagPr",
    "smartTagTypes",
    "webPublishing",
    "fileRecoveryPr",
    "webPublishObjects",
    "extLst",
];

pub(super) fn on_opening(xml: &[u8], part: &str) -> Result<Vec<u8>, Finding> {
    let mut tokens = Tokens::new(xml, part, xml.len().max(1));
    let mut out = Vec::with_capacity(xml.len() + 40);
    let mut prefix: Option<Vec<u8>> = None;
    let (mut depth, mut done) = (0, false);
    loop {
        let piece = tokens.next()?;
        let tag = tokens.tag();
        let own = prefix.clone().unwrap_or_default();
        let wish = || Tag(&[b"<", own.as_slice(), b"calcPr/>"].concat()).with("fullCalcOnLoad", "1");
        match piece {
            Piece::End => return Ok(out),
            Piece::Open if prefix.is_none() => {
                prefix = Some(tag.prefix().to_vec());
                depth = 1;
            }
            Piece::Open | Piece::Empty => {
                if depth == 1 && !done {
                    if tag.is(&own, "calcPr") {
                        out.extend(tag.with("fullCalcOnLoad", "1"));
                        (depth, done) = (depth + usize::from(piece == Piece::Open), true);
                        continue;
                    }
                    if AFTER.iter().any(|name| tag.is(&own, name)) {
                        out.extend(wish());
                        done = true;
                    }
                }
                depth += usize::from(piece == Piece::Open);
            }
            Piece::Close => {
                depth = depth.saturating_sub(1);
                if depth == 0 && !done {
                    out.extend(wish());
                    done = true;
                }
            }
            Piece::Text | Piece::Other => {}
        }
        out.extend_from_slice(tokens.raw());
    }
}
