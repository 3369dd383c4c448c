//! An expression, compiled: the parser of the `cel` crate makes the tree, this file turns it into one whose names are
//! resolved, and checks each name against the schema on the way.

use cel::common::ast::{CallExpr, EntryExpr, Expr as Ast, IdedExpr, LiteralValue, operators};

use crate::finding::Text;
use crate::schema::{NodeId, Schema};

use super::function::Function;
use super::guard;

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
    Loop(Box<Loop>),
    /// A value that is the same for the whole run or for one instance of the rule's node, kept under a number.
    Kept {
        number: usize,
        instance: bool,
        expr: Box<Expr>,
    },
}

impl Expr {
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
    fn of(name: &str) -> Option<Self> {
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

/// What is known of a value before any document is there.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    Unknown,
    /// A value of this node.
    Node(NodeId),
    /// A list of such.
    List(Box<Shape>),
}

impl Shape {
    /// The shape of an item of a list of this shape.
    pub(super) fn item(&self, schema: &Schema) -> Self {
        match self {
            Self::Node(id) => match (schema.node(*id).opaque, schema.node(*id).items) {
                (false, Some(item)) => Self::Node(item),
                _ => Self::Unknown,
            },
            Self::List(item) => (**item).clone(),
            Self::Unknown => Self::Unknown,
        }
    }

    /// The shape of a property; `Err` where the form has none of this name.
    pub(super) fn property(&self, schema: &Schema, name: &str) -> Result<Self, ()> {
        match self {
            Self::Unknown => Ok(Self::Unknown),
            Self::List(_) => Err(()),
            Self::Node(id) => {
                let node = schema.node(*id);
                match node.property(name) {
                    Some(property) => Ok(Self::Node(property)),
                    None if node.opaque || (node.properties.is_empty() && node.types.object) => Ok(Self::Unknown),
                    None => Err(()),
                }
            }
        }
    }
}

/// The first property an expression names, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// `self`, `it` or `root`.
    pub(super) root: Root,
    pub(super) steps: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Root {
    This,
    It,
    Root,
}

/// A part of a path to a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Name(String),
    /// `[it]`
    It,
    /// `[0]`
    Index(usize),
    /// `[]`: what follows is a column.
    Column,
}

/// Compiles the expressions of one rule.
pub(super) struct Compiler<'s> {
    pub(super) schema: &'s Schema,
    /// The shape of `self`.
    pub(super) this: Shape,
    /// The shape of `it`, in a rule with `each`.
    pub(super) it: Option<Shape>,
    /// Loop variables in scope: name, shape, and the path of the list they run over where that is `self`'s own.
    loops: Vec<(String, Shape, Option<Named>)>,
    /// How many values are kept.
    pub(super) kept: usize,
    /// How many loop variables there are at once.
    pub(super) deepest: usize,
    /// What is wrong.
    pub(super) problems: Vec<Text>,
    /// Properties that the form does not declare.
    pub(super) undeclared: Vec<Text>,
    /// Properties in the order they are named.
    pub(super) named: Vec<Named>,
    /// Whether `sum` is called.
    pub(super) sums: bool,
}

type Typed = (Expr, Shape);

impl<'s> Compiler<'s> {
    pub(super) fn new(schema: &'s Schema, this: NodeId) -> Self {
        Self {
            schema,
            this: Shape::Node(this),
            it: None,
            loops: Vec::new(),
            kept: 0,
            deepest: 0,
            problems: Vec::new(),
            undeclared: Vec::new(),
            named: Vec::new(),
            sums: false,
        }
    }

    /// Compiles a text; what is wrong is added to the problems.
    pub(super) fn compile(&mut self, text: &str) -> Option<(Expr, Shape)> {
        if let Err(problem) = guard::check(text) {
            self.problems.push(problem);
            return None;
        }
        let before = self.problems.len();
        self.named.clear();
        self.sums = false;
        // An environment without macros: `has`, `all` and the others stay calls, which is what they are compiled from.
        match cel::Env::default().with_optional_support(false).parser().parse(text) {
            Ok(ast) => {
                let (expr, shape) = self.expr(&ast);
                (self.problems.len() == before).then_some((expr, shape))
            }
            Err(errors) => {
                let message = errors.errors.first().map_or_else(String::new, |error| {
                    let (line, column) = error.pos;
                    format!("{line}:{column}: {}", error.msg)
                });
                self.problems.push(Text::new(
                    format!("the expression does not parse: {message}"),
                    format!("表达式有语法错误：{message}"),
                ));
                None
            }
        }
    }

