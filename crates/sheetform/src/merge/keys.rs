//! Keys across documents: no two records of different documents alike in what must tell records apart.

use std::collections::HashMap;

use serde_json::Value;

use super::Source;
use super::form::{MergedForm, across};
use crate::finding::{Code, Finding, Severity, Text};
use crate::layout::Table;
use crate::places::Places;
use crate::report::place_text;
use crate::validate::{equal, records, words};

/// The keys of all tables, and what was found.
pub(super) struct Keys<'f> {
    form: &'f MergedForm,
    all: Vec<OneKey<'f>>,
}

/// A key, and the records that have it so far.
struct OneKey<'f> {
    /// The number of its table, and its columns.
    table: usize,
    columns: &'f [usize],
    severity: Severity,
    /// By the values of a record: the document that it was first seen in, and where.
    seen: HashMap<String, (usize, Box<[usize]>)>,
    findings: Vec<(Option<usize>, Finding)>,
}

impl<'f> Keys<'f> {
    pub(super) fn new(form: &'f MergedForm) -> Self {
        let mut all = Vec::new();
        for (number, (table, of_parts)) in form.form.layout.tables().zip(&form.keys).enumerate() {
            for columns in &of_parts.keys {
                // Columns of the merged form stand where those of its parts do; its own is the last.
                let severity = match across(&form.form.schema, table, columns) {
                    Some(false) => continue,
                    Some(true) => Severity::Error,
                    None => Severity::Warning,
                };
                all.push(OneKey { table: number, columns, severity, seen: HashMap::new(), findings: Vec::new() });
            }
        }
        Self { form, all }
    }

    /// Takes records that the last of these documents has in a table, a stretch that begins at a number; says which repeat
    /// one of an earlier document, on the later cell.
    pub(super) fn take<P: Places>(
        &mut self,
        sources: &[Source<P>],
        (number, table): (usize, &Table),
        stretch: (usize, &Value),
    ) {
        let part = sources.len() - 1;
        for key in self.all.iter_mut().filter(|key| key.table == number) {
            let columns = || key.columns.iter().filter_map(|column| table.columns.get(*column));
            let Some(level) = columns().map(|column| column.level).max() else { continue };
            let mut text = String::new();
            records::of_stretch(table, stretch, level, &mut |record| {
                text.clear();
                for column in columns() {
                    let Some(value) = record.get(column) else { return };
                    equal::write(value, &mut text);
                    text.push('\n');
                }
                match key.seen.get(&text) {
                    // Within one document it has been said.
                    Some((first, _)) if *first == part => {}
                    Some((first, earlier)) => {
                        let values: Vec<&Value> = columns().filter_map(|column| record.get(column)).collect();
                        let at = [(*first, &**earlier), (part, record.indices)];
                        let what = (table, key.columns, key.severity);
                        key.findings.push((Some(part), finding(self.form, sources, what, &values, at)));
                    }
                    None => {
                        key.seen.insert(text.clone(), (part, record.indices.into()));
                    }
                }
            });
        }
    }

    /// What was found, key by key.
    pub(super) fn finish(self) -> impl Iterator<Item = (Option<usize>, Finding)> {
        self.all.into_iter().flat_map(|key| key.findings)
    }
}

fn finding<P: Places>(
    form: &MergedForm,
    sources: &[Source<P>],
    (table, key, severity): (&Table, &[usize], Severity),
    values: &[&Value],
    [earlier, later]: [(usize, &[usize]); 2],
) -> Finding {
    let schema = &form.form.schema;
    let names: Vec<String> = key.iter().map(|column| table.columns[*column].heading()).collect();
    let shown: Vec<Text> = values.iter().map(|value| words::found(value)).collect();
    let quoted = |quote: fn(&str) -> String, with: &str| names.iter().map(|n| quote(n)).collect::<Vec<_>>().join(with);
    let text = |part: fn(&Text) -> &str, with: &str| shown.iter().map(part).collect::<Vec<_>>().join(with);
    let place = |(part, indices): (usize, &[usize])| {
        let pointer = records::pointer(table, indices, &table.columns[key[0]]);
        (sources[part].place(&pointer), pointer)
    };
    let (there, pointer) = place(earlier);
    let at = place_text(Some(&sources[earlier.0].name), &there, Some(&pointer));
    let together = if key.len() > 1 { (" together", "合起来") } else { ("", "") };
    let message = Text::new(
        format!(
            "{} must not repeat{} in any of the files: {} stands already in {at}",
            quoted(words::quoted, " and "),
            together.0,
            text(|t| &t.en, ", ")
        ),
        format!(
            "各文件之间{}{}不能重复：{}已在 {at} 出现过",
            quoted(words::quoted_zh, "、"),
            together.1,
            text(|t| &t.zh, "、")
        ),
    )
    .bare(
        format!("{} must differ from file to file{}", quoted(words::quoted, " and "), together.0),
        format!("各文件之间{}{}不能重复", quoted(words::quoted_zh, "、"), together.1),
    );
    let node = if key.len() > 1 { table.node } else { table.columns[key[0]].field.node };
    let mut finding = Finding::new(Code::DuplicateKey, message)
        .severity(severity)
        .rule(format!("{}/x-sheet/key", schema.node(node).pointer))
        .expected("unique");
    if let [value] = values {
        finding.value = Some((*value).clone());
    }
    let (place, pointer) = place(later);
    finding.at(place).pointer(pointer)
}
