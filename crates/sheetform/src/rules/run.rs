//! Runs compiled rules: finds every instance of the nodes they stand on, and turns verdicts into hits.

use serde_json::Value;

use crate::finding::{Code, Severity, Text};
use crate::report::{shown, shown_zh};
use crate::schema::{NodeId, Schema};

use super::eval::{Frame, Machine, Today};
use super::expr::{IT, SELF};
use super::place::It;
use super::stop::Stop;
use super::value::{At, Document, Got, Path, Step, Str, Val};
use super::{Compiled, Hit, Input, RuleSet, Stand};

pub(super) fn run(set: &RuleSet, input: &Input<'_>) -> Vec<Hit> {
    if set.wanted.first() != Some(&true) {
        return Vec::new();
    }
    let (document, beside) = (Document::new(input), Document::beside(input));
    let states = set.rules.iter().map(State::new).collect();
    let machine = Machine::new(&document, &beside, today(&document, input.today));
    let mut run = Run { set, machine, states, hits: Vec::new(), final_profile: input.final_profile };
    run.walk(input.document, Schema::ROOT, &Path::ROOT);
    run.hits
}

/// The root's `today` property, else what the caller gave.
pub(super) fn today<'d>(document: &'d Document<'d>, given: Option<&'d str>) -> Today<'d> {
    let given = given.map_or(Today::Unknown, Today::Is);
    let root = document.schema.nodes.first();
    let Some(name) = root.and_then(|node| node.sheet.today.as_deref()) else { return given };
    let at = At { of: document, value: document.value, node: Some(Schema::ROOT), path: Path::ROOT };
    match at.property(name) {
        Got::Value(Val::Text(Str::Lent(date))) => Today::Is(date),
        Got::Absent { .. } => given,
        Got::Value(_) | Got::Unread => Today::Unread,
    }
}

struct Run<'d> {
    set: &'d RuleSet,
    machine: Machine<'d>,
    states: Vec<State<'d>>,
    hits: Vec<Hit>,
    final_profile: bool,
}

/// What a run remembers of a rule.
struct State<'d> {
    frame: Frame<'d>,
    failed: bool,
    not_checked: bool,
    /// Its steps are used up.
    over: bool,
}

impl State<'_> {
    fn new(rule: &Compiled) -> Self {
        Self { frame: Frame::new(rule.variables, rule.kept), failed: false, not_checked: false, over: false }
    }
}

impl<'d> Run<'d> {
    fn walk(&mut self, value: &'d Value, id: NodeId, path: &Path<'d>) {
        let document = self.machine.document;
        let node = document.schema.node(id);
        let here = document.typed(value, Some(id), || path.clone());
        if !matches!(here, Val::Object(_) | Val::Array(_)) {
            return;
        }
        let set = self.set;
        for &number in set.by_node.get(&id).into_iter().flatten() {
            self.instance(number, &here);
        }
        let wanted = |child: NodeId| set.wanted.get(child) == Some(&true);
        if let Value::Object(object) = value {
            for (name, child) in &node.properties {
                if let (true, Some(value)) = (wanted(*child), object.get(name))
                    && !document.is_unreadable(path, Step::Name(name))
                {
                    self.walk(value, *child, &path.join(Step::Name(name)));
                }
            }
        }
        if let (Value::Array(items), Some(child)) = (value, node.items.filter(|child| wanted(*child))) {
            for (index, value) in items.iter().enumerate() {
                if !document.is_unreadable(path, Step::Index(index)) {
                    self.walk(value, child, &path.join(Step::Index(index)));
                }
            }
        }
    }

    /// Runs one rule on one instance of its node.
    fn instance(&mut self, number: usize, this: &Val<'d>) {
        let set = self.set;
        let (Some(rule), Some(state)) = (set.rules.get(number), self.states.get_mut(number)) else { return };
        if state.over {
            return;
        }
        self.machine.allow(&mut state.frame);
        if let Some(slot) = state.frame.variables.get_mut(SELF) {
            slot.clone_from(this);
        }
        for &kept in &rule.instance {
            if let Some(place) = state.frame.kept.get_mut(kept) {
                *place = None;
            }
        }
        let mut judge = Judge {
            rule,
            state,
            machine: &self.machine,
            hits: &mut self.hits,
            this,
            severity: if self.final_profile { rule.r#final } else { rule.draft },
        };
        let Some(each) = &rule.each else {
            judge.verdict(None);
            return;
        };
        let list = match self.machine.run(each, &mut judge.state.frame) {
            Ok(list) => list,
            Err(stop) => return judge.stopped(stop, None),
        };
        let Some(len) = list.len() else {
            return judge.stopped(super::eval::wrong("`each`", "each", "a list", "列表", &list), None);
        };
        for index in 0..len {
            let it = list.at(index).unwrap_or(Val::Unread);
            if let Some(slot) = judge.state.frame.variables.get_mut(IT) {
                slot.clone_from(&it);
            }
            // A scalar has no identity of its own, but an item of the document's own list stands where it stands.
            let pointer = match (&list, &it) {
                (Val::Array(at), it) if at.of.name.is_none() && it.pointer().is_none() => {
                    Some(at.path.join(Step::Index(index)).pointer())
                }
                _ => None,
            };
            judge.verdict(Some(&(&it, pointer)));
            if judge.state.over {
                return;
            }
        }
    }
}

/// One rule on one instance.
struct Judge<'r, 'd> {
    rule: &'d Compiled,
    state: &'r mut State<'d>,
    machine: &'r Machine<'d>,
    hits: &'r mut Vec<Hit>,
    this: &'r Val<'d>,
    severity: Severity,
}

/// `it`, and its pointer where it does not know that itself.
type Item<'r, 'd> = (&'r Val<'d>, Option<String>);

impl<'d> Judge<'_, 'd> {
    fn verdict(&mut self, it: Option<&Item<'_, 'd>>) {
        match self.machine.run(&self.rule.rule, &mut self.state.frame) {
            Ok(Val::Bool(true)) => {}
            Ok(Val::Bool(false)) => {
                let message = self.message();
                let stand = self.stand(it);
                self.hit(Code::Rule, self.severity, message, stand);
            }
            Ok(other) => self.stopped(super::eval::wrong("a rule", "规则", "a yes or no", "真假值", &other), it),
            Err(stop) => self.stopped(stop, it),
        }
    }

