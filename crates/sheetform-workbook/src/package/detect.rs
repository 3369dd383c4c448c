//! What a file really is, by its content and never by its name.

use std::io::{self, Read, Seek, SeekFrom};

use sheetform::finding::{Code, Finding, Text};

use super::handle::Handle;
use super::{Package, cfb, other_kind};
use crate::limits::Limits;
use crate::text::{self, encoding};

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An Excel workbook, with or without macros; it is read.
    Xlsx,
    /// A binary Excel workbook; it is read.
    Xlsb,
    /// An OpenDocument spreadsheet; it is read.
    Ods,
    /// An Excel workbook of before 2007; it is read.
    Xls,
    /// A web page with a table; it is read.
    Html,
    /// An "XML Spreadsheet 2003"; it is read.
    XmlSpreadsheet,
    /// Lines of text in columns; it is read.
    Csv,
    /// An Office file that a password protects.
    Encrypted,
    /// A zip whose files a password protects.
    EncryptedZip,
    /// Another Office file of before 2007.
    OldOffice,
    /// A Word document of before 2007.
    Doc,
    /// A presentation of before 2007.
    Ppt,
    /// A Word document.
    Docx,
    /// A presentation.
    Pptx,
    /// A zip with something else in it.
    Zip,
    /// A zip that is cut off or damaged.
    BrokenZip,
    /// An Office file of the old kind of which the list of its parts is not there.
    BrokenOffice,
    /// Another archive: RAR, 7z, gzip.
    Archive,
    /// A picture.
    Picture,
    /// A PDF.
    Pdf,
    /// A web page without a table.
    WebPage,
    /// Other XML.
    Xml,
    /// Rich text.
    Rtf,
    /// Records in the Parquet format.
    Parquet,
    /// JSON text.
    Json,
    /// Other text.
    Text,
    /// No bytes at all.
    Empty,
    /// None of these.
    Unknown,
}

/// Tells what a file is. A zip over the default [`Limits`], or one with an unreadable list of contents, is a finding.
pub fn detect(reader: impl Read + Seek + Send + 'static) -> Result<Kind, Finding> {
    Package::examine(reader, &Limits::default()).map(|examined| examined.kind)
}

impl Kind {
    /// Whether a file of this kind is opened as a workbook.
    pub fn is_book(self) -> bool {
        matches!(self, Self::Xlsx | Self::Xlsb | Self::Ods | Self::Xls | Self::Html | Self::XmlSpreadsheet | Self::Csv)
    }

