//! From a schema's nodes to a layout; what cannot be laid out is a finding of the form.

use std::collections::BTreeMap;

use super::field::{label_of, names_of, split_path};
use super::{
    Band, BandKind, Column, Computed, Field, FieldKind, Group, LabelBand, LabelItem, Layout, Level, Table, Title,
    TotalRow, is_table,
};
use crate::finding::{Code, Finding, Severity, Text};
use crate::schema::{Kind, Node, NodeId, Schema};
use crate::text::fold;
use crate::vocabulary::{Caption, Key, Orientation, Totals, Where};

/// Texts that mark a total row though the form declares none.
pub(crate) const TOTAL_WORDS: [&str; 5] = ["合计", "总计", "小计", "total", "subtotal"];

/// Compiles a layout. Findings of severity error mean that the form cannot be used.
pub fn compile(schema: &Schema, findings: &mut Vec<Finding>) -> Layout {
    let root = schema.node(Schema::ROOT);
    let page = root.sheet.page.clone().unwrap_or_default();
    let mut compiler = Compiler { schema, findings, layout: Layout::default() };
    compiler.layout.name.clone_from(&root.sheet.name);
    compiler.layout.landscape = page.orientation == Some(Orientation::Landscape);
    compiler.layout.paper = if page.paper.as_deref() == Some("A3") { 8 } else { 9 };
    if is_table(schema, Schema::ROOT) {
        compiler.table_band(Schema::ROOT, Vec::new());
    } else if is_section(root) {
        compiler.section(Schema::ROOT, &[], true);
    } else {
        let mut field = Field::new(schema, Schema::ROOT, Vec::new(), true);
        field.kind = FieldKind::of(schema, root);
        if field.label.is_empty() {
            field.label = "value".to_owned();
        }
        field.names = names_of(&field.label, &[]);
        compiler.push_labels(vec![LabelItem::Field(field)], root);
    }
    compiler.captions();
    compiler.title();
    compiler.today();
    compiler.equal_names();
    compiler.layout
}

/// Whether a node is an object that can be laid out property by property.
fn is_section(node: &Node) -> bool {
    !node.opaque && !node.types.null && node.types.single() == Some(Kind::Object) && !node.properties.is_empty()
}

struct Compiler<'a> {
    schema: &'a Schema,
    findings: &'a mut Vec<Finding>,
    layout: Layout,
}

