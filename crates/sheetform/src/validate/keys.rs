//! Keys: no two records of a table alike in the columns that must tell them apart. Linear in the records.

use std::collections::HashMap;

use super::Check;
use super::records::pointer;
use super::{equal, words};
use crate::finding::{Code, Finding, Text};
use crate::layout::Table;

/// Adds a finding for each record that repeats an earlier one, on the later cell.
pub(super) fn check(check: &Check<'_>, table: &Table, findings: &mut Vec<Finding>) {
    for columns in &table.keys {
        let Some(level) = columns.iter().filter_map(|c| table.columns.get(*c)).map(|c| c.level).max() else { continue };
        let mut seen: HashMap<String, Box<[usize]>> = HashMap::new();
        check.records(table, level, &mut |record| {
            let mut key = String::new();
            for column in columns.iter().map(|c| &table.columns[*c]) {
                let Some(value) = record.get(column) else { return };
                if !check.unreadable.is_empty() && check.unreadable.touches(&pointer(table, record.indices, column)) {
                    return;
                }
                equal::write(value, &mut key);
                key.push('\n');
            }
            if let Some(earlier) = seen.get(&key) {
                let values = columns.iter().filter_map(|c| record.get(&table.columns[*c])).collect::<Vec<_>>();
                findings.push(finding(check, table, columns, &values, [earlier, record.indices]));
            } else {
                seen.insert(key, record.indices.into());
            }
        });
    }
}

fn finding(
    check: &Check<'_>,
    table: &Table,
    columns: &[usize],
    values: &[&serde_json::Value],
    [earlier, later]: [&[usize]; 2],
) -> Finding {
    let first = &table.columns[columns[0]];
    let (here, there) = (pointer(table, later, first), pointer(table, earlier, first));
    let names: Vec<String> = columns.iter().map(|c| check.column_name(table, &table.columns[*c])).collect();
    let shown: Vec<Text> = values.iter().map(|value| words::found(value)).collect();
    let quoted = |quote: fn(&str) -> String, with: &str| names.iter().map(|n| quote(n)).collect::<Vec<_>>().join(with);
    let text = |part: fn(&Text) -> &str, with: &str| shown.iter().map(part).collect::<Vec<_>>().join(with);
    let earlier_place = check.subject.places.value(&there).unwrap_or_default();
    let (en_at, zh_at) =
        earlier_place.cell.map_or_else(Default::default, |cell| (format!(" in {cell}"), format!("在 {cell} ")));
    let together = if columns.len() > 1 { (" together", "合起来") } else { ("", "") };
    let message = Text::new(
        format!(
            "{} must not repeat{}: {} stands already{en_at}",
            quoted(words::quoted, " and "),
            together.0,
            text(|t| &t.en, ", ")
        ),
        format!("{}{}不能重复：{}已{zh_at}出现过", quoted(words::quoted_zh, "、"), together.1, text(|t| &t.zh, "、")),
    )
    .bare(
        format!("{} must differ from record to record{}", quoted(words::quoted, " and "), together.0),
        format!("{}{}不能重复", quoted(words::quoted_zh, "、"), together.1),
    );
    let node = if columns.len() > 1 { table.node } else { first.field.node };
    let mut finding = Finding::new(Code::DuplicateKey, message)
        .at(check.place(&here))
        .pointer(here)
        .rule(check.sheet_rule(node, "key"))
        .expected("unique")
        .related(earlier_place, Text::new("the first of them", "首次出现处"));
    if let [value] = values {
        finding.value = Some((*value).clone());
    }
    finding
}
