//! What is said of files and of lines of the list, in both languages. Decides nothing.

use std::fmt::Write as _;

use super::{Expected, Sent};
use crate::finding::{Code, Finding, Text};
use crate::report::{shown, shown_zh};

fn text((en, zh): (String, String), bare: (&str, &str)) -> Text {
    Text::new(en, zh).bare(bare.0, bare.1)
}

fn joined(texts: &[&str], quote: fn(&str) -> String, with: &str) -> String {
    texts.iter().map(|text| quote(text)).collect::<Vec<_>>().join(with)
}

/// A finding on a line of the list: on its unit, or on its form.
fn on_line(code: Code, line: &Expected, form: bool, message: Text) -> Finding {
    let (place, name) = if form { (&line.places.1, "form") } else { (&line.places.0, "unit") };
    Finding::new(code, message).at(place.clone()).pointer(format!("{}/{name}", line.pointer))
}

pub(super) fn unknown_form(line: &Expected, near: Option<&str>) -> Finding {
    let message = text(
        (format!("no form is called {}", shown(&line.form)), format!("没有名为{}的表单", shown_zh(&line.form))),
        ("no form is called so", "没有这个名称的表单"),
    );
    let hint = match near {
        Some(near) => Text::new(format!("did you mean {}?", shown(near)), format!("是否指{}？", shown_zh(near))),
        None => Text::new(
            "write the form's title or id; sheetform forms list names them, and an own form is given with --form",
            "请填写表单的名称或编号；sheetform forms list 列出全部，自己的表单请用 --form 给出",
        ),
    };
    on_line(Code::NotInList, line, true, message).value(line.form.as_str()).hint(hint.open())
}

pub(super) fn twice_on_roster(line: &Expected, first: &Expected) -> Finding {
    let at = first.places.0.cell.map_or_else(Default::default, |cell| (format!(" in {cell}"), format!(" {cell} ")));
    let message = text(
        (
            format!("{} with {} stands already{} on the list", shown(&line.unit), shown(&line.form), at.0),
            format!("{}与{}已在名单{}出现过", shown_zh(&line.unit), shown_zh(&line.form), at.1),
        ),
        ("this unit with this form stands already on the list", "该单位与该表已在名单中出现过"),
    );
    on_line(Code::DuplicateKey, line, false, message)
        .expected("unique")
        .related(first.places.0.clone(), Text::new("the first of them", "首次出现处"))
}

/// `perhaps` are files that may be what is missing.
pub(super) fn missing(line: &Expected, as_of: Option<&str>, perhaps: &[&str]) -> Finding {
    let (unit, form) = (&line.unit, &line.form);
    let (mut en, mut zh) = (
        format!("{} has not sent {}", shown(unit), shown(form)),
        format!("{}未报送{}", shown_zh(unit), shown_zh(form)),
    );
    let mut ahead = false;
    if let Some(due) = &line.due {
        let (said, said_zh) = match as_of {
            Some(today) if due.as_str() < today => {
                (format!("; it was due on {due}, and today is {today}"), format!("，截止日期为 {due}，现为 {today}"))
            }
            Some(today) => {
                ahead = true;
                (format!(" yet; it is due on {due}, and today is {today}"), format!("，截止日期为 {due}，现为 {today}"))
            }
            None => (format!("; due {due}"), format!("，截止日期为 {due}")),
        };
        en.push_str(&said);
        zh.push_str(&said_zh);
    }
    let message = text((en, zh), ("what this unit should send is not there", "该单位应报送的表未收到"));
    let mut finding = on_line(Code::MissingSubmission, line, false, message);
    if !perhaps.is_empty() {
        let hint = Text::new(
            format!("it may be {}; see who sent that file, or have it sent again", joined(perhaps, shown, ", ")),
            format!("可能就是{}；请查看该文件由谁报送，或请其重新报送", joined(perhaps, shown_zh, "、")),
        );
        finding = finding.hint(hint.open());
    }
    if ahead { finding.severity(crate::finding::Severity::Warning) } else { finding }
}

