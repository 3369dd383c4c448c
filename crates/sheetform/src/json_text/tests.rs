//! What is read, what is refused and where; and the whole reader against `serde_json`.
#![allow(clippy::unwrap_used, clippy::panic)]

use serde_json::Value;

use super::parse;
use crate::finding::{Code, Finding, Lang, Place};

fn findings(text: &str) -> Vec<Finding> {
    parse(text.as_bytes()).err().unwrap_or_default()
}

fn place(finding: &Finding) -> (u32, u32) {
    (finding.place.line.unwrap_or_default(), finding.place.column.unwrap_or_default())
}

#[test]
fn numbers_are_kept_or_refused() {
    let kept = [
        "0",
        "-0",
        "-0.0",
        "1",
        "1.0",
        "1.10",
        "1e2",
        "1E+2",
        "100e-2",
        "0.1",
        "0.10000000000000000000000",
        "5e-324",
        "1.7976931348623157e308",
        "9223372036854775807",
        "-9223372036854775808",
        "18446744073709551615",
        "1e20",
        "100000000000000000000",
        "9007199254740993",
        "0e999999999999999999999",
        "0.000e-999999999999999999999",
        "123456789012345.6",
        "0.30000000000000004",
    ];
    for text in kept {
        let read = parse(text.as_bytes()).unwrap_or_else(|found| panic!("{text}: {found:?}"));
        let expected: f64 = text.parse().unwrap();
        assert_eq!(read.value.as_f64(), Some(expected), "{text}");
    }
    let refused = [
        "123456789012345678901234567890",
        "0.1000000000000000055511151231257827",
        "1e400",
        "-1e400",
        "1e-400",
        "18446744073709551617",
        "-9223372036854775809",
        "1e999999999999999999999999",
        "1e-999999999999999999999999",
        "1234567.8901234567891",
        "2.5e-324",
        "0.30000000000000000001",
    ];
    for text in refused {
        let found = findings(text);
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!((found[0].code, place(&found[0])), (Code::CannotHold, (1, 1)), "{text}");
        assert_eq!(found[0].value, Some(Value::from(text)));
    }
}

#[test]
fn whole_numbers_written_as_fractions_keep_their_digits() {
    for (text, whole) in [
        ("12345678901234567.0", 12_345_678_901_234_567_u64),
        ("1.2345678901234567e16", 12_345_678_901_234_567),
        ("1844674407370955161.5e1", u64::MAX),
    ] {
        assert_eq!(parse(text.as_bytes()).unwrap().value, Value::from(whole), "{text}");
    }
    assert_eq!(parse(b"-12345678901234567.00").unwrap().value, Value::from(-12_345_678_901_234_567_i64));
}

#[test]
fn long_numbers_cost_no_more_than_their_length() {
    let digits = "7".repeat(1_000_000);
    for text in [digits.clone(), format!("0.{digits}"), format!("1e{digits}"), format!("1e-{digits}")] {
        assert_eq!(findings(&text).len(), 1);
    }
    let zeros = "0".repeat(1_000_000);
    assert!(findings(&format!("1.{zeros}")).is_empty());
    assert!(findings(&format!("0.{zeros}1e1000001")).is_empty());
}

#[test]
fn what_cannot_be_held_is_told_all_at_once() {
    let text = "{\n \"名\": 1,\n \"列\": [1e400, \"\\ud800\"],\n \"\\u540d\": 2, \"a/b\": {\"~\": \"\\udc00x\"}\n}";
    let found = findings(text);
    let told: Vec<_> = found.iter().map(|f| (place(f), f.pointer.as_deref().unwrap_or_default())).collect();
    assert_eq!(told, [((3, 8), "/列/0"), ((3, 16), "/列/1"), ((4, 2), "/名"), ((4, 29), "/a~1b/~0")]);
    assert!(found.iter().all(|f| f.code == Code::CannotHold));
    assert_eq!(found[2].related[0].place, Place::text(2, 2));
    let found = findings("[{\"x\": {\"a\": 1, \"b\": 2}, \"c\": {}, \"c\": {\"d\": 1, \"d\": 2}}]");
    let told: Vec<_> = found.iter().map(|f| (place(f), f.related[0].place.column)).collect();
    assert_eq!(told, [((1, 35), Some(26)), ((1, 49), Some(41))]);
}

