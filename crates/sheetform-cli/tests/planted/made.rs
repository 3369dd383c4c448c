//! Valid documents: of any form by its fields, and of the shipped forms by their rules too.

use crate::doc::{Doc, Held, Row, V, day, days, value};
use crate::form::{Field, Form, Kind, Table};
use crate::random::Random;
use crate::shipped::weekday;

/// A document that breaks nothing. `rows` is the most records of a table.
pub(crate) fn document(form: &Form, seed: u64, rows: usize) -> Doc {
    let random = &mut Random::new(seed, &[1]);
    let mut doc = Doc { labels: objects(&form.labels, random), tables: Vec::new() };
    for table in &form.tables {
        let least = table.min_items.max(1);
        let count = least + random.below(rows.max(least) - least + 1);
        doc.tables.push(records(table, count, random));
    }
    for (field, held) in form.labels.iter().zip(&mut doc.labels) {
        // In the title a number may follow.
        if let Some(V::Text(text)) = &mut held.value
            && form.title.contains(&format!("{{{}}}", field.name()))
        {
            text.push('处');
        }
    }
    for (table, rows) in form.tables.iter().zip(&mut doc.tables) {
        keys(table, rows);
    }
    shipped(form, &mut doc, random);
    doc.number(form);
    for (table, rows) in form.tables.iter().zip(&mut doc.tables) {
        full(table, rows, random);
    }
    doc
}

fn records(table: &Table, count: usize, random: &mut Random) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for number in 0..count {
        let begins = !table.nested() || number == 0 || random.chance(40);
        let mut cells = objects(&table.columns, random);
        for (column, field) in table.columns.iter().enumerate() {
            if !begins && !field.inner {
                cells[column] = Held::new(None);
            } else if field.merge && number > 0 && random.chance(60) {
                cells[column] = rows[number - 1].cells[column].clone();
            }
        }
        rows.push(Row { cells, begins });
    }
    rows
}

/// A value for each field; some of the optional ones are left out, with an object all or nothing.
fn objects(fields: &[Field], random: &mut Random) -> Vec<Held> {
    let mut left_out: Vec<&str> = Vec::new();
    let mut held = Vec::new();
    for field in fields {
        if field.path.len() > 1
            && !field.object_required
            && !left_out.contains(&field.path[0].as_str())
            && random.chance(20)
        {
            left_out.push(&field.path[0]);
        }
        let out = field.path.len() > 1 && left_out.contains(&field.path[0].as_str());
        let there = !out && (field.required || random.chance(70));
        held.push(Held::new(there.then(|| value(field, random))));
    }
    // An object that began to be left out after its first property is left out whole.
    for (held, field) in held.iter_mut().zip(fields) {
        if field.path.len() > 1 && left_out.contains(&field.path[0].as_str()) {
            *held = Held::new(None);
        }
    }
    held
}

/// No two alike where keys are asked for.
fn keys(table: &Table, rows: &mut [Row]) {
    let first = table.keys.first();
    let is_key = |column: usize, field: &Field| (field.key || first == Some(&column)) && field.kind == Kind::Text;
    for (column, field) in table.columns.iter().enumerate().filter(|(column, field)| is_key(*column, field)) {
        for (row, record) in rows.iter_mut().enumerate() {
            if let Some(V::Text(text)) = &mut record.cells[column].value {
                *text = if field.pattern.is_some() { format!("AB-{row:03}") } else { format!("{text}-{row}") };
            }
        }
    }
}

/// A line needs something under a heading that no serial and no merge fills, else it looks like a note.
fn full(table: &Table, rows: &mut [Row], random: &mut Random) {
    for row in rows {
        let own = |(column, field): (usize, &Field)| !field.serial && row.cells[column].value.is_some();
        if table.columns.iter().enumerate().filter(|one| own(*one)).count() < 2 {
            let free = table.columns.iter().enumerate().filter(|(_, f)| !f.serial && (row.begins || f.inner));
            let free: Vec<usize> = free.filter(|(c, _)| row.cells[*c].value.is_none()).map(|(c, _)| c).collect();
            if let Some(column) = free.first()
                && table.columns[*column].path.len() == 1
            {
                row.cells[*column] = Held::new(Some(value(&table.columns[*column], random)));
            }
        }
    }
}

/// A text, where there is one.
#[allow(clippy::unnecessary_wraps, reason = "as values are set")]
fn text(text: &str) -> Option<V> {
    Some(V::Text(text.to_owned()))
}

