//! Bytes changed as chance has it. Knows nothing of what they stand for.

use crate::random::Random;

/// What a change puts in, beside single bytes.
pub(crate) const PIECES: [&[u8]; 71] = [
    b"<",
    b">",
    b"/>",
    b"\"",
    b"'",
    b"=",
    b" ",
    b"&",
    b"&amp;",
    b"&#0;",
    b"&#10;",
    b"&x;",
    b"<!--",
    b"-->",
    b"<![CDATA[",
    b"]]>",
    b"<?p ?>",
    b"</row>",
    b"<row r=\"7\">",
    b"</c>",
    b"<c r=\"B7\">",
    b"<c r=\"XFE1\">",
    b" t=\"s\"",
    b" t=\"inlineStr\"",
    b" s=\"1\"",
    b"<v>",
    b"</v>",
    b"<f>",
    b"<is>",
    b"<t>",
    b" xmlns=\"urn:x\"",
    b"_x000A_",
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
    b"{}",
    b"[]",
    b"null",
    b"true",
    b"\\u0000",
    b"1e999",
    b"-0",
    b"0.1",
    b"9007199254740993",
    b"\"$ref\"",
    b"\"type\"",
    b"\"properties\"",
    b"\"items\"",
    b"\"x-sheet\"",
    b"self.",
    b"root.",
    b"has(",
    b"(",
    b")",
    b"==",
    b"&&",
    b"?",
    b"\xEF\xBB\xBF",
    b"\xFF\xFF\xFF\xFF",
    b"\x00\x00\x00\x80",
    b"4294967295",
    b"\xC3\xA9",
    b"\x00",
    b"'\\''",
];

/// Changes a few places of some bytes.
pub(crate) fn change(random: &mut Random, bytes: &mut Vec<u8>) {
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        let until = (at + random.below(8)).min(bytes.len());
        let piece = PIECES[random.below(PIECES.len())];
        match random.below(6) {
            0 => drop(bytes.drain(at..until)),
            1 => drop(bytes.splice(at..at, piece.iter().copied())),
            2 => drop(bytes.splice(at..until, piece.iter().copied())),
            3 => {
                let more = bytes[at..(at + random.below(200)).min(bytes.len())].to_vec();
                drop(bytes.splice(at..at, more));
            }
            4 if random.below(8) == 0 => bytes.truncate(at),
            _ => {
                let any = random.below(256) as u8;
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = *random.pick(&[0, 1, 0x7F, 0x80, 0xFF, b'0', b'9', any]);
                }
            }
        }
    }
}
