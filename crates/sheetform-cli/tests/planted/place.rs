//! Puts a document on a sheet, as offices do it and the design says it: where the title, labels, heads, records and totals
//! stand is decided here, and remembered. Shares nothing with the writer of sheetform.

use std::collections::BTreeMap;

use crate::doc::{Doc, V, date, shown};
use crate::form::{Band, Form, Kind};
use crate::orders::Orders;
use crate::plan::Plan;
use crate::random::Random;
use crate::sheet::{At, Sheet, Shown};
use crate::tables;

/// A finding that the sheet must give.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    pub(crate) code: String,
    pub(crate) severity: String,
    pub(crate) sheet: Option<String>,
    pub(crate) cell: Option<String>,
}

/// A sheet, and where everything stands on it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Placed {
    pub(crate) sheet: Sheet,
    pub(crate) title: Option<At>,
    /// Where the value of a label is read; absent where the label is not on the sheet.
    pub(crate) labels: BTreeMap<usize, At>,
    /// The first cell of the row where each label band begins, by its first label.
    pub(crate) bands: BTreeMap<usize, At>,
    /// By table, record and column.
    pub(crate) cells: BTreeMap<(usize, usize, usize), At>,
    /// The cell of each column's own heading.
    pub(crate) heads: BTreeMap<(usize, usize), At>,
    pub(crate) totals: BTreeMap<(usize, usize), At>,
    /// The first and last column of the sheet for each column of a table; without one, for the table.
    pub(crate) columns: BTreeMap<(usize, Option<usize>), (u32, u32)>,
    /// Columns whose values stand under a heading that may be theirs.
    pub(crate) lost: Vec<(usize, usize)>,
    /// The first row and the last column that the form takes, the first column, and the last row.
    pub(crate) extent: (u32, u32, u32, u32),
    /// What the sheet itself is guilty of, apart from the document: a code, a severity, a cell.
    pub(crate) said: Vec<(&'static str, &'static str, At)>,
}

pub(crate) fn place(form: &Form, doc: &Doc, plan: &Plan, orders: &Orders) -> Placed {
    let mut out = Placed::default();
    out.sheet.name = plan.stream("sheet name").pick(&["台账", "Sheet1", "2026年 (1)", "表 一"]).to_string();
    let left = plan.looks.get("columns left") as u32;
    let mut row = plan.looks.get("rows above") as u32;
    out.extent.0 = row;
    out.extent.2 = left;
    let heads: Vec<tables::Columns> =
        (0..form.tables.len()).map(|number| tables::columns(form, number, plan, orders, left)).collect();
    let width = heads.iter().map(|head| head.end).max().unwrap_or(left + 4).max(left + 2);
    out.extent.1 = width;
    let title = orders.wrong_title.as_ref().unwrap_or(&orders.title);
    let title_needed = form.title.contains('{');
    if !title.is_empty() && (title_needed || !plan.looks.has("title left out")) {
        out.title = Some((row, left));
        out.sheet.text((row, left), title.clone());
        if orders.wrong_title.is_some() {
            out.said.push(("title-mismatch", "warning", (row, left)));
        }
        if !plan.looks.has("title not merged") {
            out.sheet.merge((row, left), (row, width - 1));
        }
        row += 1;
        gap(plan, "title", &mut row);
    }
    for band in &form.bands {
        match band {
            Band::Labels(list) => labels(form, doc, plan, orders, list, (left, width), &mut row, &mut out),
            Band::Table(number) if orders.no_table.contains(number) => continue,
            Band::Table(number) => {
                let laid = tables::Laid { form, doc, plan, orders, table: *number, columns: &heads[*number] };
                tables::table(laid, &mut row, &mut out);
            }
        }
        gap(plan, "band", &mut row);
    }
    if let Some(record) = orders.below_foot {
        below_foot(form.tables.len() - 1, record, row, &mut out);
        row += 1;
    }
    for _ in &orders.no_table {
        let at = out.title.unwrap_or_default();
        out.said.push(("missing-column", "error", at));
    }
    out.extent.3 = row;
    for (at, text) in &orders.strays {
        let at = at.of(&out);
        out.sheet.text(at, text.clone());
        out.said.push(("unread-cell", "info", at));
    }
    hide(form, plan, orders, &mut out);
    out
}

