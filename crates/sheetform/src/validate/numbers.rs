//! Numbers that a schema surely allows, told without its validator: of a column of numbers each cell is another. Where
//! this is not sure, the validator decides.

use serde_json::Value;

use super::checker::has_only;
use crate::decimal;

/// Keywords that are looked at.
const KNOWN: [&str; 4] = ["type", "minimum", "maximum", "multipleOf"];
/// Below it whole numbers and doubles are the same: 2^53.
const EXACT: f64 = 9_007_199_254_740_992.0;
/// The steps that are looked at, by their number of decimals.
const STEPS: [f64; 5] = [1.0, 0.1, 0.01, 0.001, 0.0001];

/// What a schema says of numbers.
#[derive(Debug)]
pub(super) struct Numbers {
    whole: bool,
    least: f64,
    most: f64,
    /// How many decimals the step has that a number must be a multiple of.
    decimals: Option<u32>,
}

impl Numbers {
    /// None for a schema that is not so simple. What it refers to inside its document is looked at.
    pub(super) fn of(document: &Value, schema: &Value) -> Option<Self> {
        let schema = match schema.get("$ref").and_then(Value::as_str) {
            Some(to) if has_only(schema, &["$ref"]) => document.pointer(to.strip_prefix('#')?)?,
            Some(_) => return None,
            None => schema,
        };
        let whole = match schema.get("type")?.as_str()? {
            "integer" => true,
            "number" => false,
            _ => return None,
        };
        if !has_only(schema, &KNOWN) {
            return None;
        }
        let bound = |name: &str, none: f64| match schema.get(name) {
            None => Some(none),
            Some(bound) => bound.as_f64().filter(|bound| bound.abs() < EXACT),
        };
        let decimals = match schema.get("multipleOf") {
            None => None,
            Some(step) => {
                let step = step.as_f64()?;
                Some(STEPS.iter().position(|one| one.total_cmp(&step).is_eq())? as u32)
            }
        };
        Some(Self { whole, least: bound("minimum", f64::MIN)?, most: bound("maximum", f64::MAX)?, decimals })
    }

    /// Whether a number is surely one of them.
    pub(super) fn have(&self, value: &Value) -> bool {
        let Value::Number(number) = value else { return false };
        let Some(double) = number.as_f64() else { return false };
        let fits = || self.decimals.is_none_or(|decimals| decimal::units_of(double, decimals).is_some());
        let in_bounds = (self.least..=self.most).contains(&double);
        match number.as_i64() {
            Some(_) => in_bounds && double.abs() < EXACT,
            None => !self.whole && in_bounds && fits(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use serde_json::json;

    #[test]
    fn what_they_have_the_validator_allows() {
        let document = json!({ "$defs": { "serial": { "type": "integer", "minimum": 1, "title": "序号" } } });
        let schemas = [
            json!({ "type": "integer" }),
            json!({ "type": "number", "minimum": 0, "multipleOf": 0.01 }),
            json!({ "type": "number", "minimum": -2.5, "maximum": 1000 }),
            json!({ "type": "integer", "maximum": 40, "multipleOf": 1 }),
            json!({ "type": "number", "multipleOf": 0.001, "x-sheet": {} }),
        ];
        let mut seed = 88_172_645_463_325_252_u64;
        let (mut taken, mut left) = (0, 0);
        for schema in &schemas {
            let numbers = Numbers::of(&document, schema).unwrap();
            let validator = jsonschema::validator_for(schema).unwrap();
            for round in 0..4000 {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                let value = match round % 8 {
                    0 => json!(seed as i64),
                    1 => json!(seed),
                    2 => json!(seed % 50),
                    3 => json!((seed % 1_000_000) as f64 / 100.0),
                    4 => json!((seed % 1_000_000) as f64 / 1000.0),
                    5 => json!(f64::from_bits(seed)),
                    6 => json!(-((seed % 5000) as f64) / 1000.0),
                    _ => json!((seed % 1_000_000) as f64 / 100.0 + 1e-9),
                };
                if numbers.have(&value) {
                    assert!(validator.is_valid(&value), "{value} {schema}");
                    taken += 1;
                } else {
                    left += usize::from(validator.is_valid(&value));
                }
            }
        }
        assert!(taken > 5000 && left < taken, "{taken} {left}");
        let serial = Numbers::of(&document, &json!({ "$ref": "#/$defs/serial", "title": "序号" })).unwrap();
        assert!(serial.have(&json!(1)) && !serial.have(&json!(0)) && !serial.have(&json!("1")));
        for other in [
            json!({ "type": "number", "exclusiveMinimum": 0 }),
            json!({ "type": ["number", "null"] }),
            json!({ "minimum": 0 }),
            json!({ "type": "number", "allOf": [{ "maximum": 3 }] }),
            json!({ "$ref": "#/$defs/serial", "minimum": 7 }),
            json!({ "type": "number", "multipleOf": 0.03 }),
        ] {
            assert!(Numbers::of(&document, &other).is_none(), "{other}");
        }
    }
}
