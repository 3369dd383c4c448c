//! Random JSON Schemas without a vocabulary, of the shapes that people and programs write. Their look is `looks.rs`.

use serde_json::{Map, Value, json};

use crate::random::Random;
use crate::texts::{NAMES, PATTERNS, PLAIN_NAMES, TITLES};

/// How far from an office's form a schema goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Label runs, groups, tables, lists: nothing undeclared, nothing recursive.
    Plain,
    /// The same, with awkward names, open objects and choices that look alike.
    Odd,
    /// Anything that JSON Schema says.
    Wild,
}

/// What a schema may say, by its draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Draft {
    uri: Option<&'static str>,
    number: u32,
}

const DRAFTS: &[Draft] = &[
    Draft { uri: None, number: 2020 },
    Draft { uri: Some("https://json-schema.org/draft/2020-12/schema"), number: 2020 },
    Draft { uri: Some("https://json-schema.org/draft/2019-09/schema"), number: 2019 },
    Draft { uri: Some("http://json-schema.org/draft-07/schema#"), number: 7 },
    Draft { uri: Some("http://json-schema.org/draft-06/schema#"), number: 6 },
    Draft { uri: Some("http://json-schema.org/draft-04/schema#"), number: 4 },
];

/// A random schema of a kind.
pub(crate) fn schema(random: &mut Random, kind: Kind) -> Value {
    if kind == Kind::Wild && random.once_in(40) {
        return random.pick(&[json!(true), json!({}), json!({ "title": "任意" })]).clone();
    }
    let draft = *random.weighted(&[
        (60, DRAFTS[0]),
        (20, DRAFTS[1]),
        (5, DRAFTS[2]),
        (7, DRAFTS[3]),
        (4, DRAFTS[4]),
        (4, DRAFTS[5]),
    ]);
    let mut make = Make { random, kind, draft, defs: Vec::new() };
    let mut root = make.root();
    let defs = std::mem::take(&mut make.defs);
    if let Value::Object(map) = &mut root {
        let mut whole = Map::new();
        if let Some(uri) = draft.uri {
            whole.insert("$schema".to_owned(), uri.into());
        }
        if random.chance(20) {
            whole.insert("$id".to_owned(), "https://example.com/laws.schema.json".into());
        }
        whole.append(map);
        if !defs.is_empty() {
            whole.insert("$defs".to_owned(), defs.into_iter().collect::<Map<_, _>>().into());
        }
        return whole.into();
    }
    root
}

struct Make<'a> {
    random: &'a mut Random,
    kind: Kind,
    draft: Draft,
    defs: Vec<(String, Value)>,
}

