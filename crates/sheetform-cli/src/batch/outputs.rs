//! The output folder: its lock, which files in it are the batch's own, and how each appears. Knows nothing of what they
//! hold.
//!
//! A file is its own where the journal names its path with the hash of what stands there. What is to be written is named
//! before it appears, so that a run that is cut off at any point leaves no file that the next one does not know.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, TryLockError};
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use sheetform::finding::Text;
use tempfile::NamedTempFile;

use crate::batch::digest::Digest;
use crate::batch::journal::{Journal, Span};
use crate::console::Console;
use crate::output::{self, Draft, Target};
use crate::stop::{Stop, shown};

/// The folder in OUT that holds what a batch knows of its outputs. What stands beside it is never read as input.
pub(crate) const MARK: &str = ".sheetform";

/// A file that is written, with the hash of what it holds; its path is below OUT, with `/` between.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claim {
    pub(crate) path: String,
    pub(crate) sha256: Digest,
}

impl Claim {
    /// Whether its path stays below OUT, whoever wrote it down.
    pub(crate) fn is_within(&self) -> bool {
        self.path.split('/').all(|part| !matches!(part, "" | "." | "..") && !part.contains(std::path::is_separator))
    }
}

/// The output folder of a run, locked for as long as this lives.
pub(crate) struct Outputs {
    root: PathBuf,
    /// Locked; the system frees it however the program ends.
    _lock: File,
    ours: Mutex<BTreeMap<String, BTreeSet<Digest>>>,
    /// Ledgers by their paths as they were given: what was written there, the newest last.
    ledgers: Mutex<BTreeMap<String, Vec<Digest>>>,
    pub(crate) journal: Journal,
}

/// A file that is about to appear.
pub(crate) struct Ready {
    pub(crate) claim: Claim,
    to: PathBuf,
    /// Nothing where it stands there already.
    file: Option<NamedTempFile>,
    replaces: bool,
}

impl Outputs {
    /// Makes the folder where it is missing, locks it, and learns what it holds of earlier runs.
    pub(crate) fn open(root: &Path, resumes: bool, console: Console) -> Result<Self, Stop> {
        let cannot = |path: &Path| {
            let path = path.to_owned();
            move |error: io::Error| Stop::io(&path, &error)
        };
        if !root.is_dir() {
            fs::create_dir(root).map_err(cannot(root))?;
        }
        let mark = root.join(MARK);
        fs::create_dir_all(&mark).map_err(cannot(&mark))?;
        let lock = lock(root, &mark, console)?;
        let temporary = mark.join("new");
        match fs::remove_dir_all(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(Stop::io(&temporary, &error)),
            _ => fs::create_dir(&temporary).map_err(cannot(&temporary))?,
        }
        let (journal, claims) = Journal::open(&mark, resumes)?;
        let mut ours: BTreeMap<String, BTreeSet<Digest>> = BTreeMap::new();
        for claim in claims.outputs {
            ours.entry(claim.path).or_default().insert(claim.sha256);
        }
        let mut ledgers: BTreeMap<String, Vec<Digest>> = BTreeMap::new();
        for claim in claims.ledgers {
            ledgers.entry(claim.path).or_default().push(claim.sha256);
        }
        let (ours, ledgers) = (Mutex::new(ours), Mutex::new(ledgers));
        Ok(Self { root: root.to_owned(), _lock: lock, ours, ledgers, journal })
    }

