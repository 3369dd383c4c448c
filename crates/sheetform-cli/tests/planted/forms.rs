//! Random forms: schemas with the vocabulary, and rules whose meaning the planter knows because it made them.

use serde_json::{Map, Value, json};

use crate::doc::{Doc, Held, V, day};
use crate::expect::Broken;
use crate::form::{Form, Kind};
use crate::random::Random;
use crate::view::{Spot, View};

/// A rule by what it asks for. Tables and columns by their numbers.
#[derive(Clone, Debug)]
enum Asks {
    /// The first is not less than the second.
    AtLeast(usize, usize, usize),
    /// Where the first is the word, the second is there.
    Needs(usize, usize, String, usize),
    /// The sum of a column is no more than so many hundredths.
    SumAtMost(usize, usize, i64),
    /// A column rises from record to record.
    Rising(usize, usize),
    /// A whole number goes into a thousand: the rule fails to run where it is nought.
    Divides(usize, usize),
    /// A date is not after today.
    Past(usize, usize),
}

#[derive(Clone, Debug)]
struct Rule {
    asks: Asks,
    severity: &'static str,
}

/// A form with its rules.
pub(crate) struct Made {
    pub(crate) form: Form,
    rules: Vec<Rule>,
}

const LABELS: [&str; 12] = [
    "主管部门",
    "经办人",
    "联系方式",
    "起草日期",
    "密级",
    "归口",
    "批次",
    "校对",
    "签发",
    "存档日",
    "分管领导",
    "版次",
];
const HEADINGS: [&str; 30] = [
    "品名",
    "规格",
    "用途",
    "金额",
    "数量",
    "领用人",
    "到期日",
    "状况",
    "楼层",
    "用时",
    "单价",
    "厂家",
    "批号",
    "等级",
    "结论",
    "措施要点",
    "起始",
    "截止",
    "频次",
    "得分",
    "比例",
    "岗位",
    "学历",
    "车牌",
    "里程",
    "油耗",
    "用电量",
    "读数",
    "客户",
    "答复",
];
const GROUPS: [&str; 6] = ["基本情况", "检查结果", "本期", "上期", "处理", "验收"];
const CAPTIONS: [&str; 4] = ["入库明细", "巡检记录", "费用清单", "待办一览"];

/// The form of a seed.
pub(crate) fn made(seed: u64) -> Made {
    let mut maker =
        Maker { random: Random::new(seed, &[5]), headings: HEADINGS.to_vec(), groups: GROUPS.to_vec(), names: 0 };
    maker.random.shuffle(&mut maker.headings);
    maker.random.shuffle(&mut maker.groups);
    let mut schema = maker.schema(seed);
    let form = Form::new(&schema);
    let rules = maker.rules(&form);
    for rule in &rules {
        put(&mut schema, &form, rule);
    }
    Made { form: Form::new(&schema), rules }
}

struct Maker {
    random: Random,
    headings: Vec<&'static str>,
    groups: Vec<&'static str>,
    names: usize,
}

impl Maker {
    fn name(&mut self) -> String {
        self.names += 1;
        format!("p{}", self.names)
    }

