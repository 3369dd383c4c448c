//! The table of a sheet in XML Spreadsheet 2003: columns, rows and cells, which say their place only where it is not the
//! next one.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::sync::Arc;

use sheetform::finding::Finding;
use sheetform::grid::{
    Cell, CellRef, Content, FormatKind, Formula, GridSheet, MAX_COLUMNS, MAX_ROWS, NumberFormat, Range, Row,
};

use super::{Styles, attribute};
use crate::fault::{over_limit, unreadable};
use crate::limits::Limits;
use crate::number;
use crate::package::xml::{Piece, Xml};
use crate::ranges::{disjoint, joined};

/// A sheet being read.
pub(crate) struct Sheet<'a> {
    styles: &'a Styles,
    date1904: bool,
    limits: &'a Limits,
    /// Cells of the whole book so far.
    count: &'a mut u64,
    found: GridSheet,
    /// The style of cells that name none, by first column: last column, style.
    columns: BTreeMap<u32, (u32, String)>,
}

impl<'a> Sheet<'a> {
    pub(crate) fn new(styles: &'a Styles, date1904: bool, limits: &'a Limits, count: &'a mut u64) -> Self {
        Self { styles, date1904, limits, count, found: GridSheet::default(), columns: BTreeMap::new() }
    }

    pub(crate) fn finish(mut self) -> GridSheet {
        self.found.frame.merges = disjoint(std::mem::take(&mut self.found.frame.merges));
        self.found.frame.hidden_columns = joined(std::mem::take(&mut self.found.frame.hidden_columns));
        self.found
    }

    /// Leaves the `<Table>` it stands in.
    pub(crate) fn read<R: BufRead>(&mut self, xml: &mut Xml<R>) -> Result<(), Finding> {
        let (mut next_row, mut next_column) = (0, 0);
        while xml.child()? {
            match xml.name() {
                "Column" => {
                    let first = index(xml, next_column, MAX_COLUMNS)?;
                    let last = first.saturating_add(span(xml, "Span")?).min(MAX_COLUMNS - 1);
                    if attribute(xml, "Hidden")?.is_some_and(|hidden| hidden == "1") {
                        self.found.frame.hidden_columns.push((first, last));
                    }
                    if let Some(style) = attribute(xml, "StyleID")? {
                        self.columns.insert(first, (last, style));
                    }
                    next_column = last + 1;
                    xml.skip()?;
                }
                "Row" => {
                    let index = index(xml, next_row, MAX_ROWS)?;
                    let hidden = attribute(xml, "Hidden")?.is_some_and(|hidden| hidden == "1");
                    let style = attribute(xml, "StyleID")?;
                    next_row = index.saturating_add(span(xml, "Span")?).min(MAX_ROWS - 1) + 1;
                    let cells = self.cells(xml, index, style.as_deref())?;
                    if !cells.is_empty() {
                        self.found.rows.push(Row { index, hidden, cells });
                    }
                }
                _ => xml.skip()?,
            }
        }
        Ok(())
    }

    fn cells<R: BufRead>(
        &mut self,
        xml: &mut Xml<R>,
        row: u32,
        style: Option<&str>,
    ) -> Result<Vec<(u32, Cell)>, Finding> {
        let mut cells = Vec::new();
        let mut next = 0;
        while xml.child()? {
            if xml.name() != "Cell" {
                xml.skip()?;
                continue;
            }
            *self.count += 1;
            if *self.count > self.limits.cells {
                return Err(over_limit("cells", "单元格数", self.limits.cells));
            }
            let column = index(xml, next, MAX_COLUMNS)?;
            let last = CellRef::new(
                row.saturating_add(span(xml, "MergeDown")?).min(MAX_ROWS - 1),
                column.saturating_add(span(xml, "MergeAcross")?).min(MAX_COLUMNS - 1),
            );
            let at = CellRef::new(row, column);
            if at != last {
                self.found.frame.merges.push(Range { first: at, last });
                if self.found.frame.merges.len() > self.limits.merges {
                    return Err(over_limit("merged ranges of a sheet", "工作表的合并区域数", self.limits.merges));
                }
            }
            next = last.col + 1;
            let own = attribute(xml, "StyleID")?;
            let of_column = self.columns.range(..=column).next_back().filter(|(_, (last, _))| *last >= column);
            let style = own.as_deref().or(style).or(of_column.map(|(_, (_, style))| style.as_str()));
            let format = style.and_then(|style| self.styles.get(style).cloned()).flatten();
            let formula = attribute(xml, "Formula")?;
            let content = self.content(xml)?;
            if let Some(cell) = cell(content, formula, format) {
                cells.push((column, cell));
            }
        }
        Ok(cells)
    }

