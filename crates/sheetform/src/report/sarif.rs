//! A report as a SARIF 2.1.0 log (OASIS), for code hosts and viewers that gather results. Every finding is a result;
//! each code that occurs is a rule, explained as the catalogue does. No clock and no path of the machine is in it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::json::{Each, pretty};
use super::text::sheet_text;
use super::{FileReport, Report, Style};
use crate::catalogue::entry;
use crate::finding::{Code, Finding, Lang, Place, Severity};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub(super) fn report(report: &Report, style: Style) -> String {
    let mut rules: BTreeMap<Code, usize> = BTreeMap::new();
    for finding in report.files.iter().flat_map(|file| file.shown_findings(style)) {
        rules.entry(finding.code).or_default();
    }
    rules.values_mut().enumerate().for_each(|(at, index)| *index = at);
    let results = || {
        let rules = &rules;
        report.files.iter().enumerate().flat_map(move |(at, file)| {
            file.shown_findings(style).map(move |finding| result(finding, file, at, rules[&finding.code], style.lang))
        })
    };
    let artifacts = report.files.iter().map(|file| {
        let mut artifact = Map::new();
        if let Some(uri) = uri_of(file) {
            artifact.insert("location".into(), json!({ "uri": uri }));
        }
        artifact.insert("roles".into(), json!(["analysisTarget"]));
        Value::Object(artifact)
    });
    let run = Run {
        tool: json!({ "driver": {
            "name": "sheetform",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "language": match style.lang { Lang::En => "en", Lang::Zh => "zh" },
            "rules": rules.keys().map(|code| rule(*code, style.lang)).collect::<Vec<_>>(),
        } }),
        column_kind: "unicodeCodePoints",
        artifacts: artifacts.collect(),
        results: Each(results),
    };
    pretty(&Log { schema: SCHEMA, version: "2.1.0", runs: [run] })
}

#[derive(Serialize)]
struct Log<R> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<R>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<R> {
    tool: Value,
    column_kind: &'static str,
    artifacts: Vec<Value>,
    results: R,
}

fn rule(code: Code, lang: Lang) -> Value {
    let page = entry(code).page(lang);
    json!({
        "id": code.name(),
        "shortDescription": { "text": page.title },
        "fullDescription": { "text": page.means },
        "help": { "text": format!("{} {}", page.matters, page.mend) },
        "defaultConfiguration": { "level": level(code.severity()) },
    })
}

fn result(finding: &Finding, file: &FileReport, artifact: usize, rule: usize, lang: Lang) -> Value {
    let mut out = Map::new();
    out.insert("ruleId".into(), finding.code.name().into());
    out.insert("ruleIndex".into(), rule.into());
    out.insert("level".into(), level(finding.severity).into());
    let message = match &finding.hint {
        Some(hint) => format!("{}\n{}", finding.message.get(lang), hint.get(lang)),
        None => finding.message.get(lang).to_owned(),
    };
    out.insert("message".into(), json!({ "text": message }));
    let locations = location(file, artifact, &finding.place, finding.pointer.as_deref());
    out.insert("locations".into(), json!([locations]));
    if !finding.related.is_empty() {
        let related = finding.related.iter().map(|related| {
            let mut out = location(file, artifact, &related.place, None);
            out.insert("message".into(), json!({ "text": related.message.get(lang) }));
            Value::Object(out)
        });
        out.insert("relatedLocations".into(), related.collect());
    }
    // What the standard has no word for, under the names of the JSON report.
    let mut properties = Map::new();
    let texts = [("pointer", &finding.pointer), ("rule", &finding.rule), ("expected", &finding.expected)].into_iter();
    properties.extend(texts.filter_map(|(key, text)| Some((key.to_owned(), text.as_deref()?.into()))));
    properties.extend(finding.value.clone().map(|value| ("value".to_owned(), value)));
    if let Some(fix) = &finding.fix {
        properties.insert("fix".into(), json!({ "value": fix.value, "safe": fix.safe }));
    }
    if !properties.is_empty() {
        out.insert("properties".into(), properties.into());
    }
    Value::Object(out)
}

