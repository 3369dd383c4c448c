//! A form: a JSON Schema compiled for reading, writing and checking.

use std::fmt;
use std::ops::Not;
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use crate::check;
use crate::computed::Expressions;
use crate::finding::{Code, Finding, Text};
use crate::layout::{self, Layout};
use crate::rules::RuleSet;
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
    /// Its rules.
    pub rules: Arc<RuleSet>,
    /// The expressions of its computed rows.
    pub(crate) expressions: Arc<Expressions>,
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
        if !matches!(document, Value::Object(_) | Value::Bool(_)) {
            let message = Text::new("a form is a JSON object", "表单必须是 JSON 对象");
            return (None, vec![Finding::new(Code::BadForm, message).pointer("")]);
        }
        let (mut findings, sound) = check::before(&document);
        let schema = Schema::unfold(&sound, &mut findings);
        let layout = layout::compile(&schema, &mut findings);
        check::after(&sound, &schema, &layout, &mut findings);
        let (rules, of_rules) = RuleSet::compile(&schema);
        findings.extend(of_rules);
        let expressions = Expressions::compile(&sound, &schema, &layout, &mut findings);
        let id = document.get("$id").and_then(Value::as_str).map(id_of).unwrap_or_default();
        let root = schema.node(Schema::ROOT);
        let form = Self {
            version: root.sheet.version,
            name: root.title.clone().unwrap_or_else(|| id.clone()),
            id,
            assert_formats: has_vocabulary(&document),
            schema,
            layout,
            document,
            rules: Arc::new(rules),
            expressions: Arc::new(expressions),
            checkers: Arc::default(),
        };
        if !check::has_error(&findings)
            && let Err(finding) = form.checker(form.assert_formats)
        {
            findings.push(finding.clone());
        }
        (check::has_error(&findings).not().then_some(form), findings)
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

/// Whether a form says anything of ours.
fn has_vocabulary(document: &Value) -> bool {
    let mut found = false;
    check::schemas(document, &mut |schema, _| {
        found |= schema.contains_key("x-sheet") || schema.contains_key("x-rules");
    });
    found
}
