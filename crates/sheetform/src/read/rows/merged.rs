//! Cells merged down over records: one that lacks its merge, and files that hold no merges.

use super::Rows;
use crate::finding::{Code, Finding, Severity, Text};
use crate::grid::{Cell, CellRef, Row};
use crate::read::heads::Head;
use crate::read::merges::Merges;
use crate::report::{shown, shown_zh};

impl Rows<'_> {
    /// In a file that holds no merges a column of shared cells has its value in the first record only. Only where the
    /// form asks for shared cells and a value must be there; each cell so read is said.
    pub(super) fn shared_from_above(&mut self, row: u32, cells: &[Option<Cell>]) -> Vec<Option<Cell>> {
        let mut cells = cells.to_vec();
        if !self.context.plain_text || !self.merges.is_empty() {
            return cells;
        }
        for (i, cell) in cells.iter_mut().enumerate() {
            let column = &self.table.columns[i];
            if !(column.merge && column.field.required && self.head.columns[i].is_some()) {
                continue;
            }
            if cell.is_some() {
                self.shared[i].clone_from(cell);
            } else if let Some(above) = &self.shared[i] {
                let (heading, text) = (column.heading(), above.as_text().unwrap_or_default());
                let finding = Finding::new(
                    Code::Converted,
                    Text::new(
                        format!(
                            "{heading:?} is empty; this kind of file has no merged cells, read as above: {}",
                            shown(text)
                        ),
                        format!("“{heading}”为空；这种文件没有合并单元格，按上一格读取：{}", shown_zh(text)),
                    ),
                )
                .at(self.place(row, i));
                *cell = Some(above.clone());
                self.findings.push(finding);
            }
        }
        cells
    }

    /// In a column of cells merged down over their records, an empty cell below a single one may lack its merge.
    pub(super) fn not_merged(&mut self, row: &Row, cells: &[Option<Cell>]) {
        if !self.table.levels.is_empty() || self.head.lines > 1 {
            return;
        }
        for (i, cell) in cells.iter().enumerate() {
            let Some((first, _)) = self.head.columns[i] else { continue };
            let (merged, single, at) = self.groups[i];
            if merged == 0 {
                continue;
            }
            if cell.is_some() {
                let alone = self.merges.range(CellRef::new(row.index, first));
                if alone.first.row == alone.last.row {
                    self.groups[i] = (merged, single + 1, Some(row.index));
                }
            } else if at.is_some_and(|at| at + 1 == row.index)
                && merged > single
                && !self.table.columns[i].field.required
            {
                let column = &self.table.columns[i];
                // Where the form asks for shared cells, a value that is not there stands so.
                let severity = if column.merge { Severity::Info } else { Severity::Warning };
                let heading = column.heading();
                self.findings.push(
                    Finding::new(
                        Code::MissingValue,
                        Text::new(
                            format!("{heading:?} is empty here and not merged with the cell above: nothing is read"),
                            format!("“{heading}”此格为空，且没有与上面的单元格合并，未读到值"),
                        ),
                    )
                    .severity(severity)
                    .at(self.place(row.index, i))
                    .hint(Text::new(
                        "merge it with the cell above or repeat the text, if that is meant",
                        "如果与上面相同，请合并单元格或重复填写",
                    )),
                );
            }
        }
    }

    /// What is said of a value that a column has from a cell merged over it and one to its left, in the row where the cell
    /// begins.
    pub(super) fn merged_across(&self, row: &Row, column: usize) -> Option<Finding> {
        // The cells of a record of several rows lie below and beside one another.
        let (first, _) = self.head.columns[column].filter(|_| self.head.lines == 1)?;
        let range = self.merges.over(CellRef::new(row.index, first)).filter(|range| range.first.row == row.index)?;
        let of_left = |at: &Option<(u32, u32)>| at.is_some_and(|(a, b)| (a..=b).contains(&range.first.col));
        let left = self.head.columns.iter().position(of_left).filter(|left| *left != column)?;
        let (own, left) = (self.table.columns[column].heading(), self.table.columns[left].heading());
        let message = Text::new(
            format!("{own:?} is merged with {left:?}: both are read as what the cell says"),
            format!("“{own}”与“{left}”合并为一格，两项都按该格内容读取"),
        );
        let hint = Text::new(
            "if each has a value of its own, unmerge the cell and fill in both",
            "如果两项内容不同，请取消合并，分别填写",
        );
        Some(Finding::new(Code::Converted, message.open()).severity(Severity::Warning).hint(hint))
    }
}

/// How many cells of a column reach down over several rows of the table.
pub(super) fn merged_down(merges: &Merges, head: &Head, at: Option<(u32, u32)>, end: u32) -> usize {
    let Some((first, _)) = at else { return 0 };
    merges.in_column(first).filter(|range| range.first.row > head.last && range.last.row < end).count()
}
