//! `--refs`: loads the documents that a form refers to. Fetches nothing.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use sheetform::finding::{Finding, Text};
use sheetform::json_text;
use sheetform::references::References;
use sheetform::report::place_text;

use crate::args::Refs;
use crate::stop::{Stop, shown};

/// Loads what `--refs` names.
pub(crate) fn load(args: &Refs) -> Result<References, Stop> {
    let mut loading = Loading { base: args.refs_base.as_deref(), references: References::new(), seen: BTreeSet::new() };
    if let Some(base) = loading.base.filter(|base| !has_scheme(base) || base.contains('#')) {
        return Err(Stop::new(
            format!("--refs-base {base}: this is no absolute URI, such as https://example.org/schemas/"),
            format!("--refs-base {base}：不是绝对 URI，例如 https://example.org/schemas/"),
        ));
    }
    for one in &args.refs {
        loading.argument(one)?;
    }
    Ok(loading.references)
}

struct Loading<'a> {
    base: Option<&'a str>,
    references: References,
    /// Folders that were looked through, so that a link back ends.
    seen: BTreeSet<PathBuf>,
}

impl Loading<'_> {
    fn argument(&mut self, one: &Path) -> Result<(), Stop> {
        if one.is_dir() {
            self.seen.clear();
            return match self.folder(one, "")? {
                0 => Err(Stop::new(
                    format!("--refs {}: there is no .json file in this folder", shown(one)),
                    format!("--refs {}：此文件夹中没有 .json 文件", shown(one)),
                )),
                _ => Ok(()),
            };
        }
        let name = shown(one);
        let Some((uri, file)) = pair(one) else {
            let (en, zh) = if one.exists() {
                ("a file is given with its URI, URI=FILE", "文件须连同其 URI 给出：URI=文件")
            } else {
                ("there is no such folder; it takes a folder or URI=FILE", "没有这个文件夹；请给出文件夹或 URI=文件")
            };
            return Err(Stop::new(format!("--refs {name}: {en}"), format!("--refs {name}：{zh}")));
        };
        let uri = if has_scheme(&uri) { uri } else { self.mounted(&uri) };
        self.file(&uri, &file)
    }

    /// Adds every .json file below a folder, and says how many there are; `at` is the URI of the folder from its base.
    fn folder(&mut self, folder: &Path, at: &str) -> Result<usize, Stop> {
        let real = fs::canonicalize(folder).map_err(|error| Stop::io(folder, &error))?;
        if !self.seen.insert(real) {
            return Ok(0);
        }
        let entries = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let mut paths: Vec<PathBuf> =
            entries.map_err(|error| Stop::io(folder, &error))?.iter().map(fs::DirEntry::path).collect();
        paths.sort();
        let mut count = 0;
        for path in paths {
            let name = path.file_name().map(|name| segment(&name.to_string_lossy())).unwrap_or_default();
            let below = format!("{at}{name}");
            if path.is_dir() {
                count += self.folder(&path, &format!("{below}/"))?;
            } else if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json")) {
                self.file(&self.mounted(&below), &path)?;
                count += 1;
            }
        }
        Ok(count)
    }

    /// A URI below the base; without one it is taken from where the form stands.
    fn mounted(&self, below: &str) -> String {
        let Some(base) = self.base else { return below.to_owned() };
        format!("{base}{}{below}", if base.ends_with(['/', ':']) { "" } else { "/" })
    }

    fn file(&mut self, uri: &str, path: &Path) -> Result<(), Stop> {
        let bytes = fs::read(path).map_err(|error| Stop::io(path, &error))?;
        let text = json_text::parse(&bytes).map_err(|findings| not_json(path, &findings))?;
        self.references
            .add(uri, text.value, &shown(path))
            .map_err(|Text { en, zh, .. }| Stop::new(format!("--refs: {en}"), format!("--refs：{zh}")))
    }
}

/// `URI=FILE`: a URI may have `=` too, so the first one that leaves a file counts.
fn pair(one: &Path) -> Option<(String, PathBuf)> {
    let text = one.to_str()?;
    let split = |at: usize| (text[..at].to_owned(), PathBuf::from(&text[at + 1..]));
    let mut pairs = text.match_indices('=').map(|(at, _)| split(at)).filter(|(uri, _)| !uri.is_empty());
    pairs.clone().find(|(_, file)| file.is_file()).or_else(|| pairs.next())
}

/// A file's name as a part of a URI.
fn segment(name: &str) -> String {
    name.replace('%', "%25").replace('#', "%23").replace('?', "%3F").replace(':', "%3A")
}

fn has_scheme(uri: &str) -> bool {
    let scheme = uri.split_once(':').map_or("", |(scheme, _)| scheme);
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

fn not_json(path: &Path, findings: &[Finding]) -> Stop {
    let first = findings.first();
    let place = first.map(|f| place_text(None, &f.place, f.pointer.as_deref())).unwrap_or_default();
    let at = if place.is_empty() { shown(path) } else { format!("{}:{place}", shown(path)) };
    let Text { en, zh, .. } = first.map(|finding| finding.message.clone()).unwrap_or_default();
    Stop::new(format!("--refs: {at}: {en}"), format!("--refs：{at}：{zh}"))
}
