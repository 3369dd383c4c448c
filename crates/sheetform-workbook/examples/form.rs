//! A small form as an office would have made it, to be looked at: `cargo run --example form -- form.xlsx`.

use std::error::Error;

use sheetform::grid::{CellRef, Range};
use sheetform::new_book::{Align, Check, Look, NewBook, NewCell, NewContent, NewSheet, Role, Validation};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("give the name of the file to write")?;
    let bytes = sheetform_workbook::save(&book()).map_err(|findings| format!("{findings:?}"))?;
    std::fs::write(path, bytes)?;
    Ok(())
}

fn book() -> NewBook {
    let mut sheet = NewSheet {
        name: "固定资产盘点表".into(),
        widths: vec![8.0, 22.0, 22.0, 14.0, 14.0, 24.0],
        heights: vec![
            (0, 36.0),
            (1, 22.0),
            (2, 20.0),
            (3, 20.0),
            (4, 20.0),
            (5, 32.0),
            (6, 20.0),
            (7, 20.0),
            (8, 34.0),
        ],
        landscape: true,
        paper: 9,
        repeat_rows: Some((2, 3)),
        freeze_below: Some(4),
        protect: true,
        ..NewSheet::default()
    };
    let plain = |role| Look { role, ..Look::default() };
    put(&mut sheet, "A1:F1", &plain(Role::Title), text("某某单位 2026 年固定资产盘点表"));
    put(&mut sheet, "A2", &plain(Role::Label), text("单位"));
    put(&mut sheet, "B2:C2", &plain(Role::Value), text("办公室（行政科）"));
    put(&mut sheet, "D2", &plain(Role::Label), text("盘点日期"));
    put(&mut sheet, "E2:F2", &open("yyyy\"年\"m\"月\"d\"日\"", Align::Left), NewContent::Number(46_082.0));
    let heads =
        ["A3:A4 序号", "B3:B4 资产编号", "C3:D3 基本信息", "C4 名称", "D4 购置日期", "E3:E4 原值（元）", "F3:F4 备注"];
    for (range, head) in heads.iter().filter_map(|head| head.split_once(' ')) {
        put(&mut sheet, range, &plain(Role::Head), text(head));
    }
    let records = [
        ("110101199003071234", "激光打印机", 45_000.0, 3_299.0, "=不是公式"),
        ("0007", "台式计算机", 45_321.0, 6_480.5, "放在三楼会议室，换行显示的较长备注文字"),
        ("0008", "投影仪", 45_666.0, 12_000.0, ""),
    ];
    for ((number, name, bought, price, note), row) in records.into_iter().zip(5_u32..) {
        let wrapped = Look { wrap: true, ..open("@", Align::General) };
        put(&mut sheet, &format!("A{row}"), &open("0", Align::Center), NewContent::Number(f64::from(row) - 4.0));
        put(&mut sheet, &format!("B{row}"), &open("@", Align::General), text(number));
        put(&mut sheet, &format!("C{row}"), &open("@", Align::General), text(name));
        put(&mut sheet, &format!("D{row}"), &open("yyyy-mm-dd", Align::Center), NewContent::Number(bought));
        put(&mut sheet, &format!("E{row}"), &open("#,##0.00", Align::General), NewContent::Number(price));
        put(&mut sheet, &format!("F{row}"), &wrapped, text(note));
    }
    let total = NewContent::Formula { text: "SUM(E5:E7)".into(), value: 21_779.5 };
    put(&mut sheet, "A8:D8", &Look { align: Align::Center, ..plain(Role::Total) }, text("合计"));
    put(&mut sheet, "E8", &Look { format: Some("#,##0.00".into()), ..plain(Role::Total) }, total);
    put(&mut sheet, "F8", &plain(Role::Total), NewContent::Empty);
    let note = "说明：本表一式两份，由使用部门填写后报财务部门备案。";
    put(&mut sheet, "A9:F9", &Look { wrap: true, ..plain(Role::Note) }, text(note));
    sheet.cells.sort_by_key(|cell| cell.at);
    sheet.validations.push(Validation {
        range: Range::new(CellRef::new(4, 2), CellRef::new(6, 2)),
        check: Check::HiddenList(0),
        prompt: Some(("名称".into(), "请从列表中选择。".into())),
        error: Some("请从列表中选择。".into()),
    });
    NewBook {
        sheets: vec![sheet],
        properties: vec![("sheetform-form".into(), "asset-count".into()), ("sheetform-version".into(), "1".into())],
        lists: vec![vec!["激光打印机".into(), "台式计算机".into(), "投影仪, 含支架".into()]],
        notes: Vec::new(),
    }
}

fn text(text: &str) -> NewContent {
    if text.is_empty() { NewContent::Empty } else { NewContent::Text(text.into()) }
}

fn open(format: &str, align: Align) -> Look {
    Look { format: Some(format.into()), align, open: true, ..Look::default() }
}

/// Puts the content into the first cell of the range and the look into all, merging them where there are several.
fn put(sheet: &mut NewSheet, range: &str, look: &Look, content: NewContent) {
    let Some(range) = Range::parse(range) else { return };
    let mut content = Some(content);
    for row in range.first.row..=range.last.row {
        for col in range.first.col..=range.last.col {
            let content = content.take().unwrap_or_default();
            sheet.cells.push(NewCell { at: CellRef::new(row, col), content, look: look.clone() });
        }
    }
    if !range.is_cell() {
        sheet.merges.push(range);
    }
}
