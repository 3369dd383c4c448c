//! Marks put on a workbook and taken out again, held against the original part by part and event by event.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};
use std::ops::ControlFlow;

use calamine::{Data, Reader as _, Xlsx};
use quick_xml::Reader;
use quick_xml::events::Event;
use sheetform::grid::{CellRef, Row, Source};
use sheetform_workbook::{CellPatch, CellValue, Fill, FirstSheet, ListCell, ListLook, Patch, PatchError, Workbook};
use zip::ZipArchive;

type Parts = BTreeMap<String, Vec<u8>>;

pub(crate) fn parts(bytes: &[u8]) -> Parts {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut parts = Parts::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        parts.insert(entry.name().unwrap().into_owned(), bytes);
    }
    parts
}

pub(crate) fn open(bytes: &[u8]) -> Workbook {
    Workbook::from_bytes(bytes.to_vec()).unwrap()
}

pub(crate) fn patched(bytes: &[u8], patch: &Patch) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    match open(bytes).patch(patch, &mut out) {
        Ok(_) => out.into_inner(),
        Err(PatchError::Finding(finding)) => panic!("{finding}"),
        Err(PatchError::Output(error)) => panic!("{error}"),
    }
}

/// Every sheet, as our reader has it.
fn read(bytes: &[u8]) -> Vec<Vec<Row>> {
    let book = open(bytes);
    let sheets = 0..book.info().sheets.len();
    sheets
        .map(|sheet| {
            let mut rows = Vec::new();
            book.rows(sheet, &mut |row| {
                rows.push(row);
                ControlFlow::Continue(())
            })
            .unwrap();
            rows
        })
        .collect()
}

/// Every sixth filled cell, the first two cells right of the filled ones, and one below all: at most forty a sheet.
pub(crate) fn marks(bytes: &[u8]) -> Patch {
    let mut cells = Vec::new();
    for (sheet, rows) in read(bytes).iter().enumerate() {
        let filled: Vec<CellRef> =
            rows.iter().flat_map(|row| row.cells.iter().map(|(col, _)| CellRef::new(row.index, *col))).collect();
        let mut wanted: Vec<CellRef> = filled.iter().copied().step_by((filled.len() / 36).max(6)).collect();
        let right = filled.iter().map(|at| at.col).max().unwrap_or(0);
        wanted.extend(filled.iter().take(1).map(|at| CellRef::new(at.row, (right + 1).min(16_383))));
        wanted.extend(filled.last().map(|at| CellRef::new((at.row + 3).min(1_048_575), 1)));
        for (index, at) in wanted.into_iter().enumerate() {
            let fill = if index % 2 == 0 { Fill::Error } else { Fill::Warning };
            let note = Some(format!("错误：{index} <&>\n建议：改"));
            cells.push(CellPatch { sheet, at, fill: Some(fill), note, ..CellPatch::default() });
        }
    }
    let cell = |text: &str, to| ListCell { value: CellValue::Text(text.into()), look: ListLook::Text, to };
    let mut rows = vec![vec![cell("单元格", None)]];
    rows.extend(cells.iter().map(|one| vec![cell(&one.at.to_string(), Some((one.sheet, one.at)))]));
    let first = FirstSheet { name: "检查结果".into(), widths: vec![20.0], rows, head: 0 };
    Patch { cells, first: Some(first) }
}

/// Whether marks may change a part.
fn may_change(part: &str) -> bool {
    let part = part.to_lowercase();
    ["[content_types].xml", "workbook.xml", "workbook.xml.rels", "styles.xml"].iter().any(|end| part.ends_with(end))
        || part.contains("worksheets/")
        || part.contains("chartsheets/")
        || part.contains("comments")
        || part.rsplit('.').next() == Some("vml")
        || part.ends_with("workbook2.xml")
        || part.contains("dialogsheets/")
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap()
}

