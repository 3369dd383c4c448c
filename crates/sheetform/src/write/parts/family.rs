//! The rows of parts that stand on one child sheet, as lists of records or as records.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::shape::Shape;
use super::{Part, Parts, children, is_filled};
use crate::child::{Key, Kind, REST, Step, show_path, show_quoted};
use crate::finding::Finding;
use crate::layout::{Field, PartColumn, part_columns};
use crate::new_book::NewContent;
use crate::schema::{NodeId, join};
use crate::text::fold;

/// A column.
pub(super) struct Column {
    pub(super) heading: String,
    /// As the form has it, where it does.
    pub(super) field: Option<Field>,
}

/// A row: its key, and its filled cells by column.
pub(super) struct Row {
    pub(super) key: Key,
    pub(super) cells: Vec<(usize, NewContent)>,
}

/// The parts on one child sheet.
pub(super) struct Family {
    pub(super) name: String,
    node: Option<NodeId>,
    pub(super) kind: Kind,
    /// Whether headings are always in quotes, and so never the form's.
    quoted: bool,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
    /// The number of each column.
    by_path: BTreeMap<Vec<Step>, usize>,
}

impl Family {
    pub(super) fn new(parts: &Parts<'_>, name: &str, node: Option<NodeId>, kind: Kind) -> Self {
        let (schema, quoted) = (parts.schema, !parts.typed);
        let mut family = Self {
            name: name.to_owned(),
            node,
            kind,
            quoted,
            columns: Vec::new(),
            rows: Vec::new(),
            by_path: BTreeMap::new(),
        };
        let record = match kind {
            Kind::Outline => None,
            Kind::List => node.and_then(|id| schema.items_of(id)),
            Kind::Record => node,
        };
        for PartColumn { heading, steps, field } in record.map(|id| part_columns(schema, id)).unwrap_or_default() {
            family.by_path.insert(steps, family.columns.len());
            family.columns.push(Column { heading, field: Some(field) });
        }
        family
    }

    pub(super) fn is_of(&self, name: &str, node: Option<NodeId>, kind: Kind) -> bool {
        self.name == name && self.node == node && self.kind == kind
    }

    /// Adds the rows of a part.
    pub(super) fn add<'a>(&mut self, parts: &Parts<'a>, part: &Part<'a>, shape: &Shape, findings: &mut Vec<Finding>) {
        let mut adding = Adding { parts, part, family: self, findings, steps: Vec::new(), cells: Vec::new() };
        if adding.family.kind == Kind::List {
            for (step, item) in children(part.value.clone()) {
                adding.row(shape, item, &join(&part.pointer, &step.pointer_part()));
            }
        } else {
            adding.row(shape, part.value.clone(), &part.pointer);
        }
    }

    /// The column of a path.
    fn column(&mut self, steps: &[Step]) -> usize {
        if let Some(&at) = self.by_path.get(steps) {
            return at;
        }
        let plain = show_path(steps);
        let folded = fold(&plain);
        let taken = self.columns.iter().any(|c| c.field.is_some() && fold(&c.heading) == folded);
        let heading = if taken || self.quoted { show_quoted(steps) } else { plain };
        self.columns.push(Column { heading, field: None });
        self.by_path.insert(steps.to_vec(), self.columns.len() - 1);
        self.columns.len() - 1
    }
}

/// A row being filled.
struct Adding<'f, 'a> {
    parts: &'f Parts<'a>,
    part: &'f Part<'a>,
    family: &'f mut Family,
    findings: &'f mut Vec<Finding>,
    steps: Vec<Step>,
    cells: Vec<(usize, NewContent)>,
}

impl<'a> Adding<'_, 'a> {
    fn row(&mut self, shape: &Shape, value: Cow<'a, Value>, pointer: &str) {
        self.value(shape, value, pointer);
        let mut cells = std::mem::take(&mut self.cells);
        cells.sort_by_key(|(column, _)| *column);
        self.family.rows.push(Row { key: self.part.key, cells });
    }

    fn value(&mut self, shape: &Shape, value: Cow<'a, Value>, pointer: &str) {
        let inner = match shape {
            Shape::Cells(inner) => inner,
            Shape::Cell => return self.cell(value, pointer),
        };
        let named = inner.iter().any(|(step, _)| matches!(step, Step::Name(_)));
        let fits = if named { value.is_object() } else { value.is_array() };
        if !fits || !is_filled(&value) {
            return self.cell(value, pointer);
        }
        let named_rest = inner.iter().any(|(step, _)| matches!(step, Step::Name(name) if name == REST));
        let mut rest = Map::new();
        for (step, value) in children(value) {
            let shape = match (inner.iter().find(|(known, _)| *known == step), &step) {
                (Some((_, shape)), _) => shape,
                // Unless a property is called as the column of the rest is.
                (None, Step::Name(name)) if !named_rest => {
                    rest.insert(name.clone(), value.into_owned());
                    continue;
                }
                // What there is no column for begins one.
                (None, _) => &Shape::Cell,
            };
            let pointer = join(pointer, &step.pointer_part());
            self.steps.push(step);
            self.value(shape, value, &pointer);
            self.steps.pop();
        }
        if !rest.is_empty() {
            self.steps.push(Step::Rest);
            self.cell(Cow::Owned(Value::Object(rest)), pointer);
            self.steps.pop();
        }
    }

    fn cell(&mut self, value: Cow<'a, Value>, pointer: &str) {
        let at = self.family.column(&self.steps);
        let column = &self.family.columns[at];
        let generic;
        let field = if let Some(field) = &column.field {
            field
        } else {
            let name = self.steps.iter().rev().find_map(|step| match step {
                Step::Name(name) => Some(name.as_str()),
                Step::Rest => Some(REST),
                Step::Index(_) => None,
            });
            generic = Field::anything(name.unwrap_or(&self.part.name));
            &generic
        };
        if column.heading.encode_utf16().count() > super::value::MAX_TEXT {
            self.findings.push(super::too_long(pointer));
        }
        let content = self.parts.hold(field, Some(value), &|_| false, &|| pointer.to_owned());
        self.cells.push((at, content));
    }
}
