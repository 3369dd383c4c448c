//! The package: a zip whose directory is checked before anything in it is inflated, and whose parts can be read as
//! often as asked. Knows what kind of file it holds, and nothing of sheets.

pub(crate) mod cfb;
pub(crate) mod detect;
pub(crate) mod handle;
pub(crate) mod namespaces;
pub(crate) mod scan;
pub(crate) mod window;
pub(crate) mod xml;

use std::collections::BTreeMap;
use std::io::{self, Read, Seek};

use sheetform::finding::{Code, Finding, Text};
use zip::ZipArchive;
use zip::result::ZipError;

use self::detect::Kind;
use self::handle::Handle;
use self::window::Window;
use self::xml::Xml;
use crate::fault::{open_and_save, over_limit, unreadable, unreadable_file};
use crate::limits::Limits;
use crate::ways::Way;

/// An open package.
pub(crate) struct Package {
    archive: ZipArchive<Handle>,
    /// Parts by name in lower case, as part names are compared (ECMA-376 part 2).
    names: BTreeMap<String, usize>,
    limits: Limits,
    file: Handle,
    way: Way,
}

/// A file whose kind is known.
pub(crate) struct Examined {
    pub(crate) kind: Kind,
    /// The package, where it is a sound zip.
    pub(crate) package: Option<Package>,
    pub(crate) file: Handle,
}

/// A part being read.
pub(crate) type PartReader<'a> = Window<Box<dyn Read + 'a>>;

impl Package {
    /// Tells what a file is, and opens it where it is a sound zip.
    pub(crate) fn examine(reader: impl Read + Seek + Send + 'static, limits: &Limits) -> Result<Examined, Finding> {
        let mut handle = Handle::new(reader).map_err(|error| io_finding(&error))?;
        let kind = detect::by_first_bytes(&mut handle).map_err(|error| io_finding(&error))?;
        let file = handle.clone();
        if kind != Kind::Zip {
            return Ok(Examined { kind, package: None, file });
        }
        if let Some(count) = detect::declared_entries(&mut handle).map_err(|error| io_finding(&error))?
            && count > limits.entries as u64
        {
            return Err(too_many_entries(limits));
        }
        let archive = match ZipArchive::new(handle) {
            Ok(archive) => archive,
            Err(ZipError::Io(error)) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(io_finding(&error)),
            Err(_) => return Ok(Examined { kind: Kind::BrokenZip, package: None, file }),
        };
        let package = Self {
            names: checked_names(&archive, limits)?,
            archive,
            limits: limits.clone(),
            file: file.clone(),
            way: Way::default(),
        };
        let kind = detect::by_parts(&package)?;
        Ok(Examined { kind, package: Some(package), file })
    }

    /// The same package, its parts read in this way.
    pub(crate) fn by(self, way: Way) -> Self {
        Self { way, ..self }
    }

    /// The zip itself, at a position of its own.
    pub(crate) fn archive(&self) -> ZipArchive<Handle> {
        self.archive.clone()
    }

    /// The whole file, from its beginning.
    pub(crate) fn file(&self) -> Handle {
        self.file.rewound()
    }

    /// Whether there is a part of this name.
    pub(crate) fn has(&self, part: &str) -> bool {
        self.names.contains_key(&part.to_lowercase())
    }