/// The file; a region where it is JSON text; the cell, sheet or pointer by name.
fn location(file: &FileReport, artifact: usize, place: &Place, pointer: Option<&str>) -> Map<String, Value> {
    let mut out = Map::new();
    if let Some(uri) = uri_of(file) {
        let mut physical = Map::new();
        physical.insert("artifactLocation".into(), json!({ "uri": uri, "index": artifact }));
        if let Some(line) = place.line {
            let mut region = json!({ "startLine": line });
            if let Some(column) = place.column.filter(|column| *column > 0) {
                region["startColumn"] = column.into();
            }
            physical.insert("region".into(), region);
        }
        out.insert("physicalLocation".into(), physical.into());
    }
    let named =
        |name: &str, whole: String, kind: &str| json!({ "name": name, "fullyQualifiedName": whole, "kind": kind });
    let logical = match (&place.sheet, place.cell) {
        (Some(sheet), Some(cell)) => {
            let cells = place.range.map_or_else(|| cell.to_string(), |range| range.to_string());
            Some(named(&cells, format!("{}!{cells}", sheet_text(sheet)), "cell"))
        }
        (Some(sheet), None) => Some(named(sheet, sheet_text(sheet), "sheet")),
        (None, _) => pointer.filter(|pointer| !pointer.is_empty()).map(|pointer| {
            let name = pointer.rsplit('/').next().unwrap_or_default();
            named(name, pointer.to_owned(), "property")
        }),
    };
    if let Some(logical) = logical {
        out.insert("logicalLocations".into(), json!([logical]));
    }
    out
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// The file as a URI; its own bytes where they are known.
fn uri_of(file: &FileReport) -> Option<String> {
    match &file.path {
        #[cfg(unix)]
        Some(path) => Some(uri(std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()))),
        #[cfg(not(unix))]
        Some(path) => Some(uri(path.to_string_lossy().as_bytes())),
        None => file.file.as_deref().map(|name| uri(name.as_bytes())),
    }
}

/// A file's name as a URI: relative as it was given, absolute with its scheme. All but unreserved characters
/// (RFC 3986) and the slash are percent-encoded.
fn uri(name: &[u8]) -> String {
    let mut out = String::new();
    let slash = |byte: &u8| if cfg!(windows) && *byte == b'\\' { b'/' } else { *byte };
    let name: Vec<u8> = name.iter().map(slash).collect();
    if name.starts_with(b"/") {
        out.push_str("file://");
    } else if name.get(1) == Some(&b':') && cfg!(windows) {
        out.push_str("file:///");
    }
    for byte in name {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(byte as char),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{FileReport, uri, uri_of};

    #[test]
    fn names_are_uris() {
        let uri = |name: &str| uri(name.as_bytes());
        assert_eq!(uri("下发/a b.xlsx"), "%E4%B8%8B%E5%8F%91/a%20b.xlsx");
        assert_eq!(uri("../a:b#1.json"), "../a%3Ab%231.json");
        assert_eq!(uri("/srv/a.xlsx"), "file:///srv/a.xlsx");
        assert_eq!(uri("-"), "-");
    }

    #[test]
    fn a_file_is_the_uri_of_its_own_bytes() {
        let file = FileReport::new("a\\nb.csv", Vec::new());
        assert_eq!(uri_of(&file).as_deref(), Some("a%5Cnb.csv"));
        let file = FileReport { path: Some("a\nb.csv".into()), ..file };
        assert_eq!(uri_of(&file).as_deref(), Some("a%0Ab.csv"));
        #[cfg(unix)]
        {
            let name: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(b"a\xff.csv");
            let file = FileReport { path: Some(name.into()), ..file };
            assert_eq!(uri_of(&file).as_deref(), Some("a%FF.csv"));
        }
    }
}
