//! Output files: complete, in one rename, or not at all; nothing existing is overwritten unless told to.

use std::fs::{self, File, Metadata};
use std::io::{self, BufWriter, IsTerminal, Read as _, Seek as _, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::args::Kind;
use crate::console::Console;
use crate::stop::{Stop, shown};

/// Where a result goes.
pub(crate) enum Target {
    /// Standard output.
    Stdout,
    /// A file that appears in one rename.
    File { path: PathBuf, existing: Option<Metadata> },
    /// A device or pipe: there is nothing to rename.
    Device(PathBuf),
}

impl Target {
    /// Says where `path` leads, and refuses before any work what cannot be written there.
    pub(crate) fn new(path: &Path, force: bool) -> Result<Self, Stop> {
        if path.as_os_str() == "-" {
            return Ok(Self::Stdout);
        }
        let (name, given) = (shown(path), path);
        // A pipe of the shell is a link that leads nowhere by name.
        if fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
            return Ok(Self::Device(path.to_owned()));
        }
        // Through a link the file it leads to is replaced, not the link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        match fs::symlink_metadata(&path) {
            Ok(existing) if existing.is_dir() => Err(Stop::io(given, &io::ErrorKind::IsADirectory.into())),
            Ok(existing) => {
                if !force {
                    return Err(Stop::new(
                        format!("{name} exists already; give another name, or --force to overwrite it"),
                        format!("{name} 已存在；请换一个名称，或用 --force 覆盖"),
                    ));
                }
                if existing.is_file() && existing.permissions().readonly() {
                    return Err(Stop::new(format!("{name} is read-only"), format!("{name} 是只读文件")));
                }
                Ok(Self::File { path, existing: Some(existing) })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let folder = folder_of(&path);
                if folder.is_dir() && path.file_name().is_some() {
                    Ok(Self::File { path, existing: None })
                } else {
                    let folder = shown(folder);
                    Err(Stop::new(format!("there is no folder {folder}"), format!("没有文件夹 {folder}")))
                }
            }
            Err(error) => Err(Stop::io(given, &error)),
        }
    }

    /// Refuses to pour a workbook over a terminal.
    pub(crate) fn fit_for(&self, kind: Kind) -> Result<(), Stop> {
        if !self.is_fit_for(kind) {
            let (what, what_zh, ending) = match kind {
                Kind::Parquet => ("a Parquet file", "Parquet 文件", "parquet"),
                _ => ("a workbook", "工作簿", "xlsx"),
            };
            return Err(Stop::new(
                format!("{what} cannot be shown on a terminal; give -o OUT.{ending}"),
                format!("{what_zh}无法显示在终端上；请用 -o OUT.{ending}"),
            ));
        }
        Ok(())
    }

    /// Whether this kind can be written there.
    pub(crate) fn is_fit_for(&self, kind: Kind) -> bool {
        kind != Kind::Xlsx || !matches!(self, Self::Stdout) || !io::stdout().is_terminal()
    }

    /// Whether it is this file, under any name.
    pub(crate) fn is(&self, other: &Path) -> bool {
        match (self, fs::canonicalize(other)) {
            (Self::File { path, existing }, Ok(other)) => {
                *path == other || same_file(existing.as_ref(), fs::metadata(&other).ok().as_ref())
            }
            _ => false,
        }
    }

    /// Writes a result that is made piece by piece; nothing appears unless all of it was made.
    pub(crate) fn fill<T>(&self, make: impl FnOnce(&mut File) -> Result<T, Stop>) -> Result<T, Stop> {
        self.fill_if(make, |_| true)
    }

    /// As [`fill`](Self::fill); nothing appears either where the result is not `wanted`.
    pub(crate) fn fill_if<T>(
        &self,
        make: impl FnOnce(&mut File) -> Result<T, Stop>,
        wanted: impl FnOnce(&T) -> bool,
    ) -> Result<T, Stop> {
        let mut draft = self.draft()?;
        let result = make(draft.file())?;
        if wanted(&result) {
            self.publish(draft)?;
        }
        Ok(result)
    }

    /// A file for a result under way, which nobody sees until it is [published](Self::publish).
    pub(crate) fn draft(&self) -> Result<Draft, Stop> {
        match self {
            Self::File { path, .. } => beside(path).map(Draft::Named).map_err(|error| cannot_create(path, &error)),
            // What is made may need to go back and forth, which neither of these can.
            Self::Stdout | Self::Device(_) => {
                tempfile::tempfile().map(Draft::Unnamed).map_err(|error| unwritten(&error))
            }
        }
    }

    /// An error while a draft was written.
    pub(crate) fn failed(&self, error: &io::Error) -> Stop {
        match self {
            Self::File { path, .. } => Stop::io(path, error),
            Self::Stdout | Self::Device(_) => unwritten(error),
        }
    }

    /// Makes a draft the result.
    pub(crate) fn publish(&self, draft: Draft) -> Result<(), Stop> {
        match (self, draft) {
            (Self::File { path, existing }, Draft::Named(file)) => {
                appear(file, path, existing.as_ref()).map_err(|error| Stop::io(path, &error))
            }
            (_, mut draft) => {
                draft.file().rewind().map_err(|error| unwritten(&error))?;
                self.copy(draft.file())
            }
        }
    }

    /// Writes what a file holds, piece by piece.
    fn copy(&self, file: &mut File) -> Result<(), Stop> {
        let mut device = match self {
            Self::Device(path) => Some((path, File::options().write(true).open(path).map_err(|e| Stop::io(path, &e))?)),
            _ => None,
        };
        let mut piece = vec![0; 1 << 16];
        loop {
            let length = file.read(&mut piece).map_err(|error| unwritten(&error))?;
            match &mut device {
                _ if length == 0 => return Ok(()),
                None => Console::print(&piece[..length])?,
                Some((path, device)) => match device.write_all(&piece[..length]) {
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
                    written => written.map_err(|error| Stop::io(path, &error))?,
                },
            }
        }
    }

    /// The same for what is made from its beginning to its end; with `straight` on standard output as it is made,
    /// whatever comes of the rest.
    pub(crate) fn pour<T>(
        &self,
        straight: bool,
        make: impl FnOnce(&mut (dyn Write + Send)) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        if straight && matches!(self, Self::Stdout) {
            return make(&mut BufWriter::new(Open(io::stdout())));
        }
        self.fill(|file| make(&mut BufWriter::new(file)))
    }

    /// Writes the whole result.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<(), Stop> {
        match self {
            Self::Stdout => Console::print(bytes),
            Self::Device(path) => {
                let written = File::options().write(true).open(path).and_then(|mut file| file.write_all(bytes));
                match written {
                    Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Stop::io(path, &error)),
                    _ => Ok(()),
                }
            }
            Self::File { path, existing } => {
                replace(path, existing.as_ref(), bytes).map_err(|error| cannot_create(path, &error))
            }
        }
    }
}

