//! Documents of a schema: valid by construction as far as keywords can be followed. Whether one is valid is asked elsewhere.

use serde_json::{Map, Value, json};

use crate::random::Random;

/// How long lists are and how deep a document goes.
const DEEPEST: usize = 7;

/// A document that the schema is likely to allow.
pub(crate) fn document(schema: &Value, random: &mut Random) -> Value {
    let long = random.once_in(400);
    let mut document = Documents { schema, random, long, left: if long { 6000 } else { 400 } }.value(schema, 0);
    let open = |key: &str| schema.get("properties").is_some() && schema.get(key).is_none();
    if let Value::Object(map) = &mut document
        && open("additionalProperties")
        && open("patternProperties")
        && schema.pointer("/properties/$schema").is_none()
        && random.once_in(40)
    {
        map.insert("$schema".to_owned(), "https://example.com/laws.schema.json".into());
    }
    document
}

struct Documents<'a> {
    schema: &'a Value,
    random: &'a mut Random,
    /// Whether lists may be very long.
    long: bool,
    /// Values that may still be made; then only what must be there is.
    left: usize,
}

impl Documents<'_> {
    fn value(&mut self, node: &Value, depth: usize) -> Value {
        self.left = self.left.saturating_sub(1);
        let mut flat = Map::new();
        self.flatten(node, &mut flat, 0);
        if let Some(value) = flat.get("const") {
            return value.clone();
        }
        if let Some(Value::Array(list)) = flat.get("enum") {
            let fits: Vec<&Value> = list.iter().filter(|value| fits_type(&flat, value)).collect();
            return if fits.is_empty() { Value::Null } else { (*self.random.pick(&fits)).clone() };
        }
        let kind = self.kind(&flat, depth);
        match kind.as_str() {
            "null" => Value::Null,
            "boolean" => self.random.chance(50).into(),
            "integer" => self.number(&flat, true),
            "number" => self.number(&flat, false),
            "string" => self.text(&flat).into(),
            "array" => self.array(&flat, depth),
            "object" => self.object(&flat, depth),
            _ => self.random.any(2),
        }
    }

    /// The type that is made; empty for any value.
    fn kind(&mut self, flat: &Map<String, Value>, depth: usize) -> String {
        match flat.get("type") {
            Some(Value::String(name)) => name.clone(),
            Some(Value::Array(names)) => {
                let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
                let flat_ones: Vec<&&str> = names.iter().filter(|name| !matches!(**name, "object" | "array")).collect();
                let name = match (self.is_deep(depth), flat_ones.as_slice()) {
                    (true, [_, ..]) => **self.random.pick(&flat_ones),
                    _ => *self.random.pick(&names),
                };
                name.to_owned()
            }
            _ if flat.contains_key("properties") => "object".to_owned(),
            _ if flat.contains_key("items") => "array".to_owned(),
            _ => String::new(),
        }
    }

    fn is_deep(&self, depth: usize) -> bool {
        depth > DEEPEST || self.left == 0
    }

    /// The keywords that apply at once: a node's own, those it refers to, and a branch of each choice.
    fn flatten(&mut self, node: &Value, out: &mut Map<String, Value>, depth: usize) {
        let Value::Object(map) = node else { return };
        if depth > 20 {
            return;
        }
        for (key, value) in map {
            match (key.as_str(), value, out.get_mut(key)) {
                ("$ref", Value::String(reference), _) => {
                    if let Some(target) = reference.strip_prefix('#').and_then(|at| self.schema.pointer(at)) {
                        let target = target.clone();
                        self.flatten(&target, out, depth + 1);
                    }
                }
                ("allOf", Value::Array(all), _) => {
                    for one in all {
                        self.flatten(one, out, depth + 1);
                    }
                }
                ("oneOf" | "anyOf", Value::Array(branches), _) => {
                    let plain: Vec<&Value> = branches.iter().filter(|one| one.get("$ref").is_none()).collect();
                    let branch = match plain.as_slice() {
                        [_, ..] if self.left == 0 => (*self.random.pick(&plain)).clone(),
                        _ => self.random.pick(branches).clone(),
                    };
                    self.flatten(&branch, out, depth + 1);
                }
                ("if", condition, _) => {
                    let holds = self.random.chance(50) || map.get("else").is_none() && self.random.chance(50);
                    if holds {
                        self.flatten(condition, out, depth + 1);
                    }
                    if let Some(then) = map.get(if holds { "then" } else { "else" }) {
                        self.flatten(then, out, depth + 1);
                    }
                }
                ("properties", Value::Object(more), Some(Value::Object(known))) => {
                    for (name, value) in more {
                        let both = match known.get(name) {
                            Some(before) if before != value => json!({ "allOf": [before, value] }),
                            _ => value.clone(),
                        };
                        known.insert(name.clone(), both);
                    }
                }
                ("required", Value::Array(more), Some(Value::Array(known))) => known.extend(more.iter().cloned()),
                ("then" | "else", ..) | (_, _, Some(_)) => {}
                _ => {
                    out.insert(key.clone(), value.clone());
                }
            }
        }
    }

    fn number(&mut self, flat: &Map<String, Value>, whole: bool) -> Value {
        let bound = |key: &str| flat.get(key).and_then(Value::as_f64);
        let least = bound("minimum").or_else(|| bound("exclusiveMinimum").map(|least| least + 1.0));
        let most = bound("maximum").or_else(|| bound("exclusiveMaximum").map(|most| most - 1.0));
        let step = bound("multipleOf");
        let fits = |value: f64| least.is_none_or(|least| value >= least) && most.is_none_or(|most| value <= most);
        for _ in 0..4 {
            let made = if whole { self.random.whole() } else { self.random.number() };
            let on_step = |value: f64| step.is_none_or(|step| (value / step).fract() == 0.0 && value.abs() < 1e15);
            if made.as_f64().is_some_and(|value| fits(value) && on_step(value)) {
                return made;
            }
        }
        let low = least.unwrap_or_else(|| most.unwrap_or(0.0).min(1000.0) - 1000.0);
        let high = most.unwrap_or(low + 1000.0).min(low + 1000.0);
        let step = step.unwrap_or(1.0);
        let (from, to) = ((low / step).ceil() as i64, (high / step).floor() as i64);
        let made = self.random.between(from, to) as f64 * step;
        if made.fract() == 0.0 { (made as i64).into() } else { made.into() }
    }

    fn text(&mut self, flat: &Map<String, Value>) -> String {
        if let Some(pattern) = flat.get("pattern").and_then(Value::as_str) {
            return self.random.for_pattern(pattern);
        }
        let made = match flat.get("format").and_then(Value::as_str) {
            Some("date") => self.date(),
            Some("date-time") => {
                let zone = *self.random.pick(&["Z", "z", "+08:00", "-23:59", "+00:00"]);
                format!("{}T{}{zone}", self.date(), self.clock())
            }
            Some("time") => format!("{}{}", self.clock(), self.random.pick(&["Z", "+08:00", "-05:30"])),
            Some("email") => "a@example.com".to_owned(),
            Some("uri") => "https://example.com/a?b=c#d".to_owned(),
            Some("uuid") => "123e4567-e89b-12d3-a456-426614174000".to_owned(),
            _ => self.random.text(),
        };
        let size = |key: &str| flat.get(key).and_then(Value::as_u64).map(|size| size as usize);
        let (least, most) = (size("minLength").unwrap_or(0), size("maxLength").unwrap_or(usize::MAX));
        let mut made: String = made.chars().take(most).collect();
        while made.chars().count() < least {
            made.push('字');
        }
        made
    }

    fn date(&mut self) -> String {
        let (year, month) = match self.random.below(12) {
            0 => (*self.random.pick(&[1, 1582, 1899, 1900, 1904, 2000, 9999]), self.random.between(1, 12)),
            _ => (self.random.between(1890, 2100), self.random.between(1, 12)),
        };
        let most = match month {
            2 => {
                if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) {
                    29
                } else {
                    28
                }
            }
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        let day = if self.random.chance(30) { most } else { self.random.between(1, most) };
        format!("{year:04}-{month:02}-{day:02}")
    }

    fn clock(&mut self) -> String {
        let (hour, minute, second) = (self.random.below(24), self.random.below(60), self.random.below(60));
        let fraction = *self.random.pick(&["", "", ".5", ".000", ".123456789"]);
        format!("{hour:02}:{minute:02}:{second:02}{fraction}")
    }

    fn array(&mut self, flat: &Map<String, Value>, depth: usize) -> Value {
        let size = |key: &str| flat.get(key).and_then(Value::as_u64).map(|size| size as usize);
        let (least, most) = (size("minItems").unwrap_or(0), size("maxItems").unwrap_or(usize::MAX));
        let wanted = match self.random.below(10) {
            _ if self.is_deep(depth) => 0,
            0 | 1 => 0,
            2 | 3 => 1,
            4 if self.long && depth < 3 => {
                self.long = false;
                1000 + self.random.below(300)
            }
            5 if depth < 2 => self.random.below(12),
            _ => self.random.below(5),
        };
        let wanted = wanted.max(least).min(most);
        let empty = Vec::new();
        let (first, rest) = match (flat.get("prefixItems"), flat.get("items")) {
            (Some(Value::Array(first)), rest) => (first, rest),
            (None, Some(Value::Array(first))) => (first, flat.get("additionalItems")),
            (_, rest) => (&empty, rest),
        };
        let closed = rest == Some(&Value::Bool(false));
        let wanted = if closed { wanted.min(first.len()) } else { wanted };
        let mut items: Vec<Value> = Vec::new();
        for number in 0..wanted {
            let node = first.get(number).or(rest);
            let made = match node {
                Some(node) => self.value(node, depth + 1),
                None => self.random.any(1),
            };
            let repeated = self.random.chance(8).then(|| items.last().cloned()).flatten();
            let made = repeated.filter(|_| node == rest).unwrap_or(made);
            if flat.get("uniqueItems") == Some(&Value::Bool(true)) && items.contains(&made) {
                continue;
            }
            items.push(made);
        }
        if let Some(items_of) = rest {
            self.as_the_look_says(flat, items_of, &mut items);
        }
        items.into()
    }

    /// Serial numbers count, keys differ, and what is merged repeats: as `x-sheet` asks.
    fn as_the_look_says(&mut self, flat: &Map<String, Value>, node: &Value, items: &mut Vec<Value>) {
        let mut item = Map::new();
        self.flatten(node, &mut item, 0);
        let Some(Value::Object(properties)) = item.get("properties") else { return };
        for (name, column) in properties {
            let says = |key: &str| column.pointer(&format!("/x-sheet/{key}")) == Some(&Value::Bool(true));
            if says("serial") {
                for (number, item) in items.iter_mut().enumerate() {
                    if let Some(value) = item.get_mut(name).filter(|value| value.is_number()) {
                        *value = (number + 1).into();
                    }
                }
            }
            if says("merge") {
                for number in 1..items.len() {
                    if let (true, Some(before)) = (self.random.chance(50), items[number - 1].get(name).cloned())
                        && let Some(value) = items[number].get_mut(name)
                    {
                        *value = before;
                    }
                }
            }
            if says("key") {
                unlike(items, std::slice::from_ref(name));
            }
        }
        if let Some(Value::Array(names)) = flat.get("x-sheet").and_then(|sheet| sheet.get("key")) {
            let names: Vec<String> = names.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            unlike(items, &names);
        }
    }

    fn object(&mut self, flat: &Map<String, Value>, depth: usize) -> Value {
        let required: Vec<&str> =
            flat.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let mut pairs: Vec<(String, Value)> = Vec::new();
        let often = *self.random.pick(&[20, 70, 70, 95]);
        let nothing = Map::new();
        let properties = flat.get("properties").and_then(Value::as_object).unwrap_or(&nothing);
        for (name, node) in properties {
            let must = required.contains(&name.as_str());
            if must || (!self.is_deep(depth) && self.random.chance(often)) {
                pairs.push((name.clone(), self.value(node, depth + 1)));
            }
        }
        for name in required.iter().filter(|name| !properties.contains_key(**name)) {
            pairs.push(((*name).to_owned(), self.random.any(0)));
        }
        self.undeclared(flat, properties, depth, &mut pairs);
        if self.random.chance(25) {
            self.random.shuffle(&mut pairs);
        }
        pairs.into_iter().collect::<Map<_, _>>().into()
    }

    fn undeclared(
        &mut self,
        flat: &Map<String, Value>,
        properties: &Map<String, Value>,
        depth: usize,
        pairs: &mut Vec<(String, Value)>,
    ) {
        if self.is_deep(depth) {
            return;
        }
        let patterns = flat.get("patternProperties").and_then(Value::as_object);
        if let Some(patterns) = patterns {
            for (pattern, node) in patterns {
                for number in 0..self.random.below(3) {
                    let name = if pattern == "^x-" { format!("x-{number}") } else { format!("k{number}") };
                    if !properties.contains_key(&name) {
                        pairs.push((name, self.value(node, depth + 1)));
                    }
                }
            }
        }
        let (count, node) = match flat.get("additionalProperties") {
            Some(Value::Bool(false)) => return,
            Some(node) => (self.random.below(4), Some(node)),
            // An object without declared properties is a map; another one seldom has more than it declares.
            None if properties.is_empty() => (self.random.below(4), None),
            None if self.random.chance(6) => (1 + self.random.below(2), None),
            None => return,
        };
        for _ in 0..count {
            let name = self.random.key();
            let taken = properties.contains_key(&name)
                || pairs.iter().any(|(known, _)| *known == name)
                || (depth == 0 && name == "$schema")
                || patterns.is_some_and(|patterns| {
                    patterns.keys().any(|p| match p.as_str() {
                        "^x-" => name.starts_with("x-"),
                        _ => name.starts_with(|c: char| c.is_ascii_lowercase()),
                    })
                });
            if !taken {
                let value = match node {
                    Some(node) => self.value(node, depth + 1),
                    None => self.random.any(2),
                };
                pairs.push((name, value));
            }
        }
    }
}

/// Leaves out the items that are alike in these properties.
fn unlike(items: &mut Vec<Value>, names: &[String]) {
    let mut seen: Vec<Vec<String>> = Vec::new();
    items.retain(|item| {
        let key: Vec<String> =
            names.iter().map(|name| item.get(name).map(ToString::to_string).unwrap_or_default()).collect();
        if key.iter().all(|part| part.is_empty() || part == "null") {
            return true;
        }
        let new = !seen.contains(&key);
        seen.push(key);
        new
    });
}

fn fits_type(flat: &Map<String, Value>, value: &Value) -> bool {
    let is = |word: &str| match (word, value) {
        ("null", Value::Null)
        | ("boolean", Value::Bool(_))
        | ("number", Value::Number(_))
        | ("string", Value::String(_))
        | ("array", Value::Array(_))
        | ("object", Value::Object(_)) => true,
        ("integer", Value::Number(number)) => number.as_f64().is_some_and(|value| value.fract() == 0.0),
        _ => false,
    };
    match flat.get("type") {
        Some(Value::String(name)) => is(name),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).any(is),
        _ => true,
    }
}
