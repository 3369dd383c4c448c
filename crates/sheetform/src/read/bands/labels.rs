//! The values of label bands, and what is said of a label that is not there.

use serde_json::{Map, Value};

use super::Bands;
use crate::child::Key;
use crate::finding::{Code, Finding, Place, Severity, Text};
use crate::grid::{Cell, CellRef, Content};
use crate::layout::{Field, FieldKind, pointer_of, put_at_path};
use crate::read::Reading;
use crate::read::assemble::open;
use crate::read::columns;
use crate::read::heads::Head;
use crate::read::labels::{self, Found};
use crate::read::parts::{Asked, dangling};
use crate::read::places::LabelPlace;
use crate::read::rows::another_name;
use crate::read::value::{self, Outcome};
use crate::text::{fold, without_brackets};

impl Bands<'_> {
    pub(super) fn labels(&mut self, reading: &mut Reading) {
        let words = self.words;
        for (w, found) in &self.located.labels {
            self.taken.insert(found.label.first);
            if !self.stands_above_labels(*w) {
                self.taken.insert(found.value.first);
            }
        }
        for (w, want) in words.wants.iter().enumerate() {
            let found = self.located.labels.get(&w);
            if let (Some(text), Some(field), Some(found)) = (found.and_then(|f| f.nearly.as_ref()), want.field, found) {
                let place = reading.places.range(found.label);
                reading.findings.push(columns::taken(text, &field.label, field).at(place));
            }
            match want.field {
                Some(field) if self.is_unclear_label(w) => unclear_label(field, found, reading),
                Some(field) => match found {
                    Some(found) => self.value(field, found, reading),
                    None => self.missing_label(w, field, reading),
                },
                None => self.group(w, want.members, reading),
            }
        }
    }

    pub(super) fn value(&mut self, field: &Field, found: &Found, reading: &mut Reading) {
        let pointer = pointer_of(&field.path);
        reading.places.cells.insert(pointer.clone(), found.value);
        let label = LabelPlace {
            label: found.label,
            value: found.value,
            order: found.order,
            outside: found.outside,
            bad: false,
        };
        reading.places.labels.insert(pointer.clone(), label);
        let place = reading.places.range(found.value);
        // A label with a colon and nothing behind it holds no value.
        let cell = found.cell.as_ref();
        // `{}` says that the objects around this cell are there, and the cell's own value is not.
        if field.kind != FieldKind::Json && cell.and_then(Cell::as_text).is_some_and(|text| text.trim() == "{}") {
            if let Some((_, object)) = field.path.split_last().filter(|(_, object)| !object.is_empty())
                && crate::layout::at_path(&self.document, object).is_none()
            {
                put_at_path(&mut self.document, object, Value::Object(Map::new()));
            }
            return;
        }
        if let Some(number) = cell.and_then(Cell::as_text).and_then(|text| self.children.reference(text)) {
            return self.part(field, number, place, reading);
        }
        let label = self.survey.text(found.label.first).1;
        let called = label.and_then(|text| another_name(&field.label, field.names.iter(), &text));
        let renamed = called.map(|called| {
            reading.places.called.insert(pointer.clone(), called.clone());
            Field { label: called, ..field.clone() }
        });
        let outcome = value::read(renamed.as_ref().unwrap_or(field), cell, self.context(field));
        match outcome {
            Outcome::Absent => {}
            Outcome::Nothing(finding) => reading.findings.push(finding.at(place).pointer(pointer)),
            Outcome::Value(value, finding) => {
                reading.findings.extend(finding.map(|f| f.at(place).pointer(pointer)));
                put_at_path(&mut self.document, &field.path, value);
            }
            Outcome::Bad(finding) => {
                if let Some(label) = reading.places.labels.get_mut(&pointer) {
                    label.bad = true;
                }
                reading.findings.push(finding.at(place).pointer(pointer.as_str()));
                reading.unreadable.insert(pointer);
                // What could not be read is there all the same, so the objects around it are.
                if let Some((_, around)) = field.path.split_last() {
                    open(&mut self.document, around);
                }
            }
        }
    }

    /// The part that a label's cell refers to.
    fn part(&mut self, field: &Field, number: u32, place: Place, reading: &mut Reading) {
        let (node, path) = match field.path.split_last() {
            Some((_, object)) if field.rest => (None, object),
            _ => (Some(field.node), field.path.as_slice()),
        };
        let pointer = pointer_of(path);
        let asked = Asked { key: Key::Part(number), node, pointer: &pointer, rest: field.rest };
        let mut found = std::mem::take(&mut self.parts);
        let value = self.children.value(asked, self.context(field), &mut found);
        self.parts = found;
        match value {
            Some(Value::Object(rest)) if field.rest => {
                for (name, value) in rest {
                    let path: Vec<String> = path.iter().cloned().chain([name]).collect();
                    put_at_path(&mut self.document, &path, value);
                }
            }
            Some(value) => put_at_path(&mut self.document, path, value),
            None => {
                reading.findings.push(dangling(&asked.key.to_string()).at(place).pointer(pointer.as_str()));
                reading.unreadable.insert(pointer);
            }
        }
    }

    /// `A至B` beside the label of an object with two dates, where its own labels are not there.
    pub(super) fn group(&mut self, want: usize, members: usize, reading: &mut Reading) {
        let Some(found) = self.located.labels.get(&want) else { return };
        if self.stands_above_labels(want) {
            return;
        }
        let own: Vec<usize> = (want + 1..=want + members).collect();
        let text = match found.cell.as_ref().map(|c| &c.content) {
            Some(Content::Text(text)) => text.to_string(),
            _ => String::new(),
        };
        let halves = labels::halves(&text);
        let dated = |w: &usize| {
            self.words.wants[*w].field.is_some_and(|f| matches!(f.kind, FieldKind::Date | FieldKind::Month))
        };
        let fields: Vec<&Field> = own.iter().filter(|w| dated(w)).filter_map(|w| self.words.wants[*w].field).collect();
        if let (Some((a, b)), [first, second]) = (halves, fields.as_slice()) {
            for (field, half) in [(*first, a), (*second, b)] {
                let found = Found { cell: Some(Cell::text(half)), ..found.clone() };
                self.value(field, &found, reading);
            }
        } else if text.trim() == "{}" {
            put_at_path(&mut self.document, self.words.wants[want].path, Value::Object(Map::new()));
        } else {
            // It is said that nothing reads it.
            self.taken.remove(&found.value.first);
        }
    }

    /// Whether a label is an object's whose own labels are there: then no value stands beside it.
    fn stands_above_labels(&self, want: usize) -> bool {
        let members = self.words.wants[want].members;
        (want + 1..=want + members).any(|w| self.located.labels.contains_key(&w))
    }

    /// Whether a label is one of several equal ones in its band of which not all are there.
    fn is_unclear_label(&self, want: usize) -> bool {
        let wants = &self.words.wants;
        let own = &wants[want];
        let equal = |other: &usize| {
            let other = &wants[*other];
            let both_alone = own.group.is_none() && other.group.is_none() && other.field.is_some();
            both_alone && other.band == own.band && other.names.first() == own.names.first()
        };
        let is_found = |w: &usize| self.located.labels.contains_key(w);
        let (there, missing): (Vec<usize>, Vec<usize>) = (0..wants.len()).filter(equal).partition(is_found);
        !there.is_empty() && !missing.is_empty()
    }

    pub(super) fn missing_label(&mut self, want: usize, field: &Field, reading: &mut Reading) {
        let pointer = pointer_of(&field.path);
        if reading.places.cells.contains_key(&pointer) {
            return; // Read from `A至B` beside its group's label.
        }
        let band = self.words.wants[want].band;
        let of_band = self.located.labels.iter().filter(|(w, _)| self.words.wants[**w].band == band);
        let strange = self.located.strange.get(&band).map_or(&[][..], Vec::as_slice);
        let row = of_band.map(|(_, f)| f.label.first.row).chain(strange.iter().copied()).min();
        let near = self.near_label(field);
        let heads = || self.located.heads.iter().flatten().map(|head| head.first);
        let same_band = |row: u32, at: &CellRef| !heads().any(|head| (at.row..=row).contains(&head));
        let near_row = |row| near.as_ref().map(|(_, at)| at).filter(|at| same_band(row, at)).map(|at| at.row);
        let row = row.map(|row| near_row(row).map_or(row, |near| near.min(row)));
        let at = match row {
            Some(row) => {
                let heads = self.located.heads.iter().flatten().map(Head::left);
                let labels = self.located.labels.values().map(|found| found.label.first.col);
                CellRef::new(row, heads.chain(labels).min().unwrap_or(0))
            }
            None => self.title_cell().map_or(CellRef::new(0, 0), |r| r.first),
        };
        let range = self.survey.merges.range(at);
        reading.places.cells.insert(pointer.clone(), range);
        if !field.required {
            self.misspelt(field, near, reading);
            return;
        }
        if let Some(at) = self.as_heading(field) {
            self.taken.insert(at);
            reading.findings.push(
                stands_as_heading(&field.label, at)
                    .at(reading.places.range(self.survey.merges.range(at)))
                    .pointer(pointer.as_str()),
            );
            reading.unreadable.insert(pointer);
            return;
        }
        let mut finding = Finding::new(
            Code::MissingLabel,
            Text::new(
                format!("the label {:?} is not on the sheet", field.label),
                format!("表上没有“{}”这一项", field.label),
            )
            .open(),
        )
        .at(reading.places.range(range))
        .pointer(pointer.as_str());
        let lacking = (0..self.words.wants.len())
            .filter(|w| self.words.wants[*w].band == band && labels::lacks(self.words, &self.located.labels, *w));
        let alone = strange.len() == 1 && lacking.count() == 1;
        let near = near.or_else(|| self.first_text(strange.first().copied().filter(|_| alone)?));
        if let Some((text, at)) = near {
            // One cause: it is named here, and not again as unread.
            self.taken.insert(at);
            finding = finding.hint(Text::new(
                format!("{at} says {text:?}; write {:?} if that label is meant", field.label),
                format!("{at} 写的是“{text}”；如果就是这一项，请改为“{}”", field.label),
            ));
        } else {
            finding = finding.hint(Text::new(
                "write the label, and the value in the cell to its right",
                "请写上这一项的名称，并在右边一格填写内容",
            ));
        }
        reading.findings.push(finding);
        reading.unreadable.insert(pointer);
    }

    /// A label that nobody asks for, and that a text is but for a character or so: its value would be lost.
    fn misspelt(&mut self, field: &Field, near: Option<(String, CellRef)>, reading: &mut Reading) {
        let Some((text, at)) = near else { return };
        let folded = fold(&text);
        let close = |name: &String| strsim::damerau_levenshtein(&folded, name) * 4 <= name.chars().count();
        if !field.names.iter().any(close) {
            return;
        }
        self.taken.insert(at);
        reading.findings.push(
            Finding::new(
                Code::MissingLabel,
                Text::new(
                    format!("the label {:?} is not on the sheet", field.label),
                    format!("表上没有“{}”这一项", field.label),
                )
                .open(),
            )
            .severity(Severity::Warning)
            .at(reading.places.range(self.survey.merges.range(at)))
            .pointer(pointer_of(&field.path))
            .hint(Text::new(
                format!("{at} says {text:?}; write {:?} if that label is meant", field.label),
                format!("{at} 写的是“{text}”；如果就是这一项，请改为“{}”", field.label),
            )),
        );
    }

    /// The label as a heading over a column that the form does not have.
    fn as_heading(&self, field: &Field) -> Option<CellRef> {
        let of_head = |head: &Head| {
            let is_column =
                |col: u32| head.columns.iter().flatten().any(|(first, last)| (*first..=*last).contains(&col));
            let rows = self.survey.rows.range(head.first..=head.last);
            let mut cells = rows.flat_map(|(row, cells)| cells.cells.iter().map(|(col, cell)| (*row, *col, cell)));
            let found = cells.find(|(_, col, cell)| {
                !is_column(*col) && cell.as_text().is_some_and(|text| field.names.contains(&fold(text)))
            });
            found.map(|(row, col, _)| CellRef::new(row, col))
        };
        self.located.heads.iter().flatten().find_map(of_head)
    }

    /// A text outside the tables that is nearly the label.
    pub(super) fn near_label(&self, field: &Field) -> Option<(String, CellRef)> {
        let outside = |row: u32| {
            self.located
                .heads
                .iter()
                .zip(&self.located.ends)
                .all(|(head, end)| head.as_ref().is_none_or(|h| row < h.first || row >= *end))
        };
        let mut best: Option<(f64, String, CellRef)> = None;
        for (&index, row) in self.survey.rows.iter().filter(|(row, _)| outside(**row)) {
            for (col, cell) in &row.cells {
                let at = CellRef::new(index, *col);
                let Some(text) = cell.as_text().filter(|_| !self.taken.contains(&at)) else { continue };
                let label = text.split([':', '：']).next().unwrap_or(text);
                let folded = fold(label);
                let bare = |text: &str| without_brackets(text).unwrap_or(text).to_owned();
                let same = field.names.iter().any(|name| bare(name) == bare(&folded));
                let scores = field.names.iter().map(|n| strsim::normalized_damerau_levenshtein(&folded, n));
                let score = if same { 1.0 } else { scores.fold(0.0, f64::max) };
                if score >= 0.5 && best.as_ref().is_none_or(|(b, ..)| score > *b) {
                    best = Some((score, label.trim().to_owned(), at));
                }
            }
        }
        best.map(|(_, text, at)| (text, at))
    }

    pub(super) fn first_text(&self, row: u32) -> Option<(String, CellRef)> {
        let (col, cell) = self.survey.rows.get(&row)?.cells.iter().find(|(_, cell)| !cell.is_empty())?;
        Some((cell.as_text()?.trim().to_owned(), CellRef::new(row, *col)))
    }
}

