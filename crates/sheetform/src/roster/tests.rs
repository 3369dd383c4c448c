//! The list held against files, as data: `cases.json` beside this file.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use super::{About, KnownForm, Repeat, Sent, check, copies, expected, repeats};
use crate::places::Nowhere;

fn forms() -> Vec<KnownForm> {
    let form = |id: &str, title: &str, has_sender| KnownForm { id: id.to_owned(), title: title.to_owned(), has_sender };
    vec![
        form("rectification-ledger", "问题整改台账", true),
        form("equipment-register", "设备台账", true),
        form("incident-response-plan", "应急预案", false),
    ]
}

/// `file: form, sender, date`, with `bad` for one with errors, `old` for one of an older version, `=x` for its content.
fn sent(line: &str) -> Sent {
    let (file, rest) = line.split_once(": ").unwrap();
    let mut parts = rest.split(", ");
    let mut next = || parts.next().filter(|part| *part != "-").map(str::to_owned);
    let (form, sender, dated) = (next(), next(), next());
    let more: Vec<&str> = rest.split(", ").skip(3).collect();
    Sent {
        file: file.to_owned(),
        form,
        sender,
        dated,
        read: !more.contains(&"unread"),
        accepted: !more.contains(&"bad"),
        old_version: more.contains(&"old"),
        content: more.iter().find_map(|part| part.strip_prefix('=')).map(str::to_owned),
    }
}

/// `unit, form` or `unit, form, due`.
fn roster(lines: &[Value]) -> Value {
    let entry = |line: &Value| {
        let parts: Vec<&str> = line.as_str().unwrap().split(", ").collect();
        let mut entry = json!({ "unit": parts[0], "form": parts[1] });
        if let Some(due) = parts.get(2) {
            entry["due"] = (*due).into();
        }
        entry
    };
    json!({ "entries": lines.iter().map(entry).collect::<Vec<_>>() })
}

#[test]
fn cases() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("cases.json")).unwrap();
    let mut wrong = Vec::new();
    for case in &cases {
        let lines = |key: &str| case[key].as_array().cloned().unwrap_or_default();
        let files: Vec<Sent> = lines("sent").iter().map(|line| sent(line.as_str().unwrap())).collect();
        let lang = if case["lang"] == "zh" {
            |text: &crate::finding::Text| text.zh.clone()
        } else {
            |text: &crate::finding::Text| text.en.clone()
        };
        let said = |(about, finding): &(About, crate::finding::Finding)| {
            let at = match about {
                About::Roster => format!("roster{}", finding.pointer.as_deref().unwrap_or_default()),
                About::File(number) => files[*number].file.clone(),
            };
            // Each message says something without the values too.
            assert!(finding.message.without_values().is_some(), "{}", finding.message.en);
            let hint = finding.hint.as_ref().map(|hint| format!(" ({})", lang(hint))).unwrap_or_default();
            let (severity, code) = (finding.severity.name(), finding.code);
            format!("{at}: {severity}[{code}] {}{hint}", lang(&finding.message))
        };
        let mut got = json!({});
        if case.get("roster").is_some() {
            let list = expected(&roster(&lines("roster")), &Nowhere);
            let outcome = check(&list, &files, &forms(), case["as_of"].as_str());
            let state = |line: &super::Line| {
                let mut state = line.state.name().to_owned();
                for (on, word) in [(line.late, " late"), (line.old_version, " old")] {
                    state.push_str(if on { word } else { "" });
                }
                let others = line.others.iter().map(|other| files[*other].file.as_str());
                let named: Vec<&str> = line.file.iter().map(|file| files[*file].file.as_str()).chain(others).collect();
                let perhaps: Vec<&str> = line.perhaps.iter().map(|file| files[*file].file.as_str()).collect();
                for (files, words) in [(named, ""), (perhaps, " perhaps")] {
                    if !files.is_empty() {
                        state = format!("{state}{words}: {}", files.join(", "));
                    }
                }
                state
            };
            got["states"] = outcome.lines.iter().map(state).collect();
            got["says"] = outcome.findings.iter().map(said).collect();
            got["counts"] = count(&files, &outcome.counts);
        } else {
            let copied = copies(&files);
            got["says"] = copied.findings.iter().map(said).collect();
            got["counts"] = count(&files, &copied.counts);
        }
        for key in ["states", "says", "counts"] {
            if got.get(key).unwrap_or(&Value::Null) != case.get(key).unwrap_or(&Value::Null) {
                wrong.push(format!("{}: {key}:\n{:#}\nnot\n{:#}", case["why"], got[key], case[key]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(cases.len() >= 18);
}

fn count(files: &[Sent], counts: &[bool]) -> Value {
    files.iter().zip(counts).filter(|(_, counts)| **counts).map(|(file, _)| Value::from(file.file.as_str())).collect()
}

#[test]
fn what_came_twice() {
    let files: Vec<Sent> = [
        "a.xlsx: equipment-register, 机电队, 2026-03-20, =x",
        "b.xlsx: equipment-register, 机电队（盖章）, 2026-03-20, =y",
        "c.xlsx: equipment-register, 机电队, 2026-04-20, =z",
        "d.xlsx: equipment-register, -, -, bad, =u",
        "e.xlsx: equipment-register, -, -, bad, =u",
        "f.xlsx: -, -, -, bad, =v",
        "g.xlsx: -, -, -, bad, =v",
        "h.xlsx: rectification-ledger, 机电队, 2026-03-20, =w",
    ]
    .map(sent)
    .into();
    let repeat = |file, first, identical| Repeat { file, first, identical };
    assert_eq!(repeats(&files), [repeat(1, 0, false), repeat(4, 3, true)]);
}

#[test]
fn names_are_compared_as_headings_are() {
    let list = expected(&roster(&[json!("机电队, 设备台账"), json!("Team A（东）, 设备台账")]), &Nowhere);
    for (name, on_list) in [
        ("机电队", true),
        ("机电 队", true),
        (" 机电队\u{3000}", true),
        ("机电队：", true),
        ("ｔｅａｍ　ａ(东)", true),
        ("机电队（盖章）", true),
        ("机电队 (章)", true),
        ("（章）", false),
        ("机电对", false),
        ("机电", false),
    ] {
        let files = [Sent {
            read: true,
            file: "a".to_owned(),
            form: Some("equipment-register".to_owned()),
            sender: Some(name.to_owned()),
            accepted: true,
            ..Sent::default()
        }];
        let outcome = check(&list, &files, &forms(), None);
        assert_eq!(outcome.answers[0].is_some(), on_list, "{name}");
    }
}