    /// Reads a part as XML; one larger than `limit` is refused unopened.
    pub(crate) fn part<T>(
        &self,
        part: &str,
        limit: u64,
        read: impl FnOnce(Xml<PartReader<'_>>) -> Result<T, Finding>,
    ) -> Result<T, Finding> {
        self.open_part(part, limit, |reader| read(Xml::new(reader, part, self.limits.text_bytes)))
    }

    /// Reads the first bytes of a part, at most `count`.
    fn head(&self, part: &str, count: u64) -> Result<Vec<u8>, Finding> {
        self.open_part(part, u64::MAX, |reader| {
            let mut bytes = Vec::new();
            reader.take(count).read_to_end(&mut bytes).map_err(|error| part_finding(part, &error))?;
            Ok(bytes)
        })
    }

    /// Reads a part as bytes; one larger than `limit` is refused unopened.
    pub(crate) fn bytes<T>(
        &self,
        part: &str,
        limit: u64,
        read: impl FnOnce(PartReader<'_>) -> Result<T, Finding>,
    ) -> Result<T, Finding> {
        self.open_part(part, limit, read)
    }

    /// Bytes of a part, inflated; 0 where it is missing.
    pub(crate) fn size(&self, part: &str) -> u64 {
        let index = self.names.get(&part.to_lowercase());
        index.and_then(|index| self.archive.by_index_data(*index).ok()).map_or(0, |entry| entry.size())
    }

    fn open_part<T>(
        &self,
        part: &str,
        limit: u64,
        read: impl FnOnce(PartReader<'_>) -> Result<T, Finding>,
    ) -> Result<T, Finding> {
        let Some(&index) = self.names.get(&part.to_lowercase()) else {
            return Err(unreadable(part, "is missing", "缺失"));
        };
        let mut archive = self.archive.clone();
        let file = archive.by_index(index).map_err(|error| zip_finding(part, &error))?;
        if file.size() > limit {
            return Err(over_limit(&format!("bytes of the part {part}"), &format!("部件 {part} 的字节数"), limit));
        }
        read(Window::by(Box::new(file), self.way))
    }
}

/// Names and declared sizes, before anything is inflated. The zip crate holds every part to its declared size.
fn checked_names(archive: &ZipArchive<Handle>, limits: &Limits) -> Result<BTreeMap<String, usize>, Finding> {
    if archive.len() > limits.entries {
        return Err(too_many_entries(limits));
    }
    let mut names = BTreeMap::new();
    let mut total: u64 = 0;
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(|error| zip_finding("?", &error))?;
        let name = entry.name().map_err(|error| zip_finding("?", &error))?;
        if entry.encrypted() {
            return Err(Kind::EncryptedZip.finding());
        }
        if entry.size() > limits.part_bytes {
            return Err(over_limit(
                &format!("bytes of the part {name}"),
                &format!("部件 {name} 的字节数"),
                limits.part_bytes,
            ));
        }
        total = total.saturating_add(entry.size());
        if names.insert(plain_name(&name), index).is_some() {
            return Err(twice(&name));
        }
    }
    if total > limits.package_bytes {
        return Err(over_limit("bytes when unpacked", "解压后的字节数", limits.package_bytes));
    }
    if archive.has_duplicate_names() {
        return Err(twice("?"));
    }
    Ok(names)
}

/// A part's name as names are compared. Some writers separate folders as Windows does, or begin with a slash.
pub(crate) fn plain_name(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_lowercase()
}

fn twice(name: &str) -> Finding {
    unreadable(name, "is there twice, so programs may read different things", "出现两次，不同程序读到的内容可能不同")
}

fn too_many_entries(limits: &Limits) -> Finding {
    over_limit("files inside the package", "包内文件数", limits.entries)
}

fn zip_finding(part: &str, error: &ZipError) -> Finding {
    match error {
        ZipError::CompressionMethodNotSupported(_) => {
            unreadable(part, "is compressed in a way that is not supported", "采用了不支持的压缩方式")
        }
        ZipError::Io(error) => part_finding(part, error),
        _ => unreadable(part, "is damaged", "已损坏"),
    }
}

/// An error while a part is read: its bytes do not inflate, or not to what the directory says.
pub(crate) fn part_finding(part: &str, _error: &io::Error) -> Finding {
    unreadable(part, "is damaged or cut off", "已损坏或不完整")
}

pub(crate) fn io_finding(error: &io::Error) -> Finding {
    unreadable_file(&error.to_string(), &error.to_string())
}

/// A file that could not be opened at all.
pub(crate) fn open_finding(error: &io::Error) -> Finding {
    match error.kind() {
        io::ErrorKind::NotFound => unreadable_file("there is no such file", "文件不存在"),
        io::ErrorKind::PermissionDenied => unreadable_file("no permission to read it", "没有读取权限"),
        io::ErrorKind::IsADirectory => unreadable_file("it is a folder", "这是一个文件夹"),
        _ => io_finding(error),
    }
}

/// A finding about a file of another kind.
pub(crate) fn other_kind(code: Code, en: &str, zh: &str, hint: Option<Text>) -> Finding {
    let finding = Finding::new(code, Text::new(en.to_owned(), zh.to_owned()));
    finding.hint(hint.unwrap_or_else(open_and_save))
}

#[cfg(test)]
mod tests;
