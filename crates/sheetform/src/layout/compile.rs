//! From a schema's nodes to a layout; what cannot be laid out is a finding of the form.

use super::field::{label_of, names_of, split_path};
use super::{Band, BandKind, Field, FieldKind, Group, LabelBand, LabelItem, Layout, Title, is_table};
use crate::finding::{Code, Finding, Text};
use crate::schema::{Node, NodeId, Schema};
use crate::vocabulary::{Caption, Orientation, Where};

/// Compiles a layout. Findings of severity error mean that the form cannot be used.
pub(crate) fn compile(schema: &Schema, findings: &mut Vec<Finding>) -> Layout {
    let root = schema.node(Schema::ROOT);
    let page = root.sheet.page.clone().unwrap_or_default();
    let layout = Layout {
        name: root.sheet.name.clone(),
        landscape: page.orientation == Some(Orientation::Landscape),
        paper: if page.paper.as_deref() == Some("A3") { 8 } else { 9 },
        ..Layout::default()
    };
    let mut compiler = Compiler { schema, findings, layout };
    if is_table(schema, Schema::ROOT) {
        compiler.table_band(Schema::ROOT, Vec::new());
    } else if root.is_section() {
        compiler.section(Schema::ROOT, &[], true);
    } else {
        let mut field = Field::new(schema, Schema::ROOT, Vec::new(), true);
        field.kind = FieldKind::of(schema, root);
        if field.label.is_empty() {
            "value".clone_into(&mut field.label);
        }
        field.names = names_of(&field.label, &[]);
        compiler.push_labels(vec![LabelItem::Field(field)], root);
    }
    compiler.captions();
    compiler.title();
    compiler.today();
    compiler.origin();
    compiler.equal_names();
    compiler.layout
}

pub(super) struct Compiler<'a> {
    pub(super) schema: &'a Schema,
    pub(super) findings: &'a mut Vec<Finding>,
    pub(super) layout: Layout,
}

impl Compiler<'_> {
    pub(super) fn bad(&mut self, node: NodeId, key: &str, message: Text) {
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
            if node.is_section() {
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
            if self.schema.node(*child).is_section() {
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
            // The title of a single value is its label.
            (None, Some(text)) if is_table(schema, Schema::ROOT) || root.is_section() => {
                Some(Title::fixed(text)).filter(|_| !text.trim().is_empty())
            }
            (None, _) => None,
        };
        for field in self.layout.title_fields.clone() {
            let name = field.path.join(".");
            let pattern = root.sheet.title.as_deref().unwrap_or_default();
            let shown = match &title {
                Some(title) => title.holes().any(|hole| hole.path == field.path),
                // What is wrong with the pattern is said already.
                None => [format!("{{{name}}}"), format!("{{{name}:")].iter().any(|hole| pattern.contains(hole)),
            };
            if !shown {
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

    /// Who sent the document, and its date.
    fn origin(&mut self) {
        let root = &self.schema.node(Schema::ROOT).sheet;
        if let Some(name) = &root.sender {
            let path = split_path(name);
            if self
                .scalar(&path)
                .is_some_and(|kind| matches!(kind, FieldKind::Text | FieldKind::Integer | FieldKind::Choice(_)))
            {
                self.layout.sender = Some(path);
            } else {
                let message = Text::new(
                    format!(
                        "{name:?} is no property that names a sender: write the path of a text, a choice or a whole number outside the tables"
                    ),
                    format!("“{name}”不是说明报送单位的属性：请写表格以外的文本、枚举或整数属性的路径"),
                );
                self.bad(Schema::ROOT, "sender", message);
            }
        }
        if let Some(name) = &root.dated {
            let path = split_path(name);
            if self.scalar(&path).is_some_and(|kind| {
                matches!(kind, FieldKind::Date | FieldKind::DateTime | FieldKind::Month | FieldKind::Integer)
            }) {
                self.layout.dated = Some(path);
            } else {
                let message = Text::new(
                    format!(
                        "{name:?} is no property with a date: write the path of a date, a month or a year (a whole number) outside the tables"
                    ),
                    format!("“{name}”不是含日期的属性：请写表格以外的日期、月份或年份（整数）属性的路径"),
                );
                self.bad(Schema::ROOT, "dated", message);
            }
        }
    }

    /// What a property outside the tables holds, where it is one value; the path leads through objects only.
    fn scalar(&self, path: &[String]) -> Option<FieldKind> {
        let mut id = Schema::ROOT;
        for name in path {
            id = self.schema.node(id).property(name)?;
        }
        let kind = FieldKind::of(self.schema, self.schema.node(id));
        (id != Schema::ROOT && !matches!(kind, FieldKind::List { .. } | FieldKind::Json)).then_some(kind)
    }
}

/// Whether an object holds a table, or an object with a caption.
fn has_inner_parts(schema: &Schema, node: &Node) -> bool {
    node.properties.iter().any(|(_, id)| {
        let child = schema.node(*id);
        is_table(schema, *id)
            || child.sheet.place.is_some()
            || (child.is_section() && (child.sheet.caption.is_some() || has_inner_parts(schema, child)))
    })
}

/// Whether a scalar says band keys, and so begins a band of its own.
fn starts_band(node: &Node) -> bool {
    let sheet = &node.sheet;
    sheet.pairs.is_some() || sheet.heads.is_some() || sheet.beside == Some(true) || sheet.text.is_some()
}
