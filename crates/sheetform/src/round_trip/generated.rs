//! Law 1 over generated documents of every shipped form: laid out and read back, each is equal.
//!
//! `ROUND_TRIPS=10000` asks for more documents a form, `SEED=7` for others.
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a test reads files and shows its counts")]

use super::{difference, lay_out};
use crate::form::Form;
use crate::schema::{Kind, NodeId, Schema};
use crate::{read, write};
use serde_json::{Map, Value};

/// Texts that peers lose, and texts that look like parts of a form.
const TEXTS: &[&str] = &[
    "a",
    "第一分公司",
    " 前空格",
    "后空格 ",
    "　全角　",
    "\u{a0}nbsp\u{a0}",
    "=1+1",
    "+1",
    "-1",
    "@x",
    "'007",
    "007",
    "1.10",
    "2026-01-08",
    "2026年1月8日",
    "85%",
    "TRUE",
    "是",
    "#N/A",
    "null",
    "\"\"",
    "[]",
    "{}",
    "\"quoted\"",
    "[\"a\"]",
    "无",
    "/",
    "合计",
    "合 计：",
    "小计",
    "注：见下",
    "备注：",
    "序号",
    "日期",
    "日期：2026-01-08",
    "单位：甲  日期：乙",
    "审核",
    "检查人：张工",
    "line\nbreak",
    "crlf\r\nend",
    "cr\rend",
    "tab\there",
    "_x000D_",
    "_x0041_",
    "😀👨‍👩‍👧",
    "e\u{301}",
    "\u{1}\u{1f}",
    "\u{fffe}",
    "a、b",
    "、",
    "a,b",
    "110101199003071234",
    "1e5",
    "0",
    "   ",
    "\n",
    "<b>&amp;</b>",
    "]]>",
    "\u{200b}",
    "\u{feff}x",
    "一、总则",
    "至",
    "2026-01-01至2026-12-31",
    "true",
    "12月底",
    "组内职务",
    "是否",
    "*",
    "(必填)",
];

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n.max(1)
    }

    fn text(&mut self) -> String {
        let one = TEXTS[self.below(TEXTS.len())];
        match self.below(6) {
            0 => format!("{one}{}", TEXTS[self.below(TEXTS.len())]),
            1 => "普通内容".to_owned(),
            _ => one.to_owned(),
        }
    }
}

fn value(schema: &Schema, id: NodeId, random: &mut Random, depth: usize) -> Value {
    let node = schema.node(id);
    if let Some(choices) = &node.choices {
        return choices[random.below(choices.len())].value.clone();
    }
    let whole = |key: &str, or: f64| node.number(key).unwrap_or(or) as i64;
    match node.types.single() {
        Some(Kind::String) => match node.format.as_deref() {
            Some("date") => {
                format!("{:04}-{:02}-{:02}", 1890 + random.below(200), 1 + random.below(12), 1 + random.below(28))
                    .into()
            }
            _ if node.keywords.contains_key("pattern") => {
                format!("{:04}-{:02}", 1901 + random.below(200), 1 + random.below(12)).into()
            }
            _ => random.text().into(),
        },
        Some(Kind::Integer) => {
            let (least, most) = (whole("minimum", -3.0), whole("maximum", 2e15));
            match random.below(3) {
                0 => least.into(),
                1 => most.into(),
                _ => (least + random.below((most - least).min(5000) as usize) as i64).into(),
            }
        }
        Some(Kind::Number) => {
            let least = node.number("minimum").unwrap_or(-5.0);
            let most = node.number("maximum").unwrap_or(1e9);
            let step = [0.0, 0.01, 0.1, 0.25, 1.0 / 3.0, 123_456.789][random.below(6)];
            (least + step).min(most).into()
        }
        Some(Kind::Boolean) => (random.below(2) == 0).into(),
        Some(Kind::Array) => {
            let most = if depth == 0 { 9 } else { 4 };
            let least = whole("minItems", 0.0) as usize;
            let items = node.items.unwrap();
            let count = least + random.below(most);
            (0..count).map(|_| value(schema, items, random, depth + 1)).collect()
        }
        Some(Kind::Object) => {
            let mut map = Map::new();
            for (name, child) in &node.properties {
                if node.required.contains(name) || random.below(3) > 0 {
                    map.insert(name.clone(), value(schema, *child, random, depth + 1));
                }
            }
            Value::Object(map)
        }
        None => Value::Null,
    }
}

#[test]
fn every_generated_document_comes_back_equal() {
    let ask = |name: &str, or: u64| std::env::var(name).ok().and_then(|t| t.parse().ok()).unwrap_or(or);
    let (count, seed) = (ask("ROUND_TRIPS", 60), ask("SEED", 1));
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let (mut tried, mut quoted, mut failures) = (0, 0, Vec::new());
    for path in paths.iter().filter(|path| !path.ends_with("vocabulary.schema.json")) {
        let (form, findings) = Form::compile(serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap());
        let form = form.unwrap_or_else(|| panic!("{}: {findings:?}", path.display()));
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        for _ in 0..count {
            let document = value(&form.schema, Schema::ROOT, &mut random, 0);
            tried += 1;
            match lay_out(&form, &document) {
                Ok(book) => {
                    let plain = write::write(&form, &document).unwrap();
                    quoted += usize::from(plain != book);
                    let back = read::read(&form, &write::to_grid(&book), &read::Options::default());
                    assert_eq!(difference(&document, &back.document.unwrap()), None);
                }
                Err(findings) => failures.push(format!("{}: {findings:?}", form.id)),
            }
        }
    }
    println!("{tried} documents, {quoted} with texts in quotes, {} refused", failures.len());
    assert!(
        failures.is_empty(),
        "{} of {tried} refused:\n{}",
        failures.len(),
        failures[..failures.len().min(8)].join("\n")
    );
}
