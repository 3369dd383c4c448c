//! Puts a table on a sheet: its caption, its head of one or more rows, its records, its total row.

use crate::doc::{Doc, V, number, shown};
use crate::form::{Caption, Form, Table};
use crate::orders::{Line, Orders};
use crate::place::{Placed, decorated};
use crate::plan::Plan;
use crate::sheet::{At, Shown};

/// One column on the sheet: of the form, once more, or unknown to it.
#[derive(Clone, Debug, PartialEq)]
enum Of {
    Form(usize),
    Again(usize),
    Extra(String),
}

#[derive(Clone, Debug)]
struct Column {
    of: Of,
    first: u32,
    last: u32,
}

/// Where the columns of a table stand.
#[derive(Clone, Debug)]
pub(crate) struct Columns {
    list: Vec<Column>,
    /// The column after the last.
    pub(crate) end: u32,
    /// The first column, where a caption at the side stands before it.
    first: u32,
}

pub(crate) fn columns(form: &Form, table: usize, plan: &Plan, orders: &Orders, left: u32) -> Columns {
    let description = &form.tables[table];
    let mut random = plan.stream(&format!("columns {table}"));
    // Those of one group stay together.
    let mut units: Vec<Vec<usize>> = Vec::new();
    for (number, field) in description.columns.iter().enumerate() {
        match units.last_mut() {
            Some(last) if field.path.len() > 1 && description.columns[last[0]].path[0] == field.path[0] => {
                last.push(number);
            }
            _ => units.push(vec![number]),
        }
    }
    if plan.looks.has("columns moved") {
        random.shuffle(&mut units);
        for unit in &mut units {
            random.shuffle(unit);
        }
    }
    let wide = random.below(description.columns.len());
    let blank = random.below(units.len());
    let first = left + u32::from(description.caption == Caption::Side);
    let mut list = Vec::new();
    let mut column = first;
    let mut put = |of: Of, cells: u32, column: &mut u32| {
        list.push(Column { of, first: *column, last: *column + cells - 1 });
        *column += cells;
    };
    for (index, unit) in units.iter().enumerate() {
        for extra in orders.extra.iter().filter(|extra| extra.table == table && extra.place == index) {
            put(Of::Extra(extra.heading.clone()), 1, &mut column);
        }
        for &number in unit {
            let cells = 1 + u32::from(plan.looks.has("wide column") && number == wide);
            if !orders.gone.contains(&(table, number)) {
                put(Of::Form(number), cells, &mut column);
            }
        }
        // A text apart from the headings is none.
        let alone = orders.head_touched(table);
        if plan.looks.has("blank column") && index == blank && index + 1 < units.len() && !alone {
            column += 1;
        }
    }
    for extra in orders.extra.iter().filter(|extra| extra.table == table && extra.place >= units.len()) {
        put(Of::Extra(extra.heading.clone()), 1, &mut column);
    }
    for (_, number) in orders.doubled.iter().filter(|(of, _)| *of == table) {
        put(Of::Again(*number), 1, &mut column);
    }
    Columns { list, end: column, first }
}

/// A table, and all of the sheet that it needs to know.
#[derive(Clone, Copy)]
pub(crate) struct Laid<'a> {
    pub(crate) form: &'a Form,
    pub(crate) doc: &'a Doc,
    pub(crate) plan: &'a Plan,
    pub(crate) orders: &'a Orders,
    pub(crate) table: usize,
    pub(crate) columns: &'a Columns,
}

pub(crate) fn table(laid: Laid<'_>, row: &mut u32, out: &mut Placed) {
    let Laid { form, plan, orders, table, columns, .. } = laid;
    let description = &form.tables[table];
    if description.caption == Caption::Above {
        out.sheet.text((*row, columns.first), description.title.clone());
        if !plan.looks.has("title not merged") {
            out.sheet.merge((*row, columns.first), (*row, columns.end - 1));
        }
        *row += 1;
    }
    let begins = *row;
    head(form, plan, orders, table, columns, row, out);
    records(laid, row, out);
    if plan.looks.has("total row") && !description.totals.is_empty() {
        total(laid, row, out);
    }
    if description.caption == Caption::Side {
        out.sheet.text((begins, columns.first - 1), description.title.clone());
        out.sheet.merge((begins, columns.first - 1), (*row - 1, columns.first - 1));
    }
}

