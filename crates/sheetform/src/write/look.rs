//! The look of each kind of cell.

use super::measure::wraps;
use super::value::format_of;
use crate::layout::{Field, FieldKind};
use crate::new_book::{Align, Look, NewContent, Role};

/// Where values stand, and whether they are for someone to fill in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    /// In a column, short values stand in the middle; beside a label all stand left.
    pub column: bool,
    /// Whether a person may change them on a protected sheet.
    pub open: bool,
}

pub(super) fn title(open: bool) -> Look {
    Look { role: Role::Title, align: Align::Center, wrap: true, open, ..Look::default() }
}

pub(super) fn caption() -> Look {
    Look { role: Role::Caption, align: Align::Left, wrap: true, ..Look::default() }
}

pub(super) fn side() -> Look {
    Look { role: Role::Label, align: Align::Center, wrap: true, ..Look::default() }
}

pub(super) fn note() -> Look {
    Look { role: Role::Note, align: Align::Left, wrap: true, ..Look::default() }
}

pub(super) fn label() -> Look {
    Look { role: Role::Label, align: Align::Center, wrap: true, ..Look::default() }
}

pub(super) fn head() -> Look {
    Look { role: Role::Head, align: Align::Center, wrap: true, ..Look::default() }
}

pub(super) fn total(format: Option<String>, align: Align) -> Look {
    Look { role: Role::Total, align, format, ..Look::default() }
}

pub(super) fn value(field: &Field, content: &NewContent, style: Style) -> Look {
    let align = match (&field.kind, style.column) {
        (_, false) => Align::Left,
        (FieldKind::Text | FieldKind::List { .. } | FieldKind::Checks(_) | FieldKind::Json, true) => Align::Left,
        (FieldKind::Integer | FieldKind::Number, true) => Align::General,
        (_, true) => Align::Center,
    };
    Look {
        role: Role::Value,
        align,
        format: format_of(field, content),
        wrap: wraps(&field.kind) || matches!(content, NewContent::Text(_)),
        open: style.open,
    }
}
