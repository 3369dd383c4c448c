//! What is said of a cell that gives no value, or not the one that people see. Decides nothing.

use serde_json::Value;

use super::Reader;
use super::digits::plain_digits;
use crate::finding::{Code, Finding, Text};
use crate::layout::Field;
use crate::read::hints;
use crate::report::{escaped, shown, shown_zh};

impl Reader<'_> {
    /// A number as text whose digits no number keeps.
    pub(super) fn too_precise(&self, text: &str) -> Finding {
        Finding::new(
            Code::DamagedNumber,
            Text::new(
                format!("{:?}: no number keeps all digits of text {}", self.field.label, shown(text)),
                format!("“{}”：文本{}位数过多，无法精确保存为数字", self.field.label, shown_zh(text)),
            )
            .bare(
                format!("{:?}: no number keeps all digits of the text", self.field.label),
                format!("“{}”：文本位数过多，无法精确保存为数字", self.field.label),
            ),
        )
        .value(text)
        .expected("number of at most 15 digits")
        .hint(Text::new("write it with at most 15 significant digits", "请保留不超过 15 位有效数字"))
    }

    /// A long number that a spreadsheet program wrote to a text as it showed it.
    pub(super) fn shortened(&self, text: &str) -> Finding {
        Finding::new(
            Code::DamagedNumber,
            Text::new(
                format!("{:?} was a long number, written to the file as {text}: its digits are lost", self.field.label),
                format!("“{}”原是一个长数字，写入文件时成了 {text}，具体数字已丢失", self.field.label),
            )
            .bare(
                format!("{:?} was a long number, written to the file shortened: its digits are lost", self.field.label),
                format!("“{}”原是一个长数字，写入文件时被缩写，具体数字已丢失", self.field.label),
            ),
        )
        .value(text)
        .expected("text")
        .hint(Text::new(
            "format the cells as text before saving the workbook as CSV, or give the workbook itself",
            "另存为 CSV 之前请先把该列设为“文本”格式，或直接提供工作簿",
        ))
    }

    pub(super) fn damaged(&self, raw: &str) -> Finding {
        let digits = plain_digits(raw).unwrap_or_else(|| raw.to_owned());
        Finding::new(
            Code::DamagedNumber,
            Text::new(
                format!(
                    "{:?}: a long number stands in a number cell, which keeps 15 digits; the rest is lost: {digits}",
                    self.field.label
                ),
                format!("“{}”：长号码填在了数字单元格里，只保留了前 15 位，其余已丢失：{digits}", self.field.label),
            )
            .bare(
                format!(
                    "{:?}: a long number stands in a number cell, which keeps 15 digits; the rest is lost",
                    self.field.label
                ),
                format!("“{}”：长号码填在了数字单元格里，只保留了前 15 位，其余已丢失", self.field.label),
            ),
        )
        .value(raw)
        .expected("text")
        .hint(Text::new(
            "format the cell as text, then type the number again from its source",
            "请先把单元格格式设为“文本”，再按原始资料重新输入",
        ))
    }

    /// A text that only says what is to be filled in.
    pub(super) fn prompt_left(&self, text: &str) -> Finding {
        Finding::new(
            Code::PromptLeft,
            Text::new(
                format!("{:?} still says what is to be filled in: {}", self.field.label, shown(text)),
                format!("“{}”仍是提示文字：{}", self.field.label, shown_zh(text)),
            )
            .bare(
                format!("{:?} still says what is to be filled in", self.field.label),
                format!("“{}”仍是提示文字", self.field.label),
            ),
        )
        .value(text)
        .hint(Text::new("write the value in its place, or empty the cell", "请改填实际内容，或清空此格"))
    }
}

pub(super) fn error_cell(field: &Field, text: &str) -> Finding {
    let label = &field.label;
    if text.contains(char::REPLACEMENT_CHARACTER) {
        // A text whose bytes are none of its encoding.
        let message = Text::new(
            format!("{label:?}: some characters of this text are damaged: {}", shown(text)),
            format!("“{label}”：文本中有损坏的字符：{}", shown_zh(text)),
        )
        .bare(format!("{label:?}: some characters of this text are damaged"), format!("“{label}”：文本中有损坏的字符"));
        return Finding::new(Code::ErrorCell, message).value(text).hint(Text::new(
            "type it again, and save the file as .xlsx or with the encoding UTF-8",
            "请重新填写，并把文件另存为 .xlsx，或以 UTF-8 编码保存",
        ));
    }
    let (en, zh) = hints::of_error(text);
    let message = Text::new(format!("{label:?} holds the error {text}{en}"), format!("“{label}”是错误值 {text}{zh}"))
        .bare(format!("{label:?} holds an error value"), format!("“{label}”是错误值"));
    Finding::new(Code::ErrorCell, message)
        .value(text)
        .hint(Text::new("correct the formula, or type the value", "请改正公式，或直接填写数值"))
}

pub(super) fn uncached(field: &Field) -> Finding {
    Finding::new(
        Code::UncachedFormula,
        Text::new(
            format!("{:?} is a formula whose result the file does not hold", field.label),
            format!("“{}”是公式，但文件里没有保存它的结果", field.label),
        )
        .open(),
    )
    .hint(Text::new(
        "open the file in Excel, WPS or LibreOffice, save it there and send it again",
        "请用 Excel、WPS 或 LibreOffice 打开并保存后再提交",
    ))
}

/// Where a text has blanks or line breaks at its edges.
pub(super) fn edges(text: &str) -> (String, String) {
    let start = &text[..text.len() - text.trim_start().len()];
    let end = &text[text.trim_end().len().max(start.len())..];
    let what = |edge: &str| if edge.contains('\n') { ("a line break", "换行") } else { ("a blank", "空格") };
    match (start.is_empty(), end.is_empty()) {
        (false, true) if start.len() == text.len() => ("holds nothing but blanks".to_owned(), "只有空格".to_owned()),
        (false, true) => (format!("begins with {}", what(start).0), format!("开头多了{}", what(start).1)),
        (true, _) => (format!("ends with {}", what(end).0), format!("末尾多了{}", what(end).1)),
        (false, false) => ("begins and ends with a blank".to_owned(), "首尾都多了空格".to_owned()),
    }
}

/// The values of a list as a message shows them.
pub(super) fn listed(list: &[Value]) -> (String, String) {
    let shown: Vec<String> = list.iter().map(|value| escaped(&crate::validate::words::plain(value))).collect();
    match shown.as_slice() {
        [] => ("nothing".to_owned(), "空白".to_owned()),
        [one] => (format!("one value: {one}"), format!(" 1 项：{one}")),
        many => {
            (format!("{} values: {}", many.len(), many.join(", ")), format!(" {} 项：{}", many.len(), many.join("、")))
        }
    }
}
