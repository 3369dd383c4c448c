//! A binary Excel workbook as a `Source`: the parts of an xlsx, with records in place of XML. What it says of itself is
//! read on opening, rows when asked for.

mod records;
mod sheet;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use sheetform::finding::{Finding, Place};
use sheetform::grid::{BookInfo, NumberFormat, Row, SheetFrame, SheetInfo, Source, Visibility};

use self::records::Records;
use crate::fault::{no_sheet, over_limit, unreadable};
use crate::formats;
use crate::limits::Limits;
use crate::package::Package;
use crate::xlsx::{builtin, properties, rels};

/// An open workbook.
pub(crate) struct Xlsb {
    package: Package,
    limits: Limits,
    info: BookInfo,
    /// The part of each sheet of `info`.
    parts: Vec<String>,
    texts: Vec<Arc<str>>,
    /// The number format of each cell format; `None` is General.
    formats: Vec<Option<Arc<NumberFormat>>>,
}

impl Xlsb {
    pub(crate) fn open(package: Package, limits: Limits) -> Result<Self, Finding> {
        let roots = rels::of(&package, "", &limits)?;
        let target =
            |rels: &[rels::Rel], kind: &str| rels.iter().find(|rel| rel.kind == kind).map(|rel| rel.target.clone());
        let main = target(&roots, "officeDocument").unwrap_or_else(|| "xl/workbook.bin".to_owned());
        let rels = rels::of(&package, &main, &limits)?;
        let mut book = Self {
            package,
            limits,
            info: BookInfo::default(),
            parts: Vec::new(),
            texts: Vec::new(),
            formats: Vec::new(),
        };
        book.read_workbook(&main, &rels)?;
        if let Some(part) = target(&rels, "sharedStrings") {
            book.texts = book.read_texts(&part)?;
        }
        if let Some(part) = target(&rels, "styles") {
            book.formats = book.read_formats(&part)?;
        }
        if let Some(part) = target(&roots, "custom-properties") {
            let limits = &book.limits;
            let read = book.package.part(&part, limits.small_part_bytes, |xml| properties::read(xml, limits));
            book.info.properties = read?;
        }
        Ok(book)
    }

    fn read_workbook(&mut self, part: &str, rels: &[rels::Rel]) -> Result<(), Finding> {
        let limits = &self.limits;
        let (info, parts) = (&mut self.info, &mut self.parts);
        self.package.bytes(part, limits.small_part_bytes, |reader| {
            let mut records = Records::new(reader, part, limits.text_bytes);
            while let Some((id, mut values)) = records.next()? {
                match id {
                    153 => info.date1904 = values.u32().is_some_and(|flags| flags & 1 == 1),
                    156 => {
                        let state = values.u32();
                        let (_, id, name) = (values.u32(), values.text(), values.text());
                        let Some((name, id)) = name.zip(id) else {
                            return Err(unreadable(part, "is damaged", "已损坏"));
                        };
                        let Some(rel) = rels.iter().find(|rel| rel.id == id) else {
                            return Err(unreadable(
                                part,
                                &format!("lists the sheet \"{name}\" without saying where it is"),
                                &format!("列出了工作表“{name}”，但未指明其位置"),
                            ));
                        };
                        if info.sheets.len() >= limits.sheets {
                            return Err(over_limit("sheets", "工作表数", limits.sheets));
                        }
                        if rel.kind == "worksheet" {
                            let visibility = match state {
                                Some(1) => Visibility::Hidden,
                                Some(2) => Visibility::VeryHidden,
                                _ => Visibility::Visible,
                            };
                            info.sheets.push(SheetInfo { name, visibility });
                            parts.push(rel.target.clone());
                        }
                    }
                    _ => {}
                }
            }
            Ok(())
        })
    }

    fn read_texts(&self, part: &str) -> Result<Vec<Arc<str>>, Finding> {
        let limits = &self.limits;
        self.package.bytes(part, limits.part_bytes, |reader| {
            let mut records = Records::new(reader, part, limits.text_bytes);
            let (mut texts, mut bytes) = (Vec::new(), 0);
            while let Some((id, mut values)) = records.next()? {
                if id != 19 {
                    continue;
                }
                // Runs and phonetic text stand behind the text.
                let text = values.u8().and_then(|_| values.text()).unwrap_or_default();
                bytes += text.len() + 32;
                if bytes > limits.string_bytes {
                    return Err(over_limit("bytes of shared texts", "共享文本的字节数", limits.string_bytes));
                }
                texts.push(Arc::from(text));
            }
            Ok(texts)
        })
    }

    fn read_formats(&self, part: &str) -> Result<Vec<Option<Arc<NumberFormat>>>, Finding> {
        let limits = &self.limits;
        self.package.bytes(part, limits.small_part_bytes, |reader| {
            let mut records = Records::new(reader, part, limits.text_bytes);
            let mut codes: BTreeMap<u16, String> = BTreeMap::new();
            let (mut ids, mut inside) = (Vec::new(), false);
            while let Some((id, mut values)) = records.next()? {
                match id {
                    44 => codes.extend(values.u16().zip(values.text())),
                    617 | 618 => inside = id == 617,
                    47 if inside => ids.push(values.u16().and_then(|_| values.u16()).unwrap_or(0)),
                    _ => {}
                }
                if codes.len().max(ids.len()) > limits.styles {
                    return Err(over_limit("cell formats", "单元格格式数", limits.styles));
                }
            }
            let mut known: BTreeMap<u16, Option<Arc<NumberFormat>>> = BTreeMap::new();
            let formats = ids.into_iter().map(|id: u16| known.entry(id).or_insert_with(|| format(id, &codes)).clone());
            Ok(formats.collect())
        })
    }

    fn sheet(&self, index: usize) -> Result<(&str, &str), Finding> {
        match (self.info.sheets.get(index), self.parts.get(index)) {
            (Some(sheet), Some(part)) => Ok((&sheet.name, part)),
            _ => Err(no_sheet(index)),
        }
    }
}

fn format(id: u16, codes: &BTreeMap<u16, String>) -> Option<Arc<NumberFormat>> {
    let code = codes.get(&id).map(String::as_str).or_else(|| builtin::code(u32::from(id)))?;
    (!formats::is_general(code)).then(|| Arc::new(NumberFormat { code: code.into(), kind: formats::kind(code) }))
}

impl Source for Xlsb {
    fn info(&self) -> &BookInfo {
        &self.info
    }

    fn frame(&self, sheet: usize) -> Result<SheetFrame, Finding> {
        let (name, part) = self.sheet(sheet)?;
        let read = self.package.bytes(part, self.limits.part_bytes, |reader| {
            sheet::frame(Records::new(reader, part, self.limits.text_bytes), &self.limits)
        });
        read.map_err(|finding| finding.at(Place::sheet(name)))
    }

    fn rows(&self, sheet: usize, each: &mut dyn FnMut(Row) -> ControlFlow<()>) -> Result<(), Finding> {
        let (name, part) = self.sheet(sheet)?;
        let context = sheet::Context { texts: &self.texts, formats: &self.formats, limits: &self.limits, part };
        let read = self.package.bytes(part, self.limits.part_bytes, |reader| {
            sheet::rows(Records::new(reader, part, self.limits.text_bytes), &context, each)
        });
        read.map_err(|finding| finding.at(Place::sheet(name)))
    }
}

#[cfg(test)]
mod tests;