/// Settles what the rules of the shipped forms ask for.
fn shipped(form: &Form, doc: &mut Doc, random: &mut Random) {
    let year = day(2026, 1, 1);
    let in_year = |random: &mut Random, from: i64, to: i64| Some(V::Day(random.between(from, to)));
    for name in ["year"] {
        if form.label(name).is_some() {
            doc.set_label(form, name, Some(V::Cents(202_600)));
        }
    }
    for name in ["period", "term"] {
        if form.label(&format!("{name}.start")).is_some() {
            let start = year + random.between(0, 100);
            doc.set_label(form, &format!("{name}.start"), Some(V::Day(start)));
            doc.set_label(form, &format!("{name}.end"), Some(V::Day(start + random.between(0, 200))));
        }
    }
    let rows = |doc: &Doc, table: &str| form.table(table).map_or(0, |table| doc.tables[table].len());
    match form.id.as_str() {
        "work-plan" => {
            for row in 0..rows(doc, "leading_group") {
                let role = if row == 0 { "组长" } else { ["副组长", "成员"][random.below(2)] };
                doc.set(form, "leading_group", row, "role", text(role));
            }
            let (Some(V::Day(start)), Some(V::Day(end))) =
                (doc.label(form, "period.start"), doc.label(form, "period.end"))
            else {
                return;
            };
            for row in 0..rows(doc, "tasks") {
                let due = in_year(random, start, end);
                doc.set(form, "tasks", row, "due", due);
            }
        }
        "inspection-ledger" => {
            doc.set_label(form, "date", Some(V::Day(year + 100)));
            for row in 0..rows(doc, "entries") {
                let problem = random.chance(60);
                doc.set(form, "entries", row, "result", text(if problem { "有问题" } else { "无问题" }));
                for name in ["problem", "measures"] {
                    let words = problem.then(|| V::Text(crate::doc::words(random)));
                    doc.set(form, "entries", row, name, words);
                }
                let due = in_year(random, year + 100, year + 300).filter(|_| problem);
                doc.set(form, "entries", row, "due", due);
            }
        }
        "rectification-ledger" => {
            doc.set_label(form, "updated_on", Some(V::Day(year + 180)));
            for row in 0..rows(doc, "entries") {
                let status = ["未开始", "整改中", "已完成", "逾期"][random.below(4)];
                let late = status == "逾期";
                let due = in_year(random, year + if late { 1 } else { 100 }, year + if late { 179 } else { 300 });
                let done = in_year(random, year + 50, year + 180).filter(|_| status == "已完成");
                doc.set(form, "entries", row, "rectification.status", text(status));
                doc.set(form, "entries", row, "rectification.due", due);
                doc.set(form, "entries", row, "rectification.done_on", done);
            }
        }
        "responsibility-agreement" => {
            let with = random.chance(70);
            let count = rows(doc, "duties");
            for (row, part) in parts(count, random).into_iter().enumerate() {
                doc.set(form, "duties", row, "points", with.then_some(V::Cents(part)));
            }
        }
        "incident-response-plan" => {
            let count = rows(doc, "levels").min(4);
            let table = form.table("levels").unwrap_or_default();
            doc.tables[table].truncate(count);
            let names = ["一般", "较大", "重大", "特别重大"];
            let first = random.below(5 - count);
            let mut min = random.between(0, 20);
            for row in 0..count {
                let max = min + random.between(0, 500);
                doc.set(form, "levels", row, "level", text(names[first + row]));
                doc.set(form, "levels", row, "affected.min", Some(V::Cents(min * 100)));
                let open = row + 1 == count && random.chance(60);
                doc.set(form, "levels", row, "affected.max", (!open).then_some(V::Cents(max * 100)));
                let hours = 4800 / (row as i64 + 1) - random.between(0, 50);
                doc.set(form, "levels", row, "report_within_hours", Some(V::Cents(hours)));
                min = max + 1;
            }
            let table = form.table("posts").unwrap_or_default();
            for row in 0..rows(doc, "steps") {
                let post = random.below(rows(doc, "posts"));
                let role = doc.tables[table][post].cells[0].value.clone();
                doc.set(form, "steps", row, "role", role);
            }
        }
        "training-plan" => {
            over(form, doc, random);
            let plan = form.table("plan").unwrap_or_default();
            let mut topics = Vec::new();
            for row in 0..rows(doc, "plan") {
                let times = random.between(1, 2);
                doc.set(form, "plan", row, "times_per_year", Some(V::Cents(times * 100)));
                let topic = form.tables[plan].column("topic").map(|c| doc.tables[plan][row].cells[c].value.clone());
                topics.extend((0..times).filter_map(|_| topic.clone()));
            }
            entries(form, doc, "topic", topics.into_iter().map(|t| (t, year, year + 364)).collect(), random);
        }
        "assessment-sheet" => {
            let count = rows(doc, "entries");
            for (row, weight) in parts(count, random).into_iter().enumerate() {
                let cut = [0, 0, 50, 100][random.below(4)].min(weight);
                let there = random.chance(80);
                doc.set(form, "entries", row, "weight", Some(V::Cents(weight)));
                let own = random.chance(80).then_some(V::Cents(weight));
                doc.set(form, "entries", row, "self_score", own);
                doc.set(form, "entries", row, "score", there.then_some(V::Cents(weight - cut)));
                let why = (there && cut > 0).then(|| V::Text(crate::doc::words(random)));
                doc.set(form, "entries", row, "deduction", why);
            }
        }
        "reporting-schedule" => {
            over(form, doc, random);
            let items = form.table("items").unwrap_or_default();
            let mut wanted = Vec::new();
            for row in 0..rows(doc, "items") {
                let (cycle, months) = [("每季度", 3), ("每半年", 6), ("每年", 12)][random.below(3)];
                doc.set(form, "items", row, "cycle", text(cycle));
                doc.set(form, "items", row, "at_least", Some(V::Cents(100)));
                let item = form.tables[items].column("item").map(|c| doc.tables[items][row].cells[c].value.clone());
                for first in (1..=12).step_by(months as usize) {
                    let last = first + months - 1;
                    let span = (day(2026, first, 1), day(2026, last, days(2026, last)));
                    wanted.extend(item.clone().map(|item| (item, span.0, span.1)));
                }
            }
            entries(form, doc, "item", wanted, random);
        }
        "duty-roster" => {
            let month = random.between(1, 12);
            doc.set_label(form, "month", Some(V::Month(2026, month)));
            let table = form.table("entries").unwrap_or_default();
            doc.tables[table] = records(&form.tables[table], days(2026, month) as usize, random);
            for row in 0..rows(doc, "entries") {
                let on = day(2026, month, row as i64 + 1);
                doc.set(form, "entries", row, "date", Some(V::Day(on)));
                let said = random.chance(80).then(|| V::Text(weekday(on).to_owned()));
                doc.set(form, "entries", row, "weekday", said);
            }
        }
        "equipment-register" => {
            doc.set_label(form, "updated_on", Some(V::Day(year + 200)));
            for row in 0..rows(doc, "entries") {
                let bought = year - random.between(0, 1500);
                doc.set(form, "entries", row, "bought_on", Some(V::Day(bought)));
                let next = random.chance(60).then(|| V::Day(year + random.between(0, 500)));
                doc.set(form, "entries", row, "next_check", next);
            }
        }
        "work-report" => {
            for table in ["problems", "next_steps"] {
                for row in 0..rows(doc, table) {
                    let due = in_year(random, year + 310, year + 364);
                    let due = due.filter(|_| table == "next_steps" || random.chance(60));
                    doc.set(form, table, row, "due", due);
                }
            }
        }
        _ => {}
    }
}

