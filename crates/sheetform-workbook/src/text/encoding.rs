//! Which encoding a text file has, by its bytes: a mark, zero bytes, valid UTF-8, else the likeliest legacy one. And the
//! file as UTF-8, whatever it is in. Knows nothing of columns.

use std::io::{self, Read, Seek, SeekFrom};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, CoderResult, Decoder, EUC_JP, Encoding, GB18030, GBK, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE};
use sheetform::finding::Finding;

use crate::package::detect::Kind;
use crate::package::handle::Handle;
use crate::package::io_finding;

/// Bytes that a legacy encoding is told from; more would change no verdict.
const LOOKED_AT: usize = 4 << 20;
const CHUNK: usize = 64 << 10;
/// Bytes beyond ASCII up to which a text is short.
const FEW: usize = 120;
/// So many characters beyond ASCII that mean something stand against one place that does not.
const SOUND_TO_DAMAGED: usize = 10;

/// The encoding of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) encoding: &'static Encoding,
    /// Whether the file says so itself, by a byte order mark.
    pub(crate) marked: bool,
    /// Whether some bytes mean nothing in it.
    pub(crate) damaged: bool,
}

impl Found {
    fn new(encoding: &'static Encoding, marked: bool) -> Self {
        Self { encoding, marked, damaged: false }
    }

    /// Its name as people know it.
    pub(crate) fn name(&self) -> String {
        let name = if self.encoding == GB18030 { "GB18030" } else { self.encoding.name() };
        // UTF-16LE and its like say themselves that they have a mark or not.
        if self.marked { format!("{name} with BOM") } else { name.to_owned() }
    }
}

/// The encoding of a whole file; one with zero bytes that is not UTF-16 is no text.
pub(crate) fn find(file: &Handle) -> Result<Found, Finding> {
    let head = head(file, CHUNK).map_err(|error| io_finding(&error))?;
    if let Some(found) = by_mark(&head) {
        return with_damage(file, found);
    }
    let mut utf8 = Utf8Check::default();
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut seen = 0;
    each_chunk(file, |bytes, last| {
        if bytes.contains(&0) {
            return Err(Kind::Unknown.finding());
        }
        utf8.feed(bytes, last);
        if seen < LOOKED_AT {
            seen += bytes.len();
            // Where looking ends a character may be cut; where the file ends none should be.
            detector.feed(bytes, last);
        }
        Ok(())
    })?;
    if utf8.is_likely() {
        return Ok(Found { encoding: UTF_8, marked: false, damaged: utf8.bad > 0 });
    }
    let mut encoding = legacy(&detector, &head);
    if encoding.is_single_byte() {
        let looked_at = self::head(file, LOOKED_AT).map_err(|error| io_finding(&error))?;
        encoding = damaged_chinese(&looked_at).unwrap_or(encoding);
    }
    with_damage(file, Found::new(encoding, false))
}

/// The encoding by the first bytes alone, to tell what kind of file it is.
pub(crate) fn of_head(head: &[u8], whole: bool) -> Found {
    if let Some(found) = by_mark(head) {
        return found;
    }
    let mut utf8 = Utf8Check::default();
    utf8.feed(head, false);
    if utf8.is_likely() {
        return Found::new(UTF_8, false);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(head, whole);
    let encoding = legacy(&detector, head);
    let damaged = encoding.is_single_byte().then(|| damaged_chinese(head)).flatten();
    Found::new(damaged.unwrap_or(encoding), false)
}

/// The encoding that a label in the file names, `gb2312`.
pub(crate) fn by_label(label: &str) -> Option<&'static Encoding> {
    let label = label.trim();
    // Windows code pages under names that browsers do not know.
    let known = match label.to_ascii_lowercase().as_str() {
        "cp936" | "ms936" | "windows-936" => Some(GBK),
        "cp950" | "ms950" => Some(BIG5),
        _ => Encoding::for_label(label.as_bytes()),
    };
    known.map(widened)
}

