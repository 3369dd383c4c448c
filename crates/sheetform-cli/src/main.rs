//! The binary `sheetform`: arguments in, exit code out. Everything else is in the modules.
#![forbid(unsafe_code)]
// A finding is the error of what opens and identifies, once a file; its size costs nothing that could be measured.
#![allow(clippy::result_large_err)]

mod annotate;
mod args;
mod batch;
mod behind;
mod check;
mod commands;
mod console;
mod copies;
mod document_file;
mod fix;
mod forms;
mod identify;
mod input;
mod into;
mod output;
mod records;
mod refs;
mod spool;
mod stop;
mod with;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::Cli;
use crate::console::Console;

fn main() -> ExitCode {
    stop::say_panics_in_one_line();
    let code = match Cli::try_parse() {
        Ok(cli) => std::panic::catch_unwind(|| commands::run(&cli)).unwrap_or(stop::COULD_NOT_RUN),
        Err(error) => Console::usage(&error),
    };
    ExitCode::from(code)
}
