//! Optional objects that are there but empty: they need a mark, or they would read as absent.
//!
//! The mark is `{}` in a cell that holds nothing else; it says that every object around that cell is there. So the
//! cell must lie in the object itself, or in objects that are required in it.

use serde_json::Value;

use crate::layout::at_path;
use crate::layout::{Field, FieldKind};
use crate::schema::{NodeId, Schema};
use crate::text::TOKENS;

/// The mark of an object that is there.
pub(super) const OBJECT: &str = TOKENS[3];
/// The mark of a list that is there.
pub(super) const LIST: &str = TOKENS[2];
/// The mark of a value that is null.
pub(super) const NULL: &str = TOKENS[0];

/// A cell that objects may be marked in.
pub(super) struct Leaf<'a> {
    pub field: &'a Field,
    /// Whether it can hold a mark: it stands in a cell of its own, and is no serial number.
    pub markable: bool,
}

/// The optional objects around some cells, innermost first.
#[derive(Debug, Default)]
pub(super) struct Objects {
    list: Vec<Object>,
}

#[derive(Debug)]
struct Object {
    path: Vec<String>,
    leaves: Vec<usize>,
    lists: Vec<usize>,
    mark: Option<usize>,
}

impl Objects {
    /// The objects of a record (or of the document, which needs no mark: `whole` is false).
    pub(super) fn new(schema: &Schema, from: NodeId, leaves: &[Leaf<'_>], lists: &[&[String]], whole: bool) -> Self {
        let mut prefixes: Vec<&[String]> = Vec::new();
        for path in leaves.iter().map(|leaf| leaf.field.path.as_slice()).chain(lists.iter().copied()) {
            for end in usize::from(!whole)..path.len() {
                if !prefixes.contains(&&path[..end]) && is_optional(schema, from, &path[..end]) {
                    prefixes.push(&path[..end]);
                }
            }
        }
        prefixes.sort_by_key(|prefix| std::cmp::Reverse(prefix.len()));
        let list = prefixes.into_iter().map(|prefix| {
            let inside = |path: &[String]| path.len() > prefix.len() && path.starts_with(prefix);
            let counts = |leaf: &Leaf<'_>| inside(&leaf.field.path) && (leaf.markable || !prefix.is_empty());
            let marks = |leaf: &Leaf<'_>| {
                let path = &leaf.field.path;
                leaf.markable
                    && inside(path)
                    && leaf.field.kind != FieldKind::Json
                    && (prefix.len() + 1..path.len()).all(|end| !is_optional(schema, from, &path[..end]))
            };
            Object {
                leaves: (0..leaves.len()).filter(|&i| counts(&leaves[i])).collect(),
                lists: (0..lists.len()).filter(|&i| inside(lists[i])).collect(),
                mark: leaves.iter().position(marks),
                path: prefix.to_vec(),
            }
        });
        Self { list: list.collect() }
    }

    /// Finds the cells to mark; `filled` and `lists` say which cells and lists hold something. Fails with the path of
    /// an object that no cell can stand for.
    pub(super) fn marks(&self, value: &Value, filled: &mut [bool], lists: &[bool]) -> Result<Vec<usize>, Vec<String>> {
        self.marks_where(&|path| at_path(value, path).is_some_and(Value::is_object), filled, lists)
    }

    /// The same where `is_there` says which objects are there.
    pub(super) fn marks_where(
        &self,
        is_there: &dyn Fn(&[String]) -> bool,
        filled: &mut [bool],
        lists: &[bool],
    ) -> Result<Vec<usize>, Vec<String>> {
        let mut marks = Vec::new();
        for object in &self.list {
            let shown = object.leaves.iter().any(|&i| filled[i]) || object.lists.iter().any(|&i| lists[i]);
            if shown || !is_there(&object.path) {
                continue;
            }
            match object.mark {
                Some(leaf) => {
                    filled[leaf] = true;
                    marks.push(leaf);
                }
                None => return Err(object.path.clone()),
            }
        }
        Ok(marks)
    }
}

/// Whether an object may be left out of the one that holds it. A record may always be empty, and so needs a mark.
pub(super) fn is_optional(schema: &Schema, from: NodeId, path: &[String]) -> bool {
    let Some((name, before)) = path.split_last() else { return true };
    let before: Vec<&str> = before.iter().map(String::as_str).collect();
    schema.descend(from, &before).is_none_or(|id| !schema.node(id).required.contains(name))
}

/// Whether everything on the way to a path, and what is there, is required.
pub(super) fn is_certain(schema: &Schema, from: NodeId, path: &[String]) -> bool {
    (1..=path.len()).all(|end| !is_optional(schema, from, &path[..end]))
}