impl Make<'_> {
    fn wild(&self) -> bool {
        self.kind == Kind::Wild
    }

    fn root(&mut self) -> Value {
        let object = |make: &mut Self| make.object(3, false);
        let mut root = match self.random.below(if self.wild() { 20 } else { 12 }) {
            0 => self.table(3),
            1 => self.scalar(),
            2 => self.list(),
            12 => json!({ "type": "null" }),
            13 => self.many_types(),
            14 => self.array_of_arrays(2),
            15 => self.node(3),
            16 => self.unlike(2),
            17 => self.free_form(2),
            18 => self.tree(),
            _ => object(self),
        };
        if let Value::Object(map) = &mut root
            && self.random.chance(60)
        {
            map.insert("title".to_owned(), (*self.random.pick(TITLES)).into());
        }
        root
    }

    /// Any node, `depth` levels above the deepest.
    fn node(&mut self, depth: usize) -> Value {
        let deep = depth > 0;
        let wild = self.wild() && deep;
        let weight = |on: bool, weight: usize| if on { weight } else { 0 };
        let what = *self.random.weighted(&[
            (55, 0),
            (weight(deep, 10), 1),
            (weight(deep, 12), 2),
            (8, 3),
            (weight(self.kind > Kind::Plain, 4), 4),
            (weight(wild, 3), 5),
            (weight(wild, 4), 6),
            (weight(wild, 3), 7),
            (weight(wild, 2), 8),
            (weight(wild, 2), 9),
            (weight(wild, 2), 10),
            (weight(wild, 2), 11),
            (weight(wild, 2), 12),
        ]);
        let mut node = match what {
            1 => self.object(depth - 1, true),
            2 => self.table(depth),
            3 => self.list(),
            4 => self.many_types(),
            5 => self.free_form(depth - 1),
            6 => self.unlike(depth - 1),
            7 => self.array_of_arrays(depth - 1),
            8 => self.tree(),
            9 => self.tuple(depth - 1),
            10 => self.conditional(depth - 1),
            11 => self.shared(depth - 1),
            12 => self.random.pick(&[json!({}), json!({ "type": "object" }), json!({ "type": "array" })]).clone(),
            _ => self.scalar(),
        };
        if self.random.chance(8) {
            node = self.nullable(node);
        }
        self.titled(node)
    }

    fn titled(&mut self, mut node: Value) -> Value {
        if let Value::Object(map) = &mut node {
            if self.random.chance(50) && !map.contains_key("title") {
                map.insert("title".to_owned(), (*self.random.pick(TITLES)).into());
            }
            if self.random.once_in(20) {
                map.insert("description".to_owned(), "help".into());
            }
        }
        node
    }

    /// A node that may also be null, said in one of the ways there are.
    fn nullable(&mut self, mut node: Value) -> Value {
        let Some(map) = node.as_object_mut() else { return node };
        match map.get("type").cloned() {
            Some(Value::String(name)) if self.random.chance(70) && !map.contains_key("enum") => {
                map.insert("type".to_owned(), json!([name, "null"]));
                if let Some(Value::Array(list)) = map.get_mut("enum") {
                    list.push(Value::Null);
                }
                node
            }
            Some(_) => {
                let way = *self.random.pick(&["anyOf", "oneOf"]);
                json!({ way: [node, { "type": "null" }] })
            }
            None => node,
        }
    }

    fn names(&mut self, count: usize) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for _ in 0..count {
            let odd = self.kind > Kind::Plain && self.random.chance(25);
            let name = *self.random.pick(if odd { NAMES } else { PLAIN_NAMES });
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        names
    }

    /// An object with declared properties.
    fn object(&mut self, depth: usize, inside: bool) -> Value {
        let most = if inside { 4 } else { 8 };
        let count = if self.random.once_in(30) { 0 } else { 1 + self.random.below(most) };
        let names = self.names(count);
        let mut properties = Map::new();
        for name in &names {
            let node = if self.random.chance(if inside { 30 } else { 50 }) { self.node(depth) } else { self.cell() };
            properties.insert(name.clone(), node);
        }
        let required: Vec<&String> = names.iter().filter(|_| self.random.chance(50)).collect();
        let mut map = Map::new();
        map.insert("type".to_owned(), "object".into());
        if !required.is_empty() {
            map.insert("required".to_owned(), json!(required));
        }
        let closed = match self.kind {
            Kind::Plain => 50,
            Kind::Odd => 30,
            Kind::Wild => 20,
        };
        if self.random.chance(closed) {
            map.insert("additionalProperties".to_owned(), false.into());
        } else if self.wild() && self.random.chance(10) {
            let more = match self.random.below(3) {
                0 => json!({}),
                1 => self.scalar(),
                _ => json!({ "type": ["string", "number"] }),
            };
            map.insert("additionalProperties".to_owned(), more);
        }
        if self.wild() && self.random.once_in(15) {
            map.insert("patternProperties".to_owned(), json!({ "^x-": self.scalar() }));
        }
        if self.wild() && self.random.once_in(30) {
            map.insert("minProperties".to_owned(), 1.into());
        }
        map.insert("properties".to_owned(), properties.into());
        map.into()
    }

    /// What usually stands in one cell.
    fn cell(&mut self) -> Value {
        let mut node = if self.random.once_in(8) { self.list() } else { self.scalar() };
        if self.random.chance(8) {
            node = self.nullable(node);
        }
        self.titled(node)
    }

    /// An array of objects.
    fn table(&mut self, depth: usize) -> Value {
        let items = self.object(depth.saturating_sub(1), true);
        let mut map = Map::new();
        map.insert("type".to_owned(), "array".into());
        if self.random.chance(20) {
            map.insert("minItems".to_owned(), (1 + self.random.below(3)).into());
        }
        if self.random.once_in(20) {
            map.insert("maxItems".to_owned(), (4 + self.random.below(3)).into());
        }
        if self.random.once_in(20) {
            map.insert("uniqueItems".to_owned(), true.into());
        }
        let items = if self.kind > Kind::Plain && self.random.once_in(12) { self.nullable(items) } else { items };
        map.insert("items".to_owned(), items);
        map.into()
    }

    /// An array of scalars.
    fn list(&mut self) -> Value {
        let mut items = self.scalar();
        if self.kind > Kind::Plain && self.random.once_in(10) {
            items = self.nullable(items);
        }
        let mut list = json!({ "type": "array", "items": items });
        if self.random.chance(15) {
            list["minItems"] = 1.into();
        }
        if self.random.chance(10) {
            list["uniqueItems"] = true.into();
        }
        list
    }

    fn array_of_arrays(&mut self, depth: usize) -> Value {
        let inner = match self.random.below(4) {
            0 => self.table(depth),
            1 if depth > 0 => self.array_of_arrays(depth - 1),
            _ => self.list(),
        };
        json!({ "type": "array", "items": inner })
    }

    fn tuple(&mut self, depth: usize) -> Value {
        let first: Vec<Value> = (0..=self.random.below(3)).map(|_| self.node(depth.min(1))).collect();
        let word = if self.draft.number == 2020 { "prefixItems" } else { "items" };
        let rest = if word == "items" { "additionalItems" } else { "items" };
        let mut tuple = json!({ "type": "array", word: first });
        match self.random.below(3) {
            0 => tuple[rest] = false.into(),
            1 => tuple[rest] = self.scalar(),
            _ => {}
        }
        tuple
    }

    /// An object with keys of its own choosing.
    fn free_form(&mut self, depth: usize) -> Value {
        let value = match self.random.below(4) {
            0 => self.object(depth.saturating_sub(1), true),
            1 => json!({}),
            _ => self.scalar(),
        };
        match self.random.below(3) {
            0 => json!({ "type": "object", "patternProperties": { "^[a-z]": value }, "additionalProperties": false }),
            _ => json!({ "type": "object", "additionalProperties": value }),
        }
    }

    /// One of several shapes.
    fn unlike(&mut self, depth: usize) -> Value {
        let way = *self.random.pick(&["oneOf", "anyOf"]);
        let branches: Vec<Value> = (0..2 + self.random.below(2))
            .map(|number| match (number, self.random.below(3)) {
                (0, 0) => json!({ "type": "string" }),
                (_, 0) => self.table(depth.min(1)),
                (_, 1) => {
                    let mut object = self.object(depth.min(1), true);
                    object["properties"]["kind"] = json!({ "const": format!("k{number}") });
                    object["required"] = json!(["kind"]);
                    object
                }
                _ => self.scalar(),
            })
            .collect();
        json!({ way: branches })
    }

    /// An object whose other properties depend on one of them.
    fn conditional(&mut self, depth: usize) -> Value {
        let mut object = self.object(depth.min(1), true);
        if self.draft.number < 7 {
            return object;
        }
        object["properties"]["kind"] = json!({ "enum": ["甲", "乙"] });
        object["if"] = json!({ "properties": { "kind": { "const": "甲" } }, "required": ["kind"] });
        object["then"] = json!({ "properties": { "more": self.cell() }, "required": ["more"] });
        if self.random.chance(50) {
            object["else"] = json!({ "properties": { "less": self.cell() } });
        }
        if object.get("additionalProperties") == Some(&Value::Bool(false)) {
            object["properties"]["more"] = json!({});
            object["properties"]["less"] = json!({});
        }
        object
    }

    /// A definition that is used, sometimes twice, sometimes through `allOf`.
    fn shared(&mut self, depth: usize) -> Value {
        let name = format!("part{}", self.defs.len());
        self.defs.push((name.clone(), Value::Null));
        let at = self.defs.len() - 1;
        let part = if self.random.chance(60) { self.object(depth, true) } else { self.cell() };
        let is_object = part.get("properties").is_some();
        self.defs[at].1 = part;
        let reference = format!("#/$defs/{name}");
        if is_object && self.random.chance(30) && self.draft.number > 4 {
            return json!({ "allOf": [{ "$ref": reference }, { "properties": { "extra": self.cell() } }] });
        }
        json!({ "$ref": reference })
    }

    /// A tree: a definition that holds itself.
    fn tree(&mut self) -> Value {
        let name = format!("tree{}", self.defs.len());
        self.defs.push((name.clone(), Value::Null));
        let at = self.defs.len() - 1;
        let reference = json!({ "$ref": format!("#/$defs/{name}") });
        let mut properties = Map::new();
        properties.insert("name".to_owned(), json!({ "type": "string", "title": "名称" }));
        match self.random.below(3) {
            0 => properties.insert("children".to_owned(), json!({ "type": "array", "items": reference })),
            1 => properties.insert("next".to_owned(), reference.clone()),
            _ => properties.insert("by_key".to_owned(), json!({ "type": "object", "additionalProperties": reference })),
        };
        if self.random.chance(40) {
            properties.insert("value".to_owned(), self.scalar());
        }
        let mut tree = json!({ "type": "object", "properties": properties });
        if self.random.chance(50) {
            tree["required"] = json!(["name"]);
        }
        if self.random.chance(40) {
            tree["additionalProperties"] = false.into();
        }
        self.defs[at].1 = tree;
        reference
    }

    fn many_types(&mut self) -> Value {
        self.random
            .pick(&[
                json!({ "type": ["string", "integer"] }),
                json!({ "type": ["string", "number", "boolean", "null"] }),
                json!({ "type": ["string", "null"] }),
                json!({ "type": ["integer", "boolean"] }),
                json!({ "type": ["array", "string"], "items": { "type": "string" } }),
                json!({}),
            ])
            .clone()
    }

    fn scalar(&mut self) -> Value {
        match self.random.below(24) {
            0..=5 => self.text(),
            6 => json!({ "type": "string", "format": "date" }),
            7 => json!({ "type": "string", "format": "date-time" }),
            8 => json!({ "type": "string", "format": "time" }),
            9 => json!({ "type": "string", "pattern": *self.random.pick(PATTERNS) }),
            10 | 11 => self.whole(),
            12 | 13 => self.number(),
            14 | 15 => json!({ "type": "boolean" }),
            16..=19 => self.choice(),
            20 if self.kind > Kind::Plain => json!({ "type": "null" }),
            21 if self.kind > Kind::Plain => self.many_types(),
            _ => json!({ "type": "string" }),
        }
    }

    fn text(&mut self) -> Value {
        let mut node = json!({ "type": "string" });
        match self.random.below(6) {
            0 => node["minLength"] = 1.into(),
            1 => node["maxLength"] = (*self.random.pick(&[1, 5, 100])).into(),
            2 if self.random.chance(30) => node["format"] = (*self.random.pick(&["email", "uri", "uuid"])).into(),
            _ => {}
        }
        node
    }

    fn whole(&mut self) -> Value {
        let mut node = json!({ "type": "integer" });
        match self.random.below(5) {
            0 => node["minimum"] = (*self.random.pick(&[0, 1, -5])).into(),
            1 => {
                node["minimum"] = 0.into();
                node["maximum"] = (*self.random.pick(&[0, 1, 10, 3000])).into();
            }
            2 if self.random.chance(30) => node["multipleOf"] = 5.into(),
            _ => {}
        }
        node
    }

    fn number(&mut self) -> Value {
        let mut node = json!({ "type": "number" });
        match self.random.below(5) {
            0 => node["minimum"] = 0.into(),
            1 if self.draft.number > 4 => node["exclusiveMaximum"] = 1000.into(),
            2 if self.random.chance(30) => node["multipleOf"] = json!(0.5),
            _ => {}
        }
        node
    }

    /// One of a list; some lists have values that look alike.
    fn choice(&mut self) -> Value {
        if self.random.once_in(8) && self.draft.number > 4 {
            return json!({ "const": self.random.pick(&[json!("a"), json!(1), json!(true), json!("")]).clone() });
        }
        if self.random.once_in(6) && self.draft.number > 4 {
            let titles = if self.random.chance(50) { ["高", "低", "中"] } else { ["1", "2", "无"] };
            return json!({ "oneOf": [
                { "const": "high", "title": titles[0] },
                { "const": "low", "title": titles[1] },
                { "const": 3, "title": titles[2] },
            ] });
        }
        let plain =
            [json!(["甲", "乙", "丙"]), json!(["未开始", "整改中", "已完成"]), json!(["a", "b"]), json!([1, 2, 3])];
        let odd = [
            json!(["1", 1]),
            json!(["a", " a"]),
            json!(["a", "A"]),
            json!(["Ａ", "A"]),
            json!(["是", "否"]),
            json!([true, "true", "是"]),
            json!([null, "null", ""]),
            json!(["", "a"]),
            json!(["a\nb", "a b"]),
            json!(["[]", "{}", "\"a\""]),
            json!(["合计", "备注", "无"]),
            json!([0.1, 1e300, "1e300", 9_007_199_254_740_993_u64]),
            json!([1, 1.5, false]),
            json!(["2026-01-01", "1月1日"]),
            json!([[1], { "a": 1 }, "x"]),
            json!(["=1", "+1", "-1"]),
        ];
        let list = if self.kind > Kind::Plain && self.random.chance(50) {
            self.random.pick(&odd)
        } else {
            self.random.pick(&plain)
        };
        let mut node = json!({ "enum": list.clone() });
        if list.as_array().is_some_and(|list| list.iter().all(Value::is_string)) && self.random.chance(60) {
            node["type"] = "string".into();
        }
        node
    }
}