fn head(form: &Form, plan: &Plan, orders: &Orders, table: usize, columns: &Columns, row: &mut u32, out: &mut Placed) {
    let description = &form.tables[table];
    let mut random = plan.stream(&format!("head {table}"));
    let levels = description.levels().max(if plan.looks.has("tall head") { 2 } else { 1 });
    let texts = |of: &Of| match of {
        Of::Form(number) | Of::Again(number) => {
            let field = &description.columns[*number];
            let mut texts = field.texts.clone();
            if let (Some(last), Some(other)) = (texts.last_mut(), orders.renamed.get(&(table, *number))) {
                last.clone_from(other);
            }
            texts
        }
        Of::Extra(heading) => vec![heading.clone()],
    };
    let (first, last) = (*row, *row + levels as u32 - 1);
    // Which columns stand below the same outer heading: those with the same texts so far, of one object.
    let same = |a: &Of, b: &Of, level: usize| match (a, b) {
        (Of::Form(a), Of::Form(b)) => {
            let (a, b) = (&description.columns[*a], &description.columns[*b]);
            let object = |field: &crate::form::Field| (field.path.len() > 1).then(|| field.path[0].clone());
            a.texts.len() > level + 1
                && b.texts.len() > level + 1
                && a.texts[..=level] == b.texts[..=level]
                && object(a) == object(b)
        }
        _ => false,
    };
    let (left, right) = (columns.list[0].first, columns.end - 1);
    out.columns.insert((table, None), (left, right));
    for level in 0..levels - 1 {
        let mut index = 0;
        while index < columns.list.len() {
            let of = &columns.list[index].of;
            let next = columns.list[index..].iter().take_while(|column| same(of, &column.of, level)).count();
            if next > 0 {
                let at = (first + level as u32, columns.list[index].first);
                out.sheet.text(at, look(plan, &texts(of)[level], &mut random));
                if !plan.looks.has("groups not merged") {
                    out.sheet.merge(at, (at.0, columns.list[index + next - 1].last));
                }
            }
            index += next.max(1);
        }
    }
    for column in &columns.list {
        let own = texts(&column.of);
        let mut text = own.last().cloned().unwrap_or_default();
        if let Of::Form(number) = column.of {
            let aliases = &description.columns[number].aliases;
            if plan.looks.has("aliases") && !aliases.is_empty() && !orders.renamed.contains_key(&(table, number)) {
                text.clone_from(&aliases[0]);
            }
        }
        let at = (first + own.len() as u32 - 1, column.first);
        let text = if matches!(column.of, Of::Form(_)) { look(plan, &text, &mut random) } else { text };
        out.sheet.text(at, text);
        let down = if plan.looks.has("heads not merged down") { at.0 } else { last };
        out.sheet.merge(at, (down, column.last));
        match &column.of {
            Of::Form(number) => {
                out.columns.insert((table, Some(*number)), (column.first, column.last));
                out.heads.insert((table, *number), at);
            }
            Of::Again(number) => {
                // The same text as the first time.
                if let Some(text) = out.heads.get(&(table, *number)).and_then(|first| out.sheet.cells.get(first)) {
                    out.sheet.cells.insert(at, text.clone());
                }
            }
            Of::Extra(_) => out.said.push(("unknown-column", "warning", at)),
        }
    }
    for (_, number) in orders.doubled.iter().filter(|(of, _)| *of == table) {
        if let Some(at) = out.heads.get(&(table, *number)) {
            out.said.push(("ambiguous-heading", "error", *at));
        }
    }
    let free = (first, columns.end);
    for (_, number) in orders.gone.iter().filter(|(of, _)| *of == table) {
        let severity = if is_needed(description, *number) { "error" } else { "warning" };
        out.said.push(("missing-column", severity, free));
    }
    for (_, number) in orders.renamed.keys().filter(|(of, _)| *of == table) {
        // Under the unknown heading the values may be there all the same; only in its place it is known to be meant.
        let at = out.heads[&(table, *number)];
        if in_place(columns, *number, description.columns.len()) {
            out.lost.push((table, *number));
            out.said.push((
                "missing-column",
                if description.columns[*number].serial { "warning" } else { "error" },
                free,
            ));
        } else {
            out.said.push(("unknown-column", "warning", at));
            let severity = if is_needed(description, *number) { "error" } else { "warning" };
            out.said.push(("missing-column", severity, free));
        }
    }
    *row = last + 1;
}

/// A serial number can be filled in without its column.
pub(crate) fn is_needed(table: &Table, column: usize) -> bool {
    let field = &table.columns[column];
    field.required && field.object_required && !field.serial
}

/// Whether a column stands right between those that are before and after it in the form.
pub(crate) fn in_place(columns: &Columns, number: usize, count: usize) -> bool {
    let of = |number: usize| columns.list.iter().find(|column| column.of == Of::Form(number));
    let Some(own) = of(number) else { return false };
    let before = number.checked_sub(1).and_then(of);
    let after = (number + 1 < count).then(|| of(number + 1)).flatten();
    before.is_none_or(|column| column.last + 1 == own.first) && after.is_none_or(|column| own.last + 1 == column.first)
}

fn look(plan: &Plan, text: &str, random: &mut crate::random::Random) -> String {
    if plan.looks.has("blanks in headings") { decorated(text, random) } else { text.to_owned() }
}

