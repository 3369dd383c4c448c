//! Evaluates compiled expressions. It follows CEL, and differs where sheets ask for it: ints and doubles mix, what is
//! absent or unreadable stops the rule in silence, and steps and memory are bounded.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use regex::Regex;

use crate::finding::Text;
use crate::schema::{Node, Schema};

use super::columns::Columns;
use super::expr::{Expr, Loop, LoopKind};
use super::index::Indexes;
use super::number;
use super::stop::{Outcome, Stop};
use super::value::{Document, Got, Str, Val, whole};

/// How many steps one rule may take over a whole document, [`PER_INSTANCE`] not counted: some seconds. Tests wait less.
const STEPS_PER_RULE: u64 = if cfg!(test) { 4_000_000 } else { 50_000_000 };
/// How many steps all rules together may take, [`PER_INSTANCE`] not counted.
const STEPS_IN_ALL: u64 = 4 * STEPS_PER_RULE;
/// How many steps more each instance of a rule's node allows: a rule over very many rows may take its time.
const PER_INSTANCE: u64 = 200;
/// What reading a property weighs: it is a search in memory that is seldom near.
const READ: usize = 3;
/// How many list items one evaluation may make.
const MADE: usize = 8_000_000;
/// How long a text a rule makes may be, in bytes.
const TEXT: usize = 1 << 20;

/// What today is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Today<'d> {
    Is(&'d str),
    /// The document's own date for it could not be read.
    Unread,
    Unknown,
}

/// Evaluates expressions against one document.
pub(super) struct Machine<'d> {
    pub(super) document: &'d Document<'d>,
    /// The documents given beside it, by name.
    given: BTreeMap<&'d str, Given<'d>>,
    pub(super) root: Val<'d>,
    pub(super) today: Today<'d>,
    pub(super) indexes: RefCell<Indexes<'d>>,
    pub(super) patterns: RefCell<BTreeMap<String, Result<Regex, Rc<Text>>>>,
    /// Steps left for the rule that runs, and for all.
    left: Cell<u64>,
    left_in_all: Cell<u64>,
    made: Cell<usize>,
    /// The columns of a record, where rules run over them, and the values known before.
    record: Option<(&'d dyn Columns, &'d [Val<'d>])>,
}

/// A document given beside the one that is checked.
struct Given<'d> {
    document: Val<'d>,
    /// Its records where it has one table, else itself.
    records: Val<'d>,
}

impl<'d> Given<'d> {
    fn new(of: &'d Document<'d>) -> Self {
        let document = of.root();
        let lists: Vec<&str> = match of.value.as_object() {
            Some(map) => map.iter().filter(|(_, value)| is_table(value)).map(|(name, _)| name.as_str()).collect(),
            None => Vec::new(),
        };
        let records = match (&document, lists.as_slice()) {
            (Val::Object(at), [one]) => match at.property(one) {
                Got::Value(list) => list,
                Got::Absent { .. } | Got::Unread => Val::Unread,
            },
            // A list without a record may be left out.
            (Val::Object(at), []) if at.known().is_some_and(|node| tables(of.schema, node) == 1) => {
                Val::list(Vec::new())
            }
            _ => document.clone(),
        };
        Self { document, records }
    }
}

fn tables(schema: &Schema, node: &Node) -> usize {
    node.properties.iter().filter(|(_, id)| schema.records_of(*id).is_some()).count()
}

/// Whether a value may be the records of a table.
fn is_table(value: &serde_json::Value) -> bool {
    value.as_array().is_some_and(|items| items.first().is_none_or(serde_json::Value::is_object))
}

/// The variables of a rule, and what is kept of its values.
pub(super) struct Frame<'d> {
    pub(super) variables: Vec<Val<'d>>,
    pub(super) kept: Vec<Option<Outcome<Val<'d>>>>,
    /// Steps left for this rule.
    left: u64,
}

impl Frame<'_> {
    pub(super) fn new(variables: usize, kept: usize) -> Self {
        Self { variables: vec![Val::Unread; variables], kept: vec![None; kept], left: STEPS_PER_RULE }
    }

    /// One for an expression that has neither.
    pub(super) fn empty() -> Self {
        Self { variables: Vec::new(), kept: Vec::new(), left: STEPS_PER_RULE }
    }
}

