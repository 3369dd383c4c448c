//! `validate --annotate`: a marked copy gives the findings of the original, its list has each of them, and what cannot
//! be marked leaves nothing behind.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples").canonicalize().unwrap()
}

fn sheetform(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sheetform")).current_dir(folder).args(arguments).output().unwrap()
}

/// The findings that a run prints, without the name of the file.
fn findings(output: &Output) -> Vec<Value> {
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut findings = report["files"][0]["findings"].as_array().unwrap().clone();
    for finding in &mut findings {
        finding.as_object_mut().unwrap().remove("file");
    }
    findings
}

fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    names
        .into_iter()
        .map(|name| {
            let mut bytes = Vec::new();
            archive.by_name(&name).unwrap().read_to_end(&mut bytes).unwrap();
            (name, bytes)
        })
        .collect()
}

fn zipped(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_marked_copy_gives_the_same_findings_and_lists_them_all() {
    let work = tempfile::tempdir().unwrap();
    let mut count = 0;
    for entry in fs::read_dir(samples()).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        if !name.ends_with(".faulty.xlsx") {
            continue;
        }
        fs::copy(samples().join(&name), work.path().join(&name)).unwrap();
        let before = findings(&sheetform(work.path(), &["validate", &name, "--format", "json", "--lang", "en"]));
        for lang in ["en", "zh"] {
            let marked = format!("{lang}-{name}");
            let run = ["validate", &name, "--annotate", &marked, "--lang", lang, "--format", "json"];
            let said = findings(&sheetform(work.path(), &run));
            let after = findings(&sheetform(work.path(), &["validate", &marked, "--format", "json", "--lang", "en"]));
            assert_eq!(before, after, "{marked}");
            let all = parts(&fs::read(work.path().join(&marked)).unwrap());
            let list = all.iter().filter(|(part, _)| part.starts_with("xl/worksheets/sheet"));
            let list = list.map(|(_, bytes)| String::from_utf8(bytes.clone()).unwrap());
            let list = list.filter(|xml| xml.contains("<tabColor rgb=\"FFC00000\"/>")).collect::<Vec<_>>();
            let [list] = list.as_slice() else { panic!("{marked} has {} lists", list.len()) };
            for finding in &said {
                // One line of each message is enough: how XML is escaped is not what is tested.
                let text = finding["message"].as_str().unwrap();
                let plain = text.split(['"', '\'', '<', '>', '&', '\n', '_']).max_by_key(|part| part.len()).unwrap();
                assert!(list.contains(plain), "{marked}: the list has no {text}");
                if let Some(cell) = finding["cell"].as_str() {
                    assert!(list.contains(&format!("!{cell}\" display=\"{cell}\"/>")), "{marked}: no link to {cell}");
                }
            }
            count += said.len();
        }
    }
    assert!(count > 100, "{count}");
}

