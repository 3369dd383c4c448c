//! Tables: columns with their head paths, arrays inside records, keys and total rows.

use super::compile::Compiler;
use super::field::{label_of, names_of, other_names, split_path};
use super::lines::{MOST, is_unheaded};
use super::{Column, Computed, Field, FieldKind, Level, TOTAL_WORDS, Table, TotalRow, is_table};
use crate::finding::{Severity, Text};
use crate::schema::NodeId;
use crate::text::fold;
use crate::vocabulary::{As, Key, Totals};

impl Compiler<'_> {
    pub(super) fn table(&mut self, id: NodeId, path: Vec<String>) -> Table {
        let schema = self.schema;
        let node = schema.node(id);
        let label = label_of(node, path.last().map_or("", String::as_str));
        if let Some(kind @ (As::Blocks | As::Sheets)) = node.sheet.r#as {
            let name = if kind == As::Blocks { "blocks" } else { "sheets" };
            self.bad(
                id,
                "as",
                Text::new(
                    format!("{name:?} is not built yet: the list is laid out as a table"),
                    format!("{name:?} 尚未实现：该清单按普通表格排列"),
                ),
            );
            if let Some(finding) = self.findings.last_mut() {
                finding.severity = Severity::Warning;
            }
        }
        let mut build = Build { columns: Vec::new(), levels: Vec::new() };
        if let Some(items) = node.items {
            self.columns(items, &Place::default(), &mut build);
        }
        let Build { mut columns, levels } = build;
        if columns.iter().all(|c| !c.serial)
            && let Some(first) = columns.first_mut()
        {
            // Unless the form says otherwise, a first integer column 序号 counts.
            let said = schema.node(first.field.node).sheet.serial;
            first.serial = said.is_none()
                && first.field.kind == FieldKind::Integer
                && first.field.names.iter().any(|n| n == "序号");
        }
        let mut table = Table {
            head_rows: 0,
            lines: 1,
            path,
            node: id,
            label,
            levels,
            totals: Vec::new(),
            keys: Vec::new(),
            blank_rows: node.sheet.blank_rows.unwrap_or(0),
            columns,
        };
        self.lines(&mut table);
        table.head_rows = head_rows(&table);
        self.keys(&mut table);
        self.totals(&mut table);
        table
    }

    fn columns(&mut self, id: NodeId, place: &Place, build: &mut Build) {
        let schema = self.schema;
        for (name, child) in &schema.node(id).properties {
            let node = schema.node(*child);
            let mut next = place.clone();
            next.path.push(name.clone());
            next.required = place.required && schema.node(id).required.contains(name);
            let own = node.sheet.head.clone().unwrap_or_else(|| vec![label_of(node, name)]);
            let own_paths = head_paths(&own, &other_names(node));
            next.heads.extend(own);
            next.paths = place
                .paths
                .iter()
                .flat_map(|before| own_paths.iter().map(|p| before.iter().chain(p).cloned().collect()))
                .collect();
            let free_level = build.levels.len() == place.level;
            if node.is_section() {
                self.columns(*child, &next, build);
            } else if is_table(schema, *child) && free_level && !build.columns.is_empty() {
                self.inner_array(*child, place.level, next, build);
            } else {
                let mut field = Field::new(schema, *child, next.path.clone(), next.required);
                if is_table(schema, *child) {
                    field.kind = FieldKind::Json;
                }
                build.columns.push(Column {
                    serial: node.sheet.serial == Some(true),
                    merge: node.sheet.merge == Some(true),
                    level: place.level,
                    line: node.sheet.row.map_or(0, |row| row.clamp(1, MOST) - 1),
                    field,
                    heads: next.heads,
                    paths: next.paths,
                });
            }
        }
    }

    /// An array inside the records: its own columns, its records under the cell of the outer record.
    fn inner_array(&mut self, id: NodeId, level: usize, next: Place, build: &mut Build) {
        let schema = self.schema;
        let node = schema.node(id);
        let anchor = match &node.sheet.anchor {
            Some(name) => {
                let path = split_path(name);
                let found = build.columns.iter().position(|c| c.level == level && c.field.path == path);
                if found.is_none() {
                    self.bad(
                        id,
                        "anchor",
                        Text::new(
                            format!("anchor {name:?} is no column to the left in the record that holds this list"),
                            format!("anchor {name:?} 不是该清单所在记录左边的列"),
                        ),
                    );
                }
                found.unwrap_or(0)
            }
            None => build
                .columns
                .iter()
                .position(|c| c.level == level && c.field.required)
                .unwrap_or_else(|| build.columns.iter().position(|c| c.level == level).unwrap_or(0)),
        };
        build.levels.push(Level { path: next.path.clone(), node: id, anchor });
        let Some(items) = node.items else { return };
        let inner = Place { path: Vec::new(), required: true, level: level + 1, ..next };
        self.columns(items, &inner, build);
    }

    fn column_named(&mut self, table: &Table, key: &str, name: &str) -> Option<usize> {
        let path = split_path(name);
        let found = table.columns.iter().position(|c| c.field.path == path);
        if found.is_none() {
            self.bad(
                table.node,
                key,
                Text::new(format!("{name:?} is no column of this table"), format!("{name:?} 不是本表的列")),
            );
        }
        found
    }

    fn keys(&mut self, table: &mut Table) {
        for (i, column) in table.columns.iter().enumerate() {
            if matches!(self.schema.node(column.field.node).sheet.key, Some(Key::Column(true))) {
                table.keys.push(vec![i]);
            }
        }
        if let Some(Key::Columns(names)) = &self.schema.node(table.node).sheet.key {
            let found: Vec<usize> = names.iter().filter_map(|name| self.column_named(table, "key", name)).collect();
            if found.len() == names.len() {
                table.keys.push(found);
            }
        }
    }

    fn totals(&mut self, table: &mut Table) {
        let sheet = &self.schema.node(table.node).sheet;
        let plain: Vec<usize> = match &sheet.totals {
            Some(Totals::All(true)) => {
                let keys: Vec<usize> = table.keys.iter().flatten().copied().collect();
                let sums = |(i, c): (usize, &Column)| {
                    (c.field.kind.is_numeric() && !c.serial && !keys.contains(&i)).then_some(i)
                };
                table.columns.iter().enumerate().filter_map(sums).collect()
            }
            Some(Totals::Columns(names)) => {
                names.iter().filter_map(|name| self.column_named(table, "totals", name)).collect()
            }
            _ => Vec::new(),
        };
        if let Some(&bad) = plain.iter().find(|&&i| !table.columns[i].field.kind.is_numeric()) {
            let heading = table.columns[bad].heading();
            self.bad(
                table.node,
                "totals",
                Text::new(
                    format!("column {heading:?} holds no numbers to add up"),
                    format!("“{heading}”列不是数字，无法合计"),
                ),
            );
        }
        if !plain.is_empty() {
            table.totals.push(TotalRow {
                label: "合计".to_owned(),
                names: TOTAL_WORDS.iter().map(|w| (*w).to_owned()).collect(),
                cells: plain.into_iter().map(|i| (i, Computed::Sum)).collect(),
            });
        }
        for row in sheet.rows.iter().flatten() {
            let mut cells = Vec::new();
            for (name, what) in &row.cells {
                let Some(column) = self.column_named(table, "rows", name) else { continue };
                let computed = match what.as_str() {
                    Some("sum") | None => Computed::Sum,
                    Some(expression) => Computed::Expression(expression.to_owned()),
                };
                cells.push((column, computed));
            }
            cells.sort_by_key(|(column, _)| *column);
            table.totals.push(TotalRow { label: row.label.clone(), names: vec![fold(&row.label)], cells });
        }
    }
}

