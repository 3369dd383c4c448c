//! Headings and labels that cannot be told apart: an alias that is another one's, two that are the same.

use std::collections::{BTreeMap, BTreeSet};

use super::compile::Compiler;
use super::{BandKind, Field, LabelBand, LabelItem, Layout, Table};
use crate::finding::{Code, Finding, Severity, Text};
use crate::text::fold;

impl Compiler<'_> {
    /// An alias equal to another heading is an error; equal head paths are a warning.
    pub(super) fn equal_names(&mut self) {
        let mut layout = std::mem::take(&mut self.layout);
        for band in &mut layout.bands {
            match &mut band.kind {
                BandKind::Table(table) => self.equal_columns(table),
                BandKind::Labels(labels) => self.equal_labels(labels),
            }
        }
        self.equal_tables(&layout);
        self.layout = layout;
    }

    /// Two tables with the same head and the same caption, or none.
    fn equal_tables(&mut self, layout: &Layout) {
        let mut seen: BTreeMap<(Option<String>, Vec<String>), &Table> = BTreeMap::new();
        for band in &layout.bands {
            let BandKind::Table(table) = &band.kind else { continue };
            let heads = table.columns.iter().map(|c| folded_path(&c.heads)).collect();
            if let Some(first) = seen.insert((band.caption.as_deref().map(fold), heads), table) {
                let (a, b) = (first.path.join("."), table.path.join("."));
                let message = Text::new(
                    format!("tables {a:?} and {b:?} have the same head and caption; they are told apart by order only"),
                    format!("表 {a:?} 与 {b:?} 的表头和表名相同，只能按先后区分"),
                );
                let pointer = self.schema.node(table.node).pointer[1..].to_owned();
                self.findings.push(Finding::new(Code::BadForm, message).severity(Severity::Warning).pointer(pointer));
            }
        }
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
        // A short form that two columns share (金额（元）, 金额（美元）) tells neither; columns with the same heading are
        // told apart by order, however it is written.
        let mut shared: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for (column, own) in table.columns.iter().zip(&main) {
            for path in &column.paths {
                shared.entry(path.join("/")).or_default().insert(own);
            }
        }
        for (i, column) in table.columns.iter_mut().enumerate() {
            column.paths.retain(|p| {
                let joined = p.join("/");
                joined == main[i] || shared.get(&joined).is_none_or(|own| own.len() < 2)
            });
        }
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for (i, path) in main.iter().enumerate().filter(|(_, p)| !p.is_empty()) {
            if let Some(first) = seen.insert(path, i) {
                let (a, b) = (&table.columns[first].field, &table.columns[i].field);
                self.told_by_order(("columns", "列"), a, b, ("heading", "表头"), &table.columns[i].heading());
            }
        }
    }

    /// The labels of a band: those of an object have its label beside them.
    fn equal_labels(&mut self, labels: &LabelBand) {
        let alone: Vec<&Field> = labels
            .items
            .iter()
            .filter_map(|item| match item {
                LabelItem::Field(field) => Some(field),
                LabelItem::Group(_) => None,
            })
            .collect();
        for (i, field) in alone.iter().enumerate() {
            let own = fold(&field.label);
            let others = || alone.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, other)| *other);
            let aliases = self.schema.node(field.node).sheet.aliases.iter().flatten();
            let taken = aliases.clone().find(|alias| others().any(|other| fold(&other.label) == fold(alias)));
            if let Some(alias) = taken.filter(|alias| fold(alias) != own) {
                let alias = alias.clone();
                self.bad(
                    field.node,
                    "aliases",
                    Text::new(format!("alias {alias:?} is another label"), format!("别名“{alias}”是另一项的名称")),
                );
            }
            if let Some(first) = alone[..i].iter().find(|first| fold(&first.label) == own) {
                self.told_by_order(("properties", "属性"), first, field, ("label", "名称"), &field.label);
            }
        }
    }

    fn told_by_order(&mut self, of: (&str, &str), a: &Field, b: &Field, what: (&str, &str), text: &str) {
        let pointer = self.schema.node(b.node).pointer[1..].to_owned();
        let (a, b) = (a.path.join("."), b.path.join("."));
        let message = Text::new(
            format!("{} {a:?} and {b:?} have the same {} {text:?}; they are told apart by order only", of.0, what.0),
            format!("{} {a:?} 与 {b:?} 的{}同为“{text}”，只能按先后区分", of.1, what.1),
        );
        self.findings.push(Finding::new(Code::BadForm, message).severity(Severity::Warning).pointer(pointer));
    }
}

fn folded_path(heads: &[String]) -> String {
    heads.iter().map(|h| fold(h)).filter(|h| !h.is_empty()).collect::<Vec<_>>().join("/")
}
