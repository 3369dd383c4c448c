//! The rules of a form: `x-rules` compiled once, then run over documents. It reads a document and says what is broken
//! and where in the document; it knows no sheet and no cell.
//!
//! The language is CEL. The `cel` crate parses it; the evaluation is our own (`docs/cel-notes.md` says why), and
//! `tests` holds the crate's interpreter against it.
//!
//! - A property that is absent or null is absent for `has`; read outside `has` it ends the rule without a hit, as does
//!   any use of what could not be read, `has` included: that has a finding of its own. Where `&&`, `||`, `all` or
//!   `exists` is decided by another side, the rule has its verdict all the same.
//! - Whole numbers are ints and others doubles by the schema's type; the two mix in arithmetic and comparison.
//! - Dates are their ISO texts: they compare as texts, and `addDays`, `addMonths` and `daysBetween` compute with them.
//! - What does not depend on `it` or a loop's variable is computed once, and `lookup`, `indexOf`, `count` and `in` find
//!   their way by an index: rules over long tables stay linear. Steps and memory are bounded.

mod call;
mod columns;
mod compare;
mod compile;
mod date;
mod eval;
mod expr;
mod expression;
mod function;
mod guard;
mod index;
mod names;
mod number;
mod pattern;
mod place;
mod run;
mod shape;
mod stop;
mod syntax;
mod value;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::finding::{Code, Finding, Severity, Text};
use crate::report::{shown, shown_zh};
use crate::schema::{Kind, NodeId, PlacedRule, Schema};
use crate::vocabulary::{Level, RuleSeverity};

use compile::Compiler;
use expr::Expr;
use names::Names;
use place::{FieldPath, Root};
use shape::Shape;

pub(crate) use columns::{Columns, OverColumns, Read};
pub(crate) use expression::Expression;
pub(crate) use names::unusable as unusable_name;
pub(crate) use place::Stand;

/// A document and what rules need to know about it.
#[derive(Clone, Copy)]
pub(crate) struct Input<'a> {
    /// The form's schema, the one the rules were compiled for.
    pub schema: &'a Schema,
    /// The document.
    pub document: &'a Value,
    /// Whether the value at a JSON pointer could not be read, or is of a wrong type or format: rules that touch it say
    /// nothing, for it has a finding of its own. Values whose type is not the schema's are known without asking.
    /// None where all was read and is of its type.
    pub unreadable: Option<&'a dyn Fn(&str) -> bool>,
    /// The documents given beside it.
    pub beside: &'a [Beside<'a>],
    /// Today as an ISO date, where somebody gave it; the root's `today` property wins over it.
    pub today: Option<&'a str>,
    /// Whether the document is final (the default profile) or a draft.
    pub final_profile: bool,
}

/// A document given beside the one that is checked, under a name that rules use.
#[derive(Clone, Copy)]
pub(crate) struct Beside<'a> {
    /// Its name.
    pub name: &'a str,
    /// The document.
    pub document: &'a Value,
    /// The schema of its own form.
    pub schema: &'a Schema,
    /// Whether the value at a JSON pointer could not be read; none where all was.
    pub unreadable: Option<&'a dyn Fn(&str) -> bool>,
}

/// One broken rule, or one that could not be checked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Hit {
    /// [`Code::Rule`], [`Code::RuleFailed`] or [`Code::NotChecked`].
    pub code: Code,
    /// How much it weighs.
    pub severity: Severity,
    /// What to say.
    pub message: Text,
    /// What to do.
    pub hint: Option<Text>,
    /// Where it stands.
    pub stand: Stand,
    /// The rule, as a JSON pointer fragment of the form, `#/properties/tasks/x-rules/0`.
    pub rule: String,
}

/// The rules of a form, compiled.
#[derive(Clone, Debug, Default)]
pub(crate) struct RuleSet {
    rules: Vec<Compiled>,
    /// The rules of each node that has some.
    by_node: BTreeMap<NodeId, Vec<usize>>,
    /// The names that rules use of documents given beside.
    pub(crate) asks: Vec<String>,
    /// For each node whether it or a node below it has rules.
    wanted: Vec<bool>,
}

