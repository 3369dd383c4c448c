//! Options that a later issue builds: not in the help, refused by name instead of as a typing mistake.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::console::Console;
use crate::stop::COULD_NOT_RUN;

const OPTIONS: [&str; 1] = ["--into"];
const VALUES: [&str; 4] = ["csv", "jsonl", "parquet", "tsv"];

/// Says that something is not built yet and gives the exit code; `None` where the mistake is another one.
pub(crate) fn refuse(error: &clap::Error) -> Option<u8> {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let (what, known) = match error.kind() {
        ErrorKind::UnknownArgument => (text(ContextKind::InvalidArg)?, OPTIONS.as_slice()),
        ErrorKind::InvalidValue => (text(ContextKind::InvalidValue)?, VALUES.as_slice()),
        _ => return None,
    };
    let name = what.split([' ', '=']).next().unwrap_or_default();
    known.contains(&name).then(|| {
        Console::error(&match error.kind() {
            ErrorKind::InvalidValue => {
                let option = text(ContextKind::InvalidArg).and_then(|arg| arg.split(' ').next()).unwrap_or_default();
                format!("{option} {name} is not built yet")
            }
            _ => format!("{name} is not built yet"),
        });
        COULD_NOT_RUN
    })
}
