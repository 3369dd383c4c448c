//! Workbooks as `LibreOffice` saves them; it is started here and nothing is judged.

use std::path::PathBuf;
use std::process::Command;

/// A folder with these files in another format; `None` where `soffice` cannot be run.
pub(crate) fn saved(books: &[PathBuf], ending: &str) -> Option<tempfile::TempDir> {
    let folder = tempfile::tempdir().unwrap();
    let save = |books: &[PathBuf], number: usize| {
        let profile = format!("-env:UserInstallation=file://{}/profile{number}", folder.path().display());
        let mut command = Command::new("soffice");
        command.args([&profile, "--headless", "--convert-to", ending, "--outdir"]).arg(folder.path()).args(books);
        command.output().is_ok_and(|output| output.status.success())
    };
    // It saves one after the other; two of them take half as long.
    let (left, right) = books.split_at(books.len() / 2);
    let saved = std::thread::scope(|scope| {
        let first = scope.spawn(|| save(left, 1));
        save(right, 2) && first.join().unwrap()
    });
    saved.then_some(folder)
}
