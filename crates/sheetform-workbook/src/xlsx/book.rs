//! The workbook part: sheets in order, the date system, and where everything else is.

use std::io::BufRead;

use sheetform::finding::Finding;
use sheetform::grid::{BookInfo, SheetInfo, Visibility};

use super::rels::{self, Rel};
use super::{properties, text};
use crate::fault::{over_limit, unreadable};
use crate::limits::Limits;
use crate::package::Package;
use crate::package::xml::Xml;
use crate::patch::book::{FINDINGS, leads_to};

/// What a workbook consists of.
pub(crate) struct Found {
    pub(crate) info: BookInfo,
    /// The part of each sheet.
    pub(crate) parts: Vec<String>,
    pub(crate) strings: Option<String>,
    pub(crate) styles: Option<String>,
}

/// Reads the workbook part and what it points to, sheets excepted.
pub(crate) fn find(package: &Package, limits: &Limits) -> Result<Found, Finding> {
    let roots = rels::of(package, "", limits)?;
    let main = target(&roots, "officeDocument").unwrap_or_else(|| "xl/workbook.xml".to_owned());
    let rels = rels::of(package, &main, limits)?;
    let Read { sheets: listed, date1904, findings } =
        package.part(&main, limits.small_part_bytes, |xml| read(xml, limits))?;
    let is_findings =
        |name: &str| findings.as_ref().is_some_and(|findings| findings.to_lowercase() == name.to_lowercase());
    let only = listed.len() < 2;
    let mut info = BookInfo { date1904, ..BookInfo::default() };
    let mut parts = Vec::new();
    for (sheet, id) in listed {
        let Some(rel) = rels.iter().find(|rel| rel.id == id) else {
            return Err(unreadable(
                &main,
                &format!("lists the sheet \"{}\" without saying where it is", sheet.name),
                &format!("列出了工作表“{}”，但未指明其位置", sheet.name),
            ));
        };
        // What was found in an earlier round is no content of the workbook.
        if is_findings(&sheet.name) && !only {
            continue;
        }
        // Chart, dialog and macro sheets hold no cells of their own.
        if rel.kind == "worksheet" {
            info.sheets.push(sheet);
            parts.push(rel.target.clone());
        }
    }
    if let Some(part) = target(&roots, "custom-properties") {
        info.properties = package.part(&part, limits.small_part_bytes, |xml| properties::read(xml, limits))?;
    }
    Ok(Found { info, parts, strings: target(&rels, "sharedStrings"), styles: target(&rels, "styles") })
}

fn target(rels: &[Rel], kind: &str) -> Option<String> {
    rels.iter().find(|rel| rel.kind == kind).map(|rel| rel.target.clone())
}

/// What the workbook part says.
#[derive(Default)]
struct Read {
    /// Sheets with the id of their relationship.
    sheets: Vec<(SheetInfo, String)>,
    /// Whether dates count from 1904.
    date1904: bool,
    /// The sheet that lists what was found in an earlier round.
    findings: Option<String>,
}

fn read<R: BufRead>(mut xml: Xml<R>, limits: &Limits) -> Result<Read, Finding> {
    xml.root("workbook")?;
    let Read { mut sheets, mut date1904, mut findings } = Read::default();
    while xml.child()? {
        match xml.name() {
            "workbookPr" => {
                date1904 = xml.flag("date1904")?;
                xml.skip()?;
            }
            "sheets" => {
                while xml.child()? {
                    if sheets.len() >= limits.sheets {
                        return Err(over_limit("sheets", "工作表数", limits.sheets));
                    }
                    sheets.push(sheet(&xml)?);
                    xml.skip()?;
                }
            }
            "definedNames" => {
                while xml.child()? {
                    let is_findings = xml.attribute("name")?.is_some_and(|name| name.eq_ignore_ascii_case(FINDINGS));
                    if is_findings && xml.attribute("localSheetId")?.is_none() {
                        let mut text = String::new();
                        xml.text(&mut text)?;
                        findings = leads_to(&text).map(|(sheet, _)| sheet);
                    } else {
                        xml.skip()?;
                    }
                }
            }
            _ => xml.skip()?,
        }
    }
    xml.finish()?;
    Ok(Read { sheets, date1904, findings })
}

fn sheet<R: BufRead>(xml: &Xml<R>) -> Result<(SheetInfo, String), Finding> {
    let mut info = SheetInfo::default();
    let mut id = String::new();
    for attribute in xml.attributes() {
        let (key, value) = attribute?;
        match key {
            "name" => info.name = text::unescape(value.into_owned()),
            "state" => {
                info.visibility = match value.as_ref() {
                    "hidden" => Visibility::Hidden,
                    "veryHidden" => Visibility::VeryHidden,
                    _ => Visibility::Visible,
                }
            }
            // The prefix of relationships differs from file to file.
            _ if key.ends_with(":id") => id = value.into_owned(),
            _ => {}
        }
    }
    Ok((info, id))
}
