//! A form: a JSON Schema compiled for reading, writing and checking.

use std::fmt;
use std::ops::Not;
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use crate::check;
use crate::computed::Expressions;
use crate::finding::{Code, Finding, Text};
use crate::layout::{self, Layout, Level, Pattern, Table};
use crate::references::References;
use crate::rules::RuleSet;
use crate::schema::{self, Documents, Node, Schema};
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
    /// It and what it refers to.
    documents: Arc<Documents>,
    /// Its nodes.
    pub(crate) schema: Schema,
    /// Its sheet.
    pub(crate) layout: Layout,
    /// Whether `format` is asserted: the form has an `x-sheet` or `x-rules`, or its meta-schema asks for it.
    pub assert_formats: bool,
    /// What checking needs, compiled when first asked for: to tell which form a file is of, the layout is enough.
    later: Arc<Later>,
}

/// The parts of a form that are compiled when first asked for.
#[derive(Default)]
struct Later {
    /// Its rules.
    rules: OnceLock<RuleSet>,
    /// The expressions of its computed rows.
    expressions: OnceLock<Expressions>,
    /// Its validators with `format` as an annotation.
    annotating: OnceLock<Result<Checker, Vec<Finding>>>,
    /// Its validators with `format` asserted.
    asserting: OnceLock<Result<Checker, Vec<Finding>>>,
}

impl fmt::Debug for Later {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Later")
    }
}

impl Form {
    /// Compiles a JSON Schema that refers to nothing outside itself but the meta-schemas of JSON Schema. The form is
    /// absent where a finding of severity error makes it unusable.
    pub fn compile(document: Value) -> (Option<Self>, Vec<Finding>) {
        Self::compile_with(document, &References::new())
    }

    /// Compiles a JSON Schema whose references may lead to these documents. The form is absent where a finding of
    /// severity error makes it unusable.
    pub fn compile_with(document: Value, references: &References) -> (Option<Self>, Vec<Finding>) {
        if !matches!(document, Value::Object(_) | Value::Bool(_)) {
            let message = Text::new("a form is a JSON object", "表单必须是 JSON 对象");
            return (None, vec![Finding::new(Code::BadForm, message).pointer("")]);
        }
        let documents = Documents::of(&document, references);
        let (mut findings, sound) = check::before(&document, &documents);
        let mut form = Self::laid_out(document, &sound, documents, &mut findings);
        check::after(&sound, &form.schema, &form.layout, &mut findings);
        let (rules, of_rules) = RuleSet::compile(&form.schema);
        let rules = rules.only(&form.schema, |_, across| !across);
        findings.extend(of_rules);
        let expressions = Expressions::compile(&sound, &form.schema, &form.layout, &mut findings);
        form.later = Arc::new(Later { rules: rules.into(), expressions: expressions.into(), ..Later::default() });
        if !check::has_error(&findings)
            && let Err(of_checker) = form.checker(form.assert_formats)
        {
            findings.extend_from_slice(of_checker);
        }
        check::placed(&mut findings, &form.document);
        (check::has_error(&findings).not().then_some(form), findings)
    }

    /// Compiles a form that [`Form::compile`] is known to find nothing wrong in, as a program knows of those that it
    /// ships: nothing is looked for in it, and what checking needs is compiled when first asked for.
    pub fn known(document: Value) -> Self {
        let documents = Documents::of(&document, &References::new());
        let sound = documents.form().clone();
        Self::laid_out(document, &sound, documents, &mut Vec::new())
    }

    /// The form as far as a sheet is found by it; `sound` is what is taken of its document.
    fn laid_out(document: Value, sound: &Value, documents: Documents, findings: &mut Vec<Finding>) -> Self {
        let schema = Schema::unfold(sound, &documents, findings);
        let layout = layout::compile(&schema, findings);
        let own_id = document.get(documents.draft().id_keyword()).and_then(Value::as_str);
        let id = own_id.map(id_of).unwrap_or_default();
        let root = schema.node(Schema::ROOT);
        Self {
            version: root.sheet.version,
            name: root.title.clone().unwrap_or_else(|| id.clone()),
            id,
            assert_formats: documents.assert_formats() || documents.all().any(has_vocabulary),
            schema,
            layout,
            document,
            documents: Arc::new(documents),
            later: Arc::default(),
        }
    }

    /// The form with columns and labels for undeclared properties, where `wanted` asks for them.
    pub(crate) fn with_rest(&self, wanted: &dyn Fn(&Pattern) -> bool) -> Self {
        Self { layout: layout::with_rest(&self.schema, &self.layout, wanted), ..self.clone() }
    }

    /// The URIs that a form refers to and that are neither in it nor among these documents.
    pub fn missing(document: &Value, references: &References) -> Vec<String> {
        Documents::of(document, references).missing().map(schema::documents::shown).collect()
    }

