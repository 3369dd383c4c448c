//! What is said of a table's rows: totals that were read, rows that are no records, cells that nothing takes.

use super::Rows;
use super::roles::string_is_blank;
use crate::finding::{Code, Finding, Place, Severity, Text};
use crate::grid::{Cell, CellRef, Content, Range, Row};
use crate::layout::Computed;
use crate::report::{shown, shown_zh};
use crate::text::fold;
use crate::validate::ReadTotal;

/// Unread cells reported one by one; the rest is counted.
const MAX_UNREAD: usize = 50;

impl Rows<'_> {
    pub(super) fn total(&mut self, row: &Row, which: Option<usize>) {
        let Some(which) = which else { return self.skipped(row, ("a total", "合计行")) };
        let merges = self.merges;
        self.other_numbers(row, which);
        for (column, computed) in &self.table.totals[which].cells {
            let Some((first, last)) = self.head.columns[*column] else { continue };
            let range = merges.range(CellRef::new(row.index, first));
            let cell = (first..=last)
                .find_map(|c| row.get(c).filter(|c| !c.is_empty()))
                .or_else(|| row.get(range.first.col).filter(|c| range.first.row == row.index && !c.is_empty()));
            let place = Place::on_sheet(self.sheet, range);
            // A finding about the sum stands here, whether or not the total can be read.
            if *computed == Computed::Sum {
                self.places.totals.insert(*column, range);
            }
            let number = match cell.map(|c| &c.content) {
                Some(Content::Number { raw, .. }) => Some(raw.to_string()),
                Some(Content::Text(text)) => crate::read::text_value::number(text, None),
                Some(Content::Error(_)) => {
                    self.findings.push(unchecked_total(Code::ErrorCell, &self.table.columns[*column].heading(), place));
                    continue;
                }
                Some(Content::Empty) => {
                    let code = Code::UncachedFormula;
                    self.findings.push(unchecked_total(code, &self.table.columns[*column].heading(), place));
                    continue;
                }
                _ => None,
            };
            self.totals.push(ReadTotal {
                array: self.places.pointer.clone(),
                row: which,
                column: *column,
                value: number,
                place,
            });
        }
    }

    /// Numbers in a total row that the form does not compute, and texts behind its label, are not read; that is said.
    pub(super) fn other_numbers(&mut self, row: &Row, which: usize) {
        let table = self.table;
        for (i, at) in self.head.columns.iter().enumerate() {
            let computed = table.totals[which].cells.iter().any(|(column, _)| *column == i);
            let Some((first, last)) = at.filter(|_| !computed && !table.columns[i].serial) else { continue };
            let filled = |col: &u32| {
                row.get(*col).is_some_and(|cell| match &cell.content {
                    Content::Number { .. } => true,
                    Content::Text(text) => *col >= self.total_before && text.contains(char::is_alphanumeric),
                    _ => false,
                })
            };
            let Some(col) = (first..=last).find(filled) else { continue };
            let range = self.merges.range(CellRef::new(row.index, col));
            // A merge may reach from here to the column that is added up.
            let of_computed = table.totals[which].cells.iter().filter_map(|(column, _)| self.head.columns[*column]);
            if !of_computed.into_iter().any(|(first, _)| range.contains(CellRef::new(row.index, first)))
                && let Some(cell) = row.get(col)
            {
                self.findings.push(unread(self.sheet, range, cell));
            }
        }
    }

    pub(super) fn skipped(&mut self, row: &Row, what: (&str, &str)) {
        let first = row.cells.iter().find(|(col, c)| !c.is_empty() && self.owns(*col)).or(row.cells.first());
        let Some((col, cell)) = first else { return };
        let folded = cell.as_text().map(fold).unwrap_or_default();
        if self.notes.contains(&folded) {
            // The form's own note; what someone wrote beside it is not.
            self.unread_cells(row);
            return;
        }
        let text = cell.as_text().unwrap_or_default();
        self.findings.push(
            Finding::new(
                Code::SkippedRow,
                Text::new(
                    format!("row {} is {}, no record: {}", row.index + 1, what.0, shown(text)),
                    format!("第 {} 行是{}，不是记录：{}", row.index + 1, what.1, shown_zh(text)),
                ),
            )
            .at(Place::on_sheet(self.sheet, self.merges.range(CellRef::new(row.index, *col)))),
        );
    }

    /// A row that is taken for no record by its looks.
    pub(super) fn doubtful(&mut self, row: &Row, what: (&str, &str)) {
        let first = row.cells.iter().find(|(col, c)| !string_is_empty(c) && self.owns(*col));
        let Some((col, cell)) = first else { return };
        let plain = if let Content::Number { raw, .. } = &cell.content {
            Text::plain(&**raw)
        } else {
            let text = cell.as_text().unwrap_or_default();
            Text::new(shown(text), shown_zh(text))
        };
        let number = row.index + 1;
        self.findings.push(
            Finding::new(
                Code::SkippedRow,
                Text::new(
                    format!("row {number} {}, and is not read as a record: {}", what.0, plain.en),
                    format!("第 {number} 行{}，未作为记录读取：{}", what.1, plain.zh),
                ),
            )
            .severity(Severity::Warning)
            .at(Place::on_sheet(self.sheet, self.merges.range(CellRef::new(row.index, *col))))
            .hint(Text::new(
                "if it is a record, put it among the others and fill in its other cells",
                "如果是一条记录，请移到其他记录之间并填写其余各格",
            )),
        );
    }

    pub(super) fn flush_serials(&mut self) {
        let Some((first, last)) = self.serial_only.take() else { return };
        let Some(col) = self.table.serial().and_then(|i| self.head.columns[i]).map(|(first, _)| first) else { return };
        let range = Range::new(CellRef::new(first, col), CellRef::new(last, col));
        self.findings.push(
            Finding::new(
                Code::SkippedRow,
                match last - first {
                    0 => Text::new(
                        format!("row {} has nothing but its serial number: it is no record", first + 1),
                        format!("第 {} 行只有序号、未填内容，不算记录", first + 1),
                    ),
                    _ => Text::new(
                        format!(
                            "rows {} to {} have nothing but serial numbers: they are no records",
                            first + 1,
                            last + 1
                        ),
                        format!("第 {} 至 {} 行只有序号、未填内容，不算记录", first + 1, last + 1),
                    ),
                },
            )
            .at(Place::on_sheet(self.sheet, range)),
        );
    }

    /// Values of outer columns in a row that goes on with the same group are not read; that is said.
    pub(super) fn extra_outer_cells(&mut self, row: &Row, from: usize) {
        for i in 0..self.table.columns.len() {
            if self.table.columns[i].level < from && self.is_own(row, i) {
                let heading = self.table.columns[i].heading();
                self.findings.push(
                    Finding::new(
                        Code::UnreadCell,
                        Text::new(
                            format!("{heading:?} stands in a row that goes on with the record above: it is not read"),
                            format!("“{heading}”：本行是上一条记录的续行，此格未读取"),
                        ),
                    )
                    .severity(Severity::Warning)
                    .at(self.place(row.index, i)),
                );
            }
        }
    }

    pub(super) fn unread_cells(&mut self, row: &Row) {
        for (col, cell) in &row.cells {
            if cell.is_empty() || self.elsewhere.contains(col) || self.unread >= MAX_UNREAD {
                continue;
            }
            if self.owns(*col) {
                self.second_value(row, *col, cell);
                continue;
            }
            let range = self.merges.range(CellRef::new(row.index, *col));
            let strange = self.says_strays && !cell.as_text().is_some_and(|t| self.notes.contains(&fold(t)));
            if !strange
                || range.first.col != *col
                || self.accounted.contains(&range.first)
                || string_is_blank(cell.as_text().unwrap_or("-"))
                || (range.first.col..=range.last.col).any(|c| self.owns(c))
            {
                continue;
            }
            self.unread += 1;
            self.findings.push(unread(self.sheet, range, cell));
        }
    }

    /// Of several filled cells under one heading the first is read; the others are said.
    pub(super) fn second_value(&mut self, row: &Row, col: u32, cell: &Cell) {
        let under = self.head.columns.iter().flatten().find(|(first, last)| (*first..=*last).contains(&col));
        let earlier =
            |(first, _): &(u32, u32)| (*first..col).any(|before| row.get(before).is_some_and(|cell| !cell.is_empty()));
        if under.is_some_and(earlier) {
            self.unread += 1;
            let at = Range::cell(CellRef::new(row.index, col));
            self.findings.push(unread(self.sheet, at, cell).severity(Severity::Warning));
        }
    }
}

