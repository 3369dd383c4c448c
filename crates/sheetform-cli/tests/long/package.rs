//! Two workbooks held against each other: what each cell holds and how it looks, and all else byte for byte.

use std::borrow::Cow;
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
    let mut pieces = tag.split('"');
    let mut before = pieces.next()?;
    pieces.find(|value| {
        let is_it = before.strip_suffix('=').and_then(|before| before.strip_suffix(name));
        before = value;
        is_it.is_some_and(|before| before.ends_with(' '))
    })
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

/// A row's height, or a cell: where it stands, its kind, value, formula and look.
#[derive(Debug, PartialEq)]
enum Piece<'x> {
    Row([Option<&'x str>; 3]),
    Cell { at: Option<&'x str>, kind: &'x str, value: Cow<'x, str>, formula: Vec<&'x str>, look: &'x str },
}

/// The rows of the sheet, each before its cells.
fn cells<'x>(parts: &'x BTreeMap<String, String>, looks: &'x [String], shared: &'x [String]) -> Vec<Piece<'x>> {
    let sheet = between(&parts["xl/worksheets/sheet1.xml"], "<sheetData>", "</sheetData>")[0];
    let mut out = Vec::new();
    for row in sheet.split("<row").skip(1) {
        let tag = row.split('>').next().unwrap();
        out.push(Piece::Row(["r", "ht", "customHeight"].map(|name| attribute(tag, name))));
        for cell in row.split("<c").skip(1).filter(|cell| cell.starts_with(' ')) {
            let tag = cell.split('>').next().unwrap();
            let value = between(cell, "<v>", "</v>").first().copied().unwrap_or_default();
            let (kind, value) = match attribute(tag, "t") {
                Some("s") => ("text", Cow::Borrowed(shared[value.parse::<usize>().unwrap()].as_str())),
                Some("inlineStr") => ("text", Cow::Owned(text(cell))),
                kind => (kind.unwrap_or_default(), Cow::Borrowed(value)),
            };
            let style: usize = attribute(tag, "s").unwrap_or("0").parse().unwrap();
            let formula = between(cell, "<f>", "</f>");
            out.push(Piece::Cell { at: attribute(tag, "r"), kind, value, formula, look: &looks[style] });
        }
    }
    out
}

/// The shared texts of a workbook.
fn shared(parts: &BTreeMap<String, String>) -> Vec<String> {
    between(&parts["xl/sharedStrings.xml"], "<si>", "</si>").into_iter().map(text).collect()
}

/// Fails where the workbooks differ in more than how texts are shared and styles numbered.
pub(crate) fn same(name: &str, left: &[u8], right: &[u8]) {
    let (left, right) = (parts(left), parts(right));
    let names = |parts: &BTreeMap<String, String>| parts.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&left), names(&right), "{name}");
    let styles = [&left, &right].map(|parts| looks(&parts["xl/styles.xml"]));
    let texts = [shared(&left), shared(&right)];
    let (ours, theirs) = (cells(&left, &styles[0], &texts[0]), cells(&right, &styles[1], &texts[1]));
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
