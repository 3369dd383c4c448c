//! The value of a part, and of the parts that it refers to.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::Value;

use super::build::Built;
use super::{ChildSheet, Children, Part, PartPlaces, filled};
use crate::child::{GOES_ON, Key, Kind, PATH, Step, VALUE, parse_path};
use crate::finding::{Code, Finding, Text};
use crate::grid::{Cell, CellRef, Row};
use crate::layout::{Field, PartColumn, part_columns};
use crate::read::value::{self, Context, Outcome};
use crate::schema::{NodeId, Schema, join};
use crate::text::fold;

/// Parts inside each other deeper than this are not followed.
const DEEPEST: usize = 200;

/// What is asked for: a part, with its node in the form and its pointer in the document.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'p> {
    pub(crate) key: Key,
    pub(crate) node: Option<NodeId>,
    pub(crate) pointer: &'p str,
    /// Whether the part is only the rest of the object at that pointer.
    pub(crate) rest: bool,
}

/// What reading parts gives besides their values.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) findings: Vec<Finding>,
    /// JSON pointers of values that could not be read.
    pub(crate) unreadable: BTreeSet<String>,
    /// The places of each part, by its JSON pointer.
    pub(crate) places: BTreeMap<String, PartPlaces>,
    /// The parts around the one that is being read.
    around: Vec<Key>,
}

impl Found {
    /// Adds what another reading gave.
    pub(crate) fn append(&mut self, mut other: Self) {
        self.findings.append(&mut other.findings);
        self.unreadable.append(&mut other.unreadable);
        self.places.append(&mut other.places);
    }
}

impl Children {
    /// The value of a part; `None` where it has no rows, which is said by the caller's cell.
    pub(crate) fn value(&self, asked: Asked<'_>, context: Context<'_>, found: &mut Found) -> Option<Value> {
        let part = self.parts.get(&asked.key)?;
        self.used.borrow_mut().insert(asked.key);
        if found.around.contains(&asked.key) || found.around.len() >= DEEPEST {
            return None;
        }
        found.around.push(asked.key);
        let places = PartPlaces { is_rest: asked.rest, ..self.places(part) };
        let mut reader = Reader { children: self, context, asked, places, found };
        let value = match part.kind {
            Kind::Outline => reader.outline(part),
            Kind::List | Kind::Record => reader.records(part),
        };
        let Reader { places, .. } = reader;
        found.places.insert(asked.pointer.to_owned(), places);
        found.around.pop();
        value
    }

    fn places(&self, part: &Part) -> PartPlaces {
        let first = part.rows.first().map_or((0, CellRef::default()), |(sheet, row)| {
            (*sheet, CellRef::new(row.index, self.sheets.get(sheet).map_or(0, |s| s.key)))
        });
        let sheets: BTreeSet<usize> = part.rows.iter().map(|(sheet, _)| *sheet).collect();
        let sheets = sheets.into_iter().filter_map(|i| Some((i, self.sheets.get(&i)?.name.clone())));
        PartPlaces { sheets: sheets.collect(), first, is_list: part.kind == Kind::List, ..PartPlaces::default() }
    }
}

/// What is said of a cell that refers to rows which are not there, or to itself.
pub(crate) fn dangling(text: &str) -> Finding {
    Finding::new(
        Code::WrongType,
        Text::new(
            format!("no row of a child sheet begins with {text}, or it refers to itself"),
            format!("子表中没有以 {text} 开头的行，或引用了自身"),
        ),
    )
    .value(text)
    .hint(Text::new(
        format!("add rows that begin with {text} to a child sheet, or clear the cell"),
        format!("请在子表中补上以 {text} 开头的行，或清空此单元格"),
    ))
}

struct Reader<'r, 'c> {
    children: &'c Children,
    context: Context<'c>,
    asked: Asked<'r>,
    places: PartPlaces,
    found: &'r mut Found,
}

impl Reader<'_, '_> {
    fn say(&mut self, finding: Finding, sheet: &ChildSheet, at: CellRef, pointer: String) {
        self.found.findings.push(finding.at(sheet.place(at.row, at.col)).pointer(pointer));
    }