/// What a sheet says apart from some cells: tags with their attributes, and texts.
fn events(xml: &[u8], marked: &BTreeSet<CellRef>) -> Vec<String> {
    let mut reader = Reader::from_reader(xml);
    reader.config_mut().expand_empty_elements = true;
    let mut out: Vec<String> = Vec::new();
    let mut buffer = Vec::new();
    let (mut row, mut col, mut skipping) = (0u32, 0u32, 0usize);
    // Where the tag of the row in hand stands, and whether it is only its number.
    let mut bare_row = None;
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).unwrap();
        let said = match &event {
            Event::Eof => return out,
            Event::Start(tag) => {
                let local = local(tag.name().0);
                let mut attributes: BTreeMap<String, String> = tag
                    .attributes()
                    .flatten()
                    .map(|attribute| (attribute.key.0.to_owned(), attribute.value.to_string()))
                    .collect();
                if skipping > 0 {
                    skipping += 1;
                    continue;
                }
                match local {
                    "row" => {
                        row = attributes.get("r").map_or(row + 1, |number| number.trim().parse().unwrap());
                        col = 0;
                        // Both only say how wide a row is; they must cover the cells that come in.
                        attributes.remove("spans");
                        bare_row = Some((out.len(), attributes.len() <= 1));
                    }
                    "c" => {
                        let at = attributes.get("r").and_then(|name| CellRef::parse(name));
                        let at = at.filter(|at| at.row + 1 == row).unwrap_or(CellRef::new(row - 1, col));
                        col = at.col + 1;
                        if marked.contains(&at) {
                            skipping = 1;
                            continue;
                        }
                    }
                    "dimension" => _ = attributes.remove("ref"),
                    "sheetView" => _ = attributes.remove("tabSelected"),
                    "legacyDrawing" => {
                        skipping = 1;
                        continue;
                    }
                    _ => {}
                }
                format!("<{} {attributes:?}>", tag.name().0)
            }
            Event::End(tag) => {
                if skipping > 0 {
                    skipping -= 1;
                    continue;
                }
                if let ("row", Some((at, true))) = (local(tag.name().0), bare_row)
                    && out.len() == at + 1
                {
                    // A row without anything says nothing.
                    out.truncate(at);
                    continue;
                }
                format!("</{}>", tag.name().0)
            }
            other => {
                if skipping > 0 {
                    continue;
                }
                format!("{other:?}")
            }
        };
        out.push(said);
    }
}

/// The part of each sheet that has cells, by the index that marks use.
fn sheet_parts(bytes: &[u8]) -> Vec<String> {
    // By the names of calamine's order and the relationships, read apart from our own reader.
    let all = parts(bytes);
    let text = |name: &str| String::from_utf8(all[name].clone()).unwrap();
    let main = all.keys().find(|name| name.ends_with("workbook.xml") || name.ends_with("workbook2.xml")).unwrap();
    let (folder, name) = main.rsplit_once('/').unwrap_or(("", main));
    let rels = text(&format!("{folder}/_rels/{name}.rels"));
    let attribute = |tag: &str, name: &str| {
        let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
        tag[start..].split('"').next().map(str::to_owned)
    };
    let listed = text(main);
    let mut found = Vec::new();
    for tag in listed.split('<').filter(|tag| tag.split([':', ' ']).any(|word| word == "sheet")) {
        let Some(id) = tag.split(":id=\"").nth(1).map(|rest| rest.split('"').next().unwrap()) else { continue };
        let rel = rels.split('<').find(|rel| attribute(rel, "Id").as_deref() == Some(id)).unwrap();
        if attribute(rel, "Type").unwrap().ends_with("/worksheet") {
            let target = attribute(rel, "Target").unwrap();
            found.push(target.strip_prefix('/').map_or_else(|| format!("{folder}/{target}"), str::to_owned));
        }
    }
    found
}

/// Row, column and value of each filled cell.
type Values = Vec<(usize, usize, Data)>;

