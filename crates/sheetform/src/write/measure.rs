//! How wide columns and cells should be, from what stands in them.

use super::divide::Want;
use super::records::Records;
use super::value::format_of;
use crate::layout::{Column, Field, FieldKind, Table};
use crate::new_book::NewContent;
use crate::text;

/// Narrowest and widest column, in characters.
const NARROWEST: f64 = 6.0;
const WIDEST: f64 = 40.0;
/// A text in a column is wrapped rather than making the column wider than this.
const TEXT_COLUMN: f64 = 24.0;
/// A heading wider than this is wrapped.
const HEAD: f64 = 12.0;
/// Blank beside the text of a cell.
pub(super) const PADDING: f64 = 2.0;
/// A column of texts no longer than this has them in the middle.
const SHORT: f64 = 14.0;
/// Records looked at.
pub(super) const SAMPLE: usize = 2000;

/// The characters a cell shows.
pub(super) fn shown(field: &Field, content: &NewContent) -> f64 {
    match content {
        NewContent::Empty => 0.0,
        NewContent::Text(text) => text::width(text) as f64,
        NewContent::Bool(_) => 5.0,
        NewContent::Number(value) | NewContent::Formula { value, .. } => number(*value, format_of(field, content)),
    }
}

fn number(value: f64, format: Option<String>) -> f64 {
    let Some(code) = format else { return value.to_string().len().min(11) as f64 };
    let (mut fixed, mut bare, mut inside) = (0, String::new(), false);
    for c in code.split(';').next().unwrap_or_default().chars() {
        match c {
            '"' => inside = !inside,
            c if inside => fixed += text::width(c.encode_utf8(&mut [0; 4])),
            c => bare.push(c),
        }
    }
    let bare = bare.to_lowercase();
    if bare.contains('y') || bare.contains('d') {
        let signs = bare.chars().filter(|c| !c.is_ascii_alphabetic()).count();
        let day = if bare.contains('d') { 2 } else { 0 };
        return (4 + 2 + day + signs + fixed) as f64;
    }
    let decimals = bare.split_once('.').map_or(0, |(_, after)| after.chars().take_while(|c| *c == '0').count());
    if bare.contains("general") {
        return (value.to_string().len().min(11) + fixed) as f64;
    }
    let percent = bare.contains('%');
    let whole = format!("{:.0}", if percent { value * 100.0 } else { value }).len();
    let commas = if bare.contains(',') { whole / 3 } else { 0 };
    let point = usize::from(decimals > 0) + decimals;
    (whole + commas + point + usize::from(percent) + fixed) as f64
}

/// Whether a cell's text may run over several lines.
pub(super) fn wraps(kind: &FieldKind) -> bool {
    matches!(
        kind,
        FieldKind::Text | FieldKind::List { .. } | FieldKind::Json | FieldKind::Choice(_) | FieldKind::Checks(_)
    )
}

/// What a cell of a field needs though it is still empty.
pub(super) fn usual(field: &Field) -> f64 {
    match &field.kind {
        FieldKind::Date | FieldKind::Month => number(45_000.0, format_of(field, &NewContent::Number(45_000.0))),
        FieldKind::Integer => 4.0,
        FieldKind::Number | FieldKind::Time => 8.0,
        FieldKind::Boolean => 5.0,
        FieldKind::DateTime => 20.0,
        FieldKind::Choice(choices) | FieldKind::Checks(choices) => {
            choices.iter().map(|c| text::width(&c.text)).max().unwrap_or(0) as f64
        }
        FieldKind::Text | FieldKind::List { .. } | FieldKind::Json => 10.0,
    }
}

/// What each place of a table wants: that of the columns which share it.
pub(super) fn places(table: &Table, records: &Records) -> Vec<Want> {
    let wants = columns(table, records);
    if table.lines == 1 {
        return wants;
    }
    let slots = table.slots();
    let mut places: Vec<Option<Want>> = vec![None; table.places()];
    for (slot, want) in slots.iter().zip(wants) {
        // One over several places is content with their sum.
        let part = 1.0 / (slot.places.1 - slot.places.0).max(1) as f64;
        let want = Want { width: want.width * part, least: want.least * part, ..want };
        for place in places.iter_mut().take(slot.places.1).skip(slot.places.0) {
            *place = Some(place.map_or(want, |other| other.or(want)));
        }
    }
    places.into_iter().map(|want| want.unwrap_or(Want::fixed(NARROWEST))).collect()
}

/// What each column of a table wants.
fn columns(table: &Table, records: &Records) -> Vec<Want> {
    let one = |(index, column): (usize, &Column)| {
        let field = &column.field;
        let wrapped = wraps(&field.kind);
        let mut widest: f64 = usual(field);
        // Numbers are not wrapped: a column too narrow for one shows signs instead.
        let mut firm: f64 = if wrapped { 4.0 } else { usual(field) };
        let cells = records.cells.iter().skip(index).step_by(table.columns.len().max(1)).take(SAMPLE);
        for content in cells {
            let width = shown(field, content);
            if matches!(content, NewContent::Text(_)) {
                widest = widest.max(width.min(TEXT_COLUMN));
            } else {
                widest = widest.max(width);
                firm = firm.max(width);
            }
        }
        let head = column.heads.last().map_or(0.0, |head| text::width(head) as f64);
        let head_least = if head > HEAD { (head / 2.0).ceil().max(HEAD / 2.0) } else { head };
        let least = (firm.max(head_least) + PADDING).clamp(NARROWEST, WIDEST);
        let spreads = matches!(field.kind, FieldKind::Text | FieldKind::List { .. } | FieldKind::Json);
        if let Some(width) = field.width {
            return Want { width, least: width.min(firm + PADDING), grows: false, spreads };
        }
        let serial = column.serial && least <= NARROWEST;
        let width = (widest.max(head.min(HEAD)) + PADDING).clamp(if serial { NARROWEST } else { 8.0 }, WIDEST);
        Want { width: width.max(least), least, grows: spreads, spreads }
    };
    table.columns.iter().enumerate().map(one).collect()
}

/// What a label wants.
pub(super) fn label(text: &str) -> Want {
    let width = text::width(text) as f64;
    let narrow = if width > HEAD { (width / 2.0).ceil().max(HEAD / 2.0) } else { width };
    Want { width: (width + PADDING).clamp(8.0, 18.0), least: (narrow + PADDING).max(8.0), grows: false, spreads: false }
}

/// What the value beside a label wants.
pub(super) fn value(field: &Field, content: &NewContent) -> Want {
    let width = shown(field, content).max(usual(field));
    let firm = if wraps(&field.kind) { 6.0 } else { width };
    let width = (width + PADDING).clamp(12.0, WIDEST);
    Want { width, least: firm + PADDING, grows: wraps(&field.kind), spreads: true }
}

/// Whether a column's values are short enough to stand in the middle: all of them on a line.
pub(super) fn is_short(table: &Table, records: &Records, index: usize) -> bool {
    let field = &table.columns[index].field;
    let cells = || records.cells.iter().skip(index).step_by(table.columns.len().max(1)).take(SAMPLE);
    let fits = |content: &NewContent| match content {
        NewContent::Text(text) => text::width(text) as f64 <= SHORT && !text.contains('\n'),
        other => shown(field, other) <= SHORT,
    };
    cells().any(|content| *content != NewContent::Empty) && cells().all(fits)
}
