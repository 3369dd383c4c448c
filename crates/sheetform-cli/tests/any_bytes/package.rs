//! A package as bytes that may be changed anywhere: its parts one after the other, not packed, without checksums.

use std::io::{Cursor, Read as _, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Stands before the name of each part; a line end stands behind it.
const PART: &[u8] = b"\0\0part:";

/// The parts of a package as bytes; other bytes as they are.
pub(crate) fn unpacked(bytes: Vec<u8>) -> Vec<u8> {
    let Ok(mut zip) = ZipArchive::new(Cursor::new(&bytes)) else { return bytes };
    let mut out = Vec::new();
    for index in 0..zip.len() {
        let mut part = zip.by_index(index).unwrap();
        out.extend(PART);
        out.extend(part.name().unwrap().as_bytes());
        out.push(b'\n');
        part.read_to_end(&mut out).unwrap();
    }
    out
}

/// The file that bytes stand for: a package of their parts, or they themselves.
pub(crate) fn packed(bytes: &[u8]) -> Vec<u8> {
    let Some(parts) = bytes.strip_prefix(PART) else { return bytes.to_vec() };
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut rest = Some(parts);
    while let Some(part) = rest {
        let end = part.windows(PART.len()).position(|bytes| bytes == PART);
        rest = end.map(|at| &part[at + PART.len()..]);
        let part = &part[..end.unwrap_or(part.len())];
        let name = part.iter().position(|byte| *byte == b'\n').unwrap_or(part.len());
        // A name that cannot be written, or that is there already, is no part.
        let begun = std::str::from_utf8(&part[..name]).is_ok_and(|name| zip.start_file(name, options).is_ok());
        if begun {
            zip.write_all(part.get(name + 1..).unwrap_or_default()).unwrap();
        }
    }
    zip.finish().unwrap().into_inner()
}
