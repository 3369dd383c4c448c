//! Cells from the tags of a page: where each stands, what it covers, and its text as a browser would show it.

use std::collections::BTreeMap;
use std::sync::Arc;

use sheetform::finding::Finding;
use sheetform::grid::{Cell, CellRef, Content, FormatKind, GridSheet, MAX_COLUMNS, MAX_ROWS, NumberFormat, Range, Row};

use super::tokens::Tag;
use crate::fault::over_limit;
use crate::limits::Limits;
use crate::number;
use crate::package::xml::too_long;
use crate::ranges;

/// A page being read.
pub(crate) struct Page<'a> {
    limits: &'a Limits,
    damaged: bool,
    sheet: GridSheet,
    tables: usize,
    /// Open tables; a table in a cell of another is part of its text.
    depth: usize,
    /// The row that comes next, or is open.
    row: u32,
    in_row: bool,
    hidden: bool,
    column: u32,
    cells: Vec<(u32, Cell)>,
    count: u64,
    /// Columns that a cell of a row above covers: by the first, the last and the first row that is free again.
    covered: BTreeMap<u32, (u32, u32)>,
    cell: Option<Open>,
    text: String,
    /// Merges of the tables before.
    merges_before: usize,
}

/// A cell being read.
struct Open {
    at: CellRef,
    last: CellRef,
    /// The number behind what is shown, where a spreadsheet program wrote the page.
    number: Option<String>,
}

impl<'a> Page<'a> {
    pub(crate) fn new(limits: &'a Limits, damaged: bool) -> Self {
        Self {
            limits,
            damaged,
            sheet: GridSheet::default(),
            tables: 0,
            depth: 0,
            row: 0,
            in_row: false,
            hidden: false,
            column: 0,
            cells: Vec::new(),
            count: 0,
            covered: BTreeMap::new(),
            cell: None,
            text: String::new(),
            merges_before: 0,
        }
    }

