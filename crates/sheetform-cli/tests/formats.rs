//! The same form saved as xls, ods, csv and HTML gives the same JSON: every shipped sample, saved by `LibreOffice`, where
//! that is installed. What a format cannot hold is listed.

// A helper of a test may stop it, as the test itself may.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The sample whose text in columns does not hold all: 12.5% is shown as 13%, and so written.
const LOST_IN_CSV: [&str; 1] = ["work-report"];

#[test]
fn the_same_form_in_every_format_gives_the_same_json() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples");
    let mut books: Vec<PathBuf> = fs::read_dir(&samples).unwrap().flatten().map(|entry| entry.path()).collect();
    books.retain(|path| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.ends_with(".xlsx") && !name.ends_with(".faulty.xlsx")
    });
    books.sort();
    let named = |book: &PathBuf| {
        let name = book.file_stem().unwrap().to_string_lossy().into_owned();
        let expected = json(book).unwrap_or_else(|text| panic!("{name}: {text}"));
        (name, expected)
    };
    let expected: Vec<(String, String)> = books.iter().map(named).collect();
    let ways = [
        ("xls", "xls"),
        ("ods", "ods"),
        ("html", "html:HTML (StarCalc)"),
        ("csv", "csv:Text - txt - csv (StarCalc):44,34,76"),
    ];
    let compared: Vec<Option<usize>> = std::thread::scope(|scope| {
        let (books, expected) = (&books, &expected);
        let ways = ways.map(|(ending, filter)| scope.spawn(move || compared(books, expected, ending, filter)));
        ways.into_iter().map(|way| way.join().unwrap()).collect()
    });
    for ((ending, _), compared) in ways.iter().zip(compared) {
        match compared {
            Some(count) => println!("{count} {ending} files give the same JSON as the xlsx they were saved from"),
            None => println!("not run: LibreOffice is not installed, {} samples are not {ending}", books.len()),
        }
    }
}

/// How many of the books give the same JSON once they are saved in another format; none where they cannot be.
fn compared(books: &[PathBuf], expected: &[(String, String)], ending: &str, filter: &str) -> Option<usize> {
    let folder = tempfile::tempdir().unwrap();
    if !saved(books, filter, folder.path()) {
        return None;
    }
    let mut compared = 0;
    for (name, expected) in expected {
        let found = json(&folder.path().join(format!("{name}.{ending}")));
        let same = found.as_ref() == Ok(expected);
        let lost = ending == "csv" && LOST_IN_CSV.contains(&name.as_str());
        assert_eq!(same, !lost, "{name}.{ending}: {found:?}");
        compared += usize::from(same);
    }
    Some(compared)
}

fn saved(books: &[PathBuf], filter: &str, folder: &Path) -> bool {
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.display());
    let mut command = Command::new("soffice");
    command.args([&profile, "--headless", "--convert-to", filter, "--outdir"]).arg(folder).args(books);
    command.output().is_ok_and(|output| output.status.success())
}

fn json(file: &Path) -> Result<String, String> {
    let output =
        Command::new(env!("CARGO_BIN_EXE_sheetform")).args(["convert", "-q", "--lang", "en"]).arg(file).output();
    let output = output.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}
