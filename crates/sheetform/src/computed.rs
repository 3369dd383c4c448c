//! Cells of computed rows whose value is an expression: compiled with the form, evaluated for reading and writing alike.

use serde_json::Value;

use crate::check::sheet_key;
use crate::finding::{Code, Finding};
use crate::layout::{Computed, Layout};
use crate::rules::{Expression, Input};
use crate::schema::{Schema, join};

/// The expressions of a form's computed rows, compiled.
#[derive(Debug, Default)]
pub(crate) struct Expressions {
    cells: Vec<Cell>,
}

/// A cell of a computed row.
#[derive(Debug)]
struct Cell {
    /// JSON pointer of the array.
    array: String,
    /// Which of the table's total rows, and which column.
    at: (usize, usize),
    expression: Expression,
}

impl Expressions {
    /// Compiles them. Those that do not compile are findings of the form.
    pub(crate) fn compile(form: &Value, schema: &Schema, layout: &Layout, findings: &mut Vec<Finding>) -> Self {
        let mut cells = Vec::new();
        for table in layout.tables() {
            let rows = sheet_key(form, &schema.node(table.node).pointer, "rows");
            let declared = schema.node(table.node).sheet.rows.as_ref().map_or(0, Vec::len);
            for (row, total) in table.totals.iter().enumerate() {
                // The plain total row stands before the declared ones.
                let index = (row + declared).saturating_sub(table.totals.len());
                for (column, computed) in &total.cells {
                    let Computed::Expression(text) = computed else { continue };
                    match Expression::compile(schema, table.node, text) {
                        Ok(expression) => cells.push(Cell { array: table.pointer(), at: (row, *column), expression }),
                        Err(problems) => {
                            let name = table.columns[*column].field.path.join(".");
                            let pointer = join(&join(&join(&rows, &index.to_string()), "cells"), &name);
                            let bad = |text| Finding::new(Code::BadForm, text).pointer(&pointer[1..]);
                            findings.extend(problems.into_iter().map(bad));
                        }
                    }
                }
            }
        }
        Self { cells }
    }

    /// What the cell of a computed row holds; none where it reads what is not there, or is no expression.
    pub(crate) fn value(&self, input: &Input<'_>, array: &str, row: usize, column: usize) -> Option<Value> {
        let cell = self.cells.iter().find(|cell| cell.at == (row, column) && cell.array == array)?;
        cell.expression.evaluate(input, array).ok()?.filter(Value::is_number)
    }
}
