//! What is said where a head, or a whole table, is not on the sheet.

use super::Reading;
use super::heads::Head;
use super::locate::{is_required, same_head};
use super::survey::Survey;
use crate::finding::{Code, Finding, Place, Text};
use crate::form::Form;
use crate::grid::{CellRef, Range};
use crate::layout::{BandKind, Table};
use crate::report::{shown, shown_zh};
use crate::text::fold;

/// The finding that no sheet has the form's head, with the nearest row.
pub(super) fn no_head<'a>(form: &Form, surveys: impl Iterator<Item = &'a Survey>) -> Finding {
    let wanted: Vec<String> = form
        .layout
        .bands
        .iter()
        .flat_map(|band| match &band.kind {
            BandKind::Table(table) => table.columns.iter().filter_map(|c| c.heads.last().cloned()).collect::<Vec<_>>(),
            BandKind::Labels(labels) => labels.fields().map(|f| f.label.clone()).collect(),
        })
        .collect();
    let mut nearest: Option<(f64, String, CellRef, String, String)> = None;
    let mut any = false;
    for survey in surveys {
        any |= survey.filled_rows > 0;
        for (&index, row) in &survey.rows {
            for (col, cell) in &row.cells {
                let Some(text) = cell.as_text().filter(|t| t.chars().count() <= 40) else { continue };
                let folded = fold(text);
                for want in &wanted {
                    let score = strsim::normalized_damerau_levenshtein(&folded, &fold(want));
                    // What is right is not what is wrong.
                    if score > 0.5 && score < 1.0 && nearest.as_ref().is_none_or(|(best, ..)| score > *best) {
                        let at = CellRef::new(index, *col);
                        nearest = Some((score, survey.name.clone(), at, text.to_owned(), want.clone()));
                    }
                }
            }
        }
    }
    if !any {
        return empty_book();
    }
    let list: Vec<&str> = wanted.iter().take(8).map(String::as_str).collect();
    let finding = Finding::new(
        Code::WrongForm,
        Text::new(
            format!("no sheet has the head of the form {:?}; its headings are: {}", form.name, list.join(", ")),
            format!("没有工作表含有表单“{}”的表头；其表头为：{}", form.name, list.join("、")),
        )
        .open(),
    );
    match nearest {
        Some((_, sheet, at, text, want)) => finding.at(Place::on_sheet(&sheet, Range::cell(at))).hint(Text::new(
            format!("the nearest heading is {:?} in {at}; the form has {want:?}", text.trim()),
            format!("最接近的是 {at} 的“{}”，表单中是“{want}”", text.trim()),
        )),
        None => finding.hint(Text::new(
            "it may be another form, or its headings were taken out; compare it with the blank workbook",
            "可能是另一种表，或表头被删改；请与空白表对照",
        )),
    }
}

/// What is said of a workbook in which nothing stands.
pub fn empty_book() -> Finding {
    let message = Text::new("the workbook is empty: no sheet has a filled cell", "工作簿是空的：没有任何内容");
    let hint = Text::new(
        "it may have been saved before anything was filled in; the form has to be filled in and sent again",
        "可能保存时还没有填写；请填好表格后重新报送",
    );
    Finding::new(Code::WrongForm, message).hint(hint)
}

/// The same where what is looked for seems to be on a hidden sheet.
pub(super) fn in_hidden(finding: Finding, sheet: &str, fits: bool, empty: bool) -> Finding {
    let message = if empty {
        Text::new("no sheet that is shown has a filled cell", "所有可见的工作表都是空的")
    } else {
        finding.message.clone()
    };
    let (name, name_zh) = (shown(sheet), shown_zh(sheet));
    let (en, zh) =
        if fits { ("has the head of the form", "含有该表单的表头") } else { ("is filled", "有内容") };
    Finding { message, ..finding }.hint(Text::new(
        format!("the hidden sheet {name} {en}; to read it: --sheet {name}"),
        format!("隐藏的工作表{name_zh}{zh}；要读取它，请用 --sheet {name}"),
    ))
}

/// A sheet that is not read.
pub(super) fn left_out(sheet: &str, fits: bool) -> Finding {
    let (name, name_zh) = (shown(sheet), shown_zh(sheet));
    let (en, zh) = if fits {
        ("another sheet fits the form better", "另一张工作表更符合表单")
    } else {
        ("it does not have the form's head", "没有该表单的表头")
    };
    Finding::new(
        Code::SkippedSheet,
        Text::new(format!("the sheet {name} is not read: {en}"), format!("工作表{name_zh}未读取：{zh}")).open(),
    )
    .at(Place::sheet(sheet))
}

/// A head that could be that of one table as well as of another.
pub(super) fn unclear_table(form: &Form, table: &Table, head: &Head, reading: &mut Reading) {
    let labels: Vec<&str> = form.layout.tables().filter(|t| same_head(t, table)).map(|t| t.label.as_str()).collect();
    let at = CellRef::new(head.first, head.left());
    reading.findings.push(
        Finding::new(
            Code::AmbiguousHeading,
            Text::new(
                format!("this is the head of {}: which of them it is cannot be told", labels.join(" and of ")),
                format!("{}的表头相同，无法确定这是哪一张表", labels.join("、")),
            )
            .open(),
        )
        .at(reading.places.at(at))
        .pointer(table.pointer())
        .hint(Text::new("write the table's caption above it", "请在表头上方写明表名")),
    );
    reading.unreadable.insert(table.pointer());
}

pub(super) fn missing_table(form: &Form, table: &Table, elsewhere: Option<CellRef>, reading: &mut Reading) {
    let pointer = table.pointer();
    if let Some(at) = elsewhere {
        // Its head is there, and out of the form's order.
        let label = &table.label;
        reading.findings.push(
            Finding::new(
                Code::MissingColumn,
                Text::new(
                    format!("the table {label:?} stands here, out of the form's order: it is not read"),
                    format!("“{label}”这张表在此处，与表单的先后次序不符，未读取"),
                )
                .open(),
            )
            .at(reading.places.at(at))
            .pointer(pointer.as_str()),
        );
    } else if is_required(form, &table.path) {
        let heads: Vec<String> = table.columns.iter().map(crate::layout::Column::heading).collect();
        let place = reading.places.title.unwrap_or(Range::cell(CellRef::new(0, 0)));
        reading.findings.push(
            Finding::new(
                Code::MissingColumn,
                Text::new(
                    format!("the table {:?} is missing: no row has its headings {}", table.label, heads.join(", ")),
                    format!("缺少“{}”这张表：没有一行含有它的表头 {}", table.label, heads.join("、")),
                )
                .open(),
            )
            .at(reading.places.range(place))
            .pointer(pointer.as_str()),
        );
    }
    reading.unreadable.insert(pointer);
}