    fn schema(&mut self, seed: u64) -> Value {
        let mut properties = Map::new();
        let mut required = Vec::new();
        let mut labels = LABELS.to_vec();
        self.random.shuffle(&mut labels);
        let pattern = self.random.chance(40);
        properties.insert("unit".to_owned(), json!({ "type": "string", "minLength": 1, "title": "填报单位" }));
        required.push("unit".to_owned());
        let above = self.random.below(4);
        self.labels(&mut labels, above, &mut properties, &mut required);
        if self.random.chance(30) {
            let name = self.name();
            let part = |title: &str| json!({ "type": "string", "format": "date", "title": title });
            properties.insert(
                name.clone(),
                json!({ "type": "object", "title": "有效期", "required": ["from"],
                    "properties": { "from": part("自"), "to": part("至何时") } }),
            );
            if self.random.chance(60) {
                required.push(name);
            }
        }
        let count = *self.random.weighted(&[(50, 1), (35, 2), (15, 3)]);
        let mut captions = CAPTIONS.to_vec();
        self.random.shuffle(&mut captions);
        for caption in captions.iter().take(count) {
            let name = self.name();
            let mut table = self.table();
            table["title"] = (*caption).into();
            match self.random.below(4) {
                0 => {
                    table["x-sheet"]["caption"] = "side".into();
                }
                1 => table["x-sheet"]["caption"] = "above".into(),
                _ => {}
            }
            properties.insert(name.clone(), table);
            required.push(name);
        }
        let below = self.random.below(4);
        self.labels(&mut labels, below, &mut properties, &mut required);
        let mut sheet = json!({ "version": 2 });
        if pattern {
            sheet["title"] = "{unit}登记总表".into();
        }
        json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": format!("urn:planted:form-{seed}"),
            "title": "登记总表", "type": "object", "x-sheet": sheet, "required": required, "properties": properties })
    }

    fn labels(
        &mut self,
        texts: &mut Vec<&'static str>,
        count: usize,
        properties: &mut Map<String, Value>,
        required: &mut Vec<String>,
    ) {
        for _ in 0..count {
            let Some(text) = texts.pop() else { return };
            let name = self.name();
            let mut field = self.field(false);
            field["title"] = text.into();
            properties.insert(name.clone(), field);
            if self.random.chance(60) {
                required.push(name);
            }
        }
    }

    /// A field of any kind.
    fn field(&mut self, column: bool) -> Value {
        let random = &mut self.random;
        let mut field = match random.below(if column { 14 } else { 8 }) {
            0 | 1 => json!({ "type": "string", "minLength": 1 }),
            2 | 12 => json!({ "type": "string", "format": "date" }),
            3 | 11 => json!({ "type": "integer", "minimum": random.between(0, 3), "maximum": random.between(50, 999) }),
            4 => json!({ "type": "number", "minimum": 0 }),
            5 | 13 => json!({ "enum": random.pick(&[["甲级", "乙级", "丙级"], ["通过", "退回", "暂缓"]]) }),
            6 => json!({ "type": "string", "minLength": 2, "maxLength": 12 }),
            7 => json!({ "type": "string", "pattern": "^[A-Z]{2}-[0-9]{3}$" }),
            8 => json!({ "type": "boolean" }),
            9 => json!({ "type": "array", "minItems": 1, "items": { "type": "string", "minLength": 1 },
                "x-sheet": { "separator": random.pick(&["、", "\n", "；"]) } }),
            _ => json!({ "type": "string", "x-sheet": { "accepts": "month" } }),
        };
        if field["type"] == "integer" && random.chance(30) {
            field["x-sheet"] = json!({ "unit": "件" });
        }
        field
    }

    fn column(&mut self, required: bool) -> Option<(String, Value)> {
        let text = self.headings.pop()?;
        let name = self.name();
        let mut field = self.field(true);
        field["title"] = text.into();
        if !required && self.random.chance(30) && field["type"] != "boolean" {
            field["x-sheet"]["none"] = json!(["无", "/"]);
        }
        if self.random.chance(20) {
            field["x-sheet"]["aliases"] = json!([format!("{text}名目")]);
        }
        Some((name, field))
    }

    fn table(&mut self) -> Value {
        let nested = self.random.chance(20);
        let mut properties = Map::new();
        let mut required = Vec::new();
        if !nested && self.random.chance(70) {
            properties.insert(
                "serial".to_owned(),
                json!({ "type": "integer", "title": "序号", "x-sheet": { "serial": true } }),
            );
            required.push("serial".to_owned());
        }
        // What names a record comes first, so that no line looks like a note.
        for _ in 0..2 {
            let name = self.name();
            let title = self.headings.pop().unwrap_or("品类");
            properties.insert(name.clone(), json!({ "type": "string", "minLength": 1, "title": title }));
            required.push(name);
        }
        let anchor = required.last().cloned().unwrap_or_default();
        if !nested && self.random.chance(40) {
            properties[&anchor]["x-sheet"] = json!({ "key": true });
        } else if !nested && self.random.chance(30) {
            properties[&required[required.len() - 2]]["x-sheet"] = json!({ "merge": true });
        }
        let more = self.random.below(4) + 1;
        for _ in 0..more {
            let needed = self.random.chance(50);
            if let Some((name, field)) = self.column(needed) {
                if needed {
                    required.push(name.clone());
                }
                properties.insert(name, field);
            }
        }
        if nested || self.random.chance(40) {
            self.group(nested, &anchor, &mut properties, &mut required);
        }
        let mut totals = Vec::new();
        for (name, field) in &properties {
            if field["type"] == "number" {
                totals.push(name.clone());
            }
        }
        let mut table = json!({ "type": "array", "minItems": 1,
            "items": { "type": "object", "required": required, "properties": properties } });
        if !totals.is_empty() && !nested && self.random.chance(60) {
            table["x-sheet"] = json!({ "totals": totals });
        }
        table
    }

    /// An object of columns, or records inside the record.
    fn group(&mut self, nested: bool, anchor: &str, properties: &mut Map<String, Value>, required: &mut Vec<String>) {
        let Some(title) = self.groups.pop() else { return };
        let mut parts = Map::new();
        let mut needed = Vec::new();
        for number in 0..self.random.below(2) + 2 {
            if let Some((name, field)) = self.column(number == 0) {
                if number == 0 {
                    needed.push(name.clone());
                }
                parts.insert(name, field);
            }
        }
        let name = self.name();
        let object = json!({ "type": "object", "required": needed, "properties": parts });
        let mut node = if nested {
            json!({ "type": "array", "minItems": 1, "items": object, "x-sheet": { "anchor": anchor } })
        } else {
            object
        };
        node["title"] = title.into();
        if !nested && self.random.chance(25) {
            node["x-sheet"] = json!({ "head": [title, "明细"] });
        }
        if nested || self.random.chance(60) {
            required.push(name.clone());
        }
        properties.insert(name, node);
    }

    fn rules(&mut self, form: &Form) -> Vec<Rule> {
        let mut rules = Vec::new();
        for (number, table) in form.tables.iter().enumerate().filter(|(_, table)| !table.nested()) {
            let of = |kinds: &[Kind]| -> Vec<usize> {
                let plain = |c: &usize| table.columns[*c].path.len() == 1 && !table.columns[*c].serial;
                let columns = 0..table.columns.len();
                columns.filter(|c| plain(c) && kinds.contains(&table.columns[*c].kind)).collect()
            };
            let dates = of(&[Kind::Date]);
            let integers = of(&[Kind::Integer]);
            let numbers = of(&[Kind::Number]);
            let choices: Vec<usize> = (0..table.columns.len())
                .filter(|c| matches!(table.columns[*c].kind, Kind::Choice(_)) && table.columns[*c].path.len() == 1)
                .collect();
            let optional: Vec<usize> = of(&[Kind::Text]).into_iter().filter(|c| !table.columns[*c].required).collect();
            let mut asks = Vec::new();
            if let [earlier, later, ..] = dates[..] {
                asks.push(Asks::AtLeast(number, later, earlier));
            } else if let [date] = dates[..] {
                asks.push(Asks::Past(number, date));
            }
            if let ([choice, ..], [needed, ..]) = (&choices[..], &optional[..])
                && let Kind::Choice(words) = &table.columns[*choice].kind
            {
                asks.push(Asks::Needs(number, *choice, words[0].clone(), *needed));
            }
            if let [one, ..] = integers[..] {
                asks.push(Asks::Divides(number, one));
                asks.push(Asks::Rising(number, one));
            }
            if let [one, ..] = numbers[..] {
                asks.push(Asks::SumAtMost(number, one, 100 * 100_000));
            }
            for asks in asks {
                if self.random.chance(70) {
                    let severity = *self.random.weighted(&[(70, "error"), (20, "warning"), (10, "info")]);
                    rules.push(Rule { asks, severity });
                }
            }
        }
        rules
    }
}

