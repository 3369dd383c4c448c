//! Cells of computed rows whose value is an expression.
//!
//! The rules engine speaks the language; an expression is given to it as a rule that is never met and whose message is
//! the value.

use std::collections::BTreeMap;
use std::str::FromStr;

use bigdecimal::BigDecimal;
use serde_json::Value;

use super::totals::Expected;
use super::{Check, rules};
use crate::check::sheet_key;
use crate::finding::{Code, Finding};
use crate::layout::{Computed, Layout};
use crate::rules::{Hit, RuleSet, Stand};
use crate::schema::{PlacedRule, Schema, join};
use crate::vocabulary::Rule;

/// The expressions of a form's computed rows, compiled.
#[derive(Debug)]
pub(crate) struct Expressions {
    rules: RuleSet,
    /// The form's nodes, with the expressions as their only rules.
    schema: Schema,
    cells: Vec<Cell>,
}

/// A cell of a computed row.
#[derive(Debug)]
struct Cell {
    /// JSON pointer of the array.
    array: String,
    row: usize,
    column: usize,
    /// Where the expression stands in the form.
    pointer: String,
}

impl Expressions {
    /// Compiles them; none where there are none. Those that do not compile are findings of the form.
    pub(crate) fn compile(form: &Value, schema: &Schema, layout: &Layout, findings: &mut Vec<Finding>) -> Option<Self> {
        let mut cells = Vec::new();
        let mut schema = schema.clone();
        schema.nodes.iter_mut().for_each(|node| node.rules.clear());
        for table in layout.tables() {
            let rows = sheet_key(form, &schema.node(table.node).pointer, "rows");
            let declared = schema.node(table.node).sheet.rows.as_ref().map_or(0, Vec::len);
            for (row, total) in table.totals.iter().enumerate() {
                let index = (row + declared).saturating_sub(table.totals.len());
                for (column, computed) in &total.cells {
                    let Computed::Expression(text) = computed else { continue };
                    let name = table.columns[*column].field.path.join(".");
                    let pointer = join(&join(&join(&rows, &index.to_string()), "cells"), &name);
                    schema.nodes[table.node].rules.push(rule(&pointer, text));
                    cells.push(Cell { array: table.pointer(), row, column: *column, pointer });
                }
            }
        }
        if cells.is_empty() {
            return None;
        }
        let (rules, problems) = RuleSet::compile(&schema);
        findings.extend(problems);
        Some(Self { rules, schema, cells })
    }

    /// What each expression gives for a document, by array, row and column; what could not be computed is left out.
    pub(super) fn evaluate(&self, check: &Check<'_>) -> BTreeMap<(&str, usize, usize), Expected> {
        let hits = rules::run(check, &self.rules, &self.schema);
        let mut values = BTreeMap::new();
        for cell in &self.cells {
            let is_its = |hit: &&Hit| {
                hit.code == Code::Rule
                    && hit.rule == cell.pointer
                    && matches!(&hit.stand, Stand::Value(array) if *array == cell.array)
            };
            let value = hits.iter().find(is_its).and_then(|hit| BigDecimal::from_str(&hit.message.en).ok());
            if let Some(value) = value {
                values.insert((cell.array.as_str(), cell.row, cell.column), Expected { largest: value.abs(), value });
            }
        }
        values
    }
}

fn rule(pointer: &str, expression: &str) -> PlacedRule {
    let rule =
        Rule { rule: "false".to_owned(), message_expression: Some(format!("string({expression})")), ..Rule::default() };
    PlacedRule { pointer: pointer.to_owned(), rule }
}
