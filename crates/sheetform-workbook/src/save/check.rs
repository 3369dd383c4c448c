//! What a workbook can hold, checked before anything is written, so that all of it is said at once.

use std::collections::BTreeMap;

use sheetform::finding::{Code, Finding, Place, Text};
use sheetform::grid::{CellRef, MAX_COLUMNS, MAX_ROWS, Range};
use sheetform::new_book::{Check, NewBook, NewCell, NewContent, NewSheet};

use crate::xlsx::text::has_escape;

/// Characters of a cell, as UTF-16 counts them.
const TEXT: usize = 32_767;
/// Characters of a sheet name, as UTF-16 counts them.
const NAME: usize = 31;

/// Cells of a sheet that are named; more of them say no more.
const MOST: usize = 20;

/// Everything that a workbook cannot hold.
pub(super) fn check(book: &NewBook) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for sheet in &book.sheets {
        check_name(&sheet.name, &mut findings);
        let lower = sheet.name.to_lowercase();
        if names.contains(&lower) {
            findings
                .push(cannot_hold("two sheets have the same name", "有两张工作表同名").at(Place::sheet(&sheet.name)));
        }
        names.push(lower);
        findings.extend(sheet.cells.iter().filter_map(|cell| check_cell(sheet, cell)).take(MOST));
        for validation in &sheet.validations {
            if !is_sound(&validation.check, book) {
                let place = Place::on_sheet(&sheet.name, validation.range);
                let finding = cannot_hold(
                    "a check has a bound that is no finite number, or names a list that is not there",
                    "有效性检查的界限不是有限数值，或所指列表不存在",
                );
                findings.push(finding.at(place));
            }
        }
        let ranges = sheet.merges.iter().chain(sheet.validations.iter().map(|validation| &validation.range));
        for range in ranges.filter(|range| !fits(range.last)) {
            findings.push(too_far(sheet, *range));
        }
    }
    let longest = book.lists.iter().map(Vec::len).max().unwrap_or(0);
    if longest > MAX_ROWS as usize || book.lists.len() > MAX_COLUMNS as usize {
        findings.push(over_limit("items or lists of drop-downs", "下拉列表的项数或列表数"));
    }
    findings
}

fn is_sound(check: &Check, book: &NewBook) -> bool {
    match check {
        Check::Any | Check::List(_) => true,
        Check::HiddenList(index) => *index < book.lists.len(),
        Check::Date(first, last) => first.is_finite() && last.is_finite(),
        Check::Whole(least, most) | Check::Decimal(least, most) => {
            [least, most].into_iter().flatten().all(|bound| bound.is_finite())
        }
    }
}

fn check_name(name: &str, findings: &mut Vec<Finding>) {
    let forbidden = |c: char| "[]:*?/\\".contains(c) || c.is_control() || c == '\u{FFFE}' || c == '\u{FFFF}';
    let message = if name.is_empty() {
        Text::new("a sheet has no name", "有工作表没有名称")
    } else if name.encode_utf16().count() > NAME {
        Text::new(format!("the sheet name is longer than {NAME} characters"), format!("工作表名称超过 {NAME} 个字符"))
    } else if name.contains(forbidden) || name.starts_with('\'') || name.ends_with('\'') || has_escape(name) {
        Text::new(
            "the sheet name has characters that a workbook forbids ([ ] : * ? / \\, or ' at an end)",
            "工作表名称含有工作簿不允许的字符（[ ] : * ? / \\，或首尾的 '）",
        )
    } else {
        return;
    };
    findings.push(Finding::new(Code::CannotHold, message).at(Place::sheet(name)));
}

fn check_cell(sheet: &NewSheet, cell: &NewCell) -> Option<Finding> {
    let range = Range::cell(cell.at);
    if !fits(cell.at) {
        return Some(too_far(sheet, range));
    }
    let finding = match &cell.content {
        content if is_held(content) => return None,
        NewContent::Text(_) => cannot_hold(
            &format!("a cell holds at most {TEXT} characters"),
            &format!("一个单元格最多容纳 {TEXT} 个字符"),
        ),
        _ => {
            cannot_hold("a cell holds no infinite number and none that is not a number", "单元格无法保存无穷大或非数值")
        }
    };
    Some(finding.at(Place::on_sheet(&sheet.name, range)))
}

fn fits(at: CellRef) -> bool {
    at.row < MAX_ROWS && at.col < MAX_COLUMNS
}

fn too_far(sheet: &NewSheet, range: Range) -> Finding {
    let finding = over_limit(
        &format!("a cell in row {}, column {}", range.last.row + 1, range.last.col + 1),
        &format!("位于第 {} 行、第 {} 列的单元格", range.last.row + 1, range.last.col + 1),
    );
    finding.at(Place::sheet(&sheet.name))
}

fn over_limit(en: &str, zh: &str) -> Finding {
    Finding::new(
        Code::OverLimit,
        Text::new(
            format!("more than a workbook takes: {en} (a sheet has {MAX_ROWS} rows and {MAX_COLUMNS} columns)"),
            format!("超出工作簿的上限：{zh}（一张工作表有 {MAX_ROWS} 行、{MAX_COLUMNS} 列）"),
        ),
    )
}

fn cannot_hold(en: &str, zh: &str) -> Finding {
    Finding::new(Code::CannotHold, Text::new(en.to_owned(), zh.to_owned()))
}

/// Stretches of rows where Excel would mark texts as "number stored as text": one a column.
#[derive(Clone, Debug, Default)]
pub(super) struct Marked(BTreeMap<u32, (u32, u32)>);

impl Marked {
    pub(super) fn of(sheet: &NewSheet) -> Self {
        let mut marked = Self::default();
        marked.take(sheet);
        marked
    }

    /// Takes the cells of a sheet.
    pub(super) fn take(&mut self, sheet: &NewSheet) {
        for cell in &sheet.cells {
            if would_be_marked(&cell.content, cell.look.format.as_deref()) {
                self.add(cell.at.row, cell.at.col);
            }
        }
    }

    pub(super) fn add(&mut self, row: u32, col: u32) {
        let rows = self.0.entry(col).or_insert((row, row));
        *rows = (rows.0.min(row), rows.1.max(row));
    }

    /// First row, last row and column of each stretch.
    pub(super) fn ranges(&self) -> impl Iterator<Item = (u32, u32, u32)> {
        self.0.iter().map(|(col, (first, last))| (*first, *last, *col))
    }
}

/// Whether Excel would mark a cell, or what someone types into it later: one in text format that is still empty.
pub(super) fn would_be_marked(content: &NewContent, format: Option<&str>) -> bool {
    match content {
        NewContent::Text(text) => looks_like_number(text),
        NewContent::Empty => format == Some("@"),
        _ => false,
    }
}

/// Whether a cell can hold this.
pub(super) fn is_held(content: &NewContent) -> bool {
    match content {
        NewContent::Text(text) => text.len() <= TEXT || text.encode_utf16().count() <= TEXT,
        NewContent::Number(number) | NewContent::Formula { value: number, .. } => number.is_finite(),
        NewContent::Empty | NewContent::Bool(_) => true,
    }
}

fn looks_like_number(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_digit() || b" +-.,%eE/:()$".contains(&b))
}
