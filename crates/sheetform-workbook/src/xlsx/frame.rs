//! What a sheet says beside its rows: merges and hidden columns. Passes over the rows unparsed.

use std::io::{BufRead, Read};

use sheetform::finding::Finding;
use sheetform::grid::{MAX_COLUMNS, Range, SheetFrame};

use crate::fault::over_limit;
use crate::limits::Limits;
use crate::package::window::Window;
use crate::package::xml::Xml;
use crate::ranges::{disjoint, joined};

/// Merges in reading order, none overlapping; hidden columns rising.
pub(crate) fn read<R: Read>(mut xml: Xml<Window<R>>, limits: &Limits) -> Result<SheetFrame, Finding> {
    xml.root("worksheet")?;
    let mut frame = Frame::default();
    while xml.child()? {
        match xml.name() {
            "sheetData" => xml = xml.skip_fast()?,
            _ => frame.take(&mut xml, limits)?,
        }
    }
    xml.finish()?;
    Ok(frame.finish())
}

/// What the parts of a sheet beside its rows say.
#[derive(Default)]
pub(crate) struct Frame {
    merges: Vec<Range>,
    hidden: Vec<(u32, u32)>,
}

impl Frame {
    /// Takes the element that the parser has come to, and leaves it.
    pub(crate) fn take<R: BufRead>(&mut self, xml: &mut Xml<R>, limits: &Limits) -> Result<(), Finding> {
        match xml.name() {
            "cols" => {
                while xml.child()? {
                    if let Some(columns) = hidden_columns(xml)? {
                        self.hidden.push(columns);
                    }
                    // More would only repeat columns.
                    if self.hidden.len() > MAX_COLUMNS as usize {
                        return Err(over_limit("hidden columns of a sheet", "工作表的隐藏列数", MAX_COLUMNS));
                    }
                    xml.skip()?;
                }
            }
            "mergeCells" => {
                while xml.child()? {
                    self.merges.extend(xml.attribute("ref")?.and_then(|text| Range::parse(&text)));
                    if self.merges.len() > limits.merges {
                        return Err(over_limit("merged ranges of a sheet", "工作表的合并区域数", limits.merges));
                    }
                    xml.skip()?;
                }
            }
            _ => xml.skip()?,
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> SheetFrame {
        SheetFrame { merges: disjoint(self.merges), hidden_columns: joined(self.hidden) }
    }
}

fn hidden_columns<R: BufRead>(xml: &Xml<R>) -> Result<Option<(u32, u32)>, Finding> {
    if !xml.flag("hidden")? {
        return Ok(None);
    }
    let number = |name| Ok::<_, Finding>(xml.attribute(name)?.and_then(|text| text.trim().parse::<u32>().ok()));
    let (Some(first), Some(last)) = (number("min")?, number("max")?) else { return Ok(None) };
    let known = 1..=MAX_COLUMNS;
    let last = last.min(MAX_COLUMNS);
    Ok((known.contains(&first) && first <= last).then(|| (first - 1, last - 1)))
}
