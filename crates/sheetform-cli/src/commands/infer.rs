//! `sheetform infer FILE [--report json] [-o OUT]`

use std::path::Path;

use serde_json::{Map, Value, json};
use sheetform::finding::{Code, Finding, Text};
use sheetform::grid::Source;
use sheetform::infer;
use sheetform::report::FileReport;

use crate::args::Infer;
use crate::check::known_sheet;
use crate::commands::wrote;
use crate::console::Console;
use crate::input::{self, Input, Opened};
use crate::output::Target;
use crate::stop::{COULD_NOT_RUN, GOOD, Stop, shown};

/// Reports what is on a sheet, or drafts a form from it.
pub(crate) fn run(args: &Infer, console: Console) -> Result<u8, Stop> {
    let target = Target::new(args.output.as_deref().unwrap_or(Path::new("-")), args.force)?;
    if target.is(&args.file) {
        let name = shown(&args.file);
        return Err(Stop::new(
            format!("{name} is to be read and written; give another name for the output"),
            format!("{name} 既是输入又是输出；请换一个输出名称"),
        ));
    }
    let value = match infer(args, console) {
        Ok(value) => value,
        Err(findings) => {
            console.failures(&FileReport::new(shown(&args.file), findings));
            return Ok(COULD_NOT_RUN);
        }
    };
    target.write(format!("{value:#}\n").as_bytes())?;
    if let (Some(output), false) = (&args.output, matches!(target, Target::Stdout)) {
        wrote(output, console);
    }
    Ok(GOOD)
}

fn infer(args: &Infer, console: Console) -> Result<Value, Vec<Finding>> {
    let Opened { input, remark } = input::open(&args.file)?;
    if let Some(remark) = remark {
        console.findings(&FileReport::new(shown(&args.file), vec![remark]));
    }
    let Input::Book(book) = input else {
        let message = Text::new("a form is drafted from a sheet, and this is JSON", "表单由工作表推断，而这是 JSON");
        return Err(vec![Finding::new(Code::NotAWorkbook, message)]);
    };
    let names: Vec<String> = book.info().sheets.iter().map(|sheet| sheet.name.clone()).collect();
    if let Some(name) = &args.sheet {
        known_sheet(name, &names)?;
    }
    let wanted = |name: &String| args.sheet.as_ref().is_none_or(|asked| asked == name);
    let indexes: Vec<usize> = (0..names.len()).filter(|i| wanted(&names[*i])).collect();
    if args.report.is_some() {
        return report(&*book, args, &indexes).map_err(|finding| vec![finding]);
    }
    let index = match indexes.as_slice() {
        [index] => Ok(*index),
        _ => infer::main_sheet(&*book),
    };
    let drafted = index.and_then(|index| infer::draft(&*book, index)).map_err(|finding| vec![finding])?;
    if !drafted.dropped.is_empty() {
        let (en, zh): (Vec<&str>, Vec<&str>) =
            drafted.dropped.iter().map(|what| (what.en.as_str(), what.zh.as_str())).unzip();
        console.note(&Text::new(
            format!("left out of the draft, because the sheet is not read with it: {}", en.join(", ")),
            format!("草稿中略去（含有它则不能读取该表）：{}", zh.join("、")),
        ));
    }
    if let Some(why) = &drafted.unlike {
        console.note(&Text::new(
            format!("the draft does not read the sheet as it was reported: {}", why.en),
            format!("草稿读出的内容与报告不同：{}", why.zh),
        ));
    }
    Ok(drafted.schema)
}

fn report(book: &dyn Source, args: &Infer, indexes: &[usize]) -> Result<Value, Finding> {
    let file = shown(&args.file);
    if let [index] = indexes {
        let mut out = Map::new();
        out.insert("file".to_owned(), Value::from(file));
        out.extend(infer::report(book, *index)?);
        return Ok(Value::Object(out));
    }
    let sheets: Vec<Value> =
        indexes.iter().map(|index| infer::report(book, *index).map(Value::Object)).collect::<Result<_, _>>()?;
    Ok(json!({ "file": file, "sheets": sheets }))
}
