//! One file per command.

mod convert;
mod explain;
mod forms;
mod infer;
pub(crate) mod long;
mod template;
mod validate;

use std::path::Path;

use sheetform::finding::Text;

use crate::args::{Cli, Command};
use crate::batch;
use crate::console::Console;
use crate::stop::shown;

/// Runs a command and gives the exit code.
pub(crate) fn run(cli: &Cli) -> u8 {
    let console = Console::new(cli);
    let done = match &cli.command {
        Command::Validate(args) => validate::run(args, console),
        Command::Convert(args) => convert::run(args, console),
        Command::Batch(args) => batch::run(args, console),
        Command::Template(args) => template::run(args, console),
        Command::Infer(args) => infer::run(args, console),
        Command::Forms(args) => forms::run(&args.command, console),
        Command::Explain(args) => explain::run(args.code.as_deref(), console),
    };
    done.unwrap_or_else(|stop| console.stop(&stop))
}

/// Says which file was written.
fn wrote(path: &Path, console: Console) {
    let name = shown(path);
    console.note(&Text::new(format!("wrote {name}"), format!("已写出 {name}")));
}