    fn bad(&mut self, en: impl Into<String>, zh: impl Into<String>) -> Typed {
        let problem = Text::new(en, zh);
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
        (Expr::Null, Shape::Unknown)
    }

    fn expr(&mut self, ast: &IdedExpr) -> Typed {
        if let Some(named) = self.path(&ast.expr)
            && !named.steps.is_empty()
        {
            self.named.push(named);
        }
        let unknown = |expr| (expr, Shape::Unknown);
        match &ast.expr {
            Ast::Literal(literal) => match literal {
                LiteralValue::Null => unknown(Expr::Null),
                LiteralValue::Boolean(on) => unknown(Expr::Bool(*on.inner())),
                LiteralValue::Int(number) => unknown(Expr::Int(*number.inner())),
                LiteralValue::Double(number) => unknown(Expr::Double(*number.inner())),
                LiteralValue::String(text) => unknown(Expr::Text(text.inner().to_owned())),
                LiteralValue::UInt(_) => self.bad(
                    "unsigned numbers (1u) are not used: whole numbers are ints",
                    "不使用无符号数（1u）：整数一律为 int",
                ),
                LiteralValue::Bytes(_) => self.bad("bytes are not used", "不使用字节串"),
            },
            Ast::Ident(name) => self.variable(name),
            Ast::Select(select) => {
                let (of, shape) = self.expr(&select.operand);
                let shape = self.property(&shape, &select.field);
                (Expr::Select { of: Box::new(of), name: select.field.clone() }, shape)
            }
            Ast::List(list) => unknown(Expr::List(list.elements.iter().map(|element| self.expr(element).0).collect())),
            Ast::Map(map) => {
                let mut entries = Vec::new();
                for entry in &map.entries {
                    if let EntryExpr::MapEntry(entry) = &entry.expr {
                        entries.push((self.expr(&entry.key).0, self.expr(&entry.value).0));
                    }
                }
                unknown(Expr::Map(entries))
            }
            Ast::Call(call) => self.call(call),
            Ast::Struct(made) => {
                self.bad(format!("no such type: {}", made.type_name), format!("没有类型“{}”", made.type_name))
            }
            Ast::Comprehension(_) | Ast::Unspecified => self.bad("not an expression", "不是表达式"),
        }
    }

    fn variable(&mut self, name: &str) -> Typed {
        if let Some(at) = self.loops.iter().rposition(|(known, ..)| known == name) {
            let shape = self.loops[at].1.clone();
            return (Expr::Variable(IT + 1 + at), shape);
        }
        match name {
            "self" => (Expr::Variable(SELF), self.this.clone()),
            "root" => (Expr::Root, Shape::Node(Schema::ROOT)),
            "today" => (Expr::Today, Shape::Unknown),
            "it" => match self.it.clone() {
                Some(shape) => (Expr::Variable(IT), shape),
                None => self.bad("`it` is only known in a rule with `each`", "只有写了 each 的规则才有 it"),
            },
            _ => self.bad(
                format!("unknown name {name:?}: in scope are self, root, today, and with `each` it"),
                format!("未知名称“{name}”：可用的是 self、root、today，有 each 时还有 it"),
            ),
        }
    }

    fn property(&mut self, of: &Shape, name: &str) -> Shape {
        of.property(self.schema, name).unwrap_or_else(|()| {
            let text = Text::new(
                format!("the rule names {name:?}, which the form does not declare there"),
                format!("规则用到“{name}”，而表单在那里没有这个属性"),
            );
            if !self.undeclared.contains(&text) {
                self.undeclared.push(text);
            }
            Shape::Unknown
        })
    }

