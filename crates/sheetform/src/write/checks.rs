//! Drop-downs, bounds and help for those who fill in.

use crate::grid::Range;
use crate::layout::{Field, FieldKind};
use crate::new_book::{Check, Validation};
use crate::schema::{Node, Schema};

/// 1900-03-01 and 9999-12-31 as serial numbers.
const DATES: (f64, f64) = (61.0, 2_958_465.0);
/// Characters of a drop-down kept in the cell's own rule (Excel's documented limit).
const MAX_LIST: usize = 255;
/// Characters of help, and of its title (Excel's documented limits).
const MAX_HELP: usize = 255;
const MAX_HELP_TITLE: usize = 32;

/// The drop-down of a field, where it has one. Items that do not fit in a rule go to `lists`.
pub(super) fn drop_down(field: &Field, range: Range, lists: &mut Vec<Vec<String>>) -> Option<Validation> {
    let check = choices(field, lists)?;
    Some(Validation { range, check, prompt: None, error: None })
}

/// Everything that helps to fill in a field rightly.
pub(super) fn all(schema: &Schema, field: &Field, range: Range, lists: &mut Vec<Vec<String>>) -> Option<Validation> {
    let node = schema.node(field.node);
    // A cell that also takes a text (无, 12月底) cannot be held to a date or number.
    let free = !field.none.is_empty() || field.nullable || field.accepts.iter().any(|word| word != "month");
    let check = match &field.kind {
        _ if free => choices(field, lists),
        FieldKind::Date | FieldKind::Month => Some(Check::Date(DATES.0, DATES.1)),
        FieldKind::Integer => Some(whole(node)),
        FieldKind::Number if !has_percent(field) => {
            let (least, most) =
                (bound(node, "minimum", "exclusiveMinimum"), bound(node, "maximum", "exclusiveMaximum"));
            Some(Check::Decimal(least, most)).filter(|_| least.is_some() || most.is_some())
        }
        _ => choices(field, lists),
    };
    let help = field.note.clone().or_else(|| options(field));
    if check.is_none() && help.is_none() {
        return None;
    }
    let prompt = help.map(|help| (cut(&field.label, MAX_HELP_TITLE), cut(&help, MAX_HELP)));
    Some(Validation { range, check: check.unwrap_or(Check::Any), prompt, error: None })
}

fn choices(field: &Field, lists: &mut Vec<Vec<String>>) -> Option<Check> {
    let mut items: Vec<String> = match &field.kind {
        FieldKind::Choice(choices) => choices.iter().map(|choice| choice.text.clone()).collect(),
        _ => return None,
    };
    items.extend(field.none.first().cloned());
    if items.iter().any(|item| item.trim().is_empty()) {
        return None;
    }
    let length: usize = items.iter().map(|item| item.encode_utf16().count() + 1).sum();
    if length <= MAX_LIST && !items.iter().any(|item| item.contains([',', '\n', '"'])) {
        return Some(Check::List(items));
    }
    let index = lists.iter().position(|list| *list == items).unwrap_or_else(|| {
        lists.push(items);
        lists.len() - 1
    });
    Some(Check::HiddenList(index))
}

/// A percentage may be typed as 85 and shown as 85%; its bounds are checked on reading.
fn has_percent(field: &Field) -> bool {
    field.format.as_ref().is_some_and(|code| code.contains('%'))
}

fn whole(node: &Node) -> Check {
    let least = node.number("exclusiveMinimum").map(|n| n.floor() + 1.0);
    let most = node.number("exclusiveMaximum").map(|n| n.ceil() - 1.0);
    let least = [least, node.number("minimum").map(f64::ceil)].into_iter().flatten().reduce(f64::max);
    let most = [most, node.number("maximum").map(f64::floor)].into_iter().flatten().reduce(f64::min);
    Check::Whole(least, most)
}

fn bound(node: &Node, closed: &str, open: &str) -> Option<f64> {
    // An open bound is checked as a closed one here, and exactly on reading.
    node.number(closed).or_else(|| node.number(open))
}

/// What several values in a cell may be, where nothing else says so.
fn options(field: &Field) -> Option<String> {
    let FieldKind::List { item, separator } = &field.kind else { return None };
    let FieldKind::Choice(choices) = item.as_ref() else { return None };
    let texts: Vec<&str> = choices.iter().map(|choice| choice.text.as_str()).collect();
    Some(texts.join(if separator.trim().is_empty() { " / " } else { separator }))
}

/// A text cut to what Excel shows.
fn cut(text: &str, most: usize) -> String {
    if text.encode_utf16().count() <= most {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut left = most - 1;
    for c in text.chars() {
        if c.len_utf16() > left {
            break;
        }
        left -= c.len_utf16();
        out.push(c);
    }
    out.push('…');
    out
}