/// GB18030 holds all of GBK, and what GBK lacks.
fn widened(encoding: &'static Encoding) -> &'static Encoding {
    if encoding == GBK { GB18030 } else { encoding }
}

/// The likeliest legacy encoding. Of a few characters the detector cannot be sure, and takes two headings such as
/// 编号 for Japanese: there, what reads as common Chinese characters throughout is Chinese.
fn legacy(detector: &EncodingDetector, head: &[u8]) -> &'static Encoding {
    let guess = widened(detector.guess(None, Utf8Detection::Deny));
    let few = head.iter().filter(|byte| !byte.is_ascii()).count() <= FEW;
    if guess == GB18030 || guess == BIG5 || !few {
        return guess;
    }
    let kana = |c| ('\u{3041}'..='\u{30FF}').contains(&c);
    if (guess == EUC_JP || guess == SHIFT_JIS) && guess.decode_without_bom_handling(head).0.contains(kana) {
        return guess;
    }
    // Punctuation, full-width letters and the common characters of GB 2312; then those of Big5.
    if reads_as(head, |lead, trail| matches!(lead, 0xA1 | 0xA3 | 0xB0..=0xD7) && trail >= 0xA1) {
        GB18030
    } else if reads_as(head, |lead, trail| matches!(lead, 0xA1..=0xC6) && matches!(trail, 0x40..=0x7E | 0xA1..=0xFE)) {
        BIG5
    } else {
        guess
    }
}

/// The Chinese encoding of a text with a few places that mean nothing in it: one lost byte, or a cut in the middle of
/// a character. To the detector one such place rules an encoding out, and any bytes are text in a Western one. Without
/// those places it must say so itself.
fn damaged_chinese(bytes: &[u8]) -> Option<&'static Encoding> {
    [GB18030, BIG5].into_iter().find(|encoding| {
        let (text, damaged) = encoding.decode_without_bom_handling(bytes);
        let bad = text.matches(char::REPLACEMENT_CHARACTER).count();
        let sound = text.chars().filter(|c| !c.is_ascii()).count() - bad;
        if !damaged || bad * SOUND_TO_DAMAGED > sound {
            return false;
        }
        let text = text.replace(char::REPLACEMENT_CHARACTER, "");
        let (rest, _, _) = encoding.encode(&text);
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(&rest, true);
        legacy(&detector, &rest[..rest.len().min(CHUNK)]) == *encoding
    })
}

/// Whether every byte that is not ASCII begins a pair of this kind.
fn reads_as(bytes: &[u8], pair: impl Fn(u8, u8) -> bool) -> bool {
    let mut rest = bytes.iter();
    while let Some(lead) = rest.find(|byte| !byte.is_ascii()) {
        if !rest.next().is_some_and(|trail| pair(*lead, *trail)) {
            return false;
        }
    }
    true
}

fn by_mark(head: &[u8]) -> Option<Found> {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return Some(Found::new(encoding, true));
    }
    without_mark(head).map(|encoding| Found::new(encoding, false))
}

/// UTF-16 without a mark: zero bytes nearly all in the high halves, and no other control character.
fn without_mark(head: &[u8]) -> Option<&'static Encoding> {
    let zeros = |parity: usize| head.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let encoding = match (zeros(0), zeros(1)) {
        (0, 0) => return None,
        (first, second) if second > first * 3 => UTF_16LE,
        (first, second) if first > second * 3 => UTF_16BE,
        _ => return None,
    };
    let even = &head[..head.len() - head.len() % 2];
    let (text, damaged) = encoding.decode_without_bom_handling(even);
    let odd = |c: char| c < ' ' && !"\t\n\r\u{C}".contains(c) || c == '\u{FFFE}';
    (!damaged && !text.contains(odd)).then_some(encoding)
}

