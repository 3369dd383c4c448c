//! Which objects have more cells than a person reads in one place. Such an object is no stretch of labels and no
//! record of a table: its values stand on a child sheet, where only those that are there take room.

use super::{Node, Width};
use crate::vocabulary::Sheet;

/// More cells than this are no table and no group of labels.
const CELLS: usize = 40;

/// Marks the objects that are too wide. A form that arranges its sheet with `x-sheet` is taken at its word.
pub(super) fn mark(nodes: &mut [Node]) {
    if is_arranged(nodes) {
        return;
    }
    // The cells of a node among labels, where a table counts once, and as columns of a table.
    let (mut labels, mut columns) = (vec![1_usize; nodes.len()], vec![1_usize; nodes.len()]);
    // A node stands before those inside it.
    for id in (0..nodes.len()).rev() {
        let node = &nodes[id];
        let items = node.items.filter(|items| !node.opaque && nodes[*items].is_record());
        if node.is_record() {
            let inside: Vec<usize> = node.properties.iter().map(|(_, child)| *child).collect();
            for &child in &inside {
                if labels[child] > CELLS {
                    nodes[child].width = Width::Wide;
                    (labels[child], columns[child]) = (1, 1);
                }
            }
            labels[id] = inside.iter().map(|child| labels[*child]).sum();
            columns[id] = inside.iter().map(|child| columns[*child]).sum();
        } else if let Some(items) = items {
            columns[id] = columns[items];
            if columns[items] > CELLS {
                nodes[items].width = Width::Wide;
                columns[id] = 1;
            }
        }
    }
}

/// Whether a form says with `x-sheet` how its sheet is to look.
pub(super) fn is_arranged(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| node.sheet != Sheet::default())
}
