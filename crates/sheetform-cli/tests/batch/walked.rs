//! What is read below the folders that are given, and what is not.

use std::fs;

use serde_json::Value;

use crate::planter::Planter;
use crate::program::Place;

fn clean() -> Vec<u8> {
    Planter::with_rows(2).clean(0)
}

/// What the summary says was not looked at, and why.
fn skipped(place: &Place, out: &str) -> Vec<(String, String)> {
    let summary = place.summary(out);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let skipped = summary["skipped"].as_array().unwrap();
    skipped.iter().map(|one| (text(&one["file"]), text(&one["why"]))).collect()
}

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

pub(crate) fn what_is_read() {
    let place = Place::new();
    for name in ["b/2.xlsx", "a.xlsx", "b/10.XLSX", "b.xlsx", "b/c/d.xlsx", "~$a.xlsx", ".hidden.xlsx", ".git/e.xlsx"] {
        place.write(&format!("in/{name}"), &clean());
    }
    place.write("in/letter.docx", b"x");
    place.write("in/scan.pdf", b"x");
    place.write("in/.~lock.a.xlsx#", b"x");
    let ran = place.run("in -o out");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    // By folder and name, not by the bytes of the whole path.
    assert_eq!(place.files("out"), ["a.xlsx", "b/10.XLSX", "b/2.xlsx", "b/c/d.xlsx", "b.xlsx"]);
    let expected = [
        (".git", "hidden"),
        (".hidden.xlsx", "hidden"),
        (".~lock.a.xlsx#", "hidden"),
        ("letter.docx", "other-kind"),
        ("scan.pdf", "other-kind"),
        ("~$a.xlsx", "lock-file"),
    ];
    assert_eq!(skipped(&place, "out"), pairs(&expected));
}

pub(crate) fn several() {
    let place = Place::new();
    for name in ["2026/a/x.xlsx", "2025/a/x.xlsx", "2025/b/y.xlsx", "alone.txt"] {
        place.write(name, &clean());
    }
    // Called from the folder that holds all of them, so that no two have one name.
    let ran = place.run("2026/a 2025/a -o out");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(place.files("out"), ["2025/a/x.xlsx", "2026/a/x.xlsx"]);
    // A folder within another, a file that was found already, one of another ending by its name.
    let ran = place.run("2025 2025/a 2025/b/y.xlsx ./2025/../2025 alone.txt -o out");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(place.files("out"), ["2025/a/x.xlsx", "2025/b/y.xlsx", "alone.txt"]);
    let ran = place.run("2025 nowhere -o out");
    assert_eq!((ran.code, ran.stderr.as_str()), (2, "error: nowhere: there is no such file or folder\n"));
    let ran = place.run("2025 - -o out");
    assert_eq!((ran.code, ran.stderr.as_str()), (2, "error: a batch reads files, not standard input\n"));
}

pub(crate) fn patterns() {
    let place = Place::new();
    for name in ["n1/a.xlsx", "n1/old/b.xlsx", "n2/c.csv", "n2/d.Xlsx", "m/e.xlsx", "n1/~$a.xlsx"] {
        place.write(&format!("in/{name}"), &clean());
    }
    let files = |arguments: &str| {
        let ran = place.run(&format!("{arguments} -o out"));
        assert!(ran.code < 2, "{arguments}: {}", ran.stderr);
        place.files("out")
    };
    assert_eq!(files("in --include *.xlsx"), ["m/e.xlsx", "n1/a.xlsx", "n1/old/b.xlsx", "n2/d.Xlsx"]);
    assert_eq!(files("in --include n1/*"), ["n1/a.xlsx"]);
    assert_eq!(files("in --include n1/** --include m/*.xlsx"), ["m/e.xlsx", "n1/a.xlsx", "n1/old/b.xlsx"]);
    assert_eq!(files("in --include *.xlsx --exclude old --exclude M"), ["n1/a.xlsx", "n2/d.Xlsx"]);
    // Patterns that no shell has put names for; names begin where the pattern does.
    assert_eq!(files("in/n*/*.xlsx"), ["n1/a.xlsx", "n2/d.Xlsx"]);
    assert_eq!(files("in/n?"), ["n1/a.xlsx", "n1/old/b.xlsx", "n2/c.csv", "n2/d.Xlsx"]);
    let ran = place.run("in --include [ -o out");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("--include \"[\": this is no pattern"), "{}", ran.stderr);
}

