//! A stream out of a compound file (MS-CFB): the chain of sectors that holds it. Every count is bounded by the file.

const FREE: u32 = 0xFFFF_FFFA;
/// Streams shorter than this stand in the stream of the root, in small sectors.
const SMALL: u64 = 4096;

/// The first of the named streams that is there, whole; `None` where none is, or its chain is broken.
pub(crate) fn stream(file: &[u8], names: &[&str]) -> Option<Vec<u8>> {
    let compound = Compound::new(file)?;
    let directory = compound.chain(word(file, 48)?, None)?;
    let entries: Vec<Entry> = directory.chunks_exact(128).filter_map(entry).collect();
    let of_name = |name: &&str| entries.iter().find(|entry| entry.kind == 2 && entry.name.eq_ignore_ascii_case(name));
    let found = names.iter().find_map(of_name)?;
    if found.length >= SMALL {
        return compound.chain(found.start, Some(found.length));
    }
    let root = entries.iter().find(|entry| entry.kind == 5)?;
    let small = compound.chain(root.start, Some(root.length))?;
    let table = words(&compound.chain(word(file, 60)?, None)?);
    // Small sectors have no header before them.
    let sector = 1usize << u32::from(half(file, 32)?).min(12);
    let mut out = Vec::new();
    let mut at = found.start;
    while (out.len() as u64) < found.length {
        let from = (at as usize).checked_mul(sector)?;
        out.extend_from_slice(small.get(from..(from + sector).min(small.len()))?);
        at = *table.get(at as usize)?;
        if out.len() > small.len() {
            return None;
        }
    }
    out.truncate(found.length as usize);
    Some(out)
}

struct Compound<'a> {
    file: &'a [u8],
    /// Bytes of a sector.
    size: usize,
    /// The sector that follows each.
    table: Vec<u32>,
}

struct Entry {
    name: String,
    kind: u8,
    start: u32,
    length: u64,
}

impl<'a> Compound<'a> {
    fn new(file: &'a [u8]) -> Option<Self> {
        let size = if half(file, 30)? == 12 { 4096 } else { 512 };
        let sectors = file.len() / size;
        // Where the parts of the table stand: some in the header, more in a chain of their own.
        let mut places: Vec<u32> = (0..109).filter_map(|index| word(file, 76 + index * 4)).collect();
        let mut next = word(file, 68)?;
        while next < FREE && places.len() <= sectors + 109 {
            let list = words(sector(file, next, size)?);
            let (following, here) = list.split_last()?;
            places.extend(here);
            next = *following;
        }
        let mut table = Vec::new();
        for place in places.into_iter().take_while(|place| *place < FREE) {
            table.extend(words(sector(file, place, size)?));
            if table.len() > sectors + size {
                break;
            }
        }
        Some(Self { file, size, table })
    }

    /// The bytes of a chain; one that is cut before its length is none.
    fn chain(&self, start: u32, length: Option<u64>) -> Option<Vec<u8>> {
        let Self { file, size, table } = self;
        let mut out = Vec::new();
        let mut at = start;
        while at < FREE && length.is_none_or(|length| (out.len() as u64) < length) {
            // The last sector of a file may be cut short by its writer.
            let from = (at as usize + 1).checked_mul(*size)?;
            out.extend_from_slice(file.get(from..(from + size).min(file.len()))?);
            if out.len() > file.len() {
                return None;
            }
            at = *table.get(at as usize)?;
        }
        if let Some(length) = length {
            if (out.len() as u64) < length {
                return None;
            }
            out.truncate(length as usize);
        }
        Some(out)
    }
}

fn sector(file: &[u8], number: u32, size: usize) -> Option<&[u8]> {
    let from = (number as usize + 1).checked_mul(size)?;
    file.get(from..from + size)
}

fn entry(bytes: &[u8]) -> Option<Entry> {
    let length = usize::from(half(bytes, 64)?);
    if !(4..=64).contains(&length) {
        return None;
    }
    let units: Vec<u16> = bytes[..length - 2].chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect();
    let name = String::from_utf16(&units).ok()?;
    Some(Entry { name, kind: bytes[66], start: word(bytes, 116)?, length: u64::from(word(bytes, 120)?) })
}

fn words(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2).map(|b| u16::from_le_bytes([b[0], b[1]]))
}
