//! Custom document properties.

use std::collections::BTreeMap;
use std::io::BufRead;

use sheetform::finding::Finding;

use super::text;
use crate::package::xml::Xml;

/// Names and values; a value of another type than text is given as its text.
pub(crate) fn read<R: BufRead>(mut xml: Xml<R>) -> Result<BTreeMap<String, String>, Finding> {
    xml.root(&["Properties"])?;
    let mut properties = BTreeMap::new();
    while xml.child()? {
        let name = xml.attribute("name")?.map(std::borrow::Cow::into_owned);
        let mut value = String::new();
        while xml.child()? {
            xml.text(&mut value)?;
        }
        if let Some(name) = name {
            properties.insert(name, text::unescape(value));
        }
    }
    xml.finish()?;
    Ok(properties)
}
