//! A case with commands: the built binary in a temporary copy of the case; its output, exit codes and files.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use sheetform_workbook::{Workbook, save};

use crate::case::{Case, Outcome, files_below, lines};
use crate::{name_of, root, sheet_text};

type Files = BTreeMap<String, Vec<u8>>;

pub(crate) fn run(case: &Case) -> Outcome {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let folder = folder.path();
    copy_inputs(case, folder)?;
    let before = files(folder)?;
    let cmd = case.text("cmd")?;
    let commands: Vec<&str> = cmd.lines().filter(|line| !line.trim().is_empty()).collect();
    let (mut stdout, mut stderr, mut exit) = (String::new(), String::new(), String::new());
    for command in &commands {
        if commands.len() > 1 {
            let _ = writeln!(stdout, "$ {command}");
            let _ = writeln!(stderr, "$ {command}");
        }
        let output = execute(command, folder)?;
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).map_err(|_| format!("{command}: output is no UTF-8"));
        let _ = writeln!(exit, "{}", output.status.code().map_or("signal".to_owned(), |code| code.to_string()));
        let errors = text(output.stderr)?;
        if errors.contains("internal mistake") {
            return Err(format!("{command}: {errors}"));
        }
        stdout.push_str(&text(output.stdout)?);
        stderr.push_str(&errors);
    }
    if stderr.lines().all(|line| line.starts_with("$ ")) {
        stderr.clear();
    }
    if exit.lines().all(|line| line == "0") {
        exit.clear();
    }
    let mut made = files(folder)?;
    made.retain(|name, bytes| before.get(name) != Some(bytes));
    case.expect("stdout", &stdout).and(case.expect("stderr", &stderr)).and(case.expect("exit", &exit))?;
    compare_files(case, &made)
}

fn copy_inputs(case: &Case, folder: &Path) -> Outcome {
    let copy = |from: &Path| {
        fs::copy(from, folder.join(name_of(from))).map(drop).map_err(|error| format!("{}: {error}", from.display()))
    };
    for name in ["schema.json", "input.json"].map(str::to_owned).into_iter().chain(case.books()) {
        if case.has(&name) {
            copy(&case.folder.join(&name))?;
        }
    }
    for path in files_below(&case.folder.join("refs"))?.into_iter().chain(files_below(&case.folder.join("with"))?) {
        let to = folder.join(path.strip_prefix(&case.folder).map_err(|error| error.to_string())?);
        fs::create_dir_all(to.parent().unwrap_or(folder)).map_err(|error| error.to_string())?;
        if path.extension().is_some_and(|ending| ending == "sheet") {
            let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            fs::write(to.with_extension("xlsx"), workbook(&text, &name_of(&path))?)
                .map_err(|error| error.to_string())?;
            continue;
        }
        fs::copy(&path, to).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    for name in &case.about.files {
        copy(&root().join(name))?;
    }
    if case.has("input.sheet") {
        let bytes = workbook(&case.text("input.sheet")?, "input.sheet")?;
        fs::write(folder.join("input.xlsx"), bytes).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// A sheet given as text, as the bytes of a workbook.
fn workbook(text: &str, name: &str) -> Result<Vec<u8>, String> {
    let grid = sheet_text::parse(text).map_err(|error| format!("{name}: {error}"))?;
    let book = sheet_text::book_of(&grid).ok_or(format!("{name}: a new workbook cannot hold this; give input.xlsx"))?;
    save(&book).map_err(|findings| lines(&findings))
}

/// Runs `sheetform …`, with `NAME=value` before it and `< file` after it where wanted.
fn execute(line: &str, folder: &Path) -> Result<std::process::Output, String> {
    let (line, input) = line.split_once(" < ").map_or((line, None), |(line, input)| (line, Some(input.trim())));
    let words = words(line)?;
    let mut words = words.iter().peekable();
    let mut command = Command::new(env!("CARGO_BIN_EXE_sheetform"));
    command.current_dir(folder).env_clear();
    while let Some((name, value)) = words.peek().and_then(|word| word.split_once('=')) {
        command.env(name, value);
        words.next();
    }
    if words.next().map(String::as_str) != Some("sheetform") {
        return Err(format!("a command begins with sheetform: {line}"));
    }
    command.args(words);
    command.stdin(match input {
        Some(name) => fs::File::open(folder.join(name)).map_err(|error| format!("{name}: {error}"))?.into(),
        None => Stdio::null(),
    });
    command.output().map_err(|error| error.to_string())
}

/// Splits at blanks outside of single or double quotes.
fn words(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in line.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    if quote.is_some() { Err(format!("a quote is not closed: {line}")) } else { Ok(words) }
}

fn files(folder: &Path) -> Result<Files, String> {
    let entries = fs::read_dir(folder).map_err(|error| error.to_string())?;
    let read = |entry: fs::DirEntry| {
        let bytes = if entry.path().is_dir() { Ok(Vec::new()) } else { fs::read(entry.path()) };
        bytes.map(|bytes| (entry.file_name().to_string_lossy().into_owned(), bytes)).map_err(|error| error.to_string())
    };
    entries.flatten().map(read).collect()
}

/// What a run made is listed in `made`; what stands in `out/` is compared, a workbook as text in `x.xlsx.sheet`.
fn compare_files(case: &Case, made: &Files) -> Outcome {
    let names: Vec<String> = made.keys().map(|name| format!("{name}\n")).collect();
    case.expect("made", &names.concat())?;
    let expected = case.folder.join("out");
    for name in if expected.is_dir() { files(&expected)? } else { Files::new() }.keys() {
        let (source, is_book) = name.strip_suffix(".sheet").map_or((name.as_str(), false), |book| (book, true));
        let bytes = made.get(source).ok_or_else(|| format!("out/{name}: {source} was not made"))?;
        let text = if is_book {
            let book = Workbook::from_bytes(bytes.clone());
            sheet_text::render(&book.map_err(|finding| format!("{source}: {}", finding.message.en))?)
        } else {
            String::from_utf8_lossy(bytes).into_owned()
        };
        case.expect(&format!("out/{name}"), &text)?;
    }
    Ok(())
}
