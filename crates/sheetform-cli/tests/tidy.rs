//! Rules about the tree itself: headers, lengths, licences, duplicates, links, and that the documents say what is so.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// A file this long needs a reason on record, here.
const MAX_LINES: usize = 800;
const LONG_FILES: [(&str, &str); 2] = [
    ("docs/findings.md", "made from the catalogue, a section a code"),
    ("docs/findings.zh-CN.md", "made from the catalogue, a section a code"),
];

/// Hosts that files may name: standards, namespaces and examples.
const HOSTS: [&str; 10] = [
    "docs.oasis-open.org",
    "example.com",
    "example.org",
    "github.com",
    "json-schema.org",
    "openxmlformats.org",
    "purl.oclc.org",
    "schemas.microsoft.com",
    "www.apache.org",
    "www.w3.org",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file of the tree but what is built, by its path from the root.
fn files() -> Vec<String> {
    fn walk(folder: &Path, root: &Path, out: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                if name != "target" && name != ".git" {
                    walk(&path, root, out);
                }
            } else {
                out.push(path.strip_prefix(root).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    let mut out = Vec::new();
    walk(&root(), &root(), &mut out);
    out.sort();
    out
}

/// Those that are text, with their text; lock files and licences aside.
fn texts() -> impl Iterator<Item = (String, String)> {
    let is_ours = |path: &String| !path.ends_with("Cargo.lock") && !path.starts_with("LICENSE");
    files().into_iter().filter(is_ours).filter_map(|path| {
        let text = String::from_utf8(std::fs::read(root().join(&path)).unwrap()).ok()?;
        Some((path, text))
    })
}

fn is_rust(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|ending| ending == "rs")
}

fn is_markdown(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|ending| ending == "md")
}

#[test]
fn every_rust_file_says_what_it_holds() {
    let bare: Vec<String> =
        texts().filter(|(path, text)| is_rust(path) && !text.starts_with("//! ")).map(|(path, _)| path).collect();
    assert!(bare.is_empty(), "no header in {bare:?}");
}

#[test]
fn files_are_short() {
    let long: BTreeMap<String, usize> = texts()
        .filter(|(path, _)| is_rust(path) || is_markdown(path))
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > MAX_LINES)
        .collect();
    let known: BTreeSet<&str> = LONG_FILES.iter().map(|(path, _)| *path).collect();
    assert!(long.keys().map(String::as_str).eq(known.iter().copied()), "long: {long:?}, known: {known:?}");
}

#[test]
fn every_crate_takes_the_lints() {
    for path in files().iter().filter(|path| path.starts_with("crates/") && path.ends_with("/Cargo.toml")) {
        let manifest: toml::Table = read(path).parse().unwrap();
        assert_eq!(manifest["lints"]["workspace"].as_bool(), Some(true), "{path}");
    }
}

#[test]
fn no_machine_or_registry_is_named() {
    let machines = [concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/Us", "ers/"), concat!("C:\\", "Users")];
    for (path, text) in texts() {
        for machine in machines {
            assert!(!text.contains(machine), "{path} names {machine}");
        }
        for scheme in ["http://", "https://"] {
            for (at, _) in text.match_indices(scheme) {
                let rest = &text[at + scheme.len()..];
                let host = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '-').next().unwrap();
                let known = HOSTS.iter().any(|known| host == *known || host.ends_with(&format!(".{known}")));
                assert!(known || !host.contains('.'), "{path} names the host {host}");
            }
        }
    }
}

#[test]
fn dependencies_come_from_one_place() {
    let sources: BTreeSet<String> =
        lock().iter().filter_map(|package| package.get("source")?.as_str().map(str::to_owned)).collect();
    assert!(sources.iter().all(|source| source.starts_with("registry+")), "{sources:?}");
    assert_eq!(sources.len(), 1, "{sources:?}");
}