pub(crate) fn output_inside() {
    let place = Place::new();
    let mut faulty = Planter::with_rows(4).files(5);
    place.write("in/a.xlsx", &faulty.remove(0).1);
    for out in ["in/out", "in/second", "in/out"] {
        let ran = place.run(&format!("in -o {out}"));
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        assert_eq!(place.files(out), ["a.xlsx"], "{out}");
        assert!(place.path(out).join("rejected/a.xlsx").is_file());
    }
    assert_eq!(skipped(&place, "in/out"), pairs(&[("out", "outputs"), ("second", "outputs")]));
    let ran = place.run("in in/out -o in/out");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("is to be read, and is the output folder"), "{}", ran.stderr);
}

pub(crate) fn nothing() {
    let place = Place::new();
    place.write("in/readme.md", b"x");
    let ran = place.run("in -o out");
    assert_eq!(ran.code, 2);
    assert_eq!(ran.stderr, "error: there is nothing to read in in: no spreadsheet and no JSON document\n");
    assert!(!place.path("out").exists());
    let ran = place.run("in/readme.md -o no/such/folder");
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    // A pattern of which there is none today, one that is wrong, and an --include that leaves nothing.
    for (arguments, said) in [
        ("in/*.ods", "error: there is nothing to read in in/*.ods: no spreadsheet and no JSON document\n"),
        ("in --include *.ods", "error: there is nothing to read in in: no spreadsheet and no JSON document\n"),
        ("away/*.xlsx", "error: away: there is no such file or folder\n"),
    ] {
        let ran = place.run(&format!("{arguments} -o out"));
        assert_eq!((ran.code, ran.stderr.as_str()), (2, said), "{arguments}");
        assert!(!place.path("out").exists());
    }
    let ran = place.run("in/[ -o out");
    assert!(ran.code == 2 && ran.stderr.contains("this is no pattern"), "{}", ran.stderr);
}

pub(crate) fn names() {
    let place = Place::new();
    let faulty = || Planter::with_rows(4).files(5).remove(0).1;
    let csv = "单位,第一营业部\n".as_bytes();
    for name in ["a.xlsx", "a.xls", "a.marked.xlsx", "a.xls.marked.xlsx", "b #1 100%.xlsx"] {
        place.write(&format!("in/{name}"), &faulty());
    }
    place.write("in/a.csv", csv);
    place.write("in/a.csv.json", b"{}");
    for name in ["a.json", "a.xlsx.json"] {
        place.write(&format!("in/{name}"), crate::planter::document(0, 3, 20).to_string().as_bytes());
    }
    let ran = place.run("in -o out --form inspection-ledger");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let summary = place.summary("out");
    let outputs: Vec<&str> = summary["files"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|one| ["json", "marked"].map(|key| one[key].as_str()))
        .flatten()
        .collect();
    assert_eq!(
        outputs,
        [
            "rejected/a.csv.marked.xlsx",
            "accepted/a.json.json",
            "rejected/a.marked.xlsx.marked.xlsx",
            "rejected/a.xls.marked.xlsx",
            "rejected/a.xls.marked.xlsx.marked.xlsx",
            "rejected/a.xlsx",
            "accepted/a.xlsx.json.json",
            "rejected/b #1 100%.xlsx",
        ]
    );
    // JSON is not marked; what is wrong with it is said.
    assert_eq!(place.file("out", "a.csv.json")["verdict"], "rejected");
    let lines = place.run("in -o lines --form inspection-ledger --to jsonl");
    assert_eq!(lines.code, 1);
    let line = fs::read_to_string(place.path("lines/accepted/a.json.jsonl")).unwrap();
    assert_eq!(line.lines().count(), 1);
    assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), crate::planter::document(0, 3, 20));
}