/// One rule, compiled.
#[derive(Clone, Debug)]
struct Compiled {
    pointer: String,
    rule: Expr,
    each: Option<Expr>,
    message_expression: Option<Expr>,
    message: Text,
    /// What to call it: its message, else its text.
    name: String,
    draft: Severity,
    r#final: Severity,
    stand: FieldPath,
    /// Where it stands when there is no `it`: the list that `each` walks, where it names one.
    source: Option<FieldPath>,
    total: bool,
    variables: usize,
    kept: usize,
    /// Which kept values hold for one instance only.
    instance: Vec<usize>,
    /// Whether it is asked of merged documents only.
    across: bool,
}

impl RuleSet {
    /// Compiles every rule of a schema. A rule that cannot be used is left out, with a finding that says why.
    pub(crate) fn compile(schema: &Schema) -> (Self, Vec<Finding>) {
        let mut findings = Vec::new();
        let mut asks = Names::default();
        let mut set = Self::default();
        for (id, node) in schema.nodes.iter().enumerate() {
            for placed in &node.rules {
                if let Some(compiled) = compile_rule(schema, id, placed, &mut asks, &mut findings) {
                    set.by_node.entry(id).or_default().push(set.rules.len());
                    set.rules.push(compiled);
                }
            }
        }
        asks.report(&mut findings);
        set.asks = asks.into_names();
        set.mark(schema);
        (set, findings)
    }

    /// The rules that `takes` takes, by the node they stand on and whether they are asked of merged documents only.
    pub(crate) fn only(mut self, schema: &Schema, takes: impl Fn(NodeId, bool) -> bool) -> Self {
        for (node, rules) in &mut self.by_node {
            rules.retain(|rule| takes(*node, self.rules[*rule].across));
        }
        self.by_node.retain(|_, rules| !rules.is_empty());
        self.mark(schema);
        self
    }

    /// Whether it has none.
    pub(crate) fn is_empty(&self) -> bool {
        self.by_node.is_empty()
    }

    /// Marks the nodes at or below which rules stand.
    fn mark(&mut self, schema: &Schema) {
        self.wanted = vec![false; schema.nodes.len()];
        // A node's children come after it, so that one pass from the end carries the mark up to the root.
        for (id, node) in schema.nodes.iter().enumerate().rev() {
            let below = node.properties.iter().map(|(_, child)| *child).chain(node.items);
            self.wanted[id] =
                self.by_node.contains_key(&id) || below.into_iter().any(|child| self.wanted.get(child) == Some(&true));
        }
    }

    /// Runs the rules over a document.
    pub(crate) fn run(&self, input: &Input<'_>) -> Vec<Hit> {
        run::run(self, input)
    }
}

