//! From an error of the schema engine to a problem: its code, its part of the document, its sentence.

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;

use super::equal;
use super::formats;
use super::hint::{date_hint, note, share_hint, type_hint};
use super::looks::Looks;
use super::problem::{Problem, Spot};
use super::shape::{self, Branches};
use super::words::{self, Wanted, nearest, number, quoted, quoted_zh};
use crate::finding::{Code, Text};
use crate::form::Form;
use crate::layout::{BandKind, FieldKind};
use crate::places::Places;
use crate::schema::{Node, NodeId, join};

/// Turns errors into problems.
pub(super) struct Translator<'a> {
    /// The form of the document; none where the document is itself a form.
    pub(super) form: Option<&'a Form>,
    pub(super) document: &'a Value,
    /// The pointer of what was validated, put before every pointer.
    pub(super) prefix: String,
    /// Whether the reader sees a sheet, with the texts it shows for values.
    pub(super) on_sheet: bool,
    /// Whether `format` is asserted.
    pub(super) formats: bool,
    /// What the sheet calls a value, where the form has another name for it.
    pub(super) places: &'a dyn Places,
    /// What is known of the form's patterns.
    pub(super) looks: Looks,
}

impl Translator<'_> {
    /// Adds the problems of an error; one for each property or value that it names.
    pub(super) fn translate(&self, error: &ValidationError<'_>, out: &mut Vec<Problem>) {
        let at = format!("{}{}", self.prefix, error.instance_path().as_str());
        let rule = format!("#{}", error.schema_path().as_str());
        let value = error.instance().as_ref();
        let spot = self.spot(at, value, &rule);
        let spot = &spot;
        match error.kind() {
            Kind::Type { kind: TypeKind::Single(one) } => out.push(self.wrong_type(spot, &[*one])),
            Kind::Type { kind: TypeKind::Multiple(set) } => {
                out.push(self.wrong_type(spot, &set.iter().collect::<Vec<_>>()));
            }
            Kind::Required { property } => out.push(self.missing(spot, property.as_str().unwrap_or_default())),
            Kind::Enum { options } => {
                out.push(self.not_in_list(spot, options.as_array().map(Vec::as_slice).unwrap_or_default()));
            }
            Kind::Constant { expected_value } => {
                out.push(self.not_in_list(spot, std::slice::from_ref(&**expected_value)));
            }
            Kind::Minimum { limit } => out.push(self.bound(spot, ">=", limit)),
            Kind::Maximum { limit } => out.push(self.bound(spot, "<=", limit)),
            Kind::ExclusiveMinimum { limit } => out.push(self.bound(spot, ">", limit)),
            Kind::ExclusiveMaximum { limit } => out.push(self.bound(spot, "<", limit)),
            Kind::MultipleOf { multiple_of } => out.push(step(spot, *multiple_of)),
            Kind::Format { format } => {
                let (problem, compare) = wrong_format(spot, format);
                let mut problem = self.slip(spot, "format", format, problem);
                if problem.finding.hint.is_none() {
                    problem.finding.hint = compare;
                }
                out.push(problem);
            }
            Kind::Pattern { pattern } => out.push(self.pattern(spot, pattern)),
            Kind::BacktrackLimitExceeded { .. } | Kind::RegexEngineFailure { .. } => {
                let (en, zh) = (
                    "{} could not be compared with its pattern: that would take too long",
                    "{}无法与其格式比对：耗时过长",
                );
                out.push(spot.problem(Code::WrongFormat, en, zh));
            }
            Kind::ContentEncoding { content_encoding: what } | Kind::ContentMediaType { content_media_type: what } => {
                out.push(wanted(spot, Code::WrongFormat, &words::of_format(what)));
            }
            Kind::FromUtf8 { .. } => out.push(wanted(spot, Code::WrongFormat, &words::of_format("base64"))),
            Kind::MinLength { limit } | Kind::MinProperties { limit } => out.push(length(spot, ">=", *limit)),
            Kind::MinItems { limit } => out.push(self.too_few(spot, *limit)),
            Kind::MaxLength { limit } | Kind::MaxItems { limit } | Kind::MaxProperties { limit } => {
                out.push(length(spot, "<=", *limit));
            }
            Kind::AdditionalItems { limit } => out.push(length(spot, "<=", *limit as u64)),
            Kind::UnevaluatedItems { .. } => {
                let (en, zh) = ("{} has more values than the form allows", "{}的值多于表单所允许");
                out.push(spot.problem(Code::WrongLength, en, zh));
            }
            Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
                out.extend(unexpected.iter().map(|property| self.unknown(spot, property)));
            }
            Kind::PropertyNames { error } => {
                out.push(self.unknown(spot, error.instance().as_str().unwrap_or_default()));
            }
            Kind::FalseSchema => out.push(self.not_allowed(spot)),
            Kind::UniqueItems => {
                let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
                for (later, earlier) in equal::repeated(list) {
                    out.push(self.repeated(spot, list, later, earlier));
                }
            }
            Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
                match shape::of_branches(context, shape::depth_of(error)) {
                    Branches::One(errors) => errors.iter().for_each(|error| self.translate(error, out)),
                    Branches::Types(types) => out.push(self.wrong_type(spot, &types)),
                    Branches::Values(values) => out.push(self.not_in_list(spot, &values)),
                    Branches::Many => {
                        let (en, zh) = ("{} fits none of the shapes the form allows", "{}不符合表单允许的任何一种形式");
                        out.push(spot.problem(Code::WrongShape, en, zh));
                    }
                }
            }
            Kind::OneOfMultipleValid { .. } => {
                let (en, zh) =
                    ("{} fits more than one shape; the form wants exactly one", "{}同时符合多种形式，而表单只允许一种");
                out.push(spot.problem(Code::WrongShape, en, zh));
            }
            Kind::Contains => {
                let (en, zh) = (
                    "{} lacks a value that the form asks for, or has too many of them",
                    "{}缺少表单要求的值，或此类值过多",
                );
                out.push(spot.problem(Code::WrongShape, en, zh));
            }
            Kind::Not { .. } => {
                let (en, zh) = ("{} is what the form excludes", "{}是表单所排除的内容");
                out.push(spot.problem(Code::WrongShape, en, zh));
            }
            Kind::Custom { .. } | Kind::Referencing(_) => {
                out.push(spot.problem(Code::WrongShape, "{} could not be checked", "{}无法检查"));
            }
        }
    }

    /// What a text of this node looks like, where that is more than text.
    fn text_of(&self, node: &Node) -> Option<Wanted> {
        if self.form.is_some_and(|form| FieldKind::of(&form.schema, node) == FieldKind::Month) {
            return Some(words::month());
        }
        node.format.as_deref().filter(|_| self.formats).map(words::of_format)
    }

    fn wrong_type(&self, spot: &Spot<'_>, types: &[JsonType]) -> Problem {
        let only_text = types.iter().all(|t| matches!(t, JsonType::String | JsonType::Null));
        let text = spot.node.filter(|_| only_text).and_then(|node| self.text_of(node));
        let what = text.unwrap_or_else(|| words::of_types(types, self.on_sheet));
        let hint = type_hint(spot.value, spot.node).filter(|_| !self.on_sheet).or_else(|| note(spot.node));
        wanted(spot, Code::WrongType, &what).hint(hint)
    }

    fn missing(&self, spot: &Spot<'_>, property: &str) -> Problem {
        let value = Value::Null;
        let missing = self.spot(join(&spot.at, property), &value, spot.rule);
        let labelled = missing.name.node.is_some_and(|node| self.has_label(node));
        let (en, zh) = match (self.on_sheet, labelled) {
            (true, true) => {
                ("{} must be filled in: its label is there, its value is not", "{}为必填项：栏目已有，内容未填")
            }
            (true, false) => ("{} must be filled in", "{}为必填项，尚未填写"),
            (false, _) => ("{} is missing", "缺少{}"),
        };
        let mut problem = missing.problem(Code::MissingValue, en, zh);
        problem.finding.value = None;
        if let Some(node) = missing.node {
            problem.finding.expected =
                self.text_of(node).or_else(|| node.types.single().map(words::of_kind)).map(|w| w.word);
        }
        let nothing = missing.node.filter(|_| self.on_sheet).and_then(words_for_nothing);
        problem.hint(note(missing.node).or(nothing))
    }

    /// Whether the node's value stands beside a label.
    fn has_label(&self, node: NodeId) -> bool {
        let bands = self.form.map(|form| form.layout.bands.as_slice()).unwrap_or_default();
        bands.iter().any(|band| match &band.kind {
            BandKind::Labels(labels) => labels.fields().any(|field| field.node == node),
            BandKind::Table(_) => false,
        })
    }

    fn not_in_list(&self, spot: &Spot<'_>, options: &[Value]) -> Problem {
        let choices = spot.node.filter(|_| self.on_sheet).and_then(|node| node.choices.as_ref());
        let text = |option: &Value| {
            let shown = choices.and_then(|list| list.iter().find(|choice| choice.value == *option));
            shown.map_or_else(|| words::plain(option), |choice| choice.text.clone())
        };
        let texts: Vec<String> = options.iter().filter(|o| !o.is_null() || options.len() == 1).map(text).collect();
        let near = spot.value.as_str().and_then(|value| nearest(value, texts.iter().map(String::as_str)));
        let hint = near.filter(|_| texts.len() > 1).map(did_you_mean).or_else(|| note(spot.node));
        wanted(spot, Code::NotInList, &words::of_list(&texts)).hint(hint)
    }

    fn pattern(&self, spot: &Spot<'_>, pattern: &str) -> Problem {
        if let Some(text) = spot.node.and_then(|node| self.text_of(node)) {
            return wanted(spot, Code::WrongFormat, &text).hint(note(spot.node));
        }
        let found = spot.found();
        let given = || {
            let (node, form) = (spot.node?, self.form?);
            let examples = form.document.pointer(node.pointer.strip_prefix('#')?)?.get("examples")?;
            examples.get(0)?.as_str().map(str::to_owned)
        };
        let example = given().or_else(|| self.looks.of("pattern", pattern).example.clone());
        let (en, zh, found_en, found_zh) = match example {
            Some(example) => (
                format!("{{}} must be written like {}", quoted(&example)),
                format!("{{}}应写成{}的样式", quoted_zh(&example)),
                format!(", found {}", found.en),
                format!("，实际为{}", found.zh),
            ),
            // A pattern is no help to who fills in a sheet.
            None if self.on_sheet => (
                "{} is not written as the form asks for".to_owned(),
                "{}的写法不符合表单要求".to_owned(),
                format!(": {}", found.en),
                format!("：{}", found.zh),
            ),
            None => (
                format!("{{}} must match {pattern}"),
                format!("{{}}应符合格式 {pattern}"),
                format!(", found {}", found.en),
                format!("，实际为{}", found.zh),
            ),
        };
        let says = (format!("{en}{found_en}"), format!("{zh}{found_zh}"));
        let problem = spot.problem_with(Code::WrongFormat, (&says.0, &says.1), (&en, &zh));
        self.slip(spot, "pattern", pattern, problem.expected(pattern))
    }

    fn bound(&self, spot: &Spot<'_>, sign: &str, limit: &Value) -> Problem {
        let (en, zh) = match sign {
            ">=" => ("at least", "不得小于"),
            "<=" => ("at most", "不得大于"),
            ">" => ("more than", "应大于"),
            _ => ("less than", "应小于"),
        };
        let value = spot.value;
        let bare = (format!("{{}} must be {en} {limit}"), format!("{{}}{zh} {limit}"));
        let (en, zh) = (format!("{}, found {value}", bare.0), format!("{}，实际为 {value}", bare.1));
        let hint = share_hint(sign, limit, value, self.on_sheet).or_else(|| note(spot.node));
        let problem = spot.problem_with(Code::OutOfRange, (&en, &zh), (&bare.0, &bare.1));
        problem.expected(format!("{sign} {limit}")).hint(hint)
    }

    fn spot<'e>(&self, at: String, value: &'e Value, rule: &'e str) -> Spot<'e>
    where
        Self: 'e,
    {
        let called = self.places.called(&at).map(|called| Text::new(quoted(called), quoted_zh(called)));
        let mut spot = Spot::new(self.form, at, value, rule);
        spot.on_sheet = self.on_sheet;
        if let Some(called) = called {
            spot.name.text = called;
        }
        spot
    }

    /// With what was meant where a slip of the hand explains it, else with the form's own help.
    fn slip(&self, spot: &Spot<'_>, keyword: &str, value: &str, mut problem: Problem) -> Problem {
        if problem.finding.hint.is_some() {
            return problem;
        }
        let meant = spot.value.as_str().and_then(|text| {
            let looks = self.looks.of(keyword, value);
            crate::slip::meant(text, |other| looks.is(other))
        });
        match meant {
            Some((meant, hint)) => {
                problem.finding = problem.finding.fix(meant, false);
                problem.hint(Some(hint))
            }
            None => problem.hint(note(spot.node)),
        }
    }

    /// A list with too few items; what an empty table lacks is its first record.
    fn too_few(&self, spot: &Spot<'_>, limit: u64) -> Problem {
        let node = self.form.and_then(|form| Some((&form.schema, spot.name.node?)));
        let is_table = node.is_some_and(|(schema, id)| crate::layout::is_table(schema, id));
        let has = spot.value.as_array().map_or(0, Vec::len);
        if has > 0 || !is_table {
            return length(spot, ">=", limit);
        }
        // Without a title it has only a property's name, which no sheet shows.
        let is_called = node.is_some_and(|(schema, id)| schema.node(id).title.is_some());
        let (en, zh) = if is_called || !self.on_sheet { ("{}", "{}") } else { ("the table", "表格") };
        let en = format!("{en} has no row that is filled in; it needs at least {limit}");
        let zh = format!("{zh}没有填写任何一行，至少需要 {limit} 行");
        let says = (en.as_str(), zh.as_str());
        let mut problem = spot.problem_with(Code::MissingValue, says, says).expected("record");
        problem.on_container = false;
        problem.finding.pointer = Some(join(&spot.at, "0"));
        problem
    }

    fn unknown(&self, spot: &Spot<'_>, property: &str) -> Problem {
        let value = spot.value.get(property).unwrap_or(&Value::Null);
        let extra = self.spot(join(&spot.at, property), value, spot.rule);
        let (en, zh) = if self.on_sheet { ("place for", "项目") } else { ("property", "属性") };
        let en = format!("the form has no {en} {} here", quoted(property));
        let zh = format!("表单此处没有{}{}", zh, quoted_zh(property));
        let mut problem = extra.problem(Code::UnknownProperty, "", "");
        problem.finding.message = Text::new(en, zh).bare("the form has no such property here", "表单此处没有这个属性");
        problem.at_key = true;
        let names = spot.node.map(|node| node.properties.as_slice()).unwrap_or_default();
        let free = names.iter().map(|(name, _)| name.as_str()).filter(|name| spot.value.get(name).is_none());
        problem.hint(nearest(property, free).map(did_you_mean))
    }

    /// A value where the form has `false`.
    fn not_allowed(&self, spot: &Spot<'_>) -> Problem {
        let parent = spot.at.rsplit_once('/').and_then(|(above, _)| self.document.pointer(above));
        let code = match parent {
            Some(Value::Object(_)) => Code::UnknownProperty,
            Some(_) => Code::WrongLength,
            None => Code::WrongShape,
        };
        let mut problem = spot.problem(code, "{} must not be there", "不应有{}");
        problem.at_key = code == Code::UnknownProperty;
        problem
    }

    fn repeated(&self, spot: &Spot<'_>, list: &[Value], later: usize, earlier: usize) -> Problem {
        let item = self.spot(join(&spot.at, &later.to_string()), &list[later], spot.rule);
        let (found, whole) = (item.found(), &spot.name.text);
        let mut problem = item.problem(Code::DuplicateKey, "", "");
        problem.finding.message = Text::new(
            format!("{} must not repeat a value: {} is there already", whole.en, found.en),
            format!("{}不能有重复的值：{}已经有了", whole.zh, found.zh),
        );
        if spot.name.node.is_some() {
            let bare = (format!("{} must not repeat a value", whole.en), format!("{}不能有重复的值", whole.zh));
            problem.finding.message = problem.finding.message.bare(bare.0, bare.1);
        }
        problem.earlier = Some(join(&spot.at, &earlier.to_string()));
        problem
    }
}

