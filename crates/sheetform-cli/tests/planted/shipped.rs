//! The rules of the shipped forms, told a second time: where a document breaks one. Knows no CEL.

use crate::doc::{V, date, day, days};
use crate::view::{Spot, Table, View};

/// The day that commands are given for today.
pub(crate) const TODAY: (i64, i64, i64) = (2027, 2, 1);

/// Where a rule that asks for today is said not to be checked, in a document without faults.
pub(crate) fn not_checked(view: &View<'_>) -> Option<Spot> {
    let dated = view.form.label("as_of").is_some_and(|number| view.doc.labels[number].value.is_some());
    if view.today.is_some() || dated {
        return None;
    }
    match view.form.id.as_str() {
        "training-plan" => {
            // A rule that holds whatever the day is needs none.
            let (plan, records) = (view.table("plan"), view.table("records"));
            let lacks = |row: &usize| {
                let topic = plan.get(*row, "topic");
                let count = records.rows().filter(|record| records.get(*record, "topic") == topic).count() as i64;
                plan.get(*row, "times_per_year").and_then(V::cents).is_some_and(|times| count * 100 < times)
            };
            plan.rows().find(lacks).map(|row| plan.cell(row, "topic"))
        }
        "reporting-schedule" => Some(view.table("items").cell(0, "item")),
        _ => None,
    }
}

/// A rule of a record: what it breaks; `None` where it is skipped.
type OfRecord<'a> = &'a dyn Fn(Table<'_>, usize, &mut Vec<Spot>) -> Option<()>;

/// Every rule of the form that the document breaks.
pub(crate) fn broken(view: &View<'_>) -> Vec<Spot> {
    let mut out = Vec::new();
    let each = |table: &str, out: &mut Vec<Spot>, rule: OfRecord<'_>| {
        let table = view.table(table);
        for row in table.rows() {
            rule(table, row, out);
        }
    };
    match view.form.id.as_str() {
        "work-plan" => {
            period(view, "period", &mut out);
            leader(view, &mut out);
            each("tasks", &mut out, &|t, row, out| {
                let (start, end) = (view.label("period.start")?.day()?, view.label("period.end")?.day()?);
                if end >= start {
                    let due = t.get(row, "due")?.day()?;
                    fail(due >= start && due <= end, out, t.cell(row, "due"));
                }
                Some(())
            });
            each("tasks", &mut out, &|t, row, out| {
                let lead = t.get(row, "lead_unit")?.text()?;
                let V::List(units) = t.get(row, "responsible_units")? else { return None };
                fail(!units.iter().any(|unit| unit == lead), out, t.cell(row, "lead_unit"));
                Some(())
            });
        }
        "inspection-ledger" => each("entries", &mut out, &|t, row, out| {
            let result = t.get(row, "result")?.text()?;
            for name in ["problem", "measures", "due"] {
                if let Some(has) = t.has(row, name) {
                    fail(has == (result == "有问题"), out, t.cell(row, name));
                }
            }
            if result != "无问题" {
                let (due, date) = (t.get(row, "due")?.day()?, view.label("date")?.day()?);
                fail(due >= date, out, t.cell(row, "due"));
            }
            Some(())
        }),
        "rectification-ledger" => {
            each("entries", &mut out, &|t, row, out| {
                let done = t.get(row, "rectification.status")?.is("已完成");
                fail(done == t.has(row, "rectification.done_on")?, out, t.cell(row, "rectification.done_on"));
                Some(())
            });
            each("entries", &mut out, &|t, row, out| {
                if t.get(row, "rectification.status")?.is("逾期") {
                    let (due, on) = (t.get(row, "rectification.due")?.day()?, view.label("updated_on")?.day()?);
                    fail(due < on, out, t.cell(row, "rectification.status"));
                }
                Some(())
            });
        }
        "responsibility-agreement" => {
            period(view, "term", &mut out);
            term(view, &mut out);
            points(view.table("duties"), &mut out);
        }
        "incident-response-plan" => {
            levels(view.table("levels"), &mut out);
            each("steps", &mut out, &|t, row, out| {
                let role = t.get(row, "role")?;
                let roles = view.table("posts").all("role")?;
                fail(roles.contains(&role), out, t.cell(row, "role"));
                Some(())
            });
        }
        "training-plan" => {
            each("plan", &mut out, &|t, row, out| {
                let year = view.label("year")?.cents()? / 100;
                if today(view, "as_of")? > day(year, 12, 31) {
                    let (topic, times) = (t.get(row, "topic")?, t.get(row, "times_per_year")?.cents()?);
                    let held = view.table("records").all("topic")?.into_iter().filter(|one| *one == topic).count();
                    fail(held as i64 * 100 >= times, out, t.cell(row, "topic"));
                }
                Some(())
            });
            of_the_list(view, "topic", "plan", &mut out);
            in_the_year(view, &mut out);
        }
        "assessment-sheet" => {
            for name in ["self_score", "score"] {
                each("entries", &mut out, &|t, row, out| {
                    let (score, weight) = (t.get(row, name)?.cents()?, t.get(row, "weight")?.cents()?);
                    fail(score <= weight, out, t.cell(row, name));
                    Some(())
                });
            }
            each("entries", &mut out, &|t, row, out| {
                let (score, weight) = (t.get(row, "score")?.cents()?, t.get(row, "weight")?.cents()?);
                if score < weight {
                    fail(t.has(row, "deduction")?, out, t.cell(row, "deduction"));
                }
                Some(())
            });
            adds_up(view.table("entries"), "weight", &mut out);
        }
        "reporting-schedule" => {
            each("items", &mut out, &|t, row, out| {
                let (item, cycle) = (t.get(row, "item")?, t.get(row, "cycle")?.text()?);
                let year = view.label("year")?.cents()? / 100;
                let today = today(view, "as_of")?;
                let length: i64 = match cycle {
                    "每月" => 1,
                    "每季度" => 3,
                    "每半年" => 6,
                    _ => 12,
                };
                for first in (1..=12_i64).step_by(length as usize) {
                    let last = first + length - 1;
                    let (start, end) = (day(year, first, 1), day(year, last, days(year, last)));
                    if end < today {
                        let wanted = t.get(row, "at_least")?.cents()?;
                        let records = view.table("records");
                        let mut count = 0;
                        for record in records.rows() {
                            if records.get(record, "item")? == item {
                                let on = records.get(record, "date")?.day()?;
                                count += i64::from(on >= start && on <= end);
                            }
                        }
                        fail(count * 100 >= wanted, out, t.cell(row, "item"));
                    }
                }
                Some(())
            });
            of_the_list(view, "item", "items", &mut out);
            in_the_year(view, &mut out);
        }
        "duty-roster" => {
            roster(view, &mut out);
        }
        "equipment-register" => {
            each("entries", &mut out, &|t, row, out| {
                let (next, bought) = (t.get(row, "next_check")?.day()?, t.get(row, "bought_on")?.day()?);
                fail(next >= bought, out, t.cell(row, "next_check"));
                Some(())
            });
            each("entries", &mut out, &|t, row, out| {
                let (bought, on) = (t.get(row, "bought_on")?.day()?, view.label("updated_on")?.day()?);
                fail(bought <= on, out, t.cell(row, "bought_on"));
                Some(())
            });
        }
        "work-report" => {
            period(view, "period", &mut out);
            for table in ["problems", "next_steps"] {
                each(table, &mut out, &|t, row, out| {
                    let (due, end) = (t.get(row, "due")?.day()?, view.label("period.end")?.day()?);
                    fail(due > end, out, t.cell(row, "due"));
                    Some(())
                });
            }
        }
        _ => {}
    }
    out
}

