//! What was found on a sheet, as the report of `infer` prints it.

use serde_json::{Map, Value, json};

use super::columns::Column;
use super::labels::{Label, unique};
use super::rows::Role;
use super::sheet::Sheet;
use super::tables::{Found, Table};
use crate::grid::column_name;

/// Records that are shown.
const SAMPLE: usize = 5;

/// The report of one sheet.
pub(crate) fn of_sheet(sheet: &Sheet, found: &Found, main: Option<usize>) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("sheet".to_owned(), Value::from(sheet.name.as_str()));
    let Some(main) = main else {
        if sheet.columns.is_none() {
            out.insert("empty".to_owned(), Value::Bool(true));
        }
        put_table(&mut out, sheet, None, found.labels.clone(), Vec::new());
        return out;
    };
    let table = &found.tables[main];
    // The block above the first table is the sheet's, and the foot below the last.
    let mut block = if main > 0 { found.tables[0].block.clone() } else { Vec::new() };
    block.extend(table.block.clone());
    let mut foot = table.foot.clone();
    if let Some(last) = found.tables.last().filter(|_| main + 1 < found.tables.len()) {
        foot.extend(last.foot.clone());
    }
    put_table(&mut out, sheet, Some(table), block, foot);
    let others: Vec<Value> = found
        .tables
        .iter()
        .enumerate()
        .filter(|(i, _)| *i != main)
        .map(|(_, table)| {
            let mut other = Map::new();
            put_table(&mut other, sheet, Some(table), table.block.clone(), table.foot.clone());
            Value::Object(other)
        })
        .collect();
    if !others.is_empty() {
        out.insert("other_tables".to_owned(), Value::Array(others));
    }
    out
}

fn put_table(out: &mut Map<String, Value>, sheet: &Sheet, table: Option<&Table>, block: Vec<Label>, foot: Vec<Label>) {
    let span = |rows: Option<(u32, u32)>| rows.map_or(Value::Null, |(first, last)| json!([first + 1, last + 1]));
    let columns = table.map(|table| table.columns.as_slice()).unwrap_or_default();
    let mut put = |key: &str, value: Value| out.insert(key.to_owned(), value);
    put("header_rows", span(table.map(|table| (table.head.top, table.head.bottom))));
    put("columns", columns.iter().map(Column::name).collect());
    put("column_refs", columns.iter().map(reference).collect());
    put("data_rows", span(table.and_then(Table::data_rows)));
    put("row_count", table.map_or(0, |table| table.records().count()).into());
    let excluded = table.map(|table| table.rows.as_slice()).unwrap_or_default().iter();
    let excluded = excluded.filter(|(_, role)| !matches!(role, Role::Record | Role::Continued));
    put("excluded_rows", excluded.map(|(row, role)| json!({ "row": row + 1, "role": role.name() })).collect());
    put("header_block", Value::Object(unique(block).into_iter().collect()));
    put("footer", Value::Object(unique(foot).into_iter().collect()));
    let rows = table.into_iter().flat_map(|table| table.records().take(SAMPLE).map(move |row| (table, row)));
    put("sample_rows", rows.map(|(table, row)| record(sheet, table, row)).collect());
}

/// `C`, or `D:F` for a column over several of the sheet.
fn reference(column: &Column) -> String {
    if column.first == column.last {
        column_name(column.first)
    } else {
        format!("{}:{}", column_name(column.first), column_name(column.last))
    }
}

/// The values of a record in the order of its columns, null where there is none.
pub(crate) fn record(sheet: &Sheet, table: &Table, row: u32) -> Value {
    table.columns.iter().map(|column| value(sheet, column, row)).collect()
}

/// The value of a column in a row: of its own cell, or of the merge over it.
pub(crate) fn value(sheet: &Sheet, column: &Column, row: u32) -> Value {
    let slot = (column.first..=column.last).find_map(|col| sheet.slot(row, col));
    slot.map_or(Value::Null, |slot| sheet.json(slot.cell))
}
