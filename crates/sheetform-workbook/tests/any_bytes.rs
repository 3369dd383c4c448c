//! Any bytes end in a result or a clear error: files of every kind at hand, mutated, must be opened and read without a
//! panic. `SHEETFORM_BYTES=1000000 cargo test --release -p sheetform-workbook --test any_bytes -- --nocapture` is a
//! campaign; `SHEETFORM_SEED` chooses another one. What fails is kept in `target/any-bytes`.
#![allow(clippy::needless_pass_by_value, reason = "one kind of function for every kind of file")]
#![allow(clippy::unwrap_used, clippy::panic)]
#![allow(clippy::print_stdout, reason = "a campaign shows its count")]

use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use sheetform::grid::Source;
use sheetform::{json_lines, json_text};
use sheetform_workbook::Workbook;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Files tried without a number.
const FEW: usize = 1_500;
/// Longer ones are left out, so that many can be tried.
const LONGEST: usize = 400_000;
/// What a mutation puts in, beside single bytes.
const PIECES: [&[u8]; 34] = [
    b"<",
    b">",
    b"/>",
    b"\"",
    b"'",
    b"=",
    b"&",
    b"&amp;",
    b"&#0;",
    b"&x;",
    b"<!--",
    b"-->",
    b"<![CDATA[",
    b"]]>",
    b"</row>",
    b"<c r=\"XFE1\">",
    b" t=\"s\"",
    b"\r\n",
    b"\n",
    b",",
    b"\t",
    b"\"\"",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b"\\u0000",
    b"1e999",
    b"-0",
    b"\xEF\xBB\xBF",
    b"\xFF\xFF\xFF\xFF",
    b"\x00\x00\x00\x80",
    b"4294967295",
];

struct Random(u64);

impl Random {
    fn below(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below.max(1) as u64) as usize
    }

    /// Changes a few places of some bytes.
    fn mutate(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            let until = (at + self.below(8)).min(bytes.len());
            let piece = PIECES[self.below(PIECES.len())];
            match self.below(6) {
                0 => drop(bytes.drain(at..until)),
                1 => drop(bytes.splice(at..at, piece.iter().copied())),
                2 => drop(bytes.splice(at..until, piece.iter().copied())),
                3 => {
                    let more = bytes[at..(at + self.below(200)).min(bytes.len())].to_vec();
                    drop(bytes.splice(at..at, more));
                }
                4 if self.below(8) == 0 => bytes.truncate(at),
                _ => {
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte = [0, 1, 0x7F, 0x80, 0xFF, b'0', b'9', self.0 as u8][(self.0 >> 8) as usize % 8];
                    }
                }
            }
        }
    }
}

/// A file to be mutated: its bytes, or the parts of a package.
enum Seed {
    Plain(Vec<u8>),
    Package(Vec<(String, Vec<u8>)>),
}

impl Seed {
    fn of(bytes: Vec<u8>) -> Self {
        let Ok(mut zip) = ZipArchive::new(Cursor::new(&bytes)) else { return Self::Plain(bytes) };
        let mut parts = Vec::new();
        for index in 0..zip.len() {
            let mut part = zip.by_index(index).unwrap();
            let mut text = Vec::new();
            part.read_to_end(&mut text).unwrap();
            parts.push((part.name().unwrap().into_owned(), text));
        }
        Self::Package(parts)
    }

    fn mutated(&self, random: &mut Random) -> Vec<u8> {
        match self {
            Self::Plain(bytes) => {
                let mut bytes = bytes.clone();
                random.mutate(&mut bytes);
                bytes
            }
            Self::Package(parts) => {
                let which = random.below(parts.len());
                let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
                let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
                for (number, (name, text)) in parts.iter().enumerate() {
                    zip.start_file(name.as_str(), options).unwrap();
                    let mut text = text.clone();
                    if number == which {
                        random.mutate(&mut text);
                    }
                    zip.write_all(&text).unwrap();
                }
                let mut bytes = zip.finish().unwrap().into_inner();
                // Now and then the package itself.
                if random.below(10) == 0 {
                    random.mutate(&mut bytes);
                }
                bytes
            }
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn collect(folder: &Path, endings: &[&str], files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if path.is_dir() {
            collect(&path, endings, files);
        } else if endings.contains(&ending) && entry.metadata().unwrap().len() < LONGEST as u64 {
            files.push(path);
        }
    }
    files.sort();
}

fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().and_then(|number| number.parse().ok()).unwrap_or(otherwise)
}

/// Tries mutations of the files with these endings; gives what `look` counts.
fn campaign(endings: &[&str], look: fn(Vec<u8>) -> bool) {
    let mut files = Vec::new();
    collect(&root().join("tests/cases"), endings, &mut files);
    collect(&root().join("samples"), endings, &mut files);
    let seeds: Vec<Seed> = files.iter().map(|file| Seed::of(fs::read(file).unwrap())).collect();
    assert!(seeds.len() >= 10, "there are files of these kinds");
    let (count, seed) = (number("SHEETFORM_BYTES", FEW), number("SHEETFORM_SEED", 1));
    let mut random = Random(0x9E37_79B9_7F4A_7C15 ^ seed as u64);
    let mut read = 0;
    for tried in 0..count {
        let which = random.below(seeds.len());
        let bytes = seeds[which].mutated(&mut random);
        let kept = bytes.clone();
        if let Ok(good) = catch_unwind(AssertUnwindSafe(|| look(bytes))) {
            read += usize::from(good);
        } else {
            {
                let folder = root().join("target/any-bytes");
                fs::create_dir_all(&folder).unwrap();
                let file = folder.join(format!("{seed}-{tried}"));
                fs::write(&file, kept).unwrap();
                panic!("{} mutated ({tried}) is kept as {}", files[which].display(), file.display());
            }
        }
    }
    println!("{endings:?}: {count} files tried of {} kept ones, {read} read to the end", seeds.len());
}

/// Opens a book and reads all of it; whether that could be done.
fn book(bytes: Vec<u8>) -> bool {
    let Ok(book) = Workbook::from_bytes(bytes) else { return false };
    let sheets = 0..book.info().sheets.len().min(50);
    sheets.into_iter().all(|sheet| {
        let frame = book.frame(sheet).is_ok();
        let mut rows = 0;
        let mut last = None;
        let read = book.rows(sheet, &mut |row| {
            assert!(last.is_none_or(|last| last < row.index), "rows rise");
            assert!(row.cells.is_sorted_by(|a, b| a.0 < b.0), "cells rise");
            last = Some(row.index);
            rows += 1;
            if rows < 20_000 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        frame && read.is_ok()
    })
}

/// Reads JSON; what is read is what `serde_json` reads, and what it cannot read is none.
fn json(bytes: Vec<u8>) -> bool {
    let judge = serde_json::from_slice::<serde_json::Value>(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes));
    let _ = json_lines::parse(&bytes);
    let Ok(text) = json_text::parse(&bytes) else { return false };
    assert_eq!(Some(text.value), judge.ok());
    true
}

#[test]
fn workbooks() {
    campaign(&["xlsx", "xlsb", "ods"], book);
}

#[test]
fn other_books() {
    campaign(&["xls", "csv", "tsv", "txt", "html", "xml"], book);
}

#[test]
fn json_texts() {
    campaign(&["json", "jsonl"], json);
}
