//! What parts look like as rows: which kind of sheet, and which of their values get columns of their own.

use serde_json::{Map, Value};

use super::{Part, Parts, is_filled};
use crate::child::{Key, Kind, Step};
use crate::grid::MAX_COLUMNS;
use crate::schema::{NodeId, Schema};

/// More columns than this are no table a person reads.
const COLUMNS: usize = 40;
/// An object inside a record gets columns of its own up to this many.
const INNER: usize = 30;
/// Lists inside a record get columns of their own up to this many items.
const ITEMS: usize = 8;
/// Objects and lists inside each other get columns of their own so deep.
const DEPTH: usize = 4;

/// Where the values of a record stand.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    /// In one cell.
    Cell,
    /// In the cells of its properties or items.
    Cells(Vec<(Step, Shape)>),
}

impl Shape {
    fn cells(&self) -> usize {
        match self {
            Self::Cell => 1,
            Self::Cells(inner) => inner.iter().map(|(_, shape)| shape.cells()).sum(),
        }
    }

    /// As the form describes records; `None` where it has more columns than a sheet. Properties that it does not
    /// declare get columns where they are few.
    fn of_node(schema: &Schema, id: NodeId, records: &[&Value]) -> Option<Self> {
        let node = schema.node(id);
        let mut inner = Vec::new();
        for (name, child) in &node.properties {
            let shape = if schema.node(*child).is_section() {
                let values: Vec<&Value> = records.iter().filter_map(|record| record.get(name)).collect();
                Self::of_node(schema, *child, &values)?
            } else {
                Self::Cell
            };
            inner.push((Step::Name(name.clone()), shape));
        }
        let more = |record: &Value| -> Option<Map<String, Value>> {
            let map = record.as_object()?.iter().filter(|(name, _)| node.property(name).is_none());
            Some(map.map(|(name, value)| (name.clone(), value.clone())).collect())
        };
        let more: Vec<Value> =
            records.iter().filter_map(|record| more(record)).filter(|map| !map.is_empty()).map(Value::Object).collect();
        if let Self::Cells(cells) = of_values(&more.iter().collect::<Vec<_>>(), 1, 2)
            && more.len() * 5 >= records.len()
        {
            inner.extend(cells);
        }
        let shape = Self::Cells(inner);
        (shape.cells() < MAX_COLUMNS as usize / 2).then_some(shape)
    }

    /// As records have it; `None` where they are no table.
    fn of_records(records: &[&Value]) -> Option<Self> {
        let shape = (1..=DEPTH).rev().map(|depth| of_values(records, 0, depth)).find(|shape| shape.cells() <= COLUMNS);
        let shape = shape?;
        let mixed = shape == Self::Cell && records.iter().any(|record| is_filled(record));
        (!records.is_empty() && !mixed).then_some(shape)
    }
}

/// The shape of values that stand at one path.
fn of_values(values: &[&Value], depth: usize, deepest: usize) -> Shape {
    let objects: Vec<&Map<String, Value>> =
        values.iter().filter_map(|v| v.as_object()).filter(|m| !m.is_empty()).collect();
    let lists: Vec<&Vec<Value>> = values.iter().filter_map(|v| v.as_array()).filter(|l| !l.is_empty()).collect();
    if depth >= deepest || (objects.is_empty() && lists.is_empty()) {
        return Shape::Cell;
    }
    if lists.is_empty() && objects.len() * 4 >= values.len() * 3 {
        let mut names: Map<String, Value> = Map::new();
        for name in objects.iter().flat_map(|map| map.keys()) {
            names.entry(name.clone()).or_insert(Value::Null);
        }
        let filled: usize = objects.iter().map(|map| map.len()).sum();
        let most = if depth == 0 { COLUMNS } else { INNER };
        if names.len() > most || filled * 5 < names.len() * objects.len() * 2 {
            return Shape::Cell;
        }
        let inner = |name: &String| {
            let values: Vec<&Value> = objects.iter().filter_map(|map| map.get(name)).collect();
            (Step::Name(name.clone()), of_values(&values, depth + 1, deepest))
        };
        return Shape::Cells(names.keys().map(inner).collect());
    }
    let longest = lists.iter().map(|list| list.len()).max().unwrap_or(0);
    let filled: usize = lists.iter().map(|list| list.len()).sum();
    let plain = depth == 0 || lists.iter().all(|list| !list.iter().any(is_filled));
    if objects.is_empty()
        && plain
        && longest <= ITEMS
        && lists.len() * 4 >= values.len() * 3
        && filled * 2 >= longest * lists.len()
    {
        let inner = |index: usize| {
            let values: Vec<&Value> = lists.iter().filter_map(|list| list.get(index)).collect();
            (Step::Index(index), of_values(&values, depth + 1, deepest))
        };
        return Shape::Cells((0..longest).map(inner).collect());
    }
    Shape::Cell
}

/// The items of a list as the rows of a table, where they make one that says more than their paths would.
pub(super) fn is_table(list: &[Value]) -> bool {
    list.len() > 1
        && list.iter().filter(|item| is_filled(item)).count() * 2 > list.len()
        && Shape::of_records(&list.iter().collect::<Vec<_>>()).is_some()
}

/// The shapes of parts that share a name and a node.
pub(super) struct Shapes {
    list: Option<Shape>,
    record: Option<Shape>,
}

impl Shapes {
    pub(super) fn of_round(parts: &Parts<'_>, round: &[Part<'_>]) -> Self {
        let node = round.first().and_then(|part| part.node).filter(|_| parts.typed);
        let schema = parts.schema;
        let items: Vec<&Value> = round.iter().filter_map(|part| part.value.as_array()).flatten().collect();
        let described = node.map(|id| schema.whole(id)).filter(|id| schema.node(*id).is_record());
        let of_items = node.and_then(|id| schema.records_of(id));
        let list = match of_items {
            Some(id) if items.iter().all(|item| item.is_object()) => Shape::of_node(schema, id, &items),
            _ => Shape::of_records(&items),
        };
        let objects: Vec<&Value> = round.iter().map(|part| &*part.value).filter(|value| value.is_object()).collect();
        let alone = round.len() < 2 || round.iter().any(|part| part.key == Key::Root);
        let record = match described {
            _ if alone && round.iter().any(|part| part.key == Key::Root) => None,
            Some(id) => Shape::of_node(schema, id, &objects),
            None if alone => None,
            None => Shape::of_records(&objects).filter(|shape| *shape != Shape::Cell),
        };
        Self { list, record }
    }

    pub(super) fn kind(&self, part: &Part<'_>) -> Kind {
        match &*part.value {
            Value::Array(list) if !list.is_empty() && self.list.is_some() => Kind::List,
            Value::Object(map) if !map.is_empty() && self.record.is_some() => Kind::Record,
            _ => Kind::Outline,
        }
    }

    pub(super) fn of(&self, kind: Kind) -> &Shape {
        let shape = if kind == Kind::List { &self.list } else { &self.record };
        shape.as_ref().unwrap_or(&Shape::Cell)
    }
}