/// What is said of a label that stands as a heading: records with what belongs to the whole document in each of them.
fn stands_as_heading(label: &str, at: CellRef) -> Finding {
    Finding::new(
        Code::MissingLabel,
        Text::new(
            format!("{label:?} stands in {at} as the heading of a column; the form has it once, outside of its table"),
            format!("“{label}”在 {at} 写成了列的表头；表单中它在表格之外，只填一次"),
        )
        .open(),
    )
    .hint(Text::new(
        "write it above the table, and its value in the cell to its right; in place of a csv that convert wrote, give the \
         workbook that it was made from",
        "请写在表格上方，并在右边一格填写内容；如是 convert 写出的 csv，请改用生成它的工作簿",
    ))
}

/// A label that could be that of one property as well as of another.
fn unclear_label(field: &Field, found: Option<&Found>, reading: &mut Reading) {
    let pointer = pointer_of(&field.path);
    if let Some(found) = found {
        let label = &field.label;
        reading.findings.push(
            Finding::new(
                Code::AmbiguousHeading,
                Text::new(
                    format!(
                        "the form has the label {label:?} more often than the sheet: which is which cannot be told"
                    ),
                    format!("表单中“{label}”不止一项，表上缺少其中一项，无法对应"),
                )
                .open(),
            )
            .hint(Text::new("put the missing label back, with its value", "请补上缺少的那一项"))
            .at(reading.places.range(found.label))
            .pointer(pointer.as_str()),
        );
        reading.places.cells.insert(pointer.clone(), found.value);
    }
    reading.unreadable.insert(pointer);
}
