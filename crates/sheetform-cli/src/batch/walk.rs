//! Which files a batch reads: every spreadsheet and JSON document below the folders given, in the order of their names.
//! Opens none of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use glob::{MatchOptions, Pattern};
use serde::Serialize;

use crate::batch::outputs::MARK;
use crate::stop::{Stop, shown};

/// Endings of what is read unless --include says otherwise. Whatever a file really is, its content says.
const ENDINGS: [&str; 13] =
    ["xlsx", "xlsm", "xltx", "xltm", "xls", "xlt", "xlsb", "et", "ett", "ods", "csv", "tsv", "json"];

/// Names are compared as offices type them: `*.XLSX` is `*.xlsx`. A `*` does not go into folders below, `**` does.
const MATCHING: MatchOptions =
    MatchOptions { case_sensitive: false, require_literal_separator: true, require_literal_leading_dot: false };

/// A file that is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Its name in every output: its path below the folder that holds all that was given, with `/` between.
    pub(crate) file: String,
    /// Where it is, as it was given.
    pub(crate) path: PathBuf,
    /// Where it is, whatever it was called.
    real: PathBuf,
    /// Why it cannot be read, where that is known already.
    pub(crate) error: Option<Unlisted>,
}

/// What cannot be read, known from looking at folders alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unlisted {
    /// A folder whose list could not be had.
    Folder(io::ErrorKind),
    /// A name that is no text, and reads like that of another file.
    Alike,
}

/// A file or folder that is not read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Skipped {
    pub(crate) file: String,
    pub(crate) why: Why,
}

/// Why it is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Why {
    /// Neither a spreadsheet nor JSON by its name.
    OtherKind,
    /// A link: what it leads to is read where it stands.
    Link,
    /// What an office program leaves beside a workbook that is open.
    LockFile,
    /// Its name begins with a dot.
    Hidden,
    /// The outputs of a batch.
    Outputs,
    /// Given by an option: a roster, a merged ledger, a form.
    ByOption,
    /// A pipe or device.
    Special,
}

/// What there is to read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Walked {
    pub(crate) found: Vec<Found>,
    pub(crate) skipped: Vec<Skipped>,
}

/// What is read and what is not.
pub(crate) struct Filter {
    include: Vec<Pattern>,
    exclude: Vec<Pattern>,
    /// The output folder, and files that options name.
    apart: Vec<(PathBuf, Why)>,
}

impl Filter {
    /// Patterns without `/` are held against the name of a file or folder, others against its path.
    pub(crate) fn new(include: &[String], exclude: &[String], out: &Path, by_option: &[&Path]) -> Result<Self, Stop> {
        let all = |option, patterns: &[String]| {
            patterns.iter().map(|text| pattern(option, text)).collect::<Result<Vec<_>, _>>()
        };
        // One that is written later is known by its folder.
        let later = |path: &Path| Some(fs::canonicalize(path.parent()?).ok()?.join(path.file_name()?));
        let real = |path: &Path, why| Some((fs::canonicalize(path).ok().or_else(|| later(path))?, why));
        let by_option = by_option.iter().filter_map(|path| real(path, Why::ByOption));
        Ok(Self {
            include: all("--include", include)?,
            exclude: all("--exclude", exclude)?,
            apart: real(out, Why::Outputs).into_iter().chain(by_option).collect(),
        })
    }

    fn takes(&self, file: &str, path: &Path) -> bool {
        if self.include.is_empty() {
            let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
            return ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()));
        }
        self.include.iter().any(|pattern| matches(pattern, file))
    }

    fn leaves_out(&self, file: &str) -> bool {
        self.exclude.iter().any(|pattern| matches(pattern, file))
    }
}

fn pattern(option: &str, text: &str) -> Result<Pattern, Stop> {
    Pattern::new(text.trim_end_matches('/')).map_err(|error| {
        let (text, why) = (sheetform::report::shown(text), error.msg);
        Stop::new(
            format!("{option} {text}: this is no pattern ({why}); one is written like *.xlsx or 2026/**/*.xlsx"),
            format!("{option} {text}：不是有效的通配式（{why}）；写法如 *.xlsx 或 2026/**/*.xlsx"),
        )
    })
}

