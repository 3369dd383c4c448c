//! The custom document properties of a compound file (MS-OLEPS). What makes no sense is left out: they are no cells.

use std::collections::BTreeMap;

use super::code_page;

/// The set of custom properties, D5CDD505-2E9C-101B-9397-08002B2CF9AE.
const CUSTOM: [u8; 16] =
    [0x05, 0xD5, 0xCD, 0xD5, 0x9C, 0x2E, 0x1B, 0x10, 0x93, 0x97, 0x08, 0x00, 0x2B, 0x2C, 0xF9, 0xAE];
/// The code page that is UTF-16.
const UNICODE: u16 = 1200;

/// Custom properties that are text, by name; at most `limit`.
pub(super) fn read(stream: &[u8], limit: usize) -> BTreeMap<String, String> {
    custom(stream).and_then(|set| texts(set, limit)).unwrap_or_default()
}

fn custom(stream: &[u8]) -> Option<&[u8]> {
    let sets = word(stream, 24)?.min(16) as usize;
    let places = (0..sets).map(|index| 28 + index * 20);
    let at = places.into_iter().find(|at| stream.get(*at..*at + 16) == Some(&CUSTOM[..]))?;
    stream.get(word(stream, at + 16)? as usize..)
}

fn texts(set: &[u8], limit: usize) -> Option<BTreeMap<String, String>> {
    let count = (word(set, 4)? as usize).min(limit);
    let entries: Vec<(u32, usize)> =
        (0..count).filter_map(|index| Some((word(set, 8 + index * 8)?, word(set, 12 + index * 8)? as usize))).collect();
    let place = |id: u32| entries.iter().find(|(own, _)| *own == id).map(|(_, at)| *at);
    let page = place(1).and_then(|at| half(set, at + 4)).unwrap_or(1252);
    let names = names(set, place(0)?, page, limit);
    let value = |name: String, id: u32| Some((name, text(set, place(id)?, page)?));
    Some(names.into_iter().filter_map(|(id, name)| value(name, id)).collect())
}

fn names(set: &[u8], mut at: usize, page: u16, limit: usize) -> Vec<(u32, String)> {
    let mut names = Vec::new();
    let count = (word(set, at).unwrap_or(0) as usize).min(limit);
    at += 4;
    for _ in 0..count {
        let (Some(id), Some(length)) = (word(set, at), word(set, at + 4)) else { break };
        let bytes = length as usize * if page == UNICODE { 2 } else { 1 };
        let Some(name) = decoded(set, at + 8, bytes, page) else { break };
        // Names in UTF-16 are filled up to whole words.
        at += 8 + if page == UNICODE { bytes.next_multiple_of(4) } else { bytes };
        names.push((id, name));
    }
    names
}

fn text(set: &[u8], at: usize, page: u16) -> Option<String> {
    let length = word(set, at + 4)? as usize;
    match word(set, at)? {
        0x1E => decoded(set, at + 8, length, page),
        0x1F => decoded(set, at + 8, length.checked_mul(2)?, UNICODE),
        _ => None,
    }
}

/// A text of so many bytes, up to its end mark.
fn decoded(set: &[u8], at: usize, length: usize, page: u16) -> Option<String> {
    let bytes = set.get(at..at.checked_add(length)?)?;
    let text = if page == UNICODE {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect();
        String::from_utf16_lossy(&units)
    } else {
        code_page(page).decode_without_bom_handling(bytes).0.into_owned()
    };
    Some(text.split('\0').next().unwrap_or_default().to_owned())
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at.checked_add(2)?).map(|b| u16::from_le_bytes([b[0], b[1]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(values: &[u32]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    fn sample() -> Vec<u8> {
        let name = [words(&[1, 2, 3]), b"a\xCE\xBB".to_vec(), vec![0]].concat();
        // The code page, the dictionary and one text, each from the beginning of the set.
        let head = words(&[0, 3, 1, 32, 0, 40, 2, 56]);
        let set = [head, words(&[2, 65_001]), name, words(&[0x1E, 4]), b"abc\0".to_vec()].concat();
        [vec![0; 24], words(&[1]), CUSTOM.to_vec(), words(&[48]), set].concat()
    }

    #[test]
    fn texts_by_name() {
        assert_eq!(read(&sample(), 100), BTreeMap::from([("aλ".to_owned(), "abc".to_owned())]));
    }

    #[test]
    fn damaged_ones_are_left_out() {
        let whole = sample();
        for at in 0..whole.len() {
            let _ = read(&whole[..at], 100);
            for value in [0, 1, 0x7F, 0xFF] {
                let mut bytes = whole.clone();
                bytes[at] = value;
                let _ = read(&bytes, 100);
            }
        }
    }
}
