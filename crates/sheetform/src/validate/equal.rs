//! Equality of JSON values as a text: equal values have the same text, whatever way a number is written.

use std::collections::HashMap;

use serde_json::{Number, Value};

/// Adds the text of a value.
pub(crate) fn write(value: &Value, out: &mut String) {
    match value {
        Value::Number(number) => out.push_str(&number_text(number)),
        Value::Array(list) => {
            out.push('[');
            for one in list {
                write(one, out);
                out.push(',');
            }
            out.push(']');
        }
        Value::Object(map) => {
            let mut members: Vec<_> = map.iter().collect();
            members.sort_by_key(|(key, _)| *key);
            out.push('{');
            for (key, one) in members {
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write(one, out);
                out.push(',');
            }
            out.push('}');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

/// A number without regard to how it is written: 1 and 1.0 are one, 0 and -0 too.
fn number_text(number: &Number) -> String {
    match number.as_f64() {
        Some(0.0) => "0".to_owned(),
        // Below 2^64 a whole double has the digits of the integer it equals.
        Some(double) if number.is_f64() && double.fract() == 0.0 && double.abs() < 18_446_744_073_709_551_616.0 => {
            format!("{double:.0}")
        }
        _ => number.to_string(),
    }
}

/// Items equal to an earlier one of the list: its index and the earlier one's.
pub(crate) fn repeated(list: &[Value]) -> Vec<(usize, usize)> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut found = Vec::new();
    for (i, item) in list.iter().enumerate() {
        let mut text = String::new();
        write(item, &mut text);
        match seen.get(&text) {
            Some(&first) => found.push((i, first)),
            None => {
                seen.insert(text, i);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn equal_by_value() {
        let text = |value: Value| {
            let mut out = String::new();
            write(&value, &mut out);
            out
        };
        for (a, b, equal) in [
            (json!(1), json!(1.0), true),
            (json!(-0.0), json!(0), true),
            (json!(-0.5), json!(0.5), false),
            (json!(1), json!("1"), false),
            (json!(u64::MAX), json!(18_446_744_073_709_551_615.0), false),
            (json!(1e300), json!(1e300), true),
            (json!({"a": 1, "b": [2.0]}), json!({"b": [2], "a": 1.0}), true),
            (json!("a,"), json!("a"), false),
        ] {
            assert_eq!(text(a.clone()) == text(b.clone()), equal, "{a} {b}");
        }
        assert_eq!(repeated(&[json!(1), json!(2), json!(1.0), json!(1)]), vec![(2, 0), (3, 0)]);
    }
}
