//! Real sheets, which are not part of this repository: read where they are at hand, beside it.
//!
//! A case keeps the number of records, where findings stand, and the SHA-256 of the JSON; never what the sheet says.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use libtest_mimic::Trial;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use sheetform::finding::Severity;
use sheetform_workbook::Workbook;

use crate::case::{About, Case, Outcome, difference};
use crate::{folders, into, laws, name_of, read};

/// `case.toml` of a corpus case.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct CorpusCase {
    /// What the sheet has that others have not.
    why: String,
    /// Its name in the corpus.
    file: String,
    /// The sheet to read.
    sheet: Option<String>,
    /// The rows of all tables.
    records: usize,
    /// SHA-256 of the JSON, as `convert` writes it.
    sha256: String,
}

/// One test per corpus file that is at hand, and a line that says how many there are.
pub(crate) fn trials(root: &Path) -> Vec<Trial> {
    let cases = folders(&root.join("tests/corpus"));
    let corpus = root.join("../shared/corpus");
    if cases.is_empty() {
        return Vec::new();
    }
    if !corpus.is_dir() {
        println!("corpus: not at hand (../shared/corpus); its {} cases were not run", cases.len());
        return Vec::new();
    }
    println!("corpus: {} files are read", cases.len());
    let trial = |folder: PathBuf| {
        let corpus = corpus.clone();
        Trial::test(format!("corpus/{}", name_of(&folder)), move || run(&folder, &corpus).map_err(Into::into))
    };
    cases.into_iter().map(trial).collect()
}

fn run(folder: &Path, corpus: &Path) -> Outcome {
    let text = std::fs::read_to_string(folder.join("case.toml")).map_err(|error| format!("case.toml: {error}"))?;
    let about: CorpusCase = toml::from_str(&text).map_err(|error| format!("case.toml: {error}"))?;
    let known = ["case.toml", "expected.findings", "schema.json"];
    let entries = std::fs::read_dir(folder).map_err(|error| error.to_string())?;
    let names: BTreeSet<String> = entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    if let Some(name) = names.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(format!("unknown in a corpus case: {name}"));
    }
    let case =
        Case::of(folder.to_owned(), About { why: about.why.clone(), sheet: about.sheet.clone(), ..About::default() });
    let form = case.form()?;
    let book = Workbook::open(corpus.join(&about.file)).map_err(|finding| finding.message.en)?;
    let result = read::checked(&case, &form, &book)?;
    laws::places(&result.findings, &book)?;
    let json = result.document.as_ref().map(|document| format!("{document:#}\n")).unwrap_or_default();
    let hash = Sha256::digest(json.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    // Places and codes only: a message would say what the sheet says.
    let mut lines: Vec<String> = result.findings.iter().map(place_and_code).collect();
    lines.sort();
    case.expect("expected.findings", &lines.concat())?;
    if case.update {
        let facts = [("records", result.records.to_string()), ("sha256", format!("{hash:?}"))];
        let line = |line: &str| match facts.iter().find(|(key, _)| line.starts_with(&format!("{key} ="))) {
            Some((key, value)) => format!("{key} = {value}\n"),
            None => format!("{line}\n"),
        };
        let text: String = text.lines().map(line).collect();
        return std::fs::write(folder.join("case.toml"), text).map_err(|error| error.to_string());
    }
    let facts = |records: usize, hash: &str| format!("records = {records}\nsha256 = {hash}\n");
    let (expected, found) = (facts(about.records, &about.sha256), facts(result.records, &hash));
    if expected != found {
        return Err(difference("case.toml", &expected, &found));
    }
    into::holds(&form, &book, about.sheet.as_deref())?;
    if result.findings.iter().all(|finding| finding.severity != Severity::Error)
        && let Some(document) = &result.document
    {
        laws::holds(&form, document)?;
    }
    Ok(())
}

fn place_and_code(finding: &sheetform::finding::Finding) -> String {
    let place = finding.place.cell.map_or_else(|| "-".to_owned(), |cell| cell.to_string());
    format!("{place} {} {}\n", finding.severity.name(), finding.code)
}
