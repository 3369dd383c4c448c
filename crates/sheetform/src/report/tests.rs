//! Order, counts and renderings.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use unicode_width::UnicodeWidthStr as _;

use super::{FileReport, HeadRows, Pieces, Report, Stream, Style, escaped, line, place_text, shown, sort_findings};
use crate::finding::{Code, Finding, Lang, Place, Severity, Text};
use crate::grid::{BookInfo, Cell, CellRef, Grid, GridSheet, Range, Row, SheetFrame, SheetInfo};

const EN: Style = Style { lang: Lang::En, quiet: false, color: false, most: None };
const ZH: Style = Style { lang: Lang::Zh, quiet: false, color: false, most: None };

fn cell(sheet: &str, range: &str) -> Place {
    Place::on_sheet(sheet, Range::parse(range).unwrap())
}

fn finding(code: Code, place: Place) -> Finding {
    Finding::new(code, Text::new("in English", "中文")).at(place)
}

fn ledger() -> FileReport {
    let wrong =
        Finding::new(Code::WrongType, Text::new("expected a date, found text \"三月\"", "应为日期，却是文本 \"三月\""))
            .at(cell("台账", "F7:F9"))
            .pointer("/entries/3/due")
            .value("三月")
            .hint(Text::new("type 2026-03-01", "请填 2026-03-01"))
            .related(cell("台账", "F4"), Text::new("the heading", "表头"));
    FileReport {
        form: Some("inspection-ledger".into()),
        version: Some(1),
        records: 12,
        ..FileReport::new(
            "ledger.xlsx",
            vec![
                wrong,
                finding(Code::UnknownColumn, cell("My Sheet", "C7")),
                finding(Code::Converted, cell("台账", "A1")),
            ],
        )
    }
}

fn all() -> Report {
    let clean = FileReport { form: Some("work-plan".into()), records: 1, ..FileReport::new("plan.json", vec![]) };
    let broken = FileReport::new("doc.json", vec![finding(Code::Unreadable, Place::text(12, 5))]);
    Report { files: vec![ledger(), clean, broken], unread: 0 }
}

#[test]
fn text_in_english() {
    let expected = "\
ledger.xlsx:台账!F7: error[wrong-type]: expected a date, found text \"三月\"
  see ledger.xlsx:台账!F4: the heading
  hint: type 2026-03-01
ledger.xlsx:'My Sheet'!C7: warning[unknown-column]: in English
ledger.xlsx:台账!A1: info[converted]: in English
1 error, 1 warning, 1 info in ledger.xlsx (inspection-ledger, 12 records)
ok: plan.json (work-plan, 1 record)
doc.json:12:5: error[unreadable]: in English
1 error in doc.json
1 of 3 files ok; 2 errors, 1 warning, 1 info
";
    assert_eq!(all().text(EN), expected);
}

#[test]
fn text_in_chinese_and_quiet() {
    let expected = "\
ledger.xlsx:台账!F7: 错误[wrong-type]: 应为日期，却是文本 \"三月\"
  参见 ledger.xlsx:台账!F4: 表头
  建议：请填 2026-03-01
ledger.xlsx:'My Sheet'!C7: 警告[unknown-column]: 中文
ledger.xlsx：1 个错误，1 个警告（inspection-ledger，12 条记录）
plan.json：通过（work-plan，1 条记录）
doc.json:12:5: 错误[unreadable]: 中文
doc.json：1 个错误
3 个文件中 1 个通过；2 个错误，1 个警告
";
    assert_eq!(all().text(Style { quiet: true, ..ZH }), expected);
}

#[test]
fn a_file_with_warnings_only_is_ok() {
    let file = FileReport::new("a.xlsx", vec![finding(Code::EdgeBlank, cell("S", "A1"))]);
    let report = Report { files: vec![file], unread: 0 };
    assert!(report.text(EN).ends_with("\nok, 1 warning in a.xlsx\n"));
    assert!(report.text(ZH).ends_with("\na.xlsx：通过，1 个警告\n"));
    assert_eq!(report.exit_code(), 0);
    assert_eq!(all().exit_code(), 1);
}

#[test]
fn what_could_not_be_checked_counts_as_a_file() {
    let good = FileReport::new("a.xlsx", Vec::new());
    let one = Report { files: vec![good.clone()], unread: 1 };
    assert_eq!(one.text(EN), "ok: a.xlsx\n1 of 2 files ok\n");
    assert_eq!(Report { unread: 0, ..one }.text(EN), "ok: a.xlsx\n");
}