#[test]
fn refusals_are_bounded_and_counted() {
    let text = format!("[{}]", vec!["1e400"; 1_500].join(","));
    let found = findings(&text);
    assert_eq!(found.len(), 1_001);
    assert!(found[1_000].message.en.starts_with("500 more"), "{:?}", found[1_000].message);
    let long = "k".repeat(1_000_000);
    let text = format!("{{\"{long}\": [{}]}}", vec!["1e400"; 1_500].join(","));
    assert!(findings(&text).len() < 10);
}

#[test]
fn syntax_errors_have_one_clear_line() {
    let cases = [
        ("", (1, 1), "there is nothing in it"),
        (" \n", (2, 1), "there is nothing in it"),
        ("{\"a\": 1", (1, 8), "the file ends where a comma or \"}\" is expected"),
        ("{\"a\": ", (1, 7), "the file ends where a value is expected"),
        ("{\"a\"", (1, 5), "the file ends where a colon after the name is expected"),
        ("[1, 2", (1, 6), "the file ends where a comma or \"]\" is expected"),
        ("{\"甲\": 1,\n}", (1, 8), "a comma with nothing after it"),
        ("[1,]", (1, 3), "a comma with nothing after it"),
        ("[,1]", (1, 2), "expected a value, found \",\""),
        ("[1 2]", (1, 4), "expected a comma or \"]\", found \"2\""),
        ("{a: 1}", (1, 2), "expected a name in double quotes, found \"a\""),
        ("{\"a\": 'x'}", (1, 7), "expected a value, found \"'\""),
        ("{\"a\"：1}", (1, 5), "expected a colon after the name, found \"：\""),
        ("{\"a\":1 \"b\":2}", (1, 8), "expected a comma or \"}\", found '\"'"),
        ("[01]", (1, 2), "\"01\" is no number as JSON writes them"),
        ("[1.]", (1, 2), "\"1.\" is no number as JSON writes them"),
        ("[-]", (1, 2), "\"-\" is no number as JSON writes them"),
        ("[2026-03-01]", (1, 2), "\"2026-03-01\" is no number as JSON writes them"),
        ("[.5]", (1, 2), "expected a value, found \".5\""),
        ("[True]", (1, 2), "expected a value, found \"True\""),
        ("[nul]", (1, 2), "expected a value, found \"nul\""),
        ("\"C:\\data\"", (1, 4), "after a backslash JSON knows no \"d\""),
        ("\"\\u12g4\"", (1, 2), "after a backslash JSON knows no \"u\""),
        ("\"abc", (1, 5), "the file ends inside a text: its closing quote is missing"),
        ("\"abc\\", (1, 6), "the file ends inside a text: its closing quote is missing"),
        ("\"a\tb\"", (1, 3), "a tab inside a text must be written \\t"),
        ("\"a\u{1}b\"", (1, 3), "a control character inside a text must be written \\u0001"),
        (
            "[\"a\n\"]",
            (1, 4),
            "the line ends inside a text: its closing quote is missing, or the line break must be written \\n",
        ),
        ("{}\n{}", (2, 1), "the JSON is complete, yet \"{\" follows"),
        ("// x\n{}", (1, 1), "expected a value, found \"/\""),
    ];
    for (text, expected, message) in cases {
        let found = findings(text);
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!((found[0].code, place(&found[0])), (Code::Unreadable, expected), "{text}");
        assert_eq!(found[0].message.en, message, "{text}");
        assert_ne!(found[0].message.get(Lang::Zh), message, "{text}");
    }
}

#[test]
fn what_is_not_closed_is_named() {
    for (text, line, column) in [("[\n {\"a\": 1,\n \"b\": [2]", 2, 2), ("[\n\"abc", 2, 1), ("[[1],", 1, 1)] {
        assert_eq!(findings(text)[0].related[0].place, Place::text(line, column), "{text}");
    }
}

