//! The keys of `x-sheet` and `x-rules` as Rust types: read by the compiler, and a builder for forms written in Rust.
//!
//! ```
//! use sheetform::vocabulary::Sheet;
//! let sheet = Sheet::new().width(30.0).key(true);
//! assert_eq!(serde_json::to_value(&sheet).unwrap(), serde_json::json!({ "key": true, "width": 30.0 }));
//! ```

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The JSON Schema of the vocabulary; `schemas/vocabulary.schema.json` is the same text.
pub const SCHEMA: &str = include_str!("vocabulary.schema.json");

macro_rules! sheet_keys {
    ($($(#[$attr:meta])* $field:ident: $ty:ty,)*) => {
        /// One `x-sheet` object. Every key may be left out.
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[non_exhaustive]
        pub struct Sheet {
            $($(#[$attr])* #[serde(default, skip_serializing_if = "Option::is_none")] pub $field: Option<$ty>,)*
        }

        impl Sheet {
            $($(#[$attr])* #[must_use] pub fn $field(mut self, value: impl Into<$ty>) -> Self {
                self.$field = Some(value.into());
                self
            })*
        }
    };
}

sheet_keys! {
    /// Root: the form's version, 1 and up.
    version: u32,
    /// Root: the sheet's name.
    name: String,
    /// Root: the title row as a pattern with `{holes}`.
    title: String,
    /// Root: paper and orientation.
    page: Page,
    /// Root: the date property that stands for today.
    today: String,
    /// Root: the property that says who sent the document.
    sender: String,
    /// Root: the property that says of which day, month or year the document is.
    dated: String,
    /// Band: where its title is shown.
    caption: Caption,
    /// Band: fixed notes before and after it.
    text: Notes,
    /// Band: whether it stands on the right of the band before it.
    beside: bool,
    /// Label band: label/value pairs per row.
    pairs: u32,
    /// Label band: headings over a label/value list.
    heads: Vec<String>,
    /// Array: how its items are laid out; a choice: `checks`.
    r#as: As,
    /// Array: total and other computed rows.
    rows: Vec<ComputedRow>,
    /// Array: the plain total row, over all numbers or over these columns.
    totals: Totals,
    /// Array inside an array: the outer column whose cell begins a group.
    anchor: String,
    /// Array: empty rows ready to fill in.
    blank_rows: u32,
    /// Node in a table: the texts it puts above its columns.
    head: Vec<String>,
    /// Node: other texts accepted for its heading or label.
    aliases: Vec<String>,
    /// Column: no two records alike in it; array: in these columns together.
    key: Key,
    /// Key: whether no two are alike in all documents that are merged together; left out, that is a warning.
    across: bool,
    /// Column: 1, 2, 3 …
    serial: bool,
    /// Column: one cell over equal neighbours.
    merge: bool,
    /// Column of records of several rows: the row it stands in, 2 and up; below the column before it.
    row: u32,
    /// Scalar: the text of its label.
    label: String,
    /// Scalar: lives in the title row or the sheet's name.
    place: Where,
    /// Choice: the text shown for each value.
    labels: BTreeMap<String, String>,
    /// Texts that mean nothing.
    none: OneOrMany,
    /// The unit in the cell or heading.
    unit: String,
    /// Other spellings that are read.
    accepts: OneOrMany,
    /// Date: the property that gives the year to a cell without one.
    year_from: String,
    /// List: what stands between several values in a cell.
    separator: String,
    /// Column width in characters.
    width: f64,
    /// Excel number format.
    format: String,
    /// Help to who fills in.
    note: String,
    /// Formula for templates.
    formula: String,
}

impl Sheet {
    /// No key set.
    pub fn new() -> Self {
        Self::default()
    }
}

/// How an array is laid out, or a choice shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum As {
    /// A head and a row for each item.
    Table,
    /// A label band and a table for each item, one below the other.
    Blocks,
    /// A sheet for each item.
    Sheets,
    /// One cell.
    Cell,
    /// A choice shown with ■ and □, or √.
    Checks,
}

/// Where a band's title is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Caption {
    /// In a row of its own above.
    Above,
    /// At the left side, merged down.
    Side,
    /// Nowhere.
    None,
}

/// A scalar's place outside a label band.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Where {
    /// In the title row.
    Title,
    /// In the sheet's name.
    Name,
}

/// Paper and orientation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// `portrait` (the default) or `landscape`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orientation: Option<Orientation>,
    /// `A4` (the default) or `A3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<String>,
}

impl Page {
    /// A4 on its side.
    pub fn landscape() -> Self {
        Self { orientation: Some(Orientation::Landscape), paper: None }
    }
}

/// How a page lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Orientation {
    /// Upright.
    Portrait,
    /// On its side.
    Landscape,
}

/// Fixed notes around a band.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notes {
    /// Lines before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<OneOrMany>,
    /// Lines after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<OneOrMany>,
}

/// One text, or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl OneOrMany {
    /// The texts, however written.
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Many(texts) => texts,
        }
    }
}

impl From<&str> for OneOrMany {
    fn from(text: &str) -> Self {
        Self::One(text.to_owned())
    }
}

impl From<Vec<String>> for OneOrMany {
    fn from(texts: Vec<String>) -> Self {
        Self::Many(texts)
    }
}

/// `key`: on a column a bool, on an array a list of names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Key {
    /// This column alone.
    Column(bool),
    /// These columns together.
    Columns(Vec<String>),
}

impl From<bool> for Key {
    fn from(on: bool) -> Self {
        Self::Column(on)
    }
}

impl From<Vec<String>> for Key {
    fn from(names: Vec<String>) -> Self {
        Self::Columns(names)
    }
}

/// `totals`: true, or the columns that are added up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Totals {
    /// Every number column that is no serial and no key.
    All(bool),
    /// These columns, each a name or a dotted path.
    Columns(Vec<String>),
}

impl From<bool> for Totals {
    fn from(on: bool) -> Self {
        Self::All(on)
    }
}

impl From<Vec<String>> for Totals {
    fn from(names: Vec<String>) -> Self {
        Self::Columns(names)
    }
}

/// A computed row under a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComputedRow {
    /// The text that marks the row, `合计`.
    pub label: String,
    /// For each column (a name or a dotted path) `sum`, or a CEL expression in which `self` is the array.
    pub cells: serde_json::Map<String, serde_json::Value>,
}

/// A rule's severity: one, or one for each profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RuleSeverity {
    /// The same always.
    One(Level),
    /// By profile.
    ByProfile {
        /// While the document is a draft.
        draft: Level,
        /// When it is final (the default profile).
        r#final: Level,
    },
}

/// A severity as a form writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// An error.
    Error,
    /// A warning.
    Warning,
    /// An info.
    Info,
}

/// One rule of `x-rules`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Rule {
    /// A CEL expression that gives a bool: true where all is well.
    pub rule: String,
    /// What to say when it is false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// A CEL expression that gives what to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_expression: Option<String>,
    /// Where the finding stands: `.due`, `it.due`, `[it].due`, `[].role`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field_path: Option<String>,
    /// A word for programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How much it weighs; an error where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<RuleSeverity>,
    /// A CEL expression that gives a list; the rule is asked for each `it` of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<String>,
    /// Whether it is asked of documents that are merged together, and of no single one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub across: Option<bool>,
}