/// The cells of a record once more, below everything.
fn below_foot(table: usize, record: usize, row: u32, out: &mut Placed) {
    let of_record = out.cells.iter().filter(|((t, r, _), _)| (*t, *r) == (table, record));
    let cells: Vec<(u32, Shown)> =
        of_record.filter_map(|(_, at)| Some((at.1, out.sheet.cells.get(at)?.clone()))).collect();
    if let Some(first) = cells.iter().map(|(column, _)| *column).min() {
        out.said.push(("skipped-row", "error", (row, first)));
    }
    for (column, shown) in cells {
        out.sheet.cells.insert((row, column), shown);
    }
}

fn gap(plan: &Plan, _after: &str, row: &mut u32) {
    *row += plan.looks.get("rows between bands") as u32;
}

/// Hides rows and columns. Records in hidden rows, and hidden columns of the form, are said, once for each table and column.
fn hide(form: &Form, plan: &Plan, orders: &Orders, out: &mut Placed) {
    if plan.looks.has("hidden rows") {
        let random = &mut plan.stream("hidden rows");
        let rows: Vec<u32> = out.cells.values().map(|at| at.0).collect();
        if !rows.is_empty() {
            out.sheet.hidden_rows = (0..2).map(|_| *random.pick(&rows)).collect();
        }
    }
    if plan.looks.has("hidden columns") {
        let column = plan.stream("hidden columns").below(out.extent.1 as usize) as u32;
        out.sheet.hidden_columns.insert(column);
    }
    for table in 0..form.tables.len() {
        let rows = out.cells.iter().filter(|((of, ..), _)| *of == table).map(|(_, at)| at.0);
        let hidden = rows.filter(|row| out.sheet.hidden_rows.contains(row)).min();
        if let (Some(row), Some(&(first, _))) = (hidden, out.columns.get(&(table, None))) {
            let at = out.sheet.first_of((row, first));
            out.said.push(("hidden-cells", "info", at));
        }
    }
    let unread = orders.unread_columns();
    for (&(table, column), &(first, last)) in &out.columns {
        let Some(column) = column.filter(|column| !unread.contains(&(table, *column))) else { continue };
        if (first..=last).all(|column| out.sheet.hidden_columns.contains(&column)) {
            out.said.push(("hidden-cells", "info", out.heads[&(table, column)]));
        }
    }
}

/// The title row of the document.
pub(crate) fn title(form: &Form, doc: &Doc) -> String {
    let mut text = String::new();
    let mut rest = form.title.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let (hole, after) = after.split_once('}').unwrap_or((after, ""));
        text.push_str(before);
        let name = hole.split(':').next().unwrap_or_default();
        let value = match doc.label(form, name) {
            Some(V::Text(value)) => value,
            Some(V::Cents(cents)) => (cents / 100).to_string(),
            Some(V::Month(year, month)) => format!("{year}年{month}月"),
            Some(V::Day(day)) => {
                let (year, month, day) = date(day);
                format!("{year}年{month}月{day}日")
            }
            _ => String::new(),
        };
        text.push_str(&value);
        rest = after;
    }
    text + rest
}

/// A text as people put it into a heading: blanks and line breaks between its characters, brackets of the other kind.
pub(crate) fn decorated(text: &str, random: &mut Random) -> String {
    let count = text.chars().count();
    let cjk = text.chars().all(|c| !c.is_ascii_alphanumeric());
    match random.below(4) {
        0 if cjk && count == 2 => text.chars().map(|c| c.to_string()).collect::<Vec<_>>().join("  "),
        1 if cjk && count >= 4 => {
            let half: String = text.chars().take(count / 2).collect();
            format!("{half}\n{}", &text[half.len()..])
        }
        2 => text.replace('（', "(").replace('）', ")"),
        3 => format!(" {text}"),
        _ => text.to_owned(),
    }
}

