//! What one cell holds: its kind, its label, the texts that mean nothing.

use crate::schema::{Choice, Kind, Node, NodeId, Schema};
use crate::text::{fold, without_brackets};
use crate::vocabulary::As;

/// A value that stands in one cell.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "what the form says of it, each by itself")]
pub(crate) struct Field {
    /// Its node.
    pub node: NodeId,
    /// Path of property names, from the root or from the record.
    pub path: Vec<String>,
    /// What it is.
    pub kind: FieldKind,
    /// The text a person sees for it.
    pub label: String,
    /// Every text accepted for it, folded.
    pub names: Vec<String>,
    /// Whether it holds the properties of its object that the form does not declare; its node is that object's.
    pub rest: bool,
    /// Whether no form describes it.
    pub free: bool,
    /// Whether it, and every object it lies in, is required.
    pub required: bool,
    /// Whether null is allowed.
    pub nullable: bool,
    /// Texts that mean nothing, as written; the first is written for null.
    pub none: Vec<String>,
    /// The unit written behind a number.
    pub unit: Option<String>,
    /// Other spellings that are read.
    pub accepts: Vec<String>,
    /// The property that gives the year to a date without one, a path from the root.
    pub year_from: Option<Vec<String>>,
    /// Excel number format the form asks for.
    pub format: Option<String>,
    /// Column width the form asks for.
    pub width: Option<f64>,
    /// Help to who fills in.
    pub note: Option<String>,
    /// Formula for templates.
    pub formula: Option<String>,
}

/// What kind of value a cell holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FieldKind {
    /// Free text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// `YYYY-MM-DD`.
    Date,
    /// `YYYY-MM`.
    Month,
    /// An RFC 3339 date and time.
    DateTime,
    /// An RFC 3339 time.
    Time,
    /// One of a list.
    Choice(Vec<Choice>),
    /// One of a list, shown with ■ and □.
    Checks(Vec<Choice>),
    /// Several values in one cell.
    List {
        /// What each is.
        item: Box<FieldKind>,
        /// What stands between them.
        separator: String,
    },
    /// Anything: a scalar as it is, all else as JSON text.
    Json,
}

impl FieldKind {
    /// What a node holds when it stands in one cell.
    pub(crate) fn of(schema: &Schema, node: &Node) -> Self {
        if let Some(choices) = &node.choices
            && choices.iter().all(|c| !c.value.is_array() && !c.value.is_object())
            && !choices.is_empty()
        {
            return match node.sheet.r#as {
                Some(As::Checks) => Self::Checks(choices.clone()),
                _ => Self::Choice(choices.clone()),
            };
        }
        if node.opaque {
            return Self::Json;
        }
        let accepts = |word: &str| node.sheet.accepts.as_ref().is_some_and(|a| a.as_slice().iter().any(|t| t == word));
        match node.types.single() {
            Some(Kind::Boolean) => Self::Boolean,
            Some(Kind::Integer) => Self::Integer,
            Some(Kind::Number) => Self::Number,
            Some(Kind::String) => match node.format.as_deref() {
                Some("date") => Self::Date,
                Some("date-time") => Self::DateTime,
                Some("time") => Self::Time,
                _ if accepts("month") || node.sheet.format.as_deref().is_some_and(is_month_format) => Self::Month,
                _ => Self::Text,
            },
            Some(Kind::Array) => {
                let Some(items) = node.items.map(|id| schema.node(id)) else { return Self::Json };
                let item = Self::of(schema, items);
                if items.types.null || matches!(item, Self::Json | Self::List { .. } | Self::Checks(_)) {
                    return Self::Json;
                }
                let separator = node.sheet.separator.clone().unwrap_or_else(|| "、".to_owned());
                Self::List { item: Box::new(item), separator }
            }
            _ => Self::Json,
        }
    }

    /// Whether its cells are numbers or dates.
    pub(crate) fn is_numeric(&self) -> bool {
        matches!(self, Self::Integer | Self::Number)
    }

    /// Whether a cell either fits or does not (unlike free text).
    pub(crate) fn is_typed(&self) -> bool {
        !matches!(self, Self::Text | Self::Json | Self::List { .. } | Self::DateTime | Self::Time)
    }
}

