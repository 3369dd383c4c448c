//! The content part, read once on opening: styles, the null date, and where each sheet begins.

use std::io::BufRead;

use sheetform::finding::Finding;
use sheetform::grid::{SheetInfo, Visibility};

use super::spaces::{Space, Spaces};
use super::styles::{Formats, Styles};
use super::time::Epoch;
use crate::fault::over_limit;
use crate::limits::Limits;
use crate::package::xml::Xml;

/// Where a sheet stands in the content part.
pub(crate) struct Sheet {
    /// Bytes before what follows its start tag; `None` where nothing does.
    pub(crate) start: Option<u64>,
}

/// What the content part says.
pub(crate) struct Found {
    pub(crate) spaces: Spaces,
    pub(crate) formats: Formats,
    pub(crate) epoch: Epoch,
    pub(crate) infos: Vec<SheetInfo>,
    /// One for each of `infos`.
    pub(crate) sheets: Vec<Sheet>,
}

/// Reads the content part to its end, so that a wrong checksum is seen.
pub(crate) fn read<R: BufRead>(mut xml: Xml<R>, mut styles: Styles, limits: &Limits) -> Result<Found, Finding> {
    let spaces = Spaces::root(&mut xml, "document-content")?;
    let mut epoch = Epoch::new(None);
    let (mut infos, mut sheets) = (Vec::new(), Vec::new());
    while xml.child()? {
        match spaces.name(&xml) {
            (Space::Office, "automatic-styles") => styles.read(&mut xml, &spaces, limits)?,
            (Space::Office, "body") => {
                while xml.child()? {
                    if spaces.name(&xml) != (Space::Office, "spreadsheet") {
                        xml.skip()?;
                        continue;
                    }
                    while xml.child()? {
                        match spaces.name(&xml) {
                            (Space::Table, "calculation-settings") => {
                                epoch = settings(&mut xml, &spaces)?.unwrap_or(epoch);
                            }
                            (Space::Table, "table") => {
                                if sheets.len() >= limits.sheets {
                                    return Err(over_limit("sheets", "工作表数", limits.sheets));
                                }
                                infos.push(info(&xml, &spaces, &styles)?);
                                sheets.push(Sheet { start: (!xml.is_empty()).then(|| xml.position()) });
                                xml.skip()?;
                            }
                            _ => xml.skip()?,
                        }
                    }
                }
            }
            _ => xml.skip()?,
        }
    }
    xml.finish()?;
    Ok(Found { formats: styles.formats(), spaces, epoch, infos, sheets })
}

fn settings<R: BufRead>(xml: &mut Xml<R>, spaces: &Spaces) -> Result<Option<Epoch>, Finding> {
    let mut epoch = None;
    while xml.child()? {
        if spaces.name(xml) == (Space::Table, "null-date") {
            epoch = Some(Epoch::new(spaces.attribute(xml, Space::Table, "date-value")?.as_deref()));
        }
        xml.skip()?;
    }
    Ok(epoch)
}

fn info<R: BufRead>(xml: &Xml<R>, spaces: &Spaces, styles: &Styles) -> Result<SheetInfo, Finding> {
    let name = spaces.attribute(xml, Space::Table, "name")?.map(std::borrow::Cow::into_owned).unwrap_or_default();
    let style = spaces.attribute(xml, Space::Table, "style-name")?;
    let hidden = style.is_some_and(|style| styles.is_hidden(&style));
    Ok(SheetInfo { name, visibility: if hidden { Visibility::Hidden } else { Visibility::Visible } })
}