#[allow(clippy::too_many_arguments, reason = "a band needs to know all of the sheet")]
fn labels(
    form: &Form,
    doc: &Doc,
    plan: &Plan,
    orders: &Orders,
    list: &[usize],
    (left, width): (u32, u32),
    row: &mut u32,
    out: &mut Placed,
) {
    // An object of scalars stays together.
    let mut items: Vec<Vec<usize>> = Vec::new();
    for &number in list {
        let field = &form.labels[number];
        match items.last_mut() {
            Some(item) if field.path.len() > 1 && form.labels[item[0]].path[0] == field.path[0] => item.push(number),
            _ => items.push(vec![number]),
        }
    }
    let mut random = plan.stream(&format!("labels {}", list[0]));
    if plan.looks.has("labels moved") {
        random.shuffle(&mut items);
    }
    let empty = |number: &usize| {
        !doc.labels[*number].filled() && !doc.labels[*number].touched && !form.labels[*number].required
    };
    if plan.looks.has("empty labels left out") {
        items.retain(|item| !item.iter().all(empty));
    }
    items.retain(|item| !item.iter().any(|number| orders.no_label.contains(number)));
    let cells = if plan.looks.has("values merged") { 2 } else { 1 };
    let pairs = plan.looks.get("pairs").max(1) as u32;
    let pairs = pairs.min((width - left) / (1 + cells)).max(1);
    out.bands.insert(list[0], (*row, left));
    let (mut column, mut used) = (left, 0);
    for item in &items {
        let group = form.labels[item[0]].path.len() > 1;
        let needed = item.len() as u32;
        if used > 0 && (used + needed > pairs || group) {
            (*row, column, used) = (*row + 1, left, 0);
        }
        let across = group && left + 1 + needed * (1 + cells) <= width;
        if group {
            out.sheet.text((*row, column), text(plan, &form.labels[item[0]].texts[0], &mut random));
            if !across {
                out.sheet.merge((*row, column), (*row + needed - 1, column));
            }
            column += 1;
        }
        for (index, &number) in item.iter().enumerate() {
            if group && !across && index > 0 {
                (*row, column) = (*row + 1, left + 1);
            }
            one(form, doc, plan, number, (*row, column), cells, &mut random, out);
            column += 1 + cells;
        }
        used += needed;
        if group {
            used = pairs;
        }
        if used >= pairs {
            (*row, column, used) = (*row + 1, left, 0);
        }
    }
    if used > 0 {
        *row += 1;
    }
    out.extent.1 = out.extent.1.max(left + 1 + 3 * (1 + cells));
}

fn text(plan: &Plan, text: &str, random: &mut Random) -> String {
    if plan.looks.has("blanks in headings") { decorated(text, random) } else { text.to_owned() }
}

/// One label with its value.
#[allow(clippy::too_many_arguments, reason = "a label needs to know all of the sheet")]
fn one(form: &Form, doc: &Doc, plan: &Plan, number: usize, at: At, cells: u32, random: &mut Random, out: &mut Placed) {
    let (field, held) = (&form.labels[number], &doc.labels[number]);
    let label = text(plan, field.own(), random);
    let value = held.show.clone().or_else(|| held.value.as_ref().map(|value| shown(value, field, random.below(4))));
    if let Some(Shown::Text(value)) = &value
        && plan.looks.get("colons") == 2
        && field.kind == Kind::Text
        && !held.touched
        && !value.contains('\n')
        && random.chance(50)
    {
        out.sheet.text(at, format!("{label}：{value}"));
        out.sheet.merge(at, (at.0, at.1 + cells));
        out.labels.insert(number, at);
        return;
    }
    let label = if plan.looks.has("colons") { format!("{label}：") } else { label };
    out.sheet.text(at, label);
    let beside = (at.0, at.1 + 1);
    if let Some(value) = value {
        out.sheet.cells.insert(beside, value);
    }
    out.sheet.merge(beside, (at.0, at.1 + cells));
    out.labels.insert(number, beside);
}
