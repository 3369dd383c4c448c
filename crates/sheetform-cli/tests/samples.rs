//! The samples through the built binary: `cargo test -p sheetform-cli --test samples -- faulty/work-plan`.
//!
//! With `UPDATE=1` the findings of the faulty ones are rewritten; read the difference before you commit it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::io::{Cursor, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// How many kinds of mistakes a faulty sample shows at least.
const KINDS: usize = 6;

/// A text in a part of the good workbook that is changed, and the value that must be read then.
const EDITS: [(&str, &str, &str, &str, &str, &str); 5] = [
    ("inspection-ledger", "xl/sharedStrings.xml", ">配电室<", ">配电房（东）<", "/entries/1/site", "\"配电房（东）\""),
    (
        "inspection-ledger",
        "xl/worksheets/sheet1.xml",
        "<v>46127</v>",
        "<v>46128</v>",
        "/entries/7/due",
        "\"2026-04-16\"",
    ),
    (
        "rectification-ledger",
        "xl/sharedStrings.xml",
        ">整改中<",
        ">未开始<",
        "/entries/1/rectification/status",
        "\"未开始\"",
    ),
    ("work-report", "xl/worksheets/sheet1.xml", "<v>0.125</v>", "<v>0.375</v>", "/work/3/done", "0.375"),
    ("equipment-register", "xl/sharedStrings.xml", ">000125<", ">0000125<", "/entries/2/asset_no", "\"0000125\""),
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for form in sheetform_forms::all() {
        let id = form.id;
        trials.push(Trial::test(format!("good/{id}"), move || good(id)));
        trials.push(Trial::test(format!("written/{id}"), move || written(id)));
        trials.push(Trial::test(format!("faulty/{id}"), move || faulty(id)));
    }
    for (number, edit) in EDITS.into_iter().enumerate() {
        trials.push(Trial::test(format!("edited/{}-{number}", edit.0), move || edited(edit)));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The sample's workbook has no finding and holds exactly the sample's document.
fn good(id: &str) -> Result<(), Failed> {
    let folder = samples();
    let output = run(&folder, &["validate", &format!("{id}.xlsx"), "--format", "json", "--lang", "en"]);
    let report: Value = serde_json::from_slice(&output.stdout)?;
    expect("findings", &report["files"][0]["findings"], &json!([]))?;
    expect("exit code", &json!(output.status.code()), &json!(0))?;
    let output = run(&folder, &["validate", "-q", &format!("{id}.json")]);
    expect("exit code of the document", &json!(output.status.code()), &json!(0))?;
    expect("says ok", &json!(output.stdout.starts_with(b"ok: ")), &json!(true))?;
    expect("document", &read_back(&folder.join(format!("{id}.xlsx")))?, &sample(id)?)
}

/// The sample's document becomes a workbook that is read back equal.
fn written(id: &str) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let book = folder.path().join("book.xlsx");
    let output = run(&samples(), &["convert", "--quiet", &format!("{id}.json"), "-o", &book.to_string_lossy()]);
    silent(&output)?;
    expect("document", &read_back(&book)?, &sample(id)?)
}

/// The faulty workbook gives the findings beside it.
fn faulty(id: &str) -> Result<(), Failed> {
    let folder = samples();
    let output = run(&folder, &["validate", &format!("{id}.faulty.xlsx"), "--format", "json", "--lang", "en"]);
    let found = String::from_utf8(output.stdout)?;
    let path = folder.join(format!("{id}.faulty.findings.json"));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &found)?;
    }
    expect("exit code", &json!(output.status.code()), &json!(1))?;
    let kept = std::fs::read_to_string(&path)?;
    let same_text = found == kept;
    let (found, expected): (Value, Value) = (serde_json::from_str(&found)?, serde_json::from_str(&kept)?);
    expect("report", &found, &expected)?;
    expect("report to the letter", &json!(same_text), &json!(true))?;
    let findings = found["files"][0]["findings"].as_array().cloned().unwrap_or_default();
    let kinds: BTreeSet<(String, String)> =
        findings.iter().map(|finding| (finding["code"].to_string(), finding["rule"].to_string())).collect();
    if kinds.len() < KINDS {
        return Err(format!("only {} kinds of mistakes", kinds.len()).into());
    }
    Ok(())
}

/// A cell edited in the workbook is what is read; no copy of the document speaks against it.
fn edited((id, part, from, to, pointer, value): (&str, &str, &str, &str, &str, &str)) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let book = folder.path().join("book.xlsx");
    std::fs::write(&book, replace(&std::fs::read(samples().join(format!("{id}.xlsx")))?, part, from, to)?)?;
    let mut expected = sample(id)?;
    *expected.pointer_mut(pointer).ok_or("no such value")? = serde_json::from_str(value)?;
    expect("document", &read_back(&book)?, &expected)
}

/// A package with a text in one part replaced; it stands there once.
fn replace(bytes: &[u8], name: &str, from: &str, to: &str) -> Result<Vec<u8>, Failed> {
    let mut package = ZipArchive::new(Cursor::new(bytes))?;
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..package.len() {
        let mut part = package.by_index(index)?;
        if part.name()? != name {
            out.raw_copy_file(part)?;
            continue;
        }
        let mut text = String::new();
        part.read_to_string(&mut text)?;
        if text.matches(from).count() != 1 {
            return Err(format!("{name} has {from} {} times", text.matches(from).count()).into());
        }
        out.start_file(name, SimpleFileOptions::default())?;
        out.write_all(text.replace(from, to).as_bytes())?;
    }
    Ok(out.finish()?.into_inner())
}

fn read_back(book: &Path) -> Result<Value, Failed> {
    let output = run(&samples(), &["convert", &book.to_string_lossy(), "-o", "-", "--to", "json"]);
    silent(&output)?;
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn silent(output: &Output) -> Result<(), Failed> {
    let errors = String::from_utf8_lossy(&output.stderr);
    if output.status.success() && errors.is_empty() {
        return Ok(());
    }
    Err(format!("{:?}: {errors}", output.status.code()).into())
}

/// Equal, and written alike: the order of keys counts.
fn expect(what: &str, found: &Value, expected: &Value) -> Result<(), Failed> {
    let (found, expected) = (format!("{found:#}"), format!("{expected:#}"));
    if found == expected {
        return Ok(());
    }
    let lines = found.lines().zip(expected.lines()).enumerate();
    let first = lines.filter(|(_, (a, b))| a != b).map(|(n, (a, b))| format!("line {}: {a}\n  expected: {b}", n + 1));
    let first = first.take(1).collect::<String>();
    Err(format!("the {what} differs ({} lines, expected {}): {first}", found.lines().count(), expected.lines().count())
        .into())
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sheetform"));
    command.current_dir(folder).env_clear().args(arguments).output().unwrap()
}

fn sample(id: &str) -> Result<Value, Failed> {
    Ok(serde_json::from_str(&std::fs::read_to_string(samples().join(format!("{id}.json")))?)?)
}

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples")
}
