//! The output folder: what a batch replaces and takes away, and what it never touches; one run at a time.

use std::fs::{self, File};

use crate::planter::{FORM, Planter};
use crate::program::Place;

fn planted() -> Place {
    let place = Place::new();
    Planter::with_rows(4).plant(&place.path("in"), 12);
    place
}

pub(crate) fn foreign() {
    let place = planted();
    place.write("out/summary.xlsx", b"of someone");
    let ran = place.run("in -o out");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("summary.xlsx is not as a batch wrote it"), "{}", ran.stderr);
    assert_eq!(fs::read(place.path("out/summary.xlsx")).unwrap(), b"of someone");
    assert!(!place.path("out/accepted").exists());
    fs::remove_file(place.path("out/summary.xlsx")).unwrap();
    place.write("out/notes.txt", b"of someone");
    let first = place.run(&format!("in -o out --form {FORM}"));
    let before = place.outputs("out");
    let marked = before.keys().find(|name| name.starts_with("rejected/")).unwrap().clone();
    let json = before.keys().find(|name| name.starts_with("accepted/")).unwrap().clone();
    // Its own files are replaced without a word.
    let again = place.run(&format!("in -o out --form {FORM}"));
    assert_eq!((first.code, first.stdout), (again.code, again.stdout));
    // Who corrects the marked copy where it stands does not lose that.
    place.write(&format!("out/{marked}"), b"corrected by hand");
    fs::remove_file(place.path("out").join(&json)).unwrap();
    let ran = place.run(&format!("in -o out --form {FORM}"));
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains(&format!("out/{marked} is not as a batch wrote it")), "{}", ran.stderr);
    assert_eq!(fs::read(place.path("out").join(&marked)).unwrap(), b"corrected by hand");
    let after = place.outputs("out");
    assert_eq!(after["notes.txt"], b"of someone");
    // All others are there, and what was deleted is there again.
    for (name, bytes) in before.iter().filter(|(name, _)| name.starts_with("accepted/")) {
        assert_eq!(&after[name], bytes, "{name}");
    }
    fs::remove_file(place.path("out").join(&marked)).unwrap();
    let ran = place.run(&format!("in -o out --form {FORM} --resume"));
    assert_eq!(ran.code, first.code, "{}", ran.stderr);
    crate::program::same(&place.outputs("out"), &before, "put right");
}

pub(crate) fn gone() {
    let place = planted();
    place.run(&format!("in -o out --form {FORM}"));
    let before = place.outputs("out");
    let gone = place.files("out").into_iter().next().unwrap();
    let accepted: Vec<&String> = before.keys().filter(|name| name.starts_with("accepted/")).collect();
    fs::remove_file(place.path("in").join(&gone)).unwrap();
    // A file that was accepted is so no more: its JSON goes, a marked copy comes.
    let file = accepted[1].strip_prefix("accepted/").unwrap().strip_suffix(".json").unwrap();
    place.write(&format!("in/{file}"), &Planter::with_rows(4).files(5).remove(0).1);
    place.write(&format!("out/{}", accepted[2]), b"changed by hand");
    fs::remove_file(
        place.path("in").join(accepted[2].strip_prefix("accepted/").unwrap().strip_suffix(".json").unwrap()),
    )
    .unwrap();
    let ran = place.run(&format!("in -o out --form {FORM}"));
    let after = place.outputs("out");
    assert!(!after.keys().any(|name| name.contains(&gone)), "{gone}");
    assert!(!after.contains_key(accepted[1]) && after.contains_key(&format!("rejected/{file}")));
    assert_eq!(after[accepted[2]], b"changed by hand");
    assert!(ran.stderr.contains("was changed since; it stays"), "{}", ran.stderr);
    // A folder that is empty goes with its last file.
    fs::remove_dir_all(place.path("in")).unwrap();
    place.write("in/one.xlsx", &Planter::with_rows(2).clean(0));
    place.run("in -o out");
    let names: Vec<String> = fs::read_dir(place.path("out"))
        .unwrap()
        .map(|one| one.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert!(!names.contains(&"rejected".to_owned()), "{names:?}");
}

pub(crate) fn locked() {
    let place = planted();
    place.run("in -o out");
    let before = place.outputs("out");
    let lock = File::options().write(true).open(place.path("out/.sheetform/lock")).unwrap();
    lock.lock().unwrap();
    fs::write(place.path("out/.sheetform/who"), "zhang@office, process 17\n").unwrap();
    let ran = place.run("in -o out");
    assert_eq!(ran.code, 2);
    let said =
        "error: out: another batch is writing there (zhang@office, process 17); wait for it, or give another folder\n";
    assert_eq!(ran.stderr, said);
    crate::program::same(&place.outputs("out"), &before, "locked");
    // Another folder is free, and so is this one once whoever had it is gone.
    assert_ne!(place.run("in -o other").code, -1);
    // Not only closed: a program that another test starts meanwhile may have it open for a moment too.
    lock.unlock().unwrap();
    assert!(place.run("in -o out").stderr.contains("see out"));
}

/// A disk that takes no more bytes of a file, as the system can be told to play: what does not fit is said, nothing half
/// written appears, and the rest is done once there is room.
#[cfg(unix)]
pub(crate) fn full() {
    let place = Place::new();
    Planter::with_rows(4).plant(&place.path("in"), 12);
    // Of one file the JSON is larger than the limit.
    place.write("in/large.xlsx", &Planter::with_rows(900).clean(0));
    let whole = place.run(&format!("in -o whole --form {FORM}"));
    for kib in [1, 8, 64] {
        let ran = place.limited(kib, &format!("in -o out --form {FORM}"));
        assert_eq!(ran.code, 2, "{kib}: {}", ran.stderr);
        assert!(ran.stderr.lines().any(|line| line.starts_with("error: out")), "{kib}: {}", ran.stderr);
        let expected = place.outputs("whole");
        for (name, bytes) in place.outputs("out").iter().filter(|(name, _)| name.starts_with("accepted/")) {
            assert_eq!(&expected[name], bytes, "{name}");
        }
        let left = fs::read_dir(place.path("out/.sheetform/new")).map_or(0, Iterator::count);
        assert_eq!(left, 0, "{kib}: {left} files are left over");
    }
    let ran = place.run(&format!("in -o out --form {FORM} --resume"));
    assert_eq!((ran.code, &ran.stdout), (whole.code, &whole.stdout));
    crate::program::same(&place.outputs("out"), &place.outputs("whole"), "once there is room");
}
