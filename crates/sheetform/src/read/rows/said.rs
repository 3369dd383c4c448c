//! What is said of a table's rows: totals that were read, rows that are no records, cells that nothing takes.

use super::Rows;
use super::roles::{string_is_blank, total_label};
use crate::finding::{Code, Finding, Place, Severity, Text};
use crate::fix::Mend;
use crate::grid::{Cell, CellRef, Content, FormatKind, Range, Row};
use crate::layout::{Computed, FieldKind};
use crate::read::text_value;
use crate::read::value::{self, Outcome};
use crate::report::{shown, shown_zh};
use crate::serial::date_iso;
use crate::text::fold;
use crate::validate::ReadTotal;

/// Unread cells reported one by one; the rest is counted.
pub(super) const MAX_UNREAD: usize = 50;
/// Units that leave a number what it is; 万元 would not. A total may have one though its column declares none.
const PLAIN_UNITS: [&str; 15] =
    ["元", "圆", "件", "个", "台", "套", "次", "项", "人", "名", "份", "条", "天", "小时", "吨"];

impl Rows<'_> {
    /// What is said of a value that a column cannot read, where the column beside it could and has none of its own.
    pub(super) fn of_neighbour(&self, cells: &[Option<Cell>], column: usize) -> Option<Text> {
        let cell = cells[column].as_ref()?;
        let (first, last) = self.head.columns[column]?;
        let beside =
            |other: &usize| self.head.columns[*other].is_some_and(|(from, to)| to + 1 == first || from == last + 1);
        let reads = |other: usize, cell: &Cell| {
            let field = &self.table.columns[other].field;
            let known = !matches!(field.kind, FieldKind::Text | FieldKind::List { .. } | FieldKind::Json);
            known && matches!(value::read(field, Some(cell), self.context), Outcome::Value(..))
        };
        let free = |other: usize| cells[other].as_ref().is_none_or(|own| !reads(other, own));
        let fits = |other: &usize| !self.table.columns[*other].serial && free(*other) && reads(*other, cell);
        let other = (0..self.table.columns.len()).filter(beside).find(fits)?;
        let renamed = self.renamed[other].as_ref().map(|field| field.label.clone());
        let heading = renamed.unwrap_or_else(|| self.table.columns[other].heading());
        Some(Text::new(
            format!("it would fit {heading:?} beside it: does it stand in the wrong column?"),
            format!("内容符合相邻的“{heading}”列，是否填错了列？"),
        ))
    }

    /// A total, over as many rows as a record has lines that are added up.
    pub(super) fn total(&mut self, rows: &[Row], which: Option<usize>) {
        let Some(top) = rows.first() else { return };
        let Some(which) = which else { return self.skipped(top, ("a total", "合计行")) };
        let merges = self.merges;
        self.behind_label(top);
        for row in rows {
            self.other_numbers(row, row.index - top.index, which);
        }
        for (column, computed) in &self.table.totals[which].cells {
            let Some((first, last)) = self.head.columns[*column] else { continue };
            let index = top.index + self.head.line[*column].0;
            let blank = Row { index, ..Row::default() };
            let row = rows.iter().find(|row| row.index == index).unwrap_or(&blank);
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
                Some(Content::Text(text)) => self.number_of_total(*column, text),
                Some(Content::Error(_)) => {
                    self.findings.push(unchecked_total(Code::ErrorCell, &self.table.columns[*column].heading(), place));
                    continue;
                }
                Some(Content::Empty) => {
                    self.places.unstored.insert(*column, range);
                    let code = Code::UncachedFormula;
                    self.findings.push(unchecked_total(code, &self.table.columns[*column].heading(), place));
                    continue;
                }
                _ => None,
            };
            let field = &self.table.columns[*column].field;
            let numeric = *computed == Computed::Sum || matches!(field.kind, FieldKind::Integer | FieldKind::Number);
            // The label of a total may reach in from the left.
            if let Some(cell) = cell.filter(|_| number.is_none() && numeric && range.first.col >= first)
                && claims(cell, &field.none)
            {
                self.findings.push(unread_total(&self.table.columns[*column].heading(), cell, place));
                continue;
            }
            self.totals.push(ReadTotal {
                array: self.places.pointer.clone(),
                row: which,
                column: *column,
                value: number,
                place,
            });
        }
    }

    /// The number that a total written as text is: with the column's unit, or with a plain one where it declares none.
    fn number_of_total(&self, column: usize, text: &str) -> Option<String> {
        let unit = self.table.columns[column].field.unit.as_deref();
        text_value::number(text, unit).or_else(|| match unit {
            Some(_) => None,
            None => PLAIN_UNITS.iter().find_map(|unit| {
                let number = text_value::number(text, Some(unit))?;
                self.in_heading(column).is_none_or(|own| own == *unit).then_some(number)
            }),
        })
    }

    /// What stands in brackets in the heading of a column, its unit as a rule: `金额（万元）`.
    fn in_heading(&self, column: usize) -> Option<String> {
        let renamed = self.renamed[column].as_ref().map(|field| field.label.clone());
        let heading = fold(&renamed.unwrap_or_else(|| self.table.columns[column].heading()));
        let (_, inner) = heading.split_once('(')?;
        let inner = inner.trim_end_matches(')');
        Some(inner.strip_prefix("单位:").unwrap_or(inner).to_owned())
    }

    /// What stands behind the label of a total in its own cell is not read; that is said.
    fn behind_label(&mut self, row: &Row) {
        let behind = |cell: &Cell| {
            let folded = cell.as_text().map(fold).unwrap_or_default();
            total_label(&folded).len() + 1 < folded.len()
        };
        let labels = row.cells.iter().filter(|(col, _)| (self.head.left()..self.total_before).contains(col));
        if let Some((col, cell)) = labels.into_iter().find(|(_, cell)| behind(cell)) {
            let range = self.merges.range(CellRef::new(row.index, *col));
            self.findings.push(unread(self.sheet, range, cell, self.context.date1904));
        }
    }

    /// Numbers in a total row that the form does not compute, and texts behind its label, are not read; that is said.
    fn other_numbers(&mut self, row: &Row, line: u32, which: usize) {
        let table = self.table;
        for (i, at) in self.head.columns.iter().enumerate() {
            let computed = table.totals[which].cells.iter().any(|(column, _)| *column == i);
            let here = !computed && !table.columns[i].serial && self.head.line[i].0 == line;
            let Some((first, last)) = at.filter(|_| here) else { continue };
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
                self.findings.push(unread(self.sheet, range, cell, self.context.date1904));
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
        // A number in front, a serial, says less than the text behind it.
        let mut texts = row.cells.iter().filter(|(col, _)| self.owns(*col)).filter_map(|(_, cell)| cell.as_text());
        let text = cell.as_text().or_else(|| texts.next()).unwrap_or_default();
        self.findings.push(
            Finding::new(
                Code::SkippedRow,
                Text::new(
                    format!("row {} is {}, no record: {}", row.index + 1, what.0, shown(text)),
                    format!("第 {} 行是{}，不是记录：{}", row.index + 1, what.1, shown_zh(text)),
                )
                .bare(format!("the row is {}, no record", what.0), format!("此行是{}，不是记录", what.1)),
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
                )
                .bare(
                    format!("the row {}, and is not read as a record", what.0),
                    format!("此行{}，未作为记录读取", what.1),
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
                (match last - first {
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
                })
                .open(),
            )
            .at(Place::on_sheet(self.sheet, range)),
        );
    }

    /// Records in hidden rows are read as all others; that is said.
    pub(super) fn flush_hidden(&mut self) {
        let Some((first, last, count)) = self.hidden.take() else { return };
        let message = if count == 1 {
            Text::new(
                format!("row {} of the table is hidden; it is read as all others", first + 1),
                format!("表中第 {} 行是隐藏的，与其他行一样读取", first + 1),
            )
        } else {
            Text::new(
                format!(
                    "{count} rows of the table are hidden, from row {} to row {}; they are read as all others",
                    first + 1,
                    last + 1
                ),
                format!("表中有 {count} 行是隐藏的（第 {} 至 {} 行之间），与其他行一样读取", first + 1, last + 1),
            )
        };
        let at = CellRef::new(first, self.head.left());
        self.findings
            .push(Finding::new(Code::HiddenCells, message).at(Place::on_sheet(self.sheet, self.merges.range(at))));
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
                        )
                        .open(),
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
            self.stray(row, *col, cell);
        }
    }

    /// A cell outside the table's columns is not read; that is said.
    pub(super) fn stray(&mut self, row: &Row, col: u32, cell: &Cell) {
        let range = self.merges.range(CellRef::new(row.index, col));
        let strange = self.says_strays && !cell.as_text().is_some_and(|t| self.notes.contains(&fold(t)));
        if !strange
            || range.first.col != col
            || self.accounted.contains(&range.first)
            || string_is_blank(cell.as_text().unwrap_or("-"))
            || (range.first.col..=range.last.col).any(|c| self.owns(c))
        {
            return;
        }
        self.unread += 1;
        self.findings.push(unread(self.sheet, range, cell, self.context.date1904));
    }

    /// Of several filled cells under one heading the first is read; the others are said.
    pub(super) fn second_value(&mut self, row: &Row, col: u32, cell: &Cell) {
        let under = self.head.columns.iter().flatten().find(|(first, last)| (*first..=*last).contains(&col));
        let earlier =
            |(first, _): &(u32, u32)| (*first..col).any(|before| row.get(before).is_some_and(|cell| !cell.is_empty()));
        if under.is_some_and(earlier) {
            self.unread += 1;
            let at = Range::cell(CellRef::new(row.index, col));
            self.findings.push(unread(self.sheet, at, cell, self.context.date1904).severity(Severity::Warning));
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
        )
        .open(),
    )
    .severity(Severity::Error)
    .at(Place { range: (first != last).then(|| Range::new(first, last)), ..Place::on_sheet(sheet, Range::cell(first)) })
    .hint(Text::new("insert rows above the foot and move it there", "请在表尾之前插入行，把它移上去"))
}