    /// A text. Line breaks and blanks are one blank, as a browser shows them.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), Finding> {
        if self.depth > 0 && self.cell.is_none() {
            return Ok(());
        }
        for c in text.chars() {
            if !c.is_ascii_whitespace() {
                self.text.push(c);
            } else if !self.text.is_empty() && !self.text.ends_with([' ', '\n']) {
                self.text.push(' ');
            }
        }
        if self.text.len() > self.limits.text_bytes { Err(too_long(self.limits.text_bytes)) } else { Ok(()) }
    }

    pub(crate) fn open(&mut self, tag: &Tag) -> Result<(), Finding> {
        match tag.name.as_str() {
            "table" => {
                if self.depth == 0 {
                    self.line()?;
                    self.begin();
                }
                self.depth += 1;
                self.tables += 1;
            }
            "tr" if self.depth == 0 => {
                // A table whose tag was left out.
                self.line()?;
                self.begin();
                self.depth = 1;
                self.tables += 1;
                self.row(tag)?;
            }
            "tr" if self.depth == 1 => self.row(tag)?,
            "td" | "th" if self.depth == 1 => self.cell(tag)?,
            "caption" if self.depth == 1 => {
                self.row(tag)?;
                self.cell(tag)?;
            }
            "td" | "th" => self.text(" ")?,
            "br" if self.cell.is_some() => self.text.push('\n'),
            "tr" | "p" | "div" | "li" | "h1" | "h2" | "h3" | "h4" | "caption" | "br" | "hr" => self.paragraph()?,
            _ => {}
        }
        Ok(())
    }

    pub(crate) fn close(&mut self, name: &str) -> Result<(), Finding> {
        match name {
            "table" => {
                if self.depth == 1 {
                    self.end_row()?;
                    self.end_table();
                }
                self.depth = self.depth.saturating_sub(1);
            }
            "tr" | "caption" if self.depth == 1 => self.end_row()?,
            "td" | "th" if self.depth == 1 => self.end_cell()?,
            "p" | "div" | "li" | "h1" | "h2" | "h3" | "h4" | "tr" | "caption" => self.paragraph()?,
            _ => {}
        }
        Ok(())
    }

    /// The sheet; `None` for a page without a table.
    pub(crate) fn finish(mut self) -> Result<Option<GridSheet>, Finding> {
        if self.depth > 0 {
            self.end_row()?;
            self.end_table();
            self.depth = 0;
        }
        self.line()?;
        self.sheet.frame.merges = ranges::disjoint(std::mem::take(&mut self.sheet.frame.merges));
        Ok((self.tables > 0).then_some(self.sheet))
    }

    fn paragraph(&mut self) -> Result<(), Finding> {
        if self.cell.is_none() {
            return if self.depth == 0 { self.line() } else { Ok(()) };
        }
        if !self.text.trim().is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        Ok(())
    }

    /// What stands outside of tables is a row of its own.
    fn line(&mut self) -> Result<(), Finding> {
        let content = self.content();
        if let Some(content) = content {
            self.push(0, Cell { content, ..Cell::default() })?;
            self.end_line()?;
        }
        Ok(())
    }

    /// A blank row stands between a table and what is above it, but a title is next to its table.
    fn begin(&mut self) {
        self.row += u32::from(self.tables > 0);
        self.covered.clear();
    }

    fn row(&mut self, tag: &Tag) -> Result<(), Finding> {
        self.end_row()?;
        self.in_row = true;
        self.column = 0;
        self.hidden = is_hidden(tag);
        Ok(())
    }

    fn cell(&mut self, tag: &Tag) -> Result<(), Finding> {
        self.end_cell()?;
        self.in_row = true;
        // Past what cells of rows above cover.
        while let Some((&first, &(last, free))) = self.covered.range(..=self.column).next_back() {
            if free <= self.row {
                self.covered.remove(&first);
            } else if last >= self.column {
                self.column = last + 1;
            } else {
                break;
            }
        }
        let span = |name: &str, most: u32| {
            let number = tag.attributes.get(name).and_then(|text| text.trim().parse::<u32>().ok());
            number.unwrap_or(1).clamp(1, most)
        };
        let (columns, rows) = (span("colspan", MAX_COLUMNS), span("rowspan", MAX_ROWS));
        let (last_column, last_row) = (self.column + columns - 1, self.row.saturating_add(rows - 1).min(MAX_ROWS - 1));
        if last_column >= MAX_COLUMNS {
            return Err(over_limit("columns of a sheet", "工作表的列数", MAX_COLUMNS));
        }
        if rows > 1 {
            self.covered.insert(self.column, (last_column, last_row + 1));
        }
        let number = ["sdval", "x:num"].iter().find_map(|name| tag.attributes.get(*name)).cloned();
        let (at, last) = (CellRef::new(self.row, self.column), CellRef::new(last_row, last_column));
        self.cell = Some(Open { at, last, number });
        self.column = last_column + 1;
        Ok(())
    }

    fn end_cell(&mut self) -> Result<(), Finding> {
        let Some(Open { at, last, number }) = self.cell.take() else {
            self.text.clear();
            return Ok(());
        };
        if at != last {
            if self.sheet.frame.merges.len() >= self.limits.merges {
                return Err(over_limit("merged ranges of a sheet", "工作表的合并区域数", self.limits.merges));
            }
            self.sheet.frame.merges.push(Range::new(at, last));
        }
        match self.content() {
            Some(content) => self.push(at.col, exact(content, number.as_deref())),
            None => Ok(()),
        }
    }

    fn end_row(&mut self) -> Result<(), Finding> {
        self.end_cell()?;
        if std::mem::take(&mut self.in_row) { self.end_line() } else { Ok(()) }
    }

    fn end_line(&mut self) -> Result<(), Finding> {
        if self.row >= MAX_ROWS {
            return Err(over_limit("rows of a sheet", "工作表的行数", MAX_ROWS));
        }
        let cells = std::mem::take(&mut self.cells);
        if !cells.is_empty() {
            self.sheet.rows.push(Row { index: self.row, hidden: self.hidden, cells });
        }
        self.row += 1;
        self.hidden = false;
        Ok(())
    }

    /// Cells end with their table.
    fn end_table(&mut self) {
        let last = self.row.saturating_sub(1);
        for range in self.sheet.frame.merges.iter_mut().skip(self.merges_before) {
            range.last.row = range.last.row.min(last).max(range.first.row);
        }
        self.merges_before = self.sheet.frame.merges.len();
    }

    fn push(&mut self, column: u32, content: Cell) -> Result<(), Finding> {
        self.count += 1;
        if self.count > self.limits.cells {
            return Err(over_limit("cells of a sheet", "工作表的单元格数", self.limits.cells));
        }
        self.cells.push((column, content));
        Ok(())
    }

    /// The text read so far, as a cell holds it.
    fn content(&mut self) -> Option<Content> {
        let text = std::mem::take(&mut self.text).replace('\u{A0}', " ");
        let lines: Vec<&str> = text.split('\n').map(|line| line.trim_matches(' ')).collect();
        // Blanks that the page fixes (nbsp) stay, unless nothing else is there.
        let text = lines.join("\n");
        let text = text.trim_matches('\n');
        if text.trim().is_empty() {
            return None;
        }
        let is_damaged = self.damaged && text.contains('\u{FFFD}');
        Some(if is_damaged { Content::Error(text.into()) } else { Content::Text(text.into()) })
    }
}

/// The number behind a shown one, which may be rounded. A date, whose number is a serial, stays as it is shown.
fn exact(content: Content, number: Option<&str>) -> Cell {
    let shown = if let Content::Text(text) = &content { text.trim() } else { "" };
    let behind = number.map(str::trim).and_then(|raw| Some((raw, number::parse(raw)?)));
    let Some((raw, value)) = behind.filter(|(_, value)| shows(shown, *value)) else {
        return Cell { content, ..Cell::default() };
    };
    let format = shown.ends_with('%').then(|| Arc::new(NumberFormat { code: "0%".into(), kind: FormatKind::Percent }));
    Cell { content: Content::Number { value, raw: raw.into() }, format, formula: None }
}

/// Whether a text is this number, rounded to the digits that it shows.
fn shows(text: &str, value: f64) -> bool {
    let (text, hundredth) = text.strip_suffix('%').map_or((text, 1.0), |text| (text, 0.01));
    let plain: String = text.chars().filter(|c| !",¥$€ ".contains(*c)).collect();
    let Some(shown) = number::parse(&plain) else { return false };
    let decimals = plain.split_once('.').map_or(0, |(_, digits)| digits.len()).min(20);
    let step = if plain.contains(['e', 'E']) { shown.abs() / 10.0 } else { 10f64.powi(-(decimals as i32)) };
    (shown * hundredth - value).abs() <= step * hundredth * 0.501
}

fn is_hidden(tag: &Tag) -> bool {
    let style = tag.attributes.get("style").map(|style| style.replace(' ', "").to_ascii_lowercase());
    style.is_some_and(|style| style.contains("display:none")) || tag.attributes.contains_key("hidden")
}
