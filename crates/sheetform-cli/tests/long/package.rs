//! Two workbooks held against each other: what each cell holds and how it looks, and all else byte for byte.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

/// Parts by name.
fn parts(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut parts = BTreeMap::new();
    for number in 0..package.len() {
        let mut part = package.by_index(number).unwrap();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        assert!(parts.insert(part.name().unwrap().to_string(), text).is_none(), "a part stands twice");
    }
    parts
}

/// What stands between two texts, wherever it does.
fn between<'x>(xml: &'x str, from: &str, to: &str) -> Vec<&'x str> {
    xml.split(from).skip(1).map(|rest| rest.split(to).next().unwrap()).collect()
}

fn attribute<'x>(tag: &'x str, name: &str) -> Option<&'x str> {
    between(tag, &format!(" {name}=\""), "\"").first().copied()
}

/// Every cell's look, by its style.
fn looks(styles: &str) -> Vec<String> {
    let list = |name: &str, item: &str| -> Vec<String> {
        let all = between(styles, &format!("<{name} "), &format!("</{name}>"))[0];
        all.split(&format!("<{item}")).skip(1).map(str::to_owned).collect()
    };
    let (fonts, fills, borders) = (list("fonts", "font>"), list("fills", "fill>"), list("borders", "border"));
    let borders: Vec<&String> = borders.iter().filter(|border| !border.is_empty()).collect();
    let formats: BTreeMap<&str, &str> = between(styles, "<numFmt ", "/>")
        .into_iter()
        .map(|tag| {
            let tag = tag.strip_prefix("numFmtId=\"").unwrap();
            (tag.split('"').next().unwrap(), tag)
        })
        .map(|(id, tag)| (id, attribute(tag, "formatCode").unwrap()))
        .collect();
    let xfs = between(styles, "<cellXfs ", "</cellXfs>")[0];
    let one = |xf: &str| {
        let number = |name: &str| attribute(xf, name).unwrap().parse::<usize>().unwrap();
        let format = attribute(xf, "numFmtId").unwrap();
        let rest: Vec<&str> = xf.split(' ').filter(|word| !word.contains("Id=")).collect();
        format!(
            "{} {} {} {} {rest:?}",
            formats.get(format).unwrap_or(&format),
            fonts[number("fontId")],
            fills[number("fillId")],
            borders[number("borderId")]
        )
    };
    xfs.split("<xf").skip(1).map(one).collect()
}

/// The texts of a stretch, runs joined, with what keeps their blanks.
fn text(xml: &str) -> String {
    let runs = xml.split("<t").skip(1).filter(|run| run.starts_with(['>', ' ']));
    runs.map(|run| run.split_once('>').unwrap().1.split("</t>").next().unwrap()).collect()
}

/// A line a row, then a line a cell.
fn cells(parts: &BTreeMap<String, String>) -> Vec<String> {
    let looks = looks(&parts["xl/styles.xml"]);
    let shared: Vec<String> = between(&parts["xl/sharedStrings.xml"], "<si>", "</si>").into_iter().map(text).collect();
    let sheet = between(&parts["xl/worksheets/sheet1.xml"], "<sheetData>", "</sheetData>")[0];
    let mut out = Vec::new();
    for row in sheet.split("<row").skip(1) {
        let tag = row.split('>').next().unwrap();
        out.push(format!("{:?} {:?} {:?}", attribute(tag, "r"), attribute(tag, "ht"), attribute(tag, "customHeight")));
        for cell in row.split("<c ").skip(1) {
            let tag = cell.split('>').next().unwrap();
            let tag = format!(" {tag}");
            let value = between(cell, "<v>", "</v>").first().map_or(String::new(), |value| (*value).to_owned());
            let (kind, value) = match attribute(&tag, "t") {
                Some("s") => ("text", shared[value.parse::<usize>().unwrap()].clone()),
                Some("inlineStr") => ("text", text(cell)),
                kind => (kind.unwrap_or_default(), value),
            };
            let style: usize = attribute(&tag, "s").unwrap_or("0").parse().unwrap();
            let formula = between(cell, "<f>", "</f>");
            out.push(format!("{:?} {kind} {value:?} {formula:?} {}", attribute(&tag, "r"), looks[style]));
        }
    }
    out
}

/// Fails where the workbooks differ in more than how texts are shared and styles numbered.
pub(crate) fn same(name: &str, left: &[u8], right: &[u8]) {
    let (left, right) = (parts(left), parts(right));
    let names = |parts: &BTreeMap<String, String>| parts.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&left), names(&right), "{name}");
    let (ours, theirs) = (cells(&left), cells(&right));
    let differs = ours.iter().zip(&theirs).find(|(one, other)| one != other);
    assert!(differs.is_none(), "{name}: {differs:#?}");
    assert_eq!(ours.len(), theirs.len(), "{name}");
    let around = |parts: &BTreeMap<String, String>| {
        let sheet = &parts["xl/worksheets/sheet1.xml"];
        let (before, rest) = sheet.split_once("<sheetData>").unwrap();
        (before.to_owned(), rest.split_once("</sheetData>").unwrap().1.to_owned())
    };
    assert_eq!(around(&left), around(&right), "{name}");
    for part in left
        .keys()
        .filter(|part| !["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"].contains(&part.as_str()))
    {
        assert_eq!(left[part], right[part], "{name}: {part}");
    }
    // The texts are counted as they are used.
    let strings = &left["xl/sharedStrings.xml"];
    let count = |name: &str| attribute(strings, name).unwrap().parse::<usize>().unwrap();
    assert_eq!(count("uniqueCount"), between(strings, "<si>", "</si>").len(), "{name}");
    assert_eq!(count("count"), left["xl/worksheets/sheet1.xml"].matches(" t=\"s\"").count(), "{name}");
}
