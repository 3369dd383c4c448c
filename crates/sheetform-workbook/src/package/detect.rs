//! What a file really is, by its content and never by its name.

use std::io::{self, Read, Seek, SeekFrom};

use sheetform::finding::{Code, Finding, Text};

use super::handle::Handle;
use super::{Package, cfb, other_kind};
use crate::limits::Limits;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An Excel workbook, with or without macros; it is read.
    Xlsx,
    /// A binary Excel workbook.
    Xlsb,
    /// An OpenDocument spreadsheet; it is read.
    Ods,
    /// An Excel workbook of before 2007.
    Xls,
    /// An Office file that a password protects.
    Encrypted,
    /// A zip whose files a password protects.
    EncryptedZip,
    /// Another Office file of before 2007.
    OldOffice,
    /// A Word document.
    Docx,
    /// A presentation.
    Pptx,
    /// A zip with something else in it.
    Zip,
    /// A zip that is cut off or damaged.
    BrokenZip,
    /// A picture.
    Picture,
    /// A PDF.
    Pdf,
    /// A web page.
    Html,
    /// An "XML Spreadsheet 2003".
    XmlSpreadsheet,
    /// Other XML.
    Xml,
    /// JSON text.
    Json,
    /// Lines of text in columns.
    Csv,
    /// Other text.
    Text,
    /// No bytes at all.
    Empty,
    /// None of these.
    Unknown,
}

/// Tells what a file is. A zip over the default [`Limits`], or one with an unreadable list of contents, is a finding.
pub fn detect(reader: impl Read + Seek + Send + 'static) -> Result<Kind, Finding> {
    Package::examine(reader, &Limits::default()).map(|(kind, _)| kind)
}

impl Kind {
    /// Says that a file of this kind is not read, what it is, and what to do.
    pub fn finding(self) -> Finding {
        let save_as = |en: &str, zh: &str| {
            let hint = Text::new(
                "open it in Excel or WPS and save it as .xlsx".to_owned(),
                "请用 Excel 或 WPS 打开，另存为 .xlsx".to_owned(),
            );
            other_kind(
                Code::NotAWorkbook,
                &format!("this is {en}, which is not read yet"),
                &format!("这是{zh}，暂不支持直接读取"),
                Some(hint),
            )
        };
        let wrong = |en: &str, zh: &str| {
            let hint = Text::new("give the workbook itself, as .xlsx", "请提供工作簿本身（.xlsx）");
            other_kind(
                Code::NotAWorkbook,
                &format!("this is {en}, not a workbook"),
                &format!("这是{zh}，不是工作簿"),
                Some(hint),
            )
        };
        let locked = |en: &str, zh: &str| {
            let hint = Text::new(
                "open it with its password, remove the password and save it as .xlsx",
                "请用密码打开，取消密码后另存为 .xlsx",
            );
            other_kind(Code::Encrypted, en, zh, Some(hint))
        };
        match self {
            Self::Xlsx | Self::Ods => wrong("a workbook that was not asked for", "未要求的工作簿"),
            Self::Xlsb => save_as("a binary Excel workbook (.xlsb)", "二进制 Excel 工作簿（.xlsb）"),
            Self::Xls => save_as("an Excel workbook of the old kind (.xls)", "旧版 Excel 工作簿（.xls）"),
            Self::XmlSpreadsheet => save_as("an XML Spreadsheet 2003", "XML 电子表格 2003"),
            Self::Html => save_as("a web page (HTML), whatever its name says", "网页（HTML）文件，与扩展名无关"),
            Self::Csv => save_as("a CSV text, whatever its name says", "CSV 文本，与扩展名无关"),
            Self::Encrypted => locked("the workbook is protected by a password", "工作簿有密码保护"),
            Self::EncryptedZip => {
                locked("the files inside this package are protected by a password", "包内文件有密码保护")
            }
            Self::OldOffice => {
                wrong("an Office file of the old kind without a workbook in it", "不含工作簿的旧版 Office 文件")
            }
            Self::Docx => wrong("a Word document", "Word 文档"),
            Self::Pptx => wrong("a presentation", "演示文稿"),
            Self::Zip => wrong("a zip archive without a workbook in it", "不含工作簿的 zip 压缩包"),
            Self::BrokenZip => other_kind(
                Code::Unreadable,
                "the file is cut off or damaged: the list of its parts cannot be read",
                "文件不完整或已损坏：无法读取其内容目录",
                None,
            ),
            Self::Picture => wrong("a picture", "图片"),
            Self::Pdf => wrong("a PDF", "PDF 文件"),
            Self::Xml => wrong("an XML text", "XML 文本"),
            Self::Json => wrong("a JSON text", "JSON 文本"),
            Self::Text => wrong("a text", "纯文本"),
            Self::Empty => wrong("an empty file (0 bytes)", "空文件（0 字节）"),
            Self::Unknown => wrong("a file of no known kind", "无法识别的文件"),
        }
    }
}

/// Bytes that are looked at.
const HEAD: u64 = 4096;

/// The kind by how the file begins; [`Kind::Zip`] for every zip.
pub(super) fn by_first_bytes(file: &mut Handle) -> io::Result<Kind> {
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.by_ref().take(HEAD).read_to_end(&mut head)?;
    let begins = |magics: &[&[u8]]| magics.iter().any(|magic| head.starts_with(magic));
    // A text may begin with the letters of the latter; a picture has a zero byte soon.
    let picture =
        begins(&[b"\x89PNG", b"\xFF\xD8\xFF"]) || (begins(&[b"GIF8", b"BM", b"II*\0", b"MM\0*"]) && head.contains(&0));
    Ok(if head.is_empty() {
        Kind::Empty
    } else if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        Kind::Zip
    } else if head.starts_with(&cfb::MAGIC) {
        compound(&cfb::names(file)?)
    } else if head.starts_with(b"%PDF-") {
        Kind::Pdf
    } else if picture {
        Kind::Picture
    } else {
        by_text(&head)
    })
}

