//! A form: a JSON Schema compiled for reading, writing and checking.

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use crate::finding::{Code, Finding, Severity, Text};
use crate::layout::{self, Layout};
use crate::schema::Schema;
use crate::validate::Checker;

/// A compiled form.
#[derive(Clone, Debug)]
pub struct Form {
    /// What follows the last `/` or `:` of its `$id`, without `.schema.json`; empty where it has none.
    pub id: String,
    /// Its version, where it says one.
    pub version: Option<u32>,
    /// Its title, else its id.
    pub name: String,
    /// The JSON Schema as given.
    pub document: Value,
    /// Its nodes.
    pub schema: Schema,
    /// Its sheet.
    pub layout: Layout,
    /// Whether `format` is asserted: the form has an `x-sheet` or `x-rules`.
    pub assert_formats: bool,
    /// Its validators, compiled when first asked for.
    checkers: Arc<Checkers>,
}

/// A form's validators, with `format` as an annotation and asserted.
#[derive(Default)]
struct Checkers {
    annotating: OnceLock<Result<Checker, Box<Finding>>>,
    asserting: OnceLock<Result<Checker, Box<Finding>>>,
}

impl fmt::Debug for Checkers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Checkers")
    }
}

impl Form {
    /// Compiles a JSON Schema. The form is absent where a finding of severity error makes it unusable.
    pub fn compile(document: Value) -> (Option<Self>, Vec<Finding>) {
        let mut findings = Vec::new();
        if !matches!(document, Value::Object(_) | Value::Bool(_)) {
            let message = Text::new("a form is a JSON object", "表单必须是 JSON 对象");
            return (None, vec![Finding::new(Code::BadForm, message).pointer("")]);
        }
        let schema = Schema::unfold(&document, &mut findings);
        let layout = layout::compile(&schema, &mut findings);
        let form = Self {
            id: document.get("$id").and_then(Value::as_str).map(id_of).unwrap_or_default(),
            version: schema.node(Schema::ROOT).sheet.version,
            name: String::new(),
            assert_formats: has_vocabulary(&document),
            schema,
            layout,
            document,
            checkers: Arc::default(),
        };
        let title = form.schema.node(Schema::ROOT).title.clone();
        let form = Self { name: title.unwrap_or_else(|| form.id.clone()), ..form };
        let usable = findings.iter().all(|f| f.severity != Severity::Error);
        (usable.then_some(form), findings)
    }

    /// Its validators, with `format` asserted or not; a finding of the form where they cannot be compiled.
    pub(crate) fn checker(&self, formats: bool) -> Result<&Checker, &Finding> {
        let cell = if formats { &self.checkers.asserting } else { &self.checkers.annotating };
        cell.get_or_init(|| Checker::compile(&self.document, &self.layout, formats)).as_ref().map_err(AsRef::as_ref)
    }
}

/// A form's id from its `$id`.
pub fn id_of(id: &str) -> String {
    let last = id.trim_end_matches('#').rsplit(['/', ':']).next().unwrap_or_default();
    last.strip_suffix(".schema.json").unwrap_or(last).to_owned()
}

fn has_vocabulary(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.iter().any(|(key, v)| key == "x-sheet" || key == "x-rules" || has_vocabulary(v)),
        Value::Array(list) => list.iter().any(has_vocabulary),
        _ => false,
    }
}
