//! Cell formats, as far as reading needs them: the number format of each.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::sync::Arc;

use sheetform::finding::Finding;
use sheetform::grid::NumberFormat;

use super::{builtin, text};
use crate::fault::over_limit;
use crate::formats;
use crate::limits::Limits;
use crate::package::xml::Xml;

/// The number format of each cell format; `None` is General.
#[derive(Default)]
pub(crate) struct Styles {
    formats: Vec<Option<Arc<NumberFormat>>>,
}

impl Styles {
    pub(crate) fn read<R: BufRead>(mut xml: Xml<R>, limits: &Limits) -> Result<Self, Finding> {
        xml.root("styleSheet")?;
        let mut codes: BTreeMap<u32, String> = BTreeMap::new();
        let mut ids = Vec::new();
        while xml.child()? {
            match xml.name() {
                "numFmts" => {
                    while xml.child()? {
                        let id = xml.attribute("numFmtId")?.and_then(|id| id.trim().parse().ok());
                        let code = xml.attribute("formatCode")?;
                        if let (Some(id), Some(code)) = (id, code) {
                            codes.insert(id, text::unescape(code.into_owned()));
                        }
                        within(codes.len(), limits)?;
                        xml.skip()?;
                    }
                }
                "cellXfs" => {
                    while xml.child()? {
                        let id = xml.attribute("numFmtId")?.and_then(|id| id.trim().parse().ok());
                        ids.push(id.unwrap_or(0));
                        within(ids.len(), limits)?;
                        xml.skip()?;
                    }
                }
                _ => xml.skip()?,
            }
        }
        xml.finish()?;
        let mut known: BTreeMap<u32, Option<Arc<NumberFormat>>> = BTreeMap::new();
        let formats = ids.into_iter().map(|id: u32| known.entry(id).or_insert_with(|| format(id, &codes)).clone());
        Ok(Self { formats: formats.collect() })
    }

    /// The number format of a cell format; General where there is no such cell format.
    pub(crate) fn get(&self, index: usize) -> Option<Arc<NumberFormat>> {
        self.formats.get(index).cloned().flatten()
    }
}

fn format(id: u32, codes: &BTreeMap<u32, String>) -> Option<Arc<NumberFormat>> {
    let code = codes.get(&id).map(String::as_str).or_else(|| builtin::code(id))?;
    if formats::is_general(code) {
        return None;
    }
    Some(Arc::new(NumberFormat { code: code.into(), kind: formats::kind(code) }))
}

fn within(count: usize, limits: &Limits) -> Result<(), Finding> {
    if count > limits.styles { Err(over_limit("cell formats", "单元格格式数", limits.styles)) } else { Ok(()) }
}