/// Writes a rule into the schema.
fn put(schema: &mut Value, form: &Form, rule: &Rule) {
    let name = |table: usize, column: usize| form.tables[table].columns[column].name();
    let (table, on_records, mut text) = match &rule.asks {
        Asks::AtLeast(t, a, b) => {
            (*t, true, json!({ "rule": format!("self.{} >= self.{}", name(*t, *a), name(*t, *b)) }))
        }
        Asks::Needs(t, a, word, b) => (
            *t,
            true,
            json!({ "rule": format!("self.{} != '{word}' || has(self.{})", name(*t, *a), name(*t, *b)),
                "fieldPath": format!(".{}", name(*t, *b)) }),
        ),
        Asks::SumAtMost(t, a, most) => (
            *t,
            false,
            json!({ "rule": format!("sum(self.map(e, e.{})) <= {}", name(*t, *a), most / 100),
                "fieldPath": format!("[].{}", name(*t, *a)) }),
        ),
        Asks::Rising(t, a) => (
            *t,
            false,
            json!({ "rule": format!("self[it].{} >= self[it - 1].{}", name(*t, *a), name(*t, *a)),
                "each": "range(1, self.size())", "fieldPath": format!("[it].{}", name(*t, *a)) }),
        ),
        Asks::Divides(t, a) => (*t, true, json!({ "rule": format!("1000 / self.{} >= -1000000", name(*t, *a)) })),
        Asks::Past(t, a) => (*t, true, json!({ "rule": format!("self.{} <= today", name(*t, *a)) })),
    };
    text["message"] = "不符合填报要求".into();
    if rule.severity != "error" {
        text["severity"] = rule.severity.into();
    }
    let node = &mut schema["properties"][&form.tables[table].name];
    let node = if on_records { &mut node["items"] } else { node };
    match node["x-rules"].as_array_mut() {
        Some(list) => list.push(text),
        None => node["x-rules"] = json!([text]),
    }
}

