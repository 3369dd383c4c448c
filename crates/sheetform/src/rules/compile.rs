//! Turns the text of a rule into an expression: the parser of the `cel` crate makes a tree, this file resolves its names
//! and checks each of them against the schema.

use cel::common::ast::{CallExpr, EntryExpr, Expr as Ast, IdedExpr, LiteralValue, operators};

use crate::finding::Text;
use crate::schema::{NodeId, Schema};

use super::expr::{Expr, IT, Loop, LoopKind, Operator, SELF, any};
use super::function::Function;
use super::guard;
use super::place::{FieldPath, Part, Root};
use super::shape::Shape;
use super::syntax;
use super::{names, pattern};

/// Compiles the expressions of one rule.
pub(super) struct Compiler<'s> {
    pub(super) schema: &'s Schema,
    /// The shape of `self`.
    pub(super) this: Shape,
    /// The shape of `it`, in a rule with `each`.
    pub(super) it: Option<Shape>,
    /// Loop variables in scope: name, shape, and the path of the list they run over where that is `self`'s own.
    loops: Vec<(String, Shape, Option<FieldPath>)>,
    /// How many values are kept.
    pub(super) kept: usize,
    /// How many loop variables there are at once.
    pub(super) deepest: usize,
    /// What is wrong.
    pub(super) problems: Vec<Text>,
    /// Properties that the form does not declare.
    pub(super) undeclared: Vec<Text>,
    /// Properties in the order they are named.
    pub(super) named: Vec<FieldPath>,
    /// Whether `sum` is called.
    pub(super) sums: bool,
    /// Names of documents given beside, in the order they are used.
    pub(super) asks: Vec<String>,
    /// Whether there are none.
    pub(super) alone: bool,
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
            asks: Vec::new(),
            alone: false,
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
                let (line, column, message) = match errors.errors.first() {
                    Some(error) => (error.pos.0, error.pos.1, error.msg.as_str()),
                    None => (1, 1, ""),
                };
                self.problems.push(syntax::problem(text, line, column, message));
                None
            }
        }
    }

    fn bad(&mut self, en: impl Into<String>, zh: impl Into<String>) -> Typed {
        let problem = Text::new(en.into(), zh.into());
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
        (Expr::Null, Shape::Unknown)
    }

    fn expr(&mut self, ast: &IdedExpr) -> Typed {
        if let Some(named) = self.path(&ast.expr)
            && !named.parts.is_empty()
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
                let (mut of, shape) = self.expr(&select.operand);
                of.be_whole();
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
            _ => self.given(name),
        }
    }

    /// A name that is none of the language: a document given beside, unless it looks like a mistake.
    fn given(&mut self, name: &str) -> Typed {
        let own = |root: &str, shape: &Shape| {
            let declared = matches!(shape, Shape::Node(id) if self.schema.node(*id).property(name).is_some());
            declared.then(|| format!("{root}.{name}"))
        };
        let of_it = self.it.as_ref().and_then(|it| own("it", it));
        let meant = names::meant(name).map(str::to_owned).or_else(|| own("self", &self.this)).or(of_it);
        if let Some(meant) = meant {
            return self.bad(
                format!("unknown name {name:?}; did you mean {meant}?"),
                format!("未知名称“{name}”；是否应为 {meant}？"),
            );
        }
        if Function::named(name).is_some() {
            return self.bad(
                format!("{name:?} is a function, and stands here as a value"),
                format!("“{name}”是函数，不能在此处作为值"),
            );
        }
        if self.alone {
            return self.bad(
                format!("unknown name {name:?}: in scope are self, root and today"),
                format!("未知名称“{name}”：可用的是 self、root、today"),
            );
        }
        if !self.asks.iter().any(|known| known == name) {
            self.asks.push(name.to_owned());
        }
        (Expr::Given { name: name.to_owned(), records: true }, Shape::Unknown)
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
                    let (mut of, shape) = self.expr(&select.operand);
                    of.be_whole();
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
                let (mut of, shape) = self.expr(of);
                let shape = match &index.expr {
                    Ast::Literal(LiteralValue::String(key)) => {
                        of.be_whole();
                        self.property(&shape, key.inner())
                    }
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
        let path = path.filter(|path| path.parts.is_empty() && path.root == Root::This);
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
        if let (Function::Matches, [_, Expr::Text(pattern)]) = (function, args.as_slice()) {
            let pattern = pattern::compile(pattern);
            return self.matches(args, pattern);
        }
        let expr = Expr::Call(function, args);
        (if function.is_costly() { self.keep(expr) } else { expr }, shape)
    }

    fn matches(&mut self, args: Vec<Expr>, pattern: Result<regex::Regex, Text>) -> Typed {
        match (args.into_iter().next(), pattern) {
            (Some(text), Ok(pattern)) => (Expr::Matches(Box::new((text, pattern))), Shape::Unknown),
            (_, Err(Text { en, zh, .. })) => self.bad(en, zh),
            (None, _) => (Expr::Null, Shape::Unknown),
        }
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
    fn path(&self, ast: &Ast) -> Option<FieldPath> {
        match ast {
            Ast::Ident(name) => {
                if let Some((_, _, over)) = self.loops.iter().rev().find(|(known, ..)| known == name) {
                    let mut path = over.clone()?;
                    path.parts.push(Part::Column);
                    return Some(path);
                }
                let root = match name.as_str() {
                    "self" => Root::This,
                    "it" => Root::It,
                    "root" => Root::Document,
                    _ => return None,
                };
                Some(FieldPath { root, parts: Vec::new() })
            }
            Ast::Select(select) => {
                let mut named = self.path(&select.operand.expr)?;
                named.parts.push(Part::Name(select.field.clone()));
                Some(named)
            }
            Ast::Call(call) if call.func_name == operators::INDEX => {
                let [of, index] = call.args.as_slice() else { return None };
                let mut named = self.path(&of.expr)?;
                named.parts.push(match &index.expr {
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
