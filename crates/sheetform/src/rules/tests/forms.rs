//! The rules of the shipped forms: each is broken in every way, and stands where the design says.
#![allow(clippy::disallowed_methods, reason = "a test reads files")]

use serde_json::{Value, json};

use super::Form;

/// An object schema of scalars: `name:type` each, where the type is `s`, `i`, `n` or `d` (a date), or a choice `a|b`.
fn object(fields: &str) -> Value {
    let properties = fields.split_whitespace().filter_map(|field| field.split_once(':')).map(|(name, kind)| {
        let schema = match kind {
            "s" => json!({ "type": "string" }),
            "i" => json!({ "type": "integer" }),
            "n" => json!({ "type": "number" }),
            "d" => json!({ "type": "string", "format": "date" }),
            "l" => json!({ "type": "array", "items": { "type": "string" } }),
            choice => json!({ "enum": choice.split('|').collect::<Vec<_>>() }),
        };
        (name.to_owned(), schema)
    });
    json!({ "type": "object", "properties": properties.collect::<serde_json::Map<_, _>>() })
}

fn with(mut object: Value, more: &[(&str, Value)]) -> Value {
    for (name, schema) in more {
        object["properties"][name] = schema.clone();
    }
    object
}

fn table(fields: &str) -> Value {
    json!({ "type": "array", "items": object(fields) })
}

/// The form with the rules of the shipped one, each at its place.
fn form(id: &str, mut schema: Value) -> Form {
    let path = format!("{}/../../schemas/{id}.schema.json", env!("CARGO_MANIFEST_DIR"));
    let shipped: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    attach(&shipped, &mut schema);
    let form = Form::new(&schema);
    assert!(form.findings.is_empty(), "{id}: {:?}", form.findings);
    form
}

/// Gives a part of a schema, and the parts inside it, the rules of another.
fn attach(from: &Value, to: &mut Value) {
    for (key, part) in from.as_object().into_iter().flatten() {
        match key.as_str() {
            "x-rules" => to["x-rules"] = part.clone(),
            "properties" => part.as_object().unwrap().iter().for_each(|(name, one)| within(one, to, &[key, name])),
            "items" => within(part, to, &[key]),
            _ => {}
        }
    }
}

/// Goes on inside both; a part without rules need not be in the second.
fn within(from: &Value, to: &mut Value, path: &[&str]) {
    match path.iter().try_fold(&mut *to, |part, name| part.get_mut(name)) {
        Some(part) => attach(from, part),
        None => assert!(!from.to_string().contains("x-rules"), "no place for the rules at {path:?}"),
    }
}

