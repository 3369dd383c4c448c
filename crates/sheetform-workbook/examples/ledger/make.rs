//! The workbook that is measured with: an equipment register as an office has it, written by `rust_xlsxwriter`.

use std::error::Error;

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

/// Writes a register of so many rows and ten columns: texts, dates, money, ids, choices.
pub(crate) fn make(rows: u32, file: &str) -> Result<(), Box<dyn Error>> {
    let mut book = Workbook::new();
    let (text, date) = (Format::new().set_num_format("@"), Format::new().set_num_format("yyyy-mm-dd"));
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "设备台账")?;
    sheet.write(1, 0, "单位")?;
    sheet.write(1, 1, "第一分公司")?;
    sheet.write(1, 4, "更新日期")?;
    sheet.write_datetime_with_format(1, 5, ExcelDateTime::from_ymd(2026, 6, 30)?, &date)?;
    let heads = [
        "序号",
        "资产编号",
        "设备名称",
        "规格型号",
        "购置日期",
        "原值（元）",
        "使用状态",
        "存放地点",
        "责任人",
        "下次检验日期",
    ];
    for (col, head) in (0..).zip(heads) {
        sheet.write(2, col, head)?;
    }
    for i in 0..rows {
        let row = i + 3;
        sheet.write(row, 0, i + 1)?;
        sheet.write_with_format(row, 1, format!("{:010}", u64::from(i) * 7919), &text)?;
        sheet.write(row, 2, ["离心泵", "配电柜", "灭火器", "叉车", "空气压缩机"][i as usize % 5])?;
        sheet.write(row, 3, format!("型号-{}", i % 500))?;
        let day = ExcelDateTime::from_ymd(2015 + (i % 10) as u16, 1 + (i % 12) as u8, 1 + (i % 28) as u8)?;
        sheet.write_datetime_with_format(row, 4, &day, &date)?;
        sheet.write(row, 5, f64::from(i % 100_000) + 0.25)?;
        sheet.write(row, 6, ["在用", "停用", "报废"][i as usize % 3])?;
        sheet.write(row, 7, format!("{} 号库房", i % 40))?;
        sheet.write(row, 8, ["张工", "李工", "王工"][i as usize % 3])?;
        sheet.write_datetime_with_format(row, 9, ExcelDateTime::from_ymd(2027, 1 + (i % 12) as u8, 15)?, &date)?;
    }
    book.save(file)?;
    Ok(())
}
