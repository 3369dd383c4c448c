//! What we write, opened and saved again by another program, is read back equal: the samples, and the documents of
//! `tests/programs`. A program that is not installed is not run, which is said.
//!
//! `cargo test -p sheetform-cli --test programs -- libreoffice-ods/awkward`
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]
#![allow(clippy::print_stdout, reason = "a test runner talks to who runs it")]

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Value, json};
use sheetform::finding::{Finding, Severity};
use sheetform::form::Form;
use sheetform::grid::Source;
use sheetform::new_book::NewContent;
use sheetform::round_trip::{difference, lay_out};
use sheetform::{read, report};
use sheetform_workbook::{Workbook, save};

/// A way through another program: its name, what it needs, and the ending of what it saves.
struct Way {
    name: &'static str,
    program: &'static str,
    ending: &'static str,
    /// Saves these workbooks into a folder; says its version, or why it did not run.
    run: fn(&[PathBuf], &Path, &str) -> Result<String, String>,
}

const WAYS: [Way; 3] = [
    Way { name: "libreoffice-xlsx", program: "LibreOffice", ending: "xlsx", run: libreoffice },
    Way { name: "libreoffice-ods", program: "LibreOffice", ending: "ods", run: libreoffice },
    Way { name: "openpyxl-xlsx", program: "openpyxl", ending: "xlsx", run: openpyxl },
];

