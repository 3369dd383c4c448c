//! The names in an OLE compound file (MS-CFB): enough to tell an old workbook from an encrypted new one.
//! Reads no stream.

use std::io::{self, Read, Seek, SeekFrom};

/// The first bytes of every compound file.
pub(crate) const MAGIC: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// Sectors of the directory that are looked at: a workbook's names stand in the first few.
const SECTORS: usize = 64;

/// The names of the first entries of the directory; fewer where the file is damaged.
pub(crate) fn names(file: &mut (impl Read + Seek)) -> io::Result<Vec<String>> {
    let mut header = [0; 512];
    file.seek(SeekFrom::Start(0))?;
    if file.read_exact(&mut header).is_err() {
        return Ok(Vec::new());
    }
    let size = match u16::from_le_bytes([header[30], header[31]]) {
        12 => 4096,
        _ => 512,
    };
    let mut names = Vec::new();
    let mut sector = word(&header, 48);
    for _ in 0..SECTORS {
        let Some(bytes) = read_sector(file, sector, size)? else { break };
        names.extend(bytes.chunks_exact(128).filter_map(name));
        let Some(next) = next_sector(file, &header, sector, size)? else { break };
        sector = next;
    }
    Ok(names)
}

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(u32::MAX, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}

fn read_sector(file: &mut (impl Read + Seek), sector: u32, size: u64) -> io::Result<Option<Vec<u8>>> {
    file.seek(SeekFrom::Start((u64::from(sector) + 1) * size))?;
    let mut bytes = Vec::new();
    file.take(size).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 == size).then_some(bytes))
}

/// The sector after one, through the allocation table; only the part of it that the header lists.
fn next_sector(file: &mut (impl Read + Seek), header: &[u8], sector: u32, size: u64) -> io::Result<Option<u32>> {
    let per_sector = size / 4;
    let slot = u64::from(sector) / per_sector;
    if slot >= 109 {
        return Ok(None);
    }
    let table = word(header, 76 + slot as usize * 4);
    let Some(bytes) = read_sector(file, table, size)? else { return Ok(None) };
    let next = word(&bytes, (u64::from(sector) % per_sector) as usize * 4);
    Ok((next < 0xFFFF_FFFA).then_some(next))
}

fn name(entry: &[u8]) -> Option<String> {
    let length = usize::from(u16::from_le_bytes([entry[64], entry[65]]));
    if !(4..=64).contains(&length) {
        return None;
    }
    let units: Vec<u16> = entry[..length - 2].chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect();
    String::from_utf16(&units).ok()
}
