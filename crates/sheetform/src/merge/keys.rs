//! Keys across documents: no two records of different documents alike in what must tell records apart.

use std::collections::HashMap;

use serde_json::Value;

use super::Origins;
use super::form::across;
use crate::finding::{Code, Finding, Severity, Text};
use crate::layout::Table;
use crate::places::Places;
use crate::report::place_text;
use crate::schema::Schema;
use crate::validate::{equal, records, words};

/// Adds a finding for each record that repeats one of an earlier document, on the later cell.
pub(super) fn check<P: Places>(
    origins: &Origins<'_, P>,
    document: &Value,
    findings: &mut Vec<(Option<usize>, Finding)>,
) {
    let schema = &origins.form.form.schema;
    let tables = origins.form.form.layout.tables().zip(&origins.form.keys).enumerate();
    for (number, (table, of_parts)) in tables {
        for key in &of_parts.keys {
            // Columns of the merged form stand where those of its parts do; its own is the last.
            let severity = match across(schema, table, key) {
                Some(false) => continue,
                Some(true) => Severity::Error,
                None => Severity::Warning,
            };
            one(origins, document, (number, table), (key, severity), findings);
        }
    }
}

fn one<P: Places>(
    origins: &Origins<'_, P>,
    document: &Value,
    (number, table): (usize, &Table),
    (key, severity): (&[usize], Severity),
    findings: &mut Vec<(Option<usize>, Finding)>,
) {
    let Some(level) = key.iter().filter_map(|c| table.columns.get(*c)).map(|c| c.level).max() else { return };
    let mut seen: HashMap<String, (usize, Box<[usize]>)> = HashMap::new();
    let mut text = String::new();
    records::records(table, document, level, &mut |record| {
        text.clear();
        for column in key.iter().map(|c| &table.columns[*c]) {
            let Some(value) = record.get(column) else { return };
            equal::write(value, &mut text);
            text.push('\n');
        }
        let (part, _) = origins.part(number, record.indices[0]);
        match seen.get(&text) {
            // Within one document it has been said.
            Some((first, _)) if *first == part => {}
            Some((_, earlier)) => {
                let columns = key.iter().map(|c| &table.columns[*c]);
                let values: Vec<&Value> = columns.filter_map(|column| record.get(column)).collect();
                let first = &table.columns[key[0]];
                let pointers = [earlier, record.indices].map(|indices| records::pointer(table, indices, first));
                findings.push(finding(origins, (table, key), &values, &pointers, severity));
            }
            None => {
                seen.insert(text.clone(), (part, record.indices.into()));
            }
        }
    });
}

fn finding<P: Places>(
    origins: &Origins<'_, P>,
    (table, key): (&Table, &[usize]),
    values: &[&Value],
    [earlier, later]: &[String; 2],
    severity: Severity,
) -> (Option<usize>, Finding) {
    let schema: &Schema = &origins.form.form.schema;
    let names: Vec<String> = key.iter().map(|column| table.columns[*column].heading()).collect();
    let shown: Vec<Text> = values.iter().map(|value| words::found(value)).collect();
    let quoted = |quote: fn(&str) -> String, with: &str| names.iter().map(|n| quote(n)).collect::<Vec<_>>().join(with);
    let text = |part: fn(&Text) -> &str, with: &str| shown.iter().map(part).collect::<Vec<_>>().join(with);
    let at = origins.origin(earlier).map_or_else(String::new, |(part, own)| {
        place_text(Some(&origins.sources[part].name), &origins.place(part, &own), Some(&own))
    });
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
    origins.placed(finding, later)
}
