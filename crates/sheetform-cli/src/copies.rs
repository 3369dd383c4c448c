//! Copies of the workbooks that are checked, marked or mended: where they go, and what is said of them.

use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use sheetform::finding::{Finding, Lang, Text};
use sheetform_workbook::{Kind, Patch, PatchError, Patched, Workbook};

use crate::console::Console;
use crate::output::Target;
use crate::stop::{Stop, one_line, shown};

/// Endings of workbooks that can be edited; which of them, the macros and templates in it say.
pub(crate) const ENDINGS: [&str; 4] = ["xlsx", "xlsm", "xltx", "xltm"];

/// What the copies are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Mark,
    Mend,
    Fill,
}

impl Purpose {
    /// The option, and what a copy is called.
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Mark => ("--annotate", "marked", "标记副本"),
            Self::Mend => ("--fix", "mended", "修正副本"),
            Self::Fill => ("--into", "filled", "填写副本"),
        }
    }

    /// Why there is no copy.
    pub(crate) fn refused(self, file: &str, finding: Option<&Finding>, lang: Lang) -> Stop {
        let why = finding.map(|finding| one_line(finding, lang)).unwrap_or_default();
        let (_, word, zh) = self.words();
        Stop::new(format!("{file}: no {word} copy: {why}"), format!("{file}：未生成{zh}：{why}"))
    }

    /// Said of JSON.
    pub(crate) fn only_workbooks(self, file: &Path) -> Stop {
        let name = shown(file);
        let (word, zh) = match self {
            Self::Mark => ("marked", "标记"),
            Self::Mend => ("mended", "修正"),
            Self::Fill => ("filled", "填写"),
        };
        Stop::new(
            format!("{name} is JSON, and only workbooks are {word}"),
            format!("{name} 是 JSON；只有工作簿可以{zh}"),
        )
    }

    /// A workbook of another kind as a new xlsx; none where it is one already.
    pub(crate) fn as_xlsx(self, file: &str, book: &Workbook, console: Console) -> Result<Option<Workbook>, Stop> {
        if book.kind() == Kind::Xlsx {
            return Ok(None);
        }
        let (new, cuts) = book.rebuilt().map_err(|findings| self.refused(file, findings.first(), console.lang))?;
        if cuts > 0 {
            console.note(&Text::new(
                format!(
                    "{file}: {cuts} texts are longer than a cell holds (32,767 characters) and are cut in the copy"
                ),
                format!("{file}：有 {cuts} 处文本超过单元格上限（32767 个字符），在副本中已截断"),
            ));
        }
        Ok(Some(new))
    }
}

/// Where the copy of each file goes.
pub(crate) struct Copies {
    purpose: Purpose,
    targets: Vec<(PathBuf, Target)>,
}

impl Copies {
    /// Finds a place for each file, and refuses before any work what cannot be written there.
    pub(crate) fn new(purpose: Purpose, files: &[PathBuf], out: &Path, force: bool) -> Result<Self, Stop> {
        let (option, word, zh) = purpose.words();
        if out.as_os_str() == "-" {
            return Err(Stop::new(
                format!("{option}: standard output has the report; give a file or a folder"),
                format!("{option}：标准输出用于报告；请给出文件或文件夹"),
            ));
        }
        let ends_as_folder = out.as_os_str().to_string_lossy().ends_with(std::path::is_separator);
        let folder = files.len() > 1 || ends_as_folder || out.is_dir();
        let path = |file: &PathBuf| if folder { out.join(name(file)) } else { out.to_owned() };
        let paths: Vec<PathBuf> = files.iter().map(path).collect();
        let twice = paths.iter().enumerate().find(|(at, path)| paths.iter().take(*at).any(|other| other == *path));
        if let Some((_, path)) = twice {
            let name = shown(path);
            let verb = if purpose == Purpose::Mark { "mark" } else { "mend" };
            return Err(Stop::new(
                format!("two files would be {word} as {name}; {verb} them one by one"),
                format!("有两个文件的{zh}同为 {name}；请分别处理"),
            ));
        }
        if folder && !out.exists() {
            fs::create_dir(out).map_err(|error| Stop::io(out, &error))?;
        }
        let mut targets: Vec<(PathBuf, Target)> = Vec::new();
        for path in paths {
            let target = Target::new(&path, force)?;
            if matches!(target, Target::File { .. }) && !ENDINGS.contains(&ending(&path).as_str()) {
                let name = shown(&path);
                return Err(Stop::new(
                    format!(
                        "{name}: a {word} copy is an Excel workbook; give OUT the ending .xlsx (.xlsm where it has macros)"
                    ),
                    format!("{name}：{zh}是 Excel 工作簿；请让输出名称以 .xlsx 结尾（含宏的用 .xlsm）"),
                ));
            }
            targets.push((path, target));
        }
        Ok(Self { purpose, targets })
    }

    /// Writes the copy of a file, with changes; gives its path as it is shown, and what came of them.
    pub(crate) fn write(
        &self,
        index: usize,
        file: &str,
        book: &Workbook,
        changes: &Patch,
        console: Console,
    ) -> Result<Option<(String, Patched)>, Stop> {
        let Some((path, target)) = self.targets.get(index) else { return Ok(None) };
        let refused = |finding: &Finding| self.purpose.refused(file, Some(finding), console.lang);
        let ending = book.ending().map_err(|finding| refused(&finding))?;
        let name = shown(path);
        if matches!(target, Target::File { .. }) && self::ending(path) != ending {
            let (_, word, zh) = self.purpose.words();
            return Err(Stop::new(
                format!("{name}: the {word} copy of {file} is a workbook of the kind .{ending}; give OUT that ending"),
                format!("{name}：{file} 的{zh}是 .{ending} 工作簿；请让输出名称以 .{ending} 结尾"),
            ));
        }
        let done = target.fill(|out| {
            let mut out = BufWriter::new(out);
            let done = book.patch(changes, &mut out).map_err(|error| match error {
                PatchError::Finding(finding) => refused(&finding),
                PatchError::Output(error) => Stop::io(path, &error),
            })?;
            out.flush().map_err(|error| Stop::io(path, &error))?;
            Ok(done)
        })?;
        Ok(Some((name, done)))
    }
}

/// Says that a copy is a new workbook.
pub(crate) fn say_new(file: &str, console: Console) {
    console.note(&Text::new(
        format!("{file} is no .xlsx: the copy is a new workbook with its values, merges and number formats, without formulas and other looks"),
        format!("{file} 不是 .xlsx：副本是新建的工作簿，含原有的值、合并和数字格式，不含公式和其他外观"),
    ));
}

/// The name of a copy in a folder.
fn name(file: &Path) -> PathBuf {
    if file.as_os_str() == "-" {
        return PathBuf::from("stdin.xlsx");
    }
    let name = PathBuf::from(file.file_name().unwrap_or_default());
    if ENDINGS.contains(&ending(&name).as_str()) { name } else { name.with_extension("xlsx") }
}

/// The ending of a name in lower case; empty where it has none.
fn ending(path: &Path) -> String {
    path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default()
}