/// `X must be …, found …`.
fn wanted(spot: &Spot<'_>, code: Code, wanted: &Wanted) -> Problem {
    let found = spot.found();
    let en = format!("{{}} must be {}, found {}", wanted.text.en, found.en);
    let zh = format!("{{}}应为{}，实际为{}", wanted.text.zh, found.zh);
    let bare = (format!("{{}} must be {}", wanted.text.en), format!("{{}}应为{}", wanted.text.zh));
    spot.problem_with(code, (&en, &zh), (&bare.0, &bare.1)).expected(wanted.word.as_str())
}

/// A text that is not of its format; of those of our own also why, and what to do where nothing better is known.
fn wrong_format(spot: &Spot<'_>, format: &str) -> (Problem, Option<Text>) {
    let hint = date_hint(format, spot.value);
    let mut problem = wanted(spot, Code::WrongFormat, &words::of_format(format)).hint(hint);
    let text = spot.value.as_str().filter(|text| !text.is_empty());
    let Some(Err(why)) = text.and_then(|text| Some(formats::known(format)?.check(text))) else {
        return (problem, None);
    };
    let Text { en, zh, .. } = &problem.finding.message;
    let message = Text::new(format!("{en}: {}", why.what.en), format!("{zh}：{}", why.what.zh));
    problem.finding.message = match problem.finding.message.without_values() {
        Some(bare) => message.bare(bare.en, bare.zh),
        None => message,
    };
    let compare = why.anywhere.then(|| {
        Text::new(
            "compare it with the original, character by character: any of them may be the wrong one",
            "请与原件逐位核对：写错的可能是其中任何一位",
        )
    });
    (problem, compare)
}

