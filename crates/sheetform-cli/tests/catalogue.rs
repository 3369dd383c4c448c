//! The catalogue against the program: every example is run and gives exactly the finding that it shows, and the pages
//! in `docs/` are those of the catalogue.
//!
//! With `UPDATE=1` what the examples say and the pages are rewritten; read the difference before you commit it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;
use sheetform::catalogue::{Example, Input, entry, page, render};
use sheetform::finding::{Code, Finding, Lang, Place, Related, Severity, Text};
use sheetform::form::Form;
use sheetform::grid::{CellRef, MAX_ROWS, Range};
use sheetform::read::{self, read};
use sheetform::report::{Style, line};

#[path = "cases/sheet_text.rs"]
#[allow(dead_code, reason = "the cases use all of it")]
mod sheet_text;

const LANGS: [(Lang, &str, &str); 2] =
    [(Lang::En, "en", "docs/findings.md"), (Lang::Zh, "zh", "docs/findings.zh-CN.md")];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for code in Code::ALL {
        for (lang, word, _) in LANGS {
            trials.push(Trial::test(format!("example/{code}.{word}"), move || example(*code, lang, word)));
        }
    }
    for (lang, word, path) in LANGS {
        trials.push(Trial::test(format!("page/{word}"), move || the_page(lang, path)));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn updates() -> bool {
    std::env::var_os("UPDATE").is_some_and(|value| value == "1")
}

/// The program finds in the example the one thing that it shows, with the same words, and `explain` shows them.
fn example(code: Code, lang: Lang, word: &str) -> Result<(), Failed> {
    let example = entry(code).page(lang).example();
    let style = Style { lang, ..Style::default() };
    let said: Vec<String> = match example.run {
        // What cannot be checked is said as text.
        Some(run) if run.starts_with("convert ") => {
            let lines = by_line(&run_program(&example, &["--lang", word])?).into_iter();
            lines.filter(|line| Code::ALL.iter().any(|code| line.contains(&format!("[{code}]: ")))).collect()
        }
        _ => {
            let found = found(&example, word)?;
            found.iter().map(|(file, one)| line(Some(file.as_deref().unwrap_or(example.file)), one, style)).collect()
        }
    };
    let [said] = said.as_slice() else {
        return Err(format!("one finding, not {}:\n{}", said.len(), said.concat()).into());
    };
    let said = said.trim_end();
    if !said.contains(&format!("[{code}]: ")) {
        return Err(format!("the example gives another finding: {said}").into());
    }
    if updates() {
        let path = root().join(format!("crates/sheetform/src/catalogue/examples/{code}.{word}.txt"));
        let text = std::fs::read_to_string(&path).unwrap();
        let (inputs, _) = text.split_once("@says\n").ok_or("no @says")?;
        std::fs::write(&path, format!("{inputs}@says\n{said}\n")).unwrap();
        return Ok(());
    }
    if said != example.says {
        return Err(format!("it shows:\n{}\nthe program says:\n{said}", example.says).into());
    }
    let explained = render(code, lang);
    // It breaks long lines.
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    if !bare(&explained).ends_with(&bare(said)) {
        return Err(format!("explain does not show:\n{said}\nbut:\n{explained}").into());
    }
    let names_a_cell =
        said.lines().next().is_some_and(|line| line.split(": ").next().unwrap_or_default().contains('!'));
    if names_a_cell && !explained.lines().any(|line| line.trim_start().starts_with('^')) {
        return Err("explain marks no cell".into());
    }
    Ok(())
}

/// The lines of a text, each with those behind it that are indented.
fn by_line(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for line in text.lines() {
        match out.last_mut().filter(|_| line.starts_with(' ')) {
            Some(last) => last.extend([line, "\n"]),
            None => out.push(format!("{line}\n")),
        }
    }
    out
}

/// The page in `docs/` is the catalogue's, and has each code's example with what is said of it in its language.
fn the_page(lang: Lang, path: &str) -> Result<(), Failed> {
    let made = page(lang);
    if updates() {
        std::fs::write(root().join(path), made).unwrap();
        return Ok(());
    }
    let stands = std::fs::read_to_string(root().join(path)).unwrap_or_default();
    if stands != made {
        return Err(format!("{path} is not what the catalogue says; UPDATE=1 rewrites it").into());
    }
    for code in Code::ALL {
        let section = stands.split(&format!("\n## {code}\n")).nth(1).ok_or_else(|| format!("{path} lacks {code}"))?;
        let section = section.split("\n## ").next().unwrap_or_default();
        let says = entry(*code).page(lang).example().says;
        if says.is_empty() || !section.contains(says) {
            return Err(format!("{path}: {code} does not show what is said of it").into());
        }
    }
    Ok(())
}

/// What the program finds in an example.
fn found(example: &Example, word: &str) -> Result<Vec<(Option<String>, Finding)>, Failed> {
    if let (Input::Book(text), Some(form), None) = (&example.input, example.form, example.run) {
        let grid = sheet_text::parse(text)?;
        // Formulas without a value and error values are not written by us: such a book is read as it is.
        if sheet_text::book_of(&grid).is_none() {
            let (form, _) = Form::compile(serde_json::from_str(form)?);
            let reading = read(&form.ok_or("the form cannot be used")?, &grid, &read::Options::default());
            let json = reading.findings.iter().map(|finding| finding.to_json(None, lang_of(word)));
            return Ok(json.map(|json| (None, finding(&json))).collect());
        }
    }
    let said = run_program(example, &["--format", "jsonl", "--lang", word])?;
    let json = said.lines().map(|line| serde_json::from_str(line).map_err(|_| Failed::from(line)));
    json.map(|json| json.map(|json: Value| (json["file"].as_str().map(str::to_owned), finding(&json)))).collect()
}

fn lang_of(word: &str) -> Lang {
    if word == "zh" { Lang::Zh } else { Lang::En }
}

/// Runs the program on an example in an empty folder; what it prints, or says where it prints nothing.
fn run_program(example: &Example, more: &[&str]) -> Result<String, Failed> {
    let folder = tempfile::tempdir()?;
    if let Some(form) = example.form {
        std::fs::write(folder.path().join("form.json"), form)?;
    }
    let beside = example.beside.iter().flatten().map(|(name, text)| (*name, Input::Book(text)));
    for (name, input) in beside.chain([(example.file, example.input)]) {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().ok_or("a folder")?)?;
        std::fs::write(path, bytes(&input)?)?;
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_sheetform"));
    command.current_dir(folder.path());
    match example.run {
        Some(run) => command.args(run.split(' ')),
        None => command.args(["validate", example.file, "--form", "form.json"]),
    };
    let output = command.args(more).output()?;
    Ok(String::from_utf8(if output.stdout.is_empty() { output.stderr } else { output.stdout })?)
}

fn bytes(input: &Input) -> Result<Vec<u8>, Failed> {
    Ok(match input {
        Input::Book(text) => {
            let book = sheet_text::book_of(&sheet_text::parse(text)?).ok_or("a new workbook cannot hold this")?;
            sheetform_workbook::save(&book).map_err(|findings| format!("{findings:?}"))?
        }
        Input::Text(text) => {
            let mut out = String::new();
            let mut before = "";
            for line in text.lines() {
                if line == "..." {
                    out.extend(std::iter::repeat_n([before, "\n"], MAX_ROWS as usize).flatten());
                } else {
                    out.push_str(line);
                    out.push('\n');
                }
                before = line;
            }
            out.into_bytes()
        }
        Input::Copy(path) => std::fs::read(root().join(path))?,
    })
}

/// A finding from its JSON, in one language.
fn finding(json: &Value) -> Finding {
    let text = |value: &Value| Text::plain(value.as_str().unwrap_or_default());
    let mut finding = Finding::new(Code::parse(json["code"].as_str().unwrap()).unwrap(), text(&json["message"]));
    finding.severity = match json["severity"].as_str() {
        Some("error") => Severity::Error,
        Some("warning") => Severity::Warning,
        _ => Severity::Info,
    };
    finding.place = place(json);
    finding.pointer = json["pointer"].as_str().map(str::to_owned);
    finding.hint = json.get("hint").map(text);
    let related = json["related"].as_array().into_iter().flatten();
    finding.related = related.map(|json| Related { place: place(json), message: text(&json["message"]) }).collect();
    finding
}

fn place(json: &Value) -> Place {
    let number = |key: &str| json[key].as_u64().and_then(|number| u32::try_from(number).ok());
    Place {
        sheet: json["sheet"].as_str().map(str::to_owned),
        cell: json["cell"].as_str().and_then(CellRef::parse),
        range: json["range"].as_str().and_then(Range::parse),
        line: number("line"),
        column: number("column"),
    }
}
