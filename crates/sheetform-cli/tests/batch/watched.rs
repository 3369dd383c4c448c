//! Folders that change while a batch watches them.

use std::fs;
use std::process::{Child, Command};

use crate::planter::{FORM, Planter};
use crate::program::{Place, Ran, until};

/// As Ctrl-C does.
fn interrupt(run: &Child) {
    assert!(Command::new("kill").args(["-INT", &run.id().to_string()]).status().unwrap().success());
}

pub(crate) fn files() {
    let place = Place::new();
    let planter = Planter::with_rows(3);
    place.write("in/a.xlsx", &planter.clean(0));
    let run = place.start(&format!("in -o out --form {FORM} --watch=1"));
    let accepted = |name: &str| place.path(&format!("out/accepted/{name}.json")).is_file();
    let listed = |count: u64| {
        let summary = fs::read(place.path("out/summary.json")).unwrap_or_default();
        let summary: serde_json::Value = serde_json::from_slice(&summary).unwrap_or_default();
        summary["summary"]["files"].as_u64() == Some(count)
    };
    until("the first file is done", || accepted("a.xlsx") && listed(1));
    // One that arrives in two pieces is read when it is whole.
    let bytes = planter.clean(1);
    place.write("in/sub/b.xlsx", &bytes[..bytes.len() / 2]);
    std::thread::sleep(std::time::Duration::from_millis(600));
    place.write("in/sub/b.xlsx", &bytes);
    until("the second is done", || accepted("sub/b.xlsx") && listed(2));
    // One that goes wrong: what it was is taken away.
    place.write("in/a.xlsx", &planter.files(5).remove(0).1);
    until("the change is seen", || !accepted("a.xlsx") && place.path("out/rejected/a.xlsx").is_file());
    fs::remove_file(place.path("in/a.xlsx")).unwrap();
    until("what is gone is gone", || !place.path("out/rejected/a.xlsx").exists() && listed(1));
    place.write("in/c.xlsx", &planter.clean(2));
    until("the last is done", || accepted("c.xlsx") && listed(2));
    interrupt(&run);
    let ran = Ran::of(&run.wait_with_output().unwrap());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(place.files("out"), ["c.xlsx", "sub/b.xlsx"]);
    // Half a file was never taken for a file.
    assert!(!ran.stderr.contains("sub/b.xlsx"), "{}", ran.stderr);
    let once = place.run(&format!("in -o once --form {FORM}"));
    assert_eq!(once.code, 0);
    crate::program::same(&place.outputs("out"), &place.outputs("once"), "watched, and done once");
}

pub(crate) fn ctrl_c() {
    let place = Place::new();
    let files = Planter::with_rows(20).plant(&place.path("in"), 60).len();
    let whole = place.run(&format!("in -o whole --form {FORM}"));
    let run = place.start(&format!("in -o out --form {FORM} --jobs 1"));
    until("some files are done", || fs::read_dir(place.path("out/accepted")).is_ok_and(|files| files.count() > 0));
    interrupt(&run);
    let ran = Ran::of(&run.wait_with_output().unwrap());
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("go on with --resume"), "{} of {files}", ran.stderr);
    let resumed = place.run(&format!("in -o out --form {FORM} --resume"));
    assert_eq!((resumed.code, &resumed.stdout), (whole.code, &whole.stdout));
    crate::program::same(&place.outputs("out"), &place.outputs("whole"), "stopped, and gone on");
}

/// What keeps a round from its end does not end the watch, and takes nothing away.
pub(crate) fn trouble() {
    let place = Place::new();
    let planter = Planter::with_rows(3);
    place.write("in/a.xlsx", &planter.clean(0));
    let run = place.start(&format!("in -o out --form {FORM} --watch=1"));
    let file = |name: &str| place.path(name).is_file();
    // All of the round: who writes into the middle of it comes too late to be seen.
    let settled = || fs::metadata(place.path("out/.sheetform/journal.jsonl")).is_ok_and(|journal| journal.len() == 0);
    until("the first file is done", || {
        file("out/accepted/a.xlsx.json") && settled() && place.summary("out")["summary"]["files"] == 1
    });
    fs::rename(place.path("in"), place.path("away")).unwrap();
    // Someone makes the summary his own.
    place.write("out/summary.xlsx", b"notes of someone");
    place.write("away/b.xlsx", &planter.clean(1));
    std::thread::sleep(std::time::Duration::from_millis(2500));
    assert!(file("out/accepted/a.xlsx.json"));
    fs::rename(place.path("away"), place.path("in")).unwrap();
    until("the second is done", || file("out/accepted/b.xlsx.json"));
    std::thread::sleep(std::time::Duration::from_millis(1500));
    assert_eq!(fs::read(place.path("out/summary.xlsx")).unwrap(), b"notes of someone");
    fs::remove_file(place.path("out/summary.xlsx")).unwrap();
    until("the summary is there again", || file("out/summary.xlsx"));
    interrupt(&run);
    let ran = Ran::of(&run.wait_with_output().unwrap());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(place.files("out"), ["a.xlsx", "b.xlsx"]);
    // Each said once, however often it was tried.
    let said: Vec<&str> = ran.stderr.lines().filter(|line| line.starts_with("error: ")).collect();
    let expected = [
        "error: in: there is no such file or folder",
        "error: out/summary.xlsx is not as a batch wrote it; move it away or delete it, it is not overwritten",
    ];
    assert_eq!(said, expected);
}
