//! The JSON types that a node allows.

use serde_json::{Map, Value};

/// The types a node allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "one for each JSON type")]
pub(crate) struct Types {
    /// `null`
    pub null: bool,
    /// `boolean`
    pub boolean: bool,
    /// `integer` (also where `number` is named)
    pub integer: bool,
    /// `number`
    pub number: bool,
    /// `string`
    pub string: bool,
    /// `array`
    pub array: bool,
    /// `object`
    pub object: bool,
}

impl Types {
    pub(crate) const ALL: Self =
        Self { null: true, boolean: true, integer: true, number: true, string: true, array: true, object: true };
    pub(super) const NONE: Self =
        Self { null: false, boolean: false, integer: false, number: false, string: false, array: false, object: false };

    pub(super) fn and(self, other: Self) -> Self {
        Self {
            null: self.null && other.null,
            boolean: self.boolean && other.boolean,
            integer: self.integer && other.integer,
            number: self.number && other.number,
            string: self.string && other.string,
            array: self.array && other.array,
            object: self.object && other.object,
        }
    }

    pub(super) fn of_value(value: &Value) -> Self {
        let mut types = Self::NONE;
        match value {
            Value::Null => types.null = true,
            Value::Bool(_) => types.boolean = true,
            Value::Number(n) => {
                types.number = true;
                types.integer = n.is_i64() || n.is_u64() || n.as_f64().is_some_and(|f| f.fract() == 0.0);
            }
            Value::String(_) => types.string = true,
            Value::Array(_) => types.array = true,
            Value::Object(_) => types.object = true,
        }
        types
    }

    fn named(name: &str) -> Self {
        let mut types = Self::NONE;
        match name {
            "null" => types.null = true,
            "boolean" => types.boolean = true,
            "integer" => types.integer = true,
            "number" => {
                types.integer = true;
                types.number = true;
            }
            "string" => types.string = true,
            "array" => types.array = true,
            "object" => types.object = true,
            _ => {}
        }
        types
    }

    /// The types of either.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            null: self.null || other.null,
            boolean: self.boolean || other.boolean,
            integer: self.integer || other.integer,
            number: self.number || other.number,
            string: self.string || other.string,
            array: self.array || other.array,
            object: self.object || other.object,
        }
    }

    /// The types named by the keyword `type`; all where it is not there.
    pub(super) fn declared(map: &Map<String, Value>) -> Self {
        match map.get("type") {
            Some(Value::String(name)) => Self::named(name),
            Some(Value::Array(names)) => {
                names.iter().filter_map(Value::as_str).map(Self::named).fold(Self::NONE, Self::or)
            }
            _ => Self::ALL,
        }
    }

    /// The one type besides null, where there is exactly one (`number` and `integer` count as one).
    pub(crate) fn single(self) -> Option<Kind> {
        let kinds = [
            (self.boolean, Kind::Boolean),
            (self.number, Kind::Number),
            (self.integer && !self.number, Kind::Integer),
            (self.string, Kind::String),
            (self.array, Kind::Array),
            (self.object, Kind::Object),
        ];
        let mut found = kinds.iter().filter(|(on, _)| *on);
        let first = found.next()?.1;
        found.next().is_none().then_some(first)
    }
}

/// A JSON type other than null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `boolean`
    Boolean,
    /// `integer`
    Integer,
    /// `number`
    Number,
    /// `string`
    String,
    /// `array`
    Array,
    /// `object`
    Object,
}