#[test]
fn a_form_without_an_id_has_its_title_and_its_records() {
    let of = |title: &str| {
        let file = FileReport { title: Some(title.into()), records: 2, ..FileReport::new("a.xlsx", Vec::new()) };
        Report { files: vec![file], unread: 0 }
    };
    assert_eq!(of("器具台账").text(EN), "ok: a.xlsx (器具台账, 2 records)\n");
    assert_eq!(of("").text(ZH), "a.xlsx：通过（2 条记录）\n");
    assert!(of("").html(EN).contains("<td></td><td class=\"number\">2</td>"));
    assert!(of("A").html(EN).contains("<td>A</td><td class=\"number\">2</td>"));
}

#[test]
fn colour_marks_the_severity_alone() {
    let color = Style { color: true, ..EN };
    let finding = finding(Code::WrongType, cell("S", "A1"));
    assert_eq!(line(None, &finding, color), "S!A1: \x1b[1;31merror[wrong-type]\x1b[0m: in English\n");
}

#[test]
fn json_is_the_object_of_the_design() {
    let value: Value = serde_json::from_str(&all().json(EN)).unwrap();
    assert_eq!(
        value["summary"],
        json!({ "files": 3, "valid": 1, "invalid": 2, "errors": 2, "warnings": 1, "infos": 1 })
    );
    let first = &value["files"][0];
    let keys: Vec<&str> = first.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["file", "form", "version", "valid", "records", "findings"]);
    assert_eq!(first["findings"][0]["file"], "ledger.xlsx");
    assert_eq!(first["findings"][0]["range"], "F7:F9");
    assert_eq!(value["files"][2].get("form"), None);
    assert_eq!(value["files"][2]["findings"][0]["line"], 12);

    let quiet: Value = serde_json::from_str(&all().json(Style { quiet: true, ..ZH })).unwrap();
    assert_eq!(quiet["summary"]["infos"], 0);
    assert_eq!(quiet["files"][0]["findings"].as_array().map(Vec::len), Some(2));
    assert_eq!(quiet["files"][0]["findings"][1]["message"], "中文");
    assert_eq!(
        Report::default().json(EN),
        "{\n  \"files\": [],\n  \"summary\": {\n    \"files\": 0,\n    \"valid\": 0,\n    \"invalid\": 0,\n    \"errors\": 0,\n    \
         \"warnings\": 0,\n    \"infos\": 0\n  }\n}\n"
    );
}

#[test]
fn json_lines_are_findings_alone() {
    let text = all().jsonl(EN);
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[3]["file"], "doc.json");
    assert_eq!(lines[3]["code"], "unreadable");
}

#[test]
fn no_rendering_steers_the_terminal() {
    let evil = "a\x1b[31m\u{9b}b\r\n\u{202e}c\u{7}\u{e0041}";
    let finding = Finding::new(Code::Rule, Text::plain(evil))
        .at(cell(evil, "A1"))
        .value(evil)
        .hint(Text::plain(evil))
        .related(Place::sheet(evil), Text::plain(evil));
    let report = Report {
        files: vec![FileReport { form: Some(evil.into()), ..FileReport::new(evil, vec![finding]) }],
        unread: 0,
    };
    for out in [report.text(EN), report.text(ZH), report.json(EN), report.jsonl(EN)] {
        let raw = out.chars().find(|c| *c != '\n' && (c.is_control() || ['\u{202e}', '\u{e0041}'].contains(c)));
        assert_eq!(raw, None, "{out}");
    }
    assert_eq!(report.text(EN).lines().count(), 4);
    let back: Value = serde_json::from_str(&report.json(EN)).unwrap();
    assert_eq!(back["files"][0]["findings"][0]["value"], evil);
}

#[test]
fn values_are_shown_short_and_safe() {
    assert_eq!(shown("31/02/2026"), "\"31/02/2026\"");
    assert_eq!(shown("a\nb\x1b\u{feff}"), "\"a\\nb\\u001b\\ufeff\"");
    assert_eq!(shown(&"字".repeat(60)), format!("\"{}\"", "字".repeat(60)));
    assert_eq!(shown(&"字".repeat(61)), format!("\"{}…\"", "字".repeat(59)));
    assert_eq!(escaped("是\u{3000}x\u{e0001}"), "是\u{3000}x\\udb40\\udc01");
}