fn matches(pattern: &Pattern, file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or_default();
    let against = if pattern.as_str().contains('/') { file } else { name };
    pattern.matches_with(against, MATCHING)
}

/// Finds what is to be read below what was given: folders, files, and patterns that no shell has put names for.
pub(crate) fn walk(given: &[PathBuf], filter: &Filter) -> Result<Walked, Stop> {
    let mut roots = Vec::new();
    let mut bases = Vec::new();
    for one in given {
        roots_of(one, &mut roots, &mut bases)?;
    }
    let base = common(&bases);
    let mut walk = Walk { filter, found: BTreeMap::new(), skipped: Vec::new() };
    for root in roots {
        if root.real.is_dir() {
            if let Some((_, why)) = filter.apart.iter().find(|(apart, _)| *apart == root.real) {
                let name = shown(&root.path);
                return Err(match why {
                    Why::Outputs => Stop::new(
                        format!("{name} is to be read, and is the output folder; give another name after -o"),
                        format!("{name} 既是输入又是输出文件夹；请在 -o 后换一个名称"),
                    ),
                    _ => Stop::new(format!("{name} is given by an option too"), format!("{name} 同时由另一个选项给出")),
                });
            }
            walk.folder(&root.path, &root.real, &base);
        } else {
            walk.file(root.path, root.real, &base, true);
        }
    }
    let mut found: Vec<Found> = walk.found.into_values().collect();
    found.sort_by(|a, b| a.file.split('/').cmp(b.file.split('/')));
    walk.skipped.sort_by(|a, b| a.file.split('/').cmp(b.file.split('/')));
    walk.skipped.dedup();
    Ok(Walked { found, skipped: walk.skipped })
}

struct Root {
    path: PathBuf,
    real: PathBuf,
}