#[test]
fn a_workbook_with_macros_keeps_them_and_its_ending() {
    let work = tempfile::tempdir().unwrap();
    let plain = fs::read(samples().join("inspection-ledger.faulty.xlsx")).unwrap();
    let mut all = parts(&plain);
    for (name, bytes) in &mut all {
        if name == "[Content_Types].xml" {
            let main = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";
            let text = String::from_utf8(bytes.clone()).unwrap();
            assert!(text.contains(main));
            let with = text.replace(main, "application/vnd.ms-excel.sheet.macroEnabled.main+xml");
            *bytes = with.into_bytes();
        }
    }
    all.push(("xl/vbaProject.bin".to_owned(), vec![0, 1, 2, 255]));
    fs::write(work.path().join("a.xlsm"), zipped(&all)).unwrap();
    let wrong = sheetform(work.path(), &["validate", "a.xlsm", "--annotate", "b.xlsx", "--lang", "en", "-q"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8(wrong.stderr).unwrap().contains(".xlsm"));
    assert!(!work.path().join("b.xlsx").exists());
    let done = sheetform(work.path(), &["validate", "a.xlsm", "--annotate", "b.xlsm", "--lang", "en", "-q"]);
    assert_eq!(done.status.code(), Some(1));
    let marked = parts(&fs::read(work.path().join("b.xlsm")).unwrap());
    assert!(marked.contains(&("xl/vbaProject.bin".to_owned(), vec![0, 1, 2, 255])));
}

#[test]
fn what_cannot_be_marked_leaves_nothing() {
    let work = tempfile::tempdir().unwrap();
    let folder = work.path();
    let good = fs::read(samples().join("inspection-ledger.faulty.xlsx")).unwrap();
    let mut twice = parts(&good);
    twice.push(("XL/Workbook.xml".to_owned(), b"<workbook/>".to_vec()));
    let compound = [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..], &[0; 2_000]].concat();
    for (name, bytes) in [
        ("cut.xlsx", good[..good.len() / 2].to_vec()),
        ("twice.xlsx", zipped(&twice)),
        ("compound.xlsx", compound),
        ("empty.xlsx", Vec::new()),
        ("text.xlsx", b"no workbook".to_vec()),
    ] {
        fs::write(folder.join(name), bytes).unwrap();
        let output = sheetform(folder, &["validate", name, "--annotate", "out.xlsx", "--lang", "en"]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(!folder.join("out.xlsx").exists(), "{name}");
        fs::remove_file(folder.join(name)).unwrap();
        let left: Vec<_> = fs::read_dir(folder).unwrap().flatten().map(|entry| entry.file_name()).collect();
        assert!(left.is_empty(), "{name}: {left:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_in_one_line() {
    let output = sheetform(
        &samples(),
        &["validate", "inspection-ledger.faulty.xlsx", "--annotate", "/dev/full", "--lang", "en"],
    );
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "error: /dev/full: the disk is full\n");
}

/// The marks of one round are not those of the next: what was mended is plain again, and what is left stays marked.
#[test]
fn a_second_round_replaces_the_marks() {
    let work = tempfile::tempdir().unwrap();
    let folder = work.path();
    fs::copy(samples().join("inspection-ledger.faulty.xlsx"), folder.join("a.xlsx")).unwrap();
    sheetform(folder, &["validate", "a.xlsx", "--annotate", "b.xlsx", "--lang", "zh"]);
    let mut all = parts(&fs::read(folder.join("b.xlsx")).unwrap());
    let count = |all: &[(String, Vec<u8>)], word: &str| -> usize {
        let texts = all.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned());
        texts.map(|text| text.matches(word).count()).sum()
    };
    assert_eq!(count(&all, "----- sheetform -----"), 10);
    // Someone corrects the serial number in A9.
    for (name, bytes) in &mut all {
        if name == "xl/worksheets/sheet1.xml" {
            let text = String::from_utf8(bytes.clone()).unwrap();
            assert!(text.contains("<v>60</v>"));
            *bytes = text.replace("<v>60</v>", "<v>6</v>").into_bytes();
        }
    }
    fs::write(folder.join("c.xlsx"), zipped(&all)).unwrap();
    sheetform(folder, &["validate", "c.xlsx", "--annotate", "c.xlsx", "--force", "--lang", "zh"]);
    let again = parts(&fs::read(folder.join("c.xlsx")).unwrap());
    assert_eq!(count(&again, "----- sheetform -----"), 9);
    assert_eq!(count(&again, "<tabColor"), 1);
    let names = |all: &[(String, Vec<u8>)]| all.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&again), names(&all));
}

/// Where nothing was changed a second round gives the same bytes.
#[test]
fn a_second_round_over_the_same_cells_is_the_same_file() {
    let work = tempfile::tempdir().unwrap();
    let mut count = 0;
    for entry in fs::read_dir(samples()).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        if !name.ends_with(".faulty.xlsx") {
            continue;
        }
        let folder = work.path();
        fs::copy(samples().join(&name), folder.join("a.xlsx")).unwrap();
        let once_more = ["validate", "a.xlsx", "--annotate", "a.xlsx", "--force", "--lang", "en"];
        sheetform(folder, &once_more);
        let once = fs::read(folder.join("a.xlsx")).unwrap();
        sheetform(folder, &once_more);
        assert!(once == fs::read(folder.join("a.xlsx")).unwrap(), "{name}");
        count += 1;
    }
    assert!(count > 10);
}
