//! The built program as the tests of `batch` run it, and what it leaves.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// A temporary folder in which the program runs.
pub(crate) struct Place(TempDir);

/// What a run gave.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        crate::planter::write(&self.path(name), bytes);
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sheetform"));
        command.current_dir(self.0.path()).arg("batch").args(arguments.split(' ')).env_remove("RAYON_NUM_THREADS");
        command.args(["--lang", "en"]);
        command
    }

    /// Runs `batch` with arguments that have no blanks.
    pub(crate) fn run(&self, arguments: &str) -> Ran {
        Ran::of(&self.command(arguments).output().unwrap())
    }

    /// Runs it where no file may become longer than so many KiB.
    #[cfg(unix)]
    pub(crate) fn limited(&self, kib: usize, arguments: &str) -> Ran {
        let command = self.command(arguments);
        let mut shell = Command::new("bash");
        let script = format!("trap '' XFSZ; ulimit -f {kib}; exec \"$0\" \"$@\"");
        shell.current_dir(self.0.path()).env_remove("RAYON_NUM_THREADS").arg("-c").arg(script);
        Ran::of(&shell.arg(command.get_program()).args(command.get_args()).output().unwrap())
    }

    /// Begins it, and leaves it to itself.
    pub(crate) fn start(&self, arguments: &str) -> Child {
        self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// The summary that stands in an output folder.
    pub(crate) fn summary(&self, out: &str) -> Value {
        serde_json::from_slice(&fs::read(self.path(out).join("summary.json")).unwrap()).unwrap()
    }

    /// What the summary says of a file.
    pub(crate) fn file(&self, out: &str, file: &str) -> Value {
        let summary = self.summary(out);
        let files = summary["files"].as_array().unwrap();
        files.iter().find(|one| one["file"] == file).unwrap_or_else(|| panic!("{file} is not in {summary:#}")).clone()
    }

    /// The names of the files of the summary.
    pub(crate) fn files(&self, out: &str) -> Vec<String> {
        let summary = self.summary(out);
        summary["files"].as_array().unwrap().iter().map(|one| one["file"].as_str().unwrap().to_owned()).collect()
    }

    /// All outputs with their bytes; what is kept for the next run only where it does not name who ran.
    pub(crate) fn outputs(&self, out: &str) -> BTreeMap<String, Vec<u8>> {
        let mut all = BTreeMap::new();
        gather(&self.path(out), &self.path(out), &mut all);
        all.retain(|name, _| !name.ends_with("/who") && !name.ends_with("/lock"));
        all
    }
}

impl Ran {
    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let code = output.status.code().unwrap_or(-1);
        Self { code, stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }
}

fn gather(folder: &Path, root: &Path, all: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, root, all);
        } else {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            all.insert(name, fs::read(&path).unwrap());
        }
    }
}

/// Two folders of outputs are the same, to the byte.
pub(crate) fn same(a: &BTreeMap<String, Vec<u8>>, b: &BTreeMap<String, Vec<u8>>, what: &str) {
    let names = |all: &BTreeMap<String, Vec<u8>>| all.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(a), names(b), "{what}");
    for (name, bytes) in a {
        assert!(b[name] == *bytes, "{what}: {name} differs");
    }
}

/// Waits until something is so.
pub(crate) fn until(what: &str, so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < Duration::from_mins(1), "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