/// A record that stands below the foot, and so is none.
pub(in crate::read) fn below_foot(sheet: &str, row: &Row) -> Finding {
    let filled = || row.cells.iter().filter(|(_, cell)| !cell.is_empty()).map(|(col, _)| CellRef::new(row.index, *col));
    let (first, last) = (filled().next().unwrap_or_default(), filled().next_back().unwrap_or_default());
    let number = row.index + 1;
    Finding::new(
        Code::SkippedRow,
        Text::new(
            format!("row {number} looks like a record, but stands below the foot: it is not read"),
            format!("第 {number} 行像是一条记录，但位于表尾之后，未读取"),
        ),
    )
    .severity(Severity::Error)
    .at(Place { range: (first != last).then(|| Range::new(first, last)), ..Place::on_sheet(sheet, Range::cell(first)) })
    .hint(Text::new("insert rows above the foot and move it there", "请在表尾之前插入行，把它移上去"))
}

/// A filled cell that nothing of the form takes.
pub(in crate::read) fn unread(sheet: &str, range: Range, cell: &Cell) -> Finding {
    let plain = match &cell.content {
        Content::Text(text) | Content::Error(text) => Err(text),
        Content::Number { raw, .. } => Ok(raw.to_string()),
        Content::Bool(on) => Ok(on.to_string().to_uppercase()),
        Content::Empty => Ok(String::new()),
    };
    let with = |quoted: fn(&str) -> String| plain.clone().unwrap_or_else(|text| quoted(text));
    Finding::new(
        Code::UnreadCell,
        Text::new(
            format!("nothing in the form takes this cell: {}", with(shown)),
            format!("表单没有对应此格的项目，未读取：{}", with(shown_zh)),
        ),
    )
    .at(Place::on_sheet(sheet, range))
}

fn string_is_empty(cell: &Cell) -> bool {
    cell.is_empty() || cell.as_text().is_some_and(string_is_blank)
}

fn unchecked_total(code: Code, heading: &str, place: Place) -> Finding {
    Finding::new(
        code,
        Text::new(
            format!("the total of {heading:?} has no value and was not checked"),
            format!("“{heading}”的合计没有数值，未核对"),
        ),
    )
    .severity(Severity::Info)
    .at(place)
}

pub(super) fn filled_serial(number: u64, heading: &str) -> Finding {
    Finding::new(
        Code::Converted,
        Text::new(
            format!("{heading:?} is empty; {number} was filled in"),
            format!("“{heading}”为空，已按顺序补为 {number}"),
        ),
    )
    .value(number)
    .fix(number, true)
}
