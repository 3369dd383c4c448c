//! The records of a table, those of its inner arrays included, in the order of the document.

use serde_json::Value;

use crate::layout::{Column, Table, at_path};
use crate::schema::join;

/// A record of some level with those it lies in.
pub(crate) struct Record<'v, 'r> {
    /// Its index in its array, after those of the records it lies in.
    pub(crate) indices: &'r [usize],
    /// The records it lies in, outermost first, and itself.
    pub(crate) values: &'r [&'v Value],
}

impl<'v> Record<'v, '_> {
    /// What stands in a column of this level or an outer one; an absent or null value is none.
    pub(crate) fn get(&self, column: &Column) -> Option<&'v Value> {
        let value = at_path(self.values.get(column.level)?, &column.field.path)?;
        (!value.is_null()).then_some(value)
    }
}

/// Gives every record of a level.
pub(crate) fn records<'v>(table: &Table, document: &'v Value, level: usize, each: &mut dyn FnMut(&Record<'v, '_>)) {
    some_records(table, document, level, None, each);
}

/// The same for a stretch of the outermost records alone, which begins at number `first`.
pub(crate) fn of_stretch<'v>(
    table: &Table,
    (first, list): (usize, &'v Value),
    level: usize,
    each: &mut dyn FnMut(&Record<'v, '_>),
) {
    walk(table, list, level, &|number| first + number, &mut Vec::new(), &mut Vec::new(), each);
}

/// The same for a document that has some of the outermost records, `only`, in their order.
pub(super) fn some_records<'v>(
    table: &Table,
    document: &'v Value,
    level: usize,
    only: Option<&[usize]>,
    each: &mut dyn FnMut(&Record<'v, '_>),
) {
    if let Some(array) = at_path(document, &table.path) {
        let number = |i: usize| only.map_or(i, |only| only.get(i).copied().unwrap_or(i));
        walk(table, array, level, &number, &mut Vec::new(), &mut Vec::new(), each);
    }
}

fn walk<'v>(
    table: &Table,
    array: &'v Value,
    level: usize,
    number: &dyn Fn(usize) -> usize,
    indices: &mut Vec<usize>,
    values: &mut Vec<&'v Value>,
    each: &mut dyn FnMut(&Record<'v, '_>),
) {
    let depth = indices.len();
    for (i, record) in array.as_array().into_iter().flatten().enumerate() {
        indices.push(if depth == 0 { number(i) } else { i });
        values.push(record);
        if depth == level {
            each(&Record { indices, values });
        } else if let Some(inner) = table.levels.get(depth).and_then(|inner| at_path(record, &inner.path)) {
            walk(table, inner, level, number, indices, values, each);
        }
        indices.pop();
        values.pop();
    }
}

/// The JSON pointer of a column's value in a record; outer columns stand in the outer record.
pub(crate) fn pointer(table: &Table, indices: &[usize], column: &Column) -> String {
    let mut pointer = table.pointer();
    for (depth, index) in indices.iter().take(column.level + 1).enumerate() {
        if let Some(inner) = depth.checked_sub(1).and_then(|outer| table.levels.get(outer)) {
            pointer = inner.path.iter().fold(pointer, |pointer, part| join(&pointer, part));
        }
        pointer = join(&pointer, &index.to_string());
    }
    column.field.path.iter().fold(pointer, |pointer, part| join(&pointer, part))
}
