//! calamine as judge of our readers of xls and xlsb: on the files at hand, and on the workbooks of
//! `samples/` and the corpus as `LibreOffice` saves them as xls, both give the same cells and merges. What differs
//! is one of the known differences below, and counted. What is not at hand is not run, and said.

// A helper of a test may stop it, as the test itself may.
#![allow(clippy::unwrap_used, clippy::panic)]

mod at_hand;
mod libreoffice;

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::Cursor;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use calamine::{Data, Reader, SheetType, Sheets, Xls, Xlsb};
use sheetform::grid::{Cell, CellRef, Content, FormatKind, Source};
use sheetform_workbook::{Kind, Workbook};

/// Why the two readers may give different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Difference {
    /// calamine panics on the file.
    Panic,
    /// calamine gives nothing for a formula whose result is no text and no number.
    EmptyFormula,
    /// calamine sees a number where the format is a weekday, an era year, or a date in a later section.
    UnseenDate,
    /// calamine gives no merges of an xlsb.
    UnseenMerge,
}

#[derive(Default)]
struct Tally {
    files: usize,
    cells: usize,
    merges: usize,
    differences: BTreeMap<Difference, usize>,
}

#[test]
fn calamine_gives_the_same_cells() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let corpus = std::env::var_os("SHEETFORM_CORPUS").map_or_else(|| root.join("../shared/corpus"), PathBuf::from);
    let mut tally = Tally::default();
    let (files, refused): (Vec<_>, Vec<_>) =
        at_hand::files(&["xls", "xlsb"]).into_iter().partition(|file| Workbook::open(file).is_ok());
    for file in &files {
        judge(file, &mut tally);
    }
    println!("at hand: {tally}; {} are refused", refused.len());
    let mut books = with_ending(&root.join("samples"), "xlsx");
    books.extend(with_ending(&corpus, "xlsx"));
    let Some(saved) = libreoffice::saved(&books, "xls") else {
        println!("not run: LibreOffice is not installed, {} workbooks were not saved by it", books.len());
        return;
    };
    let (mut tally, mut marks) = (Tally::default(), 0);
    for file in with_ending(saved.path(), "xls") {
        judge(&file, &mut tally);
        let book = books.iter().find(|book| book.file_stem() == file.file_stem()).unwrap();
        let (before, after) = (Workbook::open(book).unwrap(), Workbook::open(&file).unwrap());
        for (name, value) in before.info().properties.iter().filter(|(name, _)| name.starts_with("sheetform")) {
            assert_eq!(after.info().properties.get(name), Some(value), "{}: {name}", file.display());
            marks += 1;
        }
    }
    assert!(marks > 0);
    println!("saved by LibreOffice: {tally}");
    assert!(tally.files == books.len() && tally.cells > 1_000 && tally.merges > 100, "{} files", tally.files);
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { files, cells, merges, differences } = self;
        write!(f, "{files} files, {cells} cells, {merges} merges, differences: {differences:?}")
    }
}

fn with_ending(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|e| e == ending)).collect();
    files.sort();
    files
}

