//! Parquet files as another program reads them: pyarrow must give what JSON Lines of the same document hold. Where it is
//! not installed this is not run, which is said.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]
#![allow(clippy::print_stdout, reason = "what was not run is said")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// Compares a Parquet file with JSON Lines, pair by pair; null and absent are the same.
const COMPARE: &str = "
import sys, json, datetime, pyarrow, pyarrow.parquet as pq
def plain(value):
    if isinstance(value, dict): return {k: plain(v) for k, v in value.items() if v is not None}
    if isinstance(value, list): return [plain(v) for v in value]
    return value.isoformat() if isinstance(value, datetime.date) else value
rows = 0
for columns, lines in zip(sys.argv[1::2], sys.argv[2::2]):
    found = [plain(row) for row in pq.read_table(columns).to_pylist()]
    wanted = [plain(json.loads(line)) for line in open(lines, encoding='utf-8')]
    assert found == wanted, (columns, found, wanted)
    rows += len(found)
print('pyarrow', pyarrow.__version__, 'reads', len(sys.argv) // 2, 'files with', rows, 'rows')
";

#[test]
fn pyarrow_reads_what_json_lines_hold() {
    let python = std::env::var("SHEETFORM_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    if !Command::new(&python).args(["-c", "import pyarrow"]).output().is_ok_and(|output| output.status.success()) {
        println!("not run: pyarrow is not at hand");
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = tempfile::tempdir().unwrap();
    let mut pairs: Vec<PathBuf> = Vec::new();
    let own = root.join("tests/cases/command/records-both-ways");
    convert(&own.join("input.json"), Some(&own.join("schema.json")), &folder.path().join("own"), &mut pairs);
    for form in sheetform_forms::all() {
        let sample = root.join("samples").join(format!("{}.json", form.id));
        convert(&sample, None, &folder.path().join(form.id), &mut pairs);
    }
    assert!(pairs.len() >= 10, "most forms have records");
    merged(&root.join("samples/equipment-register.json"), folder.path(), &mut pairs);
    let output = Command::new(python).args(["-c", COMPARE]).args(&pairs).output().unwrap();
    println!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Makes both files of a document; those of a form with several tables cannot be made.
fn convert(document: &Path, form: Option<&Path>, name: &Path, pairs: &mut Vec<PathBuf>) {
    let (columns, lines) = (name.with_extension("parquet"), name.with_extension("jsonl"));
    for out in [&columns, &lines] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sheetform"));
        command.arg("convert").arg(document).arg("-o").arg(out);
        if let Some(form) = form {
            command.arg("--form").arg(form);
        }
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            Some(0) => {}
            Some(1) if said.contains("their records do not go into one") => return,
            _ => panic!("{}: {said}", document.display()),
        }
    }
    pairs.extend([columns, lines]);
}

/// Makes both ledgers of three units' documents.
fn merged(document: &Path, folder: &Path, pairs: &mut Vec<PathBuf>) {
    let sent = folder.join("sent");
    std::fs::create_dir(&sent).unwrap();
    let text = std::fs::read_to_string(document).unwrap();
    for unit in ["一分公司", "二分公司", "三分公司"] {
        let mut own: serde_json::Value = serde_json::from_str(&text).unwrap();
        own["unit"] = unit.into();
        for (number, entry) in own["entries"].as_array_mut().unwrap().iter_mut().enumerate() {
            entry["asset_no"] = format!("{unit}-{number}").into();
        }
        std::fs::write(sent.join(unit).with_extension("json"), own.to_string()).unwrap();
    }
    for ledger in ["ledger.parquet", "ledger.jsonl"].map(|name| folder.join(name)) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sheetform"));
        command.arg("batch").arg(&sent).arg("-o").arg(folder.join("out")).arg("--merge").arg(&ledger);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        pairs.push(ledger);
    }
}
