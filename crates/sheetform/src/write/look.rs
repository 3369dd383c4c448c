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

/// The look of a value; in a column `short` says that all its values are.
pub(super) fn value(field: &Field, content: &NewContent, style: Style, short: bool) -> Look {
    let align = match &field.kind {
        _ if !style.column => Align::Left,
        // Amounts are compared digit by digit.
        FieldKind::Integer | FieldKind::Number if field.format.as_ref().is_some_and(|code| code.contains('.')) => {
            Align::General
        }
        FieldKind::Text | FieldKind::List { .. } | FieldKind::Checks(_) | FieldKind::Json if !short => Align::Left,
        _ => Align::Center,
    };
    Look {
        role: Role::Value,
        align,
        format: format_of(field, content),
        wrap: wraps(&field.kind) || matches!(content, NewContent::Text(_)),
        open: style.open,
    }
}
