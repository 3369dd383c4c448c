//! How own structs, their options and their choices come out.
#![allow(clippy::unwrap_used, dead_code)]

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::*;

#[derive(Serialize, Deserialize, JsonSchema)]
enum Plain {
    乙,
    甲,
}

#[derive(Serialize, Deserialize, JsonSchema)]
enum Documented {
    /// The second.
    乙,
    /// The first.
    甲,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Titled {
    #[schemars(title = "在用")]
    Used,
    #[schemars(title = "停用")]
    Idle,
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Own {
    text: Option<String>,
    whole: Option<u32>,
    list: Option<Vec<f32>>,
    plain: Option<Plain>,
    documented: Option<Documented>,
    titled: Option<Titled>,
    inner: Option<Inner>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Inner {
    #[schemars(range(min = 0.0, max = 30.0))]
    number: f64,
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Again {
    again: Option<Box<Again>>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(transform = options_are_absent)]
struct Absent {
    #[schemars(title = "下列")]
    own: Option<Own>,
}

#[test]
fn an_own_option_is_nullable() {
    let form = schema_of::<Own>();
    let of = |name: &str| form["properties"][name].clone();
    assert_eq!(of("text"), json!({ "type": ["string", "null"] }));
    assert_eq!(of("whole"), json!({ "type": ["integer", "null"], "minimum": 0 }));
    assert_eq!(of("list"), json!({ "type": ["array", "null"], "items": { "type": "number" } }));
    assert_eq!(of("plain"), json!({ "type": ["string", "null"], "enum": ["乙", "甲", null] }));
    let choice = json!({ "type": "string", "enum": ["乙", "甲"] });
    assert_eq!(of("documented"), json!({ "anyOf": [choice, { "type": "null" }] }));
}

#[test]
fn the_transform_takes_null_away_at_every_depth() {
    let form = schema_of::<Absent>();
    assert!(!form.to_string().contains("null"), "{form}");
    let own = &form["properties"]["own"];
    assert_eq!(own["title"], "下列");
    assert_eq!(own["properties"]["whole"], json!({ "type": "integer", "minimum": 0 }));
    assert_eq!(own["properties"]["plain"], json!({ "type": "string", "enum": ["乙", "甲"] }));
    assert_eq!(own["properties"]["documented"], own["properties"]["plain"]);
    assert_eq!(
        own["properties"]["titled"],
        json!({ "oneOf": [
            { "type": "string", "const": "used", "title": "在用" },
            { "type": "string", "const": "idle", "title": "停用" },
        ] })
    );
    let number = &own["properties"]["inner"]["properties"]["number"];
    assert_eq!(*number, json!({ "type": "number", "minimum": 0, "maximum": 30 }));
}

#[test]
fn a_type_within_itself_is_a_reference() {
    let form = schema_of::<Again>();
    assert_eq!(form["properties"]["again"]["anyOf"][0]["$ref"], "#");
}
