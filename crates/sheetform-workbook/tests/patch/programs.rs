//! Other programs on both sides of marks: workbooks that they write are marked, and read by openpyxl nothing differs but
//! the marks; marked workbooks that they open and save lose their marks as if they had never been there. What is not at
//! hand is not run, and said.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Map, Value, json};
use sheetform::grid::Source;
use sheetform_workbook::Patch;

use crate::compare::{check, marks, open, patched};

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/patch/programs.py")
}

fn python(arguments: &[&Path]) -> Result<String, String> {
    let mut command = Command::new("python3");
    command.arg("-B").arg(script()).args(arguments);
    output(&mut command)
}

fn libreoffice(folder: &Path, files: &[PathBuf]) -> Result<String, String> {
    // A profile of its own, so that it runs beside one that is open.
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.display());
    let mut command = Command::new("soffice");
    command.args([&profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir"]);
    output(command.arg(folder).args(files))
}

fn output(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() {
        return Ok(said);
    }
    Err(format!("{said}{}", String::from_utf8_lossy(&output.stderr)))
}

/// A folder of its own below another.
fn below(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::create_dir(&path).unwrap();
    path
}

fn name(file: &Path) -> String {
    file.file_name().unwrap().to_string_lossy().into_owned()
}

/// The same files in another folder.
fn there(files: &[PathBuf], folder: &Path) -> Vec<PathBuf> {
    files.iter().map(|file| folder.join(name(file))).collect()
}

/// How another program opens files and saves them into a folder.
type Save<'a> = &'a (dyn Fn(&Path, &[PathBuf]) -> Result<String, String> + Sync);

#[test]
fn nothing_differs_but_the_marks() {
    let work = tempfile::tempdir().unwrap();
    let made = below(work.path(), "made");
    if let Err(why) = python(&[Path::new("make"), &made]) {
        assert!(why.contains("No module") || why.contains("No such file"), "{why}");
        println!("not run: openpyxl is not at hand");
        return;
    }
    std::fs::write(made.join("rust_xlsxwriter-rich.xlsx"), crate::rich()).unwrap();
    for sample in ["inspection-ledger.faulty", "work-plan"] {
        std::fs::copy(crate::folder(&format!("samples/{sample}.xlsx")), made.join(format!("own-{sample}.xlsx")))
            .unwrap();
    }
    let mut files = crate::books(&made);
    let saved = below(work.path(), "libreoffice");
    let has_libreoffice =
        libreoffice(&saved, &files).inspect_err(|why| println!("not run: LibreOffice ({why})")).is_ok();
    if has_libreoffice {
        for file in there(&files, &saved) {
            std::fs::rename(&file, made.join(format!("libreoffice-{}", name(&file)))).unwrap();
        }
        files = crate::books(&made);
    }
    let marked = below(work.path(), "marked");
    let compare = |name: &str, jobs: Vec<Value>| {
        let list = work.path().join(format!("{name}.json"));
        std::fs::write(&list, Value::Array(jobs).to_string()).unwrap();
        python(&[Path::new("compare"), &list]).unwrap_or_else(|said| panic!("{said}"));
    };
    let mut jobs = Vec::new();
    for file in &files {
        let bytes = std::fs::read(file).unwrap();
        let (differ, new) = check(&name(file), &bytes);
        let count = crate::compare::parts(&bytes).len();
        println!("{}: of {count} parts {differ:?} differ; new: {new:?}", name(file));
        let patch = marks(&bytes);
        let to = marked.join(name(file));
        std::fs::write(&to, patched(&bytes, &patch)).unwrap();
        let book = open(&bytes);
        let mut cells: Map<String, Value> = Map::new();
        for cell in &patch.cells {
            let sheet = &book.info().sheets[cell.sheet].name;
            let list = cells.entry(sheet.clone()).or_insert_with(|| json!([]));
            list.as_array_mut().unwrap().push(cell.at.to_string().into());
        }
        jobs.push(json!([file, to, cells]));
    }
    compare("marks", jobs);
    // The first ones, with and without marks, saved by another program; then the marks are taken out.
    files.retain(|file| !name(file).starts_with("libreoffice-"));
    let openpyxl = |folder: &Path, files: &[PathBuf]| {
        let mut arguments = vec![Path::new("save"), folder];
        arguments.extend(files.iter().map(PathBuf::as_path));
        python(&arguments)
    };
    let ways: [(&str, Save<'_>); 2] = [("openpyxl", &openpyxl), ("libreoffice", &libreoffice)];
    let one = |way: &str, save: Save<'_>| {
        let plain = below(work.path(), &format!("{way}-plain"));
        let with = below(work.path(), &format!("{way}-marked"));
        save(&plain, &files).unwrap();
        save(&with, &there(&files, &marked)).unwrap();
        let bare = below(work.path(), &format!("{way}-bare"));
        let mut jobs = Vec::new();
        for file in &files {
            let saved = std::fs::read(with.join(name(file)));
            let bytes = saved.unwrap_or_else(|_| panic!("{way} does not save {}", name(file)));
            let to = bare.join(name(file));
            std::fs::write(&to, patched(&bytes, &Patch::default())).unwrap();
            jobs.push(json!([plain.join(name(file)), to, null]));
        }
        compare(way, jobs);
        println!("{} marked workbooks saved by {way} and taken out of their marks", files.len());
    };
    std::thread::scope(|scope| {
        for (way, save) in ways.into_iter().filter(|(way, _)| *way != "libreoffice" || has_libreoffice) {
            let one = &one;
            scope.spawn(move || one(way, save));
        }
    });
}
