//! Values beside labels, behind the colon of a label, and in the title.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use super::rows::Row;
use super::{Cell, Plan, Planning, Styled, refuse};
use crate::finding::{Finding, Text};
use crate::grid::{CellRef, Content};
use crate::layout::{Field, FieldKind, pointer_of};
use crate::new_book::NewContent;
use crate::read::LabelPlace;
use crate::serial::Date;
use crate::text::fold;
use crate::write::Cells;

/// A value that changes, with its field.
type Changed<'c> = (&'c Field, &'c NewContent, Option<&'c LabelPlace>);

impl<B: Styled> Planning<'_, B> {
    pub(super) fn labels(
        &self,
        sheet: usize,
        old: &Cells<'_>,
        new: &Cells<'_>,
        plan: &mut Plan,
    ) -> Result<(), Finding> {
        let places = &self.reading.places;
        let mut changed: Vec<Changed<'_>> = Vec::new();
        for ((field, content), (_, before)) in new.labels.iter().zip(&old.labels) {
            let place = places.labels.get(&pointer_of(&field.path));
            if content != before || place.is_some_and(|place| place.bad) {
                changed.push((*field, content, place));
            }
        }
        let title = places.title.filter(|_| old.title != new.title);
        if changed.is_empty() && title.is_none() {
            self.untitled(old, new, plan);
            return Ok(());
        }
        let wanted = changed.iter().filter_map(|(.., place)| Some(place.as_ref()?.label.first));
        let mut texts = self.texts(sheet, wanted.chain(title.map(|range| range.first)).collect())?;
        let mut rewritten: BTreeSet<CellRef> = BTreeSet::new();
        for (field, content, place) in &changed {
            let Some(place) = place else {
                plan.findings.push(no_label(field));
                continue;
            };
            let shared = new.labels.iter().filter(|(other, _)| self.shares(other, place)).count() > 1;
            if place.order.is_some() && (place.value == place.label || place.outside) {
                let at = place.label.first;
                let text = texts.get(&at).cloned().unwrap_or_default();
                let value = spoken(field, content, &text);
                match place.order.and_then(|order| self.marks.with_value(&text, order, &value)) {
                    Some(text) => {
                        texts.insert(at, text);
                        rewritten.insert(at);
                    }
                    None => plan.findings.push(no_label(field)),
                }
            } else if shared {
                let both: Vec<&(&Field, NewContent)> =
                    new.labels.iter().filter(|(other, _)| self.shares(other, place)).collect();
                match period(&both) {
                    Some(text) => {
                        texts.insert(place.value.first, text);
                        rewritten.insert(place.value.first);
                    }
                    None => plan.findings.push(one_cell(field, place.value.first)),
                }
            } else if places.labels.values().any(|other| other.label == place.value) {
                plan.findings.push(no_cell(field, place));
            } else {
                let at = place.value.first;
                if place.bad && **content == NewContent::Empty {
                    plan.notes.push(super::emptied(self.reading, at));
                }
                plan.cell(Row::Old(at.row), at.col, field, (*content).clone());
            }
        }
        if let (Some(range), Some(after)) = (title, &new.title) {
            let text = texts.get(&range.first).map(String::as_str).unwrap_or_default();
            let known = self.form.layout.title.as_ref().is_some_and(|title| {
                title.matches(text) || fold(text) == fold(&title.render(&serde_json::Value::Null))
            });
            if known {
                texts.insert(range.first, after.clone());
                rewritten.insert(range.first);
            } else {
                self.untitled(old, new, plan);
            }
        } else {
            self.untitled(old, new, plan);
        }
        for at in rewritten {
            let text = texts.remove(&at).unwrap_or_default();
            let cell = Cell { row: Row::Old(at.row), col: at.col, to: NewContent::Text(text), ..Cell::default() };
            plan.cells.push(cell);
        }
        Ok(())
    }

    fn shares(&self, field: &Field, place: &LabelPlace) -> bool {
        self.reading.places.labels.get(&pointer_of(&field.path)).is_some_and(|other| {
            other.value == place.value && other.order.is_none() && place.order.is_none() && other.label == place.label
        })
    }

    /// Values that live in the title have no other place.
    fn untitled(&self, old: &Cells<'_>, new: &Cells<'_>, plan: &mut Plan) {
        if old.title != new.title {
            for field in &self.form.layout.title_fields {
                plan.findings.push(refuse(
                    Text::new(
                        format!("{:?} stands in the title, and the workbook has no title like the form's", field.label),
                        format!("“{}”写在标题中，而该工作簿没有与表单相符的标题", field.label),
                    )
                    .open(),
                    pointer_of(&field.path),
                ));
            }
        }
    }

    /// The texts of some cells.
    fn texts(&self, sheet: usize, mut wanted: BTreeSet<CellRef>) -> Result<BTreeMap<CellRef, String>, Finding> {
        let mut texts = BTreeMap::new();
        self.book.rows(sheet, &mut |row| {
            for (col, cell) in row.cells {
                let at = CellRef::new(row.index, col);
                if wanted.remove(&at)
                    && let Content::Text(text) = &cell.content
                {
                    texts.insert(at, text.to_string());
                }
            }
            let below = wanted.range(CellRef::new(row.index.saturating_add(1), 0)..).next().is_some();
            if below { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        Ok(texts)
    }
}

/// A value as it stands behind a colon, in the way of the text that is there.
fn spoken(field: &Field, content: &NewContent, text: &str) -> String {
    match content {
        NewContent::Empty => String::new(),
        NewContent::Text(text) => text.clone(),
        NewContent::Bool(on) => (if *on { "是" } else { "否" }).to_owned(),
        NewContent::Number(value) | NewContent::Formula { value, .. } => {
            let dated = matches!(field.kind, FieldKind::Date | FieldKind::Month);
            let Some((date, _)) = Date::from_serial(*value, false).filter(|_| dated) else {
                return if value.fract() == 0.0 && value.abs() < 1e15 {
                    format!("{}", *value as i64)
                } else {
                    value.to_string()
                };
            };
            let in_words = text.contains('年');
            match (field.kind == FieldKind::Month, in_words) {
                (true, true) => format!("{}年{}月", date.year, date.month),
                (true, false) => format!("{}-{:02}", date.year, date.month),
                (false, true) => format!("{}年{}月{}日", date.year, date.month, date.day),
                (false, false) => date.to_string(),
            }
        }
    }
}

/// `A至B` of two dates.
fn period(both: &[&(&Field, NewContent)]) -> Option<String> {
    let [(a, from), (b, to)] = both else { return None };
    let has = |content: &NewContent| matches!(content, NewContent::Number(_));
    (has(from) && has(to)).then(|| format!("{}至{}", spoken(a, from, ""), spoken(b, to, "")))
}

fn no_label(field: &Field) -> Finding {
    refuse(
        Text::new(
            format!("the workbook has no cell for {:?}: its label is not there", field.label),
            format!("该工作簿没有“{}”这一项，没有可写的单元格", field.label),
        )
        .open(),
        pointer_of(&field.path),
    )
}

fn no_cell(field: &Field, place: &LabelPlace) -> Finding {
    let (label, value) = (place.label.first, place.value.first);
    refuse(
        Text::new(
            format!("the label {:?} in {label} leaves no cell for its value: {value} is another label", field.label),
            format!("{label} 的“{}”旁边没有空格可写：{value} 是另一项的名称", field.label),
        )
        .open(),
        pointer_of(&field.path),
    )
}

fn one_cell(field: &Field, at: CellRef) -> Finding {
    refuse(
        Text::new(
            format!("{at} holds both ends of a period, and {:?} alone has no cell", field.label),
            format!("{at} 一格填写起止两项，无法单独写入“{}”", field.label),
        )
        .open(),
        pointer_of(&field.path),
    )
}
