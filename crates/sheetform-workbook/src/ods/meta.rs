//! Custom document properties.

use std::collections::BTreeMap;
use std::io::BufRead;

use sheetform::finding::Finding;

use super::spaces::{Space, Spaces};
use crate::fault::over_limit;
use crate::limits::Limits;
use crate::package::xml::Xml;

/// Names and values; a value of another type than text is given as its text.
pub(crate) fn read<R: BufRead>(mut xml: Xml<R>, limits: &Limits) -> Result<BTreeMap<String, String>, Finding> {
    let spaces = Spaces::root(&mut xml, "document-meta")?;
    let mut properties = BTreeMap::new();
    while xml.child()? {
        if spaces.name(&xml) != (Space::Office, "meta") {
            xml.skip()?;
            continue;
        }
        while xml.child()? {
            if spaces.name(&xml) != (Space::Meta, "user-defined") {
                xml.skip()?;
                continue;
            }
            if properties.len() >= limits.properties {
                return Err(over_limit("custom properties", "自定义属性数", limits.properties));
            }
            let name = spaces.attribute(&xml, Space::Meta, "name")?.map(std::borrow::Cow::into_owned);
            let mut value = String::new();
            xml.text(&mut value)?;
            if let Some(name) = name {
                properties.insert(name, value);
            }
        }
    }
    xml.finish()?;
    Ok(properties)
}