#[derive(Clone)]
struct Place {
    path: Vec<String>,
    heads: Vec<String>,
    paths: Vec<Vec<String>>,
    required: bool,
    level: usize,
}

impl Default for Place {
    fn default() -> Self {
        Self { path: Vec::new(), heads: Vec::new(), paths: vec![Vec::new()], required: true, level: 0 }
    }
}

struct Build {
    columns: Vec<Column>,
    levels: Vec<Level>,
}

/// Rows of a table's head: as many as the longest path has headings, below one another for the rows of a record.
pub(super) fn head_rows(table: &Table) -> usize {
    let rows = |column: &Column| {
        if column.line > 0 && is_unheaded(column) { 0 } else { column.heads.len() + column.line as usize }
    };
    table.columns.iter().map(rows).max().unwrap_or(0)
}

/// The folded texts a node puts above its columns: as written, without a unit, and its aliases.
fn head_paths(heads: &[String], aliases: &[String]) -> Vec<Vec<String>> {
    let Some((last, before)) = heads.split_last() else { return vec![Vec::new()] };
    let before: Vec<String> = before.iter().map(|h| fold(h)).filter(|h| !h.is_empty()).collect();
    names_of(last, aliases).into_iter().map(|name| before.iter().cloned().chain([name]).collect()).collect()
}
