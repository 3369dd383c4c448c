//! What several forms share: dates and months that cannot be wrong, and the conventions of all shipped forms.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::transform::transform_subschemas;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use sheetform::vocabulary::Sheet;

use crate::own::options_are_absent;

/// A day of the calendar, written `2026-03-31`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date(String);

/// A month of the calendar, written `2026-03`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct YearMonth(String);

/// A text that is no date, or no month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSuchDay(String);

impl fmt::Display for NoSuchDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not in the calendar: {:?}", self.0)
    }
}

impl std::error::Error for NoSuchDay {}

macro_rules! calendar_text {
    ($name:ident, $is_one:ident) => {
        impl $name {
            /// The text, as in JSON.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl TryFrom<String> for $name {
            type Error = NoSuchDay;
            fn try_from(text: String) -> Result<Self, NoSuchDay> {
                if $is_one(&text) { Ok(Self(text)) } else { Err(NoSuchDay(text)) }
            }
        }
        impl FromStr for $name {
            type Err = NoSuchDay;
            fn from_str(text: &str) -> Result<Self, NoSuchDay> {
                Self::try_from(text.to_owned())
            }
        }
        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

calendar_text!(Date, is_date);
calendar_text!(YearMonth, is_month);

/// Digits at fixed places, as a number.
fn digits(text: &str, from: usize, to: usize) -> Option<u32> {
    text.get(from..to).filter(|t| t.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()
}

fn is_month(text: &str) -> bool {
    text.len() == 7
        && digits(text, 0, 4).is_some()
        && text.get(4..5) == Some("-")
        && digits(text, 5, 7).is_some_and(|m| (1..=12).contains(&m))
}

fn is_date(text: &str) -> bool {
    let (Some(month), Some(year), Some(m), Some(day)) =
        (text.get(..7), digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10))
    else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match m {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    text.len() == 10 && is_month(month) && text.get(7..8) == Some("-") && (1..=last).contains(&day)
}

impl JsonSchema for Date {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Date".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date" })
    }
}

impl JsonSchema for YearMonth {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "YearMonth".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$",
            "x-sheet": Sheet::new().accepts("month").format("yyyy\"年\"m\"月\""),
        })
    }
}

/// From one day to another, both included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// First day.
    #[schemars(title = "开始")]
    pub start: Date,
    /// Last day.
    #[schemars(title = "结束")]
    pub end: Date,
}

/// The schema of a 序号 column. No bounds: a wrong number has its own finding.
pub(crate) struct Serial;

impl JsonSchema for Serial {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Serial".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "title": "序号", "x-sheet": Sheet::new().serial(true) })
    }
}

/// The schema of 年度.
pub(crate) struct Year;

impl JsonSchema for Year {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Year".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "integer",
            "minimum": 1900,
            "maximum": 9999,
            "title": "年度",
            "x-sheet": Sheet::new().unit("年"),
        })
    }
}

/// For `deserialize_with` on an optional property, whose null would otherwise read as absent.
pub(crate) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// Owned texts, as the vocabulary's lists want them.
pub(crate) fn texts<const N: usize>(list: [&str; N]) -> Vec<String> {
    list.map(str::to_owned).into()
}

/// What holds in every shipped form: optional properties are absent, never null; no text is empty; the documentation
/// of fields stays in Rust, that of the form goes along.
pub(crate) fn shipped(schema: &mut Schema) {
    let description = schema.remove("description");
    options_are_absent(schema);
    no_empty_texts(schema);
    if let Some(text) = description.as_ref().and_then(Value::as_str) {
        // One line in the schema, as wide as the paragraph is long.
        schema.insert("description".to_owned(), text.split_whitespace().collect::<Vec<_>>().join(" ").into());
    }
}

fn no_empty_texts(schema: &mut Schema) {
    transform_subschemas(&mut no_empty_texts, schema);
    let Some(map) = schema.as_object_mut() else { return };
    map.remove("description");
    let bounded = ["enum", "const", "format", "pattern", "minLength"].iter().any(|key| map.contains_key(*key));
    if map.get("type").is_some_and(|t| t == "string") && !bounded {
        map.insert("minLength".to_owned(), 1.into());
    }
}
