//! Books as text: a line a row, ` | ` between cells; a quoted field is text and a bare one is parsed.
//!
//! ```text
//! @sheet 台账
//! @merge A1:C1
//! @hidden 3
//! 自查台账
//! 序号 | 自查部位 | 日期
//! 1 | "12" | 2026-03-01
//! ```

use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::sync::Arc;

use sheetform::grid::{
    Cell, CellRef, Content, FormatKind, Formula, Grid, GridSheet, NumberFormat, Range, Row, SheetInfo, Source,
};
use sheetform::new_book::{Look, NewBook, NewCell, NewContent, NewSheet};
use sheetform::serial::{Date, date_iso};

const DATE: &str = "yyyy-mm-dd";
const MONTH: &str = "yyyy-mm";
const PERCENT: &str = "0%";
const ERRORS: [&str; 7] = ["#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"];

/// Reads a book from its text.
pub(crate) fn parse(text: &str) -> Result<Grid, String> {
    let mut grid = Grid::default();
    let mut next = 0;
    let mut hidden: Vec<(usize, u32)> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let wrong = |what: &str| format!("line {}: {what}: {line}", number + 1);
        let Some(directive) = line.strip_prefix('@') else {
            if grid.sheets.is_empty() {
                open_sheet(&mut grid, "Sheet1");
            }
            let cells = row(line).map_err(|what| wrong(&what))?;
            if let (Some(sheet), false) = (grid.sheets.last_mut(), cells.is_empty()) {
                sheet.rows.push(Row { index: next, hidden: false, cells });
            }
            next += 1;
            continue;
        };
        let (word, rest) = directive.split_once(' ').unwrap_or((directive, ""));
        let rest = rest.trim();
        match word {
            "sheet" => {
                open_sheet(&mut grid, rest);
                next = 0;
            }
            "merge" => {
                let ranges: Option<Vec<Range>> = rest.split(' ').map(Range::parse).collect();
                let sheet = grid.sheets.last_mut().ok_or_else(|| wrong("@merge comes after @sheet"))?;
                sheet.frame.merges.extend(ranges.ok_or_else(|| wrong("not a range"))?);
            }
            "property" => {
                let (key, value) = rest.split_once(' ').ok_or_else(|| wrong("a name and a value"))?;
                grid.info.properties.insert(key.to_owned(), value.to_owned());
            }
            "hidden" => hidden.push((grid.sheets.len().saturating_sub(1), rest.parse().map_err(|_| wrong("no row"))?)),
            _ => return Err(wrong("unknown; known are @sheet, @merge, @hidden, @property")),
        }
    }
    for (sheet, number) in hidden {
        let rows = grid.sheets.get_mut(sheet).into_iter().flat_map(|sheet| &mut sheet.rows);
        rows.filter(|row| row.index + 1 == number).for_each(|row| row.hidden = true);
    }
    Ok(grid)
}

fn open_sheet(grid: &mut Grid, name: &str) {
    grid.info.sheets.push(SheetInfo { name: name.to_owned(), ..SheetInfo::default() });
    grid.sheets.push(GridSheet::default());
}

fn row(line: &str) -> Result<Vec<(u32, Cell)>, String> {
    let mut cells = Vec::new();
    for (col, field) in fields(line)?.into_iter().enumerate() {
        if !field.is_empty() {
            cells.push((col as u32, cell(field)?));
        }
    }
    Ok(cells)
}

