//! A planted mix: each thing that was planted is reported, and nothing else is.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::planter::{FORM, Planter, What, document, what};
use crate::program::{Place, same};

/// The verdict and the codes that must be there.
fn expected(what: What) -> (&'static str, &'static [&'static str]) {
    match what {
        What::Clean | What::SentTwice | What::Missing => ("accepted", &[]),
        What::WrongForm | What::Text => ("rejected", &["wrong-form"]),
        What::Faulty => ("rejected", &["wrong-format", "missing-value"]),
        What::OldVersion => ("accepted", &["old-version"]),
        What::Broken => ("unread", &["unreadable"]),
        What::Encrypted => ("unread", &["encrypted"]),
        What::Empty => ("unread", &["not-a-workbook"]),
    }
}

pub(crate) fn mix(count: usize, into: Option<&Path>) {
    let place = Place::new();
    let planted = Planter::new().plant(&place.path("in"), count);
    let ran = place.run(&format!("in -o out --form {FORM} --format json"));
    let kinds: BTreeMap<What, usize> = planted.values().fold(BTreeMap::new(), |mut kinds, what| {
        *kinds.entry(*what).or_default() += 1;
        kinds
    });
    println!("{} files of {count} units: {kinds:?}", planted.len());
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["files"].as_array().unwrap().len(), planted.len());
    let summary = place.summary("out");
    assert_eq!(summary["files"].as_array().unwrap().len(), planted.len());
    for file in summary["files"].as_array().unwrap() {
        let name = file["file"].as_str().unwrap();
        let (verdict, codes) = expected(planted[name]);
        assert_eq!(file["verdict"], verdict, "{file:#}");
        let found: Vec<&str> =
            file["codes"].as_array().into_iter().flatten().map(|one| one["code"].as_str().unwrap()).collect();
        assert!(codes.iter().all(|code| found.contains(code)), "{file:#}");
        assert!(!codes.is_empty() || found.is_empty(), "{file:#}");
        let said = report["files"].as_array().unwrap().iter().find(|one| one["file"] == format!("in/{name}")).unwrap();
        assert_eq!(said["valid"], verdict == "accepted", "{name}");
        for (key, wanted) in [("json", verdict == "accepted"), ("marked", verdict == "rejected")] {
            let path = file[key].as_str();
            assert_eq!(path.is_some(), wanted, "{file:#}");
            assert!(path.is_none_or(|path| place.path("out").join(path).is_file()), "{file:#}");
        }
    }
    for number in (0..count).filter(|number| what(*number) == What::Clean).take(20) {
        let json = place.path("out/accepted").join(crate::planter::name(number) + ".json");
        let read: Value = serde_json::from_slice(&fs::read(json).unwrap()).unwrap();
        assert_eq!(read, document(number, 30, 20));
    }
    let counted = |verdict: &str| planted.values().filter(|what| expected(**what).0 == verdict).count();
    for verdict in ["accepted", "rejected", "unread"] {
        assert_eq!(summary["summary"][verdict], counted(verdict), "{verdict}");
    }
    if let Some(into) = into {
        for name in ["in", "out"] {
            let status = Command::new("cp").arg("-r").arg(place.path(name)).arg(into.join(name)).status().unwrap();
            assert!(status.success());
        }
    }
}

pub(crate) fn threads() {
    let place = Place::new();
    Planter::with_rows(3).plant(&place.path("in"), 40);
    let one = place.run(&format!("in -o one --form {FORM} --jobs 1"));
    let many = place.run(&format!("in -o many --form {FORM} --jobs 7"));
    assert_eq!((one.code, &one.stdout), (many.code, &many.stdout));
    same(&place.outputs("one"), &place.outputs("many"), "one thread and seven");
}

/// A file comes out of a batch as it does alone.
pub(crate) fn as_alone() {
    let place = Place::new();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples").canonicalize().unwrap();
    for entry in fs::read_dir(&samples).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.ends_with(".findings.json") {
            place.write(&format!("in/{name}"), &fs::read(&path).unwrap());
        }
    }
    let sheetform = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sheetform"));
        command.current_dir(place.path("")).args(arguments).args(["--lang", "en"]).output().unwrap()
    };
    for format in ["text", "json", "html", "sarif"] {
        let ran = place.run(&format!("in -o out --format {format} --as-of 2026-06-30"));
        let files = place.files("out");
        let paths: Vec<String> = files.iter().map(|file| format!("in/{file}")).collect();
        let mut arguments = vec!["validate", "--format", format, "--as-of", "2026-06-30"];
        arguments.extend(paths.iter().map(String::as_str));
        let alone = sheetform(&arguments);
        assert!(ran.stdout == String::from_utf8_lossy(&alone.stdout), "{format}");
        assert_eq!(Some(ran.code), alone.status.code(), "{format}");
    }
    // Each of these is a run of the program: some forms are enough.
    for file in place.files("out").into_iter().filter(|file| file.starts_with('i') || file.starts_with("work-report")) {
        let (said, from) = (place.file("out", &file), format!("in/{file}"));
        // JSON stays JSON, and `convert` makes a workbook of it.
        if let (Some(json), Some(_)) = (said["json"].as_str(), file.strip_suffix(".xlsx")) {
            let convert = ["convert", &from, "-o", "alone.json", "--force", "--as-of", "2026-06-30"];
            assert!(sheetform(&convert).status.success());
            assert!(fs::read(place.path("alone.json")).unwrap() == fs::read(place.path("out").join(json)).unwrap());
        }
        if let Some(marked) = said["marked"].as_str() {
            sheetform(&["validate", &from, "--annotate", "alone.xlsx", "--force", "--as-of", "2026-06-30"]);
            assert!(fs::read(place.path("alone.xlsx")).unwrap() == fs::read(place.path("out").join(marked)).unwrap());
        }
    }
}
