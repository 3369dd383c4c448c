//! Runs every case folder as a test with its name: `cargo test -p sheetform-cli --test cases -- read/merged-group`.
//!
//! What a case folder holds is told in `tests/README.md`. With `UPDATE=1` expectations are rewritten.
#![allow(clippy::print_stdout, reason = "a test runner talks to who runs it")]
#![allow(clippy::result_large_err, reason = "a finding is the error of what opens a file")]

mod case;
mod command;
mod corpus;
mod form;
mod laws;
mod read;
mod sheet_text;
mod write;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

use crate::case::Case;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let root = root();
    let mut trials = Vec::new();
    for area in folders(&root.join("tests/cases")) {
        for folder in folders(&area) {
            let name = format!("{}/{}", name_of(&area), name_of(&folder));
            trials.push(Trial::test(name, move || Case::open(folder)?.run().map_err(Into::into)));
        }
    }
    trials.extend(sheet_text::tests());
    trials.extend(corpus::trials(&root));
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The folders in a folder, by name; `_template` and its like are no cases.
fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.retain(|path| !name_of(path).starts_with('_'));
    folders.sort();
    folders
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
