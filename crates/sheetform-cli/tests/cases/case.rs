//! A case folder: what it may hold, how results are compared and rewritten.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sheetform::finding::{Finding, Lang};
use sheetform::form::Form;
use sheetform::references::References;
use sheetform::report::{Style, line, sort_findings};
use sheetform::serial::Date;

use crate::{command, form, infer, read, write};

/// What a test says when it fails.
pub(crate) type Outcome = Result<(), String>;

/// `case.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct About {
    /// What the case shows, in one line.
    pub(crate) why: String,
    /// Why today's result is known to be wrong.
    pub(crate) gap: Option<String>,
    /// The id of a shipped form; without it `schema.json`.
    pub(crate) form: Option<String>,
    /// The sheet to read.
    pub(crate) sheet: Option<String>,
    /// The date that rules take for today.
    pub(crate) as_of: Option<String>,
    /// Files of the repository that a command finds beside it.
    #[serde(default)]
    pub(crate) files: Vec<String>,
}

/// A case folder.
pub(crate) struct Case {
    pub(crate) folder: PathBuf,
    pub(crate) about: About,
    /// Whether expectations are rewritten.
    pub(crate) update: bool,
}

/// Endings of workbooks as they come; `.sheet` is one as text.
const BOOKS: [&str; 9] = ["xlsx", "xlsm", "xls", "xlsb", "ods", "csv", "tsv", "html", "xml"];

impl Case {
    pub(crate) fn open(folder: PathBuf) -> Result<Self, String> {
        let path = folder.join("case.toml");
        let text = std::fs::read_to_string(&path).map_err(|error| format!("case.toml: {error}"))?;
        let about: About = toml::from_str(&text).map_err(|error| format!("case.toml: {error}"))?;
        if about.why.trim().is_empty() {
            return Err("case.toml: `why` says in one line what the case shows".to_owned());
        }
        Ok(Self::of(folder, about))
    }

    /// A case whose `case.toml` is read already.
    pub(crate) fn of(folder: PathBuf, about: About) -> Self {
        let update = std::env::var_os("UPDATE").is_some_and(|value| value == "1") && about.gap.is_none();
        Self { folder, about, update }
    }

    /// Runs it by what it holds.
    pub(crate) fn run(&self) -> Outcome {
        let outcome = self.kind().and_then(|run| run(self));
        match (&self.about.gap, outcome) {
            (None, outcome) => outcome,
            (Some(_), Err(_)) => Ok(()),
            (Some(gap), Ok(())) => Err(format!("the gap is closed; take this line out of case.toml: gap = {gap:?}")),
        }
    }

    fn kind(&self) -> Result<fn(&Self) -> Outcome, String> {
        type Run = fn(&Case) -> Outcome;
        let (allowed, run): (&[&str], Run) = if self.has("cmd") {
            (
                &[
                    "cmd",
                    "stdout",
                    "stderr",
                    "exit",
                    "made",
                    "out",
                    "refs",
                    "with",
                    "schema.json",
                    "input.json",
                    "input.sheet",
                ],
                command::run,
            )
        } else if self.has("expected.infer.json") {
            (&["input.sheet", "expected.infer.json", "expected.unlike"], infer::run)
        } else if self.has("input.sheet") || self.book().is_some() {
            (&["schema.json", "refs", "input.sheet", "expected.json", "expected.findings"], read::run)
        } else if self.has("input.json") {
            (&["schema.json", "refs", "input.json", "expected.sheet", "expected.findings"], write::run)
        } else if self.has("schema.json") {
            (&["schema.json", "refs", "expected.findings"], form::run)
        } else {
            return Err("there is no input; see tests/README.md".to_owned());
        };
        let takes_books = allowed.contains(&"input.sheet");
        let known = |name: &str| {
            name == "case.toml" || allowed.contains(&name) || (takes_books && self.books().any(|book| book == name))
        };
        let unknown: Vec<String> = self.names()?.into_iter().filter(|name| !known(name)).collect();
        if !unknown.is_empty() {
            return Err(format!(
                "unknown in such a case: {}; known are case.toml, {}",
                unknown.join(", "),
                allowed.join(", ")
            ));
        }
        let inputs = ["input.json", "input.sheet"].into_iter().filter(|name| self.has(name)).count();
        if !self.has("cmd") && inputs + self.books().count() > 1 {
            return Err("more than one input".to_owned());
        }
        Ok(run)
    }

