//! `sheetform explain [CODE]`

use sheetform::catalogue;
use sheetform::finding::Code;
use sheetform::report::shown;

use crate::console::Console;
use crate::stop::{GOOD, Stop};

/// Prints what the catalogue says of a code, or the codes there are.
pub(crate) fn run(name: Option<&str>, console: Console) -> Result<u8, Stop> {
    let Some(name) = name else {
        let widest = Code::ALL.iter().map(|code| code.name().len()).max().unwrap_or_default();
        let line =
            |code: &Code| format!("{:widest$}  {}\n", code.name(), catalogue::entry(*code).page(console.lang).title);
        Console::print(Code::ALL.iter().map(line).collect::<String>().as_bytes())?;
        return Ok(GOOD);
    };
    let Some(code) = Code::parse(name.trim()) else {
        let (near_en, near_zh) = match catalogue::nearest(name) {
            Some(near) => (format!("did you mean {near}?"), format!("是否指 {near}？")),
            None => ("`sheetform explain` lists them".to_owned(), "`sheetform explain` 列出全部代码".to_owned()),
        };
        let name = shown(name);
        return Err(Stop::new(
            format!("no finding has the code {name}; {near_en}"),
            format!("没有代码 {name}；{near_zh}"),
        ));
    };
    Console::print(catalogue::render(code, console.lang).as_bytes())?;
    Ok(GOOD)
}
