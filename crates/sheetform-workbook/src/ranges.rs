//! Merges and stretches of columns put in order. Reads no file.

use std::collections::BTreeMap;

use sheetform::grid::Range;

/// Stretches of columns, rising, with neighbours made one.
pub(crate) fn joined(mut columns: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    columns.sort_unstable();
    let mut out: Vec<(u32, u32)> = Vec::new();
    for (first, last) in columns {
        match out.last_mut() {
            Some(before) if first <= before.1 + 1 => before.1 = before.1.max(last),
            _ => out.push((first, last)),
        }
    }
    out
}

/// Merges of more than one cell, in reading order. Of two that overlap, which no program writes, the later is left out.
pub(crate) fn disjoint(mut merges: Vec<Range>) -> Vec<Range> {
    merges.retain(|merge| !merge.is_cell());
    merges.sort_unstable();
    // Merges that reach the current row, by first column: last column and last row.
    let mut open: BTreeMap<u32, (u32, u32)> = BTreeMap::new();
    merges.retain(|merge| {
        let (first, last) = (merge.first, merge.last);
        let touching: Vec<(u32, u32)> = open
            .range(..=last.col)
            .rev()
            .take_while(|(_, (to, _))| *to >= first.col)
            .map(|(from, (_, row))| (*from, *row))
            .collect();
        let free = touching.iter().all(|(_, row)| *row < first.row);
        for (from, row) in touching {
            if row < first.row {
                open.remove(&from);
            }
        }
        if free {
            open.insert(first.col, (last.col, last.row));
        }
        free
    });
    merges
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(merges: &[&str]) -> Vec<String> {
        disjoint(merges.iter().filter_map(|m| Range::parse(m)).collect()).iter().map(Range::to_string).collect()
    }

    #[test]
    fn merges_are_in_reading_order_and_never_overlap() {
        assert_eq!(kept(&["C3:D4", "A1:B2"]), ["A1:B2", "C3:D4"]);
        assert_eq!(kept(&["Z9:A1"]), ["A1:Z9"]);
        assert_eq!(kept(&["A1:A1", "A1"]), Vec::<String>::new());
        assert_eq!(kept(&["A1:C3", "B2:D4", "C4:D5"]), ["A1:C3", "C4:D5"]);
        assert_eq!(kept(&["A1:A9", "B1:C1", "B2:C2", "A9:B10", "A10:B10"]), ["A1:A9", "B1:C1", "B2:C2", "A10:B10"]);
        assert_eq!(kept(&["A1:B1", "A1:B1"]), ["A1:B1"]);
    }

    #[test]
    fn hidden_columns_are_joined() {
        assert_eq!(joined(vec![(5, 6), (0, 1), (2, 2), (6, 9)]), [(0, 2), (5, 9)]);
    }
}
