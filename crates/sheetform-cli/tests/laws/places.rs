//! Law 3: every finding stands on a cell in reach of what is filled, or on a sheet or file as a whole.

use sheetform::finding::Finding;
use sheetform::grid::{CellRef, Grid};

/// The first finding whose place the book has not.
pub(crate) fn nowhere(findings: &[Finding], grid: &Grid) -> Option<String> {
    findings.iter().find_map(|finding| {
        let mut all = std::iter::once(&finding.place).chain(finding.related.iter().map(|related| &related.place));
        all.find_map(|place| {
            let name = place.sheet.as_ref()?;
            let Some(sheet) = grid.info.sheets.iter().position(|sheet| sheet.name == *name) else {
                return Some(format!("[{}] stands on a sheet {name:?} that is not there", finding.code));
            };
            let reach = reach(grid, sheet);
            // A column without a heading may stand between the last heading and the free cell.
            let cell = place.cell.filter(|cell| cell.row > reach.row || cell.col > reach.col + 1)?;
            Some(format!(
                "[{}] stands on {cell}, and the sheet reaches to {reach}: {}",
                finding.code, finding.message.en
            ))
        })
    })
}

/// One row and one column past the last filled ones: a missing value or column belongs there.
pub(crate) fn reach(grid: &Grid, sheet: usize) -> CellRef {
    let sheet = &grid.sheets[sheet];
    let filled = sheet.rows.iter().filter_map(|row| row.cells.last().map(|(col, _)| CellRef::new(row.index, *col)));
    let ends = filled.chain(sheet.frame.merges.iter().map(|range| range.last));
    ends.fold(CellRef::new(0, 0), |reach, at| CellRef::new(reach.row.max(at.row + 1), reach.col.max(at.col + 1)))
}