impl Compiler<'_> {
    fn bad(&mut self, node: NodeId, key: &str, message: Text) {
        let pointer = format!("{}/x-sheet/{key}", &self.schema.node(node).pointer[1..]);
        self.findings.push(Finding::new(Code::BadForm, message).pointer(pointer));
    }

    /// Lays out the properties of an object from the root: runs of scalars, and tables between them.
    fn section(&mut self, id: NodeId, path: &[String], required: bool) {
        let schema = self.schema;
        let mut run: Vec<LabelItem> = Vec::new();
        let mut first: Option<NodeId> = None;
        let flush = |this: &mut Self, run: &mut Vec<LabelItem>, first: &mut Option<NodeId>| {
            if let Some(node) = first.take() {
                this.push_labels(std::mem::take(run), schema.node(node));
            }
        };
        for (name, child) in &schema.node(id).properties {
            let node = schema.node(*child);
            let mut path = path.to_vec();
            path.push(name.clone());
            let required = required && schema.node(id).required.contains(name);
            match node.sheet.place {
                Some(place) => {
                    self.placed(*child, path, required, place);
                    continue;
                }
                None if is_table(schema, *child) => {
                    flush(self, &mut run, &mut first);
                    self.table_band(*child, path);
                    continue;
                }
                None => {}
            }
            if is_section(node) {
                let scalars = !has_inner_parts(schema, node);
                if scalars && node.sheet.caption.is_none() {
                    first.get_or_insert(*child);
                    run.push(LabelItem::Group(self.group(*child, path, required)));
                } else {
                    flush(self, &mut run, &mut first);
                    let before = self.layout.bands.len();
                    self.section(*child, &path, required);
                    if let Some(band) = self.layout.bands.get_mut(before) {
                        let title = label_of(node, name);
                        match node.sheet.caption {
                            Some(Caption::None) => {}
                            Some(Caption::Side) => {
                                band.caption = Some(title);
                                band.caption_at_side = true;
                            }
                            _ => band.caption = band.caption.take().or(Some(title)),
                        }
                    }
                }
            } else {
                if !run.is_empty() && starts_band(node) {
                    flush(self, &mut run, &mut first);
                }
                first.get_or_insert(*child);
                run.push(LabelItem::Field(Field::new(schema, *child, path, required)));
            }
        }
        flush(self, &mut run, &mut first);
    }

    /// A property that lives in the title row or the sheet's name.
    fn placed(&mut self, id: NodeId, path: Vec<String>, required: bool, place: Where) {
        let field = Field::new(self.schema, id, path, required);
        if matches!(field.kind, FieldKind::List { .. } | FieldKind::Json | FieldKind::Checks(_)) {
            self.bad(
                id,
                "place",
                Text::new(
                    "only a scalar can live in the title or the sheet's name",
                    "只有单个值可以放在标题或工作表名里",
                ),
            );
        } else if place == Where::Title {
            self.layout.title_fields.push(field);
        } else if self.layout.name_field.is_some() {
            self.bad(id, "place", Text::new("the sheet's name holds one value only", "工作表名只能放一个值"));
        } else {
            self.layout.name_field = Some(field);
        }
    }

    fn group(&mut self, id: NodeId, path: Vec<String>, required: bool) -> Group {
        let node = self.schema.node(id);
        let label = label_of(node, path.last().map_or("", String::as_str));
        let mut fields = Vec::new();
        self.leaves(id, &path, required, &mut fields);
        Group { names: names_of(&label, node.sheet.aliases.as_deref().unwrap_or_default()), label, path, fields }
    }

    fn leaves(&mut self, id: NodeId, path: &[String], required: bool, out: &mut Vec<Field>) {
        let node = self.schema.node(id);
        for (name, child) in &node.properties {
            let mut path = path.to_vec();
            path.push(name.clone());
            let required = required && node.required.contains(name);
            if is_section(self.schema.node(*child)) {
                self.leaves(*child, &path, required, out);
            } else {
                out.push(Field::new(self.schema, *child, path, required));
            }
        }
    }

    fn push_labels(&mut self, items: Vec<LabelItem>, first: &Node) {
        let sheet = &first.sheet;
        let heads = match sheet.heads.as_deref() {
            Some([a, b]) => Some([a.clone(), b.clone()]),
            _ => None,
        };
        let pairs = if heads.is_some() { 1 } else { sheet.pairs.unwrap_or(2) };
        let mut band = self.band(first, BandKind::Labels(LabelBand { items, pairs, heads }));
        // In a run of scalars the caption, like every band key, is said by the first of them; its title is its label.
        band.caption = None;
        self.layout.bands.push(band);
    }

    fn band(&self, node: &Node, kind: BandKind) -> Band {
        let notes = node.sheet.text.clone().unwrap_or_default();
        let lines =
            |many: Option<crate::vocabulary::OneOrMany>| many.map(|m| m.as_slice().to_vec()).unwrap_or_default();
        Band {
            caption: None,
            caption_at_side: node.sheet.caption == Some(Caption::Side),
            caption_aliases: Vec::new(),
            before: lines(notes.before),
            after: lines(notes.after),
            beside: node.sheet.beside == Some(true) && !self.layout.bands.is_empty(),
            kind,
        }
    }

    fn table_band(&mut self, id: NodeId, path: Vec<String>) {
        let table = self.table(id, path);
        let band = self.band(self.schema.node(id), BandKind::Table(table));
        self.layout.bands.push(band);
    }

    /// Captions: as said, else over each table when there are several.
    fn captions(&mut self) {
        let several = self.layout.tables().count() > 1;
        for band in &mut self.layout.bands {
            let BandKind::Table(table) = &band.kind else { continue };
            let sheet = &self.schema.node(table.node).sheet;
            let shown = match sheet.caption {
                Some(Caption::None) => false,
                Some(_) => true,
                None => several,
            };
            if shown {
                band.caption = Some(table.label.clone());
                band.caption_aliases = sheet.aliases.clone().unwrap_or_default();
            }
        }
    }

    fn table(&mut self, id: NodeId, path: Vec<String>) -> Table {
        let schema = self.schema;
        let node = schema.node(id);
        let label = label_of(node, path.last().map_or("", String::as_str));
        let mut build = Build { columns: Vec::new(), levels: Vec::new() };
        if let Some(items) = node.items {
            self.columns(items, Place::default(), &mut build);
        }
        let Build { mut columns, levels } = build;
        if columns.iter().all(|c| !c.serial)
            && let Some(first) = columns.first_mut()
        {
            // Unless the form says otherwise, a first integer column 序号 counts.
            let said = schema.node(first.field.node).sheet.serial;
            first.serial = said.is_none()
                && first.field.kind == FieldKind::Integer
                && first.field.names.iter().any(|n| n == "序号");
        }
        let mut table = Table {
            head_rows: columns.iter().map(|c| c.heads.len()).max().unwrap_or(0),
            path,
            node: id,
            label,
            levels,
            totals: Vec::new(),
            keys: Vec::new(),
            blank_rows: node.sheet.blank_rows.unwrap_or(0),
            columns,
        };
        self.keys(&mut table);
        self.totals(&mut table);
        table
    }

    fn columns(&mut self, id: NodeId, place: Place, build: &mut Build) {
        let schema = self.schema;
        for (name, child) in &schema.node(id).properties {
            let node = schema.node(*child);
            let mut next = place.clone();
            next.path.push(name.clone());
            next.required = place.required && schema.node(id).required.contains(name);
            let own = node.sheet.head.clone().unwrap_or_else(|| vec![label_of(node, name)]);
            let own_paths = head_paths(&own, node.sheet.aliases.as_deref().unwrap_or_default());
            next.heads.extend(own);
            next.paths = place
                .paths
                .iter()
                .flat_map(|before| own_paths.iter().map(|p| before.iter().chain(p).cloned().collect()))
                .collect();
            let free_level = build.levels.len() == place.level;
            if is_section(node) {
                self.columns(*child, next, build);
            } else if is_table(schema, *child) && free_level && !build.columns.is_empty() {
                self.inner_array(*child, place.level, next, build);
            } else {
                let mut field = Field::new(schema, *child, next.path.clone(), next.required);
                if is_table(schema, *child) {
                    field.kind = FieldKind::Json;
                }
                build.columns.push(Column {
                    serial: node.sheet.serial == Some(true),
                    merge: node.sheet.merge == Some(true),
                    level: place.level,
                    field,
                    heads: next.heads,
                    paths: next.paths,
                });
            }
        }
    }

    /// An array inside the records: its own columns, its records under the cell of the outer record.
    fn inner_array(&mut self, id: NodeId, level: usize, next: Place, build: &mut Build) {
        let schema = self.schema;
        let node = schema.node(id);
        let anchor = match &node.sheet.anchor {
            Some(name) => {
                let path = split_path(name);
                let found = build.columns.iter().position(|c| c.level == level && c.field.path == path);
                if found.is_none() {
                    self.bad(
                        id,
                        "anchor",
                        Text::new(
                            format!("anchor {name:?} is no column to the left in the record that holds this list"),
                            format!("anchor {name:?} 不是该清单所在记录左边的列"),
                        ),
                    );
                }
                found.unwrap_or(0)
            }
            None => build
                .columns
                .iter()
                .position(|c| c.level == level && c.field.required)
                .unwrap_or_else(|| build.columns.iter().position(|c| c.level == level).unwrap_or(0)),
        };
        build.levels.push(Level { path: next.path.clone(), node: id, anchor });
        let Some(items) = node.items else { return };
        self.columns(items, Place { path: Vec::new(), required: true, level: level + 1, ..next }, build);
    }

    fn column_named(&mut self, table: &Table, key: &str, name: &str) -> Option<usize> {
        let path = split_path(name);
        let found = table.columns.iter().position(|c| c.field.path == path);
        if found.is_none() {
            self.bad(
                table.node,
                key,
                Text::new(format!("{name:?} is no column of this table"), format!("{name:?} 不是本表的列")),
            );
        }
        found
    }

    fn keys(&mut self, table: &mut Table) {
        for (i, column) in table.columns.iter().enumerate() {
            if matches!(self.schema.node(column.field.node).sheet.key, Some(Key::Column(true))) {
                table.keys.push(vec![i]);
            }
        }
        if let Some(Key::Columns(names)) = &self.schema.node(table.node).sheet.key {
            let found: Vec<usize> = names.iter().filter_map(|name| self.column_named(table, "key", name)).collect();
            if found.len() == names.len() {
                table.keys.push(found);
            }
        }
    }

    fn totals(&mut self, table: &mut Table) {
        let sheet = &self.schema.node(table.node).sheet;
        let plain: Vec<usize> = match &sheet.totals {
            Some(Totals::All(true)) => {
                let keys: Vec<usize> = table.keys.iter().flatten().copied().collect();
                let sums = |(i, c): (usize, &Column)| {
                    (c.field.kind.is_numeric() && !c.serial && !keys.contains(&i)).then_some(i)
                };
                table.columns.iter().enumerate().filter_map(sums).collect()
            }
            Some(Totals::Columns(names)) => {
                names.iter().filter_map(|name| self.column_named(table, "totals", name)).collect()
            }
            _ => Vec::new(),
        };
        if let Some(&bad) = plain.iter().find(|&&i| !table.columns[i].field.kind.is_numeric()) {
            let heading = table.columns[bad].heading();
            self.bad(
                table.node,
                "totals",
                Text::new(
                    format!("column {heading:?} holds no numbers to add up"),
                    format!("“{heading}”列不是数字，无法合计"),
                ),
            );
        }
        if !plain.is_empty() {
            table.totals.push(TotalRow {
                label: "合计".to_owned(),
                names: TOTAL_WORDS.iter().map(|w| (*w).to_owned()).collect(),
                cells: plain.into_iter().map(|i| (i, Computed::Sum)).collect(),
            });
        }
        for row in sheet.rows.iter().flatten() {
            let mut cells = Vec::new();
            for (name, what) in &row.cells {
                let Some(column) = self.column_named(table, "rows", name) else { continue };
                let computed = match what.as_str() {
                    Some("sum") | None => Computed::Sum,
                    Some(expression) => Computed::Expression(expression.to_owned()),
                };
                cells.push((column, computed));
            }
            cells.sort_by_key(|(column, _)| *column);
            table.totals.push(TotalRow { label: row.label.clone(), names: vec![fold(&row.label)], cells });
        }
    }

    fn title(&mut self) {
        let root = self.schema.node(Schema::ROOT);
        let (schema, layout) = (self.schema, &self.layout);
        let field = |path: &[String]| {
            let names: Vec<&str> = path.iter().map(String::as_str).collect();
            if names.is_empty() {
                return None;
            }
            if let Some(field) = layout.title_fields.iter().find(|f| f.path == path) {
                return Some((field.clone(), true));
            }
            let id = schema.descend(Schema::ROOT, &names)?;
            let field = Field::new(schema, id, path.to_vec(), false);
            let shown = layout.bands.iter().any(|band| match &band.kind {
                BandKind::Labels(labels) => labels.fields().any(|f| f.path == path),
                BandKind::Table(_) => false,
            }) || layout.name_field.as_ref().is_some_and(|f| f.path == path);
            (shown && !matches!(field.kind, FieldKind::List { .. } | FieldKind::Json)).then_some((field, false))
        };
        let title = match (&root.sheet.title, &root.title) {
            (Some(pattern), _) => match Title::parse(pattern, &field) {
                Ok(title) => Some(title),
                Err(message) => {
                    self.bad(Schema::ROOT, "title", message);
                    None
                }
            },
            (None, Some(text)) => Some(Title::fixed(text)),
            (None, None) => None,
        };
        for field in self.layout.title_fields.clone() {
            if title.as_ref().is_some_and(|t| t.holes().all(|hole| hole.path != field.path)) || title.is_none() {
                let name = field.path.join(".");
                self.bad(
                    field.node,
                    "place",
                    Text::new(
                        format!("{name:?} lives in the title, but the title pattern has no {{{name}}}"),
                        format!("{name:?} 放在标题里，但标题样式没有 {{{name}}}"),
                    ),
                );
            }
        }
        self.layout.title = title;
    }

    fn today(&mut self) {
        let Some(name) = &self.schema.node(Schema::ROOT).sheet.today else { return };
        let path = split_path(name);
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        match self.schema.descend(Schema::ROOT, &names) {
            Some(id) if self.schema.node(id).format.as_deref() == Some("date") => self.layout.today = Some(path),
            _ => self.bad(
                Schema::ROOT,
                "today",
                Text::new(format!("{name:?} is no date property"), format!("{name:?} 不是日期属性")),
            ),
        }
    }

    /// An alias equal to another heading is an error; equal head paths are a warning.
    fn equal_names(&mut self) {
        let mut layout = std::mem::take(&mut self.layout);
        for band in &mut layout.bands {
            if let BandKind::Table(table) = &mut band.kind {
                self.equal_columns(table);
            }
        }
        self.layout = layout;
    }

    fn equal_columns(&mut self, table: &mut Table) {
        let main: Vec<String> = table.columns.iter().map(|c| folded_path(&c.heads)).collect();
        for i in 0..table.columns.len() {
            let own = &main[i];
            let clash = |p: &Vec<String>| {
                let joined = p.join("/");
                main.iter().enumerate().any(|(j, other)| j != i && *other == joined) && joined != *own
            };
            let node = table.columns[i].field.node;
            let declared: Vec<String> =
                self.schema.node(node).sheet.aliases.iter().flatten().map(|a| fold(a)).collect();
            let clashing: Vec<Vec<String>> = table.columns[i].paths.iter().filter(|p| clash(p)).cloned().collect();
            if let Some(path) = clashing.iter().find(|p| p.last().is_some_and(|l| declared.contains(l))) {
                let alias = path.join(" / ");
                self.bad(
                    node,
                    "aliases",
                    Text::new(
                        format!("alias {alias:?} is the heading of another column"),
                        format!("别名“{alias}”是另一列的表头"),
                    ),
                );
            }
            table.columns[i].paths.retain(|p| !clash(p));
        }
        // A short form that two columns share (金额（元）, 金额（美元）) tells neither.
        let mut shared: BTreeMap<String, usize> = BTreeMap::new();
        for column in &table.columns {
            for path in &column.paths {
                *shared.entry(path.join("/")).or_default() += 1;
            }
        }
        for (i, column) in table.columns.iter_mut().enumerate() {
            column.paths.retain(|p| {
                let joined = p.join("/");
                joined == main[i] || shared.get(&joined).is_none_or(|n| *n < 2)
            });
        }
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for (i, path) in main.iter().enumerate().filter(|(_, p)| !p.is_empty()) {
            if let Some(first) = seen.insert(path, i) {
                let (a, b) = (table.columns[first].field.path.join("."), table.columns[i].field.path.join("."));
                let pointer = self.schema.node(table.columns[i].field.node).pointer[1..].to_owned();
                let heading = table.columns[i].heading();
                self.findings.push(
                    Finding::new(
                        Code::BadForm,
                        Text::new(
                            format!("columns {a:?} and {b:?} have the same heading {heading:?}; they are told apart by order only"),
                            format!("列 {a:?} 与 {b:?} 的表头同为“{heading}”，只能按先后区分"),
                        ),
                    )
                    .severity(Severity::Warning)
                    .pointer(pointer),
                );
            }
        }
    }
}