/// A filled cell that nothing of the form takes.
pub(in crate::read) fn unread(sheet: &str, range: Range, cell: &Cell, date1904: bool) -> Finding {
    let plain = match &cell.content {
        Content::Text(text) | Content::Error(text) => Err(text),
        Content::Number { value, raw } => Ok(match cell.kind() {
            FormatKind::Date | FormatKind::Month => date_iso(*value, date1904).unwrap_or_else(|| raw.to_string()),
            _ => raw.to_string(),
        }),
        Content::Bool(on) => Ok(on.to_string().to_uppercase()),
        Content::Empty => Ok(String::new()),
    };
    let with = |quoted: fn(&str) -> String| plain.clone().unwrap_or_else(|text| quoted(text));
    Finding::new(
        Code::UnreadCell,
        Text::new(
            format!("this cell belongs to nothing in the form and is not read: {}", with(shown)),
            format!("此格不属于表单的任何一项，未读取：{}", with(shown_zh)),
        )
        .bare("this cell belongs to nothing in the form and is not read", "此格不属于表单的任何一项，未读取"),
    )
    .at(Place::on_sheet(sheet, range))
}

fn string_is_empty(cell: &Cell) -> bool {
    cell.is_empty() || cell.as_text().is_some_and(string_is_blank)
}

