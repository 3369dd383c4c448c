//! Where a rule's finding stands: a `fieldPath` as the form writes it, and what it means for one instance.

use crate::finding::Text;
use crate::schema::Schema;

use super::shape::Shape;

/// Where a finding of a rule stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stand {
    /// On a value of the document, by JSON pointer; where it is absent, on the empty cell where it belongs.
    Value(String),
    /// On a column of a table.
    Heading {
        /// JSON pointer of the array.
        array: String,
        /// Names from its items down to the column.
        path: Vec<String>,
        /// Whether the rule adds the column up: its total cell, where it has one, stands for the heading.
        total: bool,
    },
}

/// A path to a cell from `self`, `it` or `root`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FieldPath {
    pub(super) root: Root,
    pub(super) parts: Vec<Part>,
}

/// Where a path begins: `self`, `it` or `root`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Root {
    This,
    It,
    Document,
}

/// A part of a path to a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Name(String),
    /// `[it]`
    It,
    /// `[0]`
    Index(usize),
    /// `[]`: what follows is a column.
    Column,
}

impl FieldPath {
    /// `self` itself.
    pub(super) const THIS: Self = Self { root: Root::This, parts: Vec::new() };

    /// Reads a path as the form writes it: `.due`, `it.due`, `[it].affected.min`, `[].role`, `.a['b c']`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (root, mut rest) = match text.strip_prefix("it") {
            Some(rest) if rest.is_empty() || rest.starts_with(['.', '[']) => (Root::It, rest),
            _ => (Root::This, text),
        };
        let mut parts = Vec::new();
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix("[]") {
                parts.push(Part::Column);
                rest = after;
            } else if let Some(after) = rest.strip_prefix("[it]") {
                parts.push(Part::It);
                rest = after;
            } else if let Some((name, after)) = rest.strip_prefix("['").and_then(|quoted| quoted.split_once("']")) {
                parts.push(Part::Name(name.to_owned()));
                rest = after;
            } else {
                let name = rest.strip_prefix('.')?;
                let end = name.find(['.', '[']).unwrap_or(name.len());
                if end == 0 {
                    return None;
                }
                parts.push(Part::Name(name[..end].to_owned()));
                rest = &name[end..];
            }
        }
        let columns = parts.iter().filter(|part| **part == Part::Column).count();
        let heading = matches!(parts.last(), Some(Part::Name(_))) || columns == 0;
        (columns <= 1 && heading && (root == Root::It || !parts.is_empty())).then_some(Self { root, parts })
    }

    /// Whether it needs `it`.
    pub(super) fn needs_it(&self) -> bool {
        self.root == Root::It || self.parts.contains(&Part::It)
    }

    /// What stands there; `Err` where a name on it is no property of the form.
    pub(super) fn shape(&self, schema: &Schema, this: &Shape, it: Option<&Shape>) -> Result<Shape, Text> {
        let mut shape = match self.root {
            Root::This => this.clone(),
            Root::It => it.cloned().unwrap_or(Shape::Unknown),
            Root::Document => Shape::Node(Schema::ROOT),
        };
        for part in &self.parts {
            shape = match part {
                Part::Name(name) => shape.property(schema, name).map_err(|()| {
                    Text::new(
                        format!("fieldPath names {name:?}, which is no property there"),
                        format!("fieldPath 中的“{name}”在那里不是属性"),
                    )
                })?,
                Part::It | Part::Index(_) | Part::Column => match &shape {
                    Shape::Node(id) if !schema.node(*id).types.array => {
                        return Err(Text::new(
                            "fieldPath takes an item of what is no list",
                            "fieldPath 在非列表上取项",
                        ));
                    }
                    other => other.item(schema),
                },
            };
        }
        Ok(shape)
    }

    /// The place for one instance; `None` where it asks for more of `it` than is known.
    pub(super) fn stand(&self, this: &str, it: It<'_>, total: bool) -> Option<Stand> {
        let mut pointer = match self.root {
            Root::This => this.to_owned(),
            Root::It => it.item?.to_owned(),
            Root::Document => String::new(),
        };
        let mut column: Option<Vec<String>> = None;
        for part in &self.parts {
            match (part, &mut column) {
                (Part::Name(name), Some(path)) => path.push(name.clone()),
                (Part::Name(name), None) => pointer = crate::schema::join(&pointer, name),
                (Part::Column, _) => column = Some(Vec::new()),
                (Part::Index(index), _) => pointer = format!("{pointer}/{index}"),
                (Part::It, _) => pointer = format!("{pointer}/{}", it.number?),
            }
        }
        Some(match column {
            Some(path) => Stand::Heading { array: pointer, path, total },
            None => Stand::Value(pointer),
        })
    }

    /// The column it would name in the array that `it` comes from, where there is no `it` to stand on.
    pub(super) fn heading(&self, array: String) -> Stand {
        let names = self.parts.iter().filter_map(|part| match part {
            Part::Name(name) => Some(name.clone()),
            _ => None,
        });
        Stand::Heading { array, path: names.collect(), total: false }
    }
}

/// What `it` is for a place.
#[derive(Clone, Copy, Default)]
pub(super) struct It<'a> {
    /// The pointer of the value of the document that it is.
    pub(super) item: Option<&'a str>,
    /// The whole number that it is.
    pub(super) number: Option<usize>,
}