/// Splits at `|` outside of quotes.
fn fields(line: &str) -> Result<Vec<&str>, String> {
    let mut fields = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, c) in line.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            // A quote within a bare field is a character like others.
            '"' if quoted || line[start..at].trim().is_empty() => quoted = !quoted,
            '|' if !quoted => {
                fields.push(line[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    if quoted {
        return Err("a quote is not closed".to_owned());
    }
    fields.push(line[start..].trim());
    Ok(fields)
}

fn cell(field: &str) -> Result<Cell, String> {
    if let Some(formula) = field.strip_prefix('=') {
        let (text, value) = formula.split_once(" -> ").map_or((formula, None), |(text, value)| (text, Some(value)));
        let cell = value.map_or_else(|| Ok(Cell::default()), cell)?;
        let formula = Formula { text: text.trim().into(), cached: value.is_some() };
        return Ok(Cell { formula: Some(Arc::new(formula)), ..cell });
    }
    if field.starts_with('"') {
        let text: String = serde_json::from_str(field).map_err(|error| format!("{field}: {error}"))?;
        return Ok(Cell::text(&text));
    }
    if let Some((value, code)) = field.strip_suffix('}').and_then(|field| field.split_once(" {")) {
        let cell = cell(value)?;
        return Ok(Cell { format: Some(format(code)), ..cell });
    }
    let with = |value: f64, raw: &str, code: &str| Cell {
        content: Content::Number { value, raw: raw.into() },
        format: (!code.is_empty()).then(|| format(code)),
        formula: None,
    };
    let serial = |date: Option<Date>, code: &str| {
        let value = date.and_then(|date| date.serial(false))?;
        Some(with(value, &value.to_string(), code))
    };
    if let Some(cell) = serial(Date::parse_iso(field), DATE).or_else(|| serial(month(field), MONTH)) {
        return Ok(cell);
    }
    if let Some(value) = number(field) {
        return Ok(with(value, field, ""));
    }
    if let Some(value) = field.strip_suffix('%').and_then(number) {
        let value = value / 100.0;
        return Ok(with(value, &value.to_string(), PERCENT));
    }
    Ok(match field {
        "TRUE" | "FALSE" => Cell { content: Content::Bool(field == "TRUE"), ..Cell::default() },
        error if ERRORS.contains(&error) => Cell { content: Content::Error(error.into()), ..Cell::default() },
        text => Cell::text(text),
    })
}

/// A number as a file would hold it: no blanks, no leading zeros.
fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let sound = digits.starts_with(|c: char| c.is_ascii_digit())
        && !(digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0."))
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E'));
    sound.then(|| text.parse().ok())?
}

fn month(text: &str) -> Option<Date> {
    (text.len() == MONTH.len()).then(|| Date::parse_iso(&format!("{text}-01")))?
}

fn format(code: &str) -> Arc<NumberFormat> {
    let has = |wanted: char| code.contains(wanted);
    let kind = match code {
        "@" => FormatKind::Text,
        _ if has('y') && has('h') => FormatKind::DateTime,
        _ if has('y') && !has('d') => FormatKind::Month,
        _ if has('y') || has('d') => FormatKind::Date,
        _ if code.contains("[h") => FormatKind::Duration,
        _ if has('h') => FormatKind::Time,
        _ if has('%') => FormatKind::Percent,
        _ => FormatKind::Number,
    };
    Arc::new(NumberFormat { code: code.into(), kind })
}

/// The text of a book; formats are shown where the value alone does not say them.
pub(crate) fn render(source: &dyn Source) -> String {
    let mut out = String::new();
    for (key, value) in &source.info().properties {
        let _ = writeln!(out, "@property {key} {value}");
    }
    for (index, sheet) in source.info().sheets.iter().enumerate() {
        let _ = writeln!(out, "@sheet {}", sheet.name);
        let mut merges = source.frame(index).unwrap_or_default().merges;
        merges.sort();
        for merge in merges {
            let _ = writeln!(out, "@merge {merge}");
        }
        let mut next = 0;
        let _ = source.rows(index, &mut |row| {
            while next < row.index {
                out.push('\n');
                next += 1;
            }
            let last = row.cells.last().map_or(0, |(col, _)| *col);
            let fields = (0..=last).map(|col| row.get(col).map(field).unwrap_or_default());
            let _ = writeln!(out, "{}", fields.collect::<Vec<_>>().join(" | ").trim_end());
            next += 1;
            ControlFlow::Continue(())
        });
    }
    out
}

fn field(cell: &Cell) -> String {
    let code = cell.format.as_ref().map_or("", |format| &*format.code);
    let value = match &cell.content {
        Content::Empty => String::new(),
        Content::Text(text) => text_field(text),
        Content::Bool(value) => if *value { "TRUE" } else { "FALSE" }.to_owned(),
        Content::Error(text) => text.to_string(),
        Content::Number { value, raw } => match code {
            DATE => date_iso(*value, false).unwrap_or_else(|| raw.to_string()),
            _ => raw.to_string(),
        },
    };
    let shown = match (&cell.content, code) {
        // Text needs no format to be text.
        (_, "" | "General") | (Content::Number { .. }, DATE) | (Content::Text(_), _) => value,
        (_, code) => format!("{value} {{{code}}}"),
    };
    match &cell.formula {
        Some(formula) if formula.cached => format!("={} -> {shown}", formula.text),
        Some(formula) => format!("={}", formula.text),
        None => shown,
    }
}

fn text_field(text: &str) -> String {
    let bare = text.trim() == text
        && !text.is_empty()
        && !text.starts_with(['@', '"', '='])
        && !text.contains(['|', '\n', '\r', '\t'])
        && !text.chars().any(char::is_control)
        && cell(text).is_ok_and(|cell| cell == Cell::text(text));
    if bare { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

/// The book as a new workbook; `None` where it holds what a new workbook cannot (an error value, a formula without
/// its value).
pub(crate) fn book_of(grid: &Grid) -> Option<NewBook> {
    let mut book = NewBook { properties: grid.info.properties.clone().into_iter().collect(), ..NewBook::default() };
    for (info, sheet) in grid.info.sheets.iter().zip(&grid.sheets) {
        let mut new =
            NewSheet { name: info.name.clone(), merges: sheet.frame.merges.clone(), paper: 9, ..NewSheet::default() };
        for row in &sheet.rows {
            if row.hidden {
                return None;
            }
            for (col, cell) in &row.cells {
                let look = Look { format: cell.format.as_ref().map(|f| f.code.to_string()), ..Look::default() };
                let content = match (&cell.content, cell.formula.as_deref()) {
                    (Content::Number { value, .. }, Some(Formula { text, cached: true })) => {
                        NewContent::Formula { text: text.to_string(), value: *value }
                    }
                    (_, Some(_)) | (Content::Error(_), _) => return None,
                    (Content::Empty, _) => NewContent::Empty,
                    (Content::Text(text), _) => NewContent::Text(text.to_string()),
                    // Digits past a double's are only in a file that another program made.
                    (Content::Number { value, raw }, _) if raw.len() > 15 && value.to_string() != **raw => return None,
                    (Content::Number { value, .. }, _) => NewContent::Number(*value),
                    (Content::Bool(value), _) => NewContent::Bool(*value),
                };
                new.cells.push(NewCell { at: CellRef::new(row.index, *col), content, look });
            }
        }
        for merge in &new.merges {
            for row in merge.first.row..=merge.last.row {
                for col in merge.first.col..=merge.last.col {
                    let at = CellRef::new(row, col);
                    if new.cells.iter().all(|cell| cell.at != at) {
                        new.cells.push(NewCell { at, content: NewContent::Empty, look: Look::default() });
                    } else if at != merge.first {
                        // A covered cell with a value of its own: only another program makes it.
                        return None;
                    }
                }
            }
        }
        new.cells.sort_by_key(|cell| cell.at);
        book.sheets.push(new);
    }
    Some(book)
}
