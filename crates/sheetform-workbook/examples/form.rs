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
        merges: ["A1:F1", "B2:C2", "E2:F2", "A3:A4", "B3:B4", "C3:D3", "E3:E4", "F3:F4", "A8:D8", "A9:F9"]
            .iter()
            .filter_map(|range| Range::parse(range))
            .collect(),
        widths: vec![8.0, 22.0, 22.0, 14.0, 14.0, 24.0],
        heights: vec![(0, 36.0), (1, 22.0), (8, 34.0)],
        landscape: true,
        paper: 9,
        repeat_rows: Some((2, 3)),
        freeze_below: Some(4),
        protect: true,
        ..NewSheet::default()
    };
    let date = "yyyy\"年\"m\"月\"d\"日\"";
    put(&mut sheet, "A1:F1", Role::Title, "某某单位 2026 年固定资产盘点表");
    put(&mut sheet, "A2", Role::Label, "单位");
    put(&mut sheet, "B2:C2", Role::Value, "办公室（行政科）");
    put(&mut sheet, "D2", Role::Label, "盘点日期");
    put_as(&mut sheet, "E2:F2", Look { format: Some(date.into()), ..open() }, NewContent::Number(46_082.0));
    for (range, text) in [
        ("A3:A4", "序号"),
        ("B3:B4", "资产编号"),
        ("C3:D3", "基本信息"),
        ("C4", "名称"),
        ("D4", "购置日期"),
        ("E3:E4", "原值（元）"),
        ("F3:F4", "备注"),
    ] {
        put(&mut sheet, range, Role::Head, text);
    }
    for (index, (number, name, serial, value, note)) in [
        ("110101199003071234", "激光打印机", 45_000.0, 3_299.0, "=不是公式"),
        ("0007", "台式计算机", 45_321.0, 6_480.5, "放在三楼会议室，换行显示的较长备注文字"),
        ("0008", "投影仪", 45_666.0, 12_000.0, ""),
    ]
    .into_iter()
    .enumerate()
    {
        let row = index as u32 + 5;
        put_as(
            &mut sheet,
            &format!("A{row}"),
            Look { align: Align::Center, ..open() },
            NewContent::Number(index as f64 + 1.0),
        );
        put_as(
            &mut sheet,
            &format!("B{row}"),
            Look { format: Some("@".into()), ..open() },
            NewContent::Text(number.into()),
        );
        put_as(&mut sheet, &format!("C{row}"), open(), NewContent::Text(name.into()));
        put_as(
            &mut sheet,
            &format!("D{row}"),
            Look { format: Some("yyyy-mm-dd".into()), align: Align::Center, ..open() },
            NewContent::Number(serial),
        );
        put_as(
            &mut sheet,
            &format!("E{row}"),
            Look { format: Some("#,##0.00".into()), ..open() },
            NewContent::Number(value),
        );
        put_as(&mut sheet, &format!("F{row}"), Look { wrap: true, ..open() }, NewContent::Text(note.into()));
    }
    put(&mut sheet, "A8:D8", Role::Total, "合计");
    let total = NewContent::Formula { text: "SUM(E5:E7)".into(), value: 21_779.5 };
    put_as(&mut sheet, "E8", Look { role: Role::Total, format: Some("#,##0.00".into()), ..Look::default() }, total);
    put(&mut sheet, "F8", Role::Total, "");
    put_as(
        &mut sheet,
        "A9:F9",
        Look { role: Role::Note, wrap: true, ..Look::default() },
        NewContent::Text("说明：本表一式两份，由使用部门填写后报财务部门备案。".into()),
    );
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
    }
}

fn open() -> Look {
    Look { open: true, ..Look::default() }
}

fn put(sheet: &mut NewSheet, range: &str, role: Role, text: &str) {
    let content = if text.is_empty() { NewContent::Empty } else { NewContent::Text(text.into()) };
    put_as(sheet, range, Look { role, ..Look::default() }, content);
}

/// Puts the content into the first cell of the range and its look into all.
fn put_as(sheet: &mut NewSheet, range: &str, look: Look, content: NewContent) {
    let Some(range) = Range::parse(range) else { return };
    for row in range.first.row..=range.last.row {
        for col in range.first.col..=range.last.col {
            let at = CellRef::new(row, col);
            let content = if at == range.first { content.clone() } else { NewContent::Empty };
            sheet.cells.push(NewCell { at, content, look: look.clone() });
        }
    }
    sheet.cells.sort_by_key(|cell| cell.at);
}