    fn message(&mut self) -> Text {
        let made = self.rule.message_expression.as_ref().map(|expr| self.machine.run(expr, &mut self.state.frame));
        match made {
            Some(Ok(Val::Text(text))) if !text.get().is_empty() => {
                Text::plain(text.get()).bare(&self.rule.message.en, &self.rule.message.zh)
            }
            _ => self.rule.message.clone(),
        }
    }

    /// A rule that came to no verdict.
    fn stopped(&mut self, stop: Stop, it: Option<&Item<'_, 'd>>) {
        match stop {
            Stop::Skip => {}
            Stop::Today => {
                let hint = Text::new(
                    "say which day counts as today, as in --as-of 2026-03-31",
                    "请指定哪一天算今天，如 --as-of 2026-03-31",
                );
                let why = Text::new("it asks for today's date, which is not known", "它需要当天日期，而日期未给出");
                self.not_checked(&why, Some(hint), it);
            }
            Stop::NotGiven(name) => self.not_checked(
                &Text::new(
                    format!("it asks for {name:?}, which is given as --with {name}=FILE"),
                    format!("它需要“{name}”，请用 --with {name}=文件 给出"),
                ),
                None,
                it,
            ),
            Stop::NotRead(name) => self.not_checked(
                &Text::new(
                    format!("the file given as {name:?} could not be read"),
                    format!("以“{name}”给出的文件未能读取"),
                ),
                None,
                it,
            ),
            Stop::Fail(cause) => self.fail(&cause),
            Stop::NoProperty(_) if self.state.failed => {}
            Stop::NoProperty(what) => self.fail(&what.text()),
            Stop::Budget => {
                self.state.over = true;
                self.state.failed = false;
                self.fail(&Text::new("it takes more steps or memory than a rule may", "计算量超出规则的限度"));
            }
        }
    }

    /// One finding for a rule that asks for what nobody gave.
    fn not_checked(&mut self, why: &Text, hint: Option<Text>, it: Option<&Item<'_, 'd>>) {
        if std::mem::replace(&mut self.state.not_checked, true) {
            return;
        }
        let name = &self.rule.name;
        let message = Text::new(
            format!("the rule {} was not checked: {}", shown(name), why.en),
            format!("规则{}未检查：{}", shown_zh(name), why.zh),
        )
        .open();
        let stand = self.stand(it);
        self.hit(Code::NotChecked, Code::NotChecked.severity(), message, stand);
        if let Some(hit) = self.hits.last_mut() {
            hit.hint = hint;
        }
    }

    /// One finding for a rule, however many rows it fails on.
    fn fail(&mut self, cause: &Text) {
        if std::mem::replace(&mut self.state.failed, true) {
            return;
        }
        let message = Text::new(
            format!("the rule {} could not be worked out: {}", shown(&self.rule.name), cause.en),
            format!("规则{}无法计算：{}", shown_zh(&self.rule.name), cause.zh),
        )
        .bare(
            format!("the rule {} could not be worked out", shown(&self.rule.name)),
            format!("规则{}无法计算", shown_zh(&self.rule.name)),
        );
        let stand = Stand::Value(self.this.pointer().unwrap_or_default());
        self.hit(Code::RuleFailed, Code::RuleFailed.severity(), message, stand);
    }

    fn stand(&self, it: Option<&Item<'_, 'd>>) -> Stand {
        let this = self.this.pointer().unwrap_or_default();
        let pointer = it.and_then(|(value, known)| known.clone().or_else(|| value.pointer()));
        let number = match it {
            Some((Val::Int(number), _)) => usize::try_from(*number).ok(),
            _ => None,
        };
        let known = It { item: pointer.as_deref(), number };
        let own = self.rule.stand.stand(&this, known, self.rule.total);
        own.unwrap_or_else(|| {
            // No `it` to stand on: the heading of the column in the list it would have come from.
            match self.rule.source.as_ref().and_then(|source| source.stand(&this, It::default(), false)) {
                Some(Stand::Value(array)) => self.rule.stand.heading(array),
                _ => Stand::Value(this),
            }
        })
    }

    fn hit(&mut self, code: Code, severity: Severity, message: Text, stand: Stand) {
        self.hits.push(Hit { code, severity, message, hint: None, stand, rule: self.rule.pointer.clone() });
    }
}