fn values(bytes: &[u8]) -> Vec<(String, Values)> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    let names = book.sheet_names();
    let cells = |range: calamine::Range<Data>| {
        let (row, col) = range.start().unwrap_or_default();
        let used = range.used_cells();
        used.map(|(r, c, data)| (r + row as usize, c + col as usize, data.clone())).collect()
    };
    names.into_iter().filter_map(|name| Some((name.clone(), cells(book.worksheet_range(&name).ok()?)))).collect()
}

/// Marks a workbook and holds it against the original; gives the parts that differ, and those that are new.
pub(crate) fn check(name: &str, original: &[u8]) -> (Vec<String>, Vec<String>) {
    let marks = marks(original);
    let marked = patched(original, &marks);
    let (before, after) = (parts(original), parts(&marked));
    let mut differ = Vec::new();
    for (part, bytes) in &before {
        let Some(new) = after.get(part) else { panic!("{name}: {part} is gone") };
        if new != bytes {
            assert!(may_change(part), "{name}: {part} differs");
            differ.push(part.clone());
        }
    }
    let new: Vec<String> = after.keys().filter(|part| !before.contains_key(*part)).cloned().collect();
    assert!(new.iter().all(|part| may_change(part)), "{name}: {new:?}");
    for (index, part) in sheet_parts(original).iter().enumerate() {
        let cells = marks.cells.iter().filter(|cell| cell.sheet == index).map(|cell| cell.at).collect();
        let (old, new) = (events(&before[part], &cells), events(&after[part], &cells));
        let at = old.iter().zip(&new).position(|(old, new)| old != new).unwrap_or(old.len().min(new.len()));
        let around = |all: &[String]| all[at.saturating_sub(2)..(at + 2).min(all.len())].join(" ");
        assert!(old == new, "{name}: {part}\n{}\n{}", around(&old), around(&new));
    }
    assert_eq!(read(original), read(&marked), "{name}");
    let found = values(&marked);
    assert_eq!(found.len(), values(original).len() + 1, "{name}");
    for (sheet, cells) in values(original) {
        let same = found.iter().find(|(other, _)| *other == sheet).unwrap();
        assert!(same.1 == cells, "{name}: {sheet} as calamine has it");
    }
    let twice = patched(&marked, &marks);
    let other = parts(&twice).into_iter().find(|(part, bytes)| after[part] != *bytes);
    assert!(
        other.is_none(),
        "{name}: marked twice: {:?}",
        other.map(|(part, bytes)| {
            let old = &after[&part];
            let at = old.iter().zip(&bytes).position(|(a, b)| a != b).unwrap_or(0).saturating_sub(60);
            let show = |bytes: &[u8]| String::from_utf8_lossy(&bytes[at..(at + 300).min(bytes.len())]).into_owned();
            format!("{part}:\n{}\n{}", show(old), show(&bytes))
        })
    );
    assert!(twice == marked, "{name}");
    let bare = parts(&patched(&marked, &Patch::default()));
    assert_eq!(bare.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>(), "{name}");
    let widened = |part: &str, bytes: &[u8]| {
        if part.contains("worksheets/sheet") && !part.contains("_rels") {
            // A dimension or a span of cells that was widened is not narrowed again.
            events(bytes, &BTreeSet::new()).join("\n").into_bytes()
        } else {
            // A list of names without a name, as openpyxl writes it, goes with ours.
            let text = String::from_utf8_lossy(bytes).replace("<definedNames />", "");
            text.replace("<definedNames/>", "").into_bytes()
        }
    };
    let unlike: Vec<&String> = before
        .iter()
        .filter(|(part, bytes)| widened(part, bytes) != widened(part, &bare[*part]))
        .map(|(part, _)| part)
        .collect();
    if let Some(part) = unlike.into_iter().find(|part| !part.ends_with("styles.xml")) {
        let show = |bytes: &[u8]| String::from_utf8_lossy(&bytes[..bytes.len().min(4_000)]).into_owned();
        panic!("{name}: without marks {part} differs:\n{}\n{}", show(&before[part]), show(&bare[part]));
    }
    assert!(patched(original, &Patch::default()) == original, "{name}");
    (differ, new)
}