    fn outline(&mut self, part: &Part) -> Option<Value> {
        let anything = Field::anything(VALUE);
        let mut built = Built::default();
        let mut last: Option<Vec<Step>> = None;
        for (index, row) in &part.rows {
            let Some(sheet) = self.children.sheets.get(index) else { continue };
            let column =
                |heading: &str| sheet.columns.iter().find(|c| c.heading == heading).map_or(sheet.key, |c| c.col);
            let (path_col, value_col) = (column(PATH), column(VALUE));
            let path = filled(row, path_col).and_then(Cell::as_text).unwrap_or_default();
            let goes_on = path.trim() == GOES_ON;
            let steps = if goes_on { last.clone() } else { parse_path(path.trim()) };
            let at = CellRef::new(row.index, value_col);
            let Some(steps) = steps else {
                let (finding, col) = if path.is_empty() { (pathless(), value_col) } else { (no_path(path), path_col) };
                self.say(finding, sheet, CellRef::new(row.index, col), self.asked.pointer.to_owned());
                continue;
            };
            let pointer = format!("{}{}", self.asked.pointer, pointer_of(&steps));
            if filled(row, value_col).is_none() {
                let message = Text::new("a path without a value is skipped", "没有值的路径已跳过");
                self.say(Finding::new(Code::SkippedRow, message), sheet, CellRef::new(row.index, path_col), pointer);
                continue;
            }
            let (node, described) = self.node_at(&steps).map_or((Schema::ROOT, false), |id| (id, true));
            self.places.cells.insert(pointer_of(&steps), (*index, at));
            let cell = filled(row, value_col);
            let own = Meant { col: value_col, steps, field: Field { node, free: !described, ..anything.clone() } };
            let value = self.cell(&own, cell, sheet, at, &pointer);
            let steps = own.steps;
            let put = match (value, goes_on) {
                (Some(Value::String(more)), true) => built.text_at(&steps).map(|text| text.push_str(&more)).ok_or(()),
                (Some(_), true) => Err(()),
                (Some(value), false) => built.put(&steps, value),
                (None, _) => Ok(()),
            };
            if put.is_err() {
                self.say(twice(path), sheet, at, pointer);
            }
            last = Some(steps);
        }
        self.finish(built)
    }

    /// The node of a path in this part.
    fn node_at(&self, steps: &[Step]) -> Option<NodeId> {
        let schema = self.context.schema;
        steps.iter().try_fold(self.asked.node?, |id, step| match step {
            Step::Name(name) => schema.node(schema.whole(id)).property(name),
            Step::Index(_) => schema.items_of(id),
            Step::Rest => None,
        })
    }

    fn records(&mut self, part: &Part) -> Option<Value> {
        let schema = self.context.schema;
        let record = match part.kind {
            Kind::List => self.asked.node.and_then(|id| schema.items_of(id)),
            _ => self.asked.node,
        };
        let described = record.map(|id| part_columns(schema, id)).unwrap_or_default();
        let mut columns: BTreeMap<usize, Rc<[Meant]>> = BTreeMap::new();
        let mut list = Vec::new();
        let mut record_value = None;
        for (index, row) in &part.rows {
            let Some(sheet) = self.children.sheets.get(index) else { continue };
            if !columns.contains_key(index) {
                let meant = self.meant(sheet, &described);
                for one in &meant {
                    self.places.columns.insert(pointer_of(&one.steps), one.col);
                }
                columns.insert(*index, meant.into());
            }
            let Some(meant) = columns.get(index).cloned() else { continue };
            if part.kind == Kind::Record && !self.places.rows.is_empty() {
                let at = CellRef::new(row.index, sheet.key);
                self.say(twice(&self.asked.key.to_string()), sheet, at, self.asked.pointer.to_owned());
                continue;
            }
            let prefix = match part.kind {
                Kind::List => format!("{}/{}", self.asked.pointer, list.len()),
                _ => self.asked.pointer.to_owned(),
            };
            self.places.rows.push((*index, row.index));
            match self.record(row, sheet, &meant, &prefix) {
                Some(value) if part.kind == Kind::Record => record_value = Some(value),
                Some(value) => list.push(value),
                None => {
                    self.places.rows.pop();
                    let at = CellRef::new(row.index, sheet.key);
                    let message = Text::new("a row with nothing but its key is skipped", "只有编号的行已跳过");
                    self.say(Finding::new(Code::SkippedRow, message), sheet, at, self.asked.pointer.to_owned());
                }
            }
        }
        // A record has one row; more of them were named above.
        if part.kind == Kind::Record { record_value } else { Some(list.into()) }
    }

    /// What the columns of a sheet hold: by the form's headings, else by paths.
    fn meant(&mut self, sheet: &ChildSheet, described: &[PartColumn]) -> Vec<Meant> {
        let mut meant = Vec::new();
        for column in &sheet.columns {
            let own = described.iter().find(|c| c.heading == column.heading);
            let own = own.or_else(|| described.iter().find(|c| fold(&c.heading) == column.folded));
            let steps = own.map(|c| c.steps.clone()).or_else(|| column.steps.clone());
            let finding = match (&steps, own) {
                (None, _) => Some(no_path(&column.heading)),
                (_, None) if column.empty => Some(nothing_below(&column.heading)),
                (_, None) if !described.is_empty() => Some(undeclared(&column.heading)),
                _ => None,
            };
            if let Some(finding) = finding {
                let at = CellRef::new(sheet.head, column.col);
                let place = sheet.place(at.row, at.col);
                if self.found.findings.iter().all(|f| f.place != place) {
                    self.say(finding, sheet, at, self.asked.pointer.to_owned());
                }
            }
            if let Some(steps) = steps {
                let field = own.map_or_else(|| Field::anything(&column.heading), |c| c.field.clone());
                meant.push(Meant { col: column.col, field, steps });
            }
        }
        meant
    }