/// A result under way; it goes away where it is not published.
pub(crate) enum Draft {
    /// A file beside the one it is to become.
    Named(NamedTempFile),
    Unnamed(File),
}

impl Draft {
    pub(crate) fn file(&mut self) -> &mut File {
        match self {
            Self::Named(file) => file.as_file_mut(),
            Self::Unnamed(file) => file,
        }
    }
}

/// An error of a temporary file.
fn unwritten(error: &io::Error) -> Stop {
    Stop::io(&std::env::temp_dir(), error)
}

/// Standard output; a reader that has gone is no failure.
struct Open(io::Stdout);

impl Write for Open {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(bytes.len()),
            written => written,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.0.flush() {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            _ => Ok(()),
        }
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn cannot_create(path: &Path, error: &io::Error) -> Stop {
    match error.kind() {
        // The folder is there, and takes no files: /proc.
        io::ErrorKind::NotFound => {
            let (name, folder) = (shown(path), shown(folder_of(path)));
            Stop::new(
                format!("{name}: no file can be created in {folder}"),
                format!("{name}：无法在 {folder} 中创建文件"),
            )
        }
        _ => Stop::io(path, error),
    }
}

fn replace(path: &Path, existing: Option<&Metadata>, bytes: &[u8]) -> io::Result<()> {
    let mut file = beside(path)?;
    file.write_all(bytes)?;
    appear(file, path, existing)
}

/// A file of no name that anyone uses, where a rename can bring it to its own.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    named_in(folder_of(path))
}

/// The same in a folder of its own.
pub(crate) fn named_in(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".sheetform-").suffix(".tmp");
    #[cfg(unix)]
    {
        // As any program makes a file: the umask takes its part.
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

fn appear(file: NamedTempFile, path: &Path, existing: Option<&Metadata>) -> io::Result<()> {
    if let Some(existing) = existing.filter(|existing| existing.is_file()) {
        file.as_file().set_permissions(existing.permissions())?;
    }
    file.as_file().sync_all()?;
    match existing {
        Some(_) => file.persist(path).map_err(|error| error.error)?,
        None => file.persist_noclobber(path).map_err(|error| error.error)?,
    };
    Ok(())
}

#[cfg(unix)]
fn same_file(a: Option<&Metadata>, b: Option<&Metadata>) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    a.zip(b).is_some_and(|(a, b)| a.dev() == b.dev() && a.ino() == b.ino())
}

#[cfg(not(unix))]
fn same_file(_: Option<&Metadata>, _: Option<&Metadata>) -> bool {
    false
}