#[test]
fn depth_is_bounded_as_in_serde_json() {
    for (depth, sound) in [(127, true), (128, false), (100_000, false)] {
        let text = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(parse(text.as_bytes()).is_ok(), sound, "{depth}");
        if depth < 1_000 {
            assert_eq!(serde_json::from_str::<Value>(&text).is_ok(), sound, "{depth}");
        }
    }
    assert_eq!(findings(&"[".repeat(200))[0].code, Code::OverLimit);
}

#[test]
fn encodings_are_told() {
    assert!(parse(b"\xEF\xBB\xBF{}").is_ok());
    let cases: [(&[u8], (u32, u32), &str); 6] = [
        (b"\xFF\xFE{\0}\0", (1, 1), "it looks like UTF-16"),
        (b"\xFE\xFF\0{\0}", (1, 1), "it looks like UTF-16"),
        (b"{\0}\0", (1, 1), "it looks like UTF-16"),
        (b"{\n\"\xB5\xA5\xCE\xBB\": 1}", (2, 2), "it looks like GBK"),
        (b"{\"a\": \"\xE5\x8D\x95\xFF\"}", (1, 9), "not UTF-8 text"),
        (b"\xEF\xBB\xBF\"\x80\"", (1, 2), "not UTF-8 text"),
    ];
    for (bytes, expected, message) in cases {
        let found = parse(bytes).unwrap_err();
        assert_eq!((found[0].code, place(&found[0])), (Code::Unreadable, expected), "{bytes:?}");
        assert!(found[0].message.en.ends_with(message), "{bytes:?}: {}", found[0].message.en);
    }
}

#[test]
fn places_of_values_and_keys() {
    let text = "{\n  \"单位\": \"甲\", \"a/b\": {\"~\": -1.5e3},\n  \"list\": [ {\"x\": true}, [], \"}\\\"]\", {\"x\": null} ],\r\n \"e\": {} }";
    let read = parse(format!("\u{FEFF}{text}").as_bytes()).unwrap();
    assert_eq!(read.text(), text);
    let cases = [
        ("", (1, 1), (1, 1)),
        ("/单位", (2, 9), (2, 3)),
        ("/a~1b", (2, 21), (2, 14)),
        ("/a~1b/~0", (2, 27), (2, 22)),
        ("/list", (3, 11), (3, 3)),
        ("/list/0", (3, 13), (3, 13)),
        ("/list/0/x", (3, 19), (3, 14)),
        ("/list/3/x", (3, 44), (3, 39)),
        ("/list/03", (3, 11), (3, 3)),
        ("/list/4/x", (3, 11), (3, 3)),
        ("/list/3/y/z", (3, 38), (3, 38)),
        ("/list/2", (3, 30), (3, 30)),
        ("/e", (4, 7), (4, 2)),
        ("/e/f", (4, 7), (4, 2)),
        ("/nowhere", (1, 1), (1, 1)),
        ("no pointer", (1, 1), (1, 1)),
    ];
    for (pointer, value, key) in cases {
        assert_eq!(read.place(pointer), Place::text(value.0, value.1), "{pointer}");
        assert_eq!(read.key_place(pointer), Place::text(key.0, key.1), "{pointer}");
    }
    let pointers: Vec<&str> = cases.iter().map(|(pointer, ..)| *pointer).collect();
    let values: Vec<Place> = cases.iter().map(|(_, value, _)| Place::text(value.0, value.1)).collect();
    assert_eq!(read.places(&pointers), values);
}

#[test]
fn every_place_in_a_large_text_is_found_in_one_pass() {
    let rows: Vec<String> = (0..50_000).map(|i| format!("{{\"serial\": {i}, \"text\": \"第{i}行\"}}")).collect();
    let read = parse(format!("[\n{}\n]", rows.join(",\n")).as_bytes()).unwrap();
    let pointers: Vec<String> = (0..50_000).map(|i| format!("/{i}/text")).collect();
    let asked: Vec<&str> = pointers.iter().map(String::as_str).collect();
    for (i, place) in read.places(&asked).iter().enumerate() {
        let column = 22 + i.to_string().len() as u32;
        assert_eq!(*place, Place::text(i as u32 + 2, column), "{i}");
    }
}

