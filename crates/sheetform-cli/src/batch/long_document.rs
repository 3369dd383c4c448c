//! A long JSON document, read without holding the records of its one list.

use std::fmt;
use std::io::{self, Read};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Records that are handed on at once.
const AT_ONCE: usize = 1000;

/// Reads a document whose list stands at a path; gives its records some at a time, and in the end the document with an
/// empty list in their place.
pub(super) fn read(from: impl Read, path: &[String], each: &mut dyn FnMut(Vec<Value>)) -> io::Result<Value> {
    let mut json = serde_json::Deserializer::from_reader(from);
    let document = Around { path, each }.deserialize(&mut json)?;
    json.end()?;
    Ok(document)
}

/// What leads to the list, and it.
struct Around<'a> {
    path: &'a [String],
    each: &'a mut dyn FnMut(Vec<Value>),
}

impl<'de> DeserializeSeed<'de> for Around<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        if self.path.is_empty() { from.deserialize_seq(self) } else { from.deserialize_map(self) }
    }
}

impl<'de> Visitor<'de> for Around<'_> {
    type Value = Value;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a document as it was written")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = from.next_key::<String>()? {
            let value = match self.path.split_first() {
                Some((first, path)) if *first == name => {
                    from.next_value_seed(Around { path, each: &mut *self.each })?
                }
                _ => from.next_value()?,
            };
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut records = Vec::new();
        while let Some(record) = from.next_element()? {
            records.push(record);
            if records.len() == AT_ONCE {
                (self.each)(std::mem::take(&mut records));
            }
        }
        (self.each)(records);
        Ok(Value::Array(Vec::new()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_records_and_the_rest_are_the_document() {
        let path = ["in".to_owned(), "list".to_owned()];
        for count in [0, 1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 3 * AT_ONCE] {
            let records: Vec<Value> = (0..count).map(|number| json!({ "no": number, "list": [number] })).collect();
            let whole = json!({ "a": 0.1, "list": [1], "in": { "list": records, "b": "x" }, "c": null });
            let mut found = Vec::new();
            let rest = read(whole.to_string().as_bytes(), &path, &mut |records| found.extend(records)).unwrap();
            assert_eq!(rest, json!({ "a": 0.1, "list": [1], "in": { "list": [], "b": "x" }, "c": null }));
            assert_eq!(found, records);
        }
    }

    #[test]
    fn what_is_cut_off_is_said() {
        let path = ["list".to_owned()];
        for text in ["", "{", r#"{"list": [1, 2"#, r#"{"list": 1}"#, r#"{"list": []} x"#, "[]"] {
            assert!(read(text.as_bytes(), &path, &mut |_| {}).is_err(), "{text}");
        }
    }
}