fn compile_rule(
    schema: &Schema,
    node: NodeId,
    placed: &PlacedRule,
    asks: &mut Names,
    findings: &mut Vec<Finding>,
) -> Option<Compiled> {
    let rule = &placed.rule;
    let types = schema.node(node).types;
    let mut compiler = Compiler::new(schema, node);
    if !types.object && !types.array {
        compiler.problems.push(Text::new("a rule stands on an object or an array", "规则须写在对象或数组上"));
    }
    let mut source = None;
    let each = rule.each.as_deref().and_then(|text| {
        let (each, shape) = compiler.compile(text)?;
        let named = compiler.named.first().cloned().unwrap_or(FieldPath::THIS);
        let is_list = |shape: &Shape| matches!(shape, Shape::Node(id) if schema.node(*id).types.array);
        source = named.shape(schema, &compiler.this, None).is_ok_and(|shape| is_list(&shape)).then_some(named);
        Some((each, shape))
    });
    if rule.each.is_some() {
        compiler.it = Some(each.as_ref().map_or(Shape::Unknown, |(_, shape)| shape.item(schema)));
    }
    let each = each.map(|(each, _)| each);
    let body = compiler.compile(&rule.rule);
    let sums = compiler.sums;
    let named = compiler.named.iter().find(|named| named.root != Root::Document).or(compiler.named.first()).cloned();
    let message_expression = rule.message_expression.as_deref().and_then(|text| compiler.compile(text));
    let stand = match &rule.field_path {
        None => named.unwrap_or(FieldPath::THIS),
        Some(text) => match FieldPath::parse(text) {
            Some(path) if path.needs_it() && rule.each.is_none() => {
                compiler.problems.push(Text::new(
                    format!("fieldPath {text:?} needs `it`, which only a rule with `each` has"),
                    format!("fieldPath“{text}”用到 it，而只有写了 each 的规则才有 it"),
                ));
                path
            }
            Some(path) => {
                if let Err(problem) = path.shape(schema, &compiler.this, compiler.it.as_ref()) {
                    compiler.problems.push(problem);
                }
                path
            }
            None => {
                compiler.problems.push(Text::new(
                    format!("fieldPath {text:?} is no path: .due, it.due, [it].due and [].due are"),
                    format!("fieldPath“{text}”不是路径；写法如 .due、it.due、[it].due、[].due"),
                ));
                FieldPath::THIS
            }
        },
    };
    if let Some((expr, shape)) = &body
        && let Some((en, zh)) = no_bool(schema, expr, shape)
    {
        compiler.problems.push(Text::new(
            format!("a rule must be true or false, and {} is {en}", shown(&rule.rule)),
            format!("规则的结果须为真或假，而{}是{zh}", shown_zh(&rule.rule)),
        ));
    }
    let mut report = |text: &Text, severity: Severity| {
        let finding = Finding::new(Code::BadForm, text.clone())
            .severity(severity)
            .pointer(placed.pointer.trim_start_matches('#'));
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    };
    compiler.problems.iter().for_each(|problem| report(problem, Severity::Error));
    // The column that says where a record comes from is there only once documents are merged.
    if rule.across != Some(true) {
        compiler.undeclared.iter().for_each(|text| report(text, Severity::Warning));
    }
    if !compiler.problems.is_empty() {
        return None;
    }
    compiler.asks.iter().for_each(|name| asks.add(name, &placed.pointer));
    let (body, _) = body?;
    let (draft, r#final) = match rule.severity {
        None => (Severity::Error, Severity::Error),
        Some(RuleSeverity::One(level)) => (severity(level), severity(level)),
        Some(RuleSeverity::ByProfile { draft, r#final }) => (severity(draft), severity(r#final)),
    };
    let message = rule
        .message
        .as_deref()
        .map_or_else(
            || {
                Text::new(
                    format!("the rule {} is not met", shown(&rule.rule)),
                    format!("不符合规则{}", shown_zh(&rule.rule)),
                )
            },
            Text::plain,
        )
        .open();
    let mut instance = Vec::new();
    for expr in [Some(&body), each.as_ref(), message_expression.as_ref().map(|(expr, _)| expr)].into_iter().flatten() {
        expr.kept_for_instance(&mut instance);
    }
    Some(Compiled {
        pointer: placed.pointer.clone(),
        rule: body,
        each,
        message_expression: message_expression.map(|(expr, _)| expr),
        message,
        name: rule.message.clone().unwrap_or_else(|| rule.rule.clone()),
        draft,
        r#final,
        total: sums && rule.field_path.is_some(),
        stand,
        source,
        variables: expr::IT + 1 + compiler.deepest,
        kept: compiler.kept,
        instance,
        across: rule.across == Some(true),
    })
}

/// What an expression gives that can be no bool, whatever the document.
fn no_bool(schema: &Schema, expr: &Expr, shape: &Shape) -> Option<(&'static str, &'static str)> {
    match expr {
        Expr::Null => Some(("null", "空值")),
        Expr::Int(_) | Expr::Double(_) | Expr::Negate(_) => Some(("a number", "数字")),
        Expr::Text(_) => Some(("a text", "文本")),
        Expr::List(_) => Some(("a list", "列表")),
        Expr::Map(_) => Some(("a group of values", "对象")),
        Expr::Kept { expr, .. } => no_bool(schema, expr, shape),
        Expr::Select { .. } => match shape {
            Shape::Node(id) if !schema.node(*id).opaque => match schema.node(*id).types.single()? {
                Kind::Boolean => None,
                Kind::Integer | Kind::Number => Some(("a number", "数字")),
                Kind::String => Some(("a text", "文本")),
                Kind::Array => Some(("a list", "列表")),
                Kind::Object => Some(("an object", "对象")),
            },
            _ => None,
        },
        _ => None,
    }
}

fn severity(level: Level) -> Severity {
    match level {
        Level::Error => Severity::Error,
        Level::Warning => Severity::Warning,
        Level::Info => Severity::Info,
    }
}