#[test]
fn no_crate_comes_twice_without_a_reason() {
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in lock() {
        let text = |key: &str| package[key].as_str().unwrap().to_owned();
        versions.entry(text("name")).or_default().insert(text("version"));
    }
    let skipped: BTreeSet<String> = deny("bans", "skip")
        .iter()
        .map(|skip| {
            assert!(skip["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "a reason for {skip}");
            skip["crate"].as_str().unwrap().to_owned()
        })
        .collect();
    let mut needed = BTreeSet::new();
    for (name, versions) in versions.iter().filter(|(_, versions)| versions.len() > 1) {
        let known: Vec<String> =
            versions.iter().map(|v| format!("{name}@{v}")).filter(|v| skipped.contains(v)).collect();
        assert_eq!(known.len() + 1, versions.len(), "{name} comes as {versions:?}; deny.toml has {known:?}");
        needed.extend(known);
    }
    assert_eq!(skipped, needed, "deny.toml skips what is not there twice");
}

#[test]
fn every_licence_is_allowed() {
    let allowed: BTreeSet<String> =
        deny("licenses", "allow").iter().map(|licence| licence.as_str().unwrap().to_owned()).collect();
    for package in metadata()["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let licence = package["license"].as_str().unwrap_or_else(|| panic!("{name} names no licence"));
        assert!(is_allowed(licence, &allowed), "{name} has the licence {licence}");
    }
}

/// An SPDX expression: all of `AND`, one of `OR`; `/` is an old way to write `OR`.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let expression = expression.replace('/', " OR ");
    expression.split(" AND ").all(|part| {
        let part = part.trim().trim_start_matches('(').trim_end_matches(')');
        part.split(" OR ").any(|licence| allowed.contains(licence.trim().trim_matches(['(', ')'])))
    })
}

fn deny(table: &str, key: &str) -> Vec<toml::Value> {
    let deny: toml::Table = read("deny.toml").parse().unwrap();
    deny[table][key].as_array().unwrap().clone()
}

fn lock() -> Vec<toml::Value> {
    locked("Cargo.lock")
}

fn locked(path: &str) -> Vec<toml::Value> {
    let lock: toml::Table = read(path).parse().unwrap();
    lock["package"].as_array().unwrap().clone()
}

#[test]
fn the_fuzz_targets_are_built_of_the_same_crates() {
    let version = |package: &toml::Value| (package["name"].to_string(), package["version"].to_string());
    let known: BTreeSet<(String, String)> = lock().iter().map(version).collect();
    let names: BTreeSet<&String> = known.iter().map(|(name, _)| name).collect();
    let fuzz: Vec<(String, String)> = locked("fuzz/Cargo.lock").iter().map(version).collect();
    let others: Vec<_> = fuzz.iter().filter(|one| names.contains(&one.0) && !known.contains(one)).collect();
    assert!(others.is_empty(), "fuzz/README.md says how to renew fuzz/Cargo.lock: {others:?}");
}

/// The packages built on this machine; those of other systems may not be at hand.
fn metadata() -> Value {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = Command::new(rustc).arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--offline", "--locked", "--format-version", "1", "--filter-platform", host])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn every_code_has_a_case() {
    let expectations = |path: &str| {
        path.starts_with("tests/cases/")
            && ["/expected.findings", "/stdout", "/stderr"].iter().any(|end| path.ends_with(end))
    };
    let all: String = texts().filter(|(path, _)| expectations(path)).map(|(_, text)| text).collect();
    for code in sheetform::finding::Code::ALL {
        let shown = all.contains(&format!("[{code}]")) || all.contains(&format!("\"code\": \"{code}\""));
        assert!(shown, "{code} has no case");
    }
}

/// Fenced blocks: the word after the fence, and the lines.
fn blocks(text: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in text.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(word)) => open = Some((word.to_owned(), String::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some((_, lines)), None) => {
                lines.push_str(line);
                lines.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
}

#[test]
fn the_two_readmes_show_the_same() {
    assert_eq!(blocks(&read("README.md")), blocks(&read("README.zh-CN.md")));
}

#[test]
fn the_readme_says_what_is_so() {
    let blocks = blocks(&read("README.md"));
    let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let json: Vec<Value> = blocks.iter().filter(|(word, _)| word == "json").map(|(_, text)| value(text)).collect();
    let held = ["tests/cases/write/readme/input.json", "tests/cases/command/own-form/schema.json"];
    assert_eq!(json, held.map(|path| value(&read(path))));
    // The picture: the cells of each row, in their order, below a line of column letters.
    let picture: Vec<String> = blocks[0].1.lines().skip(1).map(ToOwned::to_owned).collect();
    let sheet = read("tests/cases/write/readme/expected.sheet");
    let rows: Vec<&str> = sheet.lines().filter(|line| !line.starts_with('@')).collect();
    assert_eq!(picture.len(), rows.len());
    for (number, (line, row)) in picture.iter().zip(rows).enumerate() {
        let cells =
            row.split(" | ").map(|cell| cell.split(" {").next().unwrap().trim()).filter(|cell| !cell.is_empty());
        let cells: Vec<String> = std::iter::once((number + 1).to_string()).chain(cells.map(str::to_owned)).collect();
        assert_eq!(line.split_whitespace().collect::<Vec<_>>(), cells);
    }
    let validate = ["validate", "samples/inspection-ledger.faulty.xlsx", "--lang", "en"];
    let said = Command::new(env!("CARGO_BIN_EXE_sheetform")).current_dir(root()).args(validate).output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    let findings = blocks.iter().find(|(_, text)| text.starts_with("samples/")).unwrap();
    for line in findings.1.lines() {
        assert!(said.lines().any(|real| real == line), "validate does not say: {line}");
    }
}

#[test]
fn the_checks_run_the_commands_of_the_readme() {
    let run = read(".ci/run");
    for (word, lines) in blocks(&read("README.md")) {
        for line in lines.lines().filter(|_| word == "sh") {
            // A release build beside that of the tests takes longer than all else together.
            let command = line.split(" #").next().unwrap().trim().replace(" --release", "");
            assert!(
                run.lines().any(|step| step.strip_prefix("step ") == Some(command.as_str())),
                ".ci/run lacks: {command}"
            );
        }
    }
}

#[test]
fn links_lead_somewhere() {
    for (path, text) in texts().filter(|(path, _)| is_markdown(path)) {
        let folder = root().join(&path).parent().unwrap().to_owned();
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..].split([')', '#']).next().unwrap();
            if !target.is_empty() && !target.contains("://") {
                assert!(folder.join(target).exists(), "{path} links to {target}");
            }
        }
    }
}
