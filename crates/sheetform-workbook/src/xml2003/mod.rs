//! An "XML Spreadsheet 2003" as a book: one XML text with all sheets, read whole on opening.

mod cells;

use std::collections::BTreeMap;
use std::io::{BufRead, Cursor};
use std::sync::Arc;

use sheetform::finding::Finding;
use sheetform::grid::{Grid, NumberFormat, SheetInfo, Visibility};

use crate::fault::over_limit;
use crate::formats;
use crate::limits::Limits;
use crate::package::handle::Handle;
use crate::package::xml::Xml;
use crate::text::whole;

/// What the file is called in findings about its XML.
const PART: &str = "XML";

/// The number formats of styles, by their id.
pub(crate) type Styles = BTreeMap<String, Option<Arc<NumberFormat>>>;

/// An XML Spreadsheet 2003, as a book in memory.
pub(crate) fn open(file: &Handle, limits: &Limits) -> Result<Grid, Finding> {
    let (text, _) = whole(file, encoding, limits.package_bytes.min(256 << 20))?;
    // What it says of its encoding held before it was decoded.
    let text = text.trim_start();
    let text = match text.strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").map_or(rest, |(_, rest)| rest),
        None => text,
    };
    let mut xml = Xml::new(Cursor::new(text), PART, limits.text_bytes);
    let grid = read(&mut xml, limits)?;
    xml.finish()?;
    Ok(grid)
}

fn encoding(text: &str) -> Option<String> {
    let declaration = text.trim_start().strip_prefix("<?xml")?.split("?>").next()?;
    let after = declaration.split("encoding=").nth(1)?;
    after.trim_start_matches(['"', '\'']).split(['"', '\'']).next().map(str::to_owned)
}

/// An attribute by its local name; every writer has its own prefixes.
pub(crate) fn attribute<R: BufRead>(xml: &Xml<R>, name: &str) -> Result<Option<String>, Finding> {
    for attribute in xml.attributes() {
        let (key, value) = attribute?;
        if key.rsplit(':').next() == Some(name) {
            return Ok(Some(value.into_owned()));
        }
    }
    Ok(None)
}

fn read<R: BufRead>(xml: &mut Xml<R>, limits: &Limits) -> Result<Grid, Finding> {
    xml.root("Workbook")?;
    let mut grid = Grid::default();
    let mut styles = Styles::new();
    let mut count = 0;
    while xml.child()? {
        match xml.name() {
            "Styles" => read_styles(xml, &mut styles, limits)?,
            "ExcelWorkbook" => {
                while xml.child()? {
                    grid.info.date1904 |= xml.name() == "Date1904";
                    xml.skip()?;
                }
            }
            "CustomDocumentProperties" => {
                while xml.child()? {
                    let name = xml.name().to_owned();
                    let mut value = String::new();
                    xml.text(&mut value)?;
                    if grid.info.properties.len() < limits.properties {
                        grid.info.properties.insert(name, value);
                    }
                }
            }
            "Worksheet" => {
                if grid.sheets.len() >= limits.sheets {
                    return Err(over_limit("sheets", "工作表数", limits.sheets));
                }
                let name = attribute(xml, "Name")?.unwrap_or_default();
                let mut info = SheetInfo { name, ..SheetInfo::default() };
                let mut sheet = cells::Sheet::new(&styles, grid.info.date1904, limits, &mut count);
                while xml.child()? {
                    match xml.name() {
                        "Table" => sheet.read(xml)?,
                        "WorksheetOptions" => info.visibility = visibility(xml)?,
                        _ => xml.skip()?,
                    }
                }
                grid.sheets.push(sheet.finish());
                grid.info.sheets.push(info);
            }
            _ => xml.skip()?,
        }
    }
    Ok(grid)
}

fn visibility<R: BufRead>(xml: &mut Xml<R>) -> Result<Visibility, Finding> {
    let mut found = Visibility::Visible;
    while xml.child()? {
        if xml.name() != "Visible" {
            xml.skip()?;
            continue;
        }
        let mut text = String::new();
        xml.text(&mut text)?;
        match text.trim() {
            "SheetHidden" => found = Visibility::Hidden,
            "SheetVeryHidden" => found = Visibility::VeryHidden,
            _ => {}
        }
    }
    Ok(found)
}

fn read_styles<R: BufRead>(xml: &mut Xml<R>, styles: &mut Styles, limits: &Limits) -> Result<(), Finding> {
    while xml.child()? {
        let id = attribute(xml, "ID")?.unwrap_or_default();
        // A style without a format has that of its parent, which stands before it.
        let mut format = attribute(xml, "Parent")?.and_then(|parent| styles.get(&parent).cloned()).flatten();
        while xml.child()? {
            if xml.name() == "NumberFormat"
                && let Some(code) = attribute(xml, "Format")?
            {
                format = number_format(&code);
            }
            xml.skip()?;
        }
        styles.insert(id, format);
        if styles.len() > limits.styles {
            return Err(over_limit("cell formats", "单元格格式数", limits.styles));
        }
    }
    Ok(())
}

/// A format by its code, or by one of the names that this format has for some.
fn number_format(code: &str) -> Option<Arc<NumberFormat>> {
    let code = match code {
        "General Number" => "General",
        "General Date" => "yyyy/m/d h:mm",
        "Long Date" => "yyyy\"年\"m\"月\"d\"日\"",
        "Medium Date" => "d-mmm-yy",
        "Short Date" => "yyyy/m/d",
        "Long Time" | "Medium Time" => "h:mm:ss",
        "Short Time" => "h:mm",
        "Fixed" => "0.00",
        "Standard" | "Currency" | "Euro Currency" => "#,##0.00",
        "Percent" => "0.00%",
        "Scientific" => "0.00E+00",
        "Yes/No" | "True/False" | "On/Off" => "0",
        other => other,
    };
    (!formats::is_general(code)).then(|| Arc::new(NumberFormat { code: code.into(), kind: formats::kind(code) }))
}

#[cfg(test)]
mod tests;
