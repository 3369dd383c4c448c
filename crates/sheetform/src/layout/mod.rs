//! A form compiled once into bands, head paths and row roles, which reading and writing both follow.
//!
//! This is the only place that reads vocabulary keys.

mod compile;
mod field;
mod lines;
mod names;
mod part;
mod rest;
mod sheet_name;
mod table;
mod title;

pub(crate) use compile::compile;
pub(crate) use field::{Field, FieldKind};
pub(crate) use lines::{Slot, is_unheaded};
pub(crate) use part::{PartColumn, part_columns};
pub(crate) use rest::{Pattern, with_rest};
pub(crate) use sheet_name::{free_name, is_name, plain_name};
pub(crate) use title::{Hole, Part, Title, at_path, put_at_path};

use crate::schema::{NodeId, Schema};

/// Texts that mark a total row though the form declares none.
pub(crate) const TOTAL_WORDS: [&str; 5] = ["合计", "总计", "小计", "total", "subtotal"];

/// A form's sheet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layout {
    /// The sheet's name, where the form gives one.
    pub name: Option<String>,
    /// The title row.
    pub title: Option<Title>,
    /// Its bands, top to bottom.
    pub bands: Vec<Band>,
    /// Fields that live in the title row or the sheet's name.
    pub title_fields: Vec<Field>,
    /// The field that lives in the sheet's name.
    pub name_field: Option<Field>,
    /// Whether the page lies on its side.
    pub landscape: bool,
    /// Paper, as Excel numbers it (9 is A4).
    pub paper: u8,
    /// The path of the date property that stands for today.
    pub today: Option<Vec<String>>,
    /// The path of the property that says who sent the document.
    pub sender: Option<Vec<String>>,
    /// The path of the property that says of which day, month or year the document is.
    pub dated: Option<Vec<String>>,
}

impl Layout {
    /// The tables, in order.
    pub(crate) fn tables(&self) -> impl Iterator<Item = &Table> {
        self.bands.iter().filter_map(|band| match &band.kind {
            BandKind::Table(table) => Some(table),
            BandKind::Labels(_) => None,
        })
    }
}

/// A stretch of a sheet.
#[derive(Clone, Debug)]
pub(crate) struct Band {
    /// The title shown with it.
    pub caption: Option<String>,
    /// Whether the caption stands at the side, merged down, instead of above.
    pub caption_at_side: bool,
    /// Other texts accepted for the caption.
    pub caption_aliases: Vec<String>,
    /// Fixed notes before it.
    pub before: Vec<String>,
    /// Fixed notes after it.
    pub after: Vec<String>,
    /// Whether it stands on the right of the band before it.
    pub beside: bool,
    /// What it is.
    pub kind: BandKind,
}

/// What a band is.
#[derive(Clone, Debug)]
pub(crate) enum BandKind {
    /// Labels with values.
    Labels(LabelBand),
    /// A head and records.
    Table(Table),
}

/// Labels with values.
#[derive(Clone, Debug)]
pub(crate) struct LabelBand {
    /// Its labels, in order.
    pub items: Vec<LabelItem>,
    /// Label/value pairs per row.
    pub pairs: u32,
    /// Headings over the labels and the values.
    pub heads: Option<[String; 2]>,
}

impl LabelBand {
    /// All fields, those of groups included, in order.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &Field> {
        self.items.iter().flat_map(|item| match item {
            LabelItem::Field(field) => std::slice::from_ref(field),
            LabelItem::Group(group) => group.fields.as_slice(),
        })
    }
}

/// One entry of a label band.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "a layout has a few of them")]
pub(crate) enum LabelItem {
    /// A label with its value.
    Field(Field),
    /// A label beside the labels of an object.
    Group(Group),
}

/// An object of scalars in a label band.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// The label over or beside its fields.
    pub label: String,
    /// Every text accepted for it, folded.
    pub names: Vec<String>,
    /// Path of the object from the root.
    pub path: Vec<String>,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// A head and records.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    /// Path of the array from the root; empty where the root is the array.
    pub path: Vec<String>,
    /// The array's node.
    pub node: NodeId,
    /// What people call it.
    pub label: String,
    /// Columns, left to right.
    pub columns: Vec<Column>,
    /// Rows of the head, 0 where no column has a heading.
    pub head_rows: usize,
    /// Rows of a record.
    pub lines: u32,
    /// Arrays inside the records, outermost first; records of the last are rows.
    pub levels: Vec<Level>,
    /// Total and other computed rows.
    pub totals: Vec<TotalRow>,
    /// Names of columns whose values together tell records apart.
    pub keys: Vec<Vec<usize>>,
    /// Empty rows ready to fill in.
    pub blank_rows: u32,
}

impl Table {
    /// The serial column.
    pub(crate) fn serial(&self) -> Option<usize> {
        self.columns.iter().position(|column| column.serial)
    }

    /// JSON pointer of the array.
    pub(crate) fn pointer(&self) -> String {
        pointer_of(&self.path)
    }

    /// The column at a path in the record of a level.
    pub(crate) fn column_at(&self, level: usize, path: &[&str]) -> Option<usize> {
        self.columns.iter().position(|c| c.level == level && c.field.path.iter().eq(path.iter()))
    }
}

/// An array inside the records of the level before it.
#[derive(Clone, Debug)]
pub(crate) struct Level {
    /// Path of the array in the record that holds it.
    pub path: Vec<String>,
    /// The array's node.
    pub node: NodeId,
    /// The column of the level before whose cell begins a group.
    pub anchor: usize,
}

/// A column.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    /// What its cells hold; the path is from the record of its level.
    pub field: Field,
    /// The texts above it, top to bottom.
    pub heads: Vec<String>,
    /// Every accepted head path, each text folded.
    pub paths: Vec<Vec<String>>,
    /// 0 for the table's own records, 1 for those of the first inner array, and so on.
    pub level: usize,
    /// Whether equal neighbours share one cell.
    pub merge: bool,
    /// Whether it counts 1, 2, 3 …
    pub serial: bool,
    /// The row of the record in which it stands, from 0.
    pub line: u32,
}

impl Column {
    /// Its heading as a person reads it, levels joined.
    pub(crate) fn heading(&self) -> String {
        self.heads.join(" / ")
    }
}

/// A computed row.
#[derive(Clone, Debug)]
pub(crate) struct TotalRow {
    /// The text that marks it.
    pub label: String,
    /// Every text accepted for it, folded.
    pub names: Vec<String>,
    /// Column and what stands there.
    pub cells: Vec<(usize, Computed)>,
}

/// What a computed cell holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Computed {
    /// The sum of the column.
    Sum,
    /// A CEL expression in which `self` is the array.
    Expression(String),
}

/// A JSON pointer from names.
pub(crate) fn pointer_of(path: &[String]) -> String {
    path.iter().fold(String::new(), |pointer, part| crate::schema::join(&pointer, part))
}

/// Whether a node is an array laid out as a table.
pub(crate) fn is_table(schema: &Schema, id: NodeId) -> bool {
    let node = schema.node(id);
    let Some(items) = node.items else { return false };
    let item = schema.node(items);
    let array = node.types.single() == Some(crate::schema::Kind::Array) || (node.untyped && node.properties.is_empty());
    !node.opaque && array && !matches!(node.sheet.r#as, Some(crate::vocabulary::As::Cell)) && item.is_section()
}
