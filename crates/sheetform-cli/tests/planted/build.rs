//! From a plan to a workbook and what must be said of it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value;

use crate::doc::{Doc, Held, day};
use crate::expect::{self, Broken};
use crate::faults;
use crate::form::Form;
use crate::forms;
use crate::made;
use crate::orders::{Orders, Whole};
use crate::place::{self, Finding, Placed};
use crate::plan::{FormOf, Plan};
use crate::sheet::{Book, Sheet};
use crate::shipped::{self, TODAY};
use crate::tables::is_needed;
use crate::view::View;

/// A workbook with its faults, ready to be saved.
pub(crate) struct Planted {
    pub(crate) book: Book,
    pub(crate) expected: Vec<Finding>,
    /// The faults that found a place.
    pub(crate) faults: Vec<(&'static str, u64)>,
}

pub(crate) const SHIPPED: [&str; 14] = [
    "assessment-sheet",
    "commitment-letter",
    "duty-roster",
    "equipment-register",
    "incident-response-plan",
    "inspection-ledger",
    "rectification-ledger",
    "reporting-schedule",
    "responsibility-agreement",
    "responsibility-list",
    "submission-roster",
    "training-plan",
    "work-plan",
    "work-report",
];

/// The shipped forms, from the text of their schemas.
pub(crate) fn shipped_form(id: &str) -> &'static Form {
    static FORMS: OnceLock<BTreeMap<String, Form>> = OnceLock::new();
    let forms = FORMS.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
        let read = |id: &&str| {
            let text = std::fs::read_to_string(folder.join(format!("{id}.schema.json"))).unwrap_or_default();
            let schema: Value = serde_json::from_str(&text).unwrap_or_default();
            (id.to_string(), Form::new(&schema))
        };
        SHIPPED.iter().map(read).collect()
    });
    &forms[id]
}

pub(crate) fn build(plan: &Plan) -> Planted {
    match &plan.form {
        FormOf::Shipped(id) => {
            let rules = |view: &View<'_>| {
                let broken = shipped::broken(view).into_iter().map(|spot| (spot, "rule", "error"));
                broken.chain(shipped::not_checked(view).map(|spot| (spot, "not-checked", "info"))).collect()
            };
            with(shipped_form(id), None, plan, &rules)
        }
        FormOf::Random(seed) => {
            let made = forms::made(*seed);
            with(&made.form, Some(&made), plan, &|view| forms::broken(&made, view))
        }
    }
}

fn with(form: &Form, made: Option<&forms::Made>, plan: &Plan, rules: &dyn Fn(&View<'_>) -> Vec<Broken>) -> Planted {
    let mut doc = made::document(form, plan.seed, plan.rows);
    if let Some(made) = made {
        forms::settle(made, &mut doc, &mut plan.stream("rules"));
    }
    if !plan.looks.has("no merges") {
        merge(form, &mut doc);
    }
    let mut orders = Orders { title: place::title(form, &doc), ..Orders::default() };
    let planted = |(name, seed): &&(&'static str, u64)| faults::plant(name, form, made, &mut doc, &mut orders, *seed);
    let faults: Vec<_> = plan.faults.iter().filter(planted).copied().collect();
    let placed = place::place(form, &doc, plan, &orders);
    absent(form, &mut doc, &orders, &placed);
    let today = plan.day.then(|| day(TODAY.0, TODAY.1, TODAY.2));
    let mut expected = expect::findings(form, &doc, &placed, &orders, today, rules);
    let mut book = Book { sheets: vec![placed.sheet], mark: None };
    around(form, plan, &orders, &mut book, &mut expected);
    Planted { book, expected, faults }
}

/// What an optional label or column held that is not on the sheet is absent; of another one nothing is known.
fn absent(form: &Form, doc: &mut Doc, orders: &Orders, placed: &Placed) {
    for &label in &orders.no_label {
        doc.labels[label] = Held { unread: form.labels[label].required, ..Held::new(None) };
    }
    for &(table, column) in orders.gone.iter().chain(orders.renamed.keys()) {
        let lost = placed.lost.contains(&(table, column)) || is_needed(&form.tables[table], column);
        for row in &mut doc.tables[table] {
            row.cells[column] = Held { unread: lost, ..Held::new(None) };
        }
    }
}

/// Makes one cell of equal neighbours where the form says so, and of the outer cells of a group.
fn merge(form: &Form, doc: &mut Doc) {
    for (table, rows) in form.tables.iter().zip(&mut doc.tables) {
        for (column, field) in table.columns.iter().enumerate() {
            let outer = table.nested() && !field.inner;
            let mut first = 0;
            for row in 1..rows.len() {
                let joins = if outer {
                    !rows[row].begins
                } else {
                    field.merge
                        && rows[row].cells[column].value.is_some()
                        && rows[row].cells[column].value == rows[first].cells[column].value
                };
                if joins {
                    let value = rows[first].cells[column].value.clone();
                    rows[row].cells[column] = Held { covered: true, ..Held::new(value) };
                    rows[first].cells[column].rows += 1;
                } else {
                    first = row;
                }
            }
        }
    }
}

/// The other sheets of the workbook and its mark.
fn around(form: &Form, plan: &Plan, orders: &Orders, book: &mut Book, expected: &mut Vec<Finding>) {
    let of_file = |code: &str, severity: &str, sheet: Option<&str>| Finding {
        code: code.to_owned(),
        severity: severity.to_owned(),
        sheet: sheet.map(str::to_owned),
        cell: None,
    };
    let version = form.schema["x-sheet"]["version"].as_i64().unwrap_or(1);
    let mark = |id: &str, version: i64| Some((id.to_owned(), version.to_string()));
    if plan.looks.has("own mark") {
        book.mark = mark(&form.id, version);
    }
    let own = book.sheets[0].name.clone();
    match orders.whole {
        Some(Whole::OlderMark) => {
            book.mark = mark(&form.id, version - 1);
            expected.push(of_file("old-version", "warning", None));
        }
        Some(Whole::NewerMark) => {
            book.mark = mark(&form.id, version + 1);
            expected.push(of_file("newer-version", "error", None));
        }
        // Where the sheet lacks something too, it is taken as the other form's.
        Some(Whole::AnotherMark) if orders.lacks() => {}
        Some(Whole::AnotherMark) => {
            book.mark = mark("another-form", 1);
            expected.push(of_file("wrong-form", "warning", None));
        }
        Some(Whole::Copy) => {
            let copy = Sheet { name: "副本".to_owned(), ..book.sheets[0].clone() };
            book.sheets.push(copy);
            *expected = vec![of_file("ambiguous-sheet", "error", Some(&own))];
        }
        Some(Whole::Notes) => {
            let mut notes = Sheet { name: "填表说明".to_owned(), ..Sheet::default() };
            notes.text((0, 0), "一、按月汇总");
            notes.text((1, 0), "二、逐项核对");
            book.sheets.push(notes);
            expected.push(of_file("skipped-sheet", "info", Some("填表说明")));
        }
        None => {}
    }
    if plan.looks.has("hidden copy") {
        let copy = Sheet { name: "上年".to_owned(), hidden: true, ..book.sheets[0].clone() };
        book.sheets.insert(0, copy);
    }
    for number in 0..plan.looks.get("empty sheets") {
        book.sheets.push(Sheet { name: format!("Sheet{}", number + 7), ..Sheet::default() });
    }
}
