//! Ledgers: which files at their place are a batch's own, what is said of older ones, and runs that were cut off.

use std::fs;

use crate::planter::{FORM, Planter, document};
use crate::program::{Place, same, until};
use crate::resumed::lines;

/// A ledger of each kind; the first two bear a mark of their own.
const LEDGERS: [&str; 6] = ["ledger.xlsx", "ledger.json", "ledger.csv", "ledger.tsv", "ledger.jsonl", "ledger.parquet"];

fn planted(units: usize) -> Place {
    let place = Place::new();
    let planter = Planter::with_rows(4);
    for number in 0..units {
        place.write(&format!("in/{number}.xlsx"), &planter.clean(number));
    }
    place
}

/// What no batch wrote, or someone changed since, is never overwritten; what it wrote is replaced.
pub(crate) fn owned() {
    let place = planted(3);
    for ledger in LEDGERS {
        place.write(ledger, b"of someone");
        let arguments = format!("in -o out --form {FORM} --merge {ledger}");
        let ran = place.run(&arguments);
        assert_eq!(ran.code, 2);
        let said = format!("error: {ledger} exists already and is no ledger of a batch");
        assert!(ran.stderr.contains(&said), "{}", ran.stderr);
        assert_eq!(fs::read(place.path(ledger)).unwrap(), b"of someone");
        fs::remove_file(place.path(ledger)).unwrap();
        assert_eq!(place.run(&arguments).code, 0);
        let first = fs::read(place.path(ledger)).unwrap();
        // Replaced by one of other files, in a run with others between, and after a run without a ledger.
        place.write("in/9.xlsx", &Planter::with_rows(4).clean(9));
        place.run(&format!("in -o out --form {FORM}"));
        let ran = place.run(&arguments);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let second = fs::read(place.path(ledger)).unwrap();
        assert_ne!(first, second);
        assert_eq!(place.run(&arguments).code, 0);
        assert_eq!(fs::read(place.path(ledger)).unwrap(), second, "the same files give the same bytes");
        fs::remove_file(place.path("in/9.xlsx")).unwrap();
        // Another output folder knows nothing of it.
        assert_eq!(place.run(&arguments.replace("-o out", "-o other")).code, 2);
        assert_eq!(fs::read(place.path(ledger)).unwrap(), second);
        let changed = [&second[..], b"\n"].concat();
        place.write(ledger, &changed);
        assert_eq!(place.run(&arguments).code, 2);
        assert_eq!(fs::read(place.path(ledger)).unwrap(), changed);
    }
}

/// Of several forms each has its ledger; they are no submissions, and one that is not written any more is named.
pub(crate) fn several_forms() {
    let place = planted(2);
    let sample = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/equipment-register.json");
    place.write("in/register.json", &fs::read(sample).unwrap());
    for ledger in ["in/all.csv", "in/all.json"] {
        let arguments = format!("in -o out --merge {ledger}");
        let named = |form: &str| ledger.replace("all.", &format!("all.{form}."));
        for _ in 0..2 {
            let ran = place.run(&arguments);
            assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
            assert_eq!(place.files("out"), ["0.xlsx", "1.xlsx", "register.json"]);
            assert!(place.path(&named(FORM)).is_file() && place.path(&named("equipment-register")).is_file());
            assert!(!ran.stderr.contains("of an earlier run"), "{}", ran.stderr);
        }
        let register = fs::read(place.path("in/register.json")).unwrap();
        fs::remove_file(place.path("in/register.json")).unwrap();
        let ran = place.run(&arguments);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(place.path(ledger).is_file());
        let stale = named("equipment-register");
        assert!(ran.stderr.contains(&format!("{stale} is of an earlier run")), "{}", ran.stderr);
        assert!(place.path(&stale).is_file());
        for path in [ledger, &stale, &named(FORM)] {
            fs::remove_file(place.path(path)).unwrap();
        }
        place.write("in/register.json", &register);
    }
}

/// Cut off after half of the files: the rest is read, and the ledger is that of an undisturbed run.
pub(crate) fn resumed() {
    let place = Place::new();
    let files = Planter::with_rows(20).plant(&place.path("in"), 40).len();
    for ledger in ["ledger.jsonl", "ledger.xlsx"] {
        let run = |out: &str| format!("in -o {out} --form {FORM} --merge {ledger}");
        let whole = place.run(&run("whole"));
        let expected = fs::read(place.path(ledger)).unwrap();
        fs::remove_file(place.path(ledger)).unwrap();
        let mut cut = place.start(&format!("{} --jobs 1", run("out")));
        // A line comes before its output: of these all but the last are done for sure.
        until("half of the files are done", || lines(&place, "out") >= files / 2);
        cut.kill().unwrap();
        cut.wait().unwrap();
        assert!(!place.path(ledger).exists(), "killed too late");
        let resumed = place.run(&format!("{} --resume", run("out")));
        assert_eq!((resumed.code, &resumed.stdout), (whole.code, &whole.stdout));
        assert!(resumed.stderr.contains("files are as an earlier run left them"), "{}", resumed.stderr);
        assert!(fs::read(place.path(ledger)).unwrap() == expected, "{ledger} differs");
        same(&place.outputs("out"), &place.outputs("whole"), ledger);
        for name in [ledger, "out", "whole"] {
            let path = place.path(name);
            if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
        }
    }
}

/// The records of all files are in every kind of ledger, in the order of the files, numbered through.
pub(crate) fn all_kinds() {
    let place = planted(12);
    let lines = |name: &str| fs::read_to_string(place.path(name)).unwrap();
    for ledger in ["ledger.json", "ledger.xlsx", "ledger.jsonl", "ledger.ndjson", "ledger.csv", "ledger.TSV"] {
        let ran = place.run(&format!("in -o out --form {FORM} --merge {ledger}"));
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(ran.stderr.contains(&format!("wrote {ledger} with 48 records")), "{}", ran.stderr);
    }
    assert_eq!(lines("ledger.jsonl"), lines("ledger.ndjson"));
    let records: Vec<serde_json::Value> =
        lines("ledger.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    // By name: 0, 1, 10, 11, 2 …
    let mut numbers: Vec<usize> = (0..12).collect();
    numbers.sort_by_key(usize::to_string);
    for (at, record) in records.iter().enumerate() {
        let unit = document(numbers[at / 4], 4, 20);
        assert_eq!(record["source"], unit["unit"]);
        assert_eq!(record["serial"], at + 1);
        assert_eq!(record["site"], unit["entries"][at % 4]["site"]);
        // Alike in all files: it stands in each line.
        assert_eq!(record["date"], "2026-03-20");
    }
    assert_eq!(records.len(), 48);
    let whole: serde_json::Value = serde_json::from_str(&lines("ledger.json")).unwrap();
    assert_eq!(whole["entries"].as_array().unwrap().len(), 48);
    for (name, delimiter) in [("ledger.csv", ','), ("ledger.TSV", '\t')] {
        let text = lines(name);
        assert_eq!(text.lines().count(), 49, "{name}");
        let ends: Vec<&str> = text.lines().map(|line| line.rsplit(delimiter).next().unwrap()).collect();
        assert_eq!((ends[0], ends[1]), ("来源", crate::planter::unit(0).as_str()), "{name}");
    }
}