/// A number that is no multiple; a step of 0.01 is said as two decimals.
fn step(spot: &Spot<'_>, step: f64) -> Problem {
    let (value, step) = (spot.value, number(step));
    let (en, zh) = match words::decimals(&step) {
        Some(0) => ("be a whole number".to_owned(), "应为整数".to_owned()),
        Some(1) => ("have at most one decimal".to_owned(), "最多一位小数".to_owned()),
        Some(n) => (format!("have at most {n} decimals"), format!("最多 {n} 位小数")),
        None => (format!("be a multiple of {step}"), format!("应为 {step} 的倍数")),
    };
    let bare = (format!("{{}} must {en}"), format!("{{}}{zh}"));
    let (en, zh) = (format!("{}, found {value}", bare.0), format!("{}，实际为 {value}", bare.1));
    let problem = spot.problem_with(Code::OutOfRange, (&en, &zh), (&bare.0, &bare.1));
    problem.expected(format!("multiple of {step}")).hint(note(spot.node))
}

/// Too short or too long: a text, a list, an object.
fn length(spot: &Spot<'_>, sign: &str, limit: u64) -> Problem {
    let (has, one, many, zh) = match spot.value {
        Value::String(text) => (text.chars().count(), "character", "characters", "个字"),
        Value::Array(list) => (list.len(), "value", "values", "项"),
        Value::Object(map) => (map.len(), "named value", "named values", "项"),
        _ => (0, "part", "parts", "个部分"),
    };
    let unit = if limit == 1 { one } else { many };
    let (bound, bound_zh) = if sign == ">=" { ("at least", "至少") } else { ("at most", "最多") };
    let problem = if has == 0 && spot.value.is_string() {
        spot.problem(Code::WrongLength, "{} must not be empty", "{}不能为空")
    } else {
        let bare = (format!("{{}} must have {bound} {limit} {unit}"), format!("{{}}{bound_zh} {limit} {zh}"));
        let (en, zh) = (format!("{}, found {has}", bare.0), format!("{}，实际 {has} {zh}", bare.1));
        spot.problem_with(Code::WrongLength, (&en, &zh), (&bare.0, &bare.1))
    };
    problem.expected(format!("length {sign} {limit}")).hint(note(spot.node))
}

/// Words that the form takes for nothing: a cell that holds one is not filled in.
fn words_for_nothing(node: &Node) -> Option<Text> {
    let words = node.sheet.none.as_ref()?.as_slice();
    if words.is_empty() {
        return None;
    }
    let list = |quote: fn(&str) -> String, with: &str| words.iter().map(|w| quote(w)).collect::<Vec<_>>().join(with);
    Some(Text::new(
        format!("{} in this cell counts as nothing filled in", list(quoted, " or ")),
        format!("此格填{}等于没有填写", list(quoted_zh, "或")),
    ))
}

fn did_you_mean(text: &str) -> Text {
    Text::new(format!("did you mean {}?", quoted(text)), format!("是否应为{}？", quoted_zh(text)))
}