pub(super) fn late(file: &Sent, day: &str, due: &str, line: &Expected) -> Finding {
    let sender = file.sender.as_deref().unwrap_or_default();
    let message = text(
        (
            format!("{} of {} bears the date {day}, after {due}, when it was due", shown(&line.form), shown(sender)),
            format!("{}的{}日期为 {day}，晚于截止日期 {due}", shown_zh(sender), shown_zh(&line.form)),
        ),
        ("its date lies after the day on which it was due", "其日期晚于截止日期"),
    );
    Finding::new(Code::LateSubmission, message).value(day).expected(due)
}

pub(super) fn not_on_roster(sender: &str, near: Option<(&str, bool)>) -> Finding {
    let message = text(
        (format!("{} is not on the list", shown(sender)), format!("{}不在名单上", shown_zh(sender))),
        ("its sender is not on the list", "报送单位不在名单上"),
    );
    let hint = near.map(|(name, missing)| {
        if missing {
            Text::new(
                format!(
                    "is {} meant, which has not sent this form? write its name in the file as on the list",
                    shown(name)
                ),
                format!("是否为{}？它还未报送此表。请把文件中的单位改成与名单一致", shown_zh(name)),
            )
        } else {
            Text::new(
                format!("the nearest name on the list is {}", shown(name)),
                format!("名单上最接近的是{}", shown_zh(name)),
            )
        }
    });
    let hint = hint.unwrap_or_else(|| {
        Text::new("put it on the list, or take the file out of the folder", "请补入名单，或把文件移出文件夹")
    });
    let finding = Finding::new(Code::NotOnRoster, message).value(sender).hint(hint);
    match near {
        Some((name, _)) => finding.expected(name),
        None => finding,
    }
}

pub(super) fn not_asked(sender: &str, form: &str, asked: &[&str]) -> Finding {
    let message = text(
        (
            format!("{} is on the list with {}, not with {}", shown(sender), joined(asked, shown, ", "), shown(form)),
            format!("名单上{}应报送{}，没有{}", shown_zh(sender), joined(asked, shown_zh, "、"), shown_zh(form)),
        ),
        ("its sender is on the list, but not with this form", "报送单位在名单上，但不应报送此表"),
    );
    let hint = Text::new(
        "put it on the list with this form too, or take the file out of the folder",
        "请在名单上为该单位补入此表，或把文件移出文件夹",
    );
    Finding::new(Code::NotOnRoster, message).value(sender).hint(hint)
}

pub(super) fn wrong_form(sender: &str, form: &str, line: &Expected) -> Finding {
    let message = text(
        (
            format!("{} sent {}, and {} is asked of it", shown(sender), shown(form), shown(&line.form)),
            format!("{}报送的是{}，应报送{}", shown_zh(sender), shown_zh(form), shown_zh(&line.form)),
        ),
        ("its sender is asked for another form", "该单位应报送的是另一种表"),
    );
    Finding::new(Code::WrongForm, message).expected(line.form.as_str())
}

pub(super) fn no_sender(form: Option<&str>) -> Finding {
    let (message, hint) = match form {
        None => (
            Text::new("it does not say who sent it", "文件没有说明由谁报送"),
            Text::new("fill in the unit in the file", "请在文件中填写单位"),
        ),
        Some(form) => (
            Text::new(
                format!(
                    "the form {} does not say who sent a document; the file is known by its name only",
                    shown(form)
                ),
                format!("表单{}不说明由谁报送，只能按文件名列出", shown_zh(form)),
            )
            .open(),
            Text::new(
                "an own form says it with \"sender\" in the x-sheet of its root",
                "自己的表单可在根的 x-sheet 中用 \"sender\" 说明",
            ),
        ),
    };
    Finding::new(Code::NoSender, message).hint(hint)
}