    /// What it is called: "a PDF".
    fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::Xlsx => ("an Excel workbook (.xlsx)", "Excel 工作簿（.xlsx）"),
            Self::Xlsb => ("a binary Excel workbook (.xlsb)", "二进制 Excel 工作簿（.xlsb）"),
            Self::Ods => ("an OpenDocument spreadsheet (.ods)", "OpenDocument 电子表格（.ods）"),
            Self::Xls => ("an Excel workbook of the old kind (.xls)", "旧版 Excel 工作簿（.xls）"),
            Self::Html => ("a web page with a table (HTML)", "含表格的网页（HTML）"),
            Self::XmlSpreadsheet => ("an XML Spreadsheet 2003", "XML 电子表格 2003"),
            Self::Csv => ("a text with columns", "分列文本"),
            Self::Encrypted => ("a workbook protected by a password", "有密码保护的工作簿"),
            Self::EncryptedZip => ("an archive protected by a password", "有密码保护的压缩包"),
            Self::OldOffice => {
                ("an Office file of the old kind without a workbook in it", "不含工作簿的旧版 Office 文件")
            }
            Self::Doc => ("a Word document of the old kind (.doc)", "旧版 Word 文档（.doc）"),
            Self::Ppt => ("a presentation of the old kind (.ppt)", "旧版演示文稿（.ppt）"),
            Self::Docx => ("a Word document", "Word 文档"),
            Self::Pptx => ("a presentation", "演示文稿"),
            Self::Zip => ("a zip archive without a workbook in it", "不含工作簿的 zip 压缩包"),
            Self::BrokenZip => ("a damaged zip archive", "已损坏的 zip 压缩包"),
            Self::BrokenOffice => ("a damaged Office file of the old kind", "已损坏的旧版 Office 文件"),
            Self::Archive => ("a compressed archive", "压缩包"),
            Self::Picture => ("a picture", "图片"),
            Self::Pdf => ("a PDF", "PDF 文件"),
            Self::WebPage => ("a web page without a table", "不含表格的网页"),
            Self::Xml => ("an XML text", "XML 文本"),
            Self::Rtf => ("a rich text document", "RTF 文档"),
            Self::Parquet => ("a Parquet file", "Parquet 文件"),
            Self::Json => ("a JSON text", "JSON 文本"),
            Self::Text => ("a text without columns", "没有分列的纯文本"),
            Self::Empty => ("an empty file (0 bytes)", "空文件（0 字节）"),
            Self::Unknown => ("a file of no known kind", "无法识别的文件"),
        }
    }

    /// Says that a file of this kind is not read, what it is, and what to do.
    pub fn finding(self) -> Finding {
        let locked = |en: &str, zh: &str| {
            let hint = Text::new(
                "open it with its password, remove the password and save it as .xlsx",
                "请用密码打开，取消密码后另存为 .xlsx",
            );
            other_kind(Code::Encrypted, en, zh, Some(hint))
        };
        let hint = match self {
            Self::Encrypted => return locked("the workbook is protected by a password", "工作簿有密码保护"),
            Self::EncryptedZip => {
                return locked("the files inside this package are protected by a password", "包内文件有密码保护");
            }
            Self::BrokenZip | Self::BrokenOffice => {
                return other_kind(
                    Code::Unreadable,
                    "the file is cut off or damaged: the list of its parts cannot be read",
                    "文件不完整或已损坏：无法读取其内容目录",
                    None,
                );
            }
            Self::Zip | Self::Archive => Text::new("unpack it and give the workbook", "请解压后提供其中的工作簿"),
            Self::Doc | Self::Docx | Self::Ppt | Self::Pptx | Self::Rtf => Text::new(
                "copy its table into a workbook and save it as .xlsx",
                "请把其中的表格复制到工作簿中，另存为 .xlsx",
            ),
            Self::Picture | Self::Pdf => {
                Text::new("ask for the workbook that it was made from", "请索取生成它的工作簿原件")
            }
            Self::WebPage => Text::new(
                "it may be the error page of a download: open it in a browser, and download again",
                "可能是下载出错的网页：请用浏览器打开查看，并重新下载",
            ),
            Self::Parquet => Text::new(
                "Parquet is written, not read: give the workbook or the JSON Lines (.jsonl) that it was made from",
                "Parquet 只能写出，不能读取：请提供生成它的工作簿或 JSON Lines（.jsonl）",
            ),
            Self::Empty => Text::new("ask for the file again", "请重新索取该文件"),
            _ => Text::new("give the workbook itself, as .xlsx", "请提供工作簿本身（.xlsx）"),
        };
        let (en, zh) = self.name();
        other_kind(
            Code::NotAWorkbook,
            &format!("this is {en}, not a workbook"),
            &format!("这是{zh}，不是工作簿"),
            Some(hint),
        )
    }

    /// The endings that files of this kind have.
    fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Xlsx => &["xlsx", "xlsm", "xltx", "xltm", "xlam"],
            Self::Xlsb => &["xlsb"],
            Self::Ods => &["ods", "ots"],
            Self::Xls => &["xls", "xlt", "et", "ett"],
            Self::Html => &["html", "htm", "xhtml"],
            Self::XmlSpreadsheet | Self::Xml => &["xml"],
            Self::Csv => &["csv", "tsv", "tab", "txt"],
            Self::Json => &["json", "jsonl", "geojson"],
            _ => &[],
        }
    }

    /// What is to be said of a file that is read: what it is where its name says otherwise, and `detail` of it.
    pub fn remark(self, ending: Option<&str>, detail: Option<&Text>) -> Option<Finding> {
        let ending = ending.map(str::to_ascii_lowercase).filter(|ending| !ending.is_empty());
        let lies = ending.filter(|ending| !self.endings().contains(&ending.as_str()) && is_format(ending));
        let (en, zh) = self.name();
        let (detail_en, detail_zh) = match detail {
            Some(detail) => (format!(" ({})", detail.en), format!("（{}）", detail.zh)),
            None => (String::new(), String::new()),
        };
        let message = match lies {
            Some(ending) => Text::new(
                format!("the name ends in .{ending}, but this is {en}{detail_en}; it is read as that"),
                format!("扩展名为 .{ending}，但实际是{zh}{detail_zh}；已按实际内容读取"),
            ),
            None if detail.is_some() => Text::new(format!("read as {en}{detail_en}"), format!("按{zh}读取{detail_zh}")),
            None => return None,
        };
        Some(Finding::new(Code::Converted, message))
    }
}