fn judge(file: &Path, tally: &mut Tally) {
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    let bytes = fs::read(file).unwrap();
    let ours = Workbook::from_bytes(bytes.clone()).unwrap_or_else(|finding| panic!("{name}: {finding:?}"));
    if !matches!(ours.kind(), Kind::Xls | Kind::Xlsb) {
        return;
    }
    tally.files += 1;
    let opened = catch_unwind(AssertUnwindSafe(|| open(ours.kind(), bytes)));
    let Ok(mut theirs) = opened else {
        *tally.differences.entry(Difference::Panic).or_default() += 1;
        return;
    };
    let sheets: Vec<_> = theirs.sheets_metadata().iter().filter(|s| s.typ == SheetType::WorkSheet).cloned().collect();
    let names: Vec<&str> = ours.info().sheets.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, sheets.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), "{name}");
    for (index, sheet) in names.iter().enumerate() {
        let mut left: BTreeMap<CellRef, Cell> = BTreeMap::new();
        ours.rows(index, &mut |row| {
            left.extend(row.cells.into_iter().map(|(col, cell)| (CellRef::new(row.index, col), cell)));
            ControlFlow::Continue(())
        })
        .unwrap_or_else(|finding| panic!("{name}: {finding:?}"));
        tally.cells += left.len();
        let Ok(range) = catch_unwind(AssertUnwindSafe(|| theirs.worksheet_range(sheet).unwrap())) else {
            *tally.differences.entry(Difference::Panic).or_default() += 1;
            return;
        };
        let (top, first) = range.start().unwrap_or_default();
        for (row, col, value) in range.used_cells() {
            let at = CellRef::new(row as u32 + top, col as u32 + first);
            let cell = left.remove(&at);
            let difference = match &cell {
                Some(cell) => compare(cell, value),
                None => matches!(value, Data::String(text) if text.is_empty()).then_some(None).ok_or(()),
            };
            match difference {
                Ok(Some(difference)) => *tally.differences.entry(difference).or_default() += 1,
                Ok(None) => {}
                Err(()) => panic!("{name} {sheet}!{at}: we read {cell:?}, calamine {value:?}"),
            }
        }
        for (at, cell) in left {
            assert!(cell.formula.is_some(), "{name} {sheet}!{at}: only we have {cell:?}");
            *tally.differences.entry(Difference::EmptyFormula).or_default() += 1;
        }
        judge_merges(&ours, index, &mut theirs, &format!("{name} {sheet}"), tally);
    }
}

type Theirs = Sheets<Cursor<Vec<u8>>>;

fn open(kind: Kind, bytes: Vec<u8>) -> Theirs {
    if kind == Kind::Xls {
        Sheets::Xls(Xls::new(Cursor::new(bytes)).unwrap())
    } else {
        Sheets::Xlsb(Xlsb::new(Cursor::new(bytes)).unwrap())
    }
}

fn judge_merges(ours: &Workbook, index: usize, theirs: &mut Theirs, name: &str, tally: &mut Tally) {
    let frame = ours.frame(index).unwrap();
    let found: Vec<_> = frame.merges.iter().map(|m| ((m.first.row, m.first.col), (m.last.row, m.last.col))).collect();
    tally.merges += found.len();
    let Sheets::Xls(book) = theirs else {
        if !found.is_empty() {
            *tally.differences.entry(Difference::UnseenMerge).or_default() += found.len();
        }
        return;
    };
    let sheet = &ours.info().sheets[index].name;
    let all = book.merge_cells_by_sheet_name(sheet).unwrap();
    let mut merges: Vec<_> = all.into_iter().filter(|m| m.start != m.end).map(|m| (m.start, m.end)).collect();
    merges.sort_unstable();
    assert_eq!(found, merges, "{name}");
}

/// Whether the two are the same, alike but for a known difference, or different.
fn compare(ours: &Cell, theirs: &Data) -> Result<Option<Difference>, ()> {
    let is_date = !matches!(ours.kind(), FormatKind::Number | FormatKind::Text | FormatKind::Percent);
    let same = |yes: bool| yes.then_some(None).ok_or(());
    match (&ours.content, theirs) {
        (Content::Number { value, .. }, Data::Float(theirs)) if value.to_bits() == theirs.to_bits() => {
            Ok(is_date.then_some(Difference::UnseenDate))
        }
        (Content::Number { value, .. }, Data::Int(theirs)) if value.to_bits() == (*theirs as f64).to_bits() => {
            Ok(is_date.then_some(Difference::UnseenDate))
        }
        (Content::Number { value, .. }, Data::DateTime(theirs)) => {
            same(value.to_bits() == theirs.as_f64().to_bits() && is_date)
        }
        (Content::Text(ours), Data::String(theirs)) => same(**ours == **theirs),
        (Content::Bool(ours), Data::Bool(theirs)) => same(ours == theirs),
        (Content::Error(ours), Data::Error(theirs)) => same(**ours == theirs.to_string()),
        _ => Err(()),
    }
}
