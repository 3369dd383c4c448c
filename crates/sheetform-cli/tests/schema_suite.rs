//! The public test suite of JSON Schema as an outside judge, where it is at hand beside the workspace.
//!
//! Every verdict is what `sheetform validate` would say; every valid instance goes to a sheet and back. What is printed
//! is the count of it all: `cargo test -p sheetform-cli --test schema_suite`.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::panic, reason = "a judge talks, and stops at a surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;
use sheetform::finding::{Finding, Severity};
use sheetform::form::Form;
use sheetform::grid::Source;
use sheetform::places::Nowhere;
use sheetform::read;
use sheetform::references::References;
use sheetform::round_trip::{difference, lay_out};
use sheetform::validate::{Options, Subject, validate};
use sheetform::write::to_grid;
use sheetform_workbook::{Workbook, save};

/// How many valid instances may be refused a sheet. What is written must come back equal always.
const REFUSALS_ALLOWED: usize = 0;

/// The folder of a draft, and the `$schema` of the schemas in it that say none.
const DRAFTS: [(&str, &str); 2] = [
    ("draft2020-12", "https://json-schema.org/draft/2020-12/schema"),
    ("draft7", "http://json-schema.org/draft-07/schema#"),
];

/// Verdicts of the required tests in which the `jsonschema` crate is known to be wrong, as `folder/file: group: test`.
const WRONG_IN_THE_CRATE: [&str; 0] = [];

