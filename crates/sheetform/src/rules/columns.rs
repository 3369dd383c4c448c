//! Rules of records, run over the columns of a record, of which no document is made. That tells only that there is
//! nothing to say: where anything else comes of it, the record is put into its document and run as any other, so that
//! one code makes all findings.
//!
//! The expressions are those of the rules, and the machine is the same. What does not depend on the record is known
//! from the start; a rule with anything else in it than its own columns cannot be run so.

use serde_json::Value;

use crate::schema::{Kind, Node, NodeId, Schema};

use super::eval::{Frame, Machine};
use super::expr::{Expr, IT, SELF, any};
use super::function::Function;
use super::run::today;
use super::stop::Stop;
use super::value::{Document, Str, Val, scalar};
use super::{Compiled, Input, RuleSet};

/// Longer lists have an index, which is not made for each record.
const LIST: usize = 15;

/// What a record holds in its columns.
pub(crate) trait Columns {
    /// What stands in a column.
    fn read(&self, column: usize) -> Read<'_>;

    /// Whether the object at a path of property names is there.
    fn is_object(&self, path: &[String]) -> bool;
}

/// What stands in a column, as rules take it; none where nothing does.
pub(crate) struct Read<'a>(pub(super) Option<Val<'a>>);

impl<'a> Read<'a> {
    /// The value of a node.
    pub(crate) fn of(value: Option<&'a Value>, node: &Node) -> Self {
        Self(value.filter(|value| !value.is_null()).map(|value| scalar(value, Some(node))))
    }

    /// A text that is known to be one of its column.
    pub(crate) fn text(text: &'a str) -> Self {
        Self(Some(Val::Text(Str::Lent(text))))
    }

    /// Whether a rule that reads it comes to an end.
    pub(crate) fn is_unread(&self) -> bool {
        matches!(self.0, Some(Val::Unread))
    }
}

/// A column of a table: the property names that lead to it from the record, and its node.
pub(crate) type ColumnAt<'a> = (&'a [String], NodeId);

/// The rules of a table's records, as they run over columns.
pub(crate) struct OverColumns {
    rules: Vec<OfRecord>,
    known: Vec<Val<'static>>,
}

/// A rule.
struct OfRecord {
    /// The names that lead to the object it stands on.
    path: Vec<String>,
    expr: Expr,
}

impl OverColumns {
    /// None where one of the rules asks for more than the columns of a record, whose node is `items`. What the document
    /// of `input` has beside the table may not change any more.
    pub(crate) fn new(set: &RuleSet, input: &Input<'_>, items: NodeId, columns: &[ColumnAt<'_>]) -> Option<Self> {
        let document = Document::new(input);
        let machine = Machine::new(&document, &[], today(&document, input.today));
        let mut made = Self { rules: Vec::new(), known: Vec::new() };
        let mut open: Vec<(NodeId, Vec<String>)> = vec![(items, Vec::new())];
        let mut met = 0;
        while let Some((id, path)) = open.pop() {
            let node = input.schema.node(id);
            for number in set.by_node.get(&id).into_iter().flatten() {
                let rule = set.rules.get(*number)?;
                let is_object = node.types.single() == Some(Kind::Object) && node.choices.is_none();
                // As JSON text in a cell it is no object with columns.
                let in_cell = columns.iter().any(|(at, _)| path.starts_with(at));
                if !is_object || in_cell || rule.each.is_some() {
                    return None;
                }
                let mut over = Over {
                    schema: input.schema,
                    columns,
                    path: &path,
                    machine: &machine,
                    rule,
                    known: &mut made.known,
                };
                let expr = over.expr(&rule.rule)?;
                made.rules.push(OfRecord { path: path.clone(), expr });
                met += 1;
            }
            open.extend(node.properties.iter().filter(|(_, child)| set.wanted.get(*child) == Some(&true)).map(
                |(name, child)| {
                    let mut path = path.clone();
                    path.push(name.clone());
                    (*child, path)
                },
            ));
        }
        // Those of lists in records stand elsewhere.
        let all: usize = set.by_node.values().map(Vec::len).sum();
        (met == all).then_some(made)
    }

    /// Whether no rule has anything to say of a record.
    pub(crate) fn is_silent(&self, schema: &Schema, record: &dyn Columns) -> bool {
        let document = Document::of_columns(schema);
        let machine = Machine::over_columns(&document, record, &self.known);
        let mut frame = Frame::empty();
        self.rules.iter().all(|rule| {
            !(rule.path.is_empty() || record.is_object(&rule.path))
                || matches!(machine.run(&rule.expr, &mut frame), Ok(Val::Bool(true)) | Err(Stop::Skip))
        })
    }
}

