//! Groups of records: leading columns whose cells stand for several records. Drafts nothing.

use super::columns::Column;
use super::sheet::Sheet;
use super::tables::Table;

/// Lists are not nested deeper.
const DEEPEST: usize = 3;

/// Leading columns that belong together, and the rows in which their cells begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Level {
    /// How many columns stand up to and with this level.
    pub(crate) columns: usize,
    /// Places of its first records among all.
    pub(crate) starts: Vec<usize>,
}

/// The groups of a table, outermost first; none where its records stand each by itself.
pub(crate) fn of(sheet: &Sheet, table: &Table) -> Vec<Level> {
    let rows: Vec<u32> = table.records().collect();
    let mut levels: Vec<Level> = Vec::new();
    for (i, column) in table.columns.iter().enumerate() {
        let Some(starts) = starts(sheet, column, &rows, i == 0) else { break };
        let within = |outer: &Level| outer.starts.iter().all(|start| starts.contains(start));
        let deep = levels.len() == DEEPEST;
        match levels.last_mut() {
            Some(outer) if outer.starts == starts => outer.columns += 1,
            Some(outer) if !within(outer) => break,
            _ if deep => break,
            _ => levels.push(Level { columns: i + 1, starts }),
        }
    }
    // Something must be left to be a record.
    levels.retain(|level| level.columns < table.columns.len());
    levels
}

/// The records in which a cell of a column begins, where it clearly stands for several: merged over them, or in the
/// first column filled in once for each group.
fn starts(sheet: &Sheet, column: &Column, rows: &[u32], first: bool) -> Option<Vec<usize>> {
    let (mut starts, mut covered, mut blank) = (Vec::new(), 0, 0);
    for (i, row) in rows.iter().enumerate() {
        match (column.first..=column.last).find_map(|col| sheet.slot(*row, col)) {
            Some(slot) if i > 0 && slot.area.first.row <= rows[i - 1] => covered += 1,
            Some(_) => starts.push(i),
            None => blank += 1,
        }
    }
    let merged = covered > 0 && blank == 0;
    // Filled in once: a third of the lines at least, in two groups or more.
    let several = starts.windows(2).filter(|pair| pair[1] > pair[0] + 1).count();
    let once = first && covered == 0 && !column.serial && !column.is_value && blank * 3 >= rows.len() && several > 1;
    ((merged || once) && starts.first() == Some(&0)).then_some(starts)
}