    /// Leaves the `<Cell>`.
    fn content<R: BufRead>(&self, xml: &mut Xml<R>) -> Result<(Content, bool), Finding> {
        let mut found = (Content::Empty, false);
        while xml.child()? {
            if xml.name() != "Data" {
                xml.skip()?;
                continue;
            }
            let kind = attribute(xml, "Type")?.unwrap_or_default();
            let mut text = String::new();
            rich(xml, &mut text)?;
            found = self.value(&kind, &text);
        }
        Ok(found)
    }

    /// What a value is, and whether it is a date.
    fn value(&self, kind: &str, text: &str) -> (Content, bool) {
        let trimmed = text.trim();
        let content = match kind {
            "String" => return (if text.is_empty() { Content::Empty } else { Content::Text(text.into()) }, false),
            _ if trimmed.is_empty() => Content::Empty,
            "Number" => match number::parse(trimmed) {
                Some(value) => Content::Number { value, raw: trimmed.into() },
                None => Content::Error(text.into()),
            },
            "DateTime" => {
                // A time of day stands as a time on the day before the first.
                let time = trimmed.strip_prefix("1899-12-31").filter(|_| !self.date1904);
                match number::iso_serial(time.unwrap_or(trimmed), self.date1904) {
                    Some(value) => return (Content::Number { value, raw: value.to_string().into() }, true),
                    None => Content::Error(text.into()),
                }
            }
            "Boolean" => match trimmed {
                "1" => Content::Bool(true),
                "0" => Content::Bool(false),
                _ => Content::Error(text.into()),
            },
            _ => Content::Error(text.into()),
        };
        (content, false)
    }
}

/// A cell; `None` where nothing but a look is there.
fn cell((content, dated): (Content, bool), formula: Option<String>, format: Option<Arc<NumberFormat>>) -> Option<Cell> {
    let formula = formula.map(|text| {
        let text = text.strip_prefix('=').unwrap_or(&text);
        Arc::new(Formula { text: text.into(), cached: content != Content::Empty })
    });
    if content == Content::Empty && formula.is_none() {
        return None;
    }
    let is_date = |kind| !matches!(kind, FormatKind::Number | FormatKind::Text | FormatKind::Percent);
    let format = match format {
        Some(format) if dated && !is_date(format.kind) => None,
        other => other,
    };
    let format = format.or_else(|| {
        dated.then(|| {
            let whole = matches!(content, Content::Number { value, .. } if value.fract() == 0.0);
            let (code, kind) =
                if whole { ("yyyy/m/d", FormatKind::Date) } else { ("yyyy/m/d h:mm", FormatKind::DateTime) };
            Arc::new(NumberFormat { code: code.into(), kind })
        })
    });
    Some(Cell { content, format, formula })
}

/// The text of an element and of all in it: rich text is marked up as HTML. Leaves the element.
fn rich<R: BufRead>(xml: &mut Xml<R>, out: &mut String) -> Result<(), Finding> {
    let mut depth = 1;
    while depth > 0 {
        match xml.piece(out)? {
            Piece::Text => {}
            Piece::Child => depth += 1,
            Piece::End => depth -= 1,
        }
    }
    Ok(())
}

/// The place that an element says it has, counted from 0, else the next one.
fn index<R: BufRead>(xml: &Xml<R>, next: u32, end: u32) -> Result<u32, Finding> {
    let Some(text) = attribute(xml, "Index")? else {
        return if next < end {
            Ok(next)
        } else {
            Err(over_limit("rows or columns of a sheet", "工作表的行列数", end))
        };
    };
    let number: Option<u32> = text.trim().parse().ok();
    number.filter(|number| (next + 1..=end).contains(number)).map(|number| number - 1).ok_or_else(|| {
        unreadable(
            xml.part(),
            &format!("has a row or column with the impossible number {text}"),
            &format!("有一行或一列的序号不可能存在：{text}"),
        )
    })
}

fn span<R: BufRead>(xml: &Xml<R>, name: &str) -> Result<u32, Finding> {
    Ok(attribute(xml, name)?.and_then(|text| text.trim().parse().ok()).unwrap_or(0))
}