/// Whether a cell says anything: no dash, no text that means nothing.
fn claims(cell: &Cell, none: &[String]) -> bool {
    match &cell.content {
        Content::Text(text) => {
            let folded = fold(text);
            text.contains(char::is_alphanumeric) && !none.iter().any(|none| fold(none) == folded)
        }
        Content::Bool(_) => true,
        Content::Number { .. } | Content::Error(_) | Content::Empty => false,
    }
}

fn unread_total(heading: &str, cell: &Cell, place: Place) -> Finding {
    let text = match &cell.content {
        Content::Bool(on) => on.to_string().to_uppercase(),
        _ => cell.as_text().unwrap_or_default().to_owned(),
    };
    Finding::new(
        Code::UnreadCell,
        Text::new(
            format!("the total of {heading:?} could not be read as a number and was not checked: {}", shown(&text)),
            format!("“{heading}”的合计读不出数字，未核对：{}", shown_zh(&text)),
        )
        .bare(
            format!("the total of {heading:?} could not be read as a number and was not checked"),
            format!("“{heading}”的合计读不出数字，未核对"),
        ),
    )
    .severity(Severity::Warning)
    .hint(Text::new("write the number alone, in the unit of its column", "请只写数字，单位与该列一致"))
    .value(text)
    .at(place)
}

fn unchecked_total(code: Code, heading: &str, place: Place) -> Finding {
    Finding::new(
        code,
        Text::new(
            format!("the total of {heading:?} has no value and was not checked"),
            format!("“{heading}”的合计没有数值，未核对"),
        )
        .open(),
    )
    .severity(Severity::Info)
    .at(place)
}

pub(super) fn filled_serial(number: u64, heading: &str) -> Finding {
    let finding = Finding::new(
        Code::Converted,
        Text::new(
            format!("{heading:?} is empty; {number} was filled in"),
            format!("“{heading}”为空，已按顺序补为 {number}"),
        )
        .bare(format!("{heading:?} is empty; its number was filled in"), format!("“{heading}”为空，已按顺序补上")),
    )
    .value(number)
    .fix(number, true);
    Finding { mend: Some(Box::new(Mend::serial(number, Content::Empty))), ..finding }
}
