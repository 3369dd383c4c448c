//! Styles, as far as reading needs them: the number format of each cell style, and which sheets are hidden.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;
use std::sync::Arc;

use sheetform::finding::Finding;
use sheetform::grid::{FormatKind, NumberFormat};

use super::code::{self, DataStyle};
use super::spaces::{Space, Spaces};
use crate::fault::over_limit;
use crate::formats;
use crate::limits::Limits;
use crate::package::xml::Xml;

/// Styles a cell style may be derived from, one from another.
const PARENTS: usize = 32;

/// Styles as they are found, by name.
#[derive(Default)]
pub(crate) struct Styles {
    data: BTreeMap<String, DataStyle>,
    cells: BTreeMap<String, CellStyle>,
    hidden_tables: BTreeSet<String>,
}

#[derive(Default)]
struct CellStyle {
    data: Option<String>,
    parent: Option<String>,
}

/// The number format of each cell style; `None` is General.
#[derive(Default)]
pub(crate) struct Formats(BTreeMap<String, Option<Arc<NumberFormat>>>);

impl Formats {
    pub(crate) fn get(&self, style: &str) -> Option<Arc<NumberFormat>> {
        self.0.get(style).cloned().flatten()
    }
}

impl Styles {
    /// Reads the part with the styles that have names of their own.
    pub(crate) fn read_part<R: BufRead>(&mut self, mut xml: Xml<R>, limits: &Limits) -> Result<(), Finding> {
        let spaces = Spaces::root(&mut xml, "document-styles")?;
        while xml.child()? {
            match spaces.name(&xml) {
                (Space::Office, "styles" | "automatic-styles") => self.read(&mut xml, &spaces, limits)?,
                _ => xml.skip()?,
            }
        }
        xml.finish()
    }

    /// Leaves an element that holds styles. A later style takes the place of an earlier one of its name.
    pub(crate) fn read<R: BufRead>(
        &mut self,
        xml: &mut Xml<R>,
        spaces: &Spaces,
        limits: &Limits,
    ) -> Result<(), Finding> {
        while xml.child()? {
            let name = spaces.name(xml);
            let is_style = name == (Space::Style, "style");
            if !is_style && !code::is_data_style(name) {
                xml.skip()?;
                continue;
            }
            let named = spaces.attribute(xml, Space::Style, "name")?.map(std::borrow::Cow::into_owned);
            let Some(named) = named else {
                xml.skip()?;
                continue;
            };
            if self.data.len().max(self.cells.len()).max(self.hidden_tables.len()) >= limits.styles {
                return Err(over_limit("cell formats", "单元格格式数", limits.styles));
            }
            if is_style {
                self.style(xml, spaces, named)?;
            } else {
                self.data.insert(named, code::read(xml, spaces)?);
            }
        }
        Ok(())
    }

    fn style<R: BufRead>(&mut self, xml: &mut Xml<R>, spaces: &Spaces, name: String) -> Result<(), Finding> {
        let text = |key| Ok::<_, Finding>(spaces.attribute(xml, Space::Style, key)?.map(std::borrow::Cow::into_owned));
        let family = text("family")?.unwrap_or_default();
        if family == "table-cell" {
            let style = CellStyle { data: text("data-style-name")?, parent: text("parent-style-name")? };
            self.cells.insert(name, style);
        } else if family == "table" {
            while xml.child()? {
                if spaces.attribute(xml, Space::Table, "display")?.is_some_and(|shown| shown == "false") {
                    self.hidden_tables.insert(name.clone());
                }
                xml.skip()?;
            }
            return Ok(());
        }
        xml.skip()
    }

    /// Whether sheets of this style are hidden.
    pub(crate) fn is_hidden(&self, table: &str) -> bool {
        self.hidden_tables.contains(table)
    }

    /// The number format of each cell style, once all are known.
    pub(crate) fn formats(&self) -> Formats {
        let data: BTreeMap<&str, Option<Arc<NumberFormat>>> =
            self.data.iter().map(|(name, style)| (name.as_str(), self.format(style))).collect();
        let format = |style: &CellStyle| {
            let mut at = Some(style);
            for _ in 0..PARENTS {
                let style = at?;
                if let Some(name) = &style.data {
                    return data.get(name.as_str()).cloned().flatten();
                }
                at = style.parent.as_ref().and_then(|parent| self.cells.get(parent));
            }
            None
        };
        Formats(self.cells.iter().map(|(name, style)| (name.clone(), format(style))).collect())
    }

    fn format(&self, style: &DataStyle) -> Option<Arc<NumberFormat>> {
        let others = style.others.iter().filter_map(|name| self.data.get(name)).map(|other| other.code.as_str());
        let code = others.chain([style.code.as_str()]).collect::<Vec<_>>().join(";");
        if formats::is_general(&code) {
            return None;
        }
        let kind = match formats::kind(&code) {
            FormatKind::Date | FormatKind::Month if style.is_time => FormatKind::Time,
            kind => kind,
        };
        Some(Arc::new(NumberFormat { code: code.into(), kind }))
    }
}