/// What an argument stands for, and the folder that its files are called from.
fn roots_of(given: &Path, roots: &mut Vec<Root>, bases: &mut Vec<PathBuf>) -> Result<(), Stop> {
    if given.as_os_str() == "-" {
        return Err(Stop::new("a batch reads files, not standard input", "批量处理读取文件，不读标准输入"));
    }
    match fs::canonicalize(given) {
        Ok(real) => {
            let folder = if real.is_dir() { real.as_path() } else { real.parent().unwrap_or(&real) };
            bases.push(folder.to_owned());
            roots.push(Root { path: given.to_owned(), real });
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => match given.to_str().filter(|text| is_glob(text)) {
            Some(text) => expand(text, roots, bases),
            None => Err(Stop::io(given, &error)),
        },
        Err(error) => Err(Stop::io(given, &error)),
    }
}

fn is_glob(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

fn expand(text: &str, roots: &mut Vec<Root>, bases: &mut Vec<PathBuf>) -> Result<(), Stop> {
    let matching = MatchOptions { require_literal_leading_dot: true, ..MATCHING };
    let paths = glob::glob_with(text, matching).map_err(|_| pattern("DIR", text).err().unwrap_or(Stop::said(2)))?;
    // As far as no pattern begins, so that names do not depend on what there is today.
    let plain: PathBuf =
        Path::new(text).components().take_while(|part| !is_glob(&part.as_os_str().to_string_lossy())).collect();
    let plain = if plain.as_os_str().is_empty() { PathBuf::from(".") } else { plain };
    let base = fs::canonicalize(&plain).map_err(|error| Stop::io(&plain, &error))?;
    bases.push(base);
    for path in paths {
        let path = path.map_err(|error| Stop::io(error.path(), error.error()))?;
        if let Ok(real) = fs::canonicalize(&path) {
            roots.push(Root { path, real });
        }
    }
    Ok(())
}

/// The deepest folder that holds all of these.
fn common(folders: &[PathBuf]) -> PathBuf {
    let mut folders = folders.iter();
    let Some(mut common) = folders.next().cloned() else { return PathBuf::new() };
    for folder in folders {
        common = common.components().zip(folder.components()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect();
    }
    common
}

struct Walk<'a> {
    filter: &'a Filter,
    found: BTreeMap<String, Found>,
    skipped: Vec<Skipped>,
}

impl Walk<'_> {
    fn folder(&mut self, path: &Path, real: &Path, base: &Path) {
        let entries = fs::read_dir(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let entries = match entries {
            Ok(mut entries) => {
                entries.sort_by_key(fs::DirEntry::file_name);
                entries
            }
            Err(error) => {
                let error = Some(Unlisted::Folder(error.kind()));
                return self.add(Found { file: name(real, base), path: path.to_owned(), real: real.to_owned(), error });
            }
        };
        for entry in entries {
            let (path, real) = (path.join(entry.file_name()), real.join(entry.file_name()));
            let file = name(&real, base);
            let Ok(kind) = entry.file_type() else { continue };
            if self.filter.leaves_out(&file) {
                continue;
            }
            let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            let apart = self.filter.apart.iter().find(|(apart, _)| *apart == real).map(|(_, why)| *why);
            let why = if let Some(why) = apart {
                why
            } else if hidden {
                Why::Hidden
            } else if kind.is_symlink() {
                Why::Link
            } else if kind.is_dir() {
                if !real.join(MARK).is_dir() {
                    self.folder(&path, &real, base);
                    continue;
                }
                Why::Outputs
            } else {
                self.file(path, real, base, false);
                continue;
            };
            self.skipped.push(Skipped { file, why });
        }
    }

    /// A file; one that was given by its own name is taken whatever it is called.
    fn file(&mut self, path: PathBuf, real: PathBuf, base: &Path, given: bool) {
        let file = name(&real, base);
        let last = file.rsplit('/').next().unwrap_or_default();
        let apart = self.filter.apart.iter().find(|(apart, _)| *apart == real).map(|(_, why)| *why);
        let why = if self.filter.leaves_out(&file) {
            return;
        } else if let Some(why) = apart {
            why
        } else if last.starts_with("~$") {
            Why::LockFile
        } else if !real.is_file() {
            // Gone since its folder was listed, or what has no end that could be waited for.
            if !real.exists() {
                return;
            }
            Why::Special
        } else if given || self.filter.takes(&file, &real) {
            return self.add(Found { file, path, real, error: None });
        } else if !self.filter.include.is_empty() {
            return;
        } else {
            Why::OtherKind
        };
        self.skipped.push(Skipped { file, why });
    }

    fn add(&mut self, found: Found) {
        match self.found.get(&found.file) {
            None => _ = self.found.insert(found.file.clone(), found),
            // Given twice.
            Some(known) if known.real == found.real => {}
            Some(_) => {
                let mut file = found.file.clone();
                while self.found.contains_key(&file) {
                    file.push('?');
                }
                self.found.insert(file.clone(), Found { file, error: Some(Unlisted::Alike), ..found });
            }
        }
    }
}

/// A path below a folder, as text with `/` between; bytes that are no text are shown as `\xE4`.
fn name(real: &Path, base: &Path) -> String {
    let below = real.strip_prefix(base).unwrap_or(real);
    let parts = below.components().filter_map(|part| match part {
        Component::Normal(part) => Some(match part.to_str() {
            Some(text) => text.to_owned(),
            None => part.as_encoded_bytes().utf8_chunks().fold(String::new(), |mut out, chunk| {
                out.push_str(chunk.valid());
                chunk.invalid().iter().for_each(|byte| _ = write!(out, "\\x{byte:02X}"));
                out
            }),
        }),
        _ => None,
    });
    let name = parts.collect::<Vec<_>>().join("/");
    if name.is_empty() { ".".to_owned() } else { name }
}
