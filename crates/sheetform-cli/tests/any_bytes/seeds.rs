//! What changes begin with: the samples, the files and forms of the cases, and rows as programs write them or none should.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::random::Random;
use crate::rows::{HEAD, ROWS, TAIL};
use crate::{json, one_pass, package};

/// Bytes to begin with, and what kind they are of.
pub(crate) struct Seed {
    pub(crate) kind: String,
    pub(crate) bytes: Vec<u8>,
}

impl Seed {
    fn new(kind: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { kind: kind.to_owned(), bytes: bytes.into() }
    }
}

/// Shared texts as programs write them, and as few do.
const TEXTS: &str = "<sst count=\"3\"><si><t>共享</t></si><si><r><rPr><b/></rPr><t xml:space=\"preserve\"> 粗 </t></r><rPh><t>cu</t></rPh></si>\
                     <si><t>a_x000D_&amp;b</t></si><si/></sst>";
/// Cell formats.
const STYLES: &str = "<styleSheet><numFmts><numFmt numFmtId=\"200\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;\"/></numFmts>\
                      <cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"200\"/></cellXfs></styleSheet>";

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files below some folders, in order.
fn files(folders: &[&str]) -> Vec<PathBuf> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, files) } else { files.push(path) }
        }
    }
    let mut all = Vec::new();
    for folder in folders {
        walk(&root().join(folder), &mut all);
    }
    all.sort();
    all
}

fn ending(path: &Path) -> &str {
    path.extension().and_then(|ending| ending.to_str()).unwrap_or_default()
}

pub(crate) fn scan() -> Vec<Seed> {
    let sheet = |rows: &str| format!("{HEAD}{rows}{TAIL}");
    let mut seeds: Vec<Seed> = ROWS.iter().map(|rows| Seed::new("a row", sheet(rows))).collect();
    seeds.extend((0..12).map(|at| Seed::new("rows", sheet(&ROWS[at..at + 3].concat()))));
    seeds.extend(ROWS.map(|rows| Seed::new("texts and formats", format!("{}\0{TEXTS}\0{STYLES}", sheet(rows)))));
    seeds
}

pub(crate) fn open() -> Vec<Seed> {
    let endings = ["xlsx", "xlsm", "xlsb", "ods", "xls", "csv", "tsv", "txt", "html", "xml"];
    let of_books = files(&["samples", "tests/cases"]);
    let of_books = of_books.iter().filter(|path| endings.contains(&ending(path)));
    of_books.map(|path| Seed::new(ending(path), package::unpacked(fs::read(path).unwrap()))).collect()
}

pub(crate) fn json() -> Vec<Seed> {
    let of_form = |at: usize, text: &[u8]| {
        let plan = b'a' + (at * 7 % 8) as u8;
        [&[b'a' + at as u8, plan], text].concat()
    };
    let mut seeds = Vec::new();
    for (at, form) in json::forms().iter().enumerate() {
        let text = fs::read(root().join(format!("samples/{}.json", form.id))).unwrap();
        let document: Value = serde_json::from_slice(&text).unwrap();
        // Once without blanks, so that more of what is changed counts.
        seeds.push(Seed::new(&form.id, of_form(at, document.to_string().as_bytes())));
        seeds.push(Seed::new(&form.id, of_form(at, &text)));
        let lines = json::lines_of(form, &document);
        seeds.extend(lines.map(|lines| Seed::new("lines", of_form(at, lines.as_bytes()))));
    }
    // Whatever else is JSON, as if it were of one form after the other.
    let others = files(&["tests/cases"]);
    let others = others.iter().filter(|path| path.ends_with("input.json") || ending(path) == "jsonl");
    seeds.extend(others.enumerate().map(|(at, path)| {
        let text = fs::read(path).unwrap();
        Seed::new("other", of_form(at % json::forms().len(), &text))
    }));
    seeds
}

pub(crate) fn schema() -> Vec<Seed> {
    let forms = files(&["schemas", "tests/cases"]);
    let forms = forms.iter().filter(|path| ending(path) == "json" && path.to_string_lossy().contains("schema"));
    let of = |path: &PathBuf| {
        let mut bytes = fs::read(path).unwrap();
        if let Ok(document) = fs::read(path.with_file_name("input.json")) {
            bytes.push(0);
            bytes.extend(document);
        }
        bytes
    };
    forms.map(|path| Seed::new("form", of(path))).collect()
}

pub(crate) fn rule() -> Vec<Seed> {
    let own = [
        "self.count == 3 && !(self.done || self.price > 1.5)\0'价 ' + string(self.price)\0.count",
        "has(self.none) ? self.none.startsWith('a') : self.tags.exists(t, t == \"x\")",
        "self.rows.all(r, r.no > 0 && has(r.due) && r.due <= today)\0\0.rows[].due",
        "sum(self.rows.map(r, r.cost)) == self.price",
        "self.tags.filter(t, t.matches('^[xy]$')).size() == distinct(self.tags).size()",
        "days(self.month).size() == 28 && weekday(self.on) in [1, 2, 6]",
        "lookup(self.rows, 'no', 2).name == '乙'",
        "year(self.on) * 12 + month(self.on) - quarter(self.on) % half(self.on) > 0",
        "range(10).all(i, i < 10) && isSorted(self.rows.map(r, r.no))",
        "periods(2026, 4).exists(p, p.start <= self.on && self.on <= p.end)",
        "[1, 2.5, -3][0] == 1 && {'a': null}.a == null && self['text'].size() == 4",
        "self.text.contains('甲') != self.text.endsWith(\"\\u7532\") || r'\\d' == b'\\x61'.size()",
        "count(self.rows.filter(r, r.cost >= 0.1)) <= 9007199254740993",
        "date(self.on) + duration('24h') > date('2026-02-28')",
    ];
    let mut seeds: Vec<Seed> = own.iter().map(|rule| Seed::new("own", *rule)).collect();
    for seed in schema() {
        let text = seed.bytes.split(|byte| *byte == 0).next().unwrap_or_default();
        let schema = serde_json::from_slice(text).unwrap_or_default();
        rules(&schema, &mut |rule| seeds.push(Seed::new("of a form", rule)));
    }
    seeds
}

/// The rules anywhere in a schema, with what stands beside them.
fn rules(node: &Value, each: &mut dyn FnMut(String)) {
    for rule in node.get("x-rules").and_then(Value::as_array).into_iter().flatten() {
        let text = |key: &str| rule.get(key).and_then(Value::as_str).unwrap_or_default();
        each(format!("{}\0{}\0{}", text("rule"), text("messageExpression"), text("fieldPath")));
    }
    match node {
        Value::Object(map) => map.values().for_each(|inner| rules(inner, each)),
        Value::Array(items) => items.iter().for_each(|inner| rules(inner, each)),
        _ => {}
    }
}

pub(crate) fn one_pass() -> Vec<Seed> {
    let mut random = Random::new(20_261_126, &[]);
    let mut choices = |ledger: usize| {
        let mut bytes: Vec<u8> = (0..40).map(|_| random.below(256) as u8).collect();
        bytes[0] = ledger as u8;
        // Some sheets are sound.
        bytes[3] = random.below(6) as u8;
        bytes
    };
    let seed = |at: usize| Seed::new(&format!("ledger {}", at % one_pass::LEDGERS), choices(at % one_pass::LEDGERS));
    (0..60).map(seed).collect()
}