/// Makes a document hold to the rules.
pub(crate) fn settle(made: &Made, doc: &mut Doc, random: &mut Random) {
    for rule in &made.rules {
        let (Asks::AtLeast(table, ..)
        | Asks::Needs(table, ..)
        | Asks::SumAtMost(table, ..)
        | Asks::Rising(table, ..)
        | Asks::Divides(table, ..)
        | Asks::Past(table, ..)) = rule.asks;
        let mut before = 0;
        for row in &mut doc.tables[table] {
            let cells = &mut row.cells;
            match &rule.asks {
                Asks::AtLeast(_, a, b) => {
                    if let (Some(V::Day(later)), Some(V::Day(earlier))) =
                        (cells[*a].value.clone(), cells[*b].value.clone())
                    {
                        cells[*a] = Held::new(Some(V::Day(later.max(earlier))));
                        cells[*b] = Held::new(Some(V::Day(later.min(earlier))));
                    }
                }
                Asks::Needs(_, a, word, b) => {
                    if cells[*a].value == Some(V::Text(word.clone())) && cells[*b].value.is_none() {
                        let field = &made.form.tables[table].columns[*b];
                        cells[*b] = Held::new(Some(crate::doc::value(field, random)));
                    }
                }
                Asks::SumAtMost(_, a, most) => {
                    if let Some(V::Cents(cents)) = &mut cells[*a].value {
                        *cents = (*cents).min(most / 100);
                    }
                }
                Asks::Rising(_, a) => {
                    if let Some(V::Cents(cents)) = &mut cells[*a].value {
                        *cents = (*cents).max(before);
                        before = *cents;
                    }
                }
                Asks::Divides(_, a) => {
                    if let Some(V::Cents(cents)) = &mut cells[*a].value {
                        *cents = (*cents).max(100);
                    }
                }
                Asks::Past(..) => {}
            }
        }
    }
}