    /// The rows that the tables of a document have on a sheet.
    pub fn records(&self, document: &Value) -> usize {
        let of = |table: &Table| list_at(document, &table.path).map(|one| rows(one, &table.levels)).sum::<usize>();
        self.layout.tables().map(of).sum()
    }

    /// What it refers to, itself included, for a form that is made of it.
    pub(crate) fn references(&self) -> References {
        self.documents.references()
    }

    /// The property of the root that names the sender as a text; none where it lies deeper or is no text.
    pub fn sender_property(&self) -> Option<&str> {
        let [name] = self.layout.sender.as_deref()? else { return None };
        let node = self.schema.node(self.schema.node(Schema::ROOT).property(name)?);
        (node.types.string && node.choices.is_none()).then_some(name)
    }

    /// The names that its rules use of documents given beside the one that is checked.
    pub fn asks(&self) -> &[String] {
        &self.rules().asks
    }

    /// Its rules.
    pub(crate) fn rules(&self) -> &RuleSet {
        let compile = || RuleSet::compile(&self.schema).0.only(&self.schema, |_, across| !across);
        self.later.rules.get_or_init(compile)
    }

    /// Gives it other rules.
    pub(crate) fn set_rules(&mut self, rules: RuleSet) {
        self.later = Arc::new(Later { rules: rules.into(), ..Later::default() });
    }

    /// The expressions of its computed rows.
    pub(crate) fn expressions(&self) -> &Expressions {
        let compile = || Expressions::compile(self.documents.form(), &self.schema, &self.layout, &mut Vec::new());
        self.later.expressions.get_or_init(compile)
    }

    /// Whether the form says which property names the sender of a document, and which its date.
    pub fn says_origin(&self) -> (bool, bool) {
        (self.layout.sender.is_some(), self.layout.dated.is_some())
    }

    /// Who sent a document: the value of the property that the form's `sender` names, without blanks around it; none
    /// where the form names none, or the document has none there.
    pub fn sender(&self, document: &Value) -> Option<String> {
        origin(document, self.layout.sender.as_deref()?)
    }

    /// The day, month or year of a document, `2026-03-31`, `2026-03` or `2026`: the value of the property that the
    /// form's `dated` names.
    pub fn dated(&self, document: &Value) -> Option<String> {
        let found = origin(document, self.layout.dated.as_deref()?)?;
        // Of a date and time the day: submissions of one day are of one age.
        Some(found.split(['T', 't', ' ']).next().unwrap_or_default().to_owned())
    }

    /// How well the names in a document fit the form: those of the root, and those of each array's first record.
    pub fn fit(&self, document: &Value) -> Fit {
        let root = self.schema.node(Schema::ROOT);
        let mut fit = names(document, root);
        for (name, id) in &root.properties {
            let first = document.get(name).and_then(|list| list.get(0));
            if let (Some(record), Some(items)) = (first, self.schema.node(*id).items) {
                let of_record = names(record, self.schema.node(items));
                fit = Fit {
                    found: fit.found + of_record.found,
                    of: fit.of + of_record.of,
                    whole: fit.whole && of_record.whole,
                };
            }
        }
        fit
    }

    /// It and what it refers to.
    pub(crate) fn documents(&self) -> &Documents {
        &self.documents
    }

    /// Its validators, with `format` asserted or not; findings of the form where they cannot be compiled.
    pub(crate) fn checker(&self, formats: bool) -> Result<&Checker, &[Finding]> {
        let cell = if formats { &self.later.asserting } else { &self.later.annotating };
        let made = cell.get_or_init(|| Checker::compile(&self.documents, &self.layout, formats));
        made.as_ref().map_err(Vec::as_slice)
    }
}

/// How well a file fits a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fit {
    /// Parts of the form (headings and labels, or names) that the file has.
    pub found: usize,
    /// Parts that the form has, and for a document those that only the document has.
    pub of: usize,
    /// Whether all that must be there is.
    pub whole: bool,
}

/// A single value at a path, as text.
fn origin(document: &Value, path: &[String]) -> Option<String> {
    let text = match layout::at_path(document, path)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

fn names(value: &Value, node: &Node) -> Fit {
    let keys = || value.as_object().into_iter().flat_map(|map| map.keys()).filter(|key| *key != "$schema");
    let found = keys().filter(|key| node.property(key).is_some()).count();
    let missing = node.required.iter().filter(|name| value.get(name.as_str()).is_none()).count();
    Fit { found, of: keys().count() + missing, whole: missing == 0 }
}

/// The rows that a record has, whose lists are these levels.
pub(crate) fn rows(record: &Value, levels: &[Level]) -> usize {
    match levels {
        [] => 1,
        [level, rest @ ..] => list_at(record, &level.path).map(|one| rows(one, rest)).sum::<usize>().max(1),
    }
}

fn list_at<'a>(value: &'a Value, path: &[String]) -> impl Iterator<Item = &'a Value> {
    layout::at_path(value, path).and_then(Value::as_array).into_iter().flatten()
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
