//! calamine as judge of our OpenDocument reader: on the .ods files at hand, and on `samples/`
//! and the workbooks of the corpus as `LibreOffice` saves them, both give the same cells. What differs is one of the known
//! differences below, and counted. What is not at hand is not run, and said.

// A helper of a test may stop it, as the test itself may.
#![allow(clippy::unwrap_used, clippy::panic)]

mod at_hand;
mod libreoffice;

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use calamine::{Data, Ods, Reader};
use sheetform::grid::{Cell, CellRef, Content, FormatKind, Source};
use sheetform_workbook::Workbook;

/// Why the two readers may give different things for one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Difference {
    /// calamine gives a formula without a type nothing; we give what is shown.
    UntypedFormula,
    /// calamine gives the number of `TRUE()`; we give what LibreOffice shows.
    TruthFormula,
    /// calamine gives the text of an error; we give an error cell.
    ErrorText,
}

#[derive(Default)]
struct Tally {
    files: usize,
    cells: usize,
    differences: BTreeMap<Difference, usize>,
}

#[test]
fn calamine_gives_the_same_cells() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let corpus = std::env::var_os("SHEETFORM_CORPUS").map_or_else(|| root.join("../shared/corpus"), PathBuf::from);
    let mut tally = Tally::default();
    for file in at_hand::files(&["ods"]) {
        judge(&file, &mut tally);
    }
    println!("at hand: {} files, {} cells, differences: {:?}", tally.files, tally.cells, tally.differences);
    let mut books = with_ending(&root.join("samples"), "xlsx");
    books.extend(with_ending(&corpus, "xlsx"));
    let Some(saved) = libreoffice::saved(&books, "ods") else {
        println!("not run: LibreOffice is not installed, {} workbooks were not saved by it", books.len());
        return;
    };
    let mut tally = Tally::default();
    let files = with_ending(saved.path(), "ods");
    assert_eq!(files.len(), books.len());
    let mut dates = 0;
    for (file, book) in files.iter().zip(&in_order(&books)) {
        assert_eq!(file.file_stem(), book.file_stem());
        judge(file, &mut tally);
        dates += same_days(book, file);
    }
    println!(
        "saved by LibreOffice: {} files, {} cells, {dates} dates typed in, differences: {:?}",
        tally.files, tally.cells, tally.differences
    );
    assert!(tally.cells > 1_000 && dates > 30, "{} cells, {dates} dates", tally.cells);
}

fn with_ending(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == ending))
        .collect();
    files.sort();
    files
}

/// By name, as a folder lists them.
fn in_order(books: &[PathBuf]) -> Vec<PathBuf> {
    let mut books = books.to_vec();
    books.sort_by_key(|book| book.file_name().map(ToOwned::to_owned));
    books
}

/// The cells with a day in a workbook and in what `LibreOffice` saved of it: the same days, whatever the date system.
fn same_days(book: &Path, saved: &Path) -> usize {
    let (book, saved) = (Workbook::open(book).unwrap(), Workbook::open(saved).unwrap());
    assert_eq!(book.info().date1904, saved.info().date1904);
    let sheets = book.info().sheets.len();
    (0..sheets)
        .map(|sheet| {
            let (theirs, ours) = (days(&book, sheet), days(&saved, sheet));
            for (at, day) in &theirs {
                assert_eq!(ours.get(at), Some(day), "{}!{at}", book.info().sheets[sheet].name);
            }
            theirs.len()
        })
        .sum()
}