fn is_month_format(code: &str) -> bool {
    let code = code.to_lowercase();
    code.contains('y') && code.contains('m') && !code.contains('d')
}

impl Field {
    /// A field that holds anything, and is described by no form.
    pub(crate) fn anything(label: &str) -> Self {
        Self {
            node: Schema::ROOT,
            path: Vec::new(),
            kind: FieldKind::Json,
            label: label.to_owned(),
            names: Vec::new(),
            rest: false,
            free: true,
            required: false,
            nullable: true,
            none: Vec::new(),
            unit: None,
            accepts: Vec::new(),
            year_from: None,
            format: None,
            width: None,
            note: None,
            formula: None,
        }
    }

    /// The node of the form that says what it holds, where one does.
    pub(crate) fn described(&self) -> Option<NodeId> {
        (!self.rest && !self.free).then_some(self.node)
    }

    /// The field of a node. `required` says whether every object above it is.
    pub(crate) fn new(schema: &Schema, id: NodeId, path: Vec<String>, required: bool) -> Self {
        let node = schema.node(id);
        let sheet = &node.sheet;
        let label = label_of(node, path.last().map_or("", String::as_str));
        let texts = |many: &Option<crate::vocabulary::OneOrMany>| {
            many.as_ref().map(|m| m.as_slice().to_vec()).unwrap_or_default()
        };
        Self {
            node: id,
            kind: FieldKind::of(schema, node),
            names: names_of(&label, &other_names(node)),
            label,
            path,
            rest: false,
            free: false,
            required,
            nullable: node.types.null,
            none: texts(&sheet.none),
            unit: sheet.unit.clone(),
            accepts: texts(&sheet.accepts),
            year_from: sheet.year_from.as_ref().map(|p| split_path(p)),
            format: sheet.format.clone(),
            width: sheet.width,
            note: sheet.note.clone(),
            formula: sheet.formula.clone(),
        }
    }
}

/// The text a person sees for a node. One that has nothing to be found by is shown as JSON Path has it, `['']`.
pub(super) fn label_of(node: &Node, name: &str) -> String {
    let texts = [node.sheet.label.as_deref(), node.title.as_deref(), Some(name)];
    match texts.into_iter().flatten().find(|text| !fold(text).is_empty()) {
        Some(text) => text.to_owned(),
        None => format!("['{}']", name.replace('\\', "\\\\").replace('\'', "\\'")),
    }
}

/// A label and its aliases, folded, with and without a unit in brackets.
pub(super) fn names_of(label: &str, aliases: &[String]) -> Vec<String> {
    let mut names = Vec::new();
    for text in std::iter::once(label).chain(aliases.iter().map(String::as_str)) {
        let folded = fold(text);
        let short = without_brackets(&folded).map(str::to_owned);
        for name in std::iter::once(folded).chain(short).chain(diagonal(text)) {
            if !name.is_empty() && !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

/// The texts of a diagonal head cell `项目\\月份`: its two names stand one below the other, in either order.
fn diagonal(text: &str) -> Vec<String> {
    match text.split_once(['\\', '＼']) {
        Some((a, b)) if !fold(a).is_empty() && !fold(b).is_empty() => {
            vec![fold(&format!("{a}{b}")), fold(&format!("{b}{a}")), fold(&format!("{b}\\{a}"))]
        }
        _ => Vec::new(),
    }
}

/// A node's aliases, and its label with its unit.
pub(super) fn other_names(node: &Node) -> Vec<String> {
    let sheet = &node.sheet;
    let label = sheet.label.as_ref().or(node.title.as_ref());
    let with_unit = sheet.unit.iter().zip(label);
    let with_unit = with_unit.flat_map(|(unit, label)| [format!("{label}({unit})"), format!("{label}/{unit}")]);
    sheet.aliases.iter().flatten().cloned().chain(with_unit).collect()
}

/// `a.b` or `/a/b` as names.
pub(super) fn split_path(text: &str) -> Vec<String> {
    text.split(['.', '/']).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}