/// Changes to a good document, each with what the rules say then.
type Case<'a> = (&'a [(&'a str, Value)], &'a [&'a str]);

/// Tries a good document, then each case: every change is made at its pointer; null takes the value away.
fn check(form: &Form, good: &Value, today: Option<&str>, cases: &[Case<'_>]) {
    assert_eq!(form.lines(good, &[], today), [""; 0]);
    for (changes, expected) in cases {
        let mut document = good.clone();
        for (pointer, value) in *changes {
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            match document.pointer_mut(parent).unwrap() {
                Value::Object(map) if value.is_null() => drop(map.remove(name)),
                Value::Object(map) => drop(map.insert(name.to_owned(), value.clone())),
                Value::Array(items) if value.is_null() => drop(items.remove(name.parse().unwrap())),
                Value::Array(items) => items.insert(name.parse().unwrap(), value.clone()),
                _ => panic!("{pointer}"),
            }
        }
        assert_eq!(form.lines(&document, &[], today), *expected, "{changes:?}");
    }
}

#[test]
fn work_plan() {
    let schema = with(
        object(""),
        &[
            ("period", object("start:d end:d")),
            ("leading_group", table("role:组长|副组长|成员 name:s")),
            ("tasks", table("task:s lead_unit:s responsible_units:l due:d")),
        ],
    );
    let good = json!({ "period": { "start": "2026-01-08", "end": "2026-12-31" },
        "leading_group": [{ "role": "组长", "name": "张工" }, { "role": "成员", "name": "李工" }],
        "tasks": [{ "lead_unit": "安全部", "responsible_units": ["工程部"], "due": "2026-03-31" }, { "lead_unit": "安全部", "due": "2026-12-31" }] });
    let head = json!({ "role": "组长", "name": "张工" });
    check(
        &form("work-plan", schema),
        &good,
        None,
        &[
            (&[("/period/end", json!("2026-01-01"))], &["/period/end"]),
            (&[("/period/end", Value::Null)], &[]),
            (&[("/tasks/0/due", json!("2027-01-01"))], &["/tasks/0/due"]),
            (&[("/tasks/1/due", json!("2026-01-07"))], &["/tasks/1/due"]),
            (&[("/tasks/1/due", json!("年底"))], &[]),
            (&[("/leading_group/0/role", json!("副组长"))], &["/leading_group[].role"]),
            (&[("/leading_group/0/role", Value::Null)], &[]),
            (&[("/leading_group/0/role", json!("祖长"))], &[]),
            (&[("/leading_group", json!([]))], &[]),
            (&[("/leading_group/1", head.clone())], &["/leading_group/1/role"]),
            (
                &[("/leading_group/2", head.clone()), ("/leading_group/3", head)],
                &["/leading_group/2/role", "/leading_group/3/role"],
            ),
            (&[("/tasks/0/responsible_units/1", json!("安全部"))], &["/tasks/0/lead_unit"]),
        ],
    );
}

#[test]
fn inspection_ledger() {
    let schema =
        with(object("date:d"), &[("entries", table("site:s result:无问题|有问题 problem:s measures:s due:d"))]);
    let good = json!({ "date": "2026-05-01", "entries": [{ "result": "无问题" },
        { "result": "有问题", "problem": "p", "measures": "m", "due": "2026-05-01" }] });
    check(
        &form("inspection-ledger", schema),
        &good,
        None,
        &[
            (
                &[("/entries/1/result", json!("无问题"))],
                &["/entries/1/problem", "/entries/1/measures", "/entries/1/due"],
            ),
            (
                &[("/entries/0/result", json!("有问题"))],
                &["/entries/0/problem", "/entries/0/measures", "/entries/0/due"],
            ),
            (&[("/entries/0/result", json!("有")), ("/entries/1/problem", Value::Null)], &["/entries/1/problem"]),
            (&[("/entries/1/due", json!("2026-04-30"))], &["/entries/1/due"]),
            (&[("/entries/0/due", json!("2026-04-30"))], &["/entries/0/due"]),
            (&[("/date", Value::Null)], &[]),
        ],
    );
}

#[test]
fn rectification_ledger() {
    let row = with(
        object("problem:s"),
        &[("rectification", object("measures:s due:d done_on:d status:未开始|整改中|已完成|逾期"))],
    );
    let schema = with(object("updated_on:d"), &[("entries", json!({ "type": "array", "items": row }))]);
    let good = json!({ "updated_on": "2026-06-01", "entries": [
        { "rectification": { "due": "2026-05-01", "status": "逾期" } },
        { "rectification": { "due": "2026-05-01", "status": "已完成", "done_on": "2026-04-30" } }] });
    check(
        &form("rectification-ledger", schema),
        &good,
        None,
        &[
            (&[("/entries/0/rectification/due", json!("2026-06-01"))], &["/entries/0/rectification/status"]),
            (&[("/entries/0/rectification/done_on", json!("2026-06-01"))], &["/entries/0/rectification/done_on"]),
            (&[("/entries/1/rectification/done_on", Value::Null)], &["/entries/1/rectification/done_on"]),
            (&[("/entries/1/rectification/done_on", json!("四月底"))], &[]),
        ],
    );
}

#[test]
fn responsibility_agreement() {
    let schema = with(object("year:i"), &[("term", object("start:d end:d")), ("duties", table("duty:s points:i"))]);
    let good = json!({ "year": 2026, "term": { "start": "2026-01-01", "end": "2026-12-31" },
        "duties": [{ "points": 60 }, { "points": 40 }] });
    let form = form("responsibility-agreement", schema);
    check(
        &form,
        &good,
        None,
        &[
            (&[("/term/start", json!("2025-12-31"))], &["/term/start"]),
            (&[("/term/end", json!("2027-01-01"))], &["/term/end"]),
            (&[("/term/end", json!("2025-01-01"))], &["/term/end"]),
            (&[("/duties/0/points", json!(59))], &["/duties[].points+"]),
            (&[("/duties/0/points", Value::Null)], &["/duties/0/points"]),
            (&[("/duties/0/points", Value::Null), ("/duties/1/points", Value::Null)], &[]),
            (&[("/duties/0/points", json!("六十"))], &[]),
            (&[("/duties", json!([]))], &[]),
        ],
    );
    let partial = json!({ "year": 2026, "duties": [{}, { "points": 40 }] });
    assert_eq!(form.lines(&partial, &["/duties/0/points"], None), [""; 0]);
    let hits = form.hits(&json!({ "duties": [{ "points": 5 }, { "points": 40 }] }), &[], None);
    assert_eq!(hits[0].message.zh, "考核分值合计须为 100，现为 45");
}

#[test]
fn incident_response_plan() {
    let level =
        with(object("level:一般|较大|重大|特别重大 report_within_hours:n"), &[("affected", object("min:i max:i"))]);
    let schema = with(
        object(""),
        &[
            ("levels", json!({ "type": "array", "items": level })),
            ("posts", table("role:s name:s")),
            ("steps", table("name:s role:s")),
        ],
    );
    let good = json!({ "levels": [
        { "level": "一般", "affected": { "min": 1, "max": 9 }, "report_within_hours": 24 },
        { "level": "较大", "affected": { "min": 10, "max": 49 }, "report_within_hours": 12 },
        { "level": "特别重大", "affected": { "min": 50 }, "report_within_hours": 0.5 }],
        "posts": [{ "role": "总指挥" }, { "role": "联络员" }], "steps": [{ "role": "联络员" }] });
    check(
        &form("incident-response-plan", schema),
        &good,
        None,
        &[
            (&[("/levels/1/level", json!("一般"))], &[]),
            (&[("/levels/0/level", json!("重大"))], &["/levels/1/level"]),
            (&[("/levels/1/affected/min", json!(11))], &["/levels/1/affected/min"]),
            (&[("/levels/1/affected/min", json!(50))], &["/levels/1/affected/min", "/levels/1/affected/max"]),
            (&[("/levels/0/affected/max", Value::Null)], &["/levels/0/affected/max"]),
            (&[("/levels/0/affected", Value::Null)], &[]),
            (&[("/levels/2/report_within_hours", json!(12))], &["/levels/2/report_within_hours"]),
            (&[("/steps/0/role", json!("门卫"))], &["/steps/0/role"]),
            (&[("/steps/0/role", json!("门卫")), ("/posts/0/role", Value::Null)], &[]),
            (&[("/posts", Value::Null)], &[]),
        ],
    );
}

#[test]
fn training_plan() {
    let schema = with(
        object("year:i as_of:d"),
        &[("plan", table("topic:s times_per_year:i")), ("records", table("date:d topic:s"))],
    );
    let mut schema = schema;
    schema["x-sheet"] = json!({ "today": "as_of" });
    let good = json!({ "year": 2026, "plan": [{ "topic": "消防", "times_per_year": 2 }, { "topic": "急救", "times_per_year": 1 }],
        "records": [{ "date": "2026-01-05", "topic": "消防" }, { "date": "2026-12-31", "topic": "急救" }, { "date": "2026-07-05", "topic": "消防" }] });
    let form = form("training-plan", schema);
    let gone = ("/records/0", Value::Null);
    let cases: &[Case<'_>] = &[
        (&[("/records/0/topic", json!("用电"))], &["/plan/0/topic", "/records/0/topic"]),
        (&[("/records/0/date", json!("2025-01-05"))], &["/records/0/date"]),
        (std::slice::from_ref(&gone), &["/plan/0/topic"]),
        (&[gone.clone(), gone.clone()], &["/plan/0/topic", "/plan/1/topic"]),
        (&[("/records", json!([]))], &["/plan/0/topic", "/plan/1/topic"]),
        (&[("/records", json!([])), ("/as_of", json!("2026-12-31"))], &[]),
        (&[("/records", json!([])), ("/as_of", json!("年底"))], &[]),
        (&[("/records/0/topic", Value::Null)], &[]),
        (&[("/records", Value::Null)], &[]),
    ];
    check(&form, &good, Some("2027-01-01"), cases);
    let short = json!({ "year": 2026, "plan": good["plan"], "records": [] });
    assert_eq!(form.lines(&short, &[], None), ["not-checked /plan/0/topic"]);
    assert_eq!(form.lines(&good, &[], None), [""; 0]);
    let hits = form.hits(&short, &[], Some("2027-03-01"));
    assert_eq!(hits[0].message.zh, "“消防”2026 年应培训 2 次，培训记录只有 0 次");
}

#[test]
fn assessment_sheet() {
    let schema = with(object("year:i"), &[("entries", table("weight:n self_score:n score:n deduction:s"))]);
    let good = json!({ "entries": [{ "weight": 33.3, "self_score": 33.3, "score": 30, "deduction": "记录不全" }, { "weight": 66.7, "score": 66.7 }] });
    check(
        &form("assessment-sheet", schema),
        &good,
        None,
        &[
            (&[("/entries/0/weight", json!(34))], &["/entries[].weight+"]),
            (&[("/entries/0/self_score", json!(33.4))], &["/entries/0/self_score"]),
            (&[("/entries/0/score", json!(40))], &["/entries/0/score"]),
            (&[("/entries/0/deduction", Value::Null)], &["/entries/0/deduction"]),
            (&[("/entries/0/score", Value::Null)], &[]),
        ],
    );
}

#[test]
fn reporting_schedule() {
    let mut schema = with(
        object("year:i as_of:d"),
        &[("items", table("item:s cycle:每月|每季度|每半年|每年 at_least:i")), ("records", table("date:d item:s"))],
    );
    schema["x-sheet"] = json!({ "today": "as_of" });
    let form = form("reporting-schedule", schema);
    let items = json!([{ "item": "月报", "cycle": "每月", "at_least": 1 }, { "item": "半年报", "cycle": "每半年", "at_least": 1 },
        { "item": "年报", "cycle": "每年", "at_least": 1 }, { "item": "季报", "cycle": "每季度", "at_least": 2 }]);
    let record = |date: &str, item: &str| json!({ "date": date, "item": item });
    let good = json!({ "year": 2026, "as_of": "2026-04-01", "items": items, "records": [record("2026-01-31", "月报"),
        record("2026-02-01", "月报"), record("2026-03-31", "月报"), record("2026-01-01", "季报"), record("2026-03-31", "季报")] });
    check(
        &form,
        &good,
        None,
        &[
            (&[("/records/1", Value::Null)], &["/items/0/item"]),
            (&[("/records", json!([]))], &["/items/0/item", "/items/0/item", "/items/0/item", "/items/3/item"]),
            (&[("/as_of", json!("2026-03-31")), ("/records/3", Value::Null)], &[]),
            (&[("/records/1/item", json!("旬报"))], &["/items/0/item", "/records/1/item"]),
            (&[("/records/1/date", json!("2025-02-01"))], &["/items/0/item", "/records/1/date"]),
            (&[("/records/1/date", json!("二月"))], &[]),
            (&[("/items/0/cycle", json!("每旬")), ("/records/0", Value::Null)], &[]),
            (&[("/as_of", Value::Null)], &["not-checked /items/0/item"]),
        ],
    );
    let late = json!({ "year": 2026, "items": items, "records": [] });
    let said: Vec<_> = form.hits(&late, &[], Some("2027-01-01")).into_iter().map(|hit| hit.message.zh).collect();
    assert_eq!(said.len(), 12 + 2 + 1 + 4);
    assert_eq!(said[1], "2026年2月“月报”至少应报送 1 次，记录只有 0 次");
    assert_eq!(said[12], "2026年上半年“半年报”至少应报送 1 次，记录只有 0 次");
    assert_eq!(said[14], "2026年“年报”至少应报送 1 次，记录只有 0 次");
    assert_eq!(said[18], "2026年第4季度“季报”至少应报送 2 次，记录只有 0 次");
}

#[test]
fn duty_roster() {
    let schema = with(object("month:s"), &[("entries", table("date:d weekday:一|二|三|四|五|六|日 leader:s"))]);
    let names = ["一", "二", "三", "四", "五", "六", "日"];
    let day = |day: usize| json!({ "date": format!("2026-02-{day:02}"), "weekday": names[(day + 5) % 7] });
    let good = json!({ "month": "2026-02", "entries": (1..=28).map(day).collect::<Vec<_>>() });
    let form = form("duty-roster", schema);
    check(
        &form,
        &good,
        None,
        &[
            (&[("/entries/3/weekday", json!("一"))], &["/entries/3/weekday"]),
            (&[("/entries/3/weekday", Value::Null)], &[]),
            (&[("/entries/3", Value::Null)], &["/entries/3/date"]),
            (&[("/entries/0", Value::Null)], &["/entries/0/date"]),
            (&[("/entries/27", Value::Null)], &["/entries[].date"]),
            (&[("/entries/3", Value::Null), ("/entries/3", Value::Null)], &["/entries/3/date"]),
            (&[("/entries/3", Value::Null), ("/entries/4", day(4))], &["/entries/4/date"]),
            (&[("/entries/4", day(4))], &[]),
            (&[("/entries/9", day(4))], &[]),
            (&[("/entries/28", json!({ "date": "2026-03-01", "weekday": "日" }))], &["/entries/28/date"]),
            (&[("/entries/3/date", json!("2月4日"))], &[]),
            (&[("/month", Value::Null)], &[]),
        ],
    );
    let mut gap = good;
    gap["entries"].as_array_mut().unwrap().remove(3);
    assert_eq!(form.hits(&gap, &[], None)[0].message.zh, "前面缺 2026-02-04 的值班安排");
}

#[test]
fn equipment_register() {
    let mut schema = with(object("updated_on:d"), &[("entries", table("bought_on:d next_check:d cost:n"))]);
    let good =
        json!({ "updated_on": "2026-06-01", "entries": [{ "bought_on": "2026-06-01", "next_check": "2026-06-01" }] });
    check(
        &form("equipment-register", schema.clone()),
        &good,
        None,
        &[
            (&[("/entries/0/next_check", json!("2026-05-31"))], &["/entries/0/next_check"]),
            (&[("/entries/0/bought_on", json!("2026-06-02"))], &["/entries/0/next_check", "/entries/0/bought_on"]),
            (
                &[("/entries/0/bought_on", json!("2026-06-02")), ("/entries/0/next_check", Value::Null)],
                &["/entries/0/bought_on"],
            ),
        ],
    );
    // At most two decimals, judged on the decimal text, where a form says it by a rule.
    schema["properties"]["entries"]["items"]["x-rules"] = json!([{ "rule": "decimals(self.cost) <= 2" }]);
    let cost = |number: f64| json!({ "entries": [{ "cost": number }] });
    let form = Form::new(&schema);
    for good in [0.0, 0.07, 1.1, 4.35, 12_345_678.9, 1e15] {
        assert_eq!(form.lines(&cost(good), &[], None), [""; 0], "{good}");
    }
    for bad in [0.001, 1.005, 1e-7] {
        assert_eq!(form.lines(&cost(bad), &[], None), ["/entries/0/cost"], "{bad}");
    }
}

#[test]
fn work_report() {
    let schema = with(
        object("date:d"),
        &[("period", object("start:d end:d")), ("problems", table("due:d")), ("next_steps", table("due:d"))],
    );
    let good = json!({ "period": { "start": "2026-01-01", "end": "2026-03-31" }, "problems": [{ "due": "2026-04-01" }, {}], "next_steps": [{ "due": "2026-05-01" }] });
    check(
        &form("work-report", schema),
        &good,
        None,
        &[
            (&[("/period/start", json!("2026-04-01"))], &["/period/end"]),
            (&[("/problems/0/due", json!("2026-03-31"))], &["/problems/0/due"]),
            (&[("/next_steps/0/due", json!("2026-03-31"))], &["/next_steps/0/due"]),
        ],
    );
}