pub(super) fn no_sender_on_roster(line: &Expected, files: &[&str]) -> Finding {
    let (mut en, mut zh) = (
        format!("{} does not say who sent it, so whether {} did cannot be told", shown(&line.form), shown(&line.unit)),
        format!("{}不说明由谁报送，无法得知{}是否已报送", shown_zh(&line.form), shown_zh(&line.unit)),
    );
    let named = &files[..files.len().min(5)];
    let (more, more_zh) = match files.len() - named.len() {
        0 => (String::new(), String::new()),
        n => (format!(" and {n} more"), format!("等 {} 份", files.len())),
    };
    if files.is_empty() {
        en.push_str("; no file is of this form");
        zh.push_str("；没有这种表的文件");
    } else {
        let _ = write!(en, "; of this form are {}{more}", named.join(", "));
        let _ = write!(zh, "；这种表的文件有：{}{more_zh}", named.join("、"));
    }
    let message = text((en, zh), ("this form does not say who sent a document", "该表单不说明由谁报送"));
    on_line(Code::NoSender, line, true, message)
}

/// `"机电队" sent this form more than once`.
fn twice(file: &Sent) -> (String, String) {
    let sender = file.sender.as_deref().unwrap_or_default();
    (format!("{} sent this form more than once", shown(sender)), format!("{}重复报送了此表", shown_zh(sender)))
}

fn duplicate(file: &Sent, en: &str, zh: &str, bare: (&str, &str)) -> Finding {
    let (twice, twice_zh) = twice(file);
    Finding::new(Code::DuplicateSubmission, text((format!("{twice}: {en}"), format!("{twice_zh}：{zh}")), bare))
}

const OLDER: (&str, &str) =
    ("its sender sent this form more than once, and another file counts", "该单位重复报送了此表，以另一份为准");

pub(super) fn older(file: &Sent, newer: &Sent) -> Finding {
    let date = |file: &Sent| file.dated.clone().unwrap_or_default();
    let (own, other, name) = (date(file), date(newer), &newer.file);
    duplicate(
        file,
        &format!("{name} of {other} is newer, so this one of {own} does not count"),
        &format!("{name}（{other}）较新，本文件（{own}）不计"),
        OLDER,
    )
}

pub(super) fn same(file: &Sent, first: &Sent) -> Finding {
    let name = &first.file;
    duplicate(
        file,
        &format!("it is {name} once more, byte for byte, and counts once"),
        &format!("与 {name} 完全相同，只计一次"),
        OLDER,
    )
}

pub(super) fn only_one_good(file: &Sent, good: &Sent) -> Finding {
    let name = &good.file;
    let (date, date_zh) = match &good.dated {
        Some(date) => (format!("bears the same date {date}"), format!("日期同为 {date}")),
        None => ("bears no date either".to_owned(), "同样没有日期".to_owned()),
    };
    duplicate(
        file,
        &format!("{name} {date} and has no errors, so that one counts"),
        &format!("{name} {date_zh}且没有错误，以它为准"),
        OLDER,
    )
}

pub(super) fn cannot_tell(file: &Sent, others: &[&Sent], dated: bool) -> Finding {
    let names: Vec<&str> = others.iter().map(|other| other.file.as_str()).collect();
    let (names, names_zh) = (names.join(", "), names.join("、"));
    let (why, why_zh) = match &file.dated {
        Some(date) if dated => (format!("of the same date {date}"), format!("日期同为 {date}")),
        _ => ("and not all of them bear a date".to_owned(), "并非都填了日期".to_owned()),
    };
    duplicate(
        file,
        &format!("{names} too, {why}, so which one counts cannot be told"),
        &format!("另有 {names_zh}，{why_zh}，无法判断以哪份为准"),
        (
            "its sender sent this form more than once, and which one counts cannot be told",
            "该单位重复报送了此表，无法判断以哪份为准",
        ),
    )
    .severity(crate::finding::Severity::Error)
    .hint(Text::new(
        "leave only the file that counts in the folder, or correct the date in it",
        "请只留下有效的一份，或更正文件中的日期",
    ))
}
