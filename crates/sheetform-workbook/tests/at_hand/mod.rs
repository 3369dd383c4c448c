//! The files at hand for the judges: those of the samples, of the tests, and of the corpus beside the workspace where it
//! is there (or where `SHEETFORM_CORPUS` says).

#![allow(clippy::print_stdout, reason = "what is not there is said")]

use std::fs;
use std::path::{Path, PathBuf};

/// Those with one of these endings, in order.
pub(crate) fn files(endings: &[&str]) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let corpus = std::env::var_os("SHEETFORM_CORPUS").map_or_else(|| root.join("../shared/corpus"), PathBuf::from);
    if !corpus.is_dir() {
        println!("the corpus is not there: only samples and the files of tests are read");
    }
    let mut files = Vec::new();
    for folder in [root.join("samples"), root.join("tests"), corpus] {
        collect(&folder, endings, &mut files);
    }
    files.sort();
    files
}

fn collect(folder: &Path, endings: &[&str], files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, endings, files);
        } else if path.extension().is_some_and(|ending| endings.iter().any(|one| ending == *one)) {
            files.push(path);
        }
    }
}