fn fail(holds: bool, out: &mut Vec<Spot>, spot: Spot) {
    if !holds {
        out.push(spot);
    }
}

/// The day of `name` on the sheet, else the one that the command is given.
fn today(view: &View<'_>, name: &str) -> Option<i64> {
    let held = view.form.label(name).map(|number| &view.doc.labels[number])?;
    match &held.value {
        _ if held.unread => None,
        Some(value) => value.day(),
        None => view.today,
    }
}

fn period(view: &View<'_>, name: &str, out: &mut Vec<Spot>) -> Option<()> {
    let (start, end) = (view.label(&format!("{name}.start"))?.day()?, view.label(&format!("{name}.end"))?.day()?);
    fail(end >= start, out, Spot::Label(view.form.label(&format!("{name}.end"))?));
    Some(())
}

fn term(view: &View<'_>, out: &mut Vec<Spot>) -> Option<()> {
    let year = view.label("year")?.cents()? / 100;
    let (start, end) = (view.label("term.start").and_then(V::day), view.label("term.end").and_then(V::day));
    if let Some(start) = start {
        fail(date(start).0 == year, out, Spot::Label(view.form.label("term.start")?));
    }
    // The second rule reads the end first; a later start excuses it.
    let end = end?;
    if date(end).0 != year {
        fail(end < start?, out, Spot::Label(view.form.label("term.end")?));
    }
    Some(())
}

fn leader(view: &View<'_>, out: &mut Vec<Spot>) {
    let group = view.table("leading_group");
    let is = |row: usize| group.get(row, "role").map(|role| role.is("组长"));
    let roles: Vec<Option<bool>> = group.rows().map(is).collect();
    // One that cannot be read leaves open whether there is one.
    if roles.iter().all(|role| *role == Some(false)) && !roles.is_empty() {
        out.push(group.heading("role"));
    }
    for (row, role) in roles.iter().enumerate() {
        if *role == Some(true) && roles[..row].contains(&Some(true)) {
            out.push(group.cell(row, "role"));
        }
    }
}

