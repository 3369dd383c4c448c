//! What each node of a form is on its sheet: the keys of `x-sheet` that fit it follow from that.

use crate::layout::{BandKind, LabelItem, Layout};
use crate::schema::{NodeId, Schema};

/// What a node is on the sheet.
// Several hold at once: an inner table stands in a table, a first property is a label.
#[allow(clippy::struct_excessive_bools)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Role {
    /// The form itself.
    pub(super) root: bool,
    /// An array laid out as a table.
    pub(super) table: bool,
    /// An array inside the records of a table, with records of its own.
    pub(super) inner: bool,
    /// A column of a table.
    pub(super) column: bool,
    /// Anything inside a table: a column, what groups columns, or a part of what one cell holds.
    pub(super) in_table: bool,
    /// The first property of a run of labels.
    pub(super) first: bool,
    /// A value in a label band, the title or the sheet's name.
    pub(super) label: bool,
}

/// The role of every node.
pub(super) fn roles(schema: &Schema, layout: &Layout) -> Vec<Role> {
    let mut roles = vec![Role::default(); schema.nodes.len()];
    let mut set = |id: NodeId, change: fn(&mut Role)| roles.get_mut(id).into_iter().for_each(change);
    set(Schema::ROOT, |role| role.root = true);
    for band in &layout.bands {
        match &band.kind {
            BandKind::Labels(labels) => {
                labels.fields().for_each(|field| set(field.node, |role| role.label = true));
                let first = labels.items.first().and_then(|item| match item {
                    LabelItem::Field(field) => Some(field.node),
                    LabelItem::Group(group) => {
                        schema.descend(Schema::ROOT, &group.path.iter().map(String::as_str).collect::<Vec<_>>())
                    }
                });
                if let Some(id) = first {
                    set(id, |role| role.first = true);
                }
            }
            BandKind::Table(table) => {
                set(table.node, |role| role.table = true);
                table.levels.iter().for_each(|level| set(level.node, |role| role.inner = true));
                table.columns.iter().for_each(|column| set(column.field.node, |role| role.column = true));
            }
        }
    }
    layout.title_fields.iter().chain(&layout.name_field).for_each(|field| set(field.node, |role| role.label = true));
    // A node's children come after it, so that one pass carries the mark down.
    for (id, node) in schema.nodes.iter().enumerate() {
        if roles[id].table || roles[id].in_table {
            let children = node.properties.iter().map(|(_, child)| *child).chain(node.items);
            children.for_each(|child| roles[child].in_table = true);
        }
    }
    roles
}
