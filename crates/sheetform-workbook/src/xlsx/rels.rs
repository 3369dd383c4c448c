//! Relationships: which part of the package plays which role for another.

use std::io::BufRead;

use sheetform::finding::Finding;

use crate::limits::Limits;
use crate::package::Package;
use crate::package::xml::Xml;

/// One relationship inside the package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rel {
    /// The name other parts use for it.
    pub(crate) id: String,
    /// The last word of its type, `worksheet`; the rest differs between the two variants of the format.
    pub(crate) kind: String,
    /// The part, from the root of the package.
    pub(crate) target: String,
}

/// The relationships of a part (`""` is the package); none where it has no such list.
pub(crate) fn of(package: &Package, part: &str, limits: &Limits) -> Result<Vec<Rel>, Finding> {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    let list = if folder.is_empty() { format!("_rels/{name}.rels") } else { format!("{folder}/_rels/{name}.rels") };
    if !package.has(&list) {
        return Ok(Vec::new());
    }
    package.part(&list, limits.small_part_bytes, |xml| read(xml, folder, limits))
}

fn read<R: BufRead>(mut xml: Xml<R>, folder: &str, limits: &Limits) -> Result<Vec<Rel>, Finding> {
    xml.root("Relationships")?;
    let mut rels = Vec::new();
    while xml.child()? {
        let external = xml.attribute("TargetMode")?.is_some_and(|mode| mode == "External");
        let (id, kind, target) = (xml.attribute("Id")?, xml.attribute("Type")?, xml.attribute("Target")?);
        if let (false, Some(id), Some(kind), Some(target)) = (external, id, kind, target)
            && rels.len() < limits.entries
        {
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            rels.push(Rel { id: id.into_owned(), kind, target: resolve(folder, &target) });
        }
        xml.skip()?;
    }
    xml.finish()?;
    Ok(rels)
}

/// The part a target names: from the root where it begins with a slash, else from the folder.
fn resolve(folder: &str, target: &str) -> String {
    let target = unescape(&target.replace('\\', "/"));
    let base = if target.starts_with('/') { "" } else { folder };
    let mut path: Vec<&str> = Vec::new();
    for step in base.split('/').chain(target.split('/')) {
        match step {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            _ => path.push(step),
        }
    }
    path.join("/")
}

/// `%20` and its like, where they give UTF-8.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let code = (first == b'%').then(|| tail.get(..2)).flatten().and_then(|hex| std::str::from_utf8(hex).ok());
        if let Some(byte) = code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            bytes.push(byte);
            rest = &tail[2..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_taken_from_the_folder_or_the_root() {
        for (folder, target, part) in [
            ("xl", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl", "/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("", "xl/workbook.xml", "xl/workbook.xml"),
            ("xl", "../sheets/./a.xml", "sheets/a.xml"),
            ("xl", "worksheets\\sheet%201.xml", "xl/worksheets/sheet 1.xml"),
            ("xl", "../../../a.xml", "a.xml"),
            ("xl", "50%.xml", "xl/50%.xml"),
        ] {
            assert_eq!(resolve(folder, target), part);
        }
    }
}