/// A document, and the form it is written by.
struct Document {
    name: String,
    form: Value,
    value: Value,
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let work = tempfile::tempdir().unwrap();
    let documents: Vec<Arc<Document>> = documents().into_iter().map(Arc::new).collect();
    let made = work.path().join("made");
    std::fs::create_dir(&made).unwrap();
    let mut files = Vec::new();
    let mut trials = Vec::new();
    for document in &documents {
        let file = made.join(format!("{}.xlsx", document.name));
        std::fs::write(&file, bytes(document)).unwrap();
        files.push(file);
    }
    let save = |way: &Way| {
        let saved = work.path().join(way.name);
        std::fs::create_dir(&saved).unwrap();
        let wanted = arguments.filter.as_ref().is_none_or(|filter| {
            documents.iter().any(|document| format!("{}/{}", way.name, document.name).contains(filter.as_str()))
        });
        (!arguments.list && wanted).then(|| (way.run)(&files, &saved, way.ending))
    };
    let ran = std::thread::scope(|scope| {
        let running = WAYS.each_ref().map(|way| scope.spawn(|| save(way)));
        running.map(|way| way.join().unwrap())
    });
    for (way, ran) in WAYS.iter().zip(ran) {
        let Some(ran) = ran else { continue };
        let saved = work.path().join(way.name);
        match ran {
            Ok(version) => println!("{}: {} workbooks saved by {version}", way.name, files.len()),
            Err(why) => {
                println!("not run: {}: {} is not at hand ({why})", way.name, way.program);
                continue;
            }
        }
        for document in &documents {
            let file = saved.join(format!("{}.{}", document.name, way.ending));
            let document = Arc::clone(document);
            let name = format!("{}/{}", way.name, document.name);
            trials.push(Trial::test(name, move || same(&document, &file)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn documents() -> Vec<Document> {
    let json = |path: &Path| serde_json::from_slice::<Value>(&std::fs::read(path).unwrap()).unwrap();
    let mut all: Vec<Document> = sheetform_forms::all()
        .iter()
        .map(|form| Document {
            name: form.id.to_owned(),
            form: sheetform_forms::schema(form.id).unwrap().clone(),
            value: json(&root().join("samples").join(format!("{}.json", form.id))),
        })
        .collect();
    let folder = root().join("tests/programs");
    let mut awkward = json(&folder.join("awkward.json"));
    add_long_texts(&mut awkward);
    let form = json(&folder.join("awkward.schema.json"));
    // The same on the form's own sheets, and without a form on child sheets alone.
    all.push(Document { name: "awkward".to_owned(), form, value: awkward.clone() });
    all.push(Document { name: "awkward-without-form".to_owned(), form: json!(true), value: awkward });
    all
}

/// What would only make the file long: a text as long as a cell, one longer by a character, and one of 1 MB.
fn add_long_texts(document: &mut Value) {
    let texts = document["texts"].as_array_mut().unwrap();
    for (what, text) in [
        ("32,767 characters", "中".repeat(32_767)),
        ("32,767 units", "😀".repeat(16_383) + "a"),
        ("32,768 characters", "中".repeat(32_768)),
        ("1 MB", "0123456789 中文字，。\r\n".repeat(35_715)),
    ] {
        texts.push(json!({ "what": what, "text": text }));
    }
}

fn form(document: &Document) -> Form {
    let (form, findings) = Form::compile(document.form.clone());
    form.unwrap_or_else(|| panic!("{}: {}", document.name, said(&findings)))
}

fn bytes(document: &Document) -> Vec<u8> {
    let book = lay_out(&form(document), &document.value);
    if let (Ok(book), Some(title)) = (&book, document.form.get("title")) {
        let first = book.sheets.first().and_then(|sheet| sheet.cells.first()).map(|cell| &cell.content);
        let is_titled = matches!(first, Some(NewContent::Text(text)) if title.as_str() == Some(text));
        assert!(document.name != "awkward" || is_titled, "not on the form's own sheet: {first:?}");
    }
    let bytes = book.and_then(|book| save(&book));
    bytes.unwrap_or_else(|findings| panic!("{}: {}", document.name, said(&findings)))
}

fn said(findings: &[Finding]) -> String {
    let style = report::Style::default();
    findings.iter().take(20).map(|finding| report::line(None, finding, style)).collect()
}

/// What was saved is read without a warning, and is the document.
fn same(document: &Document, file: &Path) -> Result<(), Failed> {
    let form = form(document);
    let book = Workbook::open(file).map_err(|finding| said(&[finding]))?;
    let known = book.info().properties.get("sheetform-form");
    if known.is_some_and(|id| *id != form.id) || (known.is_none() && document.form.get("$id").is_some()) {
        return Err(format!("the mark of the form became {known:?}").into());
    }
    let reading = read::read(&form, &book, &read::Options::default());
    let loud: Vec<Finding> = reading.findings.into_iter().filter(|f| f.severity != Severity::Info).collect();
    if !loud.is_empty() {
        return Err(format!("read with findings:\n{}", said(&loud)).into());
    }
    let back = reading.document.unwrap_or_default();
    match difference(&document.value, &back) {
        None => Ok(()),
        Some(pointer) => {
            let at = |value: &Value| format!("{:.200}", value.pointer(&pointer).unwrap_or(&Value::Null).to_string());
            Err(format!("{pointer}: {} became {}", at(&document.value), at(&back)).into())
        }
    }
}

fn libreoffice(files: &[PathBuf], folder: &Path, ending: &str) -> Result<String, String> {
    let version = output(Command::new("soffice").arg("--version"))?;
    // A profile of its own, so that it runs beside one that is open.
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.display());
    let mut command = Command::new("soffice");
    command.args([&profile, "--headless", "--convert-to", ending, "--outdir"]).arg(folder).args(files);
    output(&mut command).map(|_| version)
}

fn openpyxl(files: &[PathBuf], folder: &Path, _ending: &str) -> Result<String, String> {
    const SCRIPT: &str = "import sys, os, openpyxl\nfor name in sys.argv[2:]:\n    \
        openpyxl.load_workbook(name).save(os.path.join(sys.argv[1], os.path.basename(name)))\n\
        print('openpyxl', openpyxl.__version__)";
    output(Command::new("python3").arg("-c").arg(SCRIPT).arg(folder).args(files))
}

/// What a command prints; its failure is an error with the end of what it says.
fn output(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    Err(String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or("it failed").to_owned())
}