/// A generator of numbers that is the same every time.
fn random(state: &mut u64) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) as usize
}

fn pointers(value: &Value, at: &str, out: &mut Vec<String>) {
    out.push(at.to_owned());
    match value {
        Value::Array(items) => items.iter().enumerate().for_each(|(i, item)| pointers(item, &format!("{at}/{i}"), out)),
        Value::Object(map) => map.iter().for_each(|(key, item)| {
            pointers(item, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), out);
        }),
        _ => {}
    }
}

/// On mangled texts: no panic; taken if and only if `serde_json` takes it, with the same value; the text at every
/// place begins that very value.
#[test]
fn mangled_texts_agree_with_serde_json() {
    let seeds: [&[u8]; 4] = [
        "{\"单位\": \"甲\", \"n\": [1, -2.50, 3e2, 0.1], \"deep\": {\"a\": [[], {}], \"t\": true, \"f\": false}}"
            .as_bytes(),
        "[\"\\u4e2d\\ud83d\\ude00\\n\\\"\\\\\", null, {\"a\": 1, \"b\": {\"a\": 2}}, 12345678901234567890]".as_bytes(),
        b"\xEF\xBB\xBF {\"k\" : 1e308 , \"l\":\t\"x\",\r\n\"m\": -0}",
        b"[1.5,\"\xB5\xA5\",18446744073709551615,{\"a~/\":[]}]",
    ];
    let pool = b"{}[]\",:\\/ \n\t0123456789.eE+-uabdflnrst~\0\x01\x7F\x80\xB5\xE4\xEF\xFF";
    let mut state = 20_260_301;
    let (mut taken, mut refused) = (0, 0);
    for round in 0..60_000 {
        let mut bytes = seeds[round % seeds.len()].to_vec();
        for _ in 0..random(&mut state) % 4 {
            let at = random(&mut state) % bytes.len().max(1);
            let byte = pool[random(&mut state) % pool.len()];
            match random(&mut state) % 5 {
                0 => bytes.insert(at, byte),
                1 if at < bytes.len() => drop(bytes.remove(at)),
                2 => bytes.truncate(at),
                3 => {
                    let from = random(&mut state) % bytes.len().max(1);
                    let part: Vec<u8> = bytes.iter().skip(from).take(random(&mut state) % 12).copied().collect();
                    bytes.splice(at..at, part);
                }
                _ if at < bytes.len() => bytes[at] = byte,
                _ => {}
            }
        }
        let plain = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
        let judge = serde_json::from_slice::<Value>(plain);
        match parse(&bytes) {
            Ok(read) => {
                taken += 1;
                assert!(same(&read.value, judge.as_ref().unwrap()), "{}", read.text);
                let mut all = Vec::new();
                pointers(&read.value, "", &mut all);
                let asked: Vec<&str> = all.iter().map(String::as_str).collect();
                for (pointer, place) in asked.iter().zip(read.places(&asked)) {
                    let value = read.value.pointer(pointer).unwrap();
                    let line = read.text.split('\n').nth(place.line.unwrap() as usize - 1).unwrap();
                    let rest: String = line.chars().skip(place.column.unwrap() as usize - 1).collect();
                    let first = rest.chars().next().unwrap();
                    let fits = match value {
                        Value::Null => first == 'n',
                        Value::Bool(is) => first == if *is { 't' } else { 'f' },
                        Value::Number(_) => first == '-' || first.is_ascii_digit(),
                        Value::String(_) => first == '"',
                        Value::Array(_) => first == '[',
                        Value::Object(_) => first == '{',
                    };
                    assert!(fits, "{pointer} in {}", read.text);
                }
            }
            Err(found) if found[0].code == Code::CannotHold => refused += 1,
            Err(found) => assert!(judge.is_err(), "{found:?} in {}", String::from_utf8_lossy(&bytes)),
        }
    }
    assert!(taken > 5_000 && refused > 300, "{taken} taken, {refused} refused");
}

/// Equal, numbers by value.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|((ka, a), (kb, b))| ka == kb && same(a, b))
        }
        _ => a == b,
    }
}
