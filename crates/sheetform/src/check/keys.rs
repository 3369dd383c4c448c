//! Keys of `x-sheet` that do not fit the node they stand on: they would say nothing.

use serde_json::Value;

use super::roles::{Role, roles};
use super::walk::sheet_key;
use crate::finding::{Code, Finding, Text};
use crate::layout::{FieldKind, Layout};
use crate::report::{shown, shown_zh};
use crate::schema::{Kind, Node, NodeId, Schema, join};
use crate::vocabulary::{As, Key};

/// Adds a finding for each key that does not fit.
pub(super) fn check(form: &Value, schema: &Schema, layout: &Layout, findings: &mut Vec<Finding>) {
    for (node, role) in schema.nodes.iter().zip(roles(schema, layout)) {
        let mut keys = Keys { form, schema, node, kind: FieldKind::of(schema, node), role, findings };
        keys.band();
        keys.table();
        keys.column();
        keys.value();
        keys.choice();
    }
    totals(form, schema, layout, findings);
}

struct Keys<'a> {
    form: &'a Value,
    schema: &'a Schema,
    node: &'a Node,
    kind: FieldKind,
    role: Role,
    findings: &'a mut Vec<Finding>,
}

impl Keys<'_> {
    /// Adds a finding on a key; the same key of a definition that is used twice is told once.
    fn bad(&mut self, key: &str, message: Text) {
        let pointer = sheet_key(self.form, &self.node.pointer, key)[1..].to_owned();
        push(self.findings, pointer, message);
    }

    /// The key is there though it only fits what `fits` says.
    fn only(&mut self, key: &str, there: bool, fits: bool, (en, zh): (&str, &str)) {
        if there && !fits {
            self.bad(key, Text::new(format!("{key:?} is only for {en}"), format!("“{key}”只用于{zh}")));
        }
    }

    fn band(&mut self) {
        let (sheet, role) = (&self.node.sheet, self.role);
        let root = ("the root of the form", "表单的根");
        // A form may be used inside another; what it says as a root is then of no account.
        let own = self.form.pointer(&format!("{}/x-sheet", &self.node.pointer[1..]));
        let says = |key: &str| own.is_some_and(|own| own.get(key).is_some());
        for key in ["version", "name", "title", "page", "today", "sender", "dated"] {
            self.only(key, says(key), role.root, root);
        }
        if let Some(name) =
            sheet.name.as_ref().filter(|name| role.root && name.contains(['[', ']', ':', '*', '?', '/', '\\']))
        {
            self.bad(
                "name",
                Text::new(
                    format!("no sheet can be called {}: [ ] : * ? / \\ are not allowed", shown(name)),
                    format!("工作表不能叫{}：不允许使用 [ ] : * ? / \\", shown_zh(name)),
                ),
            );
        }
        let object = !role.in_table && !role.root && self.node.types.single() == Some(Kind::Object);
        let titled = ("a table, or an object outside the tables", "表，或表格以外的对象");
        self.only("caption", sheet.caption.is_some(), role.table || object, titled);
        let begins = role.table || role.first;
        let band = (
            "what begins a band: a table or the first property of a run of labels",
            "区块的开头：表或一串标签属性的第一个",
        );
        self.only("text", sheet.text.is_some(), begins, band);
        self.only("beside", sheet.beside.is_some(), begins, band);
        let first = ("the first property of a run of labels", "一串标签属性的第一个");
        self.only("pairs", sheet.pairs.is_some(), role.first, first);
        self.only("heads", sheet.heads.is_some(), role.first, first);
        let placed = ("a property outside the tables", "表格以外的属性");
        self.only("place", sheet.place.is_some(), !role.in_table, placed);
    }

    fn table(&mut self) {
        let (sheet, role) = (&self.node.sheet, self.role);
        let table = ("a table (an array of objects)", "表（对象数组）");
        self.only("rows", sheet.rows.is_some(), role.table, table);
        self.only("totals", sheet.totals.is_some(), role.table, table);
        self.only("blank_rows", sheet.blank_rows.is_some(), role.table, table);
        let inner = ("a list of records inside the records of a table", "表中记录内的记录清单");
        self.only("anchor", sheet.anchor.is_some(), role.inner, inner);
        let array = self.node.types.single() == Some(Kind::Array);
        match sheet.r#as {
            Some(As::Table | As::Blocks | As::Sheets) => {
                self.only("as", true, role.table || role.inner, table);
            }
            Some(As::Cell) => {
                let fits = array || self.node.types.single() == Some(Kind::Object);
                self.only("as", true, fits, ("an array or object", "数组或对象"));
            }
            Some(As::Checks) => {
                let items = self.node.items.and_then(|items| self.schema.node(items).choices.as_ref());
                let fits = self.node.choices.is_some() || items.is_some();
                self.only("as", true, fits, ("a choice (an enum), where it says checks", "枚举（值为 checks 时）"));
            }
            None => {}
        }
        match &sheet.key {
            Some(Key::Columns(_)) => {
                self.only("key", true, role.table, ("a table, where it lists columns", "表（列出多列时）"));
            }
            Some(Key::Column(_)) => {
                self.only(
                    "key",
                    true,
                    role.column,
                    ("a column of a table, where it is true or false", "表的一列（写 true 或 false 时）"),
                );
            }
            None => {}
        }
        let keyed = matches!(&sheet.key, Some(Key::Columns(_) | Key::Column(true)));
        self.only("across", sheet.across.is_some(), keyed, ("what has a \"key\"", "有 key 的列或表"));
    }

    fn column(&mut self) {
        let (sheet, role) = (&self.node.sheet, self.role);
        let column = ("a column of a table", "表的列");
        self.only("merge", sheet.merge.is_some(), role.column, column);
        self.only("row", sheet.row.is_some(), role.column, column);
        let integer = role.column && self.kind == FieldKind::Integer;
        self.only("serial", sheet.serial.is_some(), integer, ("an integer column of a table", "表的整数列"));
        let inside = ("what stands in a table; elsewhere it is \"label\"", "表内的部分；别处用 label");
        self.only("head", sheet.head.is_some(), role.in_table, inside);
    }

    fn value(&mut self) {
        let (sheet, types) = (&self.node.sheet, self.node.types);
        let cell = self.role.column || self.role.label;
        let scalar = !matches!(types.single(), Some(Kind::Array | Kind::Object));
        let one = ("a single value", "单个值");
        self.only("unit", sheet.unit.is_some(), scalar, one);
        self.only("format", sheet.format.is_some(), scalar, one);
        self.only("formula", sheet.formula.is_some(), scalar, one);
        self.only("none", sheet.none.is_some(), scalar || cell, ("what stands in one cell", "放在一个单元格里的值"));
        let list = matches!(self.kind, FieldKind::List { .. });
        self.only(
            "separator",
            sheet.separator.is_some(),
            list,
            ("a list that stands in one cell", "放在一个单元格里的清单"),
        );
        for word in sheet.accepts.iter().flat_map(|many| many.as_slice().to_vec()) {
            match word.as_str() {
                "percent" => {
                    self.only(
                        "accepts",
                        true,
                        types.number,
                        ("a number, where it says percent", "数字（值为 percent 时）"),
                    );
                }
                _ => self.only(
                    "accepts",
                    true,
                    types.string,
                    ("a date or month, where it says month", "日期或月份（值为 month 时）"),
                ),
            }
        }
        let Some(year_from) = sheet.year_from.clone() else { return };
        let dated = matches!(self.kind, FieldKind::Date | FieldKind::Month | FieldKind::DateTime);
        self.only("year_from", true, dated, ("a date or month", "日期或月份"));
        let path: Vec<&str> = year_from.split(['.', '/']).filter(|part| !part.is_empty()).collect();
        let gives = |id: NodeId| {
            matches!(
                FieldKind::of(self.schema, self.schema.node(id)),
                FieldKind::Integer | FieldKind::Date | FieldKind::Month
            )
        };
        if path.is_empty() || !self.schema.descend(Schema::ROOT, &path).is_some_and(gives) {
            self.bad(
                "year_from",
                Text::new(
                    format!(
                        "{year_from:?} is no property with a year; write the path of an integer or a date from the root"
                    ),
                    format!("“{year_from}”不是含年份的属性；请写从根开始的整数或日期属性的路径"),
                ),
            );
        }
    }

    fn choice(&mut self) {
        let sheet = &self.node.sheet;
        let choices = self.node.choices.as_deref().unwrap_or_default();
        if let Some(labels) = &sheet.labels {
            let values: Vec<String> = choices.iter().map(|c| plain(&c.value)).collect();
            if choices.is_empty() {
                self.only("labels", true, false, ("a choice (an enum)", "枚举"));
            }
            for value in labels.keys().filter(|value| !choices.is_empty() && !values.contains(value)) {
                let pointer = join(&sheet_key(self.form, &self.node.pointer, "labels"), value)[1..].to_owned();
                let all = values.join(", ");
                let message = Text::new(
                    format!("{} is no value of this choice; its values are {all}", shown(value)),
                    format!("{}不是该枚举的值；可用的值：{all}", shown_zh(value)),
                );
                push(self.findings, pointer, message);
            }
        }
        for (i, choice) in choices.iter().enumerate() {
            if choices[..i].iter().any(|before| before.text == choice.text && before.value != choice.value) {
                let text = &choice.text;
                // Without `labels` the texts are the values' own or their titles.
                let pointer = match &sheet.labels {
                    Some(_) => sheet_key(self.form, &self.node.pointer, "labels"),
                    None => self.node.pointer.clone(),
                };
                let message = Text::new(
                    format!("two values are shown as {}; a cell could not be read back", shown(text)),
                    format!("两个值都显示为{}，无法从单元格读回", shown_zh(text)),
                );
                push(self.findings, pointer[1..].to_owned(), message);
            }
        }
        let none = sheet.none.as_ref().map(|none| none.as_slice().to_vec()).unwrap_or_default();
        for text in none.iter().filter(|text| choices.iter().any(|choice| choice.text == **text)) {
            self.bad(
                "none",
                Text::new(
                    format!("{} means nothing and is a value of the choice too", shown(text)),
                    format!("{}既表示空，又是该枚举的一个值", shown_zh(text)),
                ),
            );
        }
    }
}

