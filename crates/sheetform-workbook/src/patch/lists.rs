//! The two kinds of lists that name parts: relationships of a part, and content types of the package.

use std::collections::BTreeSet;

use sheetform::finding::Finding;

use super::tokens::{Piece, Tag, Tokens, splice};
use crate::fault::unreadable;

const TYPES: &str = "http://schemas.openxmlformats.org/package/2006/content-types";
const RELATIONSHIPS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

/// A relationship to be put in.
pub(super) struct NewRel {
    pub(super) id: String,
    /// The whole type.
    pub(super) kind: String,
    /// The part, from the root of the package.
    pub(super) target: String,
}

/// The ids of a list of relationships.
pub(super) fn ids(xml: &[u8], part: &str) -> Result<BTreeSet<String>, Finding> {
    let mut tokens = Tokens::new(xml, part, xml.len().max(1));
    let mut ids = BTreeSet::new();
    loop {
        match tokens.next()? {
            Piece::End => return Ok(ids),
            Piece::Open | Piece::Empty => ids.extend(tokens.tag().attribute("Id")),
            _ => {}
        }
    }
}

/// An id that is not taken, which it is from now on.
pub(super) fn free_id(ids: &mut BTreeSet<String>) -> String {
    let mut number = ids.len() + 1;
    loop {
        let id = format!("rId{number}");
        if ids.insert(id.clone()) {
            return id;
        }
        number += 1;
    }
}

/// A list of relationships without some and with others. An empty one is begun where there is none.
pub(super) fn relationships(
    xml: Option<&[u8]>,
    part: &str,
    gone: &BTreeSet<String>,
    new: &[NewRel],
) -> Result<Vec<u8>, Finding> {
    let begun = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Relationships xmlns=\"{RELATIONSHIPS}\"></Relationships>"
    );
    let new = new.iter().map(|rel| {
        let tag = Tag(b"<Relationship/>").with("Id", &rel.id);
        let tag = Tag(&tag).with("Type", &rel.kind);
        Tag(&tag).with("Target", &format!("/{}", rel.target))
    });
    let new: Vec<Vec<u8>> = new.collect();
    let is_gone = |tag: Tag<'_>| tag.attribute("Id").is_some_and(|id| gone.contains(&id));
    change(xml.unwrap_or(begun.as_bytes()), part, is_gone, &new, RELATIONSHIPS)
}

/// The content types without some parts and with others, each with its type.
pub(super) fn content_types(
    xml: &[u8],
    part: &str,
    gone: &BTreeSet<String>,
    new: &[(String, &str)],
) -> Result<Vec<u8>, Finding> {
    let is_gone = |tag: Tag<'_>| {
        let name = tag.attribute("PartName").map(|name| name.trim_start_matches('/').to_lowercase());
        name.is_some_and(|name| gone.contains(&name))
    };
    let mut added: Vec<Vec<u8>> = Vec::new();
    for (name, kind) in new {
        let tag = Tag(b"<Override/>").with("PartName", &format!("/{name}"));
        added.push(Tag(&tag).with("ContentType", kind));
    }
    change(xml, part, is_gone, &added, TYPES)
}

/// The children of a root without some, and with others at the end.
fn change(
    xml: &[u8],
    part: &str,
    is_gone: impl Fn(Tag<'_>) -> bool,
    new: &[Vec<u8>],
    namespace: &str,
) -> Result<Vec<u8>, Finding> {
    let mut tokens = Tokens::new(xml, part, xml.len().max(1));
    let mut out = Vec::with_capacity(xml.len() + 400);
    let (mut depth, mut end, mut prefix) = (0, None, Vec::new());
    loop {
        let piece = tokens.next()?;
        match piece {
            Piece::End => break,
            Piece::Open if depth == 0 => {
                prefix = tokens.tag().prefix().to_vec();
                depth = 1;
            }
            Piece::Empty if depth == 0 => {
                let name = tokens.tag().name();
                out.extend(tokens.tag().opened());
                prefix = tokens.tag().prefix().to_vec();
                end = Some(out.len());
                out.extend([b"</", name, b">"].concat());
                continue;
            }
            Piece::Open | Piece::Empty => {
                let gone = is_gone(tokens.tag());
                tokens.element(piece, |raw| {
                    if !gone {
                        out.extend_from_slice(raw);
                    }
                })?;
                continue;
            }
            Piece::Close => {
                end = Some(out.len());
                depth = 0;
            }
            Piece::Text | Piece::Other => {}
        }
        out.extend_from_slice(tokens.raw());
    }
    let Some(end) = end else { return Err(unreadable(part, "is not the XML it should be", "的 XML 有误")) };
    // A root with a prefix leaves the names without one in no namespace.
    let new: Vec<Vec<u8>> = match prefix.as_slice() {
        b"" => new.to_vec(),
        _ => new.iter().map(|tag| Tag(tag).with("xmlns", namespace)).collect(),
    };
    Ok(splice(&out, end..end, &new.concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relationships_come_and_go() {
        let list = "<Relationships xmlns=\"x\"><Relationship Id=\"rId2\"/><Relationship Id=\"a\"></Relationship></Relationships>";
        let mut taken = ids(list.as_bytes(), "p").unwrap();
        let new = NewRel { id: free_id(&mut taken), kind: "k/comments".into(), target: "xl/a.xml".into() };
        assert_eq!(new.id, "rId3");
        let with = relationships(Some(list.as_bytes()), "p", &BTreeSet::new(), &[new]).unwrap();
        let text = String::from_utf8(with.clone()).unwrap();
        assert!(
            text.ends_with("<Relationship Id=\"rId3\" Type=\"k/comments\" Target=\"/xl/a.xml\"/></Relationships>"),
            "{text}"
        );
        let back = relationships(Some(&with), "p", &BTreeSet::from(["rId3".to_owned()]), &[]).unwrap();
        assert_eq!(String::from_utf8(back).unwrap(), list);
        let begun = relationships(None, "p", &BTreeSet::new(), &[]).unwrap();
        assert!(String::from_utf8(begun).unwrap().ends_with("></Relationships>"));
        let prefixed = relationships(
            Some(b"<p:Relationships xmlns:p=\"x\"/>"),
            "p",
            &BTreeSet::new(),
            &[NewRel { id: "a".into(), kind: "b".into(), target: "c".into() }],
        );
        let text = String::from_utf8(prefixed.unwrap()).unwrap();
        assert!(
            text.starts_with("<p:Relationships xmlns:p=\"x\"><Relationship Id=\"a\"") && text.contains(RELATIONSHIPS),
            "{text}"
        );
    }

    #[test]
    fn content_types_come_and_go() {
        let list = "<Types xmlns=\"t\"><Default Extension=\"xml\" ContentType=\"a\"/></Types>";
        let new = [("xl/comments1.xml".to_owned(), "c")];
        let with = content_types(list.as_bytes(), "p", &BTreeSet::new(), &new).unwrap();
        let gone = BTreeSet::from(["xl/comments1.xml".to_owned()]);
        let back = content_types(&with, "p", &gone, &[]).unwrap();
        assert_eq!(String::from_utf8(back).unwrap(), list);
    }
}