    /// Where a file of the output folder is.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        name.split('/').fold(self.root.clone(), |path, part| path.join(part))
    }

    fn ours(&self) -> MutexGuard<'_, BTreeMap<String, BTreeSet<Digest>>> {
        self.ours.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_ours(&self, name: &str, sha256: Digest) -> bool {
        self.ours().get(name).is_some_and(|known| known.contains(&sha256))
    }

    /// Whether a file stands there as it was written.
    pub(crate) fn stands(&self, claim: &Claim) -> bool {
        Digest::of_file(&self.path(&claim.path)).is_ok_and(|there| there == claim.sha256)
    }

    /// Refuses to write where something stands that no batch wrote, or that was changed since.
    pub(crate) fn check(&self, name: &str) -> Result<(), Stop> {
        match Digest::of_file(&self.path(name)) {
            Ok(there) if self.is_ours(name, there) => Ok(()),
            Ok(_) => Err(self.foreign(name)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(Stop::io(&self.path(name), &error)),
        }
    }

    fn foreign(&self, name: &str) -> Stop {
        let path = shown(&self.path(name));
        Stop::new(
            format!("{path} is not as a batch wrote it; move it away or delete it, it is not overwritten"),
            format!("{path} 不是批量处理写出时的样子；不会覆盖它，请先移走或删除"),
        )
    }

    /// Brings what a file is to hold onto the disk, under a name that nobody looks at.
    pub(crate) fn ready(&self, name: &str, bytes: &[u8]) -> Result<Ready, Stop> {
        let to = self.path(name);
        let claim = Claim { path: name.to_owned(), sha256: Digest::of(bytes) };
        let Some(replaces) = self.replaces(&claim, &to)? else {
            return Ok(Ready { claim, to, file: None, replaces: true });
        };
        let written = self.temporary().and_then(|mut file| {
            file.write_all(bytes)?;
            Ok(file)
        });
        let file = written.map_err(|error| Stop::io(&to, &error))?;
        Ok(Ready { claim, to, file: Some(file), replaces })
    }

    /// The same for what was written piece by piece.
    pub(crate) fn ready_long(&self, name: &str, mut draft: Draft) -> Result<Ready, Stop> {
        let to = self.path(name);
        let unwritten = |error: io::Error| Stop::io(&to, &error);
        draft.file().rewind().map_err(unwritten)?;
        let claim = Claim { path: name.to_owned(), sha256: Digest::of_reader(draft.file()).map_err(unwritten)? };
        let Draft::Named(file) = draft else { return Err(unwritten(io::ErrorKind::Unsupported.into())) };
        let replaces = self.replaces(&claim, &to)?;
        Ok(Ready { claim, to, file: replaces.is_some().then_some(file), replaces: replaces.unwrap_or(true) })
    }

    /// Where what is written piece by piece is on its way.
    pub(crate) fn drafts(&self) -> Target {
        Target::File { path: self.root.join(MARK).join("new").join("draft"), existing: None }
    }

    /// Whether something stands there that a batch wrote; nothing where it is what is to be written. Refuses what is
    /// anything else.
    fn replaces(&self, claim: &Claim, to: &Path) -> Result<Option<bool>, Stop> {
        match Digest::of_file(to) {
            Ok(there) if there == claim.sha256 => Ok(None),
            Ok(there) if self.is_ours(&claim.path, there) => Ok(Some(true)),
            Ok(_) => Err(self.foreign(&claim.path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Some(false)),
            Err(error) => Err(Stop::io(to, &error)),
        }
    }

    fn temporary(&self) -> io::Result<NamedTempFile> {
        output::named_in(&self.root.join(MARK).join("new"))
    }

    /// Lets it appear, in one rename. Its claim stands in the journal by now.
    pub(crate) fn appear(&self, ready: Ready) -> Result<(), Stop> {
        let Ready { claim, to, file, replaces } = ready;
        if let Some(file) = file {
            if let Some(folder) = to.parent() {
                fs::create_dir_all(folder).map_err(|error| Stop::io(folder, &error))?;
            }
            let done = if replaces { file.persist(&to) } else { file.persist_noclobber(&to) };
            done.map_err(|error| Stop::io(&to, &error.error))?;
        }
        self.ours().entry(claim.path).or_default().insert(claim.sha256);
        Ok(())
    }

    /// Writes a file that no input stands behind.
    pub(crate) fn put(&self, name: &str, bytes: &[u8]) -> Result<Claim, Stop> {
        let ready = self.ready(name, bytes)?;
        let claim = ready.claim.clone();
        self.journal.claim(&claim)?;
        self.appear(ready)?;
        Ok(claim)
    }

    fn ledgers(&self) -> MutexGuard<'_, BTreeMap<String, Vec<Digest>>> {
        self.ledgers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a batch that writes to this folder wrote such a ledger.
    pub(crate) fn is_ledger(&self, sha256: Digest) -> bool {
        self.ledgers().values().any(|known| known.contains(&sha256))
    }

    /// Names a ledger that is about to appear, wherever that is.
    pub(crate) fn claim_ledger(&self, path: &Path, sha256: Digest) -> Result<(), Stop> {
        let claim = Claim { path: shown(path), sha256 };
        self.journal.claim_ledger(&claim)?;
        self.ledgers().entry(claim.path).or_default().push(sha256);
        Ok(())
    }

    /// Ends a run: of the journal what counts is kept, in order; gives where the lines stand from now on.
    pub(crate) fn settle(&self, wrote: &[Claim], lines: &[Span]) -> Result<Vec<Span>, Stop> {
        let mut ledgers = self.ledgers();
        let newest = |(path, known): (&String, &mut Vec<Digest>)| {
            known.drain(..known.len().saturating_sub(1));
            known.last().map(|sha256| Claim { path: path.clone(), sha256: *sha256 })
        };
        let newest: Vec<Claim> = ledgers.iter_mut().filter_map(newest).collect();
        self.journal.settle(wrote, &newest, lines)
    }

    /// Removes what earlier runs wrote and this one did not; gives what someone changed since, which stays.
    pub(crate) fn remove_all_but(&self, kept: &BTreeSet<&str>) -> Result<Vec<String>, Stop> {
        let mut left = Vec::new();
        let mut ours = self.ours();
        let old: Vec<String> = ours.keys().filter(|name| !kept.contains(name.as_str())).cloned().collect();
        for name in old {
            let path = self.path(&name);
            let known = ours.remove(&name).unwrap_or_default();
            match Digest::of_file(&path) {
                Ok(there) if known.contains(&there) => {
                    fs::remove_file(&path).map_err(|error| Stop::io(&path, &error))?;
                    self.remove_empty(&path);
                }
                Ok(_) => left.push(name),
                Err(_) => {}
            }
        }
        Ok(left)
    }

    /// Removes folders that have become empty.
    fn remove_empty(&self, path: &Path) {
        for folder in path.ancestors().skip(1).take_while(|folder| *folder != self.root) {
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
    }
}

/// Takes the folder for this run, or says who has it.
fn lock(root: &Path, mark: &Path, console: Console) -> Result<File, Stop> {
    let (path, who) = (mark.join("lock"), mark.join("who"));
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(|error| Stop::io(&path, &error))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let who = fs::read_to_string(&who).unwrap_or_default();
            let (root, who) = (shown(root), sheetform::report::escaped(who.trim()));
            return Err(Stop::new(
                format!("{root}: another batch is writing there ({who}); wait for it, or give another folder"),
                format!("{root}：另一个批量处理正在写入（{who}）；请等它结束，或换一个文件夹"),
            ));
        }
        Err(TryLockError::Error(_)) => console.warning(&Text::new(
            format!("{}: this file system has no locks; see that no other batch writes there", shown(root)),
            format!("{}：此文件系统不支持锁；请确认没有其他批量处理同时写入", shown(root)),
        )),
    }
    let name = |names: &[&str]| names.iter().find_map(|name| std::env::var(name).ok().filter(|text| !text.is_empty()));
    let user = name(&["USER", "USERNAME", "LOGNAME"]).unwrap_or_else(|| "?".to_owned());
    let host = name(&["HOSTNAME", "COMPUTERNAME"]);
    let host = host.or_else(|| fs::read_to_string("/etc/hostname").ok()).unwrap_or_default();
    let text = format!("{user}@{}, process {}\n", host.trim(), std::process::id());
    fs::write(&who, text).map_err(|error| Stop::io(&who, &error))?;
    Ok(file)
}