/// Puts columns into an expression.
struct Over<'a, 'd> {
    schema: &'a Schema,
    columns: &'a [ColumnAt<'a>],
    /// The names that lead to `self`.
    path: &'a [String],
    machine: &'a Machine<'d>,
    rule: &'d Compiled,
    known: &'a mut Vec<Val<'static>>,
}

impl<'d> Over<'_, 'd> {
    fn expr(&mut self, expr: &'d Expr) -> Option<Expr> {
        let own = |one: &Expr| matches!(one, Expr::Variable(SELF | IT));
        match expr {
            Expr::Null | Expr::Bool(_) | Expr::Int(_) | Expr::Double(_) | Expr::Text(_) => return Some(expr.clone()),
            _ if !any(expr, &mut |one| own(one)) => return self.constant(expr),
            _ => {}
        }
        Some(match expr {
            Expr::Kept { expr, .. } => self.expr(expr)?,
            Expr::Select { .. } => Expr::Column(self.column(expr)?),
            // Of an object in between it would have to be known whether that is there.
            Expr::Has { of, name } if matches!(**of, Expr::Variable(SELF)) => Expr::HasColumn(self.column_at(&[name])?),
            Expr::Not(of) => Expr::Not(Box::new(self.expr(of)?)),
            Expr::Negate(of) => Expr::Negate(Box::new(self.expr(of)?)),
            Expr::And(two) => Expr::And(self.both(two)?),
            Expr::Or(two) => Expr::Or(self.both(two)?),
            Expr::Index(two) => Expr::Index(self.both(two)?),
            Expr::Binary(operator, two) => Expr::Binary(*operator, self.both(two)?),
            Expr::If(of) => Expr::If(Box::new((self.expr(&of.0)?, self.expr(&of.1)?, self.expr(&of.2)?))),
            Expr::Matches(of) => Expr::Matches(Box::new((self.expr(&of.0)?, of.1.clone()))),
            // A pattern that is not spelt out would be compiled for each record.
            Expr::Call(Function::Matches, _) => return None,
            Expr::Call(function, args) => Expr::Call(*function, self.all(args)?),
            Expr::List(items) if items.len() <= LIST => Expr::List(self.all(items)?),
            _ => return None,
        })
    }

    fn both(&mut self, two: &'d (Expr, Expr)) -> Option<Box<(Expr, Expr)>> {
        Some(Box::new((self.expr(&two.0)?, self.expr(&two.1)?)))
    }

    fn all(&mut self, exprs: &'d [Expr]) -> Option<Vec<Expr>> {
        exprs.iter().map(|one| self.expr(one)).collect()
    }

    /// The column that `self.a.b` names.
    fn column(&self, mut expr: &'d Expr) -> Option<usize> {
        let mut names = Vec::new();
        while let Expr::Select { of, name } = expr {
            names.push(name);
            expr = of;
        }
        names.reverse();
        matches!(expr, Expr::Variable(SELF)).then(|| self.column_at(&names))?
    }

    fn column_at(&self, names: &[&String]) -> Option<usize> {
        let is = |at: &[String]| at.iter().eq(self.path.iter().chain(names.iter().copied()));
        let column = self.columns.iter().position(|(at, _)| is(at))?;
        let node = self.schema.node(self.columns[column].1);
        // Lists and objects have a place of their own, which a column does not know.
        (!node.opaque && !node.types.array && !node.types.object).then_some(column)
    }

    /// What does not depend on the record.
    fn constant(&mut self, expr: &'d Expr) -> Option<Expr> {
        let mut frame = Frame::new(self.rule.variables, self.rule.kept);
        let value = owned(&self.machine.run(expr, &mut frame).ok()?)?;
        self.known.push(value);
        Some(Expr::Known(self.known.len() - 1))
    }
}

/// A value that lends nothing; none where it is more than a scalar or a short list of such.
fn owned(value: &Val<'_>) -> Option<Val<'static>> {
    Some(match value {
        Val::Null => Val::Null,
        Val::Bool(on) => Val::Bool(*on),
        Val::Int(number) => Val::Int(*number),
        Val::Double(number) => Val::Double(*number),
        Val::Text(text) => Val::text(text.get()),
        list => {
            let len = list.len().filter(|len| *len <= LIST)?;
            Val::list((0..len).map(|at| owned(&list.at(at)?)).collect::<Option<_>>()?)
        }
    })
}