    fn record(&mut self, row: &Row, sheet: &ChildSheet, meant: &[Meant], prefix: &str) -> Option<Value> {
        let mut built = Built::default();
        for column in meant {
            let Some(cell) = filled(row, column.col) else { continue };
            let at = CellRef::new(row.index, column.col);
            let pointer = format!("{prefix}{}", pointer_of(&column.steps));
            if let Some(value) = self.cell(column, Some(cell), sheet, at, &pointer)
                && built.put(&column.steps, value).is_err()
            {
                self.say(twice(&column.field.label), sheet, at, pointer);
            }
        }
        self.finish(built)
    }

    /// The value of a cell, or of the part it refers to.
    fn cell(
        &mut self,
        meant: &Meant,
        cell: Option<&Cell>,
        sheet: &ChildSheet,
        at: CellRef,
        pointer: &str,
    ) -> Option<Value> {
        let reference = cell.and_then(Cell::as_text).and_then(Key::reference);
        if let Some(number) = reference {
            let node = meant.field.described();
            let rest = meant.steps.last() == Some(&Step::Rest);
            let asked = Asked { key: Key::Part(number), node, pointer, rest };
            let value = self.children.value(asked, self.context, self.found);
            if value.is_none() {
                self.say(dangling(&asked.key.to_string()), sheet, at, pointer.to_owned());
                self.found.unreadable.insert(pointer.to_owned());
            }
            return value;
        }
        match value::read(&meant.field, cell, self.context) {
            Outcome::Absent => None,
            Outcome::Nothing(finding) => {
                self.say(*finding, sheet, at, pointer.to_owned());
                None
            }
            Outcome::Value(value, finding) => {
                if let Some(finding) = finding {
                    self.say(*finding, sheet, at, pointer.to_owned());
                }
                Some(value)
            }
            Outcome::Bad(finding) => {
                self.say(*finding, sheet, at, pointer.to_owned());
                self.found.unreadable.insert(pointer.to_owned());
                None
            }
        }
    }

    fn finish(&mut self, built: Built) -> Option<Value> {
        let (value, gaps) = built.finish();
        if gaps {
            let message = Text::new(
                "a list has gaps in its numbers; its items are taken in order",
                "列表的序号不连续，已按顺序读取",
            );
            let place = self.places.first();
            self.found.findings.push(Finding::new(Code::Converted, message).at(place).pointer(self.asked.pointer));
        }
        value
    }
}

/// What a column holds.
struct Meant {
    col: u32,
    steps: Vec<Step>,
    field: Field,
}

fn pointer_of(steps: &[Step]) -> String {
    steps.iter().fold(String::new(), |pointer, step| match step {
        Step::Name(name) => join(&pointer, name),
        Step::Index(index) => format!("{pointer}/{index}"),
        Step::Rest => pointer,
    })
}

fn no_path(text: &str) -> Finding {
    Finding::new(
        Code::UnknownColumn,
        Text::new(
            format!("{text:?} is neither a title of the form nor a path such as \"name\", \"a.b\" or \"a[0]\""),
            format!("“{text}”既不是表单中的名称，也不是路径（如“name”“a.b”“a[0]”）"),
        ),
    )
    .severity(crate::finding::Severity::Error)
    .value(text)
}

fn pathless() -> Finding {
    Finding::new(Code::MissingValue, Text::new("the path of this value is missing", "此值缺少路径")).hint(Text::new(
        "write in the cell before it where it belongs, as \"name\", \"a.b\" or \"a[0]\"",
        "请在前一格写明位置，如“name”“a.b”“a[0]”",
    ))
}

fn undeclared(heading: &str) -> Finding {
    Finding::new(
        Code::UnknownColumn,
        Text::new(
            format!("the form has no column {heading:?}; it is read under this name"),
            format!("表单没有“{heading}”列，按这个名称读取"),
        ),
    )
    .severity(crate::finding::Severity::Info)
    .value(heading)
}

fn nothing_below(heading: &str) -> Finding {
    Finding::new(
        Code::UnreadCell,
        Text::new(format!("nothing stands below the heading {heading:?}"), format!("表头“{heading}”下没有内容")),
    )
}

fn twice(what: &str) -> Finding {
    Finding::new(
        Code::DuplicateKey,
        Text::new(
            format!("{what:?} has a value already, or stands inside one"),
            format!("“{what}”已有值，或与另一个值重叠"),
        ),
    )
}
