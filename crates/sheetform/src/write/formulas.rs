//! Formulas of a blank sheet: `{price}*{count}` with the cells of the same record, or of the label bands.

use std::collections::BTreeMap;

use super::divide::Block;
use crate::grid::{CellRef, column_name};
use crate::layout::{Field, Table};
use crate::new_book::{NewContent, NewSheet};

/// The formulas of a sheet, and the cells they name.
#[derive(Debug, Default)]
pub(super) struct Formulas {
    /// Cells beside labels, by the path of their field, as formulas name them.
    labels: BTreeMap<String, String>,
    list: Vec<Formula>,
}

#[derive(Debug)]
struct Formula {
    at: CellRef,
    text: String,
    /// Cells of the same record.
    record: BTreeMap<String, String>,
}

impl Formulas {
    /// A field beside its label.
    pub(super) fn label(&mut self, field: &Field, at: CellRef) {
        self.labels.insert(field.path.join("."), format!("${}${}", column_name(at.col), at.row + 1));
        if let Some(text) = &field.formula {
            self.list.push(Formula { at, text: text.clone(), record: BTreeMap::new() });
        }
    }

    /// The records of a table, from its first row to the one behind its last.
    pub(super) fn table(&mut self, table: &Table, blocks: &[Block], first: u32, end: u32) {
        let slots = table.slots();
        for (index, column) in table.columns.iter().enumerate() {
            let Some(text) = &column.field.formula else { continue };
            for row in (first..end).step_by(table.lines as usize) {
                let at = |index: usize| CellRef::new(row + slots[index].line, blocks[index].0);
                let names = table.columns.iter().enumerate();
                let record = names.map(|(i, other)| (other.field.path.join("."), at(i).to_string())).collect();
                self.list.push(Formula { at: at(index), text: text.clone(), record });
            }
        }
    }

    /// Puts the formulas; one that names something unknown is left out, and its cell stays empty.
    pub(super) fn put(&self, sheet: &mut NewSheet) {
        for formula in &self.list {
            let Some(text) = self.resolve(formula) else { continue };
            if let Ok(at) = sheet.cells.binary_search_by_key(&formula.at, |cell| cell.at) {
                let cell = &mut sheet.cells[at];
                cell.content = NewContent::Formula { text, value: 0.0 };
                cell.look.open = false;
            }
        }
    }

    fn resolve(&self, formula: &Formula) -> Option<String> {
        let mut out = String::new();
        let mut rest = formula.text.trim().trim_start_matches('=');
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}')?;
            let name = name.trim();
            out.push_str(before);
            out.push_str(formula.record.get(name).or_else(|| self.labels.get(name))?);
            rest = after;
        }
        out.push_str(rest);
        Some(out)
    }
}
