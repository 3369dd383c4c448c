//! What is known of a value before any document is there: the schema node it will belong to.

use crate::schema::{NodeId, Schema};

/// What is known of a value before any document is there.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    Unknown,
    /// A value of this node.
    Node(NodeId),
    /// A list of such.
    List(Box<Shape>),
}

impl Shape {
    /// The shape of an item of a list of this shape.
    pub(super) fn item(&self, schema: &Schema) -> Self {
        match self {
            Self::Node(id) => match (schema.node(*id).opaque, schema.node(*id).items) {
                (false, Some(item)) => Self::Node(item),
                _ => Self::Unknown,
            },
            Self::List(item) => (**item).clone(),
            Self::Unknown => Self::Unknown,
        }
    }

    /// The shape of a property; `Err` where the form has none of this name.
    pub(super) fn property(&self, schema: &Schema, name: &str) -> Result<Self, ()> {
        match self {
            Self::Unknown => Ok(Self::Unknown),
            Self::List(_) => Err(()),
            Self::Node(id) => {
                let node = schema.node(*id);
                match node.property(name) {
                    Some(property) => Ok(Self::Node(property)),
                    None if node.opaque || (node.properties.is_empty() && node.types.object) => Ok(Self::Unknown),
                    None => Err(()),
                }
            }
        }
    }
}