/// Names that no one types: they name outputs, stand in the summary and are shown, and none of it breaks.
#[cfg(unix)]
pub(crate) fn odd_names() {
    let place = Place::new();
    let faulty = || Planter::with_rows(4).files(5).remove(0).1;
    let long = "台".repeat(83);
    let odd =
        ["a\nb.xlsx", "\u{1b}[31mred.xlsx", "tab\tbell\u{7}.xlsx", "\u{202e}xslx.xlsx", "q\"'&<>|*?.xlsx", " x .xlsx"];
    let mut names: Vec<String> = odd.iter().map(|name| (*name).to_owned()).collect();
    names.extend([format!("{long}a.xlsx"), format!("{}.xlsx", "n".repeat(250)), format!("{}/x.xlsx", "d".repeat(255))]);
    for (number, name) in names.iter().enumerate() {
        let bytes = if number % 2 == 0 { clean() } else { faulty() };
        place.write(&format!("in/{name}"), &bytes);
    }
    let ran = place.run("in -o out --form inspection-ledger");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let control = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
    assert!(!ran.stdout.contains(control) && !ran.stderr.contains(control), "{:?}", ran.stdout);
    let summary = place.summary("out");
    let files = summary["files"].as_array().unwrap();
    assert_eq!(files.len(), names.len());
    for (number, name) in names.iter().enumerate() {
        let file = files.iter().find(|one| one["file"] == name.as_str()).unwrap();
        let output = file[if number % 2 == 0 { "json" } else { "marked" }].as_str().unwrap();
        assert!(place.path("out").join(output).is_file(), "{output}");
    }
    let book = sheetform_workbook::Workbook::open(place.path("out/summary.xlsx")).unwrap();
    assert!(!sheetform::grid::Source::info(&book).sheets.is_empty());
    let again = place.run("in -o out --form inspection-ledger --resume");
    assert_eq!((again.code, &again.stdout), (ran.code, &ran.stdout));
    assert!(again.stderr.contains("9 files are as an earlier run left them"), "{}", again.stderr);
}

#[cfg(unix)]
pub(crate) fn links() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::process::Command;

    let place = Place::new();
    place.write("in/a.xlsx", &clean());
    place.write("in/sub/b.xlsx", &clean());
    place.write("elsewhere/c.xlsx", &clean());
    symlink("../in", place.path("in/loop")).unwrap();
    symlink("a.xlsx", place.path("in/again.xlsx")).unwrap();
    symlink("nowhere.xlsx", place.path("in/dead.xlsx")).unwrap();
    symlink("../elsewhere", place.path("in/sub/far")).unwrap();
    symlink("in", place.path("link")).unwrap();
    assert!(Command::new("mkfifo").arg(place.path("in/pipe.xlsx")).status().unwrap().success());
    // A link that is given is followed.
    let ran = place.run("link elsewhere/c.xlsx -o out");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(place.files("out"), ["elsewhere/c.xlsx", "in/a.xlsx", "in/sub/b.xlsx"]);
    let expected = [
        ("in/again.xlsx", "link"),
        ("in/dead.xlsx", "link"),
        ("in/loop", "link"),
        ("in/pipe.xlsx", "special"),
        ("in/sub/far", "link"),
    ];
    assert_eq!(skipped(&place, "out"), pairs(&expected));
    // One that is given would be waited for without end.
    let ran = place.run("in/pipe.xlsx in/a.xlsx -o pipe");
    assert_eq!((ran.code, place.files("pipe")), (0, vec!["a.xlsx".to_owned()]), "{}", ran.stderr);
    // A name that is no text; and a folder that cannot be listed, where that can be had: not as root.
    let bytes = [place.path("in").as_os_str().as_encoded_bytes(), b"/\xD6\xD0.xlsx"].concat();
    let odd = std::path::PathBuf::from(<std::ffi::OsString as std::os::unix::ffi::OsStringExt>::from_vec(bytes));
    fs::write(odd, clean()).unwrap();
    fs::set_permissions(place.path("in/sub"), fs::Permissions::from_mode(0o000)).unwrap();
    let locked = fs::read_dir(place.path("in/sub")).is_err();
    let ran = place.run("in -o out --progress=none");
    fs::set_permissions(place.path("in/sub"), fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(ran.code, if locked { 2 } else { 0 }, "{}", ran.stderr);
    assert_eq!(place.file("out", "\\xD6\\xD0.xlsx")["verdict"], "accepted");
    if locked {
        assert!(ran.stderr.contains("error: in/sub: the folder cannot be listed: no permission"), "{}", ran.stderr);
    }
}
