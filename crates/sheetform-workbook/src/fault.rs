//! The findings this crate gives, in both languages. Decides nothing.

use sheetform::finding::{Code, Finding, Text};

/// A part of the package that is missing or damaged, or whose XML makes no sense.
pub(crate) fn unreadable(part: &str, en: &str, zh: &str) -> Finding {
    let message = Text::new(
        format!("the file could not be read: its part {part} {en}"),
        format!("文件无法读取：其中的部件 {part} {zh}"),
    );
    Finding::new(Code::Unreadable, message).hint(open_and_save())
}

/// The whole file could not be read.
pub(crate) fn unreadable_file(en: &str, zh: &str) -> Finding {
    let message = Text::new(format!("the file could not be read: {en}"), format!("文件无法读取：{zh}"));
    Finding::new(Code::Unreadable, message)
}

/// A sheet was asked for that the workbook has not.
pub(crate) fn no_sheet(index: usize) -> Finding {
    unreadable_file(&format!("it has no sheet {}", index + 1), &format!("没有第 {} 张工作表", index + 1))
}

/// A bound was passed; `en` and `zh` name what is bounded.
pub(crate) fn over_limit(en: &str, zh: &str, limit: impl std::fmt::Display) -> Finding {
    Finding::new(
        Code::OverLimit,
        Text::new(
            format!("the file is too large: more than {} {en}", grouped(&limit.to_string())),
            format!("文件过大：{zh}超过 {}", grouped(&limit.to_string())),
        ),
    )
}

/// A number with a comma before every three digits.
fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (at, c) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) && digits.bytes().all(|b| b.is_ascii_digit()) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// What mends most damaged files.
pub(crate) fn open_and_save() -> Text {
    Text::new(
        "ask for the file again, or open it in Excel or WPS and save it as .xlsx",
        "请重新索取该文件，或用 Excel、WPS 打开后另存为 .xlsx",
    )
}
