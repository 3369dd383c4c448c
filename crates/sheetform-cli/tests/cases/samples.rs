//! The samples: each sheet and its document say the same, and each faulty sheet has exactly the findings kept beside it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use libtest_mimic::Trial;
use serde_json::Value;
use sheetform::round_trip::difference;

use crate::case::{Outcome, difference as lines_differ};

/// One test per shipped form.
pub(crate) fn trials(root: &Path) -> Vec<Trial> {
    let folder = root.join("samples");
    let trial = |id: &'static str| {
        let folder = folder.clone();
        Trial::test(format!("samples/{id}"), move || run(&folder, id).map_err(Into::into))
    };
    sheetform_forms::all().iter().map(|form| trial(form.id)).collect()
}

fn run(folder: &Path, id: &str) -> Outcome {
    let document: Value = serde_json::from_str(&text(&folder.join(format!("{id}.json")))?)
        .map_err(|error| format!("{id}.json: {error}"))?;
    for good in [format!("{id}.json"), format!("{id}.xlsx")] {
        let output = sheetform(folder, &["validate", "-q", &good])?;
        if output.status.code() != Some(0) || !output.stdout.starts_with(b"ok: ") {
            return Err(format!("{good} has findings:\n{}", String::from_utf8_lossy(&output.stdout)));
        }
    }
    let output = sheetform(folder, &["convert", &format!("{id}.xlsx")])?;
    let read: Value = serde_json::from_slice(&output.stdout).map_err(|error| format!("{id}.xlsx: {error}"))?;
    if let Some(pointer) = difference(&document, &read) {
        return Err(format!("{id}.xlsx says something else than {id}.json at {pointer:?}"));
    }
    faulty(folder, id)
}

fn faulty(folder: &Path, id: &str) -> Outcome {
    let output = sheetform(folder, &["validate", &format!("{id}.faulty.xlsx"), "--format", "json", "--lang", "en"])?;
    if output.status.code() != Some(1) {
        return Err(format!("{id}.faulty.xlsx: the exit code is {:?}", output.status.code()));
    }
    let found = String::from_utf8_lossy(&output.stdout).into_owned();
    let kept: PathBuf = folder.join(format!("{id}.faulty.findings.json"));
    if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
        return fs::write(&kept, found).map_err(|error| error.to_string());
    }
    let expected = text(&kept)?;
    if expected == found { Ok(()) } else { Err(lines_differ(&format!("{id}.faulty.findings.json"), &expected, &found)) }
}

fn text(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn sheetform(folder: &Path, arguments: &[&str]) -> Result<Output, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sheetform"));
    command.args(arguments).current_dir(folder).env_clear().output().map_err(|error| error.to_string())
}
