//! JSON text for people: what fits a line stays on it. `schemas/` and `forms show` are written so.

use serde_json::Value;

/// Where a line ends at the latest, unless one text is longer; a Chinese character is two wide.
const WIDTH: usize = 120;

/// A value as text, broken only where a line would be too long, with a line break at the end. The same value always
/// gives the same text.
pub fn pretty(value: &Value) -> String {
    let mut out = String::new();
    write(value, 0, 0, &mut out);
    out.push('\n');
    out
}

/// `taken` is what already stands on the line, apart from the indent.
fn write(value: &Value, indent: usize, taken: usize, out: &mut String) {
    let flat = one_line(value);
    let broken = match value {
        Value::Object(map) => !map.is_empty(),
        Value::Array(list) => !list.is_empty(),
        _ => false,
    };
    // One more for the comma.
    if !broken || indent + taken + width(&flat) < WIDTH {
        out.push_str(&flat);
        return;
    }
    let inner = indent + 2;
    let mut items: Vec<(String, &Value)> = Vec::new();
    let (open, close) = match value {
        Value::Object(map) => {
            items.extend(map.iter().map(|(key, value)| (format!("{}: ", Value::from(key.as_str())), value)));
            ('{', '}')
        }
        Value::Array(list) => {
            items.extend(list.iter().map(|value| (String::new(), value)));
            ('[', ']')
        }
        _ => return,
    };
    out.push(open);
    for (i, (key, value)) in items.iter().enumerate() {
        out.push_str(if i == 0 { "\n" } else { ",\n" });
        out.extend(std::iter::repeat_n(' ', inner));
        out.push_str(key);
        write(value, inner, width(key), out);
    }
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
    out.push(close);
}

fn width(text: &str) -> usize {
    text.chars().map(|c| if c >= '\u{2e80}' { 2 } else { 1 }).sum()
}

fn one_line(value: &Value) -> String {
    match value {
        Value::Object(map) if !map.is_empty() => {
            let items: Vec<String> =
                map.iter().map(|(key, value)| format!("{}: {}", Value::from(key.as_str()), one_line(value))).collect();
            format!("{{ {} }}", items.join(", "))
        }
        Value::Array(list) => format!("[{}]", list.iter().map(one_line).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}