    /// The workbooks among the inputs: `input.xlsx`, `input.csv`.
    pub(crate) fn books(&self) -> impl Iterator<Item = String> {
        BOOKS.into_iter().map(|ending| format!("input.{ending}")).filter(|name| self.has(name))
    }

    /// The workbook that is the input.
    pub(crate) fn book(&self) -> Option<String> {
        self.books().next()
    }

    fn names(&self) -> Result<BTreeSet<String>, String> {
        let entries = std::fs::read_dir(&self.folder).map_err(|error| error.to_string())?;
        Ok(entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.folder.join(name).exists()
    }

    pub(crate) fn text(&self, name: &str) -> Result<String, String> {
        std::fs::read_to_string(self.folder.join(name)).map_err(|error| format!("{name}: {error}"))
    }

    /// The form named in case.toml, else `schema.json`.
    pub(crate) fn form(&self) -> Result<Form, String> {
        let document = match &self.about.form {
            Some(id) => sheetform_forms::schema(id).cloned().ok_or_else(|| format!("no form is called {id:?}"))?,
            None => {
                serde_json::from_str(&self.text("schema.json")?).map_err(|error| format!("schema.json: {error}"))?
            }
        };
        let (form, findings) = Form::compile_with(document, &self.references()?);
        form.ok_or_else(|| format!("the form cannot be used:\n{}", lines(&findings)))
    }

    /// The documents in `refs/`, mounted where the form stands.
    pub(crate) fn references(&self) -> Result<References, String> {
        let mut references = References::new();
        let root = self.folder.join("refs");
        for path in files_below(&root)? {
            let below = path.strip_prefix(&root).map_err(|error| error.to_string())?.to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).map_err(|error| format!("refs/{below}: {error}"))?;
            let document = serde_json::from_str(&text).map_err(|error| format!("refs/{below}: {error}"))?;
            references.add(&below, document, &below).map_err(|text| text.en)?;
        }
        Ok(references)
    }

    pub(crate) fn today(&self) -> Result<Option<Date>, String> {
        let Some(text) = &self.about.as_of else { return Ok(None) };
        Date::parse_iso(text).map(Some).ok_or_else(|| format!("as-of: {text:?} is no date"))
    }

    /// Compares with an expectation; with `UPDATE=1` writes it. No file is the same as an empty one.
    pub(crate) fn expect(&self, name: &str, found: &str) -> Outcome {
        let path = self.folder.join(name);
        if self.update {
            let done = if found.is_empty() {
                if path.exists() { std::fs::remove_file(&path) } else { Ok(()) }
            } else {
                std::fs::write(&path, found)
            };
            return done.map_err(|error| format!("{name}: {error}"));
        }
        let expected = if path.exists() { self.text(name)? } else { String::new() };
        if expected == found { Ok(()) } else { Err(difference(name, &expected, found)) }
    }
}

/// The files in a folder and those below it, by name; none where it is not there.
pub(crate) fn files_below(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    let entries = std::fs::read_dir(folder).map_err(|error| error.to_string())?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            found.extend(files_below(&path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}

/// Findings as the expectation holds them: sorted, one a line, hints and related places below.
pub(crate) fn lines(findings: &[Finding]) -> String {
    let style = Style { lang: Lang::En, ..Style::default() };
    findings.iter().map(|finding| line(None, finding, style)).collect()
}

/// The same, in the order of a report.
pub(crate) fn sorted_lines(mut findings: Vec<Finding>, sheets: &[String]) -> String {
    sort_findings(&mut findings, sheets);
    lines(&findings)
}

/// Lines that only one of two texts has, around the first difference.
pub(crate) fn difference(name: &str, expected: &str, found: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), found.lines().collect());
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let shown = |lines: &[&str], mark: char| {
        let rest = lines.iter().skip(same).take(12).map(|line| format!("  {mark} {line}\n"));
        rest.collect::<Vec<_>>().concat()
    };
    format!("{name} differs from line {}:\n{}{}", same + 1, shown(&old, '-'), shown(&new, '+'))
}