fn records(laid: Laid<'_>, row: &mut u32, out: &mut Placed) {
    let Laid { form, doc, plan, orders, table, columns } = laid;
    let description = &form.tables[table];
    let rows = &doc.tables[table];
    let mut random = plan.stream(&format!("records {table}"));
    let random_look = random.below(4);
    for (index, record) in rows.iter().enumerate() {
        let apart = record.begins && record.cells.iter().all(|held| !held.covered);
        if plan.looks.has("blank rows") && index > 0 && apart && random.chance(20) {
            *row += 1;
        }
        lines(description, orders, table, index, columns, row, out);
        for (_, number) in orders.gone.iter().chain(orders.renamed.keys()).filter(|(of, _)| *of == table) {
            out.cells.insert((table, index, *number), (*row, columns.end));
        }
        for column in &columns.list {
            let at = (*row, column.first);
            let Of::Form(number) = column.of else {
                if random.chance(70) {
                    out.sheet.text(at, crate::doc::words(&mut random));
                }
                continue;
            };
            let (field, held) = (&description.columns[number], &record.cells[number]);
            out.cells.entry((table, index, number)).or_insert(at);
            if held.covered {
                continue;
            }
            let value = held.show.clone().or_else(|| held.value.as_ref().map(|v| shown(v, field, random_look)));
            let none = plan.looks.has("words for nothing") && !held.touched && (record.begins || field.inner);
            let value = value.or_else(|| Some(Shown::Text(field.none.first()?.clone())).filter(|_| none));
            let value = match value {
                Some(Shown::Number(number)) if plan.looks.has("formulas") && !held.touched && random.chance(30) => {
                    Some(Shown::Formula(number.to_string()))
                }
                other => other,
            };
            if let Some(value) = value {
                out.sheet.cells.insert(at, value);
            }
            out.sheet.merge(at, (*row + held.rows.max(1) - 1, column.last));
        }
        *row += 1;
    }
    lines(description, orders, table, rows.len(), columns, row, out);
}

/// The lines that are no records before a record.
fn lines(
    description: &Table,
    orders: &Orders,
    table: usize,
    before: usize,
    columns: &Columns,
    row: &mut u32,
    out: &mut Placed,
) {
    let (first, end) = (columns.list[0].first, columns.end);
    let at_column = |number: usize| columns.list.iter().find(|column| column.of == Of::Form(number));
    for (_, _, line) in orders.lines.iter().filter(|(of, place, _)| (*of, *place) == (table, before)) {
        let at: At = (*row, first);
        match line {
            Line::Note => {
                out.sheet.text(at, "注：本表由各部门填报");
                out.sheet.merge(at, (*row, end - 1));
                out.said.push(("skipped-row", "info", at));
            }
            Line::Section => {
                out.sheet.text(at, "二、其他事项");
                out.sheet.merge(at, (*row, end - 1));
                out.said.push(("skipped-row", "info", at));
            }
            Line::Serials(count) => {
                let serial = description.columns.iter().position(|field| field.serial).and_then(at_column);
                let Some(serial) = serial else { continue };
                out.said.push(("skipped-row", "info", (*row, serial.first)));
                for index in 0..*count {
                    let number = before as f64 + f64::from(index) + 1.0;
                    out.sheet.cells.insert((*row + index, serial.first), Shown::Number(number));
                }
                *row += count - 1;
            }
            Line::HeadAgain => {
                for column in &columns.list {
                    if let Of::Form(number) = column.of
                        && let Some(text) = out.sheet.cells.get(&out.heads[&(table, number)])
                    {
                        out.sheet.cells.insert((*row, column.first), text.clone());
                        out.sheet.merge((*row, column.first), (*row, column.last));
                    }
                }
                out.said.push(("skipped-row", "info", at));
            }
        }
        *row += 1;
    }
}

fn total(laid: Laid<'_>, row: &mut u32, out: &mut Placed) {
    let Laid { form, doc, plan, orders, table, columns } = laid;
    let description = &form.tables[table];
    let summed = |column: &&Column| matches!(column.of, Of::Form(number) if description.totals.contains(&number));
    let Some(label) = columns.list.first().filter(|column| !summed(column)) else { return };
    if !columns.list.iter().any(|column| summed(&column)) {
        return;
    }
    let word = ["合计", "合 计", "合计：", "总计"][plan.looks.get("total row") - 1];
    out.sheet.text((*row, label.first), word);
    for column in columns.list.iter().filter(summed) {
        let Of::Form(number_of) = column.of else { continue };
        let at = (*row, column.first);
        let read = |held: &crate::doc::Held| held.value.clone().filter(|_| !held.unread).and_then(|v: V| v.cents());
        let sum: i64 = doc.tables[table].iter().filter_map(|record| read(&record.cells[number_of])).sum();
        let value = if plan.looks.has("total formulas") {
            Shown::Formula(number(sum).to_string())
        } else {
            Shown::Number(number(sum))
        };
        let value = match orders.totals.get(&(table, number_of)) {
            Some((other, code, severity)) => {
                out.said.push((code, severity, at));
                other.clone()
            }
            None => value,
        };
        out.sheet.cells.insert(at, value);
        out.sheet.merge(at, (*row, column.last));
        out.totals.insert((table, number_of), at);
    }
    *row += 1;
}
