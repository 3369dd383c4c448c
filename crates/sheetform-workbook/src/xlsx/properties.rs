//! Custom document properties.

use std::collections::BTreeMap;
use std::io::BufRead;

use sheetform::finding::Finding;

use super::text;
use crate::fault::over_limit;
use crate::limits::Limits;
use crate::package::xml::Xml;

/// Names and values; a value of another type than text is given as its text.
pub(crate) fn read<R: BufRead>(mut xml: Xml<R>, limits: &Limits) -> Result<BTreeMap<String, String>, Finding> {
    xml.root("Properties")?;
    let mut properties = BTreeMap::new();
    while xml.child()? {
        if properties.len() >= limits.properties {
            return Err(over_limit("custom properties", "自定义属性数", limits.properties));
        }
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