#[derive(Clone)]
struct Place {
    path: Vec<String>,
    heads: Vec<String>,
    paths: Vec<Vec<String>>,
    required: bool,
    level: usize,
}

impl Default for Place {
    fn default() -> Self {
        Self { path: Vec::new(), heads: Vec::new(), paths: vec![Vec::new()], required: true, level: 0 }
    }
}

struct Build {
    columns: Vec<Column>,
    levels: Vec<Level>,
}

/// Whether an object holds a table, or an object with a caption.
fn has_inner_parts(schema: &Schema, node: &Node) -> bool {
    node.properties.iter().any(|(_, id)| {
        let child = schema.node(*id);
        is_table(schema, *id)
            || child.sheet.place.is_some()
            || (is_section(child) && (child.sheet.caption.is_some() || has_inner_parts(schema, child)))
    })
}

/// Whether a scalar says band keys, and so begins a band of its own.
fn starts_band(node: &Node) -> bool {
    let sheet = &node.sheet;
    sheet.pairs.is_some() || sheet.heads.is_some() || sheet.beside == Some(true) || sheet.text.is_some()
}

/// The folded texts a node puts above its columns: as written, without a unit, and its aliases.
fn head_paths(heads: &[String], aliases: &[String]) -> Vec<Vec<String>> {
    let Some((last, before)) = heads.split_last() else { return vec![Vec::new()] };
    let before: Vec<String> = before.iter().map(|h| fold(h)).filter(|h| !h.is_empty()).collect();
    names_of(last, aliases).into_iter().map(|name| before.iter().cloned().chain([name]).collect()).collect()
}

pub(super) fn folded_path(heads: &[String]) -> String {
    heads.iter().map(|h| fold(h)).filter(|h| !h.is_empty()).collect::<Vec<_>>().join("/")
}