    fn call(&mut self, call: &CallExpr) -> Typed {
        let name = call.func_name.as_str();
        let args = call.args.as_slice();
        match (&call.target, args) {
            (None, [a]) if name == operators::LOGICAL_NOT => (Expr::Not(Box::new(self.expr(a).0)), Shape::Unknown),
            (None, [a]) if name == operators::NEGATE => (Expr::Negate(Box::new(self.expr(a).0)), Shape::Unknown),
            (None, [a]) if name == operators::HAS => match &a.expr {
                Ast::Select(select) => {
                    self.named.extend(self.path(&a.expr));
                    let (of, shape) = self.expr(&select.operand);
                    self.property(&shape, &select.field);
                    (Expr::Has { of: Box::new(of), name: select.field.clone() }, Shape::Unknown)
                }
                _ => self.bad("`has` asks for a property: has(self.name)", "has 只能问属性：has(self.name)"),
            },
            (None, [a, b]) if matches!(name, operators::LOGICAL_AND | operators::LOGICAL_OR) => {
                let both = Box::new((self.expr(a).0, self.expr(b).0));
                (if name == operators::LOGICAL_AND { Expr::And(both) } else { Expr::Or(both) }, Shape::Unknown)
            }
            (None, [of, index]) if name == operators::INDEX => {
                let (of, shape) = self.expr(of);
                let shape = match &index.expr {
                    Ast::Literal(LiteralValue::String(key)) => self.property(&shape, key.inner()),
                    _ => shape.item(self.schema),
                };
                (Expr::Index(Box::new((of, self.expr(index).0))), shape)
            }
            (None, [a, b, c]) if name == operators::CONDITIONAL => {
                let (condition, (yes, shape), (no, _)) = (self.expr(a).0, self.expr(b), self.expr(c));
                (Expr::If(Box::new((condition, yes, no))), shape)
            }
            (None, [a, b]) if Operator::of(name).is_some() => {
                let operator = Operator::of(name).unwrap_or(Operator::Equal);
                let ((a, shape), (b, _)) = (self.expr(a), self.expr(b));
                let shape = if operator == Operator::Add { shape } else { Shape::Unknown };
                (Expr::Binary(operator, Box::new((a, b))), shape)
            }
            (Some(over), [variable, rest @ ..]) if loop_kind(name, rest.len()).is_some() => {
                let kind = loop_kind(name, rest.len()).unwrap_or(LoopKind::All);
                self.looped(kind, over, variable, rest)
            }
            _ => self.function(call),
        }
    }

    fn looped(&mut self, kind: LoopKind, over: &IdedExpr, variable: &IdedExpr, rest: &[IdedExpr]) -> Typed {
        let Ast::Ident(name) = &variable.expr else {
            return self.bad("the first argument must be a name: all(x, …)", "第一个参数须是名称：all(x, …)");
        };
        if matches!(name.as_str(), "self" | "root" | "today" | "it") {
            return self.bad(format!("{name:?} cannot be the name of a loop"), format!("“{name}”不能用作循环变量名"));
        }
        let path = self.path(&over.expr);
        let (over, list) = self.expr(over);
        let variable = IT + 1 + self.loops.len();
        // Only the items of `self` itself are named by their column; any other list has been named already.
        let path = path.filter(|path| path.steps.is_empty() && path.root == Root::This);
        self.loops.push((name.clone(), list.item(self.schema), path));
        self.deepest = self.deepest.max(self.loops.len());
        let (first, mut shape) = rest.first().map_or((Expr::Null, Shape::Unknown), |one| self.expr(one));
        let (guard, body) = match rest.get(1) {
            None => (None, first),
            Some(second) => {
                let (body, of_body) = self.expr(second);
                shape = of_body;
                (Some(first), body)
            }
        };
        self.loops.pop();
        let shape = match kind {
            LoopKind::Filter => list,
            LoopKind::Map => Shape::List(Box::new(shape)),
            LoopKind::All | LoopKind::Exists | LoopKind::ExistsOne => Shape::Unknown,
        };
        (self.keep(Expr::Loop(Box::new(Loop { kind, over, variable, guard, body }))), shape)
    }