#[test]
fn places_as_one_writes_them() {
    let at = |sheet: &str| place_text(Some("b.xlsx"), &cell(sheet, "C7"), None);
    for plain in ["台账", "Sheet1", "_x", "a.b", "R1C", "Row", "表1"] {
        assert_eq!(at(plain) == format!("b.xlsx:{plain}!C7"), plain != "R1C", "{plain}");
    }
    for (name, quoted) in
        [("My Sheet", "'My Sheet'"), ("2026", "'2026'"), ("AB1", "'AB1'"), ("r1c1", "'r1c1'"), ("it's", "'it''s'")]
    {
        assert_eq!(at(name), format!("b.xlsx:{quoted}!C7"));
    }
    assert_eq!(at("计划（一）"), "b.xlsx:'计划（一）'!C7");
    assert_eq!(place_text(None, &Place::sheet("台账"), None), "台账");
    assert_eq!(place_text(Some("a.json"), &Place::text(2, 3), Some("/a")), "a.json:2:3");
    assert_eq!(place_text(Some("a.json"), &Place::default(), Some("/a/0")), "a.json:/a/0");
    assert_eq!(place_text(Some("a.json"), &Place::default(), None), "a.json");
}

#[test]
fn findings_stand_in_the_order_of_the_file() {
    let sheets = ["二".to_owned(), "一".to_owned()];
    let by_pointer = |pointer: &str| finding(Code::CannotHold, Place::default()).pointer(pointer);
    let sorted = vec![
        finding(Code::Unreadable, Place::default()),
        finding(Code::OldVersion, Place::default()),
        by_pointer("/b"),
        by_pointer("/a"),
        finding(Code::MissingColumn, Place::sheet("二")),
        finding(Code::WrongType, cell("二", "A9")),
        finding(Code::WrongType, cell("二", "A10")),
        finding(Code::Rule, cell("二", "B10")),
        finding(Code::EdgeBlank, cell("二", "B10")),
        finding(Code::WrongType, cell("一", "A1")),
        finding(Code::WrongType, cell("零", "A1")),
        finding(Code::Rule, Place::text(3, 9)),
        finding(Code::Rule, Place::text(12, 1)),
    ];
    let mut mixed: Vec<Finding> = sorted.iter().rev().cloned().collect();
    mixed.extend(sorted.iter().cloned());
    mixed.swap(9, 10);
    sort_findings(&mut mixed, &sheets);
    assert_eq!(mixed, sorted);
}

#[test]
fn only_what_is_said_twice_is_taken_out() {
    let one = finding(Code::Rule, cell("一", "A1")).pointer("/a").rule("#/x-rules/0");
    let other = finding(Code::Rule, cell("一", "A1")).pointer("/a").rule("#/x-rules/1");
    let mut findings = vec![one.clone(), other.clone(), one.clone()];
    sort_findings(&mut findings, &[]);
    assert_eq!(findings, [one, other]);
    assert_eq!(CellRef::new(0, 0).to_string(), "A1");
}

/// So many findings, all of another rule, so that none are folded; every tenth is a warning.
fn many(number: u32) -> FileReport {
    let one = |row: u32| {
        let severity = if row.is_multiple_of(10) { Severity::Warning } else { Severity::Error };
        let place = Place::on_sheet("表", Range::cell(CellRef::new(row, row % 7)));
        finding(Code::Rule, place).rule(format!("#/x-rules/{row}")).severity(severity)
    };
    FileReport::new("a.xlsx", (0..number).map(one).collect())
}

#[test]
fn people_are_shown_the_gravest_and_a_count_of_the_rest() {
    let report = Report { files: vec![many(1000)], unread: 0 };
    let page = report.html(EN);
    assert_eq!(page.matches("<div class=\"finding\">").count(), 200);
    assert!(page.contains("Not shown here: 700 errors, 100 warnings."), "{page}");
    assert!(page.contains("<td class=\"number\">900</td><td class=\"number\">100</td>"), "all are counted");
    assert_eq!(report.text(EN).lines().count(), 1001);
    let few = report.text(Style { most: Some(905), ..ZH });
    assert_eq!(few.matches("错误[rule]").count(), 900);
    assert!(few.contains("\n未显示：95 个警告；"), "{few}");
    assert_eq!(report.jsonl(Style { most: Some(1), ..EN }).lines().count(), 1000);
    assert_eq!(report.exit_code(), 1);
}