/// Sums over columns that hold no numbers.
fn totals(form: &Value, schema: &Schema, layout: &Layout, findings: &mut Vec<Finding>) {
    for table in layout.tables() {
        let rows = schema.node(table.node).sheet.rows.as_deref().unwrap_or_default();
        for (i, row) in rows.iter().enumerate() {
            for (name, what) in &row.cells {
                let is_column = |c: &&crate::layout::Column| c.field.path.iter().eq(name.split(['.', '/']));
                let column = table.columns.iter().find(is_column);
                if let (Some("sum"), Some(column)) = (what.as_str(), column)
                    && !column.field.kind.is_numeric()
                {
                    let heading = column.heading();
                    let rows = sheet_key(form, &schema.node(table.node).pointer, "rows");
                    let at = join(&join(&join(&rows, &i.to_string()), "cells"), name);
                    let message = Text::new(
                        format!("column {} holds no numbers to add up", shown(&heading)),
                        format!("{}列不是数字，无法合计", shown_zh(&heading)),
                    );
                    push(findings, at[1..].to_owned(), message);
                }
            }
        }
    }
}

fn push(findings: &mut Vec<Finding>, pointer: String, message: Text) {
    let finding = Finding::new(Code::BadForm, message).pointer(pointer);
    if !findings.contains(&finding) {
        findings.push(finding);
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
