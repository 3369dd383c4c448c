//! Namespaces of an OpenDocument part. Every writer declares them on the root; the prefixes are the writer's own.

use std::borrow::Cow;
use std::io::BufRead;

use sheetform::finding::Finding;

use crate::package::xml::Xml;

/// A vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Space {
    Office,
    Table,
    Text,
    Style,
    Number,
    Meta,
    /// What LibreOffice says beyond the standard.
    Calc,
    Other,
}

const KNOWN: [(&str, Space); 7] = [
    ("urn:oasis:names:tc:opendocument:xmlns:office:1.0", Space::Office),
    ("urn:oasis:names:tc:opendocument:xmlns:table:1.0", Space::Table),
    ("urn:oasis:names:tc:opendocument:xmlns:text:1.0", Space::Text),
    ("urn:oasis:names:tc:opendocument:xmlns:style:1.0", Space::Style),
    ("urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0", Space::Number),
    ("urn:oasis:names:tc:opendocument:xmlns:meta:1.0", Space::Meta),
    ("urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0", Space::Calc),
];

/// The prefixes of a part.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spaces {
    prefixes: Vec<(String, Space)>,
}

impl Spaces {
    /// Enters the root, whose local name must be `name`, and takes the prefixes it declares.
    pub(crate) fn root<R: BufRead>(xml: &mut Xml<R>, name: &str) -> Result<Self, Finding> {
        xml.root(name)?;
        let mut prefixes = Vec::new();
        for attribute in xml.attributes() {
            let (key, value) = attribute?;
            let Some(prefix) = key.strip_prefix("xmlns:") else { continue };
            if let Some((_, space)) = KNOWN.iter().find(|(uri, _)| *uri == value) {
                prefixes.push((prefix.to_owned(), *space));
            }
        }
        Ok(Self { prefixes })
    }

    /// The element last entered.
    pub(crate) fn name<'x, R: BufRead>(&self, xml: &'x Xml<R>) -> (Space, &'x str) {
        self.split(xml.full_name())
    }

    /// The vocabulary and local part of a name. A name without prefix belongs to none.
    pub(crate) fn split<'n>(&self, name: &'n str) -> (Space, &'n str) {
        let Some((prefix, local)) = name.split_once(':') else { return (Space::Other, name) };
        let known = self.prefixes.iter().find(|(known, _)| known == prefix);
        (known.map_or(Space::Other, |(_, space)| *space), local)
    }

    /// An attribute of the element last entered.
    pub(crate) fn attribute<'x, R: BufRead>(
        &self,
        xml: &'x Xml<R>,
        space: Space,
        name: &str,
    ) -> Result<Option<Cow<'x, str>>, Finding> {
        for attribute in xml.attributes() {
            let (key, value) = attribute?;
            if self.split(key) == (space, name) {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }
}