#[test]
fn equal_problems_down_a_column_are_one() {
    let said = |at: &str, value: &str| {
        let message = Text::new(format!("a date, not {value}"), format!("应为日期，不是{value}"));
        Finding::new(Code::WrongType, message.bare("a date", "应为日期")).value(value).at(cell("表", at))
    };
    let text =
        |findings: &[Finding]| Report { files: vec![FileReport::new("a", findings.to_vec())], unread: 0 }.text(EN);
    let three = [said("C3", "x"), said("C4", "y"), said("D4", "y"), said("C9", "x")];
    let expected = "\
a:表!C3:C4, C9, 3 cells: error[wrong-type]: a date
  the first: a date, not x
a:表!D4: error[wrong-type]: a date, not y
4 errors in a
";
    assert_eq!(text(&three), expected);
    assert_eq!(text(&three[..2]).matches("error[").count(), 2, "two are told apart");
    let same = [said("C3", "x"), said("C4", "x"), said("C5", "x")];
    assert!(text(&same).starts_with("a:表!C3:C5, 3 cells: error[wrong-type]: a date, not x\n3 errors"));
    let unlike = [said("C3", "x"), said("C4", "x").rule("#/a"), said("C5", "x").severity(Severity::Info)];
    assert_eq!(text(&unlike).matches("[wrong-type]").count(), 3);
    let list = [said("C3", "x").pointer("/0"), said("C3", "y").pointer("/1"), said("C3", "z").pointer("/2")];
    assert_eq!(text(&list).matches("[wrong-type]").count(), 3, "of one cell");
}

#[test]
fn a_folded_line_names_its_cells_and_no_others() {
    let one = |row: &u32| finding(Code::WrongType, Place::on_sheet("表", Range::cell(CellRef::new(*row, 6))));
    let text = |rows: &[u32], style| {
        let report = Report { files: vec![FileReport::new("a", rows.iter().map(one).collect())], unread: 0 };
        report.text(style).lines().next().unwrap().to_owned()
    };
    assert_eq!(text(&[2, 3, 5, 6, 7], EN), "a:表!G3:G4, G6:G8, 5 cells: error[wrong-type]: in English");
    assert_eq!(text(&[2, 4, 6, 7], ZH), "a:表!G3、G5、G7:G8，4 格: 错误[wrong-type]: 中文");
    let odd: Vec<u32> = (0..13).map(|row| row * 2).collect();
    let ten = "G1, G3, G5, G7, G9, G11, G13, G15, G17, G19";
    assert!(text(&odd[..10], EN).starts_with(&format!("a:表!{ten}, 10 cells: ")));
    assert!(text(&odd[..11], EN).starts_with(&format!("a:表!{ten}, 1 more range, 11 cells: ")));
    assert!(text(&odd, ZH).starts_with(&format!("a:表!{}，另 3 处，共 13 格: ", ten.replace(", ", "、"))));
}

#[test]
fn unlike_faults_and_hints_are_not_folded() {
    let said = |row: u32, cause: &str, value: &str| {
        let message = format!("\"no\": is no number: {cause}, found {}", shown(value));
        let message = Text::new(message.clone(), message).bare("\"no\": is no number", "");
        Finding::new(Code::WrongFormat, message)
            .value(value)
            .at(Place::on_sheet("S", Range::cell(CellRef::new(row, 0))))
    };
    let text = |findings: Vec<Finding>| Report { files: vec![FileReport::new("a", findings)], unread: 0 }.text(EN);
    let causes = ["too short", "wrong check digit", "too short", "wrong check digit", "too short", "no"];
    let out = text((0..).zip(causes).map(|(row, cause)| said(row, cause, &row.to_string())).collect());
    assert_eq!(out.matches("error[").count(), 4, "{out}");
    assert!(out.contains("A1, A3, A5, 3 cells"), "{out}");

    let hinted = |row: u32, hint: Text| said(row, "no", "7").hint(hint);
    let unlike = (0..3).map(|row| hinted(row, Text::plain(format!("write {row}")))).collect();
    assert_eq!(text(unlike).matches("  hint: ").count(), 3);
    let bare = |row: u32| Text::plain(format!("write {row}")).bare("write a number", "");
    let out = text((0..3).map(|row| hinted(row, bare(row))).collect());
    assert!(out.contains("A1:A3, 3 cells") && out.contains("  hint: write a number\n"), "{out}");

    let rule = |row: u32, value: &str| Finding {
        code: Code::Rule,
        message: Text::plain(format!("too few: {value}")).bare("self.n > 5", "self.n > 5"),
        ..said(row, "", value)
    };
    let out = text((0..3).map(|row| rule(row, &row.to_string())).collect());
    assert!(out.matches("error[rule]").count() == 3 && !out.contains("self.n"), "{out}");
    assert!(text((0..3).map(|row| rule(row, "2")).collect()).contains("A1:A3, 3 cells: error[rule]: too few: 2\n"));
}

