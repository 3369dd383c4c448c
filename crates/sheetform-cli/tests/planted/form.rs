//! A form as the planter understands it, from the text of its JSON Schema: what the design says, told a second time. Shares
//! nothing with the layout of sheetform.

use serde_json::Value;

/// What a place of the form holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Text,
    Integer,
    Number,
    Date,
    Month,
    Flag,
    Choice(Vec<String>),
    List,
}

/// One label or one column.
#[allow(clippy::struct_excessive_bools, reason = "each is a key of the vocabulary")]
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// The property names from the root, or from a record.
    pub(crate) path: Vec<String>,
    pub(crate) kind: Kind,
    /// Required in its object.
    pub(crate) required: bool,
    /// For a property of an object: whether that is required.
    pub(crate) object_required: bool,
    /// The texts above or beside it, the outermost first.
    pub(crate) texts: Vec<String>,
    pub(crate) aliases: Vec<String>,
    pub(crate) none: Vec<String>,
    pub(crate) serial: bool,
    pub(crate) key: bool,
    pub(crate) merge: bool,
    pub(crate) in_title: bool,
    pub(crate) month_end: bool,
    /// Its cell begins a record with records inside.
    pub(crate) anchor: bool,
    /// Of the records of a list inside a record.
    pub(crate) inner: bool,
    pub(crate) unit: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) separator: String,
    /// Bounds in hundredths.
    pub(crate) least: Option<i64>,
    pub(crate) most: Option<i64>,
    pub(crate) above: Option<i64>,
    /// A whole number of hundredths.
    pub(crate) step: Option<i64>,
    pub(crate) min_length: usize,
    pub(crate) max_length: Option<usize>,
    pub(crate) pattern: Option<String>,
}

impl Field {
    /// The heading or label of its own.
    pub(crate) fn own(&self) -> &str {
        self.texts.last().map_or("", String::as_str)
    }

    pub(crate) fn name(&self) -> String {
        self.path.join(".")
    }

    pub(crate) fn is_number(&self) -> bool {
        matches!(self.kind, Kind::Integer | Kind::Number)
    }
}

/// Where the caption of a table stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Caption {
    Above,
    Side,
    None,
}

#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) caption: Caption,
    pub(crate) columns: Vec<Field>,
    /// The columns that are summed.
    pub(crate) totals: Vec<usize>,
    /// The columns in which together no two records are alike.
    pub(crate) keys: Vec<usize>,
    pub(crate) min_items: usize,
}

/// A stretch of the sheet: labels, by their numbers, or a table.
#[derive(Clone, Debug)]
pub(crate) enum Band {
    Labels(Vec<usize>),
    Table(usize),
}

#[derive(Clone, Debug)]
pub(crate) struct Form {
    pub(crate) id: String,
    pub(crate) schema: Value,
    /// The title row as a pattern, or the plain title.
    pub(crate) title: String,
    pub(crate) labels: Vec<Field>,
    pub(crate) tables: Vec<Table>,
    pub(crate) bands: Vec<Band>,
}

impl Form {
    pub(crate) fn new(schema: &Value) -> Self {
        let id = schema["$id"].as_str().unwrap_or_default();
        let id = id.rsplit([':', '/']).next().unwrap_or_default().to_owned();
        let title = schema["x-sheet"]["title"].as_str().or(schema["title"].as_str()).unwrap_or_default().to_owned();
        let mut form =
            Self { id, schema: schema.clone(), title, labels: Vec::new(), tables: Vec::new(), bands: Vec::new() };
        let properties: Vec<(&String, &Value)> = members(schema).collect();
        let several = properties.iter().filter(|(_, node)| is_table(node)).count() > 1;
        for (name, node) in properties {
            let required = requires(schema, name);
            if is_table(node) {
                form.bands.push(Band::Table(form.tables.len()));
                form.tables.push(table(name, node, several));
                continue;
            }
            let mut fields = Vec::new();
            if node["type"] == "object" {
                for (inner, part) in members(node) {
                    let mut field = field(part, inner, requires(node, inner));
                    field.path = vec![name.clone(), inner.clone()];
                    field.texts.insert(0, text(node, name));
                    field.object_required = required;
                    fields.push(field);
                }
            } else {
                fields.push(field(node, name, required));
            }
            let numbers = form.labels.len()..form.labels.len() + fields.len();
            let shown = numbers.filter(|n| !fields[n - form.labels.len()].in_title);
            if let Some(Band::Labels(band)) = form.bands.last_mut() {
                band.extend(shown);
            } else {
                form.bands.push(Band::Labels(shown.collect()));
            }
            form.labels.extend(fields);
        }
        form.bands.retain(|band| !matches!(band, Band::Labels(list) if list.is_empty()));
        form
    }

    pub(crate) fn label(&self, name: &str) -> Option<usize> {
        self.labels.iter().position(|field| field.name() == name)
    }

    pub(crate) fn table(&self, name: &str) -> Option<usize> {
        self.tables.iter().position(|table| table.name == name)
    }
}

