//! What ends a command before it has a result, and the exit codes.

use std::io;
use std::path::Path;

use sheetform::finding::{Finding, Lang, Text};
use sheetform::report::escaped;

/// No finding of severity error.
pub(crate) const GOOD: u8 = 0;
/// Findings of severity error.
pub(crate) const FINDINGS: u8 = 1;
/// The work could not be done.
pub(crate) const COULD_NOT_RUN: u8 = 2;

/// Why a command ends without a result: one line on stderr, and an exit code.
#[derive(Debug, PartialEq)]
pub(crate) struct Stop {
    /// What to say; nothing where all is said already.
    pub(crate) text: Option<Text>,
    pub(crate) code: u8,
}

impl Stop {
    /// The work could not be done.
    pub(crate) fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { text: Some(Text::new(en.into(), zh.into())), code: COULD_NOT_RUN }
    }

    /// The findings are said already.
    pub(crate) fn said(code: u8) -> Self {
        Self { text: None, code }
    }

    /// A file could not be read or written.
    pub(crate) fn io(path: &Path, error: &io::Error) -> Self {
        let Text { en, zh, .. } = io_text(error);
        let name = shown(path);
        Self::new(format!("{name}: {en}"), format!("{name}：{zh}"))
    }
}

/// A path as it may be shown.
pub(crate) fn shown(path: &Path) -> String {
    escaped(&path.to_string_lossy())
}

/// A finding on one line: what is wrong and what to do.
pub(crate) fn one_line(finding: &Finding, lang: Lang) -> String {
    let message = finding.message.get(lang);
    match (&finding.hint, lang) {
        (Some(hint), Lang::En) => format!("{message}; {}", hint.get(lang)),
        (Some(hint), Lang::Zh) => format!("{message}；{}", hint.get(lang)),
        (None, _) => message.to_owned(),
    }
}

/// An operating system's error in plain words.
pub(crate) fn io_text(error: &io::Error) -> Text {
    use io::ErrorKind as Kind;
    match error.kind() {
        Kind::NotFound => Text::new("there is no such file or folder", "没有这个文件或文件夹"),
        Kind::PermissionDenied => Text::new("no permission", "没有权限"),
        Kind::AlreadyExists => Text::new("it exists already", "已经存在"),
        Kind::IsADirectory => Text::new("this is a folder", "这是文件夹"),
        Kind::NotADirectory => Text::new("a part of its path is no folder", "路径中有一部分不是文件夹"),
        Kind::StorageFull => Text::new("the disk is full", "磁盘已满"),
        Kind::QuotaExceeded => Text::new("the disk quota is used up", "磁盘配额已用完"),
        Kind::ReadOnlyFilesystem => Text::new("the file system is read-only", "文件系统只读"),
        Kind::InvalidFilename => Text::new("the name is too long or not allowed", "名称过长或不允许"),
        _ => {
            let text = error.to_string();
            Text::plain(text.split(" (os error").next().unwrap_or_default())
        }
    }
}

/// An internal mistake of ours is one line on stderr, never a stack trace.
pub(crate) fn say_panics_in_one_line() {
    std::panic::set_hook(Box::new(|info| {
        let what = info.payload_as_str().unwrap_or("unknown");
        let place = info.location().map(|l| format!(" ({}:{})", l.file(), l.line())).unwrap_or_default();
        let line = format!("error: internal mistake in sheetform, please report it: {}{place}\n", escaped(what));
        let _ = io::Write::write_all(&mut io::stderr(), line.as_bytes());
    }));
}
