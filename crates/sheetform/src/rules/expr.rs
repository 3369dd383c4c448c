//! An expression, compiled: names resolved, macros and operators told apart.

use cel::common::ast::operators;
use regex::Regex;

use super::function::Function;

/// Where `self` lives among the variables.
pub(super) const SELF: usize = 0;
/// Where `it` lives.
pub(super) const IT: usize = 1;

/// A compiled expression.
#[derive(Clone, Debug)]
pub(super) enum Expr {
    Null,
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(String),
    Variable(usize),
    Root,
    Today,
    /// A document given beside the one that is checked; its records, where it has one table and stands alone.
    Given {
        name: String,
        records: bool,
    },
    List(Vec<Expr>),
    Map(Vec<(Expr, Expr)>),
    Select {
        of: Box<Expr>,
        name: String,
    },
    Has {
        of: Box<Expr>,
        name: String,
    },
    Index(Box<(Expr, Expr)>),
    Not(Box<Expr>),
    Negate(Box<Expr>),
    And(Box<(Expr, Expr)>),
    Or(Box<(Expr, Expr)>),
    If(Box<(Expr, Expr, Expr)>),
    Binary(Operator, Box<(Expr, Expr)>),
    Call(Function, Vec<Expr>),
    /// `matches` with a pattern that the form spells out.
    Matches(Box<(Expr, Regex)>),
    Loop(Box<Loop>),
    /// A value that is the same for the whole run or for one instance of the rule's node, kept under a number.
    Kept {
        number: usize,
        instance: bool,
        expr: Box<Expr>,
    },
    /// What a record has in a column; only where rules run over columns.
    Column(usize),
    /// Whether it has anything there.
    HasColumn(usize),
    /// A value that is known before the first record.
    Known(usize),
}

impl Expr {
    /// A document given beside is meant as a whole where a property is taken of it.
    pub(super) fn be_whole(&mut self) {
        if let Self::Given { records, .. } = self {
            *records = false;
        }
    }

    /// Adds the numbers of values kept for one instance only.
    pub(super) fn kept_for_instance(&self, numbers: &mut Vec<usize>) {
        any(self, &mut |one| {
            if let Self::Kept { number, instance: true, .. } = one {
                numbers.push(*number);
            }
            false
        });
    }
}

/// `all`, `exists`, `exists_one`, `filter` or `map` over a list or the keys of a map.
#[derive(Clone, Debug)]
pub(super) struct Loop {
    pub(super) kind: LoopKind,
    pub(super) over: Expr,
    pub(super) variable: usize,
    /// The condition of a `map` with three arguments.
    pub(super) guard: Option<Expr>,
    pub(super) body: Expr,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LoopKind {
    All,
    Exists,
    ExistsOne,
    Filter,
    Map,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    Unequal,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    In,
}

impl Operator {
    pub(super) fn of(name: &str) -> Option<Self> {
        Some(match name {
            operators::EQUALS => Self::Equal,
            operators::NOT_EQUALS => Self::Unequal,
            operators::LESS => Self::Less,
            operators::LESS_EQUALS => Self::LessEqual,
            operators::GREATER => Self::Greater,
            operators::GREATER_EQUALS => Self::GreaterEqual,
            operators::ADD => Self::Add,
            operators::SUBSTRACT => Self::Subtract,
            operators::MULTIPLY => Self::Multiply,
            operators::DIVIDE => Self::Divide,
            operators::MODULO => Self::Remainder,
            operators::IN => Self::In,
            _ => return None,
        })
    }
}

/// Whether any part of an expression is such.
pub(super) fn any(expr: &Expr, is: &mut impl FnMut(&Expr) -> bool) -> bool {
    if is(expr) {
        return true;
    }
    match expr {
        Expr::List(items) | Expr::Call(_, items) => items.iter().any(|item| any(item, is)),
        Expr::Map(entries) => entries.iter().any(|(key, value)| any(key, is) || any(value, is)),
        Expr::Select { of, .. }
        | Expr::Has { of, .. }
        | Expr::Not(of)
        | Expr::Negate(of)
        | Expr::Kept { expr: of, .. } => any(of, is),
        Expr::Matches(of) => any(&of.0, is),
        Expr::Index(two) | Expr::And(two) | Expr::Or(two) | Expr::Binary(_, two) => any(&two.0, is) || any(&two.1, is),
        Expr::If(three) => any(&three.0, is) || any(&three.1, is) || any(&three.2, is),
        Expr::Loop(of) => any(&of.over, is) || any(&of.body, is) || of.guard.as_ref().is_some_and(|g| any(g, is)),
        _ => false,
    }
}
