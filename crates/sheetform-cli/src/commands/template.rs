//! `sheetform template FORM [-o OUT]`

use std::path::PathBuf;

use crate::args::{Kind, Template};
use crate::check::refused;
use crate::commands::wrote;
use crate::console::Console;
use crate::forms::Shipped;
use crate::output::Target;
use crate::stop::{GOOD, Stop, shown};

/// Writes the blank workbook of a form.
pub(crate) fn run(args: &Template, console: Console) -> Result<u8, Stop> {
    let form = Shipped::default().choose(&args.form, &args.refs)?;
    let path = args.output.clone().unwrap_or_else(|| {
        let stem = args.form.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let id = if form.id.is_empty() { stem.trim_end_matches(".json").trim_end_matches(".schema") } else { &form.id };
        PathBuf::from(format!("{id}.xlsx"))
    });
    if path.extension().is_none_or(|ending| !ending.eq_ignore_ascii_case("xlsx")) && path.as_os_str() != "-" {
        let name = shown(&path);
        return Err(Stop::new(
            format!("{name}: a blank workbook is written as .xlsx"),
            format!("{name}：空白工作簿只写为 .xlsx"),
        ));
    }
    let target = Target::new(&path, args.force)?;
    target.fit_for(Kind::Xlsx)?;
    let bytes = sheetform::write::template(&form)
        .and_then(|book| sheetform_workbook::save(&book))
        .map_err(|findings| refused(&args.form, None, findings, console))?;
    target.write(&bytes)?;
    if !matches!(target, Target::Stdout) {
        wrote(&path, console);
    }
    Ok(GOOD)
}
