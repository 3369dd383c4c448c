//! Runs that are cut off, and go on.

use std::fs;
use std::time::Duration;

use crate::planter::{FORM, Planter};
use crate::program::{Place, Ran, same, until};

/// Lines that a run has added to its journal.
pub(crate) fn lines(place: &Place, out: &str) -> usize {
    let text = fs::read(place.path(out).join(".sheetform/journal.jsonl")).unwrap_or_default();
    text.split(|byte| *byte == b'\n').count().saturating_sub(1)
}

fn planted(units: usize) -> (Place, usize) {
    let place = Place::new();
    let files = Planter::with_rows(20).plant(&place.path("in"), units).len();
    (place, files)
}

/// How many files a run took over, as it says.
fn taken_over(ran: &Ran) -> usize {
    let Some((before, _)) = ran.stderr.split_once(" files are as an earlier run left them") else { return 0 };
    before.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap()
}

pub(crate) fn rest() {
    let (place, files) = planted(60);
    let whole = place.run(&format!("in -o whole --form {FORM}"));
    let mut run = place.start(&format!("in -o out --form {FORM} --jobs 1"));
    until("half of the files are done", || lines(&place, "out") >= files / 2);
    run.kill().unwrap();
    run.wait().unwrap();
    let done = lines(&place, "out");
    assert!(done < files, "killed too late");
    assert!(!place.path("out/summary.json").exists());
    let resumed = place.run(&format!("in -o out --form {FORM} --resume"));
    assert_eq!((resumed.code, &resumed.stdout), (whole.code, &whole.stdout));
    same(&place.outputs("out"), &place.outputs("whole"), "resumed");
    // All but the one that had its line and not yet its output.
    let taken = taken_over(&resumed);
    assert!(taken <= done && taken + 1 >= done, "{taken} of {done}: {}", resumed.stderr);
    let once_more = place.run(&format!("in -o out --form {FORM} --resume"));
    assert_eq!((once_more.code, &once_more.stdout), (whole.code, &whole.stdout));
    assert_eq!(taken_over(&once_more), files, "{}", once_more.stderr);
    same(&place.outputs("out"), &place.outputs("whole"), "resumed twice");
}

/// Killed at any moment, the summary among them, a run goes on and ends as if nothing had been.
pub(crate) fn killed() {
    let (place, _) = planted(24);
    let whole = place.run(&format!("in -o whole --form {FORM}"));
    let expected = place.outputs("whole");
    for round in 0..2 {
        let _ = fs::remove_dir_all(place.path("out"));
        let mut pause = Duration::from_millis(20 + round * 7);
        // Each run gets further; the last is not cut off.
        for _ in 0..400 {
            let mut run = place.start(&format!("in -o out --form {FORM} --resume --jobs 2"));
            std::thread::sleep(pause);
            if run.try_wait().unwrap().is_some() {
                break;
            }
            run.kill().unwrap();
            run.wait().unwrap();
            pause += Duration::from_millis(23);
        }
        let ran = place.run(&format!("in -o out --form {FORM} --resume"));
        assert_eq!((ran.code, &ran.stdout), (whole.code, &whole.stdout));
        same(&place.outputs("out"), &expected, "killed again and again");
    }
    // Cut off between the summary and the end of the run: the one is new, the journal is not in order.
    let _ = fs::remove_dir_all(place.path("out"));
    place.run(&format!("in -o out --form {FORM}"));
    let state = fs::read(place.path("out/.sheetform/state.jsonl")).unwrap();
    let mut cut = state.clone();
    cut.truncate(state.len() - 20);
    fs::write(place.path("out/.sheetform/journal.jsonl"), cut).unwrap();
    fs::write(place.path("out/.sheetform/state.jsonl"), b"").unwrap();
    fs::remove_file(place.path("out/summary.xlsx")).unwrap();
    place.run(&format!("in -o out --form {FORM} --resume"));
    same(&place.outputs("out"), &expected, "a line cut off");
}