/// The day that the sheet itself is of, or none.
fn over(form: &Form, doc: &mut Doc, random: &mut Random) {
    let on = [None, Some(day(2027, 1, 8)), Some(day(2026, 7, 10))][random.below(3)];
    doc.set_label(form, "as_of", on.map(V::Day));
}

/// Replaces the records by one for each that is wanted, within its days.
fn entries(form: &Form, doc: &mut Doc, name: &str, wanted: Vec<(Option<V>, i64, i64)>, random: &mut Random) {
    let table = form.table("records").unwrap_or_default();
    doc.tables[table] = records(&form.tables[table], wanted.len(), random);
    for (row, (value, from, to)) in wanted.into_iter().enumerate() {
        doc.set(form, "records", row, name, value);
        doc.set(form, "records", row, "date", Some(V::Day(random.between(from, to))));
    }
}

/// A hundred in so many parts of at least two, in halves.
fn parts(count: usize, random: &mut Random) -> Vec<i64> {
    let mut left: i64 = 100 * 100;
    let mut out = Vec::new();
    for rest in (0..count as i64).rev() {
        let part = if rest == 0 {
            left
        } else {
            (200 + random.between(0, (left - 200 * (rest + 1)) / (rest + 1)) / 50 * 50).min(left)
        };
        out.push(part);
        left -= part;
    }
    out
}
