//! `--with NAME=FILE`: files that rules look things up in. Says what is wrong with the names; reads nothing itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sheetform::finding::Text;
use sheetform::report::shown as quoted;
use sheetform::validate::{Given, unusable_name};

use crate::check::Checked;
use crate::forms::nearest;
use crate::stop::{Stop, shown};

/// The names and files of the arguments, in order.
pub(crate) fn parse(arguments: &[PathBuf]) -> Result<Vec<(String, PathBuf)>, Stop> {
    let mut named = Vec::new();
    let mut known = BTreeMap::new();
    for one in arguments {
        let (name, file) = pair(one)?;
        if let Some(first) = known.insert(name.clone(), file.clone()) {
            let (first, file) = (shown(&first), shown(&file));
            return Err(bad(
                one,
                &Text::new(
                    format!("{name:?} is given already, as {first}; {file} needs another name"),
                    format!("“{name}”已给出（{first}）；{file} 请换一个名称"),
                ),
            ));
        }
        named.push((name, file));
    }
    Ok(named)
}

fn pair(one: &Path) -> Result<(String, PathBuf), Stop> {
    let usage =
        Text::new("it takes a name and a file, as in staff=staff.xlsx", "请写成 名称=文件，例如 staff=staff.xlsx");
    // A file's name need not be UTF-8; a name that rules use is.
    let bytes = one.as_os_str().as_encoded_bytes();
    let Some(at) = bytes.iter().position(|byte| *byte == b'=') else { return Err(bad(one, &usage)) };
    let name = std::str::from_utf8(&bytes[..at]).map_err(|_| bad(one, &usage))?;
    if let Some(why) = unusable_name(name) {
        return Err(bad(one, &why));
    }
    let file = after(one, at + 1);
    match file.as_os_str().as_encoded_bytes() {
        b"" => Err(bad(one, &usage)),
        b"-" => Err(bad(one, &Text::new("standard input is for the file that is checked", "标准输入用于待检查的文件"))),
        _ => Ok((name.to_owned(), file)),
    }
}

/// The path without its first bytes.
fn after(path: &Path, at: usize) -> PathBuf {
    #[cfg(unix)]
    {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt as _;
        PathBuf::from(OsStr::from_bytes(&path.as_os_str().as_bytes()[at..]))
    }
    #[cfg(not(unix))]
    PathBuf::from(path.to_string_lossy().get(at..).unwrap_or_default())
}

fn bad(one: &Path, why: &Text) -> Stop {
    let one = shown(one);
    Stop::new(format!("--with {one}: {}", why.en), format!("--with {one}：{}", why.zh))
}

/// What rules find under the name of a file, taken out of it; of one that could not be read, nothing, for that is said.
pub(crate) fn given(checked: &mut Checked, unreadable: BTreeSet<String>) -> Given {
    checked.text = None;
    match (checked.form.take(), checked.document.take()) {
        (Some(form), Some(document)) if !checked.failed => Given {
            form: Some(Arc::new((*form).clone())),
            document: Arc::new(document),
            unreadable: Arc::new(unreadable),
        },
        _ => Given::default(),
    }
}

/// What to say of names that no rule asks for.
pub(crate) fn unused<'a>(given: impl Iterator<Item = &'a String>, asked: &BTreeSet<String>) -> Option<Text> {
    let unused: Vec<&String> = given.filter(|name| !asked.contains(*name)).collect();
    let first = unused.first()?;
    let names = unused.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
    let (near_en, near_zh) = match nearest(first, asked.iter().map(String::as_str)) {
        Some(near) => (format!("; did you mean {near}?"), format!("；是否应为 {near}？")),
        None if asked.is_empty() => (String::new(), String::new()),
        None => {
            let all: Vec<String> = asked.iter().map(|name| quoted(name)).collect();
            (format!("; they ask for {}", all.join(", ")), format!("；规则用到的是 {}", all.join("、")))
        }
    };
    Some(Text::new(
        format!("--with {names}: no rule of the form asks for it{near_en}"),
        format!("--with {names}：表单没有规则用到它{near_zh}"),
    ))
}