#[test]
fn a_value_is_told_from_what_only_looks_like_it() {
    let said = |row: u32, value: i64| {
        let message = format!("\"level 5\" must be at least 10, found {value}");
        let message = Text::new(message.clone(), message).bare("at least 10", "");
        Finding::new(Code::OutOfRange, message).value(value).at(Place::on_sheet("S", Range::cell(CellRef::new(row, 0))))
    };
    let findings = (0..).zip([0, 1, 5, -3]).map(|(row, value)| said(row, value)).collect();
    let out = Report { files: vec![FileReport::new("a", findings)], unread: 0 }.text(EN);
    assert!(out.starts_with("a:S!A1:A4, 4 cells: error[out-of-range]: at least 10\n"), "{out}");
}

#[test]
fn masked_a_sentence_that_nobody_vouches_for_is_not_shown() {
    let built = |text: &str| Text::new(text.to_owned(), text.to_owned());
    let finding = Finding::new(Code::TotalMismatch, built("secret"))
        .at(cell("表", "A1"))
        .value("secret")
        .expected("secret")
        .hint(built("secret"))
        .related(cell("表", "B2"), built("secret"))
        .fix("secret", true);
    let masked = finding.clone().masked().to_json(None, Lang::En);
    assert!(!masked.to_string().contains("secret"), "{masked}");
    assert_eq!((&masked["cell"], &masked["related"][0]["cell"]), (&json!("A1"), &json!("B2")));
    assert_eq!(masked["message"], crate::catalogue::entry(Code::TotalMismatch).en.title);
    let open = Finding { message: Text::new("said", "说"), ..finding }.hint(built("of the form").open()).masked();
    assert_eq!((open.message.en.as_str(), open.hint.map(|hint| hint.en)), ("said", Some("of the form".to_owned())));
}

#[test]
fn no_drawing_is_wider_than_the_terminal() {
    let long = "一二三四五六七八九十".repeat(4);
    let cells = || (0..30).map(|col| (col, Cell::text(&long))).collect();
    let rows = (0..2000).map(|index| Row { index, hidden: false, cells: cells() }).collect();
    let sheets = vec![SheetInfo { name: "表".to_owned(), ..SheetInfo::default() }];
    let info = BookInfo { sheets, ..BookInfo::default() };
    let book = Grid { info, sheets: vec![GridSheet { frame: SheetFrame::default(), rows }] };
    let heads =
        vec![HeadRows { sheet: "表".to_owned(), first: 0, last: 1, end: u32::MAX, columns: (0..30).collect() }];
    let places = ["A1", "C2", "P9", "AD2000", "K9:P9", "B3:AD1500", "M1000:N1001"];
    let findings = places.iter().map(|at| finding(Code::Rule, cell("表", at))).collect();
    let mut file = FileReport::new("a.xlsx", findings);
    file.look_at_book(&book, heads, EN, false);
    let text = file.lines(EN, true);
    let drawn: Vec<&str> = text.lines().filter(|line| line.starts_with("  ")).collect();
    assert!(drawn.iter().all(|line| line.width() <= 80), "{text}");
    assert_eq!(drawn.iter().filter(|line| line.contains('^')).count(), places.len(), "{text}");
    let mut sheets = drawn.iter().filter(|line| line.contains("| A"));
    assert!(sheets.all(|line| line.ends_with(" ...") || line.contains("| AD")), "{text}");
    assert!(drawn.len() < 80, "of a long merge only its beginning is drawn: {text}");
}

#[test]
fn in_pieces_it_is_the_same() {
    let none = Report::default();
    let one = Report { files: vec![ledger()], unread: 0 };
    for report in [all(), one, Report { unread: 3, ..all() }, none] {
        for style in [EN, Style { quiet: true, ..ZH }] {
            let streamed = |pieces| {
                let mut stream = Stream::new(pieces, style);
                let files: String = report.files.iter().map(|file| stream.file(file)).collect();
                files + &stream.end(report.unread)
            };
            assert_eq!(streamed(Pieces::Json), report.json(style));
            assert_eq!(streamed(Pieces::Jsonl), report.jsonl(style));
            assert_eq!(streamed(Pieces::Text), report.text(style));
            assert_eq!(streamed(Pieces::Full), report.full(style));
        }
    }
}

#[test]
fn a_report_can_be_kept() {
    for mut file in all().files {
        file.findings
            .iter_mut()
            .for_each(|finding| finding.fix = Some(crate::finding::Fix { value: json!(0.1), safe: true }));
        let kept = serde_json::to_string(&file).unwrap();
        assert_eq!(serde_json::from_str::<FileReport>(&kept).unwrap(), file, "{kept}");
        // Whether a sentence is known to hold no value is kept too.
        assert_eq!(serde_json::from_str::<FileReport>(&kept).unwrap().masked(), file.masked());
    }
}
