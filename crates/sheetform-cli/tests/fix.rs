//! `validate --fix` over the samples: what is left needs a decision, nothing new is wrong, the document is the same, and
//! a second round changes no byte.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples").canonicalize().unwrap()
}

fn sheetform(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sheetform")).current_dir(folder).args(arguments).output().unwrap()
}

fn report(output: &Output) -> Value {
    serde_json::from_slice::<Value>(&output.stdout).unwrap()["files"][0].clone()
}

fn findings(report: &Value) -> Vec<Value> {
    report["findings"].as_array().unwrap().clone()
}

/// What stays as it is whoever is asked: code, cell and message.
fn known(finding: &Value) -> String {
    format!("{} {} {}", finding["code"], finding["cell"], finding["message"])
}

/// The document as far as it is read, without what mending is to change in it: blanks at edges, serials.
fn document(folder: &Path, name: &str, serials: &BTreeSet<String>) -> Value {
    let output = sheetform(folder, &["convert", name, "--partial", "-q"]);
    let mut document: Value = serde_json::from_slice(&output.stdout).unwrap();
    settle(&mut document, serials);
    document
}

fn settle(value: &mut Value, serials: &BTreeSet<String>) {
    match value {
        Value::String(text) => *text = text.trim().to_owned(),
        Value::Array(items) => items.iter_mut().for_each(|item| settle(item, serials)),
        Value::Object(members) => {
            members.retain(|key, _| !serials.contains(key));
            members.values_mut().for_each(|member| settle(member, serials));
        }
        _ => {}
    }
}

#[test]
fn what_is_left_needs_a_decision() {
    let work = tempfile::tempdir().unwrap();
    let folder = work.path();
    let (mut files, mut mended) = (0, 0);
    for entry in fs::read_dir(samples()).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        if Path::new(&name).extension().is_none_or(|ending| ending != "xlsx") {
            continue;
        }
        fs::copy(samples().join(&name), folder.join(&name)).unwrap();
        let (once, twice) = (format!("once-{name}"), format!("twice-{name}"));
        let before = report(&sheetform(folder, &["validate", &name, "--fix", &once, "--format", "json"]));
        let listed = report(&sheetform(folder, &["validate", &name, "--fix", "--dry-run", "--format", "json"]));
        assert_eq!(before, listed, "{name}");
        let after = report(&sheetform(folder, &["validate", &once, "--fix", &twice, "--format", "json"]));
        assert_eq!(after["fixes"], Value::Array(Vec::new()), "{name}");
        assert_eq!(fs::read(folder.join(&once)).unwrap(), fs::read(folder.join(&twice)).unwrap(), "{name}");
        if before["fixes"] == after["fixes"] {
            assert_eq!(fs::read(folder.join(&name)).unwrap(), fs::read(folder.join(&once)).unwrap(), "{name}");
        }
        let old: BTreeSet<String> = findings(&before).iter().map(known).collect();
        for finding in findings(&after) {
            assert_ne!(finding["fix"]["safe"], true, "{name}: {finding}");
            assert_ne!(finding["code"], "converted", "{name}: {finding}");
            assert!(old.contains(&known(&finding)), "{name}: {finding}");
        }
        let serials = findings(&before).into_iter().filter(|finding| finding["code"] == "wrong-serial");
        let serials: BTreeSet<String> =
            serials.map(|one| one["pointer"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()).collect();
        assert_eq!(document(folder, &name, &serials), document(folder, &once, &serials), "{name}");
        files += 1;
        mended += before["fixes"].as_array().unwrap().len();
    }
    assert!(files >= 26 && mended >= 13, "{files} files, {mended} cells");
}