/// Looks through the whole file for bytes that mean nothing.
fn with_damage(file: &Handle, found: Found) -> Result<Found, Finding> {
    let mut decoder = found.encoding.new_decoder_with_bom_removal();
    let mut out = vec![0; CHUNK];
    let mut damaged = false;
    let mut no_text = false;
    each_chunk(file, |mut bytes, last| {
        loop {
            let (result, read, written, bad) = decoder.decode_to_utf8(bytes, &mut out, last);
            damaged |= bad;
            no_text |= out[..written].contains(&0);
            bytes = &bytes[read..];
            if result == CoderResult::InputEmpty {
                return Ok(());
            }
        }
    })?;
    if no_text { Err(Kind::Unknown.finding()) } else { Ok(Found { damaged, ..found }) }
}

fn each_chunk(file: &Handle, mut each: impl FnMut(&[u8], bool) -> Result<(), Finding>) -> Result<(), Finding> {
    let mut file = file.clone();
    file.seek(SeekFrom::Start(0)).map_err(|error| io_finding(&error))?;
    let mut bytes = vec![0; CHUNK];
    loop {
        let count = fill(&mut file, &mut bytes).map_err(|error| io_finding(&error))?;
        let last = count < bytes.len();
        each(&bytes[..count], last)?;
        if last {
            return Ok(());
        }
    }
}