    fn function(&mut self, call: &CallExpr) -> Typed {
        let name = call.func_name.as_str();
        let Some(function) = Function::named(name) else {
            return self.bad(format!("unknown function {name:?}"), format!("未知函数“{name}”"));
        };
        let (mut args, mut shapes) = (Vec::new(), Vec::new());
        for one in call.target.iter().map(AsRef::as_ref).chain(&call.args) {
            let (expr, shape) = self.expr(one);
            args.push(expr);
            shapes.push(shape);
        }
        let (least, most) = function.arity();
        if args.len() < least || args.len() > most {
            return self
                .bad(format!("{name} takes {}", function.usage()), format!("{name} 的用法：{}", function.usage()));
        }
        self.sums |= function == Function::Sum;
        if let (true, Some(Expr::Text(field))) = (function.has_field(args.len()), args.get(1)) {
            let field = field.clone();
            let item = shapes.first().map_or(Shape::Unknown, |list| list.item(self.schema));
            self.property(&item, &field);
        }
        let shape = match (function, shapes.into_iter().next()) {
            (Function::Distinct, Some(list)) => list,
            (Function::Lookup | Function::Max | Function::Min, Some(list)) => list.item(self.schema),
            _ => Shape::Unknown,
        };
        let expr = Expr::Call(function, args);
        (if function.is_costly() { self.keep(expr) } else { expr }, shape)
    }

    /// Marks an expression whose value holds for longer than one evaluation: it reads neither `it` nor the variable of
    /// a loop around it.
    fn keep(&mut self, expr: Expr) -> Expr {
        let inner = IT..=IT + self.loops.len();
        if any(&expr, &mut |one| matches!(one, Expr::Variable(slot) if inner.contains(slot))) {
            return expr;
        }
        let instance = any(&expr, &mut |one| matches!(one, Expr::Variable(SELF)));
        self.kept += 1;
        Expr::Kept { number: self.kept - 1, instance, expr: Box::new(expr) }
    }

    /// The path an expression spells: `self.a.b`, `it.x`, `self[it].x`, `r.x` where `r` runs over `self`.
    fn path(&self, ast: &Ast) -> Option<Named> {
        match ast {
            Ast::Ident(name) => match self.loops.iter().rev().find(|(known, ..)| known == name) {
                Some((_, _, over)) => over.clone().map(|mut over| {
                    over.steps.push(Part::Column);
                    over
                }),
                None => {
                    let root = match name.as_str() {
                        "self" => Root::This,
                        "it" => Root::It,
                        "root" => Root::Root,
                        _ => return None,
                    };
                    Some(Named { root, steps: Vec::new() })
                }
            },
            Ast::Select(select) => {
                let mut named = self.path(&select.operand.expr)?;
                named.steps.push(Part::Name(select.field.clone()));
                Some(named)
            }
            Ast::Call(call) if call.func_name == operators::INDEX => {
                let [of, index] = call.args.as_slice() else { return None };
                let mut named = self.path(&of.expr)?;
                named.steps.push(match &index.expr {
                    Ast::Ident(name) if name == "it" && self.it.is_some() => Part::It,
                    Ast::Literal(LiteralValue::Int(number)) => Part::Index(usize::try_from(*number.inner()).ok()?),
                    Ast::Literal(LiteralValue::String(name)) => Part::Name(name.inner().to_owned()),
                    _ => return None,
                });
                Some(named)
            }
            _ => None,
        }
    }
}

fn loop_kind(name: &str, bodies: usize) -> Option<LoopKind> {
    match (name, bodies) {
        (operators::ALL, 1) => Some(LoopKind::All),
        (operators::EXISTS, 1) => Some(LoopKind::Exists),
        (operators::EXISTS_ONE | "existsOne", 1) => Some(LoopKind::ExistsOne),
        (operators::FILTER, 1) => Some(LoopKind::Filter),
        (operators::MAP, 1 | 2) => Some(LoopKind::Map),
        _ => None,
    }
}

/// Whether any part of an expression is such.
fn any(expr: &Expr, is: &mut impl FnMut(&Expr) -> bool) -> bool {
    if is(expr) {
        return true;
    }
    match expr {
        Expr::List(items) | Expr::Call(_, items) => items.iter().any(|item| any(item, is)),
        Expr::Map(entries) => entries.iter().any(|(key, value)| any(key, is) || any(value, is)),
        Expr::Select { of, .. } | Expr::Has { of, .. } => any(of, is),
        Expr::Not(of) | Expr::Negate(of) | Expr::Kept { expr: of, .. } => any(of, is),
        Expr::Index(two) | Expr::And(two) | Expr::Or(two) | Expr::Binary(_, two) => any(&two.0, is) || any(&two.1, is),
        Expr::If(three) => any(&three.0, is) || any(&three.1, is) || any(&three.2, is),
        Expr::Loop(of) => any(&of.over, is) || any(&of.body, is) || of.guard.as_ref().is_some_and(|g| any(g, is)),
        _ => false,
    }
}
