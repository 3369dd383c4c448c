//! From a cell to a JSON value, by the field's kind. Says what was changed, and what could not be read.

mod digits;
mod lists;
mod mends;
mod said;
mod shown_text;

use digits::{before_excel, is_whole, iso_month, month_text, plain_digits, significant_digits, whole_digits};
use serde_json::{Number, Value};

use super::hints;
use super::text_value::{self, Day, Year, json_number};
use crate::finding::{Code, Finding, Severity, Text};
use crate::grid::{Cell, Content, FormatKind};
use crate::layout::{Field, FieldKind};
use crate::report::{escaped, shown, shown_zh};
use crate::schema::{Choice, Schema};
use crate::serial;
use crate::text::{fold, has_edge_blank, is_prompt, string_literal};
use crate::validate::words::nearest;
use crate::validate::{date_hint, note};
use said::{edges, error_cell, listed, uncached};

/// What a cell gives.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Nothing.
    Absent,
    /// Nothing, and what is to be said of it.
    Nothing(Box<Finding>),
    /// A value, and what is to be said of it.
    Value(Value, Option<Box<Finding>>),
    /// A value that could not be read.
    Bad(Box<Finding>),
}

/// What reading a cell depends on besides the cell.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) schema: &'a Schema,
    pub(super) date1904: bool,
    /// Whether the format knows only text: a value written plainly is then no text by mistake.
    pub(super) plain_text: bool,
    pub(super) year: Year,
    /// Whether a text that is no date is an error in a date cell.
    pub(super) assert_formats: bool,
}

/// Reads a cell. Findings come without a place and pointer.
pub(super) fn read(field: &Field, cell: Option<&Cell>, context: Context<'_>) -> Outcome {
    let Some(cell) = cell else { return Outcome::Absent };
    match &cell.content {
        Content::Empty => match &cell.formula {
            Some(_) => Outcome::Bad(Box::new(uncached(field))),
            None => Outcome::Absent,
        },
        Content::Error(text) => Outcome::Bad(Box::new(error_cell(field, text))),
        Content::Text(text) if text.is_empty() => Outcome::Absent,
        Content::Text(text) => Reader { field, context, cell }.text(text),
        Content::Number { value, raw } => Reader { field, context, cell }.number(&field.kind, *value, raw),
        Content::Bool(on) => Reader { field, context, cell }.boolean(&field.kind, *on),
    }
}

/// What is read of a number in a column of numbers, told without its text, which must be the shortest that says it;
/// none where [`read`] has to look closer.
pub(super) fn plain_number(kind: &FieldKind, value: f64, format: FormatKind) -> Option<Number> {
    let plain = matches!(kind, FieldKind::Integer | FieldKind::Number) && format == FormatKind::Number;
    match whole(value).filter(|_| plain) {
        Some(whole) => Some(whole.into()),
        None if plain && *kind == FieldKind::Number && value.fract() != 0.0 => Number::from_f64(value),
        None => None,
    }
}

/// A whole number all of whose digits a sheet shows.
fn whole(value: f64) -> Option<i64> {
    (value.fract() == 0.0 && value.abs() < 1e15).then_some(value as i64)
}

struct Reader<'a> {
    field: &'a Field,
    context: Context<'a>,
    cell: &'a Cell,
}

