//! Runs every case folder as a test with its name: `cargo test -p sheetform-cli --test cases -- read/merged-group`.
//!
//! What a case folder holds is told in `tests/README.md`. With `UPDATE=1` expectations are rewritten.
#![allow(clippy::print_stdout, reason = "a test runner talks to who runs it")]
#![allow(clippy::result_large_err, reason = "a finding is the error of what opens a file")]

mod case;
mod command;
mod corpus;
mod fix;
mod form;
mod infer;
mod into;
mod laws;
mod masked;
mod one_pass;
mod outputs;
mod read;
mod sheet_text;
mod values_page;
mod write;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::Ordering;

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
    trials.push(Trial::test("sheet-text", sheet_text_goes_both_ways));
    let page = root.clone();
    trials.push(Trial::test("docs/values", move || values_page::run(&page).map_err(Into::into)));
    trials.extend(corpus::trials(&root));
    trials.extend(infer::corpus(&root));
    let result = libtest_mimic::run(&arguments, trials);
    println!("in one pass: {} sheets", one_pass::TAKEN.load(Ordering::Relaxed));
    result.exit_code()
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

/// The text form of sheets is itself tested.
fn sheet_text_goes_both_ways() -> Result<(), libtest_mimic::Failed> {
    let text = "@property sheetform-form x\n@sheet 台账\n@merge A1:C1\n自查台账\n\n序号 | 部位 | \"a|b\\n\"\n\
                1 | \"12\" | 2026-03-01\n | 0.5 {0%} | =SUM(A1:A2) -> 3\n#N/A | TRUE | =A1\n";
    let again = sheet_text::render(&sheet_text::parse(text)?);
    if again == text { Ok(()) } else { Err(case::difference("sheet text", text, &again).into()) }
}