impl Table {
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|field| field.name() == name)
    }

    pub(crate) fn levels(&self) -> usize {
        self.columns.iter().map(|column| column.texts.len()).max().unwrap_or(1)
    }

    pub(crate) fn nested(&self) -> bool {
        self.columns.iter().any(|column| column.inner)
    }
}

fn members(node: &Value) -> impl Iterator<Item = (&String, &Value)> {
    node["properties"].as_object().into_iter().flatten()
}

fn requires(node: &Value, name: &str) -> bool {
    node["required"].as_array().is_some_and(|list| list.iter().any(|one| one == name))
}

fn is_table(node: &Value) -> bool {
    node["type"] == "array" && node["items"]["type"] == "object"
}

fn text(node: &Value, name: &str) -> String {
    node["x-sheet"]["label"].as_str().or(node["title"].as_str()).unwrap_or(name).to_owned()
}

fn heads(node: &Value, name: &str) -> Vec<String> {
    match node["x-sheet"]["head"].as_array() {
        Some(list) => strings(&Value::Array(list.clone())),
        None => vec![text(node, name)],
    }
}

fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(one) => vec![one.clone()],
        Value::Array(list) => list.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

fn table(name: &str, node: &Value, several: bool) -> Table {
    let record = &node["items"];
    let mut columns = Vec::new();
    for (inner, part) in members(record) {
        add(&mut columns, part, inner, requires(record, inner), false);
    }
    let anchor = members(record).find_map(|(_, part)| part["x-sheet"]["anchor"].as_str());
    for column in &mut columns {
        column.anchor = anchor == Some(column.name().as_str());
    }
    let sheet = &node["x-sheet"];
    let totals = match &sheet["totals"] {
        Value::Array(_) => strings(&sheet["totals"]),
        Value::Bool(true) => columns.iter().filter(|c| c.is_number() && !c.serial).map(Field::name).collect(),
        _ => Vec::new(),
    };
    let totals = totals.iter().filter_map(|total| columns.iter().position(|c| c.name() == *total)).collect();
    let keys = strings(&sheet["key"]);
    let keys = keys.iter().filter_map(|key| columns.iter().position(|c| c.name() == *key)).collect();
    let caption = match sheet["caption"].as_str() {
        Some("side") => Caption::Side,
        Some("above") => Caption::Above,
        None if several && node["title"].is_string() => Caption::Above,
        _ => Caption::None,
    };
    let min_items = node["minItems"].as_u64().unwrap_or(0) as usize;
    Table { name: name.to_owned(), title: text(node, name), caption, columns, totals, keys, min_items }
}

fn add(columns: &mut Vec<Field>, node: &Value, name: &str, required: bool, inner: bool) {
    if node["type"] == "object" || is_table(node) {
        let nested = is_table(node);
        let parts = if nested { &node["items"] } else { node };
        for (part_name, part) in members(parts) {
            let mut column = field(part, part_name, requires(parts, part_name));
            column.path = vec![name.to_owned(), part_name.clone()];
            let mut texts = heads(node, name);
            texts.append(&mut column.texts);
            column.texts = texts;
            column.object_required = required;
            column.inner = inner || nested;
            columns.push(column);
        }
    } else {
        let mut column = field(node, name, required);
        column.texts = heads(node, name);
        columns.push(column);
    }
}

fn field(node: &Value, name: &str, required: bool) -> Field {
    let sheet = &node["x-sheet"];
    let accepts = strings(&sheet["accepts"]);
    let kind = if let Some(list) = node["enum"].as_array() {
        Kind::Choice(strings(&Value::Array(list.clone())))
    } else if accepts.iter().any(|one| one == "month") {
        Kind::Month
    } else {
        match (node["type"].as_str(), node["format"].as_str()) {
            (Some("string"), Some("date")) => Kind::Date,
            (Some("integer"), _) => Kind::Integer,
            (Some("number"), _) => Kind::Number,
            (Some("boolean"), _) => Kind::Flag,
            (Some("array"), _) => Kind::List,
            _ => Kind::Text,
        }
    };
    let cents = |key: &str| node[key].as_f64().map(|number| (number * 100.0).round() as i64);
    let own = |key: &str| sheet[key].as_str().map(str::to_owned);
    Field {
        path: vec![name.to_owned()],
        kind,
        required,
        object_required: true,
        texts: vec![text(node, name)],
        aliases: strings(&sheet["aliases"]),
        none: strings(&sheet["none"]),
        serial: sheet["serial"] == true,
        key: sheet["key"] == true,
        merge: sheet["merge"] == true,
        in_title: sheet["place"] == "title",
        month_end: accepts.iter().any(|one| one == "month-end-text"),
        anchor: false,
        inner: false,
        unit: own("unit"),
        note: own("note"),
        separator: own("separator").unwrap_or_else(|| "、".to_owned()),
        least: cents("minimum"),
        most: cents("maximum"),
        above: cents("exclusiveMinimum"),
        step: cents("multipleOf"),
        min_length: node["minLength"].as_u64().unwrap_or(0) as usize,
        max_length: node["maxLength"].as_u64().map(|n| n as usize),
        pattern: node["pattern"].as_str().map(str::to_owned),
    }
}
