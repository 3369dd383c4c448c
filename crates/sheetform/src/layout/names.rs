//! Headings that cannot be told apart: an alias that is another column's heading, two columns with one heading.

use std::collections::BTreeMap;

use super::compile::Compiler;
use super::{BandKind, Table};
use crate::finding::{Code, Finding, Severity, Text};
use crate::text::fold;

impl Compiler<'_> {
    /// An alias equal to another heading is an error; equal head paths are a warning.
    pub(super) fn equal_names(&mut self) {
        let mut layout = std::mem::take(&mut self.layout);
        for band in &mut layout.bands {
            if let BandKind::Table(table) = &mut band.kind {
                self.equal_columns(table);
            }
        }
        self.layout = layout;
    }

    fn equal_columns(&mut self, table: &mut Table) {
        let main: Vec<String> = table.columns.iter().map(|c| folded_path(&c.heads)).collect();
        for i in 0..table.columns.len() {
            let own = &main[i];
            let clash = |p: &Vec<String>| {
                let joined = p.join("/");
                main.iter().enumerate().any(|(j, other)| j != i && *other == joined) && joined != *own
            };
            let node = table.columns[i].field.node;
            let declared: Vec<String> =
                self.schema.node(node).sheet.aliases.iter().flatten().map(|a| fold(a)).collect();
            let clashing: Vec<Vec<String>> = table.columns[i].paths.iter().filter(|p| clash(p)).cloned().collect();
            if let Some(path) = clashing.iter().find(|p| p.last().is_some_and(|l| declared.contains(l))) {
                let alias = path.join(" / ");
                self.bad(
                    node,
                    "aliases",
                    Text::new(
                        format!("alias {alias:?} is the heading of another column"),
                        format!("别名“{alias}”是另一列的表头"),
                    ),
                );
            }
            table.columns[i].paths.retain(|p| !clash(p));
        }
        // A short form that two columns share (金额（元）, 金额（美元）) tells neither.
        let mut shared: BTreeMap<String, usize> = BTreeMap::new();
        for column in &table.columns {
            for path in &column.paths {
                *shared.entry(path.join("/")).or_default() += 1;
            }
        }
        for (i, column) in table.columns.iter_mut().enumerate() {
            column.paths.retain(|p| {
                let joined = p.join("/");
                joined == main[i] || shared.get(&joined).is_none_or(|n| *n < 2)
            });
        }
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for (i, path) in main.iter().enumerate().filter(|(_, p)| !p.is_empty()) {
            if let Some(first) = seen.insert(path, i) {
                let (a, b) = (table.columns[first].field.path.join("."), table.columns[i].field.path.join("."));
                let pointer = self.schema.node(table.columns[i].field.node).pointer[1..].to_owned();
                let heading = table.columns[i].heading();
                self.findings.push(
                    Finding::new(
                        Code::BadForm,
                        Text::new(
                            format!("columns {a:?} and {b:?} have the same heading {heading:?}; they are told apart by order only"),
                            format!("列 {a:?} 与 {b:?} 的表头同为“{heading}”，只能按先后区分"),
                        ),
                    )
                    .severity(Severity::Warning)
                    .pointer(pointer),
                );
            }
        }
    }
}

fn folded_path(heads: &[String]) -> String {
    heads.iter().map(|h| fold(h)).filter(|h| !h.is_empty()).collect::<Vec<_>>().join("/")
}
