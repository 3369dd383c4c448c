//! `sheetform explain CODE`

use sheetform::catalogue;
use sheetform::finding::Code;
use sheetform::report::shown;

use crate::console::Console;
use crate::stop::{GOOD, Stop};

/// Prints what the catalogue says of a code.
pub(crate) fn run(name: &str, console: Console) -> Result<u8, Stop> {
    let Some(code) = Code::parse(name.trim()) else {
        let (near_en, near_zh) = catalogue::nearest(name)
            .map(|near| (format!("; did you mean {near}?"), format!("；是否指 {near}？")))
            .unwrap_or_default();
        let name = shown(name);
        return Err(Stop::new(format!("no finding has the code {name}{near_en}"), format!("没有代码 {name}{near_zh}")));
    };
    Console::print(catalogue::render(code, console.lang).as_bytes())?;
    Ok(GOOD)
}