fn compound(names: &[String]) -> Kind {
    let has = |wanted: &str| names.iter().any(|name| name.eq_ignore_ascii_case(wanted));
    if has("EncryptedPackage") || has("EncryptionInfo") {
        Kind::Encrypted
    } else if has("Workbook") || has("Book") {
        Kind::Xls
    } else {
        Kind::OldOffice
    }
}

fn by_text(head: &[u8]) -> Kind {
    let text = match head {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ if head.iter().any(|b| *b < 0x20 && !b"\t\n\r\x0C".contains(b)) => return Kind::Unknown,
        // In every encoding offices use, the marks looked for below are the same bytes.
        _ => String::from_utf8_lossy(head).trim_start_matches('\u{FEFF}').to_owned(),
    };
    let start = text.trim_start().to_ascii_lowercase();
    let html = ["<html", "<!doctype html", "<table", "<meta", "<head", "<body", "<div"];
    if html.iter().any(|tag| start.starts_with(tag)) {
        Kind::Html
    } else if start.starts_with("<?xml") || start.starts_with("<workbook") {
        if start.contains("urn:schemas-microsoft-com:office:spreadsheet") {
            Kind::XmlSpreadsheet
        } else if start.contains("<html") {
            Kind::Html
        } else {
            Kind::Xml
        }
    } else if start.starts_with('{') || start.starts_with('[') {
        Kind::Json
    } else if is_table(&text) {
        Kind::Csv
    } else {
        Kind::Text
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|b| unit([b[0], b[1]])).collect();
    String::from_utf16_lossy(&units)
}

/// Whether some line has a separator of columns.
fn is_table(text: &str) -> bool {
    text.lines().any(|line| line.contains([',', '\t', ';']))
}

/// The kind of a zip by the parts it has.
pub(super) fn by_parts(package: &Package) -> Result<Kind, Finding> {
    const TYPES: &str = "[Content_Types].xml";
    if package.has("xl/workbook.bin") {
        return Ok(Kind::Xlsb);
    }
    if package.has("mimetype") {
        let mimetype = package.head("mimetype", 128)?;
        let spreadsheet = mimetype.starts_with(b"application/vnd.oasis.opendocument.spreadsheet");
        return Ok(match spreadsheet {
            true if is_locked(package)? => Kind::Encrypted,
            true => Kind::Ods,
            false => Kind::Zip,
        });
    }
    if package.has("xl/workbook.xml") {
        return Ok(Kind::Xlsx);
    }
    if !package.has(TYPES) {
        return Ok(Kind::Zip);
    }
    // The main part may have any name; its content type tells.
    let types = package.head(TYPES, 1 << 20)?;
    let types = String::from_utf8_lossy(&types);
    let has = |needles: &[&str]| needles.iter().any(|needle| types.contains(needle));
    Ok(
        if has(&["spreadsheetml.sheet.main+xml", "spreadsheetml.template.main+xml", "ms-excel.sheet.macroEnabled.main"])
        {
            Kind::Xlsx
        } else if has(&["ms-excel.sheet.binary"]) {
            Kind::Xlsb
        } else if has(&["wordprocessingml.document.main", "ms-word.document"]) {
            Kind::Docx
        } else if has(&["presentationml"]) {
            Kind::Pptx
        } else {
            Kind::Zip
        },
    )
}

/// Whether the manifest of an OpenDocument file says how its parts are encrypted.
fn is_locked(package: &Package) -> Result<bool, Finding> {
    const MANIFEST: &str = "META-INF/manifest.xml";
    if !package.has(MANIFEST) {
        return Ok(false);
    }
    let manifest = package.head(MANIFEST, 1 << 20)?;
    let manifest = String::from_utf8_lossy(&manifest);
    // Of each tag its local name; no attribute can hold a `<`.
    let names = manifest.split('<').map(|tag| tag.split([' ', '>', '/', '\t', '\r', '\n']).next().unwrap_or_default());
    Ok(names.map(|name| name.rsplit(':').next().unwrap_or_default()).any(|name| name == "encryption-data"))
}

/// How many entries the end of a zip says it has; `None` where it has no readable end.
///
/// Asked before the directory is read, as that allocates for each entry.
pub(super) fn declared_entries(file: &mut Handle) -> io::Result<Option<u64>> {
    // The record is 22 bytes and a comment of at most 65,535.
    let length = file.length();
    let tail_length = length.min(65_535 + 22);
    file.seek(SeekFrom::Start(length - tail_length))?;
    let mut tail = Vec::new();
    file.by_ref().take(tail_length).read_to_end(&mut tail)?;
    let Some(end) = tail.windows(4).rposition(|bytes| bytes == b"PK\x05\x06") else { return Ok(None) };
    let Some(count) = tail.get(end + 10..end + 12).map(|b| u16::from_le_bytes([b[0], b[1]])) else { return Ok(None) };
    if count != u16::MAX {
        return Ok(Some(u64::from(count)));
    }
    // Zip64: its record stands before the end, found by its signature.
    let large = tail[..end].windows(4).rposition(|bytes| bytes == b"PK\x06\x06");
    let field = large.and_then(|at| tail.get(at + 32..at + 40)).and_then(|b| b.try_into().ok());
    Ok(field.map_or(Some(u64::from(count)), |bytes| Some(u64::from_le_bytes(bytes))))
}