/// What stands in the cells with a date format and without a formula.
fn days(book: &Workbook, sheet: usize) -> BTreeMap<CellRef, Option<String>> {
    let mut days = BTreeMap::new();
    book.rows(sheet, &mut |row| {
        for (col, cell) in row.cells {
            let is_day = matches!(cell.kind(), FormatKind::Date | FormatKind::Month | FormatKind::DateTime);
            if let (Content::Number { value, .. }, true, None) = (&cell.content, is_day, &cell.formula) {
                let day = sheetform::serial::date_iso(*value, book.info().date1904);
                days.insert(CellRef::new(row.index, col), day);
            }
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    days
}

fn judge(file: &Path, tally: &mut Tally) {
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    let bytes = fs::read(file).unwrap();
    // Only a package that our own checks let through is given to calamine.
    let ours = Workbook::from_bytes(bytes.clone()).unwrap_or_else(|finding| panic!("{name}: {finding:?}"));
    tally.files += 1;
    if name.starts_with("hostile") {
        assert!(
            (0..ours.info().sheets.len()).any(|sheet| ours.rows(sheet, &mut |_| ControlFlow::Continue(())).is_err())
        );
        return;
    }
    let mut theirs: Ods<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
    let names: Vec<&str> = ours.info().sheets.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, theirs.sheet_names(), "{name}");
    for (index, sheet) in names.iter().enumerate() {
        let mut left: BTreeMap<CellRef, Cell> = BTreeMap::new();
        ours.rows(index, &mut |row| {
            left.extend(row.cells.into_iter().map(|(col, cell)| (CellRef::new(row.index, col), cell)));
            ControlFlow::Continue(())
        })
        .unwrap_or_else(|finding| panic!("{name}: {finding:?}"));
        tally.cells += left.len();
        let range = theirs.worksheet_range(sheet).unwrap();
        let (top, first) = range.start().unwrap_or_default();
        for (row, col, value) in range.used_cells() {
            let at = CellRef::new(row as u32 + top, col as u32 + first);
            let cell = left.remove(&at);
            let difference = match &cell {
                Some(cell) => compare(cell, value, ours.info().date1904),
                None => matches!(value, Data::String(text) if text.is_empty()).then_some(None).ok_or(()),
            };
            match difference {
                Ok(Some(difference)) => *tally.differences.entry(difference).or_default() += 1,
                Ok(None) => {}
                Err(()) => panic!("{name} {sheet}!{at}: we read {cell:?}, calamine {value:?}"),
            }
        }
        for (at, cell) in left {
            let formula = cell.formula.is_some();
            assert!(formula, "{name} {sheet}!{at}: only we have {cell:?}");
            *tally.differences.entry(Difference::UntypedFormula).or_default() += 1;
        }
    }
}

/// Whether the two are the same, alike but for a known difference, or different.
fn compare(ours: &Cell, theirs: &Data, date1904: bool) -> Result<Option<Difference>, ()> {
    let same = |yes: bool| yes.then_some(None).ok_or(());
    match (&ours.content, theirs) {
        (Content::Number { value, .. }, Data::Float(theirs)) if value.to_bits() == theirs.to_bits() => Ok(None),
        (Content::Number { value, .. }, Data::DateTimeIso(theirs)) => same(serial(theirs, date1904) == Some(*value)),
        (Content::Number { value, .. }, Data::DurationIso(theirs)) => {
            same(duration(theirs).is_some_and(|theirs| (theirs - value).abs() < 1e-9))
        }
        (Content::Text(ours), Data::String(theirs)) => same(**ours == **theirs),
        // A day before the first serial number.
        (Content::Text(ours), Data::DateTimeIso(theirs)) => same(theirs.starts_with(&**ours)),
        (Content::Bool(ours), Data::Bool(theirs)) => same(ours == theirs),
        (Content::Bool(ours), Data::Float(theirs)) if theirs.to_bits() == f64::from(u8::from(*ours)).to_bits() => {
            Ok(Some(Difference::TruthFormula))
        }
        (Content::Error(ours), Data::String(theirs)) => {
            (**ours == **theirs).then_some(Some(Difference::ErrorText)).ok_or(())
        }
        _ => Err(()),
    }
}

/// The serial number of `2023-03-15T08:30:00.12`, by way of the calendar alone.
fn serial(text: &str, date1904: bool) -> Option<f64> {
    let (day, time) = text.split_once('T').unwrap_or((text, ""));
    let day = sheetform::serial::Date::parse_iso(day)?.serial(date1904)?;
    let millis = if time.is_empty() {
        0.0
    } else {
        let mut parts = time.split(':').map(|part| part.parse::<f64>().unwrap_or(f64::NAN));
        let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
        ((hours * 3600.0 + minutes * 60.0 + seconds) * 1000.0).round()
    };
    Some(day + millis / 86_400_000.0)
}

fn duration(text: &str) -> Option<f64> {
    let rest = text.strip_prefix("PT")?;
    let (hours, rest) = rest.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let number = |text: &str| text.parse::<f64>().ok();
    Some((number(hours)? * 3600.0 + number(minutes)? * 60.0 + number(rest.strip_suffix('S')?)?) / 86_400.0)
}
