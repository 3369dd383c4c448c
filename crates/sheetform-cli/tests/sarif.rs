//! SARIF logs of the faulty samples, of JSON text and of forms: what readers of such logs rely on, and the schema of
//! SARIF 2.1.0 itself where `SHEETFORM_SARIF_SCHEMA` names a copy of it (`.ci/run` does; it is not in this repository).

// A helper of a test may stop it, as the test itself may.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Logs by name, with the JSON report of the same run. The folder has a name that a URI cannot hold as it is.
fn logs() -> Vec<(String, Value, Value)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = tempfile::tempdir().unwrap();
    let below = folder.path().join("各单位 2026");
    fs::create_dir(&below).unwrap();
    let mut runs: Vec<Vec<String>> = Vec::new();
    for form in sheetform_forms::all() {
        let name = format!("{}.faulty.xlsx", form.id);
        fs::copy(root.join("samples").join(&name), below.join(&name)).unwrap();
        runs.push(vec!["validate".into(), format!("各单位 2026/{name}")]);
    }
    let all: Vec<String> = runs.iter().map(|run| run[1].clone()).collect();
    runs.push([vec!["validate".to_owned()], all, vec!["none.xlsx".to_owned()]].concat());
    fs::write(below.join("a#b.json"), "{ \"unit\": 7,\n  \"单位\": \"😀\", \"entries\": [ {} ] }").unwrap();
    fs::write(below.join("cut.json"), "{ \"unit\": \"\u{7}").unwrap();
    for name in ["a#b.json", "cut.json"] {
        let form = "rectification-ledger".to_owned();
        runs.push(vec!["validate".into(), format!("各单位 2026/{name}"), "--form".into(), form]);
    }
    fs::write(below.join("form.json"), "{ \"x-sheet\": { \"versoin\": 1 }, \"tpye\": \"object\" }").unwrap();
    runs.push(vec!["forms".into(), "check".into(), "各单位 2026/form.json".into()]);
    let run = |args: &[String], format: &str, lang: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sheetform"));
        let output = command.args(args).args(["--format", format, "--lang", lang]).current_dir(folder.path()).output();
        serde_json::from_slice(&output.unwrap().stdout).unwrap_or_else(|error| panic!("{args:?}: {error}"))
    };
    let mut out = Vec::new();
    for args in &runs {
        for lang in ["en", "zh"] {
            out.push((format!("{args:?} {lang}"), run(args, "sarif", lang), run(args, "json", lang)));
        }
    }
    out
}

#[test]
fn readers_of_logs_find_what_they_rely_on() {
    let mut seen = BTreeSet::new();
    for (name, log, report) in logs() {
        assert_eq!(log["version"], "2.1.0", "{name}");
        let run = &log["runs"][0];
        assert_eq!(log["runs"].as_array().unwrap().len(), 1);
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        let ids: BTreeSet<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), rules.len(), "{name}: a rule twice");
        for rule in rules {
            for text in ["shortDescription", "fullDescription", "help"] {
                assert!(!rule[text]["text"].as_str().unwrap().is_empty(), "{name}: {text}");
            }
        }
        let findings: Vec<&Value> =
            report["files"].as_array().unwrap().iter().flat_map(|f| f["findings"].as_array().unwrap()).collect();
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), findings.len(), "{name}: a result for each finding");
        let artifacts = run["artifacts"].as_array().unwrap();
        assert_eq!(artifacts.len(), report["files"].as_array().unwrap().len(), "{name}");
        for (result, finding) in results.iter().zip(findings) {
            let rule = &rules[result["ruleIndex"].as_u64().unwrap() as usize];
            assert_eq!(rule["id"], result["ruleId"], "{name}");
            assert_eq!(result["ruleId"], finding["code"], "{name}");
            let level = match finding["severity"].as_str().unwrap() {
                "info" => "note",
                severity => severity,
            };
            assert_eq!(result["level"], level, "{name}");
            let message = result["message"]["text"].as_str().unwrap();
            assert!(message.starts_with(finding["message"].as_str().unwrap()), "{name}: {message}");
            let related = result["relatedLocations"].as_array().into_iter().flatten();
            for location in result["locations"].as_array().unwrap().iter().chain(related) {
                let place = &location["physicalLocation"]["artifactLocation"];
                let uri = place["uri"].as_str().unwrap();
                assert!(uri.is_ascii() && !uri.contains([' ', '#', '\\', ':']), "{name}: {uri}");
                assert_eq!(artifacts[place["index"].as_u64().unwrap() as usize]["location"]["uri"], uri, "{name}");
            }
            let location = &result["locations"][0];
            let logical = &location["logicalLocations"][0];
            if let Some(cell) = finding["cell"].as_str() {
                let whole = logical["fullyQualifiedName"].as_str().unwrap();
                assert!(whole.ends_with(finding["range"].as_str().unwrap_or(cell)) && whole.contains('!'), "{whole}");
                seen.insert("cell");
            }
            if let Some(line) = finding.get("line") {
                let region = &location["physicalLocation"]["region"];
                assert_eq!((&region["startLine"], &region["startColumn"]), (line, &finding["column"]), "{name}");
                seen.insert("line");
            }
        }
    }
    assert_eq!(seen.len(), 2, "both kinds of places were tried");
}

#[test]
fn logs_follow_the_schema_of_the_standard() {
    let Some(path) = std::env::var_os("SHEETFORM_SARIF_SCHEMA") else {
        println!("not run: SHEETFORM_SARIF_SCHEMA names no copy of the schema of SARIF 2.1.0");
        return;
    };
    // A pattern of the schema itself is none: a bracket too many after a language.
    let text = fs::read_to_string(path).unwrap().replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$");
    let schema: Value = serde_json::from_str(&text).unwrap();
    assert!(schema["title"].as_str().unwrap().contains("(SARIF) Version 2.1.0"));
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let logs = logs();
    for (name, log, _) in &logs {
        let errors: Vec<String> =
            validator.iter_errors(log).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
    }
    // The schema is no paper tiger.
    let mut wrong = logs[0].1.clone();
    wrong["runs"][0]["results"][0]["level"] = "info".into();
    assert!(!validator.is_valid(&wrong));
}