/// Another form, option or input is another run.
pub(crate) fn same_options() {
    let place = Place::new();
    let planter = Planter::with_rows(3);
    for number in [0, 1, 2] {
        place.write(&format!("in/{number}.xlsx"), &planter.clean(number));
    }
    let schema = fs::read_to_string(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/inspection-ledger.schema.json"),
    )
    .unwrap();
    place.write("form.json", schema.as_bytes());
    let taken = |arguments: &str| taken_over(&place.run(&format!("in -o out --resume {arguments}")));
    assert_eq!(taken("--form form.json"), 0);
    assert_eq!(taken("--form form.json"), 3);
    assert_eq!(taken("--form form.json --jobs 1 --progress=none"), 3);
    assert_eq!(taken("--form form.json --as-of 2026-04-01"), 0);
    assert_eq!(taken("--form form.json --as-of 2026-04-01 --format sarif"), 3);
    place.write("form.json", schema.replace("自查部位\",", "自查部位\", \"description\": \"d\",").as_bytes());
    assert_eq!(taken("--form form.json --as-of 2026-04-01"), 0);
    place.write("in/1.xlsx", &planter.clean(7));
    assert_eq!(taken("--form form.json --as-of 2026-04-01"), 2);
    // Touched, and the same.
    place.write("in/1.xlsx", &planter.clean(7));
    assert_eq!(taken("--form form.json --as-of 2026-04-01"), 3);
    // An output that is not there any more, or is not as it was.
    fs::remove_file(place.path("out/accepted/2.xlsx.json")).unwrap();
    assert_eq!(taken("--form form.json --as-of 2026-04-01"), 2);
    assert!(place.path("out/accepted/2.xlsx.json").is_file());
    assert_eq!(taken("--form form.json --as-of 2026-04-01 --lang zh"), 0);
}

/// What stands in the output folder is not believed: outputs that were changed, lines of another version of the program,
/// lines that say nothing or name files outside.
pub(crate) fn tampered() {
    let place = Place::new();
    let planter = Planter::with_rows(3);
    for number in [0, 1, 2, 3] {
        place.write(&format!("in/{number}.xlsx"), &planter.clean(number));
    }
    let run = || place.run(&format!("in -o out --form {FORM} --resume"));
    let whole = run();
    let expected = place.outputs("out");
    let state = fs::read_to_string(place.path("out/.sheetform/state.jsonl")).unwrap();
    // Another version of the program, or other options: the fingerprint of a line differs.
    let with = state.split("\"with\":\"").nth(1).unwrap().split('"').next().unwrap();
    place.write("out/.sheetform/state.jsonl", state.replace(with, &"0".repeat(64)).as_bytes());
    let ran = run();
    assert_eq!((taken_over(&ran), &ran.stdout), (0, &whole.stdout));
    same(&place.outputs("out"), &expected, "another version");
    // Lines that no batch wrote: each file is done again, and what they name stays.
    place.write("beside.json", b"{}");
    let hash = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    let foreign = format!("{{\"wrote\":{{\"path\":\"../beside.json\",\"sha256\":\"{hash}\"}}}}\n");
    let noise = ["", "null", "[]", "{}", "{\"file\":{}}", "\u{0}\u{ff}", "{\"file\":"].join("\n");
    place.write("out/.sheetform/state.jsonl", format!("{foreign}{noise}\n{state}{noise}").as_bytes());
    let ran = run();
    assert_eq!((taken_over(&ran), &ran.stdout), (4, &whole.stdout), "{}", ran.stderr);
    assert_eq!(fs::read(place.path("beside.json")).unwrap(), b"{}");
    same(&place.outputs("out"), &expected, "lines that say nothing");
    // A document that someone changed is not taken over, and not overwritten.
    place.write("out/accepted/1.xlsx.json", b"{}");
    let ran = run();
    assert_eq!((ran.code, taken_over(&ran)), (2, 3));
    assert!(ran.stderr.contains("out/accepted/1.xlsx.json is not as a batch wrote it"), "{}", ran.stderr);
    assert_eq!(fs::read(place.path("out/accepted/1.xlsx.json")).unwrap(), b"{}");
    fs::remove_file(place.path("out/accepted/1.xlsx.json")).unwrap();
    assert_eq!(taken_over(&run()), 3);
    same(&place.outputs("out"), &expected, "put right");
}