/// Whether an ending claims what a file is.
fn is_format(ending: &str) -> bool {
    const OTHERS: [&str; 14] =
        ["pdf", "doc", "docx", "ppt", "pptx", "zip", "rar", "7z", "png", "jpg", "jpeg", "gif", "rtf", "wps"];
    const BOOKS: [Kind; 8] =
        [Kind::Xlsx, Kind::Xlsb, Kind::Ods, Kind::Xls, Kind::Html, Kind::XmlSpreadsheet, Kind::Csv, Kind::Json];
    OTHERS.contains(&ending) || BOOKS.iter().any(|kind| kind.endings().contains(&ending))
}

/// Bytes that are looked at.
const HEAD: u64 = 64 << 10;

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
    } else if begins(&[b"Rar!\x1A\x07", b"7z\xBC\xAF\x27\x1C", b"\x1F\x8B\x08"]) {
        Kind::Archive
    } else if head.starts_with(&cfb::MAGIC) {
        compound(&cfb::names(file)?)
    } else if head.starts_with(b"PAR1") && head.contains(&0) {
        Kind::Parquet
    } else if head.starts_with(b"%PDF-") {
        Kind::Pdf
    } else if picture {
        Kind::Picture
    } else {
        by_text(&head, (head.len() as u64) < HEAD)
    })
}

fn compound(names: &[String]) -> Kind {
    let has = |wanted: &str| names.iter().any(|name| name.eq_ignore_ascii_case(wanted));
    if has("EncryptedPackage") || has("EncryptionInfo") {
        Kind::Encrypted
    } else if has("Workbook") || has("Book") {
        Kind::Xls
    } else if has("WordDocument") {
        Kind::Doc
    } else if has("PowerPoint Document") {
        Kind::Ppt
    } else if names.is_empty() {
        Kind::BrokenOffice
    } else {
        Kind::OldOffice
    }
}

fn by_text(head: &[u8], whole: bool) -> Kind {
    let found = encoding::of_head(head, whole);
    let (text, _) = found.encoding.decode_with_bom_removal(head);
    // A form feed, a tabulator down, and the end of a text of DOS days stand in old exports.
    if text.contains(|c: char| c < ' ' && !"\t\n\r\u{B}\u{C}\u{1A}".contains(c)) {
        return Kind::Unknown;
    }
    let start: String = text.trim_start().chars().take(4096).collect::<String>().to_ascii_lowercase();
    if start.is_empty() {
        return Kind::Text;
    }
    let html =
        ["<html", "<!doctype html", "<table", "<meta", "<head", "<body", "<div", "<style", "<center", "<!--", "<tr"];
    if html.iter().any(|tag| start.starts_with(tag)) {
        page(&text, whole)
    } else if start.starts_with("<?xml") || start.starts_with("<workbook") || start.starts_with("<?mso-application") {
        if start.contains("urn:schemas-microsoft-com:office:spreadsheet") && !start.contains("<html") {
            Kind::XmlSpreadsheet
        } else if start.contains("<html") {
            page(&text, whole)
        } else {
            Kind::Xml
        }
    } else if start.starts_with("{\\rtf") {
        Kind::Rtf
    } else if start.starts_with('{') || start.starts_with('[') && !begins_a_row(&start) {
        Kind::Json
    } else if text::sniff(&text, whole).is_some() || is_list(&text) {
        Kind::Csv
    } else {
        Kind::Text
    }
}

/// A page is read for its tables; in a long one the first may stand further down.
fn page(text: &str, whole: bool) -> Kind {
    let has_table = text.to_ascii_lowercase().contains("<table") || text.to_ascii_lowercase().contains("<tr");
    if has_table || !whole { Kind::Html } else { Kind::WebPage }
}

/// One column: short lines, none of which is a sentence.
fn is_list(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).peekable();
    let sentence = |line: &str| {
        line.chars().count() > 60 || line.ends_with(['.', '!', '?', '。', '！', '？', ',', '，']) || line.contains(". ")
    };
    lines.peek().is_some() && text.lines().count() > 1 && !lines.any(sentence)
}

/// A heading in brackets, `[编号],…`, is no JSON: what follows the bracket is no value.
fn begins_a_row(start: &str) -> bool {
    let inner = start[1..].trim_start();
    !inner.starts_with(['[', '{', '"', ']', '-', 't', 'f', 'n']) && !inner.starts_with(|c: char| c.is_ascii_digit())
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