impl Reader<'_> {
    fn rule(&self, keyword: &str) -> String {
        format!("{}/{keyword}", self.context.schema.node(self.field.node).pointer)
    }

    /// The keyword that says which kind of value the field has.
    fn kind_keyword(&self) -> &'static str {
        if self.context.schema.node(self.field.node).format.is_some() { "format" } else { "type" }
    }

    fn converted(&self, value: Value, from: &str) -> Outcome {
        let choice = match &self.field.kind {
            FieldKind::Choice(choices) | FieldKind::Checks(choices) => choices.iter().find(|c| c.value == value),
            _ => None,
        };
        let (en, zh) = match &value {
            // A person knows a choice by its label.
            _ if choice.is_some_and(|c| c.text != from) => {
                let label = choice.map_or("", |c| c.text.as_str());
                (shown(label), shown_zh(label))
            }
            Value::Bool(on) => {
                let (en, zh) = if *on { ("yes", "“是”") } else { ("no", "“否”") };
                (en.to_owned(), zh.to_owned())
            }
            Value::Array(list) => listed(list),
            // Only the kind changes.
            Value::String(text) if text == from => match self.field.kind {
                FieldKind::Date => ("a date".to_owned(), "日期".to_owned()),
                FieldKind::Month => ("a month".to_owned(), "月份".to_owned()),
                _ => ("text".to_owned(), "文本".to_owned()),
            },
            Value::String(text) => (escaped(text), format!(" {}", escaped(text))),
            other => (other.to_string(), format!(" {other}")),
        };
        let found = self.found(from);
        let finding = Finding::new(
            Code::Converted,
            Text::new(
                format!("{:?}: read {} as {en}", self.field.label, found.en),
                format!("“{}”：{}读作{zh}", self.field.label, found.zh),
            )
            .bare(
                format!("{:?}: read as another type than the cell has", self.field.label),
                format!("“{}”：读作与单元格不同的类型", self.field.label),
            ),
        )
        .value(value.clone());
        let finding = Finding { mend: self.mend(&value), ..finding };
        Outcome::Value(value, Some(Box::new(finding)))
    }

    /// Whether a text is how a format without types writes a number or truth value: nothing was changed.
    fn is_plain(&self, text: &str) -> bool {
        let own = matches!(text, "TRUE" | "true" | "FALSE" | "false") || text_value::is_json_decimal(text);
        self.context.plain_text && own
    }

    fn is_dated(&self) -> bool {
        matches!(self.cell.kind(), FormatKind::Date | FormatKind::Month | FormatKind::DateTime)
    }

    /// Whether the form's own cells show the day of a date.
    fn shows_days(&self) -> bool {
        self.field.format.as_ref().is_none_or(|code| code.contains(['d', 'D']))
    }

    /// What stands in the cell: `text "12"`, `number 12`.
    fn found(&self, found: &str) -> Text {
        match self.cell.content {
            Content::Number { .. } if self.is_dated() => {
                let found = found.replace('T', " ");
                Text::new(format!("date {found}"), format!("日期 {found} "))
            }
            Content::Number { value, ref raw } if self.is_timed() => {
                let found = self.shown_text(value, raw).unwrap_or_else(|| found.to_owned());
                Text::new(format!("time {found}"), format!("时间 {found} "))
            }
            Content::Number { .. } => Text::new(format!("number {found}"), format!("数字 {found} ")),
            Content::Bool(_) => Text::new(format!("logical value {found}"), format!("逻辑值 {found} ")),
            _ => Text::new(format!("text {}", shown(found)), format!("文本{}", shown_zh(found))),
        }
    }

    fn wrong_type(&self, expected: &str, zh: &str, text: &str) -> Outcome {
        let found = self.found(text);
        let is_number = matches!(self.cell.content, Content::Number { .. });
        let number = json_number(text).filter(|_| is_number).map(Value::Number);
        let value = number.unwrap_or_else(|| text.into());
        let node = self.context.schema.node(self.field.node);
        let mut finding = Finding::new(
            Code::WrongType,
            Text::new(
                format!("{:?}: expected {}, found {}", self.field.label, article(expected), found.en),
                format!("“{}”应为{zh}，实际是{}", self.field.label, found.zh.trim_end()),
            )
            .bare(
                format!("{:?}: expected {}", self.field.label, article(expected)),
                format!("“{}”应为{zh}", self.field.label),
            ),
        )
        .expected(expected)
        .rule(self.rule(self.kind_keyword()));
        finding.hint = date_hint(expected, &value)
            .or_else(|| if is_number { None } else { hints::of_text(self.field, text) })
            .or_else(|| note(Some(node)));
        Outcome::Bad(Box::new(finding.value(value)))
    }

    fn text(&self, text: &str) -> Outcome {
        let trimmed = text.trim();
        if self.field.none.iter().any(|none| none.trim() == trimmed) {
            return if self.field.nullable { Outcome::Value(Value::Null, None) } else { Outcome::Absent };
        }
        // The same text in another width or case.
        let folded = if self.field.none.is_empty() { String::new() } else { fold(trimmed) };
        if !folded.is_empty() && self.field.none.iter().any(|none| fold(none) == folded) {
            let finding = self.read_as_nothing(text);
            return if self.field.nullable {
                Outcome::Value(Value::Null, Some(finding))
            } else {
                Outcome::Nothing(finding)
            };
        }
        if trimmed == "null" && self.field.nullable {
            return Outcome::Value(Value::Null, None);
        }
        let literal = string_literal(trimmed);
        self.text_as(&self.field.kind, literal.as_deref().unwrap_or(text), literal.is_some())
    }

    fn text_as(&self, kind: &FieldKind, text: &str, literal: bool) -> Outcome {
        let trimmed = text.trim();
        if trimmed.is_empty() && !literal && *kind != FieldKind::Text {
            return Outcome::Absent;
        }
        if matches!(kind, FieldKind::Date | FieldKind::Month) && !literal && text_value::is_blank_date(trimmed) {
            return Outcome::Absent;
        }
        match kind {
            FieldKind::Text => self.free_text(text, literal),
            FieldKind::Integer | FieldKind::Number => self.typed_number(kind, text),
            FieldKind::Boolean => match text_value::boolean(text) {
                Some(on) if self.is_plain(trimmed) => Outcome::Value(on.into(), None),
                Some(on) => self.converted(on.into(), text),
                None => self.wrong_type("yes or no", "是或否", text),
            },
            // In quotes it is that text and no other; where dates are asserted, another text is none all the same.
            FieldKind::Date | FieldKind::Month if literal && !self.context.assert_formats => {
                Outcome::Value(text.into(), None)
            }
            FieldKind::Date => self.date(text),
            // A month that Excel has no number for stands as JSON has it.
            FieldKind::Month => match text_value::month(text).or_else(|| iso_month(trimmed)) {
                Some(month) if month == text => Outcome::Value(month.into(), None),
                Some(month) => self.converted(month.into(), text),
                None => self.wrong_type("month", "月份（如 2026年3月）", text),
            },
            FieldKind::DateTime | FieldKind::Time => Outcome::Value(text.into(), None),
            FieldKind::Choice(choices) => self.choice(choices, text),
            FieldKind::Checks(choices) => self.checks(choices, text),
            FieldKind::List { item, separator } => self.list(item, separator, text, literal),
            FieldKind::Json if literal => Outcome::Value(text.into(), None),
            FieldKind::Json => match serde_json::from_str(trimmed) {
                Ok(value) => Outcome::Value(value, None),
                Err(_) => Outcome::Value(text.into(), None),
            },
        }
    }

    fn free_text(&self, text: &str, literal: bool) -> Outcome {
        if self.context.plain_text && !literal && text_value::is_long_number_shown_short(text.trim()) {
            return Outcome::Bad(Box::new(self.shortened(text.trim())));
        }
        if !literal && self.is_prompt(text) {
            return Outcome::Value(text.into(), Some(Box::new(self.prompt_left(text))));
        }
        let finding = (has_edge_blank(text) && !literal).then(|| {
            let (en, zh) = edges(text);
            let message = Text::new(
                format!("{:?} {en}: {}", self.field.label, shown(text)),
                format!("“{}”{zh}：{}", self.field.label, shown_zh(text)),
            )
            .bare(format!("{:?} {en}", self.field.label), format!("“{}”{zh}", self.field.label));
            let finding = Finding::new(Code::EdgeBlank, message).value(text).fix(text.trim(), true);
            Box::new(Finding { mend: self.trimmed(text), ..finding })
        });
        Outcome::Value(text.into(), finding)
    }

    fn read_as_nothing(&self, text: &str) -> Box<Finding> {
        let found = self.found(text);
        let finding = Finding::new(
            Code::Converted,
            Text::new(
                format!("{:?}: read {} as nothing", self.field.label, found.en),
                format!("“{}”：{}读作空白", self.field.label, found.zh),
            )
            .bare(
                format!("{:?}: what stands there is read as nothing", self.field.label),
                format!("“{}”：所填内容读作空白", self.field.label),
            ),
        );
        Box::new(Finding { mend: self.as_nothing(text), ..finding })
    }

    fn typed_number(&self, kind: &FieldKind, text: &str) -> Outcome {
        let unit = self.field.unit.as_deref();
        let decimal = text_value::number(text, unit);
        if decimal.as_deref().is_some_and(|decimal| !text_value::is_held(decimal)) {
            return Outcome::Bad(Box::new(self.too_precise(text)));
        }
        let number = decimal.and_then(|decimal| json_number(&decimal));
        let whole = *kind == FieldKind::Integer;
        match number {
            Some(number) if !whole || number.as_f64().is_some_and(|value| value.fract() == 0.0) => {
                if self.is_plain(text.trim()) {
                    return Outcome::Value(number.into(), None);
                }
                self.converted(number.into(), text)
            }
            _ if whole => self.wrong_type("whole number", "整数", text),
            _ => self.wrong_type("number", "数字", text),
        }
    }

    fn date(&self, text: &str) -> Outcome {
        let trimmed = text.trim();
        match text_value::date(text, self.field, self.context.year) {
            // A date that Excel has no number for stands as text; nothing was changed.
            Day::Is(date) if date.to_string() == text && (before_excel(date) || self.context.plain_text) => {
                Outcome::Value(text.into(), None)
            }
            Day::Is(date) => self.converted(date.to_string().into(), text),
            Day::OtherWeekday(_) | Day::Not(_)
                if serial::Date::parse_iso(trimmed).is_some() || !self.context.assert_formats =>
            {
                Outcome::Value(text.into(), None)
            }
            Day::OtherWeekday(date) => {
                let mut outcome = self.wrong_type("date", "日期（如 2026-01-31）", text);
                if let Outcome::Bad(finding) = &mut outcome {
                    finding.hint = Some(super::day::weekday_hint(date));
                }
                outcome
            }
            Day::Not(hint) => {
                let mut outcome = self.wrong_type("date", "日期（如 2026-01-31）", text);
                if let (Outcome::Bad(finding), Some((hint, meant))) = (&mut outcome, hint) {
                    finding.hint = Some(hint);
                    finding.fix = meant.map(|date| crate::finding::Fix { value: date.to_string().into(), safe: false });
                }
                // With the year that the form gives, the hint can say that there is no such day.
                if let (Outcome::Bad(finding), Some(year)) = (&mut outcome, self.context.year)
                    && trimmed.contains('月')
                    && !trimmed.contains('年')
                    && let Some(hint) = date_hint("date", &format!("{year:04}年{trimmed}").into())
                {
                    finding.hint = Some(hint);
                }
                outcome
            }
        }
    }

    fn choice(&self, choices: &[Choice], text: &str) -> Outcome {
        match text_value::choice(text, choices) {
            // A number or truth value as text is a change of kind; the value's own text is none.
            Some(choice) if choice.value.as_str().unwrap_or(&choice.text) == text || choice.text == text => {
                let own = (!choice.value.is_string()).then(|| choice.value.to_string());
                let native = own.as_ref() == Some(&choice.text);
                let is_text = matches!(self.cell.content, Content::Text(_));
                if native && is_text && !self.is_plain(text.trim()) {
                    self.converted(choice.value.clone(), text)
                } else {
                    Outcome::Value(choice.value.clone(), None)
                }
            }
            Some(choice) => self.converted(choice.value.clone(), text),
            None => Outcome::Bad(Box::new(self.not_in_list(choices, text))),
        }
    }

    fn not_in_list(&self, choices: &[Choice], text: &str) -> Finding {
        let list = texts(choices);
        let mut finding = Finding::new(
            Code::NotInList,
            Text::new(
                format!("{:?}: {} is not in the list: {}", self.field.label, shown(text), list.join(", ")),
                format!("“{}”：{}不在可选范围内：{}", self.field.label, shown_zh(text), list.join("、")),
            )
            .bare(
                format!("{:?} is not in the list: {}", self.field.label, list.join(", ")),
                format!("“{}”不在可选范围内：{}", self.field.label, list.join("、")),
            ),
        )
        .expected(format!("one of {}", list.join(", ")))
        .value(text)
        .rule(self.rule("enum"));
        if let Some(choice) = nearest(text, choices.iter().map(|choice| choice.text.as_str())) {
            return finding
                .hint(Text::new(format!("did you mean {choice:?}?"), format!("是否应为“{choice}”？")))
                .fix(choice, false);
        }
        finding.hint = hints::of_text(self.field, text);
        finding.hint = finding.hint.or_else(|| note(Some(self.context.schema.node(self.field.node))));
        finding
    }

    fn checks(&self, choices: &[Choice], text: &str) -> Outcome {
        let Some(boxes) = text_value::boxes(text, choices) else { return self.choice(choices, text) };
        if let Some(label) = &boxes.unclear {
            let known = choices.iter().any(|choice| choice.text == *label);
            let what = if known || label.is_empty() { text.trim() } else { label };
            let mut finding = self.not_in_list(choices, what).value(text);
            if (known || label.is_empty())
                && let Some(first) = choices.first()
            {
                finding.hint = Some(
                    Text::new(
                        format!("put one mark before the label that holds: ■ {}", first.text),
                        format!("请只在所选项的文字前打勾，如“■ {}”", first.text),
                    )
                    .open(),
                );
                finding.fix = None;
            }
            return Outcome::Bad(Box::new(finding));
        }
        match boxes.ticked.as_slice() {
            [] => Outcome::Absent,
            [one] => {
                let value = one.value.clone();
                match &boxes.strange {
                    Some(label) => Outcome::Value(value, Some(Box::new(self.strange_label(choices, label, one)))),
                    None if boxes.behind => self.converted(value, text.trim()),
                    None => Outcome::Value(value, None),
                }
            }
            many => {
                let marked = many.iter().map(|c| c.text.as_str()).collect::<Vec<_>>().join("、");
                let mut finding = self.not_in_list(choices, &marked);
                finding.message = Text::new(
                    format!("{:?}: more than one is marked: {marked}", self.field.label),
                    format!("“{}”：勾选了不止一项：{marked}", self.field.label),
                )
                .bare(
                    format!("{:?}: more than one is marked", self.field.label),
                    format!("“{}”：勾选了不止一项", self.field.label),
                );
                Outcome::Bad(Box::new(finding))
            }
        }
    }

    /// A label among the boxes that is no choice and not ticked.
    fn strange_label(&self, choices: &[Choice], label: &str, ticked: &Choice) -> Finding {
        let list = texts(choices);
        Finding::new(
            Code::NotInList,
            Text::new(
                format!(
                    "{:?}: read as {}; {} beside it is not in the list: {}",
                    self.field.label,
                    ticked.text,
                    shown(label),
                    list.join(", ")
                ),
                format!(
                    "“{}”：读作“{}”；同一格中的{}不在可选范围内：{}",
                    self.field.label,
                    ticked.text,
                    shown_zh(label),
                    list.join("、")
                ),
            ),
        )
        .severity(Severity::Warning)
        .value(label)
        .expected(format!("one of {}", list.join(", ")))
        .rule(self.rule("enum"))
    }

    fn is_prompt(&self, text: &str) -> bool {
        is_prompt(text, self.field.note.as_deref())
    }

    fn number(&self, kind: &FieldKind, value: f64, raw: &str) -> Outcome {
        let dated = self.is_dated();
        match kind {
            FieldKind::Integer | FieldKind::Number if dated => {
                let found = serial::date_iso(value, self.context.date1904).unwrap_or_else(|| raw.to_owned());
                let mut outcome = self.wrong_type("number, not a date", "数字，不是日期", &found);
                if let Outcome::Bad(finding) = &mut outcome {
                    finding.hint.get_or_insert_with(hints::date_format);
                }
                outcome
            }
            // As a number it would be days: what nobody sees in the cell.
            FieldKind::Integer | FieldKind::Number if self.is_timed() => {
                let found = self.shown_text(value, raw).unwrap_or_else(|| raw.to_owned());
                self.wrong_type("number, not a time", "数字，不是时间", &found)
            }
            FieldKind::Integer | FieldKind::Number if self.counts_in_percent() => self.percent_points(kind, raw),
            FieldKind::Integer if value.fract() != 0.0 => self.wrong_type("whole number", "整数", raw),
            FieldKind::Integer | FieldKind::Number | FieldKind::Json => self.plain_number(value, raw),
            FieldKind::Date => self.serial_date(value, raw, dated),
            FieldKind::Month => self.serial_month(value, raw, dated),
            FieldKind::DateTime | FieldKind::Time => self.serial_time(value, raw),
            FieldKind::Boolean => match raw {
                "1" => self.converted(true.into(), raw),
                "0" => self.converted(false.into(), raw),
                _ => self.wrong_type("yes or no", "是或否", raw),
            },
            FieldKind::Text | FieldKind::Choice(_) | FieldKind::Checks(_) | FieldKind::List { .. } => {
                self.number_as_text(kind, value, raw, dated)
            }
        }
    }

    /// Whether the form's unit is % and the cell shows a percentage: 0.85 there is 85 of them.
    fn counts_in_percent(&self) -> bool {
        let own = self.field.format.as_ref().is_some_and(|code| code.contains('%'));
        !own && self.cell.kind() == FormatKind::Percent && matches!(self.field.unit.as_deref(), Some("%" | "％"))
    }

    fn percent_points(&self, kind: &FieldKind, raw: &str) -> Outcome {
        let number = plain_digits(raw).and_then(|digits| json_number(&text_value::times_hundred(&digits)));
        match number {
            Some(number) if *kind == FieldKind::Number || !number.is_f64() => {
                let from = format!("{number}%");
                self.converted(number.into(), &from)
            }
            _ => self.wrong_type("whole number", "整数", raw),
        }
    }

    /// A cell formatted as a date whose number is no day.
    fn no_day(&self, raw: &str) -> Outcome {
        let mut finding = Finding::new(
            Code::WrongType,
            Text::new(
                format!("{:?}: the cell is formatted as a date, but its number {raw} is no day", self.field.label),
                format!("“{}”：单元格为日期格式，但其中的数字 {raw} 不是有效日期", self.field.label),
            )
            .bare(
                format!("{:?}: the cell is formatted as a date, but its number is no day", self.field.label),
                format!("“{}”：单元格为日期格式，但其中的数字不是有效日期", self.field.label),
            ),
        )
        .expected(if self.field.kind == FieldKind::Month { "month" } else { "date" })
        .rule(self.rule(self.kind_keyword()));
        finding = match json_number(raw) {
            Some(number) => finding.value(number),
            None => finding.value(raw),
        };
        let meant = text_value::compact_date(raw);
        Outcome::Bad(Box::new(match meant {
            Some(date) if self.field.kind == FieldKind::Date => finding
                .hint(Text::new(
                    format!("is {date} meant? type it as {date}"),
                    format!("是否应为 {date}？请按此重新输入"),
                ))
                .fix(date.to_string(), false),
            _ => finding.hint(Text::new("type the date as 2026-01-31", "请按 2026-01-31 的样式重新输入日期")),
        }))
    }

    fn plain_number(&self, value: f64, raw: &str) -> Outcome {
        if !value.is_finite() {
            return self.wrong_type("number", "数字", raw);
        }
        if let Some(whole) = whole(value) {
            return Outcome::Value(whole.into(), None);
        }
        if value.fract() != 0.0 {
            // Whatever its text, it is this double.
            return Outcome::Value(value.into(), None);
        }
        match json_number(raw) {
            Some(number) if number.as_f64() == Some(value) => {
                // A whole number whose digits only the file's text holds: Excel itself would show others.
                if !number.is_f64() && significant_digits(raw) > 15 && format!("{value:.0}") != raw {
                    return Outcome::Bad(Box::new(self.damaged(raw)));
                }
                // Zeros that stand for digits which the double does not have.
                let whole = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
                if whole.is_some_and(|whole| whole != value as i128) {
                    return serde_json::Number::from_f64(value)
                        .map_or_else(|| self.wrong_type("number", "数字", raw), |n| Outcome::Value(n.into(), None));
                }
                Outcome::Value(number.into(), None)
            }
            _ => serde_json::Number::from_f64(value)
                .map_or_else(|| self.wrong_type("number", "数字", raw), |n| Outcome::Value(n.into(), None)),
        }
    }

    fn serial_date(&self, value: f64, raw: &str, dated: bool) -> Outcome {
        // A bare number is taken for a date only in the years 1954 to 2119, so that 2026 or 12 is not.
        let plausible = dated || (value.fract() == 0.0 && (20_000.0..80_000.0).contains(&value));
        let compact = text_value::compact_date(raw).filter(|_| !dated);
        if let Some(date) = compact {
            return self.converted(date.to_string().into(), raw);
        }
        match serial::Date::from_serial(value, self.context.date1904).filter(|_| plausible) {
            // The cell shows a month only, and the form does not: which day is meant is the form's say.
            Some((date, 0)) if date.day == 1 && self.cell.kind() == FormatKind::Month && self.shows_days() => {
                let shown = month_text(date);
                let ends = self.field.accepts.iter().any(|word| word == "month-end-text");
                let day = if ends { serial::days_in_month(date.year, date.month) } else { 1 };
                self.converted(format!("{shown}-{day:02}").into(), &shown)
            }
            Some((date, 0)) if dated => Outcome::Value(date.to_string().into(), None),
            Some((date, _)) => {
                let from = if dated {
                    serial::datetime_iso(value, self.context.date1904).unwrap_or_else(|| raw.to_owned())
                } else {
                    raw.to_owned()
                };
                self.converted(date.to_string().into(), &from)
            }
            None if dated => self.no_day(raw),
            None => self.wrong_type("date", "日期（如 2026-01-31）", raw),
        }
    }

    fn serial_month(&self, value: f64, raw: &str, dated: bool) -> Outcome {
        if !dated {
            // Filling down leaves noise behind a number: 2013.3000000000002.
            let short = format!("{value:.2}");
            let near = short.parse().is_ok_and(|short: f64| (short - value).abs() < 1e-9);
            let digits = if near { short.strip_suffix('0').unwrap_or(&short) } else { raw };
            // As a number 2026.10 is 2026.1: January and October cannot be told apart.
            if let Some(year) = digits.strip_suffix(".1") {
                let mut outcome = self.wrong_type("month", "月份（如 2026年3月）", raw);
                if let (Outcome::Bad(finding), 4) = (&mut outcome, year.len()) {
                    finding.hint = Some(hints::first_or_tenth(year));
                }
                return outcome;
            }
            let digits = if digits.ends_with(".0") { raw } else { digits };
            return match text_value::month(digits) {
                Some(month) => self.converted(month.into(), raw),
                None => self.wrong_type("month", "月份（如 2026年3月）", raw),
            };
        }
        match serial::Date::from_serial(value, self.context.date1904) {
            Some((date, 0)) if date.day == 1 => Outcome::Value(month_text(date).into(), None),
            Some((date, _)) => self.converted(month_text(date).into(), &date.to_string()),
            None => self.no_day(raw),
        }
    }

    fn serial_time(&self, value: f64, raw: &str) -> Outcome {
        let text = match self.cell.kind() {
            FormatKind::Time | FormatKind::Duration => serial::time_of_serial(value),
            FormatKind::Date | FormatKind::DateTime | FormatKind::Month => {
                serial::datetime_iso(value, self.context.date1904)
            }
            _ => None,
        };
        self.converted(text.unwrap_or_else(|| raw.to_owned()).into(), raw)
    }

    fn number_as_text(&self, kind: &FieldKind, value: f64, raw: &str, dated: bool) -> Outcome {
        if let FieldKind::Choice(choices) | FieldKind::Checks(choices) = kind
            && let Some(choice) = choices.iter().find(|c| c.value.as_f64() == Some(value))
        {
            return Outcome::Value(choice.value.clone(), None);
        }
        if let FieldKind::List { item, .. } = kind
            && item.is_numeric()
        {
            return match self.number(item, value, raw) {
                Outcome::Value(one, finding) => Outcome::Value(vec![one].into(), finding),
                other => other,
            };
        }
        let shown = self.shown_text(value, raw).filter(|_| self.shown_zeros() == 0);
        if let (Some(shown), FieldKind::Choice(_) | FieldKind::Checks(_)) = (&shown, kind)
            && let Outcome::Value(value, _) = self.text_as(kind, shown, false)
        {
            return self.converted(value, shown);
        }
        // A choice is known by its digits too.
        let of_choice = matches!(kind, FieldKind::Choice(_) | FieldKind::Checks(_)) && !dated;
        let text = if let Some(shown) = shown.filter(|_| !of_choice) {
            shown
        } else {
            match plain_digits(raw) {
                // What the cell shows: an id with the zeros before it that its format gives.
                Some(text) if self.shown_zeros() > text.len() && is_whole(&text) => {
                    let shown = format!("{text:0>width$}", width = self.shown_zeros());
                    return match self.text_as(kind, &shown, false) {
                        Outcome::Value(value, _) => self.converted(value, &text),
                        other => other,
                    };
                }
                Some(text) if significant_digits(&text) <= 15 && whole_digits(&text) <= 15 => text,
                _ => return Outcome::Bad(Box::new(self.damaged(raw))),
            }
        };
        match self.text_as(kind, &text, false) {
            Outcome::Value(value, _) => self.converted(value, &text),
            other => other,
        }
    }

    /// How many digits the cell's format shows at least: `00000`.
    fn shown_zeros(&self) -> usize {
        let zeros = self.cell.format.as_ref().filter(|format| format.code.bytes().all(|b| b == b'0'));
        zeros.map_or(0, |format| format.code.len())
    }

    fn boolean(&self, kind: &FieldKind, on: bool) -> Outcome {
        let text = if on { "TRUE" } else { "FALSE" };
        match kind {
            FieldKind::Boolean | FieldKind::Json => Outcome::Value(on.into(), None),
            FieldKind::Choice(choices) | FieldKind::Checks(choices) => {
                match choices.iter().find(|c| c.value.as_bool() == Some(on)) {
                    Some(choice) => Outcome::Value(choice.value.clone(), None),
                    None => self.text_as(kind, text, false),
                }
            }
            FieldKind::Text | FieldKind::List { .. } => match self.text_as(kind, text, false) {
                Outcome::Value(value, _) => self.converted(value, text),
                other => other,
            },
            FieldKind::Integer | FieldKind::Number => self.wrong_type("number", "数字", text),
            FieldKind::Date => self.wrong_type("date", "日期（如 2026-01-31）", text),
            FieldKind::Month => self.wrong_type("month", "月份（如 2026年3月）", text),
            FieldKind::DateTime | FieldKind::Time => self.wrong_type("time", "时间", text),
        }
    }
}

fn article(expected: &str) -> String {
    match expected {
        "yes or no" => expected.to_owned(),
        _ => format!("a {expected}"),
    }
}

fn texts(choices: &[Choice]) -> Vec<String> {
    choices.iter().map(|c| c.text.clone()).collect()
}
