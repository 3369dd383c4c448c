//! What holds for every case, whatever it is about.

use std::ops::ControlFlow;

use serde_json::Value;
use sheetform::finding::{Code, Finding, Severity};
use sheetform::form::Form;
use sheetform::grid::{CellRef, Source};
use sheetform::read::{self, read};
use sheetform::round_trip::{self, lay_out};
use sheetform::write::to_grid;
use sheetform_workbook::{Workbook, save};

use crate::case::{Outcome, difference, lines};

/// document → sheet → document gives an equal document, in memory and through the bytes of a workbook; so do the files of
/// records; the same document gives the same bytes.
pub(crate) fn holds(form: &Form, document: &Value) -> Outcome {
    let book = lay_out(form, document).map_err(|findings| format!("refused to write:\n{}", lines(&findings)))?;
    let bytes = save(&book).map_err(|findings| format!("refused to save:\n{}", lines(&findings)))?;
    let again = lay_out(form, document).ok().and_then(|book| save(&book).ok());
    if again.as_ref() != Some(&bytes) {
        return Err("the same document gives other bytes the second time".to_owned());
    }
    read_back(form, document, &to_grid(&book), "in memory")?;
    let opened = Workbook::from_bytes(bytes).map_err(|finding| format!("not read back: {}", finding.message.en))?;
    read_back(form, document, &opened, "through a workbook")?;
    crate::outputs::holds(form, document)
}

fn read_back(form: &Form, document: &Value, source: &dyn Source, way: &str) -> Outcome {
    let reading = read(form, source, &read::Options::default());
    let is_loud = |finding: &&Finding| finding.severity != Severity::Info;
    let loud = reading.findings.iter().filter(is_loud);
    let loud: Vec<Finding> = loud.cloned().collect();
    if !loud.is_empty() {
        return Err(format!("what was written is read with findings ({way}):\n{}", lines(&loud)));
    }
    let back = reading.document.unwrap_or_default();
    if round_trip::difference(document, &back).is_none() {
        return Ok(());
    }
    Err(difference(&format!("the round trip ({way})"), &format!("{document:#}"), &format!("{back:#}")))
}

/// Every finding stands on a cell in reach of what is filled, or on a sheet or file as a whole.
pub(crate) fn places(findings: &[Finding], source: &dyn Source) -> Outcome {
    for finding in findings {
        let all = std::iter::once(&finding.place).chain(finding.related.iter().map(|related| &related.place));
        for place in all {
            let Some(name) = &place.sheet else { continue };
            let Some(index) = source.info().sheets.iter().position(|sheet| sheet.name == *name) else {
                return Err(format!("there is no sheet {name:?}: {}", lines(std::slice::from_ref(finding))));
            };
            let reach = reach(source, index)?;
            if place.cell.is_some_and(|cell| cell.row > reach.row || cell.col > reach.col) {
                return Err(format!("no such cell (up to {reach}): {}", lines(std::slice::from_ref(finding))));
            }
        }
    }
    Ok(())
}

/// Words of JSON and of its schemas, which who fills in a sheet does not know.
const OF_JSON: [&str; 24] = [
    "json",
    "schema",
    "string",
    "integer",
    "boolean",
    "array",
    "object",
    "property",
    "properties",
    "null",
    "pointer",
    "enum",
    "const",
    "regex",
    "regular expression",
    "true",
    "false",
    "minlength",
    "maxlength",
    "minitems",
    "oneof",
    "anyof",
    "undeclared",
    "instance",
];
/// The same in Chinese, and what only JSON has.
const OF_JSON_ZH: [&str; 14] =
    ["属性", "数组", "对象", "字符串", "布尔", "键", "空值", "指针", "正则", "枚举", "$ref", "#/", "[", "{"];

/// What is said of a sheet is said in the words of sheets, in both languages. Texts of the sheet and of the form stand in
/// quotes; what a rule says is its author's.
pub(crate) fn words(findings: &[Finding]) -> Outcome {
    for finding in findings.iter().filter(|finding| finding.code != Code::Rule) {
        let related = finding.related.iter().map(|related| &related.message);
        let texts = std::iter::once(&finding.message).chain(&finding.hint).chain(related);
        for text in texts.flat_map(|text| [&text.en, &text.zh]) {
            if let Some(word) = word_of_json(text) {
                return Err(format!("who knows no JSON does not understand {word:?} in: {text}"));
            }
        }
    }
    Ok(())
}

fn word_of_json(text: &str) -> Option<&'static str> {
    // A sheet itself shows these.
    let mut own = without_quoted(text);
    for shown in ["TRUE", "FALSE", "#NULL!"] {
        own = own.replace(shown, "");
    }
    let own = own.to_lowercase();
    let mut words = own.split(|c: char| !c.is_ascii_alphanumeric());
    let in_zh = OF_JSON_ZH.iter().find(|word| own.contains(**word));
    let by_words = |known: &&&str| known.contains(' ') && own.contains(**known);
    words
        .find_map(|word| OF_JSON.iter().find(|known| **known == word || word.strip_suffix('s') == Some(known)))
        .or_else(|| OF_JSON.iter().find(by_words))
        .or(in_zh)
        .copied()
}

/// A text without what stands in quotes.
fn without_quoted(text: &str) -> String {
    let mut out = String::new();
    let mut close = None;
    let mut escaped = false;
    for c in text.chars() {
        match (close, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(end), c) if c == end => close = None,
            (Some(_), _) => {}
            (None, '"') => close = Some('"'),
            (None, '“') => close = Some('”'),
            (None, c) => out.push(c),
        }
    }
    out
}

/// One row and one column past the last filled ones: a missing value or column belongs there.
fn reach(source: &dyn Source, sheet: usize) -> Result<CellRef, String> {
    let mut reach = CellRef::new(0, 0);
    let mut see = |at: CellRef| reach = CellRef::new(reach.row.max(at.row + 1), reach.col.max(at.col + 1));
    for range in source.frame(sheet).map_err(|finding| finding.message.en)?.merges {
        see(range.last);
    }
    let each = &mut |row: sheetform::grid::Row| {
        if let Some((col, _)) = row.cells.last() {
            see(CellRef::new(row.index, *col));
        }
        ControlFlow::Continue(())
    };
    source.rows(sheet, each).map_err(|finding| finding.message.en)?;
    Ok(reach)
}

/// Two results that must be the same.
pub(crate) fn same(way: &str, first: &str, second: &str) -> Outcome {
    if first == second { Ok(()) } else { Err(difference(way, first, second)) }
}
