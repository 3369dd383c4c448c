//! The words of the summary workbook, English and Chinese side by side.

use sheetform::finding::{Lang, Severity};
use sheetform::roster::State;

use crate::batch::submission::{Submission, Verdict};
use crate::batch::walk::Why;

/// A text in both languages.
pub(super) type Words = (&'static str, &'static str);

pub(super) const TITLE: Words = ("Submissions", "报送情况汇总");
pub(super) const FILES: Words = ("Submissions", "报送情况");
pub(super) const CODES: Words = ("Problems", "问题统计");
pub(super) const CODES_TITLE: Words = ("Problems by kind", "问题分类统计");
pub(super) const ROSTER: Words = ("Roster", "名单核对");
pub(super) const ROSTER_TITLE: Words = ("Who has sent what", "报送名单核对");
pub(super) const LATE: Words = ("dated after the day it was due", "日期晚于截止日期");
pub(super) const OLD: Words = ("an older version of the form", "旧版表单");
pub(super) const OTHERS: Words = ("does not count: ", "不计：");
pub(super) const PERHAPS: Words = ("it may be this file: ", "可能就是此文件：");
pub(super) const SAME: Words = ("the same, byte for byte, as ", "完全相同的文件：");
pub(super) const ALIKE: Words = ("of the same sender, form and date as ", "单位、表和日期相同的文件：");
pub(super) const COMMA: Words = (", ", "、");
pub(super) const SEMICOLON: Words = ("; ", "；");
pub(super) const SKIPPED: Words = ("Not looked at", "未查看的文件");
pub(super) const HOW: Words = (
    "A marked copy is the sender's own workbook with the faulty cells coloured and noted; it can be sent back to be corrected.",
    "“标记副本”是报送人的原文件，出错的单元格已标色并加批注，可直接退回修改。",
);
pub(super) const OPEN: Words = ("Open the marked copy", "打开标记副本");
pub(super) const SKIPPED_HOW: Words = (
    "These lie in the folders too, and were not looked at. If one is a submission, it has to be sent as a spreadsheet.",
    "以下内容也在文件夹中，但未作检查；如属报送材料，请改用表格文件报送。",
);

/// Columns of the files with their widths in characters.
pub(super) const FILE_COLUMNS: [(Words, f64); 12] = [
    (("No.", "序号"), 6.0),
    (("Sender", "报送单位"), 20.0),
    (("Date", "日期"), 12.0),
    (("Form", "表单"), 20.0),
    (("Version", "版本"), 9.0),
    (("File", "文件"), 34.0),
    (("Result", "结果"), 15.0),
    (("Records", "记录数"), 9.0),
    (("Errors", "错误"), 8.0),
    (("Warnings", "警告"), 10.0),
    (("Problems", "问题"), 46.0),
    (("Marked copy", "标记副本"), 22.0),
];

/// Columns of the list of submissions.
pub(super) const ROSTER_COLUMNS: [(Words, f64); 8] = [
    (("No.", "序号"), 6.0),
    (("Unit", "单位"), 22.0),
    (("Form", "表单"), 22.0),
    (("Due", "截止日期"), 12.0),
    (("State", "状态"), 14.0),
    (("Date", "文件日期"), 12.0),
    (("File", "文件"), 36.0),
    (("Remarks", "备注"), 40.0),
];

pub(super) const CODE_COLUMNS: [(Words, f64); 7] = [
    (("No.", "序号"), 6.0),
    (("Level", "级别"), 10.0),
    (("Problem", "问题"), 34.0),
    (("Times", "次数"), 8.0),
    (("Files", "文件数"), 9.0),
    (("What to do", "怎么改"), 70.0),
    (("Code", "代码"), 20.0),
];

pub(super) const SKIPPED_COLUMNS: [(Words, f64); 3] =
    [(("No.", "序号"), 6.0), (("File or folder", "文件或文件夹"), 60.0), (("Why", "原因"), 50.0)];

pub(super) fn verdict(one: &Submission) -> Words {
    match one.verdict {
        // By itself it is right; with the others it is not.
        Verdict::Accepted if one.is_accepted_alone() => ("Accepted alone", "单独通过"),
        Verdict::Accepted => ("Accepted", "通过"),
        Verdict::Rejected => ("Rejected", "退回"),
        Verdict::Unread => ("Not read", "未能读取"),
        Verdict::Ledger => ("Merged ledger", "合并台账"),
    }
}

pub(super) fn state(state: State) -> Words {
    match state {
        State::Sent => ("Sent", "已报送"),
        State::Rejected => ("Rejected", "退回"),
        State::Undecided => ("Undecided", "无法判断"),
        State::WrongForm => ("Wrong form", "报错了表"),
        State::Missing => ("Missing", "未报送"),
        State::NotDue => ("Not yet sent", "尚未到期"),
        State::Unknown => ("Not known", "无从得知"),
    }
}

pub(super) fn severity(severity: Severity) -> Words {
    match severity {
        Severity::Error => ("Error", "错误"),
        Severity::Warning => ("Warning", "警告"),
        Severity::Info => ("Note", "提示"),
    }
}

pub(super) fn why(why: Why) -> Words {
    match why {
        Why::OtherKind => ("Neither a spreadsheet nor JSON", "不是表格，也不是 JSON"),
        Why::Link => ("A link; give what it leads to", "链接；请直接给出它指向的文件或文件夹"),
        Why::LockFile => {
            ("Left by an office program: the workbook is open somewhere", "办公软件的临时文件：该表格可能正被打开")
        }
        Why::Hidden => ("Hidden: its name begins with a dot", "隐藏文件：名称以点开头"),
        Why::Outputs => ("Outputs of a batch", "批量处理的输出"),
        Why::ByOption => ("Given by an option", "已由命令选项给出"),
        Why::Special => ("No ordinary file", "不是普通文件"),
    }
}

pub(super) fn say(words: Words, lang: Lang) -> &'static str {
    match lang {
        Lang::En => words.0,
        Lang::Zh => words.1,
    }
}
