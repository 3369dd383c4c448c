//! What comes through a pipe is what the file is, however long it is: a pipe can be read only once.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;
use sheetform::form::Form;

use super::{entry, lines, register};

/// More than is held of a pipe.
const LONG: usize = 1 << 20;

/// Runs the program with bytes on standard input; its exit code and output.
fn piped(folder: &Path, arguments: &[&str], bytes: &[u8]) -> (Option<i32>, Vec<u8>) {
    let mut running = Command::new(env!("CARGO_BIN_EXE_sheetform"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut pipe = running.stdin.take().unwrap();
    let bytes = bytes.to_vec();
    let writer = std::thread::spawn(move || pipe.write_all(&bytes).unwrap());
    let output = running.wait_with_output().unwrap();
    writer.join().unwrap();
    (output.status.code(), output.stdout)
}

#[test]
fn a_pipe_is_read_as_the_file_is() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let schema = json!({ "title": "记录", "type": "object", "properties": { "rows": { "type": "array", "items": {
        "type": "object", "properties": { "no": { "type": "integer", "title": "编号" },
            "text": { "type": "string", "title": "内容" } } } } } });
    fs::write(at.join("own.json"), schema.to_string()).unwrap();
    let form = Form::known(sheetform_forms::schema("equipment-register").unwrap().clone());
    let wide = |i: usize| {
        let mut entry = entry(i);
        entry["location"] = "一号库房".repeat(40).into();
        entry
    };
    let document = |count: usize| register(&(0..count).map(wide).collect::<Vec<_>>());
    let (document, few) = (document(2_100), document(3));
    let (_, long_lines) = lines::of(&form, &document).unwrap();
    let few_lines = long_lines.split_inclusive(|byte| *byte == b'\n').take(3).collect::<Vec<_>>().concat();
    let of_csv = |count: usize| {
        let rows: String =
            (0..count).map(|i| format!("{},第{i}{}\r\n", i + 1, "条".repeat(200))).collect::<Vec<_>>().concat();
        format!("编号,内容\r\n{rows}").into_bytes()
    };
    let register = "equipment-register";
    for (name, form, to, bytes, long) in [
        ("long.jsonl", register, "xlsx", long_lines, true),
        ("long.json", register, "xlsx", document.to_string().into_bytes(), true),
        ("long.csv", "own.json", "json", of_csv(2_100), true),
        ("few.jsonl", register, "xlsx", few_lines, false),
        ("few.json", register, "xlsx", few.to_string().into_bytes(), false),
        ("few.csv", "own.json", "json", of_csv(3), false),
    ] {
        assert_eq!(bytes.len() > LONG, long, "{name}");
        fs::write(at.join(name), &bytes).unwrap();
        let mut ways = vec![(name, &b""[..]), ("-", &bytes)];
        if cfg!(unix) {
            ways.push(("/dev/stdin", &bytes));
        }
        let all: Vec<(String, Vec<u8>)> = ways
            .into_iter()
            .map(|(given, input)| {
                let (code, listed) = piped(at, &["validate", given, "--form", form, "--format", "json"], input);
                let listed = String::from_utf8(listed).unwrap().replace(&format!("\"{given}\""), "its name");
                assert_eq!(code, Some(0), "{name}: {listed}");
                let (code, out) = piped(at, &["convert", given, "--form", form, "--to", to, "-q"], input);
                assert_eq!(code, Some(0), "{name}");
                (listed, out)
            })
            .collect();
        for (listed, out) in &all[1..] {
            assert_eq!(*listed, all[0].0, "{name}");
            assert!(*out == all[0].1, "{name}: another {to}");
        }
    }
}