/// Every rule that a document breaks.
pub(crate) fn broken(made: &Made, view: &View<'_>) -> Vec<Broken> {
    let mut out = Vec::new();
    for rule in &made.rules {
        for spot in spots(&rule.asks, view) {
            out.push(match rule.asks {
                Asks::Divides(..) => (spot, "rule-failed", "error"),
                Asks::Past(..) if view.today.is_none() => (spot, "not-checked", "info"),
                _ => (spot, "rule", rule.severity),
            });
        }
    }
    out
}

fn spots(asks: &Asks, view: &View<'_>) -> Vec<Spot> {
    let name = |table: usize, column: usize| view.form.tables[table].columns[column].name();
    let of = |table: usize| view.table(&view.form.tables[table].name);
    let mut out = Vec::new();
    match asks {
        Asks::AtLeast(t, a, b) => {
            let (table, a, b) = (of(*t), name(*t, *a), name(*t, *b));
            for row in table.rows() {
                if let (Some(later), Some(earlier)) = (table.get(row, &a), table.get(row, &b))
                    && later.day() < earlier.day()
                {
                    out.push(table.cell(row, &a));
                }
            }
        }
        Asks::Needs(t, a, word, b) => {
            let (table, a, b) = (of(*t), name(*t, *a), name(*t, *b));
            for row in table.rows() {
                if table.get(row, &a).is_some_and(|value| value.is(word)) && table.has(row, &b) == Some(false) {
                    out.push(table.cell(row, &b));
                }
            }
        }
        Asks::SumAtMost(t, a, most) => {
            let (table, a) = (of(*t), name(*t, *a));
            if table.all(&a).is_some_and(|all| all.iter().filter_map(|value| value.cents()).sum::<i64>() > *most) {
                out.push(table.total(&a));
            }
        }
        Asks::Rising(t, a) => {
            let (table, a) = (of(*t), name(*t, *a));
            for row in table.rows().skip(1) {
                if let (Some(own), Some(before)) = (table.get(row, &a), table.get(row - 1, &a))
                    && own.cents() < before.cents()
                {
                    out.push(table.cell(row, &a));
                }
            }
        }
        Asks::Divides(t, a) => {
            let (table, a) = (of(*t), name(*t, *a));
            let nought = |row: &usize| table.get(*row, &a).and_then(V::cents) == Some(0);
            // One finding for a rule, however many records it fails on.
            out.extend(table.rows().find(nought).map(|row| Spot::Record(*t, row)));
        }
        Asks::Past(t, a) => {
            let (table, a) = (of(*t), name(*t, *a));
            let on = |row: usize| table.get(row, &a).and_then(V::day);
            match view.today {
                Some(today) => {
                    let late = table.rows().filter(|row| on(*row).is_some_and(|on| on > today));
                    out.extend(late.map(|row| table.cell(row, &a)));
                }
                // Said once for a rule.
                None => out.extend(table.rows().find(|row| on(*row).is_some()).map(|row| table.cell(row, &a))),
            }
        }
    }
    out
}

/// A value that breaks a rule: the record, the column and the value.
pub(crate) fn breaking(made: &Made, doc: &Doc, random: &mut Random) -> Option<(usize, usize, usize, V)> {
    if made.rules.is_empty() {
        return None;
    }
    let rule = random.pick(&made.rules).clone();
    let row = |table: usize, random: &mut Random| random.below(doc.tables[table].len());
    Some(match rule.asks {
        Asks::AtLeast(t, a, _) => (t, row(t, random), a, V::Day(day(2020, 1, 1) + random.between(0, 300))),
        Asks::Needs(t, a, word, _) => (t, row(t, random), a, V::Text(word)),
        Asks::SumAtMost(t, a, most) => (t, row(t, random), a, V::Cents(most + 100)),
        Asks::Rising(t, a) => {
            let least = made.form.tables[t].columns[a].least.unwrap_or(0);
            (t, doc.tables[t].len() - 1, a, V::Cents(least))
        }
        Asks::Divides(t, a) => (t, row(t, random), a, V::Cents(0)),
        Asks::Past(t, a) => (t, row(t, random), a, V::Day(day(2028, 1, 1) + random.between(0, 300))),
    })
}
