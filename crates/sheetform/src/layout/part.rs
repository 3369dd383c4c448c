//! The columns of a child sheet whose records the form describes.

use std::collections::BTreeSet;

use super::field::{Field, FieldKind, label_of};
use super::is_table;
use crate::child::{Step, show_path};
use crate::schema::{NodeId, Schema};
use crate::text::fold;

/// A column of a child sheet.
#[derive(Clone, Debug)]
pub(crate) struct PartColumn {
    /// What stands over it: the titles on the way, else the path.
    pub heading: String,
    /// Where its values are in a record.
    pub steps: Vec<Step>,
    /// What its cells hold.
    pub field: Field,
}

/// The columns of the records of a node, in the form's order; one for the record itself where it is a
/// single value, none where the form says nothing of it.
pub(crate) fn part_columns(schema: &Schema, record: NodeId) -> Vec<PartColumn> {
    let mut found = Columns { schema, seen: BTreeSet::new(), out: Vec::new() };
    let record = schema.whole(record);
    if schema.node(record).is_record() {
        found.section(record, &[], &[]);
    } else if FieldKind::of(schema, schema.node(record)) != FieldKind::Json {
        found.push(record, Vec::new(), &[]);
    }
    found.out
}

struct Columns<'a> {
    schema: &'a Schema,
    seen: BTreeSet<String>,
    out: Vec<PartColumn>,
}

impl Columns<'_> {
    fn section(&mut self, id: NodeId, path: &[String], titles: &[String]) {
        let schema = self.schema;
        for (name, child) in &schema.node(id).properties {
            let path: Vec<String> = path.iter().chain([name]).cloned().collect();
            let title = label_of(schema.node(*child), name);
            let titles: Vec<String> = titles.iter().cloned().chain([title]).collect();
            if schema.node(*child).is_section() {
                self.section(*child, &path, &titles);
            } else {
                self.push(*child, path, &titles);
            }
        }
    }

    fn push(&mut self, id: NodeId, path: Vec<String>, titles: &[String]) {
        let steps: Vec<Step> = path.iter().cloned().map(Step::Name).collect();
        let heading = titles.join(" / ");
        let by_title = !fold(&heading).is_empty() && self.seen.insert(fold(&heading));
        let heading = if by_title { heading } else { show_path(&steps) };
        let mut field = Field::new(self.schema, id, path, false);
        if is_table(self.schema, id) {
            field.kind = FieldKind::Json;
        }
        self.out.push(PartColumn { heading, steps, field });
    }
}
