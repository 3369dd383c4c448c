//! `sheetform forms list | show ID | check FILE`

use std::path::Path;

use serde_json::{Value, json};
use sheetform::form::Form;
use sheetform::report::{FileReport, Report, sort_findings};

use crate::args::{Format, FormsCommand, ListFormat, Refs, Showing};
use crate::console::Console;
use crate::forms::shipped;
use crate::input::open_json;
use crate::refs;
use crate::stop::{COULD_NOT_RUN, GOOD, Stop};

/// Runs a command about forms.
pub(crate) fn run(command: &FormsCommand, console: Console) -> Result<u8, Stop> {
    match command {
        FormsCommand::List { format } => list(*format),
        FormsCommand::Show { id } => show(id),
        FormsCommand::Check { file, refs, showing } => check(file, refs, *showing, console),
    }
}

fn list(format: ListFormat) -> Result<u8, Stop> {
    let version = |schema: &Value| schema.pointer("/x-sheet/version").and_then(Value::as_u64);
    let text = match format {
        ListFormat::Text => {
            let widest = sheetform_forms::all().iter().map(|form| form.id.len()).max().unwrap_or_default();
            let line = |form: &sheetform_forms::ShippedForm| {
                let version = version(form.schema()).map(|v| v.to_string()).unwrap_or_default();
                format!("{:widest$}  {version:>2}  {}\n", form.id, form.title)
            };
            sheetform_forms::all().iter().map(line).collect()
        }
        ListFormat::Json => {
            let one = |form: &sheetform_forms::ShippedForm| json!({ "id": form.id, "version": version(form.schema()), "title": form.title });
            let forms: Vec<Value> = sheetform_forms::all().iter().map(one).collect();
            format!("{:#}\n", json!({ "forms": forms }))
        }
    };
    Console::print(text.as_bytes())?;
    Ok(GOOD)
}

fn show(id: &str) -> Result<u8, Stop> {
    Console::print(sheetform_forms::pretty(shipped(id)?.schema()).as_bytes())?;
    Ok(GOOD)
}

fn check(path: &Path, refs: &Refs, showing: Showing, console: Console) -> Result<u8, Stop> {
    let references = refs::load(refs)?;
    if let (false, Some(id)) = (path.exists(), path.to_str().filter(|id| shipped(id).is_ok())) {
        return Err(Stop::new(
            format!("{id} is a shipped form and is sound; `forms check` takes the path of an own JSON Schema"),
            format!("{id} 是自带的表单，无须检查；`forms check` 的参数是自己的 JSON Schema 的路径"),
        ));
    }
    let file = path.to_string_lossy().into_owned();
    let mut missing = false;
    let (style, draws) = console.style(showing);
    let (report, failed) = match open_json(path) {
        Ok(text) => {
            let (_, mut findings) = Form::compile_with(text.value.clone(), &references);
            missing = !Form::missing(&text.value, &references).is_empty();
            let pointers: Vec<&str> = findings.iter().map(|f| f.pointer.as_deref().unwrap_or_default()).collect();
            let places = text.key_places(&pointers);
            for (finding, place) in findings.iter_mut().zip(places) {
                finding.place = place;
            }
            sort_findings(&mut findings, &[]);
            let mut report = FileReport { path: Some(path.to_owned()), ..FileReport::new(file, findings) };
            if draws {
                report.look_at_text(text.text(), style);
            }
            (report, false)
        }
        Err(mut findings) => {
            sort_findings(&mut findings, &[]);
            (FileReport { path: Some(path.to_owned()), ..FileReport::new(file, findings) }, true)
        }
    };
    let report = Report { files: vec![report], unread: 0 };
    if failed && matches!(showing.format, Format::Text | Format::Full) {
        report.files.iter().for_each(|one| console.failures(one));
    } else {
        console.report(&report, showing)?;
    }
    // What the form refers to and was not given cannot be checked.
    Ok(if failed || missing { COULD_NOT_RUN } else { report.exit_code() })
}