/// Where the suite says its remote documents stand.
const REMOTES: &str = "http://localhost:1234/";

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/json-schema-test-suite");
    if !suite.is_dir() {
        println!("JSON Schema suite: not run, ../shared/json-schema-test-suite is not at hand");
        return libtest_mimic::run(&arguments, Vec::new()).exit_code();
    }
    let trial =
        |name: String, run: fn(&Path, &str, &str) -> Result<(), Failed>, draft: (&'static str, &'static str)| {
            let suite = suite.clone();
            Trial::test(name, move || run(&suite, draft.0, draft.1))
        };
    let mut trials = Vec::new();
    for draft in DRAFTS {
        trials.push(trial(format!("{}/required", draft.0), required, draft));
        trials.push(trial(format!("{}/optional", draft.0), optional, draft));
        trials.push(trial(format!("{}/binary", draft.0), binary, draft));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// What came of the tests of some files.
#[derive(Default)]
struct Tally {
    files: usize,
    tests: usize,
    /// Tests with another verdict than the suite's.
    wrong: Vec<String>,
    valid: usize,
    /// Valid instances that came back equal.
    equal: usize,
    /// Why others were refused a sheet.
    refused: BTreeMap<String, Vec<String>>,
    /// What was written and came back otherwise.
    lost: Vec<String>,
}

fn required(suite: &Path, draft: &str, uri: &str) -> Result<(), Failed> {
    let mut tally = Tally::default();
    for file in json_files(&suite.join(draft)) {
        tally.file(&file, suite, uri, false);
    }
    tally.print(&format!("{draft} required"));
    let unknown: Vec<&String> = tally.wrong.iter().filter(|one| !known_wrong(one)).collect();
    if tally.tests < 500 {
        return Err(format!("only {} tests were read", tally.tests).into());
    }
    if !unknown.is_empty() {
        return Err(format!("wrong: {unknown:#?}").into());
    }
    tally.sheets()
}

/// The optional tests; those of `format` with assertion. Other verdicts are listed, not failed.
fn optional(suite: &Path, draft: &str, uri: &str) -> Result<(), Failed> {
    let mut tally = Tally::default();
    for file in json_files(&suite.join(draft).join("optional")) {
        tally.file(&file, suite, uri, false);
    }
    tally.print(&format!("{draft} optional"));
    tally.list();
    let mut formats = Tally::default();
    for file in json_files(&suite.join(draft).join("optional/format")) {
        formats.file(&file, suite, uri, true);
    }
    formats.print(&format!("{draft} optional/format"));
    formats.list();
    tally.sheets()?;
    formats.sheets()
}

fn known_wrong(test: &str) -> bool {
    WRONG_IN_THE_CRATE.contains(&test)
}

impl Tally {
    fn file(&mut self, path: &Path, suite: &Path, uri: &str, formats: bool) {
        self.files += 1;
        let remotes = remotes(suite);
        let name = path.strip_prefix(suite).unwrap_or(path).to_string_lossy().into_owned();
        let groups: Vec<Value> = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        for group in &groups {
            let schema = with_draft(&group["schema"], uri);
            let (form, findings) = Form::compile_with(schema, &remotes);
            for test in group["tests"].as_array().unwrap() {
                self.tests += 1;
                let text = |value: &Value| value["description"].as_str().unwrap().to_owned();
                let title = format!("{name}: {}: {}", text(group), text(test));
                let Some(form) = &form else {
                    self.wrong.push(format!("{title} (no form: {})", first(&findings)));
                    continue;
                };
                self.test(form, test, title, formats);
            }
        }
    }

    fn test(&mut self, form: &Form, test: &Value, title: String, formats: bool) {
        let document = &test["data"];
        let subject = Subject { document, places: &Nowhere, unreadable: &BTreeSet::new(), totals: &[] };
        let found = validate(form, &subject, &Options { assert_formats: formats, ..Options::default() });
        let valid = found.iter().all(|finding| finding.severity != Severity::Error);
        if test["valid"] != valid {
            self.wrong.push(title);
            return;
        }
        if !valid {
            return;
        }
        self.valid += 1;
        match lay_out(form, document) {
            Err(findings) => {
                self.refused.entry(first(&findings)).or_default().push(title);
            }
            Ok(book) => {
                let opened = Workbook::from_bytes(save(&book).unwrap()).unwrap();
                let sources: [&dyn Source; 2] = [&to_grid(&book), &opened];
                let back = sources.map(|source| read::read(form, source, &read::Options::default()).document);
                let lost =
                    back.iter().find(|back| difference(document, back.as_ref().unwrap_or(&Value::Null)).is_some());
                match lost {
                    None => self.equal += 1,
                    Some(back) => self.lost.push(format!("{title}: {document} became {back:?}")),
                }
            }
        }
    }

    /// What must hold whatever the verdicts are.
    fn sheets(&self) -> Result<(), Failed> {
        let refused: usize = self.refused.values().map(Vec::len).sum();
        if !self.lost.is_empty() {
            return Err(format!("lost: {:#?}", self.lost).into());
        }
        if refused > REFUSALS_ALLOWED {
            return Err(format!("{refused} valid instances were refused a sheet").into());
        }
        Ok(())
    }

    fn print(&self, name: &str) {
        let Self { files, tests, wrong, valid, equal, refused, .. } = self;
        let mut text = format!(
            "JSON Schema suite, {name}: {files} files, {tests} tests, {} other verdicts; {valid} valid instances, \
             {equal} equal through a sheet, {} refused",
            wrong.len(),
            refused.values().map(Vec::len).sum::<usize>()
        );
        for (why, titles) in refused {
            for title in titles {
                let _ = write!(text, "\n    refused, {why}: {title}");
            }
        }
        println!("{text}");
    }

    fn list(&self) {
        let mut text = String::new();
        for one in &self.wrong {
            let _ = writeln!(text, "    other verdict: {one}");
        }
        print!("{text}");
    }
}

/// A few tests of each draft through the built binary, the remotes given as `--refs`.
fn binary(suite: &Path, draft: &str, uri: &str) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let mut tests = 0;
    for (file, groups) in [("refRemote.json", 4), ("ref.json", 3), ("oneOf.json", 2), ("boolean_schema.json", 2)] {
        let path = suite.join(draft).join(file);
        let all: Vec<Value> = serde_json::from_slice(&fs::read(path)?)?;
        for group in all.iter().take(groups) {
            let schema = folder.path().join("schema.json");
            fs::write(&schema, with_draft(&group["schema"], uri).to_string())?;
            for test in group["tests"].as_array().unwrap() {
                tests += 1;
                let document = folder.path().join("document.json");
                fs::write(&document, test["data"].to_string())?;
                let output = Command::new(env!("CARGO_BIN_EXE_sheetform"))
                    .args(["validate", "document.json", "--form", "schema.json", "--refs-base", REMOTES, "--refs"])
                    .arg(suite.join("remotes"))
                    .current_dir(folder.path())
                    .env_clear()
                    .output()?;
                let expected = i32::from(test["valid"] != true);
                if output.status.code() != Some(expected) {
                    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
                    return Err(format!("{file}: {}: {}: {said}", group["description"], test["description"]).into());
                }
            }
        }
    }
    println!("JSON Schema suite, {draft} through the binary: {tests} tests");
    Ok(())
}

/// A schema that says its draft.
fn with_draft(schema: &Value, uri: &str) -> Value {
    let mut schema = schema.clone();
    if let Value::Object(map) = &mut schema
        && !map.contains_key("$schema")
    {
        map.insert("$schema".to_owned(), uri.into());
    }
    schema
}

fn first(findings: &[Finding]) -> String {
    let error = findings.iter().find(|finding| finding.severity == Severity::Error);
    error.map(|finding| finding.message.en.clone()).unwrap_or_default()
}

/// The remote documents of the suite, where it says they stand.
fn remotes(suite: &Path) -> References {
    let mut references = References::new();
    let root = suite.join("remotes");
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let below = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            let document = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            references.add(&format!("{REMOTES}{below}"), document, &below).unwrap_or_else(|text| panic!("{}", text.en));
        }
    }
    references
}

fn json_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|e| e == "json")).collect();
    files.sort();
    files
}