fn points(duties: Table<'_>, out: &mut Vec<Spot>) {
    let has: Vec<Option<bool>> = duties.rows().map(|row| duties.has(row, "points")).collect();
    for (row, has_points) in has.iter().enumerate() {
        // One that cannot be read leaves open whether the others need any.
        if *has_points == Some(false) && has.contains(&Some(true)) && !has.contains(&None) {
            out.push(duties.cell(row, "points"));
        }
    }
    if has.iter().all(|one| *one == Some(true)) {
        adds_up(duties, "points", out);
    }
}

fn adds_up(table: Table<'_>, name: &str, out: &mut Vec<Spot>) -> Option<()> {
    let sum: i64 = table.all(name)?.into_iter().filter_map(V::cents).sum();
    fail(table.rows().is_empty() || sum == 100 * 100, out, table.total(name));
    Some(())
}

const LEVELS: [&str; 4] = ["一般", "较大", "重大", "特别重大"];

fn levels(levels: Table<'_>, out: &mut Vec<Spot>) {
    let rank = |row: usize| levels.get(row, "level")?.text().and_then(|level| LEVELS.iter().position(|l| *l == level));
    let number = |row: usize, name: &str| levels.get(row, name).and_then(V::cents);
    for row in levels.rows() {
        if let (Some(min), Some(max)) = (number(row, "affected.min"), number(row, "affected.max")) {
            fail(max >= min, out, levels.cell(row, "affected.max"));
        }
        if row + 1 < levels.rows().end
            && let Some(has) = levels.has(row, "affected.max")
        {
            fail(has, out, levels.cell(row, "affected.max"));
        }
        if row == 0 {
            continue;
        }
        let Some(own) = rank(row) else { continue };
        let earlier = (0..row).map(rank).collect::<Vec<_>>();
        let Some(before) = rank(row - 1) else { continue };
        if own <= before {
            // Twice the same level is a key given twice, and no broken order.
            fail(earlier.contains(&Some(own)), out, levels.cell(row, "level"));
            continue;
        }
        if let (Some(min), Some(max)) = (number(row, "affected.min"), number(row - 1, "affected.max")) {
            fail(min == max + 100, out, levels.cell(row, "affected.min"));
        }
        if let (Some(own), Some(before)) = (number(row, "report_within_hours"), number(row - 1, "report_within_hours"))
        {
            fail(own < before, out, levels.cell(row, "report_within_hours"));
        }
    }
}

fn of_the_list(view: &View<'_>, name: &str, list: &str, out: &mut Vec<Spot>) {
    let records = view.table("records");
    for row in records.rows() {
        if let (Some(one), Some(all)) = (records.get(row, name), view.table(list).all(name)) {
            fail(all.contains(&one), out, records.cell(row, name));
        }
    }
}

fn in_the_year(view: &View<'_>, out: &mut Vec<Spot>) {
    let records = view.table("records");
    for row in records.rows() {
        if let (Some(on), Some(year)) =
            (records.get(row, "date").and_then(V::day), view.label("year").and_then(V::cents))
        {
            fail(date(on).0 == year / 100, out, records.cell(row, "date"));
        }
    }
}

const WEEK: [&str; 7] = ["一", "二", "三", "四", "五", "六", "日"];

/// The weekday of a day, 0 for Monday.
pub(crate) fn weekday(serial: i64) -> &'static str {
    WEEK[(serial - 2).rem_euclid(7) as usize]
}

fn roster(view: &View<'_>, out: &mut Vec<Spot>) -> Option<()> {
    let entries = view.table("entries");
    let dates: Vec<Option<i64>> = entries.rows().map(|row| entries.get(row, "date").and_then(V::day)).collect();
    for (row, on) in dates.iter().enumerate() {
        if let (Some(on), Some(said)) = (on, entries.get(row, "weekday").and_then(V::text)) {
            fail(weekday(*on) == said, out, entries.cell(row, "weekday"));
        }
    }
    let Some(V::Month(year, month)) = view.label("month") else { return None };
    let inside = |on: i64| date(on).0 == *year && date(on).1 == *month;
    for (row, on) in dates.iter().enumerate() {
        let Some(on) = *on else { continue };
        fail(inside(on), out, entries.cell(row, "date"));
        let again = dates[..row].contains(&Some(on));
        if row > 0
            && let Some(before) = dates[row - 1]
        {
            fail(on > before || again || !inside(on) || !inside(before), out, entries.cell(row, "date"));
        }
        let known = dates.iter().all(Option::is_some) || dates.contains(&Some(on - 1));
        if date(on).2 != 1 && inside(on) && !again && known {
            fail(dates.contains(&Some(on - 1)), out, entries.cell(row, "date"));
        }
    }
    let last = day(*year, *month, days(*year, *month));
    if dates.iter().all(Option::is_some) {
        fail(dates.contains(&Some(last)), out, entries.heading("date"));
    }
    Some(())
}
