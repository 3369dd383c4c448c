//! Every file of the corpus beside the workspace opens to cells, or ends in a message that says what it is. Where the
//! corpus is not there, that is said.

// A helper of a test may stop it, as the test itself may.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use sheetform::finding::Finding;
use sheetform::grid::Source;
use sheetform_workbook::Workbook;

#[test]
fn every_file_opens_or_says_what_it_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let corpus = std::env::var_os("SHEETFORM_CORPUS").map_or_else(|| root.join("../shared/corpus"), PathBuf::from);
    let Ok(entries) = fs::read_dir(&corpus) else {
        println!("not run: the corpus is not there");
        return;
    };
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending != "md"));
    files.sort();
    let mut kinds: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut refused = Vec::new();
    for file in &files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        match cells(file) {
            Ok((kind, cells)) => {
                assert!(cells > 0, "{name} has no cell");
                let (files, all) = kinds.entry(kind).or_default();
                *files += 1;
                *all += cells;
            }
            Err(finding) => {
                assert!(!finding.message.zh.is_empty() && name.starts_with("hostile"), "{name}: {finding}");
                refused.push(format!("{name}: {}", finding.message.en));
            }
        }
    }
    println!("read {} files of the corpus (kind: files, cells): {kinds:?}; refused: {refused:?}", files.len());
}

fn cells(file: &Path) -> Result<(String, usize), Finding> {
    let book = Workbook::open(file)?;
    let mut count = 0;
    for sheet in 0..book.info().sheets.len() {
        book.frame(sheet)?;
        book.rows(sheet, &mut |row| {
            count += row.cells.len();
            ControlFlow::Continue(())
        })?;
    }
    Ok((format!("{:?}", book.kind()), count))
}

/// What a damaged file says, whatever part of it is damaged: nothing panics, nothing runs away.
#[test]
fn damaged_files_of_the_corpus_end() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let corpus = std::env::var_os("SHEETFORM_CORPUS").map_or_else(|| root.join("../shared/corpus"), PathBuf::from);
    let mut state: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let (mut opened, mut refused) = (0, 0);
    for name in [
        "en-notes-above-below.xls",
        "zh-import-template-required-marks.xls",
        "en-various-types.xlsb",
        "zh-broker-text-disguised.xls",
    ] {
        let Ok(whole) = fs::read(corpus.join(name)) else {
            println!("not run: {name} is not there");
            continue;
        };
        for round in 0..60 {
            let mut bytes = whole.clone();
            if round % 4 == 0 {
                bytes.truncate(next(whole.len()));
            }
            for _ in 0..=next(8) {
                if !bytes.is_empty() {
                    let at = next(bytes.len());
                    bytes[at] = next(256) as u8;
                }
            }
            let read = Workbook::from_bytes(bytes).and_then(|book| {
                for sheet in 0..book.info().sheets.len() {
                    book.frame(sheet)?;
                    book.rows(sheet, &mut |_| ControlFlow::Continue(()))?;
                }
                Ok(())
            });
            if read.is_ok() { opened += 1 } else { refused += 1 }
        }
    }
    println!("damaged: {opened} read, {refused} refused");
}