impl<'d> Machine<'d> {
    pub(super) fn new(document: &'d Document<'d>, given: &'d [Document<'d>], today: Today<'d>) -> Self {
        let given = given.iter().filter_map(|one| Some((one.name?, Given::new(one))));
        Self {
            document,
            given: given.collect(),
            root: document.root(),
            today,
            indexes: RefCell::default(),
            patterns: RefCell::default(),
            left: Cell::new(0),
            left_in_all: Cell::new(STEPS_IN_ALL),
            made: Cell::new(0),
            record: None,
        }
    }

    /// One for rules over the columns of a record.
    pub(super) fn over_columns(document: &'d Document<'d>, record: &'d dyn Columns, known: &'d [Val<'d>]) -> Self {
        Self { record: Some((record, known)), ..Self::new(document, &[], Today::Unknown) }
    }

    /// Allows a rule the steps of one more instance.
    pub(super) fn allow(&self, frame: &mut Frame<'d>) {
        frame.left += PER_INSTANCE;
        self.left_in_all.set(self.left_in_all.get() + PER_INSTANCE);
    }

    /// Evaluates an expression with the steps its rule has left.
    pub(super) fn run(&self, expr: &'d Expr, frame: &mut Frame<'d>) -> Outcome<Val<'d>> {
        let before = frame.left.min(self.left_in_all.get());
        self.left.set(before);
        self.made.set(0);
        let outcome = self.eval(expr, frame);
        let taken = before - self.left.get();
        frame.left -= taken;
        self.left_in_all.set(self.left_in_all.get() - taken);
        outcome
    }

    /// Counts steps.
    pub(super) fn tick(&self, steps: usize) -> Outcome<()> {
        let left = self.left.get().checked_sub(steps as u64);
        self.left.set(left.unwrap_or(0));
        left.map(|_| ()).ok_or(Stop::Budget)
    }

    /// Counts list items made.
    pub(super) fn make(&self, items: usize) -> Outcome<()> {
        self.made.set(self.made.get() + items);
        if self.made.get() > MADE {
            return Err(Stop::Budget);
        }
        self.tick(items)
    }

    /// A text made by a rule.
    pub(super) fn text(&self, text: String) -> Outcome<Val<'d>> {
        if text.len() > TEXT {
            return Err(Stop::fail("a text grows too long", "文本过长"));
        }
        // A text weighs as much as the list items that would fill its place.
        self.make(1 + text.len() / 32)?;
        Ok(Val::text(text))
    }

    pub(super) fn eval(&self, expr: &'d Expr, frame: &mut Frame<'d>) -> Outcome<Val<'d>> {
        self.tick(1)?;
        match expr {
            Expr::Null => Ok(Val::Null),
            Expr::Bool(on) => Ok(Val::Bool(*on)),
            Expr::Int(number) => Ok(Val::Int(*number)),
            Expr::Double(number) => Ok(Val::Double(*number)),
            Expr::Text(text) => Ok(Val::Text(Str::Lent(text))),
            Expr::Root => Ok(self.root.clone()),
            Expr::Today => match self.today {
                Today::Is(date) => Ok(Val::Text(Str::Lent(date))),
                Today::Unread => Err(Stop::Skip),
                Today::Unknown => Err(Stop::Today),
            },
            Expr::Given { name, records } => self.beside(name, *records),
            Expr::Variable(slot) => match frame.variables.get(*slot) {
                None | Some(Val::Unread) => Err(Stop::Skip),
                Some(value) => Ok(value.clone()),
            },
            Expr::Select { of, name } => {
                self.tick(READ)?;
                let of = self.eval(of, frame)?;
                of.entry(name)
            }
            Expr::Has { of, name } => self.has(of, name, frame),
            Expr::Not(of) => Ok(Val::Bool(!self.truth(of, frame)?)),
            Expr::Negate(of) => number::negate(&self.eval(of, frame)?),
            Expr::And(two) => self.both(&two.0, &two.1, false, frame),
            Expr::Or(two) => self.both(&two.0, &two.1, true, frame),
            Expr::If(three) => {
                let branch = if self.truth(&three.0, frame)? { &three.1 } else { &three.2 };
                self.eval(branch, frame)
            }
            Expr::Binary(operator, two) => {
                let a = self.eval(&two.0, frame)?;
                let b = self.eval(&two.1, frame)?;
                self.binary(*operator, &a, &b)
            }
            Expr::Index(two) => {
                let of = self.eval(&two.0, frame)?;
                let index = self.eval(&two.1, frame)?;
                self.indexed(&of, &index)
            }
            Expr::Call(function, args) => {
                let mut given = [Val::Null, Val::Null, Val::Null];
                for (place, arg) in given.iter_mut().zip(args) {
                    *place = self.eval(arg, frame)?;
                }
                self.call(*function, args.len(), &given)
            }
            Expr::Matches(of) => {
                let text = self.eval(&of.0, frame)?;
                self.matches_known(&text, &of.1)
            }
            Expr::Loop(of) => self.looped(of, frame),
            Expr::Kept { number, expr, .. } => {
                if let Some(Some(kept)) = frame.kept.get(*number) {
                    return kept.clone();
                }
                let outcome = self.eval(expr, frame);
                if let Some(place) = frame.kept.get_mut(*number) {
                    *place = Some(outcome.clone());
                }
                outcome
            }
            Expr::Column(_) | Expr::HasColumn(_) | Expr::Known(_) => self.of_record(expr),
            Expr::List(items) => self.list(items, frame),
            Expr::Map(entries) => self.map(entries, frame),
        }
    }

    /// What the record has in a column, and what is known before it.
    #[inline(never)]
    fn of_record(&self, expr: &Expr) -> Outcome<Val<'d>> {
        let Some((record, known)) = self.record else { return Err(Stop::Skip) };
        match *expr {
            Expr::Column(number) => match record.read(number).0 {
                None | Some(Val::Unread) => Err(Stop::Skip),
                Some(value) => Ok(value),
            },
            Expr::HasColumn(number) => match record.read(number).0 {
                Some(Val::Unread) => Err(Stop::Skip),
                value => Ok(Val::Bool(value.is_some())),
            },
            Expr::Known(number) => known.get(number).cloned().ok_or(Stop::Skip),
            _ => Err(Stop::Skip),
        }
    }

    #[inline(never)]
    fn beside(&self, name: &str, records: bool) -> Outcome<Val<'d>> {
        let Some(given) = self.given.get(name) else { return Err(Stop::NotGiven(name.into())) };
        match if records { &given.records } else { &given.document } {
            Val::Unread => Err(Stop::NotRead(name.into())),
            known => Ok(known.clone()),
        }
    }

    #[inline(never)]
    fn list(&self, items: &'d [Expr], frame: &mut Frame<'d>) -> Outcome<Val<'d>> {
        self.make(items.len())?;
        Ok(Val::list(items.iter().map(|item| self.eval(item, frame)).collect::<Outcome<_>>()?))
    }

    #[inline(never)]
    fn map(&self, entries: &'d [(Expr, Expr)], frame: &mut Frame<'d>) -> Outcome<Val<'d>> {
        self.make(2 * entries.len())?;
        let mut made: Vec<(Val<'d>, Val<'d>)> = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let key = self.eval(key, frame)?;
            if !matches!(key, Val::Text(_) | Val::Int(_) | Val::Bool(_)) {
                return Err(wrong(
                    "a key of a group of values",
                    "对象的键",
                    "a text, a whole number or a yes or no",
                    "文本、整数或真假值",
                    &key,
                ));
            }
            self.tick(made.len())?;
            for (known, _) in &made {
                if self.equal(known, &key, 0)? {
                    return Err(Stop::fail("a group of values has the same key twice", "对象中的键重复"));
                }
            }
            made.push((key, self.eval(value, frame)?));
        }
        Ok(Val::Map(std::rc::Rc::new(made)))
    }

    #[inline(never)]
    fn has(&self, of: &'d Expr, name: &'d str, frame: &mut Frame<'d>) -> Outcome<Val<'d>> {
        self.tick(READ)?;
        match self.eval(of, frame)? {
            Val::Object(at) => match at.property(name) {
                Got::Value(_) => Ok(Val::Bool(true)),
                Got::Absent { .. } => Ok(Val::Bool(false)),
                Got::Unread => Err(Stop::Skip),
            },
            Val::Map(entries) => {
                let found = entries.iter().any(|(key, _)| matches!(key, Val::Text(key) if key.get() == name));
                Ok(Val::Bool(found))
            }
            Val::Null => Ok(Val::Bool(false)),
            other => Err(wrong("`has`", "has", "a group of values", "对象", &other)),
        }
    }

    fn truth(&self, expr: &'d Expr, frame: &mut Frame<'d>) -> Outcome<bool> {
        match self.eval(expr, frame)? {
            Val::Bool(on) => Ok(on),
            other => Err(wrong("a condition", "条件", "a yes or no", "真假值", &other)),
        }
    }

    /// `&&` and `||`: the side that decides does so whatever the other side is.
    fn both(&self, a: &'d Expr, b: &'d Expr, decides: bool, frame: &mut Frame<'d>) -> Outcome<Val<'d>> {
        let left = self.truth(a, frame);
        match left {
            Ok(on) if on == decides => return Ok(Val::Bool(decides)),
            Err(Stop::Budget) => return Err(Stop::Budget),
            _ => {}
        }
        let right = self.truth(b, frame);
        match (left, right) {
            (_, Ok(on)) if on == decides => Ok(Val::Bool(decides)),
            (Ok(_), Ok(_)) => Ok(Val::Bool(!decides)),
            (Err(left), Err(right)) => Err(left.or(right)),
            (Err(stop), Ok(_)) | (Ok(_), Err(stop)) => Err(stop),
        }
    }

    #[inline(never)]
    fn looped(&self, of: &'d Loop, frame: &mut Frame<'d>) -> Outcome<Val<'d>> {
        let over = match self.eval(&of.over, frame)? {
            map @ (Val::Map(_) | Val::Object(_)) => {
                let keys = self.entries(&map)?.into_iter().map(|(key, _)| key);
                Val::list(keys.collect())
            }
            other => other,
        };
        let Some(len) = over.len() else {
            return Err(wrong("a loop", "循环", "a list", "列表", &over));
        };
        let mut made = Vec::new();
        let (mut matched, mut pending) = (0_u32, None::<Stop>);
        for index in 0..len {
            self.tick(1)?;
            let item = over.at(index).unwrap_or(Val::Unread);
            if let Some(slot) = frame.variables.get_mut(of.variable) {
                slot.clone_from(&item);
            }
            match of.kind {
                LoopKind::All | LoopKind::Exists => {
                    let decides = of.kind == LoopKind::Exists;
                    match self.truth(&of.body, frame) {
                        Ok(on) if on == decides => return Ok(Val::Bool(decides)),
                        Ok(_) => {}
                        Err(Stop::Budget) => return Err(Stop::Budget),
                        Err(stop) => pending = Some(pending.map_or(stop.clone(), |before| before.or(stop))),
                    }
                }
                LoopKind::ExistsOne => matched += u32::from(self.truth(&of.body, frame)?),
                LoopKind::Filter => {
                    if self.truth(&of.body, frame)? {
                        self.make(1)?;
                        made.push(item);
                    }
                }
                LoopKind::Map => {
                    let wanted = match &of.guard {
                        Some(guard) => self.truth(guard, frame)?,
                        None => true,
                    };
                    if wanted {
                        self.make(1)?;
                        made.push(self.eval(&of.body, frame)?);
                    }
                }
            }
        }
        match (of.kind, pending) {
            (_, Some(stop)) => Err(stop),
            (LoopKind::All, None) => Ok(Val::Bool(true)),
            (LoopKind::Exists, None) => Ok(Val::Bool(false)),
            (LoopKind::ExistsOne, None) => Ok(Val::Bool(matched == 1)),
            (LoopKind::Filter | LoopKind::Map, None) => Ok(Val::list(made)),
        }
    }

    #[inline(never)]
    fn indexed(&self, of: &Val<'d>, index: &Val<'d>) -> Outcome<Val<'d>> {
        match (of, index) {
            (Val::Object(_) | Val::Map(_) | Val::Null, Val::Text(name)) => of.entry(name.get()),
            (Val::Map(entries), _) => {
                self.tick(entries.len())?;
                for (key, value) in entries.iter() {
                    if self.equal(key, index, 0)? {
                        return Ok(value.clone());
                    }
                }
                Err(Stop::fail("no such key", "没有这个键"))
            }
            (Val::List(_) | Val::Array(_) | Val::Range(..), Val::Int(_) | Val::Double(_)) => {
                let at = match index {
                    Val::Int(at) => Some(*at),
                    Val::Double(at) => whole(*at),
                    _ => None,
                };
                let found = at.and_then(|at| usize::try_from(at).ok()).and_then(|at| of.at(at));
                match found {
                    Some(Val::Unread) => Err(Stop::Skip),
                    Some(item) => Ok(item),
                    None => Err(Stop::fail("index out of bounds", "序号超出列表范围")),
                }
            }
            _ => {
                let ((a_en, a_zh), (b_en, b_zh)) = (of.kind(), index.kind());
                Err(Stop::fail(format!("{a_en} cannot be indexed by {b_en}"), format!("{a_zh}不能用{b_zh}取值")))
            }
        }
    }
}

/// A value of the wrong kind for what it is given to.
pub(super) fn wrong(what: &str, what_zh: &str, want: &str, want_zh: &str, found: &Val<'_>) -> Stop {
    if matches!(found, Val::Unread) {
        return Stop::Skip;
    }
    let (en, zh) = found.kind();
    Stop::fail(format!("{what} asks for {want}, found {en}"), format!("{what_zh}需要{want_zh}，得到的是{zh}"))
}