/// Reads until the buffer is full or the file ends.
fn fill(file: &mut impl Read, bytes: &mut [u8]) -> io::Result<usize> {
    let mut at = 0;
    while at < bytes.len() {
        match file.read(&mut bytes[at..]) {
            Ok(0) => break,
            Ok(count) => at += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(at)
}

fn head(file: &Handle, count: usize) -> io::Result<Vec<u8>> {
    let mut file = file.clone();
    file.seek(SeekFrom::Start(0))?;
    let mut bytes = vec![0; count];
    let count = fill(&mut file, &mut bytes)?;
    bytes.truncate(count);
    Ok(bytes)
}

/// Counts what is UTF-8 and what is not, chunk by chunk.
#[derive(Default)]
struct Utf8Check {
    /// Characters of more than one byte.
    good: u64,
    bad: u64,
    /// The bytes of a character that the chunk before began.
    open: Vec<u8>,
}

impl Utf8Check {
    fn feed(&mut self, bytes: &[u8], last: bool) {
        let joined;
        let mut rest = if self.open.is_empty() {
            bytes
        } else {
            self.open.extend_from_slice(bytes);
            joined = std::mem::take(&mut self.open);
            joined.as_slice()
        };
        loop {
            let (valid, error) = match std::str::from_utf8(rest) {
                Ok(text) => (text, None),
                Err(error) => {
                    (std::str::from_utf8(&rest[..error.valid_up_to()]).unwrap_or_default(), Some(error.error_len()))
                }
            };
            self.good += valid.bytes().filter(|byte| *byte >= 0xC0).count() as u64;
            match error {
                None => return,
                Some(None) => {
                    self.open = rest[valid.len()..].to_vec();
                    self.bad += u64::from(last);
                    return;
                }
                Some(Some(length)) => {
                    self.bad += 1;
                    rest = &rest[valid.len() + length..];
                }
            }
        }
    }

    /// A few damaged places leave a text in UTF-8 what it is: no other encoding looks like it by chance.
    fn is_likely(&self) -> bool {
        self.bad == 0 || self.bad * 20 <= self.good
    }
}

/// A file as UTF-8, without its mark. What means nothing is U+FFFD.
pub(crate) struct Utf8 {
    file: Handle,
    decoder: Decoder,
    raw: Vec<u8>,
    raw_at: usize,
    raw_end: usize,
    ended: bool,
    done: bool,
    /// Decoded and not yet given.
    out: Vec<u8>,
    out_at: usize,
}

impl Utf8 {
    pub(crate) fn new(file: &Handle, encoding: &'static Encoding) -> io::Result<Self> {
        let mut file = file.clone();
        file.seek(SeekFrom::Start(0))?;
        Ok(Self {
            file,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: vec![0; CHUNK],
            raw_at: 0,
            raw_end: 0,
            ended: false,
            done: false,
            out: Vec::new(),
            out_at: 0,
        })
    }

    fn decode(&mut self) -> io::Result<()> {
        if self.raw_at == self.raw_end && !self.ended {
            self.raw_end = fill(&mut self.file, &mut self.raw)?;
            self.raw_at = 0;
            self.ended = self.raw_end < self.raw.len();
        }
        self.out.resize(CHUNK, 0);
        self.out_at = 0;
        let bytes = &self.raw[self.raw_at..self.raw_end];
        let (result, read, written, _) = self.decoder.decode_to_utf8(bytes, &mut self.out, self.ended);
        self.raw_at += read;
        self.out.truncate(written);
        self.done = self.ended && result == CoderResult::InputEmpty;
        Ok(())
    }
}

impl Read for Utf8 {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.out_at == self.out.len() {
            if self.done {
                return Ok(0);
            }
            self.decode()?;
        }
        let count = buffer.len().min(self.out.len() - self.out_at);
        buffer[..count].copy_from_slice(&self.out[self.out_at..self.out_at + count]);
        self.out_at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn two_short_headings_are_enough() {
        let simplified =
            ["编号", "数量", "姓名", "部门", "日期", "金额", "备注", "责任人", "规格型号", "是否", "有", "张三"];
        let traditional = ["編號", "數量", "姓名", "部門", "日期", "金額", "備註", "責任人", "規格型號", "張三"];
        let wrong = |words: &[&str], encoding: &'static Encoding| {
            let pairs =
                words.iter().flat_map(|first| words.iter().map(move |second| format!("{first},{second}\n1,2\n")));
            let wrong = pairs.filter(|text| of_head(&encoding.encode(text).0, true).encoding != encoding);
            wrong.collect::<Vec<_>>()
        };
        assert_eq!(wrong(&simplified, GB18030), Vec::<String>::new());
        // Some pairs of bytes are common in both.
        assert!(wrong(&traditional, BIG5).len() <= 3, "{:?}", wrong(&traditional, BIG5));
        for (text, encoding) in
            [("番号,名前\n1,ひらがな\n", EUC_JP), ("Name;Größe\nMüller;1\n", encoding_rs::WINDOWS_1252)]
        {
            assert_eq!(of_head(&encoding.encode(text).0, true).encoding, encoding, "{text}");
        }
    }

    fn found(bytes: &[u8]) -> (&'static str, bool, bool) {
        let found = find(&Handle::new(Cursor::new(bytes.to_vec())).unwrap()).unwrap();
        (found.encoding.name(), found.marked, found.damaged)
    }

    #[test]
    fn an_encoding_is_told_by_content() {
        let text = "序号,名称,数量\r\n1,打印机𠮷,12\r\n";
        let utf16 = |unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
        let with = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
        for (bytes, expected) in [
            (text.as_bytes().to_vec(), ("UTF-8", false, false)),
            (b"plain".to_vec(), ("UTF-8", false, false)),
            (with(b"\xEF\xBB\xBF", text.as_bytes()), ("UTF-8", true, false)),
            (with(b"\xFF\xFE", &utf16(u16::to_le_bytes)), ("UTF-16LE", true, false)),
            (with(b"\xFE\xFF", &utf16(u16::to_be_bytes)), ("UTF-16BE", true, false)),
            (utf16(u16::to_le_bytes), ("UTF-16LE", false, false)),
            (utf16(u16::to_be_bytes), ("UTF-16BE", false, false)),
            (GB18030.encode(text).0.into_owned(), ("gb18030", false, false)),
            (BIG5.encode("序號,名稱,數量,單位\r\n1,印表機,12,臺\r\n").0.into_owned(), ("Big5", false, false)),
            // Cut in the middle of the last character.
            ("序号名称".repeat(6).as_bytes()[..71].to_vec(), ("UTF-8", false, true)),
        ] {
            assert_eq!(found(&bytes), expected);
        }
    }

    #[test]
    fn a_damaged_place_leaves_chinese_what_it_is() {
        let simplified = "序号,设备名称,存放地点,责任人\r\n1,空压机第1台,一号仓库东侧,张工\r\n".repeat(4);
        let traditional = "序號,設備名稱,存放地點,責任人\r\n1,印表機第1臺,一號倉庫東側,張工\r\n".repeat(4);
        for (text, encoding) in [(simplified, GB18030), (traditional, BIG5)] {
            let bytes = encoding.encode(&text).0.into_owned();
            for at in 0..bytes.len() {
                // A byte that begins nothing, one that was lost, and a cut; each may leave all in order.
                let with = [&bytes[..at], b"\xFF", &bytes[at..]].concat();
                let lost = [&bytes[..at], &bytes[at + 1..]].concat();
                for damaged in [with, lost, bytes[..bytes.len() - at / 4].to_vec()] {
                    assert_eq!(found(&damaged).0, encoding.name(), "{at}");
                    assert_eq!(of_head(&damaged, true).encoding, encoding, "{at}");
                }
            }
            assert!(found(&[bytes.as_slice(), b"\xB0"].concat()).2);
        }
    }

    #[test]
    fn single_byte_text_is_not_taken_for_damaged_chinese() {
        let texts = [
            ("Name;Größe;Straße\nMüller;1,80;Königsallee 5\nJürgen;2;Überweg\n", "windows-1252"),
            ("Désignation;Quantité;Réf.\nÉcran à côté;1;déjà prêté\n", "windows-1252"),
            ("Наименование;Количество;Ответственный\nОгнетушитель;12;Иванов\nНасос;3;Петров\n", "windows-1251"),
            ("НАИМЕНОВАНИЕ;КОЛИЧЕСТВО;ОТВЕТСТВЕННЫЙ\nОГНЕТУШИТЕЛЬ;12;ИВАНОВ\nНАСОС;3;ПЕТРОВ\n", "windows-1251"),
            ("Наименование;Количество;Ответственный\nОгнетушитель;12;Иванов\nНасос;3;Петров\n", "koi8-r"),
            ("Όνομα;Ποσότητα;Υπεύθυνος\nΠυροσβεστήρας;12;Γιώργος\nΑντλία;3;Νίκος\n", "windows-1253"),
            ("שם;כמות;אחראי\nמטף כיבוי;12;דוד\nמשאבה;3;יוסף\n", "windows-1255"),
            ("الاسم;الكمية;المسؤول\nطفاية حريق;12;أحمد\nمضخة;3;محمود\n", "windows-1256"),
            ("ชื่ออุปกรณ์;จำนวน;ผู้รับผิดชอบ\nถังดับเพลิงชนิดผงเคมีแห้ง;12;สมชาย\nเครื่องสูบน้ำ;3;สมหญิง\n", "windows-874"),
        ];
        for (text, label) in texts {
            let encoding = Encoding::for_label(label.as_bytes()).unwrap();
            for times in [1, 2, 20] {
                let (bytes, _, lossy) = encoding.encode(text);
                assert!(!lossy, "{text}");
                assert_eq!(damaged_chinese(&bytes.repeat(times)).map(Encoding::name), None, "{text}");
            }
        }
    }

    #[test]
    fn a_file_is_given_as_utf8_in_any_steps() {
        let text = "名称\t𠮷\n".repeat(40_000);
        let bytes = GB18030.encode(&text).0.into_owned();
        let file = Handle::new(Cursor::new(bytes)).unwrap();
        let mut back = Vec::new();
        Utf8::new(&file, GB18030).unwrap().read_to_end(&mut back).unwrap();
        assert!(back == text.as_bytes());
    }

    #[test]
    fn zero_bytes_are_no_text() {
        for bytes in [b"a,b\0c\n\0d".as_slice(), b"\0\0\0\0"] {
            assert!(find(&Handle::new(Cursor::new(bytes.to_vec())).unwrap()).is_err());
        }
    }
}
