//! What `validate` must say of a planted workbook: every finding, and no other.

use crate::doc::{Doc, Held, V};
use crate::form::{Band, Field, Form};
use crate::orders::Orders;
use crate::place::{Finding, Placed};
use crate::sheet::{At, a1};
use crate::view::{Spot, View};

/// What a rule of the form gives: where, with which code and severity.
pub(crate) type Broken = (Spot, &'static str, &'static str);

pub(crate) fn findings(
    form: &Form,
    doc: &Doc,
    placed: &Placed,
    orders: &Orders,
    today: Option<i64>,
    rules: &dyn Fn(&View<'_>) -> Vec<Broken>,
) -> Vec<Finding> {
    let mut out: Vec<(&'static str, &'static str, At)> = placed.said.clone();
    labels(form, doc, placed, orders, &mut out);
    for table in 0..form.tables.len() {
        records(form, doc, placed, orders, table, &mut out);
    }
    for (table, number) in orders.totals.keys() {
        // A total whose summand could not be read is not checked.
        let unread = doc.tables[*table].iter().any(|row| row.cells[*number].unread);
        if let Some(at) = placed.totals.get(&(*table, *number))
            && unread
        {
            out.retain(|(code, _, of)| *code != "total-mismatch" || of != at);
        }
    }
    let view = View { form, doc, today, doubled: &orders.doubled };
    for (spot, code, severity) in rules(&view) {
        if let Some(at) = stands(doc, placed, spot) {
            out.push((code, severity, at));
        }
    }
    let name = &placed.sheet.name;
    let finding = |(code, severity, at): (&str, &str, At)| Finding {
        code: code.to_owned(),
        severity: severity.to_owned(),
        sheet: Some(name.clone()),
        cell: Some(a1(at)),
    };
    out.into_iter().map(finding).collect()
}

fn stands(doc: &Doc, placed: &Placed, spot: Spot) -> Option<At> {
    match spot {
        Spot::Label(number) => placed.labels.get(&number).copied(),
        Spot::Cell(table, row, column) => placed.cells.get(&(table, row, column)).copied(),
        Spot::Heading(table, column) => placed.heads.get(&(table, column)).copied(),
        Spot::Total(table, column) => {
            placed.totals.get(&(table, column)).or_else(|| placed.heads.get(&(table, column))).copied()
        }
        Spot::Record(table, row) => {
            // That of the form's first column on the sheet; of a merge its first.
            let there = |((t, r, column), at): &(&(usize, usize, usize), &At)| {
                let own = placed.columns.get(&(*t, Some(*column)));
                (*t, *r) == (table, row) && own.is_some_and(|(first, _)| *first == at.1)
            };
            let column = placed.cells.iter().find(there)?.0.2;
            let covered = |row: &usize| doc.tables[table][*row].cells[column].covered;
            let first = (0..=row).rev().find(|row| !covered(row))?;
            placed.cells.get(&(table, first, column)).copied()
        }
    }
}

/// Whether a value must stand there: its object is required, or begun.
fn needed(fields: &[Field], cells: &[Held], number: usize) -> bool {
    let field = &fields[number];
    if !field.required {
        return false;
    }
    let sibling =
        |(other, held): (&Field, &Held)| other.path.len() > 1 && other.path[0] == field.path[0] && filled(held);
    field.path.len() == 1 || field.object_required || fields.iter().zip(cells).any(sibling)
}

fn filled(held: &Held) -> bool {
    held.value.is_some() || held.unread
}

fn labels(form: &Form, doc: &Doc, placed: &Placed, orders: &Orders, out: &mut Vec<(&'static str, &'static str, At)>) {
    for (number, (field, held)) in form.labels.iter().zip(&doc.labels).enumerate() {
        if orders.no_label.contains(&number) {
            let band = form.bands.iter().find_map(|band| match band {
                Band::Labels(list) if list.contains(&number) => Some(list),
                _ => None,
            });
            let some = band.is_some_and(|list| list.iter().any(|label| placed.labels.contains_key(label)));
            let at = band.and_then(|list| placed.bands.get(&list[0])).filter(|_| some);
            if needed(&form.labels, &doc.labels, number) {
                let at = at.or(placed.title.as_ref()).copied().unwrap_or_default();
                out.push(("missing-label", "error", at));
            }
            continue;
        }
        let at = if field.in_title { placed.title } else { placed.labels.get(&number).copied() };
        if let Some(at) = at {
            one(held, needed(&form.labels, &doc.labels, number), at, out);
        }
    }
}

fn one(held: &Held, needed: bool, at: At, out: &mut Vec<(&'static str, &'static str, At)>) {
    out.extend(held.says.iter().map(|(code, severity)| (*code, *severity, at)));
    if needed && !filled(held) && held.says.is_empty() {
        out.push(("missing-value", "error", at));
    }
}

fn records(
    form: &Form,
    doc: &Doc,
    placed: &Placed,
    orders: &Orders,
    table: usize,
    out: &mut Vec<(&'static str, &'static str, At)>,
) {
    let columns = &form.tables[table].columns;
    let rows = &doc.tables[table];
    let unread = orders.unread_columns();
    for (number, field) in columns.iter().enumerate().filter(|(number, _)| !unread.contains(&(table, *number))) {
        let mut seen: Vec<&V> = Vec::new();
        let mut off = 0;
        for (row, record) in rows.iter().enumerate() {
            let held = &record.cells[number];
            let Some(&at) = placed.cells.get(&(table, row, number)) else { continue };
            if held.covered || !record.begins && !field.inner {
                continue;
            }
            if field.serial {
                out.extend(held.says.iter().map(|(code, severity)| (*code, *severity, at)));
                match held.value.as_ref().and_then(V::cents) {
                    Some(cents) => {
                        let by = cents - (row as i64 + 1) * 100;
                        if by != 0 && by != off {
                            out.push(("wrong-serial", "warning", at));
                        }
                        off = by;
                    }
                    None if !held.unread && field.required => out.push(("converted", "info", at)),
                    None => {}
                }
                continue;
            }
            one(held, needed(columns, &record.cells, number), at, out);
            if let Some(value) = held.value.as_ref().filter(|_| field.key && !held.unread) {
                if seen.contains(&value) {
                    out.push(("duplicate-key", "error", at));
                }
                seen.push(value);
            }
        }
    }
    together(form, doc, placed, table, &unread, out);
}

/// Records alike in the columns that must tell them apart together.
fn together(
    form: &Form,
    doc: &Doc,
    placed: &Placed,
    table: usize,
    unread: &[(usize, usize)],
    out: &mut Vec<(&'static str, &'static str, At)>,
) {
    let keys = &form.tables[table].keys;
    let Some(first) = keys.first().filter(|_| !keys.iter().any(|key| unread.contains(&(table, *key)))) else { return };
    let mut seen: Vec<Vec<&V>> = Vec::new();
    for (row, record) in doc.tables[table].iter().enumerate() {
        let held = keys.iter().map(|key| &record.cells[*key]);
        let values: Option<Vec<&V>> = held.map(|held| held.value.as_ref().filter(|_| !held.unread)).collect();
        let (Some(values), Some(&at)) = (values, placed.cells.get(&(table, row, *first))) else { continue };
        if seen.contains(&values) {
            out.push(("duplicate-key", "error", at));
        }
        seen.push(values);
    }
}
